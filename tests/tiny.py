"""Tiny notebooks and projects to render."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

PARAMETERS = """\
outcome: str = "all"  # outcome to show; allowed: all | data outcomes.outcome
level: float = 0.95  # confidence level; allowed: 0.5 to 0.999
"""


def notebook(*code: str, parameters: str | None = None, title: str = "# Why?") -> NotebookNode:
    """Make a notebook of a title, an optional parameters cell and code cells."""
    new: Any = nbformat.v4
    cells = [new.new_markdown_cell(title, id="title")]
    if parameters is not None:
        cells.append(new.new_code_cell(parameters, id="parameters", metadata={"tags": ["parameters"]}))
    cells += [new.new_code_cell(source, id=f"code-{number}") for number, source in enumerate(code)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made: NotebookNode = new.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    return made


def add(root: Path, name: str, *code: str, parameters: str | None = None) -> Path:
    """Write a tiny notebook into a project."""
    path = root / "notebooks" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook(*code, parameters=parameters), path)  # type: ignore[no-untyped-call]
    return path
