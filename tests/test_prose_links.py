"""What sentences of the book lead to."""

from __future__ import annotations

import pytest

from helpers import evidence
from helpers.evidence.vocabulary import phrase
from helpers.rendering.prose_links import CountRow, ProseLinks, prose_links

LINKS = ProseLinks(
    pages={"10_safety": "Is it \"safe\" & sound?"},
    reports={"Yan 2020": "yan.html", "Yan 2020 (one case)": "case.html"},
    claims={"c001": "claims.html#row-2"},
    counts={
        ("4", "61"): [CountRow("Yan 2020", "live birth", "o.html#row-9"), CountRow("Yan 2020", "pregnancy", "o.html#row-8")],
        ("7", "8"): [CountRow("Yan 2020", "ART pregnancy", "o.html#row-7"), CountRow("Yan 2020", "live birth", "o.html#row-6")],
        ("41", "72"): [CountRow("Zhu 2023", "live birth", "o.html#row-5", "IUA")],
        ("1", "10"): [CountRow("C 3", "live birth", "o.html#row-4", "POI"), CountRow("C 3", "live birth", "o.html#row-3", "POI")],
        ("2", "9"): [CountRow("D 4", "live birth", "o.html#row-11", "POI"), CountRow("E 5", "live birth", "o.html#row-10", "POI")],
        ("1", "2"): [CountRow("A 1", "pregnancy", "o.html#row-1"), CountRow("B 2", "pregnancy", "o.html#row-2")],
    },
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("In Yan 2020, as", 'In <a href="yan.html">Yan 2020</a>, as'),
        ("Yan 2020 (one case) had", '<a href="case.html">Yan 2020 (one case)</a> had'),
        ("Yan 20201", "Yan 20201"),
        ("p < 0.05 in Yan 2020, x > 1", 'p < 0.05 in <a href="yan.html">Yan 2020</a>, x > 1'),
        ("4 of 61 women", "4 of 61 women"),
        ("Yan 2020: 4/61.", '<a href="yan.html">Yan 2020</a>: 4/61.'),
        (
            "Births live in Yan 2020: 4/61.",
            'Births live in <a href="yan.html">Yan 2020</a>: <a href="o.html#row-9">4/61</a>.',
        ),
        (
            "Pregnant, Yan 2020: 4/61.",
            'Pregnant, <a href="yan.html">Yan 2020</a>: <a href="o.html#row-8">4/61</a>.',
        ),
        (
            "**Live birth.** Yan 2020: 4/61.",
            '**Live birth.** <a href="yan.html">Yan 2020</a>: <a href="o.html#row-9">4/61</a>.',
        ),
        (
            "An article on pregnancy, Yan 2020: 7/8.",
            'An article on pregnancy, <a href="yan.html">Yan 2020</a>: 7/8.',
        ),
        (
            "Live birth is rare.\n\nNot its own: Yan 2020, 4 of 61.",
            'Live birth is rare.\n\nNot its own: <a href="yan.html">Yan 2020</a>, <a href="o.html#row-9">4 of 61</a>.',
        ),
        (
            "Live birth, pregnancy: rare.\nPregnant or not. Yan 2020, 4 of 61.",
            'Live birth, pregnancy: rare.\nPregnant or not. <a href="yan.html">Yan 2020</a>, <a href="o.html#row-8">4 of 61</a>.',
        ),
        (
            "Had a child, Yan 2020: 4/61",
            'Had a child, <a href="yan.html">Yan 2020</a>: <a href="o.html#row-9">4/61</a>',
        ),
        (
            "POI: live birth ranged from 1 of 10 (10 %) to 2 of 5.",
            'POI: live birth ranged from <a href="o.html#row-4">1 of 10</a> (10 %) to 2 of 5.',
        ),
        (
            "POI: live birth from 0 of 5 to 1 of 10",
            'POI: live birth from 0 of 5 to <a href="o.html#row-4">1 of 10</a>',
        ),
        ("IUA: live birth ranged from 1 of 10 to 2 of 5.", "IUA: live birth ranged from 1 of 10 to 2 of 5."),
        ("POI: live birth ranged from 2 of 9 to 3 of 5.", "POI: live birth ranged from 2 of 9 to 3 of 5."),
        ("POI: live birth in 1 of 10 studies", "POI: live birth in 1 of 10 studies"),
        (
            "Live birth: A 1 had 4 of 61 (7 %) of Yan 2020",
            'Live birth: A 1 had <a href="o.html#row-9">4 of 61</a> (7 %) of <a href="yan.html">Yan 2020</a>',
        ),
        (
            "Zhu 2023：用干细胞的 72 名女性中 41 名。",
            'Zhu 2023：用干细胞的 <a href="o.html#row-5">72 名女性中 41</a> 名。',
        ),
        (
            "Yan 2020：61 名中 4 名活产",
            '<a href="yan.html">Yan 2020</a>：<a href="o.html#row-9">61 名中 4</a> 名活产',
        ),
        ("Zhu 2023 有效。72 名女性中 41 名。", "Zhu 2023 有效。72 名女性中 41 名。"),
        ("72 名女性。其中 41 名", "72 名女性。其中 41 名"),
        ("4 of 61 gains, or 4/61.", "4 of 61 gains, or 4/61."),
        ("14 of 61, 4 of 612, 0.4 of 61, 4 of 61.5", "14 of 61, 4 of 612, 0.4 of 61, 4 of 61.5"),
        ("(c001) and c002", '(<a href="claims.html#row-2">c001</a>) and c002'),
        ("1 of 2 women", "1 of 2 women"),
        ("A 1: 1 of 2 women. B 2", 'A 1: <a href="o.html#row-1">1 of 2</a> women. B 2'),
        ("A 1, then Yan 2020: 1 of 2", 'A 1, then <a href="yan.html">Yan 2020</a>: 1 of 2'),
        ("A 1, then B 2: 1 of 2", 'A 1, then B 2: <a href="o.html#row-2">1 of 2</a>'),
        ("1 of 2 in A 1, then B 2", '<a href="o.html#row-1">1 of 2</a> in A 1, then B 2'),
        ("`4 of 61` [4 of 61](x) <b title='Yan 2020'>", "`4 of 61` [4 of 61](x) <b title='Yan 2020'>"),
        ("# Yan 2020", "# Yan 2020"),
        (
            "More: `10_safety`.",
            'More: <a href="10_safety.html" title="Is it &quot;safe&quot; &amp; sound?">`10_safety`</a>.',
        ),
        ("10_safety, `11_safety`, `10_safety.ipynb`", "10_safety, `11_safety`, `10_safety.ipynb`"),
    ],
)
def test_a_sentence_leads_to_what_it_names(text: str, linked: str) -> None:
    assert LINKS.linked(text) == linked


def test_a_link_is_made_once() -> None:
    once = LINKS.linked("Live birth in Yan 2020: 4 of 61; see `10_safety`")
    assert LINKS.linked(once) == once


def test_every_count_leads_to_a_row_with_it(ev: evidence.Evidence) -> None:
    links = prose_links(ev, {"yan2020"}, {})
    assert links.reports == {"Yan 2020": "study_report-yan2020.html"}
    for (events, total), rows in links.counts.items():
        for label, outcome, address, _ in rows:
            row = ev.select("outcomes").loc[int(address.rpartition("-")[2]) - 2]
            assert (row["events"], row["total"], row["study_label"]) == (int(events), int(total), label)
            assert phrase(str(row["outcome"])) == outcome
