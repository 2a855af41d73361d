"""The sign test: in how many studies a result points one way."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special

from helpers.stats.intervals import checked_level, counts, proportion_interval


@dataclass(frozen=True)
class SignTest:
    """The proportion of studies that point one way.

    Attributes
    ----------
    estimate : float
        Proportion of positive signs.
    low, high : float
        Exact (Clopper-Pearson) confidence limits of the proportion.
    p : float
        Exact two-sided p-value against a proportion of one half.
    """

    estimate: float
    low: float
    high: float
    p: float


def sign_test(positive: int, total: int, *, level: float = 0.95) -> SignTest:
    """Test whether studies point one way more often than the other.

    Parameters
    ----------
    positive : int
        Studies whose result points the one way.
    total : int
        Studies whose result points either way, at least 1; a result without a direction has no sign.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    SignTest
        Proportion, exact limits and exact two-sided p-value.

    Raises
    ------
    ValueError
        If counts are no whole numbers, are negative, exceed their total, the total is below 1, or the level is not between
        0 and 1.

    Notes
    -----
    The signs count direction, neither size nor precision of a result. Twice the smaller tail of a binomial distribution with
    probability one half, at most 1.

    References
    ----------
    McKenzie JE, Brennan SE. Synthesizing and presenting findings using other methods. Cochrane Handbook, chapter 12.
    Boon MH, Thomson H. Res Synth Methods 2021;12:29-33.
    """
    low, high = proportion_interval(positive, total, level=level)
    x, n = (int(count) for count in counts(positive, total))
    tail = float(special.bdtr(min(x, n - x), n, 0.5))
    return SignTest(x / n, low, high, min(1.0, 2 * tail))


def signs_needed(*, level: float = 0.95) -> int:
    """Find from how many studies on a sign test can give p below 1 - `level`, if all of them point the same way.

    Parameters
    ----------
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    int
        The least number of studies; 6 for a level of 0.95.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.
    """
    return math.floor(round(1 - math.log2(1 - checked_level(level)), 9)) + 1
