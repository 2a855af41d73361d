"""The source of the book: the pages as Sphinx reads them, with the files that they offer."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from helpers.evidence import Evidence
from helpers.rendering import (
    api_pages,
    datatables,
    evidence_pages,
    glossary,
    home_page,
    notebook_pages,
    search_words,
    summary_page,
)
from helpers.rendering.evidence_pages import STATIC, Link
from helpers.rendering.notebook_pages import Page
from helpers.rendering.project import Project
from helpers.rendering.records import Record

_ROW_ADDRESS = re.compile(r"evidence-[a-z_]+\.html#row-\d+")


@dataclass(frozen=True)
class Source:
    """What Sphinx makes the book of: files by their name in the source folder, and the list of contents of every page."""

    files: dict[str, bytes]
    contents: home_page.Contents


def make(project: Project, evidence: Evidence, record: Record) -> Source:
    """Make every page of the book; a notebook without an output gets none, and the home page says so."""
    files: dict[str, bytes] = {}
    pages = notebook_pages.write(project, evidence, record.entries, files)
    reports = {page.study for page in pages if page.study and page.entry.output}
    tables = evidence_pages.write(evidence, project.data, reports, _leading(pages, files), files)
    questions = [page.name for page in pages if not page.study]
    files[f"{STATIC}/search-words.js"] = search_words.script(questions, files)
    contents = home_page.contents(pages, tables)
    files |= {f"{STATIC}/{name}": content for name, content in datatables.assets().items()}
    files |= {f"{name}.md": text.encode() for name, text in api_pages.pages().items()}
    files["glossary.md"] = glossary.page().encode()
    (home,) = glossary.marked([home_page.home(pages, contents)])
    files |= summary_page.opened(files, home)
    files |= {f"{STATIC}/{name}": content for name, content in summary_page.fonts().items()}
    return Source(files, contents)


def _leading(pages: Sequence[Page], files: Mapping[str, bytes]) -> dict[str, list[Link]]:
    """List the questions whose page leads to an evidence row, by the address of the row; its study leads to the report."""
    found: dict[str, list[Link]] = defaultdict(list)
    for page in (page for page in pages if not page.study):
        text = files.get(f"{page.name}.ipynb", b"").decode()
        for address in sorted(set(_ROW_ADDRESS.findall(text))):
            found[address].append(Link(page.name, page.short))
    return found
