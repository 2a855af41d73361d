"""The cells of an executed notebook as those of a page: the answer first, code folded, how it was made last."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import nbformat
from nbformat import NotebookNode

from helpers import results
from helpers.rendering import glossary, notebooks
from helpers.rendering.cell_texts import HTML, MARKDOWN, rewrite, texts
from helpers.rendering.evidence_pages import FILES, with_row_links
from helpers.rendering.markdown import escaped
from helpers.rendering.prose_links import ProseLinks

#: Rows above which a table is closed.
_LONG = 12
#: Words below which a sentence is a heading rather.
_SAYS_SOMETHING = 6
_STYLE = re.compile(r' style="[^"]*"')
_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def answer_of(notebook: NotebookNode) -> str:
    """Take the computed answer: the markdown shown by the cell tagged ``answer``; empty if it did not get so far."""
    return "\n\n".join(_markdown_of(cell) for cell in notebook.cells if _is_answer(cell))


def page_cells(
    notebook: NotebookNode, name: str, title: str, links: ProseLinks, files: dict[str, bytes]
) -> list[NotebookNode]:
    """Order the cells of a notebook for its page, and add its figures and tables to the source of the book, `files`.

    Sentences get `links`, whether they were written or computed.
    Answer and key figure follow the title; parameters, loading and the code of the answer come last, closed, before
    the colophon. A notebook without a section of its own for the answer keeps its order.
    """
    rewrite(notebook.cells, links.linked, MARKDOWN)
    page = _Page(name, files)
    title_cell, *rest = notebook.cells
    sections = _sections(rest)
    place = next((n for n, cells in enumerate(sections) if any(map(_is_answer, cells))), None)
    title_cell.source = "\n".join([f"# {escaped(title)}", *title_cell.source.split("\n")[1:]])
    if place:
        answer, colophon = sections[place], sections[-1]
        made = _code([*chain(*sections[:place]), *answer])
        cells = [
            title_cell,
            *page.without_code(answer[1:]),
            *page.shown(chain(*sections[place + 1 : -1])),
            page.markdown(f"## How this page was made\n\n{made}"),
            *page.without_code(colophon[1:]),
        ]
    else:
        cells = [title_cell, *page.shown(rest)]
    _mark_terms(cells)
    return cells


@dataclass
class _Page:
    """What is counted while the cells of a page are made."""

    name: str
    files: dict[str, bytes]
    counts: dict[str, int] = field(default_factory=lambda: {"figure": 0, "table": 0, "text": 0})
    finding: str = ""

    def shown(self, cells: Iterable[NotebookNode]) -> list[NotebookNode]:
        """Show cells with their code folded, each figure and table with its number and its files."""
        made = []
        for cell in cells:
            if cell.cell_type != "code":
                made.append(cell)
                continue
            extras = self._outputs(cell)
            cell.metadata["tags"] = [*notebooks.tags(cell), "hide-input"]
            made += [cell, *map(self.markdown, extras)]
        return made

    def without_code(self, cells: Iterable[NotebookNode]) -> list[NotebookNode]:
        """Show what cells gave, without their code: the answer, its key figure, and only then what more the answer says."""
        made, more = [], ""
        for cell in cells:
            if cell.cell_type != "code":
                made.append(cell)
                continue
            text = _markdown_of(cell)
            if text and _is_answer(cell):
                self.finding = _first_sentence(text)
                first, more = _parted(text)
                text = f"::::{{container}} question-answer\n{first}\n::::"
            parts = [text, *self._outputs(cell)]
            if more and len(parts) > 1:
                parts, more = [*parts, _more(more)], ""
            made += [self.markdown(part) for part in parts if part]
        return [*made, self.markdown(_more(more))] if more else made

    def markdown(self, text: str) -> NotebookNode:
        self.counts["text"] += 1
        clean = re.sub(r"[^A-Za-z0-9_-]", "-", f"{self.name}-{self.counts['text']}")[-64:]
        cell: NotebookNode = nbformat.v4.new_markdown_cell(text, id=clean)  # type: ignore[no-untyped-call]
        return cell

    def _outputs(self, cell: NotebookNode) -> list[str]:
        """Take figures out of a cell, dress its tables, and return the markdown that follows it."""
        extras, kept = [], []
        for output in cell.outputs:
            data = output.get("data", {})
            if results.MIME_TYPE in data:
                continue
            if "image/png" in data:
                extras.append(self._figure(data, output))
                continue
            if "text/csv" in data:
                self._table(data)
            elif HTML in data:
                data[HTML] = with_row_links(data[HTML])
            kept.append(output)
        cell.outputs = kept
        return extras

    def _figure(self, data: Mapping[str, Any], output: NotebookNode) -> str:
        """Keep the files of a figure, and show the smaller of them with its number."""
        self.counts["figure"] += 1
        number = self.counts["figure"]
        shown = output.get("metadata", {}).get("image/png", {})
        words = [str(shown.get("alt") or data.get("text/plain", "figure")), self.finding]
        # The key figure, the first after the answer, shows what the answer says.
        self.finding = ""
        alt = html.escape(" ".join(" ".join(words).split()))
        kinds = {"png": base64.b64decode(data["image/png"])}
        if "image/svg+xml" in data:
            kinds["svg"] = data["image/svg+xml"].encode()
        names = {kind: f"{FILES}/figures/{self.name}-figure-{number}.{kind}" for kind in kinds}
        self.files.update({names[kind]: content for kind, content in kinds.items()})
        smallest = names[min(kinds, key=lambda kind: len(kinds[kind]))]
        width = f' width="{shown["width"]}"' if "width" in shown else ""
        return (
            f'<figure id="figure-{number}"><img src="{_address(smallest)}" alt="{alt}"{width}>'
            f'<figcaption><a href="#figure-{number}">Figure {number}</a>{_downloads(names)}</figcaption></figure>'
        )

    def _table(self, data: dict[str, Any]) -> None:
        """Give a table its number, its file and the book's own looks; a long one is closed."""
        self.counts["table"] += 1
        number, csv = self.counts["table"], data.pop("text/csv")
        name = f"{FILES}/tables/{self.name}-table-{number}.csv"
        self.files[name] = csv.encode()
        page = labelled(with_row_links(_STYLE.sub("", data[HTML])))
        # Whoever uses keys alone can scroll it.
        page = re.sub(r' id="[^"]*"', f' id="table-{number}" tabindex="0"', page, count=1)
        page += f'<p class="downloads"><a href="#table-{number}">Table {number}</a>{_downloads({"csv": name})}</p>'
        if page.count("<tr>") > _LONG:
            page = f'<details class="long-table"><summary>{html.escape(data["text/plain"])}</summary>{page}</details>'
        data[HTML] = page


