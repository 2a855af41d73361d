"""Pooling by its own rules: invariances, agreement with brute force, what is refused and what falls back."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from helpers import stats
from helpers.stats import binomial_normal, heterogeneity
from helpers.stats.effects_pooling import ESTIMATORS, INTERVALS

EFFECTS, VARIANCES = [0.1, 0.3, 0.9, -0.6, 0.4], [0.02, 0.04, 0.05, 0.03, 0.02]
EVENTS, TOTALS = [3, 1, 0, 4, 2], [20, 15, 12, 30, 18]

studies = st.lists(
    st.tuples(st.floats(-5, 5).map(lambda y: round(y, 3)), st.floats(0.01, 4)), min_size=2, max_size=9
)
counts = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=9
)
estimators, intervals = st.sampled_from(ESTIMATORS), st.sampled_from(["wald", "hksj-modified"])


def columns(pairs: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    first, second = np.transpose(np.array(pairs, dtype=float))
    return first, second


def has_maximum(pairs: list[tuple[int, int]]) -> bool:
    """Tell whether the likelihood has one: some study has both events and none."""
    return any(0 < events < total for events, total in pairs)


def numbers(pooled: stats.Pooled) -> dict[str, Any]:
    values = {field.name: getattr(pooled, field.name) for field in fields(pooled)}
    return {name: value for name, value in values.items() if value is not None and "method" not in name}


# --- effects -------------------------------------------------------------------------------------------------------------


@given(pairs=studies, tau2=estimators, interval=intervals, level=st.floats(0.5, 0.99))
def test_an_estimate_lies_among_its_effects_and_in_its_intervals(
    pairs: list[tuple[float, float]], tau2: str, interval: str, level: float
) -> None:
    y, v = columns(pairs)
    pooled = stats.pool_effects(y, v, tau2=tau2, interval=interval, level=level)
    assert y.min() - 1e-9 <= pooled.estimate <= y.max() + 1e-9
    assert pooled.prediction_low <= pooled.low < pooled.estimate < pooled.high <= pooled.prediction_high
    assert 0 <= pooled.tau2_low <= pooled.tau2_high
    assert 0 <= pooled.i2 < 100
    assert pooled.k == len(pairs)
    assert all(np.isfinite(value) for value in numbers(pooled).values() if not isinstance(value, str))


@given(
    pairs=studies,
    tau2=estimators,
    shift=st.floats(-10, 10),
    scale=st.floats(0.1, 10),
    seed=st.integers(0, 99),
)
def test_shift_scale_and_order_change_nothing_else(
    pairs: list[tuple[float, float]], tau2: str, shift: float, scale: float, seed: int
) -> None:
    y, v = columns(pairs)
    order = np.random.default_rng(seed).permutation(len(y))
    before = stats.pool_effects(y, v, tau2=tau2, interval="wald")
    after = stats.pool_effects((shift + scale * y)[order], (scale**2 * v)[order], tau2=tau2, interval="wald")
    for name in ("estimate", "low", "high", "prediction_low", "prediction_high"):
        assert getattr(after, name) == pytest.approx(
            shift + scale * getattr(before, name), rel=1e-5, abs=1e-5
        )
    assert after.tau2 == pytest.approx(scale**2 * before.tau2, rel=1e-5, abs=1e-5)
    assert after.i2 == pytest.approx(before.i2, rel=1e-4, abs=1e-4)


@given(pairs=studies, tau2=estimators, interval=intervals)
def test_a_higher_level_is_wider(pairs: list[tuple[float, float]], tau2: str, interval: str) -> None:
    y, v = columns(pairs)
    narrow, wide = (
        stats.pool_effects(y, v, tau2=tau2, interval=interval, level=level) for level in (0.8, 0.95)
    )
    assert wide.low < narrow.low
    assert wide.high > narrow.high
    assert wide.tau2_low <= narrow.tau2_low
    assert wide.tau2_high >= narrow.tau2_high
    assert wide.tau2 == pytest.approx(narrow.tau2, rel=1e-7, abs=1e-12)


@given(sets=st.lists(studies, min_size=1, max_size=4), tau2=estimators)
@settings(max_examples=50, deadline=None)
def test_many_data_sets_give_what_each_gives(sets: list[list[tuple[float, float]]], tau2: str) -> None:
    width = max(len(pairs) for pairs in sets)
    y, v = np.full((len(sets), width), np.nan), np.full((len(sets), width), np.nan)
    for row, pairs in enumerate(sets):
        y[row, : len(pairs)], v[row, : len(pairs)] = columns(pairs)
    batch = stats.pool_effects(y, v, tau2=tau2, interval="hksj-modified", where=np.isfinite(y))
    for row, pairs in enumerate(sets):
        single = stats.pool_effects(*columns(pairs), tau2=tau2, interval="hksj-modified")
        for name, value in numbers(single).items():
            if name != "prediction_convention":
                assert getattr(batch, name)[row] == pytest.approx(value, rel=1e-6, abs=1e-7), name


@given(pairs=studies, restricted=st.booleans())
def test_no_other_tau2_is_more_likely(pairs: list[tuple[float, float]], restricted: bool) -> None:
    y, v = columns(pairs)
    tau2 = stats.pool_effects(y, v, tau2="REML" if restricted else "ML", interval="wald").tau2
    others = np.concatenate([[0.0], np.geomspace(1e-4, 1e3, 60)])
    height = [
        heterogeneity.log_likelihood(
            y[None], v[None], np.ones((1, len(y))), np.array([at]), restricted=restricted
        )[0]
        for at in (tau2, *others)
    ]
    assert height[0] >= max(height[1:]) - 1e-7


def test_modified_hksj_is_never_narrower_than_the_model_says() -> None:
    effects, variances = [0.20, 0.21, 0.19], [0.04, 0.05, 0.06]
    plain, modified, wald = (
        stats.pool_effects(effects, variances, interval=interval)
        for interval in ("hksj", "hksj-modified", "wald")
    )
    assert plain.se < modified.se == wald.se
    assert modified.high > wald.high


def test_the_prediction_interval_names_its_convention() -> None:
    conventions = {
        interval: stats.pool_effects(EFFECTS, VARIANCES, interval=interval).prediction_convention
        for interval in INTERVALS
    }
    assert conventions == {
        "wald": "normal",
        "hksj": "t with k - 1 degrees of freedom",
        "hksj-modified": "t with k - 1 degrees of freedom",
    }


# --- proportions ---------------------------------------------------------------------------------------------------------


@given(pairs=counts, level=st.floats(0.5, 0.99))
@settings(max_examples=60, deadline=None)
def test_a_proportion_lies_in_its_intervals_and_mirrors(pairs: list[tuple[int, int]], level: float) -> None:
    assume(has_maximum(pairs))
    x, n = columns(pairs)
    pooled = stats.pool_proportions(x, n, level=level)
    assert (
        0
        <= pooled.prediction_low
        <= pooled.low
        <= pooled.estimate
        <= pooled.high
        <= pooled.prediction_high
        <= 1
    )
    mirrored = stats.pool_proportions(n - x, n, level=level)
    assert mirrored.estimate == pytest.approx(1 - pooled.estimate, rel=1e-4, abs=1e-6)
    assert mirrored.tau2 == pytest.approx(pooled.tau2, rel=1e-4, abs=1e-6)
    assert stats.pool_proportions(x, n, level=level, interval="wald").high <= pooled.high


@given(pairs=counts)
@example(pairs=[(1, 1), (0, 2), (2, 41)])  # two maxima
@example(pairs=[(0, 9), (604, 604), (13211, 13211), (5, 18), (0, 58)])  # tau of about nine
@settings(max_examples=60, deadline=None)
def test_no_other_model_is_more_likely(pairs: list[tuple[int, int]]) -> None:
    assume(has_maximum(pairs))
    x, n = columns(pairs)
    pooled = stats.pool_proportions(x, n)
    tau = np.sqrt(pooled.tau2)
    mu = pooled.logit + np.linspace(-3, 3, 13)[:, None, None]
    taus = np.concatenate([[tau, 0], np.geomspace(0.05, 4, 12)])[:, None]
    height = binomial_normal.log_likelihood(x, n, mu, taus)
    best = binomial_normal.log_likelihood(x, n, np.array([pooled.logit]), np.array([tau]))
    assert height.max() <= best + 1e-4


@given(sets=st.lists(counts, min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_many_sets_of_counts_give_what_each_gives(sets: list[list[tuple[int, int]]]) -> None:
    assume(all(has_maximum(pairs) for pairs in sets))
    width = max(len(pairs) for pairs in sets)
    x, n = np.full((len(sets), width), np.nan), np.full((len(sets), width), np.nan)
    for row, pairs in enumerate(sets):
        x[row, : len(pairs)], n[row, : len(pairs)] = columns(pairs)
    batch = stats.pool_proportions(x, n, where=np.isfinite(n))
    for row, pairs in enumerate(sets):
        single = stats.pool_proportions(*columns(pairs))
        for name in ("estimate", "low", "high", "tau2", "i2", "q", "logit_se"):
            assert getattr(batch, name)[row] == pytest.approx(getattr(single, name), rel=1e-5, abs=1e-6), name


@pytest.mark.parametrize(
    ("tau", "tolerance"), [(0.0, 1e-9), (0.5, 1e-9), (1.0, 1e-9), (2.0, 1e-9), (3.0, 1e-6), (5.0, 1e-4)]
)
def test_the_quadrature_is_as_accurate_as_it_says(tau: float, tolerance: float) -> None:
    for x, n, mu in [
        (0, 5, -3.0),
        (0, 200, -3.0),
        (3, 10, 0.0),
        (1, 30, -1.0),
        (400, 1000, 0.5),
        (5, 5, 0.0),
    ]:
        u = np.linspace(-12, 12, 200_001)
        logit = mu + tau * u
        terms = x * logit - n * np.logaddexp(0, logit) - u**2 / 2
        exact = np.log(integrate.trapezoid(np.exp(terms - terms.max()), u) / np.sqrt(2 * np.pi)) + terms.max()
        ours = binomial_normal.log_likelihood(
            np.array([float(x)]), np.array([float(n)]), np.array([mu]), np.array([tau])
        )
        assert ours == pytest.approx(exact, abs=tolerance)
        on_grid = binomial_normal.log_likelihoods(
            np.array([float(x)]), np.array([float(n)]), np.array([mu, mu + 1]), np.array([0.3, tau])
        )
        assert on_grid[0, 1] == pytest.approx(exact, abs=tolerance)


@pytest.mark.parametrize("events", ["none", "only"])
def test_without_variation_the_exact_interval_stands_in(events: str) -> None:
    totals = [10, 12, 4]
    x = [0, 0, 0] if events == "none" else totals
    for interval in ("wald", "t"):
        pooled = stats.pool_proportions(x, totals, interval=interval)
        assert (pooled.low, pooled.high) == stats.proportion_interval(sum(x), 26)
        assert (pooled.prediction_low, pooled.prediction_high) == (pooled.low, pooled.high)
        assert pooled.method.startswith("exact (Clopper-Pearson)")
        assert pooled.prediction_convention.startswith("no prediction interval")
        assert pooled.estimate == (0 if events == "none" else 1)
        assert (pooled.tau2, pooled.i2, pooled.q, pooled.q_p) == (0, 0, 0, 1)


def test_proportions_have_the_t_interval_unless_told_otherwise() -> None:
    pooled = stats.pool_proportions(EVENTS, TOTALS)
    assert pooled == stats.pool_proportions(EVENTS, TOTALS, interval="t")
    assert pooled.method.endswith("t interval")
    assert pooled.prediction_convention == "t with k - 1 degrees of freedom"


def test_a_batch_says_row_by_row_what_it_did() -> None:
    pooled = stats.pool_proportions([[0, 0], [1, 2]], [[10, 12], [10, 12]])
    assert [text.split(" ")[0] for text in pooled.method] == ["exact", "binomial-normal,"]
    assert [text.split(" ")[0] for text in pooled.prediction_convention] == ["no", "t"]
    assert np.isfinite([pooled.estimate, pooled.low, pooled.high]).all()


# --- Bayes ---------------------------------------------------------------------------------------------------------------


def test_the_posterior_of_effects_is_that_of_plain_integration() -> None:
    y, v = np.array(EFFECTS[:3]), np.array(VARIANCES[:3])
    pooled = stats.pool_effects_bayes(y, v, tau_scale=0.5, mu_mean=0.2, mu_sd=2)

    def nodes(edges: Any) -> tuple[Any, Any]:
        """Lay the nodes and weights of Gauss and Legendre between neighbouring edges."""
        at, weight = np.polynomial.legendre.leggauss(30)
        half, middle = np.diff(edges)[:, None] / 2, (edges[1:] + edges[:-1])[:, None] / 2
        return (middle + half * at).ravel(), (half * weight).ravel()

    def mass(low: float, high: float, smallest: float = 0, largest: float = 400) -> float:
        edges = np.unique(np.clip([smallest, 0.05, 0.2, 0.5, 1, 2, 5, 20, 100, largest], smallest, largest))
        (tau, by_tau), (mu, by_mu) = nodes(edges), nodes(np.linspace(low, high, 61))
        spread = v + tau[:, None] ** 2
        misfit = sum((one - mu) ** 2 / spread[:, [place]] for place, one in enumerate(y))
        fit = np.exp(-0.5 * (misfit + np.log(spread).sum(axis=1)[:, None]))
        return float(
            by_tau * np.exp(-((tau / 0.5) ** 2) / 2) @ fit @ (by_mu * np.exp(-0.5 * ((mu - 0.2) / 2) ** 2))
        )

    whole = mass(-15, 15)
    assert mass(-15, pooled.low) / whole == pytest.approx(0.025, abs=1e-5)
    assert mass(-15, pooled.estimate) / whole == pytest.approx(0.5, abs=1e-5)
    assert mass(-15, 15, 0, np.sqrt(pooled.tau2_high)) / whole == pytest.approx(0.975, abs=1e-5)
    assert mass(-15, 15, 0, np.sqrt(pooled.tau2)) / whole == pytest.approx(0.5, abs=1e-5)


@pytest.mark.parametrize(
    ("events", "totals"),
    [([3, 1, 0], [20, 15, 12]), ([0, 0], [10, 16]), ([0, 9], [10, 9]), ([40, 45], [100, 95])],
)
def test_the_posterior_of_proportions_is_that_of_plain_integration(
    events: list[int], totals: list[int]
) -> None:
    pooled = stats.pool_proportions(events, totals, method="bayes")
    limits = special.logit([pooled.low, pooled.estimate, pooled.high])
    spreads = np.sqrt([pooled.tau2_low, pooled.tau2, pooled.tau2_high])
    mu, on_mu = panels([*np.linspace(-20, 20, 21), *limits, *(limits[1] + np.array([-0.5, -0.2, 0.2, 0.5]))])
    tau, on_tau = panels([0, 0.02, 0.1, 0.25, 0.5, 1, 2, 3.5, 6, *spreads])
    u = np.linspace(-8.5, 8.5, 121)
    logit = mu[:, None, None] + tau[:, None] * u
    height = -((mu[:, None] / 2.5) ** 2) / 2 - tau**2 / 2
    for x, n in zip(events, totals, strict=True):
        likelihood = np.exp(x * special.log_expit(logit) + (n - x) * special.log_expit(-logit) - u**2 / 2)
        height = height + np.log(np.maximum(likelihood.sum(axis=-1), 1e-300))
    weight = np.exp(height - height.max()) * on_mu[:, None] * on_tau
    weight /= weight.sum()
    assert [weight[mu < at].sum() for at in limits] == pytest.approx([0.025, 0.5, 0.975], abs=2e-4)
    assert [weight[:, tau < at].sum() for at in spreads] == pytest.approx([0.025, 0.5, 0.975], abs=2e-4)
    for limit, tail in ((pooled.prediction_low, 0.025), (pooled.prediction_high, 0.975)):
        beyond = special.ndtr((special.logit(limit) - mu[:, None]) / tau)
        assert np.sum(weight * beyond) == pytest.approx(tail, abs=2e-4)


def panels(edges: Any, points: int = 7) -> tuple[Any, Any]:
    """Return nodes and weights of Gauss-Legendre rules between the edges."""
    nodes, weights = np.polynomial.legendre.leggauss(points)
    edges = np.unique(edges)
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (nodes + 1)).ravel(), (half * weights).ravel()


@pytest.mark.parametrize("k", [2, 3, 4])
@pytest.mark.parametrize("mu_sd", [2.0, np.inf])
def test_the_standard_error_is_the_posterior_standard_deviation(mu_sd: float, k: int) -> None:
    y, v = np.array(EFFECTS[:k])[:, None], np.array(VARIANCES[:k])[:, None]
    log_tau = np.linspace(-20, 30, 100_001)
    spread = v + np.exp(2 * log_tau)
    total = np.sum(1 / spread, axis=0) + mu_sd**-2
    mean = np.sum(y / spread, axis=0) / total
    ratio = (np.exp(log_tau) / 0.5) ** 2
    misfit = np.sum((y - mean) ** 2 / spread, axis=0) + (mean / mu_sd) ** 2
    height = log_tau - (np.sum(np.log(spread), axis=0) + np.log(total) + misfit) / 2
    height -= ratio / 2
    density = np.exp(height - height.max())
    second = density * (1 / total + mean**2)
    pooled = stats.pool_effects_bayes(EFFECTS[:k], VARIANCES[:k], tau_scale=0.5, mu_sd=mu_sd)
    centre = density @ mean / density.sum()
    assert pooled.se == pytest.approx(np.sqrt(second.sum() / density.sum() - centre**2), rel=5e-5)
    assert np.isfinite([pooled.estimate, pooled.low, pooled.high, pooled.prediction_high]).all()


def test_a_vaguer_prior_of_tau_widens_the_interval() -> None:
    widths = []
    for scale in (0.1, 0.5, 2):
        pooled = stats.pool_effects_bayes([0.1, 0.5], [0.04, 0.05], tau_scale=scale)
        widths.append(pooled.high - pooled.low)
    assert widths == sorted(widths)


def test_few_studies_show_three_intervals() -> None:
    wald, modified, bayes = stats.effects_side_by_side([0.1, 0.9], [0.04, 0.05], tau_scale=0.5)
    assert [pooled.method.split(",")[0] for pooled in (wald, modified, bayes)] == ["random effects"] * 2 + [
        "Bayes"
    ]
    assert modified.high - modified.low > wald.high - wald.low


# --- deletion ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pool", "data", "options"),
    [
        (stats.pool_effects, (EFFECTS, VARIANCES), {"tau2": "PM"}),
        (stats.pool_effects_bayes, (EFFECTS, VARIANCES), {"tau_scale": 0.5}),
        (stats.pool_proportions, (EVENTS, TOTALS), {}),
        (stats.pool_proportions, (EVENTS, TOTALS), {"method": "bayes"}),
    ],
)
def test_deletion_is_a_fit_to_fewer_studies(pool: Any, data: Any, options: dict[str, Any]) -> None:
    first, second = map(np.array, data)
    without = stats.leave_one_out(pool, first, second, **options)
    assert len(without.estimate) == 5
    expected = pool(np.delete(first, 2), np.delete(second, 2), **options)
    assert (without.estimate[2], without.high[2]) == pytest.approx(
        (expected.estimate, expected.high), rel=1e-6
    )


# --- bad input -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("effects", "variances", "options", "message"),
    [
        ([], [], {}, "at least two studies"),
        ([0.1], [0.2], {}, "at least two studies"),
        ([[0.1, 0.2]], [[0.2, 0.1]], {"where": [[True, False]]}, "at least two studies"),
        ([0.1, 0.2], [0.2], {}, "one shape"),
        (0.1, 0.2, {}, "one shape"),
        ([0.1, None], [0.2, 0.1], {}, "effects must be finite"),
        ([0.1, "high"], [0.2, 0.1], {}, "must be numbers"),
        ([0.1, float("nan")], [0.2, 0.1], {}, "mask them with where"),
        ([0.1, float("inf")], [0.2, 0.1], {}, "effects must be finite"),
        ([0.1, 0.2], [0.2, 0], {}, "variances must be finite and above 0"),
        ([0.1, 0.2], [0.2, -1], {}, "variances must be finite and above 0"),
        ([0.1, 0.2], [0.2, float("nan")], {}, "variances must be finite and above 0"),
        ([0.1, 0.2], [0.2, float("inf")], {}, "variances must be finite and above 0"),
        ([0.5, 0.5], [0.2, 0.1], {"interval": "hksj"}, "interval of no width"),
        (
            [0.1, 0.2],
            [0.2, 0.1],
            {"where": [True, True, True]},
            "where must have the shape of the studies, .2,., or fit it, not .3,.",
        ),
        ([0.1, 0.2], [0.2, 0.1], {"where": [[True, True]] * 3}, "or fit it, not .3, 2."),
        (
            [0.1, 0.2],
            [0.2, 0.1],
            {"where": [[True], [True, True]]},
            "where must be one table of True and False",
        ),
        ([0.1, 0.2], [0.2, 0.1], {"where": ["yes", "no"]}, "where must hold True or False"),
        ([0.1, 0.2], [0.2, 0.1], {"tau2": "HE"}, "tau2 must be one of DL, PM, REML, ML"),
        ([0.1, 0.2], [0.2, 0.1], {"interval": "z"}, "interval must be one of wald, hksj, hksj-modified"),
        ([0.1, 0.2], [0.2, 0.1], {"level": 95}, "0.95 means 95 %"),
    ],
)
def test_effects_that_cannot_be_pooled_are_refused(
    effects: Any, variances: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stats.pool_effects(effects, variances, **options)


@pytest.mark.parametrize(
    ("events", "totals", "options", "message"),
    [
        ([], [], {}, "at least two studies"),
        ([4], [61], {}, "a pooled row needs at least two studies"),
        ([4], [61], {"method": "bayes"}, "a pooled row needs at least two studies"),
        ([4, 9], [61, 8], {}, "events must not exceed their total: 9 of 8"),
        ([-1, 9], [61, 18], {}, "must not be negative"),
        ([1.5, 9], [61, 18], {}, "whole numbers"),
        ([1, float("nan")], [61, 18], {}, "whole numbers"),
        ([1, 2], [61, float("inf")], {}, "whole numbers"),
        ([0, 2], [0, 18], {}, "totals must be 1 or more"),
        ([0, 8], [10, 8], {}, "use method='bayes'"),
        ([[1, 8], [0, 8]], [[10, 9], [10, 8]], {}, "data set 1"),
        ([1, 2], [61, 18], {"where": [True, True, True]}, "where must have the shape of the studies"),
        ([1, 2], [61, 18], {"method": "pft"}, "method must be one of binomial-normal, bayes"),
        ([1, 2], [61, 18], {"interval": "hksj"}, "interval must be one of t, wald"),
        ([1, 2], [61, 18], {"method": "bayes", "tau_scale": 0}, "tau_scale must be above 0"),
        ([1, 2], [61, 18], {"level": 1}, "between 0 and 1"),
    ],
)
def test_counts_that_cannot_be_pooled_are_refused(
    events: Any, totals: Any, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stats.pool_proportions(events, totals, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"tau_scale": 0}, "tau_scale must be above 0"),
        ({"tau_scale": float("inf")}, "tau_scale must be above 0"),
        ({"tau_scale": 1, "mu_sd": 0}, "mu_sd above 0"),
        ({"tau_scale": 1, "mu_mean": float("nan")}, "mu_mean finite"),
        ({"tau_scale": 1, "level": 0}, "between 0 and 1"),
    ],
)
def test_priors_that_are_none_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stats.pool_effects_bayes(EFFECTS, VARIANCES, **options)


def test_too_few_studies_for_a_question_are_refused() -> None:
    with pytest.raises(ValueError, match="at least three studies, not 2"):
        stats.leave_one_out(stats.pool_effects, [0.1, 0.2], [0.1, 0.1])
    with pytest.raises(ValueError, match="one data set"):
        stats.leave_one_out(stats.pool_effects, [EFFECTS], [VARIANCES])


@pytest.mark.parametrize("method", ["binomial-normal", "bayes"])
def test_an_unused_study_beside_studies_of_events_only_adds_nothing(method: str) -> None:
    masked = stats.pool_proportions([9, 2, 4], [9, 2, 10], where=[True, True, False], method=method)
    plain = stats.pool_proportions([9, 2], [9, 2], method=method)
    assert masked.q == plain.q == 0
