"""How a study stands to a criterion is a rule over evidence rows."""

from __future__ import annotations

import inspect
import itertools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.path import Path

from drafts import Draft
from helpers import evidence, results
from helpers.questions.criteria import criterion_evidence, figures, indicators, states, tables
from helpers.questions.criteria import rows as criteria_rows
from helpers.questions.criteria import text as criteria_text
from helpers.questions.criteria.states import State
from helpers.questions.durability import clock
from helpers.show import style
from shipped import WORDS
from test_figures import laid_out

ARTICLE, REVIEW = "article2026", "review2021"
#: A study of the ovary and one of the uterus that are shipped.
YAN, CAO = ({"study_id": name, "source_id": name} for name in ("yan2020", "cao2018"))
BLANK = dict.fromkeys(
    ("subgroup", "from_months", "change", "change_kind", "low", "high", "p_value", "note"), ""
)


@pytest.fixture(scope="module")
def judged(ev: evidence.Evidence) -> pd.DataFrame:
    """The states of all shipped studies; tests must not change them."""
    return criteria_rows.criteria_judged(ev)


@pytest.fixture(scope="module")
def apart(ev: evidence.Evidence) -> pd.DataFrame:
    """What is reported of shipped studies that no criterion judges; tests must not change it."""
    return criteria_rows.not_judged(ev)


@pytest.fixture(scope="module")
def shipped_map(judged: pd.DataFrame) -> Figure:
    """The map of all shipped studies; tests must not change it."""
    return figures.criteria_map(judged, title="Met?", subtitle="s")


@pytest.fixture(scope="module")
def drawn(shipped_map: Figure) -> dict[str, Any]:
    """What the map of all shipped studies draws."""
    return results.drawn_data(shipped_map)


#: A study of the ovary of which the tables say nothing but what its women had before treatment.
STUDY = "fell2020"
ARM = {"study_id": STUDY, "arm_id": "cells", "source_id": STUDY, "locator": "table 9", "note": ""}
OWN = ARM | {"subgroup": ""}
#: What is asked of it: the key, the measure, the direction and the term of each criterion.
CRITERIA = (
    ("s-fsh", "FSH", "down"), ("s-amh", "AMH", "up"), ("s-e2-rise", "E2", "up"), ("s-e2-normal", "E2", "normal"),
    ("s-sleep", "sleep-quality", "up"), ("s-night-sweats", "night-sweats", "down"),
    ("l-fsh-normal", "FSH", "stable"), ("l-amh", "AMH", "up-or-stable"), ("l-e2-normal", "E2", "stable"),
    ("l-cortex-thickness", "ovarian-cortex-thickness", "up"), ("l-blood-lipids", "blood-lipids", "normal"),
    ("l-natural-pregnancy", "natural-pregnancy", "up"), ("l-live-birth", "live-birth", "up"),
    ("l-art-pregnancy", "art-pregnancy", "up"),
)  # fmt: skip
#: Levels of healthy women: the sources of FSH disagree.
RANGES = (("FSH", "3", "10", "IU/L"), ("FSH", "3", "20", "IU/L"), ("E2", "100", "500", "pmol/L"))


@pytest.fixture(scope="module")
def asked(small_ev: evidence.Evidence) -> evidence.Evidence:
    """The small package with the study, the criteria and the ranges above."""
    draft = Draft(small_ev)
    draft.add(
        "sources", source_id=STUDY, first_author="Fell G", year="2020", doi="10.5555/fell.2020", pmid=""
    )
    draft.add(
        "studies", study_id=STUDY, label="Fell 2020", role="cited", source_id=STUDY, follow_up_months=""
    )
    draft.add("arms", **ARM)
    draft.add(
        "arms",
        **ARM | {"arm_id": "control"},
        label="no cells",
        kind="untreated",
        cell_source="",
        dose_cells="",
        route="",
    )
    for measure, unit, median, q1, q3 in (
        ("FSH", "IU/L", "53.1", "42", "63"),
        ("E2", "pmol/L", "40", "37", "60"),
    ):
        level(draft, measure, "0", unit, median=median, q1=q1, q3=q3)
    for measure, low, high, unit in RANGES:
        limits = {"measure": measure, "low": low, "high": high, "unit": unit}
        draft.add("reference_values", **limits, kind="reference-range", population=f"follicular, to {high}")
    rows = draft.rows("criteria")
    for key, measure, direction in CRITERIA:
        term = {"horizon": "short", "from_months": "1", "to_months": "6"}
        if key.startswith("l"):
            term = {"horizon": "long", "from_months": "6", "to_months": ""}
        asks = {"criterion_id": key, "criterion": f"{key[0]}: {measure} {direction}"}
        draft.add("criteria", **term, **asks, measure=measure, direction=direction)
    del rows[0]
    return draft.load()


@pytest.fixture
def draft(asked: evidence.Evidence) -> Draft:
    """That package, to change in memory."""
    return Draft(asked)


def state(draft: Draft, criterion: str, study: str = STUDY) -> Any:
    ev = draft.load()
    judged = criteria_rows.criteria_judged(ev, ev.select("studies", study_id=study))
    return judged.set_index("criterion_id").loc[criterion]


