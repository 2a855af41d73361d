"""Outcomes of different studies side by side, group by group, said to be what it is: a naive comparison."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from helpers.figures import marks, style

_OTHERS = {
    "condition": "disease",
    "route": "route",
    "donor": "donor",
    "cell_source": "source of the cells",
    "design": "design",
}


def other_differences(frame: pd.DataFrame, group: str) -> list[str]:
    """Name in what else the studies of a comparison differ.

    Parameters
    ----------
    frame : pandas.DataFrame
        The rows compared.
    group : str
        The column whose values are compared.

    Returns
    -------
    list of str
        Words for condition, route, donor, source of the cells and design, where they differ.
    """
    return [
        name for column, name in _OTHERS.items() if column != group and frame[column].fillna("").nunique() > 1
    ]


def _warning(frame: pd.DataFrame, group: str) -> str:
    others = ", ".join(other_differences(frame, group)) or "nothing that is known"
    return (
        f"Naive comparison between studies, unadjusted. Beside what is compared, the studies differ in {others}, and in "
        "women, dose and follow-up as far as these are known. A difference here is no effect of the group."
    )


def comparison(
    frame: pd.DataFrame,
    *,
    group: str,
    group_name: str,
    title: str,
    subtitle: str,
    notes: tuple[str, ...] = (),
) -> Figure:
    """Draw proportions of single arms side by side.

    Parameters
    ----------
    frame : pandas.DataFrame
        As for `forest`, with the column `group` and `condition`; rows without an interval are left to the table.
    group : str
        Column whose values are compared.
    group_name : str
        Its name on the axis.
    title, subtitle : str
        The question, and what is shown.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        Colour tells the condition, since it differs between the groups. The warning is part of the figure. A figure
        without rows says so.
    """
    drawn = frame[frame["low"].notna()]
    groups = list(dict.fromkeys(drawn[group].fillna("not reported")))
    lines = style.footer_lines(drawn["citation"], notes)
    top, bottom = style.title_height(title, subtitle) + 0.62, style.footer_height(lines) + 1.05
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + 3.6 + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0.09, bottom / height, 0.89, 3.6 / height))
        style.titled(figure, title, subtitle)
        style.warned(figure, _warning(drawn, group), 1 - (top - 0.36) / height)
        for place, name in enumerate(groups):
            rows = drawn[drawn[group].fillna("not reported") == name]
            _draw_group(axes, place, rows)
        _dress(axes, groups, group_name)
        if drawn.empty:
            style.say_nothing(axes, "no count with a denominator was reported\nin what was read")
        handles = marks.origin_handles(drawn["origin"])
        handles += marks.colour_handles(drawn["condition"], style.CONDITION_COLOURS)
        marks.legend_below(figure, handles, (bottom - 0.62) / height)
        style.footed(figure, lines)
    return figure


def _draw_group(axes: Axes, place: int, rows: pd.DataFrame) -> None:
    step = 0.8 / max(len(rows), 1)
    for index, row in enumerate(rows.itertuples()):
        _draw_point(axes, place - 0.4 + step * (index + 0.5), row)


def _draw_point(axes: Axes, x: float, row: Any) -> None:
    colour = style.colour_of(row.condition, style.CONDITION_COLOURS)
    axes.plot([x, x], [row.low, row.high], color=colour, lw=1.8, zorder=2)
    marks.draw_proportion(axes, x, row.proportion, origin=str(row.origin), colour=colour)
    axes.annotate(
        f"{textwrap.fill(str(row.label), 20)}\n{row.count_text}", (x, row.high), xytext=(0, 4), textcoords="offset points", ha="center",
        va="bottom", fontsize=8, linespacing=1.2,
    )  # fmt: skip


def _dress(axes: Axes, groups: list[str], group_name: str) -> None:
    axes.set_xlim(-0.5, max(len(groups), 1) - 0.5)
    axes.set_ylim(0, 1.14)
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_xticks(range(len(groups)), ["\n".join(textwrap.wrap(name, 18)) for name in groups])
    axes.set_xlabel(group_name)
    axes.set_ylabel("events, percent of total")
    axes.grid(axis="y", color=style.FAINT, lw=0.6)
    axes.set_axisbelow(True)
    for edge in range(1, len(groups)):
        axes.axvline(edge - 0.5, color=style.FAINT, lw=0.8)
    style.quiet_axes(axes)
