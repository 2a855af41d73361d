"""The notebooks and their parameters, for people who choose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from helpers.evidence import Evidence
from helpers.parameters import Parameter, allowed, as_text, declared
from helpers.rendering import notebooks
from helpers.rendering.plan import find
from helpers.rendering.project import Project

#: How many allowed values are shown where no notebook is named; of more, the first ones.
_SHOWN = 8


def listed(project: Project, evidence: Evidence, names: Sequence[str] = ()) -> list[str]:
    """Describe notebooks, all by default: their questions, and name, type, default, meaning and allowed values of each parameter."""
    paths = [find(project, name) for name in names] or sorted(project.notebooks.glob("*.ipynb"))
    lines = []
    for path in paths:
        try:
            lines += _of_notebook(path, evidence, None if names else _SHOWN)
        except ValueError as error:  # of a notebook that cannot be read, or declares its parameters wrongly
            lines.append(f"{path.stem}: {error}")
        lines.append("")
    return lines[:-1]


def _of_notebook(path: Path, evidence: Evidence, most: int | None) -> list[str]:
    notebook = notebooks.source(path)
    question = notebook.cells[0].source.partition("\n")[0].removeprefix("# ") if notebook.cells else ""
    lines = [f"{path.stem}: {question}"]
    for parameter in declared(notebook).values():
        lines += _described(parameter, evidence, most)
    return lines


def _described(parameter: Parameter, evidence: Evidence, most: int | None) -> list[str]:
    default = parameter.default if isinstance(parameter.default, list) else [parameter.default]
    values = allowed(parameter, evidence.tables)
    more = f" and {len(values) - most} more" if most and len(values) > most + 1 else ""
    shown = values[:most] if more else values
    return [
        f"  {parameter.name}: {parameter.type} = {','.join(map(as_text, default))}",
        f"      {parameter.help}",
        f"      allowed: {', '.join(shown)}{more}",
    ]
