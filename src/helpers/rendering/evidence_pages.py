"""The pages of the book that a number leads back to: every evidence row with its document, and the documents."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import Evidence, bibliography
from helpers.evidence.provenance import provenance_of
from helpers.rendering.markdown import escaped
from helpers.show import table as show_table

_TOLD_APART = ("study_id", "source_id", "locator", "note", "extraction")
_MARKED_ROW = re.compile(
    r'<(?P<tag>a|span)\b[^>]*? data-row="(?P<table>[a-z_]+)-(?P<row>\d+)"[^>]*>(?P<words>[^<]*)</(?P=tag)>'
)


def write(evidence: Evidence, data: Path, files: dict[str, bytes]) -> dict[str, str]:
    """Add the evidence pages and their tables to the source of the book, `files`; return name -> title of each page.

    The codebook and the bibliography are in the folder `data`.
    """
    pages = {"evidence": _overview(evidence, data)}
    for name in evidence.tables:
        files[f"tables/{name}.csv"] = show_table.csv_text(evidence.printed[name]).encode()
        pages[page_of(name)] = _table_page(evidence, name)
    files[f"tables/{bibliography.FILE}"] = (data / bibliography.FILE).read_bytes()
    pages["references"] = _references(evidence)
    files.update({f"{name}.md": text.encode() for name, text in pages.items()})
    titles = {"evidence": "Codebook", **{page_of(name): name for name in evidence.tables}}
    return {**titles, "references": "Documents"}


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
        f"| [{name}]({page_of(name)}.md) | {len(frame)} | {{download}}`CSV <tables/{name}.csv>` |"
        for name, frame in evidence.tables.items()
    ]
    return f"{title}\n\n" + "\n".join(lines) + f"\n{rest}"


def _table_page(evidence: Evidence, name: str) -> str:
    printed = evidence.printed[name]
    origin = provenance_of(evidence.tables, name, evidence.tables[name])
    facts = [column for column in printed.columns if column not in _TOLD_APART]
    rows = pd.DataFrame(
        {
            "row": [f'<span id="row-{index + 2}">{index + 2}</span>' for index in printed.index],
            "study": origin["study"].map(_text),
            "what stands there": [_facts(row) for row in printed[facts].to_dict("records")],
            "where from": [_whence(row) for row in origin.to_dict("records")],
            "remark": origin["note"].map(_text),
        }
    )
    filled = rows.loc[:, (rows != "").any()]
    page = filled.to_html(index=False, escape=False, border=0, classes="table evidence-rows")
    about = f"{evidence.schema.tables[name].description} Rows are counted as a spreadsheet counts them: the header is the first."
    download = f":::{{container}} downloads\nTake along: {{download}}`CSV <tables/{name}.csv>`\n:::"
    return f"# {name}\n\n{about}\n\n{download}\n\n{page}\n"


def _facts(row: dict[Any, str]) -> str:
    facts = [
        f"<b>{html.escape(str(column))}</b> {html.escape(value)}" for column, value in row.items() if value
    ]
    return "; ".join(facts)


def _whence(row: dict[Any, Any]) -> str:
    cells = [row["locator"], f"read as {row['access']}", row["agreement"], _got(row["extraction"])]
    words = [html.escape(str(cell)) for cell in cells if pd.notna(cell)] if pd.notna(row["access"]) else []
    return "<br>".join([_document(row), *words])


def _got(extraction: Any) -> Any:
    return extraction if pd.isna(extraction) else f"figure {extraction}"


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
        "What was read, and how deep. Behind each document stands what of it was seen.",
        f":::{{container}} downloads\nTake along: {{download}}`BibTeX <tables/{bibliography.FILE}>`\n:::",
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
