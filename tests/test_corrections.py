"""Rows of another study, and corrections in the sheet of a study that stands in the tables."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from helpers import evidence
from helpers.intake import add, removal, sheet, sheet_files
from helpers.intake.new_rows import DELETE, STANDING, Row, mark
from shipped import TABLES, read_filled
from test_intake import (
    KEY,
    STUDY,
    book,
    content_of,
    data,
    empty,
    few_tabs,
    of_few_tabs,
    project,
    put,
    refused,
    rows,
    run,
    saved,
    with_few_tabs,
)

pytestmark = pytest.mark.usefixtures("findings_once")

__all__ = ["book", "data", "empty", "few_tabs", "project", "rows"]  # fixtures

OTHER = "glen2017"
#: A count of births that would take the place of 4 of 40.
STRANGE = {**STUDY["outcomes"][0], "study_id": OTHER, "events": 3, "total": 24, "percent_reported": None}


def faults_of(path: Path, data: Path, *also: str) -> list[tuple[str, int, str, str]]:
    faults = refused(read_filled(path, also), data)
    return [(fault.file, fault.row, fault.value, fault.rule) for fault in faults]


# Rows of another study


def test_a_row_of_another_study_is_refused_unless_the_study_is_named(project: Path, book: Workbook) -> None:
    tab = f"{KEY}.xlsx, tab outcomes"
    for row in (5, 6):
        put(book, "outcomes", row, **STRANGE, subgroup=None if row == 5 else "age under 35")
    path = saved(book, project)
    (fault,) = faults_of(path, project / "data")
    assert fault[:3] == (tab, 5, OTHER)
    assert fault[3] == (
        f"is the study of this row (and of 1 rows below), and the sheet is that of {KEY}; correct the study_id, or give "
        f"--also {OTHER} to take its rows too"
    )
    assert f"--also {OTHER}" in run(project, "import", path.name).stderr
    unknown = run(project, "import", path.name, "--also", OTHER, "--also", "glen2071")
    assert unknown.stderr.startswith(
        "Error: --also glen2071: there is no such study; did you mean 'glen2017'"
    )
    done = run(project, "import", path.name, "--dry-run", "--also", OTHER)
    assert done.exit_code == 0, done.output
    assert f"remark: 2 rows of outcomes in {KEY}.xlsx of another study, {OTHER} (--also)\n" in done.stdout
    assert (
        "remark: 4 of 40 (article2026) for live-birth of Glen 2017, arm cells, no longer speaks for the study: told by a source "
        f"nearer to the study; in its place: 3 of 24 ({KEY})\n"
    ) in done.stdout


def test_a_row_of_another_study_that_stays_is_told_and_can_be_taken_out(
    project: Path, book: Workbook
) -> None:
    shipped = content_of(project / "data")
    put(book, "outcomes", 5, **STRANGE)
    path = saved(book, project)
    assert run(project, "import", path.name, "--also", OTHER).exit_code == 0
    done = run(project, "remove", KEY)
    assert done.exit_code == 0, done.output
    assert (
        f"remark: a row of {OTHER} from {KEY} stays: outcomes, {OTHER} / cells / live-birth / 12 / women / {KEY} / Table 3\n"
        "  events: 3; total: 24; total_basis: reported; extraction: reported\n"
        "remark: 4 of 40 (article2026) for live-birth of Glen 2017, arm cells, does not speak for the study: told by a source "
        f"nearer to the study; in its place: 3 of 24 ({KEY}), which stays\n"
        f"remark: to take rows of {OTHER} from documents of {KEY} out: `reanalysis new-study {OTHER} --deepen`, write "
        f"'{DELETE}' into their column {STANDING}, `reanalysis import {OTHER}.xlsx --replace`\n"
    ) in done.stdout
    # As it says; the document goes when its row is marked too.
    path = project / f"{OTHER}.xlsx"
    assert run(project, "new-study", OTHER, "--deepen").exit_code == 0
    deeper = with_few_tabs(path)
    for tab, remark in (
        ("outcomes", f"no row names the document {KEY} any longer, and it stays"),
        ("sources", ""),
    ):
        names = [cell.value for cell in deeper[tab][1]]
        (number,) = [
            cells[0].row or 0
            for cells in deeper[tab].iter_rows()
            if cells[names.index("source_id")].value == KEY
        ]
        put(deeper, tab, number, **{STANDING: DELETE})
        deeper.save(path)
        done = run(project, "import", path.name, "--replace")
        assert done.exit_code == 0, done.output
        assert (f"remark: {remark}" in done.stdout) == bool(remark)
    assert content_of(project / "data") == shipped


def test_a_sheet_that_does_not_say_its_study_is_that_of_its_rows(
    data: Path, book: Workbook, tmp_path: Path
) -> None:
    put(book, "outcomes", 5, **STRANGE)
    del book["instructions"]
    path = saved(book, tmp_path)
    ((_, row, value, rule),) = faults_of(path, data)
    assert (row, value) == (5, OTHER)
    assert f"the sheet is that of {KEY}" in rule
    for tab in ("sources", "studies", "arms"):
        del book[tab]
    faults = {value: rule for _, row, value, rule in faults_of(saved(book, tmp_path), data) if row}
    assert set(faults) == {KEY, OTHER}
    assert "the sheet does not say which study it is for" in faults[OTHER]
    assert all(row.faults == () for row in read_filled(path, [OTHER]))


def test_a_folder_says_its_study_in_its_instructions(
    data: Path, small_ev: evidence.Evidence, tmp_path: Path
) -> None:
    folder = tmp_path / "csv"
    sheet_files.write_sheet(folder, sheet.new_form(KEY, small_ev), as_csv=True)
    row = {"study_id": OTHER, "item": "status", "value": "completed", "source_id": OTHER, "locator": "p. 1"}
    with (folder / "statements.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([row.get(str(column), "") for column in TABLES["statements"].columns])
    ((file_, _, value, _),) = faults_of(folder, data)
    assert (file_, value) == ("statements.csv", OTHER)
    (folder / "README.txt").unlink()
    assert all(found.faults == () for found in read_filled(folder))


def test_the_main_document_of_another_study_is_not_changed(
    data: Path, book: Workbook, small_ev: evidence.Evidence, tmp_path: Path
) -> None:
    rows = read_filled(saved(book, tmp_path))
    (own,) = [
        cells for cells in small_ev.printed["sources"].to_dict("records") if cells["source_id"] == OTHER
    ]
    other = {str(name): str(cell) for name, cell in own.items()} | {"year": "2021"}
    rows.append(Row("sources", "sheet", 9, other))
    (fault,) = refused(rows, data, replace=True)
    assert (fault.row, fault.value) == (9, OTHER)
    assert (
        "is the main document of glen2017; correct it in the sheet that `reanalysis new-study glen2017 --deepen`"
        in fault.rule
    )


# What a dry run shows


def test_a_dry_run_shows_the_values(project: Path, book: Workbook) -> None:
    put(
        book,
        "sources",
        4,
        **{**STUDY["sources"][0], "source_id": "lone", "doi": "10.5555/lone", "pmid": None},
    )
    path = saved(book, project)
    dry = run(project, "import", path.name, "--dry-run")
    assert "remark: no row names the document lone; `reanalysis remove` would leave it there\n" in dry.stdout
    assert dry.stdout.count("remark:") == 1
    assert (
        "      smith2027 / cells / live-birth / 12 / women / smith2027 / Table 3\n"
        "                    events: 2; total: 20; total_basis: reported; percent_reported: 10; extraction: reported\n"
    ) in dry.stdout
    assert "events: 2" not in run(project, "import", path.name).stdout
    put(book, "outcomes", 3, events=1, percent_reported=None)
    saved(book, project)
    for options in (["--dry-run"], []):
        done = run(project, "import", path.name, "--replace", *options)
        assert (
            "                    events: 2 -> 1\n                    percent_reported: 10 -> blank\n"
            in done.stdout
        )


# Corrections


@pytest.fixture(scope="module")
def added(rows: list[Row], small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data to which the study was added, and beside them its sheet; tests must not change them."""
    folder = tmp_path_factory.mktemp("added")
    data = Path(shutil.copytree(small, folder / "data"))
    add.add(rows, data, name="the sheet")
    of_few_tabs(sheet_files.workbook(sheet.deepening_form(KEY, evidence.load(data)))).save(
        folder / "deeper.xlsx"
    )
    return folder


