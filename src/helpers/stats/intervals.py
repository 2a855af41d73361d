"""Confidence levels, counts of a total, and the interval of a single proportion."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from helpers.stats.validation import FloatArray, Numbers, within


def checked_level(level: float) -> float:
    """Return a confidence level as it is; raise ValueError if it is not one number between 0 and 1."""
    if not isinstance(level, float | int | np.floating | np.integer) or not 1e-9 < level < 1 - 1e-9:
        raise ValueError(f"level must be one number between 0 and 1, not {level!r}; 0.95 means 95 %")
    return level


def whole(numbers: Numbers, name: str) -> FloatArray:
    """Return whole numbers as an array; raise ValueError if one is missing, masked or not whole."""
    rule = f"{name} must be whole numbers without missing values"
    try:
        array = np.ma.array(numbers, dtype=np.float64).filled(np.nan)
    except (TypeError, ValueError):
        raise ValueError(rule) from None
    if not np.isfinite(array).all() or (array != np.floor(array)).any():
        raise ValueError(rule)
    return array


def counts(
    events: Numbers, total: Numbers, names: tuple[str, str] = ("events", "total")
) -> tuple[FloatArray, FloatArray]:
    """Return counts and their totals, of one shape; raise ValueError unless they are whole, 0 <= events <= total and total >= 1."""
    x, n = np.broadcast_arrays(whole(events, names[0]), whole(total, names[1]))
    if (n < 1).any():
        raise ValueError(f"{names[1]} must be 1 or more: there is no proportion of nothing")
    if (x < 0).any():
        raise ValueError(f"{names[0]} must not be negative")
    if (x > n).any():
        where = np.flatnonzero(np.ravel(x > n))[0]
        raise ValueError(
            f"{names[0]} must not exceed their total: {np.ravel(x)[where]:g} of {np.ravel(n)[where]:g}"
        )
    return x, n


def proportion_interval(
    events: Numbers, total: Numbers, *, method: str = "clopper-pearson", level: float = 0.95
) -> tuple[Any, Any]:
    """Compute a confidence interval for a proportion.

    Parameters
    ----------
    events : int or array_like of int
        Number of events, any shape that broadcasts with `total`.
    total : int or array_like of int
        Number of trials, at least 1.
    method : {"clopper-pearson", "wilson", "jeffreys"}
        Clopper-Pearson is exact: it covers at least `level` whatever the true proportion. Wilson inverts the
        score test. Jeffreys takes equal-tailed quantiles of a Beta(events + 1/2, total - events + 1/2)
        posterior, with the lower limit 0 where there are no events and the upper limit 1 where all are.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : float or ndarray of float
        Limits as proportions, floats where both arguments are scalars, else arrays of the broadcast shape.

    Raises
    ------
    ValueError
        If counts are no whole numbers, are negative, exceed their total, a total is below 1, the level is
        not between 0 and 1, or the method is unknown.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-413. Wilson EB. J Am Stat Assoc 1927;22:209-212.
    Brown LD, Cai TT, DasGupta A. Statistical Science 2001;16:101-133 (Jeffreys and its limits).
    """
    if not isinstance(method, str) or method not in _METHODS:
        raise ValueError(f"method must be one of {', '.join(_METHODS)}, not {method!r}")
    x, n = counts(events, total)
    low, high = _METHODS[method](x, n, 1 - checked_level(level))
    if low.ndim == 0:
        return float(low), float(high)
    return low, high


def zero_event_upper_bound(total: Numbers, *, level: float = 0.95) -> Any:
    """Compute the exact one-sided upper bound for a proportion when no event was seen.

    Parameters
    ----------
    total : int or array_like of int
        Number of trials without event, at least 1.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    float or ndarray of float
        The largest proportion under which no event in `total` has a probability of at least 1 - `level`.
        About 3 / `total` for a level of 0.95.

    Raises
    ------
    ValueError
        If a total is no whole number or below 1, or the level is not between 0 and 1.

    References
    ----------
    Hanley JA, Lippman-Hand A. JAMA 1983;249:1743-1745.
    """
    _, n = counts(0, total)
    bound = -np.expm1(np.log(1 - checked_level(level)) / n)
    return float(bound) if bound.ndim == 0 else bound


def proportion_upper_bound(events: Numbers, total: Numbers, *, level: float = 0.95) -> Any:
    """Compute the exact one-sided upper bound for a proportion.

    Parameters
    ----------
    events : int or array_like of int
        Number of events, any shape that broadcasts with `total`.
    total : int or array_like of int
        Number of trials, at least 1.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    float or ndarray of float
        The largest proportion under which `events` or fewer have a probability of at least 1 - `level`; 1 where all
        trials had the event. Where none had it, this is `zero_event_upper_bound`.

    Raises
    ------
    ValueError
        If counts are no whole numbers, are negative, exceed their total, a total is below 1, or the level is not
        between 0 and 1.

    References
    ----------
    Clopper CJ, Pearson ES. Biometrika 1934;26:404-413.
    """
    x, n = counts(events, total)
    every = x == n
    alpha = 1 - checked_level(level)
    bound = np.where(every, 1.0, special.betaincinv(x + 1, np.where(every, 1.0, n - x), 1 - alpha))
    return float(bound) if bound.ndim == 0 else bound


def difference_limits(
    one: tuple[Numbers, Numbers, Numbers], other: tuple[Numbers, Numbers, Numbers]
) -> tuple[Any, Any]:
    """Put the interval of a difference of two independent proportions together from the interval of each (MOVER).

    Parameters
    ----------
    one, other : tuple of float or array_like
        Estimate, low and high of each proportion, as `proportion_interval` or `pool_proportions` gives them.

    Returns
    -------
    low, high : float or ndarray of float
        Limits of `one` minus `other`, at the level of the intervals given. With estimates p, q and limits l, u they are
        p - q - sqrt((p - l_p)² + (u_q - q)²) and p - q + sqrt((u_p - p)² + (q - l_q)²). They require no symmetry of either
        interval and hold for rates of 0.

    Raises
    ------
    ValueError
        If a number is missing or outside of 0 to 1 (as a percentage is), or an estimate lies outside its limits.

    Notes
    -----
    With Wilson limits this is method 10 of Newcombe. This project gives it Clopper-Pearson limits for single counts, as
    everywhere: they keep its coverage where events are rare, at the price of some width.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693-1702. Newcombe RG. Stat Med 1998;17:873-890.
    """
    low, high = mover(_checked_side("one", one), _checked_side("other", other))
    return (float(low), float(high)) if low.ndim == 0 else (low, high)


def mover(
    one: tuple[FloatArray, FloatArray, FloatArray], other: tuple[FloatArray, FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Return the limits of `difference_limits`; missing where a number is."""
    (p, p_low, p_high), (q, q_low, q_high) = one, other
    gap = p - q
    return gap - np.hypot(p - p_low, q_high - q), gap + np.hypot(p_high - p, q - q_low)


