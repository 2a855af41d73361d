"""The pages of the book that a number leads back to: every evidence row with its document, and the documents."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import Evidence, bibliography
from helpers.evidence.provenance import provenance_of
from helpers.rendering.markdown import escaped
from helpers.show import table as show_table

#: Folder of the source whose files stand in the book as they are.
FILES = "files"
#: Folder of the source whose files join those that every page loads.
STATIC = "static"
#: Columns of a table that are shown with the document of the row.
_IN_ORIGIN = {"source_id", "locator", "note", "extraction"}
_MARKED_ROW = re.compile(
    r'<(?P<tag>a|span)\b[^>]*? data-row="(?P<table>[a-z_]+)-(?P<row>\d+)"[^>]*>(?P<words>[^<]*)</(?P=tag)>'
)


@dataclass(frozen=True)
class Link:
    """A page that leads to an evidence row, and what it is called."""

    page: str
    words: str


def write(
    evidence: Evidence,
    data: Path,
    reports: Collection[str],
    used: Mapping[str, Sequence[Link]],
    files: dict[str, bytes],
) -> dict[str, str]:
    """Add the evidence pages and their tables to the source of the book, `files`; return name -> title of each page.

    The codebook and the bibliography are in the folder `data`; `reports` are the studies that have a report, and `used`
    has the pages that lead to a row, by its address.
    """
    pages = {"evidence": _overview(evidence, data)}
    for name in evidence.tables:
        files[f"{FILES}/tables/{name}.csv"] = show_table.csv_text(evidence.printed[name]).encode()
        pages[page_of(name)] = _table_page(evidence, name, reports, used)
    files[f"{FILES}/tables/{bibliography.FILE}"] = (data / bibliography.FILE).read_bytes()
    pages["references"] = _references(evidence)
    files.update({f"{name}.md": text.encode() for name, text in pages.items()})
    titles = {"evidence": "Codebook", **{page_of(name): _title(name) for name in evidence.tables}}
    return {**titles, "references": "Documents"}


def _title(table: str) -> str:
    return table.replace("_", " ").capitalize()


def page_of(table: str) -> str:
    """Name the page that holds the rows of a table."""
    return f"evidence-{table}"


def with_row_links(page: str) -> str:
    """Make each evidence row that a table names a link to that row in the book, instead of to the document.

    Rows of the table are marked ``data-row="outcomes-12"`` by `helpers.show.table`.
    """
    return _MARKED_ROW.sub(_row_link, page)


def _row_link(marked: re.Match[str]) -> str:
    title = re.search(r' title="[^"]*"', marked[0])
    target = f"{page_of(marked['table'])}.html#row-{marked['row']}"
    return f'<a href="{target}"{title[0] if title else ""}>{marked["words"]}</a>'


def _overview(evidence: Evidence, data: Path) -> str:
    codebook = (data / "README.md").read_text(encoding="utf-8")
    title, _, rest = codebook.partition("\n")
    lines = ["| table | rows | file |", "|---|---|---|"]
    lines += [
        f'| [{_title(name)}]({page_of(name)}.md) | {len(frame)} | <a href="tables/{name}.csv" download>CSV</a> |'
        for name, frame in evidence.tables.items()
    ]
    return f"{title}\n\n" + "\n".join(lines) + f"\n{rest}"


def _table_page(
    evidence: Evidence, name: str, reports: Collection[str], used: Mapping[str, Sequence[Link]]
) -> str:
    """Write every row of a table with the columns that are filled, its document, and the pages that lead to it."""
    printed = evidence.printed[name]
    origin = provenance_of(evidence.tables, name, evidence.tables[name]).to_dict("records")
    places = [str(index + 2) for index in printed.index]
    cells = printed.drop(columns=[*_IN_ORIGIN & {*printed.columns}])
    cells = cells.loc[:, (cells != "").any()].map(html.escape)
    if "study_id" in cells:
        cells["study_id"] = [_study(study, study in reports) for study in printed["study_id"]]
    # What a row is, and where it comes from, are seen without moving the table.
    first = int("study_id" in cells)
    cells.insert(0, "row", [f'<span id="row-{place}">{place}</span>' for place in places])
    cells.insert(first + 1, "document", [_document(row) for row in origin])
    cells.insert(first + 2, "place", [_whence(row) for row in origin])
    cells["note"] = [_text(row["note"]) for row in origin]
    cells["readers"] = [_text(row["agreement"]) for row in origin]
    cells["shown in"] = [_pages(used.get(f"{page_of(name)}.html#row-{place}", ())) for place in places]
    shown = cells.loc[:, (cells != "").any()]
    about = f"{evidence.schema.tables[name].description} Rows are counted as a spreadsheet counts them: the header is the first."
    download = f'<p class="downloads download">Download: <a href="tables/{name}.csv" download>CSV</a></p>'
    return f"---\nnosearch: true\n---\n\n# {_title(name)}\n\n{about}\n\n{download}\n\n{_table(shown)}\n"


def _table(cells: pd.DataFrame) -> str:
    """Write escaped cells as a table; each knows its heading, so that a telephone can show a row as a card."""
    names = [name.replace("_", " ") for name in cells.columns]
    heads = "".join(f'<th scope="col">{name}</th>' for name in names)
    form = "".join(f'<td data-label="{name}">{{}}</td>' for name in names)
    rows = "\n".join(f"<tr>{form}</tr>".format(*row) for row in cells.itertuples(index=False))
    return (
        '<div class="evidence-table" tabindex="0"><table class="evidence-rows">'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def _study(study: str, reported: bool) -> str:
    words = html.escape(study)
    return f'<a href="study_report-{words}.html">{words}</a>' if reported else words


def _pages(links: Sequence[Link]) -> str:
    return ", ".join(f'<a href="{link.page}.html">{html.escape(link.words)}</a>' for link in links)


def _whence(row: dict[Any, Any]) -> str:
    parts = {"locator": "{}", "access": "read as {}", "extraction": "figure {}"}
    return "; ".join(form.format(_text(row[name])) for name, form in parts.items() if pd.notna(row[name]))


def _document(row: dict[Any, Any]) -> str:
    if pd.isna(row["source"]):
        return ""
    words = html.escape(str(row["citation"]))
    address = f"https://doi.org/{row['doi']}" if pd.notna(row["doi"]) else row["url"]
    shown = f'<a href="references.html#source-{html.escape(str(row["source"]))}">{words}</a>'
    if pd.isna(address):
        return shown
    return f'{shown} <a href="{html.escape(str(address))}" title="the document itself">&#8599;</a>'


def _text(value: Any) -> str:
    return "" if pd.isna(value) else html.escape(str(value))


def _references(evidence: Evidence) -> str:
    lines = [
        "# The documents",
        "Every document, with how much of it was available to us.",
        f'<p class="downloads download">Download: <a href="tables/{bibliography.FILE}" download>BibTeX</a></p>',
    ]
    for kind, group in evidence.sources.groupby("kind", sort=False):
        lines.append(f"## {str(kind).replace('-', ' ').capitalize()}")
        lines.append("\n".join(_reference(row) for _, row in group.iterrows()))
    return "\n\n".join(lines) + "\n"


def _reference(row: pd.Series[Any]) -> str:
    author = " ".join(str(cell) for cell in (row["first_author"], row["year"]) if pd.notna(cell))
    parts = [author, row["title_short"], row["journal"]]
    reference = ". ".join(escaped(str(cell)) for cell in parts if pd.notna(cell) and cell)
    doi = row["doi"]
    address = f"https://doi.org/{doi}" if pd.notna(doi) else str(row["url"])
    words = f"doi:{doi}" if pd.notna(doi) else address
    retracted = f" **Retracted {row['retracted']}.**" if pd.notna(row["retracted"]) else ""
    link = f"[{escaped(words)}](<{address.replace('<', '%3C').replace('>', '%3E')}>)"
    anchor = f'<span id="source-{row["source_id"]}"></span>'
    return f"- {anchor}`{row['source_id']}` {reference}. {link}. Read as: {row['access']}.{retracted}"
