"""How counts, lists and proportions are put into words."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from helpers.counts.outcomes import percent


def listed(words: Iterable[str]) -> str:
    """Join words as in a sentence.

    Parameters
    ----------
    words : iterable of str
        The words; repeated ones are named once.

    Returns
    -------
    str
        ``"a"``, ``"a and b"`` or ``"a, b and c"``; ``"none"`` where there is none.
    """
    unique = list(dict.fromkeys(words))
    if not unique:
        return "none"
    if len(unique) == 1:
        return unique[0]
    return f"{', '.join(unique[:-1])} and {unique[-1]}"


def counted(number: int, singular: str, plural: str = "") -> str:
    """Write a number with its noun: ``1 study``, ``2 studies``, ``1,146 women-months``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


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


def plain(text: object) -> str:
    """Write text from a table so that markdown shows it as it stands, markup and all.

    Parameters
    ----------
    text : object
        A cell of a table.

    Returns
    -------
    str
        The text with every mark that markdown or HTML would act on defused.
    """
    # Within a word an underscore is no mark, and in an address a backslash would become part of it.
    return re.sub(r"([\\`*\[\]{}|~$]|(?<![^\W_])_|_(?![^\W_]))", r"\\\1", html.escape(str(text), quote=False))


def interval_words(method: str, level: float) -> str:
    """Name a confidence interval: ``95 % Clopper-Pearson CI``."""
    name = "-".join(part.capitalize() for part in method.split("-"))
    return f"{100 * level:g} % {name} CI"
