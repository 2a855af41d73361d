"""A hundred women per field, and how many of them had a child."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.questions.summary.catalogue import Words
from helpers.questions.summary.facts import Facts
from helpers.questions.summary.fields import CELLS, DONOR_EGGS, NOTHING, STIMULATION
from helpers.show import style
from helpers.show.numbers import per_hundred

_NAMES = {
    CELLS: "stem cells", NOTHING: "no treatment", STIMULATION: "hormones and stimulation", DONOR_EGGS: "donor eggs",
}  # fmt: skip
#: Women in a row of a field, and rows; the size of a field and of the words above and below it, in inches.
_SIDE, _FIELD, _HEAD, _FOOT = 10, 1.75, 0.3, 0.75
_WITH, _WITHOUT = "#0072b2", style.COMPARATOR_COLOUR


def icon_arrays(found: Facts, language: str) -> Figure:
    """Draw `fields.fields`: a hundred women each, filled by the estimate and ringed up to the upper limit of the interval."""
    words = Words(language)
    title = words("Of 100 women with {condition}, how many had a child?", condition=words("POI"))
    subtitle = words(
        "Filled: estimate. Ring: up to the upper limit ({level}).",
        level=words.percent(found.level),
    )
    naive = words("Naive indirect comparison: the fields show different women.")
    cited = dict.fromkeys(one for listed in found.fields["citations"] for one in listed)
    lines = textwrap.wrap(words("Sources: {sources}.", sources="; ".join(cited)), 138)
    top = style.title_height(title, subtitle) + 0.3
    foot = _FOOT + style.footer_height(lines)
    with style.house_style(chinese=language == "zh"):
        figure = Figure(figsize=(style.WIDTH, top + _HEAD + _FIELD + foot))
        tall = figure.get_figheight()
        used = style.titled(figure, title, subtitle)
        style.warned(figure, naive, 1 - (used + 0.12) / tall)
        width = style.WIDTH / len(found.fields)
        for place, row in enumerate(found.fields.to_dict("records")):
            left = place * width + (width - _FIELD) / 2
            axes = figure.add_axes((left / style.WIDTH, foot / tall, _FIELD / style.WIDTH, _FIELD / tall))
            _field(axes, row, words, found.level)
        style.footed(figure, lines)
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
