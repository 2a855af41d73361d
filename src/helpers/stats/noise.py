"""How far a level moves when nothing happened: assay and biology alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from helpers.stats.checked import Numbers, alpha_of, finite, whole, within


@dataclass(frozen=True)
class ReferenceChange:
    """The band of change between two measurements that noise alone gives.

    Attributes
    ----------
    low, high : float or ndarray of float
        Limits as ratio of second to first measurement: 0.7 and 1.4 stand for 30 % lower and 40 % higher.
    cv : float or ndarray of float
        Total coefficient of variation of one measurement, a proportion.
    n : int or ndarray of int
        Women whose mean is compared.
    level : float
        Share of unchanged pairs that lie within.
    """

    low: Any
    high: Any
    cv: Any
    n: Any
    level: float


def reference_change(
    cv_analytical: Numbers, cv_biological: Numbers, level: float = 0.95, *, n: Numbers = 1
) -> ReferenceChange:
    """Compute the band of change that assay and biology alone give.

    Parameters
    ----------
    cv_analytical, cv_biological : float or array_like
        Coefficients of variation of the assay, and within a woman in an unchanged state, as proportions: 0.12 for 12 %.
    level : float
        Share of unchanged pairs that shall lie within the band, between 0 and 1.
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
    alpha = alpha_of(level)
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
