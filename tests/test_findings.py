"""The findings of the number checks as tables, figures and sentences."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.checks import RULES, check_numbers, rows_checked
from helpers.questions.reported_numbers import figures
from helpers.questions.reported_numbers import rows as finding_rows
from helpers.questions.reported_numbers import text as finding_text
from helpers.questions.reported_numbers.rows import LARGEST_TOTAL


@pytest.fixture(scope="module")
def rows(ev: evidence.Evidence) -> pd.DataFrame:
    return finding_rows.finding_rows(ev, check_numbers(ev))


def test_every_finding_has_a_row_and_a_name_of_its_own(ev: evidence.Evidence, rows: pd.DataFrame) -> None:
    assert len(rows) == len(check_numbers(ev))
    assert rows["name"].is_unique
    assert rows[["about", "printed", "possible", "documents"]].notna().all(axis=None)
    herraiz = rows[rows["printed"].eq("81.3 % of 17 women")].iloc[0]
    assert (herraiz["about"], herraiz["role"], herraiz["evidence"]) == (
        "Herraiz 2018",
        "cited",
        ["outcomes row 2"],
    )


def test_a_contradiction_is_charged_to_the_document_that_makes_it(
    ev: evidence.Evidence, shipped_draft: Draft
) -> None:
    """Both figures on births within six months are the article's: the paper of the study makes no contradiction."""

    def births(package: evidence.Evidence) -> pd.Series[Any]:
        found = check_numbers(package, ["births-within-follow-up"])
        return finding_rows.finding_rows(package, found).iloc[0]

    (one,) = check_numbers(ev, ["births-within-follow-up"])
    assert one.documents == ("hjt-article",)
    assert one.as_dict()["documents"] == ["hjt-article"]
    finding = births(ev)
    assert (finding["about"], finding["own"]) == ("the article under review on Yan 2020", False)
    assert finding["documents"] == "the article under review"
    for table, cells in [("outcomes", {"outcome": "live-birth"}), ("statements", {"item": "follow-up"})]:
        row = shipped_draft.row(table, study_id="yan2020", source_id="hjt-article", **cells)
        shipped_draft.change(table, row, source_id="yan2020", locator="table 2")
    finding = births(shipped_draft.load())
    assert (finding["about"], finding["own"]) == ("Yan 2020", True)


def test_a_finding_between_a_document_of_others_and_the_study_is_charged_to_the_others(
    rows: pd.DataFrame,
) -> None:
    route = rows[rows["printed"].str.contains("both ovaries")].iloc[0]
    assert (route["about"], route["own"]) == ("Front Endocrinol 2021 on Igboeli 2020", False)
    assert route["documents"] == "Front Endocrinol 2021; NCT02696889, final version (2021)"
    registry = rows[rows["rule"] == "registry-against-paper"]
    assert registry["own"].all()


def test_counts_by_rule_add_up_and_name_rules_that_found_nothing(rows: pd.DataFrame) -> None:
    counts = finding_rows.rule_counts(rows)
    assert list(counts.index) == list(RULES)
    assert counts.to_numpy().sum() == len(rows)
    assert counts.loc["sum-of-classes"].sum() == 0
    assert list(finding_rows.rule_counts(rows, ["identical-figures"]).index) == ["identical-figures"]


def test_the_totals_that_fit_are_those_of_the_arithmetic(ev: evidence.Evidence) -> None:
    drawn = finding_rows.denominator_rows(ev, check_numbers(ev, ["percentage-of-enrolled"]))
    (herraiz,) = drawn[drawn["label"].str.startswith("Herraiz")].to_dict("records")
    assert (herraiz["total"], herraiz["totals"]) == (17, [16, 32, 48, 64, 75, 80, 91, 96])
    assert (drawn["total"] <= LARGEST_TOTAL).all()


def test_every_possible_total_and_every_printed_one_is_drawn(ev: evidence.Evidence) -> None:
    totals = finding_rows.denominator_rows(ev, check_numbers(ev))
    axes = figures.possible_totals(totals, title="t", subtitle="s").axes[0]
    drawn = sorted(tuple(at) for points in axes.collections for at in np.asarray(points.get_offsets()))
    places = list(enumerate(zip(totals["totals"], totals["total"], strict=True)))
    assert drawn == sorted((x, y) for y, (fitting, total) in places for x in [*fitting, total])


def test_figures_say_when_there_is_nothing(ev: evidence.Evidence, rows: pd.DataFrame) -> None:
    none = rows.iloc[:0]
    figure = figures.findings_by_rule(finding_rows.rule_counts(none), title="t", subtitle="s")
    assert [text.get_text() for text in figure.axes[0].texts] == ["nothing found"]
    assert "Applied too, nothing found:" in figure.texts[-1].get_text()
    some = figures.findings_by_rule(finding_rows.rule_counts(rows), title="t", subtitle="s")
    named = [label.get_text() for label in some.axes[0].get_yticklabels()]
    counts = finding_rows.rule_counts(rows).sum(axis=1)
    assert len(named) == (counts > 0).sum() < len(RULES)
    assert "sum of classes" in " ".join(some.texts[-1].get_text().split())
    assert not any("told" in name for name in named)
    figure = figures.possible_totals(finding_rows.denominator_rows(ev, []), title="t", subtitle="s")
    assert "no percentage of a small total" in figure.axes[0].texts[0].get_text()


def test_the_conclusion_counts_and_puts_the_cited_studies_first(
    ev: evidence.Evidence, rows: pd.DataFrame
) -> None:
    text = finding_text.findings_conclusion(rows, checked=rows_checked(ev))
    counts = rows["confidence"].value_counts()
    first = text.split("\n\n")[0]
    numbers = [int(number.replace(",", "")) for number in re.findall(r"\d[\d,]*", first)]
    assert numbers == [
        rows_checked(ev),
        len(rows),
        *(counts[word] for word in ("certain", "likely", "possible")),
    ]
    assert f"{rows['rule'].nunique()} rules found them" in text
    assert "contradictions" not in text
    assert "- Herraiz 2018, ovarian function improved: 81.3 % of 17 women" in text
    others = rows[(rows["role"] == "cited") & ~rows["own"]]
    assert "the article under review on Yan 2020" in set(others["about"])
    assert f"{len(others)} more are in what other documents report of these studies" in text
    assert "Yan 2020" not in text
    cited = rows[(rows["role"] == "cited") & rows["own"]]
    assert text.count("\n- ") == int(cited["confidence"].isin(["certain", "likely"]).sum())
    assert "Bidet" not in text
    none = finding_text.findings_conclusion(rows[rows["role"] != "cited"], checked=5)
    assert "None concerns a study that the article cites." in none
    assert "found nothing" in finding_text.findings_conclusion(rows.iloc[:0], checked=5)


def test_a_choice_of_rules_and_confidence(ev: evidence.Evidence) -> None:
    sure = check_numbers(ev, confidence=["certain"])
    assert sure
    assert {str(one.confidence) for one in sure} == {"certain"}
    with pytest.raises(ValueError, match="no confidence 'sure'"):
        check_numbers(ev, confidence=["sure"])
