"""Would it have happened anyway? Treated women compared with women without the treatment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.optimize import elementwise

from helpers.stats.intervals import checked_level, counts, difference_limits, proportion_interval
from helpers.stats.predictive import PredictiveBackground
from helpers.stats.validation import FloatArray, Numbers, number, within

#: Shapes of the prior of each proportion (Jeffreys).
PRIOR = 0.5
#: With fewer events than this in all, the prior decides the probability more than the women do.
FEWEST_EVENTS = 5
#: Probabilities at which a comparison would be called otherwise: see `BackgroundComparison.bias_to_high`.
HIGH, LOW = 0.95, 0.05
#: How near to a limit of the difference is near enough.
_TOLERANCES = {"xatol": 1e-13, "xrtol": 0.0, "fatol": 0.0, "frtol": 0.0}


@cache
def _cells() -> tuple[FloatArray, FloatArray]:
    """Give quantiles of one cohort, and the mass of each (Gauss-Legendre); to make them takes a while."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    return (nodes + 1) / 2, weights / 2


@cache
def _deviates() -> tuple[FloatArray, FloatArray]:
    """Give standard normal deviates of a bias, and the mass of each (Gauss-Hermite)."""
    deviates, weights = np.polynomial.hermite_e.hermegauss(11)
    return deviates, weights / weights.sum()


@dataclass(frozen=True)
class BackgroundComparison:
    """A treated proportion compared with a background; floats for one comparison, arrays for several.

    Attributes
    ----------
    difference : float or ndarray
        Treated minus background proportion; of a predictive background, minus the median rate of a new cohort.
    low, high : float or ndarray
        Confidence interval of the difference, put together from the exact interval of each proportion (MOVER with
        Clopper-Pearson limits), without any bias. Not a number beside a predictive background: it has no counts of its own.
    probability : float or ndarray
        Posterior probability that the treated rate exceeds that of the background. Not a number where `reason` says why.
    posterior_low, posterior_high : float or ndarray
        Equal-tailed posterior interval of the difference of the two rates, with the bias given.
    bias_to_high, bias_to_half, bias_to_low : float or ndarray
        Tipping points: how far the background would have to be too low, or the treated rate too high, as a proportion, for the
        probability to be 0.95, 0.5 and 0.05. A negative one is a bias in the other direction. Not a number without `probability`.
    reason : str or ndarray of str
        Why there is no probability; empty where there is one.
    bias_sd, shift : float
        The bias of the background that was allowed for.
    level : float
        Level of both intervals.
    method : str
        What was compared with what, and how.
    """

    difference: Any
    low: Any
    high: Any
    probability: Any
    posterior_low: Any
    posterior_high: Any
    bias_to_high: Any
    bias_to_half: Any
    bias_to_low: Any
    reason: Any
    bias_sd: float
    shift: float
    level: float
    method: str


def compare_with_background(
    events: Numbers, total: Numbers, background: Numbers | PredictiveBackground,
    background_total: Numbers | None = None, *, bias_sd: float = 0.0, shift: float = 0.0, level: float = 0.95,
) -> BackgroundComparison:  # fmt: skip
    """Compare a treated proportion with that of women who did not get the treatment.

    Parameters
    ----------
    events, total : int or array_like of int
        Treated women with the event, and all.
    background : int, array_like of int or PredictiveBackground
        Women with the event in one cohort without the treatment, of which `background_total` is the size: the comparison
        takes that cohort as it is. Or what `predictive_background` gives: the comparison is with a new cohort of the kind.
    background_total : int or array_like of int, optional
        All women of the one cohort; none with a predictive background.
    bias_sd : float
        For how different the populations are: standard deviation, in logits, of a normal bias of the background. It does
        not shrink with the number of women (Turner 2009). 0, the default, is no such bias.
    shift : float
        By how much the rate of the background is too low for the treated women, as a proportion between -1 and 1.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    BackgroundComparison
        All of the broadcast shape. The groups were not randomised: no difference can be attributed to the
        treatment, and an interval that includes zero does not show that there is none.

    Raises
    ------
    ValueError
        If counts are impossible (see `proportion_interval`), the bias is no bias, the level is not between 0 and 1, or
        `background_total` is missing or too many.

    Notes
    -----
    The treated rate T has the posterior Beta(events + 1/2, total - events + 1/2) of a Jeffreys prior. The rate B of one cohort has
    its like; that of a new cohort has its meta-analytic-predictive distribution. A bias adds N(0, bias_sd²) to logit(B), then
    `shift` to B. T and B are independent, and P(T > B) is the mean of P(T > b) over B by quadrature: Gauss-Legendre over
    400 quantiles of a Beta distribution, the cells of a predictive one, Gauss-Hermite with 11 nodes for the bias. Limits of T - B follow
    from its distribution function by Chandrupatla's method; the tipping points are the 5, 50 and 95 % quantiles of T - B without
    the shift, because P(T > B + s) = P(T - B > s).

    There is no probability where treated and background have fewer than five events in all: the prior would decide it. A predictive
    background counts with the events that a typical cohort of as many women as were treated would have: however many cohorts
    it was learnt from, a count of 1 of 10 says next to nothing. Leave out counts that were published because their event had happened: they are no rates.

    Earlier versions divided the variance of the background by one minus a fraction. That adds next to nothing to a large
    cohort and much to a small one, while a difference between populations does not depend on the number counted; it also took one
    cohort at a time for the whole background, although untreated cohorts differ among themselves.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693-1702 (MOVER; with Wilson limits it is method 10 of Newcombe RG, Stat Med
    1998;17:873-890). Turner RM, Spiegelhalter DJ, Smith GCS, Thompson SG. J R Stat Soc A 2009;172:21-47 (differences
    between populations as additional variance and shift).
    """
    alpha = 1 - checked_level(level)
    tails = np.array([alpha / 2, 1 - alpha / 2, 1 - HIGH, 0.5, 1 - LOW])
    within(number(bias_sd, "bias_sd"), "bias_sd", 0, np.inf)
    within(number(shift, "shift"), "shift", -1, 1)
    x, n = counts(events, total)
    if isinstance(background, PredictiveBackground):
        if background_total is not None:
            raise ValueError("background_total must not be given with a predictive background")
        beside = _new_cohort(x, n, background)
    elif background_total is None:
        raise ValueError("background_total must be given with the events of one cohort")
    else:
        bx, bn = counts(background, background_total, ("background_events", "background_total"))
        x, n, bx, bn = np.broadcast_arrays(x, n, bx, bn)
        beside = _one_cohort(x, n, bx, bn, level)
    rates, masses = _biased(beside.rates, beside.masses, bias_sd)
    treated = x + PRIOR, n - x + PRIOR
    few = x + beside.events < FEWEST_EVENTS
    reason = f"fewer than {FEWEST_EVENTS} events {beside.counting}"
    limits = _quantiles(tails, treated, rates, masses)
    limits[2:, few] = np.nan
    found: dict[str, Any] = {
        "difference": beside.difference,
        "low": beside.low,
        "high": beside.high,
        "probability": np.where(few, np.nan, 1 - _below(np.full(x.shape, shift), treated, rates, masses)),
        "posterior_low": limits[0] - shift,
        "posterior_high": limits[1] - shift,
        "bias_to_high": limits[2],
        "bias_to_half": limits[3],
        "bias_to_low": limits[4],
        "reason": np.where(few, reason, ""),
    }
    if x.ndim == 0:
        found = {name: np.asarray(value).item() for name, value in found.items()}
    bias = f"bias of SD {bias_sd:g} logits and shift {shift:g}"
    how = f"treated with a Jeffreys prior, against {beside.what}; {bias}"
    return BackgroundComparison(**found, bias_sd=bias_sd, shift=shift, level=level, method=how)


