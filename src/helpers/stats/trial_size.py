"""The trial that would settle it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from helpers.stats.checked import Numbers, alpha_of, within


def patients_needed(treated: Numbers, background: Numbers, *, power: float = 0.8, level: float = 0.95) -> Any:
    """Compute the women per arm that a randomised trial of two equal arms needs.

    Parameters
    ----------
    treated, background : float or array_like
        Proportions with the event that are to be told apart, between 0 and 1.
    power : float
        Probability that the trial finds the difference if it is there, between 1 - `level` and 1.
    level : float
        One minus the two-sided error level, between 0 and 1.

    Returns
    -------
    int or ndarray of int
        Women per arm, rounded up, by the normal approximation without continuity correction; as R's
        ``power.prop.test``. With drop-out more are needed.

    Raises
    ------
    ValueError
        If a proportion is not between 0 and 1, both are equal, or power or level is out of range.

    References
    ----------
    Fleiss JL, Levin B, Paik MC. Statistical Methods for Rates and Proportions, 3rd ed., equation 4.14.
    """
    alpha = alpha_of(level)
    if not alpha < power < 1:
        raise ValueError(f"power must lie between {alpha:g} and 1, not {power!r}")
    p, q = np.broadcast_arrays(
        *(
            within(given, name, 0, 1, open_low=True, open_high=True)
            for given, name in ((treated, "treated"), (background, "background"))
        )
    )
    if (p == q).any():
        raise ValueError("treated and background must differ: no trial can tell equal rates apart")
    middle = (p + q) / 2
    root = special.ndtri(1 - alpha / 2) * np.sqrt(2 * middle * (1 - middle))
    root = root + special.ndtri(power) * np.sqrt(p * (1 - p) + q * (1 - q))
    # The tolerance keeps what is whole but for rounding from gaining a woman.
    needed = np.ceil((root / (p - q)) ** 2 - 1e-9)
    return int(needed) if needed.ndim == 0 else needed.astype(int)
