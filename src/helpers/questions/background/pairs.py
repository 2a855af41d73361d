"""Each treated arm against each comparator of its condition: difference, probability, and the trial that would settle it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.counts.one_count import OWN_CONTROL, with_women
from helpers.questions.background.matching import candidates
from helpers.questions.background.rows import KINDS, Comparable
from helpers.show.numbers import percent, points

#: Discounts between which the probability is shown.
NO_DISCOUNT, HIGH_DISCOUNT = 0.0, 0.9
POWERS = (0.8, 0.9)
#: Marks a comparator that counts another word of the outcome than the treated arm.
OTHER_WORD = "†"
HIGHER, LOWER, UNCLEAR = "above zero", "below zero", "includes zero"
_PAIR = [
    "name", "stratum", "study_id", "role", "treated", "treated_women", "population", "comparator", "same_word", "against", "against_women",
    "comparator_label", "comparator_women", "comparator_population", "comparator_side", "comparator_kind",
    "conception", "comparator_conception", "mismatch", "unknown", "randomised", "events", "total", "background_events", "background_total", "discount", "difference", "low",
    "high", "interval", "probability", "posterior_low", "posterior_high", "probability_0", "probability_9",
    "months", "background_months", "window", "needed_80", "needed_90", "needed_half", "needed_double", "too_small", "moved", "rank",
    "evidence", "citation", "cell_source", "origin", "head", "count_text", "gap_text",
    "chance_text", "span_text",
]  # fmt: skip


def background_pairs(counts: Comparable, *, discount: float, level: float = 0.95) -> pd.DataFrame:
    """Compare each treated arm with its own control and with each background cohort of its condition, one row per pair.

    `discount` is the part of the background's weight that is taken away because its women are others, from
    0 to below 1, else `ValueError`; the control arm of a randomised trial keeps its whole weight. Columns
    that need a word:

    - same_word: whether the same word of the outcome counts both; against: the comparator, marked by
      `OTHER_WORD` where not. treated_women, against_women and comparator_women name the population too.
    - difference: treated minus comparator, with low and high; interval: `HIGHER`, `LOWER` or `UNCLEAR`.
    - probability: that the treated rate is the higher with the discount, without (probability_0), with a
      high one (probability_9).
    - needed_80, needed_90: women per arm of a trial at that power; needed_half: for half the difference at
      power 0.8; missing where both rates are equal. moved: a rate of 0 or 1 was planned with as its
      posterior mean.
    - needed_double: for a doubling of the comparator's rate; too_small: the two groups are too small to
      detect it; both missing where a rate of one half or more cannot double.
    - mismatch: in what the women differ, with the words of both; unknown: in what they cannot be compared, of
      `helpers.questions.background.matching.ASPECTS`.
    - window: how the follow-up times compare, in words; rank: 0 for the comparator that is reported first.

    The methods are those of `helpers.stats.compare_with_background` and `helpers.stats.patients_needed`.
    """
    if not 0 <= discount < 1:
        raise ValueError(f"discount must be 0 or more and below 1, not {discount!r}")
    pairs = _joined(counts)
    four = [
        pairs[name].astype("int64").to_numpy()
        for name in ("events", "total", "background_events", "background_total")
    ]
    randomised = pairs["randomised"].to_numpy(dtype=bool)
    compared = stats.compare_with_background(
        *four, discount=np.where(randomised, NO_DISCOUNT, discount), level=level
    )
    for name in ("discount", "difference", "low", "high", "probability", "posterior_low", "posterior_high"):
        pairs[name] = getattr(compared, name)
    pairs["probability_0"], pairs["probability_9"] = stats.probability_above_background(
        *four, discount=np.where(randomised, NO_DISCOUNT, [[NO_DISCOUNT], [HIGH_DISCOUNT]])
    )
    pairs["interval"] = np.select([pairs["low"] > 0, pairs["high"] < 0], [HIGHER, LOWER], UNCLEAR)
    pairs["window"] = [
        _window(*both) for both in zip(pairs["months"], pairs["background_months"], strict=True)
    ]
    sizes = [_trial(counted, level) for counted in zip(*(column.tolist() for column in four), strict=True)]
    trial = pd.DataFrame(sizes, columns=["needed_80", "needed_90", "needed_half", "moved"], index=pairs.index)
    pairs = pd.concat([pairs, trial.astype(dict.fromkeys(trial.columns[:3], "Int64"))], axis=1)
    rate = planned_rate(four[2], four[3])
    pairs["needed_double"] = needed_to_double(rate, level=level)
    pairs["too_small"] = too_small_to_double(rate, four[1], four[3], level=level)
    texts = pd.DataFrame(
        [_texts(row) for row in pairs.itertuples()],
        columns=["head", "count_text", "gap_text", "chance_text", "span_text"],
        index=pairs.index,
        dtype="str",
    )
    return pairs.assign(**texts)[_PAIR]


def planned_rate(events: npt.ArrayLike, total: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return the rate that a trial is planned with: of no events the posterior mean, for nothing cannot double."""
    x, n = np.asarray(events, dtype=float), np.asarray(total, dtype=float)
    rate: npt.NDArray[np.float64] = np.where(x == 0, (x + 0.5) / (n + 1), x / n)
    return rate


def needed_to_double(rate: npt.NDArray[np.float64], *, level: float) -> pd.Series[Any]:
    """Size a trial of two equal arms that detects twice each rate; missing where a rate cannot double."""
    known = np.isfinite(rate) & (2 * rate < 1)
    sizes = pd.Series(pd.NA, index=range(len(rate)), dtype="Int64")
    sizes[known] = stats.patients_needed(2 * rate[known], rate[known], power=POWERS[0], level=level)
    return sizes


