"""What is told of a marker without a level: changes, directions, words and classes, study by study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.figures import marks, style

ARROWS = {"up": "^", "down": "v", "none": ">"}
_SIZE = 8.0


@dataclass(frozen=True)
class ChangeRow:
    """A row of the panel.

    Attributes
    ----------
    study : str
        The study, with arm and patient where that needs saying.
    beside : str
        What is told, and by whom where not by the study itself.
    months : list of float
        When; empty where no time was printed.
    marker, colour : str
        Mark of the direction, blank where only words or classes are told, and colour of the arm.
    filled : bool
        Whether the study itself tells it.
    """

    study: str
    beside: str
    months: list[float]
    marker: str = ""
    colour: str = style.MUTED
    filled: bool = True


def change_rows(changes: pd.DataFrame, described: pd.DataFrame, first: list[str]) -> list[ChangeRow]:
    """Put changes, and what is told in words, into rows: one to a statement, with every month for which it is made.

    Parameters
    ----------
    changes, described : pandas.DataFrame
        As in `helpers.tables.Course`.
    first : list of str
        Labels of the studies that come first.

    Returns
    -------
    list of ChangeRow
        Study by study; studies without anything have no row.
    """
    names = list(dict.fromkeys([*changes["study_label"], *described["study_label"]]))
    names.sort(key=lambda name: (name not in first, name.casefold()))
    what = ["label", "direction", "text", "origin"]
    rows = []
    for name in names:
        own = changes[changes["study_label"] == name].sort_values("to_months")
        for _, same in own.groupby(what, sort=False, dropna=False):
            rows.append(_change(same))
        told = described[described["study_label"] == name].drop_duplicates(["text", "origin"])
        rows += [ChangeRow(name, row.text + _teller(row.origin), []) for row in told.itertuples()]
    return rows


def _change(same: pd.DataFrame) -> ChangeRow:
    row = same.iloc[0]
    return ChangeRow(
        study=str(row["label"]),
        beside=row["text"] + _teller(row["origin"]),
        months=list(same["to_months"].dropna().drop_duplicates()),
        marker=ARROWS.get(str(row["direction"]), "o"),
        colour=style.arm_colour(row["arm_kind"], row["cell_source"]),
        filled=row["origin"] == marks.FIRST_HAND,
    )


def _teller(origin: object) -> str:
    return "" if origin == marks.FIRST_HAND else f"; {origin}"


def draw_changes(axes: Axes, rows: list[ChangeRow], *, label_width: float, width: float) -> None:
    """Draw the rows: arrows at the months for which a direction is told, and the words at the right.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Where to draw; its x axis is time.
    rows : list of ChangeRow
        Made by `change_rows`.
    label_width, width : float
        Room for the names at the left, and from the right edge of the axes to that of the figure, in inches.
    """
    across = axes.get_yaxis_transform()
    wide = axes.get_position().width * style.WIDTH
    for y, row in enumerate(rows):
        axes.axhline(y, color=style.FAINT, lw=0.6, zorder=0)
        if not row.marker:
            # Nothing is drawn of it, so the words have the plot as well.
            words = style.shortened(row.beside, 0.94 * wide + width, _SIZE)
            _write(axes, 0.06, y, words, color=style.MUTED)
            continue
        look: dict[str, Any] = {
            "ls": "", "marker": row.marker, "ms": 7.5, "mfc": row.colour if row.filled else "white", "mec": row.colour,
            "mew": 1.3, "zorder": 3, "clip_on": False,
        }  # fmt: skip
        if row.months:
            axes.plot(row.months, [y] * len(row.months), **look)
        else:
            axes.plot([0.5], [y], transform=across, **look)
            _write(axes, 0.53, y, "time not printed", color=style.MUTED, style="italic")
        _write(axes, 1.0 + 0.12 / wide, y, style.shortened(row.beside, width - 0.12, _SIZE))
    names = [row.study for row in rows]
    shown = [
        "" if place and name == names[place - 1] else style.shortened(name, label_width, _SIZE)
        for place, name in enumerate(names)
    ]
    axes.set_yticks(range(len(rows)), shown, fontsize=_SIZE)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    style.quiet_axes(axes)
    axes.set_title("Without a level: changes, directions, words", loc="left", fontsize=9.5, color=style.MUTED)


def _write(axes: Axes, x: float, y: float, words: str, **look: Any) -> None:
    box = {"fc": "white", "ec": "none", "pad": 0.8}
    axes.text(
        x, y, words, transform=axes.get_yaxis_transform(), va="center", fontsize=_SIZE, bbox=box, **look
    )


def name_width(rows: list[ChangeRow]) -> float:
    """Tell the width of the widest name of a study, in inches."""
    return max((style.text_width(row.study, _SIZE) for row in rows), default=0.0)
