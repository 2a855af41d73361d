"""Forest plot of randomised trials: odds ratios as reported, as randomised, in the worst and the best case."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Transform, blended_transform_factory

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.trials_together import ANALYSES
from helpers.show import marks, style
from helpers.show.count_forest import write
from helpers.show.page import check_made

#: All in inches: a row, the head of a section, the space below one; from the left or (negative) the right edge.
_ROW, _HEAD, _GAP = 0.19, 0.25, 0.07
_LEFT, _PLOT, _CELLS, _WITHOUT, _ODDS = 0.1, 2.7, 3.15, 2.45, 1.75
#: The axis: odds ratios beyond it end in an arrow.
_AXIS = (0.1, 40.0)
_SIZE = 9.0
_POOLED = {"mantel-haenszel": "Mantel-Haenszel", "peto": "Peto", "bayes": "Bayes (CrI)"}
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

    `rows`, `pools` and `published` are of `trials_together`. A section per analysis; diamonds are pooled odds ratios, of two trials or
    more. A published odds ratio without an interval is not drawn.
    """
    check_made(rows.columns, _MADE, "analysis", "study_label", "estimate", "low", "high", "why")
    drawn = {}
    for (tissue, outcome), trials in rows.groupby(["tissue", "outcome"], sort=False):
        own, printed = (
            frame[(frame["tissue"] == tissue) & (frame["outcome"] == outcome)] for frame in (pools, published)
        )
        number = trials["study_id"].nunique()
        title = (
            f"{capital(ORGAN[str(tissue)])}, {phrase(str(outcome))}: is it more frequent with cells in "
            f"{'the randomised trials' if number > 1 else 'the one randomised trial'}?"
        )
        drawn[f"{tissue}/{outcome}"] = _forest(
            trials, own, printed.dropna(subset=["low"]), title, subtitle, notes
        )
    return drawn


def _forest(
    rows: pd.DataFrame,
    pools: pd.DataFrame,
    printed: pd.DataFrame,
    title: str,
    subtitle: str,
    notes: tuple[str, ...],
) -> Figure:
    analyses = [name for name in ANALYSES if name in set(rows["analysis"])]
    conditions = dict.fromkeys(pools["conditions"])
    notes = (
        *(
            f"Trials together: across conditions ({one}), a sensitivity analysis, for orientation only."
            for one in conditions
            if " and " in one
        ),
        *notes,
    )
    body = len(analyses) * (_HEAD + _GAP) + _ROW * (len(rows) + len(pools))
    body += (_HEAD + _ROW * len(printed)) if len(printed) else 0
    lines = style.footer_lines([*rows["citation"], *printed["citation"]], notes)
    handles = _handles(pools, printed)
    legend = style.footer_height(lines) + marks.legend_height(handles)
    top, bottom = style.title_height(title, subtitle) + 0.35, legend + 0.75
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height, wide = figure.get_figheight(), style.WIDTH - _PLOT - _CELLS - 0.15
        axes = figure.add_axes((_PLOT / style.WIDTH, bottom / height, wide / style.WIDTH, body / height))
        style.titled(figure, title, subtitle)
        _axis(axes, body)
        across = blended_transform_factory(figure.transFigure, axes.transData)
        for x, head in ((_CELLS, "cells"), (_WITHOUT, "no cells"), (_ODDS, "odds ratio (CI, CrI)")):
            write(axes, across, style.WIDTH - x, -0.12, head, fontsize=_SIZE, color=style.MUTED)
        y = 0.0
        for analysis in analyses:
            y = _section(axes, across, y, analysis, rows, pools)
        if len(printed):
            _published(axes, across, y, printed)
        marks.legend_below(figure, handles, (legend + 0.04) / height)
        style.footed(figure, lines)
    return figure


def _axis(axes: Axes, body: float) -> None:
    style.quiet_axes(axes)
    axes.set_xscale("log")
    axes.set_xlim(*_AXIS)
    axes.set_xticks([0.1, 0.5, 1, 2, 5, 20], labels=["0.1", "0.5", "1", "2", "5", "20"])
    axes.set_xticks([], minor=True)
    axes.set_ylim(body, 0)
    axes.set_yticks([])
    axes.axvline(1, color=style.INK, lw=0.9, zorder=1)
    axes.set_xlabel("odds ratio, log axis\n(above 1: more frequent with cells)")


