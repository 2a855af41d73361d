"""Taking a study out of an evidence package: its rows, the documents that nobody else needs, and what names it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from helpers.evidence.faults import EvidenceError, Fault, meant
from helpers.evidence.loading import load
from helpers.evidence.package import Evidence
from helpers.evidence.provenance import DOCUMENTS
from helpers.evidence.relations import SEPARATOR
from helpers.evidence.schema import Schema
from helpers.evidence.vocabulary import FIRST_HAND
from helpers.intake.working_copy import TableText, key_text, working_copy


@dataclass(frozen=True)
class Staying:
    """A row that names a document of the study's own and stays, because it is not about the study."""

    table: str
    #: The study that it is about; empty where it is about none.
    study: str
    #: Its index in that table of `Removal.left`.
    place: int
    #: The cells of its key, and its other cells.
    key: str
    value: str
    #: The document that it names.
    document: str


@dataclass(frozen=True)
class Removal:
    """What was taken out, or with `dry_run` would be."""

    #: Keys of the rows that go, by table, in the order of the schema.
    taken: dict[str, tuple[str, ...]]
    #: Which studies no longer name it as overlapping.
    mentions: tuple[str, ...]
    #: Documents that its rows name and that stay, with what needs them.
    kept: tuple[str, ...]
    #: The rows that name its own documents and are about another study, or none.
    staying: tuple[Staying, ...]
    #: Cells that stay with the key of the study in their text: file, row, column and text.
    words: tuple[str, ...]
    #: The evidence without the study.
    left: Evidence


def remove(study: str, folder: Path, *, dry_run: bool = False) -> Removal:
    """Take a study out of an evidence package, in one step or not at all; `dry_run` writes nothing.

    Out go the rows about the study, the documents that only they name and, of tables without a study, the rows from
    its papers, preprints and registry records: what its extraction sheet holds. Studies that overlap with it name it
    no longer.

    Raises EvidenceError if there is no such study, claims rest on it, or what would be left breaks a rule; nothing is
    written. After an OSError all files are as before.
    """
    with working_copy(folder, f"removing {study}") as copy:
        texts = {table: copy.text(table) for table in copy.schema.tables}
        frames = {table: text.frame for table, text in texts.items()}
        studies = frames["studies"]["study_id"]
        if study not in set(studies):
            rule = f"is no study to remove; {meant(study, studies)}"
            raise EvidenceError(str(folder), [Fault("studies.csv", 0, "study_id", study, rule)])
        going = _going(study, frames)
        faults = list(_links(study, frames, going))
        mentions = []
        staying: dict[str, list[int]] = {}
        for table, text in texts.items():
            lines = list(text.lines)
            if table == "studies":
                mentions = list(_mentions_taken_out(study, text, lines))
            staying[table] = [place for place, goes in enumerate(going[table]) if not goes]
            copy.write(table, text.content(lines[place] for place in staying[table]))
        try:
            left = load(copy.path)
        except EvidenceError as error:
            at_fault = {(fault.file, fault.row) for fault in faults}
            numbered = [_as_numbered(fault, staying) for fault in error.faults]
            faults += [fault for fault in numbered if (fault.file, fault.row) not in at_fault]
        if faults:
            raise EvidenceError(f"{folder}; {study} was not removed", faults)
        if not dry_run:
            # The study and its documents go last: whatever is there, what it refers to is there too.
            copy.put_in_place(reversed(copy.schema.tables), what="remove the study again")
    taken = {
        table: tuple(
            key_text(cells, left.schema.key(table)) for cells in frame[going[table]].to_dict("records")
        )
        for table, frame in frames.items()
        if going[table].any()
    }
    return Removal(
        taken, tuple(mentions), tuple(_kept(frames, going)),
        tuple(_staying(study, left.schema, frames, going)), tuple(_in_words(study, frames, going)), left,
    )  # fmt: skip


def unnamed(ev: Evidence) -> list[str]:
    """List the documents that no row names: their study is unknown, and no removal of a study takes them out."""
    every = {table: pd.Series(True, index=frame.index) for table, frame in ev.printed.items()}
    named = _named(ev.printed, every)
    return [document for document in ev.printed["sources"]["source_id"] if document not in named]


def _going(study: str, frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.Series[bool]]:
    """Mark the rows of each table that go."""
    # A claim is the article's: it is about the study, and none of its rows.
    about = {
        table: (frame["study_id"] == study) & (table != "claims")
        if "study_id" in frame
        else pd.Series(False, index=frame.index)
        for table, frame in frames.items()
    }
    named, own_documents = _named(frames, about), _own_documents(frames, about)

    def with_rows_of(documents: set[str]) -> dict[str, pd.Series[bool]]:
        return about | {
            table: about[table] | _without_study(table, frame) & frame["source_id"].isin(documents)
            for table, frame in frames.items()
            if "source_id" in frame
        }

    # A document that rows of others name is not of this study alone.
    going = with_rows_of(own_documents - _named(frames, _others(with_rows_of(own_documents))))
    going["sources"] = frames["sources"]["source_id"].isin(named - _named(frames, _others(going)))
    return going


def _own_documents(frames: Mapping[str, pd.DataFrame], about: Mapping[str, pd.Series[bool]]) -> set[str]:
    """Give the main document of a study, and the papers, preprints and registry records that its rows name."""
    sources = frames["sources"]
    first_hand = sources.loc[sources["kind"].isin(FIRST_HAND), "source_id"]
    main = frames["studies"].loc[about["studies"], "source_id"]
    return {*main, *(_named(frames, about) & set(first_hand))}


