"""The verdicts on the article's claims, summed up."""

from __future__ import annotations

import pandas as pd

from helpers.questions.claims.rows import Verdict, by_consequence
from helpers.show.words import counted, listed, plain

#: State of a part of a claim that findings in animals or cells deny, and none in women.
_PRECLINICAL = "findings in animals or cells say otherwise"


def claims_conclusion(verdicts: pd.DataFrame) -> str:
    """Sum up the verdicts: how many claims have which, and those in conflict with the sources or the article itself.

    Those in conflict are listed, the most consequential first.
    """
    if verdicts.empty:
        return "No claim is left after the selection."
    counts = verdicts["verdict"].value_counts()
    verdict_list = listed(
        f"{counts[verdict]} {'is' if counts[verdict] == 1 else 'are'} {verdict}{_denied_by(verdicts, verdict)}"
        for verdict in Verdict
        if verdict in counts
    )
    text = f"Of {counted(len(verdicts), 'claim')} judged, {verdict_list}."
    worst = by_consequence(verdicts[verdicts["verdict"].isin([Verdict.CONTRADICTED, Verdict.INCONSISTENT])])
    if len(worst):
        text += " In conflict, the most consequential first:\n\n" + "\n".join(
            f"- **{row.verdict}** ({row.claim_id}): {plain(row.claim)} Part by part: {plain(row.reason)}."
            for row in worst.itertuples()
        )
    preclinical = int(counts.get(Verdict.PRECLINICAL, 0))
    if preclinical:
        text += (
            f"\n\nIn animals or cells only means that what bears on {counted(preclinical, 'claim')} was not found in "
            "women."
        )
    unseen = int(counts.get(Verdict.NOT_VERIFIABLE, 0))
    if unseen:
        text += (
            f"\n\nNot verifiable means that {counted(unseen, 'claim')} may be right: only the article reports what is claimed, the "
            "findings disagree, only documents other than the paper speak against it, or no text available to us bears on it."
        )
    cut = int(verdicts["reason"].str.contains("in the article (our copy", regex=False).sum())
    if cut:
        text += (
            f"\n\nFor {counted(cut, 'claim')} the article gives something that our copy of the study's paper ends before: the paper "
            "may report it, and nothing follows against the article."
        )
    return text


def _denied_by(verdicts: pd.DataFrame, verdict: Verdict) -> str:
    """Count the contradicted claims that only findings in animals or cells speak against."""
    if verdict != Verdict.CONTRADICTED:
        return ""
    denied = [
        {state for state in parts.values() if state.endswith("otherwise")}
        for parts in verdicts.loc[verdicts["verdict"] == verdict, "parts"]
    ]
    alone = sum(states == {_PRECLINICAL} for states in denied)
    return f" ({alone} of them by findings in animals or cells alone)"
