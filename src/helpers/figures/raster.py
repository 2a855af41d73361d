"""Drawing figures as pixels: matplotlib's own way, but text a line at a time.

A module like this is what matplotlib calls a backend; `display.png` names it when it saves a figure.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text


class _Line(NamedTuple):
    """A line of text as pixels, and its sizes; the bitmap begins `left` of where the text does."""

    width: float
    height: float
    descent: float
    left: float
    bitmap: np.ndarray[Any, np.dtype[np.uint8]]


class _Renderer(RendererAgg):
    """Set each line of text once, to measure and to draw it.

    matplotlib 3.11 sets it twice and draws each letter by itself, which is most of the time that a figure takes.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._lines: dict[tuple[str, FontProperties], _Line] = {}

    def _line(self, text: str, prop: FontProperties) -> _Line:
        # Properties of a font can change, those of the copy do not.
        key = text, prop.copy()
        if key not in self._lines:
            font = self._prepare_font(prop)  # type: ignore[no-untyped-call]
            font.set_text(text, 0, flags=get_hinting_flag())  # type: ignore[no-untyped-call]
            font.draw_glyphs_to_bitmap()
            (width, height), descent, left = (
                font.get_width_height(),
                font.get_descent(),
                font.get_bitmap_offset()[0],
            )
            self._lines[key] = _Line(width / 64, height / 64, descent / 64, left / 64, font.get_image())
        return self._lines[key]

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: Any
    ) -> tuple[float, float, float]:
        if ismath:
            sizes: tuple[float, float, float] = super().get_text_width_height_descent(s, prop, ismath)  # type: ignore[no-untyped-call]
            return sizes
        return self._line(s, prop)[:3]

    def draw_text(
        self,
        gc: Any,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Text | None = None,
    ) -> None:
        if angle or ismath:
            super().draw_text(gc, x, y, s, prop, angle, ismath, mtext)  # type: ignore[no-untyped-call]
            return
        line = self._line(s, prop)
        left, bottom = round(x + line.left), round(y + line.descent) + 1
        self._renderer.draw_text_image(line.bitmap, left, bottom, 0, gc)


class FigureCanvas(FigureCanvasAgg):
    """A canvas for saving one figure once."""

    _drawer: _Renderer | None = None

    def get_renderer(self) -> RendererAgg:
        """Give what draws the figure."""
        if self._drawer is None:
            width, height = self.get_width_height(physical=True)
            self._drawer = _Renderer(width, height, self.figure.dpi)
        return self._drawer
