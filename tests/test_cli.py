"""The command `reanalysis`, as a user types it: what it says, what it refuses, what it leaves behind."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from commands import reanalysis
from committed import faults_of_committed
from damage import append, edit
from helpers import evidence, results
from helpers.checks import check_numbers
from helpers.cli import COMMANDS, main
from helpers.rendering import notebooks
from helpers.rendering.batch import render, staleness
from helpers.rendering.cache import Versions
from helpers.rendering.plan import Run, book_requests, make_runs
from helpers.rendering.project import Project
from helpers.rendering.records import Record
from tiny import add

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.usefixtures("warm")
RECORD = "from helpers import results\n"
REPORT = 'study_id: str = "yan2020"  # the study; allowed: data studies.study_id'


def run(folder: Path, *arguments: str) -> Result:
    """Run the command in this process."""
    with contextlib.chdir(folder):
        return CliRunner().invoke(main, arguments)


@pytest.fixture
def project(data: Path) -> Path:
    (data.parent / "notebooks").mkdir()
    return data.parent


def plan(root: Path) -> list[Run]:
    project, ev = Project(root), evidence.load(root / "data")
    return make_runs(project, ev, book_requests(project, ev))


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory, warm: None) -> Path:  # noqa: ARG001
    """A project with a notebook and a report per study, rendered; of the treated studies only those cited are kept so."""
    root = tmp_path_factory.mktemp("rendered")
    shutil.copytree(ROOT / "data", root / "data")
    studies = pd.read_csv(root / "data" / "studies.csv", dtype="str", keep_default_na=False)
    studies["role"] = studies["role"].replace("treatment", "background")
    studies.to_csv(root / "data" / "studies.csv", index=False, lineterminator="\n")
    reading = "from helpers import evidence\nlen(evidence.load('../data').outcomes)"
    add(root, "a", reading, RECORD + 'results.record("answer", 42, tolerance=0.1)')
    add(root, "study_report", RECORD + 'results.record("study", study_id)', parameters=REPORT)
    done = run(root, "render", "--workers", "3")
    assert done.exit_code == 0, done.output
    return root


@pytest.fixture
def copied(rendered: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(rendered, tmp_path / "project"))


def test_check_counts_the_rows(ev: evidence.Evidence) -> None:
    done = run(ROOT / "tests", "check")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split() for line in lines[:-1]] == [[n, str(len(t)), "rows"] for n, t in ev.tables.items()]
    rows = sum(map(len, ev.tables.values()))
    assert lines[-1] == f"{len(ev.tables)} tables, {rows} rows, no fault"


def test_help_needs_nothing_of_what_the_commands_need() -> None:
    code = (
        "import sys; from click.testing import CliRunner; from helpers.cli import main; "
        "print(CliRunner().invoke(main, ['--help']).output); print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "import-figure" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "click" in loaded
    assert not {"matplotlib", "numpy", "pandas", "papermill", "scipy", "sphinx"} & loaded


def test_a_check_starts_without_what_only_other_commands_need() -> None:
    code = "import sys, helpers.cli.lookup; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"matplotlib", "openpyxl", "papermill", "scipy", "seaborn", "sphinx"} & set(
        done.stdout.split()
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_it_says_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name in (name, "results_group", None)
    assert COMMANDS[name][1] == (command.help or "").partition("\n")[0]


def test_check_lists_every_fault_and_changes_nothing(data: Path) -> None:
    edit(data, "outcomes", 2, events="many")
    edit(data, "arms", 3, kind="cell")
    before = sorted(data.parent.rglob("*"))
    done = run(data.parent, "check", "data")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: 2 faults in data\n")
    assert "outcomes.csv, row 2, column events: 'many'" in done.stderr
    assert "arms.csv, row 3, column kind: 'cell'" in done.stderr
    assert sorted(data.parent.rglob("*")) == before


def test_check_of_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "nowhere" in run(tmp_path, "check", "nowhere").stderr


@pytest.mark.parametrize(
    "command",
    [["check"], ["render"], ["book"], ["results", "compare"], ["results", "accept"], ["trace", "a", "b"]],
)
def test_outside_a_project_every_command_says_so(tmp_path: Path, command: list[str]) -> None:
    done = run(tmp_path, *command)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: no project here")


def test_the_installed_command_tells_its_version_and_commands() -> None:
    assert reanalysis("--version", folder=ROOT).stdout.startswith("reanalysis, version ")
    said = reanalysis("-h", folder=ROOT).stdout
    assert all(name in said for name in ("check", "render", "book", "results", "trace"))


def test_an_error_of_the_installed_command_is_one_line_without_traceback(tmp_path: Path) -> None:
    done = reanalysis("check", folder=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: no project here")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["render", "-p", "level=1"], "-p needs the name of a notebook"),
        (["render", "a", "-p", "level"], "-p takes NAME=VALUE, not 'level'"),
        (["render", "a", "-p", "level=1", "-p", "level=2"], "-p level is given twice"),
        (["render", "--matrix", "none.csv"], "'none.csv' does not exist"),
        (["render", "--workers", "0"], "0 is not in the range"),
        (["render", "--timeout", "0"], "0 is not in the range"),
        (["trace", "outcomes"], "Missing argument 'KEY ...'"),
    ],
)
def test_wrong_usage_is_told(project: Path, arguments: list[str], words: str) -> None:
    done = run(project, *arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())


def test_a_project_without_notebooks_has_nothing_to_render(project: Path) -> None:
    assert run(project, "render").stderr == "Error: there is no notebook in notebooks/\n"


def test_trace_leads_back_to_the_source() -> None:
    done = run(ROOT / "src" / "helpers", "trace", "outcomes", "yan2020", "outcome=live-birth", "events=4")
    assert done.exit_code == 0
    printed = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    assert printed[0] == ["outcomes.csv,", "row 14"]
    for pair in (["events", "4"], ["total", "61"], ["study", "yan2020"], ["source", "hjt-article"],
                 ["locator", "clinical case 2"], ["access", "full-text"], ["extraction", "reported"]):  # fmt: skip
        assert pair in printed


def test_trace_does_not_round(project: Path) -> None:
    edit(project / "data", "arms", 2, dose_cells="12345678")
    (study,) = {row.split(",")[0] for row in (project / "data" / "arms.csv").read_text().splitlines()[1:2]}
    printed = [line.split() for line in run(project, "trace", "arms", study).stdout.splitlines()]
    assert ["dose_cells", "12345678"] in printed


def test_trace_shows_every_row_that_matches(ev: evidence.Evidence) -> None:
    done = run(ROOT, "trace", "outcomes", "herraiz2018")
    assert done.stdout.count("outcomes.csv, row ") == (ev.outcomes["study_id"] == "herraiz2018").sum()


def test_trace_shows_what_was_printed_beside_a_converted_level(ev: evidence.Evidence) -> None:
    table, printed = ev.measurements, ev.printed["measurements"]
    index = table.index[(table["unit_factor"] != 1) & table["mean"].notna()][0]
    keys = [f"{column}={table.loc[index, column]}" for column in ("study_id", "measure", "locator")]
    level, unit = printed.loc[index, "mean"], printed.loc[index, "unit"]
    output = run(ROOT, "trace", "measurements", *keys).stdout
    assert f"{table.loc[index, 'mean']:.12g} (printed {level} {unit})\n" in output


def test_trace_takes_the_rows_that_the_checks_print(ev: evidence.Evidence) -> None:
    for finding in check_numbers(
        ev, ["percentage-of-enrolled", "registered-after-start", "identical-figures"]
    ):
        for row in {finding.rows[0], finding.rows[-1]}:
            done = run(ROOT, "trace", finding.table, f"row={row}")
            assert done.exit_code == 0
            assert done.stdout.startswith(f"{finding.table}.csv, row {row}\n")
            assert done.stdout.count(".csv, row ") == 1
            assert f"{ev.trace(finding.table, row - 2).locator}\n" in done.stdout
    last = len(ev.pooled) + 1
    assert run(ROOT, "trace", "pooled", f"row={last}").stdout.startswith(f"pooled.csv, row {last}\n")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["outcome", "yan2020"], "there is no table 'outcome'; did you mean 'outcomes'?"),
        (["outcomes", "yan2021"], "did you mean 'yan2020'"),
        (["outcomes", "evnts=4"], "outcomes has no column 'evnts'; did you mean 'events'?"),
        (["outcomes", "evidence_row=outcomes row 2"], "outcomes has no column 'evidence_row'; allowed: "),
        (["outcomes", "row=1"], "outcomes has no row '1'; its rows go from 2 to "),
        (["outcomes", "row=99999"], "outcomes has no row '99999'; its rows go from 2 to "),
        (["outcomes", "row=four"], "outcomes has no row 'four'; its rows go from 2 to "),
        (["outcomes", "row="], "outcomes has no row ''; its rows go from 2 to "),
        (["outcomes", "14"], "outcomes has no study_id '14'; to name a row by its number, give row=14"),
        (["outcomes", "row=14", "row=15"], "row is given twice; no row has both"),
        (["outcomes", "yan2020", "study_id=cao2018"], "study_id is given twice; no row has both"),
        (["outcomes", "row=14", "cao2018"], "no row of outcomes has all of: row=14, cao2018"),
        (["outcomes", "events=four"], "events holds numbers, not 'four'"),
        (
            ["outcomes", "igboeli2020", "events=13"],
            "no row of outcomes has all of: igboeli2020, events=13",
        ),
    ],
)
def test_trace_says_what_was_meant(arguments: list[str], words: str) -> None:
    done = run(ROOT, "trace", *arguments)
    assert done.exit_code == 1
    assert words in done.stderr
    assert done.stdout == ""


def test_the_standard_plan_has_a_report_per_study(ev: evidence.Evidence) -> None:
    """A report per study of women treated with cells of which a count, a level or a change is on record."""
    with_rows = pd.concat([ev.outcomes, ev.measurements, ev.changes])["study_id"]
    known = ev.studies
    studies = known.loc[(known["role"] != "background") & known["study_id"].isin(with_rows), "study_id"]
    assert 0 < len(studies) < len(ev.studies)
    requests = book_requests(Project(ROOT), ev)
    assert [request.given for request in requests if request.notebook == "study_report"] == [
        {"study_id": study} for study in studies
    ]


def test_every_study_of_the_plan_has_its_results(rendered: Path) -> None:
    outputs = [made.output for made in plan(rendered)]
    studies = [name.partition("=")[2] for name in outputs[1:]]
    assert outputs[0] == "a"
    assert len(studies) == 4
    kept = results.read(rendered / "build" / "results.json")
    for study in studies:
        assert kept[f"study_report--study_id={study}"]["study"].value == study


def stale(root: Path) -> list[str | None]:
    """Why each output of the plan is stale."""
    project = Project(root)
    versions = Versions(project, evidence.load(project.data))
    return [staleness(project, made, versions) for made in plan(root)]


def rendered_again(root: Path, runs: list[Run]) -> Record:
    return render(Project(root), evidence.load(root / "data"), runs, command=["test"])


def test_what_is_fresh_is_not_run_again(copied: Path) -> None:
    runs = plan(copied)
    assert stale(copied) == [None] * len(runs)
    before = {path: path.stat().st_mtime_ns for path in (copied / "build" / "notebooks").iterdir()}
    (copied / "build" / "results.json").unlink()
    record = rendered_again(copied, runs)
    assert {(entry.status, entry.why) for entry in record.entries} == {("cached", "fresh")}
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(results.read(copied / "build" / "results.json")) == len(runs)


def change_a_cell(root: Path) -> None:
    add(root, "a", "43")


def change_the_prose(root: Path) -> None:
    path = root / "notebooks" / "a.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("# Why?", "# Why not?"), encoding="utf-8")


def change_the_lock(root: Path) -> None:
    (root / "requirements.lock").write_text("numpy==1\n")


def remove_the_output(root: Path) -> None:
    (root / "build" / "notebooks" / "a.ipynb").unlink()


def spoil_the_output(root: Path) -> None:
    (root / "build" / "notebooks" / "a.ipynb").write_text("{")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (change_a_cell, "the code changed"),
        (change_the_prose, "the prose changed"),
        (change_the_lock, "requirements.lock none is now [0-9a-f]{16}"),
        (remove_the_output, "there is no output"),
        (spoil_the_output, "the last run did not finish"),
    ],
)
def test_what_is_stale_says_why(copied: Path, change: Callable[[Path], None], reason: str) -> None:
    change(copied)
    assert re.fullmatch(reason, str(stale(copied)[0]))


def test_only_what_is_stale_runs_again(copied: Path) -> None:
    add(copied, "a", RECORD + 'results.record("answer", 43)')
    record = rendered_again(copied, plan(copied))
    assert [(entry.status, entry.why) for entry in record.entries] == [
        ("ok", "stale: the code changed"), *[("cached", "fresh")] * 4,
    ]  # fmt: skip
    kept = results.read(copied / "build" / "results.json")
    assert len(kept) == 5
    assert kept["a"]["answer"].value == 43


def test_a_file_that_is_no_notebook_does_not_stop_the_results(copied: Path) -> None:
    spoil_the_output(copied)
    record = rendered_again(copied, plan(copied)[1:])
    assert {entry.status for entry in record.entries} == {"cached"}
    assert "a" not in results.read(copied / "build" / "results.json")


def test_accepting_commits_results_and_notebooks(copied: Path) -> None:
    done = run(copied, "results", "accept")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert "new      a: answer = 42" in lines
    assert lines[-4:] == [
        "written  notebooks/a.ipynb", "written  notebooks/study_report.ipynb", "written  tests/accepted/results.json",
        "written  tests/accepted/evidence.json",
    ]  # fmt: skip
    found = evidence.load(copied / "data")
    for name in ("a", "study_report"):
        made = notebooks.read(copied / "notebooks" / f"{name}.ipynb")
        assert faults_of_committed(made, found, copied) == []
        assert set(made.metadata["reanalysis"]) == {"source", "data", "parameters", "reads"}
    compared = run(copied, "results", "compare")
    assert (compared.exit_code, compared.stdout) == (0, "5 accepted results, no difference\n")
    assert stale(copied) == [None] * 5
    assert run(copied, "results", "accept").stdout == "nothing changed\n"


def test_compare_tells_what_differs(copied: Path) -> None:
    assert run(copied, "results", "accept").exit_code == 0
    path = copied / "build" / "results.json"
    tree = json.loads(path.read_text())
    tree["results"]["a"]["answer"]["value"] = 50
    del tree["results"]["study_report--study_id=cao2018"]
    tree["results"]["a--level=0.9"] = {"answer": {"value": 1, "unit": "", "tolerance": 0.0}}
    path.write_text(json.dumps(tree))
    done = run(copied, "results", "compare")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "changed  a: answer: value: accepted 42, current 50, difference +8 (tolerance 0.1)",
        'missing  study_report--study_id=cao2018: study = "cao2018"',
        "5 accepted results, 2 differences",
    ]


def test_rows_that_move_no_named_result_are_told_with_the_pages_that_show_them(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(copied, "results", "accept").exit_code == 0
    data = copied / "data"
    last = append(data, "measurements", note="another level", timepoint_months="77")
    study = evidence.load(data).measurements["study_id"].iloc[-1]
    append(data, "arms", study_id=study, arm_id="another")
    edit(data, "studies", 2, note="another remark")
    shown = copied / "build" / "notebooks" / "a.ipynb"
    shown.write_text(shown.read_text().replace("# Why?", f"# Why? measurements row {last}"))
    monkeypatch.setattr("helpers.rendering.acceptance.staleness", lambda *_: None)
    done = run(copied, "results", "compare")
    assert done.exit_code == 1
    *lines, summary = done.stdout.splitlines()
    assert summary == "5 accepted results, 3 differences"
    assert any(
        re.match(rf"new      measurements: {study} / .* / 77 / .*; shown on a$", line) for line in lines
    )
    assert any(line.startswith(f"new      arms: {study} / another; ") for line in lines)
    assert any(line.startswith("changed  studies: ") for line in lines)


def test_without_accepted_results_all_are_new(copied: Path) -> None:
    done = run(copied, "results", "compare")
    assert done.exit_code == 1
    assert done.stdout.count("new  ") == 5


def test_compare_needs_results(project: Path) -> None:
    done = run(project, "results", "compare")
    assert done.exit_code == 1
    assert done.stderr == "Error: there are no current results; run `reanalysis render` first\n"


def test_compare_refuses_a_spoilt_file(copied: Path) -> None:
    (copied / "build" / "results.json").write_text("{}")
    assert "results.json is no file of results" in run(copied, "results", "compare").stderr


def test_a_result_that_left_the_plan_is_missing(copied: Path) -> None:
    assert run(copied, "results", "accept").exit_code == 0
    (copied / "notebooks" / "a.ipynb").unlink()
    (copied / "build" / "notebooks" / "a.ipynb").unlink()
    rendered_again(copied, plan(copied))
    done = run(copied, "results", "compare")
    assert done.exit_code == 1
    assert done.stdout.splitlines() == ["missing  a: answer = 42", "5 accepted results, 1 difference"]


def test_nothing_stale_is_accepted(copied: Path) -> None:
    change_a_cell(copied)
    before = (copied / "notebooks" / "a.ipynb").read_bytes()
    done = run(copied, "results", "accept")
    assert done.exit_code == 1
    assert "a: the code changed" in done.stderr
    assert (copied / "notebooks" / "a.ipynb").read_bytes() == before
    assert not (copied / "tests").exists()


def test_results_of_other_data_are_not_compared(copied: Path) -> None:
    """Without this, a change of data that nobody rendered would show no difference."""
    assert run(copied, "results", "accept").exit_code == 0
    assert run(copied, "results", "compare").exit_code == 0
    edit(copied / "data", "outcomes", 2, note="another note; derived")
    done = run(copied, "results", "compare")
    assert done.exit_code == 1
    assert "these results are not today's" in done.stderr
    assert "a: table outcomes changed" in done.stderr
