"""Figures are guarded by the data drawn in them, and by nothing being clipped."""

from __future__ import annotations

import importlib
import inspect
import io
import pkgutil
import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation, Text
from PIL import Image

from drafts import Draft
from helpers import evidence, intake, questions, show
from helpers.counts import outcomes, selection
from helpers.evidence.vocabulary import CELL_SOURCE
from helpers.questions.claims import figures as claims_figures
from helpers.questions.claims import rows as claims_rows
from helpers.questions.hormone_trajectories import (
    figures as trajectory_figures,
)
from helpers.questions.hormone_trajectories import (
    rows as trajectory_rows,
)
from helpers.questions.hormone_trajectories import (
    text as trajectory_text,
)
from helpers.questions.hormone_trajectories.levels_figures import SPREADS
from helpers.questions.outcomes import tables
from helpers.show import count_forest, marks, page, style


def outcome_rows(ev: evidence.Evidence, **filters: object) -> pd.DataFrame:
    return outcomes.outcome_rows(ev, ev.select("outcomes", **filters), interval="clopper-pearson", level=0.95)


def texts(figure: Figure) -> list[str]:
    found = [text.get_text() for text in figure.texts]
    for axes in figure.axes:
        found += [text.get_text() for text in axes.texts]
        found += [label.get_text() for label in (*axes.get_xticklabels(), *axes.get_yticklabels())]
    return found


def laid_out(figure: Figure) -> RendererAgg:
    """Place all parts of a figure as drawing does, without the strokes; give what measures its texts."""
    canvas = FigureCanvasAgg(figure)
    figure.draw_without_rendering()
    renderer: RendererAgg = canvas.get_renderer()  # type: ignore[no-untyped-call]
    return renderer


def assert_nothing_clipped(figure: Figure) -> RendererAgg:
    """Every text lies inside the page, give or take a pixel; give what measured them."""
    renderer = laid_out(figure)
    width, height = figure.canvas.get_width_height()
    everything = [
        *figure.texts,
        *(text for axes in figure.axes for text in (*axes.texts, axes.title, axes.xaxis.label)),
    ]
    everything += [text for legend in figure.legends for text in legend.get_texts()]
    for text in everything:
        if not text.get_text():
            continue
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= width + 1, text.get_text()
        assert box.y0 >= -1, text.get_text()
        assert box.y1 <= height + 1, text.get_text()
    return renderer


def test_a_forest_draws_each_interval_once(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome=["live-birth", "pregnancy"], role=["cited", "treatment"])
    figure = count_forest.forest(rows, title="t", subtitle="s")
    (axes,) = figure.axes
    drawn = sorted(
        (float(np.min(x)), float(np.max(x)))
        for x in (np.asarray(line.get_xdata()) for line in axes.lines)
        if len(x) == 2
    )
    expected = sorted(zip(rows["low"].dropna(), rows["high"].dropna(), strict=True))
    assert drawn == expected
    assert "4/61" in texts(figure)
    assert "6.6 % (1.8 to 15.9)" in texts(figure)
    assert_nothing_clipped(figure)


def test_a_forest_names_its_sources(ev: evidence.Evidence) -> None:
    figure = count_forest.forest(outcome_rows(ev, study_id="herraiz2018"), title="t", subtitle="s")
    assert "10.1016/j.fertnstert.2018.04.025" in figure.texts[-1].get_text()


def test_rows_without_a_total_are_written_not_drawn(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="pregnancy", study_id="herraiz2018")
    rows = rows[rows["total"].isna()]
    figure = count_forest.forest(rows, title="t", subtitle="s")
    assert len(figure.axes[0].lines) == 0
    assert texts(figure).count("3/not printed") == 2


def test_a_forest_of_all_outcomes_fits_its_page(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, role="cited")
    assert_nothing_clipped(
        count_forest.forest(rows, title="A long title " * 12, subtitle="and a long subtitle " * 12)
    )


@pytest.mark.parametrize("role", [["cited", "treatment"], ["background"]])
def test_forests_show_every_count_once_and_none_is_too_tall(ev: evidence.Evidence, role: list[str]) -> None:
    rows = outcome_rows(ev, outcome=["pregnancy", "live-birth"], role=role)
    drawn = count_forest.forests(rows, subtitle="s")
    shown = [text.replace("\n", " ") for figure in drawn.values() for text in texts(figure)]
    assert {tuple(name.split("/")[:2]) for name in drawn} == set(
        rows[["tissue", "outcome"]].itertuples(index=False, name=None)
    )
    for words in ("count_text", "interval_text"):
        expected = rows[words].value_counts()
        assert {word: shown.count(word) for word in expected.index} == expected.to_dict()
    for figure in drawn.values():
        assert figure.get_figheight() <= style.TALLEST
        assert_nothing_clipped(figure)


def test_parts_of_a_forest_say_so_and_never_split_a_study(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="live-birth", role="background", tissue="ovary")
    drawn = count_forest.forests(rows, subtitle="s")
    assert list(drawn) == [f"ovary/live-birth/{number}" for number in range(1, len(drawn) + 1)]
    assert len(drawn) > 1
    assert all(f"part {name[-1]} of {len(drawn)}" in texts(figure)[0] for name, figure in drawn.items())
    for study in rows["study_label"].unique():
        holding = [
            name
            for name, figure in drawn.items()
            if any(f"{text}, ".startswith((f"{study}, ", f"{study} (")) for text in texts(figure))
        ]
        assert len(holding) == 1, study


