"""The risk of bias: what its table may hold, where each tool applies, what is counted and said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from damage import edit, row_where
from helpers import evidence
from helpers.evidence.vocabulary import RISK_TOOLS
from helpers.intake.sheet import TABS
from helpers.questions.pooled_outcomes import (
    risk_of_bias,
    risk_of_bias_tables,
    risk_of_bias_text,
)
from shipped import WORDS


@pytest.fixture(scope="module")
def studies(ev: evidence.Evidence) -> pd.DataFrame:
    return ev.select("studies", role=["cited", "treatment"])


@pytest.fixture(scope="module")
def rows(ev: evidence.Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    return risk_of_bias.judgement_rows(ev, studies)


@pytest.mark.parametrize(
    ("tool", "cells", "column", "rule"),
    [
        ("JBI-case-series", {"judgement": "critical"}, "judgement", "no judgement of JBI-case-series"),
        ("ROBINS-I", {"judgement": "yes"}, "judgement", "no judgement of ROBINS-I"),
        ("ROBINS-I", {"judgement": "sirious"}, "judgement", "did you mean 'serious'"),
        ("JBI-case-series", {"domain": "confounding"}, "domain", "no domain of JBI-case-series"),
        ("ROBINS-I", {"domain": "sites-reported"}, "domain", "no domain of ROBINS-I"),
        ("ROBINS-I", {"study_id": "nobody1999"}, "study_id", "is not in studies.csv"),
        ("ROBINS-I", {"source_id": "nowhere"}, "source_id", "is not in sources.csv"),
        ("ROBINS-I", {"tool": "RoB-2"}, "tool", "is no word of this column"),
        ("ROBINS-I", {"reason": ""}, "reason", "must not be blank"),
        ("ROBINS-I", {"locator": ""}, "locator", "must not be blank"),
    ],
)
def test_a_judgement_of_another_form_is_refused(
    data: Path, tool: str, cells: dict[str, str], column: str, rule: str
) -> None:
    row = row_where(data, "risk_of_bias", tool=tool)
    edit(data, "risk_of_bias", row, **cells)
    with pytest.raises(evidence.EvidenceError) as caught:
        evidence.load(data)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column) == ("risk_of_bias.csv", row, column)
    assert rule in fault.rule


def test_a_domain_is_judged_once(data: Path) -> None:
    path = data / "risk_of_bias.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[1]]) + "\n", encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match="is the key of row 2 too"):
        evidence.load(data)


def test_every_study_that_is_more_than_registered_is_judged_in_full(
    ev: evidence.Evidence, studies: pd.DataFrame
) -> None:
    with_rows = {*ev.outcomes["study_id"], *ev.measurements["study_id"], *ev.changes["study_id"]}
    own = studies[studies["study_id"].isin(with_rows) | studies["design"].ne("registered-only")]
    without = set(ev.arms.loc[ev.arms["kind"] != "cells", "study_id"])
    applied = {
        "JBI-case-series": set(own["study_id"]),
        "ROBINS-I": {
            str(study.study_id)
            for study in own.itertuples()
            if study.design not in ("rct", "case-series")
            and (study.design != "case-report" or study.study_id in without)
        },
    }
    for tool, expected in applied.items():
        judged = ev.risk_of_bias[ev.risk_of_bias["tool"] == tool].groupby("study_id")["domain"].agg(set)
        assert set(judged.index) == expected, tool
        assert all(domains == set(RISK_TOOLS[tool][0]) for domains in judged), tool


def test_a_single_arm_without_control_is_confounded_by_design(ev: evidence.Evidence) -> None:
    rows = ev.select("risk_of_bias", domain="confounding", design=["single-arm", "uncontrolled-two-arm"])
    assert set(rows["judgement"]) == {"critical"}
    assert rows["reason"].str.contains("no women without cells").all()


def test_a_single_case_is_no_series(ev: evidence.Evidence) -> None:
    own = ev.select("risk_of_bias", tool="JBI-case-series")
    alone = own[own["n_enrolled"].eq(1).fillna(False)]
    series = alone["domain"].isin(["inclusion-criteria", "consecutive-inclusion", "complete-inclusion"])
    assert set(alone.loc[series, "judgement"]) == {"not-applicable"}
    others = own[~own["study_id"].isin(alone["study_id"])]
    assert "not-applicable" not in set(others["judgement"])


def test_the_extraction_sheet_offers_the_table() -> None:
    assert "risk_of_bias" in TABS


def test_rows_stand_cited_first_and_in_the_order_of_the_tool(rows: pd.DataFrame) -> None:
    roles = rows["role"].tolist()
    assert roles == sorted(roles, key=["cited", "treatment"].index)
    both = rows[rows["study_id"] == "igboeli2020"]
    assert both["domain"].tolist() == [*WORDS["jbi-domain"], *WORDS["robins-i-domain"]]
    assert rows["evidence_row"].is_unique


def test_a_tool_is_listed_where_it_applies(ev: evidence.Evidence, rows: pd.DataFrame) -> None:
    compared = set(ev.arms.loc[ev.arms["kind"].isin(["comparator", "untreated"]), "study_id"])
    assert set(rows.loc[rows["tool"] == "ROBINS-I", "study_id"]) == compared & set(
        ev.risk_of_bias.loc[ev.risk_of_bias["tool"] == "ROBINS-I", "study_id"]
    )
    assert "yan2020" not in compared
    assert "rct" not in set(rows.loc[rows["tool"] == "JBI-case-series", "design"])


def test_rows_follow_the_studies_asked_for(ev: evidence.Evidence, studies: pd.DataFrame) -> None:
    own = risk_of_bias.judgement_rows(ev, studies[studies["role"] == "cited"])
    assert set(own["role"]) == {"cited"}


def test_counts_add_up_to_the_judgements(rows: pd.DataFrame) -> None:
    counts = risk_of_bias.domain_counts(rows)
    assert len(counts) == len(WORDS["jbi-domain"]) + len(WORDS["robins-i-domain"])
    assert counts[list(WORDS["risk-judgement"])].sum().sum() == len(rows)
    assert (counts[list(WORDS["risk-judgement"])].sum(axis=1) == counts["studies"]).all()
    jbi = counts[counts["tool"] == "JBI-case-series"]
    assert jbi["critical"].isna().all()


def test_the_table_names_every_reason(rows: pd.DataFrame) -> None:
    table = risk_of_bias_tables.judgement_table(rows)
    assert table.rows["reason"].tolist() == rows["reason"].tolist()
    assert table.rows["place"].notna().all()


def test_the_conclusion_follows_the_judgements(rows: pd.DataFrame) -> None:
    own = rows[rows["tool"].eq("ROBINS-I") & rows["role"].eq("cited")]
    assert "serious or critical in 1 of 1 study" in risk_of_bias_text.risk_of_bias_conclusion(own)
    unread = own.assign(judgement="not-assessable")
    said = risk_of_bias_text.risk_of_bias_conclusion(unread)
    assert "0 (0.0 %) could be made" in said
    assert "no judgement speaks against a study" in said
    assert "No study could be judged on confounding, " in said
    assert risk_of_bias_text.risk_of_bias_conclusion(own.iloc[:0]).startswith("No study")
