"""Between-study variance of effects: estimators, Q-profile limits, I².

Arrays have the shape (datasets, k): effects `y`, variances `v`, and a mask `m` (1 used, 0 not). All formulas are those of
Viechtbauer W. J Educ Behav Stat 2005;30:261-293; with w = m / (v + tau2) and P = W - W 1 (1'W1)^-1 1'W.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from helpers.stats.checked import FloatArray

#: Relative step at which Newton's method stops: the error that is left is about the square of this.
TOLERANCE = 1e-6
ITERATIONS = 1000


def weighted_mean(y: FloatArray, w: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weighted mean and the sum of weights, each of the shape without its last axis."""
    # With many small arrays vecdot is twice as fast as sum; the weights of unused studies are zero already.
    total = np.vecdot(w, m)
    return np.vecdot(w, y) / total, total


def cochran_q(y: FloatArray, v: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Cochran's Q of shape (datasets,) and its p-value with k - 1 degrees of freedom."""
    w = m / v
    q = np.vecdot(w, (y - weighted_mean(y, w, m)[0][..., None]) ** 2)
    return q, special.chdtrc(np.vecdot(m, m) - 1, q)


def typical_variance(v: FloatArray, m: FloatArray) -> FloatArray:
    """Return the typical within-study variance of Higgins and Thompson (Stat Med 2002;21:1539-1558)."""
    w = m / v
    total = np.vecdot(w, m)
    typical: FloatArray = (np.vecdot(m, m) - 1) / (total - np.vecdot(w, w) / total)
    return typical


def q_profile(
    y: FloatArray, v: FloatArray, m: FloatArray, level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the Paule-Mandel estimate and the Q-profile limits of tau2, each of shape (datasets,).

    All three are the tau2 at which the generalised Q meets a target: its expectation, k - 1, or a quantile of
    the chi-squared distribution; 0 where Q is below the target already without heterogeneity.
    """
    df = np.vecdot(m, m) - 1
    tail = (1 - level) / 2
    targets = np.array([df, special.chdtri(df, tail), special.chdtri(df, 1 - tail)])
    tau2 = np.zeros_like(targets)
    scale = 1 / (m / v).max(axis=-1)
    for _ in range(ITERATIONS):
        w = m / (v + tau2[..., None])
        deviation = y - weighted_mean(y, w, m)[0][..., None]
        pull = w * deviation
        q = np.vecdot(pull, deviation)
        # Newton on 1 / Q, which is nearly linear in tau2; identical effects have no slope and stay at zero.
        step = (q / targets - 1) * q / np.maximum(np.vecdot(pull, pull), 1e-300)
        new = np.maximum(tau2 + step, 0)
        settled = (np.abs(new - tau2) <= TOLERANCE * (tau2 + scale)).all()
        tau2 = new
        if settled:
            return tau2[0], tau2[1], tau2[2]
    raise ArithmeticError("the Q-profile limits of tau2 did not converge")  # pragma: no cover


def dersimonian_laird(y: FloatArray, v: FloatArray, m: FloatArray) -> FloatArray:
    """Return the moment estimate of DerSimonian and Laird, of shape (datasets,)."""
    w = m / v
    total = np.vecdot(w, m)
    excess = cochran_q(y, v, m)[0] - (np.vecdot(m, m) - 1)
    estimate: FloatArray = np.maximum(excess / (total - np.vecdot(w, w) / total), 0)
    return estimate


def maximum_likelihood(y: FloatArray, v: FloatArray, m: FloatArray, *, restricted: bool) -> FloatArray:
    """Return the (restricted) maximum-likelihood estimate of tau2, of shape (datasets,)."""

    def slopes(tau2: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        w = m / (v + tau2[..., None])
        mean, s1 = weighted_mean(y, w, m)
        pull = w * (y - mean[..., None])
        s2, drift = np.vecdot(w, w), np.vecdot(w, pull)
        trace, trace2 = s1, s2
        if restricted:
            ratio = s2 / s1
            trace, trace2 = s1 - ratio, s2 - 2 * np.vecdot(w * w, w) / s1 + ratio * ratio
        curvature = np.vecdot(w * pull, pull) - drift * drift / s1
        return np.vecdot(pull, pull) - trace, 2 * curvature - trace2, trace2

    grid = tau2_grid(y, v, m)
    return climb(grid, log_likelihood(y, v, m, grid, restricted=restricted), slopes)


def tau2_grid(y: FloatArray, v: FloatArray, m: FloatArray, points: int = 32) -> FloatArray:
    """Return values of tau2 that hold its likelihood's maximum between them, of shape (points, datasets)."""
    lowest = 0.25 / (m / v).max(axis=-1)
    deviation = m * (y - weighted_mean(y, m, m)[0][..., None])
    rise = np.maximum(4 * np.vecdot(deviation, deviation) / lowest, 2) ** (1 / (points - 2))
    grid: FloatArray = lowest * rise ** np.arange(-1, points - 1)[:, None]
    grid[0] = 0
    return grid


def climb(
    grid: FloatArray,
    height: FloatArray,
    slopes: Callable[[FloatArray], tuple[FloatArray, FloatArray, FloatArray]],
) -> FloatArray:
    """Climb a log-likelihood in tau2 from its highest point on a grid: it can have more than one maximum.

    Parameters
    ----------
    grid, height : ndarray, shape (points, datasets)
        Rising values of tau2 from 0 on, and the log-likelihood there.
    slopes : callable
        Gives twice the score, the observed and the expected information at tau2, each of shape (datasets,).

    Returns
    -------
    ndarray
        tau2 at the maximum, of shape (datasets,).
    """
    best, column = np.argmax(height, axis=0), np.arange(grid.shape[1])
    tau2: FloatArray = grid[best, column]
    lower: FloatArray = grid[np.maximum(best - 1, 0), column]
    upper = np.where(best + 1 < len(grid), grid[np.minimum(best + 1, len(grid) - 1), column], 4 * tau2)
    small = TOLERANCE * (tau2 + grid[1])
    for _ in range(ITERATIONS):
        score, observed, expected = slopes(tau2)
        rising = score > 0
        lower, upper = np.maximum(lower, rising * tau2), np.where(rising, upper, tau2)
        # Where the observed information is no guide, the expected one bounds the step; so do the points between which
        # the maximum lies, of which it goes at most half the way.
        new = tau2 + score / np.maximum(observed, expected / 100)
        new = np.minimum(np.maximum(new, (tau2 + lower) / 2), (tau2 + upper) / 2)
        settled = (np.abs(new - tau2) <= small).all()
        tau2 = new
        if settled:
            return tau2
    raise ArithmeticError("the likelihood of tau2 did not converge")  # pragma: no cover


def log_likelihood(
    y: FloatArray, v: FloatArray, m: FloatArray, tau2: FloatArray, *, restricted: bool
) -> FloatArray:
    """Return the (restricted) log-likelihood of tau2, up to a constant of the data set."""
    spread = v + tau2[..., None]
    w = m / spread
    mean, total = weighted_mean(y, w, m)
    height = -0.5 * (np.vecdot(m, np.log(spread)) + np.vecdot(w, (y - mean[..., None]) ** 2))
    penalised: FloatArray = height - 0.5 * np.log(total) if restricted else height
    return penalised
