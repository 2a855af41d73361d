"""Adding rows to an evidence package: checked together with the rows that are there, all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from helpers.evidence.characters import narrow
from helpers.evidence.faults import EvidenceError, Fault
from helpers.evidence.loading import load
from helpers.evidence.package import Evidence
from helpers.evidence.relations import SEPARATOR
from helpers.intake.missing_tabs import missing_tabs
from helpers.intake.new_rows import STANDING, Row, mark, needed_fault, rows_meant
from helpers.intake.union import Addition, Union, both
from helpers.intake.working_copy import WorkingCopy, working_copy


@dataclass(frozen=True)
class Intake:
    """What was done, or with `dry_run` would be done."""

    #: One per table that the rows are for, in the order of the schema.
    additions: tuple[Addition, ...]
    #: The evidence with the new rows in it.
    united: Evidence


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
            copy.write(table, union.shipped.content(union.written.values()))
        faults = [fault for row in rows for fault in row.faults]
        faults += [fault for union in unions.values() for fault in union.faults]
        faults += strangers.values()
        if "sources" in unions:
            faults += _main_documents_of_others(copy, rows, unions["sources"])
        try:
            united = load(copy.path)
        except EvidenceError as error:
            placed = _where_read(error.faults, unions)
            faults += [fault for fault in placed if (fault.file, fault.row, fault.column) not in strangers]
        if faults:
            raise EvidenceError(name, faults)
        if not dry_run:
            # Documents and studies come first: whatever is there, what it refers to is there too.
            copy.put_in_place(unions, what="import again")
    return Intake(tuple(union.done for union in unions.values()), united)


def _main_documents_of_others(copy: WorkingCopy, rows: Sequence[Row], union: Union) -> Iterator[Fault]:
    """Refuse a change of the document that is the main one of a study which none of the rows is about."""
    about = {row.cells.get("study_id", "") for row in rows} - {""}
    studies = copy.text("studies").frame
    mains = dict(zip(studies["source_id"], studies["study_id"], strict=True))
    for row in union.origins.values():
        document = row.cells.get("source_id", "")
        study = mains.get(document, "")
        if about and document in union.done.replaced and study and study not in about:
            rule = f"is the main document of {study}; correct it in the sheet that `reanalysis new-study {study} --deepen` writes"
            yield row.fault("source_id", document, rule)


def _unite(
    copy: WorkingCopy, table: str, rows: list[Row], *, replace: bool, whole_by: Sequence[str]
) -> Union:
    union = both(copy, table, rows, replace=replace)
    first, keys = len(union.shipped.lines), union.keys
    known = {key: place for place, key in enumerate(keys[:first])}
    marks = {mark(cells.values()): place for place, cells in enumerate(union.cells[:first])}
    seen: dict[Hashable, Row] = {}
    meant = rows_meant(rows, keys[first:], known, marks)
    for place, (row, (before, why)) in enumerate(zip(rows, meant, strict=True), start=first):
        if why:
            union.faults.append(row.fault(STANDING, row.standing, why))
        elif row.out:
            union.take_out(row, place, before)
        elif keys[place] in seen:
            columns = copy.schema.key(table)
            rule = f"repeats row {seen[keys[place]].number}; every row needs its own {' + '.join(columns)}"
            union.faults.append(row.fault(columns[0], union.shown[place], rule))
        else:
            seen[keys[place]] = row
            union.put(row, place, before)
    if whole_by:
        _take_out_others(union, rows, seen, whole_by)
    if table == "studies":
        _name_in_return(union, rows)
    union.done.rows = [number for _, number in union.numbered(union.origins)]
    return union


def _take_out_others(
    union: Union, rows: list[Row], seen: Collection[Hashable], whole_by: Sequence[str]
) -> None:
    """Take out the rows of the table that belong to what the new rows are the whole of, and are none of them."""
    belong = list(zip(*(union.values[column] for column in whole_by), strict=True))
    first = len(union.shipped.lines)
    owners = dict(reversed([*zip(belong[first:], rows, strict=True)]))
    for place, key in enumerate(union.keys[:first]):
        if belong[place] not in owners or key in seen:
            continue
        if union.replace:
            del union.written[place]
            union.done.removed.append(union.shown[place])
        else:
            rule = (
                f"is in {union.done.table}.csv, row {place + 2}, and is none of the new rows; --replace takes it out and "
                "puts them in its place"
            )
            union.faults.append(Fault(owners[belong[place]].place, 0, "", union.shown[place], rule))


def _name_in_return(union: Union, rows: list[Row]) -> None:
    """Have studies of the table name those of the new rows that name them as overlapping."""
    new = {row.cells.get("study_id") for row in rows}
    others = {study["study_id"]: place for place, study in enumerate(union.cells[: -len(rows)])}
    for row in rows:
        study = row.cells.get("study_id", "")
        for other in row.cells.get("overlaps_with", "").split(SEPARATOR):
            if not study or other not in others or other in new:
                continue
            cells = union.cells[others[other]]
            named = list(filter(None, cells["overlaps_with"].split(SEPARATOR)))
            if study not in named:
                cells["overlaps_with"] = SEPARATOR.join([*named, study])
                union.written[others[other]] = union.shipped.line(cells)
                union.done.mentions.append(f"{other}: overlaps_with is now {cells['overlaps_with']!r}")


def _where_read(faults: Iterable[Fault], unions: dict[str, Union]) -> list[Fault]:
    origins: dict[tuple[str, int], Row] = {}
    standing: dict[tuple[str, int], Row] = {}
    for union in unions.values():
        origins |= union.numbered(union.origins)
        standing |= union.numbered(union.standing)
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
        return row.fault(fault.column, fault.value, fault.rule)
    rule = f"{fault.rule}; it has full-width characters, and is read as {fault.value!r}"
    return row.fault(fault.column, typed, rule)
