"""Pooled estimates against metafor: every estimator and interval on constructed data, from few studies to many.

The numbers in reference/metafor.json come from reference/metafor.R, which sets metafor's convergence tight and its quadrature
fine. For effects the two then agree to about ten digits, for proportions to six (limits: see `pool_proportions`); there the test
also shows that the likelihood is at least as high, and level, where this project ends.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from helpers import stats
from helpers.stats import binomial_normal, heterogeneity
from helpers.stats.effects_pooling import ESTIMATORS, INTERVALS

REFERENCE = json.loads((Path(__file__).parent / "reference" / "metafor.json").read_text(encoding="utf-8"))
#: Fields of a result and their names in metafor.
EFFECT = {
    "estimate": "beta", "low": "ci.lb", "high": "ci.ub", "se": "se", "tau2": "tau2", "i2": "I2", "q": "QE", "q_p": "QEp",
    "prediction_low": "pi.lb", "prediction_high": "pi.ub",
}  # fmt: skip
PROPORTION = {
    "estimate": "pred", "low": "low", "high": "high", "logit": "beta", "logit_se": "se", "tau2": "tau2", "i2": "I2",
    "q": "QE.LRT", "q_p": "QEp.LRT", "prediction_low": "pi.lb", "prediction_high": "pi.ub",
}  # fmt: skip
LIMITS = {"low", "high", "prediction_low", "prediction_high"}
DELETED = {
    "estimate": "estimate", "se": "se", "low": "ci.lb", "high": "ci.ub", "q": "Q", "q_p": "Qp", "tau2": "tau2", "i2": "I2",
}  # fmt: skip


def agree(
    result: object,
    expected: dict[str, Any],
    names: dict[str, str],
    *,
    rtol: float = 1e-6,
    atol: float = 1e-9,
    rows: Any = slice(None),
) -> None:
    for field, name in names.items():
        np.testing.assert_allclose(
            np.atleast_1d(getattr(result, field))[rows],
            np.atleast_1d(expected[name])[rows],
            rtol=rtol,
            atol=atol,
            err_msg=field,
        )


def test_the_reference_covers_every_combination() -> None:
    assert {"R", "metafor", "lme4", "effects", "proportions"} <= set(REFERENCE["source"])
    sizes = {(case["k"], case["between"]) for case in REFERENCE["effects"] if case["level"] == 0.95}
    assert sizes == set(product([2, 3, 5, 8, 13, 30], [0, 0.1, 4]))
    assert {case["level"] for case in REFERENCE["effects"]} == {0.8, 0.95, 0.99}
    for case in REFERENCE["effects"]:
        assert len(case["yi"]) == len(case["vi"]) == case["k"]
        fits = [(fit["tau2_method"], fit["interval"]) for fit in case["fits"]]
        assert sorted(fits) == sorted(product(ESTIMATORS, INTERVALS))
    kinds = {(case["k"], case["kind"]) for case in REFERENCE["proportions"]}
    assert kinds == set(product([2, 3, 5, 8, 15, 30], ["alike", "unlike", "sparse", "large", "spread"]))
    assert all({fit["test"] for fit in case["fits"]} == {"z", "t"} for case in REFERENCE["proportions"])
    with_zeros = [case for case in REFERENCE["proportions"] if 0 in case["xi"]]
    assert len(with_zeros) >= 10
    diagnosed = [
        (len(case["yi"]), case["interval"], case["tau2_method"]) for case in REFERENCE["diagnostics"]
    ]
    assert sorted(diagnosed) == sorted(list(product([5, 8, 13], INTERVALS, ["DL", "REML"])) * 3)
    total = sum(len(case["fits"]) for case in REFERENCE["effects"] + REFERENCE["proportions"])
    assert total + len(diagnosed) >= 350
    no_heterogeneity = [fit["tau2"] < 1e-9 for case in REFERENCE["effects"] for fit in case["fits"]]
    assert 20 < sum(no_heterogeneity) < len(no_heterogeneity) - 20


@pytest.mark.parametrize(("tau2", "interval"), list(product(ESTIMATORS, INTERVALS)))
def test_effects_agree(tau2: str, interval: str) -> None:
    for case in REFERENCE["effects"]:
        (expected,) = [
            fit for fit in case["fits"] if (fit["tau2_method"], fit["interval"]) == (tau2, interval)
        ]
        pooled = stats.pool_effects(case["yi"], case["vi"], tau2=tau2, interval=interval, level=case["level"])
        agree(pooled, expected, EFFECT)
        np.testing.assert_allclose(
            [pooled.tau2_low, pooled.tau2_high], case["profile"], rtol=1e-9, atol=1e-12
        )


@pytest.mark.parametrize(("test", "interval"), [("z", "wald"), ("t", "t")])
def test_proportions_agree(test: str, interval: str) -> None:
    for case in REFERENCE["proportions"]:
        (expected,) = [fit for fit in case["fits"] if fit["test"] == test]
        pooled = stats.pool_proportions(case["xi"], case["ni"], interval=interval)
        agree(pooled, expected, {name: PROPORTION[name] for name in PROPORTION.keys() - LIMITS})
        agree(pooled, expected, {name: PROPORTION[name] for name in LIMITS}, rtol=2e-6)


def test_without_heterogeneity_the_standard_error_is_that_of_one_proportion() -> None:
    """Where lme4's finite differences leave an error of some 7e-7."""
    alike = [case for case in REFERENCE["proportions"] if case["fits"][0]["tau2"] < 1e-9]
    assert len(alike) > 5
    for case in alike:
        pooled = stats.pool_proportions(case["xi"], case["ni"])
        events, total = sum(case["xi"]), sum(case["ni"])
        assert pooled.tau2 < 1e-9
        assert pooled.logit_se == pytest.approx(np.sqrt(total / events / (total - events)), rel=1e-8)


