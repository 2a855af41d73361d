"""Changing a copy of the shipped tables, row by row as a spreadsheet counts them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

import pytest


def edit(folder: Path, table: str, row: int, /, **cells: str) -> None:
    """Change cells of a row, counted as a spreadsheet does."""
    path = folder / f"{table}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    rows[row - 2].update(cells)
    save(path, rows)


def append(folder: Path, table: str, /, **cells: str) -> int:
    """Add a copy of the first row with other cells; tell its row number."""
    path = folder / f"{table}.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    rows.append({**rows[0], **cells})
    save(path, rows)
    return len(rows) + 1


def save(path: Path, rows: Iterable[dict[str, str]]) -> None:
    path.write_text(written(list(rows)), encoding="utf-8")


def written(rows: list[dict[str, str]]) -> str:
    """Write rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def row_where(folder: Path, table: str, /, **cells: str) -> int:
    rows = csv.DictReader((folder / f"{table}.csv").read_text(encoding="utf-8").splitlines())
    return next(n for n, row in enumerate(rows, start=2) if cells.items() <= row.items())


def fail_to_replace(patch: pytest.MonkeyPatch, folder: Path, last: int) -> list[Path]:
    """Let writing into a folder fail after so many files; give the list of what was to be written."""
    calls: list[Path] = []
    real = Path.replace

    def failing(self: Path, target: Path) -> Path:
        if target.parent == folder:
            calls.append(target)
            if len(calls) == last + 1:
                raise OSError("no space left")
        return real(self, target)

    patch.setattr(Path, "replace", failing)
    return calls
