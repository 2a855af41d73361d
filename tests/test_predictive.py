"""The rate of a new untreated cohort, and treated women compared with it: against RBesT, brute quadrature and draws."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import special
from scipy import stats as scipy_stats

from helpers import stats

#: Untreated women with premature ovarian insufficiency who conceived, of all: four cohorts.
EVENTS, TOTALS = [0, 10, 27, 11], [18, 391, 518, 162]
#: Data set AS of the R package RBesT, and what its page "Getting started with RBesT (binary)" prints of it: scale of tau, then
#: mean, SD, 2.5 %, 50 % and 97.5 % of the predicted rate and median of tau, from 4,000 draws.
AS = [23, 12, 19, 9, 39, 6, 9, 10], [107, 44, 51, 39, 139, 20, 78, 35]
RBEST = [
    (1.0, (0.255, 0.0864, 0.106, 0.247, 0.461), 0.359),
    (0.5, (0.259, 0.0776, 0.129, 0.250, 0.442), 0.320),
]


def drawn(background: stats.PredictiveBackground, draws: int = 400_000) -> Any:
    below = np.cumsum(background.masses) - background.masses / 2
    return np.interp(np.random.default_rng(1).uniform(size=draws), below, background.rates)


@pytest.mark.parametrize(("scale", "printed", "tau"), RBEST)
def test_the_published_example_of_rbest(scale: float, printed: tuple[float, ...], tau: float) -> None:
    found = stats.predictive_background(*AS, tau_scale=scale, mu_sd=2)
    spread = np.sqrt(found.masses @ (found.rates - found.mean) ** 2)
    own = (found.mean, spread, found.prediction_low, found.median, found.prediction_high)
    # Errors of a mean, an SD and quantiles of 4,000 draws: about 0.0014, 0.001, 0.003, 0.001 and 0.007.
    for value, one, room in zip(own, printed, [0.005, 0.003, 0.008, 0.003, 0.012], strict=True):
        assert value == pytest.approx(one, abs=room)
    assert found.tau == pytest.approx(tau, abs=0.02)


def test_the_rate_of_a_typical_cohort_agrees_with_rbest() -> None:
    """Its summary of the same page: theta_resp 0.248 (0.185 to 0.322)."""
    found = stats.predictive_background(*AS, tau_scale=1, mu_sd=2)
    assert (found.estimate, found.low, found.high) == pytest.approx((0.248, 0.185, 0.322), abs=0.006)


@pytest.mark.parametrize(("scale", "mu_mean", "mu_sd"), [(0.5, 0.0, 2.5), (1.0, special.logit(0.05), 1.5)])
def test_the_prediction_agrees_with_brute_quadrature(scale: float, mu_mean: float, mu_sd: float) -> None:
    """Even grids of mu, tau and theta, with nothing adapted to the data."""
    mu, width = np.linspace(-6.5, 0.5, 141), 4.5 * scale / 150
    tau = width * (np.arange(150) + 0.5)
    nodes = np.linspace(-7, 7, 401)
    weights = scipy_stats.norm.pdf(nodes) / scipy_stats.norm.pdf(nodes).sum()
    log = scipy_stats.norm.logpdf(mu, mu_mean, mu_sd)[:, None] - (tau / scale) ** 2 / 2
    rates = np.empty_like(log)
    for j, spread in enumerate(tau):
        theta = mu[:, None] + spread * nodes
        rates[:, j] = special.expit(theta) @ weights
        for x, n in zip(EVENTS, TOTALS, strict=True):
            likelihood = x * theta - n * np.logaddexp(0, theta) + special.entr(x / n) * n
            log[:, j] += np.log(np.exp(likelihood) @ weights)
    share = np.exp(log - log.max())
    share /= share.sum()

    def below(rate: float) -> float:
        return float((share * special.ndtr((special.logit(rate) - mu[:, None]) / tau)).sum())

    found = stats.predictive_background(EVENTS, TOTALS, tau_scale=scale, mu_mean=mu_mean, mu_sd=mu_sd)
    for rate, chance in ((found.prediction_low, 0.025), (found.median, 0.5), (found.prediction_high, 0.975)):
        assert below(rate) == pytest.approx(chance, abs=5e-4)
    assert found.mean == pytest.approx((share * rates).sum(), rel=1e-3)


def test_untreated_women_of_four_cohorts() -> None:
    """A referee's own calculation: 4.4 %, and a new untreated cohort 1.4 to 12.7 %."""
    found = stats.predictive_background(EVENTS, TOTALS)
    assert found.estimate == pytest.approx(0.044, abs=5e-4)
    assert (found.prediction_low, found.prediction_high) == pytest.approx((0.0134, 0.1279), abs=1e-4)
    pooled = stats.pool_proportions(EVENTS, TOTALS, method="bayes", tau_scale=0.5)
    for name in ("estimate", "low", "high", "prediction_low", "prediction_high"):
        assert getattr(found, name) == pytest.approx(getattr(pooled, name), rel=1e-12)
    assert (found.k, found.events, found.total, found.level) == (4, 48, 1089, 0.95)
    assert "half-normal of scale 0.5" in found.method
    assert "N(0, 2.5²)" in found.method


