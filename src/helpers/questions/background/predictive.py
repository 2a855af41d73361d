"""What a new cohort without cells would show, by outcome and condition, and where each treated cohort lies against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
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
#: What is read of a count, and of a pair of `matching.candidates` with its names here: all columns of a row take far longer.
_ROW = [*_COUNT, "side", "kind", "sums", "arm_id", "design", "note"]
_PAIR = {
    "stratum": "stratum", "name": "treated", "kind_b": "kind", "name_b": "name", "study_id_b": "study_id", "sums_b": "sums",
    "why": "why", "mismatch": "mismatch", "unknown": "unknown",
}  # fmt: skip
#: A line without its fit: its words, the count of each of its studies, and the treated cohorts that are compared with it.
_Set = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]


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
    again: Predictions | None = None,
) -> Predictions:
    """Predict a new cohort without cells for each outcome and condition, and compare every treated cohort with it.

    The background of a condition is its untreated cohorts, or, where none is counted, those with another
    treatment. A treated cohort is compared with those of them that `matching` allows, or else with all and
    not judged; the arms of one study are one cohort. Of `again`, made with another prior say, only the treated cohorts
    that have a probability there are compared.
    """
    lines, treated, conditions = [], [], tuple(condition)
    compared = None if again is None else again.treated[again.treated["probability"].notna()]
    asked = None if compared is None else set(zip(compared["line"], compared["name"], strict=True))
    for outcome in outcomes:
        sets, not_counted = _cohorts(ev, outcome, conditions, level)
        for words, studies, cohorts in sets:
            rows = [row for row in cohorts if asked is None or (row["line"], row["name"]) in asked]
            if rows or asked is None:
                new = _predicted(studies, tau_scale, level)
                lines.append(words | _line(studies, new, level))
                treated += _compared(rows, new, bias_sd, level)
        treated += not_counted if asked is None else []
    # The ovary first, and within it outcomes as asked for.
    ordered = pd.DataFrame(lines, columns=_LINE)
    ordered = ordered.sort_values("tissue", ascending=False, kind="stable", ignore_index=True)
    place = list(ordered["name"]).index
    frame = pd.DataFrame(treated, columns=_TREATED)
    frame = frame.sort_values("line", key=lambda line: line.map(place), kind="stable", ignore_index=True)
    return Predictions(ordered, frame)


@lru_cache(maxsize=2 * len(STEPS))
def _cohorts(
    ev: Evidence, outcome: str, condition: tuple[str, ...], level: float
) -> tuple[list[_Set], list[dict[str, Any]]]:
    """Sort the counts of an outcome once for all priors; return its lines, and the treated cohorts that are named only."""
    counts = comparable(ev, outcome=outcome, condition=condition, kinds=True, level=level)
    pairs = list(candidates(counts)[[*_PAIR]].rename(columns=_PAIR).itertuples())
    sets: list[_Set] = []
    for stratum, group in groupby(counts.rows[_ROW].itertuples(), key=lambda row: str(row.stratum)):
        rows = list(group)
        if any(row.side == TREATED for row in rows):
            mine = [pair for pair in pairs if pair.stratum == stratum]
            sets += _matched(outcome, rows, mine, level)
    names = {words["name"] for words, *_ in sets}
    return sets, [row for row in _not_counted(counts) if row["line"] in names]


def _matched(outcome: str, rows: list[Any], pairs: list[Any], level: float) -> list[_Set]:
    """Match the treated cohorts of a stratum with the cohorts like them, or else with all its background, the first set."""
    kind = UNTREATED if any(row.kind == UNTREATED for row in rows) else OTHER_TREATMENT
    background = _whole([row for row in rows if row.kind == kind])
    stratum = rows[0].stratum
    of_line = {"outcome": outcome, "tissue": rows[0].tissue, "stratum": stratum, "kind": kind}
    first = f"{outcome}/{stratum}"
    names, treated = {frozenset(row.name for row in background): first}, []
    for row in rows:
        if row.side != TREATED:
            continue
        mine = [pair for pair in pairs if pair.treated == row.name and pair.kind == kind]
        like = _whole([pair for pair in mine if not pair.why])
        k = len({pair.study_id for pair in like})
        cohorts = frozenset(one.name for one in (like if k > 1 else background))
        line = names.setdefault(cohorts, f"{first}, like {row.study_id}/{row.arm_id}")
        found = {"k": k, "why": ""} if k > 1 else {"k": 0, "why": _why(background, mine, k)}
        differing = _differing(like if k > 1 else mine)
        treated.append(_count(row, outcome, line) | _control(row, rows, level) | found | differing)
    return [
        (
            {"name": line, **of_line},
            _by_study([row for row in rows if row.name in cohorts]),
            [row for row in treated if row["line"] == line],
        )
        for cohorts, line in names.items()
    ]


def _predicted(
    studies: list[dict[str, Any]], tau_scale: float, level: float
) -> stats.PredictiveBackground | None:
    if len(studies) < 2:
        return None
    events, totals = ([study[name] for study in studies] for name in ("events", "total"))
    return stats.predictive_background(events, totals, tau_scale=tau_scale, level=level)


def _line(
    studies: list[dict[str, Any]], new: stats.PredictiveBackground | None, level: float
) -> dict[str, Any]:
    """Sum up the cohorts of a line, a count per study."""
    events, total = (sum(study[name] for study in studies) for name in ("events", "total"))
    fields: dict[str, Any] = {name: getattr(new, name, np.nan) for name in _PREDICTED}
    if len(studies) == 1:
        # One study is no pool: its own count and exact interval.
        low, high = stats.proportion_interval(events, total, level=level)
        fields |= {"estimate": events / total, "low": float(low), "high": float(high)}
    return fields | {
        "k": len(studies), "events": events, "total": total, "cohorts": [study["who"] for study in studies],
        "counts": [f"{study['events']}/{study['total']}" for study in studies],
        "citations": [study["citation"] for study in studies],
    }  # fmt: skip


def _compared(
    rows: list[dict[str, Any]], new: stats.PredictiveBackground | None, bias_sd: float, level: float
) -> list[dict[str, Any]]:
    """Compare the treated cohorts of a line with a new cohort of it, and say where each lies."""
    if new is None or not rows:
        return [row | {"position": NOT_COMPARED} for row in rows]
    events, totals = ([int(row[name]) for row in rows] for name in ("events", "total"))
    found = stats.compare_with_background(events, totals, new, bias_sd=bias_sd, level=level)
    whys = [row["why"] or str(reason) for row, reason in zip(rows, found.reason, strict=True)]
    place = np.select([found.probability >= HIGH, found.probability <= LOW], [ABOVE, BELOW], BETWEEN)
    return [
        row | {name: float(getattr(found, name)[i]) for name in _COMPARED}
        | {"position": NOT_COMPARED if why else str(place[i]), "why": why}
        for i, (row, why) in enumerate(zip(rows, whys, strict=True))
    ]  # fmt: skip


def _why(background: list[Any], pairs: list[Any], like: int) -> str:
    """Say why a treated cohort is not compared, of which so many studies are like enough."""
    studies = len({row.study_id for row in background})
    if studies < 2:
        return ONE_COHORT if studies else NO_COHORT
    reasons = [str(pair.why) for pair in pairs if pair.why]
    return reasons[0] if reasons and not like else ONE_LIKE


def _control(row: Any, rows: list[Any], level: float) -> dict[str, Any]:
    """Give the count of the treated cohort's own control, and the difference from it where it was randomised."""
    own = [one for one in rows if one.side == OWN_CONTROL and one.study_id == row.study_id]
    if len(own) != 1 or own[0].design != "rct":
        return {"control": "; ".join(one.count_text for one in own)}
    treated, control = (
        (one.events / one.total, *stats.proportion_interval(one.events, one.total, level=level))
        for one in (row, own[0])
    )
    low, high = stats.difference_limits(treated, control)
    words = f"{points(treated[0] - control[0])} points ({points(low)} to {points(high)})"
    return {
        "control": f"{own[0].count_text}{RANDOMISED}", "control_gap": words, "gap_low": low, "gap_high": high
    }  # fmt: skip