@pytest.fixture
def deepening(added: Path, data: Path) -> tuple[Path, Workbook]:
    """The sheet of a study that was added, as a workbook that can be corrected, and where it lies."""
    path = shutil.copytree(added, data.parent, dirs_exist_ok=True) / "deeper.xlsx"
    return path, openpyxl.load_workbook(path)


def month_means(data: Path) -> list[tuple[str, str]]:
    rows = evidence.load(data).printed["measurements"]
    own = rows[rows["study_id"] == KEY]
    return list(zip(own["timepoint_months"], own["mean"], strict=True))


def test_a_corrected_key_takes_the_place_of_its_row(deepening: tuple[Path, Workbook], data: Path) -> None:
    path, corrected = deepening
    put(corrected, "measurements", 4, timepoint_months="7")
    corrected.save(path)
    ((_, row, value, rule),) = faults_of(path, data)
    assert (row, value) == (4, "7")
    assert "as '6'; --replace puts the new value there" in rule
    before = (data / "measurements.csv").read_text(encoding="utf-8").splitlines()
    rows = read_filled(path)
    done = {found.table: found for found in add.add(rows, data, name="the sheet", replace=True).additions}
    (change,) = done["measurements"].changes
    assert (change.column, change.old, change.new) == ("timepoint_months", "6", "7")
    after = (data / "measurements.csv").read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before)
    assert month_means(data) == [("0", "62.5"), ("7", "41.25")]
    again = add.add(rows, data, name="the sheet", replace=True)
    assert not any(found.changed for found in again.additions)
    # Corrected a second time in a sheet that no longer is that of the tables.
    put(corrected, "measurements", 4, timepoint_months="8")
    corrected.save(path)
    ((_, row, value, rule),) = faults_of(path, data)
    assert "names a row that was corrected or taken out since the sheet was made" in rule


