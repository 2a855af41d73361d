"""A hundred women per field, and how many of them had a child."""

from __future__ import annotations

import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.questions.summary.catalogue import Row, Words, in_hundred
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.fields import CELLS, DONOR_EGGS, NOTHING, OTHER
from helpers.show import style

_NAMES = {
    CELLS: "stem cells", NOTHING: "no treatment", OTHER: "hormones, stimulation\nor another treatment", DONOR_EGGS: "donor eggs",
}  # fmt: skip
#: Women in a row of a field, and rows; the size of a field and of the words above and below it, in inches.
_SIDE, _FIELD, _HEAD, _FOOT = 10, 1.75, 0.5, 0.75
#: Width of the figure, in inches, so that a telephone shows all fields, two by two.
_WIDTH, _COLUMNS = 5.0, 2
_WITH, _WITHOUT = "#0072b2", style.COMPARATOR_COLOUR


def icon_arrays(found: Facts, language: str) -> Figure:
    """Draw `fields.fields`: a hundred women each, filled by the estimate and ringed up to the upper limit of the interval."""
    words = Words(language, found.level)
    title, subtitle, naive, sources = _around(found, words)
    rows = -(-len(found.fields) // _COLUMNS)
    head = 0.1 + 0.22 * len(title) + 0.17 * len(subtitle)
    top = head + 0.15 + 0.2 * len(naive)
    row_height = _HEAD + _FIELD + _FOOT
    # Where women were counted comes first, so that the cells and what they are compared with are side by side.
    ordered = sorted(found.fields.to_dict("records"), key=lambda row: not row["studies"])
    # Fields without a count have no words below them.
    below = _FOOT if ordered[(rows - 1) * _COLUMNS]["studies"] else 0.15
    tall = top + rows * row_height - _FOOT + below + style.footer_height(sources)
    with style.house_style(chinese=language == "zh"):
        figure = Figure(figsize=(_WIDTH, tall))
        figure.text(0.02, 1 - 0.08 / tall, "\n".join(title), fontsize=12, fontweight="bold", va="top")
        under = 1 - (0.1 + 0.22 * len(title)) / tall
        figure.text(0.02, under, "\n".join(subtitle), fontsize=9, color=style.MUTED, va="top")
        style.warned(figure, "\n".join(naive), 1 - (head + 0.1 + 0.1 * len(naive)) / tall)
        for place, row in enumerate(ordered):
            down, across = divmod(place, _COLUMNS)
            left = across * _WIDTH / _COLUMNS + (_WIDTH / _COLUMNS - _FIELD) / 2
            bottom = tall - top - down * row_height - _HEAD - _FIELD
            axes = figure.add_axes((left / _WIDTH, bottom / tall, _FIELD / _WIDTH, _FIELD / tall))
            _field(axes, row, words)
        style.footed(figure, sources)
    return figure


def _around(found: Facts, words: Words) -> list[list[str]]:
    """Give the lines of title, subtitle, warning and sources."""
    # A Chinese letter is as wide as it is high, a Latin one about half as wide.
    wide = 1 if words.language == "en" else 0.56
    rings = words("Filled: estimate. Ring: up to the upper limit named below ({level}).")
    cited = dict.fromkeys(one for listed in found.fields["citations"] for one in listed)
    texts = {
        words("Of 100 women with {condition}, how many had a child?", condition=words("POI")): 46 * wide,
        rings: 68 * wide,
        words("Naive indirect comparison: the fields show different women."): 64 * wide,
        words("Sources: {sources}.", sources="; ".join(cited)): 74,
    }
    return [textwrap.wrap(text, int(letters)) for text, letters in texts.items()]


def _field(axes: Axes, row: Row, words: Words) -> None:
    axes.set(xlim=(-0.6, _SIDE - 0.4), ylim=(-0.6, _SIDE - 0.4), xticks=[], yticks=[])
    style.quiet_axes(axes, keep=())
    axes.set_title(words(_NAMES[row["field"]]), fontsize=10.5, pad=6)
    middle = _SIDE / 2 - 0.5
    if pd.isna(row["estimate"]):
        axes.set_facecolor("#f4f4f4")
        none = words("no count of\nlike women")
        axes.text(middle, middle, none, ha="center", va="center", color=style.MUTED, fontsize=9.5)
        return
    filled, ringed = (round(100 * row[name]) for name in ("estimate", "high"))
    colour = _WITH if row["field"] == CELLS else _WITHOUT
    for woman in range(_SIDE * _SIDE):
        x, y = woman % _SIDE, _SIDE - 1 - woman // _SIDE
        face = colour if woman < filled else "none" if woman < ringed else style.FAINT
        edge, size = (colour, 8) if woman < ringed else (style.FAINT, 4)
        axes.plot([x], [y], "o", ms=size, mfc=face, mec=edge, mew=1.1)
    below = "\n".join(_below(row, words))
    axes.text(middle, -1.0, below, ha="center", va="top", fontsize=9, linespacing=1.3)


def _below(row: Row, words: Words) -> list[str]:
    limits, pooled = in_hundred(row), "{level} CrI" if row["field"] == CELLS else "{level} PI"
    return [
        words("{per} in 100", limits),
        words(
            "{interval} {low} to {high}", limits, interval=words(pooled if row["pooled"] else "{level} CI")
        ),
        words("{events} of {women} women, studies: {studies}", row),
    ]
