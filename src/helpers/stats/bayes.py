"""Bayesian random-effects models on a grid: no sampler, the same answer every time.

The posterior is tabulated over tau (and over mu, where mu does not integrate out), on grids that follow it. All quantiles
are equal-tailed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import interpolate, optimize, special

from helpers.stats import binomial_normal
from helpers.stats.heterogeneity import cochran_q, typical_variance
from helpers.stats.intervals import checked_level
from helpers.stats.pooled import Pooled, assemble
from helpers.stats.validation import FloatArray, checked_effects, number

Density = Callable[[FloatArray], FloatArray]

#: The multiple of its scale beyond which the half-normal prior of tau leaves nothing.
FURTHEST = 8.0
#: What the limits of every prediction here are.
CONVENTION = "posterior predictive"
#: The log density that is neglected, relative to the highest.
NEGLECTED = 30.0


def pool_effects_bayes(
    effects: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    tau_scale: float,
    mu_mean: float = 0.0,
    mu_sd: float = np.inf,
    level: float = 0.95,
    where: npt.ArrayLike = True,
) -> Pooled:
    """Pool effects under the Bayesian normal-normal random-effects model.

    Parameters
    ----------
    effects, variances : array_like of float, shape (k,) or (datasets, k)
        Effect and its squared standard error per study.
    tau_scale : float
        Scale of the half-normal prior of tau, in the unit of the effects: it has no default, because it depends on that unit.
        For log ratios 0.5 is usual (Friede et al.); 1 is cautious.
    mu_mean, mu_sd : float
        Normal prior of the mean effect; flat by default.
    level : float
        Probability of the intervals, between 0 and 1.
    where : array_like of bool
        Which studies to use; broadcasts with `effects`.

    Returns
    -------
    Pooled
        Posterior median, equal-tailed interval and posterior standard deviation; `tau2` is the square of the
        posterior median of tau, with the squares of its quantiles; the prediction interval is that of the
        posterior predictive distribution. `q` is Cochran's.

    Raises
    ------
    ValueError
        If an effect is not finite, a variance is not above zero, shapes differ, fewer than two studies are used,
        or a prior is not a distribution.

    References
    ----------
    Röver C. J Stat Softw 2020;93(6) (the R package bayesmeta). Friede T, Röver C, Wandel S, Neuenschwander B.
    Res Synth Methods 2017;8:79-91.
    """
    checked_level(level)
    for name, given in (("tau_scale", tau_scale), ("mu_mean", mu_mean), ("mu_sd", mu_sd)):
        number(given, name)
    if not 0 < tau_scale < np.inf or not mu_sd > 0 or not np.isfinite(mu_mean):
        raise ValueError("tau_scale must be above 0 and finite, mu_sd above 0, and mu_mean finite")
    y, v, m = checked_effects(effects, variances, where)
    single = y.ndim == 1
    y, v, m = np.atleast_2d(y, v, m)
    prior = (mu_mean, 1 / mu_sd**2)
    rows = [_effects(y[i, m[i] > 0], v[i, m[i] > 0], tau_scale, prior, level) for i in range(len(y))]
    fields = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    q, q_p = cochran_q(y, v, m)
    on_mu = "flat" if mu_sd == np.inf else f"N({mu_mean:g}, {mu_sd:g}²)"
    return assemble(
        single,
        **fields,
        i2=100 * fields["tau2"] / (fields["tau2"] + typical_variance(v, m)),
        q=q,
        q_p=q_p,
        k=m.sum(axis=-1).astype(np.int64),
        prediction_convention=CONVENTION,
        method=f"Bayes, tau half-normal of scale {tau_scale:g}, mu {on_mu}",
    )


def proportions(
    x: FloatArray, n: FloatArray, level: float, tau_scales: Sequence[float], mu_mean: float, mu_sd: float
) -> list[dict[str, Any]]:
    """Return the fields of `Pooled` that the binomial-normal posterior gives under each half-normal prior of tau, in logits.

    Counts have the shape (datasets, k), where studies of 0 in 0 count for nothing. The likelihood is tabulated once.
    """
    for scale in tau_scales:
        checked_scale(scale)
    sets = [
        _proportions(x[i, n[i] > 0], n[i, n[i] > 0], level, tau_scales, mu_mean, mu_sd) for i in range(len(x))
    ]
    return [
        {
            **{name: np.array([row[name] for row in rows]) for name in rows[0]},
            "prediction_convention": CONVENTION,
            "method": in_words(scale, mu_mean, mu_sd),
        }
        for scale, rows in zip(tau_scales, zip(*sets, strict=True), strict=True)
    ]


@dataclass(frozen=True)
class TauGrid:
    """Posterior of tau: nodes, the log weight of each in an integral, and the coordinate they are even in."""

    nodes: FloatArray
    log_weights: FloatArray
    coordinate: FloatArray
    unit: float

    def quantiles(self, density: FloatArray, tails: tuple[float, ...]) -> list[float]:
        """Return quantiles of tau from its density by `coordinate` at the nodes."""
        return [self.unit * np.sinh(at) for at in _spline_quantiles(self.coordinate, density, tails, 5)]


def _tau_grid(log_densities: Density, unit: float, largest: float, points: int) -> TauGrid:
    """Lay a grid over tau, even in asinh(tau / unit), on which none of the densities is negligible.

    There is a density per row; the narrowest has so many points.
    """
    scan = np.linspace(0, np.arcsinh(largest / unit), 100)
    heights = log_densities(unit * np.sinh(scan)) + np.log(np.cosh(scan))
    seen = [np.flatnonzero(height > height.max() - NEGLECTED) for height in heights]
    low = scan[[max(at[0] - 1, 0) for at in seen]]
    high = scan[[min(at[-1] + 1, len(scan) - 1) for at in seen]]
    more = (high.max() - low.min()) / (high - low).min()
    coordinate = np.linspace(low.min(), high.max(), 1 + math.ceil((points - 1) * more))
    # The trapezoid rule converges fastest: the density is even about 0, and negligible at the ends of the grid otherwise.
    weights = np.cosh(coordinate)
    weights[[0, -1]] /= 2
    return TauGrid(unit * np.sinh(coordinate), np.log(weights), coordinate, unit)


def _effects(
    y: FloatArray, v: FloatArray, tau_scale: float, prior: tuple[float, float], level: float
) -> dict[str, float]:
    mu_mean, precision = prior

    def conditional(tau: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return mean and SD of mu given tau, and the log posterior of tau."""
        spread = v + tau[:, None] ** 2
        total = (1 / spread).sum(axis=-1) + precision
        mean = ((y / spread).sum(axis=-1) + precision * mu_mean) / total
        misfit = ((y - mean[:, None]) ** 2 / spread).sum(axis=-1) + precision * (mu_mean - mean) ** 2
        height = -0.5 * (np.log(spread).sum(axis=-1) + np.log(total) + misfit)
        return mean, 1 / np.sqrt(total), height + _log_prior(tau / tau_scale)

    unit = min(float(np.sqrt(v.min())), tau_scale)
    grid = _tau_grid(lambda tau: conditional(tau)[2][None], unit, FURTHEST * tau_scale, 401)
    mean, sd, height = conditional(grid.nodes)
    share = _shares(height + grid.log_weights)
    density = np.exp(height - height.max()) * np.cosh(grid.coordinate)
    tails = ((1 - level) / 2, (1 + level) / 2)
    low, estimate, high = _mixture_quantiles(share, mean, sd, (tails[0], 0.5, tails[1]))
    predicted = _mixture_quantiles(share, mean, np.hypot(sd, grid.nodes), tails)
    centre = share @ mean
    return {
        "estimate": estimate,
        "low": low,
        "high": high,
        "se": float(np.sqrt(share @ (sd**2 + (mean - centre) ** 2))),
        **_tau_fields(grid, density, tails),
        "prediction_low": predicted[0],
        "prediction_high": predicted[1],
    }


