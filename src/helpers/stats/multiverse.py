"""Many analyses of many data sets at once: each treated rate, each background, each model, each bias variance.

A rate is estimated once per data set and model; every specification is then a pair of such rates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.stats import bayes
from helpers.stats.proportions import exact_limits, mover
from helpers.stats.proportions_pooling import MU_MEAN, MU_SD, pool_proportions
from helpers.stats.validation import (
    BoolArray,
    FloatArray,
    alpha_of,
    checked_mask,
    chosen,
    counts,
    floats,
    number,
    unmasked,
    whole,
    within,
)

#: Words for how a rate was estimated where the model could not be fitted.
NO_WOMEN, ONE_STUDY = "no women counted", "single study, exact (Clopper-Pearson) interval"
NO_MAXIMUM = "no maximum of the likelihood: every study has no event or only events, and both occur"
_SUMMED = "common rate, exact (Clopper-Pearson) interval of the summed counts"


@dataclass(frozen=True)
class Model:
    """How the counts of several studies become one rate.

    Attributes
    ----------
    method : {"binomial-normal", "bayes", "common"}
        As for `pool_proportions`; ``"common"`` sums the counts, as if all studies had one rate.
    interval : {"wald", "t"}
        For ``"binomial-normal"``.
    tau_scale : float
        For ``"bayes"``: scale of the half-normal prior of tau, in logits.
    mu_mean : float
        For ``"bayes"``: mean of the normal prior of mu, in logits; its standard deviation is 2.5.
    """

    method: str
    interval: str = "wald"
    tau_scale: float = 1.0
    mu_mean: float = MU_MEAN


#: Centre of the prior that expects rare events, in logits: a rate of 5 %.
RARE = float(special.logit(0.05))
#: The models crossed. A common rate of all studies is none of them: their women, cells and follow-up differ.
MODELS: dict[str, Model] = {
    "random effects, Wald": Model("binomial-normal", interval="wald"),
    "random effects, t": Model("binomial-normal", interval="t"),
    "Bayes, tau scale 0.25": Model("bayes", tau_scale=0.25),
    "Bayes, tau scale 0.5": Model("bayes", tau_scale=0.5),
    "Bayes, tau scale 1": Model("bayes", tau_scale=1.0),
    "Bayes, tau scale 0.5, prior centred on 5 %": Model("bayes", tau_scale=0.5, mu_mean=RARE),
}


@dataclass(frozen=True, eq=False)
class Rates:
    """One rate per data set, all arrays of shape (datasets,).

    Attributes
    ----------
    estimate, low, high : ndarray of float
        Proportions; missing where a data set has no study, or the model no maximum.
    k : ndarray of int
        Number of studies.
    events, totals : ndarray of float
        Their sums.
    exact : ndarray of bool
        Whether the interval is the exact one of the sums.
    method : ndarray of str
        The model, or what stood in for it.
    level : float
        Level of the intervals.
    """

    estimate: FloatArray
    low: FloatArray
    high: FloatArray
    k: npt.NDArray[np.int64]
    events: FloatArray
    totals: FloatArray
    exact: BoolArray
    method: npt.NDArray[np.str_]
    level: float


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


def pool_sets(
    events: npt.ArrayLike, totals: npt.ArrayLike, where: npt.ArrayLike, *, model: Model, level: float = 0.95
) -> Rates:
    """Estimate one rate per data set, whatever its number of studies.

    Parameters
    ----------
    events, totals : array_like of int, shape (datasets, k) or (k,)
        Events and women per study; one row serves all data sets.
    where : array_like of bool, shape (datasets, k)
        Which studies each data set uses.
    model : Model
        How studies are pooled.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    Rates
        A data set of one study has that study's exact interval, one of none has missing values. Without any event in
        all its studies, or with nothing else, maximum likelihood has no interval: the exact one of the sums takes its
        place, as in `pool_proportions`. It holds one rate for all studies, because nothing there can tell of another.
        Where every study has no event or only events and both occur, the studies differ as much as they can and
        the likelihood has no maximum: the values are missing, for an interval of one rate would deny just that.
        `method` says so each time.

    Raises
    ------
    ValueError
        If shapes differ, `where` is not boolean, a used count is missing, broken or impossible, or the model or the
        level is not known.
    """
    (rates,) = _rates(events, totals, where, [model], level)
    return rates


def _rates(
    events: npt.ArrayLike, totals: npt.ArrayLike, where: npt.ArrayLike, models: Sequence[Model], level: float
) -> list[Rates]:
    """Estimate one rate per data set under each model; what models share is computed once."""
    for model in models:
        chosen("method", model.method, ("binomial-normal", "bayes", "common"))
    used = _masks(where)
    rule = f"events and totals must be numbers of the shape of where, {used.shape}, or one row of it"
    x, n = floats(events, "events", rule), floats(totals, "totals", rule)
    try:
        x, n = np.broadcast_to(x, used.shape), np.broadcast_to(n, used.shape)
    except ValueError:
        raise ValueError(f"{rule}, not {x.shape} and {n.shape}") from None
    # A study that is not used is 0 of 0; a product with the mask would keep what is missing there.
    counts(x[used], n[used])
    x, n = np.where(used, x, 0.0), np.where(used, n, 0.0)
    common = _common_rates(x, n, used, level)
    posteriors = _posterior_rates(common, x, n, [model for model in models if model.method == "bayes"])
    return [
        posteriors[model] if model.method == "bayes"
        else _likeliest_rates(common, x, n, used, model) if model.method == "binomial-normal"
        else common
        for model in models
    ]  # fmt: skip


def _common_rates(x: FloatArray, n: FloatArray, used: BoolArray, level: float) -> Rates:
    """Sum the counts of each data set."""
    k, alpha = used.sum(axis=1), alpha_of(level)
    sums, women = x.sum(axis=1), n.sum(axis=1)
    counted = k > 0
    estimate, low, high = (np.full(len(used), np.nan) for _ in range(3))
    estimate[counted] = sums[counted] / women[counted]
    low[counted], high[counted] = exact_limits(sums[counted], women[counted], alpha)
    method = np.select([k == 0, k == 1], [NO_WOMEN, ONE_STUDY], _SUMMED)
    return Rates(estimate, low, high, k, sums, women, np.ones(len(used), dtype=bool), method, level)


def _posterior_rates(
    common: Rates, x: FloatArray, n: FloatArray, models: Sequence[Model]
) -> dict[Model, Rates]:
    several = common.k > 1
    if not several.any():
        return dict.fromkeys(models, common)
    names, found = ("estimate", "low", "high", "method"), {}
    for centre in dict.fromkeys(model.mu_mean for model in models):
        alike = [model for model in models if model.mu_mean == centre]
        scales = [model.tau_scale for model in alike]
        fits = bayes.proportions(x[several], n[several], common.level, scales, centre, MU_SD)
        for model, fit in zip(alike, fits, strict=True):
            found[model] = _with(common, several, exact=False, **{name: fit[name] for name in names})
    return found


def _likeliest_rates(common: Rates, x: FloatArray, n: FloatArray, used: BoolArray, model: Model) -> Rates:
    several = common.k > 1
    mixed = ((x > 0) & (x < n)).any(axis=1) | (common.events == 0) | (common.events == common.totals)
    none = dict.fromkeys(("estimate", "low", "high"), np.nan)
    rates = _with(common, several & ~mixed, exact=False, method=NO_MAXIMUM, **none)
    fitted = several & mixed
    if not fitted.any():
        return rates
    pooled = pool_proportions(
        x[fitted], n[fitted], where=used[fitted], interval=model.interval, level=common.level
    )
    found = {name: getattr(pooled, name) for name in ("estimate", "low", "high", "method")}
    return _with(rates, fitted, exact=np.isinf(pooled.logit), **found)


def _with(rates: Rates, rows: BoolArray, **values: Any) -> Rates:
    """Put values in the place of those of some data sets."""
    changed = {}
    for name, new in values.items():
        # As an object: in an array of words a longer one would be cut.
        column = getattr(rates, name).astype(np.object_)
        column[rows] = new
        changed[name] = column.astype(np.str_ if name == "method" else getattr(rates, name).dtype)
    return replace(rates, **changed)


def with_bias(rates: Rates, sd: float) -> Rates:
    """Widen rates because their women are others than those they are compared with.

    Parameters
    ----------
    rates : Rates
        Of the background.
    sd : float
        Standard deviation of the bias in logits, 0 or more. It does not depend on how many women were counted.

    Returns
    -------
    Rates
        The same estimates with wider intervals. The distance of each limit from its centre becomes the root of the sum of its
        square and of (z * `sd`) squared, in logits, with z the normal quantile of the level. The centre is the estimate;
        of no event or nothing else, whose logit is not finite, it is the median-unbiased estimate (the exact limit
        at 50 %). A limit of 0 or 1 stays.

    Raises
    ------
    ValueError
        If `sd` is below 0 or not finite.

    References
    ----------
    Turner RM, Spiegelhalter DJ, Smith GCS, Thompson SG. J R Stat Soc A 2009;172:21-47 (additive bias variance).
    """
    spread = float(within(number(sd, "sd"), "sd", 0, np.inf, open_high=True))
    none, every = rates.events == 0, rates.events == rates.totals
    low_half, high_half = np.full((2, len(rates.k)), np.nan)
    counted = rates.k > 0
    low_half[counted], high_half[counted] = exact_limits(rates.events[counted], rates.totals[counted], 1.0)
    centre = special.logit(
        np.where(rates.exact & none, high_half, np.where(rates.exact & every, low_half, rates.estimate))
    )
    reach = special.ndtri((1 + rates.level) / 2) * spread
    low, high = (
        special.expit(centre + sign * np.hypot(special.logit(limit) - centre, reach))
        for sign, limit in ((-1, rates.low), (1, rates.high))
    )
    return replace(rates, low=low, high=high)


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
        Each data set is fitted once per model; Bayesian models share the likelihood.

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
    one, other = _places(pairs, (len(_masks(treated[2])), len(_masks(background[2])))).T
    p, q = (_rates(*side, list(models.values()), level) for side in (treated, background))
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


def _masks(where: npt.ArrayLike) -> BoolArray:
    used = np.atleast_2d(checked_mask(where))
    if used.ndim != 2:
        raise ValueError(f"where must have the shape (datasets, k), not {used.shape}")
    return used


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
    """Tell how much of the spread of results goes with one choice (eta squared).

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
        It describes the specifications at hand. The shares of several choices need not add up to 1: choices act together,
        and not every combination is possible.

    Raises
    ------
    ValueError
        If the two differ in shape, have masked entries, or a value is no number.
    """
    unmasked(options, "options")
    results, taken = (
        floats(values, "values", "values must be numbers, NaN where missing"),
        np.asarray(options),
    )
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
