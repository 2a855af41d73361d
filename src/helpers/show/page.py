"""Writing a figure: into a notebook, or as a file."""

from __future__ import annotations

import io
from collections.abc import Collection

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from helpers.show import style

#: Where the letters of Chinese, Japanese and Korean begin.
_CHINESE = "\u2e80"


def show(figure: Figure) -> None:
    """Display a figure as PNG to look at and SVG to take along, in one output.

    Its title and subtitle, as `style.titled` writes them, say what it shows to readers who do not see it.
    """
    alt = " ".join(text.get_text().replace("\n", " ") for text in figure.texts[:2])
    bundle = {"image/png": png(figure), "image/svg+xml": svg(figure), "text/plain": alt}
    width = int(figure.get_figwidth() * style.PIXELS)
    display(bundle, raw=True, metadata={"image/png": {"width": width, "alt": alt}})  # type: ignore[no-untyped-call]


def png(figure: Figure) -> bytes:
    """Write a figure as PNG, without dates: the same figure gives the same bytes.

    It has a palette: a third of the size, and notebooks are kept with their figures.
    """
    pixels, small = io.BytesIO(), io.BytesIO()
    with style.house_style():
        figure.savefig(pixels, format="rgba")
        width = int(figure.get_figwidth() * plt.rcParams["savefig.dpi"])
    # Level 6 is a tenth of the time of level 9 for a file that is 7 % larger.
    _with_palette(pixels.getvalue(), width).save(small, "PNG", compress_level=6)
    return small.getvalue()


def _with_palette(pixels: bytes, width: int) -> Image.Image:
    # Pillow looks for a palette among all pixels. Here each colour counts once; most figures have no more than 256. Most
    # pixels are as their neighbour: only where a run of one colour starts is it looked up.
    found = np.frombuffer(pixels, "<u4")
    starts = np.append(0, np.flatnonzero(found[1:] != found[:-1]) + 1)
    # Not `np.unique`, which sorts all runs to find a few hundred colours.
    of_run, colours = pd.factorize(found[starts] & 0xFFFFFF, sort=True)
    few = Image.frombytes("RGBA", (len(colours), 1), colours.tobytes()).convert("RGB")
    few = few.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    index = np.repeat(np.asarray(few)[0][of_run], np.diff(starts, append=len(found)))
    picture = Image.fromarray(index.reshape(-1, width), "P")
    picture.putpalette(few.getpalette() or [])
    return picture


def svg(figure: Figure) -> str:
    """Write a figure as SVG, without dates: the same figure gives the same text."""
    text = io.StringIO()
    # Letters of a font that a reader may not have are drawn, not written.
    letters = "".join(words.get_text() for words in figure.findobj(Text) if isinstance(words, Text))
    kind = "path" if any(letter >= _CHINESE for letter in letters) else "none"
    with style.house_style(), rc_context({"svg.fonttype": kind}):
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()


def check_made(columns: Collection[str], maker: str, *needed: str) -> None:
    """Raise ValueError if rows have not the columns that a figure draws, and name the function that makes them."""
    missing = [name for name in needed if name not in columns]
    if missing:
        several = "s" * (len(missing) > 1)
        raise ValueError(
            f"these rows cannot be drawn: they have no column{several} {', '.join(missing)}; make them with {maker}"
        )
