"""Say how certain rates and effects are, in the words of GRADE (Santesso N et al. J Clin Epidemiol 2020;119:126-135)."""

from __future__ import annotations

from collections.abc import Iterable

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.show.numbers import percent
from helpers.show.words import counted, listed, plain

#: How a finding is worded at each level of certainty but very low.
_MAY = {"low": "may ", "moderate": "probably ", "high": ""}


def effect_statement(graded: Grade, cells: str = "cells") -> str:
    """State what `cells`, in words, do to an outcome, as certain as the evidence of it is."""
    outcome = phrase(graded.outcome)
    if graded.effect.level == LEVELS[0]:
        return f"the evidence is very uncertain about the effect of {cells} on {outcome}"
    may = _MAY[graded.effect.level]
    if abs(graded.estimate) < graded.smallest:
        return f"{cells} {may}result in little to no difference in {outcome}"
    return f"{cells} {may}{'increase' if graded.estimate > 0 else 'reduce'} {outcome}"


def certainty_conclusion(grades: Iterable[Grade]) -> str:
    """Report, tissue by tissue, how certain the effect of the cells and the rates are, and what rates them down, in Markdown."""
    graded = list(grades)
    paragraphs = [
        f"**{capital(organ)}.** {_effects(own)} {_rates(own)}".strip()
        for tissue, organ in ORGAN.items()
        if (own := [one for one in graded if one.tissue == tissue])
    ]
    return "\n\n".join(paragraphs) or "No estimate was graded."


def _effects(graded: list[Grade]) -> str:
    alone = [one for one in graded if not one.trial]
    outcomes = listed(phrase(one.outcome) for one in alone)
    head = (
        f"From arms with cells alone the evidence is very uncertain about the effect of cells on {outcomes}: those arms have no "
        "women without cells to compare with."
        if alone
        else ""
    )
    trials = [
        f"{capital(effect_statement(one))} ({plain(one.trial)}, {one.against}: certainty {one.effect.level}"
        f"{_down(one)})."
        for one in graded
        if one.trial
    ]
    none = [] if trials else ["No randomised trial was graded."]
    return " ".join(filter(None, [*none, *trials, head]))


def _down(graded: Grade) -> str:
    reasons = [f"{one.domain} −{one.levels}" for one in graded.effect.reasons if one.levels]
    return f"; rated down for {listed(reasons)}" if reasons else ""


def _rates(graded: list[Grade]) -> str:
    rates = [one.rate for one in graded if one.rate]
    if not rates:
        return ""
    certain = [rate.level for rate in rates]
    levels = listed(f"{level} for {certain.count(level)}" for level in reversed(LEVELS) if level in certain)
    down = [reason.domain for rate in rates for reason in rate.reasons if reason.levels]
    often = listed(
        f"{domain} ({down.count(domain)})"
        for domain in sorted(dict.fromkeys(down), key=lambda name: -down.count(name))
    )
    return (
        f"Certainty of the rate after treatment, of {counted(len(rates), 'estimate')}: {levels}. Rates were rated down for: {often}. An "
        f"effect below {percent(graded[0].smallest)} points counts as too small to matter."
    )
