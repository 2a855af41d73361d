"""Execute one notebook with papermill, in a process of its own.

``python -m helpers.rendering.worker_main`` reads a request as JSON from stdin and answers with a JSON file. The current folder is
that of the notebook. SIGTERM stops it: the partial notebook is still written.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import sys
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

import nbformat
import zmq
import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient.exceptions import DeadKernelError
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.execute import execute_notebook
from traitlets.config import Config

from helpers import reads, results
from helpers.files import write_atomically
from helpers.rendering import kernels, notebooks
from helpers.rendering.dependencies import Modules


class _Keeping(NBClientEngine):
    """papermill's own engine, keeping hold of the notebook: what ran is there when a run is stopped."""

    notebook: nbformat.NotebookNode | None = None

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: Any, *rest: Any, **options: Any) -> Any:
        cls.notebook = nb_man.nb
        return super().execute_managed_notebook(nb_man, kernel_name, *rest, **options)  # type: ignore[no-untyped-call]


class Client(AsyncKernelClient):
    """A client that begins once the kernel speaks; jupyter_client's own lets a third of a second pass.

    It comes before the kernel listens, tries again after 10 ms instead of 100, and does not listen for 200 ms whether
    there is more to hear: papermill passes over what is no answer to its cells.
    """

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, 10)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers on both channels; raise RuntimeError if it dies, TimeoutError after `timeout` s."""
        async with asyncio.timeout(timeout):
            while not await self._answered(self.kernel_info()):
                if not await self.is_alive():
                    raise RuntimeError("the kernel died before it was ready")

    async def _answered(self, asked: str) -> bool:
        """Return whether the kernel says within a fifth of a second that it has answered: it is lost where nobody listened yet."""
        with suppress(Empty):
            while True:
                said = await self.iopub_channel.get_msg(timeout=0.2)
                if (
                    said["parent_header"].get("msg_id") == asked
                    and said["content"].get("execution_state") == "idle"
                ):
                    return True
        return False


def execute(request: dict[str, Any]) -> dict[str, Any]:
    """Execute a notebook and write the output, whatever came of it; return status, error, peak_memory_bytes, reads and data.

    The request has ``notebook`` (file name in the current folder), ``output``, ``root`` (the project's folder),
    ``injected`` (parameters for papermill), ``stamp`` (entry for the metadata) and ``timeout`` (seconds granted by
    the caller).
    """
    root = Path(request["root"])
    source = notebooks.source(Path(request["notebook"]))
    if notebooks.source_digest(source) != request["stamp"]["source"]:
        changed = "the notebook was changed after this render had begun; render it again"
        return {"status": "failed", "error": changed, "peak_memory_bytes": None}
    status, error = _papermill(source, request["injected"])
    if status == "timeout":
        error = f"took longer than {request['timeout']:g} s"
    noted = reads.noted(Path(os.environ[reads.VARIABLE]))
    read = {what: version for what, version in noted.items() if not what.startswith("data:")}
    loaded = [version for what, version in noted.items() if what.startswith("data:")]
    read |= _modules_beside(root, read, request["stamp"]["inputs"]["modules"])
    notebook = _Keeping.notebook
    if notebook is not None:
        notebooks.stabilise(notebook, source, root)
        if status == "ok":
            status, error = _verdict(notebook)
    error = notebooks.scrubbed(error, root) if error else None
    if notebook is not None:
        if error:
            notebooks.add_banner(notebook, status, error)
        notebook.metadata[notebooks.STAMP] = {**request["stamp"], "reads": read, "status": status}
        write_atomically(Path(request["output"]), notebooks.text(notebook))
    data = loaded[0] if len(loaded) == 1 else ""
    return {
        "status": status,
        "error": error,
        "peak_memory_bytes": _peak_memory(),
        "reads": read,
        "data": data,
    }


def _modules_beside(root: Path, read: dict[str, str], known: dict[str, str]) -> dict[str, str]:
    """Name what modules next to a notebook import of this package, and it does not itself."""
    paths = [
        root / what.removeprefix("file:")
        for what in read
        if what.startswith("file:") and what.endswith(".py")
    ]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths if path.is_file()]
    used = Modules().used_by("\n".join(texts)) if texts else {}
    return {f"module:{name}": digest for name, digest in used.items() if name not in known}


def serve(request: dict[str, Any]) -> None:
    """Serve one request; the answer goes to the file that the request names as ``answer``."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    write_atomically(Path(request["answer"]), json.dumps(execute(request)))


def main() -> None:
    """Serve the request on stdin."""
    serve(json.load(sys.stdin))


def _papermill(notebook: nbformat.NotebookNode, injected: dict[str, Any]) -> tuple[str, str | None]:
    papermill_engines.register("keeping", _Keeping)  # type: ignore[no-untyped-call]
    try:
        execute_notebook(  # type: ignore[no-untyped-call]
            notebook,
            None,
            parameters=injected,
            engine_name="keeping",
            kernel_name="python3",
            progress_bar=False,
            request_save_on_cell_execute=False,
            config=_pipes(),
            iopub_timeout=60,
            record_timing=False,
            shutdown_kernel="immediate",
        )
    except PapermillExecutionError:
        return "ok", None  # the error is in the notebook, where `_verdict` finds it
    except DeadKernelError:
        return "died", "the kernel died"
    except KeyboardInterrupt:
        return "timeout", None
    except Exception as error:
        return "failed", f"{type(error).__name__}: {error}".splitlines()[0]
    return "ok", None


def _pipes() -> Config:
    """Use named pipes instead of ports, in a folder of this run: two kernels never ask for the same one."""
    kernel = {
        "transport": "ipc",
        "connection_file": str(Path(os.environ["JUPYTER_RUNTIME_DIR"]) / "kernel.json"),
    }
    client = {"client_factory": Client}
    return Config({"KernelManager": kernel, "AsyncKernelManager": kernel | client})


def _verdict(notebook: nbformat.NotebookNode) -> tuple[str, str | None]:
    error = notebooks.unfinished(notebook)
    if error is None:
        try:
            results.collect(notebook)
        except results.ResultError as fault:
            error = str(fault)
    return ("failed", error) if error else ("ok", None)


def _peak_memory() -> int:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    forked = [kernel.peak_memory_bytes or 0 for kernel in kernels.Provisioner.launched]
    return max([peak if sys.platform == "darwin" else peak * 1024, *forked])


if __name__ == "__main__":
    main()
