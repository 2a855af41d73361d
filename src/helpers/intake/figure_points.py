"""From points read off a figure to rows of `measurements`, each with the error of its reading."""

from __future__ import annotations

import itertools
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.figure_readings import COHORT, PER_DATA_SET, READ_OFF
from helpers.evidence.package import Evidence
from helpers.evidence.printed_forms import in_months
from helpers.evidence.units import known_units, spellings, unit_meant
from helpers.intake.bars import KINDS, Bar
from helpers.intake.new_rows import Row
from helpers.intake.webplotdigitizer import Digitised, fault_of

#: The rows that agree in these columns are one reading of one course.
READING = ("study_id", "arm_id", "subject", "subgroup", "measure", "source_id", "locator", "extraction")
#: How a figure is called; what follows is its number.
_FIGURE = re.compile(r"\bfig(?:ure)?(?![a-z])\.?", re.IGNORECASE)
#: Points nearer to each other than this share of the time axis are at one time, unless the times are given.
_APART = 0.01
_PATIENT = re.compile(r"patient[ _-]?0*([1-9]\d*)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Target:
    """What a figure shows, and where it is."""

    #: As in `measurements`.
    study_id: str
    arm_id: str
    measure: str
    unit: str
    source_id: str
    #: The figure in the document, as ``Fig 2a``; it becomes the locator.
    figure: str
    #: What the figure shows of a cohort, one of `STATISTICS`. The value of one woman goes into `mean`.
    statistic: str = "mean"
    #: Unit of the time axis, a key of `helpers.evidence.dates.MONTHS`.
    x_unit: str = "months"


def target_of(
    ev: Evidence, *, study: str, arm: str, measure: str, unit: str, figure: str, source: str | None = None,
    statistic: str = "mean", x_unit: str = "months",
) -> Target:  # fmt: skip
    """Check against the evidence what a figure is meant to show; the document is the main one of the study by default.

    The figure gets the name that rows read off it before use: 'Fig. 2A' becomes 'Fig 2a'. Raises ValueError for a
    study, arm, measure, unit or source that is not known, naming those that are.
    """
    studies = ev.studies.set_index("study_id")["source_id"]
    _refuse_unknown("study", study, studies.index)
    arms = ev.arms.loc[ev.arms["study_id"] == study, "arm_id"]
    if arm not in set(arms):
        raise ValueError(f"{study} has no arm {arm!r}; {meant(arm, arms) if len(arms) else 'it has none'}")
    _refuse_unknown("measure", measure, ev.schema.vocabularies["measure"])
    if known_units(measure) and unit not in spellings(measure):
        raise ValueError(f"{unit!r} is no unit of {measure}; {unit_meant(unit, measure)}")
    source = source or str(studies[study])
    _refuse_unknown("source", source, ev.sources["source_id"])
    if not figure.strip():
        raise ValueError("the figure must be named, as 'Fig 2a'")
    figure = _named_before(ev, study, source, figure.strip())
    return Target(study, arm, measure, unit, source, figure, statistic, x_unit)


def _refuse_unknown(what: str, word: str, known: Iterable[str]) -> None:
    if word not in set(known):
        raise ValueError(f"there is no {what} {word!r}; {meant(word, known)}")


def _named_before(ev: Evidence, study: str, source: str, figure: str) -> str:
    """Call a figure as the rows do that were read off it before, so that one figure has one reading."""
    frame = ev.measurements
    read = frame["study_id"].eq(study) & frame["source_id"].eq(source) & frame["extraction"].eq(READ_OFF)
    before = list(frame.loc[read, "locator"])
    same = [name for name in before if _figure_key(name) == _figure_key(figure)]
    return figure if figure in before or not same else str(same[0])


def _figure_key(figure: str) -> str:
    return "".join(_FIGURE.sub("fig", figure).casefold().split())


def points_of(
    read: Digitised, file: str, *, error: float | None = None, subject: str | None = None,
    times: Sequence[float] = (),
) -> pd.DataFrame:  # fmt: skip
    """Add whose each point is (`subject`), its printed time (`time`, unit of the x axis) and its error of reading (unit of the y axis).

    `error` follows from the calibration by default. `subject` is ``cohort``, one patient as ``patient-1``, for one
    data set, or ``per-dataset``, where each is one patient, in order; by default the names of the data sets decide.
    Each point takes the nearest of `times`, by default its own. Raises EvidenceError for data sets without a clear
    subject and points without a time of their own; ValueError where error or times will not do.
    """
    if error is None and read.calibration is None:
        raise ValueError(
            f"{file} has no calibration data: give the error of reading with --error, in the unit of the measure, "
            "or import the project (JSON or tar)"
        )
    if error is not None and not (error > 0 and math.isfinite(error)):
        raise ValueError(f"the error of reading must be a number above 0, not {error:g}")
    subjects = _subjects(list(read.points["data_set"].unique()), file, subject)
    points = read.points.assign(subject=read.points["data_set"].map(subjects))
    if error is not None:
        points["error"] = error
    bars = pd.Series(dict.fromkeys(points.index, ()), dtype=object)
    return points.assign(time=_times(points, read, file, times), n="", bars=bars)


def rows_of(points: pd.DataFrame, target: Target, file: str, *, given_error: bool) -> list[Row]:
    """Make a row of `measurements` of each point, with `extraction` = digitised and the error in `note`.

    Bars and numbers of women come from `helpers.intake.bars`. `given_error`: the error was given, not computed from
    the calibration. Levels are rounded to a tenth of their error or finer, times to a hundredth of a month.
    """
    how = "as its reader gave it" if given_error else "half a pixel for the point and each calibration point"
    unit = f" {target.unit}" if target.unit else ""
    rows = []
    for point in points.to_dict("records"):
        patient = point["subject"] != COHORT
        error = float(f"{point['error']:.2g}")
        bars: tuple[Bar, ...] = point["bars"]
        bar_errors = "".join(f"; {KINDS[bar.kind]} from {bar.name!r} ±{bar.error:.2g}{unit}" for bar in bars)
        group = f", group '{point['group']}'" if point["group"] else ""
        cells = {
            "study_id": target.study_id,
            "arm_id": target.arm_id,
            "subject": point["subject"],
            "measure": target.measure,
            "unit": target.unit,
            "timepoint_months": in_months(point["time"], target.x_unit),
            "n": "1" if patient else point["n"],
            "mean" if patient else target.statistic: _rounded(point["y"], point["error"]),
            **{bar.kind: _rounded(bar.value, bar.error) for bar in bars},
            "source_id": target.source_id,
            "locator": target.figure,
            "extraction": READ_OFF,
            # The error of the level comes last: `reading_error` looks for it there.
            "note": f"read off the figure with WebPlotDigitizer, data set '{point['data_set']}'{group}, at "
            f"{point['x']:.4g} {target.x_unit}{bar_errors}; error of reading ±{error:g}{unit} ({how})",
        }
        rows.append(Row("measurements", f"{file}, data set {point['data_set']!r}", point["row"], cells))
    return rows


def _rounded(value: float, error: float) -> str:
    return f"{value:.{max(0, 1 - math.floor(math.log10(error)))}f}"


def _subjects(names: list[str], file: str, subject: str | None) -> dict[str, str]:
    """Give each data set its subject."""
    if subject == PER_DATA_SET:
        return {name: f"patient-{number}" for number, name in enumerate(names, start=1)}
    if subject is not None:
        if _subject_named(subject) is None:
            raise ValueError(
                f"--subject must be cohort, a patient as patient-1, or per-dataset, not {subject!r}"
            )
        if len(names) > 1:
            listed = ", ".join(map(repr, names))
            raise ValueError(
                f"{file} has {len(names)} data sets ({listed}); choose that of the {subject} with --data-set"
            )
    subjects: dict[str, str] = {}
    faults = []
    for name in names:
        named = _subject_named(subject or name)
        if named is None:
            rule = (
                "does not say whose values these are; rename the data set in WebPlotDigitizer to 'cohort' or "
                "'patient 1', or give --subject"
            )
            faults.append(Fault(file, 0, "data set", name, rule))
        elif named in subjects.values():
            faults.append(Fault(file, 0, "data set", name, f"is {named}, as another data set is"))
        else:
            subjects[name] = named
    if faults:
        raise EvidenceError(file, faults)
    return subjects


def _subject_named(name: str) -> str | None:
    patient = _PATIENT.fullmatch(name.strip())
    if patient:
        return f"patient-{patient[1]}"
    return COHORT if name.strip().casefold() == COHORT else None


def _times(points: pd.DataFrame, read: Digitised, file: str, times: Sequence[float]) -> list[float]:
    """Give each point its time point."""
    printed = sorted(set(times))
    if len(printed) == 1:
        raise ValueError(f"--times must name all time points of the figure, not only {printed[0]:g}")
    # Points are off by pixels, the same all along the axis: a quarter of the shortest step separates time points.
    reach = min((later - time for time, later in itertools.pairwise(printed)), default=math.inf) / 4
    apart = 0.0 if printed else _APART * _width(points, read)
    chosen: list[float] = []
    taken: dict[str, list[tuple[float, int]]] = defaultdict(list)
    faults = []
    for point in points.to_dict("records"):
        x, earlier = point["x"], taken[point["data_set"]]
        time = min(printed, key=lambda time: abs(time - x)) if printed else x
        chosen.append(time)
        rule = ""
        same = [row for at, row in earlier if abs(at - time) <= apart]
        if abs(time - x) > reach:
            rule = f"lies between the time points of --times; the nearest is {time:g}"
        elif time < 0:
            rule = "lies before 0; give the time points of the figure with --times, as --times 0,3,6"
        elif same:
            rule = (
                f"is at the time of row {same[0]}: a point that was clicked twice, or the end of an error bar, which "
                "belongs into a data set or group of its own"
                + ("" if printed else "; if both are times of the figure, name all with --times")
            )
        else:
            earlier.append((time, point["row"]))
        if rule:
            faults.append(fault_of(file, point, "x", "x", rule))
    if faults:
        raise EvidenceError(file, faults)
    return chosen


def _width(points: pd.DataFrame, read: Digitised) -> float:
    """Give the length of the time axis: as calibrated, or as far as points reach beyond."""
    limits = read.calibration.x_limits if read.calibration else (0.0, 0.0)
    return max(abs(limits[1] - limits[0]), float(points["x"].max() - points["x"].min()))
