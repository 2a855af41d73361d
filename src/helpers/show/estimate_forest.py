"""Forest plot of printed estimates: each measure of effect, and each level of evidence, on axes of its own."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from helpers.evidence.vocabulary import SEEN_IN
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import ratio_ci
from helpers.show.page import check_made
from helpers.stats.effects_pooling import NO_EFFECT

_ROW, _GAP = 0.225, 0.86
_MADE = (
    "helpers.questions.mechanisms_and_factors.estimates.estimate_rows, tables.women_effects or "
    "helpers.questions.cell_sources.published_effects.animal_effects",
    "level", "effect", "scale", "section", "label", "size", "estimate", "low", "high",
)  # fmt: skip
#: An estimate whose interval includes no effect; a hollow mark would mean that others report it.
_PALE = "#9a9a9a"


def estimate_forest(frame: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw estimates with their intervals, never two measures of effect, two organs, nor women and animals on one axis.

    `frame` has level (``human``, ``animal`` or ``in-vitro``), effect (the name of the axis), scale (``difference`` or ``ratio``),
    section, label, size (text, may be empty), estimate, low, high and citation. An unknown scale or level, or a ratio not above
    0, raises ValueError.
    """
    check_made(frame.columns, *_MADE)
    _check(frame)
    panels = [rows for _, rows in frame.groupby(["level", "effect"], sort=False)]
    panels.sort(key=lambda rows: list(SEEN_IN).index(rows["level"].iloc[0]))
    legend = (
        "Vertical line: no effect. Strong: the CI is on one side of the line; pale: the CI crosses the line, compatible with effects either way. "
        "Arrow: goes on beyond the axis."
    )
    lines = style.footer_lines(frame["citation"], notes if frame.empty else (*notes, legend))
    heights = [_ROW * (len(rows) + rows["section"].nunique()) for rows in panels] or [0.8]
    body = sum(heights) + _GAP * (len(heights) - 1)
    with framed(title, subtitle, lines, body=body, above=0.5, below=0.62) as page:
        stacked = page.stacked(0.42, 0.36, heights, _GAP)
        for rows, axes in zip(panels or [frame], stacked, strict=True):
            _panel(axes, rows)
    return page.figure


def _check(frame: pd.DataFrame) -> None:
    for column, known in (("scale", list(NO_EFFECT)), ("level", list(SEEN_IN))):
        strange = sorted(set(frame[column]) - set(known))
        if strange:
            raise ValueError(f"no {column} {strange[0]!r}; choose one of: {', '.join(known)}")
    ratios = frame[frame["scale"] == "ratio"]
    if (ratios[["estimate", "low"]] <= 0).any(axis=None):
        raise ValueError("a ratio is above 0; a logarithm of a ratio is a difference")
    if (frame.groupby("effect")["scale"].nunique() > 1).any():
        raise ValueError("one effect has two scales; give each its own name")


def _panel(axes: Axes, rows: pd.DataFrame) -> None:
    style.quiet_axes(axes, keep=() if rows.empty else ("bottom",))
    axes.set_yticks([])
    if rows.empty:
        axes.set_xticks([])
        style.say_nothing(axes, "no estimate with a CI is in\nthe text available to us")
        return
    level, effect, scale = rows[["level", "effect", "scale"]].iloc[0]
    across = axes.get_yaxis_transform()
    axes.axvline(NO_EFFECT[scale], color=style.INK, lw=0.9, zorder=1)
    if scale == "ratio":
        _log(axes, rows)
    else:
        axes.set_xlim(*_reach(rows))
    y = 0
    for section, own in rows.groupby("section", sort=False):
        marks.write_row(axes, y, [(-1.138, section)], fontsize=8.8, fontweight="bold")
        y += 1
        for row in own.itertuples():
            _row(axes, y, row, NO_EFFECT[scale])
            y += 1
    axes.set_ylim(y - 0.4, -0.6)
    kind = "ratio, log axis; no effect = 1" if scale == "ratio" else "difference; no effect = 0"
    axes.set_xlabel(f"{effect} ({kind})")
    head = f"Seen in {SEEN_IN[level]}: {effect}"
    axes.text(-1.138, -0.95, head, transform=across, fontsize=9.8, fontweight="bold")
    axes.text(1.03, -0.95, "estimate (CI)", transform=across, fontsize=8, color=style.MUTED)


def _reach(rows: pd.DataFrame) -> tuple[float, float]:
    """Tell how far the axis reaches: over all intervals but one that goes further beyond the rest than they span."""
    lows, highs = sorted([*rows["low"], 0.0]), sorted([*rows["high"], 0.0])
    low, high = lows[0], highs[-1]
    if len(rows) > 2:
        low = lows[1] if lows[1] - lows[0] > highs[-1] - lows[1] else low
        high = highs[-2] if highs[-1] - highs[-2] > highs[-2] - low else high
    air = 0.06 * (high - low)
    return low - air, high + air


def _log(axes: Axes, rows: pd.DataFrame) -> None:
    axes.set_xscale("log")
    axes.set_xlim(min(0.8, rows["low"].min() * 0.9), max(1.25, rows["high"].max() * 1.1))
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 1.5, 2.0, 3.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")


def _row(axes: Axes, y: int, row: Any, no_effect: float) -> None:
    left, right = axes.get_xlim()
    excludes = row.low > no_effect or row.high < no_effect
    ink = style.INK if excludes else _PALE
    axes.plot([row.low, row.high], [y, y], color=ink, lw=1.5, solid_capstyle="butt", zorder=2)
    axes.plot([row.estimate], [y], "s", ms=5.5, mfc=ink, mec=ink, mew=1.2, zorder=3)
    for beyond, edge, arrow in ((row.low < left, left, "<"), (row.high > right, right, ">")):
        if beyond:
            axes.plot([edge], [y], arrow, ms=6, color=ink, clip_on=False, zorder=3)
    who = textwrap.shorten(str(row.citation).partition(", doi")[0], 30, placeholder=" …")
    named = "; ".join(part for part in (str(row.label), str(row.size), who) if part)
    words = textwrap.shorten(named, 66, placeholder=" …")
    limits = ratio_ci(row.estimate, row.low, row.high).replace("-", "−")
    marks.write_row(axes, y, [(-1.12, words)], fontsize=8)
    marks.write_row(axes, y, [(1.03, limits)], fontsize=8.3)
