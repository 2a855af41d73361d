"""Where a number comes from: its study, its document, the place in it, how deep that was read, and by how many."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.evidence.relations import SEPARATOR
from helpers.evidence.vocabulary import FIRST_HAND

#: Tables whose rows tell of the article itself and name no document.
OF_THE_ARTICLE = ("claims", "criteria", "claim_evidence")
COLUMNS = [
    "study",
    "source",
    "citation",
    "doi",
    "url",
    "locator",
    "access",
    "agreement",
    "extraction",
    "note",
]
#: Columns that name documents; the last two can name several.
DOCUMENTS = ("source_id", "source_1", "source_2")
#: Who tells a fact.
ORIGINS = ["paper or registry", "the article only", "review or press"]
#: Of several on one fact, whose word is taken first. The article comes last: what others tell too is not its word alone.
NEAREST = [ORIGINS[0], ORIGINS[2], ORIGINS[1]]
#: What of a level is not as printed: a sign for figures, and its words.
NOT_AS_PRINTED = {
    "†": "converted from another unit",
    "‡": "read off a figure",
    "§": "computed from printed figures",
    "*": "spread not labelled in the source, its kind is our reading",
    "¶": "unit not printed in the source, taken as this one",
}
#: What is said of a document in which no second extractor read.
ONE_READER = "read by one extractor"
#: What a kind of document is called where its text is spoken of.
_TEXTS = {
    "trial-registry": "registry record", "news": "page", "web-page": "page", "review": "review",
    "meta-analysis": "review", "guideline": "guideline",
}  # fmt: skip
_PREFIXES = {"doi": ", doi:", "registry_id": ", ", "pmid": ", PMID ", "url": ", "}


def origin(source_kind: pd.Series) -> pd.Series:
    """Say who tells a fact, a word of `ORIGINS`: the study itself, the article under review, or someone else."""
    first_hand = dict.fromkeys(FIRST_HAND, ORIGINS[0])
    return source_kind.map({**first_hand, "article-under-review": ORIGINS[1]}).fillna(ORIGINS[2])


def nearest(origins: str) -> str:
    """Choose, of those who report a fact (``review or press; the article only``), the one nearest to the study."""
    return min(origins.split("; "), key=NEAREST.index)


def extent(access: str, read: str | None) -> str:
    """Say how far a text was read, by `sources.access` and `sources.read`."""
    if access == "title":
        return "title only"
    if access == "full-text":
        return "to its end"
    known = {"complete": "to its end", "cut": "our copy ends early"}.get(str(read))
    return known or ("in part" if access in {"table", "body-excerpt"} else "not noted")


def text_name(kind: str, access: str) -> str:
    """Name the text of a document that was available to us, by `sources.kind` and `sources.access`: ``"abstract"``, ``"paper"``."""
    return {"abstract": "abstract", "registry-record": "registry record"}.get(
        access, _TEXTS.get(kind, "paper")
    )


def gap(kind: str, access: str, read: str | None, what: str = "it") -> str:
    """Say why a document may hold a figure that we have not, or that it does not report it.

    A figure that a cut copy lacks is a gap of our reading; only a text read to its end can be said not to report it.
    """
    paper, text = _TEXTS.get(kind, "paper"), text_name(kind, access)
    if read == "cut":
        return f"our copy of the {text} ends before {what}"
    if access == "title":
        return f"only the title of the {paper} was available to us"
    if access in {"table", "body-excerpt"}:
        return f"only part of the {paper} was available to us"
    if access == "secondary":
        return "the study's own paper was not available to us"
    if extent(access, read) == "not noted":
        return (
            f"the {text} available to us does not report {what}; whether our copy is complete was not noted"
        )
    return f"the {text}, read to its end, does not report {what}"


def gaps(studies: pd.DataFrame, sources: pd.DataFrame, what: str = "it") -> dict[str, str]:
    """Say for every study what `gap` says of its main document: study_id -> words."""
    documents = sources[["kind", "access", "read"]].map(_text).itertuples(index=False)
    words = {
        source: gap(kind, access, read, what)
        for source, (kind, access, read) in zip(sources["source_id"], documents, strict=True)
    }
    return {
        str(study): words[source]
        for study, source in zip(studies["study_id"], studies["source_id"], strict=True)
        if source in words
    }


def provenance_of(tables: Mapping[str, pd.DataFrame], table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """Say of every row of a table, or of a selection from it, where it comes from.

    The columns `COLUMNS`, missing where it names nothing. Claims and criteria come from the article; a
    discrepancy from the first document it names, else from the main one of its study.
    """
    sources = tables["sources"]
    if table in OF_THE_ARTICLE:
        article = sources.loc[sources["kind"] == "article-under-review", "source_id"]
        source = pd.Series(article.iloc[0] if len(article) else pd.NA, index=rows.index, dtype="str")
        locator = "section " + _column(rows, "section").fillna(_column(rows, "domain")).fillna("of the claim")
    else:
        main = _column(rows, "study_id").map(tables["studies"].set_index("study_id")["source_id"])
        source = (
            _column(rows, "source_id").fillna(_first_document(rows, set(sources["source_id"]))).fillna(main)
        )
        locator = _column(rows, "locator").fillna("main document")
    documents = sources.drop_duplicates("source_id").set_index("source_id")
    found = documents.reindex(source)[["doi", "url", "access"]].set_axis(rows.index)
    origin = pd.DataFrame(
        {
            "study": _column(rows, "study_id"),
            "source": source,
            "citation": source.map(citations(sources[sources["source_id"].isin(source)])),
            **{name: found[name] for name in found.columns},
            "locator": locator,
            "extraction": _column(rows, "extraction"),
            "note": _column(rows, "note"),
        },
        index=rows.index,
    )
    origin["agreement"] = agreement(tables["double_extraction"], origin["study"], source)
    return origin[COLUMNS]


def with_origin(sources: pd.DataFrame, double_extraction: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Add to documents how they are cited, who reports there and how far readers agreed; the last also by study."""
    words, cited = _agreed(double_extraction), citations(sources, ("doi",))
    read = zip(double_extraction["study_id"], double_extraction["source_id"], strict=True)
    documents = sources.assign(
        citation=[cited[document] for document in sources["source_id"]],
        origin=origin(sources["kind"]),
        document_agreement=[words.get((document,), ONE_READER) for document in sources["source_id"]],
    )
    return documents, double_extraction.assign(agreement=[words[pair] for pair in read])


