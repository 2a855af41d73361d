"""Adding rows to an evidence package: checked together with what stands there, all of them or none."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import bibliography
from helpers.evidence.checking import typed
from helpers.evidence.faults import EvidenceError, Fault
from helpers.evidence.new_rows import Row
from helpers.evidence.package import digest, load
from helpers.evidence.reading import read_text_table
from helpers.evidence.schema import TABLES, key_of
from helpers.files import replace_together


@dataclass(frozen=True)
class Addition:
    """What an intake does to one table.

    Attributes
    ----------
    table : str
        Name of the table.
    added, replaced, present : tuple of str
        Keys of the rows that are new, that took the place of another, and that stood there already.
    """

    table: str
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    present: tuple[str, ...]


@dataclass
class _Union:
    """A table with the new rows in it, and what became of each."""

    content: bytes
    #: The new rows by their row in the table, as a spreadsheet counts.
    origins: dict[int, Row] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def add(
    rows: Sequence[Row], folder: Path, *, name: str, replace: bool = False, dry_run: bool = False
) -> list[Addition]:
    """Add rows to an evidence package, in one step or not at all.

    Rows that stand there with equal content are passed over. All others must, together with what stands there,
    meet every rule of `load`. Rows that stand there are not formatted anew.

    Parameters
    ----------
    rows : sequence of Row
        The new rows.
    folder : pathlib.Path
        Folder of the evidence package.
    name : str
        What the rows come from, for messages.
    replace : bool
        Let a row take the place of the one with the same key and other content.
    dry_run : bool
        Check everything and write nothing.

    Returns
    -------
    list of Addition
        One per table that the rows are for, in the order of the schema.

    Raises
    ------
    EvidenceError
        If a rule is broken, or a row stands there with other content. Faults of the rows name the place where they
        were read. Nothing is written.
    OSError
        If a file cannot be written. All files are then as they were.
    """
    if not folder.is_dir():
        raise EvidenceError(name, [Fault(str(folder), 0, "", "", "is no folder with an evidence package")])
    with _alone(folder), tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for path in sorted(folder.glob("*.csv")):
            shutil.copyfile(path, copy / path.name)
        # The rules are those of `load`; here it says what is wrong before anything is added.
        _readable(copy, folder)
        version = digest(copy)
        unions = {
            table: _unite(copy, table, own, replace=replace)
            for table in TABLES
            if (own := [row for row in rows if row.table == table])
        }
        for table, union in unions.items():
            (copy / f"{table}.csv").write_bytes(union.content)
        faults = [fault for row in rows for fault in row.faults]
        faults += [fault for union in unions.values() for fault in union.faults]
        faults += _faults_of_union(copy, unions)
        if faults:
            raise EvidenceError(name, faults)
        if not dry_run and digest(copy) != version:
            _write(copy, folder, unions, version)
    return [
        Addition(table, tuple(union.added), tuple(union.replaced), tuple(union.present))
        for table, union in unions.items()
    ]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one intake at a time work on a folder; the system takes the lock back from a process that dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _readable(copy: Path, folder: Path) -> None:
    faults = []
    for table, schema in TABLES.items():
        path = copy / f"{table}.csv"
        frame, wrong = read_text_table(path, list(schema.columns))
        faults += wrong
        # Rows are added as lines, and found again by the number of their line.
        if frame is not None and path.read_bytes().decode().removesuffix("\n").count("\n") != len(frame):
            faults.append(Fault(path.name, 0, "", "", "has a line break within a cell"))
    if faults:
        raise EvidenceError(f"{folder}, before anything is added", faults)


def _unite(copy: Path, table: str, rows: list[Row], *, replace: bool) -> _Union:
    path = copy / f"{table}.csv"
    columns = list(map(str, TABLES[table].columns))
    shipped, _ = read_text_table(path, columns)
    assert shipped is not None  # `_readable` has seen it
    lines = path.read_bytes().decode().removesuffix("\n").split("\n")
    header = next(csv.reader(lines[:1]))
    new = pd.DataFrame([{column: row.cells.get(column, "") for column in columns} for row in rows])
    text = pd.concat([shipped.astype("str"), new], ignore_index=True)
    cells = text.to_dict("records")
    values = _values(table, text)
    keys = list(zip(*(values[column] for column in key_of(table)), strict=True))
    known = {key: place for place, key in enumerate(keys[: len(shipped)])}
    union = _Union(path.read_bytes())
    seen: dict[Any, Row] = {}
    for place, row in enumerate(rows, start=len(shipped)):
        key = keys[place]
        told = " / ".join(cells[place][column] for column in key_of(table) if cells[place][column])
        if key in seen:
            rule = f"repeats row {seen[key].number}; every row needs its own {' + '.join(key_of(table))}"
            union.faults.append(Fault(row.place, row.number, key_of(table)[0], told, rule))
            continue
        seen[key] = row
        before = known.get(key)
        differing = [
            column
            for column in columns
            if before is not None and values[column][place] != values[column][before]
        ]
        line = _line([cells[place][column] for column in header])
        if before is None:
            lines.append(line)
            union.origins[len(lines)] = row
            union.added.append(told)
        elif not differing:
            union.present.append(told)
        elif replace:
            lines[before + 1] = line
            union.origins[before + 2] = row
            union.replaced.append(told)
        else:
            union.faults += [
                Fault(row.place, row.number, column, cells[place][column],
                      f"stands in {table}.csv, row {before + 2}, as {cells[before][column]!r}; "
                      "--replace puts the new value there")
                for column in differing
            ]  # fmt: skip
    if union.origins:
        union.content = "".join(f"{line}\n" for line in lines).encode()
    return union


def _values(table: str, text: pd.DataFrame) -> dict[str, list[Any]]:
    """Read cells so that 64 and 64.0 are the same; what breaks the rule of its column stays text."""
    frame, _ = typed(table, text)
    return {
        str(column): [
            cell.strip() if missing else value
            for cell, value, missing in zip(text[column], frame[column], frame[column].isna(), strict=True)
        ]
        for column in frame.columns
    }


def _line(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _faults_of_union(copy: Path, unions: dict[str, _Union]) -> list[Fault]:
    try:
        load(copy)
    except EvidenceError as error:
        found = error.faults
    else:
        return []
    origins = {
        (f"{table}.csv", row): new for table, union in unions.items() for row, new in union.origins.items()
    }
    told = []
    for fault in found:
        row = origins.get((fault.file, fault.row))
        if row is None:
            told.append(fault)
        # What follows from a cell that could not be read is not told again.
        elif not row.faults:
            told.append(Fault(row.place, row.number, fault.column, fault.value, fault.rule))
    return told


def _write(copy: Path, folder: Path, unions: dict[str, _Union], version: str) -> None:
    bibliography.write(copy)
    # Documents and studies come first: whatever stands there, what it refers to stands there too.
    names = [f"{table}.csv" for table in unions] + [bibliography.FILE]
    contents = {folder / name: (copy / name).read_bytes() for name in names}
    changed = {
        path: content
        for path, content in contents.items()
        if not path.exists() or path.read_bytes() != content
    }
    if digest(folder) != version:
        rule = "was changed while the rows were checked; nothing was added, import again"
        raise EvidenceError(str(folder), [Fault(str(folder), 0, "", "", rule)])
    replace_together(changed)
