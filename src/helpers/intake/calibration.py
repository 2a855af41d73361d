"""How the axes of a figure were calibrated in WebPlotDigitizer, and how far a reading can be off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from helpers.evidence.typed_cells import number

Limits = tuple[float, float]
#: How far a click may lie from what was meant, in pixels.
_CLICK = 0.5


@dataclass(frozen=True)
class Calibration:
    """How pixels become values; the share of an axis is 0 at its first calibration point and 1 at its second."""

    #: Pixel, to the right and down, of the first calibration point of the x axis and of the y axis.
    starts: list[list[float]]
    #: What a pixel to the right and a pixel down add to the share of the x axis and of the y axis.
    shares: list[list[float]]
    #: The values at which the axes were calibrated.
    x_limits: Limits
    y_limits: Limits
    log_x: bool = False
    log_y: bool = False
    #: Whether the axes were taken to be parallel to the picture, however they were clicked.
    no_rotation: bool = False

    def value(self, right: float, down: float) -> tuple[float, float]:
        """Read the values at a pixel."""
        return (
            _between(self.x_limits, self._share(0, 0, right, down), log=self.log_x),
            _between(self.y_limits, self._share(1, 1, right, down), log=self.log_y),
        )

    def error(self, right: float, down: float, axis: int = 1) -> float:
        """Bound the error of the y value at a pixel, or with `axis` = 0 of the x value: every click half a pixel off.

        The click on the point counts once, those on the axis by its share, and those on the other axis by the tilt
        that they give to it.
        """
        along = self._share(axis, axis, right, down)
        tilt = 0.0 if self.no_rotation else 2 * abs(self._share(1 - axis, axis, right, down))
        clicks = 1 + abs(along) + abs(1 - along) + tilt
        shift = _CLICK * math.hypot(*self.shares[axis]) * clicks
        low, high = (self.x_limits, self.y_limits)[axis]
        if not (self.log_x, self.log_y)[axis]:
            return shift * abs(high - low)
        value = self.value(right, down)[axis]
        return float(value * (math.exp(shift * abs(math.log(high / low))) - 1))

    def _share(self, axis: int, start: int, right: float, down: float) -> float:
        (per_right, per_down), (first_right, first_down) = self.shares[axis], self.starts[start]
        return per_right * (right - first_right) + per_down * (down - first_down)


def calibration_of(axes: Mapping[str, Any]) -> Calibration:
    """Compute how pixels become values, as WebPlotDigitizer 4 does, from an entry of ``axesColl`` of type ``XYAxes``.

    Of its four calibration points the first two give the x axis, the last two the y axis; x does not change along the
    y axis, nor y along the x axis. Four points fix the axes exactly: no residual is left that would reveal an error.
    Raises ValueError if the axes cannot be computed.
    """
    if axes.get("type") != "XYAxes":
        raise ValueError(f"are of type {axes.get('type')}; calibrate them as 2D (X-Y), bar charts too")
    corners = axes["calibrationPoints"][:4]
    if len(corners) < 4:
        raise ValueError(f"have {len(corners)} calibration points; X-Y axes have four")
    pixels = np.array([[float(corner["px"]), float(corner["py"])] for corner in corners])
    log_x, log_y = bool(axes.get("isLogX")), bool(axes.get("isLogY"))
    x_limits = _limits([corner["dx"] for corner in corners[:2]], log=log_x)
    y_limits = _limits([corner["dy"] for corner in corners[2:]], log=log_y)
    along = np.array([pixels[1] - pixels[0], pixels[3] - pixels[2]]).T
    if not np.isfinite(along).all() or abs(np.linalg.det(along)) < 1e-9:
        raise ValueError("have calibration points that do not span a plane; click two along each axis")
    shares = np.linalg.inv(along)
    no_rotation = bool(axes.get("noRotation"))
    if no_rotation:
        # Each axis along the side of the picture that it is nearer to.
        upright = abs(shares[0, 0] * shares[1, 1]) > abs(shares[0, 1] * shares[1, 0])
        shares = np.zeros((2, 2))
        for axis, side in enumerate((0, 1) if upright else (1, 0)):
            shares[axis, side] = 1 / along[side, axis]
    starts = pixels[[0, 2]].tolist()
    return Calibration(starts, shares.tolist(), x_limits, y_limits, log_x, log_y, no_rotation)


def _limits(texts: list[Any], *, log: bool) -> Limits:
    numbers = [number(str(text).strip()) for text in texts]
    first, second = numbers
    if first is None or second is None:
        given = " and ".join(map(repr, texts))
        raise ValueError(f"are calibrated at {given}; calibrate at plain numbers, times without dates")
    if first == second:
        raise ValueError(f"are calibrated at {first:g} twice; calibrate each axis at two values")
    if log and min(first, second) <= 0:
        raise ValueError(f"are logarithmic and calibrated at {min(first, second):g}; calibrate above 0")
    return first, second


def _between(limits: Limits, share: float, *, log: bool) -> float:
    low, high = limits
    return float(low * (high / low) ** share) if log else low + share * (high - low)
