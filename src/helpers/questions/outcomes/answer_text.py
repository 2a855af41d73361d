"""The answer of the page on outcomes: for each organ the range of the outcome that matters most, and what limits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.counts.one_count import MIXED
from helpers.counts.one_row import standing
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, phrase
from helpers.questions.outcomes.text import FIRST
from helpers.show.numbers import count_of, in_percent, percent, proportion_words
from helpers.show.words import counted, listed, plain

#: What is said of a count.
_SAID = [
    "study_id", "study_label", "arm_id", "arm_kind", "subgroup", "condition", "tissue", "outcome", "timepoint_months", "events", "total",
    "proportion", "low", "high", "origin", "evidence_row",
]  # fmt: skip
#: Who reports a count that the study itself does not.
_BY = {ORIGINS[1]: "the article only", ORIGINS[2]: "a review or the press"}


def outcomes_answer(rows: pd.DataFrame, *, level: float, doubts: Mapping[str, str]) -> str:
    """Answer for the ovary, then for the uterus: the lowest and the highest count after cells, who reports them, and any control.

    `rows` is made by `helpers.counts.outcomes.outcome_rows`, `doubts` by `helpers.questions.reported_numbers.rows.doubted_counts`.
    Of the outcomes of a tissue the first of `FIRST` is used, of its conditions the one with the most women, of a study the count
    among most women. Nothing is pooled.
    """
    usable = _nearest(rows.loc[rows["low"].notna() & rows["total_unit"].eq("women"), _SAID])
    parts = [
        _of_tissue(usable[usable["tissue"] == tissue], tissue, level, doubts)
        for tissue in ORGAN
        if tissue in set(rows["tissue"])
    ]
    limit = (
        "Nothing is pooled: the studies treated different women. Other conditions and outcomes are listed below; harm is on page "
        "`10_safety`."
    )
    return "\n\n".join(
        [*parts, limit] if parts else ["No count with its total is in the text available to us."]
    )


def women_with(condition: str) -> str:
    """Name the women of a condition, as in a sentence."""
    return "women with different conditions" if condition == MIXED else f"women with {phrase(condition)}"


def _of_tissue(usable: pd.DataFrame, tissue: str, level: float, doubts: Mapping[str, str]) -> str:
    treated = usable[usable["arm_kind"] == "cells"]
    if treated.empty:
        return f"After cells given to the {ORGAN[tissue]}, no count of women with its total is in the text available to us."
    named = [outcome for outcome in FIRST if outcome in set(treated["outcome"])]
    outcome = named[0] if named else str(treated["outcome"].iloc[0])
    treated = treated[treated["outcome"] == outcome]
    most = treated.sort_values("total", ascending=False, kind="stable").drop_duplicates("study_id")
    condition = str(most.groupby("condition", sort=False)["total"].sum().idxmax())
    ordered = most[most["condition"] == condition].sort_values("proportion", kind="stable")
    ends: list[Any] = list(ordered.iloc[[0, -1]].itertuples())
    low, high = (f"{count_of(row.events, row.total)} ({percent(row.proportion)} %)" for row in ends)
    women = f"Among {women_with(condition)}, {phrase(outcome)} after cells"
    first = (
        f"{women} was counted in {_count(ends[0], level)}, in {plain(ends[0].study_label)}."
        if len(ordered) == 1
        else f"{women} ranged from {low} to {high}{_how_many(ordered)}."
    )
    same = usable[usable["outcome"].eq(outcome) & usable["condition"].eq(condition)]
    limits = "" if len(ordered) == 1 else f"{_limits(ends, level)} "
    return f"{first}\n\n{limits}{_reporters(ordered)}{_doubted(ordered, doubts)} {_without_cells(same, ordered, level)}"


def _limits(ends: list[Any], level: float) -> str:
    """Give the CI of the lowest and of the highest count, each with its study."""
    low, high = (f"{percent(row.low)} to {percent(row.high)} % in {plain(row.study_label)}" for row in ends)
    return f"{in_percent(level)} CI: {low} (lowest), {high} (highest)."


def _how_many(rows: pd.DataFrame) -> str:
    """Say in how many studies, or, where none of them reports its count itself, who does."""
    if rows["origin"].eq(ORIGINS[0]).any():
        return f" in {counted(len(rows), 'study', 'studies')}"
    number = rows["origin"].value_counts()
    return "".join(
        f", {'one' if number[origin] == 1 else number[origin]} by {_BY[origin]}"
        for origin in ORIGINS
        if origin in number
    )


def _reporters(rows: pd.DataFrame) -> str:
    """Name the counts that the study itself does not report."""
    others = rows[rows["origin"] != ORIGINS[0]]
    if others.empty:
        return "Each count is from the study itself."
    each = "; ".join(
        f"by {_BY[str(origin)]}: {listed(map(plain, same['study_label']))}"
        for origin, same in others.groupby("origin", sort=False)
    )
    return f"Reported {each}."


def _doubted(rows: pd.DataFrame, doubts: Mapping[str, str]) -> str:
    labels = rows.loc[rows["evidence_row"].isin(list(doubts)), "study_label"]
    if labels.empty:
        return ""
    return f" A check of `03_reported_numbers` doubts the count of {listed(map(plain, labels))}."


def _without_cells(same: pd.DataFrame, treated: pd.DataFrame, level: float) -> str:
    """Report the women without cells of the same studies."""
    control = same[
        same["arm_kind"].isin(["comparator", "untreated"]) & same["study_id"].isin(treated["study_id"])
    ]
    if control.empty:
        return "These studies counted no women without cells, so the counts cannot show what cells change."
    each = "; ".join(f"{_count(row, level)} in {plain(row.study_label)}" for row in control.itertuples())
    return f"Women without cells: {each}."


def _count(row: Any, level: float) -> str:
    return proportion_words(int(row.events), int(row.total), row.low, row.high, level)


def _nearest(rows: pd.DataFrame) -> pd.DataFrame:
    what = ["study_id", "arm_id", "subgroup", "outcome"]
    return standing(rows, nearest=what, latest=what, largest=what)
