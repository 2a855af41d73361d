"""The texts that the cells of a notebook show, to read or to write anew where they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

MARKDOWN, HTML = "text/markdown", "text/html"


def texts(cells: Iterable[Mapping[str, Any]], *kinds: str) -> Iterator[tuple[Any, str]]:
    """Find each text of these kinds, as what holds it and its key there; prose is markdown."""
    for cell in cells:
        if cell["cell_type"] == "markdown" and MARKDOWN in kinds:
            yield cell, "source"
        for data in (output.get("data", {}) for output in cell.get("outputs", [])):
            yield from ((data, kind) for kind in kinds if kind in data)


def rewrite(cells: Iterable[Mapping[str, Any]], change: Callable[[str], str], *kinds: str) -> None:
    """Change each text of these kinds where it is."""
    for holder, key in texts(cells, *kinds):
        holder[key] = change(holder[key])
