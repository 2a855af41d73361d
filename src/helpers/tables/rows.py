"""Tidy rows made once from evidence: figure, table and sentence of a notebook are drawn from the same frame."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence.checks.enrolment import above_enrolled, women_enrolled
from helpers.evidence.horizons import EARLY, LONG, SHORT, UNKNOWN, horizon
from helpers.evidence.provenance import NEAREST, ORIGINS, origin
from helpers.evidence.schema import key_of
from helpers.evidence.vocabulary import CHANGE_KIND, DIRECTION, ORGAN, OUTCOME, ROLE, TISSUE, capital, phrase

_NOT_PRINTED = "not printed"
_LONGEST_LABEL = 150
_CROSSED = re.compile("cross-?over", flags=re.IGNORECASE)


def percent(proportion: float) -> str:
    """Write a proportion in percent with one decimal, halves up, as papers do: 13/16 is 81.3."""
    exact = Decimal(str(round(100 * proportion, 9)))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def points(share: float) -> str:
    """Write a difference of proportions in percentage points, with its sign: ``+1.3``."""
    sign = "−" if share < 0 else "+"
    return sign + percent(abs(share))


def no_rate(outcomes: pd.DataFrame) -> pd.Series[str]:
    """Say why a count is no proportion of the women treated, whatever its total; empty where nothing speaks against it.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``Evidence.select("outcomes", ...)``.

    Returns
    -------
    pandas.Series of str
        For a count that was published because its event had happened, and for one whose total is above the women enrolled.
    """
    why = pd.Series("", index=outcomes.index, dtype="str")
    enrolled = women_enrolled(outcomes).astype("string")
    why.update("total above the " + enrolled[above_enrolled(outcomes, "total")] + " women enrolled")
    why[outcomes["reporting"] == "event-triggered"] = "published because it had happened"
    return why


def outcome_rows(
    outcomes: pd.DataFrame, criteria: pd.DataFrame, *, interval: str, level: float
) -> pd.DataFrame:
    """Add proportion, interval and display labels to the selected outcomes.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``Evidence.select("outcomes", ...)``.
    criteria : pandas.DataFrame
        The table `criteria`, for the windows of short and long term.
    interval : {"clopper-pearson", "wilson", "jeffreys"}
        Method of the interval.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        The rows sorted by tissue, outcome, horizon, role (cited first), time, study and arm (cells first), with horizon,
        section (organ, outcome and horizon), label, origin, no_rate, proportion, low, high, count_text and interval_text. A count
        that is no rate has no proportion and says why; one without a total, or a percentage without counts, has no interval.
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
    rows["label"] = [_label(row) for row in rows.itertuples()]
    rows["count_text"] = [_count_text(row) for row in rows.itertuples()]
    rows["interval_text"] = [_interval_text(row) for row in rows.itertuples()]
    rows["name"] = _names(rows, "outcome")
    rows["_tissue"] = rows["tissue"].map(list(TISSUE).index)
    rows["_outcome"] = rows["outcome"].map(list(OUTCOME).index)
    rows["_horizon"] = rows["horizon"].map([EARLY, SHORT, LONG, UNKNOWN].index)
    rows["_origin"] = rows["origin"].map(ORIGINS.index)
    rows["_role"] = rows["study_role"].map(list(ROLE).index)
    rows["_beside"] = rows["arm_kind"] != "cells"
    by = ["_tissue", "_outcome", "_horizon", "_role", "timepoint_months", "study_label", "_beside", "_origin"]
    return rows.sort_values(by, kind="stable").drop(columns=[column for column in by if column[0] == "_"])


def count_values(row: Mapping[str, Any] | pd.Series[Any]) -> dict[str, float | int | None]:
    """Take from an outcome row the numbers that are recorded as its result.

    Parameters
    ----------
    row : pandas.Series or mapping
        A row made by `outcome_rows`.

    Returns
    -------
    dict
        events, total, proportion, low and high; None for what was not reported.
    """
    counts = {name: None if pd.isna(row[name]) else int(row[name]) for name in ("events", "total")}
    shares = {
        name: None if pd.isna(row[name]) else float(row[name]) for name in ("proportion", "low", "high")
    }
    return {**counts, **shares}


def _names(rows: pd.DataFrame, what: str) -> list[str]:
    """Name each row by its key, as short as it stays unique within the rows."""
    base = (
        rows[["study_id", "arm_id", what, "source_id"]].agg("/".join, axis=1)
        if len(rows)
        else rows["source_id"]
    )
    months = [f"/month {month:g}" if pd.notna(month) else "" for month in rows["timepoint_months"]]
    names = base + ("/" + rows["subgroup"]).fillna("") + pd.Series(months, index=rows.index, dtype="str")
    for more in ("locator", "total_unit"):
        if more in rows:
            names = names.where(~names.duplicated(keep=False), names + "/" + rows[more].fillna("no total"))
    return list(names)


