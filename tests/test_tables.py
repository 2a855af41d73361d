"""Tidy rows, publication tables and their CSV."""

from __future__ import annotations

import csv
import io
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import Draft
from helpers import evidence, stats
from helpers.checks import check_numbers
from helpers.counts import changes, outcomes, selection
from helpers.counts.outcomes import EARLY, LONG, SHORT, UNKNOWN, horizon
from helpers.evidence.vocabulary import CHANGE_KIND
from helpers.questions.claims import rows as claims_rows
from helpers.questions.claims import tables
from helpers.questions.hormone_trajectories import (
    reference_change,
    variation,
)
from helpers.questions.hormone_trajectories import (
    rows as trajectory_rows,
)
from helpers.questions.hormone_trajectories import (
    text as trajectory_text,
)
from helpers.questions.outcomes import tables as outcomes_tables
from helpers.questions.study_report import rows as report_rows
from helpers.show import numbers, standard_tables, table
from shipped import WORDS

UNLABELLED = "spread not labelled in the source, its kind is our reading"


def rows_of(ev: evidence.Evidence, **filters: object) -> pd.DataFrame:
    selected = ev.select("outcomes", **filters)
    return outcomes.outcome_rows(ev, selected, interval="clopper-pearson", level=0.95)


@pytest.fixture(scope="module")
def every_count(ev: evidence.Evidence) -> pd.DataFrame:
    """All counts, described once; tests must not change them."""
    return rows_of(ev)


def test_outcome_rows_carry_the_exact_interval(ev: evidence.Evidence) -> None:
    row = rows_of(ev, study_id="yan2020", outcome="live-birth").iloc[0]
    assert (row["low"], row["high"]) == stats.proportion_interval(4, 61)
    assert (row["count_text"], row["interval_text"]) == ("4/61", "6.6 % (1.8 to 15.9)")
    assert (row["origin"], row["horizon"]) == ("the article only", UNKNOWN)
    assert row["section"] == "Ovary: live birth, time not printed"


def test_no_row_is_lost_and_none_is_pooled(ev: evidence.Evidence, every_count: pd.DataFrame) -> None:
    rows = every_count
    assert sorted(rows.index) == list(ev.outcomes.index)
    assert rows["name"].is_unique


def test_what_was_not_printed_has_no_interval_and_says_so(every_count: pd.DataFrame) -> None:
    rows = every_count
    no_total = rows[
        rows["events"].notna()
        & rows["total"].isna()
        & rows["percent_reported"].isna()
        & (rows["no_rate"] == "")
    ].iloc[0]
    assert no_total["count_text"] == f"{no_total['events']}/not printed"
    assert no_total["interval_text"] == "no percentage"
    assert math.isnan(no_total["low"])
    percent_only = rows[rows["events"].isna()].iloc[0]
    assert percent_only["count_text"] == "not printed"
    assert percent_only["interval_text"].endswith(" % printed")
    assert math.isnan(percent_only["low"])
    assert outcomes.count_values(percent_only)["events"] is None


def test_a_count_published_because_it_had_happened_has_no_proportion(every_count: pd.DataFrame) -> None:
    rows = every_count
    chosen = rows[rows["reporting"] == "event-triggered"]
    assert len(chosen)
    assert chosen[["proportion", "low", "high"]].isna().all(axis=None)
    assert set(chosen["interval_text"]) == {"no proportion: published because it had happened"}
    assert outcomes.count_values(chosen.iloc[0])["proportion"] is None


