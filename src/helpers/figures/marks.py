"""What marks mean on every figure: the shape tells who says it, the colour what it is about."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.figures import style

FIRST_HAND = "paper or registry"
#: Who tells a count. Only what the study itself tells is a filled mark.
ORIGIN_MARKERS = {FIRST_HAND: "o", "review or press": "D", "the article only": "^"}


def draw_proportion(axes: Axes, x: Any, y: Any, *, origin: str, colour: str, alpha: float = 1.0) -> None:
    """Draw the mark of one count."""
    face = colour if origin == FIRST_HAND else "white"
    axes.plot(
        [x], [y], ORIGIN_MARKERS[origin], ms=7, mfc=face, mec=colour, mew=1.4, zorder=3, alpha=alpha, clip_on=False
    )  # fmt: skip


def origin_handles(origins: pd.Series) -> list[Line2D]:
    """Make the legend entries of the origins that occur."""
    return [
        Line2D([], [], ls="", marker=marker, ms=7, mec=style.INK, mfc=style.INK if name == FIRST_HAND else "white", label=name)
        for name, marker in ORIGIN_MARKERS.items()
        if (origins == name).any()
    ]  # fmt: skip


def colour_handles(values: pd.Series, palette: dict[str, str]) -> list[Line2D]:
    """Make the legend entries of the colours that occur, in the order of the palette."""
    present = set(values.dropna())
    return [
        Line2D([], [], color=colour, lw=3, label=name) for name, colour in palette.items() if name in present
    ]


def legend_below(figure: Figure, handles: list[Line2D], y: float) -> None:
    """Put a legend in one row at the left, `y` as a fraction of the height; none where there are no entries."""
    if handles:
        figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=len(handles), columnspacing=1.3,
            handletextpad=0.5, borderaxespad=0.0,
        )  # fmt: skip
