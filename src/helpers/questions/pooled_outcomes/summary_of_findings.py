"""Summary of findings: one row per outcome and condition with its estimate and how certain it is, and why."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.questions.pooled_outcomes.certainty import Grade
from helpers.show.numbers import percent, points


def summary_of_findings_rows(grades: Iterable[Grade]) -> pd.DataFrame:
    """Lay out graded outcomes as rows.

    Parameters
    ----------
    grades : iterable of Grade
        Made by `grade`.

    Returns
    -------
    pandas.DataFrame
        One row per grade, in its order: outcome, tissue, condition, what (rate, or the comparison with its counts), studies, women,
        events, estimate, low, high, estimate_text (percent, or points of a difference), start, certainty, symbols, levels (taken down in all), reasons (the domains that take down, each with its levels and numbers).
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
