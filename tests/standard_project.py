"""A copy of the project in which `reanalysis book` has run, made once for all processes of a test run."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from filelock import FileLock

from commands import reanalysis
from helpers.parameters import declared
from helpers.rendering import notebooks

ROOT = Path(__file__).parents[1]
#: The variable that names the folder of a test run, the same for all its processes.
FOLDER = "REANALYSIS_TEST_RUN"


def rendered_project() -> Path:
    """Give what `make` gives on a fresh clone; the first process that asks makes it, the others wait."""
    return _made("book", (), "book")


def executed(notebook: Path, *, alone: bool) -> Path:
    """Give a committed notebook as it is executed now: from the whole book, or where only this is asked for, `alone`."""
    project = _made(notebook.stem, (notebook.name,), "render") if alone else rendered_project()
    given = declared(notebooks.read(notebook)).get("study_id")
    name = notebook.stem if alone or given is None else f"{notebook.stem}--study_id={given.default}"
    return project / "build" / "notebooks" / f"{name}.ipynb"


def _made(name: str, only: tuple[str, ...], command: str) -> Path:
    root = Path(os.environ[FOLDER]) / name / "project"
    said = root / "build" / "said.json"
    root.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(root.parent / "lock"):
        if not said.exists():
            for part in ("data", "tests/accepted", "benchmarks"):
                shutil.copytree(ROOT / part, root / part)
            left_out = shutil.ignore_patterns(".*")
            shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=left_out)
            for path in (root / "notebooks").iterdir():
                if only and path.name not in only:
                    path.unlink()
            shutil.copy(ROOT / "requirements.lock", root)
            done = reanalysis(command, *(Path(file).stem for file in only), folder=root)
            said.parent.mkdir(exist_ok=True)
            said.write_text(json.dumps([done.returncode, done.stdout, done.stderr]), encoding="utf-8")
    code, stdout, stderr = json.loads(said.read_text(encoding="utf-8"))
    # What failed alone stands in its notebook; a book is whole or none.
    assert code == 0 or only, stdout + stderr
    return root
