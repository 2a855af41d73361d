"""From the bytes of a CSV file to a frame of text, with a fault for everything that is not plain CSV."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.faults import Fault, meant

#: A table of evidence is typed by people; anything larger is another file put here by mistake.
MAX_BYTES = 150 * 10**6
#: What spreadsheets write in the place of commas.
_SEPARATORS = str.maketrans(";\t|", ",,,")
#: The first line in which Excel names the separator of cells.
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<sign>[^\n"])"?\n', re.IGNORECASE)


def file_fault(path: Path) -> Fault | None:
    """Say why a file cannot be read at all: it is not there, or too large for a table of evidence."""
    if not path.is_file():
        return Fault(path.name, 0, "", "", "is missing")
    size = path.stat().st_size
    if size > MAX_BYTES:
        rule = f"is too large for a table of evidence; the limit is {MAX_BYTES // 10**6} MB"
        return Fault(path.name, 0, "", f"{size / 10**6:.0f} MB", rule)
    return None


def text_table(name: str, content: bytes, columns: list[str]) -> tuple[pd.DataFrame | None, list[Fault]]:
    """Read one table as text, from the name and the bytes of its CSV file, with what is wrong with its form.

    None where it cannot be read as a table with these columns. Blank cells are ``""`` and each column is
    categorical. Line ends and the mark of Windows are no fault.
    """
    text, faults = decoded(name, content)
    if text is None:
        return None, faults
    if "\r" in text:
        row = text.count("\n", 0, text.index("\r")) + 1
        return None, [Fault(name, row, "", "carriage return", "end lines with a line feed (LF or CRLF)")]
    rows, faults = split(name, text)
    faults += _ragged(name, rows)
    if not rows:
        return None, [*faults, Fault(name, 0, "", "", f"is empty; the header is {','.join(columns)}")]
    header = rows.pop(0)
    wrong = _header_faults(name, header, columns)
    if wrong:
        return None, faults + wrong
    if not rows:
        return None, [*faults, Fault(name, 0, "", "", "has a header and no row; a table needs at least one")]
    cells = np.array(rows, dtype=object)
    return pd.DataFrame({column: _categorical(cells[:, header.index(column)]) for column in columns}), faults


def as_printed(text: pd.DataFrame) -> pd.DataFrame:
    """Give a table of text, each column categorical, with columns of plain text."""
    cells = {name: column.cat for name, column in text.items()}
    return pd.DataFrame(
        {name: of.categories.astype("str").array.take(of.codes.to_numpy()) for name, of in cells.items()}
    )


def plain(content: bytes) -> bytes:
    """Take from a file what a spreadsheet on Windows adds: its mark of UTF-8, and carriage returns at line ends."""
    return content.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")


def decoded(name: str, content: bytes) -> tuple[str | None, list[Fault]]:
    """Read the text of a CSV file; where it is not UTF-8, the fault says what it seems to be and how to save it."""
    content = plain(content)
    if b"\0" in content[:2]:
        return None, [_encoding_fault(name, content, content.index(b"\0"))]
    try:
        return content.decode("utf-8"), []
    except UnicodeDecodeError as error:
        return None, [_encoding_fault(name, content, error.start)]


def separator_of(line: str) -> str:
    """Find what separates the cells of a line: a spreadsheet set to a decimal comma takes semicolons."""
    return max(",;\t", key=line.count)


def separator_line(text: str) -> tuple[str, str]:
    """Give the separator that the first line names, empty where it names none, and the text below that line.

    A spreadsheet takes this line for no row, and does not count it.
    """
    first = _SEPARATOR_LINE.match(text)
    return (first["sign"], text[first.end() :]) if first else ("", text)


def split(name: str, text: str, separator: str = ",") -> tuple[list[list[str]], list[Fault]]:
    """Split the text of a CSV file into cells, up to the first row that cannot be split."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    start = 0
    try:
        for cells in reader:
            rows.append(cells)
            start = reader.line_num
    except csv.Error as error:
        return rows, [_broken_off(name, rows, text.split("\n")[start], separator, error)]
    return rows, []


