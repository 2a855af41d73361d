"""The article's criteria and the studies: a map of what each study reports and whether it meets it."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import HORIZON, phrase
from helpers.questions.criteria.rows import report_shares
from helpers.questions.criteria.states import State
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import count_of
from helpers.show.page import check_made
from helpers.show.state_map import DIAMOND, marked_square, state_map

#: Fill of a field by state: blue is met, vermilion not met, grey no answer, white no time. The ground has no answer at this time: with
#: a mark there is one at another time, without a mark none was seen.
_GROUND = "#ededed"
STATE_COLOURS: dict[str, str] = {
    State.MET: "#0072b2",
    State.IN_PART: "#8cc2e3",
    State.ON_WORD: "#c4e1f4",
    State.LOST: "#f0a582",
    State.NOT_MET: "#d55e00",
    State.UNJUDGED: "#b3b3b3",
    State.UNDATED: "white",
    State.ELSEWHEN: _GROUND,
    State.NOT_REPORTED: _GROUND,
}
#: Who reports it: as the marks of the other figures, written.
_WRITTEN = dict(zip(marks.ORIGIN_MARKERS, "●◇△", strict=True))
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
#: Sizes in inches: margins, a row, the widest column, the heads of the columns, the names below them.
_LEFT, _RIGHT, _ROW, _WIDEST, _HEAD, _FOOT = 2.3, 0.7, 0.19, 0.3, 1.8, 0.7
#: Empty columns between domains and between horizons.
_GAP, _WIDE_GAP = 1, 2
#: How long the name of a study may be.
_LETTERS = 31


def criteria_map(judged: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw one row per study, cited studies first, and one column per criterion: its state as colour, who reports it as mark.

    Not cited studies that report none are counted in the footer instead.
    """
    maker = "helpers.questions.criteria.rows.criteria_judged"
    check_made(judged.columns, maker, "study_label", "criterion_id", "state", "told_by")
    if judged.empty:
        return _nothing_judged(title, subtitle, notes)
    studies = _drawn_studies(judged)
    silent = judged["study_id"].nunique() - len(studies)
    if silent:
        who = f"{silent} {'study' if silent == 1 else 'studies'}"
        notes = (f"Not drawn: {who} that report no criterion in the text available.", *notes)
    columns = _columns(judged)
    lines = style.footer_lines([], notes)
    wide = columns["x"].max() + 1
    width = min(_WIDEST, (style.WIDTH - _LEFT - _RIGHT) / wide)
    handles, body = _handles(judged), _ROW * max(len(studies), 2)
    above = marks.legend_height(handles) + _HEAD
    with framed(title, subtitle, lines, body=body, above=above, below=_FOOT) as page:
        left, span = _LEFT / style.WIDTH, wide * width / style.WIDTH
        axes = page.axes(left, span)
        if studies.empty:
            style.say_nothing(axes, "None of these criteria is reported in the text available.")
        else:
            _fields(axes, judged, columns, studies)
        _frame(axes, columns, studies, report_shares(judged))
        _domains(page.axes(left, span, below=body, tall=_FOOT), columns)
        page.key(handles)
    return page.figure


def _handles(judged: pd.DataFrame) -> list[Line2D]:
    words: dict[str, str] = {
        State.ELSEWHEN: f"with a mark: {State.ELSEWHEN}",
        State.NOT_REPORTED: f"without a mark: {State.NOT_REPORTED}",
    }
    fields = [
        Line2D([], [], ls="", marker="s", ms=8, mfc=colour, mec=style.MUTED, mew=0.7, label=words.get(state, state))
        for state, colour in STATE_COLOURS.items()
    ]  # fmt: skip
    fields[list(STATE_COLOURS).index(State.ELSEWHEN)].set_marker(marked_square(DIAMOND))
    return [*fields, *marks.origin_handles(judged["told_by"].dropna())]


def _nothing_judged(title: str, subtitle: str, notes: tuple[str, ...]) -> Figure:
    with framed(title, subtitle, style.footer_lines([], notes), body=1, above=0, below=0) as page:
        axes = page.axes(0, 1)
        axes.axis("off")
        style.say_nothing(axes, "No study chosen treated the tissue that the criteria are about.")
    return page.figure


