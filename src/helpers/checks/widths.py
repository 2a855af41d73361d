"""Intervals of risk and odds ratios against the number of women behind them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, all_given, key_of, rows_of
from helpers.checks.intervals import WIDTH, Interval, Parts, interval_of
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import phrase

#: The ratio that a kind of effect is; the estimate of a logarithm is no ratio yet.
_RATIOS = {"RR": "RR", "OR": "OR", "logOR": "OR", "rr": "RR", "or": "OR"}
#: Methods other than that of Wald may give a standard error this many times smaller.
METHODS = 1.1
#: Counts of other women say what a rate can be from so many women on.
FEWEST = 10

#: What is asked of a count; taking rows of all columns would be most of the work.
_OF_COUNTS = [
    "study_id", "arm_id", "source_id", "outcome", "tissue", "arm_kind", "subgroup", "timepoint_months", "events", "total",
]  # fmt: skip
#: What counts of one outcome after such treatment have in common.
_TREATED = ["outcome", "tissue", "arm_kind"]
#: What counts of the same women in one document at one time have in common.
_SAME = ("study_id", "source_id", "subgroup", "timepoint_months")
#: A count by its columns.
_Count = dict[str, Any]
#: Lowest and highest event rate of a group.
Rates = tuple[float, float]


@dataclass(frozen=True)
class _Group:
    """One side of a ratio: how many there were, counts of the same women, and counts of women treated alike."""

    n: int
    own: list[tuple[int, int]]
    alike: list[tuple[int, int]]


#: Table, row, outcome, kind of effect, estimate with limits, and the two groups.
_Ratio = tuple[str, int, str, str, Parts, tuple[_Group, _Group]]


def smallest_error(kind: str, ratio: float, n: tuple[int, int]) -> float:
    """Compute the smallest standard error of the log of a ratio ("RR" or "OR") that two groups can give.

    A risk ratio at the highest rates (Katz, Biometrics 1978;34:469), an odds ratio at rates around one half
    (Woolf, Ann Hum Genet 1955;19:251). With p1 = ratio * p2 the first is (1/p1 - 1)/n1 + (1/p2 - 1)/n2 squared;
    with odds w1 = ratio * w2 the second (w1 + 2 + 1/w1)/n1 + (w2 + 2 + 1/w2)/n2.
    """
    first, second = n
    if kind == "RR":
        highest = min(1.0, ratio)
        return math.sqrt((1 / highest - 1) / first + (ratio / highest - 1) / second)
    rising, falling = _odds_terms(ratio, n)
    return math.sqrt(2 * math.sqrt(rising * falling) + 2 / first + 2 / second)


def rates_needed(kind: str, ratio: float, error: float, n: tuple[int, int]) -> tuple[Rates, Rates] | None:
    """Compute the event rates of each group, lowest and highest, with which a ratio has no larger an error.

    None if none do. Any rates are tried, not whole counts alone: a pooled or adjusted ratio is no ratio of two counts.
    """
    if error < smallest_error(kind, ratio, n):
        return None
    first, second = n
    if kind == "RR":
        lowest = (1 / first + ratio / second) / (error**2 + 1 / first + 1 / second)
        highest = min(1.0, ratio)
        return (lowest, highest), (lowest / ratio, highest / ratio)
    rising, falling = _odds_terms(ratio, n)
    middle = error**2 - 2 / first - 2 / second
    root = math.sqrt(max(0.0, middle**2 - 4 * rising * falling))
    odds = [(middle - root) / (2 * rising), (middle + root) / (2 * rising)]
    low, high = ([w / (1 + w), w / ratio / (1 + w / ratio)] for w in odds)
    return (low[0], high[0]), (low[1], high[1])


def rates_allowed(kind: str, interval: Interval, n: tuple[int, int]) -> tuple[Rates, Rates] | None:
    """Compute the event rates that a printed interval allows, with all that rounding and method can do in its favour.

    Each size is one more, for the half added to every cell where one is empty, and the standard error
    `METHODS` times that of the interval.
    """
    error = METHODS * (interval.high - interval.low + 2 * interval.slack) / WIDTH
    logs = {interval.estimate - interval.slack, interval.estimate, interval.estimate + interval.slack}
    if min(logs) < 0 < max(logs):
        logs.add(0.0)
    found = [rates_needed(kind, math.exp(log), error, (n[0] + 1, n[1] + 1)) for log in logs]
    allowed = [rates for rates in found if rates]
    if not allowed:
        return None
    first, second = zip(*allowed, strict=True)
    return _around(first), _around(second)


def interval_and_women(ev: Evidence) -> Iterator[Misfit]:
    """Find intervals of ratios too narrow for the women behind them.

    The event rates that they need (`rates_needed`) do not occur. ``certain`` where no rates do; ``likely``
    where counts of the same women, document and time contradict them; ``possible`` where all counts of the
    outcome in `FEWEST` women or more, treated alike, do. High rates alone are no finding.
    """
    outcomes = ev.select("outcomes")
    whole = outcomes[["events", "total"]].notna().all(axis=1) & outcomes["total_unit"].eq("women")
    asked = whole & outcomes["extraction"].ne("model") & outcomes["reporting"].isna()
    counts = [count for _, count in rows_of(outcomes.loc[asked, _OF_COUNTS])]
    for table, row, what, kind, parts, groups in [*_pooled(ev, counts), *_changes(ev, counts)]:
        interval, n = interval_of(*parts, kind), (groups[0].n, groups[1].n)
        if interval is None:
            continue
        ratio = _RATIOS[kind]
        allowed = rates_allowed(ratio, interval, n)
        if allowed is None:
            sure = Confidence.CERTAIN
            possible = f"no event rates of {n[0]} and {n[1]} give so narrow an interval"
        else:
            against = [_against(group, rates) for group, rates in zip(groups, allowed, strict=True)]
            known = [group.own for group, words in zip(groups, against, strict=True) if words]
            if not known:
                continue
            sure = Confidence.LIKELY if any(known) else Confidence.POSSIBLE
            # As printed, where that is possible at all without the help of rounding and method.
            error = (interval.high - interval.low) / WIDTH
            needed = rates_needed(ratio, math.exp(interval.estimate), error, n) or allowed
            shown = [
                f"{100 * low:.0f} to {100 * high:.0f} % of {size}"
                for (low, high), size in zip(needed, n, strict=True)
            ]
            needs = f"so narrow an interval needs {phrase(what)} in {' and '.join(shown)}"
            possible = "; ".join([needs, *filter(None, against)])
        printed = f"{kind} {parts[0]} ({parts[1]} to {parts[2]}) from {n[0]} and {n[1]}"
        yield Misfit(table, [row], printed, possible, sure)


def _against(group: _Group, rates: Rates) -> str:
    """Say which counts contradict the rates that a group needs; empty where any of them does not."""
    low, high = rates
    counts = group.own or group.alike
    # A half may have been added to every cell.
    spans = [sorted([events / total, (events + 0.5) / (total + 1)]) for events, total in counts]
    if not counts or any(least <= high and most >= low for least, most in spans):
        return ""
    events, total = min(counts, key=lambda count: max(low - count[0] / count[1], count[0] / count[1] - high))
    nearest = f"{events} of {total} ({100 * events / total:.0f} %)"
    if group.own:
        return f"counted were {nearest}"
    return f"of {len(counts)} counts after such treatment, each in {FEWEST} women or more, the nearest is {nearest}"


def _pooled(ev: Evidence, counts: list[_Count]) -> Iterator[_Ratio]:
    """Take the pooled ratios whose groups have a number; what the second group received is not known."""
    text = ev.printed["pooled"]
    sized = all_given(text, "estimate", "low", "high", "n_treated", "n_control")
    for row, cells in rows_of(text[sized & text["effect"].isin(_RATIOS)]):
        treated = [cells[column] for column in _TREATED]
        alike = [count for count in counts if [count[column] for column in _TREATED] == treated]
        parts = (cells["estimate"], cells["low"], cells["high"])
        first = _Group(int(cells["n_treated"]), [], _pairs(alike, FEWEST))
        second = _Group(int(cells["n_control"]), [], [])
        yield "pooled", row, cells["outcome"], cells["effect"], parts, (first, second)


def _changes(ev: Evidence, counts: list[_Count]) -> Iterator[_Ratio]:
    """Take the ratios against the one control arm of a study."""
    text, months = ev.printed["changes"], ev.changes["to_months"]
    sized = all_given(text, "change", "low", "high") & text["change_kind"].isin(_RATIOS)
    tissues = ev.studies.set_index("study_id")["tissue"]
    every_arm = ev.arms[["study_id", "arm_id", "kind", "n"]]
    for row, cells in rows_of(text[sized & text["compared_with"].eq("control-arm")]):
        arms = every_arm[every_arm["study_id"] == cells["study_id"]].set_index("arm_id")
        others = arms[~arms["kind"].isin(["cells", "mixed"])].drop(index=cells["arm_id"], errors="ignore")
        if len(others) != 1:
            continue
        alike = [count for count in counts if count["outcome"] == cells["measure"]]
        same = key_of({**cells, "timepoint_months": months[row]}, _SAME)
        own = [count for count in alike if key_of(count, _SAME) == same]
        alike = [count for count in alike if count["tissue"] == tissues[cells["study_id"]]]
        first, second = (
            _group(
                [count for count in own if count["arm_id"] == arm],
                [count for count in alike if count["arm_kind"] == arms.at[arm, "kind"]],
                arms.at[arm, "n"] if cells["subgroup"] == "" else pd.NA,
            )
            for arm in (cells["arm_id"], others.index[0])
        )
        if first and second:
            parts = (cells["change"], cells["low"], cells["high"])
            yield "changes", row, cells["measure"], cells["change_kind"], parts, (first, second)


def _group(own: list[_Count], alike: list[_Count], women: Any) -> _Group | None:
    """Describe an arm by the one total of its own counts of the outcome, else by its women; None where neither is known."""
    totals = {count["total"] for count in own}
    n = totals.pop() if len(totals) == 1 else women
    return None if pd.isna(n) else _Group(int(n), _pairs(own), _pairs(alike, FEWEST))


def _pairs(counts: list[_Count], fewest: int = 1) -> list[tuple[int, int]]:
    return [(int(count["events"]), int(count["total"])) for count in counts if count["total"] >= fewest]


def _odds_terms(ratio: float, n: tuple[int, int]) -> tuple[float, float]:
    """Factors of the first odds and of their inverse in the squared error of a log odds ratio."""
    first, second = n
    return 1 / first + 1 / (ratio * second), 1 / first + ratio / second


def _around(rates: tuple[Rates, ...]) -> Rates:
    return min(low for low, _ in rates), max(high for _, high in rates)
