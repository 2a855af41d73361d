"""The answer of a report of a randomised trial: its two arms in one sentence, and whom it counted."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.scaffolds import cells_given
from helpers.evidence.vocabulary import phrase
from helpers.questions.study_report.rows import StudyRows
from helpers.show.numbers import count_of, in_percent, points
from helpers.show.words import plain


def randomised_control(row: Any, counts: pd.DataFrame) -> Any | None:
    """Find the count of the one control arm of a randomised trial, by the document that counts the women with cells."""
    if row.design != "rct" or row.arm_kind != "cells" or row.no_rate or row.total_unit != "women":
        return None
    same = counts[counts["arm_kind"].isin(["comparator", "untreated"]) & counts["no_rate"].eq("")]
    for name in ("outcome", "source_id", "timepoint_months", "total_unit"):
        value = getattr(row, name)
        same = same[same[name].isna() if pd.isna(value) else same[name].eq(value)]
    return next(same.itertuples()) if len(same) == 1 else None


def compared(study: StudyRows, row: Any, control: Any, level: float) -> str:
    """Give the counts of both arms and their difference."""
    four = (int(value) for value in (row.events, row.total, control.events, control.total))
    found = stats.compare_with_background(*four, level=level)
    label = str(study.label)
    without = "without either" if label in study.scaffolds else "without"
    return (
        f"In {plain(label)} (randomised), {phrase(str(row.outcome))} was reported in {count_of(row.events, row.total)} women with "
        f"{cells_given(label, study.scaffolds)} and {count_of(control.events, control.total)} {without}: {points(float(found.difference))} points "
        f"({in_percent(level)} CI {points(float(found.low))} to {points(float(found.high))})."
    )


def whom_compared(study: StudyRows, row: Any, control: Any) -> str:
    """Name the control arm, the women enrolled and not counted, and that cells and scaffold are not separated."""
    number = int(row.total + control.total)
    fewer = pd.notna(row.n_enrolled) and number < row.n_enrolled
    said = [
        f"The control arm: {plain(control.arm_label)}.",
        f"Counted are {count_of(number, row.n_enrolled)} women enrolled." if fewer else "",
        "Cells and scaffold cannot be separated." if str(study.label) in study.scaffolds else "",
    ]
    return " ".join(filter(None, said))
