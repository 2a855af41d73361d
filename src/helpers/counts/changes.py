"""Changes of markers as tidy rows, and the words for them."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers.counts.one_row import nearness, standing
from helpers.counts.outcomes import AFTER, whose_words
from helpers.evidence.vocabulary import CHANGE_KIND, DIRECTION, in_use, phrase
from helpers.show.numbers import number

#: What names the marker and the women of a level or change, and what the words for a change are made of. A walk over
#: all columns takes longer than what is done in it.
_WOMEN = ["measure", "study_id", "arm_id", "subject", "subgroup"]
_SAID = [
    *_WOMEN, "study_label", "arm_label", "direction", "change", "change_kind", "low", "high", "compared_with",
]  # fmt: skip
#: Stands for a time that was not printed.
_UNTIMED = math.inf


def change_texts(changes: pd.DataFrame) -> pd.DataFrame:
    """Add label, origin and text to selected changes; no row is dropped."""
    rows = changes.copy()
    each = list(rows[_SAID].itertuples())
    rows["label"] = pd.Series([", ".join(whose_words(row)) for row in each], index=rows.index, dtype="str")
    rows["text"] = pd.Series([_change_text(row) for row in each], index=rows.index, dtype="str")
    return rows


def change_rows(changes: pd.DataFrame) -> pd.DataFrame:
    """Join the sources that report the same change, one row per change as made by `change_texts`.

    origin is the one nearest to the study; citations are joined, and evidence names the rows of all sources.
    """
    rows = change_texts(changes)
    rows = rows.sort_values("origin", key=nearness, kind="stable")
    same = [
        *(column for column in in_use().key("changes") if column not in {"source_id", "locator"}),
        "direction",
        "text",
    ]
    rows["change_number"] = rows.groupby(same, dropna=False, sort=False).ngroup()
    sources = rows.groupby("change_number", sort=False)
    for column, name in (("citation", "citation"), ("evidence_row", "evidence")):
        joined = sources[column].agg(lambda cells: "; ".join(dict.fromkeys(cells)))
        rows[name] = rows["change_number"].map(joined).astype("str")
    one = ["change_number"]
    return standing(rows, nearest=one, first=one).drop(columns=one).sort_index()


def without_levels(changes: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Drop the directions whose size is known, because both of their times have a level of the measure in `level_rows`.

    Changes with a size, changes compared with other women or the other ovary, and directions without levels stay. A
    time that was not printed matches a level without one; a direction compared with no stated time needs any earlier
    level.
    """
    known: dict[tuple[str, ...], set[float]] = {}
    for level in levels.loc[levels["centre"].notna(), [*_WOMEN, "timepoint_months"]].itertuples():
        known.setdefault(_women(level), set()).add(_month(level.timepoint_months))
    within = changes["compared_with"].isin(["baseline", "previous-time-point", "not-stated"])
    times = changes[[*_WOMEN, "from_months", "to_months", "compared_with"]]
    both_known = [_both_known(row, known.get(_women(row), set())) for row in times.itertuples()]
    return changes[
        ~(changes["change"].isna() & within & pd.Series(both_known, index=changes.index, dtype="bool"))
    ]


def after_treatment(levels: pd.DataFrame) -> pd.Series[bool]:
    """Mark the levels of `level_rows` after treatment, with or without a printed time."""
    untimed = levels["timepoint_months"].isna() & (levels["subgroup"] == AFTER)
    return (levels["timepoint_months"] > 0) | untimed


def level_moves(levels: pd.DataFrame) -> pd.DataFrame:
    """Take of each course of `level_rows` the direction from the level before treatment to each later one.

    Rows of the later levels with the columns of a change, and `before`, the centre of the first level. Whether the difference
    was tested does not matter.
    """
    given = levels[levels["centre"].notna()]
    course = given["measure"] + "/" + given["line"]
    first = given["centre"].where(given["timepoint_months"] == 0).groupby(course).first()
    moved = given.assign(before=first.reindex(course).to_numpy())
    moved = moved.iloc[course.factorize()[0].argsort(kind="stable")]
    moved = moved[after_treatment(moved) & moved["before"].notna()]
    return moved.assign(
        direction=way_of(moved["centre"] - moved["before"]),
        to_months=moved["timepoint_months"],
        compared_with="baseline",
        subgroup=moved["subgroup"].where(moved["subgroup"] != AFTER),
    )


def way_of(sizes: pd.Series[float]) -> pd.Series[str]:
    """Give the direction of each difference, a word of the vocabulary `direction`."""
    return sizes.map(lambda by: "up" if by > 0 else "down" if by < 0 else "none").astype("str")


def with_directions(levels: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Add to the remark of a level of `level_rows` the directions that end at it, with p-values: those that `without_levels` drops."""
    ends: dict[tuple[Any, ...], list[str]] = {}
    rows: list[Any] = list(changes[[*_SAID, "to_months", "p_value", "evidence_row"]].itertuples())
    for row in rows:
        words = [_change_text(row), *([f"p {row.p_value}"] if pd.notna(row.p_value) else [])]
        ends.setdefault((*_women(row), _month(row.to_months)), []).append(
            f"{', '.join(words).replace(', no figure', '')} ({row.evidence_row})"
        )
    notes = []
    each: list[Any] = list(levels[[*_WOMEN, "timepoint_months", "note"]].itertuples())
    for row in each:
        more = ends.get((*_women(row), _month(row.timepoint_months)), [])
        notes.append("; ".join([*([str(row.note)] if pd.notna(row.note) else []), *more]) or None)
    return levels.assign(note=pd.Series(notes, index=levels.index, dtype="str"))


def _both_known(row: Any, months: set[float]) -> bool:
    start, end = _month(row.from_months), _month(row.to_months)
    if start != _UNTIMED:
        return {start, end} <= months
    first = 0.0 if row.compared_with == "baseline" else min(months, default=end)
    return end in months and first in months and first < end


def _women(row: Any) -> tuple[str, ...]:
    """Name the women of a level or change, and what was measured: marker, study, arm, subject and subgroup."""
    part = "" if pd.isna(row.subgroup) or row.subgroup == AFTER else str(row.subgroup)
    return str(row.measure), str(row.study_id), str(row.arm_id), str(row.subject), part


def _month(months: Any) -> float:
    """Give a time that was not printed a number that equals itself, later than any other."""
    return _UNTIMED if pd.isna(months) else float(months)


def _change_text(row: Any) -> str:
    direction = DIRECTION.get(str(row.direction), "direction not stated")
    if pd.isna(row.change):
        size = f"{direction}, no figure"
    elif row.change_kind == "percent":
        size = f"{number(row.change, sign=True)} %"
    elif row.change_kind == "fold":
        size = f"×{number(row.change)}"
    elif row.change_kind in {"absolute", "md"}:
        # A change has no column of its own for the unit, so it cannot follow the unit of the page.
        kind = "mean difference " if row.change_kind == "md" else ""
        size = f"{kind}{number(row.change, sign=True)} in the unit of the source"
    else:
        size = f"{number(row.change)} ({CHANGE_KIND.get(str(row.change_kind), 'kind not stated')})"
    if pd.notna(row.low) and pd.notna(row.high):
        size += f", CI {number(row.low)} to {number(row.high)}"
    return size if row.compared_with == "baseline" else f"{size} (against: {phrase(row.compared_with)})"
