"""The verdict on a claim is a rule over evidence rows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from damage import append, edit, row_where
from helpers import evidence
from helpers.questions.claims import rows as claims_rows
from helpers.questions.claims import tables
from helpers.questions.claims import text as claims_text
from helpers.questions.claims.rows import Verdict
from helpers.questions.durability import clock
from helpers.questions.reported_numbers.rows import doubted_counts


@pytest.fixture(scope="module")
def judged(ev: evidence.Evidence) -> pd.DataFrame:
    """The verdicts on all claims; tests must not change them."""
    return claims_rows.verdicts(ev)


def judgement(ev: evidence.Evidence, claim: str) -> pd.Series[Any]:
    """Judge one claim alone, which tells the same of it as judging all."""
    (row,) = (row for _, row in claims_rows.verdicts(ev, ev.select("claims", claim_id=claim)).iterrows())
    return row


def verdict_of(folder: Path, claim: str) -> str:
    return str(judgement(evidence.load(folder), claim)["verdict"])


def parts(ev: evidence.Evidence, claim: str) -> dict[str, str]:
    """The state of each part of a claim, in words."""
    told: dict[str, str] = judgement(ev, claim)["parts"]
    return told


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
    told = judged.set_index("claim_id").loc["c057"]
    row = int(told["evidence"][0].rsplit(" ", 1)[1])
    assert ev.outcomes.iloc[row - 2]["outcome"] == "pregnancy"
    assert "herraiz2018" in told["sources"]
    assert told["reason"] == "five pregnancies: in the study's paper or registry record"


def test_only_the_claims_given_are_judged(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    some = ev.select("claims", claim_id=["c057", "c001"])
    few = claims_rows.verdicts(ev, some).set_index("claim_id")
    assert set(few.index) == {"c057", "c001"}
    assert few["verdict"]["c057"] == judged.set_index("claim_id")["verdict"]["c057"]


def test_a_claim_alone_is_judged_as_among_all(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    for _, told in judged.iterrows():
        pd.testing.assert_series_equal(
            judgement(ev, told["claim_id"]), told, check_names=False, check_dtype=False
        )


def test_only_the_verdicts_asked_for_are_kept(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    kept = claims_rows.verdicts(ev, verdict=[Verdict.CONTRADICTED])
    assert list(kept["claim_id"]) == list(judged.loc[judged["verdict"] == Verdict.CONTRADICTED, "claim_id"])
    some = ev.select("claims", claim_id="c057")
    with pytest.raises(ValueError, match="no claim is left after the selection"):
        claims_rows.verdicts(ev, some, verdict=[Verdict.CONTRADICTED])


def test_a_paper_that_says_so_supports_the_claim(data: Path) -> None:
    assert verdict_of(data, "c098") == Verdict.NOT_VERIFIABLE
    row = row_where(data, "outcomes", study_id="cao2018", outcome="live-birth")
    edit(data, "outcomes", row, source_id="cao2018", locator="table 4")
    assert verdict_of(data, "c098") == Verdict.SUPPORTED


def test_a_paper_that_says_otherwise_contradicts_it(data: Path) -> None:
    row = row_where(data, "outcomes", study_id="cao2018", outcome="live-birth")
    edit(data, "outcomes", row, source_id="cao2018", locator="table 4", events="7")
    assert verdict_of(data, "c098") == Verdict.CONTRADICTED


def test_a_review_that_says_so_supports_it_in_part(data: Path) -> None:
    row = row_where(data, "outcomes", study_id="cao2018", outcome="live-birth")
    edit(data, "outcomes", row, source_id="review-ijms2023")
    assert verdict_of(data, "c098") == Verdict.IN_PART


def test_two_papers_that_disagree_leave_it_supported_in_part(data: Path) -> None:
    cells = {
        "study_id": "herraiz2018",
        "outcome": "pregnancy",
        "events": "4",
        "total": "17",
        "percent_reported": "",
    }
    append(
        data,
        "outcomes",
        **cells,
        source_id="reg-nct02240342",
        locator="results",
        extraction="reported",
        note="",
    )
    assert verdict_of(data, "c057") == Verdict.IN_PART


def test_births_inside_the_follow_up_follow_the_figures(data: Path) -> None:
    """The article's most striking contradiction is found by a rule on its own figures, and goes with them."""
    assert verdict_of(data, "c067") == Verdict.INCONSISTENT
    row = row_where(data, "statements", study_id="yan2020", item="follow-up", source_id="hjt-article")
    edit(data, "statements", row, value="36")
    assert verdict_of(data, "c067") == Verdict.NOT_VERIFIABLE


