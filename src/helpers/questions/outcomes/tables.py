"""Tables of outcomes, and of who reports them."""

from __future__ import annotations

import pandas as pd

from helpers.show.numbers import in_percent, number
from helpers.show.table import Table, table


def outcome_table(rows: pd.DataFrame, *, interval: str, level: float) -> Table:
    """List each count with its total, basis, interval and source, by tissue, outcome and horizon.

    `rows` is made by `helpers.counts.outcomes.outcome_rows`.
    """
    subgroup = (", " + rows["subgroup"]).fillna("")
    counted = rows["total_unit"] + ", " + rows["total_basis"]
    rows = rows.assign(
        who=rows["study_label"] + subgroup,
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        counted=counted.where(rows["total"].notna(), "no total printed"),
        printed=[f"{number(part)} %" if pd.notna(part) else "none" for part in rows["percent_reported"]],
        reporter=rows["origin"] + ", " + rows["access"],
        place=rows["citation"] + "; " + rows["locator"],
    )
    columns = {
        "who": "study",
        "women": "condition",
        "arm_label": "arm",
        "timepoint_months": "months",
        "count_text": "events/total",
        "counted": "total: unit, basis",
        "interval_text": f"percent ({in_percent(level)} CI)",
        "printed": "percent printed",
        "reporter": "reported by, available as",
        "place": "source and place",
        "note": "remark",
    }
    note = (
        f"Each count has its {in_percent(level)} confidence interval (CI), by the method {interval}. A basis 'enrolled' means that the total was "
        "not printed with the count. A count that is not a proportion of the women treated has a reason instead of a CI."
    )
    return table(rows, columns, title="Every count, with its source", note=note, group="section")


def depth_table(rows: pd.DataFrame) -> Table:
    """Count the rows of ``Evidence.select`` by who reports them and how much of each source was available."""
    groups = rows.groupby(["origin", "access"], sort=True)
    counts = groups.agg(
        rows=("source_id", "size"), studies=("study_label", lambda s: ", ".join(sorted(set(s))))
    ).reset_index()
    columns = {"origin": "reported by", "access": "available as", "rows": "rows", "studies": "studies"}
    return table(counts, columns, title="Who reports the counts, and how much of the source was available")
