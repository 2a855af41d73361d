"""Which counts represent their study, and which stop doing so when rows are added or changed."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from helpers.counts.one_count import COUNTED_ONCE, PLAIN_COUNT, arm_counts
from helpers.counts.one_row import first_broken
from helpers.evidence import Evidence
from helpers.show.numbers import count_of

_ARM = ["outcome", "side", "study_id", "arm_id"]


def counts_standing(ev: Evidence, outcomes: list[str]) -> pd.DataFrame:
    """Say for every count of some outcomes whether it enters comparisons and pools: rows of `arm_counts` with key and why.

    key has the cells of the key as printed; why is the first rule for counting each woman once that the count breaks,
    empty where it represents its study.
    """
    rows = arm_counts(ev, outcomes, level=0.95)
    printed = ev.printed["outcomes"][ev.schema.key("outcomes")]
    keys = pd.Series(list(printed.itertuples(index=False, name=None)), index=printed.index)
    why = [
        first_broken(group, (*PLAIN_COUNT, *COUNTED_ONCE))
        for _, group in rows.groupby(["outcome", "side"], sort=False)
    ]
    return rows.assign(key=keys.reindex(rows.index), why=pd.concat(why))


def counts_displaced(
    before: Evidence, after: Evidence, named: Collection[str], how: str = "no longer speaks"
) -> list[str]:
    """List the counts that represented their study before and no longer do, why, and what does in their place, a sentence each.

    `named` are the studies and documents of the rows that were added, replaced or taken out; outcomes that none of
    them counts are unchanged. A count whose row is no longer there under its key is not listed. `how` is the verb of
    the sentence.
    """
    rows = after.outcomes[after.outcomes[["study_id", "source_id"]].isin(list(named)).any(axis=1)]
    outcomes = sorted(set(rows["outcome"]) & set(before.outcomes["outcome"]))
    if not outcomes:
        return []
    old, new = counts_standing(before, outcomes), counts_standing(after, outcomes)
    spoke = set(old.loc[old["why"] == "", "key"])
    sentences = []
    for _, row in new[new["key"].isin(spoke) & (new["why"] != "")].iterrows():
        same = (new[_ARM] == row[_ARM]).all(axis=1) & (new["why"] == "")
        instead = " and ".join(
            f"{count_of(other['events'], other['total'])} ({other['source_id']})"
            for _, other in new[same].iterrows()
        )
        sentences.append(
            f"{count_of(row['events'], row['total'])} ({row['source_id']}) for {row['outcome']} of {row['study_label']}, arm {row['arm_id']}, {how} "
            f"for the study: {row['why']}; "
            + (f"in its place: {instead}" if instead else "no count of the arm does")
        )
    return sentences
