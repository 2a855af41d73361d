"""Compare the speed of `reanalysis render` with loops of papermill and nbclient, and measure how it grows.

All is measured in one run, on temporary copies of the project, and printed as one JSON object: seconds of the clock and of
the processor, ratios, memory, cores and versions. The loops run a sample of the notebooks, spread over the plan of the book,
and are scaled up by the seconds per study report and per question; with --all they run the whole plan.

    python benchmarks/rendering.py [--record] [--all] [--large]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
import psutil
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from helpers import evidence
from helpers.files import commit
from helpers.rendering.plan import REPORT, Run, book_requests, make_runs, reported_studies
from helpers.rendering.project import Project

ROOT = Path(__file__).parents[1]
RECORDED = Path(__file__).with_suffix(".json")
#: What the commands need of the project.
PARTS = ("data", "notebooks", "tests/accepted", "benchmarks", "requirements.lock")
#: What the table of the ratios compares.
COMPARED = ("sample", "plan", "matrix", "unchanged", "one row")
#: Notebooks at a time, but where growth with workers is measured.
WORKERS = 2
#: Seconds between two looks at the memory.
LOOK = 0.5

LOOP = """
import json, resource, sys, time
import papermill
def processor():
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
costs = []
for source, output, parameters in json.loads(sys.argv[1]):
    start, used = time.perf_counter(), processor()
    papermill.execute_notebook(source, output, parameters, cwd="notebooks", progress_bar=False)
    costs.append([time.perf_counter() - start, processor() - used])
with open("costs.json", "w") as file:
    json.dump(costs, file)
"""


@dataclass(frozen=True)
class Cost:
    """What something took: seconds of the clock, and of the processor, with all processes that it started."""

    seconds: float
    processor_seconds: float

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.processor_seconds + other.processor_seconds)

    def __mul__(self, times: float) -> Cost:
        return Cost(self.seconds * times, self.processor_seconds * times)


NOTHING = Cost(0, 0)


@dataclass(frozen=True)
class Extent:
    """How much is measured.

    Attributes
    ----------
    reports, questions : int or None
        How many of the plan's the peers run, all by default.
    growth : tuple of tuple of int
        Numbers of reports, each with a number of workers.
    matrix : int
        The number of reports that counts as the matrix; it is in `growth` with `WORKERS`.
    rounds : int
        The least of so many calls counts for what takes a second or two.
    """

    reports: int | None = None
    questions: int | None = None
    growth: tuple[tuple[int, int], ...] = ((1, 1), (1, 2), (10, 1), (10, 2), (100, 2))
    matrix: int = 100
    rounds: int = 3


@dataclass(frozen=True)
class Loop:
    """What a loop over notebooks took: once to start, and for each."""

    each: list[Cost]
    once: Cost = NOTHING

    @property
    def total(self) -> Cost:
        """All that was measured."""
        return sum(self.each, self.once)

    def scaled(self, sample: Sequence[Run], plan: Iterable[Run]) -> Cost:
        """Scale what the sample took up to a plan, report by report and question by question."""
        costs: dict[bool, list[Cost]] = {True: [], False: []}
        for run, cost in zip(sample, self.each, strict=True):
            costs[_is_report(run)].append(cost)
        means = {kind: sum(of, NOTHING) * (1 / len(of)) for kind, of in costs.items() if of}
        return sum((means[_is_report(run)] for run in plan), self.once)


def measure(root: Path, extent: Extent) -> dict[str, Any]:
    """Measure a project.

    Parameters
    ----------
    root : pathlib.Path
        The project, of which only copies are rendered.
    extent : Extent
        How much is measured.

    Returns
    -------
    dict of str
        What is printed.
    """
    load = os.getloadavg()
    project = Project(root)
    found = evidence.load(project.data)
    plan = make_runs(project, found, book_requests(project, found))
    kinds = [run for run in plan if _is_report(run)], [run for run in plan if not _is_report(run)]
    sample = [*_spread(kinds[0], extent.reports), *_spread(kinds[1], extent.questions)]
    with tempfile.TemporaryDirectory(prefix="rendering-") as name:
        copies = Copies(root, Path(name))
        loops = {peer: loop(copies.fresh(), sample) for peer, loop in PEERS.items()}
        own, told = _whole_plan(copies.fresh(), extent.rounds, reported_studies(found))
        own["sample"] = _render(copies.fresh(), _asked(sample), WORKERS)
        reports = _reports(reported_studies(found), max(number for number, _ in extent.growth))
        growth = {
            (number, workers): _render(copies.fresh(), reports[:number], workers)
            for number, workers in extent.growth
        }
    own["matrix"] = growth[extent.matrix, WORKERS]
    times = {"reanalysis": own}
    for peer, loop in loops.items():
        times[peer] = {"sample": loop.total, "plan": loop.scaled(sample, plan)}
        times[peer]["matrix"] = loop.scaled(sample, kinds[0][:1] * extent.matrix)
    return {
        "measured": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(root),
        "cores": os.cpu_count(),
        "workers": WORKERS,
        "load_before": [round(value, 2) for value in load],
        "machine": f"{platform.system()} {platform.machine()}",
        "versions": _versions(),
        "plan": {"outputs": len(plan), "reports": len(kinds[0]), "questions": len(kinds[1])},
        "sample": [run.output for run in sample],
        "sample_reports": sum(map(_is_report, sample)),
        "matrix": extent.matrix,
        "times": {who: {what: _rounded(cost) for what, cost in of.items()} for who, of in times.items()},
        "ratios": {of: _ratios(times, of) for of in ("seconds", "processor_seconds")},
        **told,
        "growth": [
            *({"way": "reanalysis", "reports": number, "workers": workers, **_rounded(cost)}
              for (number, workers), cost in growth.items()),
            *_grown(loops["papermill"], sample),
        ],
    }  # fmt: skip


class Copies:
    """Copies of a project, none of which was ever rendered."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root, self._folder, self._made = root, folder, 0

    def fresh(self) -> Path:
        """Make a copy."""
        self._made += 1
        copy = self._folder / str(self._made)
        for part in PARTS:
            source, target = self._root / part, copy / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.exists():
                shutil.copy(source, target)
        return copy


