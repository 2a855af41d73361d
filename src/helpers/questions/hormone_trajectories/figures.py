"""How one marker moves after treatment: levels where levels were printed, changes where only those were."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

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
from helpers.questions.hormone_trajectories.levels_figures import (
    APART,
    LABEL,
    NUMBERS,
    TREATED,
    Panel,
    below_zero,
    count_labels,
    draw_levels,
    draw_numbers,
    number_rows,
    second_hand,
    sign_words,
    spread_handles,
)
from helpers.show import marks, style
from helpers.show.page import check_made

#: All in inches: a row of changes and one of words, the edges of all panels, the room at the right of them, what a time axis needs below it.
_ROW, _WORDS, _LEFT, _RIGHT, _AXIS = 0.255, 0.19, 0.95, 5.15, 0.44
_BESIDE = style.WIDTH - _RIGHT - 0.04
#: The column of what has no printed time: its width at least and at most, and that of a mark in it.
_COLUMN, _MARK = (0.62, 1.3), 0.12
#: What is shown of the figure without levels.
_ROWS_SHOWN = "Each row is one report. Its mark is at the month for which it was made."


class Course(Protocol):
    """One marker as `rows.course` gathers it."""

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
        """Labels of the chosen studies with results."""
        ...

    @property
    def tissues(self) -> dict[str, str]:
        """Labels of the studies with results, with the tissue treated."""
        ...

    @property
    def cited(self) -> list[str]:
        """Labels of the studies with results that the article cites."""
        ...

    @property
    def silent(self) -> list[str]:
        """Labels of the studies with results that report nothing on the marker."""
        ...

    @property
    def levels(self) -> pd.DataFrame:
        """Made by `helpers.counts.levels.level_rows`."""
        ...

    @property
    def changes(self) -> pd.DataFrame:
        """study_label, label, tissue, arm_kind, cell_source, to_months, direction, change, text, origin, citation."""
        ...

    @property
    def described(self) -> pd.DataFrame:
        """study_label, tissue, text, origin, citation: reports in other forms than a level or change."""
        ...

    @property
    def thresholds(self) -> pd.DataFrame:
        """value, upper, label, citation."""
        ...


def trajectories(course: Course, *, scale: str, title: str, subtitle: str) -> dict[str, Figure]:
    """Draw a marker as `trajectory` does, by its name; if that is taller than a screen, levels and the rest in two figures."""
    whole = _content(course, scale)
    rest = len(course.changes) + len(course.described)
    if whole.height(title, subtitle) <= style.TALLEST or course.levels.empty or not rest:
        return {course.measure: _drawn(whole, title, subtitle)}
    levels, others = (_content(course, scale, shown=shown) for shown in ((True, False), (False, True)))
    return {
        f"{course.measure}/levels": _drawn(levels, f"{title} (levels)", subtitle),
        f"{course.measure}/changes": _drawn(others, f"{title} (changes, and reports in words)", _ROWS_SHOWN),
    }


def trajectory(course: Course, *, scale: str, title: str, subtitle: str) -> Figure:
    """Draw levels over time above and changes without a level below; panels without content are omitted.

    All time axes have the same limits and ticks, and a column beside them holds what has no printed time. A single patient is a
    thin diamond on a thin line, a level that the study itself does not report is hollow, women without cells are grey squares, and the numbers of women are below the levels. If two
    tissues were treated, the names of the fewer studies say which was theirs. The footer counts the studies that report nothing,
    by tissue, and names those that the article cites. `scale` is ``"linear"`` or ``"log"``; any other raises ValueError.
    """
    return _drawn(_content(course, scale), title, subtitle)


@dataclass(frozen=True)
class _Content:
    """What a figure of a marker shows, and the room that it takes."""

    course: Course
    scale: str
    levels: pd.DataFrame
    thresholds: pd.DataFrame
    rows: list[Any]
    words: pd.DataFrame
    numbers: dict[str, dict[float | None, str]]
    lines: list[str]
    handles: list[Line2D]
    legend: float
    places: _Places

    def height(self, title: str, subtitle: str) -> float:
        """Give the height of the figure in inches."""
        with style.house_style():
            return self.places.height(style.title_height(title, subtitle), self.legend + 0.2)


def _content(course: Course, scale: str, *, shown: tuple[bool, bool] = (True, True)) -> _Content:
    """Choose what of a marker is drawn: with its levels or without, and with the rest or without."""
    check_made(
        dir(course),
        "helpers.questions.hormone_trajectories.rows.course",
        "levels",
        "changes",
        "described",
        "thresholds",
    )
    if scale not in {"linear", "log"}:
        raise ChoiceError(f"scale must be linear or log, not {scale!r}")
    levels, described = _with_organs(course)
    changes, thresholds = course.changes, course.thresholds
    if not shown[0]:
        levels, thresholds = levels.iloc[:0], thresholds.iloc[:0]
    if not shown[1]:
        changes, described = changes.iloc[:0], described.iloc[:0]
    measure = phrase(course.measure)
    rows, words, numbers = change_rows(changes, course.cited), worded(described), number_rows(levels)
    frames = (levels, changes, described, thresholds)
    cited = [citation for frame in frames for citation in frame["citation"]]
    unknown = (
        f"No level of {measure} with a number and its unit is in the texts available to us."
        if course.levels.empty
        else "",
    )
    signs = (*_as_printed(levels), *_uncounted(levels), *_cut(levels, scale))
    remarks = (*filter(None, unknown), *signs, *_silence(course, measure))
    lines = style.footer_lines(cited, remarks)
    handles = _handles(levels, changes)
    legend = style.footer_height(lines) + marks.legend_height(handles)
    room = count_labels(levels, thresholds) * LABEL + 0.2
    places = _Places(
        untimed=max(int(levels["timepoint_months"].isna().sum()), int(changes["to_months"].isna().any())),
        months=pd.concat([levels["timepoint_months"], changes["to_months"]]),
        tall={
            # Limits alone are an empty picture; they are drawn where there is no other.
            "levels": max(2.3, room)
            if len(levels) or (len(thresholds) and not rows and words.empty)
            else 0.0,
            "numbers": NUMBERS * len(numbers),
            "changes": _ROW * (len(rows) + 0.2) if rows else 0.0,
            "words": _WORDS * (len(words) + 0.2) if len(words) else 0.0,
        },
    )
    return _Content(course, scale, levels, thresholds, rows, words, numbers, lines, handles, legend, places)


def _drawn(content: _Content, title: str, subtitle: str) -> Figure:
    course, places, levels = content.course, content.places, content.levels
    measure = phrase(course.measure)
    height = content.height(title, subtitle)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, height))
        style.titled(figure, title, subtitle)
        if places.tall.get("levels"):
            panel = places.panel(
                figure, "levels", dated=True, filled=bool(levels["timepoint_months"].isna().any())
            )
            draw_levels(
                panel, levels, content.thresholds, name=measure, unit=course.unit, scale=content.scale, width=_BESIDE
            )  # fmt: skip
            if levels.empty:
                sentence = f"no level of {measure} with a number and its unit is in the text available to us"
                style.say_nothing(panel.timed, textwrap.fill(sentence, 36))
        if content.numbers:
            draw_numbers(places.panel(figure, "numbers", dated=False), content.numbers, width=_BESIDE)
        if content.rows:
            filled = any(row.untimed for row in content.rows)
            draw_changes(
                places.panel(figure, "changes", dated=True, filled=filled), content.rows, width=_BESIDE
            )
        if len(content.words):
            draw_words(
                places.panel(figure, "words", dated=False).timed,
                content.words,
                width=style.WIDTH - _LEFT - 0.08,
            )
        marks.legend_below(figure, content.handles, (content.legend + 0.04) / figure.get_figheight())
        style.footed(figure, content.lines)
    return figure


class _Places:
    """The panels of the figure, in inches, and the time axis that they share."""

    #: What each panel needs above it, for its title, and below it, for its axis.
    _ABOVE: ClassVar = {"levels": 0.28, "numbers": 0.24, "changes": 0.3, "words": 0.3}
    _BELOW: ClassVar = {"levels": _AXIS, "numbers": 0.1, "changes": _AXIS, "words": 0.0}

    def __init__(self, *, untimed: int, months: pd.Series[float], tall: dict[str, float]) -> None:
        self.column = min(max(_COLUMN[0], _MARK * untimed), _COLUMN[1]) if untimed else 0.0
        self.slots = max(untimed, 1)
        self.tall = {name: height for name, height in tall.items() if height}
        self.end = max(6.0, float(months.max()) if months.notna().any() else 6.0)

    def height(self, top: float, bottom: float) -> float:
        """Place the panels one above the other, with room for title and legend, and give the height of all."""
        self.bottoms: dict[str, float] = {}
        y = bottom
        for name in reversed(self.tall):
            self.bottoms[name] = y + self._BELOW[name]
            y += self._BELOW[name] + self.tall[name] + self._ABOVE[name]
        return y + top

    def panel(self, figure: Figure, name: str, *, dated: bool, filled: bool = False) -> Panel:
        """Add the axes of a panel; `dated` writes the time below them, and `filled` frames the untimed column."""
        column = self.column + APART if self.column else 0.0
        timed = self._axes(figure, name, _LEFT, _RIGHT - column)
        timed.set_xlim(-0.08 * self.end, self.end * 1.06)
        untimed = None
        if column and name != "words":
            untimed = self._axes(figure, name, _RIGHT - self.column, _RIGHT, sharey=timed)
            untimed.set_xlim(0, self.slots)
            untimed.set_xticks([])
            untimed.tick_params(axis="y", left=False, labelleft=False)
            style.quiet_axes(untimed, keep=())
        if dated:
            self._label(timed, untimed if filled else None)
        else:
            timed.set_xticks([])
            timed.set_yticks([])
            style.quiet_axes(timed, keep=())
        return Panel(timed, untimed)

    def _axes(self, figure: Figure, name: str, left: float, right: float, **more: Any) -> Axes:
        wide, height = style.WIDTH, figure.get_figheight()
        box = (left / wide, self.bottoms[name] / height, (right - left) / wide, self.tall[name] / height)
        return figure.add_axes(box, **more)

    def _label(self, timed: Axes, untimed: Axes | None) -> None:
        steps = (1, 3, 6, 12, 24, 60, 120)
        step = next(step for step in steps if self.end / step <= 8 or step == steps[-1])
        timed.set_xticks(list(range(0, int(self.end) + 1, step)))
        timed.set_xlabel("months after treatment (0 = before)", labelpad=1)
        timed.axvline(0, color=style.FAINT, lw=0.8, zorder=0)
        if untimed:
            for spine in untimed.spines.values():
                spine.set(visible=True, color=style.FAINT, lw=0.8)
            untimed.set_xlabel("time not\nprinted", fontsize=8, style="italic", color=style.MUTED, labelpad=2)


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


def _as_printed(levels: pd.DataFrame) -> list[str]:
    """Explain the signs of levels that are not as printed, or not reported by the study itself."""
    signs = set(levels["signs"].str.cat()) | set(levels.assign(sign=second_hand(levels))["sign"])
    meanings = [f"{sign} {words}" for sign, words in sign_words().items() if sign in signs]
    return [f"{'; '.join(meanings)}."] if meanings else []


def _uncounted(levels: pd.DataFrame) -> list[str]:
    """Name the women whose number was not printed, and explain the dash of a time without one."""
    cohorts = levels[levels["subject"] == "cohort"]
    women = [rows for _, rows in cohorts.groupby(cohorts["line"].str.rsplit("/", n=1).str[0], sort=False)]
    never = [rows["label"].iloc[0] for rows in women if rows["n"].isna().all()]
    remarks = (
        ["–: n not printed at that time."] if any(0 < rows["n"].isna().mean() < 1 for rows in women) else []
    )
    return [*remarks, *([f"n not printed: {'; '.join(never)}."] if never else [])]


def _cut(levels: pd.DataFrame, scale: str) -> list[str]:
    """Name the series of which a log scale cannot show a level or the end of a spread."""
    cut = levels[below_zero(levels)] if scale == "log" else levels.iloc[:0]
    if cut.empty:
        return []
    names = "; ".join(dict.fromkeys(cut["label"]))
    return [
        f"▼ at the axis: a level or the end of a bar is 0 or below, which a log scale cannot show: {names}."
    ]


def _silence(course: Course, measure: str) -> tuple[str, ...]:
    """Count the studies that report nothing on the marker, and name those that the article cites."""
    silent = course.silent
    if not silent:
        return ()
    cited = [label for label in silent if label in course.cited]
    among = f"; of those that the article cites: {', '.join(cited)}" if cited else ""
    counts = []
    for tissue, words in TISSUE.items():
        labels = [label for label, treated in course.tissues.items() if treated == tissue]
        if labels:
            none = sum(label in silent for label in labels)
            counts.append(f"{none} of {len(labels)} studies with results of {words}")
    groups = " and of ".join(counts)
    return (f"{capital(measure)}: nothing in the texts available to us of {groups}{among}.",)


def _size(sized: pd.Series[bool]) -> str:
    """Say whether a size was printed for the changes in one direction; none has a level."""
    if sized.all():
        return "size without a level"
    return "no level; size where written" if sized.any() else "no level"


def _handles(levels: pd.DataFrame, changes: pd.DataFrame) -> list[Line2D]:
    cohorts = levels["subject"] == "cohort"
    level: dict[str, Any] = {"color": style.INK, "marker": "o", "ms": 6}
    arrow: dict[str, Any] = {"color": style.INK, "ls": "", "ms": 7.5}
    handles = []
    if cohorts.any():
        handles.append(Line2D([], [], **level, lw=1.6, label="level, cohort"))
    if (~cohorts).any():
        handles.append(
            Line2D([], [], **(level | {"marker": marks.SINGLE_MARKER}), lw=0.9, label="level, single patient")
        )
    handles += spread_handles(levels)
    for direction, words in DIRECTION.items():
        sized = changes.loc[changes["direction"] == direction, "change"].notna()
        if len(sized):
            handles.append(
                Line2D([], [], **arrow, marker=marks.ARROWS[direction], label=f"{words}, {_size(sized)}")
            )
    if (pd.concat([levels["origin"], changes["origin"]]) != marks.FIRST_HAND).any():
        marker = marks.ARROWS["up"] if levels.empty else "o"
        words = "hollow: not reported by the study itself"
        handles.append(Line2D([], [], **arrow, marker=marker, mfc="white", label=words))
    columns = ["arm_kind", "cell_source"]
    return handles + marks.arm_handles(pd.concat([levels[columns], changes[columns]]))
