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
from helpers.show.frame import framed
from helpers.show.numbers import number
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

    Only changes with a band are drawn: women treated with cells above a line, women without cells below it.
    """
    maker = "helpers.questions.hormone_trajectories.variation.judged_changes"
    check_made(judged.columns, maker, "verdict", "ratio", "label", "text", "why")
    bands = bands[bands["missing"] == ""].drop_duplicates("measure")
    drawn = judged[judged["low"].notna()]
    every: list[Any] = list(bands.itertuples())
    panels = [(band, drawn[drawn["measure"] == band.measure]) for band in every]
    sources = [*bands["citation"], *(citation for _, rows in panels for citation in rows["citation"])]
    heights = [_ROW * max(len(rows), 1.4) for _, rows in panels] or [0.8]
    room = {"body": sum(heights) + _GAP * (len(heights) - 1), "above": 0.36, "below": 0.62, "air": 0.0}
    lines = style.footer_lines(sources, notes)
    with framed(title, subtitle, lines, legends=[_handles(drawn)], **room) as page:
        stacked = list(page.stacked(0.3, 0.36, heights, _GAP))
        for (band, rows), axes in zip(panels, stacked, strict=False):
            _panel(axes, band, rows)
        axes = stacked[-1]
        if panels:
            axes.set_xlabel("ratio to the level before, log axis", fontsize=8.8)
        else:
            axes.set_axis_off()
            style.say_nothing(axes, "no figure of the variation of these markers\nwas found")
    return page.figure


def _panel(axes: Axes, band: Any, rows: pd.DataFrame) -> None:
    axes.axvline(1, color=style.INK, lw=0.8, zorder=2)
    across = axes.get_yaxis_transform()
    axes.set_xscale("log")
    low = max(_LEAST, min([band.low, *rows["low"], *rows["ratio"]]) / 1.15)
    axes.set_xlim(low, max([band.high, *rows["high"], *rows["ratio"]]) * 1.15)
    if rows.empty:
        _bands(axes, 0, band, low)
        muted: dict[str, Any] = {"color": style.MUTED, "style": "italic", "va": "center", "fontsize": 8.3}
        axes.text(1.03, 0.5, "no change with a size was reported", transform=axes.transAxes, **muted)
    treated = int((rows["arm_kind"] == "cells").sum())
    if 0 < treated < len(rows):
        line: dict[str, Any] = {"color": style.MUTED, "lw": 0.7, "ls": (0, (4, 3)), "clip_on": False}
        axes.plot([-0.8, 1.9], [treated - 0.5] * 2, transform=across, **line)
    for y, row in enumerate(rows.itertuples()):
        _bands(axes, y, row, low)
        _change(axes, y, row, low)
    axes.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("×{x:g}")
    alone = ": the assay alone, no figure for the biology was found" if band.assay_alone else ""
    axes.set_title(f"{phrase(band.measure)}{alone}", loc="left", fontsize=9.5, fontweight="bold")
    style.quiet_axes(axes)


def _change(axes: Axes, y: int, row: Any, low: float) -> None:
    """Draw the ratio of a change, with its name at the left and its verdict at the right."""
    colour = style.arm_colour(row.arm_kind, row.cell_source)
    single, itself = row.subject != "cohort", row.origin == marks.FIRST_HAND
    marker = marks.marker_of(with_cells=row.arm_kind == "cells", single=single) if row.ratio > low else "<"
    look: dict[str, Any] = {"mfc": colour if itself else "white", "mec": colour, "mew": 1.4}
    axes.plot([max(row.ratio, low)], [y], marker, ms=7, zorder=4, clip_on=False, **look)
    when = f"month {number(row.months)}" if pd.notna(row.months) else "time not printed"
    detail = when if single else f"{_women(row)}, {when}"
    name = f"{row.label}, {detail}"
    if style.text_width(name, _NAME) > _NAME_WIDTH:
        name = f"{style.shortened(row.label, _NAME_WIDTH, _NAME)}\n{detail}"
    marks.write_row(axes, y, [(-0.04, name)], ha="right", fontsize=_NAME, linespacing=1.1)
    reason = row.why.partition(":")[0]
    words = [
        row.text.partition(";")[0] + ("" if itself else f"; {row.origin}"),
        _VERDICT[row.verdict] + _WHY.get(reason, reason),
    ]
    words = [style.shortened(line, _WORDS_WIDTH, _WORDS) for line in words]
    marks.write_row(axes, y, [(1.03, "\n".join(words))], fontsize=_WORDS, linespacing=1.1)


def _women(row: Any) -> str:
    if pd.notna(row.women):
        return f"n = {number(row.women)}"
    return "n not printed" if pd.isna(row.at_most) else f"n not printed, ≤ {number(row.at_most)}"


def _bands(axes: Axes, y: int, limits: Any, least: float) -> None:
    """Draw both bands of a change, for its number of women."""
    wide = (limits.low, limits.high, _WIDE)
    for low, high, colour in (wide, (limits.narrow_low, limits.narrow_high, _NARROW)):
        start = max(low, least)
        axes.barh([y], [high - start], left=[start], height=0.86, color=colour, lw=0, zorder=1)


def _handles(drawn: pd.DataFrame) -> list[Any]:
    handles: list[Any] = [
        Patch(fc=_NARROW, label="smallest reference change value"),
        Patch(fc=_WIDE, label="largest reference change value"),
    ]
    cohorts, with_cells = drawn["subject"] == "cohort", drawn["arm_kind"] == "cells"
    hollow = "hollow: not reported by the study itself"
    ink, grey = {"color": style.INK}, {"color": style.COMPARATOR_COLOUR}
    marked: list[tuple[pd.Series[bool], dict[str, Any]]] = [
        (cohorts, {**ink, "marker": "o", "label": "mean or median of a cohort"}),
        (~cohorts, {**ink, "marker": marks.SINGLE_MARKER, "label": "single patient"}),
        (drawn["origin"] != marks.FIRST_HAND, {**ink, "marker": "o", "mfc": "white", "label": hollow}),
        (~with_cells, {**grey, "marker": marks.COMPARATOR_MARKER, "label": "without cells"}),
    ]
    handles += [Line2D([], [], ls="", ms=7, **look) for rows, look in marked if rows.any()]
    return handles + marks.colour_handles(drawn.loc[with_cells, "cell_source"], style.CELL_SOURCE_COLOURS)
