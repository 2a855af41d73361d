"""The multiverse: every combination is accounted for, and each result is that of a single analysis."""

from __future__ import annotations

import dataclasses
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import evidence, stats
from helpers.counts.one_count import BACKGROUND, OWN_CONTROL, TREATED, UNTREATED
from helpers.questions.robustness import (
    choices,
    figures,
    tables,
)
from helpers.questions.robustness import effects as robustness_effects
from helpers.questions.robustness import (
    rows as robustness_rows,
)
from helpers.questions.robustness import (
    text as robustness_text,
)
from helpers.questions.robustness.choices import DataSets, data_sets
from helpers.questions.robustness.rows import (
    ABOVE,
    ANSWERS,
    BELOW,
    COMPARATOR_KINDS,
    NEVER_DISCOUNTED,
    NO_COMPARATOR,
    NO_WOMEN,
    POSSIBLE,
)
from helpers.rendering import notebooks
from helpers.rendering.parameters import declared
from helpers.show import page
from helpers.stats import MODELS, Model
from test_figures import assert_nothing_clipped

DEFAULT = "pregnancy-above-background"
#: The question with the fewest data sets: quick to ask again.
QUICK = "menses-resumed-above-background"
#: The question with a randomised trial.
TRIAL = "live-birth-after-adhesions"
OWN, ALONE = COMPARATOR_KINDS[OWN_CONTROL], COMPARATOR_KINDS[UNTREATED]
EVENTS, TOTALS = [4, 0, 1, 6], [61, 12, 10, 9]
COUNTS = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=4
)
MODEL = st.sampled_from(list(MODELS.values()))


@pytest.fixture(scope="module")
def told(ev: evidence.Evidence) -> robustness_rows.Multiverse:
    return robustness_rows.multiverse(ev, question=DEFAULT)


@pytest.fixture(scope="module")
def quick(ev: evidence.Evidence) -> robustness_rows.Multiverse:
    return robustness_rows.multiverse(ev, question=QUICK)


@pytest.fixture(scope="module")
def trial(ev: evidence.Evidence) -> robustness_rows.Multiverse:
    return robustness_rows.multiverse(ev, question=TRIAL)


@pytest.fixture(scope="module")
def by_question(ev: evidence.Evidence) -> dict[str, DataSets]:
    """The data sets of each question."""
    return {name: data_sets(ev, question) for name, question in choices.QUESTIONS.items()}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_a_batch_equals_single_fits(model: Model) -> None:
    masks = [[True, True, True, True], [True, False, True, False], [False, True, True, True]]
    rates = stats.pool_sets(EVENTS, TOTALS, masks, model=model)
    for place, mask in enumerate(masks):
        x, n = np.array(EVENTS)[mask], np.array(TOTALS)[mask]
        if model.method == "common":
            low, high = stats.proportion_interval(int(x.sum()), int(n.sum()))
            expected = (x.sum() / n.sum(), low, high)
        else:
            one = stats.pool_proportions(
                x, n, method=model.method, interval=model.interval, tau_scale=model.tau_scale
            )
            expected = (one.estimate, one.low, one.high)
        found = (rates.estimate[place], rates.low[place], rates.high[place])
        assert found == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("scales", [(0.25, 0.5, 1.0), (2.0, 0.1)])
def test_models_that_share_a_likelihood_find_what_each_finds_alone(scales: tuple[float, ...]) -> None:
    treated = (EVENTS, TOTALS, [[True] * 4, [False, True, True, False]])
    background = ([27, 77, 3], [518, 507, 70], [[True] * 3])
    models = {str(scale): Model("bayes", tau_scale=scale) for scale in scales}
    together = stats.differences(
        treated, background, [[0, 0], [1, 0]], models={"sum": Model("common"), **models}
    )
    assert "scale" not in together.treated[0].method[0]
    for place, model in enumerate(models.values(), 1):
        for side, found in ((treated, together.treated), (background, together.background)):
            alone, shared = stats.pool_sets(*side, model=model), found[place]
            for name in ("estimate", "low", "high"):
                np.testing.assert_allclose(getattr(shared, name), getattr(alone, name), rtol=2e-6)
            assert list(shared.method) == list(alone.method)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_one_study_keeps_its_exact_interval_and_none_has_no_rate(model: Model) -> None:
    rates = stats.pool_sets(EVENTS, TOTALS, [[True, False, False, False], [False] * 4], model=model)
    assert (rates.low[0], rates.high[0]) == stats.proportion_interval(4, 61)
    assert "single study" in rates.method[0]
    assert math.isnan(rates.estimate[1])
    assert list(rates.k) == [1, 0]


