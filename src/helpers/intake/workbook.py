"""Opening a workbook of a spreadsheet: its tabs, the cells of each, and what of them is not on the screen."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet


def tabs_of(path: Path) -> tuple[list[Worksheet], str]:
    """Open a workbook with its rich text; of a file that is none, say in place of tabs what it is."""
    kind = next((kind for kind, known in _OTHER_KINDS.items() if known(path)), "")
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it passes over: drop-downs and rules of colour, which are not read here.
            warnings.simplefilter("ignore")
            book = None if kind else load_workbook(path, rich_text=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, ParseError, EOFError):
        return [], "no xlsx workbook that can be read"
    return [tab for tab in book.worksheets if isinstance(tab, Worksheet)] if book else [], kind


def _part(path: Path, inner: str) -> bytes:
    """Read a part of a file that is a zip; empty where there is none."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(inner)
    except (zipfile.BadZipFile, KeyError):
        return b""


#: Files that people take for workbooks, and how each is known.
_OTHER_KINDS: dict[str, Callable[[Path], bool]] = {
    "a single CSV file": lambda path: path.suffix.lower() == ".csv",
    "a workbook of Excel 97, or locked by a password": lambda path: path.read_bytes().startswith(
        b"\xd0\xcf\x11\xe0"
    ),
    "an OpenDocument spreadsheet": lambda path: b"opendocument" in _part(path, "mimetype"),
    "a binary workbook (xlsb)": lambda path: bool(_part(path, "xl/workbook.bin")),
    "a Strict Open XML workbook": lambda path: b"purl.oclc.org/ooxml" in _part(path, "xl/workbook.xml"),
}


def grid(tab: Worksheet) -> list[list[Any]]:
    """Give the cells of each row; a cell that is merged down its column is in every row that it covers."""
    anchors: dict[tuple[int, int], Any] = {}
    for area in tab.merged_cells.ranges:
        for row, column in area.cells:
            first = tab.cell(area.min_row, area.min_col)
            anchors[row, column] = first if area.min_col == area.max_col or first.value is None else area
    return [
        [anchors.get((cell.row or 0, cell.column or 0), cell) for cell in cells] for cells in tab.iter_rows()
    ]


def hidden_rows(tab: Worksheet) -> set[int]:
    """Give the rows that are hidden, by hand, by a filter, in a group that is closed, or by a height of 0."""
    return {number for number, row in tab.row_dimensions.items() if row.hidden or row.height == 0}


def hidden_columns(tab: Worksheet) -> list[int]:
    """Give the columns that are hidden, or have no width; a file keeps a run of them as one."""
    runs = [
        run
        for run in tab.column_dimensions.values()
        if (run.hidden or run.width == 0) and run.min and run.max
    ]
    return [number for run in runs for number in range(run.min or 1, min(run.max or 1, tab.max_column) + 1)]
