"""The evidence behind the claims of the article: a verdict by rule over the evidence rows.

`claim_evidence` lists, part by part, which rows would show that a claim is right and what they must say.
Nothing here knows a single claim: change the evidence and the verdict changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers.checks import check_numbers
from helpers.errors import ChoiceError
from helpers.evidence.claim_links import LIMIT, OF_FINDINGS, Lookup, agrees
from helpers.evidence.package import Evidence
from helpers.evidence.provenance import gaps
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


#: The verdicts as readers see them.
VERDICT_WORDS = {
    verdict: "not verifiable" if verdict == Verdict.NOT_VERIFIABLE else str(verdict) for verdict in Verdict
}


class _State(StrEnum):
    """The finding of the evidence on one part of a claim, in the order of how much it says against the part."""

    SHOWN = "in the study's paper or registry record"
    IN_LITERATURE = "in the literature"
    SECOND_HAND = "second-hand only"
    PRECLINICAL = "in animals or cells only"
    DISPUTED = "some sources agree and some do not"
    PRECLINICAL_DISPUTED = "findings in animals or cells disagree"
    MISFIT = "figures that do not fit each other"
    FITTING = "figures that fit each other"
    OWN_LIST = "in the article's own list of criteria"
    ARTICLE_ONLY = "in the article"
    ELSEWHEN = "reported at another time only"
    NOT_FOUND = "looked for in women and not found"
    PRECLINICAL_NOT_FOUND = "looked for in animals or cells and not found"
    NOT_SEEN = "not shown"
    DOUBTED = "only documents other than the paper say otherwise"
    PRECLINICAL_DENIED = "findings in animals or cells say otherwise"
    IN_LITERATURE_DENIED = "the literature says otherwise"
    DENIED = "the study's paper or registry record says otherwise"
    INCONSISTENT = "the article contradicts itself"
    OWN_LIST_DENIED = "the article's own list of criteria says otherwise"


_SHOWN = {_State.SHOWN, _State.IN_LITERATURE}
_PARTLY = _SHOWN | {_State.SECOND_HAND, _State.DISPUTED, _State.MISFIT}
_AGAINST = {_State.DENIED, _State.IN_LITERATURE_DENIED, _State.PRECLINICAL_DENIED}
_WITHIN = {_State.INCONSISTENT, _State.OWN_LIST_DENIED}
#: States of what was not seen in the study's own document: they carry how far it was read.
_UNREAD = {_State.SECOND_HAND, _State.ARTICLE_ONLY, _State.ELSEWHEN}
#: The reason where a claim is about no study, so that no document should report it.
_NO_TEXT = {_State.ARTICLE_ONLY: "in no other text available to us"}


@dataclass(frozen=True)
class _Part:
    name: str
    state: _State
    words: str
    rows: list[str]
    sources: list[str]
    of_outcome: bool


class _Answer(NamedTuple):
    """Whether a row agrees with a part (1), denies it (0) or both (0.5), or why it is silent; and where it is from."""

    agreement: float | None
    silent: str
    article: bool
    direct: bool
    women: bool


def verdicts(
    ev: Evidence, claims: pd.DataFrame | None = None, *, verdict: Sequence[str] = ("all",)
) -> pd.DataFrame:
    """Judge every claim, one row each in the order of `claims`.

    A claim is what the article asserts; what speaks against it is in the state of its parts. A claim is judged part by
    part. All rows of a part speak to the same point. Rows of a retracted document do not
    count, and rows of the article itself show nothing. A finding that was not seen, or that says nothing either
    way, is passed over; a mixed one counts on both sides. Rows on women count before rows on animals and cells,
    first-hand documents before others. Only a row that measured what a part says can deny it: where a part names a time,
    rows of another time say nothing of it; and where it says that something can happen (`claim_evidence.kind` is
    ``existence``), one row that agrees shows it, and rows that do not agree deny nothing. A part is

    - *shown* where the study's own paper or registry record holds what the claim says, or *in the literature* where
      a paper, a meta-analysis or a guideline does for what is no claim about one study;
    - *second-hand* where only reviews, press or web pages hold it;
    - *in animals or cells only* where no row on women bears on it;
    - *disputed* where some rows agree and some do not, *misfit* where figures do not fit each other, which the rules on
      printed figures find or do not find (*fitting*);
    - *in the article*, followed by how far the document that should hold it was read (`helpers.evidence.provenance.gap`),
      as second-hand parts are;
    - *reported at another time only*, *looked for and not found* where something can happen, or *not shown*, with the reason
      where no row could show it;
    - *denied* where all such rows say otherwise, on women or else on animals or cells; but where only second-hand
      documents, or a record that is not the study's paper, say otherwise, that is a doubt and no denial;
    - *inconsistent* where a recorded discrepancy or figures that do not fit are within the article, where its own figures
      say otherwise and no other source says anything, or where its own list of criteria does not hold what the claim takes
      from it.

    The claim is internally inconsistent if a part is; contradicted if a part is denied; supported if all parts are
    shown or in the literature; supported in part if some part is, or is second-hand, disputed or a misfit; in animals
    or cells only if some part is; and otherwise not verifiable. So is a claim without any part.

    `claims` are rows of that table, else all; `verdict` keeps those with a verdict, or ``all``. The result has the columns
    claim_id, section, kind, study_id, claim, verdict, reason (each part with its state), parts (part -> state), against (the same of
    the parts that are denied or inconsistent), note (our remark on the claim), evidence (rows as ``table row n``), sources (source_ids) and of_outcome (it is about a cited study and
    rows on what happened to women bear on it). If no claim is left, it raises `ValueError`.
    """
    claims = ev.claims if claims is None else claims
    judge = _Judge(ev)
    cited = set(ev.studies.loc[ev.studies["role"] == "cited", "study_id"])
    links: dict[Any, dict[str, list[Any]]] = {}
    for link in ev.claim_evidence.itertuples(index=False):
        links.setdefault(link.claim_id, {}).setdefault(str(link.part), []).append(link)
    judged = []
    for claim_id, study in zip(claims["claim_id"], claims["study_id"], strict=True):
        parts = [judge.part(name, part, study) for name, part in links.get(claim_id, {}).items()]
        reason = "; ".join(f"{part.name}: {part.words}" for part in parts)
        judged.append(
            {
                "verdict": str(_verdict({part.state for part in parts})),
                "reason": reason or "no evidence row bears on it",
                "parts": {part.name: part.words for part in parts},
                "against": {part.name: part.words for part in parts if part.state in _AGAINST | _WITHIN},
                "evidence": list(dict.fromkeys(row for part in parts for row in part.rows)),
                "sources": list(dict.fromkeys(source for part in parts for source in part.sources)),
                "of_outcome": study in cited and any(part.of_outcome for part in parts),
            }
        )
    names = ["verdict", "reason", "parts", "against", "evidence", "sources", "of_outcome"]
    judgements = pd.DataFrame(judged, columns=names, index=claims.index)
    table = claims[["claim_id", "section", "kind", "study_id", "claim", "note"]].join(judgements)
    if "all" not in verdict:
        table = table[table["verdict"].isin(verdict)]
    if table.empty:
        message = "no claim is left after the selection: choose other sections, kinds or verdicts"
        raise ChoiceError(message)
    return table.reset_index(drop=True)


def by_consequence(judged: pd.DataFrame) -> pd.DataFrame:
    """Sort the claims, the most consequential mismatch first.

    The rule, from the first to the last key: the verdict (contradicted and internally inconsistent alike,
    then not verifiable, in animals or cells only, supported in part, supported); claims about what happened
    to the women of a cited study, then other claims about a cited study, then all others; the kind (safety,
    quantity, causal, comparison, attribution, definition); the order of the article.
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
    """Count the claims by verdict: a row per value of `by`, in the order of the article, and a column per verdict.

    The last column, claims, is their sum.
    """
    named = [str(verdict) for verdict in Verdict]
    counts = pd.crosstab(judged[by], judged["verdict"]).reindex(columns=named, fill_value=0)
    counts = counts.reindex(judged[by].drop_duplicates()).rename_axis(index=by, columns=None)
    return counts.assign(claims=counts.sum(axis=1)).reset_index()


