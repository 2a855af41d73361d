"""Cells written at random: nothing that breaks a relation is accepted, by the word of a second reading."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

import oracle
from damage import save
from helpers import evidence
from kinds_of_damage import RELATIONS, Damage

ROOT = Path(__file__).parents[1]
TABLES = oracle.read(ROOT / "data")
#: Cells that no row has, or that mean something only in some columns.
STRANGE = (
    "",
    "0",
    "-1",
    "1",
    "2.5",
    "10000",
    "nan",
    "-",
    "all",
    "cohort",
    "patient-1",
    "nobody1900",
    "undated",
    "retracted",
)

#: Table, row and column of a cell, and what is written there.
Edit = tuple[str, int, str, str]


def edits() -> st.SearchStrategy[Edit]:
    return st.sampled_from(list(TABLES)).flatmap(
        lambda table: st.tuples(
            st.just(table),
            st.integers(0, len(TABLES[table]) - 1),
            st.sampled_from(list(TABLES[table][0])),
        ).flatmap(lambda place: st.tuples(*map(st.just, place), new_cells(place[0], place[2])))
    )


def new_cells(table: str, column: str) -> st.SearchStrategy[str]:
    """Write what stands in the column elsewhere, in a column of the same name, anywhere in the table, or nowhere."""
    same_column = sorted({row[column] for row in TABLES[table]})
    same_name = sorted({row[column] for rows in TABLES.values() for row in rows if column in row})
    same_table = sorted({cell for row in TABLES[table] for cell in row.values()})
    return (
        st.sampled_from(same_column)
        | st.sampled_from(same_name)
        | st.sampled_from(same_table)
        | st.sampled_from(STRANGE)
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "data", tmp_path_factory.mktemp("random") / "data"))


def written(folder: Path, changes: list[Edit]) -> Iterator[Path]:
    """Write the changed tables, and put the shipped ones back."""
    for table in {table for table, *_ in changes}:
        rows = [dict(row) for row in TABLES[table]]
        for other, row, column, cell in changes:
            if other == table:
                rows[row][column] = cell
        save(folder / f"{table}.csv", rows)
    yield folder
    for table in {table for table, *_ in changes}:
        shutil.copy(ROOT / "data" / f"{table}.csv", folder)


def accepted(folder: Path) -> bool:
    try:
        evidence.load(folder)
    except evidence.EvidenceError:
        return False
    return True


@settings(max_examples=140, deadline=None, derandomize=True, database=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(changes=st.lists(edits(), min_size=1, max_size=2))
def test_no_broken_relation_is_silently_accepted(folder: Path, changes: list[Edit]) -> None:
    for changed in written(folder, changes):
        if accepted(changed):
            event("accepted")
            assert not oracle.broken(changed)
        else:
            event("refused")


def test_the_second_reading_accepts_the_shipped_evidence() -> None:
    assert not oracle.broken(ROOT / "data")


#: What the second reading does not repeat.
NOT_REPEATED = {
    "retraction before publication",
    "threshold in a unit misspelt",
    "link that expects no word",
    "link that expects words of a number",
    "link that expects a limit of no number",
    "link to no table",
}


@pytest.mark.parametrize("damage", RELATIONS, ids=lambda damage: damage.kind.replace(" ", "-"))
def test_the_second_reading_sees_broken_relations(data: Path, damage: Damage) -> None:
    damage.do(data)
    assert bool(oracle.broken(data)) == (damage.kind not in NOT_REPEATED)
