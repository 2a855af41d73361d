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
    """The rows of a table by what stands in them; a column is indexed when it is first asked for.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._every: Positions = np.arange(len(frame))
        self._indexed: dict[str, dict[float | str, Positions]] = {}

    def rows(self, match: Any) -> Positions:
        """Find the rows that a match describes.

        Parameters
        ----------
        match : str
            Conditions ``column=value``, joined by ``; ``. Blank describes every row.

        Returns
        -------
        numpy.ndarray of int, shape (n,)
            Positions of the rows that meet all conditions, in order.

        Raises
        ------
        KeyError
            If a condition names no column of the table.
        """
        conditions = [] if pd.isna(match) else [part.partition("=") for part in str(match).split("; ")]
        # The fewest rows that one condition leaves are held to all of them.
        rows = min(
            (self._with(column, value) for column, _, value in conditions if not value.startswith("~")),
            key=len, default=self._every,
        )  # fmt: skip
        for column, _, value in conditions:
            cells = self._frame[column].array[rows]
            rows = rows[np.fromiter((agrees(cell, value) for cell in cells), bool, len(rows))]
        return rows

    def _with(self, column: str, value: str) -> Positions:
        if column not in self._indexed:
            codes, distinct = pd.factorize(self._frame[column], use_na_sentinel=False)
            comparable = [_comparable(cell) for cell in distinct]
            order = np.argsort(codes, kind="stable")
            ends = np.searchsorted(codes[order], np.arange(len(distinct) + 1))
            rows: dict[float | str, list[Positions]] = {}
            for code, key in enumerate(comparable):
                rows.setdefault(key, []).append(order[ends[code] : ends[code + 1]])
            self._indexed[column] = {key: np.sort(np.concatenate(parts)) for key, parts in rows.items()}
        return self._indexed[column].get(_comparable(value), np.empty(0, dtype=np.intp))


def strange_conditions(match: str, columns: Iterable[str]) -> list[str]:
    """Name the conditions of a match that are no ``column=value`` with a column of the table.

    Parameters
    ----------
    match : str
        Conditions, joined by ``; ``.
    columns : iterable of str
        Columns of the table.

    Returns
    -------
    list of str
        What stands in the place of the column.
    """
    known = set(columns)
    conditions = [part.partition("=") for part in match.split("; ")]
    return [column for column, equals, _ in conditions if not equals or column not in known]


def expectation_fault(expected: str, column: Column | None) -> str | None:
    """Say why no cell of a column could ever be what is expected.

    Parameters
    ----------
    expected : str
        What a link expects; see `agrees`, or a limit as ``>0``.
    column : Column or None
        The rules of the column; None where it is not known.

    Returns
    -------
    str or None
        What would be right; None where the column can hold it.
    """
    if not expected:
        return "must be given, for a blank would deny whatever stands there"
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
    """Take the rows that a match describes.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table of the link.
    match : str
        Conditions ``column=value``, joined by ``; ``.

    Returns
    -------
    pandas.DataFrame
        The rows that meet all conditions.

    Raises
    ------
    KeyError
        If a condition names no column of the table.
    """
    return frame.iloc[Lookup(frame).rows(match)]


def agrees(cell: Any, expected: str) -> bool:
    """Compare a cell with what is expected: as numbers, as text, or, after a tilde, as part of the text.

    Parameters
    ----------
    cell : object
        The cell.
    expected : str
        What should stand there; ``~text`` asks for text that contains it, whatever the case.

    Returns
    -------
    bool
        A blank cell agrees with nothing but blank.
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
