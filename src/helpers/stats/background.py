"""Would it have happened anyway? Treated women beside women without the treatment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.optimize import elementwise

from helpers.stats.proportions import difference_limits, proportion_interval
from helpers.stats.validation import FloatArray, Numbers, alpha_of, counts, within

#: Shapes of the prior of each proportion (Jeffreys).
PRIOR = 0.5
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)
_QUANTILES, _MASS = (_NODES + 1) / 2, _WEIGHTS / 2
#: The normal deviates of a discount, by their own quantiles, and the mass of each with each quantile.
_FEW_NODES, _FEW_WEIGHTS = np.polynomial.legendre.leggauss(32)
_DEVIATES = special.ndtri((_FEW_NODES + 1) / 2)
_JOINT_MASS = np.multiply.outer(_MASS, _FEW_WEIGHTS / 2).ravel()
#: How near to a limit of the difference is near enough.
_TOLERANCES = {"xatol": 1e-13, "xrtol": 0.0, "fatol": 0.0, "frtol": 0.0}


@dataclass(frozen=True)
class BackgroundComparison:
    """A treated proportion beside a background proportion; floats for one pair, arrays for several.

    Attributes
    ----------
    difference : float or ndarray
        Treated minus background proportion.
    low, high : float or ndarray
        Interval of the difference, put together from the exact interval of each (MOVER with Clopper-Pearson limits), at
        face value: no discount is in it.
    probability : float or ndarray
        Posterior probability that the treated rate exceeds that of the background, with the discount.
    posterior_low, posterior_high : float or ndarray
        Equal-tailed posterior interval of the difference, with the discount.
    discount : float or ndarray
        Share of the background's weight that was taken away.
    level : float
        Level of both intervals.
    """

    difference: Any
    low: Any
    high: Any
    probability: Any
    posterior_low: Any
    posterior_high: Any
    discount: Any
    level: float


def compare_with_background(
    events: Numbers, total: Numbers, background_events: Numbers, background_total: Numbers, *,
    discount: Numbers = 0.0, level: float = 0.95,
) -> BackgroundComparison:  # fmt: skip
    """Compare a treated proportion with that of women who did not get the treatment.

    Parameters
    ----------
    events, total : int or array_like of int
        Treated women with the event, and all.
    background_events, background_total : int or array_like of int
        The same in the background cohort.
    discount : float or array_like
        For how different the populations are: the share of the background's weight that is taken away, from 0 (taken at
        face value) to below 1. The variance of the background's rate, as an angle, is divided by 1 - `discount`, as if so many
        fewer women had been counted and the populations differed either way: that widens what is known of the background,
        draws the probability towards one half, and favours neither side. Of equal counts it stays one half.
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
        If counts are impossible (see `proportion_interval`), the discount is not in [0, 1), or the level is not between
        0 and 1.

    Notes
    -----
    Each rate has a Beta(1/2, 1/2) prior. With T and B independent, P(T > B) is the mean of P(T > b) over the quantiles b
    of B, taken by Gauss-Legendre quadrature; limits of T - B follow from its distribution function by Chandrupatla's method. Where neither
    group has an event they are good to about 0.0002, elsewhere to more. The angle is the arcsine of the root of the rate, whose
    variance depends on the number of women and hardly on the rate; a discount adds a normal deviate to it. A power prior
    would shrink the counts of the background instead; then the prior speaks for it, and of few events its choice decides
    whether a discount speaks for the cells or against them.

    References
    ----------
    Zou GY, Donner A. Stat Med 2008;27:1693-1702 (MOVER; with Wilson limits it is method 10 of Newcombe RG, Stat Med
    1998;17:873-890). Turner RM, Spiegelhalter DJ, Smith GCS, Thompson SG. J R Stat Soc A 2009;172:21-47 (differences
    between populations as additional variance).
    """
    alpha = alpha_of(level)
    x, n, bx, bn, off = _checked(events, total, background_events, background_total, discount)
    difference = x / n - bx / bn
    low, high = difference_limits(
        (x / n, *proportion_interval(x, n, level=level)), (bx / bn, *proportion_interval(bx, bn, level=level))
    )
    treated, quantiles = _posteriors(x, n, bx, bn, off)
    posterior_low, posterior_high = _limits(alpha, treated, quantiles)
    found: dict[str, Any] = {
        "difference": difference,
        "low": low,
        "high": high,
        "probability": _above(treated, quantiles),
        "posterior_low": posterior_low,
        "posterior_high": posterior_high,
        "discount": off,
    }
    if difference.ndim == 0:
        found = {name: float(value) for name, value in found.items()}
    return BackgroundComparison(**found, level=level)


def probability_above_background(
    events: Numbers, total: Numbers, background_events: Numbers, background_total: Numbers, *,
    discount: Numbers = 0.0,
) -> FloatArray:  # fmt: skip
    """Compute the posterior probability that the treated rate exceeds that of the background.

    Parameters
    ----------
    events, total, background_events, background_total, discount : number or array_like
        As for `compare_with_background`.

    Returns
    -------
    ndarray
        Its `probability`, of the broadcast shape, at a small part of the cost: no limit has to be found.

    Raises
    ------
    ValueError
        As `compare_with_background`.
    """
    return _above(*_posteriors(*_checked(events, total, background_events, background_total, discount)))


def _checked(
    events: Numbers, total: Numbers, background_events: Numbers, background_total: Numbers, discount: Numbers
) -> tuple[FloatArray, ...]:
    x, n = counts(events, total)
    bx, bn = counts(background_events, background_total, ("background_events", "background_total"))
    return np.broadcast_arrays(x, n, bx, bn, within(discount, "discount", 0, 1, open_high=True))


def _posteriors(
    x: FloatArray, n: FloatArray, bx: FloatArray, bn: FloatArray, off: FloatArray
) -> tuple[tuple[FloatArray, FloatArray], FloatArray]:
    """Return the shapes of the treated rate's Beta distribution, and the quantiles of the background's rate."""
    return (x + PRIOR, n - x + PRIOR), _discounted(bx + PRIOR, bn - bx + PRIOR, off)


def _discounted(a: FloatArray, b: FloatArray, off: FloatArray) -> FloatArray:
    """Quantiles of a Beta(a, b) whose angle has got a normal deviate, of the size that `off` asks for."""
    quantiles = np.asarray(special.betaincinv(a[..., None], b[..., None], _QUANTILES))
    angles = np.arcsin(np.sqrt(quantiles))
    spread = angles - (angles * _MASS).sum(axis=-1, keepdims=True)
    deviation = np.sqrt((spread**2 * _MASS).sum(axis=-1) * off / (1 - off))
    for at in np.argwhere(off > 0):
        one = tuple(at)
        moved = (angles[one][:, None] + deviation[one] * _DEVIATES).ravel()
        order = np.argsort(moved)
        mass = _JOINT_MASS[order]
        # Beyond its ends an angle is a rate of 0 or 1, on the same side of every other rate as before.
        found = np.interp(_QUANTILES, np.cumsum(mass) - mass / 2, moved[order])
        quantiles[one] = np.sin(np.clip(found, 0, np.pi / 2)) ** 2
    return quantiles


def _below(
    difference: FloatArray, treated: tuple[FloatArray, FloatArray], quantiles: FloatArray
) -> FloatArray:
    """Probability that treated minus background lies below a difference."""
    at = np.clip(quantiles + difference[..., None], 0, 1)
    below = special.betainc(treated[0][..., None], treated[1][..., None], at)
    return np.asarray((below * _MASS).sum(axis=-1))


def _above(treated: tuple[FloatArray, FloatArray], quantiles: FloatArray) -> FloatArray:
    return 1 - _below(np.zeros(quantiles.shape[:-1]), treated, quantiles)


def _limits(alpha: float, treated: tuple[FloatArray, FloatArray], quantiles: FloatArray) -> FloatArray:
    """Limits of treated minus background, low and high along the first axis."""
    a, b = (shape.ravel() for shape in treated)
    rows = quantiles.reshape(-1, quantiles.shape[-1])

    def excess(difference: FloatArray, row: npt.NDArray[np.int64], tail: FloatArray) -> FloatArray:
        return _below(difference, (a[row], b[row]), rows[row]) - tail

    tails = np.array([[alpha / 2], [1 - alpha / 2]])
    found = elementwise.find_root(
        excess, (-1.0, 1.0), args=(np.arange(len(rows)), tails), tolerances=_TOLERANCES
    )
    return np.asarray(found.x.reshape(2, *quantiles.shape[:-1]))
