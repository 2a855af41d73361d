"""Commands by which evidence comes in and goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import click

from helpers import evidence
from helpers.cli.messages import echo_additions, echo_findings, echo_keys, echo_staying, echo_unnamed
from helpers.evidence import figure_readings
from helpers.evidence.dates import MONTHS
from helpers.evidence.faults import meant
from helpers.files import write_atomically
from helpers.intake import add as intake
from helpers.intake import figure_points, removal
from helpers.intake.bars import KINDS, refuse_bars_beside, with_bars, with_women
from helpers.rendering.batch import reports_of
from helpers.rendering.project import Project


@click.command("new-study")
@click.argument("study")
@click.option(
    "--deepen", is_flag=True, help="Write the sheet of a study that is in the tables, with its rows."
)
@click.option("--csv", "as_csv", is_flag=True, help="Write a folder of CSV files in place of a workbook.")
@click.option(
    "--output", metavar="PATH", type=click.Path(path_type=Path),
    help="Where to write it [default: STUDY.xlsx, or the folder STUDY, in the current folder].",
)  # fmt: skip
def new_study(study: str, deepen: bool, as_csv: bool, output: Path | None) -> None:
    """Write an empty extraction sheet for the new study STUDY, as smith2027.

    With --deepen, STUDY is one that is in the tables: the sheet holds its rows, to be added to and corrected.
    """
    from helpers.intake import sheet, sheet_files  # openpyxl takes half a second to import

    path = output or Path(study if as_csv else f"{study}.xlsx")
    with _one_line_errors():
        shipped = evidence.load(Project.find().data)
        form = sheet.deepening_form(study, shipped) if deepen else sheet.new_form(study, shipped)
        sheet_files.write_sheet(path, form, as_csv=as_csv)
    task = f"holds the {form.standing} rows of {form.label}; add and correct" if deepen else "fill it in"
    click.echo(f"{path}: {task}, then `reanalysis import {path} --dry-run`")


_dry_run = click.option("--dry-run", is_flag=True, help="Check everything, write nothing.")
_replace = click.option(
    "--replace", is_flag=True, help="Let rows take the place of those with the same key and other content."
)
_folder = click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))


@click.command("import")
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
    from helpers.intake.read_sheet import read_filled

    folder = folder or Project.find().data
    with _one_line_errors():
        before = evidence.load(folder)
        rows = read_filled(file, before.schema, also)
        known = {*before.studies["study_id"], *(row.cells.get("study_id", "") for row in rows)}
        for study in also:
            if study not in known:
                raise ValueError(f"--also {study}: there is no such study; {meant(study, known - {''})}")
        done = intake.add(rows, folder, name=file.name, replace=replace, dry_run=dry_run)
    echo_additions(done, folder, dry_run=dry_run)
    others = Counter((row.cells["study_id"], row.table) for row in rows if row.cells.get("study_id") in also)
    for (study, table), count in others.items():
        click.echo(
            f"remark: {count} row{'s' * (count > 1)} of {table} in {file.name} of another study, {study} (--also)"
        )
    for cell in (cell for row in rows for cell in row.mended):
        click.echo(f"remark: {cell}")
    echo_unnamed(before, done)
    if any(addition.changed for addition in done.additions):
        from helpers.intake.standing import counts_displaced  # what it needs takes a second to import

        named = {row.cells.get(column, "") for row in rows for column in ("study_id", "source_id")}
        for displaced in counts_displaced(before, done.united, named):
            click.echo(f"remark: {displaced}")
    echo_findings(before, done)


@click.command()
@click.argument("study")
@_folder
@_dry_run
def remove(study: str, folder: Path | None, dry_run: bool) -> None:
    """Take STUDY out: its rows, the documents that only they name, and its executed reports in build/.

    DIR is the folder of the tables, the project's data/ by default. A study on which claims rest is refused.
    """
    folder = folder or Project.find().data
    done = removal.remove(study, folder, dry_run=dry_run)
    project = Project(folder.resolve().parent)
    reports = reports_of(project, study)
    would = "would be " if dry_run else ""
    width = max(map(len, done.taken))
    for table, keys in done.taken.items():
        echo_keys(table, width, f"{would}taken out", keys)
    echo_keys("studies", width, f"{would}made to name it no longer", done.mentions)
    for row in done.kept:
        click.echo(f"stays, for other rows name it: {row}")
    echo_staying(done, study)
    for text in done.words:
        click.echo(f"remark: a text that stays names {study}: {text}")
    for report in reports:
        if not dry_run:
            report.unlink()
        click.echo(f"{report.relative_to(project.root).as_posix()}: {would}taken out")
    if dry_run:
        click.echo("nothing written (--dry-run)")
        return
    rows = sum(map(len, done.taken.values()))
    click.echo(f"{rows} rows taken out of {folder}")
    shown = [
        place
        for place, there in (
            ("build/book", (project.build / "book").is_dir()),
            ("build/results.json", project.results.is_file()),
        )
        if there
    ]
    if shown:
        click.echo(
            f"made before the study was taken out, with results of other pages that still count it: {', '.join(shown)}; "
            "`reanalysis book` makes this anew"
        )


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


@click.command("import-figure")
@click.argument("file", type=click.Path(path_type=Path))
@_folder
@click.option("--study", required=True, help="The study, as smith2027.")
@click.option("--arm", default="cells", show_default=True, help="The arm of the study.")
@click.option("--measure", required=True, help="What the y axis shows, as E2.")
@click.option("--unit", required=True, help="Unit of the y axis, as pg/mL.")
@click.option("--figure", required=True, help="Which figure it is, as 'Fig 2a'.")
@click.option("--source", help="The document with the figure [default: the main one of the study].")
@click.option(
    "--statistic", type=click.Choice(figure_readings.STATISTICS), default="mean", show_default=True,
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
    help="cohort, a patient as patient-1, or per-dataset for a patient each [default: by the names of the data sets].",
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
    from helpers.intake import figure
    from helpers.intake.figure_doubts import doubts
    from helpers.intake.webplotdigitizer import read_digitised
    from helpers.show import page

    folder = folder or Project.find().data
    plot = plot or Path(f"{file.stem}-digitised.png")
    with _one_line_errors():
        if plot.suffix not in (".png", ".svg"):
            raise ValueError(f"the drawing must end in .png or .svg, not {plot.name!r}")
        if not plot.parent.is_dir():
            raise ValueError(f"there is no folder {str(plot.parent)!r} for the drawing")
        found = evidence.load(folder)
        target = figure_points.target_of(found, **shown)
        refuse_bars_beside(target.statistic, bars)
        read = read_digitised(file, data_set, group, list(bars.values()))
        points = figure_points.points_of(read, file.name, error=error, subject=subject, times=times)
        points = with_bars(points, read, file.name, bars, error=error) if bars else points
        points = with_women(points, women, times) if women else points
        rows = figure_points.rows_of(points, target, file.name, given_error=error is not None)
        (label,) = found.select("studies", study_id=target.study_id)["label"]
        (source,) = found.select("sources", source_id=target.source_id)["citation"]
        drawing = figure.digitised(
            points, read.calibration, measure=target.measure, unit=target.unit, x_unit=target.x_unit,
            title=f"Compare with {target.figure} of {label}", source=source, ends=read.bars,
        )  # fmt: skip
        picture = page.svg(drawing) if plot.suffix == ".svg" else page.png(drawing)
        add = partial(
            intake.add, rows, folder, name=file.name, replace=replace, whole_by=figure_points.READING
        )
        done = add(dry_run=True)
        # Before the rows: where the drawing cannot be written, they stay out too.
        write_atomically(plot, picture)
        if not dry_run:
            done = add()
    echo_additions(done, folder, dry_run=dry_run)
    for doubt in doubts(points, target, found, times, read):
        click.echo(f"remark: {doubt}")
    echo_findings(found, done)
    click.echo(f"{plot}: compare it with {target.figure} of the paper")


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Report in one line, without a traceback, what a user can mend."""
    try:
        yield
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename} is there already; it is not overwritten") from error
    except ValueError as error:
        raise click.ClickException(str(error)) from error
