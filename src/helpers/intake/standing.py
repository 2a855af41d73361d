"""Which counts speak for their study, and which stop doing so when rows are added or changed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd

from helpers.counts.one_count import COUNTED_ONCE, PLAIN_COUNT, arm_counts, first_broken
from helpers.evidence import Evidence

_ARM = ["outcome", "side", "study_id", "arm_id"]


def counts_standing(ev: Evidence, outcomes: list[str]) -> pd.DataFrame:
    """Tell of every count of some outcomes whether it enters comparisons and pools, by the rules that count each woman once.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    outcomes : list of str
        The outcomes.

    Returns
    -------
    pandas.DataFrame
        Rows of `arm_counts`, with key (the cells of the key as printed) and why (the first rule that the
        count breaks; empty where it speaks for its study).
    """
    rows = arm_counts(ev, outcomes, level=0.95)
    printed = ev.printed["outcomes"][ev.schema.key("outcomes")]
    keys = pd.Series(list(printed.itertuples(index=False, name=None)), index=printed.index)
    why = [
        first_broken(part, (*PLAIN_COUNT, *COUNTED_ONCE))
        for _, part in rows.groupby(["outcome", "side"], sort=False)
    ]
    return rows.assign(key=keys.reindex(rows.index), why=pd.concat(why))


def counts_displaced(
    before: Evidence, after: Evidence, named: Collection[str], how: str = "no longer speaks"
) -> list[str]:
    """Tell which counts spoke for their study before and no longer do, why, and what does in their place.

    Parameters
    ----------
    before, after : Evidence
        The evidence before and after rows were added, replaced or taken out.
    named : collection of str
        The studies and documents of these rows; outcomes that none of them counts are as they were.
    how : str
        The verb of the sentence.

    Returns
    -------
    list of str
        One sentence per count. A count whose row is no longer there under its key is not among them.
    """
    rows = after.outcomes[after.outcomes[["study_id", "source_id"]].isin(list(named)).any(axis=1)]
    outcomes = sorted(set(rows["outcome"]) & set(before.outcomes["outcome"]))
    if not outcomes:
        return []
    old, new = counts_standing(before, outcomes), counts_standing(after, outcomes)
    spoke = set(old.loc[old["why"] == "", "key"])
    told = []
    for _, row in new[new["key"].isin(spoke) & (new["why"] != "")].iterrows():
        same = (new[_ARM] == row[_ARM]).all(axis=1) & (new["why"] == "")
        instead = " and ".join(f"{_count(other)} ({other['source_id']})" for _, other in new[same].iterrows())
        told.append(
            f"{_count(row)} ({row['source_id']}) for {row['outcome']} of {row['study_label']}, arm {row['arm_id']}, {how} "
            f"for the study: {row['why']}; "
            + (f"in its place: {instead}" if instead else "no count of the arm does")
        )
    return told


def _count(row: pd.Series[Any]) -> str:
    return f"{row['events']} of {row['total']}"
