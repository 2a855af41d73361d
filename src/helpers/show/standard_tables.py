"""The tables that recur in the notebooks, each with its columns in one place."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import NOT_AS_PRINTED, extent
from helpers.show.arm_blocks import in_blocks, in_tissue_blocks
from helpers.show.table import Column, Table, table


def documents_table(sources: pd.DataFrame, *, title: str) -> Table:
    """Build the table of documents: what each is, which text of it was available, and how far it was read."""
    rows = sources.assign(
        far=[extent(*cells) for cells in zip(sources["access"], sources["read"], strict=True)]
    )
    columns: list[Column] = [
        ("citation", "document"), "kind", "access", ("far", "read how far"), ("title_short", "title"), "note",
    ]  # fmt: skip
    return table(rows, columns, title=title)


def summary_table(summary: pd.DataFrame) -> Table:
    """Build the table of what is known of each marker; made of `course_summary`."""
    columns: list[Column] = [
        ("measure", "marker"), "unit", ("before", "levels before"), ("after", "levels after"),
        ("untimed", "levels without a printed time"), ("changes", "changes without a level"),
        ("described", "reported in another form"),
    ]  # fmt: skip
    return table(summary, columns, title="What is known of each marker")


def level_table(levels: pd.DataFrame, *, title: str = "Levels") -> Table:
    """Build the table of levels, a block to each tissue treated and kind of arm; made of `measurement_rows` or `level_rows`."""
    rows = in_tissue_blocks(levels)
    rows = rows.assign(
        n=rows["n"].astype("object").where(rows["n"].notna(), "not printed"),
        printed=[_printed(*cells) for cells in zip(rows["signs"], rows["unit_reported"], strict=True)],
        subgroup=rows["subgroup"].fillna("whole arm"),
    )
    columns: list[Column] = [
        "measure", "study", "arm", "subject", "subgroup", "timepoint_months", ("level_text", "level and spread"), "unit",
        ("n", "women"), ("printed", "printed, or derived how"), "citation", "locator", "note",
    ]  # fmt: skip
    return table(rows, columns, title=title, group="block")


def _printed(signs: str, unit_reported: Any) -> str:
    """Say what of a level is not as its source prints it."""
    converted = {"†": f"converted from {unit_reported}"}
    return ", ".join({**NOT_AS_PRINTED, **converted}[sign] for sign in signs) or "as printed"


def change_table(changes: pd.DataFrame) -> Table:
    """Build the table of changes without a level, a block to each tissue treated and kind of arm; made of `change_texts` or `change_rows`."""
    columns: list[Column] = [
        "measure", "study", "arm", "subgroup", ("from_months", "from month"), ("to_months", "to month"), ("text", "change"),
        "origin", "citation", "note",
    ]  # fmt: skip
    whole = changes.assign(subgroup=changes["subgroup"].fillna("whole arm"))
    return table(in_tissue_blocks(whole), columns, title="Changes and directions", group="block")


def limit_table(limits: pd.DataFrame) -> Table:
    """Build the table of limits in use; made of `threshold_rows`, with measure and unit."""
    columns: list[Column] = [("measure", "marker"), ("label", "limit"), "unit", "citation", "evidence"]
    return table(limits, columns, title="Limits in use")


def described_table(described: pd.DataFrame) -> Table:
    """Build the table of what was reported in another form than a level or change; made of `described_rows`, with measure.

    Each tissue treated and each kind of arm has a block.
    """
    columns: list[Column] = [
        ("measure", "marker"),
        "study",
        "arm",
        ("text", "as reported"),
        "origin",
        "citation",
        "evidence",
    ]
    return table(in_tissue_blocks(described), columns, title="Reported in another form", group="block")


def arm_table(arms: pd.DataFrame) -> Table:
    """Build the table of arms with cells, donor, route and dose."""
    columns: list[Column] = [
        "study_label", "condition", ("cell_source", "cells"), "donor", "route", "scaffold", ("dose_cells", "dose, cells"),
        ("dose_text", "dose in words"), ("n", "women"), "citation",
    ]  # fmt: skip
    return table(arms, columns, title="Arms that received cells")


def baseline_table(baseline: pd.DataFrame) -> Table:
    """Build the table of women in classes before treatment, a block to each kind of arm."""
    columns: list[Column] = [
        "arm", "characteristic", ("category", "class"), ("n", "women"), ("total", "of women"),
        ("percent_reported", "percent as printed"), "citation", "locator",
    ]  # fmt: skip
    return table(in_blocks(baseline), columns, title="Classes before treatment", group="block")


def statement_table(statements: pd.DataFrame) -> Table:
    """Build the table of facts that sources state."""
    columns: list[Column] = [
        ("item", "subject"),
        ("value", "statement"),
        "unit",
        "citation",
        "locator",
        "note",
    ]
    return table(statements, columns, title="Statements of sources")


def discrepancy_table(discrepancies: pd.DataFrame) -> Table:
    """Build the table of figures that disagree."""
    columns: list[Column] = [
        ("what", "subject"), ("value_1", "first figure"), ("source_1", "source"), ("value_2", "second figure"),
        ("source_2", "source of the second"), ("comment", "remark"),
    ]  # fmt: skip
    return table(discrepancies, columns, title="Discrepancies between sources")
