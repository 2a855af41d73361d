"""How deep the documents behind the numbers were read, and who tells them."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.evidence.vocabulary import ACCESS, phrase
from helpers.figures import style
from helpers.figures.made import check_made

#: Who tells a number; told apart by lightness and hatching too.
_FILLS = {
    "paper or registry": ("#08306b", ""),
    "review or press": ("#f3b27a", "////"),
    "the article only": ("#dddddd", "...."),
}
_BAR = 0.34


def depth_bars(counts: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw how many numbers come from documents read how deep, by who tells them.

    Parameters
    ----------
    counts : pandas.DataFrame
        Made by `helpers.tables.depth_counts`: origin, access, numbers.
    title, subtitle : str
        The question, and what is shown.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        One bar per depth, the deepest on top; a depth from which no number comes stays, empty.
    """
    check_made(counts.columns, "tables.depth_counts", "origin", "access", "numbers")
    depths = list(ACCESS)
    numbers = counts.pivot_table(index="access", columns="origin", values="numbers", aggfunc="sum")
    numbers = numbers.reindex(index=depths, columns=list(_FILLS)).fillna(0).astype(int)
    totals = numbers.sum(axis=1)
    lines = style.footer_lines([], notes)
    top, bottom = style.title_height(title, subtitle) + 0.32, style.footer_height(lines) + 0.45
    body = _BAR * len(depths)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        handles = [
            Patch(fc=fill, ec=style.INK, lw=0.6, hatch=hatch, label=f"{origin} ({numbers[origin].sum()})")
            for origin, (fill, hatch) in _FILLS.items()
        ]
        y = (height - style.title_height(title, subtitle)) / height
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=3, borderaxespad=0.0)
        axes = figure.add_axes((0.2, bottom / height, 0.75, body / height))
        left = pd.Series(0, index=depths)
        for origin, (fill, hatch) in _FILLS.items():
            axes.barh(
                range(len(depths)), numbers[origin], left=left, color=fill, ec=style.INK, lw=0.6, hatch=hatch, height=0.7
            )  # fmt: skip
            left = left + numbers[origin]
        for place, depth in enumerate(depths):
            axes.annotate(
                str(totals[depth]), (totals[depth], place), (4, 0), textcoords="offset points", va="center", fontsize=8.5
            )  # fmt: skip
        axes.set_yticks(range(len(depths)), [phrase(depth) for depth in depths])
        axes.set_ylim(len(depths) - 0.5, -0.5)
        axes.set_xlim(0, max(int(totals.max()), 1) * 1.06)
        axes.set_xlabel("numbers (rows of evidence)")
        axes.tick_params(axis="y", length=0)
        style.quiet_axes(axes)
        style.footed(figure, lines)
    return figure
