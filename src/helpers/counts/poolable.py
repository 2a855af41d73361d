"""What may never share a pool, whoever puts it together: the last guard before counts are pooled."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache, partial

import pandas as pd

from helpers.counts.cohorts import larger_cohorts
from helpers.counts.one_count import (
    MIXED,
    OTHER_TREATMENT,
    TREATED,
    UNTREATED,
    not_counted,
    strata,
)
from helpers.errors import ChoiceError
from helpers.evidence import Evidence

_ARM = ["study_id", "arm_id"]
#: Of what `Evidence.select` joins, the columns that decide whether counts may share a pool.
_JOINED = ("evidence_row", "role", "condition", "design", "arm_kind", "retracted")
_KINDS = {"cells": TREATED, "mixed": TREATED, "comparator": OTHER_TREATMENT, "untreated": UNTREATED}


def poolable(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Return selected outcomes as they are, if they may share a pool; else raise ValueError naming the studies and what to do.

    Refused are rows of animals and women, of pooled estimates, of several outcomes or conditions, of mixed women, of arms
    with cells and arms without, and whatever the rules of `one_count` leave out of these rows.
    """
    if rows.get("species", pd.Series(dtype="str")).nunique() > 1:
        kinds = rows.groupby("species")["source_id"].unique().map(", ".join).sort_index()
        sources_of = "; ".join(f"{species} ({sources})" for species, sources in kinds.items())
        raise ChoiceError(
            f"animals and women are never pooled together: choose rows of one species, not {sources_of}"
        )
    if not {*_ARM, "events", "total"} <= set(rows.columns):
        raise ChoiceError(
            "a pool is made of counts of single arms: choose rows of outcomes. Rows of pooled are pooled already, and may "
            "rest on the same studies"
        )
    check_selected(rows)
    names = zip(rows["evidence_row"], rows["study_id"], strict=True)
    faults = [*_unlike(ev, rows), *_left_out(ev, tuple(names))]
    if faults:
        raise ChoiceError("these rows may not be pooled together: " + "; ".join(faults))
    return rows


def check_selected(rows: pd.DataFrame) -> None:
    """Raise ValueError if rows of outcomes lack what `Evidence.select` joins to them, or if one is given twice."""
    missing = [name for name in _JOINED if name not in rows.columns]
    if missing:
        raise ChoiceError(f'take rows of ev.select("outcomes", ...): these have no {", ".join(missing)}')
    again = rows.loc[rows["evidence_row"].duplicated(), "evidence_row"]
    if len(again):
        raise ChoiceError(f"{again.iloc[0]} is given twice: keep it once")


def _unlike(ev: Evidence, rows: pd.DataFrame) -> Iterator[str]:
    if rows["outcome"].nunique() > 1:
        yield f"they count {' and '.join(sorted(rows['outcome'].unique()))}: pool one outcome"
    for what, kinds in (("arms", rows["arm_kind"].map(_KINDS)), ("women", strata(ev, rows))):
        if kinds.nunique() > 1:
            named = [
                f"{kind} ({', '.join(sorted(studies.unique()))})"
                for kind, studies in rows["study_id"].groupby(kinds)
            ]
            yield f"the {what} are of several kinds, {' and '.join(named)}: pool one"
    for study in sorted(rows.loc[rows["condition"] == MIXED, "study_id"].unique()):
        yield f"the women of {study} are of mixed conditions: leave it out"


@lru_cache(maxsize=256)
def _left_out(ev: Evidence, names: tuple[tuple[str, str], ...]) -> list[str]:
    """Refuse what the rules for counting each woman once leave out of these rows, given with their studies."""
    rows = pd.DataFrame(names, columns=["evidence_row", "study_id"])
    # A pool knows no sides: the controls of one study may be women of another that treated nobody with cells.
    why = not_counted(ev, rows, [partial(larger_cohorts, within=["outcome"])])
    return [
        f"leave out rows of {' and '.join(sorted(studies.unique()))}: {reason}"
        for reason, studies in rows["study_id"].groupby(why[why != ""])
    ]
