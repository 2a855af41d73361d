"""What an analysis could have detected: its power, and the smallest rate that it would have declared above another."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import integrate, interpolate, special

from helpers.stats import binomial_normal
from helpers.stats.intervals import mover, whole
from helpers.stats.proportions_pooling import MU_SD
from helpers.stats.set_rates import Model, Rates, pool_sets
from helpers.stats.validation import FloatArray, Numbers, number, within

#: Grids of mu and tau, in logits, wide enough for rates from none to all under the priors of `MODELS`.
_MU = np.arange(-12.0, 9.01, 0.25)
_UNIT = 0.3
_COORDINATE = np.linspace(0, np.arcsinh(5 / _UNIT), 17)
_TAU = _UNIT * np.sinh(_COORDINATE)
#: Even points between which a quantile is interpolated.
_FINE = np.linspace(_MU[0], _MU[-1], 1681)


def rates_by_count(
    totals: npt.ArrayLike, models: Mapping[str, Model], *, level: float = 0.95
) -> dict[str, tuple[FloatArray, FloatArray, FloatArray]]:
    """Estimate the rate that each number of events in all would have given, under each model.

    Parameters
    ----------
    totals : array_like of int, shape (k,)
        Women per study.
    models : mapping of str to Model
        How the studies are pooled.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    dict of str
        Model -> estimate, low and high, each of the shape (women + 1,): the place is the number of events of all
        studies. The events are spread over the studies in proportion to their women, as whole numbers: studies that
        differ no more than they must, the case in which an analysis detects most. One study has its exact interval. Posteriors
        are tabulated on a grid that is the same for all counts; their limits agree with `pool_sets` to about 0.0005.

    Raises
    ------
    ValueError
        If a total is not a whole number of 1 or more, or as `pool_sets`.
    """
    women = np.atleast_1d(within(whole(totals, "totals"), "totals", 1, np.inf)).astype(np.int64)
    events = _spread(women)
    used = np.ones(events.shape, dtype=bool)
    found = {}
    on_grid = {name for name, model in models.items() if model.method == "bayes" and len(women) > 1}
    for name, model in models.items():
        if name not in on_grid:
            rates: Rates = pool_sets(events, women, used, model=model, level=level)
            found[name] = (rates.estimate, rates.low, rates.high)
    if on_grid:
        height = _log_likelihood(events, women)
        for name in on_grid:
            found[name] = _posterior(height, models[name], level)
    return found


def _spread(women: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Spread every number of events over studies in proportion to their women, by the largest remainder."""
    sums = np.arange(women.sum() + 1)
    ideal = sums[:, None] * women / women.sum()
    events = np.floor(ideal + 1e-9).astype(np.int64)
    order = np.argsort(events - ideal, axis=1, kind="stable")
    place = np.argsort(order, axis=1, kind="stable")
    spread: npt.NDArray[np.int64] = events + (place < (sums - events.sum(axis=1))[:, None])
    return spread


def _log_likelihood(events: npt.NDArray[np.int64], women: npt.NDArray[np.int64]) -> FloatArray:
    """Return the log likelihood of each row of events at every mu with every tau; each count of a study is computed once."""
    height = np.zeros((len(events), len(_MU), len(_TAU)))
    for column, total in zip(events.T, women, strict=True):
        distinct, place = np.unique(column, return_inverse=True)
        height += np.stack([_of_study(int(x), int(total)) for x in distinct])[place]
    return height


@lru_cache(maxsize=2000)
def _of_study(events: int, women: int) -> FloatArray:
    return binomial_normal.log_likelihoods(np.array([float(events)]), np.array([float(women)]), _MU, _TAU)


