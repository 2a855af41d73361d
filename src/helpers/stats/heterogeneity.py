"""Between-study variance of effects: estimators, Q-profile limits, I².

Arrays have the shape (k,) or (datasets, k): effects `y`, variances `v`, and a mask `m` (1 used, 0 not); results lack the
last axis. One data set comes without a first axis, because arithmetic of single numbers is several times as fast as that of
arrays of one. All formulas are those of Viechtbauer W. J Educ Behav Stat 2005;30:261-293; with w = m / (v + tau2) and
P = W - W 1 (1'W1)^-1 1'W.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from helpers.stats.validation import FloatArray

#: Relative step at which Newton's method stops: the error that is left is about the square of this.
TOLERANCE = 1e-5
ITERATIONS = 1000
#: Values of tau2 at which a likelihood is looked at before it is climbed.
POINTS = 32
_NUMBERS = np.arange(POINTS)

#: The sum of squares and the trace whose difference is twice the score of tau2, and how fast each falls with tau2.
Slopes = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def weighted_mean(y: FloatArray, w: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weighted mean and the sum of weights, each of the shape without its last axis."""
    # With many small arrays vecdot is twice as fast as sum; the weights of unused studies are zero already.
    total = np.vecdot(w, m)
    return np.vecdot(w, y) / total, total


def sizes(y: FloatArray, v: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what tells the size of tau2: the sum of squared deviations from the plain mean, and the smallest variance."""
    deviation = m * (y - weighted_mean(y, m, m)[0][..., None])
    return np.vecdot(deviation, deviation), 1 / (m / v).max(axis=-1)


def cochran_q(y: FloatArray, v: FloatArray, m: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return Cochran's Q and its p-value with k - 1 degrees of freedom."""
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
    y: FloatArray, v: FloatArray, m: FloatArray, size: tuple[FloatArray, FloatArray], level: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the Paule-Mandel estimate and the Q-profile limits of tau2, from data and their `sizes`.

    All three are the tau2 at which the generalised Q meets a target: its expectation, k - 1, or a quantile of
    the chi-squared distribution; 0 where Q is below the target already without heterogeneity.
    """
    k = np.vecdot(m, m)
    targets = np.array(
        [k - 1, special.chdtri(k - 1, (1 - level) / 2), special.chdtri(k - 1, (1 + level) / 2)]
    )
    scatter, smallest = size
    small = TOLERANCE * smallest
    # Exact where variances are equal.
    tau2 = np.maximum(scatter / targets - np.vecdot(v, m) / k, 0)
    for _ in range(ITERATIONS):
        w = m / (v + tau2[..., None])
        deviation = y - weighted_mean(y, w, m)[0][..., None]
        pull = w * deviation
        q = np.vecdot(pull, deviation)
        # Newton on 1 / Q: it rises ever more slowly with tau2, so that any start will do. Identical effects have no slope
        # and stay at zero.
        step = (q / targets - 1) * q / np.maximum(np.vecdot(pull, pull), 1e-300)
        new = np.maximum(tau2 + step, 0)
        settled = (np.abs(new - tau2) <= TOLERANCE * tau2 + small).all()
        tau2 = new
        if settled:
            return tau2[0], tau2[1], tau2[2]
    raise ArithmeticError("the Q-profile limits of tau2 did not converge")  # pragma: no cover


def dersimonian_laird(y: FloatArray, v: FloatArray, m: FloatArray) -> FloatArray:
    """Return the moment estimate of DerSimonian and Laird."""
    w = m / v
    total = np.vecdot(w, m)
    excess = cochran_q(y, v, m)[0] - (np.vecdot(m, m) - 1)
    estimate: FloatArray = np.maximum(excess / (total - np.vecdot(w, w) / total), 0)
    return estimate


def maximum_likelihood(
    y: FloatArray, v: FloatArray, m: FloatArray, size: tuple[FloatArray, FloatArray], *, restricted: bool
) -> FloatArray:
    """Return the (restricted) maximum-likelihood estimate of tau2, from data and their `sizes`."""

    def height(tau2: FloatArray) -> FloatArray:
        return log_likelihood(y, v, m, tau2, restricted=restricted)

    def slopes(tau2: FloatArray) -> Slopes:
        w = m / (v + tau2[..., None])
        mean, s1 = weighted_mean(y, w, m)
        pull = w * (y - mean[..., None])
        s2, drift = np.vecdot(w, w), np.vecdot(w, pull)
        trace, trace2 = s1, s2
        if restricted:
            ratio = s2 / s1
            trace, trace2 = s1 - ratio, s2 - 2 * np.vecdot(w * w, w) / s1 + ratio * ratio
        curvature = np.vecdot(w * pull, pull) - drift * drift / s1
        return np.vecdot(pull, pull), trace, 2 * curvature, trace2

    return climb(size, height, slopes)


def climb(
    size: tuple[FloatArray, FloatArray],
    height: Callable[[FloatArray], FloatArray],
    slopes: Callable[[FloatArray], Slopes],
) -> FloatArray:
    """Climb a log-likelihood in tau2 from the highest of many points: it can have more than one maximum.

    `size` is that of the data by `sizes`; `height` takes values of tau2 of shape (points,) or (points, datasets),
    `slopes` one for each data set.
    """
    # The points are 0 and a geometric series that holds the maximum between them.
    scatter, smallest = size
    lowest = smallest / 4
    rise = np.maximum(4 * scatter / lowest, 2) ** (1 / (POINTS - 2))
    numbers = _NUMBERS.reshape(POINTS, *[1] * lowest.ndim)
    points = lowest * rise ** (numbers - 1.0)
    points[0] = 0
    best = height(points).argmax(axis=0)
    tau2: FloatArray = (best > 0) * lowest * rise ** (best - 1.0)
    lower, upper = (best > 1) * tau2 / rise, np.maximum(tau2 * rise, lowest)
    small = TOLERANCE * (tau2 + lowest)
    for _ in range(ITERATIONS):
        squares, trace, squares_fall, trace_fall = slopes(tau2)
        rising = squares > trace
        lower, upper = lower + rising * (tau2 - lower), tau2 + rising * (upper - tau2)
        # Newton on trace / squares, which is linear in tau2 where variances are equal. Where it does not fall with
        # tau2, the expected information bounds the step; so do the points between which the maximum lies, of which it
        # goes at most half the way.
        expected = trace_fall * squares
        bend = np.maximum(squares_fall * trace - expected, expected / 100 + 1e-300)
        new = tau2 + (squares - trace) * squares / bend
        new = np.minimum(np.maximum(new, (tau2 + lower) / 2), (tau2 + upper) / 2)
        settled = np.abs(new - tau2) <= small
        tau2 = new
        # Of one data set it is one number, whose all() takes as long as a vecdot.
        if settled.all() if settled.ndim else settled:
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
