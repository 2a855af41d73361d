"""The simulation of coverage: every cell is there, what it says of the intervals is right, and it repeats itself."""

from __future__ import annotations

import importlib.util
import sys
from itertools import product
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from helpers import stats

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """benchmarks/coverage.py under another name: `coverage` is that of the tool that measures tests."""
    spec = importlib.util.spec_from_file_location("coverage_of_intervals", BENCHMARKS / "coverage.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    # Small studies have fewer different counts, each of which takes its time once.
    module.__dict__["LARGEST"] = 20
    return module


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


def test_the_committed_simulation_is_that_of_the_script(simulation: ModuleType) -> None:
    rows = pd.read_csv(simulation.RECORDED, comment="#")
    grid = product(simulation.STUDIES, simulation.RATES, simulation.TAUS, ["wald", "t", "bayes", "crude"])
    assert [tuple(cell) for cell in rows[["k", "rate", "tau", "interval"]].to_numpy()] == list(grid)
    header = simulation.RECORDED.read_text(encoding="utf-8").partition("\n")[0]
    for part in (f"seed {simulation.SEED}", f"{simulation.SIMULATIONS} sets a cell", "numpy", "scipy"):
        assert part in header
