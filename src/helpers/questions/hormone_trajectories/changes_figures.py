"""What was reported of a marker without a level: changes and directions over time, and levels in words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from helpers.evidence.vocabulary import TISSUE, capital
from helpers.questions.hormone_trajectories.labels_figures import (
    GAP,
    SIZE,
    Panel,
    fitted,
    write,
    write_beside,
)
from helpers.show import marks, style


@dataclass(frozen=True)
class ChangeRow:
    """A row of the panel of changes: one statement about one study, or a heading, which has no marker.

    `beside` is the change, with who reported it; `months` are the printed times; `filled`: the study itself reports it.
    """

    study: str
    beside: str
    months: list[float]
    untimed: bool = False
    marker: str = ""
    colour: str = style.MUTED
    filled: bool = True


def change_rows(changes: pd.DataFrame, first: list[str]) -> list[ChangeRow]:
    """Make one row per statement, with its months, sorted by tissue and study, the studies `first` before the others.

    Women with cells come first and women without last, each under a heading if there are several.
    """
    rows = []
    what = ["label", "direction", "text", "origin"]
    changes = changes[[*what, "study_label", "tissue", "arm_kind", "cell_source", "to_months"]]
    kinds, several = changes["arm_kind"], changes["tissue"].nunique() > 1
    blocks = (
        ("Women treated with cells", kinds == "cells"),
        ("Women with and without cells, not reported apart", kinds == "mixed"),
        ("Women without cells", ~kinds.isin(["cells", "mixed"])),
    )
    for tissue, (women, kind) in product(TISSUE, blocks):
        block = changes[kind & (changes["tissue"] == tissue)]
        if block.empty:
            continue
        heading = [capital(TISSUE[tissue])] * several + [women] * bool((kinds != "cells").any())
        if heading:
            rows.append(ChangeRow("", ": ".join(heading), []))
        studies = block["study_label"].unique()
        for name in sorted(studies, key=lambda name: (name not in first, name.casefold())):
            reports = block[block["study_label"] == name].sort_values("to_months")
            rows += [_change(same) for _, same in reports.groupby(what, sort=False, dropna=False)]
    return rows


def _change(same: pd.DataFrame) -> ChangeRow:
    row = same.iloc[0]
    return ChangeRow(
        study=str(row["label"]),
        # The title of the panel says that no level was printed.
        beside=row["text"].replace(", no figure", "") + _reporter(row["origin"]),
        months=list(same["to_months"].dropna().drop_duplicates()),
        untimed=bool(same["to_months"].isna().any()),
        marker=marks.ARROWS.get(str(row["direction"]), "o"),
        colour=style.arm_colour(row["arm_kind"], row["cell_source"]),
        filled=row["origin"] == marks.FIRST_HAND,
    )


def _reporter(origin: object) -> str:
    return "" if origin == marks.FIRST_HAND else f"; {origin}"


def draw_changes(panel: Panel, rows: list[ChangeRow], *, width: float) -> None:
    """Draw an arrow at each month of a reported direction, in the untimed axes if none was printed, with study and words.

    `width` is the room from the right edge of the panel to that of the figure, in inches.
    """
    axes = panel.timed
    for y, row in enumerate(rows):
        if not row.marker:
            write(axes, 0.0, y, row.beside, weight="bold", bbox={"fc": "white", "ec": "none", "pad": 0.8})
            continue
        look: dict[str, Any] = {
            "ls": "", "marker": row.marker, "ms": 7.5, "mfc": row.colour if row.filled else "white", "mec": row.colour,
            "mew": 1.3, "zorder": 3, "clip_on": False,
        }  # fmt: skip
        for each in panel.each:
            each.axhline(y, color=style.FAINT, lw=0.6, zorder=0)
        if row.months:
            axes.plot(row.months, [y] * len(row.months), **look)
        if row.untimed and panel.untimed:
            panel.untimed.plot([sum(panel.untimed.get_xlim()) / 2], [y], **look)
        write_beside(panel.right, y, "\n".join(_in_two_lines(row, width - GAP)))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks([])
    style.quiet_axes(axes)
    title = "Without a level: changes, and directions of which no size was printed"
    axes.set_title(title, loc="left", fontsize=9.5, color=style.MUTED)


def _in_two_lines(row: ChangeRow, width: float) -> list[str]:
    """Write study and change in one line, or in two if that is too wide."""
    lines = style.wrapped(f"{row.study}: {row.beside}", width, SIZE)
    if len(lines) <= 2:
        return lines
    return [fitted(f"{row.study}:", width), style.shortened(row.beside, width, SIZE)]


def draw_words(axes: Axes, described: pd.DataFrame, *, width: float) -> None:
    """Write each statement of `worded` in a row of its own.

    `width` is the room from the left edge of the axes to the right edge of the figure, in inches.
    """
    for y, row in enumerate(described.itertuples()):
        words = f"{row.study_label}, {row.text}{_reporter(row.origin)}"
        write(axes, 0.0, y, style.shortened(words, width, SIZE))
    axes.set_ylim(len(described) - 0.4, -0.6)
    title = "Reported otherwise: in words, as limits or classes, without a unit, or unclear whether level or change"
    axes.set_title(title, loc="left", fontsize=9.5, color=style.MUTED)


def worded(described: pd.DataFrame) -> pd.DataFrame:
    """Keep each statement of a study once, for `draw_words`, sorted by study."""
    rows = described.drop_duplicates(["study_label", "text", "origin"])
    return rows.sort_values("study_label", key=lambda names: names.str.casefold(), kind="stable")
