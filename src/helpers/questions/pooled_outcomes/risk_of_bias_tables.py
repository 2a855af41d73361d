"""Table of the judgements of risk of bias."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.show.table import Table, table


def judgement_table(rows: pd.DataFrame) -> Table:
    """List each judgement of `risk_of_bias.judgement_rows` with its reason and where the fact is printed, by study and tool."""
    rows = rows.assign(
        section=rows["study_label"] + ", " + rows["tool"],
        name=rows["domain"].map(phrase),
        note=rows["note"].fillna(""),
    )
    columns = {
        "name": "domain", "asks": "question", "judged": "judgement", "reason": "reason", "citation": "document", "locator": "place",
        "note": "remark",
    }  # fmt: skip
    note = "A judgement rests on the text available to us, mostly abstracts. Not assessable describes that text, not the study."
    return table(rows, columns, title="Risk of bias as judged", group="section", note=note)
