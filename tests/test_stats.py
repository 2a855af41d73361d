"""Intervals of single proportions: against R, and by their own definition."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from helpers import stats

REFERENCE = pd.read_csv(Path(__file__).parent / "reference" / "proportions.csv", comment="#")
METHODS = ["clopper-pearson", "wilson", "jeffreys"]

counts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.floats(0.5, 0.999)


@pytest.mark.parametrize("method", METHODS)
def test_intervals_agree_with_r(method: str) -> None:
    for level, rows in REFERENCE[REFERENCE["method"] == method].groupby("level"):
        low, high = stats.proportion_interval(
            rows["events"], rows["total"], method=method, level=float(str(level))
        )
        np.testing.assert_allclose(low, rows["low"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(high, rows["high"], rtol=1e-9, atol=1e-12)


def test_the_bound_for_no_event_agrees_with_r() -> None:
    rows = REFERENCE[REFERENCE["method"] == "zero-event"]
    for level, same in rows.groupby("level"):
        bound = stats.zero_event_upper_bound(same["total"], level=float(str(level)))
        np.testing.assert_allclose(bound, same["high"], rtol=1e-12)


def test_the_reference_covers_every_combination() -> None:
    cells = REFERENCE.groupby(["method", "level", "total"]).size()
    assert len(cells) == 4 * 3 * 12
    edges = REFERENCE[REFERENCE["method"] != "zero-event"].groupby(["method", "level", "total"])["events"]
    assert (edges.min() == 0).all()
    assert (edges.max() == edges.max().index.get_level_values("total")).all()


def test_four_births_in_sixty_one_women() -> None:
    low, high = stats.proportion_interval(4, 61)
    assert isinstance(low, float)
    assert (round(low, 4), round(high, 4)) == (0.0182, 0.1595)


@given(pair=counts, level=levels)
def test_clopper_pearson_is_what_it_says(pair: tuple[int, int], level: float) -> None:
    """Each limit is the proportion under which the tail beyond the count has half of alpha."""
    events, total = pair
    low, high = stats.proportion_interval(events, total, level=level)
    half = (1 - level) / 2
    assert (low == 0) == (events == 0)
    assert (high == 1) == (events == total)
    if events:
        assert binom.sf(events - 1, total, low) == pytest.approx(half, rel=1e-6)
    if events < total:
        assert binom.cdf(events, total, high) == pytest.approx(half, rel=1e-6)


@given(pair=counts, level=levels, method=st.sampled_from(METHODS))
def test_intervals_hold_their_proportion_and_are_symmetric(
    pair: tuple[int, int], level: float, method: str
) -> None:
    events, total = pair
    low, high = stats.proportion_interval(events, total, method=method, level=level)
    assert 0 <= low <= events / total <= high <= 1
    mirrored = stats.proportion_interval(total - events, total, method=method, level=level)
    assert mirrored == (pytest.approx(1 - high, abs=1e-9), pytest.approx(1 - low, abs=1e-9))


@given(pair=counts, method=st.sampled_from(METHODS))
def test_a_higher_level_is_never_narrower(pair: tuple[int, int], method: str) -> None:
    events, total = pair
    narrow = stats.proportion_interval(events, total, method=method, level=0.8)
    wide = stats.proportion_interval(events, total, method=method, level=0.95)
    assert wide[0] <= narrow[0]
    assert wide[1] >= narrow[1]


@given(total=st.integers(1, 1000), level=levels)
def test_the_bound_for_no_event_is_exact(total: int, level: float) -> None:
    bound = stats.zero_event_upper_bound(total, level=level)
    assert (1 - bound) ** total == pytest.approx(1 - level, rel=1e-9)


def test_arrays_broadcast() -> None:
    low, high = stats.proportion_interval([[0], [4]], [10, 61, 100])
    assert low.shape == high.shape == (2, 3)
    assert (low[1, 1], high[1, 1]) == stats.proportion_interval(4, 61)
    assert stats.zero_event_upper_bound([2, 26]).shape == (2,)


@pytest.mark.parametrize(
    ("events", "total", "options", "message"),
    [
        (5, 4, {}, "events must not exceed their total: 5 of 4"),
        ([1, 9], [2, 8], {}, "9 of 8"),
        (-1, 4, {}, "must not be negative"),
        (0, 0, {}, "total must be 1 or more"),
        (1.5, 4, {}, "events must be whole numbers"),
        (float("nan"), 4, {}, "events must be whole numbers"),
        (1, float("inf"), {}, "total must be whole numbers"),
        ("one", 4, {}, "events must be whole numbers"),
        (None, 4, {}, "events must be whole numbers"),
        (1, 4, {"level": 95}, "0.95 means 95 %"),
        (1, 4, {"level": 0}, "between 0 and 1"),
        (1, 4, {"method": "wald"}, "one of clopper-pearson, wilson, jeffreys, not 'wald'"),
    ],
)
def test_nonsense_is_refused(events: object, total: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stats.proportion_interval(events, total, **options)  # type: ignore[arg-type]


def test_missing_counts_are_refused_not_propagated() -> None:
    with pytest.raises(ValueError, match="without missing values"):
        stats.proportion_interval(pd.Series([1, None], dtype="Int64"), [4, 4])
    with pytest.raises(ValueError, match="level must be one number between"):
        stats.zero_event_upper_bound(4, level=1)