@pytest.mark.parametrize("name", ["random effects, Wald", "random effects, t"])
def test_likelihood_without_maximum_gives_no_rate_and_says_so(name: str) -> None:
    events, totals, masks = [0, 1, 4], [9, 1, 61], [[True, True, False], [True, True, True]]
    rates = stats.pool_sets(events, totals, masks, model=MODELS[name])
    assert np.isnan([rates.estimate[0], rates.low[0], rates.high[0]]).all()
    assert "every study has no event or only events" in rates.method[0]
    assert np.isfinite(rates.estimate[1])
    compared = stats.differences(
        (events, totals, masks),
        ([3], [30], [[True]]),
        [[0, 0]],
        models={name: MODELS[name]},
        discounts=[0.0, 0.5],
    )
    assert np.isnan(compared.low).all()


@pytest.mark.parametrize(("events", "limits"), [([0, 0, 0], (0, 22)), ([9, 1, 12], (22, 22))])
@pytest.mark.parametrize("name", ["random effects, Wald", "common rate, exact"])
def test_studies_without_any_event_keep_the_interval_of_their_sum(
    name: str, events: list[int], limits: tuple[int, int]
) -> None:
    rates = stats.pool_sets(events, [9, 1, 12], [[True] * 3], model=MODELS[name])
    assert (rates.low[0], rates.high[0]) == pytest.approx(stats.proportion_interval(*limits))
    assert "exact" in rates.method[0]


def test_two_single_studies_differ_as_mover_has_it() -> None:
    pair = stats.differences(
        ([4], [61], [[True]]), ([27], [518], [[True]]), [[0, 0]], models={"one": Model("common")}
    )
    p, q = 4 / 61, 27 / 518
    (l1, u1), (l2, u2) = stats.proportion_interval(4, 61), stats.proportion_interval(27, 518)
    assert pair.estimate[0, 0, 0] == pytest.approx(p - q)
    assert pair.low[0, 0, 0] == pytest.approx(p - q - math.hypot(p - l1, u2 - q))
    assert pair.high[0, 0, 0] == pytest.approx(p - q + math.hypot(u1 - p, q - l2))


@settings(deadline=None, max_examples=25)
@given(COUNTS, COUNTS, MODEL)
def test_a_discount_widens_and_does_not_move(
    treated: list[tuple[int, int]], background: list[tuple[int, int]], model: Model
) -> None:
    one, other = ((*zip(*side, strict=True), [[True] * len(side)]) for side in (treated, background))
    found = stats.differences(one, other, [[0, 0]], models={"one": model}, discounts=[0.0, 0.5, 0.9])  # type: ignore[arg-type]
    assert np.ptp(found.estimate) < 1e-12
    assert (np.diff(found.low[0, :, 0]) <= 1e-12).all()
    assert (np.diff(found.high[0, :, 0]) >= -1e-12).all()
    assert (found.low <= found.estimate + 1e-9).all()
    assert (found.estimate <= found.high + 1e-9).all()


