"""What a notebook shows while one works in it: parameters that are checked, errors in a line, evidence and tables to explore."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from helpers import evidence
from helpers.errors import ChoiceError
from helpers.rendering import batch, kernels, notebooks
from helpers.rendering.plan import Request, make_runs
from helpers.rendering.project import Project
from helpers.show.table import table
from tiny import add, notebook

ROOT = Path(__file__).parents[1]
PARAMETERS = """\
outcome: list[str] = ["pregnancy"]  # outcomes; allowed: all | data outcomes.outcome
scale: str = "linear"  # scale of the axis; allowed: linear | log
level: float = 0.95  # confidence level; allowed: 0.5 to 0.999
months: list[int] = [6]  # months; allowed: 1 to 120
"""
LOAD = 'from helpers import evidence, parameters\nev = evidence.load("../data")\nparameters.check(ev)'
SHOWN = "print(outcome, scale, level, months)"


@pytest.fixture
def run(forking: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run cells as JupyterLab does, going on after an error, and give what each showed."""
    for name, value in {kernels.ADDRESS: forking or "", **kernels.DEFAULT}.items():
        if value:
            monkeypatch.setenv(name, value)
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "notebooks").mkdir()

    def executed(*code: str) -> list[list[NotebookNode]]:
        made = notebook(*code)
        place = {"metadata": {"path": str(tmp_path / "notebooks")}}
        client = NotebookClient(made, kernel_name="python3", timeout=60, allow_errors=True, resources=place)
        client.execute()
        return [cell.outputs for cell in made.cells if cell.cell_type == "code"]

    return executed


def shown(outputs: list[NotebookNode]) -> str:
    return "".join(output.get("text", "") or "\n".join(output.get("traceback", [])) for output in outputs)


def test_a_single_value_is_taken_where_a_list_is_meant(run: Any) -> None:
    changed = "outcome = 'live-birth'\nmonths = 12\nlevel = '0.9'"
    assert shown(run(PARAMETERS, changed, LOAD, SHOWN)[-1]) == "['live-birth'] linear 0.9 [12]\n"


def test_the_line_of_a_parameter_may_be_changed_in_its_place(run: Any) -> None:
    cell = PARAMETERS.replace('["pregnancy"]', "'live-birth'").replace("[6]", "(6, 12)")
    assert shown(run(cell, LOAD, SHOWN)[-1]) == "['live-birth'] linear 0.95 [6, 12]\n"


def test_what_is_not_allowed_stops_the_notebook_where_it_is_loaded_in_a_line_each(run: Any) -> None:
    outputs = run(PARAMETERS, "outcome = ['live birth']\nscale = 'lin'\nlevel = 95", LOAD)[-1]
    first, second, third = shown(outputs).splitlines()
    assert first.startswith("ParameterError: outcome: 'live birth' is not allowed; did you mean 'live-birth'")
    assert second == "scale: 'lin' is not allowed; did you mean 'linear'? Allowed: linear, log"
    assert third == "level: '95' is not allowed; allowed: 0.5 to 0.999"


def test_what_the_cell_says_when_it_ran_last_holds(run: Any) -> None:
    again = PARAMETERS.replace("linear | log", "linear | log | root").replace('"linear"', '"root"')
    assert shown(run(PARAMETERS, again, LOAD, SHOWN)[-1]) == "['pregnancy'] root 0.95 [6]\n"


def test_a_line_without_its_comment_and_a_cell_with_a_magic_are_let_pass(run: Any) -> None:
    cell = PARAMETERS.replace("  # scale of the axis; allowed: linear | log", "").replace("linear", "other")
    assert shown(run(f"%time\n{PARAMETERS}", cell, LOAD, SHOWN)[-1]) == "['pregnancy'] other 0.95 [6]\n"