def change(draft: Draft, measure: str, direction: str, to_months: str, **cells: str) -> int:
    """Add a change of the treated women of the study, reported by its own paper."""
    cells_of_change = {
        "measure": measure,
        "direction": direction,
        "to_months": to_months,
        "compared_with": "baseline",
    }
    return draft.add("changes", **BLANK | OWN | {"subject": "cohort"} | cells_of_change | cells)


def count(draft: Draft, outcome: str, events: str, months: str, **cells: str) -> int:
    """Add a count of the treated women of the study, reported by its own paper."""
    cells_of_count = {
        "outcome": outcome,
        "events": events,
        "timepoint_months": months,
        "total": "10",
        "total_unit": "women",
    }
    rest = {"total_basis": "reported", "percent_reported": "", "extraction": "reported"}
    return draft.add("outcomes", **OWN | cells_of_count | rest | cells)


def level(draft: Draft, measure: str, months: str, unit: str, **cells: str) -> int:
    """Add a level of the treated women of the study, reported by its own paper."""
    values = dict.fromkeys(("mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum", "text_value"), "")
    cells_of_level = {
        "measure": measure,
        "timepoint_months": months,
        "unit": unit,
        "n": "",
        "extraction": "reported",
    }
    return draft.add("measurements", **OWN | {"subject": "cohort"} | values | cells_of_level | cells)


def test_a_row_of_the_study_flips_the_state(draft: Draft) -> None:
    before = state(draft, "s-fsh")
    assert before["state"] == State.NOT_REPORTED
    assert before["evidence"] == []
    row = change(draft, "FSH", "down", "3")
    after = state(draft, "s-fsh")
    assert after["state"] == State.MET
    assert after["evidence"] == [f"changes row {row}"]
    assert after["sources"] == [STUDY]
    assert "no size printed" in after["reason"]
    assert state(draft, "l-fsh-normal")["state"] == State.ELSEWHEN


@pytest.mark.parametrize(("direction", "expected"), [("up", State.NOT_MET), ("none", State.NOT_MET)])
def test_another_direction_does_not_meet_it(draft: Draft, direction: str, expected: State) -> None:
    change(draft, "FSH", direction, "3")
    assert state(draft, "s-fsh")["state"] == expected


def test_rows_that_disagree_at_one_time_meet_it_in_part(draft: Draft) -> None:
    change(draft, "FSH", "down", "3")
    change(draft, "FSH", "up", "3", locator="table 10")
    assert state(draft, "s-fsh")["state"] == State.IN_PART


@pytest.mark.parametrize(
    ("first", "then", "short", "long"),
    [
        (("down", "2"), ("none", "6"), State.LOST, State.ELSEWHEN),  # as with PRP in prp-pmc8524761
        (("down", "2"), ("up", "6"), State.LOST, State.ELSEWHEN),
        (("down", "3"), ("none", "12"), State.LOST, State.UNJUDGED),
        (
            ("down", ""),
            ("none", "12"),
            State.LOST,
            State.UNJUDGED,
        ),  # as the menstrual flow of shengjing-bmmsc-retro
        (("none", "2"), ("down", "6"), State.MET, State.ELSEWHEN),
        (("down", "2"), ("down", "12"), State.MET, State.UNJUDGED),
        (("down", "8"), ("none", "12"), State.ELSEWHEN, State.UNJUDGED),
    ],
)
def test_the_latest_time_decides(
    draft: Draft, first: tuple[str, str], then: tuple[str, str], short: State, long: State
) -> None:
    for direction, months in (first, then):
        change(draft, "FSH", direction, months)
    judged = state(draft, "s-fsh")
    assert judged["state"] == short
    assert len(judged["evidence"]) == 2
    assert state(draft, "l-fsh-normal")["state"] == long
    gone = first[0] == "down" and then[0] != "down"
    assert ("gained, then lost: FSH lower" in judged["reason"]) == gone
    if gone:
        assert f"but later FSH {'higher' if then[0] == 'up' else 'no clear change'}" in judged["reason"]


def test_a_gain_before_the_window_that_is_gone_in_it_is_not_met_and_told_as_lost(draft: Draft) -> None:
    change(draft, "ovarian-cortex-thickness", "up", "3")
    change(draft, "ovarian-cortex-thickness", "none", "12")
    judged = state(draft, "l-cortex-thickness")
    assert judged["state"] == State.NOT_MET
    assert judged["reason"].startswith("gained, then lost: ovarian cortex thickness higher")


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "patient-1"},
        {"subgroup": "AMH below 0.5"},
        {"compared_with": "control-arm"},
        {"source_id": REVIEW},
        {"measure": "LH"},
    ],
)
def test_only_the_same_women_against_the_same_in_the_same_kind_of_document_lose_a_gain(
    draft: Draft, other: dict[str, str]
) -> None:
    change(draft, "FSH", "down", "3")
    change(draft, **{"measure": "FSH", "direction": "none", "to_months": "12", **other})
    assert state(draft, "s-fsh")["state"] == State.MET


def test_what_part_of_the_women_kept_is_met_in_part(draft: Draft) -> None:
    change(draft, "FSH", "down", "3")
    change(draft, "FSH", "none", "6")
    change(draft, "FSH", "down", "6", subgroup="AMH above 0.5")
    assert state(draft, "s-fsh")["state"] == State.IN_PART


def test_a_level_that_falls_back_is_a_gain_that_was_lost(draft: Draft) -> None:
    level(draft, "FSH", "3", "IU/L", median="40")
    level(draft, "FSH", "6", "IU/L", median="60")
    assert state(draft, "s-fsh")["state"] == State.LOST


