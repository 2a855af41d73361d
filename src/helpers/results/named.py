"""A named result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Result:
    """A named result.

    Attributes
    ----------
    value : int, float, str, bool, None, or nested list or dict of those
        The result. None stands for "not reported".
    unit : str
        Unit of the value, empty for a pure number.
    tolerance : float
        Numbers count as equal if ``math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)``.
    study, source, locator, access : str or None
        Where the number comes from; None where it comes from no single row of evidence.
    """

    value: Any
    unit: str = ""
    tolerance: float = 0.0
    study: str | None = None
    source: str | None = None
    locator: str | None = None
    access: str | None = None
