"""Where things are in a project, and what its outputs depend on."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import helpers
from helpers.errors import UserError

_PACKAGES = (
    "great-tables",
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
    """A folder with notebooks and data.

    Attributes
    ----------
    root : pathlib.Path
        The folder, absolute.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Project:
        """Find the project that a folder belongs to.

        Parameters
        ----------
        start : pathlib.Path, optional
            The folder, the current one by default.

        Returns
        -------
        Project
            The nearest folder at or above `start` that holds both ``notebooks`` and ``data``.

        Raises
        ------
        ProjectError
            If there is none.
        """
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
    def accepted(self) -> Path:
        """The file of the accepted results."""
        return self.root / "tests" / "accepted" / "results.json"

    @property
    def accepted_rows(self) -> Path:
        """The file of the rows of evidence behind the accepted results."""
        return self.accepted.with_name("evidence.json")

    def output(self, name: str) -> Path:
        """Tell where the executed notebook of a run goes.

        Parameters
        ----------
        name : str
            Output name of the run.

        Returns
        -------
        pathlib.Path
            The file.
        """
        return self.build / "notebooks" / f"{name}.ipynb"

    def page(self, name: str) -> Path:
        """Tell where the page of a run goes: beside its executed notebook."""
        return self.output(name).with_suffix(".html")

    def environment_digest(self) -> str:
        """Compute what the environment contributes to a content key.

        Returns
        -------
        str
            SHA-256 over the versions of Python and packages, and ``requirements.lock`` where there is one.
        """
        lock = self.root / "requirements.lock"
        content = lock.read_bytes() if lock.is_file() else b""
        return hashlib.sha256(repr(sorted(package_versions().items())).encode() + content).hexdigest()


def package_versions() -> dict[str, str]:
    """Tell the versions of Python and of the packages that results may depend on.

    Returns
    -------
    dict of str
        Version by name.
    """
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in _PACKAGES}}


def helpers_digest() -> str:
    """Compute what the source of this package contributes to a content key.

    Returns
    -------
    str
        SHA-256 over names and content of its Python files.
    """
    folder = Path(helpers.__file__).parent
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        content = path.read_bytes()
        total.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
        total.update(content)
    return total.hexdigest()
