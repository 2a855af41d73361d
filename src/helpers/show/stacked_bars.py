"""Stacked bars: how often each of several words holds, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator
from seaborn.utils import relative_luminance

from helpers.show import style


def stacked_bars(
    axes: Axes, counts: pd.DataFrame, colours: Mapping[str, str], *, written: bool = False
) -> None:
    """Draw a bar to each row of `counts`, with a part to each column of `colours`, from left to right; `written` puts its count into it."""
    ends = counts[list(colours)].cumsum(axis=1)
    for part, colour in colours.items():
        axes.barh(
            counts.index, counts[part], 0.75, ends[part] - counts[part], color=colour, ec="white", lw=0.8
        )
    drawn: Any = axes.containers if written else []
    for bars in drawn:
        words = [f"{bar.get_width():.0f}" if bar.get_width() else "" for bar in bars]
        ink = "white" if relative_luminance(bars[0].get_facecolor()) < 0.3 else style.INK
        axes.bar_label(bars, words, label_type="center", fontsize=8, color=ink)
    axes.set_ylim(len(counts) - 0.4, -0.6)
    axes.set(xlim=(0, max(counts[list(colours)].sum(axis=1).max(), 1) * 1.06), ylabel="")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.tick_params(axis="y", length=0)
    style.quiet_axes(axes)


def write_totals(axes: Axes, totals: pd.Series) -> None:
    """Write the total of each bar at its end, 0 where there is no bar."""
    for place, total in enumerate(totals):
        axes.annotate(
            str(total), (total, place), (4, 0), textcoords="offset points", va="center", fontsize=8.5,
            color=style.INK if total else style.MUTED,
        )  # fmt: skip
