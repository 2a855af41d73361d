"""Putting a figure into a notebook: as PNG to look at and as SVG to take along."""

from __future__ import annotations

import io

from IPython.display import display
from matplotlib.figure import Figure
from PIL import Image

from helpers.figures import style


def show(figure: Figure, *, alt: str) -> None:
    """Display a figure as PNG and SVG in one output.

    Both are written without dates, so that the same figure gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    alt : str
        What the figure shows, for readers who do not see it.
    """
    svg = io.StringIO()
    with style.house_style():
        png = _small_png(figure)
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    bundle = {"image/png": png, "image/svg+xml": svg.getvalue(), "text/plain": alt}
    width = int(figure.get_figwidth() * 100)
    display(bundle, raw=True, metadata={"image/png": {"width": width, "alt": alt}})  # type: ignore[no-untyped-call]


def _small_png(figure: Figure) -> bytes:
    """Write a PNG with a palette: a third of the size, and notebooks are kept with their figures."""
    raw, small = io.BytesIO(), io.BytesIO()
    figure.savefig(raw, format="png", metadata={"Software": None})
    picture = Image.open(raw).convert("RGB")
    picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
        small, "PNG", optimize=True
    )
    return small.getvalue()
