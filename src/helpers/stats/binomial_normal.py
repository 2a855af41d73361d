"""The binomial-normal model of proportions: exact counts, logits that vary normally between studies.

events ~ Binomial(totals, expit(mu + tau u)) with u standard normal. The integral over u is taken by the trapezoid rule on
an interval adapted to each study. For smooth, log-concave integrands it converges faster than Gauss-Hermite nodes, most
of all for studies without events (Trefethen LN, Weideman JAC. SIAM Review 2014;56:385-458). Counts have the shape
(..., k); mu and tau broadcast with (..., 1). A study of 0 in 0 contributes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import special

from helpers.stats.validation import FloatArray

#: Nodes of the quadrature, and the log of what is neglected outside of its interval. The error of the log-likelihood is
#: below 1e-9 for tau up to 2 and 1e-6 up to 3 (logits): a test holds that. Fits beyond `WIDE` are done anew with more.
NODES, MANY_NODES, DROP, WIDE = 41, 241, 24.0, 3.0
#: Nodes that are enough for a tau up to this one: the error is below 1e-9 too.
NARROW, NARROW_NODES = 1.0, 25
#: Nodes for choosing where to start.
FEW_NODES = 9
#: Between-study standard deviations (logits) from which the search for the maximum may start.
STARTS = np.array([0.1, 0.3, 0.6, 1.0, 1.7, 3.0, 6.0])
#: A tau below this is none: the likelihood cannot tell it from zero.
NONE = 1e-4
#: Newton steps (logits) below the first are taken without a look at the height, below the second end the search.
NEAR, STEP = 1e-2, 1e-7
ITERATIONS = 100
#: Newton steps (of two logits at most) to the mode of a study: in the fit, where to start it, and where mu may lie far from
#: the counts.
MODE_STEPS, START_STEPS, FAR_STEPS = 3, 1, 40
#: Studies times nodes worked on at once, so that the arrays stay in the processor's cache.
CHUNK = 40_000


class Slopes(NamedTuple):
    """Log-likelihood (without binomial coefficients) and its derivatives by mu and tau, summed over studies."""

    height: FloatArray
    mu: FloatArray
    tau: FloatArray
    mu_mu: FloatArray
    mu_tau: FloatArray
    tau_tau: FloatArray


def log_likelihood(
    x: FloatArray, n: FloatArray, mu: FloatArray, tau: FloatArray, nodes: int = NODES, steps: int = MODE_STEPS
) -> FloatArray:
    """Return the log-likelihood, without binomial coefficients, summed over the last axis."""
    return _height(x, n, mu, tau, _interval(x, n, mu, tau, steps), nodes)


def log_likelihoods(x: FloatArray, n: FloatArray, mu: FloatArray, tau: FloatArray) -> FloatArray:
    """Return the log-likelihood of one data set at every mu with every tau, of the shape (len(mu), len(tau))."""
    height = np.empty((len(mu), len(tau)))
    mu = mu[:, None, None]
    for columns, nodes in ((tau <= NARROW, NARROW_NODES), (tau > NARROW, NODES)):
        ends = _interval(x, n, mu, tau[columns, None], MODE_STEPS)
        rows = max(1, CHUNK // max(1, columns.sum() * x.size * nodes))
        for part in (slice(i, i + rows) for i in range(0, len(mu), rows)):
            height[part, columns] = _height(x, n, mu[part], tau[columns, None], ends[:, part], nodes)
    return height


def slopes(
    x: FloatArray, n: FloatArray, mu: FloatArray, tau: FloatArray, nodes: int = NODES, steps: int = MODE_STEPS
) -> Slopes:
    """Return the log-likelihood with first and second derivatives by mu and tau."""
    height, u, p, share = _integrate(x, n, mu, tau, nodes, steps)
    n = n[..., None]
    residual = x[..., None] - n * p
    curvature = residual**2 - n * p * (1 - p)
    share_u = share * u
    by_mu, by_tau = np.vecdot(share, residual), np.vecdot(share_u, residual)
    terms = (
        height,
        by_mu,
        by_tau,
        np.vecdot(share, curvature) - by_mu**2,
        np.vecdot(share_u, curvature) - by_mu * by_tau,
        np.vecdot(share_u * u, curvature) - by_tau**2,
    )
    return Slopes(*(term.sum(axis=-1) for term in terms))


def information(x: FloatArray, n: FloatArray, mu: float, tau: float) -> FloatArray:
    """Return what each study tells of mu: minus the second derivative of its log-likelihood, of the shape of the counts."""
    at, spread = np.full_like(x, mu), np.full_like(x, tau)
    nodes = NODES if tau <= WIDE else MANY_NODES
    _, u, p, share = _integrate(x, n, at, spread, nodes, FAR_STEPS)

    def variance(values: FloatArray) -> FloatArray:
        mean = np.vecdot(share, values)[..., None]
        squares: FloatArray = np.vecdot(share, (values - mean) ** 2)
        return squares

    if tau > WIDE:
        # The same by integration by parts. Between nodes so far apart p jumps from 0 to 1, and u does not.
        return (1 - variance(u)) / tau**2
    n = n[..., None]
    observed: FloatArray = np.vecdot(share, n * p * (1 - p)) - variance(n * p)
    return observed


def _integrate(
    x: FloatArray, n: FloatArray, mu: FloatArray, tau: FloatArray, nodes: int, steps: int
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return per study the log integral, and per node u, the probability, and the share of the integral."""
    u, width = _nodes(_interval(x, n, mu, tau, steps), nodes)
    logit = mu[..., None] + tau[..., None] * u
    height, share = _log_integral(_log_density(x[..., None], n[..., None], logit, u), width)
    return height, u, special.expit(logit), share / share.sum(axis=-1, keepdims=True)


