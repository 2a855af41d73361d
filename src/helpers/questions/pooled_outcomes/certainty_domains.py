"""The domains of a certainty: what rates it down by how much, and what could not be assessed."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import pandas as pd

from helpers import stats
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.questions.pooled_outcomes.estimates import I2_CONSIDERABLE, I2_SUBSTANTIAL
from helpers.show.numbers import number, percent, points
from helpers.show.words import counted, listed

RISK_OF_BIAS = "risk of bias"
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


class Reason(NamedTuple):
    """A judgement on one domain: the levels that it rates down, and the numbers behind it or that it could not be assessed."""

    domain: str
    levels: int
    reason: str


def bias_of_rate(rows: pd.DataFrame, judgements: pd.DataFrame) -> Reason:
    """Judge the risk of bias of a rate by who reports its counts and by the judgements on the studies behind it.

    One level down if more than half of the women are counted in no document of their own study, or if studies with more than half of
    them have a judgement against one of `BIASES`.
    """
    women = rows.groupby("study_id")["total"].sum().astype(float)
    shares = women / women.sum()
    judged = judgements[~judgements["judgement"].isin(_NONE)]
    against, unknown = [], []
    second_hand = rows.loc[rows["origin"].ne(ORIGINS[0]), "total"].sum() / rows["total"].sum()
    if second_hand > MOST:
        against.append(f"{percent(second_hand)} % of the women are counted in no document of their own study")
    for bias, domains in BIASES.items():
        own = judged[judged["domain"].isin(domains)]
        share = _share(shares, own[own["judgement"].isin(_AGAINST)])
        if share > MOST:
            against.append(f"{bias}: a judgement against studies with {percent(share)} % of the women")
        elif not _share(shares, own) > MOST:
            unknown.append(bias)
    unjudged = f"could not be assessed for most of the women: {listed(unknown)}" if unknown else ""
    reason = "; ".join(filter(None, [*against, unjudged])) or "no judgement against most of the women"
    return Reason(RISK_OF_BIAS, int(bool(against)), reason)


def _share(shares: pd.Series, judgements: pd.DataFrame) -> float:
    return float(shares[shares.index.isin(judgements["study_id"])].sum())


def risk_of_bias(low: float, high: float, lost: Lost | None) -> Reason:
    """Judge whether the women lost to a trial can change what its interval shows.

    One level down if they decide: in the worst or the best case the interval includes no difference and as reported it does not, or
    the reverse. How women were randomised could not be assessed.
    """
    unknown = "random sequence generation and allocation concealment could not be assessed"
    if lost is None:
        return Reason(RISK_OF_BIAS, 0, f"women lost could not be assessed; {unknown}")
    women = f"{lost.women} of {counted(lost.enrolled, 'woman', 'women')} randomised not counted"
    turned = [
        f"in the {name} case {points(least)} to {points(most)} points"
        for name, (least, most) in (("worst", lost.worst), ("best", lost.best))
        if (least <= 0 <= most) != (low <= 0 <= high)
    ]
    change = f"they could change the result ({listed(turned)})" if turned else "they cannot change the result"
    return Reason(RISK_OF_BIAS, int(bool(turned)), f"{women}{f': {change}' if lost.women else ''}; {unknown}")


def inconsistency(rows: pd.DataFrame, width: float, prediction: float, i2: float, level: float) -> Reason:
    """Judge whether studies differ more than chance allows; `width` and `prediction` are the widths of the two intervals.

    One level down if the exact intervals of two studies do not meet, if I² is 50 or more (of three studies or more), or if the prediction
    interval is more than twice as wide as the interval (of six); two if I² is 75 or more and intervals do not meet.
    """
    studies = rows.groupby("study_id")[["events", "total"]].sum().astype(int)
    if len(studies) < 2:
        return Reason("inconsistency", 0, "one study, nothing to agree or disagree with")
    lows, highs = stats.proportion_interval(studies["events"], studies["total"], level=level)
    apart = bool(lows.max() > highs.min())
    remarks = ["CIs of two studies do not meet" if apart else "CIs of all studies meet"]
    differ = very = spread = False
    if len(studies) > 2 and not math.isnan(i2):
        differ, very = i2 >= I2_SUBSTANTIAL, apart and i2 >= I2_CONSIDERABLE
        remarks.append(f"I² {number(i2, 0)} %")
    if len(studies) > stats.FEW_STUDIES and not math.isnan(prediction):
        spread = prediction > PREDICTION_WIDER * width
        times = (
            f"prediction interval {number(prediction / width, 1)} times as wide as that of the rate"
            if width
            else ""
        )
        remarks.append(times or "limits of the rate are equal")
    return Reason("inconsistency", 2 if very else int(apart or differ or spread), "; ".join(remarks))


def indirectness(rows: pd.DataFrame, asked: str) -> Reason:
    """Judge how many women had another condition than `asked`, ``"all"`` for any: one level down from a tenth, two from a half."""
    other = rows[rows["condition"].ne(asked) & (asked != "all")]
    share = float(other["total"].sum() / rows["total"].sum())
    if not share:
        return Reason("indirectness", 0, "women of the condition in question")
    names = " or ".join(phrase(name) for name in other["condition"].unique())
    reason = f"{percent(share)} % of the women had another condition: {names}, not {phrase(asked)}"
    return Reason("indirectness", 2 if share > MOST else int(share > OTHER_CONDITION), reason)


def imprecise_effect(rows: pd.DataFrame, low: float, high: float, smallest: float, level: float) -> Reason:
    """Judge the interval of a risk difference by the smallest effect of interest and the optimal information size.

    One level down for each threshold, a benefit or a harm of `smallest`, that it includes, and one more for no difference; with neither,
    one below the optimal information size and two below half of it.
    """
    women = int(rows["total"].sum())
    size = optimal_size(int(rows["events"].iloc[1]), int(rows["total"].iloc[1]), smallest, level)
    words = {f"{points(end)} points": low <= end <= high for end in (-smallest, smallest)}
    inside = [name for name, within in words.items() if within]
    if inside:
        inside += ["no difference"] if low <= 0 <= high else []
        levels, remark = len(inside), f"includes {listed(inside)}"
    else:
        levels = int(women < size) + int(women < FAR_BELOW * size)
        remark = f"includes neither {' nor '.join(words)}"
    trial = f"{women} women, where a trial that can detect {percent(smallest)} points needs {size}"
    return Reason("imprecision", levels, f"the CI of the risk difference {remark}; {trial}")


def optimal_size(events: int, total: int, smallest: float, level: float) -> int:
    """Size a trial that detects the smallest effect of interest from the rate of a control arm; a count of zero plans with a half."""
    rate = float((events + 0.5) / (total + 1) if events in (0, total) else events / total)
    other = rate + smallest if rate + smallest < 1 else rate - smallest
    return int(2 * stats.patients_needed(other, rate, level=level))


def imprecise_rate(rows: pd.DataFrame, low: float, high: float, smallest: float, level: float) -> Reason:
    """Judge the interval of a rate and the women behind it by the smallest effect of interest.

    One level down if it spans more than twice `smallest`, or if there are fewer women than give such an interval around one half; two
    if it spans more than four times.
    """
    women, width = int(rows["total"].sum()), high - low
    size = math.ceil((NormalDist().inv_cdf((1 + level) / 2) / (2 * smallest)) ** 2)
    levels = 2 if width > 4 * smallest else int(width > 2 * smallest or women < size)
    enough = f"{counted(women, 'woman', 'women')}, where {size} give a rate within {percent(smallest)} points"
    return Reason("imprecision", levels, f"limits {percent(width)} points apart; {enough}")


def reporting_bias(studies: int, due: Due) -> Reason:
    """Judge whether registered trials reported: one level down if more than a quarter of those that did or were due had no result."""
    trials = due.reported + due.unreported
    of = f"{due.unreported} of {counted(trials, 'registered trial')} that reported or were due on {due.as_of} had no result"
    none = f"could not be assessed: no registered trial is known to have been due on {due.as_of}"
    remarks = [of if trials else none]
    if due.undated:
        remarks.append(f"{due.undated} completed without a result on a day not reported: not judged")
    if studies < ASYMMETRY_STUDIES:
        remarks.append(f"asymmetry cannot be tested with fewer than {ASYMMETRY_STUDIES} studies")
    down = trials > 0 and due.unreported / trials > UNREPORTED
    return Reason("reporting bias", int(down), "; ".join(remarks))
