"""What an analysis could have detected: exact powers, and rates for every count that agree with single fits."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import binom

from helpers import stats
from helpers.stats import MODELS, Model

TOTALS = [12, 7, 21]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_rate_of_a_count_is_that_of_its_own_fit(model: Model) -> None:
    estimate, low, high = stats.rates_by_count(TOTALS, {"one": model})["one"]
    assert len(estimate) == sum(TOTALS) + 1
    # 10 events in proportion: 3, 1.75 and 5.25, rounded by the largest remainder.
    for events, women in (([0, 0, 0], 0), ([3, 2, 5], 10), ([6, 4, 10], 20)):
        one = stats.pool_sets(events, TOTALS, [[True] * 3], model=model)
        found = (estimate[women], low[women], high[women])
        assert found == pytest.approx((one.estimate[0], one.low[0], one.high[0]), abs=5e-4)


def test_events_are_spread_as_evenly_as_whole_numbers_can_be() -> None:
    """The maximum of the likelihood under one rate is the sum over the women, whatever the spread."""
    estimate, *_ = stats.rates_by_count(TOTALS, {"sum": Model("common")})["sum"]
    np.testing.assert_allclose(estimate, np.arange(41) / 40)


def test_one_study_keeps_its_exact_interval() -> None:
    estimate, low, high = stats.rates_by_count([61], {"t": MODELS["random effects, t"]})["t"]
    assert (low[4], high[4]) == pytest.approx(stats.proportion_interval(4, 61))
    # The decision of 4 of 61 against 27 of 518 (letur): 8 events are the fewest that lie above.
    other = stats.proportion_interval(27, 518)[1]
    least = stats.least_declared((estimate, low, high), 27 / 518, other)
    above = [x / 61 - 27 / 518 > math.hypot(x / 61 - low[x], other - 27 / 518) for x in range(62)]
    assert least == above.index(True)
    assert all(above[least:])


def test_power_is_the_binomial_tail() -> None:
    for least, women, rate in itertools.product((1, 5, 10), (10, 40), (0.05, 0.5)):
        brute = sum(binom.pmf(x, women, rate) for x in range(least, women + 1))
        assert stats.power_to_declare(rate, least, women) == pytest.approx(brute, abs=1e-12)
    assert stats.power_to_declare(0.9, 11, 10) == 0
    assert stats.power_to_declare(0.9, 0, 10) == 1
    assert math.isnan(stats.power_to_declare(math.nan, 3, 10))


def test_the_detectable_rate_is_where_power_reaches_eighty_percent() -> None:
    for least, women in ((1, 10), (4, 61), (61, 61)):
        rate = stats.detectable_rate(least, women)
        assert stats.power_to_declare(rate, least, women) == pytest.approx(0.8, abs=1e-9)
        assert stats.power_to_declare(rate - 0.001, least, women) < 0.8
    assert math.isnan(stats.detectable_rate(11, 10))
    with pytest.raises(ValueError, match="between 0 and 1"):
        stats.detectable_rate(1, 10, power=1.2)


def test_a_wider_comparator_asks_for_more_events() -> None:
    rates = stats.rates_by_count([40], MODELS)["random effects, t"]
    narrow, wide = stats.least_declared(rates, [0.05, 0.05], [0.06, 0.2])
    assert narrow < wide
    assert stats.least_declared(rates, 1.0, 1.0) == 41


def test_impossible_women_are_refused() -> None:
    with pytest.raises(ValueError, match="totals"):
        stats.rates_by_count([0, 3], MODELS)
