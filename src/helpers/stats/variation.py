"""How far a level moves when nothing happened: analytical and within-person variation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from helpers.stats.intervals import checked_level, whole
from helpers.stats.validation import FloatArray, Numbers, finite, within

#: Verdicts on a change against its reference change value, in words that figure, table and sentence share.
OUTSIDE, BETWEEN, WITHIN, UNKNOWN = (
    "beyond the largest reference change value",
    "beyond the smallest reference change value only",
    "within analytical and within-person variation (reference change value)",
    "cannot be judged",
)
#: Why a change cannot be judged, where a band is known.
UNCOUNTED = "the number of women measured twice was not printed"
ASSAY_ALONE = "only the variation of the assay is known"


@dataclass(frozen=True)
class ReferenceChange:
    """The band of change between two measurements of an unchanged woman, or of the means of unchanged women.

    Attributes
    ----------
    low, high : float or ndarray of float
        Limits as ratio of second to first measurement: 0.7 and 1.4 mean 30 % lower and 40 % higher.
    cv : float or ndarray of float
        Total coefficient of variation of one measurement, a proportion.
    n : int or ndarray of int
        Women whose mean is compared.
    level : float
        Proportion of unchanged pairs that lie within.
    """

    low: Any
    high: Any
    cv: Any
    n: Any
    level: float


def reference_change(
    cv_analytical: Numbers, cv_biological: Numbers, level: float = 0.95, *, n: Numbers = 1
) -> ReferenceChange:
    """Compute the reference change value: the band of change that analytical and within-person variation give.

    Parameters
    ----------
    cv_analytical, cv_biological : float or array_like
        Coefficients of variation of the assay, and within a woman in an unchanged state, as proportions: 0.12 for 12 %.
    level : float
        Proportion of unchanged pairs that shall lie within the band, between 0 and 1.
    n : int or array_like of int
        Women whose geometric mean is compared with itself; 1 for a single woman.

    Returns
    -------
    ReferenceChange
        Limits on the log scale, so that a doubling and a halving are equally far. They take the place of the symmetric
        limits ±z·√2·CV, which promise falls below nothing where the variation is large.

    Raises
    ------
    ValueError
        If a coefficient is negative or above 3 (a percentage given as such), the level is not between 0 and 1, or `n`
        is below 1.

    References
    ----------
    Fokkema MR, Herrmann Z, Muskiet FAJ, Moecks J. Clin Chem 2006;52:1602-1603. Harris EK, Yasaka T. Clin Chem
    1983;29:25-30.
    """
    alpha = 1 - checked_level(level)
    parts = []
    for name, given in (("cv_analytical", cv_analytical), ("cv_biological", cv_biological)):
        if (finite(given, name) > 3).any():
            raise ValueError(f"{name} is a proportion: write 0.12 for 12 %")
        parts.append(within(given, name, 0, 3))
    women = whole(n, "n")
    if (women < 1).any():
        raise ValueError("n must be 1 or more")
    cv = np.hypot(*parts)
    spread = special.ndtri(1 - alpha / 2) * np.sqrt(2 * np.log1p(cv**2) / women)
    low, high = np.exp(-spread), np.exp(spread)
    if np.ndim(spread) == 0:
        return ReferenceChange(float(low), float(high), float(cv), int(women), level)
    return ReferenceChange(low, high, cv, women.astype(int), level)


def largest_unchanged(sd_before: Numbers, sd_after: Numbers, level: float = 0.95) -> FloatArray:
    """Compute how far one woman of a group can move without any change, from the spread of the group alone.

    Parameters
    ----------
    sd_before, sd_after : float or array_like
        Standard deviations of the group at the two times, in one unit.
    level : float
        Proportion of unchanged pairs within the limit, between 0 and 1.

    Returns
    -------
    ndarray of float
        Half the width of the band about no change, in that unit; for the mean of n women divide by the root of n.

    Raises
    ------
    ValueError
        If a standard deviation is negative or missing, or the level is not between 0 and 1.

    Notes
    -----
    The SD of a change is the root of sd_before² + sd_after² - 2·r·sd_before·sd_after. In unchanged women the two levels have in
    common what differs between the women, so r is at least 0 and the root of sd_before² + sd_after² the largest SD possible.

    References
    ----------
    Higgins JPT, Green S, editors. Cochrane Handbook for Systematic Reviews of Interventions 5.1, 2011; section 16.1.3.2.
    """
    spreads = [within(sd, name, 0, np.inf) for sd, name in ((sd_before, "sd_before"), (sd_after, "sd_after"))]
    alpha = 1 - checked_level(level)
    return np.asarray(special.ndtri(1 - alpha / 2) * np.hypot(*spreads))
