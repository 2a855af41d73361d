"""Five facts on each study: what the rows of evidence make of them, what is counted, drawn and said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.questions.pooled_outcomes import facts, facts_figures, facts_tables, facts_text
from helpers.questions.pooled_outcomes.facts import FACTS, NO, UNSEEN, YES

STUDIES = ["yan2020", "herraiz2018", "mashayekhi2021", "cao2018", "zhu2023", "hou2025", "singh2020"]
OUTCOMES = ["pregnancy", "live-birth", "menses-resumed"]


def facts_of(ev: evidence.Evidence, studies: list[str] = STUDIES) -> pd.DataFrame:
    counts = ev.select("outcomes", study_id=studies, outcome=OUTCOMES, arm_kind="cells")
    return facts.fact_rows(ev, counts[counts["events"].notna() & counts["subgroup"].isna()])


def fact(rows: pd.DataFrame, study: str, name: str) -> tuple[str, str]:
    (row,) = rows[rows["study_id"].eq(study) & rows["fact"].eq(name)].itertuples()
    return str(row.answer), str(row.reason)


@pytest.fixture(scope="module")
def rows(ev: evidence.Evidence) -> pd.DataFrame:
    return facts_of(ev)


def test_each_study_has_five_facts_ovary_and_cited_first(rows: pd.DataFrame) -> None:
    assert len(rows) == len(FACTS) * len(STUDIES)
    assert rows["name"].is_unique
    assert rows["section"].drop_duplicates().tolist() == [
        "ovary, cited by the article", "ovary, other studies", "uterus, cited by the article", "uterus, other studies",
    ]  # fmt: skip


def test_every_answer_that_could_be_made_names_its_evidence(
    rows: pd.DataFrame, ev: evidence.Evidence
) -> None:
    made = rows[rows["answer"] != UNSEEN]
    assert made["evidence"].str.len().gt(0).all()
    known = {
        name
        for table in ("studies", "arms", "outcomes", "statements")
        for name in ev.select(table)["evidence_row"]
    }
    assert {name for named in made["evidence"] for name in named.split("; ")} <= known


@pytest.mark.parametrize(
    ("posted", "answer"),
    [
        ("2015-05-31", YES),
        ("2015-06-01", YES),
        ("2015-06-20", UNSEEN),
        ("2015-07-03", NO),
        ("2015-06", UNSEEN),
    ],
)
def test_registration_is_held_against_the_start(shipped_draft: Draft, posted: str, answer: str) -> None:
    row = shipped_draft.row("statements", study_id="mashayekhi2021", item="first-posted")
    shipped_draft.change("statements", row, value=posted)
    found = fact(facts_of(shipped_draft.load(), ["mashayekhi2021"]), "mashayekhi2021", "registered")
    assert found[0] == answer
    assert f"first posted {posted}, start 2015-06-01" in found[1]


def test_a_registration_without_a_number_or_a_date_is_not_assessed(rows: pd.DataFrame) -> None:
    assert fact(rows, "yan2020", "registered") == (UNSEEN, "no registry number in the text available to us")
    assert fact(rows, "herraiz2018", "registered") == (UNSEEN, "NCT02240342: date of first posting not seen")
    assert fact(rows, "zhu2023", "registered")[1].endswith("the day of the start is not printed")
    assert fact(rows, "cao2018", "registered")[1].endswith("the date of submission was not seen")


def test_one_count_without_its_denominator_is_enough(rows: pd.DataFrame, shipped_draft: Draft) -> None:
    assert fact(rows, "hou2025", "denominator")[0] == YES
    shipped_draft.change(
        "outcomes",
        shipped_draft.row("outcomes", study_id="hou2025", outcome="pregnancy", arm_id="cells"),
        total_basis="enrolled",
    )
    changed = facts_of(shipped_draft.load(), ["hou2025"])
    assert fact(changed, "hou2025", "denominator")[0] == NO
    assert changed.set_index("fact").loc["denominator", "cell"] == "1 of 2 counts"


def test_a_control_is_another_arm_and_not_the_other_ovary(
    rows: pd.DataFrame, ev: evidence.Evidence, shipped_draft: Draft
) -> None:
    assert fact(rows, "zhu2023", "control") == (YES, "Foley balloon only (randomised controlled trial)")
    assert fact(rows, "yan2020", "control")[0] == NO
    assert fact(facts_of(ev, ["igboeli2020"]), "igboeli2020", "control") == (
        NO,
        "contralateral ovary of the same women only",
    )
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="yan2020"), design="unstated")
    assert fact(facts_of(shipped_draft.load(), ["yan2020"]), "yan2020", "control")[0] == UNSEEN


@pytest.mark.parametrize(
    ("masking", "answer"),
    [
        ("open-label", NO),
        ("participants", NO),
        ("single-blind", UNSEEN),
        ("double-blind", YES),
        ("outcome-assessors", YES),
    ],
)
def test_assessment_follows_the_masking(shipped_draft: Draft, masking: str, answer: str) -> None:
    shipped_draft.change(
        "statements", shipped_draft.row("statements", study_id="zhu2023", item="masking"), value=masking
    )
    assert fact(facts_of(shipped_draft.load(), ["zhu2023"]), "zhu2023", "assessment")[0] == answer


def test_two_records_that_disagree_on_masking_are_not_judged(shipped_draft: Draft) -> None:
    shipped_draft.add("statements", study_id="zhu2023", arm_id="", item="masking", value="outcome-assessors", unit="",
           source_id="nct02680366-medpath", locator="Masking", note="")  # fmt: skip
    assert fact(facts_of(shipped_draft.load(), ["zhu2023"]), "zhu2023", "assessment")[0] == UNSEEN


def test_a_count_from_elsewhere_is_not_reported_by_the_study(
    rows: pd.DataFrame, shipped_draft: Draft
) -> None:
    assert fact(rows, "hou2025", "report")[0] == YES
    assert fact(rows, "cao2018", "report")[0] == NO
    shipped_draft.change(
        "outcomes",
        shipped_draft.row("outcomes", study_id="hou2025", outcome="pregnancy", arm_id="cells"),
        source_id="hjt-article",
    )
    answer, reason = fact(facts_of(shipped_draft.load(), ["hou2025"]), "hou2025", "report")
    assert (answer, reason) == (NO, "own paper (1 count); article (1 count)")


def test_counts_add_up_to_the_studies(rows: pd.DataFrame) -> None:
    counts = facts.fact_counts(rows)
    studies = counts["tissue"].map(rows.groupby("tissue")["study_id"].nunique())
    assert (counts[list(facts.ANSWERS)].sum(axis=1) == studies).all()
    assert sum(facts.fact_values(counts.iloc[0]).values()) == studies.iloc[0]


def test_the_sentences_follow_the_facts(rows: pd.DataFrame) -> None:
    said = facts_text.facts_sentences(rows)
    ovary, uterus = said.split("\n\n")
    assert ovary.startswith("**Ovary.** None of 3 studies is known to have all five facts.")
    assert "The most, 4 of 5: Hou 2025." in uterus
    whole = rows.assign(answer=rows["answer"].where(rows["study_id"] != "hou2025", YES))
    assert "1 of 4 studies is known to have all five facts." in facts_text.facts_sentences(whole)
    none = facts_text.facts_sentences(rows.assign(answer=UNSEEN))
    assert "Registered before the start: 0" in none
    assert "15 of 15 answers could not be assessed" in none
    assert "The most" not in none
    assert facts_text.facts_sentences(rows.iloc[:0]) == "No study is left after the selection."


def test_the_map_draws_every_answer(rows: pd.DataFrame) -> None:
    figure = facts_figures.facts_map(rows, title="Five facts", subtitle="By rule")
    arrays: list[np.ndarray] = [
        np.ma.asarray(axes.collections[0].get_array()).compressed() for axes in figure.axes
    ]
    values = np.concatenate(arrays)
    assert values.sum() == (rows["answer"] == YES).sum()
    assert (values == 0).sum() == (rows["answer"] == NO).sum()
    words = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert sorted(words) == sorted(rows.loc[rows["answer"] != UNSEEN, "cell"])
    assert all(axes.patch.get_hatch() for axes in figure.axes)
    figure.draw_without_rendering()
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.width < axes.get_window_extent().width / len(FACTS), text.get_text()


def test_the_table_has_one_row_per_study(rows: pd.DataFrame) -> None:
    table = facts_tables.facts_table(rows).rows
    assert table["study"].tolist() == rows["study_label"].drop_duplicates().tolist()
    own = table.set_index("study").loc["Zhu 2023"]
    assert own[FACTS["assessment"]] == "no: masking: participants"
    assert "arms row" in own["evidence"]
    assert facts_tables.facts_table(rows.iloc[:0]).rows.empty
