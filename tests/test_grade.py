"""Grading by rule: where the evidence starts, and what moves it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import evidence, stats
from helpers.evidence.vocabulary import ROBINS_I_DOMAIN
from helpers.questions.pooled_outcomes import (
    certainty,
    pool_grades,
    risk_of_bias_text,
    summary_of_findings,
    tables,
)
from helpers.questions.pooled_outcomes import (
    rows as pool_rows,
)
from helpers.questions.pooled_outcomes.certainty import LEVELS
from shipped import WORDS

DOMAINS = ["risk of bias", "inconsistency", "indirectness", "imprecision", "publication bias"]


def pool(*counts: tuple[int, int], design: str = "single-arm", condition: str = "POI") -> pd.DataFrame:
    return pd.DataFrame(
        [(f"s{number}", design, condition, events, total) for number, (events, total) in enumerate(counts)],
        columns=["study_id", "design", "condition", "events", "total"],
    )


def judged(rows: pd.DataFrame, judgement: str = "low", **other: str) -> pd.DataFrame:
    """Judge every domain of every study alike, but for the domains named."""
    named = {name.replace("_", "-"): word for name, word in other.items()}
    return pd.DataFrame(
        [
            (study, "ROBINS-I", domain, named.get(domain, judgement))
            for study in rows["study_id"]
            for domain in ROBINS_I_DOMAIN
        ],
        columns=["study_id", "tool", "domain", "judgement"],
    )


def alone(rows: pd.DataFrame, judgements: pd.DataFrame | None = None, **changes: Any) -> certainty.Grade:
    """Grade a rate of arms taken alone, precise and free of every other problem, but for what is changed."""
    given_: dict[str, Any] = {
        "outcome": "live-birth", "tissue": "ovary", "condition": "POI", "estimate": 0.5, "low": 0.48, "high": 0.52, **changes,
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


def down(one: certainty.Grade) -> dict[str, int]:
    assert [reason.domain for reason in one.reasons] == DOMAINS
    assert all(reason.reason for reason in one.reasons)
    return {reason.domain: reason.levels for reason in one.reasons if reason.levels}


LARGE = ((1000, 2000), (1000, 2000))


def test_a_trial_starts_high_and_is_taken_down_for_bias_that_was_not_assessed() -> None:
    one = trial()
    assert (one.start, one.certainty, one.symbols, down(one)) == (
        "high",
        "moderate",
        "⊕⊕⊕◯",
        {"risk of bias": 1},
    )
    assert "not assessed with RoB 2" in one.reasons[0].reason
    assert (one.studies, one.women, one.events, one.against) == (
        1,
        10000,
        5000,
        "3000/5000 against 2000/5000",
    )


def test_the_arm_of_a_trial_taken_alone_is_no_trial() -> None:
    one = alone(pool(*LARGE, design="rct"))
    assert (one.start, one.certainty, down(one)) == ("low", "very low", {"risk of bias": 1})
    assert "nothing to compare with" in one.reasons[0].reason
    assert (one.trial, one.against) == ("", "")


def test_serious_domains_are_named_by_the_women_behind_them() -> None:
    rows = pool((1500, 3000), (500, 1000))
    few = judged(rows)
    few.loc[few["study_id"].eq("s1") & few["domain"].eq("missing-data"), "judgement"] = "serious"
    most = judged(rows, confounding="critical")
    most.loc[most["study_id"].eq("s0") & most["domain"].eq("missing-data"), "judgement"] = "serious"
    assert "missing data" not in alone(rows, few).reasons[0].reason
    assert "missing data in studies with 75.0 % of the women" in alone(rows, most).reasons[0].reason
    # The start at low counts it.
    assert "confounding" not in alone(rows, most).reasons[0].reason


def test_judgements_of_another_tool_do_not_count() -> None:
    rows = pool(*LARGE)
    for judgements in (judged(rows, "critical").assign(tool="JBI-case-series"), judged(rows).iloc[:0]):
        reason = alone(rows, judgements).reasons[0].reason
        assert "no ROBINS-I judgement for studies with 100.0 % of the women" in reason
        assert "serious" not in reason


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
    assert ("POR" in one.reasons[2].reason) == bool(other)
    assert "indirectness" not in down(alone(rows, condition="all"))


def test_poor_responders_who_stand_for_poi_are_indirect(ev: evidence.Evidence) -> None:
    """In 08 and in the book, where each section holds women of one condition."""
    grades = pool_grades.pool_grades(ev, pool_rows.pooled_outcomes(ev, outcome=["pregnancy", "live-birth"]))
    levels = {one.condition: down(one).get("indirectness", 0) for one in grades}
    assert levels == {
        "POI": 0,
        "POR": 2,
        "IUA": 0,
        "thin endometrium": 0,
        "mixed (ovary)": 2,
        "mixed (endometrium)": 2,
    }


def test_how_deep_a_document_was_read_is_no_indirectness() -> None:
    assert down(alone(pool(*LARGE).assign(access="abstract"))) == {"risk of bias": 1}


@pytest.mark.parametrize(
    ("counts", "changes", "levels"),
    [
        (LARGE, {}, 0),
        (LARGE, {"low": 0.41, "high": 0.59}, 0),
        (LARGE, {"low": 0.3, "high": 0.7}, 1),
        (((10, 20), (10, 20)), {}, 1),
        (((10, 20), (10, 20)), {"low": 0.3, "high": 0.7}, 2),
    ],
)
def test_few_events_and_a_wide_interval_are_imprecise(
    counts: tuple[tuple[int, int], ...], changes: dict[str, Any], levels: int
) -> None:
    assert down(alone(pool(*counts), **changes)).get("imprecision", 0) == levels


def test_a_trial_that_may_show_nothing_is_imprecise() -> None:
    assert down(trial(low=-0.01)) == {"risk of bias": 1, "imprecision": 1}
    assert "the interval of the risk difference includes zero" in trial(low=-0.01).reasons[3].reason
    assert "no difference" not in trial(low=-0.01).reasons[3].reason


def test_the_optimal_information_size_is_that_of_a_trial() -> None:
    needed = stats.patients_needed(0.6, 0.4)
    half = needed - needed % 5
    enough = trial(arms((half // 5 * 3 + 3, half + 5), (half // 5 * 2 + 2, half + 5)))
    short = trial(arms((half // 5 * 3 - 3, half - 5), (half // 5 * 2 - 2, half - 5)))
    assert "imprecision" not in down(enough)
    assert down(short)["imprecision"] == 1
    assert (
        f"{2 * half - 10} women, where a trial that could tell these rates apart needs {2 * needed}"
        in short.reasons[3].reason
    )


@pytest.mark.parametrize("counts", [((0, 40), (3, 40)), ((4, 40), (4, 40)), ((40, 40), (3, 40))])
def test_rates_that_no_trial_can_be_planned_with_are_judged_by_events(
    counts: tuple[tuple[int, int], tuple[int, int]],
) -> None:
    one = trial(arms(*counts), estimate=0.0, low=-0.1, high=0.1)
    assert f"{sum(events for events, _ in counts)} events of the 300" in one.reasons[3].reason


def test_trials_without_a_result_make_publication_bias_likely() -> None:
    rows = pool(*LARGE)
    assert "publication bias" not in down(alone(rows, registered=8, unreported=2))
    one = alone(rows, registered=8, unreported=3)
    assert down(one)["publication bias"] == 1
    assert "3 of 8 registered trials" in one.reasons[4].reason
    assert "asymmetry not testable" in one.reasons[4].reason


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimate": 0.6}, "the estimate 0.6 must lie within its limits 0.48 and 0.52"),
        ({"low": -0.1}, "limits -0.1 and 0.52 are those of no proportion"),
        ({"trial": "Some 2020"}, "trial 'Some 2020' needs two rows of one randomised study"),
        ({"registered": 1, "unreported": 2}, "between 0 and the 1 registered trials, not 2"),
    ],
)
def test_what_cannot_be_graded_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        alone(pool(*LARGE, design="rct"), **changes)


def test_rows_without_counts_are_refused() -> None:
    rows = pool(*LARGE)
    with pytest.raises(ValueError, match="there is no row to grade"):
        alone(rows.iloc[:0])
    with pytest.raises(ValueError, match="rows have no column design"):
        alone(rows.drop(columns="design"), judged(rows))
    with pytest.raises(ValueError, match="every row needs events and total"):
        alone(rows.assign(events=pd.array([None, 1], dtype="Int64")))
    with pytest.raises(ValueError, match="needs two rows of one randomised study"):
        trial(arms(design="single-arm"))


@given(
    counts=st.lists(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=2, max_size=5),
    judgement=st.sampled_from(sorted(WORDS["robins-i-judgement"])),
    compared=st.booleans(),
    i2=st.none() | st.floats(0, 100),
    unreported=st.integers(0, 5),
)  # fmt: skip
def test_nothing_raises_the_certainty(
    counts: list[tuple[int, int]], judgement: str, compared: bool, i2: float | None, unreported: int
) -> None:
    rows = arms(*counts[:2]) if compared else pool(*counts)
    one = alone(
        rows,
        judged(rows, judgement),
        i2=i2,
        trial="Some 2020" if compared else "",
        registered=5,
        unreported=unreported,
    )
    assert LEVELS.index(one.certainty) < LEVELS.index(one.start)
    assert one.start == ("high" if compared else "low")
    taken = sum(down(one).values())
    assert LEVELS.index(one.certainty) == max(0, LEVELS.index(one.start) - taken)
    assert one.symbols.count("⊕") == LEVELS.index(one.certainty) + 1


def test_the_summary_of_findings_names_what_takes_down() -> None:
    graded = [trial(), alone(pool((3, 10)), low=0.1, high=0.8)]
    rows = summary_of_findings.summary_of_findings_rows(graded)
    assert rows["estimate_text"].tolist() == ["+20.0 points (+18.0 to +22.0)", "50.0 % (10.0 to 80.0 %)"]
    assert rows["what"].tolist() == [
        "risk difference from the randomised control, Some 2020: 3000/5000 against 2000/5000", "rate of the treated",
    ]  # fmt: skip
    for one, reasons in zip(graded, rows["reasons"], strict=True):
        assert all(name in reasons for name in down(one))
    table = tables.summary_of_findings_table(rows, level=0.95)
    assert table.rows["certainty"].tolist() == ["⊕⊕⊕◯ moderate", "⊕◯◯◯ very low"]
    assert tables.summary_of_findings_table(rows.iloc[:0], level=0.95).rows.empty


def test_ovary_and_uterus_share_no_block_and_no_sentence_on_certainty() -> None:
    graded = [alone(pool(*LARGE)), trial(arms(condition="IUA"), tissue="endometrium", condition="IUA")]
    rows = summary_of_findings.summary_of_findings_rows(graded)
    assert tables.summary_of_findings_table(rows, level=0.95).rows["head"].tolist() == [
        "Ovary",
        "Uterus",
    ]
    ovary, uterus = risk_of_bias_text.certainty_conclusion(graded).split("\n\n")
    assert ovary.startswith("**Ovary.** ")
    assert "of 1 estimate: very low for 1" in ovary
    assert uterus.startswith("**Uterus.** ")
    assert "of 1 estimate: moderate for 1" in uterus


def test_the_certainty_is_told_from_the_grades() -> None:
    said = risk_of_bias_text.certainty_conclusion([trial(), alone(pool(*LARGE))])
    assert "of 2 estimates: moderate for 1 and very low for 1" in said
    assert "risk of bias (2)" in said
    assert "live birth in Some 2020 (3000/5000 against 2000/5000: moderate)" in said
    assert risk_of_bias_text.certainty_conclusion([]) == "No estimate was graded."
    assert "randomised" not in risk_of_bias_text.certainty_conclusion([alone(pool(*LARGE))])


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
        assert one.start == "high"
        assert down(one)["risk of bias"] == 1
    names = pool_grades.certainty_values(pool_grades.pool_grades(ev, found))
    assert len(names) == len(pool_grades.pool_grades(ev, found))


def test_the_shipped_births_are_very_uncertain(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", outcome="live-birth", study_id=["yan2020", "nct02644447"])
    rows = rows[rows["total"].notna()]
    low, high = stats.proportion_interval(int(rows["events"].sum()), int(rows["total"].sum()))
    one = certainty.grade(
        rows, ev.risk_of_bias, outcome="live-birth", tissue="ovary", condition="POI", estimate=(low + high) / 2, low=low,
        high=high,
    )  # fmt: skip
    assert one.certainty == "very low"
    assert "risk of bias" in down(one)
