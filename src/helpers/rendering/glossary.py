"""The glossary of the book, and its terms marked where a page first uses them."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from helpers.rendering.markdown import escaped
from helpers.rendering.prose_links import KEPT

_FILE = Path(__file__).parent / "site" / "glossary.yaml"
_ABOUT = "What the terms of this book mean, in one sentence each, with the Chinese term."
#: Text in which no term is marked, besides code, tags, links and headings: blocks of code and formulas.
_BLOCKS = r"^(?P<fence>```+|~~~+).*?^(?P=fence)|<details>.*?</summary>|\$[^$\n]+\$|^:::.*?$"


@dataclass(frozen=True)
class Term:
    """A term of the glossary: what it stands for, may be empty; `marked` are the words that lead to it, if not its name."""

    name: str
    chinese: str
    meaning: str
    stands_for: str = ""
    marked: tuple[str, ...] = ()

    @property
    def anchor(self) -> str:
        """The place of the term in its page."""
        return "term-" + re.sub(r"\W+", "-", self.name.lower()).strip("-")


@cache
def terms() -> tuple[Term, ...]:
    """Read the terms, in the order of the alphabet."""
    read = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    found = [Term(**{**entry, "marked": tuple(entry.get("marked", [entry["name"]]))}) for entry in read]
    return tuple(sorted(found, key=lambda term: term.name.lower()))


def page() -> str:
    """Write the glossary."""
    rows = "\n".join(
        f'<dt id="{term.anchor}">{html.escape(term.name)} <span lang="zh">{html.escape(term.chinese)}</span></dt>'
        f"<dd>{_expanded(term)}{html.escape(term.meaning)}</dd>"
        for term in terms()
    )
    return f'# Glossary\n\n{escaped(_ABOUT)}\n\n<dl class="glossary">\n{rows}\n</dl>\n'


def _expanded(term: Term) -> str:
    return f"<em>{html.escape(term.stands_for)}.</em> " if term.stands_for else ""


def marked(texts: Sequence[str]) -> list[str]:
    """Make each term, where the texts of one page first use it, a link to the glossary that shows its meaning."""
    leading = {words: term for term in terms() for words in _forms(term)}
    listed = "|".join(re.escape(words) for words in sorted(leading, key=len, reverse=True))
    pattern = re.compile(
        rf"(?P<block>{_BLOCKS})|(?P<kept>{KEPT})|(?<![\w-])(?P<words>{listed})(?![\w-])",
        re.MULTILINE | re.DOTALL,
    )
    seen: set[Term] = set()

    def link(found: re.Match[str]) -> str:
        term = leading.get(found["words"] or "")
        if not term or term in seen:
            return found[0]
        seen.add(term)
        said = html.escape(". ".join(filter(None, [term.stands_for, term.meaning])))
        return f'<a class="term" href="glossary.html#{term.anchor}" title="{said}">{found[0]}</a>'

    return [pattern.sub(link, text) for text in texts]


def _forms(term: Term) -> set[str]:
    """List how a term is written: a word that is no abbreviation may begin a sentence."""
    return {*term.marked, *(words[0].upper() + words[1:] for words in term.marked)}
