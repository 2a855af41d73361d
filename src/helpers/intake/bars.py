"""The bars of a figure that was read off: what their ends show of the level that each belongs to, and of how many women."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers.evidence.faults import EvidenceError
from helpers.intake.webplotdigitizer import Digitised, fault_of

#: What the end of a bar can show, and how it is called: a spread is its distance from the level, a limit is where it ends.
SPREADS = {"sd": "SD", "se": "SE"}
LIMITS = {"q1": "first quartile", "q3": "third quartile", "minimum": "minimum", "maximum": "maximum"}
KINDS = {**SPREADS, **LIMITS}
_LOW = ("q1", "minimum")
#: What goes with what a figure shows of a cohort; the smallest and the largest value go with either.
_GOES_WITH = {"sd": "mean", "se": "mean", "q1": "median", "q3": "median"}
#: Words in the name of a data set or group for what the ends of bars show.
_WORDS = {
    "sd": ("sd", "stdev"), "se": ("se", "sem"), "confidence interval": ("ci",), "quartile": ("iqr", "quartile", "quartiles"),
    "q1": ("q1",), "q3": ("q3",), "minimum": ("min", "minimum"), "maximum": ("max", "maximum"),
}  # fmt: skip
_QUARTILES = ("q1", "q3")


def named_kind(name: str) -> str:
    """Read from the name of a data set or group what its ends of bars show: a key of `KINDS` or other words; empty if unclear."""
    words = re.findall(r"[a-z]+[0-9]?", name.casefold())
    kinds = [kind for kind, known in _WORDS.items() if set(words) & set(known)]
    return kinds[0] if len(kinds) == 1 else ""


def is_kind(kind: str, named: str) -> bool:
    """Return whether bars of a kind may have a name that means this."""
    return named in ("", kind) or (named == "quartile" and kind in _QUARTILES)


def refuse_bars_beside(statistic: str, kinds: Iterable[str]) -> None:
    """Raise ValueError for bars that do not go with what the figure shows of a cohort."""
    for kind in kinds:
        needed = _GOES_WITH.get(kind, statistic)
        if needed != statistic:
            raise ValueError(
                f"--bars {kind}: a {KINDS[kind]} goes with a {needed}; give --statistic {needed}, or bars of another kind"
            )


@dataclass(frozen=True)
class Bar:
    """What the end of a bar shows."""

    #: A key of `KINDS`, the column of `measurements` that it goes into.
    kind: str
    #: The data set or group of points that it was read from.
    name: str
    #: In the unit of the y axis. Of a spread two clicks can be off, that on the end and that on the
    #: level.
    value: float
    error: float
    #: The end is above its level.
    above: bool


def with_bars(
    points: pd.DataFrame, read: Digitised, file: str, kinds: Mapping[str, str], *, error: float | None = None
) -> pd.DataFrame:
    """Give each level of `points` a tuple of the bars whose ends were read, in the column `bars`.

    `kinds` maps a key of `KINDS` to the data set or group with its ends. `error`, of reading in the unit of the y
    axis, is that of each point by default. Raises EvidenceError for an end that belongs to no level, to one woman, or
    to a level that has its end already, that is on the impossible side of its level, or so near that the bar is
    within the error of reading.
    """
    bars_of: dict[Any, list[Bar]] = {index: [] for index in points.index}
    faults = []
    for kind, name in kinds.items():
        ends = read.bars[read.bars["bar"] == name]
        taken: dict[Any, int] = {}
        for end in ends.to_dict("records"):
            same_set = points[points["data_set"] == end["data_set"]]
            levels = points if same_set.empty else same_set
            index = (levels["x"] - end["x"]).abs().idxmin()
            level = levels.loc[index].to_dict()
            off = end["error"] if error is None else error
            bar = Bar(kind, name, end["y"], off, above=end["y"] > level["y"])
            if kind in SPREADS:
                bar = replace(bar, value=abs(end["y"] - level["y"]), error=off + level["error"])
            rule = _rule(bar, end, level, levels)
            if not rule and index in taken:
                rule = f"is a second end of the bar at {level['x']:.4g}, as row {taken[index]} is; give one end of each bar"
            taken.setdefault(index, end["row"])
            bars_of[index].append(bar)
            if rule:
                faults.append(fault_of(file, end, kind, "y", rule))
    if faults:
        raise EvidenceError(file, faults)
    return points.assign(bars=pd.Series(bars_of, dtype=object).map(tuple))


def _rule(bar: Bar, end: Mapping[Any, Any], level: Mapping[Any, Any], levels: pd.DataFrame) -> str:
    """Say why this cannot be the end of a bar of the level; empty where it can."""
    if levels["data_set"].nunique() > 1:
        return "is the end of a bar, but of which data set? choose that with the levels with --data-set"
    xs = sorted(levels["x"])
    reach = min((later - x for x, later in itertools.pairwise(xs)), default=math.inf) / 4
    if abs(end["x"] - level["x"]) > reach:
        return f"is the end of no bar; it is at {end['x']:.4g}, and the nearest level at {level['x']:.4g}"
    if level["subject"] != "cohort":
        return f"is the end of a bar, but {level['subject']} is one woman; bars are those of a cohort"
    if bar.kind in SPREADS and bar.value <= bar.error:
        return f"is within the error of reading of its level {level['y']:.4g}; take the point away"
    side = -1 if bar.kind in _LOW else 1
    if bar.kind in LIMITS and side * (bar.value - level["y"]) < -(bar.error + level["error"]):
        return f"is {'above' if side < 0 else 'below'} its level {level['y']:.4g}, and no {KINDS[bar.kind]}"
    return ""


def with_women(points: pd.DataFrame, n: Sequence[int], times: Sequence[float] = ()) -> pd.DataFrame:
    """Add `n`, the women in whom each level of a cohort was measured; blank for one woman.

    `n` is one number for all times, or one for each of `times`, by default those of the points from the earliest.
    Raises ValueError if there is no cohort, or the numbers are not as many as the times.
    """
    cohort = points["subject"] == "cohort"
    if not cohort.any():
        raise ValueError(
            "--n is the number of women of a cohort, and there is none; each patient is one woman"
        )
    at = list(dict.fromkeys(times)) or sorted(points.loc[cohort, "time"])
    if len(n) not in (1, len(at)):
        listed = ", ".join(f"{time:.4g}" for time in at)
        several = f"one for each of the {len(at)} times {listed}"
        raise ValueError(f"--n takes one number, or {several}; {len(n)} were given")
    women = dict(zip(at, map(str, n if len(n) > 1 else [n[0]] * len(at)), strict=True))
    return points.assign(n=points["time"].map(women).where(cohort, ""))
