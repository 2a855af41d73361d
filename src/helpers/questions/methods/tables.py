"""Tables of the functions that compute, of the simulations, and of how fast the book renders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.questions.methods.rows import EFFECT_INTERVALS, INTERVALS
from helpers.show.numbers import in_percent, number, rounded
from helpers.show.table import Table, table

#: What was rendered, in the order of the table.
_RENDERED = {
    "plan": "all {outputs} notebooks of the book, nothing rendered before",
    "sample": "the {sampled} of them that the loops ran",
    "matrix": "a matrix of {matrix} study reports",
    "one row": "all, one row of the evidence changed",
    "unchanged": "all, nothing changed",
}
_PEERS = {
    "papermill": "papermill commands",
    "execute_notebook": "papermill.execute_notebook",
    "jupyter execute": "jupyter execute",
}


def functions_table(functions: pd.DataFrame) -> Table:
    """Build the table of the functions behind each heading of the page, with the sources that their docstrings name."""
    columns = {"function": "function", "sources": "sources"}
    title = "The functions that compute, and their sources"
    return table(functions, columns, title=title, group="heading")


def coverage_table(rows: pd.DataFrame) -> Table:
    """Build the table of coverage and width of intervals of the median rate, in percent and points, grouped by k and tau.

    `rows` has one row per cell and interval, with coverage, coverage_error and width as proportions.
    """
    note = (
        "Covered: percent of simulated sets whose limits contain the median rate, with the Monte Carlo error in brackets; width: the "
        "mean width in percentage points. Naive: the exact confidence interval of the summed counts, as if all women were of one study."
    )
    return _of_rates(rows, "", "Coverage and width of the limits of a pooled proportion", note)


def prediction_table(rows: pd.DataFrame) -> Table:
    """Build the table of coverage and width of the prediction intervals, from the rows of `coverage_table`."""
    note = (
        "Covered: percent of simulated sets whose prediction interval contains the true rate of a new study, "
        "with the Monte Carlo error in brackets; width: the mean width."
    )
    return _of_rates(rows, "prediction_", "Coverage and width of prediction intervals", note)


def effect_coverage_table(rows: pd.DataFrame) -> Table:
    """Build the table of coverage and width of the intervals of a pooled mean change, grouped by size of the studies and k.

    `rows` has one row per cell and interval: fewest and most are women of a study, coverage and coverage_error are
    proportions, width is in units of the SD of a change.
    """
    cells = _by_cell(
        rows, ["fewest", "most", "k", "tau"], _texts(100 * rows["coverage"], 1), _texts(rows["width"], 2)
    )
    cells["group"] = [f"{row.k} studies of {row.fewest} to {row.most} women" for row in cells.itertuples()]
    columns = {"tau": "tau, SD"}
    columns |= {f"{interval} covered": f"{name}: covered, %" for interval, name in EFFECT_INTERVALS.items()}
    columns |= {f"{interval} wide": f"{name}: width, SD" for interval, name in EFFECT_INTERVALS.items()}
    title = "Coverage and width of the limits of a pooled mean change"
    error = number(100 * rows["coverage_error"].max(), 1)
    note = (
        f"Covered: percent of simulated sets whose limits contain the mean, with a Monte Carlo error of at most {error} points; width: the mean "
        "width. Tau and widths are in units of the SD of the change within a study."
    )
    return table(cells, columns, title=title, note=note, group="group")


def _of_rates(rows: pd.DataFrame, prefix: str, title: str, note: str) -> Table:
    rows = rows[rows[f"{prefix}coverage"].notna()]
    covered, error, width = (
        _texts(100 * rows[prefix + name], 1) for name in ("coverage", "coverage_error", "width")
    )
    cells = _by_cell(rows, ["k", "tau", "rate"], covered + " (" + error + ")", width)
    cells["group"] = [
        f"{k} studies, tau {number(tau)}" for k, tau in zip(cells["k"], cells["tau"], strict=True)
    ]
    cells["rate"] = cells["rate"].map(in_percent)
    columns = {"rate": "median rate"}
    for interval in (interval for interval in INTERVALS if (rows["interval"] == interval).any()):
        columns[f"{interval} covered"] = f"{INTERVALS[interval]}: covered, %"
        columns[f"{interval} wide"] = f"{INTERVALS[interval]}: width"
    return table(cells, columns, title=title, note=note, group="group")


def _by_cell(
    rows: pd.DataFrame, keys: list[str], covered: pd.Series[str], wide: pd.Series[str]
) -> pd.DataFrame:
    """Lay out one row per cell of a simulation, with the columns ``wald covered``, ``wald wide`` and so on."""
    texts = rows.assign(covered=covered, wide=wide)
    cells = texts.pivot_table(["covered", "wide"], keys, "interval", aggfunc="first").reset_index()
    cells.columns = [" ".join(filter(None, reversed(name))) for name in cells.columns]
    return cells


def _texts(values: pd.Series[float], digits: int) -> pd.Series[str]:
    return values.map(lambda value: number(value, digits))


def speed_table(measured: Mapping[str, Any]) -> Table:
    """Build the table of what rendering takes, and how many times as fast it is as each peer; `measured` must not be empty."""
    ratios, times = measured["ratios"]["seconds"], measured["times"]["reanalysis"]
    given = {**measured["plan"], "sampled": len(measured["sample"]), "matrix": measured["matrix"]}
    cells = [
        {
            "rendered": words.format(**given),
            "seconds": rounded(times[what]["seconds"]),
            **{peer: rounded(ratios[what][peer]) for peer in _PEERS},
        }
        for what, words in _RENDERED.items()
    ]
    columns = {"rendered": "rendered", "seconds": "seconds"}
    columns |= {peer: f"times as fast as {name}" for peer, name in _PEERS.items()}
    return table(pd.DataFrame(cells), columns, title="How long rendering takes")
