"""Certainty of the evidence in two grades by rule: of the rate after treatment with cells, and of the effect of the cells."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from helpers.questions.pooled_outcomes import certainty_domains as domains
from helpers.questions.pooled_outcomes.certainty_domains import Due, Lost, Reason

#: Levels of certainty, from the lowest.
LEVELS = ("very low", "low", "moderate", "high")
NO_COMPARATOR = "no women without cells to compare with"


@dataclass(frozen=True)
class Certainty:
    """How certain a rate or an effect is: where it starts, because of what, and the domains that rate it down."""

    start: str
    because: str
    reasons: tuple[Reason, ...] = ()

    @property
    def level(self) -> str:
        """The level of `LEVELS` that is left, at least very low."""
        return LEVELS[max(0, LEVELS.index(self.start) - sum(reason.levels for reason in self.reasons))]

    @property
    def symbols(self) -> str:
        """The certainty as GRADE draws it, for example ``⊕⊕◯◯`` for low."""
        filled = LEVELS.index(self.level) + 1
        return "⊕" * filled + "◯" * (len(LEVELS) - filled)


@dataclass(frozen=True)
class Grade:
    """The certainty of the evidence for an outcome in a condition: of a rate and its effect, or of the effect that a trial shows."""

    outcome: str
    tissue: str
    condition: str
    #: What the estimate is based on.
    studies: int
    women: int
    events: int
    #: A rate, or the risk difference of a trial, with its interval.
    estimate: float
    low: float
    high: float
    #: Label of the trial whose randomised arms are compared, and the counts of its two arms; empty for a rate.
    trial: str
    against: str
    #: Smallest effect of interest, as a difference of proportions.
    smallest: float
    #: Of the rate after treatment; none for a trial.
    rate: Certainty | None
    effect: Certainty

    @property
    def lost_decide(self) -> bool:
        """Whether the women lost to the trial could change what its interval shows."""
        return any(reason.levels for reason in self.effect.reasons if reason.domain == domains.RISK_OF_BIAS)


def most_certain(grades: Iterable[Grade], tissue: str) -> Grade | None:
    """Take the trial of a tissue with the most certain effect."""
    trials = [one for one in grades if one.trial and one.tissue == tissue]
    return max(trials, key=lambda one: LEVELS.index(one.effect.level), default=None)


def grade(
    rows: pd.DataFrame,
    judgements: pd.DataFrame,
    *,
    outcome: str,
    tissue: str,
    condition: str,
    estimate: float,
    low: float,
    high: float,
    due: Due,
    smallest: float,
    prediction_low: float = math.nan,
    prediction_high: float = math.nan,
    i2: float = math.nan,
    trial: str = "",
    lost: Lost | None = None,
    asked: str = "",
    level: float = 0.95,
) -> Grade:
    """Grade the certainty of a rate and of the effect that it is cited for, or of the effect that a randomised trial shows.

    A rate starts high, whatever the design, as GRADE has it for prognosis. The effect starts high where the arms of a randomised
    trial are compared, and at very low of arms with cells alone: nothing says what would have happened without cells, and no
    domain can lower it. Nothing raises a certainty. What rates down is in `certainty_domains`.

    `rows` are counts of women in the pool, or the two arms of the trial, first the treated. `asked` is the condition that the
    question is about, if women of `condition` are evidence for it. `i2` is in percent by maximum likelihood: a Bayesian I² of few
    studies reflects its prior. `lost` is None if the women randomised to each arm are not known.

    References
    ----------
    Iorio A et al. BMJ 2015;350:h870 (prognosis). Guyatt GH et al. J Clin Epidemiol 2017;87:14-22 (missing outcome data). Zeng L et al.
    J Clin Epidemiol 2022;150:216-224 (imprecision). Schünemann HJ et al. J Clin Epidemiol 2019;111:105-114 (studies without
    randomisation).
    """
    if not 0 < smallest < 0.5:
        raise ValueError(f"smallest must be above 0 and below 0.5, not {smallest!r}")
    of_bias = domains.risk_of_bias(low, high, lost) if trial else domains.bias_of_rate(rows, judgements)
    imprecise = domains.imprecise_effect if trial else domains.imprecise_rate
    studies = int(rows["study_id"].nunique())
    reasons = (
        of_bias,
        domains.inconsistency(rows, high - low, prediction_high - prediction_low, i2, level),
        domains.indirectness(rows, asked or condition),
        imprecise(rows, low, high, smallest, level),
        domains.reporting_bias(studies, due),
    )
    counts = [f"{events}/{total}" for events, total in zip(rows["events"], rows["total"], strict=True)]
    return Grade(
        outcome=outcome,
        tissue=tissue,
        condition=condition,
        studies=studies,
        women=int(rows["total"].sum()),
        events=int(rows["events"].sum()),
        estimate=estimate,
        low=low,
        high=high,
        trial=trial,
        against=" against ".join(counts) if trial else "",
        smallest=smallest,
        rate=None if trial else Certainty("high", "a rate", reasons),
        effect=Certainty("high", "randomised", reasons) if trial else Certainty("very low", NO_COMPARATOR),
    )
