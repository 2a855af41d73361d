"""Values read off a figure against those that were printed of the same women at the same time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, key_of, rows_of
from helpers.checks.percentages import half_unit
from helpers.evidence.figure_readings import READ_OFF, STATISTICS, reading_error
from helpers.evidence.package import Evidence

#: Times this far apart, in months, are one: both are rounded.
SAME_TIME = 0.05
#: A value so many times farther off than the reading allows was hardly misread.
FAR = 3.0
_LEVEL = ["study_id", "arm_id", "subject", "subgroup", "measure", "unit"]
_SHARE = ["study_id", "arm_id", "subgroup", "outcome"]


def digitised_against_printed(ev: Evidence) -> Iterator[Misfit]:
    """Find values read off a figure that lie farther from the printed one than the error of the reading allows.

    Held together are the same statistic of one measure, in its canonical unit, or the percentage of one outcome, of
    the same women at the same time. The error is that in the note of the reading, and rounding adds to it; a note
    that tells none lets nothing be said. The error bounds the clicks, not the drawing of the figure: a level is
    ``possible`` to be sound up to `FAR` times the error, a percentage always, for a curve may show a cumulative rate.
    """
    yield from _levels(ev)
    yield from _shares(ev)


def _levels(ev: Evidence) -> Iterator[Misfit]:
    frame, text = ev.measurements, ev.printed["measurements"]
    factors = frame["unit_factor"].astype(float)
    for row, other in _pairs(frame, _LEVEL):
        read, printed = text.loc[row].to_dict(), text.loc[other].to_dict()
        error = reading_error(read["note"], read["unit"])
        for statistic in STATISTICS:
            if error is None or not read[statistic] or not printed[statistic]:
                continue
            # Both in the unit of the printed one.
            factor = float(factors[row] / factors[other])
            value = float(read[statistic]) * factor
            within = (error + float(half_unit(read[statistic]))) * factor
            far = abs(value - float(printed[statistic])) / (within + float(half_unit(printed[statistic])))
            if far > 1:
                level = f"{read['measure']} {statistic} {printed[statistic]} {printed['unit']}".rstrip()
                read_off = f"{read[statistic]} {read['unit']}".rstrip()
                reading = f"{level}, {read_off} read off {read['locator']}"
                sure = Confidence.LIKELY if far > FAR else Confidence.POSSIBLE
                yield _misfit("measurements", [row, other], reading, value, within, printed["unit"], sure)


def _shares(ev: Evidence) -> Iterator[Misfit]:
    text = ev.printed["outcomes"]
    for row, other in _pairs(ev.outcomes, _SHARE):
        read, printed = text.loc[row].to_dict(), text.loc[other].to_dict()
        error = reading_error(read["note"], "%")
        percent = read["percent_reported"]
        units = {unit for unit in (read["total_unit"], printed["total_unit"]) if unit}
        if error is None or not percent or len(units) > 1:
            continue
        if printed["percent_reported"]:
            value, slack = float(printed["percent_reported"]), float(half_unit(printed["percent_reported"]))
            share = f"{printed['percent_reported']} %"
        elif printed["total"]:
            value, slack = 100 * int(printed["events"]) / int(printed["total"]), 0.0
            share = f"{printed['events']}/{printed['total']} = {value:.4g} %"
        else:
            continue
        within = error + float(half_unit(percent))
        if abs(float(percent) - value) > within + slack:
            reading = f"{share}, {percent} % read off {read['locator']}"
            yield _misfit("outcomes", [row, other], reading, float(percent), within, "%", Confidence.POSSIBLE)


def _misfit(
    table: str, rows: list[int], printed: str, read: float, within: float, unit: str, confidence: Confidence
) -> Misfit:
    allowed = f"{read - within:.4g} to {read + within:.4g} {unit}".rstrip()
    possible = f"the error of reading allows {allowed}; misread, or the figure shows something else"
    return Misfit(table, rows, printed, possible, confidence)


def _pairs(frame: pd.DataFrame, same: list[str]) -> Iterator[tuple[int, int]]:
    """Give each row read off a figure with the rows printed of the same thing at the same time."""
    read = frame["extraction"].eq(READ_OFF)
    if not read.any():
        return
    printed: dict[tuple[Any, ...], list[tuple[int, float]]] = defaultdict(list)
    for row, cells in rows_of(frame.loc[~read, [*same, "timepoint_months"]]):
        printed[key_of(cells, same)].append((row, cells["timepoint_months"]))
    for row, cells in rows_of(frame.loc[read, [*same, "timepoint_months"]]):
        for other, months in printed.get(key_of(cells, same), []):
            at = cells["timepoint_months"]
            if abs(at - months) <= SAME_TIME or (pd.isna(at) and pd.isna(months)):
                yield row, other
