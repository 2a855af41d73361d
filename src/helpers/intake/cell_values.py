"""What a person reads in a cell of a workbook: its value as its number format shows it, or why that is not clear."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any, cast

from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

from helpers.evidence.characters import clean, narrow
from helpers.evidence.columns import Column

_DECIMAL_COMMA = re.compile(r"[+-]?\d+(?:,\d+)+(?:\.\d+)?")
_AS_TEXT = "format the cell as text and type what the document prints"
#: An escape of XML; a spreadsheet shows the character that it means.
_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")
#: Text in quotes, an escaped sign, room as wide as a sign, a filler, a bracket, and what makes up a number.
_TOKENS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|General|[Ee][+-]|.', re.DOTALL)
_IN_NUMBERS = re.compile(r"General|[Ee][+-]|[0#?.,%]")
#: Brackets that only give a colour or the language.
_MUTE = re.compile(
    r"\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+|\$-[^\]]*)\]", re.IGNORECASE
)
#: Signs that need no quotes.
_BARE = " $-+():!^&'~{}<>="
#: Digits before and after the point, and of the power of ten; a comma between digits marks thousands.
_PLACES = re.compile(r"(?P<whole>(?:[0#?,]*[0#?])?)(?:\.(?P<part>[0#?]*))?(?:[Ee][+-](?P<power>0+))?")
#: The only order of year, month and day that cannot be taken for another date.
_YEAR_FIRST = re.compile(r"yyyy-+m{1,2}-+d{1,2}")
#: Of a number without a format, a spreadsheet shows eleven characters.
_SHOWN_WHOLE, _SHOWN_DECIMALS = 11, 10
#: Enough digits for the largest number of a spreadsheet.
_EXACT = Context(prec=700, rounding=ROUND_HALF_UP)


class UnclearError(ValueError):
    """A cell that cannot be taken for what it shows: `value` is its content, `rule` what is wrong and what would be right."""

    def __init__(self, value: object, rule: str) -> None:
        self.value, self.rule = str(value), rule
        super().__init__(f"{self.value!r}: {rule}")


@dataclass(frozen=True)
class CellText:
    """A cell as text, the rule that it breaks, and what a reader must know of it: text as typed, and remark."""

    text: str
    rule: str = ""
    remarks: tuple[tuple[str, str], ...] = ()


def read_cell(cell: Any, rules: Column | None) -> CellText:
    """Read a cell as a person does."""
    if isinstance(cell, str):
        return _typed(cell, rules)
    if isinstance(cell, MergedCell):
        return CellText("")
    if not isinstance(cell, Cell):
        return CellText(str(cell), "is merged across columns; unmerge the cells")
    try:
        read = _typed(shown(cell), rules)
    except UnclearError as unclear:
        read = CellText(unclear.value, unclear.rule)
    if cell.comment:
        remark = "is a comment on the cell, and is not added; write it into the column note"
        read = replace(read, remarks=(*read.remarks, (clean(cell.comment.text), remark)))
    return read


def _typed(value: str, rules: Column | None) -> CellText:
    typed = clean(value)
    kind = rules.kind if rules else "text"
    # In sentences of a Chinese page the signs are full-width, and stay so.
    coded = rules is None or kind != "text" or bool(rules.pattern or rules.words or rules.references)
    text = narrow(typed, signs=coded)
    remarks = ((typed, f"is taken as {text}: full-width characters are made plain"),) if text != typed else ()
    if kind == "text":
        return CellText(text, remarks=remarks)
    text = text.replace("\u2212", "-")  # the minus sign of printed pages
    if rules and rules.unit == "percent":
        text = text.removesuffix("%").rstrip()
    rule = ""
    if _DECIMAL_COMMA.fullmatch(text):
        rule = "has a comma; write decimals with a point, and thousands without a separator"
    return CellText(text, rule, remarks)


def shown(cell: Cell) -> str:
    """Give the text that a person reads in a cell of a workbook that was loaded with rich text.

    Numbers have the decimals that are shown and no mark of thousands; dates are written as 2022-09-14. Raises
    UnclearError for a cell that holds another value than it shows, or shows it by characters raised, lowered or
    struck through.
    """
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        raise UnclearError(getattr(value, "text", value), "is a formula; write the value itself")
    if cell.data_type == "e":
        raise UnclearError(value, "is an error of the spreadsheet; write what the document says")
    if isinstance(value, bool):
        rule = "is a truth value of the spreadsheet; format the cell as text and type it again"
        raise UnclearError(str(value).upper(), rule)
    parts = value if isinstance(value, list) else [value]
    marks = [_marks(getattr(part, "font", cell.font)) for part in parts]
    if any(marks):
        rule = (
            f"has characters raised (^), lowered (_) or struck through (~) in cell {cell.coordinate}; write plain ones, "
            "a power of ten as 10^7, and leave out a mark of a footnote"
        )
        raise UnclearError("".join(f"{mark}{part}" for mark, part in zip(marks, parts, strict=True)), rule)
    code = _format_of(cell)
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        return _date(value, code)
    return _number(value, code) if isinstance(value, int | float) else _words(str(value), code)


def _marks(font: Any) -> str:
    """Mark characters that are raised, lowered or struck through with a sign each."""
    raised = {"superscript": "^", "subscript": "_"}.get(font.vertAlign, "")
    return raised + "~" * bool(font.strike)


def _format_of(cell: Cell) -> str:
    number = cast("Any", cell)._style.numFmtId if cell.has_style else 0
    if number < BUILTIN_FORMATS_MAX_SIZE and number not in BUILTIN_FORMATS:
        # The formats of East Asian and Thai dates have a number only, and openpyxl takes them for none.
        return f"[format {number}]"
    return str(cell.number_format)


def _sections(code: str) -> list[list[str]]:
    """Split a format into what holds for numbers above zero, below, zero and text, each in its parts."""
    sections: list[list[str]] = [[]]
    for token in _TOKENS.findall(code):
        if token == ";":
            sections.append([])
        else:
            sections[-1].append(token)
    return sections


def _words(text: str, code: str) -> str:
    if _ESCAPE.search(text):
        raise UnclearError(text, "has the code of a character that cannot be typed; type the cell again")
    sections = _sections(code)
    section = next((section for section in sections if "@" in section), ["@"])
    if len(sections) > 3:
        section = sections[3]
    literals = [text if token == "@" else _literal(token) for token in section]
    if "@" not in section or None in literals:
        raise _by_format(text, code)
    return "".join(filter(None, literals))


def _number(value: float, code: str) -> str:
    # Fifteen digits are what a spreadsheet keeps; the rest is noise of its arithmetic.
    exact = Decimal(f"{value:.15g}")
    sections = [section for section in _sections(code) if "@" not in section][:3] or [["General"]]
    below = exact < 0 and len(sections) > 1
    section = sections[1] if below else sections[2] if exact == 0 and len(sections) > 2 else sections[0]
    before, places, after = "", "", ""
    scaled = abs(exact)
    for token in section:
        if token == "%":
            scaled *= 100
        if token != "%" and _IN_NUMBERS.fullmatch(token) and not after:
            places += token
            continue
        literal = "%" if token == "%" else _literal(token)
        if literal is None:
            raise _by_format(exact, code)
        before, after = (before, after + literal) if places else (before + literal, after)
    digits = _general(scaled) if places == "General" else _placed(scaled, places)
    if digits is None:
        raise _by_format(exact, code)
    text = f"{before}{digits}{after}"
    # With a format of its own a number below zero has the sign that the format gives it.
    if exact < 0 and not below:
        text = f"-{text}"
    elif below and not re.search(r"[-(]", before):
        raise _shown_as(exact, text)
    if Decimal(digits) != scaled:
        raise _shown_as(exact, text)
    return text


def _literal(token: str) -> str | None:
    """Give what a part of a format shows by itself; None where that is not known."""
    if token.startswith("_") or token == "* ":
        return " "
    if token[0] in '"\\' and len(token) > 1:
        return token[1:].removesuffix('"') if token[0] == '"' else token[1:]
    if _MUTE.fullmatch(token):
        return ""
    if token.startswith("[$"):
        return token[2:-1].partition("-")[0]
    return token if token in _BARE or not token.isascii() else None


def _placed(number: Decimal, code: str) -> str | None:
    """Write a number with the places that a format gives it; None where the format does more."""
    places = _PLACES.fullmatch(code)
    if not places or not places["whole"] + (places["part"] or ""):
        return None
    whole, part, power = places["whole"].replace(",", ""), places["part"] or "", places["power"]
    exponent = number.adjusted() if power and number else 0
    if power and len(whole) != 1:
        return None
    rounded = number.scaleb(-exponent, _EXACT).quantize(Decimal(1).scaleb(-len(part)), context=_EXACT)
    before, _, after = f"{rounded:f}".partition(".")
    kept = part.rfind("0") + 1
    after = after[:kept] + after[kept:].rstrip("0")
    text = before.lstrip("0").rjust(whole.count("0"), "0") + ("." if after else "") + after
    return text + (f"E{exponent:+0{len(power) + 1}d}" if power else "") if text else None


def _general(number: Decimal) -> str:
    whole = number == number.to_integral_value()
    kept = Decimal(f"{number:.{(_SHOWN_WHOLE if whole else _SHOWN_DECIMALS) - 1}e}")
    return f"{kept.normalize():f}"


def _date(value: datetime.date | datetime.time | datetime.timedelta, code: str) -> str:
    day = value
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        day = value.date()
    letters = "".join(token if re.fullmatch("[A-Za-z]", token) else "-" for token in _sections(code)[0])
    if type(day) is datetime.date and _YEAR_FIRST.fullmatch(letters.lower().strip("-")):
        return day.isoformat()
    raise UnclearError(
        day, "became a date or time in the spreadsheet; format the cell as text and type it again"
    )


def _by_format(value: object, code: str) -> UnclearError:
    return UnclearError(value, f"is shown by the number format {code}, as something else; {_AS_TEXT}")


def _shown_as(value: Decimal, text: str) -> UnclearError:
    return UnclearError(f"{value:f}", f"is shown as {text.strip()} by its number format; {_AS_TEXT}")
