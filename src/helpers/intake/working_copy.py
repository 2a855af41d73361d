"""A copy of an evidence package to change and to check, which takes the place of the package in one step or not at all."""

from __future__ import annotations

import csv
import fcntl
import io
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.evidence import bibliography
from helpers.evidence.descriptor import FILE, schema_of
from helpers.evidence.faults import EvidenceError, Fault
from helpers.evidence.loading import digest, read_table
from helpers.evidence.schema import Schema
from helpers.evidence.table_text import file_fault, plain
from helpers.files import replace_together


@dataclass(frozen=True)
class TableText:
    """A table as it is in its file."""

    #: Cells as text, columns in the order of the schema.
    frame: pd.DataFrame
    #: The line with the names of the columns.
    head: str
    #: The line of each row.
    lines: list[str]

    def line(self, cells: Mapping[Any, str]) -> str:
        """Write a row as a line, its cells in the order of the file."""
        line = io.StringIO()
        csv.writer(line, lineterminator="").writerow(
            cells[column] for column in next(csv.reader([self.head]))
        )
        return line.getvalue()

    def content(self, lines: Iterable[str]) -> bytes:
        """Write the file with these lines below its header."""
        return "".join(f"{line}\n" for line in (self.head, *lines)).encode()


@dataclass(frozen=True)
class WorkingCopy:
    """The tables of a package in a folder of their own."""

    #: The folder of the copy, and that of the package.
    path: Path
    folder: Path
    #: Version of the package when it was copied.
    digest: str
    schema: Schema

    def text(self, table: str) -> TableText:
        """Read a table of the copy."""
        path = self.path / f"{table}.csv"
        content = path.read_bytes()
        read, _ = read_table(self.schema.tables[table], content)
        assert read is not None  # `working_copy` has seen it
        head, *lines = content.decode().removesuffix("\n").split("\n")
        return TableText(read.printed, head, lines)

    def write(self, table: str, content: bytes) -> None:
        """Write a table of the copy."""
        (self.path / f"{table}.csv").write_bytes(content)

    def put_in_place(self, tables: Iterable[str], *, what: str) -> None:
        """Put changed tables of the copy, and its bibliography, into the package: all of them, or none.

        A process that is killed meanwhile has written the first of `tables`. Raises EvidenceError if the package has
        changed since it was copied; `what` was to be done, for that message. After an OSError all files are as
        before.
        """
        if digest(self.path) == self.digest:
            return
        bibliography.write(self.path)
        names = [*(f"{table}.csv" for table in tables), bibliography.FILE]
        contents = {self.folder / name: (self.path / name).read_bytes() for name in names}
        changed = {
            path: content
            for path, content in contents.items()
            if not path.exists() or path.read_bytes() != content
        }
        if digest(self.folder) != self.digest:
            rule = f"was changed while the rows were checked; nothing was written, {what}"
            raise EvidenceError(str(self.folder), [Fault(str(self.folder), 0, "", "", rule)])
        replace_together(changed)


@contextmanager
def working_copy(folder: Path, name: str) -> Iterator[WorkingCopy]:
    """Copy the tables of a package, keep others from changing it meanwhile, and remove the copy afterwards.

    `name` is what is to be done or taken in, for messages. Raises EvidenceError if there is no such folder, or a
    table cannot be read.
    """
    if not folder.is_dir():
        raise EvidenceError(name, [Fault(str(folder), 0, "", "", "is no folder with an evidence package")])
    schema = schema_of(folder)
    with _alone(folder), tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch)
        for path in (*sorted(folder.glob("*.csv")), folder / FILE):
            (copy / path.name).write_bytes(plain(path.read_bytes()))
        _readable(copy, folder, schema)
        yield WorkingCopy(copy, folder, digest(copy), schema)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time change a folder; the system takes the lock back from a process that dies."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _readable(copy: Path, folder: Path, schema: Schema) -> None:
    """Refuse tables that cannot be read. The rules are those of `load`; here it says so before anything is changed."""
    faults = []
    for name, table in schema.tables.items():
        path = copy / f"{name}.csv"
        fault = file_fault(path)
        content = b"" if fault else path.read_bytes()
        read, wrong = (None, [fault]) if fault else read_table(table, content)
        faults += wrong
        # Rows are added and taken out as lines, and found again by the number of their line.
        if read is not None and content.decode().removesuffix("\n").count("\n") != len(read.text):
            faults.append(Fault(path.name, 0, "", "", "has a line break within a cell"))
    if faults:
        raise EvidenceError(f"{folder}, before anything is changed", faults)


def key_text(cells: Mapping[Any, str], columns: Sequence[str]) -> str:
    """Name a row by the cells of its key that are not blank."""
    return " / ".join(cells[column] for column in columns if cells[column])
