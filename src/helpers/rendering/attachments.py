"""Figures and tables of the book as files to take along, and the markdown that shows them."""

from __future__ import annotations

from collections.abc import Sequence


def figure(
    png: bytes, svg: str | None, name: str, files: dict[str, bytes], *, alt: str, width: int | None = None
) -> str:
    """Add a figure to the source of the book, `files`, and return the markdown that shows it and offers its files.

    `svg` is the same picture to download, `name` that of the files without ending, `alt` for readers who do not see
    the picture, `width` in pixels.
    """
    files[f"figures/{name}.png"] = png
    links = [f"{{download}}`PNG <figures/{name}.png>`"]
    if svg is not None:
        files[f"figures/{name}.svg"] = svg.encode()
        links.append(f"{{download}}`SVG <figures/{name}.svg>`")
    option = "" if width is None else f":width: {width}px\n"
    words = " ".join(alt.split())
    return f"```{{figure}} figures/{name}.png\n:alt: {words}\n{option}```\n\n{_downloads(links)}"


def table_link(csv: str, name: str, files: dict[str, bytes]) -> str:
    """Add a table as CSV to the source of the book, and return markdown that offers it."""
    files[f"tables/{name}.csv"] = csv.encode()
    return _downloads([f"{{download}}`CSV <tables/{name}.csv>`"])


def _downloads(links: Sequence[str]) -> str:
    return f":::{{container}} downloads\nTake along: {' · '.join(links)}\n:::"