def test_no_figure_holds_ovary_and_uterus(ev: evidence.Evidence) -> None:
    rows = outcome_rows(
        ev, outcome=["pregnancy", "live-birth", "menses-resumed"], role=["cited", "treatment"]
    )
    for name, figure in count_forest.forests(rows, subtitle="s").items():
        tissue = name.partition("/")[0]
        assert texts(figure)[0].startswith({"ovary": "Ovary, ", "endometrium": "Uterus, "}[tissue])
        others = set(rows.loc[rows["tissue"] != tissue, "study_label"])
        assert not [text for text in texts(figure) if text.partition(",")[0] in others]


def test_a_count_that_is_no_rate_is_written_with_the_reason_and_not_drawn(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="live-birth", study_id=["herraiz2018", "nct02644447"])
    figure = count_forest.forest(rows, title="t", subtitle="s")
    assert len(figure.axes[0].lines) == 0
    shown = texts(figure)
    assert shown.count("3/20") == 2
    assert shown.count("no proportion: total above\nthe 17 women enrolled") == 2
    assert "1/23" in shown
    assert "no proportion: published\nbecause it had happened" in shown
    reason = "A count that is no proportion of the women treated is given with the reason and not drawn."
    assert reason in figure.texts[-1].get_text()
    assert_nothing_clipped(figure)


def test_a_forest_says_that_a_row_without_a_total_has_no_interval_where_there_is_one(
    ev: evidence.Evidence,
) -> None:
    rows = outcome_rows(ev, outcome="live-birth", role="treatment", tissue="endometrium")
    said = "A row without a total has no CI."
    assert rows["total"].isna().any()
    assert said in count_forest.forest(rows, title="t", subtitle="s").texts[-1].get_text()
    with_total = rows[rows["total"].notna()]
    assert said not in count_forest.forest(with_total, title="t", subtitle="s").texts[-1].get_text()


def test_forests_without_rows_say_so(ev: evidence.Evidence) -> None:
    (figure,) = count_forest.forests(outcome_rows(ev).iloc[:0], subtitle="s").values()
    assert "no count is in\nthe text available to us" in texts(figure)


def test_women_without_cells_are_grey_squares_below_the_cells(ev: evidence.Evidence) -> None:
    rows = outcome_rows(ev, outcome="live-birth", study_id="zhu2023")
    (axes,) = count_forest.forest(rows, title="t", subtitle="s").axes
    points = [line for line in axes.lines if line.get_marker() in {"o", "s"}]
    assert [point.get_marker() for point in points] == ["o", "s"]
    assert points[1].get_markeredgecolor() == style.COMPARATOR_COLOUR != points[0].get_markeredgecolor()


@pytest.mark.parametrize("number", [style.MOST_SOURCES, style.MOST_SOURCES + 1])
def test_a_footer_counts_sources_where_they_are_many(number: int) -> None:
    cited = [f"Author {place}" for place in range(number)]
    lines = style.footer_lines([*cited, *cited], ["A note."])
    assert lines[0] == "A note."
    if number > style.MOST_SOURCES:
        assert lines[1:] == [f"Sources: the {number} documents named in the tables of this page."]
    else:
        assert all(name in " ".join(lines) for name in cited)


def test_empty_figures_say_so(ev: evidence.Evidence) -> None:
    none = outcome_rows(ev).iloc[:0]
    assert "no count is in\nthe text available to us" in texts(
        count_forest.forest(none, title="t", subtitle="s")
    )


MARKERS = ["FSH", "LH", "E2", "AMH", "AFC", "ovarian-volume", "endometrial-thickness"]


Linear = Callable[..., tuple[trajectory_rows.Course, Figure]]


def course_of(ev: evidence.Evidence, measure: str, *role: str) -> trajectory_rows.Course:
    chosen = selection.chosen_studies(ev, studies=["all"], role=list(role), tissue=["all"])
    return trajectory_rows.course(ev, measure, studies=chosen)


@pytest.fixture(scope="module")
def linear(ev: evidence.Evidence) -> Linear:
    """The course of a marker and its figure, made once for all who ask; none may change them."""

    @cache
    def made(measure: str, *role: str) -> tuple[trajectory_rows.Course, Figure]:
        course = course_of(ev, measure, *role)
        return course, trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")

    return made


@pytest.mark.parametrize("role", [["cited", "treatment"], ["all"]])
@pytest.mark.parametrize("measure", MARKERS)
def test_every_marker_has_a_figure_that_fits(linear: Linear, measure: str, role: list[str]) -> None:
    course, figure = linear(measure, *role)
    assert_no_labels_touch(figure, assert_nothing_clipped(figure))
    levels = course.levels
    timed = levels["timepoint_months"].notna()
    assert points(figure.axes[0]) == set(
        zip(levels.loc[timed, "timepoint_months"], levels.loc[timed, "centre"], strict=True)
    )
    beside = {height for axes in columns(figure) for _, height in points(axes)}
    assert beside == set(levels.loc[~timed, "centre"])
    shown = " ".join(texts(figure))
    for study in {*levels["study_label"], *course.changes["study_label"], *course.described["study_label"]}:
        assert study.split(",")[0].split()[0] in shown


