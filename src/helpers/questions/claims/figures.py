"""How many claims of the article have which verdict, section by section and kind by kind."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.errors import ChoiceError
from helpers.questions.claims.rows import VERDICT_WORDS, Verdict, verdict_counts
from helpers.show import style
from helpers.show.page import check_made
from helpers.show.stacked_bars import stacked_bars

#: Verdicts from the firmest to the worst; safe for the colour-blind and distinct by place too.
VERDICT_COLOURS: dict[str, str] = {
    Verdict.SUPPORTED: "#0072b2",
    Verdict.IN_PART: "#8cc2e3",
    Verdict.PRECLINICAL: "#e3c650",
    Verdict.NOT_VERIFIABLE: "#c9c9c9",
    Verdict.CONTRADICTED: "#d55e00",
    Verdict.INCONSISTENT: "#8a3b73",
}
_BAR, _GAP = 0.22, 0.6
_PANELS = {
    "section": "By section of the article (number of claims)",
    "kind": "By kind of claim (number of claims)",
}


def verdict_bars(judged: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw the number of claims by verdict as stacked bars, one per section and one per kind of claim.

    Each part of a bar holds its count; the legend holds the count of each verdict. Without a claim it
    raises `ValueError`.
    """
    check_made(judged.columns, "helpers.questions.claims.rows.verdicts", "verdict")
    if judged.empty:
        message = "no claim is left after the selection: choose other sections, kinds or verdicts"
        raise ChoiceError(message)
    counts = [verdict_counts(judged, by) for by in _PANELS]
    lines = style.footer_lines([], notes)
    heights = [_BAR * len(frame) for frame in counts]
    top, bottom = style.title_height(title, subtitle) + 0.8, style.footer_height(lines) + 0.42
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + sum(heights) + _GAP * (len(counts) - 1) + bottom))
        height = figure.get_figheight()
        style.titled(figure, title, subtitle)
        _legend(figure, judged, (height - style.title_height(title, subtitle)) / height)
        y = height - top
        for by, frame, tall in zip(_PANELS, counts, heights, strict=True):
            axes = figure.add_axes((0.3, (y - tall) / height, 0.67, tall / height))
            _bars(axes, frame, by)
            y -= tall + _GAP
        figure.axes[-1].set_xlabel("number of claims")
        style.footed(figure, lines)
    return figure


def _legend(figure: Figure, judged: pd.DataFrame, y: float) -> None:
    counts = judged["verdict"].value_counts()
    handles = [Patch(fc=colour) for colour in VERDICT_COLOURS.values()]
    labels = [
        f"{VERDICT_WORDS[Verdict(verdict)]} ({counts.get(str(verdict), 0)})" for verdict in VERDICT_COLOURS
    ]
    figure.legend(
        handles,
        labels,
        loc="upper left",
        bbox_to_anchor=(0.0, y),
        ncols=3,
        handlelength=1.2,
        columnspacing=1.4,
    )


def _bars(axes: Axes, counts: pd.DataFrame, by: str) -> None:
    names = counts[by].str.replace("-", " ") + counts["claims"].map(" ({})".format)
    stacked_bars(axes, counts.set_index(names), VERDICT_COLOURS, written=True)
    axes.set_xlabel("")
    axes.set_title(_PANELS[by], loc="left")
