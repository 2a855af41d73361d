"""Reading a filled extraction sheet as text, with a fault for everything that a spreadsheet made of what was typed."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from helpers.evidence.characters import clean
from helpers.evidence.columns import Column, Table
from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.relations import SEPARATOR
from helpers.evidence.schema import Schema
from helpers.evidence.table_text import MAX_BYTES, decoded, separator_line, separator_of, split
from helpers.intake.cell_values import CellText, read_cell
from helpers.intake.new_rows import DELETE, STANDING, Row, held_to_study, refused
from helpers.intake.sheet import EXAMPLE, INSTRUCTIONS, LISTS, MEANINGS, PREFILLED, TITLE
from helpers.intake.workbook import grid, hidden_columns, hidden_rows, tabs_of

#: A sheet is typed by hand; below this row there can only be a stray format.
MAX_ROWS = 20_000
#: The header is looked for down to this row.
_HEAD = 20
#: Files that a spreadsheet or the system adds to those that are read, and our own instructions.
README = "README.txt"
_HIDDEN, _BESIDE = (".", "~$"), (README, "Thumbs.db", "desktop.ini")
_ONE_EACH = "A folder holds one CSV file per table, named as the table."
_SAVE_AS = (
    "save it as .xlsx ('Excel Workbook'), without password, or give a folder with one CSV file per table"
)
_DOI_ADDRESS = re.compile(r"(?:https?://)?(?:dx\.)?doi\.org/(?=10\.)|doi:\s*(?=10\.)", re.IGNORECASE)


def read_filled(path: Path, schema: Schema, also: Collection[str] = ()) -> list[Row]:
    """Read the rows of a filled extraction sheet, in the order of the tabs: an xlsx file, or a folder with a CSV file per table.

    Examples, blank rows and rows with nothing but the ids filled in are skipped. Of rows of another study, not in
    `also`, the first of each tab has a fault. Raises EvidenceError if there is no such file, it is of another form,
    or a tab or column has an unknown name.
    """
    if not path.exists():
        raise EvidenceError(str(path), [Fault(path.name, 0, "", "", "there is no such file or folder")])
    rows, faults, title = _read_folder(path, schema) if path.is_dir() else _read_workbook(path, schema)
    if faults:
        raise EvidenceError(path.name, faults)
    if not rows:
        raise refused(path, "holds no row to add; examples and rows with nothing but the ids do not count")
    return held_to_study(rows, title.removeprefix(TITLE) if title.startswith(TITLE) else "", also)


def _read_workbook(path: Path, schema: Schema) -> tuple[list[Row], list[Fault], str]:
    """Read rows and faults, and the line with which the sheet says what it is."""
    if path.stat().st_size > MAX_BYTES:
        raise refused(path, "is too large for an extraction sheet")
    tabs, kind = tabs_of(path)
    if kind:
        raise refused(path, f"is {kind}; {_SAVE_AS}")
    rows: list[Row] = []
    faults: list[Fault] = []
    title = ""
    for tab in tabs:
        if tab.title in (INSTRUCTIONS, MEANINGS, LISTS):
            title = _name(tab.cell(1, 1)) if tab.title == INSTRUCTIONS else title
            continue
        place = f"{path.name}, tab {tab.title}"
        if tab.title not in schema.tables:
            faults.append(Fault(place, 0, "", "", f"is no table; {meant(tab.title, schema.tables)}"))
        elif tab.max_row > MAX_ROWS:
            rule = f"reaches down to row {tab.max_row}; delete the rows below the last one that is filled in"
            faults.append(Fault(place, 0, "", "", rule))
        else:
            found, wrong = _rows_of(schema.tables[tab.title], place, grid(tab))
            rows += found
            faults += [*wrong, *_hidden_faults(place, tab, found)]
    return rows, faults, title


def _hidden_faults(place: str, tab: Worksheet, rows: list[Row]) -> Iterator[Fault]:
    """Refuse what would be added and is not on the screen: a filter or a hand may have left it out on purpose."""
    if not rows:
        return
    if tab.sheet_state != "visible":
        rule = f"is hidden and holds {len(rows)} row{'s' * (len(rows) > 1)}; show the tab, or delete it"
        yield Fault(place, 0, "", "", rule)
    unseen = hidden_rows(tab)
    numbers = [str(row.number) for row in rows if row.number in unseen]
    if numbers:
        rule = "filled in and hidden, by a filter or by hand; show these rows, or delete them"
        yield Fault(place, 0, "", f"row{'s' * (len(numbers) > 1)} {', '.join(numbers)}", rule)
    for name in (_name(tab.cell(1, number)) for number in hidden_columns(tab)):
        count = sum(bool(row.cells.get(name)) for row in rows)
        if count:
            rule = f"is hidden and holds something in {count} row{'s' * (count > 1)}; show the column, or delete it"
            yield Fault(place, 1, name, name, rule)


def _read_folder(path: Path, schema: Schema) -> tuple[list[Row], list[Fault], str]:
    """Read rows and faults, and the line with which the sheet says what it is."""
    rows: list[Row] = []
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    places = {name: place for place, name in enumerate(schema.tables)}
    for file in sorted(path.iterdir(), key=lambda file: (places.get(file.stem, len(places)), file.name)):
        if file.name.startswith(_HIDDEN) or file.name in _BESIDE:
            continue
        if file.suffix.lower() != ".csv" or not file.is_file():
            rule = f"is no CSV file, and is not read; move it out of the folder. {_ONE_EACH}"
        elif file.stem not in schema.tables:
            rule = f"is no table; {meant(f'{file.stem}.csv', [f'{name}.csv' for name in schema.tables])}"
        elif file.stem in seen:
            rule = f"is the table {file.stem}, as {seen[file.stem]} is; {_ONE_EACH}"
        else:
            seen[file.stem] = file.name
            found, wrong = _read_csv(file, schema.tables[file.stem])
            rows += found
            faults += wrong
            continue
        faults.append(Fault(file.name, 0, "", "", rule))
    readme = path / README
    words = readme.read_text(encoding="utf-8-sig", errors="replace") if readme.is_file() else ""
    return rows, faults, words.partition("\n")[0].strip()


def _read_csv(file: Path, table: Table) -> tuple[list[Row], list[Fault]]:
    text, faults = decoded(file.name, file.read_bytes())
    if text is None:
        return [], faults
    sign, text = separator_line(text.replace("\r", "\n"))
    separator = sign or separator_of(_header_line(text, table))
    grid, faults = split(file.name, text, separator)
    rule = "runs over the end of a row; close the quote before it, or write the text on one line"
    faults += [
        Fault(file.name, number, "", cell, rule)
        for number, cells in enumerate(grid, start=1)
        for cell in cells
        if len(cells) != len(grid[0]) and separator in cell and "\n" in cell
    ]
    return ([], faults) if faults else _rows_of(table, file.name, grid)


def _header_line(text: str, table: Table) -> str:
    """Find the line that names most columns; a title may precede it."""
    lines = text.split("\n")[:_HEAD]
    return max(lines, key=lambda line: len(_named(re.split("[,;\t]", line), table)))


def _named(names: Iterable[str], table: Table) -> set[str]:
    """Find the columns of a table among names."""
    return table.columns.keys() & {name.strip(' "') for name in names}


def _rows_of(table: Table, place: str, grid: list[list[Any]]) -> tuple[list[Row], list[Fault]]:
    columns = table.columns
    names = [_name(cell) for cell in grid[0]] if grid else []
    if not _named(names, table):
        return [], list(_headless(table, place, grid))
    rows: list[Row] = []
    faults: list[Fault] = []
    for number, line in enumerate(grid[1:], start=2):
        named = list(itertools.zip_longest(names, line, fillvalue=""))
        read = {name: read_cell(cell, columns.get(name)) for name, cell in named if name}
        first = read.get(next(iter(columns)))
        if first and first.text.startswith(EXAMPLE):
            continue
        nameless = [read_cell(cell, None).text for name, cell in named if not name]
        faults += [
            Fault(place, number, "", text, "is in a column without a name") for text in nameless if text
        ]
        if row := _row(table, place, number, read):
            rows.append(row)
    # A tab that nobody filled in may look as it likes.
    return rows, [*_header_faults(place, names, table), *faults] if rows else faults


def _row(table: Table, place: str, number: int, read: Mapping[str, CellText]) -> Row | None:
    """Make a row of its cells; None where nothing was filled in."""
    row = Row(table.name, place, number, {name: cell.text for name, cell in read.items()})
    remarks = [row.fault(name, *remark) for name, cell in read.items() for remark in cell.remarks]
    faults = [
        row.fault(name, cell.text, cell.rule)
        for name, cell in read.items()
        if cell.rule and name in table.columns
    ]
    standing = row.cells.pop(STANDING, "")
    given = faults or any(text for name, text in row.cells.items() if name not in PREFILLED)
    if not standing and not given:
        return None
    if not given:
        rule = f"names a row of the tables, and its cells were emptied; to take the row out, fill them again and write '{DELETE}' here"
        faults = [row.fault(STANDING, standing, rule)]
    out = standing.casefold() == DELETE
    row = replace(row, faults=tuple(faults), mended=tuple(remarks), standing="" if out else standing, out=out)
    return _mended(row, table.columns)


def _headless(table: Table, place: str, grid: list[list[Any]]) -> Iterator[Fault]:
    """Say that the first row is no header, and which one is; a tab without a word is no fault."""
    lines = [[_name(cell) for cell in line] for line in grid]
    if any(any(line) for line in lines):
        below = [number for number, line in enumerate(lines[:_HEAD], start=1) if len(_named(line, table)) > 1]
        rule = (
            f"is no header; the header is in row {below[0]}, delete the rows above it"
            if below
            else f"is no header; the first row must name the columns: {', '.join(table.columns)}"
        )
        yield Fault(place, 1, "", " ".join(filter(None, lines[0])), rule)


def _mended(row: Row, columns: dict[str, Column]) -> Row:
    """Take the address from a DOI that was copied with it, and spell a registry number as others are spelt."""
    for column, (mend, why) in _MENDED.items():
        typed = row.cells.get(column, "")
        text = mend(typed, columns[column]) if typed else ""
        if text != typed:
            remark = row.fault(column, typed, f"is taken as {text}, for {why}")
            row = replace(row, cells={**row.cells, column: text}, mended=(*row.mended, remark))
    return row


def _bare_doi(typed: str, _: Column) -> str:
    return _DOI_ADDRESS.sub("", typed, count=1) if _DOI_ADDRESS.match(typed) else typed


def _registry_number(typed: str, rules: Column) -> str:
    """Write the numbers in capitals without blanks; what is then no number either stays as typed."""
    entries = ["".join(entry.split()) for entry in re.split("[;,]", typed)]
    spelt = SEPARATOR.join(entry if "." in entry else entry.upper() for entry in filter(None, entries))
    return spelt if re.fullmatch(rules.pattern, spelt) else typed


#: What is mended of a column, and why.
_MENDED: dict[str, tuple[Callable[[str, Column], str], str]] = {
    "doi": (_bare_doi, "a DOI is written without its address"),
    "registry_id": (_registry_number, "a registry number is written in capitals and without blanks"),
}


def _header_faults(place: str, names: list[str], table: Table) -> Iterator[Fault]:
    columns = table.columns
    missing = [column for column in columns if column not in names]
    for name in dict.fromkeys(filter(None, names)):
        if name not in columns and name != STANDING:
            rule = f"is no column of {table.name}; {meant(name, missing or columns)}"
            yield Fault(place, 1, name, name, rule)
        elif names.count(name) > 1:
            yield Fault(place, 1, name, name, "is twice in the header")
    for column in missing:
        if columns[column].required:
            yield Fault(place, 1, column, "", "is a missing column")


def _name(cell: Any) -> str:
    """Read a name in the header."""
    value = cell.value if isinstance(cell, Cell) else cell if isinstance(cell, str) else None
    return "" if value is None else clean(str(value))
