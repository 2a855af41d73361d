"""What the simulations of coverage share: a seed for every cell, the judgement of intervals, and the record."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import scipy
from scipy import special

from helpers.stats.validation import FloatArray


class Intervals(NamedTuple):
    """Intervals of many data sets, each array of shape (datasets,); prediction limits may be missing."""

    low: FloatArray
    high: FloatArray
    prediction_low: FloatArray
    prediction_high: FloatArray


def every_cell(
    grid: Iterable[Mapping[str, float]],
    rows_of: Callable[[np.random.Generator, Mapping[str, Any]], Iterable[Mapping[str, Any]]],
    seed: int,
) -> pd.DataFrame:
    """Simulate the cells of a grid; a cell gives the same numbers whatever the rest of the grid."""
    rows = []
    for cell in grid:
        keys = [value if isinstance(value, int) else round(1e4 * value) for value in cell.values()]
        rng = np.random.default_rng([seed, *keys])
        rows += [{**cell, **row} for row in rows_of(rng, cell)]
    return pd.DataFrame(rows)


def judged(limits: Intervals, truth: float, below: Callable[[FloatArray], FloatArray]) -> dict[str, float]:
    """Return how often intervals hold the truth and how wide they are.

    `below` gives the chance that the true value of a new study lies below a limit; it is exact, so that no new study need
    be drawn.
    """
    covered = (limits.low <= truth) & (truth <= limits.high)
    new = below(limits.prediction_high) - below(limits.prediction_low)
    return {
        **_mean("coverage", covered.astype(np.float64)),
        "width": float((limits.high - limits.low).mean()),
        **_mean("prediction_coverage", new),
        "prediction_width": float((limits.prediction_high - limits.prediction_low).mean()),
    }


def new_below(distance: FloatArray, tau: float) -> FloatArray:
    """Return the chance that a new study lies less than a distance above the mean of normal true values."""
    if tau > 0:
        return np.asarray(special.ndtr(distance / tau))
    return np.where(np.isnan(distance), np.nan, distance >= 0)


def _mean(name: str, values: FloatArray) -> dict[str, float]:
    return {name: float(values.mean()), f"{name}_error": float(values.std() / np.sqrt(len(values)))}


def run(
    simulate: Callable[[int], pd.DataFrame], recorded: Path, simulations: tuple[int, int], about: str
) -> None:
    """Simulate, and write a csv whose first line says how it was made; with --quick print it only.

    `simulate` takes the number of sets per cell: the first of `simulations` when quick, else the second.
    """
    parser = argparse.ArgumentParser(
        description=f"Simulate and write {recorded.name}; with --quick print only."
    )
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    start, used = time.perf_counter(), time.process_time()
    table = simulate(simulations[0] if quick else simulations[1])
    spent, busy = time.perf_counter() - start, time.process_time() - used
    print(f"{spent:.0f} s, of which {busy:.0f} s of the processor")
    if quick:
        print(table.round(4).to_string(index=False))
        return
    script = recorded.with_suffix(".py").name
    head = f"# benchmarks/{script}: {about}; numpy {np.__version__}, scipy {scipy.__version__}\n"
    rows = table.round(5).to_csv(index=False, lineterminator="\n")
    recorded.write_text(head + rows, encoding="utf-8", newline="\n")
