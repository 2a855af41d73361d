"""Percentages against their denominators: GRIM for percentages."""

from __future__ import annotations

from decimal import Decimal


def possible_counts(percent: str, total: int) -> list[int]:
    """List the counts of a total that could have been printed as a percentage.

    Parameters
    ----------
    percent : str
        The percentage as printed; its decimals tell how it was rounded.
    total : int
        The denominator.

    Returns
    -------
    list of int
        Every count whose exact percentage lies within half a unit of the last printed digit, limits
        included, since both ways of rounding a half are in use.

    References
    ----------
    Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369, for percentages.
    """
    printed, half = Decimal(percent), half_unit(percent)
    low = int((printed - half) * total / 100) - 1
    high = int((printed + half) * total / 100) + 1
    nearby = range(max(0, low), min(total, high) + 1)
    return [k for k in nearby if abs(Decimal(k) * 100 - printed * total) <= half * total]


def half_unit(printed: str) -> Decimal:
    """Give half a unit of the last digit of a printed figure: how far rounding can have moved it."""
    exponent = Decimal(printed).as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2
