"""Regression of effects on one study characteristic: meta-regression, and the test of funnel asymmetry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.stats.checked import FloatArray, checked_effects, checked_level, chosen, floats
from helpers.stats.effects_pooling import INTERVALS, spread
from helpers.stats.heterogeneity import Slopes, climb, maximum_likelihood, sizes

#: Below so many studies a test of asymmetry says nothing.
ASYMMETRY_STUDIES = 10


@dataclass(frozen=True)
class Regression:
    """A meta-regression on one moderator.

    Attributes
    ----------
    coefficients, se, low, high, p : ndarray, shape (2,)
        Intercept and slope, their standard errors, intervals and two-sided p-values.
    tau2, i2 : float
        Heterogeneity that the moderator leaves, and I² in percent.
    r2 : float or None
        Percent of the heterogeneity that the moderator accounts for; None where there was none.
    q, q_p : float
        Test of residual heterogeneity, with k - 2 degrees of freedom.
    k : int
        Number of studies.
    method : str
        The model and the interval, in words.
    """

    coefficients: FloatArray
    se: FloatArray
    low: FloatArray
    high: FloatArray
    p: FloatArray
    tau2: float
    i2: float
    r2: float | None
    q: float
    q_p: float
    k: int
    method: str


@dataclass(frozen=True)
class Asymmetry:
    """Egger's test of funnel asymmetry.

    Attributes
    ----------
    slope, se : float
        Change of the effect per unit of standard error, and its standard error.
    t, df, p : float
        Test that the slope is zero.
    limit : float
        Effect to which the line goes as the standard error goes to zero.
    k : int
        Number of studies.
    """

    slope: float
    se: float
    t: float
    df: int
    p: float
    limit: float
    k: int


def meta_regression(
    effects: npt.ArrayLike,
    variances: npt.ArrayLike,
    moderator: npt.ArrayLike,
    *,
    interval: str = "hksj",
    level: float = 0.95,
) -> Regression:
    """Regress effects on one moderator in a mixed-effects model, tau2 by REML.

    Parameters
    ----------
    effects, variances, moderator : array_like of float, shape (k,)
        Effect, its squared standard error, and the characteristic of each study; at least three studies.
    interval : {"hksj", "hksj-modified", "wald"}
        As for `pool_effects`, with k - 2 degrees of freedom.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Regression
        As ``metafor::rma(yi, vi, mods = ~ moderator)``.

    Raises
    ------
    ValueError
        If there are fewer than three studies, the moderator is missing somewhere or the same in all, or as
        `pool_effects`.

    References
    ----------
    Viechtbauer W. J Stat Softw 2010;36(3). Knapp G, Hartung J. Stat Med 2003;22:2693-2710. Raudenbush SW, in: The
    Handbook of Research Synthesis and Meta-Analysis, 2nd ed. 2009:295-315 (R²).
    """
    chosen("interval", interval, INTERVALS)
    checked_level(level)
    y, v, m = checked_effects(_one_set(effects), variances, True)
    k = len(y)
    design, back = _design(moderator, k)
    size = sizes(y, v, m)
    tau2 = float(
        climb(
            size,
            lambda points: np.array([_log_likelihood(y, v + at, design) for at in points]),
            lambda at: _slopes(y, v + at, design),
        )
    )
    before = float(maximum_likelihood(y, v, m, size, restricted=True))
    df = k - 2
    coefficients, covariance, q = _weighted(y, v + tau2, design)
    coefficients, covariance = back @ coefficients, back @ covariance @ back.T
    se, critical = spread(np.array(q), np.array(df), np.diag(covariance), interval, level)
    statistic = coefficients / se
    residual = _weighted(y, v, design)[2]
    typical = df / np.trace(_projection(v, design))
    return Regression(
        coefficients=coefficients,
        se=se,
        low=coefficients - critical * se,
        high=coefficients + critical * se,
        p=2 * (special.ndtr(-abs(statistic)) if interval == "wald" else special.stdtr(df, -abs(statistic))),
        tau2=tau2,
        i2=float(100 * tau2 / (tau2 + typical)),
        r2=100 * max(0.0, 1 - tau2 / before) if before > 0 else None,
        q=residual,
        q_p=float(special.chdtrc(df, residual)),
        k=k,
        method=f"mixed effects, REML, {INTERVALS[interval]} interval",
    )


def asymmetry_test(effects: npt.ArrayLike, variances: npt.ArrayLike) -> Asymmetry:
    """Test a funnel plot for asymmetry with Egger's regression.

    Parameters
    ----------
    effects, variances : array_like of float, shape (k,)
        Effect and its squared standard error per study, at least ten.

    Returns
    -------
    Asymmetry
        As ``metafor::regtest(model = "lm")``: weighted regression of the effect on its standard error with
        multiplicative dispersion.

    Raises
    ------
    ValueError
        If there are fewer than ten studies, all have the same variance, or as `pool_effects`.

    References
    ----------
    Egger M et al. BMJ 1997;315:629-634. Sterne JAC et al. BMJ 2011;343:d4002 (ten studies at least).
    """
    y, v, _ = checked_effects(_one_set(effects), variances, True)
    k = len(y)
    if k < ASYMMETRY_STUDIES:
        raise ValueError(
            f"a test of asymmetry needs at least {ASYMMETRY_STUDIES} studies, not {k}: with fewer it cannot "
            "tell asymmetry from chance"
        )
    design, back = _design(np.sqrt(v), k)
    coefficients, covariance, q = _weighted(y, v, design)
    coefficients, covariance = back @ coefficients, back @ covariance @ back.T
    se = float(np.sqrt(covariance[1, 1] * q / (k - 2)))
    # What rounding leaves of a perfect line is no scatter.
    if se <= 1e-10 * abs(coefficients[1]):
        raise ValueError("the effects lie on a line without any scatter: there is nothing to test")
    t = float(coefficients[1] / se)
    return Asymmetry(
        slope=float(coefficients[1]),
        se=se,
        t=t,
        df=k - 2,
        p=float(2 * special.stdtr(k - 2, -abs(t))),
        limit=float(coefficients[0]),
        k=k,
    )


def _one_set(effects: npt.ArrayLike) -> npt.ArrayLike:
    if np.ndim(effects) != 1:
        raise ValueError(f"one data set of shape (k,) is needed, not {np.shape(effects)}")
    return effects


def _design(moderator: npt.ArrayLike, k: int) -> tuple[FloatArray, FloatArray]:
    """Return the design of the moderator, centred and scaled, and what turns its coefficients into those of the moderator.

    Without centring, years or counts of cells would leave a matrix that cannot be inverted.
    """
    values = floats(moderator, "the moderator", "the moderator must be numbers without missing values")
    if values.shape != (k,) or not np.isfinite(values).all():
        raise ValueError("the moderator must have one finite value per study: leave out studies without it")
    if k < 3:
        raise ValueError(f"a line through studies needs at least three, not {k}")
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise ValueError(
            "the moderator (or standard error) is the same in all studies: there is no slope to fit"
        )
    centre = values.mean()
    unit = np.abs(values - centre).max()
    design = np.column_stack([np.ones(k), (values - centre) / unit])
    return design, np.array([[1, -centre / unit], [0, 1 / unit]])


def _weighted(
    y: FloatArray, variance: FloatArray, design: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Return coefficients, their covariance and the weighted sum of squared residuals."""
    weighted = design.T / variance
    covariance = np.asarray(np.linalg.inv(weighted @ design), dtype=np.float64)
    coefficients = covariance @ (weighted @ y)
    return coefficients, covariance, float(np.sum((y - design @ coefficients) ** 2 / variance))


def _projection(variance: FloatArray, design: FloatArray) -> FloatArray:
    weighted = design.T / variance
    projection: FloatArray = np.diag(1 / variance) - weighted.T @ np.linalg.inv(weighted @ design) @ weighted
    return projection


def _log_likelihood(y: FloatArray, variance: FloatArray, design: FloatArray) -> float:
    _, covariance, q = _weighted(y, variance, design)
    return -0.5 * float(np.log(variance).sum() - np.linalg.slogdet(covariance)[1] + q)


def _slopes(y: FloatArray, variance: FloatArray, design: FloatArray) -> Slopes:
    """Return what `climb` asks of REML at one tau2."""
    projection = _projection(variance, design)
    pull = projection @ y
    return (
        np.vecdot(pull, pull),
        np.trace(projection),
        2 * np.vecdot(pull, projection @ pull),
        np.vecdot(projection.ravel(), projection.ravel()),
    )
