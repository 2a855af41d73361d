"""The joint test of a specification curve: how often chance alone gives a curve as far from zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special
from scipy import stats as distributions

from helpers import stats
from helpers.counts.one_count import TREATED
from helpers.questions.robustness.rows import Multiverse, counts_of

#: Curves drawn under the null, and the seed of the draws.
DRAWS, SEED = 400, 20261128
#: The model that every curve is computed with; the others give the same estimates but for their priors.
MODEL = "random effects, t"
_ARM = ["study_id", "arm_id"]


def joint_tests(multiverse: Multiverse, *, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Test the curve of each kind of comparator as a whole, one row per kind.

    Under the null the treated cohorts and the comparators come from one distribution of cohort rates: logits normal
    around one mean, whose mean and spread are the maximum likelihood estimates over all of them (arms of a study have one
    rate). Every cohort is drawn anew, and the curve is computed again from every pair of data sets, with `MODEL` and without bias
    variance. Two counts of one arm move together. Columns: kind, pairs, cohorts, null_rate, null_tau, median (of the
    differences) and above (pairs declared higher), each with its p (median two-sided; above one-sided) and the Monte-Carlo
    standard error of p, and draws. After Simonsohn U, Simmons JP, Nelson LD. Nat Hum Behav 2020;4:1208-1214.
    """
    rng = np.random.default_rng(seed)
    rows = multiverse.specifications.drop_duplicates("pair")
    tests = [
        {"kind": kind, **_tested(multiverse, rows[rows["kind"] == kind], draws, rng)}
        for kind in multiverse.kinds
    ]
    return pd.DataFrame(tests).assign(draws=draws)


def _tested(
    multiverse: Multiverse, pairs: pd.DataFrame, draws: int, rng: np.random.Generator
) -> dict[str, float]:
    used = {
        **{(0, place): multiverse.sets[place] for place in pairs["treated_set"].unique()},
        **{(1, place): multiverse.comparators[place] for place in pairs["background_set"].unique()},
    }
    cohorts = pd.concat(used.values()).drop_duplicates(["evidence_row", "events", "total"])
    cohorts = cohorts.sort_values("side", key=lambda side: side != TREATED, kind="stable")
    logit, tau = _null(cohorts)
    counts = _redrawn(cohorts, logit, tau, draws, rng)
    place_of = {count: place for place, count in enumerate(counts_of(cohorts))}
    totals = cohorts["total"].to_numpy(dtype=int)
    rates = {}
    for key, rows in used.items():
        at = [place_of[count] for count in counts_of(rows)]
        distinct, back = np.unique(counts[:, at], axis=0, return_inverse=True)
        where = np.ones(distinct.shape, dtype=bool)
        pool = stats.pool_sets(distinct, totals[at], where, model=stats.MODELS[MODEL], level=multiverse.level)
        rates[key] = np.array([pool.estimate, pool.low, pool.high])[:, back.reshape(-1)]
    treated = np.stack([rates[0, place] for place in pairs["treated_set"]], axis=1)
    background = np.stack([rates[1, place] for place in pairs["background_set"]], axis=1)
    estimate = treated[0] - background[0]
    low = estimate - np.hypot(treated[0] - treated[1], background[2] - background[0])
    # Counts without a maximum of the likelihood have no estimate, in the data as in the draws.
    median, above = np.nanmedian(estimate, axis=0), (low > 0).sum(axis=0)
    found = {"pairs": len(pairs), "cohorts": len(cohorts.drop_duplicates(_ARM)), "null_rate": float(special.expit(logit)), "null_tau": tau,
             "median": float(median[0]), "above": int(above[0])}  # fmt: skip
    for name, statistic in (("median", np.abs(median)), ("above", above)):
        p = float((1 + (statistic[1:] >= statistic[0] - 1e-12).sum()) / (draws + 1))
        found |= {f"p_{name}": p, f"p_{name}_error": float(np.sqrt(p * (1 - p) / draws))}
    return found


def _null(cohorts: pd.DataFrame) -> tuple[float, float]:
    """Fit one distribution of rates to all studies: its mean in logits and its standard deviation."""
    arms = cohorts.drop_duplicates(_ARM)
    sums = arms.groupby("study_id")[["events", "total"]].sum().astype(int)
    events, totals = sums["events"].to_numpy(), sums["total"].to_numpy()
    mixed = ((events > 0) & (events < totals)).any()
    if len(sums) > 1 and mixed:
        pool = stats.pool_proportions(events, totals)
        return float(pool.logit), float(np.sqrt(pool.tau2))
    return float(special.logit(events.sum() / totals.sum())), 0.0


def _redrawn(
    cohorts: pd.DataFrame, logit: float, tau: float, draws: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Return the counts as observed, then those of every draw."""
    study, studies = pd.factorize(cohorts["study_id"])
    arm = cohorts.groupby(_ARM, sort=False).ngroup().to_numpy()
    rate = special.expit(logit + tau * rng.standard_normal((draws, len(studies))))[:, study]
    chance = rng.random((draws, arm.max() + 1))[:, arm]
    totals = cohorts["total"].to_numpy(dtype=int)
    drawn = np.clip(distributions.binom.ppf(chance, totals, rate), 0, totals)
    observed = cohorts["events"].to_numpy(dtype=int)
    return np.vstack([observed, drawn]).astype(np.int64)


def test_values(row: pd.Series[Any]) -> dict[str, Any]:
    """Give the values of a row of `joint_tests` that are recorded as its result."""
    return {name: row[name] for name in row.index if name not in ("name", "kind")}
