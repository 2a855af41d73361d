"""Which treated arm may be compared with which comparator, and in what the women of a pair differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers.counts.likeness import ASSISTED, MATCHED, SPONTANEOUS
from helpers.counts.one_count import BACKGROUND, OWN_CONTROL, TREATED, UNTREATED
from helpers.evidence.relations import SEPARATOR
from helpers.evidence.vocabulary import CONCEPTIONS, phrase
from helpers.questions.background.rows import Comparable
from helpers.show.numbers import months_text, number

#: A follow-up shorter than this part of the other is not compared; one shorter than `_NEAR` is named.
LEAST_FOLLOW_UP = 0.5
_NEAR = 0.75
#: Years between two middle ages that are named as a difference.
_AGE_GAP = 5
#: Aspects in which women are matched, in the order in which they are named.
ASPECTS = ("conception", "age", "severity", "co-treatment", "time")
UNLIKE_CONCEPTION = "conceived with assisted reproduction on one side only"
UNLIKE_TIME = "watched for less than half as long as the other"
OTHER_COUNT = "another count of the same study is nearer in the way of conceiving"
ONE_KIND = "the treated are counted by one kind of the outcome only"
#: In what women of a pair may differ, and what else is read of a comparator.
_COMPARED = [*MATCHED, "months"]
_COMPARATOR = [
    *_COMPARED, "name", "study_id", "study_label", "arm_label", "condition", "population", "who", "who_women", "stratum", "side",
    "kind", "sums", "outcome", "events", "total", "count_text", "citation", "evidence_row",
]  # fmt: skip


def candidates(counts: Comparable) -> pd.DataFrame:
    """Pair each treated arm with its own control and the background of its condition, without cohorts that may share its women.

    Columns of the comparator end in ``_b``. why is the first rule by which the pair is not compared; mismatch
    names in what the women differ, unknown in what they cannot be compared (`ASPECTS`); each is empty where
    nothing is to be said.
    """
    rows = counts.rows
    treated, others = rows[rows["side"] == TREATED], rows[rows["side"] != TREATED]
    both = treated.merge(others[_COMPARATOR], on="stratum", suffixes=("", "_b"))
    of_another = (both["side_b"] == OWN_CONTROL) & (both["study_id"] != both["study_id_b"])
    shares = [study in named for study, named in zip(both["study_id_b"], both["overlaps"], strict=True)]
    both = both[~of_another & ~np.array(shares, dtype=bool)].reset_index(drop=True)
    one_kind = (both["outcome"] != counts.outcome) & (both["outcome"] != both["outcome_b"])
    why = unlike(both)
    why = why.mask((why == "") & one_kind, ONE_KIND)
    why = why.mask((why == "") & _farther(both), OTHER_COUNT)
    read = [*_COMPARED, *(f"{name}_b" for name in _COMPARED), "outcome", "kind_b", "side_b"]
    aspects = [_differences(row) for row in both[read].itertuples()]
    named = pd.DataFrame(aspects, columns=["mismatch", "unknown"], index=both.index, dtype="str")
    return both.assign(why=why, **named)


def unlike(both: pd.DataFrame) -> pd.Series[str]:
    """Say why the counts of a pair, the second with columns in ``_b``, are not compared; empty where they may be."""
    ways = both["conception"].fillna("") + "/" + both["conception_b"].fillna("")
    apart = ways.isin([f"{ASSISTED}/{SPONTANEOUS}", f"{SPONTANEOUS}/{ASSISTED}"])
    months = both[["months", "months_b"]].astype("float64")
    short = months.min(axis=1) / months.max(axis=1) < LEAST_FOLLOW_UP
    why = np.select([apart, short], [UNLIKE_CONCEPTION, UNLIKE_TIME], "")
    return pd.Series(why, index=both.index, dtype="str")


def unlike_some_treated(rows: pd.DataFrame, pool: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Mark the counts that are `unlike` some treated count of their pool, given as numbers: where the treated are pooled, these drop."""
    known = rows[["conception", "months"]].assign(pool=pool, row=np.arange(len(rows)))
    both = known[(rows["side"] == TREATED).to_numpy()].merge(known, on="pool", suffixes=("", "_b"))
    marked: npt.NDArray[np.bool_] = np.isin(np.arange(len(rows)), both.loc[unlike(both) != "", "row_b"])
    return marked


