"""Computed sentences whose studies, claims and counts lead to their report or their evidence row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from helpers.evidence import Evidence

#: What is left as it is: code, tags, links, headings.
KEPT = r"`[^`]*`|<a\b.*?</a>|<[^>]+>|\[[^\]]*\]\([^)]*\)|^#[^\n]*$"
_CLAIM = r"\bc\d{3}\b"
_COUNT = r"(?<![\d.,])\b(?P<events>\d+)(?: of |/)(?P<total>\d+)\b(?![.,]?\d| %)"


@dataclass(frozen=True)
class ProseLinks:
    """Where the studies, claims and counts named in a sentence lead.

    Attributes
    ----------
    reports : dict of str
        Label of a study -> address of its report.
    claims : dict of str
        Claim -> address of its row.
    counts : dict of list
        (events, total) -> label of the study and address of the row, for each row with this count.
    """

    reports: dict[str, str]
    claims: dict[str, str]
    counts: dict[tuple[str, str], list[tuple[str, str]]]

    def linked(self, text: str) -> str:
        """Make links of what a markdown text names.

        A count leads to the row of the study that its sentence names; where it names none, only a count of women does,
        and only if one study has it: "5 of 5 studies" is no count of a study.
        """
        labels = "|".join(re.escape(label) for label in sorted(self.reports, key=len, reverse=True))
        study = rf"\b(?P<study>{labels})(?!\w)|" if labels else ""
        pattern = re.compile(
            rf"(?P<kept>{KEPT})|{study}(?P<claim>{_CLAIM})|(?P<count>{_COUNT})", re.MULTILINE
        )
        return pattern.sub(lambda found: self._link(found, text), text)

    def _link(self, found: re.Match[str], text: str) -> str:
        named = found.groupdict()
        if named["claim"]:
            address = self.claims.get(named["claim"])
        elif named["count"]:
            rows = self.counts.get((named["events"], named["total"]), [])
            women = text.startswith(" women", found.end())
            address = _row(rows, _sentence(text, found.start(), found.end()), women)
        else:
            address = self.reports.get(named.get("study") or "")
        return f'<a href="{address}">{found[0]}</a>' if address else found[0]


def _row(rows: list[tuple[str, str]], sentence: str, women: bool) -> str | None:
    named = [row for row in rows if row[0] in sentence] or rows * women
    return named[0][1] if len({label for label, _ in named}) == 1 else None


def prose_links(evidence: Evidence, reported: Collection[str]) -> ProseLinks:
    """Find where sentences about this evidence lead; `reported` are the studies that have a report."""
    studies = evidence.studies.set_index("study_id")["label"]
    claims = {
        str(claim): f"evidence-claims.html#row-{line}"
        for line, claim in enumerate(evidence.claims["claim_id"], start=2)
    }
    counts: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for line, row in enumerate(evidence.outcomes.to_dict("records"), start=2):
        if pd.notna(row["events"]) and pd.notna(row["total"]):
            count = (f"{row['events']:.0f}", f"{row['total']:.0f}")
            counts[count].append((str(studies[row["study_id"]]), f"evidence-outcomes.html#row-{line}"))
    reports = {str(studies[study]): f"study_report-{study}.html" for study in reported}
    return ProseLinks(reports, claims, dict(counts))


def _sentence(text: str, start: int, end: int) -> str:
    """Take the sentence around a place of a text."""
    before = max(text.rfind(". ", 0, start), text.rfind("\n", 0, start))
    after = min(place for place in (text.find(". ", end), text.find("\n", end), len(text)) if place >= 0)
    return text[before + 1 : after]
