"""The index of runs: what came last of each output, failed ones first, with what it found and what differs from the accepted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from textwrap import shorten
from typing import Any

from helpers import results
from helpers.files import write_atomically
from helpers.rendering.page import framed, plain
from helpers.rendering.plan import REPORT
from helpers.rendering.project import Project
from helpers.rendering.records import GOOD, Entry
from helpers.results import Result

#: How many results of an output are named.
_NAMED = 3
_ACCEPTED = (
    "The accepted results are those of the last version that was checked and taken as the reference (<code>tests/accepted/</code>); a "
    "difference is no error by itself. <code>reanalysis results compare</code> lists every one with both values, and "
    "<code>make accept</code> takes today's results as the new reference."
)
_STYLE = """
body { max-width: none; }
.runs { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }
td:is(:nth-child(4), :nth-child(5)) { text-align: right; white-space: nowrap; }
tr.bad td { background: #fde8e6; }
@media print {
  .runs { overflow: visible; }
  table { font-size: .6rem; }
  td { overflow-wrap: anywhere; }
}
@media (prefers-color-scheme: dark) {
  th, td { border-color: #48566b; }
  tr.bad td { background: #5a2320; }
}
"""


@dataclass(frozen=True, kw_only=True)
class LastRun(Entry):
    """The last run of an output, with the command that made it and what it found.

    `run` and `started` are of the command; `results` is how many results the output recorded, and `key_results` has the
    first of them as text. `differences` are from the accepted results; None where none of this output were accepted.
    """

    run: str
    started: str
    results: int
    key_results: dict[str, str]
    differences: list[str] | None


def last_runs(project: Project) -> list[LastRun]:
    """Gather the last run of each output that has a record: unfinished ones, those that differ from the accepted results, others."""
    last: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for record in _records(project):
        last |= {entry["output_name"]: (record, entry) for entry in record["entries"]}
    current, _ = results.collected(project.results)
    accepted, _ = results.collected(project.accepted)
    runs = []
    for name, (record, entry) in last.items():
        found = current.get(name, {}) if entry["status"] in GOOD else {}
        compared = (
            results.report({name: accepted[name]}, {name: found}) if found and name in accepted else None
        )
        about = {"run": record["run"], "started": record["started"], "differences": compared}
        runs.append(LastRun(**entry, **about, results=len(found), key_results=_key_results(found)))
    return sorted(runs, key=lambda run: (run.status in GOOD, not run.differences, run.output_name))


def write_index(project: Project, runs: Sequence[LastRun]) -> Path:
    """Write the index of `last_runs` as ``runs.html`` into the book, and as JSON next to it; return the page."""
    page = project.build / "book" / "runs.html"
    content = json.dumps([asdict(run) for run in runs], indent=1, ensure_ascii=False)
    write_atomically(page.with_suffix(".json"), content + "\n")
    write_atomically(page, _page(runs, page.parent))
    return page


def _records(project: Project) -> Iterable[dict[str, Any]]:
    """Read the records of all runs, the oldest first; one that cannot be read as such is skipped."""
    records = []
    for path in (project.build / "runs").glob("*.json"):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if _is_record(record):
            records.append(record)
    return sorted(records, key=lambda record: (record["started"], record["run"]))


def _is_record(record: Any) -> bool:
    try:
        [Entry(**entry) for entry in record["entries"]]
        return isinstance(record["started"], str) and isinstance(record["run"], str)
    except (TypeError, KeyError):
        return False


def _key_results(recorded: Mapping[str, Result]) -> dict[str, str]:
    words_of = ((name, _as_words(result)) for name, result in recorded.items())
    return dict([(name, words) for name, words in words_of if words][:_NAMED])


def _as_words(result: Result) -> str:
    value = result.value
    if isinstance(value, dict) and {"events", "total"} <= set(value):
        return f"{value['events']} of {value['total']}"
    if isinstance(value, dict) and {"estimate", "low", "high"} <= set(value):
        return f"{_number(value['estimate'])} ({_number(value['low'])} to {_number(value['high'])})"
    if isinstance(value, str | bool):
        return shorten(str(value), 80, placeholder=" …")
    return f"{_number(value)} {result.unit}".strip() if isinstance(value, int | float) else ""


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, int | float) else "not computed"


def _page(runs: Sequence[LastRun], book: Path) -> str:
    bad = sum(run.status not in GOOD for run in runs)
    differing = sum(bool(run.differences) for run in runs)
    head = f"{len(runs)} outputs, not finished: {bad}, different from the accepted results: {differing}."
    rows = [_cells(run, book) for run in runs]
    heads = "".join(f"<th>{name}</th>" for name in (rows[0] if rows else ()))
    lines = "\n".join(_line(cells.values(), run) for run, cells in zip(runs, rows, strict=True))
    body = f"""<h1>Runs</h1>
<p>What came last of each notebook and set of parameters. {head} The same as <a href="runs.json">JSON</a>.
<a href="index.html">To the book</a>.</p>
<p>{_ACCEPTED}</p>
<div class="runs" tabindex="0"><table><thead><tr>{heads}</tr></thead><tbody>
{lines}
</tbody></table></div>"""
    return framed("Runs", body, _STYLE)


def _line(cells: Iterable[str], run: LastRun) -> str:
    mark = "" if run.status in GOOD else ' class="bad"'
    return f"<tr{mark}>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _cells(run: LastRun, book: Path) -> dict[str, str]:
    """Write what the page shows of a run, by the head of its column."""
    study, name = run.parameters.get("study_id"), escape(run.output_name)
    page = f"{REPORT}-{study}" if run.output_name == f"{REPORT}--study_id={study}" else run.output_name
    parameters = escape("; ".join(f"{key} = {plain(value)}" for key, value in run.parameters.items()))
    details = f"<details><summary>{len(run.parameters)}</summary>{parameters}</details>"
    found = [escape(f"{result}: {words}") for result, words in run.key_results.items()]
    more = [f"{run.results} in all"] if run.results > len(found) else []
    return {
        "output": f'<a href="{escape(page)}.html">{name}</a>' if (book / f"{page}.html").is_file() else name,
        "status": escape(": ".join(filter(None, [run.status, run.error]))),
        "parameters": details if parameters else "",
        "seconds": f"{run.seconds:.1f}",
        "peak memory, MB": f"{run.peak_memory_bytes / 1e6:.0f}" if run.peak_memory_bytes else "",
        "results": "<br>".join([*found, *more]),
        "differs from the accepted results": _differences(run),
        "last run, UTC": escape(run.started[:16].replace("T", " ")),
    }


def _differences(run: LastRun) -> str:
    if run.differences is None:
        return "none was accepted" if run.status in GOOD else ""
    return "<br>".join(map(escape, run.differences)) or "nothing"
