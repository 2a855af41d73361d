"""The article's criteria and the studies: a map of what each study reports and whether it meets it."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Polygon, Rectangle

from helpers.evidence.vocabulary import HORIZON, phrase
from helpers.questions.criteria.rows import State, report_shares
from helpers.show import style
from helpers.show.marks import FIRST_HAND, ORIGIN_MARKERS, legend_below, origin_handles
from helpers.show.page import check_made

#: Fill of a tile by state; in part fills half of it, what was lost the other half of not met, reported without time only its
#: edge, and another time none.
STATE_COLOURS = {
    State.MET: "#0072b2",
    State.ON_WORD: "#8cc2e3",
    State.IN_PART: "#0072b2",
    State.LOST: "#d55e00",
    State.NOT_MET: "#d55e00",
    State.UNJUDGED: "#d9d9d9",
    State.UNDATED: "white",
}
_HATCHED = {State.NOT_MET: "////", State.LOST: "////"}
_DIRECTIONS = {
    "up": "↑",
    "down": "↓",
    "up-or-stable": "↑ or stable",
    "normal": "normal",
    "stable": "stays normal",
    "regular": "",
}
#: What a criterion requires, where its measure alone says less: an empty place of it is not a place without births.
_HEADS = {"live-birth": "birth after natural conception"}
#: Sizes in inches: margins, a row, the widest column, the key, the heads of the columns, the names below them.
_LEFT, _RIGHT, _ROW, _WIDEST = 2.3, 0.7, 0.21, 0.3
_TILES, _HEAD, _FOOT = 0.62, 1.8, 0.75
_KEY = _TILES + 0.33
#: Space between domains and between horizons, in columns.
_GAP, _WIDE_GAP = 0.5, 1.4
_TILE = 0.84
#: How long the name of a study may be.
_LETTERS = 31


def criteria_map(judged: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw one row per study, cited studies first, and one column per criterion, by horizon and domain.

    The tile shows the state, the mark in it who reports it; an empty place is not in the text available. At
    the right is how many criteria a study reports. Other studies that report none are counted in the footer
    instead.
    """
    check_made(
        judged.columns,
        "helpers.questions.criteria.rows.criteria_judged",
        "study_label",
        "criterion_id",
        "state",
        "told_by",
    )
    if judged.empty:
        return _nothing_judged(title, subtitle, notes)
    studies = _drawn_studies(judged)
    silent = judged["study_id"].nunique() - len(studies)
    if silent:
        who = f"{silent} {'study' if silent == 1 else 'studies'}"
        notes = (f"Not drawn: {who} that report no criterion in the text available.", *notes)
    columns = _columns(judged)
    lines = style.footer_lines([], notes)
    width = min(_WIDEST, (style.WIDTH - _LEFT - _RIGHT) / (columns["x"].max() + 1))
    top = style.title_height(title, subtitle) + _KEY + _HEAD
    body, bottom = _ROW * max(len(studies), 2), style.footer_height(lines) + _FOOT
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        left, span = _LEFT / style.WIDTH, (columns["x"].max() + 1) * width / style.WIDTH
        axes = figure.add_axes((left, bottom / height, span, body / height))
        _frame(axes, columns, studies, report_shares(judged))
        drawn = judged[judged["study_id"].isin(studies.index) & (judged["state"] != State.NOT_REPORTED)]
        x, y = drawn["criterion_id"].map(columns["x"]), drawn["study_id"].map(list(studies.index).index)
        for cell in zip(x, y, drawn["state"], drawn["told_by"], strict=True):
            _cell(axes, *cell)
        if studies.empty:
            style.say_nothing(axes, "None of these criteria is reported in the text available.")
        _domains(figure.add_axes((left, (bottom - _FOOT) / height, span, _FOOT / height)), columns)
        style.titled(figure, title, subtitle)
        used = style.title_height(title, subtitle)
        _key(figure.add_axes((0.01, (height - used - _TILES) / height, 0.98, _TILES / height)))
        legend_below(
            figure, origin_handles(judged["told_by"].dropna()), (height - used - _TILES - 0.04) / height
        )
        style.footed(figure, lines)
    return figure


def _nothing_judged(title: str, subtitle: str, notes: tuple[str, ...]) -> Figure:
    lines = style.footer_lines([], notes)
    top, bottom = style.title_height(title, subtitle), style.footer_height(lines)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + 1 + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0, bottom / height, 1, 1 / height))
        axes.axis("off")
        style.say_nothing(axes, "No study chosen treated the tissue that the criteria are about.")
        style.titled(figure, title, subtitle)
        style.footed(figure, lines)
    return figure


def _drawn_studies(judged: pd.DataFrame) -> pd.DataFrame:
    """Take cited studies first, and others that report anything."""
    shown = judged[(judged["role"] == "cited") | (judged["state"] != State.NOT_REPORTED)]
    studies = shown.drop_duplicates("study_id").set_index("study_id")[
        ["study_label", "role", "n_enrolled", "n_cells"]
    ]
    return studies.sort_values("role", key=lambda role: role != "cited", kind="stable")


def _columns(judged: pd.DataFrame) -> pd.DataFrame:
    """Place the criteria from left to right, with gaps between domains and wider ones between horizons."""
    columns = judged.drop_duplicates("criterion_id").set_index("criterion_id")
    columns = columns[["horizon", "domain", "measure", "direction"]]
    new_horizon = columns["horizon"] != columns["horizon"].shift()
    new_domain = new_horizon | (columns["domain"] != columns["domain"].shift())
    gaps = new_domain * _GAP + new_horizon * (_WIDE_GAP - _GAP)
    gaps.iloc[0] = 0
    return columns.assign(
        x=gaps.cumsum() + list(range(len(columns))), block=new_domain.cumsum(), half=new_horizon.cumsum()
    )


