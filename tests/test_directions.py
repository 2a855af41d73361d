"""Directions of change: one to a study, with its control; the sign test; the plot; the answer of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.counts.one_row import UNCLEAR
from helpers.errors import ChoiceError
from helpers.questions.directions import figures, rows, signs, tables, text
from helpers.questions.directions.rows import AGAINST, CELLS, CONTROL, COURSE, NO_CELLS

MARKERS = ["FSH", "LH", "E2", "AMH", "AFC", "ovarian-volume", "endometrial-thickness", "adhesion-score", "menstrual-volume", "menstrual-duration"]  # fmt: skip


@dataclass
class Page:
    """What the page computes."""

    ev: evidence.Evidence
    found: pd.DataFrame
    voted: pd.DataFrame
    tests: pd.DataFrame

    @property
    def details(self) -> str:
        return text.details(self.voted, self.tests, signs.reporting(self.ev, self.found), level=0.95)

    @property
    def answer(self) -> str:
        return text.answer(self.voted, signs.reporting(self.ev, self.found), level=0.95)

    def ways(self, study: str, measure: str) -> list[tuple[str, str]]:
        same = self.found[(self.found["study_id"] == study) & (self.found["measure"] == measure)]
        return list(zip(same["comparison"], same["direction"], strict=True))


def page_of(ev: evidence.Evidence, *markers: str) -> Page:
    """Compute the page of these markers; of all where none is named."""
    found = rows.directions(ev, markers or MARKERS)
    voted = signs.votes(ev, found, rows.wanted_directions(ev))
    return Page(ev, found, voted, signs.sign_tests(voted))


@pytest.fixture(scope="module")
def shipped(ev: evidence.Evidence) -> Page:
    return page_of(ev)


def sign_of(page: Page, measure: str, tissue: str, reporter: str) -> pd.Series[Any]:
    tests = page.tests
    (place,) = tests.index[
        (tests["received"] == CELLS) & (tests["measure"] == measure) & (tests["tissue"] == tissue)
        & (tests["reporter"] == reporter) & (tests["comparison"] == COURSE)
    ]  # fmt: skip
    found: pd.Series[Any] = tests.loc[place]
    return found


def test_a_control_arm_is_never_shown_as_treated(shipped: Page) -> None:
    assert shipped.ways("zafardoust2023", "AMH") == [(COURSE, "up"), (CONTROL, "down"), (AGAINST, "up")]
    treated = shipped.found[shipped.found["comparison"] != CONTROL]
    assert set(treated.loc[treated["received"] == CELLS, "arm_kind"]) == {"cells"}
    assert not treated["arm_label"].str.contains("no intervention|no PRP").any()


def test_two_arms_of_which_one_is_unchanged_are_no_comparison(shipped: Page) -> None:
    assert shipped.ways("prp-venezuela83", "AMH") == [(COURSE, "up"), (CONTROL, "none")]


def test_levels_give_a_direction_also_without_a_unit_and_between_arms(shipped: Page) -> None:
    assert shipped.ways("saharkhiz2024", "E2") == [(COURSE, "down")]
    assert shipped.ways("saharkhiz2024", "AMH") == [(COURSE, "up")]
    assert shipped.ways("chang2020", "endometrial-thickness") == [(AGAINST, "up")]


def test_a_gain_that_was_lost_is_shown_and_does_not_count_as_one(shipped: Page) -> None:
    assert shipped.ways("prp-pmc8524761", "AMH") == [(COURSE, "up"), (COURSE, "none")]
    lost = shipped.voted[shipped.voted["lost"]]
    assert set(lost["study_id"]) == {"prp-pmc8524761", "shengjing-bmmsc-retro"}
    assert set(lost["vote"]) == {signs.UNCHANGED}


def test_case_reports_and_shared_women_do_not_vote(shipped: Page) -> None:
    why = shipped.voted[shipped.voted["why"] != ""].groupby("study_id")["why"].first()
    assert set(why[why == signs.CASE].index) == {"igboeli2020", "chen2018", "gupta2018"}
    assert why["singh2014"] == "may share women with Singh 2020, which is larger"


def test_the_report_nearest_to_the_study_stands_whatever_its_time(shipped_draft: Draft) -> None:
    article = "hjt-article"
    own = shipped_draft.row("changes", study_id="herraiz2018", measure="AFC")
    shipped_draft.add("changes", direction="down", to_months="5", source_id=article, locator="p. 3")
    shipped_draft.change("changes", own, to_months="3")
    assert page_of(shipped_draft.load(), "AFC").ways("herraiz2018", "AFC") == [(COURSE, "up")]
    shipped_draft.change("changes", own, source_id=article)
    page = page_of(shipped_draft.load(), "AFC")
    assert page.ways("herraiz2018", "AFC") == [(COURSE, "up"), (COURSE, "down")]


def test_of_cohorts_that_share_women_the_larger_votes_whoever_reports_it(shipped_draft: Draft) -> None:
    shipped_draft.change("sources", shipped_draft.row("sources", source_id="singh2020"), kind="review")
    voted = page_of(shipped_draft.load(), "endometrial-thickness").voted.set_index("study_id")
    assert voted.loc["singh2020", "origin"] == "review or press"
    assert voted.loc["singh2014", "why"] == "may share women with Singh 2020, which is larger"


def test_the_counts_are_those_of_the_tables(shipped: Page) -> None:
    thick = sign_of(shipped, "endometrial-thickness", "endometrium", signs.ALL)
    assert (thick["better"], thick["worse"], thick["p"]) == (11, 0, pytest.approx(2 * 0.5**11))
    assert thick["low"] == pytest.approx(0.025 ** (1 / 11))
    follicles = sign_of(shipped, "AFC", "ovary", signs.ALL)
    assert (follicles["better"], follicles["k"], follicles["no_sign"]) == (4, 4, 1)
    own = sign_of(shipped, "AFC", "ovary", signs.OWN)
    assert (own["better"], own["k"]) == (3, 3)
    assert pd.isna(own["p"])
    assert list(shipped.tests["comparison"].iloc[:2]) == [AGAINST, AGAINST]


def test_cells_and_platelets_and_the_two_organs_never_share_a_count(shipped: Page) -> None:
    treatments = shipped.voted.groupby("study_id")["received"].nunique()
    assert treatments.max() == 1
    assert set(shipped.tests["received"]) == {CELLS, NO_CELLS}
    assert shipped.voted.groupby("study_id")["tissue"].nunique().max() == 1


def test_the_answer_follows_the_rows(shipped: Page, shipped_draft: Draft) -> None:
    ovary, uterus = shipped.details.split("**Uterus, after cells.**")
    assert ovary.startswith(
        "**Ovary, after cells.**\n\n- 7 of 10 directions of a marker in a study are the hoped-for one.\n- 2 were compared"
    )
    assert (
        "in 1 study, not randomised (AMH: as hoped in Zafardoust 2023; AFC: as hoped in Zafardoust 2023)"
        in ovary
    )
    assert "no marker has 5 studies with a direction" in ovary
    assert "endometrial thickness as hoped in 11 of 11" in uterus
    shipped_draft.change(
        "changes", shipped_draft.row("changes", study_id="herraiz2018", measure="AFC"), direction="down"
    )
    shipped_draft.change(
        "changes",
        shipped_draft.row("changes", study_id="zafardoust2023", arm_id="no-treatment", measure="AMH"),
        direction="none",
    )
    changed = page_of(shipped_draft.load()).details
    assert "- 6 of 10 directions of a marker in a study are the hoped-for one.\n- 1 was compared" in changed
    assert "(AFC: as hoped in Zafardoust 2023).\n- For 1, the change of each arm" in changed


def test_the_answer_is_one_sentence_for_each_organ(shipped: Page, shipped_draft: Draft) -> None:
    ovary, platelets, uterus, *_ = shipped.answer.split("\n\n")
    assert ovary.startswith(
        "After cells in the ovary, the marker moved as hoped in 7 of 10 reports; only 2, in Zafardoust 2023, were compared with controls "
        "(and 1 case report with the other ovary)."
    )
    assert platelets.endswith("in 8 of 13 reports; none was compared with controls.")
    assert uterus.startswith(
        "After cells in the uterus, the marker moved as hoped in 18 of 20 reports; only 3, in AJTR 2024 (SVF) and Zhu 2023, were compared with controls."
    )
    uncompared = shipped.voted[shipped.voted["design"] != "case-report"]
    assert "case report" not in text.answer(
        uncompared, signs.reporting(shipped.ev, shipped.found), level=0.95
    )
    assert "of 21 of the ovary, 9; of 17 of the uterus, 13." in shipped.answer
    shipped_draft.change(
        "changes", shipped_draft.row("changes", study_id="herraiz2018", measure="AFC"), direction="down"
    )
    assert "in 6 of 10 reports" in page_of(shipped_draft.load()).answer
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="zafardoust2023"), retracted="2026-01-01"
    )
    assert page_of(shipped_draft.load()).answer.startswith(
        "After cells in the ovary, the marker moved as hoped in 4 of 8 reports; none was compared with controls (but 1 case report"
    )


def test_a_mixed_and_an_unclear_direction_are_shown_without_a_vote(shipped_draft: Draft) -> None:
    shipped_draft.add("changes", direction="down", locator="Abstract, another sentence")  # Herraiz 2018, AFC
    shipped_draft.change("changes", shipped_draft.row("changes", study_id="ding2018", measure="AFC"), compared_with="not-stated")  # fmt: skip
    page = page_of(shipped_draft.load(), "AFC")
    assert page.ways("herraiz2018", "AFC") == [(COURSE, rows.MIXED)]
    assert page.ways("ding2018", "AFC") == [(COURSE, UNCLEAR)]
    follicles = sign_of(page, "AFC", "ovary", signs.ALL)
    assert (follicles["better"], follicles["k"], follicles["no_sign"]) == (2, 2, 3)


def test_a_retracted_paper_is_out(shipped_draft: Draft) -> None:
    shipped_draft.change(
        "sources", shipped_draft.row("sources", source_id="zafardoust2023"), retracted="2026-01-01"
    )
    page = page_of(shipped_draft.load())
    assert "zafardoust2023" not in set(page.found["study_id"])
    assert (
        "- 5 of 8 directions of a marker in a study are the hoped-for one.\n- None was compared"
        in page.details
    )


def test_the_plot_fills_what_the_study_reports_and_counts_below(shipped: Page) -> None:
    same = shipped.found[(shipped.found["received"] == CELLS) & (shipped.found["tissue"] == "ovary")]
    tests = shipped.tests[(shipped.tests["received"] == CELLS) & (shipped.tests["tissue"] == "ovary")]
    figure = figures.effect_directions(
        same, tests, rows.wanted_directions(shipped.ev), title="t", subtitle="s"
    )
    lines = [line for line in figure.axes[0].lines if line.get_marker() in {"^", "v", ">", "x"}]
    assert len(lines) == len(same)
    hollow = sum(line.get_markerfacecolor() == "white" for line in lines)
    assert hollow == (same["origin"] != "paper or registry").sum()
    assert "4 / 0 / 0" in {words.get_text() for words in figure.axes[0].texts}
    assert figure.get_figheight() < 9


def test_the_tables_have_a_row_for_each_study_marker_and_time(shipped: Page) -> None:
    frame = tables.direction_table(shipped.found, shipped.voted).rows
    assert len(frame) == len(shipped.found[shipped.found["comparison"] != CONTROL].drop_duplicates(rows.TIME))
    row = frame[(frame["study"] == "Zafardoust 2023") & (frame["marker"] == "AMH")].iloc[0]
    assert list(
        row[
            [
                "treated women, after compared with before",
                "control arm, after compared with before",
                "treated women compared with the control",
            ]
        ]
    ) == [
        "higher",
        "lower",
        "higher",
    ]
    assert row["control"] == "no intervention (not randomised)"
    few = tables.sign_table(shipped.tests, level=0.95).rows
    assert set(
        few.loc[few["hoped-for direction, of studies with one"] == "1 of 1", "p of the sign test"]
    ) == {"too few studies"}


def test_cells_given_together_with_platelets_do_not_vote(shipped: Page, shipped_draft: Draft) -> None:
    own = shipped.voted[shipped.voted["study_id"] == "anagani2021"]
    assert set(own["why"]) == {signs.BOTH}
    shipped_draft.change(
        "arms",
        shipped_draft.row("arms", study_id="anagani2021"),
        label="marrow-derived cells",
        co_treatment="",
    )
    voted = page_of(shipped_draft.load(), *own["measure"].unique()).voted
    assert set(voted.loc[voted["study_id"] == "anagani2021", "why"]) == {""}


def test_a_marker_of_the_uterus_is_not_shown_for_a_treated_ovary(shipped: Page) -> None:
    ovary = shipped.found[shipped.found["tissue"] == "ovary"]
    assert not {"endometrial-thickness", "adhesion-score"} & set(ovary["measure"])
    assert "endometrial-thickness" in set(shipped.found["measure"])


def test_some_women_are_no_direction_of_their_cohort(shipped: Page, shipped_draft: Draft) -> None:
    assert shipped.ways("banu2025", "AFC") == [(COURSE, UNCLEAR)]
    assert set(shipped.voted.loc[shipped.voted["study_id"] == "banu2025", "vote"]) == {signs.NO_SIGN}
    for measure in ("AFC", "AMH"):
        shipped_draft.change(
            "changes", shipped_draft.row("changes", study_id="banu2025", measure=measure), subgroup=""
        )
    assert page_of(shipped_draft.load(), "AFC").ways("banu2025", "AFC") == [(COURSE, "up")]


def test_no_marker_at_all_is_one_clear_error(ev: evidence.Evidence) -> None:
    with pytest.raises(ChoiceError, match="measure names no marker"):
        rows.directions(ev, [])


def test_no_marker_chosen_gives_no_answer_but_says_so(ev: evidence.Evidence) -> None:
    found = rows.directions(ev, ["LH"])
    only = found[found["received"] == CELLS]
    assert only.empty
    voted = signs.votes(ev, only, rows.wanted_directions(ev))
    reporting = signs.reporting(ev, only)
    nothing = "No direction of the markers chosen was reported."
    assert text.answer(voted, reporting, level=0.95) == nothing
    assert text.details(voted, signs.sign_tests(voted), reporting, level=0.95) == nothing


def test_a_title_counts_case_reports_apart(shipped: Page) -> None:
    """With cells in the ovary one study and one case report compared a marker with a control."""
    titles = text.plot_titles(shipped.found, shipped.voted)
    title = titles[(rows.CELLS, "ovary")]
    here = shipped.found[(shipped.found["received"] == rows.CELLS) & (shipped.found["tissue"] == "ovary")]
    case = here["design"] == "case-report"
    studies, cases = (here.loc[which, "study_id"].nunique() for which in (~case, case))
    assert f": 1 of {studies} studies (and 1 case report) compared a marker" in title
    plain = text.plot_titles(shipped.found.assign(design="single-arm"), shipped.voted)[(rows.CELLS, "ovary")]
    assert f": 2 of {studies + cases} studies compared a marker" in plain
