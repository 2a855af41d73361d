"""From frames of text to checked, typed tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pandera.errors
import pandera.pandas as pa

from helpers.evidence.faults import Fault, meant
from helpers.evidence.schema import TABLES, key_of

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_INTEGER = r"[+-]?\d{1,18}"


def typed(name: str, text: pd.DataFrame) -> tuple[pd.DataFrame, list[Fault]]:
    """Turn a frame of text into the types of its table, and check every column by itself.

    Parameters
    ----------
    name : str
        Name of the table, a key of `TABLES`.
    text : pandas.DataFrame
        Every cell as text, blank cells as ``""``.

    Returns
    -------
    frame : pandas.DataFrame
        Typed; blank cells and cells at fault are missing values.
    faults : list of Fault
        One per cell that breaks a rule, and one per row whose key stands twice.
    """
    schema = TABLES[name]
    file = f"{name}.csv"
    faults: list[Fault] = []
    columns: dict[str, pd.Series[Any]] = {}
    for column, rules in schema.columns.items():
        columns[column], wrong = _typed_column(file, column, text[column], rules)
        faults += wrong
    frame = pd.DataFrame(columns)
    unread = {(fault.row, fault.column) for fault in faults}
    faults += [
        fault for fault in _column_faults(file, schema, frame) if (fault.row, fault.column) not in unread
    ]
    faults += _key_faults(file, key_of(name), frame)
    return frame, faults


def _typed_column(
    file: str, column: str, text: pd.Series[str], rules: pa.Column
) -> tuple[pd.Series[Any], list[Fault]]:
    kind = (rules.metadata or {})["kind"]
    stripped = text.str.strip()
    faults = [
        Fault(file, int(row) + 2, column, text[row], "has blanks at its start or end")
        for row in text.index[text != stripped]
    ]
    blank = stripped == ""
    if kind == "text":
        return stripped.mask(blank).astype("str"), faults
    pattern, rule = (_NUMBER, "is not a number") if kind == "number" else (_INTEGER, "is not a whole number")
    readable = stripped.str.fullmatch(pattern)
    bad = ~blank & ~readable.astype(bool)
    faults += [
        Fault(file, int(row) + 2, column, text[row], f"{rule}; blank means not reported")
        for row in text.index[bad]
    ]
    numbers = stripped.where(~blank & ~bad, np.nan)
    if kind == "number":
        return numbers.astype("float64"), faults
    return pd.Series(
        [pd.NA if pd.isna(n) else int(n) for n in numbers], index=text.index, dtype="Int64"
    ), faults


def _column_faults(file: str, schema: pa.DataFrameSchema, frame: pd.DataFrame) -> list[Fault]:
    try:
        schema.validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases
        return [
            Fault(
                file,
                int(row) + 2,
                column,
                _shown(value),
                _rule(schema, column, check, value),
            )
            for column, check, value, row in zip(
                cases["column"], cases["check"], cases["failure_case"], cases["index"], strict=True
            )
        ]
    return []


def _rule(schema: pa.DataFrameSchema, column: str, check: str, value: Any) -> str:
    if check == "not_nullable":
        return "must not be blank"
    if check == "unknown word":
        return f"is no word of this column; {meant(str(value), (schema.columns[column].metadata or {})['vocabulary'])}"
    return check if check.startswith("must") else f"must be {check}"


def _shown(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _key_faults(file: str, key: list[str], frame: pd.DataFrame) -> list[Fault]:
    repeated = frame.duplicated(subset=key, keep="first")
    if not repeated.any():
        return []
    keys = list(zip(*(frame[column].map(_shown) for column in key), strict=True))
    first: dict[tuple[str, ...], int] = {}
    faults = []
    for row, (values, again) in enumerate(zip(keys, repeated, strict=True), start=2):
        if again:
            rule = f"is the key of row {first[values]} too; every row needs its own {' + '.join(key)}"
            faults.append(Fault(file, row, key[0], " / ".join(values).rstrip(" /"), rule))
        else:
            first[values] = row
    return faults
