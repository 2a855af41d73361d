"""Panels of the figure of a marker, and the words beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from helpers.show import style

#: Inches: the height of a label beside the plot, and the gap before it; the size of its letters, in points.
LABEL, GAP, SIZE = 0.165, 0.18, 8.0
#: The column of what has no printed time is so far from the time axis.
APART = 0.14
_LEAST_NAME = 0.9


@dataclass(frozen=True)
class Panel:
    """Axes of time, and the axes of levels without a printed time; None if every level has one."""

    timed: Axes
    untimed: Axes | None

    @property
    def right(self) -> Axes:
        """The axes at the right, which labels are beside."""
        return self.untimed or self.timed

    @property
    def each(self) -> list[Axes]:
        """All axes of the panel."""
        return [axes for axes in (self.timed, self.untimed) if axes]


@dataclass(frozen=True)
class Label:
    """Words beside the plot: a name, its signs and values, the level that it belongs to, and its colour."""

    name: str
    values: str
    height: float
    colour: str


def wide(axes: Axes) -> float:
    """Give the width of axes in inches."""
    return axes.get_position().width * style.WIDTH


def label_beside(axes: Axes, labels: list[Label], width: float) -> None:
    """Write labels at the right of axes, in so many inches."""
    for label, height, place in _placed(axes, labels):
        values = style.shortened(label.values, width - GAP - _LEAST_NAME, SIZE)
        room = width - GAP - style.text_width(values, SIZE)
        name = fitted(label.name, room) if values else style.shortened(label.name, room, SIZE)
        axes.annotate(
            name + values, (1.0, height), xycoords="axes fraction", xytext=(1.0 + GAP / wide(axes), place), va="center",
            fontsize=SIZE, color=style.INK if label.colour != style.MUTED else style.MUTED, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": label.colour, "lw": 0.8, "shrinkA": 1, "shrinkB": 0, "relpos": (0, 0.5)},
        )  # fmt: skip


def label_marks(axes: Axes, labels: list[Label]) -> None:
    """Write labels beside marks of month 0, inside the plot."""
    low, high = axes.get_xlim()
    left = (0 - low) / (high - low) + 0.18 / wide(axes)
    # No level is without a time, so words may end in the gap before that column.
    room = wide(axes) * (1 - left) + APART
    for label, _, place in _placed(axes, labels):
        axes.annotate(
            style.shortened(label.name + label.values, room, SIZE), (0, label.height), xytext=(left, place),
            textcoords="axes fraction", va="center", fontsize=SIZE, color=style.INK, annotation_clip=False,
            bbox={"fc": "white", "ec": "none", "pad": 0.6},
            arrowprops={"arrowstyle": "-", "color": style.FAINT, "lw": 0.7, "shrinkA": 1, "shrinkB": 4, "relpos": (0, 0.5)},
        )  # fmt: skip


def _placed(axes: Axes, labels: list[Label]) -> Iterator[tuple[Label, float, float]]:
    """Sort labels by height and move them apart where they would touch; give where each belongs and is, in parts of the axes."""
    figure: Any = axes.figure
    tall = axes.get_position().height * figure.get_figheight()
    to_fraction = axes.transData + axes.transAxes.inverted()
    placed = sorted(labels, key=lambda label: label.height)
    heights = [float(to_fraction.transform((0, label.height))[1]) for label in placed]
    yield from zip(placed, heights, apart(heights, LABEL / tall), strict=True)


def apart(places: list[float], step: float) -> list[float]:
    """Move sorted places apart until none is nearer to the next than `step`, within 0 to 1 where they fit."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + step) if moved else max(place, 0.0))
    ceiling = 1.0
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - step
    return moved


def fitted(name: str, width: float) -> str:
    """Leave out words in the middle of a name until it is no wider than `width` inches: names differ at their ends."""
    words = name.split()
    first, last, shown = words[:2], words[2:], name
    while style.text_width(shown, SIZE) > width and len(last) > 1:
        last.pop(0)
        shown = " ".join([*first, "…", *last])
    return shown if style.text_width(shown, SIZE) <= width else style.shortened(name, width, SIZE)


def write(axes: Axes, x: float, y: float, words: str, **look: Any) -> None:
    """Write in a row of a panel; by default x is a fraction of its width."""
    given: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": SIZE}
    axes.text(x, y, words, linespacing=1.0, **given | look)


def write_beside(axes: Axes, y: float, words: str) -> None:
    """Write at the right of a row of a panel, in line with the labels of the levels."""
    write(axes, 1.0 + GAP / wide(axes), y, words)
