"""Specification curve: every estimate in order, and below it which choices made it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import blended_transform_factory

from helpers.show import marks, style
from helpers.show.frame import framed
from helpers.show.numbers import count, number, percent
from helpers.show.page import check_made
from helpers.show.words import counted

#: Where the interval of a specification with power lies. Blue and vermilion mean the same as in verdicts: above and below.
COLOURS = {
    "above zero": style.FOUND_COLOURS["supports"],
    "includes zero": style.INK,
    "below zero": style.FOUND_COLOURS["contradicts"],
}
#: Specifications that could not have detected a doubling: hollow and pale, wherever their interval lies.
UNPOWERED = "#8c8c8c"
POWER_WORDS = {True: "could have detected a doubling", False: "could not have detected a doubling"}
_REACHED = "#AA4499"
#: Specifications drawn, and columns of the matrix below: more would be no more readable, and a heavy file.
_INTERVALS, _BINS = 240, 120
#: Beyond these digits of a proportion there is only the rounding of the machine.
_DIGITS = 10
_LIMITS = ["estimate", "low", "high"]
_CURVE, _REACH, _ROW, _LEFT, _RIGHT, _SIZE = 1.7, 0.8, 0.175, 0.36, 0.985, 9


@dataclass(frozen=True)
class _Block:
    """Rows of fields: options of a choice, below its name and a line of words if there are any."""

    name: str
    choice: str
    options: list[str]
    words: str = ""


def specification_curve(
    specifications: pd.DataFrame,
    taken: pd.DataFrame,
    choices: dict[str, list[str]],
    kinds: dict[str, list[str]],
    *,
    title: str,
    subtitle: str,
    event: str,
    notes: tuple[str, ...] = (),
) -> Figure:
    """Draw the estimates of all specifications in order, what each could have detected, and the choices that lead to it.

    Those that could have detected a doubling are coloured by their answer, the others hollow and grey. Below, the darkness of
    a field is the proportion of the specifications there to which the option leads.
    """
    needed = [*_LIMITS, "answer", "kind", "powered", "detectable", "background"]
    check_made(specifications.columns, "helpers.questions.robustness.rows.multiverse", *needed)
    # Ties must not be broken by the rounding of the machine.
    keys = specifications[_LIMITS].round(_DIGITS).sort_values(_LIMITS, kind="stable")
    rows = specifications.loc[keys.index]
    blocks = _blocks(rows, choices, kinds)
    lines = style.footer_lines([], (*notes, *_drawn(rows)))
    handles = _handles(rows)
    shown, wide = _evenly(rows), _RIGHT - _LEFT
    rows_high = _ROW * sum(1 + len(block.options) for block in blocks)
    body, above = _CURVE + _REACH + 0.35 + rows_high, marks.legend_height(handles) + 0.1
    with framed(title, subtitle, lines, body=body, above=above, below=0.5) as page:
        page.key(handles)
        _draw_curve(page.axes(_LEFT, wide, tall=_CURVE), shown, event)
        _draw_reach(page.axes(_LEFT, wide, below=_CURVE + 0.2, tall=_REACH), shown)
        _draw_choices(page.axes(_LEFT, wide, below=body - rows_high, tall=rows_high), rows, taken, blocks)
    return page.figure


def _handles(rows: pd.DataFrame) -> list[Line2D]:
    powered = rows[rows["powered"]]
    made = [
        Line2D([], [], color=colour, lw=2, marker="o", ms=5, label=f"with power: CI {answer}")
        for answer, colour in COLOURS.items()
        if powered["answer"].eq(answer).any()
    ]
    if not rows["powered"].all():
        words = "could not have detected a doubling of the comparator's rate"
        made.append(Line2D([], [], color=UNPOWERED, lw=1, marker="o", ms=5, mfc="white", label=words))
    words = "smallest rate it would have detected (power 80 %)"
    return [*made, Line2D([], [], ls="", marker="_", color=_REACHED, label=words)]


def _drawn(rows: pd.DataFrame) -> list[str]:
    missing = "No mark in the second panel: no treated rate, not even one of all women, would have been declared higher."
    many = (
        f"Drawn: {_INTERVALS} of {count(len(rows))} specifications, evenly spaced; the fields below hold all."
    )
    notes = {missing: rows["detectable"].isna().any(), many: len(rows) > _INTERVALS}
    return [note for note, holds in notes.items() if holds]


def _blocks(rows: pd.DataFrame, choices: dict[str, list[str]], kinds: dict[str, list[str]]) -> list[_Block]:
    # Where all are alike in power, the legend says it.
    blocks = [_Block("power", "", list(POWER_WORDS.values()))] if rows["powered"].nunique() > 1 else []
    for choice, options in choices.items():
        if choice == "comparator":
            blocks += [_Block(choice, choice, names, _counts(rows, kind)) for kind, names in kinds.items()]
        else:
            blocks.append(_Block(choice, choice, options))
    return blocks


def _counts(rows: pd.DataFrame, kind: str) -> str:
    """Say how many specifications have one kind of comparator, and how many of these had power."""
    powered = rows.loc[rows["kind"] == kind, "powered"]
    return f"{kind}: {counted(len(powered), 'specification')}, {count(powered.sum())} with power"


def _evenly(rows: pd.DataFrame) -> pd.DataFrame:
    """Take at most `_INTERVALS` specifications, evenly spaced, with their place among all and their limits in percent."""
    shown = np.unique(np.linspace(0, len(rows) - 1, min(len(rows), _INTERVALS)).round().astype(np.int64))
    taken = rows.iloc[shown].assign(x=100 * (shown + 0.5) / len(rows))
    taken[_LIMITS] = 100 * taken[_LIMITS].round(_DIGITS)
    return taken


def _draw_curve(axes: Axes, shown: pd.DataFrame, event: str) -> None:
    powered = shown["powered"].astype(bool)
    groups = [(shown[~powered], UNPOWERED, "white")]
    groups += [
        (shown[powered & (shown["answer"] == answer)], colour, colour) for answer, colour in COLOURS.items()
    ]
    for own, colour, face in groups:
        if len(own):
            axes.vlines(own["x"], own["low"], own["high"], color=colour, lw=0.9, alpha=0.8, zorder=2)
            axes.plot(
                own["x"], own["estimate"], ls="", marker="o", ms=3.2, mec=colour, mew=0.8, mfc=face, zorder=3
            )
    axes.axhline(0, color=style.INK, lw=0.8, ls=(0, (4, 3)), zorder=1)
    lowest, highest = (number(shown["estimate"].iloc[place], 1, sign=True) for place in (0, -1))
    axes.text(
        0.012, 0.97, f"lowest {lowest}, highest {highest} points", transform=axes.transAxes, va="top", fontsize=9, zorder=5,
        bbox={"fc": "white", "ec": "none", "alpha": 0.85, "pad": 1.5},
    )  # fmt: skip
    axes.set_ylabel(f"{event}: treated\nminus comparator\n(percentage points)")
    _across(axes)


def _draw_reach(axes: Axes, shown: pd.DataFrame) -> None:
    """Draw the smallest rate that each specification would have declared higher, above the rate of its comparator."""
    rate, other = (100 * shown[name].to_numpy(dtype=float) for name in ("detectable", "background"))
    axes.vlines(shown["x"], other, rate, color="#dcbfd1", lw=0.7, zorder=1)
    axes.plot(shown["x"], rate, ls="", marker="_", ms=4, mew=1.3, color=_REACHED, zorder=2)
    axes.set_ylim(0, 103)
    axes.set_ylabel("from comparator's\nto detectable\nrate (%)")
    axes.set_yticks([0, 50, 100])
    _across(axes)


def _across(axes: Axes) -> None:
    """Let the axis across hold all specifications, in percent of their number, without ticks."""
    axes.set_xlim(0, 100)
    axes.set_xticks([])
    style.quiet_axes(axes, keep=("left",))


def _draw_choices(axes: Axes, rows: pd.DataFrame, taken: pd.DataFrame, blocks: list[_Block]) -> None:
    """Draw a heatmap with a row to each option, and the name of its choice in an empty row above the options."""
    bins = np.arange(len(rows)) * min(_BINS, len(rows)) // max(len(rows), 1)
    columns = bins.max(initial=-1) + 1
    shares, names = [], []
    for block in blocks:
        shares += [np.full(columns, np.nan), *_shares(rows, taken, block, bins)]
        names += ["", *block.options]
    # No option is a pale field: its row is seen, also where the option leads nowhere.
    sns.heatmap(
        pd.DataFrame(shares), cmap="Greys", vmin=-0.1, vmax=1, cbar=False, xticklabels=False, yticklabels=False, rasterized=True, ax=axes
    )  # fmt: skip
    places = [place for place, name in enumerate(names) if name]
    axes.set_yticks([0.5 + place for place in places], [names[place] for place in places], fontsize=_SIZE)
    beside = blended_transform_factory(axes.figure.transFigure, axes.transData)
    look: dict[str, Any] = {"va": "center", "fontsize": _SIZE, "transform": beside}
    heads = [place for place, name in enumerate(names) if not name]
    for place, block, before in zip(heads, blocks, [None, *blocks], strict=False):
        if before is None or block.name != before.name:
            axes.text(0.01, place + 0.5, block.name, fontweight="bold", **look)
        axes.text(_LEFT, place + 0.5, block.words, fontstyle="italic", **look)
    axes.set_xticks(np.linspace(0, columns, 6), [str(percent) for percent in range(0, 101, 20)])
    axes.set_xlabel(f"{count(len(rows))} specifications in the order of their estimate (percent)")
    axes.tick_params(axis="y", length=0)
    style.quiet_axes(axes)


def _shares(
    rows: pd.DataFrame, taken: pd.DataFrame, block: _Block, bins: npt.NDArray[np.int64]
) -> list[npt.NDArray[np.float64]]:
    """Compute the proportion of each column's specifications to which each option leads."""
    leads = [rows["powered"].astype(bool), ~rows["powered"].astype(bool)]
    if block.choice:
        own = taken[taken["choice"] == block.choice]
        leads = [rows["id"].isin(own.loc[own["option"] == option, "id"]) for option in block.options]
    return [np.bincount(bins, lead.to_numpy(dtype=float)) / np.bincount(bins) for lead in leads]