def points(axes: Axes) -> set[tuple[float, float]]:
    """The levels drawn in some axes."""
    return {
        (float(x), float(y))
        for line in axes.lines
        if line.get_marker() in {"o", "s", marks.SINGLE_MARKER}
        for x, y in np.asarray(line.get_xydata())
        if not np.isnan(y)
    }


def columns(figure: Figure) -> list[Axes]:
    """The axes of what has no printed time."""
    return [axes for axes in figure.axes if axes.get_xlabel().startswith("time not")]


def panel(figure: Figure, title: str) -> Axes:
    (found,) = [axes for axes in figure.axes if axes.get_title("left").startswith(title)]
    return found


def marked(axes: Axes, marker: str) -> list[Line2D]:
    return [line for line in axes.lines if line.get_marker() == marker]


def bars_at(axes: Axes, month: float) -> list[list[float]]:
    """The ends of each bar that stands at a month."""
    drawn = [np.asarray(line.get_xydata()) for line in axes.lines]
    return [ends[:, 1].tolist() for ends in drawn if ends[:, 0].tolist() == [month, month]]


def height(line: Line2D) -> float:
    return float(np.asarray(line.get_xydata())[0, 1])


def assert_no_labels_touch(figure: Figure, renderer: RendererAgg) -> None:
    """No two labels of the levels lie on each other."""
    beside = [text for axes in figure.axes for text in axes.texts if isinstance(text, Annotation)]
    boxes = sorted((Text.get_window_extent(text, renderer) for text in beside), key=lambda box: box.y0)
    for lower, upper in combinations(boxes, 2):
        assert upper.y0 >= lower.y1 - 3 or upper.x0 >= lower.x1 or lower.x0 >= upper.x1


def test_the_threshold_is_drawn_where_it_is(linear: Linear) -> None:
    _, figure = linear("FSH", "all")
    lines = [
        float(np.asarray(line.get_ydata())[0])
        for line in figure.axes[0].lines
        if line.get_linestyle() == "--"
    ]
    assert 25 in lines
    assert any(text.startswith("above 25: POI") for text in texts(figure))


def test_what_is_not_reported_is_said(ev: evidence.Evidence) -> None:
    figure = trajectory_figures.trajectory(
        course_of(ev, "AMH", "cited"), scale="linear", title="t", subtitle="s"
    )
    footer = figure.texts[-1].get_text().replace("\n", " ")
    assert (
        "AMH: nothing in the texts available to us of 2 of 3 studies with results of treatment of the ovary and of 1 of 1 studies with "
        "results of treatment of the uterine lining; of those that the article cites: Cao 2018, Herraiz 2018, Igboeli 2020."
        in footer
    )
    assert "Yan 2020, before, ng/mL: below 0.06 in 45/61; 0.06 to 0.54 in 16/61" in texts(figure)
    assert footer.startswith("No level of AMH with a number and its unit is in the texts available to us.")
    assert [axes.get_title("left") for axes in figure.axes] == [
        "Reported otherwise: in words, as limits or classes, without a unit, or unclear whether level or change"
    ]


def test_limits_without_a_level_are_drawn_only_where_nothing_else_is(ev: evidence.Evidence) -> None:
    directions = trajectory_figures.trajectory(
        trajectory_rows.course(ev, "AFC", studies=["zafardoust2023"]), scale="linear", title="t", subtitle="s"
    )
    assert not [axes for axes in directions.axes if axes.get_title("left") == "Levels"]
    silent = trajectory_figures.trajectory(
        trajectory_rows.course(ev, "AMH", studies=["cao2018"]), scale="linear", title="t", subtitle="s"
    )
    assert [axes.get_title("left") for axes in silent.axes] == ["Levels"]
    assert any(text.startswith("no level of AMH") for text in texts(silent))


def test_studies_without_anything_have_no_row(linear: Linear) -> None:
    course, figure = linear("endometrial-thickness", "cited", "treatment")
    assert len(course.silent) > 20
    rows = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert not [row for row in rows for name in course.silent if row.startswith(name)]
    footer = figure.texts[-1].get_text().replace("\n", " ")
    counts = re.findall(r"(\d+) of (\d+) studies with results", footer)
    assert sum(int(none) for none, _ in counts) == len(course.silent)
    assert [int(every) for _, every in counts] == [
        list(course.tissues.values()).count(tissue) for tissue in ("ovary", "endometrium")
    ]


def test_where_all_is_told_as_levels_there_is_no_lower_panel(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "LH", studies=["yan2020"])
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    assert [axes.get_title("left") for axes in figure.axes] == ["Levels", "Women measured (n)"]


def test_a_statement_about_several_months_is_one_row(shipped_draft: Draft) -> None:
    change = {"study_id": "yan2020", "arm_id": "cells", "measure": "E2", "direction": "up"}
    for month in ("3", "6", "9"):
        shipped_draft.add("changes", **change, from_months="0", to_months=month, locator=f"page {month}")
    figure = trajectory_of(shipped_draft)
    (arrows,) = marked(panel(figure, "Without a level"), "^")
    assert np.asarray(arrows.get_xdata()).tolist() == [3, 6, 9]


