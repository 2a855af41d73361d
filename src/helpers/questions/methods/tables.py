"""Tables of the functions that compute, and of the simulations."""

from __future__ import annotations

import pandas as pd

from helpers.questions.methods.rows import EFFECT_INTERVALS, INTERVALS
from helpers.show.numbers import in_percent
from helpers.show.table import Table, table


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
    return _by_cell(rows, "", "Coverage and width of the limits of a pooled proportion", note)


def prediction_table(rows: pd.DataFrame) -> Table:
    """Build the table of coverage and width of the prediction intervals, from the rows of `coverage_table`."""
    note = "Covered: percent of simulated sets whose prediction interval contains the true rate of a new study, with the Monte Carlo error in brackets; width: the mean width."
    return _by_cell(rows, "prediction_", "Coverage and width of prediction intervals", note)


def effect_coverage_table(rows: pd.DataFrame) -> Table:
    """Build the table of coverage and width of the intervals of a pooled mean change, grouped by size of the studies and k.

    `rows` has one row per cell and interval: fewest and most are women of a study, coverage and coverage_error are
    proportions, width is in units of the SD of a change.
    """
    error = 100 * rows["coverage_error"].max()
    cells = []
    for (fewest, most, k, tau), group in rows.groupby(["fewest", "most", "k", "tau"], sort=True):
        by_interval = group.set_index("interval")
        cell = {"group": f"{k} studies of {fewest} to {most} women", "tau": f"{tau:g}"}
        for interval in EFFECT_INTERVALS:
            row = by_interval.loc[interval]
            cover, width = row["coverage"], row["width"]
            cell |= {f"{interval} covered": f"{100 * cover:.1f}", f"{interval} wide": f"{width:.2f}"}
        cells.append(cell)
    columns = {"tau": "tau, SD"}
    columns |= {f"{interval} covered": f"{name}: covered, %" for interval, name in EFFECT_INTERVALS.items()}
    columns |= {f"{interval} wide": f"{name}: width, SD" for interval, name in EFFECT_INTERVALS.items()}
    note = (
        f"Covered: percent of simulated sets whose limits contain the mean, with a Monte Carlo error of at most {error:.1f} points; width: the mean "
        "width. Tau and widths are in units of the SD of the change within a study."
    )
    title = "Coverage and width of the limits of a pooled mean change"
    return table(
        pd.DataFrame(cells, columns=["group", *columns]), columns, title=title, note=note, group="group"
    )


def _by_cell(rows: pd.DataFrame, prefix: str, title: str, note: str) -> Table:
    simulated = set(rows.loc[rows[f"{prefix}coverage"].notna(), "interval"])
    named = [interval for interval in INTERVALS if interval in simulated]
    cells = []
    for _, group in rows.groupby(["k", "tau", "rate"], sort=True):
        by_interval = group.set_index("interval")
        k, tau, rate = group.iloc[0][["k", "tau", "rate"]]
        cell = {"group": f"{k} studies, tau {tau:g}", "rate": f"{in_percent(rate)}"}
        for interval in named:
            row = by_interval.loc[interval]
            cover, error = row[f"{prefix}coverage"], row[f"{prefix}coverage_error"]
            cell[f"{interval} covered"] = f"{100 * cover:.1f} ({100 * error:.1f})"
            cell[f"{interval} wide"] = f"{100 * row[f'{prefix}width']:.1f}"
        cells.append(cell)
    columns = {"rate": "median rate"}
    for interval in named:
        columns[f"{interval} covered"] = f"{INTERVALS[interval]}: covered, %"
        columns[f"{interval} wide"] = f"{INTERVALS[interval]}: width"
    return table(
        pd.DataFrame(cells, columns=["group", *columns]), columns, title=title, note=note, group="group"
    )
