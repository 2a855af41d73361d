"""Notebooks on other machines: the same plan, executed by whatever takes calls as `concurrent.futures.Executor` does."""

from __future__ import annotations

import atexit
import secrets
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, Future
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from helpers.errors import UserError
from helpers.files import write_atomically
from helpers.rendering import kernels, worker
from helpers.rendering.dependencies import Modules, changed_inputs, plot_settings
from helpers.rendering.plan import Run
from helpers.rendering.project import Project

#: Seconds to find the scheduler.
_PATIENCE = 30
#: What this process keeps for the next notebook, as a worker.
_kept = ExitStack()
atexit.register(_kept.close)
#: What a notebook needs of a project.
_INPUTS = ("data", "notebooks")


class ClusterError(UserError):
    """A cluster that cannot be used."""


@dataclass(frozen=True)
class Exchange:
    """A place that all machines reach, where inputs are put and outputs picked up.

    Attributes
    ----------
    address : str
        A folder, or an address that fsspec knows, as ``s3://bucket/folder``.
    """

    address: str

    def lay_down(self, project: Project, name: str) -> None:
        """Put what notebooks need, below `name`."""
        system, top = self._open()
        for folder in _INPUTS:
            system.put(f"{project.root / folder}/", f"{top}/{name}/{folder}/", recursive=True)

    def fetch(self, name: str, folder: Path) -> None:
        """Fetch what was laid down."""
        system, top = self._open()
        for part in _INPUTS:
            system.get(f"{top}/{name}/{part}/", f"{folder / part}/", recursive=True)

    def give(self, name: str, output: str, content: bytes) -> None:
        """Put an output there."""
        system, top = self._open()
        system.makedirs(f"{top}/{name}/outputs", exist_ok=True)
        system.pipe_file(f"{top}/{name}/outputs/{output}.ipynb", content)

    def take(self, name: str, output: str) -> bytes | None:
        """Pick up an output; None where a run left none."""
        system, top = self._open()
        with suppress(FileNotFoundError):
            content: bytes = system.cat_file(f"{top}/{name}/outputs/{output}.ipynb")
            return content
        return None

    def clear(self, name: str) -> None:
        """Remove all that was laid down."""
        system, top = self._open()
        system.rm(f"{top}/{name}", recursive=True)

    def _open(self) -> tuple[Any, str]:
        from fsspec.core import url_to_fs  # comes with the extra `cluster`

        system, top = url_to_fs(self.address)
        return system, str(top).rstrip("/")


@contextmanager
def connected(scheduler: str) -> Iterator[tuple[Executor, int]]:
    """Connect to a cluster of dask.distributed at an address as ``tcp://host:8786``; yields its executor and number of workers.

    Raises ClusterError if the extra ``cluster`` is not installed, or nobody answers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError("--scheduler needs the extra: pip install 'poi-reanalysis[cluster]'") from error
    connect: Any = Client
    try:
        client = connect(scheduler, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError(f"no scheduler answers at {scheduler}: {str(error).splitlines()[0]}") from error
    with client:
        workers = sum(client.nthreads().values())
        if not workers:
            raise ClusterError(f"the scheduler at {scheduler} has no worker")
        # Pure calls of the same arguments would be taken for one.
        yield client.get_executor(pure=False), workers


@contextmanager
def elsewhere(
    executor: Executor, project: Project, timeout: float, exchange: Exchange | None
) -> Iterator[worker.Place]:
    """Execute runs wherever an executor takes them, each with so many seconds."""
    name = secrets.token_hex(8)
    if exchange is None:
        yield _Elsewhere(executor, project, timeout)
        return
    exchange.lay_down(project, name)
    try:
        yield _Elsewhere(executor, project, timeout, exchange, name)
    finally:
        exchange.clear(name)


@dataclass(frozen=True)
class _Elsewhere:
    executor: Executor
    project: Project
    timeout: float
    exchange: Exchange | None = None
    name: str = ""

    def submit(self, run: Run) -> Future[worker.Outcome]:
        self.project.output(run.output).unlink(missing_ok=True)
        return self.executor.submit(execute, self.project, run, self.timeout, self.exchange, self.name)

    def stop(self) -> None:
        """Do nothing: what a worker has begun it may end."""

    def fetch(self, run: Run) -> None:
        if self.exchange is not None and (content := self.exchange.take(self.name, run.output)):
            write_atomically(self.project.output(run.output), content)


def execute(
    project: Project, run: Run, timeout: float, exchange: Exchange | None = None, name: str = ""
) -> worker.Outcome:
    """Execute a run on the machine where this is called, within `timeout` seconds.

    Without an exchange, this machine shares the project's folder; with one, inputs and outputs are below `name`. The
    outcome is ``failed`` where this machine has other code or packages than the one that planned the run.
    """
    if exchange is not None:
        project = Project(_fetched(exchange, name))
        run = replace(run, notebook=project.notebooks / run.notebook.name)
    here = {
        "code": run.inputs["code"],
        "modules": {key: value for key, value in _modules().items() if key in run.inputs["modules"]},
        "packages": {**project.packages(), "requirements.lock": run.inputs["packages"]["requirements.lock"]},
        "settings": plot_settings(project.notebooks),
    }
    if differs := changed_inputs(run.inputs, here):
        return worker.Outcome(
            "failed", f"this worker has other code or packages ({'; '.join(differs)}); update and restart it"
        )
    outcome = worker.execute(project, run, timeout, server=_server(project.data))
    output = project.output(run.output)
    if exchange is not None and output.is_file():
        exchange.give(name, run.output, output.read_bytes())
    return outcome


@cache
def _modules() -> dict[str, str]:
    return Modules().used_by("import helpers")


@lru_cache(maxsize=1)
def _fetched(exchange: Exchange, name: str) -> Path:
    """Fetch the inputs of a render once, and end what the one before it needed."""
    _kept.close()
    folder = Path(_kept.enter_context(tempfile.TemporaryDirectory(prefix="reanalysis-")))
    _server.cache_clear()
    exchange.fetch(name, folder)
    return folder


@lru_cache(maxsize=1)
def _server(data: Path) -> str | None:
    """Give the address of a process to fork from that lasts until another project comes, at most as long as this process."""
    return _kept.enter_context(kernels.server(data))
