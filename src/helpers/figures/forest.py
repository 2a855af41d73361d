"""Forest plot of proportions: one row per reported count, with its exact interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from helpers.figures import style

#: How deep the source of a row was read, told by the marker.
ORIGIN_MARKERS = {"paper or registry": "o", "review or press": "D", "the article only": "^"}
_ROW = 0.27


def forest(frame: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw reported counts with their intervals, section by section.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row per count, as made by `helpers.tables.outcome_rows`: section, label, cell_source, origin,
        events, total, proportion, low, high, percent_reported, count_text, interval_text, citation.
    title, subtitle : str
        The finding or question, and what is shown.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        Rows without a denominator are written out, not drawn as intervals. A figure without rows says so.
    """
    lines = style.footer_lines(frame["citation"], notes)
    top, bottom = style.title_height(title, subtitle) + 0.28, style.footer_height(lines) + 0.95
    sections = list(dict.fromkeys(frame["section"]))
    rows = max(len(frame) + len(sections), 2)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + bottom + _ROW * rows))
        height = figure.get_figheight()
        axes = figure.add_axes((0.35, bottom / height, 0.305, _ROW * rows / height))
        style.titled(figure, title, subtitle)
        _draw_rows(axes, frame, sections)
        if frame.empty:
            style.say_nothing(axes, "no count was reported\nin what was read")
        _dress(axes, rows)
        _legend(figure, frame, (bottom - 0.52) / height)
        style.footed(figure, lines)
    return figure


def _draw_rows(axes: Axes, frame: pd.DataFrame, sections: list[str]) -> None:
    y = 0
    across = axes.get_yaxis_transform()
    for section in sections:
        axes.text(
            -1.12, y, section, transform=across, fontweight="bold", va="center", fontsize=9.5, clip_on=False
        )
        y += 1
        for row in frame[frame["section"] == section].itertuples():
            _draw_row(axes, y, row)
            axes.text(-1.10, y, str(row.label), transform=across, va="center", fontsize=8.8)
            axes.text(1.06, y, str(row.count_text), transform=across, va="center", fontsize=8.8)
            axes.text(1.38, y, str(row.interval_text), transform=across, va="center", fontsize=8.8)
            y += 1
    for x, head in ((1.06, "events/total"), (1.38, "percent (interval)")):
        axes.text(x, -0.95, head, transform=across, va="center", fontsize=8.5, color=style.MUTED)


def _draw_row(axes: Axes, y: int, row: Any) -> None:
    colour = style.colour_of(row.cell_source, style.CELL_SOURCE_COLOURS)
    marker = ORIGIN_MARKERS[str(row.origin)]
    face = colour if row.origin == "paper or registry" else "white"
    if pd.notna(row.low):
        axes.plot([row.low, row.high], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    if pd.notna(row.proportion):
        axes.plot(
            [row.proportion], [y], marker, ms=7, mfc=face, mec=colour, mew=1.4, zorder=3,
            alpha=1.0 if pd.notna(row.low) else 0.6, clip_on=False,
        )  # fmt: skip


def _dress(axes: Axes, rows: int) -> None:
    style.quiet_axes(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(axis="x", color=style.FAINT, lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel("events, percent of total")


def _legend(figure: Figure, frame: pd.DataFrame, y: float) -> None:
    present = set(frame["origin"])
    handles = [
        Line2D(
            [],
            [],
            ls="",
            marker=marker,
            ms=7,
            mec=style.INK,
            mfc=style.INK if index == 0 else "white",
            label=origin,
        )
        for index, (origin, marker) in enumerate(ORIGIN_MARKERS.items())
        if origin in present
    ]
    sources = [source for source in style.CELL_SOURCE_COLOURS if source in set(frame["cell_source"].dropna())]
    handles += [
        Line2D([], [], color=style.CELL_SOURCE_COLOURS[source], lw=3, label=source) for source in sources
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=len(handles), handletextpad=0.5,
        columnspacing=1.4, borderaxespad=0.0,
    )  # fmt: skip
