"""The estimates of a pool of counts, side by side where studies are few, and the words that tell them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.show.numbers import percent

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
    "prediction_low", "prediction_high", "convention", "tau", "tau_low", "tau_high", "i2", "q", "q_p", "method",
    "estimate_text", "prediction_text", "heterogeneity_text",
]  # fmt: skip
IntArray = npt.NDArray[np.int64]


def study_counts(part: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """Add up the arms of each study: arms of one study are no independent studies."""
    studies = part.groupby("study_id", sort=False)[["events", "total"]].sum().astype("int64")
    return studies["events"].to_numpy(), studies["total"].to_numpy()


def no_maximum(events: IntArray, totals: IntArray) -> bool:
    """Tell whether every study has no event or only events, and both occur."""
    extreme = ((events == 0) | (events == totals)).all()
    return bool(extreme and 0 < events.sum() < totals.sum())


def side_by_side(events: IntArray, totals: IntArray, method: str, level: float) -> dict[str, stats.Pooled]:
    """Make the estimates of a pool by name; the one reported is the last."""
    if no_maximum(events, totals):
        names = [BAYES]
    else:
        constant = events.sum() in (0, totals.sum())
        few = len(events) <= stats.FEW_STUDIES
        likelihood = [EXACT] if constant else [WALD, T] if few else [WALD]
        names = [*likelihood, BAYES] if method == "bayes" else [BAYES, *likelihood]
        names = names if few else names[-1:]
    return {name: stats.pool_proportions(events, totals, **OPTIONS[name], level=level) for name in names}


def shares_of(part: pd.DataFrame, found: dict[str, stats.Pooled]) -> list[float]:
    """Share the information between studies, and the share of a study between its arms by their women."""
    told = list(found.values())[-1]
    shares = stats.information_shares(*study_counts(part), logit=told.logit, tau=float(np.sqrt(told.tau2)))
    of_study = part["study_id"].map(dict(zip(part["study_id"].unique(), shares, strict=True)))
    women = part.groupby("study_id")["total"].transform("sum")
    return list((of_study * part["total"] / women).astype("float64"))


def estimate_row(key: Any, part: pd.DataFrame, found: dict[str, stats.Pooled], name: str) -> dict[str, Any]:
    """Lay an estimate of a pool out as a row of the columns `ESTIMATE`; `key` is its outcome and section."""
    pooled = found[name]
    varied = bool(np.isfinite(pooled.logit))
    ahead = (pooled.prediction_low, pooled.prediction_high) if varied else (np.nan, np.nan)
    return {
        "name": "/".join([*key, name]),
        "outcome": key[0],
        "tissue": part["tissue"].iloc[0],
        "condition": part["condition"].iloc[0],
        "section": key[1],
        "estimate_name": name,
        "lead": name == list(found)[-1],
        "k": pooled.k,
        "women": int(part["total"].sum()),
        "events": int(part["events"].sum()),
        **{field: float(getattr(pooled, field)) for field in ("estimate", "low", "high", "q", "q_p")},
        "prediction_low": ahead[0],
        "prediction_high": ahead[1],
        "convention": pooled.prediction_convention if varied else "none",
        "tau": np.sqrt(pooled.tau2) if varied else np.nan,
        "tau_low": np.nan if pooled.tau2_low is None else np.sqrt(pooled.tau2_low),
        "tau_high": np.nan if pooled.tau2_high is None else np.sqrt(pooled.tau2_high),
        "i2": pooled.i2 if varied else np.nan,
        "method": pooled.method,
        "estimate_text": f"{percent(pooled.estimate)} % ({percent(pooled.low)} to {percent(pooled.high)})",
        "prediction_text": f"{percent(ahead[0])} to {percent(ahead[1])} %" if varied else "none",
        "heterogeneity_text": _heterogeneity_text(pooled)
        if varied
        else "the studies do not differ: all or none of the women",
    }


def _heterogeneity_text(pooled: stats.Pooled) -> str:
    """Tell tau and I²; few studies cannot show how much they differ: then the limits of tau stand for a word."""
    numbers = f"tau {np.sqrt(pooled.tau2):.2f} (logits), I² {pooled.i2:.0f} %"
    if pooled.k > stats.FEW_STUDIES:
        band = next(words for limit, words in _BANDS if pooled.i2 >= limit)
        return f"{numbers}: {band} heterogeneity"
    if pooled.tau2_low is None:
        return numbers
    low, high = np.sqrt([pooled.tau2_low, pooled.tau2_high])
    return f"tau {np.sqrt(pooled.tau2):.2f} ({low:.2f} to {high:.2f}, logits), I² {pooled.i2:.0f} %"


def pool_values(pool: pd.Series[Any]) -> dict[str, Any]:
    """Take from a row of `PooledOutcomes.estimates` the numbers that are recorded as its result."""
    whole = ("k", "women", "events")
    parts = ("estimate", "low", "high", "prediction_low", "prediction_high", "tau", "i2")
    return {
        **{name: int(pool[name]) for name in whole},
        **{name: None if pd.isna(pool[name]) else float(pool[name]) for name in parts},
    }
