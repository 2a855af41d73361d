"""How far the two extractors agree, by type of item and by study, and how their disagreements were resolved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence

#: Types of item, each with what its value looks like; the first that fits is taken.
ITEM_TYPES = {
    "date": r"(Epub )?\d{4}-\d{2}-\d{2}\b",
    "identifier": r"NCT\d+|\d{4}-\d{4}\b",
    "number": r"\d|at least (one|two)\b",
    "direction": r".*\b(increase|decrease|improved|resumed|stopped|alleviated|promoted|larger|positive)\b",
    "words": r".*",
}
_BLANK = "blank"
ALL = "all items"
_NEEDED = ["study_label", "source_id", "item_type", "agree", "value_a", "value_b", "resolved"]
_COLUMNS = [
    "group", "items", "both", "agree", "percent", "low", "high", "value_kappa", "a_only", "b_only", "documents", "found_kappa",
]  # fmt: skip


def item_types(double_extraction: pd.DataFrame) -> pd.Series:
    """Classify items by the value that the first extractor read, or else the second: a key of `ITEM_TYPES`."""
    first, second = (double_extraction[name].astype("str") for name in ("value_a", "value_b"))
    return first.replace(_BLANK, None).fillna(second).fillna("").map(_item_type).astype("str")


def _item_type(value: str) -> str:
    return next(name for name, shape in ITEM_TYPES.items() if re.match(shape, value, re.DOTALL))


def double_rows(ev: Evidence, studies: pd.DataFrame, *, access: Iterable[str] = ("all",)) -> pd.DataFrame:
    """Take the items of the studies that were extracted twice from documents read as deep as chosen, with item_type."""
    rows, depths = ev.select("double_extraction"), set(access)
    rows = rows[
        rows["study_id"].isin(studies["study_id"]) & (rows["access"].isin(depths) | ("all" in depths))
    ]
    return rows.assign(item_type=item_types(rows))


def agreement_rows(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Compute percent agreement and Cohen's kappa by ``item_type`` or ``study_label``, with a last row for all items.

    `value_kappa` is over the items that both read. `found_kappa` is over pairs of document and type: whether
    an extractor found any such item. Over the items themselves it would be negative by construction, as each
    is there because one found it. Documents of a study that one extractor did not read at all say nothing of
    it, and are left out.
    """
    rows = rows[_NEEDED]
    groups = [(str(name), group) for name, group in rows.groupby(by, sort=False)]
    if by == "item_type":
        groups.sort(key=lambda named: list(ITEM_TYPES).index(named[0]))
    groups += [(ALL, rows)] if groups else []
    types, twice = sorted(rows["item_type"].unique()), rows[_read_twice(rows)]
    lines = []
    for name, group in groups:
        read_twice = group[group.index.isin(twice.index)]
        documents = list((twice if by == "item_type" else read_twice)["source_id"].unique())
        of_types = [name] if name in ITEM_TYPES and by == "item_type" else types
        found_kappa = _found_kappa(read_twice, documents, of_types) if documents else None
        found = {"documents": len(documents), "found_kappa": found_kappa}
        lines.append({"group": name, "items": len(group), **_agreement(group), **found})
    return pd.DataFrame(lines, columns=_COLUMNS)


def _agreement(group: pd.DataFrame) -> dict[str, Any]:
    """Count the items that both read, or one alone, and compare those that both read."""
    number = group["agree"].value_counts().to_dict()
    alone = {"a_only": number.get("a-only", 0), "b_only": number.get("b-only", 0)}
    agree = number.get("yes", 0)
    both = agree + number.get("no", 0)
    if not both:
        return {
            "both": 0,
            "agree": 0,
            "percent": None,
            "low": None,
            "high": None,
            "value_kappa": None,
            **alone,
        }
    low, high = stats.proportion_interval(agree, both)
    compared = {"percent": agree / both, "low": low, "high": high, "value_kappa": _value_kappa(group)}
    return {"both": both, "agree": agree, **compared, **alone}


def _read_twice(rows: pd.DataFrame) -> pd.Series:
    """Mark the rows of a study of which both extractors read an item."""
    studies = rows["study_label"]
    first, second = (studies[rows["agree"] != alone] for alone in ("b-only", "a-only"))
    return studies.isin(first) & studies.isin(second)


def _value_kappa(group: pd.DataFrame) -> stats.Kappa:
    read = group[group["agree"].isin(["yes", "no"])]
    values = [read[name].astype("str") for name in ("value_a", "value_b")]
    # Where they agree the texts may differ in wording: the value kept is the category of both.
    kept = read["resolved"].astype("str").fillna(values[0]).fillna("")
    first, second = (value.fillna(_BLANK).where(read["agree"] == "no", kept) for value in values)
    return _kappa(list(first), list(second))


def _found_kappa(group: pd.DataFrame, documents: list[str], types: list[str]) -> stats.Kappa:
    read = (group[group["agree"] != alone] for alone in ("b-only", "a-only"))
    found = [set(zip(items["source_id"], items["item_type"], strict=True)) for items in read]
    pairs = [(document, name) for document in documents for name in types]
    first, second = ([pair in items for pair in pairs] for items in found)
    return _kappa(first, second)


def _kappa(first: list[Any], second: list[Any]) -> stats.Kappa:
    categories, counts = sorted({*first, *second}), Counter(zip(first, second, strict=True))
    return stats.cohen_kappa([[counts[row, column] for column in categories] for row in categories])


def agreement_values(row: pd.Series[Any]) -> dict[str, float | int | None]:
    """Take the numbers of a row of `agreement_rows` that are recorded as its result."""
    counts = {name: int(row[name]) for name in ("items", "both", "agree", "a_only", "b_only", "documents")}
    kappas = {name: getattr(row[name], "estimate", None) for name in ("value_kappa", "found_kappa")}
    return {**counts, **kappas}
