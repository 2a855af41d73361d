"""The simulations of coverage: every cell is there, what they say of the intervals is right, and they repeat themselves."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest

import coverage_of_effects
import coverage_of_predictions
import coverage_of_proportions
from helpers import stats


@pytest.fixture(scope="module")
def simulation() -> Iterator[ModuleType]:
    """The simulation of proportions; small studies have fewer different counts, each of which takes its time once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coverage_of_proportions, "LARGEST", 20)
        yield coverage_of_proportions


@pytest.fixture(scope="module")
def tiny(simulation: ModuleType) -> pd.DataFrame:
    frame: pd.DataFrame = simulation.simulated([2, 3], [0.07, 0.4], [0.0, 1.0], simulations=40, seed=1)
    return frame


def test_every_cell_has_every_interval(tiny: pd.DataFrame) -> None:
    cells = [tuple(cell) for cell in tiny[["k", "rate", "tau", "interval"]].to_numpy()]
    intervals = ["wald", "t", "bayes", "crude"]
    assert cells == list(product([2, 3], [0.07, 0.4], [0.0, 1.0], intervals))
    assert list(tiny.columns) == [
        "k", "rate", "tau", "interval", "datasets", "refused", "exact", "coverage", "coverage_error", "width",
        "prediction_coverage", "prediction_coverage_error", "prediction_width",
    ]  # fmt: skip
    shares = tiny.drop(columns=["k", "tau", "interval", "datasets"])
    assert shares.dropna().ge(0).all(axis=None)
    assert shares.dropna().le(1).all(axis=None)
    assert (tiny["prediction_coverage"].isna() == (tiny["interval"] == "crude")).all()


def test_a_cell_repeats_itself_whatever_stands_beside_it(simulation: ModuleType, tiny: pd.DataFrame) -> None:
    alone = simulation.simulated([3], [0.4], [1.0], simulations=40, seed=1)
    same = tiny[(tiny["k"] == 3) & (tiny["rate"] == 0.4) & (tiny["tau"] == 1.0)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)
    other = simulation.simulated([3], [0.4], [1.0], simulations=40, seed=2)
    assert not other["width"].equals(alone["width"])


@pytest.mark.parametrize(("level", "least", "most"), [(0.9999, 0.9, 1.0), (0.05, 0.0, 0.6)])
def test_coverage_follows_the_level(simulation: ModuleType, level: float, least: float, most: float) -> None:
    rows = simulation.simulated([5], [0.4], [0.0], simulations=60, seed=3, level=level)
    assert rows["coverage"].between(least, most).all()
    assert rows["prediction_coverage"].dropna().between(least, most).all()


def test_the_exact_interval_of_one_common_rate_covers_as_promised(simulation: ModuleType) -> None:
    rows = simulation.simulated([3], [0.15], [0.0], simulations=400, seed=4).set_index("interval")
    assert rows.loc["crude", "coverage"] + 3 * rows.loc["crude", "coverage_error"] >= 0.95
    assert rows.loc["crude", "coverage_error"] <= np.sqrt(0.05 * 0.95 / 400)


def test_a_wider_spread_of_studies_lowers_the_coverage_of_the_naive_interval(
    simulation: ModuleType,
) -> None:
    rows = simulation.simulated([10], [0.15], [0.0, 1.0], simulations=200, seed=5)
    naive = rows[rows["interval"] == "crude"].set_index("tau")["coverage"]
    assert naive[1.0] < naive[0.0] - 0.2


def test_sets_without_an_interval_are_counted(
    simulation: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "SMALLEST", 1)
    monkeypatch.setattr(simulation, "LARGEST", 2)
    rows = simulation.simulated([2], [0.4], [0.0], simulations=60, seed=6).set_index("interval")
    assert 0 < rows.loc["wald", "refused"] < 1
    assert rows.loc["wald", "datasets"] == round(60 * (1 - rows.loc["wald", "refused"]))
    assert 0 < rows.loc["wald", "exact"] < 1
    assert (rows.loc["bayes", "datasets"], rows.loc["bayes", "refused"]) == (60, 0)


@pytest.mark.parametrize(("k", "rate", "tau"), [(2, 0.02, 1.0), (10, 0.4, 0.0), (5, 0.15, 0.5)])
def test_the_posterior_on_one_grid_is_that_of_the_pool(
    simulation: ModuleType, k: int, rate: float, tau: float
) -> None:
    rng = np.random.default_rng(7)
    totals = rng.integers(5, 61, (3, k))
    events = rng.binomial(
        totals, 1 / (1 + np.exp(-np.log(rate / (1 - rate)) - tau * rng.normal(size=(3, k))))
    )
    on_grid = simulation.posterior_intervals(events, totals, 0.95)
    pooled = stats.pool_proportions(events, totals, method="bayes")
    for name in on_grid._fields:
        assert getattr(on_grid, name) == pytest.approx(getattr(pooled, name), abs=5e-4), name


