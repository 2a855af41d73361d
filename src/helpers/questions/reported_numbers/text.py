"""What the checks of reported numbers amount to."""

from __future__ import annotations

import pandas as pd

from helpers.checks import Confidence
from helpers.evidence.vocabulary import capital
from helpers.show.words import counted, listed, plain

_SURE = [str(Confidence.CERTAIN), str(Confidence.LIKELY)]
_MEANING = (
    "A finding says that printed figures cannot all be right, that something was not reported, or that a trial was registered late. It does "
    "not say which figure is wrong, nor why. Most papers were read as abstracts; a full text may explain it."
)


def findings_conclusion(rows: pd.DataFrame, *, checked: int) -> str:
    """Sum up findings, those about the studies that the article cites first; `checked` is the number of rows of evidence.

    A finding is no charge: the figures cannot all be right, and the paper may say why.
    """
    if rows.empty:
        return f"The rules found nothing in {counted(checked, 'row')} of evidence."
    counts = rows["confidence"].value_counts()
    certain, likely, possible = (int(counts.get(word, 0)) for word in Confidence)
    first = (
        f"In {counted(checked, 'row')} of evidence the checks found {counted(len(rows), 'conflict')} between printed figures or dates: "
        f"{certain or 'none'} certain, {likely or 'none'} likely and {possible or 'none'} that may have an ordinary reason."
    )
    about = (
        f"They concern {counted(rows['about'].nunique(), 'study or document', 'studies and documents')}, and "
        f"{rows['rule'].nunique()} rules found them."
    )
    return "\n\n".join([first, f"{about} {_cited(rows[rows['role'] == 'cited'])}", _MEANING])


def _cited(rows: pd.DataFrame) -> str:
    """Count the findings on the studies that the article cites, and name the certain and likely ones in their own documents."""
    if rows.empty:
        return "None concerns a study that the article cites."
    own, others = rows[rows["own"]], rows[~rows["own"]]
    sure = own[own["confidence"].isin(_SURE)]
    text = "None is in a document of a study that the article cites."
    if len(own):
        be = "is" if len(own) == 1 else "are"
        text = f"{len(own)} {be} in documents of the studies that the article cites ({listed(own['about'])})."
    if len(others):
        be = "is" if len(others) == 1 else "are"
        text += f" {len(others)} more {be} in what other documents report of these studies, so that nothing follows against the papers."
    if sure.empty:
        return text
    return f"{text} Certain or likely in the former:\n\n" + "\n".join(
        f"- {capital(plain(row.about))}, {plain(row.what or row.table)}: {plain(row.printed)} ({row.confidence})."
        for row in sure.itertuples()
    )
