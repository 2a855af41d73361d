"""Table of the five facts: one row per study."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import capital
from helpers.questions.pooled_outcomes.facts import FACTS
from helpers.show.table import Table, table


def facts_table(rows: pd.DataFrame) -> Table:
    """List `facts.fact_rows` with the reason of each answer and the rows of evidence behind it."""
    rows = rows.assign(answered=rows["answer"] + ": " + rows["reason"])
    studies = rows.groupby("study_id", sort=False)
    wide = rows.pivot_table("answered", "study_id", "fact", aggfunc="first").reindex(columns=list(FACTS))
    named = studies["evidence"].agg(lambda rows: "; ".join(filter(None, rows)))
    wide = wide.reindex(rows["study_id"].unique()).assign(
        study=studies["study_label"].first(),
        section=studies["section"].first().map(capital),
        evidence=named.map(lambda rows: "; ".join(dict.fromkeys(rows.split("; ")))),
    )
    columns = {"study": "study", **FACTS, "evidence": "evidence"}
    note = (
        "A record appears in a registry up to a month after it was submitted: a first posting within a month after the start could not "
        "be assessed. Could not be assessed describes the text available to us, not the study."
    )
    return table(wide, columns, title="Five facts on each study", group="section", note=note)