def measurement_rows(measurements: pd.DataFrame) -> pd.DataFrame:
    """Add to selected measurements the centre, the spread and the words that tell them.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", ...)``.

    Returns
    -------
    pandas.DataFrame
        All rows, with centre, low, high, label, text, origin and name. The median and its quartiles are taken where
        printed, else the mean and its standard deviation; neither is turned into the other. What was
        printed in words has no centre.
    """
    rows = measurements.copy()
    rows["centre"] = rows["median"].fillna(rows["mean"])
    spread = rows["median"].notna()
    rows["low"] = rows["q1"].where(spread, rows["mean"] - rows["sd"])
    rows["high"] = rows["q3"].where(spread, rows["mean"] + rows["sd"])
    several = rows.groupby("study_id")["arm_id"].transform("nunique") > 1
    rows["series"] = rows["study_label"].where(~several, rows["study_label"] + ", " + rows["arm_label"])
    rows["label"] = pd.Series(
        [", ".join(_whose(row)) for row in rows.itertuples()], index=rows.index, dtype="str"
    )
    rows["origin"] = origin(rows["source_kind"])
    rows["text"] = pd.Series([_level_text(row) for row in rows.itertuples()], index=rows.index, dtype="str")
    rows["name"] = pd.Series(_names(rows, "measure"), index=rows.index, dtype="str") + "/" + rows["subject"]
    return rows


def level_rows(measurements: pd.DataFrame) -> pd.DataFrame:
    """Keep of selected measurements those that can be drawn: with a number and a time point.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", measure=...)``, in the unit wanted.

    Returns
    -------
    pandas.DataFrame
        What `measurement_rows` makes of them.
    """
    rows = measurement_rows(measurements)
    return rows[rows["centre"].notna() & rows["timepoint_months"].notna()]


def period_rows(measurements: pd.DataFrame) -> pd.DataFrame:
    """Keep of selected measurements the levels in the periods of a cross-over that no time was printed for.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", measure=...)``, in the unit wanted.

    Returns
    -------
    pandas.DataFrame
        What `measurement_rows` makes of them. That they are of a cross-over stands in the note of each.
    """
    rows = measurement_rows(measurements)
    crossed = rows["note"].str.contains(_CROSSED, na=False)
    return rows[crossed & rows["centre"].notna() & rows["timepoint_months"].isna()]


