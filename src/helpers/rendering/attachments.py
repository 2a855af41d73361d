"""Figures and tables of the book as files to take along, and the markdown that shows them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def figure(
    png: bytes, svg: str | None, name: str, source: Path, *, alt: str, width: int | None = None
) -> str:
    """Write a figure into the source of the book.

    Parameters
    ----------
    png, svg : bytes, str or None
        The picture, and the same to take along.
    name : str
        Name of the files, without ending.
    source : pathlib.Path
        Source folder of the book.
    alt : str
        What the figure shows, for readers who do not see it.
    width : int, optional
        Width on the page in pixels.

    Returns
    -------
    str
        Markdown that shows it and offers its files.
    """
    folder = source / "figures"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.png").write_bytes(png)
    links = [f"{{download}}`PNG <figures/{name}.png>`"]
    if svg is not None:
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")
        links.append(f"{{download}}`SVG <figures/{name}.svg>`")
    option = "" if width is None else f":width: {width}px\n"
    words = " ".join(alt.split())
    return f"```{{figure}} figures/{name}.png\n:alt: {words}\n{option}```\n\n{_downloads(links)}"


def table_link(csv: str, name: str, source: Path) -> str:
    """Write a table as CSV into the source of the book, and return markdown that offers it."""
    folder = source / "tables"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.csv").write_text(csv, encoding="utf-8")
    return _downloads([f"{{download}}`CSV <tables/{name}.csv>`"])


def _downloads(links: Sequence[str]) -> str:
    return f":::{{container}} downloads\nTake along: {' · '.join(links)}\n:::"
