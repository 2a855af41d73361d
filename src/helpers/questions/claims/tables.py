"""The tables of claims: each with its verdict, and how many have which."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from helpers.questions.claims.rows import VERDICT_WORDS, Verdict, by_consequence, verdict_counts
from helpers.show.table import Table, table
from helpers.show.words import marked_rows

_COLUMNS = {
    "claim_id": "claim",
    "claim": "what the article asserts",
    "verdict": "verdict",
    "reason": "where each part was found",
    "note": "our remark",
    "doubt": "impossible or doubtful by our checks",
    "evidence": "evidence rows",
}
_NOTE = "Each claim is what the article asserts, in our own words. The verdict follows from the evidence rows by rule; the remark is ours. A row is marked where the result came sooner than the body takes (page 14_durability), or a check of page 03_reported_numbers doubts the count; the mark changes no verdict."


def verdict_table(verdicts: pd.DataFrame, *, doubts: Mapping[str, str]) -> Table:
    """List claims with verdict, reason and evidence, section by section; `doubts` maps evidence rows to why they are marked."""
    return table(
        _worded(verdicts, doubts), _COLUMNS, title="Claims and verdicts", group="section", note=_NOTE
    )


def mismatch_table(verdicts: pd.DataFrame, *, doubts: Mapping[str, str]) -> Table:
    """List the claims that are contradicted or internally inconsistent, in the order of `rows.by_consequence`, marked as in `verdict_table`."""
    conflicts = verdicts[verdicts["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])]
    columns = {"claim_id": "claim", "kind": "kind", **_COLUMNS}
    return table(_worded(by_consequence(conflicts), doubts), columns, title="Claims in conflict", note=_NOTE)


def count_table(verdicts: pd.DataFrame, by: str) -> Table:
    """Count the claims with each verdict by ``section`` or ``kind``."""
    named = {str(verdict): words for verdict, words in VERDICT_WORDS.items()}
    columns = {by: by, **named, "claims": "claims"}
    return table(verdict_counts(verdicts, by), columns, title=f"Claims by {by} and verdict")


def _worded(verdicts: pd.DataFrame, doubts: Mapping[str, str]) -> pd.DataFrame:
    words = [VERDICT_WORDS[Verdict(name)] for name in verdicts["verdict"]]
    return verdicts.assign(verdict=words, doubt=[marked_rows(rows, doubts) for rows in verdicts["evidence"]])
