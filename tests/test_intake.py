"""Bring your own study: the sheet that is written, what is read from it, and how it is added."""

from __future__ import annotations

import contextlib
import csv
import datetime
import io
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.workbook import Workbook

from damage import edit, fail_to_replace
from helpers import evidence
from helpers.cli import main
from helpers.evidence import Fault
from helpers.evidence.characters import clean, narrow
from helpers.evidence.table_text import split
from helpers.intake import add, sheet, sheet_files
from helpers.intake.new_rows import Row
from shipped import TABLES, read_filled
from small import Package

pytestmark = pytest.mark.usefixtures("findings_once")

ROOT = Path(__file__).parents[1]
KEY = "smith2027"
#: Down to this row tests fill in a tab; a sheet has more rows that are ready.
LAST_ROW = 12
#: A study that nobody carried out, as someone would type it.
STUDY: dict[str, list[dict[str, Any]]] = {
    "sources": [
        {"source_id": KEY, "kind": "journal-article", "first_author": "Smith A", "year": 2027,
         "title_short": "Synthetic study", "journal": "J Synth", "doi": "10.5555/synthetic.1", "pmid": "99999999",
         "url": "https://example.org/smith2027", "access": "full-text", "language": "en"},
    ],
    "studies": [
        {"study_id": KEY, "label": "Smith 2027", "role": "treatment", "tissue": "ovary", "condition": "POI",
         "design": "single-arm", "n_enrolled": 20, "follow_up_months": 12, "source_id": KEY},
    ],
    "arms": [
        {"study_id": KEY, "arm_id": "cells", "label": "UC-MSC, 10 million", "kind": "cells", "cell_source": "UC-MSC",
         "dose_cells": 1e7, "n": 20, "source_id": KEY, "locator": "Table 1"},
    ],
    "outcomes": [
        {"study_id": KEY, "arm_id": "cells", "outcome": "live-birth", "timepoint_months": 12, "events": 2, "total": 20,
         "total_unit": "women", "total_basis": "reported", "percent_reported": 10, "source_id": KEY,
         "locator": "Table 3", "extraction": "reported"},
        {"study_id": KEY, "arm_id": "cells", "outcome": "pregnancy", "timepoint_months": 12, "events": 3, "total": 20,
         "total_unit": "women", "total_basis": "reported", "source_id": KEY, "locator": "Table 3, \"any\"",
         "extraction": "reported"},
    ],
    "measurements": [
        {"study_id": KEY, "arm_id": "cells", "subject": "cohort", "measure": "FSH", "unit": "IU/L",
         "timepoint_months": month, "n": 20, "mean": mean, "sd": 9.5, "source_id": KEY, "locator": "Table 2",
         "extraction": "reported"}
        for month, mean in ((0, 62.5), (6, 41.25))
    ],
}  # fmt: skip


