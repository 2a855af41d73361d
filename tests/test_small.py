"""The small package is sound in every table, so that a test sees only what it changed."""

from __future__ import annotations

import pandas as pd
import pytest

from drafts import Draft
from helpers import evidence
from helpers.checks import check_numbers
from helpers.evidence import bibliography
from small import Package


def test_every_table_has_rows_and_no_printed_figure_is_doubtful(small_ev: evidence.Evidence) -> None:
    assert all(len(frame) for frame in small_ev.tables.values())
    assert check_numbers(small_ev) == []


def test_no_study_of_it_is_a_shipped_one(small_ev: evidence.Evidence, ev: evidence.Evidence) -> None:
    for table, key in (("studies", "study_id"), ("sources", "source_id")):
        assert not set(small_ev.tables[table][key]) & set(ev.tables[table][key])


def test_a_row_is_found_changed_and_added(package: Package) -> None:
    assert bibliography.faults(package.folder) == []
    row = package.row("outcomes", study_id="hill2018", outcome="live-birth")
    package.change("outcomes", row, events="5", percent_reported="16.7")
    new = package.add("outcomes", locator="Table 5")
    found = package.load().outcomes
    assert found.at[row - 2, "events"] == 5
    assert found.at[new - 2, "locator"] == "Table 5"
    package.change("outcomes", row, events="31")
    with pytest.raises(evidence.EvidenceError, match="above its total 30"):
        package.load()


def test_a_draft_gives_what_the_loader_gives(
    package: Package, draft: Draft, small_ev: evidence.Evidence
) -> None:
    for changed in (package, draft):
        row = changed.row("reference_values", measure="E2")
        changed.change("reference_values", row, value="4")
        level = {"measure": "E2", "unit": "pg/mL", "mean": "10", "median": "", "q1": "", "q3": ""}
        changed.add("measurements", **level, timepoint_months="3", locator="Table 5")
    files, memory = package.load(), draft.load()
    assert memory.measurements["mean"].iloc[-1] == 40
    for name, table in files.tables.items():
        pd.testing.assert_frame_equal(memory.tables[name], table)
        pd.testing.assert_frame_equal(memory.printed[name], files.printed[name])
    assert len({files.digest, memory.digest, small_ev.digest}) == 3
    assert len(small_ev.measurements) == len(memory.measurements) - 1
    for changed in (package, draft):
        changed.change("outcomes", 2, events="31")
        with pytest.raises(evidence.EvidenceError, match="row 2, column events: '31': is above its total 30"):
            changed.load()


def test_rows_of_a_draft_are_joined_with_what_it_holds(package: Package, draft: Draft) -> None:
    for table, cells in (("outcomes", {"locator": "Table 5"}), ("studies", {"label": "Hill 2019"})):
        for changed in (package, draft):
            changed.change(table, changed.row(table, study_id="hill2018"), **cells)
        files, memory = package.load(), draft.load()
        for name in files.tables:
            pd.testing.assert_frame_equal(memory.select(name), files.select(name))
    assert "Hill 2019" in set(memory.select("changes")["study_label"])
