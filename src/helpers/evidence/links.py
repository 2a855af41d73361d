"""Which rows a link of `claim_evidence` points to."""

from __future__ import annotations

from typing import Any

import pandas as pd


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
    for condition in [] if pd.isna(match) else str(match).split("; "):
        column, _, value = condition.partition("=")
        frame = frame[frame[column].map(lambda cell, wanted=value: agrees(cell, wanted)).astype(bool)]
    return frame


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
    if pd.isna(cell):
        return expected == ""
    if expected.startswith("~"):
        return expected[1:].casefold() in str(cell).casefold()
    try:
        return float(cell) == float(expected)
    except ValueError:
        return str(cell) == expected