@settings(deadline=None, max_examples=25)
@given(COUNTS, COUNTS)
def test_changed_sides_change_the_sign(
    treated: list[tuple[int, int]], background: list[tuple[int, int]]
) -> None:
    one, other = ((*zip(*side, strict=True), [[True] * len(side)]) for side in (treated, background))
    models = {"one": Model("common")}
    there = stats.differences(one, other, [[0, 0]], models=models)  # type: ignore[arg-type]
    back = stats.differences(other, one, [[0, 0]], models=models)  # type: ignore[arg-type]
    assert there.low == pytest.approx(-back.high)
    assert there.high == pytest.approx(-back.low)


@pytest.mark.parametrize(
    ("events", "totals", "model", "word"),
    [
        ([3], [2], Model("common"), "exceed their total: 3 of 2"),
        ([-1], [2], Model("common"), "must not be negative"),
        ([0], [0], Model("common"), "1 or more"),
        ([math.nan], [2], Model("common"), "events must be whole"),
        ([1], [math.nan], Model("bayes"), "total must be whole"),
        ([math.inf], [math.inf], Model("common"), "events must be whole"),
        ([0.5], [2], Model("common"), "events must be whole"),
        ([1], [2], Model("fixed"), "binomial-normal, bayes, common"),
    ],
)
def test_impossible_input_is_refused(
    events: list[float], totals: list[float], model: Model, word: str
) -> None:
    side = (events, totals, [[True]])
    with pytest.raises(ValueError, match=word):
        stats.pool_sets(*side, model=model)
    fine = ([1], [2], [[True]])
    for treated, background in ((side, fine), (fine, side)):
        with pytest.raises(ValueError, match=word):
            stats.differences(treated, background, [[0, 0]], models={"one": model})


@pytest.mark.parametrize(
    ("where", "word"),
    [
        ([[1, 2]], "where must hold True or False for each study, not int64"),
        ([["a", ""]], "where must hold True or False for each study"),
        ([[True, False], [True]], "where must be one table of True and False"),
        ([[[True, True]]], "where must have the shape .datasets, k."),
        ([[True, True, True]], "of the shape of where, .1, 3., or one row of it, not .2,. and .2,."),
    ],
)
def test_a_mask_that_is_none_is_refused(where: Any, word: str) -> None:
    side, fine = ([1, 2], [10, 20], where), ([1, 2], [10, 20], [[True, True]])
    with pytest.raises(ValueError, match=word):
        stats.pool_sets(*side, model=Model("common"))
    for treated, background in ((side, fine), (fine, side)):
        with pytest.raises(ValueError, match=word):
            stats.differences(treated, background, [[0, 0]])


@pytest.mark.parametrize(
    ("pairs", "word"),
    [
        ([[0, -1]], "treated below 1 and the background below 2, not .0, -1."),
        ([[0, 0], [0, 5]], "treated below 1 and the background below 2, not .0, 5."),
        ([[1, 0]], "treated below 1 and the background below 2, not .1, 0."),
        ([[0.7, 0]], "pairs must be whole numbers"),
        ([["a", 0]], "pairs must be whole numbers"),
        ([0, 0], "pairs must have the shape .pairs, 2., not .2,."),
        ([[0, 0, 0]], "pairs must have the shape .pairs, 2., not .1, 3."),
    ],
)
def test_a_pair_that_does_not_exist_is_refused(pairs: Any, word: str) -> None:
    treated, background = (
        ([1, 2], [10, 20], [[True, True]]),
        ([3, 4], [10, 20], [[True, True], [True, False]]),
    )
    assert stats.differences(treated, background, [[0, 1]]).low.shape == (len(MODELS), 1, 1)
    with pytest.raises(ValueError, match=word):
        stats.differences(treated, background, pairs)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_what_is_missing_in_a_study_not_used_changes_nothing(model: Model) -> None:
    found = stats.pool_sets([*EVENTS, np.nan], [*TOTALS, np.nan], [[True] * 4 + [False]], model=model)
    expected = stats.pool_sets(EVENTS, TOTALS, [[True] * 4], model=model)
    assert (found.estimate, found.low, found.high) == (expected.estimate, expected.low, expected.high)


