"""The pages of the book for programmers: what the functions take and give, from their docstrings."""

from __future__ import annotations

import hashlib
from pathlib import Path

import helpers

#: Name of a page -> what it is called.
TITLES = {"api-stats": "helpers.stats", "api-evidence": "helpers.evidence"}


def pages() -> dict[str, str]:
    """Write each page; Sphinx fills it in. It differs with the code of its package, so that Sphinx makes it anew."""
    return {name: _page(package) for name, package in TITLES.items()}


def _page(package: str) -> str:
    folder = Path(helpers.__file__).parent / package.removeprefix("helpers.")
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(folder.glob("*.py")))).hexdigest()
    return (
        f"# `{package}`\n\n% {code}\n\n"
        f"```{{eval-rst}}\n.. automodule:: {package}\n   :members:\n   :imported-members:\n```\n"
    )
