"""Early gains too small to be a measure: within variation, nothing can be divided by them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import MEASURE
from helpers.questions.hormone_trajectories.reference_change import noise_bands
from helpers.questions.hormone_trajectories.rows import courses
from helpers.questions.hormone_trajectories.variation import judged_changes
from helpers.stats.variation import BETWEEN, UNKNOWN, WITHIN

WITHIN_CHANGE_VALUE = "early gain within the reference change value"
WITHIN_SPREAD = "early gain within what the study's standard deviations allow by themselves"


def too_small(ev: Evidence, rows: pd.DataFrame) -> pd.Series[str]:
    """Say of each row of a ledger why its early gain is too small to divide by; empty where it is not, or that is not known.

    The evidence rows of the early report are in early_evidence. A gain that exceeds only the smallest reference change value is too
    small too; without a reference change value the study's standard deviations before and after decide (`stats.largest_unchanged`).
    """
    measures = [word for word in rows["word"].unique() if word in MEASURE]
    gathered = courses(ev, measures, studies=list(rows["study_id"].unique())) if measures else []
    judged = judged_changes(gathered, noise_bands(ev, measures))
    small = {str(row.evidence).rsplit("; ", 1)[-1]: _small(row) for row in judged.itertuples()}
    return pd.Series(
        [
            next(filter(None, (small.get(name, "") for name in str(names).split("; "))), "")
            for names in rows["early_evidence"]
        ],
        rows.index,
        dtype="str",
    )


def _small(row: Any) -> str:
    if row.verdict in {WITHIN, BETWEEN}:
        return WITHIN_CHANGE_VALUE
    spreads = (row.sd_before, row.sd_after)
    if row.verdict != UNKNOWN or row.subject != "cohort" or any(map(math.isnan, spreads)):
        return ""
    women = row.women if pd.notna(row.women) else row.at_most
    if pd.isna(women):
        return ""
    most = float(stats.largest_unchanged(*spreads)) / math.sqrt(women)
    return WITHIN_SPREAD if abs(row.after - row.before) <= most else ""
