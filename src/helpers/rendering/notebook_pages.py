"""Executed notebooks as pages of the book."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from nbformat import NotebookNode

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import ORGAN
from helpers.questions.summary.catalogue import Words
from helpers.rendering import notebooks, summary_page
from helpers.rendering.page_cells import answer_of, page_cells
from helpers.rendering.plan import REPORT
from helpers.rendering.project import Project
from helpers.rendering.prose_links import ProseLinks, prose_links
from helpers.rendering.records import Entry
from helpers.rendering.summary_links import link_numbers

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
        The computed answer, as markdown; empty if the notebook did not get so far.
    study : str
        Study of a report; empty for a question.
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
    study: str
    entry: Entry
    group: str


def write(
    project: Project, evidence: Evidence, entries: Sequence[Entry], files: dict[str, bytes]
) -> list[Page]:
    """Add the pages of notebooks, their figures and tables to the source of the book, `files`; one without an output gets no page."""
    names = {entry.notebook for entry in entries}
    headings = {name: _heading(notebooks.source(project.notebooks / f"{name}.ipynb")) for name in names}
    studies = evidence.studies.set_index("study_id")
    made = [entry for entry in entries if entry.output]
    titles = {
        entry.notebook: headings[entry.notebook][0]
        for entry in made
        if not _study(entry) and not summary_page.language_of(entry)
    }
    links = prose_links(evidence, {_study(entry) for entry in made} - {""}, titles)
    return [
        _page(project, entry, headings[entry.notebook], studies, links, files, entries) for entry in entries
    ]


def _study(entry: Entry) -> str:
    return str(entry.parameters["study_id"]) if entry.notebook == REPORT else ""


def _page(
    project: Project,
    entry: Entry,
    heading: tuple[str, str],
    studies: pd.DataFrame,
    links: ProseLinks,
    files: dict[str, bytes],
    entries: Sequence[Entry],
) -> Page:
    study, language = _study(entry), summary_page.language_of(entry)
    name = f"{entry.notebook}-{study}" if study else entry.notebook
    title, question = heading
    title = str(studies.loc[study, "label"]) if study else title
    group = _group(studies, study) if study else ""
    short = title if study else entry.notebook.lstrip("0123456789_").replace("_", " ").capitalize()
    answer = ""
    if language:
        name, short, title = (
            summary_page.PAGES[language],
            summary_page.SHORT[language],
            Words(language)(title),
        )
    if entry.output:
        notebook = notebooks.executed(project.root / entry.output)
        if language:
            summary_page.translate(notebook.cells, language)
        cells = page_cells(notebook, name, title, links, files)
        if language:
            link_numbers(cells)
            summary_page.for_readers(cells, language)
            cells[0].source += f"\n\n{summary_page.switch(language, entries)}"
        page = {**notebook, "cells": cells}
        answer = answer_of(notebook)
        # Sphinx validates it; nbformat would do so here too.
        files[f"{name}.ipynb"] = json.dumps(page, ensure_ascii=False).encode()
    return Page(name, title, short, links.linked(question), answer, study, entry, group)


def _group(studies: pd.DataFrame, study: str) -> str:
    return CITED if studies.at[study, "role"] == "cited" else OTHERS[str(studies.at[study, "tissue"])]


def _heading(notebook: NotebookNode) -> tuple[str, str]:
    """Take title and question from the first cell of a notebook."""
    first = notebook.cells[0].source if notebook.cells else ""
    title, _, rest = first.partition("\n")
    return title.removeprefix("# ").strip(), rest.strip().split("\n\n")[0]
