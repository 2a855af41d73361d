"""Commands that run notebooks, build the book and compare the results."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from helpers.files import write_atomically
from helpers.rendering.batch import explained, summary
from helpers.rendering.batch import render as render_runs
from helpers.rendering.known import Known, book_plan
from helpers.rendering.project import Project, ProjectError, alone
from helpers.rendering.records import GOOD, Record

if TYPE_CHECKING:
    from helpers.evidence import Evidence
    from helpers.rendering.plan import Run


def _rendering_options(command: Callable[..., Any]) -> Callable[..., Any]:
    force = click.option("--force", is_flag=True, help="Run all, also what has not changed.")
    scheduler = click.option(
        "--scheduler", metavar="ADDRESS",
        help="Run them on a dask.distributed cluster, as tcp://host:8786; its workers have this folder, or take --exchange.",
    )  # fmt: skip
    exchange = click.option(
        "--exchange", metavar="ADDRESS",
        help="Folder or fsspec address, as s3://bucket/folder, where workers find inputs and lay down outputs.",
    )  # fmt: skip
    workers = click.option(
        "--workers",
        type=click.IntRange(1),
        metavar="N",
        help="Notebooks at a time [default: number of processors].",
    )
    timeout = click.option(
        "--timeout", type=click.FloatRange(0, min_open=True), default=600.0, show_default=True,
        metavar="SECONDS", help="Time granted to each notebook.",
    )  # fmt: skip
    return workers(timeout(force(scheduler(exchange(command)))))


@click.command()
@click.argument("notebooks", metavar="[NOTEBOOK ...]", nargs=-1)
@click.option(
    "-p", "--parameter", "parameters", metavar="NAME=VALUE", multiple=True,
    help="Set a parameter; lists with commas.",
)  # fmt: skip
@click.option(
    "--matrix", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="CSV or JSON with one row per run; columns are parameters, and 'notebook' where rows name one.",
)  # fmt: skip
@click.option("--html", is_flag=True, help="Write a page beside each notebook that any browser shows.")
@click.option("--list", "listing", is_flag=True, help="Show the notebooks and their parameters; run nothing.")
@click.option("--why", is_flag=True, help="Say for each output why it would run or not; run nothing.")
@_rendering_options
def render(
    notebooks: tuple[str, ...],
    parameters: tuple[str, ...],
    matrix: Path | None,
    html: bool,
    listing: bool,
    why: bool,
    **options: Any,
) -> None:
    """Run notebooks with papermill and write them, executed, to build/notebooks/.

    Without NOTEBOOK, everything that the book consists of is run. What would give the same as a run that finished before is
    taken from the cache in build/cache/, or in the folder that REANALYSIS_CACHE names.
    """
    project = Project.find()
    if listing and (parameters or matrix or html or why or options["force"]):
        raise click.UsageError("--list takes names of notebooks and no other option.")
    if listing:
        from helpers import evidence
        from helpers.rendering.listing import listed

        click.echo("\n".join(listed(project, evidence.load(project.data), notebooks)))
        return
    given = _assignments(parameters)
    if given and not (matrix or notebooks):
        raise click.UsageError("-p needs the name of a notebook.")
    plan = partial(_planned, project, notebooks, given, matrix, forks=not (why or options["scheduler"]))
    found, runs = plan()
    if why:
        click.echo("\n".join(explained(project, found, runs, force=options["force"])))
        return
    with alone(project, _notice) as waited:
        if waited:
            found, runs = plan()
        record = _render(project, found, runs, options)
        if html:
            _write_pages(project, record)
    sys.exit(0 if _complete(record) else 1)


@click.command()
@_rendering_options
def book(**options: Any) -> None:
    """Render what is stale, then build the site at build/book/index.html."""
    from helpers.rendering.book import build  # Sphinx takes a second to import
    from helpers.rendering.runs import last_runs, write_index

    project = Project.find()
    plan = partial(_planned, project, forks=not options["scheduler"])
    found, runs = plan()
    with alone(project, _notice) as waited:
        if waited:
            found, runs = plan()
        record = _render(project, found, runs, options)
        index = build(project, found, record)
        write_index(project, last_runs(project))
    click.echo(f"book: {index.relative_to(project.root)}")
    sys.exit(0 if _complete(record) else 1)


@click.command()
def pdf() -> None:
    """Print the book that was built to build/pdf/: summary.pdf and book.pdf.

    The first has the home page, the second all questions. Chromium prints them, or a browser of its family.
    """
    from helpers.rendering.pdf import write

    project = Project.find()
    for path in write(project):
        click.echo(f"pdf: {path.relative_to(project.root)}")


@click.command()
def runs() -> None:
    """Write an index of what came last of each output: build/book/runs.html."""
    from helpers.rendering.runs import last_runs, write_index

    project = Project.find()
    found = last_runs(project)
    if not found:
        raise ProjectError("no run is recorded yet; begin with `reanalysis render`")
    page = write_index(project, found)
    for run in found:
        if run.status == "skipped":
            click.echo(f"skipped {run.output_name}: not run, the render was stopped")
        elif run.status not in GOOD or run.differences:
            reason = run.error or f"results that differ from the accepted ones: {len(run.differences or ())}"
            click.echo(f"{run.status:8}{run.output_name}: {reason}")
    click.echo(f"index: {page.relative_to(project.root).as_posix()}")


@click.group("results")
def results_group() -> None:
    """Compare today's results with the accepted ones, or accept them."""


