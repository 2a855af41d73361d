"""Which choices matter: how far the estimates and the answers move with each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.figures import style
from helpers.figures.made import check_made

_ROW = 0.36
_BARS = (
    ("explained", "the estimates", style.INK), ("explained_answer", "where the interval lies", "#b3b3b3"),
)  # fmt: skip


def choice_bars(effects: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw the percentage of the variance between specifications that goes with each choice.

    Parameters
    ----------
    effects : pandas.DataFrame
        Made by `helpers.tables.choice_effects`: choice, explained, explained_answer.
    title, subtitle : str
        The question, and what is shown.

    Returns
    -------
    matplotlib.figure.Figure
        Two bars per choice, of the estimates and of where their interval lies: above zero, below, or including it. The bars of
        one of them are omitted where no choice moves it.
    """
    check_made(effects.columns, "tables.choice_effects", "choice", "explained", "explained_answer")
    drawn = [bars for bars in _BARS if effects[bars[0]].gt(0).any()] or list(_BARS[:1])
    shifts = (-0.19, 0.19) if len(drawn) > 1 else (0.0,)
    top, bottom = style.title_height(title, subtitle) + 0.32, style.footer_height([]) + 0.45
    body = _ROW * len(effects)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        handles = [Patch(fc=colour, label=f"of {words}") for _, words, colour in drawn]
        y = (height - style.title_height(title, subtitle)) / height
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=2, borderaxespad=0.0)
        axes = figure.add_axes((0.16, bottom / height, 0.79, body / height))
        at = np.arange(len(effects))
        for shift, (column, _, colour) in zip(shifts, drawn, strict=True):
            share = 100 * effects[column].to_numpy()
            axes.barh(at + shift, share, height=0.34, color=colour)
            for place, length in zip(at + shift, share, strict=True):
                axes.annotate(
                    f"{length:.1f} %", (length, place), (4, 0), textcoords="offset points", va="center", fontsize=8
                )  # fmt: skip
        axes.set_yticks(at, list(effects["choice"]))
        axes.set_ylim(len(effects) - 0.5, -0.5)
        axes.set_xlim(0, 108)
        axes.set_xlabel("percent of the variance between specifications that goes with the choice alone")
        axes.tick_params(axis="y", length=0)
        style.quiet_axes(axes)
        style.footed(figure, [])
    return figure
