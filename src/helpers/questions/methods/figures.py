"""Figures of how often intervals hold the truth in simulations, and of how fast the book renders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from helpers.questions.methods.rows import LEVEL
from helpers.questions.methods.speed import most_workers, with_workers
from helpers.show import marks, style
from helpers.show.numbers import in_percent
from helpers.show.page import check_made

#: What is drawn, and how: colour, mark and line each distinguish the intervals by themselves.
INTERVALS = {
    "wald": ("Wald", "#000000", "o", "-"),
    "t": ("t with k - 1 degrees of freedom", "#4b6cb7", "s", "--"),
    "bayes": ("Bayes", "#b8336a", "D", "-"),
    "crude": ("naive: exact CI of the summed counts", "#9a7d00", "^", ":"),
}
_PANEL, _GAP = 1.35, 0.16


def coverage_panels(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw the coverage of each interval by the number of studies: a row of panels per rate, a column per tau, one scale.

    `rows` has coverage and coverage_error as proportions and interval as a key of `INTERVALS`; bars are two Monte
    Carlo errors. What the intervals promise is drawn as a line.
    """
    check_made(
        rows.columns,
        "benchmarks/coverage_of_proportions.py",
        "k",
        "rate",
        "tau",
        "interval",
        "coverage",
        "coverage_error",
    )
    rates, taus = (sorted(rows[column].unique()) for column in ("rate", "tau"))
    lines = style.footer_lines([], notes)
    handles = _handles(rows)
    top = style.title_height(title, subtitle) + 0.3
    bottom = style.footer_height(lines) + 0.4 + marks.legend_height(handles)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + len(rates) * (_PANEL + _GAP) + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        wide = 0.84 / len(taus)
        lowest = 100 * (rows["coverage"] - 2 * rows["coverage_error"]).min()
        for line, rate in enumerate(rates):
            base = height - top - (line + 1) * (_PANEL + _GAP) + _GAP
            for column, tau in enumerate(taus):
                axes = figure.add_axes((0.14 + column * wide, base / height, wide - 0.02, _PANEL / height))
                _panel(axes, rows[(rows["rate"] == rate) & (rows["tau"] == tau)], sorted(rows["k"].unique()))
                axes.axhline(100 * LEVEL, color=style.MUTED, lw=1, zorder=1)
                axes.set_ylim(max(lowest - 3, 0), 102)
                if line == 0:
                    axes.set_title(f"tau {tau:g}")
                axes.tick_params(labelbottom=line == len(rates) - 1, labelleft=column == 0, left=column == 0)
            figure.text(0.01, (base + _PANEL / 2) / height, f"median\nrate {in_percent(rate)}", va="center")
        figure.text(0.56, (bottom - 0.24) / height, "number of studies, k", ha="center")
        marks.legend_below(figure, handles, (bottom - 0.36) / height)
        style.footed(figure, lines)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, studies: list[int]) -> None:
    for interval, (name, colour, marker, dashes) in INTERVALS.items():
        drawn = rows[rows["interval"] == interval].sort_values("k")
        axes.errorbar(
            [studies.index(k) for k in drawn["k"]], 100 * drawn["coverage"], yerr=200 * drawn["coverage_error"],
            color=colour, marker=marker, ls=dashes, ms=4.5, lw=1.3, elinewidth=1, zorder=3, label=name,
        )  # fmt: skip
    axes.set_xticks(range(len(studies)), [str(k) for k in studies])
    axes.set_xlim(-0.3, len(studies) - 0.7)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    axes.grid(axis="y", color=style.FAINT, lw=0.5)
    style.quiet_axes(axes, keep=("bottom", "left"))


def _handles(rows: pd.DataFrame) -> list[Line2D]:
    drawn = [look for interval, look in INTERVALS.items() if (rows["interval"] == interval).any()]
    handles = [
        Line2D([], [], color=colour, marker=marker, ls=dashes, ms=5, lw=1.3, label=name)
        for name, colour, marker, dashes in drawn
    ]
    return [*handles, Line2D([], [], color=style.MUTED, lw=1, label=f"promised: {in_percent(LEVEL)}")]


#: What is drawn, and how: colour and mark each distinguish the ways by themselves.
WAYS = {
    "reanalysis": ("reanalysis render", "#4b6cb7", "o"),
    "papermill": ("loop of papermill commands, one at a time", "#8c2d04", "s"),
}
_LINEAR: dict[str, Any] = {"color": style.MUTED, "lw": 1, "ls": ":", "zorder": 1}
_BODY = 2.7


