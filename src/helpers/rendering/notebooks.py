"""Notebooks as files: reading, what identifies them, and making executed ones stable and truthful."""

from __future__ import annotations

import copy
import hashlib
import json
import re
import warnings
from collections import Counter, deque
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Key of this project's entry in the metadata of an executed notebook.
STAMP = "reanalysis"
INJECTED_TAG = "injected-parameters"
#: papermill's own tag for the cells it adds to a failed notebook; it removes them before a rerun.
BANNER_TAG = "papermill-error-cell-tag"
_ADDED = {INJECTED_TAG, BANNER_TAG}

#: Characters kept of what a cell prints.
_PRINTED = 1_000_000
_TEXT_TYPES = ("text/plain", "text/html", "text/markdown")
# It begins where a word does: from any letter on, a long line would be searched once per letter.
_KERNEL_FILE = re.compile(r"(?<!\S)\S*/ipykernel_\d+/\d+\.py")


class NotebookError(ValueError):
    """A file is no notebook."""


def read(path: Path) -> NotebookNode:
    """Read a notebook in version 4 of the format; raises NotebookError for any other file."""
    return _parsed_file(path, parsed)


def _parsed_file(path: Path, reading: Callable[[bytes], NotebookNode]) -> NotebookNode:
    try:
        return reading(path.read_bytes())
    except Exception as error:  # nbformat lets errors of several kinds through, KeyError among them
        raise NotebookError(f"{path.name} is no notebook: {str(error).splitlines()[0][:200]}") from error


def parsed(content: bytes) -> NotebookNode:
    """Read a notebook from its content; of cells with the same id, the later ones get others."""
    from nbformat.warnings import DuplicateCellId

    with warnings.catch_warnings():
        warnings.simplefilter("error", DuplicateCellId)
        try:
            return _read(content.decode())
        except DuplicateCellId:  # nbformat would give them random ids
            tree = json.loads(content)
    seen: Counter[str] = Counter()
    for cell in tree["cells"]:
        identifier = cell["id"]
        seen[identifier] += 1
        if seen[identifier] > 1:
            cell["id"] = f"{identifier[:50]}-again-{seen[identifier]}"
    return _read(json.dumps(tree))


def _read(text: str) -> NotebookNode:
    import nbformat  # takes a fifth of a second to import

    notebook: NotebookNode = nbformat.reads(text, as_version=4)  # type: ignore[no-untyped-call]
    return notebook


def executed(path: Path) -> NotebookNode:
    """Read a notebook that rendering wrote: it was validated then, which takes nearly all the time of reading it."""
    import nbformat

    notebook: NotebookNode = nbformat.v4.reads(path.read_text(encoding="utf-8"))  # type: ignore[no-untyped-call]
    return notebook


def source(path: Path) -> NotebookNode:
    """Read a notebook that is to be executed: without what an earlier run with other parameters left in it."""
    notebook = _parsed_file(path, _unexecuted)
    notebook.cells = [cell for cell in notebook.cells if not _ADDED & set(tags(cell))]
    notebook.metadata.pop("papermill", None)
    return notebook


def _unexecuted(content: bytes) -> NotebookNode:
    """Read a notebook without its outputs, which take nearly all the time of reading it."""
    tree = json.loads(content)
    for cell in tree.get("cells", []):
        if "outputs" in cell:
            cell |= {"outputs": [], "execution_count": None}
    return parsed(json.dumps(tree).encode())


def text(notebook: NotebookNode) -> str:
    """Write a notebook as JSON, always the same for the same notebook."""
    import nbformat

    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def tags(cell: NotebookNode) -> list[str]:
    """Return the tags of a cell."""
    return list(cell.metadata.get("tags", []))


def source_digest(notebook: NotebookNode) -> str:
    """Identify what a notebook contains, whatever it was executed with.

    SHA-256 over type, source, tags and attachments of its cells, without the cells that rendering adds.
    """
    cells = [cell for cell in notebook.cells if not _ADDED & set(tags(cell))]
    content = [[cell.cell_type, cell.source, sorted(tags(cell)), cell.get("attachments")] for cell in cells]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def code_digest(notebook: NotebookNode) -> str:
    """Identify what a notebook computes, whatever prose it has.

    SHA-256 over source and tags of its code cells, without the cells that rendering adds.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and not _ADDED & set(tags(cell))]
    content = [[cell.source, sorted(tags(cell))] for cell in cells]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def with_prose_of(executed: NotebookNode, source: NotebookNode) -> NotebookNode:
    """Put the prose of `source` around what its code gave in `executed`: what executing `source` would give."""
    made = copy.deepcopy(source)
    made.metadata = {**source.metadata, **executed.metadata}
    ran = deque(cell for cell in executed.cells if cell.cell_type == "code")
    cells: list[NotebookNode] = []
    for cell in made.cells:
        cells.append(cell)
        if cell.cell_type == "code":
            before = ran.popleft()
            cell.outputs, cell.execution_count = before.outputs, before.execution_count
            if ran and INJECTED_TAG in tags(ran[0]):
                cells.append(ran.popleft())
    made.cells = cells
    return made


def stamp_of(path: Path) -> dict[str, Any]:
    """Read the stamp that rendering left in an executed notebook, empty if there is no such file, notebook or stamp."""
    try:
        return dict(read(path).metadata.get(STAMP, {}))
    except (NotebookError, TypeError, ValueError):
        return {}


def error_in(cell: NotebookNode) -> str | None:
    """Return name and first line of the error that a cell ended with, None if there is none."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}".splitlines()[0].removesuffix(": ")
    return None


