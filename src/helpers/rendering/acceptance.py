"""Accepted results: which of today's results are compared with them, and how today's become the reference."""

from __future__ import annotations

from collections.abc import Iterable

from helpers import results
from helpers.errors import UserError
from helpers.evidence import Evidence
from helpers.files import write_atomically
from helpers.rendering import notebooks
from helpers.rendering.accepted_rows import changed_rows, write_rows
from helpers.rendering.batch import collect_outputs, staleness
from helpers.rendering.cache import Versions
from helpers.rendering.plan import Run, book_requests, make_runs
from helpers.rendering.project import Project

#: What a committed notebook records of its making: all that a test can check without running it.
_COMMITTED = ("source", "data", "parameters", "reads")

Results = dict[str, dict[str, results.Result]]


class AcceptanceError(UserError):
    """Results that cannot be compared or accepted."""


def comparable(project: Project, evidence: Evidence) -> tuple[Results, Results]:
    """Read the accepted results and the current ones that are compared with them, by output name and name.

    Outputs outside the standard plan take part only if they were accepted. Raises AcceptanceError where there are no
    current results, or one is stale.
    """
    if not project.results.is_file():
        raise AcceptanceError("there are no current results; run `reanalysis render` first")
    accepted = _accepted(project)
    runs = make_runs(project, evidence, book_requests(project, evidence))
    wanted = {run.output for run in runs} | set(accepted)
    current = results.read(project.results)
    _refuse_stale(
        project, evidence, [run for run in runs if run.output in current], "these results are not today's"
    )
    return accepted, {name: named for name, named in current.items() if name in wanted}


def accept(project: Project, evidence: Evidence) -> list[str]:
    """Take today's executed notebooks and results as the new reference, and list what changed: results and files.

    Raises AcceptanceError if an output of the standard plan is missing, failed or stale.
    """
    runs = make_runs(project, evidence, book_requests(project, evidence))
    _refuse_stale(project, evidence, runs, "not accepted")
    outputs = collect_outputs(project)
    current = {run.output: outputs[run.output] for run in runs}
    accepted = _accepted(project)
    changes = results.report(accepted, current) + changed_rows(project, evidence, current)
    # With no parameter injected the output is what JupyterLab shows after "Run All Cells".
    plain = [run for run in runs if not run.injected]
    changes += [f"written  notebooks/{run.notebook.name}" for run in plain if _commit(project, run)]
    written = []
    if current != accepted:
        results.write(project.accepted, current)
        written.append(project.accepted)
    if write_rows(project.accepted_rows, evidence):
        written.append(project.accepted_rows)
    changes += [f"written  {path.relative_to(project.root).as_posix()}" for path in written]
    return changes


def _accepted(project: Project) -> Results:
    return results.read(project.accepted) if project.accepted.is_file() else {}


def _refuse_stale(project: Project, evidence: Evidence, runs: Iterable[Run], refusal: str) -> None:
    versions = Versions(project, evidence)
    stale = [f"  {run.output}: {reason}" for run in runs if (reason := staleness(project, run, versions))]
    if stale:
        raise AcceptanceError("\n".join([f"{refusal}; run `reanalysis book` first:", *stale]))


def _commit(project: Project, run: Run) -> bool:
    notebook = notebooks.read(project.output(run.output))
    stamp = notebook.metadata[notebooks.STAMP]
    notebook.metadata[notebooks.STAMP] = {key: stamp[key] for key in _COMMITTED}
    content = notebooks.text(notebook)
    if run.notebook.read_text(encoding="utf-8") == content:
        return False
    write_atomically(run.notebook, content)
    return True
