"""The sign test, against scipy and by definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from helpers import stats


@given(
    pair=st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    level=st.floats(0.5, 0.999),
)
def test_the_sign_test_is_that_of_scipy(pair: tuple[int, int], level: float) -> None:
    test, other = stats.sign_test(*pair, level=level), binomtest(*pair)
    limits = other.proportion_ci(level, method="exact")
    assert test.p == pytest.approx(other.pvalue, rel=1e-9)
    assert (test.estimate, test.low, test.high) == pytest.approx(
        (pair[0] / pair[1], limits.low, limits.high), abs=1e-9
    )


@pytest.mark.parametrize(("level", "least"), [(0.95, 6), (0.9, 5), (0.99, 8), (1 - 1 / 16, 6), (0.5, 3)])
def test_the_fewest_studies_are_those_that_can_pass(level: float, least: int) -> None:
    assert stats.signs_needed(level=level) == least
    assert stats.sign_test(least, least).p < 1 - level
    assert stats.sign_test(least - 1, least - 1).p >= 1 - level


@pytest.mark.parametrize(("positive", "total"), [(3, 2), (-1, 2), (0, 0), (1.5, 2)])
def test_what_is_no_count_of_studies_is_refused(positive: float, total: int) -> None:
    with pytest.raises(ValueError, match=r"events|total"):
        stats.sign_test(positive, total)  # type: ignore[arg-type]
