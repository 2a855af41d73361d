"""The extraction sheet of a new study: an empty form for every table that a study needs, made from the schema."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from helpers.evidence.schema import IDENTIFIER, TABLES, key_of, words_of

#: The tables that a study of women can fill, in the order of filling.
TABS = (
    "sources", "studies", "arms", "baseline", "outcomes", "measurements", "changes", "statements",
    "risk_of_bias", "double_extraction", "discrepancies",
)  # fmt: skip
#: A row whose first cell begins so is an example; it is not imported.
EXAMPLE = "example:"
#: Tabs that hold no rows.
INSTRUCTIONS, MEANINGS, LISTS = "instructions", "words", "lists"
#: Columns that are filled in beforehand; a row with nothing else counts as blank.
PREFILLED = ("study_id", "source_id")
#: Rows with ids filled in beforehand, of tables in which a study has several.
_READY = 50
#: Down to this row a cell has its drop-down.
_LAST_ROW = 2000
_GREY = PatternFill("solid", fgColor="EDEDED")
_GREEN = PatternFill("solid", fgColor="DDEBDD")


def new_sheet(key: str, examples: Mapping[str, pd.DataFrame]) -> Workbook:
    """Make the extraction sheet of a study as a workbook.

    Parameters
    ----------
    key : str
        The `study_id` of the new study, also used for its main document.
    examples : mapping of pandas.DataFrame
        The tables as text (`Evidence.printed`); the fullest row of each stands as example.

    Returns
    -------
    openpyxl.Workbook
        A tab with instructions, one tab per table of `TABS`, the meanings of the words, and a hidden tab from which
        the drop-downs take their words.

    Raises
    ------
    ValueError
        If the key has not the form of an identifier, or is in use.
    """
    _check_key(key, examples)
    book = Workbook()
    first = book.worksheets[0]
    first.title = INSTRUCTIONS
    _write_lines(first, instructions(key, f"{key}.xlsx"))
    tabs = {name: book.create_sheet(name) for name in TABS}
    meanings, lists = book.create_sheet(MEANINGS), book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _head(meanings, ["tab", "column", "word", "meaning"], [18, 22, 34, 70])
    for name, tab in tabs.items():
        _fill_tab(tab, name, rows_of(name, key, examples), meanings, lists)
    return book


def csv_files(key: str, examples: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Make the extraction sheet of a study as CSV files.

    Parameters
    ----------
    key : str
        The `study_id` of the new study, also used for its main document.
    examples : mapping of pandas.DataFrame
        The tables as text (`Evidence.printed`); the fullest row of each stands as example.

    Returns
    -------
    dict of str
        Content by file name: one CSV per table of `TABS` with header, example and the ids filled in, and a
        ``README.txt`` with the instructions and every column.

    Raises
    ------
    ValueError
        If the key has not the form of an identifier, or is in use.
    """
    _check_key(key, examples)
    files = {"README.txt": "\n".join([*_wrapped(instructions(key, key)), "", *_codebook()]) + "\n"}
    for name in TABS:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(TABLES[name].columns)
        example, ready, *_ = rows_of(name, key, examples)
        writer.writerows([example, ready])
        files[f"{name}.csv"] = text.getvalue()
    return files


def write_sheet(path: Path, key: str, examples: Mapping[str, pd.DataFrame], *, as_csv: bool = False) -> None:
    """Write the extraction sheet of a study.

    Parameters
    ----------
    path : pathlib.Path
        The xlsx file, or with `as_csv` the folder; it must not exist.
    key : str
        The `study_id` of the new study.
    examples : mapping of pandas.DataFrame
        The tables as text (`Evidence.printed`).
    as_csv : bool
        Write a folder of CSV files.

    Raises
    ------
    ValueError
        If the key has not the form of an identifier, or is in use.
    FileExistsError
        If there is something at `path` already.
    """
    if as_csv:
        files = csv_files(key, examples)
        path.mkdir(parents=True)
        for name, text in files.items():
            (path / name).write_text(text, encoding="utf-8", newline="")
        return
    content = io.BytesIO()
    new_sheet(key, examples).save(content)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content.getvalue())


