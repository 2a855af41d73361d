"""Which way markers went after treatment, and how much of it was printed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.evidence.directions import COURSE, moves
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import DIRECTION, TISSUE, capital, phrase
from helpers.narrative.wording import counted, listed, plain
from helpers.tables import Course
from helpers.tables.rows import AFTER

_COMPARED = "levels before and after"


def trajectories_conclusion(courses: Sequence[Course]) -> str:
    """Sum up, marker by marker, which way it went after treatment, and in how many studies levels or only a change were printed.

    Parameters
    ----------
    courses : sequence of Course
        Made by `helpers.tables.course`, about the same studies.

    Returns
    -------
    str
        Markdown, a list to each tissue treated. Directions are those against the level before treatment in women with cells; of
        several times the latest decides. Then each study with results is counted once to a marker, by the best that is known of it;
        studies that the article cites are named where anything is.
    """
    if not courses:
        return "No marker was chosen."
    named = " Named are studies that the article cites." if courses[0].cited else ""
    blocks = [f"Directions are those in women treated with cells.{named}"]
    for tissue in _tissues(courses[0]):
        lines = [f"- {_course(course, tissue)}" for course in courses if tissue in _mentioned(course)]
        blocks += [_compared(courses, tissue), *(["\n".join(lines)] if lines else [])]
    return "\n\n".join(blocks)


def study_courses_told(courses: Sequence[Course], label: str) -> str:
    """Say of which markers a study reports anything after treatment that can be drawn."""
    if not courses:
        what = "no level and no change after treatment of a marker that is measured in a unit"
        return f"The text available to us on {plain(label)} reports {what}."
    return f"Reported after treatment: {listed(phrase(course.measure) for course in courses)}."


def trajectory_title(course: Course) -> str:
    """Ask how a marker moves after treatment, or say that no level after treatment was found."""
    name = phrase(course.measure)
    if len(course.levels) == 0:
        return f"{capital(name)}: no level with its unit was found"
    if course.levels["timepoint_months"].eq(0).all():
        return f"{capital(name)} before treatment: no exact level after it was found"
    return f"How does {name} move after treatment?"


def _tissues(course: Course) -> list[str]:
    return [tissue for tissue in TISSUE if tissue in course.tissues.values()]


def _mentioned(course: Course) -> list[str]:
    """List the tissues in whose treatment anything of the marker is known, or where nothing is, all of them."""
    every = _tissues(course)
    return [tissue for tissue in every if set(_of(course, tissue)) - set(course.silent)] or every


def _of(course: Course, tissue: str) -> list[str]:
    """List the studies with results of the treatment of a tissue."""
    return [study for study, treated in course.tissues.items() if treated == tissue]


def _compared(courses: Sequence[Course], tissue: str) -> str:
    """Count the studies with levels before and after, and those of them that report the levels themselves."""
    own = _of(courses[0], tissue)
    compared = {study for course in courses for study in _best_known(course)[_COMPARED]} & set(own)
    levels = [course.levels for course in courses]
    first_hand = {
        study for rows in levels for study in rows.loc[rows["origin"] == ORIGINS[0], "study_label"]
    } & compared
    found = f"levels of any marker before and after in {len(compared)}"
    found += f", reported by the study itself in {len(first_hand)}" if compared else ""
    return f"**{capital(TISSUE[tissue])}, {counted(len(own), 'study', 'studies')} with results**: {found}."


def _course(course: Course, tissue: str) -> str:
    own = _of(course, tissue)
    best = {what: [study for study in who if study in own] for what, who in _best_known(course).items()}
    found = [f"{what} in {len(who)}{_cited(who, course)}" for what, who in best.items() if who]
    silent = sum(study in own for study in course.silent)
    known = "; ".join([*found, *([f"nothing in {silent}"] if silent else [])])
    return f"**{phrase(course.measure)}**: {_directions(course, own)}. {capital(known)}."


def _best_known(course: Course) -> dict[str, list[str]]:
    """Count each study once: by a course of levels, else a level, a change, or words."""
    cohorts = course.levels[course.levels["subject"] == "cohort"]
    before = cohorts["line"].isin(cohorts.loc[cohorts["timepoint_months"] == 0, "line"])
    ranked = {
        _COMPARED: set(cohorts.loc[before & _after(cohorts), "study_label"]),
        "one level": set(cohorts["study_label"]),
        "single patients": set(course.levels["study_label"]),
        "only a change": set(course.changes["study_label"]),
        "only words or classes": set(course.described["study_label"]),
    }
    best: dict[str, list[str]] = {}
    seen: set[str] = set()
    for what, who in ranked.items():
        best[what] = [study for study in course.studies if study in who - seen]
        seen |= who
    return best


def _after(levels: pd.DataFrame) -> pd.Series[bool]:
    """Tell which levels are of a time after treatment, whether or not that time was printed."""
    return (levels["timepoint_months"] > 0) | (
        levels["timepoint_months"].isna() & (levels["subgroup"] == AFTER)
    )


def _cited(who: Sequence[str], course: Course) -> str:
    names = [plain(study) for study in who if study in course.cited]
    return f" ({listed(names)})" if names else ""


def _directions(course: Course, studies: Sequence[str]) -> str:
    told = _moves(course)
    told = told[told["study_label"].isin(studies)]
    ways = moves(told)
    counts = told.loc[ways.index, "study_label"].groupby(ways, sort=False).nunique()
    order = sorted(
        counts.index, key=lambda way: (", then" in way, list(DIRECTION.values()).index(way.split(",")[0]))
    )
    return "; ".join(f"{way} in {counts[way]}" for way in order) or "no direction reported"


def _moves(course: Course) -> pd.DataFrame:
    """Gather directions of women with cells against before treatment: as reported, and from the level before to each later one."""
    changes, levels = course.changes, course.levels
    found = [changes[(changes["arm_kind"] == "cells") & (changes["compared_with"] == "baseline")]]
    with_cells = levels[(levels["arm_kind"] == "cells") & levels["centre"].notna()]
    for _, rows in with_cells.groupby("line"):
        before, after = rows[rows["timepoint_months"] == 0], rows[_after(rows)]
        if len(before):
            moved = after["centre"] - before["centre"].iloc[0]
            direction = moved.map(lambda by: "up" if by > 0 else "down" if by < 0 else "none")
            part = after["subgroup"].where(after["subgroup"] != AFTER)
            found.append(
                after.assign(
                    direction=direction,
                    to_months=after["timepoint_months"],
                    compared_with="baseline",
                    subgroup=part,
                )
            )
    columns = [*COURSE, "study_label", "to_months", "direction"]
    return pd.concat([rows[columns] for rows in found], ignore_index=True)
