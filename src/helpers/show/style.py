"""One look for all figures: sizes, fonts, palettes, titles and footers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any

import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.style import context

from helpers.show.chinese import family

#: Width of every figure in inches.
WIDTH = 9.0
#: Pixels of a browser to an inch of a figure: it fits a page column, and letters of 8 points are 12 pixels, 9 points of a page.
PIXELS = 108
#: No figure is taller, in inches: with it a laptop's screen is full.
TALLEST = 8.3
#: Sources that a footer lists; of more it says where they stand.
MOST_SOURCES = 10
INK = "#222222"
MUTED = "#666666"
FAINT = "#c8c8c8"
NAIVE = "#8a4b00"
NAIVE_GROUND = "#fff4e0"

_OKABE_ITO = {
    "black": "#000000", "orange": "#e69f00", "sky": "#56b4e9", "green": "#009e73",
    "yellow": "#b8a600", "blue": "#0072b2", "vermilion": "#d55e00", "purple": "#cc79a7",
}  # fmt: skip

#: Cell sources: one hue to the tissue they come from (cord blue, marrow warm, fat green, menstrual blood and endometrium
#: purple, placenta and amnion yellow, others dark), shades within it.
CELL_SOURCE_COLOURS = {
    "UC-MSC": _OKABE_ITO["blue"],
    "WJ-MSC": "#1f4e79",
    "UC-perivascular": "#3b8fc4",
    "UC-MSC-EV": "#8fbfe0",
    "UCB-MNC": _OKABE_ITO["sky"],
    "BM-MSC": _OKABE_ITO["vermilion"],
    "BM-mobilised": _OKABE_ITO["orange"],
    "BM-MNC": "#8c2d04",
    "BM-nucleated": "#b5532a",
    "BM-selected": "#6e1f0e",
    "BM-unspecified": "#c49a6c",
    "BM-MSC-EV": "#f0a582",
    "AD-MSC": _OKABE_ITO["green"],
    "AD-SVF": "#66c2a5",
    "MenSC": _OKABE_ITO["purple"],
    "EndoMSC": "#a0528a",
    "MenSC-EV": "#e7bdd5",
    "PB-MSC": "#7b4173",
    "P-MSC": "#857500",
    "P-MSC-EV": "#d8cf78",
    "CP-MSC": "#6b5f00",
    "chorion-MSC": "#9c8a1f",
    "amnion-MSC": "#d2be00",
    "AF-MSC": "#e3d44a",
    "hAEC": _OKABE_ITO["yellow"],
    "dermal-MSC": "#5e4b3c",
    "hESC-MSC": "#4d4d4d",
    "ovarian-stem-cell": "#2b2b6b",
    "mixed": "#8c8c8c",
}
#: Women without cells, beside those with cells or in studies of their own: slate grey, and a square mark.
COMPARATOR_COLOUR = "#5c6b73"
OTHER_COLOUR = "#8c8c8c"
#: What a document found; told apart by a sign in the mark too. Blue and vermilion mean the same as in verdicts.
FOUND_COLOURS = {
    "supports": _OKABE_ITO["blue"],
    "mixed": "#8cc2e3",
    "none": "#b3b3b3",
    "contradicts": _OKABE_ITO["vermilion"],
    "not seen": "#e9e9e9",
    "retracted": "#111111",
}

_RC: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 10.5,
    "axes.labelsize": 9.5,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "figure.facecolor": "white",
    # Text comes from tables: a dollar sign in it is no formula.
    "text.parse_math": False,
    # At this resolution letters need no help to meet the pixels, and are as wide as in the SVG.
    "text.hinting": "none",
    "svg.hashsalt": "reanalysis",
    "svg.fonttype": "none",
}


def house_style(*, chinese: bool = False) -> AbstractContextManager[None]:
    """Make the house style hold inside a ``with`` block, whatever the user's own matplotlibrc says.

    `chinese`: letters that the font of the figures has not come from the one for Chinese.
    """
    more = {"font.family": [_RC["font.family"], family()]} if chinese else {}
    return context(["default", {**sns.axes_style("ticks"), **_RC, **more}])


def colour_of(cell_source: object) -> str:
    """Look up the colour of a cell source; what has none of its own is grey."""
    return CELL_SOURCE_COLOURS.get(str(cell_source), OTHER_COLOUR)


def arm_colour(arm_kind: object, cell_source: object) -> str:
    """Look up the colour of an arm: that of its cells, or `COMPARATOR_COLOUR` where the women received none."""
    return colour_of(cell_source) if arm_kind == "cells" else COMPARATOR_COLOUR


@lru_cache(4096)
def text_width(text: str, size: float) -> float:
    """Measure a line of text in the font of the figures, in inches, with the little that hinting adds on screen."""
    # What is not given, a user's matplotlibrc would decide.
    plain = FontProperties(
        family=str(_RC["font.family"]), style="normal", variant="normal", weight="normal", stretch="normal"
    )
    font = get_font(findfont(plain))
    font.set_size(size, 72)
    font.set_text(text)
    return float(1.05 * font.get_width_height()[0] / 64 / 72)


def shortened(text: str, width: float, size: float) -> str:
    """Leave out words at the end of a line until it is no wider than `width` inches."""
    if text_width(text, size) <= width:
        return text
    words = text.split()
    while len(words) > 1 and text_width(" ".join([*words, "…"]), size) > width:
        words.pop()
    return " ".join([*words, "…"])


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Break a text between words into lines no wider than `width` inches; a longer word has a line of its own."""
    if text_width(text, size) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def titled(figure: Figure, title: str, subtitle: str = "") -> float:
    """Write title and subtitle, wrapped, at the top left of a figure, and give the inches that they take."""
    height = figure.get_figheight()
    lines, small = _title_lines(title, subtitle)
    look: dict[str, Any] = {"fontsize": 12, "fontweight": "bold", "va": "top", "linespacing": 1.2}
    figure.text(0.01, 1 - 0.08 / height, "\n".join(lines), **look)
    if small:
        look = {"fontsize": 9, "color": MUTED, "va": "top", "linespacing": 1.25}
        figure.text(0.01, 1 - _below_title(lines) / height, "\n".join(small), **look)
    return title_height(title, subtitle)


