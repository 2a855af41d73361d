"""The verdict on a claim is a rule over evidence rows."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.questions.claims import rows as claims_rows
from helpers.questions.claims import tables
from helpers.questions.claims import text as claims_text
from helpers.questions.claims.rows import Verdict
from helpers.questions.durability import clock
from helpers.questions.reported_numbers.rows import doubted_counts
from small import Package


@pytest.fixture(scope="module")
def judged(ev: evidence.Evidence) -> pd.DataFrame:
    """The verdicts on all claims; tests must not change them."""
    return claims_rows.verdicts(ev)


def judgement(ev: evidence.Evidence, claim: str) -> pd.Series[Any]:
    """Judge one claim alone, which tells the same of it as judging all."""
    (row,) = (row for _, row in claims_rows.verdicts(ev, ev.select("claims", claim_id=claim)).iterrows())
    return row


def verdict_of(draft: Draft, claim: str) -> str:
    return str(judgement(draft.load(), claim)["verdict"])


def parts(ev: evidence.Evidence, claim: str) -> dict[str, str]:
    """The state of each part of a claim, in words."""
    found: dict[str, str] = judgement(ev, claim)["parts"]
    return found


#: Invented claims by what they are about, and the study of each: of births the article alone reports.
BIRTHS, PREGNANCIES, EARLY, IL10, CAN, RESTS, WOMEN, LATER, SOME, JOURNAL, SPONSOR, LIST, WORDS = (
    f"c{number:03}" for number in range(2, 15)
)
STUDY = {
    BIRTHS: "glen2017", PREGNANCIES: "hill2018", EARLY: "glen2017", WOMEN: "glen2017", LATER: "glen2017", SOME: "hill2018",
    JOURNAL: "hill2018", SPONSOR: "moor2019", WORDS: "glen2017",
}  # fmt: skip
LINKS = (
    (BIRTHS, "four births", "", "outcomes", "study_id=glen2017; outcome=live-birth", "events", "4"),
    (PREGNANCIES, "six pregnancies", "", "outcomes", "study_id=hill2018; outcome=pregnancy", "events", "6"),
    (EARLY, "four births", "", "outcomes", "study_id=glen2017; outcome=live-birth", "events", "4"),
    (EARLY, "births in time", "", "findings", "rule=births-within-follow-up; study_id=glen2017", "", ""),
    (IL10, "IL-10 higher", "", "mechanisms", "mechanism=immunomodulation; mediator=IL-10", "found", "supports"),
    (CAN, "cells in follicles", "existence", "mechanisms", "mediator=donor-cells-in-follicles", "found", "supports"),
    (RESTS, "cells in follicles", "", "mechanisms", "mediator=donor-cells-in-follicles", "found", "supports"),
    (RESTS, "oocytes", "", "", "", "", ""),
    (WOMEN, "the women had POI", "", "studies", "study_id=glen2017", "condition", "POI"),
    (LATER, "thicker after six months", "", "changes", "study_id=glen2017; measure=endometrial-thickness", "to_months", ">6"),
    (SOME, "pregnancies", "existence", "outcomes", "study_id=hill2018; outcome=pregnancy", "events", ">0"),
    (JOURNAL, "journal", "", "sources", "source_id=hill2018", "journal", "J Invent"),
    (SPONSOR, "sponsor", "", "discrepancies", "study_id=moor2019; source_2=article2026", "", ""),
    (LIST, "FSH belongs to the long term", "", "criteria", "domain=hormones", "horizon", "long"),
    (WORDS, "more than one", "", "double_extraction", "study_id=glen2017", "resolved", ">1"),
)  # fmt: skip
RAT = {"source_id": "rat2022", "level": "animal", "locator": "Table 1"}


@pytest.fixture(scope="module")
def asked(small_ev: evidence.Evidence) -> evidence.Evidence:
    """The small package with these claims, and what bears on them."""
    draft = Draft(small_ev)
    for claim in dict.fromkeys(link[0] for link in LINKS):
        draft.add("claims", claim_id=claim, claim=f"Claim {claim}.", study_id=STUDY.get(claim, ""))
    names = ("claim_id", "part", "kind", "table", "match", "field", "expected")
    for link in LINKS:
        draft.add(
            "claim_evidence",
            **dict(zip(names, link, strict=True)),
            note="" if link[3] else "no row reports any",
        )
    draft.add(
        "sources",
        source_id="rat2022",
        first_author="Brook H",
        title_short="Rats",
        doi="10.5555/rat.2022",
        pmid="",
    )
    draft.add("mechanisms", **RAT, mechanism="immunomodulation", mediator="IL-10", found="supports")
    draft.add(
        "mechanisms",
        **RAT,
        mechanism="differentiation",
        mediator="donor-cells-in-follicles",
        found="contradicts",
    )
    interim = {"subgroup": "interim", "source_id": "review2021", "events": "3", "percent_reported": ""}
    draft.add("outcomes", **interim, locator="page 3")
    draft.change("outcomes", draft.row("outcomes", study_id="glen2017"), timepoint_months="")
    draft.add("statements", study_id="glen2017", value="6", source_id="article2026")
    draft.add(
        "changes", study_id="glen2017", source_id="glen2017", measure="endometrial-thickness", to_months="3"
    )
    draft.add("double_extraction", study_id="glen2017", source_id="glen2017", resolved="a few")
    draft.change("sources", draft.row("sources", source_id="glen2017"), read="cut")
    draft.change("discrepancies", 2, source_1="review2021", source_2="article2026")
    return draft.load()


@pytest.fixture
def draft(asked: evidence.Evidence) -> Draft:
    """That package, to change in memory."""
    return Draft(asked)


def births(draft: Draft) -> int:
    """The row of the births that only the article reports."""
    return draft.row("outcomes", study_id="glen2017", outcome="live-birth")


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("c057", Verdict.SUPPORTED),  # five pregnancies: printed in the abstract
        ("c054", Verdict.IN_PART),  # 81.3 %: printed, but no share of 17 women
        (
            "c082",
            Verdict.IN_PART,
        ),  # oestrogen up: printed; by 150 %: the article, and our copy ends before it
        ("c085", Verdict.IN_PART),  # no adverse event: a press release only
        ("c098", Verdict.NOT_VERIFIABLE),  # eight births: the article, and our copy ends before it
        ("c067", Verdict.INCONSISTENT),  # four births inside six months
        ("c077", Verdict.NOT_VERIFIABLE),  # the sponsor is no affiliation of the authors
        ("c099", Verdict.NOT_VERIFIABLE),  # one loss would explain the tenth pregnancy
        ("c007", Verdict.CONTRADICTED),  # no graft cell in any follicle, in animals
        (
            "c008",
            Verdict.PRECLINICAL,
        ),  # that cells can become granulosa cells: one result in the laboratory shows it
        (
            "c009",
            Verdict.NOT_VERIFIABLE,
        ),  # that they can replace lost cells: looked for in animals, and not found
        ("c030", Verdict.CONTRADICTED),  # oestradiol alone lowers FSH
        ("c089", Verdict.NOT_VERIFIABLE),  # no row on the ovaries of women with adhesions
        ("c090", Verdict.CONTRADICTED),  # a uterine disorder offered as ovarian failure
        ("c094", Verdict.NOT_VERIFIABLE),  # nobody measured after three months
        ("c096", Verdict.SUPPORTED),  # the paper's own sentence
        ("c019", Verdict.PRECLINICAL),  # interleukin 10: a rat
        ("c024", Verdict.NOT_VERIFIABLE),  # 2.3 times: no other text, findings disagree on the direction
        ("c048", Verdict.CONTRADICTED),  # poor responders offered as ovarian failure
        ("c063", Verdict.INCONSISTENT),  # a long-term criterion offered as short-term proof
        ("c095", Verdict.SUPPORTED),  # five markers, all printed
        ("c005", Verdict.NOT_VERIFIABLE),  # no row bears on it
    ],
)
def test_verdicts_on_the_shipped_evidence(judged: pd.DataFrame, claim: str, verdict: Verdict) -> None:
    assert judged.set_index("claim_id").loc[claim, "verdict"] == verdict


def test_every_claim_has_a_verdict_and_a_reason(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    assert list(judged["claim_id"]) == list(ev.claims["claim_id"])
    assert set(judged["verdict"]) == set(Verdict)
    assert judged["reason"].str.len().min() > 0
    unlinked = ~judged["claim_id"].isin(ev.claim_evidence["claim_id"])
    assert set(judged.loc[unlinked, "reason"]) == {"no evidence row bears on it"}
    assert set(judged.loc[unlinked, "verdict"]) == {Verdict.NOT_VERIFIABLE}


def test_a_verdict_names_its_rows_and_sources(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    claim = judged.set_index("claim_id").loc["c057"]
    row = int(claim["evidence"][0].rsplit(" ", 1)[1])
    assert ev.outcomes.iloc[row - 2]["outcome"] == "pregnancy"
    assert "herraiz2018" in claim["sources"]
    assert claim["reason"] == "five pregnancies: in the study's paper or registry record"


def test_only_the_claims_given_are_judged(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    some = ev.select("claims", claim_id=["c057", "c001"])
    few = claims_rows.verdicts(ev, some).set_index("claim_id")
    assert set(few.index) == {"c057", "c001"}
    assert few["verdict"]["c057"] == judged.set_index("claim_id")["verdict"]["c057"]


def test_a_claim_alone_is_judged_as_among_all(asked: evidence.Evidence) -> None:
    among = claims_rows.verdicts(asked)
    assert set(among["verdict"]) == set(Verdict) - {Verdict.IN_PART}
    for _, verdict in among.iterrows():
        alone = judgement(asked, verdict["claim_id"])
        pd.testing.assert_series_equal(alone, verdict, check_names=False, check_dtype=False)


def test_only_the_verdicts_asked_for_are_kept(asked: evidence.Evidence) -> None:
    kept = claims_rows.verdicts(asked, verdict=[Verdict.CONTRADICTED])
    assert list(kept["claim_id"]) == [RESTS]
    some = asked.select("claims", claim_id=PREGNANCIES)
    with pytest.raises(ValueError, match="no claim is left after the selection"):
        claims_rows.verdicts(asked, some, verdict=[Verdict.CONTRADICTED])


def test_a_paper_that_says_so_supports_the_claim(draft: Draft) -> None:
    assert verdict_of(draft, BIRTHS) == Verdict.NOT_VERIFIABLE
    draft.change("outcomes", births(draft), source_id="glen2017", locator="table 4")
    assert verdict_of(draft, BIRTHS) == Verdict.SUPPORTED


def test_a_paper_that_says_otherwise_contradicts_it(draft: Draft) -> None:
    draft.change("outcomes", births(draft), source_id="glen2017", locator="table 4", events="7")
    assert verdict_of(draft, BIRTHS) == Verdict.CONTRADICTED


def test_a_review_that_says_so_supports_it_in_part(draft: Draft) -> None:
    draft.change("outcomes", births(draft), source_id="review2021")
    assert verdict_of(draft, BIRTHS) == Verdict.IN_PART


def test_two_papers_that_disagree_leave_it_supported_in_part(draft: Draft) -> None:
    assert verdict_of(draft, PREGNANCIES) == Verdict.SUPPORTED
    draft.add("outcomes", events="4", percent_reported="", source_id="reg-moor2019", locator="results")
    assert verdict_of(draft, PREGNANCIES) == Verdict.IN_PART


def test_births_inside_the_follow_up_follow_the_figures(draft: Draft) -> None:
    """The article's most striking contradiction is found by a rule on its own figures, and goes with them."""
    assert verdict_of(draft, EARLY) == Verdict.INCONSISTENT
    draft.change("statements", draft.row("statements", study_id="glen2017"), value="12")
    assert verdict_of(draft, EARLY) == Verdict.NOT_VERIFIABLE


