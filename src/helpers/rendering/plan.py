"""What is to be rendered: requests made into runs, each checked before a kernel starts."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import UserError
from helpers.evidence.faults import meant
from helpers.parameters import Parameter, ParameterError, as_text, declared, resolve
from helpers.rendering import notebooks
from helpers.rendering.dependencies import Modules, plot_settings
from helpers.rendering.project import Project

if TYPE_CHECKING:
    from helpers.evidence import Evidence

#: The notebook that is rendered once per study.
REPORT = "study_report"
#: The notebook that is rendered once per language, and its languages beside that of its defaults.
SUMMARY, _TRANSLATIONS = "00_summary", ("zh",)
#: Tables of which a study must have a row to get a report in the book.
_REPORTED = ("outcomes", "measurements", "changes")
_LONGEST_NAME = 120
#: Changes with the form in which finished runs are kept, so that one form is never read as the other.
_FORMAT = 1


class PlanError(UserError, ValueError):
    """Runs that cannot be done as asked; `faults` has every fault of every run."""

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
        Where the request comes from, for messages: ``"row 3"``, or empty.
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
        Its file.
    output : str
        Output name: the notebook's, with the parameters that were given.
    parameters : dict
        Value of every parameter.
    injected : dict
        Those that differ from the notebook's defaults. Only these reach it through papermill, so that a run
        with its defaults is the form in which it is committed.
    inputs : dict
        What else decides what the notebook computes, but for what it reads: ``code`` and ``settings`` (digests), ``modules``
        (digest by name) and ``packages`` (version by name).
    source : str
        Digest of its cells, prose too.
    data : str
        Version of the evidence at hand.
    """

    notebook: Path
    output: str
    parameters: dict[str, Any]
    injected: dict[str, Any]
    inputs: dict[str, Any]
    source: str
    data: str

    @property
    def stamp(self) -> dict[str, Any]:
        """The entry for the metadata of the executed notebook."""
        return {
            "source": self.source,
            "data": self.data,
            "parameters": self.parameters,
            "inputs": self.inputs,
        }

    @cached_property
    def key(self) -> str:
        """SHA-256 over parameters and inputs: two runs with the same key that read the same give the same."""
        content = json.dumps([_FORMAT, self.inputs, self.parameters], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()


def book_requests(project: Project, evidence: Evidence) -> list[Request]:
    """Ask for what the book consists of: every notebook with its defaults, the summary in each language, and a study report for each of `reported_studies`.

    A report of any other study is rendered on demand, by name or with a matrix.
    """
    names = [path.stem for path in sorted(project.notebooks.glob("*.ipynb"))]
    requests = [Request(name) for name in names if name != REPORT]
    if SUMMARY in names:
        requests += [Request(SUMMARY, {"language": language}) for language in _TRANSLATIONS]
    if REPORT in names:
        requests += [Request(REPORT, {"study_id": study}) for study in reported_studies(evidence)]
    return requests


def reported_studies(evidence: Evidence) -> list[str]:
    """List the studies that get a report in the book, in the order of the evidence.

    The article cites them or their women were treated with cells, and they have a row in outcomes, measurements or
    changes.
    """
    with_rows = {study for table in _REPORTED for study in evidence.tables[table]["study_id"]}
    treated = evidence.studies[evidence.studies["role"].isin(["cited", "treatment"])]
    return [str(study) for study in treated["study_id"] if study in with_rows]


def make_runs(project: Project, evidence: Evidence, requests: Iterable[Request]) -> list[Run]:
    """Check requests and make them into runs, in order; raises PlanError with every fault of all of them."""
    planner = _Planner(project, evidence)
    runs, faults = [], []
    seen: dict[str, str] = {}
    for request in requests:
        try:
            run = planner.run(request)
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
    """Name the output of a run by the parameters `given`, as ``04_outcomes--outcome=pregnancy,level=0.9``.

    Values that do not fit into a file name are followed by a short digest, so that two sets of values never share a
    name.
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


class _Planner:
    """Makes requests into runs; each notebook is read once."""

    def __init__(self, project: Project, evidence: Evidence) -> None:
        self._project, self._evidence = project, evidence
        self._modules = Modules()
        self._shared = {"packages": project.packages(), "settings": plot_settings(project.notebooks)}
        self._known: dict[Path, _Source] = {}

    def run(self, request: Request) -> Run:
        path = find(self._project, request.notebook)
        try:
            source = self._source(path)
            values, faults = resolve(source.parameters, request.given, self._evidence.tables)
        except ParameterError as error:
            raise PlanError(f"{path.stem}: {fault}" for fault in error.faults) from error
        except notebooks.NotebookError as error:
            raise PlanError([str(error)]) from error
        if faults:
            raise PlanError(f"{path.stem}: {fault}" for fault in faults)
        known = source.parameters
        return Run(
            notebook=path,
            output=output_name(path.stem, {name: values[name] for name in known if name in request.given}),
            parameters=values,
            injected={name: value for name, value in values.items() if value != known[name].default},
            inputs={**source.inputs, **self._shared},
            source=source.digest,
            data=self._evidence.digest,
        )

    def _source(self, path: Path) -> _Source:
        if path not in self._known:
            notebook = notebooks.source(path)
            code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
            inputs = {"code": notebooks.code_digest(notebook), "modules": self._modules.used_by(code)}
            self._known[path] = _Source(declared(notebook), notebooks.source_digest(notebook), inputs)
        return self._known[path]


@dataclass(frozen=True)
class _Source:
    """What a plan needs of a notebook."""

    parameters: dict[str, Parameter]
    digest: str
    inputs: dict[str, Any]


def find(project: Project, name: str) -> Path:
    """Find a notebook by its name, its file name or a path to it; raise `PlanError` where there is none."""
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
