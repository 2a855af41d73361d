"""What the verdicts on the article's claims amount to."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Verdict
from helpers.narrative.wording import counted, listed, plain


def claims_conclusion(verdicts: pd.DataFrame) -> str:
    """Sum up the verdicts.

    Parameters
    ----------
    verdicts : pandas.DataFrame
        Made by `helpers.evidence.verdicts`, or a part of it.

    Returns
    -------
    str
        Markdown: how many claims have which verdict, and those that conflict with the sources or with the
        article itself.
    """
    if verdicts.empty:
        return "No claim is left after the selection."
    counts = verdicts["verdict"].value_counts()
    told = listed(f"{counts[verdict]} {verdict}" for verdict in Verdict if verdict in counts)
    text = f"Of {counted(len(verdicts), 'claim')} judged, {told}."
    worst = verdicts[verdicts["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])]
    if len(worst):
        text += " In conflict:\n\n"
        text += "\n".join(
            f"- **{row.verdict}** ({row.claim_id}): {plain(row.claim)}" for row in worst.itertuples()
        )
    unseen = int(counts.get(Verdict.NOT_VERIFIABLE, 0))
    if unseen:
        text += (
            f"\n\nNot verifiable means that {counted(unseen, 'claim')} may be right: the papers were read no deeper than "
            "an abstract or one table, and no source read says the same."
        )
    return text
