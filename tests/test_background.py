"""Women with cells beside women without: which counts may be compared, what the pairs say, and when nothing can be said."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pytest

from drafts import Draft, no_events
from helpers import evidence, stats
from helpers.counts import harms
from helpers.counts.one_count import BACKGROUND, OWN_CONTROL, TREATED, arm_counts
from helpers.evidence.vocabulary import KINDS_OF
from helpers.questions.background import (
    figures,
    tables,
)
from helpers.questions.background import (
    pairs as background_pairs,
)
from helpers.questions.background import (
    rows as background_rows,
)
from helpers.questions.background import rows as comparators
from helpers.questions.background import (
    text as background_text,
)
from helpers.questions.hormone_trajectories import risen, risen_text
from helpers.questions.hormone_trajectories import tables as trajectory_tables
from helpers.questions.pooled_outcomes import trials as pool_trials
from helpers.questions.pooled_outcomes import trials_text
from helpers.results import drawn_data
from test_figures import assert_nothing_clipped, texts

ROOT = Path(__file__).parents[1]
OUTCOMES = ["pregnancy", "natural-pregnancy", "live-birth", "menses-resumed", "ovarian-function-improved"]
#: A treated arm and an untreated cohort of the same condition, each with a count.
YAN = {"study_id": "yan2020", "arm_id": "cells", "outcome": "pregnancy"}
LETUR = {"study_id": "letur2004", "outcome": "pregnancy"}


class Compared(Protocol):
    """Give the counts of an outcome and their pairs, made once for all who ask; none may change them."""

    def __call__(
        self, outcome: str, *, kinds: bool = False
    ) -> tuple[background_rows.Comparable, pd.DataFrame]: ...


@pytest.fixture(scope="module")
def compared(ev: evidence.Evidence) -> Compared:
    @cache
    def made(outcome: str, *, kinds: bool = False) -> tuple[background_rows.Comparable, pd.DataFrame]:
        counts = background_rows.comparable(ev, outcome=outcome, kinds=kinds)
        return counts, background_pairs.background_pairs(counts)

    return made


def records(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples())


def pregnancies(draft: Draft, **asked: Any) -> background_rows.Comparable:
    return background_rows.comparable(draft.load(), outcome="pregnancy", **asked)


def reason(counts: background_rows.Comparable, study: str) -> set[str]:
    assert study not in set(counts.rows["study_id"])
    return set(counts.left_out.loc[counts.left_out["study_id"] == study, "why"])


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_only_like_counts_stand_beside_each_other(
    ev: evidence.Evidence, compared: Compared, outcome: str
) -> None:
    counts, pairs = compared(outcome)
    rows = counts.rows
    assert set(rows["outcome"]) == {outcome}
    assert set(rows["total_unit"]) == {"women"}
    assert rows[["events", "total", "low", "high"]].notna().all(axis=None)
    assert not rows["extraction"].eq("model").any()
    assert rows["retracted"].isna().all()
    assert not rows.duplicated(["study_id", "arm_id"]).any()
    assert rows.loc[rows["side"] == TREATED, "arm_kind"].eq("cells").all()
    assert not rows.loc[rows["side"] != TREATED, "arm_kind"].eq("cells").any()
    assert len(counts.rows) + len(counts.left_out) == len(ev.outcomes[ev.outcomes["outcome"] == outcome])
    known = rows.set_index("who")
    for pair in records(pairs):
        assert known.loc[pair.treated, "condition"] == known.loc[pair.comparator, "condition"]
        assert known.loc[pair.treated, "tissue"] == known.loc[pair.comparator, "tissue"]


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_cohorts_that_may_share_women_never_stand_together(
    ev: evidence.Evidence, compared: Compared, outcome: str
) -> None:
    overlaps = ev.studies.set_index("study_id")["overlaps_with"].fillna("").str.split("; ")
    counts, _ = compared(outcome)
    for _, block in counts.rows.groupby(["side", "stratum"]):
        studies = set(block["study_id"])
        assert not any(studies & set(overlaps[study]) for study in studies)


def test_of_cohorts_that_may_share_women_the_larger_stays(shipped_draft: Draft) -> None:
    small = {"study_id": "iofr162", "outcome": "natural-pregnancy"}
    shipped_draft.change(
        "studies", shipped_draft.row("studies", study_id="iofr162"), overlaps_with="bidet2011"
    )
    named = "bachelot2017; bidet2010; iofr162"
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="bidet2011"), overlaps_with=named)
    counts = background_rows.comparable(shipped_draft.load(), outcome="natural-pregnancy")
    assert reason(counts, "iofr162") == {"may share women with Bidet 2011, which is larger"}
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="iofr162"), n_enrolled="1000")
    shipped_draft.change(
        "outcomes", shipped_draft.row("outcomes", **small), total="1000", percent_reported=""
    )
    counts = background_rows.comparable(shipped_draft.load(), outcome="natural-pregnancy")
    assert reason(counts, "bidet2011") >= {"may share women with IOFR 162, which is larger"}


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"extraction": "model"}, "a cumulative or modelled rate, no plain share of its total"),
        ({"total_unit": "cycles"}, "counted among cycles, not women"),
        ({"events": "", "percent_reported": "5.2"}, "no count with its total was printed"),
    ],
)
def test_a_count_that_breaks_a_rule_is_listed_with_it(
    shipped_draft: Draft, compared: Compared, cells: dict[str, str], why: str
) -> None:
    before, _ = compared("pregnancy")
    assert "letur2004" in set(before.rows["study_id"])
    shipped_draft.change("outcomes", shipped_draft.row("outcomes", **LETUR), **cells)
    assert reason(pregnancies(shipped_draft), "letur2004") == {why}


def test_an_untreated_cohort_may_stand_with_one_kind_of_the_outcome_and_says_so(
    ev: evidence.Evidence, compared: Compared
) -> None:
    (strict, _), (counts, _) = compared("pregnancy"), compared("pregnancy", kinds=True)
    further = counts.rows[~counts.rows["name"].isin(strict.rows["name"])]
    assert set(strict.rows["name"]) <= set(counts.rows["name"])
    assert set(further["study_id"]) == {"iofr162", "zhu2023"}
    assert set(further.loc[further["study_id"] == "iofr162", "kind"]) == {"untreated"}
    assert further["who"].str.contains("pregnancy)", regex=False).all()
    assert reason(counts, "bidet2011") >= {"may share women with Bidet 2010 (abstract), which is larger"}
    assert reason(counts, "gabr2016") == {"counts only natural pregnancy, and is not an untreated cohort"}
    words = ev.outcomes["outcome"].isin(["pregnancy", *KINDS_OF["pregnancy"]])
    assert len(counts.rows) + len(counts.left_out) == words.sum()


def test_a_cohort_stands_with_one_word_the_outcome_first(shipped_draft: Draft) -> None:
    shipped_draft.add(
        "outcomes",
        **{
            **COUNT,
            "study_id": "iofr162",
            "arm_id": "untreated",
            "outcome": "pregnancy",
            "total": "162",
            "source_id": "iofr162",
        },
    )
    counts = pregnancies(shipped_draft, kinds=True)
    (row,) = records(counts.rows.query("study_id == 'iofr162'"))
    assert (row.outcome, row.events, row.who) == ("pregnancy", 3, "IOFR 162: natural history")
    left = counts.left_out.query("study_id == 'iofr162'")
    assert set(left["why"]) == {"its study is compared by its count of pregnancy"}


def test_without_the_larger_cohort_the_one_that_shares_its_women_stands(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "outcomes",
        shipped_draft.row("outcomes", study_id="bidet2010", outcome="pregnancy"),
        total_unit="cycles",
    )
    rows = pregnancies(shipped_draft, kinds=True).rows
    assert {"bidet2011", "iofr162"} <= set(rows["study_id"])


def test_pairs_of_different_words_are_marked_in_figure_tables_and_sentence(compared: Compared) -> None:
    counts, pairs = compared("pregnancy", kinds=True)
    word = counts.rows.set_index("who")["outcome"]
    unlike = pairs["treated"].map(word) != pairs["comparator"].map(word)
    assert unlike.any()
    assert (pairs["same_word"] != unlike).all()
    for made in (tables.pair_table(pairs, level=0.95),):
        assert list(made.rows["comparator"].str.startswith("†")) == list(unlike)
        assert "Counts the outcome named in brackets instead" in made.html
    part = background_pairs.by_condition(pairs)["POI"]
    drawn = figures.difference_forest(part, title="t", subtitle="s", notes=background_pairs.pair_notes(part))
    assert_nothing_clipped(drawn)
    assert sum(text.startswith("† IOFR 162 (natural") for text in texts(drawn)) == unlike.sum()
    assert any("Counts the outcome named" in text for text in texts(drawn))
    assert background_pairs.pair_notes(pairs[~unlike]) == ()
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert f"in {unlike.sum()} the comparator counts natural pregnancy instead of pregnancy" in said
    assert "have women in common with a larger cohort: Bidet 2011 (natural pregnancy) 15/358." in said
    assert len(said.split()) <= 430


def test_a_retracted_paper_is_out_and_listed(shipped_draft: Draft) -> None:
    studies = shipped_draft.load().studies.set_index("study_id")
    source = str(studies.loc["letur2004", "source_id"])
    shipped_draft.change("sources", shipped_draft.row("sources", source_id=source), retracted="2022-09-14")
    assert reason(pregnancies(shipped_draft), "letur2004") == {"the paper is retracted"}


def test_a_case_report_is_no_rate(shipped_draft: Draft) -> None:
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="yan2020"), design="case-report")
    no_events(shipped_draft, "yan2020")
    assert reason(pregnancies(shipped_draft), "yan2020") == {
        "a case report, told because of what happened: no rate"
    }


@pytest.mark.parametrize(
    ("label", "well"),
    [
        ("controls", True),
        ("women without POI", True),
        ("normal reserve, matched", True),
        ("natural cycle IVF, normal responders", True),
        ("timed coitus with or without superovulation", False),
        ("former controls given EE", False),
        ("no treatment", False),
    ],
)
def test_women_without_the_condition_are_no_background(shipped_draft: Draft, label: str, well: bool) -> None:
    """The label of an arm is all that tells; these stand in the shipped evidence."""
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="letur2004"), label=label)
    counts = pregnancies(shipped_draft)
    assert ("letur2004" in set(counts.rows["study_id"])) != well
    if well:
        assert reason(counts, "letur2004") == {"women without the condition"}


def test_the_source_nearest_to_the_study_speaks(shipped_draft: Draft, compared: Compared) -> None:
    shipped, _ = compared("pregnancy")
    (before,) = records(shipped.rows.query("study_id == 'yan2020'"))
    assert before.origin != "paper or registry"
    shipped_draft.add("outcomes", **{**YAN, **COUNT, "events": "7", "source_id": "yan2020"})
    counts = pregnancies(shipped_draft)
    (after,) = records(counts.rows.query("study_id == 'yan2020'"))
    assert (after.events, after.origin) == (7, "paper or registry")
    left = counts.left_out.query("study_id == 'yan2020'")
    assert set(left["why"]) == {"told by a source nearer to the study"}


COUNT = {
    "subgroup": "", "timepoint_months": "", "events": "3", "total": "61", "total_unit": "women",
    "total_basis": "reported", "percent_reported": "", "locator": "new", "extraction": "reported", "note": "",
}  # fmt: skip


def test_a_part_never_stands_beside_its_whole_and_the_last_time_point_speaks(shipped_draft: Draft) -> None:
    late = {
        **COUNT,
        "study_id": "letur2004",
        "arm_id": "untreated",
        "outcome": "pregnancy",
        "source_id": "letur2004",
    }
    shipped_draft.add("outcomes", **{**late, "subgroup": "young", "total": "70"})
    shipped_draft.add("outcomes", **{**late, "timepoint_months": "6", "total": "518"})
    counts = pregnancies(shipped_draft)
    (row,) = records(counts.rows.query("study_id == 'letur2004'"))
    assert row.events == 27
    assert set(counts.left_out.query("study_id == 'letur2004'")["why"]) == {
        "part of an arm that is counted as a whole", "an earlier time point of the same arm",
    }  # fmt: skip


def test_a_sum_stands_for_its_arms_unless_it_mixes_them(shipped_draft: Draft) -> None:
    together = shipped_draft.row("outcomes", study_id="ivi-ascot-poi-2020", arm_id="all")
    shipped_draft.change("outcomes", together, reporting="")
    ev = shipped_draft.load()
    resumed = background_rows.comparable(ev, outcome="menses-resumed")
    sums = resumed.left_out["why"] == "these women are in the sum of the arms"
    assert set(resumed.left_out.loc[sums, "study_id"]) <= set(resumed.rows["study_id"])
    assert sums.any()
    embryos = background_rows.comparable(ev, outcome="embryo-obtained")
    mixed = embryos.left_out["why"] == "a sum of arms that were treated differently"
    assert (embryos.left_out.loc[mixed, "arm_id"] == "all").all()
    assert mixed.any()


def test_an_added_study_appears_beside_the_background_of_its_condition(shipped_draft: Draft) -> None:
    source = shipped_draft.add(
        "sources",
        source_id="new2026",
        kind="journal-article",
        first_author="New A",
        doi="",
        pmid="",
        retracted="",
    )
    assert source
    shipped_draft.add("studies", study_id="new2026", label="New 2026", role="treatment", tissue="ovary", condition="POI",
           design="single-arm", n_enrolled="40", follow_up_months="24", registry_id="", overlaps_with="", source_id="new2026", note="")  # fmt: skip
    shipped_draft.add(
        "arms",
        study_id="new2026",
        arm_id="cells",
        label="cells",
        kind="cells",
        cell_source="UC-MSC",
        n="40",
        source_id="new2026",
    )
    shipped_draft.add(
        "outcomes",
        **{
            **COUNT,
            "study_id": "new2026",
            "arm_id": "cells",
            "outcome": "pregnancy",
            "total": "40",
            "source_id": "new2026",
        },
    )
    counts = pregnancies(shipped_draft)
    pairs = background_pairs.background_pairs(counts).query("study_id == 'new2026'")
    background = counts.rows[(counts.rows["side"] == BACKGROUND) & (counts.rows["condition"] == "POI")]
    long = ~(background["months"] < 12)
    assert set(pairs["comparator"]) == set(background.loc[long, "who"])
    assert (pairs["window"] != "neither printed").all()
    assert "New 2026" in " ".join(texts(figures.cohort_panels(counts.rows, title="t", subtitle="s")))


def test_the_comparators_asked_for_are_those_compared(ev: evidence.Evidence, compared: Compared) -> None:
    _, every = compared("pregnancy")
    kinds = {"any": set(every["comparator_kind"])}
    for asked in ("untreated", "other-treatment", "own-control"):
        counts = background_rows.comparable(ev, outcome="pregnancy", comparators=[asked])
        kinds[asked] = set(background_pairs.background_pairs(counts)["comparator_kind"])
    assert kinds["untreated"] == {"untreated"}
    assert kinds["other-treatment"] == {"other treatment"}
    assert kinds["own-control"] == {"own control"}
    assert kinds["any"] == {"untreated", "other treatment", "own control"}
    named = background_rows.comparable(ev, outcome="pregnancy", condition=["POI"], comparators=["letur2004"])
    assert set(named.rows.loc[named.rows["side"] != TREATED, "study_id"]) == {"letur2004"}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"comparators": ["placebo"]}, "comparator: 'placebo' given; choose from .*untreated"),
        ({"condition": ["PCOS"]}, "condition: 'PCOS' given; choose from .*POI"),
        ({"comparators": []}, "comparator: none given"),
    ],
)
def test_what_is_not_known_is_refused(ev: evidence.Evidence, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        background_rows.comparable(ev, outcome="pregnancy", **asked)


def test_a_pair_holds_the_published_statistics(compared: Compared) -> None:
    counts, _ = compared("live-birth")
    pairs = background_pairs.background_pairs(counts, level=0.9)
    for pair in records(pairs):
        four = (pair.events, pair.total, pair.background_events, pair.background_total)
        alone = stats.compare_with_background(*four, level=0.9)
        assert (pair.low, pair.high, pair.probability) == pytest.approx(
            (alone.low, alone.high, alone.probability), nan_ok=True
        )
        assert pair.no_probability == alone.reason
    assert pairs["randomised"].any()
    assert (
        pairs["comparator_kind"].eq(OWN_CONTROL)
        == pairs["comparator"].str.startswith(tuple(pairs["treated"]))
    ).any()


def test_an_own_control_stands_beside_its_own_study_only(compared: Compared) -> None:
    counts, pairs = compared("live-birth")
    home = counts.rows.set_index("who")["study_id"]
    own = pairs[pairs["comparator_kind"] == OWN_CONTROL]
    assert (own["comparator"].map(home) == own["study_id"]).all()


def test_a_pair_with_few_events_has_no_probability(compared: Compared) -> None:
    _, pairs = compared("pregnancy")
    few = pairs["events"] + pairs["background_events"] < 5
    assert few.any()
    assert (few == pairs["probability"].isna()).all()
    assert (few == (pairs["no_probability"] == "fewer than 5 events in all")).all()
    shown = tables.pair_table(pairs, level=0.95).rows
    assert (shown["P(treated higher)"].eq("fewer than 5 events in all").to_numpy() == few.to_numpy()).all()
    drawn = figures.difference_forest(pairs[few], title="t", subtitle="s")
    assert sum(text == "none" for text in texts(drawn)) == few.sum()
    assert_nothing_clipped(drawn)


def test_the_length_of_follow_up_is_told(compared: Compared) -> None:
    _, pairs = compared("pregnancy")
    for pair in records(pairs):
        silent = pd.isna(pair.months) or pd.isna(pair.background_months)
        assert ("printed" in pair.window) == silent
        if not silent:
            longer = pair.background_months > pair.months
            assert (pair.window == "comparator longer") == longer
    shown = tables.pair_table(pairs, level=0.95).rows["follow-up treated / comparator"]
    assert shown.str.contains(r"30 months / 27 months: comparator shorter").any()


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_conclusion_is_short_follows_the_pairs_and_names_no_cause(
    compared: Compared, outcome: str
) -> None:
    counts, pairs = compared(outcome)
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert len(said.split()) <= 370
    treated = counts.rows["side"].eq(TREATED).sum()
    arms = pairs["treated"].nunique()
    assert re.search(
        rf"Of {treated} cohorts? treated with cells and counted for .*, {arms} (has|have) a comparator", said
    )
    cited = pairs[(pairs["rank"] == 0) & (pairs["role"] == "cited")]
    for row in records(cited):
        assert row.gap_text in said
    trials = pairs[pairs["randomised"]]
    for row in records(trials):
        assert (
            f"{row.events}/{row.total} against {row.background_events}/{row.background_total}, {row.gap_text} points"
            in said
        )
    assert ("Randomised, cells against the control of the same trial" in said) == bool(len(trials))
    if len(trials):
        assert "Where not randomised, the women differ" in said
    assert not re.search(r"\b(because of|due to|thanks to|improve[sd]? by|work)\b", said)


def test_the_conclusion_turns_with_the_counts(shipped_draft: Draft) -> None:
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="yan2020"), conception="")
    asked = {"condition": ["POI"], "comparators": ["letur2004"]}
    shipped_draft.change("outcomes", shipped_draft.row("outcomes", **YAN), events="40", percent_reported="")
    counts = pregnancies(shipped_draft, **asked)
    said = background_text.background_conclusion(
        counts, background_pairs.background_pairs(counts), level=0.95
    )
    assert "1 lies wholly above zero (higher with cells: Yan 2020 against Letur 2004 (" in said
    assert "P &gt;0.99" in said


def test_a_randomised_pair_is_told_and_not_taken_for_other_women(compared: Compared) -> None:
    counts, pairs = compared("live-birth")
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert "Zhu 2023 41/72 against 26/68, +18.7 (+1.2 to +35.1) points" in said
    only = background_text.background_conclusion(counts, pairs[pairs["randomised"]], level=0.95)
    assert "the women differ" not in only.lower()
    assert "Zhu 2023 41/72" in only
    none = background_text.background_conclusion(counts, pairs[~pairs["randomised"]], level=0.95)
    assert "randomised" not in none.lower()


def test_each_side_of_zero_is_counted_with_its_direction_and_names(compared: Compared) -> None:
    counts, pairs = compared("pregnancy", kinds=True)
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    lower, higher, zero = (
        pairs[pairs["interval"] == side] for side in ("below zero", "above zero", "includes zero")
    )
    assert f"{len(lower)} lie wholly below zero (lower with cells: " in said
    assert "Ma 2020 (refractory adhesions) and Lee 2020 against Morales 2021 (" in said
    assert (
        f"{len(higher)} lie wholly above zero (higher with cells: Zhu 2023 (ongoing pregnancy) (moderate"
        in said
    )
    assert "Herraiz 2018 against" in said
    assert f"{len(zero)} include zero" in said
    level = background_text.background_conclusion(counts, zero, level=0.95)
    assert "with cells:" not in level


def test_a_trial_of_another_step_is_named_with_its_counts_and_its_women(ev: evidence.Evidence) -> None:
    """Zhu 2023 counts births and ongoing pregnancies: no pregnancy to compare, and of 152 women 140."""
    trials = pool_trials.other_trials(ev, "pregnancy")
    assert set(trials["study_id"]) == {"zhu2023"}
    counts = ev.select("outcomes", study_id=[*trials["study_id"]])
    said = trials_text.other_trials_sentence("pregnancy", trials, counts)
    assert (
        "no count of pregnancy can be compared: Zhu 2023 (moderate to severe adhesions), IUA, ongoing pregnancy 45/72 against 28/68"
        in said
    )
    assert "live birth 41/72 against 26/68, +18.7 (+1.2 to +35.1) points" in said
    assert (
        "Women counted of those enrolled: Zhu 2023 140 of 152 (per protocol). The arm sizes of Zhu 2023"
        in said
    )
    harm = harms.harm_mentions(ev, ev.select("studies", study_id=[*trials["study_id"]]))
    assert "Zhu 2023, placenta accreta more often with cells" in trials_text.harm_sentence(harm)
    assert trials_text.harm_sentence(harm.iloc[:0]) == ""
    none = pool_trials.other_trials(ev, "menses-resumed")
    assert trials_text.other_trials_sentence("menses-resumed", none, counts.iloc[:0]) == ""


def test_nothing_to_compare_is_said_in_figures_tables_and_sentence(compared: Compared) -> None:
    for outcome in ("fracture", "adhesion-recurrence", "ovarian-function-improved"):
        counts, pairs = compared(outcome)
        assert pairs.empty
        said = background_text.background_conclusion(counts, pairs, level=0.95)
        assert "cannot be said from the text available" in said or "not a comparison" in said
        assert background_pairs.by_condition(pairs) == {}
        shown = " ".join(texts(figures.difference_forest(pairs, title="t", subtitle="s")))
        assert "no women with cells have" in shown
        shown = " ".join(texts(figures.cohort_panels(counts.rows, title="t", subtitle="s")))
        assert "no women with cells" in shown or "no comparator of this condition" in shown
        for made in (tables.pair_table(pairs, level=0.95),):
            assert "Nothing was reported" in made.html
        assert bool(len(tables.left_out_table(counts).rows)) == (outcome != "fracture")


def test_another_condition_does_not_stand_in(compared: Compared) -> None:
    counts, pairs = compared("ovarian-function-improved")
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert "The counts of POI without cells are of other women" in said


@pytest.mark.parametrize("outcome", ["pregnancy", "live-birth"])
def test_the_figures_draw_every_row_and_pair_and_clip_nothing(compared: Compared, outcome: str) -> None:
    counts, pairs = compared(outcome)
    picture = figures.cohort_panels(counts.rows, title="A question?", subtitle="What is shown.")
    assert_nothing_clipped(picture)
    words = texts(picture)
    assert [text for text in words if text in set(counts.rows["count_text"])] == list(
        counts.rows["count_text"]
    )
    assert any("not randomised" in text for text in words)
    for part in background_pairs.by_condition(pairs).values():
        picture = figures.difference_forest(part, title="A question?", subtitle="What is shown.")
        assert_nothing_clipped(picture)
        left = drawn_data(picture)["axes"][0]
        intervals = [
            artist["data"]
            for artist in left["artists"]
            if len(artist["data"]) == 2 and artist["kind"] == "line"
        ]
        ends = [(start[0], end[0]) for start, end in intervals if start[1] == end[1]]
        assert ends == [pytest.approx(pair) for pair in zip(part["low"], part["high"], strict=True)]


def test_no_count_without_its_women_where_the_condition_says_less(
    ev: evidence.Evidence, compared: Compared
) -> None:
    """Letur 2004 is POF or occult ovarian insufficiency, De Marco 2021 women over 40, Chen 2017 all grades."""
    counts, pairs = compared("pregnancy", kinds=True)
    population = ev.studies.set_index("label")["population"].dropna()
    shown = tables.cohort_table(counts, level=0.95).rows
    forests = [
        figures.difference_forest(part, title="t", subtitle="s")
        for part in background_pairs.by_condition(pairs).values()
    ]
    drawn = [*texts(figures.cohort_panels(counts.rows, title="t", subtitle="s"))]
    drawn += [text for forest in forests for text in texts(forest)]
    flat = [re.sub(r"\s+", " ", text) for text in drawn]
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    listed = tables.pair_table(pairs, level=0.95).rows
    named = {"Letur 2004", "De Marco 2021", "Chen 2017", "Xiao 2014"}
    assert named <= set(population.index)
    for label in named:
        women = population[label]
        own = shown[shown["study and arm"].str.startswith(label)]
        assert len(own)
        assert set(own["women"]) == {women}
        assert set(listed.loc[listed["comparator"].str.startswith(label), "women of the comparator"]) == {
            women
        }
        labels = [text for text in flat if text.startswith(label)]
        assert len(labels) > 1
        assert all(f"({women})" in text for text in labels)
        assert all(f"{label} ({women})" in line for line in said.splitlines() if label in line)
    assert "the women differ in severity (recurrent v moderate to severe)" in said


def test_a_count_published_because_it_had_happened_is_compared_nowhere(
    ev: evidence.Evidence, compared: Compared
) -> None:
    chosen = ev.outcomes[ev.outcomes["reporting"] == "event-triggered"]
    assert len(chosen)
    for outcome in chosen["outcome"].unique():
        counts, _ = compared(outcome, kinds=True)
        assert not counts.rows["reporting"].eq("event-triggered").any()
        left = counts.left_out[counts.left_out["reporting"] == "event-triggered"]
        assert left["why"].eq("no proportion: published because it had happened").all()
    counts, pairs = compared("pregnancy")
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert "IVI ASCOT in POI, interim 2020 1/6" in said
    counts, pairs = compared("live-birth")
    assert reason(counts, "herraiz2018") == {"no proportion: total above the 17 women enrolled"}
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert "Herraiz 2018 3/20 (total above the 17 women enrolled)" in said


def test_an_interval_that_includes_zero_is_no_result(compared: Compared) -> None:
    counts, pairs = compared("pregnancy", kinds=True)
    zero = pairs["interval"] == "includes zero"
    assert (zero == ((pairs["low"] <= 0) & (pairs["high"] >= 0))).all()
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    small = int(pairs.loc[zero, "too_small"].fillna(value=False).sum())
    assert (
        f"in {small} of these {zero.sum()} comparisons the groups were too small to detect a doubling (80 % power)"
        in said
    )
    shown = tables.pair_table(pairs, level=0.95)
    drawn = texts(
        figures.difference_forest(background_pairs.by_condition(pairs)["POI"], title="t", subtitle="s")
    )
    for text in (said, shown.html, *drawn):
        assert not re.search(r"no difference(?! can|,)|no effect|is an effect", text)
    assert "neither a difference nor its absence" in said
    (yan,) = [line for line in said.splitlines() if line.startswith("- Yan 2020")]
    assert "too small to detect a doubling" in yan


def test_the_groups_are_too_small_where_a_trial_of_their_size_would_not_detect_a_doubling(
    compared: Compared,
) -> None:
    _, pairs = compared("pregnancy")
    doubles = pairs[pairs["too_small"].notna()]
    assert len(doubles) < len(pairs)
    for pair in records(doubles):
        size = 2 * pair.total * pair.background_total / (pair.total + pair.background_total)
        rate = max(pair.background_events, 0.5) / (pair.background_total + (pair.background_events == 0))
        assert pair.needed_double == stats.patients_needed(2 * rate, rate)
        assert pair.too_small == (size < pair.needed_double)
    rest = pairs[pairs["too_small"].isna()]
    assert (2 * rest["background_events"] >= rest["background_total"]).all()
    shown = tables.pair_table(pairs, level=0.95).rows["large enough to detect a doubling"]
    assert {"yes", "a rate of 50 % or more cannot double"} < set(shown)


@pytest.mark.parametrize(
    ("outcome", "studies"),
    [
        ("E2-increased", {"anasti1994", "serial-poi-india"}),
        ("ovulation", {"anasti1994", "dex-pof1999"}),
        ("follicle-growth", {"corenblum1993"}),
        ("pregnancy", {"miyazaki-ej62", "corenblum1993", "prp-jfrh2023"}),
    ],
)
def test_courses_without_cells_are_compared_for_what_they_count(
    compared: Compared, outcome: str, studies: set[str]
) -> None:
    counts, _ = compared(outcome)
    own = counts.rows[counts.rows["study_id"].isin(studies)]
    assert set(own["study_id"]) == studies
    assert set(own.loc[own["study_id"] != "serial-poi-india", "kind"]) == {"other treatment"}


def test_women_who_crossed_over_count_once(shipped_draft: Draft, compared: Compared) -> None:
    counts, _ = compared("ovulation")
    (crossed,) = records(counts.rows[counts.rows["study_id"] == "anasti1994"])
    assert (crossed.events, crossed.total, crossed.arm_id) == (10, 46, "all")
    assert "danazol and oestrogen-progestin phases together" in crossed.who
    assert reason(counts, "nelson-gnrha") == {"may share women with Anasti 1994, which is larger"}
    again = counts.left_out.query("arm_id == 'crossover-ee'")
    assert set(again["why"]) == {"these women are counted in another arm, before they crossed over"}
    # Without the sum, one of two phases stands for their women.
    shipped_draft.change("outcomes", shipped_draft.row("outcomes", study_id="anasti1994", arm_id="all", outcome="ovulation"),
         events="", total="", total_basis="")  # fmt: skip
    rows = background_rows.comparable(shipped_draft.load(), outcome="ovulation").rows
    assert list(rows.loc[rows["study_id"] == "anasti1994", "arm_id"]) == ["danazol"]


def test_without_cells_but_with_ivf_is_not_untreated(shipped_draft: Draft, compared: Compared) -> None:
    """The arm had no PRP and ICSI: its women did not wait."""
    shipped, _ = compared("pregnancy")
    rows = shipped.rows
    assert set(rows.loc[rows["study_id"] == "prp-jfrh2023", "kind"]) == {"other treatment"}
    shipped_draft.change(
        "arms", shipped_draft.row("arms", study_id="prp-jfrh2023", arm_id="no-treatment"), co_treatment=""
    )
    rows = pregnancies(shipped_draft).rows
    assert set(rows.loc[rows["study_id"] == "prp-jfrh2023", "kind"]) == {"untreated"}


def test_where_nobody_was_treated_the_counts_without_cells_are_shown(compared: Compared) -> None:
    counts, pairs = compared("E2-increased")
    assert not counts.rows["side"].eq(TREATED).any()
    said = background_text.background_conclusion(counts, pairs, level=0.95)
    assert said.startswith("No cohort treated with cells has a count of E2 increased")
    assert "30 of 46 (65.2 %" in said
    assert "Nelson (GnRH agonist) 11/23" in said
    picture = figures.cohort_panels(counts.rows, title="A question?", subtitle="What is shown.")
    assert_nothing_clipped(picture)
    assert {"30/46", "no women with cells are counted"} <= set(texts(picture))


def test_every_outcome_and_condition_gives_a_page(
    ev: evidence.Evidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Which counts there are does not depend on the condition: they are described once for all four.
    described = cache(lambda words: arm_counts(ev, list(words), level=0.95))
    monkeypatch.setattr(comparators, "arm_counts", lambda _ev, words, *, level: described(tuple(words)))  # noqa: ARG005
    pages = [("all", outcome) for outcome in sorted(ev.outcomes["outcome"].unique())]
    # Of one condition, one outcome per set of sides that were counted: what a page can say depends on these.
    description = described(tuple(outcome for _, outcome in pages))
    for condition in ("IUA", "POR", "DOR"):
        sides = description[description["condition"] == condition].groupby("outcome")["side"].agg(frozenset)
        pages += [(condition, outcome) for outcome in sides.drop_duplicates().index]
        pages.append((condition, next(outcome for _, outcome in pages if outcome not in sides.index)))
    for condition, outcome in pages:
        counts = background_rows.comparable(ev, outcome=outcome, condition=[condition], kinds=True)
        pairs = background_pairs.background_pairs(counts)
        said = background_text.background_conclusion(counts, pairs, level=0.95)
        assert said
        assert "nan" not in said.lower().split()
        overlaps = {row.study_id: set(row.overlaps) for row in records(counts.rows)}
        for _, block in counts.rows.groupby(["side", "stratum"]):
            studies = set(block["study_id"])
            assert not any(studies & overlaps[study] for study in studies)
        assert all(len(part) for part in background_pairs.by_condition(pairs).values())


def test_a_rise_after_cells_is_compared_with_rises_without_them(ev: evidence.Evidence) -> None:
    """Igboeli 2020 reports oestrogen in its two women; without cells it rose in 30 of 46 and in 11 of 23."""
    rows = risen.risen_counts(ev, ["FSH", "E2", "AFC"])
    without = rows[(rows["measure"] == "E2")]
    assert list(without["count_text"]) == ["2/18", "30/46", "11/23"]
    assert list(without["received"]) == ["untreated", "other treatment", "other treatment"]
    assert list(without["overlap"]) == ["", "Nelson (GnRH agonist)", "Anasti 1994"]
    assert list(rows.loc[rows["measure"] == "AFC", "received"]) == ["other treatment", "treated with cells"]
    said = risen_text.risen_sentences(rows, ev.select("changes"))
    assert "30 of 46 (65.2 %, 95 % CI 49.8 to 78.6 %) of Anasti 1994" in said
    assert "E2 &gt;50 pg/mL" in said
    assert "2 of 18 (11.1 %, 95 % CI 1.4 to 34.7 %) of Serial profiles, India (untreated" in said
    assert "in 3 counts (table above), 2 of which may have women in common" in said
    assert "11 of 23" not in said
    fewer = rows[rows["study_id"] != "anasti1994"]
    assert "11 of 23" in risen_text.risen_sentences(fewer, ev.select("changes"))
    many = pd.concat([ev.select("changes").assign(study_id=str(n), direction="up") for n in range(6)])
    assert "was reported by 6 studies." in risen_text.risen_sentences(rows, many)
    assert "Igboeli 2020 (2 women; a case report, published because it had happened)" in said
    shown = trajectory_tables.risen_table(rows, title="Women whose marker rose").rows
    assert len(shown) == len(rows)
    assert set(shown.loc[shown["study"] == "Serial profiles, India", "women"]) == {
        "POI: amenorrhoea for more than a year"
    }
    nothing = risen.risen_counts(ev, ["FSH"])
    assert nothing.empty
    assert "No count of women" in risen_text.risen_sentences(nothing, ev.select("changes"))


def test_ovaries_that_work_again_without_cells_are_counted_beside_those_with_cells(
    ev: evidence.Evidence, shipped_draft: Draft
) -> None:
    rows = risen.resumed_counts(ev)
    untreated = rows[rows["received"] == "untreated"]
    assert list(untreated.loc[untreated["outcome"] == "ovarian-function-improved", "count_text"]) == [
        "117/507",
        "67/391",
        "86/358",
        "48/162",
    ]
    assert {"4/9", "17/30", "6/31", "9/11"} <= set(
        rows.loc[rows["outcome"] == "menses-resumed", "count_text"]
    )
    assert {"10/46", "4/23", "0/19", "0/17"} <= set(rows.loc[rows["outcome"] == "ovulation", "count_text"])
    # Two women of a case report are no proportion; the scarred cavity is another disease.
    assert "igboeli2020" not in set(rows["study_id"])
    assert set(rows["tissue"]) == {"ovary"}
    said = risen_text.resumed_sentences(rows)
    assert "67 of 391 (17.1 %, 95 % CI 13.5 to 21.2 %) of Bidet 2010" in said
    assert "to 48 of 162 (29.6 %" in said
    assert "in 4 counts (table above), 3 of which may have women in common" in said
    assert "117 of 507" not in said
    assert len(trajectory_tables.risen_table(rows, title="Resumed").rows) == len(rows)
    shipped_draft.change("outcomes", shipped_draft.row("outcomes", study_id="anasti1994", outcome="E2-increased"), events="20",
         percent_reported="")  # fmt: skip
    rows = risen.risen_counts(shipped_draft.load(), ["E2"])
    assert "20/46" in set(rows["count_text"])


def test_the_source_nearest_to_the_study_counts_whose_ovaries_work_again(shipped_draft: Draft) -> None:
    shipped_draft.add("outcomes", study_id="mashayekhi2021", arm_id="cells", subgroup="", outcome="menses-resumed", timepoint_months="",
        events="3", total="9", total_unit="women", total_basis="reported", percent_reported="", source_id="hjt-article",
        locator="table 9", extraction="reported", reporting="", note="",
    )  # fmt: skip
    rows = risen.resumed_counts(shipped_draft.load())
    of_arm = (rows["study_id"] == "mashayekhi2021") & (rows["arm_id"] == "cells")
    assert list(rows.loc[of_arm, "count_text"]) == ["4/9"]


def test_no_study_is_named_in_code(ev: evidence.Evidence) -> None:
    names = [*ev.studies["study_id"], *ev.studies["label"]]
    named = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    helpers = ROOT / "src" / "helpers"
    for path in [*helpers.glob("counts/*.py"), *helpers.glob("questions/background/*.py")]:
        source = path.read_text(encoding="utf-8")
        assert named.findall(source) == []
