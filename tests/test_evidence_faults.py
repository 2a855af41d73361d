"""Bad input: every fault is found, and told with file, row, column, value and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from damage import append, edit, row_where
from helpers import evidence
from helpers.evidence import Fault
from helpers.evidence.faults import Suggestions


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(evidence.EvidenceError) as caught:
        evidence.load(folder)
    return caught.value.faults


@pytest.mark.parametrize(
    ("table", "where", "cells", "column", "value", "rule"),
    [
        ("outcomes", {"outcome": "live-birth", "source_id": "hjt-article", "study_id": "yan2020"}, {"events": "62"},
         "events", "62", "above its total 61"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"events": "-1"}, "events", "-1", "0 or more"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"events": "eight"}, "events", "eight", "not a whole number"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"events": "8.5"}, "events", "8.5", "not a whole number"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"events": "", "percent_reported": ""},
         "events", "", "must be given"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"total": "0"}, "total", "0", "1 or more"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"total_basis": ""}, "total_basis", "", "must be given"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"outcome": "live-brith"},
         "outcome", "live-brith", "did you mean 'live-birth'"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"source_id": "cao2081"},
         "source_id", "cao2081", "did you mean 'cao2018'"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"study_id": "coa2018"},
         "study_id", "coa2018", "did you mean 'cao2018'"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"arm_id": "cell"}, "arm_id", "cell", "no arm of cao2018"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"locator": ""}, "locator", "", "must not be blank"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"locator": "  page 3"},
         "locator", "  page 3", "blanks at its start or end"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"note": "a\x07b"}, "note", "a\x07b", "control characters"),
        ("outcomes", {"outcome": "ovarian-function-improved"}, {"total": "17", "events": "13"},
         "percent_reported", "81.3", "is no percentage of 17; the nearest are 13/17 = 76.47 and 14/17 = 82.35"),
        ("outcomes", {"outcome": "ovarian-function-improved"}, {"events": "12"}, "percent_reported", "81.3", "is not 12/16"),
        ("outcomes", {"outcome": "ovarian-function-improved"}, {"percent_reported": "101"}, "percent_reported", "101", "100 or less"),
        ("outcomes", {"outcome": "ovarian-function-improved"}, {"note": ""}, "note", "", "must say how"),
        ("outcomes", {"outcome": "live-birth", "study_id": "cao2018"}, {"timepoint_months": "36"},
         "timepoint_months", "36", "after the follow-up of cao2018, which ends at 30 months"),
        ("baseline", {"category": "below 0.06"}, {"n": "44"}, "percent_reported", "73.8", "is not 44/61"),
        ("measurements", {"measure": "E2"}, {"unit": "pmol/l"}, "unit", "pmol/l", "did you mean 'pmol/L'"),
        ("measurements", {"measure": "E2"}, {"unit": ""}, "unit", "", "no unit of E2"),
        ("measurements", {"measure": "E2"}, {"q1": "41"}, "median", "40", "below q1, which is 41"),
        ("measurements", {"measure": "E2"}, {"median": "", "q1": "", "q3": ""}, "mean", "", "must be given"),
        ("measurements", {"measure": "E2"}, {"subject": "patient one"}, "subject", "patient one", "'cohort', or one patient"),
        ("measurements", {"measure": "E2"}, {"extraction": "digitised", "note": ""}, "note", "", "must say how the figure was digitised"),
        ("changes", {"measure": "Ki67"}, {"from_months": "4"}, "to_months", "3", "below from_months, which is 4"),
        ("changes", {"measure": "Ki67"}, {"to_months": "31"}, "to_months", "31", "after the follow-up"),
        ("changes", {"measure": "Ki67"}, {"direction": ""}, "direction", "", "must be given where no change is"),
        ("changes", {"change": "150"}, {"change_kind": ""}, "change_kind", "", "must be given where a change is"),
        ("changes", {"measure": "Ki67"}, {"p_value": "1.2"}, "p_value", "1.2", "1 or less"),
        ("sources", {"source_id": "yan2020"}, {"doi": "doi:10.1111/cpr.12938"}, "doi", "doi:10.1111/cpr.12938", "a DOI as"),
        ("sources", {"source_id": "yan2020"}, {"retracted": "last year"}, "retracted", "last year", "a date as"),
        ("sources", {"source_id": "yan2020"}, {"year": "20020"}, "year", "20020", "2100 or less"),
        ("sources", {"source_id": "yan2020"}, {"url": "www.example.org"}, "url", "www.example.org", "an address with"),
        ("studies", {"study_id": "yan2020"}, {"source_id": ""}, "source_id", "", "must not be blank"),
        ("arms", {"study_id": "yan2020"}, {"age_q1": "32"}, "age_median", "31", "below age_q1"),
        ("arms", {"study_id": "yan2020"}, {"dose_cells": "nan"}, "dose_cells", "nan", "not a number"),
        ("claims", {"claim_id": "c067"}, {"claim_id": "67"}, "claim_id", "67", "a key as c001"),
        ("claim_evidence", {"claim_id": "c067"}, {"claim_id": "c999"}, "claim_id", "c999", "not in claims.csv"),
        ("claim_evidence", {"claim_id": "c057"}, {"match": "studyid=herraiz2018"}, "match", "studyid=herraiz2018",
         "did you mean 'study_id'"),
        ("claim_evidence", {"claim_id": "c057"}, {"field": "event"}, "field", "event", "did you mean 'events'"),
        ("discrepancies", {"source_2": "computed"}, {"source_2": "calculated"}, "source_2", "calculated", "no source_id and none of"),
        ("reference_values", {"unit": "pmol/L per pg/mL"}, {"unit": "pmol per pg"}, "unit", "pg/mL", "needs the unit-factor"),
    ],
)  # fmt: skip
def test_a_broken_cell_is_named(
    data: Path, table: str, where: dict[str, str], cells: dict[str, str], column: str, value: str, rule: str
) -> None:
    row = row_where(data, table, **where)
    edit(data, table, row, **cells)
    faults = faults_of(data)
    found = [
        fault
        for fault in faults
        if fault.file == f"{table}.csv" and fault.column == column and rule in fault.rule
    ]
    assert found, "\n".join(map(str, faults))
    assert found[0].value == value
    if "unit-factor" not in rule:
        assert {fault.row for fault in found} == {row}
    assert str(found[0]).startswith(f"{table}.csv, row {found[0].row}, column {column}: ")


@pytest.mark.parametrize(
    "cells",
    [
        {"events": "62"},
        {"outcome": "live-brith"},
        {"source_id": "nowhere"},
        {"events": "x"},
        {"timepoint_months": "-1"},
    ],
)
def test_one_fault_gives_one_message(data: Path, cells: dict[str, str]) -> None:
    edit(data, "outcomes", row_where(data, "outcomes", study_id="yan2020", outcome="art-pregnancy"), **cells)
    assert len(faults_of(data)) == 1


def test_every_fault_is_listed_at_once(data: Path) -> None:
    edit(data, "outcomes", 2, events="x")
    edit(data, "studies", 2, design="trial")
    edit(data, "sources", 2, url="nowhere")
    faults = faults_of(data)
    assert [(fault.file, fault.column) for fault in faults] == [
        ("outcomes.csv", "events"),
        ("sources.csv", "url"),
        ("studies.csv", "design"),
    ]


def test_the_message_counts_and_names_the_folder(data: Path) -> None:
    edit(data, "outcomes", 2, events="x")
    with pytest.raises(
        evidence.EvidenceError, match=r"1 fault in .*data\n  outcomes.csv, row 2, column events: 'x'"
    ):
        evidence.load(data)


def test_a_missing_file(data: Path) -> None:
    (data / "arms.csv").unlink()
    assert [str(fault) for fault in faults_of(data)] == ["arms.csv: is missing"]


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "is no folder" in str(faults_of(tmp_path / "nothing")[0])


def test_a_table_nobody_knows(data: Path) -> None:
    (data / "outcome.csv").write_text("a\n1\n")
    assert str(faults_of(data)[0]).startswith("outcome.csv: is no table; did you mean 'outcomes.csv'")


def change_bytes(data: Path, table: str, old: bytes, new: bytes) -> None:
    path = data / f"{table}.csv"
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


def test_a_missing_column(data: Path) -> None:
    change_bytes(data, "studies", b"design,", b"desgin,")
    faults = [(fault.row, fault.column, fault.rule) for fault in faults_of(data)]
    assert (1, "design", "is a missing column") in faults
    assert any(column == "desgin" and "did you mean 'design'" in rule for _, column, rule in faults)


def test_an_extra_column(data: Path) -> None:
    path = data / "studies.csv"
    path.write_text(
        "".join(f"{line},x\n" for line in path.read_text(encoding="utf-8").splitlines()), encoding="utf-8"
    )
    assert [(fault.row, fault.column) for fault in faults_of(data)] == [(1, "x")]


def test_a_column_twice(data: Path) -> None:
    change_bytes(data, "studies", b",note\n", b",design\n")
    assert any("twice" in fault.rule for fault in faults_of(data))


def test_a_byte_order_mark(data: Path) -> None:
    path = data / "studies.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    faults = faults_of(data)
    assert [(fault.file, fault.row) for fault in faults] == [("studies.csv", 1)]
    assert "byte-order mark" in faults[0].rule


def test_windows_line_ends(data: Path) -> None:
    path = data / "studies.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    faults = faults_of(data)
    assert len(faults) == 1
    assert "LF, not CRLF" in faults[0].rule


def test_another_encoding_names_row_and_column(data: Path) -> None:
    change_bytes(data, "studies", b"Spain", "España".encode("latin-1"))
    (fault,) = faults_of(data)
    row = row_of_bytes(data / "studies.csv", b"Espa")
    assert (fault.row, fault.column, fault.value) == (row, "country", "byte 0xf1")
    assert "UTF-8" in fault.rule


def row_of_bytes(path: Path, needle: bytes) -> int:
    return next(n for n, line in enumerate(path.read_bytes().split(b"\n"), start=1) if needle in line)


def test_a_row_with_a_cell_too_many(data: Path) -> None:
    path = data / "studies.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] += ",more"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (fault,) = faults_of(data)
    assert (fault.file, fault.row) == ("studies.csv", 3)
    assert "cells; the header has" in fault.rule


def test_a_short_row_and_a_blank_row_are_one_fault_each(data: Path) -> None:
    path = data / "studies.csv"
    path.write_text(path.read_text(encoding="utf-8") + "short,row\n\n", encoding="utf-8")
    assert [(fault.row, fault.rule) for fault in faults_of(data)] == [
        (6, "has 2 cells; the header has 12"),
        (7, "is a blank row"),
    ]


def test_an_open_quote(data: Path) -> None:
    path = data / "studies.csv"
    path.write_text(path.read_text(encoding="utf-8") + '"open', encoding="utf-8")
    assert any("is not CSV" in fault.rule for fault in faults_of(data))


@pytest.mark.parametrize(("content", "rule"), [("", "is empty"), ("header", "no row")])
def test_an_empty_table(data: Path, content: str, rule: str) -> None:
    path = data / "studies.csv"
    path.write_text(
        path.read_text(encoding="utf-8").splitlines()[0] + "\n" if content else "", encoding="utf-8"
    )
    (fault,) = faults_of(data)
    assert rule in fault.rule


def test_a_file_far_too_large(data: Path) -> None:
    with (data / "outcomes.csv").open("r+b") as file:
        file.truncate(200 * 10**6)
    (fault,) = faults_of(data)
    assert (fault.file, fault.value) == ("outcomes.csv", "200 MB")
    assert "the limit is 150 MB" in fault.rule


def test_a_repeated_key_names_the_first_row(data: Path) -> None:
    row = append(data, "studies", note="again")
    (fault,) = faults_of(data)
    assert (fault.row, fault.column, fault.value) == (row, "study_id", "cao2018")
    assert fault.rule == "is the key of row 2 too; every row needs its own study_id"


def test_blank_parts_of_a_key_count_as_equal(data: Path) -> None:
    append(data, "outcomes")
    (fault,) = faults_of(data)
    assert "is the key of row 2 too" in fault.rule


def test_markup_and_formulas_are_text_like_any_other(data: Path) -> None:
    edit(data, "studies", 2, note="<script>alert(1)</script> =1+1")
    assert evidence.load(data).studies["note"].iloc[0] == "<script>alert(1)</script> =1+1"


def test_suggestions_stay_affordable_when_everything_is_broken() -> None:
    suggestions = Suggestions(f"smith{n}" for n in range(150_000))
    assert suggestions.of("smiht7").startswith("did you mean 'smith")
    assert suggestions.of("smiht8").startswith("did you mean 'smith")
    assert suggestions.of("smiht9").startswith("allowed: smith0, smith1")
    assert suggestions.of("smiht7").startswith("did you mean 'smith")
