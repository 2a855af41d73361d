"""Tables of how far two extractors agreed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.show.numbers import number, percent_ci, ratio_ci
from helpers.show.table import Table, table


def agreement_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the agreement of `agreement.agreement_rows`, one row per group; a kappa that is not defined says so."""
    shown = rows.assign(
        agreed=[_agreed(row) for row in rows.itertuples()],
        value=list(map(_kappa_text, rows["value_kappa"])),
        found=list(map(_kappa_text, rows["found_kappa"])),
    )
    columns = {
        "group": "items", "items": "number", "both": "read by both", "agreed": "agree (95 % exact CI)",
        "value": "kappa of values", "a_only": "read by the first only", "b_only": "read by the second only",
        "documents": "documents", "found": "kappa of finding",
    }  # fmt: skip
    note = (
        "Cohen's kappa with its large-sample 95 % confidence interval (Fleiss, Cohen and Everitt). Kappa of values: items that both "
        "read, each value a category; where nearly every item has a value of its own, chance plays hardly a part and kappa is "
        "near the percentage. Kappa of finding: did an extractor find any item of this type in this document? Both kappas are "
        "not defined where only one category occurs. The last two columns exclude documents of a study that one "
        "extractor did not read at all."
    )
    return table(shown, columns, title=title, note=note)


def _agreed(row: Any) -> str:
    if not row.both:
        return "none read by both"
    return f"{row.agree}/{row.both}, {percent_ci(row.percent, row.low, row.high)}"


def _kappa_text(kappa: stats.Kappa | None) -> str:
    if kappa is None:
        return "not defined: none read by both"
    if kappa.estimate is None:
        return "not defined: one category only"
    if kappa.low is None:
        why = "all agree" if kappa.estimate == 1 else "one of the two uses one category only"
        return f"{number(kappa.estimate, 2)} (no CI: {why})"
    return ratio_ci(kappa.estimate, kappa.low, kappa.high)


def disagreement_table(rows: pd.DataFrame) -> Table:
    """List the items that both extractors read and coded differently, and what was kept."""
    columns = {
        "study_label": "study", "item": "item", "item_type": "type", "value_a": "the first read",
        "value_b": "the second read", "resolved": "kept", "note": "reason",
    }  # fmt: skip
    return table(rows[rows["agree"] == "no"], columns, title="Disagreements of the two extractors")


def single_table(rows: pd.DataFrame) -> Table:
    """List the items that only one extractor read, with who read them and what was kept."""
    readers = {"a-only": "first", "b-only": "second"}
    single = rows[rows["agree"].isin(readers)]
    first, second = (single[name].astype("str") for name in ("value_a", "value_b"))
    single = single.assign(reader=single["agree"].map(readers), read=first.fillna(second))
    columns = {
        "study_label": "study", "item": "item", "item_type": "type", "reader": "read by",
        "read": "value read", "resolved": "kept", "citation": "document",
    }  # fmt: skip
    return table(single, columns, title="Items that one extractor read alone")
