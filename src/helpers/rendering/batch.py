"""A batch of runs: several at a time, recorded as they finish, results collected at the end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, as_completed
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from helpers import reads, results
from helpers.files import write_atomically
from helpers.rendering import notebooks
from helpers.rendering.cache import Cache, Versions
from helpers.rendering.dependencies import Modules, changed_inputs
from helpers.rendering.known import Known
from helpers.rendering.plan import Run
from helpers.rendering.progress import Progress
from helpers.rendering.project import Project
from helpers.rendering.records import GOOD, Entry, Record

if TYPE_CHECKING:
    from helpers.evidence import Evidence
    from helpers.rendering.cluster import Exchange
    from helpers.rendering.kernels import Server
    from helpers.rendering.worker import Outcome, Place

#: Why a run whose output is current runs all the same.
_NOT_KEPT = "no finished run of it is in the cache"


def staleness(project: Project, run: Run, versions: Versions) -> str | None:
    """Say what changed since the output of a run was made; None if the output is complete and current."""
    path = project.output(run.output)
    if not path.is_file():
        return "there is no output"
    stamp = notebooks.stamp_of(path)
    if stamp.get("status") != "ok":
        return "the last run did not finish"
    if not isinstance(stamp.get("inputs"), dict):
        return "the output does not say what it was made from"
    changes = [
        *changed_inputs(stamp["inputs"], run.inputs),
        *(["the parameters changed"] if stamp.get("parameters") != run.parameters else []),
        *(f"{what} changed" for what in versions.changed(stamp.get("reads", {}), stamp.get("data", ""))),
    ]
    if not changes and stamp.get("source") != run.source:
        changes = ["the prose changed"]
    return "; ".join(changes) or None


def render(
    project: Project,
    evidence: Evidence | Known,
    runs: Sequence[Run],
    *,
    command: list[str],
    workers: int | None = None,
    timeout: float = 600.0,
    force: bool = False,
    executor: Executor | None = None,
    exchange: Exchange | None = None,
    begun: Server | None = None,
) -> Record:
    """Render runs, each in a process of its own; what a finished run gave already is taken from the cache.

    `workers` is the number of processors by default, `timeout` the seconds granted to each run; `force` runs all,
    whatever the cache holds. An `executor` runs them on machines that share the project's folder or reach the
    `exchange`, where they get inputs and put outputs. Here, they are forked by the process that was `begun` for it, if
    any. Status ``cached`` is what was not run. Interrupted by Ctrl-C, the record holds ``skipped`` for what was not
    finished.
    """
    workers = max(1, min(workers or os.cpu_count() or 1, len(runs)))
    record = Record.start(project, command, workers, evidence.digest)
    _remove_halves(project)
    cache, versions = Cache(project.cache), Versions(project, evidence)
    record.entries = [_planned(project, run, cache, versions, force) for run in runs]
    record.write()
    waiting = {number: run for number, run in enumerate(runs) if record.entries[number].status != "cached"}

    def take(number: int, outcome: Outcome) -> Entry:
        entry = _finished(project, runs[number], record.entries[number], outcome)
        record.put(number, entry)
        _keep(project, runs[number], outcome, cache, versions)
        return entry

    try:
        if waiting and executor is not None:
            from helpers.rendering import cluster

            with cluster.elsewhere(executor, project, timeout, exchange) as place:
                _run_all(project, waiting, take, place)
        elif waiting:
            from helpers.rendering import worker  # half a second to import, with what a kernel needs

            with worker.here(project, workers, timeout, begun) as place:
                _run_all(project, waiting, take, place)
    finally:
        collect_outputs(project)
        with suppress(OSError):  # others may share the folder, and it may be read only
            cache.tidy()
    return record


def explained(
    project: Project, evidence: Evidence | Known, runs: Sequence[Run], *, force: bool = False
) -> list[str]:
    """Say for each run, in a line, why it would run now or not; with `force` all would."""
    cache, versions = Cache(project.cache), Versions(project, evidence)
    lines = []
    for run in runs:
        reason = staleness(project, run, versions)
        if force:
            line = "will run: --force"
        elif cache.find(run, versions) is None:
            line = f"will run: {reason or _NOT_KEPT}"
        elif reason is None:
            line = "will not run: nothing that it depends on changed"
        else:
            line = f"will not run: an earlier complete run is restored from the cache ({reason})"
        lines.append(f"{run.output}: {line}")
    return lines


def collect_outputs(project: Project) -> dict[str, dict[str, results.Result]]:
    """Collect the results of all complete outputs, by output name and name, and write them where they changed."""
    before, made_from = results.collected(project.results)
    outputs = {path.stem: path for path in sorted(project.output("any").parent.glob("*.ipynb"))}
    digests = {name: reads.file_version(path) for name, path in outputs.items()}
    if digests == made_from:
        return before
    collected: dict[str, dict[str, results.Result]] = {}
    for name, path in outputs.items():
        if digests[name] == made_from.get(name):
            collected |= {name: before[name]} if name in before else {}
        elif notebooks.stamp_of(path).get("status") == "ok":
            collected[name] = results.collect(notebooks.read(path))
    results.write(project.results, collected, made_from=digests)
    return collected


def reports_of(project: Project, study: str) -> list[Path]:
    """List the executed notebooks whose parameter `study_id` is the study, however the run ended, and their pages."""
    outputs = sorted(project.output("any").parent.glob("*.ipynb"))
    reports = [
        path for path in outputs if notebooks.stamp_of(path).get("parameters", {}).get("study_id") == study
    ]
    return [file for path in reports for file in (path, project.page(path.stem)) if file.is_file()]


def _planned(project: Project, run: Run, cache: Cache, versions: Versions, force: bool) -> Entry:
    if force:
        cache.forget(run, versions)
    kept = cache.find(run, versions)
    why = "requested" if force else "fresh"
    # Where nothing changed, the output is what the cache holds, and nothing is read to say why.
    if kept is None and not force:
        why = f"stale: {staleness(project, run, versions) or _NOT_KEPT}"
    output = project.output(run.output)
    if kept is not None and not (output.is_file() and output.read_bytes() == kept[1]):
        write_atomically(output, kept[1])
        project.page(run.output).unlink(missing_ok=True)
        why = "fresh: taken from the cache"
    return Entry(
        notebook=run.notebook.stem,
        output_name=run.output,
        status="skipped" if kept is None else "cached",
        parameters=run.parameters,
        content_key=run.key,
        why=why,
        seconds=kept[0].seconds if kept else 0.0,
        peak_memory_bytes=kept[0].peak_memory_bytes if kept else None,
        output=_relative(project, run) if kept else None,
    )


def _remove_halves(project: Project) -> None:
    """Remove what a process that was killed left half written; nobody else writes here now."""
    for folder in (project.output("any").parent, project.build / "runs", project.plan.parent):
        for path in folder.glob(".*.tmp"):
            path.unlink(missing_ok=True)


def _run_all(
    project: Project,
    runs: Mapping[int, Run],
    take: Callable[[int, Outcome], Entry],
    place: Place,
) -> None:
    """Run what waits, and take each outcome as it comes."""
    from helpers.rendering.worker import Outcome

    for run in runs.values():
        # A page of an earlier run would not be that of the new notebook.
        project.page(run.output).unlink(missing_ok=True)
    futures = {place.submit(run): number for number, run in runs.items()}
    with Progress({future: runs[number].output for future, number in futures.items()}) as progress:
        pending = set(futures)
        while pending:
            try:
                for future in as_completed(set(pending)):
                    outcome = _outcome(future)
                    place.fetch(runs[futures[future]])
                    entry = take(futures[future], outcome)
                    pending.discard(future)
                    progress.report(entry)
            except KeyboardInterrupt:
                place.stop()
                for future in [future for future in pending if future.cancel()]:
                    take(futures[future], Outcome("skipped", "interrupted"))
                    pending.discard(future)


def _outcome(future: Future[Outcome]) -> Outcome:
    from helpers.rendering.worker import Outcome

    try:
        return future.result()
    except OSError:
        raise  # of this machine; it ends the batch
    except Exception as error:  # whatever an executor says of a worker that is gone
        return Outcome("died", f"its worker ended: {type(error).__name__}: {error}".splitlines()[0])


def _finished(project: Project, run: Run, entry: Entry, outcome: Outcome) -> Entry:
    results_of_run = {name: value for name, value in vars(outcome).items() if name not in {"reads", "data"}}
    return replace(
        entry, **results_of_run, output=_relative(project, run) if outcome.status != "skipped" else None
    )


def _keep(project: Project, run: Run, outcome: Outcome, cache: Cache, versions: Versions) -> None:
    # What was changed while it ran is not what the next run finds.
    code_changed = Modules().changed(run.inputs["modules"])
    if outcome.status == "ok" and not code_changed and not versions.changed(outcome.reads, outcome.data):
        content = project.output(run.output).read_bytes()
        try:
            cache.keep(run, content, outcome.reads, outcome.seconds, outcome.peak_memory_bytes)
        except OSError as error:
            print(f"{run.output} is not kept for later: {error}", file=sys.stderr)


def _relative(project: Project, run: Run) -> str | None:
    path = project.output(run.output)
    return path.relative_to(project.root).as_posix() if path.is_file() else None


def summary(record: Record) -> list[str]:
    """Sum up a record for people: a line per run, and one for all."""
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