def test_the_distribution_is_that_of_its_limits() -> None:
    found = stats.predictive_background(EVENTS, TOTALS, level=0.8)
    assert found.masses.sum() == pytest.approx(1)
    limits = np.quantile(drawn(found), [0.1, 0.5, 0.9])
    assert (found.prediction_low, found.median, found.prediction_high) == pytest.approx(
        tuple(limits), abs=5e-4
    )
    assert drawn(found).mean() == pytest.approx(found.mean, abs=5e-4)


def test_the_more_cohorts_may_differ_the_wider_the_prediction() -> None:
    several = [stats.predictive_background(EVENTS, TOTALS, tau_scale=scale) for scale in (0.25, 0.5, 1)]
    widths = [one.prediction_high - one.prediction_low for one in several]
    assert widths == sorted(widths)
    assert all(one.prediction_low < one.low < one.high < one.prediction_high for one in several)


def test_cohorts_without_any_event_are_predicted() -> None:
    found = stats.predictive_background([0, 0], [18, 37])
    assert 0 < found.prediction_low < found.median < found.prediction_high < 1
    assert found.median < 0.05


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        (([27], [518]), {}, "at least two studies"),
        (([27, 600], [518, 391]), {}, "events must not exceed their total: 600 of 391"),
        (([[1, 2]], [[9, 9]]), {}, "one set of cohorts"),
        ((EVENTS, TOTALS), {"tau_scale": 0}, "tau_scale must be above 0"),
        ((EVENTS, TOTALS), {"mu_sd": 0}, "mu_sd above 0"),
        ((EVENTS, TOTALS), {"mu_mean": math.nan}, "mu_mean"),
        ((EVENTS, TOTALS), {"level": 95}, "95 %"),
    ],
)
def test_an_impossible_background_is_refused(counts: Any, options: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stats.predictive_background(*counts, **options)


def test_a_treated_cohort_against_a_new_untreated_one_agrees_with_draws() -> None:
    background = stats.predictive_background(EVENTS, TOTALS)
    found = stats.compare_with_background(4, 61, background)
    difference = np.random.default_rng(2).beta(4.5, 57.5, 400_000) - drawn(background)
    assert found.probability == pytest.approx((difference > 0).mean(), abs=0.003)
    assert found.probability == pytest.approx(0.739, abs=0.001)
    quantiles = np.quantile(difference, [0.025, 0.05, 0.5, 0.95, 0.975])
    own = (
        found.posterior_low, found.bias_to_high, found.bias_to_half, found.bias_to_low, found.posterior_high,
    )  # fmt: skip
    assert own == pytest.approx(tuple(quantiles), abs=0.001)
    assert found.difference == pytest.approx(4 / 61 - background.median)
    assert math.isnan(found.low)
    assert "a new cohort predicted from 4" in found.method


def test_several_treated_cohorts_are_each_compared_as_alone() -> None:
    background = stats.predictive_background(EVENTS, TOTALS)
    many = stats.compare_with_background([4, 6], [61, 12], background)
    alone = stats.compare_with_background(6, 12, background)
    assert many.probability[1] == pytest.approx(alone.probability, abs=1e-12)
    assert many.bias_to_low[1] == pytest.approx(alone.bias_to_low, abs=1e-10)


@pytest.mark.parametrize("predictive", [True, False])
def test_a_bias_as_large_as_the_tipping_point_tips_the_answer(predictive: bool) -> None:
    given: tuple[Any, ...] = (stats.predictive_background(EVENTS, TOTALS),) if predictive else (27, 518)
    found = stats.compare_with_background(4, 61, *given)
    assert found.bias_to_high < found.bias_to_half < found.bias_to_low
    for bias, chance in (
        (found.bias_to_high, 0.95),
        (found.bias_to_half, 0.5),
        (found.bias_to_low, 0.05),
    ):
        moved = stats.compare_with_background(4, 61, *given, shift=bias)
        assert moved.probability == pytest.approx(chance, abs=1e-6)
        # A tipping point is the whole bias, however much of it was allowed for.
        assert moved.bias_to_half == pytest.approx(found.bias_to_half)
        assert moved.posterior_low == pytest.approx(found.posterior_low - bias)


@pytest.mark.parametrize("predictive", [True, False])
def test_a_bias_between_populations_agrees_with_draws(predictive: bool) -> None:
    background = stats.predictive_background(EVENTS, TOTALS)
    given: tuple[Any, ...] = (background,) if predictive else (27, 518)
    found = stats.compare_with_background(4, 61, *given, bias_sd=0.7)
    draw = np.random.default_rng(3)
    rates = drawn(background) if predictive else draw.beta(27.5, 491.5, 400_000)
    moved = special.expit(special.logit(rates) + draw.normal(0, 0.7, 400_000))
    difference = draw.beta(4.5, 57.5, 400_000) - moved
    assert found.probability == pytest.approx((difference > 0).mean(), abs=0.003)
    assert found.posterior_low == pytest.approx(np.quantile(difference, 0.025), abs=0.003)


def test_a_bias_does_not_shrink_with_the_number_counted() -> None:
    """Of a background counted in ever more women the bias remains, and with it the doubt."""
    huge = stats.compare_with_background(40, 610, 27_000, 518_000, bias_sd=0.5)
    large = stats.compare_with_background(40, 610, 2_700, 51_800, bias_sd=0.5)
    without = stats.compare_with_background(40, 610, 27_000, 518_000)
    width = huge.posterior_high - huge.posterior_low
    assert width == pytest.approx(large.posterior_high - large.posterior_low, rel=0.01)
    assert width > 1.3 * (without.posterior_high - without.posterior_low)
    assert abs(huge.probability - 0.5) < abs(without.probability - 0.5)


def test_of_few_events_there_is_no_probability() -> None:
    found = stats.compare_with_background([1, 1, 4, 5], [6, 6, 61, 61], [0, 4, 0, 0], [37, 37, 18, 18])
    assert list(np.isnan(found.probability)) == [True, False, True, False]
    assert list(found.reason) == ["fewer than 5 events in all", "", "fewer than 5 events in all", ""]
    assert list(np.isnan(found.bias_to_half)) == [True, False, True, False]
    assert np.isfinite(found.low).all()


def test_the_events_of_all_cohorts_do_not_stand_in_for_those_of_the_pair() -> None:
    """Beside a prediction count the treated and those expected in a typical cohort as large, not all that it was learnt from."""
    background = stats.predictive_background(EVENTS, TOTALS)
    assert sum(EVENTS) > 5
    found = stats.compare_with_background([1, 4], [10, 61], background)
    assert list(np.isnan(found.probability)) == [True, False]
    assert list(found.reason) == ["fewer than 5 events with those expected in a typical cohort as large", ""]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"bias_sd": -0.1}, "bias_sd must be 0 or more"),
        ({"shift": 1.5}, "shift must be -1 or more and at most 1"),
        ({"background_total": 518}, "background_total must not be given with a predictive background"),
    ],
)
def test_an_impossible_bias_is_refused(options: dict[str, float], message: str) -> None:
    background: Any = stats.predictive_background(EVENTS, TOTALS)
    with pytest.raises(ValueError, match=message):
        stats.compare_with_background(4, 61, background, **options)
    with pytest.raises(ValueError, match="background_total must be given"):
        stats.compare_with_background(4, 61, 27)
