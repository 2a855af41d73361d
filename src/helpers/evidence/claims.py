"""What stands behind the claims of the article: a verdict by rule over the evidence rows.

`claim_evidence` says, part by part, which rows would show that a claim is right and what must stand in
them. Nothing here knows a single claim: change the evidence and the verdict changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

import pandas as pd

from helpers.evidence.checks import check_numbers
from helpers.evidence.links import LIMIT, OF_FINDINGS, agrees, matching
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import FIRST_HAND

#: Tables of what documents found in general; there a meta-analysis or a guideline speaks for itself.
_OF_DOCUMENTS = ("pooled", "secretion", "mechanisms", "factors", "reference_values")
#: Where a row says whether it was found in women; `secretion` is of cells in the laboratory.
_IN_WOMEN = {"pooled": "species", "mechanisms": "level", "factors": "evidence_level"}
#: Tables of what happened to women.
_OF_OUTCOMES = ("outcomes", "measurements", "changes")
#: Kinds of claim from the most to the least consequential.
_KINDS = ("safety", "quantity", "causal", "comparison", "attribution", "definition")


class Verdict(StrEnum):
    """The verdicts a claim can have, from the firmest to the worst."""

    SUPPORTED = "supported"
    IN_PART = "supported in part"
    PRECLINICAL = "in animals or cells only"
    NOT_VERIFIABLE = "not verifiable from what was read"
    CONTRADICTED = "contradicted"
    INCONSISTENT = "internally inconsistent"


class _State(StrEnum):
    """What the evidence says of one part of a claim, in the order of how much it says against the part."""

    SHOWN = "in the study's paper or registry record"
    IN_LITERATURE = "in the literature"
    SECOND_HAND = "second-hand only"
    PRECLINICAL = "in animals or cells only"
    DISPUTED = "sources disagree"
    PRECLINICAL_DISPUTED = "findings in animals or cells disagree"
    MISFIT = "figures that do not fit each other"
    FITTING = "figures that fit each other"
    ARTICLE_ONLY = "in the article only"
    NOT_SEEN = "in no source read"
    DOUBTED = "only documents other than the paper say otherwise"
    PRECLINICAL_DENIED = "findings in animals or cells say otherwise"
    DENIED = "sources say otherwise"
    INCONSISTENT = "the article contradicts itself"


_SHOWN = {_State.SHOWN, _State.IN_LITERATURE}
_PARTLY = _SHOWN | {_State.SECOND_HAND, _State.DISPUTED, _State.MISFIT}
_AGAINST = {_State.DENIED, _State.PRECLINICAL_DENIED}


@dataclass(frozen=True)
class _Part:
    name: str
    state: _State
    rows: list[str]
    sources: list[str]
    of_outcome: bool


def verdicts(
    ev: Evidence, claims: pd.DataFrame | None = None, *, verdict: Sequence[str] = ("all",)
) -> pd.DataFrame:
    """Judge every claim.

    A claim is judged part by part. All rows of a part speak to the same point. Rows of a retracted document do not
    count, and rows of the article itself show nothing. A finding that was not seen, or that says nothing either
    way, is passed over; a mixed one counts on both sides. Rows on women are heard before rows on animals and cells,
    first-hand documents before others. A part is

    - *shown* where the study's own paper or registry record holds what the claim says, or *in the literature* where
      a paper, a meta-analysis or a guideline does for what is no claim about one study;
    - *second-hand* where only reviews, press or web pages hold it;
    - *in animals or cells only* where no row on women bears on it;
    - *disputed* where some rows agree and some do not, *misfit* where figures do not fit each other, which the rules on
      printed figures find or do not find (*fitting*);
    - *in the article only*, or *in no source read*;
    - *denied* where all such rows say otherwise, on women or else on animals or cells; but where only second-hand
      documents, or a record that is not the study's paper, say otherwise, that is a doubt and no denial;
    - *inconsistent* where a recorded discrepancy or figures that do not fit stand within the article, where its own figures
      say otherwise and no other source says anything, or where its own list of criteria does not hold what the claim takes
      from it.

    The claim is internally inconsistent if a part is; contradicted if a part is denied; supported if all parts are
    shown or in the literature; supported in part if some part is, or is second-hand, disputed or a misfit; in animals
    or cells only if some part is; and otherwise not verifiable from what was read. So is a claim without any part.
    Where a claim tells how the article uses a case, the verdict is on that use.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    claims : pandas.DataFrame, optional
        The rows of `claims` to judge; all of them if not given.
    verdict : sequence of str
        Verdicts whose claims are kept; ``all`` keeps every claim.

    Returns
    -------
    pandas.DataFrame
        One row per claim, in the order of `claims`: claim_id, section, kind, study_id, claim, verdict,
        reason (each part with its state), parts (dict of part to state), evidence (rows as ``table row n``), sources
        (source_ids), of_outcome (whether it is about a cited study and rows on what happened to women bear on it).

    Raises
    ------
    ValueError
        If no claim is left.
    """
    claims = ev.claims if claims is None else claims
    judge = _Judge(ev)
    cited = set(ev.studies.loc[ev.studies["role"] == "cited", "study_id"])
    links = dict(list(ev.claim_evidence.groupby("claim_id", sort=False)))
    judged = []
    for claim_id, study in zip(claims["claim_id"], claims["study_id"], strict=True):
        rows = links.get(claim_id, ev.claim_evidence.iloc[:0])
        shown = _State.IN_LITERATURE if pd.isna(study) else _State.SHOWN
        parts = [judge.part(str(name), part, shown) for name, part in rows.groupby("part", sort=False)]
        told = "; ".join(f"{part.name}: {part.state}" for part in parts)
        judged.append(
            {
                "verdict": str(_verdict({part.state for part in parts})),
                "reason": told or "no evidence row bears on it",
                "parts": {part.name: str(part.state) for part in parts},
                "evidence": list(dict.fromkeys(row for part in parts for row in part.rows)),
                "sources": list(dict.fromkeys(source for part in parts for source in part.sources)),
                "of_outcome": study in cited and any(part.of_outcome for part in parts),
            }
        )
    names = ["verdict", "reason", "parts", "evidence", "sources", "of_outcome"]
    found = pd.DataFrame(judged, columns=names, index=claims.index)
    table = claims[["claim_id", "section", "kind", "study_id", "claim"]].join(found)
    if "all" not in verdict:
        table = table[table["verdict"].isin(verdict)]
    if table.empty:
        message = "no claim is left after the selection: choose other sections, kinds or verdicts"
        raise ValueError(message)
    return table.reset_index(drop=True)


def by_consequence(judged: pd.DataFrame) -> pd.DataFrame:
    """Put the claims in order, the most consequential mismatch first.

    The rule, from the first to the last key: the verdict (contradicted and internally inconsistent alike, then not
    verifiable, in animals or cells only, supported in part, supported); claims about what happened to the women
    of a cited study, then other claims about a cited study, then all others; the kind (safety, quantity, causal, comparison, attribution, definition);
    the order of the article.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `verdicts`, or a part of it.

    Returns
    -------
    pandas.DataFrame
        The same rows in that order.
    """
    severity = {str(verdict): rank for rank, verdict in enumerate(reversed(Verdict))}
    severity[Verdict.INCONSISTENT] = severity[Verdict.CONTRADICTED]
    columns = (judged["verdict"], judged["of_outcome"], judged["study_id"].isna(), judged["kind"])
    keys = [
        (severity[verdict], not of_outcome, in_general, _KINDS.index(kind))
        for verdict, of_outcome, in_general, kind in zip(*columns, strict=True)
    ]
    return judged.iloc[sorted(range(len(keys)), key=keys.__getitem__)].reset_index(drop=True)


def verdict_counts(judged: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the claims by verdict.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `verdicts`, or a part of it.
    by : str
        Column by which to count, for example ``section``.

    Returns
    -------
    pandas.DataFrame
        One row per value of that column, in the order of the article: the value, one column per verdict, and
        their sum as ``claims``.
    """
    named = [str(verdict) for verdict in Verdict]
    counts = pd.crosstab(judged[by], judged["verdict"]).reindex(columns=named, fill_value=0)
    counts = counts.reindex(judged[by].drop_duplicates()).rename_axis(index=by, columns=None)
    return counts.assign(claims=counts.sum(axis=1)).reset_index()


