"""Certainty of the evidence for an outcome, graded by rule: where it starts, and what rates it down by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from helpers import stats
from helpers.evidence.vocabulary import ROBINS_I_DOMAIN, phrase
from helpers.questions.pooled_outcomes.estimates import I2_CONSIDERABLE, I2_SUBSTANTIAL
from helpers.show.numbers import percent

#: Levels of certainty, from the lowest.
LEVELS = ("very low", "low", "moderate", "high")
#: More than this proportion of the women decides for the body.
MOST = 0.5
#: More than this proportion of women with another condition is indirect; more than `MOST` very.
OTHER_CONDITION = 0.1
#: Widest interval of a proportion that is precise enough.
WIDE = 0.2
#: Events that a body needs if it has one rate, or two that cannot be distinguished.
FEW_EVENTS = 300
#: A prediction interval more than so many times as wide as the interval shows that studies differ.
PREDICTION_WIDER = 2.0
#: More than this proportion of registered trials without a result makes publication bias likely.
UNREPORTED = 0.25
#: Below so many studies no test can distinguish asymmetry of a funnel plot from chance (Sterne JAC et al. BMJ 2011;343:d4002).
ASYMMETRY_STUDIES = 10
#: What the start at low counts already: nobody was randomised.
_COUNTED_AT_START = ("confounding", "selection-of-participants")
_NEEDED = ["study_id", "design", "condition", "events", "total"]


@dataclass(frozen=True)
class Reason:
    """A judgement on one domain of the certainty.

    Attributes
    ----------
    domain : str
        Risk of bias, inconsistency, indirectness, imprecision or publication bias.
    levels : int
        Levels that it rates down, 0 for none.
    reason : str
        The numbers behind it.
    """

    domain: str
    levels: int
    reason: str


@dataclass(frozen=True)
class Grade:
    """The certainty of the evidence for an outcome in a condition.

    Attributes
    ----------
    outcome, tissue, condition : str
        What the question is about.
    studies, women, events : int
        What the estimate rests on.
    estimate, low, high : float
        A rate, or the risk difference of a trial, with its interval.
    trial : str
        Label of the trial whose randomised arms are compared; empty for a rate of the treated.
    against : str
        Counts of the treated arm and of its control, for a trial.
    start : str
        The level of `LEVELS` at which the design lets the evidence start.
    reasons : tuple of Reason
        One per domain, also if it rates nothing down.
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
    start: str
    reasons: tuple[Reason, ...]

    @property
    def certainty(self) -> str:
        """The level of `LEVELS` that is left, at least very low."""
        return LEVELS[max(0, LEVELS.index(self.start) - sum(reason.levels for reason in self.reasons))]

    @property
    def symbols(self) -> str:
        """The certainty as GRADE draws it, for example ``⊕⊕◯◯`` for low."""
        filled = LEVELS.index(self.certainty) + 1
        return "⊕" * filled + "◯" * (len(LEVELS) - filled)


#: Of a trial: no tool for randomised trials was applied, and the tables have no words for its judgements.
_NOT_JUDGED = Reason(
    "risk of bias",
    1,
    "not assessed with RoB 2: random sequence generation and allocation concealment could not be assessed",
)