def test_an_article_whose_own_rows_say_otherwise_contradicts_itself(data: Path) -> None:
    row = row_where(data, "outcomes", study_id="yan2020", outcome="live-birth", source_id="hjt-article")
    edit(data, "outcomes", row, events="0")
    reason = judgement(evidence.load(data), "c067")["reason"]
    assert "four births: the article contradicts itself" in str(reason)


def test_a_link_to_a_rule_that_is_not_there_is_refused(data: Path) -> None:
    row = row_where(data, "claim_evidence", claim_id="c067", table="findings")
    edit(data, "claim_evidence", row, match="rule=births-in-follow-up; study_id=yan2020")
    with pytest.raises(ValueError, match="did you mean 'births-within-follow-up'"):
        verdict_of(data, "c067")


def test_a_link_that_finds_no_row_is_a_fault(data: Path) -> None:
    row = row_where(data, "claim_evidence", table="discrepancies")
    edit(data, "claim_evidence", row, match="study_id=yan2020; what=something else")
    with pytest.raises(evidence.EvidenceError, match=r"matches no row of discrepancies\.csv"):
        evidence.load(data)


def test_a_link_that_expects_nothing_is_a_fault(data: Path) -> None:
    edit(data, "claim_evidence", row_where(data, "claim_evidence", claim_id="c057"), expected="")
    with pytest.raises(evidence.EvidenceError, match="must be given, for a blank would deny"):
        evidence.load(data)


def test_a_limit_says_nothing_of_words(data: Path) -> None:
    row = row_where(data, "claim_evidence", claim_id="c055", part="FGF-2")
    edit(data, "claim_evidence", row, expected=">1")
    reason = judgement(evidence.load(data), "c055")["reason"]
    assert reason.startswith("FGF-2: not shown (the abstract, read to its end, does not report it)")


def test_a_part_that_a_source_denies_contradicts_the_claim(data: Path) -> None:
    edit(data, "sources", row_where(data, "sources", source_id="cao2018"), journal="Nature")
    assert verdict_of(data, "c087") == Verdict.CONTRADICTED


def test_arithmetic_that_does_not_fit_is_no_dispute_of_sources(ev: evidence.Evidence) -> None:
    assert "figures that do not fit each other" in str(judgement(ev, "c054")["reason"])


def test_a_claim_on_animals_becomes_one_on_women_with_a_finding_in_women(data: Path) -> None:
    assert verdict_of(data, "c019") == Verdict.PRECLINICAL
    row = row_where(data, "mechanisms", mediator="IL-10")
    edit(data, "mechanisms", row, level="human")
    assert verdict_of(data, "c019") == Verdict.SUPPORTED


def test_a_finding_that_says_nothing_either_way_is_passed_over(data: Path) -> None:
    row = row_where(data, "mechanisms", mediator="IL-10")
    edit(data, "mechanisms", row, found="none")
    assert verdict_of(data, "c019") == Verdict.NOT_VERIFIABLE
    edit(data, "mechanisms", row, found="contradicts")
    assert verdict_of(data, "c019") == Verdict.CONTRADICTED