def test_what_did_not_stay_normal_was_lost(draft: Draft) -> None:
    level(draft, "FSH", "9", "IU/L", median="6")
    level(draft, "FSH", "12", "IU/L", median="60")
    assert state(draft, "l-fsh-normal")["state"] == State.LOST


def drawn_fields(judged: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """Read each field of the map: study, criterion, the state of its colour, and the mark in it."""
    axes = figures.criteria_map(judged, title="", subtitle="").axes[0]
    studies, heads = (
        {place - 0.5: label.get_text() for place, label in zip(axis.get_ticklocs(), axis.get_ticklabels(), strict=True)}
        for axis in (axes.yaxis, axes.xaxis)
    )  # fmt: skip
    marks = {text.get_position(): text.get_text() for text in axes.texts if text.get_text() in tuple("●◇△")}
    fields: np.ndarray = np.ma.asarray(axes.collections[0].get_array()).reshape(len(studies), -1)
    return [
        (
            studies[y],
            heads[x],
            list(figures.STATE_COLOURS)[int(fields[y, x])],
            marks.get((x + 0.5, y + 0.5), ""),
        )
        for y, x in np.argwhere(~np.ma.getmaskarray(fields))
    ]


def test_a_lost_gain_is_shown_as_lost_in_table_figure_and_sentence(shipped_draft: Draft) -> None:
    for measure, direction, months in (("FSH", "down", "2"), ("FSH", "none", "6")):
        change(shipped_draft, measure, direction, months, **YAN)
    ev = shipped_draft.load()
    judged = criteria_rows.criteria_judged(ev)
    text = criteria_text.criteria_conclusion(judged, criteria_rows.not_judged(ev))
    assert "Gained, then lost: FSH lower than before treatment (Yan 2020)." in text
    assert "Of the 15 short-term criteria, none is fully met by the same studies" in text
    rows = tables.criterion_table(judged).rows.set_index("criterion")
    assert rows.at["FSH lower than before treatment", "gained, then lost"] == 1
    shares = tables.share_table(judged).rows
    assert list(shares.loc[shares["gained, then lost"] > 0, "study"]) == ["Yan 2020"]
    lost = [field for field in drawn_fields(judged) if field[2] == State.LOST]
    assert lost == [("Yan 2020, n = 61", "FSH ↓", State.LOST, "●")]


def test_the_uterus_is_judged_by_no_criterion_of_ovarian_failure(
    ev: evidence.Evidence, judged: pd.DataFrame, apart: pd.DataFrame
) -> None:
    assert set(ev.criteria["tissue"]) == set(judged["tissue"]) == {"ovary"}
    assert set(apart["tissue"]) == {"endometrium"}
    assert not set(judged["study_id"]) & set(apart["study_id"])
    treated = ev.studies[ev.studies["role"].isin(["cited", "treatment"])]
    assert {*judged["study_id"], *apart["study_id"]} == set(treated["study_id"])
    text = criteria_text.criteria_conclusion(judged, apart)
    assert text.startswith(
        "Of the article's 25 long-term criteria, none is fully met by the 3 studies of the ovary that it cites"
    )
    assert text.count("Cao 2018") == 1
    assert "29 studies of treatment of the uterine lining (cited by the article: Cao 2018)" in text


def test_a_row_about_the_uterus_moves_no_criterion(judged: pd.DataFrame, shipped_draft: Draft) -> None:
    before = criteria_rows.state_counts(judged)
    for measure, direction in (("E2", "up"), ("menstrual-volume", "up"), ("AMH", "up")):
        change(shipped_draft, measure, direction, "3", **CAO)
    count(shipped_draft, "natural-pregnancy", "2", "12", **CAO)
    ev = shipped_draft.load()
    assert criteria_rows.state_counts(criteria_rows.criteria_judged(ev)).equals(before)
    apart = criteria_rows.not_judged(ev).set_index(["study_id", "told_by"])
    assert "natural pregnancy 2 of 10 women" in str(apart.at[("cao2018", "paper or registry"), "reported"])


def test_a_criterion_of_the_uterus_is_counted_by_itself(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "criteria", shipped_draft.row("criteria", criterion_id="l-live-birth"), tissue="endometrium"
    )
    ev = shipped_draft.load()
    judged, apart = criteria_rows.criteria_judged(ev), criteria_rows.not_judged(ev)
    assert apart.empty
    uterine = judged[judged["tissue"] == "endometrium"]
    assert uterine.groupby("criterion_id")["study_id"].nunique().to_dict() == {"l-live-birth": 29}
    assert "l-live-birth" not in set(judged.loc[judged["tissue"] == "ovary", "criterion_id"])
    text = criteria_text.criteria_conclusion(judged, apart)
    assert "24 long-term criteria, none is fully met by the 3 studies of the ovary that it cites" in text
    assert "1 long-term criterion, none is fully met by the 1 study of the endometrium that it cites" in text
    assert "Not judged" not in text


def test_the_reversal_of_the_menstrual_flow_is_told_as_one(shipped_draft: Draft, apart: pd.DataFrame) -> None:
    table = tables.not_judged_table(apart)
    assert table.title == "Not judged: treatment of the uterine lining"
    words = table.rows.set_index("study")["what is reported"]["Shengjing BM-MSC retrospective"]
    assert "gained, then lost: menstrual volume higher" in words
    assert (
        "but later menstrual volume no clear change vs before treatment, no size printed, month 12" in words
    )
    # The same rows of a study of the ovary.
    row = shipped_draft.row("studies", study_id="shengjing-bmmsc-retro")
    shipped_draft.change("studies", row, tissue="ovary", condition="POI")
    assert state(shipped_draft, "s-menses-volume", "shengjing-bmmsc-retro")["state"] == State.LOST


def test_studies_of_the_uterus_alone_leave_a_page_that_says_so(ev: evidence.Evidence) -> None:
    chosen = ev.select("studies", study_id=["cao2018", "tan2016"])
    judged, apart = criteria_rows.criteria_judged(ev, chosen), criteria_rows.not_judged(ev, chosen)
    assert judged.empty
    (note,) = notes = criteria_text.criteria_notes(judged, apart)
    assert (
        note == "Not judged: 2 studies of treatment of the uterine lining (cited by the article: Cao 2018)."
    )
    picture = figures.criteria_map(judged, title="Met?", subtitle="", notes=notes)
    assert any("No study chosen treated the tissue" in one["label"] for one in results.drawn_data(picture)["axes"][0]["artists"])  # fmt: skip
    text = criteria_text.criteria_conclusion(judged, apart)
    assert text.startswith("Not judged: 2 studies of treatment of the uterine lining")
    assert tables.share_table(judged).rows.empty
    assert tables.criterion_table(judged).rows.empty


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("yan2020", "our copy of the paper ends before it"),
        ("igboeli2020", "our copy of the abstract ends before it"),
        ("herraiz2018", "the abstract, read to its end, does not report it"),
    ],
)
def test_what_is_missing_is_a_gap_of_our_copy_where_that_ends_early(
    judged: pd.DataFrame, study: str, words: str, apart: pd.DataFrame
) -> None:
    judged = judged[judged["study_id"] == study]
    missing = judged[judged["state"] == State.NOT_REPORTED]
    assert missing["reason"].str.endswith(words).all()
    assert set(missing.loc[~missing["evidence"].map(bool), "reason"]) == {words}
    alone = judged[judged["told_by"] == "the article only"]
    assert alone["reason"].str.endswith(f"according to the article only; {words}").all()
    if study == "yan2020":
        assert len(alone) > 0
        note = "Where only the article reports something of Yan 2020, our copy of the paper ends before it."
        assert note in criteria_text.criteria_notes(judged, apart)
        assert note in criteria_text.reports_summary(judged)
    assert words in criteria_text.gap_reasons(judged)