def _verdict(states: set[_State]) -> Verdict:
    if states & _WITHIN:
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
        self._gaps = gaps(ev.studies, sources)
        #: The lookup of a table, and which of its rows are of retracted documents; made when a link first names it.
        self._lookups: dict[str, tuple[Lookup, np.ndarray[Any, np.dtype[np.bool_]]]] = {}
        not_women = ev.studies["role"].isin(["preclinical", "in-vitro"])
        self._not_women = set(ev.studies.loc[not_women, "study_id"])

    def part(self, name: str, links: list[Any], study: Any) -> _Part:
        """Judge a part of a claim, about a study or about none, by all rows that its links find."""
        states: list[_State] = []
        rows: list[str] = []
        sources: list[str] = []
        answers: list[list[_Answer]] = []
        remarks = [link.note for link in links if pd.isna(link.table) and not pd.isna(link.note)]
        links = [link for link in links if not pd.isna(link.table)]
        for link in links:
            table = str(link.table)
            if table == "findings":
                found_rows = self._linked_rows(table, link.match)
                of_article = found_rows["source_id"].isin(self._article)
                states += of_article.map({True: _State.INCONSISTENT, False: _State.MISFIT}).tolist() or [
                    _State.FITTING
                ]
                rows += found_rows["evidence"].explode().tolist()
                sources += list(found_rows["source_id"])
                continue
            found_rows = self._linked_rows(table, link.match)
            rows += [f"{table} row {index + 2}" for index in found_rows.index]
            if table == "discrepancies":
                states += [self._conflict(row) for _, row in found_rows.iterrows()]
                named = found_rows[["source_1", "source_2"]].to_numpy().ravel()
                sources += [source for cell in named for source in str(cell).split("; ")]
            elif table == "criteria":
                states.append(_article_list(found_rows[str(link.field)], str(link.expected)))
                sources += sorted(self._article)
            else:
                answers.append(self._answers(table, found_rows, link))
                sources += list(found_rows["source_id"])
        if answers:
            states.append(
                _weigh([row for rows_of_link in answers for row in rows_of_link], of_study=not pd.isna(study))
            )
        state = max(states, key=list(_State).index, default=_State.NOT_SEEN)
        return _Part(
            name,
            state,
            self._words(state, remarks, study),
            rows,
            [source for source in sources if source in self._known],
            any(link.table in _OF_OUTCOMES for link in links),
        )

    def _words(self, state: _State, remarks: list[str], study: Any) -> str:
        """Write a state, and why the evidence holds no more where it is silent."""
        if state == _State.NOT_SEEN:
            why = "; ".join(remarks) or self._gaps.get(study, "no result either way")
            return f"{state} ({why})"
        why = self._gaps.get(study, _NO_TEXT.get(state, "")) if state in _UNREAD else ""
        return f"{state} ({why})" if why else str(state)

    @cached_property
    def _findings(self) -> pd.DataFrame:
        """The findings of the rules that the links name, one row each."""
        links = self._ev.claim_evidence.query("table == 'findings'")
        rules = links["match"].str.extract(r"rule=([a-z-]+)")[0].unique()
        findings = [
            {"rule": finding.rule, "table": finding.table, **finding.keys, "evidence": finding.evidence}
            for finding in check_numbers(self._ev, rules=rules)
        ]
        return pd.DataFrame(findings, columns=[*OF_FINDINGS, "evidence"])

    def _linked_rows(self, table: str, match: Any) -> pd.DataFrame:
        """Take the rows that a link describes, without those of retracted documents."""
        frame = self._findings if table == "findings" else self._ev.tables[table]
        if table not in self._lookups:
            named = [frame[column] for column in ("source_id", "source_1", "source_2") if column in frame]
            gone = [cells.isin(self._retracted).to_numpy(bool) for cells in named]
            self._lookups[table] = Lookup(frame), np.any([np.zeros(len(frame), bool), *gone], axis=0)
        lookup, gone_at = self._lookups[table]
        rows = lookup.rows(match)
        return frame.iloc[rows[~gone_at[rows]]]

    def _answers(self, table: str, rows: pd.DataFrame, link: Any) -> list[_Answer]:
        """Read what each row says; one that cannot deny says nothing."""
        field, expected = str(link.field), str(link.expected)
        of_time = table in _OF_OUTCOMES and field.endswith("_months")
        mute = "time" if of_time else "existence" if link.kind == "existence" else ""
        direct = self._general if table in _OF_DOCUMENTS else self._direct
        if table in _IN_WOMEN:
            women = [word == "human" for word in rows[_IN_WOMEN[table]].fillna("")]
        elif "study_id" in rows:
            women = [study not in self._not_women for study in rows["study_id"]]
        else:
            women = [table != "secretion"] * len(rows)
        answers = []
        for cell, source, of_women in zip(rows[field], rows["source_id"], women, strict=True):
            says = _says(cell, field, expected)
            silent = mute if says is not None and says < 1 else ""
            article = source in self._article
            answers.append(_Answer(None if silent else says, silent, article, source in direct, of_women))
        return answers

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


