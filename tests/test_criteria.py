"""How a study stands to a criterion is a rule over evidence rows."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from damage import append, edit, row_where
from helpers import evidence, figures, narrative, results, tables
from helpers.evidence import State, bearing, criteria
from helpers.evidence.vocabulary import CHANGE_MEASURE

ARTICLE, REVIEW = "hjt-article", "review-ijms2023"
BLANK = dict.fromkeys(
    ("subgroup", "from_months", "change", "change_kind", "low", "high", "p_value", "note"), ""
)


def state(folder: Path, study: str, criterion: str) -> Any:
    judged = evidence.criteria_judged(evidence.load(folder))
    return judged.set_index(["study_id", "criterion_id"]).loc[(study, criterion)]


def change(folder: Path, study: str, measure: str, direction: str, to_months: str, **cells: str) -> int:
    """Add a change of the treated women of a study, told by its own paper."""
    own = {
        "study_id": study,
        "arm_id": "cells",
        "subject": "cohort",
        "source_id": study,
        "locator": "table 9",
    }
    told = {"measure": measure, "direction": direction, "to_months": to_months, "compared_with": "baseline"}
    return append(folder, "changes", **{**BLANK, **own, **told, **cells})


def count(folder: Path, study: str, outcome: str, events: str, months: str, **cells: str) -> int:
    """Add a count of the treated women of a study, told by its own paper."""
    own = {
        "study_id": study,
        "arm_id": "cells",
        "source_id": study,
        "locator": "table 9",
        "subgroup": "",
        "note": "",
    }
    told = {
        "outcome": outcome,
        "events": events,
        "timepoint_months": months,
        "total": "10",
        "total_unit": "women",
    }
    rest = {"total_basis": "reported", "percent_reported": "", "extraction": "reported"}
    return append(folder, "outcomes", **{**own, **told, **rest, **cells})


def level(folder: Path, study: str, measure: str, months: str, unit: str, **cells: str) -> int:
    """Add a level of the treated women of a study, told by its own paper."""
    own = {
        "study_id": study,
        "arm_id": "cells",
        "subject": "cohort",
        "source_id": study,
        "locator": "table 9",
    }
    values = dict.fromkeys(("mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum", "text_value"), "")
    told = {"measure": measure, "timepoint_months": months, "unit": unit, "n": "", "extraction": "reported"}
    return append(folder, "measurements", **{"subgroup": "", "note": "", **own, **values, **told, **cells})


def test_a_row_of_the_study_flips_the_state(data: Path) -> None:
    before = state(data, "yan2020", "s-fsh")
    assert before["state"] == State.NOT_REPORTED
    assert before["evidence"] == []
    row = change(data, "yan2020", "FSH", "down", "3")
    after = state(data, "yan2020", "s-fsh")
    assert after["state"] == State.MET
    assert after["evidence"] == [f"changes row {row}"]
    assert after["sources"] == ["yan2020"]
    assert "no size printed" in after["reason"]
    assert state(data, "yan2020", "l-fsh-normal")["state"] == State.ELSEWHEN


@pytest.mark.parametrize(("direction", "expected"), [("up", State.NOT_MET), ("none", State.NOT_MET)])
def test_another_direction_does_not_meet_it(data: Path, direction: str, expected: State) -> None:
    change(data, "yan2020", "FSH", direction, "3")
    assert state(data, "yan2020", "s-fsh")["state"] == expected


def test_rows_that_disagree_meet_it_in_part(data: Path) -> None:
    change(data, "yan2020", "FSH", "down", "3")
    change(data, "yan2020", "FSH", "up", "6")
    assert state(data, "yan2020", "s-fsh")["state"] == State.IN_PART


def test_steady_is_enough_where_the_article_says_so(data: Path) -> None:
    change(data, "yan2020", "AMH", "none", "12")
    assert state(data, "yan2020", "l-amh")["state"] == State.MET


@pytest.mark.parametrize(
    ("source", "expected", "told"),
    [(ARTICLE, State.ON_WORD, "the article only"), (REVIEW, State.ON_WORD, "review or press"), ("yan2020", State.MET, "paper or registry")],
)  # fmt: skip
def test_who_tells_it_decides(data: Path, source: str, expected: State, told: str) -> None:
    change(data, "yan2020", "FSH", "down", "3", source_id=source)
    judged = state(data, "yan2020", "s-fsh")
    assert (judged["state"], judged["told_by"]) == (expected, told)


def test_the_study_is_heard_before_others_and_the_article_last(data: Path) -> None:
    change(data, "yan2020", "FSH", "down", "3", source_id=ARTICLE)
    change(data, "yan2020", "FSH", "up", "3", source_id=REVIEW)
    judged = state(data, "yan2020", "s-fsh")
    assert (judged["state"], judged["told_by"]) == (State.NOT_MET, "review or press")
    change(data, "yan2020", "FSH", "down", "4")
    judged = state(data, "yan2020", "s-fsh")
    assert (judged["state"], judged["told_by"]) == (State.MET, "paper or registry")
    assert len(judged["evidence"]) == 3


@pytest.mark.parametrize(
    ("months", "short", "long"),
    [
        ("0.99", State.ELSEWHEN, State.ELSEWHEN),
        ("1", State.MET, State.ELSEWHEN),
        ("6", State.MET, State.ELSEWHEN),
        ("6.01", State.ELSEWHEN, State.MET),
        ("", State.UNDATED, State.UNDATED),
    ],
)
def test_the_window_of_a_criterion(data: Path, months: str, short: State, long: State) -> None:
    change(data, "yan2020", "AMH", "up", months)
    assert state(data, "yan2020", "s-amh")["state"] == short
    assert state(data, "yan2020", "l-amh")["state"] == long


def test_the_window_is_the_criterions_own(data: Path) -> None:
    change(data, "yan2020", "AMH", "up", "9")
    edit(data, "criteria", row_where(data, "criteria", criterion_id="l-amh"), from_months="12")
    assert state(data, "yan2020", "l-amh")["state"] == State.ELSEWHEN


@pytest.mark.parametrize(("events", "expected"), [("0", State.NOT_MET), ("1", State.MET), ("10", State.MET)])
def test_one_event_meets_a_criterion_on_some_patients(data: Path, events: str, expected: State) -> None:
    count(data, "yan2020", "natural-pregnancy", events, "12")
    judged = state(data, "yan2020", "l-natural-pregnancy")
    assert judged["state"] == expected
    assert f"{events} of 10 women" in judged["reason"]


def test_an_earlier_nought_does_not_undo_an_event(data: Path) -> None:
    count(data, "yan2020", "natural-pregnancy", "0", "8")
    count(data, "yan2020", "natural-pregnancy", "2", "12")
    assert state(data, "yan2020", "l-natural-pregnancy")["state"] == State.MET


def test_a_count_alone_shows_no_higher_rate(data: Path) -> None:
    count(data, "yan2020", "art-pregnancy", "4", "12")
    assert state(data, "yan2020", "l-art-pregnancy")["state"] == State.UNJUDGED
    change(data, "yan2020", "art-pregnancy", "up", "12", compared_with="control-arm")
    assert state(data, "yan2020", "l-art-pregnancy")["state"] == State.MET


def test_a_birth_shows_a_natural_one_in_part(data: Path) -> None:
    count(data, "yan2020", "live-birth", "4", "12")
    judged = state(data, "yan2020", "l-live-birth")
    assert judged["state"] == State.IN_PART
    assert "way of conception" in judged["reason"]
    count(data, "yan2020", "natural-live-birth", "1", "12")
    assert state(data, "yan2020", "l-live-birth")["state"] == State.MET


def test_a_level_is_held_against_one_of_the_same_women_in_the_same_document(data: Path) -> None:
    row = level(data, "yan2020", "FSH", "3", "IU/L", median="40", source_id=REVIEW)
    assert state(data, "yan2020", "s-fsh")["state"] == State.UNJUDGED
    edit(data, "measurements", row, source_id="yan2020", subgroup="part of them")
    assert state(data, "yan2020", "s-fsh")["state"] == State.UNJUDGED
    edit(data, "measurements", row, subgroup="")
    assert state(data, "yan2020", "s-fsh")["state"] == State.MET
    edit(data, "measurements", row, median="60")
    assert state(data, "yan2020", "s-fsh")["state"] == State.NOT_MET


def test_a_median_is_never_held_against_a_mean(data: Path) -> None:
    row_where(data, "measurements", study_id="yan2020", measure="FSH", timepoint_months="0", mean="")
    row = level(data, "yan2020", "FSH", "3", "IU/L", mean="30")
    assert state(data, "yan2020", "s-fsh")["state"] == State.UNJUDGED
    edit(data, "measurements", row, mean="", median="30")
    judged = state(data, "yan2020", "s-fsh")
    assert judged["state"] == State.MET
    assert "median 30 IU/L, 53.1 before treatment" in judged["reason"]


@pytest.mark.parametrize(
    ("median", "unit", "expected"),
    [("150", "pmol/L", State.MET), ("50", "pmol/L", State.NOT_MET), ("50", "pg/mL", State.MET)],
)
def test_a_normal_level_lies_in_the_reference_range(
    data: Path, median: str, unit: str, expected: State
) -> None:
    level(data, "yan2020", "E2", "3", unit, median=median)
    assert state(data, "yan2020", "s-e2-normal")["state"] == expected


def test_ranges_that_disagree_meet_it_in_part(data: Path) -> None:
    level(data, "yan2020", "FSH", "9", "IU/L", median="12")
    assert state(data, "yan2020", "l-fsh-normal")["state"] == State.IN_PART


def test_what_stays_normal_needs_two_times(data: Path) -> None:
    level(data, "yan2020", "FSH", "9", "IU/L", median="6")
    assert state(data, "yan2020", "l-fsh-normal")["state"] == State.IN_PART
    level(data, "yan2020", "FSH", "12", "IU/L", median="6")
    assert state(data, "yan2020", "l-fsh-normal")["state"] == State.MET


def test_a_level_without_a_range_and_a_direction_alone_cannot_be_judged(data: Path) -> None:
    level(data, "yan2020", "blood-lipids", "9", "mmol/L", mean="5")
    judged = state(data, "yan2020", "l-blood-lipids")
    assert judged["state"] == State.UNJUDGED
    assert "no reference range" in judged["reason"]
    change(data, "yan2020", "E2", "up", "9")
    assert state(data, "yan2020", "l-e2-normal")["state"] == State.UNJUDGED


def test_a_level_normal_before_treatment_is_no_return_to_normal(data: Path) -> None:
    edit(
        data,
        "measurements",
        row_where(data, "measurements", study_id="yan2020", measure="E2"),
        median="150",
        q3="160",
    )
    level(data, "yan2020", "E2", "3", "pmol/L", median="150")
    judged = state(data, "yan2020", "s-e2-normal")
    assert judged["state"] == State.IN_PART
    assert "inside before treatment too" in judged["reason"]


def test_less_insomnia_is_better_sleep(data: Path) -> None:
    change(data, "yan2020", "insomnia", "down", "3")
    assert state(data, "yan2020", "s-sleep")["state"] == State.MET


def test_symptoms_as_a_whole_name_no_symptom(data: Path) -> None:
    change(data, "yan2020", "menopausal-symptoms", "down", "3")
    assert state(data, "yan2020", "s-night-sweats")["state"] == State.NOT_REPORTED


def test_one_woman_is_said_to_be_one(data: Path) -> None:
    change(data, "yan2020", "FSH", "down", "3", subject="patient-1")
    assert "one woman" in state(data, "yan2020", "s-fsh")["reason"]


def test_only_women_who_received_cells_count(data: Path) -> None:
    change(data, "igboeli2020", "FSH", "down", "3", arm_id="control")
    assert state(data, "igboeli2020", "s-fsh")["state"] == State.NOT_REPORTED
    change(data, "igboeli2020", "FSH", "down", "3")
    assert state(data, "igboeli2020", "s-fsh")["state"] == State.MET


def test_a_comparison_among_treated_women_bears_on_nothing(data: Path) -> None:
    change(data, "yan2020", "FSH", "down", "3", compared_with="other-patients")
    assert state(data, "yan2020", "s-fsh")["state"] == State.NOT_REPORTED


def test_a_retracted_document_does_not_count(data: Path) -> None:
    change(data, "yan2020", "FSH", "down", "3", source_id=REVIEW)
    change(data, "yan2020", "FSH", "down", "3")
    edit(data, "sources", row_where(data, "sources", source_id="yan2020"), retracted="2026-01-31")
    judged = state(data, "yan2020", "s-fsh")
    assert (judged["state"], judged["sources"]) == (State.ON_WORD, [REVIEW])


def test_a_retracted_reference_range_does_not_count(data: Path) -> None:
    level(data, "yan2020", "E2", "3", "pmol/L", median="150")
    assert state(data, "yan2020", "s-e2-normal")["state"] == State.MET
    edit(data, "sources", row_where(data, "sources", source_id="anckaert2021"), retracted="2026-01-31")
    assert state(data, "yan2020", "s-e2-normal")["state"] == State.UNJUDGED


def test_a_new_study_appears_by_itself(data: Path) -> None:
    append(data, "studies", study_id="new2026", label="New 2026", role="treatment", source_id="yan2020", n_enrolled="9", overlaps_with="", registry_id="", tissue="ovary", follow_up_months="")  # fmt: skip
    append(data, "arms", study_id="new2026", arm_id="cells", kind="cells", n="9")
    count(data, "new2026", "natural-pregnancy", "2", "12", source_id="yan2020")
    ev = evidence.load(data)
    judged = evidence.criteria_judged(ev)
    assert state(data, "new2026", "l-natural-pregnancy")["state"] == State.MET
    picture = figures.criteria_map(judged, title="Met?", subtitle="")
    names = results.drawn_data(picture)["axes"][0]["y_ticks"]
    assert "New 2026, n = 9" in names
    assert [name.split(",")[0] for name in names[:4]] == [
        name + (" †" if tissue == "endometrium" else "")
        for name, tissue in ev.studies.query("role == 'cited'")[["label", "tissue"]].to_numpy()
    ]


def test_every_study_of_women_with_cells_is_judged_by_every_criterion(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    treated = ev.studies[ev.studies["role"].isin(["cited", "treatment"])]
    assert set(judged["study_id"]) == set(treated["study_id"])
    assert len(judged) == len(treated) * len(ev.criteria)
    silent = judged["state"] == State.NOT_REPORTED
    assert (judged["told_by"].isna() == silent).all()
    assert ((judged["evidence"].str.len() == 0) == silent).all()
    roles = list(judged["role"])
    assert roles == sorted(roles, key=lambda role: role != "cited")


def test_evidence_rows_are_about_the_study_and_what_bears_on_the_criterion(ev: evidence.Evidence) -> None:
    rows: Any = evidence.criteria_judged(ev)
    for row in rows.itertuples():
        words = {one.word for one in bearing.BEARING.get(row.measure, (bearing.Bearing(row.measure),))}
        for name in row.evidence:
            table, number = name.split(" row ")
            found = ev.tables[table].iloc[int(number) - 2]
            assert found["study_id"] == row.study_id
            assert found["outcome" if table == "outcomes" else "measure"] in words


def test_what_is_printed_at_another_time_is_no_report_of_the_criterion(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    shares = evidence.report_shares(judged)
    assert int(shares["reported"].sum()) == int(
        (~judged["state"].isin([State.NOT_REPORTED, State.ELSEWHEN])).sum()
    )
    assert (shares["met"] <= shares["in_window"]).all()
    assert (shares["in_window"] <= shares["reported"]).all()
    assert (shares["by_study"] <= shares["reported"]).all()


def test_the_counts_add_up(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    counts = evidence.state_counts(judged)
    assert list(counts["criterion_id"]) == list(ev.criteria["criterion_id"])
    assert (counts[[str(one) for one in State]].sum(axis=1) == counts["studies"]).all()
    assert dict(tables.state_values(judged))["l-amh"][State.UNDATED] == int(
        ((judged["criterion_id"] == "l-amh") & (judged["state"] == State.UNDATED)).sum()
    )


def test_what_is_recorded_moves_with_a_new_row(data: Path) -> None:
    def recorded() -> dict[tuple[str, str], dict[str, int]]:
        judged = evidence.criteria_judged(evidence.load(data))
        return {(study, term): told for study, term, told in tables.share_values(judged)}

    before = recorded()[("cao2018", "short")]
    assert before["reported"] == 0
    change(data, "cao2018", "E2", "up", "3")
    after = recorded()[("cao2018", "short")]
    # A rise of oestradiol bears on two criteria and meets one of them.
    assert (after["reported"], after["in_window"], after["by_study"], after["met"]) == (2, 2, 2, 1)


def test_no_study_and_no_criterion_is_named_in_the_code(ev: evidence.Evidence) -> None:
    source = inspect.getsource(criteria) + inspect.getsource(bearing)
    for name in (*ev.studies["study_id"], *ev.studies["label"], *ev.criteria["criterion_id"]):
        assert not re.search(rf"\b{re.escape(name)}\b", source), name


def test_every_criterion_has_a_word_by_which_a_study_can_report_it(ev: evidence.Evidence) -> None:
    for measure in ev.criteria["measure"]:
        words = [one for one in bearing.BEARING.get(measure, (bearing.Bearing(measure),)) if not one.caveat]
        assert words, measure
        assert {one.word for one in words} <= set(CHANGE_MEASURE)
    assert set(bearing.BEARING) <= set(ev.criteria["measure"])


def test_a_selection_without_studies_is_refused(ev: evidence.Evidence) -> None:
    background = ev.select("studies", role="background")
    with pytest.raises(ValueError, match="no study of women treated with cells is left"):
        evidence.criteria_judged(ev, background)
    with pytest.raises(ValueError, match="no criterion is left"):
        evidence.criteria_judged(ev, criteria=ev.criteria.iloc[:0])


def test_studies_of_which_nothing_is_told_are_counted_and_not_drawn(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    told = judged[(judged["role"] == "cited") | (judged["state"] != State.NOT_REPORTED)]
    drawn, whole = told["study_id"].nunique(), judged["study_id"].nunique()
    data = results.drawn_data(figures.criteria_map(judged, title="Met?", subtitle=""))
    assert len(data["axes"][0]["y_ticks"]) == drawn
    assert any(f"Not drawn: {whole - drawn} studies" in text for text in data["texts"])
    silent = judged[~judged["study_id"].isin(told["study_id"])]
    empty = results.drawn_data(figures.criteria_map(silent, title="Met?", subtitle=""))
    assert any("None of these criteria" in one["label"] for one in empty["axes"][0]["artists"])


def test_the_map_draws_a_mark_for_all_that_is_told(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    marks = [
        one["label"]
        for one in results.drawn_data(figures.criteria_map(judged, title="Met?", subtitle=""))["axes"][0][
            "artists"
        ]
        if one["kind"] == "line" and one["label"]
    ]
    told = judged[judged["state"] != State.NOT_REPORTED]
    assert sorted(marks) == sorted(told["state"] + ", " + told["told_by"])


def test_the_conclusion_tells_the_share_that_the_cited_studies_report(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    cited = judged[(judged["role"] == "cited") & (judged["horizon"] == "long")]
    reported = cited[cited["state"].isin(criteria.REPORTED)]["criterion_id"].nunique()
    text = narrative.criteria_conclusion(judged)
    assert text.startswith(
        f"**Long term, 4 studies that the article cites.** Of 25 criteria of the article, {reported} ("
    )
    for label in ev.studies.loc[ev.studies["role"] == "cited", "label"]:
        assert f"- {label}" in text
    assert "thicker ovarian cortex" in text.partition("Reported by none")[2]


def test_the_conclusion_follows_the_evidence(data: Path) -> None:
    change(data, "yan2020", "ovarian-cortex-thickness", "up", "12")
    text = narrative.criteria_conclusion(evidence.criteria_judged(evidence.load(data)))
    assert "thicker ovarian cortex (met; paper or registry)" in text
    assert "thicker ovarian cortex" not in text.partition("Reported by none")[2]


def test_without_a_cited_study_the_chosen_ones_are_told_of(ev: evidence.Evidence) -> None:
    others = ev.select("studies", role="treatment")
    judged = evidence.criteria_judged(ev, others)
    assert "none of which the article cites" in narrative.criteria_conclusion(judged)
    assert set(tables.share_table(judged).rows["study"]) == set(others["label"])


def test_the_list_shows_the_gaps_of_the_cited_studies_only(ev: evidence.Evidence) -> None:
    judged = evidence.criteria_judged(ev)
    rows = tables.criterion_judgement_table(judged).rows
    gaps = rows[rows["state"] == State.NOT_REPORTED]
    cited = set(ev.studies.loc[ev.studies["role"] == "cited", "label"])
    assert set(gaps["study_label"]) <= cited
    assert (rows["study_label"].isin(cited)).sum() == len(cited) * len(ev.criteria)
    assert len(tables.criterion_table(judged).rows) == len(ev.criteria)
