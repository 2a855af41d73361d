"""The command `reanalysis`."""

from __future__ import annotations

import errno
import json
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pandas as pd

from helpers import evidence, results
from helpers.evidence import digitised
from helpers.evidence.bars import KINDS, with_bars, with_women
from helpers.evidence.checks import RULES, Confidence, check_numbers
from helpers.evidence.dates import MONTHS
from helpers.evidence.faults import meant
from helpers.evidence.schema import key_of
from helpers.evidence.units import LEVELS
from helpers.files import write_atomically
from helpers.rendering import (
    GOOD,
    PlanError,
    Project,
    ProjectError,
    Record,
    Request,
    make_runs,
    read_matrix,
    reports_of,
    standard,
    summary,
)
from helpers.rendering import render as render_runs
from helpers.rendering.acceptance import AcceptanceError, accept, comparable
from helpers.rendering.accepted_rows import changed_rows

if TYPE_CHECKING:
    from helpers.evidence.intake import Addition, Intake

_USER_ERRORS = (
    evidence.EvidenceError, PlanError, ProjectError, AcceptanceError, results.ResultError,
)  # fmt: skip


class _Commands(click.Group):
    """Commands whose errors are told in one line style, without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except _USER_ERRORS as error:
            raise click.ClickException(str(error)) from error
        except OSError as error:
            # A pipe that its reader closed is no error; click ends the command.
            if error.errno == errno.EPIPE:
                raise
            raise click.ClickException(_described(error)) from error


def _described(error: OSError) -> str:
    """Say in one line which file keeps a command from its work."""
    if error.filename is None or error.strerror is None:
        return str(error)
    return f"{error.filename}: {error.strerror}"


def _rendering_options(command: Callable[..., Any]) -> Callable[..., Any]:
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
    return workers(timeout(command))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="poi-reanalysis")
def main() -> None:
    """Reanalyse the clinical evidence on stem-cell therapy in premature ovarian insufficiency."""


@main.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--numbers", is_flag=True, help="Hold the printed figures against each other; finding some is no fault."
)
@click.option("--json", "as_json", is_flag=True, help="With --numbers: one JSON object per finding and line.")
def check(folder: Path | None, numbers: bool, as_json: bool) -> None:
    """Check an evidence package and report every fault in it.

    DIR is the folder of the tables, the project's data/ by default.
    """
    if as_json and not numbers:
        raise click.UsageError("--json is the form of the findings of --numbers; give both.")
    from helpers.evidence import bibliography  # pybtex takes a quarter of a second to import

    folder = folder or Project.find().data
    found = evidence.load(folder)
    if numbers:
        _report_numbers(found, as_json)
        return
    if wrong := bibliography.faults(folder):
        raise evidence.EvidenceError(str(folder), wrong)
    width = max(map(len, found.tables))
    for name, table in found.tables.items():
        click.echo(f"{name:{width}} {len(table):6d} rows")
    rows = sum(map(len, found.tables.values()))
    click.echo(f"{len(found.tables)} tables, {rows} rows, no fault")


def _report_numbers(found: evidence.Evidence, as_json: bool) -> None:
    findings = check_numbers(found)
    if as_json:
        for told in findings:
            click.echo(json.dumps(told.as_dict(), ensure_ascii=False))
        return
    for told in findings:
        rows = ("rows " if len(told.rows) > 1 else "row ") + ", ".join(map(str, told.rows))
        key = " / ".join(part for part in told.keys.values() if part)
        click.echo(f"{told.table}.csv, {rows}: {told.rule} ({told.confidence})")
        click.echo(f"  {key}\n  figures from: {', '.join(told.documents)}")
        click.echo(f"  printed: {told.printed}\n  possible: {told.possible}")
    counts = Counter(str(told.confidence) for told in findings)
    click.echo(
        f"{len(findings)} findings by {len(RULES)} rules: "
        + ", ".join(f"{counts[word]} {word}" for word in Confidence)
    )


@main.command()
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
@_rendering_options
def render(
    notebooks: tuple[str, ...],
    parameters: tuple[str, ...],
    matrix: Path | None,
    html: bool,
    workers: int | None,
    timeout: float,
) -> None:
    """Run notebooks with papermill and write them, executed, to build/notebooks/.

    Without NOTEBOOK, everything that the book consists of is run.
    """
    project = Project.find()
    found = evidence.load(project.data)
    given = _assignments(parameters)
    if matrix:
        requests = read_matrix(matrix, notebooks, given)
    elif notebooks or given:
        if not notebooks:
            raise click.UsageError("-p needs the name of a notebook.")
        requests = [Request(name, given) for name in notebooks]
    else:
        requests = standard(project, found)
    record = _render(project, found, requests, workers=workers, timeout=timeout)
    if html:
        _write_pages(project, record)
    sys.exit(0 if _complete(record) else 1)


@main.command()
@_rendering_options
def book(workers: int | None, timeout: float) -> None:
    """Render what is stale, then build the site at build/book/index.html."""
    from helpers.rendering.book import BookError, build  # Sphinx takes a second to import

    project = Project.find()
    found = evidence.load(project.data)
    requests = standard(project, found)
    record = _render(project, found, requests, workers=workers, timeout=timeout, only_stale=True)
    try:
        index = build(project, found, record)
    except BookError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"book: {index.relative_to(project.root)}")
    sys.exit(0 if _complete(record) else 1)


@main.group("results", cls=_Commands)
def results_group() -> None:
    """Compare today's results with the accepted ones, or accept them."""


