"""Draw reported changes over their reference change values."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import LogLocator, NullLocator

from helpers.evidence.vocabulary import phrase
from helpers.show import marks, style
from helpers.show.page import check_made
from helpers.stats.variation import ASSAY_ALONE, BETWEEN, OUTSIDE, UNCOUNTED, UNKNOWN, WITHIN

_ROW, _GAP = 0.32, 0.56
_NAME, _NAME_WIDTH = 8.2, 2.55
_WORDS, _WORDS_WIDTH = 8.0, 2.95
_VERDICT = {
    OUTSIDE: "beyond the largest value",
    BETWEEN: "beyond the smallest value only",
    WITHIN: "within the smallest value",
    UNKNOWN: "not judged: ",
}
_WHY = {UNCOUNTED: "n not printed", ASSAY_ALONE: "variation of the assay alone"}
_WIDE, _NARROW = "#dedede", "#b8b8b8"
#: The axis ends here at the lowest: a level that fell to nothing has a ratio of 0, which a log axis cannot show.
_LEAST = 0.05


def noise(
    judged: pd.DataFrame, bands: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw one panel per marker of `bands`, with its changes as ratios to the level before on a log axis.

    Only changes with a band are drawn: women treated with cells above a line, women without cells below it. A marker without any
    change has a panel that says so.
    """
    check_made(
        judged.columns,
        "helpers.questions.hormone_trajectories.variation.judged_changes",
        "verdict",
        "ratio",
        "label",
        "text",
        "why",
    )
    bands = bands[bands["missing"] == ""].drop_duplicates("measure")
    every: list[Any] = list(bands.itertuples())
    panels = [(band, judged[(judged["measure"] == band.measure) & judged["low"].notna()]) for band in every]
    lines = style.footer_lines(
        [*bands["citation"], *(rows["citation"].str.cat(sep="; ") for _, rows in panels if len(rows))], notes
    )
    heights = [_ROW * max(len(rows), 1.4) for _, rows in panels] or [0.8]
    handles = _handles(judged)
    top = style.title_height(title, subtitle) + 0.36
    bottom = style.footer_height(lines) + 0.62 + marks.legend_height(handles)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + sum(heights) + _GAP * (len(heights) - 1) + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        y = height - top
        for (band, rows), tall in zip(panels, heights, strict=False):
            axes = figure.add_axes((0.3, (y - tall) / height, 0.36, tall / height))
            _panel(axes, band, rows)
            y -= tall + _GAP
        if panels:
            figure.axes[-1].set_xlabel("ratio to the level before, log axis", fontsize=8.8)
        else:
            axes = figure.add_axes((0.3, (y - 0.8) / height, 0.36, 0.8 / height))
            axes.set_axis_off()
            style.say_nothing(axes, "no figure of the variation of these markers\nwas found")
        marks.legend_below(figure, handles, (bottom - 0.62) / height)
        style.footed(figure, lines)
    return figure


def _panel(axes: Axes, band: Any, rows: pd.DataFrame) -> None:
    axes.axvline(1, color=style.INK, lw=0.8, zorder=2)
    across = axes.get_yaxis_transform()
    axes.set_xscale("log")
    low = max(_LEAST, min([band.low, *rows["low"], *rows["ratio"]]) / 1.15)
    high = max([band.high, *rows["high"], *rows["ratio"]]) * 1.15
    axes.set_xlim(low, high)
    if rows.empty:
        _bands(axes, 0, band, low)
        axes.text(
            1.03, 0.5, "no change with a size was reported", transform=axes.transAxes, va="center", fontsize=8.3, color=style.MUTED,
            style="italic",
        )  # fmt: skip
    each: list[Any] = list(rows.itertuples())
    treated = int((rows["arm_kind"] == "cells").sum())
    if 0 < treated < len(each):
        axes.plot(
            [-0.8, 1.9],
            [treated - 0.5] * 2,
            transform=across,
            color=style.MUTED,
            lw=0.7,
            ls=(0, (4, 3)),
            clip_on=False,
        )
    for y, row in enumerate(each):
        _bands(axes, y, row, low)
        colour = style.arm_colour(row.arm_kind, row.cell_source)
        single = row.subject != "cohort"
        marker = marks.marker_of(with_cells=row.arm_kind == "cells", single=single)
        axes.plot(
            [max(row.ratio, low)],
            [y],
            marker if row.ratio > low else "<",
            ms=7,
            mfc=colour if row.origin == marks.FIRST_HAND else "white",
            mec=colour,
            mew=1.4,
            zorder=4,
            clip_on=False,
        )
        when = f"month {row.months:g}" if pd.notna(row.months) else "time not printed"
        detail = when if single else f"{_women(row)}, {when}"
        name = f"{row.label}, {detail}"
        if style.text_width(name, _NAME) > _NAME_WIDTH:
            name = f"{style.shortened(row.label, _NAME_WIDTH, _NAME)}\n{detail}"
        axes.text(-0.04, y, name, transform=across, va="center", ha="right", fontsize=_NAME, linespacing=1.1)
        who = "" if row.origin == marks.FIRST_HAND else f"; {row.origin}"
        reason = row.why.partition(":")[0]
        why = _VERDICT[row.verdict] + _WHY.get(reason, reason)
        words = [f"{row.text.partition(';')[0]}{who}", why]
        words = [style.shortened(line, _WORDS_WIDTH, _WORDS) for line in words]
        axes.text(1.03, y, "\n".join(words), transform=across, va="center", fontsize=_WORDS, linespacing=1.1)
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("×{x:g}")
    alone = ": the assay alone, no figure for the biology was found" if band.assay_alone else ""
    axes.set_title(f"{phrase(band.measure)}{alone}", loc="left", fontsize=9.5, fontweight="bold")
    style.quiet_axes(axes)


def _women(row: Any) -> str:
    if pd.notna(row.women):
        return f"n = {row.women:g}"
    return "n not printed" if pd.isna(row.at_most) else f"n not printed, ≤ {row.at_most:g}"


def _bands(axes: Axes, y: int, limits: Any, least: float) -> None:
    """Draw both bands of a change, for its number of women."""
    for low, high, colour in (
        (limits.low, limits.high, _WIDE),
        (limits.narrow_low, limits.narrow_high, _NARROW),
    ):
        start = max(low, least)
        axes.barh([y], [high - start], left=[start], height=0.86, color=colour, lw=0, zorder=1)


def _handles(judged: pd.DataFrame) -> list[Any]:
    drawn = judged[judged["low"].notna()]
    look: dict[str, Any] = {"color": style.INK, "ls": "", "ms": 7}
    handles: list[Any] = [
        Patch(fc=_NARROW, label="smallest reference change value"),
        Patch(fc=_WIDE, label="largest reference change value"),
    ]
    if (drawn["subject"] == "cohort").any():
        handles.append(Line2D([], [], **look, marker="o", label="mean or median of a cohort"))
    if (drawn["subject"] != "cohort").any():
        handles.append(Line2D([], [], **look, marker=marks.SINGLE_MARKER, label="single patient"))
    if (drawn["origin"] != marks.FIRST_HAND).any():
        handles.append(
            Line2D([], [], **look, marker="o", mfc="white", label="hollow: not reported by the study itself")
        )
    with_cells = drawn.loc[drawn["arm_kind"] == "cells", "cell_source"]
    if len(with_cells) < len(drawn):
        look["color"] = style.COMPARATOR_COLOUR
        handles.append(Line2D([], [], **look, marker=marks.COMPARATOR_MARKER, label="without cells"))
    return handles + marks.colour_handles(with_cells, style.CELL_SOURCE_COLOURS)
