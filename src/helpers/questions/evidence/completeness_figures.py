"""The completeness map: what each study reports of each measure, window by window."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.counts.horizons import EARLY, LONG, SHORT, UNKNOWN
from helpers.show import marks, style
from helpers.show.page import check_made

_BEFORE = "before treatment"
_SHORT_WINDOWS = {
    _BEFORE: "before",
    EARLY: "first month",
    SHORT: "short term",
    LONG: "long term",
    UNKNOWN: "no time",
}
#: State -> marker, size, fill, edge: from a full dark mark to a faint dot.
_MARKS = {
    "reported and read": ("s", 46.0, "#08306b", "#08306b"),
    "direction or words only": ("s", 46.0, "#9ecae1", "#4a86b8"),
    "reported elsewhere only": ("D", 26.0, "white", "#d55e00"),
    "not reported in a text read to its end": ("X", 20.0, "#9a9a9a", "white"),
    "not seen, our copy ends early": ("o", 14.0, "#d0d0d0", "#d0d0d0"),
    "not seen, how far it was read is not noted": (".", 6.0, "#9a9a9a", "#9a9a9a"),
}
_LEFT, _ROW, _GAP, _HEAD = 2.3, 0.19, 0.55, 1.12


def completeness_map(
    cells: pd.DataFrame, *, silent: int, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw a grid of studies and measures, each measure split into its windows, with a mark for what is reported.

    A place without any mark does not apply: the measure belongs to the other tissue. `silent` counts the
    studies of the selection that have no row; a line below the grid gives it.
    """
    check_made(
        cells.columns, "helpers.questions.evidence.completeness.completeness", "measured", "window", "state"
    )
    present = set(cells["measured"])
    order = [group for group in cells["measured"].cat.categories if group in present]
    columns = _columns(cells, order)
    studies = cells.drop_duplicates("study_id")
    more = f"{silent} selected studies have no row: the text available to us gives no result (registered only, or none at the depth chosen)."
    lines = style.footer_lines([], (*([more] if silent else []), *notes))
    top, bottom = style.title_height(title, subtitle) + 0.32 + _HEAD, style.footer_height(lines) + 0.1
    body = max(_ROW * len(studies), 0.8)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        marks.legend_below(figure, _handles(cells), (height - style.title_height(title, subtitle)) / height)
        left = _LEFT / style.WIDTH
        axes = figure.add_axes((left, bottom / height, 0.99 - left, body / height))
        if cells.empty:
            style.quiet_axes(axes, keep=())
            axes.set(xticks=[], yticks=[])
            style.say_nothing(axes, "no selected study has a result in a text of the depth chosen")
        else:
            _grid(axes, cells, studies, columns, order)
        style.footed(figure, lines)
    return figure


def _columns(cells: pd.DataFrame, order: list[str]) -> dict[tuple[str, str], float]:
    """Place every measure and window, with a gap between measures."""
    places, x = {}, 0.0
    for group in order:
        windows = set(cells.loc[cells["measured"] == group, "window"])
        for window in _SHORT_WINDOWS:
            if window in windows:
                places[group, window] = x
                x += 1
        x += _GAP
    return places


def _handles(cells: pd.DataFrame) -> list[Line2D]:
    counts = cells["state"].value_counts()
    return [
        Line2D([], [], ls="", marker=marker, ms=size**0.5, mfc=face, mec=edge, label=f"{state} ({counts.get(state, 0)})")
        for state, (marker, size, face, edge) in _MARKS.items()
    ]  # fmt: skip


def _grid(
    axes: Axes,
    cells: pd.DataFrame,
    studies: pd.DataFrame,
    columns: dict[tuple[str, str], float],
    order: list[str],
) -> None:
    rows = {study: place for place, study in enumerate(studies["study_id"])}
    for state, (marker, size, face, edge) in _MARKS.items():
        of_state = cells[cells["state"] == state]
        x = [
            columns[group, window]
            for group, window in zip(of_state["measured"], of_state["window"], strict=True)
        ]
        y = of_state["study_id"].map(rows)
        axes.scatter(x, y, s=size, marker=marker, c=face, edgecolors=edge, linewidths=1.0, label=state)
    axes.set_xlim(-0.7, max(columns.values()) + 0.7)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [_shortened(label) for label in studies["study_label"]], fontsize=8)
    axes.xaxis.tick_top()
    names = [_SHORT_WINDOWS[window] for _, window in columns]
    axes.set_xticks(list(columns.values()), names, rotation=90, fontsize=7, color=style.MUTED)
    axes.tick_params(length=0, pad=2)
    style.quiet_axes(axes, keep=())
    _headings(axes, columns, order)
    _separators(axes, studies)


def _headings(axes: Axes, columns: dict[tuple[str, str], float], order: list[str]) -> None:
    for group in order:
        places = [x for (name, _), x in columns.items() if name == group]
        middle = (places[0] + places[-1]) / 2
        axes.annotate(
            group.replace(" ", "\n", 1), (middle, 1), (0, 54), xycoords=("data", "axes fraction"), textcoords="offset points",
            ha="center", va="bottom", fontsize=7.5, fontweight="bold", linespacing=1.0, annotation_clip=False,
        )  # fmt: skip
        axes.axvspan(places[0] - 0.6, places[-1] + 0.6, color="#f4f4f4", lw=0, zorder=0)


def _separators(axes: Axes, studies: pd.DataFrame) -> None:
    kinds = list(zip(studies["role"], studies["tissue"], strict=True))
    for place in range(1, len(kinds)):
        if kinds[place] != kinds[place - 1]:
            axes.axhline(place - 0.5, color=style.MUTED, lw=0.8)


def _shortened(label: str) -> str:
    return label if len(label) <= 34 else label[:33] + "…"