@results_group.command()
@click.option(
    "--figures", is_flag=True, help="Tell of every figure all that was added, is gone or changed in it."
)
def compare(figures: bool) -> None:
    """Show what differs from the accepted results and the evidence behind them; exit 1 on any difference."""
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
    project = Project.find()
    changes = accept(project, evidence.load(project.data))
    click.echo("\n".join(changes) if changes else "nothing changed")


@main.command()
@click.argument("table")
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
def trace(table: str, keys: tuple[str, ...]) -> None:
    """Tell where the rows of TABLE that match every KEY come from.

    KEY is column=value, or a value of the table's first column. row=N is the row of the file as a spreadsheet counts
    it, with the header as row 1: as `reanalysis check --numbers` and the notebooks name rows.
    """
    found = evidence.load(Project.find().data)
    if table not in found.tables:
        raise click.ClickException(f"there is no table {table!r}; {meant(table, found.tables)}")
    try:
        rows = found.select(table, **_filters(table, found.select(table), keys))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if rows.empty:
        raise click.ClickException(f"no row of {table} has all of: {', '.join(keys)}")
    for index in rows.index:
        _echo_row(found, table, int(index))


@main.command("new-study")
@click.argument("study")
@click.option(
    "--deepen", is_flag=True, help="Write the sheet of a study that stands in the tables, with its rows."
)
@click.option("--csv", "as_csv", is_flag=True, help="Write a folder of CSV files in place of a workbook.")
@click.option(
    "--output", metavar="PATH", type=click.Path(path_type=Path),
    help="Where to write it [default: STUDY.xlsx, or the folder STUDY, in the current folder].",
)  # fmt: skip
def new_study(study: str, deepen: bool, as_csv: bool, output: Path | None) -> None:
    """Write an empty extraction sheet for the new study STUDY, as smith2027.

    With --deepen, STUDY is one that stands in the tables: the sheet holds its rows, to be added to and corrected.
    """
    from helpers.evidence import sheet  # openpyxl takes half a second to import

    path = output or Path(study if as_csv else f"{study}.xlsx")
    with _told():
        shipped = evidence.load(Project.find().data).printed
        form = sheet.deepening_form(study, shipped) if deepen else sheet.new_form(study, shipped)
        sheet.write_sheet(path, form, as_csv=as_csv)
    task = f"holds the {form.standing} rows of {form.label}; add and correct" if deepen else "fill it in"
    click.echo(f"{path}: {task}, then `reanalysis import {path} --dry-run`")


