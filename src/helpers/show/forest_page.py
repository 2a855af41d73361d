"""The page that forests share: words at the left, the axes, columns of words at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import Transform, blended_transform_factory

from helpers.show import style
from helpers.show.frame import framed


class ForestPage(NamedTuple):
    """A figure with the axes of a forest, whose y is in inches from the top; words stand so many inches from an edge of the page."""

    figure: Figure
    axes: Axes

    @property
    def across(self) -> Transform:
        """Where words are: so many widths from the left edge of the figure, in the height of a row of the axes."""
        return blended_transform_factory(self.figure.transFigure, self.axes.transData)

    def write(self, inches: float, y: float, words: str, **look: Any) -> None:
        """Write words at so many inches from the left edge, in the height of a row."""
        box = {"fc": "white", "ec": "none", "pad": 0.8}
        place = inches / style.WIDTH, y
        self.axes.text(*place, words, transform=self.across, **{"va": "center", "bbox": box, **look})

    def columns(self, y: float, cells: Iterable[tuple[float, object]], **look: Any) -> None:
        """Write a line of cells, each given with its inches from the right edge."""
        for inches, words in cells:
            self.write(style.WIDTH - inches, y, str(words), **look)


@contextmanager
def forest_page(
    title: str,
    subtitle: str,
    footer: list[str],
    handles: list[Any],
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
    with framed(title, subtitle, footer, body=body, above=head, below=foot, legends=[handles]) as page:
        if warning:
            page.warn(warning, 0.17)
        axes = page.axes(left / style.WIDTH, (style.WIDTH - right - 0.15 - left) / style.WIDTH)
        style.quiet_axes(axes)
        axes.set_ylim(body, 0)
        axes.set_yticks([])
        yield ForestPage(page.figure, axes)


def share_axis(axes: Axes, words: str) -> None:
    """Dress the axis of percentages from none to all, which `words` name."""
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, symbol=" %"))
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.grid(axis="x", color=style.FAINT, lw=0.6, zorder=0)
    axes.set_axisbelow(True)
    axes.set_xlabel(words)
