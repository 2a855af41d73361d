"""Simulate how often the intervals of a pooled proportion hold the truth, and how wide they are.

Each cell draws sets of k single arms under the binomial-normal model: logits of the true rates are normal with standard
deviation tau around the logit of the median rate, and each study has 5 to 60 women, every number as likely. What an
interval should cover is that median rate, the rate of a typical study; the mean rate is another where tau is above zero.
What a prediction interval should cover is the true rate of a new study.

    python benchmarks/coverage_of_proportions.py             # writes a csv of that name beside it, a few minutes
    python benchmarks/coverage_of_proportions.py --quick     # fewer simulations, printed only
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import integrate, special

from helpers import stats
from helpers.stats import binomial_normal
from helpers.stats.proportions_pooling import MU_MEAN, MU_SD, TAU_SCALE
from helpers.stats.validation import BoolArray, FloatArray
from simulation import Intervals, every_cell, judged, new_below, run

RECORDED = Path(__file__).with_suffix(".csv")
STUDIES, RATES, TAUS = (2, 3, 5, 10), (0.02, 0.07, 0.15, 0.40), (0.0, 0.5, 1.0)
SMALLEST, LARGEST = 5, 60
SEED, SIMULATIONS, QUICK = 20240, 5_000, 100
#: Grid of the posterior, in logits: even in mu, and in asinh(tau / 0.2). A test holds it against `pool_proportions`.
MU = np.linspace(-14.0, 10.0, 385)
TAU_AT = np.linspace(0.0, np.arcsinh(5.0 * TAU_SCALE / 0.2), 31)
#: Data sets whose posteriors are worked out together.
BATCH = 50


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
        Numbers of studies in a set.
    rates : sequence of float
        Median rates.
    taus : sequence of float
        Standard deviations of the true logits between studies.
    simulations : int
        Sets of studies per cell.
    seed : int
        Seed; a cell gives the same numbers whatever the rest of the grid.
    level : float
        Level of all intervals.

    Returns
    -------
    pandas.DataFrame
        A row per cell and interval: k, rate, tau, interval, datasets (those with an interval), refused (share of sets
        without one), exact (share of sets without variation, which got the exact interval of the summed counts),
        coverage with its Monte Carlo error, mean width as a proportion, and the same of the prediction interval.
    """
    grid = [{"k": k, "rate": rate, "tau": tau} for k in studies for rate in rates for tau in taus]
    return every_cell(grid, partial(_cell, simulations=simulations, level=level), seed)


def _cell(
    rng: np.random.Generator, cell: Mapping[str, Any], simulations: int, level: float
) -> Iterator[dict[str, Any]]:
    mu, tau = float(special.logit(cell["rate"])), cell["tau"]
    totals = rng.integers(SMALLEST, LARGEST + 1, (simulations, cell["k"]))
    logits = mu + tau * rng.normal(size=totals.shape)
    events = rng.binomial(totals, special.expit(logits))
    alike = (events.sum(axis=1) == 0) | (events.sum(axis=1) == totals.sum(axis=1))
    fits = ~((events == 0) | (events == totals)).all(axis=1) | alike
    every = np.ones(simulations, dtype=bool)
    for interval in ("wald", "t"):
        pooled = stats.pool_proportions(events[fits], totals[fits], interval=interval, level=level)
        limits = Intervals(pooled.low, pooled.high, pooled.prediction_low, pooled.prediction_high)
        yield {"interval": interval, **_judged(limits, mu, tau, fits, float(alike.mean()))}
    bayes = posterior_intervals(events, totals, level)
    yield {"interval": "bayes", **_judged(bayes, mu, tau, every, 0.0)}
    low, high = stats.proportion_interval(events.sum(axis=1), totals.sum(axis=1), level=level)
    none = np.full(simulations, np.nan)
    yield {"interval": "crude", **_judged(Intervals(low, high, none, none), mu, tau, every, 1.0)}


