"""The levels of a marker over time, each series named where it ends, with the limits in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import offset_copy

from helpers.figures import marks, style

#: Height of a label beside the plot, and the width that it may have, in inches.
LABEL, _SIZE = 0.165, 7.8
_SERIES = ["series", "subject", "subgroup"]


@dataclass(frozen=True)
class _Label:
    """Words beside the plot: a name, what is told of it, the level that it stands for, and its colour."""

    name: str
    told: str
    height: float
    colour: str


def count_labels(levels: pd.DataFrame, thresholds: pd.DataFrame) -> int:
    """Count the labels that `draw_levels` will put beside the plot."""
    return len(levels.drop_duplicates(_SERIES)) + len(thresholds)


def draw_levels(
    axes: Axes,
    levels: pd.DataFrame,
    thresholds: pd.DataFrame,
    *,
    name: str,
    unit: str,
    scale: str,
    width: float,
) -> None:
    """Draw levels over time, one line to an arm or patient, and limits as dashed lines or bands.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw.
    levels, thresholds : pandas.DataFrame
        As in `helpers.tables.Course`.
    name, unit : str
        The marker and the unit of its levels.
    scale : {"linear", "log"}
        Scale of the level axis.
    width : float
        Room for the labels at the right of the axes, in inches.
    """
    axes.set_yscale(scale)
    groups = list(levels.groupby(_SERIES, sort=False, dropna=False))
    # Series of equal times stand beside each other; the data drawn stay what they are.
    step = min(3.5, 24 / max(len(groups), 1))
    ends = [
        _draw_series(axes, rows, step * (place - (len(groups) - 1) / 2))
        for place, (_, rows) in enumerate(groups)
    ]
    for value, upper in zip(thresholds["value"], thresholds["upper"], strict=True):
        if pd.isna(upper):
            axes.axhline(value, color=style.MUTED, lw=0.9, ls=(0, (5, 3)), zorder=1)
        else:
            axes.axhspan(value, upper, color=style.MUTED, alpha=0.12, lw=0, zorder=0)
    if len(levels) or len(thresholds):
        _dress(axes, levels, thresholds, scale)
        axes.set_ylabel(f"{name}\n{unit}")
    else:
        axes.set_axis_off()
    axes.set_title("Levels", loc="left", fontsize=9.5, color=style.MUTED)
    middles = thresholds["value"].where(
        thresholds["upper"].isna(), (thresholds["value"] + thresholds["upper"]) / 2
    )
    limits = [
        _Label(str(words), "", float(middle), style.MUTED)
        for words, middle in zip(thresholds["label"], middles, strict=True)
    ]
    _label_beside(axes, [*ends, *limits], width)


def _draw_series(axes: Axes, rows: pd.DataFrame, beside: float) -> _Label:
    """Draw one series, `beside` points to the right of its time; return its label."""
    rows = rows.sort_values("timepoint_months", kind="stable").drop_duplicates(["timepoint_months", "centre"])
    first, last = rows.iloc[0], rows.iloc[-1]
    single, with_cells = first["subject"] != "cohort", first["arm_kind"] == "cells"
    colour = style.arm_colour(first["arm_kind"], first["cell_source"])
    moved = offset_copy(axes.transData, fig=axes.figure, x=beside, units="points")  # type: ignore[arg-type]
    axes.plot(
        rows["timepoint_months"], rows["centre"], lw=0.9 if single else 1.6, color=colour,
        marker="o" if with_cells else marks.COMPARATOR_MARKER, ms=6, mfc="white" if single else colour, mec=colour,
        mew=1.4, zorder=3, clip_on=False, transform=moved,
    )  # fmt: skip
    for month, low, high in rows.loc[rows["low"].notna(), ["timepoint_months", "low", "high"]].to_numpy():
        axes.plot(
            [month] * 2, [low, high], lw=1.3, color=colour, zorder=2, alpha=0.75, transform=moved
        )  # fmt: skip
    edge = axes.get_xlim()[1]
    axes.plot(
        [last["timepoint_months"], edge],
        [last["centre"]] * 2,
        lw=0.8,
        ls=(0, (1, 2.5)),
        color=colour,
        zorder=1,
    )
    return _Label(*_words(rows), float(last["centre"]), colour)


def _words(rows: pd.DataFrame) -> tuple[str, str]:
    """Name a series and tell its levels in order; of several sources on one time point all."""
    first = rows.iloc[0]
    at_times = rows.groupby("timepoint_months", sort=True)["centre"]
    if len(at_times) == 1:
        told = " or ".join(rows["text"])
    else:
        statistic = "median" if pd.notna(first["median"]) else "mean"
        centres = " → ".join("/".join(f"{centre:.3g}" for centre in values) for _, values in at_times)
        told = centres if first["subject"] != "cohort" else f"{statistic} {centres}"
    return str(first["label"]), f": {told.removeprefix('one patient: ')}"


def _dress(axes: Axes, levels: pd.DataFrame, thresholds: pd.DataFrame, scale: str) -> None:
    # What is drawn beside its time does not count when matplotlib sets the limits.
    shown = pd.concat(
        [
            *(levels[column] for column in ("low", "centre", "high")),
            *(thresholds[column] for column in ("value", "upper")),
        ]
    )
    if scale == "log":
        axes.set_ylim(shown.min() / 1.25, shown.max() * 1.25)
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6))
        axes.set_ylim(min(0, shown.min()), shown.max() * 1.08)
    style.quiet_axes(axes, keep=("bottom", "left"))


def _label_beside(axes: Axes, labels: list[_Label], width: float) -> None:
    """Write labels at the right in the order of their heights, moved apart where they would touch."""
    if not labels:
        return
    figure: Any = axes.figure
    tall = axes.get_position().height * figure.get_figheight()
    gap = 0.22
    to_fraction = axes.transData + axes.transAxes.inverted()
    middle = axes.get_xlim()[0]
    placed = sorted(labels, key=lambda label: label.height)
    heights = [float(to_fraction.transform((middle, label.height))[1]) for label in placed]
    for label, height, place in zip(placed, heights, _apart(heights, LABEL / tall), strict=True):
        name = style.shortened(label.name, width - gap - style.text_width(label.told, _SIZE), _SIZE)
        axes.annotate(
            name + label.told, (1.0, height), xycoords="axes fraction",
            xytext=(1.0 + gap / (axes.get_position().width * style.WIDTH), place), va="center", fontsize=_SIZE,
            color=style.INK if label.colour != style.MUTED else style.MUTED, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": label.colour, "lw": 0.8, "shrinkA": 1, "shrinkB": 0, "relpos": (0, 0.5)},
        )  # fmt: skip


def _apart(heights: list[float], step: float) -> list[float]:
    """Move sorted heights apart until none is nearer to the next than `step`, within 0 to 1 where they fit."""
    places: list[float] = []
    for height in heights:
        places.append(max(height, places[-1] + step) if places else max(height, 0.0))
    ceiling = 1.0
    for place in reversed(range(len(places))):
        places[place] = min(places[place], ceiling)
        ceiling = places[place] - step
    return places
