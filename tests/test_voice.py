"""Rewritten pages answer in one sentence, in plain words, and without the words that the voice of the project retires."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"

PAGES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))

#: Words that a reader has to decode; the project says them otherwise.
RETIRED = [
    r"tells?", r"told", r"asks?", r"asked", r"stands?", r"stood", r"held against", r"what was read", r"left out", r"drawn by lot",
    r"lots?", r"women treated otherwise", r"otherwise treated", r"shares?", r"bayesian intervals?", r"noise", r"lights?",
    r"own (?:counts?|numbers?|pool|\d)", r"discount(?:ed|s)?", r"things?", r"(?<!umbilical-)(?<!umbilical )(?<!bone )(?<!bone-)(?:cord|marrow|fat) cells", r"take along", r"pictures?",
    r"multiverse", r"heard", r"shows? no (?:effect|difference)", r"is no effect",
    r"(?<!confidence )(?<!credible )(?<!prediction )(?<!exact )intervals?(?! that it)",
]  # fmt: skip
_RETIRED = re.compile(rf"\b(?:{'|'.join(RETIRED)})\b", re.IGNORECASE)
_WORDS, _FIRST = 180, 32


def notebook(name: str) -> dict[str, Any]:
    return dict(json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8")))


def joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def outputs(cell: dict[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    for output in cell.get("outputs", []):
        if kind in output.get("data", {}):
            yield output


def shown(name: str) -> Iterator[str]:
    """Take from a notebook the sentences that the project wrote: prose, computed sentences, heads of tables, alternative texts."""
    for cell in notebook(name)["cells"]:
        if cell["cell_type"] == "markdown":
            yield re.sub(r"`[^`]*`", "", joined(cell["source"]))
        for output in outputs(cell, "text/markdown"):
            yield joined(output["data"]["text/markdown"])
        for output in outputs(cell, "text/html"):
            page = joined(output["data"]["text/html"])
            yield from re.findall(r"<caption[^>]*>(.*?)</caption>", page)
            yield from re.findall(r'<th scope="col"[^>]*>(.*?)</th>', page)
            yield from re.findall(r'<p class="table-note"[^>]*>(.*?)</p>', page)
        for output in outputs(cell, "image/png"):
            yield str(output.get("metadata", {}).get("image/png", {}).get("alt", ""))


def answer(name: str) -> str:
    """Take the computed answer of a notebook."""
    for cell in notebook(name)["cells"]:
        if "answer" in cell["metadata"].get("tags", []):
            return joined(next(outputs(cell, "text/markdown"))["data"]["text/markdown"])
    raise AssertionError(f"{name} has no answer")


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\s]*\w[^\s]*", text)


@pytest.mark.parametrize("name", PAGES)
def test_no_retired_word_is_on_a_page(name: str) -> None:
    found = [(match[0], text) for text in shown(name) for match in _RETIRED.finditer(text)]
    assert not found


# The summary answers in a list of messages, which its own tests measure.
@pytest.mark.parametrize("name", [name for name in PAGES if name != "00_summary"])
def test_an_answer_is_short_and_its_first_paragraph_is_one_sentence(name: str) -> None:
    text = answer(name)
    first = text.split("\n\n")[0]
    assert first.endswith(".")
    assert not re.search(r"\w[.?!] [A-Z]", first)
    assert len(words_of(first)) <= _FIRST
    assert len(words_of(text)) <= _WORDS


@pytest.mark.parametrize(
    "sentence",
    [
        "Reviews tell it.",
        "A number stands beside it.",
        "A share of the women.",
        "The 95 % interval is wide.",
        "It shows no effect.",
        "The picture below.",
    ],
)
def test_a_retired_word_is_found(sentence: str) -> None:
    assert _RETIRED.search(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["95 % confidence intervals", "cohorts with women in common", "the standing list", "The lightest"],
)
def test_other_words_are_not(sentence: str) -> None:
    assert not _RETIRED.search(sentence)