def _article_list(cells: pd.Series[Any], expected: str) -> _State:
    """Compare a claim with the article's own criteria, which show nothing but may deny it."""
    agree = any(_says(cell, "", expected) for cell in cells)
    return _State.OWN_LIST if agree else _State.OWN_LIST_DENIED


def _weigh(rows: list[_Answer], *, of_study: bool) -> _State:
    """Take the nearest rows that say something: on women first-hand, on women, on animals or cells."""
    answering = [row for row in rows if row.agreement is not None]
    others = [row for row in answering if not row.article]
    women = [row for row in others if row.women]
    nearest = [row for row in women if row.direct]
    if nearest:
        if of_study:
            return _balance(nearest, _State.SHOWN, _State.DISPUTED, _State.DENIED)
        return _balance(nearest, _State.IN_LITERATURE, _State.DISPUTED, _State.IN_LITERATURE_DENIED)
    if women:
        return _balance(women, _State.SECOND_HAND, _State.DISPUTED, _State.DOUBTED)
    if others:
        states = _State.PRECLINICAL, _State.PRECLINICAL_DISPUTED, _State.PRECLINICAL_DENIED
        return _balance(others, *states)
    if answering:
        return _balance(answering, _State.ARTICLE_ONLY, _State.INCONSISTENT, _State.INCONSISTENT)
    if any(row.silent == "time" for row in rows):
        return _State.ELSEWHEN
    looked = [row for row in rows if row.silent == "existence" and not row.article]
    if not looked:
        return _State.NOT_SEEN
    return _State.NOT_FOUND if any(row.women for row in looked) else _State.PRECLINICAL_NOT_FOUND


def _balance(rows: list[_Answer], agree: _State, disagree: _State, deny: _State) -> _State:
    if all(row.agreement == 1 for row in rows):
        return agree
    return deny if all(row.agreement == 0 for row in rows) else disagree
