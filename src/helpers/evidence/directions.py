"""Which way a measure went in the end: of several times the latest decides, and a gain that was lost is lost."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import DIRECTION

#: What changes of the same women, against the same, have in common.
COURSE = ["study_id", "arm_id", "subject", "subgroup", "measure", "compared_with"]


def moves(changes: pd.DataFrame) -> pd.Series:
    """Say of every course of selected changes which way it went in the end.

    ``"higher"``, ``"higher, then no longer"``. At the rows of its latest time; rows without a direction are
    left out, and one without a time is the earliest.
    """
    rows = changes[changes["direction"].notna()]
    keys = [rows[column].astype("str").fillna("") for column in COURSE]
    months = rows["to_months"].astype("float64").fillna(-1)
    last = months.eq(months.groupby(keys).transform("max"))
    # Of the earlier times the latest at which the measure had moved.
    earlier = rows.assign(months=months)[~last & rows["direction"].ne("none")].sort_values(
        "months", kind="stable"
    )
    before = earlier.groupby([key[earlier.index] for key in keys])["direction"].last()
    words = []
    for index in rows.index[last]:
        direction = str(rows.at[index, "direction"])
        first = before.get(tuple(key[index] for key in keys), direction)
        end = "no longer" if direction == "none" else DIRECTION[direction]
        words.append(DIRECTION[direction] if first == direction else f"{DIRECTION[first]}, then {end}")
    return pd.Series(words, index=rows.index[last], dtype="str")