def test_a_discount_of_everything_is_refused() -> None:
    rates = stats.pool_sets(EVENTS, TOTALS, [[True] * 4], model=Model("common"))
    with pytest.raises(ValueError, match="discount"):
        stats.discounted(rates, 1.0)


def test_variance_explained_by_hand() -> None:
    assert stats.variance_explained([1, 1, 3, 3], ["a", "a", "b", "b"]) == 1
    assert stats.variance_explained([1, 3, 1, 3], ["a", "a", "b", "b"]) == 0
    # Means 1 and 3 of two each: 4 between, 8 in all.
    assert stats.variance_explained([0, 2, 2, 4, np.nan], list("aabbb")) == pytest.approx(0.5)
    assert stats.variance_explained([2, 2], ["a", "b"]) == 0
    assert math.isnan(stats.variance_explained([np.nan], ["a"]))
    with pytest.raises(ValueError, match="one shape"):
        stats.variance_explained([1, 2], ["a"])


def test_the_default_question_has_thousands_of_possible_specifications(
    told: robustness_rows.Multiverse,
) -> None:
    assert len(told.possible) >= 5000


def test_counts_multiply_and_no_combination_comes_twice(told: robustness_rows.Multiverse) -> None:
    assert len(told.specifications) == math.prod(len(options) for options in told.choices.values())
    assert not told.specifications.duplicated(list(told.choices)).any()


def test_every_specification_is_accounted_for(told: robustness_rows.Multiverse) -> None:
    rows, values = told.specifications, robustness_effects.multiverse_values(told)
    assert rows["answer"].notna().all()
    assert sum(values["answers"].values()) == len(rows)
    possible = rows["answer"].isin(POSSIBLE)
    assert possible.eq(rows["estimate"].notna()).all()
    assert rows.loc[possible, "k"].ge(1).all()
    assert (rows["treated_set"] < 0).eq(rows["answer"] == NO_WOMEN).all()
    assert (
        ((rows["background_set"] < 0) & (rows["treated_set"] >= 0)).eq(rows["answer"] == NO_COMPARATOR).all()
    )
    assert (rows["low"] > 0).eq(rows["answer"] == ABOVE).all()
    assert (rows["high"] < 0).eq(rows["answer"] == BELOW).all()
    assert (rows.loc[possible & (rows["k"] == 1), "method"].str.contains("single study")).all()


def test_a_specification_is_what_its_own_analysis_gives(told: robustness_rows.Multiverse) -> None:
    sample = told.possible.sample(40, random_state=1)
    for _, row in sample.iterrows():
        treated, background = told.sets[int(row.treated_set)], told.comparators[int(row.background_set)]
        p, q = (_rate(rows, MODELS[row.model]) for rows in (treated, background))
        assert (row.rate, row.background) == pytest.approx((p[0], q[0]), abs=1e-7)
        assert row.estimate == pytest.approx(p[0] - q[0], abs=1e-7)
        if row.discount == "none":
            assert row.low == pytest.approx(p[0] - q[0] - math.hypot(p[0] - p[1], q[2] - q[0]), abs=1e-7)
        assert (row.events, row.women) == (treated["events"].sum(), treated["total"].sum())


def _rate(rows: pd.DataFrame, model: Model) -> tuple[float, float, float]:
    x, n = rows["events"].astype(int), rows["total"].astype(int)
    if len(rows) == 1 or model.method == "common":
        return float(x.sum() / n.sum()), *stats.proportion_interval(int(x.sum()), int(n.sum()))
    one: Any = stats.pool_proportions(
        x, n, method=model.method, interval=model.interval, tau_scale=model.tau_scale
    )
    return one.estimate, one.low, one.high


