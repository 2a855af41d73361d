"""Reading a filled extraction sheet as text, with a fault for everything that a spreadsheet made of what was typed."""

from __future__ import annotations

import csv
import datetime
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pandera.pandas as pa
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.new_rows import Row
from helpers.evidence.reading import MAX_BYTES
from helpers.evidence.relations import SEPARATOR
from helpers.evidence.schema import REGISTRY, TABLES
from helpers.evidence.sheet import EXAMPLE, INSTRUCTIONS, LISTS, MEANINGS, PREFILLED

#: A sheet is typed by hand; below this row only a stray format can stand.
MAX_ROWS = 20_000
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2060\ufeff]")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+(?:,\d+)+(?:\.\d+)?")
_DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/(?=10\.)|doi:\s*(?=10\.)", re.IGNORECASE)
_FORMULA = "is a formula; write the value itself"
#: A cell as text, with the rule that it breaks, empty where it breaks none.
_Text = tuple[str, str]


def read_filled(path: Path) -> list[Row]:
    """Read the rows of a filled extraction sheet.

    Parameters
    ----------
    path : pathlib.Path
        An xlsx file with one tab per table, or a folder with one CSV file per table.

    Returns
    -------
    list of Row
        In the order of the tabs. Examples, blank rows and rows with nothing but the ids filled in are left out.

    Raises
    ------
    EvidenceError
        If there is no such file, it is of another form, or a tab or column has a name that is not known.
    """
    if not path.exists():
        raise EvidenceError(str(path), [Fault(path.name, 0, "", "", "there is no such file or folder")])
    rows, faults = _read_folder(path) if path.is_dir() else _read_workbook(path)
    if faults:
        raise EvidenceError(path.name, faults)
    if not rows:
        rule = "holds no row to add; examples and rows with nothing but the ids do not count"
        raise EvidenceError(path.name, [Fault(path.name, 0, "", "", rule)])
    return rows


def clean(text: str) -> str:
    """Take from text what a page or a spreadsheet adds without showing it.

    Parameters
    ----------
    text : str
        As typed or pasted.

    Returns
    -------
    str
        Composed characters, plain single blanks, none at the ends, nothing invisible.
    """
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def _read_workbook(path: Path) -> tuple[list[Row], list[Fault]]:
    if path.stat().st_size > MAX_BYTES:
        return [], [Fault(path.name, 0, "", "", "is too large for an extraction sheet")]
    try:
        with warnings.catch_warnings():
            # openpyxl tells of what it leaves out: formats and rules, which are not read here.
            warnings.simplefilter("ignore")
            book = load_workbook(path)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, TypeError, ParseError, EOFError):
        return [], [
            Fault(path.name, 0, "", "", "is no xlsx workbook that can be read; save it as .xlsx, without password")
        ]  # fmt: skip
    rows: list[Row] = []
    faults: list[Fault] = []
    for tab in book.worksheets:
        if tab.title in (INSTRUCTIONS, MEANINGS, LISTS):
            continue
        place = f"{path.name}, tab {tab.title}"
        if tab.title not in TABLES:
            faults.append(Fault(place, 0, "", "", f"is no table; {meant(tab.title, TABLES)}"))
        elif tab.max_row > MAX_ROWS:
            rule = f"reaches down to row {tab.max_row}; delete the rows below the last one that is filled in"
            faults.append(Fault(place, 0, "", "", rule))
        else:
            found, wrong = _rows_of(tab.title, place, _grid(tab))
            rows += found
            faults += wrong
    return rows, faults


def _grid(tab: Worksheet) -> Iterator[list[Any]]:
    """Give the cells of each row; a cell that is merged down its column stands in every row that it covers."""
    anchors: dict[tuple[int, int], Any] = {}
    for area in tab.merged_cells.ranges:
        for row, column in area.cells:
            first = tab.cell(area.min_row, area.min_col)
            anchors[row, column] = first if area.min_col == area.max_col or first.value is None else area
    for cells in tab.iter_rows():
        yield [anchors.get((cell.row or 0, cell.column or 0), cell) for cell in cells]


def _read_folder(path: Path) -> tuple[list[Row], list[Fault]]:
    rows: list[Row] = []
    faults: list[Fault] = []
    for file in sorted(path.glob("*.csv"), key=_place_in_schema):
        if file.stem not in TABLES:
            known = [f"{name}.csv" for name in TABLES]
            faults.append(Fault(file.name, 0, "", "", f"is no table; {meant(file.name, known)}"))
            continue
        try:
            grid = _split(file.read_text(encoding="utf-8-sig"))
        except (UnicodeDecodeError, csv.Error) as error:
            faults.append(Fault(file.name, 0, "", "", f"is no CSV file in UTF-8: {error}"))
            continue
        found, wrong = _rows_of(file.stem, file.name, grid)
        rows += found
        faults += wrong
    return rows, faults


def _place_in_schema(file: Path) -> int:
    return list(TABLES).index(file.stem) if file.stem in TABLES else len(TABLES)


def _split(text: str) -> list[list[str]]:
    head = text.partition("\n")[0]
    # A spreadsheet set to a decimal comma separates cells by semicolons.
    separator = max(",;\t", key=head.count)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))