class _Beside(NamedTuple):
    """A background: its rates with the mass of each, its events with how they count, and the difference of the treated from it."""

    rates: FloatArray
    masses: FloatArray
    events: FloatArray
    counting: str
    difference: FloatArray
    low: FloatArray
    high: FloatArray
    what: str


def _new_cohort(x: FloatArray, n: FloatArray, background: PredictiveBackground) -> _Beside:
    rates = np.broadcast_to(background.rates, (*x.shape, len(background.rates)))
    none = np.full(x.shape, np.nan)
    what = f"a new cohort predicted from {background.k} ({background.method})"
    expected, counting = n * background.estimate, "with those expected in a typical cohort as large"
    return _Beside(rates, background.masses, expected, counting, x / n - background.median, none, none, what)


def _one_cohort(x: FloatArray, n: FloatArray, bx: FloatArray, bn: FloatArray, level: float) -> _Beside:
    quantiles, masses = _cells()
    rates = special.betaincinv((bx + PRIOR)[..., None], (bn - bx + PRIOR)[..., None], quantiles)
    low, high = difference_limits(
        (x / n, *proportion_interval(x, n, level=level)), (bx / bn, *proportion_interval(bx, bn, level=level))
    )
    what = "one cohort as it is, with a Jeffreys prior"
    return _Beside(np.asarray(rates), masses, bx, "in all", x / n - bx / bn, low, high, what)


def _biased(rates: FloatArray, masses: FloatArray, bias_sd: float) -> tuple[FloatArray, FloatArray]:
    """Add a normal bias to the logit of each rate."""
    if bias_sd == 0:
        return rates, masses
    deviates, weights = _deviates()
    moved = special.expit(special.logit(rates)[..., None] + bias_sd * deviates)
    return moved.reshape(*rates.shape[:-1], -1), np.multiply.outer(masses, weights).ravel()


def _below(
    difference: FloatArray, treated: tuple[FloatArray, FloatArray], rates: FloatArray, masses: FloatArray
) -> FloatArray:
    """Probability that treated minus background lies below a difference."""
    at = np.clip(rates + difference[..., None], 0, 1)
    below = special.betainc(treated[0][..., None], treated[1][..., None], at)
    return np.asarray((below * masses).sum(axis=-1))


def _quantiles(
    tails: FloatArray, treated: tuple[FloatArray, FloatArray], rates: FloatArray, masses: FloatArray
) -> FloatArray:
    """Quantiles of treated minus background, one for each of `tails` along the first axis."""
    a, b = (shape.ravel() for shape in treated)
    rows = rates.reshape(-1, rates.shape[-1])

    def excess(difference: FloatArray, row: npt.NDArray[np.int64], tail: FloatArray) -> FloatArray:
        return _below(difference, (a[row], b[row]), rows[row], masses) - tail

    found = elementwise.find_root(
        excess, (-1.0, 1.0), args=(np.arange(len(rows)), tails[:, None]), tolerances=_TOLERANCES
    )
    return np.asarray(found.x.reshape(len(tails), *rates.shape[:-1]))
