"""Which evidence rows bear on a criterion of the article, and what each of them says of it."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from helpers.counts.rates import no_rate
from helpers.evidence.package import Evidence
from helpers.evidence.provenance import origin
from helpers.evidence.vocabulary import OUTCOME, phrase


@dataclass(frozen=True)
class Bearing:
    """A word of the evidence that bears on what a criterion asks for.

    Attributes
    ----------
    word : str
        An outcome or a measure.
    caveat : str
        Why the word shows the criterion in part only; empty where it shows the whole.
    inverse : bool
        Whether the word falls where the criterion rises.
    compared : bool
        Whether the criterion asks for a rate to rise, so that a count by itself cannot show it.
    lacks : str
        What a row with the word does not report of the criterion, so that the row is no report of it; empty where it is one.
    """

    word: str
    caveat: str = ""
    inverse: bool = False
    compared: bool = False
    lacks: str = ""


_WOMEN = "a count of women, not a level"
_FLUSHES = "how often and how strong are not told apart"
_MENSES = "more and more regular menstruation are counted together"
_FOLLICLES = "how mature they grow is not told"
#: What bears on the measure of a criterion, where the evidence has other words than the criterion. A measure that does
#: not stand here is borne on by the same word alone. Menopausal symptoms as a whole name none of the symptoms, and
#: pregnancy of any kind names no way of conception: they bear on no criterion.
BEARING: dict[str, tuple[Bearing, ...]] = {
    "menses-regular": (Bearing("menses-normal"), Bearing("menses-improved", _MENSES)),
    "menstrual-volume": (Bearing("menstrual-volume"), Bearing("menses-improved", _MENSES)),
    "hot-flush-frequency": (Bearing("hot-flush-frequency"), Bearing("hot-flushes", _FLUSHES)),
    "hot-flush-severity": (Bearing("hot-flush-severity"), Bearing("hot-flushes", _FLUSHES)),
    "sleep-quality": (Bearing("sleep-quality"), Bearing("insomnia", inverse=True)),
    "E2": (Bearing("E2"), Bearing("E2-increased", _WOMEN)),
    "AMH": (Bearing("AMH"), Bearing("AMH-increased", _WOMEN)),
    "AFC": (
        Bearing("AFC"), Bearing("AFC-increased", _WOMEN),
        Bearing("stimulable-antral-follicles", "counted under stimulation"),
    ),
    "live-birth": (
        Bearing("natural-live-birth"), Bearing("live-birth", lacks="natural conception not reported"),
    ),
    "oocytes": (
        Bearing("oocytes"), Bearing("mature-oocytes", "mature oocytes only"),
        Bearing("oocyte-retrieval-rate", "a rate, not a number of oocytes"), Bearing("oocyte-retrieved", compared=True),
    ),
    "oocyte-quality": (Bearing("oocyte-quality"), Bearing("oocyte-maturation", "maturation is one side of quality")),
    "implantation": (Bearing("implantation", compared=True),),
    "art-pregnancy": (Bearing("art-pregnancy", compared=True),),
    "ovarian-structure": (Bearing("ovarian-structure"), Bearing("ovarian-volume", "volume is one side of structure")),
    "follicle-maturity": (
        Bearing("follicle-maturity"), Bearing("mature-follicle"), Bearing("follicle-development", _FOLLICLES),
        Bearing("follicle-growth", _FOLLICLES),
    ),
    "fracture": (Bearing("fracture", compared=True),),
    "life-satisfaction": (Bearing("life-satisfaction"), Bearing("quality-of-life", "quality of life as a whole")),
}  # fmt: skip
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
#: Part of the cycle whose reference ranges a level is held against: hormones are measured in it by convention.
_PHASE = "follicular"


@dataclass(frozen=True)
class Telling:
    """What one evidence row says of one criterion.

    Attributes
    ----------
    row : str
        Name of the row, for example ``outcomes row 12``.
    source_id, origin : str
        The document, and who tells it, a word of `helpers.evidence.provenance.ORIGINS`.
    months : float
        Time after treatment, NaN where it is not printed.
    agreement : float or None
        1 where the row says what the criterion asks for, 0 where it says otherwise, between them where reference
        ranges disagree, None where it says nothing either way.
    caveat : str
        Why it shows the criterion in part only; empty where it shows the whole.
    lacks : str
        What it does not report of the criterion, so that it is no report of it.
    counted : bool
        Whether it is a count, of which one event suffices.
    chosen : bool
        Whether it was published because its event had happened.
    course : tuple of str
        The women, the word and what they are compared with: of rows of one course the latest decides.
    text : str
        What it says, in words, with its time.
    """

    row: str
    source_id: str
    origin: str
    months: float
    agreement: float | None
    caveat: str
    lacks: str
    counted: bool
    chosen: bool
    course: tuple[str, ...]
    text: str


#: A row of a selection, as ``itertuples`` gives it.
_Row = Any


def tellings(ev: Evidence, criteria: pd.DataFrame) -> dict[tuple[str, str], list[Telling]]:
    """Gather what the evidence says of criteria, study by study.

    Only arms that received cells are read, and no row of a retracted document. A level before treatment is no telling;
    it is what later levels of the same women in the same document are held against, mean against mean or median against
    median. A comparison between women who all received cells bears on nothing.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    criteria : pandas.DataFrame
        Rows of `criteria`.

    Returns
    -------
    dict of list of Telling
        By study_id and criterion_id, in the order of the tables; a pair of which nothing is told has no entry.
    """
    retracted = set(ev.sources.loc[ev.sources["retracted"].notna(), "source_id"])
    told = {name: _of_treated(ev, name, retracted) for name in ("outcomes", "measurements", "changes")}
    levels = told["measurements"]
    before = {_course(row): row for rows in levels.values() for row in rows if row.timepoint_months == 0}
    ranges = _ranges(ev, retracted)
    found: dict[tuple[str, str], list[Telling]] = defaultdict(list)
    for criterion in criteria.to_dict("records"):
        direction = str(criterion["direction"])
        for bearing in BEARING.get(str(criterion["measure"]), (Bearing(str(criterion["measure"])),)):
            said = [_count(row, bearing, direction) for row in told["outcomes"].get(bearing.word, [])]
            said += [
                _level(row, bearing, direction, before.get(_course(row)), ranges.get(bearing.word, []))
                for row in levels.get(bearing.word, [])
                if row.timepoint_months != 0
            ]
            said += [
                _change(row, bearing, direction)
                for row in told["changes"].get(bearing.word, [])
                if row.compared_with in _AGAINST
            ]
            for study_id, telling in said:
                found[study_id, str(criterion["criterion_id"])].append(telling)
    return dict(found)


def _of_treated(ev: Evidence, table: str, retracted: set[str]) -> dict[str, list[_Row]]:
    """Take the rows of arms that received cells, by their word."""
    rows = ev.select(table)
    rows = rows[(rows["arm_kind"] == "cells") & ~rows["source_id"].isin(retracted)]
    rows = rows.assign(origin=origin(rows["source_kind"]))
    if table == "outcomes":
        rows = rows.assign(no_rate=no_rate(rows), natural=_natural_births(rows))
    grouped: dict[str, list[_Row]] = defaultdict(list)
    for row in rows.itertuples():
        grouped[str(row.outcome if table == "outcomes" else row.measure)].append(row)
    return grouped


def _natural_births(rows: pd.DataFrame) -> pd.Series[bool]:
    """Find the births of women of whom the same case report counts as many natural pregnancies: it was written because of both."""
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


def _count(row: _Row, bearing: Bearing, direction: str) -> tuple[str, Telling]:
    counted = pd.notna(row.events)
    agreement: float | None = float((row.events if counted else row.percent_reported) > 0)
    text = _share(row) if counted else f"{row.percent_reported:g} % as printed"
    if bearing.lacks and row.natural:
        bearing, text = replace(bearing, lacks=""), f"{text}, after natural conception"
    if bearing.compared or direction not in {"up", "regular", "up-or-stable"}:
        agreement, bearing = None, replace(bearing, caveat="a count with nothing to compare it with")
    return _telling(row, row.timepoint_months, bearing, agreement, text, counted=True)


def _share(row: _Row) -> str:
    why = f", {row.no_rate}" if row.no_rate else ""
    if pd.isna(row.total):
        return f"{row.events}, total not printed{why}"
    return f"{row.events} of {row.total} {row.total_unit}{why}"


def _change(row: _Row, bearing: Bearing, direction: str) -> tuple[str, Telling]:
    told = row.direction
    kind = {"percent": " %", "fold": "-fold"}.get(str(row.change_kind), f" ({row.change_kind})")
    size = "no size printed" if pd.isna(row.change) else f"{row.change:g}{kind}"
    agreement: float | None = None
    text = (
        "direction not printed" if pd.isna(told) else f"{_DIRECTION[told]} vs {_AGAINST[row.compared_with]}"
    )
    if direction not in WANTED:
        size = f"{size}, and no level to hold against a normal range"
    elif pd.notna(told):
        agreement = float((_OPPOSITE[told] if bearing.inverse else told) in WANTED[direction])
    # That some women conceived is not denied by as many having conceived elsewhere.
    if bearing.word in OUTCOME and not bearing.compared and agreement == 0:
        agreement = None
    return _telling(row, row.to_months, bearing, agreement, f"{text}, {size}")


def _level(
    row: _Row, bearing: Bearing, direction: str, before: _Row | None, ranges: list[tuple[float, float]]
) -> tuple[str, Telling]:
    months = row.timepoint_months
    statistics = [name for name in ("mean", "median") if pd.notna(getattr(row, name))]
    common = [name for name in statistics if before is not None and pd.notna(getattr(before, name))]
    agreement: float | None = None
    if not statistics:
        printed = "as limits" if pd.isna(row.text_value) else f"in words: {row.text_value}"
        return _telling(row, months, bearing, None, f"printed {printed}")
    statistic = (common or statistics)[0]
    level, unit = float(getattr(row, statistic)), "" if pd.isna(row.unit) else f" {row.unit}"
    text = f"{statistic if row.subject == 'cohort' else 'level'} {level:.3g}{unit}"
    first = float(getattr(before, statistic)) if before is not None and common else math.nan
    if direction not in WANTED:
        inside = [low <= level <= high for low, high in ranges]
        agreement = sum(inside) / len(inside) if inside else None
        text += (
            f", inside {sum(inside)} of {len(inside)} reference ranges" if inside else ", no reference range"
        )
        if direction == "normal" and any(low <= first <= high for low, high in ranges):
            bearing = replace(bearing, caveat=f"inside before treatment too, at {first:.3g}{unit}")
    elif math.isnan(first):
        text += f", no {statistic} before treatment in the same document"
    else:
        told = "none" if level == first else "up" if level > first else "down"
        agreement = float((_OPPOSITE[told] if bearing.inverse else told) in WANTED[direction])
        text += f", {first:.3g} before treatment"
    return _telling(row, months, bearing, agreement, text)


def _telling(
    row: _Row, months: Any, bearing: Bearing, agreement: float | None, text: str, *, counted: bool = False
) -> tuple[str, Telling]:
    printed = math.nan if pd.isna(months) else float(months)
    when = "time not printed" if math.isnan(printed) else f"month {printed:g}"
    subject = getattr(row, "subject", "cohort")
    one = "" if subject == "cohort" else ", one woman"
    against = getattr(row, "compared_with", "baseline")
    course = (row.arm_id, subject, "" if pd.isna(row.subgroup) else row.subgroup, bearing.word, against)
    return str(row.study_id), Telling(
        row=str(row.evidence_row),
        source_id=str(row.source_id),
        origin=str(row.origin),
        months=printed,
        agreement=agreement,
        caveat=bearing.caveat,
        lacks=bearing.lacks,
        counted=counted,
        chosen=getattr(row, "reporting", None) == "event-triggered",
        course=course,
        text=f"{phrase(bearing.word)} {text}{one}, {when}",
    )
