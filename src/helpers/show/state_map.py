"""A map of states: a row to each study, and in each field the colour of the word that holds there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from helpers.show import style


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
