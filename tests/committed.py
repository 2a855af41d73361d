"""What is wrong with a notebook as it is committed: stripped, stale, failed or parameterised."""

from __future__ import annotations

from pathlib import Path

from nbformat import NotebookNode

from helpers.evidence import Evidence
from helpers.rendering.cache import Versions
from helpers.rendering.notebooks import INJECTED_TAG, STAMP, error_in, source_digest, tags
from helpers.rendering.project import Project

ROOT = Path(__file__).parents[1]


def faults_of_committed(notebook: NotebookNode, ev: Evidence, root: Path = ROOT) -> list[str]:
    """Say what is wrong with a notebook; nothing if it is executed on this evidence and in this form."""
    stamp, faults = notebook.metadata.get(STAMP, {}), []
    if any(INJECTED_TAG in tags(cell) for cell in notebook.cells):
        faults.append("holds injected parameters: it was not executed with its defaults")
    code = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    counts = [cell.execution_count for cell in code]
    if None in counts:
        faults.append(f"stripped: {counts.count(None)} of {len(counts)} code cells are not executed")
    elif counts != list(range(1, len(counts) + 1)):
        faults.append(f"not executed in one go from top to bottom: the execution counts are {counts}")
    if stamp.get("source") != source_digest(notebook):
        faults.append("stale: the cells are not those that were executed")
    if "reads" not in stamp:
        return [*faults, "does not tell what it read: it was not rendered"]
    changed = Versions(Project(root), ev).changed(stamp["reads"], stamp["data"])
    faults += [f"stale: {what} is not as it was when this was executed" for what in changed]
    faults += [
        f"cell {cell.execution_count} ended with {error}" for cell in code if (error := error_in(cell))
    ]
    return faults
