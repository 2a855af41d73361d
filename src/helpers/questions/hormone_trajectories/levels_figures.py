"""Draw the levels of a marker over time, each series named where it ends, with the limits in use."""

from __future__ import annotations

from collections import Counter
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import Transform, offset_copy

from helpers.evidence.provenance import NOT_AS_PRINTED
from helpers.evidence.vocabulary import TISSUE
from helpers.questions.hormone_trajectories.labels_figures import (
    Label,
    Panel,
    label_beside,
    label_marks,
    wide,
)
from helpers.show import marks, style

#: What a bar is: the columns of its ends, and its looks, which no two share.
SPREADS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "± SD": ("sd_low", "sd_high", {"lw": 1.3, "marker": "_", "ms": 6, "mew": 1.3}),
    "± SE": ("se_low", "se_high", {"lw": 2.6}),
    "quartiles": ("q1", "q3", {"lw": 7, "alpha": 0.3}),
    "range, minimum to maximum": ("minimum", "maximum", {"lw": 0.9, "ls": (0, (3, 2)), "marker": "_", "ms": 4}),
}  # fmt: skip
_ENDS = [end for low, high, _ in SPREADS.values() for end in (low, high)]
#: Series that share a month are drawn so many points beside each other, none further than so many points or months from its own.
_STEP, _FURTHEST, _MONTHS = 5.0, 13.0, 0.6
_SECOND_HAND = "#"
#: Sign of a tissue treated, for names that are too long to say it.
TREATED = {"ovary": "◊", "endometrium": "∆"}
#: What the signs behind a name or a level mean.
SIGNS = {
    **NOT_AS_PRINTED,
    _SECOND_HAND: "not reported by the study itself",
    **{sign: TISSUE[tissue] for tissue, sign in TREATED.items()},
}


def women_of(levels: pd.DataFrame) -> pd.Series[str]:
    """Name the women of each level: its line, without the statistic."""
    return levels["line"].str.rsplit("/", n=1).str[0]


def _has(levels: pd.DataFrame, kind: str) -> pd.Series[bool]:
    low, high, _ = SPREADS[kind]
    return levels[low].notna() & levels[high].notna()


def spread_handles(levels: pd.DataFrame) -> list[Line2D]:
    """Make the legend entries of the spreads that occur."""
    handles: list[Line2D] = []
    for kind, (_, _, look) in SPREADS.items():
        if _has(levels, kind).any():
            turned = {**look, "marker": "|"} if "marker" in look else look
            handles.append(marks.Bar([], [], color=style.INK, solid_capstyle="butt", label=kind, **turned))
    return handles


def second_hand(levels: pd.DataFrame) -> pd.Series[str]:
    """Give the sign of each level that the study itself did not report, blank for the others."""
    return levels["origin"].map(lambda origin: "" if origin == marks.FIRST_HAND else _SECOND_HAND)


def below_zero(levels: pd.DataFrame) -> pd.Series[bool]:
    """Mark the levels whose centre or spread reaches 0 or below."""
    return (levels[["centre", *_ENDS]] <= 0).any(axis=1)


def draw_levels(
    panel: Panel,
    levels: pd.DataFrame,
    thresholds: pd.DataFrame,
    *,
    name: str,
    unit: str,
    scale: str,
    width: float,
) -> None:
    """Draw one line per group of women and statistic, and limits as dashed lines or bands.

    On a log scale, what reaches 0 or below ends at the axis in a triangle. `width` is the room for labels at the right, in inches.
    """
    axes = panel.timed
    axes.set_title("Levels", loc="left", fontsize=9.5, color=style.MUTED)
    if levels.empty and thresholds.empty:
        axes.set_axis_off()
        return
    axes.set_yscale(scale)
    _dress(axes, levels, thresholds, scale)
    axes.set_ylabel(f"{name}\n{unit}")
    limits = [_draw_limit(panel, limit) for limit in thresholds.itertuples()]
    ends = _draw_all(panel, levels)
    if _has_later(levels):
        label_beside(panel.right, [*ends, *limits], width)
    else:
        label_beside(panel.right, limits, width)
        label_marks(axes, ends)