@results_group.command()
@click.option(
    "--figures", is_flag=True, help="List for every figure all that was added, is gone or changed in it."
)
def compare(figures: bool) -> None:
    """Show what differs from the accepted results and the evidence behind them; exit 1 on any difference."""
    from helpers import evidence, results
    from helpers.rendering.acceptance import comparable
    from helpers.rendering.accepted_rows import changed_rows

    project = Project.find()
    found_now = evidence.load(project.data)
    accepted, current = comparable(project, found_now)
    differences = results.report(accepted, current, figures=figures)
    differences += changed_rows(project, found_now, current)
    for difference in differences:
        click.echo(difference)
    count = sum(map(len, accepted.values()))
    found = f"{len(differences)} difference{'s' * (len(differences) > 1)}" if differences else "no difference"
    click.echo(f"{count} accepted results, {found}")
    sys.exit(1 if differences else 0)


@results_group.command("accept")
def accept_command() -> None:
    """Take today's results and executed notebooks as the new reference."""
    from helpers import evidence
    from helpers.rendering.acceptance import accept

    project = Project.find()
    changes = accept(project, evidence.load(project.data))
    click.echo("\n".join(changes) if changes else "nothing changed")


def _planned(
    project: Project,
    names: Sequence[str] = (),
    given: Mapping[str, str] | None = None,
    matrix: Path | None = None,
    *,
    forks: bool,
) -> tuple[Evidence | Known, list[Run]]:
    """Plan the runs asked for, else those of the book; if they may have to be run here, the process that `forks` begins."""

    def begin() -> None:
        if forks:
            _begin(project)

    found: Evidence | Known
    if names or matrix:
        begin()
        from helpers import evidence
        from helpers.rendering.matrix import read_matrix
        from helpers.rendering.plan import Request, make_runs

        found, given = evidence.load(project.data), given or {}
        requests = read_matrix(matrix, names, given) if matrix else [Request(name, given) for name in names]
        runs = make_runs(project, found, requests)
    else:
        found, runs = book_plan(project, begin)
    if not runs:
        raise ProjectError("there is no notebook in notebooks/")
    return found, runs


def _begin(project: Project) -> None:
    from helpers.rendering import kernels  # a fifth of a second to import

    context = click.get_current_context()
    if context.obj is None and (server := kernels.begin(project.data)):
        context.obj = server
        context.call_on_close(server.close)


def _render(
    project: Project,
    found: Evidence | Known,
    runs: list[Run],
    options: dict[str, Any],
) -> Record:
    # A scheduler's SIGTERM ends the batch as Ctrl-C does: nothing keeps running, and the record is written.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with _place(**options) as place:
            command, begun = ["reanalysis", *sys.argv[1:]], click.get_current_context().obj
            record = render_runs(project, found, runs, command=command, begun=begun, **place)
    finally:
        signal.signal(signal.SIGTERM, before)
    click.echo("\n".join(summary(record)))
    return record


@contextmanager
def _place(
    scheduler: str | None, exchange: str | None, workers: int | None, **options: Any
) -> Iterator[dict[str, Any]]:
    """Give the options of `render_runs` that say where notebooks run."""
    if scheduler is None:
        if exchange:
            raise click.UsageError("--exchange needs --scheduler.")
        yield {**options, "workers": workers}
        return
    from helpers.rendering.cluster import Exchange, connected

    with connected(scheduler) as (executor, known):
        used = Exchange(exchange) if exchange else None
        yield {**options, "workers": known, "executor": executor, "exchange": used}


def _notice(message: str) -> None:
    click.echo(message, err=True)


def _write_pages(project: Project, record: Record) -> None:
    from helpers.rendering.notebooks import read
    from helpers.rendering.page import page  # nbconvert takes half a second to import

    for entry in record.entries:
        if entry.output:
            path = project.page(entry.output_name)
            write_atomically(path, page(read(project.output(entry.output_name)), entry.parameters))
            click.echo(f"page: {path.relative_to(project.root).as_posix()}")


def _complete(record: Record) -> bool:
    return all(entry.status in GOOD for entry in record.entries)


def _assignments(parameters: tuple[str, ...]) -> dict[str, str]:
    given: dict[str, str] = {}
    for text in parameters:
        name, separator, value = text.partition("=")
        if not separator or not name:
            raise click.UsageError(f"-p takes NAME=VALUE, not {text!r}.")
        if name in given:
            raise click.UsageError(f"-p {name} is given twice.")
        given[name] = value
    return given
