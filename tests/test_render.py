"""Rendering: what comes of notebooks that work, fail, die, hang or are asked for wrongly, and what is left of them."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import psutil
import pytest
from click.testing import CliRunner, Result

from committed import faults_of_committed
from damage import edit
from helpers import evidence, results
from helpers.cli import main
from helpers.rendering import kernels, notebooks, worker
from helpers.rendering.kernels import server as own_server
from helpers.rendering.matrix import read_matrix
from helpers.rendering.plan import make_runs, output_name
from helpers.rendering.project import Project
from tiny import PARAMETERS, add, notebook


def run(root: Path, *arguments: str) -> Result:
    """Run the command in this process, which spares its start; the notebooks still have processes of their own."""
    with contextlib.chdir(root):
        return CliRunner().invoke(main, arguments)


pytestmark = pytest.mark.usefixtures("warm")
RECORD = "from helpers import results\n"


@pytest.fixture
def project(data: Path) -> Path:
    (data.parent / "notebooks").mkdir()
    return data.parent


def record_of(root: Path) -> dict[str, Any]:
    """Read the newest run record."""
    newest = max((root / "build" / "runs").iterdir(), key=lambda path: path.stat().st_mtime_ns)
    record: dict[str, Any] = json.loads(newest.read_text(encoding="utf-8"))
    return record


def statuses(root: Path) -> dict[str, str]:
    return {entry["output_name"]: entry["status"] for entry in record_of(root)["entries"]}


def output(root: Path, name: str) -> nbformat.NotebookNode:
    return notebooks.read(root / "build" / "notebooks" / f"{name}.ipynb")


def shown(made: nbformat.NotebookNode) -> str:
    """All that a notebook shows, as one text."""
    return json.dumps([[cell.source, cell.get("outputs")] for cell in made.cells])


def leftovers(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.name.endswith(".tmp") or path.name.startswith(".")]


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory, warm: None) -> tuple[Path, Result]:  # noqa: ARG001
    """One batch of notebooks of which most go wrong; `bad` and `dead` had a good output before."""
    root = tmp_path_factory.mktemp("batch")
    (root / "data").symlink_to(Path(__file__).parents[1] / "data")
    add(
        root,
        "good",
        RECORD + 'results.record("answer", 42, unit="women")',
        'print("done", level)',
        parameters=PARAMETERS,
    )
    for name in ("bad", "dead"):
        add(root, name, RECORD + 'results.record("answer", 1)')
    assert run(root, "render", "bad", "dead").exit_code == 0
    add(root, "bad", 'print("so far")', "def f():\n    raise ValueError('<b>no</b>')\nf()", "later = 1")
    add(root, "dead", 'print("so far")', "import os\nos.kill(os.getpid(), 9)", "later = 1")
    add(root, "exits", "import sys\nsys.exit(0)", "later = 1")
    add(root, "twice", RECORD + 'results.record("a", 1)\nresults.record("a", 2)')
    (root / "notebooks" / "sub").mkdir()
    asked = ["render", "--workers", "3"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["reanalysis", *asked])
        return root, run(root, *asked)


def test_a_batch_goes_on_past_what_fails(batch: tuple[Path, Result]) -> None:
    root, done = batch
    assert done.exit_code == 1
    assert statuses(root) == {
        "bad": "failed",
        "dead": "died",
        "exits": "failed",
        "good": "ok",
        "twice": "failed",
    }


def test_the_record_tells_what_came_of_each_run(batch: tuple[Path, Result]) -> None:
    root, _ = batch
    record = record_of(root)
    assert record["command"] == ["reanalysis", "render", "--workers", "3"]
    assert (record["workers"], record["commit"]) == (3, "unknown")
    assert record["packages"]["papermill"]
    entries = {entry["notebook"]: entry for entry in record["entries"]}
    good = entries["good"]
    assert good["parameters"] == {"outcome": "all", "level": 0.95}
    assert good["output"] == "build/notebooks/good.ipynb"
    assert good["why"] == "stale: there is no output"
    assert good["error"] is None
    assert 0 < good["seconds"] < 600
    assert 20e6 < good["peak_memory_bytes"] < 4e9
    assert entries["bad"]["error"] == "In [2]: ValueError: <b>no</b>"
    assert entries["dead"]["error"] == "the kernel died"
    assert entries["exits"]["error"] == "In [1]: SystemExit: 0"
    assert entries["twice"]["error"] == "result 'a' is recorded twice: 1 and 2"
    assert len(list((root / "build" / "runs").iterdir())) == 2


def test_the_summary_has_a_line_per_notebook(batch: tuple[Path, Result]) -> None:
    _, done = batch
    lines = done.stdout.splitlines()
    assert lines[0].startswith("failed  bad")
    assert lines[0].endswith("build/notebooks/bad.ipynb  In [2]: ValueError: <b>no</b>")
    assert lines[-1].startswith("1 of 5 complete; record: build/runs/")
    assert "[5/5] " in done.stderr
    assert "\r" not in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(("name", "status"), [("bad", "failed"), ("dead", "died")])
def test_what_ran_before_the_end_stays_and_is_marked(
    batch: tuple[Path, Result], name: str, status: str
) -> None:
    root, _ = batch
    made = output(root, name)
    assert f"This notebook did not finish ({status})" in made.cells[1].source
    assert made.metadata["reanalysis"]["status"] == status
    code = [cell for cell in made.cells if cell.cell_type == "code"]
    assert code[0].outputs[0].text == "so far\n"
    assert code[2].execution_count is None
    assert "papermill" not in made.metadata


def test_no_path_of_the_machine_is_in_an_output(batch: tuple[Path, Result]) -> None:
    root, _ = batch
    assert "ValueError" in shown(output(root, "bad"))
    for path in (root / "build" / "notebooks").iterdir():
        assert str(root) not in path.read_text(encoding="utf-8")
        assert "ipykernel_" not in path.read_text(encoding="utf-8")


def test_only_complete_notebooks_give_results(batch: tuple[Path, Result]) -> None:
    root, _ = batch
    assert results.read(root / "build" / "results.json") == {"good": {"answer": results.Result(42, "women")}}


def test_nothing_half_written_is_left(batch: tuple[Path, Result]) -> None:
    root, _ = batch
    assert leftovers(root) == []


def test_an_executed_notebook_can_be_committed_as_it_is(
    batch: tuple[Path, Result],
    ev: evidence.Evidence,
) -> None:
    root, _ = batch
    made = output(root, "good")
    stamp = made.metadata["reanalysis"]
    assert stamp["parameters"] == {"outcome": "all", "level": 0.95}
    assert stamp["source"] == notebooks.source_digest(notebooks.read(root / "notebooks" / "good.ipynb"))
    assert faults_of_committed(made, ev, root) == []


def test_a_rerun_gives_the_same_bytes(project: Path) -> None:
    noisy = "import warnings\nprint(1, flush=True)\nwarnings.warn('careful')\nprint(2, flush=True)"
    add(project, "noisy", noisy, "{3, 1, 2}, 'z'", parameters=PARAMETERS)
    old = notebook("1")
    for cell in old.cells:
        del cell["id"]
    old.nbformat_minor = 4
    (project / "notebooks" / "old.ipynb").write_text(json.dumps(old))
    (project / "m.csv").write_text("notebook,level\nnoisy,0.9\nold,\n")
    contents = []
    for _ in range(2):
        done = run(project, "render", "--matrix", "m.csv", "--force")
        assert done.exit_code == 0, done.output
        contents.append(
            {path.name: path.read_bytes() for path in (project / "build" / "notebooks").iterdir()}
        )
    assert len(contents[0]) == 2
    assert contents[0] == contents[1]


def test_the_notebook_receives_what_differs_from_its_defaults(project: Path, ev: evidence.Evidence) -> None:
    add(project, "a", RECORD + 'results.record("seen", [outcome, level])', parameters=PARAMETERS)
    done = run(project, "render", "a", "-p", "level=0.95", "-p", "outcome=live-birth")
    assert done.exit_code == 0, done.stdout
    name = "a--outcome=live-birth,level=0.95"
    made = output(project, name)
    assert made.metadata["papermill"] == {"parameters": {"outcome": "live-birth"}}
    assert record_of(project)["entries"][0]["parameters"] == {"outcome": "live-birth", "level": 0.95}
    assert results.read(project / "build" / "results.json")[name]["seen"].value == ["live-birth", 0.95]
    assert "holds injected parameters" in faults_of_committed(made, ev, project)[0]


def test_what_an_earlier_run_left_in_a_notebook_does_not_run(project: Path) -> None:
    add(project, "a", RECORD + 'results.record("seen", level)', parameters=PARAMETERS)
    run(project, "render", "a", "-p", "level=0.8")
    left = output(project, "a--level=0.8")
    assert any("injected-parameters" in notebooks.tags(cell) for cell in left.cells)
    notebooks.add_banner(left, "failed", "of another run")
    (project / "notebooks" / "a.ipynb").write_text(notebooks.text(left), encoding="utf-8")
    for options, name, level in (
        ([], "a", 0.95),
        (["-p", "level=0.95"], "a--level=0.95", 0.95),
        (["-p", "level=0.9"], "a--level=0.9", 0.9),
    ):
        done = run(project, "render", "a", *options)
        assert done.exit_code == 0, done.output
        made = output(project, name)
        assert results.read(project / "build" / "results.json")[name]["seen"].value == level
        assert made.metadata["reanalysis"]["parameters"]["level"] == level
        assert made.metadata.get("papermill", {"parameters": {}})["parameters"] == (
            {"level": level} if level != 0.95 else {}
        )
        assert "of another run" not in shown(made)


@pytest.mark.parametrize("home", ["/nowhere", None])
def test_a_user_without_a_folder_of_their_own_can_render(
    project: Path, home: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container: the user has no entry, or a folder that is not there."""
    if home is None:
        monkeypatch.setattr(Path, "home", raise_runtime_error)
    else:
        monkeypatch.setenv("HOME", home)
    add(project, "a", "from pathlib import Path\nimport os\nos.access(Path.home(), os.W_OK)")
    done = run(project, "render")
    assert done.exit_code == 0, done.output
    assert "True" in shown(output(project, "a"))
    assert notebooks.scrubbed("/home/ada/x", Path("/project")) == "/home/ada/x"


