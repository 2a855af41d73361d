"""CSV that a spreadsheet opens without running anything."""

from __future__ import annotations

from typing import Any

import pandas as pd

#: A cell that starts with one of these is taken for a formula by spreadsheets.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def csv_text(frame: pd.DataFrame) -> str:
    """Write a frame as CSV for readers with a spreadsheet.

    Parameters
    ----------
    frame : pandas.DataFrame
        Any frame; the index is not written.

    Returns
    -------
    str
        CSV with a header and line feeds. Text that a spreadsheet would run as a formula gets a leading
        apostrophe; numbers, negative ones too, stay numbers. Numbers carry ten significant digits.
    """
    safe = frame.map(_safe).rename(columns=lambda name: _safe(str(name)))
    return safe.to_csv(index=False, float_format="%.10g", lineterminator="\n")


def _safe(value: Any) -> Any:
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    if isinstance(value, str) and value.startswith(_FORMULA_STARTS) and not _is_number(value):
        return f"'{value}"
    return value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
