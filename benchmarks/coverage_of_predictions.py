"""Simulate how often the prediction interval of a new untreated cohort holds its rate, under each prior of tau.

Each cell draws sets of k cohorts of the size of those in ``data/`` under the binomial-normal model: logits of the true rates
are normal with standard deviation tau around the logit of the median rate, and a cohort has 20 to 500 women, even in the
logarithm. Then ``stats.predictive_background`` predicts the true rate of a new cohort.

    python benchmarks/coverage_of_predictions.py             # writes a csv of that name beside it, a few minutes
    python benchmarks/coverage_of_predictions.py --quick     # fewer simulations, printed only
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from helpers.stats import bayes
from helpers.stats.predictive import TAU_SCALES
from helpers.stats.proportions_pooling import MU_MEAN, MU_SD
from simulation import Intervals, every_cell, judged, new_below, run

RECORDED = Path(__file__).with_suffix(".csv")
STUDIES, RATES, TAUS = (2, 4, 8), (0.05, 0.2), (0.0, 0.5, 1.0)
SMALLEST, LARGEST = 20, 500
SEED, SIMULATIONS, QUICK = 20261, 200, 10


def simulated(
    studies: Sequence[int] = STUDIES,
    rates: Sequence[float] = RATES,
    taus: Sequence[float] = TAUS,
    *,
    simulations: int = SIMULATIONS,
    seed: int = SEED,
    level: float = 0.95,
) -> pd.DataFrame:
    """Simulate every cell of a grid.

    Parameters
    ----------
    studies : sequence of int
        Numbers of cohorts in a set.
    rates : sequence of float
        Median rates.
    taus : sequence of float
        Standard deviations of the true logits between cohorts.
    simulations : int
        Sets per cell.
    seed : int
        Seed; a cell gives the same numbers whatever the rest of the grid.
    level : float
        Level of all intervals.

    Returns
    -------
    pandas.DataFrame
        A row per cell and scale of the prior of tau: k, rate, tau, tau_scale, datasets, coverage of the median rate with its
        Monte Carlo error, mean width as a proportion, and the same of the prediction interval and the rate of a new cohort.
    """
    grid = [{"k": k, "rate": rate, "tau": tau} for k in studies for rate in rates for tau in taus]
    return every_cell(grid, partial(_cell, simulations=simulations, level=level), seed)


def _cell(
    rng: np.random.Generator, cell: Mapping[str, Any], simulations: int, level: float
) -> Iterator[dict[str, Any]]:
    mu, tau = float(special.logit(cell["rate"])), cell["tau"]
    totals = np.exp(rng.uniform(np.log(SMALLEST), np.log(LARGEST), (simulations, cell["k"]))).round()
    events = rng.binomial(totals.astype(np.int64), special.expit(mu + tau * rng.normal(size=totals.shape)))
    fields = bayes.proportions(events.astype(np.float64), totals, level, TAU_SCALES, MU_MEAN, MU_SD)
    for scale, found in zip(TAU_SCALES, fields, strict=True):
        limits = Intervals(*(found[name] for name in ("low", "high", "prediction_low", "prediction_high")))
        below = judged(limits, cell["rate"], lambda limit: new_below(special.logit(limit) - mu, tau))
        yield {"tau_scale": scale, "datasets": simulations, **below}


def main() -> None:
    """Simulate the grid and write it to the csv beside this file; with --quick print it only."""
    run(
        lambda simulations: simulated(simulations=simulations),
        RECORDED,
        (QUICK, SIMULATIONS),
        f"seed {SEED}, {SIMULATIONS} sets a cell, {SMALLEST} to {LARGEST} women a cohort, level 0.95, "
        f"priors tau half-normal of three scales and mu N({MU_MEAN:g}, {MU_SD:g}^2) in logits",
    )


if __name__ == "__main__":
    main()