def grade(
    rows: pd.DataFrame, judgements: pd.DataFrame, *, outcome: str, tissue: str, condition: str, estimate: float, low: float, high: float,
    prediction_low: float | None = None, prediction_high: float | None = None, i2: float | None = None,
    trial: str = "", asked: str = "", registered: int = 0, unreported: int = 0, level: float = 0.95,
) -> Grade:  # fmt: skip
    """Grade the certainty that the cells bring about what an estimate shows.

    The certainty is that of an effect of the cells. As a mere description of what became of the women treated, the same evidence
    would start high (Iorio 2015), but that is not what it is cited for. Nothing raises the certainty.

    Start: high if the estimate compares the arms of a randomised trial; low if it is a rate of women treated. The low start counts
    confounding and selection already.

    Risk of bias: one level for an arm with cells taken alone: it has nothing to be compared with, which is critical whatever the
    study was. (As three levels from high, Schünemann 2019; two of them are the start.) One level for a trial, because none was
    assessed with RoB 2: random sequence generation and allocation concealment could not be assessed, and what is unknown counts as
    serious. The reason also names the domains of ROBINS-I that are serious or worse in more than half of the women.

    Inconsistency: of two studies or more, one level if I² is 50 or more, if the prediction interval is more than twice as wide as
    the interval, or if the exact intervals of two studies do not meet; two if I² is 75 or more and intervals do not meet. I² counts
    from three studies on, the prediction interval from six: of fewer, its width is mostly that of a prior or of a quantile of t.

    Indirectness: one level if more than a tenth of the women, two if more than half, had another condition than the question is
    about. That only the abstract of a document was read is no indirectness.

    Imprecision: one level if the interval of a difference includes zero, or that of a rate spans more than 20 points; one if the
    body is smaller than the optimal information size: the women that a trial would need to distinguish the two rates, or 300 events
    if they cannot be distinguished or there is one rate. At most two.

    Publication bias: one level if more than a quarter of the registered trials reported no result. Asymmetry is not tested below
    ten studies.

    `rows` are counts of women in the pool, with study_id, design, condition, events and total; of a trial its two arms, first the
    treated, then the control, and `estimate` is the risk difference, treated minus control. `condition` may be ``"all"``; `asked` is
    the condition that the question is about, if women of `condition` are evidence for it. `i2` is in percent by maximum likelihood:
    a Bayesian I² of few studies reflects its prior. `unreported` counts those of the `registered` trials without a result. Rows,
    limits or counts that contradict each other raise ValueError.

    Notes
    -----
    The limits that the sources leave to judgement are at the top of this module.

    References
    ----------
    Guyatt GH et al. J Clin Epidemiol 2011;64:1283-1293 (imprecision). Schünemann HJ et al. J Clin Epidemiol
    2019;111:105-114 (ROBINS-I in GRADE). Zeng L et al. J Clin Epidemiol 2022;150:216-224 (imprecision). Iorio A et al. BMJ 2015;350:h870
    (prognosis).
    """
    _check(rows, estimate, low, high, trial, registered, unreported)
    i2 = None if i2 is None or math.isnan(i2) else i2
    women = rows.groupby("study_id")["total"].sum().astype(float)
    counts = [f"{events}/{total}" for events, total in zip(rows["events"], rows["total"], strict=True)]
    reasons = (
        _NOT_JUDGED if trial else _risk_of_bias(women / women.sum(), judgements),
        _inconsistency(rows, high - low, _width(prediction_low, prediction_high), i2, level),
        _indirectness(rows, asked or condition),
        _imprecision(rows, low, high, bool(trial), level),
        _publication_bias(len(women), registered, unreported),
    )
    return Grade(
        outcome, tissue, condition, len(women), int(rows["total"].sum()), int(rows["events"].sum()), estimate, low, high, trial,
        " against ".join(counts) if trial else "", "high" if trial else "low", reasons,
    )  # fmt: skip


def _check(
    rows: pd.DataFrame, estimate: float, low: float, high: float, trial: str, registered: int, unreported: int
) -> None:
    missing = [column for column in _NEEDED if column not in rows]
    if missing:
        raise ValueError(f"rows have no column {', '.join(missing)}; take them of select('outcomes', ...)")
    if rows.empty:
        raise ValueError("there is no row to grade: give the rows that stand in the pool")
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
    if not 0 <= unreported <= registered:
        raise ValueError(
            f"unreported must lie between 0 and the {registered} registered trials, not {unreported}"
        )


def _width(low: float | None, high: float | None) -> float:
    return math.nan if low is None or high is None else high - low


