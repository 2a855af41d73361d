"""The source of the book: the pages as Sphinx reads them, with the files that they offer."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.evidence import Evidence
from helpers.rendering import evidence_pages, home_page, notebook_pages
from helpers.rendering.project import Project
from helpers.rendering.records import Record


@dataclass(frozen=True)
class Source:
    """What Sphinx makes the book of.

    Attributes
    ----------
    files : dict of bytes
        By name in the source folder.
    contents : dict of list
        The list of contents, which every page shows.
    """

    files: dict[str, bytes]
    contents: home_page.Contents


def make(project: Project, evidence: Evidence, record: Record) -> Source:
    """Make every page of the book; a notebook without an output gets none, and the home page says so."""
    files: dict[str, bytes] = {}
    pages = notebook_pages.write(project, evidence, record.entries, files)
    tables = evidence_pages.write(evidence, project.data, files)
    contents = home_page.contents(pages, tables)
    files["index.md"] = home_page.home(pages, contents).encode()
    return Source(files, contents)
