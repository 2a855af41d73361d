"""Counts of different studies compared: one count per study, and why the others were not chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from helpers.counts.cohorts import overlap_lists, sum_arms
from helpers.evidence import Evidence
from helpers.evidence.provenance import NEAREST

#: What studies can be grouped by: column -> its words with their meanings.
_GROUPS = ("cell_source", "donor", "route")
_NAMES = {"cell_source": "Source of the cells", "donor": "Donor", "route": "Route"}
#: Group of the studies whose value is not known.
NOT_REPORTED = "not reported"
_YES = "yes"
_STUDY = ["study_id", "outcome"]
_ARM = [*_STUDY, "arm_id"]


def comparison_rows(ev: Evidence, rows: pd.DataFrame, *, group: str) -> pd.DataFrame:
    """Choose for each study the count that represents it, and put the counts into groups by cell_source, donor or route.

    Of several counts of one outcome in one study the rule takes, in this order: those with a total that are
    no modelled rate, no retracted document, the sum of arms before its parts, the source nearest to the
    study, women before cycles or pregnancies, the whole arm before subgroups, the latest time point; a
    count without one is that of the end of the study. Counts that still differ are all kept.

    `rows` are those of `outcome_rows` for arms with cells. All come back by tissue, group and condition,
    with group (its word, or ``not reported``), section (the word and its meaning), label (study, with arm,
    subgroup and month where needed), chosen (``yes``, or why not), drawn and overlaps (labels of drawn
    studies that may share women, joined by '; '). Another `group` raises `ValueError`.
    """
    if group not in _GROUPS:
        raise ValueError(f"studies are not grouped by {group!r}; choose one of: {', '.join(_GROUPS)}")
    words = ev.schema.tables["arms"].columns[group].vocabulary
    frame = rows.assign(group=rows[group].astype("str").fillna(NOT_REPORTED))
    meanings = {word: f"{word}: {meaning}" for word, meaning in words.items()}
    frame["section"] = frame["group"].map(meanings | {NOT_REPORTED: f"{_NAMES[group]} not reported"})
    frame["label"] = [_label(row) for row in frame.itertuples()]
    frame["chosen"] = _chosen(frame, _sums_of_arms(ev))
    frame["drawn"] = frame["chosen"] == _YES
    frame["overlaps"] = _overlaps(ev, frame)
    order = {
        "tissue": list(ev.schema.vocabularies["tissue"]),
        "group": [*words, NOT_REPORTED],
        "condition": list(ev.schema.vocabularies["condition"]),
    }
    return frame.sort_values(
        [*order, "study_label"],
        key=lambda column: column.map(order[column.name].index) if column.name in order else column,
        kind="stable",
    )


def _label(row: Any) -> str:
    """Name a count by its study; its mark shows who reports it, and the condition is written after it."""
    parts = [
        str(row.study_label),
        *([str(row.arm_label)] if row.arm_id != "cells" else []),
        *([str(row.subgroup)] if pd.notna(row.subgroup) else []),
        *([f"month {row.timepoint_months:g}"] if pd.notna(row.timepoint_months) else []),
    ]
    return ", ".join(parts)


def _sums_of_arms(ev: Evidence) -> set[tuple[str, str]]:
    sums = ev.arms[sum_arms(ev)]
    return set(zip(sums["study_id"], sums["arm_id"], strict=True))


def _chosen(frame: pd.DataFrame, sums: set[tuple[str, str]]) -> pd.Series[str]:
    is_part = pd.Series(
        [pair not in sums for pair in zip(frame["study_id"], frame["arm_id"], strict=True)], frame.index
    )
    # Each step keeps, within its rows, those with the smallest key.
    steps: list[tuple[str, list[str], Callable[[pd.DataFrame], pd.Series[float]]]] = [
        ("no: part of a sum of arms", _STUDY, lambda kept: is_part[kept.index].astype(float)),
        ("no: another source is nearer to the study", _ARM, lambda kept: kept["origin"].map(NEAREST.index)),
        ("no: not counted in women", _ARM, lambda kept: kept["total_unit"].ne("women").astype(float)),
        ("no: part of an arm", _ARM, lambda kept: kept["subgroup"].notna().astype(float)),
        ("no: an earlier time", _ARM, lambda kept: -kept["timepoint_months"].fillna(float("inf"))),
    ]
    why = pd.Series(_YES, index=frame.index, dtype="str")
    why[frame["low"].isna()] = "no: no total printed"
    why.update(("no: " + frame["no_rate"])[frame["no_rate"] != ""])
    why[frame["extraction"] == "model"] = "no: a modelled rate"
    why[frame["retracted"].notna()] = "no: retracted document"
    kept = frame[why == _YES]
    for reason, within, key in steps:
        keys = key(kept).astype(float)
        behind = keys > keys.groupby([kept[column] for column in within]).transform("min")
        why[kept.index[behind]] = reason
        kept = kept[~behind]
    again = kept.duplicated([*_ARM, "subgroup", "timepoint_months", "events", "total"])
    why[kept.index[again]] = "no: the same count again"
    return why


def _overlaps(ev: Evidence, frame: pd.DataFrame) -> pd.Series[str]:
    """Name, for every drawn study, the other drawn studies of its tissue that may share women with it."""
    names = dict(zip(ev.studies["study_id"], ev.studies["label"], strict=True))
    listed = overlap_lists(ev.studies)
    others = dict(zip(ev.studies["study_id"], listed, strict=True))
    shown = {str(tissue): set(rows["study_id"]) for tissue, rows in frame[frame["drawn"]].groupby("tissue")}
    lists = [
        "; ".join(names[other] for other in others[row.study_id] if other in shown[str(row.tissue)])
        if row.drawn
        else ""
        for row in frame.itertuples()
    ]
    return pd.Series(lists, index=frame.index, dtype="str")


_OTHERS = {
    "condition": "disease",
    "route": "route",
    "donor": "donor",
    "cell_source": "source of the cells",
    "design": "design",
}


def other_differences(frame: pd.DataFrame, group: str) -> list[str]:
    """Name what else differs between studies compared by `group`: condition, route, donor, source of cells, design."""
    return [
        name for column, name in _OTHERS.items() if column != group and frame[column].fillna("").nunique() > 1
    ]
