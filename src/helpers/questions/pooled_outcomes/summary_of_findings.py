"""Summary of findings: one row per outcome and condition with its estimate, the two certainties and the reasons."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.questions.pooled_outcomes.certainty import Certainty, Grade
from helpers.show.numbers import percent, points

_COLUMNS = [
    "outcome", "tissue", "condition", "what", "studies", "women", "events", "estimate", "low", "high", "estimate_text", "rate", "rate_reasons",
    "effect", "effect_reasons", "smallest", "unknown", "reporting",
]  # fmt: skip


def summary_of_findings_rows(grades: Iterable[Grade]) -> pd.DataFrame:
    """Lay out grades as rows, in their order.

    what is a rate, or the comparison with its counts; estimate_text is in percent, or points of a difference; rate and effect are the
    certainties with their symbols, rate_reasons and effect_reasons the start and the domains that rate them down; unknown has the
    domains that could not be assessed, and reporting says which registered trials were due.
    """
    return pd.DataFrame([_row(graded) for graded in grades], columns=_COLUMNS)


def _row(graded: Grade) -> dict[str, object]:
    certain = graded.rate or graded.effect
    unknown = [reason.domain for reason in certain.reasons if "could not be assessed" in reason.reason]
    return {
        **{name: getattr(graded, name) for name in _COLUMNS if hasattr(graded, name)},
        "what": f"risk difference from the randomised control, {graded.trial}: {graded.against}"
        if graded.trial
        else "rate of the women treated",
        "estimate_text": _estimate(graded),
        "rate": _level(graded.rate) if graded.rate else "–",
        "rate_reasons": _reasons(graded.rate) if graded.rate else "–",
        "effect": _level(graded.effect),
        "effect_reasons": _reasons(graded.effect),
        "unknown": ", ".join(unknown) or "none",
        "reporting": certain.reasons[-1].reason,
    }


def _level(certain: Certainty) -> str:
    return f"{certain.symbols} {certain.level}"


def _reasons(certain: Certainty) -> str:
    down = [f"{one.domain} −{one.levels}: {one.reason}" for one in certain.reasons if one.levels]
    return ". ".join([f"starts {certain.start}: {certain.because}", *down])


def _estimate(graded: Grade) -> str:
    if graded.trial:
        return f"{points(graded.estimate)} points ({points(graded.low)} to {points(graded.high)})"
    return f"{percent(graded.estimate)} % ({percent(graded.low)} to {percent(graded.high)} %)"