def simulated_effects(**asked: object) -> pd.DataFrame:
    asked = {"studies": [3], "taus": [0.5], "women": [(5, 12)], "simulations": 300, "seed": 1} | asked
    frame: pd.DataFrame = coverage_of_effects.simulated(**asked)  # type: ignore[arg-type]
    return frame


def test_every_cell_of_effects_has_every_interval_and_repeats_itself() -> None:
    rows = simulated_effects(studies=[2, 3], taus=[0.0, 0.5], simulations=40)
    cells = [tuple(cell) for cell in rows[["k", "tau", "fewest", "most", "interval"]].to_numpy()]
    intervals = ["wald", "hksj", "hksj-modified", "bayes"]
    assert cells == [(k, tau, 5, 12, i) for k, tau, i in product([2, 3], [0.0, 0.5], intervals)]
    assert rows.notna().all(axis=None)
    alone = simulated_effects(simulations=40)
    same = rows[(rows["k"] == 3) & (rows["tau"] == 0.5)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, same)


def test_intervals_of_effects_are_ordered_as_they_must_be() -> None:
    rows = simulated_effects().set_index("interval")
    width, coverage = rows["width"], rows["coverage"]
    assert width["wald"] < width["hksj-modified"]
    assert width["hksj"] < width["hksj-modified"]
    assert coverage["hksj"] <= coverage["hksj-modified"]
    assert rows["prediction_width"].gt(rows["width"]).all()


def test_large_studies_without_spread_are_covered_as_promised() -> None:
    rows = simulated_effects(studies=[10], taus=[0.0], women=[(200, 400)], simulations=2000, level=0.8)
    exact = rows.set_index("interval").loc[["hksj"]]
    assert exact["coverage"].item() == pytest.approx(0.8, abs=4 * exact["coverage_error"].item())


@pytest.mark.parametrize("level", [0.5, 0.95])
@pytest.mark.parametrize(("k", "tau"), [(2, 0.0), (3, 1.0), (10, 0.25)])
def test_the_posterior_of_effects_on_one_grid_is_that_of_the_pool(k: int, tau: float, level: float) -> None:
    rng = np.random.default_rng(8)
    n = rng.integers(5, 61, (4, k))
    effects = rng.normal(scale=np.sqrt(tau**2 + 1 / n))
    variances = rng.chisquare(n - 1) / (n - 1) / n
    on_grid = coverage_of_effects.posterior_intervals(effects, variances, level)
    pooled = stats.pool_effects_bayes(
        effects, variances, tau_scale=coverage_of_effects.TAU_SCALE, level=level
    )
    for name in on_grid._fields:
        assert getattr(on_grid, name) == pytest.approx(getattr(pooled, name), abs=1e-3), name


def test_a_prediction_covers_less_where_cohorts_differ_more_than_the_prior_expects() -> None:
    """A new cohort is missed where the true spread is far beyond the scale of the prior; a cell repeats itself."""
    asked: dict[str, Any] = {"studies": [3], "rates": [0.2], "simulations": 12, "seed": 1}
    rows = coverage_of_predictions.simulated(taus=[0.0, 1.0], **asked)
    assert list(rows["tau_scale"]) == [*stats.TAU_SCALES] * 2
    covered = rows.set_index(["tau", "tau_scale"])["prediction_coverage"]
    assert covered[0.0].min() > 0.9
    assert covered[1.0, 0.25] < covered[1.0, 0.5] < covered[1.0, 1.0]
    alone = coverage_of_predictions.simulated(taus=[1.0], **asked)
    pd.testing.assert_frame_equal(alone, rows[rows["tau"] == 1.0].reset_index(drop=True))


@pytest.mark.parametrize(
    ("module", "columns", "grid"),
    [
        (
            coverage_of_proportions,
            ["k", "rate", "tau", "interval"],
            product(
                coverage_of_proportions.STUDIES, coverage_of_proportions.RATES, coverage_of_proportions.TAUS,
                ["wald", "t", "bayes", "crude"],
            ),
        ),
        (
            coverage_of_effects,
            ["most", "k", "tau", "interval"],
            product(
                [most for _, most in coverage_of_effects.WOMEN], coverage_of_effects.STUDIES, coverage_of_effects.TAUS,
                ["wald", "hksj", "hksj-modified", "bayes"],
            ),
        ),
        (
            coverage_of_predictions,
            ["k", "rate", "tau", "tau_scale"],
            product(
                coverage_of_predictions.STUDIES, coverage_of_predictions.RATES, coverage_of_predictions.TAUS,
                stats.TAU_SCALES,
            ),
        ),
    ],
)  # fmt: skip
def test_a_committed_simulation_is_that_of_its_script(
    module: ModuleType, columns: list[str], grid: product[tuple[object, ...]]
) -> None:
    rows = pd.read_csv(module.RECORDED, comment="#")
    assert [tuple(cell) for cell in rows[columns].to_numpy()] == list(grid)
    header = module.RECORDED.read_text(encoding="utf-8").partition("\n")[0]
    for part in (
        f"{module.__name__}.py: seed {module.SEED}",
        f"{module.SIMULATIONS} sets a cell",
        "numpy",
        "scipy",
    ):
        assert part in header
