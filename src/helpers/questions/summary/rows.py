"""Of a hundred women: for each condition and outcome the rate with cells and without, how it is known, and how certain it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.outcomes import counted_among
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.questions.background.matching import UNLIKE_CONCEPTION
from helpers.questions.background.predictive import Predictions
from helpers.questions.durability.clock import Due, placed
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.questions.pooled_outcomes.pool_grades import pool_grades
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.questions.pooled_outcomes.trials_together import REPORTED, trial_rows
from helpers.questions.safety.rows import Safety

#: The harm that is counted.
HARM = "serious-adverse-event"
#: What matters most to a patient comes first.
STEPS = ("live-birth", "pregnancy", "menses-resumed")
OUTCOMES = (*STEPS, HARM)
#: The conditions, each with its tissue: ovary and uterus are never mixed.
CONDITIONS = {"POI": "ovary", "POR": "ovary", "IUA": "endometrium", "thin endometrium": "endometrium"}
#: How the rate with cells was made: pooled, of one study, summed up without a model, or not at all.
POOL, ALONE, SUM, NONE = "pool", "one study", "sum", "none"
_WITHOUT = {
    "kind": "kind", "k": "studies", "events": "events", "total": "women", "estimate": "estimate", "prediction_low": "low",
    "prediction_high": "high", "cohorts": "cohorts", "citations": "citations",
}  # fmt: skip
_TRIAL = [
    "study_label", "events", "total", "control_events", "control_total", "difference", "difference_low", "difference_high",
    "enrolled", "cell_source",
]  # fmt: skip
COLUMNS = [
    "citations",
    "name", "condition", "tissue", "outcome", "how", "studies", "events", "women", "estimate", "low", "high", "own", "others",
    "article_events", "early_events", "early_months", *(f"without_{name}" for name in _WITHOUT.values()), "without_unlike", "without_named", "without_like",
    *(f"trial_{name}" for name in _TRIAL), "trial_among", "trial_scaffold", "rate", "effect",
]  # fmt: skip

#: A row of which nothing was counted.
_BLANK = {
    "how": NONE, "studies": 0, "events": 0, "women": 0, "own": 0, "others": 0, "citations": [], "article_events": 0,
    "without_kind": "", "without_studies": 0, "trial_study_label": "", "rate": "", "effect": "",
}  # fmt: skip


def counted_steps(ev: Evidence) -> list[str]:
    """List the steps to a child that any study counts."""
    return [step for step in STEPS if step in set(ev.outcomes["outcome"])]


def of_a_hundred(
    ev: Evidence, pools: PooledOutcomes | None, without: Predictions, harm: Safety, *, level: float = 0.95
) -> pd.DataFrame:
    """Give the rate of each outcome in each condition with cells and in women of other studies without; one row each.

    how is `POOL` (posterior median, credible interval), `ALONE` (a count, exact interval), `SUM` (crude, exact interval) or `NONE`. own
    and others count the studies whose count is in their own document, or reported by others only. The columns that begin with without are of
    `background.predictive.predictions`: a new cohort of the same condition, with its prediction interval; of one cohort its count with
    the exact interval; without_studies is 0 where there is none, and without_unlike names the treated cohorts that are not compared with it
    because they conceived otherwise; without_named has the name of each cohort and its women, without_like a treated cohort that is compared
    with some of them only. Those that begin with trial are of the largest trial, as reported, against its own randomised control;
    trial_among says whom it counted where that is not all women randomised, trial_scaffold is the scaffold that only its women with cells
    received. article_events counts events that the article alone reports,
    early_events those of them that came too early to follow from the treatment, within early_months. rate and effect are the certainties, empty where they are not graded.
    """
    parts: list[Callable[[str, str], dict[str, Any]]] = []
    if pools:  # none, where no study counts a step
        parts = [
            partial(_pooled, ev, pools),
            partial(_without, without),
            partial(_trial, ev, trial_rows(ev, outcome=pools.outcomes, level=level)),
            partial(_certainty, pool_grades(ev, pools)),
        ]
    rows = []
    for condition, tissue in CONDITIONS.items():
        for outcome in OUTCOMES:
            row = {
                "name": f"{condition}/{outcome}",
                "condition": condition,
                "tissue": tissue,
                "outcome": outcome,
            }
            for part in parts:
                row |= part(outcome, condition)
            rows.append(_BLANK | row | (_harm(harm, condition, level) if outcome == HARM else {}))
    return pd.DataFrame(rows, columns=COLUMNS)


def _counted(how: str, rows: pd.DataFrame, limits: Iterable[float] = (np.nan,) * 3) -> dict[str, Any]:
    if rows.empty:
        return {}
    first = rows["origin"].eq(ORIGINS[0]).groupby(rows["study_id"]).any()
    return {
        "how": how,
        "studies": len(first),
        "events": int(rows["events"].sum()),
        "women": int(rows["total"].sum()),
        **dict(zip(("estimate", "low", "high"), limits, strict=True)),
        "own": int(first.sum()),
        "others": int((~first).sum()),
        "citations": list(dict.fromkeys(rows["citation"])),
        "article_events": int(rows.loc[rows["origin"] == ORIGINS[1], "events"].sum()),
    }


def _pooled(ev: Evidence, pools: PooledOutcomes, outcome: str, condition: str) -> dict[str, Any]:
    if outcome == HARM:
        return {}
    rows = pools.rows[(pools.rows["outcome"] == outcome) & (pools.rows["section"] == condition)]
    return _rate(pools, rows, outcome, condition) | _early(ev, rows, outcome)


def _early(ev: Evidence, rows: pd.DataFrame, outcome: str) -> dict[str, Any]:
    """Count the events of the article alone that came, by the clock, too early to follow from the treatment."""
    mine = rows[rows["origin"] == ORIGINS[1]]
    if mine.empty or outcome != STEPS[0]:
        return {"early_events": 0, "early_months": np.nan}
    clock = placed(ev, studies=sorted(set(mine["study_id"])))
    clock = clock[(clock["word"] == outcome) & (clock["due"] == Due.TOO_EARLY) & (clock["part"] == "")]
    clock = clock[["study_id", "arm_id", "months"]]
    same = mine.merge(clock, on=["study_id", "arm_id"], suffixes=("_count", ""))
    return {"early_events": int(same["events"].sum()), "early_months": same["months"].max()}


def _rate(pools: PooledOutcomes, rows: pd.DataFrame, outcome: str, condition: str) -> dict[str, Any]:
    leads = pools.estimates[pools.estimates["lead"]]
    leads = leads[(leads["outcome"] == outcome) & (leads["section"] == condition)]
    if len(leads):
        lead = leads.iloc[0]
        return _counted(POOL, rows, (lead["estimate"], lead["low"], lead["high"]))
    if len(rows) == 1:
        only = rows.iloc[0]
        return _counted(ALONE, rows, (only["proportion"], only["low"], only["high"]))
    return _counted(NONE, rows)


def _harm(harm: Safety, condition: str, level: float) -> dict[str, Any]:
    found = harm.rows[(harm.rows["left_out"] == "") & (harm.rows["total_unit"] == "women")]
    rows = found[found["condition"].str.replace("-", " ") == condition]
    if rows.empty:
        return {}
    events, total = int(rows["events"].sum()), int(rows["total"].sum())
    low, high = stats.proportion_interval(events, total, level=level)
    how = ALONE if rows["study_id"].nunique() == 1 else SUM
    return _counted(how, rows, (events / total, float(low), float(high)))


def _without(made: Predictions, outcome: str, condition: str) -> dict[str, Any]:
    lines = made.lines[(made.lines["outcome"] == outcome) & (made.lines["stratum"] == condition)]
    if lines.empty or not lines["k"].iloc[0]:
        return {}
    line = lines.iloc[0].copy()
    if line["k"] == 1:
        line["prediction_low"], line["prediction_high"] = line["low"], line["high"]
    treated = made.treated[(made.treated["outcome"] == outcome) & (made.treated["stratum"] == condition)]
    cohorts = [re.split(r":| \(", str(who))[0] for who in line["cohorts"]]
    women = [int(str(count).partition("/")[2]) for count in line["counts"]]
    return {
        **{f"without_{name}": line[column] for column, name in _WITHOUT.items()},
        "without_cohorts": cohorts,
        "without_named": list(zip(cohorts, women, strict=True)),
        "without_like": _like(lines, treated),
        "without_unlike": list(treated.loc[treated["why"] == UNLIKE_CONCEPTION, "who"]),
    }


def _like(lines: pd.DataFrame, treated: pd.DataFrame) -> dict[str, Any]:
    """Describe the first treated cohort that is compared with some of the cohorts only, and those; empty where none is."""
    some = treated[treated["why"].eq("") & treated["line"].ne(lines["name"].iloc[0])]
    if some.empty:
        return {}
    line = lines[lines["name"] == some["line"].iloc[0]].iloc[0]
    return {
        "study": str(some["who"].iloc[0]), "studies": int(line["k"]), "women": int(line["total"]),
        "low": float(line["prediction_low"]), "high": float(line["prediction_high"]),
    }  # fmt: skip


def _trial(ev: Evidence, trials: pd.DataFrame, outcome: str, condition: str) -> dict[str, Any]:
    of_both = (trials["outcome"] == outcome) & (trials["condition"] == condition)
    own = trials[of_both & (trials["analysis"] == REPORTED)]
    if own.empty:
        return {}
    largest = own.assign(women=own["total"] + own["control_total"]).sort_values("women").iloc[-1]
    arms = ev.arms[ev.arms["study_id"] == largest["study_id"]]
    cells = arms["kind"] == "cells"
    counts = ev.outcomes[ev.outcomes["study_id"].eq(largest["study_id"]) & ev.outcomes["outcome"].eq(outcome)]
    apart = arms.loc[~cells, "scaffold"].isna().all()
    scaffold = arms.loc[cells, "scaffold"].dropna()
    return {
        **{f"trial_{name}": largest[name] for name in _TRIAL},
        "trial_among": next(filter(None, map(counted_among, counts["note"])), ""),
        "trial_scaffold": str(scaffold.iloc[0]) if apart and len(scaffold) else "",
    }


def _certainty(grades: list[Grade], outcome: str, condition: str) -> dict[str, str]:
    mine = [one for one in grades if (one.outcome, one.condition) == (outcome, condition)]
    rates = [one.rate.level for one in mine if one.rate]
    effects = sorted((one.effect.level for one in mine), key=LEVELS.index)
    return {"rate": rates[0] if rates else "", "effect": effects[-1] if effects else ""}
