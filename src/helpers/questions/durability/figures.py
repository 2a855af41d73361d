"""Figures of early gains and what became of them: one row a gain, time along the axis."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from helpers.evidence.provenance import nearest
from helpers.evidence.vocabulary import phrase
from helpers.questions.durability.reports import CELLS, PLATELETS
from helpers.questions.durability.rows import AT_TWO_TIMES, Verdict
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import number
from helpers.show.page import check_made

#: Months on the axis; a month that is not printed has a column of its own left of them.
TICKS = (0.5, 1, 2, 3, 6, 12, 24)
_UNPRINTED, FIRST, _LAST = 0.25, 0.36, 34.0
_ROW, _LEFT, _RIGHT = 0.185, 0.42, 0.74
LABEL = 9.0
_AGAINST = {"control-arm": "v controls", "contralateral-ovary": "v other ovary"}


def ledger_figure(
    rows: pd.DataFrame, *, tissue: str, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw for one tissue every gain after cells or platelet-rich plasma from its early to its late report.

    The line joins the two times, dotted where the gain was lost; a short dashed line ends a gain that is not reported again.
    """
    maker = "helpers.questions.durability.rows.ledger"
    check_made(rows.columns, maker, "group", "early_months", "late_months", "verdict", "n", "citation")
    shown = rows[(rows["tissue"] == tissue) & rows["group"].isin([CELLS, PLATELETS])].reset_index(drop=True)
    handles = [
        *marks.origin_handles(shown.loc[shown["group"] == CELLS, "origin"].map(nearest)),
        Line2D([], [], ls="", marker="X", ms=8, mfc=style.INK, mec="white", label="no gain reported"),
        Line2D([], [], color=style.INK, lw=1.8, label="kept"),
        Line2D([], [], color=style.INK, lw=1.8, ls=":", label="lost"),
        Line2D([], [], color=style.MUTED, lw=1.2, ls="--", label="not reported again"),
        *marks.arm_handles(shown[["arm_kind", "cell_source"]]),
    ]
    unprinted = bool((shown["early_months"].isna() & shown["verdict"].ne(Verdict.LATE_ONLY)).any())
    around: dict[str, Any] = {"title": title, "subtitle": subtitle, "notes": notes, "unprinted": unprinted}
    with month_figure(shown, handles, "what became of it", **around) as (figure, axes):
        axes.axvspan(1, 6, color="#eef2f5", zorder=0, lw=0)
        for place, row in enumerate(shown.itertuples()):
            _draw(axes, place, row)
            marks.write_row(axes, place, [(1.02, row.verdict)], fontsize=LABEL)
    return figure


@contextmanager
def month_figure(
    shown: pd.DataFrame,
    handles: list[Any],
    column: str,
    *,
    title: str,
    subtitle: str,
    notes: tuple[str, ...],
    unprinted: bool = False,
) -> Iterator[tuple[Figure, Axes]]:
    """Open a figure with a row per gain along months, and a column for months not printed; `column` names the words right of it."""
    lines = style.footer_lines(shown["citation"], notes)
    rows = max(len(shown), 2)
    room = {"body": _ROW * rows, "above": 0.22, "below": 0.85 if unprinted else 0.7, "air": 0.15}
    with framed(title, subtitle, lines, legends=[handles], **room) as page:
        axes = page.axes(_LEFT, _RIGHT - _LEFT)
        _month_axis(axes, unprinted=unprinted)
        axes.set_yticks(range(len(shown)), [_label(row) for row in shown.itertuples()], fontsize=LABEL)
        axes.set_ylim(rows - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        groups = list(shown["group"])
        for place, group in enumerate(groups):
            axes.axhline(place, color="#eeeeee", lw=0.6, zorder=0.5)
            if place and group != groups[place - 1]:
                axes.axhline(place - 0.5, color=style.MUTED, lw=0.8, xmin=-0.9, clip_on=False)
        style.quiet_axes(axes)
        look: dict[str, Any] = {"fontsize": LABEL, "va": "bottom", "color": style.MUTED}
        axes.text(1.02, 1.0, column, transform=axes.transAxes, **look)
        if shown.empty:
            style.say_nothing(axes, "no gain with a printed month")
        yield page.figure, axes


def _month_axis(axes: Axes, *, unprinted: bool) -> None:
    axes.set_xscale("log")
    axes.set_xlim(_UNPRINTED * 0.82 if unprinted else FIRST, _LAST)
    names = {_UNPRINTED: "not\nprinted"} if unprinted else {}
    names |= {tick: number(tick) for tick in TICKS}
    axes.set_xticks(list(names), list(names.values()))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.axvline(FIRST, color=style.FAINT, lw=0.8)
    axes.set_xlabel("months after treatment (logarithmic)")


def mark(axes: Axes, x: float, y: float, row: Any, *, gain: bool = True) -> None:
    """Draw a report as elsewhere: coloured by the cells, its shape and filling by who reports it; a cross where there was no gain."""
    colour = style.arm_colour(row.arm_kind, row.cell_source)
    if not gain:
        axes.plot([x], [y], "X", ms=8, mfc=colour, mec="white", mew=0.8, zorder=4, clip_on=False)
        return
    comparator = row.arm_kind != "cells"
    marks.draw_proportion(axes, x, y, origin=nearest(row.origin), colour=colour, comparator=comparator)


def _draw(axes: Axes, place: int, row: Any) -> None:
    colour = style.arm_colour(row.arm_kind, row.cell_source)
    early, late = row.early_months if pd.notna(row.early_months) else _UNPRINTED, row.late_months
    if row.verdict == Verdict.LATE_ONLY:
        mark(axes, late, place, row)
        return
    if row.verdict in AT_TWO_TIMES:
        lost = row.verdict in {Verdict.LOST, Verdict.NO_GAIN}
        axes.plot([early, late], [place, place], color=colour, lw=1.8, ls=":" if lost else "-", zorder=3)
        mark(axes, late, place, row, gain=not lost)
    else:
        axes.plot([early, early * 1.45], [place, place], color=style.MUTED, lw=1.2, ls="--", zorder=2)
    mark(axes, early, place, row, gain=row.verdict != Verdict.NO_GAIN)


def _label(row: Any) -> str:
    women = f"n = {number(row.n)}" if pd.notna(row.n) else "n = ?"
    against = _AGAINST.get(getattr(row, "basis", ""), "")
    words = ", ".join(filter(None, [phrase(str(row.word)), str(row.part), against]))
    room = _LEFT * style.WIDTH - 0.25
    name = str(row.study_label)
    if style.text_width(f"{name}: {words}, {women}", LABEL) <= room:
        return f"{name}: {words}, {women}"
    name = style.shortened(name, 1.4, LABEL)
    words = style.shortened(words, room - style.text_width(f"{name}: , {women}", LABEL), LABEL)
    return f"{name}: {words}, {women}"
