"""Figures of what studies report of harm, what counts of one harm leave possible, and what a number of women can show."""

from __future__ import annotations

import math
import textwrap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from helpers import stats
from helpers.evidence.vocabulary import ORGAN, capital
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import count, in_percent, number
from helpers.show.page import check_made

_ROW = 0.28
#: Colour and sign of a study that reports a harm, that saw none, that does not mention harm.
_STATES = [("#d55e00", "!"), ("#0072b2", "0"), ("#9a9a9a", "?")]
#: Inches: a mark and the air around it, a line of names, where the marks begin, and their room.
_MARK, _LINE, _LEFT = 0.185, 0.15, 3.15
_ROOM = style.WIDTH - _LEFT - 0.1
_MARKS_OF_LINE, _LETTERS_OF_LINE = int(_ROOM / _MARK), int(_ROOM / 0.066)
_TICKS = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1]
_WARNING = (
    "Groups are a naive comparison across studies, and sums are crude: they assume that all studies had the same rate "
    "and looked for the same. A difference between groups cannot be attributed to the {group}."
)


def harm_states(frame: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw a mark per study in the state of what it reports of harm, by treated organ, and name the studies.

    Marks are hollow where only the article under review reports on a study; one that is only registered has no name either.
    """
    maker = "helpers.questions.safety.studies.harm_states"
    check_made(frame.columns, maker, "state", "studies", "names", "article", "registered")
    looks = dict(zip(frame["state"].drop_duplicates(), _STATES, strict=False))
    tall = sum(map(_state_height, frame.itertuples())) + 0.3 * frame["tissue"].nunique()
    body = max(tall, 0.6)
    with framed(title, subtitle, [], body=body, above=0.1, below=0.1) as page:
        axes = page.inches()
        y = 0.0
        for tissue, rows in frame.groupby("tissue", sort=False):
            head = capital(ORGAN[str(tissue)])
            axes.text(0.1, y + 0.15, head, fontsize=9.5, fontweight="bold", va="center")
            y += 0.3
            for row in rows.itertuples():
                _draw_state(axes, y, row, *looks[str(row.state)])
                y += _state_height(row)
        if frame.empty:
            style.say_nothing(axes, "no study of women treated with cells")
    return page.figure


def _lines_of_marks(row: Any) -> int:
    studies = int(row.studies + row.registered)
    return max(math.ceil(studies / _MARKS_OF_LINE), 1)


def _names(row: Any) -> list[str]:
    return textwrap.wrap(str(row.names), _LETTERS_OF_LINE)


def _state_height(row: Any) -> float:
    return _MARK * _lines_of_marks(row) + _LINE * len(_names(row)) + 0.12


def _draw_state(axes: Axes, y: float, row: Any, colour: str, sign: str) -> None:
    """Draw the studies of one organ and state: lines of marks, and the names below them."""
    axes.text(0.25, y + _MARK / 2, f"{row.state}: {row.studies}", va="center", fontsize=8.8)
    if row.registered:
        words = f"and {row.registered} registered only"
        axes.text(0.25, y + _MARK / 2 + _LINE, words, va="center", fontsize=8, color=style.MUTED)
    look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 8, "fontweight": "bold"}
    for place in range(row.studies + row.registered):
        line, column = divmod(place, _MARKS_OF_LINE)
        x, middle = _LEFT + (column + 0.5) * _MARK, y + (line + 0.5) * _MARK
        filled = place < row.studies - row.article
        face = colour if filled else "white"
        axes.plot([x], [middle], "o", ms=9.5, mfc=face, mec=colour, mew=1.2)
        ink = "white" if filled else colour if place < row.studies else style.MUTED
        axes.text(x, middle, sign, color=ink, **look)
    if row.names:
        below = y + _MARK * _lines_of_marks(row) + 0.02
        axes.text(_LEFT, below, "\n".join(_names(row)), va="top", fontsize=8, linespacing=1.25)


def harm_bounds(frame: pd.DataFrame, *, group_name: str, title: str, subtitle: str) -> Figure:
    """Draw each count of a harm up to its exact upper bound, group by group, and the crude sums.

    `group_name` is what the studies are grouped by, as in a sentence. A frame without rows says so.
    """
    maker = "helpers.questions.safety.studies.bound_rows"
    needed = ("section", "label", "scope", "proportion", "bound", "count_text", "bound_text")
    check_made(frame.columns, maker, *needed)
    counts = frame[frame["scope"] == "study"]
    rows = max(len(frame) + frame["section"].nunique(), 3)
    lines = style.footer_lines(counts["citation"])
    above = 0.95 if len(frame) else 0.2
    with framed(title, subtitle, lines, body=_ROW * rows, above=above, below=1.15) as page:
        axes = page.axes(0.26, 0.44)
        if len(frame):
            page.warn(_WARNING.format(group=group_name), 0.35)
        _draw_sections(axes, frame)
        if frame.empty:
            style.say_nothing(axes, "no study gives a count\nin the text available to us")
        _dress(axes, rows)
        page.legend(marks.origin_handles(counts["origin"]) + _sum_handles(frame), 0.58)
        page.legend(marks.colour_handles(counts["cell_source"], style.CELL_SOURCE_COLOURS), 0.8)
    return page.figure


def _draw_sections(axes: Axes, frame: pd.DataFrame) -> None:
    y = 0
    for name, part in frame.groupby("section", sort=False):
        marks.write_row(axes, y, [(-0.57, capital(str(name)))], fontweight="bold", fontsize=9.2)
        y += 1
        for row in part.itertuples():
            _draw_row(axes, y, row)
            marks.write_row(axes, y, [(-0.55, row.label)], fontsize=8.6)
            marks.write_row(axes, y, ((1.05, row.count_text), (1.3, row.bound_text)), fontsize=8.8)
            y += 1
    heads = ((1.05, "events/total"), (1.3, "still possible")) if len(frame) else ()
    marks.write_row(axes, -1.0, heads, fontsize=8.5, color=style.MUTED)


def _draw_row(axes: Axes, y: int, row: Any) -> None:
    study = row.scope == "study"
    colour = style.colour_of(row.cell_source) if study else style.INK
    width, tall, edge = (1.8, 10, 1.8) if study else (2.4, 11, 2.2)
    reach = [row.proportion, row.bound]
    axes.plot(reach, [y, y], color=colour, lw=width, solid_capstyle="butt", zorder=2)
    axes.plot([row.bound], [y], "|", color=colour, ms=tall, mew=edge, zorder=3, clip_on=False)
    if study:
        marks.draw_proportion(axes, row.proportion, y, origin=str(row.origin), colour=colour)
    else:
        axes.plot([row.proportion], [y], "s", ms=6.5, color=colour, zorder=3, clip_on=False)


def _sum_handles(frame: pd.DataFrame) -> list[Line2D]:
    if frame["scope"].isin(["study", "no-count"]).all():
        return []
    return [Line2D([], [], ls="", marker="s", ms=6.5, color=style.INK, label="crude sum")]


def _dress(axes: Axes, rows: int) -> None:
    style.quiet_axes(axes)
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.clip(x, 0, None)), np.square))
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(FixedLocator(_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: number(100 * share)))
    axes.grid(axis="x", color=style.FAINT, lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel("with the event, percent of the total (square-root axis)")


def smallest_share(
    frame: pd.DataFrame, needed: pd.DataFrame, *, level: float, title: str, subtitle: str
) -> Figure:
    """Draw which proportion with a harm a number of women shows at least once with probability `level`, and where the studies are.

    The curve is also the bound that no event leaves. The sizes of studies that give no count are ticks below.
    """
    maker = "helpers.questions.safety.studies.size_rows"
    check_made(frame.columns, maker, "label", "total", "scope", "share")
    with_count, no_count = frame[frame["scope"] != "no-count"], frame[frame["scope"] == "no-count"]
    units = list(dict.fromkeys(with_count["total_unit"])) or ["women"]
    lines = style.footer_lines(with_count["citation"].dropna())
    with framed(title, subtitle, lines, body=3.9, above=0.1, below=0.95) as page:
        axes = page.axes(0.09, 0.88)
        sizes = np.unique(np.geomspace(1, 9000, 300).round())
        bounds = stats.zero_event_upper_bound(sizes, level=level)
        axes.plot(sizes, bounds, color=style.MUTED, lw=1.6, zorder=2)
        _dress_curve(axes, " or ".join(units))
        _mark_needed(axes, needed, " or ".join(units))
        _mark_sizes(axes, with_count.sort_values("total"))
        handles = marks.origin_handles(with_count["origin"]) + _sum_handles(with_count)
        if units == ["women"]:
            handles += _mark_no_count(axes, no_count)
        page.legend(handles, 0.55)
    return page.figure


def _mark_needed(axes: Axes, needed: pd.DataFrame, unit: str) -> None:
    for share, women in zip(needed["share"], needed["women"], strict=True):
        axes.plot([1, women, women], [share, share, 1e-5], color=style.FAINT, lw=0.9, ls="--", zorder=1)
        words = f"to see {in_percent(share)}: {count(women)} {unit}"
        axes.annotate(words, (1, share), (6, 3), textcoords="offset points", fontsize=8.6, color=style.MUTED)


def _mark_sizes(axes: Axes, sizes: pd.DataFrame) -> None:
    """Mark the sizes on the curve; their names are in the empty corner above it, tied by a line."""
    several = sizes["total_unit"].nunique() > 1
    step = min(0.075, 0.55 / max(len(sizes), 1))
    for place, row in enumerate(sizes.itertuples()):
        total, share = int(str(row.total)), float(str(row.share))
        if row.scope == "study":
            marks.draw_proportion(axes, total, share, origin=str(row.origin), colour=style.INK)
        else:
            axes.plot([total], [share], "s", ms=7, color=style.INK, zorder=4)
        axes.annotate(
            f"{row.label}: {total}" + (f" {row.total_unit}" if several else ""), (total, share), (0.64, 0.96 - step * place),
            textcoords="axes fraction", fontsize=8.6, va="center",
            arrowprops={"arrowstyle": "-", "color": style.FAINT, "lw": 0.8, "shrinkA": 2, "shrinkB": 5, "relpos": (0, 0.5)},
        )  # fmt: skip


def _mark_no_count(axes: Axes, no_count: pd.DataFrame) -> list[Line2D]:
    if no_count.empty:
        return []
    look: dict[str, Any] = {"ls": "", "marker": "|", "color": style.MUTED}
    sizes, across = no_count["total"].astype(float), axes.get_xaxis_transform()
    axes.plot(sizes, [0.035] * len(no_count), ms=12, alpha=0.7, transform=across, **look)
    return [Line2D([], [], ms=10, label=f"{len(no_count)} studies without a count", **look)]


def _dress_curve(axes: Axes, unit: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(1, 10000)
    axes.set_ylim(4e-4, 1.6)
    for axis, text in ((axes.xaxis, count), (axes.yaxis, in_percent)):
        axis.set_major_formatter(FuncFormatter(lambda value, _, text=text: text(value)))
        axis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"{unit} counted (logarithmic axis)")
    axes.set_ylabel("smallest proportion detected (log)")
    style.quiet_axes(axes, keep=("bottom", "left"))
