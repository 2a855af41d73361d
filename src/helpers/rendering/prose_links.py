"""Sentences whose pages, studies, claims and counts lead to their page, their report or their evidence row."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, cast

import pandas as pd

from helpers.counts.one_row import nearness
from helpers.evidence import Evidence
from helpers.evidence.provenance import origin
from helpers.evidence.vocabulary import phrase
from helpers.questions.summary.catalogue import catalogue

#: What is left as it is: code, tags, links, headings.
KEPT = r"`[^`]*`|<a\b.*?</a>|</?[A-Za-z][^>]*>|\[[^\]]*\]\([^)]*\)|^#[^\n]*$"
_CLAIM = r"\bc\d{3}\b"
#: A count in English, and in Chinese, which gives the total first.
_COUNT = (
    r"(?<![\d.,])\b(?P<events>\d+)(?: of |/)(?P<total>\d+)\b(?![.,]?\d| %)"
    r"|(?<![\d.,])(?P<zh_total>\d+) (?:名|次|例)[\u4e00-\u9fff]{0,4}?中有? ?(?:发生 )?(?P<zh_events>\d+)(?= [名次例])"
)
_STOPS = (". ", "。", "\n")
#: What may stand between an end of a range of counts and its other end, or its study.
_INTERVAL = r"(?: \([^()]*\))?"
#: Other words for an outcome, besides its own.
_ALSO = {
    "live birth": r"\bbirths?\b|\bhad a child\b",
    "menses resumed": r"\bperiods (?:again|came back)\b|月经恢复",
}


class CountRow(NamedTuple):
    """A row with a count: label of its study, its outcome in words, its address, and the condition of its women."""

    label: str
    outcome: str
    address: str
    condition: str = ""


@dataclass(frozen=True)
class ProseLinks:
    """Where the pages, studies, claims and counts named in a sentence lead.

    `pages` has titles by the name, which sentences write as code; `reports` addresses by the label of a study; `claims`
    addresses of rows; `counts` the rows by events and total, the nearest to their study first.
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

        A count leads to a row of the study that its sentence gives it to, and of the outcome that the sentence or its line
        names, or else the nearest sentence before that names one of them. An end of a range leads to the one study that
        has it. Where this leaves none, or rows of several outcomes, it leads nowhere.
        """
        labels = "|".join(re.escape(label) for label in sorted(self.reports, key=len, reverse=True))
        study = rf"(?<![A-Za-z0-9_])(?P<study>{labels})(?![A-Za-z0-9_])|" if labels else ""
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
            count = (named["events"] or named["zh_events"], named["total"] or named["zh_total"])
            address = _row(self.counts.get(count, []), self._labels, text, *found.span())
        else:
            address = self.reports.get(named.get("study") or "")
        return f'<a href="{address}">{found[0]}</a>' if address else found[0]


def _row(rows: list[CountRow], labels: set[str], text: str, start: int, end: int) -> str | None:
    """Find the address of the one row that a count at a place of a text can mean."""
    first, last = _sentence(text, start, end)
    before, after = text[first:start], text[end:last]
    same = [row for row in rows if row.label == _study(labels, before, after)] or _end_of_range(
        rows, before, after
    )
    if len({row.outcome for row in same}) > 1:
        same = _of_outcome(same, [before + after, *_backwards(text[:start])])
    alike = len({row.outcome for row in same}) == len({row.label for row in same}) == 1
    return same[0].address if alike else None


def _study(labels: set[str], before: str, after: str) -> str:
    """Name the study that a sentence gives a count to: "of" it, or the last before the count, or the first after it."""
    of = re.match(rf"{_INTERVAL} of ", after)
    given = [name for name in labels if of and after.startswith(name, of.end())]
    earlier = [name for name in labels if name in before]
    named = [name for name in labels if name in after]
    if given or earlier:
        return max(given or earlier, key=lambda name: (before.rfind(name), len(name)))
    return min(named, key=lambda name: (after.find(name), -len(name)), default="")


def _end_of_range(rows: list[CountRow], before: str, after: str) -> list[CountRow]:
    """Take the rows of the outcome and condition that a sentence names, if its count is an end of a range of studies."""
    count = r"\d+ of \d+"
    low = re.match(rf"{_INTERVAL} to {count}", after)
    high = re.search(rf"{count}{_INTERVAL} to $", before)
    return [row for row in rows if row.condition.lower() in before.lower()] if low or high else []


def _of_outcome(rows: list[CountRow], contexts: Iterable[str]) -> list[CountRow]:
    """Keep the rows of the outcome that the first of the contexts to name any of theirs has most words of."""
    for context in contexts:
        best = max(_named(row.outcome, context) for row in rows)
        if best:
            return [row for row in rows if _named(row.outcome, context) == best]
    return rows


def _backwards(text: str) -> list[str]:
    return re.split(r"\. |。|\n", text)[::-1]


def _named(outcome: str, text: str) -> int:
    """Count the words of an outcome if a text has them all, by how they begin, or others for it."""
    words = outcome.lower().split()
    starts = [re.escape(word[:5]) + (r"\b" if len(word) < 4 else "") for word in words]
    chinese = catalogue().get(outcome)
    also = [_ALSO.get(outcome, ""), re.escape(str(chinese.string)) if chinese else ""]
    found = all(re.search(rf"\b{start}", text.lower()) for start in starts)
    return len(words) * (found or any(form and re.search(form, text.lower()) is not None for form in also))


def prose_links(evidence: Evidence, reported: Collection[str], pages: Mapping[str, str]) -> ProseLinks:
    """Find where sentences about this evidence lead; `reported` are the studies that have a report, `pages` name -> title."""
    studies = evidence.studies.set_index("study_id")["label"]
    claims = {
        str(claim): f"evidence-claims.html#row-{line}"
        for line, claim in enumerate(evidence.claims["claim_id"], start=2)
    }
    counts: dict[tuple[str, str], list[CountRow]] = defaultdict(list)
    rows = evidence.select("outcomes").dropna(subset=["events", "total"])
    # The count of the study's own document comes before the same count from others.
    for index, row in rows.sort_values("source_kind", key=_nearness, kind="stable").iterrows():
        count = (f"{row['events']:.0f}", f"{row['total']:.0f}")
        address = f"evidence-outcomes.html#row-{cast(int, index) + 2}"
        condition = str(row["condition"]).replace("-", " ")
        counts[count].append(CountRow(row["study_label"], phrase(row["outcome"]), address, condition))
    reports = {str(studies[study]): f"study_report-{study}.html" for study in reported}
    return ProseLinks(pages, reports, claims, dict(counts))


def _nearness(source_kinds: pd.Series[Any]) -> pd.Series[Any]:
    return nearness(origin(source_kinds))


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Find where the sentence around a place of a text begins and ends."""
    before = max(text.rfind(stop, 0, start) for stop in _STOPS)
    after = [place for stop in _STOPS if (place := text.find(stop, end)) >= 0]
    return before + 1, min(after, default=len(text))
