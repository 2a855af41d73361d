"""Rates of events per time, one-sided bounds, and the women needed to see an event: against R, and by definition."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from helpers import stats

REFERENCE = pd.read_csv(Path(__file__).parent / "reference" / "rates.csv", comment="#")

exposures = st.floats(0.01, 1e6)
levels = st.floats(0.5, 0.999)
pairs = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def of_kind(kind: str) -> list[tuple[float, pd.DataFrame]]:
    rows = REFERENCE[REFERENCE["kind"] == kind]
    return [(float(str(level)), same) for level, same in rows.groupby("level")]


def test_intervals_of_rates_agree_with_r() -> None:
    for level, rows in of_kind("rate-interval"):
        low, high = stats.rate_interval(rows["events"], rows["exposure"], level=level)
        np.testing.assert_allclose(low, rows["low"], rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(high, rows["high"], rtol=1e-9)


def test_bounds_of_rates_agree_with_r() -> None:
    for level, rows in of_kind("rate-bound"):
        bound = stats.rate_upper_bound(rows["events"], rows["exposure"], level=level)
        np.testing.assert_allclose(bound, rows["high"], rtol=1e-9)


def test_bounds_of_proportions_agree_with_r() -> None:
    for level, rows in of_kind("proportion-bound"):
        bound = stats.proportion_upper_bound(rows["events"], rows["exposure"], level=level)
        np.testing.assert_allclose(bound, rows["high"], rtol=1e-9)


def test_the_reference_covers_none_one_and_all() -> None:
    assert set(REFERENCE["kind"]) == {"rate-interval", "rate-bound", "proportion-bound"}
    assert REFERENCE.groupby("kind")["events"].min().eq(0).all()
    bounds = REFERENCE[REFERENCE["kind"] == "proportion-bound"]
    assert (bounds["events"] == bounds["exposure"]).any()


@given(events=st.integers(0, 300), exposure=exposures, level=levels)
def test_limits_of_a_rate_are_what_they_say(events: int, exposure: float, level: float) -> None:
    """Each limit is the rate under which the tail beyond the count has half of alpha."""
    low, high = stats.rate_interval(events, exposure, level=level)
    half = (1 - level) / 2
    assert (low == 0) == (events == 0)
    assert low <= events / exposure < high
    assert poisson.cdf(events, high * exposure) == pytest.approx(half, rel=1e-6)
    if events:
        assert poisson.sf(events - 1, low * exposure) == pytest.approx(half, rel=1e-6)


@given(events=st.integers(0, 300), exposure=exposures, level=levels)
def test_a_bound_of_a_rate_puts_alpha_on_one_side(events: int, exposure: float, level: float) -> None:
    bound = stats.rate_upper_bound(events, exposure, level=level)
    assert poisson.cdf(events, bound * exposure) == pytest.approx(1 - level, rel=1e-6)
    assert bound < stats.rate_interval(events, exposure, level=level)[1]


@given(events=st.integers(0, 50), exposure=exposures, factor=st.floats(0.1, 100))
def test_a_rate_does_not_know_the_unit_of_time(events: int, exposure: float, factor: float) -> None:
    here = stats.rate_interval(events, exposure)
    there = stats.rate_interval(events, exposure * factor)
    np.testing.assert_allclose(here, np.multiply(there, factor), rtol=1e-9)


@given(exposure=exposures, level=levels)
def test_without_events_the_bound_has_a_plain_form(exposure: float, level: float) -> None:
    assert stats.rate_upper_bound(0, exposure, level=level) == pytest.approx(-math.log(1 - level) / exposure)


@given(pair=pairs, level=levels)
def test_a_bound_of_a_proportion_is_exact(pair: tuple[int, int], level: float) -> None:
    events, total = pair
    bound = stats.proportion_upper_bound(events, total, level=level)
    if events == total:
        assert bound == 1
    else:
        assert binom.cdf(events, total, bound) == pytest.approx(1 - level, rel=1e-6)
    if events == 0:
        assert bound == pytest.approx(stats.zero_event_upper_bound(total, level=level), rel=1e-9)


@given(proportion=st.floats(1e-4, 0.9), probability=levels)
def test_the_women_to_see_an_event_are_the_fewest(proportion: float, probability: float) -> None:
    women = stats.patients_to_see(proportion, probability=probability)
    assert (1 - proportion) ** women <= (1 - probability) * (1 + 1e-6)
    if women > 1:
        assert (1 - proportion) ** (women - 1) > (1 - probability) * (1 - 1e-6)


def test_the_rule_of_three() -> None:
    assert stats.patients_to_see([0.01, 0.001]).tolist() == [299, 2995]
    assert stats.patients_to_see(0.5, probability=0.5) == 1
    assert stats.zero_event_upper_bound(299) <= 0.01 < stats.zero_event_upper_bound(298)


def test_arrays_broadcast_and_scalars_stay_scalars() -> None:
    low, high = stats.rate_interval([[0], [4]], [10.0, 61.0, 100.0])
    assert low.shape == high.shape == (2, 3)
    assert (low[1, 1], high[1, 1]) == stats.rate_interval(4, 61)
    assert isinstance(stats.rate_upper_bound(0, 61), float)
    assert stats.proportion_upper_bound([0, 1], 61).shape == (2,)


@pytest.mark.parametrize(
    ("events", "exposure", "level", "message"),
    [
        (-1, 4, 0.95, "events must not be negative"),
        (1.5, 4, 0.95, "events must be whole numbers"),
        (None, 4, 0.95, "events must be whole numbers"),
        (1, 0, 0.95, "exposure must be above 0, not 0"),
        (1, float("nan"), 0.95, "exposure must be finite"),
        (1, float("inf"), 0.95, "exposure must be finite"),
        (1, 4, 95, "0.95 means 95 %"),
    ],
)
def test_an_impossible_rate_is_refused(events: object, exposure: float, level: float, message: str) -> None:
    for function in (stats.rate_interval, stats.rate_upper_bound):
        with pytest.raises(ValueError, match=message):
            function(events, exposure, level=level)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("proportion", "probability", "message"),
    [(0, 0.95, "proportion must be above 0"), (1, 0.95, "below 1"), (0.01, 1, "probability must lie")],
)
def test_impossible_wishes_are_refused(proportion: float, probability: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stats.patients_to_see(proportion, probability=probability)


def test_more_events_than_women_are_refused() -> None:
    with pytest.raises(ValueError, match="5 of 4"):
        stats.proportion_upper_bound(5, 4)
