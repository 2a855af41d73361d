"""A batch of runs: several at a time, recorded as they finish, results collected at the end."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from pathlib import Path

from tqdm import tqdm

from helpers import results
from helpers.rendering import child, kernels, notebooks
from helpers.rendering.plan import Run
from helpers.rendering.project import Project
from helpers.rendering.records import GOOD, Entry, Record

_INPUTS = {
    "source": "the notebook",
    "data": "the data",
    "helpers": "the helpers package",
    "environment": "the environment",
    "parameters": "the parameters",
}


def staleness(project: Project, run: Run) -> str | None:
    """Say why the output of a run is not what the run would give now.

    Parameters
    ----------
    project : Project
        The project.
    run : Run
        The run.

    Returns
    -------
    str or None
        What changed, None if the output is complete and current.
    """
    path = project.output(run.output)
    if not path.is_file():
        return "there is no output"
    stamp = notebooks.stamp_of(path)
    if stamp.get("status") != "ok":
        return "the last run did not finish"
    changed = [name for key, name in _INPUTS.items() if stamp.get(key) != run.stamp[key]]
    return f"{', '.join(changed)} changed" if changed else None


def render(
    project: Project,
    runs: Sequence[Run],
    *,
    command: list[str],
    workers: int | None = None,
    timeout: float = 600.0,
    only_stale: bool = False,
) -> Record:
    """Render runs, each in a process of its own.

    Parameters
    ----------
    project : Project
        The project.
    runs : sequence of Run
        What to render.
    command : list of str
        The command line, for the record.
    workers : int, optional
        How many at a time; the number of processors by default.
    timeout : float
        Seconds granted to each.
    only_stale : bool
        Leave out what is complete and current; its status is ``cached``.

    Returns
    -------
    Record
        What came of each. Interrupted by Ctrl-C, it holds ``skipped`` for what was not finished.
    """
    workers = max(1, min(workers or os.cpu_count() or 1, len(runs)))
    data = runs[0].inputs["data"] if runs else ""
    record = Record.start(project, command, workers, data)
    record.entries = [_planned(project, run, only_stale) for run in runs]
    record.write()
    waiting = [number for number, entry in enumerate(record.entries) if entry.status != "cached"]
    for number in waiting:
        # A page of an earlier run would not be that of the notebook beside it.
        project.page(runs[number].output).unlink(missing_ok=True)
    try:
        _run_all(project, runs, record, waiting, workers, timeout)
    finally:
        results.write(project.results, collect_outputs(project))
    return record


def collect_outputs(project: Project) -> dict[str, dict[str, results.Result]]:
    """Collect the results of all complete outputs there are.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    dict of dict of Result
        By output name and name.
    """
    found = {}
    for path in sorted(project.output("any").parent.glob("*.ipynb")):
        if notebooks.stamp_of(path).get("status") == "ok":
            found[path.stem] = results.collect(notebooks.read(path))
    return found


def reports_of(project: Project, study: str) -> list[Path]:
    """List the executed notebooks that were rendered for a study, and the pages beside them.

    Parameters
    ----------
    project : Project
        The project.
    study : str
        The `study_id`.

    Returns
    -------
    list of pathlib.Path
        Those whose parameter `study_id` is the study, however the run ended.
    """
    outputs = sorted(project.output("any").parent.glob("*.ipynb"))
    own = [
        path for path in outputs if notebooks.stamp_of(path).get("parameters", {}).get("study_id") == study
    ]
    return [file for path in own for file in (path, project.page(path.stem)) if file.is_file()]


def _planned(project: Project, run: Run, only_stale: bool) -> Entry:
    reason = staleness(project, run) if only_stale else None
    cached = only_stale and reason is None
    return Entry(
        notebook=run.notebook.stem,
        output_name=run.output,
        status="cached" if cached else "skipped",
        parameters=run.parameters,
        content_key=run.content_key,
        why="fresh" if cached else f"stale: {reason}" if reason else "requested",
        output=_relative(project, run) if cached else None,
    )


def _run_all(
    project: Project, runs: Sequence[Run], record: Record, waiting: list[int], workers: int, timeout: float
) -> None:
    stop = threading.Event()
    with (
        kernels.server(project.data) as server,
        ThreadPoolExecutor(workers) as pool,
        _Progress(len(waiting)) as progress,
    ):
        futures = {pool.submit(child.execute, project, runs[n], timeout, stop, server): n for n in waiting}
        pending = set(futures)
        while pending:
            try:
                for future in as_completed(set(pending)):
                    number, outcome = futures[future], future.result()
                    output = _relative(project, runs[number]) if outcome.status != "skipped" else None
                    entry = replace(record.entries[number], **vars(outcome), output=output)
                    record.put(number, entry)
                    pending.discard(future)
                    progress.tell(entry)
            except KeyboardInterrupt:
                stop.set()


def _relative(project: Project, run: Run) -> str | None:
    path = project.output(run.output)
    return path.relative_to(project.root).as_posix() if path.is_file() else None


class _Progress:
    """A bar on a terminal, plain lines elsewhere."""

    def __init__(self, total: int) -> None:
        self._total, self._done = total, 0
        # None: a bar only where stderr is a terminal.
        self._bar = tqdm(total=total, unit="notebook", disable=None if total else True, leave=False)

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    def tell(self, entry: Entry) -> None:
        self._done += 1
        self._bar.set_postfix_str(entry.output_name, refresh=False)
        self._bar.update()
        if self._bar.disable:
            line = f"[{self._done}/{self._total}] {entry.output_name}: {entry.status}, {entry.seconds:.1f} s"
            print(line, file=sys.stderr, flush=True)


def summary(record: Record) -> list[str]:
    """Sum up a record for people.

    Parameters
    ----------
    record : Record
        The record.

    Returns
    -------
    list of str
        A line per run: status, seconds, peak memory, output and error; and one for all.
    """
    width = max((len(entry.output_name) for entry in record.entries), default=0)
    lines = []
    for entry in record.entries:
        memory = f"{entry.peak_memory_bytes / 1e6:5.0f} MB" if entry.peak_memory_bytes else " " * 8
        line = f"{entry.status:8}{entry.output_name:{width}}  {entry.seconds:6.1f} s  {memory}"
        lines.append("  ".join([line, entry.output or "-", *([entry.error] if entry.error else [])]))
    good = sum(entry.status in GOOD for entry in record.entries)
    return [*lines, f"{good} of {len(record.entries)} complete; record: {_shown(record.path)}"]


def _shown(path: Path) -> str:
    return path.relative_to(path.parents[2]).as_posix()
