"""Outcomes of different studies compared, group by group, with the warning that the comparison is naive."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.cell_sources.rows import other_differences
from helpers.show import marks, style
from helpers.show.forest_page import ForestPage, forest_page, share_axis
from helpers.show.page import check_made

#: All in inches: a row, a further line of a name, the head of a group, the left edge, and from the right edge where counts and
#: percents begin.
_ROW, _LINE, _HEAD, _LEFT, _COUNT, _PERCENT = 0.235, 0.145, 0.3, 0.1, 2.75, 1.9
#: Size of names in points; room for them, and the width from which the axis takes ticks at quarters, in inches.
_SIZE, _NARROWEST, _WIDEST, _ROOMY = 8.4, 2.3, 4.1, 2.4
#: The maker of the rows, and the columns that are drawn.
_MADE = (
    "helpers.questions.cell_sources.rows.comparison_rows",
    *("section", "label", "interval_text", "no_rate"),
)


def comparisons(rows: pd.DataFrame, *, group: str, group_name: str, subtitle: str) -> dict[str, Figure]:
    """Draw one figure per outcome and tissue, so that ovary and endometrium never share one; ``"none"`` if there is no row.

    `group_name` names the column `group` in the titles.
    """
    check_made(rows.columns, *_MADE)
    if rows.empty:
        title = f"By {group_name}: what do single arms report?"
        return {"none": _comparison(rows, group, title, subtitle)}
    drawn = {}
    for (outcome, tissue), counts in rows.groupby(["outcome", "tissue"], sort=False):
        title = f"{capital(phrase(str(outcome)))} by {group_name}, {tissue}: what do single arms report?"
        drawn[f"{outcome}/{tissue}"] = _comparison(counts, group, title, subtitle)
    return drawn


def _comparison(rows: pd.DataFrame, group: str, title: str, subtitle: str) -> Figure:
    """Draw proportions of single arms, group by group; rows that are not drawn are in the table only."""
    drawn = rows[rows["drawn"]]
    lines = style.footer_lines(drawn["citation"], _remarks(rows, drawn))
    handles = marks.origin_handles(drawn["origin"]) + marks.arm_handles(drawn)
    counts = list(drawn.itertuples())
    named = [_name_lines(row) for row in counts]
    rows_high = sum(map(_row_height, named))
    names = max((style.text_width(line, _SIZE) for name in named for line in name), default=0.0)
    left = _LEFT + min(max(names, _NARROWEST), _WIDEST) + 0.2
    body = max(_HEAD * drawn["section"].nunique() + rows_high, 0.8)
    warning, head = ("", 0.32) if drawn.empty else (_warning(drawn, group), 0.77)
    room = {"body": body, "left": left, "right": _COUNT + 0.05, "head": head}
    with forest_page(title, subtitle, lines, handles, warning=warning, **room) as page:
        share_axis(page.axes, "events, percent of total")
        if style.WIDTH - _COUNT - 0.2 - left <= _ROOMY:
            page.axes.set_xticks([0, 0.5, 1])
        if drawn.empty:
            style.say_nothing(page.axes, "no count with a total is in\nthe text available to us")
        else:
            _draw_rows(page, counts)
    return page.figure


def _warning(frame: pd.DataFrame, group: str) -> str:
    if frame["group"].nunique() == 1:
        return "One group only: there is nothing to compare it with, and a single arm cannot show whether the cells work."
    others = ", ".join(other_differences(frame, group)) or "nothing that is known"
    return (
        f"Naive comparison between studies, unadjusted. They differ also in {others}, and as far as known in women, dose and "
        "follow-up. Neither a difference nor an overlap can be attributed to the group."
    )


def _remarks(rows: pd.DataFrame, drawn: pd.DataFrame) -> list[str]:
    """Write for the footer what the marks do not show."""
    chosen, without = rows["no_rate"].ne("").sum(), rows["chosen"].eq("no: no total printed").sum()
    same = "* May include the same women as another study shown; the table says which. Nothing is added up."
    remarks = {
        same: drawn["overlaps"].ne("").any(),
        f"Counts that are no proportion, in the table only: {chosen}.": chosen,
        f"Counts or percentages without a total, in the table only: {without}.": without,
    }
    return [words for words, there in remarks.items() if there]


def _draw_rows(page: ForestPage, counts: list[Any]) -> None:
    y = 0.0
    heads = (_COUNT, "events/total"), (_PERCENT, "percent (CI)")
    page.columns(-0.12, heads, fontsize=_SIZE, color=style.MUTED)
    for section, counted in groupby(counts, attrgetter("section")):
        page.write(_LEFT, y + _HEAD / 2 + 0.02, str(section), fontweight="bold", fontsize=9, zorder=4)
        y += _HEAD
        for row in counted:
            lines = _name_lines(row)
            high = _row_height(lines)
            middle = y + high / 2
            marks.draw_rate(page.axes, middle, row, style.arm_colour("cells", row.cell_source))
            page.write(_LEFT + 0.08, middle, "\n".join(lines), fontsize=_SIZE, linespacing=1.1)
            page.columns(middle, ((_COUNT, row.count_text), (_PERCENT, row.interval_text)), fontsize=8.8)
            y += high


def _name_lines(row: Any) -> list[str]:
    """Name a count by study, condition and, where that says less, its women."""
    women = f"{row.condition}: {row.population}" if isinstance(row.population, str) else row.condition
    return style.wrapped(f"{row.label}{' *' if row.overlaps else ''} ({women})", _WIDEST, _SIZE)


def _row_height(lines: list[str]) -> float:
    return _ROW + _LINE * (len(lines) - 1)
