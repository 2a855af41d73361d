"""Summary of findings: one row per outcome and condition with its estimate, the two certainties and the reasons."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.evidence.vocabulary import CONDITION, ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import Certainty, Grade
from helpers.show.numbers import in_percent, percent, points
from helpers.show.table import Table, table


def summary_of_findings_table(grades: Iterable[Grade], *, level: float) -> Table:
    """List grades by tissue, in their order."""
    columns = {
        "outcome": "outcome", "condition": "condition", "what": "what is estimated", "studies": "studies", "women": "women",
        "events": "events", "estimate": f"estimate ({in_percent(level)} CI; pooled by Bayes: CrI)",
        "rate": "certainty of the rate", "rate_reasons": "reasons for the rate",
        "effect": "certainty of the effect", "effect_reasons": "reasons for the effect",
        "reporting": "registered trials", "unknown": "could not be assessed, does not rate down",
    }  # fmt: skip
    note = (
        "Certainty of the evidence (GRADE, by rule) in two grades. The rate: what happened to the women after treatment, which starts high. "
        "The effect: what the cells changed, which starts high in a randomised trial, and very low without women to compare with."
    )
    rows = pd.DataFrame([_row(graded) for graded in grades], columns=["head", *columns])
    return table(rows, columns, title="Summary of findings", note=note, group="head")


def _row(graded: Grade) -> dict[str, object]:
    certain = graded.rate or graded.effect
    unknown = [reason.domain for reason in certain.reasons if "could not be assessed" in reason.reason]
    trial = f"risk difference from the randomised control, {graded.trial}: {graded.against}"
    return {
        "head": capital(ORGAN[graded.tissue]),
        "outcome": phrase(graded.outcome),
        # A condition may come with its tissue or the source of the cells, and is then no single word.
        "condition": phrase(graded.condition) if graded.condition in CONDITION else graded.condition,
        "what": trial if graded.trial else "rate of the women treated",
        **{name: getattr(graded, name) for name in ("studies", "women", "events")},
        "estimate": _estimate(graded),
        "rate": _level(graded.rate) if graded.rate else "–",
        "rate_reasons": _reasons(graded.rate) if graded.rate else "–",
        "effect": _level(graded.effect),
        "effect_reasons": _reasons(graded.effect),
        "reporting": certain.reasons[-1].reason,
        "unknown": ", ".join(unknown) or "none",
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
