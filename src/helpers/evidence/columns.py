"""What a table and its columns are: the form of the evidence, by which it is loaded, described and asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from helpers.evidence.characters import NOT_PLAIN, WIDE
from helpers.evidence.faults import meant

#: Words with their meanings.
Vocabulary = dict[str, str]

#: What no text has, and what is asked instead.
_NEVER = {
    WIDE: "text without full-width letters and digits",
    NOT_PLAIN: "text without control characters and others that cannot be seen",
}


@dataclass(frozen=True)
class Column:
    """A column of a table, and what its cells must be."""

    #: How a cell is read.
    kind: Literal["text", "number", "integer"]
    #: What stands in the column.
    description: str
    #: Whether no cell may be blank.
    required: bool = False
    #: Whether no two rows may have the same.
    unique: bool = False
    #: Unit of the numbers.
    unit: str = ""
    #: Regular expression that the whole of a text matches, and what such a text is called in a fault.
    pattern: str = ""
    form: str = ""
    #: Words with their meanings: a cell is one of the first, or some of the second joined by ``; ``.
    vocabulary: Vocabulary = field(default_factory=dict)
    joined: Vocabulary = field(default_factory=dict)
    #: Another column of the table on whose word it depends which words may stand here.
    by: str = ""
    #: Those words with their meanings, by the word of the other column; by others the column is free.
    words_by: dict[str, Vocabulary] = field(default_factory=dict)
    #: Words that may stand where otherwise a document is named, with their meanings.
    besides: Vocabulary = field(default_factory=dict)
    #: ``table.column`` in which the cell must stand.
    references: str = ""
    #: Limits of the numbers.
    minimum: float | None = None
    maximum: float | None = None

    @property
    def words(self) -> Vocabulary:
        """The words that a cell is made of, alone or joined; none for free text and numbers."""
        return self.vocabulary or self.joined

    @property
    def rules(self) -> list[str]:
        """What is asked of a cell beyond its kind, in words."""
        limits = [
            f"must be {limit:g} or {side}"
            for limit, side in ((self.minimum, "more"), (self.maximum, "less"))
            if limit is not None
        ]
        return [self.form] if self.form else limits

    def fault(self, value: str | float) -> str | None:
        """Say which rule a value of the right kind breaks; None where it breaks none."""
        return next(self._broken(value), None)

    def _broken(self, value: str | float) -> Iterator[str]:
        if isinstance(value, str):
            if self.vocabulary and value not in self.vocabulary:
                yield f"is no word of this column; {meant(value, self.vocabulary)}"
            # An odd character is the reason for an odd form, and an id that holds one is unknown. Most text is plain ASCII.
            plain = self.words or self.references or (value.isascii() and value.isprintable())
            for characters, asked in ({} if plain else _NEVER).items():
                if re.search(f"[{characters}]", value):
                    yield f"must be {asked}"
            if self.pattern and not re.fullmatch(self.pattern, value):
                yield f"must be {self.form}"
        else:
            if self.minimum is not None and value < self.minimum:
                yield f"must be {self.minimum:g} or more"
            if self.maximum is not None and value > self.maximum:
                yield f"must be {self.maximum:g} or less"


@dataclass(frozen=True, eq=False)
class Table:
    """A table of the evidence: its name, what a row is, the columns that together identify a row, and all columns in order."""

    name: str
    description: str
    key: list[str]
    columns: dict[str, Column]
