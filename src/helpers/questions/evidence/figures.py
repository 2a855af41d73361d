"""Studies by condition, source of the cells and design, and numbers by the depth of reading."""

from __future__ import annotations

from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.evidence.vocabulary import ACCESS, CELL_SOURCE, CONDITION, phrase
from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.page import check_made
from helpers.show.stacked_bars import stacked_bars, write_totals

#: Designs that a reader weighs alike: name and sign.
_DESIGNS = {
    ("rct",): ("randomised", "■"),
    ("non-randomised-controlled",): ("controlled, not randomised", "◆"),
    ("single-arm", "uncontrolled-two-arm"): ("no control", "●"),
    ("case-series", "case-report"): ("cases", "▲"),
    ("cohort", "cross-sectional"): ("cohort or cross-section", "▼"),
    ("review", "unstated"): ("design not stated", "✖"),
    ("registered-only",): ("registered only", "✚"),
}
#: Inches: names of rows, right margin, a line of a row and the air around it, the names of columns.
_LEFT, _RIGHT, _LINE, _AIR, _HEAD = 1.5, 0.5, 0.14, 0.08, 0.75


def study_map(kinds: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw the number of studies by source of the cells and condition as a heatmap, with how many have which design.

    Rows and columns without a study are not drawn. Without studies it says so.
    """
    maker = "helpers.questions.evidence.rows.study_kinds"
    check_made(kinds.columns, maker, "study_label", "cell_source", "condition", "design")
    written = _written(kinds)
    lines = written.map(lambda words: words.count("\n") + 1).max().max() if len(written) else 1
    footer = style.footer_lines([], notes)
    handles = _handles(kinds)
    above, body = marks.legend_height(handles) + _HEAD, max((_LINE * lines + _AIR) * len(written), 0.8)
    with framed(title, subtitle, footer, body=body, above=above, below=0.03) as page:
        page.key(handles)
        axes = page.axes(_LEFT / style.WIDTH, 1 - (_LEFT + _RIGHT) / style.WIDTH)
        if kinds.empty:
            axes.axis("off")
            style.say_nothing(axes, "no study belongs to the selection")
        else:
            _fields(axes, kinds, written)
    return page.figure


def _ordered(words: pd.Series, known: list[str]) -> list[str]:
    present = set(words)
    return [word for word in known if word in present] + sorted(present - set(known))


def _design(word: str) -> tuple[str, str]:
    return next(mark for designs, mark in _DESIGNS.items() if word in designs)


def _handles(kinds: pd.DataFrame) -> list[Line2D]:
    names = [_design(word)[0] for word in kinds["design"]]
    return [
        Line2D([], [], ls="", label=f"{sign} {name} ({names.count(name)})")
        for name, sign in _DESIGNS.values()
        if name in names
    ]


def _written(kinds: pd.DataFrame) -> pd.DataFrame:
    """Count the studies of each source of cells (rows) and condition (columns) by design, in words."""
    rows = _ordered(kinds["cell_source"], list(CELL_SOURCE))
    columns = _ordered(kinds["condition"], list(CONDITION))
    width = (style.WIDTH - _LEFT - _RIGHT) / max(len(columns), 1) - 0.05
    signs = kinds.assign(sign=[_design(word)[1] for word in kinds["design"]])

    def words(own: pd.Series) -> str:
        counts = [f"{(own == sign).sum()}{sign}" for _, sign in _DESIGNS.values() if sign in set(own)]
        return "\n".join(style.wrapped(" ".join(counts), width, 9))

    fields = signs.pivot_table("sign", "cell_source", "condition", aggfunc=words)
    return fields.reindex(index=rows, columns=columns).fillna("")


def _fields(axes: Axes, kinds: pd.DataFrame, written: pd.DataFrame) -> None:
    rows, columns = written.index, written.columns
    counts = pd.crosstab(kinds["cell_source"], kinds["condition"]).reindex(index=rows, columns=columns)
    sns.heatmap(
        counts.where(counts > 0), annot=written, fmt="", cmap="Blues", vmin=0, vmax=1.7 * counts.max().max(), cbar=False,
        linewidths=0.8, linecolor=style.FAINT, annot_kws={"fontsize": 9, "color": style.INK}, ax=axes,
    )  # fmt: skip
    by_condition, by_source = kinds["condition"].value_counts(), kinds["cell_source"].value_counts()
    names = [f"{phrase(column)} ({by_condition[column]})" for column in columns]
    axes.xaxis.tick_top()
    axes.set_xticks(axes.get_xticks(), names, rotation=20, ha="left", rotation_mode="anchor", fontsize=9)
    axes.set_yticks(axes.get_yticks(), [f"{row} ({by_source[row]})" for row in rows], rotation=0, fontsize=9)
    axes.set(xlabel="", ylabel="")
    axes.tick_params(length=0)


#: Who reports a number; the study itself is the dark one.
_FILLS = {"paper or registry": "#08306b", "review or press": "#f3b27a", "the article only": "#dddddd"}
_BAR = 0.34


def depth_bars(counts: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw how many numbers come from documents read how deep, by who reports them.

    One bar per depth, the deepest on top; a depth from which no number comes stays, empty.
    """
    check_made(counts.columns, "helpers.questions.evidence.rows.depth_counts", "origin", "access", "numbers")
    numbers = counts.pivot_table(index="access", columns="origin", values="numbers", aggfunc="sum")
    numbers = numbers.reindex(index=list(ACCESS), columns=list(_FILLS)).fillna(0).astype(int)
    lines = style.footer_lines([], notes)
    with framed(title, subtitle, lines, body=_BAR * len(numbers), above=0.32, below=0.45) as page:
        handles = [
            Patch(fc=fill, label=f"{origin} ({numbers[origin].sum()})") for origin, fill in _FILLS.items()
        ]
        place: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (0.0, page.under_title)}
        page.figure.legend(handles=handles, ncols=3, borderaxespad=0.0, **place)
        axes = page.axes(0.2, 0.75)
        stacked_bars(axes, numbers.set_axis(numbers.index.map(phrase)), _FILLS)
        write_totals(axes, numbers.sum(axis=1))
        axes.set_xlabel("numbers (rows of evidence)")
    return page.figure
