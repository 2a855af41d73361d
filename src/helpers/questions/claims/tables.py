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
    """List claims with verdict, reason and evidence, section by section."""
    return table(verdicts, _COLUMNS, title="Claims and verdicts", group="section", note=_NOTE)


def mismatch_table(verdicts: pd.DataFrame) -> Table:
    """List the claims that are contradicted or internally inconsistent, in the order of `rows.by_consequence`."""
    conflicts = verdicts[verdicts["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])]
    columns = {"claim_id": "claim", "section": "section", "kind": "kind", **_COLUMNS}
    return table(by_consequence(conflicts), columns, title="Claims in conflict", note=_NOTE)


def count_table(verdicts: pd.DataFrame, by: str) -> Table:
    """Count the claims with each verdict by ``section`` or ``kind``."""
    named = {str(verdict): str(verdict) for verdict in Verdict}
    columns = {by: by, **named, "claims": "claims"}
    return table(verdict_counts(verdicts, by), columns, title=f"Claims by {by} and verdict")
