"""Forest plot of pooled rates: every study with its exact interval, and below them the estimates side by side."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Transform, blended_transform_factory

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.show import marks, style
from helpers.show.count_forest import share_axis, write
from helpers.show.page import check_made

#: All in inches: a row, the head of a section, the space below one; from the left or (negative) the right edge.
_ROW, _HEAD, _GAP = 0.205, 0.27, 0.09
_LEFT, _PLOT, _COUNT, _SHARE, _INTERVAL = 0.1, 3.2, 3.25, 2.42, 1.62
#: Sections of one figure: with title, legend and footer it stays within twelve inches.
_TALLEST = 9.2
_PREDICTED = "#9fb4c7"
#: What is drawn of a study.
_STUDY = [
    "arm_kind", "cell_source", "alone", "share", "low", "high", "proportion", "origin", "who", "count_text", "interval_text",
]  # fmt: skip
#: Size in points of the mark of a study with all the information, and of the smallest.
_LARGEST, _SMALLEST = 13.0, 3.5
NAIVE = (
    "Naive comparison between sources of cells: different studies, other women, not adjusted. No difference between two pools "
    "can be attributed to the source."
)
#: The maker of the rows, and the columns that are drawn.
_MADE = (
    "helpers.questions.pooled_outcomes.rows.pooled_outcomes or helpers.questions.pooled_outcomes.own_pool.pool_rows",
    "section",
    "alone",
    "who",
    "share",
    "proportion",
    "low",
    "high",
    "count_text",
    "interval_text",
)


def pooled_forests(
    rows: pd.DataFrame,
    estimates: pd.DataFrame,
    *,
    subtitle: str,
    naive: bool = False,
    notes: tuple[str, ...] = (),
) -> dict[str, Figure]:
    """Draw one pooled forest per tissue and outcome, by name (``"ovary/live-birth"``), in parts if it would be too tall to read.

    `rows` and `estimates` are of `rows.PooledOutcomes`; without rows there is one figure, ``"none"``. `naive` adds the warning for
    pools that compare sources of cells.
    """
    check_made(rows.columns, *_MADE)
    options: dict[str, Any] = {"subtitle": subtitle, "naive": naive, "notes": notes}
    if rows.empty:
        title = "What do the studies show together?"
        return {"none": pooled_forest(rows, estimates, title=title, **options)}
    drawn = {}
    for (tissue, outcome), counts in rows.groupby(["tissue", "outcome"], sort=False):
        pools = estimates[(estimates["tissue"] == tissue) & (estimates["outcome"] == outcome)]
        parts = _parts(counts, pools)
        for number, part in enumerate(parts, start=1):
            several = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
            shown = pools[pools["section"].isin(part["section"])]
            question = (
                "what do the studies show together?" if len(shown) else "no two studies could be pooled"
            )
            title = f"{capital(ORGAN[str(tissue)])}, {phrase(str(outcome))}{several}: {question}"
            name = f"{tissue}/{outcome}/{number}" if several else f"{tissue}/{outcome}"
            drawn[name] = pooled_forest(part, shown, title=title, **options)
    return drawn


def _parts(rows: pd.DataFrame, estimates: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut rows between sections into parts of about equal height, none taller than `_TALLEST`."""
    heights = pd.Series(
        {
            section: _height(counts, estimates[estimates["section"] == section])
            for section, counts in rows.groupby("section", sort=False)
        }
    )
    height = heights.sum() / -(-heights.sum() // _TALLEST)
    part = ((heights.cumsum() - heights / 2) // height).astype(int)
    return [counts for _, counts in rows.groupby(rows["section"].map(part))]


def _height(rows: pd.DataFrame, estimates: pd.DataFrame) -> float:
    # Below the estimates: the prediction interval and the heterogeneity; or the reason for which there are none.
    return _HEAD + _ROW * (len(rows) + (len(estimates) + 2 if len(estimates) else 1)) + _GAP


def pooled_forest(
    rows: pd.DataFrame,
    estimates: pd.DataFrame,
    *,
    title: str,
    subtitle: str,
    naive: bool = False,
    notes: tuple[str, ...] = (),
) -> Figure:
    """Draw the counts and estimates of `rows.PooledOutcomes`, section by section.

    A diamond spans its interval; the filled one is the estimate that is reported, and the bar is the prediction interval. A section
    that is not pooled has no diamond and says why; a figure without rows says so.
    """
    check_made(rows.columns, *_MADE)
    lines = style.footer_lines(rows["citation"], (*notes, *_women(rows)))
    handles = _handles(rows, estimates)
    sections = [
        (str(name), counts, estimates[estimates["section"] == name])
        for name, counts in rows.groupby("section", sort=False)
    ]
    body = max(sum(_height(counts, pools) for _, counts, pools in sections), 0.8)
    legend = style.footer_height(lines) + marks.legend_height(handles)
    top = style.title_height(title, subtitle) + (0.78 if naive else 0.3)
    bottom = legend + 0.72
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes(
            (
                _PLOT / style.WIDTH,
                bottom / height,
                (style.WIDTH - _COUNT - 0.15 - _PLOT) / style.WIDTH,
                body / height,
            )
        )
        below = style.titled(figure, title, subtitle)
        if naive:
            style.warned(figure, NAIVE, 1 - (below + 0.17) / height)
        share_axis(axes, body)
        axes.set_xlabel("women with the event, percent of total")
        _draw(axes, sections)
        if rows.empty:
            style.say_nothing(axes, "no count of treated women\nin the selection")
        marks.legend_below(figure, handles, (legend + 0.04) / height)
        style.footed(figure, lines)
    return figure


def _draw(axes: Axes, sections: list[tuple[str, pd.DataFrame, pd.DataFrame]]) -> None:
    figure: Any = axes.figure
    across = blended_transform_factory(figure.transFigure, axes.transData)
    heads = ((_COUNT, "events/total"), (_SHARE, "information"), (_INTERVAL, "percent (CI; Bayes CrI)"))
    for x, head in heads if sections else ():
        write(axes, across, style.WIDTH - x, -0.1, head, fontsize=8.5, color=style.MUTED)
    y = 0.0
    for name, rows, pools in sections:
        _head(axes, across, y, name, rows)
        y += _HEAD
        first = y
        for row in rows[_STUDY].itertuples():
            _study(axes, across, y + _ROW / 2, row)
            y += _ROW
        if pools.empty:
            _note(axes, across, y + _ROW / 2, str(rows["alone"].iloc[0]))
            y += _ROW
        else:
            y = _pool(axes, across, first, y, pools)
        y += _GAP


def _head(axes: Axes, across: Transform, y: float, name: str, rows: pd.DataFrame) -> None:
    number = rows["study_id"].nunique()
    words = f"{number} {'study' if number == 1 else 'studies'}, {rows['total'].sum()} women"
    middle = y + 0.15
    look = {"fontsize": 9.2, "zorder": 4}
    write(axes, across, _LEFT, middle, capital(name), fontweight="bold", **look)
    write(axes, across, style.WIDTH - _COUNT, middle, words, fontsize=8.4, color=style.MUTED, zorder=4)


def _study(axes: Axes, across: Transform, y: float, row: Any) -> None:
    colour = style.arm_colour(row.arm_kind, row.cell_source)
    size = 7.0 if row.alone else max(_LARGEST * math.sqrt(row.share), _SMALLEST)
    axes.plot([row.low, row.high], [y, y], color=colour, lw=1.6, solid_capstyle="butt", zorder=2)
    marks.draw_proportion(axes, row.proportion, y, origin=str(row.origin), colour=colour, size=size)
    who = style.shortened(str(row.who), _PLOT - _LEFT - 0.2, 8.4)
    write(axes, across, _LEFT + 0.06, y, who, fontsize=8.4)
    share = "–" if row.alone else f"{100 * row.share:.0f} %"
    for x, words in ((_COUNT, row.count_text), (_SHARE, share), (_INTERVAL, row.interval_text)):
        write(axes, across, style.WIDTH - x, y, str(words), fontsize=8.4)


def _pool(axes: Axes, across: Transform, first: float, y: float, pools: pd.DataFrame) -> float:
    """Draw the estimates of a section below its studies, and return where they end."""
    lead = pools[pools["lead"]].iloc[0]
    axes.plot(
        [lead["estimate"]] * 2, [first, y + _ROW * len(pools)], ls=":", lw=0.9, color=style.MUTED, zorder=1
    )
    for pool in pools.itertuples():
        middle = y + _ROW / 2
        _diamond(axes, middle, pool)
        weight = "bold" if pool.lead else "normal"
        words = f"{pool.estimate_name}, k = {pool.k}"
        write(axes, across, _LEFT + 0.18, middle, words, fontsize=8.4, fontweight=weight)
        text = str(pool.estimate_text)
        write(axes, across, style.WIDTH - _INTERVAL, middle, text, fontsize=8.4, fontweight=weight)
        y += _ROW
    middle = y + _ROW / 2
    if pd.notna(lead["prediction_low"]):
        ends = [lead["prediction_low"], lead["prediction_high"]]
        axes.plot(ends, [middle] * 2, color=_PREDICTED, lw=5, solid_capstyle="butt", zorder=2)
    write(axes, across, _LEFT + 0.18, middle, "a new study (prediction interval, PI)", fontsize=8.4)
    write(axes, across, style.WIDTH - _INTERVAL, middle, lead["prediction_text"], fontsize=8.4)
    _note(axes, across, y + 1.5 * _ROW, str(lead["heterogeneity_text"]))
    return y + 2 * _ROW


def _diamond(axes: Axes, y: float, pool: Any) -> None:
    tall = 0.36 * _ROW
    axes.fill(
        [pool.low, pool.estimate, pool.high, pool.estimate], [y, y - tall, y, y + tall],
        fc=style.INK if pool.lead else "white", ec=style.INK, lw=1.0, zorder=3, label=str(pool.estimate_name),
    )  # fmt: skip


def _note(axes: Axes, across: Transform, y: float, words: str) -> None:
    write(axes, across, _LEFT + 0.18, y, words, fontsize=8.2, style="italic", color=style.MUTED)


def _women(rows: pd.DataFrame) -> list[str]:
    """Name the women of each study that describes them more closely than by their condition."""
    named = rows[rows["population"].notna()].drop_duplicates("study_id")
    women = [
        f"{row.study_label}, {row.population}" for row in named[["study_label", "population"]].itertuples()
    ]
    return [f"Women: {'; '.join(women)}."] if women else []


def _handles(rows: pd.DataFrame, estimates: pd.DataFrame) -> list[Line2D]:
    handles = [*marks.origin_handles(rows["origin"]), *marks.arm_handles(rows)]
    if estimates.empty:
        return handles
    handles.append(_diamond_handle("the estimate that is reported", style.INK))
    if not estimates["lead"].all():
        handles.append(_diamond_handle("the same counts, another method", "white"))
    return [*handles, Line2D([], [], color=_PREDICTED, lw=5, label="true rate in a new study (PI)")]


def _diamond_handle(words: str, face: str) -> Line2D:
    return Line2D([], [], ls="", marker="d", ms=8, mfc=face, mec=style.INK, label=words)
