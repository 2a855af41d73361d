"""What the evidence says of one part of a claim: a state by rule over the rows that its links find."""

from __future__ import annotations

import operator
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Any, NamedTuple

import pandas as pd

from helpers.checks import check_numbers
from helpers.checks.findings import rows_of
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
#: Tables of which a row is no finding to be weighed against others.
_NOT_WEIGHED = ("findings", "discrepancies", "criteria")
#: Columns that name the document of a row.
_DOCUMENTS = ["source_id", "source_1", "source_2"]
_COMPARED = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}


#: A row of a table by its columns, and as ``evidence`` the names of the rows that it stands for.
_Row = dict[str, Any]


class State(StrEnum):
    """The finding of the evidence on one part of a claim, in the order of how much it says against the part."""

    SHOWN = "in the study's paper or registry record"
    #: Of what is no claim about one study: in a paper, a meta-analysis or a guideline.
    IN_LITERATURE = "in the literature"
    #: In reviews, press or web pages only.
    SECOND_HAND = "second-hand only"
    #: No row on women bears on it.
    PRECLINICAL = "in animals or cells only"
    DISPUTED = "some sources agree and some do not"
    PRECLINICAL_DISPUTED = "findings in animals or cells disagree"
    #: The rules on printed figures find that figures do not fit each other, or that they do.
    MISFIT = "figures that do not fit each other"
    FITTING = "figures that fit each other"
    OWN_LIST = "in the article's own list of criteria"
    ARTICLE_ONLY = "in the article"
    ELSEWHEN = "reported at another time only"
    NOT_FOUND = "looked for in women and not found"
    PRECLINICAL_NOT_FOUND = "looked for in animals or cells and not found"
    NOT_SEEN = "not shown"
    #: Second-hand documents, or a record that is not the study's paper, say otherwise: no denial.
    DOUBTED = "only documents other than the paper say otherwise"
    PRECLINICAL_DENIED = "findings in animals or cells say otherwise"
    IN_LITERATURE_DENIED = "the literature says otherwise"
    DENIED = "the study's paper or registry record says otherwise"
    INCONSISTENT = "the article contradicts itself"
    OWN_LIST_DENIED = "the article's own list of criteria says otherwise"


SHOWN = {State.SHOWN, State.IN_LITERATURE}
PARTLY = SHOWN | {State.SECOND_HAND, State.DISPUTED, State.MISFIT}
AGAINST = {State.DENIED, State.IN_LITERATURE_DENIED, State.PRECLINICAL_DENIED}
WITHIN = {State.INCONSISTENT, State.OWN_LIST_DENIED}
#: States of what was not seen in the study's own document: they carry how far it was read.
_UNREAD = {State.SECOND_HAND, State.ARTICLE_ONLY, State.ELSEWHEN}
#: The reason where a claim is about no study, so that no document should report it.
_NO_TEXT = {State.ARTICLE_ONLY: "in no other text available to us"}


@dataclass(frozen=True)
class Part:
    """A part of a claim as judged: its state in words, and the rows and documents behind it."""

    name: str
    state: State
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


