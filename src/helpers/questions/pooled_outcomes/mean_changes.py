"""The mean change of a marker in women treated with cells, over a grid of correlations that no paper prints."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.changes import after_treatment
from helpers.counts.cohorts import larger_cohorts, overlap_lists
from helpers.counts.one_count import MIXED, among, asked_for, known_words, strata, withdrawn
from helpers.counts.one_row import Rule, first_broken, preferred, standing
from helpers.counts.outcomes import AFTER
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.evidence.units import known_units
from helpers.evidence.vocabulary import CONDITION
from helpers.questions.pooled_outcomes.rows import MIXED_WOMEN, ONE_STUDY, READ_OTHERWISE, in_order
from helpers.show.numbers import change_text, number, signed
from helpers.stats.validation import FloatArray

#: Markers whose levels are about normal, and the scale of the half-normal prior of tau in their unit: about one standard
#: deviation of a change. Hormones are skewed: a difference of their means says little.
TAU_SCALE = {"endometrial-thickness": 1.0, "AFC": 1.0}
CORRELATIONS = (0.0, 0.3, 0.5, 0.7, 0.9)
#: Names of the estimates, in the order of `stats.effects_side_by_side`.
ESTIMATES = ("Wald", "modified HKSJ", "Bayes")
_ARM = ["study_id", "arm_id"]
_POOL = ["measure", "section"]
#: One arm of a study in a pool, and one of the cohorts that may share women.
_ONE_ARM: tuple[Rule, ...] = (
    *preferred(
        {"largest": "another arm of the same study stands for it: the one with most women"},
        largest=[*_POOL, "study_id"],
    ),
    partial(larger_cohorts, within=_POOL),
)
_GIVEN = ["mean_before", "sd_before", "mean_after", "sd_after", "n"]
_NUMBERS = ("estimate", "low", "high", "prediction_low", "prediction_high", "i2")


@dataclass(frozen=True, eq=False)
class MeanChanges:
    """Mean changes of markers in women treated with cells, and the arms without one."""

    #: One row per marker and arm. section names the women that may share a pool; alone says why a row is not pooled, empty if it is; n is
    #: missing if not printed; months is of the later level; effect is after minus before, and its text has the interval at the lowest
    #: correlation; unlabelled says that the ± is printed without saying of what; rows are the two levels.
    rows: pd.DataFrame
    #: name, r, low, high: one row per correlation and row with a number of women.
    intervals: pd.DataFrame
    #: One row per pool, correlation and estimate.
    estimates: pd.DataFrame
    #: The other arms with a level or change of a marker, with why.
    left_out: pd.DataFrame
    measures: tuple[str, ...]
    #: Assumed between before and after, from low to high.
    correlations: tuple[float, ...]
    level: float


def mean_changes(
    ev: Evidence,
    *,
    measure: Iterable[str],
    correlation: Iterable[float] = CORRELATIONS,
    condition: Iterable[str] = ("all",),
    tissue: Iterable[str] = ("all",),
    access: Iterable[str] = ("all",),
    level: float = 0.95,
) -> MeanChanges:
    """Compute mean changes to the last time with a mean, from printed means and SDs, and pool those of independent studies.

    Two independent studies of women of one condition make a pool; of cohorts that may share women the larger stays. Unknown words, and
    correlations of before and after outside -1 to below 1, raise ValueError.
    """
    measures = (measure,) if isinstance(measure, str) else tuple(measure)
    known_words(measures, set(TAU_SCALE), "measure")
    correlations = tuple(sorted(set(correlation)))
    if not correlations or not all(-1 <= r < 1 for r in correlations):
        raise ChoiceError("correlation: give one or more numbers from -1 to below 1")
    asked = asked_for(ev, condition=condition, tissue=tissue, access=access)
    arms = [arm for name in measures for arm in _reported(ev, name, asked)]
    rows = _sectioned(pd.DataFrame(arms, columns=_COLUMNS))
    kept = rows["why"] == ""
    orders = {"measure": measures, "condition": CONDITION, "section": None, "n": None, "study_label": None}
    changes = in_order(rows[kept], orders, largest="n")
    intervals = _intervals(changes, correlations, level)
    lowest = intervals.drop_duplicates("name").set_index("name")
    changes["effect_text"] = [
        change_text(effect, *lowest.loc[name, ["low", "high"]]) if name in lowest.index else signed(effect)
        for name, effect in zip(changes["name"], changes["effect"], strict=True)
    ]
    pools = changes[changes["alone"] == ""].groupby(_POOL, sort=False)
    estimates = [line for _, pool in pools for line in _pooled(pool, correlations, level)]
    return MeanChanges(
        rows=changes,
        intervals=intervals,
        estimates=pd.DataFrame(estimates, columns=_ESTIMATE),
        left_out=in_order(rows[~kept], {"why": None, "measure": None, "study_label": None}),
        measures=measures,
        correlations=correlations,
        level=level,
    )


_ABOUT = [
    "measure",
    "study_id",
    "study_label",
    "arm_id",
    "arm_label",
    "section",
    "condition",
    "arm_kind",
    "cell_source",
]
#: What is read of a level or a change.
_READ = [
    *_ABOUT, "withdrawn", "kind_of_row", "access", "subject", "subgroup", "timepoint_months", "mean", "sd", "median", "n", "note",
    "change_kind", "origin", "citation", "evidence_row",
]  # fmt: skip
_COLUMNS = [
    *_ABOUT, "name", "why", "unit", "overlaps", "n", "mean_before", "sd_before", "mean_after", "sd_after",
    "months", "effect", "before_text", "after_text", "unlabelled", "origin", "citation", "evidence", "rows",
]  # fmt: skip
_ESTIMATE = [
    "name",
    "measure",
    "unit",
    "section",
    "estimate_name",
    "r",
    "k",
    "women",
    *_NUMBERS,
    "tau",
    "effect_text",
]


def _reported(ev: Evidence, measure: str, asked: dict[str, set[str]]) -> list[dict[str, Any]]:
    """Gather the reports on a marker in each arm of women treated with cells."""
    frames = []
    for name in ("measurements", "changes"):
        frame = ev.select(name, measure=measure, role=["cited", "treatment"], arm_kind="cells")
        frame = among(frame, asked)
        frame = frame.assign(section=strata(ev, frame), withdrawn=withdrawn(ev, frame), kind_of_row=name)
        frames.append(frame[frame.columns.intersection(_READ)])
    sharing_with = overlap_lists(ev.studies.set_index("study_id")).to_dict()
    rows = pd.concat(frames, ignore_index=True)
    return [
        _arm(arm_rows, asked["access"]) | {"overlaps": sharing_with[study]}
        for (study, _), arm_rows in rows.groupby(_ARM, sort=False)
    ]


def _arm(rows: pd.DataFrame, access: set[str]) -> dict[str, Any]:
    """Describe the mean change of an arm, or say why there is none."""
    first = rows.iloc[0]
    line = {
        **first[_ABOUT],
        "name": f"{first['measure']}/{first['study_id']}/{first['arm_id']}",
        "unit": known_units(first["measure"])[0],
        "why": "",
        **_sources(rows),
    }
    read = rows if "all" in access else rows[rows["access"].isin(access)]
    levels = read[(read["kind_of_row"] == "measurements") & ~read["withdrawn"]]
    cohort = levels[(levels["subject"] == "cohort") & levels["subgroup"].fillna(AFTER).eq(AFTER)]
    means = cohort[cohort["mean"].notna() & (cohort["sd"] > 0)]
    before = _nearest(means[(means["timepoint_months"] == 0) & means["subgroup"].isna()])
    after = _nearest(means[after_treatment(means)])
    if before.empty or after.empty:
        return line | {"why": _unusable(rows, read, levels, cohort)}
    start, end = before.iloc[0], after.sort_values("timepoint_months", na_position="first").iloc[-1]
    if pd.notna(start["n"]) and pd.notna(end["n"]) and start["n"] != end["n"]:
        return line | {"why": "other women after than before: no change in the same women"}
    pair = pd.DataFrame([start, end])
    return {
        **line,
        "n": math.nan if pair["n"].isna().any() else float(start["n"]),
        **{f"{name}_before": start[name] for name in ("mean", "sd")},
        **{f"{name}_after": end[name] for name in ("mean", "sd")},
        "months": end["timepoint_months"],
        "effect": end["mean"] - start["mean"],
        "before_text": f"{number(start['mean'], 2)} ± {number(start['sd'], 2)}",
        "after_text": f"{number(end['mean'], 2)} ± {number(end['sd'], 2)}",
        "origin": start["origin"],
        "unlabelled": any("taken as SD" in str(note) for note in pair["note"]),
        **_sources(pair),
    }


def _sources(rows: pd.DataFrame) -> dict[str, Any]:
    citation = "; ".join(dict.fromkeys(rows["citation"]))
    return {"rows": rows, "citation": citation, "evidence": "; ".join(rows["evidence_row"])}


def _nearest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of the sources nearest to the study."""
    return standing(rows, nearest=_ARM)


