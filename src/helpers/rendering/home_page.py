"""The home page of the book: what it is about, what the questions came to, and the list of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from helpers.rendering import api_pages
from helpers.rendering.markdown import escaped
from helpers.rendering.notebook_pages import CITED, OTHERS, Page
from helpers.rendering.records import GOOD
from helpers.rendering.summary_page import PAGES

#: Caption -> short title and name of each page below it.
Contents = dict[str, list[tuple[str, str]]]

_ABOUT = """\
A popular article argues, from four clinical studies, that stem-cell therapy turns short-term into long-term
recovery in premature ovarian insufficiency. This book checks that argument against the literature: what was reported, in
how many women, with what uncertainty, and from which source. Every number leads back to a study, a document and a place
in the document. The full texts of the four papers were not available to us; what is missing is shown as a gap.

Rates are pooled only where at least two independent studies of one condition counted the same outcome. No pooled rate has a
control group, so none can show whether the cells work. This is neither a systematic review nor medical advice.
"""

_BEHIND = """\
## Evidence and runs

- [The evidence tables](evidence.md)
- [The documents](references.md)
- [Glossary: what the terms mean, in English and Chinese](glossary.md)
- <a href="runs.html">Runs: what came last of each output, failed ones first</a>
"""


def home(pages: Sequence[Page], contents: Contents) -> str:
    """Say what the book is about, unless the summary says it, what the questions came to, and what pages there are."""
    questions = [page for page in pages if not page.study and not page.language]
    parts = ["# Stem cells in premature ovarian insufficiency: a reanalysis", _ABOUT.strip()]
    if any(page.name == PAGES["en"] and page.entry.output for page in pages):
        parts = []
    failed = [page for page in pages if page.entry.status not in GOOD]
    if failed:
        names = ", ".join(page.entry.output_name for page in failed)
        parts.append(
            f":::{{warning}}\nThis book is not complete. These notebooks did not finish: {escaped(names)}.\n:::"
        )
    parts.append("## The questions and their computed answers")
    parts += [_question(page) for page in questions]
    parts.append("## The studies")
    parts += [f"**{name}:** {' · '.join(map(_link, members))}" for name, members in _by_group(pages).items()]
    parts.append(_BEHIND.strip())
    parts += [_toctree(caption, entries) for caption, entries in contents.items()]
    return "\n\n".join(parts) + "\n"


def contents(pages: Sequence[Page], evidence_pages: Mapping[str, str]) -> Contents:
    """List every page of the book below the caption under which readers look for it."""
    made = [page for page in pages if page.entry.output]
    questions = [(page.short, page.name) for page in made if not page.study]
    studies = [(page.short, page.name) for members in _by_group(made).values() for page in members]
    groups = {
        "Questions": [*questions, ("Glossary", "glossary")],
        "Evidence": [(title, name) for name, title in evidence_pages.items()],
        "Studies": studies,
        "For programmers": [(title, name) for name, title in api_pages.TITLES.items()],
    }
    return {caption: entries for caption, entries in groups.items() if entries}


def _by_group(pages: Sequence[Page]) -> dict[str, list[Page]]:
    """Part the study reports: the cited ones first, the others by tissue."""
    groups = {name: [page for page in pages if page.group == name] for name in (CITED, *OTHERS.values())}
    return {name: members for name, members in groups.items() if members}


def _link(page: Page) -> str:
    words = escaped(page.title)
    return f"[{words}]({page.name}.ipynb)" if page.entry.output else words


def _question(page: Page) -> str:
    heading = f"### {_link(page)}\n\n{page.question}"
    if page.entry.status not in GOOD:
        reason = escaped(f"{page.entry.status}: {page.entry.error or 'no reason known'}")
        return f"{heading}\n\n::::{{container}} question-answer did-not-finish\nThis notebook did not finish ({reason}).\n::::"
    return f"{heading}\n\n::::{{container}} question-answer\n{_first_paragraph(page.answer)}\n::::"


def _first_paragraph(answer: str) -> str:
    """Take the paragraph that answers; a line that announces a list is followed by it."""
    first, *rest = answer.split("\n\n")
    return "\n\n".join([first, *rest[:1]]) if first.endswith(":") else first or "No answer was computed."


def _toctree(caption: str, entries: Sequence[tuple[str, str]]) -> str:
    listed = "\n".join(f"{title} <{name}>" for title, name in entries if name != PAGES["en"])
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```"
