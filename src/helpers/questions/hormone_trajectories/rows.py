"""Gather all that is known of the course of one marker, for figure, table and sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from helpers.counts.changes import change_rows, with_directions, without_levels
from helpers.counts.levels import described_rows, level_rows, period_rows, threshold_rows
from helpers.counts.selection import with_results
from helpers.errors import ChoiceError
from helpers.evidence import Evidence, known_units
from helpers.evidence.units import factor_to_canonical
from helpers.evidence.vocabulary import CLASSES_OF, MEASURE

CANONICAL = "canonical"


@dataclass(frozen=True, eq=False)
class Course:
    """The course of one marker in the chosen studies.

    Attributes
    ----------
    measure, unit : str
        The marker, and the unit of its levels.
    to_canonical : float
        Factor from a level to the canonical unit.
    tissues : dict
        Label of each study with results -> tissue treated; a study known only from its registration is not among them.
    cited : list of str
        Labels of those that the article cites.
    levels, periods, changes, described, thresholds : pandas.DataFrame
        Made by `level_rows`, `period_rows`, `change_rows`, `described_rows` and `threshold_rows`. A direction between two times
        that both have a level is no change of its own.
    """

    measure: str
    unit: str
    to_canonical: float
    tissues: dict[str, str]
    cited: list[str]
    levels: pd.DataFrame
    periods: pd.DataFrame
    changes: pd.DataFrame
    described: pd.DataFrame
    thresholds: pd.DataFrame

    @property
    def studies(self) -> list[str]:
        """Labels of the chosen studies with results."""
        return list(self.tissues)

    @property
    def silent(self) -> list[str]:
        """Labels of the studies with results that report nothing on the marker."""
        reported = {
            label for rows in (self.levels, self.changes, self.described) for label in rows["study_label"]
        }
        return [label for label in self.studies if label not in reported]


def courses(ev: Evidence, measures: list[str], *, studies: list[str], unit: str = CANONICAL) -> list[Course]:
    """Gather the courses of several markers, all in one unit or each in its canonical one.

    `measures` must be a list, and `unit` a unit of every measure or ``"canonical"``; otherwise nothing is gathered and a
    ValueError says what to choose. `studies` are keys, or ``["all"]``. The frames of a course may be empty: a marker that no
    study reports is a finding.
    """
    if isinstance(measures, str):
        raise ChoiceError(f"measure is a list of markers: write [{measures!r}] instead of {measures!r}")
    units = {measure: _unit_of(measure, unit) for measure in measures}
    other = [measure for measure in measures if unit not in (CANONICAL, *known_units(measure))]
    if other:
        known = "; ".join(f"{measure}: {', '.join(known_units(measure))}" for measure in other)
        raise ChoiceError(
            f"{unit!r} is no unit of {', '.join(other)}; choose markers of that unit, unit='canonical', or a unit of each ({known})"
        )
    return list(_courses(ev, units, studies)) if units else []


def _courses(ev: Evidence, units: dict[str, str], studies: list[str]) -> Iterator[Course]:
    """Gather the courses of markers, each in its unit; what can be done for all of them together is not done for each."""
    chosen = ev.select("studies", study_id=studies)
    measurements, changes = (
        frame[frame["study_id"].isin(chosen["study_id"]) & frame["measure"].isin(units)]
        for frame in map(ev.select, ("measurements", "changes"))
    )
    thresholds = ev.select("reference_values", kind="diagnostic-threshold")
    for measure, unit in units.items():
        measurements, thresholds = (ev.in_unit(frame, measure, unit) for frame in (measurements, thresholds))
    levels, in_words = level_rows(measurements)
    unsized = without_levels(changes, levels)
    parts = {
        "levels": with_directions(levels, changes.drop(unsized.index)),
        "periods": period_rows(levels),
        "changes": change_rows(unsized),
        "thresholds": thresholds,
        "in_words": in_words,
    }
    chosen = chosen[chosen["study_id"].isin(with_results(ev))]
    baseline = ev.select("baseline")
    baseline = baseline[baseline["study_id"].isin(chosen["study_id"])]
    for measure, unit in units.items():
        own = {name: frame[frame["measure"] == measure] for name, frame in parts.items()}
        yield Course(
            measure=measure,
            unit=unit,
            to_canonical=factor_to_canonical(measure, unit, ev.reference_values).factor,
            tissues=dict(zip(chosen["label"], chosen["tissue"], strict=True)),
            cited=list(chosen.loc[chosen["role"] == "cited", "label"]),
            levels=own["levels"],
            periods=own["periods"],
            changes=own["changes"],
            described=described_rows(own["in_words"], _classes(baseline, measure)),
            thresholds=threshold_rows(own["thresholds"]),
        )


def study_courses(ev: Evidence, study_id: str) -> list[Course]:
    """Gather the courses of the markers of which a study reports more than levels before treatment.

    In canonical units and the order of the vocabulary; empty if nothing after treatment was reported.
    """
    levels = ev.measurements[ev.measurements["timepoint_months"].ne(0)]
    reported = {
        measure
        for rows in (levels, ev.changes)
        for measure in rows.loc[rows["study_id"] == study_id, "measure"]
    }
    markers = [
        measure
        for measure in ev.schema.vocabularies["measure"]
        if measure in reported and known_units(measure)
    ]
    return courses(ev, markers, studies=[study_id])


def _unit_of(measure: str, unit: str) -> str:
    units = known_units(measure)
    if not units:
        known = [name for name in MEASURE if known_units(name)]
        raise ChoiceError(f"{measure!r} has no levels to draw; choose one of: {', '.join(known)}")
    return units[0] if unit == CANONICAL else unit


def course(ev: Evidence, measure: str, *, studies: list[str], unit: str = CANONICAL) -> Course:
    """Gather the course of one marker as `courses` does."""
    return courses(ev, [measure], studies=studies, unit=unit)[0]


def _classes(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    for characteristic in CLASSES_OF.get(measure, ()):
        if (rows["characteristic"] == characteristic).any():
            return rows[rows["characteristic"] == characteristic]
    return rows.iloc[:0]


def course_summary(courses: Iterable[Course]) -> pd.DataFrame:
    """Count, marker by marker, levels before, after and without a printed time, changes without a level, and reports in words."""
    return pd.DataFrame(
        {
            "measure": course.measure,
            "unit": course.unit,
            "before": int((course.levels["timepoint_months"] == 0).sum()),
            "after": int((course.levels["timepoint_months"] > 0).sum()),
            "untimed": int(course.levels["timepoint_months"].isna().sum()),
            "changes": len(course.changes),
            "described": len(course.described),
        }
        for course in courses
    )


def joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put frames with the same columns below each other, without the empty ones."""
    kept = list(frames)
    return pd.concat([frame for frame in kept if len(frame)] or kept[:1])
