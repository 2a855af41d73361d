"""Studies by condition, source of the cells and design: one mark per study."""

from __future__ import annotations

import itertools
import math

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.evidence.vocabulary import ACCESS, CELL_SOURCE, CONDITION, phrase
from helpers.show import style
from helpers.show.page import check_made

#: Designs that a reader weighs alike: name, marker, fill; distinct by shape and lightness.
_DESIGNS = {
    ("rct",): ("randomised", "s", "#08306b"),
    ("non-randomised-controlled",): ("controlled, not randomised", "D", "#2171b5"),
    ("single-arm", "uncontrolled-two-arm"): ("no control", "o", "#6baed6"),
    ("case-series", "case-report"): ("cases", "^", "#c6dbef"),
    ("cohort", "cross-sectional"): ("cohort or cross-section", "p", "#a1a1a1"),
    ("review", "unstated"): ("design not stated", "X", "#e08214"),
    ("registered-only",): ("registered only", "P", "#8a8a8a"),
}
_LEFT, _STEP, _PAD, _HEAD = 1.75, 0.17, 0.1, 0.75


def study_marks(kinds: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw one mark per study in a grid of condition and source of the cells; the mark shows the design.

    Rows and columns without a study are not drawn. Without studies it says so.
    """
    check_made(
        kinds.columns,
        "helpers.questions.evidence.rows.study_kinds",
        "study_label",
        "cell_source",
        "condition",
        "design",
    )
    columns = _ordered(kinds["condition"], list(CONDITION))
    rows = _ordered(kinds["cell_source"], list(CELL_SOURCE))
    tiles = kinds.groupby(["cell_source", "condition"]).size().to_dict()
    edges = _edges([max(tiles.get((row, column), 0) for row in rows) for column in columns])
    per_line = {
        column: max(int((right - left - _PAD) / _STEP), 1)
        for column, left, right in zip(columns, edges, edges[1:], strict=False)
    }
    lines = [
        max(math.ceil(tiles.get((row, column), 0) / per_line[column]) for column in columns) for row in rows
    ]
    tall = [_STEP * line + _PAD for line in lines]
    footer = style.footer_lines([], notes)
    top, bottom = style.title_height(title, subtitle) + 0.48, style.footer_height(footer)
    body = _HEAD + max(sum(tall), 0.8) + 0.03
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        y = (height - style.title_height(title, subtitle)) / height
        handles = _handles(kinds)
        if handles:
            figure.legend(
                handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=4, borderaxespad=0.0
            )
        axes = figure.add_axes((0, bottom / height, 1, body / height))
        axes.set_xlim(0, style.WIDTH)
        axes.set_ylim(body, 0)
        axes.axis("off")
        if kinds.empty:
            style.say_nothing(axes, "no study belongs to the selection")
        else:
            _grid(axes, kinds, dict(zip(columns, edges, strict=False)), dict(zip(rows, tall, strict=True)))
            _studies(
                axes,
                kinds,
                dict(zip(columns, edges, strict=False)),
                dict(zip(rows, tall, strict=True)),
                per_line,
            )
        style.footed(figure, footer)
    return figure


def _ordered(words: pd.Series, known: list[str]) -> list[str]:
    present = set(words)
    return [word for word in known if word in present] + sorted(present - set(known))


def _design(word: str) -> tuple[str, str, str]:
    return next(mark for designs, mark in _DESIGNS.items() if word in designs)


def _handles(kinds: pd.DataFrame) -> list[Line2D]:
    names = [_design(word)[0] for word in kinds["design"]]
    return [
        Line2D([], [], ls="", marker=marker, ms=6.5, mfc=face, mec=style.INK, mew=0.8, label=f"{name} ({names.count(name)})")
        for name, marker, face in _DESIGNS.values()
        if name in names
    ]  # fmt: skip


def _edges(most: list[int]) -> list[float]:
    """Share the width among the columns, more to those with fuller tiles, so that rows stay low."""
    weights = [max(count, 2) ** 0.5 for count in most]
    room = style.WIDTH - _LEFT - 0.3
    return [_LEFT + room * sum(weights[:place]) / max(sum(weights), 1) for place in range(len(weights) + 1)]


def _grid(axes: Axes, kinds: pd.DataFrame, columns: dict[str, float], rows: dict[str, float]) -> None:
    by_condition, by_source = kinds["condition"].value_counts(), kinds["cell_source"].value_counts()
    for column, left in columns.items():
        name = f"{phrase(column)} ({by_condition[column]})"
        axes.text(
            left + _PAD, _HEAD - 0.07, name, rotation=28, rotation_mode="anchor", va="bottom", fontsize=8.5
        )
        axes.plot([left, left], [_HEAD, _HEAD + sum(rows.values())], color=style.FAINT, lw=0.6)
    y = _HEAD
    for row, height in [*rows.items(), ("", 0.0)]:
        axes.axhline(y, _LEFT / style.WIDTH, 0.985, color=style.FAINT, lw=0.6)
        if row:
            name = f"{row} ({by_source[row]})"
            axes.text(_LEFT - 0.1, y + height / 2, name, ha="right", va="center", fontsize=8.5)
        y += height


def _studies(
    axes: Axes,
    kinds: pd.DataFrame,
    columns: dict[str, float],
    rows: dict[str, float],
    per_line: dict[str, int],
) -> None:
    starts = dict(zip(rows, itertools.accumulate(rows.values(), initial=_HEAD), strict=False))
    order = [name for name, _, _ in _DESIGNS.values()]
    placed: dict[str, list[tuple[float, float]]] = {name: [] for name in order}
    for (row, column), tile in kinds.groupby(["cell_source", "condition"]):
        names = sorted((_design(word)[0] for word in tile["design"]), key=order.index)
        for number, name in enumerate(names):
            line, place = divmod(number, per_line[str(column)])
            x = columns[str(column)] + _PAD + (place + 0.5) * _STEP
            placed[name].append((x, starts[str(row)] + _PAD / 2 + (line + 0.5) * _STEP))
    for name, marker, face in _DESIGNS.values():
        if placed[name]:
            across, down = zip(*placed[name], strict=True)
            axes.scatter(
                across, down, s=40, marker=marker, c=face, edgecolors=style.INK, linewidths=0.8, label=name, zorder=3
            )  # fmt: skip


#: Who reports a number; distinct by lightness and hatching too.
_FILLS = {
    "paper or registry": ("#08306b", ""),
    "review or press": ("#f3b27a", "////"),
    "the article only": ("#dddddd", "...."),
}
_BAR = 0.34


def depth_bars(counts: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw how many numbers come from documents read how deep, by who reports them.

    One bar per depth, the deepest on top; a depth from which no number comes stays, empty.
    """
    check_made(counts.columns, "helpers.questions.evidence.rows.depth_counts", "origin", "access", "numbers")
    depths = list(ACCESS)
    numbers = counts.pivot_table(index="access", columns="origin", values="numbers", aggfunc="sum")
    numbers = numbers.reindex(index=depths, columns=list(_FILLS)).fillna(0).astype(int)
    totals = numbers.sum(axis=1)
    lines = style.footer_lines([], notes)
    top, bottom = style.title_height(title, subtitle) + 0.32, style.footer_height(lines) + 0.45
    body = _BAR * len(depths)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        handles = [
            Patch(fc=fill, ec=style.INK, lw=0.6, hatch=hatch, label=f"{origin} ({numbers[origin].sum()})")
            for origin, (fill, hatch) in _FILLS.items()
        ]
        y = (height - style.title_height(title, subtitle)) / height
        figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=3, borderaxespad=0.0)
        axes = figure.add_axes((0.2, bottom / height, 0.75, body / height))
        left = pd.Series(0, index=depths)
        for origin, (fill, hatch) in _FILLS.items():
            axes.barh(
                range(len(depths)), numbers[origin], left=left, color=fill, ec=style.INK, lw=0.6, hatch=hatch, height=0.7
            )  # fmt: skip
            left = left + numbers[origin]
        for place, depth in enumerate(depths):
            axes.annotate(
                str(totals[depth]), (totals[depth], place), (4, 0), textcoords="offset points", va="center", fontsize=8.5
            )  # fmt: skip
        axes.set_yticks(range(len(depths)), [phrase(depth) for depth in depths])
        axes.set_ylim(len(depths) - 0.5, -0.5)
        axes.set_xlim(0, max(int(totals.max()), 1) * 1.06)
        axes.set_xlabel("numbers (rows of evidence)")
        axes.tick_params(axis="y", length=0)
        style.quiet_axes(axes)
        style.footed(figure, lines)
    return figure
