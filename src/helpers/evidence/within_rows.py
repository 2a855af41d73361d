"""Rules within one row: what must hold of its cells together, whatever was printed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.evidence.columns import Table
from helpers.evidence.dates import days_of
from helpers.evidence.faults import Fault, meant
from helpers.evidence.vocabulary import DATE_ITEMS, MASKING, TRIAL_STATUS

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
#: What must be given where another column is: the centre of a spread, the estimate of a limit, the unit of a value.
NEEDED: dict[str, dict[str, tuple[str, ...]]] = {
    "arms": {"age_mean": ("age_sd",), "age_median": ("age_q1", "age_q3")},
    "baseline": {"total": ("n",)},
    "outcomes": {"total": ("total_basis",), "total_unit": ("total",), "total_basis": ("total",)},
    "measurements": {"mean": ("sd", "se"), "median": ("q1", "q3")},
    "changes": {
        "change": ("change_kind", "low", "high"), "change_kind": ("change",), "low": ("high",), "high": ("low",)
    },
    "pooled": {"estimate": ("low", "high"), "low": ("high",), "high": ("low",)},
    "secretion": {"value": ("spread",), "unit": ("value",)},
    "factors": {"effect": ("estimate",), "estimate": ("low", "high"), "low": ("high",), "high": ("low",)},
    "claims": {"quantity": ("value",), "value": ("unit",)},
}  # fmt: skip
#: Ratios, which lie above 0: the words of the effect, and the figures.
RATIOS = {
    "pooled": ("effect", ("RR", "OR", "HR"), ("estimate", "low", "high")),
    "changes": ("change_kind", ("rr", "or", "fold"), ("change", "low", "high")),
}
#: A plain number, and the unit after it.
_NUMBER_WITH_UNIT = r"([+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?:\s+([^\s0-9].*))?"
#: What an arm that received nothing cannot have.
OF_CELLS = ("cell_source", "donor", "dose_cells", "dose_text", "scaffold", "route", "n_treatments")


@dataclass(frozen=True)
class Breach:
    """A rule of a table, and the rows that break it."""

    #: The table.
    table: str
    #: The rows that break the rule: marked, where missing means no, or named by their index.
    rows: pd.Series[bool] | Collection[int]
    #: The column at fault.
    column: str
    #: Says of a row what would be right.
    rule: Callable[[Any], str]
    #: Whether the rule is broken by a blank cell: then it is not reported for a row with a cell that could
    #: not be read, for what stands there may be what was missed.
    of_blank: bool = False


def row_faults(table: Table, frame: pd.DataFrame, text: pd.DataFrame) -> list[Fault]:
    """Check every rule that looks at one row by itself, of a table typed and as text.

    One fault per broken rule and row.
    """
    general = (check(table.name, frame) for check in (_counts, _needed, _order, _ratios))
    own = (check(frame) for check in _OF_TABLE.get(table.name, ()))
    breaches = (*general, *own, _words_by_others(table, frame))
    return [fault for rule in breaches for breach in rule for fault in faults_of(breach, frame, text)]


def faults_of(breach: Breach, frame: pd.DataFrame, text: pd.DataFrame) -> Iterator[Fault]:
    """Name each row that breaks a rule, with the typed table to word the rule by and the text that stands there."""
    if isinstance(breach.rows, pd.Series):
        rows = frame.index[breach.rows.to_numpy(dtype=bool, na_value=False)]
    else:
        rows = pd.Index(list(breach.rows))
    if breach.of_blank and len(rows):
        unread = frame.loc[rows].isna() & (text.loc[rows] != "")
        rows = rows[~unread.any(axis=1)]
    for row in rows:
        shown = str(text.at[row, breach.column])
        yield Fault(f"{breach.table}.csv", int(row) + 2, breach.column, shown, breach.rule(frame.loc[row]))


def _documents(sources: pd.DataFrame) -> Iterator[Breach]:
    nowhere = sources["url"].isna() & sources["doi"].isna()
    yield Breach("sources", nowhere, "url", lambda _: "must be given where no doi is", True)
    part = (sources["access"] == "full-text") & (sources["read"] == "cut")
    yield Breach(
        "sources",
        part,
        "read",
        lambda _: "cannot be cut where access is full-text: a document read in part is a body-excerpt",
    )


def _happened(outcomes: pd.DataFrame) -> Iterator[Breach]:
    none = (outcomes["reporting"] == "event-triggered") & (outcomes["events"] == 0)
    yield Breach(
        "outcomes", none, "reporting", lambda _: "must be blank for a count of 0: no event had happened"
    )


def _counts(name: str, frame: pd.DataFrame) -> Iterator[Breach]:
    if name in COUNTED:
        count, total = COUNTED[name]
        yield Breach(name, frame[count] > frame[total], count, _above(count, total))
        if "percent_reported" in frame:
            empty = frame[count].isna() & frame["percent_reported"].isna()
            yield Breach(name, empty, count, lambda _: "must be given, or percent_reported", True)


def _one_woman(measurements: pd.DataFrame) -> Iterator[Breach]:
    several = measurements["subject"].str.startswith("patient-") & (measurements["n"] > 1)
    yield Breach(
        "measurements", several, "n", lambda row: f"must be 1 or blank, for {row['subject']} is one woman"
    )


def _above(count: str, total: str) -> Callable[[Any], str]:
    return lambda row: f"is above its total {row[total]}; {count} lies between 0 and the total"


def _needed(name: str, frame: pd.DataFrame) -> Iterator[Breach]:
    for column, others in NEEDED.get(name, {}).items():
        blank = frame[column].isna()
        for other in others:
            yield Breach(name, blank & frame[other].notna(), column, _where_given(other), True)


def _where_given(other: str) -> Callable[[Any], str]:
    return lambda _: f"must be given where {other} is"


def _order(name: str, frame: pd.DataFrame) -> Iterator[Breach]:
    for chain in RISING.get(name, []):
        before = frame[chain[0]]
        for place, column in enumerate(chain[1:], start=1):
            level = frame[column]
            yield Breach(name, level < before, column, _below(chain[:place]))
            # Blank cells are passed over: a level is compared with the last one given before it.
            before = level.fillna(before)


def _below(columns: tuple[str, ...]) -> Callable[[Any], str]:
    def rule(row: Any) -> str:
        column = next(column for column in reversed(columns) if not pd.isna(row[column]))
        return f"is below {column}, which is {row[column]:g}"

    return rule


def _proportions(pooled: pd.DataFrame) -> Iterator[Breach]:
    proportions = pooled["effect"] == "proportion"
    for column in ("estimate", "low", "high"):
        outside = proportions & ((pooled[column] < 0) | (pooled[column] > 1))
        yield Breach("pooled", outside, column, lambda _: "is no proportion, which lies between 0 and 1")


def _ratios(name: str, frame: pd.DataFrame) -> Iterator[Breach]:
    if name in RATIOS:
        kind, ratios, columns = RATIOS[name]
        is_ratio = frame[kind].isin(ratios)
        for column in columns:
            outside = is_ratio & (frame[column] <= 0)
            yield Breach(name, outside, column, lambda _: "is no ratio, which lies above 0")


def _silent(name: str, frame: pd.DataFrame) -> Breach:
    silent = frame["extraction"].isin(["derived", "digitised"]) & frame["note"].isna()
    return Breach(name, silent, "note", lambda row: f"must say how the figure was {row['extraction']}")


def _counts_explained(outcomes: pd.DataFrame) -> Iterator[Breach]:
    yield _silent("outcomes", outcomes)
    silent = outcomes["reporting"].notna() & outcomes["note"].isna()
    yield Breach(
        "outcomes", silent, "note", lambda row: f"must say why the count is {row['reporting']}", True
    )


def _levels_given(measurements: pd.DataFrame) -> Iterator[Breach]:
    yield _silent("measurements", measurements)
    bare = measurements[["mean", "median", "minimum", "maximum", "text_value"]].isna().all(axis=1)
    yield Breach(
        "measurements", bare, "mean", lambda _: "must be given, or another level, or text_value", True
    )


def _direction_given(changes: pd.DataFrame) -> Iterator[Breach]:
    bare = changes["change"].isna() & changes["direction"].isna()
    yield Breach("changes", bare, "direction", lambda _: "must be given where no change is", True)


def _untreated(arms: pd.DataFrame) -> Iterator[Breach]:
    untreated = arms["kind"] == "untreated"
    for column in OF_CELLS:
        given = untreated & arms[column].notna()
        yield Breach(
            "arms", given, column, lambda _: "must be blank for an untreated arm, which received nothing"
        )


def _dates(statements: pd.DataFrame) -> Iterator[Breach]:
    dates = statements.loc[statements["item"].isin(DATE_ITEMS), "value"].dropna()
    wrong = dates.map(lambda value: days_of(str(value)) is None).astype(bool)
    wrong = wrong.reindex(statements.index, fill_value=False)
    rule = "must be a date as 2014-11-28, or 2014-11 or 2014 where the day is not printed"
    yield Breach("statements", wrong, "value", lambda _: rule)
    yield _known("status", TRIAL_STATUS, statements)
    yield _known("masking", MASKING, statements)


def _known(item: str, words: Mapping[str, bool | None], statements: pd.DataFrame) -> Breach:
    strange = statements["item"].eq(item) & ~statements["value"].isin(words)
    return Breach(
        "statements", strange, "value", lambda row: f"is no {item}; {meant(str(row['value']), words)}"
    )


def _two_readings(both: pd.DataFrame) -> Iterator[Breach]:
    agree = both["agree"]
    for column, alone, other in (("value_a", "a-only", "b-only"), ("value_b", "b-only", "a-only")):
        given = both[column].notna()
        yield Breach("double_extraction", (agree == other) & given, column, _one_reader(other))
        missing = agree.isin(["yes", "no", alone]) & ~given
        yield Breach(
            "double_extraction", missing, column, lambda row: f"must be given where agree is {row['agree']}"
        )
    same = (agree == "no") & (both["value_a"] == both["value_b"])
    yield Breach("double_extraction", same, "agree", lambda _: "must be yes, for both read the same")
    yield Breach(
        "double_extraction", (agree == "yes") & _other_number(both["value_a"], both["value_b"]), "agree",
        lambda row: f"must be no, for {row['value_a']} is not {row['value_b']}",
    )  # fmt: skip


def _two_values(discrepancies: pd.DataFrame) -> Iterator[Breach]:
    same = discrepancies["value_1"] == discrepancies["value_2"]
    yield Breach(
        "discrepancies", same, "value_2", lambda _: "is the same as value_1, which is no discrepancy"
    )


def _other_number(one: pd.Series[Any], other: pd.Series[Any]) -> pd.Series[bool]:
    """Tell where both cells are a number, of the same unit, and differ; however it is spelt: 10000000 is 1e7."""
    (first, unit), (second, unit_too) = (
        (pd.to_numeric(parts[0]), parts[1].fillna(""))
        for parts in (cells.str.extract(rf"^{_NUMBER_WITH_UNIT}$") for cells in (one, other))
    )
    return first.notna() & second.notna() & (first != second) & (unit == unit_too)


def _one_reader(word: str) -> Callable[[Any], str]:
    return lambda _: f"must be blank where agree is {word}"


def _words_by_others(table: Table, frame: pd.DataFrame) -> Iterator[Breach]:
    """Hold words to those that belong to a word of another column, as the domains to the tool."""
    for column, rules in table.columns.items():
        for other, words in rules.words_by.items():
            own = (frame[rules.by] == other) & frame[column].notna()
            yield Breach(
                table.name,
                own & ~frame[column].isin(list(words)),
                column,
                _no_word_of(other, column, list(words)),
            )


def _no_word_of(tool: str, column: str, known: list[str]) -> Callable[[Any], str]:
    return lambda row: f"is no {column} of {tool}; {meant(str(row[column]), known)}"


_OF_TABLE: dict[str, tuple[Callable[[pd.DataFrame], Iterator[Breach]], ...]] = {
    "sources": (_documents,),
    "arms": (_untreated,),
    "outcomes": (_happened, _counts_explained),
    "measurements": (_one_woman, _levels_given),
    "changes": (_direction_given,),
    "statements": (_dates,),
    "pooled": (_proportions,),
    "double_extraction": (_two_readings,),
    "discrepancies": (_two_values,),
}
