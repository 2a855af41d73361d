"""Randomised trials that counted another step from pregnancy to birth, and women enrolled who are not counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.questions.background.pairs import background_pairs
from helpers.questions.background.rows import comparable
from helpers.questions.pooled_outcomes.ladder import LADDER

_FEWER = ["study_id", "study_label", "enrolled", "counted", "per_protocol", "arms_unseen"]


def other_trials(
    ev: Evidence, outcome: str, *, condition: Iterable[str] = ("all",), level: float = 0.95
) -> pd.DataFrame:
    """Find randomised trials that counted another step of `ladder.LADDER`, and not `outcome`; of an outcome outside it, none.

    Rows of `background_pairs`, with outcome: cells against the trial's own randomised control, from pregnancy to birth.
    """
    choice: dict[str, Any] = {"condition": tuple(condition), "level": level}
    compared = randomised_pairs(ev, outcome, **choice)
    steps = [
        step
        for step in LADDER
        if outcome in LADDER and step != outcome and step in set(ev.outcomes["outcome"])
    ]
    others = [pairs for step in steps if len(pairs := randomised_pairs(ev, step, **choice))]
    trials = pd.concat(others or [compared.iloc[:0]], ignore_index=True)
    return trials[~trials["study_id"].isin(compared["study_id"])]


def randomised_pairs(
    ev: Evidence,
    outcome: str,
    *,
    condition: Iterable[str] = ("all",),
    access: Iterable[str] = ("all",),
    level: float = 0.95,
) -> pd.DataFrame:
    """Compare each arm with cells with its own randomised control; rows of `background_pairs`, with outcome and tissue."""
    return _pairs(ev, outcome, tuple(condition), frozenset(access), level).copy()


@lru_cache(maxsize=64)
def _pairs(
    ev: Evidence, outcome: str, condition: tuple[str, ...], access: frozenset[str], level: float
) -> pd.DataFrame:
    """Compare once what the trials, their pools and the grades of certainty are all made of."""
    counts = comparable(ev, outcome=outcome, condition=condition, comparators=["own-control"], level=level)
    read = counts.rows["access"].isin(access) | ("all" in access)
    trials = counts.rows[read & counts.rows["design"].eq("rct")]
    pairs = background_pairs(replace(counts, rows=trials), level=level)
    tissue = pairs["study_id"].map(ev.studies.set_index("study_id")["tissue"])
    return pairs.assign(outcome=outcome, tissue=tissue)


def fewer_counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Find randomised trials whose rows of ``Evidence.select("outcomes", ...)`` count fewer women than were enrolled; one row each.

    counted is over all arms, of the outcome among most women; per_protocol says that the rows say so, and arms_unseen that the known
    sizes of the arms also hold fewer women than were enrolled.
    """
    whole = rows["subgroup"].isna() & rows["total_unit"].eq("women") & rows["total"].notna()
    trials = rows[whole & rows["design"].eq("rct") & rows["n_enrolled"].notna()]
    trials = trials.drop_duplicates(["study_id", "outcome", "source_id", "arm_id"])
    lines = []
    for study, counts in trials.groupby("study_id", sort=False):
        by = counts.groupby(["outcome", "source_id"])
        sums = by["total"].sum()[by["arm_id"].nunique() > 1]
        enrolled = int(counts["n_enrolled"].iloc[0])
        if sums.empty or int(sums.max()) >= enrolled:
            continue
        per_protocol = bool(counts["note"].str.contains("per protocol", na=False).any())
        unseen = counts.drop_duplicates("arm_id")["arm_n"].sum() < enrolled
        lines.append([study, counts["study_label"].iloc[0], enrolled, int(sums.max()), per_protocol, unseen])
    return pd.DataFrame(lines, columns=_FEWER)
