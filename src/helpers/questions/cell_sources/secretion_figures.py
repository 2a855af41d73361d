"""What cells of two sources secrete, express or do: which has more, document by document, by what was measured."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import SECRETION_MEASURE
from helpers.questions.cell_sources.secretion import TISSUE_OF_CELLS, spelled
from helpers.show import style
from helpers.show.forest_page import ForestPage
from helpers.show.frame import framed, parts
from helpers.show.page import check_made

#: One colour to the tissue that has more, that of its commonest cells.
_COLOURS = {
    tissue: style.CELL_SOURCE_COLOURS[cells[0]]
    for tissue, cells in TISSUE_OF_CELLS.items()
    if cells != ("mixed",)
}
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
_MADE = ("helpers.questions.cell_sources.secretion.secretion_voices", "part", "pair", "state", "value_text")


def secretion_figures(voices: pd.DataFrame) -> dict[str, Figure]:
    """Draw the voices of `secretion.secretion_voices`, one figure per part, cut between pairs where taller than a screen; ``"none"`` if empty.

    Contrasts that are not between sources of cells are in the table only.
    """
    check_made(voices.columns, *_MADE)
    shown = [part for part in dict.fromkeys(voices["part"]) if part != "other contrasts"]
    if not shown:
        title = "Which source of cells secretes more?"
        return {"none": _marks(voices.iloc[:0], title)}
    drawn = {}
    for part in shown:
        title = {
            "one source": "What was detected in cells of one source, without a comparison?",
            "other pairs": "Which source of cells has more, in the other pairs?",
        }.get(part, f"Which have more, cells from {spelled(part.replace(' against ', ' or from '))}?")
        pieces = _pieces(voices[voices["part"] == part])
        for number, piece in enumerate(pieces, start=1):
            several = f" (part {number} of {len(pieces)})" if len(pieces) > 1 else ""
            drawn[f"{part}/{number}" if several else part] = _marks(piece, title + several)
    return drawn


def _pieces(voices: pd.DataFrame) -> list[pd.DataFrame]:
    """Cut voices between pairs, so that no piece is taller than `_TALLEST` unless it is one pair, all about alike."""
    rows = voices.drop_duplicates(["pair", "mediator"])["pair"].value_counts(sort=False)
    return parts(voices, "pair", _ROW * rows + _HEAD, _TALLEST)


def _marks(voices: pd.DataFrame, title: str) -> Figure:
    """Draw one mark per document: a row per mediator, a column per kind of measurement.

    Colour and shape show which tissue has more. Units differ: levels and ratios are written, never drawn.
    """
    subtitle = "One mark is one document on one mediator. Filled: reported by the study itself. Hollow: reported by others. Units differ, so no size is drawn."
    starred = voices["value_text"].str.contains("*", regex=False).any()
    star = ["* Divided by the extractor from printed levels."] if starred else []
    lines = style.footer_lines(voices["citation"], star)
    measures = [measure for measure in SECRETION_MEASURE if measure in set(voices["measure"])]
    columns, pairs = max(len(measures), 3), voices["pair"].nunique()
    rows = len(voices.drop_duplicates(["pair", "mediator"]))
    body = max(_ROW * rows + (_HEAD * pairs if pairs > 1 else 0), 0.8)
    room = {"body": body, "above": 0.42, "below": 0.18, "air": 0.08}
    with framed(title, subtitle, lines, legends=[_handles(voices)], **room) as page:
        axes = page.axes((_LEFT + _NAMES) / style.WIDTH, columns * _COLUMN / style.WIDTH)
        axes.set(xlim=(0, columns), ylim=(body, 0), xticks=[], yticks=[])
        style.quiet_axes(axes, keep=())
        if voices.empty:
            style.say_nothing(axes, "nothing was reported in\nthe text available to us")
        else:
            _draw(ForestPage(page.figure, axes), voices, measures)
    return page.figure


def _draw(page: ForestPage, voices: pd.DataFrame, measures: list[str]) -> None:
    axes, several = page.axes, voices["pair"].nunique() > 1
    beside = _LEFT + _NAMES + max(len(measures), 3) * _COLUMN + 0.12
    room = 0.995 * style.WIDTH - beside
    aside: dict[str, Any] = {"va": "bottom", "fontsize": 8, "color": style.MUTED}
    for place, measure in enumerate(measures):
        axes.text(place + 0.5, -0.04, SHORT_NAMES[measure], ha="center", **aside)
    page.write(beside, -0.04, "level, unit, ratio as printed; documents", **aside)
    y = 0.0
    for pair, of_pair in voices.groupby("pair", sort=False):
        # The title names a single pair.
        if several:
            page.write(_LEFT, y + _HEAD / 2 + 0.02, spelled(str(pair)), fontsize=9, fontweight="bold")
            y += _HEAD
        rows: dict[str, list[Any]] = {}
        for voice in of_pair.itertuples():
            rows.setdefault(str(voice.words), []).append(voice)
        for words, of_words in rows.items():
            middle = y + _ROW / 2
            axes.axhline(middle, color=style.FAINT, lw=0.5, zorder=0)
            page.write(_LEFT + 0.08, middle, style.shortened(words, _NAMES - 0.1, _SIZE), fontsize=_SIZE)
            for place, measure in enumerate(measures):
                _cell(axes, place, middle, [voice for voice in of_words if voice.measure == measure])
            page.write(beside, middle, style.shortened(_words(of_words), room, _SIZE), fontsize=_SIZE)
            y += _ROW


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
    return _COLOURS.get(more, style.MUTED)


def _words(voices: list[Any]) -> str:
    values, who = [voice.value_text for voice in voices], [voice.citation for voice in voices]
    return "; ".join(dict.fromkeys([*filter(None, values), *(name.partition(", doi")[0] for name in who)]))


def _handles(voices: pd.DataFrame) -> list[Line2D]:
    look: dict[str, Any] = {"ls": "", "ms": 6.5, "mfc": style.MUTED, "mec": style.MUTED}
    states, second = voices["state"], voices["second"]
    handles = [
        Line2D([], [], **look, marker=marker, label=meaning)
        for state, (marker, meaning) in MARKERS.items()
        if states.eq(state).any()
    ]
    more = {*voices.loc[states == "higher", "first"], *second[states == "lower"]}
    tissues = [tissue for tissue in _COLOURS if tissue in more and second.ne("").any()]
    return handles + [
        Line2D([], [], lw=3, color=_COLOURS[tissue], label=f"more in {spelled(tissue)}") for tissue in tissues
    ]