def _height(
    x: FloatArray, n: FloatArray, mu: FloatArray, tau: FloatArray, ends: FloatArray, nodes: int
) -> FloatArray:
    """Return the log-likelihood, summed over studies, by nodes between the ends of their intervals."""
    u, width = _nodes(ends, nodes)
    terms = _log_density(x[..., None], n[..., None], mu[..., None] + tau[..., None] * u, u)
    height: FloatArray = _log_integral(terms, width)[0].sum(axis=-1)
    return height


def _nodes(ends: FloatArray, nodes: int) -> tuple[FloatArray, FloatArray]:
    """Return the nodes of each study, evenly spaced, and the width between them."""
    low, high = ends
    width = (high - low) / (nodes - 1)
    return low[..., None] + width[..., None] * np.arange(nodes), width


def _log_density(x: FloatArray, n: FloatArray, logit: FloatArray, u: FloatArray) -> FloatArray:
    """Return the log density of counts and u, without constants."""
    # Not log1p, which takes three times as long: what log loses here is below the accuracy of the sum.
    none = np.log(1 + np.exp(-np.abs(logit))) + np.maximum(logit, 0)
    density: FloatArray = x * logit - n * none - u * u / 2
    return density


def _log_integral(terms: FloatArray, width: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the log integral of a log density given at nodes, and what each node has of it, up to a factor."""
    peak = terms.max(axis=-1)
    share = np.exp(terms - peak[..., None])
    return np.log(share.sum(axis=-1) * width) + peak - 0.5 * np.log(2 * np.pi), share


def _interval(x: FloatArray, n: FloatArray, mu: FloatArray, tau: FloatArray, steps: int) -> FloatArray:
    """Return where the density of u, which is log-concave, has fallen by `DROP` on either side of its mode."""
    # Start from the normal approximation to the study's logit, and step to the mode by Newton's method. (This is the inner
    # loop of everything here: minimum and maximum, because clip takes four times as long on small arrays.)
    share = (x + 0.5) / (n + 1)
    weight = tau * (n + 1) * share * (1 - share)
    mode = weight * (special.logit(share) - mu) / (1 + tau * weight)
    x_tau, n_tau = x * tau, n * tau
    trusted = 2 / (tau + 0.01)  # two logits
    for _ in range(steps):
        p = special.expit(mu + tau * mode)
        pull = n_tau * p
        bend = 1 + tau * pull * (1 - p)
        mode = mode + np.minimum(np.maximum((x_tau - pull - mode) / bend, -trusted), trusted)
    top = _log_density(x, n, mu + tau * mode, mode) - DROP
    # The fall is convex, so that Newton's method never stops short; it is at least that of the standard normal.
    nearest, furthest = 1 / np.sqrt(bend), np.sqrt(2 * DROP)
    sides = np.array([-1.0, 1.0]).reshape(2, *[1] * np.ndim(mode))
    distance = furthest * nearest
    for _ in range(2):
        u = mode + sides * distance
        logit = mu + tau * u
        further = (top - _log_density(x, n, logit, u)) / (sides * (x_tau - n_tau * special.expit(logit) - u))
        distance = np.minimum(np.maximum(distance + further, nearest), furthest)
    ends: FloatArray = mode + sides * distance
    return ends


@dataclass(frozen=True)
class Fit:
    """Maximum-likelihood fits of many data sets; arrays of shape (datasets,)."""

    mu: FloatArray
    mu_se: FloatArray
    tau: FloatArray
    log_likelihood: FloatArray


def maximum_likelihood(x: FloatArray, n: FloatArray) -> Fit:
    """Fit the model to every data set, counts of shape (datasets, k).

    The standard errors come from the observed information of mu and tau together, as lme4's. In no data set may every study
    have no event or every study only events, nor may all studies be one or the other: those likelihoods have no maximum.
    Raises ValueError if none is found, as where almost every study is one or the other.
    """
    rows = max(1, CHUNK // (x.shape[-1] * NODES))
    fits = np.concatenate(
        [_fit(x[i : i + rows], n[i : i + rows], NODES) for i in range(0, len(x), rows)], axis=1
    )
    for row in np.flatnonzero(~(fits[2] <= WIDE)):
        fits[:, row : row + 1] = _fit(x[row : row + 1], n[row : row + 1], MANY_NODES)
    if not np.isfinite(fits).all():
        raise ValueError(
            "no maximum of the likelihood was found: almost every study has no event or only events; use method='bayes'"
        )
    return Fit(*fits)


def _start(x: FloatArray, n: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mu and tau to start from: the best of `STARTS`, with mu near its maximum for each; shape (datasets,)."""
    share = (x + 0.5) / (n + 1)
    tau = STARTS[:, None, None]
    weight = np.where(n > 0, 1 / (1 / ((n + 1) * share * (1 - share)) + tau**2), 0)
    mu = (weight * special.logit(share)).sum(axis=-1, keepdims=True) / weight.sum(axis=-1, keepdims=True)
    for _ in range(2):
        at = slopes(x, n, mu, tau, FEW_NODES, START_STEPS)
        mu = mu - np.clip(at.mu / at.mu_mu, -1, 1)[..., None]
    best = np.argmax(log_likelihood(x, n, mu, tau, FEW_NODES, START_STEPS), axis=0)
    return mu[best, np.arange(len(x)), 0], STARTS[best]


def _fit(x: FloatArray, n: FloatArray, nodes: int) -> FloatArray:
    """Return mu, its standard error, tau and the log-likelihood, shape (4, datasets); NaN where not converged."""
    mu, tau = _start(x, n)
    at = slopes(x, n, mu[:, None], tau[:, None], nodes)
    counts, results = (x, n), np.full((4, len(x)), np.nan)
    share, todo = np.ones_like(mu), np.arange(len(x))
    for _ in range(ITERATIONS):
        # The likelihood is concave in mu, not in tau: climb the profile of tau whatever the sign of its curvature.
        rise = at.tau - at.mu_tau * at.mu / at.mu_mu
        bend = np.maximum(np.abs(at.tau_tau - at.mu_tau**2 / at.mu_mu), 1e-8)
        to_tau = np.clip(rise / bend, -0.9 * tau, 0.5 + tau) * share
        to_mu = -(at.mu * share + at.mu_tau * to_tau) / at.mu_mu
        step = np.maximum(np.abs(to_tau), np.abs(to_mu))
        moving = (step > STEP) & (tau >= NONE)
        if not moving.all():
            done = ~moving
            information = at.mu_tau**2 / np.where(at.tau_tau < 0, at.tau_tau, -np.inf) - at.mu_mu
            fits = np.stack(
                [mu + to_mu, 1 / np.sqrt(np.where(done, information, 1)), tau + to_tau, at.height]
            )
            results[:, todo[done]] = fits[:, done]
            if done.all():
                break
            x, n, mu, tau, todo = x[moving], n[moving], mu[moving], tau[moving], todo[moving]
            to_mu, to_tau, step, share = to_mu[moving], to_tau[moving], step[moving], share[moving]
            at = Slopes(*(part[moving] for part in at))
        tried = slopes(x, n, (mu + to_mu)[:, None], (tau + to_tau)[:, None], nodes)
        # Close to the maximum the slopes are the better guide: heights differ by less than their own error.
        better = (tried.height >= at.height) | (step < NEAR)
        if better.all():
            share, mu, tau, at = np.ones_like(mu), mu + to_mu, tau + to_tau, tried
            continue
        share = np.where(better, 1.0, share / 4)
        mu, tau = np.where(better, mu + to_mu, mu), np.where(better, tau + to_tau, tau)
        at = Slopes(*(np.where(better, new, old) for new, old in zip(tried, at, strict=True)))
    return _without_heterogeneity(*counts, *results)


def _without_heterogeneity(
    x: FloatArray, n: FloatArray, mu: FloatArray, mu_se: FloatArray, tau: FloatArray, height: FloatArray
) -> FloatArray:
    """Replace fits by that of one common proportion where they ended at no heterogeneity, or it is more likely."""
    x, n = x.sum(axis=-1), n.sum(axis=-1)
    common = special.xlogy(x, x / n) + special.xlogy(n - x, 1 - x / n)
    none = (tau < NONE) | (common > height + 1e-9)
    alike = np.stack([special.logit(x / n), np.sqrt(1 / x + 1 / (n - x)), np.zeros_like(tau), common])
    return np.where(none, alike, np.stack([mu, mu_se, tau, height]))
