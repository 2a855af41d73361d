"""How counts, lists and proportions are put into words."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version

from helpers.evidence import Evidence
from helpers.files import commit


def listed(words: Iterable[str]) -> str:
    """Join words as in a sentence, each once: ``"a"``, ``"a and b"``, ``"a, b and c"``, or ``"none"``."""
    unique = list(dict.fromkeys(words))
    if len(unique) < 2:
        return unique[0] if unique else "none"
    return f"{', '.join(unique[:-1])} and {unique[-1]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun, or its verb: ``1 study``, ``2 studies``, ``2 were``, ``1,146 women-months``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def marked_rows(rows: Iterable[str], marks: Mapping[str, str]) -> str:
    """Name the evidence rows that have a mark, with the mark; those with the same mark together."""
    by_mark: dict[str, list[str]] = {}
    for row in rows:
        if row in marks:
            by_mark.setdefault(marks[row], []).append(row)
    return "; ".join(f"{listed(names)}: {mark}" for mark, names in by_mark.items())


def plain(text: object) -> str:
    """Write text from a table so that markdown shows it literally, markup included."""
    # Within a word an underscore is no mark, and in an address a backslash would become part of it.
    return re.sub(r"([\\`*\[\]{}|~$]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", html.escape(str(text), quote=False))


_PACKAGES = ("poi-reanalysis", "numpy", "scipy", "pandas", "matplotlib", "papermill")


def colophon(ev: Evidence) -> str:
    """State the version of the data, the commit of the code ("unknown" outside a git checkout) and the packages in use."""
    return (
        f"Data version `{ev.digest[:12]}`; commit `{commit()}`; {packages()}. "
        "Later data or code that change nothing this page was made from leave it as it is. "
        "Research software, not medical advice."
    )


@cache
def packages() -> str:
    """Name Python and the packages in use with their versions."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Python {python}; {', '.join(f'{name} {version(name)}' for name in _PACKAGES)}"
