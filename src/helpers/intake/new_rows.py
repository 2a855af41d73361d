"""Rows that are to be added to the tables, wherever they were read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.evidence.faults import EvidenceError, Fault

#: The column that marks the rows of a study from the tables, and what is written there to take one out.
STANDING, DELETE = "standing_row", "delete"


@dataclass(frozen=True)
class Row:
    """A row that is to be added to a table."""

    table: str
    #: Where the row was read, as ``smith2027.xlsx, tab outcomes``.
    place: str
    #: Its row there, as a spreadsheet counts.
    number: int
    #: Text by column; a column that is not named is blank.
    cells: dict[str, str]
    #: Cells that could not be read as what was typed.
    faults: tuple[Fault, ...] = ()
    #: Cells that were read as something else than was typed, and how.
    mended: tuple[Fault, ...] = ()
    #: `mark` of the row that it was before it was corrected; empty for a new row.
    standing: str = ""
    #: The row is to be taken out.
    out: bool = False

    def fault(self, column: str, value: str, rule: str) -> Fault:
        """Make a fault of a cell of this row."""
        return Fault(self.place, self.number, column, value, rule)


def refused(path: Path, rule: str, column: str = "", value: str = "", row: int = 0) -> EvidenceError:
    """Refuse a file for what is wrong with it as a whole, or in one place."""
    return EvidenceError(path.name, [Fault(path.name, row, column, value, rule)])


def mark(cells: Iterable[str]) -> str:
    """Name a row of the tables by all its cells, so that it is found again when its key was corrected."""
    # Letters lead, lest a spreadsheet take the name for a number.
    return "row-" + hashlib.sha256("\x1f".join(cells).encode()).hexdigest()[:12]


def held_to_study(rows: list[Row], study: str, also: Collection[str]) -> list[Row]:
    """Put a fault on the first row of each tab about a study that is neither the sheet's nor among those in `also`.

    Where `study` is empty, the sheet names none, and its rows decide.
    """
    named = [row.cells.get("study_id", "") for row in rows]
    others = [name for name in dict.fromkeys(named) if name and name not in also]
    if not study:
        entered = {name for row, name in zip(rows, named, strict=True) if row.table == "studies"}
        candidates = [name for name in others if name in entered] or others
        study = candidates[0] if len(candidates) == 1 else ""
    of = f"the sheet is that of {study}" if study else "the sheet does not say which study it is for"
    counts = Counter((row.place, name) for row, name in zip(rows, named, strict=True))
    seen: set[tuple[str, str]] = set()
    checked = []
    for row, name in zip(rows, named, strict=True):
        here = (row.place, name)
        if name in others and name != study and here not in seen:
            seen.add(here)
            more = f" (and of {counts[here] - 1} rows below)" if counts[here] > 1 else ""
            rule = f"is the study of this row{more}, and {of}; correct the study_id, or give --also {name} to take its rows too"
            row = replace(row, faults=(*row.faults, row.fault("study_id", name, rule)))
        checked.append(row)
    return checked


#: Columns that name rows of other tables, by the column that is the name there.
_NAMED_BY = {
    "source_id": ("sources", "source_id"), "source_1": ("sources", "source_id"), "source_2": ("sources", "source_id"),
    "study_id": ("studies", "study_id"), "overlaps_with": ("studies", "study_id"), "arm_id": ("arms", "arm_id"),
}  # fmt: skip


def needed_fault(fault: Fault, out: Iterable[Row], here: Row | None) -> Fault | None:
    """Say of a cell naming a row which is taken out that its own row (`here`, if in the sheet) must go too; None if it names none."""
    table, column = _NAMED_BY.get(fault.column, ("", ""))
    gone = next((row for row in out if row.table == table and row.cells.get(column) == fault.value), None)
    if gone is None:
        return None
    rule = f"is to be taken out ({gone.place}, row {gone.number}), and this row names it"
    if here:
        return here.fault(fault.column, fault.value, f"{rule}; write '{DELETE}' into its {STANDING} too")
    return replace(fault, rule=f"{rule} and is not in the sheet; take it out or change it first")


def rows_meant(
    rows: Sequence[Row], keys: Sequence[Hashable], known: Mapping[Hashable, int], marks: Mapping[str, int]
) -> list[tuple[int | None, str]]:
    """Find for each new row of a table its place there, None if it is new, and why this cannot be decided, else an empty text.

    A row that came from the table and whose key was corrected is still that row. One that was copied is a new one:
    the row that it was copied from is in the sheet as well, under its own key. `known` and `marks` give the places by
    key and by `mark`.
    """
    claimed = [marks.get(row.standing) for row in rows]
    unmoved = {
        place
        for place, key in zip(claimed, keys, strict=True)
        if place is not None and known.get(key) == place
    }
    unmoved |= {known[key] for row, key in zip(rows, keys, strict=True) if row.out and key in known}
    moved = [None if place in unmoved else place for place in claimed]
    claims = Counter(place for place in moved if place is not None)
    left = {*claims, *(known[key] for row, key in zip(rows, keys, strict=True) if row.out and key in known)}
    meant: list[tuple[int | None, str]] = []
    for row, key, place in zip(rows, keys, moved, strict=True):
        if place is not None:
            several = "is one of several rows made from one, and all have another key; clear this cell of those that are new"
            meant.append((place, several if claims[place] > 1 else ""))
        elif row.standing and row.standing not in marks and key not in known:
            lost = (
                "names a row that was corrected or taken out since the sheet was made; make the sheet anew, or clear this "
                "cell to add the row as a new one"
            )
            meant.append((None, lost))
        else:
            here = known.get(key)
            meant.append((None if here in left and not row.out else here, ""))
    return meant
