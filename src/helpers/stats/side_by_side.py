"""The intervals that belong together when studies are few: no single one can be trusted then."""

from __future__ import annotations

import numpy.typing as npt

from helpers.stats.bayes import pool_effects_bayes
from helpers.stats.effects_pooling import pool_effects
from helpers.stats.pooled import Pooled
from helpers.stats.proportions_pooling import TAU_SCALE, pool_proportions


def effects_side_by_side(
    effects: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    tau_scale: float,
    tau2: str = "REML",
    level: float = 0.95,
) -> list[Pooled]:
    """Pool the same effects with a Wald, a modified HKSJ and a Bayesian interval.

    To be shown together for `FEW_STUDIES` or fewer: Wald is too narrow then, HKSJ unmodified narrow or wide by chance,
    and the Bayesian interval rests on its prior.

    Parameters
    ----------
    effects, variances : array_like of float, shape (k,)
        Effect and its squared standard error per study.
    tau_scale : float
        Scale of the half-normal prior of tau, in the unit of the effects; the mean has a flat prior.
    tau2 : str
        Estimator of the between-study variance for the first two.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    list of Pooled
        Wald, modified HKSJ, Bayes.

    Raises
    ------
    ValueError
        As `pool_effects` and `pool_effects_bayes`.

    References
    ----------
    Röver C, Knapp G, Friede T. BMC Med Res Methodol 2015;15:99. Friede T et al. Res Synth Methods 2017;8:79-91.
    """
    return [
        pool_effects(effects, variances, tau2=tau2, interval="wald", level=level),
        pool_effects(effects, variances, tau2=tau2, interval="hksj-modified", level=level),
        pool_effects_bayes(effects, variances, tau_scale=tau_scale, level=level),
    ]


def proportions_side_by_side(
    events: npt.ArrayLike, totals: npt.ArrayLike, *, tau_scale: float = TAU_SCALE, level: float = 0.95
) -> list[Pooled]:
    """Pool the same counts with a Wald, a t and a Bayesian interval.

    To be shown together for `FEW_STUDIES` or fewer: Wald is too narrow then, t of little use with two studies, and the
    Bayesian interval rests on its prior (``benchmarks/coverage_of_proportions.py`` tells how often each holds the truth). The t interval stands where effects have modified HKSJ, which is not
    defined for counts: with no event in a study its logit has neither value nor variance.

    Parameters
    ----------
    events, totals : array_like of int, shape (k,)
        Events and trials per study.
    tau_scale : float
        Scale of the half-normal prior of tau, in logits.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    list of Pooled
        Wald, t with k - 1 degrees of freedom, Bayes. Without any events the first two are the exact interval of the
        summed counts.

    Raises
    ------
    ValueError
        As `pool_proportions`.
    """
    return [
        pool_proportions(events, totals, interval="wald", level=level),
        pool_proportions(events, totals, interval="t", level=level),
        pool_proportions(events, totals, method="bayes", tau_scale=tau_scale, level=level),
    ]