def test_an_article_whose_own_rows_say_otherwise_contradicts_itself(draft: Draft) -> None:
    draft.change("outcomes", births(draft), events="0")
    reason = judgement(draft.load(), EARLY)["reason"]
    assert "four births: the article contradicts itself" in str(reason)


def test_a_link_to_a_rule_that_is_not_there_is_refused(draft: Draft) -> None:
    row = draft.row("claim_evidence", claim_id=EARLY, table="findings")
    draft.change("claim_evidence", row, match="rule=births-in-follow-up; study_id=glen2017")
    with pytest.raises(ValueError, match="did you mean 'births-within-follow-up'"):
        verdict_of(draft, EARLY)


def test_a_link_that_finds_no_row_is_a_fault(package: Package) -> None:
    package.change("claim_evidence", 2, match="study_id=hill2018; outcome=miscarriage")
    with pytest.raises(evidence.EvidenceError, match=r"matches no row of outcomes\.csv"):
        package.load()


def test_a_link_that_expects_nothing_is_a_fault(package: Package) -> None:
    package.change("claim_evidence", 2, expected="")
    with pytest.raises(evidence.EvidenceError, match="must be given, for a blank would deny"):
        package.load()


def test_a_limit_says_nothing_of_words(draft: Draft) -> None:
    assert parts(draft.load(), WORDS) == {
        "more than one": "not shown (our copy of the abstract ends before it)"
    }
    draft.change("double_extraction", draft.row("double_extraction", study_id="glen2017"), resolved="2")
    assert verdict_of(draft, WORDS) == Verdict.SUPPORTED


