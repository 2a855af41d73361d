"""What the checks of reported numbers found: findings by rule, and the totals that a percentage allows."""

from __future__ import annotations

import textwrap
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from helpers.show import style
from helpers.show.page import check_made
from helpers.show.stacked_bars import stacked_bars, write_totals

#: From sure to doubtful; distinct by lightness too.
CONFIDENCE_COLOURS = {"certain": "#7a1f1f", "likely": "#d08770", "possible": "#e9d8c4"}
_ROW = 0.3
#: Letters in a line of the name of a percentage.
_LABEL = 34


def findings_by_rule(
    counts: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()
) -> Figure:
    """Draw how many findings each rule made, by how sure they are; a line below names the rules that found nothing."""
    check_made(
        counts.columns, "helpers.questions.reported_numbers.rows.rule_counts", "certain", "likely", "possible"
    )
    empty = [_rule(rule) for rule in counts.index[~counts[list(CONFIDENCE_COLOURS)].any(axis=1)]]
    counts = counts[counts[list(CONFIDENCE_COLOURS)].any(axis=1)]
    nothing = (f"Applied too, nothing found: {', '.join(empty)}.",) if empty else ()
    lines = style.footer_lines([], (*nothing, *notes))
    top, bottom = style.title_height(title, subtitle) + 0.35, style.footer_height(lines) + 0.55
    body = _ROW * max(len(counts), 2)
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0.26, bottom / height, 0.71, body / height))
        style.titled(figure, title, subtitle)
        counts = counts.set_axis(counts.index.map(_rule))
        if counts.empty:
            style.say_nothing(axes, "nothing found")
        else:
            stacked_bars(axes, counts, CONFIDENCE_COLOURS)
            write_totals(axes, counts[list(CONFIDENCE_COLOURS)].sum(axis=1))
            handles = [Patch(fc=colour, label=words) for words, colour in CONFIDENCE_COLOURS.items()]
            axes.legend(
                handles=handles, loc="lower left", bbox_to_anchor=(-0.01, 1.0), ncols=3, borderaxespad=0
            )
        axes.set_xlabel("number of findings")
        style.footed(figure, lines)
    return figure


def _rule(name: object) -> str:
    """Write the name of a rule in words."""
    return str(name).replace("-", " ").replace("told", "reported")


def possible_totals(rows: pd.DataFrame, *, title: str, subtitle: str, notes: tuple[str, ...] = ()) -> Figure:
    """Draw which totals could have given each percentage, and the total printed with it; says so where there is no percentage."""
    check_made(
        rows.columns,
        "helpers.questions.reported_numbers.rows.denominator_rows",
        "label",
        "total",
        "totals",
        "citation",
    )
    lines = style.footer_lines(rows["citation"], notes)
    top, bottom = style.title_height(title, subtitle) + 0.38, style.footer_height(lines) + 0.55
    body, certain = 0.36 * max(len(rows), 2), CONFIDENCE_COLOURS["certain"]
    with style.house_style():
        figure = Figure(figsize=(style.WIDTH, top + body + bottom))
        height = figure.get_figheight()
        axes = figure.add_axes((0.33, bottom / height, 0.65, body / height))
        style.titled(figure, title, subtitle)
        fitting = rows["totals"].reset_index(drop=True).explode().dropna().astype(int)
        look: dict[str, Any] = {"orient": "h", "native_scale": True, "jitter": False, "ax": axes}
        if len(fitting):
            sns.stripplot(x=fitting, y=fitting.index, color="#4c6a92", size=5.5, **look)
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
            Line2D([], [], marker="o", ls="", ms=5, color="#4c6a92", label="a count of this total gives the percentage"),
            Line2D([], [], marker="|", ls="", ms=11, mew=2.2, color=certain, label="total printed, or women enrolled"),
        ]  # fmt: skip
        axes.legend(
            handles=handles, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, handletextpad=0.3
        )
        style.quiet_axes(axes)
        style.footed(figure, lines)
    return figure


def _wrapped(label: str) -> str:
    """Set the percentage on a line of its own where its document and it do not fit on one."""
    name, _, printed = label.partition(": ")
    return label if len(label) <= _LABEL else f"{textwrap.fill(f'{name}:', _LABEL)}\n{printed}"
