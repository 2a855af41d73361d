"""What the page says of treated cohorts against a new cohort without cells: every sentence turns with the counts."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence, stats
from helpers.counts import scaffolds
from helpers.counts.one_count import TREATED
from helpers.counts.outcomes import counted_among
from helpers.questions.background import (
    answer_text,
    predictive,
    predictive_figures,
    predictive_tables,
    predictive_text,
    rows,
    trial_sizes,
    trial_sizes_tables,
)
from helpers.questions.pooled_outcomes import trials_text, trials_together
from helpers.questions.reported_numbers.rows import doubted_counts
from helpers.results import drawn_data
from test_figures import assert_nothing_clipped, texts

YAN = {"study_id": "yan2020", "arm_id": "cells", "outcome": "pregnancy"}
POI = "pregnancy/POI"
SCAFFOLDS = {"Zhu 2023": "collagen"}


@pytest.fixture(scope="module")
def made(ev: evidence.Evidence) -> predictive.Predictions:
    return predictive.predictions(ev)


@pytest.fixture(scope="module")
def answer(made: predictive.Predictions) -> str:
    return predictive_text.predictive_answer(made, level=0.95)


@pytest.fixture(scope="module")
def shipped_pregnancies(ev: evidence.Evidence) -> predictive.Predictions:
    """The shipped pregnancies of women with POI; tests must not change them."""
    return predictive.predictions(ev, ["pregnancy"], condition=["POI"])


def pregnancies(draft: Draft, **asked: Any) -> predictive.Predictions:
    return predictive.predictions(draft.load(), ["pregnancy"], condition=["POI"], **asked)


def of(made: predictive.Predictions, study: str, line: str = POI) -> Any:
    """The row of one treated cohort, of one outcome and condition."""
    of_line = made.treated["outcome"] + "/" + made.treated["stratum"] == line
    rows = made.treated[(made.treated["study_id"] == study) & of_line]
    (row,) = rows.itertuples()
    return row


def line_of(made: predictive.Predictions, name: str) -> Any:
    """The row of one outcome and condition."""
    (line,) = made.lines[made.lines["name"] == name].itertuples()
    return line


def test_the_prediction_is_that_of_the_untreated_cohorts(made: predictive.Predictions) -> None:
    line = line_of(made, POI)
    assert (line.kind, line.k, line.events, line.total) == ("untreated", 4, 48, 1089)
    found = stats.predictive_background([0, 10, 27, 11], [18, 391, 518, 162])
    assert (line.prediction_low, line.prediction_high) == pytest.approx(
        (found.prediction_low, found.prediction_high)
    )
    yan = of(made, "yan2020")
    assert yan.probability == pytest.approx(stats.compare_with_background(4, 61, found).probability)
    assert yan.bias_to_half == pytest.approx(0.0229, abs=5e-4)


def test_conceptions_after_ivf_are_not_compared_with_spontaneous_ones(
    shipped_draft: Draft, shipped_pregnancies: predictive.Predictions
) -> None:
    """The probability is shown with what forbids the comparison; it counts for no sentence."""
    made = shipped_pregnancies
    yan = of(made, "yan2020")
    assert yan.position == predictive.NOT_COMPARED
    assert "assisted reproduction on one side only" in yan.why
    shown = predictive_tables.treated_table(made, level=0.95).rows
    (cell,) = shown.loc[
        shown["treated cohort"].str.startswith("Yan 2020"), "P(treated rate above a new cohort)"
    ]
    assert cell.startswith("0.74, not a comparison: conceived with assisted reproduction")
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="yan2020", arm_id="cells"), conception="")
    shipped_draft.change("outcomes", shipped_draft.row("outcomes", **YAN), events="40", percent_reported="")
    said = predictive_text.predictive_answer(pregnancies(shipped_draft), level=0.95)
    assert "Yan 2020 (pregnancy 40/61) lies above; a bias of" in said
    assert re.search(r"1 of \d comparable counts? lies above", said)


def test_a_treated_cohort_is_compared_with_like_cohorts_only(made: predictive.Predictions) -> None:
    # Women watched for 29.9 months on average, and for one, are no comparators of women watched for a year.
    assert (of(made, "edessy2016").k, line_of(made, of(made, "edessy2016").line).total) == (2, 680)
    line = of(made, "mashayekhi2021", "menses-resumed/POI")
    assert (line.k, line.position, line.why) == (0, predictive.NOT_COMPARED, predictive.ONE_LIKE)


def test_a_count_published_because_it_had_happened_has_no_probability(made: predictive.Predictions) -> None:
    published = made.treated[made.treated["why"] == "published because it had happened"]
    assert {"nct02644447"} <= set(published["study_id"])
    assert published["probability"].isna().all()
    assert published["proportion"].isna().all()
    assert not published.duplicated(["study_id", "line"]).any()


def test_few_events_have_no_probability(
    shipped_draft: Draft, shipped_pregnancies: predictive.Predictions
) -> None:
    few, made = "fewer than 5 events with those expected in a typical cohort as large", shipped_pregnancies
    edessy = of(made, "edessy2016")
    assert np.isnan(edessy.probability)
    assert (edessy.why, edessy.position) == (few, predictive.NOT_COMPARED)
    assert of(made, "yan2020").probability == pytest.approx(0.739, abs=5e-4)
    shown = predictive_tables.treated_table(made, level=0.95).rows
    assert f"none: {few}" in set(shown["P(treated rate above a new cohort)"])
    shipped_draft.change("outcomes", shipped_draft.row("outcomes", study_id="edessy2016", outcome="pregnancy"), events="5", percent_reported="")  # fmt: skip
    assert of(pregnancies(shipped_draft), "edessy2016").probability > 0.5


def test_the_band_and_the_counts_are_those_of_the_probability(
    made: predictive.Predictions, answer: str
) -> None:
    """P, prediction and count of every treated cohort come from one set of cohorts, in data, sentence, table and figure."""
    lines = made.lines.set_index("name")
    sets = made.treated["line"].map(lines["k"])
    assert (made.treated.loc[made.treated["k"] > 1, "k"] == sets[made.treated["k"] > 1]).all()
    yan = of(made, "yan2020", "live-birth/POI")
    line = lines.loc[yan.line]
    counts = [tuple(map(int, count.split("/"))) for count in line["counts"]]
    assert (sum(x for x, _ in counts), sum(n for _, n in counts)) == (line["events"], line["total"])
    assert any("IVF" in name for name in line["cohorts"])
    found = stats.predictive_background(*zip(*counts, strict=True))
    assert yan.probability == pytest.approx(stats.compare_with_background(4, 61, found).probability)
    assert line["prediction_high"] == pytest.approx(found.prediction_high)
    (bullet,) = [part for part in answer.split("\n") if part.startswith("- Live birth") and "Yan" in part]
    (block,) = [
        text
        for text in texts(predictive_figures.predicted_panels(made, "ovary", title="t", subtitle="s"))
        if text.startswith("Live birth, POI")
        and f"{line['events']} of {line['total']}" in text.replace("\n", " ")
    ]
    assert f"{line['events']} of {line['total']}" in bullet
    assert f"{100 * line['prediction_high']:.1f} %" in bullet
    assert f"{100 * line['prediction_high']:.1f} %" in block.replace("\n", " ")
    names = predictive.named(made)["name"]
    assert "yan2020/cells/live-birth/hjt-article against a new cohort, live-birth/POI" in set(names)
    assert not names.duplicated().any()


def test_an_experimental_treatment_is_no_background(
    made: predictive.Predictions, ev: evidence.Evidence
) -> None:
    assert not any("IVA" in name for name in line_of(made, "live-birth/POI").cohorts)
    compared = {outcome: rows.comparable(ev, outcome=outcome, kinds=True) for outcome in predictive.STEPS}
    out = compared["live-birth"].left_out
    assert "iva-83" in set(out.loc[out["why"] == rows.EXPERIMENTAL, "study_id"])
    for counts in compared.values():
        kept = counts.rows
        assert (
            not kept.loc[kept["side"] != TREATED, "arm_label"]
            .str.contains("(?<!no )PRP|acupuncture|IVA")
            .any()
        )


def test_the_arms_of_a_study_are_one_cohort_of_the_background(
    made: predictive.Predictions, answer: str
) -> None:
    line = line_of(made, "pregnancy/POR")
    assert (line.k, line.counts) == (2, ["106/585", "0/22"])
    assert "2 studies, 106 of 607 women" in answer


def test_one_cohort_is_no_prediction_and_says_so(shipped_draft: Draft) -> None:
    for study, word in (
        ("letur2004", "pregnancy"),
        ("bidet2010", "pregnancy"),
        ("bidet2011", "natural-pregnancy"),
    ):
        shipped_draft.change(
            "outcomes", shipped_draft.row("outcomes", study_id=study, outcome=word), total_unit="cycles"
        )
    shipped_draft.change(
        "outcomes",
        shipped_draft.row("outcomes", study_id="serial-poi-india", outcome="pregnancy"),
        total_unit="cycles",
    )
    made = pregnancies(shipped_draft)
    line = line_of(made, POI)
    assert line.k == 1
    assert np.isnan(line.prediction_low)
    assert line.estimate == pytest.approx(line.events / line.total)
    shown = predictive_tables.prediction_table(made, level=0.95).rows
    assert shown["typical cohort, % (95 % CrI)"].iloc[0].startswith("one study, not pooled: ")
    assert made.treated["probability"].isna().all()
    assert predictive.ONE_COHORT in set(made.treated["why"])
    said = predictive_text.predictive_answer(made, level=0.95)
    assert "no count can be compared with women of other studies" in said
    drawn = predictive_figures.predicted_panels(made, "ovary", title="t", subtitle="s")
    assert any("no prediction" in text for text in texts(drawn))


def test_without_untreated_women_another_treatment_is_the_background_and_named(
    made: predictive.Predictions, answer: str
) -> None:
    line = line_of(made, "live-birth/POI")
    assert line.kind == "other treatment"
    assert "Live birth, POI: a new cohort of women with another treatment would show" in answer
    assert "Pregnancy, POI: a new cohort of untreated women would show 1.3 to 12.8 %" in answer
    # The whole arm of a study and its part with assisted reproduction are the same women.
    assert sum("Ishizuka 2021" in name for name in line.cohorts) == 1


def test_the_first_sentence_of_each_organ_stands_alone(
    made: predictive.Predictions, shipped_draft: Draft, answer: str
) -> None:
    ovary, uterus = answer.split("**Uterus.** ")
    assert ovary.startswith(
        "**Ovary.** It is not known whether cells change the outcome: no counted cohort has a randomised control, and none of "
    )
    assert uterus.startswith(
        "2 trials compared cells with a randomised control: Zhu 2023, live birth 41/72 against 26/68 (per protocol), +18.7 points (+1.2 to +35.1); Hou 2025"
    )
    thin = predictive.predictions(shipped_draft.load(), ["live-birth"], condition=["thin-endometrium"])
    assert "points (−15.8 to +54.1). No count can be compared with women of other studies." in (
        predictive_text.predictive_answer(thin, level=0.95)
    )
    compared = made.treated[
        (made.treated["position"] != predictive.NOT_COMPARED) & (made.treated["tissue"] == "ovary")
    ]
    assert f"none of {len(compared)} comparable counts lies above" in ovary
    shipped_draft.change("studies", shipped_draft.row("studies", study_id="zhu2023"), design="cohort")
    changed = predictive.predictions(shipped_draft.load(), ["live-birth"], condition=["IUA"])
    assert "no counted cohort has a randomised control" in predictive_text.predictive_answer(
        changed, level=0.95
    )


def test_ovary_and_uterus_share_no_line_sentence_or_figure(made: predictive.Predictions) -> None:
    assert made.lines.groupby("name")["tissue"].nunique().eq(1).all()
    assert made.treated.groupby("line")["tissue"].nunique().eq(1).all()
    for tissue, other in (("ovary", "IUA"), ("endometrium", "POI")):
        drawn = predictive_figures.predicted_panels(made, tissue, title="t", subtitle="s")
        assert not any(other in text for text in texts(drawn))


def test_each_sentence_follows_the_positions(made: predictive.Predictions, answer: str) -> None:
    moved = made.treated.assign(
        position=made.treated["position"].replace(predictive.BETWEEN, predictive.BELOW)
    )
    said = predictive_text.predictive_answer(predictive.Predictions(made.lines, moved), level=0.95)
    assert "0 counts are compatible with the outcome of women without cells" in said
    assert "lies below" in said
    for text in (said, answer):
        assert not re.search(
            r"\b(because of|due to|thanks to|improve[sd]? by|no effect|no difference)\b", text
        )
        assert "nan" not in text.lower().split()
    nothing = predictive.Predictions(made.lines.iloc[:0], made.treated.iloc[:0])
    assert "No cohort treated with cells" in predictive_text.predictive_answer(nothing, level=0.95)


def test_the_answer_is_one_sentence_then_each_organ(made: predictive.Predictions) -> None:
    first, ovary, uterus, trials, counts, limits = answer_text.answer(
        made, scaffolds=SCAFFOLDS, level=0.95
    ).split("\n\n")
    compared = made.treated[made.treated["position"] != predictive.NOT_COMPARED]
    number = compared.groupby("tissue").size()
    assert first == (
        "Ovary: possibly, neither of 2 counts is higher than expected without cells; uterus: live birth more frequent "
        "with cells on a scaffold (Zhu 2023, randomised, +18.7 points, 95 % CI +1.2 to +35.1)."
    )
    assert number["ovary"] == 2
    assert ovary.startswith(
        "**Ovary.** No counted cohort has a randomised control. Live birth, POI: women with another"
    )
    line = line_of(made, of(made, "yan2020", "live-birth/POI").line)
    assert (
        f"{line.k} studies, {line.total:,} women); with cells 4 of 61 (Yan 2020, the article only)" in ovary
    )
    assert uterus == "**Uterus.** Randomised, as reported:"
    assert trials.startswith(
        "- Zhu 2023, live birth: 41/72 with cells on a collagen scaffold, 26/68 without either (per protocol), +18.7 points "
        "(95 % CI +1.2 to +35.1).\n- Hou 2025, live birth: 3/11 with cells, 1/13 without"
    )
    assert trials.count("per protocol") == 1
    assert f"None of {number['endometrium']} counts is higher" in counts
    assert "IUA" not in ovary
    assert "POI" not in counts
    assert "10_safety" in limits
    moved = made.treated.assign(
        position=made.treated["position"].replace(predictive.BETWEEN, predictive.ABOVE)
    )
    above = answer_text.answer(predictive.Predictions(made.lines, moved), scaffolds={}, level=0.95)
    assert above.startswith(
        f"Ovary: not always, {number['ovary']} of {number['ovary']} counts are higher than expected without cells; uterus"
    )
    unlike = made.treated.assign(position=predictive.NOT_COMPARED)
    by_trial = answer_text.answer(predictive.Predictions(made.lines, unlike), scaffolds={}, level=0.95)
    assert by_trial.startswith(
        "Ovary: not known, no count can be compared; uterus: live birth more frequent with cells (Zhu"
    )
    without = predictive.Predictions(made.lines, unlike.assign(control_gap=""))
    alone = answer_text.answer(without, scaffolds={}, level=0.95)
    assert alone.startswith("It is not known: no count of women with cells can be compared")
    nothing = predictive.Predictions(made.lines.iloc[:0], made.treated.iloc[:0])
    assert answer_text.answer(nothing, scaffolds={}, level=0.95).startswith("No cohort treated with cells")


def test_counts_per_protocol_or_of_completers_say_so(
    made: predictive.Predictions, shipped_draft: Draft, answer: str
) -> None:
    zhu = of(made, "zhu2023", "live-birth/IUA")
    assert zhu.among == "per protocol"
    assert counted_among("total = completers of those recruited") == "completers"
    assert not counted_among(np.nan)
    shown = predictive_tables.treated_table(made, level=0.95).rows["events/total"]
    assert "41/72, per protocol" in set(shown)
    assert "against 26/68 (per protocol)" in answer
    for row in (82, 83):
        shipped_draft.change("outcomes", row, note="")
    births = predictive.predictions(shipped_draft.load(), ["live-birth"])
    assert not of(births, "zhu2023", "live-birth/IUA").among
    assert "per protocol" not in answer_text.answer(births, scaffolds=SCAFFOLDS, level=0.95)


def test_the_answer_follows_the_largest_randomised_trial(
    made: predictive.Predictions, shipped_draft: Draft
) -> None:
    """A trial read as less frequent, or as undecided, must change the first sentence; without it the counts decide."""

    def first(treated: pd.DataFrame) -> str:
        changed = predictive.Predictions(made.lines, treated)
        return answer_text.answer(changed, scaffolds={}, level=0.95).split("\n\n")[0]

    rows = made.treated
    assert "live birth less frequent with cells (Zhu 2023" in first(rows.assign(gap_low=-0.3, gap_high=-0.1))
    assert "no difference in live birth detected with cells (Zhu 2023" in first(
        rows.assign(gap_low=-0.1, gap_high=0.1)
    )
    assert "(Hou 2025, randomised, +19.6" in first(rows[rows["study_id"] != "zhu2023"])
    none = first(rows.assign(control_gap=""))
    assert re.search(r"; uterus: possibly, none of \d+ counts is higher than expected without cells", none)
    assert scaffolds.scaffolds_with_cells_only(shipped_draft.load()) == SCAFFOLDS
    shipped_draft.change(
        "arms", shipped_draft.row("arms", study_id="zhu2023", arm_id="control"), scaffold="collagen"
    )
    assert not scaffolds.scaffolds_with_cells_only(shipped_draft.load())


@pytest.mark.parametrize("tissue", ["ovary", "endometrium"])
def test_the_figure_draws_every_cohort_with_a_background_and_clips_nothing(
    made: predictive.Predictions, tissue: str
) -> None:
    subtitle = predictive_text.panels_subtitle(level=0.95, tau_scale=0.5, bias_sd=0.3)
    notes = predictive_text.not_drawn(made, tissue)
    picture = predictive_figures.predicted_panels(
        made, tissue, title="A question?", subtitle=subtitle, notes=notes
    )
    assert_nothing_clipped(picture)
    drawn = made.lines[(made.lines["tissue"] == tissue) & (made.lines["k"] > 0)]
    drawn = drawn[drawn["name"].isin(made.treated.loc[made.treated["low"].notna(), "line"])]
    rows = made.treated[made.treated["line"].isin(drawn["name"]) & made.treated["low"].notna()]
    words = texts(picture)
    assert [text for text in words if text in set(rows["count_text"])] == [
        text for name in drawn["name"] for text in rows.loc[rows["line"] == name, "count_text"]
    ]
    assert sum(text == "not compared" for text in words) == (rows["why"] != "").sum()
    assert any("Naive indirect comparison" in text for text in words)
    assert any("Not drawn" in text for text in words) == bool(notes)
    intervals = [
        (artist["data"][0][0], artist["data"][1][0])
        for artist in drawn_data(picture)["axes"][0]["artists"]
        if artist["kind"] == "line"
        and len(artist["data"]) == 2
        and artist["data"][0][1] == artist["data"][1][1]
    ]
    ordered = pd.concat([rows[rows["line"] == name] for name in drawn["name"]])
    assert intervals == [pytest.approx(pair) for pair in zip(ordered["low"], ordered["high"], strict=True)]


def test_the_prior_of_the_spread_is_varied(shipped_draft: Draft) -> None:
    by_scale = {scale: pregnancies(shipped_draft, tau_scale=scale) for scale in stats.TAU_SCALES}
    shown = predictive_tables.sensitivity_table(by_scale, level=0.95).rows
    assert "2.1 to 8.8" in set(shown["scale 0.25: new cohort, % (PI)"])
    assert "1.3 to 12.8" in set(shown["scale 0.5: new cohort, % (PI)"])
    assert "0.8 to 20.9" in set(shown["scale 1: new cohort, % (PI)"])


def test_what_has_no_probability_is_not_compared_again(
    ev: evidence.Evidence, made: predictive.Predictions
) -> None:
    again = predictive.predictions(ev, again=made)
    known = made.treated[made.treated["probability"].notna()]
    assert list(again.treated["name"]) == list(known["name"])
    assert list(again.treated["probability"]) == pytest.approx(list(known["probability"]))
    assert set(again.lines["name"]) == set(known["line"]) < set(made.lines["name"])
    shown = [
        predictive_tables.sensitivity_table({0.5: one, 1: made}, level=0.95).html for one in (made, again)
    ]
    assert shown[0] == shown[1]


def test_a_bias_draws_the_probability_towards_one_half(shipped_draft: Draft) -> None:
    without, with_bias = (
        of(pregnancies(shipped_draft, bias_sd=bias), "yan2020").probability for bias in (0.0, 1.0)
    )
    assert abs(with_bias - 0.5) < abs(without - 0.5)


def test_an_outcome_without_treated_women_has_no_line(ev: evidence.Evidence) -> None:
    made = predictive.predictions(ev, ["fracture"])
    assert made.lines.empty
    assert "No cohort treated with cells" in predictive_text.predictive_answer(made, level=0.95)
    for shown in (predictive_tables.prediction_table, predictive_tables.treated_table):
        assert "Nothing was reported" in shown(made, level=0.95).html


def test_trial_sizes_are_those_of_stated_effects() -> None:
    sizes = trial_sizes.trial_sizes(["5 v 10", "5 v 15", "38 v 53"])
    assert sizes["needed_80"].tolist() == [435, 141, 172]
    assert (sizes["needed_90"] > sizes["needed_80"]).all()
    shown = trial_sizes_tables.trial_size_table(sizes).rows
    assert list(shown["women per arm, power 80 %"]) == ["435", "141", "172"]
    for wrong in ("5", "5 to 10", "a v b"):
        with pytest.raises(ValueError, match="must be two percentages"):
            trial_sizes.trial_sizes([wrong])
    with pytest.raises(ValueError, match="must differ"):
        trial_sizes.trial_sizes(["5 v 5"])


def test_a_bullet_names_in_what_the_women_differ_and_who_they_are(
    made: predictive.Predictions, answer: str
) -> None:
    (bullet,) = [part for part in answer.split("\n") if part.startswith("- Pregnancy, POR")]
    assert "women over 40" in bullet
    assert (
        "; differs in conception, co-treatment; not reported for all: age, severity, time watched" in bullet
    )
    alike = predictive.Predictions(made.lines, made.treated.assign(mismatch="", unknown=""))
    assert "differs in" not in predictive_text.predictive_answer(alike, level=0.95)
    norfolk = [name for name in line_of(made, "live-birth/POI").cohorts if name.startswith("Norfolk")]
    assert norfolk
    assert "primary" not in norfolk[0]


def test_doubted_counts_and_women_not_counted_are_named(
    made: predictive.Predictions, ev: evidence.Evidence, answer: str
) -> None:
    origin = of(made, "yan2020", "live-birth/POI").origin
    assert f"Yan 2020 4/61 (6.6 %, {origin}; " in answer
    assert "article" in origin
    named = made.treated.assign(study_label=made.treated["who"])
    doubted = trials_text.doubts_sentence(named, doubted_counts(ev))
    assert "Yan 2020, live birth 4/61 (births-within-follow-up" in doubted
    assert trials_text.doubts_sentence(named, {}) == ""
    trials = trials_together.trial_rows(ev, outcome=["live-birth"])
    lost = trials_text.lost_sentence(trials, "live-birth")
    assert (
        "Zhu 2023, 12 of 152 women not counted, worst case +9.2 points (−7.5 to +25.4) instead of +18.7 as reported"
        in lost
    )
    assert trials_text.lost_sentence(trials[trials["analysis"] == "as reported"], "live-birth") == ""
