"""In the dark a style sheet turns figures round: what is drawn keeps a contrast to their ground."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib.colors import to_rgb

from helpers.rendering import page
from helpers.show import style

_SHEET = Path(page.__file__).parent / "site" / "_static" / "book.css"
_FILTER = re.compile(r"img \{ filter: invert\(([\d.]+)\) hue-rotate\(180deg\) brightness\(([\d.]+)\); \}")
#: What the shorthand ``hue-rotate(180deg)`` of CSS multiplies a colour by.
_TURNED = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])

Colour = npt.NDArray[np.float64]


def in_the_dark(colour: str, sheet: str) -> Colour:
    invert, brightness = map(float, _FILTER.search(sheet).groups())  # type: ignore[union-attr]
    turned = np.clip(_TURNED @ (invert + (1 - 2 * invert) * np.array(to_rgb(colour))), 0, 1)
    return np.asarray(np.clip(brightness * turned, 0, 1))


def contrast(one: Colour, other: Colour) -> float:
    """Compute the contrast of two colours as the Web Content Accessibility Guidelines define it."""
    linear = [np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (one, other)]
    dark, light = sorted(float(colour @ [0.2126, 0.7152, 0.0722]) for colour in linear)
    return (light + 0.05) / (dark + 0.05)


# What is light on white already is a shade of another colour, and named where it is drawn.
@pytest.mark.parametrize("sheet", [_SHEET.read_text(encoding="utf-8"), page.STYLE], ids=["book", "page"])
@pytest.mark.parametrize("colour", [*style.CELL_SOURCE_COLOURS.values(), style.NAIVE, style.MUTED, style.INK])
def test_what_is_drawn_stands_out_in_the_dark(colour: str, sheet: str) -> None:
    on_white = contrast(np.array(to_rgb(colour)), np.ones(3))
    in_dark = contrast(in_the_dark(colour, sheet), in_the_dark("#ffffff", sheet))
    assert in_dark >= (3 if on_white >= 1.8 else 2.4)