def test_a_part_that_a_source_denies_contradicts_the_claim(draft: Draft) -> None:
    assert verdict_of(draft, JOURNAL) == Verdict.SUPPORTED
    draft.change("sources", draft.row("sources", source_id="hill2018"), journal="Nature")
    assert verdict_of(draft, JOURNAL) == Verdict.CONTRADICTED


def test_arithmetic_that_does_not_fit_is_no_dispute_of_sources(ev: evidence.Evidence) -> None:
    assert "figures that do not fit each other" in str(judgement(ev, "c054")["reason"])


def test_a_claim_on_animals_becomes_one_on_women_with_a_finding_in_women(draft: Draft) -> None:
    assert verdict_of(draft, IL10) == Verdict.PRECLINICAL
    draft.change("mechanisms", draft.row("mechanisms", mediator="IL-10"), level="human")
    assert verdict_of(draft, IL10) == Verdict.SUPPORTED


def test_a_finding_that_says_nothing_either_way_is_passed_over(draft: Draft) -> None:
    row = draft.row("mechanisms", mediator="IL-10")
    draft.change("mechanisms", row, found="none")
    assert verdict_of(draft, IL10) == Verdict.NOT_VERIFIABLE
    draft.change("mechanisms", row, found="contradicts")
    assert verdict_of(draft, IL10) == Verdict.CONTRADICTED


