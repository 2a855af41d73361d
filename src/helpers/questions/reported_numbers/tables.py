"""Tables of the findings of the checks."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.show.table import Column, Table, table


def finding_table(rows: pd.DataFrame) -> Table:
    """Build the table of `rows.finding_rows`, one row per finding, grouped by rule."""
    columns: list[Column] = [
        ("about", "study or document"), ("what", "about"), ("documents", "figures from"), "printed",
        ("possible", "what would be possible"), ("confidence", "how sure"), "evidence",
    ]  # fmt: skip
    note = (
        "Certain: by arithmetic alone. Likely: unless something unusual was not reported. Possible: an ordinary reason may "
        "exist that was not printed."
    )
    named = rows.assign(rule=rows["rule"].map(phrase))
    return table(named, columns, title="Printed figures that do not fit each other", note=note, group="rule")
