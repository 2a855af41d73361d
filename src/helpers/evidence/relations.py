"""Rules that need more than one column: within a row, and between tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from helpers.evidence.faults import Fault, meant
from helpers.evidence.links import matching
from helpers.evidence.schema import TABLES
from helpers.evidence.units import CANONICAL, EQUAL, known_units, missing_factors
from helpers.evidence.vocabulary import NOT_A_DOCUMENT

Tables = dict[str, pd.DataFrame]


def relation_faults(tables: Tables, text: Tables) -> list[Fault]:
    """Check every rule that needs more than one column.

    Parameters
    ----------
    tables : dict of pandas.DataFrame
        All typed tables by name.
    text : dict of pandas.DataFrame
        The same tables as text, for rules on what was printed.

    Returns
    -------
    list of Fault
        One per broken rule and place.
    """
    faults = [*_reference_faults(tables), *_arm_faults(tables), *_discrepancy_faults(tables)]
    faults += _count_faults(tables["outcomes"])
    faults += _percent_faults("outcomes", tables["outcomes"], text["outcomes"], "events")
    faults += _percent_faults("baseline", tables["baseline"], text["baseline"], "n")
    for name, column in (
        ("outcomes", "timepoint_months"),
        ("measurements", "timepoint_months"),
        ("changes", "to_months"),
    ):
        faults += _follow_up_faults(name, tables[name], column, tables["studies"])
    faults += _order_faults(tables)
    faults += _note_faults(tables)
    faults += _unit_faults(tables["measurements"])
    faults += _match_faults(tables)
    faults += missing_factors(tables)
    return faults


def _at(
    table: str, frame: pd.DataFrame, bad: pd.Series[bool], column: str, rule: Callable[[Any], str]
) -> Iterator[Fault]:
    """Make a fault of every row where `bad` holds."""
    for row in frame.index[bad.fillna(False).astype(bool)]:
        value: Any = frame.at[row, column]
        shown = "" if pd.isna(value) else f"{value:g}" if isinstance(value, float) else str(value)
        yield Fault(f"{table}.csv", int(row) + 2, column, shown, rule(frame.loc[row]))


def _reference_faults(tables: Tables) -> Iterator[Fault]:
    for name, schema in TABLES.items():
        for column, rules in schema.columns.items():
            target = (rules.metadata or {}).get("references")
            if not target or target == "arms.arm_id":
                continue
            other, other_column = target.split(".")
            known = set(tables[other][other_column].dropna())
            frame = tables[name]
            bad = frame[column].notna() & ~frame[column].isin(known)
            yield from _at(
                name,
                frame,
                bad,
                column,
                lambda row, c=column, t=other, k=known: f"is not in {t}.csv; {meant(str(row[c]), k)}",  # type: ignore[misc]
            )


def _arm_faults(tables: Tables) -> Iterator[Fault]:
    arms = tables["arms"]
    known = set(zip(arms["study_id"], arms["arm_id"], strict=True))
    of_study = arms.groupby("study_id")["arm_id"].apply(list).to_dict()
    for name in ("baseline", "outcomes", "measurements", "changes", "statements"):
        frame = tables[name]
        pairs = pd.Series(list(zip(frame["study_id"], frame["arm_id"], strict=True)), index=frame.index)
        bad = (
            frame["arm_id"].notna()
            & frame["study_id"].isin(set(tables["studies"]["study_id"]))
            & ~pairs.isin(known)
        )
        yield from _at(
            name,
            frame,
            bad,
            "arm_id",
            lambda row: (
                f"is no arm of {row['study_id']} in arms.csv; {meant(str(row['arm_id']), of_study.get(row['study_id'], []))}"
            ),
        )


def _discrepancy_faults(tables: Tables) -> Iterator[Fault]:
    frame = tables["discrepancies"]
    known = {*tables["sources"]["source_id"].dropna(), *NOT_A_DOCUMENT}
    for column in ("source_1", "source_2"):
        bad = frame[column].notna() & ~frame[column].isin(known)
        yield from _at(
            "discrepancies",
            frame,
            bad,
            column,
            lambda row, c=column: (
                f"is no source_id and none of {', '.join(NOT_A_DOCUMENT)}; {meant(str(row[c]), known)}"
            ),  # type: ignore[misc]
        )


def _count_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    yield from _at(
        "outcomes",
        frame,
        frame["events"] > frame["total"],
        "events",
        lambda row: f"is above its total {row['total']}; events lie between 0 and the total",
    )
    empty = frame["events"].isna() & frame["percent_reported"].isna()
    yield from _at("outcomes", frame, empty, "events", lambda _: "must be given, or percent_reported")
    for column in ("total_unit", "total_basis"):
        bare = frame["total"].notna() & frame[column].isna()
        yield from _at("outcomes", frame, bare, column, lambda _: "must be given where there is a total")


def possible_counts(percent: str, total: int) -> list[int]:
    """List the counts of a total that could have been printed as a percentage.

    Parameters
    ----------
    percent : str
        The percentage as printed; its decimals tell how it was rounded.
    total : int
        The denominator.

    Returns
    -------
    list of int
        Every count whose exact percentage lies within half a unit of the last printed digit, limits
        included, since both ways of rounding a half are in use.

    References
    ----------
    Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369, for percentages.
    """
    printed = Decimal(percent)
    exponent = printed.as_tuple().exponent
    half = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2
    centre = int(printed * total / 100)
    nearby = range(max(0, centre - 1), min(total, centre + 2) + 1)
    width = int(half * total / 100) + 1
    candidates = nearby if width <= 1 else range(max(0, centre - width), min(total, centre + width + 1) + 1)
    return [k for k in candidates if abs(Decimal(k) * 100 - printed * total) <= half * total]


def _percent_faults(table: str, frame: pd.DataFrame, text: pd.DataFrame, count: str) -> Iterator[Fault]:
    given = frame[frame["percent_reported"].between(0, 100) & (frame["total"] > 0).fillna(False)]
    for row, total, events in zip(given.index, given["total"], given[count], strict=True):
        printed = str(text.at[row, "percent_reported"]).strip()
        counts = possible_counts(printed, int(total))
        if not counts:
            rule = f"is no percentage of {total}; the nearest are {_nearest(float(printed), int(total))}"
        elif not pd.isna(events) and int(events) not in counts and int(events) <= int(total):
            rule = f"is not {events}/{total}, which is {100 * int(events) / int(total):.4g}"
        else:
            continue
        yield Fault(f"{table}.csv", int(row) + 2, "percent_reported", printed, rule)


def _nearest(percent: float, total: int) -> str:
    below = int(percent * total / 100)
    return " and ".join(f"{k}/{total} = {100 * k / total:.4g}" for k in (below, below + 1) if k <= total)


def _follow_up_faults(table: str, frame: pd.DataFrame, column: str, studies: pd.DataFrame) -> Iterator[Fault]:
    follow_up = frame["study_id"].map(
        studies.drop_duplicates("study_id").set_index("study_id")["follow_up_months"]
    )
    yield from _at(
        table,
        frame,
        frame[column] > follow_up,
        column,
        lambda row: (
            f"lies after the follow-up of {row['study_id']}, which ends at {follow_up[row.name]:g} months"
        ),
    )


_ORDERED = {
    "arms": [("age_min", "age_max"), ("age_q1", "age_median"), ("age_median", "age_q3")],
    "measurements": [
        ("q1", "median"),
        ("median", "q3"),
        ("minimum", "q1"),
        ("q3", "maximum"),
        ("minimum", "maximum"),
        ("minimum", "median"),
        ("median", "maximum"),
        ("minimum", "mean"),
        ("mean", "maximum"),
        ("q1", "q3"),
    ],
    "changes": [("from_months", "to_months"), ("low", "change"), ("change", "high"), ("low", "high")],
    "criteria": [("from_months", "to_months")],
    "reference_values": [("low", "value"), ("value", "high"), ("low", "high")],
}


def _order_faults(tables: Tables) -> Iterator[Fault]:
    for table, pairs in _ORDERED.items():
        frame = tables[table]
        for low, high in pairs:
            yield from _at(
                table,
                frame,
                frame[low] > frame[high],
                high,
                lambda row, a=low: f"is below {a}, which is {row[a]:g}",  # type: ignore[misc]
            )


def _note_faults(tables: Tables) -> Iterator[Fault]:
    for table in ("outcomes", "measurements"):
        frame = tables[table]
        silent = frame["extraction"].isin(["derived", "digitised"]) & frame["note"].isna()
        yield from _at(
            table, frame, silent, "note", lambda row: f"must say how the figure was {row['extraction']}"
        )
    measurements = tables["measurements"]
    levels = ["mean", "median", "minimum", "maximum", "text_value"]
    bare = measurements[levels].isna().all(axis=1)
    yield from _at(
        "measurements", measurements, bare, "mean", lambda _: "must be given, or another level, or text_value"
    )
    changes = tables["changes"]
    unnamed = changes["change"].notna() & changes["change_kind"].isna()
    yield from _at("changes", changes, unnamed, "change_kind", lambda _: "must be given where a change is")
    bare = changes["change"].isna() & changes["direction"].isna()
    yield from _at("changes", changes, bare, "direction", lambda _: "must be given where no change is")


def _unit_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    numeric = frame[["mean", "median", "minimum", "maximum"]].notna().any(axis=1)
    for measure in frame.loc[numeric, "measure"].dropna().unique():
        units = known_units(measure)
        if units:
            spellings = [*units, *EQUAL[CANONICAL[measure]]]
            bad = numeric & (frame["measure"] == measure) & ~frame["unit"].fillna("").isin(spellings)
            yield from _at(
                "measurements",
                frame,
                bad,
                "unit",
                lambda row, u=units: f"is no unit of {row['measure']}; {meant(str(row['unit']), u)}",  # type: ignore[misc]
            )


def _match_faults(tables: Tables) -> Iterator[Fault]:
    links = tables["claim_evidence"]
    for row, table, match, field in zip(
        links.index, links["table"], links["match"], links["field"], strict=True
    ):
        if pd.isna(table) or table not in tables:
            continue
        columns = list(tables[table].columns)
        shown = "" if pd.isna(match) else str(match)
        wrong = [condition for condition in shown.split("; ") if condition.partition("=")[0] not in columns]
        for condition in wrong:
            column = condition.partition("=")[0]
            rule = f"must be column=value with a column of {table}.csv; {meant(column, columns)}"
            yield Fault("claim_evidence.csv", int(row) + 2, "match", condition, rule)
        if not wrong and matching(tables[table], match).empty:
            yield Fault("claim_evidence.csv", int(row) + 2, "match", shown, f"matches no row of {table}.csv")
        if table != "discrepancies" and field not in columns:
            named = "" if pd.isna(field) else str(field)
            rule = f"is no column of {table}.csv; {meant(named, columns)}"
            yield Fault("claim_evidence.csv", int(row) + 2, "field", named, rule)
