"""The completeness maps: what each study reports of each measure, window by window, tissue by tissue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.counts.outcomes import EARLY, LONG, SHORT, UNKNOWN
from helpers.evidence.vocabulary import TISSUE, capital
from helpers.questions.evidence.completeness import ELSEWHERE, NOT_REPORTED, NOT_SEEN, STATES
from helpers.questions.evidence.rows import BEFORE
from helpers.show import style
from helpers.show.frame import framed
from helpers.show.page import check_made
from helpers.show.state_map import CROSS, DOT, marked_square, state_map

_SHORT_WINDOWS = {
    BEFORE: "before",
    EARLY: "first month",
    SHORT: "short term",
    LONG: "long term",
    UNKNOWN: "no time",
}
#: Fill of a field by state, from dark to faint; what only others report has none, and a hollow mark.
_FILLS = dict(zip(STATES, ("#08306b", "#9ecae1", "white", "#c4c4c4", "#d4d4d4", "#f4f4f4"), strict=True))
_HOLLOW = "#d55e00"
#: What is written in a field; where nothing was seen, why.
_WRITTEN = {ELSEWHERE: "◇", NOT_REPORTED: "×", NOT_SEEN: "·"}
_LEFT, _ROW, _HEAD = 2.3, 0.19, 1.2
#: Columns that the name of a measure needs.
_FEWEST = 5


def completeness_maps(
    cells: pd.DataFrame, *, silent: Mapping[str, int], subtitle: str, notes: tuple[str, ...] = ()
) -> dict[str, Figure]:
    """Draw one map to each tissue treated, by its name; ``"none"`` if no study has a place in a map.

    `silent` counts by tissue the studies of the selection that have no row; a line below the grid gives it.
    """
    maker = "helpers.questions.evidence.completeness.completeness"
    check_made(cells.columns, maker, "measured", "window", "state")
    question = "what does each study report, and who reports it?"
    if cells.empty:
        every = sum(silent.values())
        return {"none": _map(cells, silent=every, title=capital(question), subtitle=subtitle, notes=notes)}
    drawn = {}
    for tissue, own in cells.groupby("tissue", sort=False):
        title = f"{capital(TISSUE[str(tissue)])}: {question}"
        number = silent.get(str(tissue), 0)
        drawn[str(tissue)] = _map(own, silent=number, title=title, subtitle=subtitle, notes=notes)
    return drawn


def _map(cells: pd.DataFrame, *, silent: int, title: str, subtitle: str, notes: tuple[str, ...]) -> Figure:
    """Draw a grid of studies and measures, each measure split into its windows, coloured by what is reported."""
    studies = cells.drop_duplicates("study_id")
    more = f"{silent} selected studies have no row: the text available to us gives no result (registered only, or none at the depth chosen)."
    lines = style.footer_lines([], (*([more] if silent else []), *notes))
    body = max(_ROW * len(studies), 0.8)
    with framed(title, subtitle, lines, body=body, above=0.32 + _HEAD, below=0.1) as page:
        page.key(_handles(cells))
        left = _LEFT / style.WIDTH
        axes = page.axes(left, 0.99 - left)
        if cells.empty:
            style.quiet_axes(axes, keep=())
            axes.set(xticks=[], yticks=[])
            style.say_nothing(axes, "no selected study has a result in a text of the depth chosen")
        else:
            _grid(axes, cells, studies)
    return page.figure


def _handles(cells: pd.DataFrame) -> list[Line2D]:
    counts = cells["state"].value_counts()
    handles = {
        state: Line2D([], [], ls="", marker="s", ms=7, mfc=fill, mec=fill, label=f"{state} ({counts.get(state, 0)})")
        for state, fill in _FILLS.items()
    }  # fmt: skip
    handles[ELSEWHERE].set(marker="D", markersize=6, markeredgecolor=_HOLLOW)
    for state, mark in ((NOT_REPORTED, CROSS), (NOT_SEEN, DOT)):
        handles[state].set(marker=marked_square(mark), markeredgecolor=style.INK, markeredgewidth=0.7)
    return list(handles.values())


def _with_room(group: str, shown: list[str]) -> list[tuple[str, str]]:
    sides = range((_FEWEST - len(shown)) // 2 if len(shown) < _FEWEST else 0)
    room = [*(f"left {side}" for side in sides), *shown, *(f"right {side}" for side in sides), "between"]
    return [(group, window) for window in room]


def _grid(axes: Axes, cells: pd.DataFrame, studies: pd.DataFrame) -> None:
    windows = cells.drop_duplicates(["measured", "window"]).groupby("measured", observed=True)["window"]
    groups = {
        str(group): [window for window in _SHORT_WINDOWS if window in set(own)] for group, own in windows
    }
    # Empty columns part the measures, and give room to the name of one with few windows.
    columns = [column for group, shown in groups.items() for column in _with_room(group, shown)][:-1]
    named = cells.astype({"measured": "str"})
    states = named.pivot_table("state", "study_id", ["measured", "window"], aggfunc="first")
    states = states.reindex(index=studies["study_id"], columns=pd.MultiIndex.from_tuples(columns))
    names = [style.shortened(label, _LEFT - 0.1, 9) for label in studies["study_label"]]
    written = states.map(lambda state: _WRITTEN.get(state, ""))
    state_map(axes, states, _FILLS, names, written, fontsize=10)
    for text in axes.texts:
        if text.get_text() == _WRITTEN[ELSEWHERE]:
            text.set_color(_HOLLOW)
    places = {column: place + 0.5 for place, column in enumerate(columns) if column[1] in _SHORT_WINDOWS}
    axes.xaxis.tick_top()
    names = [_SHORT_WINDOWS[window] for _, window in places]
    axes.set_xticks(list(places.values()), names, rotation=90, fontsize=8)
    for group, shown in groups.items():
        middle = places[group, shown[0]] + (len(shown) - 1) / 2
        axes.annotate(
            group.replace(" ", "\n", 1), (middle, 1), (0, 60), xycoords=("data", "axes fraction"), textcoords="offset points",
            ha="center", va="bottom", fontsize=8, fontweight="bold", linespacing=1.0, annotation_clip=False,
        )  # fmt: skip
    parts = np.flatnonzero(studies["role"].ne(studies["role"].shift()))[1:]
    axes.hlines(parts, *axes.get_xlim(), color=style.MUTED, lw=0.8)
