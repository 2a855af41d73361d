"""An executed notebook as a page of its own: one file that any browser shows, without Jupyter, network or scripts."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING, Any

from helpers import results
from helpers.parameters import as_text

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTICE = "Research software, not medical advice. It shows what was reported, not what to do."
#: What is shown of an output; the SVG of a figure and the CSV of a table are left to the notebook.
_SHOWN = {"text/html", "image/png", "text/markdown", "text/plain"}
STYLE = """
body { max-width: 70rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; }
img { max-width: 100%; height: auto; }
.notice { padding: .5rem .8rem; background: #fff4d6; border-left: .3rem solid #b7791f; font-weight: bold; }
.given { color: #555; }
.anchor-link { display: none; }
.jp-OutputArea-output, .output { overflow-x: auto; }
pre { white-space: pre-wrap; }
@media (prefers-color-scheme: dark) {
  :root { color-scheme: dark; }
  body { color: #e6e6e6; background: #14181e; }
  a { color: #3fb1c5; }
  .notice { background: #4a3410; color: #ffe7bd; }
  .given { color: #b0b0b0; }
  img { filter: invert(0.95) hue-rotate(180deg) brightness(1.3); }
}
"""


def page(notebook: NotebookNode, parameters: Mapping[str, Any]) -> str:
    """Make a stand-alone HTML page of an executed notebook, without its code, below the notice and the parameters."""
    import nbformat
    from nbconvert import HTMLExporter  # takes half a second to import

    shown: NotebookNode = nbformat.from_dict(
        {**notebook, "cells": [_to_be_read(cell) for cell in notebook.cells]}
    )  # type: ignore[no-untyped-call]
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="basic", exclude_input=True, exclude_output_prompt=True, embed_images=True
    )
    body, _ = exporter.from_notebook_node(shown)
    title = notebook.cells[0].source.partition("\n")[0].lstrip("# ") if notebook.cells else ""
    given = "; ".join(f"{name} = {plain(value)}" for name, value in parameters.items())
    said = escape(f"Rendered with {given}.") if given else ""
    return framed(title, f'<p class="given">{said}</p>\n{body}')


def framed(title: str, body: str, style: str = "") -> str:
    """Put the body of a page into an HTML file that needs no other, below the notice."""
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f'<style>{STYLE}{style}</style>\n</head>\n<body>\n<main>\n<p class="notice">{NOTICE}</p>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _to_be_read(cell: NotebookNode) -> NotebookNode:
    """Leave of the outputs of a cell what a browser shows, without the named results."""
    if cell.cell_type != "code":
        return cell
    import nbformat

    outputs = []
    for output in cell.outputs:
        if "data" in output:
            data = {kind: content for kind, content in output.data.items() if kind in _SHOWN}
            if results.MIME_TYPE not in output.data and data:
                outputs.append({**output, "data": data})
        else:
            outputs.append(output)
    copied: NotebookNode = nbformat.from_dict({**cell, "outputs": outputs})  # type: ignore[no-untyped-call]
    return copied


def plain(value: Any) -> str:
    """Write the value of a parameter."""
    return ", ".join(map(as_text, value)) if isinstance(value, list) else as_text(value)