def rows_of(name: str, key: str, shipped: Mapping[str, pd.DataFrame]) -> list[list[str]]:
    """Give the rows that stand in a new tab: the example, then those with the ids filled in.

    Parameters
    ----------
    name : str
        A table of `TABS`.
    key : str
        The `study_id` of the new study.
    shipped : mapping of pandas.DataFrame
        The tables as text (`Evidence.printed`).

    Returns
    -------
    list of list of str
        Cells in the order of the columns.
    """
    columns = TABLES[name].columns
    table = shipped[name]
    studies = shipped["studies"]
    if "study_id" in columns:
        # A row of a cited study where there is one: those have been read most closely.
        cited = table["study_id"].isin(studies.loc[studies["role"] == "cited", "study_id"])
        table = table[cited] if cited.any() else table
    fullest = table.iloc[(table != "").sum(axis="columns").argmax()]
    example = [str(fullest[column]) for column in columns]
    example[0] = f"{EXAMPLE}{example[0]}"
    own = [key if column in PREFILLED and _belongs(name, column) else "" for column in columns]
    return [example, *[own] * (1 if name in ("sources", "studies") else _READY)]


def instructions(key: str, file: str) -> list[str]:
    """Say in plain words how the sheet is filled in.

    Parameters
    ----------
    key : str
        The `study_id` of the new study.
    file : str
        Name of the sheet, as `import` is told it.

    Returns
    -------
    list of str
        One sentence or heading per line; headings end without a point.
    """
    return [
        f"Extraction sheet of {key}",
        "Fill in what the documents say; leave blank what they do not say.",
        "",
        "Order of filling",
        *[f"{number}. {name}: {TABLES[name].description}" for number, name in enumerate(TABS, start=1)],
        "The first three must be filled in; of the others those for which the study reports something.",
        "",
        "Rules",
        "Blank means not reported or not seen. Write no 0, NA, dash or question mark for it, and guess nothing.",
        "One row is one fact. Two documents that tell different things give two rows, and a row in discrepancies.",
        "Every fact names its document (source_id, a row of the tab sources) and the place in it (locator, as "
        "'Table 2, row FSH' or 'Abstract, Results, sentence 3').",
        "Copy numbers as printed, with a point for the decimals and without thousands separators. Write no unit "
        "into a cell with a number; units have their own column.",
        "In a workbook the columns of numbers are text too, so that 15.0 keeps its decimals: leave them so, and pass "
        "over the mark that a number is stored as text.",
        "Columns with bold names must be given in every row. Point at a name to see meaning, unit and form.",
        f"Columns with words have a drop-down; the tab {MEANINGS} tells what each word means.",
        f"A row whose first cell begins with '{EXAMPLE}' is an example and is not imported. Leave it or delete it.",
        f"A row in which only {' and '.join(PREFILLED)} stand counts as blank. A row may be left blank.",
        "Use no formulas. Add no columns or tabs; remarks go into note.",
        "",
        "When it is filled in",
        f"reanalysis import {file} --dry-run    checks the sheet and shows what would be added",
        f"reanalysis import {file}              adds all of it, or nothing where anything is wrong",
        "Importing again adds only what is new. A row that stands there otherwise is refused without --replace.",
    ]


def form_of(rules: pa.Column) -> str:
    """Describe a column: meaning, unit, whether it must be given, and what may stand in it.

    Parameters
    ----------
    rules : pandera.Column
        A column of `TABLES`.

    Returns
    -------
    str
        One line each.
    """
    metadata = rules.metadata or {}
    lines = [str(rules.description), "must be given" if not rules.nullable else "blank if not reported"]
    if metadata.get("unit"):
        lines.append(f"unit: {metadata['unit']}")
    if metadata.get("vocabulary"):
        lines.append("a word of the list")
    elif metadata.get("references"):
        table, column = metadata["references"].split(".")
        lines.append(f"as in {table}, column {column}")
    else:
        kinds = {"text": "text", "number": "number, decimals with a point", "integer": "whole number"}
        lines.append(kinds[metadata["kind"]])
        if metadata["kind"] != "text" or metadata.get("pattern"):
            lines += [str(check.error) for check in rules.checks]
    return "\n".join(lines)


