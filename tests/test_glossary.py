"""The glossary: what it says, and where its terms are marked."""

from __future__ import annotations

import re

import pytest

from helpers.rendering import glossary


def test_every_term_has_one_sentence_a_chinese_term_and_no_result() -> None:
    for term in glossary.terms():
        assert re.search(r"[\u4e00-\u9fff]", term.chinese), term.name
        assert term.meaning.endswith("."), term.name
        assert ". " not in term.meaning, term.name
        assert "%" not in term.meaning, term.name
    anchors = [term.anchor for term in glossary.terms()]
    assert len(set(anchors)) == len(anchors)


def test_no_words_lead_to_two_terms() -> None:
    words = [words for term in glossary.terms() for words in term.marked]
    assert len(set(words)) == len(words)


def test_a_term_is_marked_where_a_page_first_uses_it() -> None:
    first, second = glossary.marked(["AMH rose, and AMH fell.", "AMH again. FSH."])
    assert re.fullmatch(
        r'<a class="term" href="glossary.html#term-amh" title="anti-Müllerian hormone. [^"]*">AMH</a> rose, and AMH fell\.',
        first,
    )
    assert second.startswith('AMH again. <a class="term" href="glossary.html#term-fsh"')


@pytest.mark.parametrize(
    "text",
    [
        "# AMH",
        "`AMH`",
        "```python\nAMH\n```",
        '<a href="x">AMH</a>',
        'p < 0.05 in <a href="x">AMH</a>',
        '<img alt="AMH">',
        "[AMH](x)",
        "amh, AMHR, pre-AMH, art",
        "<details><summary>AMH</summary>",
        "::::{container} AMH",
    ],
)
def test_code_links_headings_and_parts_of_words_are_left_alone(text: str) -> None:
    assert glossary.marked([text]) == [text]


def test_words_may_begin_a_sentence_and_the_longest_term_is_taken() -> None:
    (text,) = glossary.marked(["Confidence interval of UC-MSC"])
    assert re.findall(r"#(term-[^\"]*)", text) == ["term-confidence-interval-ci", "term-uc-msc"]
