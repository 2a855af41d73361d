"""Publication tables with great-tables: built from tidy rows, escaped, ready for page and CSV."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from great_tables import GT, loc, style
from IPython.display import display

from helpers.evidence.provenance import origin
from helpers.show.export import csv_text

_NOT_REPORTED = "not reported"
#: The column that names an evidence row, and the column that lists several.
_ROW, _ROWS = "evidence_row", "evidence"
_ROW_NAME = re.compile(r"\b([a-z_]+) row (\d+)\b")
#: What the link of a row tells, in this order.
_ORIGIN = ("study_label", "citation", "locator", "access", "agreement")
#: The columns of ``Evidence.select`` that a row must keep to end in its link.
LINK = (_ROW, *_ORIGIN, "doi", "url")


@dataclass(frozen=True)
class Table:
    """A table with the rows behind it.

    Attributes
    ----------
    title : str
        What the table shows.
    page : great_tables.GT
        The table as it stands on the page.
    rows : pandas.DataFrame
        The rows as they are exported.
    """

    title: str
    page: GT
    rows: pd.DataFrame

    def show(self) -> None:
        """Display the table in a notebook: HTML for the page, CSV to take along."""
        page = self.page.as_raw_html(inline_css=False)
        plain = f"{self.title} ({len(self.rows)} rows)"
        bundle = {"text/html": page, "text/csv": csv_text(self.rows), "text/plain": plain}
        display(bundle, raw=True)  # type: ignore[no-untyped-call]


def table(
    rows: pd.DataFrame, columns: dict[str, str], *, title: str, note: str = "", group: str | None = None
) -> Table:
    """Build a table of the columns named, in their order.

    Parameters
    ----------
    rows : pandas.DataFrame
        Tidy rows; the index is not shown.
    columns : dict of str
        Column of `rows` -> its heading.
    title : str
        What the table shows.
    note : str
        Remark below the table.
    group : str, optional
        Column whose values head groups of rows.

    Returns
    -------
    Table
        Text is escaped by great-tables; what is blank reads "not reported"; the CSV holds the same columns.
        A table without rows says so. Rows of evidence (with `evidence_row`, as ``Evidence.select`` makes them)
        end in a link to their document, which tells where they come from; the book turns it, and every list of
        evidence rows, into links to its own page of that row.
    """
    if _ROW in rows:
        columns = {**columns, _ROW: "evidence"}
    shown = [*([group] if group else []), *columns]
    plain = rows[shown].reset_index(drop=True)
    cells = plain.map(_cell)
    if _ROW in rows:
        cells[_ROW] = [_row_link(row) for row in rows.to_dict("records")]
    if _ROWS in columns:
        cells[_ROWS] = cells[_ROWS].map(_marked_rows)
    labels: Any = columns
    page = (
        GT(cells, groupname_col=group, id=_identifier(title))
        .tab_header(title=title)
        .cols_label(cases=labels)
        .cols_align("left")
        .tab_style(style.text(weight="bold"), loc.row_groups())
        .tab_options(
            table_font_size="13px",
            heading_title_font_size="15px",
            heading_align="left",
            table_width="100%",
            data_row_padding="4px",
        )
        .opt_row_striping()
        .fmt(str, columns=[column for column in (_ROW, _ROWS) if column in columns])
    )
    if plain.empty:
        page = page.tab_source_note("Nothing was reported in what was read.")
    if note:
        page = page.tab_source_note(note)
    return Table(title, page, plain.rename(columns=columns))


def outcome_table(rows: pd.DataFrame, *, interval: str, level: float) -> Table:
    """Build the table of outcomes: counts, totals and their basis, intervals, and where each is from.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `outcome_rows`.
    interval : str
        Method of the interval.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Table
        One row per count, grouped by tissue, outcome and horizon.
    """
    subgroup = (", " + rows["subgroup"]).fillna("")
    counted = rows["total_unit"] + ", " + rows["total_basis"]
    rows = rows.assign(
        who=rows["study_label"] + subgroup,
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        counted=counted.where(rows["total"].notna(), "no total printed"),
        printed=[f"{share:g} %" if pd.notna(share) else "none" for share in rows["percent_reported"]],
        told=rows["origin"] + ", " + rows["access"],
        place=rows["citation"] + "; " + rows["locator"],
    )
    columns = {
        "who": "study",
        "women": "condition",
        "arm_label": "arm",
        "timepoint_months": "months",
        "count_text": "events/total",
        "counted": "total: unit, basis",
        "interval_text": f"percent ({100 * level:g} % CI)",
        "printed": "percent printed",
        "told": "who tells it, read as",
        "place": "source and place",
        "note": "remark",
    }
    note = (
        f"Confidence intervals (CI): {interval}, {100 * level:g} %, for each count by itself. A basis 'enrolled' means that the total was "
        "not printed with the count. A count that is no proportion of the women treated has none, and the reason is given."
    )
    return table(rows, columns, title="Outcomes as counted", note=note, group="section")


def depth_table(rows: pd.DataFrame) -> Table:
    """Build the table that tells who tells the rows, and how deep each source was read.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``Evidence.select``, with source_kind and access.

    Returns
    -------
    Table
        One row per origin and depth, with the number of rows and the studies.
    """
    told = rows.assign(origin=origin(rows["source_kind"]))
    groups = told.groupby(["origin", "access"], sort=True)
    counts = groups.agg(
        rows=("source_id", "size"), studies=("study_label", lambda s: ", ".join(sorted(set(s))))
    ).reset_index()
    columns = {"origin": "who tells it", "access": "read as", "rows": "rows", "studies": "studies"}
    return table(counts, columns, title="How deep the sources were read")


def _cell(value: Any) -> str:
    if value is None or (not isinstance(value, list) and pd.isna(value)):
        return _NOT_REPORTED
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def _identifier(title: str) -> str:
    return "table-" + "".join(letter if letter.isalnum() else "-" for letter in title.lower())[:40].strip("-")


def _row_link(row: Mapping[Any, Any]) -> str:
    """Link a row to its document, with the whole of its origin as title."""
    name = str(row[_ROW])
    told = [str(row[part]) for part in _ORIGIN if part in row and pd.notna(row[part])]
    address = f"https://doi.org/{row['doi']}" if pd.notna(row.get("doi")) else row.get("url")
    key, origin = name.replace(" row ", "-"), html.escape("; ".join(told))
    marked = f'data-row="{key}" title="{origin}"'
    if pd.isna(address):
        return f"<span {marked}>{name}</span>"
    return f'<a href="{html.escape(str(address))}" {marked}>{name}</a>'


def _marked_rows(listed: str) -> str:
    """Mark every evidence row that a text names, for the book to link."""
    return _ROW_NAME.sub(r'<span data-row="\1-\2">\g<0></span>', html.escape(listed))