def _parted(answer: str) -> tuple[str, str]:
    """Part an answer after its first paragraph; one that is a list stays whole."""
    first, _, more = answer.partition("\n\n")
    return (answer, "") if re.match(r"(\d+\.|[-*]) ", answer) or first.endswith(":") else (first, more)


def _more(text: str) -> str:
    return f"::::{{container}} answer-more\n{text}\n::::"


def _mark_terms(cells: Sequence[NotebookNode]) -> None:
    """Lead from each term of the glossary, where the page first uses it, to its meaning."""
    places = list(texts(cells, MARKDOWN))
    marked = glossary.marked([holder[key] for holder, key in places])
    for (holder, key), text in zip(places, marked, strict=True):
        holder[key] = text


def _first_sentence(text: str) -> str:
    """Take the first sentence of a markdown text, or as many as say something, as plain words."""
    words = re.sub(r"<[^>]+>|[*`]|^[-#] *", "", text, flags=re.MULTILINE)
    words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", html.unescape(words))
    said = ""
    for sentence in re.split(r"(?<=[.!?:]) (?=[A-Z])|\n+", words.strip()):
        said = f"{said} {sentence}".strip()
        if len(said.split()) >= _SAYS_SOMETHING:
            break
    return said


def _sections(cells: Sequence[NotebookNode]) -> list[list[NotebookNode]]:
    """Part the cells of a notebook at its headings of the second level."""
    sections: list[list[NotebookNode]] = []
    for cell in cells:
        if not sections or (cell.cell_type == "markdown" and cell.source.startswith("## ")):
            sections.append([])
        sections[-1].append(cell)
    return sections


def _is_answer(cell: NotebookNode) -> bool:
    return "answer" in notebooks.tags(cell)


def _markdown_of(cell: NotebookNode) -> str:
    shown = [output.get("data", {}).get(MARKDOWN) for output in cell.get("outputs", [])]
    return "\n\n".join(text for text in shown if text)


def _code(cells: Iterable[NotebookNode]) -> str:
    """Fold the cells that a page does not open with, as they stand in the notebook; headings inside are bold text."""
    parts = [
        f"```python\n{cell.source}\n```"
        if cell.cell_type == "code"
        else re.sub(r"^#+ (.+)$", r"**\1**", cell.source, flags=re.MULTILINE)
        for cell in cells
    ]
    listed = "\n\n".join(filter(None, parts))
    return f"<details><summary>Parameters, loading and the code of the answer</summary>\n\n{listed}\n\n</details>"


def _downloads(names: Mapping[str, str]) -> str:
    links = [f'<a href="{_address(name)}" download>{kind.upper()}</a>' for kind, name in names.items()]
    return f'<span class="download">. Download: {" · ".join(links)}</span>'


def _address(name: str) -> str:
    return html.escape(name.removeprefix(f"{FILES}/"))


def labelled(table: str) -> str:
    """Write the heading of its column into every cell of an HTML table, so that a telephone can show each row as a card."""
    head, end, body = table.partition("</thead>")
    labels = [html.escape(html.unescape(name)) for name in _HEADING.findall(head)]

    def label(row: re.Match[str]) -> str:
        rest = iter(labels)
        return re.sub(r"<td(?=[ >])", lambda _: f'<td data-label="{next(rest)}"', row[0])

    return head + end + _ROW.sub(label, body)
