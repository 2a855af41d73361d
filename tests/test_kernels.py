"""Forked kernels: as ordinary ones in what they give, fresh each time, and gone with whoever asked for them."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from helpers.rendering import batch, kernels, worker_main
from helpers.rendering.dependencies import Modules
from helpers.rendering.plan import Request, make_runs
from helpers.rendering.project import Project
from tiny import add, notebook

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(not kernels.can_fork(), reason="kernels are not forked here")


@pytest.fixture(scope="module")
def address(forking: str | None) -> str:
    """The process that all tests fork from: no test here harms it."""
    assert forking is not None
    return forking


def forked(address: str, target: str, argument: object, folder: Path) -> kernels.Forked:
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    return kernels.Forked(address, target, argument, cwd=str(folder), env=env, log=str(folder / "log"))


def executed(address: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *code: str) -> list[str]:
    """Run cells in a forked kernel, as any tool that uses jupyter_client does, and give what each printed."""
    for name, value in {
        kernels.ADDRESS: address,
        **kernels.DEFAULT,
        "JUPYTER_RUNTIME_DIR": str(folder),
    }.items():
        monkeypatch.setenv(name, value)
    made = notebook(*code)
    NotebookClient(
        made, kernel_name="python3", timeout=60, resources={"metadata": {"path": str(folder)}}
    ).execute()
    cells = [cell for cell in made.cells if cell.cell_type == "code"]
    return ["".join(output.get("text", "") for output in cell.outputs) for cell in cells]


def test_a_notebook_gives_the_same_bytes_in_a_forked_and_in_an_ordinary_kernel(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks" / "study_report.ipynb", tmp_path / "notebooks")
    project = Project(tmp_path)
    from helpers import evidence

    found = evidence.load(project.data)
    runs = make_runs(project, found, [Request("study_report", {"study_id": "cao2018"})])
    written = []
    for forks in (address, None):
        monkeypatch.setattr(kernels, "server", lambda *_, forks=forks: nullcontext(forks))
        record = batch.render(project, found, runs, command=["test"], force=True)
        assert [entry.status for entry in record.entries] == ["ok"]
        written.append(project.output(runs[0].output).read_bytes())
    assert written[0] == written[1]


def test_nothing_passes_from_one_notebook_to_the_next(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = str(ROOT / "data")
    look = (
        "import os, sys, random, matplotlib, pandas, helpers\n"
        "from helpers import evidence\n"
        f"ev = evidence.load({data!r})\n"
        "print(os.environ.get('LEFT'), os.getcwd(), matplotlib.rcParams['lines.linewidth'], 'left' in globals(),\n"
        "      getattr(helpers, 'left', None), ev.outcomes['events'].sum(), pandas.get_option('display.max_rows'))"
    )
    change = (
        "os.environ['LEFT'] = 'x'\nos.chdir('/')\nmatplotlib.rcParams['lines.linewidth'] = 99\nleft = 1\n"
        "helpers.left = 1\nev.outcomes.loc[:, 'events'] = 0\npandas.set_option('display.max_rows', 7)"
    )
    before, _, after = executed(address, tmp_path, monkeypatch, look, change, look)
    again, *_ = executed(address, tmp_path, monkeypatch, look)
    assert before == again
    assert after.split()[0] == "x"
    # Loaded again in one kernel, the evidence is whole as well.
    assert after.split()[5] == before.split()[5] != "0"


def test_a_kernel_is_forked_from_a_process_without_threads_that_holds_the_evidence(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (printed,) = executed(
        address,
        tmp_path,
        monkeypatch,
        "import os, time\nstart = time.perf_counter()\nfrom helpers import evidence\n"
        f"evidence.load({str(ROOT / 'data')!r})\n"
        "print(time.perf_counter() - start, os.getppid())",
    )
    seconds, parent = printed.split()
    assert float(seconds) < 0.3
    server = psutil.Process(int(parent))
    assert "helpers.rendering.kernel_server" in " ".join(server.cmdline())
    assert server.num_threads() == 1


def test_its_end_is_known_with_code_signal_and_memory(address: str, tmp_path: Path) -> None:
    assert forked(address, "time:sleep", 0, tmp_path).wait(30) == 0
    assert forked(address, "sys:exit", 3, tmp_path).wait(30) == 3
    failed = forked(address, "math:sqrt", "no number", tmp_path)
    assert failed.wait(30) == 1
    assert "TypeError" in (tmp_path / "log").read_text()
    sleeping = forked(address, "time:sleep", 60, tmp_path)
    assert sleeping.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        sleeping.wait(0.05)
    sleeping.kill()
    assert sleeping.wait(30) == -signal.SIGKILL
    assert 10e6 < (sleeping.peak_memory_bytes or 0) < 2e9


def gone(pid: int, seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.02)
    return False


def test_a_process_ends_with_whoever_asked_for_it(address: str, tmp_path: Path) -> None:
    ask = (
        "import sys, os, time\nfrom helpers.rendering import kernels\n"
        f"one = kernels.Forked({address!r}, 'time:sleep', 60, cwd='/', env=dict(os.environ))\n"
        "print(one.pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdout is not None
        pid = int(asker.stdout.readline())
        assert psutil.pid_exists(pid)
        asker.kill()
    assert gone(pid)
    # And the server goes on.
    assert forked(address, "time:sleep", 0, tmp_path).wait(30) == 0


def test_processes_end_with_the_server_and_the_server_with_its_starter() -> None:
    start = (
        "import os, time\nfrom pathlib import Path\nfrom helpers.rendering import kernels\n"
        f"server = kernels.Server(Path({str(ROOT / 'data')!r}))\n"
        "one = kernels.Forked(server.address, 'time:sleep', 60, cwd='/', env=dict(os.environ))\n"
        "print(server._process.pid, one.pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", start], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        server, pid = map(int, starter.stdout.readline().split())
        starter.kill()
    assert gone(server)
    assert gone(pid)


def test_a_killed_server_leaves_no_process_and_a_clear_error(tmp_path: Path) -> None:
    server = kernels.Server(ROOT / "data")
    one = forked(server.address, "time:sleep", 60, tmp_path)
    server._process.kill()
    assert one.wait(10) == -signal.SIGKILL
    assert gone(one.pid)
    with pytest.raises(ConnectionError):
        forked(server.address, "time:sleep", 0, tmp_path)
    server.close()


def test_a_process_begun_before_the_code_changed_is_not_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = kernels.begin(ROOT / "data")
    assert begun is not None
    with kernels.server(ROOT / "data", begun) as address:
        assert address == begun.address
    assert gone(begun._process.pid)
    another = SimpleNamespace(ready=True, address="another", close=lambda: None)
    monkeypatch.setattr(kernels, "Server", lambda _: another)
    monkeypatch.setattr(Modules, "digests", {"helpers": "other"})
    with kernels.server(ROOT / "data", begun) as address:
        assert address == "another"


def test_a_kernel_that_dies_at_its_start_is_no_kernel(tmp_path: Path) -> None:
    async def start() -> None:
        manager = AsyncKernelManager(kernel_name="python3", client_factory=worker_main.Client)
        manager.connection_file = str(tmp_path / "kernel.json")
        assert manager.kernel_spec is not None
        manager.kernel_spec.argv = [sys.executable, "-c", "pass"]
        await manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=60)
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)

    with pytest.raises(RuntimeError, match="died before it was ready"):
        asyncio.run(start())


def test_without_a_server_the_provisioner_starts_ordinary_kernels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(kernels.ADDRESS, raising=False)
    for name, value in {**kernels.DEFAULT, "JUPYTER_RUNTIME_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    made: nbformat.NotebookNode = notebook("import os\nprint(os.getppid())")
    NotebookClient(made, kernel_name="python3", timeout=60).execute()
    assert int(made.cells[-1].outputs[0].text) == os.getpid()


def test_where_nothing_can_be_forked_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(kernels, "can_fork", lambda: False)
    (tmp_path / "data").symlink_to(ROOT / "data")
    add(tmp_path, "a", "print(1)")
    from helpers import evidence

    project = Project(tmp_path)
    found = evidence.load(project.data)
    record = batch.render(project, found, make_runs(project, found, [Request("a")]), command=["test"])
    assert [entry.status for entry in record.entries] == ["ok"]
    assert "no forked kernels on" in capsys.readouterr().err