def _draw_limit(panel: Panel, limit: Any) -> Label:
    """Draw a limit in use, and make its label."""
    alone = pd.isna(limit.upper)
    for axes in panel.each:
        if alone:
            axes.axhline(limit.value, color=style.MUTED, lw=0.9, ls=(0, (5, 3)), zorder=1)
        else:
            axes.axhspan(limit.value, limit.upper, color=style.MUTED, alpha=0.12, lw=0, zorder=0)
    middle = limit.value if alone else (limit.value + limit.upper) / 2
    return Label(str(limit.label), "", float(middle), style.MUTED)


def _has_later(levels: pd.DataFrame) -> bool:
    """Return whether any level is later than before treatment."""
    return bool(levels["timepoint_months"].ne(0).any())


def _draw_all(panel: Panel, levels: pd.DataFrame) -> list[Label]:
    groups = [in_order(rows) for _, rows in levels.groupby("line", sort=False)]
    low, high = panel.timed.get_xlim()
    month = 72 * wide(panel.timed) / (high - low)
    beside = _places(groups, min(_FURTHEST, _MONTHS * month))
    slots = count()
    labels, later = [], _has_later(levels)
    for rows, place in zip(groups, beside, strict=True):
        timed, untimed = (rows[rows["timepoint_months"].isna() == without] for without in (False, True))
        if len(timed):
            # Only the drawing moves; the data stay where they are.
            moved = offset_copy(
                panel.timed.transData, fig=panel.timed.figure, x=place, units="points"  # type: ignore[arg-type]
            )  # fmt: skip
            _draw_line(panel.timed, timed, moved)
            _draw_marks(panel.timed, timed, timed["timepoint_months"], moved)
        slot = None
        if len(untimed) and panel.untimed:
            at = pd.Series([next(slots) + 0.5 for _ in range(len(untimed))], index=untimed.index)
            _draw_marks(panel.untimed, untimed, at, panel.untimed.transData)
            slot = at.iloc[-1]
        labels.append(_end(panel, rows, slot, later=later, aside=place / month))
    return labels


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort a series by time, without a time last; of sources that give the same level keep one with most of its spread."""
    bare = rows[["n", *_ENDS]].isna().sum(axis=1)
    rows = rows.assign(_after=rows["subgroup"].notna(), _bare=bare)
    rows = rows.sort_values(["timepoint_months", "_after", "_bare"], kind="stable")
    return rows.drop_duplicates(["timepoint_months", "subgroup", "centre_text"])


def _places(groups: list[pd.DataFrame], furthest: float) -> list[float]:
    """Give the points by which each series is moved aside, so that those that share a month lie about it; others are not moved."""
    times = [set(rows["timepoint_months"].dropna()) for rows in groups]
    series = Counter(month for months in times for month in months)
    sharing = [any(series[month] > 1 for month in months) for months in times]
    middle = (sum(sharing) - 1) / 2
    step = min(_STEP, furthest / middle) if any(sharing) else 0.0
    position = count()
    return [step * (next(position) - middle) if shares else 0.0 for shares in sharing]


def _colour(rows: pd.DataFrame) -> str:
    return style.arm_colour(rows["arm_kind"].iloc[0], rows["cell_source"].iloc[0])


def _floor(axes: Axes) -> float:
    """Give the lowest level that axes can show."""
    return axes.get_ylim()[0] if axes.get_yscale() == "log" else -np.inf


def _shown(axes: Axes, rows: pd.DataFrame) -> pd.Series[float]:
    return rows["centre"].where(rows["centre"] > min(_floor(axes), 0))


def _draw_line(axes: Axes, rows: pd.DataFrame, moved: Transform) -> None:
    look: dict[str, Any] = {"lw": 1.6 if rows["subject"].iloc[0] == "cohort" else 0.9, "color": _colour(rows)}
    axes.plot(rows["timepoint_months"], _shown(axes, rows), zorder=3, clip_on=False, transform=moved, **look)


def _draw_marks(axes: Axes, rows: pd.DataFrame, at: pd.Series[float], moved: Transform) -> None:
    first, colour, floor = rows.iloc[0], _colour(rows), _floor(axes)
    look: dict[str, Any] = {"color": colour, "clip_on": False, "transform": moved}
    marker = marks.marker_of(with_cells=first["arm_kind"] == "cells", single=first["subject"] != "cohort")
    face = colour if first["origin"] == marks.FIRST_HAND else "white"
    axes.plot(
        at, _shown(axes, rows), ls="", marker=marker, ms=6, mfc=face, mec=colour, mew=1.4, zorder=4, **look
    )
    for low, high, bar in SPREADS.values():
        ends = rows[[low, high]].to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(ends).any(axis=1)
        for x, end in zip(at.to_numpy()[known], ends[known], strict=True):
            capped = [0, 1] if end[0] >= floor else [1]
            axes.plot(
                [x, x], np.maximum(end, floor), zorder=3 if bar["lw"] < 5 else 2, solid_capstyle="butt", markevery=capped, **look, **bar,
            )  # fmt: skip
    reached = rows[["centre", *_ENDS]].to_numpy(dtype=np.float64, na_value=np.nan) < floor
    reaching = at.iloc[np.flatnonzero(reached.any(axis=1))]
    if len(reaching):
        axes.plot(reaching, [floor] * len(reaching), ls="", marker="v", ms=6, zorder=5, **look)


def _end(panel: Panel, rows: pd.DataFrame, slot: float | None, *, later: bool, aside: float) -> Label:
    """Lead a grey hairline from the last mark of a series, so many months `aside`, to the right edge, and make its label.

    If no level is later than treatment there is no hairline over the later months: the label is beside the mark.
    """
    last = rows.iloc[-1]
    height = float(last["centre"] if pd.notna(last["centre"]) else (last["minimum"] + last["maximum"]) / 2)
    height = max(height, panel.timed.get_ylim()[0])
    look: dict[str, Any] = {"lw": 0.7, "color": style.FAINT, "zorder": 1}
    if later:
        axes = panel.timed if slot is None else panel.right
        start = float(last["timepoint_months"]) + aside if slot is None else slot
        if slot is None and panel.untimed:
            panel.untimed.plot(list(panel.untimed.get_xlim()), [height] * 2, **look)
        axes.plot([start, axes.get_xlim()[1]], [height] * 2, **look)
    return Label(*_words(rows), height, _colour(rows))


def _words(rows: pd.DataFrame) -> tuple[str, str]:
    """Name a series and give its levels in order, those of several sources at one time together, each with its signs."""
    first = rows.iloc[0]
    signs = [set(text) for text in rows["signs"] + second_hand(rows)]
    every = set.intersection(*signs)
    name, ahead = str(first["label"]), f"{_ordered(every)}: "
    if len(rows) == 1:
        return name, ahead + first["level_text"]
    values: dict[Any, list[str]] = {}
    each: list[Any] = list(rows.itertuples())
    for row, row_signs in zip(each, signs, strict=True):
        time = str(row.subgroup) if pd.isna(row.timepoint_months) else row.timepoint_months
        values.setdefault(time, []).append(row.centre_text + _ordered(row_signs - every))
    # Of spreads that not every level has, the legend says what they are.
    kinds = [kind.partition(",")[0] for kind in SPREADS if _has(rows, kind).all()]
    plain = {"value": "", "not stated": "statistic not stated", "range": ""}
    statistic = plain.get(first["statistic"], first["statistic"])
    if kinds and kinds[0].startswith("±"):
        statistic = f"{statistic} {kinds.pop(0)}"
    statistics = ", ".join(filter(None, [statistic, *kinds]))
    centres = " → ".join("/".join(same) for same in values.values())
    return name, ahead + f"{statistics} {centres}".strip()


def _ordered(signs: set[str]) -> str:
    return "".join(sign for sign in SIGNS if sign in signs)


def _dress(axes: Axes, levels: pd.DataFrame, thresholds: pd.DataFrame, scale: str) -> None:
    # What is drawn beside its time does not count when matplotlib sets the limits.
    columns = [levels[name] for name in ("centre", *_ENDS)]
    shown = pd.concat([*columns, thresholds["value"], thresholds["upper"]]).astype("float64")
    if scale == "log":
        above = shown[shown > 0]
        low, high = (above.min(), above.max()) if len(above) else (1.0, 10.0)
        axes.set_ylim(low / 1.25, high * 1.25)
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter("{x:g}")
    else:
        axes.yaxis.set_major_locator(MaxNLocator(6))
        low, high = min(0.0, shown.min()), max(0.0, shown.max())
        air = 0.08 * ((high - low) or 1.0)
        axes.set_ylim(low - air / 2 * (low < 0), high + air)
    style.quiet_axes(axes, keep=("bottom", "left"))
