"""How one marker moves after treatment: levels where levels were printed, changes where only those were."""

from __future__ import annotations

import textwrap
from typing import Any, Protocol

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import DIRECTION, capital, phrase
from helpers.figures import marks, style
from helpers.figures.changes import ARROWS, change_rows, draw_changes, name_width
from helpers.figures.levels import LABEL, count_labels, draw_levels

#: All in inches: a row of the lower panel, the right edge of the axes, the names at the left.
_ROW, _RIGHT = 0.22, 5.0
_NAMES, _AXIS = (1.0, 2.3), 0.5


class Course(Protocol):
    """What is known of the course of one marker, as `helpers.tables.course` gathers it."""

    @property
    def measure(self) -> str:
        """The marker."""
        ...

    @property
    def unit(self) -> str:
        """The unit of the levels."""
        ...

    @property
    def studies(self) -> list[str]:
        """Labels of the studies asked about."""
        ...

    @property
    def cited(self) -> list[str]:
        """Labels of those among them that the article cites."""
        ...

    @property
    def silent(self) -> list[str]:
        """Labels of those in which nothing was found."""
        ...

    @property
    def levels(self) -> pd.DataFrame:
        """study_label, label, series, arm_kind, cell_source, subject, subgroup, timepoint_months, centre, low, high, text, citation."""
        ...

    @property
    def changes(self) -> pd.DataFrame:
        """study_label, label, arm_kind, cell_source, to_months, direction, text, origin, citation."""
        ...

    @property
    def described(self) -> pd.DataFrame:
        """study_label, text, origin, citation: what is told in words or classes."""
        ...

    @property
    def thresholds(self) -> pd.DataFrame:
        """value, upper, label, citation."""
        ...


def trajectory(
    course: Course, *, scale: str, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw levels over time above, and changes without level below.

    Parameters
    ----------
    course : Course
        Made by `helpers.tables.course`: measure, unit, studies, levels, changes and thresholds.
    scale : {"linear", "log"}
        Scale of the level axis.
    title, subtitle : str
        The finding or question, and what is shown.
    notes : tuple of str
        Remarks for the footer.

    Returns
    -------
    matplotlib.figure.Figure
        A single patient is a hollow mark and a thin line, never a cohort; women without cells are grey squares.
        Studies without anything are counted in the footer, those that the article cites by name. A marker
        without any level says so; where nothing is told without a level, there is no lower panel.

    Raises
    ------
    ValueError
        If the scale is unknown, or is "log" with a level of 0 or below.
    """
    levels, changes, thresholds = course.levels, course.changes, course.thresholds
    measure = phrase(course.measure)
    if scale not in {"linear", "log"}:
        raise ValueError(f"scale must be linear or log, not {scale!r}")
    if scale == "log" and (levels[["centre", "low"]] <= 0).any(axis=None):
        raise ValueError("a log scale cannot show a level of 0 or below; use scale='linear'")
    told = (levels, changes, course.described, thresholds)
    cited = [citation for frame in told for citation in frame["citation"]]
    lines = style.footer_lines(cited, (*_silence(course, measure), *notes))
    rows = change_rows(changes, course.described, course.cited)
    handles = _handles(levels, changes)
    legend = style.footer_height(lines) + marks.legend_height(handles)
    top, bottom = style.title_height(title, subtitle) + 0.28, legend + _AXIS + 0.2
    below_height = _ROW * (len(rows) + 0.2) + _AXIS + 0.35 if rows else 0.0
    room = count_labels(levels, thresholds) * LABEL + 0.2
    above_height = max(2.6, room) if len(levels) or len(thresholds) else 0.8
    left = min(max(name_width(rows), _NAMES[0]), _NAMES[1]) + 0.15
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + above_height + below_height + bottom))
        above = _axes(figure, left, bottom + below_height, above_height)
        style.titled(figure, title, subtitle)
        if len(levels) or len(thresholds):
            _time_axis(above, levels["timepoint_months"])
        draw_levels(
            above, levels, thresholds, name=measure, unit=course.unit, scale=scale, width=style.WIDTH - _RIGHT - 0.08
        )  # fmt: skip
        if levels.empty:
            words = f"no level of {measure} with number and time was printed in what was read"
            style.say_nothing(above, textwrap.fill(words, 36))
        if rows:
            below = _axes(figure, left, bottom, _ROW * (len(rows) + 0.2))
            _time_axis(below, changes["to_months"])
            draw_changes(below, rows, label_width=left - 0.15, width=style.WIDTH - _RIGHT - 0.08)
        marks.legend_below(figure, handles, (legend + 0.04) / figure.get_figheight())
        style.footed(figure, lines)
    return figure


def _axes(figure: Figure, left: float, bottom: float, tall: float) -> Axes:
    wide, height = style.WIDTH, figure.get_figheight()
    return figure.add_axes((left / wide, bottom / height, (_RIGHT - left) / wide, tall / height))


def _silence(course: Course, measure: str) -> tuple[str, ...]:
    """Count the studies without anything on the marker, and name those among them that the article cites."""
    silent = course.silent
    if not silent:
        return ()
    cited = [label for label in silent if label in course.cited]
    among = f", of those that the article cites {', '.join(cited)}" if cited else ""
    return (
        f"{capital(measure)}: nothing reported in what was read of {len(silent)} of {len(course.studies)} studies{among}.",
    )


def _time_axis(axes: Axes, months: pd.Series) -> None:
    times = months.dropna()
    end = max(6.0, float(times.max()) if len(times) else 6.0)
    axes.set_xlim(-0.07 * end, end * 1.06)
    step = next(step for step in (1, 3, 6, 12, 24, 60, 120) if end / step <= 10 or step == 120)
    axes.set_xticks(list(range(0, int(end) + 1, step)))
    axes.set_xlabel("months after treatment (0 = before)", labelpad=1)
    axes.axvline(0, color=style.FAINT, lw=0.8, zorder=0)


def _handles(levels: pd.DataFrame, changes: pd.DataFrame) -> list[Line2D]:
    cohorts = levels["subject"] == "cohort"
    level: dict[str, Any] = {"color": style.INK, "marker": "o", "ms": 6}
    arrow: dict[str, Any] = {"color": style.INK, "ls": "", "ms": 7.5}
    handles = []
    if cohorts.any():
        handles.append(Line2D([], [], **level, lw=1.6, label="level, cohort"))
    if (~cohorts).any():
        handles.append(Line2D([], [], **level, lw=0.9, mfc="white", label="level, single patient"))
    for direction, words in DIRECTION.items():
        if (changes["direction"] == direction).any():
            handles.append(Line2D([], [], **arrow, marker=ARROWS[direction], label=f"{words}, no level"))
    if (changes["origin"] != marks.FIRST_HAND).any():
        handles.append(
            Line2D(
                [], [], **arrow, marker="^", mfc="white", label="hollow arrow: not told by the study itself"
            )
        )
    columns = ["arm_kind", "cell_source"]
    return handles + marks.arm_handles(pd.concat([levels[columns], changes[columns]]))