def title_height(title: str, subtitle: str = "") -> float:
    """Give the height that `titled` will take, in inches."""
    lines, small = _title_lines(title, subtitle)
    return _below_title(lines) + 0.165 * len(small) + 0.1


def _title_lines(title: str, subtitle: str) -> tuple[list[str], list[str]]:
    return textwrap.wrap(title, 88), textwrap.wrap(subtitle, 125)


def _below_title(lines: list[str]) -> float:
    return 0.08 + 0.215 * len(lines) + 0.05


def footer_lines(sources: Iterable[str], notes: Iterable[str] = ()) -> list[str]:
    """Wrap notes, then the sources, each named once, into the lines of a footer.

    More than `MOST_SOURCES` sources are counted, not listed: the tables of the page name them.
    """
    lines = [line for note in notes for line in textwrap.wrap(note, 138)]
    cited = list(dict.fromkeys(source for joined in sources for source in joined.split("; ")))
    if len(cited) > MOST_SOURCES:
        return [*lines, f"Sources: the {len(cited)} documents named in the tables of this page."]
    return lines + (textwrap.wrap(f"Sources: {'; '.join(cited)}.", 138) if cited else [])


def footed(figure: Figure, lines: list[str]) -> None:
    """Write the lines of a footer at the bottom left of a figure."""
    start = 0.06 / figure.get_figheight()
    figure.text(0.01, start, "\n".join(lines), fontsize=8, color=MUTED, va="bottom", linespacing=1.3)


def footer_height(lines: list[str]) -> float:
    """Give the height that a footer takes, in inches."""
    return 0.15 * len(lines) + 0.12


def warned(figure: Figure, words: str, y: float) -> None:
    """Write a warning in a box below the title, its middle at `y` as a fraction of the height."""
    figure.text(
        0.015, y, "\n".join(textwrap.wrap(words, 120)), fontsize=8.8, color=NAIVE, va="center",
        linespacing=1.25, bbox={"fc": NAIVE_GROUND, "ec": NAIVE, "lw": 0.7, "boxstyle": "round,pad=0.35"},
    )  # fmt: skip


def quiet_axes(axes: Axes, *, keep: tuple[str, ...] = ("bottom",)) -> None:
    """Hide the spines that carry nothing."""
    for name, spine in axes.spines.items():
        spine.set_visible(name in keep)


def say_nothing(axes: Axes, words: str) -> None:
    """Write in the middle of empty axes why they are empty."""
    axes.text(
        0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", color=MUTED, style="italic", zorder=5,
        bbox={"fc": "white", "ec": "none", "alpha": 0.9},
    )  # fmt: skip
