"""What was computed and how often the limits of a pooled proportion or mean change contain the true value, in words."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from helpers import stats
from helpers.questions.hormone_trajectories.variation import NEAR
from helpers.questions.methods.rows import EFFECT_INTERVALS, INTERVALS, LEVEL, Simulations
from helpers.show.numbers import in_percent, number, percent
from helpers.show.words import counted, listed, plain
from helpers.stats import FEW_STUDIES, effects_pooling
from helpers.stats.proportions_pooling import TAU_SCALE

#: What the page says where a number is part of it, which is not typed into a notebook.
REFERENCE_CHANGE = f"""\
A change is compared with what analytical and within-person variation give in an unchanged woman. Bands from coefficients of \
variation are even on the log scale: a doubling is as far as a halving.

Limits of agreement hold in the unit of the marker \
where the women in whom they were measured had levels within a factor of {number(NEAR)}; elsewhere they are carried over in proportion \
to the level.

The mean of n women measured twice moves less by itself than one woman, by the root of n. No band is wider \
than the study's own standard deviations allow. A marker without a printed variation is not judged."""
FEW = f"""\
With {FEW_STUDIES} studies or fewer the data hardly show how much studies differ, and no single method can be trusted. Three are then \
compared: Wald, which treats that spread as known; one with the wider t distribution (for effects the modified method of Hartung, Knapp, \
Sidik and Jonkman, HKSJ); and a Bayesian one, which rests on a stated prior. How often the limits of each contain the true value is \
simulated below."""


def methods_conclusion(proportions: Simulations, effects: Simulations) -> str:
    """Answer how often limits contain the true rate with few studies, then which method is the default."""
    rates = _unless_missing(proportions, lambda rows: f"{_answer(rows)}\n\n{coverage_title(rows)}.")
    default = _unless_missing(effects, lambda rows: f"Pooled mean changes: {_default(rows)}")
    return f"{rates}\n\n{default}"


def _answer(rows: pd.DataFrame) -> str:
    """Answer in one sentence: the best and the worst method with few studies, and what was aimed at."""
    least = rows[rows["k"] <= FEW_STUDIES].groupby("interval")["coverage"].min()
    best, worst = str(least.idxmax()), str(least.idxmin())
    return (
        f"With {FEW_STUDIES} studies or fewer, the best method ({INTERVALS[best]}) covers the true rate in at least {percent(least[best])} % of "
        f"simulated sets, the worst ({INTERVALS[worst]}) in {percent(least[worst])} % (aim: {in_percent(LEVEL)})."
    )


def simulated_proportions(simulations: Simulations) -> str:
    """Say how the limits of a pooled proportion did, and by what that was simulated."""
    made_by = f"\n\nMade by {plain(simulations.made_by)}."
    return _unless_missing(simulations, coverage_conclusion, made_by)


def simulated_effects(simulations: Simulations) -> str:
    """Say how the limits of a pooled mean change did, and by what that was simulated."""
    made_by = f"\n\nMade by {plain(simulations.made_by)}."
    return _unless_missing(simulations, effect_coverage_conclusion, made_by)


def _unless_missing(
    simulations: Simulations, worded: Callable[[pd.DataFrame], str], made_by: str = ""
) -> str:
    if simulations.rows.empty:
        return f"This project has no simulations of them: `{simulations.file}` is missing."
    return worded(simulations.rows) + made_by


def coverage_title(rows: pd.DataFrame) -> str:
    """Say in a line how low the coverage of each method falls with few studies; rows as for `coverage_conclusion`."""
    least = rows[rows["k"] <= FEW_STUDIES].groupby("interval")["coverage"].min()
    falls = ", ".join(f"{INTERVALS[interval]} {percent(least[interval])} %" for interval in _simulated(rows))
    return f"With {FEW_STUDIES} studies or fewer, the lowest coverage is: {falls}"


def coverage_conclusion(rows: pd.DataFrame) -> str:
    """Say how each method did in the simulations.

    `rows` has one row per cell and interval, with coverage, width, refused and prediction_coverage as proportions.
    """
    cells = len(rows[["k", "rate", "tau"]].drop_duplicates())
    about = (
        f"Sets of single-arm studies were drawn for {cells} combinations of the number of studies, the median rate, and the spread "
        "of the true logits between studies (tau). The limits should contain the median rate, the rate of a typical study, in "
        f"{in_percent(LEVEL)} of the sets. Where tau is above zero the mean rate differs from it, and the naive limits of the summed counts "
        "aim at the mean rate."
    )
    names = {interval: INTERVALS[interval] for interval in _simulated(rows)}
    lines = _by_method(
        rows.assign(width=100 * rows["width"]), names, "the median rate", _at_rate, unit="points"
    )
    prior = (
        f"The Bayesian credible interval was tried on spreads of up to {number(rows['tau'].max())}, with a prior of scale {number(TAU_SCALE)} for tau: where "
        "studies differ far more than their prior expects, it does worse."
    )
    return "\n\n".join([about, lines, prior, _without_maximum(rows)])


def _without_maximum(rows: pd.DataFrame) -> str:
    likely = rows[rows["interval"] == "wald"]
    most = likely["refused"].max()
    often = (
        f"in up to {percent(most)} % of the sets of a combination, which count for the other methods only"
        if most > 0
        else "in no simulated set"
    )
    exact = percent(likely["exact"].max())
    return (
        "Maximum likelihood has no answer where every study has no event or only events and both occur: that happened "
        f"{often}. Where no study of a set had an event, or all had nothing else, it gives the exact interval of the "
        f"summed counts: in up to {exact} % of the sets of a combination."
    )


