"""Exact intervals for a rate of events per time."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from helpers.stats.intervals import checked_level, whole
from helpers.stats.validation import FloatArray, Numbers, within


def rate_interval(events: Numbers, exposure: Numbers, *, level: float = 0.95) -> tuple[Any, Any]:
    """Compute the exact two-sided confidence interval for a rate.

    Parameters
    ----------
    events : int or array_like of int
        Number of events, taken as Poisson; any shape that broadcasts with `exposure`.
    exposure : float or array_like of float
        Time at risk, above 0, for example women-months.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or ndarray of float
        Limits in events per unit of exposure, floats where both arguments are scalars, else arrays of the broadcast
        shape. The lower limit is 0 where there are no events.

    Raises
    ------
    ValueError
        If events are no whole numbers or negative, an exposure is not above 0, or the level is not between 0 and 1.

    Notes
    -----
    Quantiles of chi-square with 2 `events` and 2 `events` + 2 degrees of freedom, halved.

    References
    ----------
    Garwood F. Biometrika 1936;28:437-442.
    """
    alpha = 1 - checked_level(level)
    x, time = _counted_over(events, exposure)
    none = x == 0
    low = np.where(none, 0.0, special.gammaincinv(np.where(none, 1.0, x), alpha / 2)) / time
    high = special.gammainccinv(x + 1, alpha / 2) / time
    if low.ndim == 0:
        return float(low), float(high)
    return low, high


def rate_upper_bound(events: Numbers, exposure: Numbers, *, level: float = 0.95) -> Any:
    """Compute the exact one-sided upper bound for a rate.

    Parameters
    ----------
    events : int or array_like of int
        Number of events, taken as Poisson; any shape that broadcasts with `exposure`.
    exposure : float or array_like of float
        Time at risk, above 0, for example women-months.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    float or ndarray of float
        The largest rate under which `events` or fewer have a probability of at least 1 - `level`. Without events this
        is -log(1 - `level`) / `exposure`.

    Raises
    ------
    ValueError
        As for `rate_interval`.

    References
    ----------
    Garwood F. Biometrika 1936;28:437-442.
    """
    alpha = 1 - checked_level(level)
    x, time = _counted_over(events, exposure)
    bound = special.gammainccinv(x + 1, alpha) / time
    return float(bound) if np.ndim(bound) == 0 else bound


def _counted_over(events: Numbers, exposure: Numbers) -> tuple[FloatArray, FloatArray]:
    time = within(exposure, "exposure", 0, np.inf, open_low=True)
    x, time = np.broadcast_arrays(whole(events, "events"), time)
    if (x < 0).any():
        raise ValueError("events must not be negative")
    return x, time
