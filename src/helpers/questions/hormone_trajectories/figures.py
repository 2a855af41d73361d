"""How one marker moves after treatment: levels where levels were printed, changes where only those were."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.errors import ChoiceError
from helpers.evidence.vocabulary import DIRECTION, ORGAN, TISSUE, capital, phrase
from helpers.questions.hormone_trajectories.changes_figures import (
    change_rows,
    draw_changes,
    draw_words,
    worded,
)
from helpers.questions.hormone_trajectories.labels_figures import APART, LABEL, Panel
from helpers.questions.hormone_trajectories.levels_figures import (
    SIGNS,
    TREATED,
    below_zero,
    draw_levels,
    second_hand,
    spread_handles,
    women_of,
)
from helpers.questions.hormone_trajectories.rows import Course
from helpers.questions.hormone_trajectories.women_figures import NUMBERS, draw_numbers, number_rows
from helpers.show import marks, style
from helpers.show.frame import Frame, framed
from helpers.show.page import check_made

#: All in inches: a row of changes and one of words, the edges of all panels, the room at the right of them.
_ROW, _WORDS, _LEFT, _RIGHT = 0.255, 0.19, 0.95, 5.15
#: The room between panels and legend, in inches.
_AIR = 0.2
_BESIDE = style.WIDTH - _RIGHT - 0.04
#: What each panel needs above it, for its title, and below it, for its axis.
_ABOVE = {"levels": 0.28, "numbers": 0.24, "changes": 0.3, "words": 0.3}
_BELOW = {"levels": 0.44, "numbers": 0.1, "changes": 0.44, "words": 0.0}
#: The column of what has no printed time: its width at least and at most, and that of a mark in it.
_LEAST, _MOST, _MARK = 0.62, 1.3, 0.12
#: What is shown of the figure without levels.
_ROWS_SHOWN = "Each row is one report. Its mark is at the month for which it was made."


def trajectories(course: Course, *, scale: str, title: str, subtitle: str) -> dict[str, Figure]:
    """Draw a marker as `trajectory` does, by its name; if that is taller than a screen, levels and the rest in two figures."""
    whole = _Drawing(course, scale)
    rest = len(course.changes) + len(course.described)
    if whole.height(title, subtitle) <= style.TALLEST or course.levels.empty or not rest:
        return {course.measure: whole.drawn(title, subtitle)}
    levels, others = _Drawing(course, scale, others=False), _Drawing(course, scale, levels=False)
    return {
        f"{course.measure}/levels": levels.drawn(f"{title} (levels)", subtitle),
        f"{course.measure}/changes": others.drawn(f"{title} (changes, and reports in words)", _ROWS_SHOWN),
    }


def trajectory(course: Course, *, scale: str, title: str, subtitle: str) -> Figure:
    """Draw levels over time above, with the numbers of women, and changes without a level below; `scale` is ``"linear"`` or ``"log"``.

    A column beside the time axes holds what has no printed time. If two tissues were treated, the names of the fewer studies say
    which was theirs. The footer counts the studies that report nothing, by tissue, and names those that the article cites.
    """
    return _Drawing(course, scale).drawn(title, subtitle)


class _Drawing:
    """What a figure of a marker shows, with its levels or without and with the rest or without, and the room that it takes."""

    def __init__(self, course: Course, scale: str, *, levels: bool = True, others: bool = True) -> None:
        maker = "helpers.questions.hormone_trajectories.rows.course"
        check_made(dir(course), maker, "levels", "changes", "described", "thresholds")
        if scale not in {"linear", "log"}:
            raise ChoiceError(f"scale must be linear or log, not {scale!r}")
        self.course, self.scale, self.name = course, scale, phrase(course.measure)
        with_organs = _with_organs(course)
        self.levels, self.thresholds = (
            frame if levels else frame.iloc[:0] for frame in (with_organs[0], course.thresholds)
        )
        own = course.changes, with_organs[1]
        changes, described = (frame if others else frame.iloc[:0] for frame in own)
        self.changes, self.words = change_rows(changes, course.cited), worded(described)
        self.numbers = number_rows(self.levels)
        frames = (self.levels, changes, described, self.thresholds)
        sources = [citation for frame in frames for citation in frame["citation"]]
        self.lines = style.footer_lines(sources, _remarks(course, self.levels, scale))
        self.handles = _handles(self.levels, changes)
        months = pd.concat([self.levels["timepoint_months"], changes["to_months"]])
        self.end = max(6.0, float(months.max()) if months.notna().any() else 6.0)
        self.slots = max(
            int(self.levels["timepoint_months"].isna().sum()), int(changes["to_months"].isna().any())
        )
        self.column = min(max(_LEAST, _MARK * self.slots), _MOST) if self.slots else 0.0

    @property
    def tall(self) -> dict[str, float]:
        """The height of each panel with content, in inches."""
        labels = self.levels["line"].nunique() + len(self.thresholds)
        # Limits alone are an empty picture; they are drawn where there is no other.
        alone = len(self.thresholds) and not self.changes and self.words.empty
        panels = {
            "levels": max(2.3, labels * LABEL + 0.2) if len(self.levels) or alone else 0.0,
            "numbers": NUMBERS * len(self.numbers),
            "changes": _ROW * (len(self.changes) + 0.2) if self.changes else 0.0,
            "words": _WORDS * (len(self.words) + 0.2) if len(self.words) else 0.0,
        }
        return {name: height for name, height in panels.items() if height}

    @property
    def body(self) -> float:
        """The height of all panels with their titles and axes, in inches."""
        return sum(_ABOVE[name] + height + _BELOW[name] for name, height in self.tall.items())

    def height(self, title: str, subtitle: str) -> float:
        """Give the height of the figure in inches."""
        below = _AIR + marks.legend_height(self.handles) + style.footer_height(self.lines)
        return style.title_height(title, subtitle) + self.body + below

    def drawn(self, title: str, subtitle: str) -> Figure:
        """Draw the panels one above the other."""
        room = {"body": self.body, "above": 0.0, "below": _AIR}
        with framed(title, subtitle, self.lines, legends=[self.handles], **room) as page:
            draw = {
                "levels": self._draw_levels,
                "numbers": self._draw_numbers,
                "changes": self._draw_changes,
                "words": self._draw_words,
            }
            y = 0.0
            for name, tall in self.tall.items():
                y += _ABOVE[name]
                draw[name](page, y, tall)
                y += tall + _BELOW[name]
        return page.figure

    def _draw_levels(self, page: Frame, y: float, tall: float) -> None:
        panel = self._panel(page, y, tall)
        self._date(panel, filled=bool(self.levels["timepoint_months"].isna().any()))
        draw_levels(
            panel, self.levels, self.thresholds, name=self.name, unit=self.course.unit, scale=self.scale, width=_BESIDE
        )  # fmt: skip
        if self.levels.empty:
            sentence = f"no level of {self.name} with a number and its unit is in the text available to us"
            style.say_nothing(panel.timed, textwrap.fill(sentence, 36))

    def _draw_numbers(self, page: Frame, y: float, tall: float) -> None:
        panel = self._panel(page, y, tall)
        _bare(panel.timed)
        draw_numbers(panel, self.numbers, width=_BESIDE)

    def _draw_changes(self, page: Frame, y: float, tall: float) -> None:
        panel = self._panel(page, y, tall)
        self._date(panel, filled=any(row.untimed for row in self.changes))
        draw_changes(panel, self.changes, width=_BESIDE)

    def _draw_words(self, page: Frame, y: float, tall: float) -> None:
        axes = self._timed(page, y, tall)
        _bare(axes)
        draw_words(axes, self.words, width=style.WIDTH - _LEFT - 0.08)

    def _timed(self, page: Frame, y: float, tall: float) -> Axes:
        """Add axes of time, the same for all panels."""
        right = _RIGHT - (self.column + APART if self.column else 0.0)
        axes = page.axes(_LEFT / style.WIDTH, (right - _LEFT) / style.WIDTH, below=y, tall=tall)
        axes.set_xlim(-0.08 * self.end, self.end * 1.06)
        return axes

    def _panel(self, page: Frame, y: float, tall: float) -> Panel:
        """Add the axes of a panel: time, and the column of what has no printed time."""
        timed = self._timed(page, y, tall)
        if not self.column:
            return Panel(timed, None)
        left, width = (_RIGHT - self.column) / style.WIDTH, self.column / style.WIDTH
        untimed = page.axes(left, width, below=y, tall=tall, sharey=timed)
        untimed.set_xlim(0, self.slots)
        untimed.set_xticks([])
        untimed.tick_params(axis="y", left=False, labelleft=False)
        style.quiet_axes(untimed, keep=())
        return Panel(timed, untimed)

    def _date(self, panel: Panel, *, filled: bool) -> None:
        """Write the time below a panel; `filled` frames its untimed column."""
        steps = (1, 3, 6, 12, 24, 60, 120)
        step = next(step for step in steps if self.end / step <= 8 or step == steps[-1])
        panel.timed.set_xticks(list(range(0, int(self.end) + 1, step)))
        panel.timed.set_xlabel("months after treatment (0 = before)", labelpad=1)
        panel.timed.axvline(0, color=style.FAINT, lw=0.8, zorder=0)
        if panel.untimed and filled:
            for spine in panel.untimed.spines.values():
                spine.set(visible=True, color=style.FAINT, lw=0.8)
            look: dict[str, Any] = {"fontsize": 8, "style": "italic", "color": style.MUTED, "labelpad": 2}
            panel.untimed.set_xlabel("time not\nprinted", **look)


def _bare(axes: Axes) -> None:
    axes.set_xticks([])
    axes.set_yticks([])
    style.quiet_axes(axes, keep=())


def _with_organs(course: Course) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add the organ treated to the names of levels and words if most studies of the marker treat another; add a sign to levels."""
    levels, described = course.levels, course.described
    frames = (levels, course.changes, described)
    studies = pd.concat([rows[["study_label", "tissue"]] for rows in frames]).drop_duplicates()
    fewer = studies["tissue"].value_counts().index[1:]
    organs = {tissue: f" ({ORGAN[tissue]} treated)" for tissue in fewer}
    signs = {tissue: TREATED[tissue] for tissue in fewer}
    return (
        levels.assign(
            label=levels["label"] + _of_tissue(levels, organs),
            signs=levels["signs"] + _of_tissue(levels, signs),
        ),
        described.assign(study_label=described["study_label"] + _of_tissue(described, organs)),
    )