def test_outside_a_notebook_nothing_is_checked(ev: evidence.Evidence) -> None:
    from helpers import parameters

    parameters.check(ev)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ev.select('outcomes', outcome='live birth')", "no row of outcomes has outcome='live birth'"),
        ("ev.cite('yan2021')", "no study or source 'yan2021'"),
        ("evidence.load('nowhere')", "1 fault in nowhere"),
    ],
)
def test_an_error_that_a_user_can_mend_is_shown_without_a_traceback(
    run: Any, code: str, message: str
) -> None:
    (output,) = run(LOAD, code)[-1]
    assert output.output_type == "error"
    assert "\n".join(output.traceback) == f"{output.ename}: {output.evalue}"
    assert message in output.evalue
    assert "Traceback" not in shown([output])


def test_a_bug_keeps_its_traceback(run: Any) -> None:
    (output,) = run("def broken():\n    return 1 / 0", "broken()")[-1]
    assert output.ename == "ZeroDivisionError"
    assert "Traceback" in shown([output])
    assert "broken()" in shown([output])


def test_an_error_of_a_choice_is_still_a_value_error(ev: evidence.Evidence) -> None:
    with pytest.raises(ValueError, match="there is no table") as caught:
        ev.select("nothing")
    assert isinstance(caught.value, ChoiceError)


@pytest.mark.usefixtures("warm")
def test_a_render_checks_in_the_notebook_what_papermill_puts_in_and_keeps_the_message(
    tmp_path: Path, ev: evidence.Evidence
) -> None:
    (tmp_path / "data").symlink_to(ROOT / "data")
    add(tmp_path, "a", LOAD, SHOWN, parameters=PARAMETERS)
    add(tmp_path, "b", "scale = 'lin'", LOAD, parameters=PARAMETERS)
    project = Project(tmp_path)
    requests = [Request("a", {"outcome": "live-birth", "level": "0.9"}), Request("b")]
    record = batch.render(project, ev, make_runs(project, ev, requests), command=["test"])
    good, bad = record.entries
    assert (good.status, bad.status) == ("ok", "failed")
    executed = notebooks.read(next((project.build / "notebooks").glob("a*.ipynb")))
    assert executed.cells[-1].outputs[0].text == "['live-birth'] linear 0.9 [6]\n"
    # What is allowed is no input of the notebook: a word more in the evidence changes none of its outputs.
    assert not any(name.startswith("table:outcomes") for name in executed.metadata["reanalysis"]["reads"])
    assert bad.error is not None
    assert bad.error.endswith("scale: 'lin' is not allowed; did you mean 'linear'? Allowed: linear, log")
    (failed,) = notebooks.read(project.build / "notebooks" / "b.ipynb").cells[-1].outputs
    assert len(failed.traceback) == 1


def test_the_evidence_shows_itself_as_a_short_table_of_its_tables(ev: evidence.Evidence) -> None:
    cells = [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", ev._repr_html_())]
    assert cells[0::3] == list(ev.tables)
    assert cells[1::3] == [str(len(frame)) for frame in ev.tables.values()]
    assert cells[2::3] == [ev.schema.tables[name].description for name in ev.tables]
    assert f"outcomes: {len(ev.outcomes)} rows" in repr(ev)
    assert len(repr(ev)) < 1000


def test_an_explored_table_brings_its_library_and_escapes_what_it_shows(run: Any) -> None:
    rows = "import pandas as pd\nfrom helpers.show.table import table\n"
    rows += "made = table(pd.DataFrame({'a': ['<b>1</b>', '2'], 'n': [10.0, 9.5]}), {'a': 'word', 'n': 'n'}, title='Some')"
    (output,) = run(rows, "made.explore()")[-1]
    assert output.data["text/plain"] == "Some (2 rows)"
    page = output.data["text/html"]
    assert "injectModule(" in page
    assert "&lt;b&gt;" in page
    assert "<b>1" not in page
    assert "src=" not in page


def test_the_table_that_is_kept_has_no_script() -> None:
    made = table(pd.DataFrame({"a": [1]}), {"a": "a"}, title="Some")
    assert "<script" not in made.html


def test_the_notebooks_check_their_parameters_where_they_load_the_evidence() -> None:
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = [cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]  # type: ignore[no-untyped-call]
        (loading,) = [source for source in cells if "evidence.load(" in source]
        place = loading.splitlines()
        number = next(number for number, line in enumerate(place) if "evidence.load(" in line)
        assert place[number + 1].startswith("parameters.check("), path.name
