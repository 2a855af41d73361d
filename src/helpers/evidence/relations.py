"""Rules between rows and tables: ids that resolve, times within the follow-up, links that find rows.

What a source printed is evidence even where it contradicts itself; `checks` finds that. Here stands what must hold
whatever was printed, so that a row can be read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from string import ascii_lowercase
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.claim_links import (
    OF_FINDINGS,
    TOLD_AS_THEY_STAND,
    Lookup,
    expectation_fault,
    strange_conditions,
)
from helpers.evidence.faults import Fault, meant
from helpers.evidence.schema import Schema
from helpers.evidence.units import KINDS_OF_LEVELS, known_units, missing_factors, spellings, unit_meant
from helpers.evidence.within_rows import Breach, faults_of

Tables = dict[str, pd.DataFrame]

#: Joins the ids in a cell that holds several.
SEPARATOR = "; "
#: Times after treatment, which end with the follow-up of the study.
TIMES = (
    ("outcomes", "timepoint_months"),
    ("measurements", "timepoint_months"),
    ("changes", "from_months"),
    ("changes", "to_months"),
)
#: Columns whose figures need a unit that is known.
_LEVELS = {
    "measurements": ["mean", "median", "minimum", "maximum"],
    "reference_values": ["low", "high", "value"],
}
#: A title or note that says so; "not retracted" and its like do not.
_RETRACTED = r"(?i)(?<!\bnot )(?<!\bnot been )(?<!\bnever )(?<!\bno )\bretract(?:ed|ion)\b"


def relation_faults(schema: Schema, tables: Tables, text: Tables) -> list[Fault]:
    """Check every rule between rows and tables, given typed and as text: one fault per broken rule and place."""
    breaches = (
        *(check(tables) for check in _CHECKS), *(check(schema, tables) for check in _CHECKS_BY_SCHEMA)
    )  # fmt: skip
    found = [
        fault
        for of_one in breaches
        for breach in of_one
        for fault in faults_of(breach, tables[breach.table], text[breach.table])
    ]
    return found + missing_factors(tables)


def _references(schema: Schema, tables: Tables) -> Iterator[Breach]:
    @cache
    def keys(table: str, key: str) -> set[str]:
        return set(tables[table][key].dropna().tolist())

    for name, table in schema.tables.items():
        for column, rules in table.columns.items():
            target = rules.references
            if target and target != "arms.arm_id":
                other, key = target.split(".")
                known = keys(other, key)
                cells = tables[name][column]
                yield Breach(
                    name, cells.notna() & ~cells.isin(known), column, _stranger(column, other, known)
                )


def _stranger(column: str, table: str, known: Iterable[str]) -> Callable[[Any], str]:
    return lambda row: f"is not in {table}.csv; {meant(str(row[column]), known)}"


def _arms(schema: Schema, tables: Tables) -> Iterator[Breach]:
    arms = tables["arms"]
    rows_of = cache(lambda: arms.groupby("study_id").indices)
    known = set(_pairs(arms))
    for name, table in schema.tables.items():
        if name == "arms" or "arm_id" not in table.columns:
            continue
        frame = tables[name]
        stranger = np.array([pair not in known for pair in _pairs(frame)])
        known_study = frame["study_id"].isin(tables["studies"]["study_id"])
        yield Breach(
            name, frame["arm_id"].notna() & known_study & stranger, "arm_id",
            lambda row: f"is no arm of {row['study_id']} in arms.csv; "
            + meant(str(row["arm_id"]), arms["arm_id"].iloc[rows_of().get(row["study_id"], [])].dropna()),
        )  # fmt: skip
    enrolled = _of_study(arms, tables, "n_enrolled")
    yield Breach(
        "arms", arms["n"] > enrolled, "n",
        lambda row: f"is above the {enrolled[row.name]} women enrolled in {row['study_id']}",
    )  # fmt: skip
    yield from _sums_with_others(arms)
    yield from _measured(tables)


def _pairs(frame: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    return zip(frame["study_id"].tolist(), frame["arm_id"].tolist(), strict=True)


def _sums_with_others(arms: pd.DataFrame) -> Iterator[Breach]:
    """Find sums of arms that are said to have received cells, and hold more women than those that did."""
    parts = arms[(arms["kind"] == "cells") & (arms["arm_id"] != "all")]
    treated = arms["study_id"].map(parts.groupby("study_id")["n"].sum(skipna=False))
    yield Breach(
        "arms", arms["arm_id"].eq("all") & arms["kind"].eq("cells") & (arms["n"] > treated), "kind",
        lambda row: f"is said of all {row['n']} women, and the arms with cells hold {treated[row.name]}: write mixed",
    )  # fmt: skip


def _measured(tables: Tables) -> Iterator[Breach]:
    """Hold women measured against those of the arm, or of the study where the arm gives no number."""
    frame = tables["measurements"]
    sizes = tables["arms"].drop_duplicates(["study_id", "arm_id"])[["study_id", "arm_id", "n"]]
    own = frame[["study_id", "arm_id"]].merge(sizes, how="left", on=["study_id", "arm_id"])["n"]
    most = own.set_axis(frame.index).fillna(_of_study(frame, tables, "n_enrolled"))
    yield Breach(
        "measurements", frame["n"] > most, "n",
        lambda row: f"is above the {most[row.name]} women of {row['arm_id']} in {row['study_id']}",
    )  # fmt: skip


def _of_study(frame: pd.DataFrame, tables: Tables, column: str) -> pd.Series[Any]:
    studies = tables["studies"].drop_duplicates("study_id").set_index("study_id")
    return frame["study_id"].map(studies[column])


def _parts(cells: pd.Series[Any]) -> pd.Series[str]:
    """Take the ids of cells that hold several; the index names the row."""
    return cells.dropna().str.split(SEPARATOR).explode()


def _unknown_parts(table: str, cells: pd.Series[Any], known: Iterable[str], what: str) -> Breach:
    words = set(known)
    parts = _parts(cells)
    strange = parts[~parts.isin(words)]
    rows = pd.Series(cells.index.isin(strange.index), index=cells.index)
    first = dict(zip(reversed(strange.index), reversed(strange.tolist()), strict=True))

    def rule(row: Any) -> str:
        part = first[row.name]
        return f"{part!r} is {what}; several are joined by {SEPARATOR!r}; {meant(part, words)}"

    return Breach(table, rows, str(cells.name), rule)


def _discrepancies(schema: Schema, tables: Tables) -> Iterator[Breach]:
    besides = schema.tables["discrepancies"].columns["source_1"].besides
    known = {*tables["sources"]["source_id"].dropna(), *besides}
    what = f"no source_id and none of {', '.join(besides)}"
    for column in ("source_1", "source_2"):
        yield _unknown_parts("discrepancies", tables["discrepancies"][column], known, what)


def _overlaps(tables: Tables) -> Iterator[Breach]:
    studies = tables["studies"]
    known = set(studies["study_id"].dropna())
    yield _unknown_parts("studies", studies["overlaps_with"], known, "no study_id")
    others = _parts(studies["overlaps_with"])
    pairs = list(zip(studies["study_id"].loc[others.index].tolist(), others.tolist(), strict=True))
    named = set(pairs)
    lone = {
        row: other
        for row, (study, other) in zip(others.index, pairs, strict=True)
        if other in known and (other, study) not in named
    }
    yield Breach(
        "studies", pd.Series(studies.index.isin(list(lone)), index=studies.index), "overlaps_with",
        lambda row: f"{lone[row.name]} does not name {row['study_id']}; overlapping studies name each other",
    )  # fmt: skip
    own = {row for row, (study, other) in zip(others.index, pairs, strict=True) if study == other}
    yield Breach(
        "studies", pd.Series(studies.index.isin(list(own)), index=studies.index), "overlaps_with",
        lambda _: "names the study itself; a study overlaps with others",
    )  # fmt: skip


def _identifiers(tables: Tables) -> Iterator[Breach]:
    sources = tables["sources"]
    for column, name in (("doi", "DOI"), ("pmid", "PubMed number")):
        again, others = _again(sources, column, "source_id")
        yield Breach("sources", again, column, _repeated(name, others))
    studies = tables["studies"]
    again, named = _again(studies, "label", "study_id")
    taken = cache(lambda: set(studies["label"].dropna().str.lower()))
    yield Breach(
        "studies", again, "label",
        lambda row: f"is the label of {named[row.name]} too; figures distinguish studies by it, "
        f"so that this one is {_next_label(str(row['label']), taken())!r}",
    )  # fmt: skip


def _again(frame: pd.DataFrame, column: str, key: str) -> tuple[pd.Series[bool], pd.Series[Any]]:
    """Find rows with what a row of another key has, in capitals or small letters; and the key that had it first."""
    given = frame[[column, key]].dropna()
    others = given.groupby(given[column].str.lower())[key].transform("first")
    return (others != given[key]).reindex(frame.index, fill_value=False), others


def _next_label(label: str, taken: set[str]) -> str:
    """Put the first letter behind a label that makes it another, as in Yan 2020b."""
    letters = (letter for letter in ascii_lowercase[1:] if f"{label}{letter}".lower() not in taken)
    return label + next(letters, " (2)")


def _repeated(name: str, others: pd.Series[Any]) -> Callable[[Any], str]:
    return lambda row: (
        f"is the {name} of {others[row.name]} too; a document is listed once, under one source_id"
    )


def _registrations(tables: Tables) -> Iterator[Breach]:
    """Compare studies with the same registry number; the later row is told."""
    studies = tables["studies"]
    names = dict(studies["study_id"].fillna("").items())
    # One side is enough here: that both are named is held by `_overlaps`.
    named = {frozenset((names[row], other)) for row, other in _parts(studies["overlaps_with"]).items()}
    earlier: dict[str, list[str]] = {}
    alone: dict[Any, tuple[str, str]] = {}
    for row, number in _parts(studies["registry_id"]).items():
        study, others = names[row], earlier.setdefault(number, [])
        strange = [other for other in others if other != study and frozenset((study, other)) not in named]
        if strange:
            alone[row] = (number, strange[0])
        others.append(study)
    yield Breach(
        "studies", pd.Series(studies.index.isin(list(alone)), index=studies.index), "overlaps_with",
        lambda row: "must name {1}, and {1} this study, for both have registry number {0}".format(*alone[row.name]),
    )  # fmt: skip


def _case_reports(tables: Tables) -> Iterator[Breach]:
    """Mark what a case report counts: it was written because of that."""
    outcomes, studies = tables["outcomes"], tables["studies"]
    cases = studies.loc[studies["design"] == "case-report", "study_id"]
    chosen = outcomes["study_id"].isin(cases) & (outcomes["events"] > 0)
    yield Breach(
        "outcomes", chosen & outcomes["reporting"].isna(), "reporting",
        lambda _: "must be event-triggered, for the study is a case report: it was written because this happened", True,
    )  # fmt: skip


def _retractions(tables: Tables) -> Iterator[Breach]:
    sources = tables["sources"]
    said = sources["title_short"].str.contains(_RETRACTED, na=False) | sources["note"].str.contains(
        _RETRACTED, na=False
    )
    yield Breach(
        "sources", said & sources["retracted"].isna(), "retracted",
        lambda _: "must be given, for title or note report a retraction: a date as 2022-09-14, or 'undated'",
    )  # fmt: skip
    dates = sources["retracted"].where(sources["retracted"] != "undated")
    yield Breach(
        "sources", dates.notna() & pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce").isna(), "retracted",
        lambda _: "is no day of the calendar",
    )  # fmt: skip
    before = pd.to_numeric(dates.str[:4], errors="coerce") < sources["year"]
    yield Breach(
        "sources", before, "retracted",
        lambda row: f"is before the year of publication, {row['year']}",
    )  # fmt: skip


def _times(tables: Tables) -> Iterator[Breach]:
    for name, column in TIMES:
        frame = tables[name]
        end = _of_study(frame, tables, "follow_up_months")
        yield Breach(name, frame[column] > end, column, _too_late(end))


def _too_late(end: pd.Series[Any]) -> Callable[[Any], str]:
    return lambda row: (
        f"lies after the follow-up of {row['study_id']}, which ends at {end[row.name]:g} months"
    )


def _units(tables: Tables) -> Iterator[Breach]:
    for name, levels in _LEVELS.items():
        frame = tables[name]
        numeric = frame[levels].notna().any(axis=1)
        if name == "reference_values":
            numeric &= frame["kind"].isin(KINDS_OF_LEVELS)
        for measure in frame.loc[numeric, "measure"].dropna().unique():
            if known_units(measure):
                strange = ~frame["unit"].fillna("").isin(spellings(measure))
                yield Breach(name, numeric & (frame["measure"] == measure) & strange, "unit", _no_unit)


def _no_unit(row: Any) -> str:
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    return f"is no unit of {row['measure']}; {unit_meant(unit, str(row['measure']))}"


def _matches(schema: Schema, tables: Tables) -> Iterator[Breach]:
    links = tables["claim_evidence"]
    lookups = {name: Lookup(frame) for name, frame in tables.items()}
    rules: dict[str, dict[Any, str]] = {"match": {}, "field": {}, "expected": {}}
    columns_read = (links["table"], links["match"], links["field"], links["expected"])
    for row, table, *cells in zip(links.index, *columns_read, strict=True):
        match, field, expected = ("" if pd.isna(cell) else str(cell) for cell in cells)
        if table in TOLD_AS_THEY_STAND or pd.isna(table):
            why = "where no table is named" if pd.isna(table) else f"for {table}, which are shown as they are"
            idle = {"field": field, "expected": expected} | ({"match": match} if pd.isna(table) else {})
            for column in (column for column, cell in idle.items() if cell):
                rules[column][row] = f"must be blank {why}"
        if table not in tables and table != "findings":
            continue
        columns = list(schema.tables[table].columns if table in tables else OF_FINDINGS)
        strange = strange_conditions(match, columns)
        if strange:
            named = "; ".join(f"{column!r}: {meant(column, columns)}" for column in strange)
            where = f"{table}.csv" if table in tables else table
            rules["match"][row] = f"must be column=value with a column of {where}; {named}"
        elif table in tables and not len(lookups[table].rows(match)):
            rules["match"][row] = f"matches no row of {table}.csv"
        if table not in TOLD_AS_THEY_STAND:
            if field not in columns:
                rules["field"][row] = f"is no column of {table}.csv; {meant(field, columns)}"
            wrong = expectation_fault(expected, schema.tables[table].columns.get(field))
            if wrong:
                rules["expected"][row] = wrong
    for column, broken in rules.items():
        rows = pd.Series(links.index.isin(list(broken)), index=links.index)
        yield Breach("claim_evidence", rows, column, _looked_up(broken))


def _looked_up(rules: dict[Any, str]) -> Callable[[Any], str]:
    return lambda row: rules[row.name]


_CHECKS: tuple[Callable[[Tables], Iterator[Breach]], ...] = (
    _overlaps, _identifiers, _registrations, _retractions, _case_reports, _times, _units,
)  # fmt: skip
_CHECKS_BY_SCHEMA: tuple[Callable[[Schema, Tables], Iterator[Breach]], ...] = (
    _references, _arms, _discrepancies, _matches,
)  # fmt: skip