def in_words(tau_scale: float, mu_mean: float, mu_sd: float) -> str:
    """Name the model of proportions with its priors."""
    return f"Bayes, tau half-normal of scale {tau_scale:g}, mu N({mu_mean:g}, {mu_sd:g}²), in logits"


def checked_scale(scale: float) -> float:
    """Return the scale of a prior of tau; raise ValueError if it is not above 0 and finite."""
    if not 0 < number(scale, "tau_scale") < np.inf:
        raise ValueError(f"tau_scale must be above 0 and finite, not {scale!r}")
    return scale


class Joint(NamedTuple):
    """The posterior of the binomial-normal model as points: the mass of each, its mu and its tau, in logits."""

    mass: FloatArray
    mu: FloatArray
    tau: FloatArray


def with_joint_posterior(
    x: FloatArray, n: FloatArray, level: float, tau_scale: float, mu_mean: float, mu_sd: float
) -> tuple[dict[str, float], Joint]:
    """Return what `proportions` gives for one data set, counts of shape (k,), and the posterior; points without mass are dropped."""
    height, grid, place = _tabulated(x, n, [tau_scale], mu_mean, mu_sd)
    height = height + _log_prior(grid.nodes / tau_scale)
    share = _shares(height + grid.log_weights)
    kept = share > 1e-14
    mu, tau = np.broadcast_arrays(place.nodes[:, None], grid.nodes)
    fields = _under_prior(height, grid, place, ((1 - level) / 2, (1 + level) / 2))
    return fields, Joint(share[kept], mu[kept], tau[kept])


