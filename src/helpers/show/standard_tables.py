"""The tables that recur in the notebooks, each with its columns in one place."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import NOT_AS_PRINTED, extent
from helpers.show.arm_blocks import in_blocks, in_tissue_blocks
from helpers.show.table import Table, table


def documents_table(sources: pd.DataFrame, *, title: str) -> Table:
    """Build the table of documents: what each is, which text of it was available, and how far it was read."""
    rows = sources.assign(
        how_far=[extent(*cells) for cells in zip(sources["access"], sources["read"], strict=True)]
    )
    columns = {
        "citation": "document",
        "kind": "kind",
        "access": "text available to us",
        "how_far": "read how far",
        "title_short": "title",
        "note": "remark",
    }
    return table(rows, columns, title=title)


def summary_table(summary: pd.DataFrame) -> Table:
    """Build the table of what is known of each marker; made of `course_summary`."""
    columns = {
        "measure": "marker",
        "unit": "unit",
        "before": "levels before",
        "after": "levels after",
        "untimed": "levels without a printed time",
        "changes": "changes without a level",
        "described": "reported in another form",
    }
    return table(summary, columns, title="What is known of each marker")


def level_table(levels: pd.DataFrame, *, title: str = "Levels") -> Table:
    """Build the table of levels, a block to each tissue treated and kind of arm; made of `measurement_rows` or `level_rows`."""
    rows = in_tissue_blocks(levels)
    rows = rows.assign(
        n=rows["n"].astype("object").where(rows["n"].notna(), "not printed"),
        printed=[
            ", ".join(_not_printed(*cells)) or "as printed"
            for cells in zip(rows["signs"], rows["unit_reported"], strict=True)
        ],
    )
    columns = {
        "measure": "measure",
        "study": "study",
        "arm": "arm",
        "subject": "subject",
        "subgroup": "subgroup",
        "timepoint_months": "months",
        "level_text": "level and spread",
        "unit": "unit",
        "n": "women",
        "printed": "printed, or derived how",
        "citation": "source",
        "locator": "where",
        "note": "remark",
    }
    rows["subgroup"] = rows["subgroup"].fillna("whole arm")
    return table(rows, columns, title=title, group="block")


def _not_printed(signs: str, unit_reported: Any) -> list[str]:
    """Say what of a level is not as its source prints it."""
    converted = f"converted from {unit_reported}"
    return [converted if sign == "†" else NOT_AS_PRINTED[sign] for sign in signs]


def change_table(changes: pd.DataFrame) -> Table:
    """Build the table of changes without a level, a block to each tissue treated and kind of arm; made of `change_texts` or `change_rows`."""
    columns = {
        "measure": "measure",
        "study": "study",
        "arm": "arm",
        "subgroup": "subgroup",
        "from_months": "from month",
        "to_months": "to month",
        "text": "change",
        "origin": "reported by",
        "citation": "source",
        "note": "remark",
    }
    whole = changes.assign(subgroup=changes["subgroup"].fillna("whole arm"))
    return table(in_tissue_blocks(whole), columns, title="Changes and directions", group="block")


def limit_table(limits: pd.DataFrame) -> Table:
    """Build the table of limits in use; made of `threshold_rows`, with measure and unit."""
    columns = {
        "measure": "marker",
        "label": "limit",
        "unit": "unit",
        "citation": "source",
        "evidence": "evidence",
    }
    return table(limits, columns, title="Limits in use")


def described_table(described: pd.DataFrame) -> Table:
    """Build the table of what was reported in another form than a level or change; made of `described_rows`, with measure.

    Each tissue treated and each kind of arm has a block.
    """
    columns = {
        "measure": "marker",
        "study": "study",
        "arm": "arm",
        "text": "as reported",
        "origin": "reported by",
        "citation": "source",
        "evidence": "evidence",
    }
    return table(in_tissue_blocks(described), columns, title="Reported in another form", group="block")


def arm_table(arms: pd.DataFrame) -> Table:
    """Build the table of arms with cells, donor, route and dose."""
    columns = {
        "study_label": "study",
        "condition": "condition",
        "cell_source": "cells",
        "donor": "donor",
        "route": "route",
        "scaffold": "scaffold",
        "dose_cells": "dose, cells",
        "dose_text": "dose in words",
        "n": "women",
        "citation": "source",
    }
    return table(arms, columns, title="Arms that received cells")


def baseline_table(baseline: pd.DataFrame) -> Table:
    """Build the table of women in classes before treatment, a block to each kind of arm."""
    columns = {
        "arm": "arm",
        "characteristic": "characteristic",
        "category": "class",
        "n": "women",
        "total": "of women",
        "percent_reported": "percent as printed",
        "citation": "source",
        "locator": "where",
    }
    return table(in_blocks(baseline), columns, title="Classes before treatment", group="block")


def statement_table(statements: pd.DataFrame) -> Table:
    """Build the table of facts that sources state."""
    columns = {
        "item": "subject",
        "value": "statement",
        "unit": "unit",
        "citation": "source",
        "locator": "where",
        "note": "remark",
    }
    return table(statements, columns, title="Statements of sources")


def discrepancy_table(discrepancies: pd.DataFrame) -> Table:
    """Build the table of figures that disagree."""
    columns = {
        "what": "subject",
        "value_1": "first figure",
        "source_1": "source",
        "value_2": "second figure",
        "source_2": "source of the second",
        "comment": "remark",
    }
    return table(discrepancies, columns, title="Discrepancies between sources")
