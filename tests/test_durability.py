"""Whether a short-term gain lasts, and whether it can have come from the treatment by then: rules over evidence rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drafts import Draft
from helpers import evidence
from helpers.counts.outcomes import LONG
from helpers.questions.durability import (
    clock,
    clock_figures,
    clock_tables,
    clock_text,
    figures,
    rows,
    tables,
    text,
)
from helpers.questions.durability.clock import Due
from helpers.questions.durability.reports import CELLS, PLATELETS
from helpers.questions.durability.rows import AT_TWO_TIMES, Verdict

ALL = ["all"]
#: Two studies that may share women.
SINGH = ("singh2014", "singh2020")
BLANK = dict.fromkeys(
    ("subgroup", "from_months", "change", "change_kind", "low", "high", "p_value", "note"), ""
)


@pytest.fixture(scope="module")
def unwatched(ev: evidence.Evidence) -> evidence.Evidence:
    """The shipped tables, with the women of Zafardoust 2023 watched for as long as a test needs."""
    draft = Draft(ev)
    draft.change("studies", draft.row("studies", study_id="zafardoust2023"), follow_up_months="")
    return draft.load()


@pytest.fixture
def shipped_draft(unwatched: evidence.Evidence) -> Draft:
    """These tables, to change in memory."""
    return Draft(unwatched)


def change(draft: Draft, measure: str, direction: str, months: str, **cells: str) -> int:
    """Add a change of the women of Zafardoust 2023, reported by its own paper; it reports AMH and AFC at month 2."""
    own = {
        "study_id": "zafardoust2023",
        "arm_id": "cells",
        "subject": "cohort",
        "source_id": "zafardoust2023",
    }
    reported = {"measure": measure, "direction": direction, "to_months": months, "compared_with": "baseline"}
    return draft.add("changes", **{**BLANK, "locator": "table 9", **own, **reported, **cells})


def level(draft: Draft, months: str, **cells: str) -> int:
    """Add a level of FSH of the same women."""
    blank = dict.fromkeys(
        ("subgroup", "mean", "sd", "se", "median", "q1", "q3", "minimum", "maximum", "text_value", "note"), ""
    )
    own = {
        "study_id": "zafardoust2023", "arm_id": "cells", "subject": "cohort", "measure": "FSH", "unit": "IU/L", "n": "20",
        "source_id": "zafardoust2023", "locator": "table 8", "extraction": "reported", "timepoint_months": months,
    }  # fmt: skip
    return draft.add("measurements", **{**blank, **own, **cells})


def without(draft: Draft, table: str, **cells: str) -> None:
    """Take out the rows that have these cells."""
    rows = draft.rows(table)
    rows[:] = [row for row in rows if not cells.items() <= row.items()]


def ledger(draft: Draft, *studies: str) -> pd.DataFrame:
    """Follow the gains of these studies; of all where none is named."""
    return rows.ledger(draft.load(), studies=[*studies] or ALL)


@pytest.fixture(scope="module")
def shipped_ledger(ev: evidence.Evidence) -> pd.DataFrame:
    """What is shipped of all studies, followed once; tests must not change it."""
    return rows.ledger(ev, studies=ALL)


@pytest.fixture(scope="module")
def shipped_places(ev: evidence.Evidence) -> pd.DataFrame:
    """What is shipped of all studies, placed on biological time once; tests must not change it."""
    return clock.placed(ev, studies=ALL)


def of(frame: pd.DataFrame, study: str, word: str) -> pd.Series:
    return frame[(frame["study_id"] == study) & (frame["word"] == word)].iloc[0]


def followed(draft: Draft, study: str, word: str) -> pd.Series:
    """What became of one marker of a study, whatever others report."""
    return of(ledger(draft, study), study, word)


def answer(draft: Draft, tissue: str = "ovary") -> str:
    """Say what became of all gains, without how much of each was left."""
    return text.durability_answer(rows.gains(draft.load(), studies=ALL), tissue)


def time_of(draft: Draft) -> str:
    ev = draft.load()
    return clock_text.clock_conclusion(clock.placed(ev, studies=ALL), clock.biological_times(ev))


@pytest.mark.parametrize(
    ("direction", "verdict"), [("up", Verdict.KEPT), ("none", Verdict.LOST), ("down", Verdict.LOST)]
)
def test_a_later_report_of_the_same_women_decides(shipped_draft: Draft, direction: str, verdict: str) -> None:
    assert followed(shipped_draft, "zafardoust2023", "AMH")["verdict"] == Verdict.UNJUDGED
    change(shipped_draft, "AMH", direction, "12")
    found = followed(shipped_draft, "zafardoust2023", "AMH")
    assert (found["verdict"], found["early_months"], found["late_months"]) == (verdict, 2, 12)
    assert pd.isna(found["share_left"])


def test_a_fall_is_a_gain_where_the_measure_should_fall(shipped_draft: Draft) -> None:
    change(shipped_draft, "LH", "down", "2")
    change(shipped_draft, "LH", "up", "9")
    assert followed(shipped_draft, "zafardoust2023", "LH")["verdict"] == Verdict.LOST


def test_other_women_are_another_course(shipped_draft: Draft) -> None:
    without(shipped_draft, "changes", source_id="zafardoust2023-preprint", measure="AMH")
    change(shipped_draft, "AMH", "none", "12", subgroup="under 35")
    assert followed(shipped_draft, "zafardoust2023", "AMH")["verdict"] == Verdict.NOT_LATER


def test_another_document_of_the_study_reports_a_gain_again(shipped_draft: Draft) -> None:
    followed_all = ledger(shipped_draft)
    found = of(followed_all, "zafardoust2023", "AFC")
    assert found["verdict"] == Verdict.UNJUDGED
    assert "months 2-4" in found["later_unjudged"]
    assert "zafardoust2023-preprint" in found["sources"]
    assert "changes row" in found["evidence"].partition("; ")[2]
    assert "months 2-4" in " ".join(tables.ledger_table(followed_all).rows["late"])
    assert "7, in 6 studies, were not reported again" in text.other_gains(followed_all)
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="zafardoust2023-preprint"), kind="review"
    )
    assert followed(shipped_draft, "zafardoust2023", "AFC")["verdict"] == Verdict.NOT_LATER


def test_nothing_is_divided_by_a_gain_within_variation(shipped_draft: Draft) -> None:
    of_study = ledger(shipped_draft, "saharkhiz2024")
    found = of(of_study, "saharkhiz2024", "AFC")
    assert found["verdict"] == Verdict.KEPT
    assert pd.isna(found["share_left"])
    shown = " ".join(tables.ledger_table(of_study).rows["late gain in percent of the early gain"])
    assert "cannot be computed: early gain within the reference change value" in shown
    at = shipped_draft.row("measurements", study_id="saharkhiz2024", measure="AFC", timepoint_months="2")
    shipped_draft.change("measurements", at, mean="3.5")
    assert followed(shipped_draft, "saharkhiz2024", "AFC")["share_left"] == pytest.approx(1.1 / 1.5)


def test_without_a_reference_the_spread_of_the_study_decides(shipped_draft: Draft) -> None:
    assert followed(shipped_draft, "singh2014", "endometrial-thickness")["share_left"] > 1
    for months in ("0", "3"):
        at = shipped_draft.row(
            "measurements",
            study_id="singh2014",
            measure="endometrial-thickness",
            timepoint_months=months,
        )
        shipped_draft.change("measurements", at, sd="3")
    found = followed(shipped_draft, "singh2014", "endometrial-thickness")
    assert pd.isna(found["share_left"])
    assert "standard deviations" in found["no_share"]


def test_a_gain_is_looked_for_from_the_first_time_that_shows_one(shipped_draft: Draft) -> None:
    for months, direction in (("2", "none"), ("4", "down"), ("12", "none")):
        change(shipped_draft, "FSH", direction, months)
    found = followed(shipped_draft, "zafardoust2023", "FSH")
    assert (found["verdict"], found["early_months"]) == (Verdict.LOST, 4)


def test_a_gain_that_only_comes_late_is_no_lasting_one(shipped_draft: Draft) -> None:
    change(shipped_draft, "FSH", "none", "2")
    change(shipped_draft, "FSH", "down", "12")
    assert followed(shipped_draft, "zafardoust2023", "FSH")["verdict"] == Verdict.LATE_ONLY
    change(shipped_draft, "LH", "none", "2")
    change(shipped_draft, "LH", "none", "12")
    assert followed(shipped_draft, "zafardoust2023", "LH")["verdict"] == Verdict.NO_GAIN


def test_what_does_not_say_what_it_is_compared_with_is_not_judged(shipped_draft: Draft) -> None:
    change(shipped_draft, "AMH", "none", "12", compared_with="not-stated")
    found = ledger(shipped_draft)
    assert of(found, "zafardoust2023", "AMH")["verdict"] == Verdict.UNJUDGED
    assert "2 were reported again in a way that cannot be judged" in text.other_gains(found)


def test_a_report_without_a_month_is_early_only_in_the_document_of_the_later_one(
    shipped_draft: Draft,
) -> None:
    change(shipped_draft, "LH", "down", "")
    assert not len(ledger(shipped_draft, "zafardoust2023").query("word == 'LH'"))
    change(shipped_draft, "LH", "none", "12", source_id="review-fendo2021")
    assert not len(ledger(shipped_draft, "zafardoust2023").query("word == 'LH'"))
    change(shipped_draft, "LH", "none", "12")
    found = followed(shipped_draft, "zafardoust2023", "LH")
    assert found["verdict"] == Verdict.LOST
    assert pd.isna(found["early_months"])


@pytest.mark.parametrize(
    ("late", "verdict", "share"), [("30", Verdict.PARTLY, 0.5), ("15", Verdict.KEPT, 1.25)]
)
def test_the_size_left_is_that_of_the_means(
    shipped_draft: Draft, late: str, verdict: str, share: float
) -> None:
    for months, mean in (("0", "40"), ("3", "20"), ("12", late)):
        level(shipped_draft, months, mean=mean)
    found = followed(shipped_draft, "zafardoust2023", "FSH")
    assert found["verdict"] == verdict
    assert found["share_left"] == pytest.approx(share)


def test_medians_and_percent_changes_are_not_divided(shipped_draft: Draft) -> None:
    for months, median in (("0", "40"), ("3", "20"), ("12", "30")):
        level(shipped_draft, months, median=median)
    change(shipped_draft, "LH", "down", "3", change="-40", change_kind="percent")
    change(shipped_draft, "LH", "down", "12", change="-10", change_kind="percent")
    found = ledger(shipped_draft, "zafardoust2023")
    for word in ("FSH", "LH"):
        assert of(found, "zafardoust2023", word)["verdict"] == Verdict.KEPT
        assert pd.isna(of(found, "zafardoust2023", word)["share_left"])


def test_a_mean_is_never_compared_with_a_median(shipped_draft: Draft) -> None:
    level(shipped_draft, "0", median="40")
    level(shipped_draft, "3", mean="20")
    level(shipped_draft, "12", mean="20")
    assert not len(ledger(shipped_draft, "zafardoust2023").query("word == 'FSH'"))


def test_counts_of_other_totals_are_not_divided(shipped_draft: Draft) -> None:
    at = shipped_draft.row("outcomes", study_id="ea-poi2013", outcome="menses-resumed", timepoint_months="6")
    assert followed(shipped_draft, "ea-poi2013", "menses-resumed")["share_left"] == pytest.approx(0.9)
    shipped_draft.change("outcomes", at, total="10")
    assert followed(shipped_draft, "ea-poi2013", "menses-resumed")["verdict"] == Verdict.UNJUDGED
    shipped_draft.change("outcomes", at, events="0")
    assert followed(shipped_draft, "ea-poi2013", "menses-resumed")["verdict"] == Verdict.LOST


def test_the_same_count_at_two_months_in_two_documents_is_one_report(ev: evidence.Evidence) -> None:
    found = rows.ledger(ev, studies=["igboeli2020"])
    assert len(found[found["word"] == "menses-resumed"]) == 1
    assert of(found, "igboeli2020", "menses-resumed")["late_months"] == 7


def test_the_reversals_on_record_are_found_by_the_rule(shipped_ledger: pd.DataFrame) -> None:
    found = shipped_ledger
    for word in ("AMH", "AFC", "FSH", "LH"):
        assert of(found, "prp-pmc8524761", word)["verdict"] == Verdict.LOST
    assert of(found, "shengjing-bmmsc-retro", "menstrual-volume")["verdict"] == Verdict.LOST
    assert of(found, "shengjing-bmmsc-retro", "adhesion-score")["late_months"] == 24
    thick = of(found, "singh2020", "endometrial-thickness")
    assert thick["share_left"] == pytest.approx((6.1 - 3.3) / (5.1 - 3.3))
    assert "month 60" in thick["later_unjudged"]


def test_retracted_documents_and_women_without_treatment_are_not_in_it(
    shipped_draft: Draft, shipped_ledger: pd.DataFrame
) -> None:
    assert not set(shipped_ledger["arm_kind"]) - {"cells", "comparator"}
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="prp-pmc8524761"), retracted="undated"
    )
    assert ledger(shipped_draft, "prp-pmc8524761").empty


def test_the_women_enrolled_are_those_of_an_arm_only_where_the_study_has_one(shipped_draft: Draft) -> None:
    assert pd.isna(followed(shipped_draft, "zafardoust2023", "AMH")["n"])
    placed = clock.placed(shipped_draft.load(), studies=["zafardoust2023"])
    assert placed["n"].isna().all()
    shipped_draft.change("arms", shipped_draft.row("arms", study_id="zafardoust2023", arm_id="cells"), n="90")
    assert followed(shipped_draft, "zafardoust2023", "AMH")["n"] == 90
    single = shipped_draft.row("arms", study_id="saharkhiz2024", arm_id="cells")
    shipped_draft.change("arms", single, n="")
    assert followed(shipped_draft, "saharkhiz2024", "E2")["n"] == 20


def test_platelets_are_no_cells(shipped_ledger: pd.DataFrame) -> None:
    found = shipped_ledger
    assert set(found.loc[found["group"] == PLATELETS, "arm_kind"]) == {"comparator"}
    assert (found.loc[found["arm_kind"] == "cells", "group"] == CELLS).all()
    counts = rows.verdict_counts(found)
    assert counts["gains"].sum() == found["verdict"].isin(rows.FATES).sum()
    assert not counts["name"].duplicated().any()


def test_gains_are_counted_by_tissue_group_and_verdict(shipped_ledger: pd.DataFrame) -> None:
    gains = list(shipped_ledger.itertuples())
    counts = rows.verdict_counts(shipped_ledger)
    assert set(counts["name"]) == {f"{gain.tissue}/{gain.group}" for gain in gains}
    for line in counts.to_dict("records"):
        own = [gain for gain in gains if (gain.tissue, gain.group) == (line["tissue"], line["group"])]
        verdicts = Counter(str(gain.verdict) for gain in own)
        assert {str(verdict): line[str(verdict)] for verdict in Verdict if line[str(verdict)]} == verdicts
        assert line["studies"] == len({gain.study_id for gain in own})
        followed_on = [gain for gain in own if gain.verdict in AT_TWO_TIMES]
        assert line["beyond"] == sum(gain.horizon == LONG for gain in followed_on)
    assert counts["beyond"].any()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_no_verdict_without_two_times(ev: evidence.Evidence, seed: int) -> None:
    chance, size = np.random.default_rng(seed), len(ev.changes)
    months = pd.Series(chance.choice([np.nan, 1.0, 3.0, 12.0], size), ev.changes.index)
    ways = pd.Series(chance.choice(["up", "down", "none"], size), ev.changes.index, dtype="str")
    changed = replace(ev, changes=ev.changes.assign(to_months=months, direction=ways))
    found = rows.gains(changed, studies=ALL)
    judged = found[found["verdict"].isin(AT_TWO_TIMES)]
    assert judged["late_months"].notna().all()
    assert (judged["early_months"].isna() | (judged["early_months"] < judged["late_months"])).all()
    once = found[found["verdict"] == Verdict.NOT_LATER]
    assert once["early_months"].notna().all()
    assert once["late_months"].isna().all()


def test_the_answer_for_the_ovary_follows_the_rows(shipped_draft: Draft) -> None:
    assert "of 11 gains after cells, 1 was followed beyond six months and was kept." in answer(shipped_draft)
    change(shipped_draft, "AMH", "none", "12")
    assert "2 were followed beyond six months (1 kept and 1 lost)" in answer(shipped_draft)
    without(shipped_draft, "changes", study_id="zafardoust2023", measure="AMH", to_months="12")
    without(shipped_draft, "changes", study_id="igboeli2020", measure="E2", to_months="3")
    assert "none was followed beyond six months" in answer(shipped_draft)


def test_the_answer_for_the_uterus_follows_the_rows(shipped_draft: Draft) -> None:
    assert "4 were followed beyond six months (3 kept and 1 lost)" in answer(shipped_draft, "endometrium")
    assert "Singh 2014 and Singh 2020" in text.may_overlap(ledger(shipped_draft, *SINGH), "endometrium")
    at = shipped_draft.row(
        "changes", study_id="shengjing-bmmsc-retro", measure="menstrual-volume", to_months="12"
    )
    shipped_draft.change("changes", at, direction="up")
    assert "4 were followed beyond six months (4 kept)" in answer(shipped_draft, "endometrium")
    without(shipped_draft, "measurements", study_id="singh2014")
    without(shipped_draft, "changes", study_id="singh2014")
    assert not text.may_overlap(ledger(shipped_draft, *SINGH), "endometrium")


def test_nothing_to_follow_is_said(ev: evidence.Evidence) -> None:
    found = rows.ledger(ev, studies=["tan2016"])
    assert "none can be followed" in text.durability_answer(found, "endometrium")
    assert tables.count_table(rows.verdict_counts(found)).rows.empty


def test_return_and_loss_without_treatment_are_those_of_the_same_women(shipped_draft: Draft) -> None:
    lost = rows.lost_without_cells(shipped_draft.load())
    assert [tuple(row) for row in lost[["women", "resumed", "stopped"]].to_numpy()] == [(507, 117, 55)]
    assert "55 of 117 (47.0 %" in text.without_cells(lost)
    at = shipped_draft.row("outcomes", study_id="bachelot2017", outcome="arrest-of-resumption")
    shipped_draft.change("outcomes", at, events="11", percent_reported="")
    assert "11 of 117 (9.4 %" in text.without_cells(rows.lost_without_cells(shipped_draft.load()))
    shipped_draft.change("outcomes", at, total="100")
    assert "No untreated study" in text.without_cells(rows.lost_without_cells(shipped_draft.load()))


def due(draft: Draft, study: str, word: str) -> list[str]:
    placed = clock.placed(draft.load(), studies=[study])
    return list(placed.loc[placed["word"] == word, "due"])


def test_a_birth_sooner_than_a_pregnancy_takes_is_too_early(shipped_draft: Draft) -> None:
    times = clock.biological_times(shipped_draft.load()).set_index("process")["months"]
    assert times["birth"] == pytest.approx((37 * 7 - (40 * 7 - 268)) / (365.25 / 12))
    at = shipped_draft.row("outcomes", study_id="cao2018", outcome="live-birth")
    for months, verdict in (("8", Due.TOO_EARLY), ("9", Due.POSSIBLE), ("", Due.NO_TIME)):
        shipped_draft.change("outcomes", at, timepoint_months=months)
        assert due(shipped_draft, "cao2018", "live-birth") == [verdict]


def test_a_birth_without_a_month_lies_within_the_follow_up_of_its_source(shipped_draft: Draft) -> None:
    assert due(shipped_draft, "yan2020", "live-birth") == [Due.TOO_EARLY]
    assert (
        "Of 18 gains of the ovary with a printed month, 1 came too early to follow from the treatment: live birth in Yan 2020"
        in time_of(shipped_draft)
    )
    assert "unless preterm or after the follow-up" in time_of(shipped_draft)
    at = shipped_draft.row("statements", study_id="yan2020", source_id="hjt-article", item="follow-up")
    shipped_draft.change("statements", at, value="24")
    assert due(shipped_draft, "yan2020", "live-birth") == [Due.POSSIBLE]
    assert "Of 18 gains of the ovary with a printed month, none came too early" in time_of(shipped_draft)


@pytest.mark.parametrize(
    ("months", "verdict", "stage"),
    [
        ("0.46", Due.NOT_NEW, "past the pre-antral stage"),
        ("6", Due.NOT_NEW, "growing before"),
        ("12", Due.POSSIBLE, ""),
    ],
)
def test_antral_follicles_sooner_than_they_grow_are_no_new_reserve(
    shipped_draft: Draft, months: str, verdict: str, stage: str
) -> None:
    at = shipped_draft.row("changes", study_id="zafardoust2023", arm_id="cells", measure="AFC", to_months="2")
    shipped_draft.change("changes", at, to_months=months)
    placed = clock.placed(shipped_draft.load(), studies=["zafardoust2023"])
    found = placed[(placed["word"] == "AFC") & placed["months"].notna()].iloc[0]
    assert found["due"] == verdict
    assert stage in found["reason"]
    growing = clock.placed(shipped_draft.load(), studies=ALL)
    number = int((growing["first"] & growing["due"].eq(Due.NOT_NEW) & growing["group"].eq(CELLS)).sum())
    assert number == (9 if verdict == Due.NOT_NEW else 8)
    assert f"{number} more came too early to be new reserve" in time_of(shipped_draft)
    assert f"{number} gains, in {8 if number == 9 else 7} studies" in clock_text.clock_details(growing)


def test_a_marker_counts_once_by_the_nearest_document_and_its_first_month(ev: evidence.Evidence) -> None:
    placed = clock.placed(ev, studies=["igboeli2020", "saharkhiz2024"])
    menses = placed[placed["word"] == "menses-resumed"].set_index("months")["first"]
    assert menses.to_dict() == {7: True, 6: False}
    follicles = placed[placed["word"] == "AFC"].set_index("months")["first"]
    assert follicles.to_dict() == {2: True, 4: False}
    assert clock.due_counts(placed)["gains"].sum() == placed["first"].sum()


def test_the_figure_shades_what_cannot_follow_apart_from_what_cannot_be_new_reserve(
    shipped_places: pd.DataFrame,
) -> None:
    placed = shipped_places
    for tissue, expected in (("ovary", True), ("endometrium", False)):
        drawn = clock_figures.clock_figure(placed, tissue=tissue, title="By then?", subtitle="")
        words = {text.get_text() for legend in drawn.legends for text in legend.get_texts()}
        assert "too early to follow from the treatment" in words
        assert ("too early to be new reserve" in words) == expected
        colours = {bar.get_facecolor() for bar in drawn.axes[0].patches}
        assert len(colours) == 1 + expected
        # Who reports it is seen, as everywhere: a triangle for what only the article says.
        shapes = [line.get_marker() for line in drawn.axes[0].lines]
        by_article = (
            (placed["tissue"] == tissue) & placed["months"].notna() & (placed["origin"] == "the article only")
        )
        assert shapes.count("^") == (by_article & (placed["arm_kind"] == "cells")).sum() > 0


def test_the_time_comes_from_the_reference_and_without_it_there_is_no_verdict(shipped_draft: Draft) -> None:
    at = shipped_draft.row("reference_values", measure="resting-follicle-to-antral")
    shipped_draft.change("reference_values", at, value="10")
    assert due(shipped_draft, "herraiz2018", "AFC") == [Due.POSSIBLE]
    without(shipped_draft, "reference_values", measure="resting-follicle-to-antral")
    without(shipped_draft, "reference_values", measure="gestation-from-ovulation")
    assert due(shipped_draft, "herraiz2018", "AFC") == [Due.NO_CLOCK]
    assert due(shipped_draft, "yan2020", "live-birth") == [Due.NO_CLOCK]
    assert (
        "No source gives a time for the growth of a resting follicle to the antral stage and pregnancy"
        in time_of(shipped_draft)
    )


def test_without_any_biological_time_nothing_is_judged(shipped_draft: Draft) -> None:
    without(shipped_draft, "reference_values", kind="biological-time")
    ev = shipped_draft.load()
    assert clock.biological_times(ev).empty
    assert set(clock.placed(ev, studies=ALL)["due"]) == {Due.NO_CLOCK, Due.NO_TIME}


def test_the_uterus_has_no_follicles(shipped_places: pd.DataFrame) -> None:
    placed = shipped_places
    assert Due.NOT_NEW not in set(placed.loc[placed["tissue"] == "endometrium", "due"])
    assert not placed["name"].duplicated().any()
    assert set(placed["group"]) == {CELLS, PLATELETS}


def test_what_came_too_early_names_the_claims_that_rest_on_it(shipped_places: pd.DataFrame) -> None:
    placed = shipped_places
    assert "c067" in of(placed, "yan2020", "live-birth")["claims"]
    shown = clock_tables.too_early_table(placed).rows
    assert len(shown) == placed["due"].isin([Due.TOO_EARLY, Due.NOT_NEW]).sum()
    assert shown["evidence rows"].str.contains(" row ").all()


@pytest.mark.parametrize(("tissue", "other"), [("ovary", "Cao 2018"), ("endometrium", "Igboeli 2020")])
def test_ovary_and_uterus_share_no_figure(
    shipped_ledger: pd.DataFrame, shipped_places: pd.DataFrame, tissue: str, other: str
) -> None:
    for figure in (
        figures.ledger_figure(shipped_ledger, tissue=tissue, title="Does it last?", subtitle=""),
        clock_figures.clock_figure(shipped_places, tissue=tissue, title="By then?", subtitle=""),
    ):
        labels = [label.get_text() for label in figure.axes[0].get_yticklabels()]
        assert labels
        assert all("n = " in label for label in labels)
        assert not any(label.startswith(other) for label in labels)
        assert figure.get_figheight() < 9.5


def test_figures_of_nothing_say_so(ev: evidence.Evidence) -> None:
    found, placed = rows.ledger(ev, studies=["tan2016"]), clock.placed(ev, studies=["tan2016"])
    for figure in (
        figures.ledger_figure(found, tissue="ovary", title="Does it last?", subtitle=""),
        clock_figures.clock_figure(placed, tissue="ovary", title="By then?", subtitle=""),
    ):
        assert any("no gain with a printed month" in words.get_text() for words in figure.axes[0].texts)