def _checked_side(
    name: str, side: tuple[Numbers, Numbers, Numbers]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    p, low, high = (
        within(given, f"{part} of {name}, a proportion,", 0, 1)
        for part, given in zip(("estimate", "low", "high"), side, strict=True)
    )
    if ((p < low) | (p > high)).any():
        raise ValueError(f"{name} must be (estimate, low, high), with the estimate within its limits")
    return p, low, high


def exact_limits(
    x: FloatArray, n: FloatArray, alpha: float, prior: float = 0.0
) -> tuple[FloatArray, FloatArray]:
    """Return Clopper-Pearson limits, or Jeffreys limits with a `prior` of 1/2.

    With `alpha` 1 both Clopper-Pearson limits are those at 50 %, the median-unbiased estimates.
    """
    # The quantile is undefined where a shape is 0; those limits are 0 and 1 by definition.
    none, every = x == 0, x == n
    a_low, b_high = np.where(none, 1.0, x + prior), np.where(every, 1.0, n - x + prior)
    further = 1.0 - prior
    low = np.where(none, 0.0, special.betaincinv(a_low, n - x + further, alpha / 2))
    high = np.where(every, 1.0, special.betaincinv(x + further, b_high, 1 - alpha / 2))
    return low, high


def _wilson(x: FloatArray, n: FloatArray, alpha: float) -> tuple[FloatArray, FloatArray]:
    z = special.ndtri(1 - alpha / 2)
    p = x / n
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    # Rounding must not move a limit that is exactly 0 or 1.
    low = np.where(x == 0, 0.0, np.clip(centre - half, 0.0, 1.0))
    high = np.where(x == n, 1.0, np.clip(centre + half, 0.0, 1.0))
    return low, high


_METHODS: dict[str, Callable[[FloatArray, FloatArray, float], tuple[FloatArray, FloatArray]]] = {
    "clopper-pearson": exact_limits,
    "wilson": _wilson,
    "jeffreys": partial(exact_limits, prior=0.5),
}
