"""Rows that are to be added to the tables, wherever they were read."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.evidence.faults import Fault


@dataclass(frozen=True)
class Row:
    """A row that is to be added to a table.

    Attributes
    ----------
    table : str
        Name of the table.
    place : str
        Where the row was read, as ``smith2027.xlsx, tab outcomes``.
    number : int
        Its row there, as a spreadsheet counts.
    cells : dict of str
        Text by column; a column that is not named is blank.
    faults : tuple of Fault
        Cells that could not be read as what was typed.
    mended : tuple of Fault
        Cells that were read as something else than was typed, and how.
    """

    table: str
    place: str
    number: int
    cells: dict[str, str]
    faults: tuple[Fault, ...] = ()
    mended: tuple[Fault, ...] = ()