def _frame(axes: Axes, columns: pd.DataFrame, studies: pd.DataFrame, shares: pd.DataFrame) -> None:
    rows = len(studies)
    axes.set_xlim(-0.5, columns["x"].max() + 0.5)
    axes.set_ylim(max(rows, 2) - 0.5, -0.5)
    wanted = columns["direction"].map(_DIRECTIONS)
    heads = (columns["measure"].map(phrase) + " " + wanted).str.strip()
    heads = columns["measure"].map(_HEADS).fillna(heads)
    axes.set_xticks(columns["x"], heads, rotation=90, fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks(range(rows), [_name(row) for row in studies.itertuples()], fontsize=8.5)
    axes.tick_params(length=0, pad=3)
    style.quiet_axes(axes, keep=())
    for _, block in columns.groupby("block"):
        ends = [block["x"].min() - 0.5, block["x"].max() + 0.5]
        for row in range(rows):
            axes.plot(ends, [row, row], color=style.FAINT, lw=0.6, zorder=0)
    # A line parts the studies that the article cites from the others.
    cited = int((studies["role"] == "cited").sum())
    if 0 < cited < rows:
        axes.axhline(cited - 0.5, color=style.MUTED, lw=0.8, zorder=0)
    reported = shares.groupby("study_id")[["reported", "criteria"]].sum().reindex(studies.index)
    counts_text = ["reported"] * bool(rows) + [
        f"{row.reported} of {row.criteria}" for row in reported.itertuples()
    ]
    for place, words in enumerate(counts_text, start=-1):
        axes.annotate(
            words, (1, place), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=8, annotation_clip=False,
        )  # fmt: skip


def _domains(axes: Axes, columns: pd.DataFrame) -> None:
    """Name domain and horizon below the columns."""
    axes.set_xlim(-0.5, columns["x"].max() + 0.5)
    axes.set_ylim(0, _FOOT)
    axes.axis("off")
    for _, block in columns.groupby("block"):
        words = textwrap.fill(phrase(block["domain"].iloc[0]), 12)
        _brace(axes, block["x"], _FOOT - 0.06, words, "normal")
    for _, half in columns.groupby("half"):
        name = half["horizon"].iloc[0]
        words = f"{name} term: {HORIZON[name].removesuffix(' after treatment')}"
        _brace(axes, half["x"], _FOOT - 0.48, words, "bold")


def _brace(axes: Axes, x: pd.Series[float], y: float, words: str, weight: str) -> None:
    ends = [x.min() - 0.4, x.max() + 0.4]
    axes.plot(ends, [y, y], color=style.MUTED, lw=0.9)
    axes.text(
        sum(ends) / 2, y - 0.03, words, ha="center", va="top", fontsize=8, fontweight=weight, linespacing=1.1
    )


def _name(row: Any) -> str:
    # Of women with and without cells together, nothing on the map is a proportion.
    after = (
        ""
        if pd.isna(row.n_enrolled)
        else ", n not printed"
        if pd.isna(row.n_cells)
        else f", n = {row.n_cells}"
    )
    letters = _LETTERS - len(after)
    name = str(row.study_label)
    return (name if len(name) <= letters else name[: letters - 1] + "…") + after


def _tile(state: str, x: float, y: float, size: float = _TILE) -> list[Patch]:
    """Make the tile of a state with its centre at `x` and `y`."""
    if state not in STATE_COLOURS:
        return []
    left, low = x - size / 2, y - size / 2
    edge = style.MUTED if state in {State.UNDATED, State.IN_PART} else STATE_COLOURS[State(state)]
    face = "white" if state == State.IN_PART else STATE_COLOURS[State(state)]
    hatch = _HATCHED.get(State(state))
    tiles: list[Patch] = [
        Rectangle(
            (left, low), size, size, fc=face, ec="white" if hatch else edge, lw=0.7, hatch=hatch, label=state
        )
    ]
    if state in {State.IN_PART, State.LOST}:
        corners = [(left, low), (left, low + size), (left + size, low + size)]
        tiles.append(Polygon(corners, fc=STATE_COLOURS[State.MET], ec="none", label=state))
    return tiles


def _cell(axes: Axes, x: float, y: float, state: str, told_by: str) -> None:
    for tile in _tile(state, x, y):
        axes.add_patch(tile)
    marker = ORIGIN_MARKERS[told_by]
    # A filled mark has a white edge, so that it is seen on a dark tile.
    face, edge = (style.INK, "white") if told_by == FIRST_HAND else ("white", style.INK)
    axes.plot([x], [y], marker, ms=5, mfc=face, mec=edge, mew=0.8, zorder=3, label=f"{state}, {told_by}")


def _key(axes: Axes) -> None:
    """Draw the tiles with what they mean; the axes are in inches."""
    axes.set_xlim(0, 0.98 * style.WIDTH)
    axes.set_ylim(_TILES, 0)
    axes.axis("off")
    entries = [*STATE_COLOURS, State.ELSEWHEN, State.NOT_REPORTED]
    key_texts = {
        State.ELSEWHEN: "mark alone: at another time only",
        State.NOT_REPORTED: f"empty: {State.NOT_REPORTED}",
    }
    for place, state in enumerate(entries):
        x, y = 0.08 + 2.9 * (place % 3), 0.1 + 0.2 * (place // 3)
        for tile in _tile(state, x, y, 0.14):
            axes.add_patch(tile)
        if state == State.ELSEWHEN:
            axes.plot([x], [y], "o", ms=4.5, mfc="white", mec=style.INK, mew=0.9)
        axes.text(x + 0.14, y, key_texts.get(state, state), va="center", fontsize=8.5)