def test_the_likelihood_of_proportions_is_at_least_as_high_and_level() -> None:
    for case in REFERENCE["proportions"]:
        x, n = np.array([case["xi"]], dtype=float), np.array([case["ni"]], dtype=float)
        pooled = stats.pool_proportions(case["xi"], case["ni"])
        tau = np.sqrt(pooled.tau2)

        def height(mu: float, tau2: float, x: Any = x, n: Any = n) -> float:
            at = binomial_normal.log_likelihood(x, n, np.array([[mu]]), np.array([[np.sqrt(tau2)]]), 401)
            return float(at[0])

        theirs = case["fits"][0]
        assert height(pooled.logit, pooled.tau2) >= height(theirs["beta"], theirs["tau2"]) - 1e-9
        at = binomial_normal.slopes(x, n, np.array([[pooled.logit]]), np.array([[tau]]))
        np.testing.assert_allclose([at.mu[0], at.tau[0]], 0, atol=1e-6)


@pytest.mark.parametrize("number", range(len(REFERENCE["diagnostics"])))
def test_deletion_agrees(number: int) -> None:
    case = REFERENCE["diagnostics"][number]
    fit = {"tau2": case["tau2_method"], "interval": case["interval"]}
    without = stats.leave_one_out(stats.pool_effects, case["yi"], case["vi"], **fit)
    rows = same_maximum(
        case, without.tau2, case["leave_one_out"]["tau2"], ~np.eye(len(case["yi"]), dtype=bool)
    )
    agree(without, case["leave_one_out"], DELETED, rows=rows)


def same_maximum(case: dict[str, Any], ours: Any, theirs: list[float], used: Any) -> Any:
    """Return the rows with the same tau2; in the others metafor must have stopped at a lower maximum."""
    same = np.isclose(ours, theirs, rtol=1e-6, atol=1e-9)
    assert (~same).sum() <= 1
    y, v = (np.tile(case[name], (len(used), 1)) for name in ("yi", "vi"))
    height = [
        heterogeneity.log_likelihood(y, v, used.astype(float), np.asarray(tau2), restricted=True)
        for tau2 in (ours, theirs)
    ]
    assert (height[0][~same] > height[1][~same]).all()
    return same