def test_steady_is_enough_where_the_article_says_so(draft: Draft) -> None:
    change(draft, "AMH", "none", "12")
    assert state(draft, "l-amh")["state"] == State.MET


@pytest.mark.parametrize(
    ("source", "expected", "teller"),
    [(ARTICLE, State.ON_WORD, "the article only"), (REVIEW, State.ON_WORD, "review or press"), (STUDY, State.MET, "paper or registry")],
)  # fmt: skip
def test_who_tells_it_decides(draft: Draft, source: str, expected: State, teller: str) -> None:
    change(draft, "FSH", "down", "3", source_id=source)
    judged = state(draft, "s-fsh")
    assert (judged["state"], judged["told_by"]) == (expected, teller)


def test_the_study_is_heard_before_others_and_the_article_last(draft: Draft) -> None:
    change(draft, "FSH", "down", "3", source_id=ARTICLE)
    change(draft, "FSH", "up", "3", source_id=REVIEW)
    judged = state(draft, "s-fsh")
    assert (judged["state"], judged["told_by"]) == (State.NOT_MET, "review or press")
    change(draft, "FSH", "down", "4")
    judged = state(draft, "s-fsh")
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
def test_the_window_of_a_criterion(draft: Draft, months: str, short: State, long: State) -> None:
    change(draft, "AMH", "up", months)
    assert state(draft, "s-amh")["state"] == short
    assert state(draft, "l-amh")["state"] == long


def test_the_window_is_the_criterions_own(draft: Draft) -> None:
    change(draft, "AMH", "up", "9")
    draft.change("criteria", draft.row("criteria", criterion_id="l-amh"), from_months="12")
    assert state(draft, "l-amh")["state"] == State.ELSEWHEN


@pytest.mark.parametrize(("events", "expected"), [("0", State.NOT_MET), ("1", State.MET), ("10", State.MET)])
def test_one_event_meets_a_criterion_on_some_patients(draft: Draft, events: str, expected: State) -> None:
    count(draft, "natural-pregnancy", events, "12")
    judged = state(draft, "l-natural-pregnancy")
    assert judged["state"] == expected
    assert f"{events} of 10 women" in judged["reason"]


def test_an_earlier_nought_does_not_undo_an_event(draft: Draft) -> None:
    count(draft, "natural-pregnancy", "0", "8")
    count(draft, "natural-pregnancy", "2", "12")
    assert state(draft, "l-natural-pregnancy")["state"] == State.MET


def test_a_count_alone_shows_no_higher_rate(draft: Draft) -> None:
    count(draft, "art-pregnancy", "4", "12")
    assert state(draft, "l-art-pregnancy")["state"] == State.UNJUDGED
    change(draft, "art-pregnancy", "up", "12", compared_with="control-arm")
    assert state(draft, "l-art-pregnancy")["state"] == State.MET