def test_a_total_above_the_women_enrolled_is_no_proportion(shipped_draft: Draft) -> None:
    ev = shipped_draft.load()
    found = {row for finding in check_numbers(ev, ["women-against-enrolled"]) for row in finding.evidence}
    rows = rows_of(ev)
    marked = rows[rows["no_rate"].str.startswith("total above")]
    assert set(marked["evidence_row"]) == {
        row for row in found if ev.outcomes["total"].iloc[int(row.split()[-1]) - 2] > 17
    }
    assert set(marked["study_id"]) == {"herraiz2018"}
    assert set(marked["count_text"]) == {"3/20"}
    assert set(marked["interval_text"]) == {"no proportion: total above the 17 women enrolled"}
    assert marked[["proportion", "low", "high"]].isna().all(axis=None)
    assert "no proportion: total above the 17 women enrolled" in set(
        outcomes_tables.outcome_table(rows, interval="clopper-pearson", level=0.95).rows["percent (95 % CI)"]
    )
    # The rule names no study: any other count that breaks it is marked, and this one no longer when it fits.
    shipped_draft.change(
        "outcomes", shipped_draft.row("outcomes", study_id="yan2020", outcome="live-birth"), total="62"
    )
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="herraiz2018"), n_enrolled="20")
    rows = rows_of(shipped_draft.load(), outcome="live-birth", role="cited").set_index("study_id")
    assert rows.at["yan2020", "no_rate"] == "total above the 61 women enrolled"
    assert rows.loc[["herraiz2018"], "proportion"].tolist() == [3 / 20] * 2


def test_ovary_and_uterus_never_share_a_block(every_count: pd.DataFrame) -> None:
    rows = every_count
    assert (rows.groupby("section")["tissue"].nunique() == 1).all()
    assert list(dict.fromkeys(rows["section"].str.partition(": ")[0])) == ["Ovary", "Uterus"]
    built = outcomes_tables.outcome_table(rows, interval="clopper-pearson", level=0.95)
    assert set(built.rows["section"]) == set(rows["section"])


def test_who_the_women_were_is_in_label_and_table(ev: evidence.Evidence) -> None:
    rows = rows_of(ev, study_id="letur2004", outcome="pregnancy")
    words = "POF or occult ovarian insufficiency, waiting for donor oocytes"
    assert rows["label"].str.startswith(f"Letur 2004 ({words})").all()
    built = outcomes_tables.outcome_table(rows, interval="clopper-pearson", level=0.95)
    assert set(built.rows["condition"]) == {f"POI: {words}"}


def test_rows_are_sorted_by_outcome_and_horizon(ev: evidence.Evidence) -> None:
    rows = rows_of(ev, outcome=["menses-resumed", "pregnancy"])
    sections = [
        f"{organ}: {outcome}, {horizon}"
        for organ in ("Ovary", "Uterus")
        for outcome in ("pregnancy", "menses resumed")
        for horizon in (EARLY, SHORT, LONG, UNKNOWN)
    ]
    assert list(dict.fromkeys(rows["section"])) == [
        name for name in sections if (rows["section"] == name).any()
    ]


def test_cited_studies_come_first_and_comparators_below_the_cells(ev: evidence.Evidence) -> None:
    rows = rows_of(ev, outcome="live-birth")
    for _, section in rows.groupby("section"):
        roles = section["role"].map(["cited", "treatment", "background"].index)
        assert roles.is_monotonic_increasing
    zhu = rows[rows["study_id"] == "zhu2023"]
    assert zhu["arm_kind"].tolist() == ["cells", "comparator"]
    assert zhu["label"].tolist() == [
        "Zhu 2023 (moderate to severe adhesions)",
        "Zhu 2023 (moderate to severe adhesions), Foley balloon only",
    ]


def test_a_label_says_what_is_counted_where_it_is_not_women(every_count: pd.DataFrame) -> None:
    rows = every_count
    others = rows[rows["total_unit"].notna() & (rows["total_unit"] != "women")]
    assert len(others)
    for row in others.itertuples():
        assert f"of {row.total_unit}" in str(row.label) or str(row.label).endswith("…")


