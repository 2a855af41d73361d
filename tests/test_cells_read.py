"""Cells of an extraction sheet: whatever a person typed or a spreadsheet shows, nothing is stored that reads otherwise."""

from __future__ import annotations

import csv
import datetime
import io
import re
import sys
import unicodedata
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Literal

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font

from helpers import evidence
from helpers.evidence.characters import NOT_PLAIN, clean, narrow
from helpers.evidence.printed_forms import months_meant
from helpers.evidence.typed_cells import typed as typed_table
from helpers.evidence.units import unit_meant
from helpers.intake import add
from helpers.intake.cell_values import UnclearError, shown
from helpers.intake.new_rows import Row
from shipped import TABLES, read_filled

#: A level of a study in the tables, as it is typed.
LEVEL = {
    "study_id": "mashayekhi2021", "arm_id": "cells", "subject": "cohort", "measure": "AMH", "unit": "ng/mL",
    "timepoint_months": "2", "mean": "1.5", "source_id": "mashayekhi2021", "locator": "Table 9", "extraction": "reported",
}  # fmt: skip


def sheet_with(folder: Path, table: str, value: Any, column: str, form: str = "@", **others: str) -> Path:
    """Save a workbook with one row; the cell of `column` holds the value under a number format."""
    book = Workbook()
    tab = book.worksheets[0]
    tab.title = table
    columns = list(TABLES[table].columns)
    tab.append(columns)
    for name, text in others.items():
        tab.cell(2, columns.index(name) + 1).value = text
    cell = tab.cell(2, columns.index(column) + 1)
    cell.value, cell.number_format = value, form
    path = folder / "sheet.xlsx"
    book.save(path)
    return path


def level_read(folder: Path, value: Any, form: str = "@", column: str = "mean") -> Row:
    (row,) = read_filled(sheet_with(folder, "measurements", value, column, form, **LEVEL))
    return row


def cell_with(value: Any, form: str = "General") -> Cell:
    tab = Workbook().worksheets[0]
    tab["A1"].value, tab["A1"].number_format = value, form
    cell = tab["A1"]
    assert isinstance(cell, Cell)
    return cell


def csv_folder(folder: Path, **tables: list[dict[str, str]]) -> Path:
    path = folder / "sheet"
    path.mkdir(exist_ok=True)
    for table, rows in tables.items():
        text = io.StringIO()
        writer = csv.DictWriter(text, list(TABLES[table].columns), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        (path / f"{table}.csv").write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


# What a number format shows


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.8, '0.0"%"', "0.8%"),
        (0.8, r"0.0\%", "0.8%"),
        (0.738, "0.0%", "73.8%"),
        (45, "0.00", "45.00"),
        (45.5, "0.0##", "45.5"),
        (0.05, '"<"0.00', "<0.05"),
        (0.05, "<0.00", "<0.05"),
        (1.24e8, "0.00E+00", "1.24E+08"),
        (1234567, "#,##0", "1234567"),
        (1500.5, "_-* #,##0.00\\ _€_-", "1500.50"),
        (7, "00000000", "00000007"),
        (-3.5, "0.0", "-3.5"),
        (-3.5, "0.0;[Red]-0.0", "-3.5"),
        (-3.5, "0.0_);(0.0)", "(3.5)"),
        (45, '0 "mg"', "45 mg"),
        (7.5, "[$€-407]0.0", "€7.5"),
        (0.1 + 0.2, "General", "0.3"),
        (12, 'General"%"', "12%"),
        (99999999.0, "@", "99999999"),
        ("Table 2", "General", "Table 2"),
        ("2", '"Table "@', "Table 2"),
        ("2", "0;-0;0;@", "2"),
    ],
)
def test_a_cell_is_read_as_its_number_format_shows_it(value: Any, form: str, text: str) -> None:
    assert clean(shown(cell_with(value, form))) == text


@pytest.mark.parametrize(
    ("value", "form", "rule"),
    [
        (41.25, "0.0", "is shown as 41.3"),
        (1.2439e8, "0.00E+00", "is shown as 1.24E+08"),
        (-3.5, "0.0;0.0", "is shown as 3.5"),
        (1234567, "0,", "is shown by the number format 0,"),
        (0.5, "# ?/?", "is shown by the number format"),
        (45, "[DBNum1]General", "is shown by the number format"),
        (45, "[<50]0;0.0", "is shown by the number format"),
        (0, '0;-0;"n.d."', "is shown by the number format"),
        (0, "#", "is shown by the number format"),
        (45, ";;;", "is shown by the number format"),
        ("45", ";;;", "is shown by the number format"),
        ("45", '0;0;0;"x"', "is shown by the number format"),
        (1 / 3, "General", "is shown as 0.3333333333 "),
        (123456789012, "General", "is shown as 123456789010 "),
        ("a_x000D_b", "@", "a character that cannot be typed"),
    ],
)
def test_a_cell_that_shows_another_value_is_refused(value: Any, form: str, rule: str) -> None:
    with pytest.raises(UnclearError, match=re.escape(rule)):
        shown(cell_with(value, form))


