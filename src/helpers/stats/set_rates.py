"""The rate of each of many data sets under each model, whatever the number of studies of a set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.stats import bayes
from helpers.stats.intervals import checked_level, counts, exact_limits
from helpers.stats.proportions_pooling import MU_MEAN, MU_SD, pool_proportions
from helpers.stats.validation import BoolArray, FloatArray, checked_mask, chosen, floats, number, within

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
        The model, or what was used in its place.
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
        place, as in `pool_proportions`. It holds one rate for all studies, because nothing there can show another.
        Where every study has no event or only events and both occur, the studies differ as much as they can and
        the likelihood has no maximum: the values are missing, for an interval of one rate would deny just that.
        `method` says so each time.

    Raises
    ------
    ValueError
        If shapes differ, `where` is not boolean, a used count is missing, broken or impossible, or the model or the
        level is not known.
    """
    (rates,) = rates_of(events, totals, where, [model], level)
    return rates


def rates_of(
    events: npt.ArrayLike, totals: npt.ArrayLike, where: npt.ArrayLike, models: Sequence[Model], level: float
) -> list[Rates]:
    """Estimate one rate per data set under each model; what models share is computed once."""
    for model in models:
        chosen("method", model.method, ("binomial-normal", "bayes", "common"))
    used = masks(where)
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
    k, alpha = used.sum(axis=1), 1 - checked_level(level)
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


def masks(where: npt.ArrayLike) -> BoolArray:
    """Check the mask of the data sets: one row each, true where a study is used."""
    used = np.atleast_2d(checked_mask(where))
    if used.ndim != 2:
        raise ValueError(f"where must have the shape (datasets, k), not {used.shape}")
    return used
