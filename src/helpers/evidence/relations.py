"""Rules that need more than one column: within a row, and between tables.

What a source printed is evidence even where it contradicts itself; `checks` finds that. Here stands what must hold
whatever was printed, so that a row can be read at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from helpers.evidence.faults import Fault, Suggestions, meant
from helpers.evidence.links import Lookup
from helpers.evidence.schema import TABLES
from helpers.evidence.units import known_units, missing_factors, spellings
from helpers.evidence.vocabulary import NOT_A_DOCUMENT

Tables = dict[str, pd.DataFrame]

#: Joins the ids in a cell that holds several.
SEPARATOR = "; "
#: Columns of which none may lie below one before it in the same row.
RISING: dict[str, list[tuple[str, ...]]] = {
    "arms": [("age_min", "age_q1", "age_median", "age_q3", "age_max"), ("age_min", "age_mean", "age_max")],
    "measurements": [("minimum", "q1", "median", "q3", "maximum"), ("minimum", "mean", "maximum")],
    "changes": [("from_months", "to_months"), ("low", "change", "high")],
    "pooled": [("low", "estimate", "high")],
    "factors": [("low", "estimate", "high")],
    "criteria": [("from_months", "to_months")],
    "reference_values": [("low", "value", "high")],
}
#: Counts and what they are counted among.
COUNTED = {
    "baseline": ("n", "total"),
    "outcomes": ("events", "total"),
    "pooled": ("events", "total"),
}
#: Times after treatment, which end with the follow-up of the study.
TIMES = (
    ("outcomes", "timepoint_months"),
    ("measurements", "timepoint_months"),
    ("changes", "from_months"),
    ("changes", "to_months"),
)
#: A title or note that says so; "not retracted" and its like do not.
_RETRACTED = r"(?i)(?<!\bnot )(?<!\bnot been )(?<!\bnever )(?<!\bno )\bretract(?:ed|ion)\b"


@dataclass(frozen=True)
class _Breach:
    """A rule of a table, and the rows that break it."""

    table: str
    rows: pd.Series[bool]
    column: str
    rule: Callable[[Any], str]


def relation_faults(tables: Tables, text: Tables) -> list[Fault]:
    """Check every rule that needs more than one column.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        All typed tables by name.
    text : dict of pandas.DataFrame
        The same tables as text, to show what stands there.

    Returns
    -------
    list of Fault
        One per broken rule and place.
    """
    found = [
        Fault(f"{breach.table}.csv", int(row) + 2, breach.column, str(text[breach.table].at[row, breach.column]),
              breach.rule(tables[breach.table].loc[row]))
        for check in _CHECKS
        for breach in check(tables)
        for row in breach.rows.index[breach.rows.fillna(False).astype(bool)]
    ]  # fmt: skip
    return found + missing_factors(tables)


def _references(tables: Tables) -> Iterator[_Breach]:
    for name, schema in TABLES.items():
        for column, rules in schema.columns.items():
            target = (rules.metadata or {}).get("references")
            if target and target != "arms.arm_id":
                other, key = target.split(".")
                known = tables[other][key].dropna()
                cells = tables[name][column]
                yield _Breach(
                    name, cells.notna() & ~cells.isin(known), column, _stranger(column, other, known)
                )


def _stranger(column: str, table: str, known: Iterable[str]) -> Callable[[Any], str]:
    suggestions = cache(lambda: Suggestions(known))
    return lambda row: f"is not in {table}.csv; {suggestions().of(str(row[column]))}"


def _arms(tables: Tables) -> Iterator[_Breach]:
    arms = tables["arms"]
    rows_of = cache(lambda: arms.groupby("study_id").indices)
    known = pd.MultiIndex.from_frame(arms[["study_id", "arm_id"]])
    for name, schema in TABLES.items():
        if name == "arms" or "arm_id" not in schema.columns:
            continue
        frame = tables[name]
        stranger = ~pd.MultiIndex.from_frame(frame[["study_id", "arm_id"]]).isin(known)
        known_study = frame["study_id"].isin(tables["studies"]["study_id"])
        yield _Breach(
            name, frame["arm_id"].notna() & known_study & stranger, "arm_id",
            lambda row: f"is no arm of {row['study_id']} in arms.csv; "
            + meant(str(row["arm_id"]), arms["arm_id"].iloc[rows_of().get(row["study_id"], [])].dropna()),
        )  # fmt: skip
    enrolled = _of_study(arms, tables, "n_enrolled")
    yield _Breach(
        "arms", arms["n"] > enrolled, "n",
        lambda row: f"is above the {enrolled[row.name]} women enrolled in {row['study_id']}",
    )  # fmt: skip


def _of_study(frame: pd.DataFrame, tables: Tables, column: str) -> pd.Series[Any]:
    studies = tables["studies"].drop_duplicates("study_id").set_index("study_id")
    return frame["study_id"].map(studies[column])


def _parts(cells: pd.Series[Any]) -> pd.Series[str]:
    """Take the ids of cells that hold several; the index names the row."""
    return cells.dropna().str.split(SEPARATOR).explode()


def _unknown_parts(table: str, cells: pd.Series[Any], known: Iterable[str], what: str) -> _Breach:
    words = set(known)
    parts = _parts(cells)
    strange = parts[~parts.isin(words)]
    rows = pd.Series(cells.index.isin(strange.index), index=cells.index)
    first = dict(zip(reversed(strange.index), reversed(strange.tolist()), strict=True))
    suggestions = cache(lambda: Suggestions(words))

    def rule(row: Any) -> str:
        part = first[row.name]
        told = suggestions().of(part)
        return f"{part!r} is {what}; several are joined by {SEPARATOR!r}; {told}"

    return _Breach(table, rows, str(cells.name), rule)


def _discrepancies(tables: Tables) -> Iterator[_Breach]:
    known = {*tables["sources"]["source_id"].dropna(), *NOT_A_DOCUMENT}
    what = f"no source_id and none of {', '.join(NOT_A_DOCUMENT)}"
    for column in ("source_1", "source_2"):
        yield _unknown_parts("discrepancies", tables["discrepancies"][column], known, what)


def _overlaps(tables: Tables) -> Iterator[_Breach]:
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
    yield _Breach(
        "studies", pd.Series(studies.index.isin(list(lone)), index=studies.index), "overlaps_with",
        lambda row: f"{lone[row.name]} does not name {row['study_id']}; overlapping studies name each other",
    )  # fmt: skip
    own = {row for row, (study, other) in zip(others.index, pairs, strict=True) if study == other}
    yield _Breach(
        "studies", pd.Series(studies.index.isin(list(own)), index=studies.index), "overlaps_with",
        lambda _: "names the study itself; a study overlaps with others",
    )  # fmt: skip


def _retractions(tables: Tables) -> Iterator[_Breach]:
    sources = tables["sources"]
    said = sources["title_short"].str.contains(_RETRACTED, na=False) | sources["note"].str.contains(
        _RETRACTED, na=False
    )
    yield _Breach(
        "sources", said & sources["retracted"].isna(), "retracted",
        lambda _: "must be given, for title or note tell of a retraction: a date as 2022-09-14, or 'undated'",
    )  # fmt: skip
    dates = sources["retracted"].where(sources["retracted"] != "undated")
    yield _Breach(
        "sources", dates.notna() & pd.to_datetime(dates, format="%Y-%m-%d", errors="coerce").isna(), "retracted",
        lambda _: "is no day of the calendar",
    )  # fmt: skip


def _counts(tables: Tables) -> Iterator[_Breach]:
    for name, (count, total) in COUNTED.items():
        frame = tables[name]
        yield _Breach(name, frame[count] > frame[total], count, _above(count, total))
    outcomes = tables["outcomes"]
    empty = outcomes["events"].isna() & outcomes["percent_reported"].isna()
    yield _Breach("outcomes", empty, "events", lambda _: "must be given, or percent_reported")
    for column in ("total_unit", "total_basis"):
        bare = outcomes["total"].notna() & outcomes[column].isna()
        yield _Breach("outcomes", bare, column, lambda _: "must be given where there is a total")
    measurements = tables["measurements"]
    several = (measurements["subject"] != "cohort") & (measurements["n"] > 1)
    yield _Breach(
        "measurements", several, "n", lambda row: f"must be 1 or blank, for {row['subject']} is one woman"
    )


def _above(count: str, total: str) -> Callable[[Any], str]:
    return lambda row: f"is above its total {row[total]}; {count} lies between 0 and the total"


def _times(tables: Tables) -> Iterator[_Breach]:
    for name, column in TIMES:
        frame = tables[name]
        end = _of_study(frame, tables, "follow_up_months")
        yield _Breach(name, frame[column] > end, column, _too_late(end))


def _too_late(end: pd.Series[Any]) -> Callable[[Any], str]:
    return lambda row: (
        f"lies after the follow-up of {row['study_id']}, which ends at {end[row.name]:g} months"
    )


def _order(tables: Tables) -> Iterator[_Breach]:
    for name, chains in RISING.items():
        for chain in chains:
            levels = tables[name][list(chain)]
            # Blank cells are passed over: a level is held against the last one given before it.
            before = levels.ffill(axis=1).shift(axis=1)
            for place, column in enumerate(chain[1:], start=1):
                yield _Breach(name, levels[column] < before[column], column, _below(chain[:place]))


def _below(columns: tuple[str, ...]) -> Callable[[Any], str]:
    def rule(row: Any) -> str:
        column = next(column for column in reversed(columns) if not pd.isna(row[column]))
        return f"is below {column}, which is {row[column]:g}"

    return rule


def _proportions(tables: Tables) -> Iterator[_Breach]:
    pooled = tables["pooled"]
    for column in ("estimate", "low", "high"):
        outside = (pooled["effect"] == "proportion") & ~pooled[column].between(0, 1) & pooled[column].notna()
        yield _Breach("pooled", outside, column, lambda _: "is no proportion, which lies between 0 and 1")


def _notes(tables: Tables) -> Iterator[_Breach]:
    for name in ("outcomes", "measurements"):
        frame = tables[name]
        silent = frame["extraction"].isin(["derived", "digitised"]) & frame["note"].isna()
        yield _Breach(name, silent, "note", lambda row: f"must say how the figure was {row['extraction']}")
    measurements = tables["measurements"]
    bare = measurements[["mean", "median", "minimum", "maximum", "text_value"]].isna().all(axis=1)
    yield _Breach("measurements", bare, "mean", lambda _: "must be given, or another level, or text_value")
    changes = tables["changes"]
    unnamed = changes["change"].notna() & changes["change_kind"].isna()
    yield _Breach("changes", unnamed, "change_kind", lambda _: "must be given where a change is")
    bare = changes["change"].isna() & changes["direction"].isna()
    yield _Breach("changes", bare, "direction", lambda _: "must be given where no change is")


def _units(tables: Tables) -> Iterator[_Breach]:
    frame = tables["measurements"]
    numeric = frame[["mean", "median", "minimum", "maximum"]].notna().any(axis=1)
    for measure in frame.loc[numeric, "measure"].dropna().unique():
        units = known_units(measure)
        if units:
            strange = ~frame["unit"].fillna("").isin(spellings(measure))
            rows = numeric & (frame["measure"] == measure) & strange
            yield _Breach("measurements", rows, "unit", _no_unit(units))


def _no_unit(units: list[str]) -> Callable[[Any], str]:
    return lambda row: f"is no unit of {row['measure']}; {meant(str(row['unit']), units)}"


def _matches(tables: Tables) -> Iterator[_Breach]:
    links = tables["claim_evidence"]
    lookups = {name: Lookup(frame) for name, frame in tables.items()}
    rules: dict[str, dict[Any, str]] = {"match": {}, "field": {}, "expected": {}}
    columns_read = (links["table"], links["match"], links["field"], links["expected"])
    for row, table, match, field, expected in zip(links.index, *columns_read, strict=True):
        if pd.isna(table) or table not in tables:
            continue
        columns = list(tables[table].columns)
        conditions = [part.partition("=") for part in ("" if pd.isna(match) else str(match)).split(SEPARATOR)]
        strange = [column for column, equals, _ in conditions if not equals or column not in columns]
        if strange:
            named = "; ".join(f"{column!r}: {meant(column, columns)}" for column in strange)
            rules["match"][row] = f"must be column=value with a column of {table}.csv; {named}"
        elif not len(lookups[table].rows(match)):
            rules["match"][row] = f"matches no row of {table}.csv"
        if table != "discrepancies" and field not in columns:
            rules["field"][row] = (
                f"is no column of {table}.csv; {meant('' if pd.isna(field) else str(field), columns)}"
            )
        if table != "discrepancies" and pd.isna(expected):
            rules["expected"][row] = "must be given, for a blank would deny whatever stands there"
    for column, broken in rules.items():
        rows = pd.Series(links.index.isin(list(broken)), index=links.index)
        yield _Breach("claim_evidence", rows, column, _looked_up(broken))


def _looked_up(rules: dict[Any, str]) -> Callable[[Any], str]:
    return lambda row: rules[row.name]


_CHECKS: tuple[Callable[[Tables], Iterator[_Breach]], ...] = (
    _references, _arms, _discrepancies, _overlaps, _retractions, _counts, _times, _order, _proportions, _notes,
    _units, _matches,
)  # fmt: skip
