"""The book: executed notebooks, evidence tables and references as a static site that needs no network."""

from __future__ import annotations

import base64
import io
import itertools
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode
from sphinx.application import Sphinx
from sphinx.errors import SphinxError
from sphinx.util.docutils import docutils_namespace, patch_docutils

from helpers import results
from helpers.errors import UserError
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import TISSUE
from helpers.rendering import attachments, methods_page, notebooks
from helpers.rendering.evidence_pages import with_row_links, write_pages
from helpers.rendering.markdown import escaped
from helpers.rendering.plan import REPORT
from helpers.rendering.project import Project
from helpers.rendering.records import GOOD, Entry, Record

_CITED = "Cited by the article"
_OTHERS = {tissue: f"Other studies, {tissue}" for tissue in TISSUE}
#: Characters of an answer that the home page shows, and how many more are not worth folding.
_SHOWN, _SLACK = 600, 150
_SITE = Path(__file__).parent / "site"

_ABOUT = """\
A popular article argues, from four clinical studies, that stem-cell therapy turns short-term into long-term
recovery in premature ovarian insufficiency. This book reads the same literature again: what was counted, in how many
women, how sure one can be of it, and which source tells it. Every number leads back to a study, a document and a place
in it. What was not reported is said to be not reported. The full texts of the four papers could not be read; what was
not seen is shown as a gap.

Rates are pooled where at least two independent studies of one condition counted the same thing. No pooled rate has a control
group, so none can tell whether the cells work. This is no systematic review and no medical advice.
"""

_BEHIND = f"""\
## Evidence and methods

- [The evidence tables](evidence.md)
- [The documents](references.md)
- [Methods: what was computed, and how]({methods_page.NAME}.md)
"""


class BookError(UserError):
    """The site cannot be built."""


@dataclass(frozen=True)
class Page:
    """A notebook as a page of the book.

    Attributes
    ----------
    name : str
        Name of the page, without ending.
    title : str
        Its title: the question, or the study.
    short : str
        Its title in the list of contents.
    question : str
        The paragraph below the title.
    answer : str
        The computed conclusion, as markdown; empty if the notebook did not get so far.
    entry : Entry
        What came of the notebook.
    group : str
        Heading under which a study stands in lists; empty for a question.
    """

    name: str
    title: str
    short: str
    question: str
    answer: str
    entry: Entry
    group: str


def build(project: Project, evidence: Evidence, record: Record) -> Path:
    """Build the site at ``build/book``.

    Parameters
    ----------
    project : Project
        The project.
    evidence : Evidence
        Its evidence.
    record : Record
        What came of the notebooks; those without an output get no page, and the home page says so.

    Returns
    -------
    pathlib.Path
        The home page.

    Raises
    ------
    BookError
        If Sphinx fails or warns of anything.
    """
    source, site = project.build / "book-source", project.build / "book"
    fresh = project.build / "book-new"
    # Made anew each time: a page that is gone from the plan must be gone from the site.
    for folder in (source, fresh):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    studies = evidence.studies.set_index("study_id")
    pages = [_write_page(project, source, entry, studies) for entry in record.entries]
    evidence_pages = write_pages(evidence, project.data, source)
    methods_page.write(project, source)
    _write(source / "index.md", _home(pages, evidence_pages))
    _sphinx(project, source, fresh, _provenance(record))
    # Only a site without faults takes the place of the last one.
    shutil.rmtree(site, ignore_errors=True)
    fresh.rename(site)
    return site / "index.html"


