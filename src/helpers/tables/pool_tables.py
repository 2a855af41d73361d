"""The tables of pooled outcomes: what was left out, what was pooled, with what result, and what each study does to it."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import capital, phrase
from helpers.tables.pools import PooledOutcomes
from helpers.tables.publication import Table, table
from helpers.tables.rows import percent, points


def pool_left_out_table(found: PooledOutcomes) -> Table:
    """Build the table of counts that enter no pool and are not drawn, with the reason.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `pooled_outcomes`.

    Returns
    -------
    Table
        One row per outcome, arm and reason, grouped by reason.
    """
    by = ["why", "outcome", "who", "condition", "access"]
    joined = (
        found.left_out.groupby(by, sort=False)
        .agg(counts=("count_text", "; ".join), evidence=("evidence_row", "; ".join))
        .reset_index()
        .sort_values(["why", "outcome", "who"], kind="stable")
    )
    joined = joined.assign(why=joined["why"].map(capital), outcome=joined["outcome"].map(phrase))
    columns = {
        "outcome": "outcome", "who": "study and arm", "condition": "condition", "counts": "events/total",
        "access": "read as", "evidence": "evidence",
    }  # fmt: skip
    note = "Rules, in their order: a count is listed with the first that it breaks. No rule names a study."
    return table(joined, columns, title="Left out, and why", note=note, group="why")


def pooled_count_table(found: PooledOutcomes) -> Table:
    """Build the table of the counts that stand in the figures, each with its share in its pool.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `pooled_outcomes`.

    Returns
    -------
    Table
        One row per arm, grouped by outcome and section.
    """
    rows = found.rows
    rows = rows.assign(
        head=_heads(rows),
        design=rows["design"].map(phrase),
        cells=rows["cell_source"].fillna("source not stated"),
        information=[
            alone or f"{percent(share)} %" for alone, share in zip(rows["alone"], rows["share"], strict=True)
        ],
    )
    columns = {
        "who": "study and arm", "cells": "cells", "design": "design", "count_text": "events/total",
        "interval_text": f"percent ({100 * found.level:g} % interval)", "information": "share of the information",
        "follow_up": "follow-up", "total_basis": "basis of the total", "origin": "who tells it", "access": "read as",
        "citation": "source", "note": "remark",
    }  # fmt: skip
    note = (
        "Exact (Clopper-Pearson) intervals. The binomial-normal model is no weighted mean: the share is that of the information "
        "about the mean logit, at the estimate that is told."
    )
    return table(rows, columns, title="The counts, study by study", note=note, group="head")


def pool_table(found: PooledOutcomes) -> Table:
    """Build the table of pooled results, every estimate of every pool.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `pooled_outcomes`.

    Returns
    -------
    Table
        One row per estimate, grouped by outcome and section.
    """
    rows = found.estimates
    rows = rows.assign(
        head=_heads(rows),
        told=rows["lead"].map({True: "yes", False: "beside it"}),
        among=rows["events"].astype(str) + "/" + rows["women"].astype(str),
        differ=[f"{q:.1f}, p = {p:.2f}" for q, p in zip(rows["q"], rows["q_p"], strict=True)],
    )
    columns = {
        "estimate_name": "estimate", "told": "told", "k": "studies", "among": "events/women",
        "estimate_text": f"percent ({100 * found.level:g} % interval)", "prediction_text": "prediction interval",
        "convention": "its convention", "heterogeneity_text": "heterogeneity", "differ": "likelihood ratio of one rate", "method": "method",
    }  # fmt: skip
    note = (
        "Rates of women treated with cells, without a control group: no effect. The prediction interval is that of the true rate "
        "in a new study; where maximum likelihood finds no heterogeneity it equals the interval, which few studies do "
        "not justify. With two studies heterogeneity is all but unknown: the Bayesian result then leans on its prior."
    )
    return table(rows, columns, title="The pooled results", note=note, group="head")


def left_one_out_table(left: pd.DataFrame, *, level: float) -> Table:
    """Build the table of pools without each study in turn.

    Parameters
    ----------
    left : pandas.DataFrame
        Made by `left_one_out`.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Table
        One row per study left out, grouped by outcome and section.
    """
    rows = left.assign(
        head=_heads(left),
        moved=[points(shift) for shift in left["shift"]],
    )
    columns = {
        "without": "without", "k": "studies left", "estimate_text": f"percent ({100 * level:g} % interval)",
        "moved": "shift, points", "estimate_name": "estimate",
    }  # fmt: skip
    return table(rows, columns, title="The pools without each study in turn", group="head")


def _heads(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["outcome"].map(lambda name: capital(phrase(name))) + ": " + rows["section"]
