"""The multiverse: every combination is accounted for, and each result is that of a single analysis."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import binom

from helpers import evidence, stats
from helpers.counts.one_count import OWN_CONTROL, TREATED
from helpers.parameters import declared
from helpers.questions.reported_numbers.rows import doubted_counts
from helpers.questions.robustness import choices, figures, tables
from helpers.questions.robustness import effects as robustness_effects
from helpers.questions.robustness import text as robustness_text
from helpers.questions.robustness.choices import data_sets
from helpers.questions.robustness.comparators import COMPARATOR_KINDS
from helpers.questions.robustness.joint import joint_tests
from helpers.questions.robustness.nearer import nearer_counts
from helpers.questions.robustness.rows import (
    ABOVE,
    BELOW,
    NO_BIAS,
    ONE_EACH,
    POWER,
    Multiverse,
    multiverse,
)  # fmt: skip
from helpers.rendering import notebooks
from helpers.show import page
from helpers.stats import MODELS, Model
from test_figures import assert_nothing_clipped

DEFAULT = "live-birth-above-background"
#: A question some of whose specifications find a difference without power.
QUICK = "menses-resumed-above-background"
#: The question with a randomised trial.
TRIAL = "live-birth-after-adhesions"
OWN = COMPARATOR_KINDS[OWN_CONTROL]
EVENTS, TOTALS = [4, 0, 1, 6], [61, 12, 10, 9]
COUNTS = st.lists(
    st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=1, max_size=4
)
MODEL = st.sampled_from(list(MODELS.values()))


@pytest.fixture(scope="module")
def default(ev: evidence.Evidence) -> Multiverse:
    return multiverse(ev, question=DEFAULT)


@pytest.fixture(scope="module")
def default_tests(default: Multiverse) -> pd.DataFrame:
    """The joint tests of few draws that the answer takes; tests must not change them."""
    return joint_tests(default, draws=20)


@pytest.fixture(scope="module")
def default_nearer(ev: evidence.Evidence, default: Multiverse) -> pd.DataFrame:
    """The counts nearer than those compared; tests must not change them."""
    return nearer_counts(ev, default)


@pytest.fixture(scope="module")
def quick(ev: evidence.Evidence) -> Multiverse:
    return multiverse(ev, question=QUICK)


@pytest.fixture(scope="module")
def trial(ev: evidence.Evidence) -> Multiverse:
    return multiverse(ev, question=TRIAL)


#: The models that are fitted to a single data set by `pool_proportions` too.
WIDE = {name: model for name, model in MODELS.items() if model.mu_mean == 0}


@pytest.mark.parametrize("model", [*WIDE.values(), Model("common")], ids=[*WIDE, "common rate"])
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
        biases=[0.0, 0.5],
    )
    assert np.isnan(compared.low).all()


@pytest.mark.parametrize(("events", "limits"), [([0, 0, 0], (0, 22)), ([9, 1, 12], (22, 22))])
@pytest.mark.parametrize("model", [MODELS["random effects, Wald"], Model("common")])
def test_studies_without_any_event_keep_the_interval_of_their_sum(
    model: Model, events: list[int], limits: tuple[int, int]
) -> None:
    rates = stats.pool_sets(events, [9, 1, 12], [[True] * 3], model=model)
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
@example([(0, 1)], [(0, 1), (1, 1)], MODELS["random effects, Wald"])
def test_a_bias_widens_and_does_not_move(
    treated: list[tuple[int, int]], background: list[tuple[int, int]], model: Model
) -> None:
    one, other = ((*zip(*side, strict=True), [[True] * len(side)]) for side in (treated, background))
    found = stats.differences(one, other, [[0, 0]], models={"one": model}, biases=[0.0, 0.25, 1.0])  # type: ignore[arg-type]
    rates = [{events / total for events, total in side} for side in (treated, background)]
    if model.method == "binomial-normal" and {0.0, 1.0} in rates:
        # The likelihood of such studies has no maximum: no bias makes a difference of it.
        assert np.isnan([found.estimate, found.low, found.high]).all()
        return
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


def test_a_bias_is_added_in_logits_and_does_not_shrink_with_the_women() -> None:
    few, many = (
        stats.pool_sets([x], [n], [[True]], model=Model("common"))
        for x, n in ((20, 100), (200_000, 1_000_000))
    )
    for rates in (few, many):
        wide = stats.with_bias(rates, 0.5)
        for before, after in ((rates.low[0], wide.low[0]), (rates.high[0], wide.high[0])):
            expected = math.hypot(float(logit(before) - logit(0.2)), 1.959964 * 0.5)
            assert abs(logit(after) - logit(0.2)) == pytest.approx(expected, rel=1e-6)
    assert stats.with_bias(many, 0.5).high[0] > 0.39


def test_a_bias_widens_a_rate_of_no_event() -> None:
    none = stats.pool_sets([0], [37], [[True]], model=Model("common"))
    assert stats.with_bias(none, 0.0).high[0] == pytest.approx(none.high[0])
    wide = stats.with_bias(none, 1.0)
    assert wide.low[0] == 0
    assert wide.high[0] > 1.5 * none.high[0]


@pytest.mark.parametrize("sd", [-0.1, math.inf, math.nan])
def test_an_impossible_bias_is_refused(sd: float) -> None:
    rates = stats.pool_sets(EVENTS, TOTALS, [[True] * 4], model=Model("common"))
    with pytest.raises(ValueError, match="sd"):
        stats.with_bias(rates, sd)


def test_a_prior_centred_on_a_rare_event_lowers_a_rare_rate() -> None:
    wide, rare = (
        stats.pool_sets([0, 1], [20, 30], [[True, True]], model=MODELS[name])
        for name in ("Bayes, tau scale 0.5", "Bayes, tau scale 0.5, prior centred on 5 %")
    )
    assert rare.estimate[0] < wide.estimate[0]
    assert "mu N(-2.94" in rare.method[0]


def test_variance_explained_by_hand() -> None:
    assert stats.variance_explained([1, 1, 3, 3], ["a", "a", "b", "b"]) == 1
    assert stats.variance_explained([1, 3, 1, 3], ["a", "a", "b", "b"]) == 0
    # Means 1 and 3 of two each: 4 between, 8 in all.
    assert stats.variance_explained([0, 2, 2, 4, np.nan], list("aabbb")) == pytest.approx(0.5)
    assert stats.variance_explained([2, 2], ["a", "b"]) == 0
    assert math.isnan(stats.variance_explained([np.nan], ["a"]))
    with pytest.raises(ValueError, match="one shape"):
        stats.variance_explained([1, 2], ["a"])


def test_live_birth_is_asked_first() -> None:
    assert next(iter(choices.QUESTIONS)) == DEFAULT
    notebook = notebooks.read(Path(__file__).parents[1] / "notebooks" / "12_robustness.ipynb")
    assert declared(notebook)["question"].allowed.split(" | ") == list(choices.QUESTIONS)
    assert declared(notebook)["question"].default == DEFAULT


def test_every_specification_comes_once(default: Multiverse, quick: Multiverse) -> None:
    for asked in (default, quick):
        rows = asked.specifications
        results = rows[["treated_set", "background_set", "bias"]].join(
            rows[["estimate", "low", "high"]].round(10)
        )
        assert not results.duplicated().any()
        assert rows["id"].is_unique
        assert (rows["low"] > 0).eq(rows["answer"] == ABOVE).all()
        assert (rows["high"] < 0).eq(rows["answer"] == BELOW).all()
        single = (rows["k"] == 1) & (rows["background_k"] == 1)
        assert single.eq(rows["model"] == ONE_EACH).all()
        # Every specification is reached by an option of every choice, and every option reaches one.
        for choice, options in asked.choices.items():
            own = asked.taken[asked.taken["choice"] == choice]
            assert set(own["id"]) == set(rows["id"])
            assert set(own["option"]) == set(options)


def test_an_option_that_changes_nothing_is_none_and_is_listed(default: Multiverse) -> None:
    # No count of live births has another denominator among the women enrolled.
    assert "denominator" not in default.choices
    shown = tables.excluded_table(default).rows
    assert "denominator: enrolled" in set(shown["excluded"])
    assert "model: common rate of all studies" in set(shown["excluded"])


def test_a_specification_is_what_its_own_analysis_gives(default: Multiverse) -> None:
    for _, row in default.specifications.sample(30, random_state=1).iterrows():
        p, q = (
            _rate(rows, MODELS.get(row.model, Model("common")))
            for rows in (default.sets[int(row.treated_set)], default.comparators[int(row.background_set)])
        )
        assert (row.rate, row.background) == pytest.approx((p[0], q[0]), abs=1e-7)
        assert row.estimate == pytest.approx(p[0] - q[0], abs=1e-7)
        if row.bias == NO_BIAS:
            assert row.low == pytest.approx(p[0] - q[0] - math.hypot(p[0] - p[1], q[2] - q[0]), abs=1e-7)


def _rate(rows: pd.DataFrame, model: Model) -> tuple[float, float, float]:
    x, n = rows["events"].astype(int), rows["total"].astype(int)
    found = stats.pool_sets(x, n, [[True] * len(rows)], model=model)
    return float(found.estimate[0]), float(found.low[0]), float(found.high[0])


@pytest.mark.parametrize("name", [DEFAULT, TRIAL])
def test_no_choice_lets_in_what_is_no_choice(name: str, ev: evidence.Evidence) -> None:
    overlaps = ev.studies.set_index("study_id")["overlaps_with"].fillna("").str.split("; ")
    for rows in data_sets(ev, choices.QUESTIONS[name]).frames:
        assert rows["total_unit"].eq("women").all()
        assert not rows["withdrawn"].any()
        assert not rows["extraction"].eq("model").any()
        assert rows["reporting"].isna().all()
        assert not rows["design"].eq("case-report").any()
        assert rows.loc[rows["side"] == OWN_CONTROL, "design"].eq("rct").all()
        studies = set(rows["study_id"])
        assert not any(studies & set(overlaps[study]) for study in studies)


def test_an_experimental_treatment_is_no_comparator(ev: evidence.Evidence, quick: Multiverse) -> None:
    cohort = next(rows for rows in quick.comparators if len(rows) == 1)
    study, arm = cohort[["study_id", "arm_id"]].iloc[0]
    arms = ev.arms.copy()
    arms.loc[(arms["study_id"] == study) & (arms["arm_id"] == arm), "standing"] = "experimental"
    other = multiverse(dataclasses.replace(ev, arms=arms), question=QUICK)
    assert not any(study in set(rows["study_id"]) for rows in other.comparators)
    assert other.excluded["why"].str.contains("itself experimental").any()
    assert (
        ev.arms.loc[ev.arms["label"].str.contains("IVA|acupuncture|^PRP|DHEA|Yangmo"), "standing"]
        .eq("experimental")
        .all()
    )


def test_a_randomised_control_meets_its_own_trial_without_bias(trial: Multiverse) -> None:
    own = trial.specifications[trial.specifications["kind"] == OWN]
    assert len(own)
    assert set(own["bias"]) == {NO_BIAS}
    for one, other in own[["treated_set", "background_set"]].drop_duplicates().to_numpy():
        assert set(trial.sets[one]["study_id"]) == set(trial.comparators[other]["study_id"])
        assert trial.sets[one]["side"].eq(TREATED).all()


def test_power_follows_from_the_own_decision_of_a_specification(default: Multiverse) -> None:
    """Brute force for the specifications of one treated study: every count is analysed, and the declared ones are weighed."""
    rows = default.specifications[default.specifications["k"] == 1]
    assert len(rows)
    for _, row in rows.sample(12, random_state=3).iterrows():
        n, q, high = int(row.women), row.background, row.background_high
        declared_counts = []
        for x in range(n + 1):
            low, _ = stats.proportion_interval(x, n)
            declared_counts.append(x / n - q - math.hypot(x / n - low, high - q) > 0)
        power = binom.pmf(np.arange(n + 1), n, row.aim)[declared_counts].sum()
        assert row.power == pytest.approx(power, abs=1e-9)
        assert row.powered == (power >= POWER)
        if pd.notna(row.detectable):
            reached = binom.pmf(np.arange(n + 1), n, row.detectable)[declared_counts].sum()
            assert reached == pytest.approx(0.8, abs=1e-9)


def test_more_women_bring_power_and_another_answer(
    ev: evidence.Evidence, default: Multiverse, default_tests: pd.DataFrame
) -> None:
    before = robustness_text.robustness_answer(default, default_tests, doubts={})
    assert before.startswith(
        f"No: all {len(default.specifications)} defensible analyses leave live birth after treatment of POI undecided"
    )
    assert (
        "(point estimates −9.4 to +5.2 points; every CI includes zero); none could have detected a doubling."
        in before.split("\n\n")[0]
    )
    assert f"(power at most {100 * default.specifications['power'].max():.1f} %)" in before
    counts = ev.outcomes.copy()
    row = (counts["study_id"] == "edessy2016") & (counts["outcome"] == "live-birth")
    assert row.any()
    counts.loc[row, ["events", "total"]] = [120, 300]
    studies = ev.studies.assign(
        n_enrolled=ev.studies["n_enrolled"].mask(ev.studies["study_id"] == "edessy2016", 300)
    )
    arms = ev.arms.assign(n=ev.arms["n"].mask(ev.arms["study_id"] == "edessy2016", 300))
    larger = dataclasses.replace(ev, outcomes=counts, studies=studies, arms=arms)
    asked = multiverse(larger, question=DEFAULT)
    powered = asked.powered
    assert len(powered)
    said = robustness_text.robustness_answer(asked, joint_tests(asked, draws=20), doubts={})
    answers = asked.specifications["answer"].value_counts()
    higher = answers.get(ABOVE, 0)
    assert higher
    first = said.split("\n\n")[0]
    assert first.startswith(
        f"Yes: of {len(asked.specifications):,} defensible analyses of live birth after treatment of POI, {higher:,} find"
    )
    assert first.endswith(f"; {len(powered):,} could have detected a doubling.")
    values = robustness_effects.multiverse_values(asked)
    above = sum(own["powered_answers"][ABOVE] for own in values["kinds"].values())
    assert above == (powered["answer"] == ABOVE).sum()
    assert f"{above:,} of {len(powered):,} lie above zero" in robustness_text.robustness_title(asked)


def test_own_papers_are_counted(default: Multiverse, default_tests: pd.DataFrame) -> None:
    assert robustness_effects.multiverse_values(default)["own_paper"] == 0
    said = robustness_text.robustness_answer(default, default_tests, doubts={})
    assert (
        f"None of {len(default.specifications)} specifications uses only counts from the studies' papers"
        in said
    )


def test_counts_of_others_and_doubted_ones_are_named(
    ev: evidence.Evidence, default: Multiverse, default_tests: pd.DataFrame
) -> None:
    said = robustness_text.robustness_answer(default, default_tests, doubts=doubted_counts(ev))
    assert "Yan 2020, 4 of 61 (the article only)" in said
    assert "`03_reported_numbers` doubts the count of Yan 2020." in said
    by_study = [rows.assign(origin="paper or registry") for rows in default.sets]
    sound = robustness_text.robustness_answer(
        dataclasses.replace(default, sets=by_study), default_tests, doubts={}
    )
    assert "not reported by the study itself" not in sound
    assert "doubts" not in sound
    by_the_article = pd.concat(
        [
            default.sets[0].assign(evidence_row=f"outcomes row {row}", origin="the article only")
            for row in range(6)
        ]
    )
    many = dataclasses.replace(default, sets=[by_the_article] * len(default.sets))
    short = robustness_text.robustness_answer(many, default_tests, doubts={})
    assert "not reported by the study itself: 6 of 6 counts, 6 of these by the article only." in short


def test_a_comparator_that_the_background_would_not_take_is_marked(
    ev: evidence.Evidence, default: Multiverse, default_nearer: pd.DataFrame
) -> None:
    assert list(default_nearer[["treated", "used", "nearer"]].itertuples(index=False, name=None)) == [
        ("Yan 2020", "50/466", "47/386")
    ]
    cohorts = tables.comparator_cohort_table(default, default_nearer).rows
    marks = cohorts.set_index("events/women")["not matched in the way of conceiving"]
    assert "Yan 2020: 47/386 (assisted) is nearer" in marks["50/466"]
    assert not marks.drop("50/466").any()
    assert "compares Yan 2020 with the nearer 47/386 (assisted)" in robustness_text.nearer_sentence(
        default_nearer
    )
    arms = ev.arms.assign(conception=ev.arms["conception"].mask(ev.arms["study_id"] == "yan2020"))
    unknown = nearer_counts(dataclasses.replace(ev, arms=arms), default)
    assert unknown.empty
    assert not robustness_text.nearer_sentence(unknown)
    assert "not matched in the way of conceiving" not in tables.comparator_cohort_table(default, unknown).rows


def test_what_lacked_power_is_in_no_headline(quick: Multiverse) -> None:
    found = quick.specifications
    assert not found["powered"].all()
    apart = found.assign(answer=found["answer"].where(found["powered"], ABOVE))
    changed = dataclasses.replace(quick, specifications=apart)
    assert robustness_text.robustness_title(changed) == robustness_text.robustness_title(quick)
    table = tables.answer_table(quick).rows
    assert table["specifications"].sum() == len(quick.specifications)


def test_specifications_that_no_rate_would_reach_are_counted(
    quick: Multiverse, default: Multiverse, default_tests: pd.DataFrame
) -> None:
    values = robustness_effects.multiverse_values(quick)["kinds"]
    for kind, own in values.items():
        rows = quick.specifications[quick.specifications["kind"] == kind]
        assert own["undetectable"] == (rows["least"] > rows["women"]).sum()
    missing = sum(own["undetectable"] for own in values.values())
    assert missing
    said = robustness_text.robustness_answer(quick, joint_tests(quick, draws=20), doubts={})
    assert "would have declared no rate higher" in said
    assert "no rate higher" not in robustness_text.robustness_answer(default, default_tests, doubts={})


def test_options_lead_to_specifications(default: Multiverse) -> None:
    options = robustness_effects.option_effects(default)
    assert options["explained"].between(0, 1).all()
    assert options["explained"].is_monotonic_decreasing
    assert options.loc[options["choice"] == "bias", "explained"].max() < 0.01
    comparators = options[options["choice"] == "comparator"]
    assert comparators["specifications"].sum() == len(default.specifications)
    effects = robustness_effects.choice_effects(options)
    bars = figures.choice_bars(effects.assign(explained_answer=0.0), title="Which?", subtitle="All")
    legend: Any = bars.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["of the estimates"]
    both: Any = figures.choice_bars(effects, title="Which?", subtitle="All").axes[0].containers
    for drawn, name in zip(both, ("explained", "explained_answer"), strict=False):
        assert [bar.get_width() for bar in drawn] == pytest.approx(list(100 * effects[name]))
    assert robustness_text.choices_title(effects).startswith("The ")
    assert len(tables.option_table(options).rows) == len(options)


def test_the_joint_test_repeats_and_finds_a_difference(ev: evidence.Evidence, default: Multiverse) -> None:
    tests, again = (joint_tests(default, draws=100) for _ in range(2))
    pd.testing.assert_frame_equal(tests, again)
    counts = ev.outcomes.copy()
    row = (counts["study_id"] == "yan2020") & (counts["outcome"] == "live-birth")
    counts.loc[row, "events"] = 55
    row = (counts["study_id"] == "edessy2016") & (counts["outcome"] == "live-birth")
    counts.loc[row, "events"] = 9
    other = joint_tests(multiverse(dataclasses.replace(ev, outcomes=counts), question=DEFAULT), draws=100)
    assert other["p_median"].max() < tests["p_median"].min()
    assert other["above"].sum() > tests["above"].sum()


def test_the_joint_test_of_one_trial_is_near_that_of_its_table(trial: Multiverse) -> None:
    test = joint_tests(trial, draws=1000).set_index("kind").loc[OWN]
    own = trial.specifications[trial.specifications["kind"] == OWN].iloc[0]
    x, n = trial.sets[int(own.treated_set)][["events", "total"]].iloc[0].astype(int)
    bx, bn = trial.comparators[int(own.background_set)][["events", "total"]].iloc[0].astype(int)
    pooled = (x + bx) / (n + bn)
    z = (x / n - bx / bn) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / bn))
    assert test["p_median"] == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), abs=0.03)
    assert test["null_tau"] == 0


def test_powers_are_recorded_under_names_of_their_own(default: Multiverse, trial: Multiverse) -> None:
    for asked in (default, trial):
        powers = robustness_effects.specification_powers(asked)
        assert powers["name"].is_unique
        values = robustness_effects.power_values(powers.iloc[0])
        assert values["power"] == pytest.approx(
            float(binom.sf(values["least"] - 1, values["women"], values["aim"]))
        )


def test_the_curve_tells_power_from_none_and_stays_small(default: Multiverse, trial: Multiverse) -> None:
    for asked in (default, trial):
        picture = figures.specification_curve(
            asked.specifications, asked.taken, asked.choices, asked.kinds, title=robustness_text.robustness_title(asked),
            subtitle="All", event="live birth",
        )  # fmt: skip
        curve, reach, fields = picture.axes
        hollow = sum(
            np.size(line.get_xdata()) for line in curve.lines if line.get_markerfacecolor() == "white"
        )
        shown = min(len(asked.specifications), 240)
        if not asked.specifications["powered"].any():
            assert hollow == shown
        else:
            assert 0 < hollow < shown
        assert np.size(reach.lines[0].get_xdata()) == shown
        labels = [label.get_text() for label in fields.get_yticklabels()]
        # Power has rows of its own where specifications differ in it; else the legend says it.
        differ = asked.specifications["powered"].nunique() > 1
        assert len(labels) == 2 * differ + sum(len(options) for options in asked.choices.values())
        shares: Any = np.ma.asarray(fields.collections[0].get_array())
        names: Any = dict(zip(labels, shares[[round(at - 0.5) for at in fields.get_yticks()]], strict=True))
        if differ:
            assert np.allclose(sum(names[words] for words in figures.POWER_WORDS.values()), 1)
        for choice in ("model", "bias"):
            assert np.allclose(sum(names[option] for option in asked.choices[choice]), 1)
        assert len(page.svg(picture)) < 500_000
        assert_nothing_clipped(picture)


def test_the_conclusion_says_what_counts_are_not(default: Multiverse) -> None:
    words = robustness_text.robustness_conclusion(default, robustness_effects.option_effects(default))
    assert "no probability" in words
    assert "neither a difference nor its absence" in words
    assert len(words.split()) <= 260


def test_unknown_questions_and_levels_are_refused(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match=DEFAULT):
        multiverse(ev, question="cure")
    with pytest.raises(ValueError, match="level"):
        multiverse(ev, question=QUICK, level=95)


def test_a_question_without_women_is_refused(ev: evidence.Evidence) -> None:
    bare = dataclasses.replace(ev, outcomes=ev.outcomes[ev.outcomes["outcome"] == "miscarriage"])
    with pytest.raises(ValueError, match="no count of women with cells has a comparator"):
        multiverse(bare, question=QUICK)


def test_no_comparator_without_its_women(
    default: Multiverse, ev: evidence.Evidence, default_nearer: pd.DataFrame
) -> None:
    population = ev.studies.set_index("label")["population"].dropna()
    cohorts = tables.comparator_cohort_table(default, default_nearer).rows
    for label in population.index:
        own = cohorts.loc[cohorts["cohort"].str.startswith(f"{label}:"), "women"]
        assert own.str.endswith(": " + str(population[label])).all()
