"""How nbval gets what it compares; here, above both folders, for the notebooks too.

Every notebook is executed once in a test run, by the command that renders it: nbval compares what came of that with what is
committed, and the tests of results, figures and book read the same.
"""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbCell, IPyNbFile

from helpers import results
from helpers.rendering import notebooks
from standard_project import FOLDER, executed

#: The files that take longest come first, so that no process is left with one of them at the end.
LONGEST = ("test_browser.py", "test_lab.py", "test_book_again.py", "test_benchmarks.py", "test_intake.py")


def pytest_configure(config: pytest.Config) -> None:
    """Make a folder for what all processes of this run share."""
    if not hasattr(config, "workerinput"):
        folder = tempfile.mkdtemp(prefix="reanalysis-tests-")
        os.environ[FOLDER] = folder
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; the order within a file stays."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


def pytest_collection_finish() -> None:
    """Spare the collector of garbage what lasts for the whole run: modules, fixtures and thousands of tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Keep nbval from comparing what other tests compare better.

    Figures are guarded by the data drawn in them and results by their tolerances; as text, both would fail
    on the last digit of another machine.
    """
    if isinstance(collector, IPyNbFile):
        collector.skip_compare = (*collector.skip_compare, "image/svg+xml", results.MIME_TYPE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Give nbval, which starts the kernel of a notebook when its first cell is set up, the executed notebook in its place."""
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(item, IPyNbCell):
            alone = all(other.path == item.path for other in item.session.items)
            patch.setattr("nbval.plugin.RunningKernel", partial(Executed, item.path, alone=alone))
        yield


class Executed:
    """A notebook that was executed, with the face of nbval's kernel: each cell gives what it gave."""

    def __init__(self, path: Path, *_: Any, alone: bool, **__: Any) -> None:
        cells = notebooks.read(executed(path, alone=alone)).cells
        self._cells = deque(cell for cell in cells if cell.cell_type == "code")
        self._messages: deque[dict[str, Any]] = deque()
        self._asked = 0

    def is_alive(self) -> bool:
        return True

    def stop(self) -> None:
        self._cells.clear()

    def execute_cell_input(self, source: str, allow_stdin: bool) -> str:  # noqa: ARG002
        self._asked += 1
        cell = self._cells.popleft()
        assert cell.source == source, "the notebook that was executed is another one"
        outputs = [{"msg_type": output.output_type, "content": output} for output in cell.outputs]
        if cell.execution_count is None and source.strip():
            said = {"ename": "NotExecuted", "evalue": "", "traceback": ["it ended before this cell"]}
            outputs.append({"msg_type": "error", "content": said})
        idle = {"msg_type": "status", "content": {"execution_state": "idle"}}
        message = {"parent_header": {"msg_id": str(self._asked)}}
        self._messages = deque({**output, **message} for output in [*outputs, idle])
        return str(self._asked)

    def await_reply(self, *_: Any, **__: Any) -> None:
        """Everything is there."""

    await_idle = await_reply

    def get_message(self, stream: str, timeout: float | None = None) -> dict[str, Any]:  # noqa: ARG002
        return self._messages.popleft()