def test_studies_are_chosen_by_role_and_tissue(ev: evidence.Evidence) -> None:
    chosen = selection.chosen_studies(ev, studies=["all"], role=["cited", "treatment"], tissue=["ovary"])
    known = ev.studies.set_index("study_id").loc[chosen]
    assert set(known["role"]) == {"cited", "treatment"}
    assert set(known["tissue"]) == {"ovary"}
    everything = selection.chosen_studies(ev, studies=["all"], role=["all"], tissue=["all"])
    assert everything == list(ev.studies["study_id"])
    assert selection.chosen_studies(ev, studies=["yan2020"], role=["cited"], tissue=["all"]) == ["yan2020"]


def test_a_study_that_was_named_is_not_lost_in_silence(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match=r"leave out bidet2011 \(background, ovary\); choose role=all"):
        selection.chosen_studies(ev, studies=["yan2020", "bidet2011"], role=["cited"], tissue=["all"])
    with pytest.raises(ValueError, match="did you mean 'yan2020'"):
        selection.chosen_studies(ev, studies=["yan2021"], role=["all"], tissue=["all"])


def test_a_study_that_a_user_adds_is_chosen(shipped_draft: Draft) -> None:
    shipped_draft.add("studies", study_id="new2027", label="New 2027", role="treatment", overlaps_with="")
    ev = shipped_draft.load()
    assert "new2027" in selection.chosen_studies(
        ev, studies=["all"], role=["cited", "treatment"], tissue=["all"]
    )


def test_names_stay_unique_when_one_source_tells_twice(shipped_draft: Draft) -> None:
    shipped_draft.add("outcomes", locator="another page")
    assert rows_of(shipped_draft.load())["name"].is_unique


def test_horizons_follow_the_criteria(ev: evidence.Evidence) -> None:
    months = pd.Series([0.5, 1, 6, 6.1, None])
    assert list(horizon(months, ev.criteria)) == [EARLY, SHORT, SHORT, LONG, UNKNOWN]
    moved = ev.criteria.assign(to_months=ev.criteria["to_months"].replace(6, 12))
    assert list(horizon(months, moved)) == [EARLY, SHORT, SHORT, SHORT, UNKNOWN]


@pytest.mark.parametrize(
    ("proportion", "text"), [(13 / 16, "81.3"), (4 / 61, "6.6"), (0.0005, "0.1"), (1, "100.0"), (0, "0.0")]
)
def test_percent_rounds_halves_up(proportion: float, text: str) -> None:
    assert numbers.percent(proportion) == text


def test_a_course_keeps_levels_changes_and_limits_apart(ev: evidence.Evidence) -> None:
    cited = selection.chosen_studies(ev, studies=["all"], role=["cited"], tissue=["all"])
    course = trajectory_rows.course(ev, "E2", studies=cited)
    labels = list(ev.studies.loc[ev.studies["role"] == "cited", "label"])
    assert (course.unit, course.studies, course.cited) == ("pmol/L", labels, labels)
    assert course.silent == ["Cao 2018", "Herraiz 2018"]
    assert course.levels["text"].tolist() == [f"median 40 pmol/L, quartiles 37 to 102, n = 61; {UNLABELLED}"]
    assert course.changes["text"].tolist() == ["higher, no figure"] * 3 + ["+150 %"]
    assert course.changes["origin"].tolist()[-1] == "the article only"
    assert course.thresholds["label"].tolist() == [
        "above 56.9 (converted): POI, days 1-5 of withdrawal bleeding: follicle growth or ovulation in the cycle",
        "above 184 (converted): POI: ovarian follicle function at weekly sampling and 1 more",
        "below 184 (converted): POI, MSC review and 1 more",
    ]


def test_a_course_in_another_unit(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "E2", studies=["yan2020"], unit="pg/mL")
    assert course.levels["centre"].tolist() == [pytest.approx(40 / 3.671)]
    assert course.levels["text"].tolist() == [
        f"median 10.9 pg/mL, quartiles 10.1 to 27.8, n = 61; converted from pmol/L; {UNLABELLED}"
    ]
    assert course.thresholds["value"].tolist() == [pytest.approx(15.5), pytest.approx(50), pytest.approx(50)]
    assert course.studies == ["Yan 2020"]


