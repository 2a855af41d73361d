"""What is drawn as a hundred women each: live births with cells, and in the women without who are named beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

OUTCOME, CONDITION = "live-birth", "POI"
CELLS, NOTHING, OTHER, DONOR_EGGS = "cells", "nothing", "other treatment", "donor eggs"
#: The field that a kind of women without cells belongs to.
_FIELD_OF = {"untreated": NOTHING, "other treatment": OTHER}
_NUMBERS = ["studies", "events", "women", "estimate", "low", "high", "citations"]
_COLUMNS = ["field", *_NUMBERS, "pooled"]


def fields(of_hundred: pd.DataFrame) -> pd.DataFrame:
    """Give one row per field: cells, no treatment, another treatment, donor eggs; studies is 0 where no usable count is.

    All are of the row of births in `rows.of_a_hundred`, so that the page gives one number for one set of women. Births with donor eggs
    are not in it: those women did not conceive with their own eggs.
    """
    row = of_hundred[(of_hundred["condition"] == CONDITION) & (of_hundred["outcome"] == OUTCOME)].iloc[0]
    kind = _FIELD_OF.get(row["without_kind"])
    # Where untreated women are counted, those with another treatment are not the comparator and are not summed up.
    shown = [NOTHING, DONOR_EGGS] if kind == NOTHING else [NOTHING, OTHER, DONOR_EGGS]
    made = [_field(CELLS, row, "")]
    made += [_field(field, row, "without_") if field == kind else _nobody(field) for field in shown]
    return pd.DataFrame(made, columns=_COLUMNS)


def _field(field: str, row: pd.Series[Any], begin: str) -> dict[str, Any]:
    values = {name: row[begin + name] for name in _NUMBERS}
    values |= {name: int(values[name]) for name in ("studies", "events", "women")}
    return {"field": field, **values, "pooled": values["studies"] > 1}


def _nobody(field: str) -> dict[str, Any]:
    values = {"studies": 0, "events": 0, "women": 0, "estimate": np.nan, "low": np.nan, "high": np.nan}
    return {"field": field, **values, "citations": [], "pooled": False}
