"""What a pooling method returns, and the checks of what it is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

#: With so few studies no single interval can be trusted: show the three of `effects_side_by_side` together.
FEW_STUDIES = 5


@dataclass(frozen=True)
class Pooled:
    """A pooled estimate with its uncertainty and its heterogeneity.

    Every field holds one value for one data set, and an ndarray of shape (datasets,) for many at once.

    Attributes
    ----------
    estimate, low, high : float or ndarray
        Pooled estimate and its interval: in the unit of the effects, or as a proportion.
    se : float or ndarray
        Standard error (posterior standard deviation under a Bayesian method), on the same scale. For a
        proportion by maximum likelihood it comes from `logit_se` by the delta method.
    tau2, tau2_low, tau2_high : float or ndarray
        Between-study variance and its interval: Q-profile for effects, equal-tailed posterior for Bayesian
        methods. On the logit scale for proportions, where maximum likelihood gives no interval (None).
    i2 : float or ndarray
        Heterogeneity in percent: tau2 against the sum of tau2 and the typical within-study variance.
    q, q_p : float or ndarray
        Statistic of heterogeneity and its p-value (chi-squared with k - 1 degrees of freedom): Cochran's Q
        for effects, the likelihood-ratio statistic for proportions.
    k : int or ndarray
        Number of studies.
    prediction_low, prediction_high : float or ndarray
        Interval for the true value in a new study.
    prediction_convention : str
        Where the prediction interval takes its critical value from.
    method : str or ndarray
        The model and the interval, in words for a figure or table.
    logit, logit_se : float, ndarray or None
        Estimate and standard error on the logit scale; None for effects.
    """

    estimate: Any
    low: Any
    high: Any
    se: Any
    tau2: Any
    tau2_low: Any
    tau2_high: Any
    i2: Any
    q: Any
    q_p: Any
    k: Any
    prediction_low: Any
    prediction_high: Any
    prediction_convention: str
    method: Any
    logit: Any = None
    logit_se: Any = None


def assemble(single: bool, **fields: Any) -> Pooled:
    """Build a `Pooled` from arrays of shape (datasets,); a single data set gives plain numbers."""
    if single:
        fields = {
            name: value.item() if isinstance(value, np.ndarray) else value for name, value in fields.items()
        }
    return Pooled(**fields)


def checked_level(level: float) -> float:
    """Return the level, or raise ValueError where it is not between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}; 0.95 stands for 95 %")
    return level


def chosen(name: str, value: str, allowed: Any) -> str:
    """Return the value, or raise ValueError that lists the allowed ones."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def checked_effects(
    effects: npt.ArrayLike, variances: npt.ArrayLike, where: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
    """Return effects, variances and mask (1 used, 0 not) of shape (datasets, k), and whether it was one set.

    Unused entries become effect 0 and variance 1: they carry no weight.

    Raises
    ------
    ValueError
        If shapes differ, a used effect is not finite, a used variance not finite and above zero, or a data
        set has fewer than two used studies.
    """
    y, v, used, single = _aligned("effects", effects, "variances", variances, where)
    if not np.isfinite(y).all():
        raise ValueError("effects must be finite: leave out missing studies, or mask them with where=")
    if not (np.isfinite(v) & (v > 0)).all():
        raise ValueError(
            "variances must be finite and above 0: a study without variance has no weight to pool"
        )
    return y, v, used, single


def checked_counts(
    events: npt.ArrayLike, totals: npt.ArrayLike, where: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
    """Return events, totals and mask (1 used, 0 not) of shape (datasets, k), and whether it was one set.

    Unused entries become 0 of 0.

    Raises
    ------
    ValueError
        If shapes differ, a used count is no whole number, negative or above its total, a total is below 1,
        or a data set has fewer than two used studies.
    """
    x, n, used, single = _aligned("events", events, "totals", totals, where)
    x, n = x * used, n * used
    if not np.isfinite(x + n).all() or (x != np.floor(x)).any() or (n != np.floor(n)).any():
        raise ValueError("events and totals must be whole numbers: mask missing studies with where=")
    if (x < 0).any():
        raise ValueError("events must not be negative")
    if (n < used).any():
        raise ValueError("totals must be 1 or more: there is no proportion of nothing")
    if (x > n).any():
        first = np.argmax(x > n)
        raise ValueError(f"events must not exceed their total: {x.flat[first]:g} of {n.flat[first]:g}")
    return x, n, used, single


def _aligned(
    first: str, a: npt.ArrayLike, second: str, b: npt.ArrayLike, where: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
    try:
        one, two = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{first} and {second} must be numbers: mask missing studies with where=") from None
    if one.shape != two.shape or one.ndim not in (1, 2):
        raise ValueError(
            f"{first} and {second} must have one shape, (k,) or (datasets, k), not {one.shape} and {two.shape}"
        )
    single = one.ndim == 1
    if where is True:
        used = np.ones(one.shape)
    else:
        mask = np.broadcast_to(np.asarray(where, dtype=bool), one.shape)
        one, two, used = np.where(mask, one, 0.0), np.where(mask, two, 1.0), mask.astype(np.float64)
    if single:
        one, two, used = one[None], two[None], used[None]
    if one.shape[0] == 0 or (used.sum(axis=-1) < 2).any():
        raise ValueError("a pooled row needs at least two studies: show a single study with its own interval")
    return one, two, used, single
