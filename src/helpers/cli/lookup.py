"""Commands that look at the evidence: whether it is sound, and where a row comes from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
import pandas as pd

from helpers import evidence
from helpers.checks import RULES, Confidence, check_numbers
from helpers.evidence import bibliography
from helpers.evidence.faults import meant
from helpers.evidence.units import LEVELS
from helpers.rendering.project import Project


@click.command()
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
        for finding in findings:
            click.echo(json.dumps(finding.as_dict(), ensure_ascii=False))
        return
    for finding in findings:
        rows = ("rows " if len(finding.rows) > 1 else "row ") + ", ".join(map(str, finding.rows))
        key = " / ".join(part for part in finding.keys.values() if part)
        click.echo(f"{finding.table}.csv, {rows}: {finding.rule} ({finding.confidence})")
        click.echo(f"  {key}\n  figures from: {', '.join(finding.documents)}")
        click.echo(f"  printed: {finding.printed}\n  possible: {finding.possible}")
    counts = Counter(str(finding.confidence) for finding in findings)
    click.echo(
        f"{len(findings)} findings by {len(RULES)} rules: "
        + ", ".join(f"{counts[word]} {word}" for word in Confidence)
    )


@click.command()
@click.argument("table")
@click.argument("keys", metavar="KEY ...", nargs=-1, required=True)
def trace(table: str, keys: tuple[str, ...]) -> None:
    """Show where the rows of TABLE that match every KEY come from.

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
                    f"{table} has no {column} {key!r}; to name a row by its number, give row={key}"
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
    provenance = asdict(found.trace(table, index))
    origin = {name: value for name, value in provenance.items() if value is not None and name != "table"}
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
