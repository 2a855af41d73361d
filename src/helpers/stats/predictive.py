"""What a new cohort without the treatment would show: the meta-analytic-predictive distribution of its rate."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy import special

from helpers.stats import bayes
from helpers.stats.intervals import checked_level
from helpers.stats.proportions_pooling import MU_MEAN, MU_SD
from helpers.stats.validation import FloatArray, checked_counts, number

#: Scale of the half-normal prior of tau, in logits, and the scales that a reader should see beside each other.
TAU_SCALE, TAU_SCALES = 0.5, (0.25, 0.5, 1.0)
#: Cells into which the distribution of the new rate is cut, and the probability that is neglected at either end.
_CELLS, _NEGLECTED = 800, 1e-8
#: Standard deviations below which a normal distribution has nothing that a sum of probabilities would show.
_REACH = 8.5


@dataclass(frozen=True)
class PredictiveBackground:
    """What cohorts without the treatment say of a new one of their kind. Rates are proportions, tau is in logits.

    Attributes
    ----------
    estimate, low, high : float
        Rate of a typical cohort, expit(mu): posterior median and equal-tailed credible interval.
    mean, median : float
        Mean and median of the rate of a new cohort.
    prediction_low, prediction_high : float
        Equal-tailed prediction interval of the true rate of a new cohort; what a small cohort counts scatters more.
    tau, tau_low, tau_high : float
        Spread between cohorts: posterior median and equal-tailed credible interval, in logits.
    k, events, total : int
        Cohorts, women with the event, and all women.
    level : float
        Level of all intervals.
    method : str
        Model, priors and convention of the prediction interval, in words.
    rates, masses : ndarray, shape (800,)
        The distribution of the new rate: proportions, and the probability of each.
    """

    estimate: float
    low: float
    high: float
    mean: float
    median: float
    prediction_low: float
    prediction_high: float
    tau: float
    tau_low: float
    tau_high: float
    k: int
    events: int
    total: int
    level: float
    method: str
    rates: FloatArray = field(repr=False)
    masses: FloatArray = field(repr=False)


def predictive_background(
    events: npt.ArrayLike, totals: npt.ArrayLike, *, tau_scale: float = TAU_SCALE,
    mu_mean: float = MU_MEAN, mu_sd: float = MU_SD, level: float = 0.95,
) -> PredictiveBackground:  # fmt: skip
    """Predict the rate of a new untreated cohort from those that were counted.

    Parameters
    ----------
    events, totals : array_like of int, shape (k,)
        Women with the event, and all women, of two or more cohorts without women in common.
    tau_scale : float
        Scale of the half-normal prior of tau, in logits, above 0. Look at 0.25, 0.5 and 1 beside each other: with a scale
        of 0.5, cohorts differ by a factor of about 1.4 in their odds where tau is at its prior median.
    mu_mean, mu_sd : float
        Normal prior of mu, the logit of the rate of a typical cohort. By default N(0, 2.5²), which is weak: it puts the
        rate between 0.7 and 99.3 % with a probability of 95 %. For rare events ``mu_mean=logit(0.05)`` is another centre.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    PredictiveBackground
        Give it to `compare_with_background`.

    Raises
    ------
    ValueError
        If counts are impossible, fewer than two cohorts are given (one cohort says nothing of how much cohorts differ:
        compare with it alone), or a prior is not a distribution.

    Notes
    -----
    Model: events_i ~ Binomial(total_i, expit(theta_i)), theta_i ~ N(mu, tau²), mu ~ N(mu_mean, mu_sd²),
    tau ~ half-normal(tau_scale). The rate of a new cohort is expit(theta*), theta* ~ N(mu, tau²), with mu and tau from
    their joint posterior. Nothing is sampled: each theta_i is integrated out by the trapezoid rule, the posterior of mu and
    tau is tabulated on a grid, and the distribution of theta* is the mixture of normal distributions over that grid, cut into
    800 cells between its quantiles 1e-8 and 1 - 1e-8. `estimate`, `low`, `high` and the prediction interval are those of
    ``pool_proportions(method="bayes")`` under the same priors.

    The result agrees with the published example of the R package RBesT (``gMAP``, data set AS, half-normal scales of 1 and
    0.5) within the error of its sampler. In the simulations of
    ``benchmarks/coverage_of_predictions.py`` (2 to 8 cohorts of 20 to 500 women) a 95 % prediction interval with the scale of 0.5 held the
    rate of a new cohort in 90 % or more where the true tau was 0.5 or less, but in as few as 77 % where it was 1; with a scale
    of 1 it did so in at least 92 %.

    References
    ----------
    Neuenschwander B, Capkun-Niggli G, Branson M, Spiegelhalter DJ. Clin Trials 2010;7:5-18. Schmidli H et al. Biometrics
    2014;70:1023-1032. Friede T, Röver C, Wandel S, Neuenschwander B. Res Synth Methods 2017;8:79-91.
    """
    checked_level(level)
    x, n, _, single = checked_counts(events, totals, True)
    if not single:
        raise ValueError("events and totals must be those of one set of cohorts, of shape (k,)")
    for name, given in (("mu_mean", mu_mean), ("mu_sd", mu_sd)):
        number(given, name)
    if not np.isfinite(mu_mean) or not 0 < mu_sd < np.inf:
        raise ValueError("mu_mean must be finite, and mu_sd above 0 and finite")
    bayes.checked_scale(tau_scale)
    return _predicted(tuple(x[0].tolist()), tuple(n[0].tolist()), tau_scale, mu_mean, mu_sd, level)


@lru_cache(maxsize=256)
def _predicted(
    events: tuple[float, ...], totals: tuple[float, ...], tau_scale: float, mu_mean: float, mu_sd: float, level: float
) -> PredictiveBackground:  # fmt: skip
    """Fit once what is asked for more than once, as by a page and its table of several priors."""
    x, n = np.array(events), np.array(totals)
    fields, joint = bayes.with_joint_posterior(x, n, level, tau_scale, mu_mean, mu_sd)
    rates, masses = _new_rate(*joint)
    rates.flags.writeable = masses.flags.writeable = False
    named = {
        name: float(fields[name]) for name in ("estimate", "low", "high", "prediction_low", "prediction_high")
    }
    tau = {f"tau{end}": float(np.sqrt(fields[f"tau2{end}"])) for end in ("", "_low", "_high")}
    return PredictiveBackground(
        **named,
        **tau,
        mean=float(rates @ masses),
        median=float(np.interp(0.5, np.cumsum(masses) - masses / 2, rates)),
        k=len(x),
        events=int(x.sum()),
        total=int(n.sum()),
        level=level,
        method=f"{bayes.in_words(tau_scale, mu_mean, mu_sd)}; {bayes.CONVENTION}",
        rates=rates,
        masses=masses,
    )


def _new_rate(share: FloatArray, mu: FloatArray, tau: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Cut the distribution of the logit of a new rate into cells: the rate in the middle of each, and its mass."""
    spread = np.maximum(tau, 1e-9)
    below, above = _mixture(share, mu, spread), _mixture(share, -mu, spread)
    reach = special.ndtri(_NEGLECTED) * spread
    edges = np.linspace((mu + reach).min(), (mu - reach).max(), _CELLS + 1)
    # Most of that range is all but empty: cut once more where the distribution lies, which bisection finds.
    first = bisect_right(edges, _NEGLECTED, key=below)
    last = bisect_left(edges, 1 - _NEGLECTED, key=below) - 1
    edges = np.linspace(edges[first], edges[last], _CELLS + 1)
    # Below the middle few of the mixture have begun, and above it few have not ended.
    low, high = edges[: _CELLS // 2 + 1], edges[_CELLS // 2 :]
    masses = np.diff([*map(below, low)]), -np.diff([*map(above, -high)])
    found = np.concatenate(masses)
    return special.expit((edges[1:] + edges[:-1]) / 2), found / found.sum()


def _mixture(share: FloatArray, mu: FloatArray, spread: FloatArray) -> Callable[[float], float]:
    """Make the distribution function of a mixture; what begins above the place in question is left out."""
    begin = mu - _REACH * spread
    order = np.argsort(begin)
    begin, share, mu, spread = (part[order] for part in (begin, share, mu, spread))

    def below(place: float) -> float:
        begun = begin.searchsorted(place)
        return float(share[:begun] @ special.ndtr((place - mu[:begun]) / spread[:begun]))

    return below
