"""How many women were measured at each time, below the levels of a marker."""

from __future__ import annotations

import pandas as pd

from helpers.questions.hormone_trajectories.labels_figures import (
    GAP,
    SIZE,
    Panel,
    apart,
    fitted,
    wide,
    write,
    write_beside,
)
from helpers.questions.hormone_trajectories.levels_figures import in_order, women_of
from helpers.show import style
from helpers.show.numbers import number

#: Height of a row of numbers, in inches.
NUMBERS = 0.15


def number_rows(levels: pd.DataFrame) -> dict[str, dict[float | None, str]]:
    """Gather how many women were measured: label of the women -> month (None if it was not printed) -> number or dash.

    Single patients, and women whose number was never printed, have no row.
    """
    cohorts = levels[levels["subject"] == "cohort"]
    by_women: dict[str, dict[float | None, str]] = {}
    for _, rows in cohorts.groupby(women_of(cohorts), sort=False):
        if rows["n"].isna().all():
            continue
        rows = in_order(rows)
        numbers = by_women[str(rows["label"].iloc[0])] = {}
        for _, same in rows.groupby("timepoint_months", sort=False, dropna=False):
            month = same["timepoint_months"].iloc[0]
            printed = "/".join(number(n) for n in same["n"].dropna().unique())
            numbers[None if pd.isna(month) else float(month)] = printed or "–"
    return by_women


def draw_numbers(panel: Panel, rows: dict[str, dict[float | None, str]], *, width: float) -> None:
    """Write below the levels how many women were measured at each time; `width` is the room for names at the right, in inches."""
    axes = panel.timed
    low, high = axes.get_xlim()
    for y, (name, numbers) in enumerate(rows.items()):
        months = sorted(at for at in numbers if at is not None)
        fractions = [(at - low) / (high - low) for at in months]
        widest = max((style.text_width(numbers[at], SIZE) for at in months), default=0.0)
        for at, place in zip(months, apart(fractions, (widest + 0.05) / wide(axes)), strict=True):
            write(axes, low + place * (high - low), y, numbers[at], ha="center", transform=axes.transData)
        if panel.untimed and None in numbers:
            write(panel.untimed, 0.5, y, numbers[None], ha="center")
        write_beside(panel.right, y, fitted(name, width - GAP))
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_title("Women measured (n)", loc="left", fontsize=8.5, color=style.MUTED, pad=3)
