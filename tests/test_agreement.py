"""Cohen's kappa against published examples and its own laws, and the agreement of the two extractors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from helpers import evidence, stats
from helpers.questions.evidence import agreement, agreement_tables
from helpers.questions.evidence.agreement import ALL, ITEM_TYPES, item_types

TABLES = st.integers(2, 5).flatmap(lambda k: arrays.arrays(np.int64, (k, k), elements=st.integers(0, 60)))


@pytest.mark.parametrize(
    ("table", "estimate", "se", "low", "high", "digits"),
    [
        # Output of SAS PROC FREQ, as kept in the tests of statsmodels.
        ([[0, 4, 1], [0, 8, 0], [0, 1, 5]], 0.4842, 0.1380, 0.2137, 0.7547, 4),
        # Example of ci.kappa in the R package statpsych (Bonett).
        ([[31, 12], [4, 58]], 0.6756757, 0.07344761, 0.5317210, 0.8196303, 7),
    ],
)
def test_kappa_is_that_of_published_examples(
    table: list[list[int]], estimate: float, se: float, low: float, high: float, digits: int
) -> None:
    kappa = stats.cohen_kappa(table)
    found = [kappa.estimate, kappa.se, kappa.low, kappa.high]
    assert found == pytest.approx([estimate, se, low, high], abs=0.5 * 10**-digits)


def test_kappa_of_the_textbook_of_fleiss() -> None:
    """Two raters of 100 subjects, three diagnoses: Fleiss 1981, page 213, observed 0.89, expected 0.66, kappa 0.68."""
    kappa = stats.cohen_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    assert (kappa.observed, kappa.n) == (0.89, 100)
    assert kappa.expected == pytest.approx(0.66)
    assert kappa.estimate == pytest.approx(0.68, abs=0.005)


@given(TABLES)
def test_kappa_keeps_its_bounds(table: Any) -> None:
    assume(table.sum() > 0)
    kappa = stats.cohen_kappa(table)
    if kappa.estimate is None:
        assert (kappa.se, kappa.low, kappa.high) == (None, None, None)
        return
    assert -1 <= kappa.estimate <= 1
    assert kappa.se is not None
    assert np.isfinite(kappa.se)
    if kappa.low is not None and kappa.high is not None:
        assert -1 <= kappa.low <= kappa.estimate <= kappa.high <= 1


@given(TABLES, st.randoms(use_true_random=False))
def test_kappa_knows_neither_the_order_of_categories_nor_of_readers(table: Any, random: Any) -> None:
    assume(table.sum() > 0)
    order = list(range(len(table)))
    random.shuffle(order)
    one = stats.cohen_kappa(table)
    for other in (stats.cohen_kappa(table.T), stats.cohen_kappa(table[np.ix_(order, order)])):
        if one.estimate is None:
            assert other.estimate is None
        else:
            assert other.estimate == pytest.approx(one.estimate, abs=1e-12)
            assert other.se == pytest.approx(one.se, abs=1e-7)


@given(st.lists(st.integers(0, 50), min_size=2, max_size=5))
def test_readers_who_always_agree_have_kappa_one(counts: list[int]) -> None:
    assume(sum(count > 0 for count in counts) > 1)
    kappa = stats.cohen_kappa(np.diag(counts))
    assert (kappa.estimate, kappa.se, kappa.low, kappa.high) == (1.0, 0.0, None, None)


def test_kappa_without_variation_is_not_defined_or_zero() -> None:
    assert stats.cohen_kappa([[7, 0], [0, 0]]).estimate is None
    one_sided = stats.cohen_kappa([[5, 2], [0, 0]])
    assert (one_sided.estimate, one_sided.low) == (0.0, None)


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ([[1, 2, 3], [4, 5, 6]], "as many rows as columns"),
        ([[0, 0], [0, 0]], "no item"),
        ([[1, -1], [0, 2]], "whole numbers"),
        ([[1.5, 0], [0, 2]], "whole numbers"),
        ([[1, "a"], [0, 2]], "counts"),
    ],
)
def test_kappa_refuses_what_is_no_table_of_counts(table: Any, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        stats.cohen_kappa(table)


def test_kappa_refuses_a_level_in_percent() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        stats.cohen_kappa([[1, 0], [0, 1]], level=95)


def test_the_type_of_an_item_follows_from_its_value() -> None:
    values = {
        "2018-06-28": "date",
        "NCT02240342": "identifier",
        "17 women": "number",
        "at least two (note)": "number",
        "production resumed": "direction",
        "university hospital": "words",
    }
    frame = pd.DataFrame({"value_a": list(values), "value_b": "17"}, dtype="str")
    assert list(item_types(frame)) == list(values.values())
    blank = pd.DataFrame({"value_a": ["blank", None], "value_b": ["6", "increase"]}, dtype="str")
    assert list(item_types(blank)) == ["number", "direction"]


@pytest.fixture(scope="module")
def double(ev: evidence.Evidence) -> pd.DataFrame:
    return agreement.double_rows(ev, ev.select("studies"))


def test_agreement_adds_up(ev: evidence.Evidence, double: pd.DataFrame) -> None:
    rows = agreement.agreement_rows(double, "item_type")
    assert list(rows["group"]) == [*ITEM_TYPES, ALL]
    groups, whole = rows[rows["group"] != ALL], rows.iloc[-1]
    for column in ("items", "both", "agree", "a_only", "b_only"):
        assert groups[column].sum() == whole[column]
    assert whole["items"] == len(ev.double_extraction)
    assert (rows["both"] + rows["a_only"] + rows["b_only"] == rows["items"]).all()


def test_what_no_two_read_is_not_defined_and_never_a_nan(double: pd.DataFrame) -> None:
    rows = agreement.agreement_rows(double, "study_label")
    (yan,) = rows[rows["group"] == "Yan 2020"].to_dict("records")
    assert (yan["both"], yan["value_kappa"]) == (0, None)
    shown = agreement_tables.agreement_table(rows, title="t").rows.astype("str")
    assert not shown.apply(lambda column: column.str.contains("nan", case=False)).any(axis=None)
    assert shown["kappa of values"].str.contains("not defined").any()


def extraction(agree: list[str], values: list[tuple[str | None, str | None]]) -> pd.DataFrame:
    a, b = zip(*values, strict=True)
    return pd.DataFrame(
        {
            "source_id": [f"document-{place}" for place in range(len(agree))], "study_label": "S", "agree": agree,
            "value_a": pd.Series(a, dtype="str"), "value_b": pd.Series(b, dtype="str"),
            "resolved": pd.Series(a, dtype="str"), "item_type": "number",
        }
    )  # fmt: skip


def test_kappa_of_values_is_over_what_both_read() -> None:
    rows = extraction(["yes", "yes", "no", "a-only"], [("1", "1 woman"), ("2", "2"), ("1", "2"), ("9", None)])
    line = agreement.agreement_rows(rows, "study_label").iloc[0]
    # Two of three agree; the first reader says 1, 2, 1, the second 1, 2, 2: chance gives 4/9.
    assert line["value_kappa"].expected == pytest.approx(4 / 9)
    assert line["value_kappa"].estimate == pytest.approx((2 / 3 - 4 / 9) / (5 / 9))
    # The second reader found something in three of four documents, the first in all: zero by construction.
    assert (line["found_kappa"].observed, line["found_kappa"].estimate) == (0.75, 0.0)
    assert line["found_kappa"].n == 4


def test_a_study_that_one_extractor_did_not_read_is_no_disagreement_on_finding() -> None:
    twice = extraction(["yes", "a-only", "b-only"], [("1", "1"), ("2", None), (None, "3")])
    once = extraction(["a-only"] * 2, [("4", None), ("5", None)]).assign(study_label="T", source_id="t")
    alone = agreement.agreement_rows(twice, "study_label").iloc[-1]
    rows = agreement.agreement_rows(pd.concat([twice, once], ignore_index=True), "study_label")
    assert [*rows["group"]] == ["S", "T", ALL]
    assert (rows.iloc[-1]["found_kappa"], rows.iloc[-1]["documents"]) == (alone["found_kappa"], 3)
    assert (rows.iloc[1]["documents"], rows.iloc[1]["found_kappa"], rows.iloc[1]["a_only"]) == (0, None, 2)


def test_disagreements_tell_what_was_kept(double: pd.DataFrame) -> None:
    listed = agreement_tables.disagreement_table(double).rows
    assert len(listed) == (double["agree"] == "no").sum()
    assert listed["kept"].notna().all()
