"""What the checks of reported numbers amount to."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.checks import RULES, Confidence
from helpers.narrative.wording import counted, listed, plain


def findings_conclusion(rows: pd.DataFrame, *, checked: int) -> str:
    """Sum up the findings; those about the studies that the article cites stand first.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `helpers.tables.finding_rows`, or a part of it.
    checked : int
        Rows of evidence that were held to the rules.

    Returns
    -------
    str
        Markdown. A finding is no charge: the figures cannot all be right, and the paper may tell why.
    """
    if rows.empty:
        return f"The rules found nothing in {counted(checked, 'row')} of evidence."
    counts = rows["confidence"].value_counts()
    told = listed(f"{counts[word]} {word}" for word in Confidence if word in counts)
    by_rule = rows["rule"].nunique()
    text = (
        f"In {counted(checked, 'row')} of evidence {by_rule} of {len(RULES)} rules found {counted(len(rows), 'contradiction')}: {told}. "
        f"They concern {counted(rows['about'].nunique(), 'study or document', 'studies and documents')}."
    )
    cited = rows[rows["role"] == "cited"]
    if len(cited):
        text += " Of the studies that the article cites:\n\n" + "\n".join(
            f"- {plain(row.about)}, {plain(row.what or row.table)}: {plain(row.printed)}; {plain(row.possible)} ({row.confidence})."
            for row in cited.itertuples()
        )
    return text + (
        "\n\nA finding says that printed figures cannot all be right, that something was left unsaid, or that a trial was registered late. It does not say "
        "which figure is wrong, nor why. Most papers were read as abstracts; a full text may explain it."
    )
