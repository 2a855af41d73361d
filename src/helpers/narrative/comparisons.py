"""What a comparison between studies can and cannot say."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from helpers.evidence.vocabulary import capital, phrase
from helpers.figures.comparison import other_differences
from helpers.narrative.wording import counted, listed
from helpers.tables.comparison import NOT_REPORTED
from helpers.tables.rows import percent


def comparison_conclusion(rows: pd.DataFrame, *, group: str, group_name: str) -> str:
    """Tell, outcome by outcome and tissue by tissue, the counts set side by side and in what else their studies differ.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `helpers.tables.comparison_rows`.
    group : str
        Column whose values are compared.
    group_name : str
        Its name in a sentence.

    Returns
    -------
    str
        Markdown. Whether intervals of different groups overlap is said; no difference is computed.
    """
    drawn = rows[rows["drawn"]]
    if drawn.empty:
        return "No count with a total is in the text available to us, so nothing can be compared."
    told = [
        _told(part, str(outcome), str(tissue), group, group_name)
        for (outcome, tissue), part in drawn.groupby(["outcome", "tissue"], sort=False)
    ]
    parts = drawn[drawn["group"] != NOT_REPORTED].groupby(["outcome", "tissue"])
    if (parts["group"].nunique() > 1).any():
        told.append(
            f"These are naive comparisons across studies: neither a difference nor an overlap can be attributed to the {group_name}."
        )
    return "\n\n".join(told)


def _told(drawn: pd.DataFrame, outcome: str, tissue: str, group: str, group_name: str) -> str:
    words = phrase(outcome)
    known = drawn[drawn["group"] != NOT_REPORTED]
    parts = [_range(own, str(name)) for name, own in drawn.groupby("condition", sort=False)]
    text = (
        f"**{capital(words)}, {tissue}:** {counted(len(drawn), 'count')} ({'; '.join(parts)}) in "
        f"{counted(known['group'].nunique(), 'group')} by {group_name}"
    )
    unknown = len(drawn) - len(known)
    text += f"; for {counted(unknown, 'count')} the {group_name} is not reported. " if unknown else ". "
    if known["group"].nunique() < 2:
        return text + "There are no two groups to compare."
    others = other_differences(known, group)
    differ = f"The studies differ also in {listed(others)}" if others else "What else differs is not known"
    return f"{text}{_overlap(known)} {differ}."


def _range(drawn: pd.DataFrame, condition: str) -> str:
    """Give the range of the counts of women with one condition: over several conditions it would be one of nobody."""
    several = drawn.loc[drawn["total"] > 1, "proportion"]
    limits = dict.fromkeys(map(percent, (several.min(), several.max()))) if len(several) else {}
    alone = int((drawn["total"] == 1).sum())
    shares = f", {' to '.join(limits)} %" if limits else ""
    cases = f", {alone} of one woman excluded from the range" if alone and limits else ""
    who = "women of more than one condition" if condition == "mixed" else phrase(condition)
    return f"{len(drawn)} of {who}{shares}{cases}"


def _overlap(known: pd.DataFrame) -> str:
    apart = any(
        one["group"] != other["group"] and (one["low"] > other["high"] or other["low"] > one["high"])
        for (_, one), (_, other) in combinations(known.iterrows(), 2)
    )
    return (
        "Some intervals of different groups do not overlap."
        if apart
        else "All intervals of different groups overlap, which neither shows nor excludes a difference."
    )