def _posterior(height: FloatArray, model: Model, level: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    # The trapezoid rule over tau, even in asinh.
    weights = np.cosh(_COORDINATE)
    weights[[0, -1]] /= 2
    prior = -(((_MU - model.mu_mean) / MU_SD) ** 2)[:, None] / 2 - (_TAU / model.tau_scale) ** 2 / 2
    on_mu = special.logsumexp(height + prior, b=weights, axis=-1)
    # The log of a density is smooth where the density is steep.
    smooth = interpolate.make_interp_spline(_MU, on_mu, axis=1)(_FINE)
    density = np.exp(smooth - smooth.max(axis=1, keepdims=True))
    area = integrate.cumulative_trapezoid(density, axis=1, initial=0)
    tails = np.array([0.5, (1 - level) / 2, (1 + level) / 2])
    limits = np.array([np.interp(tails * row[-1], row, _FINE) for row in area])
    estimate, low, high = special.expit(limits.T)
    return estimate, low, high


def least_declared(
    rates: tuple[FloatArray, FloatArray, FloatArray], background: Numbers, background_high: Numbers
) -> Any:
    """Find the fewest events from which on an analysis declares the rate above that of the background.

    Parameters
    ----------
    rates : tuple of ndarray, shape (women + 1,)
        Estimate, low and high for each number of events, as `rates_by_count` gives them.
    background, background_high : float or array_like
        Rate of the background and its upper limit, taken as they were observed; both are broadcast.

    Returns
    -------
    int or ndarray of int
        The smallest number of events such that it and every larger one is declared: its interval of the difference
        (MOVER) lies above zero. One more than the women where not even all events are declared.

    Notes
    -----
    Declared is a count x where p(x) - q exceeds hypot(p(x) - l(x), u - q), with p and l the estimate and lower limit of the treated
    rate, q and u the estimate and upper limit of the background.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693-1702 (MOVER).
    """
    q, high = np.broadcast_arrays(
        np.asarray(background, dtype=float), np.asarray(background_high, dtype=float)
    )
    estimate, low, upper = rates
    lower, _ = mover((estimate, low, upper), (q[..., None], q[..., None], high[..., None]))
    silent = ~(lower > 0)
    last = silent.shape[-1] - 1 - np.argmax(silent[..., ::-1], axis=-1)
    least = np.where(silent.any(axis=-1), last + 1, 0)
    return int(least) if least.ndim == 0 else least


def power_to_declare(rate: Numbers, least: Numbers, women: Numbers) -> Any:
    """Compute the probability that at least so many of the women have the event.

    Parameters
    ----------
    rate : float or array_like
        True rate of the treated, from 0 to 1; missing where there is none.
    least : int or array_like
        Fewest events that are declared, as `least_declared` gives them.
    women : int or array_like
        Women treated; all three are broadcast.

    Returns
    -------
    float or ndarray
        P(X >= `least`) for X binomial(`women`, `rate`), exact: the regularised incomplete beta function
        I(`rate`; `least`, `women` - `least` + 1). All women have one rate, and the background is taken as observed: the
        power of a real study, whose background varies too, is no higher.
    """
    p, x, n = np.broadcast_arrays(*(np.asarray(given, dtype=float) for given in (rate, least, women)))
    some = (x >= 1) & (x <= n)
    found = special.betainc(np.where(some, x, 1), np.where(some, n - x + 1, 1), p)
    power = np.where(some, found, np.where(np.isnan(p), np.nan, np.where(x < 1, 1.0, 0.0)))
    return float(power) if power.ndim == 0 else power


def detectable_rate(least: Numbers, women: Numbers, *, power: float = 0.8) -> Any:
    """Find the smallest rate that is declared above the background with a given power.

    Parameters
    ----------
    least, women : int or array_like
        As for `power_to_declare`.
    power : float
        Probability that the rate is declared, between 0 and 1.

    Returns
    -------
    float or ndarray
        The rate at which `power_to_declare` equals `power`: the quantile of a Beta(`least`, `women` - `least` + 1). Missing
        where not even events in all women are declared.

    Raises
    ------
    ValueError
        If the power is not between 0 and 1.
    """
    if not 0 < number(power, "power") < 1:
        raise ValueError(f"power must lie between 0 and 1, not {power!r}")
    x, n = np.broadcast_arrays(*(np.asarray(given, dtype=float) for given in (least, women)))
    some = (x >= 1) & (x <= n)
    found = special.betaincinv(np.where(some, x, 1), np.where(some, n - x + 1, 1), power)
    rate = np.where(some, found, np.where(x < 1, 0.0, np.nan))
    return float(rate) if rate.ndim == 0 else rate