def raise_runtime_error() -> Path:
    raise RuntimeError("Could not determine home directory.")


def test_where_nothing_can_be_written_one_line_says_so(project: Path) -> None:
    add(project, "a", "1")
    (project / "build").write_text("in the place of the folder")
    for command in ("render", "book"):
        done = run(project, command)
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr.startswith(f"Error: {project / 'build'}")
        assert done.stderr.endswith(": Not a directory\n")
        assert done.stderr.count("\n") == 1


def test_no_path_of_the_machine_is_in_what_a_notebook_shows(project: Path) -> None:
    showing = "from pathlib import Path\nprint(Path.home())\nPath.cwd()"
    marked = "from IPython.display import HTML\nHTML(f'<b>{Path.cwd()}</b> {Path.home()}/x')"
    add(project, "a", showing, marked)
    assert run(project, "render").exit_code == 0
    first, second = (cell.outputs for cell in output(project, "a").cells if cell.cell_type == "code")
    assert [first[0].text, first[1].data["text/plain"]] == ["~\n", "PosixPath('./notebooks')"]
    assert second[0].data["text/html"] == "<b>./notebooks</b> ~/x"


@pytest.mark.parametrize(
    ("message", "cleaned"),
    [
        ("/home/ada/project", "."),
        ("'/home/ada/project/a.py'", "'./a.py'"),
        ("\x1b[32m/home/ada/project/a.py\x1b[39m", "\x1b[32m./a.py\x1b[39m"),
        ("~/project/a.py:3", "./a.py:3"),
        ("/home/ada/project2 /home/ada", "~/project2 ~"),
        ("/home/adam https://example.org/home/ada/x", "/home/adam https://example.org/home/ada/x"),
        ("/tmp/ipykernel_17/250.py", "cell"),
    ],
)
def test_paths_are_taken_out_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, message: str, cleaned: str
) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    assert notebooks.scrubbed(message, Path("/home/ada/project")) == cleaned


