"""How often intervals of a pooled proportion hold the truth, in simulations."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from helpers.show import marks, style
from helpers.show.made import check_made

#: What is drawn, and how: colour, mark and line tell the intervals apart, each by itself.
INTERVALS = {
    "wald": ("Wald", "#000000", "o", "-"),
    "t": ("t with k - 1 degrees of freedom", "#4b6cb7", "s", "--"),
    "bayes": ("Bayes", "#b8336a", "D", "-"),
    "crude": ("naive: exact interval of the summed counts", "#9a7d00", "^", ":"),
}
_PANEL, _GAP = 1.35, 0.16


def coverage_panels(
    rows: pd.DataFrame, *, title: str, subtitle: str, level: float = 0.95, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw the coverage of each interval by the number of studies.

    Parameters
    ----------
    rows : pandas.DataFrame
        k, rate, tau, interval (a key of `INTERVALS`), coverage and coverage_error, both as proportions.
    title, subtitle : str
        The finding, and what is shown.
    level : float
        The level that the intervals promise, drawn as a line.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        A row of panels per rate and a column per tau, all with one scale; bars of two Monte Carlo errors.
    """
    check_made(
        rows.columns,
        "benchmarks/coverage_of_proportions.py",
        "k",
        "rate",
        "tau",
        "interval",
        "coverage",
        "coverage_error",
    )
    rates, taus = (sorted(rows[column].unique()) for column in ("rate", "tau"))
    lines = style.footer_lines([], notes)
    handles = _handles(rows, level)
    top = style.title_height(title, subtitle) + 0.3
    bottom = style.footer_height(lines) + 0.4 + marks.legend_height(handles)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + len(rates) * (_PANEL + _GAP) + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        wide = 0.84 / len(taus)
        lowest = 100 * (rows["coverage"] - 2 * rows["coverage_error"]).min()
        for line, rate in enumerate(rates):
            base = height - top - (line + 1) * (_PANEL + _GAP) + _GAP
            for column, tau in enumerate(taus):
                axes = figure.add_axes((0.14 + column * wide, base / height, wide - 0.02, _PANEL / height))
                _panel(axes, rows[(rows["rate"] == rate) & (rows["tau"] == tau)], sorted(rows["k"].unique()))
                axes.axhline(100 * level, color=style.MUTED, lw=1, zorder=1)
                axes.set_ylim(max(lowest - 3, 0), 102)
                if line == 0:
                    axes.set_title(f"tau {tau:g}")
                axes.tick_params(labelbottom=line == len(rates) - 1, labelleft=column == 0, left=column == 0)
            figure.text(0.01, (base + _PANEL / 2) / height, f"median\nrate {100 * rate:g} %", va="center")
        figure.text(0.56, (bottom - 0.24) / height, "number of studies, k", ha="center")
        marks.legend_below(figure, handles, (bottom - 0.36) / height)
        style.footed(figure, lines)
    return figure


def _panel(axes: Axes, rows: pd.DataFrame, studies: list[int]) -> None:
    for interval, (name, colour, marker, dashes) in INTERVALS.items():
        drawn = rows[rows["interval"] == interval].sort_values("k")
        axes.errorbar(
            [studies.index(k) for k in drawn["k"]], 100 * drawn["coverage"], yerr=200 * drawn["coverage_error"],
            color=colour, marker=marker, ls=dashes, ms=4.5, lw=1.3, elinewidth=1, zorder=3, label=name,
        )  # fmt: skip
    axes.set_xticks(range(len(studies)), [str(k) for k in studies])
    axes.set_xlim(-0.3, len(studies) - 0.7)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g} %")
    axes.grid(axis="y", color=style.FAINT, lw=0.5)
    style.quiet_axes(axes, keep=("bottom", "left"))


def _handles(rows: pd.DataFrame, level: float) -> list[Line2D]:
    drawn = [look for interval, look in INTERVALS.items() if (rows["interval"] == interval).any()]
    handles = [
        Line2D([], [], color=colour, marker=marker, ls=dashes, ms=5, lw=1.3, label=name)
        for name, colour, marker, dashes in drawn
    ]
    return [*handles, Line2D([], [], color=style.MUTED, lw=1, label=f"promised: {100 * level:g} %")]
