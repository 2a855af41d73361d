"""The risk of bias: what may stand in its table, what is drawn, counted and told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from damage import edit, row_where
from helpers import evidence
from helpers.evidence.vocabulary import RISK_TOOLS, ROBINS_I_DOMAIN
from helpers.intake.sheet import TABS
from helpers.questions.pooled_outcomes import (
    risk_of_bias,
    risk_of_bias_figures,
    risk_of_bias_tables,
    risk_of_bias_text,
)
from helpers.questions.pooled_outcomes.risk_of_bias_figures import LIGHTS
from shipped import WORDS

TEXT: dict[str, Any] = {
    "title": "How far can the studies be trusted?",
    "subtitle": "Judged from what was read",
}


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
    told = {*ev.outcomes["study_id"], *ev.measurements["study_id"], *ev.changes["study_id"]}
    own = studies[studies["study_id"].isin(told) | studies["design"].ne("registered-only")]
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
    first = rows[rows["study_id"] == rows["study_id"].iloc[0]]
    assert first["domain"].tolist() == [*WORDS["jbi-domain"], *ROBINS_I_DOMAIN]
    assert rows["evidence_row"].is_unique


def test_rows_follow_the_studies_asked_for(ev: evidence.Evidence, studies: pd.DataFrame) -> None:
    own = risk_of_bias.judgement_rows(ev, studies[studies["role"] == "cited"])
    assert set(own["role"]) == {"cited"}


def test_counts_add_up_to_the_judgements(rows: pd.DataFrame) -> None:
    counts = risk_of_bias.domain_counts(rows)
    assert len(counts) == len(WORDS["jbi-domain"]) + len(ROBINS_I_DOMAIN)
    assert counts[list(WORDS["risk-judgement"])].sum().sum() == len(rows)
    assert (counts[list(WORDS["risk-judgement"])].sum(axis=1) == counts["studies"]).all()
    jbi = counts[counts["tool"] == "JBI-case-series"]
    assert jbi["critical"].isna().all()


def test_the_table_names_every_reason(rows: pd.DataFrame) -> None:
    table = risk_of_bias_tables.judgement_table(rows)
    assert table.rows["reason"].tolist() == rows["reason"].tolist()
    assert table.rows["where"].notna().all()


def test_every_judgement_is_a_light(rows: pd.DataFrame) -> None:
    (axes,) = risk_of_bias_figures.traffic_lights(rows, **TEXT).axes
    drawn = {str(lights.get_label()): lights for lights in axes.collections}
    expected = (rows["tool"] + ": " + rows["judgement"]).value_counts().to_dict()
    assert {name: len(np.asarray(lights.get_offsets())) for name, lights in drawn.items()} == expected
    places = {
        tuple(place) for lights in drawn.values() for place in np.asarray(lights.get_offsets()).tolist()
    }
    assert len(places) == len(rows)
    for name, lights in drawn.items():
        assert to_hex(np.asarray(lights.get_facecolor())[0]) == to_hex(LIGHTS[name.partition(": ")[2]][0])
    named = {text.get_text() for text in axes.texts}
    labels = set(rows["study_label"])
    assert len(named & labels) >= len(labels) - 2  # a long name is cut


def test_a_sign_tells_what_the_colour_tells() -> None:
    looks = {judgement: (colour, sign) for judgement, (colour, sign, _) in LIGHTS.items()}
    assert set(looks) == set(WORDS["risk-judgement"])
    for _, judgements in RISK_TOOLS.values():
        signs = [looks[word][1] for word in judgements]
        assert len(set(signs)) == len(signs)
    by_colour: dict[str, set[str]] = {}
    for colour, sign in set(looks.values()):
        by_colour.setdefault(colour, set()).add(sign)
    assert all(len(signs) == 1 for colour, signs in by_colour.items() if colour != "white")


def test_names_of_domains_stay_within_the_figure(rows: pd.DataFrame) -> None:
    figure = risk_of_bias_figures.traffic_lights(rows, **TEXT)
    (axes,) = figure.axes
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in axes.texts]
    assert max(box.x1 for box in boxes) <= figure.bbox.x1
    assert min(box.x0 for box in boxes) >= 0


def test_a_tool_that_was_not_applied_says_so(rows: pd.DataFrame) -> None:
    (axes,) = risk_of_bias_figures.traffic_lights(rows, **TEXT).axes
    unjudged = rows["study_id"].nunique() - rows.loc[rows["tool"] == "ROBINS-I", "study_id"].nunique()
    assert [text.get_text() for text in axes.texts].count("– not applied –") == unjudged > 0


def test_nothing_to_draw_is_refused(rows: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no judgement on the risk of bias is left"):
        risk_of_bias_figures.traffic_lights(rows.iloc[:0], **TEXT)


def test_the_conclusion_follows_the_judgements(rows: pd.DataFrame) -> None:
    own = rows[rows["tool"].eq("ROBINS-I") & rows["role"].eq("cited")]
    assert "ROBINS-I: worst is confounding, serious or critical in 4 of 4 studies" in (
        risk_of_bias_text.risk_of_bias_conclusion(own)
    )
    unread = own.assign(judgement="not-assessable")
    said = risk_of_bias_text.risk_of_bias_conclusion(unread)
    assert "0 (0.0 %) could be made" in said
    assert "no judgement speaks against a study" in said
    assert "No study could be judged on confounding, " in said
    assert risk_of_bias_text.risk_of_bias_conclusion(own.iloc[:0]).startswith("No study")
