"""The answer of a study report: the count that matters most to a woman, in one sentence, and what limits it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.harms import REPORTED
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import CONCEPTIONS, DIRECTION, HARMS, OUTCOME, phrase
from helpers.questions.outcomes.answer_text import women_with
from helpers.questions.outcomes.text import nearest, usable
from helpers.questions.study_report.arms_text import compared, randomised_control, whom_compared
from helpers.questions.study_report.rows import StudyRows
from helpers.show.numbers import number, proportion_words
from helpers.show.words import counted, listed, plain

#: Harms that the answer names.
_NAMED = 2
#: What a report can lack, by the frame of `StudyRows` that is empty.
_PARTS = {
    "outcomes": "counts", "baseline": "classes of women before treatment", "before": "levels before treatment",
    "after": "levels after treatment", "changes": "changes", "statements": "statements",
}  # fmt: skip


def study_answer(study: StudyRows, *, level: float) -> str:
    """Answer in one sentence what the study found; then who reports it, what was found of harm, and where sources disagree."""
    if study.silent:
        return f"The text available to us on {plain(study.label)} reports no count, no level and no change."
    counts = nearest(usable(study.outcomes))
    drawn = "" if len(study.outcomes) else "No figure is drawn, because no count of women was reported."
    parts = [*_counts(study, counts, level), _harm(study), _disagreements(study), drawn]
    return "\n\n".join(filter(None, parts))


def without_rows(study: StudyRows) -> str:
    """Name what the text available on a study does not report; empty where it reports a part of everything."""
    missing = [words for name, words in _PARTS.items() if getattr(study, name).empty]
    if not missing:
        return ""
    return f"Not reported in the text available to us on {plain(study.label)}: {listed(missing)}."


def _counts(study: StudyRows, counts: pd.DataFrame, level: float) -> list[str]:
    """Report the count that matters most, of a randomised trial in both arms, and what it is compared with."""
    if counts.empty:
        return [_without_count(study)]
    row = _first(counts)
    control = randomised_control(row, counts)
    if control is None:
        moved = _moved(study) if row.no_rate else ""
        return [_count(study, row, level), moved, _conceived(study, row), _control(counts)]
    return [compared(study, row, control, level), whom_compared(study, row, control), _conceived(study, row)]


def _first(counts: pd.DataFrame) -> Any:
    """Take the count that matters most: with cells, no harm, with a proportion, in the order of outcomes, of most women."""
    ranked = counts.assign(
        given=counts["arm_kind"].ne("cells"), harm=counts["outcome"].isin(list(HARMS)), rateless=counts["no_rate"].ne(""),
        order=counts["outcome"].map(list(OUTCOME).index), fewer=-counts["total"],
    )  # fmt: skip
    by = ["given", "harm", "rateless", "order", "fewer"]
    return next(ranked.sort_values(by, kind="stable").itertuples())


def _conceived(study: StudyRows, row: Any) -> str:
    """Say that assisted reproduction came before the pregnancies or births, where every arm with cells had it."""
    if study.conceived != "assisted" or row.arm_kind != "cells" or row.outcome not in CONCEPTIONS:
        return ""
    return (
        "The pregnancies came after assisted reproduction, such as IVF, so they are not of the cells alone."
    )


def _count(study: StudyRows, row: Any, level: float) -> str:
    """Report one count, of one arm."""
    arm = "after cells" if row.arm_kind == "cells" else f"in the arm {plain(row.arm_label)}"
    source = "" if row.origin == ORIGINS[0] else f", by {row.origin}"
    head = f"In {plain(study.label)}, {phrase(str(row.outcome))} was reported {arm} in"
    if row.no_rate:
        of = f" of {number(row.total)} {row.total_unit}" if pd.notna(row.total) else ""
        return f"{head} {number(row.events)}{of}{source}; this is no proportion ({row.no_rate})."
    whom = "" if row.total_unit == "women" else f"{row.total_unit} of "
    whom += women_with(str(row.condition))
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    return f"{head} {count} {whom}{source}."


def _moved(study: StudyRows) -> str:
    """Name the markers of which the study itself reports one direction after cells, and no other."""
    own = study.changes[study.changes["origin"].eq(ORIGINS[0]) & study.changes["arm_kind"].eq("cells")]
    one = own[own.groupby("measure")["direction"].transform("nunique").eq(1)]
    return f"The study itself also reports after cells: {_ways(one)}." if len(one) else ""


def _without_count(study: StudyRows) -> str:
    titled = study.changes[study.changes["access"].eq("title")]
    if study.measurements.empty and len(titled) == len(study.changes):
        return f"Only the title of {plain(study.label)} was available to us; it claims, without figures: {_ways(titled)}."
    numbers = {"level": len(study.measurements), "change": len(study.changes)}
    known = [counted(n, f"{kind} of a marker", f"{kind}s of markers") for kind, n in numbers.items() if n]
    only = f", only {listed(known)}" if known else ""
    return f"The text available to us on {plain(study.label)} reports no count of women with its total{only}."


def _ways(changes: pd.DataFrame) -> str:
    """Say which way each measure went, by its first change."""
    ways = []
    for row in changes.drop_duplicates("measure").itertuples():
        often = {"up": "more frequent", "down": "less frequent"} if row.measure in CONCEPTIONS else DIRECTION
        ways.append(f"{phrase(str(row.measure))} {often.get(str(row.direction), 'changed')}")
    return listed(ways)


def _control(counts: pd.DataFrame) -> str:
    cells = counts["arm_kind"].eq("cells")
    if not cells.any():
        return ""
    if cells.all():
        return "It counts no women without cells, so it cannot show what cells change."
    arms = listed(plain(label) for label in counts.loc[~cells, "arm_label"])
    return f"It also counts women in another arm: {arms}."


def _harm(study: StudyRows) -> str:
    if study.harm is None:
        return ""
    if study.harm.empty:
        return "Harm is not mentioned in the text available to us."
    harms = study.harm[study.harm["state"] == REPORTED].drop_duplicates("text")
    if len(harms) > _NAMED:
        return f"{len(harms)} harms are reported; they are listed below."
    if len(harms):
        notes = harms["note"].map(lambda note: "" if pd.isna(note) else f" ({plain(note)})")
        each = [f"{plain(text)}{note}" for text, note in zip(harms["text"], notes, strict=True)]
        return f"Harm reported: {'; '.join(each)}."
    return _none_reported(study, study.harm)


def _none_reported(study: StudyRows, mentions: pd.DataFrame) -> str:
    """Say who reports that no harm was seen: the study itself, the article only, or others."""
    of_women = mentions[~mentions["children"].astype("bool")]
    rows = of_women if len(of_women) else mentions
    itself = rows[rows["origin"] == ORIGINS[0]]
    if len(itself):
        return f"The study itself reports no harm: {_said(itself)}."
    article = rows["origin"].eq(ORIGINS[1]).all()
    who = "the article under review reports" if article else "reviews, press or the article report"
    return f"Only {who} on harm: {_said(rows)}; {study.silence}."


def _said(rows: pd.DataFrame) -> str:
    counts = rows["harm"] + " in " + rows["said"]
    return "; ".join(map(plain, rows["said"].where(rows["table"] == "statements", counts).unique()))


def _disagreements(study: StudyRows) -> str:
    if study.discrepancies.empty:
        return ""
    which = counted(len(study.discrepancies), "discrepancy", "discrepancies")
    return f"{which} between or within its sources {'is' if len(study.discrepancies) == 1 else 'are'} listed below."