_dry_run = click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
_replace = click.option(
    "--replace", is_flag=True, help="Let rows take the place of those with the same key and other content."
)
_folder = click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))


@main.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@_folder
@click.option(
    "--also", metavar="STUDY", multiple=True,
    help="Take rows of this study too, though the sheet is of another; may be given several times.",
)  # fmt: skip
@_dry_run
@_replace
def import_command(
    file: Path, folder: Path | None, also: tuple[str, ...], dry_run: bool, replace: bool
) -> None:
    """Check the extraction sheet FILE and add its rows, all of them or none.

    FILE is a workbook or a folder of CSV files from `reanalysis new-study`. DIR is the folder of the tables, the
    project's data/ by default. Rows of another study than that of the sheet are refused without --also. Figures of the
    study that do not fit each other are remarked on, not refused.
    """
    from helpers.evidence import intake, removal
    from helpers.evidence.filled import read_filled

    folder = folder or Project.find().data
    with _told():
        rows = read_filled(file, also)
        before = evidence.load(folder)
        done = intake.add(rows, folder, name=file.name, replace=replace, dry_run=dry_run)
    _echo_additions(done, folder, dry_run=dry_run)
    others = Counter((row.cells["study_id"], row.table) for row in rows if row.cells.get("study_id") in also)
    for (study, table), count in others.items():
        click.echo(
            f"remark: {count} row{'s' * (count > 1)} of {table} in {file.name} of another study, {study} (--also)"
        )
    for cell in (cell for row in rows for cell in row.mended):
        click.echo(f"remark: {cell}")
    added = {key for addition in done.additions if addition.table == "sources" for key in addition.added}
    for document in filter(added.__contains__, removal.unnamed(done.united)):
        click.echo(f"remark: no row names the document {document}; `reanalysis remove` would leave it there")
    if any(addition.changed for addition in done.additions):
        from helpers.tables.standing import counts_displaced  # what it needs takes a second to import

        named = {row.cells.get(column, "") for row in rows for column in ("study_id", "source_id")}
        for told in counts_displaced(before, done.united, named):
            click.echo(f"remark: {told}")
    _echo_findings(before, done)


@main.command()
@click.argument("study")
@_folder
@_dry_run
def remove(study: str, folder: Path | None, dry_run: bool) -> None:
    """Take STUDY out: its rows, the documents that only they name, and its executed reports in build/.

    DIR is the folder of the tables, the project's data/ by default. A study on which claims rest is refused.
    """
    from helpers.evidence import removal

    folder = folder or Project.find().data
    done = removal.remove(study, folder, dry_run=dry_run)
    project = Project(folder.resolve().parent)
    reports = reports_of(project, study)
    would = "would be " if dry_run else ""
    width = max(map(len, done.taken))
    for table, keys in done.taken.items():
        _echo_keys(table, width, f"{would}taken out", keys)
    _echo_keys("studies", width, f"{would}made to name it no longer", done.mentions)
    for told in done.kept:
        click.echo(f"stays, for other rows name it: {told}")
    for told in done.words:
        click.echo(f"remark: a text that stays names {study}: {told}")
    for report in reports:
        if not dry_run:
            report.unlink()
        click.echo(f"{report.relative_to(project.root).as_posix()}: {would}taken out")
    if dry_run:
        click.echo("nothing written (--dry-run)")
        return
    rows = sum(map(len, done.taken.values()))
    click.echo(f"{rows} rows taken out of {folder}")
    if (project.build / "book").is_dir():
        click.echo("build/book shows the study until `reanalysis book` builds it anew")


def _echo_keys(
    table: str, width: int, what: str, keys: Sequence[str], below: Mapping[str, Sequence[str]] | None = None
) -> None:
    if keys:
        click.echo(f"{table:{width}} {len(keys):4d} {what}")
        for key in keys:
            click.echo(f"{'':{width}}      {key}")
            for line in (below or {}).get(key, ()):
                click.echo(f"{'':{width}}        {line}")


