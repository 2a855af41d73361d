"""The tables of one study: those that have a row."""

from __future__ import annotations

from helpers.questions.outcomes.tables import outcome_table
from helpers.questions.study_report.rows import StudyRows
from helpers.show import standard_tables
from helpers.show.table import Table


def study_tables(study: StudyRows, *, level: float) -> list[Table]:
    """Build the tables of counts, of the women before treatment, levels, changes, statements and discrepancies; none without a row."""
    every = [
        outcome_table(study.outcomes, interval="clopper-pearson", level=level),
        standard_tables.baseline_table(study.baseline),
        standard_tables.level_table(study.before, title="Levels before treatment"),
        standard_tables.level_table(study.after, title="Levels after treatment"),
        standard_tables.level_table(study.untimed, title="Levels whose time was not printed"),
        standard_tables.change_table(study.changes),
        standard_tables.statement_table(study.statements),
        standard_tables.discrepancy_table(study.discrepancies),
    ]
    return [table for table in every if len(table.rows)]
