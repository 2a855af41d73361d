"""What is known of the course of markers."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.evidence.vocabulary import DIRECTION, phrase
from helpers.narrative.wording import counted, listed, plain
from helpers.tables import Course


def trajectories_conclusion(courses: Sequence[Course]) -> str:
    """Tell, marker by marker, how many studies show its course, a single level or only a change, and which way it went.

    Parameters
    ----------
    courses : sequence of Course
        Made by `helpers.tables.course`, about the same studies.

    Returns
    -------
    str
        Markdown. Each study is counted once to a marker, by the best that is known of it; studies that the article
        cites are named. Directions are those told against the level before treatment in women with cells.
    """
    if not courses:
        return "No marker was chosen."
    studies, cited = courses[0].studies, courses[0].cited
    named = " Those that the article cites are named." if cited else ""
    heading = f"Each marker in {counted(len(studies), 'study', 'studies')}.{named}"
    return heading + "\n\n" + "\n".join(f"- {_course(course)}" for course in courses)


def _course(course: Course) -> str:
    found = {what: who for what, who in _best_known(course).items() if who}
    told = [f"{what} in {len(who)}{_cited(who, course)}" for what, who in found.items()]
    silent = f"nothing in {len(course.silent)}{_cited(course.silent, course)}" if course.silent else ""
    return f"**{phrase(course.measure)}**: {'; '.join(filter(None, [*told, silent, _directions(course)]))}."


def _best_known(course: Course) -> dict[str, list[str]]:
    """Count each study once: by a course of levels, else one level, a change, or words."""
    cohorts = course.levels[course.levels["subject"] == "cohort"]
    before = set(cohorts.loc[cohorts["timepoint_months"] == 0, "study_label"])
    after = set(cohorts.loc[cohorts["timepoint_months"] > 0, "study_label"])
    ranked = {
        "levels before and after": before & after,
        "one level": before ^ after,
        "single patients": set(course.levels["study_label"]),
        "a change without level": set(course.changes["study_label"]),
        "words or classes": set(course.described["study_label"]),
    }
    best: dict[str, list[str]] = {}
    seen: set[str] = set()
    for what, who in ranked.items():
        best[what] = [study for study in course.studies if study in who - seen]
        seen |= who
    return best


def _cited(who: Sequence[str], course: Course) -> str:
    names = [plain(study) for study in who if study in course.cited]
    return f" ({listed(names)})" if names else ""


def _directions(course: Course) -> str:
    told = _moves(course)
    counts = [
        f"{words} in {told.loc[told['direction'] == direction, 'study_label'].nunique()}"
        for direction, words in DIRECTION.items()
        if (told["direction"] == direction).any()
    ]
    return f"after treatment {', '.join(counts)}" if counts else ""


def _moves(course: Course) -> pd.DataFrame:
    """Gather directions of women with cells against before treatment: as told, and from the first to the last level."""
    changes, levels = course.changes, course.levels
    own = changes[(changes["arm_kind"] == "cells") & (changes["compared_with"] == "baseline")]
    moves = [own[["study_label", "direction"]].dropna()]
    with_cells = levels[levels["arm_kind"] == "cells"].sort_values("timepoint_months", kind="stable")
    for (study, *_), rows in with_cells.groupby(
        ["study_label", "series", "subject", "subgroup"], dropna=False
    ):
        first, last = rows.iloc[0], rows.iloc[-1]
        if first["timepoint_months"] == 0 and last["timepoint_months"] > 0:
            moved = last["centre"] - first["centre"]
            direction = "up" if moved > 0 else "down" if moved < 0 else "none"
            moves.append(pd.DataFrame({"study_label": [study], "direction": [direction]}))
    return pd.concat(moves, ignore_index=True)
