"""Which way markers went after treatment, and how much of it was printed."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.evidence.directions import COURSE, moves
from helpers.evidence.vocabulary import DIRECTION, capital, phrase
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
        Markdown. Directions are those against the level before treatment in women with cells; of several times the latest decides.
        Then each study is counted once to a marker, by the best that is known of it; studies that the article cites are named.
    """
    if not courses:
        return "No marker was chosen."
    studies, cited = courses[0].studies, courses[0].cited
    compared = {study for course in courses for study in _best_known(course)[_COMPARED]}
    named = "; studies that the article cites are named" if cited else ""
    heading = (
        f"{len(compared)} of {counted(len(studies), 'study', 'studies')} printed a level of these markers before and after "
        f"treatment. Directions are those in women treated with cells{named}."
    )
    return heading + "\n\n" + "\n".join(f"- {_course(course)}" for course in courses)


def _course(course: Course) -> str:
    found = {what: who for what, who in _best_known(course).items() if who}
    printed = [f"{what} in {len(who)}{_cited(who, course)}" for what, who in found.items()]
    silent = f"nothing in {len(course.silent)}{_cited(course.silent, course)}" if course.silent else ""
    known = "; ".join(filter(None, [*printed, silent]))
    return f"**{phrase(course.measure)}**: {_directions(course)}. {capital(known)}."


def _best_known(course: Course) -> dict[str, list[str]]:
    """Count each study once: by a course of levels, else a level, a change, or words."""
    cohorts = course.levels[course.levels["subject"] == "cohort"]
    before = cohorts["line"].isin(cohorts.loc[cohorts["timepoint_months"] == 0, "line"])
    ranked = {
        _COMPARED: set(cohorts.loc[before & _after(cohorts), "study_label"]),
        "a lone level": set(cohorts["study_label"]),
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


def _directions(course: Course) -> str:
    told = _moves(course)
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