def growth(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw seconds by the number of reports, and by the number of workers; only what was measured.

    Left, both axes logarithmic: each way (a key of `WAYS`) with the most workers that were measured, and lines of
    linear growth through the largest numbers of reports. Right: the largest number of reports measured with several
    numbers of workers.
    """
    check_made(rows.columns, "benchmarks/rendering.py", "way", "reports", "workers", "seconds")
    lines, handles = style.footer_lines([], notes), _ways(rows)
    top = style.title_height(title, subtitle) + 0.3
    bottom = style.footer_height(lines) + 0.65 + marks.legend_height(handles)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + _BODY + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        by_number = figure.add_axes((0.095, bottom / height, 0.53, _BODY / height))
        _by_number(by_number, rows)
        by_workers = figure.add_axes((0.72, bottom / height, 0.26, _BODY / height))
        _by_workers(by_workers, rows[rows["way"] == "reanalysis"])
        for axes in (by_number, by_workers):
            axes.grid(axis="y", color=style.FAINT, lw=0.5)
            style.quiet_axes(axes, keep=("bottom", "left"))
        marks.legend_below(figure, handles, (bottom - 0.55) / height)
        style.footed(figure, lines)
    return figure


def _by_number(axes: Axes, rows: pd.DataFrame) -> None:
    most = rows["reports"].max()
    for way, (name, colour, marker) in WAYS.items():
        drawn = most_workers(rows[rows["way"] == way])
        axes.plot(
            drawn["reports"],
            drawn["seconds"],
            color=colour,
            marker=marker,
            ms=6,
            lw=1.3,
            zorder=3,
            label=name,
        )
        for reports, seconds in drawn[["reports", "seconds"]].iloc[-1:].to_numpy():
            axes.plot([1, most], [seconds / reports, seconds / reports * most], **_LINEAR)
        _write_seconds(
            axes, drawn["reports"], drawn["seconds"], colour, (0, 10) if way == "papermill" else (0, -10)
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(0.8, 1.35 * most)
    low, high = axes.get_ylim()
    axes.set_ylim(low / 1.5, high * 1.4)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(LogLocator(10))
        axis.set_major_formatter(lambda value, _: f"{value:,g}")
        axis.set_minor_formatter(NullFormatter())
    axes.set_title("by number of study reports, logarithmic", loc="left")
    axes.set_xlabel("study reports")
    axes.set_ylabel("seconds")


def _by_workers(axes: Axes, rows: pd.DataFrame) -> None:
    drawn = with_workers(rows)
    axes.set_xlabel("workers")
    axes.set_ylabel("seconds")
    if drawn.empty:
        style.say_nothing(axes, "not measured")
        return
    _, colour, marker = WAYS["reanalysis"]
    places = range(len(drawn))
    axes.plot(places, drawn["seconds"], color=colour, marker=marker, ms=6, lw=1.3, zorder=3)
    first = drawn.iloc[0]
    axes.plot(places, first["seconds"] * first["workers"] / drawn["workers"], **_LINEAR)
    _write_seconds(axes, places, drawn["seconds"], colour, (16, 7))
    axes.set_xticks(places, [str(workers) for workers in drawn["workers"]])
    axes.set_xlim(-0.4, len(drawn) - 0.6)
    axes.set_ylim(0, 1.2 * drawn["seconds"].max())
    axes.set_title(f"{drawn['reports'].iloc[0]} reports by workers", loc="left")


def _write_seconds(
    axes: Axes, x: Iterable[float], seconds: Iterable[float], colour: str, offset: tuple[int, int]
) -> None:
    """Write the seconds beside their marks, `offset` points away."""
    for place, height in zip(x, seconds, strict=True):
        axes.annotate(
            f"{height:,.0f}" if height >= 100 else f"{height:.1f}", (place, height), xytext=offset, textcoords="offset points",
            ha="center", va="center", fontsize=8, color=colour, zorder=2,
            bbox={"fc": "white", "ec": "none", "pad": 0.6},
        )  # fmt: skip


def _ways(rows: pd.DataFrame) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, marker=marker, ms=6, lw=1.3, label=name)
        for way, (name, colour, marker) in WAYS.items()
        if (rows["way"] == way).any()
    ]
    return [
        *handles,
        Line2D([], [], **_LINEAR, label="linear in reports, shared by workers"),
    ]
