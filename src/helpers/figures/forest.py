"""Forest plot of proportions: one row per reported count, with its exact interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.figures import marks, style

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
    if (frame["low"].isna() & frame["proportion"].notna()).any():
        notes = (*notes, "A pale mark is a percentage printed without its counts.")
    lines = style.footer_lines(frame["citation"], notes)
    top, bottom = style.title_height(title, subtitle) + 0.28, style.footer_height(lines) + 0.95
    sections = list(dict.fromkeys(frame["section"]))
    rows = max(len(frame) + len(sections), 2)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + bottom + _ROW * rows))
        height = figure.get_figheight()
        axes = figure.add_axes((0.36, bottom / height, 0.295, _ROW * rows / height))
        style.titled(figure, title, subtitle)
        _draw_rows(axes, frame, sections)
        if frame.empty:
            style.say_nothing(axes, "no count was reported\nin what was read")
        _dress(axes, rows)
        handles = marks.origin_handles(frame["origin"])
        handles += marks.colour_handles(frame["cell_source"], style.CELL_SOURCE_COLOURS)
        marks.legend_below(figure, handles, (bottom - 0.52) / height)
        style.footed(figure, lines)
    return figure


def _draw_rows(axes: Axes, frame: pd.DataFrame, sections: list[str]) -> None:
    y = 0
    across = axes.get_yaxis_transform()
    for section in sections:
        axes.text(
            -1.19,
            y,
            section,
            transform=across,
            fontweight="bold",
            va="center",
            fontsize=9.2,
            zorder=4,
            bbox={"fc": "white", "ec": "none", "pad": 0.8},
        )
        y += 1
        for row in frame[frame["section"] == section].itertuples():
            _draw_row(axes, y, row)
            axes.text(-1.17, y, str(row.label), transform=across, va="center", fontsize=8.4)
            axes.text(1.07, y, str(row.count_text), transform=across, va="center", fontsize=8.8)
            axes.text(1.46, y, str(row.interval_text), transform=across, va="center", fontsize=8.8)
            y += 1
    for x, head in ((1.07, "events/total"), (1.46, "percent (interval)")):
        axes.text(x, -0.95, head, transform=across, va="center", fontsize=8.5, color=style.MUTED)


def _draw_row(axes: Axes, y: int, row: Any) -> None:
    colour = style.colour_of(row.cell_source, style.CELL_SOURCE_COLOURS)
    if pd.notna(row.low):
        axes.plot([row.low, row.high], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    if pd.notna(row.proportion):
        # A percentage without counts has no interval, and stands back.
        alpha = 1.0 if pd.notna(row.low) else 0.6
        marks.draw_proportion(axes, row.proportion, y, origin=str(row.origin), colour=colour, alpha=alpha)


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
