"""Counts of different studies compared: one count per study, and why the others were not chosen."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.cohorts import overlap_lists, sum_arms
from helpers.counts.one_row import first_broken, preferred
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.show.numbers import number

#: What studies can be grouped by: column -> its name where a study does not report it.
_NAMES = {"cell_source": "Source of the cells", "donor": "Donor", "route": "Route"}
#: Group of the studies whose value is not known.
NOT_REPORTED = "not reported"
_YES = "yes"
_ARM = ["study_id", "outcome", "arm_id"]
#: Counts of a study that still differ are all drawn.
_RULES = preferred(
    {
        "sum": "no: part of a sum of arms",
        "nearest": "no: another source is nearer to the study",
        "women": "no: not counted in women",
        "whole": "no: part of an arm",
        "latest": "no: an earlier time",
        "largest": "no: the same count again",
    },
    sum=["study_id", "outcome"], nearest=_ARM, women=_ARM, whole=_ARM, latest=_ARM,
    largest=[*_ARM, "subgroup", "timepoint_months", "events", "total"],
)  # fmt: skip


def comparison_rows(ev: Evidence, rows: pd.DataFrame, *, group: str) -> pd.DataFrame:
    """Choose for each study the counts that represent it, and group all by cell_source, donor or route; another `group` raises ValueError.

    `rows` are those of `outcome_rows` for arms with cells. All come back, with group and section, label,
    chosen (``yes``, or the first rule that the count breaks), drawn and overlaps (the drawn studies that may
    share women). Counts that still differ are all kept.
    """
    if group not in _NAMES:
        raise ChoiceError(f"studies are not grouped by {group!r}; choose one of: {', '.join(_NAMES)}")
    words = ev.schema.tables["arms"].columns[group].vocabulary
    frame = rows.assign(group=rows[group].astype("str").fillna(NOT_REPORTED))
    meanings = {word: f"{word}: {meaning}" for word, meaning in words.items()}
    frame["section"] = frame["group"].map(meanings | {NOT_REPORTED: f"{_NAMES[group]} not reported"})
    frame["label"] = [_label(row) for row in frame.itertuples()]
    frame["chosen"] = _chosen(frame.assign(sums=sum_arms(ev, frame)))
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
        *([f"month {number(row.timepoint_months)}"] if pd.notna(row.timepoint_months) else []),
    ]
    return ", ".join(parts)


def _chosen(frame: pd.DataFrame) -> pd.Series[str]:
    why = pd.Series(_YES, index=frame.index, dtype="str")
    why[frame["low"].isna()] = "no: no total printed"
    why.update(("no: " + frame["no_rate"])[frame["no_rate"] != ""])
    why[frame["extraction"] == "model"] = "no: a modelled rate"
    why[frame["retracted"].notna()] = "no: retracted document"
    given_way = first_broken(frame[why == _YES], _RULES)
    why.update(given_way[given_way != ""])
    return why


def _overlaps(ev: Evidence, frame: pd.DataFrame) -> pd.Series[str]:
    """Name, for every drawn study, the other drawn studies of its tissue that may share women with it."""
    studies = ev.studies.set_index("study_id")
    names, others = studies["label"], overlap_lists(studies)
    named: dict[Any, str] = {}
    for _, rows in frame[frame["drawn"]].groupby("tissue"):
        shown = set(rows["study_id"])
        for place, study in rows["study_id"].items():
            named[place] = "; ".join(names[other] for other in others[study] if other in shown)
    return pd.Series(named, dtype="str").reindex(frame.index, fill_value="")


_OTHERS = {
    "condition": "disease", "route": "route", "donor": "donor", "cell_source": "source of the cells", "design": "design",
}  # fmt: skip


def other_differences(frame: pd.DataFrame, group: str) -> list[str]:
    """Name what else differs between studies compared by `group`: condition, route, donor, source of cells, design."""
    return [
        name for column, name in _OTHERS.items() if column != group and frame[column].fillna("").nunique() > 1
    ]
