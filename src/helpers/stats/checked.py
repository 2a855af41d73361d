"""Arguments of statistics, checked once: what is not finite or out of range is refused by name."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]


def alpha_of(level: float) -> float:
    """Turn a confidence level into the probability outside it.

    Raises
    ------
    ValueError
        If the level is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level!r}; 0.95 stands for 95 %")
    return 1 - level


def counts(
    events: Numbers, total: Numbers, names: tuple[str, str] = ("events", "total")
) -> tuple[FloatArray, FloatArray]:
    """Check counts and what they are counted among, and broadcast them against each other.

    Raises
    ------
    ValueError
        If a count is missing, no whole number, negative, or above its total, or a total is below 1.
    """
    x, n = np.broadcast_arrays(whole(events, names[0]), whole(total, names[1]))
    if (n < 1).any():
        raise ValueError(f"{names[1]} must be 1 or more: there is no proportion of nothing")
    if (x < 0).any():
        raise ValueError(f"{names[0]} must not be negative")
    if (x > n).any():
        where = np.flatnonzero(np.ravel(x > n))[0]
        raise ValueError(
            f"{names[0]} must not exceed their total: {np.ravel(x)[where]:g} of {np.ravel(n)[where]:g}"
        )
    return x, n


def whole(numbers: Numbers, name: str) -> FloatArray:
    """Check that numbers are whole.

    Raises
    ------
    ValueError
        If one is missing or no whole number.
    """
    try:
        array = np.asarray(numbers, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be whole numbers without missing values") from None
    if not np.isfinite(array).all() or (array != np.floor(array)).any():
        raise ValueError(f"{name} must be whole numbers without missing values")
    return array


def finite(numbers: Numbers, name: str) -> FloatArray:
    """Check that numbers are finite.

    Raises
    ------
    ValueError
        If one is missing, infinite or no number.
    """
    try:
        array = np.asarray(numbers, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be numbers without missing values") from None
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite numbers without missing values")
    return array


def within(
    numbers: Numbers, name: str, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> FloatArray:
    """Check that numbers lie in a range.

    Raises
    ------
    ValueError
        If one does not, or is not finite.
    """
    array = finite(numbers, name)
    below = array <= low if open_low else array < low
    above = array >= high if open_high else array > high
    if (below | above).any():
        wrong = np.ravel(array)[np.flatnonzero(np.ravel(below | above))[0]]
        start = f"above {low:g}" if open_low else f"{low:g} or more"
        end = "" if np.isinf(high) else f" and below {high:g}" if open_high else f" and at most {high:g}"
        raise ValueError(f"{name} must be {start}{end}, not {wrong:g}")
    return array
