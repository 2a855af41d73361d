"""Randomised trials: those that counted another step from pregnancy to birth, and women enrolled who are not counted."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.evidence import Evidence
from helpers.questions.background.pairs import NO_DISCOUNT, background_pairs
from helpers.questions.background.rows import comparable
from helpers.questions.pooled_outcomes.ladder import LADDER

_FEWER = ["study_id", "study_label", "enrolled", "counted", "per_protocol", "arms_unseen"]


def other_trials(
    ev: Evidence, outcome: str, *, condition: Iterable[str] = ("all",), level: float = 0.95
) -> pd.DataFrame:
    """Find randomised trials that counted another step from pregnancy to birth, and not the outcome asked for.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    outcome : str
        The outcome compared, one of `helpers.questions.pooled_outcomes.ladder.LADDER`; of any other there is no other step.
    condition : iterable of str
        Conditions of the studies, or ``"all"``.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        Rows of `background_pairs`, with outcome: cells against the own randomised control, from pregnancy to birth.
    """
    conditions = list(condition)
    own = _randomised(ev, outcome, conditions, level)
    steps = [step for step in LADDER if step != outcome and step in set(ev.outcomes["outcome"])]
    others = [_randomised(ev, step, conditions, level) for step in steps if outcome in LADDER]
    found = pd.concat([part for part in others if len(part)] or [own.iloc[:0]], ignore_index=True)
    return found[~found["study_id"].isin(own["study_id"])]


def _randomised(ev: Evidence, outcome: str, condition: list[str], level: float) -> pd.DataFrame:
    counts = comparable(ev, outcome=outcome, condition=condition, comparators=["own-control"], level=level)
    pairs = background_pairs(counts, discount=NO_DISCOUNT, level=level)
    return pairs[pairs["randomised"]].assign(outcome=outcome)


def fewer_counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Find randomised trials that count fewer women than they enrolled.

    Parameters
    ----------
    rows : pandas.DataFrame
        Rows of ``Evidence.select("outcomes", ...)`` or made of them.

    Returns
    -------
    pandas.DataFrame
        One row per trial: study_id, study_label, enrolled, counted (in all arms, of the outcome among most women), per_protocol (whether the
        rows say so) and arms_unseen (whether the sizes of the arms, as known, also hold fewer women than were enrolled).
    """
    whole = rows["subgroup"].isna() & rows["total_unit"].eq("women") & rows["total"].notna()
    trials = rows[whole & rows["design"].eq("rct") & rows["n_enrolled"].notna()]
    trials = trials.drop_duplicates(["study_id", "outcome", "source_id", "arm_id"])
    found = []
    for study, own in trials.groupby("study_id", sort=False):
        by = own.groupby(["outcome", "source_id"])
        sums = by["total"].sum()[by["arm_id"].nunique() > 1]
        enrolled = int(own["n_enrolled"].iloc[0])
        if sums.empty or int(sums.max()) >= enrolled:
            continue
        told = own["note"].str.contains("per protocol", na=False).any()
        sizes = own.drop_duplicates("arm_id")["arm_n"].sum()
        found.append(
            [study, own["study_label"].iloc[0], enrolled, int(sums.max()), bool(told), sizes < enrolled]
        )
    return pd.DataFrame(found, columns=_FEWER)
