"""What stands behind the claims of the article: a verdict by rule over the evidence rows.

`claim_evidence` says, part by part, which rows would show that a claim is right and what must stand in
them. Nothing here knows a single claim: change the evidence and the verdict changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.evidence.links import agrees, matching
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import FIRST_HAND


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
    MISFIT = "figures that do not fit each other"
    ARTICLE_ONLY = "in the article only"
    NOT_SEEN = "in no source read"
    DENIED = "sources say otherwise"
    INCONSISTENT = "the article contradicts itself"


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
    *disputed* where some rows agree and some do not, *inconsistent* where a recorded discrepancy stands within
    the article. Rows of the article itself show nothing. The claim is internally inconsistent if a part is;
    contradicted if a part is denied; supported if all parts are shown; supported in part if some part is
    shown, told or disputed; and otherwise not verifiable from what was read.

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
    if _State.DENIED in states:
        return Verdict.CONTRADICTED
    if states == {_State.SHOWN}:
        return Verdict.SUPPORTED
    if states & {_State.SHOWN, _State.SECOND_HAND, _State.DISPUTED, _State.MISFIT}:
        return Verdict.IN_PART
    return Verdict.NOT_VERIFIABLE


def _judge_part(ev: Evidence, name: str, links: pd.DataFrame) -> _Part:
    article = set(ev.sources.loc[ev.sources["kind"] == "article-under-review", "source_id"])
    direct = set(ev.sources.loc[ev.sources["kind"].isin(FIRST_HAND), "source_id"])
    states, rows, sources = [], [], []
    for link in links.dropna(subset="table").itertuples():
        table = str(link.table)
        found = matching(ev.tables[table], link.match)
        rows += [f"{table} row {index + 2}" for index in found.index]
        if table == "discrepancies":
            states += [_conflict(row, article) for _, row in found.iterrows()]
            sources += [*found["source_1"], *found["source_2"]]
        else:
            states.append(_comparison(found, str(link.field), str(link.expected), article, direct))
            sources += list(found["source_id"])
    known = set(ev.sources["source_id"])
    return _Part(name, _worst(states), rows, [source for source in sources if source in known])


def _comparison(rows: pd.DataFrame, field: str, expected: str, article: set[str], direct: set[str]) -> _State:
    telling = rows[rows[field].notna()]
    independent = telling[~telling["source_id"].isin(article)]
    first_hand = independent[independent["source_id"].isin(direct)]
    if len(first_hand):
        return _agreement(first_hand[field], expected, _State.SHOWN)
    if len(independent):
        return _agreement(independent[field], expected, _State.SECOND_HAND)
    return _State.ARTICLE_ONLY if len(telling) else _State.NOT_SEEN


def _agreement(cells: pd.Series[Any], expected: str, all_agree: _State) -> _State:
    agree = [agrees(cell, expected) for cell in cells]
    return all_agree if all(agree) else _State.DISPUTED if any(agree) else _State.DENIED


def _conflict(row: pd.Series[Any], article: set[str]) -> _State:
    of_article = [row["source_1"] in article, row["source_2"] in article]
    if all(of_article):
        return _State.INCONSISTENT
    if "computed" in {row["source_1"], row["source_2"]}:
        return _State.MISFIT
    return _State.DENIED if any(of_article) else _State.DISPUTED


def _worst(states: list[_State]) -> _State:
    """Take the state that says most against the part; the order is that of the enumeration."""
    order = list(_State)
    return max(states, key=order.index) if states else _State.NOT_SEEN
