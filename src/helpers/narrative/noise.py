"""How many reported changes go further than noise alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.narrative.wording import counted, listed, plain
from helpers.tables import Course
from helpers.tables.noise import BETWEEN, OUTSIDE, UNKNOWN, WITHIN


def noise_conclusion(judged: pd.DataFrame, bands: pd.DataFrame, courses: Iterable[Course]) -> str:
    """Count the changes that leave the band of noise and those that cannot be judged, in women with cells and without.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `helpers.tables.judged_changes`.
    bands : pandas.DataFrame
        Made by `helpers.tables.noise_bands`.
    courses : iterable of Course
        Made by `helpers.tables.course`: what is known of women with cells; changes told without a size are counted.

    Returns
    -------
    str
        Markdown.
    """
    own = judged[judged["arm_kind"] == "cells"]
    others = judged[judged["arm_kind"] != "cells"]
    directions = sum(int(course.changes["change"].isna().sum()) for course in courses)
    counts = own["verdict"].value_counts()
    sized = len(own) - counts.get(UNKNOWN, 0)
    text = (
        f"Of {counted(len(own), 'reported change')} with a size in women with cells, {sized} can be held against the noise of the "
        f"marker: {counts.get(OUTSIDE, 0)} {OUTSIDE}, {counts.get(BETWEEN, 0)} {BETWEEN}, {counts.get(WITHIN, 0)} {WITHIN}."
    )
    beyond = own[own["verdict"] == OUTSIDE]
    if len(beyond):
        named = listed(
            f"{plain(row.label)} ({phrase(str(row.measure))}, {plain(row.text)})"
            for row in beyond.itertuples()
        )
        text += f" Beyond it: {named}."
    lone = (own["subject"] != "cohort") & (own["verdict"] == OUTSIDE)
    if lone.any():
        text += f" Of these {int(lone.sum())} {'is' if lone.sum() == 1 else 'are'} of a single patient, and one of many who might have been told."
    if directions:
        text += f" {counted(directions, 'other change')} {'was' if directions == 1 else 'were'} told as a direction only."
    missing = listed(
        phrase(measure) for measure in dict.fromkeys(own["measure"]) if measure not in set(bands["measure"])
    )
    if missing != "none":
        text += f" No figure of the noise was read for {missing}."
    return f"{text}\n\n{_without(others)}\n\n" + (
        "The bands come from women without ovarian insufficiency, and narrow with the root of the number of women. A change beyond the band is no "
        "effect: without women treated otherwise beside it, it may be the course of the disease or a drift back from an extreme level."
    )


def _without(judged: pd.DataFrame) -> str:
    """Tell what women without cells show: every change that can be judged, and whether the untreated have a course."""
    known = judged[judged["verdict"] != UNKNOWN]
    text = f"Of {counted(len(judged), 'reported change')} with a size in women without cells, {len(known)} can be held against it"
    named = "; ".join(
        f"{plain(row.label)} ({phrase(str(row.measure))}, {plain(row.text)}{_women(row)}; {plain(row.citation)}) {row.verdict}"
        for row in known.itertuples()
    )
    text += f": {named}." if named else "."
    dated = judged["before"].notna() & judged["months"].notna() & (judged["arm_kind"] == "untreated")
    if dated.any():
        return text
    return (
        text
        + " No course of untreated women, a level at the start and another at a printed later time, was read."
    )


def _women(row: Any) -> str:
    return f", n = {row.women:g}" if row.subject == "cohort" else ""
