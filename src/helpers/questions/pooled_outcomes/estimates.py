"""The estimates of a pool of counts, side by side if studies are few, and their wording."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.show.numbers import number, percent, percent_ci

METHODS = ("binomial-normal", "bayes")
#: The estimates by name, and how each is made.
WALD, T, BAYES, EXACT = (
    "maximum likelihood, Wald",
    "maximum likelihood, t",
    "Bayes",
    "exact, of the summed counts",
)
OPTIONS: dict[str, dict[str, Any]] = {
    WALD: {"interval": "wald"}, T: {"interval": "t"}, EXACT: {"interval": "wald"}, BAYES: {"method": "bayes"},
}  # fmt: skip
#: I², in percent, from which heterogeneity is substantial, and considerable.
I2_SUBSTANTIAL, I2_CONSIDERABLE = 50.0, 75.0
#: Heterogeneity of more than a few studies in words, from this I² in percent on.
_BANDS = (
    (I2_CONSIDERABLE, "considerable"),
    (I2_SUBSTANTIAL, "substantial"),
    (30.0, "moderate"),
    (0.0, "little"),
)
ESTIMATE = [
    "name", "outcome", "tissue", "condition", "section", "estimate_name", "lead", "k", "women", "events", "estimate", "low", "high",
    "prediction_low", "prediction_high", "convention", "tau", "i2", "q", "q_p", "method",
    "estimate_text", "prediction_text", "heterogeneity_text",
]  # fmt: skip
IntArray = npt.NDArray[np.int64]


def study_counts(counts: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """Add up the arms of each study, which are no independent studies."""
    codes, _ = counts["study_id"].factorize()
    sums = (np.bincount(codes, counts[name].to_numpy(np.float64)) for name in ("events", "total"))
    events, totals = (of_studies.astype(np.int64) for of_studies in sums)
    return events, totals


def no_maximum(events: IntArray, totals: IntArray) -> bool:
    """Return whether every study has no event or only events, and both occur."""
    extreme = ((events == 0) | (events == totals)).all()
    return bool(extreme and 0 < events.sum() < totals.sum())


def side_by_side(events: IntArray, totals: IntArray, method: str, level: float) -> dict[str, stats.Pooled]:
    """Fit the estimates of a pool by name; the last is the one reported."""
    if no_maximum(events, totals):
        names = [BAYES]
    else:
        constant = events.sum() in (0, totals.sum())
        few = len(events) <= stats.FEW_STUDIES
        likelihood = [EXACT] if constant else [WALD, T] if few else [WALD]
        names = [*likelihood, BAYES] if method == "bayes" else [BAYES, *likelihood]
        names = names if few else names[-1:]
    counts = tuple(events.tolist()), tuple(totals.tolist())
    return {name: _fitted(*counts, name, level) for name in names}


@lru_cache(maxsize=256)
def _fitted(events: tuple[int, ...], totals: tuple[int, ...], name: str, level: float) -> stats.Pooled:
    """Fit once what a page pools for itself and for its ladder from pregnancy to birth."""
    return stats.pool_proportions(events, totals, **OPTIONS[name], level=level)


def shares_of(counts: pd.DataFrame, fits: dict[str, stats.Pooled]) -> list[float]:
    """Weigh each arm by the information of its study, divided between the arms of a study by their women."""
    lead = list(fits.values())[-1]
    shares = stats.information_shares(*study_counts(counts), logit=lead.logit, tau=float(np.sqrt(lead.tau2)))
    codes, _ = counts["study_id"].factorize()
    women = counts["total"].to_numpy(np.float64)
    return list(shares[codes] * women / np.bincount(codes, women)[codes])


def estimate_row(key: Any, counts: pd.DataFrame, fits: dict[str, stats.Pooled], name: str) -> dict[str, Any]:
    """Lay out an estimate of a pool as a row with the columns `ESTIMATE`; `key` is its outcome and section."""
    pooled = fits[name]
    row = {
        "name": "/".join([*key, name]),
        "outcome": key[0],
        "tissue": counts["tissue"].iloc[0],
        "condition": counts["condition"].iloc[0],
        "section": key[1],
        "estimate_name": name,
        "lead": name == list(fits)[-1],
        "women": int(counts["total"].sum()),
        "events": int(counts["events"].sum()),
        **{field: getattr(pooled, field) for field in ("k", "estimate", "low", "high", "q", "q_p", "method")},
        "estimate_text": percent_ci(pooled.estimate, pooled.low, pooled.high),
    }
    if not np.isfinite(pooled.logit):
        alike = "the studies do not differ: all or none of the women"
        return {**row, "convention": "none", "prediction_text": "none", "heterogeneity_text": alike}
    return {
        **row,
        **{field: getattr(pooled, field) for field in ("prediction_low", "prediction_high", "i2")},
        "convention": pooled.prediction_convention,
        "tau": np.sqrt(pooled.tau2),
        "prediction_text": f"{percent(pooled.prediction_low)} to {percent(pooled.prediction_high)} %",
        "heterogeneity_text": _heterogeneity_text(pooled),
    }


def _heterogeneity_text(pooled: stats.Pooled) -> str:
    """Give tau and I²; few studies cannot show how much they differ, so they get the limits of tau and no word."""
    few = pooled.k <= stats.FEW_STUDIES
    limits = ""
    if few and pooled.tau2_low is not None and pooled.tau2_high is not None:
        limits = f"{number(math.sqrt(pooled.tau2_low), 2)} to {number(math.sqrt(pooled.tau2_high), 2)}, "
    between = f"tau {number(math.sqrt(pooled.tau2), 2)} ({limits}logits), I² {number(pooled.i2, 0)} %"
    band = next(words for limit, words in _BANDS if pooled.i2 >= limit)
    return between if few else f"{between}: {band} heterogeneity"


def pool_values(pool: pd.Series[Any]) -> dict[str, Any]:
    """Take the recorded numbers from a row of `rows.PooledOutcomes.estimates`."""
    counts = ("k", "women", "events")
    numbers = ("estimate", "low", "high", "prediction_low", "prediction_high", "tau", "i2")
    known = {name: None if pd.isna(pool[name]) else float(pool[name]) for name in numbers}
    return {**{name: int(pool[name]) for name in counts}, **known}
