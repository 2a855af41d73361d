"""Short or long term: the article's own windows, read from its criteria."""

from __future__ import annotations

import pandas as pd

EARLY = "before the short-term window"
SHORT = "short term"
LONG = "long term"
UNKNOWN = "time not printed"


def horizon(months: pd.Series, criteria: pd.DataFrame) -> pd.Series:
    """Put months after treatment into the windows by which the article judges effect, given by its short-term criteria.

    `EARLY`, `SHORT`, `LONG` or `UNKNOWN` (no month printed), with the index of `months`. The end of the short-term
    window belongs to it.
    """
    short = criteria[criteria["horizon"] == "short"]
    begin, end = float(short["from_months"].min()), float(short["to_months"].max())
    words = pd.Series(UNKNOWN, index=months.index)
    words[months < begin] = EARLY
    words[(months >= begin) & (months <= end)] = SHORT
    words[months > end] = LONG
    return words
