"""What a page was made from: data, code and packages."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from helpers.evidence import Evidence

_PACKAGES = (
    "poi-reanalysis",
    "numpy",
    "scipy",
    "pandas",
    "pandera",
    "matplotlib",
    "great-tables",
    "papermill",
)


def colophon(ev: Evidence) -> str:
    """State the version of the data, the commit of the code and the packages in use.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.

    Returns
    -------
    str
        Markdown. The commit is "unknown" outside a git checkout.
    """
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    python = ".".join(map(str, sys.version_info[:3]))
    return (
        f"Data version `{ev.digest[:12]}`; commit `{commit()}`; Python {python}; {packages}. "
        "Research software, not medical advice."
    )


def commit(folder: Path | None = None) -> str:
    """Name the commit that is checked out.

    Parameters
    ----------
    folder : pathlib.Path, optional
        A folder of the checkout, the current one by default.

    Returns
    -------
    str
        Twelve digits, with ``-modified`` where tracked files differ; ``unknown`` outside a checkout.
    """
    command = [
        "git",
        "-C",
        str(folder or Path.cwd()),
        "describe",
        "--always",
        "--exclude=*",
        "--abbrev=12",
        "--dirty=-modified",
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()
