"""One look for all figures: sizes, fonts, palettes, titles and footers."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

import matplotlib as mpl
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Width of every figure in inches; at 100 dpi it fits a page column at its natural size.
WIDTH = 9.0
INK = "#222222"
MUTED = "#666666"
FAINT = "#c8c8c8"
NAIVE = "#8a4b00"
NAIVE_GROUND = "#fff4e0"

_OKABE_ITO = {
    "black": "#000000", "orange": "#e69f00", "sky": "#56b4e9", "green": "#009e73",
    "yellow": "#b8a600", "blue": "#0072b2", "vermilion": "#d55e00", "purple": "#cc79a7",
}  # fmt: skip

#: Cell sources: cord blue, marrow warm, fat green, menstrual purple, others grey.
CELL_SOURCE_COLOURS = {
    "UC-MSC": _OKABE_ITO["blue"],
    "UCB-MNC": _OKABE_ITO["sky"],
    "BM-MSC": _OKABE_ITO["vermilion"],
    "BM-mobilised": _OKABE_ITO["orange"],
    "BM-MNC": "#8c2d04",
    "BM-unspecified": "#c49a6c",
    "AD-MSC": _OKABE_ITO["green"],
    "AD-SVF": "#66c2a5",
    "MenSC": _OKABE_ITO["purple"],
    "PB-MSC": "#7b4173",
    "hAEC": _OKABE_ITO["yellow"],
    "hESC-MSC": "#4d4d4d",
    "mixed": "#8c8c8c",
}
#: Conditions: a palette of its own, so that a colour never stands for both a cell and a disease.
CONDITION_COLOURS = {
    "POI": "#332288",
    "POR": "#117733",
    "DOR": "#88aa33",
    "perimenopause": "#999933",
    "IUA": "#aa4499",
    "thin-endometrium": "#dd9fbb",
    "IVF-population": "#44aa99",
    "general-population": "#777777",
    "subfertile": "#4499bb",
    "mixed": "#8c8c8c",
}
OTHER_COLOUR = "#8c8c8c"
#: What a document found; told apart by a sign in the mark too. Blue and vermilion mean the same as in verdicts.
FOUND_COLOURS = {
    "supports": _OKABE_ITO["blue"],
    "mixed": "#8cc2e3",
    "none": "#b3b3b3",
    "contradicts": _OKABE_ITO["vermilion"],
    "not seen": "#ffffff",
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
    "svg.hashsalt": "reanalysis",
    "svg.fonttype": "none",
}


def house_style() -> AbstractContextManager[None]:
    """Make the house style hold inside a ``with`` block.

    Returns
    -------
    context manager
        seaborn's ticks style with the project's fonts and sizes.
    """
    settings: dict[Any, Any] = {**sns.axes_style("ticks"), **_RC}
    return mpl.rc_context(settings)


def colour_of(value: object, palette: dict[str, str]) -> str:
    """Look a colour up; what has none of its own is grey.

    Parameters
    ----------
    value : str or missing
        A cell source or a condition.
    palette : dict of str
        `CELL_SOURCE_COLOURS` or `CONDITION_COLOURS`.

    Returns
    -------
    str
        A hex colour.
    """
    return palette.get(str(value), OTHER_COLOUR)


def titled(figure: Figure, title: str, subtitle: str = "") -> float:
    """Write title and subtitle at the top left of a figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure.
    title : str
        The finding or the question; wrapped.
    subtitle : str
        What is shown and with which interval; wrapped.

    Returns
    -------
    float
        Height taken, in inches.
    """
    height = figure.get_figheight()
    lines = textwrap.wrap(title, 88)
    figure.text(
        0.01, 1 - 0.08 / height, "\n".join(lines), fontsize=12, fontweight="bold", va="top", linespacing=1.2
    )
    used = 0.08 + 0.215 * len(lines) + 0.05
    if subtitle:
        small = textwrap.wrap(subtitle, 125)
        figure.text(
            0.01, 1 - used / height, "\n".join(small), fontsize=9, color=MUTED, va="top", linespacing=1.25
        )
        used += 0.165 * len(small)
    return used + 0.1


def title_height(title: str, subtitle: str = "") -> float:
    """Tell the height that `titled` will take, in inches."""
    used = 0.08 + 0.215 * len(textwrap.wrap(title, 88)) + 0.05
    return used + 0.165 * len(textwrap.wrap(subtitle, 125)) + 0.1


def footer_lines(sources: Iterable[str], notes: Iterable[str]) -> list[str]:
    """Wrap notes and the list of sources into the lines of a footer.

    Parameters
    ----------
    sources : iterable of str
        Citations; repeated ones are named once.
    notes : iterable of str
        Remarks that stand before the sources.

    Returns
    -------
    list of str
        Lines of at most 138 characters.
    """
    lines: list[str] = []
    for note in notes:
        lines += textwrap.wrap(note, 138)
    cited = "; ".join(dict.fromkeys(source for joined in sources for source in joined.split("; ")))
    return lines + (textwrap.wrap(f"Sources: {cited}.", 138) if cited else [])


def footed(figure: Figure, lines: list[str]) -> None:
    """Write the lines of a footer at the bottom left of a figure."""
    figure.text(
        0.01,
        0.06 / figure.get_figheight(),
        "\n".join(lines),
        fontsize=8,
        color=MUTED,
        va="bottom",
        linespacing=1.3,
    )


def footer_height(lines: list[str]) -> float:
    """Tell the height that a footer takes, in inches."""
    return 0.15 * len(lines) + 0.12


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
