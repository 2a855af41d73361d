"""What independent studies of one condition show together: which counts are pooled, and the estimates side by side.

A pool holds women treated with cells, of one condition, each counted once by the rules of `helpers.counts.one_count`; what
they let through `helpers.counts.poolable` checks once more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.one_count import (
    COUNTED_ONCE,
    MIXED,
    PLAIN_COUNT,
    TREATED,
    Rule,
    among,
    arm_counts,
    arm_names,
    asked_for,
    first_broken,
    known_words,
    reason_for,
    with_women,
)
from helpers.counts.poolable import poolable
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import CELL_SOURCE, CONDITION, TISSUE
from helpers.questions.pooled_outcomes.estimates import (
    BAYES,
    ESTIMATE,
    METHODS,
    OPTIONS,
    estimate_row,
    no_maximum,
    shares_of,
    side_by_side,
    study_counts,
)
from helpers.show.numbers import months_text, percent

GROUPS = ("condition", "cell_source")
_NOT_STATED = "source not stated"


@dataclass(frozen=True, eq=False)
class PooledOutcomes:
    """Counts of treated women that are pooled where studies allow it, and those that are left out.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row per counted arm, as made by `outcome_rows`, with who (study, its women, arm and part), months and follow_up (in words),
        section (condition, or condition and source of the cells), alone (why the section is not pooled; empty where it
        is) and share (of the information about the mean, missing where it is not pooled).
    estimates : pandas.DataFrame
        One row per pool and estimate: tissue, section, estimate_name, lead (whether it is the one reported), k, women, events,
        estimate, low, high, prediction_low, prediction_high and convention, tau with its limits (logit scale), i2, q, q_p,
        method, and the texts of them.
    left_out : pandas.DataFrame
        The other counts of treated women, with why.
    outcomes : tuple of str
        The outcomes asked for.
    level : float
        Level of all intervals.
    """

    rows: pd.DataFrame
    estimates: pd.DataFrame
    left_out: pd.DataFrame
    outcomes: tuple[str, ...]
    level: float


def pooled_outcomes(
    ev: Evidence,
    *,
    outcome: Iterable[str],
    condition: Iterable[str] = ("all",),
    tissue: Iterable[str] = ("all",),
    access: Iterable[str] = ("all",),
    method: str = "bayes",
    group_by: str = "condition",
    level: float = 0.95,
) -> PooledOutcomes:
    """Pool what independent studies of women treated with cells counted, condition by condition.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    outcome : iterable of str
        Outcomes; each is pooled by itself.
    condition, tissue, access : iterable of str
        Conditions, tissues and depths of reading that may enter, or ``"all"``. What was read otherwise is listed.
    method : {"bayes", "binomial-normal"}
        Which estimate is told. With `FEW_STUDIES` or fewer all stand side by side.
    group_by : {"condition", "cell_source"}
        What a pool is: a condition, or a source of cells within one.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    PooledOutcomes
        Two studies at least make a pool; arms of one study are added up for it. Women of mixed conditions, or with cells
        of mixed or unknown source where sources are pooled, are shown and not pooled.

    Raises
    ------
    ValueError
        If an outcome or another word is not known.
    """
    known_words([method], set(METHODS), "method")
    known_words([group_by], set(GROUPS), "group_by")
    outcomes = (outcome,) if isinstance(outcome, str) else tuple(outcome)
    known_words(outcomes, set(ev.outcomes["outcome"]), "outcome")
    asked = asked_for(ev, condition=condition, tissue=tissue, access=access)
    kept, left_out = zip(*(_sifted(ev, name, asked, level) for name in outcomes), strict=True)
    excluded = pd.concat(left_out).sort_values("tissue", key=_ranked(TISSUE), kind="stable")
    return estimated(ev, pd.concat(kept), excluded, outcomes, method=method, group_by=group_by, level=level)


def estimated(
    ev: Evidence,
    counts: pd.DataFrame,
    left_out: pd.DataFrame,
    outcomes: tuple[str, ...],
    *,
    method: str,
    group_by: str,
    level: float,
) -> PooledOutcomes:
    """Pool counts that were chosen and named, section by section; those left out go along."""
    rows, estimates = _grouped(counts, group_by), []
    for key, part in rows[rows["alone"] == ""].groupby(["outcome", "section"], sort=False):
        found = side_by_side(*study_counts(poolable(ev, part)), method, level)
        rows.loc[part.index, "share"] = shares_of(part, found)
        estimates += [estimate_row(key, part, found, name) for name in found]
    table = pd.DataFrame(estimates, columns=ESTIMATE).astype({"lead": bool, "k": "int64"})
    return PooledOutcomes(rows, table, left_out, outcomes, level)


def _sifted(
    ev: Evidence, outcome: str, asked: dict[str, set[str]], level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows = arm_counts(ev, outcome, level=level)
    rows = rows[rows["side"] == TREATED]
    rows = among(rows, asked)
    rules = (*PLAIN_COUNT, _depth_rule(asked["access"]), *COUNTED_ONCE)
    why = first_broken(rows, rules)
    kept, left_out = rows[why == ""], rows.assign(why=why)[why != ""]
    return named(kept), named(left_out)


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Add who was counted: the study, its women, and the arm and part where there are several."""
    return rows.assign(who=with_women(arm_names(rows), rows["population"]))


