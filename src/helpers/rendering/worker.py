"""Child processes: one per notebook, with a time limit, and nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import psutil

from helpers import reads
from helpers.rendering import kernels
from helpers.rendering.plan import Run
from helpers.rendering.project import Project

_EXECUTE = "helpers.rendering.worker_main"
#: Seconds that a child gets to write its partial notebook once its time is over.
GRACE = 10.0


#: A process that was forked, or an ordinary one.
Child = kernels.Forked | subprocess.Popen[bytes]


@dataclass(frozen=True)
class Outcome:
    """What came of a run.

    Attributes
    ----------
    status : str
        ``ok``, ``failed``, ``died``, ``timeout`` or ``skipped``.
    error : str or None
        One line.
    seconds : float
        How long it took.
    peak_memory_bytes : int or None
        Of the kernel, None where it is not known.
    reads : dict of str
        Version by what the notebook read, see `helpers.reads`.
    data : str
        Version of the evidence that it read, empty where it is not one.
    """

    status: str
    error: str | None = None
    seconds: float = 0.0
    peak_memory_bytes: int | None = None
    reads: dict[str, str] = field(default_factory=dict)
    data: str = ""


class Place(Protocol):
    """Where runs are executed."""

    def submit(self, run: Run) -> Future[Outcome]:
        """Begin a run, or let it wait for its turn."""

    def stop(self) -> None:
        """End what is running; what waits is cancelled by its future."""

    def fetch(self, run: Run) -> None:
        """Bring the output of a run that ended to where the project has it."""


@contextmanager
def here(
    project: Project, workers: int, timeout: float, begun: kernels.Server | None = None
) -> Iterator[Place]:
    """Execute runs on this machine, each in a process of its own, so many at a time, each with so many seconds.

    They are forked by the process that was `begun` for it, else by one that is started now.
    """
    with kernels.server(project.data, begun) as server, ThreadPoolExecutor(workers) as pool:
        yield _Here(project, timeout, server, pool)


@dataclass
class _Here:
    project: Project
    timeout: float
    server: str | None
    pool: ThreadPoolExecutor
    stopped: threading.Event = field(default_factory=threading.Event)

    def submit(self, run: Run) -> Future[Outcome]:
        return self.pool.submit(execute, self.project, run, self.timeout, self.server, self.stopped)

    def stop(self) -> None:
        self.stopped.set()

    def fetch(self, run: Run) -> None:
        """Do nothing: it is there."""


def execute(
    project: Project,
    run: Run,
    timeout: float,
    server: str | None = None,
    stop: threading.Event | None = None,
) -> Outcome:
    """Execute a run in a process of its own, within `timeout` seconds, and wait for it.

    The process is forked from the `server` (see `kernels`), else an ordinary one. Once `stop` is set it is ended and
    the run counts as skipped. Where it wrote no output, none of an earlier run is left.
    """
    stop = stop or threading.Event()
    if stop.is_set():
        return Outcome("skipped")
    output, started = project.output(run.output), time.monotonic()
    before = _identity(output)
    with kernels.own_folder(Path(server).parent if server else None) as folder:
        request = _request(project, run, timeout, Path(folder))
        answer = _talk(project, request, Path(folder), started + timeout, stop, server)
    seconds = round(time.monotonic() - started, 3)
    if stop.is_set() and "peak_memory_bytes" not in answer:
        return Outcome("skipped", "interrupted", seconds)
    if "peak_memory_bytes" not in answer or _identity(output) == before:
        output.unlink(missing_ok=True)
    return Outcome(**answer, seconds=seconds)


def _request(project: Project, run: Run, timeout: float, folder: Path) -> dict[str, Any]:
    return {
        "notebook": run.notebook.name,
        "output": str(project.output(run.output)),
        "answer": str(folder / "answer"),
        "root": str(project.root),
        "injected": run.injected,
        "stamp": run.stamp,
        "timeout": timeout,
    }


def _talk(
    project: Project,
    request: dict[str, Any],
    folder: Path,
    deadline: float,
    stop: threading.Event,
    server: str | None,
) -> dict[str, Any]:
    folders = {"JUPYTER_RUNTIME_DIR": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    env = kernels.environment(folder) | folders | kernels.DEFAULT | {reads.VARIABLE: str(folder / "reads")}
    log, cwd = folder / "log", str(project.notebooks)
    child: Child | None = None
    if server:
        warm = env | {kernels.ADDRESS: server}
        with suppress(ConnectionError):  # where the server is gone, an ordinary process does it too
            child = kernels.Forked(server, f"{_EXECUTE}:serve", request, cwd=cwd, env=warm, log=str(log))
    if child is None:
        # Files and not pipes: a process that outlives the child could hold a pipe open for ever.
        (folder / "request").write_text(json.dumps(request))
        with (folder / "request").open() as stdin, log.open("w") as out:
            command = [sys.executable, "-m", _EXECUTE]
            child = subprocess.Popen(
                command, cwd=cwd, env=env, stdin=stdin, stdout=out, stderr=out, start_new_session=True
            )
    in_time = _wait(child, deadline, stop)
    try:
        answer: dict[str, Any] = json.loads((folder / "answer").read_text())
    except (OSError, ValueError):
        if not in_time:
            return {"status": "timeout", "error": f"took longer than {request['timeout']:g} s"}
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        reason = f": {lines[-1]}" if lines and (child.returncode or 0) > 0 else ""
        return {"status": "died", "error": f"its process ended with code {child.returncode}{reason}"}
    return answer


def _wait(child: Child, deadline: float, stop: threading.Event) -> bool:
    while True:
        try:
            child.wait(0.1)
            return True
        except subprocess.TimeoutExpired:
            late = time.monotonic() > deadline
            if late or stop.is_set():
                _end(child, grace=GRACE if late else 0)
                return not late


def _end(child: Child, grace: float) -> None:
    # The kernel leads a session of its own, so a signal to the child's group would not reach it.
    try:
        family = psutil.Process(child.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    if grace:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(grace)
    child.kill()
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    child.wait()
    psutil.wait_procs(family, timeout=GRACE)


def _identity(path: Path) -> tuple[int, int] | None:
    return (path.stat().st_ino, path.stat().st_mtime_ns) if path.exists() else None