def test_a_direction_without_figure_is_an_arrow_not_a_level(ev: evidence.Evidence) -> None:
    figure = trajectory_figures.trajectory(
        trajectory_rows.course(ev, "AFC", studies=["herraiz2018"]), scale="linear", title="t", subtitle="s"
    )
    arrows = marked(panel(figure, "Without a level"), "^")
    assert [float(np.asarray(line.get_xdata())[0]) for line in arrows] == [0.46]
    assert not marked(figure.axes[0], "o")
    assert "Herraiz 2018: higher" in texts(figure)


def test_a_single_patient_is_a_diamond_and_hollow_is_second_hand(shipped_draft: Draft) -> None:
    row = shipped_draft.row("measurements", measure="FSH")
    shipped_draft.change(
        "measurements", row, subject="patient-1", n="1", median="", q1="", q3="", mean="41.2"
    )

    def drawn() -> tuple[Any, list[str]]:
        course = trajectory_rows.course(shipped_draft.load(), "FSH", studies=["yan2020"])
        figure = trajectory_figures.trajectory(course, scale="log", title="t", subtitle="s")
        assert figure.axes[0].get_yscale() == "log"
        (point,) = [line for line in figure.axes[0].lines if line.get_marker() == "d"]
        return point, [text.get_text() for text in figure.legends[0].get_texts()]

    point, legend = drawn()
    assert point.get_markerfacecolor() != "white"
    assert legend[0] == "level, single patient"
    assert not any("hollow" in words for words in legend)
    shipped_draft.change("measurements", row, source_id="web-wxredian")
    point, legend = drawn()
    assert point.get_markerfacecolor() == "white"
    assert "hollow: not reported by the study itself" in legend


def test_a_course_over_time_is_one_line(shipped_draft: Draft) -> None:
    later = {
        "study_id": "yan2020",
        "measure": "E2",
        "unit": "pmol/L",
        "timepoint_months": "6",
        "n": "50",
        "median": "80",
    }
    shipped_draft.add("measurements", **later, q1="60", q3="120", locator="table 3")
    course = trajectory_rows.course(shipped_draft.load(), "E2", studies=["yan2020"])
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    (line,) = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert np.asarray(line.get_xydata()).tolist() == [[0, 40], [6, 80]]


def test_two_arms_are_two_lines(shipped_draft: Draft) -> None:
    shipped_draft.add(
        "arms",
        study_id="yan2020",
        arm_id="control",
        label="hormones",
        kind="comparator",
        cell_source="",
        donor="",
        n="61",
    )
    row = shipped_draft.row("measurements", measure="E2")
    for arm, month, median in (("cells", "6", "80"), ("control", "0", "45"), ("control", "6", "44")):
        level = {
            "study_id": "yan2020",
            "arm_id": arm,
            "measure": "E2",
            "unit": "pmol/L",
            "timepoint_months": month,
        }
        shipped_draft.add("measurements", **level, median=median, q1="", q3="", locator="table 3")
    assert row
    course = trajectory_rows.course(shipped_draft.load(), "E2", studies=["yan2020"])
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    lines = [line for line in figure.axes[0].lines if line.get_marker() in {"o", "s"}]
    assert {line.get_color() for line in lines if line.get_marker() == "s"} == {style.COMPARATOR_COLOUR}
    assert sorted(np.asarray(line.get_xydata()).tolist() for line in lines) == [
        [[0, 40], [6, 80]],
        [[0, 45], [6, 44]],
    ]
    assert len({line.get_color() for line in lines}) == 2
    assert course.levels["name"].is_unique


def test_a_log_axis_has_plain_ticks_and_keeps_its_labels_inside(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "E2", studies=["all"], unit="pg/mL")
    figure = trajectory_figures.trajectory(course, scale="log", title="t", subtitle="s")
    assert_nothing_clipped(figure)
    axes = figure.axes[0]
    ticks = [label.get_text() for label in axes.get_yticklabels()]
    assert {"10", "20", "50"} <= set(ticks)
    every = [text for each in figure.axes for text in each.texts]
    (label,) = [text for text in every if text.get_text().startswith("below 50")]
    assert 0 <= label.get_position()[1] <= 1


def test_a_scale_that_cannot_be_is_refused(linear: Linear) -> None:
    course, _ = linear("FSH", "all")
    with pytest.raises(ValueError, match="scale must be linear or log"):
        trajectory_figures.trajectory(course, scale="cubic", title="t", subtitle="s")


NEW = {
    "study_id": "yan2020", "arm_id": "cells", "subject": "cohort", "subgroup": "", "measure": "E2", "unit": "pmol/L", "n": "",
    "mean": "", "sd": "", "se": "", "median": "", "q1": "", "q3": "", "minimum": "", "maximum": "", "text_value": "", "note": "",
}  # fmt: skip


def add_level(draft: Draft, /, **cells: str) -> None:
    """Add a made-up level of E2 in the women of Yan 2020."""
    draft.add("measurements", **{**NEW, "locator": f"page {sorted(cells.items())}", **cells})


