"""Forest plot of mean changes: a bar per correlation that is assumed between before and after."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from helpers.evidence.vocabulary import capital, phrase
from helpers.show import marks, style
from helpers.show.count_forest import write
from helpers.show.page import check_made

#: All in inches: the space of a bar in a row, the head of a section, the space below one; from the left or the right edge.
_BAR, _AIR, _HEAD, _GAP = 0.062, 0.12, 0.27, 0.1
_LEFT, _PLOT, _WOMEN, _LEVELS, _CHANGE = 0.1, 1.75, 4.1, 3.52, 1.72
_PALEST = 0.3


def mean_change_forests(
    rows: pd.DataFrame,
    intervals: pd.DataFrame,
    estimates: pd.DataFrame,
    measures: Iterable[str],
    *,
    subtitle: str,
    notes: tuple[str, ...] = (),
) -> dict[str, Figure]:
    """Draw the mean changes of each marker, study by study, and their pooled estimates; one figure per marker.

    `rows`, `intervals` and `estimates` are of `mean_changes.MeanChanges`. A bar spans the interval at one correlation, the palest at
    the lowest. A study that prints no number of women has a mark and no bar; a marker without a row says so.
    """
    check_made(
        rows.columns,
        "helpers.questions.pooled_outcomes.mean_changes.mean_changes",
        "name",
        "section",
        "alone",
        "who",
        "effect",
        "effect_text",
    )
    drawn = {}
    for name in measures:
        changes = rows[rows["measure"] == name]
        bars = intervals[intervals["name"].isin(changes["name"])]
        pools = estimates[estimates["measure"] == name]
        drawn[name] = _forest(changes, bars, pools, name, subtitle, notes)
    return drawn


def _forest(
    rows: pd.DataFrame,
    intervals: pd.DataFrame,
    pools: pd.DataFrame,
    measure: str,
    subtitle: str,
    notes: tuple[str, ...],
) -> Figure:
    correlations = sorted(intervals["r"].unique())
    title = f"How far does the mean move? {capital(phrase(measure))} after treatment with cells"
    lines = style.footer_lines(rows["citation"], notes)
    handles = _handles(rows, pools, correlations)
    row = _AIR + _BAR * max(len(correlations), 2)
    sections = [(str(name), changes) for name, changes in rows.groupby("section", sort=False)]
    drawn = len(rows) + sum(
        len(pools.loc[pools["section"] == name, "estimate_name"].unique()) for name, _ in sections
    )
    unpooled = (rows["alone"] != "").groupby(rows["section"]).any().sum()
    body = max(drawn * row + len(sections) * (_HEAD + _GAP) + 0.2 * unpooled, 0.8)
    legend = style.footer_height(lines) + marks.legend_height(handles)
    top, bottom = style.title_height(title, subtitle) + 0.3, legend + 0.72
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        wide = style.WIDTH - _PLOT - _WOMEN - 0.15
        axes = figure.add_axes((_PLOT / style.WIDTH, bottom / height, wide / style.WIDTH, body / height))
        style.titled(figure, title, subtitle)
        style.quiet_axes(axes)
        axes.set_ylim(body, 0)
        axes.set_yticks([])
        axes.axvline(0, color=style.INK, lw=0.9, zorder=1)
        axes.grid(axis="x", color=style.FAINT, lw=0.6, zorder=0)
        axes.set_axisbelow(True)
        unit = rows["unit"].iloc[0] if len(rows) else ""
        axes.set_xlabel(f"mean change, {unit}" if unit else "mean change")
        if rows.empty:
            style.say_nothing(axes, "no mean with its standard deviation\nwas printed before and after")
        _draw(axes, sections, intervals, pools, row)
        marks.legend_below(figure, handles, (legend + 0.04) / height)
        style.footed(figure, lines)
    return figure


def _draw(
    axes: Axes,
    sections: list[tuple[str, pd.DataFrame]],
    intervals: pd.DataFrame,
    pools: pd.DataFrame,
    row: float,
) -> None:
    figure: Any = axes.figure
    across = blended_transform_factory(figure.transFigure, axes.transData)
    change = "change" if intervals.empty else f"change (CI at r {intervals['r'].min():g})"
    heads = ((_WOMEN, "women"), (_LEVELS, "before → after, mean ± SD"), (_CHANGE, change))
    for x, head in heads if sections else ():
        write(axes, across, style.WIDTH - x, -0.1, head, fontsize=8.5, color=style.MUTED)
    y = 0.0
    for name, rows in sections:
        write(axes, across, _LEFT, y + 0.15, capital(name), fontsize=9.2, fontweight="bold", zorder=4)
        y += _HEAD
        for _, study in rows.iterrows():
            bars = intervals[intervals["name"] == study["name"]].assign(estimate=study["effect"])
            colour = style.arm_colour(study["arm_kind"], study["cell_source"])
            _bars(axes, y + row / 2, bars, colour)
            origin = str(study["origin"])
            marks.draw_proportion(axes, study["effect"], y + row / 2, origin=origin, colour=colour, size=6)
            who = style.shortened(str(study["who"]), _PLOT - _LEFT - 0.2, 8.4)
            women = "–" if pd.isna(study["n"]) else f"{study['n']:.0f}"
            levels = f"{study['before_text']} → {study['after_text']}"
            write(axes, across, _LEFT + 0.06, y + row / 2, who, fontsize=8.4)
            for x, words in ((_WOMEN, women), (_LEVELS, levels), (_CHANGE, study["effect_text"])):
                write(axes, across, style.WIDTH - x, y + row / 2, words, fontsize=8.4)
            y += row
        for label, fits in pools[pools["section"] == name].groupby("estimate_name", sort=False):
            _bars(axes, y + row / 2, fits, style.INK, mark="d")
            first = fits.iloc[0]
            write(
                axes,
                across,
                _LEFT + 0.14,
                y + row / 2,
                f"{label}, k = {first['k']}",
                fontsize=8.4,
                fontweight="bold",
            )
            for x, words in ((_WOMEN, f"{first['women']}"), (_CHANGE, first["effect_text"])):
                write(axes, across, style.WIDTH - x, y + row / 2, words, fontsize=8.4, fontweight="bold")
            y += row
        for words in dict.fromkeys(rows.loc[rows["alone"] != "", "alone"]):
            write(
                axes, across, _LEFT + 0.14, y + 0.09, words, fontsize=8.2, style="italic", color=style.MUTED
            )
        y += _GAP + 0.2 * (rows["alone"] != "").any()


def _shades(number: int) -> list[float]:
    return [1.0] if number == 1 else np.linspace(_PALEST, 1.0, number).tolist()


def _bars(axes: Axes, y: float, bars: pd.DataFrame, colour: str, mark: str = "") -> None:
    offsets = _BAR * (np.arange(len(bars)) - (len(bars) - 1) / 2)
    numbers = bars[["low", "high", "estimate", "r"]].to_numpy(np.float64)
    for (low, high, estimate, r), offset, shade in zip(numbers, offsets, _shades(len(bars)), strict=True):
        axes.plot(
            [low, high], [y + offset] * 2, color=colour, alpha=shade, lw=2.6, solid_capstyle="butt", zorder=2,
            label=f"r {r:g}",
        )  # fmt: skip
        if mark:
            axes.plot([estimate], [y + offset], mark, ms=3.6, mfc="white", mec=colour, mew=0.8, zorder=4)


def _handles(rows: pd.DataFrame, pools: pd.DataFrame, correlations: list[float]) -> list[Line2D]:
    if rows.empty:
        return []
    handles = [*marks.origin_handles(rows["origin"]), *marks.arm_handles(rows)]
    if rows["n"].notna().any():
        handles += [
            Line2D([], [], color=style.INK, alpha=shade, lw=2.6, label=f"if r is {r:g}")
            for r, shade in zip(correlations, _shades(len(correlations)), strict=True)
        ]
    if len(pools):
        handles.append(
            Line2D([], [], ls="", marker="d", ms=5, mfc="white", mec=style.INK, label="pooled mean change")
        )
    return handles
