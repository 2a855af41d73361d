"""Rules between rows and tables: ids that resolve, times within the follow-up, links that find rows.

What a source printed is evidence even where it contradicts itself; `checks` finds that. Here stands what must hold
whatever was printed, so that a row can be read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from string import ascii_lowercase
from typing import Any

import pandas as pd

from helpers.evidence.claim_links import (
    OF_FINDINGS,
    TOLD_AS_THEY_STAND,
    Lookup,
    expectation_fault,
    strange_conditions,
)
from helpers.evidence.dates import days_of
from helpers.evidence.faults import Fault, meant
from helpers.evidence.schema import Schema
from helpers.evidence.units import CANONICAL, KINDS_OF_LEVELS, missing_factors, spellings, unit_meant
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
_RETRACTED = re.compile(r"(?<!\bnot )(?<!\bnot been )(?<!\bnever )(?<!\bno )\bretract(?:ed|ion)\b")


def relation_faults(
    schema: Schema, tables: Tables, text: Tables, lookups: Mapping[str, Lookup]
) -> list[Fault]:
    """Check every rule between rows and tables, given typed, as text and by their cells: one fault per broken rule and place."""
    breaches = (
        *(check(tables) for check in _CHECKS),
        *(check(schema, tables) for check in _CHECKS_BY_SCHEMA),
        _matches(schema, tables["claim_evidence"], lookups),
    )
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
                if strange := {cell for cell in set(cells.tolist()) - known if not pd.isna(cell)}:
                    yield Breach(name, cells.isin(strange), column, _stranger(column, other, known))


def _stranger(column: str, table: str, known: Iterable[str]) -> Callable[[Any], str]:
    return lambda row: f"is not in {table}.csv; {meant(str(row[column]), known)}"


def _arms(schema: Schema, tables: Tables) -> Iterator[Breach]:
    arms = tables["arms"]
    rows_of = cache(lambda: arms.groupby("study_id").indices)
    known, studies = set(_pairs(arms)), set(tables["studies"]["study_id"].dropna())
    for name, table in schema.tables.items():
        if name == "arms" or "arm_id" not in table.columns:
            continue
        frame = tables[name]
        strange = {pair for pair in set(_pairs(frame)) - known if pair[0] in studies and not pd.isna(pair[1])}
        yield Breach(
            name, [row for row, pair in zip(frame.index, _pairs(frame), strict=True) if pair in strange], "arm_id",
            lambda row: f"is no arm of {row['study_id']} in arms.csv; "
            + meant(str(row["arm_id"]), arms["arm_id"].iloc[rows_of().get(row["study_id"], [])].dropna()),
        )  # fmt: skip
    enrolled = arms["study_id"].map(_by_study(tables, "n_enrolled"))
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
    arms = tables["arms"]
    sizes = dict(reversed([*zip(_pairs(arms), arms["n"].tolist(), strict=True)]))
    own = pd.Series([sizes.get(pair) for pair in _pairs(frame)], frame.index, dtype="Int64")
    most = own.fillna(frame["study_id"].map(_by_study(tables, "n_enrolled")))
    yield Breach(
        "measurements", frame["n"] > most, "n",
        lambda row: f"is above the {most[row.name]} women of {row['arm_id']} in {row['study_id']}",
    )  # fmt: skip


def _by_study(tables: Tables, column: str) -> pd.Series[Any]:
    return tables["studies"].drop_duplicates("study_id").set_index("study_id")[column]


def _parts(cells: pd.Series[Any]) -> list[tuple[int, str]]:
    """Take the ids of cells that hold several, each with its row."""
    given = cells.dropna()
    each = zip(given.index, given.tolist(), strict=True)
    return [(row, part) for row, cell in each for part in cell.split(SEPARATOR)]


def _unknown_parts(table: str, cells: pd.Series[Any], known: Iterable[str], what: str) -> Breach:
    words = set(known)
    first = dict(reversed([(row, part) for row, part in _parts(cells) if part not in words]))

    def rule(row: Any) -> str:
        part = first[row.name]
        return f"{part!r} is {what}; several are joined by {SEPARATOR!r}; {meant(part, words)}"

    return Breach(table, first, str(cells.name), rule)


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
    names = dict(studies["study_id"].items())
    named = {(names[row], other) for row, other in others}
    lone = {row: other for row, other in others if other in known and (other, names[row]) not in named}
    yield Breach(
        "studies", lone, "overlaps_with",
        lambda row: f"{lone[row.name]} does not name {row['study_id']}; overlapping studies name each other",
    )  # fmt: skip
    own = {row for row, other in others if names[row] == other}
    yield Breach(
        "studies", own, "overlaps_with",
        lambda _: "names the study itself; a study overlaps with others",
    )  # fmt: skip


def _identifiers(tables: Tables) -> Iterator[Breach]:
    sources = tables["sources"]
    for column, name in (("doi", "DOI"), ("pmid", "PubMed number")):
        again = _again(sources, column, "source_id")
        yield Breach("sources", again, column, _repeated(name, again))
    studies = tables["studies"]
    named = _again(studies, "label", "study_id")
    taken = cache(lambda: set(studies["label"].dropna().str.lower()))
    yield Breach(
        "studies", named, "label",
        lambda row: f"is the label of {named[row.name]} too; figures distinguish studies by it, "
        f"so that this one is {_next_label(str(row['label']), taken())!r}",
    )  # fmt: skip


def _again(frame: pd.DataFrame, column: str, key: str) -> dict[int, str]:
    """Find rows with what a row of another key has, in capitals or small letters, and the key that had it first."""
    first: dict[str, str] = {}
    rows = frame[[column, key]].dropna()
    given = zip(rows.index, rows[column].str.lower().tolist(), rows[key].tolist(), strict=True)
    return {row: other for row, cell, own in given if (other := first.setdefault(cell, own)) != own}


def _next_label(label: str, taken: set[str]) -> str:
    """Put the first letter behind a label that makes it another, as in Yan 2020b."""
    letters = (letter for letter in ascii_lowercase[1:] if f"{label}{letter}".lower() not in taken)
    return label + next(letters, " (2)")


def _repeated(name: str, others: Mapping[int, str]) -> Callable[[Any], str]:
    return lambda row: (
        f"is the {name} of {others[row.name]} too; a document is listed once, under one source_id"
    )


def _registrations(tables: Tables) -> Iterator[Breach]:
    """Compare studies with the same registry number; the later row is told."""
    studies = tables["studies"]
    names = dict(studies["study_id"].fillna("").items())
    # One side is enough here: that both are named is held by `_overlaps`.
    named = {frozenset((names[row], other)) for row, other in _parts(studies["overlaps_with"])}
    earlier: dict[str, list[str]] = {}
    alone: dict[Any, tuple[str, str]] = {}
    for row, number in _parts(studies["registry_id"]):
        study, others = names[row], earlier.setdefault(number, [])
        strange = [other for other in others if other != study and frozenset((study, other)) not in named]
        if strange:
            alone[row] = (number, strange[0])
        others.append(study)
    yield Breach(
        "studies", alone, "overlaps_with",
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
    open_ = sources.loc[sources["retracted"].isna(), ["title_short", "note"]].fillna("")
    texts = zip(open_.index, (open_["title_short"] + "\n" + open_["note"]).str.lower().tolist(), strict=True)
    said = [row for row, text in texts if "retract" in text and _RETRACTED.search(text)]
    yield Breach(
        "sources", said, "retracted",
        lambda _: "must be given, for title or note report a retraction: a date as 2022-09-14, or 'undated'",
    )  # fmt: skip
    dates = sources["retracted"].dropna()
    dates = dates[dates != "undated"]
    yield Breach(
        "sources", [row for row, text in zip(dates.index, dates, strict=True) if days_of(text) is None], "retracted",
        lambda _: "is no day of the calendar",
    )  # fmt: skip
    before = pd.to_numeric(dates.str[:4], errors="coerce") < sources.loc[dates.index, "year"]
    yield Breach(
        "sources", dates.index[before.fillna(False)], "retracted",
        lambda row: f"is before the year of publication, {row['year']}",
    )  # fmt: skip


def _times(tables: Tables) -> Iterator[Breach]:
    ends = _by_study(tables, "follow_up_months")
    for name, column in TIMES:
        frame = tables[name]
        end = frame["study_id"].map(ends)
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
        given = frame.loc[numeric & frame["measure"].isin(CANONICAL), ["measure", "unit"]].fillna("")
        strange = [row for row, measure, unit in given.itertuples() if unit not in spellings(measure)]
        yield Breach(name, strange, "unit", _no_unit)


def _no_unit(row: Any) -> str:
    unit = "" if pd.isna(row["unit"]) else str(row["unit"])
    return f"is no unit of {row['measure']}; {unit_meant(unit, str(row['measure']))}"


def _matches(schema: Schema, links: pd.DataFrame, lookups: Mapping[str, Lookup]) -> Iterator[Breach]:
    rules: dict[str, dict[Any, str]] = {"match": {}, "field": {}, "expected": {}}
    columns_read = (links["table"], links["match"], links["field"], links["expected"])
    for row, table, *cells in zip(links.index, *columns_read, strict=True):
        match, field, expected = ("" if pd.isna(cell) else str(cell) for cell in cells)
        if table in TOLD_AS_THEY_STAND or pd.isna(table):
            why = "where no table is named" if pd.isna(table) else f"for {table}, which are shown as they are"
            idle = {"field": field, "expected": expected} | ({"match": match} if pd.isna(table) else {})
            for column in (column for column, cell in idle.items() if cell):
                rules[column][row] = f"must be blank {why}"
        if table not in lookups and table != "findings":
            continue
        columns = list(schema.tables[table].columns if table in lookups else OF_FINDINGS)
        strange = strange_conditions(match, columns)
        if strange:
            named = "; ".join(f"{column!r}: {meant(column, columns)}" for column in strange)
            where = f"{table}.csv" if table in lookups else table
            rules["match"][row] = f"must be column=value with a column of {where}; {named}"
        elif table in lookups and not len(lookups[table].rows(match)):
            rules["match"][row] = f"matches no row of {table}.csv"
        if table not in TOLD_AS_THEY_STAND:
            if field not in columns:
                rules["field"][row] = f"is no column of {table}.csv; {meant(field, columns)}"
            wrong = expectation_fault(expected, schema.tables[table].columns.get(field))
            if wrong:
                rules["expected"][row] = wrong
    for column, broken in rules.items():
        yield Breach("claim_evidence", broken, column, _looked_up(broken))


def _looked_up(rules: dict[Any, str]) -> Callable[[Any], str]:
    return lambda row: rules[row.name]


_CHECKS: tuple[Callable[[Tables], Iterator[Breach]], ...] = (
    _overlaps, _identifiers, _registrations, _retractions, _case_reports, _times, _units,
)  # fmt: skip
_CHECKS_BY_SCHEMA: tuple[Callable[[Schema, Tables], Iterator[Breach]], ...] = (
    _references, _arms, _discrepancies,
)  # fmt: skip