def _verdict(states: set[_State]) -> Verdict:
    if _State.INCONSISTENT in states:
        return Verdict.INCONSISTENT
    if states & _AGAINST:
        return Verdict.CONTRADICTED
    if states and states <= _SHOWN:
        return Verdict.SUPPORTED
    if states & _PARTLY:
        return Verdict.IN_PART
    return Verdict.PRECLINICAL if _State.PRECLINICAL in states else Verdict.NOT_VERIFIABLE


class _Judge:
    """Judges parts of claims against one evidence package."""

    def __init__(self, ev: Evidence) -> None:
        sources = ev.sources
        self._ev = ev
        self._known = set(sources["source_id"])
        self._article = set(sources.loc[sources["kind"] == "article-under-review", "source_id"])
        self._retracted = set(sources.loc[sources["retracted"].notna(), "source_id"])
        self._direct = set(sources.loc[sources["kind"].isin(FIRST_HAND), "source_id"])
        general = {*FIRST_HAND, "meta-analysis", "guideline"}
        self._general = set(sources.loc[sources["kind"].isin(general), "source_id"])
        self._paper_of = dict(zip(ev.studies["study_id"], ev.studies["source_id"], strict=True))
        not_women = ev.studies["role"].isin(["preclinical", "in-vitro"])
        self._not_women = set(ev.studies.loc[not_women, "study_id"])

    def part(self, name: str, links: pd.DataFrame, shown: _State) -> _Part:
        """Judge a part by all rows that its links find; `shown` is how first-hand agreement is told."""
        states: list[_State] = []
        rows: list[str] = []
        sources: list[str] = []
        told: list[pd.DataFrame] = []
        links = links.dropna(subset="table")
        for link in links.itertuples():
            table = str(link.table)
            if table == "findings":
                found = self._standing(matching(self._findings, link.match))
                of_article = found["source_id"].isin(self._article)
                states += of_article.map({True: _State.INCONSISTENT, False: _State.MISFIT}).tolist() or [
                    _State.FITTING
                ]
                rows += found["evidence"].explode().tolist()
                sources += list(found["source_id"])
                continue
            found = self._standing(matching(self._ev.tables[table], link.match))
            rows += [f"{table} row {index + 2}" for index in found.index]
            if table == "discrepancies":
                states += [self._conflict(row) for _, row in found.iterrows()]
                named = found[["source_1", "source_2"]].to_numpy().ravel()
                sources += [source for cell in named for source in str(cell).split("; ")]
            elif table == "criteria":
                states.append(_own_list(found[str(link.field)], str(link.expected)))
                sources += sorted(self._article)
            else:
                told.append(self._said(table, found, str(link.field), str(link.expected)))
                sources += list(found["source_id"])
        if told:
            states.append(_weigh(pd.concat(told), shown))
        return _Part(
            name,
            max(states, key=list(_State).index, default=_State.NOT_SEEN),
            rows,
            [source for source in sources if source in self._known],
            bool(links["table"].isin(_OF_OUTCOMES).any()),
        )

    @cached_property
    def _findings(self) -> pd.DataFrame:
        """What the rules that the links name find, one row per finding."""
        links = self._ev.claim_evidence.query("table == 'findings'")
        asked = links["match"].str.extract(r"rule=([a-z-]+)")[0].unique()
        told = [
            {"rule": one.rule, "table": one.table, **one.keys, "evidence": one.evidence}
            for one in check_numbers(self._ev, rules=asked)
        ]
        return pd.DataFrame(told, columns=[*OF_FINDINGS, "evidence"])

    def _standing(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Leave out the rows of retracted documents."""
        columns = [column for column in ("source_id", "source_1", "source_2") if column in rows]
        gone = pd.Series(False, index=rows.index)
        for column in columns:
            gone |= rows[column].isin(self._retracted)
        return rows[~gone]

    def _said(self, table: str, rows: pd.DataFrame, field: str, expected: str) -> pd.DataFrame:
        """Tell of each row whether it agrees (1), denies (0) or both (0.5), how near it is, and if of women."""
        direct = self._general if table in _OF_DOCUMENTS else self._direct
        if table in _IN_WOMEN:
            women = rows[_IN_WOMEN[table]].eq("human").fillna(False).astype(bool)
        elif "study_id" in rows:
            women = ~rows["study_id"].isin(self._not_women)
        else:
            women = pd.Series(table != "secretion", index=rows.index)
        return pd.DataFrame(
            {
                "agreement": pd.Series(
                    [_says(cell, field, expected) for cell in rows[field]], dtype="float64"
                ),
                "article": rows["source_id"].isin(self._article).to_numpy(bool),
                "direct": rows["source_id"].isin(direct).to_numpy(bool),
                "women": women.to_numpy(bool),
            }
        )

    def _conflict(self, row: pd.Series[Any]) -> _State:
        of_article = [row["source_1"] in self._article, row["source_2"] in self._article]
        if all(of_article):
            return _State.INCONSISTENT
        if "computed" in {row["source_1"], row["source_2"]}:
            return _State.MISFIT
        if not any(of_article):
            return _State.DISPUTED
        other = row["source_2"] if of_article[0] else row["source_1"]
        return _State.DENIED if other == self._paper_of.get(row["study_id"]) else _State.DOUBTED


def _says(cell: Any, field: str, expected: str) -> float | None:
    """Compare a cell with what is expected; None where it says nothing either way."""
    if pd.isna(cell):
        return None
    limit = LIMIT.fullmatch(expected)
    if limit:
        number = pd.to_numeric(cell, errors="coerce")
        return None if pd.isna(number) else float(_within(number, limit[1], float(limit[2])))
    if agrees(cell, expected):
        return 1.0
    if field == "found" and cell == "none":
        return None
    return 0.5 if cell == "mixed" else 0.0


def _within(number: float, sign: str, limit: float) -> bool:
    if number == limit:
        return sign.endswith("=")
    return number > limit if sign.startswith(">") else number < limit


def _own_list(cells: pd.Series[Any], expected: str) -> _State:
    """Hold a claim against the article's own criteria, which show nothing but may deny it."""
    agree = any(_says(cell, "", expected) for cell in cells)
    return _State.ARTICLE_ONLY if agree else _State.INCONSISTENT


def _weigh(rows: pd.DataFrame, shown: _State) -> _State:
    """Take the nearest rows that say something: on women first-hand, on women, on animals or cells."""
    telling = rows[rows["agreement"].notna()]
    others = telling[~telling["article"]]
    women = others[others["women"]]
    if len(women) and women["direct"].any():
        nearest = women[women["direct"]]
        return _balance(nearest, shown, _State.DISPUTED, _State.DENIED)
    if len(women):
        return _balance(women, _State.SECOND_HAND, _State.DISPUTED, _State.DOUBTED)
    if len(others):
        states = _State.PRECLINICAL, _State.PRECLINICAL_DISPUTED, _State.PRECLINICAL_DENIED
        return _balance(others, *states)
    if len(telling):
        return _balance(telling, _State.ARTICLE_ONLY, _State.INCONSISTENT, _State.INCONSISTENT)
    return _State.NOT_SEEN


def _balance(rows: pd.DataFrame, agree: _State, disagree: _State, deny: _State) -> _State:
    if (rows["agreement"] == 1).all():
        return agree
    return deny if (rows["agreement"] == 0).all() else disagree
