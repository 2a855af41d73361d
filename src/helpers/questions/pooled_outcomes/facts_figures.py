"""The five facts as a map: a row per study, a column per fact."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.evidence.vocabulary import capital
from helpers.questions.pooled_outcomes.facts import FACTS, NO, UNSEEN, YES
from helpers.show import style
from helpers.show.frame import Frame, framed
from helpers.show.page import check_made
from helpers.show.state_map import state_map

#: Fill of an answer; what could not be assessed has none, and is hatched.
COLOURS = {NO: "#f3c9a5", YES: "#8cc2e3"}
_HATCHED: dict[str, Any] = {"facecolor": "white", "hatch": "////", "edgecolor": style.FAINT}
#: Sizes in inches: names of studies, right margin, a row, the heads of the columns, the head of a section, the key.
_LEFT, _RIGHT, _ROW, _HEADS, _SECTION, _KEY = 2.35, 0.1, 0.22, 0.42, 0.3, 0.26


def facts_map(rows: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw `facts.fact_rows`: a heatmap per organ and role, each cell with its answer in words."""
    maker = "helpers.questions.pooled_outcomes.facts.fact_rows"
    check_made(rows.columns, maker, "fact", "answer", "cell", "section")
    sections = rows.groupby("section", sort=False)
    heights = _SECTION + _ROW * sections["study_id"].nunique()
    footer = style.footer_lines([], ["The table of this page names the rows of evidence behind each answer."])
    with framed(title, subtitle, footer, body=heights.sum(), above=_KEY + _HEADS, below=0) as page:
        _key(page)
        y = 0.0
        for name, own in sections:
            tall = heights[name] - _SECTION
            wide = style.WIDTH - _LEFT - _RIGHT
            axes = page.axes(_LEFT / style.WIDTH, wide / style.WIDTH, below=y + _SECTION, tall=tall)
            _heatmap(axes, own, heads=not y)
            words = f"{capital(str(name))} ({own['study_id'].nunique()})"
            place = (page.height - page.top - y - _SECTION + 0.06) / page.height
            page.figure.text(0.01, place, words, fontsize=9.5, fontweight="bold")
            y += heights[name]
    return page.figure


def _heatmap(axes: Axes, own: pd.DataFrame, *, heads: bool) -> None:
    studies = own.drop_duplicates("study_id")
    answers, cells = (
        own.pivot_table(name, "study_id", "fact", aggfunc="first").loc[studies["study_id"], list(FACTS)]
        for name in ("answer", "cell")
    )
    axes.patch.set(**_HATCHED)
    names = [style.shortened(name, _LEFT - 0.2, 9) for name in studies["study_label"]]
    state_map(axes, answers.replace(UNSEEN, None), COLOURS, names, cells)
    axes.tick_params(labelsize=9, labeltop=heads, labelbottom=False)
    if heads:
        words = ["\n".join(style.wrapped(words, 1.25, 9)) for words in FACTS.values()]
        axes.set_xticks([0.5 + place for place in range(len(FACTS))], words, rotation=0)
        axes.tick_params(axis="x", pad=_SECTION * 72 - 4)


def _key(page: Frame) -> None:
    handles = [Patch(facecolor=COLOURS[answer], label=answer) for answer in (YES, NO)]
    handles.append(Patch(**_HATCHED, label=f"{UNSEEN} from the text available to us"))
    place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.005, page.under_title)}
    page.figure.legend(handles=handles, ncols=3, fontsize=9, borderaxespad=0.0, **place)
