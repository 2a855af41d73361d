"""Arguments of statistics, checked once: what is not finite or out of range is refused by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.ArrayLike
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
_SEQUENCES, _MASKED = (list, tuple), np.ma.MaskedArray


def number(value: float, name: str) -> float:
    """Return one number as it is; raise ValueError if it is anything else, as a word, None or a list."""
    if not isinstance(value, float | int | np.floating | np.integer):
        raise ValueError(f"{name} must be one number, not {value!r}")
    return value


def floats(given: Numbers, name: str, rule: str) -> FloatArray:
    """Return numbers as an array; raise ValueError with the rule if one is no number, or if entries are masked.

    An array would lose its mask in silence, also in a list of them.
    """
    parts = given if isinstance(given, _SEQUENCES) else (given,)
    if [part for part in parts if isinstance(part, _MASKED) and np.ma.is_masked(part)]:
        raise ValueError(f"{name} must not have masked entries: leave them out, or use where= for studies")
    try:
        return np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(rule) from None


def finite(numbers: Numbers, name: str) -> FloatArray:
    """Return numbers as an array; raise ValueError if one is missing, infinite or no number."""
    array = floats(numbers, name, f"{name} must be numbers without missing values")
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite numbers without missing values")
    return array


def within(
    numbers: Numbers, name: str, low: float, high: float, *, open_low: bool = False, open_high: bool = False
) -> FloatArray:
    """Return finite numbers as an array; raise ValueError if one lies outside of the range."""
    array = finite(numbers, name)
    below = array <= low if open_low else array < low
    above = array >= high if open_high else array > high
    if (below | above).any():
        wrong = np.ravel(array)[np.flatnonzero(np.ravel(below | above))[0]]
        start = f"above {low:g}" if open_low else f"{low:g} or more"
        end = "" if np.isinf(high) else f" and below {high:g}" if open_high else f" and at most {high:g}"
        raise ValueError(f"{name} must be {start}{end}, not {wrong:g}")
    return array


def chosen(name: str, value: str, allowed: Any) -> str:
    """Return the value, or raise ValueError that lists the allowed ones."""
    if not isinstance(value, str) or value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
    return value


def checked_effects(
    effects: npt.ArrayLike, variances: npt.ArrayLike, where: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return effects, variances and mask (1 used, 0 not) of one shape; an unused study becomes effect 0 and variance 1."""
    y, v, used = _aligned("effects", effects, "variances", variances, where)
    if not np.isfinite(y).all():
        raise ValueError("effects must be finite: leave out missing studies, or mask them with where=")
    if not (np.isfinite(v) & (v > 0)).all():
        raise ValueError(
            "variances must be finite and above 0: a study without variance has no weight to pool"
        )
    return y, v, used


def checked_counts(
    events: npt.ArrayLike, totals: npt.ArrayLike, where: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray, bool]:
    """Return events, totals and mask (1 used, 0 not) of shape (datasets, k), and whether it was one set; unused is 0 of 0."""
    x, n, used = _aligned("events", events, "totals", totals, where)
    single = x.ndim == 1
    x, n, used = np.atleast_2d(x * used, n * used, used)
    if not np.isfinite(x + n).all() or (x != np.floor(x)).any() or (n != np.floor(n)).any():
        raise ValueError("events and totals must be whole numbers: mask missing studies with where=")
    if (x < 0).any():
        raise ValueError("events must not be negative")
    if (n < used).any():
        raise ValueError("totals must be 1 or more: there is no proportion of nothing")
    if (x > n).any():
        first = np.argmax(x > n)
        raise ValueError(f"events must not exceed their total: {x.flat[first]:g} of {n.flat[first]:g}")
    return x, n, used, single


def _aligned(
    first: str, a: npt.ArrayLike, second: str, b: npt.ArrayLike, where: npt.ArrayLike
) -> tuple[FloatArray, FloatArray, FloatArray]:
    rule = f"{first} and {second} must be numbers: mask missing studies with where="
    one, two = floats(a, first, rule), floats(b, second, rule)
    if one.shape != two.shape or one.ndim not in (1, 2):
        raise ValueError(
            f"{first} and {second} must have one shape, (k,) or (datasets, k), not {one.shape} and {two.shape}"
        )
    if where is True:
        used, fewest = np.ones(one.shape), one.shape[-1]
    else:
        mask = checked_mask(where, one.shape)
        one, two, used = np.where(mask, one, 0.0), np.where(mask, two, 1.0), mask.astype(np.float64)
        fewest = mask.sum(axis=-1).min(initial=one.shape[-1])
    if one.shape[0] == 0 or fewest < 2:
        raise ValueError("a pooled row needs at least two studies: show a single study with its own interval")
    return one, two, used


def checked_mask(where: npt.ArrayLike, shape: tuple[int, ...] | None = None) -> BoolArray:
    """Return a mask of studies, of the shape asked for if there is one; raise ValueError for anything but True and False."""
    if np.ma.is_masked(where):
        raise ValueError("where must not have masked entries: leave them out, or use where= for studies")
    try:
        given = np.asarray(where)
    except ValueError:
        raise ValueError("where must be one table of True and False, its rows of one length") from None
    if given.dtype != np.bool_:
        raise ValueError(f"where must hold True or False for each study, not {given.dtype}")
    try:
        return given if shape is None else np.broadcast_to(given, shape)
    except ValueError:
        raise ValueError(
            f"where must have the shape of the studies, {shape}, or fit it, not {given.shape}"
        ) from None
