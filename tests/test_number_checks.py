"""Printed figures held against each other: found by rule, no alarm on sound rows."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import exp, log, sqrt
from pathlib import Path
from statistics import stdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import reanalysis
from drafts import Draft
from helpers import evidence
from helpers.checks import OF_COUNTS, RULES, Confidence, Finding, check_numbers
from helpers.checks.intervals import interval_of, p_values_printed
from helpers.checks.means import binary_sd_possible, possible_totals, sd_possible
from helpers.checks.percentages import possible_counts, possible_denominators, totals_of, truncated_counts
from helpers.checks.widths import rates_allowed, rates_needed, smallest_error
from small import Package

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def found(ev: evidence.Evidence) -> list[Finding]:
    return check_numbers(ev)


@pytest.mark.parametrize(
    ("rule", "about", "printed", "possible"),
    [
        ("percentage-of-enrolled", "herraiz2018", "81.3 % of 17 women", "13/16"),
        ("percentage-of-total", "seyihoglu2025", "11.7 % for 60/522", "11.7 % of 522 would be 61"),
        ("interval-and-p-value", "umer2024", "SMD 1.58 (0.76 to 3.92), p = 0.185", "with -0.76 as the lower limit"),
        ("interval-and-p-value", "meta-ev-jor2024", "SMD 3.56 (0.91 to 6.21), p <0.001", "the interval gives p = 0.0085"),
        ("interval-around-estimate", "umer2024", "SMD 1.58", "centred on 2.34"),
        ("interval-and-women", "meta-chen2022", "RR 1.55 (1.19 to 2.02) from 72 and 44", "90 to 100 % of 72 and 58 to 65 % of 44"),
        ("percentage-of-total", "bidet2011", "88 % for 77/86", "77 would need a total of 88"),
        ("percentage-of-total", "bidet2011", "4.4 % for 15/358", "15 would need a total of 338 to 344"),
        ("identical-figures", "sun2024", "AMH and AFC", "copied"),
        ("identical-figures", "umer2024", "pregnancy and live-birth", "copied"),
        ("identical-figures", "meta-ev-jor2024", "AMH and E2", "copied"),
        ("births-within-follow-up", "yan2020", "4 live births within 6 months", "at term after 8 months"),
        ("registry-against-paper", "igboeli2020", "n-enrolled 3 in the registry, 2 in the paper", "not in the paper"),
        ("registry-against-paper", "santamaria2016", "n-enrolled 16 in the registry, 18 in the paper", "an arm of the paper"),
        ("registry-told-differently", "cao2018", "'umbilical cord blood MSC' in the registry, 'umbilical cord MSC'", "one of"),
        ("registry-told-differently", "mashayekhi2021", "randomly into three dose groups", "one of the two"),
        ("registry-told-differently", "igboeli2020", "'both ovaries, laparoscopy' in Front Endocrinol", "one of the two"),
        ("registered-after-start", "igboeli2020", "started 2016-02-06, first posted 2016-03-02", "25 or more days"),
        ("registered-after-start", "cao2018", "started 2014-11-28, first posted 2014-12-10", "12 or more days"),
        ("published-before-completion", "igboeli2020", "published 2020, primary completion 2021-05-06", "a part of"),
        ("completed-before-assessment", "cao2018", "first time reported 3 months", "at most 2.0 months"),
        ("measurable-in-women", "umer2024", "ovarian-weight", "out of the body"),
        ("sum-of-subgroups", "zhang2021", "2/15 + 1/2 against 3/16", "3/17"),
        ("percentage-of-total", "ivi-ascot-poi-2020", "66.6 % for 4/6", "cut off, not rounded"),
        ("interval-around-estimate", "meta-ev-jor2024", "-5.54", "centred on -3.85"),
    ],
)  # fmt: skip
def test_known_contradictions_are_found_by_rule(
    found: list[Finding], rule: str, about: str, printed: str, possible: str
) -> None:
    hits = [
        finding
        for finding in found
        if finding.rule == rule and about in finding.keys.values() and printed in finding.printed
    ]
    assert hits, [finding for finding in found if about in finding.keys.values()]
    assert any(possible in finding.possible for finding in hits), hits


def test_a_finding_names_rows_that_hold_what_was_printed(ev: evidence.Evidence, found: list[Finding]) -> None:
    for finding in found:
        text = ev.printed[finding.table]
        first = text.loc[finding.rows[0] - 2]
        assert {name: first[name] for name in finding.keys} == finding.keys
        cells = {cell for row in finding.rows for cell in text.loc[row - 2]}
        digits = re.findall(r"\d+", " ".join(map(str, cells)))
        assert any(number in digits for number in re.findall(r"\d+", finding.printed)) or (
            finding.rule == "measurable-in-women"
        ), finding


def test_every_finding_on_the_shipped_data_was_seen_by_a_reader(
    ev: evidence.Evidence, found: list[Finding]
) -> None:
    """No false alarm: of each finding, the discrepancies or the note of a row speak."""
    recorded = ev.discrepancies[["study_id", "source_id"]]
    known = {*recorded["study_id"].dropna(), *recorded["source_id"].dropna()}
    for finding in found:
        notes = [ev.tables[finding.table].at[row - 2, "note"] for row in finding.rows]
        assert known & set(finding.keys.values()) or any(isinstance(note, str) for note in notes), finding


def test_most_arithmetic_discrepancies_are_found(ev: evidence.Evidence, found: list[Finding]) -> None:
    """Recall: what a reader worked out from printed percentages, intervals and counts, the rules find again."""
    by_hand = ev.discrepancies[
        ev.discrepancies["source_1"].eq("computed")
        | ev.discrepancies["source_2"].eq("computed")
        | (
            ev.discrepancies["source_1"].eq(ev.discrepancies["source_2"])
            & ev.discrepancies["value_1"].str.contains(r"\d %|%|SMD|\d \(", na=False)
        )
    ]
    about = by_hand["study_id"].fillna(by_hand["source_id"])
    named = {key for finding in found for key in finding.keys.values()}
    share = about.isin(named).mean()
    assert len(by_hand) >= 15
    assert share >= 0.6, sorted(set(about) - named)


def test_rules_have_names_of_their_own_and_confidence(found: list[Finding]) -> None:
    assert {finding.rule for finding in found} <= set(RULES)
    assert {finding.confidence for finding in found} == set(Confidence)
    assert {finding.rule for finding in found if finding.table == "outcomes"} <= set(OF_COUNTS) <= set(RULES)


def test_an_unknown_rule_is_refused(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="did you mean 'percentage-of-total'"):
        check_numbers(ev, ["percentage-of-totals"])


# What makes a rule speak, and what keeps it silent, on changed rows of the small package.


def of_rule(draft: Draft, rule: str, study: str = "hill2018") -> list[Finding]:
    """Tell what a rule finds of a study, or of a source where no study is named."""
    findings = check_numbers(draft.load(), [rule])
    assert rule in OF_COUNTS or all(one.table != "outcomes" for one in findings)
    return [one for one in findings if study in (one.keys.get("study_id"), one.keys.get("source_id"))]


@pytest.mark.parametrize(
    ("interval", "p", "confidence"),
    [
        (("0.50", "0.10", "0.90"), "<0.05", None),
        (("0.50", "0.10", "0.90"), "<0.02", None),
        (("0.50", "-0.30", "1.30"), "<0.05", Confidence.LIKELY),
        (("0.50", "0.10", "0.90"), ">0.05", Confidence.LIKELY),
        (("0.50", "0.10", "0.90"), "<0.0001", Confidence.POSSIBLE),
        (("0.50", "-0.10", "1.10"), ">0.05", None),
        (("0.50", "-0.10", "1.10"), ">0.9", Confidence.POSSIBLE),
    ],
)
def test_a_bound_on_a_p_value_is_held_against_the_interval(
    draft: Draft, interval: tuple[str, str, str], p: str, confidence: Confidence | None
) -> None:
    estimate, low, high = interval
    draft.change("pooled", 2, estimate=estimate, low=low, high=high, p_value=p)
    findings = check_numbers(draft.load(), ["interval-and-p-value"])
    own = [one for one in findings if one.keys["source_id"] == "review2021"]
    assert [one.confidence for one in own] == ([confidence] if confidence else [])
    assert all(one.printed.endswith(f"p {p}") for one in own)


@pytest.mark.parametrize(
    ("interval", "p", "confidence"),
    [
        (("0.50", "-0.06", "1.06"), "0.04", Confidence.POSSIBLE),
        (("0.50", "-0.06", "1.06"), "<0.05", Confidence.POSSIBLE),
        (("0.50", "-0.06", "1.06"), "0.01", Confidence.LIKELY),
    ],
)
def test_a_one_sided_test_is_named_where_it_fits(
    draft: Draft, interval: tuple[str, str, str], p: str, confidence: Confidence
) -> None:
    estimate, low, high = interval
    draft.change("pooled", 2, estimate=estimate, low=low, high=high, p_value=p)
    (own,) = (
        finding
        for finding in check_numbers(draft.load(), ["interval-and-p-value"])
        if finding.keys["source_id"] == "review2021"
    )
    assert own.confidence == confidence
    assert ("a one-sided test gives half of that, which fits" in own.possible) == (
        confidence == Confidence.POSSIBLE
    )


WITH_N = "; they fit if the SD was computed with n in place of n - 1"


@pytest.mark.parametrize(
    ("rule", "cells", "confidence"),
    [
        ("standard-error-of-mean", {"n": "9", "mean": "80", "sd": "12.00", "se": "4.24"}, Confidence.POSSIBLE),
        ("standard-error-of-mean", {"n": "9", "mean": "80", "sd": "12.00", "se": "4.40"}, Confidence.CERTAIN),
        # 1, 2, 3 and 4: an SD of 1.291 with n - 1, of 1.118 with n.
        ("mean-of-whole-numbers", {"measure": "AFC", "unit": "", "n": "4", "mean": "2.5", "sd": "1.118", "se": ""},
         Confidence.POSSIBLE),
        ("mean-of-whole-numbers", {"measure": "AFC", "unit": "", "n": "4", "mean": "2.5", "sd": "1.200", "se": ""},
         Confidence.LIKELY),
        # 2 of 5: an SD of 0.548 with n - 1, of 0.490 with n.
        ("spread-of-shares", {"measure": "menses", "unit": "proportion", "n": "5", "mean": "0.40", "sd": "0.490", "se": ""},
         Confidence.POSSIBLE),
        ("spread-of-shares", {"measure": "menses", "unit": "proportion", "n": "5", "mean": "0.40", "sd": "0.450", "se": ""},
         Confidence.CERTAIN),
    ],
)  # fmt: skip
def test_an_sd_with_n_is_named_where_it_fits(
    ev: evidence.Evidence, rule: str, cells: dict[str, str], confidence: Confidence
) -> None:
    """The rules read the text alone; whether a measure may have such a unit is another question."""
    printed = ev.printed["measurements"].head(1).assign(**{**PRINTED, **cells})
    (own,) = RULES[rule](replace(ev, printed={**ev.printed, "measurements": printed}))
    assert own.confidence == confidence
    assert own.possible.endswith(WITH_N) == (confidence == Confidence.POSSIBLE)


def test_a_mended_percentage_is_silent_and_a_broken_one_is_not(draft: Draft) -> None:
    row = draft.row("outcomes", study_id="hill2018", outcome="live-birth")
    draft.change("outcomes", row, events="8", total="26", percent_reported="30.9")
    (broken,) = of_rule(draft, "percentage-of-total")
    assert broken.printed == "30.9 % for 8/26"
    assert "30.77 %" in broken.possible
    draft.change("outcomes", row, percent_reported="30.8")
    assert not of_rule(draft, "percentage-of-total")


#: 13 of 16 is the one fraction of at most 30 women that gives 81.3 %, and no count of the 30 enrolled does.
INFERRED = {
    "outcome": "ovarian-function-improved", "events": "13", "total": "16", "percent_reported": "81.3",
    "total_basis": "inferred", "extraction": "derived", "note": "the one fraction that fits",
}  # fmt: skip


def test_a_sound_percentage_of_completers_is_silent(draft: Draft) -> None:
    row = draft.add("outcomes", **INFERRED)
    assert of_rule(draft, "percentage-of-enrolled")
    draft.change("outcomes", row, total_basis="reported", extraction="reported")
    assert not of_rule(draft, "percentage-of-enrolled")
    assert not of_rule(draft, "percentage-of-total")
    # Taken from another document: of 30 women both 4/21 and 5/26 would be printed as 19 %.
    draft.change("outcomes", row, **INFERRED | {"percent_reported": "19", "events": "4", "total": "21"})
    assert not of_rule(draft, "percentage-of-enrolled")
    draft.change("outcomes", row, events="", total="", total_basis="")
    assert of_rule(draft, "percentage-of-enrolled")


def test_a_smaller_total_in_the_same_document_weakens_the_finding(draft: Draft) -> None:
    draft.add("outcomes", **INFERRED)
    (one,) = of_rule(draft, "percentage-of-enrolled")
    assert one.confidence is Confidence.LIKELY
    draft.add("outcomes", outcome="natural-pregnancy", events="3", total="16", percent_reported="")
    (one,) = of_rule(draft, "percentage-of-enrolled")
    assert one.confidence is Confidence.POSSIBLE


def test_cut_off_instead_of_rounded_is_no_more_than_possible(found: list[Finding]) -> None:
    cut = [finding for finding in found if "cut off" in finding.possible]
    assert cut
    assert {finding.confidence for finding in cut} == {Confidence.POSSIBLE}


def test_births_after_a_longer_follow_up_are_silent(draft: Draft) -> None:
    draft.change(
        "outcomes", draft.row("outcomes", study_id="hill2018", outcome="live-birth"), timepoint_months=""
    )
    row = draft.row("statements", study_id="hill2018", item="follow-up")
    draft.change("statements", row, value="6")
    (finding,) = of_rule(draft, "births-within-follow-up")
    assert finding.printed == f"4 live births within 6 months of follow-up (statements row {row})"
    draft.change("statements", row, value="24")
    assert not of_rule(draft, "births-within-follow-up")


def test_too_many_women_too_high_a_level_and_a_wrong_sum_speak(draft: Draft) -> None:
    rules = ("women-against-enrolled", "unit-plausibility", "sum-of-classes")
    assert not any(of_rule(draft, rule) for rule in rules)
    draft.change("outcomes", draft.row("outcomes", study_id="hill2018"), events="31", total="32")
    draft.change("measurements", draft.row("measurements", study_id="hill2018", measure="FSH"), mean="625")
    draft.change("baseline", draft.row("baseline", category="0.06 or more"), n="14", percent_reported="")
    assert all(of_rule(draft, rule) for rule in rules)


def test_whole_numbers_and_spreads_speak(draft: Draft) -> None:
    draft.add("measurements", **{**PRINTED, "measure": "AFC", "unit": "", "mean": "1.16", "sd": "0.5"})
    assert of_rule(draft, "mean-of-whole-numbers", "glen2017")
    level = {"measure": "AMH", "unit": "ng/mL", "mean": "0.9", "sd": "3", "minimum": "0.1", "maximum": "2.5"}
    draft.add("measurements", **{**PRINTED, **level})
    assert of_rule(draft, "spread-in-range", "glen2017")


#: A change of the endometrium, whose levels go from 4.05 to 5.46 mm in the meantime.
THICKER = {
    "measure": "endometrial-thickness", "from_months": "3", "to_months": "6", "compared_with": "baseline",
    "locator": "made for this test", "change_kind": "absolute", "low": "", "high": "", "p_value": "",
}  # fmt: skip


def thickness(draft: Draft) -> None:
    """Add the levels of endometrial thickness."""
    for months, mean, sd in (("3", "4.05", "1.40"), ("6", "5.46", "1.36")):
        level = {
            "measure": "endometrial-thickness",
            "unit": "mm",
            "timepoint_months": months,
            "mean": mean,
            "sd": sd,
        }
        draft.add("measurements", **level)


def test_a_change_is_held_against_its_levels(draft: Draft) -> None:
    thickness(draft)
    draft.add("changes", **THICKER, direction="up", change="1.4")
    assert not of_rule(draft, "change-against-levels")
    draft.add("changes", **{**THICKER, "locator": "again"}, direction="up", change="2.4")
    draft.add("changes", **{**THICKER, "locator": "turned", "change_kind": ""}, direction="down", change="")
    assert [(one.printed, one.confidence) for one in of_rule(draft, "change-against-levels")] == [
        ("endometrial-thickness changed by 2.4 (absolute)", Confidence.POSSIBLE),
        ("endometrial-thickness down", Confidence.LIKELY),
    ]


def changed(draft: Draft, **cells: str) -> list[tuple[str, Confidence]]:
    """Add a change, and give what is found of it."""
    row = draft.add("changes", **{**THICKER, **cells})
    found = check_numbers(draft.load(), ["change-against-levels", "change-against-direction"])
    assert {one.rows for one in found} <= {(row,)}
    return [(one.rule, one.confidence) for one in found]


@pytest.mark.parametrize(
    ("direction", "change", "kind", "speaks"),
    [
        ("up", "-5", "percent", True),
        ("up", "-0.5", "md", True),
        ("up", "0.5", "rr", True),
        ("up", "0.8", "fold", True),
        ("up", "1.2", "fold", False),
        ("up", "5", "percent", False),
        ("down", "1.5", "or", True),
        ("down", "0.5", "or", False),
        ("down", "4.43", "fold", False),  # so many times lower
        ("down", "5", "percent", False),  # a size without sign
        ("down", "-5", "percent", False),
        ("none", "-5", "percent", False),
        ("", "-5", "percent", False),
    ],
)
def test_a_change_is_held_against_its_direction(
    draft: Draft, direction: str, change: str, kind: str, speaks: bool
) -> None:
    thickness(draft)
    findings = changed(
        draft, compared_with="control-arm", direction=direction, change=change, change_kind=kind
    )
    assert findings == [("change-against-direction", Confidence.LIKELY)] * speaks


def test_a_change_without_direction_has_its_sign(draft: Draft) -> None:
    """The levels rise by 1.4 mm."""
    thickness(draft)
    cells = {"direction": "", "change_kind": "absolute"}
    assert not changed(draft, **cells, change="1.4")
    sides = changed(draft, **cells, change="-1.4", locator="turned")
    assert sides == [("change-against-levels", Confidence.POSSIBLE)]


def test_so_many_times_lower_is_the_first_level_by_the_last(draft: Draft) -> None:
    for months, mean in (("3", "80.0"), ("6", "20.0")):
        draft.add("measurements", **{**PRINTED, "timepoint_months": months, "mean": mean})
    own = {"study_id": "glen2017", "source_id": "glen2017", "measure": "E2", "change_kind": "fold"}
    assert not changed(draft, **own, direction="down", change="4.0")
    assert not changed(draft, **own, direction="down", change="0.25", locator="as a ratio")
    assert changed(draft, **own, direction="down", change="3.0", locator="wrong") == [
        ("change-against-levels", Confidence.POSSIBLE)
    ]


@pytest.mark.parametrize(
    ("direction", "ratio", "speaks"),
    [("higher", "0.4", True), ("higher", "2.3", False), ("lower", "2.3", False), ("higher", "0.4-2", False)],
)
def test_a_ratio_of_secretion_is_held_against_its_direction(
    draft: Draft, direction: str, ratio: str, speaks: bool
) -> None:
    row = draft.row("secretion", mediator="VEGF")
    draft.change("secretion", row, direction=direction, ratio=ratio)
    findings = check_numbers(draft.load(), ["change-against-direction"])
    assert [one.rows for one in findings] == [(row,)] * speaks
    assert all(one.printed == f"VEGF higher, ratio {ratio}" for one in findings)


@pytest.mark.parametrize(
    ("sd", "se", "speaks"),
    [
        ("12", "4", False),
        ("12.4", "4", False),
        ("13", "4.2", False),
        ("12", "5", True),
        ("12.0", "3.9", True),
    ],
)
def test_a_standard_error_is_the_deviation_by_the_root_of_n(
    draft: Draft, sd: str, se: str, speaks: bool
) -> None:
    draft.add("measurements", **{**PRINTED, "n": "9", "sd": sd, "se": se})
    findings = check_numbers(draft.load(), ["standard-error-of-mean"])
    assert [(one.printed, one.confidence) for one in findings] == [
        (f"E2 SD {sd}, SE {se}, n = 9", Confidence.CERTAIN)
    ] * speaks


def test_a_mean_that_was_read_off_a_figure_need_be_no_mean_of_whole_numbers(draft: Draft) -> None:
    count = {**READING, "measure": "AFC", "unit": "", "mean": "4.27", "sd": "1.93"}
    draft.add("measurements", **count)
    printed = draft.add("measurements", **{**count, "extraction": "reported", "locator": "table 2"})
    findings = check_numbers(draft.load(), ["mean-of-whole-numbers"])
    assert [one.rows for one in findings if one.keys["study_id"] == READING["study_id"]] == [(printed,)]


#: Spreads and means of one measure each, how many women there were, and what is remarked on the first of them.
SPREADS = {
    ("E2", "pmol/L"): ("sd", ["4.4", "24", "22", "25"], ["60", "58", "62", "61"], "20", "E2 SD 4.4, n = 20, beside 24, 22, 25"),
    ("E2", "pg/mL"): ("sd", ["4.4", "24", "22", "25"], ["60", "58", "62", "61"], "", "E2 SD 4.4, n = 20, beside 24, 22, 25"),
    ("FSH", "IU/L"): ("se", ["24", "5.6", "5.4", "5.1"], ["60", "58", "62", "61"], "20", "FSH SE 24, n = 20, beside 5.6, 5.4, 5.1"),
    # As low as its level is.
    ("FSH", "mIU/mL"): ("sd", ["4.4", "24", "22", "25"], ["11", "58", "62", "61"], "20", ""),
    # Low, but no standard error of so many women.
    ("FSH", "U/L"): ("sd", ["9.0", "24", "22", "25"], ["60", "58", "62", "61"], "20", ""),
    # Neither one other nor others that differ say which of the two is right.
    ("LH", "IU/L"): ("sd", ["4.4", "24"], ["60", "58"], "20", ""),
    ("LH", "mIU/mL"): ("sd", ["4.4", "24", "60"], ["60", "58", "62"], "20", ""),
    ("LH", "U/L"): ("sd", ["21", "24", "22", "25"], ["60", "58", "62", "61"], "20", ""),
}  # fmt: skip


def test_a_standard_error_among_deviations_is_remarked_on(draft: Draft) -> None:
    study = PRINTED["study_id"]
    draft.change("studies", draft.row("studies", study_id=study), n_enrolled="")
    draft.change("arms", draft.row("arms", study_id=study, arm_id="cells"), n="20")
    expected = []
    for (measure, unit), (column, spreads, means, n, text) in SPREADS.items():
        for number, (spread, mean) in enumerate(zip(spreads, means, strict=True)):
            level = {**PRINTED, "measure": measure, "unit": unit, "n": n, "mean": mean, column: spread}
            row = draft.add("measurements", **{**level, "locator": f"table {number}, {unit}"})
            expected += [((row,), text)] if text and not number else []
    found = check_numbers(draft.load(), ["standard-error-of-mean"])
    assert sorted((one.rows, one.printed) for one in found) == expected


#: Counts of women of one arm in one source at one time.
COUNTED = {
    "study_id": "hill2018", "arm_id": "cells", "subgroup": "", "timepoint_months": "18", "total": "26",
    "total_unit": "women", "total_basis": "reported", "percent_reported": "", "source_id": "hill2018",
    "locator": "made for this test", "extraction": "reported", "note": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "unit", "confidence"),
    [
        ({"pregnancy": 4, "live-birth": 5}, "women", Confidence.LIKELY),
        ({"pregnancy": 5, "live-birth": 5}, "women", None),
        ({"pregnancy": 4, "live-birth": 5}, "pregnancies", None),  # perhaps twins
        ({"pregnancy": 4, "miscarriage": 5}, "pregnancies", Confidence.LIKELY),
        ({"pregnancy": 4, "natural-pregnancy": 5}, "women", Confidence.LIKELY),
        ({"pregnancy": 4, "art-pregnancy": 5}, "women", Confidence.LIKELY),
        ({"pregnancy": 4, "ongoing-pregnancy": 5}, "women", Confidence.LIKELY),
        ({"live-birth": 4, "term-birth": 5}, "women", Confidence.LIKELY),
        ({"live-birth": 4, "natural-live-birth": 5}, "births", Confidence.LIKELY),
        ({"pregnancy": 5, "natural-pregnancy": 3, "art-pregnancy": 3}, "women", Confidence.POSSIBLE),
        ({"pregnancy": 5, "natural-pregnancy": 3, "art-pregnancy": 2}, "women", None),
        ({"natural-pregnancy": 3, "live-birth": 5}, "women", None),
    ],
)
def test_a_part_is_held_against_its_whole(
    draft: Draft, counts: dict[str, int], unit: str, confidence: Confidence | None
) -> None:
    for outcome, events in counts.items():
        row = draft.add("outcomes", **COUNTED, outcome=outcome, events=str(events))
        draft.change("outcomes", row, total_unit=unit)
    findings = check_numbers(draft.load(), ["part-above-whole"])
    assert [one.confidence for one in findings] == ([confidence] if confidence else [])
    for one in findings:
        assert all(f"{outcome} {events}" in one.printed for outcome, events in counts.items())
        assert one.rows[-1] == row - len(counts) + 1


def test_counts_of_another_time_or_source_are_no_part(draft: Draft) -> None:
    draft.add("outcomes", **COUNTED, outcome="pregnancy", events="4")
    draft.add("outcomes", **{**COUNTED, "timepoint_months": "24"}, outcome="live-birth", events="5")
    draft.add("outcomes", **{**COUNTED, "source_id": "article2026", "locator": "x"}, outcome="term-birth", events="5")  # fmt: skip
    assert not check_numbers(draft.load(), ["part-above-whole"])


@pytest.mark.parametrize(
    ("outcome", "months", "confidence"),
    [
        ("natural-live-birth", "6", Confidence.LIKELY),
        ("birth", "6", Confidence.LIKELY),
        ("term-birth", "3", Confidence.CERTAIN),
        ("term-birth", "9", None),
        ("preterm-birth", "6", None),
        ("preterm-birth", "3", Confidence.CERTAIN),
        ("pregnancy", "3", None),
    ],
)
def test_every_kind_of_birth_takes_its_months(
    draft: Draft, outcome: str, months: str, confidence: Confidence | None
) -> None:
    draft.add("outcomes", **{**COUNTED, "timepoint_months": months}, outcome=outcome, events="1")
    findings = of_rule(draft, "births-within-follow-up")
    assert [one.confidence for one in findings] == ([confidence] if confidence else [])
    assert all(f"1 {outcome.replace('-', ' ')} within {months} months" in one.printed for one in findings)


def test_a_pooled_share_with_an_interval_is_asked_too(draft: Draft) -> None:
    cells = {"effect": "proportion", "events": "60", "total": "522", "estimate": "0.117", "p_value": ""}
    draft.change("pooled", 2, **cells, low="0.09", high="0.145")
    (finding,) = of_rule(draft, "percentage-of-total", "review2021")
    assert finding.printed == "11.7 % for 60/522"
    assert finding.confidence is Confidence.POSSIBLE
    assert finding.possible.endswith("unless a model weighed the studies")
    draft.change("pooled", 2, estimate="0.115")
    assert not of_rule(draft, "percentage-of-total", "review2021")


def test_a_change_within_one_time_point_is_held_against_nothing(draft: Draft) -> None:
    thickness(draft)
    draft.add(
        "changes",
        **THICKER | {"from_months": "3", "to_months": "3", "change_kind": ""},
        direction="down",
        change="",
    )
    assert not of_rule(draft, "change-against-levels")


# An interval against the women behind it.


def widths(ev: evidence.Evidence) -> list[tuple[str, Confidence]]:
    findings = check_numbers(ev, ["interval-and-women"])
    return [(one.keys.get("study_id") or one.keys["source_id"], one.confidence) for one in findings]


def ratio(draft: Draft, **cells: str) -> None:
    """Let the pooled row be a risk ratio of pregnancy that only rates above 58 % allow; the one count is 15 of 30."""
    given = {
        "outcome": "pregnancy", "effect": "RR", "n_treated": "72", "n_control": "44", "estimate": "1.55",
        "low": "1.19", "high": "2.02", "p_value": "",
    }  # fmt: skip
    draft.change("pooled", 2, **given | cells)
    draft.change("outcomes", draft.row("outcomes", outcome="pregnancy"), events="15", percent_reported="")


def test_only_the_known_interval_is_too_narrow_on_the_shipped_data(ev: evidence.Evidence) -> None:
    assert widths(ev) == [("meta-chen2022", Confidence.POSSIBLE)]


@pytest.mark.parametrize("size", ["n_treated", "n_control"])
def test_without_the_number_of_women_a_width_says_nothing(draft: Draft, size: str) -> None:
    ratio(draft)
    assert widths(draft.load()) == [("review2021", Confidence.POSSIBLE)]
    draft.change("pooled", 2, **{size: ""})
    assert widths(draft.load()) == []


def test_high_rates_alone_are_no_finding(draft: Draft) -> None:
    """One count of women treated alike that is as high makes the interval possible; fewer than ten women do not."""
    ratio(draft)
    row = draft.add(
        "outcomes", study_id="glen2017", source_id="glen2017", events="7", total="7", percent_reported=""
    )
    assert widths(draft.load()) == [("review2021", Confidence.POSSIBLE)]
    draft.change("outcomes", row, events="11", total="12")
    assert widths(draft.load()) == []


@pytest.mark.parametrize(
    ("effect", "estimate", "low", "high", "sure"),
    [
        ("RR", "1.55", "1.35", "1.78", Confidence.CERTAIN),  # smaller than the smallest standard error, 0.11
        ("OR", "1.55", "1.19", "2.02", Confidence.CERTAIN),  # at best 0.38
        ("OR", "1.55", "0.70", "3.43", None),
        ("logOR", "0.44", "0.18", "0.70", Confidence.CERTAIN),
        ("RR", "1.55", "0.95", "2.53", None),
        ("MD", "1.55", "1.50", "1.60", None),
        ("HR", "1.55", "1.50", "1.60", None),  # depends on the time watched, not on the women alone
    ],
)
def test_how_narrow_an_interval_of_72_and_44_women_can_be(
    draft: Draft, effect: str, estimate: str, low: str, high: str, sure: Confidence | None
) -> None:
    ratio(draft, effect=effect, estimate=estimate, low=low, high=high)
    assert widths(draft.load()) == ([("review2021", sure)] if sure else [])


BIRTHS = {"study_id": "glen2017", "source_id": "glen2017", "outcome": "live-birth", "timepoint_months": "", "percent_reported": ""}  # fmt: skip
#: As printed: 41 of 72 and 26 of 68 have a risk ratio of 1.49, from 1.04 to 2.14.
RATIO_OF_BIRTHS = {
    "study_id": "glen2017", "source_id": "glen2017", "measure": "live-birth", "from_months": "", "to_months": "",
    "compared_with": "control-arm", "direction": "up", "change": "1.49", "change_kind": "rr", "low": "1.04", "high": "2.14",
    "p_value": "",
}  # fmt: skip


def controlled(draft: Draft) -> int:
    """Give a study a control arm, births in both and their risk ratio; give the row of that."""
    draft.change("studies", draft.row("studies", study_id="glen2017"), n_enrolled="140")
    draft.change("arms", draft.row("arms", study_id="glen2017"), n="72")
    draft.add("arms", study_id="glen2017", source_id="glen2017", arm_id="control", kind="untreated", label="control",
              cell_source="", dose_cells="", route="", n="68")  # fmt: skip
    draft.add("outcomes", **BIRTHS, events="41", total="72")
    draft.add("outcomes", **BIRTHS, arm_id="control", events="26", total="68")
    return draft.add("changes", **RATIO_OF_BIRTHS)


def test_counts_of_the_same_women_contradict_a_narrow_interval(draft: Draft) -> None:
    row = controlled(draft)
    assert not of_rule(draft, "interval-and-women", "glen2017")
    draft.change("changes", row, low="1.20", high="1.85")
    (finding,) = of_rule(draft, "interval-and-women", "glen2017")
    assert (finding.table, finding.rows, finding.confidence) == ("changes", (row,), Confidence.LIKELY)
    assert finding.printed == "rr 1.49 (1.20 to 1.85) from 72 and 68"
    assert finding.possible.endswith("counted were 41 of 72 (57 %); counted were 26 of 68 (38 %)")
    # Counts of another time, or in another document, are not of the same event.
    for arm in ("cells", "control"):
        count = draft.row("outcomes", study_id="glen2017", source_id="glen2017", arm_id=arm)
        draft.change("outcomes", count, timepoint_months="6")
    assert not [
        one for one in of_rule(draft, "interval-and-women", "glen2017") if one.confidence == Confidence.LIKELY
    ]


# Values read off a figure.

READING = {
    "study_id": "glen2017", "arm_id": "cells", "subject": "cohort", "subgroup": "", "measure": "E2",
    "unit": "pg/mL", "timepoint_months": "3", "n": "9", "mean": "41.00", "sd": "", "se": "", "median": "", "q1": "",
    "q3": "", "minimum": "", "maximum": "", "text_value": "", "source_id": "glen2017", "locator": "Fig 2a",
    "extraction": "digitised",
    "note": "read off the figure, data set 'mean ± 9', at 3 months; error of reading ±0.5 pg/mL (as its reader gave it)",
}  # fmt: skip
PRINTED = {**READING, "locator": "table 2", "extraction": "reported", "note": ""}


def read_off(draft: Draft, **printed: str) -> list[tuple[str, Confidence]]:
    draft.add("measurements", **READING)
    draft.add("measurements", **{**PRINTED, **printed})
    findings = check_numbers(draft.load(), ["digitised-against-printed"])
    assert all(one.rows[1] == one.rows[0] + 1 for one in findings)
    return [(one.printed, one.confidence) for one in findings]


@pytest.mark.parametrize(
    ("printed", "confidence"),
    [
        ({"mean": "41"}, None),
        ({"mean": "40.5"}, None),
        ({"mean": "40"}, None),  # up to 40.5 was rounded so
        ({"mean": "40.2"}, Confidence.POSSIBLE),
        ({"mean": "42.0"}, Confidence.POSSIBLE),
        ({"mean": "36.1"}, Confidence.LIKELY),
        ({"mean": "", "median": "36.1"}, None),
        ({"mean": "36.1", "timepoint_months": "3.04"}, Confidence.LIKELY),
        ({"mean": "36.1", "timepoint_months": "4"}, None),
        ({"mean": "36.1", "timepoint_months": ""}, None),
        ({"mean": "36.1", "subject": "patient-1", "n": "1"}, None),
        ({"mean": "36.1", "subgroup": "responders"}, None),
        ({"mean": "36.1", "extraction": "digitised", "note": "error of reading ±0.5 pg/mL"}, None),
        ({"mean": "150.5", "unit": "pmol/L"}, None),
        ({"mean": "41.00", "unit": "pmol/L"}, Confidence.LIKELY),
    ],
)  # fmt: skip
def test_a_level_read_off_a_figure_is_held_to_the_printed_one(
    draft: Draft, printed: dict[str, str], confidence: Confidence | None
) -> None:
    found = read_off(draft, **printed)
    assert [sure for _, sure in found] == ([confidence] if confidence else [])


def test_a_reading_says_what_its_error_allows(draft: Draft) -> None:
    assert read_off(draft, mean="36.1")[0][0] == "E2 mean 36.1 pg/mL, 41.00 pg/mL read off Fig 2a"
    (finding,) = check_numbers(draft.load(), ["digitised-against-printed"])
    assert "allows 40.47 to 41.53 pg/mL" in finding.possible


def test_a_reading_without_its_error_says_nothing(draft: Draft) -> None:
    row = draft.add("measurements", **READING)
    draft.add("measurements", **{**PRINTED, "mean": "36.1"})
    for note in ("read off the figure", "error ±1.5 %"):
        draft.change("measurements", row, note=note)
        assert not check_numbers(draft.load(), ["digitised-against-printed"])


@pytest.mark.parametrize(
    ("printed", "speaks"),
    [
        ({"percent_reported": "44"}, False),
        ({"percent_reported": "56"}, True),
        ({"events": "4", "total": "9", "total_unit": "women", "total_basis": "reported"}, False),
        ({"events": "5", "total": "9", "total_unit": "women", "total_basis": "reported"}, True),
        ({"percent_reported": "56", "outcome": "pregnancy"}, False),
    ],
)
def test_a_percentage_read_off_a_figure_is_held_to_the_printed_one(
    draft: Draft, printed: dict[str, str], speaks: bool
) -> None:
    share = {"study_id": "glen2017", "arm_id": "cells", "subgroup": "", "outcome": "menses-resumed",
             "timepoint_months": "12", "events": "", "total": "", "total_unit": "", "total_basis": "",
             "percent_reported": "", "source_id": "glen2017"}  # fmt: skip
    figure = {"percent_reported": "45.0", "locator": "Fig 3", "extraction": "digitised", "note": "error ±1 %"}
    draft.add("outcomes", **{**share, **figure})
    draft.add("outcomes", **{**share, "locator": "text", "extraction": "reported", "note": "", **printed})
    findings = check_numbers(draft.load(), ["digitised-against-printed"])
    assert [one.confidence for one in findings] == ([Confidence.POSSIBLE] if speaks else [])


# The registry against the paper.

#: A registry record and a document that is neither paper nor record.
RECORD, REVIEW = "reg-moor2019", "review2021"


def state(draft: Draft, item: str, value: str, source: str, arm: str = "") -> int:
    """Let a document state something of the study; give its row."""
    return draft.add("statements", arm_id=arm, item=item, value=value, unit="", source_id=source,
                     locator=f"made for this test, {item}", note="")  # fmt: skip


def test_a_plan_that_the_record_itself_corrected_is_silent(draft: Draft) -> None:
    state(draft, "n-planned", "28", RECORD)
    row = state(draft, "n-enrolled", "30", RECORD)
    assert not of_rule(draft, "registry-against-paper")
    draft.change("statements", row, value="27")
    findings = {one.printed: one.confidence for one in of_rule(draft, "registry-against-paper")}
    assert findings == {
        "n-planned 28 in the registry, 30 in the paper": Confidence.POSSIBLE,
        "n-enrolled 27 in the registry, 30 in the paper": Confidence.LIKELY,
    }


def test_a_record_shown_long_after_the_start_or_after_the_paper_is_likely_late(draft: Draft) -> None:
    """The paper is of 2018."""
    state(draft, "start", "2014-11-28", RECORD)
    row = state(draft, "first-posted", "2014-11-28", RECORD)
    for posted, sure in (
        ("2014-11-28", []),
        ("2014-11", []),
        ("2014-12-28", [Confidence.POSSIBLE]),
        ("2015", [Confidence.LIKELY]),
        ("2018-12", [Confidence.LIKELY]),
        ("2019", [Confidence.LIKELY, Confidence.LIKELY]),
    ):
        draft.change("statements", row, value=posted)
        assert [one.confidence for one in of_rule(draft, "registered-after-start")] == sure, posted
    assert "published 2018" in of_rule(draft, "registered-after-start")[1].printed


def test_a_paper_is_held_to_its_day_where_that_is_known(draft: Draft) -> None:
    rule = "published-before-completion"
    row = state(draft, "published", "2018-06-28", "hill2018")
    state(draft, "completion", "2018-06-29", RECORD)
    (finding,) = of_rule(draft, rule)
    assert (finding.printed, finding.rows[1]) == ("published 2018-06-28, completion 2018-06-29", row)
    # The main outcome was complete before.
    state(draft, "primary-completion", "2018-06", RECORD)
    assert not of_rule(draft, rule)


def test_a_follow_up_beyond_the_end_of_the_trial_speaks(draft: Draft) -> None:
    """The paper reports of months 6 to 24."""
    rule = "completed-before-assessment"
    state(draft, "start", "2014-11-28", RECORD)
    row = state(draft, "primary-completion", "2015-05-22", RECORD)
    end = state(draft, "completion", "2016-12-01", RECORD)
    assert not of_rule(draft, rule)
    draft.change("statements", row, value="2015-04-28")
    (finding,) = of_rule(draft, rule)
    assert "first time reported 6 months" in finding.printed
    assert finding.confidence is Confidence.POSSIBLE
    draft.change("statements", row, value="2015-05-22")
    draft.change("statements", end, value="2015-05-28")
    (finding,) = of_rule(draft, rule)
    assert "last time reported 24 months" in finding.printed
    assert finding.confidence is Confidence.LIKELY


def test_groups_of_the_registry_are_held_to_the_arms_that_divide_the_women(
    draft: Draft, found: list[Finding]
) -> None:
    rule = "registry-against-arms"
    assert rule not in {finding.rule for finding in found}
    for arm in ("cells-low", "cells-mid", "cells-high"):
        draft.add("arms", arm_id=arm, label=arm, n="10")
    row = state(draft, "n-arms", "3", RECORD)
    assert not of_rule(draft, rule)
    # Three dose groups of ten women, or their sum: two groups are neither.
    draft.change("statements", row, value="2")
    (finding,) = of_rule(draft, rule)
    assert (finding.printed, finding.confidence) == (
        "2 groups in the registry, 1 or 3 in the paper",
        Confidence.LIKELY,
    )
    state(draft, "n-arms", "2", "hill2018")
    assert not of_rule(draft, rule)


@pytest.mark.parametrize(
    ("item", "value", "speaks"),
    [
        ("route", "ovarian artery", True),
        ("route", "injection into the left ovary", False),
        ("route", "intravenous", True),
        ("route", "transvaginal injection into both ovaries", False),
        ("cell-source", "allogeneic umbilical cord mesenchymal cells", True),
        ("cell-source", "autologous adipose-derived cells", False),
        ("cell-source", "fat or marrow: adipose tissue and bone marrow", False),
        ("allocation", "not randomised", False),
        ("allocation", "randomised 1:1", True),
    ],
)  # fmt: skip
def test_words_of_the_registry_are_held_to_the_paper_and_its_arms(
    draft: Draft, item: str, value: str, speaks: bool
) -> None:
    """The paper gave cells of fat of the woman herself into the ovary, without drawing lots."""
    draft.change("arms", draft.row("arms", study_id="hill2018"), cell_source="AD-MSC", donor="autologous")
    state(draft, "allocation", "non-randomised", "hill2018", "cells")
    state(draft, item, value, RECORD, "cells")
    assert bool(of_rule(draft, "registry-told-differently")) == speaks


def test_dates_told_differently_are_possible(draft: Draft) -> None:
    state(draft, "start", "2014-11-28", RECORD)
    state(draft, "start", "2014-11", "hill2018")
    assert not of_rule(draft, "registry-told-differently")
    state(draft, "start", "2013", REVIEW)
    (finding,) = of_rule(draft, "registry-told-differently")
    assert finding.confidence is Confidence.POSSIBLE


@pytest.mark.parametrize(
    "value", ["28 November 2014", "2014-13", "2014-02-30", "2014-1-5", "14-11-28", "0000"]
)
def test_a_date_that_is_none_is_refused(draft: Draft, value: str) -> None:
    row = state(draft, "start", value, RECORD)
    with pytest.raises(
        evidence.EvidenceError, match=rf"statements.csv, row {row}, column value.*must be a date as"
    ):
        draft.load()


def test_thirty_subgroups_of_one_analysis_are_held_together(draft: Draft) -> None:
    analysis = {"outcome": "AMH", "effect": "MD", "model": "random", "subgroup": "many"}
    for n in range(30):
        name = {**analysis, "subgroup": f"class {n} and more", "locator": f"Figure {n}"}
        draft.add("pooled", **name, subgroup_variable="donor", k=str(3 + 2 * (n % 2)))
    draft.add("pooled", **{**analysis, "subgroup": ""}, k="119")
    (finding,) = of_rule(draft, "studies-behind-subgroups", "review2021")
    assert finding.printed == "k = 120 by donor; k = 119 by all studies"


@given(events=st.integers(1, 100), tenths=st.integers(0, 1000), end=st.integers(1, 300))
def test_totals_of_a_count_agree_with_trying_all(events: int, tenths: int, end: int) -> None:
    percent = f"{tenths / 10:.1f}"
    tried = [total for total in range(events, end) if events in possible_counts(percent, total)]
    assert list(totals_of(events, percent, end)) == tried


# The arithmetic: what was really computed from whole numbers is never called impossible.


@given(total=st.integers(1, 400), share=st.floats(0, 1), decimals=st.integers(0, 2))
def test_a_rounded_percentage_allows_its_count(total: int, share: float, decimals: int) -> None:
    events = round(share * total)
    printed = f"{100 * events / total:.{decimals}f}"
    assert events in possible_counts(printed, total)
    assert (events, total) in possible_denominators(printed, total)


@given(total=st.integers(1, 400), share=st.floats(0, 1))
def test_a_truncated_percentage_allows_its_count(total: int, share: float) -> None:
    events = round(share * total)
    tenths = 1000 * events // total
    assert events in truncated_counts(f"{tenths // 10}.{tenths % 10}", total)


@given(p=st.floats(0, 1), decimals=st.integers(1, 6))
def test_a_rounded_p_value_can_stand_for_its_own(p: float, decimals: int) -> None:
    least, most = p_values_printed(f"{p:.{decimals}f}")
    assert 0 <= least <= p + 1e-12
    assert p - 1e-12 <= most <= 1
    assert p_values_printed(f"<{p:.{decimals}f}")[0] == 0
    assert p_values_printed(f">{p:.{decimals}f}")[1] == 1


@given(values=st.lists(st.integers(0, 40), min_size=2, max_size=40), decimals=st.integers(0, 2))
def test_real_whole_numbers_pass_grim_and_grimmer(values: list[int], decimals: int) -> None:
    mean, sd = f"{sum(values) / len(values):.{decimals}f}", f"{stdev(values):.{decimals}f}"
    assert sum(values) in possible_totals(mean, len(values))
    assert sd_possible(mean, sd, len(values))


@given(values=st.lists(st.integers(0, 1), min_size=2, max_size=60))
def test_real_zeros_and_ones_pass_debit(values: list[int]) -> None:
    mean, sd = f"{sum(values) / len(values):.2f}", f"{stdev(values):.2f}"
    assert binary_sd_possible(mean, sd, len(values))


def test_published_examples() -> None:
    # Brown and Heathers 2017, first example: a mean of 5.19 cannot come from 28 whole numbers.
    assert possible_totals("5.19", 28) == []
    assert possible_totals("5.18", 28) == [145]
    # Five values of 0 or 1 with mean 0.40 have SD 0.55 and no other.
    assert binary_sd_possible("0.40", "0.55", 5)
    assert not binary_sd_possible("0.40", "0.45", 5)
    # 2, 2, 2, 2 and 3 have mean 2.2 and SD 0.45; no five whole numbers of that mean have SD 0.50.
    assert sd_possible("2.20", "0.45", 5)
    assert not sd_possible("2.20", "0.50", 5)


@given(estimate=st.floats(-5, 5), se=st.floats(0.05, 3), decimals=st.integers(2, 3), ratio=st.booleans())
def test_intervals_built_around_their_estimate_are_not_lopsided(
    estimate: float, se: float, decimals: int, ratio: bool
) -> None:
    limits = (estimate, estimate - 1.96 * se, estimate + 1.96 * se)
    shown = [f"{exp(x) if ratio else x:.{decimals}f}" for x in limits]
    interval = interval_of(shown[0], shown[1], shown[2], "RR" if ratio else "SMD")
    if interval is None:
        assert float(shown[1]) == 0
        return
    assert interval.lopsided <= 1.05
    low, high = interval.p_values
    assert low <= high


COUNTS = st.tuples(st.integers(1, 150), st.integers(1, 150), st.floats(0, 1), st.floats(0, 1)).map(
    lambda drawn: (round(drawn[0] * drawn[2]), drawn[0], round(drawn[1] * drawn[3]), drawn[1])
)


def wald(kind: str, a: float, n: float, b: float, m: float) -> tuple[float, float]:
    """Give a ratio and the standard error of its logarithm, as software does: a half to every cell where one is empty."""
    if 0 in (a, b) or (kind == "OR" and (a == n or b == m)):
        a, n, b, m = a + 0.5, n + 1, b + 0.5, m + 1
    if kind == "RR":
        return a / n / (b / m), sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    return a / (n - a) / (b / (m - b)), sqrt(1 / a + 1 / (n - a) + 1 / b + 1 / (m - b))


@given(counts=COUNTS, kind=st.sampled_from(["RR", "OR"]), decimals=st.integers(1, 3))
def test_an_interval_that_was_computed_from_counts_allows_their_rates(
    counts: tuple[int, int, int, int], kind: str, decimals: int
) -> None:
    a, n, b, m = counts
    ratio, error = wald(kind, *counts)
    limits = (ratio, ratio * exp(-1.959964 * error), ratio * exp(1.959964 * error))
    shown = [f"{limit:.{decimals}f}" for limit in limits]
    interval = interval_of(shown[0], shown[1], shown[2], kind)
    if interval is None:
        assert 0 in [float(limit) for limit in shown]
        return
    allowed = rates_allowed(kind, interval, (n, m))
    assert allowed
    if 0 < a < n and 0 < b < m:
        for rate, (low, high) in zip((a / n, b / m), allowed, strict=True):
            assert low - 1e-9 <= rate <= high + 1e-9


@given(counts=COUNTS, kind=st.sampled_from(["RR", "OR"]))
def test_the_rates_needed_end_where_the_counts_have_that_error(
    counts: tuple[int, int, int, int], kind: str
) -> None:
    a, n, b, m = counts
    if not (0 < a < n and 0 < b < m):
        return
    ratio, error = wald(kind, *counts)
    assert smallest_error(kind, ratio, (n, m)) <= error * (1 + 1e-9)
    needed = rates_needed(kind, ratio, error * (1 + 1e-9), (n, m))
    assert needed
    for rate, ends in zip((a / n, b / m), needed, strict=True):
        assert min(abs(rate - end) for end in ends) < 1e-3
    least = smallest_error(kind, ratio, (n, m))
    assert least == 0 or rates_needed(kind, ratio, least * (1 - 1e-6), (n, m)) is None


@given(
    n=st.integers(1, 25), m=st.integers(1, 25), kind=st.sampled_from(["RR", "OR"]), ratio=st.floats(0.2, 5)
)
def test_no_whole_counts_have_a_smaller_error(n: int, m: int, kind: str, ratio: float) -> None:
    tried = [wald(kind, a, n, b, m) for a in range(1, n) for b in range(1, m)]
    errors = [error for found, error in tried if abs(log(found / ratio)) < 0.02]
    least = min(smallest_error(kind, ratio * exp(step), (n, m)) for step in (-0.02, 0, 0.02))
    assert all(error >= least * (1 - 1e-6) for error in errors)


def test_a_sound_ratio_beside_its_own_counts_is_silent(draft: Draft) -> None:
    row = controlled(draft) - 2
    ev = draft.load()
    text, outcomes = ev.printed["changes"].copy(), ev.outcomes.copy()
    births = outcomes["source_id"].eq("glen2017") & outcomes["outcome"].eq("live-birth")

    @settings(max_examples=25, deadline=None)
    @given(counts=COUNTS, kind=st.sampled_from(["rr", "or"]))
    def silent(counts: tuple[int, int, int, int], kind: str) -> None:
        ratio, error = wald(kind.upper(), *counts)
        shown = [f"{ratio * exp(z * error):.2f}" for z in (0, -1.959964, 1.959964)]
        text.loc[row, ["change", "low", "high", "change_kind"]] = [*shown, kind]
        for arm, of_arm in (("cells", counts[:2]), ("control", counts[2:])):
            outcomes.loc[births & (outcomes["arm_id"] == arm), ["events", "total"]] = of_arm
        sound = replace(ev, outcomes=outcomes, printed={**ev.printed, "changes": text})
        assert not [one for one in RULES["interval-and-women"](sound) if one.table == "changes"]

    silent()


# The command line.


def test_the_command_lists_the_findings_and_succeeds(found: list[Finding]) -> None:
    done = reanalysis("check", "--numbers", "data", folder=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].startswith(f"{len(found)} findings by {len(RULES)} rules: ")
    assert "outcomes.csv, row 2: percentage-of-enrolled (likely)" in done.stdout


def test_json_is_one_object_per_finding(found: list[Finding]) -> None:
    done = reanalysis("check", "--numbers", "--json", "data", folder=ROOT)
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    assert findings == [one.as_dict() for one in found]
    first = next(one for one in findings if one["printed"] == "88 % for 77/86")
    assert first["study_id"] == "bidet2011"
    assert first["subgroup"] == "of those who resumed, within 1 year"
    assert {"rule", "table", "rows", "printed", "possible", "confidence"} <= set(first)


def test_json_alone_is_a_usage_error() -> None:
    done = reanalysis("check", "--json", "data", folder=ROOT)
    assert done.returncode == 2
    assert "give both" in done.stderr


def test_broken_data_is_refused_before_any_check(package: Package) -> None:
    package.change("outcomes", 2, events="x")
    done = reanalysis("check", "--numbers", str(package.folder), folder=ROOT)
    assert done.returncode == 1
    assert "outcomes.csv, row 2, column events" in done.stderr
    assert done.stdout == ""
