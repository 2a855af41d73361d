"""What is drawn as a hundred women each: live births with cells, and in women without who conceived alike."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.one_count import BACKGROUND, TREATED, UNTREATED
from helpers.evidence import Evidence
from helpers.questions.background.rows import comparable

OUTCOME, CONDITION = "live-birth", "POI"
CELLS, NOTHING, STIMULATION, DONOR_EGGS = "cells", "nothing", "stimulation", "donor eggs"
#: Words for what was given, by which women without cells are put into a field.
_GIVEN = {STIMULATION: "ovarian-stimulation", DONOR_EGGS: "donor-oocytes"}
_COLUMNS = ["field", "studies", "events", "women", "estimate", "low", "high", "citations", "pooled"]


def fields(ev: Evidence, of_hundred: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Give one row per field: cells, no treatment, hormones and stimulation, donor eggs; studies is 0 where no like women were counted.

    The first is a row of `rows.of_a_hundred`. Of two cohorts or more the others are the posterior median with the prediction interval of a
    new cohort; of one its count with the exact interval. Women known to have conceived otherwise than all treated ones are not like.
    """
    cells = of_hundred[(of_hundred["condition"] == CONDITION) & (of_hundred["outcome"] == OUTCOME)].iloc[0]
    first = {
        "field": CELLS,
        "citations": cells["citations"],
        "pooled": cells["studies"] > 1,
        **{name: cells[name] for name in _COLUMNS[1:7]},
    }
    if OUTCOME not in set(ev.outcomes["outcome"]):
        others = pd.DataFrame(
            columns=["kind", "co_treatment", "citation", "events", "total", "proportion", "low", "high"]
        )
    else:
        others = _alike(comparable(ev, outcome=OUTCOME, condition=[CONDITION], kinds=True, level=level).rows)
    given = others["co_treatment"].fillna("").astype("str").str.split("; ")
    parts = {
        NOTHING: others["kind"] == UNTREATED,
        **{
            field: given.map(lambda words, word=word: word in words).astype(bool)
            for field, word in _GIVEN.items()
        },
    }
    rows = [first, *(_field(field, others[mask], level) for field, mask in parts.items())]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _alike(rows: pd.DataFrame) -> pd.DataFrame:
    known = set(rows.loc[rows["side"] == TREATED, "conception"].dropna())
    ways = rows["conception"]
    unlike = ways.isin({"spontaneous", "assisted"} - known) & bool(known & {"spontaneous", "assisted"})
    return rows[(rows["side"] == BACKGROUND) & ~(unlike & ("either" not in known))]


def _field(field: str, rows: pd.DataFrame, level: float) -> dict[str, Any]:
    events, totals = rows["events"].astype(int), rows["total"].astype(int)
    made: dict[str, Any] = {
        "field": field, "studies": len(rows), "events": int(events.sum()), "women": int(totals.sum()), "estimate": np.nan, "low": np.nan,
        "high": np.nan, "citations": list(dict.fromkeys(rows["citation"])), "pooled": len(rows) > 1,
    }  # fmt: skip
    if len(rows) == 1:
        made |= {
            "estimate": rows["proportion"].iloc[0],
            "low": rows["low"].iloc[0],
            "high": rows["high"].iloc[0],
        }
    elif len(rows):
        found = stats.predictive_background(events, totals, level=level)
        made |= {"estimate": found.estimate, "low": found.prediction_low, "high": found.prediction_high}
    return made
