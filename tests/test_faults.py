"""What can go wrong around a render: killed processes, a full disk, floods of output, two at once, and what is left after."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from click.testing import CliRunner, Result

from commands import eventually, reanalysis
from helpers import evidence, results
from helpers.cli import main
from helpers.rendering import notebooks
from tiny import PARAMETERS, add, notebook

ROOT = Path(__file__).parents[1]
#: Tells who executes it: its kernel, the process that forks, and the one that runs papermill.
WAITING = (
    "import os, pathlib, time\n"
    "pathlib.Path('../forking').write_text(str(os.getppid()))\n"
    "pathlib.Path('../kernel').write_text(str(os.getpid()))\n"
    "while pathlib.Path('../wait').exists():\n    time.sleep(0.05)"
)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    (root / "notebooks").mkdir(parents=True)
    (root / "data").symlink_to(ROOT / "data")
    monkeypatch.chdir(root)
    return root


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def started(root: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [str(Path(sys.executable).with_name("reanalysis")), *arguments]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def pid_in(path: Path) -> int:
    eventually(lambda: path.exists() and path.read_text() != "")
    return int(path.read_text())


def statuses(root: Path) -> dict[str, str]:
    newest = max((root / "build" / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    return {entry["output_name"]: entry["status"] for entry in json.loads(newest.read_text())["entries"]}


def output(root: Path, name: str) -> nbformat.NotebookNode:
    return notebooks.read(root / "build" / "notebooks" / f"{name}.ipynb")


def folders_of(pid: int) -> list[Path]:
    return list(Path("/tmp").glob(f"re-{pid}-*"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process does not end with its starter")
def test_a_render_that_was_killed_leaves_what_is_finished_and_the_next_goes_on(project: Path) -> None:
    add(project, "a", "1")
    add(project, "b", WAITING)
    (project / "wait").touch()
    with started(project, "render", "--workers", "1") as killed:
        kernel, forking = pid_in(project / "kernel"), pid_in(project / "forking")
        eventually(lambda: statuses(project)["a"] == "ok")
        assert folders_of(killed.pid)
        killed.kill()
    eventually(lambda: not psutil.pid_exists(kernel) and not psutil.pid_exists(forking))
    eventually(lambda: not folders_of(killed.pid))
    half = project / "build" / "notebooks" / ".half.tmp"
    half.write_text("cut")
    (project / "wait").unlink()
    assert run("render").exit_code == 0
    assert statuses(project) == {"a": "cached", "b": "ok"}
    assert not half.exists()


def test_what_was_left_by_a_killed_process_and_its_forks_goes_with_the_next(project: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    left = Path(f"/tmp/re-{gone.pid}-left")
    left.mkdir()
    os.utime(left, (0, 0))
    add(project, "a", "1")
    assert run("render").exit_code == 0
    assert not left.exists()


def test_where_the_forking_process_is_killed_the_rest_runs_without(project: Path) -> None:
    add(project, "a", "import os\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(60)")
    add(project, "b", "1 + 1")
    assert run("render", "--workers", "1").exit_code == 1
    assert statuses(project) == {"a": "died", "b": "ok"}


def test_two_renders_of_one_folder_wait_for_each_other(project: Path) -> None:
    add(project, "a", WAITING)
    (project / "wait").touch()
    with started(project, "render") as first:
        pid_in(project / "kernel")
        with started(project, "render") as second:
            assert second.stderr is not None
            printed = second.stderr.readline()
            assert (
                printed == "another render of this folder is running; this one begins when that has ended\n"
            )
            (project / "wait").unlink()
            assert first.communicate(timeout=120)[0].startswith("ok      a")
            assert second.communicate(timeout=120)[0].startswith("cached  a")
    assert (first.returncode, second.returncode) == (0, 0)


@pytest.mark.usefixtures("warm")
def test_a_flood_of_output_is_cut_and_says_so(project: Path) -> None:
    add(project, "a", "for _ in range(100):\n    print('x' * 1_000_000)", "print('after')")
    assert run("render").exit_code == 0
    flood, after = (cell.outputs[0].text for cell in output(project, "a").cells if cell.cell_type == "code")
    assert after == "after\n"
    assert flood.endswith("\n[99,000,100 more characters were printed and are not kept]\n")
    assert len(flood) < 1_100_000


@pytest.mark.usefixtures("warm")
def test_of_what_a_line_was_overwritten_with_the_last_stays(project: Path) -> None:
    add(project, "a", r"print('1 %\r50 %\r', end='')" + "\n" + r"print('done\r\nnext')")
    assert run("render").exit_code == 0
    (shown,) = (cell.outputs[0].text for cell in output(project, "a").cells if cell.cell_type == "code")
    assert shown == "done\nnext\n"


@pytest.mark.usefixtures("warm")
def test_a_notebook_that_asks_for_too_much_memory_fails_alone(project: Path) -> None:
    limited = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nx = bytearray(2**40)"
    add(project, "a", limited)
    add(project, "b", "1")
    assert run("render").exit_code == 1
    assert statuses(project) == {"a": "failed", "b": "ok"}
    assert "MemoryError" in output(project, "a").cells[1].source


def full_disk(*_: Any) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "cache")


@pytest.mark.usefixtures("warm")
def test_where_nothing_can_be_kept_for_later_the_outputs_are_there(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, "a", "1")
    monkeypatch.setattr("helpers.rendering.cache.write_atomically", full_disk)
    done = run("render")
    assert done.exit_code == 0
    assert "a is not kept for later: [Errno 28] No space left on device" in done.stderr
    assert output(project, "a").metadata["reanalysis"]["status"] == "ok"


@pytest.mark.usefixtures("warm")
def test_a_disk_that_fills_up_ends_the_batch_with_one_line_and_no_half_file(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(project, "a", "1")
    monkeypatch.setattr("helpers.results.write_atomically", full_disk)
    done = run("render")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1] == "Error: cache: No space left on device"
    assert list((project / "build").rglob("*.tmp")) == []


@pytest.mark.usefixtures("warm")
def test_an_output_folder_that_cannot_be_written_is_told(project: Path) -> None:
    add(project, "a", "1")
    (project / "build").mkdir()
    (project / "build" / "notebooks").write_text("in the place of the folder")
    done = run("render")
    assert done.exit_code == 1
    assert "notebooks" in done.output
    assert "Traceback" not in done.output


@pytest.mark.usefixtures("warm")
def test_cells_of_one_id_get_others_that_stay(project: Path) -> None:
    made = notebook("1", "2")
    for cell in made.cells[1:]:
        cell["id"] = "same"
    (project / "notebooks" / "a.ipynb").write_text(json.dumps(made))
    assert run("render").exit_code == 0
    assert [cell.id for cell in output(project, "a").cells] == ["title", "same", "same-again-2"]
    assert statuses(project) == {"a": "ok"}
    assert run("render").exit_code == 0
    assert statuses(project) == {"a": "cached"}


@pytest.mark.usefixtures("warm")
def test_a_kernelspec_that_nobody_has_is_not_needed(project: Path) -> None:
    made = notebook("1 + 1")
    made.metadata["kernelspec"] = {"name": "julia-9", "display_name": "J", "language": "julia"}
    (project / "notebooks" / "a.ipynb").write_text(json.dumps(made))
    assert run("render").exit_code == 0


@pytest.mark.usefixtures("warm")
def test_where_the_clock_is_set_back_nothing_is_taken_for_fresh(project: Path) -> None:
    add(project, "a", "from helpers import results\nresults.record('x', 1)")
    assert run("render").exit_code == 0
    path = add(project, "a", "from helpers import results\nresults.record('x', 2)")
    for file in (path, *(project / "build").rglob("*")):
        os.utime(file, (0, 0))
    assert run("render").exit_code == 0
    assert statuses(project)["a"] == "ok"
    assert results.read(project / "build" / "results.json")["a"]["x"].value == 2


TEXTS = [
    "'; import os; os._exit(9) #",
    '"""',
    "two\nlines",
    "../../etc/passwd",
    "{x}",
    "\\",
    "$(touch x)",
    "é 卵",
]


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("form", ["json", "-p"])
def test_a_parameter_stays_data_whatever_it_holds(project: Path, form: str) -> None:
    allowed = 'text: str = "x"  # any of these; allowed: data studies.label'
    add(project, "a", "from helpers import results\nresults.record('seen', text)", parameters=allowed)
    for text in TEXTS if form == "-p" else [TEXTS]:
        if form == "-p":
            done = run("render", "a", "-p", f"text={text}")
        else:
            (project / "m.json").write_text(json.dumps([{"text": item} for item in text]))
            done = run("render", "a", "--matrix", "m.json")
        assert done.exit_code == 1
        assert "is not allowed" in done.stderr
        assert not (project / "build").exists()


