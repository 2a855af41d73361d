"""Which counts of women the checks of reported numbers doubt."""

from __future__ import annotations

from helpers.evidence import Evidence
from helpers.evidence.checks import Confidence, check_numbers


def doubted_counts(ev: Evidence) -> dict[str, str]:
    """Name the rows of `outcomes` that a check of reported numbers doubts with some confidence.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.

    Returns
    -------
    dict of str to str
        Name of the row (``outcomes row 14``) to the rule, the figures as printed, and how sure the finding is (likely or certain).
    """
    sure = [str(Confidence.LIKELY), str(Confidence.CERTAIN)]
    doubts: dict[str, list[str]] = {}
    for found in check_numbers(ev, confidence=sure):
        if found.table == "outcomes":
            words = f"{found.rule}: {found.printed}; {found.confidence}"
            doubts.setdefault(found.evidence[0], []).append(words)
    return {row: "; ".join(words) for row, words in doubts.items()}
