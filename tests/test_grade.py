"""Grading by rule: where the evidence starts, and what moves it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import evidence, stats
from helpers.evidence.provenance import ORIGINS
from helpers.questions.pooled_outcomes import (
    certainty,
    certainty_tables,
    certainty_text,
    pool_grades,
)
from helpers.questions.pooled_outcomes import (
    rows as pool_rows,
)
from helpers.questions.pooled_outcomes.certainty import LEVELS
from helpers.questions.pooled_outcomes.certainty_domains import Due, Lost
from shipped import WORDS

DOMAINS = ["risk of bias", "inconsistency", "indirectness", "imprecision", "reporting bias"]
QUIET = Due("2026-01-01", 0, 0, 0)


def pool(*counts: tuple[int, int], design: str = "single-arm", condition: str = "POI") -> pd.DataFrame:
    return pd.DataFrame(
        [
            (f"s{number}", design, condition, events, total, ORIGINS[0])
            for number, (events, total) in enumerate(counts)
        ],
        columns=["study_id", "design", "condition", "events", "total", "origin"],
    )


def judged(rows: pd.DataFrame, judgement: str = "low", **other: str) -> pd.DataFrame:
    """Judge every domain of every study alike, but for the domains named."""
    named = {name.replace("_", "-"): word for name, word in other.items()}
    return pd.DataFrame(
        [
            (study, "ROBINS-I", domain, named.get(domain, judgement))
            for study in rows["study_id"]
            for domain in WORDS["robins-i-domain"]
        ],
        columns=["study_id", "tool", "domain", "judgement"],
    )


def alone(rows: pd.DataFrame, judgements: pd.DataFrame | None = None, **changes: Any) -> certainty.Grade:
    """Grade a rate of arms taken alone, precise and free of every other problem, but for what is changed."""
    given_: dict[str, Any] = {
        "outcome": "live-birth", "tissue": "ovary", "condition": "POI", "estimate": 0.5, "low": 0.48, "high": 0.52, "due": QUIET,
        "smallest": 0.05, **changes,
    }  # fmt: skip
    return certainty.grade(rows, judged(rows) if judgements is None else judgements, **given_)


def arms(
    treated: tuple[int, int] = (3000, 5000), control: tuple[int, int] = (2000, 5000), **columns: str
) -> pd.DataFrame:
    """Return the two arms of a trial."""
    rows = pool(treated, control, design="rct")
    return rows.assign(**{"study_id": "s0", **columns})


def trial(rows: pd.DataFrame | None = None, **changes: Any) -> certainty.Grade:
    """Grade a trial that is precise, but for what is changed."""
    limits: dict[str, Any] = {"estimate": 0.2, "low": 0.18, "high": 0.22, "trial": "Some 2020", **changes}
    rows = arms() if rows is None else rows
    return alone(rows, judged(rows).iloc[:0], **limits)


def graded(one: certainty.Grade) -> certainty.Certainty:
    """The certainty that rules decide: of a trial its effect, of arms alone their rate."""
    certain = one.rate or one.effect
    assert [reason.domain for reason in certain.reasons] == DOMAINS
    assert all(reason.reason for reason in certain.reasons)
    return certain


def down(one: certainty.Grade) -> dict[str, int]:
    return {reason.domain: reason.levels for reason in graded(one).reasons if reason.levels}


def said(one: certainty.Grade, domain: str) -> str:
    return graded(one).reasons[DOMAINS.index(domain)].reason


LARGE = ((1000, 2000), (1000, 2000))


def test_a_large_trial_is_certain_and_says_what_could_not_be_assessed() -> None:
    one = trial()
    assert one.rate is None
    assert (one.effect.start, one.effect.level, one.effect.symbols, down(one)) == ("high", "high", "⊕⊕⊕⊕", {})
    assert "allocation concealment could not be assessed" in said(one, "risk of bias")
    assert (one.studies, one.women, one.events, one.against) == (
        1,
        10000,
        5000,
        "3000/5000 against 2000/5000",
    )


def test_arms_alone_say_much_of_the_rate_and_nothing_of_the_effect() -> None:
    for design in ("single-arm", "rct"):
        one = alone(pool(*LARGE, design=design))
        assert one.rate is not None
        assert (one.rate.start, one.rate.level, down(one)) == ("high", "high", {})
        assert (one.effect.start, one.effect.level, one.effect.reasons) == ("very low", "very low", ())
        assert one.effect.because == certainty.NO_COMPARATOR
        assert (one.trial, one.against) == ("", "")


def test_a_rate_is_rated_down_for_judgements_against_most_women_only() -> None:
    rows = pool((1500, 3000), (500, 1000))
    few, most = judged(rows), judged(rows)
    few.loc[few["study_id"].eq("s1") & few["domain"].eq("missing-data"), "judgement"] = "serious"
    most.loc[most["study_id"].eq("s0") & most["domain"].eq("missing-data"), "judgement"] = "serious"
    assert down(alone(rows, few)) == {}
    assert down(alone(rows, most)) == {"risk of bias": 1}
    assert "women counted: a judgement against studies with 75.0 % of the women" in said(
        alone(rows, most), "risk of bias"
    )
    # What biases an effect is no bias of a rate.
    assert down(alone(rows, judged(rows, confounding="critical"))) == {}


def test_what_could_not_be_assessed_costs_nothing_and_is_said() -> None:
    rows = pool(*LARGE)
    for judgements in (judged(rows).iloc[:0], judged(rows, "not-assessable")):
        one = alone(rows, judgements)
        assert down(one) == {}
        assert said(one, "risk of bias") == (
            "could not be assessed for most of the women: inclusion of women, women counted and measurement of the outcome"
        )
    assert "could not be assessed: no registered trial is known to have been due on 2026-01-01" in said(
        one, "reporting bias"
    )
    (row,) = certainty_tables.summary_of_findings_table([one], level=0.95).rows.to_dict("records")
    assert row["could not be assessed, does not rate down"] == "risk of bias, reporting bias"


@pytest.mark.parametrize(
    ("worst", "best", "levels"),
    [((0.01, 0.2), (0.2, 0.4), 0), ((-0.01, 0.2), (0.2, 0.4), 1), ((0.01, 0.2), (-0.1, 0.4), 1)],
)
def test_women_lost_rate_down_where_they_decide(
    worst: tuple[float, float], best: tuple[float, float], levels: int
) -> None:
    one = trial(lost=Lost(12, 10012, worst, best))
    assert down(one).get("risk of bias", 0) == levels
    assert "12 of 10,012 women randomised not counted: they " in said(one, "risk of bias")
    assert ("could change the result" in said(one, "risk of bias")) == bool(levels)
    unclear = trial(low=-0.1, lost=Lost(12, 10012, (-0.2, 0.2), (-0.1, 0.3)))
    assert "risk of bias" not in down(unclear)


@pytest.mark.parametrize(
    ("counts", "changes", "levels"),
    [
        (((1000, 2000),), {"i2": 99.0}, 0),
        (LARGE, {"i2": 99.0}, 0),
        (((100, 2000), (1900, 2000)), {}, 1),
        ((*LARGE, (1000, 2000)), {"i2": 49.0}, 0),
        ((*LARGE, (1000, 2000)), {"i2": 50.0}, 1),
        ((*LARGE, (1000, 2000)), {"i2": float("nan")}, 0),
        ((*LARGE, *LARGE, *LARGE), {"prediction_low": 0.47, "prediction_high": 0.53}, 0),
        ((*LARGE, *LARGE, (1000, 2000)), {"prediction_low": 0.3, "prediction_high": 0.7}, 0),
        ((*LARGE, *LARGE, *LARGE), {"prediction_low": 0.3, "prediction_high": 0.7}, 1),
        ((*LARGE, (100, 2000)), {"i2": 80.0}, 2),
    ],
)
def test_studies_that_differ_are_inconsistent(
    counts: tuple[tuple[int, int], ...], changes: dict[str, Any], levels: int
) -> None:
    assert down(alone(pool(*counts), **changes)).get("inconsistency", 0) == levels


@pytest.mark.parametrize(("other", "levels"), [(0, 0), (100, 0), (500, 1), (3000, 2)])
def test_women_with_another_condition_are_indirect(other: int, levels: int) -> None:
    rows = pool((1000, 2000), (max(other // 2, 1), max(other, 2)))
    rows.loc[1, "condition"] = "POR" if other else "POI"
    one = alone(rows)
    assert down(one).get("indirectness", 0) == levels
    assert ("POR" in said(one, "indirectness")) == bool(other)
    assert "indirectness" not in down(alone(rows, condition="all"))


def test_poor_responders_who_stand_for_poi_are_indirect(ev: evidence.Evidence) -> None:
    """In 08 and in the book, where each section holds women of one condition."""
    grades = pool_grades.pool_grades(ev, pool_rows.pooled_outcomes(ev, outcome=["pregnancy", "live-birth"]))
    levels = {one.condition: down(one).get("indirectness", 0) for one in grades if not one.trial}
    assert levels == {
        "POI": 0,
        "POR": 2,
        "IUA": 0,
        "thin endometrium": 0,
        "mixed (ovary)": 2,
        "mixed (endometrium)": 2,
    }


def test_how_deep_a_document_was_read_is_no_indirectness() -> None:
    assert down(alone(pool(*LARGE).assign(access="abstract"))) == {}


@pytest.mark.parametrize(
    ("counts", "changes", "levels"),
    [
        (LARGE, {}, 0),
        (LARGE, {"low": 0.46, "high": 0.55}, 0),
        (LARGE, {"low": 0.44, "high": 0.55}, 1),
        (LARGE, {"low": 0.44, "high": 0.55, "smallest": 0.1}, 0),
        (LARGE, {"low": 0.39, "high": 0.60}, 2),
        (((192, 384),), {}, 1),
        (((193, 385),), {}, 0),
    ],
)
def test_a_rate_is_precise_within_the_smallest_effect_of_interest(
    counts: tuple[tuple[int, int], ...], changes: dict[str, Any], levels: int
) -> None:
    """385 women give a rate of one half within 5 points: 1.96² / (4 * 0.05²), rounded up."""
    assert down(alone(pool(*counts), **changes)).get("imprecision", 0) == levels


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [
        (0.06, 0.3, 0),
        (0.01, 0.3, 1),
        (-0.01, 0.3, 2),
        (-0.2, 0.4, 3),
        (-0.04, 0.04, 0),
        (-0.2, 0.01, 2),
        (-0.3, -0.06, 0),
    ],
)
def test_an_effect_is_imprecise_by_the_thresholds_that_its_interval_includes(
    low: float, high: float, levels: int
) -> None:
    one = trial(estimate=(low + high) / 2, low=low, high=high)
    assert down(one).get("imprecision", 0) == levels
    assert ("no difference" in said(one, "imprecision")) == (levels > 1)


def test_the_optimal_information_size_is_of_the_smallest_effect_not_of_the_observed() -> None:
    """From 40 % of the control arm; two arms of patients_needed, whatever the treated arm shows."""
    size = 2 * stats.patients_needed(0.45, 0.40)
    for women, levels in ((size + 10, 0), (size - 10, 1), (size // 2 - 10, 2)):
        n = women // 10 * 5
        for treated in (n // 5 * 3, n // 5 * 4):
            one = trial(arms((treated, n), (n // 5 * 2, n // 5 * 5)))
            assert down(one).get("imprecision", 0) == levels
            assert "where a trial that can detect 5.0 points needs" in said(one, "imprecision")
    assert f"can detect 10.0 points needs {2 * stats.patients_needed(0.5, 0.4)}" in said(
        trial(smallest=0.1), "imprecision"
    )
    assert f"needs {2 * stats.patients_needed(0.5 / 41 + 0.05, 0.5 / 41)}" in said(
        trial(arms((3, 40), (0, 40))), "imprecision"
    )


def test_only_due_trials_without_a_result_make_reporting_bias_likely() -> None:
    rows = pool(*LARGE)
    assert "reporting bias" not in down(alone(rows, due=Due("2026-01-01", 6, 2, 0)))
    one = alone(rows, due=Due("2026-01-01", 5, 3, 0))
    assert down(one) == {"reporting bias": 1}
    assert "3 of 8 registered trials that reported or were due on 2026-01-01 had no result" in said(
        one, "reporting bias"
    )
    undated = alone(rows, due=Due("2026-01-01", 1, 0, 9))
    assert down(undated) == {}
    assert "9 completed without a result on a day not reported: not judged" in said(undated, "reporting bias")
    assert "asymmetry cannot be tested" in said(one, "reporting bias")


@pytest.mark.parametrize("smallest", [0.0, 0.5])
def test_a_smallest_effect_that_is_none_is_refused(smallest: float) -> None:
    with pytest.raises(ValueError, match=f"smallest must be above 0 and below 0.5, not {smallest}"):
        alone(pool(*LARGE), smallest=smallest)


@given(
    counts=st.lists(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=5),
    judgement=st.sampled_from(sorted(WORDS["robins-i-judgement"])),
    compared=st.booleans(),
    i2=st.just(float("nan")) | st.floats(0, 100),
    unreported=st.integers(0, 5),
)  # fmt: skip
def test_nothing_raises_the_certainty(
    counts: list[tuple[int, int]], judgement: str, compared: bool, i2: float, unreported: int
) -> None:
    rows = arms(*counts[:2]) if compared else pool(*counts)
    one = alone(
        rows,
        judged(rows, judgement),
        i2=i2,
        trial="Some 2020" if compared else "",
        due=Due("2026-01-01", 5 - unreported, unreported, 0),
    )
    certain = graded(one)
    assert certain.start == "high"
    taken = sum(down(one).values())
    assert LEVELS.index(certain.level) == max(0, 3 - taken)
    assert certain.symbols.count("⊕") == LEVELS.index(certain.level) + 1
    if not compared:
        assert one.effect.level == "very low"


def test_the_summary_of_findings_has_both_grades_with_their_reasons() -> None:
    graded_ = [trial(low=0.01), alone(pool((3, 10)), low=0.1, high=0.8)]
    rows = certainty_tables.summary_of_findings_table(graded_, level=0.95).rows
    assert rows["estimate (95 % CI; pooled by Bayes: CrI)"].tolist() == [
        "+20.0 points (+1.0 to +22.0)",
        "50.0 % (10.0 to 80.0 %)",
    ]
    assert rows["what is estimated"].tolist() == [
        "risk difference from the randomised control, Some 2020: 3000/5000 against 2000/5000", "rate of the women treated",
    ]  # fmt: skip
    assert rows["certainty of the rate"].tolist() == ["–", "⊕⊕◯◯ low"]
    assert rows["certainty of the effect"].tolist() == ["⊕⊕⊕◯ moderate", "⊕◯◯◯ very low"]
    assert rows["reasons for the effect"][0].startswith("starts high: randomised. imprecision −1: ")
    assert rows["reasons for the effect"][1] == f"starts very low: {certainty.NO_COMPARATOR}"
    assert "imprecision −2" in rows["reasons for the rate"][1]
    assert certainty_tables.summary_of_findings_table([], level=0.95).rows.empty


def test_ovary_and_uterus_share_no_block_and_no_sentence_on_certainty() -> None:
    graded_ = [alone(pool(*LARGE)), trial(arms(condition="IUA"), tissue="endometrium", condition="IUA")]
    rows = certainty_tables.summary_of_findings_table(graded_, level=0.95).rows
    assert rows["head"].tolist() == ["Ovary", "Uterus"]
    ovary, uterus = certainty_text.certainty_conclusion(graded_).split("\n\n")
    assert ovary.startswith(
        "**Ovary.** No randomised trial was graded. From arms with cells alone the evidence is very uncertain"
    )
    assert "of 1 estimate: high for 1" in ovary
    assert uterus.startswith("**Uterus.** Cells increase live birth (Some 2020")
    assert "arms with cells alone" not in uterus


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "cells increase live birth"),
        ({"estimate": -0.2, "low": -0.22, "high": -0.18}, "cells reduce live birth"),
        ({"low": 0.01}, "cells probably increase live birth"),
        ({"low": -0.01, "high": 0.4}, "cells may increase live birth"),
        (
            {"estimate": 0.04, "low": -0.01, "high": 0.4},
            "cells may result in little to no difference in live birth",
        ),
        (
            {"low": -0.2, "high": 0.4},
            "the evidence is very uncertain about the effect of cells on live birth",
        ),
    ],
)
def test_a_finding_is_worded_as_certain_as_it_is(changes: dict[str, Any], words: str) -> None:
    assert certainty_text.effect_statement(trial(**changes)) == words


def test_the_certainty_is_said_from_the_grades() -> None:
    text = certainty_text.certainty_conclusion([trial(low=0.01), alone(pool((3, 10)), low=0.1, high=0.8)])
    assert (
        "Cells probably increase live birth (Some 2020, 3000/5000 against 2000/5000: certainty moderate"
        in text
    )
    assert "rated down for imprecision −1)" in text
    assert "of 1 estimate: low for 1. Rates were rated down for: imprecision (1)." in text
    assert "An effect below 5.0 points" in text
    assert certainty_text.certainty_conclusion([]) == "No estimate was graded."


def test_a_trial_of_many_women_and_a_series_of_ten_share_no_reasons(ev: evidence.Evidence) -> None:
    """The largest randomised trial, and every rate of ten women or fewer: other grades of the effect, for other reasons."""
    found = pool_rows.pooled_outcomes(ev, outcome=["live-birth", "pregnancy", "menses-resumed"])
    grades = pool_grades.pool_grades(ev, found)
    largest = max((one for one in grades if one.trial), key=lambda one: one.women)
    small = [one for one in grades if not one.trial and one.women <= 10]
    assert small
    assert (largest.effect.level, down(largest)) == ("low", {"risk of bias": 1, "imprecision": 1})
    for one in small:
        assert one.effect.level == "very low"
        assert (one.effect.start, one.effect.reasons) != (largest.effect.start, largest.effect.reasons)
        assert down(one) != down(largest)


@pytest.mark.parametrize("outcome", ["live-birth", "pregnancy"])
def test_every_shipped_trial_with_counts_of_both_arms_has_a_row(ev: evidence.Evidence, outcome: str) -> None:
    counts = ev.select("outcomes", outcome=outcome)
    counts = counts[(counts["design"] == "rct") & counts["total"].notna() & (counts["role"] != "background")]
    both = counts.groupby("study_label")["arm_kind"].nunique() > 1
    found = pool_rows.pooled_outcomes(ev, outcome=[outcome])
    grades = [one for one in pool_grades.pool_grades(ev, found) if one.trial]
    assert {one.trial for one in grades} == set(both.index[both])
    assert grades
    for one in grades:
        rows = counts[counts["study_label"] == one.trial]
        assert (one.women, one.events) == (rows["total"].sum(), rows["events"].sum())
        treated, control = (
            float(part["events"].sum() / part["total"].sum())
            for part in (rows[rows["arm_kind"] == "cells"], rows[rows["arm_kind"] != "cells"])
        )
        assert one.estimate == pytest.approx(treated - control)
        assert one.effect.start == "high"
    every = pool_grades.pool_grades(ev, found)
    assert len(pool_grades.certainty_values(every)) == len(every) + sum(not one.trial for one in every)


@pytest.mark.parametrize(("second_hand", "levels"), [(0, 0), (1, 0), (2, 1), (3, 1)])
def test_a_rate_that_others_report_is_rated_down(second_hand: int, levels: int) -> None:
    rows = pool((500, 1000), (500, 1000), (500, 1000))
    rows.loc[rows.index[:second_hand], "origin"] = ORIGINS[-1]
    one = alone(rows)
    assert down(one) == ({"risk of bias": levels} if levels else {})
    assert ("in no document of their own study" in said(one, "risk of bias")) == bool(levels)
