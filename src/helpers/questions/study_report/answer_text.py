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
from helpers.show.numbers import proportion_words
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
    if study.outcomes.empty and study.measurements.empty and study.changes.empty:
        return f"The text available to us on {plain(study.label)} reports no count, no level and no change."
    counts = nearest(usable(study.outcomes))
    drawn = "" if len(study.outcomes) else "No figure is drawn, because no count of women was reported."
    parts = [*_counts(study, counts, level), _harm(study), _disagreements(study), drawn]
    return "\n\n".join(filter(None, parts))


def without_rows(study: StudyRows) -> str:
    """Name what the text available on a study does not report; empty where it reports a part of everything."""
    missing = [words for name, words in _PARTS.items() if getattr(study, name).empty]
    return (
        f"Not reported in the text available to us on {plain(study.label)}: {listed(missing)}."
        if missing
        else ""
    )


def _counts(study: StudyRows, counts: pd.DataFrame, level: float) -> list[str]:
    """Report the count that matters most, of a randomised trial in both arms, and what it is compared with."""
    if counts.empty:
        return [_without_count(study)]
    row = _first(counts)
    control = randomised_control(row, counts)
    if control is None:
        return [
            _count(study, row, level),
            _moved(study) if row.no_rate else "",
            _conceived(study, row),
            _control(counts),
        ]
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
        of = f" of {row.total:g} {row.total_unit}" if pd.notna(row.total) else ""
        return f"{head} {row.events:g}{of}{source}; this is no proportion ({row.no_rate})."
    of_women = row.total_unit == "women"
    whom = (
        women_with(str(row.condition))
        if of_women
        else f"{row.total_unit} of {women_with(str(row.condition))}"
    )
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    return f"{head} {count} {whom}{source}."


def _moved(study: StudyRows) -> str:
    """Name the markers of which the study itself reports one direction after cells, and no other."""
    own = study.changes[study.changes["origin"].eq(ORIGINS[0]) & study.changes["arm_kind"].eq("cells")]
    one = own[own.groupby("measure")["direction"].transform("nunique").eq(1)].drop_duplicates("measure")
    moved = listed(f"{phrase(str(row.measure))} {_way(row)}" for row in one.itertuples())
    return f"The study itself also reports after cells: {moved}." if len(one) else ""


def _without_count(study: StudyRows) -> str:
    titled = study.changes[study.changes["access"].eq("title")]
    if study.measurements.empty and len(titled) == len(study.changes):
        claims = listed(
            f"{phrase(str(row.measure))} {_way(row)}"
            for row in titled.drop_duplicates("measure").itertuples()
        )
        return f"Only the title of {plain(study.label)} was available to us; it claims, without figures: {claims}."
    numbers = {"level": len(study.measurements), "change": len(study.changes)}
    known = [
        counted(number, f"{kind} of a marker", f"{kind}s of markers")
        for kind, number in numbers.items()
        if number
    ]
    only = f", only {listed(known)}" if known else ""
    return f"The text available to us on {plain(study.label)} reports no count of women with its total{only}."


def _way(row: Any) -> str:
    often = {"up": "more frequent", "down": "less frequent"} if row.measure in CONCEPTIONS else DIRECTION
    return str(often.get(str(row.direction), "changed"))


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
    told = rows[rows["origin"] == ORIGINS[0]]
    if len(told):
        return f"The study itself reports no harm: {_said(told)}."
    article = rows["origin"].eq(ORIGINS[1]).all()
    who = "the article under review reports" if article else "reviews, press or the article report"
    return f"Only {who} on harm: {_said(rows)}; {study.silence}."


def _said(rows: pd.DataFrame) -> str:
    texts = [
        str(row.said) if row.table == "statements" else f"{row.harm} in {row.said}"
        for row in rows.itertuples()
    ]
    return "; ".join(plain(text) for text in dict.fromkeys(texts))


def _disagreements(study: StudyRows) -> str:
    number = len(study.discrepancies)
    return (
        f"{counted(number, 'discrepancy', 'discrepancies')} between or within its sources {'is' if number == 1 else 'are'} listed below."
        if number
        else ""
    )
