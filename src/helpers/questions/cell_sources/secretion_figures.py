"""What cells of two sources secrete, express or do: which has more, document by document, by what was measured."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from helpers.evidence.vocabulary import SECRETION_MEASURE
from helpers.questions.cell_sources.secretion import spelled
from helpers.show import marks, style
from helpers.show.page import check_made

#: One colour to the tissue that has more, that of its commonest cells.
_COLOURS = {
    "cord": "UC-MSC", "marrow": "BM-MSC", "fat": "AD-MSC", "menstrual blood or endometrium": "MenSC",
    "placenta or amnion": "P-MSC", "skin": "dermal-MSC", "cord blood": "UCB-MNC", "blood": "PB-MSC", "ovary": "ovarian-stem-cell",
    "embryonic stem cells": "hESC-MSC",
}  # fmt: skip
#: State of a voice -> marker and meaning; what is not about which has more is grey.
MARKERS = {
    "higher": ("^", "more in the first named"),
    "lower": ("v", "less in the first named"),
    "equal": ("s", "no difference reported"),
    "mixed": ("D", "mixed"),
    "none": ("x", "no dependence found"),
    "detected": ("o", "detected"),
    "level": ("d", "level printed"),
    "undetected": ("X", "looked for, not detected"),
    "not-comparable": ("|", "said not to be comparable"),
    "direction not seen": (".", "measured, direction not seen"),
}
SHORT_NAMES = {
    "protein-secretion": "protein\nin medium", "gene-expression": "gene", "gene-and-protein-expression": "gene and\nprotein",
    "proteome": "proteome", "function": "function", "differentiation": "after\ninduction", "unspecified": "not\nspecified",
}  # fmt: skip
#: Inches: a row, the head of a pair, names of mediators, a column of marks, a step between marks of one cell.
_ROW, _HEAD, _LEFT, _NAMES, _COLUMN, _STEP = 0.2, 0.27, 0.1, 1.9, 0.62, 0.14
_SIZE = 8.0
#: Rows of one figure: with title, legend and footer it stays within `style.TALLEST`.
_TALLEST = 6.2
_DRAWN = ["words", "measure", "state", "first", "second", "by_paper", "value_text", "citation"]
_MADE = ("helpers.questions.cell_sources.secretion.secretion_voices", "part", "pair", "state", "value_text")


def secretion_figures(voices: pd.DataFrame) -> dict[str, Figure]:
    """Draw the voices of `secretion.secretion_voices`, one figure per part; ``"none"`` if there is no voice.

    A part that is taller than a screen is cut between its pairs into numbered figures. Contrasts that are not between sources of
    cells are in the table only.
    """
    check_made(voices.columns, *_MADE)
    parts = [part for part in dict.fromkeys(voices["part"]) if part != "other contrasts"]
    if not parts:
        title = "Which source of cells secretes more?"
        return {"none": secretion_marks(voices.iloc[:0], title=title)}
    drawn = {}
    for part in parts:
        title = {
            "one source": "What was detected in cells of one source, without a comparison?",
            "other pairs": "Which source of cells has more, in the other pairs?",
        }.get(part, f"Which have more, cells from {spelled(part.replace(' against ', ' or from '))}?")
        pieces = _pieces(voices[voices["part"] == part])
        for number, piece in enumerate(pieces, start=1):
            several = f" (part {number} of {len(pieces)})" if len(pieces) > 1 else ""
            drawn[f"{part}/{number}" if several else part] = secretion_marks(piece, title=title + several)
    return drawn


def _pieces(voices: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut voices between pairs, so that no piece is taller than `_TALLEST` unless it is one pair, all about alike."""
    rows = voices.drop_duplicates(["pair", "mediator"])["pair"].value_counts(sort=False)
    heights = _ROW * rows + _HEAD
    target = heights.sum() / -(-heights.sum() // _TALLEST)
    piece = ((heights.cumsum() - heights / 2) // target).astype(int)
    return [own for _, own in voices.groupby(voices["pair"].map(piece))]


def secretion_marks(voices: pd.DataFrame, *, title: str) -> Figure:
    """Draw one mark per document: a row per mediator, a column per kind of measurement.

    Colour and shape show which tissue has more. Levels, units and ratios are written at the side, never
    drawn: their units differ. A frame without rows says so.
    """
    check_made(voices.columns, *_MADE)
    subtitle = "One mark is one document on one mediator. Filled: reported by the study itself. Hollow: reported by others. Units differ, so no size is drawn."
    star = (
        ("* Divided by the extractor from printed levels.",)
        if voices["value_text"].str.contains("*", regex=False).any()
        else ()
    )
    lines = style.footer_lines(voices["citation"], star)
    handles = _handles(voices)
    legend = style.footer_height(lines) + marks.legend_height(handles)
    measures = [measure for measure in SECRETION_MEASURE if measure in set(voices["measure"])]
    keys = voices.drop_duplicates(["pair", "mediator"])
    heads = keys["pair"].nunique() if keys["pair"].nunique() > 1 else 0
    body = max(_ROW * len(keys) + _HEAD * heads, 0.8)
    top, bottom = style.title_height(title, subtitle) + 0.42, legend + 0.18
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes(
            ((_LEFT + _NAMES) / style.WIDTH, bottom / height, max(len(measures), 3) * _COLUMN / style.WIDTH, body / height)
        )  # fmt: skip
        style.titled(figure, title, subtitle)
        axes.set_xlim(0, max(len(measures), 3))
        axes.set_ylim(body, 0)
        axes.set(xticks=[], yticks=[])
        style.quiet_axes(axes, keep=())
        if voices.empty:
            style.say_nothing(axes, "nothing was reported in\nthe text available to us")
        else:
            _draw(figure, axes, voices, measures)
        marks.legend_below(figure, handles, (legend + 0.08) / height)
        style.footed(figure, lines)
    return figure


def _draw(figure: Figure, axes: Axes, voices: pd.DataFrame, measures: list[str]) -> None:
    across = blended_transform_factory(figure.transFigure, axes.transData)
    beside = (_LEFT + _NAMES + max(len(measures), 3) * _COLUMN + 0.12) / style.WIDTH
    room = (0.995 - beside) * style.WIDTH
    for place, measure in enumerate(measures):
        axes.text(
            place + 0.5,
            -0.04,
            SHORT_NAMES[measure],
            ha="center",
            va="bottom",
            fontsize=8,
            color=style.MUTED,
        )
    axes.text(beside, -0.04, "level, unit, ratio as printed; documents", transform=across, va="bottom", fontsize=8,
              color=style.MUTED)  # fmt: skip
    y = 0.0
    for pair, of_pair in voices.groupby("pair", sort=False):
        # The title names a single pair.
        if voices["pair"].nunique() > 1:
            axes.text(_LEFT / style.WIDTH, y + _HEAD / 2 + 0.02, spelled(str(pair)), transform=across, va="center", fontsize=9,
                      fontweight="bold")  # fmt: skip
            y += _HEAD
        for words, of_words in _by_words(of_pair).items():
            middle = y + _ROW / 2
            axes.axhline(middle, color=style.FAINT, lw=0.5, zorder=0)
            axes.text((_LEFT + 0.08) / style.WIDTH, middle, style.shortened(words, _NAMES - 0.1, _SIZE),
                      transform=across, va="center", fontsize=_SIZE)  # fmt: skip
            for place, measure in enumerate(measures):
                _cell(axes, place, middle, [voice for voice in of_words if voice.measure == measure])
            axes.text(
                beside,
                middle,
                style.shortened(_words(of_words), room, 8),
                transform=across,
                va="center",
                fontsize=8,
            )
            y += _ROW


def _by_words(voices: pd.DataFrame) -> dict[str, list[Any]]:
    """Gather the voices on each mediator, in their order."""
    voices_on: dict[str, list[Any]] = {}
    for voice in voices[_DRAWN].itertuples():
        voices_on.setdefault(str(voice.words), []).append(voice)
    return voices_on


def _cell(axes: Axes, place: int, y: float, voices: list[Any]) -> None:
    for number, voice in enumerate(voices):
        x = place + 0.5 + (number - (len(voices) - 1) / 2) * _STEP / _COLUMN
        marker, colour = MARKERS[str(voice.state)][0], _colour(voice)
        face = colour if voice.by_paper else "white"
        axes.plot([x], [y], marker, ms=6.3, mfc=face, mec=colour, mew=1.2, zorder=3, clip_on=False)


def _colour(voice: Any) -> str:
    more = {"higher": voice.first, "lower": voice.second}.get(str(voice.state), "")
    if not voice.second:
        more = voice.first
    return style.CELL_SOURCE_COLOURS[_COLOURS[more]] if more in _COLOURS else style.MUTED


def _words(voices: list[Any]) -> str:
    values = filter(None, dict.fromkeys(voice.value_text for voice in voices))
    who = dict.fromkeys(voice.citation.partition(", doi")[0] for voice in voices)
    return "; ".join([*values, *who])


def _handles(voices: pd.DataFrame) -> list[Line2D]:
    states = [state for state in MARKERS if state in set(voices["state"])]
    shapes = [
        Line2D([], [], ls="", marker=MARKERS[state][0], ms=6.5, mfc=style.MUTED, mec=style.MUTED, label=MARKERS[state][1])
        for state in states
    ]  # fmt: skip
    more = [
        *voices.loc[voices["state"] == "higher", "first"],
        *voices.loc[voices["state"] == "lower", "second"],
    ]
    tissues = [tissue for tissue in _COLOURS if tissue in more and voices["second"].ne("").any()]
    return shapes + [
        Line2D(
            [],
            [],
            lw=3,
            color=style.CELL_SOURCE_COLOURS[_COLOURS[tissue]],
            label=f"more in {spelled(tissue)}",
        )
        for tissue in tissues
    ]
