"""Draw the levels of a marker over time, each series named where it ends, with the limits in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import Transform, offset_copy

from helpers.evidence.provenance import NOT_AS_PRINTED
from helpers.evidence.vocabulary import TISSUE
from helpers.show import marks, style

#: Height of a label beside the plot and of a row of numbers of women, and the size of their letters.
LABEL, NUMBERS, _SIZE = 0.165, 0.15, 8.0
_LEAST_NAME, GAP = 0.9, 0.18
#: The column of what has no printed time is so far from the time axis.
APART = 0.14
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


def sign_words() -> dict[str, str]:
    """Say what the signs behind a name or a level mean."""
    return {
        **NOT_AS_PRINTED,
        _SECOND_HAND: "not reported by the study itself",
        **{sign: TISSUE[tissue] for tissue, sign in TREATED.items()},
    }


@dataclass(frozen=True)
class Panel:
    """Axes of time, and the axes of levels without a printed time; None if every level has one."""

    timed: Axes
    untimed: Axes | None

    @property
    def right(self) -> Axes:
        """The axes at the right, which labels are beside."""
        return self.untimed or self.timed


@dataclass(frozen=True)
class _Label:
    """Words beside the plot: a name, its signs and values, the level that it belongs to, and its colour."""

    name: str
    values: str
    height: float
    colour: str


def count_labels(levels: pd.DataFrame, thresholds: pd.DataFrame) -> int:
    """Count the labels that `draw_levels` will put beside the plot."""
    return levels["line"].nunique() + len(thresholds)


def spreads_of(levels: pd.DataFrame) -> list[str]:
    """List the kinds of spread that levels have, by their names in `SPREADS`."""
    return [kind for kind in SPREADS if _has(levels, kind).any()]


def _has(levels: pd.DataFrame, kind: str) -> pd.Series[bool]:
    low, high, _ = SPREADS[kind]
    return levels[low].notna() & levels[high].notna()


def spread_handles(levels: pd.DataFrame) -> list[Line2D]:
    """Make the legend entries of the spreads that occur."""
    handles: list[Line2D] = []
    for kind in spreads_of(levels):
        look = dict(SPREADS[kind][2])
        if look.get("marker") == "_":
            look["marker"] = "|"
        handles.append(marks.Bar([], [], color=style.INK, solid_capstyle="butt", label=kind, **look))
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

    The untimed axes share the level axis of the timed ones. On a log scale, a level or spread that reaches 0 or below ends at
    the axis in a triangle. `width` is the room for labels at the right of the panel, in inches.
    """
    axes = panel.timed
    axes.set_title("Levels", loc="left", fontsize=9.5, color=style.MUTED)
    if levels.empty and thresholds.empty:
        axes.set_axis_off()
        return
    axes.set_yscale(scale)
    _dress(axes, levels, thresholds, scale)
    axes.set_ylabel(f"{name}\n{unit}")
    for value, upper in zip(thresholds["value"], thresholds["upper"], strict=True):
        for each in (axes, panel.untimed) if panel.untimed else (axes,):
            if pd.isna(upper):
                each.axhline(value, color=style.MUTED, lw=0.9, ls=(0, (5, 3)), zorder=1)
            else:
                each.axhspan(value, upper, color=style.MUTED, alpha=0.12, lw=0, zorder=0)
    ends = _draw_all(panel, levels)
    middles = thresholds["value"].where(
        thresholds["upper"].isna(), (thresholds["value"] + thresholds["upper"]) / 2
    )
    limits = [
        _Label(str(words), "", float(middle), style.MUTED)
        for words, middle in zip(thresholds["label"], middles, strict=True)
    ]
    if has_later(levels):
        _label_beside(panel.right, [*ends, *limits], width)
        return
    _label_beside(panel.right, limits, width)
    _label_marks(axes, ends)


def has_later(levels: pd.DataFrame) -> bool:
    """Return whether any level is later than before treatment."""
    return bool(levels["timepoint_months"].ne(0).any())


