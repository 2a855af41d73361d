"""A batch of notebooks: plan, parameters, execution in processes of their own, run records, and the book."""

from helpers.rendering.batch import render, reports_of, staleness, summary
from helpers.rendering.matrix import read_matrix
from helpers.rendering.parameters import Parameter, ParameterError, declared
from helpers.rendering.plan import PlanError, Request, Run, make_runs, standard
from helpers.rendering.project import Project, ProjectError
from helpers.rendering.records import GOOD, Entry, Record

__all__ = [
    "GOOD", "Entry", "Parameter", "ParameterError", "PlanError", "Project", "ProjectError", "Record",
    "Request", "Run", "declared", "make_runs", "read_matrix", "render", "reports_of", "staleness", "standard",
    "summary",
]  # fmt: skip