def _whole(rows: list[Any]) -> list[Any]:
    """Drop the parts of studies that are also there as a sum: each woman once."""
    summed = {row.study_id for row in rows if row.sums}
    return [row for row in rows if row.sums or row.study_id not in summed]


def _by_study(rows: list[Any]) -> list[dict[str, Any]]:
    """Sum the arms of each study, whose women are not the same: arms of one study do not show how much studies differ."""
    studies: dict[str, list[Any]] = {}
    for row in rows:
        studies.setdefault(row.study_id, []).append(row)
    return [
        {
            "events": sum(int(arm.events) for arm in arms), "total": sum(int(arm.total) for arm in arms),
            "who": "; ".join(arm.who_women for arm in arms), "citation": arms[0].citation,
        }
        for arms in studies.values()
    ]  # fmt: skip


def _count(row: Any, outcome: str, line: str) -> dict[str, Any]:
    """Describe a treated cohort; what is not known of it is empty."""
    empty = dict.fromkeys(("control", "control_gap", "mismatch", "unknown"), "")
    count = {name: getattr(row, name) for name in _COUNT}
    return empty | count | {"among": counted_among(row.note), "outcome": outcome, "line": line}


def _differing(pairs: list[Any]) -> dict[str, str]:
    """Name the aspects in which the treated differ from any of the cohorts, and those that cannot be compared with all."""
    unlike = {part.partition(" (")[0] for pair in pairs for part in pair.mismatch.split("; ")}
    silent = {aspect for pair in pairs for aspect in pair.unknown.split(", ")} - unlike
    named = {"mismatch": unlike, "unknown": silent}
    return {name: ", ".join(filter(found.__contains__, ASPECTS)) for name, found in named.items()}


def _not_counted(counts: Comparable) -> list[dict[str, Any]]:
    """List treated cohorts whose count is no rate: they are named, and neither drawn nor compared."""
    rows = counts.left_out
    rows = rows[(rows["side"] == TREATED) & (rows["no_rate"] != "") & (rows["total"] > 1).fillna(value=False)]
    rows = rows.assign(who_women=rows["who"])[[*_ROW, "no_rate"]].drop_duplicates("study_id")
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
