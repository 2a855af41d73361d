"""Whether a count is a proportion of the women treated."""

from __future__ import annotations

import pandas as pd

from helpers.checks.enrolment import above_enrolled, women_enrolled


def no_rate(outcomes: pd.DataFrame) -> pd.Series[str]:
    """Say why a count of selected outcomes is no proportion of the women treated, whatever its total; empty where it is one.

    Excluded are counts published because their event had happened, and totals above the women enrolled.
    """
    why = pd.Series("", index=outcomes.index, dtype="str")
    enrolled = women_enrolled(outcomes).astype("string")
    why.update("total above the " + enrolled[above_enrolled(outcomes, "total")] + " women enrolled")
    why[outcomes["reporting"] == "event-triggered"] = "published because it had happened"
    return why