def test_the_top_of_the_file_system_is_no_path_to_take_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/")
    assert notebooks.scrubbed("/etc/x a/b", Path("/")) == "/etc/x a/b"


def test_a_matrix_of_json_names_notebooks(project: Path, ev: evidence.Evidence) -> None:
    add(project, "a", "level", parameters=PARAMETERS)
    add(project, "b", "level", parameters=PARAMETERS)
    path = project / "m.json"
    path.write_text('[{"notebook": "a", "level": 0.9}, {}]')
    requests = read_matrix(path, ["a", "b"], {"outcome": "live-birth"})
    assert [made.output for made in make_runs(Project(project), ev, requests)] == [
        "a--outcome=live-birth,level=0.9", "a--outcome=live-birth", "b--outcome=live-birth",
    ]  # fmt: skip


def test_a_matrix_gives_one_output_per_row(project: Path) -> None:
    add(project, "a", "level", parameters=PARAMETERS)
    matrix = project / "matrix.csv"
    matrix.write_bytes("\ufeffoutcome,level\r\nlive-birth,\r\n,0.9\r\n".encode())
    done = run(project, "render", "a", "--matrix", "matrix.csv")
    assert done.exit_code == 0, done.output
    assert statuses(project) == {"a--outcome=live-birth": "ok", "a--level=0.9": "ok"}
    assert len(list((project / "build" / "runs").iterdir())) == 1


