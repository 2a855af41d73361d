"""Change in the same women, the noise of a level, the background and the trial that would settle it."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special
from scipy import stats as scipy_stats

from helpers import stats

FOLDER = Path(__file__).parent / "reference"
PAIRED = pd.read_csv(FOLDER / "paired.csv", comment="#")
DIFFERENCES = pd.read_csv(FOLDER / "differences.csv", comment="#")
SIZES = pd.read_csv(FOLDER / "trial_size.csv", comment="#")
MEASURES = ["MC", "SMCC", "SMCR", "ROMC"]
GIVEN = ["mean_before", "sd_before", "mean_after", "sd_after", "n", "r"]

pairs = st.integers(1, 120).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("measure", MEASURES)
def test_changes_agree_with_metafor(measure: str) -> None:
    rows = PAIRED[PAIRED["measure"] == measure]
    effect, variance = stats.before_after(**{name: rows[name].to_numpy() for name in GIVEN}, measure=measure)
    np.testing.assert_allclose(effect, rows["effect"], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(variance, rows["variance"], rtol=1e-9, atol=1e-12)


def test_the_reference_of_changes_covers_every_combination() -> None:
    levels = [PAIRED[name].nunique() for name in ("measure", "mean_before", "sd_before", "n", "r")]
    assert levels == [4, 3, 2, 3, 4]
    assert len(PAIRED.drop_duplicates(["measure", *GIVEN])) == math.prod(levels) * 3 * 2


def test_a_grid_of_correlations_stands_against_several_studies() -> None:
    grid = np.array([0.0, 0.5, 0.9])[:, None]
    effect, variance = stats.before_after([60, 40], [20, 10], [30, 30], [15, 9], [10, 30], grid)
    assert effect.shape == variance.shape == (3, 2)
    assert (np.diff(variance, axis=0) < 0).all()
    assert (effect == effect[0]).all()


@given(ratio=st.floats(0.1, 10), scale=st.floats(0.01, 1000), r=st.floats(-1, 1))
def test_a_ratio_of_means_does_not_know_the_unit(ratio: float, scale: float, r: float) -> None:
    here = stats.before_after(8, 2, 8 * ratio, 3, 20, r)
    there = stats.before_after(8 * scale, 2 * scale, 8 * ratio * scale, 3 * scale, 20, r)
    np.testing.assert_allclose(here, there, rtol=1e-7, atol=1e-9)
    assert here[0] == pytest.approx(math.log(ratio), abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "measure", "message"),
    [
        ((1, 1, 2, 1, 10, 1.2), "MC", "r must be -1 or more and at most 1, not 1.2"),
        ((1, -1, 2, 1, 10, 0.5), "MC", "sd_before must be 0 or more, not -1"),
        ((1, 1, 2, 1, 1, 0.5), "MC", "n must be 2 or more"),
        ((1, 1, 2, 1, 2.5, 0.5), "MC", "n must be whole numbers"),
        ((1, 1, 2, 1, 2, 0.5), "SMCR", "n must be 3 or more"),
        ((1, 0, 2, 1, 10, 0.5), "SMCR", "sd_before must be above 0"),
        ((1, 1, 2, 1, 10, 1.0), "SMCC", "the SD of the change is 0"),
        ((0, 1, 2, 1, 10, 0.5), "ROMC", "use MC"),
        ((float("nan"), 1, 2, 1, 10, 0.5), "MC", "mean_before must be finite"),
        ((1, 1, 2, 1, 10, 0.5), "SMD", "one of MC, SMCC, SMCR, ROMC, not 'SMD'"),
    ],
)
def test_an_impossible_change_is_refused(
    arguments: tuple[float, float, float, float, float, float], measure: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stats.before_after(*arguments, measure)


def test_trial_sizes_agree_with_r() -> None:
    for treated, background, power, level, women in SIZES.to_numpy().tolist():
        needed = stats.patients_needed(treated, background, power=power, level=level)
        # R leaves the number broken; ours is the next woman.
        assert needed == math.ceil(women)


@given(p=st.floats(0.01, 0.99), q=st.floats(0.01, 0.99))
def test_a_trial_is_the_same_seen_from_either_arm_and_finds_what_it_promises(p: float, q: float) -> None:
    if abs(p - q) < 0.005:
        return
    needed = stats.patients_needed(p, q)
    assert needed == stats.patients_needed(q, p) == stats.patients_needed(1 - p, 1 - q)

    def power(n: int) -> float:
        middle = (p + q) / 2
        root = abs(p - q) * math.sqrt(n) - 1.959963984540054 * math.sqrt(2 * middle * (1 - middle))
        return float(scipy_stats.norm.cdf(root / math.sqrt(p * (1 - p) + q * (1 - q))))

    assert power(needed) >= 0.8 - 1e-6
    assert power(needed - 1) < 0.8 + 1e-6


@pytest.mark.parametrize(
    ("treated", "background", "options", "message"),
    [
        (0.1, 0.1, {}, "must differ"),
        (0, 0.1, {}, "treated must be above 0 and below 1, not 0"),
        (0.1, 1, {}, "background must be above 0 and below 1, not 1"),
        (0.1, 0.2, {"power": 0.01}, "power must lie between"),
        (0.1, 0.2, {"level": 95}, "0.95 means 95 %"),
    ],
)
def test_an_impossible_trial_is_refused(
    treated: float, background: float, options: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stats.patients_needed(treated, background, **options)


def test_two_groups_detect_what_two_of_their_harmonic_mean_size_do() -> None:
    needed = stats.patients_needed(0.2, 0.1)
    assert stats.can_detect(0.2, 0.1, needed, needed)
    assert not stats.can_detect(0.2, 0.1, needed, needed - 1)
    # However large the other group, the smaller counts at most twice.
    half = math.ceil(needed / 2)
    assert stats.can_detect(0.2, 0.1, half, 100 * needed) == (
        2 * half / (1 + half / (100 * needed)) >= needed
    )
    assert not stats.can_detect(0.2, 0.1, half - 1, 10**9)
    both = stats.can_detect([0.2, 0.2], 0.1, [needed, 5], [needed, 5])
    assert both.tolist() == [True, False]


def test_unequal_groups_have_the_power_that_simulation_gives() -> None:
    """61 and 518 women, 5 against 10 %: too few; groups that just suffice find it in about four of five draws, whichever is larger."""
    assert not stats.can_detect(0.104, 0.052, 61, 518)
    needed = stats.patients_needed(0.104, 0.052)
    small = math.ceil(0.6 * needed)
    large = math.ceil(1 / (2 / needed - 1 / small))
    assert stats.can_detect(0.104, 0.052, small, large)
    draw = np.random.default_rng(11)
    treated, background = (
        draw.binomial(small, 0.104, 40_000) / small,
        draw.binomial(large, 0.052, 40_000) / large,
    )
    middle = (treated * small + background * large) / (small + large)
    spread = np.sqrt(middle * (1 - middle) * (1 / small + 1 / large))
    found = np.mean(abs(treated - background) > 1.959963984540054 * spread)
    assert found == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((0, 10), "n_treated must be 1 or more"), ((10, 0.5), "n_background must be 1 or more")],
)
def test_groups_without_women_are_refused(sizes: tuple[float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        stats.can_detect(0.2, 0.1, *sizes)


def test_the_band_of_noise_covers_unchanged_women() -> None:
    """Simulated lognormal pairs with the given variation stay within the band as often as it says."""
    band = stats.reference_change(0.08, 0.25, level=0.9)
    sigma = math.sqrt(math.log1p(0.08**2 + 0.25**2))
    ratios = np.exp(np.random.default_rng(7).normal(0, sigma, (200_000, 2)) @ [1, -1])
    within = ((ratios > band.low) & (ratios < band.high)).mean()
    assert within == pytest.approx(0.9, abs=0.004)


@given(a=st.floats(0, 1), b=st.floats(0, 1), n=st.integers(1, 50))
def test_the_band_is_even_on_the_log_scale_and_narrows_with_more_women(a: float, b: float, n: int) -> None:
    one, many = stats.reference_change(a, b), stats.reference_change(a, b, n=n)
    assert one.low * one.high == pytest.approx(1)
    assert math.log(many.high) == pytest.approx(math.log(one.high) / math.sqrt(n), abs=1e-12)
    assert one.cv == pytest.approx(math.hypot(a, b))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((8, 0.25), {}, "cv_analytical is a proportion: write 0.12 for 12 %"),
        ((0.1, -0.1), {}, "cv_biological must be 0 or more"),
        ((0.1, float("nan")), {}, "cv_biological must be finite"),
        ((0.1, 0.1), {"n": 0}, "n must be 1 or more"),
        ((0.1, 0.1), {"level": 1.5}, "level must be one number between 0 and 1"),
    ],
)
def test_an_impossible_variation_is_refused(
    arguments: tuple[float, float], options: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stats.reference_change(*arguments, **options)


@pytest.mark.parametrize("method", ["clopper-pearson", "wilson"])
def test_the_interval_of_a_difference_agrees_with_r(method: str) -> None:
    for level, rows in DIFFERENCES[DIFFERENCES["method"] == method].groupby("level"):
        sides = [
            (x / n, *stats.proportion_interval(x, n, method=method, level=float(str(level))))
            for x, n in ((rows["x"], rows["n"]), (rows["bx"], rows["bn"]))
        ]
        low, high = stats.difference_limits(*sides)
        np.testing.assert_allclose(low, rows["low"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(high, rows["high"], rtol=1e-9, atol=1e-12)


def test_a_comparison_has_the_exact_interval() -> None:
    for level, rows in DIFFERENCES[DIFFERENCES["method"] == "clopper-pearson"].groupby("level"):
        counts = (rows[name] for name in ("x", "n", "bx", "bn"))
        found = stats.compare_with_background(*counts, level=float(str(level)))
        np.testing.assert_allclose(found.low, rows["low"], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(found.high, rows["high"], rtol=1e-9, atol=1e-12)


def test_newcombes_example() -> None:
    """Newcombe 1998, Stat Med 17:873-890, Table II: 56 of 70 less 48 of 80, method 10."""
    sides = [(x / n, *stats.proportion_interval(x, n, method="wilson")) for x, n in ((56, 70), (48, 80))]
    assert stats.difference_limits(*sides) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(
    ("side", "message"),
    [
        ((math.nan, 0.1, 0.2), "estimate of {}, a proportion, must be finite numbers"),
        ((0.1, math.nan, 0.2), "low of {}, a proportion, must be finite numbers"),
        ((6.6, 1.8, 15.9), "estimate of {}, a proportion, must be 0 or more and at most 1, not 6.6"),
        ((0.1, -0.01, 0.2), "low of {}, a proportion, must be 0 or more and at most 1, not -0.01"),
        (
            ([0.1, 0.2], 0.05, [0.3, 1.1]),
            "high of {}, a proportion, must be 0 or more and at most 1, not 1.1",
        ),
        ((0.5, 0.9, 0.95), "{} must be .estimate, low, high., with the estimate within its limits"),
        (
            ([0.1, 0.5], 0, [0.2, 0.4]),
            "{} must be .estimate, low, high., with the estimate within its limits",
        ),
        (("a", 0, 1), "estimate of {}, a proportion, must be numbers"),
    ],
)
def test_an_interval_that_is_none_has_no_difference(side: tuple[float, float, float], message: str) -> None:
    fine = (0.1, 0.05, 0.2)
    with pytest.raises(ValueError, match=message.format("one")):
        stats.difference_limits(side, fine)
    with pytest.raises(ValueError, match=message.format("other")):
        stats.difference_limits(fine, side)


@given(x=st.integers(0, 20), n=st.integers(20, 60), bx=st.integers(0, 20), bn=st.integers(20, 60))
def test_two_single_studies_differ_alike_wherever_they_are_compared(x: int, n: int, bx: int, bn: int) -> None:
    one = stats.compare_with_background(x, n, bx, bn)
    many = stats.differences(
        ([x], [n], [[True]]), ([bx], [bn], [[True]]), [[0, 0]], models={"common": stats.Model("common")}
    )
    assert (many.low[0, 0, 0], many.high[0, 0, 0]) == pytest.approx((one.low, one.high))


@pytest.mark.parametrize(
    "pair", list(itertools.combinations([(1, 5), (4, 61), (5, 17), (20, 162), (77, 507)], 2))
)
def test_the_posterior_agrees_with_draws(pair: tuple[tuple[int, int], tuple[int, int]]) -> None:
    (x, n), (bx, bn) = pair
    found = stats.compare_with_background(x, n, bx, bn, level=0.9)
    draw = np.random.default_rng(1)
    background = draw.beta(bx + 0.5, bn - bx + 0.5, 400_000)
    difference = draw.beta(x + 0.5, n - x + 0.5, 400_000) - background
    assert found.probability == pytest.approx((difference > 0).mean(), abs=0.003)
    limits = np.quantile(difference, [0.05, 0.95])
    assert (found.posterior_low, found.posterior_high) == pytest.approx(tuple(limits), abs=0.003)


@settings(deadline=None)
@given(one=pairs, other=pairs)
def test_a_comparison_seen_from_the_other_side(one: tuple[int, int], other: tuple[int, int]) -> None:
    here, there = stats.compare_with_background(*one, *other), stats.compare_with_background(*other, *one)
    # The quadrature of one and of the other differ by up to 2e-6.
    assert here.probability == pytest.approx(1 - there.probability, abs=1e-5, nan_ok=True)
    assert (here.low, here.high) == pytest.approx((-there.high, -there.low), abs=1e-9)
    assert here.posterior_low <= here.posterior_high
    assert -1 <= here.low <= here.difference <= here.high <= 1


@pytest.mark.parametrize("counts", [(3, 37), (4, 61), (20, 300), (5, 5)])
def test_equal_counts_speak_for_neither_side(counts: tuple[int, int]) -> None:
    same = stats.compare_with_background(*counts, *counts)
    assert same.probability == pytest.approx(0.5, abs=5e-4)
    assert same.bias_to_half == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("level", [0.5, 0.95, 1 - 1e-8])
def test_the_posterior_limits_leave_out_the_probability_asked_for(level: float) -> None:
    """Limits of one rate alone are those of its Beta distribution; of many pairs each is that of the pair alone."""
    known = stats.compare_with_background(4, 61, 0, 10**12, level=level)
    limits = special.betaincinv(4.5, 57.5, [(1 - level) / 2, (1 + level) / 2])
    assert (known.posterior_low, known.posterior_high) == pytest.approx(tuple(limits), abs=1e-9)
    many = stats.compare_with_background([[0, 3], [5, 9]], 9, [[0], [2]], 40, level=level)
    one = stats.compare_with_background(5, 9, 2, 40, level=level)
    assert (many.posterior_low[1, 0], many.posterior_high[1, 0]) == pytest.approx(
        (one.posterior_low, one.posterior_high), abs=1e-12
    )


@pytest.mark.parametrize(
    ("counts", "options", "message"),
    [
        ((5, 4, 1, 10), {}, "events must not exceed their total: 5 of 4"),
        ((1, 4, 11, 10), {}, "background_events must not exceed their total: 11 of 10"),
        ((1, 4, 0, 0), {}, "background_total must be 1 or more"),
        ((1, 4, 1, 10), {"level": 95}, "0.95 means 95 %"),
    ],
)
def test_an_impossible_comparison_is_refused(
    counts: tuple[int, int, int, int], options: dict[str, float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        stats.compare_with_background(*counts, **options)
