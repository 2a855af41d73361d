"""Tabs missing from a sheet: what the other rows name and that is nowhere."""

from __future__ import annotations

from collections.abc import Sequence

from helpers.evidence.faults import Fault
from helpers.intake.new_rows import Row
from helpers.intake.working_copy import WorkingCopy

#: A cell of a row to be added: where the row was read, its number there, and the column.
Cell = tuple[str, int, str]


def missing_tabs(copy: WorkingCopy, rows: Sequence[Row], name: str) -> dict[Cell, Fault]:
    """Find ids that are nowhere because the rows of their table are missing: one fault for all cells with an id."""
    given = {row.table for row in rows}
    studies = {row.cells.get("study_id", "") for row in rows if row.table == "studies"}
    cells: dict[tuple[str, str, str], list[Cell]] = {}
    for target in ("sources", "studies", "arms"):
        columns = copy.schema.key(target)
        known = set(copy.text(target).frame[columns].itertuples(index=False, name=None))
        if target == "studies":
            studies |= {study for (study,) in known}
        if target in given:
            continue
        for row in rows:
            key_cells = tuple(row.cells.get(column, "") for column in columns)
            # An arm of a study that is missing too follows from that.
            if all(key_cells) and key_cells not in known and (target != "arms" or key_cells[0] in studies):
                key = (target, columns[-1], " / ".join(key_cells))
                cells.setdefault(key, []).append((row.place, row.number, columns[-1]))
    return {
        cell: Fault(
            name, 0, "", key_cells,
            f"is the {column} of {len(cells_with_id)} row{'s' * (len(cells_with_id) > 1)}, but is neither in {target}.csv nor in the "
            f"sheet: the tab {target} is missing or was not filled in",
        )
        for (target, column, key_cells), cells_with_id in cells.items()
        for cell in cells_with_id
    }  # fmt: skip