def test_a_mean_is_not_made_of_a_median(shipped_draft: Draft) -> None:
    row = shipped_draft.row("measurements", measure="FSH")
    shipped_draft.change("measurements", row, median="", q1="", q3="", mean="50", sd="10")
    level = trajectory_rows.course(shipped_draft.load(), "FSH", studies=["yan2020"]).levels.iloc[0]
    assert (level["centre"], level["sd_low"], level["sd_high"]) == (50, 40, 60)
    assert level["text"] == f"mean 50 ± 10 IU/L (SD), n = 61; {UNLABELLED}"


@pytest.mark.parametrize(
    ("cells", "statistic", "text"),
    [
        ({"mean": "50", "sd": "10"}, "mean", "mean 50 ± 10 IU/L (SD), n = 9"),
        ({"mean": "50", "se": "2"}, "mean", "mean 50 ± 2 IU/L (SE), n = 9"),
        ({"mean": "50", "sd": "10", "se": "2"}, "mean", "mean 50 ± 10 IU/L (SD), SE 2, n = 9"),
        ({"median": "50", "q1": "40", "q3": "70"}, "median", "median 50 IU/L, quartiles 40 to 70, n = 9"),
        ({"mean": "50", "minimum": "2", "maximum": "90"}, "mean", "mean 50 IU/L, range 2 to 90, n = 9"),
        ({"minimum": "2", "maximum": "90"}, "range", "range 2 to 90 IU/L, n = 9"),
        ({"mean": "50", "note": "geometric mean"}, "geometric mean", "geometric mean 50 IU/L, n = 9"),
        ({"text_value": "58"}, "not stated", "58 IU/L, statistic not stated, n = 9"),
        ({"mean": "50", "text_value": "50 ± 3"}, "mean", "mean 50 IU/L, n = 9; printed as 50 ± 3"),
        ({"mean": "50", "n": ""}, "mean", "mean 50 IU/L, n not printed"),
        (
            {"mean": "50", "extraction": "digitised", "note": "error 1"},
            "mean", "mean 50 IU/L, n = 9; read off a figure",
        ),
        ({"mean": "1234.5"}, "mean", "mean 1234.5 IU/L, n = 9"),
    ],
)  # fmt: skip
def test_a_level_names_its_statistic_and_its_spread(
    shipped_draft: Draft, cells: dict[str, str], statistic: str, text: str
) -> None:
    row = shipped_draft.row("measurements", measure="FSH")
    blank = dict.fromkeys(["median", "q1", "q3", "note"], "")
    shipped_draft.change("measurements", row, **{**blank, "n": "9", **cells})
    level = trajectory_rows.course(shipped_draft.load(), "FSH", studies=["yan2020"]).levels.iloc[0]
    assert (level["statistic"], level["text"]) == (statistic, text)


@pytest.mark.parametrize(
    ("text_value", "unit", "text"),
    [
        ("0.13", "", "before: 0.13, unit not printed"),
        ("<0.1", "ng/mL", "before: <0.1 ng/mL"),
        ("undetectable", "ng/mL", "before: undetectable"),
    ],
)
def test_what_is_no_level_keeps_its_unit_or_says_that_it_has_none(
    shipped_draft: Draft, text_value: str, unit: str, text: str
) -> None:
    row = shipped_draft.row("measurements", measure="AMH", study_id="saharkhiz2024", timepoint_months="0")
    shipped_draft.change("measurements", row, text_value=text_value, unit=unit)
    course = trajectory_rows.course(shipped_draft.load(), "AMH", studies=["saharkhiz2024"], unit="pmol/L")
    assert course.described["text"].iloc[0] == text


