"""A hundred women per field, and how many of them had a child."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.questions.summary.catalogue import Words
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.fields import CELLS, DONOR_EGGS, NOTHING, OTHER
from helpers.show import style
from helpers.show.numbers import per_hundred

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
    words = Words(language)
    cited = dict.fromkeys(one for listed in found.fields["citations"] for one in listed)
    # A Chinese letter is as wide as it is high, a Latin one about half as wide.
    wide = 1 if language == "en" else 0.56
    title, subtitle, naive = (
        textwrap.wrap(text, int(letters * wide))
        for text, letters in (
            (words("Of 100 women with {condition}, how many had a child?", condition=words("POI")), 46),
            (
                words(
                    "Filled: estimate. Ring: up to the upper limit named below ({level}).",
                    level=words.percent(found.level),
                ),
                68,
            ),
            (words("Naive indirect comparison: the fields show different women."), 64),
        )
    )
    sources = textwrap.wrap(words("Sources: {sources}.", sources="; ".join(cited)), 74)
    rows = -(-len(found.fields) // _COLUMNS)
    head = 0.1 + 0.22 * len(title) + 0.17 * len(subtitle)
    top, foot = head + 0.15 + 0.2 * len(naive), style.footer_height(sources)
    row_height = _HEAD + _FIELD + _FOOT
    # Where women were counted comes first, so that the cells and what they are compared with are side by side.
    ordered = sorted(found.fields.to_dict("records"), key=lambda row: not row["studies"])
    # Fields without a count have no words below them.
    below = _FOOT if ordered[(rows - 1) * _COLUMNS]["studies"] else 0.15
    tall = top + rows * row_height - _FOOT + below + foot
    with style.house_style(chinese=language == "zh"):
        figure = Figure(figsize=(_WIDTH, tall))
        figure.text(0.02, 1 - 0.08 / tall, "\n".join(title), fontsize=12, fontweight="bold", va="top")
        figure.text(
            0.02,
            1 - (0.1 + 0.22 * len(title)) / tall,
            "\n".join(subtitle),
            fontsize=9,
            color=style.MUTED,
            va="top",
        )
        style.warned(figure, "\n".join(naive), 1 - (head + 0.1 + 0.1 * len(naive)) / tall)
        for place, row in enumerate(ordered):
            down, across = divmod(place, _COLUMNS)
            left = across * _WIDTH / _COLUMNS + (_WIDTH / _COLUMNS - _FIELD) / 2
            bottom = tall - top - down * row_height - _HEAD - _FIELD
            axes = figure.add_axes((left / _WIDTH, bottom / tall, _FIELD / _WIDTH, _FIELD / tall))
            _field(axes, row, words, found.level)
        style.footed(figure, sources)
    return figure


def _field(axes: Axes, row: dict[Any, Any], words: Words, level: float) -> None:
    axes.set(xlim=(-0.6, _SIDE - 0.4), ylim=(-0.6, _SIDE - 0.4), xticks=[], yticks=[])
    style.quiet_axes(axes, keep=())
    axes.set_title(words(_NAMES[row["field"]]), fontsize=10.5, pad=6)
    if pd.isna(row["estimate"]):
        axes.set_facecolor("#f4f4f4")
        axes.text(
            _SIDE / 2 - 0.5,
            _SIDE / 2 - 0.5,
            words("no count of\nlike women"),
            ha="center",
            va="center",
            color=style.MUTED,
            fontsize=9.5,
        )
        return
    filled, ringed = (round(100 * row[name]) for name in ("estimate", "high"))
    colour = _WITH if row["field"] == CELLS else _WITHOUT
    for woman in range(_SIDE * _SIDE):
        x, y = woman % _SIDE, _SIDE - 1 - woman // _SIDE
        face = colour if woman < filled else "none" if woman < ringed else style.FAINT
        edge = colour if woman < ringed else style.FAINT
        axes.plot(
            [x],
            [y],
            "o",
            markersize=8 if woman < ringed else 4,
            markerfacecolor=face,
            markeredgecolor=edge,
            markeredgewidth=1.1,
        )
    axes.text(
        _SIDE / 2 - 0.5,
        -1.0,
        "\n".join(_below(row, words, level)),
        ha="center",
        va="top",
        fontsize=9,
        linespacing=1.3,
    )


def _below(row: dict[Any, Any], words: Words, level: float) -> list[str]:
    limits = {
        "per": per_hundred(row["estimate"]), "low": per_hundred(row["low"]), "high": per_hundred(row["high"]), "level": words.percent(level),
    }  # fmt: skip
    kind = (
        "{level} CrI"
        if row["field"] == CELLS and row["pooled"]
        else "{level} PI"
        if row["pooled"]
        else "{level} CI"
    )
    return [
        words("{per} in 100", per=limits["per"]),
        words(
            "{interval} {low} to {high}",
            interval=words(kind, level=limits["level"]),
            low=limits["low"],
            high=limits["high"],
        ),
        words(
            "{events} of {women} women, studies: {studies}",
            events=row["events"],
            women=row["women"],
            studies=row["studies"],
        ),
    ]
