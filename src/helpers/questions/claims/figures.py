"""How many claims of the article have which verdict, section by section and kind by kind."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.errors import ChoiceError
from helpers.questions.claims.rows import VERDICT_WORDS, Verdict, verdict_counts
from helpers.show import style
from helpers.show.frame import Frame, framed
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
    """Draw the number of claims by verdict as stacked bars, one per section and one per kind of claim; without a claim it raises."""
    check_made(judged.columns, "helpers.questions.claims.rows.verdicts", "verdict")
    if judged.empty:
        raise ChoiceError("no claim is left after the selection: choose other sections, kinds or verdicts")
    counts = [verdict_counts(judged, by) for by in _PANELS]
    heights = [_BAR * len(frame) for frame in counts]
    body = sum(heights) + _GAP * (len(counts) - 1)
    lines = style.footer_lines([], notes)
    with framed(title, subtitle, lines, body=body, above=0.8, below=0.42) as page:
        _legend(page, judged)
        panels = page.stacked(0.3, 0.67, heights, _GAP)
        for by, frame, axes in zip(_PANELS, counts, panels, strict=True):
            _bars(axes, frame, by)
        page.figure.axes[-1].set_xlabel("number of claims")
    return page.figure


def _legend(page: Frame, judged: pd.DataFrame) -> None:
    counts = judged["verdict"].value_counts()
    handles = [
        Patch(fc=colour, label=f"{VERDICT_WORDS[Verdict(verdict)]} ({counts.get(str(verdict), 0)})")
        for verdict, colour in VERDICT_COLOURS.items()
    ]
    place = (0.0, page.under_title)
    page.figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=place, ncols=3, handlelength=1.2, columnspacing=1.4
    )


def _bars(axes: Axes, counts: pd.DataFrame, by: str) -> None:
    names = counts[by].str.replace("-", " ") + counts["claims"].map(" ({})".format)
    stacked_bars(axes, counts.set_index(names), VERDICT_COLOURS, written=True)
    axes.set_xlabel("")
    axes.set_title(_PANELS[by], loc="left")