def citations(sources: pd.DataFrame, addresses: tuple[str, ...] = tuple(_PREFIXES)) -> dict[str, str]:
    """Cite documents by `source_id`, ``"Yan 2020, doi:10.1111/cpr.12938"``: the first address that each has."""
    # A walk over all columns takes longer than what is done in it.
    named = sources[["source_id", "kind", "first_author", "year", "journal", "title_short", *addresses]]
    return {
        str(row["source_id"]): short_name(row) + address(row, addresses) for row in named.to_dict("records")
    }


def short_name(source: Any) -> str:
    """Name a document by first author and year, or by what else is known of it."""
    if source["kind"] == "article-under-review":
        return "the article under review"
    author, year = _given(source, "first_author"), _given(source, "year")
    if not author:
        name = _given(source, "journal") or str(source["title_short"])
        return f"{name} {year}" if year and year not in name else name
    surname, _, initials = author.rpartition(" ")
    named = surname if surname and initials.isupper() else author
    return f"{named} {year}" if year else named


def address(source: Any, columns: tuple[str, ...] = tuple(_PREFIXES)) -> str:
    """Write the first address that a document has, with a comma before it; empty if it has none."""
    for column in columns:
        value = _given(source, column)
        if value:
            return _PREFIXES[column] + value
    return ""


def agreement(double_extraction: pd.DataFrame, study: pd.Series, source: pd.Series) -> pd.Series:
    """Say how far two extractors agreed on what they read of a study in a document.

    ``"read twice: 32 of 33 items agree; not: dose: 3 against 5"``, `ONE_READER` where nobody read it again; without a study, of all that was read
    in the document; missing without a document.
    """
    words = _agreed(double_extraction[double_extraction["source_id"].isin(source)])
    agreed = [
        pd.NA
        if pd.isna(document)
        else words.get((document,) if pd.isna(whose) else (whose, document), ONE_READER)
        for whose, document in zip(study, source, strict=True)
    ]
    return pd.Series(agreed, index=study.index, dtype="str")


def _agreed(read: pd.DataFrame) -> dict[tuple[str, ...], str]:
    """Say how many items agree, and which do not, for each document and for each study in it."""
    counts: dict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    apart: dict[tuple[str, ...], list[str]] = defaultdict(list)
    columns = ["study_id", "source_id", "item", "agree", "value_a", "value_b"]
    for study, source, item, agree, *values in read[columns].itertuples(index=False):
        one, other = ("blank" if pd.isna(value) else value for value in values)
        for key in ((source,),) if pd.isna(study) else ((source,), (study, source)):
            counts[key][agree] += 1
            if agree == "no":
                apart[key].append(f"{item}: {one} against {other}")
    return {key: _agreement_words(of, apart[key]) for key, of in counts.items()}


def _agreement_words(counts: Counter[str], apart: list[str]) -> str:
    both, alone = counts["yes"] + counts["no"], counts["a-only"] + counts["b-only"]
    if not both:
        return f"no item read by both, {alone} by one only"
    words = f"read twice: {counts['yes']} of {both} items agree"
    words += f", {alone} read by one only" if alone else ""
    return words + (f"; not: {'; '.join(apart)}" if apart else "")


def documents_named(rows: pd.DataFrame) -> set[str]:
    """Name the documents that rows of a table name, in whichever column."""
    columns = [rows[name] for name in DOCUMENTS if name in rows]
    return {name for column in columns for cell in column.dropna() for name in str(cell).split(SEPARATOR)}


def _first_document(rows: pd.DataFrame, known: set[str]) -> pd.Series:
    named = (_column(rows, "source_1") + "; " + _column(rows, "source_2")).str.split("; ").explode()
    return named[named.isin(known)].groupby(level=0).first().reindex(rows.index)


def _column(rows: pd.DataFrame, name: str) -> pd.Series:
    # A column of blanks alone has lost its type; text it is all the same.
    return rows[name].astype("str") if name in rows else pd.Series(pd.NA, index=rows.index, dtype="str")


def _text(cell: Any) -> str:
    return "" if pd.isna(cell) else str(cell)


def _given(row: Any, column: str) -> str | None:
    value = row[column]
    return None if pd.isna(value) else str(value)


#: The columns of ``Evidence.select`` that a row must keep to end in its link.
LINK = ("evidence_row", "study_label", "citation", "locator", "access", "agreement", "doi", "url")
