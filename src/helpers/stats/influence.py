"""What each study does to a pooled estimate."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from helpers.stats.pooled import Pooled


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
    shape = np.shape(first)
    if len(shape) != 1:
        raise ValueError(f"one data set of shape (k,) is needed, not {shape}")
    (k,) = shape
    if k < 3:
        raise ValueError(f"leaving one out needs at least three studies, not {k}: two must be left to pool")
    # A masked array stays one here, for the pool to refuse.
    repeated = [np.tile(np.asanyarray(data), (k, 1)) for data in (first, second)]
    return pool(*repeated, where=~np.eye(k, dtype=bool), **options)
