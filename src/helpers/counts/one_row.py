"""Which row stands for an arm or a study where several report on the same women: counts, levels, changes, reports.

Every page chooses by these policies, and names those that it needs; `one_count` adds the rules for counts alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.provenance import NEAREST, nearest

Rule = Callable[[pd.DataFrame], "pd.Series[str]"]
#: A direction of which the source does not say what it is compared with, or in whom.
UNCLEAR = "unclear"
#: Statistics that go before others of the same women.
MEANS = ("mean", "geometric mean")
#: Where a row says when: counts and levels, changes, reports from all tables.
_TIMES = ("timepoint_months", "to_months", "months")


def _month(rows: pd.DataFrame) -> pd.Series[float]:
    return rows[next(name for name in _TIMES if name in rows)].astype("float64")


def nearness(origins: pd.Series[str]) -> pd.Series[int]:
    """Rank who reports each row, the study itself lowest; of joined reporters (``a; b``) the nearest counts."""
    ranks = {names: NEAREST.index(nearest(names)) for names in origins.unique()}
    return origins.map(ranks).astype("int64")


#: The policies: the key of which the lowest stands, and why the others do not.
_POLICIES: dict[str, tuple[Callable[[pd.DataFrame], Any], str]] = {
    "sum": (lambda rows: ~rows["sums"], "these women are in the sum of the arms"),
    "clear": (lambda rows: rows["direction"] == UNCLEAR, "its direction is unclear, and another is clear"),
    "fullest": (lambda rows: -rows["times"], "a document with fewer times of the same women"),
    "printed": (lambda rows: rows["extraction"] == "digitised", "read off a figure, and printed elsewhere"),
    "nearest": (lambda rows: nearness(rows["origin"]), "told by a source nearer to the study"),
    "cohort": (lambda rows: rows["subject"] != "cohort", "one woman of a cohort that is reported as a whole"),
    "women": (lambda rows: rows["total_unit"] != "women", "not counted in women"),
    "whole": (lambda rows: rows["subgroup"].notna(), "part of an arm that is counted as a whole"),
    "levels": (lambda rows: rows["in_words"], "a direction in words beside the two levels"),
    "timed": (lambda rows: _month(rows).isna(), "without a time, beside one with a time"),
    "latest": (lambda rows: -_month(rows).fillna(np.inf), "an earlier time point of the same arm"),
    "earliest": (lambda rows: _month(rows).fillna(np.inf), "a later time point of the same arm"),
    "mean": (lambda rows: ~rows["statistic"].isin(MEANS), "not the mean, which is reported too"),
    "largest": (
        lambda rows: rows["total"].rank(method="first", ascending=False, na_option="bottom"),
        "the same arm, told again or among fewer women",
    ),
    "first": (lambda rows: pd.Series(range(len(rows)), rows.index), "reported again"),
}


def preferred(words: Mapping[str, str] | None = None, **within: list[str]) -> tuple[Rule, ...]:
    """Make the rules that keep, of several rows, those that stand for an arm or a study.

    `within` names the policies in the order in which they run, each with the columns within which it chooses; a policy sees only
    what the ones before it kept. Counts take them in this order, and other rows follow it as far as they can: sum (of arms,
    before its parts), nearest (the study's own documents, then reviews and press, then the article), women (before other units),
    whole (the arm, before its parts), latest (a row without a time is that of the end of the study), largest (of equal totals the
    first). The others: clear (direction), fullest (the document with most times), printed (before what was read off a figure),
    cohort (before one woman), levels (before words), timed (before untimed), earliest, mean, first. All but largest and first
    keep ties. `words` are other reasons than theirs.
    """
    return tuple(
        partial(
            _behind, key=_POLICIES[name][0], within=columns, why=(words or {}).get(name, _POLICIES[name][1])
        )
        for name, columns in within.items()
    )


def standing(rows: pd.DataFrame, **within: list[str]) -> pd.DataFrame:
    """Keep the rows that stand, by the policies of `preferred`, in the order of the rows."""
    why = first_broken(rows.reset_index(drop=True), preferred(None, **within))
    return rows[why.eq("").to_numpy()]


def first_broken(rows: pd.DataFrame, rules: Iterable[Rule]) -> pd.Series[str]:
    """Give the first rule that each row breaks, as the reason for excluding it; empty where it breaks none.

    Each rule sees only the rows that kept those before it.
    """
    why = pd.Series("", index=rows.index, dtype="str")
    left = rows
    for rule in rules:
        if len(left) and len(broken := rule(left)):
            why[broken.index] = broken
            left = rows[why == ""]
    return why


def reason_for(rows: pd.DataFrame, broken: pd.Series[bool], words: str) -> pd.Series[str]:
    """Give the reason `words` to the rows that are broken."""
    return pd.Series(words, index=rows.index[broken.to_numpy(dtype=bool)], dtype="str")


def _behind(
    rows: pd.DataFrame, key: Callable[[pd.DataFrame], Any], within: list[str], why: str
) -> pd.Series[str]:
    # A row that is alone within its columns is behind no other.
    shared = rows.duplicated(within, keep=False)
    if not shared.any():
        return pd.Series(dtype="str")
    rows = rows[shared]
    codes = (rows[column].factorize(use_na_sentinel=False)[0] for column in within)
    groups = list(zip(*codes, strict=True))
    keys = key(rows).astype("float64")
    best: dict[tuple[int, ...], float] = {}
    for group, value in zip(groups, keys, strict=True):
        best[group] = min(best.get(group, np.inf), value)
    return reason_for(rows, keys > [best[group] for group in groups], why)