def trajectory_of(
    draft: Draft, measure: str = "E2", unit: str = "canonical", scale: str = "linear"
) -> Figure:
    course = trajectory_rows.course(draft.load(), measure, studies=["yan2020"], unit=unit)
    figure = trajectory_figures.trajectory(course, scale=scale, title="t", subtitle="s")
    assert_no_labels_touch(figure, assert_nothing_clipped(figure))
    return figure


def add_control(draft: Draft) -> None:
    blank = dict.fromkeys(
        ["cell_source", "donor", "route", "dose_cells", "dose_text", "n_treatments", "scaffold"], ""
    )
    draft.add("arms", study_id="yan2020", arm_id="control", label="no treatment", kind="untreated", n="60", **blank
    )  # fmt: skip


def test_what_has_no_printed_time_is_at_no_month(shipped_draft: Draft) -> None:
    add_level(
        shipped_draft, timepoint_months="", subgroup="after-treatment", median="90", q1="60", q3="120", n="50"
    )
    change = {"study_id": "yan2020", "arm_id": "cells", "measure": "E2", "to_months": "", "direction": "up"}
    shipped_draft.add("changes", **change, from_months="", subgroup="responders", locator="page 9")
    figure = trajectory_of(shipped_draft)
    assert points(figure.axes[0]) == {(0, 40)}
    levels, changes = columns(figure)
    assert {height for _, height in points(levels)} == {90}
    assert [
        drawn
        for drawn in (np.asarray(line.get_xydata()) for line in levels.lines)
        if len(drawn) == 2 and 60 in drawn[:, 1]
    ]
    assert not marked(panel(figure, "Without a level"), "^")
    assert len(marked(changes, "^")) == 1
    for axes in (levels, changes):
        assert list(axes.get_xticks()) == []
        left = panel(figure, "Levels").get_position()
        assert axes.get_position().x0 > left.x1
    assert not [axes for axes in figure.axes if axes.get_title("left").startswith("Reported otherwise")]


@pytest.mark.parametrize(
    ("study", "measure", "level"),
    [
        ("edessy2016", "FSH", 58),
        ("abmnc2023", "endometrial-thickness", 5.76),
        ("lujan2020", "endometrial-thickness", 9.4),
    ],
)
def test_a_level_with_a_figure_is_drawn_as_one(
    ev: evidence.Evidence, study: str, measure: str, level: float
) -> None:
    course = trajectory_rows.course(ev, measure, studies=[study])
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    drawn = {height for axes in figure.axes for _, height in points(axes)}
    assert level in drawn
    assert course.described.empty


def test_a_number_without_its_unit_is_no_level(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "AMH", studies=["saharkhiz2024"])
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    assert course.levels.empty
    words = [
        text.get_text()
        for text in panel(
            figure,
            "Reported otherwise: in words, as limits or classes, without a unit, or unclear whether level or change",
        ).texts
    ]
    assert "Saharkhiz 2024, month 2: 0.13, unit not printed; review or press" in words


@pytest.mark.parametrize(
    ("cells", "kind", "ends"),
    [
        ({"mean": "80", "sd": "10"}, "± SD", [70, 90]),
        ({"mean": "80", "se": "2"}, "± SE", [78, 82]),
        ({"median": "80", "q1": "60", "q3": "130"}, "quartiles", [60, 130]),
        ({"median": "80", "minimum": "5", "maximum": "400"}, "range, minimum to maximum", [5, 400]),
        ({"minimum": "5", "maximum": "400"}, "range, minimum to maximum", [5, 400]),
    ],
)
def test_every_bar_is_drawn_and_says_what_it_is(
    shipped_draft: Draft, cells: dict[str, str], kind: str, ends: list[float]
) -> None:
    before = shipped_draft.row("measurements", measure="E2", study_id="yan2020")
    shipped_draft.change("measurements", before, q1="", q3="")
    add_level(shipped_draft, timepoint_months="6", n="50", **cells)
    figure = trajectory_of(shipped_draft)
    bars = bars_at(figure.axes[0], 6)
    assert bars == [ends]
    legend = [text.get_text() for text in figure.legends[0].get_texts()]
    every = {"± SD", "± SE", "quartiles", "range, minimum to maximum"}
    assert every & set(legend) == {kind}


def test_bars_of_different_kinds_look_different() -> None:
    looks = [str(sorted(look.items())) for _, _, look in SPREADS.values()]
    assert len(set(looks)) == len(looks)


def test_a_median_and_a_mean_are_no_line(shipped_draft: Draft) -> None:
    add_level(shipped_draft, timepoint_months="3", mean="60", sd="9")
    add_level(shipped_draft, timepoint_months="6", mean="80", sd="9")
    figure = trajectory_of(shipped_draft)
    drawn = sorted(np.asarray(line.get_xydata()).tolist() for line in marked(figure.axes[0], "o"))
    assert drawn == [[[0, 40]], [[3, 60], [6, 80]]]
    shown = texts(figure)
    assert "Yan 2020*: median 40, quartiles 37 to 102" in shown
    assert "Yan 2020: mean ± SD 60 → 80" in shown


