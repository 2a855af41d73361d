"""What the counts of women say, and what they cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.directions import moves
from helpers.evidence.provenance import NEAREST, ORIGINS
from helpers.evidence.vocabulary import DIRECTION, capital, phrase
from helpers.narrative.wording import counted, listed, plain, proportion_words
from helpers.tables import StudyRows
from helpers.tables.rows import percent

_NOTHING = "No count with a denominator was reported in what was read."
#: Counts that are all told one by one; of more, only those of the studies that the article cites.
_FEW = 8


def outcomes_conclusion(rows: pd.DataFrame, *, level: float) -> str:
    """Tell, outcome by outcome, how many counts there are, their range, and those of the cited studies in full.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `helpers.tables.outcome_rows`.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    str
        Markdown. Of several sources on one count the one nearest to the study speaks; who tells a count is said where
        it is not the study itself. A few counts are all told in full. Nothing is pooled.
    """
    counted_rows = rows[rows["low"].notna()]
    if counted_rows.empty:
        return _NOTHING
    best = nearest(counted_rows)
    if len(best) <= _FEW:
        return f"{_in_full(best, level)}\n\n{_closing(best)}"
    lines = []
    for outcome, group in best.groupby("outcome", sort=False):
        cited = group[group["study_role"] == "cited"]
        told = [_told(row, level) for row in cited.itertuples()]
        lines.append(
            f"- {_named(outcome)}: {_ranges(group)}." + (f" Cited: {'; '.join(told)}." if told else "")
        )
    single = " Ranges leave out counts of one." if (best["total"] == 1).any() else ""
    mixed = f" Treated were {listed(best['tissue'])}; totals are {listed(best['total_unit'])}."
    return "\n".join(lines) + f"\n\n{_closing(best)}{mixed}{single}"


def _in_full(best: pd.DataFrame, level: float) -> str:
    groups = best.groupby("outcome", sort=False)
    return "\n".join(
        f"- {_named(outcome)}: {'; '.join(_told(row, level) for row in group.itertuples())}."
        for outcome, group in groups
    )


def _named(outcome: object) -> str:
    return capital(phrase(str(outcome)))


def _ranges(group: pd.DataFrame) -> str:
    """Count the counts and the studies of an outcome, with and without cells, and tell their range."""
    with_cells = group["arm_kind"] == "cells"
    parts = []
    for rows, words in ((group[with_cells], ""), (group[~with_cells], " without cells")):
        if rows.empty:
            continue
        several = rows.loc[rows["total"] > 1, "proportion"]
        limits = (
            dict.fromkeys(percent(limit) for limit in (several.min(), several.max())) if len(several) else {}
        )
        shares = f", {' to '.join(limits)} %" if limits else ""
        number = rows["study_id"].nunique()
        counts = f"{counted(len(rows), 'count')} in " if len(rows) > number else ""
        parts.append(f"{counts}{counted(number, 'study', 'studies')}{words}{shares}")
    return "; ".join(parts)


def _closing(best: pd.DataFrame) -> str:
    by = best["origin"].value_counts()
    shares = listed(f"{by[origin]} from {origin}" for origin in ORIGINS if origin in by)
    single = f"This count is from {best['origin'].iloc[0]}. "
    closing = f"These {len(best)} counts are told as follows: {shares}. " if len(best) > 1 else single
    with_cells = best["arm_kind"] == "cells"
    if not with_cells.any():
        return closing + "No women treated with cells are among them."
    if with_cells.all():
        return (
            closing
            + "No women without cells stand beside, so nothing tells what would have happened without cells."
        )
    beside = best.loc[~with_cells & best["study_id"].isin(best.loc[with_cells, "study_id"]), "study_label"]
    if beside.empty:
        return closing + "The women without cells are of other studies; no difference is computed."
    return (
        closing
        + f"Women without cells stand beside them in {listed(map(plain, beside))}; no difference is computed."
    )


def nearest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep, of several sources on one outcome of an arm, those nearest to the study; every time point of theirs stays."""
    what = ["study_id", "arm_id", "subgroup", "outcome"]
    rank = rows["origin"].map(NEAREST.index)
    best = rank.groupby([rows[column] for column in what], dropna=False).transform("min")
    return rows[rank == best].drop_duplicates(subset=[*what, "timepoint_months", "events", "total"])


def arm_words(row: Any) -> str:
    """Name the arm of a count, unless it is the arm with cells."""
    return "" if row.arm_kind == "cells" else f", {plain(row.arm_label)}"


def study_conclusion(study: StudyRows, *, level: float) -> str:
    """Sum up one study: its counts, its levels and changes, its conflicts.

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
    if study.outcomes.empty and study.measurements.empty and study.changes.empty:
        return f"Of {plain(study.label)} nothing was reported in what was read: no count, no level and no change."
    counts = nearest(study.outcomes[study.outcomes["low"].notna()])
    told = f"{_in_full(counts, level)}\n\n{_closing(counts)}" if len(counts) else _NOTHING
    markers = "\n".join(filter(None, [_levels(study.measurements), _directions(study.changes)]))
    number = counted(len(study.discrepancies), "discrepancy", "discrepancies")
    return "\n\n".join(filter(None, [told, markers, f"Between or within its sources: {number}."]))


def _levels(measurements: pd.DataFrame) -> str:
    """Tell the levels of women with cells: the first and the last of each course; of markers told once only the name."""
    rows = measurements[
        (measurements["arm_kind"] == "cells")
        & measurements["centre"].notna()
        & measurements["timepoint_months"].notna()
    ].sort_values("timepoint_months", kind="stable")
    courses, single = [], []
    for (measure, *_), part in rows.groupby(
        ["measure", "arm_id", "subject", "subgroup"], dropna=False, sort=False
    ):
        first, last = part.iloc[0], part.iloc[-1]
        if first["timepoint_months"] == last["timepoint_months"]:
            single.append(phrase(str(measure)))
            continue
        unit = "" if pd.isna(first["unit"]) else f", {first['unit']}"
        levels = "; ".join(
            f"month {row['timepoint_months']:g}: {plain(row['text'])}" for row in (first, last)
        )
        courses.append(
            f"- {capital(phrase(str(measure)))}{unit} ({plain(first['label'])}). {capital(levels)}."
        )
    alone = f"- One level without a course: {listed(single)}." if single else ""
    return "\n".join(filter(None, [*courses, alone]))


def _directions(changes: pd.DataFrame) -> str:
    """Say which way markers of women with cells went from before treatment, whatever the size; the latest time decides."""
    own = changes[(changes["arm_kind"] == "cells") & (changes["compared_with"] == "baseline")]
    ways = moves(own)
    words = [*DIRECTION.values(), *sorted(set(ways) - set(DIRECTION.values()))]
    found = [
        f"{way}: {listed(map(phrase, own.loc[ways.index[ways == way], 'measure']))}"
        for way in words
        if (ways == way).any()
    ]
    if not found:
        return ""
    sized = f"{own['change'].notna().sum()} of {counted(len(own), 'statement')} with a size"
    return f"- After treatment against before, {'; '.join(found)}; {sized}."


def _told(row: Any, level: float) -> str:
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    when = f" by month {row.timepoint_months:g}" if pd.notna(row.timepoint_months) else ""
    part = "" if pd.isna(row.subgroup) else f", {plain(row.subgroup)},"
    teller = "" if row.origin == ORIGINS[0] else f", {row.origin}"
    derived = ", count worked out" if row.extraction == "derived" else ""
    return f"{plain(row.study_label)}{arm_words(row)}{part} {count}{when}{teller}{derived}"