def _by_method(
    rows: pd.DataFrame, names: Mapping[str, str], truth: str, where: Callable[[Any], str], *, unit: str
) -> str:
    """Tabulate how each method did: how often its limits contain the truth, where least often, and how wide they are."""
    cells = []
    for interval, name in names.items():
        own = rows[rows["interval"] == interval]
        short = own["coverage"] + 2 * own["coverage_error"] < LEVEL
        widths = own.groupby("k")["width"].mean()
        predicted = own["prediction_coverage"]
        cells.append(
            {
                "method": name,
                f"sets whose limits contain {truth}": _range(own["coverage"]),
                "lowest with": where(own.sort_values("coverage").iloc[0]),
                f"combinations short of {in_percent(LEVEL)}": f"{short.sum()} of {len(own)}",
                **{f"mean width, {_studies(k)}": f"{number(width, 1)} {unit}" for k, width in widths.items()},
                "sets whose prediction interval contains a new study": _range(predicted)
                if predicted.notna().any()
                else "none given",
            }
        )
    lines = [cells[0], dict.fromkeys(cells[0], "---"), *(row.values() for row in cells)]
    note = f"A combination is short of {in_percent(LEVEL)} if the coverage lies below it by more than two Monte Carlo errors."
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + f"\n\n{note}"


def _at_rate(cell: Any) -> str:
    return f"{_studies(cell['k'])}, a rate of {percent(cell['rate'])} %, tau {number(cell['tau'])}"


def _at_size(cell: Any) -> str:
    return f"{_studies(cell['k'])} of {cell['fewest']} to {cell['most']} women, tau {number(cell['tau'])}"


def _range(shares: pd.Series) -> str:
    return f"{percent(shares.min())} to {percent(shares.max())} %"


def _studies(k: Any) -> str:
    return counted(int(k), "study", "studies")


def _simulated(rows: pd.DataFrame) -> list[str]:
    return [interval for interval in INTERVALS if (rows["interval"] == interval).any()]


def effect_coverage_conclusion(rows: pd.DataFrame) -> str:
    """Say how each method for a pooled mean change did in the simulations, and what they decide.

    `rows` has one row per cell and interval, with coverages as proportions, tau and width in units of the SD of a
    change.
    """
    cells = len(rows[["k", "tau", "fewest", "most"]].drop_duplicates())
    sizes = listed(f"{low} to {high}" for low, high in rows[["fewest", "most"]].drop_duplicates().to_numpy())
    about = (
        f"Sets of studies that each print a mean change and its SD were drawn for {cells} combinations of the number of studies, "
        f"their size ({sizes} women) and the spread of the true mean changes between studies (tau). Everything is in units of the "
        "SD of the change within a study. The variances that are pooled are estimates from so few women, as in practice."
    )
    lines = _by_method(rows, EFFECT_INTERVALS, "the mean", _at_size, unit="SD")
    return "\n\n".join([about, lines, f"Default: {_default(rows)}", _together(rows)])


def _default(rows: pd.DataFrame) -> str:
    least = {name: _least(rows, name) for name in effects_pooling.INTERVALS}
    best, second, *_ = sorted(least, key=lambda name: -least[name])
    default = inspect.signature(stats.pool_effects).parameters["interval"].default
    is_default = "it is" if default == best else f"{EFFECT_INTERVALS[default]} is"
    others = listed(
        f"{percent(least[name])} % for {EFFECT_INTERVALS[name]}" for name in least if name != best
    )
    price = (_widths(rows, best) / _widths(rows, second)).max()
    return (
        f"of the methods without a prior, {EFFECT_INTERVALS[best]} has the highest lowest coverage "
        f"({percent(least[best])} % of sets, where {in_percent(LEVEL)} is the aim; {others}), and {is_default} the default of "
        f"`pool_effects`. Its price is width: up to {number(price, 1)} times that of {EFFECT_INTERVALS[second]}."
    )


def _together(rows: pd.DataFrame) -> str:
    few = rows[rows["k"] <= FEW_STUDIES]
    fewest, spread = few["k"].min(), few["tau"].max()
    wide = few[few["k"] == fewest].groupby("interval")["width"].mean()
    return (
        f"Why three methods are compared with {FEW_STUDIES} studies or fewer: Wald contains the mean in as few as {percent(_least(few, 'wald'))} % of "
        f"sets. Modified HKSJ contains it in {percent(_least(few, 'hksj-modified'))} % at least, but with {fewest} studies is "
        f"{number(wide['hksj-modified'], 1)} SD wide on average, too wide to be useful. Bayes is {number(wide['bayes'], 1)} SD wide there and rests on "
        f"its prior: with a tau of {number(spread)} it contains the mean in as few as {percent(_least(few[few['tau'] == spread], 'bayes'))} %. Each "
        "fails where another does not, so a reader needs all three."
    )


def _least(rows: pd.DataFrame, interval: str) -> float:
    return float(rows.loc[rows["interval"] == interval, "coverage"].min())


def _widths(rows: pd.DataFrame, interval: str) -> pd.Series[float]:
    return rows[rows["interval"] == interval].set_index(["fewest", "most", "k", "tau"])["width"]
