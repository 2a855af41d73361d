"""The answer of a study report: the count that matters most to a woman, in one sentence, and what limits it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.questions.outcomes.answer_text import women_with
from helpers.questions.outcomes.text import nearest, usable
from helpers.questions.safety.mentions import REPORTED
from helpers.questions.study_report.rows import StudyRows
from helpers.show.numbers import proportion_words
from helpers.show.words import counted, listed, plain

_FIRST = ("live-birth", "ongoing-pregnancy", "pregnancy")
#: What a report can lack, by the frame of `StudyRows` that is empty.
_PARTS = {
    "outcomes": "counts", "baseline": "classes of women before treatment", "before": "levels before treatment",
    "after": "levels after treatment", "changes": "changes", "statements": "statements",
}  # fmt: skip


def study_answer(study: StudyRows, *, level: float) -> str:
    """Answer in one sentence what the study found; then who reports it, what was found of harm, and where sources disagree."""
    if study.outcomes.empty and study.measurements.empty and study.changes.empty:
        return f"The text available to us on {plain(study.label)} reports no count, no level and no change."
    counts = nearest(usable(study.outcomes))
    first = _count(study, counts, level) if len(counts) else _without_count(study)
    drawn = "" if len(study.outcomes) else "No figure is drawn, because no count of women was reported."
    return "\n\n".join(filter(None, [first, _control(counts), _harm(study), _disagreements(study), drawn]))


def without_rows(study: StudyRows) -> str:
    """Name what the text available on a study does not report; empty where it reports a part of everything."""
    missing = [words for name, words in _PARTS.items() if getattr(study, name).empty]
    return (
        f"Not reported in the text available to us on {plain(study.label)}: {listed(missing)}."
        if missing
        else ""
    )


def _count(study: StudyRows, counts: pd.DataFrame, level: float) -> str:
    """Report the count that matters most: with cells, with a proportion, live birth, then pregnancy, of most women."""
    order = counts["outcome"].map(lambda outcome: _FIRST.index(outcome) if outcome in _FIRST else len(_FIRST))
    ranked = counts.assign(
        given=counts["arm_kind"].ne("cells"), rateless=counts["no_rate"].ne(""), order=order
    )
    by = ["given", "rateless", "order", "total"]
    row: Any = next(ranked.sort_values(by, ascending=[True, True, True, False], kind="stable").itertuples())
    arm = "after cells" if row.arm_kind == "cells" else f"in the arm {plain(row.arm_label)}"
    source = "" if row.origin == ORIGINS[0] else f", by {row.origin}"
    head = f"In {plain(study.label)}, {phrase(str(row.outcome))} was reported {arm} in"
    if row.no_rate:
        of = f" of {row.total:g}" if pd.notna(row.total) else ""
        return f"{head} {row.events:g}{of}{source}; this is no proportion ({row.no_rate})."
    of_women = row.total_unit == "women"
    whom = (
        women_with(str(row.condition))
        if of_women
        else f"{row.total_unit} of {women_with(str(row.condition))}"
    )
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    return f"{head} {count} {whom}{source}."


def _without_count(study: StudyRows) -> str:
    numbers = {"level": len(study.measurements), "change": len(study.changes)}
    known = [
        counted(number, f"{kind} of a marker", f"{kind}s of markers")
        for kind, number in numbers.items()
        if number
    ]
    only = f", only {listed(known)}" if known else ""
    return f"The text available to us on {plain(study.label)} reports no count of women with its total{only}."


def _control(counts: pd.DataFrame) -> str:
    if counts.empty or not counts["arm_kind"].eq("cells").any():
        return ""
    if counts["arm_kind"].eq("cells").all():
        return "It counts no women without cells, so it cannot show what cells change."
    arms = listed(plain(label) for label in counts.loc[counts["arm_kind"] != "cells", "arm_label"])
    return f"It also counts women in another arm: {arms}."


def _harm(study: StudyRows) -> str:
    if study.harm is None:
        return ""
    if study.harm.empty:
        return "Harm is not mentioned in the text available to us."
    number = study.harm.loc[study.harm["state"] == REPORTED, "text"].nunique()
    return (
        f"{counted(number, 'harm is', 'harms are')} reported; they are listed below."
        if number
        else "The sources report that no harm occurred, as far as they mention it; what they say is listed below."
    )


def _disagreements(study: StudyRows) -> str:
    number = len(study.discrepancies)
    return (
        f"{counted(number, 'discrepancy', 'discrepancies')} between or within its sources {'is' if number == 1 else 'are'} listed below."
        if number
        else ""
    )
