"""Certainty of the evidence in two grades by rule: of the rate after treatment with cells, and of the effect of the cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from helpers.questions.pooled_outcomes import certainty_domains as domains
from helpers.questions.pooled_outcomes.certainty_domains import Due, Lost, Reason

#: Levels of certainty, from the lowest.
LEVELS = ("very low", "low", "moderate", "high")
NO_COMPARATOR = "no women without cells to compare with"
_NEEDED = ["study_id", "design", "condition", "events", "total"]


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
    """The certainty of the evidence for an outcome in a condition.

    Attributes
    ----------
    outcome, tissue, condition : str
        What the question is about.
    studies, women, events : int
        What the estimate is based on.
    estimate, low, high : float
        A rate, or the risk difference of a trial, with its interval.
    trial : str
        Label of the trial whose randomised arms are compared; empty for a rate of the women treated.
    against : str
        Counts of the treated arm and of its control, for a trial.
    smallest : float
        Smallest effect of interest, as a difference of proportions.
    rate : Certainty or None
        Of the rate after treatment; none for a trial.
    effect : Certainty
        Of the effect of the cells.
    """

    outcome: str
    tissue: str
    condition: str
    studies: int
    women: int
    events: int
    estimate: float
    low: float
    high: float
    trial: str
    against: str
    smallest: float
    rate: Certainty | None
    effect: Certainty


def grade(
    rows: pd.DataFrame, judgements: pd.DataFrame, *, outcome: str, tissue: str, condition: str, estimate: float, low: float, high: float,
    due: Due, smallest: float, prediction_low: float | None = None, prediction_high: float | None = None, i2: float | None = None,
    trial: str = "", lost: Lost | None = None, asked: str = "", level: float = 0.95,
) -> Grade:  # fmt: skip
    """Grade the certainty of a rate and of the effect that it is cited for, or of the effect that a randomised trial shows.

    Start: the rate of an outcome after treatment starts high, whatever the design, as GRADE has it for prognosis (Iorio 2015). The
    effect starts high where the arms of a randomised trial are compared. Of arms with cells alone it starts at very low: nothing says
    what would have happened without cells, and no other domain can lower it. Nothing raises a certainty. A domain that could not be
    assessed from the text available costs nothing and is named.

    Risk of bias: a rate loses one level if more than half of the women are counted in no document of their own study, or if studies
    with more than half of the women have a judgement against one of `certainty_domains.BIASES`. A trial loses one if the women lost decide: in the worst or in the best case its interval includes no difference and as reported it does
    not, or the reverse (Guyatt 2017). How women were randomised could not be assessed.

    Inconsistency: of two studies or more, one level if I² is 50 or more, if the prediction interval is more than twice as wide as
    the interval, or if the exact intervals of two studies do not meet; two if I² is 75 or more and intervals do not meet. I² counts
    from three studies on, the prediction interval from six.

    Indirectness: one level if more than a tenth of the women, two if more than half, had another condition than the question is
    about. That only the abstract of a document was read is no indirectness.

    Imprecision, by `smallest`, the smallest effect of interest (Zeng 2022): the thresholds of a risk difference are an important benefit
    and an important harm. An interval that includes one loses one level, and one more if it includes no difference; with both it loses
    three. With neither, one level below the optimal information size and two below half of it. The size is that of a trial that detects
    `smallest` from the rate of the control arm. A rate loses one level if its interval spans more than twice `smallest`, or if there
    are fewer women than give such an interval around one half; two if it spans more than four times.

    Reporting bias: one level if more than a quarter of the registered trials that reported or were due had no result. Asymmetry is
    not tested below ten studies.

    `rows` are counts of women in the pool, with study_id, design, condition, events, total and, for a rate, source_kind; of a trial its two arms, first the
    treated, then the control, and `estimate` is the risk difference, treated minus control. `condition` may be ``"all"``; `asked` is
    the condition that the question is about, if women of `condition` are evidence for it. `i2` is in percent by maximum likelihood:
    a Bayesian I² of few studies reflects its prior. `lost` is None if the women randomised to each arm are not known. Rows or limits
    that contradict each other raise ValueError.

    Notes
    -----
    The limits that the sources leave to judgement are at the top of `certainty_domains`.

    References
    ----------
    Iorio A et al. BMJ 2015;350:h870 (prognosis). Guyatt GH et al. J Clin Epidemiol 2017;87:14-22 (missing outcome data). Zeng L et al.
    J Clin Epidemiol 2022;150:216-224 (imprecision). Schünemann HJ et al. J Clin Epidemiol 2019;111:105-114 (studies without
    randomisation).
    """
    _check(rows, estimate, low, high, trial, smallest)
    i2 = None if i2 is None or math.isnan(i2) else i2
    counts = [f"{events}/{total}" for events, total in zip(rows["events"], rows["total"], strict=True)]
    shared = (
        domains.inconsistency(rows, high - low, _width(prediction_low, prediction_high), i2, level),
        domains.indirectness(rows, asked or condition),
    )
    bias = domains.reporting_bias(rows["study_id"].nunique(), due)
    if trial:
        reasons = (
            domains.risk_of_bias(low, high, lost),
            *shared,
            domains.imprecise_effect(rows, low, high, smallest, level),
            bias,
        )
        rate, effect = None, Certainty("high", "randomised", reasons)
    else:
        reasons = (
            domains.bias_of_rate(rows, judgements),
            *shared,
            domains.imprecise_rate(rows, low, high, smallest, level),
            bias,
        )
        rate, effect = Certainty("high", "a rate", reasons), Certainty("very low", NO_COMPARATOR)
    return Grade(
        outcome, tissue, condition, int(rows["study_id"].nunique()), int(rows["total"].sum()), int(rows["events"].sum()), estimate, low,
        high, trial, " against ".join(counts) if trial else "", smallest, rate, effect,
    )  # fmt: skip


def _check(rows: pd.DataFrame, estimate: float, low: float, high: float, trial: str, smallest: float) -> None:
    missing = [column for column in [*_NEEDED, *([] if trial else ["source_kind"])] if column not in rows]
    if missing:
        raise ValueError(f"rows have no column {', '.join(missing)}; take them of select('outcomes', ...)")
    if rows.empty:
        raise ValueError("there is no row to grade: give the rows of the pool")
    if rows[["events", "total"]].isna().any(axis=None):
        raise ValueError("every row needs events and total; a count without them is in no pool")
    if not low <= estimate <= high:
        raise ValueError(f"the estimate {estimate:g} must lie within its limits {low:g} and {high:g}")
    if trial and (len(rows) != 2 or rows["study_id"].nunique() > 1 or rows["design"].ne("rct").any()):
        raise ValueError(
            f"trial {trial!r} needs two rows of one randomised study: its treated arm, its control"
        )
    least = -1 if trial else 0
    if not least <= low <= high <= 1:
        what = "difference of proportions" if trial else "proportion"
        raise ValueError(f"the limits {low:g} and {high:g} are those of no {what}")
    if not 0 < smallest < 0.5:
        raise ValueError(f"smallest must be above 0 and below 0.5, not {smallest!r}")


def _width(low: float | None, high: float | None) -> float:
    return math.nan if low is None or high is None else high - low
