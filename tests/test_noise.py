"""Reported changes held against the noise of their marker."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from damage import append, edit, row_where
from helpers import evidence, figures, narrative, stats, tables
from helpers.tables.noise import BETWEEN, OUTSIDE, UNKNOWN, WITHIN
from test_figures import assert_nothing_clipped, texts

MARKERS = ["FSH", "LH", "E2", "AMH", "AFC", "ovarian-volume", "endometrial-thickness"]


def judged(ev: evidence.Evidence, markers: list[str] | None = None) -> pd.DataFrame:
    courses = [tables.course(ev, name, studies=["all"]) for name in markers or MARKERS]
    return tables.judged_changes(courses, tables.noise_bands(ev, markers or MARKERS))


def test_a_band_of_ratios_takes_the_smallest_and_the_largest_variation(ev: evidence.Evidence) -> None:
    (band,) = tables.noise_bands(ev, ["AMH"]).to_dict("records")
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


def test_variation_between_women_or_laboratories_is_no_noise_of_a_woman(data: Path) -> None:
    before = tables.noise_bands(evidence.load(data), ["AMH", "E2"])
    for population in ("healthy, between subjects (Access)", "cycling, total CV"):
        edit(data, "reference_values", row_where(data, "reference_values", population=population), value="60")
    after = tables.noise_bands(evidence.load(data), ["AMH", "E2"])
    pd.testing.assert_frame_equal(before, after)


def test_where_no_biology_was_read_the_band_says_so(ev: evidence.Evidence) -> None:
    (band,) = tables.noise_bands(ev, ["E2"]).to_dict("records")
    assert band["assay_alone"]
    assert "within a woman not printed" in band["told"]


def test_a_spread_within_a_woman_gives_a_band_of_differences(ev: evidence.Evidence) -> None:
    (band,) = tables.noise_bands(ev, ["FSH"]).to_dict("records")
    largest = ev.reference_values.loc[ev.reference_values["unit"] == "mIU/mL SD", "value"].max()
    assert band["kind"] == "difference"
    assert band["high"] == -band["low"] == pytest.approx(1.959964 * math.sqrt(2) * largest, rel=1e-6)


def test_printed_limits_of_agreement_are_taken_as_they_stand(ev: evidence.Evidence) -> None:
    (band,) = tables.noise_bands(ev, ["AFC"]).to_dict("records")
    assert (band["low"], band["high"], band["unit"]) == (-6.9, 6.5, "follicles")


def test_a_marker_without_a_figure_has_no_band_and_its_changes_cannot_be_judged(
    ev: evidence.Evidence,
) -> None:
    assert tables.noise_bands(ev, ["endometrial-thickness"]).empty
    rows = judged(ev, ["endometrial-thickness"])
    assert set(rows["verdict"]) == {UNKNOWN}
    assert set(rows["why"]) == {"no figure of the noise was read"}


@pytest.mark.parametrize(
    ("after", "verdict"), [("0.45", WITHIN), ("0.75", BETWEEN), ("5", OUTSIDE), ("0.1", OUTSIDE)]
)
def test_a_change_of_levels_is_judged_by_its_ratio(data: Path, after: str, verdict: str) -> None:
    row = row_where(data, "measurements", study_id="gupta2018", measure="AMH", timepoint_months="1.84")
    edit(data, "measurements", row, mean=after)
    rows = judged(evidence.load(data), ["AMH"])
    (own,) = rows[rows["label"].str.startswith("Gupta 2018")].to_dict("records")
    assert own["ratio"] == pytest.approx(float(after) / 0.4)
    assert own["verdict"] == verdict


def test_the_band_of_a_mean_narrows_with_its_women(ev: evidence.Evidence) -> None:
    (band,) = tables.noise_bands(ev, ["AFC"]).to_dict("records")
    rows = judged(ev, ["AFC"])
    means = rows[(rows["subject"] == "cohort") & rows["low"].notna()]
    assert len(means)
    for row in means.to_dict("records"):
        middle, half = (band["high"] + band["low"]) / 2, (band["high"] - band["low"]) / 2
        assert middle < 0
        # Only the half-width shrinks: a mean difference between two counts is no spread.
        assert row["high"] == pytest.approx(middle + half / math.sqrt(row["women"]))
        assert row["low"] == pytest.approx(middle - half / math.sqrt(row["women"]))


def test_a_mean_of_unknown_women_is_not_judged(data: Path) -> None:
    append(
        data, "measurements", study_id="yan2020", arm_id="cells", subject="cohort", subgroup="", measure="FSH", unit="mIU/mL",
        timepoint_months="6", n="61", mean="20", sd="", median="", q1="", q3="", source_id="yan2020", locator="invented for a test",
        extraction="reported", note="",
    )  # fmt: skip
    edit(
        data,
        "measurements",
        row_where(data, "measurements", study_id="yan2020", measure="FSH", timepoint_months="0"),
        n="",
    )
    edit(data, "arms", row_where(data, "arms", study_id="yan2020", arm_id="cells"), n="")
    rows = judged(evidence.load(data), ["FSH"])
    (own,) = rows[rows["label"] == "Yan 2020"].to_dict("records")
    assert (own["verdict"], own["why"]) == (UNKNOWN, "how many women it is a mean of was not printed")


def test_a_level_read_off_a_figure_gives_way_to_the_printed_one(data: Path) -> None:
    for month, mean, extraction, locator in (
        ("6", "20", "reported", "Table 2"),
        ("6", "21", "digitised", "Fig 2"),
        ("0", "52", "digitised", "Fig 2"),
    ):
        append(
            data, "measurements", study_id="yan2020", arm_id="cells", subject="cohort", subgroup="", measure="FSH", unit="mIU/mL",
            timepoint_months=month, n="61", mean=mean, sd="", median="", q1="", q3="", source_id="yan2020", locator=locator,
            extraction=extraction, note="error of reading 1" if extraction == "digitised" else "",
        )  # fmt: skip
    rows = judged(evidence.load(data), ["FSH"])
    (own,) = rows[rows["label"] == "Yan 2020"].to_dict("records")
    assert (own["before"], own["after"]) == (53.12, 20)


def test_a_new_study_is_judged_without_touching_code(data: Path) -> None:
    append(
        data, "measurements", study_id="yan2020", arm_id="cells", subject="cohort", subgroup="", measure="FSH", unit="mIU/mL",
        timepoint_months="6", n="61", mean="20", sd="", median="", q1="", q3="", source_id="yan2020", locator="invented for a test",
        extraction="reported", note="",
    )  # fmt: skip
    rows = judged(evidence.load(data), ["FSH"])
    assert OUTSIDE in set(rows.loc[rows["label"] == "Yan 2020", "verdict"])


def test_a_percentage_needs_no_level_and_a_fold_against_a_difference_does(ev: evidence.Evidence) -> None:
    rows = judged(ev)
    told = rows[rows["label"] == "Igboeli 2020"].set_index("measure")
    assert told.loc["E2", "ratio"] == 2.5
    # Two and a half times the level lies far beyond the noise of the assay; that of the women is not known.
    assert float(str(told.loc["E2", "size"])) > float(str(told.loc["E2", "high"]))
    assert told.loc["E2", "verdict"] == UNKNOWN
    assert told.loc["E2", "why"] == "only the noise of the assay was read"
    assert told.loc["ovarian-volume", "verdict"] == UNKNOWN
    assert told.loc["ovarian-volume", "why"] == "no level before was printed"


def test_changes_against_another_arm_or_ovary_are_not_judged(ev: evidence.Evidence) -> None:
    against = ev.changes[(ev.changes["compared_with"] != "baseline") & ev.changes["change"].notna()]
    assert len(against)
    courses = [tables.course(ev, name, studies=["all"]) for name in MARKERS]
    sized = sum(
        (c.changes["change"].notna() & (c.changes["compared_with"] == "baseline")).sum() for c in courses
    )
    rows = judged(ev)
    assert rows["before"].isna().sum() == sized


def test_the_figure_draws_every_judged_change_over_both_bands(ev: evidence.Evidence) -> None:
    bands, rows = tables.noise_bands(ev, MARKERS), judged(ev)
    picture = figures.noise(rows, bands, title="t", subtitle="s")
    assert len(picture.axes) == len(bands)
    assert_nothing_clipped(picture)
    words = texts(picture)
    assert "Taylor 1996, E2 2 mg/day period\nn = 31, time not printed" in words
    assert "without cells" in [text.get_text() for key in picture.legends for text in key.get_texts()]
    for axes, band in zip(picture.axes, bands.to_dict("records"), strict=True):
        own = rows[(rows["measure"] == band["measure"]) & rows["low"].notna()]
        drawn = [line.get_xdata()[0] for line in axes.lines if line.get_marker() in {"o", "s"}]  # type: ignore[index]
        assert drawn == list(own["size"])
        assert len(axes.patches) == 2 * max(len(own), 1)


def test_a_figure_without_any_band_says_so(ev: evidence.Evidence) -> None:
    rows = judged(ev, ["LH"])
    picture = figures.noise(rows, tables.noise_bands(ev, ["LH"]), title="t", subtitle="s")
    assert "no figure of the noise" in picture.axes[0].texts[0].get_text()


def test_the_conclusion_counts_what_can_be_judged(ev: evidence.Evidence) -> None:
    rows = judged(ev)
    courses = [tables.course(ev, name, studies=["igboeli2020", "cao2018"]) for name in MARKERS]
    told = narrative.noise_conclusion(rows, tables.noise_bands(ev, MARKERS), courses)
    silent = pd.concat([course.changes for course in courses])["change"].isna().sum()
    own = rows[rows["arm_kind"] == "cells"]
    assert f"Of {len(own)} reported changes" in told
    assert f"{(own['verdict'] == OUTSIDE).sum()} beyond the widest band" in told
    assert silent > 1
    assert f"{silent} other changes were told as a direction only" in told
    assert "no effect" in told


def test_a_cross_over_is_judged_from_its_untreated_to_its_treated_period(data: Path) -> None:
    rows = judged(evidence.load(data), ["FSH", "LH"])
    fsh, lh = rows[rows["label"].str.startswith("Taylor 1996")].to_dict("records")
    assert (fsh["before"], fsh["after"], fsh["women"], fsh["verdict"]) == (63.4, 40.6, 31, OUTSIDE)
    assert math.isnan(fsh["months"])
    assert "between periods of a cross-over, geometric means" in fsh["text"]
    assert (lh["verdict"], lh["why"]) == (UNKNOWN, "no figure of the noise was read")
    edit(data, "measurements", row_where(data, "measurements", **CROSSED), mean="63")
    (fsh,) = judged(evidence.load(data), ["FSH"]).query("label.str.startswith('Taylor')").to_dict("records")
    assert fsh["verdict"] == WITHIN
    edit(data, "measurements", row_where(data, "measurements", **CROSSED), note="time not printed")
    assert not judged(evidence.load(data), ["FSH"])["label"].str.startswith("Taylor").any()


CROSSED = {"study_id": "taylor1996", "arm_id": "hormone-therapy", "measure": "FSH"}


def test_the_conclusion_tells_what_women_without_cells_show(data: Path) -> None:
    def said() -> str:
        ev = evidence.load(data)
        return narrative.noise_conclusion(judged(ev), tables.noise_bands(ev, MARKERS), [])

    told = said()
    assert (
        "FSH, 63.4 to 40.6 IU/L; between periods of a cross-over, geometric means, n = 31; Taylor 1996, doi"
        in told
    )
    assert f") {OUTSIDE}. No course of untreated women" in told
    edit(data, "measurements", row_where(data, "measurements", **CROSSED), mean="63")
    assert f") {WITHIN}. No course of untreated women" in said()
    late = row_where(data, "measurements", study_id="bidet2010", measure="FSH", mean="52.3")
    edit(data, "measurements", late, timepoint_months="12")
    told = said()
    assert "79.9 to 52.3 IU/L, n = 67" in told
    assert "No course of untreated women" not in told


def test_women_without_cells_are_told_with_levels_changes_and_words(ev: evidence.Evidence) -> None:
    ids = tables.chosen_studies(ev, studies=["all"], role=["background"], tissue=["ovary"])
    told = tables.course_told([tables.course(ev, name, studies=ids) for name in ("FSH", "E2")])
    assert {"level", "change", "in words"} == set(told["what"])
    assert told["label"].str.contains("Bidet 2010").any()
    assert tables.without_cells_table(told).rows.shape[0] == len(told)


def test_a_judged_change_names_the_rows_of_both_levels(ev: evidence.Evidence) -> None:
    rows = judged(ev).dropna(subset="before")
    assert len(rows)
    for row in rows.to_dict("records"):
        named = [int(name.removeprefix("measurements row ")) - 2 for name in row["evidence"].split("; ")]
        levels = ev.measurements.loc[named]
        if pd.isna(row["months"]):  # periods of a cross-over
            assert list(levels["timepoint_months"].isna()) == [True, True]
        else:
            assert list(levels["timepoint_months"]) == [0, row["months"]]
        assert list(levels["median"].fillna(levels["mean"])) == [row["before"], row["after"]]
