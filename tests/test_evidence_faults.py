"""How faults are told: all at once, one each, with the value and what would be right."""

from __future__ import annotations

from pathlib import Path

import pytest

from damage import edit, row_where
from helpers import evidence
from helpers.evidence import Fault
from helpers.evidence.faults import meant
from small import Package


@pytest.fixture
def data(package: Package) -> Path:
    """The tables to break: the small ones."""
    return package.folder


def faults_of(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(evidence.EvidenceError) as caught:
        evidence.load(folder)
    return caught.value.faults


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
    edit(data, "outcomes", row_where(data, "outcomes", study_id="hill2018", outcome="live-birth"), **cells)
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


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "is no folder" in str(faults_of(tmp_path / "nothing")[0])


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


def test_another_encoding_names_row_and_column(data: Path) -> None:
    change_bytes(data, "studies", b"Spain", "España".encode("latin-1"))
    (fault,) = faults_of(data)
    row = row_of_bytes(data / "studies.csv", b"Espa")
    assert (fault.row, fault.column, fault.value) == (row, "country", "byte 0xf1")
    assert "UTF-8" in fault.rule


def row_of_bytes(path: Path, needle: bytes) -> int:
    return next(n for n, line in enumerate(path.read_bytes().split(b"\n"), start=1) if needle in line)


def test_a_short_row_and_a_blank_row_are_one_fault_each(data: Path) -> None:
    path = data / "criteria.csv"
    text = path.read_text(encoding="utf-8")
    lines, columns = text.count("\n"), text.partition("\n")[0].count(",") + 1
    path.write_text(f"{text}short,row\n\n", encoding="utf-8")
    assert [(fault.row, fault.rule) for fault in faults_of(data)] == [
        (lines + 1, f"has 2 cells; the header has {columns}"),
        (lines + 2, "is a blank row"),
    ]


def test_markup_and_formulas_are_text_like_any_other(data: Path) -> None:
    edit(data, "studies", 2, note="<script>alert(1)</script> =1+1")
    assert evidence.load(data).studies["note"].iloc[0] == "<script>alert(1)</script> =1+1"


def test_where_nothing_is_allowed_no_empty_list_is_told() -> None:
    assert meant("cells", []) == "there is none"
