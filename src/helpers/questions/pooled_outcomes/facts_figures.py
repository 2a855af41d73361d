"""The five facts as a map: a row per study, a column per fact."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from helpers.errors import ChoiceError
from helpers.evidence.vocabulary import capital
from helpers.questions.pooled_outcomes.facts import FACTS, NO, UNSEEN, YES
from helpers.show import style
from helpers.show.page import check_made
from helpers.show.state_map import state_map

#: Fill of an answer; what could not be assessed has none, and is hatched.
COLOURS = {NO: "#f3c9a5", YES: "#8cc2e3"}
#: Sizes in inches: names of studies, right margin, a row, the heads of the columns, the head of a section, the key.
_LEFT, _RIGHT, _ROW, _HEADS, _SECTION, _KEY = 2.35, 0.1, 0.22, 0.42, 0.3, 0.26


def facts_map(rows: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw `facts.fact_rows`: a heatmap per organ and role, each cell with its answer in words. Without rows it raises ValueError."""
    check_made(
        rows.columns, "helpers.questions.pooled_outcomes.facts.fact_rows", "fact", "answer", "cell", "section"
    )
    if rows.empty:
        raise ChoiceError("no study is left after the selection: choose other outcomes or conditions")
    sections = {str(name): own for name, own in rows.groupby("section", sort=False)}
    note = "The table of this page names the rows of evidence behind each answer."
    lines = style.footer_lines([], [note])
    top, bottom = style.title_height(title, subtitle) + _KEY + _HEADS, style.footer_height(lines)
    heights = [_SECTION + _ROW * own["study_id"].nunique() for own in sections.values()]
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + sum(heights) + bottom))
        tall = figure.get_figheight()
        style.titled(figure, title, subtitle)
        _key(figure, 1 - (top - _KEY - _HEADS) / tall)
        y = tall - top
        for (name, own), height in zip(sections.items(), heights, strict=True):
            place = (_LEFT / style.WIDTH, (y - height) / tall, (style.WIDTH - _LEFT - _RIGHT) / style.WIDTH)
            axes = figure.add_axes((*place, (height - _SECTION) / tall))
            _heatmap(axes, own, heads=y == tall - top)
            studies = own["study_id"].nunique()
            figure.text(
                0.01,
                (y - _SECTION + 0.06) / tall,
                f"{capital(name)} ({studies})",
                fontsize=9.5,
                fontweight="bold",
            )
            y -= height
        style.footed(figure, lines)
    return figure


def _heatmap(axes: Axes, own: pd.DataFrame, *, heads: bool) -> None:
    studies, facts = own.drop_duplicates("study_id"), list(FACTS)
    answers, cells = (
        own.pivot_table(name, "study_id", "fact", aggfunc="first").reindex(
            index=studies["study_id"], columns=facts
        )
        for name in ("answer", "cell")
    )
    axes.patch.set(facecolor="white", hatch="////", edgecolor=style.FAINT)
    names = [style.shortened(name, _LEFT - 0.2, 9) for name in studies["study_label"]]
    state_map(axes, answers.replace(UNSEEN, None), COLOURS, names, cells)
    axes.tick_params(labelsize=9, labeltop=heads, labelbottom=False)
    if heads:
        axes.set_xticks(
            [0.5 + place for place in range(len(facts))],
            ["\n".join(style.wrapped(FACTS[fact], 1.25, 9)) for fact in facts],
            rotation=0,
        )
        axes.tick_params(axis="x", pad=_SECTION * 72 - 4)


def _key(figure: Figure, y: float) -> None:
    handles = [
        Patch(facecolor=COLOURS[YES], label="yes"),
        Patch(facecolor=COLOURS[NO], label="no"),
        Patch(
            facecolor="white",
            hatch="////",
            edgecolor=style.FAINT,
            label=f"{UNSEEN} from the text available to us",
        ),
    ]
    figure.legend(
        handles=handles, loc="upper left", bbox_to_anchor=(0.005, y), ncols=3, fontsize=9, borderaxespad=0.0
    )
