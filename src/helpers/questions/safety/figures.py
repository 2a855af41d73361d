"""Figures of what studies report of harm, what counts of one harm leave possible, and what a number of women can show."""

from __future__ import annotations

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
from helpers.show.numbers import in_percent
from helpers.show.page import check_made

_ROW = 0.28
#: Colour and sign of a study that reports a harm, that saw none, that does not mention harm.
_STATES = [("#d55e00", "!"), ("#0072b2", "0"), ("#9a9a9a", "?")]
#: Inches: a mark and the air around it, a line of names, and where the marks begin.
_MARK, _LINE, _LEFT = 0.185, 0.15, 3.15
_TICKS = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1]
_WARNING = (
    "Groups are a naive comparison across studies, and sums are crude: they assume that all studies had the same rate "
    "and looked for the same. A difference between groups cannot be attributed to the {group}."
)


def harm_states(frame: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw a mark per study in the state of what it reports of harm, by treated organ, and name the studies.

    Studies with results are filled marks, hollow where only the article under review reports on them; studies that
    are only registered are hollow and have no name. Distances are inches.
    """
    check_made(
        frame.columns,
        "helpers.questions.safety.studies.harm_states",
        "state",
        "studies",
        "names",
        "article",
        "registered",
    )
    looks = dict(zip(frame["state"].drop_duplicates(), _STATES, strict=False))
    blocks = [_StateRow(row, looks[row.state]) for row in frame.itertuples()]
    heads = frame["tissue"].drop_duplicates()
    top, bottom = style.title_height(title, subtitle) + 0.1, style.footer_height([]) + 0.1
    body = max(sum(block.height for block in blocks) + 0.3 * len(heads), 0.6)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0, bottom / height, 1, body / height))
        axes.set_xlim(0, style.WIDTH)
        axes.set_ylim(body, 0)
        axes.axis("off")
        style.titled(figure, title, subtitle)
        y, head = 0.0, ""
        for tissue, block in zip(frame["tissue"], blocks, strict=True):
            if tissue != head:
                axes.text(0.1, y + 0.15, capital(ORGAN[tissue]), fontsize=9.5, fontweight="bold", va="center")
                y, head = y + 0.3, tissue
            block.draw(axes, y)
            y += block.height
        if frame.empty:
            style.say_nothing(axes, "no study of women treated with cells")
        style.footed(figure, [])
    return figure


class _StateRow:
    """The studies of one organ and state: a line of marks and the names below it."""

    def __init__(self, row: Any, look: tuple[str, str]) -> None:
        self.colour, self.sign = look
        self.state, self.filled, self.hollow = str(row.state), int(row.studies), int(row.registered)
        self.article = int(row.article)
        width = style.WIDTH - _LEFT - 0.1
        self.names = textwrap.wrap(str(row.names), int(width / 0.066))
        self.per_line = int(width / _MARK)
        self.lines = max(-(-(self.filled + self.hollow) // self.per_line), 1)
        self.height = _MARK * self.lines + _LINE * len(self.names) + 0.12

    def draw(self, axes: Axes, y: float) -> None:
        axes.text(0.25, y + _MARK / 2, f"{self.state}: {self.filled}", va="center", fontsize=8.8)
        if self.hollow:
            axes.text(
                0.25,
                y + _MARK / 2 + _LINE,
                f"and {self.hollow} registered only",
                va="center",
                fontsize=8,
                color=style.MUTED,
            )
        for place in range(self.filled + self.hollow):
            line, column = divmod(place, self.per_line)
            x, middle = _LEFT + (column + 0.5) * _MARK, y + (line + 0.5) * _MARK
            filled = place < self.filled - self.article
            axes.plot(
                [x], [middle], "o", ms=9.5, mfc=self.colour if filled else "white", mec=self.colour, mew=1.2
            )
            ink = "white" if filled else self.colour if place < self.filled else style.MUTED
            axes.text(
                x,
                middle,
                self.sign,
                ha="center",
                va="center_baseline",
                fontsize=8,
                fontweight="bold",
                color=ink,
            )
        if self.names:
            names = "\n".join(self.names)
            axes.text(_LEFT, y + _MARK * self.lines + 0.02, names, va="top", fontsize=8, linespacing=1.25)


def harm_bounds(frame: pd.DataFrame, *, group_name: str, title: str, subtitle: str) -> Figure:
    """Draw each count of a harm up to its exact upper bound, group by group, and the crude sums.

    A mark at the observed proportion and a line from there to the one-sided bound, on a square-root axis.
    `group_name` is what the studies are grouped by, as in a sentence. A frame without rows says so.
    """
    check_made(
        frame.columns,
        "helpers.questions.safety.studies.bound_rows",
        "section",
        "label",
        "scope",
        "proportion",
        "bound",
        "count_text",
        "bound_text",
    )
    sections = [(str(name), part) for name, part in frame.groupby("section", sort=False)]
    counts = frame[frame["scope"] == "study"]
    rows = max(len(frame) + len(sections), 3)
    lines = style.footer_lines(counts["citation"])
    top = style.title_height(title, subtitle) + (0.95 if len(frame) else 0.2)
    bottom = style.footer_height(lines) + 1.15
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + bottom + _ROW * rows))
        height = figure.get_figheight()
        axes = figure.add_axes((0.26, bottom / height, 0.44, _ROW * rows / height))
        style.titled(figure, title, subtitle)
        if len(frame):
            style.warned(figure, _WARNING.format(group=group_name), 1 - (top - 0.6) / height)
        _draw_sections(axes, sections)
        if frame.empty:
            style.say_nothing(axes, "no study gives a count\nin the text available to us")
        _dress(axes, rows)
        handles = marks.origin_handles(counts["origin"]) + _sum_handles(frame)
        marks.legend_below(figure, handles, (bottom - 0.58) / height)
        handles = marks.colour_handles(counts["cell_source"], style.CELL_SOURCE_COLOURS)
        marks.legend_below(figure, handles, (bottom - 0.8) / height)
        style.footed(figure, lines)
    return figure


def _draw_sections(axes: Axes, sections: list[tuple[str, pd.DataFrame]]) -> None:
    across = axes.get_yaxis_transform()
    y = 0
    for name, part in sections:
        axes.text(
            -0.57,
            y,
            capital(name),
            transform=across,
            fontweight="bold",
            va="center",
            fontsize=9.2,
        )
        y += 1
        for row in part.itertuples():
            _draw_row(axes, y, row)
            axes.text(-0.55, y, str(row.label), transform=across, va="center", fontsize=8.6)
            axes.text(1.05, y, str(row.count_text), transform=across, va="center", fontsize=8.8)
            axes.text(1.3, y, str(row.bound_text), transform=across, va="center", fontsize=8.8)
            y += 1
    if not sections:
        return
    for x, head in ((1.05, "events/total"), (1.3, "still possible")):
        axes.text(x, -1.0, head, transform=across, va="center", fontsize=8.5, color=style.MUTED)


def _draw_row(axes: Axes, y: int, row: Any) -> None:
    if row.scope != "study":
        axes.plot(
            [row.proportion, row.bound], [y, y], color=style.INK, lw=2.4, solid_capstyle="butt", zorder=2
        )
        axes.plot([row.bound], [y], "|", color=style.INK, ms=11, mew=2.2, zorder=3, clip_on=False)
        axes.plot([row.proportion], [y], "s", ms=6.5, color=style.INK, zorder=3, clip_on=False)
        return
    colour = style.colour_of(row.cell_source)
    axes.plot([row.proportion, row.bound], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    axes.plot([row.bound], [y], "|", color=colour, ms=10, mew=1.8, zorder=3, clip_on=False)
    marks.draw_proportion(axes, row.proportion, y, origin=str(row.origin), colour=colour)


def _sum_handles(frame: pd.DataFrame) -> list[Line2D]:
    sums = ~frame["scope"].isin(["study", "no-count"])
    return (
        [Line2D([], [], ls="", marker="s", ms=6.5, color=style.INK, label="crude sum")] if sums.any() else []
    )


def _dress(axes: Axes, rows: int) -> None:
    style.quiet_axes(axes)
    axes.set_xscale("function", functions=(lambda x: np.sqrt(np.clip(x, 0, None)), np.square))
    axes.set_xlim(0, 1)
    axes.set_ylim(rows - 0.4, -0.6)
    axes.set_yticks([])
    axes.xaxis.set_major_locator(FixedLocator(_TICKS))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:g}"))
    axes.grid(axis="x", color=style.FAINT, lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel("with the event, percent of the total (square-root axis)")


def _percent_tick(share: float, _: int | None = None) -> str:
    return f"{in_percent(share)}"


def smallest_share(
    frame: pd.DataFrame,
    needed: pd.DataFrame,
    *,
    level: float,
    title: str,
    subtitle: str,
) -> Figure:
    """Draw which proportion with a harm a number of women shows at least once with probability `level`, and where the studies are.

    The curve is also the bound that no event leaves. Studies that give a count are named. The sizes of those that
    give none are ticks below, where women are counted. `needed` is made for the same level.
    """
    check_made(
        frame.columns, "helpers.questions.safety.studies.size_rows", "label", "total", "scope", "share"
    )
    with_count, no_count = frame[frame["scope"] != "no-count"], frame[frame["scope"] == "no-count"]
    units = list(dict.fromkeys(with_count["total_unit"])) or ["women"]
    lines = style.footer_lines(with_count["citation"].dropna())
    top, bottom = style.title_height(title, subtitle) + 0.1, style.footer_height(lines) + 0.95
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + bottom + 3.9))
        height = figure.get_figheight()
        axes = figure.add_axes((0.09, bottom / height, 0.88, 3.9 / height))
        style.titled(figure, title, subtitle)
        sizes = np.unique(np.geomspace(1, 9000, 300).round())
        axes.plot(
            sizes, stats.zero_event_upper_bound(sizes, level=level), color=style.MUTED, lw=1.6, zorder=2
        )
        _dress_curve(axes, " or ".join(units))
        _mark_needed(axes, needed, " or ".join(units))
        _mark_sizes(axes, with_count.sort_values("total"))
        handles = marks.origin_handles(with_count["origin"]) + _sum_handles(with_count)
        if units == ["women"]:
            handles += _mark_no_count(axes, no_count)
        marks.legend_below(figure, handles, (bottom - 0.55) / height)
        style.footed(figure, lines)
    return figure


def _mark_needed(axes: Axes, needed: pd.DataFrame, unit: str) -> None:
    for row in needed.itertuples():
        women, share = float(str(row.women)), float(str(row.share))
        axes.plot([1, women, women], [share, share, 1e-5], color=style.FAINT, lw=0.9, ls="--", zorder=1)
        words = f"to see {_percent_tick(share)}: {int(women):,} {unit}"
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
    axes.plot(
        no_count["total"].astype(float), [0.035] * len(no_count), "|", ms=12, color=style.MUTED, alpha=0.7,
        transform=axes.get_xaxis_transform(),
    )  # fmt: skip
    words = f"{len(no_count)} studies without a count"
    return [Line2D([], [], ls="", marker="|", ms=10, color=style.MUTED, label=words)]


def _dress_curve(axes: Axes, unit: str) -> None:
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(1, 10000)
    axes.set_ylim(4e-4, 1.6)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.yaxis.set_major_formatter(FuncFormatter(_percent_tick))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xlabel(f"{unit} counted (logarithmic axis)")
    axes.set_ylabel("smallest proportion detected (log)")
    style.quiet_axes(axes, keep=("bottom", "left"))
