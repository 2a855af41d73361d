"""All that a study reports, in words: its harms, its counts, its markers, and what rests on the article alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.counts.harms import REPORTED
from helpers.evidence.directions import moves
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import DIRECTION, HARMS, capital, phrase
from helpers.questions.outcomes.text import NOTHING, of_tissue, usable
from helpers.questions.study_report.rows import StudyRows
from helpers.show.numbers import number
from helpers.show.words import counted, listed, plain

_AGAINST_ARM = " (against: control arm)"
#: The most names of a sentence; more are in the tables of levels and of changes.
_NAMED = 5


def study_conclusion(study: StudyRows, *, level: float) -> str:
    """Sum up one study: what it reports of harm, its counts, its levels and changes, its discrepancies."""
    if study.silent:
        return f"The text available to us on {plain(study.label)} reports no count, no level and no change."
    counts, against = usable(study.outcomes), _against_control(study.changes)
    outcomes = NOTHING
    if len(counts):
        tissue = str(counts["tissue"].iloc[0])
        outcomes = of_tissue(tissue, counts, level, True, own_comparison=bool(against))
    markers = "\n".join(filter(None, [_levels(study.measurements), _directions(study.changes), against]))
    disagree = counted(len(study.discrepancies), "discrepancy", "discrepancies")
    discrepancies = f"Between or within its sources: {disagree}." if len(study.discrepancies) else ""
    return "\n\n".join(filter(None, [_harm(study), outcomes, markers, _of_article(study), discrepancies]))


def _harm(study: StudyRows) -> str:
    """Report harm, and who reports it: the harms, or that there were none, or that harm is not mentioned."""
    mentions = study.harm
    if mentions is None:
        return ""
    if mentions.empty:
        return "Harm is not mentioned in the text available to us."
    harms = mentions[mentions["state"] == REPORTED]
    rows = harms if len(harms) else mentions
    rows = rows.drop_duplicates("text")
    reports = []
    for text, note, origin in zip(rows["text"], rows["note"], rows["origin"], strict=True):
        others = [] if origin == ORIGINS[0] and pd.notna(note) else [origin]
        reports.append(f"{plain(text)} ({plain('; '.join([*others, *([note] if pd.notna(note) else [])]))})")
    alone = ""
    if study.gap and not mentions["origin"].eq(ORIGINS[0]).any():
        alone = f" The study itself makes no statements on harm in the text available to us: {study.gap}."
    return f"**{'Harm reported' if len(harms) else 'Harm: none reported'}**: {'; '.join(reports)}.{alone}"


def _of_article(study: StudyRows) -> str:
    """Say how much is from the article alone, and how far the document that should hold it was read."""
    frames = (study.outcomes, study.measurements, study.changes)
    rows = sum(int((frame["origin"] == ORIGINS[1]).sum()) for frame in frames)
    if not rows:
        return ""
    what = counted(rows, "figure or direction is", "figures and directions are")
    return f"{what} from the article under review: {study.gap}."


def _levels(measurements: pd.DataFrame) -> str:
    """Report the levels of women with cells: the first and the last of each course; of markers with one level only the name."""
    rows = measurements[(measurements["arm_kind"] == "cells") & measurements["centre"].notna()]
    rows = rows.sort_values("timepoint_months", kind="stable")
    courses, single = [], []
    # A median and a mean are two courses.
    for (measure, _), course in rows.groupby(["measure", "line"], sort=False):
        first, last = course.iloc[0], course.iloc[-1]
        if course["timepoint_months"].nunique(dropna=False) == 1:
            single.append(phrase(str(measure)))
            continue
        levels = ". ".join(capital(f"{_when(row)}: {plain(row['text'])}") for row in (first, last))
        courses.append(f"- {capital(phrase(str(measure)))} ({plain(first['label'])}). {levels}.")
    if len(courses) > _NAMED:
        courses = [f"- Levels at two times or more: {len(courses)} courses of a marker (table of levels)."]
    alone = f"- Levels at one time only: {_few(single, 'levels')}." if single else ""
    return "\n".join(filter(None, [*courses, alone]))


def _few(names: Iterable[str], table: str) -> str:
    """Name the markers; of more than a few, give their number and the table that has them."""
    each = list(dict.fromkeys(names))
    return listed(each) if len(each) <= _NAMED else f"{len(each)} markers (table of {table})"


def _when(level: pd.Series[Any]) -> str:
    month = level["timepoint_months"]
    return "time not printed" if pd.isna(month) else "before" if month == 0 else f"month {number(month)}"


def _directions(changes: pd.DataFrame) -> str:
    """Say which way markers of women with cells went from before treatment, whatever the size; the latest time decides."""
    after_cells = changes[(changes["arm_kind"] == "cells") & (changes["compared_with"] == "baseline")]
    ways = moves(after_cells)
    words = [*DIRECTION.values(), *sorted(set(ways) - set(DIRECTION.values()))]
    directions = [
        f"{way}: {_few(map(phrase, after_cells.loc[ways.index[ways == way], 'measure']), 'changes')}"
        for way in words
        if (ways == way).any()
    ]
    if not directions:
        return ""
    sized = f"{after_cells['change'].notna().sum()} of {counted(len(after_cells), 'statement')} with a size"
    return f"- After treatment against before, {'; '.join(directions)}; {sized}."


def _against_control(changes: pd.DataFrame) -> str:
    """Give what was compared with another arm of the study, as reported; harm has a separate sentence."""
    rows = changes[(changes["compared_with"] == "control-arm") & ~changes["measure"].isin(HARMS)]
    comparisons = [
        f"{phrase(str(row.measure))} {plain(str(row.text).removesuffix(_AGAINST_ARM))}"
        + ("" if row.arm_kind == "cells" else f" ({plain(row.arm_label)})")
        for row in rows.itertuples()
    ]
    each = list(dict.fromkeys(comparisons))
    if len(each) > _NAMED:
        return f"- Against another arm of the study: {len(each)} comparisons (table of changes)."
    return f"- Against another arm of the study: {'; '.join(each)}." if each else ""
