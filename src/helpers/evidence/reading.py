"""From the bytes of a CSV file to a frame of text, with a fault for everything that is not plain CSV."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.faults import Fault, meant

#: A table of evidence is typed by people; anything larger is another file put here by mistake.
MAX_BYTES = 150 * 10**6
#: What spreadsheets write in the place of commas.
_SEPARATORS = str.maketrans(";\t|", ",,,")
_BOM = b"\xef\xbb\xbf"


def read_text_table(path: Path, columns: list[str]) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read one table as text.

    Parameters
    ----------
    path : pathlib.Path
        The CSV file: UTF-8 without byte-order mark, commas, line feeds, one header row.
    columns : list of str
        The columns that must be there; no others may.

    Returns
    -------
    frame : pandas.DataFrame or None
        Every cell as text, blank cells as ``""``, each column categorical; None where the file cannot be read as
        a table at all.
    faults : list of Fault
        What is wrong with the file's form.
    """
    text, faults = _decode(path)
    if text is None:
        return None, faults
    rows, ragged = _split(path.name, text)
    faults += ragged
    if not rows:
        return None, [*faults, Fault(path.name, 0, "", "", f"is empty; the header is {','.join(columns)}")]
    header = rows.pop(0)
    wrong = _header_faults(path.name, header, columns)
    if wrong:
        return None, faults + wrong
    if not rows:
        return None, [
            *faults,
            Fault(path.name, 0, "", "", "has a header and no row; a table needs at least one"),
        ]
    cells = np.array(rows, dtype=object)
    return pd.DataFrame({column: _categorical(cells[:, header.index(column)]) for column in columns}), faults


def _categorical(cells: np.ndarray[Any, Any]) -> pd.Categorical[str]:
    """Keep equal text once: words and figures repeat, and a copy of each would fill the memory."""
    codes, distinct = pd.factorize(cells)
    kept: pd.Categorical[str] = pd.Categorical.from_codes(codes, pd.Index(distinct, dtype=object))
    return kept


def _decode(path: Path) -> tuple[str | None, list[Fault]]:
    name = path.name
    if not path.is_file():
        return None, [Fault(name, 0, "", "", "is missing")]
    size = path.stat().st_size
    if size > MAX_BYTES:
        rule = f"is too large for a table of evidence; the limit is {MAX_BYTES // 10**6} MB"
        return None, [Fault(name, 0, "", f"{size / 10**6:.0f} MB", rule)]
    data = path.read_bytes()
    faults = []
    if data.startswith(_BOM):
        faults.append(Fault(name, 1, "", "byte-order mark", "save as UTF-8 without byte-order mark"))
        data = data.removeprefix(_BOM)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, [*faults, _encoding_fault(name, data, error.start)]
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        faults.append(
            Fault(name, row, "", "carriage return", "end lines with a line feed only (LF, not CRLF)")
        )
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text, faults


def _encoding_fault(name: str, data: bytes, position: int) -> Fault:
    start = data.rfind(b"\n", 0, position) + 1
    cells = next(csv.reader([data[start:position].decode("utf-8")]), [])
    header = next(csv.reader([data.split(b"\n", 1)[0].decode("utf-8", "replace")]), [])
    column = header[len(cells) - 1] if 0 < len(cells) <= len(header) else ""
    row = data.count(b"\n", 0, position) + 1
    return Fault(name, row, column, f"byte 0x{data[position]:02x}", "is not UTF-8; save the file as UTF-8")


def _split(name: str, text: str) -> tuple[list[list[str]], list[Fault]]:
    faults = []
    rows: list[list[str]] = []
    try:
        rows.extend(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        faults.append(Fault(name, len(rows) + 1, "", "", f"is not CSV from here on: {error}"))
    width = next((len(cells) for cells in rows if cells), 0)
    for number, cells in enumerate(rows, start=1):
        if len(cells) == width:
            continue
        if cells:
            rule = f"has {len(cells)} cells; the header has {width}"
            faults.append(Fault(name, number, "", ",".join(cells), rule))
        else:
            faults.append(Fault(name, number, "", "", "is a blank row"))
        rows[number - 1] = (cells + [""] * width)[:width]
    return rows, faults


def _header_faults(name: str, header: list[str], columns: list[str]) -> list[Fault]:
    if len(header) == 1 and header[0].translate(_SEPARATORS) == ",".join(columns):
        rule = "separates its columns by another sign than commas; save it with commas"
        return [Fault(name, 1, "", header[0], rule)]
    faults = []
    for column in columns:
        if column not in header:
            faults.append(Fault(name, 1, column, "", "is a missing column"))
        elif header.count(column) > 1:
            faults.append(Fault(name, 1, column, column, "stands twice in the header"))
    missing = [column for column in columns if column not in header]
    for column in dict.fromkeys(header):
        if column not in columns:
            rule = f"is no column of this table; {meant(column, missing or columns)}"
            faults.append(Fault(name, 1, column, column, rule))
    return faults
