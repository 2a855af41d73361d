"""What stands behind the claims of the article: a verdict by rule over the evidence rows.

`claim_evidence` says, part by part, which rows would show that a claim is right and what must stand in
them. Nothing here knows a single claim: change the evidence and the verdict changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.evidence.package import Evidence


class Verdict(StrEnum):
    """The verdicts a claim can have, from the firmest to the worst."""

    SUPPORTED = "supported"
    IN_PART = "supported in part"
    NOT_VERIFIABLE = "not verifiable from what was read"
    CONTRADICTED = "contradicted"
    INCONSISTENT = "internally inconsistent"


class _State(StrEnum):
    """What the evidence says of one part of a claim."""

    SHOWN = "in the study's paper or registry record"
    SECOND_HAND = "second-hand only"
    DISPUTED = "sources disagree"
    ARTICLE_ONLY = "in the article only"
    NOT_SEEN = "in no source read"
    DENIED = "sources say otherwise"
    INCONSISTENT = "the article contradicts itself"


#: Documents that tell of their own study; all others tell what they found elsewhere.
_DIRECT = {"journal-article", "preprint", "trial-registry"}


@dataclass(frozen=True)
class _Part:
    name: str
    state: _State
    rows: list[str]
    sources: list[str]


def verdicts(ev: Evidence, claims: pd.DataFrame | None = None) -> pd.DataFrame:
    """Judge every claim that has parts in `claim_evidence`.

    A part is *shown* where a row of the study's own paper or registry record holds what the claim says,
    *told second-hand* where only reviews, press or web pages do, *denied* where such rows say otherwise,
    *inconsistent* where a recorded discrepancy stands within the article. Rows of the article itself show
    nothing. The claim is internally inconsistent if a part is; supported if all parts are shown;
    contradicted if a part is denied and none is shown or told; supported in part if some part is shown,
    told or disputed; and otherwise not verifiable from what was read.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    claims : pandas.DataFrame, optional
        The rows of `claims` to judge; all of them if not given.

    Returns
    -------
    pandas.DataFrame
        One row per claim, in the order of `claims`: claim_id, section, kind, study_id, claim, verdict,
        reason (each part with its state), evidence (rows as ``table row n``), sources (source_ids).
    """
    claims = ev.claims if claims is None else claims
    links = ev.claim_evidence[ev.claim_evidence["claim_id"].isin(claims["claim_id"])]
    judged = []
    for claim_id, rows in links.groupby("claim_id", sort=False):
        parts = [_judge_part(ev, str(name), part) for name, part in rows.groupby("part", sort=False)]
        judged.append(
            {
                "claim_id": claim_id,
                "verdict": str(_verdict({part.state for part in parts})),
                "reason": "; ".join(f"{part.name}: {part.state}" for part in parts),
                "evidence": list(dict.fromkeys(row for part in parts for row in part.rows)),
                "sources": list(dict.fromkeys(source for part in parts for source in part.sources)),
            }
        )
    found = pd.DataFrame(judged, columns=["claim_id", "verdict", "reason", "evidence", "sources"])
    return claims[["claim_id", "section", "kind", "study_id", "claim"]].merge(found, on="claim_id")


def _verdict(states: set[_State]) -> Verdict:
    if _State.INCONSISTENT in states:
        return Verdict.INCONSISTENT
    if states == {_State.SHOWN}:
        return Verdict.SUPPORTED
    if states & {_State.SHOWN, _State.SECOND_HAND, _State.DISPUTED}:
        return Verdict.IN_PART
    return Verdict.CONTRADICTED if _State.DENIED in states else Verdict.NOT_VERIFIABLE


def _judge_part(ev: Evidence, name: str, links: pd.DataFrame) -> _Part:
    article = set(ev.sources.loc[ev.sources["kind"] == "article-under-review", "source_id"])
    direct = set(ev.sources.loc[ev.sources["kind"].isin(_DIRECT), "source_id"])
    states, rows, sources = [], [], []
    for link in links.dropna(subset="table").itertuples():
        table = str(link.table)
        found = _matching(ev.tables[table], link.match)
        rows += [f"{table} row {index + 2}" for index in found.index]
        if table == "discrepancies":
            states += [_conflict(row, article) for _, row in found.iterrows()]
            sources += [*found["source_1"], *found["source_2"]]
        else:
            states.append(_comparison(found, str(link.field), str(link.expected), article, direct))
            sources += list(found["source_id"])
    known = set(ev.sources["source_id"])
    return _Part(name, _worst(states), rows, [source for source in sources if source in known])


def _matching(frame: pd.DataFrame, match: Any) -> pd.DataFrame:
    for condition in [] if pd.isna(match) else str(match).split("; "):
        column, _, value = condition.partition("=")
        frame = frame[frame[column].map(lambda cell, wanted=value: _agrees(cell, wanted))]
    return frame


def _agrees(cell: Any, expected: str) -> bool:
    """Compare a cell with what is expected: as numbers, as text, or, after a tilde, as part of the text."""
    if pd.isna(cell):
        return expected == ""
    if expected.startswith("~"):
        return expected[1:].casefold() in str(cell).casefold()
    try:
        return float(cell) == float(expected)
    except ValueError:
        return str(cell) == expected


def _comparison(rows: pd.DataFrame, field: str, expected: str, article: set[str], direct: set[str]) -> _State:
    telling = rows[rows[field].notna()]
    independent = telling[~telling["source_id"].isin(article)]
    first_hand = independent[independent["source_id"].isin(direct)]
    if len(first_hand):
        agrees = first_hand[field].map(lambda cell: _agrees(cell, expected))
        return _State.SHOWN if agrees.all() else _State.DISPUTED if agrees.any() else _State.DENIED
    if len(independent):
        agrees = independent[field].map(lambda cell: _agrees(cell, expected))
        return _State.SECOND_HAND if agrees.any() else _State.DENIED
    return _State.ARTICLE_ONLY if len(telling) else _State.NOT_SEEN


def _conflict(row: pd.Series[Any], article: set[str]) -> _State:
    of_article = [row["source_1"] in article, row["source_2"] in article]
    if all(of_article):
        return _State.INCONSISTENT
    return _State.DENIED if any(of_article) else _State.DISPUTED


def _worst(states: list[_State]) -> _State:
    """Take the state that says most against the part; the order is that of the enumeration."""
    order = list(_State)
    return max(states, key=order.index) if states else _State.NOT_SEEN