def _cells_told(addition: Addition, dry_run: bool) -> dict[str, list[str]]:
    """Tell by key of row what is changed in it and, before it is written, what a new row holds."""
    told: dict[str, list[str]] = {}
    added: dict[str, list[str]] = {}
    for change in addition.changes:
        if change.key in addition.replaced:
            told.setdefault(change.key, []).append(
                f"{change.column}: {change.old or 'blank'} -> {change.new or 'blank'}"
            )
        elif dry_run and change.column not in key_of(addition.table):
            added.setdefault(change.key, []).append(f"{change.column}: {change.new}")
    return told | {key: ["; ".join(cells)] for key, cells in added.items()}


def _echo_findings(before: evidence.Evidence, done: Intake) -> None:
    """Tell which printed figures do not fit each other since rows were added; what a paper printed is never refused."""
    rows = {(addition.table, row) for addition in done.additions for row in addition.rows}
    if not rows:
        return
    # A new row can also put figures of other rows in doubt.
    known = {(told.rule, told.table, *told.keys.values(), told.printed) for told in check_numbers(before)}
    for told in check_numbers(done.united):
        touched = any((told.table, row) in rows for row in told.rows)
        if touched or (told.rule, told.table, *told.keys.values(), told.printed) not in known:
            key = " / ".join(part for part in told.keys.values() if part)
            click.echo(f"remark: {told.table}, {key}: {told.rule} ({told.confidence})")
            click.echo(f"  printed: {told.printed}\n  possible: {told.possible}")


def _numbers(_: click.Context, __: click.Parameter, text: str | None) -> list[float]:
    try:
        return [float(part) for part in text.split(",")] if text else []
    except ValueError:
        raise click.BadParameter(f"takes numbers with commas, as 0,3,6, not {text!r}.") from None


def _counts(_: click.Context, __: click.Parameter, text: str | None) -> list[int]:
    parts = text.split(",") if text else []
    if not all(part.strip().isdecimal() and int(part) > 0 for part in parts):
        raise click.BadParameter(f"takes numbers of women with commas, as 20,20,18, not {text!r}.")
    return [int(part) for part in parts]


