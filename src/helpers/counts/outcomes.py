"""Counts of outcomes as tidy rows: figure, table and sentence of a notebook use the same frame."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN
from helpers.show.numbers import number, percent_ci

#: Short or long term by the article's own windows, in the order of time.
EARLY, SHORT, LONG, UNKNOWN = HORIZONS = (
    "before the short-term window",
    "short term",
    "long term",
    "time not printed",
)
_NOT_PRINTED = "not printed"
_LONGEST_LABEL = 150
#: What `_texts` writes of a row.
_TEXTS = ["label", "count_text", "interval_text"]
#: A subgroup that says no more than when its level was taken.
AFTER = "after-treatment"


def outcome_rows(ev: Evidence, outcomes: pd.DataFrame, *, interval: str, level: float) -> pd.DataFrame:
    """Add proportion, confidence interval and display labels to selected outcomes, sorted as they are shown.

    Sorted by tissue, outcome, horizon, role (cited first), time, study and arm (cells first). section is organ,
    outcome and horizon. A count that is no rate has no proportion, and no_rate says why; one without a total, or a
    percentage without counts, has no interval.
    """
    rows = outcomes.assign(no_rate=no_rate(outcomes), low=float("nan"), high=float("nan"))
    rows["horizon"] = horizon(rows["timepoint_months"], ev.criteria)
    rate = rows["no_rate"] == ""
    counted = rows["events"].notna() & rows["total"].notna() & rate
    shares = (rows["events"] / rows["total"]).astype("float64").fillna(rows["percent_reported"] / 100)
    rows["proportion"] = shares.where(rate)
    if counted.any():
        events, total = rows.loc[counted, "events"].astype(int), rows.loc[counted, "total"].astype(int)
        low, high = stats.proportion_interval(events, total, method=interval, level=level)
        rows.loc[counted, "low"], rows.loc[counted, "high"] = low, high
    organ, outcome = rows["tissue"].map(ORGAN).str.capitalize(), rows["outcome"].map(ev.schema.phrases)
    rows["section"] = organ + ": " + outcome + ", " + rows["horizon"]
    texts = [_texts(row) for row in rows.itertuples()]
    rows[_TEXTS] = pd.DataFrame(texts, index=rows.index, columns=_TEXTS, dtype="str")
    rows["name"] = names_of(rows, "outcome")
    words = ev.schema.vocabularies
    orders = {
        "horizon": HORIZONS,
        "origin": ORIGINS,
        **{name: words[name] for name in ("tissue", "outcome", "role")},
    }
    places = {f"_{name}": rows[name].map([*order].index) for name, order in orders.items()}
    places["_beside"] = rows["arm_kind"] != "cells"
    by = ["_tissue", "_outcome", "_horizon", "_role", "timepoint_months", "study_label", "_beside", "_origin"]
    return rows.assign(**places).sort_values(by, kind="stable").drop(columns=[*places])


def horizon(months: pd.Series, criteria: pd.DataFrame) -> pd.Series:
    """Put months after treatment into the windows by which the article judges effect, given by its short-term criteria.

    `EARLY`, `SHORT`, `LONG` or `UNKNOWN` (no month printed), with the index of `months`. The end of the short-term
    window belongs to it.
    """
    short = criteria[criteria["horizon"] == "short"]
    begin, end = float(short["from_months"].min()), float(short["to_months"].max())
    words = pd.Series(UNKNOWN, index=months.index)
    words[months < begin] = EARLY
    words[(months >= begin) & (months <= end)] = SHORT
    words[months > end] = LONG
    return words


def no_rate(outcomes: pd.DataFrame) -> pd.Series[str]:
    """Say why a count of selected outcomes is no proportion of the women treated, whatever its total; empty where it is one.

    Excluded are counts published because their event had happened, and totals above the women enrolled.
    """
    enrolled = outcomes["n_enrolled"].fillna(outcomes["arm_n"])
    above = outcomes["total_unit"].eq("women") & (outcomes["total"] > enrolled).fillna(False)
    triggered = outcomes["reporting"] == "event-triggered"
    too_many = [f"total above the {women} women enrolled" for women in enrolled]
    why = np.select([triggered, above], ["published because it had happened", too_many], "")
    return pd.Series(why, outcomes.index, dtype="str")


def counted_among(note: object) -> str:
    """Say that a count is per protocol or of completers, where its note says so; else nothing."""
    return next((words for words in ("per protocol", "completers") if words in str(note)), "")


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


def _texts(row: Any) -> tuple[str, str, str]:
    """Write the label of a count, the count with its total, and its interval or why it has none."""
    study, *parts = whose_words(row)
    parts = [study if pd.isna(row.population) else f"{study} ({row.population})", *parts]
    if pd.notna(row.timepoint_months):
        parts.append(f"month {number(row.timepoint_months)}")
    if pd.notna(row.total_unit) and row.total_unit != "women":
        parts.append(f"of {row.total_unit}")
    if row.origin == ORIGINS[2]:
        parts.append(str(row.citation).split(", doi", maxsplit=1)[0])
    label = textwrap.shorten(", ".join(parts), _LONGEST_LABEL, placeholder=" …")
    total = _NOT_PRINTED if pd.isna(row.total) else row.total
    count = _NOT_PRINTED if pd.isna(row.events) else f"{row.events}/{total}"
    if pd.notna(row.low):
        return label, count, percent_ci(row.proportion, row.low, row.high)
    if row.no_rate:
        return label, count, f"no proportion: {row.no_rate}"
    printed = (
        "no percentage" if pd.isna(row.percent_reported) else f"{number(row.percent_reported)} % printed"
    )
    return label, count, printed
