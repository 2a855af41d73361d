"""From frames of text to checked, typed tables."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.characters import odd
from helpers.evidence.columns import Column, Table
from helpers.evidence.faults import Fault
from helpers.evidence.printed_forms import instead

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?\d{1,18}", re.ASCII)


def typed(table: Table, text: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn text into the types of its table, with a fault per cell or key that breaks a rule.

    Such cells and blank ones are missing.
    """
    file = f"{table.name}.csv"
    faults: list[Fault] = []
    columns: dict[str, Any] = {}
    for column, rules in table.columns.items():
        columns[column], wrong = _typed_column(column, text[column], rules, table.columns)
        faults += [Fault(file, row + 2, column, str(text.at[row, column]), rule) for row, rule in wrong]
    frame = pd.DataFrame(columns)
    return frame, faults + _key_faults(file, table.key, frame, text)


def number(cell: str) -> float | None:
    """Read a finite number in plain digits; None where the text is none."""
    value = float(cell) if _NUMBER.fullmatch(cell) else math.inf
    return value if math.isfinite(value) else None


def value(cell: str, rules: Column) -> Any:
    """Read a cell of a column, blanks around it aside; None where it is blank or cannot be read."""
    _, read, _ = _READERS[rules.kind]
    stripped = cell.strip()
    return read(stripped) if stripped else None


def _integer(cell: str) -> int | None:
    return int(cell) if _INTEGER.fullmatch(cell) else None


#: How the text of a cell is read: the type of the column, and what turns text into a value.
_READERS: dict[str, tuple[Any, Callable[[str], Any], str]] = {
    "text": ("str", str, ""),
    "number": ("float64", number, "is not a number"),
    "integer": ("Int64", _integer, "is not a whole number"),
}


def _typed_column(
    column: str, text: pd.Series[str], rules: Column, columns: Collection[str]
) -> tuple[Any, list[tuple[int, str]]]:
    """Read a column, and give the rows with a cell at fault, each with the rule that it breaks."""
    # Words and figures repeat: each distinct cell is read and checked once, however many rows hold it.
    cells = pd.Categorical(text)
    dtype, read, unread = _READERS[rules.kind]
    values: list[Any] = []
    reasons: dict[int, str] = {}
    for code, cell in enumerate(cells.categories.tolist()):
        stripped = cell.strip()
        values.append(read(stripped) if stripped else None)
        if stripped != cell:
            rule: str | None = "has blanks at its start or end"
        elif not stripped:
            rule = "must not be blank" if rules.required else None
        elif values[-1] is None:
            rule = f"{unread}; {instead(stripped, column, rules.unit, columns) or 'blank means not reported'}"
        else:
            rule = rules.fault(values[-1])
        if rule:
            reasons[code] = rule + odd(cell)
    codes = cells.codes
    rows = np.flatnonzero(np.isin(codes, list(reasons)))
    typed_cells = pd.array(values, dtype=dtype).take(codes)
    return typed_cells, [(int(row), reasons[codes[row]]) for row in rows]


def _key_faults(file: str, key: list[str], frame: pd.DataFrame, text: pd.DataFrame) -> list[Fault]:
    repeated = frame.duplicated(subset=key, keep=False)
    faults = []
    first: dict[tuple[Any, ...], int] = {}
    for row in frame.index[repeated]:
        # Cells that cannot be read are not alike for that.
        values = tuple(
            text.at[row, column] if pd.isna(value) else value
            for column, value in zip(key, frame.loc[row, key], strict=True)
        )
        if values in first:
            rule = f"is the key of row {first[values]} too; every row needs its own {' + '.join(key)}"
            faults.append(Fault(file, row + 2, key[0], " / ".join(text.loc[row, key]).rstrip(" /"), rule))
        else:
            first[values] = row + 2
    return faults