def _bars(_: click.Context, __: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
    named: dict[str, str] = {}
    for text in texts:
        kind, separator, name = text.partition("=")
        if not separator or not name or kind not in KINDS:
            raise click.BadParameter(f"takes {'|'.join(KINDS)}=NAME, as sd=+SD, not {text!r}.")
        if kind in named or name in named.values():
            raise click.BadParameter(f"{text!r}: each kind, and each data set or group, is given once.")
        named[kind] = name
    return named


@main.command("import-figure")
@click.argument("file", type=click.Path(path_type=Path))
@_folder
@click.option("--study", required=True, help="The study, as smith2027.")
@click.option("--arm", default="cells", show_default=True, help="The arm of the study.")
@click.option("--measure", required=True, help="What the y axis shows, as E2.")
@click.option("--unit", required=True, help="Unit of the y axis, as pg/mL.")
@click.option("--figure", required=True, help="Where the figure stands, as 'Fig 2a'.")
@click.option("--source", help="The document with the figure [default: the main one of the study].")
@click.option(
    "--statistic", type=click.Choice(digitised.STATISTICS), default="mean", show_default=True,
    help="What the figure shows of a cohort.",
)  # fmt: skip
@click.option(
    "--x-unit", type=click.Choice(list(MONTHS)), default="months", show_default=True,
    help="Unit of the x axis.",
)  # fmt: skip
@click.option(
    "--times", callback=_numbers, metavar="T,T,...",
    help="Time points of the figure, in the unit of its x axis; each point takes the nearest.",
)  # fmt: skip
@click.option(
    "--subject", metavar="WHO",
    help="cohort, a patient as patient-1, or per-dataset for a patient each [default: the data sets' names tell].",
)  # fmt: skip
@click.option("--data-set", metavar="NAME", help="Take this data set only.")
@click.option("--group", metavar="NAME", help="Of data sets with groups of points, take this group, as Mean.")
@click.option(
    "--bars", callback=_bars, multiple=True, metavar="KIND=NAME",
    help=f"The data set or group with the ends of the bars, and what they show: {', '.join(KINDS)}; can be repeated.",
)  # fmt: skip
@click.option(
    "--n", "women", callback=_counts, metavar="N,N,...",
    help="Women measured: one number, or one per time, in the order of --times or from the earliest.",
)  # fmt: skip
@click.option(
    "--error", type=float,
    help="Error of reading, in the unit of the y axis; a CSV file needs it [default: from the calibration].",
)  # fmt: skip
@click.option(
    "--plot", type=click.Path(path_type=Path, dir_okay=False), metavar="PATH",
    help="Where to draw the points, .png or .svg [default: FILE's name with -digitised.png, in the current folder].",
)  # fmt: skip
@_dry_run
@_replace
def import_figure(
    file: Path, folder: Path | None, times: list[float], subject: str | None, data_set: str | None,
    group: str | None, bars: dict[str, str], women: list[int], error: float | None, plot: Path | None,
    dry_run: bool, replace: bool, **shown: Any,
) -> None:  # fmt: skip
    """Add the points of FILE, read off a figure, and draw them to compare with the paper.

    FILE is what WebPlotDigitizer 4 exports: the CSV file of all data sets, or the project as JSON or tar. DIR is the
    folder of the tables, the project's data/ by default.
    """
    from helpers import figures
    from helpers.evidence import intake
    from helpers.evidence.figure_doubts import doubts
    from helpers.evidence.wpd import read_digitised

    folder = folder or Project.find().data
    plot = plot or Path(f"{file.stem}-digitised.png")
    with _told():
        if plot.suffix not in (".png", ".svg"):
            raise ValueError(f"the drawing must end in .png or .svg, not {plot.name!r}")
        if not plot.parent.is_dir():
            raise ValueError(f"there is no folder {str(plot.parent)!r} for the drawing")
        found = evidence.load(folder)
        target = digitised.target_of(found, **shown)
        read = read_digitised(file, data_set, group, list(bars.values()))
        points = digitised.points_of(read, file.name, error=error, subject=subject, times=times)
        points = with_bars(points, read, file.name, bars, error=error) if bars else points
        points = with_women(points, women, times) if women else points
        rows = digitised.rows_of(points, target, file.name, given_error=error is not None)
        (label,) = found.select("studies", study_id=target.study_id)["label"]
        (source,) = found.select("sources", source_id=target.source_id)["citation"]
        drawing = figures.digitised(
            points, read.calibration, measure=target.measure, unit=target.unit, x_unit=target.x_unit,
            title=f"Compare with {target.figure} of {label}", source=source, ends=read.bars,
        )  # fmt: skip
        picture = figures.svg(drawing) if plot.suffix == ".svg" else figures.png(drawing)
        add = partial(intake.add, rows, folder, name=file.name, replace=replace, whole_by=digitised.READING)
        done = add(dry_run=True)
        # Before the rows: where the drawing cannot be written, they stay out too.
        write_atomically(plot, picture)
        if not dry_run:
            done = add()
    _echo_additions(done, folder, dry_run=dry_run)
    for doubt in doubts(points, target, found, times, read):
        click.echo(f"remark: {doubt}")
    _echo_findings(found, done)
    click.echo(f"{plot}: compare it with {target.figure} of the paper")


def _echo_additions(done: Intake, folder: Path, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    width = max(len(addition.table) for addition in done.additions)
    for addition in done.additions:
        for word, keys in (
            (f"{would}added", addition.added),
            (f"{would}replaced", addition.replaced),
            (f"{would}taken out", addition.removed),
            ("to be taken out, and not there", addition.absent),
            (f"{would}made to name the study that overlaps with it", addition.mentions),
        ):
            _echo_keys(addition.table, width, word, keys, _cells_told(addition, dry_run))
        if addition.present:
            click.echo(f"{addition.table:{width}} {len(addition.present):4d} already there")
    changed = sum(addition.changed for addition in done.additions)
    if not changed:
        click.echo("nothing to add: every row stands there already")
    elif dry_run:
        click.echo("nothing written (--dry-run)")
    else:
        taken = sum(len(addition.removed) for addition in done.additions)
        written = changed - taken
        out = f", {taken} taken out" if taken else ""
        click.echo(f"{written} row{'s' * (written != 1)} written to {folder}{out}")


@contextmanager
def _told() -> Iterator[None]:
    """Tell what a user can mend in one line, without a traceback."""
    try:
        yield
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already; it is not overwritten") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error


def _render(project: Project, found: evidence.Evidence, requests: list[Request], **options: Any) -> Record:
    runs = make_runs(project, found, requests)
    if not runs:
        raise ProjectError("there is no notebook in notebooks/")
    # A scheduler's SIGTERM ends the batch as Ctrl-C does: nothing keeps running, and the record is written.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        record = render_runs(project, runs, command=["reanalysis", *sys.argv[1:]], **options)
    finally:
        signal.signal(signal.SIGTERM, before)
    click.echo("\n".join(summary(record)))
    return record


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


def _filters(table: str, frame: pd.DataFrame, keys: tuple[str, ...]) -> Mapping[str, Any]:
    # The name of a row is made by `select`; no table has it as a column.
    frame = frame.drop(columns="evidence_row")
    filters: dict[str, Any] = {}
    given: set[str] = set()
    for key in keys:
        column, separator, value = key.partition("=")
        if not separator:
            column, value = str(frame.columns[0]), key
            if key.isdecimal() and key not in set(frame[column].astype(str)):
                raise ValueError(
                    f"{table} has no {column} {key!r}; to ask for a row by its number, give row={key}"
                )
        if column in given:
            raise ValueError(f"{column} is given twice; no row has both")
        given.add(column)
        if column == "row":
            filters["evidence_row"] = f"{table} row {_row_number(table, value, len(frame))}"
            continue
        if column not in frame.columns:
            raise ValueError(f"{table} has no column {column!r}; {meant(column, map(str, frame.columns))}")
        if pd.api.types.is_numeric_dtype(frame[column]):
            try:
                filters[column] = float(value)
            except ValueError:
                raise ValueError(f"{column} holds numbers, not {value!r}") from None
        else:
            filters[column] = value
    return filters


def _row_number(table: str, value: str, rows: int) -> int:
    """Read the number of a row as a spreadsheet counts it."""
    if value not in map(str, range(2, rows + 2)):
        raise ValueError(
            f"{table} has no row {value!r}; its rows go from 2 to {rows + 1}, the header is row 1"
        )
    return int(value)


def _echo_row(found: evidence.Evidence, table: str, index: int) -> None:
    told = asdict(found.trace(table, index))
    origin = {name: value for name, value in told.items() if value is not None and name != "table"}
    row = found.tables[table].loc[[index]].dropna(axis="columns").iloc[0]
    # A spreadsheet counts the header as row 1.
    click.echo(f"{table}.csv, row {index + 2}")
    _echo_aligned(
        {
            name: _beside_printed(name, value, found.printed[table].iloc[index])
            for name, value in row.items()
            if name not in {"source_id", *origin}
        }
    )
    click.echo("  from")
    _echo_aligned(origin)


def _beside_printed(name: Any, value: Any, printed: pd.Series[Any]) -> Any:
    """Show a number with the text that the source printed, where that is another."""
    if not isinstance(value, float):
        return value
    shown, text = f"{value:.12g}", str(printed.get(name, ""))
    if text in ("", shown):
        return shown
    unit = f" {printed['unit']}" if name in LEVELS and printed.get("unit") else ""
    return f"{shown} (printed {text}{unit})"


def _echo_aligned(fields: Mapping[Any, Any]) -> None:
    width = max((len(str(name)) for name in fields), default=0)
    for name, value in fields.items():
        click.echo(f"    {name!s:{width}}  {value}")
