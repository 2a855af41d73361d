"""Women with cells compared with women without: the counts by condition, and the differences pair by pair."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter

from helpers.show import marks, style
from helpers.show.forest_page import share_axis
from helpers.show.frame import framed
from helpers.show.page import check_made

WARNING = (
    "Not adjusted, and not randomised unless marked so: the women, how they were chosen and how long they were followed "
    "differ. A difference here cannot be attributed to the cells."
)
UNLIKE = (
    "Not adjusted, and not randomised unless marked so: women, selection and follow-up differ, so no difference can be attributed "
    "to the cells. A CI that includes zero shows neither a difference nor its absence."
)
RANDOMISED = "Randomised within the study, and not adjusted. A CI that includes zero shows neither a difference nor its absence."
#: What is drawn of a count and of a pair: frames of all that is known of them are slow to go through.
_COUNT = [
    "stratum", "kind", "who_women", "arm_kind", "cell_source", "proportion", "low", "high", "count_text", "interval_text", "follow_up",
    "origin", "citation",
]  # fmt: skip
_PAIR = [
    "head", "against_women", "count_text", "difference", "low", "high", "probability", "no_probability", "gap_text", "chance_text",
    "randomised", "cell_source", "citation",
]  # fmt: skip
#: In inches: a row, a further line of a name, and the room for names.
_ROW, _LINE, _NAMES = 0.2, 0.135, 3.65
#: Sizes of names in points: of a count, of a treated arm, of its comparator.
_COUNTED, _HEAD, _AGAINST = 8.0, 8.8, 8.0
#: Women without cells: dark where they received nothing or are the control of the study itself.
_RECEIVED = {"untreated, or control of the same study": "#4d4d4d", "other treatment": "#b0b0b0"}
_DARK, _PALE = _RECEIVED.values()
_GREYS = {"own control": _DARK, "untreated": _DARK, "other treatment": _PALE}


def cohort_panels(rows: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw rows of `rows.comparable`, those of one tissue, one block per condition on one axis.

    Women without cells are grey, paler where they received something else; a condition without them, or without cells, says so.
    """
    maker = "helpers.questions.background.rows.comparable(ev, outcome=...).rows"
    check_made(rows.columns, maker, *_COUNT)
    rows = rows[_COUNT]
    lines = style.footer_lines(rows["citation"])
    blocks = rows.groupby("stratum", sort=False)
    items = [item for name, block in blocks for item in _block_items(str(name), block)]
    places, number = stacked([len(words) for words, _ in items], row=_ROW, line=_LINE)
    room = {"body": _ROW * number, "above": 0.85, "below": 0.68, "air": 0.16}
    with framed(title, subtitle, lines, legends=_count_handles(rows), **room) as page:
        page.warn(WARNING, 0.29)
        axes = page.axes(0.405, 0.245)
        _draw_counts(axes, items, places)
        percent_axis(axes, number, "women with the event, percent of total", _COUNTED)
    return page.figure


