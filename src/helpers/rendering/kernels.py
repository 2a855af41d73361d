"""Warm kernels: a process that has imported everything forks a fresh one for each notebook.

Starting an interpreter and importing pandas, matplotlib and scipy takes longer than most notebooks run. So a *server*
imports them once, loads the evidence, and forks: each kernel, and each process that executes a notebook with papermill, is a
copy of it that nobody has used. The server itself has no thread, no event loop and no ZMQ context, and runs no notebook,
so no state passes from one notebook to the next.

A request holds its process like a lease: when the asker closes the connection or dies, the server kills the process; when
the server dies, its processes die with it. Where processes cannot be forked safely (Windows, macOS) there is no server,
and kernels are ordinary ones.
"""

from __future__ import annotations

import json
import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, cast

import psutil
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from helpers import reads
from helpers.rendering import notebooks
from helpers.rendering.dependencies import Modules

#: The address of the server, for processes below the one that started it.
ADDRESS = "REANALYSIS_KERNELS"
#: The name of `Provisioner` among the entry points of jupyter_client, which takes it as default from this variable.
DEFAULT = {"JUPYTER_DEFAULT_PROVISIONER_NAME": "reanalysis-forked"}
#: What holds for every notebook, in whichever kind of process. More threads would also keep a process from being forked.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    # The pixels of a figure are used again for the next, instead of being given back and asked for page by page.
    "MALLOC_MMAP_THRESHOLD_": "33554432",
    "MALLOC_TRIM_THRESHOLD_": "134217728",
    "PYTHONHASHSEED": "0",
    # A kernel of the same name in the user's home must not take the place of this environment's.
    "JUPYTER_PREFER_ENV_PATH": "1",
    # The debugger that each kernel holds ready would complain of modules frozen into the interpreter.
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
#: Seconds after which the folder of a process that is gone counts as left behind.
_LEFT = 3600


def can_fork() -> bool:
    """Return whether a process with these libraries can be forked safely: on Linux."""
    return sys.platform == "linux"


def environment(folder: str | Path) -> dict[str, str]:
    """Give the variables of a process for notebooks; `folder` takes the place of a home that its user has not."""
    home = notebooks.home_folder()
    # Jupyter and matplotlib keep files of their own there.
    instead = {} if home and os.access(home, os.W_OK) else {"HOME": str(folder)}
    return {**os.environ, **ENVIRONMENT, **instead}


def own_folder(within: Path | None = None) -> tempfile.TemporaryDirectory[str]:
    """Make a folder for what lasts as long as this process at most, and remove those of processes that were killed."""
    if within is not None:
        return tempfile.TemporaryDirectory(prefix="", dir=within, ignore_cleanup_errors=True)
    # Short, for the name of a pipe must fit into about 100 characters.
    for left in Path("/tmp").glob("re-*-*"):
        pid = left.name.split("-")[1]
        # Not at once: where containers share the folder, a process of another is not seen here.
        old = time.time() - left.stat().st_mtime > _LEFT
        if old and pid.isdecimal() and not psutil.pid_exists(int(pid)):
            shutil.rmtree(left, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"re-{os.getpid()}-", dir="/tmp", ignore_cleanup_errors=True)


class Server:
    """The warm process that holds the evidence of the folder `data` in memory, as seen by the process that started it.

    It gets ready by itself, for two seconds or three, while its starter goes on.
    """

    def __init__(self, data: Path) -> None:
        self._notebooks = data.parent / "notebooks"
        self._imported = self._imports()
        self._folder = own_folder()
        self.address = str(Path(self._folder.name) / "kernels")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(self.address)
        listener.listen(64)
        start = "from helpers.rendering.kernel_server import main; main()"
        command = [sys.executable, "-P", "-c", start, str(listener.fileno()), str(data)]
        with listener:
            self._process = subprocess.Popen(
                command,
                # It ends when this pipe does: with its starter, however that ends.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment(self._folder.name),
                # As the notebooks, it finds its settings for matplotlib there.
                cwd=self._notebooks if self._notebooks.is_dir() else None,
                pass_fds=[listener.fileno()],
                start_new_session=True,
            )

    def _imports(self) -> tuple[dict[str, str], str]:
        """Identify what the process imports, and the settings of figures beside the notebooks, as they are now."""
        return Modules().digests, reads.file_version(self._notebooks / "matplotlibrc")

    @property
    def current(self) -> bool:
        """Whether a process that is started now would import the same."""
        return self._imports() == self._imported

    @cached_property
    def ready(self) -> bool:
        """Whether it is there, once it is or ended; the reason if it ended is on stderr."""
        assert self._process.stdout is not None
        return self._process.stdout.readline() == b"ready\n"

    def close(self) -> None:
        """End the server and all its processes, if it did not end before."""
        if self._process.returncode is None:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()