def test_a_new_finding_enters_a_general_claim_by_itself(draft: Draft) -> None:
    assert verdict_of(draft, RESTS) == Verdict.CONTRADICTED
    cells = {"mechanism": "differentiation", "level": "animal", "mediator": "donor-cells-in-follicles"}
    draft.add("mechanisms", **cells, found="supports", locator="table 1")
    verdict = judgement(draft.load(), RESTS)
    assert verdict["verdict"] == Verdict.NOT_VERIFIABLE
    assert "cells in follicles: findings in animals or cells disagree" in str(verdict["reason"])
    # One experiment that finds such cells shows that it can happen, whatever the others found.
    assert verdict_of(draft, CAN) == Verdict.PRECLINICAL


def test_what_can_happen_is_not_denied_by_experiments_that_did_not_find_it(draft: Draft) -> None:
    assert parts(draft.load(), CAN) == {"cells in follicles": "looked for in animals or cells and not found"}
    draft.change("claim_evidence", draft.row("claim_evidence", claim_id=CAN), kind="")
    assert parts(draft.load(), CAN) == {"cells in follicles": "findings in animals or cells say otherwise"}
    assert verdict_of(draft, CAN) == Verdict.CONTRADICTED


def test_what_happened_to_some_is_not_denied_by_a_count_of_none(draft: Draft) -> None:
    for row in draft.rows("outcomes"):
        if row["outcome"] == "pregnancy":
            row["events"] = "0"
    assert parts(draft.load(), SOME)["pregnancies"] == "looked for in women and not found"
    draft.change("claim_evidence", draft.row("claim_evidence", claim_id=SOME), kind="")
    assert parts(draft.load(), SOME)["pregnancies"].endswith("record says otherwise")


def test_a_row_of_another_time_denies_nothing(draft: Draft) -> None:
    part = "thicker after six months"
    assert parts(draft.load(), LATER)[part].startswith("reported at another time only (our copy")
    later = {"study_id": "glen2017", "source_id": "glen2017", "measure": "endometrial-thickness"}
    draft.add("changes", **later, to_months="12", locator="table 3")
    assert parts(draft.load(), LATER)[part] == "in the study's paper or registry record"


def test_a_figure_of_the_article_alone_names_how_far_the_paper_was_read(draft: Draft) -> None:
    assert parts(draft.load(), BIRTHS) == {
        "four births": "in the article (our copy of the abstract ends before it)"
    }
    draft.change("sources", draft.row("sources", source_id="glen2017"), read="complete")
    assert parts(draft.load(), BIRTHS) == {
        "four births": "in the article (the abstract, read to its end, does not report it)"
    }