def _rows_of(table: str, place: str, grid: Iterable[list[Any]]) -> tuple[list[Row], list[Fault]]:
    columns = TABLES[table].columns
    lines = iter(grid)
    names = [_plain(cell) for cell in next(lines, [])]
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, line in enumerate(lines, start=2):
        texts = [
            _text(cell, columns.get(name))
            for name, cell in zip(names + [""] * (len(line) - len(names)), line, strict=False)
        ]
        cells = {name: text for name, (text, _) in zip(names, texts, strict=False) if name}
        if cells.get(next(iter(columns)), "").startswith(EXAMPLE):
            continue
        faults += [
            Fault(place, number, "", text, "stands in a column without a name")
            for name, (text, _) in zip(names + [""] * (len(texts) - len(names)), texts, strict=True)
            if text and not name
        ]
        wrong = tuple(
            Fault(place, number, name, text, rule)
            for name, (text, rule) in zip(names, texts, strict=False)
            if rule and name in columns
        )
        if wrong or any(text for name, text in cells.items() if name not in PREFILLED):
            rows.append(_mended(Row(table, place, number, cells, wrong)))
    # A tab that nobody filled in may look as it likes.
    return rows, [*_header_faults(place, names, table), *faults] if rows else faults


def _mended(row: Row) -> Row:
    """Take the address from a DOI that was copied with it, and spell a registry number as others are spelt."""
    told = []
    cells = dict(row.cells)
    for column, (mend, why) in _MENDED.items():
        typed = cells.get(column, "")
        cells |= {column: mend(typed)} if typed else {}
        if cells.get(column, "") != typed:
            rule = f"is taken as {cells[column]}, for {why}"
            told.append(Fault(row.place, row.number, column, typed, rule))
    return replace(row, cells=cells, mended=tuple(told))


def _bare_doi(typed: str) -> str:
    return _DOI_ADDRESS.sub("", typed, count=1) if _DOI_ADDRESS.match(typed) else typed


def _registry_number(typed: str) -> str:
    """Write the numbers in capitals without blanks; what is then no number either stays as typed."""
    parts = ["".join(part.split()) for part in re.split("[;,]", typed)]
    spelt = SEPARATOR.join(part if "." in part else part.upper() for part in filter(None, parts))
    return spelt if re.fullmatch(REGISTRY, spelt) else typed


#: What is mended of a column, and why.
_MENDED: dict[str, tuple[Callable[[str], str], str]] = {
    "doi": (_bare_doi, "a DOI stands without its address"),
    "registry_id": (_registry_number, "a registry number stands in capitals and without blanks"),
}


def _header_faults(place: str, names: list[str], table: str) -> Iterator[Fault]:
    columns = TABLES[table].columns
    missing = [column for column in columns if column not in names]
    for name in dict.fromkeys(filter(None, names)):
        if name not in columns:
            yield Fault(
                place, 1, name, name, f"is no column of {table}; {meant(name, map(str, missing or columns))}"
            )
        elif names.count(name) > 1:
            yield Fault(place, 1, name, name, "stands twice in the header")
    for column in missing:
        if not columns[column].nullable:
            yield Fault(place, 1, str(column), "", "is a missing column")


def _plain(cell: Any) -> str:
    """Read a name in the header."""
    value = cell.value if isinstance(cell, Cell) else cell if isinstance(cell, str) else None
    return "" if value is None else clean(str(value))


def _text(cell: Any, rules: pa.Column | None) -> _Text:
    """Read a cell as what was typed into it."""
    if isinstance(cell, str):
        return _typed_text(cell, rules)
    if isinstance(cell, MergedCell):
        return "", ""
    if not isinstance(cell, Cell):
        return str(cell), "is merged across columns; unmerge the cells"
    value = cell.value
    if value is None:
        return "", ""
    if cell.data_type == "e":
        return str(value), "is an error of the spreadsheet; write what the document says"
    if isinstance(value, str):
        return (value, _FORMULA) if cell.data_type == "f" else _typed_text(value, rules)
    if isinstance(value, bool):
        return str(
            value
        ).upper(), "is a truth value of the spreadsheet; format the cell as text and type it again"
    if isinstance(value, (datetime.date, datetime.time, datetime.timedelta)):
        return _date(value, rules)
    if not isinstance(value, int | float):
        return str(getattr(value, "text", value)), _FORMULA
    return _figure(value, "%" in str(cell.number_format), rules)


def _typed_text(value: str, rules: pa.Column | None) -> _Text:
    text = clean(value)
    if rules is None or (rules.metadata or {})["kind"] == "text":
        return text, ""
    text = text.replace("\u2212", "-")  # the minus sign of printed pages
    if _DECIMAL_COMMA.fullmatch(text):
        return text, "has a comma; write decimals with a point, and thousands without a separator"
    return text, ""


def _date(value: datetime.date | datetime.time | datetime.timedelta, rules: pa.Column | None) -> _Text:
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        value = value.date()
    text = str(value)
    pattern = (rules.metadata or {}).get("pattern") if rules is not None else None
    if pattern and re.fullmatch(pattern, text):
        return text, ""
    return text, "became a date or time in the spreadsheet; format the cell as text and type it again"


def _figure(value: float, percent: bool, rules: pa.Column | None) -> _Text:
    unit = (rules.metadata or {}).get("unit") if rules is not None else ""
    if percent and unit == "percent":
        return f"{value * 100:.12g}", ""
    if percent:
        rule = f"is shown as {value * 100:.12g}% by the spreadsheet; format the cell as a number and type it again"
        return f"{value:.15g}", rule
    # Fifteen digits are what a spreadsheet shows; the rest is noise of its arithmetic.
    whole = isinstance(value, int) or value.is_integer()
    return str(int(value)) if whole else f"{value:.15g}", ""
