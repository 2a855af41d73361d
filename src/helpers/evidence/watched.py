"""Evidence that notes which of its tables were read, for the renderer; it reads like any other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from helpers import reads
from helpers.evidence.package import TABLES, Evidence, tables_joined, version


class Watched(Evidence):
    """Evidence that notes a table when it is first read, and where rows about one study are handed out only these."""

    def __getattribute__(self, name: str) -> Any:
        if name in TABLES:
            _note(name, self.printed)
        return super().__getattribute__(name)

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """All tables by name, in the order of the schema."""
        return _Noting({name: object.__getattribute__(self, name) for name in TABLES}, self.printed)

    def about(self, study_id: str) -> Evidence:
        """Take the rows about one study, with all that they name."""
        try:
            with reads.quietly():
                part = super().about(study_id)
        except ValueError:
            reads.note(f"study:{study_id}", lambda: reads.ABSENT)
            raise
        reads.note(f"study:{study_id}", lambda: version(part.printed))
        return part

    def _joined(self, table: str) -> pd.DataFrame:
        """Give a table joined, perhaps before anybody asked, and note it and those that it is joined with."""
        whole = super()._joined(table)
        for name in tables_joined(table, whole):
            _note(name, self.printed)
        return whole


def watched(ev: Evidence) -> Watched:
    """Make of evidence the same that notes what is read of it."""
    printed = _Noting(ev.printed, ev.printed)
    return Watched(**ev.tables, printed=printed, schema=ev.schema, digest=ev.digest, loaded=ev.loaded)


class _Noting(Mapping[str, pd.DataFrame]):
    """Tables by name, each noted when it is taken."""

    def __init__(self, frames: Mapping[str, pd.DataFrame], printed: Mapping[str, pd.DataFrame]) -> None:
        self._frames, self._printed = frames, printed

    def __getitem__(self, name: str) -> pd.DataFrame:
        frame = self._frames[name]
        _note(name, self._printed)
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


def _note(table: str, printed: Mapping[str, pd.DataFrame]) -> None:
    # Levels are in units that reference values convert to.
    for name in (table, "reference_values") if table == "measurements" else (table,):
        reads.note(f"table:{name}", lambda name=name: version({name: printed[name]}))  # type: ignore[misc]
