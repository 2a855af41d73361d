"""Which counts of independent studies of one condition are pooled, and the estimates side by side.

A pool holds women treated with cells, of one condition, each counted once by the rules of `helpers.counts.one_count`;
`helpers.counts.poolable` checks once more what they let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.one_count import (
    COUNTED_ONCE,
    MIXED,
    PLAIN_COUNT,
    TREATED,
    among,
    arm_counts,
    arm_names,
    asked_for,
    known_words,
    with_women,
)
from helpers.counts.one_row import first_broken, reason_for
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
from helpers.show.numbers import months_text, percent_ci

GROUPS = ("condition", "cell_source")
_NOT_STATED = "source not stated"
#: Why a count is in no pool.
READ_OTHERWISE = "its source was read less deeply, or otherwise, than asked for"
MIXED_WOMEN = "women of more than one condition: not pooled"
ONE_STUDY = "one study: nothing to pool it with"
_LEFT = [
    "tissue", "outcome", "section", "estimate_name", "without", "k", "estimate", "low", "high", "shift", "estimate_text",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class PooledOutcomes:
    """Counts of treated women, pooled where studies allow it, and the counts that are excluded.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row per counted arm, as made by `helpers.counts.outcomes.outcome_rows`. who is study, women, arm and part; section is
        the condition, or condition and source of the cells; alone says why the section is not pooled, empty if it is; share is
        the proportion of the information about the mean, missing if the section is not pooled.
    estimates : pandas.DataFrame
        One row per pool and estimate; lead marks the one reported, convention names that of the prediction interval, tau is on the
        logit scale.
    left_out : pandas.DataFrame
        The other counts of treated women, with why.
    outcomes : tuple of str
        The outcomes chosen.
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
    """Pool the counts of independent studies of women treated with cells, outcome by outcome and condition by condition.

    Two studies at least make a pool; arms of one study are added up for it. `group_by` is ``"condition"``, or ``"cell_source"``
    within one. Women of mixed conditions, or with cells of mixed or unknown source if sources are pooled, are shown and not pooled;
    counts read otherwise than `access` are in left_out. `method` is the estimate that is reported: ``"bayes"`` or
    ``"binomial-normal"``; with `FEW_STUDIES` or fewer all are given. An unknown word raises ValueError.
    """
    known_words([method], set(METHODS), "method")
    known_words([group_by], set(GROUPS), "group_by")
    outcomes = (outcome,) if isinstance(outcome, str) else tuple(outcome)
    known_words(outcomes, set(ev.outcomes["outcome"]), "outcome")
    asked = asked_for(ev, condition=condition, tissue=tissue, access=access)
    kept, left_out = zip(*(_sifted(ev, name, asked, level) for name in outcomes), strict=True)
    excluded = in_order(pd.concat(left_out), {"tissue": TISSUE})
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
    """Pool counts that were chosen and named, section by section; `left_out` is passed on."""
    rows, estimates = _grouped(counts, group_by), []
    shares = rows["share"].copy()
    for key, pool in rows[rows["alone"] == ""].groupby(["outcome", "section"], sort=False):
        fits = side_by_side(*study_counts(poolable(ev, pool)), method, level)
        shares[pool.index] = shares_of(pool, fits)
        estimates += [estimate_row(key, pool, fits, name) for name in fits]
    table = pd.DataFrame(estimates, columns=ESTIMATE).astype({"lead": bool, "k": "int64"})
    return PooledOutcomes(rows.assign(share=shares), table, left_out, outcomes, level)


def _sifted(
    ev: Evidence, outcome: str, asked: dict[str, set[str]], level: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the counts of treated women into those that may share a pool, and the others with the reason."""
    rows = arm_counts(ev, outcome, level=level)
    rows = among(rows[rows["side"] == TREATED], asked)
    depths = asked["access"]

    def read_otherwise(rows: pd.DataFrame) -> pd.Series[str]:
        return reason_for(rows, ~rows["access"].isin(depths) & ("all" not in depths), READ_OTHERWISE)

    why = first_broken(rows, (*PLAIN_COUNT, read_otherwise, *COUNTED_ONCE))
    return named(rows[why == ""]), named(rows.assign(why=why)[why != ""])


def named(rows: pd.DataFrame) -> pd.DataFrame:
    """Add who was counted: the study, its women, and the arm and part if there are several."""
    return rows.assign(who=with_women(arm_names(rows), rows["population"]))


def in_order(
    rows: pd.DataFrame, orders: Mapping[str, Iterable[str] | None], *, largest: str = ""
) -> pd.DataFrame:
    """Sort rows by columns: each by the order of its words if there are any, the column `largest` from the largest down."""
    places = {name: list(words) for name, words in orders.items() if words}
    return rows.sort_values(
        list(orders),
        ascending=[name != largest for name in orders],
        key=lambda column: column.map(places[column.name].index) if column.name in places else column,
        kind="stable",
        ignore_index=True,
    )


def _grouped(rows: pd.DataFrame, group_by: str) -> pd.DataFrame:
    """Name the section of every row, say why a section is not pooled, and sort all rows."""
    by_source = group_by == "cell_source"
    source = rows["cell_source"].fillna(_NOT_STATED)
    section = rows["stratum"] + (", " + source if by_source else "")
    studies = rows["study_id"].groupby([rows["outcome"], section]).transform("nunique")
    alone = {
        MIXED_WOMEN: rows["condition"] == MIXED,
        "source of the cells not stated: not pooled": by_source & rows["cell_source"].isna(),
        "cells of more than one source: not pooled": by_source & (rows["cell_source"] == MIXED),
        ONE_STUDY: studies == 1,
    }
    rows = rows.assign(
        section=section,
        alone=np.select(list(alone.values()), list(alone), ""),
        share=np.nan,
        follow_up=rows["months"].map(months_text),
        _source=source,
    )
    orders = {
        "tissue": TISSUE,
        "outcome": dict.fromkeys(rows["outcome"]),
        "condition": CONDITION,
        **({"_source": [*CELL_SOURCE, _NOT_STATED]} if by_source else {}),
        "total": None,
        "who": None,
    }
    return in_order(rows, orders, largest="total").drop(columns="_source")


def left_one_out(pools: PooledOutcomes) -> pd.DataFrame:
    """Pool anew without each study in turn, where at least three were pooled; one row per pool and study.

    shift is the change of the estimate, as a proportion. If without one of the studies the likelihood has no maximum, the whole pool
    is refitted by Bayes, and estimate_name says so.
    """
    lines = []
    for pool in pools.estimates[pools.estimates["lead"] & (pools.estimates["k"] > 2)].itertuples():
        counts = pools.rows[(pools.rows["outcome"] == pool.outcome) & (pools.rows["section"] == pool.section)]
        events, totals = study_counts(counts)
        without = [np.delete(np.arange(len(events)), place) for place in range(len(events))]
        name, every = str(pool.estimate_name), pool.estimate
        if name != BAYES and any(no_maximum(events[left], totals[left]) for left in without):
            name = BAYES
            every = stats.pool_proportions(events, totals, **OPTIONS[name], level=pools.level).estimate
        fits = stats.leave_one_out(stats.pool_proportions, events, totals, **OPTIONS[name], level=pools.level)
        of_pool = (pool.tissue, pool.outcome, pool.section, name)
        studies = counts["study_label"].unique()
        for study, k, *numbers in zip(studies, fits.k, fits.estimate, fits.low, fits.high, strict=True):
            lines.append((*of_pool, study, int(k), *numbers, numbers[0] - every, percent_ci(*numbers)))
    return pd.DataFrame(lines, columns=_LEFT)
