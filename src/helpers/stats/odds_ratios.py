"""Odds ratios of randomised trials: of one trial exactly, and of several together without adding a half to any count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, special

from helpers.stats.intervals import checked_level, counts
from helpers.stats.validation import FloatArray, Numbers, chosen

METHODS = ("mantel-haenszel", "peto", "bayes")
#: Standard deviation of the normal prior of a log odds ratio, and how many of them the quadrature spans.
PRIOR_SD, _SPAN = 2.82, 5.0
_NODES = 4001
#: Nodes with less of the highest log density do not count.
_NEGLIGIBLE = 40.0


@dataclass(frozen=True)
class OddsRatio:
    """An odds ratio of group 1 against group 2 with its interval.

    Attributes
    ----------
    estimate, low, high : float
        Odds ratio and limits; above 1 the event is more frequent in group 1.
    method : str
        ``"exact"`` for one trial, else a word of `METHODS`.
    level : float
        Level of the interval: a confidence interval, of ``"bayes"`` a credible interval.
    used : tuple of bool
        Whether each trial holds information: an event in some of its women, and not in all.
    """

    estimate: float
    low: float
    high: float
    method: str
    level: float
    used: tuple[bool, ...]

    @property
    def k(self) -> int:
        """Number of trials that hold information."""
        return sum(self.used)


def odds_ratio(
    events_1: int, totals_1: int, events_2: int, totals_2: int, *, level: float = 0.95
) -> OddsRatio:
    """Compute the odds ratio of one trial with exact limits.

    Parameters
    ----------
    events_1, totals_1 : int
        Women with the event in group 1, and all of the group.
    events_2, totals_2 : int
        The same in group 2.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    OddsRatio
        The odds ratio of the sample, 0 or infinite where a count is zero, with the exact conditional limits: those of Fisher's
        non-central hypergeometric distribution with equal tails, as R's ``fisher.test``.

    Raises
    ------
    ValueError
        If counts are impossible, no woman or every woman has the event, or the level is not between 0 and 1.

    References
    ----------
    Cornfield J. Proc Third Berkeley Symposium 1956;4:135-148.
    """
    tail = (1 - checked_level(level)) / 2
    a, n1, c, n2, used = _tables(events_1, totals_1, events_2, totals_2)
    if len(a) != 1:
        raise ValueError(f"odds_ratio takes one trial, not {len(a)}: pool_odds_ratios takes several")
    if not used[0]:
        raise ValueError("an odds ratio needs a woman with the event and one without")
    support, weights = _support(a[0] + c[0], n1[0], n2[0])
    across, along = a[0] * (n2[0] - c[0]), (n1[0] - a[0]) * c[0]

    def limit(side: Any) -> float:
        def beyond(theta: float) -> float:
            logs = weights + theta * support
            return _log_sum(logs[side]) - _log_sum(logs) - math.log(tail)

        reach = 1.0
        while beyond(-reach) * beyond(reach) > 0:
            reach *= 2
        return math.exp(float(optimize.brentq(beyond, -reach, reach, xtol=1e-12)))

    low = 0.0 if a[0] == support[0] else limit(support >= a[0])
    high = math.inf if a[0] == support[-1] else limit(support <= a[0])
    return OddsRatio(float(across / along) if along else math.inf, low, high, "exact", level, (True,))


def _log_sum(logs: FloatArray) -> float:
    top = float(logs.max())
    return top + math.log(float(np.exp(logs - top).sum()))


def pool_odds_ratios(
    events_1: Numbers, totals_1: Numbers, events_2: Numbers, totals_2: Numbers, *,
    method: str = "mantel-haenszel", level: float = 0.95,
) -> OddsRatio:  # fmt: skip
    """Estimate the odds ratio that randomised trials have in common.

    Parameters
    ----------
    events_1, totals_1 : array_like of int, shape (k,)
        Women with the event in group 1 of each trial, and all of the group.
    events_2, totals_2 : array_like of int, shape (k,)
        The same in group 2.
    method : str
        ``"mantel-haenszel"`` with the variance of Robins, Breslow and Greenland; ``"peto"``, the one-step estimate from observed
        minus expected events; or ``"bayes"``, the posterior median with equal-tailed limits.
    level : float
        Level of the interval, between 0 and 1.

    Returns
    -------
    OddsRatio
        Nothing is added to a zero. A trial in which no woman, or every woman, had the event holds no information on the odds
        ratio and is excluded, see ``used``.

    Raises
    ------
    ValueError
        If counts are impossible, fewer than two trials hold information, the Mantel-Haenszel estimate is zero or infinite, the
        method is not known, or the level is not between 0 and 1.

    Notes
    -----
    All three take the odds ratio as one and the same in every trial, which two trials can hardly show. Peto's estimate is biased
    where the groups differ much in size or the odds ratio is far from 1. The Bayesian posterior is the product of the conditional
    likelihoods (Fisher's non-central hypergeometric distribution) with a normal prior of the log odds ratio, mean 0 and standard
    deviation 2.82, by quadrature; the rates of the groups drop out and need no prior.

    References
    ----------
    Mantel N, Haenszel W. J Natl Cancer Inst 1959;22:719-748. Robins J, Breslow N, Greenland S. Biometrics 1986;42:311-323. Yusuf S
    et al. Prog Cardiovasc Dis 1985;27:335-371. Günhan BK, Röver C, Friede T. Res Synth Methods 2020;11:74-90 (prior).
    """
    alpha = 1 - checked_level(level)
    estimators = dict(zip(METHODS, (_mantel_haenszel, _peto, _bayes), strict=True))
    estimator = estimators[chosen("method", method, METHODS)]
    *four, used = _tables(events_1, totals_1, events_2, totals_2)
    if used.sum() < 2:
        raise ValueError(
            "a pooled odds ratio needs two trials or more with the event in some women and not in all: show a single trial with "
            "its own interval"
        )
    a, n1, c, n2 = (column[used] for column in four)
    estimate, low, high = (math.exp(value) for value in estimator(a, n1, c, n2, alpha))
    return OddsRatio(estimate, low, high, method, level, tuple(used.tolist()))


def _tables(
    events_1: Numbers, totals_1: Numbers, events_2: Numbers, totals_2: Numbers
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray, Any]:
    one = counts(events_1, totals_1, ("events_1", "totals_1"))
    other = counts(events_2, totals_2, ("events_2", "totals_2"))
    a, n1, c, n2 = np.atleast_1d(*np.broadcast_arrays(*one, *other))
    if a.ndim > 1:
        raise ValueError("counts must be of shape (k,), one entry per trial")
    return a, n1, c, n2, (a + c > 0) & (a + c < n1 + n2)


def _normal(theta: float, variance: float, alpha: float) -> tuple[float, float, float]:
    reach = float(special.ndtri(1 - alpha / 2)) * math.sqrt(variance)
    return theta, theta - reach, theta + reach


def _mantel_haenszel(
    a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray, alpha: float
) -> tuple[float, float, float]:
    n, b, d = n1 + n2, n1 - a, n2 - c
    r, s = a * d / n, b * c / n
    if not r.sum() or not s.sum():
        raise ValueError("the Mantel-Haenszel estimate is zero or infinite: choose peto or bayes")
    p, q = (a + d) / n, (b + c) / n
    variance = (
        (p * r).sum() / (2 * r.sum() ** 2)
        + (p * s + q * r).sum() / (2 * r.sum() * s.sum())
        + (q * s).sum() / (2 * s.sum() ** 2)
    )
    return _normal(math.log(r.sum() / s.sum()), float(variance), alpha)


def _peto(
    a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray, alpha: float
) -> tuple[float, float, float]:
    n, m = n1 + n2, a + c
    variance = (n1 * n2 * m * (n - m) / (n**2 * (n - 1))).sum()
    return _normal(float((a - n1 * m / n).sum() / variance), float(1 / variance), alpha)


def _bayes(
    a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray, alpha: float
) -> tuple[float, float, float]:
    theta = np.linspace(-_SPAN * PRIOR_SD, _SPAN * PRIOR_SD, _NODES)
    logs = _posterior(theta, a, n1, c, n2)
    # Once more, where the density is: a large trial holds it between few nodes.
    near = theta[logs > logs.max() - _NEGLIGIBLE]
    step = theta[1] - theta[0]
    theta = np.linspace(near[0] - step, near[-1] + step, _NODES)
    logs = _posterior(theta, a, n1, c, n2)
    density = np.exp(logs - logs.max())
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    median, low, high = np.interp([0.5, alpha / 2, 1 - alpha / 2], below / below[-1], theta)
    return float(median), float(low), float(high)


def _posterior(theta: FloatArray, a: FloatArray, n1: FloatArray, c: FloatArray, n2: FloatArray) -> FloatArray:
    logs: FloatArray = -0.5 * (theta / PRIOR_SD) ** 2
    for events, one, others, other in zip(a, n1, c, n2, strict=True):
        support, weights = _support(events + others, one, other)
        logs = logs + theta * events - special.logsumexp(weights + theta[:, None] * support, axis=1)
    return logs


def _support(events: float, one: float, other: float) -> tuple[FloatArray, FloatArray]:
    """Return how many of the events may lie in group 1, and the log of the ways of each."""
    x = np.arange(max(0.0, events - other), min(one, events) + 1)
    return x, _log_choose(one, x) + _log_choose(other, events - x)


def _log_choose(n: float, x: FloatArray) -> FloatArray:
    logs: FloatArray = special.gammaln(n + 1) - special.gammaln(x + 1) - special.gammaln(n - x + 1)
    return logs