def begin(data: Path) -> Server | None:
    """Start a warm process for `server` early, beside work that needs none; None where processes cannot be forked."""
    return Server(data) if can_fork() else None


@contextmanager
def server(data: Path, begun: Server | None = None) -> Iterator[str | None]:
    """Yield the address of a warm process, which ends with the context, or None where processes cannot be forked.

    It is the one that was `begun` before, if any, and holds the evidence of the folder `data` in memory, besides that of
    the notebooks. Where there is none, stderr says so.
    """
    if not can_fork():
        print(
            f"no forked kernels on {sys.platform}: each starts by itself, which takes longer", file=sys.stderr
        )
        yield None
        return
    # What is planned meanwhile counts on the code of today.
    started = begun if begun is not None and begun.current else Server(data)
    try:
        if not started.ready:
            print(
                "kernels could not be preloaded; each notebook starts its own, which is slower",
                file=sys.stderr,
            )
        yield started.address if started.ready else None
    finally:
        started.close()


class Forked:
    """A process forked by the server at `address`, with the interface of `subprocess.Popen`.

    It runs `target`, a function without result as ``module:name``, on `argument`, as JSON, with `env` as its whole
    environment; `log` is the file for what it prints. Raises ConnectionError if the server is gone.

    Attributes
    ----------
    returncode : int or None
        Its exit code, negative for a signal, once `poll` or `wait` saw its end.
    peak_memory_bytes : int or None
        Its peak memory, once it ended.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        address: str,
        target: str,
        argument: Any,
        *,
        cwd: str,
        env: dict[str, str],
        log: str = os.devnull,
    ) -> None:
        self.returncode: int | None = None
        self.peak_memory_bytes: int | None = None
        self._socket = socket.socket(socket.AF_UNIX)
        self._answers = self._socket.makefile("rb")
        request = {"target": target, "argument": argument, "cwd": cwd, "env": env, "log": log}
        try:
            self._socket.connect(address)
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            self.pid = int(self._answers.readline())
        except (OSError, ValueError) as error:
            self._close()
            raise ConnectionError("the process that forks kernels is gone") from error

    def poll(self) -> int | None:
        """Give the exit code, None while it runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raise `subprocess.TimeoutExpired` where that takes longer than `timeout` seconds."""
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._socket, selectors.EVENT_READ)
                if not selector.select(timeout):
                    raise subprocess.TimeoutExpired("a forked process", timeout or 0)
            # Without an answer the server died, and its processes with it.
            code, peak = json.loads(self._answers.readline() or f"[{-signal.SIGKILL}, null]")
            self.returncode, self.peak_memory_bytes = code, peak
            self._close()
        return self.returncode

    def _close(self) -> None:
        self._answers.close()
        self._socket.close()

    def send_signal(self, signum: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)


class Provisioner(LocalProvisioner):
    """Kernels forked from the server that the environment names; without one, ordinary kernels.

    papermill, nbclient, nbval and nbconvert use it where ``JUPYTER_DEFAULT_PROVISIONER_NAME`` is ``reanalysis-forked``.
    """

    #: The kernels forked by this process, for what they took.
    launched: ClassVar[list[Forked]] = []

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel."""
        environment = kwargs.get("env") or dict(os.environ)
        address = environment.get(ADDRESS)
        if "ipykernel_launcher" not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        if address is None:
            self.log.warning("no process to fork kernels from: starting an ordinary kernel")
            start = "import sys; from helpers.rendering.kernels import run_kernel; run_kernel(sys.argv[1:])"
            return await super().launch_kernel([cmd[0], "-P", "-c", start, *arguments], **kwargs)
        folder = kwargs.get("cwd") or Path.cwd()
        forked = Forked(
            address, "helpers.rendering.kernels:run_kernel", arguments, cwd=str(folder), env=environment
        )
        # With the face of a Popen, which is all that the base class asks for.
        self.process = cast("subprocess.Popen[bytes]", forked)
        self.launched.append(forked)
        self.pid = self.pgid = forked.pid
        self.cwd = folder
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel, and wait the few milliseconds for its end, which jupyter_client looks for every 100 only."""
        await super().kill(restart)
        if isinstance(self.process, Forked):
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(1)


def run_kernel(arguments: list[str]) -> None:
    """Be a kernel of a notebook in the current folder."""
    from ipykernel.kernelapp import IPKernelApp

    reads.start(Path.cwd().parent)
    # Modules next to the notebook are found after the standard library, where an ordinary kernel finds them.
    packages = (number for number, path in enumerate(sys.path) if Path(path).name == "site-packages")
    sys.path.insert(next(packages, 0), "")
    IPKernelApp.launch_instance(argv=arguments)
