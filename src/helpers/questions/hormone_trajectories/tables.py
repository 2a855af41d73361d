"""Tables of changes compared with variation, and of women whose marker rose."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.questions.hormone_trajectories.risen import LEVEL
from helpers.questions.hormone_trajectories.variation import women_text
from helpers.show.arm_blocks import in_marker_blocks
from helpers.show.numbers import in_percent, months_text
from helpers.show.table import Table, table


def judged_table(judged: pd.DataFrame) -> Table:
    """List the changes compared with their reference change value; `judged` is made by `variation.judged_changes`."""
    rows = in_marker_blocks(judged)
    rows = rows.assign(
        whom=[phrase(subject) for subject in rows["subject"]],
        n=[women_text(row) for row in rows.itertuples()],
        change=[
            text if math.isnan(before) or math.isnan(ratio) else f"{text} (×{ratio:.2f})"
            for text, before, ratio in zip(rows["text"], rows["before"], rows["ratio"], strict=True)
        ],
        smallest=[_between(row["narrow_low"], row["narrow_high"]) for row in rows.to_dict("records")],
        largest=[_between(row["low"], row["high"]) for row in rows.to_dict("records")],
        judged=rows["verdict"] + (": " + rows["why"]).where(rows["why"] != "", ""),
    )
    columns = {
        "study": "study", "arm": "arm", "whom": "subject", "n": "women measured twice", "months": "months", "change": "change",
        "smallest": "smallest band, times the level before", "largest": "largest band, times the level before", "basis": "band",
        "judged": "verdict", "origin": "reported by", "citation": "source", "evidence": "evidence",
    }  # fmt: skip
    note = (
        "The band of n women is narrower than the band of one woman, by the square root of n. Where n was not printed, the smallest band "
        "is for the largest possible number of women, and the largest band is for two."
    )
    title = "Changes compared with the reference change value"
    return table(rows, columns, title=title, note=note, group="block")


def _between(low: float, high: float) -> str:
    return "none" if math.isnan(low) else f"{low:.2f} to {high:.2f}"


def without_cells_table(rows: pd.DataFrame) -> Table:
    """List the markers in women without cells, untreated women first; `rows` is made by `variation.course_rows`."""
    columns = {
        "study": "study", "arm": "arm", "what": "kind", "months": "months", "text": "as reported", "origin": "reported by",
        "citation": "source", "evidence": "evidence",
    }  # fmt: skip
    return table(in_marker_blocks(rows), columns, title="The markers in women without cells", group="block")


def risen_table(rows: pd.DataFrame, *, title: str) -> Table:
    """List the women whose marker rose, or whose ovaries worked again; `rows` is made by `risen.risen_counts` or `risen.resumed_counts`."""
    shown = rows.assign(
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        months=rows["months"].map(months_text),
        common=rows["overlap"].replace("", "none here"),
    )
    columns = {
        "study_label": "study", "women": "women", "arm_label": "arm", "received": "received", "count_text": "events/total",
        "interval_text": f"percent ({in_percent(LEVEL)} CI)", "months": "follow-up", "common": "may have women in common with",
        "origin": "reported by", "citation": "source", "note": "limit and remark",
    }  # fmt: skip
    note = "Each count has an exact (Clopper-Pearson) confidence interval. Cohorts that may have women in common are not added up."
    return table(shown, columns, title=title, note=note, group="head")


def band_table(bands: pd.DataFrame) -> Table:
    """List the reference change values; `bands` is made by `reference_change.noise_bands`."""
    rows = bands.assign(
        marker=[phrase(measure) for measure in bands["measure"]],
        narrow=[_limits(row, "narrow_low", "narrow_high") for row in bands.to_dict("records")],
        wide=[_limits(row, "low", "high") for row in bands.to_dict("records")],
    )
    columns = {
        "marker": "marker", "narrow": "smallest, times the level before", "wide": "largest, times the level before",
        "inputs": "from", "citation": "sources", "evidence": "evidence",
    }  # fmt: skip
    note = (
        "How far one unchanged woman may differ from herself, from printed averages or upper limits; some women vary more. The variation was "
        "measured in healthy, cycling, subfertile or IVF women, none with ovarian insufficiency, and is applied to other levels in "
        "proportion. At low follicle counts, a proportion may be too narrow."
    )
    return table(rows, columns, title="Reference change values", note=note)


def _limits(row: dict[Any, Any], low: str, high: str) -> str:
    return f"none: {row['missing']}" if row["missing"] else f"{row[low]:.2f} to {row[high]:.2f}"
