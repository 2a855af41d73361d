"""Each treated arm against each comparator of its condition: difference, probability, and whether they could detect a doubling."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.counts.one_count import OWN_CONTROL, with_women
from helpers.questions.background.matching import candidates
from helpers.questions.background.rows import KINDS, Comparable
from helpers.show.numbers import percent, points

#: Powers of a trial that is planned; the first is that with which a doubling should be detected.
POWERS = (0.8, 0.9)
#: Marks a comparator that counts another word of the outcome than the treated arm.
OTHER_WORD = "†"
HIGHER, LOWER, UNCLEAR = "above zero", "below zero", "includes zero"
_PAIR = [
    "name", "stratum", "study_id", "role", "treated", "treated_women", "population", "comparator", "same_word", "against", "against_women",
    "comparator_label", "comparator_women", "comparator_population", "comparator_side", "comparator_kind",
    "conception", "comparator_conception", "mismatch", "unknown", "randomised", "events", "total", "background_events", "background_total", "difference", "low",
    "high", "interval", "probability", "no_probability", "posterior_low", "posterior_high", "bias_to_high", "bias_to_half", "bias_to_low",
    "months", "background_months", "window", "needed_double", "too_small", "rank",
    "evidence", "citation", "cell_source", "origin", "head", "count_text", "gap_text",
    "chance_text", "bias_text",
]  # fmt: skip

_COMPARED = [
    "difference", "low", "high", "probability", "posterior_low", "posterior_high", "bias_to_high", "bias_to_half", "bias_to_low",
]  # fmt: skip


def background_pairs(counts: Comparable, *, level: float = 0.95) -> pd.DataFrame:
    """Compare each treated arm with its own control and with each background cohort of its condition, one row per pair.

    Each comparator is taken as it is; how much cohorts without cells differ is in `predictive`. Columns that need a word:

    - same_word: whether the same word of the outcome counts both; against: the comparator, marked by
      `OTHER_WORD` where not. treated_women, against_women and comparator_women name the population too.
    - difference: treated minus comparator, with low and high; interval: `HIGHER`, `LOWER` or `UNCLEAR`.
    - probability: that the treated rate is the higher; no_probability: why there is none. bias_to_half: the bias that
      would make it one half.
    - needed_double: women per arm of a trial for a doubling of the comparator's rate; too_small: the two groups are too small to
      detect it; both missing where a rate of one half or more cannot double.
    - mismatch: in what the women differ, with the words of both; unknown: in what they cannot be compared, of
      `helpers.questions.background.matching.ASPECTS`.
    - window: how the follow-up times compare, in words; rank: 0 for the comparator that is reported first.

    The methods are those of `helpers.stats.compare_with_background` and `helpers.stats.patients_needed`.
    """
    pairs = _joined(counts)
    four = [
        pairs[name].astype("int64").to_numpy()
        for name in ("events", "total", "background_events", "background_total")
    ]
    compared = stats.compare_with_background(*four, level=level)
    for name in _COMPARED:
        pairs[name] = getattr(compared, name)
    pairs["no_probability"] = pd.Series(compared.reason, index=pairs.index, dtype="str")
    pairs["interval"] = np.select([pairs["low"] > 0, pairs["high"] < 0], [HIGHER, LOWER], UNCLEAR)
    pairs["window"] = [
        _window(*both) for both in zip(pairs["months"], pairs["background_months"], strict=True)
    ]
    rate = planned_rate(four[2], four[3])
    pairs["needed_double"] = needed_to_double(rate, level=level)
    pairs["too_small"] = too_small_to_double(rate, four[1], four[3], level=level)
    texts = pd.DataFrame(
        [_texts(row) for row in pairs.itertuples()],
        columns=["head", "count_text", "gap_text", "chance_text", "bias_text"],
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
        row.no_probability or chance(row.probability),
        row.no_probability or points(row.bias_to_half),
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
    shares = ["difference", "low", "high", "posterior_low", "posterior_high"]
    return {
        **{name: None if pd.isna(pair[name]) else int(pair[name]) for name in (*whole, "needed_double")},
        **{name: float(pair[name]) for name in shares},
        **{
            name: None if pd.isna(pair[name]) else float(pair[name])
            for name in ("probability", "bias_to_half")
        },
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


def chance(probability: float) -> str:
    """Write a probability with two decimals; one that is not sure is never written as 0 or 1."""
    if probability < 0.01:
        return "<0.01"
    return ">0.99" if probability > 0.99 else f"{probability:.2f}"