def test_levels_of_other_women_or_another_statistic_are_other_lines(shipped_draft: Draft) -> None:
    later = {"study_id": "yan2020", "arm_id": "cells", "measure": "FSH", "unit": "IU/L", "q1": "", "q3": ""}
    places = iter(range(9))
    for cells in (
        {"median": "50", "timepoint_months": "6"},
        {"median": "50", "timepoint_months": "", "subgroup": "after-treatment"},
        {"median": "50", "timepoint_months": "6", "subgroup": "POI"},
        {"median": "", "mean": "50", "timepoint_months": "6"},
        {"median": "50", "timepoint_months": "6", "subject": "patient-1", "n": "1"},
    ):
        shipped_draft.add("measurements", **later, **cells, locator=f"page {next(places)}")
    levels = trajectory_rows.course(shipped_draft.load(), "FSH", studies=["yan2020"]).levels
    assert levels.groupby("line", sort=False).size().tolist() == [3, 1, 1, 1]
    assert levels["name"].is_unique


def test_a_row_with_a_median_and_a_mean_is_two_levels(shipped_draft: Draft) -> None:
    row = shipped_draft.row("measurements", measure="FSH")
    shipped_draft.change("measurements", row, mean="55", sd="9")
    levels = trajectory_rows.course(shipped_draft.load(), "FSH", studies=["yan2020"]).levels
    assert levels["level_text"].tolist() == ["median 53.12, quartiles 42.42 to 63.72", "mean 55 ± 9 (SD)"]
    assert levels["name"].is_unique
    report = report_rows.study_rows(shipped_draft.load(), "yan2020", level=0.95).measurements
    (text,) = report.loc[report["measure"] == "FSH", "level_text"]
    assert text == "median 53.12, quartiles 42.42 to 63.72; mean 55 ± 9 (SD)"


def test_a_single_patient_is_no_cohort(shipped_draft: Draft) -> None:
    row = shipped_draft.row("measurements", measure="FSH")
    shipped_draft.change(
        "measurements", row, subject="patient-1", n="1", median="", q1="", q3="", mean="41.2"
    )
    level = trajectory_rows.course(shipped_draft.load(), "FSH", studies=["yan2020"]).levels.iloc[0]
    assert level["text"] == "one patient: 41.2 IU/L"


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ({"change": "2", "change_kind": "fold"}, "×2"),
        ({"change": "-18", "change_kind": "percent"}, "−18 %"),
        ({"change": "1.5", "change_kind": "absolute"}, "+1.5 in the unit of the source"),
        (
            {"change": "-1.5", "change_kind": "md", "low": "-2", "high": "-1"},
            "mean difference −1.5 in the unit of the source, CI −2 to −1",
        ),
        ({"direction": "none"}, "no clear change, no figure"),
        ({"compared_with": "control-arm"}, "higher, no figure (against: control arm)"),
        ({"compared_with": "not-stated"}, "higher, no figure (against: not stated)"),
        ({"direction": "", "change": "1.4", "change_kind": "rr"}, "1.4 (risk ratio)"),
    ],
)
def test_changes_in_words(shipped_draft: Draft, cells: dict[str, str], text: str) -> None:
    shipped_draft.change("changes", shipped_draft.row("changes", measure="AFC"), **cells)
    course = trajectory_rows.course(shipped_draft.load(), "AFC", studies=["herraiz2018"])
    assert course.changes["text"].tolist() == [text]


@pytest.mark.parametrize("compared_with", WORDS["compared-with"])
@pytest.mark.parametrize("kind", CHANGE_KIND)
def test_every_word_of_the_vocabulary_can_be_told(
    ev: evidence.Evidence, compared_with: str, kind: str
) -> None:
    selected = ev.select("changes", study_id="herraiz2018", measure="AFC")
    (text,) = changes.change_rows(selected.assign(compared_with=compared_with, change_kind=kind, change=2.0))[
        "text"
    ]
    assert "2" in text
    assert (compared_with == "baseline") == ("against" not in text)


def test_changes_of_different_measures_are_never_joined(ev: evidence.Evidence) -> None:
    rows = changes.change_rows(ev.select("changes", study_id="cao2018"))
    assert set(rows["measure"]) == {
        "endometrial-thickness",
        "adhesion-score",
        "ER-alpha",
        "vimentin",
        "Ki67",
        "vWF",
        "deltaNP63",
    }


