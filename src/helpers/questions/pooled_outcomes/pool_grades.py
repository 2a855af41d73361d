"""How certain the evidence of each pool is, and of each study or trial alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.one_count import MIXED
from helpers.evidence import Evidence
from helpers.questions.evidence.registrations import DUE, ELSEWHERE, REPORTED, UNREAD, registered_rows
from helpers.questions.evidence.rows import women_rows
from helpers.questions.pooled_outcomes.certainty import Grade, grade
from helpers.questions.pooled_outcomes.certainty_domains import Due, Lost
from helpers.questions.pooled_outcomes.estimates import no_maximum, study_counts
from helpers.questions.pooled_outcomes.ladder import LADDER
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.questions.pooled_outcomes.trials_together import ANALYSES, BEST, NOT_KNOWN, WORST, trial_rows

#: Condition of the women whom the article is about, by the condition of women who are evidence for them: what helps a poor responder,
#: who still has follicles to recruit, need not help a woman whose ovaries have failed. Mixed women are those of the tissue.
STANDS_FOR = {
    ("POR", "ovary"): "POI", ("DOR", "ovary"): "POI", (MIXED, "ovary"): "POI", (MIXED, "endometrium"): "IUA",
}  # fmt: skip
#: The day of this version of the evidence, on which trials are due; and the months after completion in which a trial reports.
AS_OF, MONTHS_TO_REPORT = "2026-11-24", 12
#: Smallest effect of interest, as a difference of proportions: five more births in a hundred women.
SMALLEST = 0.05


def pool_grades(ev: Evidence, pools: PooledOutcomes, *, smallest: float = SMALLEST) -> list[Grade]:
    """Grade the certainty of the rate and of the effect that each pool, a study alone, or a trial shows, per outcome and section.

    The condition is the name of the section, and the certainty is for the women whom the article is about (`STANDS_FOR`). A pool is
    graded by the reported estimate, a study alone by its counts with the exact interval; several studies that are not pooled have no
    estimate and no grade. Each trial of a section with a count of its own randomised control follows in a row of its own, graded by
    the risk difference as reported.
    """
    graded = _grader(ev, pools.level, smallest)
    leads: dict[Any, Any] = (
        pools.estimates[pools.estimates["lead"]].set_index(["outcome", "section"]).to_dict("index")
    )
    compared = trial_rows(ev, outcome=pools.outcomes, level=pools.level)
    grades = []
    for (outcome, section), rows in pools.rows.groupby(["outcome", "section"], sort=False):
        name, where = str(outcome), rows.iloc[0]
        if (name, section) in leads:
            grades.append(graded(name, where, rows, _of_pool(leads[name, section], rows)))
        elif rows["study_id"].nunique() == 1:
            grades.append(graded(name, where, rows, _of_study(rows, pools.level)))
        own = compared[(compared["outcome"] == name) & compared["study_id"].isin(rows["study_id"])]
        trials = [_of_trial(analyses) for _, analyses in own.groupby("study_id", sort=False)]
        grades += [graded(name, where, *trial) for trial in trials]
    return grades


def other_trial_grades(ev: Evidence, pools: PooledOutcomes, *, smallest: float = SMALLEST) -> list[Grade]:
    """Grade the effect that each trial of the studies shown has on a step from pregnancy to birth that the pools do not count.

    A primary outcome may be among them. Each trial is graded as by `pool_grades`.
    """
    graded = _grader(ev, pools.level, smallest)
    steps = [step for step in reversed(LADDER) if step not in pools.outcomes]
    shown = pools.rows.drop_duplicates("study_id").set_index("study_id")
    compared = trial_rows(ev, outcome=steps, level=pools.level)
    compared = compared[compared["study_id"].isin(shown.index)]
    return [
        graded(str(outcome), shown.loc[str(study)], *_of_trial(analyses))
        for (outcome, study), analyses in compared.groupby(["outcome", "study_id"], sort=False)
    ]


def _grader(ev: Evidence, level: float, smallest: float) -> Callable[..., Grade]:
    """Return what grades counts with their estimate, given the outcome and a row with condition, tissue and section of the women."""
    registered = _registered(ev)
    judgements = ev.risk_of_bias[["study_id", "domain", "judgement"]]

    @cache
    def due(condition: str, tissue: str) -> Due:
        same = registered["condition"].eq(condition) & registered["tissue"].eq(tissue)
        return due_trials(ev, registered[same], AS_OF)

    def graded(outcome: str, where: Any, counts: pd.DataFrame, estimate: dict[str, Any]) -> Grade:
        women, tissue = where["condition"], where["tissue"]
        return grade(
            counts.assign(condition=women),
            judgements,
            outcome=outcome,
            tissue=tissue,
            condition=where["section"],
            asked=STANDS_FOR.get((women, tissue), women),
            due=due(women, tissue),
            smallest=smallest,
            level=level,
            **estimate,
        )

    return graded


@lru_cache(maxsize=1)
def _registered(ev: Evidence) -> pd.DataFrame:
    studies = ev.select("studies", role=["cited", "treatment"])
    return registered_rows(ev, studies, women_rows(ev, studies))


def due_trials(ev: Evidence, trials: pd.DataFrame, as_of: str) -> Due:
    """Count rows of `registered_rows` by whether they reported or were due on a day, by the completion date of the registry."""
    ended = ev.statements[ev.statements["item"].isin(["primary-completion", "completion"])]
    dates = pd.to_datetime(ended["value"], format="ISO8601", errors="coerce").groupby(ended["study_id"]).min()
    silent = trials.loc[trials["fate"] == DUE, "study_id"].map(dates)
    since = pd.Timestamp(as_of) - pd.DateOffset(months=MONTHS_TO_REPORT)
    reported = int(trials["fate"].isin([REPORTED, ELSEWHERE, UNREAD]).sum())
    return Due(as_of, reported, int((silent <= since).sum()), int(silent.isna().sum()))


def certainty_values(grades: list[Grade]) -> dict[str, str]:
    """Take the recorded certainties from grades, by outcome and condition, and by trial if it is of one."""
    values = {}
    for one in grades:
        name = "/".join(filter(None, [one.outcome, one.condition, one.trial]))
        if one.rate:
            values[f"{name}/rate"] = one.rate.level
        values[f"{name}/effect"] = one.effect.level
    return values


def _of_pool(pool: Any, rows: pd.DataFrame) -> dict[str, Any]:
    counts = study_counts(rows)
    # Whichever method is reported: of few studies the Bayesian I² is mostly that of its prior.
    i2 = math.nan if no_maximum(*counts) else float(stats.pool_proportions(*counts).i2)
    names = ("estimate", "low", "high", "prediction_low", "prediction_high")
    return {**{name: float(pool[name]) for name in names}, "i2": i2}


def _of_trial(analyses: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the counts of the two arms of a trial as reported, and its estimate."""
    by = {row["analysis"]: row for row in analyses.to_dict("records")}
    row, lost = by[ANALYSES[0]], None
    counts = [(row["events"], row["total"]), (row["control_events"], row["control_total"])]
    arms = pd.DataFrame(counts, columns=["events", "total"]).assign(study_id=row["study_id"])
    if row["sizes"] != NOT_KNOWN:
        worst, best = ((by[name]["difference_low"], by[name]["difference_high"]) for name in (WORST, BEST))
        enrolled = int(row["enrolled"])
        lost = Lost(enrolled - int(arms["total"].sum()), enrolled, worst, best)
    limits = {"estimate": "difference", "low": "difference_low", "high": "difference_high"}
    numbers = {name: float(row[column]) for name, column in limits.items()}
    return arms, {"trial": row["study_label"], "lost": lost, **numbers}


def _of_study(rows: pd.DataFrame, level: float) -> dict[str, Any]:
    events, total = int(rows["events"].sum()), int(rows["total"].sum())
    low, high = stats.proportion_interval(events, total, level=level)
    return {"estimate": events / total, "low": float(low), "high": float(high)}
