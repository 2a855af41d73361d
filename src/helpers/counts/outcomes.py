"""Counts of outcomes as tidy rows: figure, table and sentence of a notebook use the same frame."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.horizons import EARLY, LONG, SHORT, UNKNOWN, horizon
from helpers.counts.rates import no_rate
from helpers.evidence.provenance import ORIGINS, origin
from helpers.evidence.vocabulary import (
    ORGAN,
    OUTCOME,
    ROLE,
    TISSUE,
    capital,
    phrase,
)
from helpers.show.numbers import percent_ci

_NOT_PRINTED = "not printed"
_LONGEST_LABEL = 150
#: A subgroup that says no more than when its level was taken.
AFTER = "after-treatment"


def counted_among(note: object) -> str:
    """Say that a count is per protocol or of completers, where its note says so; else nothing."""
    return next((words for words in ("per protocol", "completers") if words in str(note)), "")


def outcome_rows(
    outcomes: pd.DataFrame, criteria: pd.DataFrame, *, interval: str, level: float
) -> pd.DataFrame:
    """Add proportion, confidence interval and display labels to selected outcomes, sorted as they are shown.

    Sorted by tissue, outcome, horizon, role (cited first), time, study and arm (cells first). section is organ,
    outcome and horizon. A count that is no rate has no proportion, and no_rate says why; one without a total, or a
    percentage without counts, has no interval.
    """
    rows = outcomes.copy()
    rows["horizon"] = horizon(rows["timepoint_months"], criteria)
    rows["origin"] = origin(rows["source_kind"])
    rows["no_rate"] = no_rate(rows)
    rate = rows["no_rate"] == ""
    counted = rows["events"].notna() & rows["total"].notna() & rate
    shares = (rows["events"] / rows["total"]).astype("float64").fillna(rows["percent_reported"] / 100)
    rows["proportion"] = shares.where(rate)
    rows["low"] = rows["high"] = float("nan")
    if counted.any():
        events, total = rows.loc[counted, "events"].astype(int), rows.loc[counted, "total"].astype(int)
        low, high = stats.proportion_interval(events, total, method=interval, level=level)
        rows.loc[counted, "low"], rows.loc[counted, "high"] = low, high
    organ = rows["tissue"].map(ORGAN).map(capital)
    rows["section"] = organ + ": " + rows["outcome"].map(phrase) + ", " + rows["horizon"]
    each = list(rows.itertuples())
    for name, words in (("label", _label), ("count_text", _count_text), ("interval_text", _interval_text)):
        rows[name] = [words(row) for row in each]
    rows["name"] = names_of(rows, "outcome")
    rows["_tissue"] = rows["tissue"].map(list(TISSUE).index)
    rows["_outcome"] = rows["outcome"].map(list(OUTCOME).index)
    rows["_horizon"] = rows["horizon"].map([EARLY, SHORT, LONG, UNKNOWN].index)
    rows["_origin"] = rows["origin"].map(ORIGINS.index)
    rows["_role"] = rows["role"].map(list(ROLE).index)
    rows["_beside"] = rows["arm_kind"] != "cells"
    by = ["_tissue", "_outcome", "_horizon", "_role", "timepoint_months", "study_label", "_beside", "_origin"]
    return rows.sort_values(by, kind="stable").drop(columns=[column for column in by if column[0] == "_"])


def count_values(row: Mapping[str, Any] | pd.Series[Any]) -> dict[str, float | int | None]:
    """Take the recorded numbers of a row of `outcome_rows`: events, total, proportion, low and high; None for what was not reported."""
    counts = {name: None if pd.isna(row[name]) else int(row[name]) for name in ("events", "total")}
    shares = {
        name: None if pd.isna(row[name]) else float(row[name]) for name in ("proportion", "low", "high")
    }
    return {**counts, **shares}


def names_of(rows: pd.DataFrame, what: str) -> list[str]:
    """Name each row by its key, as short as it stays unique within the rows."""
    base = rows["study_id"] + "/" + rows["arm_id"] + "/" + rows[what] + "/" + rows["source_id"]
    months = [f"/month {month:g}" if pd.notna(month) else "" for month in rows["timepoint_months"]]
    names = base + ("/" + rows["subgroup"]).fillna("") + pd.Series(months, index=rows.index, dtype="str")
    for more in ("locator", "total_unit"):
        if more in rows:
            names = names.where(~names.duplicated(keep=False), names + "/" + rows[more].fillna("no total"))
    return list(names)


def whose_words(row: Any) -> list[str]:
    """Name the study of a row, and its arm, patient and subgroup where they need saying."""
    subject = getattr(row, "subject", "cohort")
    return [
        str(row.study_label),
        *([str(row.arm_label)] if row.arm_id != "cells" else []),
        *([subject.replace("-", " ")] if subject != "cohort" else []),
        *([str(row.subgroup)] if pd.notna(row.subgroup) else []),
    ]


def _label(row: Any) -> str:
    study, *parts = whose_words(row)
    parts = [study if pd.isna(row.population) else f"{study} ({row.population})", *parts]
    if pd.notna(row.timepoint_months):
        parts.append(f"month {row.timepoint_months:g}")
    if pd.notna(row.total_unit) and row.total_unit != "women":
        parts.append(f"of {row.total_unit}")
    if row.origin == "review or press":
        parts.append(str(row.citation).split(", doi", maxsplit=1)[0])
    return textwrap.shorten(", ".join(parts), _LONGEST_LABEL, placeholder=" …")


def _count_text(row: Any) -> str:
    if pd.isna(row.events):
        return _NOT_PRINTED
    if pd.isna(row.total):
        return f"{row.events}/{_NOT_PRINTED}"
    return f"{row.events}/{row.total}"


def _interval_text(row: Any) -> str:
    if pd.notna(row.low):
        return percent_ci(row.proportion, row.low, row.high)
    if row.no_rate:
        return f"no proportion: {row.no_rate}"
    return f"{row.percent_reported:g} % printed" if pd.notna(row.percent_reported) else "no percentage"