def test_a_new_finding_enters_a_general_claim_by_itself(data: Path) -> None:
    cells = {"mechanism": "differentiation", "level": "animal", "mediator": "donor-cells-in-follicles"}
    append(data, "mechanisms", **cells, found="supports", locator="table 1", estimate_text="some")
    told = judgement(evidence.load(data), "c117")
    assert told["verdict"] == Verdict.NOT_VERIFIABLE
    assert "granulosa cells from the graft: findings in animals or cells disagree" in str(told["reason"])
    # One experiment that finds such cells shows that it can happen, whatever the others found.
    assert verdict_of(data, "c009") == Verdict.PRECLINICAL


def test_what_can_happen_is_not_denied_by_experiments_that_did_not_find_it(
    ev: evidence.Evidence, data: Path
) -> None:
    part = "ovarian cells, inside the body"
    assert parts(ev, "c008")[part] == "looked for in animals or cells and not found"
    edit(data, "claim_evidence", row_where(data, "claim_evidence", claim_id="c008", part=part), kind="")
    assert parts(evidence.load(data), "c008")[part] == "findings in animals or cells say otherwise"
    assert verdict_of(data, "c008") == Verdict.CONTRADICTED


def test_what_happened_to_some_is_not_denied_by_a_count_of_none(data: Path) -> None:
    row = row_where(data, "claim_evidence", claim_id="c062", part="pregnancies")
    edit(
        data,
        "outcomes",
        row_where(data, "outcomes", study_id="herraiz2018", outcome="pregnancy", source_id="herraiz2018"),
        events="0",
    )
    kept = row_where(
        data, "outcomes", study_id="herraiz2018", outcome="pregnancy", source_id="news-levante-2016"
    )
    edit(data, "outcomes", kept, events="0")
    last = row_where(data, "outcomes", study_id="herraiz2018", outcome="pregnancy", source_id="news-abacell")
    edit(data, "outcomes", last, events="0")
    assert parts(evidence.load(data), "c062")["pregnancies"] == "looked for in women and not found"
    edit(data, "claim_evidence", row, kind="")
    assert parts(evidence.load(data), "c062")["pregnancies"].endswith("record says otherwise")


def test_a_row_of_another_time_denies_nothing(data: Path) -> None:
    part = "thicker endometrium after more than six months"
    assert parts(evidence.load(data), "c094")[part].startswith("reported at another time only (our copy")
    later = {"study_id": "cao2018", "source_id": "cao2018", "measure": "endometrial-thickness"}
    append(data, "changes", **later, to_months="24", locator="table 3", note="")
    assert parts(evidence.load(data), "c094")[part] == "in the study's paper or registry record"


def test_a_figure_of_the_article_alone_names_how_far_the_paper_was_read(data: Path) -> None:
    assert parts(evidence.load(data), "c098") == {
        "eight live births": "in the article (our copy of the abstract ends before it)"
    }
    assert parts(evidence.load(data), "c060") == {
        "no serious adverse event": "in the article (the abstract, read to its end, does not report it)"
    }
    edit(data, "sources", row_where(data, "sources", source_id="cao2018"), read="complete")
    told = parts(evidence.load(data), "c098")["eight live births"]
    assert told == "in the article (the abstract, read to its end, does not report it)"


def test_a_claim_about_no_study_names_no_copy(ev: evidence.Evidence, judged: pd.DataFrame) -> None:
    assert parts(ev, "c024")["2.3 times as much"] == "in the article (in no other text available to us)"
    reasons = judged.query("study_id.isna()")["reason"]
    assert not reasons.str.contains("our copy of the").any()


def test_a_part_that_no_row_can_show_gives_its_reason(ev: evidence.Evidence) -> None:
    told = parts(ev, "c056")["owing to the cells"]
    assert told == "not shown (the study has one arm, and no control)"
    unlinked = ev.claim_evidence[ev.claim_evidence["table"].isna()]
    assert unlinked["note"].notna().all()