@pytest.mark.parametrize("name", choices.QUESTIONS)
def test_no_choice_lets_in_what_is_no_choice(
    name: str, ev: evidence.Evidence, by_question: dict[str, DataSets]
) -> None:
    overlaps = ev.studies.set_index("study_id")["overlaps_with"].fillna("").str.split("; ")
    made = {id(rows): rows for rows in by_question[name].rows}
    for rows in made.values():
        assert rows["total_unit"].eq("women").all()
        assert not rows["withdrawn"].any()
        assert not rows["extraction"].eq("model").any()
        assert set(rows["side"]) <= {TREATED, OWN_CONTROL, BACKGROUND}
        assert rows.loc[rows["side"] == OWN_CONTROL, "design"].eq("rct").all()
        reached = rows["arm_id"].str.contains("transfer|fet|donor") | rows["subgroup"].str.contains(
            "transfer", na=False
        )
        assert not reached.any()
        assert not rows.duplicated(["study_id", "arm_id"]).any()
        studies = set(rows["study_id"])
        assert not any(studies & set(overlaps[study]) for study in studies)


@pytest.mark.parametrize("name", [DEFAULT, QUICK])
def test_treated_and_comparator_are_of_the_same_conditions(
    name: str, told: robustness_rows.Multiverse, quick: robustness_rows.Multiverse
) -> None:
    asked = told if name == DEFAULT else quick
    pairs = asked.possible[["treated_set", "background_set"]].drop_duplicates()
    for one, other in pairs.to_numpy():
        treated = set(asked.sets[one]["condition"])
        assert treated == set(asked.comparators[other]["condition"])
        assert "POI" in treated


def test_the_options_let_in_what_they_say(told: robustness_rows.Multiverse) -> None:
    rows = told.possible
    for option, depths in (
        ("text or table", {"full-text", "table", "body-excerpt"}),
        ("or abstract", {"full-text", "table", "body-excerpt", "abstract"}),
    ):
        sets = rows.loc[rows["read as"] == option, "treated_set"].unique()
        assert len(sets)
        assert all(set(told.sets[int(place)]["access"]) <= depths for place in sets)
    sets = rows.loc[rows["told by"] == "or a review or the press", "treated_set"].unique()
    assert not any(told.sets[int(place)]["origin"].eq("the article only").any() for place in sets)


def test_a_changed_count_changes_the_share(ev: evidence.Evidence, quick: robustness_rows.Multiverse) -> None:
    counts = ev.outcomes.copy()
    row = (
        (counts["study_id"] == "mashayekhi2021")
        & (counts["outcome"] == "menses-resumed")
        & (counts["total"] == 9)
    )
    assert row.sum() == 1
    counts.loc[row, "events"] = 9
    other = robustness_rows.multiverse(dataclasses.replace(ev, outcomes=counts), question=QUICK)
    before, after = robustness_effects.multiverse_values(quick), robustness_effects.multiverse_values(other)
    assert after["kinds"][ALONE]["share_above"] > before["kinds"][ALONE]["share_above"]
    assert after["specifications"] == before["specifications"]


def test_options_add_up_to_the_specifications(told: robustness_rows.Multiverse) -> None:
    options = robustness_effects.option_effects(told)
    sizes = options.groupby("choice")[["possible", "impossible"]].sum()
    assert (sizes["possible"] == len(told.possible)).all()
    assert (sizes["possible"] + sizes["impossible"] == len(told.specifications)).all()
    assert options["explained"].between(0, 1).all()
    assert options["explained"].is_monotonic_decreasing
    # A discount takes weight and moves no estimate.
    assert options.loc[options["choice"] == "discount", "explained"].max() == 0
    assert list(robustness_effects.choice_effects(options)["choice"]) == list(options["choice"].unique())


def test_unknown_questions_and_levels_are_refused(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match=DEFAULT):
        robustness_rows.multiverse(ev, question="cure")
    with pytest.raises(ValueError, match="level"):
        robustness_rows.multiverse(ev, question=QUICK, level=95)


def test_a_question_without_women_is_refused(ev: evidence.Evidence) -> None:
    bare = dataclasses.replace(ev, outcomes=ev.outcomes[ev.outcomes["outcome"] == "miscarriage"])
    with pytest.raises(ValueError, match="no count of women with cells has a comparator"):
        robustness_rows.multiverse(bare, question=QUICK)


