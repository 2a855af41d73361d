"""The verdict on a claim is a rule over evidence rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from damage import append, edit, row_where
from helpers import evidence
from helpers.evidence import Verdict


def verdict_of(folder: Path, claim: str) -> str:
    judged = evidence.verdicts(evidence.load(folder)).set_index("claim_id")
    return str(judged.loc[claim, "verdict"])


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("c057", Verdict.SUPPORTED),  # five pregnancies: printed in the abstract
        ("c054", Verdict.IN_PART),  # 81.3 %: printed, but no share of 17 women
        ("c082", Verdict.IN_PART),  # oestrogen up: printed; by 150 %: the article only
        ("c085", Verdict.IN_PART),  # no adverse event: a press release only
        ("c098", Verdict.NOT_VERIFIABLE),  # eight births: the article only
        ("c067", Verdict.INCONSISTENT),  # four births inside six months
        ("c077", Verdict.CONTRADICTED),  # another university
    ],
)
def test_verdicts_on_the_shipped_evidence(ev: evidence.Evidence, claim: str, verdict: Verdict) -> None:
    judged = evidence.verdicts(ev).set_index("claim_id")
    assert judged.loc[claim, "verdict"] == verdict


def test_every_claim_of_the_kinds_asked_about_a_case_is_judged(ev: evidence.Evidence) -> None:
    claims = ev.claims[
        ev.claims["kind"].isin(["quantity", "safety", "attribution"]) & ev.claims["study_id"].notna()
    ]
    assert set(claims["claim_id"]) == set(evidence.verdicts(ev)["claim_id"])


def test_a_verdict_names_its_rows_and_sources(ev: evidence.Evidence) -> None:
    judged = evidence.verdicts(ev).set_index("claim_id").loc["c057"]
    row = int(judged["evidence"][0].rsplit(" ", 1)[1])
    assert ev.outcomes.iloc[row - 2]["outcome"] == "pregnancy"
    assert "herraiz2018" in judged["sources"]
    assert judged["reason"] == "five pregnancies: in the study's paper or registry record"


def test_only_the_claims_given_are_judged(ev: evidence.Evidence) -> None:
    some = ev.select("claims", claim_id=["c057", "c001"])
    assert list(evidence.verdicts(ev, some)["claim_id"]) == ["c057"]
    assert evidence.verdicts(ev, some[some["claim_id"] == "c001"]).empty


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


def test_a_link_that_finds_no_row_is_a_fault(data: Path) -> None:
    row = row_where(data, "discrepancies", what="births within the follow-up")
    edit(data, "discrepancies", row, what="something else")
    with pytest.raises(evidence.EvidenceError, match=r"matches no row of discrepancies\.csv"):
        evidence.load(data)


def test_a_part_that_a_source_denies_contradicts_the_claim(data: Path) -> None:
    edit(data, "sources", row_where(data, "sources", source_id="cao2018"), journal="Nature")
    assert verdict_of(data, "c087") == Verdict.CONTRADICTED


def test_arithmetic_that_does_not_fit_is_no_dispute_of_sources(ev: evidence.Evidence) -> None:
    reason = evidence.verdicts(ev).set_index("claim_id").loc["c054", "reason"]
    assert "figures that do not fit each other" in str(reason)
