"""The plan of the book, taken again where nothing changed that it was made of, and the settings that it counts in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from damage import edit
from helpers import evidence
from helpers.rendering.dependencies import Modules
from helpers.rendering.known import ChangedError, Known, book_plan
from helpers.rendering.plan import PlanError, book_requests, make_runs
from helpers.rendering.project import Project
from tiny import PARAMETERS, add

ROOT = Path(__file__).parents[1]
#: What a command that finds nothing changed does without.
HEAVY = {"IPython", "jsonschema", "jupyter_client", "matplotlib", "nbformat", "pandas", "scipy", "sphinx"}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    shutil.copytree(ROOT / "data", root / "data")
    add(root, "one", "1", parameters=PARAMETERS)
    add(
        root,
        "study_report",
        "1",
        parameters='study_id: str = "glen2017"  # the study; allowed: data studies.study_id',
    )
    return Project(root)


def test_a_plan_is_taken_again_and_is_the_same(project: Project) -> None:
    found, runs = book_plan(project)
    again, same = book_plan(project)
    assert isinstance(again, Known)
    assert not isinstance(found, Known)
    assert same == runs == make_runs(project, found, book_requests(project, found))
    assert (again.digest, again.loaded.digest) == (found.digest, found.digest)


def test_a_plan_that_is_taken_again_needs_none_of_what_a_run_needs(project: Project) -> None:
    book_plan(project)
    code = (
        "import sys, helpers.cli.rendering, helpers.rendering.book, helpers.rendering.runs\n"
        "from helpers.rendering import known, project\n"
        "known.book_plan(project.Project.find())\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=project.root, capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())


CHANGES: dict[str, Callable[[Path], object]] = {
    "a cell of the data": lambda root: edit(root / "data", "studies", 2, country="Other"),
    "a new notebook": lambda root: add(root, "two", "2"),
    "a notebook that is gone": lambda root: (root / "notebooks" / "one.ipynb").unlink(),
    "the code": lambda root: add(root, "one", "3", parameters=PARAMETERS),
    "the settings": lambda root: (root / "notebooks" / "matplotlibrc").write_text("lines.linewidth: 3\n"),
    "the lock": lambda root: (root / "requirements.lock").write_text("numpy==1\n"),
    "a plan cut short": lambda root: (root / "build" / "plan.json").write_bytes(b"["),
    "a plan that was altered": lambda root: (root / "build" / "plan.json").write_text(
        (root / "build" / "plan.json").read_text().replace('"level": 0.95', '"level": 0.9')
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_whatever_changes_is_planned_with(project: Project, change: Callable[[Path], object]) -> None:
    book_plan(project)
    change(project.root)
    found, runs = book_plan(project)
    assert not isinstance(found, Known)
    assert runs == make_runs(project, found, book_requests(project, found))


def test_evidence_that_is_wrong_since_then_is_refused(project: Project) -> None:
    book_plan(project)
    (project.data / "stray.csv").write_text("a\n")
    with pytest.raises(evidence.EvidenceError, match="stray"):
        book_plan(project)


def test_a_plan_that_cannot_be_made_is_not_kept(project: Project) -> None:
    add(project.root, "wrong", "1", parameters="level: what = 1  # a level")
    for _ in range(2):
        with pytest.raises(PlanError):
            book_plan(project)


def test_evidence_that_changed_after_the_plan_is_refused(project: Project) -> None:
    book_plan(project)
    known, _ = book_plan(project)
    assert isinstance(known, Known)
    descriptor = project.data / "datapackage.yaml"
    descriptor.write_text(descriptor.read_text(encoding="utf-8") + "# other\n", encoding="utf-8")
    with pytest.raises(ChangedError):
        _ = known.loaded


@pytest.mark.parametrize(
    "place", ["here", "MATPLOTLIBRC", "file", "MPLCONFIGDIR", "XDG_CONFIG_HOME", "HOME", ""]
)
def test_settings_are_those_that_matplotlib_starts_with(tmp_path: Path, place: str) -> None:
    folders = {"HOME": "home/.config/matplotlib", "XDG_CONFIG_HOME": "home/matplotlib"}
    (folder := tmp_path / folders.get(place, "home")).mkdir(parents=True)
    (here := tmp_path / "here").mkdir()
    if place:
        ((here if place == "here" else folder) / "matplotlibrc").write_text("lines.linewidth: 3\n")
    names = ("MATPLOTLIBRC", "MPLCONFIGDIR", "XDG_CONFIG_HOME")
    env = {name: value for name, value in os.environ.items() if name not in names} | {"HOME": str(tmp_path)}
    if place == "file":
        env["MATPLOTLIBRC"] = str(folder / "matplotlibrc")
    elif place in (*names, "HOME"):
        env[place] = str(tmp_path / "home")
    code = (
        "import hashlib, json, pathlib; from helpers.rendering.dependencies import plot_settings\n"
        "own = plot_settings(pathlib.Path()); import matplotlib\n"
        "file = pathlib.Path(matplotlib.matplotlib_fname())\n"
        "print(json.dumps([own, hashlib.sha256(file.read_bytes()).hexdigest(), str(file.absolute())]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=here, env=env, capture_output=True, text=True, check=True
    )
    own, its, file = json.loads(done.stdout)
    assert its.startswith(own)
    assert Path(file).is_relative_to(tmp_path) == bool(place)


def test_what_is_imported_when_it_is_asked_for_can_be_seen_before() -> None:
    code = "from helpers import evidence; print(*{*evidence.__all__} - {*dir(evidence)})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not done.stdout.split()
    assert all(hasattr(evidence, name) for name in evidence.__all__)
    assert not hasattr(evidence, "loads")


def test_a_module_that_is_gone_is_a_change(tmp_path: Path) -> None:
    for name in ("__init__", "one", "two"):
        (tmp_path / f"{name}.py").write_text("")
    modules = Modules(tmp_path)
    known = dict(modules.digests)
    assert not modules.changed(known)
    (tmp_path / "two.py").unlink()
    assert modules.changed(known)
    assert Modules(tmp_path).changed(known)
    assert not Modules(tmp_path).changed({name: known[name] for name in known if not name.endswith("two")})