def test_sources_that_tell_the_same_change_are_one_row(ev: evidence.Evidence) -> None:
    rows = trajectory_rows.course(ev, "E2", studies=["igboeli2020"]).changes
    third = rows[rows["to_months"] == 3]
    assert third["citation"].tolist() == ["menopause-aid.blogspot.com 2018; vechnayamolodost.ru"]


def test_levels_in_words_and_classes_are_kept(ev: evidence.Evidence) -> None:
    amh = trajectory_rows.course(ev, "AMH", studies=["yan2020"]).described
    assert amh["text"].tolist() == ["before, ng/mL: below 0.06 in 45/61; 0.06 to 0.54 in 16/61"]
    volume = trajectory_rows.course(ev, "ovarian-volume", studies=["igboeli2020"]).described
    assert volume["text"].tolist() == ["before: about 0.33 of normal"]
    thickness = trajectory_rows.course(ev, "endometrial-thickness", studies=["ma2020", "nagori2011"])
    assert thickness.described["text"].tolist() == [
        "patient 1, time not printed: thin single-line endometrium on day-3 scan"
    ]
    untimed = thickness.levels[thickness.levels["timepoint_months"].isna()]
    assert untimed["level_text"].tolist() == ["mean 7.5 ± 0.6 (SD)", "8"]


def test_classes_of_a_study_without_results_are_no_report(ev: evidence.Evidence) -> None:
    course = trajectory_rows.course(ev, "AMH", studies=["all"])
    classed = ev.select("baseline", characteristic="AMH-class")["study_label"]
    assert set(classed) - set(course.studies)
    assert set(course.described["study_label"]) <= set(course.studies)


def test_limits_that_range_are_bands(ev: evidence.Evidence) -> None:
    limits = trajectory_rows.course(ev, "AMH", studies=["all"]).thresholds
    band = limits[limits["upper"].notna()].iloc[0]
    assert (band["value"], band["upper"]) == (0.5, 1.1)
    assert band["label"].startswith("0.5 to 1.1: poor response")


def test_a_measure_without_unit_has_no_course(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="'BMI' has no levels to draw; choose one of: FSH"):
        trajectory_rows.course(ev, "BMI", studies=["all"])
    with pytest.raises(ValueError, match="is no unit of FSH"):
        trajectory_rows.course(ev, "FSH", studies=["all"], unit="ng/mL")


def test_a_unit_that_is_not_one_of_every_marker_is_refused_at_once(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match=r"'pg/mL' is no unit of FSH, AMH; choose markers of that unit"):
        trajectory_rows.courses(ev, ["E2", "FSH", "AMH"], studies=["all"], unit="pg/mL")
    with pytest.raises(ValueError, match="'BMI' has no levels to draw"):
        trajectory_rows.courses(ev, ["E2", "BMI"], studies=["all"], unit="pg/mL")
    assert [
        course.unit for course in trajectory_rows.courses(ev, ["FSH", "LH"], studies=["all"], unit="U/L")
    ] == ["U/L"] * 2


def test_a_marker_that_is_no_list_is_refused(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match=r"measure is a list of markers: write \['AMH'\] instead of 'AMH'"):
        trajectory_rows.courses(ev, "AMH", studies=["all"])  # type: ignore[arg-type]


def test_the_unit_of_the_page_holds_for_changes_and_leaves_their_verdict(ev: evidence.Evidence) -> None:
    bands = reference_change.noise_bands(ev, ["E2", "AMH"])
    for measure, unit in (("E2", "pg/mL"), ("AMH", "pmol/L")):
        here, there = (
            variation.judged_changes([trajectory_rows.course(ev, measure, studies=["all"], unit=unit)], bands)
            for unit in ("canonical", unit)
        )
        assert len(here)
        assert here["verdict"].tolist() == there["verdict"].tolist()
        assert here["before"].tolist() == pytest.approx(there["before"].tolist(), nan_ok=True)
        levels = there[there["before"].notna()]
        assert levels["text"].str.contains(unit).all()