def _whole_plan(copy: Path, rounds: int, studies: list[str]) -> tuple[dict[str, Cost], dict[str, Any]]:
    """Measure what a user does with the whole plan, one after the other in the same copy."""
    reanalysis = _program("reanalysis")
    render, book = [reanalysis, "render", "--workers", str(WORKERS)], [reanalysis, "book"]
    took: dict[str, Cost] = {}
    took["plan"], peak = watched([*render, "--force"], copy)
    took["unchanged"] = _least(render, copy, rounds)
    took["book"] = timed(book, copy)
    took["book unchanged"] = _least(book, copy, rounds)
    _change_a_row(copy / "data" / "outcomes.csv", studies)
    took["one row"] = timed(render, copy)
    took["help"] = _least([reanalysis, "--help"], copy, rounds)
    imported = "import helpers.cli.rendering, helpers.rendering.book, helpers.rendering.runs"
    took["imports"] = _least([sys.executable, "-c", imported], copy, rounds)
    ran = [entry["output_name"] for entry in _last_entries(copy) if entry["status"] != "cached"]
    return took, {"one_row_ran": ran, "peak_memory": {"measure": "PSS", "bytes": peak}}


def _render(copy: Path, asked: list[dict[str, Any]], workers: int) -> Cost:
    """Render what is asked for, from nothing."""
    matrix = copy / "matrix.json"
    matrix.write_text(json.dumps(asked), encoding="utf-8")
    command = [_program("reanalysis"), "render", "--force", "--matrix", str(matrix), "--workers"]
    return timed([*command, str(workers)], copy)


def by_commands(copy: Path, sample: Sequence[Run]) -> Loop:
    """Run the command `papermill` once per notebook."""
    given = [[word for pair in run.injected.items() for word in ("-r", *pair)] for run in sample]
    return Loop(
        [
            timed([_program("papermill"), "--cwd", "notebooks", *_paths(run), *parameters], copy)
            for run, parameters in zip(sample, given, strict=True)
        ]
    )


def by_calls(copy: Path, sample: Sequence[Run]) -> Loop:
    """Call `papermill.execute_notebook` once per notebook, all in one process."""
    asked = [[*_paths(run), run.injected] for run in sample]
    total = timed([sys.executable, "-c", LOOP, json.dumps(asked)], copy)
    each = [Cost(*cost) for cost in json.loads((copy / "costs.json").read_bytes())]
    return Loop(each, once=total + sum(each, NOTHING) * -1)


def by_execute(copy: Path, sample: Sequence[Run]) -> Loop:
    """Run the command `jupyter execute` once per notebook, into which the parameters were put before."""
    each = []
    for run in sample:
        source = load_notebook_node(str(copy / "notebooks" / run.notebook.name))  # type: ignore[no-untyped-call]
        given = parameterize_notebook(source, run.injected) if run.injected else source  # type: ignore[no-untyped-call]
        path = copy / "notebooks" / f"{run.output}.ipynb"
        nbformat.write(given, path)  # type: ignore[no-untyped-call]
        each.append(timed([_program("jupyter"), "execute", "--inplace", str(path)], copy))
    return Loop(each)


#: The loops that rendering is compared with.
PEERS: dict[str, Callable[[Path, Sequence[Run]], Loop]] = {
    "papermill": by_commands,
    "execute_notebook": by_calls,
    "jupyter execute": by_execute,
}


def timed(command: Sequence[str], folder: Path) -> Cost:
    """Run a command in a folder; end with its words where it fails."""
    return _run(command, folder, lambda process: process.wait())[0]


