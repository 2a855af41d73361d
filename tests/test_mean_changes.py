"""Mean changes in women treated with cells: which are computed, what is pooled, what is left out, and how it is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from scipy import stats as scipy_stats

from drafts import Draft
from helpers import evidence, stats
from helpers.questions.pooled_outcomes import (
    mean_changes,
    mean_changes_figures,
    mean_changes_tables,
    mean_changes_text,
)
from test_figures import assert_nothing_clipped, texts

MARKER = "endometrial-thickness"


@pytest.fixture(scope="module")
def shipped(ev: evidence.Evidence) -> mean_changes.MeanChanges:
    return mean_changes.mean_changes(ev, measure=[MARKER, "AFC"])


def changes_of(draft: Draft, **asked: Any) -> mean_changes.MeanChanges:
    return mean_changes.mean_changes(draft.load(), measure=[MARKER], **asked)


def change(draft: Draft, table: str, row: dict[str, str], **cells: str) -> None:
    draft.change(table, draft.row(table, **row), **cells)


def reason(found: mean_changes.MeanChanges, study: str) -> str:
    assert study not in set(found.rows["study_id"])
    (why,) = found.left_out.loc[found.left_out["study_id"] == study, "why"]
    return str(why)


def picture(found: mean_changes.MeanChanges) -> Figure:
    subtitle = mean_changes_text.mean_changes_subtitle(found)
    return mean_changes_figures.mean_change_forests(
        found.rows, found.intervals, found.estimates, found.measures, subtitle=subtitle
    )[MARKER]


def test_a_pool_holds_independent_women_of_one_condition(
    ev: evidence.Evidence, shipped: mean_changes.MeanChanges
) -> None:
    pooled = shipped.rows[shipped.rows["alone"] == ""]
    assert len(pooled)
    for _, part in pooled.groupby(["measure", "section"]):
        assert part["study_id"].nunique() == len(part) >= 2
        assert part["condition"].nunique() == 1
        assert not {other for others in part["overlaps"] for other in others} & set(part["study_id"])
        assert part["n"].notna().all()
    retracted = ev.sources.loc[ev.sources["retracted"].notna(), "source_id"]
    assert (
        not ev.studies.set_index("study_id")["source_id"]
        .reindex(shipped.rows["study_id"])
        .isin(retracted)
        .any()
    )


def test_the_estimates_are_those_of_the_functions_at_each_correlation(
    shipped: mean_changes.MeanChanges,
) -> None:
    part = shipped.rows[(shipped.rows["alone"] == "") & (shipped.rows["measure"] == MARKER)]
    columns = ["mean_before", "sd_before", "mean_after", "sd_after", "n"]
    before, sd_before, after, sd_after, n = part[columns].to_numpy(np.float64).T
    for r, fits in shipped.estimates.groupby("r"):
        effect, variance = stats.before_after(
            before, sd_before, after, sd_after, n, float(str(r)), measure="MC"
        )
        expected = stats.effects_side_by_side(effect, variance, tau_scale=1.0)
        assert list(fits["estimate_name"]) == ["Wald", "modified HKSJ", "Bayes"]
        for column in ("estimate", "low", "high", "prediction_low", "prediction_high"):
            assert fits[column].to_numpy() == pytest.approx([getattr(fit, column) for fit in expected])


def test_the_last_level_with_a_mean_is_taken(shipped: mean_changes.MeanChanges) -> None:
    row = shipped.rows.set_index("study_id").loc["singh2014"]
    assert (row["months"], row["effect"]) == (9, pytest.approx(5.48 - 1.38))


def test_every_arm_with_a_level_or_change_is_shown_or_left_out(
    ev: evidence.Evidence, shipped: mean_changes.MeanChanges
) -> None:
    for name in ("measurements", "changes"):
        rows = ev.select(name, measure=[MARKER, "AFC"])
        ours = rows[rows["role"].isin(["cited", "treatment"]) & (rows["arm_kind"] == "cells")]
        expected = set(zip(ours["measure"], ours["study_id"], ours["arm_id"], strict=True))
        found = [
            set(zip(part["measure"], part["study_id"], part["arm_id"], strict=True))
            for part in (shipped.rows, shipped.left_out)
        ]
        assert expected <= found[0] | found[1]
        assert not found[0] & found[1]
    assert (shipped.left_out["why"] != "").all()


def test_without_a_number_of_women_there_is_no_interval_and_no_pool(shipped_draft: Draft) -> None:
    change(
        shipped_draft, "measurements", {"study_id": "ma2020", "measure": MARKER, "timepoint_months": ""}, n=""
    )
    found = changes_of(shipped_draft)
    row = found.rows.set_index("study_id").loc["ma2020"]
    assert "not printed" in row["alone"]
    assert row["name"] not in set(found.intervals["name"])
    assert set(found.estimates["k"]) == {2}


def test_a_single_study_has_no_pooled_row(shipped_draft: Draft) -> None:
    found = changes_of(shipped_draft, condition=["thin-endometrium"])
    assert list(found.rows["alone"]) == ["one study: nothing to pool it with"]
    assert found.estimates.empty
    assert len(found.intervals) == len(found.correlations)
    assert "one study: nothing to pool it with" in texts(picture(found))


def test_medians_and_other_women_are_left_out_with_the_reason(shipped_draft: Draft) -> None:
    for month in ("0", ""):
        row = {"study_id": "lee2020", "measure": MARKER, "timepoint_months": month}
        change(shipped_draft, "measurements", row, mean="", sd="", minimum="", maximum="", median="3.0")
    change(
        shipped_draft,
        "measurements",
        {"study_id": "ma2020", "measure": MARKER, "timepoint_months": ""},
        n="11",
    )
    found = changes_of(shipped_draft)
    assert reason(found, "lee2020").startswith("medians, which are not turned into means")
    assert reason(found, "ma2020").startswith("other women after than before")
    assert found.estimates.empty


def test_a_median_before_and_a_mean_after_make_no_change(shipped_draft: Draft) -> None:
    row = {"study_id": "lee2020", "measure": MARKER, "timepoint_months": "0"}
    change(shipped_draft, "measurements", row, mean="", sd="", minimum="", maximum="", median="3.0")
    found = changes_of(shipped_draft)
    assert reason(found, "lee2020").endswith("a median and a mean make no change")
    assert set(found.estimates["k"]) == {2}


def test_every_table_of_mean_changes_shows_the_arm(shipped: mean_changes.MeanChanges) -> None:
    for built, rows in (
        (mean_changes_tables.mean_change_table(shipped), shipped.rows),
        (mean_changes_tables.mean_change_left_out_table(shipped), shipped.left_out),
    ):
        assert list(built.rows["arm"]) == list(rows["arm_label"])
        assert built.rows["arm"].notna().all()


def test_a_retracted_paper_is_left_out(shipped_draft: Draft) -> None:
    change(shipped_draft, "sources", {"source_id": "ma2020"}, retracted="2024-01-01")
    assert reason(changes_of(shipped_draft), "ma2020") == "the paper is retracted"


def test_of_cohorts_that_may_share_women_the_larger_is_kept(shipped_draft: Draft) -> None:
    change(shipped_draft, "studies", {"study_id": "ma2020"}, overlaps_with="lee2020")
    change(shipped_draft, "studies", {"study_id": "lee2020"}, overlaps_with="ma2020")
    found = changes_of(shipped_draft)
    assert reason(found, "lee2020") == "may share women with Ma 2020, which is larger"
    assert set(found.estimates["k"]) == {2}


def test_a_change_in_percent_is_listed_and_not_pooled(shipped_draft: Draft) -> None:
    row = {"study_id": "tan2016", "measure": MARKER}
    change(shipped_draft, "changes", row, change="40", change_kind="percent")
    assert reason(changes_of(shipped_draft), "tan2016") == "a change in percent, without levels"


def test_the_depth_asked_for_decides_which_sources_speak(ev: evidence.Evidence) -> None:
    found = mean_changes.mean_changes(ev, measure=[MARKER], access=["full-text"])
    assert found.rows.empty
    assert found.estimates.empty
    assert reason(found, "ma2020").startswith("its source was read less deeply")
    assert "0 mean changes" in mean_changes_text.mean_changes_sentences(found)
    assert any("no mean with its standard deviation" in text for text in texts(picture(found)))
    for shown in (
        mean_changes_tables.mean_change_table(found),
        mean_changes_tables.mean_change_pool_table(found),
    ):
        assert shown.rows.empty


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"measure": ["FSH"]}, "measure: 'FSH' given; choose from AFC, endometrial-thickness"),
        ({"measure": []}, "measure: none given"),
        ({"measure": [MARKER], "correlation": [1.0]}, "from -1 to below 1"),
        ({"measure": [MARKER], "correlation": []}, "from -1 to below 1"),
        ({"measure": [MARKER], "correlation": [float("nan")]}, "from -1 to below 1"),
        ({"measure": [MARKER], "condition": ["flu"]}, "condition: 'flu' given"),
    ],
)
def test_what_is_not_known_is_refused(ev: evidence.Evidence, asked: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        mean_changes.mean_changes(ev, **asked)


def test_the_figure_has_a_bar_per_study_estimate_and_correlation(shipped: mean_changes.MeanChanges) -> None:
    figure = picture(shipped)
    (axes,) = figure.axes
    drawn = sorted(
        tuple(np.asarray(line.get_xdata())) for line in axes.lines if str(line.get_label()).startswith("r ")
    )
    frames = [shipped.intervals, shipped.estimates]
    own = shipped.intervals["name"].str.startswith(MARKER)
    assert len(drawn) == own.sum() + len(shipped.estimates)
    expected = [tuple(row) for frame in frames for row in frame[["low", "high"]].to_numpy()]
    assert np.asarray(drawn) == pytest.approx(np.asarray(sorted(expected)))
    assert axes.get_xlabel() == "mean change, mm"
    assert_nothing_clipped(figure)


def test_the_tables_hold_every_correlation(shipped: mean_changes.MeanChanges) -> None:
    rows = mean_changes_tables.mean_change_table(shipped).rows.set_index("study")
    assert rows.loc["Ma 2020", "r 0.9"] == "+3.32 to +3.88"
    assert rows.loc["Singh 2020", "r 0"] == "none"
    assert list(mean_changes_tables.mean_change_pool_table(shipped).rows["r assumed"]) == [
        "0",
        "0.3",
        "0.5",
        "0.7",
        "0.9",
    ]
    assert set(mean_changes_tables.mean_change_left_out_table(shipped).rows["study"]) == set(
        shipped.left_out["study_label"]
    )


def test_the_sentence_tells_limits_and_no_effect(shipped: mean_changes.MeanChanges) -> None:
    sentences = mean_changes_text.mean_changes_sentences(shipped)
    assert "IUA, 3 studies of 23 women together" in sentences
    fits = shipped.estimates[shipped.estimates["estimate_name"] == "modified HKSJ"]
    assert f"(CI within +{fits['low'].min():.2f} to +{fits['high'].max():.2f})" in sentences
    for words in (
        "No paper prints the correlation",
        "regression to the mean",
        "not an effect of the cells",
        "control",
    ):
        assert words in sentences
    assert "nothing is pooled: no two independent studies" in sentences


def test_every_recorded_result_has_a_name_of_its_own(shipped: mean_changes.MeanChanges) -> None:
    names = [*shipped.rows["name"], *shipped.estimates["name"]]
    assert len(set(names)) == len(names)
    values = [mean_changes.mean_change_values(row, shipped) for _, row in shipped.rows.iterrows()]
    assert all(len(value["low"]) == (len(shipped.correlations) if value["n"] else 0) for value in values)
    assert mean_changes.mean_change_pool_values(shipped.estimates.iloc[0])["k"] == 3


@given(
    st.floats(-50, 50), st.floats(0.01, 50), st.integers(2, 400), st.floats(0.5, 0.99)
)  # fmt: skip
def test_the_interval_of_a_change_is_that_of_a_paired_t_test(
    effect: float, sd: float, n: int, level: float
) -> None:
    low, high = stats.change_interval(effect, sd**2 / n, n, level=level)
    expected = scipy_stats.t.interval(level, n - 1, loc=effect, scale=sd / np.sqrt(n))
    assert (float(low), float(high)) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_nonsense_has_no_interval() -> None:
    with pytest.raises(ValueError, match="n must be 2 or more"):
        stats.change_interval(1, 0.1, 1)
    with pytest.raises(ValueError, match="variance"):
        stats.change_interval(1, -0.1, 5)


def test_an_added_study_enters_pool_figure_and_sentence(shipped_draft: Draft) -> None:
    shipped_draft.add("sources", source_id="new2027", kind="journal-article", first_author="New A", doi="", pmid="", retracted="",
        access="abstract",
    )  # fmt: skip
    shipped_draft.add("studies", study_id="new2027", label="New 2027", role="treatment", tissue="endometrium", condition="thin-endometrium",
        design="single-arm", n_enrolled="9", follow_up_months="", registry_id="", overlaps_with="", source_id="new2027", note="",
    )  # fmt: skip
    shipped_draft.add("arms", study_id="new2027", arm_id="cells", label="cells", kind="cells", cell_source="UC-MSC", n="9",
        source_id="new2027",
    )  # fmt: skip
    for month, mean in (("0", "4.0"), ("3", "6.5")):
        shipped_draft.add("measurements", study_id="new2027", arm_id="cells", subject="cohort", subgroup="", measure=MARKER, unit="mm",
            timepoint_months=month, n="9", mean=mean, sd="1.0", median="", q1="", q3="",
            source_id="new2027", extraction="reported", note="",
        )  # fmt: skip
    found = changes_of(shipped_draft, condition=["thin-endometrium"])
    assert set(found.estimates["k"]) == {2}
    assert "New 2027" in texts(picture(found))
    assert "thin endometrium, 2 studies of 25 women together" in mean_changes_text.mean_changes_sentences(
        found
    )
