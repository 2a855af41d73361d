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
from helpers.show.numbers import number, percent, points

#: Powers of a trial that is planned; the first is that with which a doubling should be detected.
POWERS = (0.8, 0.9)
#: Marks a comparator that counts another word of the outcome than the treated arm.
OTHER_WORD = "†"
HIGHER, LOWER, UNCLEAR = "above zero", "below zero", "includes zero"
#: Columns of `matching.candidates` under the names that they have in a pair.
_NAMES = {
    "who": "treated", "who_women": "treated_women", "who_b": "comparator", "study_label_b": "comparator_label",
    "population_b": "comparator_population", "kind_b": "comparator_kind", "conception_b": "comparator_conception",
    "events_b": "background_events", "total_b": "background_total", "months_b": "background_months",
}  # fmt: skip
_COUNTS = ["events", "total", "background_events", "background_total"]
_COMPARED = [
    "difference", "low", "high", "posterior_low", "posterior_high", "probability", "bias_to_half",
]  # fmt: skip


def background_pairs(counts: Comparable, *, level: float = 0.95) -> pd.DataFrame:
    """Compare each treated arm with its own control and with each background cohort of its condition, one row per pair.

    Each comparator is taken as it is: `predictive` has how much they differ. difference is treated minus
    comparator, and interval says on which side of zero its limits lie; bias_to_half is the bias that would
    make the probability one half. needed_double and too_small are about a doubling of the comparator's rate,
    missing where it cannot double; rank is 0 for the comparator that is reported first.
    """
    pairs = _joined(counts)
    events, women, theirs, others = (pairs[name].astype("int64").to_numpy() for name in _COUNTS)
    compared = stats.compare_with_background(events, women, theirs, others, level=level)
    pairs = pairs.assign(
        **{name: getattr(compared, name) for name in _COMPARED},
        **_doubling(theirs, others, women, level),
        no_probability=pd.Series(compared.reason, index=pairs.index, dtype="str"),
        window=_windows(pairs["months"].astype("float64"), pairs["background_months"].astype("float64")),
    )
    texts = pd.DataFrame(
        [
            _texts(row)
            for row in pairs[["treated_women", *_COUNTS, *_COMPARED, "no_probability"]].itertuples()
        ],
        columns=["head", "count_text", "gap_text", "chance_text", "bias_text"],
        index=pairs.index,
        dtype="str",
    )
    interval = np.select([pairs["low"] > 0, pairs["high"] < 0], [HIGHER, LOWER], UNCLEAR)
    return pairs.assign(interval=interval, **texts)


def _doubling(
    events: npt.NDArray[Any], total: npt.NDArray[Any], women: npt.NDArray[Any], level: float
) -> dict[str, pd.Series]:
    """Size a trial of two equal arms that detects twice each rate of the comparators, and flag groups too small for it.

    Of no events the rate is the posterior mean, for nothing cannot double; both are missing where a rate
    cannot double.
    """
    rate = np.where(events == 0, 0.5 / (total + 1), events / total)
    known = 2 * rate < 1
    needed = pd.Series(pd.NA, index=range(len(rate)), dtype="Int64")
    small = pd.Series(pd.NA, index=range(len(rate)), dtype="boolean")
    once, asked = rate[known], {"power": POWERS[0], "level": level}
    needed[known] = stats.patients_needed(2 * once, once, **asked)
    small[known] = ~stats.can_detect(2 * once, once, women[known], total[known], **asked)
    return {"needed_double": needed, "too_small": small}


def _windows(months: pd.Series[float], background: pd.Series[float]) -> npt.NDArray[Any]:
    """Say how the follow-up of the comparator compares."""
    silent, theirs_silent = months.isna(), background.isna()
    cases = {
        "neither printed": silent & theirs_silent,
        "of the treated not printed": silent,
        "of the comparator not printed": theirs_silent,
        "equal": months == background,
        "comparator longer": background > months,
    }
    return np.select(list(cases.values()), list(cases), "comparator shorter")


def _texts(row: Any) -> tuple[str, ...]:
    theirs = percent(row.background_events / row.background_total)
    return (
        f"{row.treated_women}, {row.events}/{row.total} ({percent(row.events / row.total)} %)",
        f"{row.background_events}/{row.background_total} ({theirs} %)",
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
    whole = {name: None if pd.isna(pair[name]) else int(pair[name]) for name in (*_COUNTS, "needed_double")}
    return whole | {name: None if pd.isna(pair[name]) else float(pair[name]) for name in _COMPARED}


def _joined(counts: Comparable) -> pd.DataFrame:
    """Name the pairs that may be compared, best comparator of each treated arm first."""
    both = candidates(counts)
    both = both[both["why"] == ""]
    same = both["outcome"] == both["outcome_b"]
    mark = same.map({True: "", False: f"{OTHER_WORD} "}).astype("str")
    both = both.assign(
        name=both["name"] + " against " + both["name_b"],
        same_word=same,
        against=mark + both["who_b"],
        against_women=mark + both["who_women_b"],
        comparator_women=with_women(both["study_label_b"], both["population_b"]),
        randomised=(both["side_b"] == OWN_CONTROL) & (both["design"] == "rct"),
        evidence=both["evidence_row"] + "; " + both["evidence_row_b"],
        citation=both["citation"] + "; " + both["citation_b"],
        _first=both["role"].ne("cited"),
        _near=both["kind_b"].map(KINDS.index),
        _unlike=~same,
    )
    both = both.sort_values(
        ["stratum", "_first", "total", "who", "_near", "_unlike", "total_b"],
        ascending=[True, True, False, True, True, True, False],
        kind="stable",
        ignore_index=True,
    )
    # Both rows of evidence are behind a pair.
    both = both.drop(columns=["evidence_row", "evidence_row_b"]).rename(columns=_NAMES)
    return both.assign(rank=both.groupby(["study_id", "arm_id"]).cumcount())


def chance(probability: float) -> str:
    """Write a probability with two decimals; one that is not sure is never written as 0 or 1."""
    if probability < 0.01:
        return "<0.01"
    return ">0.99" if probability > 0.99 else number(probability, 2)