def test_a_row_with_a_median_and_a_mean_shows_both(shipped_draft: Draft) -> None:
    add_level(shipped_draft, timepoint_months="6", mean="80", sd="9", median="75", q1="60", q3="90")
    figure = trajectory_of(shipped_draft)
    assert points(figure.axes[0]) == {(0, 40), (6, 75), (6, 80)}
    assert "Yan 2020: mean 80 ± 9 (SD)" in texts(figure)


def test_the_number_of_women_is_at_each_time(shipped_draft: Draft) -> None:
    for month, n in (("3", "24"), ("6", ""), ("12", "3")):
        add_level(shipped_draft, timepoint_months=month, median="50", n=n)
    add_level(shipped_draft, timepoint_months="6", subject="patient-1", mean="44", n="1")
    figure = trajectory_of(shipped_draft)
    numbers = panel(figure, "Women measured (n)")
    in_time = [text for text in numbers.texts if text.get_transform() == numbers.transData]
    assert [text.get_text() for text in in_time] == ["61", "24", "–", "3"]
    assert [text.get_position()[0] for text in in_time] == [pytest.approx(month) for month in (0, 3, 6, 12)]
    assert numbers.get_xlim() == figure.axes[0].get_xlim()
    assert figure.texts[-1].get_text().count("n not printed") == 1


def test_women_whose_number_was_never_printed_are_named_once(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "endometrial-thickness", studies=["singh2020", "singh2014"])
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    assert "n not printed: Singh 2020." in figure.texts[-1].get_text()
    names = [text.get_text() for text in panel(figure, "Women measured (n)").texts]
    assert "Singh 2014" in names
    assert "Singh 2020" not in names


def test_what_is_not_as_printed_has_a_sign(shipped_draft: Draft) -> None:
    add_level(shipped_draft, timepoint_months="6", median="80", extraction="digitised", note="error 2")
    add_level(shipped_draft, timepoint_months="12", median="30", unit="pg/mL")
    figure = trajectory_of(shipped_draft)
    assert "Yan 2020: median 40* → 80‡ → 110†" in texts(figure)
    footer = figure.texts[-1].get_text()
    assert footer.startswith("† converted from another unit; ‡ read off a figure; * spread not labelled")
    assert "† converted" not in trajectory_of(shipped_draft, "FSH").texts[-1].get_text()


def test_a_log_scale_cuts_what_reaches_zero_and_says_so(shipped_draft: Draft) -> None:
    add_level(shipped_draft, timepoint_months="6", mean="50", sd="60")
    add_level(shipped_draft, timepoint_months="6", subject="patient-1", mean="0", n="1")
    figure = trajectory_of(shipped_draft, scale="log")
    axes = figure.axes[0]
    floor = axes.get_ylim()[0]
    assert floor > 0
    cut = marked(axes, "v")
    assert [np.asarray(line.get_xydata()).tolist() for line in cut] == [[[6, floor]], [[6, floor]]]
    bars = bars_at(axes, 6)
    assert bars == [[floor, 110]]
    assert points(axes) == {(0, 40), (6, 50)}
    footer = " ".join(figure.texts[-1].get_text().split())
    assert "▼ at the axis: a level or the end of a bar is 0 or below" in footer
    assert "Yan 2020; Yan 2020, patient 1." in footer
    assert "▼" not in trajectory_of(shipped_draft).texts[-1].get_text()


@pytest.mark.parametrize("measure", MARKERS)
def test_every_marker_has_a_log_figure_that_fits(linear: Linear, measure: str) -> None:
    course, _ = linear(measure, "all")
    figure = trajectory_figures.trajectory(course, scale="log", title="t", subtitle="s")
    assert_no_labels_touch(figure, assert_nothing_clipped(figure))


@pytest.mark.parametrize("measure", MARKERS)
def test_all_time_axes_of_a_figure_agree(linear: Linear, measure: str) -> None:
    _, figure = linear(measure, "all")
    timed = [axes for axes in figure.axes if axes.get_xlabel().startswith("months")]
    assert len({(*axes.get_xlim(), *axes.get_xticks(), axes.get_xscale()) for axes in timed}) == 1
    assert timed[0].get_xscale() == "linear"
    assert len({(axes.get_position().x0, axes.get_position().x1) for axes in timed}) == 1


@pytest.mark.parametrize("measure", MARKERS)
def test_a_marker_that_is_too_tall_is_drawn_in_two_figures_that_hold_the_same(
    linear: Linear, measure: str
) -> None:
    course, whole = linear(measure, "cited", "treatment")
    drawn = trajectory_figures.trajectories(course, scale="linear", title="t", subtitle="s")
    if whole.get_figheight() <= style.TALLEST:
        assert list(drawn) == [measure]
        return
    assert list(drawn) == [f"{measure}/levels", f"{measure}/changes"]
    rows = [
        sorted(words for axes in each.axes for words in map(Text.get_text, axes.texts))
        for each in (whole, *drawn.values())
    ]
    assert rows[0] == sorted(rows[1] + rows[2])
    for figure in drawn.values():
        assert figure.get_figheight() <= style.TALLEST
        assert_no_labels_touch(figure, assert_nothing_clipped(figure))
        assert not any(text.startswith("No level") for text in texts(figure))