def too_small_to_double(
    rate: npt.NDArray[np.float64], women: npt.NDArray[Any], others: npt.NDArray[Any], *, level: float
) -> pd.Series[Any]:
    """Flag two groups too small to detect twice the rate of the second; missing where that rate cannot double."""
    known = np.isfinite(rate) & (2 * rate < 1)
    small = pd.Series(pd.NA, index=range(len(rate)), dtype="boolean")
    small[known] = ~stats.can_detect(
        2 * rate[known], rate[known], women[known], others[known], power=POWERS[0], level=level
    )
    return small


def _texts(row: Any) -> tuple[str, ...]:
    treated, comparator = (
        percent(row.events / row.total),
        percent(row.background_events / row.background_total),
    )
    return (
        f"{row.treated_women}, {row.events}/{row.total} ({treated} %)",
        f"{row.background_events}/{row.background_total} ({comparator} %)",
        f"{points(row.difference)} ({points(row.low)} to {points(row.high)})",
        chance(row.probability),
        f"{chance(row.probability_0)} to {chance(row.probability_9)}",
    )


def by_condition(pairs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split pairs by condition and tissue; no pair makes no entry."""
    return {str(name): rows for name, rows in pairs.groupby("stratum", sort=False)}


def by_tissue(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split counts by the treated tissue: ovary and endometrium share no picture."""
    return {str(name): counts for name, counts in rows.groupby("tissue", sort=True)}


def pair_notes(pairs: pd.DataFrame) -> tuple[str, ...]:
    """Explain the mark `OTHER_WORD` of pairs, where one has it."""
    words = f"{OTHER_WORD} Counts the outcome named in brackets instead."
    return () if pairs["same_word"].all() else (words,)


def pair_values(pair: pd.Series[Any]) -> dict[str, Any]:
    """Take from a pair the numbers that are recorded as its result."""
    whole = ["events", "total", "background_events", "background_total"]
    sizes = ["needed_80", "needed_90", "needed_half", "needed_double"]
    shares = ["difference", "low", "high", "discount", "probability", "posterior_low", "posterior_high"]
    return {
        **{name: None if pd.isna(pair[name]) else int(pair[name]) for name in (*whole, *sizes)},
        **{name: float(pair[name]) for name in shares},
    }


def _joined(counts: Comparable) -> pd.DataFrame:
    """Name the pairs that may be compared, best comparator of each treated arm first."""
    both = candidates(counts)
    both = both[both["why"] == ""]
    is_control, same = both["side_b"] == OWN_CONTROL, both["outcome"] == both["outcome_b"]
    mark = same.map({True: "", False: f"{OTHER_WORD} "}).astype("str")
    both = both.assign(
        treated=both["who"],
        treated_women=both["who_women"],
        comparator=both["who_b"],
        same_word=same,
        against=mark + both["who_b"],
        against_women=mark + both["who_women_b"],
        comparator_label=both["study_label_b"],
        comparator_women=with_women(both["study_label_b"], both["population_b"]),
        comparator_population=both["population_b"],
        comparator_side=both["side_b"],
        comparator_kind=both["kind_b"],
        randomised=is_control & (both["design"] == "rct"),
        background_events=both["events_b"],
        background_total=both["total_b"],
        background_months=both["months_b"],
        comparator_conception=both["conception_b"],
        evidence=both["evidence_row"] + "; " + both["evidence_row_b"],
        citation=both["citation"] + "; " + both["citation_b"],
        name=both["name"] + " against " + both["name_b"],
        _first=both["role"].ne("cited"),
        _near=both["kind_b"].map(KINDS.index),
        _unlike=~same,
    )
    both = both.sort_values(
        ["stratum", "_first", "total", "treated", "_near", "_unlike", "background_total"],
        ascending=[True, True, False, True, True, True, False],
        kind="stable",
        ignore_index=True,
    )
    return both.assign(rank=both.groupby(["study_id", "arm_id"]).cumcount())


def _window(months: float, background: float) -> str:
    if np.isnan(months) or np.isnan(background):
        silent = {
            (True, True): "neither printed",
            (True, False): "of the treated not printed",
            (False, True): "of the comparator not printed",
        }
        return silent[bool(np.isnan(months)), bool(np.isnan(background))]
    if months == background:
        return "equal"
    return "comparator longer" if background > months else "comparator shorter"


def _trial(counted: Sequence[int], level: float) -> tuple[int | None, int | None, int | None, bool]:
    """Size the trial; a rate of 0 or 1 cannot be planned with, its posterior mean can."""
    x, n, bx, bn = counted
    if x * bn == bx * n:
        return None, None, None, False
    rates = []
    for events, total in ((x, n), (bx, bn)):
        extreme = events in (0, total)
        rates.append((events + 0.5) / (total + 1) if extreme else events / total)
    treated, background = rates
    if treated == background:
        return None, None, None, True
    moved = bool(x in (0, n) or bx in (0, bn))
    low, high = (stats.patients_needed(treated, background, power=power, level=level) for power in POWERS)
    half = stats.patients_needed((treated + background) / 2, background, power=POWERS[0], level=level)
    return low, high, half, moved


def chance(probability: float) -> str:
    """Write a probability with two decimals; one that is not sure is never written as 0 or 1."""
    if probability < 0.01:
        return "<0.01"
    return ">0.99" if probability > 0.99 else f"{probability:.2f}"
