"""What is known of the course of a marker."""

from __future__ import annotations

from helpers.evidence.vocabulary import phrase
from helpers.narrative.wording import counted, listed, plain
from helpers.tables import Course


def trajectory_conclusion(course: Course) -> str:
    """Tell for how many studies a level before, a level after, or only a change is known.

    Parameters
    ----------
    course : Course
        Made by `helpers.tables.course`.

    Returns
    -------
    str
        Markdown.
    """
    levels, changes, studies = course.levels, course.changes, course.studies
    cohorts = levels[levels["subject"] == "cohort"]
    before = set(cohorts.loc[cohorts["timepoint_months"] == 0, "study_label"])
    after = set(cohorts.loc[cohorts["timepoint_months"] > 0, "study_label"])
    sized = set(changes.loc[changes["change"].notna(), "study_label"])
    directed = set(changes.loc[changes["change"].isna(), "study_label"])
    described = set(course.described["study_label"])
    silent = set(studies) - set(levels["study_label"]) - set(changes["study_label"]) - described

    found = {
        "level before treatment": before,
        "level after treatment": after,
        "change with a size, no level": sized,
        "direction without any figure": directed,
        "words or classes only": described,
    }
    told = [f"{what} in {_named(who, studies)}" for what, who in found.items() if who]
    course_known = "" if before & after else "; no course of levels in any"
    missing = f"; nothing found in {_named(silent, studies)}" if silent else ""
    heading = f"**{phrase(course.measure)}** ({counted(len(studies), 'study', 'studies')})"
    if not told:
        return f"{heading}: nothing found in any."
    return f"{heading}: {'; '.join(told)}{course_known}{missing}."


def _named(chosen: set[str], studies: list[str]) -> str:
    return listed(plain(study) for study in studies if study in chosen)
