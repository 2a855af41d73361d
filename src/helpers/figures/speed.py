"""How long notebooks take to render, by how many they are and how many run at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from helpers.figures import marks, style

#: What is drawn, and how: colour and mark tell the ways apart, each by itself.
WAYS = {
    "reanalysis": ("reanalysis render", "#4b6cb7", "o"),
    "papermill": ("loop of papermill commands, one at a time", "#8c2d04", "s"),
}
_LINEAR: dict[str, Any] = {"color": style.MUTED, "lw": 1, "ls": ":", "zorder": 1}
_BODY = 2.7


def growth(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw seconds by the number of reports, and by how many run at a time.

    Parameters
    ----------
    rows : pandas.DataFrame
        way (a key of `WAYS`), reports, workers and seconds; only what was measured.
    title, subtitle : str
        The finding, and what is shown.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        Left, both axes logarithmic, each way with as many workers as were measured, and lines of linear growth through the
        largest numbers of reports. Right, the largest number of reports that was measured with several numbers of workers.
    """
    lines, handles = style.footer_lines([], notes), _handles(rows)
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


def most_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """Take of each way and number of reports the row with most workers, in rising order."""
    return rows.sort_values(["way", "reports", "workers"]).drop_duplicates(["way", "reports"], keep="last")


def with_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the largest number of reports that was measured with several numbers of workers."""
    own = rows[rows["way"] == "reanalysis"]
    several = own[own.groupby("reports")["workers"].transform("nunique") > 1]
    largest: pd.DataFrame = several[several["reports"] == several["reports"].max()]
    return largest.sort_values("workers")


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
        _tell(axes, drawn["reports"], drawn["seconds"], colour, (0, 10) if way == "papermill" else (0, -10))
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
    _tell(axes, places, drawn["seconds"], colour, (16, 7))
    axes.set_xticks(places, [str(workers) for workers in drawn["workers"]])
    axes.set_xlim(-0.4, len(drawn) - 0.6)
    axes.set_ylim(0, 1.2 * drawn["seconds"].max())
    axes.set_title(f"{drawn['reports'].iloc[0]} reports by workers", loc="left")


def _tell(
    axes: Axes, x: Iterable[float], seconds: Iterable[float], colour: str, offset: tuple[int, int]
) -> None:
    """Write the seconds beside their marks, `offset` points away."""
    for place, height in zip(x, seconds, strict=True):
        axes.annotate(
            f"{height:,.0f}" if height >= 100 else f"{height:.1f}", (place, height), xytext=offset, textcoords="offset points",
            ha="center", va="center", fontsize=8, color=colour, zorder=2,
            bbox={"fc": "white", "ec": "none", "pad": 0.6},
        )  # fmt: skip


def _handles(rows: pd.DataFrame) -> list[Line2D]:
    handles = [
        Line2D([], [], color=colour, marker=marker, ms=6, lw=1.3, label=name)
        for way, (name, colour, marker) in WAYS.items()
        if (rows["way"] == way).any()
    ]
    return [
        *handles,
        Line2D([], [], **_LINEAR, label="linear in reports, shared by workers"),
    ]
