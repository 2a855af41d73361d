"""What was extracted of which study: every row with its window and depth, and studies by condition, cells and design."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.counts.one_count import known_words
from helpers.counts.outcomes import EARLY, LONG, SHORT, UNKNOWN, horizon
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ACCESS, CONDITION, DESIGN, HARM_ITEMS, ROLE, TISSUE

BEFORE = "before treatment"
#: When something was measured, in the order of time; what has no printed time comes last.
WINDOWS = [BEFORE, EARLY, SHORT, LONG, UNKNOWN]
#: In the column of cell sources where there is none to name.
NO_CELLS, NOT_STATED = "no cells", "not stated"

_WHAT = {
    "baseline": "characteristic", "outcomes": "outcome", "measurements": "measure", "changes": "measure",
    "statements": "item",
}  # fmt: skip
_MONTHS = {"outcomes": "timepoint_months", "measurements": "timepoint_months", "changes": "to_months"}
#: A row is a number if one of these is printed; otherwise it is a direction or words.
_NUMBERS = {
    "baseline": ["n", "percent_reported"],
    "outcomes": ["events", "percent_reported"],
    "measurements": ["mean", "median", "minimum", "maximum"],
    "changes": ["change", "low", "high"],
    "statements": [],
}
_KEPT = ["study_id", "study_label", "source_id", "citation", "access", "retracted", "evidence_row", "origin"]


def women_rows(ev: Evidence, studies: pd.DataFrame, *, access: Iterable[str] = ("all",)) -> pd.DataFrame:
    """Gather the rows about women of the studies, from documents read at the depths `access`; an unknown one raises ValueError.

    number is False for a direction or words, women marks counts of women with their total, window is one of
    `WINDOWS`.
    """
    depths = known_words(access, {"all", *ev.schema.vocabularies["access"]}, "access")
    rows = pd.concat([_of_table(ev, name) for name in _WHAT], ignore_index=True)
    rows = rows[
        rows["study_id"].isin(studies["study_id"]) & (rows["access"].isin(depths) | ("all" in depths))
    ]
    return rows.reset_index(drop=True)


def _of_table(ev: Evidence, name: str) -> pd.DataFrame:
    rows = ev.select(name)
    if name == "statements":
        rows = rows[rows["item"].isin(HARM_ITEMS)]
    window = pd.Series(UNKNOWN if name == "statements" else BEFORE, index=rows.index)
    if name in _MONTHS:
        months = rows[_MONTHS[name]]
        window = horizon(months, ev.criteria).where(~(months <= 0), BEFORE)
    women = pd.Series(False, index=rows.index)
    if name == "outcomes":
        women = rows["events"].notna() & rows["total"].notna() & rows["total_unit"].eq("women")
    return rows[_KEPT].assign(
        table=name,
        what=rows[_WHAT[name]],
        window=window,
        number=rows[_NUMBERS[name]].notna().any(axis=1),
        women=women,
    )


def results_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep of `women_rows` what is about women after treatment, or without a time."""
    return rows[rows["window"] != BEFORE]


def study_kinds(ev: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """Give condition, source of the cells and design of each study, in the order of role, tissue and label.

    A study of arms with several sources is ``"mixed"``, one whose arms received none is ``"no cells"``.
    """
    arms = ev.arms[ev.arms["kind"] == "cells"]
    sources = arms.groupby("study_id")["cell_source"].agg(_one_source)
    frame = studies.rename(columns={"label": "study_label"})
    frame = frame.assign(cell_source=frame["study_id"].map(sources).fillna(NO_CELLS).astype("str"))
    columns = [
        "study_id", "study_label", "role", "tissue", "condition", "cell_source", "design", "n_enrolled",
    ]  # fmt: skip
    order = ["role", "tissue", "study_label"]
    return frame[columns].sort_values(order, key=vocabulary_order, ignore_index=True)


def _one_source(words: pd.Series[str]) -> str:
    names = [*words.dropna().unique(), NOT_STATED]
    return "mixed" if len(names) > 2 else str(names[0])


def vocabulary_order(column: pd.Series) -> pd.Series:
    """Give the sort key of a column of words, their order in the vocabulary."""
    words = {"role": ROLE, "tissue": TISSUE, "condition": CONDITION, "design": DESIGN}.get(str(column.name))
    return column.map(list(words).index) if words is not None else column.str.lower()


def depth_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count `women_rows` by who reports them and how deep the document was read, nearest and deepest first.

    numbers is the sum over the tables; words counts the rows without a number.
    """
    by = [rows["origin"], rows["access"]]
    numbers = pd.crosstab(by, rows["table"].where(rows["number"], "words"))
    counts = numbers.reindex(columns=[*_WHAT, "words"], fill_value=0).reset_index()
    counts.insert(len(_WHAT) + 2, "numbers", counts[list(_WHAT)].sum(axis=1))
    order = {"origin": ORIGINS, "access": list(ACCESS)}
    return counts.sort_values(
        ["origin", "access"], key=lambda column: column.map(order[str(column.name)].index), ignore_index=True
    ).rename_axis(columns=None)
