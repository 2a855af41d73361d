"""The table of trial sizes for stated effects."""

from __future__ import annotations

import pandas as pd

from helpers.show.numbers import count, in_percent
from helpers.show.table import Table, table


def trial_size_table(sizes: pd.DataFrame) -> Table:
    """List the women per arm that each effect of `trial_sizes.trial_sizes` needs."""
    rows = sizes.assign(
        without=sizes["without"].map(in_percent),
        with_cells=sizes["with_cells"].map(in_percent),
        **{name: sizes[name].map(count) for name in ("needed_80", "needed_90")},
    )
    columns = {
        "without": "women with the outcome, without cells", "with_cells": "with cells",
        "needed_80": "women per arm, power 80 %", "needed_90": "women per arm, power 90 %",
    }  # fmt: skip
    note = (
        "Two equal randomised arms, two-sided test, normal approximation, no drop-out. The effects are stated, not observed: "
        "a difference that a small study reports is mostly too large to plan with."
    )
    return table(rows, columns, title="Women that a randomised trial needs", note=note)
