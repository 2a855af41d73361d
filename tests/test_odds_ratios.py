"""Odds ratios of one trial and of several: against metafor, scipy and sums by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import contingency, nchypergeom_fisher

from helpers import stats

#: The thirteen BCG trials (Colditz GA et al. JAMA 1994;271:698-702; dat.bcg of metadat): tuberculosis and all, vaccinated and not.
BCG_POSITIVE = np.array([4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27])
BCG_NEGATIVE = np.array([119, 300, 228, 13536, 5036, 1361, 2537, 87886, 7470, 1699, 50448, 2493, 16886])
CONTROL_POSITIVE = np.array([11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29])
CONTROL_NEGATIVE = np.array([128, 274, 209, 12619, 5761, 1079, 619, 87892, 7232, 1600, 27197, 2338, 17825])
BCG = (BCG_POSITIVE, BCG_POSITIVE + BCG_NEGATIVE, CONTROL_POSITIVE, CONTROL_POSITIVE + CONTROL_NEGATIVE)

arms = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("method", "log", "low", "high", "odds"),
    [
        # metafor's own tests: rma.mh(measure = "OR") and rma.peto on dat.bcg, compared there with Stata's metan.
        ("mantel-haenszel", -0.4734, -0.5538, -0.3930, 0.6229),
        ("peto", -0.4744, -0.5541, -0.3948, 0.6222),
    ],
)
def test_pooled_odds_ratios_agree_with_metafor(
    method: str, log: float, low: float, high: float, odds: float
) -> None:
    found = stats.pool_odds_ratios(*BCG, method=method)
    np.testing.assert_allclose(
        [math.log(found.estimate), math.log(found.low), math.log(found.high)], [log, low, high], atol=5.1e-5
    )
    assert found.estimate == pytest.approx(odds, abs=5.1e-5)
    assert (found.k, found.method, found.level) == (13, method, 0.95)


def test_two_trials_by_hand() -> None:
    """41/72 against 26/68 and 3/11 against 1/13, as written out on paper."""
    r, s = 41 * 42 / 140 + 3 * 12 / 24, 31 * 26 / 140 + 8 * 1 / 24
    found = stats.pool_odds_ratios([41, 3], [72, 11], [26, 1], [68, 13])
    assert found.estimate == pytest.approx(r / s)
    assert (round(found.estimate, 2), round(found.low, 2), round(found.high, 2)) == (2.27, 1.18, 4.33)
    expected = 72 * 67 / 140 + 11 * 4 / 24
    variance = 72 * 68 * 67 * 73 / (140**2 * 139) + 11 * 13 * 4 * 20 / (24**2 * 23)
    peto = stats.pool_odds_ratios([41, 3], [72, 11], [26, 1], [68, 13], method="peto")
    assert math.log(peto.estimate) == pytest.approx((44 - expected) / variance)
    assert math.log(peto.high / peto.low) == pytest.approx(2 * 1.959964 / math.sqrt(variance), rel=1e-6)


@given(treated=arms, control=arms, level=st.sampled_from([0.8, 0.95]))
def test_one_trial_has_the_exact_limits_of_scipy(
    treated: tuple[int, int], control: tuple[int, int], level: float
) -> None:
    (a, n1), (c, n2) = treated, control
    if not 0 < a + c < n1 + n2:
        with pytest.raises(ValueError, match="a woman with the event and one without"):
            stats.odds_ratio(a, n1, c, n2)
        return
    found = stats.odds_ratio(a, n1, c, n2, level=level)
    reference = contingency.odds_ratio([[a, c], [n1 - a, n2 - c]]).confidence_interval(level)
    np.testing.assert_allclose([found.low, found.high], [reference.low, reference.high], rtol=1e-6)
    assert found.low <= found.estimate <= found.high
    if a < n1 and c > 0:
        assert found.estimate == pytest.approx(a * (n2 - c) / ((n1 - a) * c))


def test_the_posterior_is_that_of_the_conditional_likelihood() -> None:
    theta = np.linspace(-14, 14, 20001)
    density = np.exp(-0.5 * (theta / 2.82) ** 2)
    for a, n1, c, n2 in ((41, 72, 26, 68), (3, 11, 1, 13)):
        density *= nchypergeom_fisher.pmf(a, n1 + n2, n1, a + c, np.exp(theta))
    below = np.cumsum(density) / density.sum()
    found = stats.pool_odds_ratios([41, 3], [72, 11], [26, 1], [68, 13], method="bayes", level=0.9)
    expected = np.interp([0.5, 0.05, 0.95], below, theta)
    np.testing.assert_allclose(np.log([found.estimate, found.low, found.high]), expected, atol=2e-3)


def test_many_women_outweigh_the_prior() -> None:
    bayes, mh = (stats.pool_odds_ratios(*BCG, method=name) for name in ("bayes", "mantel-haenszel"))
    np.testing.assert_allclose(
        [bayes.estimate, bayes.low, bayes.high], [mh.estimate, mh.low, mh.high], rtol=5e-3
    )


@pytest.mark.parametrize("method", ["mantel-haenszel", "peto", "bayes"])
def test_a_trial_without_an_event_changes_nothing_and_a_zero_is_not_filled(method: str) -> None:
    without = stats.pool_odds_ratios([41, 3], [72, 11], [26, 0], [68, 13], method=method)
    double = stats.pool_odds_ratios(
        [41, 3, 0, 9], [72, 11, 30, 9], [26, 0, 0, 8], [68, 13, 30, 8], method=method
    )
    assert (double.estimate, double.low, double.high) == (without.estimate, without.low, without.high)
    assert double.used == (True, True, False, False)
    assert double.k == 2
    half = stats.pool_odds_ratios([82, 7], [144, 24], [52, 1], [136, 28], method=method)
    assert abs(half.estimate - without.estimate) > 0.01


@given(first=st.tuples(arms, arms), second=st.tuples(arms, arms))
def test_changing_the_groups_inverts_the_odds_ratio(first: Any, second: Any) -> None:
    (a, b), (c, d) = first, second
    columns = [[a[0], c[0]], [a[1], c[1]], [b[0], d[0]], [b[1], d[1]]]
    for method in ("mantel-haenszel", "peto"):
        try:
            one = stats.pool_odds_ratios(*columns, method=method)
        except ValueError:
            continue
        other = stats.pool_odds_ratios(*columns[2:], *columns[:2], method=method)
        assert one.estimate == pytest.approx(1 / other.estimate)
        assert one.low == pytest.approx(1 / other.high)


@pytest.mark.parametrize(
    ("columns", "options", "message"),
    [
        (([1], [9], [2], [9]), {}, "needs two trials or more"),
        (([1, 0], [9, 9], [2, 0], [9, 9]), {}, "needs two trials or more"),
        (([1, 2], [9, 9], [0, 0], [9, 9]), {}, "zero or infinite: choose peto or bayes"),
        (
            ([1, 2], [9, 9], [1, 0], [9, 9]),
            {"method": "wald"},
            "method must be one of mantel-haenszel, peto, bayes",
        ),
        (([1, 12], [9, 9], [1, 0], [9, 9]), {}, "events_1 must not exceed"),
        (([1, 2], [9, 9], [1, 0], [9, 9]), {"level": 95}, "level must be one number between 0 and 1"),
        (([[1, 2]], [[9, 9]], [[1, 0]], [[9, 9]]), {}, "of shape"),
    ],
)
def test_what_cannot_be_pooled_is_refused(columns: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stats.pool_odds_ratios(*columns, **options)


def test_one_trial_at_a_time() -> None:
    with pytest.raises(ValueError, match="takes one trial, not 2"):
        stats.odds_ratio([1, 2], 9, 3, 9)  # type: ignore[arg-type]
