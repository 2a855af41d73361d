"""How certain the evidence of each pool is, and of each study that stands alone."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.tables.evidence_map import told_rows
from helpers.tables.grade import Grade, grade
from helpers.tables.pool_estimates import no_maximum, study_counts
from helpers.tables.pools import PooledOutcomes
from helpers.tables.registrations import SILENT, registered_rows


def pool_grades(ev: Evidence, found: PooledOutcomes) -> list[Grade]:
    """Grade the certainty that the cells bring about what each pool, or a study that stands alone, shows.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    found : PooledOutcomes
        Made by `pooled_outcomes`.

    Returns
    -------
    list of Grade
        One per outcome and section, in their order; the condition is the name of the section. A pool is graded by the
        estimate that is told, its inconsistency by the I² of maximum likelihood; a study alone by its counts with the exact
        interval. Several studies that are not pooled have
        no estimate and no grade. Of the registered trials of the same condition and tissue, those of fate `SILENT` count as
        unreported.
    """
    trials = _trials(ev)
    told = found.estimates[found.estimates["lead"]].set_index(["outcome", "section"])
    grades = []
    for (outcome, section), rows in found.rows.groupby(["outcome", "section"], sort=False):
        name, group = str(outcome), str(section)
        if (name, group) in told.index:
            estimate = _of_pool(told.loc[(name, group)], rows)
        elif rows["study_id"].nunique() == 1:
            estimate = _of_study(rows, found.level)
        else:
            continue
        own = trials[trials["condition"].isin(rows["condition"]) & trials["tissue"].isin(rows["tissue"])]
        grades.append(
            grade(
                # Every woman of a section has its condition, whose name may be longer than the word of the tables.
                rows.assign(condition=group), ev.select("risk_of_bias"), outcome=name, condition=group,
                registered=len(own), unreported=int((own["fate"] == SILENT).sum()), level=found.level, **estimate,
            )
        )  # fmt: skip
    return grades


def certainty_values(grades: list[Grade]) -> dict[str, str]:
    """Take from grades the certainty that is recorded, by outcome and condition."""
    return {f"{one.outcome}/{one.condition}": one.certainty for one in grades}


def _trials(ev: Evidence) -> pd.DataFrame:
    studies = ev.select("studies", role=["cited", "treatment"])
    return registered_rows(ev, studies, told_rows(ev, studies))


def _of_pool(pool: Any, rows: pd.DataFrame) -> dict[str, Any]:
    limits = {
        name: None if pd.isna(pool[name]) else float(pool[name])
        for name in ("prediction_low", "prediction_high")
    }
    counts = study_counts(rows)
    # Whichever method is told: of few studies the Bayesian I² is mostly that of its prior.
    i2 = None if no_maximum(*counts) else float(stats.pool_proportions(*counts).i2)
    return {**{name: float(pool[name]) for name in ("estimate", "low", "high")}, **limits, "i2": i2}


def _of_study(rows: pd.DataFrame, level: float) -> dict[str, Any]:
    events, total = int(rows["events"].sum()), int(rows["total"].sum())
    low, high = stats.proportion_interval(events, total, level=level)
    return {"estimate": events / total, "low": float(low), "high": float(high)}
