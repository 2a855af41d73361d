"""Publication tables: built from tidy rows, escaped, ready for page and CSV."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from IPython.display import display

from helpers.show import exploring

_NOT_REPORTED = "not reported"
#: The column that names an evidence row, and the column that lists several.
_ROW, _ROWS = "evidence_row", "evidence"
_ROW_NAME = re.compile(r"\b([a-z_]+) row (\d+)\b")
#: What the link of a row says, in this order.
_ORIGIN = ("study_label", "citation", "locator", "access", "agreement")
#: Where it leads to: the first that is known.
_ADDRESSES = ("doi", "url")
_CELL = "text-align:left;vertical-align:top;padding:4px 8px"
_HEAD = f"{_CELL};font-weight:600"
#: A column by its name, or with its own heading.
Column = str | tuple[str, str]
#: Headings that recur; any other column is headed by its name unless its table says otherwise.
_HEADINGS = {
    "study_label": "study",
    "arm_label": "arm",
    "citation": "source",
    "locator": "where",
    "note": "remark",
    "origin": "reported by",
    "access": "text available to us",
    "timepoint_months": "months",
}
_TITLE = "caption-side:top;text-align:left;font-size:15px;font-weight:600"


@dataclass(frozen=True)
class Table:
    """A table as HTML with its title, and the rows as they are exported.

    Its styles are in its elements, because JupyterLab shows no others before a notebook is trusted; the book has its own.
    """

    title: str
    html: str
    rows: pd.DataFrame

    def show(self) -> None:
        """Display the table in a notebook: HTML for the page, CSV to download."""
        plain = f"{self.title} ({len(self.rows)} rows)"
        bundle = {"text/html": self.html, "text/csv": csv_text(self.rows), "text/plain": plain}
        display(bundle, raw=True)  # type: ignore[no-untyped-call]

    def explore(self) -> None:
        """Display the rows to sort, filter and search in JupyterLab, without a network; `show` is for what is kept."""
        exploring.explore(self.rows, self.title)


def table(
    rows: pd.DataFrame,
    columns: Mapping[str, str] | Iterable[Column],
    *,
    title: str,
    note: str = "",
    group: str | None = None,
) -> Table:
    """Build a table of the columns named, in their order, each with its own heading or the usual one.

    Text is escaped, and what is blank reads "not reported". `group` is the column whose values head groups of rows. Rows with
    `evidence_row`, as ``Evidence.select`` makes them, end in a link to their document; the book turns it, and every list of
    evidence rows, into links to its own page of that row.
    """
    given = columns.items() if isinstance(columns, Mapping) else columns
    heads = dict((name, _HEADINGS.get(name, name)) if isinstance(name, str) else name for name in given)
    if _ROW in rows:
        heads[_ROW] = "evidence"
    plain = rows[[*([group] if group else []), *heads]].reset_index(drop=True)
    cells = plain.map(lambda value: html.escape(_cell(value)))
    if _ROW in rows:
        given = [name for name in (_ROW, *_ORIGIN, *_ADDRESSES) if name in rows]
        cells[_ROW] = [_row_link(row) for row in rows[given].to_dict("records")]
    if _ROWS in heads:
        cells[_ROWS] = cells[_ROWS].map(_marked_rows)
    notes = ["Nothing was reported in the text available to us."] * plain.empty + [note] * bool(note)
    return Table(title, _page(cells, heads, title, notes, group), plain.rename(columns=heads))


def _page(
    cells: pd.DataFrame, columns: Mapping[str, str], title: str, notes: list[str], group: str | None
) -> str:
    """Write escaped cells as a table, each group of rows below its heading."""
    heads = "".join(f'<th scope="col" style="{_HEAD}">{html.escape(head)}</th>' for head in columns.values())
    lines = []
    for name, part in cells.groupby(group, sort=False) if group else [("", cells)]:
        if group:
            lines.append(
                f'<tr class="group"><th colspan="{len(columns)}" scope="colgroup" style="{_HEAD}">{name}</th></tr>'
            )
        lines += [
            "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in row) + "</tr>"
            for row in part[list(columns)].itertuples(index=False)
        ]
    name = re.sub(r"[\W_]", "-", title.lower())[:40].strip("-")
    below = "".join(f'<p class="table-note" style="font-size:12px">{html.escape(note)}</p>' for note in notes)
    return (
        f'<div class="evidence-table" id="table-{name}"><table style="width:100%;font-size:13px">'
        f'<caption style="{_TITLE}">{html.escape(title)}</caption>\n<thead><tr>{heads}</tr></thead>\n'
        "<tbody>\n" + "\n".join(lines) + f"\n</tbody></table>{below}</div>"
    )


def _cell(value: Any) -> str:
    if value is None or (not isinstance(value, list) and pd.isna(value)):
        return _NOT_REPORTED
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _row_link(row: Mapping[Any, Any]) -> str:
    """Link a row to its document, with the whole of its origin as title."""
    name = str(row[_ROW])
    parts = [str(row[part]) for part in _ORIGIN if part in row and pd.notna(row[part])]
    address = f"https://doi.org/{row['doi']}" if pd.notna(row.get("doi")) else row.get("url")
    key, origin = name.replace(" row ", "-"), html.escape("; ".join(parts))
    marked = f'data-row="{key}" title="{origin}"'
    if pd.isna(address):
        return f"<span {marked}>{name}</span>"
    return f'<a href="{html.escape(str(address))}" {marked}>{name}</a>'


def _marked_rows(listed: str) -> str:
    """Mark every evidence row that an escaped text names, for the book to link."""
    return _ROW_NAME.sub(r'<span data-row="\1-\2">\g<0></span>', listed)


#: A cell that starts with one of these is taken for a formula by spreadsheets.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame without its index as CSV: ten significant digits, line feeds, and no text that a spreadsheet would run.

    Text that it would take for a formula gets a leading apostrophe; numbers, negative ones too, stay numbers.
    """
    safe = frame.map(_safe).rename(columns=lambda name: _safe(str(name)))
    return safe.to_csv(index=False, float_format="%.10g", lineterminator="\n")


def _safe(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
