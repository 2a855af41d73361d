"""Counts of women whose marker rose or whose ovaries worked again, with cells and without."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.counts.cohorts import overlapping_labels
from helpers.counts.one_count import OTHER_TREATMENT, OWN_CONTROL, TREATED, UNTREATED, arm_counts
from helpers.counts.one_row import standing
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import phrase

#: Level of the confidence interval of each count.
LEVEL = 0.95
_RISEN = "-increased"
_ARM = ["study_id", "outcome", "arm_id"]
#: What shows that a failing ovary works again, from the widest to the narrowest.
RESUMED = ("ovarian-function-improved", "menses-resumed", "ovulation")


def risen_counts(ev: Evidence, measures: Sequence[str]) -> pd.DataFrame:
    """Gather the counts of women in whom a marker rose, by the definition of each study.

    Rows of `helpers.counts.one_count.arm_counts`, the latest time of each arm: untreated women first, then other treatments, then
    cells. overlap lists the other studies here that may share women; retracted papers are excluded.
    """
    known = set(ev.outcomes["outcome"])
    outcomes = [measure + _RISEN for measure in measures if measure + _RISEN in known]
    rows = _by_what_was_received(ev, outcomes)
    measure = rows["outcome"].str.removesuffix(_RISEN)
    return rows.assign(
        measure=measure,
        head=measure.map(phrase) + " above the limit of the study, or above the level before",
    )


def resumed_counts(ev: Evidence) -> pd.DataFrame:
    """Gather the counts of women with ovarian insufficiency whose ovaries worked again, with cells and without.

    As `risen_counts`, for each outcome of `RESUMED`.
    """
    rows = _by_what_was_received(ev, list(RESUMED))
    rows = rows[(rows["condition"] == "POI") & (rows["tissue"] == "ovary")]
    return rows.assign(measure=rows["outcome"], head=rows["outcome"].map(phrase))


def _by_what_was_received(ev: Evidence, outcomes: list[str]) -> pd.DataFrame:
    """Keep the latest count of each arm with an interval, sorted by outcome and by what the women received."""
    counts = arm_counts(ev, outcomes, level=LEVEL)
    rows = counts[counts["low"].notna() & ~counts["withdrawn"]]
    rows = standing(rows, nearest=_ARM, whole=_ARM, latest=_ARM, largest=_ARM)
    rows = rows.assign(
        received=rows["kind"].where(rows["kind"] != OWN_CONTROL, OTHER_TREATMENT),
        overlap=overlapping_labels(ev, rows),
        _outcome=rows["outcome"].map(outcomes.index),
    )
    rows = rows.assign(_received=rows["received"].map([UNTREATED, OTHER_TREATMENT, TREATED].index))
    rows = rows.sort_values(["_outcome", "_received", "total"], ascending=[True, True, False], kind="stable")
    return rows.drop(columns=["_received", "_outcome"])
