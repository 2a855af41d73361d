"""What a comparison between studies can and cannot say."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pandas as pd

from helpers.figures.comparison import other_differences
from helpers.narrative.outcomes import arm_words, nearest
from helpers.narrative.wording import counted, listed, plain, proportion_words


def comparison_conclusion(rows: pd.DataFrame, *, group: str, group_name: str, level: float) -> str:
    """Tell the counts of each group and in what else the groups differ.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `helpers.tables.outcome_rows`, one outcome.
    group : str
        Column whose values are compared.
    group_name : str
        Its name in a sentence.
    level : float
        Confidence level of the intervals, between 0 and 1.

    Returns
    -------
    str
        Markdown. Whether intervals of different groups overlap is told; no difference is computed.
    """
    drawn = rows[rows["low"].notna()]
    if drawn.empty:
        return (
            "No count with a denominator was reported in what was read, so nothing can be set side by side."
        )
    best = nearest(drawn)
    lines = []
    for name, members in best.groupby(best[group].fillna("not reported"), sort=False):
        told = "; ".join(_told(row, level) for row in members.itertuples())
        lines.append(f"- {name}: {told}.")
    return "\n".join(lines) + "\n\n" + _confounding(best, group, group_name)


def _told(row: Any, level: float) -> str:
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    return f"{plain(row.study_label)}{arm_words(row)} ({row.condition}) {count}"


def _confounding(best: pd.DataFrame, group: str, group_name: str) -> str:
    names = best[group].fillna("not reported")
    if names.nunique() == 1:
        return "There is one group only, and nothing to compare it with."
    apart = [
        (one, other)
        for (_, one), (_, other) in combinations(best.assign(group=names).iterrows(), 2)
        if one["group"] != other["group"] and (one["low"] > other["high"] or other["low"] > one["high"])
    ]
    overlap = "some intervals do not overlap" if apart else "all intervals overlap"
    return (
        f"This is a naive comparison of {counted(names.nunique(), 'group')} across {counted(len(best), 'count')} of different "
        f"studies. Between the groups {overlap}. The studies differ also in {listed(other_differences(best, group))}, so no "
        f"difference can be laid to the {group_name}."
    )


def ratio_claim(claim: pd.Series[Any]) -> str:
    """Show a ratio that the article prints as what it is.

    Parameters
    ----------
    claim : pandas.Series
        The row of `claims`.

    Returns
    -------
    str
        Markdown.
    """
    reference = (
        "no reference"
        if pd.isna(claim["article_reference"])
        else f"reference {plain(claim['article_reference'])}"
    )
    return (
        f"The article prints {plain(claim['value'])}-{plain(claim['unit'])} for one ratio between sources of cells "
        f"({claim['claim_id']}), with {reference}. Remark of the extraction: {plain(claim['note'])}. No table loaded here measures "
        "what cells secrete, so the figure is shown as a claim and enters no comparison."
    )
