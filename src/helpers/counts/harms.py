"""Every row of evidence that reports on harm in women treated with cells, counted or not, in any direction."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.provenance import LINK
from helpers.evidence.vocabulary import CHANGE_KIND, HARM_ITEMS, HARMS, phrase
from helpers.show.numbers import number

REPORTED = "harm reported"
NONE = "none reported, as the source says"
SILENT = "not mentioned in the text available to us"
#: What a study reports of harm.
STATES = [REPORTED, NONE, SILENT]
#: Harms of children, and words by which a statement is about children, not about the women.
_CHILDREN = ("birth-defect",)
_CHILDREN_WORDS = r"\b(?:infant|child|newborn|bab(?:y|ies))"
_CONTROLLED = ("rct", "non-randomised-controlled")
_COLUMNS = [
    "study_id", "tissue", "design", "n_enrolled", "table", "state", "harm", "children", "said", "against", "text", "origin", "retracted", "note",
    *LINK,
]  # fmt: skip


def harm_mentions(ev: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """Collect what studies of women treated with cells report of harm, one row per row of outcomes, changes or statements.

    state is `REPORTED` or `NONE`; harm is worded as in a sentence; children: harm to the children, not to the women;
    said is the count, or what is reported instead; against says compared with whom; text joins the three. A change is
    a harm reported, whatever its direction: what never happened has no frequency. Harms reported come first, of these
    the randomised, and of these what was compared.
    """
    ours = studies["study_id"]
    parts = [_counts(ev, ours), _changes(ev, ours), _statements(ev, ours)]
    mentions = pd.concat([frame for frame in parts if len(frame)] or parts[:1])
    mentions = mentions.assign(
        _by=mentions["state"].map(STATES.index),
        _uncontrolled=mentions["design"] != "rct",
        _uncompared=mentions["table"] != "changes",
    )
    by = ["_by", "_uncontrolled", "_uncompared", "harm", "study_label"]
    return mentions.sort_values(by, kind="stable", ignore_index=True)[_COLUMNS]


def _counts(ev: Evidence, ours: pd.Series[str]) -> pd.DataFrame:
    rows = ev.select("outcomes")
    rows = rows[rows["outcome"].isin(HARMS) & rows["study_id"].isin(ours)]
    rows = rows.assign(said=[_count(row) for row in rows.itertuples()])
    cells = rows["arm_kind"].isin(["cells", "mixed"])
    same = ["study_id", "outcome"]
    others = rows[~cells].assign(against=rows["arm_label"] + ": " + rows["said"])
    rows = rows[cells].join(others.groupby(same)["against"].agg("; ".join), on=same)
    happened = rows["events"].astype("float64").fillna(rows["percent_reported"])
    without = {True: "no count for the control arm", False: "no comparison group"}
    rows = rows.assign(
        table="outcomes",
        state=happened.eq(0).map({True: NONE, False: REPORTED}),
        harm=rows["outcome"].map(HARMS).astype("str"),
        children=rows["outcome"].isin(_CHILDREN),
        against=rows["against"].fillna(rows["design"].isin(_CONTROLLED).map(without)),
    )
    return rows.assign(text=rows["harm"] + " in " + rows["said"] + ", " + rows["against"])


def _count(row: Any) -> str:
    if pd.notna(row.events):
        of = f"of {row.total} {row.total_unit}" if pd.notna(row.total) else "cases, total not printed"
        return f"{row.events} {of}"
    return (
        "a number not printed"
        if pd.isna(row.percent_reported)
        else f"{number(row.percent_reported)} %, no count"
    )


def _changes(ev: Evidence, ours: pd.Series[str]) -> pd.DataFrame:
    rows = ev.select("changes")
    rows = rows[rows["measure"].isin(HARMS) & rows["study_id"].isin(ours)]
    # A control compared with the arm that received cells reports on the cells too.
    rows = rows[rows["arm_kind"].isin(["cells", "mixed"]) | (rows["compared_with"] == "control-arm")]
    each = list(rows.itertuples())
    often, sizes = [_often(row) for row in each], [_size(row) for row in each]
    rows = rows.assign(
        table="changes",
        state=REPORTED,
        harm=rows["measure"].map(HARMS),
        children=rows["measure"].isin(_CHILDREN),
        said=[f"{words}, {size}" for words, size in zip(often, sizes, strict=True)],
        against=[_compared(ev, row) for row in each],
    )
    text = zip(rows["harm"], often, rows["against"], sizes, strict=True)
    return rows.assign(text=[f"{harm} {words} than {whom}, {size}" for harm, words, whom, size in text])


def _often(row: Any) -> str:
    often = {"up": "more often", "down": "less often", "none": "neither more nor less often"}
    who = "with cells" if row.arm_kind == "cells" else f"in the arm {row.arm_label}"
    return f"{often.get(str(row.direction), 'more or less often (direction not stated)')} {who}"


def _size(row: Any) -> str:
    if pd.isna(row.change):
        return "no count"
    limits = f" ({number(row.low)} to {number(row.high)})" if pd.notna(row.low) and pd.notna(row.high) else ""
    return f"{CHANGE_KIND[row.change_kind]} {number(row.change)}{limits}"


def _compared(ev: Evidence, row: Any) -> str:
    if row.compared_with == "control-arm":
        others = ev.arms[(ev.arms["study_id"] == row.study_id) & (ev.arms["arm_id"] != row.arm_id)]
        named = " or ".join(others["label"])
        return f"in the control arm ({named})" if named else "in the control arm"
    whom = {
        "baseline": "before treatment",
        "previous-time-point": "before",
        "not-stated": "a comparison not stated",
    }
    return whom.get(str(row.compared_with), f"in {phrase(str(row.compared_with))}")


def _statements(ev: Evidence, ours: pd.Series[str]) -> pd.DataFrame:
    rows = ev.select("statements")
    rows = rows[rows["item"].isin(HARM_ITEMS) & rows["study_id"].isin(ours)]
    rows = rows[rows["arm_kind"].isna() | rows["arm_kind"].isin(["cells", "mixed"])]
    return rows.assign(
        table="statements",
        state=rows["item"].map(HARM_ITEMS).map({True: REPORTED, False: NONE}),
        harm="in words",
        children=rows["value"].str.contains(_CHILDREN_WORDS, case=False, na=False),
        said=rows["value"],
        against="no comparison stated",
        text="in words, without a count: " + rows["value"],
    )
