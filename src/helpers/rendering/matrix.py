"""Requests from a file with one row per run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers.evidence.table_text import decoded, separator_line, separator_of, split
from helpers.rendering.plan import PlanError, Request

#: How the files begin that are no text: workbooks of Excel and of LibreOffice, those of Excel 97.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_matrix(path: Path, named: Sequence[str], given: Mapping[str, Any]) -> list[Request]:
    """Read requests from a file with one row per run; rows that name no notebook are for all of `named`, `given` is for all rows.

    CSV with commas, semicolons or tabs, whose columns are parameters and optionally ``notebook``, or JSON, a list of
    objects with the same keys. A blank cell is the default; a row of blank cells is no run. Raises PlanError where
    the file or a row cannot be read, naming the row; the header of a CSV is row 1.
    """
    content = path.read_bytes()
    if content.startswith(_WORKBOOKS):
        rule = "is a workbook, and a matrix is a CSV file; save its tab as CSV, in Excel as 'CSV UTF-8'"
        raise PlanError([f"{path.name} {rule}"])
    text, wrong = decoded(path.name, content)
    if text is None:
        raise PlanError(map(str, wrong))
    rows = (_json_rows if path.suffix.lower() == ".json" else _csv_rows)(path.name, text)
    requests, faults = [], []
    for place, row in rows:
        notebook = row.pop("notebook", None)
        faults += [f"{place}: {name} is given by -p already" for name in row if name in given]
        if not notebook and not named:
            faults.append(f"{place}: no notebook; name it on the command line or in a column 'notebook'")
        meant_here = [str(notebook)] if notebook else named
        requests += [Request(name, {**given, **row}, place) for name in meant_here]
    if faults or not rows:
        raise PlanError(faults or [f"{path.name} holds no row"])
    return requests


def _csv_rows(name: str, text: str) -> list[tuple[str, dict[str, Any]]]:
    sign, text = separator_line(text.replace("\r", "\n"))
    # No name of a parameter holds one of these signs.
    grid, faults = split(name, text, sign or separator_of(text.partition("\n")[0]))
    if faults:
        raise PlanError(map(str, faults))
    header = [cell.strip() for cell in grid[0]] if grid else []
    if "" in header or len(set(header)) < len(header):
        raise PlanError([f"{name}: row 1: every column needs a name of its own"])
    rows = []
    for number, cells in enumerate(grid[1:], start=2):
        place = f"row {number}"
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise PlanError([f"{name}: {place}: {len(cells)} cells, the header has {len(header)}"])
        rows.append(
            (place, {column: cell for column, cell in zip(header, cells, strict=True) if cell.strip()})
        )
    return rows


def _json_rows(name: str, text: str) -> list[tuple[str, dict[str, Any]]]:
    try:
        entries = json.loads(text)
    except ValueError as error:
        raise PlanError([f"{name}: is no JSON that can be read: {error}"]) from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PlanError([f"{name}: must be a list of objects, one per run"])
    return [(f"entry {number}", dict(entry)) for number, entry in enumerate(entries, start=1)]