@st.composite
def formats(draw: st.DrawFn) -> tuple[str, Any]:
    """A number format, and what it shows of a number: written down from its parts, not read from its code."""
    decimals, whole = draw(st.integers(0, 4)), draw(st.integers(0, 3))
    optional = draw(st.integers(0, 2))
    percent = draw(st.booleans())
    literal = st.text("abc<>%±€ 1.", max_size=3)
    before, after = draw(literal), draw(literal)
    code = (
        "#" * (whole == 0)
        + "0" * whole
        + ("." if decimals + optional else "")
        + "0" * decimals
        + "#" * optional
    )
    code = f'"{before}"{code}{"%" * percent}"{after}"'

    def show(number: Decimal) -> str:
        scaled = abs(number) * (100 if percent else 1)
        rounded = scaled.quantize(Decimal(1).scaleb(-decimals - optional), ROUND_HALF_UP)
        digits = f"{rounded:f}"
        for _ in range(optional):
            digits = digits.removesuffix("0")
        left, _, right = digits.partition(".")
        left = left.lstrip("0").rjust(whole, "0")
        sign = "-" if number < 0 else ""
        return f"{sign}{before}{left}{'.' if right else ''}{right}{'%' * percent}{after}"

    return code, show


@given(form=formats(), number=st.decimals(-10_000, 10_000, places=3))
def test_no_format_stores_a_number_that_it_does_not_show(form: tuple[str, Any], number: Decimal) -> None:
    code, show = form
    try:
        text = shown(cell_with(float(number), code))
    except UnclearError:
        return
    assert text == show(number)


@given(number=st.floats(-1e12, 1e12) | st.decimals(-1000, 1000, places=3).map(float))
def test_a_number_without_a_format_is_stored_unless_its_digits_are_too_many_to_show(number: float) -> None:
    digits = f"{number:.15g}".lower().partition("e")[0].replace(".", "").strip("-0")
    if len(digits) <= 10:
        assert float(shown(cell_with(number))) == float(f"{number:.15g}")
    elif len(digits) > 11:
        with pytest.raises(UnclearError, match="is shown as"):
            shown(cell_with(number))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(form=formats(), number=st.decimals(0, 100, places=2), column=st.sampled_from(["mean", "n"]))
def test_a_level_is_stored_as_the_sheet_shows_it(
    tmp_path: Path, form: tuple[str, Any], number: Decimal, column: str
) -> None:
    code, show = form
    row = level_read(tmp_path, float(number), code, column)
    assert row.faults or row.cells[column] == clean(show(number))


@pytest.mark.parametrize("number", [27, 31, 57, 58])
def test_a_date_of_an_east_asian_excel_is_no_number(number: int) -> None:
    cell: Any = cell_with(46086)
    cell._style.numFmtId = number
    with pytest.raises(UnclearError, match="number format"):
        shown(cell)


@pytest.mark.parametrize(
    "form", ["mmm-yy", "m/d/yy", "dd.mm.yyyy", "yyyy-mm", "d-mmm", "yyyy/mm/dd hh:mm", "yy-mm-dd"]
)
def test_a_date_that_can_be_taken_for_another_is_refused(form: str) -> None:
    with pytest.raises(UnclearError, match="became a date"):
        shown(cell_with(datetime.datetime(2022, 9, 4, 12, 30), form))
    for year_first in ("yyyy-mm-dd", "yyyy/m/d", "[$-409]yyyy\\-mm\\-dd;@", 'yyyy"年"m"月"d"日"'):
        assert shown(cell_with(datetime.datetime(2022, 9, 4), year_first)) == "2022-09-04"


@pytest.mark.parametrize(
    ("value", "form"), [(0.8, '0.0"%"'), (0.008, "0.0%"), ("0.8%", "@"), ("0.8 ％", "@"), (0.8, "0.0")]
)
def test_a_percentage_is_what_is_shown_however_it_is_shown(value: Any, form: str, tmp_path: Path) -> None:
    (row,) = read_filled(
        sheet_with(tmp_path, "outcomes", value, "percent_reported", form, outcome="pregnancy")
    )
    assert (row.cells["percent_reported"], row.faults) == ("0.8", ())


