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
        self._every: Positions = np.arange(len(frame))
        self._indexed: dict[str, _Index] = {}

    def rows(self, match: Any) -> Positions:
        """Find the positions of the rows that meet all conditions ``column=value``, joined by ``; ``.

        Blank describes every row.
        """
        conditions = [] if pd.isna(match) else [part.partition("=") for part in str(match).split("; ")]
        exact = [(self._index(column), value) for column, _, value in conditions if not value.startswith("~")]
        # The fewest rows that one condition leaves are held to all of them.
        rows = min((index.rows(value) for index, value in exact), key=len, default=self._every)
        for index, value in exact:
            rows = rows[index.holds(rows, value)]
        for column, _, value in conditions:
            if value.startswith("~"):
                cells = self._frame[column].array[rows]
                rows = rows[np.fromiter((agrees(cell, value) for cell in cells), bool, len(rows))]
        return rows

    def _index(self, column: str) -> _Index:
        if column not in self._indexed:
            self._indexed[column] = _Index(self._frame[column])
        return self._indexed[column]


class _Index:
    """What stands in a column, numbered so that cells which agree have one number, and the rows of each number."""

    def __init__(self, column: pd.Series[Any]) -> None:
        codes, distinct = pd.factorize(column, use_na_sentinel=False)
        self._numbers: dict[float | str, int] = {}
        numbers = [
            self._numbers.setdefault(_comparable(cell), len(self._numbers)) for cell in distinct.tolist()
        ]
        self._cells = np.array(numbers, dtype=np.intp)[codes]
        self._order = np.argsort(self._cells, kind="stable")
        self._ends = np.searchsorted(self._cells[self._order], np.arange(len(self._numbers) + 1))

    def rows(self, value: str) -> Positions:
        number = self._numbers.get(_comparable(value))
        return self._order[slice(0) if number is None else slice(*self._ends[number : number + 2])]

    def holds(self, rows: Positions, value: str) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Tell which of the rows hold a value."""
        return np.equal(self._cells[rows], self._numbers.get(_comparable(value), -1))


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


def matching(frame: pd.DataFrame, match: Any) -> pd.DataFrame:
    """Take the rows of the table of a link that meet all its conditions; KeyError if one names no column."""
    return frame.iloc[Lookup(frame).rows(match)]


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
