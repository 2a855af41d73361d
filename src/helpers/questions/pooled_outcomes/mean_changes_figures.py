"""Forest plot of mean changes: a bar per correlation that is assumed between before and after."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import capital, phrase
from helpers.show import marks, style
from helpers.show.forest_page import ForestPage, forest_page
from helpers.show.numbers import number
from helpers.show.page import check_made

#: All in inches: the space of a bar in a row, the head of a section, the space below one; from the left or the right edge.
_BAR, _AIR, _HEAD, _GAP, _WHY = 0.062, 0.12, 0.27, 0.1, 0.2
_LEFT, _PLOT, _WOMEN, _LEVELS, _CHANGE = 0.1, 1.75, 4.1, 3.52, 1.72
_PALEST, _SIZE = 0.3, 8.4


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

    A bar spans the interval at one correlation, the palest at the lowest. A study that prints no number of women has no bar.
    """
    maker = "helpers.questions.pooled_outcomes.mean_changes.mean_changes"
    check_made(rows.columns, maker, "name", "section", "alone", "study_label", "effect", "effect_text")
    drawn = {}
    for name in measures:
        changes = rows[rows["measure"] == name]
        bars = intervals[intervals["name"].isin(changes["name"])]
        pools = estimates[estimates["measure"] == name]
        title = f"How far does the mean move? {capital(phrase(name))} after treatment with cells"
        drawn[name] = _forest(changes, bars, pools, title, subtitle, notes)
    return drawn


def _forest(
    rows: pd.DataFrame,
    intervals: pd.DataFrame,
    pools: pd.DataFrame,
    title: str,
    subtitle: str,
    notes: tuple[str, ...],
) -> Figure:
    correlations = sorted(intervals["r"].unique())
    tall = _AIR + _BAR * max(len(correlations), 2)
    lines = len(rows) + len(pools[["section", "estimate_name"]].drop_duplicates())
    unpooled = rows.loc[rows["alone"] != "", "section"].nunique()
    body = max(lines * tall + rows["section"].nunique() * (_HEAD + _GAP) + _WHY * unpooled, 0.8)
    footer, handles = style.footer_lines(rows["citation"], notes), _handles(rows, pools, correlations)
    with forest_page(title, subtitle, footer, handles, body=body, left=_PLOT, right=_WOMEN) as page:
        page.axes.axvline(0, color=style.INK, lw=0.9, zorder=1)
        page.axes.grid(axis="x", color=style.FAINT, lw=0.6, zorder=0)
        page.axes.set_axisbelow(True)
        page.axes.set_xlabel(", ".join(["mean change", *rows["unit"].head(1)]))
        if rows.empty:
            style.say_nothing(page.axes, "no mean with its standard deviation\nwas printed before and after")
        change = f"change (CI at r {number(correlations[0])})" if correlations else "change"
        heads = ((_WOMEN, "women"), (_LEVELS, "before → after, mean ± SD"), (_CHANGE, change))
        page.columns(-0.1, heads if len(rows) else (), fontsize=8.5, color=style.MUTED)
        y = 0.0
        for name, studies in rows.groupby("section", sort=False):
            page.write(_LEFT, y + 0.15, capital(str(name)), fontsize=9.2, fontweight="bold", zorder=4)
            own = pools[pools["section"] == name]
            y = _section(page, y + _HEAD + tall / 2, tall, studies, intervals, own) - tall / 2 + _GAP
    return page.figure


def _section(
    page: ForestPage,
    y: float,
    tall: float,
    rows: pd.DataFrame,
    intervals: pd.DataFrame,
    pools: pd.DataFrame,
) -> float:
    """Draw the studies of a section, their pooled estimates, and why a study is not pooled; return where they end."""
    for _, study in rows.iterrows():
        bars = intervals[intervals["name"] == study["name"]].assign(estimate=study["effect"])
        colour = style.arm_colour(study["arm_kind"], study["cell_source"])
        _bars(page.axes, y, bars, colour)
        marks.draw_proportion(
            page.axes, study["effect"], y, origin=str(study["origin"]), colour=colour, size=6
        )
        who = style.shortened(str(study["study_label"]), _PLOT - _LEFT - 0.2, _SIZE)
        women = "–" if pd.isna(study["n"]) else number(study["n"])
        levels = f"{study['before_text']} → {study['after_text']}"
        page.write(_LEFT + 0.06, y, who, fontsize=_SIZE)
        page.columns(y, ((_WOMEN, women), (_LEVELS, levels), (_CHANGE, study["effect_text"])), fontsize=_SIZE)
        y += tall
    for label, fits in pools.groupby("estimate_name", sort=False):
        _bars(page.axes, y, fits, style.INK, mark="d")
        first = fits.iloc[0]
        page.write(_LEFT + 0.14, y, f"{label}, k = {first['k']}", fontsize=_SIZE, fontweight="bold")
        cells = ((_WOMEN, first["women"]), (_CHANGE, first["effect_text"]))
        page.columns(y, cells, fontsize=_SIZE, fontweight="bold")
        y += tall
    reasons = rows.loc[rows["alone"] != "", "alone"].unique()
    for words in reasons:
        place = y - tall / 2 + 0.09
        page.write(_LEFT + 0.14, place, words, fontsize=8.2, style="italic", color=style.MUTED)
    return y + _WHY * (len(reasons) > 0)


def _shades(several: int) -> list[float]:
    return [1.0] if several == 1 else np.linspace(_PALEST, 1.0, several).tolist()


def _bars(axes: Axes, y: float, bars: pd.DataFrame, colour: str, mark: str = "") -> None:
    offsets = _BAR * (np.arange(len(bars)) - (len(bars) - 1) / 2)
    numbers = bars[["low", "high", "estimate", "r"]].to_numpy(np.float64)
    for (low, high, estimate, r), offset, shade in zip(numbers, offsets, _shades(len(bars)), strict=True):
        axes.plot(
            [low, high], [y + offset] * 2, color=colour, alpha=shade, lw=2.6, solid_capstyle="butt", zorder=2,
            label=f"r {number(r)}",
        )  # fmt: skip
        if mark:
            axes.plot([estimate], [y + offset], mark, ms=3.6, mfc="white", mec=colour, mew=0.8, zorder=4)


def _handles(rows: pd.DataFrame, pools: pd.DataFrame, correlations: list[float]) -> list[Line2D]:
    if rows.empty:
        return []
    handles = [*marks.origin_handles(rows["origin"]), *marks.arm_handles(rows)]
    handles += [
        Line2D([], [], color=style.INK, alpha=shade, lw=2.6, label=f"if r is {number(r)}")
        for r, shade in zip(correlations, _shades(len(correlations)), strict=True)
    ]
    if len(pools):
        label = "pooled mean change"
        handles.append(Line2D([], [], ls="", marker="d", ms=5, mfc="white", mec=style.INK, label=label))
    return handles
