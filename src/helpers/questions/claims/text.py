"""The verdicts on the article's claims, summed up."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.questions.claims.rows import VERDICT_WORDS, Verdict, by_consequence
from helpers.show.words import counted, listed, plain

#: State of a part of a claim that findings in animals or cells deny, and none in women.
_PRECLINICAL = "findings in animals or cells say otherwise"
_CONFLICTS = [Verdict.CONTRADICTED, Verdict.INCONSISTENT]
#: So many conflicts are named in the answer; the table has all.
_NAMED = 2


def claims_conclusion(verdicts: pd.DataFrame) -> str:
    """Sum up the verdicts: how many claims the sources support, and the most consequential conflicts."""
    if verdicts.empty:
        return "No claim is left after the selection."
    counts = verdicts["verdict"].value_counts()
    sound = int(counts.get(Verdict.SUPPORTED, 0))
    conflicts = by_consequence(verdicts[verdicts["verdict"].isin(_CONFLICTS)])
    open_claims = len(verdicts) - sound - len(conflicts)
    first = (
        f"Of {counted(len(verdicts), 'claim')} of the article, sources support {sound or 'none'} in full, {_in_conflict(len(conflicts))} "
        f"with them or the article itself, and {open_claims or 'none'} {'is' if open_claims == 1 else 'are'} partly shown, not in women, or not verifiable."
    )
    return "\n\n".join(passage for passage in (first, _open(counts), _conflicts(conflicts)) if passage)


def _in_conflict(conflicts: int) -> str:
    return f"{conflicts or 'none'} {'conflicts' if conflicts == 1 else 'conflict'}"


def _open(counts: pd.Series[int]) -> str:
    """Count the claims that neither hold nor conflict, by verdict."""
    open_verdicts = (Verdict.IN_PART, Verdict.PRECLINICAL, Verdict.NOT_VERIFIABLE)
    found = [f"{counts[verdict]} {VERDICT_WORDS[verdict]}" for verdict in open_verdicts if verdict in counts]
    if not found:
        return ""
    text = f"Neither supported in full nor in conflict: {listed(found)}."
    if Verdict.NOT_VERIFIABLE in counts:
        text += " A claim that is not verifiable may be right."
    return text


def _conflicts(conflicts: pd.DataFrame) -> str:
    """Count the conflicts by verdict, and name the most consequential ones with the part that fails."""
    if conflicts.empty:
        return ""
    counts = conflicts["verdict"].value_counts()
    within, against = (int(counts.get(name, 0)) for name in (Verdict.INCONSISTENT, Verdict.CONTRADICTED))
    alone = sum(
        set(parts.values()) == {_PRECLINICAL}
        for parts in conflicts.loc[conflicts["verdict"] == Verdict.CONTRADICTED, "against"]
    )
    only = f" ({alone} of them only by findings in animals or cells)" if alone else ""
    worst: Any = conflicts.head(_NAMED).itertuples()
    lines = [
        f"- {row.claim_id}, {row.verdict}. The article asserts: {plain(row.claim)} Against it: {_against(row.against)}."
        for row in worst
    ]
    several = "The most consequential:" if len(conflicts) > 1 else ""
    return (
        f"Of the claims in conflict, the article itself contradicts {within or 'none'}, and the sources contradict {against or 'none'}{only}. {several}".strip()
        + "\n\n"
        + "\n".join(lines)
    )


def _against(parts: dict[str, str]) -> str:
    """Say which parts of a claim fail, and by what."""
    found: dict[str, list[str]] = {}
    for part, words in parts.items():
        found.setdefault(words, []).append(f"“{plain(part)}”")
    return "; ".join(f"on {listed(names)}, {plain(words)}" for words, names in found.items())


def unread_claims(verdicts: pd.DataFrame) -> str:
    """Say what not verifiable means, and of how many claims our copy of the study's paper ends too early."""
    unseen = int((verdicts["verdict"] == Verdict.NOT_VERIFIABLE).sum())
    cut = int(verdicts["reason"].str.contains("in the article (our copy", regex=False).sum())
    texts = []
    if unseen:
        texts.append(
            f"{counted(unseen, 'claim')} {'is' if unseen == 1 else 'are'} not verifiable: only the article reports the claim, the findings disagree, "
            "only documents other than the study's paper speak against it, or no text available to us bears on it."
        )
    if cut:
        texts.append(
            f"For {counted(cut, 'claim')} the article gives a figure or a fact, but our copy of the study's paper ends before it. "
            "The paper may report it, and nothing follows against the article."
        )
    return "\n\n".join(texts) or "Every selected claim could be checked in the text available to us."