@pytest.mark.parametrize(
    ("value", "form", "value_told"),
    [(0.125, "0.0%", "12.5%"), ("12.5%", "@", "12.5%"), (0.05, '"<"0.00', "<0.05")],
)
def test_a_sign_beside_a_number_is_never_lost(
    value: Any, form: str, value_told: str, tmp_path: Path, data: Path
) -> None:
    row = level_read(tmp_path, value, form)
    with pytest.raises(evidence.EvidenceError) as caught:
        add.add([row], data, name="sheet.xlsx")
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column, fault.value) == (
        "sheet.xlsx, tab measurements",
        2,
        "mean",
        value_told,
    )


# Characters raised, lowered or struck through


#: Text, whether it is raised or lowered, and whether it is struck through.
Part = tuple[str, Literal["superscript", "subscript"] | None, bool]


def rich(*parts: Part) -> CellRichText:
    return CellRichText(
        *(
            TextBlock(InlineFont(vertAlign=align, strike=strike, b=True), text)
            for text, align, strike in parts
        )
    )


@pytest.mark.parametrize(
    ("value", "mark"),
    [
        (rich(("45.0", None, False), ("1", "superscript", False)), "45.0^1"),
        (rich(("10", None, False), ("7", "superscript", False)), "10^7"),
        (rich(("4", None, True), ("5.2", None, False)), "~45.2"),
        (rich(("B", None, False), ("12", "subscript", False)), "B_12"),
    ],
)
def test_a_cell_with_raised_or_struck_characters_is_refused(
    value: CellRichText, mark: str, tmp_path: Path
) -> None:
    (fault,) = level_read(tmp_path, value).faults
    assert (fault.file, fault.row, fault.column, fault.value) == (
        "sheet.xlsx, tab measurements",
        2,
        "mean",
        mark,
    )
    assert "in cell I2;" in fault.rule


@pytest.mark.parametrize("font", [Font(strike=True), Font(vertAlign="superscript")])
def test_a_cell_that_is_struck_through_as_a_whole_is_refused(font: Font) -> None:
    cell = cell_with("45.0", "@")
    cell.font = font
    with pytest.raises(UnclearError, match="struck through"):
        shown(cell)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.tuples(st.text("0123456789.<", min_size=1, max_size=3), st.sampled_from([None, "superscript", "subscript"]), st.booleans()),
        min_size=1, max_size=4,
    )
)  # fmt: skip
def test_digits_join_only_where_they_look_alike(tmp_path: Path, parts: list[Part]) -> None:
    row = level_read(tmp_path, rich(*parts))
    plain = all(align is None and not strike for _, align, strike in parts)
    assert bool(row.faults) != plain
    if plain:
        assert row.cells["mean"] == "".join(text for text, _, _ in parts)


def test_a_comment_on_a_cell_is_told(tmp_path: Path) -> None:
    path = sheet_with(tmp_path, "measurements", "45.0", "mean", **LEVEL)
    book = load_workbook(path)
    book["measurements"]["I2"].comment = Comment("read off the figure", "someone")
    book.save(path)
    ((mend,),) = (row.mended for row in read_filled(path))
    assert (mend.row, mend.column, mend.value) == (2, "mean", "read off the figure")
    assert "is a comment on the cell, and is not added" in mend.rule


# What papers print


@pytest.mark.parametrize(
    ("table", "column", "typed", "rule"),
    [
        ("outcomes", "events", "12.5%", "is not a whole number; a percentage that was printed goes into percent_reported, and events stays blank"),
        ("outcomes", "events", "3 (12.5%)", "write 3 here and 12.5 in percent_reported"),
        ("outcomes", "events", "3/24", "write 3 here and 24 in total"),
        ("outcomes", "total", "12.5%", "it is a percentage; the column takes a number"),
        ("outcomes", "timepoint_months", "baseline", "is not a number; write 0, the time in months"),
        ("measurements", "timepoint_months", "3 months", "is not a number; write 3, the time in months"),
        ("measurements", "timepoint_months", "later", "is not a number; write months; 0 is before treatment, blank means not reported"),
        ("measurements", "mean", "24.5 ± 3.2", "write 24.5 here and 3.2 in sd or se, whichever was printed"),
        ("measurements", "mean", "12.5%", "it is a percentage; the column takes a number"),
        ("arms", "age_mean", "34.1±4.2", "write 34.1 here and 4.2 in age_sd, whichever was printed"),
        ("arms", "age_mean", "about 34", "is not a number; blank means not reported"),
    ],
)  # fmt: skip
def test_what_papers_print_is_refused_with_what_to_write(
    table: str, column: str, typed: str, rule: str
) -> None:
    columns = list(TABLES[table].columns)
    _, faults = typed_table(
        TABLES[table], pd.DataFrame([{name: typed if name == column else "" for name in columns}])
    )
    (fault,) = (fault for fault in faults if fault.column == column)
    assert fault.value == typed
    assert rule in fault.rule


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("Baseline", "0"), ("pre-treatment", "0"), ("before the injection", "0"), ("治疗前", "0"), ("基线", "0"),
        ("12 weeks", "2.76"), ("month 3", "3"), ("M6", "6"), ("6-month follow-up", "6"), ("1 year", "12"), ("90 d", "2.96"),
        ("three months after treatment", "3"), ("术后3个月", "3"), ("18mo", "18"),
        ("3-6 months", None), ("day 3", None), ("3月", None), ("last visit", None), ("premature", None),
    ],
)  # fmt: skip
def test_a_time_is_read_as_papers_print_it_or_not_at_all(text: str, months: str | None) -> None:
    assert months_meant(text) == months


