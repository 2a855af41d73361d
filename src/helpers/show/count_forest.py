"""Forest plot of proportions: one row per reported count, with its exact interval."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.evidence.vocabulary import CONDITION, ORGAN, ROLE, capital, phrase
from helpers.show import marks, style
from helpers.show.forest_page import ForestPage, forest_page, share_axis
from helpers.show.frame import parts
from helpers.show.page import check_made

#: All in inches. The plot takes what labels and figures leave of the width.
_LINE, _SPACE, _SECTION = 0.145, 0.095, 0.28
_LEFT, _COUNT, _INTERVAL = 0.1, 2.75, 1.72
_LABEL_SIZE, _LABEL_CHARACTERS, _INTERVAL_CHARACTERS = 8.4, 46, 26
#: Rows of one figure: with title, legend and footer it stays within `style.TALLEST`.
_TALLEST = 5.6
_STUDIES = {
    "cited": "Studies that the article cites",
    "treatment": "Other studies of women treated with cells",
    "background": "Studies of women without cells",
}
#: What the rows of one figure have in common.
_FIGURE = ["tissue", "outcome"]
#: The maker of the rows, and the columns that are drawn.
_MADE = (
    "helpers.counts.outcomes.outcome_rows(ev, rows, interval=..., level=...)",
    "section", "label", "origin", "no_rate", "proportion", "low", "high", "count_text", "interval_text",
)  # fmt: skip


def forests(frame: pd.DataFrame, *, subtitle: str) -> dict[str, Figure]:
    """Draw one forest to a tissue and an outcome by its name, such as ``"ovary/live-birth"``, in parts where it is too tall to read.

    Sections are the roles of the studies, the cited ones first, and the conditions of their women; within them studies are in
    the order of their first time point. A study is never split between two parts.
    """
    check_made(frame.columns, *_MADE)
    if frame.empty:
        return {"none": forest(frame, title="How many, of how many?", subtitle=subtitle)}
    drawn = {}
    for (tissue, outcome), rows in _by_study(frame).groupby(_FIGURE, sort=False):
        cut = _parts(rows)
        for number, part in enumerate(cut, start=1):
            several = f", part {number} of {len(cut)}" if len(cut) > 1 else ""
            title = f"{capital(ORGAN[str(tissue)])}, {phrase(str(outcome))}{several}: how many, of how many?"
            name = f"{tissue}/{outcome}/{number}" if several else f"{tissue}/{outcome}"
            drawn[name] = forest(part, title=title, subtitle=subtitle)
    return drawn


def _by_study(rows: pd.DataFrame) -> pd.DataFrame:
    """Put rows in order: tissue and outcome as they came, role, condition, then study by study; within a study as they came."""
    kept = rows.assign(
        _figure=rows.groupby(_FIGURE, sort=False).ngroup(),
        _role=rows["role"].map(list(ROLE).index),
        _condition=rows["condition"].map(list(CONDITION).index),
        _first=rows.groupby([*_FIGURE, "study_id"])["timepoint_months"].transform("min"),
        section=rows["role"].map({**ROLE, **_STUDIES}) + ": " + rows["condition"].map(phrase),
    )
    return kept.sort_values(["_figure", "_role", "_condition", "_first", "study_label"], kind="stable")


def _parts(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut rows between studies, so that no part is taller than `_TALLEST`, all about alike."""
    needed = [_height(row) for row in rows[["label", "interval_text"]].itertuples()]
    tall = pd.Series(needed, index=rows.index)
    tall += _SECTION * ~rows.duplicated("section")
    return parts(rows, "study_id", tall.groupby(rows["study_id"], sort=False).sum(), _TALLEST)


def _label(row: Any) -> list[str]:
    return textwrap.wrap(str(row.label), _LABEL_CHARACTERS, subsequent_indent="   ")


def _interval(row: Any) -> list[str]:
    return textwrap.wrap(str(row.interval_text), _INTERVAL_CHARACTERS)


def _height(row: Any) -> float:
    return _SPACE + _LINE * max(len(_label(row)), len(_interval(row)))


def forest(frame: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw reported counts with their intervals, section by section; `frame` is made by `helpers.counts.outcomes.outcome_rows`.

    Rows without a denominator and counts that are no rate are written out, not drawn as intervals. Women without cells are
    grey squares. A figure without rows says so.
    """
    check_made(frame.columns, *_MADE)
    lines = style.footer_lines(frame["citation"], _remarks(frame))
    # Going through rows takes as long as they are wide.
    frame = frame[[*_MADE[1:], "arm_kind", "cell_source"]]
    drawn = frame[frame["proportion"].notna()]
    handles = marks.origin_handles(drawn.loc[drawn["arm_kind"] == "cells", "origin"])
    handles += marks.arm_handles(drawn)
    each = list(frame.itertuples())
    rows = max(_SECTION * frame["section"].nunique() + sum(map(_height, each)), 0.6)
    labels = [line for row in each for line in _label(row)]
    widest = max((style.text_width(line, _LABEL_SIZE) for line in labels), default=1.0)
    left, right = _LEFT + max(widest, 1.6) + 0.25, _COUNT + 0.05
    with forest_page(
        title, subtitle, lines, handles, body=rows, left=left, right=right, head=0.26, foot=0.6
    ) as page:
        share_axis(page.axes, "events, percent of total")
        _draw_rows(page, each)
        if drawn.empty:
            page.axes.set_axis_off()
            page.axes.set_xlabel("")
        if frame.empty:
            style.say_nothing(page.axes, "no count is in\nthe text available to us")
    return page.figure


def _remarks(frame: pd.DataFrame) -> Iterator[str]:
    """Explain in the footer what rows without an interval are."""
    if frame["no_rate"].ne("").any():
        yield "A count that is no proportion of the women treated is given with the reason and not drawn."
    if (frame["total"].isna() & frame["no_rate"].eq("")).any():
        yield "A row without a total has no CI."
    if (frame["low"].isna() & frame["proportion"].notna()).any():
        yield "A pale mark is a percentage printed without its counts."


def _draw_rows(page: ForestPage, rows: list[Any]) -> None:
    y, section = 0.0, ""
    for row in rows:
        if str(row.section) != section:
            section = str(row.section)
            page.write(_LEFT, y + 0.16, section, fontweight="bold", fontsize=9.2, zorder=4)
            y += _SECTION
        middle = y + _height(row) / 2
        _draw_row(page.axes, middle, row)
        page.write(_LEFT + 0.06, middle, "\n".join(_label(row)), fontsize=_LABEL_SIZE, linespacing=1.1)
        page.columns(middle, [(_COUNT, row.count_text)], fontsize=8.8)
        page.columns(middle, [(_INTERVAL, "\n".join(_interval(row)))], fontsize=8.8, linespacing=1.1)
        y += _height(row)
    heads = (_COUNT, "events/total"), (_INTERVAL, "percent (CI)")
    page.columns(-0.1, heads, fontsize=8.5, color=style.MUTED)


def _draw_row(axes: Axes, y: float, row: Any) -> None:
    colour = style.arm_colour(row.arm_kind, row.cell_source)
    if pd.notna(row.low):
        axes.plot([row.low, row.high], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
    if pd.notna(row.proportion):
        # A percentage without counts has no interval, and is pale.
        look: dict[str, Any] = {"colour": colour, "alpha": 1.0 if pd.notna(row.low) else 0.6}
        comparator = row.arm_kind != "cells"
        marks.draw_proportion(axes, row.proportion, y, origin=str(row.origin), comparator=comparator, **look)
