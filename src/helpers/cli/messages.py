"""What a command reports of rows that were added to the evidence or taken out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from helpers import evidence
from helpers.checks import check_numbers
from helpers.intake import removal
from helpers.intake.add import Intake
from helpers.intake.new_rows import DELETE, STANDING
from helpers.intake.union import Addition


def echo_staying(done: removal.Removal, study: str) -> None:
    """Report the rows of others from documents of a study, the counts that they displace, and how to take them out."""
    for row in done.staying:
        whose = f"a row of {row.study}" if row.study else "a row"
        click.echo(f"remark: {whose} from {row.document} stays: {row.table}, {row.key}\n  {row.value}")
    counts = [row for row in done.staying if row.table == "outcomes"]
    if counts:
        from helpers.intake.standing import counts_displaced  # what it needs takes a second to import

        left = done.left
        before = replace(left, outcomes=left.outcomes.drop(index=[row.place for row in counts]))
        named = {row.document for row in counts}
        for displaced in counts_displaced(before, left, named, how="does not speak"):
            click.echo(f"remark: {displaced}, which stays")
    for other in dict.fromkeys(row.study for row in done.staying if row.study):
        click.echo(
            f"remark: to take rows of {other} from documents of {study} out: `reanalysis new-study {other} --deepen`, write "
            f"'{DELETE}' into their column {STANDING}, `reanalysis import {other}.xlsx --replace`"
        )


def echo_keys(
    table: str, width: int, what: str, keys: Sequence[str], below: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Report how many rows of a table something was done to, and their keys, each with lines below it."""
    if keys:
        click.echo(f"{table:{width}} {len(keys):4d} {what}")
        for key in keys:
            click.echo(f"{'':{width}}      {key}")
            for line in (below or {}).get(key, ()):
                click.echo(f"{'':{width}}        {line}")


def echo_unnamed(before: evidence.Evidence, done: Intake) -> None:
    """Report documents that no row names any longer, and new ones that none names."""
    added = {key for addition in done.additions if addition.table == "sources" for key in addition.added}
    known = set(removal.unnamed(before))
    for document in removal.unnamed(done.united):
        if document in added:
            click.echo(
                f"remark: no row names the document {document}; `reanalysis remove` would leave it there"
            )
        elif document not in known:
            click.echo(
                f"remark: no row names the document {document} any longer, and it stays; to take it out of sources.csv and "
                f"references.bib, write '{DELETE}' into the column {STANDING} of its row in the tab sources, and import the "
                "sheet again"
            )


def _cell_lines(addition: Addition, key: list[str], dry_run: bool) -> dict[str, list[str]]:
    """List by key of row what is changed in it and, before it is written, what a new row holds."""
    changed: dict[str, list[str]] = {}
    added: dict[str, list[str]] = {}
    for change in addition.changes:
        if change.key in addition.replaced:
            changed.setdefault(change.key, []).append(
                f"{change.column}: {change.old or 'blank'} -> {change.new or 'blank'}"
            )
        elif dry_run and change.column not in key:
            added.setdefault(change.key, []).append(f"{change.column}: {change.new}")
    return changed | {key: ["; ".join(cells)] for key, cells in added.items()}


def echo_findings(before: evidence.Evidence, done: Intake) -> None:
    """Report the printed figures that no longer fit each other with the new rows; what a paper printed is never refused."""
    rows = {(addition.table, row) for addition in done.additions for row in addition.rows}
    if not rows:
        return
    # A new row can also put figures of other rows in doubt.
    known = {
        (finding.rule, finding.table, *finding.keys.values(), finding.printed)
        for finding in check_numbers(before)
    }
    for finding in check_numbers(done.united):
        touched = any((finding.table, row) in rows for row in finding.rows)
        if touched or (finding.rule, finding.table, *finding.keys.values(), finding.printed) not in known:
            key = " / ".join(part for part in finding.keys.values() if part)
            click.echo(f"remark: {finding.table}, {key}: {finding.rule} ({finding.confidence})")
            click.echo(f"  printed: {finding.printed}\n  possible: {finding.possible}")


def echo_additions(done: Intake, folder: Path, *, dry_run: bool) -> None:
    """Report what became of the rows of each table."""
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
            echo_keys(
                addition.table,
                width,
                word,
                keys,
                _cell_lines(addition, done.united.schema.key(addition.table), dry_run),
            )
        if addition.present:
            click.echo(f"{addition.table:{width}} {len(addition.present):4d} already there")
    changed = sum(addition.changed for addition in done.additions)
    if not changed:
        click.echo("nothing to add: the tables have every row already")
    elif dry_run:
        click.echo("nothing written (--dry-run)")
    else:
        taken = sum(len(addition.removed) for addition in done.additions)
        written = changed - taken
        out = f", {taken} taken out" if taken else ""
        click.echo(f"{written} row{'s' * (written != 1)} written to {folder}{out}")
