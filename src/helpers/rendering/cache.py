"""Finished notebooks, kept to be taken again by a run that would give the same.

In the folder are ``notebooks/<sha256>.ipynb``, and ``<key of the run>/<sha256>.json``, which records what such a run
read and which notebook came of it. Each file is named by the digest of its content: one that was cut short or altered
is not taken, and nothing in a name or an entry belongs to one branch or machine.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import reads
from helpers.files import write_atomically
from helpers.rendering import notebooks
from helpers.rendering.dependencies import Modules
from helpers.rendering.known import Known, loaded
from helpers.rendering.plan import Run
from helpers.rendering.project import Project

if TYPE_CHECKING:
    from helpers.evidence import Evidence

#: Bytes of finished notebooks that are kept; of more, those go that were not used for the longest time.
LIMIT = 2_000_000_000


class Versions:
    """Today's version of whatever a notebook read."""

    def __init__(self, project: Project, evidence: Evidence | Known) -> None:
        self._project, self._evidence = project, evidence
        self._known: dict[str, str] = {}
        self._modules = Modules()

    def changed(self, read: dict[str, str], data: str) -> list[str]:
        """Name what a notebook read that is not today's, as ``["table outcomes", "study yan2020", "file notebooks/own.csv"]``.

        `read` has the versions noted by `helpers.reads`; `data` is the version of the evidence that was read.
        """
        same = data == self._evidence.digest
        asked = {
            what: known
            for what, known in read.items()
            if not (same and what.startswith(("table:", "study:")))
        }
        return [what.replace(":", " ", 1) for what, known in asked.items() if self._of(what) != known]

    def _of(self, what: str) -> str:
        if what not in self._known:
            self._known[what] = self._look(*what.split(":", 1))
        return self._known[what]

    def _look(self, kind: str, name: str) -> str:
        if kind == "file":
            return reads.file_version(self._project.root / name)
        if kind == "folder":
            return reads.folder_version(self._project.root / name)
        if kind == "module":
            return self._modules.digests.get(name, reads.ABSENT)
        from helpers.evidence.package import version

        evidence = loaded(self._evidence)
        if kind == "table":
            printed = evidence.printed
            return version({name: printed[name]}) if name in printed else reads.ABSENT
        try:
            return version(evidence.about(name).printed)
        except ValueError:
            return reads.ABSENT


@dataclass(frozen=True)
class Kept:
    """A finished run.

    Attributes
    ----------
    notebook : str
        SHA-256 of the executed notebook.
    source : str
        Digest of the cells that were executed, prose too.
    data : str
        Version of the evidence that it ran on.
    reads : dict of str
        Version by what it read.
    """

    notebook: str
    source: str
    data: str
    reads: dict[str, str]
    seconds: float
    peak_memory_bytes: int | None


class Cache:
    """The finished notebooks in a folder, which is made when something is kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, run: Run, versions: Versions) -> tuple[Kept, bytes] | None:
        """Find a finished run that gave what this one would give, and its notebook with the prose of today."""
        fitting = [kept for _, kept in self._entries(run) if not versions.changed(kept.reads, kept.data)]
        fitting.sort(key=lambda kept: kept.source != run.source)
        for kept in fitting:
            content = self._notebook(kept)
            if content is not None and kept.source != run.source:
                content = self._refreshed(run, kept, content)
            if content is not None:
                return kept, content
        return None

    def forget(self, run: Run, versions: Versions) -> None:
        """Remove the finished runs that `find` would take."""
        for path, kept in self._entries(run):
            if not versions.changed(kept.reads, kept.data):
                path.unlink(missing_ok=True)

    def keep(
        self, run: Run, content: bytes, read: dict[str, str], seconds: float, memory: int | None
    ) -> None:
        """Keep an executed notebook, with what it read, how long it took and its peak memory in bytes."""
        kept = Kept(_digest(content), run.source, run.data, read, seconds, memory)
        entry = json.dumps(asdict(kept), sort_keys=True).encode()
        write_atomically(self._path(kept), content)
        write_atomically(self._folder / run.key / f"{_digest(entry)}.json", entry)

    def tidy(self, limit: int = LIMIT) -> None:
        """Remove the notebooks that were not used for the longest time, as far as they take more than `limit` bytes."""
        total, gone = 0, set()
        # Others may share the folder: what is gone meanwhile is gone.
        by_age = [(stat, path) for path in self._folder.glob("notebooks/*") if (stat := _stat(path))]
        for stat, path in sorted(by_age, key=lambda pair: pair[0].st_mtime, reverse=True):
            total += stat.st_size
            if total > limit:
                path.unlink(missing_ok=True)
                gone.add(path.stem)
        for path in self._folder.glob("*/*.json") if gone else ():
            content = self._verified(path)
            if content is not None and json.loads(content)["notebook"] in gone:
                path.unlink(missing_ok=True)

    def _refreshed(self, run: Run, kept: Kept, content: bytes) -> bytes | None:
        """Put the prose of today around what was computed, and keep that too; None for cells too old to have a name."""
        source = notebooks.source(run.notebook)
        if not all("id" in cell for cell in source.cells):
            return None
        made = notebooks.with_prose_of(notebooks.parsed(content), source)
        made.metadata[notebooks.STAMP] = {**made.metadata[notebooks.STAMP], "source": run.source}
        new = notebooks.text(made).encode()
        with suppress(OSError):  # where it cannot be kept, it is made again the next time
            self.keep(replace(run, data=kept.data), new, kept.reads, kept.seconds, kept.peak_memory_bytes)
        return new

    def _entries(self, run: Run) -> Iterator[tuple[Path, Kept]]:
        for path in (self._folder / run.key).glob("*.json"):
            content = self._verified(path)
            if content is not None:
                yield path, Kept(**json.loads(content))

    def _notebook(self, kept: Kept) -> bytes | None:
        path = self._path(kept)
        content = self._verified(path)
        if content is not None:
            with suppress(OSError):  # a cache that others share may be read only
                os.utime(path)
        return content

    @staticmethod
    def _verified(path: Path) -> bytes | None:
        """Read a file if its content is what its name says; one that is damaged is removed."""
        try:
            content = path.read_bytes()
            if _digest(content) == path.stem:
                return content
            path.unlink()
        except OSError:
            pass
        return None

    def _path(self, kept: Kept) -> Path:
        return self._folder / "notebooks" / f"{kept.notebook}.ipynb"


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