def _draw_all(panel: Panel, levels: pd.DataFrame) -> list[_Label]:
    groups = [_in_order(rows) for _, rows in levels.groupby("line", sort=False)]
    low, high = panel.timed.get_xlim()
    month = 72 * panel.timed.get_position().width * style.WIDTH / (high - low)
    beside = _places(groups, min(_FURTHEST, _MONTHS * month))
    slots = iter(np.arange(levels["timepoint_months"].isna().sum()) + 0.5)
    labels, later = [], has_later(levels)
    for rows, place in zip(groups, beside, strict=True):
        with_time, without = (
            rows[rows["timepoint_months"].notna()],
            rows[rows["timepoint_months"].isna()],
        )
        if len(with_time):
            # Only the drawing moves; the data stay where they are.
            moved = offset_copy(
                panel.timed.transData, fig=panel.timed.figure, x=place, units="points"  # type: ignore[arg-type]
            )  # fmt: skip
            _draw_line(panel.timed, with_time, moved)
            _draw_marks(panel.timed, with_time, with_time["timepoint_months"], moved)
        if len(without) and panel.untimed:
            at = pd.Series([next(slots) for _ in range(len(without))], index=without.index)
            _draw_marks(panel.untimed, without, at, panel.untimed.transData)
        labels.append(
            _end(panel, rows, at.iloc[-1] if len(without) else None, later=later, aside=place / month)
        )
    return labels


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort a series by time, without a time last; of sources that give the same level keep one with most of its spread."""
    rows = rows.assign(
        _after=rows["subgroup"].notna(), _bare=rows[["n", *_ENDS]].isna().sum(axis=1)
    ).sort_values(["timepoint_months", "_after", "_bare"], kind="stable")
    return rows.drop_duplicates(["timepoint_months", "subgroup", "centre_text"])


def _places(groups: list[pd.DataFrame], furthest: float) -> list[float]:
    """Give the points by which each series is moved aside, so that those that share a month lie about it; others are not moved."""
    times = [set(rows["timepoint_months"].dropna()) for rows in groups]
    sharing = [
        index
        for index, months in enumerate(times)
        if any(months & other for place, other in enumerate(times) if place != index)
    ]
    middle = (len(sharing) - 1) / 2
    step = min(_STEP, furthest / middle) if sharing else 0.0
    places = [0.0] * len(groups)
    for position, index in enumerate(sharing):
        places[index] = step * (position - middle)
    return places


def _draw_line(axes: Axes, rows: pd.DataFrame, moved: Transform) -> None:
    first = rows.iloc[0]
    floor = axes.get_ylim()[0] if axes.get_yscale() == "log" else -np.inf
    axes.plot(
        rows["timepoint_months"], rows["centre"].where(rows["centre"] > min(floor, 0)),
        lw=0.9 if first["subject"] != "cohort" else 1.6, color=style.arm_colour(first["arm_kind"], first["cell_source"]),
        zorder=3, clip_on=False, transform=moved,
    )  # fmt: skip


def _draw_marks(axes: Axes, rows: pd.DataFrame, at: pd.Series[float], moved: Transform) -> None:
    first = rows.iloc[0]
    single, with_cells = first["subject"] != "cohort", first["arm_kind"] == "cells"
    colour = style.arm_colour(first["arm_kind"], first["cell_source"])
    floor = axes.get_ylim()[0] if axes.get_yscale() == "log" else -np.inf
    centre = rows["centre"].where(rows["centre"] > min(floor, 0))
    axes.plot(
        at, centre, ls="", color=colour,
        marker=marks.marker_of(with_cells=with_cells, single=single), ms=6, mfc=colour if first["origin"] == marks.FIRST_HAND else "white",
        mec=colour,
        mew=1.4, zorder=4, clip_on=False, transform=moved,
    )  # fmt: skip
    for low, high, look in SPREADS.values():
        ends = rows[[low, high]].to_numpy(dtype=np.float64, na_value=np.nan)
        known = ~np.isnan(ends).any(axis=1)
        for x, end in zip(at.to_numpy()[known], ends[known], strict=True):
            cut = np.maximum(end, floor)
            axes.plot(
                [x, x], cut, color=colour, zorder=3 if look["lw"] < 5 else 2, solid_capstyle="butt", clip_on=False,
                transform=moved, **look, markevery=[0, 1] if end[0] >= floor else [1],
            )  # fmt: skip
    reached = rows[["centre", *_ENDS]].to_numpy(dtype=np.float64, na_value=np.nan) < floor
    reaching = at.iloc[np.flatnonzero(reached.any(axis=1))]
    if len(reaching):
        axes.plot(
            reaching, [floor] * len(reaching), ls="", marker="v", ms=6, color=colour, zorder=5, clip_on=False, transform=moved
        )  # fmt: skip


def _end(panel: Panel, rows: pd.DataFrame, slot: float | None, *, later: bool, aside: float) -> _Label:
    """Lead a grey hairline from the last mark of a series, so many months `aside`, to the right edge, and make its label.

    If no level is later than treatment there is no hairline over the later months: the label is beside the mark.
    """
    last = rows.iloc[-1]
    colour = style.arm_colour(last["arm_kind"], last["cell_source"])
    height = float(last["centre"] if pd.notna(last["centre"]) else (last["minimum"] + last["maximum"]) / 2)
    height = max(height, panel.timed.get_ylim()[0])
    look: dict[str, Any] = {"lw": 0.7, "color": style.FAINT, "zorder": 1}
    if not later:
        return _Label(*_words(rows), height, colour)
    if slot is None:
        axes, start = panel.timed, float(last["timepoint_months"]) + aside
        if panel.untimed:
            panel.untimed.plot(list(panel.untimed.get_xlim()), [height] * 2, **look)
    else:
        axes, start = panel.right, slot
    axes.plot([start, axes.get_xlim()[1]], [height] * 2, **look)
    return _Label(*_words(rows), height, colour)


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
    kinds = [kind.partition(",")[0] for kind in spreads_of(rows) if _has(rows, kind).all()]
    statistic = {"value": "", "not stated": "statistic not stated", "range": ""}.get(
        first["statistic"], first["statistic"]
    )
    if kinds and kinds[0].startswith("±"):
        statistic = f"{statistic} {kinds.pop(0)}"
    statistics = ", ".join(filter(None, [statistic, *kinds]))
    centres = " → ".join("/".join(same) for same in values.values())
    return name, ahead + f"{statistics} {centres}".strip()


def _ordered(signs: set[str]) -> str:
    return "".join(sign for sign in sign_words() if sign in signs)


def _dress(axes: Axes, levels: pd.DataFrame, thresholds: pd.DataFrame, scale: str) -> None:
    # What is drawn beside its time does not count when matplotlib sets the limits.
    shown = pd.concat(
        [
            *(levels[column] for column in ("centre", *_ENDS)),
            *(thresholds[column] for column in ("value", "upper")),
        ]
    ).astype("float64")
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


def _label_beside(axes: Axes, labels: list[_Label], width: float) -> None:
    """Write labels at the right, sorted by height and moved apart where they would touch."""
    if not labels:
        return
    figure: Any = axes.figure
    tall = axes.get_position().height * figure.get_figheight()
    to_fraction = axes.transData + axes.transAxes.inverted()
    middle = axes.get_xlim()[0]
    placed = sorted(labels, key=lambda label: label.height)
    heights = [float(to_fraction.transform((middle, label.height))[1]) for label in placed]
    for label, height, place in zip(placed, heights, apart(heights, LABEL / tall), strict=True):
        values = style.shortened(label.values, width - GAP - _LEAST_NAME, _SIZE)
        room = width - GAP - style.text_width(values, _SIZE)
        name = fitted(label.name, room) if values else style.shortened(label.name, room, _SIZE)
        axes.annotate(
            name + values, (1.0, height), xycoords="axes fraction",
            xytext=(1.0 + GAP / (axes.get_position().width * style.WIDTH), place), va="center", fontsize=_SIZE,
            color=style.INK if label.colour != style.MUTED else style.MUTED, annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": label.colour, "lw": 0.8, "shrinkA": 1, "shrinkB": 0, "relpos": (0, 0.5)},
        )  # fmt: skip


def _label_marks(axes: Axes, labels: list[_Label]) -> None:
    """Write labels beside marks of month 0, inside the plot, moved apart where they would touch."""
    figure: Any = axes.figure
    box = axes.get_position()
    placed = sorted(labels, key=lambda label: label.height)
    low, high = axes.get_xlim()
    left = (0 - low) / (high - low) + 0.18 / (box.width * style.WIDTH)
    to_fraction = axes.transData + axes.transAxes.inverted()
    heights = [float(to_fraction.transform((0, label.height))[1]) for label in placed]
    # No level is without a time, so words may end in the gap before that column.
    room = box.width * style.WIDTH * (1 - left) + APART
    for label, place in zip(
        placed, apart(heights, LABEL / (box.height * figure.get_figheight())), strict=True
    ):
        axes.annotate(
            style.shortened(label.name + label.values, room, _SIZE), (0, label.height), xytext=(left, place),
            textcoords="axes fraction", va="center", fontsize=_SIZE, color=style.INK, annotation_clip=False,
            bbox={"fc": "white", "ec": "none", "pad": 0.6},
            arrowprops={"arrowstyle": "-", "color": style.FAINT, "lw": 0.7, "shrinkA": 1, "shrinkB": 4, "relpos": (0, 0.5)},
        )  # fmt: skip


def apart(places: list[float], step: float) -> list[float]:
    """Move sorted places apart until none is nearer to the next than `step`, within 0 to 1 where they fit."""
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + step) if moved else max(place, 0.0))
    ceiling = 1.0
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - step
    return moved


def number_rows(levels: pd.DataFrame) -> dict[str, dict[float | None, str]]:
    """Gather how many women were measured: label of the women -> month -> number or dash.

    The month is None if it was not printed. Single patients, and women whose number was never printed, have no row.
    """
    cohorts = levels[levels["subject"] == "cohort"]
    by_women: dict[str, dict[float | None, str]] = {}
    for _, rows in cohorts.groupby(cohorts["line"].str.rsplit("/", n=1).str[0], sort=False):
        if rows["n"].isna().all():
            continue
        each: list[Any] = list(_in_order(rows).itertuples())
        numbers: dict[float | None, list[str]] = {}
        for row in each:
            at = None if pd.isna(row.timepoint_months) else float(row.timepoint_months)
            numbers.setdefault(at, []).extend([] if pd.isna(row.n) else [f"{row.n:g}"])
        by_women[str(each[0].label)] = {
            at: "/".join(dict.fromkeys(same)) or "–" for at, same in numbers.items()
        }
    return by_women


def draw_numbers(panel: Panel, rows: dict[str, dict[float | None, str]], *, width: float) -> None:
    """Write below the levels how many women were measured at each time; `width` is the room for names at the right, in inches."""
    axes, right = panel.timed, panel.right
    low, high = axes.get_xlim()
    wide = axes.get_position().width * style.WIDTH
    for y, (name, numbers) in enumerate(rows.items()):
        months = sorted(at for at in numbers if at is not None)
        fractions = [(at - low) / (high - low) for at in months]
        widest = max((style.text_width(numbers[at], _SIZE) for at in months), default=0.0)
        for at, place in zip(months, apart(fractions, (widest + 0.05) / wide), strict=True):
            write(axes, low + place * (high - low), y, numbers[at], ha="center", transform=axes.transData)
        if panel.untimed and None in numbers:
            write(panel.untimed, 0.5, y, numbers[None], ha="center")
        write_beside(right, y, fitted(name, width - GAP))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_title("Women measured (n)", loc="left", fontsize=8.5, color=style.MUTED, pad=3)


def fitted(name: str, width: float) -> str:
    """Leave out words in the middle of a name until it is no wider than `width` inches: names differ at their ends."""
    words = name.split()
    first, last, shown = words[:2], words[2:], name
    while style.text_width(shown, _SIZE) > width and len(last) > 1:
        last.pop(0)
        shown = " ".join([*first, "…", *last])
    return shown if style.text_width(shown, _SIZE) <= width else style.shortened(name, width, _SIZE)


def write(axes: Axes, x: float, y: float, words: str, **look: Any) -> None:
    """Write in a row of a panel; by default x is a fraction of its width."""
    given: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center", "fontsize": _SIZE}
    axes.text(x, y, words, linespacing=1.0, **given | look)


def write_beside(axes: Axes, y: float, words: str) -> None:
    """Write at the right of a row of a panel, in line with the labels of the levels."""
    write(axes, 1.0 + GAP / (axes.get_position().width * style.WIDTH), y, words)
