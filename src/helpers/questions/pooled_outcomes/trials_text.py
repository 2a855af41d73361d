"""Say whom randomised trials did not count, which trials a comparison lacks, and which harm studies report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.counts.harms import REPORTED
from helpers.evidence.vocabulary import phrase
from helpers.questions.pooled_outcomes.trials import fewer_counted
from helpers.questions.pooled_outcomes.trials_together import REPORTED as AS_REPORTED
from helpers.questions.pooled_outcomes.trials_together import WORST
from helpers.show.numbers import count_of, points
from helpers.show.words import listed, plain


def other_trials_sentence(outcome: str, trials: pd.DataFrame, counts: pd.DataFrame) -> str:
    """Name the randomised trials that a comparison lacks because they counted another step; empty if there is none.

    `trials` is made by `trials.other_trials`, and `counts` are rows of ``Evidence.select("outcomes", ...)`` of these trials.
    """
    comparisons = []
    for label, pairs in trials.groupby("treated_women", sort=False):
        steps = listed(
            f"{phrase(str(row.outcome))} {row.events}/{row.total} against {row.background_events}/{row.background_total}, "
            f"{row.gap_text} points"
            for row in pairs.itertuples()
        )
        comparisons.append(f"{plain(label)}, {plain(pairs['stratum'].iloc[0])}, {steps}")
    if not comparisons:
        return ""
    head = f"Randomised, but not compared above, as no count of {phrase(outcome)} can be compared"
    return " ".join(filter(None, [f"{head}: {'; '.join(comparisons)}.", fewer_sentence(counts)]))


def fewer_sentence(counts: pd.DataFrame) -> str:
    """Name the randomised trials that count fewer women than they enrolled, with the numbers; empty if there is none."""
    trials = fewer_counted(counts)
    if trials.empty:
        return ""
    numbers = listed(
        f"{plain(row.study_label)} {count_of(row.counted, row.enrolled)}{' (per protocol)' if row.per_protocol else ''}"
        for row in trials.itertuples()
    )
    unseen = listed(map(plain, trials.loc[trials["arms_unseen"], "study_label"]))
    sizes = f" The arm sizes of {unseen} as randomised are not in the text available to us."
    return f"Women counted of those enrolled: {numbers}." + (sizes if trials["arms_unseen"].any() else "")


def lost_sentence(rows: pd.DataFrame, outcome: str) -> str:
    """Give the difference of the randomised trials that counted too few women in the worst case; empty if there is none.

    `rows` is made by `trials_together.trial_rows`.
    """
    rows = rows[rows["outcome"] == outcome].set_index("study_id")
    reported, worst = (rows[rows["analysis"] == analysis] for analysis in (AS_REPORTED, WORST))
    parts = []
    for study, row in worst.iterrows():
        before: Any = reported.loc[str(study)]
        lost = int(row["total"] + row["control_total"] - before["total"] - before["control_total"])
        if lost:
            low, high = points(row["difference_low"]), points(row["difference_high"])
            parts.append(
                f"{plain(row['study_label'])}, {count_of(lost, row['enrolled'])} women not counted, worst case {points(row['difference'])} "
                f"points ({low} to {high}) instead of {points(before['difference'])} as reported"
            )
    return f"Randomised, {phrase(outcome)}: {'; '.join(parts)}." if parts else ""


def harm_sentence(harm: pd.DataFrame) -> str:
    """Name every harm that `counts.harms.harm_mentions` has of the studies shown, and say where the rest is; empty without studies."""
    if harm.empty:
        return ""
    reported = harm[harm["state"] == REPORTED]
    harms = "; ".join(f"{plain(row.study_label)}, {plain(row.text)}" for row in reported.itertuples())
    sentence = (
        f"Harm that studies here report: {harms}."
        if harms
        else "No study shown here reports a harm of women treated with cells."
    )
    return f"{sentence} More: `10_safety`."


def doubts_sentence(rows: pd.DataFrame, doubts: Mapping[str, str]) -> str:
    """Name the counts that a check of reported numbers doubts, with the rule; empty if there is none."""
    doubted = rows[rows["evidence_row"].isin(doubts)].drop_duplicates("evidence_row")
    counts = "; ".join(
        f"{plain(row.study_label)}, {phrase(str(row.outcome))} {row.events}/{row.total} ({plain(doubts[str(row.evidence_row)])})"
        for row in doubted.itertuples()
    )
    return f"Doubted by a check of `03_reported_numbers`: {counts}." if counts else ""
