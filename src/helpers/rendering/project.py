"""Where things are in a project, and what its outputs depend on."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from filelock import FileLock, Timeout

from helpers.errors import UserError

_PACKAGES = (
    "ipykernel",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "scipy",
    "seaborn",
)


class ProjectError(UserError):
    """Something in the project keeps a command from doing its work."""


@dataclass(frozen=True)
class Project:
    """A folder with notebooks and data; `root` is its absolute path."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """Find the nearest folder at or above `start`, or the current one, with both ``notebooks`` and ``data``; else ProjectError."""
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "notebooks").is_dir() and (folder / "data").is_dir():
                return cls(folder)
        raise ProjectError(
            f"no project here: neither {start} nor a folder above it holds both notebooks/ and data/"
        )

    @property
    def notebooks(self) -> Path:
        """The folder of the notebooks."""
        return self.root / "notebooks"

    @property
    def data(self) -> Path:
        """The folder of the evidence."""
        return self.root / "data"

    @property
    def build(self) -> Path:
        """The folder of everything generated."""
        return self.root / "build"

    @property
    def results(self) -> Path:
        """The file of the current results."""
        return self.build / "results.json"

    @property
    def plan(self) -> Path:
        """The file of the last plan of the book."""
        return self.build / "plan.json"

    @property
    def accepted(self) -> Path:
        """The file of the accepted results."""
        return self.root / "tests" / "accepted" / "results.json"

    @property
    def accepted_rows(self) -> Path:
        """The file of the rows of evidence behind the accepted results."""
        return self.accepted.with_name("evidence.json")

    def output(self, name: str) -> Path:
        """Return the file of the executed notebook of a run, by its output name."""
        return self.build / "notebooks" / f"{name}.ipynb"

    def page(self, name: str) -> Path:
        """Return the file of the page of a run, next to its executed notebook."""
        return self.output(name).with_suffix(".html")

    def packages(self) -> dict[str, str]:
        """Return the versions that results may depend on: `package_versions`, and the digest of the lock where there is one."""
        lock = self.root / "requirements.lock"
        locked = hashlib.sha256(lock.read_bytes()).hexdigest()[:16] if lock.is_file() else "none"
        return {**package_versions(), "requirements.lock": locked}

    @property
    def cache(self) -> Path:
        """The folder of finished notebooks to take again, which projects may share: ``REANALYSIS_CACHE``, else in `build`."""
        shared = os.environ.get("REANALYSIS_CACHE")
        return Path(shared).expanduser().absolute() if shared else self.build / "cache"


@contextmanager
def alone(project: Project, notify: Callable[[str], None]) -> Iterator[bool]:
    """Write into a project's ``build`` while nobody else does; another render of the same folder is waited for.

    `notify` takes the message about the wait. Yields whether it had to wait, in which time code and data may have
    changed.
    """
    waited = False
    lock = FileLock(project.build / "render.lock")
    (project.build / "runs").mkdir(parents=True, exist_ok=True)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        notify("another render of this folder is running; this one begins when that has ended")
        lock.acquire()
        waited = True
    try:
        yield waited
    finally:
        lock.release()


def package_versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results may depend on, by name."""
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}}
