"""The page that the forests of this question share: words at the left, the axes, columns of words at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Transform, blended_transform_factory

from helpers.show import marks, style
from helpers.show.count_forest import write


class ForestPage(NamedTuple):
    """A figure with the axes of a forest, whose y is in inches from the top; words stand so many inches from an edge of the page."""

    figure: Figure
    axes: Axes
    across: Transform

    def write(self, inches: float, y: float, words: str, **look: Any) -> None:
        """Write words at so many inches from the left edge."""
        write(self.axes, self.across, inches, y, words, **look)

    def columns(self, y: float, cells: Iterable[tuple[float, object]], **look: Any) -> None:
        """Write a line of cells, each given with its inches from the right edge."""
        for inches, words in cells:
            self.write(style.WIDTH - inches, y, str(words), **look)


@contextmanager
def forest_page(
    title: str,
    subtitle: str,
    footer: list[str],
    handles: list[Line2D],
    *,
    body: float,
    left: float,
    right: float,
    head: float = 0.3,
    foot: float = 0.72,
    warning: str = "",
) -> Iterator[ForestPage]:
    """Lay out a page around axes of `body` inches, in which the caller draws; all lengths are in inches.

    `head` is the room between the title and the axes, for heads of columns and the `warning`; `foot` is that of the axis.
    """
    legend = style.footer_height(footer) + marks.legend_height(handles)
    top, bottom = style.title_height(title, subtitle) + head, legend + foot
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        wide = style.WIDTH - left - right - 0.15
        axes = figure.add_axes((left / style.WIDTH, bottom / height, wide / style.WIDTH, body / height))
        style.titled(figure, title, subtitle)
        if warning:
            style.warned(figure, warning, 1 - (top - head + 0.17) / height)
        style.quiet_axes(axes)
        axes.set_ylim(body, 0)
        axes.set_yticks([])
        yield ForestPage(figure, axes, blended_transform_factory(figure.transFigure, axes.transData))
        marks.legend_below(figure, handles, (legend + 0.04) / height)
        style.footed(figure, footer)
