"""Treated cohorts drawn against what a new cohort without cells would show."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.counts.one_count import UNTREATED
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.background.figures import cell_handles, percent_axis, stacked
from helpers.questions.background.pairs import chance
from helpers.questions.background.predictive import Predictions
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import count, percent

WARNING = (
    "Naive indirect comparison, not adjusted: the women, how they were chosen, how they conceived and how long they were followed differ. "
    "No difference can be attributed to the cells."
)
#: In inches: a row, a further line of a name, and the room for names.
_ROW, _LINE, _NAMES = 0.27, 0.15, 3.05
_SIZE, _HEAD = 9.0, 9.5
_BAND, _TYPICAL = "#d9dfe2", "#9aa7ad"
_Item = tuple[list[str], Any]


def predicted_panels(
    made: Predictions, tissue: str, *, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw the treated cohorts of one tissue, block by block over the band of a new cohort without cells.

    `predictive_text.not_drawn` names blocks without a band.
    """
    lines = made.lines[(made.lines["tissue"] == tissue) & (made.lines["k"] > 0)]
    treated = made.treated[made.treated["line"].isin(lines["name"]) & made.treated["low"].notna()]
    lines = lines[lines["name"].isin(treated["line"])]
    items = _items(lines, treated)
    places, number = stacked([len(words) for words, _ in items], row=_ROW, line=_LINE)
    footer = style.footer_lines(treated["citation"], notes)
    room = {"body": _ROW * number, "above": 0.95, "below": 0.68, "air": 0.16}
    with framed(title, subtitle, footer, legends=_handles(treated), **room) as page:
        page.warn(WARNING, 0.29)
        axes = page.axes(0.36, 0.38)
        percent_axis(axes, number, "women with the outcome, percent of total", _SIZE)
        axes.grid(visible=False)
        _draw(axes, items, places)
        if not items:
            style.say_nothing(axes, "no cohort without cells\nis counted")
    return page.figure


def _items(lines: pd.DataFrame, treated: pd.DataFrame) -> list[_Item]:
    items: list[_Item] = []
    for line in lines.itertuples():
        head = f"{capital(phrase(str(line.outcome)))}, {line.stratum}: {_against(line)}"
        items.append((style.wrapped(head, style.WIDTH - 0.3, _HEAD), line))
        rows = treated[treated["line"] == line.name].itertuples()
        items += [(style.wrapped(_named(row), _NAMES, _SIZE), row) for row in rows]
    return items


def _named(row: Any) -> str:
    return f"{row.who_women}; control of the same study {row.control}" if row.control else str(row.who_women)


def _against(line: Any) -> str:
    received = "untreated women" if line.kind == UNTREATED else "another treatment"
    studies = "one study" if line.k == 1 else f"{line.k} studies"
    new = f"a new one would show {percent(line.prediction_low)} to {percent(line.prediction_high)} %"
    women = f"{count(line.events)} of {count(line.total)} women"
    return f"{studies} of {received}, {women}; {'no prediction' if line.k == 1 else new}"


def _draw(axes: Axes, items: list[_Item], places: list[float]) -> None:
    heads = [at for at, (_, row) in enumerate(items) if hasattr(row, "prediction_low")]
    ends = [*places[1:], places[-1] + 1] if places else []
    for head, after in zip(heads, [*heads[1:], len(items)], strict=True):
        words, line = items[head]
        look: dict[str, Any] = {"fontsize": _HEAD, "fontweight": "bold", "backgroundcolor": "white"}
        marks.write_row(axes, places[head], [(-0.93, "\n".join(words))], linespacing=1.1, **look)
        _draw_band(axes, line, ends[head] - 0.45, ends[after - 1] - 0.55)
        for (names, row), y in zip(items[head + 1 : after], places[head + 1 : after], strict=True):
            marks.draw_rate(axes, y, row, style.colour_of(row.cell_source))
            probability = "not compared" if row.why else chance(row.probability)
            cells = (-0.91, "\n".join(names)), (1.05, row.count_text), (1.29, probability)
            marks.write_row(axes, y, cells, fontsize=_SIZE, linespacing=1.1)
    columns = (1.05, "events/total"), (1.29, "P above a new one")
    marks.write_row(axes, -0.95, columns, fontsize=_SIZE, color=style.MUTED)


def _draw_band(axes: Axes, line: Any, top: float, bottom: float) -> None:
    if line.k < 2:
        return
    look: dict[str, Any] = {"lw": 0, "zorder": 0}
    axes.fill_betweenx([top, bottom], line.prediction_low, line.prediction_high, color=_BAND, **look)
    axes.fill_betweenx([top, bottom], line.low, line.high, color=_TYPICAL, **look)
    axes.plot([line.estimate, line.estimate], [top, bottom], color=style.INK, lw=1.2, zorder=1)


def _handles(treated: pd.DataFrame) -> list[list[Any]]:
    """Make the legend, line by line: who reports it, the cells, the bands."""
    bands = [
        Patch(color=_BAND, label="new cohort without cells, prediction interval"),
        Patch(color=_TYPICAL, label="typical cohort, credible interval"),
        Line2D([], [], color=style.INK, lw=1.2, label="its median"),
    ]
    return [bands, marks.origin_handles(treated["origin"]), cell_handles(treated["cell_source"])]