def _section(
    axes: Axes, across: Transform, y: float, analysis: str, rows: pd.DataFrame, pools: pd.DataFrame
) -> float:
    write(axes, across, _LEFT, y + 0.16, capital(analysis), fontsize=9.4, fontweight="bold")
    y += _HEAD
    for row in rows[rows["analysis"] == analysis].itertuples():
        _bar(axes, across, y + _ROW / 2, row, f"{row.study_label} ({row.condition})", str(row.why), "s")
        _counts(axes, across, y + _ROW / 2, row)
        y += _ROW
    for row in pools[pools["analysis"] == analysis].itertuples():
        name = f"{row.k} trials, {_POOLED[str(row.method)]}"
        _bar(axes, across, y + _ROW / 2, row, name, "", "D" if row.method == "mantel-haenszel" else "d")
        if row.method == "mantel-haenszel":
            _counts(axes, across, y + _ROW / 2, row)
        y += _ROW
    return y + _GAP


def _published(axes: Axes, across: Transform, y: float, printed: pd.DataFrame) -> None:
    write(axes, across, _LEFT, y + 0.16, "Published pooled odds ratio", fontsize=9.4, fontweight="bold")
    y += _HEAD
    for row in printed.fillna({"subgroup": ""}).itertuples():
        trials = f", {row.subgroup!s}" if row.subgroup else ""
        name = f"{str(row.citation).partition(', doi')[0]}{trials}"
        _bar(axes, across, y + _ROW / 2, row, name, "", "o")
        y += _ROW


def _counts(axes: Axes, across: Transform, y: float, row: Any) -> None:
    for x, words in (
        (_CELLS, f"{row.events}/{row.total}"),
        (_WITHOUT, f"{row.control_events}/{row.control_total}"),
    ):
        write(axes, across, style.WIDTH - x, y, words, fontsize=_SIZE)


def _bar(axes: Axes, across: Transform, y: float, row: Any, name: str, why: str, mark: str) -> None:
    write(axes, across, _LEFT + 0.06, y, style.shortened(name, _PLOT - _LEFT - 0.2, _SIZE), fontsize=_SIZE)
    if why:
        write(axes, across, style.WIDTH - _ODDS, y, "no information", fontsize=_SIZE)
        return
    low, high = max(row.low, _AXIS[0]), min(row.high, _AXIS[1])
    axes.plot([low, high], [y, y], color=style.INK, lw=1.5, solid_capstyle="butt", zorder=2)
    if _AXIS[0] < row.estimate < _AXIS[1]:
        filled = mark in ("s", "D")
        axes.plot(
            [row.estimate], [y], mark, ms=6, mfc=style.INK if filled else "white", mec=style.INK, zorder=3
        )
    for beyond, edge, arrow in ((row.low < low, low, "<"), (row.high > high, high, ">")):
        if beyond:
            axes.plot([edge], [y], arrow, ms=6, color=style.INK, clip_on=False, zorder=3)
    high_text = f"{row.high:.2f}" if math.isfinite(row.high) else "∞"
    words = f"{row.estimate:.2f} ({row.low:.2f} to {high_text})"
    write(axes, across, style.WIDTH - _ODDS, y, words, fontsize=_SIZE)


def _handles(pools: pd.DataFrame, printed: pd.DataFrame) -> list[Line2D]:
    looks = [("s", style.INK, "one trial, exact CI")]
    if len(pools):
        looks += [
            ("D", style.INK, "trials together, Mantel-Haenszel"),
            ("d", "white", "the same, Peto or Bayes"),
        ]
    if len(printed):
        looks.append(("o", "white", "published"))
    return [
        Line2D([], [], ls="", marker=mark, ms=7, mfc=face, mec=style.INK, label=words)
        for mark, face, words in looks
    ]