def test_a_birth_without_its_way_of_conception_is_no_report_of_a_natural_one(draft: Draft) -> None:
    count(draft, "live-birth", "4", "12")
    judged = state(draft, "l-live-birth")
    assert judged["state"] == State.NOT_REPORTED
    assert "natural conception not reported" in judged["reason"]
    assert judged["evidence"]
    count(draft, "natural-live-birth", "1", "12")
    assert state(draft, "l-live-birth")["state"] == State.MET


def test_a_birth_published_with_its_natural_conception_is_reported_and_no_rate(
    judged: pd.DataFrame, shipped_draft: Draft
) -> None:
    births = judged[judged["criterion_id"] == "l-live-birth"].set_index("study_id")
    both = ["segova2022", "srrsh2023-case"]
    assert births.index[births["event_only"]].tolist() == both
    assert set(births.loc[both, "state"]) == {State.UNDATED}
    text = criteria_text.reports_summary(judged)
    assert (
        "published because it had happened, and therefore no rate: successful birth after natural conception, by 2 case reports (Segova 2022 "
        "(preprint); Sir Run Run Shaw Hospital case), without a usable time." in text
    )
    figure = results.drawn_data(
        figures.criteria_map(
            judged, title="", subtitle="", notes=criteria_text.criteria_notes(judged, judged.iloc[:0])
        )
    )
    assert "birth after natural conception" in str(figure["axes"][0]["x_ticks"])
    foot = " ".join(figure["texts"]).replace("\n", " ")
    assert (
        "Reported, but not drawn as successful birth after natural conception (natural conception not reported): Herraiz 2018"
        in foot
    )
    row = shipped_draft.row("outcomes", study_id="segova2022", outcome="natural-pregnancy")
    shipped_draft.change("outcomes", row, outcome="pregnancy")
    assert state(shipped_draft, "l-live-birth", "segova2022")["state"] == State.NOT_REPORTED


def test_a_level_is_held_against_one_of_the_same_women_in_the_same_document(draft: Draft) -> None:
    row = level(draft, "FSH", "3", "IU/L", median="40", source_id=REVIEW)
    assert state(draft, "s-fsh")["state"] == State.UNJUDGED
    draft.change("measurements", row, source_id=STUDY, subgroup="part of them")
    assert state(draft, "s-fsh")["state"] == State.UNJUDGED
    draft.change("measurements", row, subgroup="")
    assert state(draft, "s-fsh")["state"] == State.MET
    draft.change("measurements", row, median="60")
    assert state(draft, "s-fsh")["state"] == State.NOT_MET


def test_a_median_is_never_held_against_a_mean(draft: Draft) -> None:
    draft.row("measurements", study_id=STUDY, measure="FSH", timepoint_months="0", mean="")
    row = level(draft, "FSH", "3", "IU/L", mean="30")
    assert state(draft, "s-fsh")["state"] == State.UNJUDGED
    draft.change("measurements", row, mean="", median="30")
    judged = state(draft, "s-fsh")
    assert judged["state"] == State.MET
    assert "median 30 IU/L, 53.1 before treatment" in judged["reason"]


@pytest.mark.parametrize(
    ("median", "unit", "expected"),
    [("150", "pmol/L", State.MET), ("50", "pmol/L", State.NOT_MET), ("50", "pg/mL", State.MET)],
)
def test_a_normal_level_lies_in_the_reference_range(
    draft: Draft, median: str, unit: str, expected: State
) -> None:
    level(draft, "E2", "3", unit, median=median)
    assert state(draft, "s-e2-normal")["state"] == expected


def test_ranges_that_disagree_meet_it_in_part(draft: Draft) -> None:
    level(draft, "FSH", "9", "IU/L", median="12")
    assert state(draft, "l-fsh-normal")["state"] == State.IN_PART


def test_what_stays_normal_needs_two_times(draft: Draft) -> None:
    level(draft, "FSH", "9", "IU/L", median="6")
    assert state(draft, "l-fsh-normal")["state"] == State.IN_PART
    level(draft, "FSH", "12", "IU/L", median="6")
    assert state(draft, "l-fsh-normal")["state"] == State.MET


def test_a_level_without_a_range_and_a_direction_alone_cannot_be_judged(draft: Draft) -> None:
    level(draft, "blood-lipids", "9", "mmol/L", mean="5")
    judged = state(draft, "l-blood-lipids")
    assert judged["state"] == State.UNJUDGED
    assert "no reference range" in judged["reason"]
    change(draft, "E2", "up", "9")
    assert state(draft, "l-e2-normal")["state"] == State.UNJUDGED


def test_a_level_normal_before_treatment_is_no_return_to_normal(draft: Draft) -> None:
    draft.change(
        "measurements",
        draft.row("measurements", study_id=STUDY, measure="E2"),
        median="150",
        q3="160",
    )
    level(draft, "E2", "3", "pmol/L", median="150")
    judged = state(draft, "s-e2-normal")
    assert judged["state"] == State.IN_PART
    assert "inside before treatment too" in judged["reason"]


def test_less_insomnia_is_better_sleep(draft: Draft) -> None:
    change(draft, "insomnia", "down", "3")
    assert state(draft, "s-sleep")["state"] == State.MET


