"""The benchmarks run: the synthetic evidence is sound, and the table of measurements is complete."""

from __future__ import annotations

from pathlib import Path

import pytest

import loading
import synthetic
from helpers import evidence


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_synthetic_evidence_has_no_fault(tmp_path: Path, seed: int) -> None:
    rows = synthetic.write(tmp_path, 50, seed)
    loaded = evidence.load(tmp_path)
    assert sum(map(len, loaded.tables.values())) == rows > 50
    assert len(loaded.studies) == 50
    assert all(len(table) for table in loaded.tables.values())


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        synthetic.write(tmp_path / name, 20, seed=7)
    synthetic.write(tmp_path / "c", 20, seed=8)
    a, b, c = (evidence.digest(tmp_path / name) for name in "abc")
    assert a == b != c


def test_the_runner_measures_time_and_memory_by_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "RUNS", 1)
    monkeypatch.setattr(loading, "_apart", lambda function, *arguments: function(*arguments))
    table = loading.compared([5, 10])
    assert table["studies"].tolist() == [5, 10]
    assert {
        "rows",
        "peak MB",
        "load s",
        "load CPU s",
        "numbers CPU s",
        "read_csv CPU s",
        "frictionless CPU s",
    } <= set(table)
    assert table.drop(columns=["load growth", "numbers growth", "findings"]).gt(0).all(axis=None)
    assert table["load growth"].isna().tolist() == [True, False]
    assert loading.as_markdown(table).count("\n") == 3