def _check_key(key: str, shipped: Mapping[str, pd.DataFrame]) -> None:
    if not re.fullmatch(IDENTIFIER, key, flags=re.ASCII):
        raise ValueError(
            f"{key!r} is no key of a study: small letters, digits, hyphens and dots, as smith2027"
        )
    for name in ("studies", "sources"):
        (column,) = key_of(name)
        if (shipped[name][column] == key).any():
            raise ValueError(f"{key!r} stands in {name}.csv already; choose another key, as {key}b")


def _belongs(name: str, column: str) -> bool:
    """Tell whether a column holds the new id: not a document where naming one is the exception."""
    return column == "study_id" or (
        column in TABLES[name].columns and not TABLES[name].columns[column].nullable
    )


def _fill_tab(
    tab: Worksheet, name: str, rows: list[list[str]], meanings: Worksheet, lists: Worksheet
) -> None:
    columns = TABLES[name].columns
    wide = ("note", "comment", "locator", "title_short", "url", "what", "item", "reason")
    _head(tab, list(columns), [34 if column in wide else max(13, len(column) + 3) for column in columns])
    for number, (column, rules) in enumerate(columns.items(), start=1):
        metadata, letter = rules.metadata or {}, get_column_letter(number)
        head = tab.cell(1, number)
        head.font = Font(bold=True, italic=rules.nullable, color="666666" if rules.nullable else "000000")
        head.comment = Comment(form_of(rules), "reanalysis", width=320, height=150)
        # As text, a spreadsheet leaves ids, dates and DOIs as they are typed, and 15.0 its decimals.
        tab.column_dimensions[letter].number_format = "@"
        for row, cells in enumerate(rows, start=2):
            cell = tab.cell(row, number, cells[number - 1] or None)
            cell.number_format = "@"
            if row == 2:
                cell.font, cell.fill = Font(italic=True, color="888888"), _GREY
        if metadata.get("vocabulary"):
            words = _list_words(lists, f"{name}.{column}", metadata["vocabulary"])
            tab.add_data_validation(_drop_down(words, f"{letter}2:{letter}{_LAST_ROW}"))
        for word, meaning in words_of(rules).items():
            meanings.append([name, column, word, meaning])


def _head(tab: Worksheet, names: list[str], widths: list[int]) -> None:
    for number, (name, width) in enumerate(zip(names, widths, strict=True), start=1):
        cell = tab.cell(1, number, name)
        cell.font, cell.fill = Font(bold=True), _GREEN
        tab.column_dimensions[get_column_letter(number)].width = width
    tab.freeze_panes = "B2"


def _list_words(lists: Worksheet, title: str, words: Mapping[str, str]) -> str:
    """Write words into a column of their own, for Excel takes no list of more than 255 characters in a rule."""
    number = 1 if lists.cell(1, 1).value is None else lists.max_column + 1
    for row, word in enumerate([title, *words], start=1):
        lists.cell(row, number, word).number_format = "@"
    letter = get_column_letter(number)
    return f"'{lists.title}'!${letter}$2:${letter}${len(words) + 1}"


def _drop_down(words: str, cells: str) -> DataValidation:
    rule = DataValidation(type="list", formula1=words, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "Not in the list", "Choose a word of the list, or leave the cell blank."
    rule.add(cells)
    return rule


def _write_lines(tab: Worksheet, lines: list[str]) -> None:
    tab.column_dimensions["A"].width = 120
    for number, line in enumerate(lines, start=1):
        cell = tab.cell(number, 1, line)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.font = Font(bold=_is_heading(lines, number - 1), size=14 if number == 1 else 11)


def _is_heading(lines: list[str], place: int) -> bool:
    return place == 0 or (not lines[place - 1] and bool(lines[place]))


def _wrapped(lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield from textwrap.wrap(line, 110, subsequent_indent="  ", break_long_words=False) or [""]


def _codebook() -> Iterator[str]:
    for name in TABS:
        yield from ("", name, "-" * len(name), *_wrapped([TABLES[name].description]))
        for column, rules in TABLES[name].columns.items():
            yield from _wrapped([f"{column}: {'; '.join(form_of(rules).splitlines())}"])
            for word, meaning in words_of(rules).items():
                yield from _wrapped([f"    {word}: {meaning}"])