def test_a_higher_level_supports_less(ev: evidence.Evidence, quick: robustness_rows.Multiverse) -> None:
    strict = robustness_rows.multiverse(ev, question=QUICK, level=0.999)
    few, more = (robustness_effects.multiverse_values(asked)["kinds"][ALONE] for asked in (strict, quick))
    assert few["share_above"] < more["share_above"]


def test_the_curve_holds_every_answer_and_stays_small(quick: robustness_rows.Multiverse) -> None:
    picture = figures.specification_curve(
        quick.possible, quick.choices, quick.kinds, title="Is it?", subtitle="All", event="return of menses"
    )
    curve, fields = picture.axes
    (line,) = [line for line in curve.lines if np.size(line.get_xdata()) > 2]
    heights = np.asarray(line.get_ydata(), dtype=float)
    assert (np.diff(heights) >= 0).all()
    ends = 100 * quick.possible["estimate"].min(), 100 * quick.possible["estimate"].max()
    assert (heights[0], heights[-1]) == pytest.approx(ends)
    drawn = sum(len(collection.get_paths()) for collection in curve.collections)
    assert 0 < drawn <= 240
    labels = [label.get_text() for label in fields.get_yticklabels()]
    assert len(labels) == 3 + sum(len(options) for options in quick.choices.values())
    assert len(page.svg(picture)) < 400_000


def test_tables_and_bars_tell_the_same(quick: robustness_rows.Multiverse) -> None:
    options = robustness_effects.option_effects(quick)
    answers = tables.answer_table(quick).rows
    assert list(answers["95 % CI of the difference"]) == POSSIBLE * len(quick.kinds) + ANSWERS[3:]
    assert answers["specifications"].sum() == len(quick.specifications)
    assert answers["distinct results"].sum() == robustness_effects.multiverse_values(quick)["results"]
    assert tables.treated_set_table(quick).rows["specifications"].sum() == len(quick.possible)
    cohorts = tables.comparator_cohort_table(quick).rows
    assert cohorts["events/women"].str.fullmatch(r"\d+/\d+").all()
    assert cohorts["women"].str.startswith("POI").all()
    assert len(tables.option_table(quick, options).rows) == len(options)
    bars = figures.choice_bars(robustness_effects.choice_effects(options), title="Which?", subtitle="All")
    assert [label.get_text() for label in bars.axes[0].get_yticklabels()] == list(options["choice"].unique())


def test_a_series_that_no_choice_moves_is_not_drawn(told: robustness_rows.Multiverse) -> None:
    effects = robustness_effects.choice_effects(robustness_effects.option_effects(told)).assign(
        explained_answer=0.0
    )
    bars = figures.choice_bars(effects, title="Which?", subtitle="All")
    assert [text.get_text() for text in bars.legends[0].get_texts()] == ["of the estimates"]
    assert len(bars.axes[0].patches) == len(effects)


def test_the_title_names_the_women_of_other_conditions_and_is_short(told: robustness_rows.Multiverse) -> None:
    title = robustness_text.robustness_title(told)
    assert "(some specifications include women with POR" in title
    assert "no specification detects a difference; " in title
    assert title.endswith("all were too small to detect a doubling")
    assert len(title) < 190


def test_the_conclusion_is_short_and_says_what_shares_are_not(
    told: robustness_rows.Multiverse, quick: robustness_rows.Multiverse, trial: robustness_rows.Multiverse
) -> None:
    for asked in (told, quick, trial):
        words = robustness_text.robustness_conclusion(asked, robustness_effects.option_effects(asked))
        assert len(words.split()) <= 260
        assert "no probability" in words
        assert f"{len(asked.possible):,} possible" in words
    assert "“paper or registry” (told by)" in robustness_text.robustness_conclusion(
        told, robustness_effects.option_effects(told)
    )


