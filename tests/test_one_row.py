"""Of several rows on the same women one stands: each policy, and the order in which they run."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers.counts.one_row import UNCLEAR, first_broken, nearness, preferred, standing

ROW = {
    "study_id": "hill2018", "sums": False, "direction": "up", "times": 1, "extraction": "reported",
    "origin": "paper or registry", "subject": "cohort", "total_unit": "women", "subgroup": None, "in_words": False,
    "timepoint_months": 6.0, "statistic": "mean", "total": 20,
}  # fmt: skip
STUDY = ["study_id"]


def rows(*changes: dict[str, object]) -> pd.DataFrame:
    """A row of one study for each change of `ROW`, all under one index, as rows of two tables can be."""
    return pd.DataFrame([ROW | change for change in changes], index=[7] * len(changes))


@pytest.mark.parametrize(
    ("policy", "stands", "gives_way"),
    [
        ("sum", {"sums": True}, {"sums": False}),
        ("clear", {"direction": "none"}, {"direction": UNCLEAR}),
        ("fullest", {"times": 3}, {"times": 2}),
        ("printed", {"extraction": "derived"}, {"extraction": "digitised"}),
        ("nearest", {"origin": "paper or registry"}, {"origin": "review or press"}),
        ("nearest", {"origin": "review or press"}, {"origin": "the article only"}),
        ("nearest", {"origin": "the article only; paper or registry"}, {"origin": "review or press"}),
        ("cohort", {"subject": "cohort"}, {"subject": "patient-1"}),
        ("women", {"total_unit": "women"}, {"total_unit": "cycles"}),
        ("whole", {"subgroup": None}, {"subgroup": "under 35"}),
        ("levels", {"in_words": False}, {"in_words": True}),
        ("timed", {"timepoint_months": 1.0}, {"timepoint_months": None}),
        ("latest", {"timepoint_months": 12.0}, {"timepoint_months": 6.0}),
        ("latest", {"timepoint_months": None}, {"timepoint_months": 6.0}),
        ("earliest", {"timepoint_months": 6.0}, {"timepoint_months": 12.0}),
        ("earliest", {"timepoint_months": 6.0}, {"timepoint_months": None}),
        ("mean", {"statistic": "geometric mean"}, {"statistic": "median"}),
        ("largest", {"total": 21}, {"total": 20}),
        ("largest", {"total": 20}, {"total": None}),
    ],
)
def test_a_policy_keeps_one_of_two_rows_whichever_comes_first(
    policy: str, stands: dict[str, object], gives_way: dict[str, object]
) -> None:
    both = [stands | {"mark": "stands"}, gives_way | {"mark": "gives way"}]
    for pair in (rows(*both), rows(*reversed(both))):
        assert list(standing(pair, **{policy: STUDY})["mark"]) == ["stands"]


def test_a_policy_that_cannot_choose_keeps_both_and_the_last_word_has_the_first_row() -> None:
    alike = rows({"total": 20, "times": 1}, {"total": 20, "times": 2})
    assert list(standing(alike, nearest=STUDY, latest=STUDY)["times"]) == [1, 2]
    assert list(standing(alike, nearest=STUDY, largest=STUDY)["times"]) == [1]
    assert list(standing(alike, nearest=STUDY, first=STUDY)["times"]) == [1]


def test_the_policies_run_in_the_order_given_and_see_what_is_left() -> None:
    pair = rows({"timepoint_months": 6.0}, {"timepoint_months": 12.0, "origin": "review or press"})
    assert list(standing(pair, nearest=STUDY, latest=STUDY)["timepoint_months"]) == [6.0]
    assert list(standing(pair, latest=STUDY, nearest=STUDY)["timepoint_months"]) == [12.0]


def test_a_row_gives_way_only_to_one_of_the_same_women() -> None:
    pair = rows({"study_id": "hill2018"}, {"study_id": "glen2017", "origin": "the article only"})
    assert len(standing(pair, nearest=STUDY)) == 2
    assert list(standing(pair, nearest=["statistic"])["study_id"]) == ["hill2018"]


def test_each_row_that_gives_way_says_why() -> None:
    several = rows({}, {"origin": "review or press"}, {"total_unit": "cycles"}).reset_index(drop=True)
    why = first_broken(several, preferred({"women": "of cycles"}, nearest=STUDY, women=STUDY))
    assert list(why) == ["", "told by a source nearer to the study", "of cycles"]


def test_a_time_is_read_from_the_column_that_the_table_has() -> None:
    changes = rows({"total": 1}, {"total": 2}).drop(columns="timepoint_months")
    assert list(standing(changes.assign(to_months=[3.0, 9.0]), latest=STUDY)["total"]) == [2]
    assert list(standing(changes.assign(months=[3.0, 9.0]), earliest=STUDY)["total"]) == [1]


def test_the_article_is_the_furthest_from_a_study() -> None:
    origins = pd.Series(["the article only", "review or press; the article only", "paper or registry"])
    assert list(nearness(origins)) == [2, 1, 0]
