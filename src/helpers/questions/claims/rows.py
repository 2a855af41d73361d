"""The evidence behind the claims of the article: a verdict by rule over the evidence rows.

`claim_evidence` lists, part by part, which rows would show that a claim is right and what they must say.
Nothing here knows a single claim: change the evidence and the verdict changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.errors import ChoiceError
from helpers.evidence.package import Evidence
from helpers.questions.claims.parts import AGAINST, PARTLY, SHOWN, WITHIN, Judge, Part, State

#: Kinds of claim from the most to the least consequential.
_KINDS = ("safety", "quantity", "causal", "comparison", "attribution", "definition")


class Verdict(StrEnum):
    """The verdicts a claim can have, from the firmest to the worst."""

    #: All parts are shown.
    SUPPORTED = "supported"
    #: Some part is shown, or is second-hand, disputed or a misfit.
    IN_PART = "supported in part"
    PRECLINICAL = "in animals or cells only"
    #: None of these, or the claim has no part.
    NOT_VERIFIABLE = "not verifiable from what was read"
    #: A part is denied.
    CONTRADICTED = "contradicted"
    #: A part is inconsistent.
    INCONSISTENT = "internally inconsistent"


#: The verdicts as readers see them.
VERDICT_WORDS = {
    verdict: "not verifiable" if verdict == Verdict.NOT_VERIFIABLE else str(verdict) for verdict in Verdict
}
_JUDGEMENT = ["verdict", "reason", "parts", "against", "evidence", "sources", "of_outcome"]


def verdicts(
    ev: Evidence, claims: pd.DataFrame | None = None, *, verdict: Sequence[str] = ("all",)
) -> pd.DataFrame:
    """Judge every claim by its parts, one row each in the order of `claims`, or only those with one of the verdicts chosen.

    Besides columns of the claim: verdict, reason (each part with its state), parts (part -> state), against (the same of parts
    that are denied or inconsistent), evidence (rows as ``table row n``), sources, and of_outcome (it is about a cited study,
    and rows on what happened to women bear on it). If no claim is left, it raises `ChoiceError`.
    """
    claims = ev.claims if claims is None else claims
    judge = Judge(ev)
    cited = set(ev.studies.loc[ev.studies["role"] == "cited", "study_id"])
    links: dict[Any, dict[str, list[Any]]] = {}
    for link in ev.claim_evidence.itertuples(index=False):
        links.setdefault(link.claim_id, {}).setdefault(str(link.part), []).append(link)
    judged = []
    for claim_id, study in zip(claims["claim_id"], claims["study_id"], strict=True):
        parts = [judge.part(name, part, study) for name, part in links.get(claim_id, {}).items()]
        judged.append(_judgement(parts, cited=study in cited))
    judgements = pd.DataFrame(judged, columns=_JUDGEMENT, index=claims.index)
    table = claims[["claim_id", "section", "kind", "study_id", "claim", "note"]].join(judgements)
    if "all" not in verdict:
        table = table[table["verdict"].isin(verdict)]
    if table.empty:
        raise ChoiceError("no claim is left after the selection: choose other sections, kinds or verdicts")
    return table.reset_index(drop=True)


def _judgement(parts: list[Part], *, cited: bool) -> dict[str, Any]:
    reason = "; ".join(f"{part.name}: {part.words}" for part in parts)
    return {
        "verdict": str(_verdict({part.state for part in parts})),
        "reason": reason or "no evidence row bears on it",
        "parts": {part.name: part.words for part in parts},
        "against": {part.name: part.words for part in parts if part.state in AGAINST | WITHIN},
        "evidence": list(dict.fromkeys(row for part in parts for row in part.rows)),
        "sources": list(dict.fromkeys(source for part in parts for source in part.sources)),
        "of_outcome": cited and any(part.of_outcome for part in parts),
    }


def _verdict(states: set[State]) -> Verdict:
    if states & WITHIN:
        return Verdict.INCONSISTENT
    if states & AGAINST:
        return Verdict.CONTRADICTED
    if states and states <= SHOWN:
        return Verdict.SUPPORTED
    if states & PARTLY:
        return Verdict.IN_PART
    return Verdict.PRECLINICAL if State.PRECLINICAL in states else Verdict.NOT_VERIFIABLE


def by_consequence(judged: pd.DataFrame) -> pd.DataFrame:
    """Sort the claims, the most consequential mismatch first.

    Keys: the verdict (contradicted and inconsistent alike, then from the worst to the firmest); claims on what happened to the
    women of a cited study, then others on a study, then all others; the kind; the order of the article.
    """
    severity = {str(verdict): rank for rank, verdict in enumerate(reversed(Verdict))}
    severity[str(Verdict.INCONSISTENT)] = severity[str(Verdict.CONTRADICTED)]
    keys = pd.DataFrame(
        {
            "verdict": judged["verdict"].map(severity),
            "other": ~judged["of_outcome"].astype(bool),
            "in_general": judged["study_id"].isna(),
            "kind": judged["kind"].map(_KINDS.index),
        }
    )
    return judged.loc[keys.sort_values([*keys], kind="stable").index].reset_index(drop=True)


def verdict_counts(judged: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the claims by verdict: a row per value of `by`, in the order of the article; the last column, claims, is their sum."""
    named = [str(verdict) for verdict in Verdict]
    counts = pd.crosstab(judged[by], judged["verdict"]).reindex(columns=named, fill_value=0)
    counts = counts.reindex(judged[by].drop_duplicates()).rename_axis(index=by, columns=None)
    return counts.assign(claims=counts.sum(axis=1)).reset_index()
