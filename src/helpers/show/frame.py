"""A figure's frame: title and warning above, legends and sources below, and between them room of a known height, in inches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.show import marks, style


@dataclass(frozen=True)
class Frame:
    """A figure in its frame; its title takes so many inches, its body begins so many from the top and ends so many from the bottom."""

    figure: Figure
    title: float
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """The height of the figure, in inches."""
        return float(self.figure.get_figheight())

    @property
    def under_title(self) -> float:
        """Where the title ends, as a fraction of the height."""
        return 1 - self.title / self.height

    @property
    def span(self) -> dict[str, float]:
        """Where the body ends and begins, as fractions of the height."""
        return {"top": 1 - self.top / self.height, "bottom": self.bottom / self.height}

    def axes(
        self, left: float, width: float, *, below: float = 0.0, tall: float | None = None, **more: Any
    ) -> Axes:
        """Add axes to the body, `left` and `width` in parts of the figure; `tall` and so many inches `below` its top, or all of it."""
        end = self.bottom if tall is None else self.height - self.top - below - tall
        tall = self.height - self.top - self.bottom if tall is None else tall
        return self.figure.add_axes((left, end / self.height, width, tall / self.height), **more)

    def stacked(self, left: float, width: float, heights: list[float], gap: float) -> Iterator[Axes]:
        """Add axes of these heights from the top of the body down, `gap` inches apart."""
        below = 0.0
        for tall in heights:
            yield self.axes(left, width, below=below, tall=tall)
            below += tall + gap

    def inches(self) -> Axes:
        """Add empty axes as wide as the figure and as tall as its body, in inches from the top left."""
        axes = self.axes(0, 1)
        axes.set(xlim=(0, style.WIDTH), ylim=(self.height - self.top - self.bottom, 0))
        axes.axis("off")
        return axes

    def warn(self, words: str, below: float) -> None:
        """Write a warning in a box, its middle so many inches below the title."""
        style.warned(self.figure, words, 1 - (self.title + below) / self.height)

    def key(self, handles: list[Any]) -> None:
        """Put a legend between title and body."""
        marks.legend_below(self.figure, handles, self.under_title)

    def legend(self, handles: list[Any], below: float) -> None:
        """Put a legend so many inches below the body."""
        marks.legend_below(self.figure, handles, (self.bottom - below) / self.height)


@contextmanager
def framed(
    title: str,
    subtitle: str,
    lines: list[str],
    *,
    body: float,
    above: float,
    below: float,
    legends: Sequence[list[Any]] = (),
    air: float = 0.04,
) -> Iterator[Frame]:
    """Open a figure with title, subtitle and the `lines` of its footer, in the house style while it is drawn.

    Its `body` is so many inches tall, with so many `above`, to the title, and `below`, to its `legends`, one below the other, and the
    footer; legends begin in the last `air` inches of what is `below`.
    """
    head, heights = style.title_height(title, subtitle), [marks.legend_height(handles) for handles in legends]
    top, bottom = head + above, style.footer_height(lines) + sum(heights) + below
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        style.titled(figure, title, subtitle)
        page = Frame(figure, head, top, bottom)
        yield page
        y = below - air
        for handles, height in zip(legends, heights, strict=True):
            page.legend(handles, y)
            y += height
        style.footed(figure, lines)


def parts(rows: pd.DataFrame, by: str, heights: pd.Series[float], tallest: float) -> list[pd.DataFrame]:
    """Cut rows into parts of about equal height, none taller than `tallest`; those alike in `by`, so tall together, stay together."""
    if 0 < heights.sum() <= tallest:
        return [rows]
    target = heights.sum() / -(-heights.sum() // tallest)
    part = ((heights.cumsum() - heights / 2) // target).astype(int)
    return [own for _, own in rows.groupby(rows[by].map(part))]
