"""Treated cohorts drawn against what a new cohort without cells would show."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from helpers.counts.one_count import UNTREATED
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.background.figures import stacked
from helpers.questions.background.pairs import chance
from helpers.questions.background.predictive import Predictions
from helpers.show import marks, style
from helpers.show.numbers import percent

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
    """Draw the treated cohorts of one tissue, a block per outcome and condition over the band of a new cohort without cells.

    Treated cohorts that are compared with other cohorts have a block and a band of their own.

    A block without any cohort without cells is not drawn: `predictive_text.not_drawn` names them.
    """
    lines = made.lines[(made.lines["tissue"] == tissue) & (made.lines["k"] > 0)]
    treated = made.treated[made.treated["line"].isin(lines["name"]) & made.treated["low"].notna()]
    lines = lines[lines["name"].isin(treated["line"])]
    items = _items(lines, treated)
    places, number = stacked([len(words) for words, _ in items], row=_ROW, line=_LINE)
    footer = style.footer_lines(treated["citation"], notes)
    handles = _handles(treated)
    top = style.title_height(title, subtitle) + 0.95
    bottom = style.footer_height(footer) + 0.68 + sum(map(marks.legend_height, handles))
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + _ROW * number + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0.36, bottom / height, 0.38, _ROW * number / height))
        style.titled(figure, title, subtitle)
        style.warned(figure, WARNING, 1 - (top - 0.66) / height)
        _axis(axes, number)
        _draw(axes, items, places)
        if not items:
            style.say_nothing(axes, "no cohort without cells\nis counted")
        under = bottom - 0.52
        for several in handles:
            marks.legend_below(figure, several, under / height)
            under -= marks.legend_height(several)
        style.footed(figure, footer)
    return figure


def _items(lines: pd.DataFrame, treated: pd.DataFrame) -> list[_Item]:
    items: list[_Item] = []
    for line in lines.itertuples():
        items.append((style.wrapped(_head(line), style.WIDTH - 0.3, _HEAD), line))
        rows = treated[treated["line"] == line.name].itertuples()
        items += [(style.wrapped(_named(row), _NAMES, _SIZE), row) for row in rows]
    return items


def _head(line: Any) -> str:
    return f"{capital(phrase(line.outcome))}, {line.stratum}: {_against(line)}"


def _named(row: Any) -> str:
    return f"{row.who_women}; control of the same study {row.control}" if row.control else str(row.who_women)


def _against(line: Any) -> str:
    women = f"{line.events:,} of {line.total:,} women"
    if line.kind == UNTREATED:
        studies = "one study of untreated women" if line.k == 1 else f"{line.k} studies of untreated women"
    else:
        studies = f"{'one study' if line.k == 1 else f'{line.k} studies'} of another treatment"
    if line.k == 1:
        return f"{studies}, {women}; no prediction"
    new = f"{percent(line.prediction_low)} to {percent(line.prediction_high)} %"
    return f"{studies}, {women}; a new one would show {new}"


def _draw(axes: Axes, items: list[_Item], places: list[float]) -> None:
    across = axes.get_yaxis_transform()
    ends = [*places[1:], places[-1] + 1] if places else []
    for at, ((words, row), y) in enumerate(zip(items, places, strict=True)):
        text: dict[str, Any] = {"transform": across, "va": "center", "linespacing": 1.1}
        if hasattr(row, "prediction_low"):
            axes.text(
                -0.93, y, "\n".join(words), **text, fontsize=_HEAD, fontweight="bold", backgroundcolor="white"
            )
            last = next(
                (n for n in range(at + 1, len(items)) if hasattr(items[n][1], "prediction_low")), len(items)
            )
            _draw_band(axes, row, ends[at] - 0.45, ends[last - 1] - 0.55)
            continue
        colour = style.colour_of(row.cell_source)
        axes.plot([row.low, row.high], [y, y], color=colour, lw=1.8, solid_capstyle="butt", zorder=2)
        marks.draw_proportion(axes, row.proportion, y, origin=str(row.origin), colour=colour)
        axes.text(-0.91, y, "\n".join(words), **text, fontsize=_SIZE)
        axes.text(1.05, y, row.count_text, **text, fontsize=_SIZE)
        axes.text(1.29, y, "not compared" if row.why else chance(row.probability), **text, fontsize=_SIZE)
    for x, head in ((1.05, "events/total"), (1.29, "P above a new one")):
        axes.text(x, -0.95, head, transform=across, va="center", fontsize=_SIZE, color=style.MUTED)


def _draw_band(axes: Axes, line: Any, top: float, bottom: float) -> None:
    if line.k < 2:
        return
    for low, high, colour in (
        (line.prediction_low, line.prediction_high, _BAND),
        (line.low, line.high, _TYPICAL),
    ):
        axes.fill_betweenx([top, bottom], low, high, color=colour, lw=0, zorder=0)
    axes.plot([line.estimate, line.estimate], [top, bottom], color=style.INK, lw=1.2, zorder=1)


def _axis(axes: Axes, number: float) -> None:
    style.quiet_axes(axes)
    axes.set_xlim(0, 1)
    axes.set_ylim(number - 0.4, -0.6)
    axes.set_yticks([])
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.tick_params(axis="x", labelsize=_SIZE)
    axes.set_xlabel("women with the outcome, percent of total")


def _handles(treated: pd.DataFrame) -> list[list[Any]]:
    """Make the legend, line by line: who reports it, the cells, the bands."""
    bands = [
        Patch(color=_BAND, label="new cohort without cells, prediction interval"),
        Patch(color=_TYPICAL, label="typical cohort, credible interval"),
        Line2D([], [], color=style.INK, lw=1.2, label="its median"),
    ]
    cells = marks.colour_handles(treated["cell_source"], style.CELL_SOURCE_COLOURS)
    if (~treated["cell_source"].isin(list(style.CELL_SOURCE_COLOURS))).any():
        cells.append(Line2D([], [], color=style.OTHER_COLOUR, lw=3, label="other cells"))
    return [bands, marks.origin_handles(treated["origin"]), cells]
