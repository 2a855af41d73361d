"""Grading by rule: where the evidence starts, and what moves it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import evidence, narrative, stats, tables
from helpers.evidence.vocabulary import ROBINS_I_DOMAIN, ROBINS_I_JUDGEMENT
from helpers.tables.grade import LEVELS

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


def graded(rows: pd.DataFrame, judgements: pd.DataFrame | None = None, **changes: Any) -> tables.Grade:
    """Grade a sound comparison, precise and free of every problem, but for what is changed."""
    given_: dict[str, Any] = {
        "outcome": "live-birth", "condition": "POI", "estimate": 2.0, "low": 1.8, "high": 2.2, "no_effect": 1.0,
        "comparative": True, **changes,
    }  # fmt: skip
    return tables.grade(rows, judged(rows) if judgements is None else judgements, **given_)


def alone(rows: pd.DataFrame, judgements: pd.DataFrame | None = None, **changes: Any) -> tables.Grade:
    """Grade a precise proportion of an arm taken alone."""
    simple: dict[str, Any] = {
        "estimate": 0.5,
        "low": 0.48,
        "high": 0.52,
        "no_effect": None,
        "comparative": False,
    }
    return graded(rows, judgements, **{**simple, **changes})


def down(one: tables.Grade) -> dict[str, int]:
    assert [reason.domain for reason in one.reasons] == DOMAINS
    assert all(reason.reason for reason in one.reasons)
    return {reason.domain: reason.levels for reason in one.reasons if reason.levels}


LARGE = ((1000, 2000), (1000, 2000))


def test_sound_randomised_trials_keep_the_start_at_high() -> None:
    one = graded(pool(*LARGE, design="rct"))
    assert (one.start, one.certainty, one.symbols, down(one)) == ("high", "high", "⊕⊕⊕⊕", {})
    assert (one.studies, one.women, one.events) == (2, 4000, 2000)


def test_one_study_without_randomisation_starts_all_at_low() -> None:
    rows = pool(*LARGE, design="rct")
    rows.loc[1, "design"] = "non-randomised-controlled"
    assert (graded(rows).start, graded(rows).certainty, graded(rows).symbols) == ("low", "low", "⊕⊕◯◯")


def test_the_arm_of_a_trial_taken_alone_is_no_trial() -> None:
    one = alone(pool(*LARGE, design="rct"))
    assert (one.start, one.certainty, down(one)) == ("low", "very low", {"risk of bias": 1})
    assert "nothing to compare with" in one.reasons[0].reason


@pytest.mark.parametrize(
    ("design", "judgements", "levels"),
    [
        ("rct", {"judgement": "moderate"}, 0),
        ("rct", {"missing_data": "serious"}, 1),
        ("rct", {"confounding": "serious"}, 1),
        ("rct", {"missing_data": "critical"}, 2),
        ("rct", {"judgement": "not-assessable"}, 1),
        ("non-randomised-controlled", {"confounding": "serious"}, 0),
        ("non-randomised-controlled", {"missing_data": "serious"}, 1),
        ("non-randomised-controlled", {"confounding": "critical"}, 1),
        ("non-randomised-controlled", {"judgement": "not-assessable"}, 0),
    ],
)
def test_the_risk_of_bias_counts_by_start_and_judgement(
    design: str, judgements: dict[str, str], levels: int
) -> None:
    rows = pool(*LARGE, design=design)
    assert down(graded(rows, judged(rows, **judgements))).get("risk of bias", 0) == levels


def test_the_risk_of_bias_is_weighed_by_women() -> None:
    rows = pool((1500, 3000), (500, 1000), design="rct")
    few = judged(rows)
    few.loc[few["study_id"].eq("s1") & few["domain"].eq("missing-data"), "judgement"] = "serious"
    most = judged(rows)
    most.loc[most["study_id"].eq("s0") & most["domain"].eq("missing-data"), "judgement"] = "serious"
    assert down(graded(rows, few)) == {}
    assert down(graded(rows, most)) == {"risk of bias": 1}
    assert "missing data in studies with 75.0 % of the women" in graded(rows, most).reasons[0].reason


def test_judgements_of_another_tool_do_not_count() -> None:
    rows = pool(*LARGE, design="rct")
    assert down(graded(rows, judged(rows, "critical").assign(tool="JBI-case-series"))) == {"risk of bias": 1}
    assert "no ROBINS-I judgement for studies with 100.0 % of the women" in (
        graded(rows, judged(rows).iloc[:0]).reasons[0].reason
    )


@pytest.mark.parametrize(
    ("counts", "changes", "levels"),
    [
        (((1000, 2000),), {"i2": 99.0}, 0),
        (LARGE, {"i2": 99.0}, 0),
        (((100, 2000), (1900, 2000)), {}, 1),
        ((*LARGE, (1000, 2000)), {"i2": 49.0}, 0),
        ((*LARGE, (1000, 2000)), {"i2": 50.0}, 1),
        ((*LARGE, (1000, 2000)), {"i2": float("nan")}, 0),
        ((*LARGE, *LARGE, *LARGE), {"prediction_low": 1.7, "prediction_high": 2.3}, 0),
        ((*LARGE, *LARGE, (1000, 2000)), {"prediction_low": 1.0, "prediction_high": 3.0}, 0),
        ((*LARGE, *LARGE, *LARGE), {"prediction_low": 1.0, "prediction_high": 3.0}, 1),
        ((*LARGE, (100, 2000)), {"i2": 80.0}, 2),
    ],
)
def test_studies_that_differ_are_inconsistent(
    counts: tuple[tuple[int, int], ...], changes: dict[str, Any], levels: int
) -> None:
    assert down(graded(pool(*counts, design="rct"), **changes)).get("inconsistency", 0) == levels


@pytest.mark.parametrize(("other", "levels"), [(0, 0), (100, 0), (500, 1), (3000, 2)])
def test_women_with_another_condition_are_indirect(other: int, levels: int) -> None:
    rows = pool((1000, 2000), (max(other // 2, 1), max(other, 2)), design="rct")
    rows.loc[1, "condition"] = "POR" if other else "POI"
    one = graded(rows)
    assert down(one).get("indirectness", 0) == levels
    assert ("POR" in one.reasons[2].reason) == bool(other)
    assert "indirectness" not in down(graded(rows, condition="all"))


def test_a_rate_of_other_women_is_indirect() -> None:
    rows = pool(*LARGE)
    assert "indirectness" not in down(alone(rows))
    assert down(alone(rows, no_effect=0.05))["indirectness"] == 1


def test_how_deep_a_document_was_read_is_no_indirectness() -> None:
    rows = pool(*LARGE, design="rct").assign(access="abstract")
    assert down(graded(rows)) == {}


@pytest.mark.parametrize(
    ("counts", "changes", "levels"),
    [
        (LARGE, {}, 0),
        (LARGE, {"low": 0.9}, 1),
        (((10, 20), (10, 20)), {}, 1),
        (((10, 20), (10, 20)), {"low": 0.9}, 2),
    ],
)
def test_few_events_and_an_interval_with_no_effect_are_imprecise(
    counts: tuple[tuple[int, int], ...], changes: dict[str, Any], levels: int
) -> None:
    assert down(graded(pool(*counts, design="rct"), **changes)).get("imprecision", 0) == levels


def test_the_optimal_information_size_is_that_of_a_trial() -> None:
    needed = stats.patients_needed(0.10, 0.05)
    limits: dict[str, Any] = {"estimate": 0.10, "low": 0.06, "high": 0.15, "no_effect": 0.05}
    enough = alone(pool((needed // 10, needed)), **limits)
    short = alone(pool((needed // 10, needed - 1)), **limits)
    assert "imprecision" not in down(enough)
    assert down(short)["imprecision"] == 1
    assert f"{needed - 1} women of the {needed}" in short.reasons[3].reason


def test_without_a_rate_to_compare_with_the_width_counts() -> None:
    rows = pool(*LARGE)
    assert "imprecision" not in down(alone(rows, low=0.41, high=0.59))
    assert down(alone(rows, low=0.3, high=0.7))["imprecision"] == 1


def test_trials_without_a_result_make_publication_bias_likely() -> None:
    rows = pool(*LARGE, design="rct")
    assert down(graded(rows, registered=8, unreported=2)) == {}
    one = graded(rows, registered=8, unreported=3)
    assert down(one) == {"publication bias": 1}
    assert "3 of 8 registered trials" in one.reasons[4].reason
    assert "asymmetry not testable" in one.reasons[4].reason


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"estimate": 3.0}, "the estimate 3 must lie within its limits 1.8 and 2.2"),
        ({"no_effect": None}, "a comparison needs no_effect"),
        ({"comparative": False}, "are no proportions"),
        ({"registered": 1, "unreported": 2}, "between 0 and the 1 registered trials, not 2"),
    ],
)
def test_what_cannot_be_graded_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        graded(pool(*LARGE, design="rct"), **changes)


def test_rows_without_counts_are_refused() -> None:
    rows = pool(*LARGE)
    with pytest.raises(ValueError, match="there is no row to grade"):
        graded(rows.iloc[:0])
    with pytest.raises(ValueError, match="rows have no column design"):
        graded(rows.drop(columns="design"), judged(rows))
    with pytest.raises(ValueError, match="every row needs events and total"):
        graded(rows.assign(events=pd.array([None, 1], dtype="Int64")))


@given(
    counts=st.lists(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=5),
    judgement=st.sampled_from(sorted(ROBINS_I_JUDGEMENT)),
    design=st.sampled_from(["rct", "single-arm"]),
    comparative=st.booleans(),
    i2=st.none() | st.floats(0, 100),
    unreported=st.integers(0, 5),
)  # fmt: skip
def test_nothing_raises_the_certainty(
    counts: list[tuple[int, int]], judgement: str, design: str, comparative: bool, i2: float | None, unreported: int
) -> None:  # fmt: skip
    rows = pool(*counts, design=design)
    one = graded(
        rows, judged(rows, judgement), i2=i2, comparative=comparative, estimate=0.5, low=0.4, high=0.6, no_effect=0.3,
        registered=5, unreported=unreported,
    )  # fmt: skip
    assert LEVELS.index(one.certainty) <= LEVELS.index(one.start)
    assert one.start == ("high" if comparative and design == "rct" else "low")
    taken = sum(down(one).values())
    assert LEVELS.index(one.certainty) == max(0, LEVELS.index(one.start) - taken)
    assert one.symbols.count("⊕") == LEVELS.index(one.certainty) + 1


def test_the_summary_of_findings_names_what_takes_down() -> None:
    trial, arm = graded(pool(*LARGE, design="rct")), alone(pool((3, 10)), low=0.1, high=0.8)
    rows = tables.summary_of_findings_rows([trial, arm])
    assert rows["estimate_text"].tolist() == ["2.00 (1.80 to 2.20)", "50.0 % (10.0 to 80.0 %)"]
    assert rows["reasons"].iloc[0] == "none"
    assert all(name in rows["reasons"].iloc[1] for name in down(arm))
    table = tables.summary_of_findings_table(rows, level=0.95)
    assert table.rows["certainty"].tolist() == ["⊕⊕⊕⊕ high", "⊕◯◯◯ very low"]
    assert tables.summary_of_findings_table(rows.iloc[:0], level=0.95).rows.empty


def test_the_certainty_is_told_from_the_grades() -> None:
    trial, arm = graded(pool(*LARGE, design="rct")), alone(pool(*LARGE))
    said = narrative.certainty_conclusion([trial, arm])
    assert "of 2 estimates: high for 1 and very low for 1" in said
    assert "risk of bias (1)" in said
    assert narrative.certainty_conclusion([]) == "No estimate was graded."


def test_the_shipped_births_are_very_uncertain(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", outcome="live-birth", study_id=["yan2020", "nct02644447"])
    rows = rows[rows["total"].notna()]
    low, high = stats.proportion_interval(int(rows["events"].sum()), int(rows["total"].sum()))
    one = tables.grade(
        rows, ev.risk_of_bias, outcome="live-birth", condition="POI", estimate=(low + high) / 2, low=low, high=high,
    )  # fmt: skip
    assert one.certainty == "very low"
    assert "risk of bias" in down(one)
