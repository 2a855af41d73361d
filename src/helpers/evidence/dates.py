"""Dates as documents print them: a day, a month or a year."""

from __future__ import annotations

import calendar
import re
from datetime import date

#: Days in a month; a month is a twelfth of a year of 365.25 days.
DAYS_PER_MONTH = 365.25 / 12
#: Months in a unit of time.
MONTHS = {"months": 1.0, "weeks": 7 / DAYS_PER_MONTH, "days": 1 / DAYS_PER_MONTH}
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def days_of(text: str) -> tuple[date, date] | None:
    """Give the first and the last day that a date as ``2014-11-28``, ``2014-11`` or ``2014`` can mean.

    None for other text.
    """
    parts = _DATE.fullmatch(text)
    if not parts:
        return None
    year, month, day = (int(part) if part else 0 for part in parts.groups())
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if parts[2]:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        return None
