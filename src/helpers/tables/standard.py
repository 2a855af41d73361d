"""The tables that recur in the notebooks, each with its columns in one place."""

from __future__ import annotations

import pandas as pd

from helpers.tables.publication import Table, table


def documents_table(sources: pd.DataFrame, *, title: str) -> Table:
    """Build the table of documents: what each is, and how deep it was read."""
    columns = {
        "citation": "document",
        "kind": "kind",
        "access": "read as",
        "title_short": "title",
        "note": "remark",
    }
    return table(sources, columns, title=title)


def summary_table(summary: pd.DataFrame) -> Table:
    """Build the table of what is known of each marker; made of `course_summary`."""
    columns = {
        "measure": "marker",
        "unit": "unit",
        "before": "levels before",
        "after": "levels after",
        "changes": "changes without level",
        "described": "in words or classes",
    }
    return table(summary, columns, title="What is known of each marker")


def level_table(levels: pd.DataFrame) -> Table:
    """Build the table of levels; made of `measurement_rows` or `level_rows`."""
    columns = {
        "measure": "measure",
        "series": "study and arm",
        "subject": "subject",
        "timepoint_months": "months",
        "text": "level",
        "unit": "unit",
        "unit_reported": "unit printed",
        "citation": "source",
        "locator": "where",
        "note": "remark",
    }
    return table(levels, columns, title="Levels")


def change_table(changes: pd.DataFrame) -> Table:
    """Build the table of changes without a level; made of `change_texts` or `change_rows`."""
    columns = {
        "measure": "measure",
        "study_label": "study",
        "subgroup": "subgroup",
        "from_months": "from month",
        "to_months": "to month",
        "text": "change",
        "origin": "who tells it",
        "citation": "source",
        "note": "remark",
    }
    whole = changes.assign(subgroup=changes["subgroup"].fillna("whole arm"))
    return table(whole, columns, title="Changes and directions")


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
    """Build the table of what is told in words or classes; made of `described_rows`, with measure."""
    columns = {
        "measure": "marker",
        "study_label": "study",
        "text": "as told",
        "origin": "who tells it",
        "citation": "source",
        "evidence": "evidence",
    }
    return table(described, columns, title="Words and classes")


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
    """Build the table of women in classes before treatment."""
    columns = {
        "characteristic": "characteristic",
        "category": "class",
        "n": "women",
        "total": "of",
        "percent_reported": "percent printed",
        "citation": "source",
        "locator": "where",
    }
    return table(baseline, columns, title="Classes before treatment")


def statement_table(statements: pd.DataFrame) -> Table:
    """Build the table of facts that sources state."""
    columns = {
        "item": "about",
        "value": "what is stated",
        "unit": "unit",
        "citation": "source",
        "locator": "where",
        "note": "remark",
    }
    return table(statements, columns, title="Statements")


def discrepancy_table(discrepancies: pd.DataFrame) -> Table:
    """Build the table of figures that disagree."""
    columns = {
        "what": "about",
        "value_1": "one says",
        "source_1": "source",
        "value_2": "the other says",
        "source_2": "its source",
        "comment": "remark",
    }
    return table(discrepancies, columns, title="Discrepancies")