def test_series_that_share_a_month_are_drawn_beside_each_other(linear: Linear) -> None:
    course, _ = linear("endometrial-thickness", "cited", "treatment")
    figure = trajectory_figures.trajectories(course, scale="linear", title="t", subtitle="s")[
        "endometrial-thickness/levels"
    ]
    before = [
        line
        for line in figure.axes[0].lines
        if line.get_marker() == "o" and 0 in np.asarray(line.get_xdata())
    ]
    places = sorted(line.get_transform().transform((0, 0))[0] * 72 / figure.dpi for line in before)
    assert len(places) > 5
    assert min(np.diff(places)) > 4
    assert places[-1] - places[0] < 27


def test_treated_and_untreated_women_are_told_apart(shipped_draft: Draft) -> None:
    add_control(shipped_draft)
    for month, median in (("0", "41"), ("6", "42")):
        add_level(shipped_draft, arm_id="control", timepoint_months=month, median=median)
    for arm in ("cells", "control"):
        change = {"study_id": "yan2020", "arm_id": arm, "measure": "E2", "to_months": "9", "direction": "up"}
        shipped_draft.add("changes", **change, from_months="0", locator="page 9")
    figure = trajectory_of(shipped_draft)
    treated, untreated = (
        {line.get_color() for line in marked(figure.axes[0], marker)} for marker in ("o", "s")
    )
    assert untreated == {style.COMPARATOR_COLOUR}
    assert len(treated) == 1
    assert treated != untreated
    below = panel(figure, "Without a level")
    headings = {text.get_text(): text.get_position()[1] for text in below.texts}
    high, low = sorted(marked(below, "^"), key=height)
    assert headings["Women treated with cells"] < height(high) < headings["Women without cells"]
    assert headings["Women without cells"] < height(low)
    assert low.get_markeredgecolor() == style.COMPARATOR_COLOUR != high.get_markeredgecolor()


def test_treatments_of_ovary_and_uterus_are_told_apart(ev: evidence.Evidence) -> None:
    chosen = ["lujan2020", "anagani2021", "ma2020", "lee2020", "cao2018", "huang2022"]
    course = trajectory_rows.course(ev, "endometrial-thickness", studies=chosen)
    figure = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s")
    below = panel(figure, "Without a level")
    found = {text.get_text(): text.get_position()[1] for text in below.texts}
    first, second = found["Treatment of the ovary"], found["Treatment of the uterine lining"]
    beside = {text.get_text(): text.get_position()[1] for axes in figure.axes for text in axes.texts}
    assert first < beside["Anagani 2021: higher"] < second < beside["Cao 2018: higher"]
    names = [text for text in texts(figure) if text.startswith("Lujan")]
    assert len(names) == 1
    assert "◊" in names[0]
    assert not any("◊" in text for text in texts(figure) if text.startswith(("Ma 2020", "Lee 2020")))
    footer = figure.texts[-1].get_text().replace("\n", " ")
    assert "◊ treatment of the ovary" in footer
    assert "(ovary treated)" in footer
    alone = trajectory_rows.course(ev, "endometrial-thickness", studies=["lujan2020", "anagani2021"])
    shown = texts(trajectory_figures.trajectory(alone, scale="linear", title="t", subtitle="s"))
    assert not any("◊" in text or text.startswith("Treatment of") for text in shown)


@pytest.mark.parametrize(
    ("measure", "label"),
    [
        ("E2", "higher, no level; size where written"),
        ("ovarian-volume", "higher, no level; size where written"),
        ("AMH", "higher, no level"),
    ],
)
def test_the_legend_says_where_a_change_has_a_size(ev: evidence.Evidence, measure: str, label: str) -> None:
    course = trajectory_rows.course(ev, measure, studies=["igboeli2020", "zafardoust2023"])
    legend = trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s").legends[0]
    assert label in [text.get_text() for text in legend.get_texts()]
    sized = replace(course, changes=course.changes[course.changes["change"].notna()])
    if len(sized.changes):
        legend = trajectory_figures.trajectory(sized, scale="linear", title="t", subtitle="s").legends[0]
        assert "higher, size without a level" in [text.get_text() for text in legend.get_texts()]


def test_women_with_and_without_cells_together_stand_among_neither(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "FSH", studies=["ivi-ascot-poi-2020", "anagani2021"])
    below = panel(
        trajectory_figures.trajectory(course, scale="linear", title="t", subtitle="s"), "Without a level"
    )
    headings = [text.get_text() for text in below.texts if text.get_text().startswith("Women")]
    assert headings == ["Women treated with cells", "Women with and without cells, not reported apart"]
    assert "lower in 1." in trajectory_text.trajectories_conclusion([course])


def test_every_claim_is_counted_once_by_section_and_once_by_kind(ev: evidence.Evidence) -> None:
    verdicts = claims_rows.verdicts(ev)
    figure = claims_figures.verdict_bars(verdicts, title="t", subtitle="s", notes=("n",))
    for axes, by in zip(figure.axes, ("section", "kind"), strict=True):
        assert sum(int(text.get_text() or 0) for text in axes.texts) == len(verdicts)
        drawn = [patch.get_width() for patch in axes.patches if isinstance(patch, Rectangle)]
        assert sum(drawn) == len(verdicts)
        assert len(axes.get_yticks()) == verdicts[by].nunique()
    assert figure.get_figheight() <= style.TALLEST
    assert_nothing_clipped(figure)
    with pytest.raises(ValueError, match="no claim is left"):
        claims_figures.verdict_bars(verdicts.iloc[:0], title="t", subtitle="s")