def run(folder: Path, *arguments: str) -> Result:
    """Run the command in this process."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, arguments)


def put(book: Workbook, tab: str, row: int, **cells: Any) -> None:
    names = [cell.value for cell in book[tab][1]]
    for name, value in cells.items():
        book[tab].cell(row, names.index(name) + 1).value = value


def first_row(tab: str) -> int:
    """Below the header and the example."""
    return 3 if tab in sheet.TABS else 2


@pytest.fixture
def data(package: Package) -> Path:
    """The tables to which rows are added: the small ones."""
    return package.folder


@pytest.fixture(scope="session")
def empty(ev: evidence.Evidence) -> bytes:
    content = io.BytesIO()
    sheet_files.workbook(sheet.new_form(KEY, ev)).save(content)
    return content.getvalue()


@pytest.fixture(scope="session")
def few_tabs(empty: bytes) -> bytes:
    """The sheet with the tabs and rows of the tests and no other, which is read in a tenth of the time."""
    content = io.BytesIO()
    with_few_tabs(io.BytesIO(empty)).save(content)
    return content.getvalue()


def with_few_tabs(sheet_as_written: Path | io.BytesIO) -> Workbook:
    return of_few_tabs(openpyxl.load_workbook(sheet_as_written))


def of_few_tabs(book: Workbook) -> Workbook:
    kept = {*STUDY, "changes"}
    for tab in set(book.sheetnames) - {"instructions"}:
        if tab in kept:
            book[tab].delete_rows(LAST_ROW + 1, book[tab].max_row)
        else:
            del book[tab]
    return book


def filled(sheet_as_written: bytes) -> Workbook:
    made = openpyxl.load_workbook(io.BytesIO(sheet_as_written))
    for tab, rows in STUDY.items():
        for number, cells in enumerate(rows, start=first_row(tab)):
            put(made, tab, number, **cells)
    return made


@pytest.fixture
def book(few_tabs: bytes) -> Workbook:
    """The sheet of few tabs, filled in."""
    return filled(few_tabs)


def saved(book: Workbook, folder: Path) -> Path:
    path = folder / f"{KEY}.xlsx"
    book.save(path)
    return path


@pytest.fixture(scope="session")
def rows(empty: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    """What is read from the whole sheet, filled in; tests must not change it."""
    return read_filled(saved(filled(empty), tmp_path_factory.mktemp("sheet")))


def faults_of_sheet(book: Workbook, folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(evidence.EvidenceError) as caught:
        read_filled(saved(book, folder))
    return caught.value.faults


def refused(rows: list[Row], folder: Path, **options: Any) -> tuple[Fault, ...]:
    before = content_of(folder)
    with pytest.raises(evidence.EvidenceError) as caught:
        add.add(rows, folder, name="the sheet", **options)
    assert content_of(folder) == before
    return caught.value.faults


def content_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


# The sheet


def test_the_sheet_has_every_column_explained(empty: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty))
    assert book.sheetnames == ["instructions", *sheet.TABS, "words", "lists"]
    assert book["lists"].sheet_state == "hidden"
    for name in sheet.TABS:
        tab, columns = book[name], TABLES[name].columns
        assert [cell.value for cell in tab[1]] == list(columns)
        assert tab.freeze_panes == "B2"
        for number, rules in enumerate(columns.values(), start=1):
            cell = tab.cell(1, number)
            assert cell.font.bold
            assert cell.comment is not None
            assert rules.description in cell.comment.text
            assert ("must be given" in cell.comment.text) == rules.required
            assert tab.cell(3, number).number_format == "@"
            assert tab.column_dimensions[get_column_letter(number)].number_format == "@"


def test_printed_decimals_of_an_example_stay(ev: evidence.Evidence) -> None:
    printed = ev.printed["measurements"].head(1).assign(mean="15.0", sd="2.50")
    book = sheet_files.workbook(
        sheet.new_form(KEY, replace(ev, printed={**ev.printed, "measurements": printed}))
    )
    columns = list(printed.columns)
    example = [cell.value for cell in book["measurements"][2]]
    assert [example[columns.index(column)] for column in ("mean", "sd")] == ["15.0", "2.50"]


def test_every_vocabulary_is_a_drop_down(empty: bytes) -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty))
    meanings = list(book["words"].iter_rows(min_row=2, values_only=True))
    for name in sheet.TABS:
        offered = {}
        for rule in book[name].data_validations.dataValidation:
            ((place, first, *_),) = [range_boundaries(str(area)) for area in rule.sqref.ranges]
            tab, cells = rule.formula1.replace("'", "").replace("$", "").split("!")
            assert (tab, first) == ("lists", 2)
            offered[place] = [cell.value for (cell,) in book[tab][cells]]
        for number, (column, rules) in enumerate(TABLES[name].columns.items(), start=1):
            words = rules.vocabulary
            if column != "unit":
                assert offered.get(number) == (list(words) if words else None)
            meaning_of = {word: meaning for tab, of, word, meaning in meanings if (tab, of) == (name, column)}
            assert meaning_of == rules.words


def test_units_are_offered_and_told_by_measure_and_others_may_stand(
    empty: bytes, ev: evidence.Evidence
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty))
    for name in ("measurements", "statements", "secretion", "reference_values"):
        number = list(TABLES[name].columns).index("unit") + 1
        letter = get_column_letter(number)
        (rule,) = [
            rule for rule in book[name].data_validations.dataValidation if str(rule.sqref).startswith(f"{letter}2:")
        ]  # fmt: skip
        assert (rule.type, rule.errorStyle, rule.showErrorMessage) == ("list", "warning", True)
        tab, cells = rule.formula1.replace("'", "").replace("$", "").split("!")
        offered = [cell.value for (cell,) in book[tab][cells]]
        assert len(offered) == len(set(offered))
        assert set(ev.printed[name]["unit"]) - {""} <= set(offered)
    comment = book["measurements"].cell(1, list(TABLES["measurements"].columns).index("unit") + 1).comment
    assert comment is not None
    assert "FSH, LH: IU/L, mIU/mL, U/L, mU/mL\n" in comment.text
    assert "E2: pmol/L, pg/mL\n" in comment.text
    assert "BMI: kg/m2\n" in comment.text


def test_an_empty_sheet_adds_nothing(empty: bytes, tmp_path: Path) -> None:
    (fault,) = faults_of_sheet(openpyxl.load_workbook(io.BytesIO(empty)), tmp_path)
    assert "holds no row to add" in fault.rule


def test_examples_stand_in_the_shipped_tables(ev: evidence.Evidence) -> None:
    for name in sheet.TABS:
        example = list(sheet.new_form(KEY, ev).tabs[name].example)
        example[0] = example[0].removeprefix("example:")
        assert example in ev.printed[name].to_numpy().tolist()


@pytest.mark.parametrize("key", ["Smith2027", "smith 2027", "smith/2027", "", "-smith", "smith²"])
def test_a_key_of_another_form_is_refused(key: str, ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="is no key of a study"):
        sheet.new_form(key, ev)


def test_a_key_in_use_is_refused_with_the_study_it_stands_for(small_ev: evidence.Evidence) -> None:
    with pytest.raises(
        ValueError, match=r"is in studies\.csv already: Hill 2018, POI, .*, 30 women\. .*--deepen"
    ):
        sheet.new_form("hill2018", small_ev)
    with pytest.raises(ValueError, match=r"is in sources\.csv already"):
        sheet.new_form("guide2020", small_ev)


@pytest.mark.parametrize("as_csv", [False, True])
def test_nothing_is_overwritten(as_csv: bool, ev: evidence.Evidence, tmp_path: Path) -> None:
    path = tmp_path / "sheet"
    form = sheet.new_form(KEY, ev)
    sheet_files.write_sheet(path, form, as_csv=as_csv)
    with pytest.raises(FileExistsError):
        sheet_files.write_sheet(path, form, as_csv=as_csv)


def test_tabs_left_out_change_nothing_in_the_others(rows: list[Row], book: Workbook, tmp_path: Path) -> None:
    assert [(row.table, row.number, row.cells) for row in read_filled(saved(book, tmp_path))] == [
        (row.table, row.number, row.cells) for row in rows
    ]


def test_csv_files_read_as_the_workbook_does(rows: list[Row], ev: evidence.Evidence, tmp_path: Path) -> None:
    folder = tmp_path / "csv"
    sheet_files.write_sheet(folder, sheet.new_form(KEY, ev), as_csv=True)
    readme = (folder / "README.txt").read_text(encoding="utf-8")
    assert all(f"\n{column}: " in readme for name in sheet.TABS for column in TABLES[name].columns)
    for tab, cells in STUDY.items():
        for row in cells:
            line = [
                str(row.get(column, "")).replace("10000000.0", "10000000") for column in TABLES[tab].columns
            ]
            text = ",".join('"' + cell.replace('"', '""') + '"' for cell in line)
            with (folder / f"{tab}.csv").open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")
    found = [(row.table, row.cells) for row in read_filled(folder)]
    assert found == [(row.table, row.cells) for row in rows]


def test_csv_of_a_spreadsheet_with_semicolons_and_mark(tmp_path: Path) -> None:
    text = "\ufeffstudy_id;arm_id;item;value;unit;source_id;locator;note\r\nsmith2027;;route;vein;;smith2027;p. 3, top;\r\n"
    (tmp_path / "statements.csv").write_text(text, encoding="utf-8", newline="")
    (row,) = read_filled(tmp_path)
    assert (row.place, row.number, row.cells["locator"]) == ("statements.csv", 2, "p. 3, top")


# A study that stands in the tables


def test_a_study_is_deepened_only_where_it_is_asked_for(small_ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="there is no study 'hill2081' to deepen; did you mean 'hill2018'"):
        sheet.deepening_form("hill2081", small_ev)


@pytest.mark.parametrize("study", ["yan2020", "mashayekhi2021", "cao2018", "bidet2011"])
def test_a_deepening_sheet_has_every_row_of_the_study(study: str, ev: evidence.Evidence) -> None:
    form = sheet.deepening_form(study, ev)
    for name, tab in form.tabs.items():
        frame = ev.printed[name]
        if "study_id" in frame:
            own = frame[frame["study_id"] == study].to_numpy().tolist()
            assert [row for row in tab.standing if row in own] == own
            assert all(row[list(frame.columns).index("study_id")] in (study, "") for row in tab.standing)
    known = {row[0] for row in form.tabs["sources"].standing}
    for name, tab in form.tabs.items():
        place = list(TABLES[name].columns).index("source_id")
        assert {row[place] for row in [*tab.standing, tab.blank]} - {""} <= known


def test_the_rows_of_a_review_are_not_those_of_a_study(ev: evidence.Evidence) -> None:
    form = sheet.deepening_form("yan2020", ev)
    kinds = {row[0]: row[1] for row in form.tabs["sources"].standing}
    for name in ("pooled", "secretion", "mechanisms", "factors", "reference_values"):
        place = list(TABLES[name].columns).index("source_id")
        assert {kinds[row[place]] for row in form.tabs[name].standing} <= {
            "journal-article", "preprint", "trial-registry",
        }  # fmt: skip


@pytest.mark.parametrize("as_csv", [False, True])
@pytest.mark.parametrize("study", ["yan2020", "mashayekhi2021"])
def test_a_deepening_sheet_left_as_it_is_adds_nothing(
    study: str, as_csv: bool, ev: evidence.Evidence, tmp_path: Path
) -> None:
    data = Path(shutil.copytree(ROOT / "data", tmp_path / "shipped"))
    path = tmp_path / ("sheet" if as_csv else "sheet.xlsx")
    form = sheet.deepening_form(study, ev)
    sheet_files.write_sheet(path, form, as_csv=as_csv)
    before = content_of(data)
    rows = read_filled(path)
    assert [list(row.cells.values()) for row in rows] == [
        row for name in (TABLES if as_csv else form.tabs) for row in (form.tabs[name].standing if name in form.tabs else [])
    ]  # fmt: skip
    done = add.add(rows, data, name="the sheet")
    assert sum(len(found.present) for found in done.additions) == form.standing == len(rows)
    assert not any(found.changed for found in done.additions)
    assert content_of(data) == before


def test_of_every_study_the_rows_are_read_as_they_stand(
    ev: evidence.Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The example and the words of the README are no rows of a study: the same example serves all, and nobody reads the words.
    examples = {name: sheet._fullest(ev.printed[name], ev.printed["studies"]) for name in sheet.TABS}
    by_table = {id(ev.printed[name]): example for name, example in examples.items()}
    monkeypatch.setattr(sheet, "_fullest", lambda table, _: by_table[id(table)])
    monkeypatch.setattr(sheet_files, "_codebook", lambda _: iter(()))
    for number, study in enumerate(ev.studies["study_id"]):
        form = sheet.deepening_form(study, ev)
        path = tmp_path / str(number)
        sheet_files.write_sheet(path, form, as_csv=True)
        rows = [(row.table, list(row.cells.values()), row.faults, row.mended) for row in read_filled(path)]
        assert rows == [
            (name, row, (), ()) for name in TABLES if name in form.tabs for row in form.tabs[name].standing
        ]


@pytest.mark.parametrize("text", ["=1+1", "#N/A", "-3", "2027-01-05", "1e5", "TRUE", "+49"])
def test_what_stands_in_the_tables_stays_text_in_a_workbook(
    text: str, small_ev: evidence.Evidence, tmp_path: Path
) -> None:
    form = sheet.deepening_form("hill2018", small_ev)
    row = form.tabs["studies"].standing[0]
    row[list(TABLES["studies"].columns).index("note")] = text
    path = saved(of_few_tabs(sheet_files.workbook(form)), tmp_path)
    (read,) = [found for found in read_filled(path) if found.table == "studies"]
    assert (list(read.cells.values()), read.faults) == (row, ())


def test_of_a_deepening_sheet_only_what_was_typed_is_taken(
    data: Path, small_ev: evidence.Evidence, tmp_path: Path
) -> None:
    path = tmp_path / "hill2018.xlsx"
    form = sheet.deepening_form("hill2018", small_ev)
    book = of_few_tabs(sheet_files.workbook(form))
    blank = first_row("measurements") + len(form.tabs["measurements"].standing)
    new = {
        name: cell for name, cell in STUDY["measurements"][1].items() if name not in ("study_id", "source_id")
    }
    put(book, "measurements", blank, **new)
    book.save(path)
    done = add.add(read_filled(path), data, name="the sheet", dry_run=True)
    assert {found.table: found.added for found in done.additions if found.changed} == {
        "measurements": ["hill2018 / cells / cohort / FSH / 6 / hill2018 / Table 2"]
    }
    column = list(TABLES["measurements"].columns).index("median") + 1
    old = next(row for row in range(3, blank) if book["measurements"].cell(row, column).value)
    put(book, "measurements", old, median="41")
    book.save(path)
    (fault,) = refused(read_filled(path), data)
    assert (fault.file, fault.row, fault.column, fault.value) == (
        "hill2018.xlsx, tab measurements", old, "median", "41",
    )  # fmt: skip
    done = add.add(read_filled(path), data, name="the sheet", replace=True)
    assert {
        found.table: (len(found.added), len(found.replaced)) for found in done.additions if found.changed
    } == {"measurements": (1, 1)}


# Reading


@pytest.mark.parametrize(
    ("tab", "column", "value", "form", "text"),
    [
        ("arms", "n", 20.0, "General", "20"),
        ("arms", "dose_cells", 1.2439e8, "General", "124390000"),
        ("arms", "age_mean", 0.1 + 0.2, "General", "0.3"),
        ("arms", "age_mean", "33.40", "@", "33.40"),
        ("arms", "label", "  UC-MSC\u00a0(10\u202fmillion) \n", "@", "UC-MSC (10 million)"),
        ("arms", "label", "cells\u200b\ufeff", "@", "cells"),
        ("arms", "locator", 3, "General", "3"),
        ("sources", "pmid", 99999999.0, "General", "99999999"),
        ("sources", "retracted", datetime.datetime(2027, 9, 4), "yyyy-mm-dd", "2027-09-04"),
        ("outcomes", "percent_reported", 0.738, "0.0%", "73.8"),
        ("changes", "change", "\u22123.5", "@", "-3.5"),
    ],
)  # fmt: skip
def test_what_is_typed_is_read(
    book: Workbook, tmp_path: Path, tab: str, column: str, value: Any, form: str, text: str
) -> None:
    put(book, tab, 9, **{column: value})
    book[tab].cell(9, list(TABLES[tab].columns).index(column) + 1).number_format = form
    (row,) = [row for row in read_filled(saved(book, tmp_path)) if (row.table, row.number) == (tab, 9)]
    assert (row.cells[column], row.faults) == (text, ())


@pytest.mark.parametrize(
    ("tab", "column", "value", "form", "shown", "rule"),
    [
        ("arms", "n", "=SUM(A1:A2)", "General", "=SUM(A1:A2)", "is a formula"),
        ("arms", "n", "#N/A", "General", "#N/A", "is an error of the spreadsheet"),
        ("arms", "n", True, "General", "TRUE", "is a truth value"),
        ("arms", "age_mean", "33,4", "@", "33,4", "has a comma; write decimals with a point"),
        ("arms", "dose_cells", "10,000,000", "@", "10,000,000", "thousands without a separator"),
        ("arms", "label", datetime.datetime(2027, 3, 5), "d-mmm", "2027-03-05", "became a date or time"),
        ("outcomes", "events", datetime.datetime(2027, 3, 5), "d-mmm", "2027-03-05", "became a date or time"),
        ("sources", "retracted", datetime.time(12, 30), "h:mm", "12:30:00", "became a date or time"),
    ],
)  # fmt: skip
def test_what_a_spreadsheet_made_of_it_is_told(
    book: Workbook, tmp_path: Path, tab: str, column: str, value: Any, form: str, shown: str, rule: str
) -> None:
    put(book, tab, 9, **{column: value})
    book[tab].cell(9, list(TABLES[tab].columns).index(column) + 1).number_format = form
    (fault,) = [fault for row in read_filled(saved(book, tmp_path)) for fault in row.faults]
    assert (fault.file, fault.row, fault.column, fault.value) == (
        f"{KEY}.xlsx, tab {tab}", 9, column, shown,
    )  # fmt: skip
    assert rule in fault.rule


def test_cells_merged_down_a_column_stand_in_every_row(book: Workbook, tmp_path: Path) -> None:
    letter = get_column_letter(list(TABLES["outcomes"].columns).index("arm_id") + 1)
    book["outcomes"].merge_cells(f"{letter}3:{letter}4")
    found = [row.cells for row in read_filled(saved(book, tmp_path)) if row.table == "outcomes"]
    assert [cells["arm_id"] for cells in found] == ["cells", "cells"]


def test_cells_merged_across_columns_are_refused(book: Workbook, tmp_path: Path) -> None:
    book["arms"].merge_cells("B3:C3")
    faults = [fault for row in read_filled(saved(book, tmp_path)) for fault in row.faults]
    assert {(fault.row, fault.column) for fault in faults} == {(3, "arm_id"), (3, "label")}
    assert all("merged across columns" in fault.rule for fault in faults)


def test_rows_may_be_left_blank_and_columns_moved(book: Workbook, tmp_path: Path) -> None:
    book["arms"].insert_rows(3, 4)
    book["arms"].delete_rows(2)
    book["arms"].move_range("A1:A60", cols=40)
    book["arms"].delete_cols(1)
    (row,) = [row for row in read_filled(saved(book, tmp_path)) if row.table == "arms"]
    assert (row.number, row.cells["study_id"], row.cells["arm_id"]) == (6, KEY, "cells")


@pytest.mark.parametrize(
    ("spoil", "column", "rule"),
    [
        (lambda book: setattr(book["outcomes"], "title", "outcome"), "", "is no table; did you mean 'outcomes'"),
        (lambda book: put(book, "arms", 1, cell_source="cellsource"), "cellsource",
         "is no column of arms; did you mean 'cell_source'"),
        (lambda book: put(book, "arms", 1, donor="label"), "label", "is twice in the header"),
        (lambda book: book["arms"].delete_cols(2), "arm_id", "is a missing column"),
        (lambda book: book["arms"].cell(3, 30, "aside"), "", "is in a column without a name"),
        (lambda book: book["arms"].cell(30_000, 1, "x"), "", "reaches down to row 30000"),
    ],
)  # fmt: skip
def test_a_sheet_of_another_form_is_refused(
    book: Workbook, tmp_path: Path, spoil: Any, column: str, rule: str
) -> None:
    spoil(book)
    assert any(fault.column == column and rule in fault.rule for fault in faults_of_sheet(book, tmp_path))


def test_what_is_no_sheet_is_told(tmp_path: Path) -> None:
    path = tmp_path / "study.xlsx"
    for spoil, rule in (
        (lambda: None, "there is no such file"),
        (lambda: path.write_bytes(b"not a workbook"), "is no xlsx workbook"),
        (lambda: path.rename(tmp_path / "study.txt"), "there is no such file"),
    ):
        spoil()
        with pytest.raises(evidence.EvidenceError, match=rule):
            read_filled(path)
    with pytest.raises(
        evidence.EvidenceError, match=r"is a single CSV file; save it as .*, or give a folder"
    ):
        read_filled(spoilt(tmp_path / "outcomes.csv", b"study_id\n"))


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of Excel 97, or locked by a password"),
        (
            "a.ods",
            {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"},
            "an OpenDocument spreadsheet",
        ),
        ("a.xlsb", {"xl/workbook.bin": "x"}, "a binary workbook (xlsb)"),
        ("a.xlsx", {"a": "b"}, "no xlsx workbook that can be read"),
    ],
)
def test_a_workbook_of_another_kind_is_named(name: str, content: Any, rule: str, tmp_path: Path) -> None:
    with pytest.raises(evidence.EvidenceError, match=re.escape(f"is {rule}; save it as .xlsx")):
        read_filled(spoilt(tmp_path / name, content if isinstance(content, bytes) else zipped(content)))


def test_a_strict_workbook_is_named(book: Workbook, tmp_path: Path) -> None:
    plain, strict = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    with zipfile.ZipFile(saved(book, tmp_path)) as archive:
        parts = {part: archive.read(part).decode().replace(plain, strict) for part in archive.namelist()}
    with pytest.raises(evidence.EvidenceError, match=r"is a Strict Open XML workbook; save it as \.xlsx"):
        read_filled(spoilt(tmp_path / "strict.xlsx", zipped(parts)))


def spoilt(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def zipped(parts: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part, text in parts.items():
            archive.writestr(part, text)
    return content.getvalue()


# A folder of CSV files


@pytest.fixture
def folder(rows: list[Row], tmp_path: Path) -> Path:
    """The filled sheet as CSV files, without examples."""
    path = tmp_path / "csv"
    path.mkdir()
    for table in STUDY:
        text = io.StringIO()
        writer = csv.DictWriter(text, list(TABLES[table].columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(row.cells for row in rows if row.table == table)
        (path / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def change(path: Path, old: str, new: str, encoding: str = "utf-8") -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding=encoding, newline="")


def fault_of(path: Path) -> Fault:
    with pytest.raises(evidence.EvidenceError) as caught:
        read_filled(path)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    "do",
    [
        lambda path: change(path, "\n", "\n\n"),
        lambda path: change(path, ",\n", "\n"),
        lambda path: change(path, "\n", ",,,\n"),
        lambda path: change(path, "\n", "\r\n", "utf-8-sig"),
        lambda path: change(path, "\n", "\r"),
        lambda path: path.write_text("sep=,\n" + path.read_text()),
        lambda path: path.write_text(
            "sep=;\r\n" + path.read_text().replace(",", ";").replace("\n", "\r\n"), newline=""
        ),
        lambda path: path.write_text(path.read_text().replace(",", "\t")),
        lambda path: path.rename(path.with_suffix(".CSV")),
    ],
    ids=[
        "blank lines",
        "short rows",
        "long rows",
        "Windows",
        "old Mac",
        "sep=,",
        "sep=;",
        "tabs",
        "capitals",
    ],
)
def test_what_a_spreadsheet_does_to_a_csv_file_is_read_the_same(
    do: Any, folder: Path, rows: list[Row]
) -> None:
    do(folder / "studies.csv")
    assert [(row.table, row.cells) for row in read_filled(folder)] == [(row.table, row.cells) for row in rows]


@pytest.mark.parametrize("name", ["outcomes.xlsx", "paper.pdf", "outcomes.tsv", "older"])
def test_every_file_that_is_not_read_is_named(name: str, folder: Path) -> None:
    for passed in (".~lock.outcomes.csv#", "~$outcomes.xlsx", "README.txt", "._arms.csv", "Thumbs.db"):
        (folder / passed).write_text("x")
    assert len(read_filled(folder)) == sum(map(len, STUDY.values()))
    (folder / name).mkdir() if name == "older" else (folder / name).write_text("x")
    fault = fault_of(folder)
    assert (fault.file, fault.row) == (name, 0)
    assert fault.rule.startswith("is no CSV file, and is not read; move it out of the folder")


def test_a_table_stands_in_one_file(folder: Path) -> None:
    shutil.copy(folder / "arms.csv", folder / "arms.CSV")
    fault = fault_of(folder)
    assert (fault.file, fault.rule.partition(";")[0]) == ("arms.csv", "is the table arms, as arms.CSV is")
    (folder / "arms.CSV").rename(folder / "arm.csv")
    assert "did you mean 'arms.csv'" in fault_of(folder).rule


def test_a_title_above_the_header_is_one_fault(folder: Path, book: Workbook, tmp_path: Path) -> None:
    path = folder / "outcomes.csv"
    path.write_text("Outcomes; POI, 2027\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    fault = fault_of(folder)
    assert (fault.file, fault.row) == ("outcomes.csv", 1)
    assert fault.rule == "is no header; the header is in row 3, delete the rows above it"
    book["outcomes"].insert_rows(1)
    book["outcomes"]["A1"] = "Outcomes of the trial"
    (only,) = faults_of_sheet(book, tmp_path)
    assert (only.value, only.rule) == (
        "Outcomes of the trial", "is no header; the header is in row 2, delete the rows above it",
    )  # fmt: skip
    path.write_text("1,2\n3,4\n")
    assert "the first row must name the columns: study_id, arm_id" in fault_of(folder).rule


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("gbk", "GBK or another East Asian"),
        ("big5", "GBK or another East Asian"),
        ("cp1252", "Windows-1252"),
        ("utf-16", "UTF-16"),
    ],
)
def test_another_encoding_is_named_with_how_to_save(encoding: str, name: str, folder: Path) -> None:
    path = folder / "outcomes.csv"
    place = path.read_text().replace("Table 3,", "Espa\xf1a," if encoding == "cp1252" else "卵巢功能不全,", 1)
    path.write_text(place, encoding=encoding)
    fault = fault_of(folder)
    assert fault.file == "outcomes.csv"
    assert f"is not UTF-8 but seems to be {name}" in fault.rule
    assert fault.rule.endswith("save the file as UTF-8, in Excel as 'CSV UTF-8'")
    if encoding != "utf-16":
        assert (fault.row, fault.column) == (2, "locator")


@given(
    table=st.lists(st.lists(st.text("ab1 ", max_size=3), min_size=3, max_size=3), min_size=2, max_size=6),
    quoted=st.sets(st.integers(0, 17)), row=st.integers(0, 5), column=st.integers(0, 2),
)  # fmt: skip
def test_an_open_quote_is_told_where_it_opens(
    table: list[list[str]], quoted: set[int], row: int, column: int
) -> None:
    row %= len(table)
    lines = [
        [f'"{cell}"' if 3 * n + m in quoted else cell for m, cell in enumerate(cells)]
        for n, cells in enumerate(table)
    ]
    lines[row][column] = f'"{table[row][column]}'
    _, (fault,) = split("a.csv", "".join(f"{','.join(cells)}\n" for cells in lines))
    assert (fault.row, fault.column) == (row + 1, table[0][column] if row else "")
    assert "opens a quote that is not closed at the end" in fault.rule


def test_an_open_quote_in_a_sheet_is_told_with_its_column(folder: Path) -> None:
    change(folder / "outcomes.csv", ",Table 3,", ',"Table 3,')
    fault = fault_of(folder)
    assert (fault.file, fault.row, fault.column) == ("outcomes.csv", 2, "locator")
    assert fault.value.startswith('"Table 3,reported')
    assert "opens a quote that is not closed at the end" in fault.rule


def test_a_quote_that_swallows_the_end_of_its_row_is_told(folder: Path) -> None:
    """Another quote further down closes it, and too few cells are left."""
    text = (folder / "outcomes.csv").read_text(encoding="utf-8")
    first, second, third = text.splitlines()
    first, second, third = (
        first,
        second.replace(",Table 3,", ',"Table 3,'),
        third.replace(",cells,", ',cells",', 1),
    )
    (folder / "outcomes.csv").write_text(f"{first}\n{second}\n{third}\n", encoding="utf-8")
    fault = fault_of(folder)
    assert (fault.file, fault.row) == ("outcomes.csv", 2)
    assert "runs over the end of a row" in fault.rule


@given(st.text(max_size=30))
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


# Adding


def test_a_study_is_added_and_all_else_stays(
    rows: list[Row], data: Path, small_ev: evidence.Evidence
) -> None:
    before = content_of(data)
    done = add.add(rows, data, name="the sheet").additions
    assert {found.table: len(found.added) for found in done} == {tab: len(new) for tab, new in STUDY.items()}
    after = content_of(data)
    assert {name for name in after if after[name] != before.get(name)} == {
        "references.bib", *(f"{tab}.csv" for tab in STUDY),
    }  # fmt: skip
    assert all(after[f"{tab}.csv"].startswith(before[f"{tab}.csv"]) for tab in STUDY)
    assert b"@article{smith2027," in after["references.bib"]
    found = evidence.load(data)
    for tab, given_rows in STUDY.items():
        # Loading adds columns, as the citation of a document, to those of the file.
        new = found.tables[tab][[*TABLES[tab].columns]].iloc[len(small_ev.tables[tab]) :]
        assert len(new) == len(given_rows)
        for (_, row), cells in zip(new.iterrows(), given_rows, strict=True):
            assert {name: row[name] for name in cells} == cells
            assert row.drop([*cells]).isna().all()
    assert found.trace("outcomes", len(small_ev.outcomes)).locator == "Table 3"


def test_importing_twice_adds_nothing(rows: list[Row], data: Path) -> None:
    add.add(rows, data, name="the sheet")
    before = content_of(data)
    stamps = {path: path.stat().st_mtime_ns for path in data.iterdir()}
    for done in add.add(rows, data, name="the sheet").additions:
        assert (done.added, done.replaced, len(done.present)) == ([], [], len(STUDY[done.table]))
    assert content_of(data) == before
    assert {path: path.stat().st_mtime_ns for path in data.iterdir()} == stamps


def test_a_dry_run_writes_nothing(rows: list[Row], data: Path) -> None:
    before = content_of(data)
    done = add.add(rows, data, name="the sheet", dry_run=True)
    assert sum(len(found.added) for found in done.additions) == len(rows)
    assert KEY in set(done.united.studies["study_id"])
    assert content_of(data) == before


def changed(rows: list[Row], table: str, **cells: str) -> list[Row]:
    """Give the rows with other cells in the first row of a table."""
    chosen = next(row for row in rows if row.table == table)
    other = Row(chosen.table, chosen.place, chosen.number, chosen.cells | cells)
    return [other if row is chosen else row for row in rows]


def test_another_value_needs_replace(rows: list[Row], data: Path) -> None:
    add.add(rows, data, name="the sheet")
    place = f"{KEY}.xlsx, tab measurements"
    other = changed(rows, "measurements", mean="99", sd="9.50")
    (fault,) = refused(other, data)
    assert (fault.file, fault.row, fault.column, fault.value) == (place, 3, "mean", "99")
    assert "as '62.5'; --replace" in fault.rule
    before = content_of(data)
    replaced = add.add(other, data, name="the sheet", replace=True)
    done = {found.table: found for found in replaced.additions}
    assert (len(done["measurements"].replaced), len(done["measurements"].present)) == (1, 1)
    after = content_of(data)
    assert [name for name in after if after[name] != before[name]] == ["measurements.csv"]
    lines = zip(before["measurements.csv"].splitlines(), after["measurements.csv"].splitlines(), strict=True)
    (difference,) = [(old, new) for old, new in lines if old != new]
    assert (b",62.5,9.5," in difference[0], b",99,9.50," in difference[1]) == (True, True)


def test_a_row_of_the_tables_is_not_overwritten(data: Path, small_ev: evidence.Evidence) -> None:
    own = {str(name): str(cell) for name, cell in small_ev.printed["outcomes"].iloc[0].items()}
    row = Row("outcomes", "sheet", 2, {**own, "events": "12", "percent_reported": "75.0"})
    assert {fault.column for fault in refused([row], data)} == {"events", "percent_reported"}


@pytest.mark.parametrize(
    ("table", "cells", "column", "rule"),
    [
        ("outcomes", {"outcome": "live-brith"}, "outcome", "did you mean 'live-birth'"),
        ("outcomes", {"events": "21"}, "events", "is above its total 20"),
        ("outcomes", {"arm_id": "cell"}, "arm_id", f"is no arm of {KEY} in arms.csv; did you mean 'cells'"),
        ("outcomes", {"source_id": "smith2026"}, "source_id", f"is not in sources.csv; did you mean '{KEY}'"),
        ("outcomes", {"timepoint_months": "13"}, "timepoint_months", "lies after the follow-up"),
        ("outcomes", {"events": "two"}, "events", "is not a whole number"),
        ("outcomes", {"events": "12.5%"}, "events", "goes into percent_reported, and events stays blank"),
        ("outcomes", {"locator": ""}, "locator", "must not be blank"),
        ("measurements", {"unit": "IU/l"}, "unit", "did you mean 'IU/L'"),
        ("arms", {"n": "21"}, "n", "is above the 20 women enrolled"),
        ("studies", {"overlaps_with": "hill2081"}, "overlaps_with", "did you mean 'hill2018'"),
        ("studies", {"overlaps_with": KEY}, "overlaps_with", "names the study itself"),
        ("sources", {"doi": "doi.org/10.1"}, "doi", "must be a bare DOI as 10.1111/cpr.12938, without https://doi.org/"),
    ],
)  # fmt: skip
def test_a_fault_is_told_where_it_was_typed(
    rows: list[Row], data: Path, table: str, cells: dict[str, str], column: str, rule: str
) -> None:
    (fault,) = refused(changed(rows, table, **cells), data)
    ((name, value),) = cells.items()
    assert (fault.file, fault.row, fault.column, fault.value) == (
        f"{KEY}.xlsx, tab {table}", 3, name, value,
    )  # fmt: skip
    assert name == column
    assert rule in fault.rule


def test_a_row_that_stands_twice_in_the_sheet_is_refused(rows: list[Row], data: Path) -> None:
    (fault,) = refused([*rows, Row("arms", "below", 9, rows[2].cells)], data)
    assert (fault.file, fault.row) == ("below", 9)
    assert fault.rule == "repeats row 3; every row needs its own study_id + arm_id"


def test_a_cell_that_cannot_be_read_is_told_once(book: Workbook, tmp_path: Path, data: Path) -> None:
    put(book, "outcomes", 3, events="=1+1")
    put(book, "arms", 3, kind="cell")
    faults = refused(read_filled(saved(book, tmp_path)), data)
    assert [(fault.row, fault.column) for fault in faults] == [(3, "kind"), (3, "events")]


def test_faults_that_stood_there_before_are_told_as_such(rows: list[Row], data: Path) -> None:
    edit(data, "outcomes", 2, events="many")
    (fault,) = refused(rows, data)
    assert (fault.file, fault.row, fault.column) == ("outcomes.csv", 2, "events")
    (data / "arms.csv").unlink()
    assert "is missing" in {fault.rule for fault in refused(rows, data)}


@pytest.mark.parametrize("last", range(6))
def test_all_files_are_written_or_none(
    rows: list[Row], data: Path, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    before = content_of(data)
    calls = fail_to_replace(monkeypatch, data, last)
    with pytest.raises(OSError, match="no space left"):
        add.add(rows, data, name="the sheet")
    assert len(calls) > last
    assert content_of(data) == before


def test_data_that_change_meanwhile_are_not_written_over(
    rows: list[Row], data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def meanwhile(folder: Path) -> evidence.Evidence:
        edit(data, "outcomes", 2, note="changed by another")
        return evidence.load(folder)

    monkeypatch.setattr("helpers.intake.add.load", meanwhile)
    with pytest.raises(evidence.EvidenceError, match="was changed while the rows were checked"):
        add.add(rows, data, name="the sheet")
    assert KEY not in (data / "studies.csv").read_text(encoding="utf-8")


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=st.integers(0, 30),
    total=st.integers(1, 30),
    levels=st.lists(st.decimals("0.001", 10**6, places=3).map(float), min_size=1, max_size=4),
    words=st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), max_size=20),
)
def test_any_study_comes_back_as_it_was_typed(
    few_tabs: bytes, small: Path, tmp_path: Path, events: int, total: int, levels: list[float], words: str
) -> None:
    data = tmp_path / "data"
    shutil.rmtree(data, ignore_errors=True)
    shutil.copytree(small, data)
    before = content_of(data)
    book = openpyxl.load_workbook(io.BytesIO(few_tabs))
    for tab in ("sources", "studies", "arms"):
        put(book, tab, 3, **STUDY[tab][0])
    put(book, "studies", 3, n_enrolled=total, note=f"of {words}" if clean(words) else None)
    put(book, "arms", 3, n=None)
    put(
        book,
        "outcomes",
        3,
        **{**STUDY["outcomes"][0], "events": events, "total": total, "percent_reported": None},
    )
    for month, level in enumerate(levels):
        put(
            book,
            "measurements",
            3 + month,
            **{**STUDY["measurements"][0], "timepoint_months": month, "mean": level, "n": None},
        )
    rows = read_filled(saved(book, tmp_path))
    if events > total:
        (fault,) = refused(rows, data)
        assert (fault.row, fault.column) == (3, "events")
        return
    add.add(rows, data, name="the sheet")
    found = evidence.load(data)
    means = found.measurements.loc[found.measurements["study_id"] == KEY, "mean"]
    assert means.to_list() == pytest.approx(levels, rel=1e-14)
    (note,) = found.studies.loc[found.studies["study_id"] == KEY, "note"].fillna("")
    assert note == (narrow(clean(f"of {words}"), signs=False) if clean(words) else "")
    assert all(content_of(data)[name].startswith(before[name]) for name in before if name.endswith(".csv"))


def test_the_other_study_names_the_new_one_in_return(rows: list[Row], data: Path) -> None:
    edit(data, "studies", 5, note='an odd, "quoted" remark')
    before = {row["study_id"]: row for row in evidence.load(data).printed["studies"].to_dict("records")}
    other, third = "hill2018", "lake2015"
    assert before[third]["overlaps_with"]
    new = changed(rows, "studies", overlaps_with=f"{other}; {third}")
    done = {found.table: found for found in add.add(new, data, name="the sheet").additions}
    assert done["studies"].mentions == [
        f"{other}: overlaps_with is now {KEY!r}",
        f"{third}: overlaps_with is now {before[third]['overlaps_with'] + '; ' + KEY!r}",
    ]
    after = {row["study_id"]: row for row in evidence.load(data).printed["studies"].to_dict("records")}
    assert {study for study in before if after[study] != before[study]} == {other, third}
    for study in (other, third):
        assert before[study] == {**after[study], "overlaps_with": before[study]["overlaps_with"]}
    again = add.add(new, data, name="the sheet")
    assert not any(found.changed for found in again.additions)


def test_studies_of_one_sheet_are_not_written_for_its_reader(rows: list[Row], data: Path) -> None:
    (first,) = (row for row in rows if row.table == "studies")
    second = Row("studies", "sheet", 4, {**first.cells, "study_id": "b", "label": "Smith 2027b"})
    (fault,) = refused([*changed(rows, "studies", overlaps_with="b"), second], data)
    assert fault.rule == "b does not name smith2027; overlapping studies name each other"


@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        (["studies"], [("the study_id of 5 rows", "the tab studies is missing", KEY)]),
        (["arms"], [("the arm_id of 4 rows", "the tab arms is missing", f"{KEY} / cells")]),
        (["sources", "studies", "arms"], [
            ("the source_id of 4 rows", "the tab sources is missing", KEY),
            ("the study_id of 4 rows", "the tab studies is missing", KEY),
        ]),
    ],
)  # fmt: skip
def test_a_tab_that_is_left_out_is_told_once(
    book: Workbook, tmp_path: Path, data: Path, left_out: list[str], expected: list[tuple[str, str, str]]
) -> None:
    for tab in left_out:
        del book[tab]
    faults = refused(read_filled(saved(book, tmp_path)), data)
    for fault, (rows, tab, value) in zip(faults, expected, strict=True):
        assert (fault.row, fault.value) == (0, value)
        assert rows in fault.rule
        assert tab in fault.rule


def test_rows_can_take_the_place_of_a_whole(rows: list[Row], data: Path) -> None:
    add.add(rows, data, name="the sheet")
    whole: dict[str, Any] = {"whole_by": ("study_id", "arm_id", "measure")}
    one = [row for row in rows if row.table == "measurements"][:1]
    (fault,) = refused(one, data, **whole)
    assert f"{KEY} / cells / cohort / FSH / 6" in fault.value
    assert "is none of the new rows; --replace takes it out" in fault.rule
    (done,) = add.add(one, data, name="the sheet", replace=True, **whole).additions
    assert (len(done.removed), len(done.present), done.changed) == (1, 1, 1)
    assert (evidence.load(data).measurements["study_id"] == KEY).sum() == 1


@pytest.mark.parametrize("prefix", ["https://doi.org/", "http://dx.doi.org/", "doi.org/", "doi:", "DOI: "])
def test_the_address_is_taken_from_a_doi(prefix: str, book: Workbook, tmp_path: Path) -> None:
    put(book, "sources", 3, doi=f"{prefix}10.5555/synthetic.1")
    (source,) = [row for row in read_filled(saved(book, tmp_path)) if row.table == "sources"]
    assert source.cells["doi"] == "10.5555/synthetic.1"
    (mend,) = source.mended
    assert (mend.row, mend.column, mend.value) == (3, "doi", f"{prefix}10.5555/synthetic.1".strip())
    assert "is taken as 10.5555/synthetic.1" in mend.rule


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("nct02313415", "NCT02313415"),
        ("NCT 0231 3415", "NCT02313415"),
        ("NCT02151890,nct02372474", "NCT02151890; NCT02372474"),
        ("ChiCTR-INR-15007261", "CHICTR-INR-15007261"),
        ("NCT0234", "NCT0234"),
        ("see the paper", "see the paper"),
        ("CTRI/2013/08/003896", "CTRI/2013/08/003896"),
    ],
)
def test_a_registry_number_is_spelt_in_one_way(
    typed: str, taken: str, book: Workbook, tmp_path: Path
) -> None:
    put(book, "studies", 3, registry_id=typed)
    (study,) = [row for row in read_filled(saved(book, tmp_path)) if row.table == "studies"]
    assert study.cells["registry_id"] == taken
    assert [(mend.column, mend.value) for mend in study.mended] == [("registry_id", typed)] * (typed != taken)


def test_a_trial_does_not_get_in_twice_by_another_spelling(
    book: Workbook, tmp_path: Path, data: Path
) -> None:
    put(book, "studies", 3, registry_id="nct 90000001")
    (fault,) = refused(read_filled(saved(book, tmp_path)), data)
    assert (fault.row, fault.column) == (3, "overlaps_with")
    assert "both have registry number NCT90000001" in fault.rule
    put(book, "studies", 3, registry_id="NCT0234")
    (fault,) = refused(read_filled(saved(book, tmp_path)), data)
    assert (fault.row, fault.column, fault.value) == (3, "registry_id", "NCT0234")


def test_a_label_that_another_study_has_is_refused(rows: list[Row], data: Path) -> None:
    (fault,) = refused(changed(rows, "studies", label="Hill 2018"), data)
    assert (fault.row, fault.column) == (3, "label")
    assert "is the label of hill2018 too" in fault.rule
    assert fault.rule.endswith("'Hill 2018b'")


def test_a_document_has_a_doi_or_an_address(rows: list[Row], data: Path) -> None:
    (fault,) = refused(changed(rows, "sources", url="", doi=""), data)
    assert (fault.row, fault.column, fault.rule) == (3, "url", "must be given where no doi is")
    done = add.add(changed(rows, "sources", url=""), data, name="the sheet")
    assert done.united.cite(KEY) == "Smith 2027, doi:10.5555/synthetic.1"
    trace = done.united.trace("outcomes", len(done.united.outcomes) - 1)
    assert (trace.doi, trace.url) == ("10.5555/synthetic.1", None)
    assert 'doi = "10.5555/synthetic.1"' in (data / "references.bib").read_text(encoding="utf-8")


# The commands


@pytest.fixture
def project(data: Path) -> Path:
    (data.parent / "notebooks").mkdir()
    return data.parent


def test_the_commands_from_sheet_to_check(project: Path, empty: bytes) -> None:
    assert run(project, "new-study", KEY).exit_code == 0
    again = run(project, "new-study", KEY)
    assert again.stderr == f"Error: {KEY}.xlsx is there already; it is not overwritten\n"
    saved(filled(empty), project)
    dry = run(project, "import", f"{KEY}.xlsx", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert dry.stdout.endswith("nothing written (--dry-run)\n")
    done = run(project, "import", f"{KEY}.xlsx", "data")
    assert done.exit_code == 0, done.output
    assert "outcomes        2 added\n" in done.stdout
    assert "smith2027 / cells / live-birth / 12 / women / smith2027 / Table 3" in done.stdout
    assert done.stdout.endswith("7 rows written to data\n")
    assert run(project, "check").exit_code == 0
    assert run(project, "import", f"{KEY}.xlsx").stdout.endswith(
        "nothing to add: the tables have every row already\n"
    )


def test_printed_figures_that_do_not_fit_are_remarked_on_and_added(project: Path, book: Workbook) -> None:
    put(book, "outcomes", first_row("outcomes"), percent_reported=35)
    saved(book, project)
    before = content_of(project / "data")
    for options in (["--dry-run"], []):
        assert content_of(project / "data") == before
        done = run(project, "import", f"{KEY}.xlsx", *options)
        assert done.exit_code == 0, done.output
        remarks = [line for line in done.stdout.splitlines() if line.startswith("remark: ")]
        assert remarks
        assert all(KEY in remark for remark in remarks)
        assert any("percentage-of-total" in remark for remark in remarks)


def test_only_what_the_new_rows_bring_is_remarked_on(project: Path, book: Workbook) -> None:
    put(book, "outcomes", first_row("outcomes"), percent_reported=35)
    saved(book, project)
    run(project, "import", f"{KEY}.xlsx")
    assert "remark:" not in run(project, "import", f"{KEY}.xlsx").stdout
    put(
        book,
        "measurements",
        first_row("measurements") + 2,
        **{**STUDY["measurements"][0], "timepoint_months": 12},
    )
    saved(book, project)
    added = run(project, "import", f"{KEY}.xlsx")
    assert "1 row written" in added.stdout
    assert "percentage-of-total" not in added.stdout
    # Fewer women enrolled put the counts of rows in doubt that are left as they are.
    put(book, "studies", first_row("studies"), n_enrolled=19)
    put(book, "arms", first_row("arms"), n=19)
    for row in range(3):
        put(book, "measurements", first_row("measurements") + row, n=19)
    saved(book, project)
    done = run(project, "import", f"{KEY}.xlsx", "--replace")
    assert done.exit_code == 0, done.output
    assert "remark: outcomes, smith2027 / cells / pregnancy" in done.stdout


def test_what_was_made_of_a_cell_is_told_before_it_is_added(project: Path, book: Workbook) -> None:
    put(book, "sources", 3, doi="https://doi.org/10.5555/synthetic.1", url=None)
    put(book, "studies", 3, overlaps_with="hill2018")
    saved(book, project)
    done = run(project, "import", f"{KEY}.xlsx", "--dry-run")
    assert "'https://doi.org/10.5555/synthetic.1': is taken as 10.5555/synthetic.1" in done.stdout
    assert "1 would be made to name the study that overlaps with it\n" in done.stdout
    assert "hill2018: overlaps_with is now 'smith2027'" in done.stdout


def test_a_study_is_deepened_from_the_command_line(project: Path) -> None:
    refused_ = run(project, "new-study", "hill2018")
    assert "To add to that study or to correct it, give --deepen" in refused_.stderr
    done = run(project, "new-study", "hill2018", "--deepen")
    assert (
        "rows of Hill 2018; add and correct, then `reanalysis import hill2018.xlsx --dry-run`" in done.stdout
    )
    assert run(project, "import", "hill2018.xlsx").stdout.endswith(
        "nothing to add: the tables have every row already\n"
    )


def test_a_refused_sheet_says_how_many_faults_and_where(project: Path, book: Workbook) -> None:
    put(book, "outcomes", 3, outcome="birth rate", events="2,5")
    saved(book, project)
    done = run(project, "import", f"{KEY}.xlsx")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.splitlines()[:2] == [
        f"Error: 1 fault in {KEY}.xlsx",
        f"  {KEY}.xlsx, tab outcomes, row 3, column events: '2,5': "
        "has a comma; write decimals with a point, and thousands without a separator",
    ]


def test_a_sheet_as_csv_goes_where_it_is_told(project: Path) -> None:
    done = run(project, "new-study", KEY, "--csv", "--output", "forms/smith")
    assert done.exit_code == 0, done.output
    written = {path.name for path in (project / "forms" / "smith").iterdir()}
    assert written == {"README.txt", *(f"{name}.csv" for name in sheet.TABS)}


def test_a_folder_that_is_no_package_is_told(project: Path, book: Workbook) -> None:
    saved(book, project)
    done = run(project, "import", f"{KEY}.xlsx", "nowhere")
    assert "nowhere: is no folder; an evidence package is a folder" in done.stderr
