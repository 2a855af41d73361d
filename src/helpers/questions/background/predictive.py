"""What a new cohort without cells would show, by outcome and condition, and where each treated cohort lies against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.one_count import OTHER_TREATMENT, OWN_CONTROL, TREATED, UNTREATED
from helpers.counts.outcomes import counted_among
from helpers.evidence import Evidence
from helpers.questions.background.matching import ASPECTS, candidates
from helpers.questions.background.rows import Comparable, comparable
from helpers.show.numbers import points
from helpers.stats.background import HIGH, LOW

#: From the birth of a child down to menses: what matters most to a patient comes first.
STEPS = ("live-birth", "ongoing-pregnancy", "pregnancy", "menses-resumed")
#: Where a treated cohort lies against a new cohort without cells.
ABOVE, BELOW, BETWEEN, NOT_COMPARED = "above", "below", "not apart", "not compared"
#: Marks the count of a control that was randomised.
RANDOMISED = " (randomised)"
#: Why a treated cohort is not compared, where no rule on pairs says so.
NO_COHORT, ONE_COHORT, ONE_LIKE = (
    "no usable count of women without cells from another study",
    "one usable count only of women without cells from other studies",
    "fewer than two like studies without cells",
)
_PREDICTED = [
    "estimate", "low", "high", "mean", "prediction_low", "prediction_high", "tau", "tau_low", "tau_high",
]  # fmt: skip
_COMPARED = [
    "probability", "posterior_low", "posterior_high", "bias_to_high", "bias_to_half", "bias_to_low",
]  # fmt: skip
_LINE = [
    "name", "outcome", "tissue", "stratum", "kind", "k", "events", "total", "cohorts", "counts", "citations", *_PREDICTED,
]  # fmt: skip
_COUNT = [
    "name", "study_id", "tissue", "stratum", "who", "who_women", "events", "total", "proportion", "low", "high", "count_text",
    "origin", "cell_source", "citation", "evidence_row",
]  # fmt: skip
_TREATED = [
    *_COUNT, "among", "line", "outcome", "control", "control_gap", "gap_low", "gap_high", "k", *_COMPARED,
    "position", "why", "mismatch", "unknown",
]  # fmt: skip
#: The columns read of a pair of `matching.candidates`: to pick rows of all its columns takes far longer.
_PAIR = ["name", "stratum", "kind_b", "name_b", "study_id_b", "sums_b", "why", "mismatch", "unknown"]
#: A line without its fit: its words, and the count of each of its studies.
_Set = tuple[dict[str, Any], pd.DataFrame]


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions from cohorts without cells, and the treated cohorts compared with them.

    lines has a row per outcome and stratum, of all its background, and one for each further set of cohorts
    with which a treated cohort is compared: the fields of `stats.PredictiveBackground`, missing for fewer
    than two studies. treated has a row per treated cohort with the name of its line, its own control, the
    fields of `stats.BackgroundComparison`, its position, and why it is not compared.
    """

    lines: pd.DataFrame
    treated: pd.DataFrame


def predictions(
    ev: Evidence,
    outcomes: Iterable[str] = STEPS,
    *,
    condition: Iterable[str] = ("all",),
    tau_scale: float = stats.TAU_SCALE,
    bias_sd: float = 0.0,
    level: float = 0.95,
) -> Predictions:
    """Predict a new cohort without cells for each outcome and condition, and compare every treated cohort with it.

    The background of a condition is its untreated cohorts, or, where none is counted, those with another
    treatment. A treated cohort is compared with those of them that `matching` allows, or else with all and
    not judged; the arms of one study are one cohort.
    """
    lines, treated, conditions = [], [], tuple(condition)
    for outcome in outcomes:
        sets, cohorts, not_counted = _cohorts(ev, outcome, conditions, level)
        new = {
            name: _predicted(tuple(rows["events"]), tuple(rows["total"]), tau_scale, level)
            for name, (_, rows) in sets.items()
        }
        lines += [words | _line(rows, new[name], level) for name, (words, rows) in sets.items()]
        treated += [row | _compared(row, new[row["line"]], bias_sd, level) for row in cohorts]
        treated += not_counted
    # The ovary first, and within it outcomes as asked for.
    ordered = pd.DataFrame(lines, columns=_LINE)
    ordered = ordered.sort_values("tissue", ascending=False, kind="stable", ignore_index=True)
    rows = pd.DataFrame(treated, columns=_TREATED)
    place = list(ordered["name"]).index
    rows = rows.sort_values("line", key=lambda line: line.map(place), kind="stable", ignore_index=True)
    return Predictions(ordered, rows)


