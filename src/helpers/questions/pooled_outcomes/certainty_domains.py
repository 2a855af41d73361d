"""The domains of a certainty: what rates it down by how much, and what could not be assessed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import NamedTuple

import pandas as pd

from helpers import stats
from helpers.evidence.provenance import ORIGINS, origin
from helpers.evidence.vocabulary import phrase
from helpers.questions.pooled_outcomes.estimates import I2_CONSIDERABLE, I2_SUBSTANTIAL
from helpers.show.numbers import percent, points
from helpers.show.words import counted, listed

#: More than this proportion of the women decides for the body.
MOST = 0.5
#: More than this proportion of women with another condition is indirect; more than `MOST` very.
OTHER_CONDITION = 0.1
#: A body with less than this proportion of the optimal information size is far below it.
FAR_BELOW = 0.5
#: A prediction interval more than so many times as wide as the interval shows that studies differ.
PREDICTION_WIDER = 2.0
#: More than this proportion of due trials without a result makes reporting bias likely.
UNREPORTED = 0.25
#: Below so many studies no test can distinguish asymmetry of a funnel plot from chance (Sterne JAC et al. BMJ 2011;343:d4002).
ASYMMETRY_STUDIES = 10
#: What biases a rate, by the domains of the tools that judge it; and the judgements that speak against a study, or none.
BIASES = {
    "inclusion of women": ("selection-of-participants", "consecutive-inclusion"),
    "women counted": ("missing-data", "complete-inclusion"),
    "measurement of the outcome": ("measurement-of-outcomes",),
}
_AGAINST, _NONE = ("serious", "critical", "no"), ("not-assessable", "not-applicable")


class Due(NamedTuple):
    """Registered trials on a day: those that reported, those due without a result, and those completed on an unknown day."""

    as_of: str
    reported: int
    unreported: int
    undated: int


class Lost(NamedTuple):
    """Women randomised and not counted, and the intervals of the risk difference in the worst and the best case."""

    women: int
    enrolled: int
    worst: tuple[float, float]
    best: tuple[float, float]


@dataclass(frozen=True)
class Reason:
    """A judgement on one domain of the certainty.

    Attributes
    ----------
    domain : str
        Risk of bias, inconsistency, indirectness, imprecision or reporting bias.
    levels : int
        Levels that it rates down, 0 for none.
    reason : str
        The numbers behind it, or that it could not be assessed.
    """

    domain: str
    levels: int
    reason: str


def bias_of_rate(rows: pd.DataFrame, judgements: pd.DataFrame) -> Reason:
    """Judge the risk of bias of a rate by who reports its counts and by the judgements on the studies behind it."""
    women = rows.groupby("study_id")["total"].sum().astype(float)
    shares = women / women.sum()
    judged = judgements[judgements["study_id"].isin(shares.index) & ~judgements["judgement"].isin(_NONE)]
    against, unknown = [], []
    second_hand = rows.loc[origin(rows["source_kind"]).ne(ORIGINS[0]), "total"].sum() / rows["total"].sum()
    if second_hand > MOST:
        against.append(f"{percent(second_hand)} % of the women are counted in no document of their own study")
    for bias, domains in BIASES.items():
        own = judged[judged["domain"].isin(domains)]
        share = _share(shares, own[own["judgement"].isin(_AGAINST)])
        if share > MOST:
            against.append(f"{bias}: a judgement against studies with {percent(share)} % of the women")
        elif not _share(shares, own) > MOST:
            unknown.append(bias)
    remarks = [
        *against,
        *([f"could not be assessed for most of the women: {listed(unknown)}"] if unknown else []),
    ]
    return Reason(
        "risk of bias", int(bool(against)), "; ".join(remarks) or "no judgement against most of the women"
    )


def _share(shares: pd.Series, judgements: pd.DataFrame) -> float:
    return float(shares[shares.index.isin(judgements["study_id"])].sum())


def risk_of_bias(low: float, high: float, lost: Lost | None) -> Reason:
    """Judge whether the women lost to a trial can change what its interval shows."""
    unknown = "random sequence generation and allocation concealment could not be assessed"
    if lost is None:
        return Reason("risk of bias", 0, f"women lost could not be assessed; {unknown}")
    cases = {"worst": lost.worst, "best": lost.best}
    turned = [name for name, limits in cases.items() if _includes(*limits, 0) != _includes(low, high, 0)]
    women = f"{lost.women} of {counted(lost.enrolled, 'woman', 'women')} randomised not counted"
    intervals = [
        f"in the {name} case {points(cases[name][0])} to {points(cases[name][1])} points" for name in turned
    ]
    decide = (
        f": they could change the result ({listed(intervals)})"
        if turned
        else ": they cannot change the result"
    )
    return Reason("risk of bias", int(bool(turned)), f"{women}{decide if lost.women else ''}; {unknown}")


def _includes(low: float, high: float, value: float) -> bool:
    return low <= value <= high


def inconsistency(
    rows: pd.DataFrame, width: float, prediction: float, i2: float | None, level: float
) -> Reason:
    """Judge whether studies differ more than chance allows."""
    studies = rows.groupby("study_id")[["events", "total"]].sum().astype(int)
    if len(studies) < 2:
        return Reason("inconsistency", 0, "one study, nothing to agree or disagree with")
    lows, highs = stats.proportion_interval(studies["events"], studies["total"], level=level)
    apart = bool(lows.max() > highs.min())
    remarks = ["CIs of two studies do not meet" if apart else "CIs of all studies meet"]
    several = len(studies) > 2
    differ = several and i2 is not None and i2 >= I2_SUBSTANTIAL
    foreseen = len(studies) > stats.FEW_STUDIES and not math.isnan(prediction)
    spread = foreseen and prediction > PREDICTION_WIDER * width
    if several and i2 is not None:
        remarks.append(f"I² {i2:.0f} %")
    if foreseen:
        remarks.append(f"prediction interval {prediction / width:.1f} times as wide as that of the rate" if width else
                    "limits of the rate are equal")  # fmt: skip
    very = apart and several and i2 is not None and i2 >= I2_CONSIDERABLE
    return Reason("inconsistency", 2 if very else int(apart or differ or spread), "; ".join(remarks))


def indirectness(rows: pd.DataFrame, asked: str) -> Reason:
    """Judge how many women had another condition than the question is about."""
    other = rows[rows["condition"].ne(asked)] if asked != "all" else rows.iloc[:0]
    share = float(other["total"].sum() / rows["total"].sum())
    levels = 2 if share > MOST else int(share > OTHER_CONDITION)
    if not share:
        return Reason("indirectness", 0, "women of the condition in question")
    names = " or ".join(phrase(name) for name in other["condition"].unique())
    return Reason(
        "indirectness",
        levels,
        f"{percent(share)} % of the women had another condition: {names}, not {phrase(asked)}",
    )


def imprecise_effect(rows: pd.DataFrame, low: float, high: float, smallest: float, level: float) -> Reason:
    """Judge the interval of a risk difference by the smallest effect of interest and the optimal information size."""
    women = int(rows["total"].sum())
    events, total = int(rows["events"].iloc[1]), int(rows["total"].iloc[1])
    size = optimal_size(events, total, smallest, level)
    words = {f"{points(end)} points": low <= end <= high for end in (-smallest, smallest)}
    inside = [name for name, within in words.items() if within]
    if inside:
        levels = len(inside) + int(low <= 0 <= high)
        remark = f"includes {listed([*inside, *(['no difference'] if low <= 0 <= high else [])])}"
    else:
        levels = int(women < size) + int(women < FAR_BELOW * size)
        remark = f"includes neither {' nor '.join(words)}"
    return Reason(
        "imprecision",
        levels,
        f"the CI of the risk difference {remark}; {women} women, where a trial that can detect {percent(smallest)} points needs {size}",
    )


def optimal_size(events: int, total: int, smallest: float, level: float) -> int:
    """Size a trial that detects the smallest effect of interest from the rate of a control arm; a count of zero plans with a half."""
    rate = float((events + 0.5) / (total + 1) if events in (0, total) else events / total)
    other = rate + smallest if rate + smallest < 1 else rate - smallest
    return int(2 * stats.patients_needed(other, rate, level=level))


def imprecise_rate(rows: pd.DataFrame, low: float, high: float, smallest: float, level: float) -> Reason:
    """Judge the interval of a rate and the women behind it by the smallest effect of interest."""
    women, width = int(rows["total"].sum()), high - low
    size = math.ceil((NormalDist().inv_cdf((1 + level) / 2) / (2 * smallest)) ** 2)
    levels = 2 if width > 4 * smallest else int(width > 2 * smallest or women < size)
    remark = f"limits {percent(width)} points apart; {counted(women, 'woman', 'women')}, where {size} give a rate within {percent(smallest)} points"
    return Reason("imprecision", levels, remark)


def reporting_bias(studies: int, due: Due) -> Reason:
    """Judge whether registered trials that are due reported."""
    number = due.reported + due.unreported
    remarks = [
        f"{due.unreported} of {counted(number, 'registered trial')} that reported or were due on {due.as_of} had no result"
        if number
        else f"could not be assessed: no registered trial is known to have been due on {due.as_of}"
    ]
    if due.undated:
        remarks.append(f"{due.undated} completed without a result on a day not reported: not judged")
    if studies < ASYMMETRY_STUDIES:
        remarks.append(f"asymmetry cannot be tested with fewer than {ASYMMETRY_STUDIES} studies")
    down = number > 0 and due.unreported / number > UNREPORTED
    return Reason("reporting bias", int(down), "; ".join(remarks))
