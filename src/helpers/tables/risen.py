"""Women whose marker rose, counted: how often it rises without cells is what a rise after cells must be compared with."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import phrase
from helpers.tables.cohorts import overlap_lists
from helpers.tables.independent import (
    OTHER_TREATMENT,
    OWN_CONTROL,
    TREATED,
    UNTREATED,
    arm_counts,
    months_text,
)
from helpers.tables.publication import Table, table

_RISEN = "-increased"


def risen_counts(ev: Evidence, measures: Sequence[str], *, level: float = 0.95) -> pd.DataFrame:
    """Gather the counts of women in whom a marker rose, by the definition of each study.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    measures : sequence of str
        Words of `measurements.measure`.
    level : float
        Level of the exact intervals, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        Rows of `helpers.tables.independent.arm_counts`, one per arm, the latest time: the untreated first, then other treatments,
        then women with cells; with measure, received and overlap (labels of the other studies here that may share women).
    """
    known = set(ev.outcomes["outcome"])
    counts = arm_counts(
        ev, [measure + _RISEN for measure in measures if measure + _RISEN in known], level=level
    )
    counts = counts.assign(measure=counts["outcome"].str.removesuffix(_RISEN))
    rows = counts[counts["low"].notna() & ~counts["withdrawn"]]
    rows = rows.assign(_when=rows["timepoint_months"].fillna(float("inf"))).sort_values(
        "_when", kind="stable"
    )
    rows = rows.drop_duplicates(["measure", "study_id", "arm_id"], keep="last").drop(columns="_when")
    labels = dict(zip(rows["study_id"], rows["study_label"], strict=True))
    shared = dict(zip(ev.studies["study_id"], overlap_lists(ev.studies), strict=True))
    rows = rows.assign(
        received=rows["kind"].where(rows["kind"] != OWN_CONTROL, OTHER_TREATMENT),
        overlap=[
            "; ".join(labels[other] for other in shared[study] if other in labels)
            for study in rows["study_id"]
        ],
        _measure=rows["measure"].map(list(measures).index),
    )
    rows = rows.assign(_received=rows["received"].map([UNTREATED, OTHER_TREATMENT, TREATED].index))
    rows = rows.sort_values(["_measure", "_received", "total"], ascending=[True, True, False], kind="stable")
    return rows.drop(columns=["_received", "_measure"])


def risen_table(rows: pd.DataFrame, *, level: float = 0.95) -> Table:
    """Build the table of women whose marker rose; made of `risen_counts`."""
    shown = rows.assign(
        head=rows["measure"].map(phrase) + " above the limit of the study, or above the level before",
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        months=rows["months"].map(months_text),
        shares=rows["overlap"].replace("", "no other here"),
    )
    columns = {
        "study_label": "study", "women": "women", "arm_label": "arm", "received": "received", "count_text": "events/total",
        "interval_text": f"percent ({100 * level:g} % CI)", "months": "follow-up", "shares": "may share women with",
        "origin": "reported by", "citation": "source", "note": "limit and remark",
    }  # fmt: skip
    note = "Exact (Clopper-Pearson) intervals, each count by itself. Cohorts that may share women are not added up."
    return table(
        shown, columns, title="Women whose marker rose, without cells and with them", note=note, group="head"
    )