class Judge:
    """Judges parts of claims against one evidence package."""

    def __init__(self, ev: Evidence) -> None:
        self._ev = ev
        self._known = set(ev.sources["source_id"])
        self._article = self._documents(["article-under-review"])
        self._retracted = set(ev.sources.loc[ev.sources["retracted"].notna(), "source_id"])
        self._direct = self._documents(FIRST_HAND)
        self._general = self._documents([*FIRST_HAND, "meta-analysis", "guideline"])
        self._paper_of = dict(zip(ev.studies["study_id"], ev.studies["source_id"], strict=True))
        self._gaps = gaps(ev.studies, ev.sources)
        self._indexed = cache(self._read)
        not_women = ev.studies["role"].isin(["preclinical", "in-vitro"])
        self._not_women = set(ev.studies.loc[not_women, "study_id"])

    def part(self, name: str, links: list[Any], study: Any) -> Part:
        """Judge a part of a claim, about a study or about none, by all rows that its links find.

        All rows of a part speak to the same point. Rows of a retracted document do not count, and rows of the article itself
        show nothing.
        """
        remarks = [link.note for link in links if pd.isna(link.table) and pd.notna(link.note)]
        links = [link for link in links if pd.notna(link.table)]
        found = [(link, self._linked_rows(str(link.table), link.match)) for link in links]
        states = [state for link, rows in found for state in self._states(link, rows)]
        weighed = [(link, rows) for link, rows in found if link.table not in _NOT_WEIGHED]
        if weighed:
            answers = [answer for link, rows in weighed for answer in self._answers(link, rows)]
            states.append(_weigh(answers, of_study=pd.notna(study)))
        state = max(states, key=list(State).index, default=State.NOT_SEEN)
        return Part(
            name=name,
            state=state,
            words=self._words(state, remarks, study),
            rows=[name for _, rows in found for row in rows for name in row["evidence"]],
            sources=[source for link, rows in found for source in self._sources(str(link.table), rows)],
            of_outcome=any(link.table in _OF_OUTCOMES for link in links),
        )

    def _documents(self, kinds: Iterable[str]) -> set[str]:
        return set(self._ev.sources.loc[self._ev.sources["kind"].isin(list(kinds)), "source_id"])

    def _sources(self, table: str, rows: list[_Row]) -> list[str]:
        if table == "criteria":
            return sorted(self._article)
        cells = [row[name] for row in rows for name in _DOCUMENTS if name in row]
        named = [source for cell in cells for source in str(cell).split("; ")]
        return [source for source in named if source in self._known]

    def _words(self, state: State, remarks: list[str], study: Any) -> str:
        """Write a state, and why the evidence holds no more where it is silent."""
        if state == State.NOT_SEEN:
            why = "; ".join(remarks) or self._gaps.get(study, "no result either way")
        else:
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

    def _read(self, table: str) -> tuple[Lookup, dict[int, _Row]]:
        """Index a table, and take by their positions its rows that are from no retracted document."""
        frame = self._findings if table == "findings" else self._ev.tables[table]
        standing = {}
        for place, (index, row) in enumerate(rows_of(frame)):
            if self._retracted.isdisjoint(row.get(name) for name in _DOCUMENTS):
                standing[place] = {"evidence": [f"{table} row {index + 2}"], **row}
        return Lookup(frame), standing

    def _linked_rows(self, table: str, match: Any) -> list[_Row]:
        """Take the rows that a link describes, without those of retracted documents."""
        lookup, standing = self._indexed(table)
        return [standing[place] for place in lookup.rows(match) if place in standing]

    def _states(self, link: Any, rows: list[_Row]) -> list[State]:
        """Give what rows that are not weighed say by themselves."""
        if link.table == "findings":
            of_article = [row["source_id"] in self._article for row in rows]
            return [State.INCONSISTENT if own else State.MISFIT for own in of_article] or [State.FITTING]
        if link.table == "discrepancies":
            return [self._conflict(row) for row in rows]
        if link.table == "criteria":
            agree = any(_says(row[str(link.field)], "", str(link.expected)) for row in rows)
            return [State.OWN_LIST if agree else State.OWN_LIST_DENIED]
        return []

    def _conflict(self, row: _Row) -> State:
        """Judge a recorded discrepancy; one within the article, or with the study's own paper, counts against the claim."""
        pair = [row["source_1"], row["source_2"]]
        others = [source for source in pair if source not in self._article]
        if not others:
            return State.INCONSISTENT
        if "computed" in pair:
            return State.MISFIT
        if len(others) == 2:
            return State.DISPUTED
        return State.DENIED if others[0] == self._paper_of.get(row["study_id"]) else State.DOUBTED

    def _answers(self, link: Any, rows: list[_Row]) -> list[_Answer]:
        """Read what each row says; one that cannot deny says nothing.

        Only a row that measured what a part says can deny it: rows of another time say nothing of a part that names a time,
        and nothing denies that something can happen (`claim_evidence.kind` is ``existence``).
        """
        field, table = str(link.field), str(link.table)
        of_time = table in _OF_OUTCOMES and field.endswith("_months")
        mute = "time" if of_time else "existence" if link.kind == "existence" else ""
        direct = self._general if table in _OF_DOCUMENTS else self._direct
        answers = []
        for row in rows:
            says, source = _says(row[field], field, str(link.expected)), row["source_id"]
            silent = mute if says is not None and says < 1 else ""
            place = source in self._article, source in direct, self._of_women(table, row)
            answers.append(_Answer(None if silent else says, silent, *place))
        return answers

    def _of_women(self, table: str, row: _Row) -> bool:
        """Say of a row whether it was found in women."""
        if table in _IN_WOMEN:
            return bool(row[_IN_WOMEN[table]] == "human")
        return row["study_id"] not in self._not_women if "study_id" in row else table != "secretion"


def _says(cell: Any, field: str, expected: str) -> float | None:
    """Compare a cell with what is expected; None where it says nothing either way."""
    if pd.isna(cell):
        return None
    limit = LIMIT.fullmatch(expected)
    if limit:
        number = pd.to_numeric(cell, errors="coerce")
        return None if pd.isna(number) else float(_COMPARED[limit[1]](number, float(limit[2])))
    if agrees(cell, expected):
        return 1.0
    if field == "found" and cell == "none":
        return None
    return 0.5 if cell == "mixed" else 0.0


def _weigh(rows: list[_Answer], *, of_study: bool) -> State:
    """Weigh the nearest rows that say something: on women first-hand, on women, on animals or cells, the article itself."""
    answering = [row for row in rows if row.agreement is not None]
    others = [row for row in answering if not row.article]
    women = [row for row in others if row.women]
    direct = [row for row in women if row.direct]
    shown, denied = (
        (State.SHOWN, State.DENIED) if of_study else (State.IN_LITERATURE, State.IN_LITERATURE_DENIED)
    )
    ranks = (
        (direct, shown, State.DISPUTED, denied),
        (women, State.SECOND_HAND, State.DISPUTED, State.DOUBTED),
        (others, State.PRECLINICAL, State.PRECLINICAL_DISPUTED, State.PRECLINICAL_DENIED),
        (answering, State.ARTICLE_ONLY, State.INCONSISTENT, State.INCONSISTENT),
    )
    for same, agree, disagree, deny in ranks:
        if same:
            said = {row.agreement for row in same}
            return agree if said == {1} else deny if said == {0} else disagree
    if any(row.silent == "time" for row in rows):
        return State.ELSEWHEN
    looked = [row.women for row in rows if row.silent == "existence" and not row.article]
    if not looked:
        return State.NOT_SEEN
    return State.NOT_FOUND if any(looked) else State.PRECLINICAL_NOT_FOUND
