"""How often intervals of a pooled proportion hold the truth, in words."""

from __future__ import annotations

import pandas as pd

from helpers.narrative.wording import counted, listed
from helpers.stats import FEW_STUDIES
from helpers.stats.proportions_pooling import TAU_SCALE
from helpers.tables.coverage import INTERVALS
from helpers.tables.rows import percent


def coverage_title(rows: pd.DataFrame) -> str:
    """Say in a line how low the coverage of each interval falls with few studies; rows as for `coverage_told`."""
    least = rows[rows["k"] <= FEW_STUDIES].groupby("interval")["coverage"].min()
    falls = ", ".join(f"{INTERVALS[interval]} {percent(least[interval])} %" for interval in _simulated(rows))
    return f"With {FEW_STUDIES} studies or fewer, intervals hold the truth as seldom as: {falls}"


def coverage_told(rows: pd.DataFrame, *, level: float = 0.95) -> str:
    """Tell what the simulations say of each interval.

    Parameters
    ----------
    rows : pandas.DataFrame
        One row per cell and interval: k, rate, tau, interval, coverage, width, refused, and prediction_coverage, all
        shares as proportions.
    level : float
        What the intervals promise.

    Returns
    -------
    str
        Markdown.
    """
    cells = len(rows[["k", "rate", "tau"]].drop_duplicates())
    about = (
        f"Sets of single-arm studies were drawn for {cells} combinations of the number of studies, the median rate, and the spread "
        "of the true logits between studies (tau). An interval is asked to hold the median rate, the rate of a typical study; "
        f"{100 * level:g} % of them should. Where tau is above zero the mean rate is another, and the naive interval of the summed counts "
        "aims at that one."
    )
    lines = [_line(interval, rows[rows["interval"] == interval], level) for interval in _simulated(rows)]
    prior = (
        f"The Bayesian interval was tried on spreads of up to {rows['tau'].max():g}, with a prior of scale {TAU_SCALE:g} for tau: where "
        "studies differ far more than their prior expects, it does worse."
    )
    return "\n\n".join([about, "\n".join(lines), prior, _without_maximum(rows)])


def _without_maximum(rows: pd.DataFrame) -> str:
    likely = rows[rows["interval"] == "wald"]
    most = likely["refused"].max()
    often = (
        f"in up to {percent(most)} % of the sets of a combination, which count for the others only"
        if most > 0
        else "in no set that was drawn"
    )
    exact = percent(likely["exact"].max())
    return (
        "Maximum likelihood has no answer where every study has no event or only events and both occur: that was so "
        f"{often}. Where no study of a set had an event, or all had nothing else, it gives the exact interval of the "
        f"summed counts: in up to {exact} % of the sets of a combination."
    )


def _line(interval: str, rows: pd.DataFrame, level: float) -> str:
    below = rows[rows["coverage"] + 2 * rows["coverage_error"] < level]
    by_k = 100 * rows.groupby("k")["width"].mean()
    widths = listed(f"{width:.1f} points with {k} studies" for k, width in by_k.items())
    worst = rows.sort_values("coverage").iloc[0]
    text = (
        f"- **{INTERVALS[interval]}** holds the median rate in {percent(rows['coverage'].min())} to {percent(rows['coverage'].max())} % of sets; "
        f"lowest with {counted(int(worst['k']), 'study', 'studies')}, a rate of {percent(worst['rate'])} % and tau {worst['tau']:g}. "
        f"It falls short of the {100 * level:g} % by more than two Monte Carlo errors in {len(below)} of {len(rows)} combinations. "
        f"Its mean width is {widths}"
    )
    predicted = rows["prediction_coverage"]
    if predicted.notna().any():
        text += f"; its prediction interval holds a new study's rate in {percent(predicted.min())} to {percent(predicted.max())} %"
    return f"{text}."


def _simulated(rows: pd.DataFrame) -> list[str]:
    return [interval for interval in INTERVALS if (rows["interval"] == interval).any()]
