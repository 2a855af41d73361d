"""What decides how like the women of two counts are: conception, age, severity, co-treatment."""

from __future__ import annotations

import re

import pandas as pd

from helpers.evidence.vocabulary import CONCEIVED, CONCEPTIONS, SEVERITY

SPONTANEOUS, ASSISTED = "spontaneous", "assisted"
#: Columns of arms that say it.
MATCHED = ["conception", "severity", "co_treatment", "age_mean", "age_median", "age_min", "age_max"]
#: A part of an arm whose women had assisted reproduction.
_ASSISTED = re.compile(r"^IVF\b")


def with_likeness(rows: pd.DataFrame, arms: pd.DataFrame) -> pd.DataFrame:
    """Add the columns `MATCHED` to counts, given their arms row by row.

    Conception is that of the word counted, else of the part of the arm, else of the arm; an outcome that begins with no
    conception has none. The severity of a part of an arm is its name, where that is a word for it.
    """
    rows = rows.assign(**{name: arms[name].array for name in MATCHED})
    part = rows["subgroup"].str.contains(_ASSISTED, na=False).map({True: ASSISTED})
    said = rows["outcome"].map(CONCEIVED).fillna(part).fillna(rows["conception"])
    grade = rows["subgroup"].where(rows["subgroup"].isin(list(SEVERITY)))
    return rows.assign(
        conception=said.where(rows["outcome"].isin(CONCEPTIONS)),
        severity=grade.fillna(rows["severity"]),
    )
