"""Rows of how fast the book renders."""

from __future__ import annotations

import pandas as pd


def most_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """Take of each way and number of reports the row with most workers, in rising order."""
    return rows.sort_values(["way", "reports", "workers"]).drop_duplicates(["way", "reports"], keep="last")


def with_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the largest number of reports that was measured with several numbers of workers."""
    reanalysis = rows[rows["way"] == "reanalysis"]
    several = reanalysis[reanalysis.groupby("reports")["workers"].transform("nunique") > 1]
    largest: pd.DataFrame = several[several["reports"] == several["reports"].max()]
    return largest.sort_values("workers")
