"""The extraction sheet as a workbook, or as a folder of CSV files."""

from __future__ import annotations

import csv
import io
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from helpers.evidence.columns import Table
from helpers.intake.new_rows import STANDING
from helpers.intake.sheet import (
    INSTRUCTIONS,
    LISTS,
    MEANINGS,
    OF_STANDING,
    SELDOM,
    TABS,
    Form,
    Tab,
    form_of,
    instructions,
)

#: Down to this row a cell has its drop-down.
_LAST_ROW = 2000
_GREY = PatternFill("solid", fgColor="EDEDED")
_GREEN = PatternFill("solid", fgColor="DDEBDD")
_BLUE = PatternFill("solid", fgColor="E4ECF7")
_OF_EXAMPLE, _OF_MARKS = Font(italic=True, color="888888"), Font(color="888888")
_HEAD, _NEEDED, _OTHER = (
    Font(bold=True),
    Font(bold=True, color="000000"),
    Font(bold=True, italic=True, color="666666"),
)


def workbook(form: Form) -> Workbook:
    """Make an extraction sheet as a workbook.

    A tab with instructions, one tab per table of `TABS`, the meanings of the words, and a hidden tab with the words
    of the drop-downs.
    """
    book = Workbook()
    first = book.worksheets[0]
    first.title = INSTRUCTIONS
    _write_lines(first, instructions(form, f"{form.key}.xlsx"))
    tabs = {name: book.create_sheet(name) for name in TABS}
    meanings, lists = book.create_sheet(MEANINGS), book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _head(meanings, ["tab", "column", "word", "meaning"], [18, 22, 34, 70])
    for name, tab in tabs.items():
        _fill_tab(tab, name, form.tabs[name], meanings, lists)
    return book


def csv_files(form: Form) -> dict[str, str]:
    """Make an extraction sheet as CSV files, by file name.

    One per table of `TABS`, with header, example, the rows of the study and one with the ids filled in, and a
    ``README.txt`` with the instructions and every column.
    """
    files = {"README.txt": "\n".join([*_wrapped(instructions(form, form.key)), "", *_codebook(form)]) + "\n"}
    for name, tab in form.tabs.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(tab.columns)
        writer.writerows(tab.rows(min(tab.ready, 1)))
        files[f"{name}.csv"] = text.getvalue()
    return files


def write_sheet(path: Path, form: Form, *, as_csv: bool = False) -> None:
    """Write an extraction sheet as an xlsx file, or with `as_csv` as a folder; raises FileExistsError if `path` exists."""
    if as_csv:
        path.mkdir(parents=True)
        for name, text in csv_files(form).items():
            (path / name).write_text(text, encoding="utf-8", newline="")
        return
    content = io.BytesIO()
    workbook(form).save(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content.getvalue())


