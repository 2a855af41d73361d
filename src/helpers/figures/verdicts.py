"""One tile per claim of the article, by case and verdict."""

from __future__ import annotations

import textwrap
from collections import Counter

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from helpers.figures import style

#: Verdicts from the firmest to the worst; safe for the colour-blind and told apart by place too.
VERDICT_COLOURS = {
    "supported": "#0072b2",
    "supported in part": "#7fb8dc",
    "not verifiable from what was read": "#c4c4c4",
    "contradicted": "#d55e00",
    "internally inconsistent": "#8a3b73",
}
_PER_LINE = 4


def verdict_map(verdicts: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw every claim as a tile in the row of its section and the column of its verdict.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Made by `helpers.evidence.verdicts`: claim_id, section, verdict.
    title, subtitle : str
        The question, and what is shown.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        The number of claims heads each column.
    """
    sections = list(dict.fromkeys(verdicts["section"]))
    lines = style.footer_lines([], notes)
    cells = verdicts.groupby(["section", "verdict"], sort=False)["claim_id"].apply(list).to_dict()
    deep = [
        max([1, *(-(-len(cells.get((s, v), [])) // _PER_LINE) for v in VERDICT_COLOURS)]) for s in sections
    ]
    top, bottom = style.title_height(title, subtitle) + 0.62, style.footer_height(lines) + 0.1
    tiles_height = 0.34 * sum(deep) + 0.14 * len(deep)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + tiles_height + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0.11, bottom / height, 0.88, tiles_height / height))
        style.titled(figure, title, subtitle)
        _head(axes, Counter(verdicts["verdict"]))
        y = 0.0
        for section, depth in zip(sections, deep, strict=True):
            axes.text(-0.03, y + depth / 2, section.replace("-", " "), ha="right", va="center")
            for column, verdict in enumerate(VERDICT_COLOURS):
                _tiles(axes, column, y, cells.get((section, verdict), []), VERDICT_COLOURS[verdict])
            y += depth + 0.4
            axes.axhline(y - 0.2, color=style.FAINT, lw=0.6)
        axes.set_xlim(0, len(VERDICT_COLOURS))
        axes.set_ylim(max(y - 0.2, 1), -0.2)
        axes.set_axis_off()
        style.footed(figure, lines)
    return figure


def _head(axes: Axes, counts: Counter[str]) -> None:
    for column, verdict in enumerate(VERDICT_COLOURS):
        words = "\n".join(textwrap.wrap(verdict, 20))
        axes.annotate(
            f"{words}\n{counts[verdict]}", (column, 1), xycoords=("data", "axes fraction"), xytext=(2, 6),
            textcoords="offset points", va="bottom", fontweight="bold", fontsize=9, linespacing=1.2,
        )  # fmt: skip


def _tiles(axes: Axes, column: int, y: float, claims: list[str], colour: str) -> None:
    ink = "white" if colour in {"#0072b2", "#d55e00", "#8a3b73"} else style.INK
    for place, claim in enumerate(claims):
        x, row = column + 0.02 + 0.235 * (place % _PER_LINE), y + place // _PER_LINE
        axes.add_patch(
            FancyBboxPatch(
                (x, row + 0.08), 0.2, 0.84, boxstyle="square,pad=0", fc=colour, ec="none", mutation_aspect=1
            )
        )
        axes.text(x + 0.1, row + 0.5, claim, ha="center", va="center", fontsize=8, color=ink)
