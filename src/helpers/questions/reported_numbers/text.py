"""What the checks of reported numbers amount to."""

from __future__ import annotations

import pandas as pd

from helpers.checks import RULES, Confidence
from helpers.evidence.vocabulary import capital
from helpers.show.words import counted, plain

#: What a confidence means where the word alone could be taken for a contradiction.
_MEANING = {Confidence.POSSIBLE: " (with an ordinary reason)"}


def findings_conclusion(rows: pd.DataFrame, *, checked: int) -> str:
    """Sum up findings, those about the studies that the article cites first; `checked` is the number of rows of evidence.

    A finding is no charge: the figures cannot all be right, and the paper may say why.
    """
    if rows.empty:
        return f"The rules found nothing in {counted(checked, 'row')} of evidence."
    counts = rows["confidence"].value_counts()
    how_sure = ", ".join(
        f"{counts[word]} {word}{_MEANING.get(word, '')}" for word in Confidence if word in counts
    )
    by_rule = rows["rule"].nunique()
    text = (
        f"{counted(len(rows), 'finding')}: {how_sure}. {by_rule} of {len(RULES)} rules found them in {counted(checked, 'row')} of evidence. "
        f"They concern {counted(rows['about'].nunique(), 'study or document', 'studies and documents')}."
    )
    cited = rows[rows["role"] == "cited"]
    text += _listed(" In documents of the studies that the article cites:", cited[cited["own"]])
    others = (
        "\n\nIn what other documents report of these studies, so that nothing follows against the papers:"
    )
    text += _listed(others, cited[~cited["own"]])
    return text + (
        "\n\nA finding says that printed figures cannot all be right, that something was left unsaid, or that a trial was registered late. It does not say "
        "which figure is wrong, nor why. Most papers were read as abstracts; a full text may explain it."
    )


def _listed(heading: str, rows: pd.DataFrame) -> str:
    if rows.empty:
        return ""
    return f"{heading}\n\n" + "\n".join(
        f"- {capital(plain(row.about))}, {plain(row.what or row.table)}: {plain(row.printed)}; {plain(row.possible)} ({row.confidence})."
        for row in rows.itertuples()
    )