def _farther(both: pd.DataFrame) -> pd.Series[bool]:
    """Mark, where a study counts its women as a sum and in a part, those of the two that are farther in the way of conceiving.

    The sum is nearer, unless only the part conceived as the treated did.
    """
    group = [both["name"], both["study_id_b"]]
    background = both["side_b"] == BACKGROUND
    sums = (both["sums_b"].astype(bool) & background).groupby(group).transform("any")
    like = both["conception"].notna() & (both["conception"] == both["conception_b"])
    nearest = like | (both["sums_b"].astype(bool) & ~like.groupby(group).transform("any"))
    return background & sums & ~nearest


def _differences(row: Any) -> tuple[str, str]:
    """Name the aspects in which the women of a pair differ, with the words of both, and those that are not known for both."""
    conception = _words(row.conception, row.conception_b) if row.outcome in CONCEPTIONS else ""
    severity = _words(row.severity, row.severity_b)
    found = (conception, _age(row), severity, _co_treatment(row), _time(row))
    aspects = dict(zip(ASPECTS, found, strict=True))
    differ = "; ".join(f"{aspect} ({words})" for aspect, words in aspects.items() if words)
    # The arms of one study are alike in what it does not report.
    unknown = [] if row.side_b == OWN_CONTROL else [name for name, words in aspects.items() if words is None]
    return differ, ", ".join(unknown)


def _words(mine: Any, theirs: Any) -> str | None:
    """Write two words where they differ: nothing where they are equal, None where one is not known."""
    if pd.isna(mine) or pd.isna(theirs):
        return None
    return "" if mine == theirs else f"{phrase(mine)} v {phrase(theirs)}"


def _age(row: Any) -> str | None:
    mine = _years(row.age_mean, row.age_median, row.age_min, row.age_max)
    theirs = _years(row.age_mean_b, row.age_median_b, row.age_min_b, row.age_max_b)
    if mine is None or theirs is None:
        return None
    (low, high, text), (other_low, other_high, other_text) = mine, theirs
    gap = _AGE_GAP if low == high and other_low == other_high else 0
    apart = max(low - other_high, other_low - high) > gap
    return f"{text} v {other_text} years" if apart else ""


def _years(mean: float, median: float, youngest: float, oldest: float) -> tuple[float, float, str] | None:
    """Give the span of ages that is known, a middle age before a range, and its words; None where nothing is."""
    middle = median if pd.isna(mean) else mean
    if pd.notna(middle):
        return middle, middle, number(middle)
    if pd.isna(youngest) and pd.isna(oldest):
        return None
    if pd.isna(oldest):
        return youngest, np.inf, f"{number(youngest)} or more"
    if pd.isna(youngest):
        return 0, oldest, f"at most {number(oldest)}"
    return youngest, oldest, f"{number(youngest)} to {number(oldest)}"


def _co_treatment(row: Any) -> str | None:
    mine, theirs = row.co_treatment, row.co_treatment_b
    if pd.isna(mine) or (pd.isna(theirs) and row.kind_b != UNTREATED):
        return None
    one, other = _treatments(mine), _treatments(theirs)
    return "" if one == other else f"{one} v {other}"


def _treatments(words: Any) -> str:
    """Name co-treatments, adhesiolysis by one name however it was done."""
    given = [] if pd.isna(words) else str(words).split(SEPARATOR)
    names = {phrase(word.removeprefix("hysteroscopic-")) for word in given}
    return " + ".join(sorted(names, key=str.lower)) or "none"


def _time(row: Any) -> str | None:
    if pd.isna(row.months) or pd.isna(row.months_b):
        return None
    longer = max(row.months, row.months_b)
    near = longer == 0 or min(row.months, row.months_b) / longer >= _NEAR
    return "" if near else f"{months_text(row.months)} v {months_text(row.months_b)}"