def _proportions(
    x: FloatArray, n: FloatArray, level: float, tau_scales: Sequence[float], mu_mean: float, mu_sd: float
) -> list[dict[str, float]]:
    height, grid, place = _tabulated(x, n, tau_scales, mu_mean, mu_sd)
    tails = ((1 - level) / 2, (1 + level) / 2)
    return [_under_prior(height + _log_prior(grid.nodes / scale), grid, place, tails) for scale in tau_scales]


def _tabulated(
    x: FloatArray, n: FloatArray, tau_scales: Sequence[float], mu_mean: float, mu_sd: float
) -> tuple[FloatArray, TauGrid, _Place]:
    """Tabulate the log posterior at each mu with each tau, but for the prior of tau, on a grid fit for every scale."""
    scales = np.array(tau_scales)[:, None]

    def profile(tau: FloatArray, nodes: int) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return mode and SD of mu given tau, and the log posterior of tau by Laplace's approximation, a row to each prior."""
        mu = np.full_like(tau, special.logit((x.sum() + 0.5) / (n.sum() + 1)))
        for _ in range(6):
            at = binomial_normal.slopes(x, n, mu[:, None], tau[:, None], nodes)
            bend = 1 / mu_sd**2 - at.mu_mu
            mu = mu + np.clip((at.mu - (mu - mu_mean) / mu_sd**2) / bend, -2, 2)
        height = at.height - ((mu - mu_mean) / mu_sd) ** 2 / 2 - np.log(bend) / 2
        return mu, 1 / np.sqrt(bend), height + _log_prior(tau / scales)

    unit = min(float(1 / np.sqrt(n.max())), *tau_scales)
    # To see where the density of tau ends, few nodes are enough.
    grid = _tau_grid(
        lambda tau: profile(tau, binomial_normal.NARROW_NODES)[2], unit, FURTHEST * max(tau_scales), 51
    )
    modes, sds, heights = profile(grid.nodes, binomial_normal.NODES)
    best = np.argmax(heights[len(heights) // 2])
    # Even in asinh: close around the mode (under a prior in the middle), ever wider apart on the way to where the prior ends.
    furthest_mu = 8 * mu_sd + abs(modes[best] - mu_mean)
    reach = np.arcsinh(furthest_mu / sds[best])
    coordinate = np.linspace(-reach, reach, 121)
    mu = modes[best] + sds[best] * np.sinh(coordinate)
    height = binomial_normal.log_likelihoods(x, n, mu, grid.nodes)
    height += (np.log(np.cosh(coordinate)) - ((mu - mu_mean) / mu_sd) ** 2 / 2)[:, None]
    return height, grid, _Place(mu, coordinate, float(modes[best]), float(sds[best]))


class _Place(NamedTuple):
    """Nodes of mu, and the coordinate they are even in: asinh of their distance from the mode by its SD."""

    nodes: FloatArray
    coordinate: FloatArray
    mode: float
    sd: float

    def quantiles(self, density: FloatArray, tails: tuple[float, ...]) -> list[float]:
        """Return quantiles of mu from its density by `coordinate` at the nodes."""
        found = _spline_quantiles(self.coordinate, density, tails, 3)
        return [self.mode + self.sd * np.sinh(at) for at in found]


def _under_prior(
    height: FloatArray, grid: TauGrid, place: _Place, tails: tuple[float, float]
) -> dict[str, float]:
    """Summarise a posterior whose log is given at each mu with each tau."""
    share = _shares(height + grid.log_weights)
    mu, on_mu = place.nodes, share.sum(axis=1)
    low, middle, high = place.quantiles(on_mu, (tails[0], 0.5, tails[1]))
    spread = np.maximum(np.broadcast_to(grid.nodes, share.shape), 1e-9 * grid.unit).ravel()
    predicted = _mixture_quantiles(share.ravel(), np.repeat(mu, len(grid.nodes)), spread, tails)
    p = special.expit(mu)
    on_tau = np.exp(height - height.max()).sum(axis=0) * np.cosh(grid.coordinate)
    return {
        "estimate": special.expit(middle),
        "low": special.expit(low),
        "high": special.expit(high),
        "se": np.sqrt(on_mu @ (p - on_mu @ p) ** 2),
        **_tau_fields(grid, on_tau, tails),
        "prediction_low": special.expit(predicted[0]),
        "prediction_high": special.expit(predicted[1]),
        "logit": middle,
        "logit_se": np.sqrt(on_mu @ (mu - on_mu @ mu) ** 2),
    }


def _tau_fields(grid: TauGrid, density: FloatArray, tails: tuple[float, float]) -> dict[str, float]:
    low, middle, high = grid.quantiles(density, (tails[0], 0.5, tails[1]))
    return {"tau2": middle**2, "tau2_low": low**2, "tau2_high": high**2}


def _log_prior(ratio: FloatArray) -> FloatArray:
    """Return the log density of the half-normal prior of tau at tau / scale, up to a constant."""
    return -(ratio**2) / 2


def _shares(height: FloatArray) -> FloatArray:
    share = np.exp(height - height.max())
    normalised: FloatArray = share / share.sum()
    return normalised


def _spline_quantiles(
    at: FloatArray, density: FloatArray, tails: tuple[float, ...], degree: int
) -> list[float]:
    """Return quantiles of a density given at even points, not normalised."""
    area = interpolate.make_interp_spline(at, density, k=degree).antiderivative()
    whole = area(at[-1])
    return [
        float(optimize.brentq(lambda z, part=part: area(z) - part * whole, at[0], at[-1])) for part in tails
    ]


def _mixture_quantiles(
    share: FloatArray, mean: FloatArray, sd: FloatArray, tails: tuple[float, ...]
) -> list[float]:
    """Return quantiles of a mixture of normal distributions."""
    kept = share > 1e-14
    share, mean, sd = share[kept], mean[kept], sd[kept]

    def excess(value: float, tail: float) -> float:
        return float(share @ special.ndtr((value - mean) / sd) - tail)

    low, high = (mean - 40 * sd).min(), (mean + 40 * sd).max()
    return [float(optimize.brentq(excess, low, high, args=(tail,), xtol=1e-13, rtol=1e-12)) for tail in tails]
