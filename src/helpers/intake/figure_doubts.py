"""What of a figure that was read off may have been meant otherwise."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.evidence.dates import MONTHS
from helpers.evidence.figure_readings import READ_OFF, reading_error
from helpers.evidence.package import Evidence
from helpers.evidence.printed_forms import in_months
from helpers.intake.bars import SPREADS, is_kind, named_kind
from helpers.intake.calibration import Calibration
from helpers.intake.figure_points import Target
from helpers.intake.webplotdigitizer import Digitised

#: How far from the calibrated stretch of an axis, in its length, no point is expected: an axis may go on for a while.
_FAR = 0.5
#: Times this far apart, in months, are one: both are rounded.
_SAME_TIME = 0.05
#: Names of levels, which may name the bars too, as 'mean ± SD'.
_LEVELS = re.compile(r"mean|median|level|value", re.IGNORECASE)


def doubts(
    points: pd.DataFrame, target: Target, ev: Evidence, times: Sequence[float] = (),
    read: Digitised | None = None,
) -> list[str]:  # fmt: skip
    """List what may have been meant otherwise, a sentence each.

    A first point nearly at 0, and so no level before treatment; a point moved to one of `times` by more than a tenth
    of the shortest step; a point far outside the calibrated axes; a level without the bar that others have, or with
    its bar on the other side; a name of levels or bars that means something else; another reading of the same figure;
    and the same course under another name.
    """
    sentences = list(_moved(points, target, times))
    if read and read.calibration:
        sentences += _outside(pd.concat([points, read.bars]), read.calibration)
    sentences += _without_bars(points)
    sentences += _otherwise_named(points)
    sentences += _read_before(points, target, ev.measurements)
    sentences += _same_course(points, target, ev)
    return sentences


def _moved(points: pd.DataFrame, target: Target, times: Sequence[float]) -> Iterator[str]:
    step = min((later - time for time, later in itertools.pairwise(sorted(set(times)))), default=math.inf)
    for name, levels in points.groupby("data_set", sort=False):
        xs = sorted(levels["x"])
        first = in_months(xs[0], target.x_unit)
        near = xs[0] < (xs[1] - xs[0] if len(xs) > 1 else 1 / MONTHS[target.x_unit]) / 4
        if not times and near and first != "0":
            yield (
                f"data set {name!r}: the first point is at {first} months, which is not before treatment; "
                "if it was read before, give the time points of the figure with --times, as --times 0,3,6"
            )
        for x, time in zip(levels["x"], levels["time"], strict=True):
            if abs(x - time) > step / 10:
                yield f"data set {name!r}: the point at {x:.4g} {target.x_unit} is taken for {time:g}"


def _read_before(points: pd.DataFrame, target: Target, levels: pd.DataFrame) -> Iterator[str]:
    same = ["study_id", "measure", "source_id", "locator", "extraction"]
    here = [target.study_id, target.measure, target.source_id, target.figure, READ_OFF]
    figure = levels[(levels[same] == here).all(axis=1)]
    for (arm, subject), rows in figure.groupby(["arm_id", "subject"], sort=False):
        if arm != target.arm_id or subject not in set(points["subject"]):
            yield f"{target.figure} was read for arm {arm}, {subject} before ({len(rows)} points); those rows stay"


def _outside(points: pd.DataFrame, calibration: Calibration) -> Iterator[str]:
    axes = (("x", calibration.x_limits, calibration.log_x), ("y", calibration.y_limits, calibration.log_y))
    for point, (axis, limits, log) in itertools.product(points.to_dict("records"), axes):
        value = point[axis]
        low, high, at = (math.log(number) if log else number for number in (*sorted(limits), value))
        if max(low - at, at - high) > _FAR * (high - low):
            yield (
                f"data set {point['data_set']!r}: point {point['row']} has {axis} = {value:.4g}, far outside the {axis} axis, "
                f"which is calibrated from {min(limits):g} to {max(limits):g}; a wrong click, or axes of another figure"
            )


def _without_bars(points: pd.DataFrame) -> Iterator[str]:
    for name, levels in points.groupby("data_set", sort=False):
        kinds_of = [{bar.kind for bar in bars} for bars in levels["bars"]]
        for kind in dict.fromkeys(bar.kind for bars in levels["bars"] for bar in bars):
            bare = [x for x, kinds in zip(levels["x"], kinds_of, strict=True) if kind not in kinds]
            if bare:
                listed = ", ".join(f"{x:.4g}" for x in bare)
                yield f"data set {name!r}: no end of a bar ({kind}) was read for the level at {listed}"


def _otherwise_named(points: pd.DataFrame) -> Iterator[str]:
    """Find levels whose name is that of the ends of bars, bars whose name is that of others, and ends on both sides."""
    for name, group in dict.fromkeys(zip(points["data_set"], points["group"], strict=True)):
        for word, called in (("group", group), ("data set", name)):
            if (kind := named_kind(called)) and not _LEVELS.search(called):
                yield (
                    f"{word} {called!r}: its points are taken for levels, and its name is that of the ends of bars "
                    f"({kind}); take the levels with --group or --data-set, and these with --bars"
                )
    bars = [(bar, x) for own, x in zip(points["bars"], points["x"], strict=True) for bar in own]
    for kind, called in dict.fromkeys((bar.kind, bar.name) for bar, _ in bars):
        named = named_kind(called)
        if not is_kind(kind, named):
            yield f"bars {kind}={called!r}: the name says {named}; check in the legend of the figure what its bars show"
        sides: dict[bool, list[str]] = {True: [], False: []}
        for bar, x in bars:
            if (bar.kind, bar.name) == (kind, called):
                sides[bar.above].append(f"{x:.4g}")
        if kind in SPREADS and all(sides.values()):
            yield (
                f"bars {kind}={called!r}: the end is above the level at {', '.join(sides[True])} and below it at "
                f"{', '.join(sides[False])}; a wrong click, or the end of another bar"
            )


def _same_course(points: pd.DataFrame, target: Target, ev: Evidence) -> Iterator[str]:
    """Find courses read off a figure before, under another name, with all the levels of the points.

    Levels are alike within both errors of reading where measure and unit are the same, else to the last digit read.
    """
    text, frame = ev.printed["measurements"], ev.measurements
    before = text[text["extraction"].eq(READ_OFF)].assign(months=frame["timepoint_months"])
    months = MONTHS[target.x_unit]
    name = ["study_id", "arm_id", "subject", "measure", "unit", "source_id", "locator"]
    for (study, arm, subject, measure, unit, source, locator), course in before.groupby(name, sort=False):
        for data_set, levels in points.groupby("data_set", sort=False):
            whose = (target.study_id, target.arm_id, levels["subject"].iloc[0], target.measure)
            here = (*whose, target.source_id, target.figure)
            if len(levels) < 2 or here == (study, arm, subject, measure, source, locator):
                continue
            exact = (measure, unit) != (target.measure, target.unit)
            read = (_stands(point, course, months, exact=exact) for point in levels.to_dict("records"))
            if all(read):
                yield (
                    f"data set {data_set!r}: all {len(levels)} points are in the tables already, as {measure} of {study}, "
                    f"arm {arm}, {subject}, read off {locator} of {source}; one figure may have been given two names"
                )


def _stands(point: Mapping[Any, Any], course: pd.DataFrame, months: float, *, exact: bool) -> bool:
    """Return whether a course has a level like that of a point at its time."""
    near = course[(course["months"] - point["time"] * months).abs() <= _SAME_TIME]
    for cells in near.to_dict("records"):
        level = cells["mean"] or cells["median"]
        error = 0.0 if exact else (reading_error(cells["note"], cells["unit"]) or 0.0) + point["error"]
        # What is written is rounded to a tenth of its error or finer.
        if level and abs(float(level) - point["y"]) <= max(error, point["error"] / 10):
            return True
    return False