def test_no_claim_is_an_observation_or_criticism_of_ours(ev: evidence.Evidence) -> None:
    claims = ev.claims.set_index("claim_id")["claim"]
    assert {"c068", "c119"}.isdisjoint(claims.index)
    ours = r"\b(?:whereas|yet it|is said to|are hard to|although)\b|, which is inside"
    assert not claims.str.contains(ours, regex=True).any()


def test_the_use_of_a_case_is_judged_by_the_women_and_the_organ_of_its_study(data: Path) -> None:
    assert parts(evidence.load(data), "c048") == {
        "the women had ovarian insufficiency": "the study's paper or registry record says otherwise"
    }
    edit(data, "studies", row_where(data, "studies", study_id="herraiz2018"), condition="POI")
    assert verdict_of(data, "c048") == Verdict.SUPPORTED


@pytest.mark.parametrize(("claim", "source"), [("c057", "herraiz2018"), ("c019", "chen2023-nlrp3")])
def test_the_retraction_of_the_only_source_removes_the_support(data: Path, claim: str, source: str) -> None:
    assert verdict_of(data, claim) in {Verdict.SUPPORTED, Verdict.PRECLINICAL}
    edit(data, "sources", row_where(data, "sources", source_id=source), retracted="2026-01-31")
    told = judgement(evidence.load(data), claim)
    assert told["verdict"] != Verdict.SUPPORTED
    assert told["verdict"] != Verdict.PRECLINICAL
    assert source not in told["sources"]


def test_a_retracted_document_contradicts_nothing(data: Path) -> None:
    row = row_where(data, "outcomes", study_id="cao2018", outcome="live-birth")
    edit(data, "outcomes", row, source_id="cao2018", locator="table 4", events="7")
    assert verdict_of(data, "c098") == Verdict.CONTRADICTED
    edit(data, "sources", row_where(data, "sources", source_id="cao2018"), retracted="undated")
    assert verdict_of(data, "c098") == Verdict.NOT_VERIFIABLE


def test_a_review_that_says_otherwise_is_a_doubt_and_no_contradiction(data: Path) -> None:
    row = row_where(data, "outcomes", study_id="cao2018", outcome="live-birth")
    edit(data, "outcomes", row, source_id="review-ijms2023", events="7")
    told = judgement(evidence.load(data), "c098")
    assert told["verdict"] == Verdict.NOT_VERIFIABLE
    assert "only documents other than the paper say otherwise" in told["reason"]


def test_a_discrepancy_with_the_paper_itself_contradicts(data: Path) -> None:
    row = row_where(data, "discrepancies", study_id="igboeli2020", what="institution", source_2="hjt-article")
    edit(data, "discrepancies", row, source_1="igboeli2020")
    assert verdict_of(data, "c077") == Verdict.CONTRADICTED


def test_the_criteria_of_the_article_deny_but_show_nothing(data: Path) -> None:
    assert verdict_of(data, "c045") == Verdict.INCONSISTENT
    path = data / "criteria.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",long,fertility,", ",short,fertility,"))
    assert verdict_of(data, "c045") == Verdict.NOT_VERIFIABLE


@pytest.mark.parametrize(
    ("expected", "verdict"),
    [
        (">4", Verdict.SUPPORTED),
        (">=5", Verdict.SUPPORTED),
        ("<=5", Verdict.SUPPORTED),
        (">5", Verdict.CONTRADICTED),
        ("<5", Verdict.CONTRADICTED),
    ],
)
def test_a_limit_can_be_expected(data: Path, expected: str, verdict: Verdict) -> None:
    edit(data, "claim_evidence", row_where(data, "claim_evidence", claim_id="c057"), expected=expected)
    # Interim counts of the press stand beside the paper, which alone decides.
    assert verdict_of(data, "c057") == verdict


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
    told = ["c005", "c006", "c004", "c003", "c002", "c007", "c009", "c008", "c001"]
    assert list(claims_rows.by_consequence(judged)["claim_id"]) == told
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
