"""The schema of an evidence package: its tables with their columns, and the words that these know, as `data/datapackage.yaml` says.

Rules that need more than one column stand in `within_rows` and `relations`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from helpers.evidence.columns import Table, Vocabulary


@dataclass(frozen=True, eq=False)
class Schema:
    """What an evidence package may hold."""

    #: By name, in the order of the descriptor: a table stands below those that it refers to.
    tables: dict[str, Table]
    #: Words with their meanings, by the name of the vocabulary.
    vocabularies: dict[str, Vocabulary]
    #: Every word as a reader would write it.
    phrases: dict[str, str]
    #: What the package is: its name, title and licences.
    about: dict[str, Any]

    def key(self, table: str) -> list[str]:
        """Name the columns that together identify a row of a table, most significant first."""
        return self.tables[table].key
