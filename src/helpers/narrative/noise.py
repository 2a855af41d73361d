"""How many reported changes go further than a marker varies by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.narrative.wording import counted, listed, plain
from helpers.stats.noise import BETWEEN, OUTSIDE, UNKNOWN, WITHIN
from helpers.tables import Course
from helpers.tables.noise import women_text


def noise_conclusion(judged: pd.DataFrame, courses: Iterable[Course]) -> str:
    """Count the changes beyond their reference change value and those that cannot be judged, in women with cells and without.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `helpers.tables.judged_changes`.
    courses : iterable of Course
        Made by `helpers.tables.course`: what is known of women with cells; changes reported without a size are counted.

    Returns
    -------
    str
        Markdown.
    """
    own = judged[judged["arm_kind"] == "cells"]
    others = judged[~judged["arm_kind"].isin(["cells", "mixed"])]
    directions = sum(
        int((course.changes["change"].isna() & (course.changes["arm_kind"] == "cells")).sum())
        for course in courses
    )
    text = _verdicts(own, "women treated with cells", ", the change that assay and biology alone can give")
    single = (own["subject"] != "cohort") & (own["verdict"] == OUTSIDE)
    if single.any():
        text += f" Of these {int(single.sum())} {'is' if single.sum() == 1 else 'are'} of a single patient, one of many who might have been reported."
    if directions:
        text += f" {counted(directions, 'other change')} {'was' if directions == 1 else 'were'} reported as a direction only."
    rest = _verdicts(others, "women without cells")
    dated = others["before"].notna() & others["months"].notna() & (others["arm_kind"] == "untreated")
    if not dated.any():
        rest += " No course of untreated women was found: a level at the start and another at a printed later time."
    return f"{text}\n\n{rest}\n\n" + (
        "The reference change values were measured in women without ovarian insufficiency and carried to other levels in proportion. A change "
        "beyond them does not show an effect of the cells: without untreated women measured at the same times, it may be the course of the disease or regression "
        "to the mean."
    )


def _verdicts(judged: pd.DataFrame, women: str, gloss: str = "") -> str:
    """Name the changes beyond the largest band, and count the others by verdict and reason."""
    if judged.empty:
        return f"No change with a size was reported in {women}."
    counts = judged["verdict"].value_counts()
    text = _beyond(judged, women, gloss)
    others = [
        f"{counts[verdict]} {'is' if counts[verdict] == 1 else 'are'} {verdict}"
        for verdict in (BETWEEN, WITHIN)
        if verdict in counts
    ]
    if others:
        text += f" {listed(others)}."
    unknown = judged.loc[judged["verdict"] == UNKNOWN, "why"].str.partition(":")[0].value_counts(sort=False)
    if len(unknown) == 1:
        text += f" {counts[UNKNOWN]} {UNKNOWN}, because {unknown.index[0]}."
    elif len(unknown):
        reasons = "; ".join(f"{number} because {why}" for why, number in unknown.items())
        text += f" {counts[UNKNOWN]} {UNKNOWN}: {reasons}."
    return text


def _beyond(judged: pd.DataFrame, women: str, gloss: str) -> str:
    """Count and name what is beyond the largest band: first of what the studies report themselves, then of what only others do."""
    own = judged[judged["origin"] == ORIGINS[0]]
    others = judged.drop(own.index)
    first, rest = (own, others) if len(own) else (others, own)
    whose = (
        "that only others report"
        if own.empty
        else "that the studies themselves report"
        if len(rest)
        else "reported"
    )
    beyond = int((first["verdict"] == OUTSIDE).sum())
    text = f"{beyond} of {counted(len(first), 'change')} {whose} with a size in {women} {_be(beyond)} {OUTSIDE}{gloss}"
    text += _named(first)
    if len(rest):
        text += f"; of {len(rest)} that only others report, {int((rest['verdict'] == OUTSIDE).sum())}{_named(rest)}"
    return f"{text}."


def _named(judged: pd.DataFrame) -> str:
    changes = [_change(row) for row in judged[judged["verdict"] == OUTSIDE].itertuples()]
    return f": {'; '.join(changes)}" if changes else ""


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _change(row: Any) -> str:
    women = "" if row.subject != "cohort" else f", women measured twice: {women_text(row)}"
    when = "time not printed" if pd.isna(row.months) else f"month {row.months:g}"
    return f"{phrase(str(row.measure))} in {plain(row.label)} ({plain(row.text)}, {when}{women}; reported by {row.origin}: {plain(row.citation)})"