def _risk_of_bias(shares: pd.Series, judgements: pd.DataFrame) -> Reason:
    judged = judgements[judgements["tool"].eq("ROBINS-I") & judgements["study_id"].isin(shares.index)]
    bad = judged[
        judged["judgement"].isin(["serious", "critical"]) & ~judged["domain"].isin(_COUNTED_AT_START)
    ]
    by = {domain: _share(shares, bad[bad["domain"] == domain]) for domain in ROBINS_I_DOMAIN}
    remarks = ["arms with cells taken alone, with nothing to compare with"]
    remarks += [
        f"serious or worse for {phrase(name)} in studies with {percent(share)} % of the women"
        for name, share in by.items()
        if share > MOST
    ]
    unknown = 1 - _share(shares, judged[judged["judgement"] != "not-assessable"])
    if unknown > 0:
        remarks.append(f"no ROBINS-I judgement for studies with {percent(unknown)} % of the women")
    return Reason("risk of bias", 1, "; ".join(remarks))


def _share(shares: pd.Series, judgements: pd.DataFrame) -> float:
    return float(shares[shares.index.isin(judgements["study_id"])].sum())


def _inconsistency(
    rows: pd.DataFrame, width: float, prediction: float, i2: float | None, level: float
) -> Reason:
    studies = rows.groupby("study_id")[["events", "total"]].sum().astype(int)
    if len(studies) < 2:
        return Reason("inconsistency", 0, "one study, nothing to agree or disagree with")
    lows, highs = stats.proportion_interval(studies["events"], studies["total"], level=level)
    apart = bool(lows.max() > highs.min())
    remarks = ["intervals of studies do not meet" if apart else "intervals of all studies meet"]
    several = len(studies) > 2
    differ = several and i2 is not None and i2 >= I2_SUBSTANTIAL
    foreseen = len(studies) > stats.FEW_STUDIES and not math.isnan(prediction)
    spread = foreseen and prediction > PREDICTION_WIDER * width
    if several and i2 is not None:
        remarks.append(f"I² {i2:.0f} %")
    if foreseen:
        remarks.append(f"prediction interval {prediction / width:.1f} times as wide as the interval" if width else
                    "interval without width")  # fmt: skip
    very = apart and several and i2 is not None and i2 >= I2_CONSIDERABLE
    return Reason("inconsistency", 2 if very else int(apart or differ or spread), "; ".join(remarks))


def _indirectness(rows: pd.DataFrame, asked: str) -> Reason:
    other = rows[rows["condition"].ne(asked)] if asked != "all" else rows.iloc[:0]
    share = float(other["total"].sum() / rows["total"].sum())
    levels = 2 if share > MOST else int(share > OTHER_CONDITION)
    if not share:
        return Reason("indirectness", 0, "women as asked for")
    names = " or ".join(phrase(name) for name in other["condition"].unique())
    return Reason(
        "indirectness",
        levels,
        f"{percent(share)} % of the women stand for others: {names}, not {phrase(asked)}",
    )


def _imprecision(rows: pd.DataFrame, low: float, high: float, trial: bool, level: float) -> Reason:
    women, events = int(rows["total"].sum()), int(rows["events"].sum())
    if trial:
        vague = low <= 0 <= high
        remarks = [f"the interval of the risk difference {'includes' if vague else 'excludes'} zero"]
    else:
        vague = high - low > WIDE
        remarks = [f"interval spans {100 * (high - low):.0f} points"]
    treated, *control = (rows["events"] / rows["total"]).astype(float)
    if trial and 0 < treated < 1 and 0 < control[0] < 1 and treated != control[0]:
        needed = 2 * stats.patients_needed(treated, control[0], level=level)
        few = women < needed
        remarks.append(f"{women} women, where a trial that could tell these rates apart needs {needed}")
    else:
        few = events < FEW_EVENTS
        remarks.append(f"{events} events of the {FEW_EVENTS} that a precise estimate needs")
    return Reason("imprecision", int(vague) + int(few), "; ".join(remarks))


def _publication_bias(studies: int, registered: int, unreported: int) -> Reason:
    share = unreported / registered if registered else 0.0
    remarks = [
        f"{unreported} of {registered} registered trials known to be due reported no result"
        if registered
        else "no registered trial is known to be due"
    ]
    if studies < ASYMMETRY_STUDIES:
        remarks.append(f"asymmetry not testable with fewer than {ASYMMETRY_STUDIES} studies")
    return Reason("publication bias", int(share > UNREPORTED), "; ".join(remarks))