def test_corrected_there_and_back_and_removed_a_study_was_never_there(
    deepening: tuple[Path, Workbook], data: Path, small: Path
) -> None:
    added = content_of(data)
    for number, month in enumerate(("7", "6")):
        path = deepening[0].with_name(f"{number}.xlsx")
        corrected = of_few_tabs(sheet_files.workbook(sheet.deepening_form(KEY, evidence.load(data))))
        put(corrected, "measurements", 4, timepoint_months=month)
        corrected.save(path)
        add.add(read_filled(path), data, name="the sheet", replace=True)
        assert (content_of(data) == added) == (month == "6")
    removal.remove(KEY, data)
    assert content_of(data) == content_of(small)


def test_a_copied_row_is_a_new_one_and_times_can_be_shifted(
    deepening: tuple[Path, Workbook], data: Path
) -> None:
    path, corrected = deepening
    tab = corrected["measurements"]
    name = tab.cell(4, tab.max_column).value
    copied = {**STUDY["measurements"][1], "timepoint_months": "12", "mean": "30"}
    put(corrected, "measurements", 5, **copied, **{STANDING: name})
    corrected.save(path)
    add.add(read_filled(path), data, name="the sheet")
    assert month_means(data) == [("0", "62.5"), ("6", "41.25"), ("12", "30")]
    shifted = of_few_tabs(sheet_files.workbook(sheet.deepening_form(KEY, evidence.load(data))))
    for row, month in ((3, "6"), (4, "12"), (5, "11")):
        put(shifted, "measurements", row, timepoint_months=month)
    shifted.save(path)
    rows = read_filled(path)
    add.add(rows, data, name="the sheet", replace=True)
    assert month_means(data) == [("6", "62.5"), ("12", "41.25"), ("11", "30")]
    assert not any(found.changed for found in add.add(rows, data, name="the sheet", replace=True).additions)