def _write(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")


def _write_page(project: Project, source: Path, entry: Entry, studies: pd.DataFrame) -> Page:
    study = entry.parameters.get("study_id") if entry.notebook == REPORT else None
    name = f"{entry.notebook}-{study}" if study else entry.notebook
    committed = notebooks.read(project.notebooks / f"{entry.notebook}.ipynb")
    title, question = _heading(committed)
    title = str(studies.loc[study, "label"]) if study else title
    group = _group(studies.loc[study]) if study else ""
    short = title if study else entry.notebook.lstrip("0123456789_").replace("_", " ").capitalize()
    answer = ""
    if entry.output:
        notebook = notebooks.read(project.root / entry.output)
        answer = _answer(notebook)
        page = _as_page(notebook, name, title, source)
        _write(source / f"{name}.ipynb", notebooks.text(page))
    return Page(name, title, short, question, answer, entry, group)


def _group(study: pd.Series[Any]) -> str:
    return _CITED if study["role"] == "cited" else _OTHERS[study["tissue"]]


def _heading(notebook: NotebookNode) -> tuple[str, str]:
    """Take title and question from the first cell of a notebook."""
    first = notebook.cells[0].source if notebook.cells else ""
    title, _, rest = first.partition("\n")
    return title.removeprefix("# ").strip(), rest.strip().split("\n\n")[0]


def _answer(notebook: NotebookNode) -> str:
    """Take the computed conclusion: the markdown shown by the cell tagged ``conclusion``."""
    for cell in notebook.cells:
        if "conclusion" in notebooks.tags(cell):
            shown = [output.get("data", {}).get("text/markdown") for output in cell.get("outputs", [])]
            return "\n\n".join(text for text in shown if text)
    return ""


def _as_page(notebook: NotebookNode, name: str, title: str, source: Path) -> NotebookNode:
    """Make of an executed notebook a page: code folded, figures and tables as files to take along."""
    cells = []
    counts = {"figure": 0, "table": 0}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            cells.append(cell)
            continue
        extras = []
        kept = []
        for output in cell.outputs:
            data = output.get("data", {})
            if results.MIME_TYPE in data:
                continue
            if "image/png" in data:
                counts["figure"] += 1
                extras.append(_figure(data, output, f"{name}-figure-{counts['figure']}", source))
                continue
            if "text/csv" in data:
                counts["table"] += 1
                extras.append(
                    attachments.table_link(data.pop("text/csv"), f"{name}-table-{counts['table']}", source)
                )
            if "text/html" in data:
                data["text/html"] = with_row_links(data["text/html"])
            kept.append(output)
        cell.outputs = kept
        cell.metadata["tags"] = [*notebooks.tags(cell), "hide-input"]
        cells += [cell, *(_markdown(text, f"{name}-{len(cells)}-{n}") for n, text in enumerate(extras))]
    _retitle(cells, title)
    page: NotebookNode = nbformat.from_dict({**notebook, "cells": cells})  # type: ignore[no-untyped-call]
    return page


def _retitle(cells: Sequence[NotebookNode], title: str) -> None:
    if cells and cells[0].cell_type == "markdown":
        _, newline, rest = cells[0].source.partition("\n")
        cells[0].source = f"# {escaped(title)}{newline}{rest}"


def _markdown(text: str, identifier: str) -> NotebookNode:
    clean = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in identifier)[-64:]
    cell: NotebookNode = nbformat.v4.new_markdown_cell(text, id=clean)  # type: ignore[no-untyped-call]
    return cell


def _figure(data: Mapping[str, Any], output: NotebookNode, name: str, source: Path) -> str:
    shown = output.get("metadata", {}).get("image/png", {})
    alt = str(shown.get("alt") or data.get("text/plain", "figure"))
    png, svg = base64.b64decode(data["image/png"]), data.get("image/svg+xml")
    return attachments.figure(png, svg, name, source, alt=alt, width=shown.get("width"))