def test_symptoms_as_a_whole_name_no_symptom(draft: Draft) -> None:
    change(draft, "menopausal-symptoms", "down", "3")
    assert state(draft, "s-night-sweats")["state"] == State.NOT_REPORTED


def test_one_woman_is_said_to_be_one(draft: Draft) -> None:
    change(draft, "FSH", "down", "3", subject="patient-1")
    assert "one woman" in state(draft, "s-fsh")["reason"]


def test_only_women_who_received_cells_count(draft: Draft) -> None:
    change(draft, "FSH", "down", "3", arm_id="control")
    assert state(draft, "s-fsh")["state"] == State.NOT_REPORTED
    change(draft, "FSH", "down", "3")
    assert state(draft, "s-fsh")["state"] == State.MET


def test_a_comparison_among_treated_women_bears_on_nothing(draft: Draft) -> None:
    change(draft, "FSH", "down", "3", compared_with="other-patients")
    assert state(draft, "s-fsh")["state"] == State.NOT_REPORTED


def test_a_retracted_document_does_not_count(draft: Draft) -> None:
    change(draft, "FSH", "down", "3", source_id=REVIEW)
    change(draft, "FSH", "down", "3")
    draft.change("sources", draft.row("sources", source_id=STUDY), retracted="2026-01-31")
    judged = state(draft, "s-fsh")
    assert (judged["state"], judged["sources"]) == (State.ON_WORD, [REVIEW])


def test_a_retracted_reference_range_does_not_count(draft: Draft) -> None:
    level(draft, "E2", "3", "pmol/L", median="150")
    assert state(draft, "s-e2-normal")["state"] == State.MET
    draft.change("sources", draft.row("sources", source_id="guide2020"), retracted="2026-01-31")
    assert state(draft, "s-e2-normal")["state"] == State.UNJUDGED


def test_a_new_study_appears_by_itself(draft: Draft) -> None:
    draft.add("studies", study_id="new2026", label="New 2026", role="treatment", source_id=STUDY, n_enrolled="9", overlaps_with="", registry_id="", tissue="ovary", follow_up_months="")  # fmt: skip
    draft.add("arms", study_id="new2026", arm_id="cells", kind="cells", n="9")
    count(draft, "natural-pregnancy", "2", "12", study_id="new2026")
    ev = draft.load()
    judged = criteria_rows.criteria_judged(ev)
    assert state(draft, "l-natural-pregnancy", "new2026")["state"] == State.MET
    picture = figures.criteria_map(judged, title="Met?", subtitle="")
    names = results.drawn_data(picture)["axes"][0]["y_ticks"]
    assert "New 2026, n = 9" in names
    cited = ev.studies.query("role == 'cited' and tissue == 'ovary'")["label"]
    assert [name.split(",")[0] for name in names[: len(cited)]] == list(cited)


def test_every_study_of_the_ovary_with_cells_is_judged_by_every_criterion(
    ev: evidence.Evidence, judged: pd.DataFrame
) -> None:
    treated = ev.studies[ev.studies["role"].isin(["cited", "treatment"]) & (ev.studies["tissue"] == "ovary")]
    assert set(judged["study_id"]) == set(treated["study_id"])
    assert len(judged) == len(treated) * len(ev.criteria)
    silent = judged["state"] == State.NOT_REPORTED
    assert (judged["told_by"].isna() == silent).all()
    lacking = silent & judged["evidence"].map(bool)
    assert judged.loc[lacking, "reason"].str.contains("natural conception not reported").all()
    assert judged.loc[~silent, "evidence"].map(bool).all()
    roles = list(judged["role"])
    assert roles == sorted(roles, key=lambda role: role != "cited")


def test_evidence_rows_are_about_the_study_and_what_bears_on_the_criterion(
    ev: evidence.Evidence, judged: pd.DataFrame
) -> None:
    rows: Any = judged
    for row in rows.itertuples():
        words = {indicator.word for indicator in indicators.indicators(row.measure)}
        for name in row.evidence:
            table, number = name.split(" row ")
            found = ev.tables[table].iloc[int(number) - 2]
            assert found["study_id"] == row.study_id
            assert found["outcome" if table == "outcomes" else "measure"] in words


def test_what_is_printed_at_another_time_is_no_report_of_the_criterion(judged: pd.DataFrame) -> None:
    shares = criteria_rows.report_shares(judged)
    assert int(shares["reported"].sum()) == int(
        (~judged["state"].isin([State.NOT_REPORTED, State.ELSEWHEN])).sum()
    )
    assert (shares["met"] <= shares["in_window"]).all()
    assert (shares["in_window"] <= shares["reported"]).all()
    assert (shares["by_study"] <= shares["reported"]).all()