def _unusable(rows: pd.DataFrame, read: pd.DataFrame, levels: pd.DataFrame, cohort: pd.DataFrame) -> str:
    """Say why there is no mean with its standard deviation before and after."""
    if rows["withdrawn"].any():
        return "the paper is retracted"
    if read.empty:
        return READ_OTHERWISE
    if (read["subject"] != "cohort").all():
        return "a single patient: no spread"
    if cohort["median"].notna().any():
        return "medians, which are not turned into means: a median and a mean make no change"
    if cohort["mean"].notna().any():
        return "no mean with its standard deviation both before and after"
    if len(levels):
        return "levels whose statistic was not named"
    if (read["change_kind"] == "percent").any():
        return "a change in percent, without levels"
    return "only a change reported, without levels"


def _sectioned(rows: pd.DataFrame) -> pd.DataFrame:
    """Exclude women who are in another row, and say why a row is not pooled."""
    usable = rows[rows["why"] == ""]
    rows.loc[usable.index, "why"] = first_broken(usable.assign(total=usable["n"]), _ONE_ARM)
    kept, mixed, uncounted = rows["why"] == "", rows["condition"] == MIXED, rows["n"].isna()
    fit = rows[kept & ~mixed & ~uncounted]
    single = fit.groupby(_POOL)["study_id"].transform("nunique") == 1
    alone = {
        "women of more than one condition, how many is not printed": mixed & uncounted,
        MIXED_WOMEN: mixed,
        "how many women were measured is not printed: no interval": uncounted,
        ONE_STUDY: single.reindex(rows.index, fill_value=False),
    }
    return rows.assign(alone=np.select([kept & why for why in alone.values()], list(alone), ""))


