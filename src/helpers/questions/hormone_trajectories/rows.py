"""All that is known of the course of one marker, gathered once for figure, table and sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from helpers.counts.changes import change_rows, with_directions, without_levels
from helpers.counts.levels import described_rows, level_rows, period_rows, threshold_rows
from helpers.evidence import Evidence, known_units
from helpers.evidence.units import factor_to_canonical
from helpers.evidence.vocabulary import CLASSES_OF, MEASURE

CANONICAL = "canonical"


@dataclass(frozen=True, eq=False)
class Course:
    """The course of one marker in the studies asked about.

    Attributes
    ----------
    measure, unit : str
        The marker, and the unit of its levels.
    to_canonical : float
        What turns a level into the canonical unit of the marker by multiplication.
    tissues : dict
        Labels of the chosen studies with results, with the tissue treated; a study known from its registration alone is not one.
    cited : list of str
        Labels of those among them that the article cites.
    levels, periods, changes, described, thresholds : pandas.DataFrame
        What `level_rows`, `period_rows`, `change_rows`, `described_rows` and `threshold_rows` make. A direction between two times
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
        """Labels of the studies with results in which nothing on the marker was found."""
        told = {
            label for rows in (self.levels, self.changes, self.described) for label in rows["study_label"]
        }
        return [label for label in self.studies if label not in told]


def courses(ev: Evidence, measures: list[str], *, studies: list[str], unit: str = CANONICAL) -> list[Course]:
    """Gather what is known of the course of several markers, all in one unit or each in its canonical one.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    measures : list of str
        Measures with a canonical unit, for example ``["E2", "AMH"]``.
    studies : list of str
        Keys of the studies, or ``["all"]``.
    unit : str
        The unit of the levels, a unit of every measure, or ``"canonical"``.

    Returns
    -------
    list of Course
        One per measure.

    Raises
    ------
    ValueError
        If `measures` is no list, a measure has no unit, or the unit is not one of every measure: nothing is gathered then.
    """
    if isinstance(measures, str):
        raise ValueError(f"measure is a list of markers: write [{measures!r}] instead of {measures!r}")
    for measure in measures:
        _unit_of(measure, CANONICAL)
    other = [measure for measure in measures if unit not in (CANONICAL, *known_units(measure))]
    if other:
        known = "; ".join(f"{measure}: {', '.join(known_units(measure))}" for measure in other)
        raise ValueError(
            f"{unit!r} is no unit of {', '.join(other)}; choose markers of that unit, unit='canonical', or a unit of each ({known})"
        )
    return [course(ev, measure, studies=studies, unit=unit) for measure in measures]


def study_courses(ev: Evidence, study_id: str) -> list[Course]:
    """Gather the courses of the markers of which a study reports anything but levels before treatment.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    study_id : str
        Key of the study.

    Returns
    -------
    list of Course
        In canonical units and the order of the vocabulary; empty where nothing after treatment was reported.
    """
    levels = ev.measurements[ev.measurements["timepoint_months"].ne(0)]
    told = {
        measure
        for rows in (levels, ev.changes)
        for measure in rows.loc[rows["study_id"] == study_id, "measure"]
    }
    markers = [
        measure for measure in ev.schema.vocabularies["measure"] if measure in told and known_units(measure)
    ]
    return courses(ev, markers, studies=[study_id])


def _unit_of(measure: str, unit: str) -> str:
    units = known_units(measure)
    if not units:
        known = [name for name in MEASURE if known_units(name)]
        raise ValueError(f"{measure!r} has no levels to draw; choose one of: {', '.join(known)}")
    return units[0] if unit == CANONICAL else unit


def course(ev: Evidence, measure: str, *, studies: list[str], unit: str = CANONICAL) -> Course:
    """Gather what is known of the course of a marker.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    measure : str
        A measure with a canonical unit, for example ``"E2"``.
    studies : list of str
        Keys of the studies, or ``["all"]``.
    unit : str
        The unit of the levels, or ``"canonical"``.

    Returns
    -------
    Course
        Frames may be empty: a marker that no study reports is a finding.

    Raises
    ------
    ValueError
        If the measure has no unit, the unit is not one of the measure, or a study is unknown.
    """
    unit = _unit_of(measure, unit)
    chosen = ev.select("studies", study_id=studies)

    def rows_of(table: str) -> pd.DataFrame:
        frame = ev.select(table)
        return frame[frame["study_id"].isin(chosen["study_id"]) & (frame["measure"] == measure)]

    references = ev.select("reference_values", kind="diagnostic-threshold")
    measurements = ev.in_unit(rows_of("measurements"), measure, unit)
    levels, changes = level_rows(measurements), rows_of("changes")
    unsized = without_levels(changes, levels)
    chosen = chosen[(chosen["design"] != "registered-only") | chosen["study_id"].isin(_with_results(ev))]
    return Course(
        measure=measure,
        unit=unit,
        to_canonical=factor_to_canonical(measure, unit, ev.reference_values).factor,
        tissues=dict(zip(chosen["label"], chosen["tissue"], strict=True)),
        cited=list(chosen.loc[chosen["role"] == "cited", "label"]),
        levels=with_directions(levels, changes.drop(unsized.index)),
        periods=period_rows(levels),
        changes=change_rows(unsized),
        described=described_rows(measurements, _classes(ev, measure, chosen)),
        thresholds=threshold_rows(ev.in_unit(references[references["measure"] == measure], measure, unit)),
    )


def _with_results(ev: Evidence) -> set[str]:
    """Name the studies of which any result was reported: a registered one can have its results in another's text."""
    return {
        study
        for table in ("outcomes", "measurements", "changes", "baseline")
        for study in ev.tables[table]["study_id"]
    }


def _classes(ev: Evidence, measure: str, studies: pd.DataFrame) -> pd.DataFrame:
    rows = ev.select("baseline")
    rows = rows[rows["study_id"].isin(studies["study_id"])]
    for characteristic in CLASSES_OF.get(measure, ()):
        if (rows["characteristic"] == characteristic).any():
            return rows[rows["characteristic"] == characteristic]
    return rows.iloc[:0]


def course_summary(courses: Iterable[Course]) -> pd.DataFrame:
    """Count what is known of each marker.

    Parameters
    ----------
    courses : iterable of Course
        The markers.

    Returns
    -------
    pandas.DataFrame
        One row per marker: measure, unit, levels before and after treatment and those without a printed time, changes without
        level, and what was reported in words or classes.
    """
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
    """Put frames with the same columns below each other, empty ones left out."""
    kept = list(frames)
    return pd.concat([frame for frame in kept if len(frame)] or kept[:1])
