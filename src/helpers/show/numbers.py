"""Numbers as text: percentages, points, intervals, months."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pandas as pd


def percent(proportion: float) -> str:
    """Write a proportion in percent with one decimal, halves up, as papers do: 13/16 is 81.3."""
    exact = Decimal(str(round(100 * proportion, 9)))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def points(share: float) -> str:
    """Write a difference of proportions in percentage points, with its sign: ``+1.3``."""
    sign = "−" if share < 0 else "+"
    return sign + percent(abs(share))


def proportion_words(events: int, total: int, low: float, high: float, level: float) -> str:
    """Write a proportion with its interval.

    Parameters
    ----------
    events, total : int
        The counts.
    low, high : float
        Limits of the interval, as proportions.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    str
        For example ``4 of 61 (6.6 %, 95 % CI 1.8 to 15.9 %)``.
    """
    limits = f"{100 * level:g} % CI {percent(low)} to {percent(high)} %"
    return f"{events} of {total} ({percent(events / total)} %, {limits})"


def interval_words(method: str, level: float) -> str:
    """Name a confidence interval: ``95 % Clopper-Pearson CI``."""
    name = "-".join(part.capitalize() for part in method.split("-"))
    return f"{100 * level:g} % {name} CI"


def months_text(months: float) -> str:
    """Write a time of follow-up: ``30 months`` or ``not printed``."""
    return "not printed" if pd.isna(months) else f"{months:g} months"
