"""Results typed into prose: numbers of every form but those listed here, which say how something is done or named."""

from __future__ import annotations

import re
from collections.abc import Iterable

_INTERVAL = r"(?:confidence |credible |prediction )?(?:intervals?|limits|level|CIs?|CrIs?|PIs?)\b"
_CHINESE_INTERVAL = r"(?:置信|可信|预测)(?:区间|水平)"
_STATISTIC = r"(?:[nNpP]|OR|RR|HR|RD|MD|SMD|SD|SE|CI)"
_TIME = r"(?:days?|weeks?|months?|years?)\b"

#: The forms in which a number is no result. What a form does not take in is read again: of "95 % CI 2 to 16", 2 and 16 are typed.
FORMS = {
    "code": r"`[^`\n]*`",
    "the address of a link, or a DOI": r"\]\([^)\s]*\)|https?://\S+|\b10\.\d{4,9}/\S+",
    "the number of a list": r"(?m:^\s*\d+\. )",
    "the level of an interval": rf"\b(?:80|90|95|99)\s?% ?(?:{_INTERVAL}|{_CHINESE_INTERVAL})",
    "the level of a test": r"\b(?:level of|α =|alpha =) (?:0\.05|0\.01|[15]\s?%)(?![\d.])",
    "degrees of freedom": r"\b[kn] ?[−–-] ?[12]\b(?![.,]\d)",
    "a power or an index": r"(?:(?<=[^\W\d_])|(?<=\}))[\^_](?:\d\b|\{\d\})",
    "a tool or a guideline": r"\b(?:RoB 2|ROBINS-I V2|PRISMA 2020|CONSORT 2010|Python 3)\b(?![.,]?\d)",
    "the name of a marker, gene or drug": rf"\b(?!{_STATISTIC}-?\d)[^\W\d_]+-?[^\W\d_]*\d{{1,3}}[^\W\d_]*\b(?![.,]\d)(?!\s?[%/])",
    "a notebook": r"\b(?:[Nn]otebooks?|[Pp]ages?) (?:\d\d(?:, | and ))*\d\d\b(?! of)|\b\d\d_[a-z_]+\b",
    "a place in a document": r"\b(?:[Tt]able|[Ff]igure|[Ss]ection|[Cc]ase|[Pp]hase|[Ss]tep) \d{1,2}\b(?!\.?\d| of)",
    "the year of a citation": r"\((?:[A-Z][^()\d]*,? )?(?:19|20)\d\d[a-z]?\)",
    "a limit in time": rf"\b(?:within|at least|at most|more than|longer than|up to) \d{{1,2}} {_TIME}",
    "the short term": r"\b1 (?:to|and) 6 months\b",
    "the age that defines the condition": r"\b(?:before|under) (?:the age of )?40(?: years)?\b(?!\s?%|[.,]\d| women)",
}  # fmt: skip

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e\d+)?(?:\s?[%‰])?")


def typed_results(prose: str, names: Iterable[str] = ()) -> list[str]:
    """List the numbers in prose that are none of the forms above and in none of the names, such as "Yan 2020"."""
    known = [
        rf"\b{re.escape(name)}\b(?! (?:women|patients|of)\b)" for name in names if re.search(r"\d", name)
    ]
    for form in [*FORMS.values(), *known]:
        prose = re.sub(form, "¤", prose)
    return _NUMBER.findall(prose)
