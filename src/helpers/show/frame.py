"""A figure's frame: title above, sources below, and between them room of a known height, in inches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.show import marks, style


@dataclass(frozen=True)
class Frame:
    """A figure in its frame; its body begins so many inches from the top and ends so many from the bottom."""

    figure: Figure
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """The height of the figure, in inches."""
        return float(self.figure.get_figheight())

    def axes(
        self, left: float, width: float, *, below: float = 0.0, tall: float | None = None, **more: Any
    ) -> Axes:
        """Add axes to the body, `left` and `width` in parts of the figure; `tall` and so many inches `below` its top, or all of it."""
        end = self.bottom if tall is None else self.height - self.top - below - tall
        tall = self.height - self.top - self.bottom if tall is None else tall
        return self.figure.add_axes((left, end / self.height, width, tall / self.height), **more)

    def legend(self, handles: list[Line2D], below: float) -> None:
        """Put a legend so many inches below the body."""
        marks.legend_below(self.figure, handles, (self.bottom - below) / self.height)


@contextmanager
def framed(
    title: str, subtitle: str, lines: list[str], *, body: float, above: float, below: float
) -> Iterator[Frame]:
    """Open a figure with title, subtitle and the `lines` of its footer, in the house style while it is drawn.

    Its `body` is so many inches tall, with so many `above`, to the title, and `below`, to the footer.
    """
    top, bottom = style.title_height(title, subtitle) + above, style.footer_height(lines) + below
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        style.titled(figure, title, subtitle)
        yield Frame(figure, top, bottom)
        style.footed(figure, lines)
