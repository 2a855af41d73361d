"""The process that forks: it imports and loads what every notebook needs, then waits for requests; see `kernels`, which asks it.

It changes nothing of what a notebook gives, which a test holds: no output depends on its code.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import io
import json
import os
import pkgutil
import selectors
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

#: What every notebook imports, directly or through these; the later ones by the way, where it is first used.
PRELOADED = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "seaborn",
    "scipy.optimize",
    "scipy.stats",
    "helpers.evidence",
    "helpers.results",
    "helpers.rendering.worker_main",
    "helpers.parameters",
    "helpers.show.count_forest",
    "ipykernel.debugger",
    "ipykernel.kernelspec",
    "tornado.platform.asyncio",
    "tornado.queues",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.debugger_backport",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "pandas.io.formats.csvs",
    "sqlite3",
    "faulthandler",
    "pdb",
    "zmq.utils.garbage",
)
_SIGKILL_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def main() -> None:
    """Import, load and fork, until the pipe to the starter closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    listener, data = socket.socket(fileno=int(sys.argv[1])), sys.argv[2]
    try:
        _serve(listener, data)
    finally:  # whoever started this process may be gone already
        shutil.rmtree(Path(listener.getsockname()).parent, ignore_errors=True)


def _serve(listener: socket.socket, data: str) -> None:
    for name in (*PRELOADED, *_questions()):
        importlib.import_module(name)
    from helpers import evidence
    from helpers.evidence.loading import join_loaded

    with suppress(evidence.EvidenceError):  # each notebook says what is wrong
        evidence.load(data)
    join_loaded()
    _warm()
    if psutil.Process().num_threads() > 1:
        raise RuntimeError(
            "the process that forks kernels has threads, of which a fork would lose all but one"
        )
    gc.freeze()
    # A process that ends so soon needs not look for garbage after every 700 new objects.
    gc.set_threshold(20_000, 20, 50)
    print("ready", flush=True)
    _Serving(listener).loop()


def _questions() -> Iterator[str]:
    """Name the modules of all questions."""
    from helpers import questions

    return (module.name for module in pkgutil.walk_packages(questions.__path__, f"{questions.__name__}."))


def _warm() -> None:
    """Do once what each notebook would do first: find provisioners and versions, compile the schema of notebooks, load fonts and formats."""
    import nbformat
    from jupyter_client.provisioning.factory import KernelProvisionerFactory
    from matplotlib.figure import Figure

    from helpers.show import words

    words.packages()
    # The environment says in each process which of them is taken.
    KernelProvisionerFactory.instance()
    nbformat.validate(nbformat.v4.new_notebook())  # type: ignore[no-untyped-call]
    figure = Figure(figsize=(1, 1))
    figure.add_subplot(title="$x$").text(0, 0, "bold", weight="bold")
    for kind in ("png", "svg"):
        figure.savefig(io.BytesIO(), format=kind)


class _Serving:
    """The server's one loop: a child per connection, for as long as the connection is open."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._children: dict[int, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._wakeup, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._wakeup.setblocking(False)

    def loop(self) -> None:
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wakeup.fileno())
        for file, serve in ((self._listener, self._accept), (self._woken, self._reap), (sys.stdin, None)):
            self._selector.register(file, selectors.EVENT_READ, serve)
        while True:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._end()
                    return
                key.data(key.fileobj)

    def _accept(self, listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection.makefile("rb") as lines:
            line = lines.readline()
        if not line:
            connection.close()
            return
        pid = os.fork()
        if not pid:
            self._become(json.loads(line))
        self._children[pid] = connection
        self._selector.register(connection, selectors.EVENT_READ, lambda _: self._abandoned(pid))
        with suppress(OSError):
            connection.sendall(f"{pid}\n".encode())

    def _become(self, request: dict[str, Any]) -> None:
        """Turn this process, a child just forked, into what was asked for; it never returns."""
        code = 1
        try:
            ctypes.CDLL(None).prctl(_SIGKILL_WITH_PARENT, signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            for signum in (signal.SIGCHLD, signal.SIGINT):
                signal.signal(
                    signum, signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL
                )
            for open_file in (self._listener, self._wakeup, self._woken, *self._children.values()):
                open_file.close()
            self._selector.close()
            os.setsid()
            os.environ.clear()
            os.environ.update(request["env"])
            os.chdir(request["cwd"])
            log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            null = os.open(os.devnull, os.O_RDONLY)
            for source, target in ((null, 0), (log, 1), (log, 2)):
                os.dup2(source, target)
            module, name = request["target"].split(":")
            run: Callable[[Any], None] = getattr(importlib.import_module(module), name)
            run(request["argument"])
            code = 0
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            with suppress(Exception):
                sys.stdout.flush()
                sys.stderr.flush()
            os._exit(code)

    def _end(self) -> None:
        """End what is left: whoever started this process is gone."""
        for pid in list(self._children):
            self._abandoned(pid)
        with suppress(ChildProcessError):
            while True:
                os.wait()

    def _reap(self, woken: socket.socket) -> None:
        with suppress(BlockingIOError):
            while woken.recv(4096):
                pass
        with suppress(ChildProcessError):
            while True:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
                if not pid:
                    break
                connection = self._children.pop(pid)
                with suppress(KeyError):  # where its asker went first
                    self._selector.unregister(connection)
                answer = [os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024]
                with connection, suppress(OSError):
                    connection.sendall(json.dumps(answer).encode() + b"\n")

    def _abandoned(self, pid: int) -> None:
        """Kill the child whose asker is gone; its end is seen by `_reap`."""
        connection = self._children[pid]
        with suppress(KeyError):  # where it is not the first to say so
            self._selector.unregister(connection)
        # Its group is of its own only once it got as far as that.
        for kill in (os.kill, os.killpg):
            with suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