def _of_tissue(rows: pd.DataFrame, words: dict[str, str]) -> pd.Series[str]:
    return rows["tissue"].map(lambda tissue: words.get(tissue, "")).astype("str")


def _remarks(course: Course, levels: pd.DataFrame, scale: str) -> Iterator[str]:
    """Explain below the figure what its signs mean and what is missing."""
    name = phrase(course.measure)
    if course.levels.empty:
        yield f"No level of {name} with a number and its unit is in the texts available to us."
    signs = set(levels["signs"].str.cat()) | set(second_hand(levels))
    meanings = [f"{sign} {words}" for sign, words in SIGNS.items() if sign in signs]
    if meanings:
        yield f"{'; '.join(meanings)}."
    cohorts = levels[levels["subject"] == "cohort"]
    women = [rows for _, rows in cohorts.groupby(women_of(cohorts), sort=False)]
    if any(0 < rows["n"].isna().mean() < 1 for rows in women):
        yield "–: n not printed at that time."
    never = [rows["label"].iloc[0] for rows in women if rows["n"].isna().all()]
    if never:
        yield f"n not printed: {'; '.join(never)}."
    cut = levels.loc[below_zero(levels) & (scale == "log"), "label"].unique()
    if len(cut):
        yield f"▼ at the axis: a level or the end of a bar is 0 or below, which a log scale cannot show: {'; '.join(cut)}."
    if course.silent:
        yield f"{capital(name)}: nothing in the texts available to us of {_silence(course)}."