@lru_cache(maxsize=2 * len(STEPS))
def _cohorts(
    ev: Evidence, outcome: str, condition: tuple[str, ...], level: float
) -> tuple[dict[str, _Set], list[dict[str, Any]], list[dict[str, Any]]]:
    """Sort the counts of an outcome once for all priors.

    Return the sets of cohorts by the name of their line, the treated cohorts, and those that are named only.
    """
    counts = comparable(ev, outcome=outcome, condition=condition, kinds=True, level=level)
    pairs = candidates(counts)[_PAIR]
    sets: dict[str, _Set] = {}
    treated: list[dict[str, Any]] = []
    for stratum, rows in counts.rows.groupby("stratum", sort=False):
        if (rows["side"] == TREATED).any():
            of_stratum, cohorts = _matched(outcome, rows, pairs[pairs["stratum"] == stratum], level)
            sets |= of_stratum
            treated += cohorts
    return sets, treated, [row for row in _not_counted(counts) if row["line"] in sets]


def _matched(
    outcome: str, rows: pd.DataFrame, pairs: pd.DataFrame, level: float
) -> tuple[dict[str, _Set], list[dict[str, Any]]]:
    """Match the treated cohorts of a stratum with the cohorts like them, or else with all its background, the first set."""
    kind = UNTREATED if (rows["kind"] == UNTREATED).any() else OTHER_TREATMENT
    background = _whole(rows.loc[rows["kind"] == kind, ["name", "study_id", "sums"]])
    pairs = pairs[pairs["kind_b"] == kind]
    tissue, stratum = rows[["tissue", "stratum"]].iloc[0]
    of_line = {"outcome": outcome, "tissue": tissue, "stratum": stratum, "kind": kind}
    first = f"{outcome}/{stratum}"
    names, treated = {frozenset(background["name"]): first}, []
    for row in rows[rows["side"] == TREATED].itertuples():
        mine = pairs[pairs["name"] == row.name]
        like = _whole(mine[mine["why"] == ""], "_b")
        k = like["study_id_b"].nunique()
        cohorts = frozenset(like["name_b"] if k > 1 else background["name"])
        line = names.setdefault(cohorts, f"{first}, like {row.study_id}/{row.arm_id}")
        found = {"k": k, "why": ""} if k > 1 else {"k": 0, "why": _why(background, mine, k)}
        differing = _differing(like if k > 1 else mine)
        treated.append(_count(row, outcome, line) | _control(row, rows, level) | found | differing)
    sets = {
        line: ({"name": line, **of_line}, _by_study(rows[rows["name"].isin(cohorts)]))
        for cohorts, line in names.items()
    }
    return sets, treated


@lru_cache(maxsize=256)
def _predicted(
    events: tuple[int, ...], totals: tuple[int, ...], tau_scale: float, level: float
) -> stats.PredictiveBackground | None:
    if len(events) < 2:
        return None
    return stats.predictive_background(events, totals, tau_scale=tau_scale, level=level)


def _line(rows: pd.DataFrame, new: stats.PredictiveBackground | None, level: float) -> dict[str, Any]:
    """Sum up the cohorts of a line, one row per study."""
    events, total = int(rows["events"].sum()), int(rows["total"].sum())
    fields: dict[str, Any] = {name: getattr(new, name, np.nan) for name in _PREDICTED}
    if len(rows) == 1:
        # One study is no pool: its own count and exact interval.
        low, high = stats.proportion_interval(events, total, level=level)
        fields |= {"estimate": events / total, "low": float(low), "high": float(high)}
    return fields | {
        "k": len(rows), "events": events, "total": total, "cohorts": list(rows["who"]), "counts": list(rows["count_text"]),
        "citations": list(rows["citation"]),
    }  # fmt: skip


def _compared(
    row: dict[str, Any], new: stats.PredictiveBackground | None, bias_sd: float, level: float
) -> dict[str, Any]:
    """Compare a treated cohort with a new cohort of its line, and say where it lies."""
    if new is None:
        return {"position": NOT_COMPARED}
    count = int(row["events"]), int(row["total"])
    found = stats.compare_with_background(*count, new, bias_sd=bias_sd, level=level)
    why = row["why"] or found.reason
    position = ABOVE if found.probability >= HIGH else BELOW if found.probability <= LOW else BETWEEN
    fields = {name: getattr(found, name) for name in _COMPARED}
    return {**fields, "position": NOT_COMPARED if why else position, "why": why}


def _why(background: pd.DataFrame, pairs: pd.DataFrame, like: int) -> str:
    """Say why a treated cohort is not compared, of which so many studies are like enough."""
    studies = background["study_id"].nunique()
    if studies < 2:
        return ONE_COHORT if studies else NO_COHORT
    reasons = pairs.loc[pairs["why"] != "", "why"]
    return str(reasons.iloc[0]) if len(reasons) and not like else ONE_LIKE


