"""Agreement of two readers on nominal categories."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.stats.intervals import checked_level, whole


@dataclass(frozen=True)
class Kappa:
    """Cohen's kappa of two readers.

    Attributes
    ----------
    estimate : float or None
        Agreement beyond chance, 1 where they always agree; None where it is not defined.
    se : float or None
        Large-sample standard error; None where the estimate is not defined.
    low, high : float or None
        Limits of the large-sample interval, cut at -1 and 1; None where the standard error is zero or not defined, for
        then it says nothing about the next item.
    observed, expected : float
        Proportion of items on which they agree, and the proportion that chance would give.
    n : int
        Items.
    """

    estimate: float | None
    se: float | None
    low: float | None
    high: float | None
    observed: float
    expected: float
    n: int


def cohen_kappa(table: npt.ArrayLike, *, level: float = 0.95) -> Kappa:
    """Compute Cohen's kappa with its large-sample standard error.

    Kappa is (observed - expected) / (1 - expected), where the expected agreement follows from how often each reader uses
    each category.

    Parameters
    ----------
    table : array_like of int, shape (K, K)
        Items by the category that the first reader chose (rows) and the second (columns), in the same order.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Kappa
        Not defined (None) where both readers used one and the same category for every item: agreement and
        chance cannot then be distinguished. Zero by construction where one reader used a single category, whatever the other did.

    Raises
    ------
    ValueError
        If the table is not square, holds no item, or holds anything but whole numbers from 0 up, or if the level is not
        between 0 and 1.

    References
    ----------
    Cohen J. Educ Psychol Meas 1960;20:37-46 (kappa). Fleiss JL, Cohen J, Everitt BS. Psychol Bull 1969;72:323-327
    (standard error for kappa other than zero).
    """
    checked_level(level)
    counts = _counts(table)
    n = counts.sum()
    shares = counts / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, expected = float(np.trace(shares)), float(rows @ columns)
    # Whole numbers decide the special cases, so that rounding cannot.
    if (np.diag(counts) == n).any():
        return Kappa(None, None, None, None, observed, expected, int(n))
    if np.trace(counts) == n:
        return Kappa(1.0, 0.0, None, None, observed, expected, int(n))
    if (counts.sum(axis=1) == n).any() or (counts.sum(axis=0) == n).any():
        return Kappa(0.0, 0.0, None, None, observed, expected, int(n))
    estimate = (observed - expected) / (1 - expected)
    se = _standard_error(shares, n, estimate, expected)
    low = high = None
    if se > 0:
        half = float(special.ndtri((1 + level) / 2)) * se
        low, high = max(estimate - half, -1.0), min(estimate + half, 1.0)
    return Kappa(estimate, se, low, high, observed, expected, int(n))


def _counts(table: npt.ArrayLike) -> npt.NDArray[np.float64]:
    counts = whole(table, "the counts of the table")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(
            f"the table must have as many rows as columns, one for each category, not the shape {counts.shape}"
        )
    if (counts < 0).any():
        raise ValueError("the table must hold whole numbers from 0 up")
    if counts.sum() < 1:
        raise ValueError("the table holds no item: there is no agreement on nothing")
    return counts


def _standard_error(shares: npt.NDArray[np.float64], n: float, estimate: float, expected: float) -> float:
    """Write equation 13 of Fleiss, Cohen and Everitt 1969 with the shares of the table."""
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    both, left = np.diag(shares), 1 - estimate
    agreed = both @ (1 - (rows + columns) * left) ** 2
    # Cell (i, j) meets how often the second reader uses i and the first uses j.
    crossed = columns[:, np.newaxis] + rows[np.newaxis, :]
    apart = left**2 * ((shares * crossed**2).sum() - both @ (rows + columns) ** 2)
    variance = agreed + apart - (estimate - expected * left) ** 2
    # Rounding may carry a variance of zero below it.
    return float(np.sqrt(max(variance, 0.0) / n) / (1 - expected))
