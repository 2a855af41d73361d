"""Which evidence rows report a criterion of the article, and what each of them says."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers.counts.outcomes import no_rate
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import OUTCOME, phrase
from helpers.questions.criteria.indicators import Indicator, indicators
from helpers.show.numbers import count_of, number, significant

#: Directions of a change that a criterion asks for; where it asks for a normal level, a direction says nothing.
WANTED = {"up": {"up"}, "down": {"down"}, "regular": {"up"}, "up-or-stable": {"up", "none"}}
_OPPOSITE = {"up": "down", "down": "up", "none": "none"}
_DIRECTION = {"up": "higher", "down": "lower", "none": "no clear change"}
_AGAINST = {
    "baseline": "before treatment",
    "previous-time-point": "the time point before",
    "contralateral-ovary": "the other ovary",
    "control-arm": "the control arm",
    "not-stated": "what is not stated",
}
#: Part of the cycle whose reference ranges a level is compared with: hormones are measured in it by convention.
_PHASE = "follicular"


@dataclass(frozen=True)
class Report:
    """What one evidence row (as ``outcomes row 12``) says of one criterion."""

    row: str
    source_id: str
    #: Who reports it, a word of `helpers.evidence.provenance.ORIGINS`.
    origin: str
    #: After treatment, NaN where not printed.
    months: float
    #: 1 where the row says what the criterion asks for, 0 where it says otherwise, between them where reference ranges disagree,
    #: None where it says nothing either way.
    agreement: float | None
    #: As of `Indicator`.
    caveat: str
    lacks: str
    #: A count, of which one event suffices.
    counted: bool
    #: Published because its event had happened.
    chosen: bool
    #: The women, the word and what they are compared with: of rows of one course the latest decides.
    course: tuple[str, ...]
    #: What it says, in words, with its time.
    text: str


#: A row of a selection, as ``itertuples`` gives it.
_Row = Any


def criterion_reports(ev: Evidence, criteria: pd.DataFrame) -> dict[tuple[str, str], list[Report]]:
    """Gather what the evidence says of criteria: (study_id, criterion_id) -> reports, in the order of the tables.

    Only arms that received cells are read, and no row of a retracted document. A level before treatment is
    no report; later levels of the same women in the same document are compared with it, mean with mean or
    median with median. A comparison between women who all received cells shows nothing. A pair without any
    report has no entry.
    """
    retracted = set(ev.sources.loc[ev.sources["retracted"].notna(), "source_id"])
    rows_of = {name: _of_treated(ev, name, retracted) for name in ("outcomes", "measurements", "changes")}
    levels = rows_of["measurements"]
    before = {_course(row): row for rows in levels.values() for row in rows if row.timepoint_months == 0}
    ranges = _ranges(ev, retracted)
    reports: dict[tuple[str, str], list[Report]] = defaultdict(list)
    for criterion in criteria.to_dict("records"):
        direction = str(criterion["direction"])
        for indicator in indicators(str(criterion["measure"])):
            of_indicator = [
                _count(row, indicator, direction) for row in rows_of["outcomes"].get(indicator.word, [])
            ]
            of_indicator += [
                _level(row, indicator, direction, before.get(_course(row)), ranges.get(indicator.word, []))
                for row in levels.get(indicator.word, [])
                if row.timepoint_months != 0
            ]
            of_indicator += [
                _change(row, indicator, direction)
                for row in rows_of["changes"].get(indicator.word, [])
                if row.compared_with in _AGAINST
            ]
            for study_id, report in of_indicator:
                reports[study_id, str(criterion["criterion_id"])].append(report)
    return dict(reports)


def _of_treated(ev: Evidence, table: str, retracted: set[str]) -> dict[str, list[_Row]]:
    """Take the rows of arms that received cells, by their word."""
    rows = ev.select(table)
    rows = rows[(rows["arm_kind"] == "cells") & ~rows["source_id"].isin(retracted)]
    if table == "outcomes":
        rows = rows.assign(no_rate=no_rate(rows), natural=_natural_births(rows))
    grouped: dict[str, list[_Row]] = defaultdict(list)
    for row in rows.itertuples():
        grouped[str(row.outcome if table == "outcomes" else row.measure)].append(row)
    return grouped


def _natural_births(rows: pd.DataFrame) -> pd.Series[bool]:
    """Find births where the same case report counts as many natural pregnancies: it was written because of both."""
    same = ["study_id", "arm_id", "subgroup", "source_id", "events"]
    chosen = rows[rows["reporting"].eq("event-triggered") & rows["events"].notna()]
    keys = pd.Series(list(chosen[same].astype("str").fillna("").itertuples(index=False)), chosen.index)
    natural = set(keys[chosen["outcome"] == "natural-pregnancy"])
    born = keys.index[(chosen["outcome"] == "live-birth") & keys.isin(natural)]
    return pd.Series(rows.index.isin(born), rows.index)


def _ranges(ev: Evidence, retracted: set[str]) -> dict[str, list[tuple[float, float]]]:
    """Take the reference ranges of women with a cycle, by measure, in canonical units."""
    values = ev.reference_values
    rows = values[
        (values["kind"] == "reference-range")
        & values["population"].str.contains(_PHASE, na=False)
        & values[["low", "high"]].notna().all(axis=1)
        & ~values["source_id"].isin(retracted)
    ]
    grouped: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for measure, low, high in zip(rows["measure"], rows["low"], rows["high"], strict=True):
        grouped[str(measure)].append((float(low), float(high)))
    return grouped


def _course(row: _Row) -> tuple[str, ...]:
    """Name the women, the measure and the document of a level; what is blank stays blank."""
    keys = ("study_id", "arm_id", "subject", "subgroup", "measure", "unit", "source_id")
    return tuple("" if pd.isna(value) else str(value) for value in (getattr(row, key) for key in keys))


def _count(row: _Row, indicator: Indicator, direction: str) -> tuple[str, Report]:
    counted = pd.notna(row.events)
    agreement: float | None = float((row.events if counted else row.percent_reported) > 0)
    text = _share(row) if counted else f"{number(row.percent_reported)} % as printed"
    if indicator.lacks and row.natural:
        indicator, text = replace(indicator, lacks=""), f"{text}, after natural conception"
    if indicator.compared or direction not in {"up", "regular", "up-or-stable"}:
        agreement, indicator = None, replace(indicator, caveat="a count with nothing to compare it with")
    return _report(row, row.timepoint_months, indicator, agreement, text, counted=True)


def _share(row: _Row) -> str:
    why = f", {row.no_rate}" if row.no_rate else ""
    unit = f" {row.total_unit}" if pd.notna(row.total) else ""
    return f"{count_of(row.events, row.total)}{unit}{why}"


def _change(row: _Row, indicator: Indicator, direction: str) -> tuple[str, Report]:
    printed = row.direction
    kind = {"percent": " %", "fold": "-fold"}.get(str(row.change_kind), f" ({row.change_kind})")
    size = "no size printed" if pd.isna(row.change) else f"{number(row.change)}{kind}"
    agreement: float | None = None
    text = (
        "direction not printed"
        if pd.isna(printed)
        else f"{_DIRECTION[printed]} vs {_AGAINST[row.compared_with]}"
    )
    if direction not in WANTED:
        size = f"{size}, and no level to hold against a normal range"
    elif pd.notna(printed):
        agreement = float((_OPPOSITE[printed] if indicator.inverse else printed) in WANTED[direction])
    # That some women conceived is not denied by as many having conceived elsewhere.
    if indicator.word in OUTCOME and not indicator.compared and agreement == 0:
        agreement = None
    return _report(row, row.to_months, indicator, agreement, f"{text}, {size}")


def _level(
    row: _Row, indicator: Indicator, direction: str, before: _Row | None, ranges: list[tuple[float, float]]
) -> tuple[str, Report]:
    months = row.timepoint_months
    statistics = [name for name in ("mean", "median") if pd.notna(getattr(row, name))]
    common = [name for name in statistics if before is not None and pd.notna(getattr(before, name))]
    agreement: float | None = None
    if not statistics:
        printed = "as limits" if pd.isna(row.text_value) else f"in words: {row.text_value}"
        return _report(row, months, indicator, None, f"printed {printed}")
    statistic = (common or statistics)[0]
    level, unit = float(getattr(row, statistic)), "" if pd.isna(row.unit) else f" {row.unit}"
    text = f"{statistic if row.subject == 'cohort' else 'level'} {significant(level, 3)}{unit}"
    first = float(getattr(before, statistic)) if before is not None and common else math.nan
    if direction not in WANTED:
        inside = [low <= level <= high for low, high in ranges]
        agreement = sum(inside) / len(inside) if inside else None
        text += (
            f", inside {sum(inside)} of {len(inside)} reference ranges" if inside else ", no reference range"
        )
        if direction == "normal" and any(low <= first <= high for low, high in ranges):
            indicator = replace(
                indicator, caveat=f"inside before treatment too, at {significant(first, 3)}{unit}"
            )
    elif math.isnan(first):
        text += f", no {statistic} before treatment in the same document"
    else:
        moved = "none" if level == first else "up" if level > first else "down"
        agreement = float((_OPPOSITE[moved] if indicator.inverse else moved) in WANTED[direction])
        text += f", {significant(first, 3)} before treatment"
    return _report(row, months, indicator, agreement, text)


def _report(
    row: _Row, months: Any, indicator: Indicator, agreement: float | None, text: str, *, counted: bool = False
) -> tuple[str, Report]:
    printed = math.nan if pd.isna(months) else float(months)
    when = "time not printed" if math.isnan(printed) else f"month {number(printed)}"
    subject = getattr(row, "subject", "cohort")
    woman = "" if subject == "cohort" else ", one woman"
    against = getattr(row, "compared_with", "baseline")
    course = (row.arm_id, subject, "" if pd.isna(row.subgroup) else row.subgroup, indicator.word, against)
    return str(row.study_id), Report(
        row=str(row.evidence_row),
        source_id=str(row.source_id),
        origin=str(row.origin),
        months=printed,
        agreement=agreement,
        caveat=indicator.caveat,
        lacks=indicator.lacks,
        counted=counted,
        chosen=getattr(row, "reporting", None) == "event-triggered",
        course=course,
        text=f"{phrase(indicator.word)} {text}{woman}, {when}",
    )