def _control(row: Any, rows: pd.DataFrame, level: float) -> dict[str, Any]:
    """Give the count of the treated cohort's own control, and the difference from it where it was randomised."""
    mine = (rows["side"] == OWN_CONTROL) & (rows["study_id"] == row.study_id)
    own = rows.loc[mine, ["design", "count_text", "events", "total"]]
    if len(own) != 1 or own["design"].iloc[0] != "rct":
        return {"control": "; ".join(own["count_text"])}
    against = int(own["events"].iloc[0]), int(own["total"].iloc[0])
    gap = stats.compare_with_background(int(row.events), int(row.total), *against, level=level)
    words = f"{points(gap.difference)} points ({points(gap.low)} to {points(gap.high)})"
    limits = {"gap_low": float(gap.low), "gap_high": float(gap.high)}
    return {"control": f"{own['count_text'].iloc[0]}{RANDOMISED}", "control_gap": words, **limits}


def _whole(rows: pd.DataFrame, end: str = "") -> pd.DataFrame:
    """Drop the parts of studies that are also there as a sum: each woman once. `end` ends the names of the columns."""
    sums, study = rows[f"sums{end}"].astype(bool), rows[f"study_id{end}"]
    return rows[sums | ~study.isin(study[sums])]


def _by_study(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum the arms of each study, whose women are not the same: arms of one study do not show how much studies differ."""
    joined: dict[str, Any] = {"events": "sum", "total": "sum", "who_women": "; ".join, "citation": "first"}
    sums = (
        rows[["study_id", *joined]]
        .groupby("study_id", sort=False)
        .agg(joined)
        .rename(columns={"who_women": "who"})
    )
    sums = sums.astype({"events": "int64", "total": "int64"})
    return sums.assign(count_text=sums["events"].astype("str") + "/" + sums["total"].astype("str"))


def _count(row: Any, outcome: str, line: str) -> dict[str, Any]:
    """Describe a treated cohort; what is not known of it is empty."""
    empty = dict.fromkeys(("control", "control_gap", "mismatch", "unknown"), "")
    count = {name: getattr(row, name) for name in _COUNT}
    return empty | count | {"among": counted_among(row.note), "outcome": outcome, "line": line}


def _differing(pairs: pd.DataFrame) -> dict[str, str]:
    """Name the aspects in which the treated differ from any of the cohorts, and those that cannot be compared with all."""
    unlike = [aspect for aspect in ASPECTS if pairs["mismatch"].str.contains(rf"(?:^|; ){aspect} \(").any()]
    silent = {aspect for unknown in pairs["unknown"] for aspect in unknown.split(", ")}.difference(unlike)
    return {"mismatch": ", ".join(unlike), "unknown": ", ".join(filter(silent.__contains__, ASPECTS))}


def _not_counted(counts: Comparable) -> list[dict[str, Any]]:
    """List treated cohorts whose count is no rate: they are named, and neither drawn nor compared."""
    rows = counts.left_out
    rows = rows[(rows["side"] == TREATED) & (rows["no_rate"] != "") & (rows["total"] > 1).fillna(value=False)]
    rows = rows.drop_duplicates("study_id").assign(who_women=rows["who"])
    return [
        _count(row, counts.outcome, f"{counts.outcome}/{row.stratum}")
        | {"k": 0, "position": NOT_COMPARED, "why": row.no_rate}
        for row in rows.itertuples()
    ]


def line_values(line: pd.Series[Any]) -> dict[str, float | int | None]:
    """Take from a line the numbers that are recorded as its result; None where fewer than two studies are counted."""
    whole = {name: int(line[name]) for name in ("k", "events", "total")}
    return {**whole, **{name: None if pd.isna(line[name]) else float(line[name]) for name in _PREDICTED}}


def treated_values(row: pd.Series[Any]) -> dict[str, float | int | str | None]:
    """Take from a treated cohort the numbers that are recorded as its result, and where it lies."""
    whole = {name: int(row[name]) for name in ("events", "total", "k")}
    found = {name: None if pd.isna(row[name]) else float(row[name]) for name in _COMPARED}
    return {**whole, **found, "position": str(row["position"])}


def named(made: Predictions) -> pd.DataFrame:
    """Name the treated cohorts for their results: by count, and by outcome and condition."""
    rows = made.treated
    return rows.assign(
        name=rows["name"] + " against a new cohort, " + rows["outcome"] + "/" + rows["stratum"]
    )