_BAR = 0.36
#: What is explained -> its name and the colour of its bars.
_BARS = {
    "explained": ("of the estimates", style.INK),
    "explained_answer": ("of where the CI lies", "#b3b3b3"),
}


def choice_bars(effects: pd.DataFrame, *, title: str, subtitle: str) -> Figure:
    """Draw the percentage of the variance between specifications that goes with each choice.

    Bars are of the estimates, and of where their interval is; the second are omitted where no choice moves it.
    """
    maker = "helpers.questions.robustness.effects.choice_effects"
    check_made(effects.columns, maker, "choice", "explained", "explained_answer")
    drawn = {name: look for name, look in _BARS.items() if name == "explained" or effects[name].gt(0).any()}
    names = {name: words for name, (words, _) in drawn.items()}
    shown = 100 * effects.set_index("choice")[list(drawn)].rename(columns=names)
    with framed(title, subtitle, [], body=_BAR * len(effects), above=0.32, below=0.45) as page:
        axes = page.axes(0.19, 0.76)
        sns.barplot(
            shown.melt(ignore_index=False, var_name="of").reset_index(), x="value", y="choice", hue="of", errorbar=None,
            palette=[colour for _, colour in drawn.values()], saturation=1, ax=axes,
        )  # fmt: skip
        drawn_bars: Any = axes.containers
        for bars in drawn_bars:
            axes.bar_label(bars, fmt=lambda width: f"{percent(width / 100)} %", padding=4, fontsize=9)
        sns.move_legend(axes, "lower left", bbox_to_anchor=(-0.25, 1), ncols=2, title=None, borderaxespad=0.0)
        words = "percent of the variance between specifications that goes with the choice alone"
        axes.set(xlim=(0, 108), ylabel="", xlabel=words)
        axes.tick_params(axis="y", length=0)
        style.quiet_axes(axes)
    return page.figure