def test_times_that_cannot_be_read_are_no_rows_of_one_key(data: Path) -> None:
    """Refused for what they are, and not as one row typed twice."""
    texts = ("baseline", "3 months", "6 months")
    rows = [
        Row("measurements", "sheet", n, {**LEVEL, "timepoint_months": text}) for n, text in enumerate(texts)
    ]
    with pytest.raises(evidence.EvidenceError) as caught:
        add.add(rows, data, name="sheet")
    assert [(fault.row, fault.column, fault.rule.split("; ")[1]) for fault in caught.value.faults] == [
        (n, "timepoint_months", f"write {months}, the time in months") for n, months in enumerate("036")
    ]


def test_a_unit_is_suggested_only_where_it_is_the_same_unit() -> None:
    assert unit_meant("ng/mL", "FSH") == "allowed: IU/L, mIU/mL, U/L, mU/mL"
    assert "did you mean" not in unit_meant("nmol/L", "E2")
    assert unit_meant("miu/ml", "FSH") == unit_meant("mlU / mL", "FSH")
    assert unit_meant("miu/ml", "FSH").startswith("did you mean 'mIU/mL'? Allowed: ")
    assert unit_meant("ug/L", "AMH").startswith("did you mean 'µg/L'?")


# What is not on the screen


def hide(tab: Any, what: str) -> None:
    match what:
        case "row":
            tab.row_dimensions[3].hidden = True
        case "columns":
            tab.column_dimensions.group("I", "K", hidden=True)
        case "tab":
            tab.parent.create_sheet("instructions")
            tab.sheet_state = "hidden"


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("row", "'row 3': filled in and hidden, by a filter or by hand; show these rows, or delete them"),
        ("columns", "row 1, column mean: 'mean': is hidden and holds something in 2 rows; show the column"),
        ("tab", "tab measurements: is hidden and holds 2 rows; show the tab, or delete it"),
    ],
)
def test_what_is_hidden_is_never_added_in_silence(what: str, reason: str, tmp_path: Path) -> None:
    path = sheet_with(tmp_path, "measurements", "1.5", "mean", **LEVEL)
    book = load_workbook(path)
    tab = book["measurements"]
    tab.append([cell.value for cell in tab[2]])
    hide(tab, what)
    book.save(path)
    with pytest.raises(evidence.EvidenceError) as caught:
        read_filled(path)
    (fault,) = caught.value.faults
    assert reason in str(fault)


@pytest.mark.parametrize(
    ("was", "now", "reason"),
    [
        ('<row r="2"', '<row r="2" ht="0" customHeight="1"', "'row 2': filled in and hidden"),
        ("<sheetData>", '<cols><col min="8" max="9" width="0" customWidth="1"/></cols><sheetData>', "mean': is hidden"),
    ],
    ids=["row", "column"],
)  # fmt: skip
def test_what_has_no_height_or_width_is_hidden(was: str, now: str, reason: str, tmp_path: Path) -> None:
    path = sheet_with(tmp_path, "measurements", "1.5", "mean", **LEVEL)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text.replace(was, now))
    with pytest.raises(evidence.EvidenceError) as caught:
        read_filled(path)
    assert reason in str(caught.value)


