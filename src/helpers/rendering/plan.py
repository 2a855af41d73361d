"""What is to be rendered: requests made into runs, each checked before a kernel starts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from helpers.errors import UserError
from helpers.evidence import Evidence
from helpers.evidence.faults import meant
from helpers.rendering import notebooks
from helpers.rendering.parameters import ParameterError, as_text, declared, resolve
from helpers.rendering.project import Project, helpers_digest

#: The notebook that is rendered once per study.
REPORT = "study_report"
#: Tables of which a study must have a row to get a report in the book.
_REPORTED = ("outcomes", "measurements", "changes")

_LONGEST_NAME = 120


class PlanError(UserError, ValueError):
    """Runs that cannot be done as asked.

    Attributes
    ----------
    faults : tuple of str
        Every fault of every run.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(["nothing was rendered:", *(f"  {fault}" for fault in self.faults)]))


@dataclass(frozen=True)
class Request:
    """A run as it was asked for.

    Attributes
    ----------
    notebook : str
        Name of the notebook, its file name or a path to it.
    given : dict
        Parameters given explicitly.
    place : str
        Where the request stands, for messages: ``"row 3"``, or empty.
    """

    notebook: str
    given: Mapping[str, Any] = field(default_factory=dict)
    place: str = ""


@dataclass(frozen=True)
class Run:
    """A run that can be done.

    Attributes
    ----------
    notebook : pathlib.Path
        The notebook.
    output : str
        Output name: the notebook's, with the parameters that were given.
    parameters : dict
        Value of every parameter.
    injected : dict
        Those that differ from the notebook's defaults. Only these reach it through papermill, so that a run
        with its defaults is the form in which it is committed.
    inputs : dict of str
        Digest of everything else that the outcome depends on: source, data, helpers, environment.
    """

    notebook: Path
    output: str
    parameters: dict[str, Any]
    injected: dict[str, Any]
    inputs: dict[str, str]

    @property
    def stamp(self) -> dict[str, Any]:
        """The entry for the metadata of the executed notebook."""
        return {**self.inputs, "parameters": self.parameters, "content_key": self.content_key}

    @property
    def content_key(self) -> str:
        """SHA-256 over all that the outcome depends on."""
        content = json.dumps({**self.inputs, "parameters": self.parameters}, sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def standard(project: Project, evidence: Evidence) -> list[Request]:
    """Ask for what the book consists of.

    Parameters
    ----------
    project : Project
        The project.
    evidence : Evidence
        Its evidence.

    Returns
    -------
    list of Request
        Every notebook with its defaults, and the study report once per study of `reported_studies`. A report of
        any other study is rendered on demand, by name or with a matrix.
    """
    names = [path.stem for path in sorted(project.notebooks.glob("*.ipynb"))]
    requests = [Request(name) for name in names if name != REPORT]
    if REPORT in names:
        requests += [Request(REPORT, {"study_id": study}) for study in reported_studies(evidence)]
    return requests


def reported_studies(evidence: Evidence) -> list[str]:
    """List the studies that get a report in the book: of women treated with cells, and with something reported.

    Parameters
    ----------
    evidence : Evidence
        The evidence.

    Returns
    -------
    list of str
        Keys of the studies that the article cites or whose women were treated with cells, and that have a row in
        outcomes, measurements or changes; in the order of the evidence.
    """
    told = {study for table in _REPORTED for study in evidence.tables[table]["study_id"]}
    treated = evidence.studies[evidence.studies["role"].isin(["cited", "treatment"])]
    return [str(study) for study in treated["study_id"] if study in told]


def make_runs(project: Project, evidence: Evidence, requests: Iterable[Request]) -> list[Run]:
    """Check requests and make them into runs.

    Parameters
    ----------
    project : Project
        The project.
    evidence : Evidence
        Its evidence.
    requests : iterable of Request
        What was asked for.

    Returns
    -------
    list of Run
        One per request, in the same order.

    Raises
    ------
    PlanError
        If any request cannot be done; the error lists every fault of all of them.
    """
    environment = project.environment_digest()
    shared = {"data": evidence.digest, "helpers": helpers_digest(), "environment": environment}
    runs, faults = [], []
    seen: dict[str, str] = {}
    for request in requests:
        try:
            run = _run(project, evidence, request, shared)
        except (ParameterError, PlanError) as error:
            faults += [": ".join(filter(None, [request.place, fault])) for fault in error.faults]
            continue
        if run.output in seen:
            places = " and ".join(filter(None, [seen[run.output], request.place]))
            faults.append(f"{run.output} is asked for twice" + (f": {places}" if places else ""))
        seen[run.output] = request.place
        runs.append(run)
    if faults:
        raise PlanError(dict.fromkeys(faults))
    return runs


def output_name(notebook: str, given: Mapping[str, Any]) -> str:
    """Name the output of a run.

    Parameters
    ----------
    notebook : str
        Name of the notebook.
    given : mapping of str to object
        Parameters given explicitly, as values, in the order of the notebook.

    Returns
    -------
    str
        For example ``04_outcomes--outcome=pregnancy,level=0.9``. Where the values do not fit into a file
        name a short digest of them follows, so that two sets of values never share a name.
    """
    if not given:
        return notebook
    plain = ",".join(f"{name}={_plus_joined(value)}" for name, value in given.items())
    safe = re.sub(r"[^A-Za-z0-9._=,+-]", "-", plain)[: _LONGEST_NAME - len(notebook)]
    ambiguous = any(letter in _plus_joined(value) for letter in "=," for value in given.values())
    split = any("+" in as_text(item) for value in given.values() for item in _items(value))
    if safe != plain or ambiguous or split:
        safe += "~" + hashlib.sha256(json.dumps(given).encode()).hexdigest()[:10]
    return f"{notebook}--{safe}"


def _run(project: Project, evidence: Evidence, request: Request, shared: Mapping[str, str]) -> Run:
    path = _find(project, request.notebook)
    try:
        notebook = notebooks.source(path)
        known = declared(notebook)
        values, faults = resolve(known, request.given, evidence.tables)
    except ParameterError as error:
        raise PlanError(f"{path.stem}: {fault}" for fault in error.faults) from error
    except notebooks.NotebookError as error:
        raise PlanError([str(error)]) from error
    if faults:
        raise PlanError(f"{path.stem}: {fault}" for fault in faults)
    return Run(
        notebook=path,
        output=output_name(path.stem, {name: values[name] for name in known if name in request.given}),
        parameters=values,
        injected={name: value for name, value in values.items() if value != known[name].default},
        inputs={"source": notebooks.source_digest(notebook), **shared},
    )


def _find(project: Project, name: str) -> Path:
    known = {path.stem: path for path in project.notebooks.glob("*.ipynb")}
    stem = Path(name).stem if name.endswith(".ipynb") else name
    path = Path(name)
    in_place = path.parent == Path() or path.resolve().parent == project.notebooks
    if in_place and Path(stem).name in known:
        return known[Path(stem).name]
    raise PlanError([f"there is no notebook {name!r} in notebooks/; {meant(Path(stem).name, known)}"])


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _plus_joined(value: Any) -> str:
    return "+".join(map(as_text, _items(value)))
