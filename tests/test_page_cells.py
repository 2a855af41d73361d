"""The order of what a page of the book shows of a notebook."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import nbformat

from helpers.rendering.page_cells import page_cells

LINKS: Any = SimpleNamespace(linked=lambda text: text)


def code(source: str, data: dict[str, str], *, tags: tuple[str, ...] = ()) -> Any:
    new: Any = nbformat.v4
    output = new.new_output("display_data", data=data)
    return new.new_code_cell(source, outputs=[output], metadata={"tags": list(tags)})


def page(answer: str) -> str:
    new: Any = nbformat.v4
    cells = [
        new.new_markdown_cell("# Is it good?\n\nA question."), new.new_markdown_cell("## Load"), new.new_code_cell("load()"),
        new.new_markdown_cell("## Answer"), code("say()", {"text/markdown": answer}, tags=("answer",)),
        code("draw()", {"image/png": "AAAA", "text/plain": "a figure"}), new.new_markdown_cell("What the figure shows."),
        new.new_markdown_cell("## Colophon"),
    ]  # fmt: skip
    made = page_cells(new.new_notebook(cells=cells), "one", "Is it good?", LINKS, {})
    return "\n".join(cell.source for cell in made)


def test_the_key_figure_comes_between_the_answer_and_what_more_it_says() -> None:
    shown = page("It is good.\n\nThe reason.\n\nThe limits.")
    order = ["It is good.", "<figure", "The reason.", "The limits.", "What the figure shows.", "load()"]
    places = [shown.index(words) for words in order]
    assert places == sorted(places)
    assert shown.count("question-answer") == shown.count("answer-more") == 1


def test_an_answer_that_is_a_list_or_one_paragraph_stays_whole() -> None:
    for answer in ("1. It is good.\n2. It lasts.\n\n*Made today.*", "It is good."):
        shown = page(answer)
        assert shown.index(answer) < shown.index("<figure")
        assert "answer-more" not in shown


def test_what_is_written_is_linked_as_what_is_computed() -> None:
    new: Any = nbformat.v4
    cells = [
        new.new_markdown_cell("# Is it good?"),
        new.new_markdown_cell("See A."),
        code("say()", {"text/markdown": "A said."}),
    ]
    linking: Any = SimpleNamespace(linked=lambda text: text.replace("A", "[A](a.html)"))
    _, written, computed = page_cells(new.new_notebook(cells=cells), "one", "Is it good?", linking, {})
    assert written.source == "See [A](a.html)."
    assert computed.outputs[0].data["text/markdown"] == "[A](a.html) said."
