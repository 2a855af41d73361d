"""Say how certain rates and effects are, in the words of GRADE (Santesso N et al. J Clin Epidemiol 2020;119:126-135)."""

from __future__ import annotations

from collections import Counter
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


def trial_statement(graded: Grade) -> str:
    """State what the trial of a grade shows: ``Cells may increase live birth (Some 2020; certainty low)``."""
    return f"{capital(effect_statement(graded))} ({plain(graded.trial)}; certainty {graded.effect.level})"


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
    trials = [
        f"{capital(effect_statement(one))} ({plain(one.trial)}, {one.against}: certainty {one.effect.level}{_down(one)})."
        for one in graded
        if one.trial
    ]
    outcomes = [phrase(one.outcome) for one in graded if not one.trial]
    alone = (
        f"From arms with cells alone the evidence is very uncertain about the effect of cells on {listed(outcomes)}: those arms have no "
        "women without cells to compare with."
    )
    return " ".join([*(trials or ["No randomised trial was graded."]), *([alone] if outcomes else [])])


def _down(graded: Grade) -> str:
    reasons = [f"{one.domain} −{one.levels}" for one in graded.effect.reasons if one.levels]
    return f"; rated down for {listed(reasons)}" if reasons else ""


def _rates(graded: list[Grade]) -> str:
    rates = [one.rate for one in graded if one.rate]
    if not rates:
        return ""
    levels = Counter(rate.level for rate in rates)
    down = Counter(reason.domain for rate in rates for reason in rate.reasons if reason.levels)
    certain = listed(f"{level} for {levels[level]}" for level in reversed(LEVELS) if level in levels)
    often = listed(f"{domain} ({times})" for domain, times in down.most_common())
    return (
        f"Certainty of the rate after treatment, of {counted(len(rates), 'estimate')}: {certain}. Rates were rated down for: {often}. An "
        f"effect below {percent(graded[0].smallest)} points counts as too small to matter."
    )