def _ranked(words: Iterable[str]) -> Callable[[pd.Series[str]], pd.Series[int]]:
    """Rank a column by the order of its words."""
    order = list(words)
    return lambda column: column.map(order.index)


def _depth_rule(access: set[str]) -> Rule:
    def read_otherwise(rows: pd.DataFrame) -> pd.Series[str]:
        broken = ~rows["access"].isin(access) & ("all" not in access)
        return reason_for(rows, broken, "its source was read less deeply, or otherwise, than asked for")

    return read_otherwise


def _grouped(rows: pd.DataFrame, group_by: str) -> pd.DataFrame:
    """Name the section of every row, say why a section is not pooled, and put all in order."""
    by_source = group_by == "cell_source"
    source = rows["cell_source"].fillna(_NOT_STATED)
    section = rows["stratum"] + ((", " + source) if by_source else "")
    studies = rows["study_id"].groupby([rows["outcome"], section]).transform("nunique")
    alone = np.select(
        [
            rows["condition"] == MIXED,
            by_source & rows["cell_source"].isna(),
            by_source & (rows["cell_source"] == MIXED),
            studies == 1,
        ],
        [
            "women of more than one condition: not pooled",
            "source of the cells not stated: not pooled",
            "cells of more than one source: not pooled",
            "one study: nothing to pool it with",
        ],
        "",
    )
    rows = rows.assign(section=section, alone=alone, share=np.nan, follow_up=rows["months"].map(months_text))
    ranks = {
        "_tissue": _ranked(TISSUE)(rows["tissue"]),
        "_outcome": _ranked(dict.fromkeys(rows["outcome"]))(rows["outcome"]),
        "_condition": _ranked(CONDITION)(rows["condition"]),
        "_cells": _ranked([*CELL_SOURCE, _NOT_STATED])(source) if by_source else 0,
        "_first": -rows["total"].astype("float64"),
    }
    ordered = rows.assign(**ranks).sort_values([*ranks, "who"], kind="stable", ignore_index=True)
    return ordered.drop(columns=list(ranks))


def left_one_out(found: PooledOutcomes) -> pd.DataFrame:
    """Pool anew without each study in turn, where at least three were pooled.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `pooled_outcomes`.

    Returns
    -------
    pandas.DataFrame
        One row per pool and study: tissue, outcome, section, without (the study), estimate_name, k, estimate, low, high,
        estimate_text, shift (change of the estimate, as a proportion). Where without a study the likelihood has no
        maximum, the whole pool is done by Bayes, and estimate_name says so.
    """
    lines = []
    for pool in found.estimates[found.estimates["lead"] & (found.estimates["k"] > 2)].itertuples():
        part = found.rows[(found.rows["outcome"] == pool.outcome) & (found.rows["section"] == pool.section)]
        events, totals = study_counts(part)
        without = [np.delete(np.arange(len(events)), place) for place in range(len(events))]
        name, every = str(pool.estimate_name), pool.estimate
        if name != BAYES and any(no_maximum(events[left], totals[left]) for left in without):
            name = BAYES
            every = stats.pool_proportions(events, totals, **OPTIONS[name], level=found.level).estimate
        fits = stats.leave_one_out(stats.pool_proportions, events, totals, **OPTIONS[name], level=found.level)
        lines += [
            {
                "tissue": pool.tissue, "outcome": pool.outcome, "section": pool.section, "without": study, "estimate_name": name,
                "k": int(fits.k[place]), "estimate": fits.estimate[place], "low": fits.low[place],
                "high": fits.high[place], "shift": fits.estimate[place] - every,
                "estimate_text": f"{percent(fits.estimate[place])} % ({percent(fits.low[place])} to {percent(fits.high[place])})",
            }
            for place, study in enumerate(part.drop_duplicates("study_id")["study_label"])
        ]  # fmt: skip
    columns = [
        "tissue", "outcome", "section", "without", "estimate_name", "k", "estimate", "low", "high", "shift", "estimate_text",
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=columns)
