"""How many women would settle it."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from helpers.stats.intervals import checked_level
from helpers.stats.validation import Numbers, number, within


def patients_needed(treated: Numbers, background: Numbers, *, power: float = 0.8, level: float = 0.95) -> Any:
    """Compute the women per arm that a randomised trial of two equal arms needs.

    Parameters
    ----------
    treated, background : float or array_like
        Proportions with the event whose difference is to be detected, between 0 and 1.
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
    alpha = 1 - checked_level(level)
    if not alpha < number(power, "power") < 1:
        raise ValueError(f"power must lie between {alpha:g} and 1, not {power!r}")
    p, q = np.broadcast_arrays(
        *(
            within(given, name, 0, 1, open_low=True, open_high=True)
            for given, name in ((treated, "treated"), (background, "background"))
        )
    )
    if (p == q).any():
        raise ValueError(
            "treated and background must differ: no trial can detect a difference between equal rates"
        )
    middle = (p + q) / 2
    root = special.ndtri(1 - alpha / 2) * np.sqrt(2 * middle * (1 - middle))
    root = root + special.ndtri(power) * np.sqrt(p * (1 - p) + q * (1 - q))
    # The tolerance keeps what is whole but for rounding from gaining a woman.
    needed = np.ceil((root / (p - q)) ** 2 - 1e-9)
    return int(needed) if needed.ndim == 0 else needed.astype(int)


def can_detect(
    treated: Numbers,
    background: Numbers,
    n_treated: Numbers,
    n_background: Numbers,
    *,
    power: float = 0.8,
    level: float = 0.95,
) -> Any:
    """Check whether two groups are large enough to detect the difference between two rates.

    Parameters
    ----------
    treated, background : float or array_like
        Proportions with the event whose difference is to be detected, between 0 and 1.
    n_treated, n_background : int or array_like
        Women of each group, 1 or more; all four arguments are broadcast.
    power : float
        Probability that the difference is found if it is there, between 1 - `level` and 1.
    level : float
        One minus the two-sided error level, between 0 and 1.

    Returns
    -------
    bool or ndarray of bool
        Whether the harmonic mean of the two sizes reaches `patients_needed`: two unequal groups show as much as two
        of that size.

    Raises
    ------
    ValueError
        As `patients_needed`, and if a size is below 1.

    References
    ----------
    Cohen J. Statistical Power Analysis for the Behavioral Sciences, 2nd ed., section 6.3.
    """
    one, other = (
        within(given, name, 1, np.inf)
        for given, name in ((n_treated, "n_treated"), (n_background, "n_background"))
    )
    enough = 2 / (1 / one + 1 / other) >= patients_needed(treated, background, power=power, level=level)
    return bool(enough) if np.ndim(enough) == 0 else enough


def patients_to_see(proportion: Numbers, *, probability: float = 0.95) -> Any:
    """Compute the women who must be followed so that at least one event is seen.

    Parameters
    ----------
    proportion : float or array_like
        Proportion of women who have the event, above 0 and below 1.
    probability : float
        Probability that one or more of them have it, between 0 and 1.

    Returns
    -------
    int or ndarray of int
        log(1 - `probability`) / log(1 - `proportion`), rounded up: with as many women, no event leaves a bound
        (`zero_event_upper_bound`) of at most `proportion`.

    Raises
    ------
    ValueError
        If the proportion or the probability is not between 0 and 1.

    References
    ----------
    Hanley JA, Lippman-Hand A. JAMA 1983;249:1743-1745.
    """
    if not 0 < number(probability, "probability") < 1:
        raise ValueError(f"probability must lie between 0 and 1, not {probability!r}")
    p = within(proportion, "proportion", 0, 1, open_low=True, open_high=True)
    # The tolerance keeps what is whole but for rounding from gaining a woman.
    needed = np.maximum(np.ceil(np.log1p(-probability) / np.log1p(-p) - 1e-9), 1)
    return int(needed) if needed.ndim == 0 else needed.astype(int)
