"""Figures of how often intervals hold the truth in simulations, and of how fast the book renders."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from helpers.questions.methods.rows import LEVEL, most_workers, with_workers
from helpers.show import style
from helpers.show.frame import framed
from helpers.show.numbers import count, in_percent, number
from helpers.show.page import check_made

#: What is drawn, and how: colour, mark and line each distinguish the intervals by themselves.
INTERVALS: dict[str, dict[str, Any]] = {
    "wald": {"label": "Wald", "color": "#000000", "marker": "o", "ls": "-"},
    "t": {"label": "t with k - 1 degrees of freedom", "color": "#4b6cb7", "marker": "s", "ls": "--"},
    "bayes": {"label": "Bayes", "color": "#b8336a", "marker": "D", "ls": "-"},
    "crude": {"label": "naive: exact CI of the summed counts", "color": "#9a7d00", "marker": "^", "ls": ":"},
}
#: What is drawn, and how: colour and mark each distinguish the ways by themselves.
WAYS: dict[str, dict[str, Any]] = {
    "reanalysis": {"label": "reanalysis render", "color": "#4b6cb7", "marker": "o"},
    "papermill": {"label": "loop of papermill commands, one at a time", "color": "#8c2d04", "marker": "s"},
}
_LINEAR: dict[str, Any] = {"color": style.MUTED, "lw": 1, "ls": ":", "zorder": 1}
#: Heights in inches: of a panel and the gap below it, and of the chart of growth.
_PANEL, _GAP, _BODY = 1.35, 0.16, 2.7


def coverage_panels(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw the coverage of each interval by the number of studies: a row of panels per rate, a column per tau, one scale.

    `rows` has coverage and coverage_error as proportions and interval as a key of `INTERVALS`; bars are two Monte Carlo errors.
    """
    needed = ("k", "rate", "tau", "interval", "coverage", "coverage_error")
    check_made(rows.columns, "benchmarks/coverage_of_proportions.py", *needed)
    rates, taus, studies = (sorted(rows[column].unique()) for column in ("rate", "tau", "k"))
    promised = Line2D([], [], color=style.MUTED, lw=1, label=f"promised: {in_percent(LEVEL)}")
    handles = [*_handles(INTERVALS, rows["interval"], 5), promised]
    lowest = 100 * (rows["coverage"] - 2 * rows["coverage_error"]).min()
    body = len(rates) * (_PANEL + _GAP) - _GAP
    lines = style.footer_lines([], notes)
    with framed(title, subtitle, lines, body=body, above=0.3, below=0.4 + _GAP, legends=[handles]) as page:
        wide = 0.84 / len(taus)
        gaps = {"hspace": _GAP / _PANEL, "wspace": 0.02 / (wide - 0.02)}
        grid = page.figure.subplots(
            len(rates), len(taus), squeeze=False, sharex=True, sharey=True,
            gridspec_kw={"left": 0.14, "right": 0.96, **page.span, **gaps},
        )  # fmt: skip
        for rate, line in zip(rates, grid, strict=True):
            for tau, axes in zip(taus, line, strict=True):
                _panel(axes, rows[(rows["rate"] == rate) & (rows["tau"] == tau)], studies)
            middle = (line[0].get_position().y0 + line[0].get_position().y1) / 2
            page.figure.text(0.01, middle, f"median\nrate {in_percent(rate)}", va="center")
        for tau, axes in zip(taus, grid[0], strict=True):
            axes.set_title(f"tau {number(tau)}")
        for axes in grid[:, 1:].flat:
            axes.tick_params(left=False)
        grid[0, 0].set_ylim(max(lowest - 3, 0), 102)
        below = (page.bottom - _GAP - 0.24) / page.height
        page.figure.text(0.56, below, "number of studies, k", ha="center")
    return page.figure


def _handles(looks: dict[str, dict[str, Any]], drawn: pd.Series[str], size: float) -> list[Line2D]:
    return [Line2D([], [], **look, ms=size, lw=1.3) for name, look in looks.items() if (drawn == name).any()]


