"""The plan of the book, remembered for as long as nothing changes that it was made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import UserError
from helpers.files import write_atomically
from helpers.rendering.dependencies import Modules, plot_settings
from helpers.rendering.plan import Run, book_requests, make_runs
from helpers.rendering.project import Project

if TYPE_CHECKING:
    from helpers.evidence import Evidence


class ChangedError(UserError):
    """The evidence is no longer what was planned with."""


@dataclass(frozen=True)
class Known:
    """Evidence that was checked before: its digest, and the rest loaded when it is asked for."""

    folder: Path
    digest: str

    @cached_property
    def loaded(self) -> Evidence:
        """The evidence; raises ChangedError where it was changed meanwhile."""
        from helpers import evidence

        found = evidence.load(self.folder)
        if found.digest != self.digest:
            raise ChangedError("the evidence was changed just now; start again")
        return found


def loaded(evidence: Evidence | Known) -> Evidence:
    """Give the evidence itself."""
    return evidence.loaded if isinstance(evidence, Known) else evidence


def book_plan(
    project: Project, changed: Callable[[], None] = lambda: None
) -> tuple[Evidence | Known, list[Run]]:
    """Load the evidence and plan the runs of the book; where nothing changed since, both are as they were.

    Where something did, it calls `changed` before it begins. Raises what loading and planning raise.
    """
    made_of = _made_of(project)
    plan = _remembered(project.plan, made_of)
    if plan is not None:
        notebooks = [{**run, "notebook": project.notebooks / run["notebook"]} for run in plan["runs"]]
        return Known(project.data, plan["data"]), [Run(**run) for run in notebooks]
    changed()
    from helpers import evidence

    found = evidence.load(project.data)
    runs = make_runs(project, found, book_requests(project, found))
    if _made_of(project) == made_of:
        plan = {
            "data": found.digest,
            "runs": [{**asdict(run), "notebook": run.notebook.name} for run in runs],
        }
        with suppress(OSError):  # where it cannot be kept, it is made again the next time
            write_atomically(project.plan, json.dumps([made_of, _digest(plan), plan]))
    return found, runs


def _remembered(path: Path, made_of: str) -> dict[str, Any] | None:
    """Read the last plan, if it was made of the same and the file is whole."""
    try:
        then, digest, plan = json.loads(path.read_bytes())
    except (OSError, ValueError, TypeError):
        return None
    whole: dict[str, Any] = plan
    return whole if then == made_of and digest == _digest(plan) else None


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _made_of(project: Project) -> str:
    """Identify all that a plan is made of: data, notebooks, code, packages and settings."""
    files = [
        [path.name, hashlib.sha256(path.read_bytes()).hexdigest()]
        for folder, kind in ((project.data, "*"), (project.notebooks, "*.ipynb"))
        for path in sorted(folder.glob(kind))
        if path.is_file()
    ]
    return _digest([files, Modules().digests, project.packages(), plot_settings(project.notebooks)])
