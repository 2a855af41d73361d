"""Simulate how often the intervals of a pooled mean change hold the truth, and how wide they are.

Each cell draws sets of k single arms under the normal-normal model: the true mean changes are normal with standard
deviation tau around the mean, and what a study prints is the mean and the variance of a sample of its women. All is
in units of the SD of the change within a study. As in practice, the variances that are pooled are estimates.

    python benchmarks/coverage_of_effects.py             # writes a csv of that name beside it, a minute or two
    python benchmarks/coverage_of_effects.py --quick     # fewer simulations, printed only
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from helpers import stats
from helpers.stats.effects_pooling import INTERVALS
from helpers.stats.validation import FloatArray
from simulation import Intervals, every_cell, judged, new_below, run

RECORDED = Path(__file__).with_suffix(".csv")
STUDIES, TAUS = (2, 3, 5, 10), (0.0, 0.25, 0.5, 1.0)
#: Fewest and most women of a study: as the literature has them, and small studies only.
WOMEN = ((5, 60), (5, 12))
#: Scale of the half-normal prior of tau, in units of the SD of a change; the mean has a flat prior.
TAU_SCALE = 1.0
SEED, SIMULATIONS, QUICK = 20242, 10_000, 500
#: Points of the posterior of tau. A test holds the intervals against `pool_effects_bayes`.
POINTS = 65
#: Data sets whose posteriors are worked out together.
BATCH = 1_000


def simulated(
    studies: Sequence[int] = STUDIES,
    taus: Sequence[float] = TAUS,
    women: Sequence[tuple[int, int]] = WOMEN,
    *,
    simulations: int = SIMULATIONS,
    seed: int = SEED,
    level: float = 0.95,
) -> pd.DataFrame:
    """Simulate every cell of a grid.

    Parameters
    ----------
    studies : sequence of int
        Numbers of studies in a set.
    taus : sequence of float
        Standard deviations of the true mean changes between studies, in units of the SD of a change.
    women : sequence of tuple of int
        Fewest and most women of a study, every number between as likely; the fewest at least 2.
    simulations : int
        Sets of studies per cell.
    seed : int
        Seed; a cell gives the same numbers whatever the rest of the grid.
    level : float
        Level of all intervals.

    Returns
    -------
    pandas.DataFrame
        A row per cell and interval: k, tau, fewest, most, interval, coverage with its Monte Carlo error, mean width in
        units of the SD of a change, and the same of the prediction interval.
    """
    grid = [
        {"k": k, "tau": tau, "fewest": fewest, "most": most}
        for fewest, most in women
        for k in studies
        for tau in taus
    ]
    return every_cell(grid, partial(_cell, simulations=simulations, level=level), seed)


def _cell(
    rng: np.random.Generator, cell: Mapping[str, Any], simulations: int, level: float
) -> Iterator[dict[str, Any]]:
    tau = cell["tau"]
    n = rng.integers(cell["fewest"], cell["most"] + 1, (simulations, cell["k"]))
    effects = rng.normal(scale=np.sqrt(tau**2 + 1 / n))
    variances = rng.chisquare(n - 1) / (n - 1) / n
    for interval in INTERVALS:
        pooled = stats.pool_effects(effects, variances, interval=interval, level=level)
        limits = Intervals(pooled.low, pooled.high, pooled.prediction_low, pooled.prediction_high)
        yield {"interval": interval, **judged(limits, 0.0, lambda limit: new_below(limit, tau))}
    bayes = posterior_intervals(effects, variances, level)
    yield {"interval": "bayes", **judged(bayes, 0.0, lambda limit: new_below(limit, tau))}


def posterior_intervals(effects: FloatArray, variances: FloatArray, level: float) -> Intervals:
    """Return the intervals of ``pool_effects_bayes`` for many sets of studies at once.

    Parameters
    ----------
    effects, variances : ndarray of float, shape (datasets, k)
        Effects and their variances, in units of the SD of a change.
    level : float
        Probability of the intervals.

    Returns
    -------
    Intervals
        Equal-tailed.
    """
    # Even in asinh(tau / 0.1): close together where tau is small, on the way to where the prior leaves nothing.
    at = np.linspace(0.0, np.arcsinh(50.0 * TAU_SCALE), POINTS)
    tau = 0.1 * np.sinh(at)
    simpson = np.where(np.arange(POINTS) % 2, 4.0, 2.0)
    simpson[[0, -1]] = 1
    prior = np.log(simpson * np.cosh(at)) - (tau / TAU_SCALE) ** 2 / 2
    tails = ((1 - level) / 2, (1 + level) / 2)
    limits = []
    for start in range(0, len(effects), BATCH):
        y, v = (array[start : start + BATCH, :, None] for array in (effects, variances))
        spread = v + tau**2
        total = (1 / spread).sum(axis=1)
        mean = (y / spread).sum(axis=1) / total
        misfit = ((y - mean[:, None]) ** 2 / spread).sum(axis=1)
        height = prior - (np.log(spread).sum(axis=1) + np.log(total) + misfit) / 2
        share = np.exp(height - height.max(axis=1, keepdims=True))
        share /= share.sum(axis=1, keepdims=True)
        sd = 1 / np.sqrt(total)
        limits.append(
            [_quantile(share, mean, wide, tail) for wide in (sd, np.hypot(sd, tau)) for tail in tails]
        )
    return Intervals(*np.concatenate(limits, axis=1))


def _quantile(share: FloatArray, mean: FloatArray, sd: FloatArray, tail: float) -> FloatArray:
    """Return a quantile of a mixture of normal distributions for each data set, by bisection."""
    # A mixture lies between the quantiles of its parts.
    each = mean + special.ndtri(tail) * sd
    low, high = each.min(axis=1), each.max(axis=1)
    for _ in range(40):
        middle = (low + high) / 2
        under = (share * special.ndtr((middle[:, None] - mean) / sd)).sum(axis=1) < tail
        low, high = np.where(under, middle, low), np.where(under, high, middle)
    return np.asarray((low + high) / 2)


def main() -> None:
    """Simulate the grid and write it to the csv beside this file; with --quick print it only."""
    run(
        lambda simulations: simulated(simulations=simulations),
        RECORDED,
        (QUICK, SIMULATIONS),
        f"seed {SEED}, {SIMULATIONS} sets a cell, level 0.95, tau and widths in units of the SD of a change, "
        f"REML, prior tau half-normal({TAU_SCALE:g})",
    )


if __name__ == "__main__":
    main()
