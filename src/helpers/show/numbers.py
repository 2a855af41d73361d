"""Numbers as text: percentages, points, intervals, months."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pandas as pd


def number(value: float, digits: int | None = None, *, sign: bool = False) -> str:
    """Write a number as it is, ``0.3`` or ``−14``, or with so many decimals, ``0.30``; with its sign: ``+1.4``."""
    text = f"{abs(value):g}" if digits is None else f"{abs(value):.{digits}f}"
    return f"{'−' if value < 0 else '+' if sign else ''}{text}"


def significant(value: float, digits: int) -> str:
    """Write a number with so many significant digits: ``0.0078`` with two."""
    return f"{'−' if value < 0 else ''}{abs(value):.{digits}g}"


def count(value: float) -> str:
    """Write a count, with its thousands apart: ``1,080``."""
    return f"{value:,.0f}"


def rounded(value: float) -> str:
    """Write a measured time or ratio, whole from twenty on: ``6.7``, ``1,080``."""
    return count(value) if value >= 20 else number(value, 1)


def percent(proportion: float) -> str:
    """Write a proportion in percent with one decimal, halves up, as papers do: 13/16 is 81.3."""
    exact = Decimal(str(round(100 * proportion, 9)))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def percent_ci(estimate: float, low: float, high: float, unit: str = " %") -> str:
    """Write a proportion in percent with the limits of its interval: ``6.6 % (1.8 to 15.9)``; a column of percent needs no unit."""
    return f"{percent(estimate)}{unit} ({percent(low)} to {percent(high)})"


def ratio_ci(estimate: Any, low: Any, high: Any) -> str:
    """Write a ratio, or another number without a unit, cells of a table, with its interval: ``1.55 (1.19 to 2.02)``."""
    return f"{estimate:.2f} ({low:.2f} to {high:.2f})"


def in_percent(share: float) -> str:
    """Write a level or a round share in percent, as it is: ``95 %``."""
    return f"{100 * share:g} %"


def points(share: float) -> str:
    """Write a difference of proportions in percentage points, with its sign: ``+1.3``."""
    sign = "−" if share < 0 else "+"
    return sign + percent(abs(share))


def per_hundred(share: float, *, sign: bool = False) -> str:
    """Write a proportion as women in a hundred: whole, halves up, with one decimal below one: ``8``, ``0.4``, ``+19`` with its sign."""
    exact = Decimal(str(round(100 * abs(share), 9)))
    small = 0 < exact < 1
    text = str(exact.quantize(Decimal("0.1" if small else "1"), ROUND_HALF_UP))
    return f"{'−' if share < 0 else '+'}{text}" if sign else text


def p_text(p: float) -> str:
    """Write a p value with two significant digits: ``0.62``, ``0.0078``, ``<0.001``."""
    return "<0.001" if p < 0.001 else significant(p, 2)


def p_equals(p: float) -> str:
    """Write a p value as in a sentence: ``p = 0.62``, ``p < 0.001``."""
    return "p < 0.001" if p < 0.001 else f"p = {p_text(p)}"


def count_of(events: Any, total: Any) -> str:
    """Write a count with its total, both cells of a table: ``4 of 61``, or ``4, total not printed``."""
    # All digits, also of a million.
    return f"{events:.15g}, total not printed" if pd.isna(total) else f"{events:.15g} of {total:.15g}"


def proportion_words(events: int, total: int, low: float, high: float, level: float) -> str:
    """Write a count and its proportion with its interval: ``4 of 61 (6.6 %, 95 % CI 1.8 to 15.9 %)``."""
    limits = f"{in_percent(level)} CI {percent(low)} to {percent(high)} %"
    return f"{count_of(events, total)} ({percent(events / total)} %, {limits})"


def interval_words(method: str, level: float) -> str:
    """Name a confidence interval: ``95 % Clopper-Pearson CI``."""
    name = "-".join(part.capitalize() for part in method.split("-"))
    return f"{in_percent(level)} {name} CI"


def months_text(months: float) -> str:
    """Write a time of follow-up: ``30 months`` or ``not printed``."""
    return "not printed" if pd.isna(months) else f"{months:g} months"


def limits_text(low: float, high: float) -> str:
    """Write the limits of a change: ``+0.10 to +2.62``."""
    return f"{signed(low)} to {signed(high)}"


def change_text(effect: float, low: float, high: float) -> str:
    """Write a change with its interval: ``+1.36 (+0.10 to +2.62)``."""
    return f"{signed(effect)} ({limits_text(low, high)})"


def signed(value: float) -> str:
    """Write a change with its sign: ``+1.36``."""
    return number(value, 2, sign=True)