def described_rows(measurements: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """Gather what is told of a marker in words or classes, or without a time point.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", measure=...)``, in the unit wanted.
    baseline : pandas.DataFrame
        Rows of ``Evidence.select("baseline", ...)`` about the same marker.

    Returns
    -------
    pandas.DataFrame
        study_label, text, origin, citation and evidence (the evidence rows), one row per level in words and one per
        set of classes.
    """
    rows = measurement_rows(measurements)
    told = rows[rows["centre"].isna() | rows["timepoint_months"].isna()]
    when = [
        "before" if month == 0 else f"month {month:g}" if pd.notna(month) else "time not printed"
        for month in told["timepoint_months"]
    ]
    told = told.assign(evidence=told["evidence_row"])
    columns = ["study_label", "text", "origin", "citation", "evidence"]
    # The study has a column of its own.
    whom = [", ".join([*_whose(row)[1:], at]) for row, at in zip(told.itertuples(), when, strict=True)]
    words = told.assign(text=pd.Series(whom, index=told.index, dtype="str") + ": " + told["text"])[columns]
    classes = [
        {
            "study_label": label,
            "text": "before: "
            + "; ".join(f"{row.category} in {row.n}/{row.total}" for row in group.itertuples()),
            "origin": origin(group["source_kind"]).iloc[0],
            "citation": group["citation"].iloc[0],
            "evidence": "; ".join(group["evidence_row"]),
        }
        for (label, _), group in baseline.groupby(["study_label", "characteristic"], sort=False)
    ]
    return pd.concat([words, pd.DataFrame(classes, columns=columns, dtype="str")], ignore_index=True)


def change_texts(changes: pd.DataFrame) -> pd.DataFrame:
    """Add to selected changes whose they are, who tells them and the words that tell them.

    Parameters
    ----------
    changes : pandas.DataFrame
        Rows of ``Evidence.select("changes", ...)``.

    Returns
    -------
    pandas.DataFrame
        All rows, with label, origin and text.
    """
    rows = changes.copy()
    rows["label"] = pd.Series(
        [", ".join(_whose(row)) for row in rows.itertuples()], index=rows.index, dtype="str"
    )
    rows["origin"] = origin(rows["source_kind"])
    rows["text"] = pd.Series([_change_text(row) for row in rows.itertuples()], index=rows.index, dtype="str")
    return rows


def change_rows(changes: pd.DataFrame) -> pd.DataFrame:
    """Join the sources that tell the same change.

    Parameters
    ----------
    changes : pandas.DataFrame
        Rows of ``Evidence.select("changes", ...)``.

    Returns
    -------
    pandas.DataFrame
        What `change_texts` makes, one row per change: the origin is the one nearest to the study, the
        citations are joined, and evidence names the rows of all of them.
    """
    rows = change_texts(changes)
    rows = rows.sort_values("origin", key=lambda column: column.map(NEAREST.index), kind="stable")
    same = [
        *(column for column in key_of("changes") if column not in {"source_id", "locator"}),
        "direction",
        "text",
    ]
    told_by = rows.groupby(same, dropna=False, sort=False)
    for column, name in (("citation", "citation"), ("evidence_row", "evidence")):
        rows[name] = told_by[column].transform(lambda told: "; ".join(dict.fromkeys(told)))
    return rows.drop_duplicates(subset=same).sort_index()


def threshold_rows(reference_values: pd.DataFrame) -> pd.DataFrame:
    """Make of diagnostic thresholds one row per value, named by whom it defines.

    Parameters
    ----------
    reference_values : pandas.DataFrame
        Rows of ``Evidence.select("reference_values", measure=..., kind="diagnostic-threshold")``, in the unit
        wanted. Where any is about POI or POF, the others are left out.

    Returns
    -------
    pandas.DataFrame
        value, upper, label, citation and evidence (the evidence rows), sorted by value. A threshold with one limit is a line (`upper` is
        missing); one whose cut-off ranges is a band from `value` to `upper`.
    """
    given = reference_values[reference_values[["low", "high"]].notna().any(axis=1)]
    ovarian = given["population"].str.match("PO[IF]")
    rows = given[ovarian] if ovarian.any() else given
    lines = []
    for _, group in rows.groupby(["low", "high"], sort=True, dropna=False):
        low, high = float(group["low"].iloc[0]), float(group["high"].iloc[0])
        words = f"{low:.3g} to {high:.3g}"
        if math.isnan(high):
            words = f"above {low:.3g}"
        elif math.isnan(low):
            words = f"below {high:.3g}"
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        lines.append(
            {
                "value": high if math.isnan(low) else low,
                "upper": math.nan if math.isnan(low) else high,
                "label": f"{words}: {group['population'].iloc[0]}{more}",
                "citation": "; ".join(dict.fromkeys(group["citation"])),
                "evidence": "; ".join(group["evidence_row"]),
            }
        )
    columns = ["value", "upper", "label", "citation", "evidence"]
    return pd.DataFrame(lines, columns=columns).sort_values("value", ignore_index=True)


def _whose(row: Any) -> list[str]:
    """Name the study of a row, and its arm, patient and subgroup where they need saying."""
    subject = getattr(row, "subject", "cohort")
    return [
        str(row.study_label),
        *([str(row.arm_label)] if row.arm_id != "cells" else []),
        *([subject.replace("-", " ")] if subject != "cohort" else []),
        *([str(row.subgroup)] if pd.notna(row.subgroup) else []),
    ]


def _label(row: Any) -> str:
    study, *parts = _whose(row)
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
        return f"{percent(row.proportion)} % ({percent(row.low)} to {percent(row.high)})"
    if row.no_rate:
        return f"no proportion: {row.no_rate}"
    return f"{row.percent_reported:g} % printed" if pd.notna(row.percent_reported) else "no percentage"


def _level_text(row: Any) -> str:
    if pd.isna(row.centre):
        limits = (
            "" if pd.isna(row.minimum) and pd.isna(row.maximum) else f"{row.minimum:.3g} to {row.maximum:.3g}"
        )
        return str(row.text_value) if pd.notna(row.text_value) else limits
    statistic = "median" if pd.notna(row.median) else "mean"
    who = statistic if row.subject == "cohort" else "one patient:"
    spread = f" ({row.low:.3g} to {row.high:.3g})" if pd.notna(row.low) else ""
    n = "" if row.subject != "cohort" else f", n = {row.n}" if pd.notna(row.n) else ", n not printed"
    return f"{who} {row.centre:.3g}{spread}{n}"


def _change_text(row: Any) -> str:
    direction = DIRECTION.get(str(row.direction), "direction not stated")
    if pd.isna(row.change):
        size = f"{direction}, no figure"
    elif row.change_kind == "percent":
        size = f"{row.change:+g} %"
    elif row.change_kind == "fold":
        size = f"×{row.change:g}"
    else:
        size = f"{row.change:g} ({CHANGE_KIND.get(str(row.change_kind), 'kind not stated')})"
    return size if row.compared_with == "baseline" else f"{size} (against: {phrase(row.compared_with)})"