def _without_study(table: str, frame: pd.DataFrame) -> pd.Series[bool]:
    """Mark the rows that are about a document and no study."""
    if table in ("sources", "studies") or "study_id" not in frame:
        return pd.Series(table not in ("sources", "studies"), index=frame.index)
    return frame["study_id"] == ""


def _others(going: Mapping[str, pd.Series[bool]]) -> dict[str, pd.Series[bool]]:
    return {table: ~rows for table, rows in going.items()}


def _named(frames: Mapping[str, pd.DataFrame], rows: Mapping[str, pd.Series[bool]]) -> set[str]:
    """Collect the documents that rows name."""
    return {document for _, document in _names(frames, rows)}


def _names(
    frames: Mapping[str, pd.DataFrame], rows: Mapping[str, pd.Series[bool]]
) -> Iterator[tuple[str, str]]:
    for table, frame in frames.items():
        for column in DOCUMENTS:
            if table != "sources" and column in frame:
                for cell in frame.loc[rows[table], column]:
                    yield from ((table, document) for document in str(cell).split(SEPARATOR) if document)


def _kept(frames: Mapping[str, pd.DataFrame], going: Mapping[str, pd.Series[bool]]) -> Iterator[str]:
    """List the documents of rows that go and that stay themselves, with the tables that need them."""
    needed: dict[str, Counter[str]] = defaultdict(Counter)
    for table, document in _names(frames, _others(going)):
        needed[document][table] += 1
    named = _named(frames, going)
    for document in frames["sources"]["source_id"]:
        if document in named and document in needed:
            yield f"{document}: {', '.join(f'{table} {count}' for table, count in needed[document].items())}"


def _staying(
    study: str,
    schema: Schema,
    frames: Mapping[str, pd.DataFrame],
    going: Mapping[str, pd.Series[bool]],
) -> Iterator[Staying]:
    """Find the rows that stay and name a document which is the study's own, and the main one of no other."""
    studies = frames["studies"]
    others = set(studies.loc[studies["study_id"] != study, "source_id"])
    own_documents = _own_documents(frames, going) - others
    for table, frame in frames.items():
        if table in ("sources", "studies"):
            continue
        for place, row in enumerate(frame[~going[table]].to_dict("records")):
            cells = {str(column): str(cell) for column, cell in row.items()}
            names = {name for column in DOCUMENTS for name in cells.get(column, "").split(SEPARATOR)}
            for document in sorted(names & own_documents):
                value = "; ".join(
                    f"{column}: {cell}"
                    for column, cell in cells.items()
                    if cell and column not in (*schema.key(table), *DOCUMENTS)
                )
                about = cells.get("study_id", "")
                yield Staying(table, about, place, key_text(cells, schema.key(table)), value, document)


def _links(
    study: str, frames: Mapping[str, pd.DataFrame], going: Mapping[str, pd.Series[bool]]
) -> Iterator[Fault]:
    """Find the claims that are about the study, and the links that point to its rows by name."""
    for row, claim in enumerate(frames["claims"].to_dict("records"), start=2):
        if claim["study_id"] == study:
            rule = f"is about {study}; take the claim and its links out of claims.csv and claim_evidence.csv first"
            yield Fault("claims.csv", row, "study_id", claim["claim_id"], rule)
    documents = frames["sources"].loc[going["sources"], "source_id"]
    conditions = {f"study_id={study}", *(f"source_id={document}" for document in documents)}
    for row, link in enumerate(frames["claim_evidence"].to_dict("records"), start=2):
        if conditions & set(link["match"].split(SEPARATOR)):
            rule = f"points to rows that would go, for claim {link['claim_id']}; take that link out or change it first"
            yield Fault("claim_evidence.csv", row, "match", link["match"], rule)


def _mentions_taken_out(study: str, text: TableText, lines: list[str]) -> Iterator[str]:
    """Write the lines of studies that name the study as overlapping without it."""
    for place, cells in enumerate(text.frame.to_dict("records")):
        named = cells["overlaps_with"].split(SEPARATOR)
        if study in named:
            cells["overlaps_with"] = SEPARATOR.join(other for other in named if other != study)
            lines[place] = text.line(cells)
            yield f"{cells['study_id']}: overlaps_with is now {cells['overlaps_with']!r}"


def _as_numbered(fault: Fault, kept_rows: Mapping[str, list[int]]) -> Fault:
    """Give the row of a fault the number that it has in the package."""
    rows = kept_rows.get(fault.file.removesuffix(".csv"), [])
    row = rows[fault.row - 2] + 2 if 2 <= fault.row < len(rows) + 2 else fault.row
    return replace(fault, row=row)


def _in_words(
    study: str, frames: Mapping[str, pd.DataFrame], going: Mapping[str, pd.Series[bool]]
) -> Iterator[str]:
    """Find cells of the rows that stay with the key of the study in their text."""
    word = re.compile(rf"(?<![\w.-]){re.escape(study)}(?![\w-])")
    for table, frame in frames.items():
        staying = frame[~going[table]]
        for column in staying.columns:
            if table == "studies" and column == "overlaps_with":
                continue
            for place in staying.index[staying[column].str.contains(word)]:
                yield f"{table}.csv, row {place + 2}, column {column}: {staying.at[place, column]!r}"
