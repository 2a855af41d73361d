"""The randomised trials together: as reported, as randomised, worst and best case, and what the page says of them."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import Draft
from helpers import evidence, stats
from helpers.evidence.vocabulary import ORGAN
from helpers.questions.evidence.registrations import registered_rows
from helpers.questions.evidence.rows import women_rows
from helpers.questions.pooled_outcomes import (
    pool_grades,
    randomised_text,
    trials_figures,
    trials_tables,
    trials_together,
)
from helpers.questions.pooled_outcomes import (
    rows as pool_rows,
)
from helpers.questions.pooled_outcomes.trials_together import (
    ALL_COUNTED,
    ANALYSES,
    ASSUMED,
    BEST,
    NO_INFORMATION,
    NOT_KNOWN,
    PRINTED,
    RANDOMISED,
    REPORTED,
    WORST,
    sizes_as_randomised,
)

COUNTS = ["events", "total", "control_events", "control_total"]


def made(ev: evidence.Evidence) -> trials_together.RandomisedTrials:
    return trials_together.randomised_trials(ev)


@pytest.fixture(scope="module")
def shipped(ev: evidence.Evidence) -> trials_together.RandomisedTrials:
    """The shipped trials, gathered once; tests must not change them."""
    return made(ev)


@pytest.fixture(scope="module")
def shipped_births(ev: evidence.Evidence) -> pool_rows.PooledOutcomes:
    """The shipped pools of births, made once; tests must not change them."""
    return pool_rows.pooled_outcomes(ev, outcome=["live-birth"])


def answer(
    ev: evidence.Evidence, trials: trials_together.RandomisedTrials, births: pool_rows.PooledOutcomes
) -> str:
    grades = pool_grades.pool_grades(ev, births)
    return randomised_text.randomised_answer(*trials, grades, tissues=ORGAN, level=0.95)


def answer_of(ev: evidence.Evidence) -> str:
    return answer(ev, made(ev), pool_rows.pooled_outcomes(ev, outcome=["live-birth"]))


def counts(rows: pd.DataFrame, study: str, analysis: str, outcome: str = "live-birth") -> list[int]:
    same = rows["study_id"].eq(study) & rows["analysis"].eq(analysis) & rows["outcome"].eq(outcome)
    return [int(number) for number in rows.loc[same, COUNTS].iloc[0]]


@pytest.mark.parametrize(
    ("counted", "printed", "enrolled", "expected"),
    [
        ((72, 68), (72, 68), 152, (76, 76, ASSUMED)),
        ((11, 13), (11, 13), 25, (12, 13, ASSUMED)),
        ((72, 68), (80, 72), 152, (80, 72, PRINTED)),
        ((72, 68), (72, 68), 140, (72, 68, ALL_COUNTED)),
        ((90, 10), (90, 10), 110, (90, 20, ASSUMED)),
        ((10, 90), (10, 90), 110, (20, 90, ASSUMED)),
        ((72, 68), (72, 68), None, (72, 68, NOT_KNOWN)),
        ((72, 68), None, 152, (72, 68, NOT_KNOWN)),
        ((72, 68), (72, 68), 139, (72, 68, NOT_KNOWN)),
    ],
)
def test_the_sizes_of_the_arms_as_randomised(
    counted: tuple[int, int],
    printed: tuple[int, int] | None,
    enrolled: int | None,
    expected: tuple[int, int, str],
) -> None:
    assert sizes_as_randomised(counted, printed, enrolled) == expected


@given(counted=st.tuples(st.integers(1, 99), st.integers(1, 99)), lost=st.integers(0, 60))
def test_no_arm_is_assumed_to_hold_fewer_women_than_it_counts(counted: tuple[int, int], lost: int) -> None:
    sizes = sizes_as_randomised(counted, counted, sum(counted) + lost)
    assert sizes.treated + sizes.control == sum(counted) + lost
    assert sizes.treated >= counted[0]
    assert sizes.control >= counted[1]


def test_worst_and_best_case_of_the_largest_trial_by_hand(shipped: trials_together.RandomisedTrials) -> None:
    rows, _, _ = shipped
    assert counts(rows, "zhu2023", REPORTED) == [41, 72, 26, 68]
    assert counts(rows, "zhu2023", RANDOMISED) == [41, 76, 26, 76]
    assert counts(rows, "zhu2023", WORST) == [41, 76, 34, 76]
    assert counts(rows, "zhu2023", BEST) == [45, 76, 26, 76]
    row = rows[rows["study_id"].eq("zhu2023") & rows["analysis"].eq(WORST)].iloc[0]
    assert row["difference"] == pytest.approx(7 / 76)
    assert row["estimate"] == pytest.approx(41 * 42 / (35 * 34))
    assert row["low"] < 1 < row["high"]
    assert set(rows["tissue"]) == {"endometrium"}


def test_the_trials_together_are_near_the_published_odds_ratio(
    shipped: trials_together.RandomisedTrials,
) -> None:
    _, pools, published = shipped
    assert set(pools["outcome"]) == {"live-birth"}
    for method in stats.odds_ratios.METHODS:
        row = pools[pools["method"].eq(method) & pools["analysis"].eq(REPORTED)].iloc[0]
        fit = stats.pool_odds_ratios([41, 3], [72, 11], [26, 1], [68, 13], method=method)
        assert (row["estimate"], row["low"], row["high"], row["k"]) == (fit.estimate, fit.low, fit.high, 2)
        printed = published[published["low"].notna()].iloc[0]
        assert row["estimate"] == pytest.approx(printed["estimate"], rel=0.02)
    names = [*shipped[0]["name"], *pools["name"]]
    assert len(names) == len(set(names))


def test_one_trial_is_no_pool_and_a_trial_without_an_event_is_excluded_with_a_reason(
    shipped_draft: Draft,
) -> None:
    for arm in ("cells", "control"):
        row = shipped_draft.row("outcomes", study_id="hou2025", arm_id=arm, outcome="live-birth")
        shipped_draft.change("outcomes", row, events="0", percent_reported="")
    rows, pools, published = made(shipped_draft.load())
    small = rows[rows["study_id"].eq("hou2025") & rows["outcome"].eq("live-birth")]
    assert set(small.loc[small["analysis"] != BEST, "why"]) == {NO_INFORMATION}
    assert set(pools["analysis"]) == {BEST}
    shown = trials_tables.trial_table(rows, pools, published, level=0.95).rows
    assert NO_INFORMATION in set(shown["odds ratio (95 % CI or CrI)"])
    drawn = trials_figures.trial_forests(rows, pools, published, subtitle="s")
    words = [text.get_text() for text in drawn["endometrium/live-birth"].axes[0].texts]
    assert words.count("no information") == 3


def test_a_zero_in_one_arm_has_no_upper_limit_and_is_recorded_as_missing(shipped_draft: Draft) -> None:
    row = shipped_draft.row("outcomes", study_id="hou2025", arm_id="control", outcome="live-birth")
    shipped_draft.change("outcomes", row, events="0", percent_reported="")
    rows, pools, published = made(shipped_draft.load())
    small = rows[rows["study_id"].eq("hou2025") & rows["outcome"].eq("live-birth")].iloc[0]
    assert math.isinf(small["estimate"])
    assert math.isinf(small["high"])
    values = trials_together.trial_values(small)
    assert (values["estimate"], values["high"]) == (None, None)
    assert values["low"] == pytest.approx(small["low"])
    assert set(pools["k"]) == {2}
    assert "no upper limit" in " ".join(
        trials_tables.trial_table(rows, pools, published, level=0.95).rows["odds ratio (95 % CI or CrI)"]
    )
    trials_figures.trial_forests(rows, pools, published, subtitle="s")


def test_the_ovary_comes_first_and_has_no_randomised_comparison(
    ev: evidence.Evidence,
    shipped: trials_together.RandomisedTrials,
    shipped_births: pool_rows.PooledOutcomes,
) -> None:
    text = answer(ev, shipped, shipped_births)
    assert text.startswith(
        "**Ovary.** Whether cells bring a pregnancy or a birth is not known from the studies selected: no randomised "
        "trial among them counted"
    )
    ovary, uterus = text.split("**Uterus.**")
    assert "odds ratio" not in ovary
    assert "Zhu 2023 (IUA): 41 of 72 with cells, 26 of 68 without" in uterus
    assert (
        "For live birth the 2 trials together are across conditions (IUA and thin endometrium; 2 conditions, 2 sources of cells and "
        "2 kinds of control: for orientation only)" in uterus
    )
    lines = uterus.splitlines()
    cases = next(line for line in lines if line.startswith("| odds ratio (95 % CI or CrI) | as reported"))
    together = next(line for line in lines if "2 trials together, Mantel-Haenszel" in line)
    lost = dict(zip(cases.split(" | "), together.split(" | "), strict=True))
    assert lost["as reported"] == "2.27 (1.18 to 4.33)"
    assert lost["worst case: all women lost to the control arms had it, no other"] == "1.56 (0.84 to 2.88)"
    assert (
        "| live birth: published by Yuan 2025, controlled trials | 2.25 (1.18 to 4.32) | not known |"
        in uterus
    )
    assert (
        "In the worst case for the cells the CI includes no difference (an odds ratio of 1) for live birth, ongoing pregnancy and pregnancy."
        in uterus
    )
    assert "Cells may increase live birth (Zhu 2023; certainty low)" in uterus
    assert "Zhu 2023 (152 women randomised; 76 + 76 assumed)" in uterus
    assert uterus.startswith(
        " Cells may increase live birth (Zhu 2023; certainty low), and the women lost to the trial could change that. "
        "2 randomised trials compare women with cells and women without."
    )


def test_a_randomised_trial_of_the_ovary_changes_the_first_sentence(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "studies", shipped_draft.row("studies", study_id="hou2025"), tissue="ovary", condition="POI"
    )
    ovary, uterus = answer_of(shipped_draft.load()).split("**Uterus.**")
    assert "not known" not in ovary
    assert "Hou 2025 (POI): 3 of 11 with cells" in ovary
    assert "trials together" not in uterus
    assert "1 randomised trial compares women with cells and women without." in ovary
    assert "Hou" not in uterus


def test_without_a_trial_of_the_uterus_that_is_said(shipped_draft: Draft) -> None:
    for study in ("hou2025", "zhu2023"):
        shipped_draft.change("studies", shipped_draft.row("studies", study_id=study), design="cohort")
    text = answer_of(shipped_draft.load())
    assert text.count("is not known from the studies selected: no randomised trial among them") == 2


def test_the_primary_outcome_of_a_trial_is_graded_where_no_pool_counts_it(
    ev: evidence.Evidence,
    shipped: trials_together.RandomisedTrials,
    shipped_births: pool_rows.PooledOutcomes,
) -> None:
    grades = {(one.outcome, one.trial): one for one in pool_grades.other_trial_grades(ev, shipped_births)}
    assert set(grades) == {("ongoing-pregnancy", "Zhu 2023"), ("pregnancy", "Hou 2025")}
    same = pool_grades.pool_grades(ev, pool_rows.pooled_outcomes(ev, outcome=["pregnancy"]))
    hou = next(one for one in same if one.trial == "Hou 2025")
    assert grades["pregnancy", "Hou 2025"].effect == hou.effect
    said = randomised_text.randomised_answer(*shipped, grades.values(), tissues=ORGAN, level=0.95)
    ongoing = next(line for line in said.splitlines() if line.startswith("- **Ongoing pregnancy"))
    assert "Zhu 2023; certainty" in ongoing


def test_the_depth_of_reading_reaches_the_trials(shipped_draft: Draft) -> None:
    shipped_draft.change("sources", shipped_draft.row("sources", source_id="hou2025"), access="title")
    ev = shipped_draft.load()
    depth = ev.sources.set_index("source_id")["access"]
    kept = trials_together.randomised_trials(ev, access=[depth["zhu2023"]])
    assert set(kept.rows["study_id"]) == {"zhu2023"}
    assert kept.pools.empty


def test_trials_of_one_condition_are_no_sensitivity_analysis(
    shipped_draft: Draft, shipped: trials_together.RandomisedTrials
) -> None:
    assert set(shipped.pools["conditions"]) == {"IUA and thin endometrium"}
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="hou2025"), condition="IUA")
    ev = shipped_draft.load()
    found, births = made(ev), pool_rows.pooled_outcomes(ev, outcome=["live-birth"])
    assert set(found.pools["conditions"]) == {"IUA"}
    assert "across conditions" not in answer(ev, found, births)
    arm = shipped_draft.row("arms", study_id="hou2025", arm_id="cells")
    shipped_draft.change("arms", arm, cell_source="BM-MNC")
    assert set(made(shipped_draft.load()).pools["differ"]) == {"2 kinds of control"}


def test_a_tissue_that_was_not_selected_is_not_named(ev: evidence.Evidence) -> None:
    """With women with POI alone nothing is said of the uterus, whose trials are not in the selection."""
    found = trials_together.randomised_trials(ev, condition=["POI"])
    tissues = ev.select("outcomes", arm_kind="cells", condition=["POI"])["tissue"]
    said = randomised_text.randomised_answer(*found, [], tissues=tissues, level=0.95)
    assert said.startswith("**Ovary.**")
    assert "Uterus" not in said
    assert "in the selection" in randomised_text.randomised_answer(*found, [], tissues=[], level=0.95)


def test_women_lost_who_are_not_lost_change_the_sentences(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "studies", shipped_draft.row("studies", study_id="zhu2023"), n_enrolled="140", note=""
    )
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="hou2025"), n_enrolled="")
    ev = shipped_draft.load()
    found, births = made(ev), pool_rows.pooled_outcomes(ev, outcome=["live-birth"])
    text = answer(ev, found, births)
    assert "assumed" not in text
    assert "The women randomised to each arm are not reported: Hou 2025." in text
    assert (
        "**Uterus.** Cells probably increase live birth (Zhu 2023; certainty moderate). 2 randomised trials"
        in text
    )
    rows = found.rows
    assert set(rows.loc[rows["study_id"] == "hou2025", "analysis"]) == {REPORTED}


def test_the_forest_draws_a_diamond_only_for_trials_together(
    shipped: trials_together.RandomisedTrials,
) -> None:
    drawn = trials_figures.trial_forests(*shipped, **randomised_text.figure_words(shipped.rows, level=0.9))
    assert list(drawn) == ["endometrium/live-birth", "endometrium/ongoing-pregnancy", "endometrium/pregnancy"]
    marks = {name: [line.get_marker() for line in figure.axes[0].lines] for name, figure in drawn.items()}
    assert marks["endometrium/live-birth"].count("D") == len(ANALYSES)
    assert marks["endometrium/live-birth"].count("d") == 2 * len(ANALYSES)
    assert marks["endometrium/live-birth"].count("o") == 1
    assert not {"d", "D"} & set(marks["endometrium/pregnancy"])
    assert marks["endometrium/pregnancy"].count("s") == len(ANALYSES)


def test_trials_are_due_a_year_after_the_completion_of_the_registry(shipped_draft: Draft) -> None:
    """Completed on an unknown day: not judged. With a date: due or not by the day that is asked about."""

    def due(as_of: str) -> tuple[int, int]:
        ev = shipped_draft.load()
        studies = ev.select("studies", study_id=["nct03592849"])
        trials = registered_rows(ev, studies, women_rows(ev, studies))
        counted = pool_grades.due_trials(ev, trials, as_of)
        return counted.unreported, counted.undated

    assert due("2026-11-24") == (0, 1)
    row = shipped_draft.row("statements", study_id="cao2018", item="completion")
    shipped_draft.change("statements", row, study_id="nct03592849", value="2022-08-31")
    assert due("2026-11-24") == (1, 0)
    assert due("2023-08-30") == (0, 0)
    assert due("2023-08-31") == (1, 0)
