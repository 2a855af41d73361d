"""Reported changes compared with the reference change value of their marker, and the arms of tables of changes and levels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drafts import Draft
from helpers import evidence, stats
from helpers.counts import selection
from helpers.questions.hormone_trajectories import (
    reference_change,
    tables,
    variation,
    variation_figures,
    variation_text,
)
from helpers.questions.hormone_trajectories import (
    rows as trajectory_rows,
)
from helpers.questions.study_report import rows as report_rows
from helpers.show import marks, standard_tables
from helpers.show import table as show_table
from helpers.show.arm_blocks import BLOCKS
from helpers.stats.variation import BETWEEN, OUTSIDE, UNKNOWN, WITHIN
from test_figures import assert_nothing_clipped, texts

MARKERS = ["FSH", "LH", "E2", "AMH", "AFC", "ovarian-volume", "endometrial-thickness"]
HALF = 1.959964
LEVEL = {
    "study_id": "yan2020", "arm_id": "cells", "subject": "cohort", "subgroup": "", "measure": "FSH", "unit": "mIU/mL", "n": "61",
    "mean": "", "sd": "", "se": "", "median": "", "q1": "", "q3": "", "minimum": "", "maximum": "", "text_value": "",
    "source_id": "yan2020", "locator": "invented for a test", "extraction": "reported", "note": "",
}  # fmt: skip
SAHARKHIZ = {"study_id": "saharkhiz2024", "measure": "AFC"}


@pytest.fixture(scope="module")
def courses(ev: evidence.Evidence) -> list[trajectory_rows.Course]:
    """The shipped courses of all markers; tests must not change them."""
    return [trajectory_rows.course(ev, name, studies=["all"]) for name in MARKERS]


@pytest.fixture(scope="module")
def bands(ev: evidence.Evidence) -> pd.DataFrame:
    """The bands of all markers; tests must not change them."""
    return reference_change.noise_bands(ev, MARKERS)


@pytest.fixture(scope="module")
def all_judged(courses: list[trajectory_rows.Course], bands: pd.DataFrame) -> pd.DataFrame:
    """The judged changes of all markers; tests must not change them."""
    return variation.judged_changes(courses, bands)


def again(
    courses: list[trajectory_rows.Course], ev: evidence.Evidence, marker: str
) -> list[trajectory_rows.Course]:
    """Take the course of one marker from other evidence."""
    return [
        trajectory_rows.course(ev, marker, studies=["all"]) if course.measure == marker else course
        for course in courses
    ]


def judged(ev: evidence.Evidence, markers: list[str] | None = None) -> pd.DataFrame:
    courses = [trajectory_rows.course(ev, name, studies=["all"]) for name in markers or MARKERS]
    return variation.judged_changes(courses, reference_change.noise_bands(ev, markers or MARKERS))


def one(rows: pd.DataFrame, label: str, **cells: Any) -> dict[str, Any]:
    for name, value in cells.items():
        rows = rows[rows[name] == value]
    (own,) = rows[rows["label"].str.startswith(label)].to_dict("records")
    return {str(name): value for name, value in own.items()}


def follicles(draft: Draft, month: str, **cells: str) -> None:
    draft.change(
        "measurements",
        draft.row("measurements", **SAHARKHIZ, timepoint_months=month),
        **cells,
    )


def without(draft: Draft, table: str, part: str) -> None:
    """Drop the rows of a table that hold a text."""
    rows = draft.rows(table)
    rows[:] = [row for row in rows if not any(part in cell for cell in row.values())]


def test_a_band_of_ratios_takes_the_smallest_and_the_largest_variation(ev: evidence.Evidence) -> None:
    (band,) = reference_change.noise_bands(ev, ["AMH"]).to_dict("records")
    rows = ev.reference_values
    rows = rows[(rows["measure"] == "AMH") & rows["unit"].str.contains("CV", na=False)]
    rows = rows[~rows["population"].str.contains("total|between")]
    assay = rows.loc[rows["kind"] == "cv-analytical", ["value", "high"]].bfill(axis=1)["value"] / 100
    biology = rows.loc[rows["kind"] == "cv-biological", "value"] / 100
    wide = stats.reference_change(assay.max(), biology.max())
    narrow = stats.reference_change(assay.min(), biology.min())
    assert (band["low"], band["high"]) == (wide.low, wide.high)
    assert (band["narrow_low"], band["narrow_high"]) == (narrow.low, narrow.high)
    assert not band["assay_alone"]


def test_variation_between_women_or_laboratories_is_no_noise_of_a_woman(shipped_draft: Draft) -> None:
    before = reference_change.noise_bands(shipped_draft.load(), ["AMH", "E2"])
    for population in ("healthy, between subjects (Access)", "cycling, total CV"):
        shipped_draft.change(
            "reference_values", shipped_draft.row("reference_values", population=population), value="60"
        )
    after = reference_change.noise_bands(shipped_draft.load(), ["AMH", "E2"])
    pd.testing.assert_frame_equal(before, after)


def test_where_no_biology_was_found_the_band_says_so(ev: evidence.Evidence) -> None:
    (band,) = reference_change.noise_bands(ev, ["E2"]).to_dict("records")
    assert band["assay_alone"]
    assert "within a woman not printed" in band["inputs"]


def test_a_spread_within_a_woman_is_a_proportion_of_her_level(ev: evidence.Evidence) -> None:
    """SD 2.6 at a mean below 15 is at least 17 %, SD 7.3 at a mean of 15 or more at most 49 %; the SD of all is of no known mean."""
    (band,) = reference_change.noise_bands(ev, ["FSH"]).to_dict("records")
    least, most = (stats.reference_change(0, cv) for cv in (2.6 / 15, 7.3 / 15))
    assert (band["narrow_low"], band["narrow_high"]) == pytest.approx((least.low, least.high))
    assert (band["low"], band["high"]) == pytest.approx((most.low, most.high))
    assert "4.2" not in band["inputs"]


def test_printed_limits_of_agreement_are_divided_by_the_mean_of_their_women(ev: evidence.Evidence) -> None:
    """Limits of -6.9 to 6.5 follicles are 1.45 times a mean of 9.2."""
    (band,) = reference_change.noise_bands(ev, ["AFC"]).to_dict("records")
    assert band["mean"] == pytest.approx((6.5 + 6.9) / 1.45)
    assert (band["low"], band["high"]) == pytest.approx((1 - 6.9 / band["mean"], 1 + 6.5 / band["mean"]))


def test_limits_from_women_of_nine_follicles_hold_in_follicles_near_nine_only(shipped_draft: Draft) -> None:
    rows = judged(shipped_draft.load(), ["AFC"])
    low = one(rows, "Saharkhiz 2024", months=4)
    assert (low["before"], low["after"], low["verdict"]) == (2, 3.1, OUTSIDE)
    assert low["basis"] == "in proportion to the level"
    # In follicles the largest band of two women would reach 2 + 4.5.
    assert 2 * low["high"] < 3.1
    follicles(shipped_draft, "0", mean="8", n="20")
    follicles(shipped_draft, "4", mean="9.1", n="20")
    near = one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)
    assert near["basis"].startswith("in the unit of the marker")
    follicles(shipped_draft, "0", sd="")
    near = one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)
    assert near["basis"] == "in the unit of the marker"
    assert 8 * (near["high"] - 1) == pytest.approx(-0.2 + 6.7 / math.sqrt(20))
    assert 8 * (near["low"] - 1) == pytest.approx(-0.2 - 6.7 / math.sqrt(20))
    assert near["verdict"] == WITHIN


@pytest.mark.parametrize(
    ("marker", "part", "label"),
    [("AFC", "range, times the mean", "Saharkhiz"), ("FSH", "mIU/mL mean", "Taylor")],
)
def test_without_the_mean_of_its_women_a_variation_judges_nothing(
    shipped_draft: Draft, marker: str, part: str, label: str
) -> None:
    assert set(judged(shipped_draft.load(), [marker]).query("before.notna()")["verdict"]) != {UNKNOWN}
    without(shipped_draft, "reference_values", part)
    ev = shipped_draft.load()
    rows = judged(ev, [marker])
    rows = rows[rows["label"].str.startswith(label)]
    assert set(rows["verdict"]) == {UNKNOWN}
    assert rows["why"].str.contains("mean level of the women .* was not printed").all()
    (row,) = tables.band_table(reference_change.noise_bands(ev, [marker])).rows.to_dict("records")
    assert "was not printed" in row["largest, times the level before"]


def test_no_band_is_wider_than_the_spread_of_the_study_allows(shipped_draft: Draft) -> None:
    for month in ("0", "4"):
        follicles(shipped_draft, month, sd="0.2", n="20")
    row = one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)
    half = HALF * math.hypot(0.2, 0.2) / math.sqrt(20) / 2
    assert (row["low"], row["high"]) == pytest.approx((1 - half, 1 + half), rel=1e-6)
    assert row["basis"].endswith("limited by the study's SDs")
    for month in ("0", "4"):
        follicles(shipped_draft, month, sd="", se=str(0.2 / math.sqrt(20)))
    same = one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)
    assert (same["low"], same["high"]) == pytest.approx((row["low"], row["high"]))


@given(st.floats(0, 50), st.floats(0, 50), st.floats(0, 1), st.floats(0.5, 0.99))
def test_no_unchanged_group_moves_further_than_its_spread_allows(
    before: float, after: float, r: float, level: float
) -> None:
    half = stats.largest_unchanged(before, after, level)
    sd = math.sqrt(max(before**2 + after**2 - 2 * r * before * after, 0))
    z = stats.largest_unchanged(1, 0, level)
    assert half >= z * sd * (1 - 1e-12)
    assert half == pytest.approx(float(z) * math.hypot(before, after))


def test_a_spread_below_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="sd_after must be 0 or more"):
        stats.largest_unchanged(1, -1)
    assert stats.largest_unchanged(np.array([3.0, 0]), [4, 0]).shape == (2,)


def test_a_verdict_does_not_depend_on_the_unit_of_the_page(shipped_draft: Draft) -> None:
    for unit, low, high, value in (("ng/mL", "-0.5", "0.5", ""), ("ng/mL mean", "", "", "0.5")):
        shipped_draft.add( "reference_values", measure="AMH", kind="limits-of-agreement", population="invented", low=low, high=high,
            value=value, unit=unit, locator="invented for a test",
        )  # fmt: skip
    without(shipped_draft, "reference_values", "% CV")
    without(shipped_draft, "reference_values", "intra-assay CV")
    ev = shipped_draft.load()
    found = []
    for unit in ("canonical", "pmol/L"):
        bands = reference_change.noise_bands(ev, ["AMH"])
        course = trajectory_rows.course(ev, "AMH", studies=["gupta2018"], unit=unit)
        found.append(one(variation.judged_changes([course], bands), "Gupta 2018"))
    for row in found:
        assert row["basis"] == "in the unit of the marker"
        assert (row["ratio"], row["low"], row["high"]) == pytest.approx((2.25, 1 - 0.5 / 0.4, 1 + 0.5 / 0.4))
    assert [row["text"] for row in found] == ["0.4 to 0.9 ng/mL", "2.86 to 6.43 pmol/L"]


def test_a_marker_without_a_figure_has_no_band_and_its_changes_cannot_be_judged(
    ev: evidence.Evidence,
) -> None:
    assert reference_change.noise_bands(ev, ["endometrial-thickness"]).empty
    rows = judged(ev, ["endometrial-thickness"])
    assert set(rows["verdict"]) == {UNKNOWN}
    assert set(rows["why"]) == {"no figure of the variation of this marker was found"}


@pytest.mark.parametrize(
    ("after", "verdict"), [("0.45", WITHIN), ("0.75", BETWEEN), ("5", OUTSIDE), ("0.1", OUTSIDE)]
)
def test_a_change_of_levels_is_judged_by_its_ratio(shipped_draft: Draft, after: str, verdict: str) -> None:
    row = shipped_draft.row("measurements", study_id="gupta2018", measure="AMH", timepoint_months="1.84")
    shipped_draft.change("measurements", row, mean=after)
    own = one(judged(shipped_draft.load(), ["AMH"]), "Gupta 2018")
    assert own["ratio"] == pytest.approx(float(after) / 0.4)
    assert own["verdict"] == verdict


def test_the_band_of_a_mean_is_that_of_the_women_measured_twice(shipped_draft: Draft) -> None:
    """24 women before and 3 at month 12 are 3 pairs at most: the band of 24 would be 2.8 times too narrow."""
    (band,) = reference_change.noise_bands(shipped_draft.load(), ["AFC"]).to_dict("records")
    for month, mean, n in (("0", "2", "24"), ("12", "2.5", "3")):
        shipped_draft.add( "measurements", **LEVEL | {
            "study_id": "ding2018", "measure": "AFC", "unit": "", "timepoint_months": month, "mean": mean, "n": n, "source_id": "ding2018",
        })  # fmt: skip
    row = one(judged(shipped_draft.load(), ["AFC"]), "Ding 2018")
    middle, half = (band["high"] + band["low"]) / 2, (band["high"] - band["low"]) / 2
    assert middle < 1
    # Only the half-width shrinks: a mean difference between two counts is no spread.
    assert row["women"] == 3
    assert (row["low"], row["high"]) == pytest.approx(
        (middle - half / math.sqrt(3), middle + half / math.sqrt(3))
    )
    assert row["verdict"] == WITHIN


def test_where_the_women_measured_again_were_not_counted_the_verdict_holds_for_any_number(
    shipped_draft: Draft,
) -> None:
    rows = judged(shipped_draft.load(), ["AFC"])
    early, late = (one(rows, "Saharkhiz 2024", months=months) for months in (2, 4))
    assert early["verdict"] == WITHIN
    for row in (early, late):
        assert math.isnan(row["women"])
        assert row["at_most"] == 20
        assert row["high"] - row["low"] > row["narrow_high"] - row["narrow_low"]
    follicles(shipped_draft, "4", mean="2.6")
    row = one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)
    assert row["verdict"] == UNKNOWN
    assert row["why"] == (
        "the number of women measured twice was not printed: beyond the largest band if 6 or more of at most 20 women"
    )
    for n, verdict in (("5", WITHIN), ("6", OUTSIDE)):
        follicles(shipped_draft, "4", n=n)
        assert one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)["verdict"] == verdict
    table_rows = tables.judged_table(rows).rows
    assert "not printed, at most 20" in set(table_rows["women measured twice"])


def test_a_median_and_a_mean_never_make_a_change(shipped_draft: Draft) -> None:
    shipped_draft.add("measurements", **LEVEL | {"timepoint_months": "6", "mean": "20"})
    ev = shipped_draft.load()
    assert {"median", "mean"} == set(
        trajectory_rows.course(ev, "FSH", studies=["yan2020"]).levels.query("subject == 'cohort'")[
            "statistic"
        ]
    )
    assert not judged(ev, ["FSH"])["label"].str.startswith("Yan 2020").any()


@pytest.mark.parametrize(("median", "verdict"), [("14", OUTSIDE), ("20", UNKNOWN), ("53", UNKNOWN)])
def test_a_median_is_compared_with_the_band_of_one_woman(
    shipped_draft: Draft, median: str, verdict: str
) -> None:
    shipped_draft.add("measurements", **LEVEL | {"timepoint_months": "6", "median": median})
    row = one(judged(shipped_draft.load(), ["FSH"]), "Yan 2020")
    assert row["text"].startswith("median 53.1 to")
    assert (row["verdict"], row["why"].startswith("no mean")) == (verdict, verdict == UNKNOWN)


def test_of_a_study_with_means_and_medians_the_means_are_compared(shipped_draft: Draft) -> None:
    before = shipped_draft.row("measurements", study_id="yan2020", measure="FSH", timepoint_months="0")
    shipped_draft.change("measurements", before, mean="50")
    shipped_draft.add("measurements", **LEVEL | {"timepoint_months": "6", "median": "14", "mean": "15"})
    row = one(judged(shipped_draft.load(), ["FSH"]), "Yan 2020")
    assert (row["statistic"], row["before"], row["after"], row["women"]) == ("mean", 50, 15, 61)


def test_a_mean_of_unknown_women_is_compared_with_the_band_of_two(shipped_draft: Draft) -> None:
    for month, mean in (("0", "53"), ("6", "40")):
        shipped_draft.add("measurements", **LEVEL | {"timepoint_months": month, "mean": mean, "n": ""})
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="yan2020", arm_id="cells"), n="")
    own = one(judged(shipped_draft.load(), ["FSH"]), "Yan 2020")
    assert own["verdict"] == UNKNOWN
    assert own["why"].endswith("if 21 or more women")
    assert reference_change.noise_bands(shipped_draft.load(), ["FSH"])["low"].iloc[0] ** (
        1 / math.sqrt(2)
    ) == pytest.approx(own["low"])


def test_a_level_read_off_a_figure_gives_way_to_the_printed_one(shipped_draft: Draft) -> None:
    for month, median, extraction, locator in (
        ("6", "20", "reported", "Table 2"),
        ("6", "21", "digitised", "Fig 2"),
        ("0", "52", "digitised", "Fig 2"),
    ):
        shipped_draft.add( "measurements", **LEVEL | {
            "timepoint_months": month, "median": median, "locator": locator, "extraction": extraction,
            "note": "error of reading 1" if extraction == "digitised" else "",
        })  # fmt: skip
    own = one(judged(shipped_draft.load(), ["FSH"]), "Yan 2020")
    assert (own["before"], own["after"]) == (53.12, 20)


def test_a_new_study_is_judged_without_touching_code(shipped_draft: Draft) -> None:
    for month, mean in (("0", "53"), ("6", "20")):
        shipped_draft.add("measurements", **LEVEL | {"timepoint_months": month, "mean": mean})
    assert one(judged(shipped_draft.load(), ["FSH"]), "Yan 2020")["verdict"] == OUTSIDE


def test_a_percentage_needs_no_level_and_a_difference_does(all_judged: pd.DataFrame) -> None:
    e2 = one(all_judged, "Igboeli 2020", measure="E2")
    assert e2["ratio"] == 2.5
    # Two and a half times the level lies far beyond the variation of the assay; that of the women is not known.
    assert e2["ratio"] > e2["high"]
    assert (e2["verdict"], e2["why"]) == (UNKNOWN, "only the variation of the assay is known")
    assert one(all_judged, "Igboeli 2020", measure="ovarian-volume")["ratio"] == 2
    for _, row in all_judged[
        all_judged["label"].str.startswith("Yang 2018") & (all_judged["measure"] == "FSH")
    ].iterrows():
        assert (row["verdict"], row["why"]) == (UNKNOWN, "no level before was printed")


def test_a_level_of_nothing_has_no_proportion(shipped_draft: Draft) -> None:
    follicles(shipped_draft, "0", mean="0", sd="", n="20")
    row = one(judged(shipped_draft.load(), ["AFC"]), "Saharkhiz 2024", months=4)
    assert (row["verdict"], row["why"]) == (UNKNOWN, "the level before is 0")


def test_changes_against_another_arm_or_ovary_are_not_judged(
    ev: evidence.Evidence, courses: list[trajectory_rows.Course], all_judged: pd.DataFrame
) -> None:
    against = ev.changes[(ev.changes["compared_with"] != "baseline") & ev.changes["change"].notna()]
    assert len(against)
    sized = sum(
        (c.changes["change"].notna() & (c.changes["compared_with"] == "baseline")).sum() for c in courses
    )
    assert all_judged["before"].isna().sum() == sized


def test_the_figure_draws_every_judged_change_over_both_bands(
    bands: pd.DataFrame, all_judged: pd.DataFrame
) -> None:
    picture = variation_figures.noise(all_judged, bands, title="t", subtitle="s")
    assert len(picture.axes) == len(bands)
    assert_nothing_clipped(picture)
    words = texts(picture)
    assert "Taylor 1996, E2 2 mg/day period\nn = 31, time not printed" in words
    assert "Saharkhiz 2024\nn not printed, ≤ 20, month 4" in words
    assert "without cells" in [text.get_text() for key in picture.legends for text in key.get_texts()]
    for axes, band in zip(picture.axes, bands.to_dict("records"), strict=True):
        own = all_judged[(all_judged["measure"] == band["measure"]) & all_judged["low"].notna()]
        shown = [line for line in axes.lines if line.get_marker() in {"o", "s", marks.SINGLE_MARKER}]
        drawn = [line.get_xdata()[0] for line in shown]  # type: ignore[index]
        assert drawn == list(own["ratio"])
        assert len(axes.patches) == 2 * max(len(own), 1)


def test_the_figure_shows_a_fall_to_nothing_at_its_edge(shipped_draft: Draft) -> None:
    follicles(shipped_draft, "4", mean="0", n="20")
    ev = shipped_draft.load()
    picture = variation_figures.noise(
        judged(ev, ["AFC"]), reference_change.noise_bands(ev, ["AFC"]), title="t", subtitle="s"
    )
    (axes,) = picture.axes
    assert [line.get_xdata()[0] for line in axes.lines if line.get_marker() == "<"] == [axes.get_xlim()[0]]  # type: ignore[index]
    assert_nothing_clipped(picture)


def test_a_figure_without_any_band_says_so(ev: evidence.Evidence) -> None:
    rows = judged(ev, ["LH"])
    picture = variation_figures.noise(rows, reference_change.noise_bands(ev, ["LH"]), title="t", subtitle="s")
    assert "no figure of the variation" in picture.axes[0].texts[0].get_text()


def test_the_conclusion_names_what_is_beyond_and_counts_the_rest(
    ev: evidence.Evidence, all_judged: pd.DataFrame
) -> None:
    rows = all_judged
    courses = [
        trajectory_rows.course(ev, name, studies=["igboeli2020", "zafardoust2023"]) for name in MARKERS
    ]
    sentences = variation_text.judged_sentences(rows, courses)
    lining, ovary, gloss, *_ = sentences.split("\n\n")
    own = rows[rows["arm_kind"] == "cells"]
    first = own[(own["origin"] == "paper or registry") & (own["tissue"] == "endometrium")]
    assert set(first["verdict"]) == {UNKNOWN}
    assert lining == (
        f"**Treatment of the uterine lining, women treated with cells.** None of the {len(first)} changes with a size that the studies "
        "themselves report can be judged: no figure of the variation of endometrial thickness was found."
    )
    others = own[own["tissue"] == "ovary"]
    counts = others["verdict"].value_counts()
    assert ovary.startswith(
        "**Treatment of the ovary, women treated with cells.** The studies themselves report no change with a size. "
        f"Of the {len(others)} that others report, {counts[OUTSIDE]} are {OUTSIDE}, {counts[BETWEEN]} is {BETWEEN}, "
        f"{counts[WITHIN]} are {WITHIN} and {counts[UNKNOWN]} cannot be judged: only the variation of the assay is known. "
        "Beyond the largest: AFC in Saharkhiz 2024 (mean 2 to 3.1 follicles, month 4, women measured twice: not printed, at most 20;"
    )
    assert (
        "ovarian volume in Igboeli 2020 (×2, month 12, a case report of at most 2 women; reported by a clinic's blog: fertilitycenter.com"
        in ovary
    )
    assert gloss.startswith(
        "A reference change value is how far two measurements of one unchanged woman may differ"
    )
    changes = pd.concat([course.changes for course in courses])
    silent = changes["change"].isna() & (changes["arm_kind"] == "cells")
    assert 1 < silent.sum() < len(changes[changes["change"].isna()])
    assert f"{silent.sum()} other changes were reported as a direction only" in ovary
    assert "does not show an effect of the cells" in sentences
    for word in ("noise", "told", "held against", "0 of"):
        assert word not in sentences
    only = variation_text.judged_sentences(own[own["measure"] == "endometrial-thickness"], [])
    assert only.startswith(lining)
    assert "A reference change value is" not in only
    assert "No change with a size was reported in women without cells." in only


def test_the_answer_follows_the_verdicts_and_keeps_ovary_and_uterus_apart(all_judged: pd.DataFrame) -> None:
    rows = all_judged
    text = variation_text.variation_answer(rows, [])
    first, why, uterus, without, _ = text.split("\n\n")
    assert first.startswith("After cells given to the ovary, 2 of 7 changes with a printed size went further")
    assert first.endswith("the studies themselves reported none of these 2.")
    own = variation_text.variation_answer(rows.assign(origin="paper or registry"), [])
    assert "; the studies themselves reported 2 of these 2." in own
    one = rows[~(rows["verdict"].eq(OUTSIDE) & rows["label"].eq("Igboeli 2020"))]
    assert "1 of 6 changes" in (said := variation_text.variation_answer(one, []))
    assert "; the study itself did not report it." in said
    assert "AFC in Saharkhiz 2024 and ovarian volume in Igboeli 2020" in why
    assert "none of 10 changes with a printed size can be judged" in uterus
    assert without.startswith("In women without cells, 1 of 9 changes of the ovary")
    of_ovary = rows["arm_kind"].eq("cells") & rows["tissue"].eq("ovary")
    nothing = rows.assign(verdict=rows["verdict"].mask(of_ovary, WITHIN))
    said = variation_text.variation_answer(nothing, [])
    assert said.startswith("After cells given to the ovary, none of 7 changes")
    assert "Beyond the limit" not in said
    assert "7 within the smallest limit" in said


CROSSED = {"study_id": "taylor1996", "arm_id": "hormone-therapy", "measure": "FSH"}


def test_a_cross_over_is_judged_from_its_untreated_to_its_treated_period(shipped_draft: Draft) -> None:
    rows = judged(shipped_draft.load(), ["FSH", "LH"])
    fsh, lh = (one(rows, "Taylor 1996", measure=name) for name in ("FSH", "LH"))
    assert (fsh["before"], fsh["after"], fsh["women"], fsh["verdict"]) == (63.4, 40.6, 31, OUTSIDE)
    # Standard deviations of women at about 15 IU/L are carried to 63 IU/L in proportion: one woman may vary by 31 IU/L.
    assert fsh["basis"] == "in proportion to the level"
    assert math.isnan(fsh["months"])
    assert "geometric mean 63.4 to 40.6 IU/L; between periods of a cross-over" in fsh["text"]
    assert (lh["verdict"], lh["why"]) == (UNKNOWN, "no figure of the variation of this marker was found")
    shipped_draft.change("measurements", shipped_draft.row("measurements", **CROSSED), mean="63")
    assert one(judged(shipped_draft.load(), ["FSH"]), "Taylor 1996")["verdict"] == WITHIN
    shipped_draft.change(
        "measurements", shipped_draft.row("measurements", **CROSSED), note="time not printed"
    )
    assert not judged(shipped_draft.load(), ["FSH"])["label"].str.startswith("Taylor").any()


def test_the_conclusion_tells_what_women_without_cells_show(
    shipped_draft: Draft, courses: list[trajectory_rows.Course], bands: pd.DataFrame, all_judged: pd.DataFrame
) -> None:
    def said() -> str:
        rows = variation.judged_changes(again(courses, shipped_draft.load(), "FSH"), bands)
        return variation_text.judged_sentences(rows, [])

    sentences = variation_text.judged_sentences(all_judged, [])
    which = "**Treatment of the ovary, women without cells.** Of the 5 changes with a size that the studies themselves report, "
    assert f"{which}1 is {OUTSIDE} and 4 cannot be judged: " in sentences
    assert "None of the 4 that others report can be judged: " in sentences
    assert "Beyond the largest: FSH in Taylor 1996" in sentences
    assert (
        "The 1 change with a size that the studies themselves report cannot be judged: no figure" in sentences
    )
    assert "No course of untreated women was found" in sentences
    shipped_draft.change("measurements", shipped_draft.row("measurements", **CROSSED), mean="63")
    sentences = said()
    assert f"{which}1 is {WITHIN} and 4 cannot be judged: " in sentences
    late = shipped_draft.row("measurements", study_id="bidet2010", measure="FSH", mean="52.3")
    shipped_draft.change("measurements", late, timepoint_months="12")
    sentences = said()
    assert "mean 79.9 to 52.3 IU/L, month 12, women measured twice: 67" in sentences
    assert "No course of untreated women" not in sentences


def heads(made: show_table.Table) -> dict[str, set[str]]:
    return {str(name): set(part["study"] + "/" + part["arm"]) for name, part in made.rows.groupby("block")}


def kinds_in(ev: evidence.Evidence, arms: set[str]) -> set[str]:
    known = ev.select("arms")
    names = known["study_label"] + (", " + known["population"]).fillna("") + "/" + known["label"]
    return set(known.loc[names.isin(arms), "kind"])


def test_treated_and_control_never_share_a_block(
    shipped_draft: Draft, courses: list[trajectory_rows.Course], bands: pd.DataFrame
) -> None:
    shipped_draft.add( "measurements", **LEVEL | {
        "study_id": "zafardoust2023", "arm_id": "no-treatment", "measure": "AMH", "unit": "ng/mL", "timepoint_months": "0", "mean": "0.9",
        "source_id": "zafardoust2023",
    })  # fmt: skip
    shipped_draft.add( "measurements", **LEVEL | {
        "study_id": "zafardoust2023", "measure": "AMH", "timepoint_months": "0", "text_value": "low", "source_id": "zafardoust2023",
    })  # fmt: skip
    ev = shipped_draft.load()
    courses = again(courses, ev, "AMH")
    study = report_rows.study_rows(ev, "zafardoust2023", level=0.95)
    made = [
        standard_tables.change_table(trajectory_rows.joined(course.changes for course in courses)),
        standard_tables.level_table(trajectory_rows.joined(course.levels for course in courses)),
        standard_tables.described_table(
            trajectory_rows.joined(c.described.assign(measure=c.measure) for c in courses)
        ),
        standard_tables.change_table(study.changes),
        standard_tables.level_table(study.measurements),
        tables.without_cells_table(variation.course_rows(courses)),
        tables.judged_table(variation.judged_changes(courses, bands)),
    ]
    for shown in made:
        blocks = heads(shown)
        assert len(blocks) > 1, shown.title
        for name, arms in blocks.items():
            (kind,) = kinds_in(ev, arms)
            assert name.endswith(BLOCKS[kind])
    changes = made[0].rows
    control = changes[(changes["study"] == "Zafardoust 2023") & (changes["change"] == "lower, no figure")]
    assert set(control["block"]) == {f"Treatment of the ovary, {BLOCKS['untreated']}"}
    for shown in made[:3]:
        treated = shown.rows.groupby("block")["study"].agg(set)
        lining = {study for name in treated.index if "uterine lining" in name for study in treated[name]}
        assert lining, shown.title
        known = ev.select("studies").set_index("label")["tissue"]
        assert {known[study.partition(",")[0]] for study in lining if study.partition(",")[0] in known} == {
            "endometrium"
        }
    assert not any("Treatment of" in str(name) for name in heads(made[3]))
    assert set(control["arm"]) == {"no intervention"}
    assert list(control["measure"]) == ["AMH", "AFC"]


def test_the_arms_without_cells_that_came_later_are_shown_untreated_apart(ev: evidence.Evidence) -> None:
    ids = selection.chosen_studies(ev, studies=["all"], role=["background"], tissue=["all"])
    courses = [trajectory_rows.course(ev, name, studies=ids) for name in MARKERS]
    course = variation.course_rows(courses)
    assert {"level", "change"} <= set(course["what"]) <= {"level", "change", "in words"}
    shown = tables.without_cells_table(course).rows
    assert len(shown) == len(course)
    known = ev.select("changes")
    due = known[known["study_id"].isin(ids) & known["measure"].isin(MARKERS)]
    assert set(due["evidence_row"]) <= {row for rows in shown["evidence"] for row in rows.split("; ")}
    named = {"DHEA", "acupuncture", "PRP", "melatonin", "YYSG"}
    others = shown[shown["block"].str.endswith(BLOCKS["comparator"])]["arm"].str.cat(sep="; ")
    assert {name for name in named if name in others} == named
    untreated = shown[shown["block"].str.endswith(BLOCKS["untreated"])]
    assert "PRP vs none, Venezuela, median age 41" in set(untreated["study"])
    first = shown.groupby(shown["block"].str.partition(",")[0], sort=False)["block"].first()
    with_untreated = set(untreated["block"].str.partition(",")[0])
    assert all(first[marker].endswith(BLOCKS["untreated"]) for marker in with_untreated)


def test_a_level_that_is_not_as_printed_says_so(shipped_draft: Draft) -> None:
    shipped_draft.add( "measurements", **LEVEL | {
        "timepoint_months": "6", "mean": "20", "se": "2", "extraction": "digitised", "note": "error of reading 1",
    })  # fmt: skip
    ev = shipped_draft.load()
    courses = [
        trajectory_rows.course(ev, name, studies=["yan2020", "saharkhiz2024"]) for name in ("FSH", "E2")
    ]
    shown = standard_tables.level_table(trajectory_rows.joined(course.levels for course in courses)).rows
    said = dict(zip(shown["level and spread"], shown["printed, or derived how"], strict=True))
    assert said["mean 20 ± 2 (SE)"] == "read off a figure"
    assert said["median 53.12, quartiles 42.42 to 63.72"].startswith("spread not labelled")
    (converted,) = {words for level, words in said.items() if level.startswith("mean 315")}
    assert converted.startswith("converted from pg/mL")
    # In the unit of the source it is as printed again.
    levels = trajectory_rows.course(ev, "E2", studies=["yan2020", "saharkhiz2024"], unit="pg/mL").levels
    shown = standard_tables.level_table(levels).rows
    of = dict(zip(shown["study"], shown["printed, or derived how"], strict=True))
    assert "converted from pmol/L" in of["Yan 2020"]
    assert "converted" not in of["Saharkhiz 2024"]


def test_a_judged_change_names_the_rows_of_both_levels(
    ev: evidence.Evidence, all_judged: pd.DataFrame
) -> None:
    rows = all_judged.dropna(subset="before")
    assert len(rows)
    for row in rows.to_dict("records"):
        named = [int(name.removeprefix("measurements row ")) - 2 for name in row["evidence"].split("; ")]
        levels = ev.measurements.loc[named]
        if pd.isna(row["months"]):  # periods of a cross-over, or a time after treatment that was not printed
            after = levels["subgroup"].iloc[-1] == "after-treatment"
            assert list(levels["timepoint_months"].isna()) == [not after, True]
        else:
            assert list(levels["timepoint_months"]) == [0, row["months"]]
        assert list(levels["median"].fillna(levels["mean"])) == [row["before"], row["after"]]
