"""Which rows a link of `claim_evidence` points to, and what it expects there."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.columns import Column
from helpers.evidence.faults import meant

#: An expected limit: its sign and its number.
LIMIT = re.compile(r"(>=|<=|>|<)(-?\d+(?:\.\d+)?)")
#: By what a link may point to findings of the rules on printed figures: the rule, and the key of the row in question.
OF_FINDINGS = ("rule", "table", "study_id", "arm_id", "outcome", "measure", "item", "source_id")
#: What a link does not compare: it tells what it finds.
TOLD_AS_THEY_STAND = ("discrepancies", "findings")
#: Positions of rows in a table.
Positions = np.ndarray[Any, np.dtype[np.intp]]


class Lookup:
    """The rows of a table by what stands in them; a column is indexed when it is first asked for."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._all = set(range(len(frame)))
        #: By column, the positions of each of its cells, those that agree under one.
        self._places: dict[str, dict[float | str, set[int]]] = {}

    def rows(self, match: Any) -> Positions:
        """Find the positions of the rows that meet all conditions ``column=value``, joined by ``; ``.

        Blank describes every row.
        """
        found = self._all
        for part in [] if pd.isna(match) else str(match).split("; "):
            column, _, value = part.partition("=")
            if value.startswith("~"):
                cells = self._frame[column].array
                found = {place for place in found if agrees(cells[place], value)}
            else:
                found = found & self._of_column(column).get(_comparable(value), set())
        return np.array(sorted(found), dtype=np.intp)

    def _of_column(self, column: str) -> dict[float | str, set[int]]:
        if column not in self._places:
            places = self._places.setdefault(column, {})
            for place, cell in enumerate(self._frame[column].tolist()):
                places.setdefault(_comparable(cell), set()).add(place)
        return self._places[column]


def strange_conditions(match: str, columns: Iterable[str]) -> list[str]:
    """Name the conditions of a match that are no ``column=value`` with a column of the table."""
    known = set(columns)
    conditions = [part.partition("=") for part in match.split("; ")]
    return [column for column, equals, _ in conditions if not equals or column not in known]


def expectation_fault(expected: str, column: Column | None) -> str | None:
    """Say what would be right where no cell of the column could ever be what a link expects.

    None where one can.
    """
    if not expected:
        return "must be given, for a blank would deny whatever the cell holds"
    if column and column.kind != "text":
        number = _comparable(expected)
        limit = LIMIT.fullmatch(expected) or (isinstance(number, float) and math.isfinite(number))
        return None if limit else "must be a number, or a limit as >0"
    if expected.startswith(("<", ">")) and not LIMIT.fullmatch(expected):
        return "is no limit, which is one of >, <, >=, <= and a number"
    words = column.vocabulary if column else {}
    if words and not any(agrees(word, expected) for word in words):
        return f"is no word of that column; {meant(expected, words)}"
    return None


def agrees(cell: Any, expected: str) -> bool:
    """Compare a cell with what is expected: as number, as text, or, after a tilde, as part of the text.

    Blank agrees with blank only.
    """
    if expected.startswith("~") and not pd.isna(cell):
        return expected[1:].casefold() in str(cell).casefold()
    return _comparable(cell) == _comparable(expected)


def _comparable(cell: Any) -> float | str:
    """Give a number for what reads as one, and text for all else; blank is the empty text."""
    if pd.isna(cell):
        return ""
    try:
        return float(cell)
    except ValueError:
        return str(cell)
