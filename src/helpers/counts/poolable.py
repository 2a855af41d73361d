"""What may never share a pool, whoever puts it together: the last guard before counts are pooled."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pandas as pd

from helpers.counts.cohorts import overlap_lists, sum_arms
from helpers.counts.one_count import (
    MIXED,
    OTHER_TREATMENT,
    TREATED,
    UNTREATED,
    case_report,
    no_rate,
    strata,
    withdrawn,
)
from helpers.evidence import Evidence

_ARM = ["study_id", "arm_id"]
#: Of what `Evidence.select` joins, the columns that decide whether counts may share a pool.
_JOINED = ("evidence_row", "role", "condition", "design", "arm_kind", "retracted")
_KINDS = {"cells": TREATED, "mixed": TREATED, "comparator": OTHER_TREATMENT, "untreated": UNTREATED}


def poolable(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Return selected outcomes as they are, if they may share a pool; else raise ValueError naming the studies and what to do.

    Refused are rows of animals and women, of pooled estimates, of several outcomes or conditions, of arms with cells
    and arms without, and rows without a count of women; rows of a case report, published because of their event, or
    of mixed women; cohorts that may share women, an arm twice or with a sum that holds it, and retracted papers.
    """
    if rows.get("species", pd.Series(dtype="str")).nunique() > 1:
        kinds = rows.groupby("species")["source_id"].unique().map(", ".join).sort_index()
        sources_of = "; ".join(f"{species} ({sources})" for species, sources in kinds.items())
        raise ValueError(
            f"animals and women never share a pool: choose rows of one species, not {sources_of}"
        )
    if not {*_ARM, "events", "total"} <= set(rows.columns):
        raise ValueError(
            "a pool is made of counts of single arms: choose rows of outcomes. Rows of pooled are pooled already, and may "
            "rest on the same studies"
        )
    check_selected(rows)
    faults = [
        *_not_counts(rows),
        *_unlike(ev, rows),
        *_counted_twice(ev, rows),
        *_overlapping(ev, rows),
        *_retracted(ev, rows),
    ]
    if faults:
        raise ValueError("these rows may not share a pool: " + "; ".join(faults))
    return rows


def check_selected(rows: pd.DataFrame) -> None:
    """Raise ValueError if rows of outcomes lack what `Evidence.select` joins to them."""
    missing = [name for name in _JOINED if name not in rows.columns]
    if missing:
        raise ValueError(f'take rows of ev.select("outcomes", ...): these have no {", ".join(missing)}')


def _not_counts(rows: pd.DataFrame) -> Iterator[str]:
    if rows["outcome"].nunique() > 1:
        yield f"they count {' and '.join(sorted(rows['outcome'].unique()))}: pool one outcome"
    counted = rows["events"].notna() & rows["total"].notna() & (rows["total_unit"] == "women")
    for study in sorted(rows.loc[~counted, "study_id"].unique()):
        yield f"{study} has a row without events and a total of women: leave it out"


def _unlike(ev: Evidence, rows: pd.DataFrame) -> Iterator[str]:
    for what, kinds in (("arms", rows["arm_kind"].map(_KINDS)), ("women", strata(ev, rows))):
        if kinds.nunique() > 1:
            named = [
                f"{kind} ({', '.join(sorted(studies.unique()))})"
                for kind, studies in rows["study_id"].groupby(kinds)
            ]
            yield f"the {what} are of several kinds, {' and '.join(named)}: pool one"
    for study in sorted(rows.loc[rows["condition"] == MIXED, "study_id"].unique()):
        yield f"the women of {study} are of mixed conditions: leave it out"
    for study in sorted(rows.loc[rows["arm_kind"] == "mixed", "study_id"].unique()):
        yield f"an arm of {study} holds women with cells and women without: leave it out"
    for why, studies in rows["study_id"].groupby(no_rate(rows)):
        yield f"a count of {' and '.join(sorted(studies.unique()))} is {why}, so leave it out"
    for study in sorted(rows.loc[case_report(rows).index, "study_id"].unique()):
        yield f"{study} is a case report, told because of what happened: leave it out"


def _counted_twice(ev: Evidence, rows: pd.DataFrame) -> Iterator[str]:
    for study, arm in rows.loc[rows.duplicated(_ARM), _ARM].drop_duplicates().itertuples(index=False):
        yield f"arm {arm} of {study} stands in more than one row: keep one"
    summed = sum_arms(ev, rows)
    several = rows.groupby("study_id")["arm_id"].transform("nunique") > 1
    for study in sorted(rows.loc[summed & several, "study_id"].unique()):
        yield f"{study} has an arm beside a sum of its arms: keep one of them"


def _overlapping(ev: Evidence, rows: pd.DataFrame) -> Iterator[str]:
    shared = overlap_lists(ev.studies.set_index("study_id"))
    for study, other in combinations(sorted(rows["study_id"].unique()), 2):
        if other in shared[study] or study in shared[other]:
            yield f"{study} and {other} may share women: keep one of them"


def _retracted(ev: Evidence, rows: pd.DataFrame) -> Iterator[str]:
    for study in sorted(rows.loc[withdrawn(ev, rows), "study_id"].unique()):
        yield f"the paper of {study} is retracted: leave it out"
