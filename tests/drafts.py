"""Evidence whose rows are changed in memory, which takes a tenth of the time of a changed copy of the files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pandas as pd

import damage
from helpers.evidence import Evidence, EvidenceError
from helpers.evidence.package import JOINED
from helpers.evidence.provenance import with_origin
from helpers.evidence.table_text import text_table
from helpers.evidence.typed_cells import typed
from helpers.evidence.units import canonical
from helpers.evidence.within_rows import row_faults

#: Tables of levels, which are loaded in canonical units.
_LEVELS = ("measurements", "reference_values")
#: Documents and their readers, which are loaded with what the one says of the other.
_CITED = ("sources", "double_extraction")


@dataclass
class Draft:
    """Loaded evidence, to change row by row; rows are counted as a spreadsheet counts them.

    What a cell or a row must be is checked as the loader checks it; what must hold between tables is not.
    """

    _ev: Evidence
    _rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    #: Tables as they were when last loaded: what was in the file, their values and their text.
    _read: dict[str, tuple[bytes, pd.DataFrame, pd.DataFrame]] = field(default_factory=dict)

    def row(self, table: str, /, **cells: str) -> int:
        """Find the first row with these cells."""
        return next(n for n, row in enumerate(self.rows(table), start=2) if cells.items() <= row.items())

    def change(self, table: str, row: int, /, **cells: str) -> None:
        self.rows(table)[row - 2].update(cells)

    def add(self, table: str, /, **cells: str) -> int:
        """Add a copy of the first row with other cells; give its row."""
        rows = self.rows(table)
        rows.append({**rows[0], **cells})
        return len(rows) + 1

    def rows(self, table: str) -> list[dict[str, str]]:
        """All rows of a table as text, to change."""
        if table not in self._rows:
            self._rows[table] = self._ev.printed[table].to_dict("records")  # type: ignore[assignment]
        return self._rows[table]

    def load(self) -> Evidence:
        """Make the evidence with the rows as they are now."""
        if "reference_values" in self._rows:
            self.rows("measurements")  # converted with factors that may have changed
        tables: dict[str, Any] = {}
        printed, version = dict(self._ev.printed), sha256(self._ev.digest.encode())
        for name, rows in self._rows.items():
            content = damage.written(rows).encode()
            version.update(content)
            if name not in self._read or self._read[name][0] != content:
                self._read[name] = content, *self._checked(name, content)
            _, tables[name], printed[name] = self._read[name]
        factors = tables.get("reference_values", self._ev.reference_values)
        levels = {name: canonical(tables[name], factors) for name in _LEVELS if name in tables}
        tables |= levels
        if not tables.keys().isdisjoint(_CITED):
            documents = with_origin(*(tables.get(name, getattr(self._ev, name)) for name in _CITED))
            tables |= dict(zip(_CITED, documents, strict=True))
        made = replace(self._ev, **tables, printed=printed, digest=version.hexdigest())
        if tables.keys().isdisjoint(JOINED):
            # What rows are joined with is as it was: tables that did not change are joined once for all drafts.
            for name in self._ev.tables.keys() - tables.keys():
                if name not in self._ev._joins:
                    self._ev.select(name)
                made._joins[name] = self._ev._joins[name]
        return made

    def _checked(self, name: str, content: bytes) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read a table as the loader does: its values, and its text."""
        schema = self._ev.schema.tables[name]
        text, faults = text_table(f"{name}.csv", content, list(schema.columns))
        assert text is not None, faults
        table, wrong = typed(schema, text)
        faults += wrong + row_faults(schema, table, text)
        if faults:
            raise EvidenceError("draft", faults)
        return table, text.astype("str")


def no_events(draft: Draft, study: str) -> None:
    """Let a study count nothing, so that no count of it was published because of an event."""
    for row in draft.rows("outcomes"):
        if row["study_id"] == study:
            row.update(events="0", percent_reported="", reporting="")
