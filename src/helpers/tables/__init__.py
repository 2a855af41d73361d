"""Tidy rows and publication tables made of them."""

from helpers.evidence.vocabulary import phrase
from helpers.tables.courses import Course, course, course_summary, joined
from helpers.tables.export import csv_text
from helpers.tables.publication import Table, depth_table, outcome_table, table
from helpers.tables.rows import change_rows, count_values, level_rows, outcome_rows, percent, threshold_rows
from helpers.tables.studies import StudyRows, study_rows

__all__ = [
    "Course",
    "StudyRows",
    "Table",
    "change_rows",
    "count_values",
    "course",
    "course_summary",
    "csv_text",
    "depth_table",
    "joined",
    "level_rows",
    "outcome_rows",
    "outcome_table",
    "percent",
    "phrase",
    "study_rows",
    "table",
    "threshold_rows",
]
