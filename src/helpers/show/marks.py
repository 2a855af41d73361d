"""What marks mean on every figure: the shape says who reports it, the colour what it is about."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend_handler import HandlerLine2D
from matplotlib.lines import Line2D

from helpers.show import style

_LEGEND_SIZE, _LEGEND_MARK, _LEGEND_ROW = 8.5, 0.47, 0.175
FIRST_HAND = "paper or registry"
#: Who reports a count. A hollow mark means: not reported by the study itself.
ORIGIN_MARKERS = {FIRST_HAND: "o", "review or press": "D", "the article only": "^"}
#: What the legend says of each.
ORIGIN_LEGEND = {
    FIRST_HAND: "paper or registry",
    "review or press": "hollow: review or press",
    "the article only": "hollow: the article only",
}
#: Which way a measure went.
ARROWS = {"up": "^", "down": "v", "none": ">"}
#: Women without cells: the shape says so, and filling alone who reports it.
COMPARATOR_MARKER = "s"
#: One woman, where other marks are of a cohort.
SINGLE_MARKER = "d"


def marker_of(*, with_cells: bool, single: bool) -> str:
    """Choose the shape of a mark by who is measured; filling alone says who reports it."""
    return COMPARATOR_MARKER if not with_cells else SINGLE_MARKER if single else "o"


class Bar(Line2D):
    """A legend entry with its mark at both ends, as the caps of a bar."""


def draw_proportion(
    axes: Axes,
    x: Any,
    y: Any,
    *,
    origin: str,
    colour: str,
    alpha: float = 1.0,
    comparator: bool = False,
    size: float = 7.0,
) -> None:
    """Draw the mark of one count, `size` in points; `comparator` means that the women received no cells."""
    face = colour if origin == FIRST_HAND else "white"
    marker = COMPARATOR_MARKER if comparator else ORIGIN_MARKERS[origin]
    axes.plot([x], [y], marker, ms=size, mfc=face, mec=colour, mew=1.4, zorder=3, alpha=alpha, clip_on=False)


def draw_rate(axes: Axes, y: float, row: Any, colour: str) -> None:
    """Draw a count with its interval; `row` has low, high, proportion and origin."""
    axes.plot([row.low, row.high], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    draw_proportion(axes, row.proportion, y, origin=str(row.origin), colour=colour)


def write_row(axes: Axes, y: float, cells: Iterable[tuple[float, object]], **look: Any) -> None:
    """Write words in the height of a row, each at its fraction of the width of the axes."""
    for x, words in cells:
        axes.text(x, y, str(words), transform=axes.get_yaxis_transform(), va="center", **look)


def origin_handles(origins: pd.Series) -> list[Line2D]:
    """Make the legend entries of the origins that occur, for marks of women with cells."""
    return [
        Line2D([], [], ls="", marker=marker, ms=7, mec=style.INK, mfc=style.INK if name == FIRST_HAND else "white", label=ORIGIN_LEGEND[name])
        for name, marker in ORIGIN_MARKERS.items()
        if (origins == name).any()
    ]  # fmt: skip


def colour_handles(values: pd.Series, palette: dict[str, str]) -> list[Line2D]:
    """Make the legend entries of the colours that occur, in the order of the palette."""
    present = set(values.dropna())
    return [
        Line2D([], [], color=colour, lw=3, label=name) for name, colour in palette.items() if name in present
    ]


def cell_handles(cells: pd.Series) -> list[Line2D]:
    """Make the legend entries of the sources of cells that occur, stated or not."""
    handles = colour_handles(cells, style.CELL_SOURCE_COLOURS)
    if cells.isna().any():
        handles.append(Line2D([], [], color=style.OTHER_COLOUR, lw=3, label="cells, source not stated"))
    return handles


def arm_handles(frame: pd.DataFrame) -> list[Line2D]:
    """Make the legend entries of the arms that occur: the sources of the cells, stated or not, and women without cells.

    `frame` has arm_kind and cell_source; with origin, the entry says what a hollow square means.
    """
    with_cells = frame["arm_kind"] == "cells"
    cells = frame.loc[with_cells, "cell_source"]
    handles = cell_handles(cells)
    if not with_cells.all():
        hollow = "origin" in frame and (frame.loc[~with_cells, "origin"] != FIRST_HAND).any()
        mixed = set(frame.loc[~with_cells, "arm_kind"]) == {"mixed"}
        words = "with and without cells, not reported apart" if mixed else "without cells"
        words += "; hollow: not reported by the study itself" if hollow else ""
        look: dict[str, Any] = {"lw": 2, "marker": COMPARATOR_MARKER, "ms": 7}
        handles.append(Line2D([], [], color=style.COMPARATOR_COLOUR, **look, label=words))
    return handles


def _columns(handles: list[Line2D]) -> int:
    """Give the number of columns of a legend that fit side by side."""
    widths = [style.text_width(str(handle.get_label()), _LEGEND_SIZE) + _LEGEND_MARK for handle in handles]
    for columns in range(len(handles), 1, -1):
        # matplotlib fills columns of nearly equal length, one below the other.
        if sum(max(column) for column in np.array_split(widths, columns)) < style.WIDTH - 0.2:
            return columns
    return 1


def legend_height(handles: list[Line2D]) -> float:
    """Give the height that `legend_below` will take, in inches."""
    return _LEGEND_ROW * math.ceil(len(handles) / _columns(handles)) if handles else 0.0


def legend_below(figure: Figure, handles: list[Line2D], y: float) -> None:
    """Put a legend at the left, as many columns as fit, its top at `y` of the height; none without entries."""
    if handles:
        figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=_columns(handles), columnspacing=1.3,
            handletextpad=0.5, borderaxespad=0.0, fontsize=_LEGEND_SIZE, handler_map={Bar: HandlerLine2D(numpoints=2)},
        )  # fmt: skip