def test_course_summary_counts_rows(ev: evidence.Evidence) -> None:
    studies = ["cao2018", "herraiz2018", "igboeli2020", "yan2020"]
    courses = [trajectory_rows.course(ev, name, studies=studies) for name in ("FSH", "E2")]
    assert trajectory_rows.course_summary(courses)[["before", "after", "changes"]].to_numpy().tolist() == [
        [1, 0, 0],
        [1, 0, 4],
    ]
    (thickness,) = trajectory_rows.courses(ev, ["endometrial-thickness"], studies=["ma2020", "nagori2011"])
    summary = trajectory_rows.course_summary([thickness]).iloc[0]
    assert summary[["before", "after", "untimed"]].tolist() == [1, 0, 2]
    assert len(trajectory_rows.joined(course.levels for course in courses)) == 2
    assert trajectory_rows.joined([courses[0].changes]).empty


def test_a_study_report_has_all_rows_of_the_study(ev: evidence.Evidence) -> None:
    names = ("outcomes", "baseline", "measurements", "changes", "statements", "discrepancies")
    # One study of each kind: which tables have rows of it, and from which times its levels are.
    who, months = ev.measurements["study_id"], ev.measurements["timepoint_months"]
    reported = [ev.tables[name]["study_id"] for name in names]
    reported += [who.loc[when] for when in (months.le(0), months.gt(0), months.isna())]
    kinds = pd.DataFrame([ev.studies["study_id"].isin(rows) for rows in reported]).T
    for study_id in ev.studies["study_id"][~kinds.duplicated()]:
        study = report_rows.study_rows(ev, study_id, level=0.95)
        for name in names:
            assert len(getattr(study, name)) == (ev.tables[name]["study_id"] == study_id).sum(), (
                study_id,
                name,
            )
        assert set(study.outcomes["source_id"]) <= set(study.sources["source_id"])
        parts = [study.before, study.after, study.untimed]
        assert sorted(row for part in parts for row in part.index) == sorted(study.measurements.index)
        assert study.before["timepoint_months"].le(0).all()
        assert not study.after["timepoint_months"].le(0).any()
        assert study.untimed["timepoint_months"].isna().all()
    with pytest.raises(ValueError, match="did you mean 'yan2020'"):
        report_rows.study_rows(ev, "yan2021", level=0.95)


def test_a_study_report_draws_every_marker_with_a_unit_that_was_reported_after_treatment(
    ev: evidence.Evidence,
) -> None:
    drawn = {
        study: trajectory_rows.study_courses(ev, study)
        for study in ("yan2020", "igboeli2020", "saharkhiz2024")
    }
    assert drawn["saharkhiz2024"]
    for study, courses in drawn.items():
        rows = [
            *ev.select("measurements", study_id=study).query("timepoint_months != 0")["measure"],
            *ev.changes.loc[ev.changes["study_id"] == study, "measure"],
        ]
        known = {measure for measure in rows if evidence.known_units(measure)}
        assert {course.measure for course in courses} == known, study
        assert all(len(course.studies) == 1 for course in courses)
    sentences = trajectory_text.study_courses_sentence(drawn["saharkhiz2024"], "Saharkhiz 2024")
    assert sentences.startswith("Reported after treatment: ")
    assert trajectory_text.study_courses_sentence([], "A 2027").endswith(
        "of a marker that is measured in a unit."
    )


HOSTILE = "<img src=x onerror=alert(1)>&\"'"


def test_markup_in_a_cell_is_escaped_on_the_page() -> None:
    frame = pd.DataFrame({"a": [HOSTILE], "g": [HOSTILE]})
    built = table.table(frame, {"a": HOSTILE}, title=HOSTILE, note=HOSTILE, group="g")
    page = built.html
    assert "<img" not in page
    assert page.count("&lt;img src=x onerror=alert(1)&gt;") == 5


