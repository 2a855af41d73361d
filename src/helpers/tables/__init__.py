"""Tidy rows and publication tables made of them."""

from helpers.evidence.vocabulary import phrase
from helpers.tables.claims import count_table, mismatch_table, verdict_table
from helpers.tables.courses import Course, course, course_summary, joined
from helpers.tables.export import csv_text
from helpers.tables.findings import denominator_rows, finding_rows, finding_table, rule_counts
from helpers.tables.publication import Table, depth_table, outcome_table, table
from helpers.tables.rows import change_rows, count_values, level_rows, outcome_rows, percent, threshold_rows
from helpers.tables.standard import (
    arm_table,
    baseline_table,
    change_table,
    comparison_table,
    described_table,
    discrepancy_table,
    documents_table,
    level_table,
    statement_table,
    summary_table,
)
from helpers.tables.studies import StudyRows, study_rows

__all__ = [
    "Course",
    "StudyRows",
    "Table",
    "arm_table",
    "baseline_table",
    "change_rows",
    "change_table",
    "comparison_table",
    "count_table",
    "count_values",
    "course",
    "course_summary",
    "csv_text",
    "denominator_rows",
    "depth_table",
    "described_table",
    "discrepancy_table",
    "documents_table",
    "finding_rows",
    "finding_table",
    "joined",
    "level_rows",
    "level_table",
    "mismatch_table",
    "outcome_rows",
    "outcome_table",
    "percent",
    "phrase",
    "rule_counts",
    "statement_table",
    "study_rows",
    "summary_table",
    "table",
    "threshold_rows",
    "verdict_table",
]
