"""The rows of evidence behind the accepted results: what was added, corrected or taken out since, and the pages that show it.

A new arm or level may move no named result. It is a change all the same.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from helpers.evidence import Evidence
from helpers.files import write_atomically
from helpers.rendering.project import Project

#: By table: the key of each row, and what identifies its content.
Rows = dict[str, dict[str, str]]
_ROW = re.compile(r"\b([a-z_]+) row (\d+)\b")
_LISTED = 4


def rows_of(evidence: Evidence) -> Rows:
    """Identify every row of the evidence by its key and a digest of its cells, as they are printed in the files."""
    tables: Rows = {}
    for name, frame in evidence.printed.items():
        keys = frame[evidence.schema.key(name)].itertuples(index=False, name=None)
        rows = frame.itertuples(index=False, name=None)
        tables[name] = {_joined(key): _identified(row) for key, row in zip(keys, rows, strict=True)}
    return tables


def write_rows(path: Path, evidence: Evidence) -> bool:
    """Write the rows as the accepted ones; return whether that changed the file."""
    content = json.dumps(rows_of(evidence), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    write_atomically(path, content)
    return True


def changed_rows(project: Project, evidence: Evidence, outputs: Iterable[str]) -> list[str]:
    """List the rows that differ from the accepted ones, one entry per kind of change, table and study, with the outputs showing them.

    A project without accepted rows has no such entry.
    """
    path = project.accepted_rows
    if not path.is_file():
        return []
    accepted: Rows = json.loads(path.read_text(encoding="utf-8"))
    current = rows_of(evidence)
    pages = _Pages(project, evidence, outputs)
    lines = []
    for word in ("new", "changed", "missing"):
        for table, rows in current.items():
            before = accepted.get(table, {})
            named = {
                "new": [key for key in rows if key not in before],
                "changed": [key for key in rows if key in before and rows[key] != before[key]],
                "missing": [key for key in before if key not in rows],
            }[word]
            numbers = {key: number for number, key in enumerate(rows, start=2)}
            groups: dict[str, list[str]] = {}
            for key in named:
                groups.setdefault(key.partition(" / ")[0], []).append(key)
            for keys in groups.values():
                shown = pages.showing(table, keys, numbers) if word != "missing" else ""
                lines.append(f"{word:8} {table}: {_listed(keys)}{shown}")
    return lines


class _Pages:
    """The current outputs, read once and only where a row has changed."""

    def __init__(self, project: Project, evidence: Evidence, outputs: Iterable[str]) -> None:
        self._project, self._outputs = project, sorted(outputs)
        self._labels = evidence.studies.set_index("study_id")["label"].to_dict()
        self._texts: dict[str, str] = {}
        self._rows: dict[str, set[tuple[str, str]]] = {}

    def showing(self, table: str, keys: list[str], numbers: dict[str, int]) -> str:
        """Name the outputs that link one of the rows, else those that name its study."""
        self._read()
        wanted = {(table, str(numbers[key])) for key in keys}
        linking = [name for name, rows in self._rows.items() if rows & wanted]
        if linking:
            return f"; shown on {', '.join(linking)}"
        label = self._labels.get(keys[0].partition(" / ")[0])
        naming = [name for name, text in self._texts.items() if label and str(label) in text]
        return f"; its study is on {', '.join(naming)}" if naming else "; on no page"

    def _read(self) -> None:
        if self._texts:
            return
        for name in self._outputs:
            path = self._project.output(name)
            self._texts[name] = path.read_text(encoding="utf-8") if path.is_file() else ""
            self._rows[name] = set(_ROW.findall(self._texts[name]))


def _identified(row: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(row).encode()).hexdigest()[:12]


def _joined(cells: Iterable[str]) -> str:
    return " / ".join(filter(None, cells))


def _listed(keys: list[str]) -> str:
    several = f"{len(keys)} rows, " if len(keys) > 1 else ""
    more = f" and {len(keys) - _LISTED} more" if len(keys) > _LISTED else ""
    return several + "; ".join(keys[:_LISTED]) + more
