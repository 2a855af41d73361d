"""The documents as BibTeX, so that a manuscript can cite what the evidence cites."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from pybtex.database import BibliographyData, Entry, Person

from helpers.evidence.faults import Fault
from helpers.evidence.table_text import plain
from helpers.files import write_atomically

#: Entry types of BibTeX; what is no paper is `misc`.
_ARTICLES = ("journal-article", "review", "meta-analysis")
_ADDRESS = re.compile(r'^ +(?:doi|url|eprint) = ".*"', flags=re.MULTILINE)
FILE = "references.bib"
#: A word with a capital that does not merely begin the title: ``hPMSC``, ``POF``, ``Th17``, ``China``.
_CAPITALS = re.compile(r"(?!^[A-Z][a-z]*\b)\b\w*[A-Z]\w*")
#: The beginning of an entry: its type and its key.
_START = re.compile(r"^@(\w+)\{([^,\s]+),", flags=re.MULTILINE)
_ANEW = "`make codebook` writes the file anew from sources.csv"
_FIELDS = {"title_short": "title", "journal": "journal", "year": "year", "doi": "doi", "url": "url"}


def bibtex(sources: pd.DataFrame) -> str:
    """Write the table `sources` as BibTeX.

    One entry per document under its `source_id`, with nothing but what stands in the table. The first author
    stands for all where more are not known; abbreviations and names in titles are in braces.
    """
    entries = {str(row["source_id"]): _entry(row) for row in sources.to_dict("records")}
    written: str = BibliographyData(entries).to_string("bibtex")
    # Addresses are copied as they are: a backslash that LaTeX wants in text would break them.
    return _ADDRESS.sub(lambda line: line[0].replace("\\", ""), written)


def write(folder: Path) -> Path:
    """Write ``references.bib`` beside the tables of a package, and give its path."""
    sources = pd.read_csv(folder / "sources.csv", dtype="str")
    write_atomically(folder / FILE, bibtex(sources))
    return folder / FILE


def faults(folder: Path) -> list[Fault]:
    """Compare ``references.bib`` with the documents: one fault per entry too many, missing or different.

    None without such a file.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    sources = pd.read_csv(folder / "sources.csv", dtype="str")
    written = _entries(plain(path.read_bytes()).decode("utf-8", "replace"))
    wanted = _entries(bibtex(sources))
    rules = {
        **{key: "is no source_id of sources.csv" for key in written if key not in wanted},
        **{key: "is in sources.csv and has no entry here" for key in wanted if key not in written},
        **{
            key: "says something else than sources.csv"
            for key in wanted
            if written.get(key, wanted[key]) != wanted[key]
        },
    }
    return [Fault(FILE, 0, "", key, f"{rule}; {_ANEW}") for key, rule in rules.items()]


def _entries(text: str) -> dict[str, tuple[str, str]]:
    """Take BibTeX apart: type and fields of each entry by its key."""
    parts = iter(_START.split(text)[1:])
    return {key: (kind, fields.strip()) for kind, key, fields in zip(parts, parts, parts, strict=True)}


def _entry(source: Mapping[Any, Any]) -> Entry:
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
