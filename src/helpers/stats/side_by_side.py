"""The intervals that belong together when studies are few: no single one can be trusted then."""

from __future__ import annotations

import numpy.typing as npt

from helpers.stats.bayes import pool_effects_bayes
from helpers.stats.effects_pooling import pool_effects
from helpers.stats.pooled import Pooled


def effects_side_by_side(
    effects: npt.ArrayLike,
    variances: npt.ArrayLike,
    *,
    tau_scale: float,
    level: float = 0.95,
) -> list[Pooled]:
    """Pool the same effects with a Wald and a modified HKSJ confidence interval and a Bayesian credible interval.

    To be shown together for `FEW_STUDIES` or fewer: Wald is too narrow then, HKSJ unmodified narrow or wide by chance,
    and the credible interval rests on its prior.

    Parameters
    ----------
    effects, variances : array_like of float, shape (k,)
        Effect and its squared standard error per study.
    tau_scale : float
        Scale of the half-normal prior of tau, in the unit of the effects; the mean has a flat prior.
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
        pool_effects(effects, variances, interval="wald", level=level),
        pool_effects(effects, variances, interval="hksj-modified", level=level),
        pool_effects_bayes(effects, variances, tau_scale=tau_scale, level=level),
    ]
