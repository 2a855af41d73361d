"""Bad input, case by case: what no statistic may pass over, and what each refusal says to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from helpers import evidence, stats
from helpers.questions.pooled_outcomes import own_pool

NAN = float("nan")
EFFECTS, VARIANCES = [0.1, 0.4, 0.2], [0.02, 0.03, 0.04]
RATES = stats.pool_sets([4, 9], [61, 18], [[True, True]], model=stats.Model("common"))
POOLS_OF_COUNTS: list[Callable[..., Any]] = [
    stats.pool_proportions,
    lambda *counts: stats.pool_proportions(*counts, method="bayes"),
]
POOLS_OF_EFFECTS: list[Callable[..., Any]] = [
    stats.pool_effects,
    lambda *data: stats.pool_effects_bayes(*data, tau_scale=0.5),
    lambda *data: stats.effects_side_by_side(*data, tau_scale=0.5),
]


@pytest.mark.parametrize("pool", POOLS_OF_COUNTS, ids=["likelihood", "Bayes"])
@pytest.mark.parametrize(
    ("events", "totals", "message"),
    [
        pytest.param([4, 9], [61, 8], "events must not exceed their total: 9 of 8", id="events above total"),
        pytest.param([-1, 9], [61, 18], "events must not be negative", id="negative count"),
        pytest.param([1.5, 9], [61, 18], "must be whole numbers: mask", id="non-integer count"),
        pytest.param([NAN, 9], [61, 18], "must be whole numbers: mask", id="NaN"),
        pytest.param([0, 9], [0, 18], "totals must be 1 or more", id="total of zero"),
        pytest.param([], [], "needs at least two studies", id="k = 0"),
        pytest.param([4], [61], "show a single study with its own interval", id="k = 1"),
    ],
)
def test_counts_are_refused(
    pool: Callable[..., Any], events: list[float], totals: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        pool(events, totals)


@pytest.mark.parametrize("pool", POOLS_OF_EFFECTS, ids=["random effects", "Bayes", "side by side"])
@pytest.mark.parametrize(
    ("effects", "variances", "message"),
    [
        pytest.param([0.1, 0.4], [0.02, 0], "variances must be finite and above 0", id="variance of zero"),
        pytest.param([0.1, 0.4], [0.02, -1], "variances must be finite and above 0", id="negative variance"),
        pytest.param([0.1, NAN], [0.02, 0.03], "leave out missing studies, or mask them", id="NaN effect"),
        pytest.param([0.1, 0.4], [0.02, NAN], "variances must be finite and above 0", id="NaN variance"),
        pytest.param([], [], "needs at least two studies", id="k = 0"),
        pytest.param([0.1], [0.02], "show a single study with its own interval", id="k = 1"),
    ],
)
def test_effects_are_refused(
    pool: Callable[..., Any], effects: list[float], variances: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        pool(effects, variances)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        pytest.param(
            lambda: stats.before_after(8, 2, 9, 2, 10, 1.2), "r must be -1 or more and at most 1", id="correlation above 1"
        ),
        pytest.param(
            lambda: stats.before_after(8, 2, 9, 2, 10, -1.2), "r must be -1 or more and at most 1", id="correlation below -1"
        ),
        pytest.param(lambda: stats.before_after(8, 2, 9, 2, 10, NAN), "r must be finite", id="correlation NaN"),
        pytest.param(
            lambda: stats.pool_effects(EFFECTS, VARIANCES, where=[True, True]), "where must have the shape", id="mask of another shape"
        ),
        pytest.param(
            lambda: stats.pool_proportions([0, 8], [10, 8]), "use method='bayes'", id="no event and only events, no maximum"
        ),
        pytest.param(
            lambda: stats.pool_proportions(
                [212, 302, 120, 435, 0, 0, 121, 0, 0, 0, 82], [212, 302, 120, 435, 96, 50, 121, 20, 69, 417, 187]
            ),
            "almost every study has no event or only events; use method='bayes'", id="one study of both kinds only",
        ),
        pytest.param(lambda: stats.proportion_interval(9, 8), "must not exceed their total: 9 of 8", id="interval of too many"),
        pytest.param(lambda: stats.compare_with_background(9, 8, 1, 10), "9 of 8", id="comparison of too many"),
        pytest.param(
            lambda: stats.pool_sets([9, 1], [8, 10], [[True, True]], model=stats.Model("common")), "9 of 8", id="multiverse of too many"
        ),
    ],
)  # fmt: skip
def test_calls_are_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("wrong", ["a", "0.8", None, [0.8], {}], ids=repr)
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("tau_scale", lambda given: stats.pool_effects_bayes(EFFECTS, VARIANCES, tau_scale=given)),
        (
            "tau_scale",
            lambda given: stats.pool_proportions([4, 9], [61, 18], method="bayes", tau_scale=given),
        ),
        ("mu_mean", lambda given: stats.pool_effects_bayes(EFFECTS, VARIANCES, tau_scale=1, mu_mean=given)),
        ("mu_sd", lambda given: stats.pool_effects_bayes(EFFECTS, VARIANCES, tau_scale=1, mu_sd=given)),
        ("power", lambda given: stats.patients_needed(0.1, 0.2, power=given)),
        ("probability", lambda given: stats.patients_to_see(0.1, probability=given)),
        ("level", lambda given: stats.cohen_kappa([[5, 1], [1, 5]], level=given)),
        ("level", lambda given: stats.pool_effects(EFFECTS, VARIANCES, level=given)),
        ("logit", lambda given: stats.information_shares([1, 2], [3, 4], logit=given, tau=1)),
        ("tau", lambda given: stats.information_shares([1, 2], [3, 4], logit=0, tau=given)),
        ("sd", lambda given: stats.with_bias(RATES, given)),
    ],
)
def test_what_is_no_number_is_refused(name: str, call: Callable[[Any], object], wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be one number( between 0 and 1)?, not "):
        call(wrong)


@pytest.mark.parametrize("wrong", [["wilson"], {"MC"}, None, 1], ids=repr)
@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("method", lambda given: stats.proportion_interval(4, 61, method=given)),
        ("method", lambda given: stats.pool_proportions([4, 9], [61, 18], method=given)),
        ("measure", lambda given: stats.before_after(8, 2, 9, 2, 10, 0.5, measure=given)),
        ("interval", lambda given: stats.pool_effects(EFFECTS, VARIANCES, interval=given)),
    ],
)  # fmt: skip
def test_what_is_no_known_word_is_refused(name: str, call: Callable[[Any], object], wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"^{name} must be one of "):
        call(wrong)


@pytest.mark.parametrize(
    "call",
    [
        lambda hidden: stats.pool_effects(hidden, [1, 1, 1]),
        lambda hidden: stats.pool_effects([1, 1, 1], hidden),
        lambda hidden: stats.pool_effects([hidden, hidden], np.ones((2, 3))),
        lambda hidden: stats.pool_effects([*hidden], [1, 1, 1]),
        lambda hidden: stats.pool_effects(EFFECTS, VARIANCES, where=hidden > 0),
        lambda hidden: stats.pool_effects_bayes(hidden, [1, 1, 1], tau_scale=1),
        lambda hidden: stats.pool_proportions(hidden, [100, 100, 100]),
        lambda hidden: stats.pool_sets(hidden, [100, 100, 100], [[True] * 3], model=stats.Model("common")),
        lambda hidden: stats.leave_one_out(stats.pool_effects, hidden, [1, 1, 1]),
        lambda hidden: stats.proportion_interval(hidden, 100),
        lambda hidden: stats.rate_interval(3, hidden),
        lambda hidden: stats.cohen_kappa([hidden, hidden, hidden]),
        lambda hidden: stats.reference_change(hidden / 100, 0.1),
        lambda hidden: stats.difference_limits((hidden / 100, 0, 1), (0.1, 0, 0.2)),
        lambda hidden: stats.variance_explained(hidden, ["a", "b", "b"]),
        lambda hidden: stats.variance_explained([1, 2, 3], hidden),
    ],
)
def test_a_mask_is_not_lost_in_silence(call: Callable[[Any], object]) -> None:
    with pytest.raises(ValueError, match=r"must not have masked entries: leave|without missing values"):
        call(np.ma.array([1, 2, 99], mask=[False, False, True]))


def test_a_mask_that_hides_nothing_changes_nothing() -> None:
    assert stats.pool_effects(np.ma.array(EFFECTS, mask=False), VARIANCES) == stats.pool_effects(
        EFFECTS, VARIANCES
    )


@pytest.mark.parametrize(
    ("table", "filters", "message"),
    [
        pytest.param("pooled", {}, "animals and women are never pooled together", id="mixed animals and women"),
        pytest.param(
            "outcomes", {"study_id": ["singh2014", "singh2020"], "outcome": "menses-resumed"},
            r"singh20\d\d: may share women with Singh 20", id="overlapping cohorts",
        ),
        pytest.param(
            "outcomes", {"study_id": "ishizuka2021", "outcome": "live-birth"}, "leave out rows of ishizuka2021: these women are in the sum",
            id="one woman twice",
        ),
    ],
)  # fmt: skip
def test_rows_are_refused(ev: evidence.Evidence, table: str, filters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        own_pool.pool_rows(ev, ev.select(table, **filters))


@pytest.mark.parametrize("full", [False, True], ids=["all-zero", "all-event"])
@pytest.mark.parametrize("options", [{"interval": "wald"}, {"interval": "t"}, {"method": "bayes"}], ids=str)
def test_data_without_variation_give_finite_numbers(options: dict[str, Any], full: bool) -> None:
    totals = [10, 12]
    pooled = stats.pool_proportions(totals if full else [0, 0], totals, **options)
    results = [
        pooled.estimate,
        pooled.low,
        pooled.high,
        pooled.prediction_low,
        pooled.prediction_high,
        pooled.se,
        pooled.i2,
    ]
    assert np.isfinite(results).all()
    assert (pooled.high if full else 1 - pooled.low) == pytest.approx(1, abs=0.01)
