"""The women of studies, each counted once: no arm and its sum together, no cohort and one that it overlaps."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.relations import SEPARATOR

#: Begins the reason of a cohort that gives way to a larger one.
SHARED = "may share women with"
_SUM = re.compile(r"\bsum of\b", flags=re.IGNORECASE)
#: In the note of an arm: the arm of its study that holds these women too, as the controls of a trial who cross over.
_SAME_WOMEN = re.compile(r"\bsame women as ([\w-]+)", flags=re.IGNORECASE)


def sum_arms(ev: Evidence, rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark the rows whose arm is a sum of other arms, by its name or note."""
    arm = ["study_id", "arm_id"]
    sums = ev.arms[(ev.arms["arm_id"] == "all") | ev.arms["note"].str.contains(_SUM, na=False)]
    marked = pd.MultiIndex.from_frame(rows[arm]).isin(pd.MultiIndex.from_frame(sums[arm]))
    return pd.Series(marked, index=rows.index)


def same_women(ev: Evidence) -> pd.Series[str]:
    """Name for each arm the other arm of its study that holds its women, where its note says so."""
    return ev.arms["note"].astype("str").str.extract(_SAME_WOMEN)[0]


def overlap_lists(studies: pd.DataFrame) -> pd.Series[Any]:
    """List for each study those with which it may share women, with the index of `studies`; one blank word where there is none."""
    return studies["overlaps_with"].astype("str").fillna("").str.split(SEPARATOR)


def overlapping_labels(ev: Evidence, rows: pd.DataFrame) -> list[str]:
    """Name for each row the other studies among the rows with which its own may share women; blank where there are none."""
    labels = dict(zip(rows["study_id"], rows["study_label"], strict=True))
    shared = dict(zip(ev.studies["study_id"], overlap_lists(ev.studies), strict=True))
    return [
        "; ".join(labels[other] for other in shared[study] if other in labels) for study in rows["study_id"]
    ]


def gives_way(larger: str) -> str:
    """Say why a cohort is excluded for one that may hold the same women, given the name of that one."""
    return f"{SHARED} {larger}, which is larger"


def women_treated(ev: Evidence) -> dict[str, int]:
    """Count the women of each study who received cells; a study where this is not known is missing.

    The sum of its arms with cells. Where an arm prints no number and every arm received cells: the sum that the study
    reports, else the women enrolled.
    """
    sums, cells = sum_arms(ev, ev.arms), ev.arms["kind"] == "cells"
    parts = ev.arms[cells & ~sums].groupby("study_id")["n"]
    whole = ev.arms[cells & sums].groupby("study_id")["n"].max()
    every = cells.groupby(ev.arms["study_id"]).all()
    enrolled = ev.studies.set_index("study_id")["n_enrolled"]
    added = parts.sum()[parts.count() == parts.size()].reindex(every.index)
    instead = whole.reindex(every.index).fillna(enrolled.reindex(every.index)).where(every)
    return {str(study): int(women) for study, women in added.fillna(instead).dropna().items()}


def sharing(studies: list[str], overlaps: dict[str, list[str]]) -> dict[str, str]:
    """Map the studies that may share women with one before them to the one that is kept; `studies` has the largest first."""
    kept: list[str] = []
    dropped = {}
    for study in studies:
        rivals = [other for other in kept if other in overlaps.get(study, [])]
        if rivals:
            dropped[study] = rivals[0]
        else:
            kept.append(study)
    return dropped


def women_once(studies: pd.DataFrame) -> tuple[int, int]:
    """Add up the women of studies, those of cohorts that may share women once, and count the studies that report no number.

    `studies` has study_id, women (missing where unknown) and overlaps (a list of study_ids).
    """
    known = studies[studies["women"].notna()].sort_values("women", ascending=False, kind="stable")
    dropped = sharing(list(known["study_id"]), dict(zip(known["study_id"], known["overlaps"], strict=True)))
    return int(known.loc[~known["study_id"].isin(dropped), "women"].sum()), len(studies) - len(known)


def larger_cohorts(rows: pd.DataFrame, within: list[str]) -> pd.Series[str]:
    """Keep the larger of cohorts that may share women, all its arms together, among counts alike in the columns `within`.

    Runs last, when each arm is in one row and no arm is there with its sum.
    """
    overlaps = dict(zip(rows["study_id"], rows["overlaps"], strict=True))
    if not any(other in overlaps for others in overlaps.values() for other in others):
        return pd.Series([], index=rows.index[:0], dtype="str")
    labels = dict(zip(rows["study_id"], rows["study_label"], strict=True))
    sizes = rows.groupby([*within, "study_id"], sort=False)["total"].sum()
    together: dict[tuple[str, ...], list[str]] = {}
    for *group, study in sizes.sort_values(ascending=False, kind="stable").index:
        together.setdefault(tuple(group), []).append(study)
    dropped = {
        (*group, study): str(labels[rival])
        for group, studies_of_group in together.items()
        for study, rival in sharing(studies_of_group, overlaps).items()
    }
    keys = [tuple(key) for key in rows[[*within, "study_id"]].to_numpy()]
    why = [gives_way(dropped[key]) if key in dropped else "" for key in keys]
    reasons = pd.Series(why, index=rows.index, dtype="str")
    return reasons[reasons != ""]


def within_a_part(rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark parts of a part of an arm that is itself among the rows: of "IVF, age <35" and "IVF" the first."""
    keys = list(zip(rows["study_id"], rows["arm_id"], rows["subgroup"].fillna(""), strict=True))
    counted = set(keys)
    within = [
        any((study, arm, part[: comma.start()]) in counted for comma in re.finditer(", ", part))
        for study, arm, part in keys
    ]
    return pd.Series(within, index=rows.index, dtype=bool)