def test_kinds_of_comparators_are_told_apart(
    told: robustness_rows.Multiverse, trial: robustness_rows.Multiverse
) -> None:
    for asked in (told, trial):
        assert len(asked.kinds) == 2
        kinds, rows = robustness_effects.multiverse_values(asked)["kinds"], asked.possible
        words = robustness_text.robustness_conclusion(asked, robustness_effects.option_effects(asked))
        title = robustness_text.robustness_title(asked)
        curve = figures.specification_curve(
            rows, asked.choices, asked.kinds, title=title, subtitle="All", event=asked.question.event
        )
        heads = [text.get_text() for text in curve.axes[1].texts]
        for kind, names in asked.kinds.items():
            own = rows[rows["kind"] == kind]
            assert set(own["comparator"]) <= set(names)
            assert kinds[kind]["possible"] == len(own)
            assert kinds[kind]["share_above"] == pytest.approx((own["low"] > 0).mean())
            assert f"Compared with **{kind}**" in words
            assert kind in title or "no specification detects a difference" in title
            assert any(head.startswith(kind) for head in heads)
            sets = {int(place) for place in own["background_set"]}
            assert all(
                asked.comparators[place]["kind"].map(COMPARATOR_KINDS).eq(kind).all() for place in sets
            )
        answers = robustness_effects.option_answers(asked).groupby(["kind", "choice"])["possible"].sum()
        assert all(answers[kind].eq(kinds[kind]["possible"]).all() for kind in asked.kinds)


def test_the_title_and_the_conclusion_name_what_is_behind(
    told: robustness_rows.Multiverse, quick: robustness_rows.Multiverse
) -> None:
    rows = quick.possible
    words = robustness_text.robustness_conclusion(quick, robustness_effects.option_effects(quick))
    above = rows.loc[rows["answer"] == ABOVE, "comparator"].astype(str)
    assert above.nunique() == 1
    assert f"All that lie above are comparisons with {above.iloc[0]}." in words
    effects = robustness_effects.choice_effects(robustness_effects.option_effects(told))
    assert robustness_text.choices_title(effects).startswith("The comparator goes with ")


def test_each_cohort_is_a_comparator_once(
    told: robustness_rows.Multiverse, quick: robustness_rows.Multiverse, trial: robustness_rows.Multiverse
) -> None:
    for asked in (told, quick, trial):
        rows = asked.possible
        # Whatever else is chosen, two comparators never are the same counts.
        other = [choice for choice in asked.choices if choice != "comparator"]
        assert not rows.duplicated([*other, "treated_set", "background_set"]).any()
        pooled = rows.loc[rows["comparator"].astype(str).str.contains("pooled"), "background_set"].unique()
        assert len(pooled)
        assert all(asked.comparators[place]["study_id"].nunique() > 1 for place in pooled)


def test_a_randomised_control_stands_beside_its_own_trial_undiscounted(
    trial: robustness_rows.Multiverse,
) -> None:
    rows = trial.specifications[trial.specifications["kind"] == OWN]
    possible = rows[rows["answer"].isin(POSSIBLE)]
    assert set(possible["discount"]) == {"none"}
    assert (rows["answer"] == NEVER_DISCOUNTED).sum() == 2 * len(possible)
    for one, other in possible[["treated_set", "background_set"]].drop_duplicates().to_numpy():
        treated, control = trial.sets[one], trial.comparators[other]
        assert set(treated["study_id"]) == set(control["study_id"])
        assert treated["side"].eq(TREATED).all()
        assert control["side"].eq(OWN_CONTROL).all()


def test_what_sets_an_own_control_apart_is_not_the_discounts(trial: robustness_rows.Multiverse) -> None:
    """All specifications beside an own control lie above it, and none takes a discount."""
    effects = robustness_effects.choice_effects(robustness_effects.option_effects(trial)).set_index("choice")
    assert OWN in set(trial.possible["kind"])
    assert effects["explained"]["discount"] == 0
    assert effects["explained_answer"]["discount"] < 0.05
    assert effects["explained_answer"]["comparator"] > 0.5
    assert f"against {OWN} the one CI there is lies above zero" in robustness_text.robustness_title(trial)