def test_a_claim_about_no_study_names_no_copy(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    assert parts(ev, "c024")["2.3 times as much"] == "in the article (in no other text available to us)"
    reasons = judged.query("study_id.isna()")["reason"]
    assert not reasons.str.contains("our copy of the").any()


def test_a_part_that_no_row_can_show_gives_its_reason(ev: evidence.Evidence) -> None:
    reason = parts(ev, "c056")["owing to the cells"]
    assert reason == "not shown (the study has one arm, and no control)"
    unlinked = ev.claim_evidence[ev.claim_evidence["table"].isna()]
    assert unlinked["note"].notna().all()


def test_no_claim_is_an_observation_or_criticism_of_ours(ev: evidence.Evidence) -> None:
    claims = ev.claims.set_index("claim_id")["claim"]
    assert {"c068", "c119"}.isdisjoint(claims.index)
    ours = r"\b(?:whereas|yet it|is said to|are hard to|although)\b|, which is inside"
    assert not claims.str.contains(ours, regex=True).any()


def test_the_use_of_a_case_is_judged_by_the_women_and_the_organ_of_its_study(draft: Draft) -> None:
    assert verdict_of(draft, WOMEN) == Verdict.SUPPORTED
    draft.change("studies", draft.row("studies", study_id="glen2017"), condition="POR")
    assert parts(draft.load(), WOMEN) == {
        "the women had POI": "the study's paper or registry record says otherwise"
    }


@pytest.mark.parametrize(("claim", "source"), [(PREGNANCIES, "hill2018"), (IL10, "rat2022")])
def test_the_retraction_of_the_only_source_removes_the_support(draft: Draft, claim: str, source: str) -> None:
    assert verdict_of(draft, claim) in {Verdict.SUPPORTED, Verdict.PRECLINICAL}
    draft.change("sources", draft.row("sources", source_id=source), retracted="2026-01-31")
    verdict = judgement(draft.load(), claim)
    assert verdict["verdict"] != Verdict.SUPPORTED
    assert verdict["verdict"] != Verdict.PRECLINICAL
    assert source not in verdict["sources"]


def test_a_retracted_document_contradicts_nothing(draft: Draft) -> None:
    draft.change("outcomes", births(draft), source_id="glen2017", locator="table 4", events="7")
    assert verdict_of(draft, BIRTHS) == Verdict.CONTRADICTED
    draft.change("sources", draft.row("sources", source_id="glen2017"), retracted="undated")
    assert verdict_of(draft, BIRTHS) == Verdict.NOT_VERIFIABLE


def test_a_review_that_says_otherwise_is_a_doubt_and_no_contradiction(draft: Draft) -> None:
    draft.change("outcomes", births(draft), source_id="review2021", events="7")
    verdict = judgement(draft.load(), BIRTHS)
    assert verdict["verdict"] == Verdict.NOT_VERIFIABLE
    assert "only documents other than the paper say otherwise" in verdict["reason"]


def test_a_discrepancy_with_the_paper_itself_contradicts(draft: Draft) -> None:
    assert verdict_of(draft, SPONSOR) == Verdict.NOT_VERIFIABLE
    draft.change("discrepancies", 2, source_1="reg-moor2019")
    assert verdict_of(draft, SPONSOR) == Verdict.CONTRADICTED


def test_the_criteria_of_the_article_deny_but_show_nothing(draft: Draft) -> None:
    assert verdict_of(draft, LIST) == Verdict.INCONSISTENT
    draft.change("criteria", 2, horizon="long")
    assert verdict_of(draft, LIST) == Verdict.NOT_VERIFIABLE


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        (">5", Verdict.SUPPORTED),
        (">=6", Verdict.SUPPORTED),
        ("<=6", Verdict.SUPPORTED),
        (">6", Verdict.CONTRADICTED),
        ("<6", Verdict.CONTRADICTED),
    ],
)
def test_a_limit_can_be_expected(draft: Draft, expected: str, verdict: Verdict) -> None:
    draft.change("claim_evidence", draft.row("claim_evidence", claim_id=PREGNANCIES), expected=expected)
    # The interim count of a review is listed beside the paper, which alone decides.
    assert verdict_of(draft, PREGNANCIES) == verdict