@pytest.mark.usefixtures("warm")
def test_results_that_were_altered_by_hand_are_collected_again(project: Path) -> None:
    add(project, "a", "from helpers import results\nresults.record('x', 1)")
    assert run("render").exit_code == 0
    path = project / "build" / "results.json"
    right = path.read_text()
    path.write_text(right.replace('"value": 1', '"value": 999'))
    assert run("render").exit_code == 0
    assert path.read_text() == right


def test_list_and_runs_say_what_is_wrong_without_a_traceback(project: Path) -> None:
    assert run("runs").stderr == "Error: no run is recorded yet; begin with `reanalysis render`\n"
    (project / "notebooks" / "a.ipynb").write_text("{")
    add(project, "b", "1", parameters="x = 3")
    add(project, "c", "1", parameters='x: str = "y"  # meaning; allowed: data nope.y')
    outcome = run("render", "--list")
    assert outcome.exit_code == 0, outcome.output
    assert [line.partition(":")[0] for line in outcome.stdout.splitlines() if line] == ["a", "b", "c"]
    assert "is no annotated assignment" in outcome.stdout
    assert "--list takes names of notebooks" in run("render", "--list", "--why").stderr
    (project / "build" / "runs").mkdir(parents=True)
    (project / "build" / "runs" / "odd.json").write_text('{"run": 1, "started": 2, "entries": null}')
    assert run("runs").stderr.startswith("Error: no run is recorded yet")


