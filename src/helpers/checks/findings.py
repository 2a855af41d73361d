"""What a check of reported numbers found: the rule, the rows, what was printed and what is possible."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.evidence.package import Evidence


class Confidence(StrEnum):
    """How sure it is that the printed figures cannot all be right."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Misfit:
    """What a rule yields: rows of a table by their index, what was printed in them, and what would be possible."""

    table: str
    rows: Iterable[Any]
    printed: str
    possible: str
    confidence: Confidence


@dataclass(frozen=True)
class Finding:
    """Printed figures that do not fit each other: a misfit by rule, with the names of its rows."""

    #: Name of the rule, a key of `helpers.checks.RULES`.
    rule: str
    #: The table of the rows.
    table: str
    #: Rows as a spreadsheet counts them, the header is row 1; the first is the one that is questioned.
    rows: tuple[int, ...]
    #: The key of the first row, and its subgroup where the table has one; a blank part is ``""``.
    keys: dict[str, str]
    #: source_ids of the rows: whose figures do not fit. They need not be those of the study itself.
    documents: tuple[str, ...]
    #: What was printed.
    printed: str
    #: What would be possible, or why it is not.
    possible: str
    #: ``certain``: by arithmetic alone; ``likely``: unless something unusual was left unsaid;
    #: ``possible``: an ordinary reason may exist that was not printed.
    confidence: Confidence

    @property
    def evidence(self) -> list[str]:
        """The rows by name, for example ``["outcomes row 12"]``."""
        return [f"{self.table} row {row}" for row in self.rows]

    def as_dict(self) -> dict[str, Any]:
        """Give the finding as one flat object for JSON: rule, table, rows, keys, documents, printed, possible, confidence."""
        contents = {
            "documents": list(self.documents),
            "printed": self.printed,
            "possible": self.possible,
            "confidence": str(self.confidence),
        }
        return {"rule": self.rule, "table": self.table, "rows": list(self.rows), **self.keys, **contents}


def finding(ev: Evidence, rule: str, misfit: Misfit) -> Finding:
    """Name the rows of a misfit, and their documents, as a reader finds them."""
    indices = [int(row) for row in misfit.rows]
    text = ev.printed[misfit.table]
    names = dict.fromkeys(
        [*ev.schema.key(misfit.table), *(["subgroup"] if "subgroup" in text.columns else [])]
    )
    return Finding(
        rule,
        misfit.table,
        rows=tuple(index + 2 for index in indices),
        keys={name: str(text.at[indices[0], name]) for name in names},
        documents=tuple(dict.fromkeys(text.loc[indices, "source_id"])),
        printed=misfit.printed,
        possible=misfit.possible,
        confidence=misfit.confidence,
    )


def rows_of(frame: pd.DataFrame) -> Iterator[tuple[int, dict[str, Any]]]:
    """Go through the rows of a frame: the index and the cells by column."""
    # Not `to_dict`, which takes three times as long for the few rows that a rule looks at.
    columns = [str(column) for column in frame.columns]
    cells = zip(*(frame[column].tolist() for column in columns), strict=True)
    for index, row in zip(frame.index.tolist(), cells, strict=True):
        yield int(index), dict(zip(columns, row, strict=True))


def key_of(cells: Mapping[str, Any], columns: Iterable[str]) -> tuple[Any, ...]:
    """Give the cells of a row in some columns, to find others that have the same; a blank is ``""``."""
    return tuple("" if pd.isna(cells[column]) else cells[column] for column in columns)


def all_given(printed: pd.DataFrame, *columns: str) -> pd.Series[bool]:
    """Tell of every row whether something stands in all these columns."""
    return (printed[list(columns)] != "").all(axis=1)
