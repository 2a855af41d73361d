"""What the checks of reported numbers found: findings by rule, and the totals that a percentage allows."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.show import style
from helpers.show.frame import framed
from helpers.show.page import check_made
from helpers.show.stacked_bars import stacked_bars, write_totals

#: From sure to doubtful; distinct by lightness too.
CONFIDENCE_COLOURS = {"certain": "#7a1f1f", "likely": "#d08770", "possible": "#e9d8c4"}
_FITTING = "#4c6a92"
_ROW = 0.3
#: Letters in a line of the name of a percentage.
_LABEL = 34


def findings_by_rule(
    counts: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw how many findings each rule made, by how sure they are; a line below names the rules that found nothing."""
    words = list(CONFIDENCE_COLOURS)
    check_made(counts.columns, "helpers.questions.reported_numbers.rows.rule_counts", *words)
    counts = counts[words].rename(index=_rule)
    found = counts.any(axis=1)
    empty = (f"Applied too, nothing found: {', '.join(counts.index[~found])}.",) * bool((~found).any())
    counts = counts[found]
    lines = style.footer_lines([], (*empty, *notes))
    with framed(title, subtitle, lines, body=_ROW * max(len(counts), 2), above=0.35, below=0.55) as page:
        axes = page.axes(0.26, 0.71)
        if counts.empty:
            style.say_nothing(axes, "nothing found")
        else:
            stacked_bars(axes, counts, CONFIDENCE_COLOURS)
            write_totals(axes, counts.sum(axis=1))
            handles = [Patch(fc=colour, label=word) for word, colour in CONFIDENCE_COLOURS.items()]
            _legend_above(axes, handles, -0.01, borderaxespad=0)
        axes.set_xlabel("number of findings")
    return page.figure


def _legend_above(axes: Axes, handles: list[Any], left: float, **look: Any) -> None:
    place: dict[str, Any] = {"loc": "lower left", "bbox_to_anchor": (left, 1.0)}
    axes.legend(handles=handles, ncols=len(handles), **place, **look)


def _rule(name: object) -> str:
    """Write the name of a rule in words."""
    return str(name).replace("-", " ").replace("told", "reported")


def possible_totals(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw which totals could have given each percentage, and the total printed with it; says so where there is no percentage."""
    maker = "helpers.questions.reported_numbers.rows.denominator_rows"
    check_made(rows.columns, maker, "label", "total", "totals", "citation")
    certain, body = CONFIDENCE_COLOURS["certain"], 0.36 * max(len(rows), 2)
    lines = style.footer_lines(rows["citation"], notes)
    with framed(title, subtitle, lines, body=body, above=0.38, below=0.55) as page:
        axes = page.axes(0.33, 0.65)
        fitting = rows["totals"].reset_index(drop=True).explode().dropna().astype(int)
        look: dict[str, Any] = {"orient": "h", "native_scale": True, "jitter": False, "ax": axes}
        if len(fitting):
            sns.stripplot(x=fitting, y=fitting.index, color=_FITTING, size=5.5, **look)
        if len(rows):
            printed = {"x": rows["total"], "y": range(len(rows))}
            sns.stripplot(**printed, color=certain, marker="|", size=14, linewidth=2.2, **look)
        axes.grid(axis="y", color=style.FAINT, lw=0.6)
        axes.set_axisbelow(True)
        axes.set_yticks(range(len(rows)), [_wrapped(label) for label in rows["label"]])
        axes.set_ylim(max(len(rows), 2) - 0.4, -0.6)
        axes.set_xlim(0, max([20, *fitting, *rows["total"]]) + 2)
        axes.set(xlabel="possible total of the percentage (women)", ylabel="")
        axes.tick_params(axis="y", length=0)
        if rows.empty:
            axes.set_yticks([])
            style.say_nothing(axes, "no percentage of a small total is in question")
        handles = [
            Line2D([], [], marker="o", ls="", ms=5, color=_FITTING, label="a count of this total gives the percentage"),
            Line2D([], [], marker="|", ls="", ms=11, mew=2.2, color=certain, label="total printed, or women enrolled"),
        ]  # fmt: skip
        _legend_above(axes, handles, -0.02, handletextpad=0.3)
        style.quiet_axes(axes)
    return page.figure


def _wrapped(label: str) -> str:
    """Set the percentage on a line of its own where its document and it do not fit on one."""
    name, _, printed = label.partition(": ")
    return label if len(label) <= _LABEL else f"{textwrap.fill(f'{name}:', _LABEL)}\n{printed}"
