"""Executed notebooks as pages of the book."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

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
    """A notebook as a page of the book: `name` has no ending, `short` is its title in the list of contents.

    The question is the paragraph below the title, the answer the computed one, empty if the notebook did not get so far.
    Study and group, the heading under which it is listed, are of a report; the language is of a summary.
    """

    name: str
    title: str
    short: str
    question: str
    entry: Entry
    answer: str = ""
    study: str = ""
    group: str = ""
    language: str = ""


def write(
    project: Project, evidence: Evidence, entries: Sequence[Entry], files: dict[str, bytes]
) -> list[Page]:
    """Add the pages of notebooks, their figures and tables to the source of the book, `files`; one without an output gets no page."""
    names = {entry.notebook for entry in entries}
    headings = {name: _heading(notebooks.source(project.notebooks / f"{name}.ipynb")) for name in names}
    made = [entry for entry in entries if entry.output]
    reported = {_study(entry) for entry in made} - {""}
    titles = {
        entry.notebook: headings[entry.notebook][0]
        for entry in made
        if not _study(entry) and not summary_page.language_of(entry)
    }
    links = prose_links(evidence, reported, titles)
    studies = evidence.studies.set_index("study_id")
    pages = []
    for entry in entries:
        page = _described(entry, *headings[entry.notebook], studies)
        if entry.output:
            notebook = notebooks.executed(project.root / entry.output)
            switch = summary_page.switch(page.language, entries)
            files[f"{page.name}.ipynb"] = _source(notebook, page, switch, links, files)
            page = replace(page, answer=answer_of(notebook))
        pages.append(replace(page, question=links.linked(page.question)))
    return pages


def _study(entry: Entry) -> str:
    return str(entry.parameters["study_id"]) if entry.notebook == REPORT else ""


def _described(entry: Entry, title: str, question: str, studies: pd.DataFrame) -> Page:
    """Give what is known of a page before its notebook is read."""
    study, language = _study(entry), summary_page.language_of(entry)
    if study:
        label = str(studies.loc[study, "label"])
        return Page(
            f"{entry.notebook}-{study}",
            label,
            label,
            question,
            entry,
            study=study,
            group=_group(studies, study),
        )
    if language:
        name, short = summary_page.PAGES[language], summary_page.SHORT[language]
        return Page(name, Words(language)(title), short, question, entry, language=language)
    short = entry.notebook.lstrip("0123456789_").replace("_", " ").capitalize()
    return Page(entry.notebook, title, short, question, entry)


def _source(
    notebook: NotebookNode, page: Page, switch: str, links: ProseLinks, files: dict[str, bytes]
) -> bytes:
    """Write an executed notebook as the source of its page."""
    if page.language:
        summary_page.translate(notebook.cells, page.language)
    cells = page_cells(notebook, page.name, page.title, links, files)
    if page.language:
        link_numbers(cells)
        summary_page.for_readers(cells, page.language)
        cells[0].source += f"\n\n{switch}"
    # Sphinx validates it; nbformat would do so here too.
    return json.dumps({**notebook, "cells": cells}, ensure_ascii=False).encode()


def _group(studies: pd.DataFrame, study: str) -> str:
    return CITED if studies.at[study, "role"] == "cited" else OTHERS[str(studies.at[study, "tissue"])]


def _heading(notebook: NotebookNode) -> tuple[str, str]:
    """Take title and question from the first cell of a notebook."""
    first = notebook.cells[0].source if notebook.cells else ""
    title, _, rest = first.partition("\n")
    return title.removeprefix("# ").strip(), rest.strip().split("\n\n")[0]
