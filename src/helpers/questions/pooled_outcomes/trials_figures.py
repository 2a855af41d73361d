"""Forest plot of randomised trials: odds ratios as reported, as randomised, in the worst and the best case."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.trials_together import ANALYSES
from helpers.show import style
from helpers.show.forest_page import ForestPage, forest_page
from helpers.show.numbers import number
from helpers.show.page import check_made

#: All in inches: a row, the head of a section, the space below one; from the left or the right edge.
_ROW, _HEAD, _GAP = 0.19, 0.25, 0.07
_LEFT, _PLOT, _CELLS, _WITHOUT, _ODDS = 0.1, 2.7, 3.15, 2.45, 1.75
#: The axis: odds ratios beyond it end in an arrow.
_AXIS, _TICKS = (0.1, 40.0), [0.1, 0.5, 1, 2, 5, 20]
_SIZE = 9.0
#: What is drawn: its mark, the fill of the mark and its entry in the legend; and the name and mark of each method of pooling.
_MARKS = {
    "s": (style.INK, "one trial, exact CI"),
    "D": (style.INK, "trials together, Mantel-Haenszel"),
    "d": ("white", "the same, Peto or Bayes"),
    "o": ("white", "published"),
}
_POOLED = {"mantel-haenszel": ("Mantel-Haenszel", "D"), "peto": ("Peto", "d"), "bayes": ("Bayes (CrI)", "d")}
_MADE = "helpers.questions.pooled_outcomes.trials_together.trial_rows"


def trial_forests(
    rows: pd.DataFrame,
    pools: pd.DataFrame,
    published: pd.DataFrame,
    *,
    subtitle: str,
    notes: tuple[str, ...] = (),
) -> dict[str, Figure]:
    """Draw the trials of each tissue and outcome, by name (``"endometrium/live-birth"``).

    `rows`, `pools` and `published` are of `trials_together`. A published odds ratio without an interval is not drawn.
    """
    check_made(rows.columns, _MADE, "analysis", "study_label", "estimate", "low", "high", "why")
    drawn = {}
    for (tissue, outcome), trials in rows.groupby(["tissue", "outcome"], sort=False):
        together, printed = (
            frame[(frame["tissue"] == tissue) & (frame["outcome"] == outcome)] for frame in (pools, published)
        )
        several = trials["study_id"].nunique() > 1
        title = (
            f"{capital(ORGAN[str(tissue)])}, {phrase(str(outcome))}: is it more frequent with cells in "
            f"{'the randomised trials' if several else 'the one randomised trial'}?"
        )
        across = [
            f"Trials together: across conditions ({conditions}), a sensitivity analysis, for orientation only."
            for conditions in dict.fromkeys(together["conditions"])
            if " and " in conditions
        ]
        frames = trials, together, printed.dropna(subset=["low"])
        drawn[f"{tissue}/{outcome}"] = _forest(*frames, title, subtitle, [*across, *notes])
    return drawn


def _forest(
    rows: pd.DataFrame,
    pools: pd.DataFrame,
    printed: pd.DataFrame,
    title: str,
    subtitle: str,
    notes: list[str],
) -> Figure:
    analyses = [name for name in ANALYSES if name in set(rows["analysis"])]
    body = len(analyses) * (_HEAD + _GAP) + _ROW * (len(rows) + len(pools))
    body += (_HEAD + _ROW * len(printed)) if len(printed) else 0
    footer = style.footer_lines([*rows["citation"], *printed["citation"]], notes)
    used = ["s", *(["D", "d"] if len(pools) else []), *(["o"] if len(printed) else [])]
    handles = [
        Line2D([], [], ls="", marker=mark, ms=7, mfc=_MARKS[mark][0], mec=style.INK, label=_MARKS[mark][1])
        for mark in used
    ]
    with forest_page(
        title, subtitle, footer, handles, body=body, left=_PLOT, right=_CELLS, head=0.35, foot=0.75
    ) as page:
        _axis(page.axes)
        heads = ((_CELLS, "cells"), (_WITHOUT, "no cells"), (_ODDS, "odds ratio (CI, CrI)"))
        page.columns(-0.12, heads, fontsize=_SIZE, color=style.MUTED)
        y = 0.0
        for analysis in analyses:
            own, together = (frame[frame["analysis"] == analysis] for frame in (rows, pools))
            y = _section(page, y, analysis, own, together)
        if len(printed):
            _published(page, y, printed)
    return page.figure


def _axis(axes: Axes) -> None:
    axes.set_xscale("log")
    axes.set_xlim(*_AXIS)
    axes.set_xticks(_TICKS, labels=[number(tick) for tick in _TICKS])
    axes.set_xticks([], minor=True)
    axes.axvline(1, color=style.INK, lw=0.9, zorder=1)
    axes.set_xlabel("odds ratio, log axis\n(above 1: more frequent with cells)")


def _section(page: ForestPage, y: float, name: str, rows: pd.DataFrame, pools: pd.DataFrame) -> float:
    """Draw an analysis: its trials, and below them the pooled odds ratios; return where it ends."""
    page.write(_LEFT, y + 0.16, capital(name), fontsize=9.4, fontweight="bold")
    y += _HEAD
    for row in rows.itertuples():
        _bar(page, y, row, f"{row.study_label} ({row.condition})", "s")
        _counts(page, y, row)
        y += _ROW
    for row in pools.itertuples():
        method, mark = _POOLED[str(row.method)]
        _bar(page, y, row, f"{row.k} trials, {method}", mark)
        if mark == "D":
            _counts(page, y, row)
        y += _ROW
    return y + _GAP


def _published(page: ForestPage, y: float, printed: pd.DataFrame) -> None:
    page.write(_LEFT, y + 0.16, "Published pooled odds ratio", fontsize=9.4, fontweight="bold")
    y += _HEAD
    for row in printed.fillna({"subgroup": ""}).itertuples():
        trials = f", {row.subgroup!s}" if row.subgroup else ""
        _bar(page, y, row, f"{str(row.citation).partition(', doi')[0]}{trials}", "o")
        y += _ROW


def _counts(page: ForestPage, y: float, row: Any) -> None:
    counts = f"{row.events}/{row.total}", f"{row.control_events}/{row.control_total}"
    page.columns(y + _ROW / 2, zip((_CELLS, _WITHOUT), counts, strict=True), fontsize=_SIZE)


def _bar(page: ForestPage, y: float, row: Any, name: str, mark: str) -> None:
    axes, y = page.axes, y + _ROW / 2
    page.write(_LEFT + 0.06, y, style.shortened(name, _PLOT - _LEFT - 0.2, _SIZE), fontsize=_SIZE)
    if getattr(row, "why", ""):
        page.columns(y, [(_ODDS, "no information")], fontsize=_SIZE)
        return
    low, high = max(row.low, _AXIS[0]), min(row.high, _AXIS[1])
    axes.plot([low, high], [y, y], color=style.INK, lw=1.5, solid_capstyle="butt", zorder=2)
    if _AXIS[0] < row.estimate < _AXIS[1]:
        axes.plot([row.estimate], [y], mark, ms=6, mfc=_MARKS[mark][0], mec=style.INK, zorder=3)
    for beyond, edge, arrow in ((row.low < low, low, "<"), (row.high > high, high, ">")):
        if beyond:
            axes.plot([edge], [y], arrow, ms=6, color=style.INK, clip_on=False, zorder=3)
    ends = [number(end, 2) if math.isfinite(end) else "∞" for end in (row.estimate, row.low, row.high)]
    page.columns(y, [(_ODDS, f"{ends[0]} ({ends[1]} to {ends[2]})")], fontsize=_SIZE)