def test_an_interval_that_includes_zero_is_no_result(
    told: robustness_rows.Multiverse, quick: robustness_rows.Multiverse
) -> None:
    for asked in (told, quick):
        kinds, rows = robustness_effects.multiverse_values(asked)["kinds"], asked.possible
        options = robustness_effects.option_effects(asked)
        title = robustness_text.robustness_title(asked)
        said = robustness_text.robustness_conclusion(asked, options)
        curve = figures.specification_curve(
            rows, asked.choices, asked.kinds, title=title, subtitle="All", event=asked.question.event
        )
        legend = [text.get_text() for text in curve.legends[0].get_texts()]
        shown = [title, said, *legend, *tables.answer_table(asked).rows["95 % CI of the difference"]]
        bars = robustness_text.choices_title(robustness_effects.choice_effects(options))
        assert not any(re.search(r"no difference|no effect|agree", text) for text in [*shown, bars])
        for kind, values in kinds.items():
            own = rows[rows["kind"] == kind]
            zero = (own["low"] <= 0) & (own["high"] >= 0)
            assert values["share_zero"] == pytest.approx(zero.mean())
            assert values["share_too_small"] == pytest.approx(own.loc[zero, "too_small"].mean())
        assert "too small to detect a doubling" in title
        assert "neither a difference nor its absence" in said


def test_a_specification_is_too_small_where_its_groups_could_not_detect_a_doubling(
    told: robustness_rows.Multiverse,
) -> None:
    seen = set()
    for _, row in told.possible.sample(60, random_state=2).iterrows():
        others = told.comparators[int(row.background_set)]["total"].sum()
        rate = row.background or 0.5 / (others + 1)
        size = 2 / (1 / row.women + 1 / others)
        assert row.too_small == (size < stats.patients_needed(2 * rate, rate))
        seen.add(bool(row.too_small))
    assert True in seen


def test_no_comparator_without_its_women_where_the_condition_says_less(
    ev: evidence.Evidence, told: robustness_rows.Multiverse
) -> None:
    population = ev.studies.set_index("label")["population"].dropna()
    women = population["Letur 2004"]
    assert f"Letur 2004 ({women})" in told.choices["comparator"]
    cohorts = tables.comparator_cohort_table(told).rows
    for label in ("Letur 2004", "De Marco 2021", "Sun 2024"):
        own = cohorts.loc[cohorts["cohort"].str.startswith(label), "women"]
        assert len(own)
        assert own.str.endswith(": " + population[label]).all()
    curve = figures.specification_curve(
        told.possible, told.choices, told.kinds, title="Is it?", subtitle="All", event="pregnancy"
    )
    labels = [re.sub(r"\s+", " ", label.get_text()) for label in curve.axes[1].get_yticklabels()]
    assert f"Letur 2004 ({women})" in labels
    assert_nothing_clipped(curve)


def test_counts_published_because_they_had_happened_are_in_no_specification(
    by_question: dict[str, DataSets],
) -> None:
    for name, data in by_question.items():
        assert "case reports" not in data.choices, name
        for rows in {id(rows): rows for rows in data.rows}.values():
            assert rows["reporting"].isna().all()
            assert not rows["design"].eq("case-report").any()


def test_the_follow_up_is_chosen_for_comparators_too(trial: robustness_rows.Multiverse) -> None:
    rows = trial.possible
    late = rows[rows["follow-up"] == "known to be long term"]
    for column, sets in (("treated_set", trial.sets), ("background_set", trial.comparators)):
        assert all(sets[int(place)]["when"].eq("long term").all() for place in late[column].unique())
    assert len(late)


def test_the_notebook_allows_the_questions_there_are() -> None:
    notebook = notebooks.read(Path(__file__).parents[1] / "notebooks" / "12_robustness.ipynb")
    assert declared(notebook)["question"].allowed.split(" | ") == list(choices.QUESTIONS)
