"""Many analyses of many data sets at once: each treated rate, each background, each model, each bias variance.

A rate is estimated once per data set and model; every specification is then a pair of such rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from helpers.stats.intervals import mover, whole
from helpers.stats.set_rates import MODELS, Model, Rates, masks, rates_of, with_bias
from helpers.stats.validation import FloatArray, floats


@dataclass(frozen=True, eq=False)
class Differences:
    """Treated minus background rate with its interval, arrays of shape (models, biases, pairs).

    Attributes
    ----------
    estimate, low, high : ndarray of float
        Differences of proportions; missing where one of the two rates is.
    treated, background : list of Rates
        The rates behind them, one per model, over all data sets of either side (background without bias).
    background_high : ndarray of float
        Upper limits of the background rates, with the bias.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    treated: list[Rates]
    background: list[Rates]
    background_high: FloatArray


def differences(
    treated: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    background: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    pairs: npt.ArrayLike,
    *,
    models: Mapping[str, Model] = MODELS,
    biases: Sequence[float] = (0.0,),
    level: float = 0.95,
) -> Differences:
    """Compare treated with background rates under every model and every bias variance.

    Parameters
    ----------
    treated, background : tuple of array_like
        Events, totals and mask of the data sets of each side, as `pool_sets` takes them.
    pairs : array_like of int, shape (pairs, 2)
        Which treated data set is compared with which of the background, each counted from 0.
    models : mapping of str to Model
        The models; each holds for both sides.
    biases : sequence of float
        Standard deviations of the bias of the background, in logits; see `with_bias`.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Differences
        Each data set is fitted once per model; Bayesian models use one likelihood.

    Raises
    ------
    ValueError
        If there is no data set of that number, or as `pool_sets` and `with_bias`.

    Notes
    -----
    The interval is that of `difference_limits`. The groups were not randomised: no difference can
    be attributed to the treatment.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693-1702.
    """
    one, other = _places(pairs, (len(masks(treated[2])), len(masks(background[2])))).T
    p, q = (rates_of(*side, list(models.values()), level) for side in (treated, background))
    shape = (len(models), len(biases), len(one))
    estimate, low, high, background_high = (np.empty(shape) for _ in range(4))
    for i, (with_cells, without) in enumerate(zip(p, q, strict=True)):
        for j, bias in enumerate(biases):
            wider = with_bias(without, bias)
            estimate[i, j] = with_cells.estimate[one] - wider.estimate[other]
            background_high[i, j] = wider.high[other]
            low[i, j], high[i, j] = mover(
                (with_cells.estimate[one], with_cells.low[one], with_cells.high[one]),
                (wider.estimate[other], wider.low[other], wider.high[other]),
            )
    return Differences(estimate, low, high, p, q, background_high)


def _places(pairs: npt.ArrayLike, sets: tuple[int, int]) -> npt.NDArray[np.int64]:
    at = whole(pairs, "pairs")
    if at.ndim != 2 or at.shape[1] != 2:
        raise ValueError(f"pairs must have the shape (pairs, 2), not {at.shape}")
    wrong = ((at < 0) | (at >= sets)).any(axis=1)
    if wrong.any():
        one, other = at[wrong][0]
        raise ValueError(
            f"pairs must number data sets from 0, the treated below {sets[0]} and the background below {sets[1]}, "
            f"not ({one:g}, {other:g})"
        )
    return at.astype(np.int64)


def variance_explained(values: npt.ArrayLike, options: npt.ArrayLike) -> float:
    """Compute how much of the spread of results goes with one choice (eta squared).

    Parameters
    ----------
    values : array_like of float, shape (specifications,)
        The results; missing ones do not count.
    options : array_like, shape (specifications,)
        The option of the choice that each specification takes.

    Returns
    -------
    float
        Sum of squares between the means of the options over the total sum of squares: from 0 (the options have one
        mean) to 1 (the option settles the result). 0 where the results do not differ, missing where there is none.
        It describes the specifications at hand. The proportions of several choices need not add up to 1: choices act together,
        and not every combination is possible.

    Raises
    ------
    ValueError
        If the two differ in shape, have masked entries, or a value is no number.
    """
    results, taken = (
        floats(values, "values", "values must be numbers, NaN where missing"),
        np.asarray(options),
    )
    if np.ma.is_masked(options):
        raise ValueError("options must not have masked entries: leave them out, or use where= for studies")
    if results.shape != taken.shape or results.ndim != 1:
        raise ValueError(
            f"values and options must have one shape, (specifications,), not {results.shape} and {taken.shape}"
        )
    known = np.isfinite(results)
    if not known.any():
        return float("nan")
    results = results[known]
    _, codes = np.unique(taken[known], return_inverse=True)
    sizes = np.bincount(codes)
    means = np.bincount(codes, results) / sizes
    spread = ((results - results.mean()) ** 2).sum()
    # A spread of rounding errors is none.
    if spread <= 1e-18 * max(1.0, (results**2).sum()):
        return 0.0
    return float((sizes * (means - results.mean()) ** 2).sum() / spread)