def _panel(axes: Axes, rows: pd.DataFrame, studies: list[int]) -> None:
    for interval, look in INTERVALS.items():
        drawn = rows[rows["interval"] == interval].sort_values("k")
        axes.errorbar(
            [studies.index(k) for k in drawn["k"]], 100 * drawn["coverage"], yerr=200 * drawn["coverage_error"],
            **look, ms=4.5, lw=1.3, elinewidth=1, zorder=3,
        )  # fmt: skip
    axes.axhline(100 * LEVEL, color=style.MUTED, lw=1, zorder=1)
    axes.set_xticks(range(len(studies)), [str(k) for k in studies])
    axes.set_xlim(-0.3, len(studies) - 0.7)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{number(value)} %")
    _quiet(axes)


def _quiet(axes: Axes) -> None:
    axes.grid(axis="y", color=style.FAINT, lw=0.5)
    style.quiet_axes(axes, keep=("bottom", "left"))


def growth(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw seconds by the number of reports, and by the number of workers; only what was measured.

    Left: each way (a key of `WAYS`) with the most workers that were measured, and lines of linear growth through the largest
    numbers of reports. Right: the largest number of reports measured with several numbers of workers.
    """
    check_made(rows.columns, "benchmarks/rendering.py", "way", "reports", "workers", "seconds")
    linear = Line2D([], [], **_LINEAR, label="linear in reports, shared by workers")
    handles = [*_handles(WAYS, rows["way"], 6), linear]
    lines = style.footer_lines([], notes)
    with framed(title, subtitle, lines, body=_BODY, above=0.3, below=0.65, legends=[handles]) as page:
        shape = {"left": 0.095, "right": 0.98, "wspace": 0.24, "width_ratios": (2, 1)}
        by_number, by_workers = page.figure.subplots(1, 2, gridspec_kw={**page.span, **shape})
        _by_number(by_number, most_workers(rows))
        _by_workers(by_workers, with_workers(rows))
        for axes in (by_number, by_workers):
            axes.set_ylabel("seconds")
            _quiet(axes)
    return page.figure


def _by_number(axes: Axes, rows: pd.DataFrame) -> None:
    most = rows["reports"].max()
    for way, offset in (("reanalysis", -10), ("papermill", 10)):
        drawn = rows[rows["way"] == way]
        _measured(axes, drawn["reports"], drawn["seconds"], WAYS[way], (0, offset))
        for reports, seconds in drawn[["reports", "seconds"]].iloc[-1:].to_numpy():
            axes.plot([1, most], [seconds / reports, seconds / reports * most], **_LINEAR)
    axes.set(xscale="log", yscale="log", xlim=(0.8, 1.35 * most), xlabel="study reports")
    low, high = axes.get_ylim()
    axes.set_ylim(low / 1.5, high * 1.4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10))
        axis.set_major_formatter(lambda value, _: count(value) if value >= 1 else number(value))
        axis.set_minor_formatter(NullFormatter())
    axes.set_title("by number of study reports, logarithmic", loc="left")


def _by_workers(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_xlabel("workers")
    if rows.empty:
        style.say_nothing(axes, "not measured")
        return
    places, first = range(len(rows)), rows.iloc[0]
    _measured(axes, places, rows["seconds"], {**WAYS["reanalysis"], "label": None}, (16, 7))
    axes.plot(places, first["seconds"] * first["workers"] / rows["workers"], **_LINEAR)
    axes.set_xticks(places, [str(workers) for workers in rows["workers"]])
    axes.set(xlim=(-0.4, len(rows) - 0.6), ylim=(0, 1.2 * rows["seconds"].max()))
    axes.set_title(f"{first['reports']} reports by workers", loc="left")


def _measured(
    axes: Axes, x: Any, seconds: pd.Series[float], look: dict[str, Any], offset: tuple[int, int]
) -> None:
    """Draw seconds as a line with marks, each with its number `offset` points away."""
    axes.plot(x, seconds, ms=6, lw=1.3, zorder=3, **look)
    for place, height in zip(x, seconds, strict=True):
        axes.annotate(
            count(height) if height >= 100 else number(height, 1), (place, height), xytext=offset, textcoords="offset points",
            ha="center", va="center", fontsize=8, color=look["color"], zorder=2,
            bbox={"fc": "white", "ec": "none", "pad": 0.6},
        )  # fmt: skip