def test_hidden_rows_and_columns_without_content_are_no_fault(tmp_path: Path) -> None:
    path = sheet_with(tmp_path, "measurements", "1.5", "mean", **LEVEL)
    book = load_workbook(path)
    tab = book["measurements"]
    tab.column_dimensions["J"].hidden = tab.row_dimensions[3].hidden = True
    tab.append(["mashayekhi2021"])
    book.save(path)
    assert len(read_filled(path)) == 1


# Characters that are not seen, or look like others

FORMAT = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cf"]


def test_no_format_character_makes_two_of_one(data: Path, tmp_path: Path) -> None:
    """Every character of Unicode's category Cf, in a key of the tables: taken out or refused, never kept."""
    rows = [
        {**LEVEL, "locator": f"Tab{sign}le 9", "timepoint_months": str(n)}
        for n, sign in enumerate(FORMAT, start=1)
    ]
    read = read_filled(csv_folder(tmp_path, measurements=rows))
    kept = [row for row in read if row.cells["locator"] != "Table 9"]
    assert len(kept) < 40
    for row in read:
        row.cells["timepoint_months"] = "2"
    add.add(read[:1], data, name="sheet")
    for row in kept[::6]:
        with pytest.raises(evidence.EvidenceError, match="cannot be seen; it has U"):
            add.add([row], data, name="sheet")
    for row in [row for row in read if row not in kept][::20]:
        (done,) = add.add([row], data, name="sheet").additions
        assert len(done.present) == 1


@given(
    text=st.text(
        st.sampled_from([*FORMAT, "\ufe0f", "\u3164", "\u034f", " ", "\u00a0", "a", "é", "e", "\u0301"])
    )
)
def test_what_is_not_seen_is_taken_out_or_refused(text: str) -> None:
    left = clean(text)
    assert clean(left) == left
    assert unicodedata.normalize("NFC", left) == left
    visible = [sign for sign in left if unicodedata.category(sign) == "Cf"]
    assert all(re.match(f"[{NOT_PLAIN}]", sign) for sign in visible)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [
        ("sources", "pmid", "32680541"),
        ("sources", "doi", "10.1186/s13256-020-02426-5"),
        ("sources", "pmcid", "PMC7705906"),
        ("sources", "retracted", "2022-09-14"),
        ("sources", "source_id", "smith2027"),
        ("sources", "kind", "journal-article"),
        ("measurements", "mean", "-45.5"),
        ("measurements", "n", "45"),
        ("measurements", "timepoint_months", "3"),
        ("changes", "p_value", "<0.01"),
        ("outcomes", "percent_reported", "12.5"),
        ("studies", "registry_id", "NCT02313415"),
    ],
)
def test_full_width_characters_are_made_plain_and_told(
    table: str, column: str, text: str, tmp_path: Path
) -> None:
    (row,) = read_filled(sheet_with(tmp_path, table, wide(text), column, note="x"))
    assert row.cells[column] == text
    (mend,) = row.mended
    assert (mend.row, mend.column, mend.value) == (2, column, wide(text))
    assert "full-width" in mend.rule


def test_a_limit_in_place_of_a_number_is_named_as_typed(data: Path, tmp_path: Path) -> None:
    levels = [{**LEVEL, "mean": "＜0.01"}, {**LEVEL, "timepoint_months": "3", "mean": "<0.01"}]
    with pytest.raises(evidence.EvidenceError) as caught:
        add.add(read_filled(csv_folder(tmp_path, measurements=levels)), data, name="sheet")
    rule = "is not a number; it is a limit; mean stays blank, and the limit goes into text_value"
    assert [(fault.row, fault.column, fault.value, fault.rule) for fault in caught.value.faults] == [
        (2, "mean", "＜0.01", f"{rule}; it has full-width characters, and is read as '<0.01'"),
        (3, "mean", "<0.01", rule),
    ]


def test_in_sentences_only_letters_and_digits_are_made_plain(tmp_path: Path) -> None:
    typed = "卵巢功能，Ｔａｂｌｅ ２（见附录）"
    (row,) = read_filled(sheet_with(tmp_path, "measurements", typed, "note", **LEVEL))
    assert row.cells["note"] == "卵巢功能，Table 2（见附录）"
    assert row.mended[0].value == typed


@given(
    text=st.text(
        st.characters(min_codepoint=0xFF00, max_codepoint=0xFF5F) | st.characters(codec="ascii"), max_size=12
    )
)
def test_full_width_text_is_narrowed_once_and_reads_the_same(text: str) -> None:
    for signs in (True, False):
        once = narrow(text, signs=signs)
        assert narrow(once, signs=signs) == once
        assert unicodedata.normalize("NFKC", once) == unicodedata.normalize("NFKC", text)
        assert not any("０" <= sign <= "９" for sign in once)
