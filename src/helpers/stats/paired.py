"""Change in the same women: effect sizes of one group measured before and after."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import special

from helpers.stats.intervals import checked_level, whole
from helpers.stats.validation import FloatArray, Numbers, chosen, finite, within

Effect = tuple[FloatArray, FloatArray]


def before_after(
    mean_before: Numbers, sd_before: Numbers, mean_after: Numbers, sd_after: Numbers, n: Numbers, r: Numbers,
    measure: str = "ROMC",
) -> Effect:  # fmt: skip
    """Compute an effect size of a change within one group, and its sampling variance.

    Parameters
    ----------
    mean_before, sd_before, mean_after, sd_after : float or array_like
        Mean and standard deviation at the two time points, in one unit. Medians and quartiles are no means.
    n : int or array_like of int
        Women measured at both, at least 2.
    r : float or array_like
        Correlation between the two, from -1 to 1. Papers seldom print it: pass a grid of assumed values, for example
        ``np.linspace(0, 0.9, 10)[:, None]`` against arrays of studies, and show what it changes.
    measure : {"MC", "SMCC", "SMCR", "ROMC"}
        ``MC``: difference of means, in their unit. ``SMCC``: the same by the SD of the change. ``SMCR``: the same by
        the SD before treatment. Both are corrected for small samples. ``ROMC``: log of the ratio of means.

    Returns
    -------
    effect, variance : ndarray of float
        After minus before, or the log of after over before; of the broadcast shape.

    Raises
    ------
    ValueError
        If a number is missing, an SD is negative, the SD that divides is 0, `n` is below 2, `r` is outside [-1, 1], a
        mean of a ratio is not above 0, or the measure is unknown.

    Notes
    -----
    As metafor 3.8 computes them with ``escalc`` and ``m1i`` after, ``m2i`` before, and for SMCR ``sd1i`` before. Newer
    versions correct ROMC for bias; here it is not corrected.

    References
    ----------
    Becker BJ. Br J Math Stat Psychol 1988;41:257-278 (SMCR). Gibbons RD, Hedeker DR, Davis JM. J Educ Stat
    1993;18:271-279 (SMCC). Lajeunesse MJ. Ecology 2011;92:2049-2055 (ROMC).
    """
    compute = _MEASURES[chosen("measure", measure, _MEASURES)]
    women = whole(n, "n")
    if (women < 2).any():
        raise ValueError("n must be 2 or more: one woman has no spread")
    given = (
        finite(mean_before, "mean_before"),
        within(sd_before, "sd_before", 0, np.inf),
        finite(mean_after, "mean_after"),
        within(sd_after, "sd_after", 0, np.inf),
        women,
        within(r, "r", -1, 1),
    )
    effect, variance = compute(*np.broadcast_arrays(*given))
    return effect, variance


def change_interval(
    effect: Numbers, variance: Numbers, n: Numbers, *, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """Compute the interval of a mean change of one group.

    Parameters
    ----------
    effect, variance : float or array_like
        Mean change (``MC``) and its sampling variance, as `before_after` gives them.
    n : int or array_like of int
        Women measured, at least 2; broadcasts.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    low, high : ndarray of float
        By the t distribution with n - 1 degrees of freedom, for the SD of the change is that of so few women.

    Raises
    ------
    ValueError
        If a number is missing, a variance is negative or `n` is below 2.

    References
    ----------
    Student. Biometrika 1908;6:1-25.
    """
    women = whole(n, "n")
    if (women < 2).any():
        raise ValueError("n must be 2 or more: one woman has no spread")
    tail = (1 + checked_level(level)) / 2
    reach = special.stdtrit(women - 1, tail) * np.sqrt(within(variance, "variance", 0, np.inf))
    middle = finite(effect, "effect")
    return middle - reach, middle + reach


def _sd_of_change(s0: FloatArray, s1: FloatArray, r: FloatArray) -> FloatArray:
    # Rounding can bring the variance of a perfectly correlated change below nought.
    return np.asarray(np.sqrt(np.maximum(s0**2 + s1**2 - 2 * r * s0 * s1, 0)))


def _mc(
    m0: FloatArray, s0: FloatArray, m1: FloatArray, s1: FloatArray, n: FloatArray, r: FloatArray
) -> Effect:
    return m1 - m0, _sd_of_change(s0, s1, r) ** 2 / n


def _smcc(
    m0: FloatArray, s0: FloatArray, m1: FloatArray, s1: FloatArray, n: FloatArray, r: FloatArray
) -> Effect:
    sd = _sd_of_change(s0, s1, r)
    if (sd == 0).any():
        raise ValueError("the SD of the change is 0: nothing can be measured in units of it")
    effect = _correction(n - 1) * (m1 - m0) / sd
    return effect, 1 / n + effect**2 / (2 * n)


def _smcr(
    m0: FloatArray, s0: FloatArray, m1: FloatArray, _: FloatArray, n: FloatArray, r: FloatArray
) -> Effect:
    if (s0 == 0).any():
        raise ValueError("sd_before must be above 0: nothing can be measured in units of it")
    effect = _correction(n - 1) * (m1 - m0) / s0
    return effect, 2 * (1 - r) / n + effect**2 / (2 * n)


def _romc(
    m0: FloatArray, s0: FloatArray, m1: FloatArray, s1: FloatArray, n: FloatArray, r: FloatArray
) -> Effect:
    if (m0 <= 0).any() or (m1 <= 0).any():
        raise ValueError("a ratio of means needs means above 0; use MC for values that can be 0 or below")
    c0, c1 = s0 / m0, s1 / m1
    return np.log(m1 / m0), np.maximum(c0**2 + c1**2 - 2 * r * c0 * c1, 0) / n


def _correction(m: FloatArray) -> FloatArray:
    """Hedges' exact factor for `m` degrees of freedom; with one degree it does not exist."""
    if (m < 2).any():
        raise ValueError("n must be 3 or more for a standardised change: its correction does not exist below")
    return np.asarray(np.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2) - np.log(np.sqrt(m / 2))))


_MEASURES: dict[
    str, Callable[[FloatArray, FloatArray, FloatArray, FloatArray, FloatArray, FloatArray], Effect]
] = {"MC": _mc, "SMCC": _smcc, "SMCR": _smcr, "ROMC": _romc}
