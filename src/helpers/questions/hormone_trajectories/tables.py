"""Tables of changes compared with variation, and of women whose marker rose."""

from __future__ import annotations

import math

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.questions.hormone_trajectories.risen import LEVEL
from helpers.questions.hormone_trajectories.variation import women_text
from helpers.show.arm_blocks import in_marker_blocks
from helpers.show.numbers import in_percent, months_text, number
from helpers.show.table import Column, Table, table


def judged_table(judged: pd.DataFrame) -> Table:
    """List the changes compared with their reference change value; `judged` is made by `variation.judged_changes`."""
    rows = in_marker_blocks(judged)
    rows = rows.assign(
        whom=rows["subject"].map(phrase),
        n=[women_text(row) for row in rows.itertuples()],
        change=[
            text if math.isnan(before) or math.isnan(ratio) else f"{text} (×{number(ratio, 2)})"
            for text, before, ratio in zip(rows["text"], rows["before"], rows["ratio"], strict=True)
        ],
        smallest=_limits(rows, "narrow_low", "narrow_high"),
        largest=_limits(rows, "low", "high"),
        judged=rows["verdict"] + (": " + rows["why"]).where(rows["why"] != "", ""),
    )
    columns: list[Column] = [
        "study", "arm", ("whom", "subject"), ("n", "women measured twice"), "months", "change",
        ("smallest", "smallest band, times the level before"), ("largest", "largest band, times the level before"),
        ("basis", "band"), ("judged", "verdict"), "origin", "citation", "evidence",
    ]  # fmt: skip
    note = (
        "The band of n women is narrower than the band of one woman, by the square root of n. Where n was not printed, the smallest band "
        "is for the largest possible number of women, and the largest band is for two."
    )
    title = "Changes compared with the reference change value"
    return table(rows, columns, title=title, note=note, group="block")


def _limits(rows: pd.DataFrame, low: str, high: str) -> list[str]:
    """Write the limits of each band, ``"none"`` where there is none."""
    limits = zip(rows[low].astype(float), rows[high].astype(float), strict=True)
    return ["none" if math.isnan(end) else f"{number(end, 2)} to {number(to, 2)}" for end, to in limits]


def without_cells_table(rows: pd.DataFrame) -> Table:
    """List the markers in women without cells, untreated women first; `rows` is made by `variation.course_rows`."""
    columns: list[Column] = [
        "study", "arm", ("what", "kind"), "months", ("text", "as reported"), "origin", "citation", "evidence",
    ]  # fmt: skip
    return table(in_marker_blocks(rows), columns, title="The markers in women without cells", group="block")


def risen_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the women whose marker rose, or whose ovaries worked again; `rows` is made by `risen.risen_counts` or `risen.resumed_counts`."""
    shown = rows.assign(
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        months=rows["months"].map(months_text),
        common=rows["overlap"].replace("", "none here"),
    )
    columns: list[Column] = [
        "study_label", "women", "arm_label", "received", ("count_text", "events/total"),
        ("interval_text", f"percent ({in_percent(LEVEL)} CI)"), ("months", "follow-up"),
        ("common", "may have women in common with"), "origin", "citation", ("note", "limit and remark"),
    ]  # fmt: skip
    note = "Each count has an exact (Clopper-Pearson) confidence interval. Cohorts that may have women in common are not added up."
    return table(shown, columns, title=title, note=note, group="head")


def band_table(bands: pd.DataFrame) -> Table:
    """List the reference change values; `bands` is made by `reference_change.noise_bands`."""
    missing = bands["missing"] != ""
    rows = bands.assign(
        marker=bands["measure"].map(phrase),
        narrow=("none: " + bands["missing"]).where(missing, _limits(bands, "narrow_low", "narrow_high")),
        wide=("none: " + bands["missing"]).where(missing, _limits(bands, "low", "high")),
    )
    columns: list[Column] = [
        "marker", ("narrow", "smallest, times the level before"), ("wide", "largest, times the level before"),
        ("inputs", "from"), ("citation", "sources"), "evidence",
    ]  # fmt: skip
    note = (
        "How far one unchanged woman may differ from herself, from printed averages or upper limits; some women vary more. The variation was "
        "measured in healthy, cycling, subfertile or IVF women, none with ovarian insufficiency, and is applied to other levels in "
        "proportion. At low follicle counts, a proportion may be too narrow."
    )
    return table(rows, columns, title="Reference change values", note=note)
