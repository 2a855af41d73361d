"""Say which way markers went after treatment, and how much of it was printed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd

from helpers.counts.changes import after_treatment, level_moves
from helpers.evidence.directions import COURSE, moves
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import DIRECTION, TISSUE, capital, phrase
from helpers.questions.hormone_trajectories.rows import Course
from helpers.show.words import counted, listed, plain

_COMPARED = "levels before and after"
_WITHOUT = ("untreated", "comparator")


def trajectories_conclusion(courses: Sequence[Course]) -> str:
    """Sum up which way each marker went after treatment, in a Markdown list per tissue treated; courses must be of the same studies.

    Directions are against the level before treatment in women with cells; of several times the latest decides. Studies that call
    a direction not significant, women without cells of the same studies, and comparisons with a control arm are named. Then each
    study with results is counted once per marker, by the best that is known of it.
    """
    if not courses:
        return "No marker was chosen."
    blocks = ["Directions are of women with cells."]
    for tissue in _tissues(courses[0]):
        lines = [f"- {_course(course, tissue)}" for course in courses if tissue in _mentioned(course)]
        blocks += [_compared(courses, tissue), *(["\n".join(lines)] if lines else [])]
    return "\n\n".join(blocks)


def study_courses_sentence(courses: Sequence[Course], label: str) -> str:
    """Name the markers of which a study reports anything after treatment that can be drawn."""
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
    """List the tissues in whose treatment the marker was reported, or all of them if it never was."""
    every = _tissues(course)
    return [tissue for tissue in every if set(_of(course, tissue)) - set(course.silent)] or every


def _of(course: Course, tissue: str) -> list[str]:
    """List the studies with results that treated a tissue."""
    return [study for study, treated in course.tissues.items() if treated == tissue]


def _compared(courses: Sequence[Course], tissue: str) -> str:
    """Count the studies with levels before and after, and how many of them report the levels themselves."""
    studies = _of(courses[0], tissue)
    compared = {study for course in courses for study in _best_known(course)[_COMPARED]} & set(studies)
    levels = pd.concat([course.levels[["study_label", "origin"]] for course in courses])
    first_hand = compared & set(levels.loc[levels["origin"] == ORIGINS[0], "study_label"])
    text = f"levels of any marker before and after in {len(compared)}"
    text += f", by the study itself in {len(first_hand)}" if compared else ""
    return f"**{capital(TISSUE[tissue])}, {counted(len(studies), 'study', 'studies')} with results**: {text}."


def _course(course: Course, tissue: str) -> str:
    studies = _of(course, tissue)
    best = {what: [study for study in who if study in studies] for what, who in _best_known(course).items()}
    counts = [f"{what} in {len(who)}" for what, who in best.items() if who]
    silent = sum(study in studies for study in course.silent)
    known = "; ".join([*counts, *([f"nothing in {silent}"] if silent else [])])
    return f"**{phrase(course.measure)}**: {_directions(course, studies)}. {capital(known)}."


def _best_known(course: Course) -> dict[str, list[str]]:
    """Count each study once: by a course of levels, else a level, a change, or words."""
    cohorts = course.levels[course.levels["subject"] == "cohort"]
    before = cohorts["line"].isin(cohorts.loc[cohorts["timepoint_months"] == 0, "line"])
    ranked = {
        _COMPARED: set(cohorts.loc[before & after_treatment(cohorts), "study_label"]),
        "levels once": set(cohorts["study_label"]),
        "single patients": set(course.levels["study_label"]),
        "change only": set(course.changes["study_label"]),
        "words or classes": set(course.described["study_label"]),
    }
    best: dict[str, list[str]] = {}
    seen: set[str] = set()
    for what, who in ranked.items():
        best[what] = [study for study in course.studies if study in who - seen]
        seen |= who
    return best


def _directions(course: Course, studies: Sequence[str]) -> str:
    """Count directions with cells, and add what speaks against taking them for an effect of the cells."""
    directions = _moves(course, ("cells",))
    directions = directions[directions["study_label"].isin(studies)]
    text = _counted(directions) or "no direction"
    called = directions["note"].str.contains("not significant", na=False)
    unsure = directions.loc[called, "study_label"].unique()
    if len(unsure):
        text += f", not significant in {len(unsure)} ({listed(map(plain, unsure))})"
    treated = set(directions["study_label"])
    without = _moves(course, _WITHOUT)
    without = without[without["study_label"].isin(treated)]
    if len(without):
        text += f"; women without cells: {_counted(without, named=True)}"
    changes = course.changes[course.changes["study_label"].isin(studies)]
    against = changes[changes["arm_kind"].eq("cells") & changes["compared_with"].eq("control-arm")]
    if len(against):
        text += f"; against a control arm: {_counted(against, named=True)}"
    return text


def _counted(directions: pd.DataFrame, *, named: bool = False) -> str:
    """Count studies by the way the marker went."""
    ways = moves(directions)
    studies = directions.loc[ways.index, "study_label"].groupby(ways, sort=False).unique()
    order = sorted(
        studies.index, key=lambda way: (", then" in way, list(DIRECTION.values()).index(way.split(",")[0]))
    )
    names = {way: f" ({listed(map(plain, studies[way]))})" if named else "" for way in order}
    return "; ".join(f"{way} in {len(studies[way])}{names[way]}" for way in order)


def _moves(course: Course, kinds: Collection[str]) -> pd.DataFrame:
    """Gather directions against before treatment in some kinds of arm: as reported, and from the level before to each later one."""
    changes, levels = course.changes, course.levels
    reported = changes[changes["arm_kind"].isin(kinds) & (changes["compared_with"] == "baseline")]
    frames = [reported, level_moves(levels[levels["arm_kind"].isin(kinds)])]
    columns = [*COURSE, "study_label", "to_months", "direction", "note"]
    return pd.concat([rows[columns] for rows in frames], ignore_index=True)
