"""A table with new rows in it: which are added, replace another, are there already, or are taken out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from helpers.evidence.columns import Column
from helpers.evidence.faults import Fault
from helpers.evidence.typed_cells import value
from helpers.intake.new_rows import STANDING, Row
from helpers.intake.working_copy import TableText, WorkingCopy, key_text


@dataclass(frozen=True)
class Change:
    """A cell of a row that is added or replaced: the key of the row as it is shown, column, and text before and after."""

    key: str
    column: str
    old: str
    new: str


@dataclass
class Addition:
    """What an intake does to one table."""

    table: str
    #: Keys of the rows that are new, that replaced other content, that were there already, and that were
    #: removed: as the sheet says, or because the new rows are the whole of what they belong to.
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    #: Keys of rows to be removed that are not there.
    absent: list[str] = field(default_factory=list)
    #: Which studies now name another that names them as overlapping.
    mentions: list[str] = field(default_factory=list)
    #: The cells of rows that are new or were replaced.
    changes: list[Change] = field(default_factory=list)
    #: The rows that are new or replaced another, in the table as it then is, as a spreadsheet counts.
    rows: list[int] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many rows of the table are changed."""
        return sum(map(len, (self.added, self.replaced, self.removed, self.mentions)))


@dataclass
class Union:
    """A table with the new rows below its own, and what becomes of each; a row is named by its place in both."""

    done: Addition
    shipped: TableText
    #: Whether a row may take the place of another, and rows may be taken out.
    replace: bool
    #: By place: the cells as text, the key, and the key as it is shown.
    cells: list[dict[Any, str]]
    keys: list[Hashable]
    shown: list[str]
    #: By column and place.
    values: dict[str, list[Any]]
    #: The lines below the header, the new rows that are among them, and those that are there unchanged.
    written: dict[int, str]
    origins: dict[int, Row] = field(default_factory=dict)
    standing: dict[int, Row] = field(default_factory=dict)
    #: The rows of the sheet that were taken out.
    out: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def numbered(self, rows: Mapping[int, Row]) -> dict[tuple[str, int], Row]:
        """Give rows by file and number in the table as it now is, as a spreadsheet counts."""
        file = f"{self.done.table}.csv"
        return {
            (file, number): rows[place] for number, place in enumerate(self.written, start=2) if place in rows
        }

    def put(self, row: Row, place: int, before: int | None) -> None:
        """Add a row, or put it in the place of one that is there with other content."""
        new, old = self.cells[place], self.cells[before] if before is not None else {}
        differing = self._differing(place, before)
        at = place if before is None else before
        if old and not differing:
            self.done.present.append(self.shown[place])
            self.standing[at] = row
        elif old and not self.replace:
            rule = f"is in {self.done.table}.csv, row {at + 2}, as {{!r}}; --replace puts the new value there"
            self.faults += [row.fault(column, new[column], rule.format(old[column])) for column in differing]
        else:
            self.written[at], self.origins[at] = self.shipped.line(new), row
            (self.done.replaced if old else self.done.added).append(self.shown[at])
            self.done.changes += [
                Change(self.shown[at], column, old.get(column, ""), new[column]) for column in differing
            ]

    def take_out(self, row: Row, place: int, before: int | None) -> None:
        """Take a row out if it is there as the sheet has it."""
        differing = self._differing(place, before)
        if before is None:
            self.done.absent.append(self.shown[place])
        elif differing:
            rule = f"differs from row {before + 2} of {row.table}.csv; a row is taken out only with the cells that it has there"
            self.faults += [row.fault(column, row.cells.get(column, ""), rule) for column in differing]
        elif not self.replace:
            rule = f"is in {row.table}.csv, row {before + 2}, and is to be taken out; --replace does so"
            self.faults.append(row.fault(STANDING, self.shown[place], rule))
        else:
            del self.written[before]
            self.done.removed.append(self.shown[place])
            self.out.append(row)

    def _differing(self, place: int, before: int | None) -> list[str]:
        """Name the columns with another value than before; of a new row those that are not blank."""
        return [
            column
            for column, values in self.values.items()
            if (values[place] != values[before] if before is not None else self.cells[place][column])
        ]


def both(copy: WorkingCopy, table: str, rows: list[Row], *, replace: bool) -> Union:
    """Read a table with the new rows below its own, none of them written yet."""
    shipped, key_columns = copy.text(table), copy.schema.key(table)
    columns = list(shipped.frame.columns)
    new = [{column: row.cells.get(column, "") for column in columns} for row in rows]
    cells: list[dict[Any, str]] = [*shipped.frame.to_dict("records"), *new]
    rules = copy.schema.tables[table].columns
    values = {column: [_value(row[column], rules[column]) for row in cells] for column in columns}
    keys: list[Hashable] = list(zip(*(values[column] for column in key_columns), strict=True))
    shown = [key_text(row, key_columns) for row in cells]
    return Union(
        Addition(table), shipped, replace, cells, keys, shown, values, written=dict(enumerate(shipped.lines))
    )


def _value(cell: str, rules: Column) -> Any:
    """Read a cell so that 64 and 64.0 are the same; what cannot be read stays text."""
    read = value(cell, rules)
    return cell.strip() if read is None else read
