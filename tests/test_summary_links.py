"""Where the numbers of the summary lead that have no evidence row."""

from __future__ import annotations

import json
from typing import Any

import nbformat
import pytest

from helpers.questions.summary.catalogue import led, strong
from helpers.rendering.page_cells import labelled
from helpers.rendering.search_words import script
from helpers.rendering.summary_links import link_numbers

NEW: Any = nbformat.v4


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("1. [Harm](10_safety.ipynb): 16 of 21", '1. [Harm](10_safety.ipynb): <a href="10_safety.html">16 of 21</a>'),
        ("No page: 16 of 21", "No page: 16 of 21"),
        (
            "[A](08_pooled_outcomes.ipynb) 8 in 100 (95 % CI 2 to 31). Without cells: 10.",
            '[A](08_pooled_outcomes.ipynb) <a href="08_pooled_outcomes.html">8 in 100</a> (95 % CI '
            '<a href="08_pooled_outcomes.html">2 to 31</a>). Without cells: <a href="09_background.html">10</a>.',
        ),
        (
            "[A](14_durability.ipynb) Norfolk 86, Yan 2020, 2026-11-24, <b title='7'>, <a href='x'>4 of 61</a>",
            "[A](14_durability.ipynb) Norfolk 86, Yan 2020, 2026-11-24, <b title='7'>, <a href='x'>4 of 61</a>",
        ),
        ("[甲](10_safety.ipynb)每100人 4 人", '[甲](10_safety.ipynb)每100人 <a href="10_safety.html">4</a> 人'),
    ],
)  # fmt: skip
def test_a_number_leads_to_the_page_that_its_paragraph_names(text: str, linked: str) -> None:
    cells = [
        NEW.new_markdown_cell(text),
        NEW.new_code_cell("", outputs=[NEW.new_output("display_data", data={"text/markdown": text})]),
    ]
    link_numbers(cells)
    assert cells[0].source == cells[1].outputs[0].data["text/markdown"] == linked


def test_a_number_of_a_table_leads_to_the_page_of_its_column_and_those_of_harm_to_safety() -> None:
    rows = "\n".join(f"<tr><td>{name} 1</td><td>8</td><td>9</td></tr>" for name in ("birth", "harm"))
    table = (
        f"<table><thead><tr><th>of 100</th><th>a</th><th>b</th></tr></thead><tbody>\n{rows}\n</tbody></table>"
    )
    cell = NEW.new_code_cell("", outputs=[NEW.new_output("display_data", data={"text/html": table})])
    link_numbers([cell])
    birth, harm = cell.outputs[0].data["text/html"].splitlines()[1:3]
    assert birth == (
        '<tr><td>birth 1</td><td><a href="08_pooled_outcomes.html">8</a></td><td><a href="09_background.html">9</a></td></tr>'
    )
    assert harm.count("10_safety.html") == 2


def test_what_counts_most_in_a_message_leads_to_its_page() -> None:
    listed = led([f"{strong('Unknown.')} More.", "", strong("Poorly known."), ""])
    assert listed.splitlines() == [
        "1. <strong>[Unknown.](08_pooled_outcomes.ipynb)</strong> More.",
        "2. <strong>[Poorly known.](10_safety.ipynb)</strong>",
    ]


def test_a_cell_knows_its_heading() -> None:
    table = '<table><thead><tr><th scope="col">a &amp; b</th><th>c</th></tr></thead><tr class="group"><th>g</th></tr><tr><td>1</td><td style="x">2</td></tr></table>'
    assert '<tr><td data-label="a &amp; b">1</td><td data-label="c" style="x">2</td></tr>' in labelled(table)


def test_words_that_a_page_says_often_are_counted_for_the_search() -> None:
    cells = [
        NEW.new_markdown_cell("AMH in <b amh>women</b>"),
        NEW.new_code_cell(
            "amh", outputs=[NEW.new_output("display_data", data={"text/html": "<td>AMH 2020 2020 7 7</td>"})]
        ),
    ]
    page = json.dumps(NEW.new_notebook(cells=cells)).encode()
    assert script(["05", "06"], {"05.ipynb": page}) == b'const WORDS_SAID = {"05": {"2020": 2, "amh": 2}};\n'