def test_the_counts_add_up(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    counts = criteria_rows.state_counts(judged)
    assert list(counts["criterion_id"]) == list(ev.criteria["criterion_id"])
    assert (counts[[str(one) for one in State]].sum(axis=1) == counts["studies"]).all()
    amh = tables.state_values(counts[counts["name"] == "l-amh"].iloc[0])
    assert amh[State.UNDATED] == int(
        ((judged["criterion_id"] == "l-amh") & (judged["state"] == State.UNDATED)).sum()
    )


def test_what_is_recorded_moves_with_a_new_row(asked: evidence.Evidence, draft: Draft) -> None:
    def recorded(ev: evidence.Evidence) -> dict[str, int]:
        own = ev.select("studies", study_id=STUDY)
        shares = criteria_rows.report_shares(criteria_rows.criteria_judged(ev, own))
        return tables.share_values(shares[shares["name"] == f"{STUDY}/short"].iloc[0])

    assert recorded(asked)["reported"] == 0
    change(draft, "E2", "up", "3")
    after = recorded(draft.load())
    # A rise of oestradiol bears on two criteria and meets one of them.
    assert (after["reported"], after["in_window"], after["by_study"], after["met"]) == (2, 2, 2, 1)


def test_no_study_and_no_criterion_is_named_in_the_code(ev: evidence.Evidence) -> None:
    modules = (criteria_rows, states, indicators, criterion_evidence)
    source = "".join(map(inspect.getsource, modules))
    for name in (*ev.studies["study_id"], *ev.studies["label"], *ev.criteria["criterion_id"]):
        assert not re.search(rf"\b{re.escape(name)}\b", source), name


def test_every_criterion_has_a_word_by_which_a_study_can_report_it(ev: evidence.Evidence) -> None:
    for measure in ev.criteria["measure"]:
        words = [indicator for indicator in indicators.indicators(measure) if not indicator.caveat]
        assert words, measure
        assert {indicator.word for indicator in words} <= set(WORDS["change-measure"])
    assert set(indicators.INDICATORS) <= set(ev.criteria["measure"])


def test_a_selection_without_studies_is_refused(ev: evidence.Evidence) -> None:
    background = ev.select("studies", role="background")
    with pytest.raises(ValueError, match="no study of women treated with cells is left"):
        criteria_rows.criteria_judged(ev, background)
    with pytest.raises(ValueError, match="no criterion is left"):
        criteria_rows.criteria_judged(ev, criteria=ev.criteria.iloc[:0])


def test_studies_of_which_nothing_is_told_are_counted_and_not_drawn(
    judged: pd.DataFrame, drawn: dict[str, Any]
) -> None:
    reporting = judged[(judged["role"] == "cited") | (judged["state"] != State.NOT_REPORTED)]
    shown, whole = reporting["study_id"].nunique(), judged["study_id"].nunique()
    assert len(drawn["axes"][0]["y_ticks"]) == shown
    assert any(f"Not drawn: {whole - shown} studies" in text for text in drawn["texts"])
    silent = judged[~judged["study_id"].isin(reporting["study_id"])]
    empty = results.drawn_data(figures.criteria_map(silent, title="Met?", subtitle=""))
    assert any("None of these criteria" in one["label"] for one in empty["axes"][0]["artists"])


def test_the_map_draws_a_mark_for_all_that_is_told(judged: pd.DataFrame) -> None:
    reported = judged[judged["state"] != State.NOT_REPORTED]
    written = reported["told_by"].map(
        {"paper or registry": "●", "review or press": "◇", "the article only": "△"}
    )
    drawn = [(state, mark) for *_, state, mark in drawn_fields(judged)]
    assert sorted(one for one in drawn if one[0] != State.NOT_REPORTED) == sorted(
        zip(reported["state"], written, strict=True)
    )
    assert {mark for state, mark in drawn if state == State.NOT_REPORTED} == {""}


def test_the_conclusion_tells_the_share_that_the_cited_studies_report(
    judged: pd.DataFrame, apart: pd.DataFrame
) -> None:
    cited = judged[(judged["role"] == "cited") & (judged["horizon"] == "long")]
    reported = cited[cited["state"].isin(states.REPORTED)]["criterion_id"].nunique()
    text = criteria_text.criteria_conclusion(judged, apart)
    assert text.startswith(
        "Of the article's 25 long-term criteria, none is fully met by the 3 studies of the ovary that it cites, 1 in part; "
        f"{25 - reported} are not reported.\n\n"
    )
    part = cited[cited["state"].isin([State.ON_WORD, State.IN_PART])]
    assert list(part["state"]) == [State.IN_PART]
    short = judged[(judged["role"] == "cited") & judged["state"].isin(states.REPORTED)]
    itself = short.loc[short["told_by"] == "paper or registry", "criterion_id"].nunique()
    assert f"A study itself reports {itself} of the {short['criterion_id'].nunique()} reported." in text
    others_only = judged.assign(state=judged["state"].replace(State.IN_PART, State.ON_WORD))
    assert "it cites, 1 according to others only; " in criteria_text.criteria_conclusion(others_only, apart)
    assert "studies of the ovary with results meet none of the 25 long-term criteria and 3 of the 15" in text
    undated = int(judged.loc[judged["role"] == "cited", "but_for_time"].sum())
    assert f"{undated} reports of these studies would meet a criterion" in text
    rows = tables.criterion_judgement_table(judged, doubts={}).rows.set_index(["study_label", "criterion"])
    birth = rows.loc[("Yan 2020", "successful birth after natural conception"), "what is reported"]
    assert "live birth 4 of 61 women" in str(birth)


def test_a_study_that_is_only_registered_is_not_counted_as_one_that_meets_nothing(
    judged: pd.DataFrame, shipped_draft: Draft, apart: pd.DataFrame
) -> None:
    def numbers(judged: pd.DataFrame) -> tuple[int, ...]:
        text = criteria_text.criteria_conclusion(judged, apart)
        found = re.search(r"\((\d+) studies with results; (\d+) more are registered only\)", text)
        other = re.search(r"The other (\d+) studies of the ovary with results", text)
        assert found
        assert other
        return int(found[1]), int(found[2]), int(other[1])

    results, registered, others = numbers(judged)
    assert others == results - 3
    reporting = judged.loc[judged["state"].isin(states.REPORTED), "study_id"]
    planned = judged[(judged["design"] == "registered-only") & ~judged["study_id"].isin(reporting)]
    row = shipped_draft.row("studies", study_id=str(planned["study_id"].iloc[0]))
    shipped_draft.change("studies", row, design="single-arm")
    assert numbers(criteria_rows.criteria_judged(shipped_draft.load())) == (
        results + 1,
        registered - 1,
        others + 1,
    )


def silent_of(text: str) -> str:
    return text.partition("No study reports ")[2].partition(" of the 25 long-term")[0]


def test_the_conclusion_follows_the_evidence(
    judged: pd.DataFrame, shipped_draft: Draft, apart: pd.DataFrame
) -> None:
    before = silent_of(criteria_text.criteria_conclusion(judged, apart))
    change(shipped_draft, "ovarian-cortex-thickness", "up", "12", **YAN)
    text = criteria_text.criteria_conclusion(criteria_rows.criteria_judged(shipped_draft.load()), apart)
    assert text.startswith(
        "Of the article's 25 long-term criteria, 1 is fully met by the 3 studies of the ovary"
    )
    assert int(before) - int(silent_of(text)) == 1


def test_without_a_cited_study_the_chosen_ones_are_told_of(ev: evidence.Evidence) -> None:
    others = ev.select("studies", role="treatment", tissue="ovary")
    judged = criteria_rows.criteria_judged(ev, others)
    text = criteria_text.criteria_conclusion(judged, criteria_rows.not_judged(ev, others))
    assert f"by the {len(others)} studies of the ovary chosen" in text.split("\n\n")[0]
    assert set(tables.share_table(judged).rows["study"]) == set(others["label"])


def test_the_list_shows_what_is_reported_and_no_gap(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    placed = clock.placed(ev, studies=["all"])
    table = tables.criterion_judgement_table(judged, doubts=clock.too_early(placed))
    rows = table.rows
    marks = rows.set_index(["study_label", "criterion"])["impossible or doubtful by our checks"]
    assert marks["Mashayekhi 2021", "menses return after amenorrhoea"] == (
        "outcomes row 31: menses resumed at 2 months, too early to be new reserve"
    )
    assert "14_durability" in table.html
    later = clock.too_early(placed[placed["study_label"] != "Mashayekhi 2021"])
    fewer = tables.criterion_judgement_table(judged, doubts=later).rows
    assert fewer["impossible or doubtful by our checks"].ne("").sum() < marks.ne("").sum()
    reported = judged[judged["state"] != State.NOT_REPORTED]
    assert (rows["state"] != State.NOT_REPORTED).sum() == len(reported)
    assert rows.loc[rows["state"] == State.NOT_REPORTED, "evidence rows"].map(bool).all()
    assert len(tables.criterion_table(judged).rows) == len(ev.criteria)


def test_a_count_that_is_no_rate_carries_the_reason(judged: pd.DataFrame) -> None:
    said = judged["reason"].str.cat(sep=" ")
    assert "live birth 3 of 20 women, total above the 17 women enrolled" in said
    assert "live birth 1 of 23 women, published because it had happened" in said


def test_the_map_counts_the_women_who_received_cells(judged: pd.DataFrame, shipped_draft: Draft) -> None:
    """Women without cells are no women on whom the map reports anything."""
    women = judged.drop_duplicates("study_id").set_index("study_id")["n_cells"]
    assert women.isna()["zafardoust2023"]
    assert women["yan2020"] == 61
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="zafardoust2023", arm_id="cells"), n="90")
    ev = shipped_draft.load()
    again = criteria_rows.criteria_judged(ev, ev.select("studies", study_id="zafardoust2023"))
    names = results.drawn_data(figures.criteria_map(again, title="Met?", subtitle=""))["axes"][0]["y_ticks"]
    assert any("Zafardoust 2023, n = 90" in str(name) for name in names)


