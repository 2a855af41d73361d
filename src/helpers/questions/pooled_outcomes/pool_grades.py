"""How certain the evidence of each pool is, and of each study or trial alone."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.one_count import MIXED
from helpers.evidence import Evidence
from helpers.questions.background.pairs import NO_DISCOUNT, background_pairs
from helpers.questions.background.rows import comparable
from helpers.questions.evidence.registrations import DUE, DUE_OR_REPORTED, registered_rows
from helpers.questions.evidence.rows import women_rows
from helpers.questions.pooled_outcomes.certainty import Grade, grade
from helpers.questions.pooled_outcomes.estimates import no_maximum, study_counts
from helpers.questions.pooled_outcomes.rows import PooledOutcomes

#: Condition of the women whom the article is about, by the condition of women who are evidence for them: what helps a poor responder,
#: who still has follicles to recruit, need not help a woman whose ovaries have failed. Mixed women are those of the tissue.
STANDS_FOR = {
    ("POR", "ovary"): "POI", ("DOR", "ovary"): "POI", (MIXED, "ovary"): "POI", (MIXED, "endometrium"): "IUA",
}  # fmt: skip


def pool_grades(ev: Evidence, pools: PooledOutcomes) -> list[Grade]:
    """Grade the certainty that the cells bring about what each pool, a study alone, or a trial shows, per outcome and section.

    The condition is the name of the section, and the certainty is for the women whom the article is about (`STANDS_FOR`). A pool is
    graded by the reported estimate, its inconsistency by the I² of maximum likelihood; a study alone by its counts with the exact
    interval. Several studies that are not pooled have no estimate and no grade. Each trial of a section with a count of its own
    randomised control follows in a row of its own, graded by the risk difference with its interval (`stats.difference_limits`); trials
    are not pooled. Registered trials of the same condition and tissue whose result is due and was not seen count as unreported.
    """
    trials = _trials(ev)
    leads = pools.estimates[pools.estimates["lead"]].set_index(["outcome", "section"])
    grades = []
    compared = {name: _randomised(ev, name, pools.level) for name in pools.outcomes}
    for (outcome, section), rows in pools.rows.groupby(["outcome", "section"], sort=False):
        name, group = str(outcome), str(section)
        graded: list[tuple[pd.DataFrame, dict[str, Any]]] = []
        if (name, group) in leads.index:
            graded.append((rows, _of_pool(leads.loc[(name, group)], rows)))
        elif rows["study_id"].nunique() == 1:
            graded.append((rows, _of_study(rows, pools.level)))
        pairs = compared[name][compared[name]["study_id"].isin(rows["study_id"])]
        labels = rows.drop_duplicates("study_id").set_index("study_id")["study_label"]
        graded += [_of_trial(pair, str(labels[pair["study_id"]])) for _, pair in pairs.iterrows()]
        ((women, tissue),) = rows[["condition", "tissue"]].drop_duplicates().to_numpy().tolist()
        due_trials = trials[
            trials["condition"].isin(rows["condition"]) & trials["tissue"].isin(rows["tissue"])
        ]
        due_trials = due_trials[due_trials["fate"].isin(DUE_OR_REPORTED)]
        grades += [
            grade(
                counts.assign(condition=women), ev.select("risk_of_bias"), outcome=name, tissue=tissue, condition=group,
                asked=STANDS_FOR.get((women, tissue), women), registered=len(due_trials), unreported=int((due_trials["fate"] == DUE).sum()), level=pools.level, **estimate,
            )
            for counts, estimate in graded
        ]  # fmt: skip
    return grades


def certainty_values(grades: list[Grade]) -> dict[str, str]:
    """Take the recorded certainty from grades, by outcome and condition, and by trial if it is of one."""
    return {
        "/".join(
            [graded.outcome, graded.condition, *([graded.trial] if graded.trial else [])]
        ): graded.certainty
        for graded in grades
    }


def _trials(ev: Evidence) -> pd.DataFrame:
    studies = ev.select("studies", role=["cited", "treatment"])
    return registered_rows(ev, studies, women_rows(ev, studies))


def _of_pool(pool: Any, rows: pd.DataFrame) -> dict[str, Any]:
    limits = {
        name: None if pd.isna(pool[name]) else float(pool[name])
        for name in ("prediction_low", "prediction_high")
    }
    counts = study_counts(rows)
    # Whichever method is reported: of few studies the Bayesian I² is mostly that of its prior.
    i2 = None if no_maximum(*counts) else float(stats.pool_proportions(*counts).i2)
    return {**{name: float(pool[name]) for name in ("estimate", "low", "high")}, **limits, "i2": i2}


def _randomised(ev: Evidence, outcome: str, level: float) -> pd.DataFrame:
    counts = comparable(ev, outcome=outcome, comparators=["own-control"], level=level)
    pairs = background_pairs(counts, discount=NO_DISCOUNT, level=level)
    return pairs[pairs["randomised"].astype(bool)]


def _of_trial(pair: Any, label: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    arms = pd.DataFrame(
        {
            "study_id": pair["study_id"],
            "design": "rct",
            "events": [int(pair["events"]), int(pair["background_events"])],
            "total": [int(pair["total"]), int(pair["background_total"])],
        }
    )
    limits = {"estimate": "difference", "low": "low", "high": "high"}
    return arms, {"trial": label, **{name: float(pair[column]) for name, column in limits.items()}}


def _of_study(rows: pd.DataFrame, level: float) -> dict[str, Any]:
    events, total = int(rows["events"].sum()), int(rows["total"].sum())
    low, high = stats.proportion_interval(events, total, level=level)
    return {"estimate": events / total, "low": float(low), "high": float(high)}
