"""The effect-direction plot: a row to each study, a column to each marker, and below it how many studies went which way."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.counts.one_row import UNCLEAR
from helpers.evidence.vocabulary import DIRECTION, phrase
from helpers.questions.directions.rows import AGAINST, CELLS, CONTROL, COURSE, MIXED
from helpers.questions.directions.signs import ALL, OWN
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import number
from helpers.show.page import check_made

_ROW, _LEFT, _RIGHT, _HEAD = 0.255, 3.85, 0.1, 0.62
_SIZE, _SMALL = 9.0, 9.0
_MARKERS = {**marks.ARROWS, MIXED: "D", UNCLEAR: "x"}
_WORDS = {
    **DIRECTION,
    "none": "no clear change",
    MIXED: "mixed",
    UNCLEAR: "unclear what it is compared with, or in whom",
}
_HOPED = {"up": "▲", "down": "▼"}
#: How far marks of one cell are apart, as a share of a column.
_APART = 0.22
#: The maker of the rows, and columns that only it makes.
_MADE = ("helpers.questions.directions.rows.directions", "received", "comparison", "controlled")
#: What a row of the plot, its label and its marks are made of.
_DRAWN = [
    *_MADE[1:], "study_id", "study_label", "design", "arm_label", "women", "measure", "cell_source", "direction", "origin",
]  # fmt: skip


@dataclass(frozen=True)
class _Line:
    """A row of the plot: the directions of a study in one comparison, counts of studies, or a heading."""

    label: str
    rows: list[Any] = field(default_factory=list)
    counts: dict[str, str] = field(default_factory=dict)
    heading: bool = False


def plots(
    rows: pd.DataFrame,
    tests: pd.DataFrame,
    wanted: Mapping[str, str],
    *,
    titles: Mapping[tuple[str, str], str],
    subtitle: str,
) -> dict[str, Figure]:
    """Draw `effect_directions` for each treatment and tissue that has a title, by their names."""
    check_made(rows.columns, *_MADE)
    pictures = {}
    for (received, tissue), title in titles.items():
        own, counts = (
            frame[(frame["received"] == received) & (frame["tissue"] == tissue)] for frame in (rows, tests)
        )
        drawn = effect_directions(own, counts, wanted, title=title, subtitle=subtitle)
        pictures[f"{received}/{tissue}"] = drawn
    return pictures


def effect_directions(
    rows: pd.DataFrame, tests: pd.DataFrame, wanted: Mapping[str, str], *, title: str, subtitle: str
) -> Figure:
    """Draw the directions of one treatment of one tissue, studies with a concurrent control first.

    `rows` are made by `rows.directions`, `tests` by `signs.sign_tests`. Several marks in a cell are periods, earlier ones left.
    """
    check_made(rows.columns, *_MADE)
    measures = list(dict.fromkeys(rows.sort_values("marker_order")["measure"]))
    lines = [*_study_lines(rows), *_count_lines(tests)]
    notes = (
        "Without a control, a change does not show an effect: the course of the disease and regression to the mean change markers too.",
        "Case reports and the smaller of two overlapping cohorts are shown and not counted.",
    )
    footer = style.footer_lines(rows["citation"], notes)
    room = {"body": _ROW * len(lines), "above": _HEAD, "below": 0.12}
    with framed(title, subtitle, footer, legends=[_handles(rows)], **room) as page:
        axes = page.axes(_LEFT / style.WIDTH, 1 - (_LEFT + _RIGHT) / style.WIDTH)
        _draw(axes, lines, measures, wanted)
    return page.figure


def _study_lines(rows: pd.DataFrame) -> list[_Line]:
    lines = []
    for controlled, words in ((True, "With a concurrent control"), (False, "Before and after only")):
        block = rows.loc[rows["controlled"] == controlled, _DRAWN]
        if len(block):
            lines.append(_Line(words, heading=True))
        for study in _together(block.itertuples(), "study_id").values():
            for comparison, same in _together(study, "comparison").items():
                lines.append(_Line(_label(same, comparison, controlled), same))
    return lines


def _together(rows: Iterable[Any], name: str) -> dict[str, list[Any]]:
    """Put rows together that are alike in a column, in the order in which they come."""
    alike: dict[str, list[Any]] = {}
    for row in rows:
        alike.setdefault(getattr(row, name), []).append(row)
    return alike


def _label(same: list[Any], comparison: str, controlled: bool) -> str:
    row = same[0]
    women = max((row.women for row in same if pd.notna(row.women)), default=None)
    details = [
        *(["case report"] if row.design == "case-report" else []),
        *(["with PRP"] if row.received == CELLS and "PRP" in row.arm_label else []),
        "n not printed" if women is None else f"n = {number(women)}",
    ]
    label = f"{row.study_label} ({', '.join(details)})"
    if controlled:
        against = {"rct": "randomised control", "case-report": "other ovary"}.get(row.design, "control")
        label += f", {({COURSE: 'treated', CONTROL: 'control', AGAINST: 'against ' + against})[comparison]}"
    return style.shortened(label, _LEFT - 0.2, _SIZE)


def _count_lines(tests: pd.DataFrame) -> list[_Line]:
    """Count the votes, comparisons with a control first: the hoped-for direction, the other, and unchanged."""
    lines = [_Line("Studies: hoped-for direction / other / unchanged", heading=True)]
    counts: dict[tuple[str, str], dict[str, str]] = {}
    each: Iterable[Any] = tests.itertuples()
    for row in each:
        words = f"{row.better} / {row.worse} / {row.unchanged}"
        counts.setdefault((row.comparison, row.reporter), {})[row.measure] = words
    for comparison, words in ((AGAINST, "compared with a control"), (COURSE, "after compared with before")):
        for reporter, who in ((ALL, "all reports"), (OWN, "studies themselves")):
            if (comparison, reporter) in counts:
                lines.append(_Line(f"{words}, {who}", counts=counts[comparison, reporter]))
    return lines


def _draw(axes: Axes, lines: list[_Line], measures: list[str], wanted: Mapping[str, str]) -> None:
    axes.set_xlim(-0.5, len(measures) - 0.5)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    for y, line in enumerate(lines):
        look: dict[str, Any] = {"weight": "bold"} if line.heading else {}
        axes.annotate(
            line.label, (0, y), (-_LEFT * 72 + 8, 0), xycoords=axes.get_yaxis_transform(), textcoords="offset points", va="center",
            fontsize=_SIZE, annotation_clip=False, **look,
        )  # fmt: skip
        if not line.heading:
            axes.axhline(y, color=style.FAINT, lw=0.6, zorder=0)
        for measure, words in line.counts.items():
            axes.text(
                measures.index(measure), y, words, ha="center", va="center", fontsize=_SIZE, bbox={"fc": "white", "ec": "none", "pad": 1}
            )  # fmt: skip
        for name, same in _together(line.rows, "measure").items():
            _draw_cell(axes, measures.index(name), y, same)
    axes.set_yticks([])
    axes.xaxis.tick_top()
    heads = [f"{textwrap.fill(phrase(name), 12)}\nhoped {_HOPED[wanted[name]]}" for name in measures]
    axes.set_xticks(range(len(measures)), heads, fontsize=_SMALL)
    axes.tick_params(axis="x", length=0)
    style.quiet_axes(axes, keep=())


def _draw_cell(axes: Axes, x: int, y: int, same: list[Any]) -> None:
    for place, row in enumerate(same):
        treated = row.comparison != CONTROL and row.received == CELLS
        colour = style.arm_colour("cells" if treated else "untreated", row.cell_source)
        face = colour if row.origin == marks.FIRST_HAND else "white"
        at = x + _APART * (place - (len(same) - 1) / 2)
        axes.plot([at], [y], _MARKERS[str(row.direction)], ms=8, mec=colour, mew=1.4, mfc=face, zorder=3)


def _handles(rows: pd.DataFrame) -> list[Line2D]:
    look: dict[str, Any] = {"ls": "", "ms": 7, "mec": style.INK}
    handles = [
        Line2D([], [], **look, marker=marker, mfc=style.INK, label=_WORDS[way])
        for way, marker in _MARKERS.items()
        if (rows["direction"] == way).any()
    ]
    if (rows["origin"] != marks.FIRST_HAND).any():
        hollow = "hollow: not reported by the study itself"
        handles.append(Line2D([], [], **look, marker="^", mfc="white", label=hollow))
    with_cells = rows[(rows["received"] == CELLS) & (rows["comparison"] != CONTROL)]
    handles += marks.cell_handles(with_cells["cell_source"])
    if len(with_cells) < len(rows):
        handles.append(Line2D([], [], color=style.COMPARATOR_COLOUR, lw=3, label="without cells"))
    return handles