def _judged(limits: Intervals, mu: float, tau: float, fits: BoolArray, exact: float) -> dict[str, Any]:
    return {
        "datasets": int(fits.sum()),
        "refused": 1 - float(fits.mean()),
        "exact": exact,
        **judged(limits, float(special.expit(mu)), lambda limit: new_below(special.logit(limit) - mu, tau)),
    }


def posterior_intervals(
    events: npt.NDArray[np.int64], totals: npt.NDArray[np.int64], level: float
) -> Intervals:
    """Return the intervals of ``pool_proportions(method="bayes")`` for many sets of small studies.

    The posterior is the same, on one grid for all sets: the likelihood of each count is then worked out once, and a
    hundred times as many sets can be simulated in the same time.

    Parameters
    ----------
    events, totals : ndarray of int, shape (datasets, k)
        Events and totals.
    level : float
        Probability of the intervals.

    Returns
    -------
    Intervals
        Equal-tailed, as proportions.
    """
    tau = 0.2 * np.sinh(TAU_AT)
    simpson = np.where(np.arange(len(tau)) % 2, 4.0, 2.0)
    simpson[[0, -1]] = 1
    prior = -(((MU[:, None] - MU_MEAN) / MU_SD) ** 2 + (tau / TAU_SCALE) ** 2) / 2
    prior += np.log(simpson * np.cosh(TAU_AT))
    # A new logit is mu plus a normal one: a convolution, which is a product of Fourier transforms.
    frequencies = np.fft.rfftfreq(2 * len(MU), MU[1] - MU[0])
    spread = np.exp(-2 * (np.pi * frequencies[:, None] * tau) ** 2)
    limits = []
    for start in range(0, len(events), BATCH):
        height = np.tile(prior, (len(events[start : start + BATCH]), 1, 1))
        for row, counts in enumerate(
            zip(events[start : start + BATCH], totals[start : start + BATCH], strict=True)
        ):
            for x, n in zip(*counts, strict=True):
                height[row] += _log_likelihood(int(x), int(n))
        share = np.exp(height - height.max(axis=(1, 2), keepdims=True))
        transform = (np.fft.rfft(share, 2 * len(MU), axis=1) * spread).sum(axis=-1)
        new = np.fft.irfft(transform, axis=1)[:, : len(MU)]
        limits.append(np.stack([*_quantiles(share.sum(axis=-1), level), *_quantiles(new, level)]))
    return Intervals(*special.expit(np.concatenate(limits, axis=1)))


@cache
def _log_likelihood(x: int, n: int) -> FloatArray:
    tau = 0.2 * np.sinh(TAU_AT)
    counts = np.array([float(x)]), np.array([float(n)])
    return binomial_normal.log_likelihood(*counts, MU[:, None, None], tau[:, None]).astype(np.float32)


def _quantiles(density: FloatArray, level: float) -> Iterator[FloatArray]:
    below = integrate.cumulative_simpson(density, x=MU, axis=1, initial=0)
    below = np.maximum.accumulate(below / below[:, -1:], axis=1)
    # Close to straight where the posterior is close to normal, so that little is lost between the points.
    normal = special.ndtri(np.clip(below, 1e-12, 1 - 1e-12))
    for tail in ((1 - level) / 2, (1 + level) / 2):
        yield np.array([np.interp(special.ndtri(tail), row, MU) for row in normal])


def main() -> None:
    """Simulate the grid and write it to the csv beside this file; with --quick print it only."""
    run(
        lambda simulations: simulated(simulations=simulations),
        RECORDED,
        (QUICK, SIMULATIONS),
        f"seed {SEED}, {SIMULATIONS} sets a cell, {SMALLEST} to {LARGEST} women a study, level 0.95, "
        f"priors tau half-normal({TAU_SCALE:g}) and mu N({MU_MEAN:g}, {MU_SD:g}^2) in logits",
    )


if __name__ == "__main__":
    main()