def test_the_map_fits_a_screen_and_no_name_of_a_domain_touches_another(
    judged: pd.DataFrame, shipped_map: Figure
) -> None:
    assert shipped_map.get_figheight() <= style.TALLEST
    renderer = laid_out(shipped_map)
    boxes = [text.get_window_extent(renderer) for text in shipped_map.axes[1].texts]
    assert len(boxes) == judged[["horizon", "domain"]].drop_duplicates().shape[0] + 2
    for one, other in itertools.combinations(boxes, 2):
        apart = other.x0 - one.x1 if one.x0 < other.x0 else one.x0 - other.x1
        assert apart > 3 or one.y0 >= other.y1 or other.y0 >= one.y1


def test_the_legend_shows_a_mark_where_the_ground_alone_says_less(shipped_map: Figure) -> None:
    handles: list[Any] = shipped_map.legends[0].legend_handles
    by_words = {handle.get_label(): handle for handle in handles}
    with_mark, without = (
        by_words[f"with{more} a mark: {state}"]
        for more, state in (("", State.ELSEWHEN), ("out", State.NOT_REPORTED))
    )
    assert with_mark.get_markerfacecolor() == without.get_markerfacecolor()
    assert without.get_marker() == "s"
    assert isinstance(with_mark.get_marker(), Path)
