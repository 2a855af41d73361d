"""What each study does to a pooled estimate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.stats.checked import FloatArray
from helpers.stats.effects_pooling import pool_effects
from helpers.stats.pooled import Pooled


@dataclass(frozen=True)
class Influence:
    """Diagnostics of deletion, one value per study in arrays of shape (k,).

    Attributes
    ----------
    rstudent : ndarray
        Deviation of the study from the estimate without it, in standard errors.
    dffits : ndarray
        Shift of the estimate when the study is left out, in standard errors.
    cooks_distance : ndarray
        The same shift squared, over the squared standard error with all studies.
    covariance_ratio : ndarray
        Squared standard error without the study over that with it.
    tau2_deleted, q_deleted : ndarray
        Heterogeneity without the study.
    hat : ndarray
        Share of the study in the weights.
    """

    rstudent: FloatArray
    dffits: FloatArray
    cooks_distance: FloatArray
    covariance_ratio: FloatArray
    tau2_deleted: FloatArray
    q_deleted: FloatArray
    hat: FloatArray


def leave_one_out(
    pool: Callable[..., Pooled], first: npt.ArrayLike, second: npt.ArrayLike, **options: Any
) -> Pooled:
    """Pool anew without each study in turn.

    Parameters
    ----------
    pool : callable
        `pool_effects`, `pool_effects_bayes` or `pool_proportions`.
    first, second : array_like, shape (k,)
        Effects and variances, or events and totals.
    **options
        Passed to `pool`.

    Returns
    -------
    Pooled
        Arrays of shape (k,): entry i is the fit without study i.

    Raises
    ------
    ValueError
        If there are fewer than three studies, or as `pool`.
    """
    k = _studies(first)
    if k < 3:
        raise ValueError(f"leaving one out needs at least three studies, not {k}: two must be left to pool")
    return pool(*_repeated(first, second, k), where=~np.eye(k, dtype=bool), **options)


def cumulative(
    pool: Callable[..., Pooled], first: npt.ArrayLike, second: npt.ArrayLike, **options: Any
) -> Pooled:
    """Pool the first two studies, then the first three, and so on in the order given.

    Parameters
    ----------
    pool : callable
        `pool_effects`, `pool_effects_bayes` or `pool_proportions`.
    first, second : array_like, shape (k,)
        Effects and variances, or events and totals, in the order in which studies came in.
    **options
        Passed to `pool`.

    Returns
    -------
    Pooled
        Arrays of shape (k - 1,): entry i is the fit to the first i + 2 studies. One study is never a pooled row.

    Raises
    ------
    ValueError
        If there are fewer than two studies, or as `pool`.
    """
    k = _studies(first)
    if k < 2:
        raise ValueError(f"a cumulative analysis needs at least two studies, not {k}")
    return pool(*_repeated(first, second, k - 1), where=np.tri(k - 1, k, 1, dtype=bool), **options)


def influence(
    effects: npt.ArrayLike, variances: npt.ArrayLike, *, tau2: str = "REML", interval: str = "hksj-modified"
) -> Influence:
    """Compute how much each study moves the pooled effect.

    Parameters
    ----------
    effects, variances : array_like of float, shape (k,)
        Effect and its squared standard error per study, at least three.
    tau2, interval : str
        The fit, as for `pool_effects`.

    Returns
    -------
    Influence
        As ``metafor::influence``.

    Raises
    ------
    ValueError
        If there are fewer than three studies, or as `pool_effects`.

    References
    ----------
    Viechtbauer W, Cheung MWL. Res Synth Methods 2010;1:112-125.
    """
    without = leave_one_out(pool_effects, effects, variances, tau2=tau2, interval=interval)
    every = pool_effects(effects, variances, tau2=tau2, interval=interval)
    y, v = np.asarray(effects, dtype=np.float64), np.asarray(variances, dtype=np.float64)
    weights = 1 / (v + every.tau2)
    hat = weights / weights.sum()
    # The variance factor of HKSJ in each deleted fit: its squared standard error over the model-based one.
    left = ~np.eye(len(y), dtype=bool)
    factor = without.se**2 * np.sum(left / (v + without.tau2[:, None]), axis=1)
    shift = every.estimate - without.estimate
    noise = factor * (v + without.tau2)
    return Influence(
        rstudent=(y - without.estimate) / np.sqrt(noise + without.se**2),
        dffits=shift / np.sqrt(hat * noise),
        cooks_distance=shift**2 / every.se**2,
        covariance_ratio=without.se**2 / every.se**2,
        tau2_deleted=without.tau2,
        q_deleted=without.q,
        hat=hat,
    )


def _studies(first: npt.ArrayLike) -> int:
    shape = np.shape(first)
    if len(shape) != 1:
        raise ValueError(f"one data set of shape (k,) is needed, not {shape}")
    return int(shape[0])


def _repeated(first: npt.ArrayLike, second: npt.ArrayLike, times: int) -> list[npt.ArrayLike]:
    # A masked array stays one here, for the pool to refuse.
    return [np.tile(np.asanyarray(data), (times, 1)) for data in (first, second)]
