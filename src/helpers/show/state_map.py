"""A map of states: a row to each study, and in each field the colour of the word that holds there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.path import Path as Outline

from helpers.show import style

_LINE = [Outline.MOVETO, Outline.LINETO]
#: Marks for `marked_square`: what is written in a field, for its legend.
CROSS = Outline(np.array([(-0.5, -0.5), (0.5, 0.5), (-0.5, 0.5), (0.5, -0.5)]), _LINE * 2)
DOT = Outline.circle(radius=0.1)
DIAMOND = Outline(np.array([(0, -0.7), (0.7, 0), (0, 0.7), (-0.7, 0), (0, -0.7)]), closed=True)


def marked_square(mark: Outline) -> Outline:
    """Make the marker of a legend entry for a field with a mark in it."""
    square = Outline(np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]), closed=True)
    return Outline.make_compound_path(square, mark)


def state_map(
    axes: Axes,
    states: pd.DataFrame,
    colours: Mapping[str, str],
    names: list[str],
    written: pd.DataFrame,
    **look: Any,
) -> None:
    """Draw a heatmap of words in their `colours`, rows called `names`, with what is `written` in the fields; one without a word is empty.

    `look` is that of what is written.
    """
    places = states.apply(lambda column: column.map(list(colours).index, na_action="ignore")).astype(float)
    sns.heatmap(
        places, annot=written, fmt="", cmap=ListedColormap(list(colours.values())), vmin=-0.5, vmax=len(colours) - 0.5, cbar=False,
        linewidths=0.8, linecolor="white", annot_kws={"fontsize": 9, "color": style.INK, **look}, xticklabels=False, yticklabels=names, ax=axes,
    )  # fmt: skip
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0, labelsize=9, labelrotation=0)
