"""Points read off a figure, drawn as that figure shows them, to compare with the paper."""

from __future__ import annotations

import itertools
import textwrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator

from helpers.evidence.vocabulary import phrase
from helpers.intake.calibration import Calibration
from helpers.show import style
from helpers.show.frame import framed
from helpers.show.page import check_made

#: Shape and line distinguish data sets; a colour would seem to mean a source of cells.
_MARKERS = "osD^vP*Xp"  # nine with four lines: 36 differ
_LINES = ("-", "--", ":", "-.")
_BODY = 3.2


def digitised(
    points: pd.DataFrame, calibration: Calibration | None, *, measure: str, unit: str, x_unit: str, title: str,
    source: str, ends: pd.DataFrame | None = None,
) -> Figure:  # fmt: skip
    """Draw digitised points as the paper drew them, one line per data set, with the error of reading as a bar.

    The axes reach at least as far as those of the paper's `calibration`, and are logarithmic where those are; without
    one they fit the points. `title` says which figure to compare with; `ends` are the ends of bars that were read,
    with the name of where they come from in `bar`. Raises ValueError if there is no point.
    """
    if points.empty:
        raise ValueError("there is no point to draw")
    check_made(
        points.columns, "helpers.intake.figure_points.points_of", "data_set", "subject", "x", "y", "error"
    )
    count = len(points)
    subtitle = (
        f"{count} point{'s' * (count > 1)}, as read off the figure; bars show the error of reading, "
        f"at most ±{points['error'].max():.2g} {unit}".rstrip()
    )
    drawn = ends is not None and len(ends) > 0
    subtitle += "; dashes are the ends of the paper's bars" * drawn
    note = "Lay it beside the paper: each point must lie where the paper has it, and none may be missing."
    footer = style.footer_lines([source], [note])
    with framed(title, subtitle, footer, body=_BODY, above=0.1, below=0.55) as frame:
        axes = frame.axes(0.09, 0.66)
        looks = zip(itertools.cycle(_LINES), itertools.cycle(_MARKERS), strict=False)
        for (name, course), (line, marker) in zip(
            points.groupby("data_set", sort=False), looks, strict=False
        ):
            course = course.sort_values("x", kind="stable")
            axes.errorbar(
                course["x"], course["y"], yerr=course["error"], color=style.INK, ls=line, lw=0.9, marker=marker, ms=5.5,
                mfc="white", capsize=4.5, elinewidth=0.9, label=_label(str(name), course["subject"].iloc[0]),
            )  # fmt: skip
        for name, course in ends.groupby("bar", sort=False) if ends is not None and drawn else ():
            axes.plot(
                course["x"], course["y"], color=style.INK, ls="none", marker="_", ms=13, mew=1.6,
                label=textwrap.fill(f"ends of bars ({name})", 28),
            )  # fmt: skip
        axes.set_xlabel(f"{x_unit} after treatment")
        axes.set_ylabel(f"{phrase(measure)}, {unit}" if unit else phrase(measure))
        if calibration:
            _as_calibrated(axes, calibration)
        style.quiet_axes(axes, keep=("left", "bottom"))
        axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0.0)
    return frame.figure


def _label(data_set: str, subject: str) -> str:
    same = data_set.strip().casefold().replace(" ", "-") == subject
    return subject if same else textwrap.fill(f"{subject} ({data_set})", 28)


def _as_calibrated(axes: Axes, calibration: Calibration) -> None:
    axes.update_datalim(list(zip(calibration.x_limits, calibration.y_limits, strict=True)))
    for log, axis, set_scale in (
        (calibration.log_x, axes.xaxis, axes.set_xscale),
        (calibration.log_y, axes.yaxis, axes.set_yscale),
    ):
        if log:
            set_scale("log")
            axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter("{x:g}")
    axes.autoscale_view()
