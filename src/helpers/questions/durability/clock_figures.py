"""The figure of reported gains on biological time."""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.evidence.provenance import nearest
from helpers.questions.durability.clock import Due
from helpers.questions.durability.figures import FIRST, LABEL, mark, month_figure
from helpers.show import marks
from helpers.show.numbers import number
from helpers.show.page import check_made

_CANNOT, _NOT_NEW = "#f0b79c", "#fbeee6"
#: The maker of the rows, and the columns that are drawn.
_MADE = (
    "helpers.questions.durability.clock.placed",
    *("group", "due", "needed", "least_needed", "new_needed", "months", "time_from", "citation"),
)
_SHORT = {
    Due.TOO_EARLY: "cannot follow", Due.NOT_NEW: "not new reserve", Due.POSSIBLE: "possible", Due.NO_CLOCK: "no time on record",
}  # fmt: skip
#: What the months of one result have in common.
_GAIN = ["group", "study_id", "arm_id", "subject", "part", "word"]
_gain = attrgetter(*_GAIN)


def clock_figure(
    placed: pd.DataFrame, *, tissue: str, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw for one tissue the gains with a month, each against the time that its process takes.

    A mark says who reports the result. Several months of one result share a row.
    """
    check_made(placed.columns, *_MADE)
    timed = placed[(placed["tissue"] == tissue) & placed["months"].notna()]
    shown = timed.drop_duplicates(_GAIN)
    reported: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for row in timed.itertuples():
        reported[_gain(row)].append(row)
    order = {str(due): place for place, due in enumerate(Due)}
    shown = shown.assign(_due=shown["due"].map(order))
    shown = shown.sort_values(["group", "_due", "study_label"], kind="stable")
    bands = {"too early to follow from the treatment": _CANNOT}
    if shown["new_needed"].notna().any():
        bands["too early to be new reserve"] = _NOT_NEW
    handles: list[Any] = [
        *(Patch(color=colour, label=words) for words, colour in bands.items()),
        *marks.origin_handles(timed.loc[timed["arm_kind"] == "cells", "origin"].map(nearest)),
        *marks.arm_handles(shown[["arm_kind", "cell_source"]]),
    ]
    around: dict[str, Any] = {"title": title, "subtitle": subtitle, "notes": notes}
    with month_figure(shown, handles, "verdict (months needed)", **around) as (figure, axes):
        each: list[Any] = list(shown.itertuples())
        for place, first in enumerate(each):
            same = reported[_gain(first)]
            ends = ((first.new_needed, _NOT_NEW, 1.0), (first.least_needed, _CANNOT, 1.1))
            for end, colour, layer in ends:
                if pd.notna(end):
                    axes.barh(place, end - FIRST, left=FIRST, height=0.84, color=colour, zorder=layer, lw=0)
            for row in same:
                mark(axes, row.months, place, row)
            words = "; ".join(dict.fromkeys(_SHORT[Due(row.due)] for row in same))
            needed = "" if pd.isna(first.needed) else f" ({number(first.needed, 1)})"
            marks.write_row(axes, place, [(1.02, words + needed)], fontsize=LABEL)
    return figure
