"""What the counts of women say, and what they cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.narrative.wording import counted, listed, plain, proportion_words
from helpers.tables import StudyRows
from helpers.tables.rows import ORIGINS


def outcomes_conclusion(rows: pd.DataFrame, *, level: float) -> str:
    """Tell, outcome by outcome, the count of each study with its interval and who tells it.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `helpers.tables.outcome_rows`.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    str
        Markdown. Of several sources on one count the one nearest to the study speaks. Nothing is pooled.
    """
    counted_rows = rows[rows["low"].notna()]
    if counted_rows.empty:
        return "No count with a denominator was reported in what was read."
    best = nearest(counted_rows)
    lines = []
    for outcome, group in best.groupby("outcome", sort=False):
        told = "; ".join(_told(row, level) for row in group.itertuples())
        name = phrase(str(outcome))
        lines.append(f"- {name[0].upper()}{name[1:]}: {told}.")
    by = best["origin"].value_counts()
    shares = listed(f"{by[origin]} from {origin}" for origin in ORIGINS if origin in by)
    beside = best.loc[best["arm_kind"] != "cells", "study_label"]
    designs = listed(best["design"].map(phrase))
    closing = f"Of these {counted(len(best), 'count')}, {shares}. The studies are by design {designs}. "
    if beside.empty:
        closing += "No women treated otherwise stand beside them, so no count tells what would have happened without cells."
    else:
        closing += f"Women treated otherwise stand beside them in {listed(map(plain, beside))}; no difference is computed here."
    return "\n".join(lines) + "\n\n" + closing


def nearest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep, of several sources on one outcome of an arm, those nearest to the study; every time point of theirs stays."""
    what = ["study_id", "arm_id", "subgroup", "outcome"]
    rank = rows["origin"].map(ORIGINS.index)
    best = rank.groupby([rows[column] for column in what], dropna=False).transform("min")
    return rows[rank == best].drop_duplicates(subset=[*what, "timepoint_months", "events", "total"])


def arm_words(row: Any) -> str:
    """Name the arm of a count, unless it is the arm with cells."""
    return "" if row.arm_kind == "cells" else f", {plain(row.arm_label)}"


def study_conclusion(study: StudyRows, *, level: float) -> str:
    """Sum up one study: its counts, its unquantified changes, its conflicts.

    Parameters
    ----------
    study : StudyRows
        Made by `helpers.tables.study_rows`.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    str
        Markdown.
    """
    sized = int(study.changes["change"].notna().sum())
    return (
        f"{outcomes_conclusion(study.outcomes, level=level)}\n\nFor {plain(study.label)}, "
        f"{counted(len(study.changes), 'change')} without a level {'is' if len(study.changes) == 1 else 'are'} on record, "
        f"{sized} of them with a size, and {counted(len(study.discrepancies), 'discrepancy', 'discrepancies')} between or "
        "within sources."
    )


def _told(row: Any, level: float) -> str:
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    when = f" by month {row.timepoint_months:g}" if pd.notna(row.timepoint_months) else ""
    return f"{plain(row.study_label)}{arm_words(row)} {count}{when}, {row.origin}"