def difference_forest(
    pairs: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw the pairs of one condition: the difference with its interval, and P that the treated rate is higher.

    Of a pair with few events there is no probability. A filled mark is randomised. A frame without pairs says so.
    """
    maker = "helpers.questions.background.pairs.background_pairs"
    check_made(pairs.columns, maker, *_PAIR)
    pairs = pairs[_PAIR]
    lines = style.footer_lines(pairs["citation"], notes)
    blocks = pairs.groupby("head", sort=False)
    items = [item for head, rows in blocks for item in _pair_items(str(head), rows)]
    places, number = stacked([len(words) for words, _ in items], row=_ROW, line=_LINE)
    known = len(pairs) > 0 and bool(pairs["randomised"].all())
    with framed(title, subtitle, lines, body=_ROW * number, above=0.85, below=1.0) as page:
        page.warn(RANDOMISED if known else UNLIKE, 0.29)
        left = page.axes(0.405, 0.21)
        right = page.axes(0.785, 0.15, sharey=left)
        _draw_pairs(left, right, items, places)
        _pair_axes(left, right, number, _reach(pairs))
        if pairs.empty:
            style.say_nothing(left, "no women with cells have\na comparator here")
        page.legend(_pair_handles(pairs), 0.62)
    return page.figure


#: Lines of a name, and the row that it names; the head of a block has none, a remark on a block its words.
_Item = tuple[list[str], Any]


def stacked(lines: list[int], *, row: float, line: float) -> tuple[list[float], float]:
    """Place rows of so many lines below each other; return the middle of each and the height of all, in rows.

    `row` and `line` are the heights of a row of one line and of each further line, in inches.
    """
    places, top = [], 0.0
    for number in lines:
        height = 1 + (number - 1) * line / row
        places.append(top + (height - 1) / 2)
        top += height
    return places, max(top, 3)


def _block_items(name: str, block: pd.DataFrame) -> list[_Item]:
    items: list[_Item] = [([name], None)]
    items += [(style.wrapped(str(row.who_women), _NAMES - 0.05, _COUNTED), row) for row in block.itertuples()]
    cells = block["arm_kind"] == "cells"
    if cells.all():
        items.append((["no comparator of this condition is counted"], "remark"))
    if not cells.any():
        items.append((["no women with cells are counted"], "remark"))
    return items


def _draw_counts(axes: Axes, items: list[_Item], places: list[float]) -> None:
    for (lines, row), y in zip(items, places, strict=True):
        if row is None:
            marks.write_row(axes, y, [(-1.63, lines[0])], fontsize=9, fontweight="bold")
        elif isinstance(row, str):
            marks.write_row(axes, y, [(-1.6, lines[0])], fontsize=8, style="italic", color=style.NAIVE)
        else:
            _draw_count(axes, y, row, "\n".join(lines))
    heads = (1.05, "events/total"), (1.43, "% (interval)"), (2.05, "follow-up")
    marks.write_row(axes, -0.9, heads, fontsize=8, color=style.MUTED)


def _draw_count(axes: Axes, y: float, row: Any, name: str) -> None:
    cells = row.arm_kind == "cells"
    colour = style.colour_of(row.cell_source) if cells else _GREYS[row.kind]
    marks.draw_rate(axes, y, row, colour)
    interval = str(row.interval_text).replace(" %", "", 1)
    words = (-1.6, name), (1.05, row.count_text), (1.43, interval), (2.05, row.follow_up)
    ink = style.INK if cells else style.MUTED
    marks.write_row(axes, y, words, fontsize=_COUNTED, color=ink, linespacing=1.1)


def percent_axis(axes: Axes, number: float, label: str, size: float) -> None:
    """Dress axes of percentages from none to all, of so many rows, with letters of so many points."""
    share_axis(axes, label)
    style.quiet_axes(axes)
    axes.set_yticks([])
    axes.set_ylim(number - 0.4, -0.6)
    axes.tick_params(axis="x", labelsize=size)


def _pair_items(head: str, pairs: pd.DataFrame) -> list[_Item]:
    # The count of a comparator is on one line.
    names = pairs["against_women"] + ", " + pairs["count_text"].str.replace(" ", "\N{NO-BREAK SPACE}")
    lines = [style.wrapped(name, _NAMES - 0.1, _AGAINST) for name in names]
    rows = zip(lines, pairs.itertuples(), strict=True)
    return [(style.wrapped(head, _NAMES + 1.2, _HEAD), None), *rows]


def _draw_pairs(left: Axes, right: Axes, items: list[_Item], places: list[float]) -> None:
    for (lines, row), y in zip(items, places, strict=True):
        words = "\n".join(lines)
        if row is None:
            marks.write_row(left, y, [(-1.9, words)], fontsize=_HEAD, fontweight="bold", linespacing=1.1)
        else:
            _draw_pair(left, right, y, row, words)
    if items:
        muted: dict[str, Any] = {"fontsize": 8, "color": style.MUTED}
        marks.write_row(left, -1.0, ((-1.87, "against"), (1.04, "points (CI)")), **muted)
        marks.write_row(right, -1.0, [(1.08, "P")], **muted)


def _draw_pair(left: Axes, right: Axes, y: float, row: Any, name: str) -> None:
    colour = style.colour_of(row.cell_source)
    face = colour if row.randomised else "white"
    mark: dict[str, Any] = {"ms": 6, "mfc": face, "mec": colour, "mew": 1.4, "zorder": 3, "clip_on": False}
    left.plot([row.low, row.high], [y, y], color=colour, lw=1.7, solid_capstyle="butt", zorder=2)
    left.plot([row.difference], [y], "s", **mark)
    if not row.no_probability:
        right.plot([row.probability], [y], "o", **mark)
    marks.write_row(left, y, [(-1.87, name)], fontsize=_AGAINST, linespacing=1.1)
    marks.write_row(left, y, [(1.04, row.gap_text)], fontsize=8)
    marks.write_row(right, y, [(1.08, "none" if row.no_probability else row.chance_text)], fontsize=8)


def _reach(pairs: pd.DataFrame) -> float:
    """Give how far the axis of differences reaches on both sides, to a fifth of the whole."""
    widest = pairs[["low", "high"]].abs().to_numpy().max() if len(pairs) else 1.0
    return math.ceil(5 * widest) / 5


def _pair_axes(left: Axes, right: Axes, number: float, reach: float) -> None:
    for axes in (left, right):
        style.quiet_axes(axes)
        axes.tick_params(axis="x", labelsize=8)
        axes.tick_params(axis="y", left=False, labelleft=False)
        axes.grid(axis="x", color=style.FAINT, lw=0.6)
        axes.set_axisbelow(True)
    left.set_ylim(number - 0.4, -0.6)
    left.set_xlim(-reach, reach)
    left.set_xticks([-reach, -reach / 2, 0, reach / 2, reach])
    left.xaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:+.0f}" if share else "0"))
    left.axvline(0, color=style.INK, lw=0.9, zorder=1)
    left.set_xlabel("treated minus comparator,\npercentage points", fontsize=8.5)
    right.set_xlim(0, 1)
    right.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    right.axvline(0.5, color=style.INK, lw=0.9, zorder=1)
    right.set_xlabel("probability that the\ntreated rate is higher", fontsize=8.5)


def _count_handles(rows: pd.DataFrame) -> list[list[Line2D]]:
    """Make the legend of counts, line by line: who says it, what was received."""
    received = cell_handles(rows.loc[rows["arm_kind"] == "cells", "cell_source"])
    greys = rows["kind"].map(_GREYS)
    for words, grey in _RECEIVED.items():
        if (greys == grey).any():
            received.append(Line2D([], [], color=grey, lw=3, label=words))
    return [marks.origin_handles(rows["origin"]), received]


def cell_handles(cells: pd.Series) -> list[Line2D]:
    """Make the entries of the colours of cells; sources without a colour share one."""
    handles = marks.colour_handles(cells, style.CELL_SOURCE_COLOURS)
    if (~cells.isin(list(style.CELL_SOURCE_COLOURS))).any():
        handles.append(Line2D([], [], color=style.OTHER_COLOUR, lw=3, label="other cells"))
    return handles


def _pair_handles(pairs: pd.DataFrame) -> list[Line2D]:
    if pairs.empty:
        return []
    kinds = {True: "randomised", False: "not randomised"}
    look: dict[str, Any] = {"ls": "", "marker": "s", "ms": 6, "mec": style.INK}
    handles = [
        Line2D([], [], **look, mfc=style.INK if known else "white", label=words)
        for known, words in kinds.items()
        if (pairs["randomised"] == known).any()
    ]
    return handles + cell_handles(pairs["cell_source"])