def _changes(rows: pd.DataFrame, correlations: tuple[float, ...]) -> tuple[FloatArray, FloatArray]:
    """Return mean changes and their variances, of shape (correlations, rows)."""
    before, sd_before, after, sd_after, n = rows[_GIVEN].to_numpy(np.float64).T
    r = np.array(correlations)[:, None]
    return stats.before_after(before, sd_before, after, sd_after, n, r, measure="MC")


def _intervals(rows: pd.DataFrame, correlations: tuple[float, ...], level: float) -> pd.DataFrame:
    counted = rows[rows["n"].notna()]
    effects, variances = _changes(counted, correlations)
    low, high = stats.change_interval(effects, variances, counted["n"].to_numpy(np.float64), level=level)
    names, r = np.repeat(counted["name"].to_numpy(), len(correlations)), np.tile(correlations, len(counted))
    return pd.DataFrame({"name": names, "r": r, "low": low.T.ravel(), "high": high.T.ravel()})


def _pooled(rows: pd.DataFrame, correlations: tuple[float, ...], level: float) -> list[dict[str, Any]]:
    shared = rows.iloc[0][["measure", "unit", "section"]].to_dict() | {"women": int(rows["n"].sum())}
    tau_scale = TAU_SCALE[shared["measure"]]
    lines = []
    for r, effects, variances in zip(correlations, *_changes(rows, correlations), strict=True):
        fits = stats.effects_side_by_side(effects, variances, tau_scale=tau_scale, level=level)
        lines += [
            {
                **shared,
                "name": f"{shared['measure']}/{shared['section']}/{name}/r {number(r)}",
                "estimate_name": name,
                "r": r,
                "k": fit.k,
                **{field: float(getattr(fit, field)) for field in _NUMBERS},
                "tau": math.sqrt(fit.tau2),
                "effect_text": change_text(fit.estimate, fit.low, fit.high),
            }
            for name, fit in zip(ESTIMATES, fits, strict=True)
        ]
    return lines


def mean_change_values(row: pd.Series[Any], changes: MeanChanges) -> dict[str, Any]:
    """Take the recorded numbers from a row of `MeanChanges.rows`."""
    own = changes.intervals[changes.intervals["name"] == row["name"]]
    limits = own.set_index(own["r"].map(number))[["low", "high"]].to_dict()
    return {"n": None if pd.isna(row["n"]) else int(row["n"]), "change": float(row["effect"]), **limits}


def mean_change_pool_values(pool: pd.Series[Any]) -> dict[str, Any]:
    """Take the recorded numbers from a row of `MeanChanges.estimates`."""
    numbers = {name: float(pool[name]) for name in (*_NUMBERS, "tau")}
    return {"k": int(pool["k"]), "women": int(pool["women"]), **numbers}