def _fill_tab(tab: Worksheet, name: str, given: Tab, meanings: Worksheet, lists: Worksheet) -> None:
    columns = given.table.columns
    wide = ("note", "comment", "locator", "title_short", "url", "what", "item", "reason")
    widths = [
        34 if column in wide else 3 + min(26, max(10, len(column), *map(len, rules.vocabulary)))
        for column, rules in columns.items()
    ]
    _head(tab, given.columns, [*widths, *([20] if given.standing else [])])
    if name in SELDOM:
        tab.sheet_properties.tabColor = "BBBBBB"
    rows = given.rows(given.ready)
    if given.standing:
        _fill_marks(tab, len(columns) + 1, [row[-1] for row in rows])
    for number, (column, rules) in enumerate(columns.items(), start=1):
        head = tab.cell(1, number)
        head.font = _NEEDED if rules.required else _OTHER
        description = form_of(given.table, column, given.units)
        lines = sum(1 + len(line) // 45 for line in description.splitlines())
        head.comment = Comment(description, "reanalysis", width=320, height=max(150, 20 * lines))
        _fill_column(tab, number, [cells[number - 1] for cells in rows], len(given.standing))
        for word, meaning in rules.words.items():
            meanings.append([name, column, word, meaning])
        units = dict.fromkeys(unit for known in given.units.values() for unit in known)
        if words := rules.vocabulary or (units if column == "unit" else ()):
            rule = _drop_down(lists, given.table, column, words, others=not rules.vocabulary)
            tab.add_data_validation(rule)


def _fill_column(tab: Worksheet, number: int, texts: list[str], standing: int) -> None:
    """Write the cells below a header: the example, the rows from the tables, and those to be filled in."""
    # As text, a spreadsheet leaves ids, dates and DOIs as they are typed, and 15.0 its decimals.
    tab.column_dimensions[get_column_letter(number)].number_format = "@"
    for row, text in enumerate(texts, start=2):
        cell = tab.cell(row, number)
        if text:
            # Whatever is in the cell is text, also where it looks like a formula or an error.
            cell.value, cell.data_type = text, "s"
        cell.number_format = "@"
        if row == 2:
            cell.font, cell.fill = _OF_EXAMPLE, _GREY
        elif row < 3 + standing:
            cell.fill = _BLUE


def _fill_marks(tab: Worksheet, number: int, marks: list[str]) -> None:
    """Write the column that names the rows from the tables."""
    tab.cell(1, number).comment = Comment(OF_STANDING, "reanalysis", width=320, height=80)
    for row, name in enumerate(marks, start=2):
        cell = tab.cell(row, number, name or None)
        cell.number_format, cell.font = "@", _OF_MARKS


def _head(tab: Worksheet, names: list[str], widths: list[int]) -> None:
    for number, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
        cell = tab.cell(1, number, name)
        cell.font, cell.fill = _HEAD, _GREEN
        tab.column_dimensions[get_column_letter(number)].width = width
    tab.freeze_panes = "B2"


def _drop_down(
    lists: Worksheet, table: Table, column: str, words: Iterable[str], *, others: bool = False
) -> DataValidation:
    """Offer words in a column; `others` accepts other words after a question."""
    stop = "Choose a word of the list, or leave the cell blank."
    rule = DataValidation(
        type="list", formula1=_list_words(lists, f"{table.name}.{column}", words), allow_blank=True,
        showErrorMessage=True, errorStyle="warning" if others else "stop", errorTitle="Not in the list",
        error="This is none of the units in use. Is it as printed?" if others else stop,
    )  # fmt: skip
    letter = get_column_letter(list(table.columns).index(column) + 1)
    rule.add(f"{letter}2:{letter}{_LAST_ROW}")
    return rule


def _list_words(lists: Worksheet, title: str, words: Iterable[str]) -> str:
    """Write words into a column of their own, for Excel takes no list of more than 255 characters in a rule."""
    number = 1 if lists.cell(1, 1).value is None else lists.max_column + 1
    letter = get_column_letter(number)
    last = 1
    for last, word in enumerate([title, *words], start=1):
        lists.cell(last, number, word).number_format = "@"
    return f"'{lists.title}'!${letter}$2:${letter}${last}"


def _write_lines(tab: Worksheet, lines: list[str]) -> None:
    tab.column_dimensions["A"].width = 120
    for number, line in enumerate(lines, start=1):
        cell = tab.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        # Not every spreadsheet fits the height of a row to a text that runs over several lines.
        tab.row_dimensions[number].height = 20 if number == 1 else 15.5 * (1 + len(line) // 110)
        cell.font = Font(bold=_is_heading(lines, number - 1), size=14 if number == 1 else 11)


def _is_heading(lines: list[str], place: int) -> bool:
    return place == 0 or (not lines[place - 1] and bool(lines[place]))


def _wrapped(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(line, 110, subsequent_indent="  ", break_long_words=False) or [""]


def _codebook(form: Form) -> Iterator[str]:
    for name, tab in form.tabs.items():
        yield from ("", name, "-" * len(name), *_wrapped([tab.table.description]))
        if tab.standing:
            yield from _wrapped([f"{STANDING}: {OF_STANDING}"])
        for column, rules in tab.table.columns.items():
            meaning = form_of(tab.table, column, tab.units).replace("\n", "; ")
            yield from _wrapped([f"{column}: {meaning}"])
            yield from _wrapped([f"    {word}: {meaning}" for word, meaning in rules.words.items()])