def _drawn_studies(judged: pd.DataFrame) -> pd.DataFrame:
    """Take cited studies first, and others that report anything."""
    shown = judged[(judged["role"] == "cited") | (judged["state"] != State.NOT_REPORTED)]
    studies = shown.drop_duplicates("study_id").set_index("study_id")
    studies = studies[["study_label", "role", "n_enrolled", "n_cells"]]
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


def _fields(axes: Axes, judged: pd.DataFrame, columns: pd.DataFrame, studies: pd.DataFrame) -> None:
    placed = judged.assign(
        x=judged["criterion_id"].map(columns["x"]), written=judged["told_by"].map(_WRITTEN).fillna("")
    )
    states, written = (
        placed.pivot_table(name, "study_id", "x", aggfunc="first").reindex(
            index=studies.index, columns=range(columns["x"].max() + 1)
        )
        for name in ("state", "written")
    )
    state_map(axes, states, STATE_COLOURS, [_name(row) for row in studies.itertuples()], written)


def _frame(axes: Axes, columns: pd.DataFrame, studies: pd.DataFrame, shares: pd.DataFrame) -> None:
    rows = len(studies)
    axes.set_xlim(0, columns["x"].max() + 1)
    axes.set_ylim(max(rows, 2), 0)
    wanted = columns["direction"].map(_DIRECTIONS)
    heads = (columns["measure"].map(phrase) + " " + wanted).str.strip()
    heads = columns["measure"].map(_HEADS).fillna(heads)
    axes.xaxis.tick_top()
    axes.set_xticks(columns["x"] + 0.5, heads, rotation=90, fontsize=8)
    axes.tick_params(length=0, pad=3)
    if not rows:
        axes.set_yticks([])
    style.quiet_axes(axes, keep=())
    # A line parts the studies that the article cites from the others.
    cited = int((studies["role"] == "cited").sum())
    if 0 < cited < rows:
        axes.axhline(cited, color=style.MUTED, lw=0.8)
    reported = shares.groupby("study_id")[["reported", "criteria"]].sum().reindex(studies.index)
    counts_text = ["reported"] * bool(rows)
    counts_text += [count_of(row.reported, row.criteria) for row in reported.itertuples()]
    for place, words in enumerate(counts_text):
        axes.annotate(
            words, (1, place - 0.5), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=8, annotation_clip=False,
        )  # fmt: skip


def _domains(axes: Axes, columns: pd.DataFrame) -> None:
    """Name domain and horizon below the columns."""
    axes.set_xlim(0, columns["x"].max() + 1)
    axes.set_ylim(0, _FOOT)
    axes.axis("off")
    for _, block in columns.groupby("block"):
        words = textwrap.fill(phrase(block["domain"].iloc[0]), 12)
        _brace(axes, block["x"], _FOOT - 0.05, words, "normal")
    for _, half in columns.groupby("half"):
        name = half["horizon"].iloc[0]
        words = f"{name} term: {HORIZON[name].removesuffix(' after treatment')}"
        _brace(axes, half["x"], _FOOT - 0.45, words, "bold")


def _brace(axes: Axes, places: pd.Series[float], y: float, words: str, weight: str) -> None:
    ends = [places.min() + 0.1, places.max() + 0.9]
    axes.plot(ends, [y, y], color=style.MUTED, lw=0.9)
    widest = max(style.text_width(line, 8) for line in words.split("\n"))
    room = (ends[1] - ends[0]) * axes.get_position().width * style.WIDTH / axes.get_xlim()[1]
    # A name that is wider than its brace begins a little before it, so that it touches neither neighbour.
    x, side = (places.min() - 0.4, "left") if widest > room else (sum(ends) / 2, "center")
    axes.text(x, y - 0.03, words, ha=side, va="top", fontsize=8, fontweight=weight, linespacing=1.1)


def _name(row: Any) -> str:
    # Of women with and without cells together, nothing on the map is a proportion.
    women = "n not printed" if pd.isna(row.n_cells) else f"n = {row.n_cells}"
    after = "" if pd.isna(row.n_enrolled) else f", {women}"
    letters = _LETTERS - len(after)
    name = str(row.study_label)
    return (name if len(name) <= letters else name[: letters - 1] + "…") + after
