"""Intervals against their estimates and p-values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist

from helpers.checks.findings import Confidence, Misfit, all_given, rows_of
from helpers.checks.percentages import half_unit
from helpers.evidence.package import Evidence

#: Estimate, lower and upper limit as printed.
Parts = tuple[str, str, str]
#: Column of the estimate, and of the kind of effect.
_TABLES = {"pooled": ("estimate", "effect"), "changes": ("change", "change_kind")}
_LINEAR = ("SMD", "MD", "logOR", "smd", "md", "absolute")
_RATIO = ("RR", "OR", "HR", "rr", "or", "fold")
#: The width of a 95 % interval in standard errors.
WIDTH = 2 * NormalDist().inv_cdf(0.975)
#: One side of an interval may be this many times the other: profile and bootstrap intervals are a little askew.
LOPSIDED = 2.0
#: A p-value is contradicted where the interval gives one this many times larger or smaller.
P_FACTOR = 3.0
#: From this factor on a small p-value was probably printed for "less than".
P_LESS_THAN = 10.0


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval, on the scale where the interval is symmetric, with what rounding allows."""

    #: On the linear or logarithmic scale.
    estimate: float
    low: float
    high: float
    #: The most that rounding can have moved one of them.
    slack: float

    @property
    def lopsided(self) -> float:
        """How many times longer one side is than the other, at least, given the rounding."""
        sides = sorted([self.estimate - self.low, self.high - self.estimate])
        return max(0.0, sides[1] - 2 * self.slack) / (sides[0] + 2 * self.slack)

    @property
    def p_values(self) -> tuple[float, float]:
        """The smallest and the largest two-sided p-value against no effect that the interval gives."""
        width = self.high - self.low
        size = abs(self.estimate)
        least = max(0.0, size - self.slack) / ((width + 2 * self.slack) / WIDTH)
        most = (size + self.slack) / (max(width - 2 * self.slack, 1e-12) / WIDTH)
        return _two_sided(most), _two_sided(least)


def interval_of(estimate: str, low: str, high: str, kind: str) -> Interval | None:
    """Put a printed interval on the scale where it is symmetric, logarithmic for ratios.

    None where its kind of effect has none.
    """
    at, least, most = float(estimate), float(low), float(high)
    steps = [float(half_unit(part)) for part in (estimate, low, high)]
    if kind in _LINEAR:
        return Interval(at, least, most, max(steps))
    if kind in _RATIO and min(at, least, most) > 0:
        # The rounding of a small lower limit moves its logarithm most, and downwards more than upwards.
        slack = max(-math.log1p(-step / value) for step, value in zip(steps, (at, least, most), strict=True))
        return Interval(math.log(at), math.log(least), math.log(most), slack)
    return None


def p_values_printed(p: str) -> tuple[float, float]:
    """Give the least and the most that a printed p-value or bound, as ``<0.001``, can stand for."""
    number = p.lstrip("<>")
    if p.startswith("<"):
        return 0.0, float(number)
    if p.startswith(">"):
        return float(number), 1.0
    slack = float(half_unit(number))
    return max(0.0, float(number) - slack), min(1.0, float(number) + slack)


def interval_around_estimate(ev: Evidence) -> Iterator[Misfit]:
    """Find intervals far from symmetric around their estimate; a ratio may be symmetric on either scale."""
    for table, row, parts, kind, _ in _intervals(ev):
        scales = [kind, "MD"] if kind in _RATIO else [kind]
        shapes = [shape for scale in scales if (shape := interval_of(*parts, scale))]
        if not shapes or min(shape.lopsided for shape in shapes) <= LOPSIDED:
            continue
        printed = f"{kind} {parts[0]} ({parts[1]} to {parts[2]})"
        mended = _with_another_sign(parts, kind)
        possible = f"the interval is centred on {_centre(parts, kind)}" + (f"; {mended}" if mended else "")
        yield Misfit(table, [row], printed, possible, Confidence.LIKELY)


def interval_and_p_value(ev: Evidence) -> Iterator[Misfit]:
    """Find p-values, or bounds on them, that contradict the interval of their estimate.

    ``likely`` where they disagree at 5 %; ``possible`` where only their size differs, or the test may have
    been one-sided.
    """
    for table, row, parts, kind, p in _intervals(ev):
        interval = interval_of(*parts, kind)
        if p == "" or interval is None:
            continue
        smallest, largest = interval.p_values
        least, most = p_values_printed(p)
        bound = p.startswith(("<", ">"))
        above, below = least / max(largest, 1e-300), smallest / most
        excludes = interval.low - interval.slack > 0 or interval.high + interval.slack < 0
        includes = interval.low + interval.slack < 0 < interval.high - interval.slack
        printed = f"{kind} {parts[0]} ({parts[1]} to {parts[2]}), p {p if bound else f'= {p}'}"
        conflict = (excludes and least >= 0.05) or (includes and most <= 0.05)
        more, confidence = "", Confidence.POSSIBLE
        if conflict and max(above, below) > 1:
            mended = _with_another_sign(parts, kind, p)
            more = f"; {mended}" if mended else ""
            if smallest / 2 <= most and least <= largest / 2:
                more += "; a one-sided test gives half of that, which fits"
            else:
                confidence = Confidence.LIKELY
        elif above > P_LESS_THAN and not bound:
            more = f"; perhaps p < {p} was meant"
        elif not (below > P_FACTOR or (bound and above > P_FACTOR)):
            continue
        yield Misfit(table, [row], printed, f"the interval gives p = {_p(interval)}{more}", confidence)


def _intervals(ev: Evidence) -> Iterator[tuple[str, int, Parts, str, str]]:
    for table, (estimate, kind) in _TABLES.items():
        text = ev.printed[table]
        rows = text[all_given(text, estimate, "low", "high", kind)]
        for row, cells in rows_of(rows):
            yield table, row, (cells[estimate], cells["low"], cells["high"]), cells[kind], cells["p_value"]


def _with_another_sign(parts: Parts, kind: str, p: str = "") -> str:
    """Say which lost minus sign would make the figures fit, if one does."""
    if kind not in _LINEAR:
        return ""
    least, most = p_values_printed(p) if p else (0.0, 1.0)
    for place, name in enumerate(("the estimate", "the lower limit", "the upper limit")):
        turned = list(parts)
        turned[place] = parts[place].removeprefix("-") if parts[place].startswith("-") else f"-{parts[place]}"
        interval = interval_of(turned[0], turned[1], turned[2], kind)
        if interval and interval.low < interval.estimate < interval.high and interval.lopsided <= 1.1:
            smallest, largest = interval.p_values
            if smallest / P_FACTOR <= most and least <= largest * P_FACTOR:
                return f"with {turned[place]} as {name} it would be centred, with p = {_p(interval)}"
    return ""


def _centre(parts: Parts, kind: str) -> str:
    low, high = float(parts[1]), float(parts[2])
    centre = math.sqrt(low * high) if kind in _RATIO else (low + high) / 2
    return f"{centre:.3g}, not on {parts[0]}"


def _p(interval: Interval) -> str:
    se = (interval.high - interval.low) / WIDTH
    return f"{_two_sided(abs(interval.estimate) / se):.2g}"


def _two_sided(z: float) -> float:
    return math.erfc(z / math.sqrt(2))