def unfinished(notebook: NotebookNode) -> str | None:
    """Say in a line where an executed notebook ended too early, whatever papermill says; None if every code cell ran without error."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code" or not cell.source.strip():
            continue
        if error := error_in(cell):
            return f"In [{cell.execution_count}]: {error}"
        if cell.execution_count is None:
            return f"cell {number} and those below it did not run"
    return None


def stabilise(notebook: NotebookNode, source: NotebookNode, root: Path) -> None:
    """Remove from an executed notebook, in place, all that differs between runs or reveals the machine.

    Outputs show the project's folder `root` as ``.``.
    """
    parameters = notebook.metadata.pop("papermill", {}).get("parameters")
    if parameters:
        notebook.metadata["papermill"] = {"parameters": parameters}
    notebook.cells = [cell for cell in notebook.cells if BANNER_TAG not in tags(cell)]
    # Cells that rendering added, and all cells of a notebook older than cell ids, have random ids.
    identifiers = {cell.get("id") for cell in source.cells}
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.get("id") not in identifiers:
            cell["id"] = f"rendered-{number}"
        cell.metadata.pop("papermill", None)
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
        if cell.cell_type == "code":
            cell.outputs = _merged(cell.outputs)
        for output in cell.get("outputs", []):
            _scrub(output, root)


def _merged(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of stdout and of stderr: in which order the two arrive is left to chance."""
    merged: list[NotebookNode] = []
    for adjacent, group in groupby(outputs, key=lambda output: output.output_type == "stream"):
        pieces = list(group)
        if not adjacent:
            merged += pieces
            continue
        for name in sorted({piece.name for piece in pieces}, reverse=True):
            same = [piece for piece in pieces if piece.name == name]
            same[0].text = _kept("".join(piece.text for piece in same))
            merged.append(same[0])
    return merged


def _kept(printed: str) -> str:
    """Keep of what was printed what a terminal would show, and no more than a page can bear."""
    if "\r" in printed:
        lines = printed.replace("\r\n", "\n").split("\n")
        printed = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    over = len(printed) - _PRINTED
    return (
        printed
        if over <= 0
        else f"{printed[:_PRINTED]}\n[{over:,} more characters were printed and are not kept]\n"
    )


def add_banner(notebook: NotebookNode, status: str, error: str) -> None:
    """Mark a notebook that did not finish, in place, below its title or else first, so that nobody takes it for a complete one.

    `status` is ``failed``, ``died`` or ``timeout``; `error` is one line.
    """
    import nbformat

    notice = f"**This notebook did not finish ({status}).** What stands below the last output never ran."
    message = f"{notice}\n\n    {error}"
    banner = nbformat.v4.new_markdown_cell(message, id="banner", metadata={"tags": [BANNER_TAG]})  # type: ignore[no-untyped-call]
    titled = bool(notebook.cells) and notebook.cells[0].cell_type == "markdown"
    notebook.cells.insert(1 if titled else 0, banner)


def scrubbed(message: str, root: Path) -> str:
    """Remove the machine's paths from a text: the project's folder becomes ``.``, the home folder ``~``."""
    message = _replace_path(str(root), ".", _KERNEL_FILE.sub("cell", message))
    home = home_folder()
    if home is None:
        return message
    message = _replace_path(str(home), "~", message)
    # IPython has written the home folder as ~ already.
    inside_home = root != home and root.is_relative_to(home)
    return _replace_path(f"~/{root.relative_to(home)}", ".", message) if inside_home else message


def home_folder() -> Path | None:
    """Give the folder of the user; None where there is no such user, as in some containers."""
    try:
        return Path.home()
    except RuntimeError:
        return None


def _replace_path(path: str, short: str, message: str) -> str:
    if path == "/":
        return message
    # Whole names only: neither the end of a web address nor the start of a longer name is this folder. A
    # code for colour ends with a letter.
    return re.sub(rf"(^|[^\w.~-]|\x1b\[[\d;]*m){re.escape(path)}(?![\w-])", rf"\1{short}", message)


def _scrub(output: NotebookNode, root: Path) -> None:
    if output.output_type == "stream":
        output.text = scrubbed(output.text, root)
    elif output.output_type == "error":
        output.evalue = scrubbed(output.evalue, root)
        output.traceback = [scrubbed(line, root) for line in output.traceback]
    else:
        for kind, content in output.data.items():
            if kind in _TEXT_TYPES and isinstance(content, str):
                output.data[kind] = scrubbed(content, root)
