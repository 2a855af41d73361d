"""Which women may be compared: conceptions, follow-up, words of one family, and what else differs."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.counts.one_count import UNTREATED, not_counted
from helpers.questions.background import matching, tables
from helpers.questions.background import pairs as background_pairs
from helpers.questions.background import rows as background_rows

OUTCOMES = ["live-birth", "ongoing-pregnancy", "pregnancy", "natural-pregnancy", "menses-resumed"]


def compared(ev: evidence.Evidence, outcome: str) -> tuple[background_rows.Comparable, pd.DataFrame]:
    counts = background_rows.comparable(ev, outcome=outcome, kinds=True)
    return counts, background_pairs.background_pairs(counts)


Shipped = Callable[[str], tuple[background_rows.Comparable, pd.DataFrame]]


@pytest.fixture(scope="module")
def shipped(ev: evidence.Evidence) -> Shipped:
    """The shipped counts of an outcome and their pairs, made once for all who ask; tests must not change them."""
    return cache(partial(compared, ev))


def pair_of(pairs: pd.DataFrame, study: str, comparator: str) -> Any:
    (pair,) = pairs[
        (pairs["study_id"] == study) & pairs["comparator"].str.startswith(comparator)
    ].itertuples()
    return pair


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_no_pair_mixes_conceptions_or_has_half_the_follow_up(outcome: str, shipped: Shipped) -> None:
    _, pairs = shipped(outcome)
    ways = [set(way) for way in zip(pairs["conception"], pairs["comparator_conception"], strict=True)]
    assert {"assisted", "spontaneous"} not in ways
    months = pairs[["months", "background_months"]].dropna()
    assert (months.min(axis=1) >= months.max(axis=1) / 2).all()


def test_an_assisted_arm_loses_spontaneous_comparators_and_they_are_listed(
    shipped_draft: Draft, shipped: Shipped
) -> None:
    counts, pairs = shipped("pregnancy")
    yan = pairs[pairs["study_id"] == "yan2020"]
    assert len(yan)
    assert not yan["comparator"].str.startswith("Letur").any()
    shown = tables.left_out_table(counts).rows
    letur = shown[(shown["study"] == "Letur 2004") & (shown["would be"] == "comparator of Yan 2020")]
    assert list(letur["events/total"]) == ["27/518"]
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="yan2020"), conception="")
    counts, pairs = compared(shipped_draft.load(), "pregnancy")
    assert "conception" in pair_of(pairs, "yan2020", "Letur").unknown


def test_a_treatment_on_trial_is_no_comparator_and_its_own_controls_stay(
    ev: evidence.Evidence, shipped: Shipped
) -> None:
    counts, pairs = shipped("pregnancy")
    of_study = counts.rows[counts.rows["study_id"] == "yangmo-ha"]
    assert list(of_study["arm_id"]) == ["ha-gel"]
    assert not pairs["comparator"].str.contains("Yangmo decoction").any()
    out = counts.left_out.set_index(["study_id", "arm_id"])["why"]
    assert out["yangmo-ha", "yangmo"] == background_rows.EXPERIMENTAL
    arms = ev.arms.assign(standing=ev.arms["standing"].mask(ev.arms["arm_id"] == "yangmo"))
    proven, _ = compared(dataclasses.replace(ev, arms=arms), "pregnancy")
    assert set(proven.rows.loc[proven.rows["study_id"] == "yangmo-ha", "arm_id"]) == {"yangmo", "ha-gel"}


def test_the_ongoing_pregnancies_of_a_trial_are_used(shipped: Shipped) -> None:
    _, pairs = shipped("pregnancy")
    zhu = pairs[pairs["study_id"] == "zhu2023"]
    four = zhu[["events", "total", "background_events", "background_total"]]
    assert four.to_numpy().tolist() == [[45, 72, 28, 68]]
    assert zhu["randomised"].all()


def test_the_women_with_ivf_are_the_sum_of_their_causes(ev: evidence.Evidence, shipped: Shipped) -> None:
    births = ev.select("outcomes", study_id="ishizuka2021", outcome="live-birth", total_unit="women")
    part = births["subgroup"].fillna("")
    causes = births[part.str.count(", ").eq(1) & ~part.str.contains("amenorrhoea")]
    whole = births[part == "IVF"]
    assert len(causes) == 4
    assert whole[["events", "total"]].to_numpy().tolist() == [[causes["events"].sum(), causes["total"].sum()]]
    why = not_counted(ev, births)
    assert list(births.loc[why == "", "arm_id"]) == ["all"]
    _, pairs = shipped("live-birth")
    yan, edessy = (pair_of(pairs, study, "Ishizuka") for study in ("yan2020", "edessy2016"))
    assert (yan.background_events, yan.background_total) == (47, 386)
    assert (edessy.background_events, edessy.background_total) == (50, 466)


def test_return_of_function_stands_in_for_menses_in_untreated_women_only(shipped: Shipped) -> None:
    counts, _ = shipped("menses-resumed")
    further = counts.rows[counts.rows["outcome"] != "menses-resumed"]
    assert set(further["study_id"]) == {"bachelot2017", "iofr162"}
    assert further["kind"].eq(UNTREATED).all()
    both = matching.candidates(counts)
    may = (
        both[(both["kind_b"] == UNTREATED) & (both["why"] == "")]
        .groupby("study_id_b")["who"]
        .agg(set)
        .to_dict()
    )
    assert "bachelot2017" not in may
    assert "Mashayekhi 2021" in may["iofr162"]
    assert "Mashayekhi 2021" not in may["serial-poi-india"]


def test_a_difference_that_stays_is_named_with_both_words(shipped_draft: Draft, shipped: Shipped) -> None:
    _, pairs = shipped("pregnancy")
    pair = pair_of(pairs, "cao2018", "Chen 2017")
    assert pair.mismatch == "severity (recurrent v mild to severe)"
    assert pair.unknown == "conception, age"
    shown = tables.pair_table(pairs, level=0.95).rows["in what the women differ"]
    assert "severity (recurrent v mild to severe); not known for both: conception, age" in set(shown)
    shipped_draft.change(
        "arms", shipped_draft.row("arms", study_id="cao2018"), severity="mild-to-severe", age_mean="30"
    )
    shipped_draft.change(
        "arms", shipped_draft.row("arms", study_id="chen2017"), age_min="40", co_treatment="balloon"
    )
    _, pairs = compared(shipped_draft.load(), "pregnancy")
    pair = pair_of(pairs, "cao2018", "Chen 2017")
    assert pair.mismatch == "age (30 v 40 or more years); co-treatment (adhesiolysis v balloon)"
    assert pair.unknown == "conception"


def test_where_the_treated_are_pooled_a_comparator_is_like_each_of_them() -> None:
    rows = pd.DataFrame(
        {
            "side": ["treated with cells", "treated with cells", "background", "background", "background"],
            "conception": ["assisted", None, "spontaneous", "assisted", "spontaneous"],
            "months": [12.0, np.nan, np.nan, 5.0, 1.0],
        }
    )
    pool = np.array([0, 0, 0, 0, 1])
    assert list(matching.unlike_some_treated(rows, pool)) == [False, False, True, True, False]
