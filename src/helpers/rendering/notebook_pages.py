"""Executed notebooks as pages of the book."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

from helpers import results
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import ORGAN
from helpers.rendering import attachments, notebooks
from helpers.rendering.evidence_pages import with_row_links
from helpers.rendering.markdown import escaped
from helpers.rendering.plan import REPORT
from helpers.rendering.project import Project
from helpers.rendering.records import Entry

CITED = "Cited by the article"
OTHERS = {tissue: f"Other studies, {tissue}" for tissue in ORGAN}


@dataclass(frozen=True)
class Page:
    """A notebook as a page of the book.

    Attributes
    ----------
    name : str
        Of the page, without ending.
    title : str
        The question, or the study.
    short : str
        Its title in the list of contents.
    question : str
        The paragraph below the title.
    answer : str
        The computed conclusion, as markdown; empty if the notebook did not get so far.
    entry : Entry
        What came of the notebook.
    group : str
        Heading under which a study is listed; empty for a question.
    """

    name: str
    title: str
    short: str
    question: str
    answer: str
    entry: Entry
    group: str


def write(
    project: Project, evidence: Evidence, entries: Sequence[Entry], files: dict[str, bytes]
) -> list[Page]:
    """Add the pages of notebooks, their figures and tables to the source of the book, `files`; one without an output gets no page."""
    studies = evidence.studies.set_index("study_id")
    names = {entry.notebook for entry in entries}
    headings = {name: _heading(notebooks.read(project.notebooks / f"{name}.ipynb")) for name in names}
    return [_page(project, entry, headings[entry.notebook], studies, files) for entry in entries]


def _page(
    project: Project,
    entry: Entry,
    heading: tuple[str, str],
    studies: pd.DataFrame,
    files: dict[str, bytes],
) -> Page:
    study = entry.parameters.get("study_id") if entry.notebook == REPORT else None
    name = f"{entry.notebook}-{study}" if study else entry.notebook
    title, question = heading
    title = str(studies.loc[study, "label"]) if study else title
    group = _group(studies.loc[study]) if study else ""
    short = title if study else entry.notebook.lstrip("0123456789_").replace("_", " ").capitalize()
    answer = ""
    if entry.output:
        notebook = notebooks.read(project.root / entry.output)
        answer = _answer(notebook)
        page = _as_page(notebook, name, title, files)
        # Sphinx validates it; nbformat would do so here too.
        files[f"{name}.ipynb"] = json.dumps(page, ensure_ascii=False).encode()
    return Page(name, title, short, question, answer, entry, group)


def _group(study: pd.Series[Any]) -> str:
    return CITED if study["role"] == "cited" else OTHERS[study["tissue"]]


def _heading(notebook: NotebookNode) -> tuple[str, str]:
    """Take title and question from the first cell of a notebook."""
    first = notebook.cells[0].source if notebook.cells else ""
    title, _, rest = first.partition("\n")
    return title.removeprefix("# ").strip(), rest.strip().split("\n\n")[0]


def _answer(notebook: NotebookNode) -> str:
    """Take the computed conclusion: the markdown shown by the cell tagged ``conclusion``."""
    for cell in notebook.cells:
        if "conclusion" in notebooks.tags(cell):
            shown = [output.get("data", {}).get("text/markdown") for output in cell.get("outputs", [])]
            return "\n\n".join(text for text in shown if text)
    return ""


def _as_page(notebook: NotebookNode, name: str, title: str, files: dict[str, bytes]) -> dict[str, Any]:
    """Make of an executed notebook a page: code folded, figures and tables as files to take along."""
    cells = []
    counts = {"figure": 0, "table": 0}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            cells.append(cell)
            continue
        extras = []
        kept = []
        for output in cell.outputs:
            data = output.get("data", {})
            if results.MIME_TYPE in data:
                continue
            if "image/png" in data:
                counts["figure"] += 1
                extras.append(_figure(data, output, f"{name}-figure-{counts['figure']}", files))
                continue
            if "text/csv" in data:
                counts["table"] += 1
                link = attachments.table_link(data.pop("text/csv"), f"{name}-table-{counts['table']}", files)
                extras.append(link)
            if "text/html" in data:
                data["text/html"] = with_row_links(data["text/html"])
            kept.append(output)
        cell.outputs = kept
        cell.metadata["tags"] = [*notebooks.tags(cell), "hide-input"]
        cells += [cell, *(_markdown(text, f"{name}-{len(cells)}-{n}") for n, text in enumerate(extras))]
    _retitle(cells, title)
    return {**notebook, "cells": cells}


def _retitle(cells: Sequence[NotebookNode], title: str) -> None:
    if cells and cells[0].cell_type == "markdown":
        _, newline, rest = cells[0].source.partition("\n")
        cells[0].source = f"# {escaped(title)}{newline}{rest}"


def _markdown(text: str, identifier: str) -> NotebookNode:
    clean = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in identifier)[-64:]
    cell: NotebookNode = nbformat.v4.new_markdown_cell(text, id=clean)  # type: ignore[no-untyped-call]
    return cell


def _figure(data: Mapping[str, Any], output: NotebookNode, name: str, files: dict[str, bytes]) -> str:
    shown = output.get("metadata", {}).get("image/png", {})
    alt = str(shown.get("alt") or data.get("text/plain", "figure"))
    png, svg = base64.b64decode(data["image/png"]), data.get("image/svg+xml")
    return attachments.figure(png, svg, name, files, alt=alt, width=shown.get("width"))