def test_a_row_is_taken_out_where_the_sheet_says_so(
    deepening: tuple[Path, Workbook], data: Path, project: Path
) -> None:
    path, corrected = deepening
    put(corrected, "measurements", 4, **{STANDING: "Delete"})
    corrected.save(path)
    ((_, row, value, rule),) = faults_of(path, data)
    assert (row, value.startswith(f"{KEY} / cells / cohort / FSH / 6")) == (4, True)
    assert rule.endswith("and is to be taken out; --replace does so")
    done = run(project, "import", path.name, "--replace")
    assert "measurements    1 taken out\n" in done.stdout
    assert month_means(data) == [("0", "62.5")]
    before = content_of(data)
    again = run(project, "import", path.name, "--replace")
    assert "measurements    1 to be taken out, and not there\n" in again.stdout
    assert content_of(data) == before
    # What differs from the tables, or what others need, stays.
    put(corrected, "measurements", 3, mean="60", **{STANDING: DELETE})
    put(corrected, "arms", 3, **{STANDING: DELETE})
    corrected.save(path)
    faults = faults_of(path, data)
    assert any("a row is taken out only with the cells that it has there" in rule for *_, rule in faults)
    out = r"is to be taken out \(deeper\.xlsx, tab arms, row 3\), and this row names it"
    with pytest.raises(
        evidence.EvidenceError, match=rf"{out} and is not in the sheet; take it out or change"
    ):
        add.add([row for row in read_filled(path) if row.table == "arms"], data, name="x", replace=True)
    put(corrected, "measurements", 3, mean="62.5", **{STANDING: None})
    corrected.save(path)
    with pytest.raises(evidence.EvidenceError) as caught:
        add.add(read_filled(path), data, name="x", replace=True)
    places = [("measurements", 3), ("outcomes", 3), ("outcomes", 4)]
    assert [(fault.file, fault.row, fault.value) for fault in caught.value.faults] == [
        (f"deeper.xlsx, tab {table}", row, "cells") for table, row in places
    ]
    assert all(
        fault.rule.endswith(f"this row names it; write '{DELETE}' into its {STANDING} too")
        for fault in caught.value.faults
    )
    assert content_of(data) == before


def test_an_emptied_row_is_no_deletion(deepening: tuple[Path, Workbook]) -> None:
    path, corrected = deepening
    for number in range(2, len(TABLES["measurements"].columns) + 1):
        corrected["measurements"].cell(4, number).value = None
    corrected.save(path)
    ((number, fault),) = [(row.number, fault) for row in read_filled(path) for fault in row.faults]
    assert (number, fault.column) == (4, STANDING)
    assert (
        "its cells were emptied; to take the row out, fill them again and write 'delete' here" in fault.rule
    )


def test_one_row_does_not_become_two(data: Path, small_ev: evidence.Evidence) -> None:
    old = {str(name): str(cell) for name, cell in small_ev.printed["measurements"].iloc[0].items()}
    rows = [
        Row("measurements", "sheet", number, {**old, "timepoint_months": month}, standing=mark(old.values()))
        for number, month in ((3, "0.5"), (4, "0.25"))
    ]
    faults = refused(rows, data, replace=True)
    assert [fault.row for fault in faults] == [3, 4]
    assert all("is one of several rows made from one" in fault.rule for fault in faults)
