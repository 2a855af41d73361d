"""Sentences whose pages, studies, claims and counts lead to their page, their report or their evidence row."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import phrase

#: What is left as it is: code, tags, links, headings.
KEPT = r"`[^`]*`|<a\b.*?</a>|<[^>]+>|\[[^\]]*\]\([^)]*\)|^#[^\n]*$"
_CLAIM = r"\bc\d{3}\b"
_COUNT = r"(?<![\d.,])\b(?P<events>\d+)(?: of |/)(?P<total>\d+)\b(?![.,]?\d| %)"


class CountRow(NamedTuple):
    """A row with a count: label of its study, its outcome in words, and its address."""

    label: str
    outcome: str
    address: str


@dataclass(frozen=True)
class ProseLinks:
    """Where the pages, studies, claims and counts named in a sentence lead.

    Attributes
    ----------
    pages : mapping of str
        Name of a page, which sentences write as code -> its title.
    reports : dict of str
        Label of a study -> address of its report.
    claims : dict of str
        Claim -> address of its row.
    counts : dict of list
        (events, total) -> each row with this count.
    """

    pages: Mapping[str, str]
    reports: dict[str, str]
    claims: dict[str, str]
    counts: dict[tuple[str, str], list[CountRow]]

    @cached_property
    def _labels(self) -> set[str]:
        return {*self.reports, *(row.label for rows in self.counts.values() for row in rows)}

    def linked(self, text: str) -> str:
        """Make links of what a markdown text names.

        A count leads to a row of the study named last before it in its sentence, or else first after it, and of the outcome
        that the sentence or its line names. Where this leaves none, or rows of several outcomes, it leads nowhere.
        """
        labels = "|".join(re.escape(label) for label in sorted(self.reports, key=len, reverse=True))
        study = rf"\b(?P<study>{labels})(?!\w)|" if labels else ""
        page = rf"`(?P<page>{'|'.join(map(re.escape, self.pages))})`|" if self.pages else ""
        pattern = re.compile(
            rf"{page}(?P<kept>{KEPT})|{study}(?P<claim>{_CLAIM})|(?P<count>{_COUNT})", re.MULTILINE
        )
        return pattern.sub(lambda found: self._link(found, text), text)

    def _link(self, found: re.Match[str], text: str) -> str:
        named = found.groupdict()
        if page := named.get("page"):
            return f'<a href="{page}.html" title="{html.escape(self.pages[page])}">{found[0]}</a>'
        if named["claim"]:
            address = self.claims.get(named["claim"])
        elif named["count"]:
            rows = self.counts.get((named["events"], named["total"]), [])
            address = _row(rows, self._labels, text, found.start(), found.end())
        else:
            address = self.reports.get(named.get("study") or "")
        return f'<a href="{address}">{found[0]}</a>' if address else found[0]


def _row(rows: list[CountRow], labels: set[str], text: str, start: int, end: int) -> str | None:
    """Find the address of the one row that a count at a place of a text can mean."""
    first, last = _sentence(text, start, end)
    before, after = text[first:start], text[end:last]
    label = max(
        (name for name in labels if name in before),
        key=lambda name: (before.rfind(name), len(name)),
        default=min(
            (name for name in labels if name in after),
            key=lambda name: (after.find(name), -len(name)),
            default="",
        ),
    )
    same = [row for row in rows if row.label == label]
    line = text[text.rfind("\n", 0, start) + 1 : start] + after
    for context in (before + after, line):
        best = max((_named(row.outcome, context) for row in same), default=0)
        if best:
            same = [row for row in same if _named(row.outcome, context) == best]
            break
    return same[0].address if len({row.outcome for row in same}) == 1 else None


def _named(outcome: str, text: str) -> int:
    """Count the words of an outcome if a text has them all, by how they begin."""
    words = outcome.lower().split()
    starts = [re.escape(word[:5]) + (r"\b" if len(word) < 4 else "") for word in words]
    return len(words) * all(re.search(rf"\b{start}", text.lower()) for start in starts)


def prose_links(evidence: Evidence, reported: Collection[str], pages: Mapping[str, str]) -> ProseLinks:
    """Find where sentences about this evidence lead; `reported` are the studies that have a report, `pages` name -> title."""
    studies = evidence.studies.set_index("study_id")["label"]
    claims = {
        str(claim): f"evidence-claims.html#row-{line}"
        for line, claim in enumerate(evidence.claims["claim_id"], start=2)
    }
    counts: dict[tuple[str, str], list[CountRow]] = defaultdict(list)
    for line, row in enumerate(evidence.outcomes.to_dict("records"), start=2):
        if pd.notna(row["events"]) and pd.notna(row["total"]):
            count = (f"{row['events']:.0f}", f"{row['total']:.0f}")
            address = f"evidence-outcomes.html#row-{line}"
            counts[count].append(CountRow(str(studies[row["study_id"]]), phrase(row["outcome"]), address))
    reports = {str(studies[study]): f"study_report-{study}.html" for study in reported}
    return ProseLinks(pages, reports, claims, dict(counts))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Find where the sentence around a place of a text begins and ends."""
    before = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start))
    after = min(place for place in (text.find(". ", end), text.find("\n", end), len(text)) if place >= 0)
    return before + 1, after
