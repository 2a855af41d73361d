"""The committed notebooks: executed, current, in the house form. nbval runs them again beside this file."""

from __future__ import annotations

import ast
import re
import statistics
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from committed import faults_of_committed
from helpers import evidence
from helpers.parameters import declared
from helpers.rendering import notebooks
from typed_results import typed_results

ROOT = Path(__file__).parents[1]
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "answer", "colophon", "nbval-ignore-output"}


def read(name: str) -> NotebookNode:
    return notebooks.read(ROOT / "notebooks" / f"{name}.ipynb")


def code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> str:
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_notebooks_are_those_of_the_book() -> None:
    assert {"01_claims", "04_outcomes", "05_hormone_trajectories", "06_cell_sources", "study_report"} <= set(
        NAMES
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_notebook_is_executed_and_current(name: str, ev: evidence.Evidence) -> None:
    """nbval alone lets a stripped notebook pass: without outputs it compares nothing."""
    assert faults_of_committed(read(name), ev) == [], "run `make accept`"


def strip(notebook: NotebookNode) -> None:
    for cell in code(notebook):
        cell.outputs, cell.execution_count = [], None


def change_a_cell(notebook: NotebookNode) -> None:
    notebook.cells[-1].source += " "


def swap(notebook: NotebookNode) -> None:
    first, second = code(notebook)[:2]
    first.execution_count, second.execution_count = second.execution_count, first.execution_count


def fail(notebook: NotebookNode) -> None:
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="x")  # type: ignore[no-untyped-call]
    code(notebook)[0].outputs = [error]


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (strip, "stripped"),
        (change_a_cell, "stale"),
        (swap, "not executed in one go"),
        (fail, "ended with ValueError"),
    ],
)
def test_a_spoilt_notebook_is_refused(
    spoil: Callable[[NotebookNode], None], word: str, ev: evidence.Evidence
) -> None:
    notebook = read("04_outcomes")
    spoil(notebook)
    assert any(word in fault for fault in faults_of_committed(notebook, ev))


def test_a_notebook_executed_on_other_data_is_refused(ev: evidence.Evidence) -> None:
    notebook = read("04_outcomes")
    stamp = notebook.metadata["reanalysis"]
    stamp["reads"] = {**stamp["reads"], "table:outcomes": "0" * 64}
    assert faults_of_committed(notebook, ev) == []
    stamp["data"] = "0" * 64
    assert faults_of_committed(notebook, ev) == [
        "stale: table outcomes is not as it was when this was executed"
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_has_the_house_form(name: str) -> None:
    notebook = read(name)
    lines = [len(cell.source.splitlines()) for cell in code(notebook)]
    assert len(notebook.cells) <= 40
    assert max(lines) <= 10
    assert statistics.median(lines) <= 3
    assert notebook.cells[0].source.startswith("# ")
    assert notebook.cells[0].source.splitlines()[0].endswith("?")
    assert sum(source.count("\n# ") for source in [prose(notebook)]) == 0
    headings = re.findall(r"^## (.+)$", prose(notebook), flags=re.MULTILINE)
    assert headings[:3] == ["Parameters", "Load the evidence", "Answer"]
    assert headings[3].startswith("Check")
    assert headings[-1] == "Colophon"


@pytest.mark.parametrize("name", NAMES)
def test_tags_come_from_the_list(name: str) -> None:
    used = [tag for cell in read(name).cells for tag in notebooks.tags(cell)]
    assert set(used) <= TAGS
    for once in ("parameters", "answer", "colophon"):
        assert used.count(once) == 1


@pytest.mark.parametrize("name", NAMES)
def test_no_result_is_typed_into_prose(name: str, ev: evidence.Evidence) -> None:
    assert typed_results(prose(read(name)), ev.studies["label"]) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_parameter_says_what_it_means_and_allows(name: str) -> None:
    parameters = declared(read(name))
    assert parameters
    for parameter in parameters.values():
        assert len(parameter.help) > 5
        assert parameter.allowed


@pytest.mark.parametrize("name", NAMES)
def test_no_statistic_is_computed_in_a_cell(name: str) -> None:
    tree = ast.parse("\n".join(cell.source for cell in code(read(name))))
    operators = {type(node.op).__name__ for node in ast.walk(tree) if isinstance(node, ast.BinOp)}
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert operators <= {"Add"}
    assert not called & {"mean", "median", "std", "var", "quantile", "agg", "sum", "groupby"}
    assert not imported


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_is_computed(name: str) -> None:
    (cell,) = [cell for cell in read(name).cells if "answer" in notebooks.tags(cell)]
    assert re.search(r"\b(\w+_)?text\.", cell.source)
    assert re.search(r"\d", cell.outputs[0].data["text/markdown"])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_the_machine_is_in_a_notebook(name: str) -> None:
    content = (ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8")
    # A picture is text in which any word may stand by chance.
    content = re.sub(r'"image/png": "[^"]*"', "", content)
    assert str(ROOT) not in content
    assert str(Path.home()) + "/" not in content
    assert "ipykernel_" not in content
