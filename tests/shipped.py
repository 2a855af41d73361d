"""The schema of the shipped evidence, for tests of what depends on it."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from helpers.evidence.descriptor import schema_of
from helpers.intake import read_sheet
from helpers.intake.new_rows import Row

SCHEMA = schema_of(Path(__file__).parents[1] / "data")
TABLES, WORDS = SCHEMA.tables, SCHEMA.vocabularies


def read_filled(path: Path, also: Collection[str] = ()) -> list[Row]:
    """Read a filled sheet of the shipped tables."""
    return read_sheet.read_filled(path, SCHEMA, also)
