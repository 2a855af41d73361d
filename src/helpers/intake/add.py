"""Adding rows to an evidence package: checked together with the rows that are there, all of them or none."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence.characters import narrow
from helpers.evidence.columns import Table
from helpers.evidence.faults import EvidenceError, Fault
from helpers.evidence.loading import load
from helpers.evidence.package import Evidence
from helpers.evidence.relations import SEPARATOR
from helpers.evidence.typed_cells import typed
from helpers.intake.missing_tabs import cell_of, missing_tabs
from helpers.intake.new_rows import STANDING, Row, mark, needed_fault, rows_meant
from helpers.intake.working_copy import TableText, WorkingCopy, key_text, working_copy


@dataclass(frozen=True)
class Change:
    """A cell of a row that is added or replaced: the key of the row as it is shown, column, and text before and after."""

    key: str
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Addition:
    """What an intake does to one table."""

    table: str
    #: Keys of the rows that are new, that replaced other content, that were there already, and that were
    #: removed: as the sheet says, or because the new rows are the whole of what they belong to.
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    present: tuple[str, ...]
    removed: tuple[str, ...]
    #: Keys of rows to be removed that are not there.
    absent: tuple[str, ...]
    #: Which studies now name another that names them as overlapping.
    mentions: tuple[str, ...]
    #: The cells of rows that are new or were replaced.
    changes: tuple[Change, ...]
    #: The rows that are new or replaced another, in the table as it then is, as a spreadsheet counts.
    rows: tuple[int, ...]

    @property
    def changed(self) -> int:
        """How many rows of the table are changed."""
        return sum(map(len, (self.added, self.replaced, self.removed, self.mentions)))


@dataclass(frozen=True)
class Intake:
    """What was done, or with `dry_run` would be done."""

    #: One per table that the rows are for, in the order of the schema.
    additions: tuple[Addition, ...]
    #: The evidence with the new rows in it.
    united: Evidence


@dataclass
class _Union:
    """A table with the new rows in it, and what became of each."""

    content: bytes
    #: The new rows by their row in the table, as a spreadsheet counts, and those that are there unchanged.
    origins: dict[int, Row] = field(default_factory=dict)
    standing: dict[int, Row] = field(default_factory=dict)
    out: list[Row] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def add(
    rows: Sequence[Row], folder: Path, *, name: str, replace: bool = False, whole_by: Sequence[str] = (),
    dry_run: bool = False,
) -> Intake:  # fmt: skip
    """Add rows to an evidence package, in one step or not at all.

    Rows that are there with equal content are passed over. All others must, together with the package, meet every
    rule of `load`. Existing rows are not formatted anew. A study that a new row names as overlapping, and that has no
    row among the new ones, names the new one in return. `name` is what the rows come from, for messages.

    `replace` lets a row replace the one with the same key and other content, which is refused otherwise. `whole_by`
    are columns of which the new rows are the whole: existing rows with the same cells there, and not among the new
    rows, are removed with `replace` and refused without. `dry_run` checks everything and writes nothing.

    EvidenceError names the place where each faulty row was read; nothing is written. After an OSError all files are
    as before.
    """
    with working_copy(folder, name) as copy:
        strangers = missing_tabs(copy, rows, name)
        unions = {
            table: _unite(copy, table, rows_of_table, replace=replace, whole_by=whole_by)
            for table in copy.schema.tables
            if (rows_of_table := [row for row in rows if row.table == table])
        }
        for table, union in unions.items():
            copy.write(table, union.content)
        faults = [fault for row in rows for fault in row.faults]
        faults += [fault for union in unions.values() for fault in union.faults]
        faults += strangers.values()
        if "sources" in unions:
            faults += _main_documents_of_others(copy, rows, unions["sources"])
        try:
            united = load(copy.path)
        except EvidenceError as error:
            faults += [
                fault for fault in _where_read(error.faults, unions) if cell_of(fault) not in strangers
            ]
        if faults:
            raise EvidenceError(name, faults)
        if not dry_run:
            # Documents and studies come first: whatever is there, what it refers to is there too.
            copy.put_in_place(unions, what="import again")
    return Intake(
        tuple(
            Addition(
                table, tuple(union.added), tuple(union.replaced), tuple(union.present), tuple(union.removed),
                tuple(union.absent), tuple(union.mentions), tuple(union.changes), tuple(union.origins),
            )
            for table, union in unions.items()
        ),
        united,
    )  # fmt: skip


def _main_documents_of_others(copy: WorkingCopy, rows: Sequence[Row], union: _Union) -> Iterator[Fault]:
    """Refuse a change of the document that is the main one of a study which none of the rows is about."""
    about = {row.cells.get("study_id", "") for row in rows} - {""}
    studies = copy.text("studies").frame
    mains = dict(zip(studies["source_id"], studies["study_id"], strict=True))
    for row in union.origins.values():
        document = row.cells.get("source_id", "")
        study = mains.get(document, "")
        if about and document in union.replaced and study and study not in about:
            rule = f"is the main document of {study}; correct it in the sheet that `reanalysis new-study {study} --deepen` writes"
            yield Fault(row.place, row.number, "source_id", document, rule)


def _unite(
    copy: WorkingCopy, table: str, rows: list[Row], *, replace: bool, whole_by: Sequence[str]
) -> _Union:
    shipped, key_columns = copy.text(table), copy.schema.key(table)
    columns = list(shipped.frame.columns)
    new = pd.DataFrame([{column: row.cells.get(column, "") for column in columns} for row in rows])
    text = pd.concat([shipped.frame, new], ignore_index=True)
    cells = text.to_dict("records")
    values = _values(copy.schema.tables[table], text)
    keys = list(zip(*(values[column] for column in key_columns), strict=True))
    known: dict[Hashable, int] = {key: place for place, key in enumerate(keys[: len(shipped.lines)])}
    shown = [key_text(cells[place], key_columns) for place in range(len(cells))]
    union = _Union(shipped.content(shipped.lines))
    seen: dict[Any, Row] = {}
    #: The lines below the header by their place in `text`, and the row that each of the new ones comes from.
    written: dict[int, str] = dict(enumerate(shipped.lines))
    origins: dict[int, Row] = {}
    standing: dict[int, Row] = {}
    marks = {mark(cells[place][column] for column in columns): place for place in range(len(shipped.lines))}
    meant = rows_meant(rows, keys[len(shipped.lines) :], known, marks)
    for place, (row, (before, why)) in enumerate(zip(rows, meant, strict=True), start=len(shipped.lines)):
        key = keys[place]
        if why:
            union.faults.append(Fault(row.place, row.number, STANDING, row.standing, why))
            continue
        differing = [
            column
            for column in columns
            if before is not None and values[column][place] != values[column][before]
        ]
        if row.out:
            union.faults += _take_out(union, row, before, differing, written, shown[place], replace=replace)
            continue
        if key in seen:
            rule = f"repeats row {seen[key].number}; every row needs its own {' + '.join(key_columns)}"
            union.faults.append(Fault(row.place, row.number, key_columns[0], shown[place], rule))
            continue
        seen[key] = row
        line = shipped.line(cells[place])
        if before is None:
            written[place], origins[place] = line, row
            union.added.append(shown[place])
            union.changes += [
                Change(shown[place], column, "", cells[place][column])
                for column in columns
                if cells[place][column]
            ]
        elif not differing:
            union.present.append(shown[place])
            standing[before] = row
        elif replace:
            written[before], origins[before] = line, row
            union.replaced.append(shown[before])
            union.changes += [
                Change(shown[before], column, cells[before][column], cells[place][column])
                for column in differing
            ]
        else:
            union.faults += [
                Fault(row.place, row.number, column, cells[place][column],
                      f"is in {table}.csv, row {before + 2}, as {cells[before][column]!r}; "
                      "--replace puts the new value there")
                for column in differing
            ]  # fmt: skip
    if whole_by:
        of = list(zip(*(values[column] for column in whole_by), strict=True))
        first = {of[place]: row for place, row in reversed([*enumerate(rows, start=len(shipped.lines))])}
        left = [
            place
            for place, key in enumerate(keys[: len(shipped.lines)])
            if of[place] in first and key not in seen
        ]
        for place in left:
            if replace:
                del written[place]
                union.removed.append(shown[place])
            else:
                rule = (
                    f"is in {table}.csv, row {place + 2}, and is none of the new rows; --replace takes it out and "
                    "puts them in its place"
                )
                union.faults.append(Fault(first[of[place]].place, 0, "", shown[place], rule))
    if table == "studies":
        _name_in_return(union, rows, cells, written, shipped)
    numbered = list(enumerate(written, start=2))
    union.origins = {number: origins[place] for number, place in numbered if place in origins}
    union.standing = {number: standing[place] for number, place in numbered if place in standing}
    if origins or union.removed:
        union.content = shipped.content(written.values())
    return union


def _take_out(
    union: _Union, row: Row, before: int | None, differing: list[str], written: dict[int, str], shown: str, *, replace: bool,
) -> list[Fault]:  # fmt: skip
    """Take a row out of a table if it is there as the sheet has it."""
    if before is None:
        union.absent.append(shown)
        return []
    if differing:
        rule = f"differs from row {before + 2} of {row.table}.csv; a row is taken out only with the cells that it has there"
        return [Fault(row.place, row.number, column, row.cells.get(column, ""), rule) for column in differing]
    if not replace:
        rule = f"is in {row.table}.csv, row {before + 2}, and is to be taken out; --replace does so"
        return [Fault(row.place, row.number, STANDING, shown, rule)]
    del written[before]
    union.removed.append(shown)
    union.out.append(row)
    return []


def _name_in_return(
    union: _Union, rows: list[Row], cells: list[dict[Any, Any]], written: dict[int, str], shipped: TableText
) -> None:
    """Have studies of the table name those of the new rows that name them as overlapping."""
    new = {row.cells.get("study_id") for row in rows}
    others = {study["study_id"]: place for place, study in enumerate(cells[: -len(rows)])}
    for row in rows:
        study = row.cells.get("study_id", "")
        for other in row.cells.get("overlaps_with", "").split(SEPARATOR):
            if not study or other not in others or other in new:
                continue
            named_study = cells[others[other]]
            named = list(filter(None, named_study["overlaps_with"].split(SEPARATOR)))
            if study not in named:
                named_study["overlaps_with"] = SEPARATOR.join([*named, study])
                written[others[other]] = shipped.line(named_study)
                union.mentions.append(f"{other}: overlaps_with is now {named_study['overlaps_with']!r}")


def _values(table: Table, text: pd.DataFrame) -> dict[str, list[Any]]:
    """Read cells so that 64 and 64.0 are the same; what breaks the rule of its column stays text."""
    frame, _ = typed(table, text)
    return {
        str(column): [
            cell.strip() if missing else value
            for cell, value, missing in zip(text[column], frame[column], frame[column].isna(), strict=True)
        ]
        for column in frame.columns
    }


def _where_read(faults: Iterable[Fault], unions: dict[str, _Union]) -> list[Fault]:
    origins, standing = (
        {(f"{table}.csv", row): new for table, union in unions.items() for row, new in by_row(union).items()}
        for by_row in (attrgetter("origins"), attrgetter("standing"))
    )
    out = [row for union in unions.values() for row in union.out]
    placed = []
    for fault in faults:
        row = origins.get((fault.file, fault.row))
        needed = needed_fault(fault, out, row or standing.get((fault.file, fault.row)))
        if needed or row is None:
            placed.append(needed or fault)
        # What follows from a cell that could not be read is not reported again.
        elif not row.faults:
            placed.append(_as_typed(row, fault))
    return placed


def _as_typed(row: Row, fault: Fault) -> Fault:
    """Show the cell of a row as it was typed, where full-width characters in it were made plain."""
    typed = next((cell.value for cell in row.mended if cell.column == fault.column), "")
    if narrow(typed) == typed or fault.value != row.cells.get(fault.column):
        return Fault(row.place, row.number, fault.column, fault.value, fault.rule)
    rule = f"{fault.rule}; it has full-width characters, and is read as {fault.value!r}"
    return Fault(row.place, row.number, fault.column, typed, rule)
