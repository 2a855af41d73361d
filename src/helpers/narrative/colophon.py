"""What a page was made from: data, code and packages."""

from __future__ import annotations

import sys
from importlib.metadata import version

from helpers.evidence import Evidence
from helpers.files import commit

_PACKAGES = (
    "poi-reanalysis",
    "numpy",
    "scipy",
    "pandas",
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
        "Later data or code that change nothing this page was made from leave it as it is. "
        "Research software, not medical advice."
    )