def test_the_most_consequential_mismatch_comes_first() -> None:
    rows = [
        ("c001", Verdict.SUPPORTED, True, "cao2018", "safety"),
        ("c002", Verdict.CONTRADICTED, False, None, "safety"),
        ("c003", Verdict.INCONSISTENT, False, "cao2018", "definition"),
        ("c004", Verdict.CONTRADICTED, True, "cao2018", "causal"),
        ("c005", Verdict.INCONSISTENT, True, "cao2018", "quantity"),
        ("c006", Verdict.CONTRADICTED, True, "cao2018", "quantity"),
        ("c007", Verdict.NOT_VERIFIABLE, True, "cao2018", "safety"),
        ("c008", Verdict.IN_PART, True, "cao2018", "safety"),
        ("c009", Verdict.PRECLINICAL, False, None, "causal"),
    ]
    judged = pd.DataFrame(rows, columns=["claim_id", "verdict", "of_outcome", "study_id", "kind"])
    order = ["c005", "c006", "c004", "c003", "c002", "c007", "c009", "c008", "c001"]
    assert list(claims_rows.by_consequence(judged)["claim_id"]) == order
    assert claims_rows.by_consequence(judged.iloc[:0]).empty


def test_the_order_loses_no_claim(judged: pd.DataFrame) -> None:
    ordered = claims_rows.by_consequence(judged)
    assert sorted(ordered["claim_id"]) == sorted(judged["claim_id"])
    assert ordered["verdict"].iloc[0] in {Verdict.CONTRADICTED, Verdict.INCONSISTENT}
    assert bool(ordered["of_outcome"].iloc[0])


@pytest.mark.parametrize("by", ["section", "kind"])
def test_the_counts_add_up(judged: pd.DataFrame, by: str) -> None:
    counts = claims_rows.verdict_counts(judged, by)
    assert list(counts[by]) == list(dict.fromkeys(judged[by]))
    assert int(counts["claims"].sum()) == len(judged)
    for verdict in Verdict:
        assert int(counts[verdict].sum()) == int((judged["verdict"] == verdict).sum())


def test_claims_on_what_is_impossible_or_doubted_are_marked(
    ev: evidence.Evidence, judged: pd.DataFrame
) -> None:
    doubts = doubted_counts(ev) | clock.too_early(clock.placed(ev, studies=["all"]))
    for table in (tables.verdict_table, tables.mismatch_table):
        marks = table(judged, doubts=doubts).rows.set_index("claim")["impossible or doubtful by our checks"]
        assert marks["c067"] == (
            "outcomes row 14: live birth within 6 months, too early to follow from the treatment"
        )
        assert not marks["c007"]
        assert not table(judged, doubts={}).rows["impossible or doubtful by our checks"].any()
    by_claim = tables.verdict_table(judged, doubts=doubts).rows.set_index("claim")
    assert "percentage-of-enrolled" in str(by_claim.loc["c054", "impossible or doubtful by our checks"])
    assert "too early to be new reserve" in str(by_claim.loc["c116", "impossible or doubtful by our checks"])
    assert "14_durability" in tables.verdict_table(judged, doubts=doubts).html


def test_table_and_conclusion_tell_the_conflicts_in_the_order_of_consequence(judged: pd.DataFrame) -> None:
    conflicts = judged[judged["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])]
    order = list(claims_rows.by_consequence(conflicts)["claim_id"])
    assert list(tables.mismatch_table(judged, doubts={}).rows["claim"]) == order
    text = claims_text.claims_conclusion(judged)
    contradicted = judged[judged["verdict"] == Verdict.CONTRADICTED]
    alone = sum(
        {state for state in parts.values() if "otherwise" in state}
        == {"findings in animals or cells say otherwise"}
        for parts in contradicted["parts"]
    )
    assert alone
    assert f"contradict {len(contradicted)} ({alone} of them only by findings in animals or cells)" in text
    assert re.findall(r"^- (c\d+), ", text, re.MULTILINE) == order[:2]
    assert claims_text.claims_conclusion(judged[judged["claim_id"] != order[0]]).count(f"- {order[1]}, ") == 1
    sound = judged[judged["verdict"] == Verdict.SUPPORTED]
    assert tables.mismatch_table(sound, doubts={}).rows.empty


def test_the_table_of_counts_has_a_column_for_each_verdict(judged: pd.DataFrame) -> None:
    rows = tables.count_table(judged, "kind").rows
    named = list(claims_rows.VERDICT_WORDS.values())
    assert list(rows.columns) == ["kind", *named, "claims"]
    assert (rows[named].sum(axis=1) == rows["claims"]).all()
