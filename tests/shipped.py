"""The schema of the shipped evidence, for tests of what depends on it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from helpers.evidence import filled
from helpers.evidence.descriptor import schema_of
from helpers.evidence.new_rows import Row

SCHEMA = schema_of(Path(__file__).parents[1] / "data")
TABLES, WORDS = SCHEMA.tables, SCHEMA.vocabularies


def read_filled(path: Path, also: Collection[str] = ()) -> list[Row]:
    """Read a filled sheet of the shipped tables."""
    return filled.read_filled(path, SCHEMA, also)
