"""What papers print and people type where a number belongs, and what to write in its place."""

from __future__ import annotations

import re
from collections.abc import Collection

from helpers.evidence.characters import narrow
from helpers.evidence.dates import MONTHS

_NUMBER = r"\d+(?:\.\d+)?"
_COUNT_OF_TOTAL = re.compile(r"(\d+)\s*(?:/|of|out of)\s*(\d+)", re.ASCII)
_COUNT_AND_PERCENT = re.compile(rf"(\d+)\s*[(（]\s*({_NUMBER})\s*%?\s*[)）]", re.ASCII)
_BOUND = re.compile(rf"[<>≤≥]=?\s*{_NUMBER}\s*%?", re.ASCII)
_WITH_SPREAD = re.compile(rf"(-?{_NUMBER})\s*(?:±|\+/-)\s*({_NUMBER})", re.ASCII)
_ACT = (
    r"(?:treatment|therapy|intervention|procedure|operation|surgery|injection|transplant(?:ation)?|infusion)"
)
#: Words for a time before treatment.
_BEFORE = re.compile(
    rf"(?:at )?baseline|before(?: (?:the )?{_ACT})?|pre(?:[- ]?(?:{_ACT}|op(?:erative)?))?"
    "|基线期?|(?:治疗|手术|术|移植|注射|干预)前",
    re.IGNORECASE,
)
_WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = {
    "months": r"months?|mos?\.?|m|个月",
    "weeks": r"weeks?|wks?\.?|w|周",
    "days": r"days?|d|天",
    "years": r"years?|yrs?\.?|y|年",
}
_UNIT = "|".join(_UNITS.values())
_AFTER = r"(?:[\s-]*(?:after|post|later|follow|from|of)\b.*|后)?"
#: A number with its unit, or behind it; a day before its number may be one of the cycle.
_SPAN = re.compile(
    rf"(?:(?:at|after|post)[\s-]*|(?:治疗|手术|术|移植|注射|干预)后第?)?"
    rf"(?P<number>{_NUMBER}|{'|'.join(_WORDS)})[\s-]*(?P<unit>{_UNIT}){_AFTER}",
    re.IGNORECASE | re.ASCII,
)
_NUMBERED = re.compile(
    rf"(?P<unit>months?|m|weeks?|w|years?|y)[\s.-]*(?P<number>{_NUMBER}){_AFTER}", re.IGNORECASE | re.ASCII
)


def months_meant(text: str) -> str | None:
    """Read ``"baseline"``, ``"12 weeks"`` or ``"month 3"`` as months, before treatment as ``"0"``.

    None for what is no time or unclear.
    """
    if _BEFORE.fullmatch(text):
        return "0"
    span = _SPAN.fullmatch(text) or _NUMBERED.fullmatch(text)
    if not span:
        return None
    word = span["number"].lower()
    number = _WORDS.index(word) + 1 if word in _WORDS else float(word)
    unit = next(
        unit for unit, form in _UNITS.items() if re.fullmatch(form, span["unit"], re.IGNORECASE | re.ASCII)
    )
    return in_months(12 * number, "months") if unit == "years" else in_months(number, unit)


def in_months(number: float, unit: str) -> str:
    """Write a time in a unit of `MONTHS` as months, to a hundredth."""
    return f"{number * MONTHS[unit]:.2f}".rstrip("0").rstrip(".")


def instead(text: str, column: str, unit: str, columns: Collection[str]) -> str:
    """Say what to write in place of text that is no number, as ``write 3 here and 24 in total``.

    Empty where nothing is known.
    """
    if unit == "months":
        months = months_meant(text)
        return (
            f"write {months}, the time in months"
            if months
            else "write months; 0 is before treatment, blank means not reported"
        )
    counted = column in ("events", "n") and "percent_reported" in columns
    if counted and (found := _COUNT_OF_TOTAL.fullmatch(text)):
        return f"write {found[1]} here and {found[2]} in total"
    if counted and (found := _COUNT_AND_PERCENT.fullmatch(text)):
        return f"write {found[1]} here and {found[2]} in percent_reported"
    stem = column.removesuffix("mean")
    spreads = " or ".join(name for name in (f"{stem}sd", f"{stem}se") if name in columns)
    if stem != column and spreads and (found := _WITH_SPREAD.fullmatch(text)):
        return f"write {found[1]} here and {found[2]} in {spreads}, whichever was printed"
    if _BOUND.fullmatch(narrow(text)):
        place = ", and the limit goes into text_value" if "text_value" in columns else ""
        return f"it is a limit; {column} stays blank{place}"
    if not text.endswith("%"):
        return ""
    if unit == "percent":
        return "leave out the percent sign"
    if counted:
        return f"a percentage that was printed goes into percent_reported, and {column} stays blank"
    return "it is a percentage; the column takes a number in the unit that its name says"