def _home(pages: Sequence[Page], evidence_pages: Mapping[str, str]) -> str:
    questions = [page for page in pages if page.entry.notebook != REPORT]
    reports = [page for page in pages if page.entry.notebook == REPORT]
    parts = ["# Stem cells in premature ovarian insufficiency: a reanalysis", _ABOUT.strip()]
    failed = [page for page in pages if page.entry.status not in GOOD]
    if failed:
        names = ", ".join(page.entry.output_name for page in failed)
        parts.append(
            f":::{{warning}}\nThis book is not complete. These notebooks did not finish: {escaped(names)}.\n:::"
        )
    parts.append("## The questions and their computed answers")
    parts += [_question(page) for page in questions]
    groups = {name: [page for page in reports if page.group == name] for name in _group_names(reports)}
    parts.append("## The studies")
    parts += [f"**{name}:** {' · '.join(map(_link, members))}" for name, members in groups.items()]
    parts.append(_BEHIND.strip())
    parts += [
        _contents("Questions", [f"{page.short} <{page.name}>" for page in questions if page.entry.output]),
        *(
            _contents(name, [f"{page.short} <{page.name}>" for page in members if page.entry.output])
            for name, members in groups.items()
        ),
        _contents("Evidence", [f"{title} <{name}>" for name, title in evidence_pages.items()]),
        _contents("Methods", [f"How it was computed <{methods_page.NAME}>"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _group_names(reports: Sequence[Page]) -> list[str]:
    """Order the groups of studies: the cited ones first, the others by tissue."""
    return [name for name in (_CITED, *_OTHERS.values()) if any(page.group == name for page in reports)]


def _link(page: Page) -> str:
    words = escaped(page.title)
    return f"[{words}]({page.name}.ipynb)" if page.entry.output else words


def _question(page: Page) -> str:
    heading = f"### {_link(page)}\n\n{page.question}"
    if page.entry.status not in GOOD:
        reason = escaped(f"{page.entry.status}: {page.entry.error or 'no reason known'}")
        return f"{heading}\n\n::::{{container}} question-answer did-not-finish\nThis notebook did not finish ({reason}).\n::::"
    return f"{heading}\n\n::::{{container}} question-answer\n{_folded(page.answer or 'No answer was computed.')}\n::::"


def _folded(answer: str) -> str:
    """Show of a long answer its first paragraphs and lines, and fold the rest: nothing is left out."""
    lines = [line for line in answer.splitlines() if line]
    lengths = list(itertools.accumulate(map(len, lines)))
    # A line that announces others does not stand alone.
    first = 2 if lines[0].endswith(":") else 1
    shown = max(first, sum(length <= _SHOWN for length in lengths))
    if lengths[-1] <= _SHOWN + _SLACK or shown == len(lines):
        return answer
    top, rest = (_paragraphs(part) for part in (lines[:shown], lines[shown:]))
    return f"{top}\n\n<details><summary>The rest of the answer</summary>\n\n{rest}\n\n</details>"


def _paragraphs(lines: Sequence[str]) -> str:
    """Set lines apart as paragraphs; those of a list stay together."""
    listed = [line.startswith("- ") for line in lines]
    gaps = ["\n" if before and after else "\n\n" for before, after in itertools.pairwise(listed)]
    return "".join(line + gap for line, gap in zip(lines, [*gaps, ""], strict=True))


def _contents(caption: str, entries: Sequence[str]) -> str:
    if not entries:
        return ""
    listed = "\n".join(entries)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```"


def _provenance(record: Record) -> str:
    packages = record.header["packages"]
    return f"Data version {record.header['data'][:12]}, commit {record.header['commit']}, Python {packages['python']}, pandas {packages['pandas']}."


def _sphinx(project: Project, source: Path, site: Path, provenance: str) -> None:
    said = io.StringIO()
    try:
        with patch_docutils(str(_SITE)), docutils_namespace():
            app = Sphinx(
                srcdir=source, confdir=_SITE, outdir=site, doctreedir=source / ".doctrees",
                buildername="html", confoverrides={"html_context": {"provenance": provenance}},
                status=None, warning=said, warningiserror=False,
            )  # fmt: skip
            app.build()
    except SphinxError as error:
        raise BookError(f"the book was not built: {error}\n{said.getvalue()}") from error
    warnings = said.getvalue().strip()
    if warnings or app.statuscode:
        raise BookError(f"the book has faults:\n{notebooks.scrubbed(warnings, project.root)}")