@pytest.mark.usefixtures("warm")
def test_a_parameter_that_is_allowed_reaches_the_notebook_as_it_is(project: Path) -> None:
    # They stand in a comment of the notebook, which holds no new line.
    words = [text for text in TEXTS if "\n" not in text]
    allowed = f'text: str = "x"  # any of these; allowed: x | {" | ".join(words)}'
    add(project, "a", "from helpers import results\nresults.record('seen', text)", parameters=allowed)
    (project / "m.json").write_text(json.dumps([{"text": text} for text in words]))
    done = run("render", "a", "--matrix", "m.json")
    assert done.exit_code == 0, done.output
    seen = results.read(project / "build" / "results.json")
    assert sorted(named["seen"].value for named in seen.values()) == sorted(words)
    assert {path.parent for path in project.rglob("a--*.ipynb")} <= {project / "build" / "notebooks"}


def test_the_real_command_says_what_would_run(project: Path, ev: evidence.Evidence) -> None:
    add(project, "a", "1", parameters=PARAMETERS)
    assert reanalysis("render", "--why", folder=project).stdout == "a: will run: there is no output\n"
    assert not (project / "build" / "notebooks").exists()
    listed = reanalysis("render", "--list", folder=project).stdout.splitlines()
    assert listed[:3] == ["a: Why?", "  outcome: str = all", "      outcome to show"]
    shown, _, more = listed[3].partition(" and ")
    values = shown.removeprefix("      allowed: ").split(", ")
    assert len(values) == 8
    assert values[0] == "all"
    assert more == f"{ev.outcomes['outcome'].nunique() - 7} more"
    assert listed[4:] == ["  level: float = 0.95", "      confidence level", "      allowed: 0.5 to 0.999"]
