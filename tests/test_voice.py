"""Pages answer in one sentence, in plain words; no text for a reader has the words that the voice of the project retires."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from helpers import evidence, stats

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "notebooks"

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
#: Which interval it is, functions and messages say by the name of an option or of a method.
_RETIRED_OF_FUNCTIONS = re.compile(rf"\b(?:{'|'.join(RETIRED[:-1])})\b", re.IGNORECASE)
#: Packages whose messages a user reads on the command line, in a sheet or as an error.
_SPEAKING = ("checks", "cli", "evidence", "intake", "stats")
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


@pytest.mark.parametrize("file", ["README.md", "data/README.md"])
def test_no_retired_word_is_in_a_description(file: str) -> None:
    text = re.sub(r"```.*?```|`[^`]*`", "", (ROOT / file).read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not [(match[0], line) for line in text.splitlines() for match in _RETIRED.finditer(line)]


def messages(path: Path) -> Iterator[str]:
    """Take the strings of a module that have words, and are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value if " " in node.value.strip() else ""


@pytest.mark.parametrize("package", _SPEAKING)
def test_no_retired_word_is_in_a_message(package: str) -> None:
    said = [text for path in (ROOT / "src" / "helpers" / package).glob("*.py") for text in messages(path)]
    assert any(said)
    assert not [(match[0], text) for text in said for match in _RETIRED_OF_FUNCTIONS.finditer(text)]


def docstrings(package: ModuleType) -> Iterator[str]:
    """Take what the book shows of a package: the docstrings of what it offers, and of the methods of its classes."""
    for name in package.__all__:
        offered = getattr(package, name)
        members = vars(offered).items() if inspect.isclass(offered) else ()
        public = [
            member for key, member in members if not key.startswith("_") and not isinstance(member, str)
        ]
        yield from (
            inspect.getdoc(each) or ""
            for each in [offered, *public]
            if callable(each) or isinstance(each, property)
        )


@pytest.mark.parametrize("package", [stats, evidence], ids=["stats", "evidence"])
def test_no_retired_word_is_in_a_public_docstring(package: ModuleType) -> None:
    shown = [re.sub(r"`[^`]*`", "", text) for text in docstrings(package)]
    assert any(shown)
    assert not [(match[0], text) for text in shown for match in _RETIRED_OF_FUNCTIONS.finditer(text)]


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
