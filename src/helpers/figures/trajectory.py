"""How one marker moves after treatment: levels where levels were printed, changes where only those were."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullLocator

from helpers.evidence.vocabulary import phrase
from helpers.figures import marks, style

_ARROWS = {"up": "^", "down": "v", "none": "s"}
_DIRECTIONS = {"up": "higher", "down": "lower", "none": "no clear change"}
_ROW = 0.29


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
    def levels(self) -> pd.DataFrame:
        """study_label, series, cell_source, subject, subgroup, timepoint_months, centre, low, high, text, citation."""
        ...

    @property
    def changes(self) -> pd.DataFrame:
        """study_label, cell_source, from_months, to_months, direction, text, origin, citation."""
        ...

    @property
    def described(self) -> pd.DataFrame:
        """study_label, text, origin, citation: what is told in words or classes."""
        ...

    @property
    def thresholds(self) -> pd.DataFrame:
        """value, upper, label, citation."""
        ...


@dataclass(frozen=True)
class _Row:
    """A row of the lower panel: a change, or the words that say there is none."""

    study: str
    change: Any
    words: str = ""
    beside: str = ""


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
        A single patient is a hollow mark and a thin line, never a cohort. A study without any row, and a
        marker without any level, say so.

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
    lines = style.footer_lines(cited, notes)
    rows = _lower_rows(course, measure)
    top, bottom = style.title_height(title, subtitle) + 0.28, style.footer_height(lines) + 0.95
    rows_height = _ROW * (len(rows) + 0.4)
    gap, levels_height = 0.5, 2.9 if len(levels) or len(thresholds) else 0.8
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + levels_height + gap + rows_height + bottom))
        height = figure.get_figheight()
        above = figure.add_axes((0.135, (bottom + rows_height + gap) / height, 0.44, levels_height / height))
        below = figure.add_axes((0.135, bottom / height, 0.44, rows_height / height), sharex=above)
        style.titled(figure, title, subtitle)
        _draw_levels(above, levels, measure, course.unit, scale)
        _draw_thresholds(above, thresholds)
        _draw_changes(below, rows)
        _time_axis(above, below, levels, changes)
        marks.legend_below(figure, _handles(levels, changes), (bottom - 0.55) / height)
        style.footed(figure, lines)
    return figure


def _draw_levels(axes: Axes, levels: pd.DataFrame, measure: str, unit: str, scale: str) -> None:
    for (_, subject, _), rows in levels.groupby(["series", "subject", "subgroup"], sort=False, dropna=False):
        rows = rows.sort_values("timepoint_months")
        single = subject != "cohort"
        colour = style.colour_of(rows["cell_source"].iloc[0], style.CELL_SOURCE_COLOURS)
        axes.plot(
            rows["timepoint_months"], rows["centre"], lw=0.9 if single else 1.6, color=colour, marker="o",
            ms=6.5, mfc="white" if single else colour, mec=colour, mew=1.4, zorder=3, clip_on=False,
        )  # fmt: skip
        for row in rows.itertuples():
            _label_level(axes, row, colour)
    axes.set_yscale(scale)
    if scale == "log":
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
    axes.set_ylabel(f"{measure}\n{unit}")
    axes.margins(y=0.18)
    style.quiet_axes(axes, keep=("bottom", "left"))
    axes.set_title("Levels", loc="left", fontsize=9.5, color=style.MUTED)
    if levels.empty:
        style.say_nothing(axes, f"no level of {measure} with number and time\nwas printed in what was read")


def _draw_thresholds(axes: Axes, thresholds: pd.DataFrame) -> None:
    for value, upper in zip(thresholds["value"], thresholds["upper"], strict=True):
        if pd.isna(upper):
            axes.axhline(value, color=style.MUTED, lw=0.9, ls=(0, (5, 3)), zorder=1)
        else:
            axes.axhspan(value, upper, color=style.MUTED, alpha=0.12, lw=0, zorder=0)
    if axes.get_yscale() == "linear" and (axes.lines or axes.patches):
        axes.set_ylim(bottom=0)
    if not axes.lines and not axes.patches:
        axes.set_yticks([])
    middles = thresholds["value"].where(
        thresholds["upper"].isna(), (thresholds["value"] + thresholds["upper"]) / 2
    )
    axes.get_ylim()  # sets the limits that the places of the labels depend on
    to_fraction = axes.transData + axes.transAxes.inverted()
    heights = [float(to_fraction.transform((0, middle))[1]) for middle in middles]
    place = -1.0
    for height, label in sorted(zip(heights, thresholds["label"], strict=True)):
        place = max(height, place + 0.058)
        axes.annotate(
            textwrap.shorten(str(label), 62, placeholder=" …"), (1.0, height), xycoords="axes fraction",
            xytext=(1.025, place), va="center", fontsize=7.6, color=style.MUTED,
            bbox={"fc": "white", "ec": "none", "pad": 0.6},
            arrowprops={"arrowstyle": "-", "color": style.FAINT, "lw": 0.7, "shrinkA": 0, "shrinkB": 0, "relpos": (0, 0.5)},
        )  # fmt: skip


def _label_level(axes: Axes, row: Any, colour: str) -> None:
    if pd.notna(row.low):
        axes.plot([row.timepoint_months] * 2, [row.low, row.high], lw=1.6, color=colour, zorder=2)
    axes.annotate(
        str(row.text), (row.timepoint_months, row.centre), xytext=(9, 0), textcoords="offset points", va="center",
        fontsize=8.3, bbox={"fc": "white", "ec": "none", "pad": 0.8, "alpha": 0.85}, zorder=4,
    )  # fmt: skip


def _lower_rows(course: Course, measure: str) -> list[_Row]:
    rows: list[_Row] = []
    for study in course.studies:
        known = course.changes[course.changes["study_label"] == study].sort_values("to_months")
        told = course.described[course.described["study_label"] == study]
        own = [_Row("", change) for change in known.itertuples()]
        for row in told.itertuples():
            who = "" if row.origin == marks.FIRST_HAND else f"; {row.origin}"
            own.append(_Row("", None, "in words or classes", f"{row.text}{who}"))
        if not own:
            levels = (course.levels["study_label"] == study).any()
            own = [
                _Row(
                    "",
                    None,
                    "level above only" if levels else f"{measure}: nothing reported in what was read",
                )
            ]
        rows += [replace(own[0], study=study), *own[1:]]
    return rows


def _draw_changes(axes: Axes, rows: list[_Row]) -> None:
    across = axes.get_yaxis_transform()
    for y, row in enumerate(rows):
        axes.axhline(y, color=style.FAINT, lw=0.6, zorder=0)
        if row.change is None:
            _grey(axes, across, y, row.words)
            _beside(axes, across, y, row.beside)
            continue
        if pd.isna(row.change.to_months):
            _grey(axes, across, y, "time not printed")
        else:
            _draw_change(axes, y, row.change)
        _beside(axes, across, y, f"{row.change.text}; {row.change.origin}")
    axes.set_yticks(range(len(rows)), [row.study for row in rows])
    axes.set_ylim(len(rows) - 0.3, -0.7)
    axes.tick_params(axis="y", length=0)
    style.quiet_axes(axes)
    axes.set_title("Without a level: changes, directions, words", loc="left", fontsize=9.5, color=style.MUTED)


def _beside(axes: Axes, across: Any, y: int, words: str) -> None:
    axes.text(
        1.025, y, textwrap.shorten(words, 62, placeholder=" …"), transform=across, va="center", fontsize=8
    )


def _grey(axes: Axes, across: Any, y: int, words: str) -> None:
    axes.text(
        0.06, y, words, transform=across, va="center", fontsize=8.3, color=style.MUTED, style="italic",
        bbox={"fc": "white", "ec": "none", "pad": 0.8},
    )  # fmt: skip


def _draw_change(axes: Axes, y: int, row: Any) -> None:
    colour = style.colour_of(row.cell_source, style.CELL_SOURCE_COLOURS)
    if pd.notna(row.from_months):
        axes.plot([row.from_months, row.to_months], [y, y], color=colour, lw=1.2, ls=":", zorder=1)
    face = colour if row.origin == marks.FIRST_HAND else "white"
    marker = _ARROWS.get(str(row.direction), "s")
    axes.plot([row.to_months], [y], marker, ms=9, mfc=face, mec=colour, mew=1.4, zorder=3, clip_on=False)


def _time_axis(above: Axes, below: Axes, levels: pd.DataFrame, changes: pd.DataFrame) -> None:
    times = pd.concat([levels["timepoint_months"], changes["to_months"]]).dropna()
    end = max(6.0, float(times.max()) if len(times) else 6.0)
    below.set_xlim(-0.03 * end, end * 1.06)
    step = 1 if end <= 8 else 3 if end <= 18 else 6
    below.set_xticks(list(range(0, int(end) + 1, step)))
    below.set_xlabel("months after treatment (0 = before)")
    above.tick_params(axis="x", labelbottom=False)
    for axes in (above, below):
        axes.axvline(0, color=style.FAINT, lw=0.8, zorder=0)


def _handles(levels: pd.DataFrame, changes: pd.DataFrame) -> list[Line2D]:
    cohorts = levels["subject"] == "cohort"
    level: dict[str, Any] = {"color": style.INK, "marker": "o", "ms": 6.5}
    arrow: dict[str, Any] = {"color": style.INK, "ls": "", "ms": 9}
    handles = []
    if cohorts.any():
        handles.append(Line2D([], [], **level, lw=1.6, label="level, cohort"))
    if (~cohorts).any():
        handles.append(Line2D([], [], **level, lw=0.9, mfc="white", label="level, single patient"))
    drawn = changes[changes["to_months"].notna()]
    for direction, words in _DIRECTIONS.items():
        if (drawn["direction"] == direction).any():
            handles.append(Line2D([], [], **arrow, marker=_ARROWS[direction], label=f"{words}, no level"))
    if (drawn["origin"] != marks.FIRST_HAND).any():
        handles.append(Line2D([], [], **arrow, marker="^", mfc="white", label="hollow: not from the paper"))
    sources = pd.concat([levels["cell_source"], changes["cell_source"]])
    return handles + marks.colour_handles(sources, style.CELL_SOURCE_COLOURS)
