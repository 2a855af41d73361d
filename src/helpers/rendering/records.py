"""Run records: what was rendered, why, and what came of it."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from helpers.files import commit, write_atomically
from helpers.rendering.project import Project, package_versions

#: Statuses of a run whose output is complete and current.
GOOD = frozenset({"ok", "cached"})


@dataclass(frozen=True)
class Entry:
    """One run of a notebook.

    Attributes
    ----------
    status : str
        ``ok``, ``failed``, ``died``, ``timeout``, ``skipped`` or ``cached``.
    parameters : dict
        Value of every parameter, as the notebook had it.
    content_key : str
        Digest of all that the outcome depends on.
    why : str
        ``requested``, ``stale: ...``, or ``fresh`` for a cached one.
    seconds : float
        How long it took.
    peak_memory_bytes : int or None
        Of the kernel.
    output : str or None
        The executed notebook, relative to the project; None if there is none.
    error : str or None
        One line.
    """

    notebook: str
    output_name: str
    status: str
    parameters: dict[str, Any]
    content_key: str
    why: str
    seconds: float = 0.0
    peak_memory_bytes: int | None = None
    output: str | None = None
    error: str | None = None


@dataclass
class Record:
    """The record of one command; every change is on disk at once.

    Attributes
    ----------
    header : dict
        What holds for all entries: run, start, command, workers, versions.
    entries : list of Entry
        In the order of the plan.
    """

    path: Path
    header: dict[str, Any]
    entries: list[Entry] = field(default_factory=list)

    @classmethod
    def start(cls, project: Project, command: list[str], workers: int, data: str) -> Record:
        """Begin a record under a name of its own, without entries and not yet written; `data` is the version of the evidence."""
        now = datetime.now(UTC)
        name = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        header = {
            "run": name,
            "started": now.isoformat(timespec="seconds"),
            "command": command,
            "workers": workers,
            "data": data,
            "commit": commit(project.root),
            "packages": package_versions(),
        }
        return cls(project.build / "runs" / f"{name}.json", header)

    def put(self, position: int, entry: Entry) -> None:
        """Set the entry at a position of the plan, and write the record."""
        self.entries[position] = entry
        self.write()

    def write(self) -> None:
        """Write the record, atomically."""
        content = {**self.header, "entries": [asdict(entry) for entry in self.entries]}
        write_atomically(self.path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
