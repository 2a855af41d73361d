"""The files that describe the project agree with each other."""

from __future__ import annotations

import ast
import base64
import json
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
import yaml

from helpers import evidence
from helpers.counts import outcomes
from helpers.questions.outcomes import tables

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()
#: The house, from the ground up: a package may import what stands before it.
HOUSE = [
    "errors",
    "files",
    "reads",
    "stats",
    "evidence",
    "parameters",
    "checks",
    "show",
    "counts",
    "results",
    "intake",
    "questions",
    "rendering",
    "cli",
]
#: Which question uses what of another; more is a sign that something belongs to all of them.
TIES = {
    ("durability", "hormone_trajectories"),
    ("durability", "reported_numbers"),
    ("mechanisms_and_factors", "claims"),
    ("methods", "claims"),
    ("methods", "criteria"),
    ("methods", "hormone_trajectories"),
    ("methods", "pooled_outcomes"),
    ("outcomes", "background"),
    ("outcomes", "pooled_outcomes"),
    ("pooled_outcomes", "background"),
    ("pooled_outcomes", "evidence"),
    ("robustness", "background"),
    ("study_report", "outcomes"),
    ("summary", "background"),
    ("summary", "cell_sources"),
    ("summary", "claims"),
    ("summary", "criteria"),
    ("summary", "durability"),
    ("summary", "evidence"),
    ("summary", "mechanisms_and_factors"),
    ("summary", "pooled_outcomes"),
    ("summary", "safety"),
}
#: What shows the rows of a question; every other module of it is rows.
SHOWING = ("tables", "figures", "text")


def name_of(requirement: str) -> str:
    return re.split(r"[<>=!~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])


def test_conda_users_get_the_same_packages() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    (pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    assert sorted(set(conda) - {"pip"}) == sorted([*PROJECT["project"]["dependencies"], "python>=3.11"])
    assert sorted(set(pip) - {"--editable ."}) == sorted(PROJECT["dependency-groups"]["dev"])
    assert PROJECT["project"]["requires-python"] == ">=3.11"


@pytest.mark.parametrize(
    "requirement", [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
)
def test_the_lock_holds_every_package_at_a_version_that_fits(requirement: str) -> None:
    name, lowest = requirement.split(">=")
    pinned = re.findall(rf"^{re.escape(name_of(name))}==([^ ;\\]+)", LOCK, flags=re.MULTILINE)
    assert pinned, f"{name} is not in requirements.lock: run `make lock`"
    assert all(version(found) >= version(lowest) for found in pinned)


def test_the_lock_carries_hashes_and_no_address() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", LOCK)
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in LOCK
    assert "index" not in re.sub(r"#.*", "", LOCK)


def test_the_lines_of_python_in_the_readme_run_from_the_notebooks_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lines,) = re.findall(
        r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL
    )
    assert lines.count("\n") <= 17
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    exec(lines, {})
    said = capsys.readouterr().out
    assert "why" in said
    assert "Bayes" in said
    assert (tmp_path / "notebooks" / "pregnancy.png").read_bytes().startswith(b"\x89PNG")


def test_the_picture_in_the_readme_is_that_of_the_notebook() -> None:
    notebook = json.loads((ROOT / "notebooks" / "04_outcomes.ipynb").read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    shown = [output["data"] for output in outputs if "image/png" in output.get("data", {})]
    named = {"".join(data["text/plain"]): data["image/png"] for data in shown}
    (picture,) = [image for words, image in named.items() if words.startswith("Ovary, live birth")]
    assert "docs/outcomes.png" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "outcomes.png").read_bytes() == base64.b64decode(picture), "run `make accept`"


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert {"test", "lab", "help", "accept"} <= named <= targets


def test_imports_only_ever_point_down() -> None:
    wrong = []
    for path in sorted((ROOT / "src" / "helpers").rglob("*.py")):
        own = path.relative_to(ROOT / "src" / "helpers").parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.ImportFrom) and node.module:
                names = (
                    [node.module]
                    if node.module != "helpers"
                    else [f"helpers.{alias.name}" for alias in node.names]
                )
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            above = [
                name
                for name in names
                if name.startswith("helpers.") and level(name.split(".")[1]) > level(own)
            ]
            wrong += [f"{path.name} imports {name}" for name in above]
    assert not wrong


def level(part: str) -> int:
    return HOUSE.index(part) if part in HOUSE else -1


def imported(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return modules


def shown_by(module: str) -> str | None:
    return next((kind for kind in SHOWING if re.fullmatch(rf"(\w+_)?{kind}", module)), None)


def questions_used() -> list[tuple[str, str, str, str]]:
    folder = ROOT / "src" / "helpers" / "questions"
    return [
        (path.parent.name, path.stem, question, module)
        for path in sorted(folder.glob("*/*.py"))
        for name in sorted(imported(path))
        if name.startswith("helpers.questions.")
        for question, module, *more in [(*name.split(".")[2:], "")]
        if (folder / question / f"{module}.py").is_file()
    ]


def test_rows_do_not_know_how_they_are_shown() -> None:
    used = [(f"{a}/{b}", f"{c}/{d}", shown_by(b), shown_by(d)) for a, b, c, d in questions_used()]
    wrong = [(one, other) for one, other, own, its in used if its and own != its]
    assert not wrong


def test_questions_use_each_other_as_listed() -> None:
    assert {(own, other) for own, _, other, _ in questions_used() if own != other} == TIES


def test_every_notebook_has_its_question() -> None:
    names = {re.sub(r"^\d+_", "", path.stem) for path in (ROOT / "notebooks").glob("*.ipynb")}
    folders = {path.parent.name for path in (ROOT / "src" / "helpers" / "questions").glob("*/__init__.py")}
    assert names <= folders


def test_every_part_of_the_house_is_listed() -> None:
    parts = {
        path.name.removesuffix(".py")
        for path in (ROOT / "src" / "helpers").iterdir()
        # What is left of a folder that moved holds compiled files only.
        if path.is_file() or any(path.glob("*.py"))
        if not path.name.startswith(("_", "py."))
    }
    assert parts == set(HOUSE)


def test_statistics_and_figures_read_no_files() -> None:
    helpers = ROOT / "src" / "helpers"
    for path in [*helpers.glob("stats/*.py"), *helpers.rglob("*figures.py"), *helpers.glob("show/*.py")]:
        assert not re.search(
            r"(?<!Image\.)\bopen\(|read_csv|read_text|Path\(|evidence\.load", path.read_text()
        ), path


def entered(work: Callable[[], object]) -> set[tuple[str, str]]:
    """Name the functions of the house that work enters, each with its module; no comprehension, no body of a module."""
    helpers, found = str(ROOT / "src" / "helpers"), set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(helpers) and not code.co_name.startswith("<"):
            found.add((code.co_filename.removeprefix(helpers), code.co_qualname))

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return found


def test_a_number_of_the_page_on_outcomes_goes_a_short_way() -> None:
    """After loading: from the count of live births of one study to the row of the table with its interval."""
    ev = evidence.load(ROOT / "data")

    def count_with_its_interval() -> None:
        counts = ev.select("outcomes", outcome="live-birth", study_id="yan2020")
        counted = outcomes.outcome_rows(ev, counts, interval="clopper-pearson", level=0.95)
        table = tables.outcome_table(counted, interval="clopper-pearson", level=0.95)
        assert "6.6 % (1.8 to 15.9)" in table.html
        table.show()

    way = entered(count_with_its_interval)
    assert ("/stats/intervals.py", "proportion_interval") in way
    assert len(way) <= 25, sorted(way)
    assert len({module for module, _ in way}) <= 6, sorted(way)
