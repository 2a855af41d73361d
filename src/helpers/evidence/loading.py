"""Loading an evidence package: every table read, typed and checked, all faults listed at once."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import pandas as pd

from helpers import reads
from helpers.evidence import units, vocabulary
from helpers.evidence.claim_links import Lookup
from helpers.evidence.columns import Table
from helpers.evidence.descriptor import FILE, schema_of
from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.package import TABLES, Evidence
from helpers.evidence.provenance import with_origin
from helpers.evidence.relations import relation_faults
from helpers.evidence.schema import Schema
from helpers.evidence.table_text import as_printed, file_fault, plain, text_table
from helpers.evidence.typed_cells import typed
from helpers.evidence.watched import watched
from helpers.evidence.within_rows import row_faults

#: The two packages loaded last, by digest, as before and after a change: files that have not changed are not checked again.
_loaded: dict[str, Evidence] = {}


@dataclass(frozen=True, eq=False)
class ReadTable:
    """A table as it was read, for whoever takes it a thing that does not change."""

    #: As text, each column categorical, and plain as it is printed; blank cells are ``""``.
    text: pd.DataFrame
    printed: pd.DataFrame
    #: With the types of its columns, and its rows by what stands in them.
    typed: pd.DataFrame
    lookup: Lookup
    #: What its cells, and the cells of a row together, break.
    cell_faults: list[Fault]
    row_faults: list[Fault]


def load(folder: str | Path = "data") -> Evidence:
    """Load and check an evidence package.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with one CSV file per table, and `datapackage.yaml`, which says what they hold. The ``data`` of the project is found from any folder of the project, also
        as ``../data``, which is where it lies from the notebooks.

    Returns
    -------
    Evidence
        Checked, typed, in canonical units.

    Raises
    ------
    EvidenceError
        If any rule is broken. The error lists every fault: file, row, column, value and rule.
    """
    folder = folder_of(Path(folder))
    # Read where it is noted: all that is computed may depend on the words.
    schema = schema_of(folder)
    noting = reads.asked(folder)
    with reads.quietly():
        loaded = _load(folder, schema)
    vocabulary.use(schema)
    if noting:
        reads.note(f"data:{loaded.digest}", lambda: loaded.digest)
    return watched(loaded) if noting else loaded


def join_loaded() -> None:
    """Join every table of the packages loaded last, so that it need not be done in each process that is forked off."""
    for loaded in _loaded.values():
        for table in TABLES:
            loaded.select(table)


def _load(folder: Path, schema: Schema) -> Evidence:
    faults = _stray_files(folder)
    if not faults:
        with suppress(OSError):
            if (loaded := _loaded.pop(digest(folder), None)) is not None:
                _loaded[loaded.digest] = loaded
                return replace(loaded.copy(), loaded=loaded if loaded._joins else None)
    read: dict[str, ReadTable] = {}
    for name in schema.tables:
        path = folder / f"{name}.csv"
        if fault := file_fault(path):
            faults.append(fault)
            continue
        table, wrong = read_table(schema.tables[name], path.read_bytes())
        faults += wrong
        if table is not None:
            read[name] = table
            faults += table.cell_faults
    # Copied as pandas does it, when something is written into either.
    tables = {name: table.typed.copy(deep=False) for name, table in read.items()}
    # Without one of the tables every reference into it would look broken: say what is missing first.
    if len(read) == len(schema.tables):
        known = {(fault.file, fault.row, fault.column) for fault in faults}
        text = {name: table.text for name, table in read.items()}
        lookups = {name: table.lookup for name, table in read.items()}
        broken = relation_faults(schema, tables, text, lookups)
        broken += [fault for table in read.values() for fault in table.row_faults]
        faults += [fault for fault in broken if (fault.file, fault.row, fault.column) not in known]
    if faults:
        raise EvidenceError(str(folder), faults)
    for name in ("measurements", "reference_values"):
        tables[name] = _canonical(read[name], read["reference_values"]).copy(deep=False)
    documents = _documents(read["sources"], read["double_extraction"])
    tables["sources"], tables["double_extraction"] = (frame.copy(deep=False) for frame in documents)
    printed = {name: table.printed.copy(deep=False) for name, table in read.items()}
    loaded = Evidence(**tables, printed=printed, schema=schema, digest=digest(folder), loaded=None)
    for oldest in list(_loaded)[:-1]:
        del _loaded[oldest]
    _loaded[loaded.digest] = loaded.copy()
    return loaded


@lru_cache(maxsize=2 * len(TABLES))
def read_table(schema: Table, content: bytes) -> tuple[ReadTable | None, list[Fault]]:
    """Read a table, with every fault of its form; one that has not changed is not read again."""
    text, faults = text_table(f"{schema.name}.csv", content, list(schema.columns))
    if text is None:
        return None, faults
    misshapen = {fault.row for fault in faults if fault.row > 1 and not fault.column}
    frame, wrong = typed(schema, text)
    wrong = [fault for fault in wrong if fault.row not in misshapen]
    of_rows = row_faults(schema, frame, text)
    return ReadTable(text, as_printed(text), frame, Lookup(frame), wrong, of_rows), faults


@lru_cache(maxsize=4)
def _canonical(levels: ReadTable, reference_values: ReadTable) -> pd.DataFrame:
    return units.canonical(levels.typed, reference_values.typed)


@lru_cache(maxsize=2)
def _documents(sources: ReadTable, double_extraction: ReadTable) -> tuple[pd.DataFrame, pd.DataFrame]:
    return with_origin(sources.typed, double_extraction.typed)


def folder_of(folder: Path) -> Path:
    """Find a folder of tables: where it is said to be, or in the project that the current folder belongs to."""
    if folder.is_dir():
        return folder
    rule = "is no folder; an evidence package is a folder of CSV files"
    if not folder.is_absolute() and folder.name == "data":
        here = Path.cwd()
        for root in (here, *here.parents):
            if (root / "notebooks").is_dir() and (root / "data").is_dir():
                return root / "data"
        rule += f", and {here} lies in no project; start from the project's folder, papermill with --cwd notebooks"
    raise EvidenceError(str(folder), [Fault(str(folder), 0, "", "", rule)])


def digest(folder: str | Path) -> str:
    """Compute the version of the data: a hash over the names and content of its tables and its descriptor, whatever their line ends.

    Parameters
    ----------
    folder : str or pathlib.Path
        Folder with one CSV file per table, and `datapackage.yaml`.

    Returns
    -------
    str
        SHA-256 in hex.
    """
    total = hashlib.sha256()
    for name in (*(f"{table}.csv" for table in sorted(TABLES)), FILE):
        content = plain((Path(folder) / name).read_bytes())
        total.update(f"{name} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()


def _stray_files(folder: Path) -> list[Fault]:
    tables = {f"{name}.csv" for name in TABLES}
    strays = sorted(
        path.name for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.name not in tables
    )
    return [Fault(name, 0, "", "", f"is no table; {meant(name, tables)}") for name in strays]
