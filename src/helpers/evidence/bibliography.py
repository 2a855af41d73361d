"""The documents as BibTeX, so that a manuscript can cite what the evidence cites."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
from pybtex.database import BibliographyData, Entry, Person

from helpers.files import write_atomically

#: Entry types of BibTeX; what is no paper is `misc`.
_ARTICLES = ("journal-article", "review", "meta-analysis")
_ADDRESS = re.compile(r'^ +(?:doi|url|eprint) = ".*"', flags=re.MULTILINE)
FILE = "references.bib"
#: A word with a capital that does not merely begin the title: ``hPMSC``, ``POF``, ``Th17``, ``China``.
_CAPITALS = re.compile(r"(?!^[A-Z][a-z]*\b)\b\w*[A-Z]\w*")
_FIELDS = {"title_short": "title", "journal": "journal", "year": "year", "doi": "doi", "url": "url"}


def bibtex(sources: pd.DataFrame) -> str:
    """Write the documents as BibTeX.

    Parameters
    ----------
    sources : pandas.DataFrame
        The table `sources`.

    Returns
    -------
    str
        One entry per document under its `source_id`, in the order of the table. Only what stands in the table
        is written: the first author stands for all where more are not known, and titles are the short titles of
        the table, with abbreviations and names in braces. A retraction stands in `note`.
    """
    entries = {str(row["source_id"]): _entry(row) for _, row in sources.iterrows()}
    written: str = BibliographyData(entries).to_string("bibtex")
    # Addresses are copied as they are: a backslash that LaTeX wants in text would break them.
    return _ADDRESS.sub(lambda line: line[0].replace("\\", ""), written)


def write(folder: Path) -> Path:
    """Write ``references.bib`` beside the tables.

    Parameters
    ----------
    folder : pathlib.Path
        Folder of an evidence package.

    Returns
    -------
    pathlib.Path
        The file written.
    """
    sources = pd.read_csv(folder / "sources.csv", dtype="str")
    write_atomically(folder / FILE, bibtex(sources))
    return folder / FILE


def _entry(source: pd.Series[Any]) -> Entry:
    fields = {name: str(source[column]) for column, name in _FIELDS.items() if pd.notna(source[column])}
    # A style that sets titles in small letters keeps what stands in braces.
    if "title" in fields:
        fields["title"] = _CAPITALS.sub(r"{\g<0>}", fields["title"])
    kind = "article" if source["kind"] in _ARTICLES and "journal" in fields else "misc"
    if kind == "misc" and "journal" in fields:
        fields["howpublished"] = fields.pop("journal")
    for column, name in (("pmid", "PMID"), ("registry_id", "registry")):
        if pd.notna(source[column]):
            fields["eprint"], fields["eprinttype"] = str(source[column]), name
            break
    remarks = [str(source["kind"]).replace("-", " ")] if kind == "misc" else []
    if pd.notna(source["retracted"]):
        remarks.append(f"retracted {source['retracted']}")
    if remarks:
        fields["note"] = "; ".join(remarks)
    person = source["kind"] in (*_ARTICLES, "preprint")
    return Entry(kind, fields=fields, persons={"author": _authors(source["first_author"], person=person)})


def _authors(first: Any, *, person: bool) -> list[Person]:
    if pd.isna(first):
        return []
    surname, _, initials = str(first).rpartition(" ")
    if person and surname and initials.isupper():
        return [Person(last=surname, first=initials), Person(last="others")]
    # Braces keep a name of several words together.
    name = f"{{{first}}}" if surname else str(first)
    return [Person(last=name), *([Person(last="others")] if person else [])]
