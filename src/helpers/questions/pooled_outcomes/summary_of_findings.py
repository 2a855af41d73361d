"""Summary of findings: one row per outcome and condition with its estimate, how certain it is, and why."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.questions.pooled_outcomes.certainty import Grade
from helpers.show.numbers import percent, points


def summary_of_findings_rows(grades: Iterable[Grade]) -> pd.DataFrame:
    """Lay out grades as rows, in their order.

    what is a rate, or the comparison with its counts; estimate_text is in percent, or points of a difference; levels is how many are
    rated down in all, and reasons has the domains that do so with their levels and numbers.
    """
    columns = [
        "outcome", "tissue", "condition", "what", "studies", "women", "events", "estimate", "low", "high", "estimate_text", "start", "certainty",
        "symbols", "levels", "reasons",
    ]  # fmt: skip
    return pd.DataFrame([_row(graded) for graded in grades], columns=columns)


def _row(graded: Grade) -> dict[str, object]:
    down = [reason for reason in graded.reasons if reason.levels]
    return {
        "outcome": graded.outcome,
        "tissue": graded.tissue,
        "condition": graded.condition,
        "what": f"risk difference from the randomised control, {graded.trial}: {graded.against}"
        if graded.trial
        else "rate of the treated",
        "studies": graded.studies,
        "women": graded.women,
        "events": graded.events,
        "estimate": graded.estimate,
        "low": graded.low,
        "high": graded.high,
        "estimate_text": _estimate(graded),
        "start": graded.start,
        "certainty": graded.certainty,
        "symbols": graded.symbols,
        "levels": sum(reason.levels for reason in down),
        "reasons": ". ".join(f"{reason.domain} −{reason.levels}: {reason.reason}" for reason in down)
        or "none",
    }


def _estimate(graded: Grade) -> str:
    if graded.trial:
        return f"{points(graded.estimate)} points ({points(graded.low)} to {points(graded.high)})"
    return f"{percent(graded.estimate)} % ({percent(graded.low)} to {percent(graded.high)} %)"
