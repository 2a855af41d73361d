"""The home page of the book: what it is about, what the questions came to, and the list of contents."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from itertools import chain

from helpers.rendering import api_pages
from helpers.rendering.markdown import escaped
from helpers.rendering.notebook_pages import CITED, OTHERS, Page
from helpers.rendering.records import GOOD

#: Caption -> short title and name of each page below it.
Contents = dict[str, list[tuple[str, str]]]

#: Characters of an answer that the home page shows, and how many more are not worth folding.
_SHOWN, _SLACK = 600, 150

_ABOUT = """\
A popular article argues, from four clinical studies, that stem-cell therapy turns short-term into long-term
recovery in premature ovarian insufficiency. This book reads the same literature again: what was counted, in how many
women, how sure one can be of it, and which source tells it. Every number leads back to a study, a document and a place
in it. What was not reported is said to be not reported. The full texts of the four papers could not be read; what was
not seen is shown as a gap.

Rates are pooled where at least two independent studies of one condition counted the same thing. No pooled rate has a control
group, so none can tell whether the cells work. This is no systematic review and no medical advice.
"""

_BEHIND = """\
## Evidence and runs

- [The evidence tables](evidence.md)
- [The documents](references.md)
- [Glossary: what the terms mean, in English and Chinese](glossary.md)
- <a href="runs.html">Runs: what came last of each output, failed ones first</a>
"""


def home(pages: Sequence[Page], contents: Contents) -> str:
    """Say what the book is about, what the questions came to, and what pages there are."""
    questions = [page for page in pages if not page.study]
    parts = ["# Stem cells in premature ovarian insufficiency: a reanalysis", _ABOUT.strip()]
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
    questions, studies = (
        [(page.short, page.name) for page in members if page.entry.output]
        for members in (
            [page for page in pages if not page.study],
            chain.from_iterable(_by_group(pages).values()),
        )
    )
    tables = [(title, name) for name, title in evidence_pages.items()]
    groups = {
        "Questions": [*questions, ("Glossary", "glossary")],
        "Evidence": tables,
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
    return f"{heading}\n\n::::{{container}} question-answer\n{_folded(page.answer or 'No answer was computed.')}\n::::"


def _folded(answer: str) -> str:
    """Show of a long answer its first paragraphs and lines, and fold the rest: nothing is lost."""
    lines = [line for line in answer.splitlines() if line]
    lengths = list(itertools.accumulate(map(len, lines)))
    # A line that announces others does not stand alone.
    first = 2 if lines[0].endswith(":") else 1
    shown = max(first, sum(length <= _SHOWN for length in lengths))
    if lengths[-1] <= _SHOWN + _SLACK or shown == len(lines):
        return answer
    top, rest = (_paragraphs(passage) for passage in (lines[:shown], lines[shown:]))
    return f"{top}\n\n<details><summary>The rest of the answer</summary>\n\n{rest}\n\n</details>"


def _paragraphs(lines: Sequence[str]) -> str:
    """Set lines apart as paragraphs; those of a list stay together."""
    listed = [line.startswith("- ") for line in lines]
    gaps = ["\n" if before and after else "\n\n" for before, after in itertools.pairwise(listed)]
    return "".join(line + gap for line, gap in zip(lines, [*gaps, ""], strict=True))


def _toctree(caption: str, entries: Sequence[tuple[str, str]]) -> str:
    listed = "\n".join(f"{title} <{name}>" for title, name in entries)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```"
