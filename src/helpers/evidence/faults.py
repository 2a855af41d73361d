"""Validation errors of an evidence package, with how to fix them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

from helpers.errors import UserError

#: Longer lists hide the word that was meant.
_LISTED = 20


@dataclass(frozen=True, order=True)
class Fault:
    """One fault in one place.

    Attributes
    ----------
    file : str
        Name of the file, for example ``outcomes.csv``.
    row : int
        Row as a spreadsheet counts it: the header is row 1. 0 means the file as a whole.
    column : str
        Name of the column, empty where the fault is not in one column.
    value : str
        What the cell holds.
    rule : str
        What would be right.
    """

    file: str
    row: int
    column: str
    value: str
    rule: str

    def __str__(self) -> str:
        place = self.file
        if self.row:
            place += f", row {self.row}"
        if self.column:
            place += f", column {self.column}"
        shown = self.value if len(self.value) <= 80 else self.value[:77] + "..."
        return f"{place}: {shown!r}: {self.rule}" if self.row or self.value else f"{place}: {self.rule}"


class EvidenceError(UserError, ValueError):
    """The evidence breaks its rules; nothing may be computed from it.

    Attributes
    ----------
    faults : tuple of Fault
        Every fault found, in the order of file and row.
    """

    def __init__(self, folder: str, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        count = len(self.faults)
        lines = [
            f"{count} fault{'s' if count != 1 else ''} in {folder}",
            *(f"  {fault}" for fault in self.faults),
        ]
        super().__init__("\n".join(lines))


def meant(word: str, allowed: Iterable[str]) -> str:
    """Say which allowed words were probably meant: ``did you mean 'live-birth'? Allowed: ...``.

    At most 20 words are listed, and only where that helps.
    """
    return _meant(word, tuple(sorted(set(allowed))))


@lru_cache(maxsize=1024)
def _meant(word: str, words: tuple[str, ...]) -> str:
    if not words:
        return "there is none"
    by_lower = {known.lower(): known for known in words}
    close = [by_lower[found] for found in get_close_matches(word.lower(), list(by_lower), n=3, cutoff=0.6)]
    further = len(words) - _LISTED
    listed = ", ".join(words[:_LISTED]) + (f" and {further} more" if further > 0 else "")
    if not close:
        return f"allowed: {listed}"
    question = f"did you mean {' or '.join(map(repr, close))}?"
    return question if further > 0 else f"{question} Allowed: {listed}"
