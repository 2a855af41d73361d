"""All that is known of the course of one marker, gathered once for figure, table and sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from helpers.evidence import Evidence, known_units
from helpers.evidence.vocabulary import CLASSES_OF, MEASURE
from helpers.tables.rows import change_rows, described_rows, level_rows, period_rows, threshold_rows

CANONICAL = "canonical"


@dataclass(frozen=True, eq=False)
class Course:
    """The course of one marker in the studies asked about.

    Attributes
    ----------
    measure, unit : str
        The marker, and the unit of its levels.
    studies : list of str
        Labels of the studies asked about.
    cited : list of str
        Labels of those among them that the article cites.
    levels, periods, changes, described, thresholds : pandas.DataFrame
        What `level_rows`, `period_rows`, `change_rows`, `described_rows` and `threshold_rows` make.
    """

    measure: str
    unit: str
    studies: list[str]
    cited: list[str]
    levels: pd.DataFrame
    periods: pd.DataFrame
    changes: pd.DataFrame
    described: pd.DataFrame
    thresholds: pd.DataFrame

    @property
    def silent(self) -> list[str]:
        """Labels of the studies asked about in which nothing on the marker was found."""
        told = {
            label for rows in (self.levels, self.changes, self.described) for label in rows["study_label"]
        }
        return [label for label in self.studies if label not in told]


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
    units = known_units(measure)
    if not units:
        known = [name for name in MEASURE if known_units(name)]
        raise ValueError(f"{measure!r} has no levels to draw; choose one of: {', '.join(known)}")
    unit = units[0] if unit == CANONICAL else unit
    chosen = ev.select("studies", study_id=studies)

    def rows_of(table: str) -> pd.DataFrame:
        frame = ev.select(table)
        return frame[frame["study_id"].isin(chosen["study_id"]) & (frame["measure"] == measure)]

    references = ev.select("reference_values", kind="diagnostic-threshold")
    measurements = ev.in_unit(rows_of("measurements"), measure, unit)
    return Course(
        measure=measure,
        unit=unit,
        studies=list(chosen["label"]),
        cited=list(chosen.loc[chosen["role"] == "cited", "label"]),
        levels=level_rows(measurements),
        periods=period_rows(measurements),
        changes=change_rows(rows_of("changes")),
        described=described_rows(measurements, _classes(ev, measure, chosen)),
        thresholds=threshold_rows(ev.in_unit(references[references["measure"] == measure], measure, unit)),
    )


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
        One row per marker: measure, unit, levels before and after treatment, changes without level, and what is
        told in words or classes.
    """
    return pd.DataFrame(
        {
            "measure": course.measure,
            "unit": course.unit,
            "before": int((course.levels["timepoint_months"] == 0).sum()),
            "after": int((course.levels["timepoint_months"] > 0).sum()),
            "changes": len(course.changes),
            "described": len(course.described),
        }
        for course in courses
    )


def joined(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put frames with the same columns below each other, empty ones left out."""
    kept = list(frames)
    return pd.concat([frame for frame in kept if len(frame)] or kept[:1])
