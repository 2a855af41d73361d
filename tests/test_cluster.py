"""Notebooks on other machines: the same outputs, whoever executes them, and what comes of workers that go."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from commands import eventually, reanalysis
from helpers import evidence
from helpers.cli import main
from helpers.rendering.batch import render
from helpers.rendering.cluster import Exchange
from helpers.rendering.dependencies import Modules
from helpers.rendering.plan import Request, make_runs
from helpers.rendering.project import Project
from helpers.rendering.records import Record
from tiny import PARAMETERS, add

pytestmark = pytest.mark.usefixtures("warm")
ROOT = Path(__file__).parents[1]
READS = "from helpers import evidence\nlen(evidence.load('../data').claims), level"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    shutil.copytree(ROOT / "data", root / "data")
    for name in "abc":
        add(root, name, READS, parameters=PARAMETERS)
    return root


@pytest.fixture(scope="module")
def pool() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as executor:
        yield executor


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process of its own."""
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as made:  # type: ignore[no-untyped-call]
        yield made


def rendered(root: Path, executor: Executor | None, exchange: Exchange | None = None) -> Record:
    project, found = Project(root), evidence.load(root / "data")
    runs = make_runs(project, found, [Request(name) for name in "abc"])
    return render(project, found, runs, command=["test"], executor=executor, exchange=exchange, force=True)


def outputs(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "build" / "notebooks").iterdir()}


def statuses(record: Record) -> list[str]:
    return [entry.status for entry in record.entries]


def test_any_executor_gives_what_this_machine_gives(project: Path, pool: Executor) -> None:
    assert statuses(rendered(project, None)) == ["ok"] * 3
    here = outputs(project)
    shutil.rmtree(project / "build")
    assert statuses(rendered(project, pool)) == ["ok"] * 3
    assert outputs(project) == here


def test_where_no_folder_is_shared_inputs_and_outputs_go_over_an_exchange(
    project: Path, pool: Executor, tmp_path: Path
) -> None:
    assert statuses(rendered(project, None)) == ["ok"] * 3
    here = outputs(project)
    shutil.rmtree(project / "build")
    add(project, "b", "raise ValueError('no')")
    place = tmp_path / "exchange"
    assert statuses(rendered(project, pool, Exchange(f"file://{place}"))) == ["ok", "failed", "ok"]
    assert {name: outputs(project)[name] for name in ("a.ipynb", "c.ipynb")} == {
        name: here[name] for name in ("a.ipynb", "c.ipynb")
    }
    assert b"did not finish (failed)" in outputs(project)["b.ipynb"]
    assert list(place.iterdir()) == []


def test_a_worker_with_other_code_is_not_trusted(
    project: Path, pool: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = Modules().digests | {"helpers.reads": "other"}
    monkeypatch.setattr(Modules, "digests", changed)
    record = rendered(project, pool)
    assert statuses(record) == ["failed"] * 3
    message = "this worker has other code or packages (helpers.reads changed); update and restart it"
    assert {entry.error for entry in record.entries} == {message}
    assert {entry.output for entry in record.entries} == {None}


def test_a_cluster_renders_and_a_killed_worker_costs_no_notebook(project: Path, cluster: Any) -> None:
    # The kernel's parent is the process that forks, and that one's the worker.
    counting = (
        "import os, pathlib, psutil\nworker = psutil.Process(os.getppid()).ppid()\n"
        "with pathlib.Path('../starts').open('a') as file:\n    file.write(f'{worker}\\n')"
    )
    waiting = "import time\nwhile pathlib.Path('../wait').exists():\n    time.sleep(0.05)"
    add(project, "b", counting, waiting, READS, parameters=PARAMETERS)
    (project / "wait").touch()
    starts = project / "starts"
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(reanalysis, "render", "--scheduler", cluster.scheduler_address, folder=project)
        eventually(starts.exists)
        os.kill(int(starts.read_text()), signal.SIGKILL)
        eventually(lambda: starts.read_text().count("\n") == 2)
        (project / "wait").unlink()
        done_again = done.result(120)
    assert done_again.returncode == 0, done_again.stderr
    assert [line.split()[:2] for line in done_again.stdout.splitlines()[:3]] == [
        ["ok", "a"],
        ["ok", "b"],
        ["ok", "c"],
    ]
    first, second = starts.read_text().split()
    assert first != second


def test_where_no_scheduler_answers_one_line_says_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("helpers.rendering.cluster._PATIENCE", 1)
    monkeypatch.chdir(project)
    done = CliRunner().invoke(main, ["render", "--scheduler", "tcp://127.0.0.1:9"])
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].startswith("Error: no scheduler answers at tcp://127.0.0.1:9: ")
    assert not (project / "build" / "notebooks").exists()
    assert "--exchange needs --scheduler" in CliRunner().invoke(main, ["render", "--exchange", "/x"]).stderr