def test_colours_stand_for_one_thing_each() -> None:
    assert set(style.CELL_SOURCE_COLOURS) == set(CELL_SOURCE)
    cells = set(style.CELL_SOURCE_COLOURS.values()) - {style.OTHER_COLOUR}
    assert len(cells) == len(CELL_SOURCE) - 1
    assert style.colour_of("something new") == style.OTHER_COLOUR


def keep_displayed(monkeypatch: pytest.MonkeyPatch, name: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Keep what is displayed, since there is no front end in a test."""
    shown: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def keep(data: dict[str, Any], *, raw: bool, metadata: dict[str, Any] | None = None) -> None:
        assert raw
        shown.append((data, metadata or {}))

    monkeypatch.setattr(name, keep)
    return shown


def test_the_png_has_the_colours_that_were_drawn() -> None:
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, 1))
        for place in range(400):
            colour = (place % 20 / 19, place // 20 / 19, 0.5)
            figure.add_artist(Rectangle((place / 400, 0), 1 / 400, 1, fc=colour, ec="none"))
        plain, ours = io.BytesIO(), io.BytesIO(page.png(figure))
        figure.savefig(plain, format="png")
    one, other = (np.asarray(Image.open(file).convert("RGB"), dtype=int) for file in (plain, ours))
    assert Image.open(ours).mode == "P"
    assert np.abs(one - other).max() < 40
    assert np.abs(one - other).mean() < 4


def test_a_figure_is_shown_as_png_and_svg_the_same_bytes_each_time(
    ev: evidence.Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = keep_displayed(monkeypatch, "helpers.show.page.display")
    for _ in range(2):
        page.show(
            count_forest.forest(
                outcome_rows(ev, study_id="yan2020"), title="Who gave birth?", subtitle="Counts."
            )
        )
    (first, metadata), (second, _) = shown
    assert first == second
    assert first["image/png"].startswith(b"\x89PNG")
    assert first["image/svg+xml"].lstrip().startswith("<?xml")
    assert first["text/plain"] == metadata["image/png"]["alt"] == "Who gave birth? Counts."


def test_a_table_is_shown_as_page_and_csv(ev: evidence.Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = keep_displayed(monkeypatch, "helpers.show.table.display")
    tables.depth_table(ev.select("outcomes")).show()
    assert set(shown[0][0]) == {"text/html", "text/csv", "text/plain"}
    assert shown[0][0]["text/csv"].startswith("reported by,available as,rows,studies\n")


def test_no_label_of_a_forest_reaches_into_the_plot(ev: evidence.Evidence) -> None:
    figure = count_forest.forest(outcome_rows(ev), title="t", subtitle="s")
    renderer = laid_out(figure)
    (axes,) = figure.axes
    left = axes.get_window_extent(renderer).x0
    first = min(text.get_position()[0] for text in axes.texts)
    labels = [text for text in axes.texts if first < text.get_position()[0] < first + 0.02]
    assert len(labels) == len(ev.outcomes)
    # A mark at 0 % is drawn half to the left of the axis.
    assert max(label.get_window_extent(renderer).x1 for label in labels) < left - 6


#: Figures whose first argument is no frame of rows.
NOT_OF_ROWS = {"flow_chart", "icon_arrays", "month_figure", "predicted_panels"}
DRAWING = [
    importlib.import_module(found.name)
    for package in (questions, show, intake)
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    if found.name.endswith(("figures", "figure", "forest"))
]
FIGURES = [
    draw
    for module in DRAWING
    for name, draw in vars(module).items()
    if inspect.isfunction(draw)
    and draw.__module__ == module.__name__
    and "Figure" in str(draw.__annotations__.get("return"))
    and not name.startswith("_")
    and name not in NOT_OF_ROWS
]


def test_every_question_draws() -> None:
    assert {draw.__module__.split(".")[2] for draw in FIGURES} > {
        "claims",
        "safety",
        "robustness",
        "count_forest",
    }


@pytest.mark.parametrize("draw", FIGURES, ids=lambda draw: draw.__name__)
def test_a_figure_of_raw_rows_names_the_function_that_makes_them(
    ev: evidence.Evidence, draw: Callable[..., Any]
) -> None:
    raw: Any = ev.select("studies" if draw.__name__ == "study_map" else "outcomes").head(3)
    _, *more = inspect.signature(draw).parameters.values()
    given = {value.name: raw for value in more if value.default is value.empty}
    with pytest.raises(ValueError, match=r"these rows cannot be drawn: .*; make them with") as error:
        draw(raw, **given)
    maker = str(error.value).partition("make them with ")[2]
    made = re.findall(r"\b(helpers\.[a-z_.]+)\.([a-z_]+)", maker)
    assert made or (Path(__file__).parents[1] / maker).is_file()
    assert all(callable(getattr(importlib.import_module(place), name)) for place, name in made), made
