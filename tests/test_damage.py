"""Broken evidence is refused, whatever was broken, at the place where it was broken."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from damage import save
from helpers import evidence
from helpers.evidence import Fault
from helpers.evidence.columns import Column
from kinds_of_damage import DAMAGES, Damage, Place
from shipped import TABLES


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(evidence.EvidenceError) as caught:
        evidence.load(folder)
    return caught.value.faults


def rows_of(folder: Path, table: str) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / f"{table}.csv").read_text(encoding="utf-8").split("\n")))


def test_there_are_many_kinds_of_damage() -> None:
    kinds = Counter(damage.kind for damage in DAMAGES)
    assert len(kinds) >= 40
    assert not [kind for kind, times in kinds.items() if times > 1]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.kind.replace(" ", "-"))
def test_damage_is_refused_where_it_was_done(data: Path, damage: Damage) -> None:
    file, row, column = damage.do(data)
    faults = faults_of(data)
    assert {(fault.file, fault.row, fault.column) for fault in faults} == {(file, row, column)}
    matching = [fault for fault in faults if damage.rule in fault.rule]
    assert matching, "\n".join(map(str, faults))
    place = (
        f"{file}, row {row}, column {column}: " if column else f"{file}, row {row}: " if row else f"{file}: "
    )
    assert str(matching[0]).startswith(place)


#: How each column can be broken by itself: which columns, and what to write.
ALONE: dict[str, tuple[Callable[[Column], bool], Callable[[str], str]]] = {
    "blank": (lambda rules: rules.required, lambda _: ""),
    "unknown word": (lambda rules: bool(rules.vocabulary), lambda _: "no-such-word"),
    "unknown id": (lambda rules: bool(rules.references), lambda _: "nobody1900"),
    "text for a number": (lambda rules: rules.kind != "text", lambda _: "many"),
    "decimal comma": (lambda rules: rules.kind != "text", lambda _: "1,5"),
    "not a number": (lambda rules: rules.kind != "text", lambda _: "nan"),
    "infinity": (lambda rules: rules.kind != "text", lambda _: "-inf"),
    "below the least": (lambda rules: rules.minimum is not None, lambda _: "-1"),
    "above the most": (lambda rules: rules.maximum is not None, lambda _: "9999"),
    "fraction of a count": (lambda rules: rules.kind == "integer", lambda _: "1.5"),
    "wrong form": (lambda rules: bool(rules.pattern), lambda _: "no such form!"),
    "blanks around": (lambda _: True, lambda cell: f" {cell}"),
    "control character": (lambda rules: rules.kind == "text" and not rules.references, lambda cell: f"{cell}\x07."),
    "character that cannot be seen": (lambda rules: rules.kind == "text" and not rules.references, lambda cell: f"{cell}\u200b"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ALONE)
def test_damage_in_every_column_is_told_in_one_go(data: Path, kind: str) -> None:
    can_be_broken, broken = ALONE[kind]
    done: set[Place] = set()
    for table, schema in TABLES.items():
        rows = rows_of(data, table)
        for place, (column, rules) in enumerate(schema.columns.items()):
            if can_be_broken(rules):
                row = place % len(rows)
                rows[row][column] = broken(rows[row][column])
                done.add((f"{table}.csv", row + 2, column))
        save(data / f"{table}.csv", rows)
    faults = {(fault.file, fault.row, fault.column) for fault in faults_of(data)}
    assert done
    assert not done - faults
