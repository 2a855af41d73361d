"""Forest plot of pooled rates: every study with its exact interval, and below them the estimates side by side."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.show import marks, style
from helpers.show.forest_page import ForestPage, forest_page, share_axis
from helpers.show.frame import parts
from helpers.show.numbers import number
from helpers.show.page import check_made
from helpers.show.words import counted

#: All in inches: a row, the head of a section, the space below one; from the left or the right edge.
_ROW, _HEAD, _GAP = 0.205, 0.27, 0.09
_LEFT, _PLOT, _COUNT, _SHARE, _INTERVAL = 0.1, 3.2, 3.25, 2.42, 1.62
#: Sections of one figure: with title, legend and footer it stays within twelve inches.
_TALLEST = 9.2
_PREDICTED = "#9fb4c7"
#: Size in points of the mark of a study with all the information, of the smallest, and of one that is not pooled; and of words.
_LARGEST, _SMALLEST, _ALONE = 13.0, 3.5, 7.0
_SIZE = 8.4
NAIVE = (
    "Naive comparison between sources of cells: different studies, other women, not adjusted. No difference between two pools "
    "can be attributed to the source."
)
#: The maker of the rows, and the columns that are drawn.
_MADE = "helpers.questions.pooled_outcomes.rows.pooled_outcomes or helpers.questions.pooled_outcomes.own_pool.pool_rows"
_DRAWN = [
    "section", "alone", "who", "share", "proportion", "low", "high", "count_text", "interval_text", "origin", "arm_kind",
    "cell_source",
]  # fmt: skip


def pooled_forests(
    rows: pd.DataFrame,
    estimates: pd.DataFrame,
    *,
    subtitle: str,
    naive: bool = False,
    notes: tuple[str, ...] = (),
) -> dict[str, Figure]:
    """Draw one pooled forest per tissue and outcome, by name (``"ovary/live-birth"``), in parts if it would be too tall to read.

    Without rows there is one figure, ``"none"``. `naive` adds the warning for pools that compare sources of cells.
    """
    check_made(rows.columns, _MADE, *_DRAWN)
    look = subtitle, NAIVE if naive else "", notes
    if rows.empty:
        return {"none": _forest(rows, estimates, "What do the studies show together?", *look)}
    drawn = {}
    for (tissue, outcome), counts in rows.groupby(["tissue", "outcome"], sort=False):
        pools = estimates[(estimates["tissue"] == tissue) & (estimates["outcome"] == outcome)]
        cut = parts(counts, "section", _heights(counts, pools), _TALLEST)
        for place, part in enumerate(cut, start=1):
            several = f", part {place} of {len(cut)}" if len(cut) > 1 else ""
            shown = pools[pools["section"].isin(part["section"])]
            asked = "what do the studies show together?" if len(shown) else "no two studies could be pooled"
            title = f"{capital(ORGAN[str(tissue)])}, {phrase(str(outcome))}{several}: {asked}"
            name = f"{tissue}/{outcome}/{place}" if several else f"{tissue}/{outcome}"
            drawn[name] = _forest(part, shown, title, *look)
    return drawn


def _heights(rows: pd.DataFrame, estimates: pd.DataFrame) -> pd.Series[float]:
    """Give the height of each section: its rows, and its estimates with two more lines, or one that says why there are none."""
    lines = rows.groupby("section", sort=False).size()
    pooled = estimates.groupby("section").size().reindex(lines.index) + 2
    return _HEAD + _ROW * (lines + pooled.fillna(1)) + _GAP


def _forest(
    rows: pd.DataFrame,
    estimates: pd.DataFrame,
    title: str,
    subtitle: str,
    warning: str,
    notes: tuple[str, ...],
) -> Figure:
    """Draw counts and estimates section by section; one that is not pooled has no diamond and says why."""
    footer = style.footer_lines(rows["citation"], (*notes, *_women(rows)))
    body = max(_heights(rows, estimates).sum(), 0.8)
    room = {"body": body, "left": _PLOT, "right": _COUNT, "head": 0.78 if warning else 0.3}
    with forest_page(title, subtitle, footer, _handles(rows, estimates), warning=warning, **room) as page:
        share_axis(page.axes, "women with the event, percent of total")
        heads = ((_COUNT, "events/total"), (_SHARE, "information"), (_INTERVAL, "percent (CI; Bayes CrI)"))
        page.columns(-0.1, heads if len(rows) else (), fontsize=8.5, color=style.MUTED)
        y = 0.0
        for name, counts in rows.groupby("section", sort=False):
            y = _section(page, y, str(name), counts, estimates[estimates["section"] == name]) + _GAP
        if rows.empty:
            style.say_nothing(page.axes, "no count of treated women\nin the selection")
    return page.figure


def _section(page: ForestPage, y: float, name: str, rows: pd.DataFrame, pools: pd.DataFrame) -> float:
    """Draw the studies of a section and the estimates below them, and return where they end."""
    women = f"{counted(rows['study_id'].nunique(), 'study', 'studies')}, {rows['total'].sum()} women"
    page.write(_LEFT, y + 0.15, capital(name), fontsize=9.2, zorder=4, fontweight="bold")
    page.columns(y + 0.15, [(_COUNT, women)], fontsize=_SIZE, color=style.MUTED, zorder=4)
    first = y + _HEAD
    y = first + _ROW / 2
    for row in rows[_DRAWN].itertuples():
        _study(page, y, row)
        y += _ROW
    if pools.empty:
        _note(page, y, rows["alone"].iloc[0])
        return y + _ROW / 2
    lead = pools[pools["lead"]].iloc[0]
    ends = [first, y + _ROW * (len(pools) - 0.5)]
    page.axes.plot([lead["estimate"]] * 2, ends, ls=":", lw=0.9, color=style.MUTED, zorder=1)
    for pool in pools.itertuples():
        _diamond(page.axes, y, pool)
        look: dict[str, Any] = {"fontsize": _SIZE, "fontweight": "bold" if pool.lead else "normal"}
        page.write(_LEFT + 0.18, y, f"{pool.estimate_name}, k = {pool.k}", **look)
        page.columns(y, [(_INTERVAL, pool.estimate_text)], **look)
        y += _ROW
    if pd.notna(lead["prediction_low"]):
        ends = [lead["prediction_low"], lead["prediction_high"]]
        page.axes.plot(ends, [y] * 2, color=_PREDICTED, lw=5, solid_capstyle="butt", zorder=2)
    page.write(_LEFT + 0.18, y, "a new study (prediction interval, PI)", fontsize=_SIZE)
    page.columns(y, [(_INTERVAL, lead["prediction_text"])], fontsize=_SIZE)
    _note(page, y + _ROW, lead["heterogeneity_text"])
    return y + 1.5 * _ROW


def _study(page: ForestPage, y: float, row: Any) -> None:
    colour = style.arm_colour(row.arm_kind, row.cell_source)
    size = _ALONE if row.alone else max(_LARGEST * math.sqrt(row.share), _SMALLEST)
    page.axes.plot([row.low, row.high], [y, y], color=colour, lw=1.6, solid_capstyle="butt", zorder=2)
    marks.draw_proportion(page.axes, row.proportion, y, origin=str(row.origin), colour=colour, size=size)
    page.write(_LEFT + 0.06, y, style.shortened(str(row.who), _PLOT - _LEFT - 0.2, _SIZE), fontsize=_SIZE)
    share = "–" if row.alone else f"{number(100 * row.share, 0)} %"
    page.columns(
        y, [(_COUNT, row.count_text), (_SHARE, share), (_INTERVAL, row.interval_text)], fontsize=_SIZE
    )


def _diamond(axes: Axes, y: float, pool: Any) -> None:
    tall = 0.36 * _ROW
    axes.fill(
        [pool.low, pool.estimate, pool.high, pool.estimate], [y, y - tall, y, y + tall],
        fc=style.INK if pool.lead else "white", ec=style.INK, lw=1.0, zorder=3, label=str(pool.estimate_name),
    )  # fmt: skip


def _note(page: ForestPage, y: float, words: object) -> None:
    page.write(_LEFT + 0.18, y, str(words), fontsize=8.2, style="italic", color=style.MUTED)


def _women(rows: pd.DataFrame) -> list[str]:
    """Name the women of each study that describes them more closely than by their condition."""
    named = rows[rows["population"].notna()].drop_duplicates("study_id")
    women = "; ".join(named["study_label"] + ", " + named["population"])
    return [f"Women: {women}."] if women else []


def _handles(rows: pd.DataFrame, estimates: pd.DataFrame) -> list[Line2D]:
    handles = [*marks.origin_handles(rows["origin"]), *marks.arm_handles(rows)]
    if estimates.empty:
        return handles
    faces = {"the estimate that is reported": style.INK, "the same counts, another method": "white"}
    handles += [
        Line2D([], [], ls="", marker="d", ms=8, mfc=face, mec=style.INK, label=words)
        for words, face in faces.items()
        if face == style.INK or not estimates["lead"].all()
    ]
    return [*handles, Line2D([], [], color=_PREDICTED, lw=5, label="true rate in a new study (PI)")]