def _silence(course: Course) -> str:
    """Count the studies that report nothing on the marker, and name those that the article cites."""
    counts = []
    for tissue, words in TISSUE.items():
        labels = [label for label, treated in course.tissues.items() if treated == tissue]
        if labels:
            none = sum(label in course.silent for label in labels)
            counts.append(f"{none} of {len(labels)} studies with results of {words}")
    cited = [label for label in course.silent if label in course.cited]
    among = f"; of those that the article cites: {', '.join(cited)}" if cited else ""
    return f"{' and of '.join(counts)}{among}"


def _size(sized: pd.Series[bool]) -> str:
    """Say whether a size was printed for the changes in one direction; none has a level."""
    if sized.all():
        return "size without a level"
    return "no level; size where written" if sized.any() else "no level"


def _handles(levels: pd.DataFrame, changes: pd.DataFrame) -> list[Line2D]:
    cohorts = levels["subject"] == "cohort"
    arrow: dict[str, Any] = {"color": style.INK, "ls": "", "ms": 7.5}
    looks: list[tuple[pd.Series[bool], dict[str, Any]]] = [
        (cohorts, {"marker": "o", "lw": 1.6, "label": "level, cohort"}),
        (~cohorts, {"marker": marks.SINGLE_MARKER, "lw": 0.9, "label": "level, single patient"}),
    ]
    handles = [Line2D([], [], color=style.INK, ms=6, **look) for rows, look in looks if rows.any()]
    handles += spread_handles(levels)
    for direction, words in DIRECTION.items():
        sized = changes.loc[changes["direction"] == direction, "change"].notna()
        if len(sized):
            label = f"{words}, {_size(sized)}"
            handles.append(Line2D([], [], **arrow, marker=marks.ARROWS[direction], label=label))
    if (pd.concat([levels["origin"], changes["origin"]]) != marks.FIRST_HAND).any():
        marker = marks.ARROWS["up"] if levels.empty else "o"
        words = "hollow: not reported by the study itself"
        handles.append(Line2D([], [], **arrow, marker=marker, mfc="white", label=words))
    columns = ["arm_kind", "cell_source"]
    return handles + marks.arm_handles(pd.concat([levels[columns], changes[columns]]))