def _broken_off(name: str, rows: list[list[str]], line: str, separator: str, error: csv.Error) -> Fault:
    """Say why the row after `rows`, which begins with this line, cannot be split."""
    number = place = 0
    cell = re.compile(rf'"(?:[^"]|"")*"(?={separator}|$)|[^"{separator}][^{separator}]*|(?={separator}|$)')
    while place < len(line):
        found = cell.match(line, place)
        if not found:
            column = rows[0][number] if rows and number < len(rows[0]) else ""
            rule = "opens a quote that is not closed at the end of the cell; close it, or write a quote in a text twice"
            return Fault(name, len(rows) + 1, column, line[place:], rule)
        number, place = number + 1, found.end() + 1
    return Fault(name, len(rows) + 1, "", line, f"is not CSV from here on: {error}")


def _categorical(cells: np.ndarray[Any, Any]) -> pd.Categorical[str]:
    """Keep equal text once: words and figures repeat, and a copy of each would fill the memory."""
    codes, distinct = pd.factorize(cells)
    words = pd.Index(distinct, dtype=object)
    kept: pd.Categorical[str] = pd.Categorical.from_codes(codes, words, validate=False)
    return kept


def _encoding_fault(name: str, content: bytes, position: int) -> Fault:
    start = content.rfind(b"\n", 0, position) + 1
    head = content.split(b"\n", 1)[0].decode("utf-8", "replace")
    separator = separator_of(head)
    header = next(csv.reader([head], delimiter=separator), [])
    cells = next(csv.reader([content[start:position].decode("utf-8")], delimiter=separator), [])
    column = header[len(cells) - 1] if 0 < len(cells) <= len(header) else ""
    row = content.count(b"\n", 0, position) + 1
    rule = (
        f"is not UTF-8 but seems to be {_encoding(content)}; save the file as UTF-8, in Excel as 'CSV UTF-8'"
    )
    return Fault(name, row, column, f"byte 0x{content[position]:02x}", rule)


def _encoding(content: bytes) -> str:
    """Guess an encoding: two bytes at a time make a Chinese character, a letter with an accent is one."""
    if b"\0" in content[:4]:
        return "UTF-16, which Excel calls Unicode text"
    if re.search(rb"[\x80-\xff]{2}", content):
        return "GBK or another East Asian encoding"
    return "Windows-1252 or another Western encoding"


def _ragged(name: str, rows: list[list[str]]) -> list[Fault]:
    """Fill up and cut rows to the width of the header, with a fault for each that was of another."""
    faults = []
    width = next((len(cells) for cells in rows if cells), 0)
    for number, cells in enumerate(rows, start=1):
        if len(cells) == width:
            continue
        if cells:
            rule = f"has {len(cells)} cells; the header has {width}"
            faults.append(Fault(name, number, "", ",".join(cells), rule))
        else:
            faults.append(Fault(name, number, "", "", "is a blank row"))
        rows[number - 1] = (cells + [""] * width)[:width]
    return faults


def _header_faults(name: str, header: list[str], columns: list[str]) -> list[Fault]:
    if len(header) == 1 and header[0].translate(_SEPARATORS) == ",".join(columns):
        rule = "separates its columns by another sign than commas; save it with commas"
        return [Fault(name, 1, "", header[0], rule)]
    faults = []
    for column in columns:
        if column not in header:
            faults.append(Fault(name, 1, column, "", "is a missing column"))
        elif header.count(column) > 1:
            faults.append(Fault(name, 1, column, column, "is twice in the header"))
    missing = [column for column in columns if column not in header]
    for column in dict.fromkeys(header):
        if column not in columns:
            rule = f"is no column of this table; {meant(column, missing or columns)}"
            faults.append(Fault(name, 1, column, column, rule))
    return faults