def watched(command: Sequence[str], folder: Path) -> tuple[Cost, int]:
    """Run a command, and give the peak in bytes of what it and all its processes take together."""
    return _run(command, folder, _peak)


def _run(
    command: Sequence[str], folder: Path, wait: Callable[[subprocess.Popen[bytes]], int]
) -> tuple[Cost, int]:
    log = folder / "log"
    # Another kernel of the same name must not take part, nor a cache that others filled.
    env = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1"}
    env.pop("REANALYSIS_CACHE", None)
    before, start = _processor(), time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)
        found = wait(process)
        process.wait()
    took = Cost(time.perf_counter() - start, _processor() - before)
    if process.returncode:
        words = log.read_text(encoding="utf-8", errors="replace")
        raise SystemExit(f"{' '.join(command)} ended with code {process.returncode}:\n{words}")
    return took, found


def _peak(process: subprocess.Popen[bytes]) -> int:
    peak = 0
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(LOOK)
            return peak
        peak = max(peak, together(process.pid))


def together(pid: int) -> int:
    """Sum the PSS of a process and all below it, in bytes: pages that forked processes share count once."""
    total = 0
    # A process may end while it is looked at.
    with suppress(psutil.NoSuchProcess):
        for one in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_full_info().pss
    return total


def _processor() -> float:
    """Read the processor seconds of all processes that ended below this one, which itself only waits."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _least(command: Sequence[str], folder: Path, rounds: int) -> Cost:
    return min((timed(command, folder) for _ in range(rounds)), key=lambda cost: cost.seconds)


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def _paths(run: Run) -> tuple[str, str]:
    return f"notebooks/{run.notebook.name}", f"{run.output}.ipynb"


def _is_report(run: Run) -> bool:
    return run.notebook.stem == REPORT


def _spread(runs: list[Run], count: int | None) -> list[Run]:
    """Take so many, evenly spread; all where no number is given."""
    count = len(runs) if count is None else min(count, len(runs))
    return [runs[int((number + 0.5) * len(runs) / count)] for number in range(count)]


def _asked(sample: Sequence[Run]) -> list[dict[str, Any]]:
    return [{"notebook": run.notebook.stem, **run.injected} for run in sample]


def _reports(studies: list[str], count: int) -> list[dict[str, Any]]:
    """Ask for so many different reports: of every study, then of every study at another level."""
    return [
        {
            "notebook": REPORT,
            "study_id": studies[number % len(studies)],
            "level": round(0.95 - 0.005 * (number // len(studies)), 3),
        }
        for number in range(count)
    ]


def _change_a_row(table: Path, studies: list[str]) -> None:
    """Change the note in the first row of a study that has a report."""
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    next(row for row in rows if row["study_id"] in studies)["note"] = "Another note."
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _last_entries(copy: Path) -> list[dict[str, Any]]:
    record = max((copy / "build" / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    entries: list[dict[str, Any]] = json.loads(record.read_bytes())["entries"]
    return entries


def _grown(loop: Loop, sample: Sequence[Run]) -> list[dict[str, Any]]:
    """Tell what the first report took, and all that were measured."""
    costs = [cost for run, cost in zip(sample, loop.each, strict=True) if _is_report(run)]
    return [
        {"way": "papermill", "reports": number, "workers": 1, **_rounded(sum(costs[:number], NOTHING))}
        for number in sorted({1, len(costs)})
    ]


def _ratios(times: dict[str, dict[str, Cost]], of: str) -> dict[str, dict[str, float]]:
    """Tell how many times as long each peer takes; what is not rendered from nothing is compared with the whole plan."""
    own = times["reanalysis"]
    return {
        what: {
            peer: round(getattr(theirs.get(what, theirs["plan"]), of) / getattr(own[what], of), 2)
            for peer, theirs in times.items()
            if peer != "reanalysis"
        }
        for what in COMPARED
    }


def _rounded(cost: Cost) -> dict[str, float]:
    return {name: round(value, 3) for name, value in vars(cost).items()}


def _versions() -> dict[str, str]:
    packages = ("papermill", "nbclient", "jupyter_client", "ipykernel")
    return {"python": platform.python_version(), **{name: metadata.version(name) for name in packages}}


def main() -> None:
    """Print what rendering takes beside loops of papermill and nbclient, as JSON."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--record", action="store_true", help=f"also write {RECORDED.name}")
    parser.add_argument(
        "--all", action="store_true", help="let the loops run the whole plan; takes half an hour"
    )
    parser.add_argument("--large", action="store_true", help="measure 1,000 reports too")
    given = parser.parse_args()
    extent = Extent() if given.all else Extent(reports=4, questions=2)
    if given.large:
        extent = replace(extent, growth=(*extent.growth, (100, 1), (1000, 2)))
    told = json.dumps(measure(ROOT, extent), indent=1)
    if given.record:
        RECORDED.write_text(f"{told}\n", encoding="utf-8")
    print(told)


if __name__ == "__main__":
    main()