@pytest.mark.parametrize(
    "content",
    ["outcome;level\r\nlive-birth;0,9\r\n", "outcome\tlevel\nlive-birth\t0,9\n", 'sep=;\noutcome;level\n"live-birth";0,9\n',
     "outcome,level\n,\nlive-birth,\"0,9\"\n\n"],
)  # fmt: skip
def test_a_matrix_may_have_another_separator_and_blank_rows(content: str, tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    path.write_text(content, newline="")
    (request,) = read_matrix(path, ["a"], {})
    assert (request.given, request.place[:4]) == ({"outcome": "live-birth", "level": "0,9"}, "row ")


def test_a_hanging_notebook_is_ended_with_its_kernel(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = project / "pid"
    waiting = "import os, pathlib, time\npathlib.Path('../pid').write_text(str(os.getpid()))\ntime.sleep(600)"
    add(project, "hangs", 'print("so far")', waiting, "later = 1")

    def clock() -> float:
        """Let the time be over once the notebook hangs, however slow the machine."""
        return 1000.0 if pid.exists() and pid.stat().st_size else 0.0

    monkeypatch.setattr(worker, "time", SimpleNamespace(monotonic=clock))
    done = run(project, "render", "hangs", "--timeout", "600")
    assert done.exit_code == 1
    (entry,) = record_of(project)["entries"]
    assert (entry["status"], entry["error"]) == ("timeout", "took longer than 600 s")
    assert entry["output"] == "build/notebooks/hangs.ipynb"
    made = output(project, "hangs")
    assert "did not finish (timeout)" in made.cells[1].source
    assert "so far" in shown(made)
    until = time.monotonic() + 30
    while psutil.pid_exists(int(pid.read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(int(pid.read_text()))


def test_a_notebook_stopped_before_it_could_start_leaves_no_older_output(project: Path) -> None:
    add(project, "a", "1")
    assert run(project, "render").exit_code == 0
    assert run(project, "render", "--timeout", "0.01", "--force").exit_code == 1
    (entry,) = record_of(project)["entries"]
    assert entry["status"] == "timeout"
    # Where kernels are forked, a hundredth of a second may be enough to begin; what then stands there says how it ended.
    for path in (project / "build" / "notebooks").iterdir():
        assert notebooks.read(path).metadata["reanalysis"]["status"] == "timeout"
    assert results.read(project / "build" / "results.json") == {}


def test_a_process_that_dies_takes_its_output_with_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The parent of a kernel is the process that forks.
    monkeypatch.setattr(kernels, "server", own_server)
    add(project, "a", "import os, psutil\npsutil.Process(os.getppid()).kill()\nimport time\ntime.sleep(60)")
    assert run(project, "render").exit_code == 1
    (entry,) = record_of(project)["entries"]
    assert (entry["status"], entry["output"]) == ("died", None)
    assert entry["error"] == "its process ended with code -9"


@pytest.mark.parametrize(
    ("asked", "begins"),
    [
        ((), True),
        (("a",), True),
        (("a", "--why"), False),
        (("a", "-p", "no=1"), True),
        (("a", "-p", "no=1", "--scheduler", "tcp://127.0.0.1:1"), False),
    ],
)
def test_the_process_that_forks_begins_only_for_a_run_and_ends_with_the_command(
    project: Path, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, ...], begins: bool
) -> None:
    said: list[str] = []

    def begin(_: Path) -> SimpleNamespace:
        said.append("begun")
        return SimpleNamespace(close=lambda: said.append("ended"))

    monkeypatch.setattr(kernels, "begin", begin)
    add(project, "a", "1")
    run(project, "render", *asked)
    assert said == ["begun", "ended"] * begins
    said.clear()
    if asked == ():
        run(project, "render")
        assert said == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_batch_leaves_a_truthful_record(project: Path, sent: signal.Signals) -> None:
    add(
        project,
        "a_hangs",
        "import os, pathlib, time\npathlib.Path('../pid').write_text(str(os.getpid()))\ntime.sleep(600)",
    )
    add(project, "b_waits", "1")
    command = [str(Path(sys.executable).with_name("reanalysis")), "render", "--workers", "1"]
    with subprocess.Popen(
        command,
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell starts what runs in its background deaf to SIGINT.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        pid = project / "pid"
        until = time.monotonic() + 60
        while not (pid.exists() and pid.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        os.kill(running.pid, sent)
        said, errors = running.communicate(timeout=60)
    assert running.returncode == 1
    assert "Traceback" not in errors
    assert statuses(project) == {"a_hangs": "skipped", "b_waits": "skipped"}
    assert record_of(project)["entries"][0]["error"] == "interrupted"
    assert "0 of 2 complete" in said
    until = time.monotonic() + 30
    while psutil.pid_exists(int(pid.read_text())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not psutil.pid_exists(int(pid.read_text()))
    assert leftovers(project) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a", "-p", "levle=0.9"], ["a: levle: no such parameter; did you mean 'level'?"]),
        (["a", "-p", "level=high"], ["a: level: 'high' is no number"]),
        (["a", "-p", "level=95"], ["a: level: '95' is not allowed; allowed: 0.5 to 0.999"]),
        (
            ["a", "-p", "outcome=live-brith"],
            ["a: outcome: 'live-brith' is not allowed; did you mean 'live-birth' or 'term-birth'?"],
        ),
        (["a", "-p", "level=2", "-p", "outcome=x"], ["a: level: ", "a: outcome: "]),
        (["a", "plain", "-p", "level=0.9"], ["plain: level: no such parameter; the notebook has none"]),
        (["aa"], ["there is no notebook 'aa' in notebooks/; did you mean 'a'?"]),
        (["../a.ipynb"], ["there is no notebook '../a.ipynb' in notebooks/"]),
        (["a", "notebooks/a.ipynb"], ["a is asked for twice"]),
        (["unreadable"], ["unreadable.ipynb is no notebook"]),
        (["undeclared"], ["undeclared: parameters cell, line 1: is no annotated assignment"]),
    ],
)
def test_a_wrong_request_is_refused_before_a_kernel_starts(
    project: Path, arguments: list[str], words: list[str]
) -> None:
    add(project, "a", "1", parameters=PARAMETERS)
    add(project, "plain", "1")
    add(project, "undeclared", "1", parameters="x = 1")
    (project / "notebooks" / "unreadable.ipynb").write_text("{")
    done = run(project, "render", *arguments)
    assert done.exit_code == 1
    for word in words:
        assert word in done.stderr
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
    assert not (project / "build").exists()


MATRICES = {
    "bad row": (
        "m.csv",
        "level\n0.9\n2\nx\n",
        ["row 3: a: level: '2' is not", "row 4: a: level: 'x' is no number"],
    ),
    "unknown column": ("m.csv", "levle\n0.9\n", ["row 2: a: levle: no such parameter"]),
    "short row": ("m.csv", "outcome,level\nall\n", ["m.csv: row 2: 1 cells, the header has 2"]),
    "column twice": ("m.csv", "level,level\n0.9,0.8\n", ["m.csv: row 1: every column needs a name"]),
    "same run twice": ("m.csv", "level\n0.9\n0.90\n", ["a--level=0.9 is asked for twice: row 2 and row 3"]),
    "no row": ("m.csv", "level\n", ["m.csv holds no row"]),
    "empty": ("m.csv", "", ["m.csv holds no row"]),
    "other encoding": (
        "m.csv",
        "outcome\n\udcff\n",
        [
            "m.csv, row 2: ",
            "seems to be Windows-1252 or another Western encoding; save the file as UTF-8",
        ],
    ),
    "UTF-16": ("m.csv", "\udcff\udcfeo\0", ["seems to be UTF-16, which Excel calls Unicode text"]),
    "workbook": ("m.csv", "PK\3\4", ["m.csv is a workbook, and a matrix is a CSV file; save its tab as CSV"]),
    "old workbook": ("m.xls", "\udcd0\udccf\x11\udce0", ["m.xls is a workbook"]),
    "rows of separators only": ("m.csv", "outcome,level\n,\n , \n", ["m.csv holds no row"]),
    "open quote": ("m.csv", 'outcome,level\n"all,0.9\n', ["m.csv, row 2, column outcome: ", "opens a quote"]),
    "unknown notebook": ("m.csv", "notebook,level\nb,0.9\n", ["row 2: there is no notebook 'b'"]),
    "json of no rows": ("m.json", '{"level": 0.9}', ["m.json: must be a list of objects"]),
    "no json": ("m.json", "[", ["m.json: is no JSON that can be read: Expecting value: line 1 column 2"]),
    "json of the wrong type": ("m.json", '[{"level": true}]', ["entry 1: a: level: True is no number"]),
}


@pytest.mark.parametrize("case", MATRICES)
def test_a_bad_matrix_is_refused_with_the_row(project: Path, case: str) -> None:
    name, content, words = MATRICES[case]
    add(project, "a", "1", parameters=PARAMETERS)
    (project / name).write_text(content, encoding="utf-8", errors="surrogateescape")
    done = run(project, "render", "a", "--matrix", name)
    assert done.exit_code == 1
    for word in words:
        assert word in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "build").exists()


def test_a_matrix_needs_a_notebook_and_no_parameter_twice(project: Path) -> None:
    add(project, "a", "1", parameters=PARAMETERS)
    (project / "m.csv").write_text("level\n0.9\n")
    assert "row 2: no notebook" in run(project, "render", "--matrix", "m.csv").stderr
    done = run(project, "render", "a", "--matrix", "m.csv", "-p", "level=0.8")
    assert "row 2: level is given by -p already" in done.stderr


def test_bad_data_stop_everything(project: Path) -> None:
    add(project, "a", "1")
    edit(project / "data", "outcomes", 2, events="-1")
    done = run(project, "render")
    assert done.exit_code == 1
    assert "outcomes.csv, row 2, column events: '-1'" in done.stderr
    assert not (project / "build").exists()


def test_names_of_outputs_are_readable_safe_and_never_shared() -> None:
    assert output_name("a", {}) == "a"
    assert output_name("a", {"outcome": "live-birth", "level": 0.9}) == "a--outcome=live-birth,level=0.9"
    assert output_name("a", {"studies": ["x", "y"], "log": True}) == "a--studies=x+y,log=true"
    tricky: list[dict[str, Any]] = [
        {"x": "a b"}, {"x": "a-b"}, {"x": "a/b"}, {"x": "a,y=b"}, {"x": "a", "y": "b"}, {"x": ["a+b"]}, {"x": ["a", "b"]},
        {"x": "../é"}, {"x": "l" * 300}, {"x": "l" * 299 + "m"}, {"x": ""}, {"x": "x~1"},
    ]  # fmt: skip
    names = [output_name("a", given) for given in tricky]
    assert len(set(names)) == len(names)
    for name in names:
        assert len(name) < 150
        assert name.isascii()
        assert not set(name) & set('/\\ :*?"<>|')


SHOWS = """\
from IPython.display import Markdown, display
from matplotlib.figure import Figure
from helpers import results
from helpers.show import page
picture = Figure(figsize=(2, 1))
picture.suptitle("Births & more")
page.show(picture)
results.record("secret-result", 42)
print("printed", level)
Markdown("**4 of 61** women")
"""


def test_a_page_stands_alone_beside_its_notebook_and_never_outlives_it(tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(Path(__file__).parents[1] / "data")
    add(tmp_path, "good", SHOWS, parameters=PARAMETERS)
    add(tmp_path, "bad", "print('so far')", "raise ValueError('<b>no</b>')")
    done = run(tmp_path, "render", "good", "bad", "--html")
    pages = tmp_path / "build" / "notebooks"
    assert "page: build/notebooks/good.html\n" in done.stdout
    page = (pages / "good.html").read_text(encoding="utf-8")
    assert page.index("Research software, not medical advice") < page.index("<h1")
    assert "Rendered with outcome = all; level = 0.95." in page
    assert "<strong>4 of 61</strong> women" in page
    assert "printed 0.95" in page
    assert "<title>Why?</title>" in page
    assert re.findall('<img[^>]* src="([^"]{22})', page) == ["data:image/png;base64,"]
    assert 'alt="Births &amp; more"' in page
    for absent in ("<script", "http", "figures.show", "secret-result", "<svg"):
        assert absent not in page, absent
    failed = (pages / "bad.html").read_text(encoding="utf-8")
    assert "This notebook did not finish (failed)" in failed
    assert "<b>no</b>" not in failed
    assert run(tmp_path, "render", "good").exit_code == 0
    assert (pages / "good.html").exists()
    assert run(tmp_path, "render", "good", "--force").exit_code == 0
    assert not (pages / "good.html").exists()
    assert (pages / "bad.html").exists()
