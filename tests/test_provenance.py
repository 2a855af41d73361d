"""The way back from a number: documents, agreement of the extractors, BibTeX, and the links beside numbers."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest
from pybtex.database import parse_string
from pybtex.style.formatting import plain

from helpers import evidence
from helpers.evidence import bibliography
from helpers.evidence.provenance import COLUMNS, ONE_READER, agreement, extent, gap, gaps, provenance_of
from helpers.rendering.evidence_pages import with_row_links
from helpers.show import table

ROOT = Path(__file__).parents[1]


def test_every_row_tells_its_document_place_and_depth(ev: evidence.Evidence) -> None:
    for name, frame in ev.tables.items():
        origins = provenance_of(ev.tables, name, frame)
        assert list(origins.columns) == COLUMNS
        assert origins.index.equals(frame.index)
        assert not origins[["source", "citation", "locator", "access"]].isna().any(axis=None), name
        assert not origins[["doi", "url"]].isna().all(axis=1).any(), name


def test_agreement_counts_the_items_that_two_extractors_read_and_names_those_that_differ() -> None:
    pairs = pd.DataFrame(
        {
            "study_id": ["a"] * 5 + ["b"],
            "source_id": ["s"] * 5 + ["s"],
            "item": ["route", "donor", "dose", "age", "design", "route"],
            "value_a": ["iv", "own", "3", "30", None, "iv"],
            "value_b": ["iv", "own", None, None, "rct", None],
            "agree": ["yes", "yes", "no", "a-only", "b-only", "a-only"],
        }
    )
    words = agreement(pairs, pd.Series(["a", "b", "c", "c", None, None]), pd.Series([*"ssst", "s", None]))
    assert list(words[:5]) == [
        "read twice: 2 of 3 items agree, 2 read by one only; not: dose: 3 against blank",
        "no item read by both, 1 by one only",
        ONE_READER,
        ONE_READER,
        "read twice: 2 of 3 items agree, 3 read by one only; not: dose: 3 against blank",
    ]
    assert pd.isna(words[5])


def test_a_trace_tells_the_agreement_of_the_extractors(ev: evidence.Evidence) -> None:
    index = ev.select("changes", study_id="herraiz2018", source_id="herraiz2018").index[0]
    own = ev.double_extraction.query("study_id == 'herraiz2018' and source_id == 'herraiz2018'")
    apart = own[own["agree"] == "no"]
    words = str(ev.trace("changes", int(index)).agreement)
    assert words.startswith(
        f"read twice: {(own['agree'] == 'yes').sum()} of {own['agree'].isin(['yes', 'no']).sum()} items agree"
    )
    assert len(apart)
    assert all(f"{row.item}: {row.value_a} against {row.value_b}" in words for row in apart.itertuples())
    background = ev.select("outcomes", study_id="bidet2011").index[0]
    assert ev.trace("outcomes", int(background)).agreement == ONE_READER


def test_the_shipped_bibtex_is_that_of_the_sources(ev: evidence.Evidence) -> None:
    assert (ROOT / "data" / bibliography.FILE).read_text(encoding="utf-8") == bibliography.bibtex(
        ev.sources
    ), "run `make codebook`"


def test_bibtex_holds_every_document_and_what_is_known_of_it(ev: evidence.Evidence) -> None:
    parsed = parse_string(bibliography.bibtex(ev.sources), "bibtex")
    assert list(parsed.entries) == list(ev.sources["source_id"])
    yan = parsed.entries["yan2020"]
    assert yan.type == "article"
    assert yan.fields["doi"] == "10.1111/cpr.12938"
    assert [str(person) for person in yan.persons["author"]] == ["Yan, L", "others"]
    dois = ev.sources.dropna(subset="doi").set_index("source_id")["doi"]
    assert all(parsed.entries[key].fields["doi"] == doi for key, doi in dois.items())


def test_bibtex_marks_what_was_retracted_and_keeps_special_characters(ev: evidence.Evidence) -> None:
    source = ev.sources.iloc[[0]].assign(title_short="50 % of {a} & b_c", retracted="undated", year=None)
    entry = parse_string(bibliography.bibtex(source), "bibtex").entries[str(source["source_id"].iloc[0])]
    assert entry.fields["title"].replace("\\", "") == "50 % of {a} & b_c"
    assert entry.fields["note"] == "retracted undated"
    assert "year" not in entry.fields


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("hPMSC in POF mice and Th17/Tc17 cells", "{hPMSC} in {POF} mice and {Th17}/{Tc17} cells"),
        ("MSC-based therapy (IVF), E2", "{MSC}-based therapy ({IVF}), {E2}"),
        ("Trial of 12 women in China", "Trial of 12 women in {China}"),
    ],
)
def test_bibtex_keeps_the_capitals_of_abbreviations_and_names(
    ev: evidence.Evidence, title: str, kept: str
) -> None:
    source = ev.sources[ev.sources["source_id"] == "yan2020"].assign(title_short=title)
    written = bibliography.bibtex(source)
    assert f'title = "{kept}"' in written
    (entry,) = plain.Style().format_entries(parse_string(written, "bibtex").entries.values())
    assert title in entry.text.render_as("text")


def test_an_organisation_is_no_person(ev: evidence.Evidence) -> None:
    guideline = ev.sources[ev.sources["first_author"] == "ESHRE Guideline Group"].iloc[[0]]
    assert 'author = "{ESHRE Guideline Group}"' in bibliography.bibtex(guideline)


def test_rows_of_evidence_end_in_a_link_that_tells_their_origin(ev: evidence.Evidence) -> None:
    rows = ev.select("outcomes", study_id="yan2020")
    shown = table.table(rows, {"events": "events"}, title="Counts")
    page = shown.html
    links = re.findall(
        r'<a href="([^"]+)" data-row="outcomes-(\d+)" title="([^"]+)">outcomes row (\d+)</a>', page
    )
    assert [int(row) for _, row, _, _ in links] == [index + 2 for index in rows.index]
    assert all(row == words for _, row, _, words in links)
    for (address, _, title, _), row in zip(links, rows.to_dict("records"), strict=True):
        assert address.startswith("http")
        assert all(str(row[part]) in title for part in ("study_label", "locator", "access"))
    assert list(shown.rows["evidence"]) == list(rows["evidence_row"])


def test_the_book_leads_each_row_to_its_own_page() -> None:
    page = '<td><a href="https://x.org" data-row="outcomes-12" title="t">outcomes row 12</a></td>'
    assert (
        with_row_links(page)
        == '<td><a href="evidence-outcomes.html#row-12" title="t">outcomes row 12</a></td>'
    )
    listed = '<span data-row="changes-3">changes row 3</span>; <span data-row="arms-4">arms row 4</span>'
    assert with_row_links(listed) == (
        '<a href="evidence-changes.html#row-3">changes row 3</a>; <a href="evidence-arms.html#row-4">arms row 4</a>'
    )


@pytest.mark.parametrize("address", [None, '"><script>alert(1)</script>'])
def test_a_hostile_or_missing_address_stays_text(ev: evidence.Evidence, address: str | None) -> None:
    rows = ev.select("outcomes", study_id="yan2020").head(1).assign(doi=None, url=address)
    page = table.table(rows, {"events": "events"}, title="Counts").html
    assert "<script>" not in page
    assert "outcomes row" in page


def test_a_row_of_no_known_source_has_no_trace(ev: evidence.Evidence) -> None:
    broken = dataclasses.replace(ev, sources=ev.sources[ev.sources["source_id"] != "yan2020"])
    row = ev.select("baseline", study_id="yan2020").index[0]
    with pytest.raises(ValueError, match="names no known source: 'yan2020'"):
        broken.trace("baseline", int(row))


@pytest.mark.parametrize(
    ("study", "words"),
    [
        ("cao2018", "our copy of the abstract ends before it"),
        ("yan2020", "our copy of the paper ends before it"),
        ("herraiz2018", "the abstract, read to its end, does not report it"),
        ("zafardoust2020", "only the title of the paper was available to us"),
    ],
)
def test_a_missing_figure_is_a_gap_of_our_reading_unless_the_text_was_read_to_its_end(
    ev: evidence.Evidence, study: str, words: str
) -> None:
    assert gaps(ev.studies, ev.sources)[study] == words


def test_a_text_of_which_nobody_noted_the_end_is_not_called_complete() -> None:
    assert extent("abstract", None) == "not noted"
    assert "was not noted" in gap("journal-article", "abstract", None)
    assert gap("article-under-review", "full-text", "complete").endswith(
        "read to its end, does not report it"
    )