def test_the_outcome_table_shows_basis_and_depth(ev: evidence.Evidence) -> None:
    built = outcomes_tables.outcome_table(
        rows_of(ev, study_id="yan2020"), interval="clopper-pearson", level=0.95
    )
    assert list(built.rows["total: unit, basis"]) == ["women, enrolled"] * 4
    assert "the article only, full-text" in set(built.rows["reported by, available as"])
    assert "the article under review; clinical case 2" in set(built.rows["source and place"])
    assert built.rows["percent (95 % CI)"].iloc[0] == "6.6 % (1.8 to 15.9)"


def test_a_table_without_rows_says_so() -> None:
    built = table.table(pd.DataFrame({"a": []}), {"a": "a"}, title="Nothing")
    assert "Nothing was reported in the text available to us." in built.html


def test_a_table_is_the_same_bytes_each_time(ev: evidence.Evidence) -> None:
    pages = {outcomes_tables.depth_table(ev.select("outcomes")).html for _ in range(2)}
    assert len(pages) == 1


def test_depth_counts_every_row(ev: evidence.Evidence) -> None:
    assert outcomes_tables.depth_table(ev.select("outcomes")).rows["rows"].sum() == len(ev.outcomes)


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")'])
def test_formulas_are_defused(text: str) -> None:
    (line,) = csv.DictReader(io.StringIO(table.csv_text(pd.DataFrame({"a": [text], "b": [1]}))))
    assert line["a"] == f"'{text}"


def test_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"a": [-1.5, 0.1 + 0.2], "b": ["-1.5", "+2"], "c": [None, "x"]})
    assert table.csv_text(frame) == "a,b,c\n-1.5,-1.5,\n0.3,+2,x\n"


def test_lists_become_text() -> None:
    assert table.csv_text(pd.DataFrame({"a": [["x", "y"], []]})) == 'a\nx; y\n""\n'


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=20), min_size=1, max_size=5
    )
)
def test_no_text_comes_out_as_a_formula(values: list[str]) -> None:
    lines = list(csv.reader(io.StringIO(table.csv_text(pd.DataFrame({"a": values, "n": 0})), newline="")))[1:]
    assert len(lines) == len(values)
    for (cell, _), value in zip(lines, values, strict=True):
        assert cell.removeprefix("'") == value.removeprefix("'")
        if cell[:1] in set("=+-@\t"):
            assert float(cell) is not None


def test_the_recurring_tables_show_every_row_with_its_source(ev: evidence.Evidence) -> None:
    study = report_rows.study_rows(ev, "yan2020", level=0.95)
    courses = [trajectory_rows.course(ev, name, studies=["all"]) for name in ("E2", "AMH")]
    summary, verdicts = trajectory_rows.course_summary(courses), claims_rows.verdicts(ev)
    described = courses[1].described.assign(measure="AMH")
    limits = courses[1].thresholds.assign(measure="AMH", unit="ng/mL")
    built = {
        "source": [
            (standard_tables.level_table(study.measurements), study.measurements),
            (standard_tables.change_table(study.changes), study.changes),
            (standard_tables.baseline_table(study.baseline), study.baseline),
            (standard_tables.statement_table(study.statements), study.statements),
            (standard_tables.described_table(described), described),
            (standard_tables.arm_table(ev.select("arms", kind="cells")), ev.select("arms", kind="cells")),
            (standard_tables.discrepancy_table(study.discrepancies), study.discrepancies),
        ],
        "evidence rows": [(tables.verdict_table(verdicts, doubts={}), verdicts)],
        "document": [(standard_tables.documents_table(study.sources, title="t"), study.sources)],
        "limit": [(standard_tables.limit_table(limits), limits)],
        "unit": [(standard_tables.summary_table(summary), summary)],
    }
    for column, pairs in built.items():
        for made, rows in pairs:
            assert len(made.rows) == len(rows) > 0, made.title
            assert made.rows[column].notna().all(), made.title
