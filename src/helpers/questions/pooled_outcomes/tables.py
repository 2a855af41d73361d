"""Tables of pooled outcomes: what was excluded, what was pooled with what result, and what each study does to it."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.ladder import LADDER
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.show.numbers import in_percent, number, p_equals, percent, points
from helpers.show.table import Table, table


def pool_left_out_table(pools: PooledOutcomes) -> Table:
    """List the counts that enter no pool and are not drawn, by tissue and reason; a row per outcome, arm and reason."""
    left = pools.left_out.sort_values(["why", "outcome", "who"], kind="stable")
    left = left.sort_values("tissue", key=lambda tissues: tissues.map(list(ORGAN).index), kind="stable")
    joined = left.groupby(
        ["tissue", "why", "outcome", "who", "condition", "access"], sort=False, as_index=False
    )
    rows = joined.agg(counts=("count_text", "; ".join), evidence=("evidence_row", "; ".join))
    rows = rows.assign(head=_organ(rows) + ": " + rows["why"], outcome=rows["outcome"].map(phrase))
    columns = {
        "outcome": "outcome", "who": "study and arm", "condition": "condition", "counts": "events/total",
        "access": "text available to us", "evidence": "evidence",
    }  # fmt: skip
    note = "The rules apply in a fixed order: a count is listed with the first rule that it breaks. No rule names a study."
    return table(rows, columns, title="Excluded, and why", note=note, group="head")


def pooled_count_table(pools: PooledOutcomes) -> Table:
    """List the counts in the figures, each with its percentage of the information in its pool."""
    rows = pools.rows
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
        "interval_text": f"percent ({in_percent(pools.level)} CI)", "information": "percentage of the information",
        "follow_up": "follow-up", "total_basis": "basis of the total", "origin": "reported by", "access": "text available to us",
        "citation": "source", "note": "remark",
    }  # fmt: skip
    note = (
        "Exact (Clopper-Pearson) confidence intervals (CI). The binomial-normal model is no weighted mean: the percentage is that "
        "of the information about the mean logit, at the estimate that is reported."
    )
    return table(rows, columns, title="The counts, study by study", note=note, group="head")


def pool_table(pools: PooledOutcomes) -> Table:
    """List every estimate of every pool, by tissue, outcome and section."""
    rows = pools.estimates
    rows = rows.assign(
        head=_heads(rows),
        reported=rows["lead"].map({True: "yes", False: "for comparison"}),
        among=rows["events"].astype(str) + "/" + rows["women"].astype(str),
        differ=[f"{number(q, 1)}, {p_equals(p)}" for q, p in zip(rows["q"], rows["q_p"], strict=True)],
    )
    columns = {
        "estimate_name": "estimate", "reported": "reported", "k": "studies", "among": "events/women",
        "estimate_text": f"percent ({in_percent(pools.level)} CI; Bayes: CrI)", "prediction_text": "prediction interval (PI)",
        "convention": "convention of the PI", "heterogeneity_text": "heterogeneity", "differ": "likelihood ratio of one rate", "method": "method",
    }  # fmt: skip
    note = (
        "No pooled rate has a control group, so none can show whether the cells work. The prediction interval is that of the true "
        "rate in a new study; where maximum likelihood finds no heterogeneity it equals the confidence interval (CI), which is too narrow with few "
        "studies. With two studies heterogeneity is all but unknown: the Bayesian credible interval (CrI) then "
        "depends mainly on its prior."
    )
    return table(rows, columns, title="The pooled results", note=note, group="head")


def left_one_out_table(left: pd.DataFrame, *, level: float) -> Table:
    """List the pools without each study in turn; `left` is made by `rows.left_one_out`."""
    rows = left.assign(head=_heads(left), moved=left["shift"].map(points))
    columns = {
        "without": "without", "k": "studies left", "estimate_text": f"percent ({in_percent(level)} CI; Bayes: CrI)",
        "moved": "shift, points", "estimate_name": "estimate",
    }  # fmt: skip
    return table(rows, columns, title="The pools without each study in turn", group="head")


def _organ(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["tissue"].map(ORGAN).map(capital)


def _heads(rows: pd.DataFrame) -> pd.Series[str]:
    return _organ(rows) + ": " + rows["outcome"].map(phrase) + ", " + rows["section"]


def ladder_table(rows: pd.DataFrame, *, level: float) -> Table:
    """List pregnancy, ongoing pregnancy and live birth; `rows` is made by `ladder.ladder_rows`."""
    shown = rows.assign(head=_organ(rows) + ": " + rows["section"])
    steps = {f"{step} text": phrase(step) for step in LADDER}
    note = (
        f"Events/women and percent, with {in_percent(level)} limits: of one study the exact confidence interval (CI), of several the "
        "pooled estimates, the credible interval (CrI) by Bayes and the CI by maximum likelihood. Ongoing pregnancies are listed "
        "and not pooled, because the studies stopped looking at different times."
    )
    columns = {"who": "studies", **steps, "remark": "remark", "evidence": "evidence"}
    return table(shown, columns, title="Pregnancy and birth in the same studies", note=note, group="head")
