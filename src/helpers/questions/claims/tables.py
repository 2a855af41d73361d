"""The tables of claims: each with its verdict, and how many have which."""

from __future__ import annotations

import pandas as pd

from helpers.questions.claims.rows import Verdict, by_consequence, verdict_counts
from helpers.show.table import Table, table

_COLUMNS = {
    "claim_id": "claim",
    "claim": "what it says",
    "verdict": "verdict",
    "reason": "part by part",
    "note": "our remark",
    "evidence": "evidence rows",
    "sources": "sources",
}
_NOTE = "Each claim is what the article asserts, in our own words. The verdict follows from the evidence rows by rule; the remark is ours."


def verdict_table(verdicts: pd.DataFrame) -> Table:
    """Build the table of claims with verdict, reason and evidence.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Made by `rows.verdicts`, or a part of it.

    Returns
    -------
    Table
        One row per claim, section by section.
    """
    return table(verdicts, _COLUMNS, title="Claims and verdicts", group="section", note=_NOTE)


def mismatch_table(verdicts: pd.DataFrame) -> Table:
    """Build the table of claims that are contradicted or internally inconsistent.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Made by `rows.verdicts`, or a part of it.

    Returns
    -------
    Table
        One row per claim, the most consequential first, as `rows.by_consequence` orders them.
    """
    conflicts = verdicts[verdicts["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])]
    columns = {"claim_id": "claim", "section": "section", "kind": "kind", **_COLUMNS}
    return table(by_consequence(conflicts), columns, title="Claims in conflict", note=_NOTE)


def count_table(verdicts: pd.DataFrame, by: str) -> Table:
    """Build the table of how many claims have which verdict.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Made by `rows.verdicts`, or a part of it.
    by : str
        Column by which to count: ``section`` or ``kind``.

    Returns
    -------
    Table
        One row per value of that column, one column per verdict, and their sum.
    """
    named = {str(verdict): str(verdict) for verdict in Verdict}
    columns = {by: by, **named, "claims": "claims"}
    return table(verdict_counts(verdicts, by), columns, title=f"Claims by {by} and verdict")
