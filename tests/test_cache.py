"""The cache: what a notebook read and is made from decides whether it runs again, and nothing else does."""

from __future__ import annotations

import ast
import errno
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest

from damage import edit
from helpers import evidence
from helpers.rendering import notebooks
from helpers.rendering.batch import explained, render
from helpers.rendering.cache import Cache, Versions
from helpers.rendering.dependencies import Modules, changed_inputs, imports
from helpers.rendering.plan import Request, make_runs
from helpers.rendering.project import Project
from helpers.rendering.records import Record
from tiny import PARAMETERS, add

pytestmark = pytest.mark.usefixtures("warm")
ROOT = Path(__file__).parents[1]
LOAD = "from helpers import evidence\nev = evidence.load('../data')\n"
#: Notebooks by what they read.
CODE = {
    "claims": LOAD + "len(ev.claims)",
    "study": LOAD + "own = ev.about('yan2020')\nlen(own.outcomes), own.select('measurements').shape",
    "printed": LOAD + "ev.printed['pooled'].shape",
    "file": "from pathlib import Path\nPath('own.csv').read_text()",
    "module": "import beside\nbeside.ANSWER",
    "written": "from pathlib import Path\nPath('made.txt').write_text('1')\nPath('made.txt').read_text()",
    "nothing": "1 + 1",
    "levels": LOAD + "len(ev.measurements)",
    "awaited": LOAD + "try:\n    ev.about('new2027')\nexcept ValueError:\n    print('not yet')",
    "folder": "from pathlib import Path\nsorted(path.name for path in Path('inputs').glob('*.csv'))",
    "changed": "from pathlib import Path\nwith Path('own.csv').open('r+') as file:\n    file.read()",
    "base": "import sqlite3\nsqlite3.connect('own.db').close()",
    "indirect": "import indirect",
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory, warm: None) -> Path:  # noqa: ARG001
    root = tmp_path_factory.mktemp("cache") / "project"
    shutil.copytree(ROOT / "data", root / "data")
    for name, code in CODE.items():
        add(root, name, code, parameters=PARAMETERS if name == "nothing" else None)
    (root / "notebooks" / "own.csv").write_text("1")
    (root / "notebooks" / "beside.py").write_text("ANSWER = 42\n")
    (root / "notebooks" / "indirect.py").write_text("from helpers.cli import messages\n")
    (root / "notebooks" / "inputs").mkdir()
    (root / "notebooks" / "own.db").write_bytes(b"")
    assert statuses(rendered(root)) == dict.fromkeys(CODE, "ok")
    return root


@pytest.fixture
def project(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "copy"))


def rendered(root: Path, *requests: Request, force: bool = False) -> Record:
    project, found = Project(root), evidence.load(root / "data")
    asked = requests or [Request(name) for name in CODE]
    return render(project, found, make_runs(project, found, asked), command=["test"], force=force)


def statuses(record: Record) -> dict[str, str]:
    return {entry.output_name: entry.status for entry in record.entries}


def reasons(root: Path) -> dict[str, str]:
    """Why each output would run or not."""
    project, found = Project(root), evidence.load(root / "data")
    lines = explained(project, found, make_runs(project, found, [Request(name) for name in CODE]))
    return dict(line.split(": ", 1) for line in lines)


def rerun(root: Path) -> dict[str, str]:
    """Those that would run, with the reason."""
    lines = reasons(root).items()
    return {name: line.removeprefix("will run: ") for name, line in lines if line.startswith("will run")}


def output(root: Path, name: str) -> bytes:
    return (root / "build" / "notebooks" / f"{name}.ipynb").read_bytes()


def test_what_a_notebook_read_is_noted(finished: Path) -> None:
    stamps = {name: notebooks.stamp_of(finished / "build" / "notebooks" / f"{name}.ipynb") for name in CODE}
    read = {
        name: {what for what in stamp["reads"] if not what.startswith("module:")}
        for name, stamp in stamps.items()
    }
    assert [name for name, stamp in stamps.items() if set(stamp["reads"]) - read[name]] == ["indirect"]
    words = "file:data/datapackage.yaml"
    assert read == {
        "claims": {words, "table:claims"}, "study": {words, "study:yan2020"}, "printed": {words, "table:pooled"},
        "file": {"file:notebooks/own.csv"}, "module": {"file:notebooks/beside.py"}, "written": set(), "nothing": set(),
        "levels": {words, "table:measurements", "table:reference_values"}, "awaited": {words, "study:new2027"},
        "folder": {"folder:notebooks/inputs"}, "changed": {"file:notebooks/own.csv"}, "base": {"file:notebooks/own.db"},
        "indirect": {"file:notebooks/indirect.py"},
    }  # fmt: skip


def test_where_nothing_changed_nothing_runs(project: Path) -> None:
    assert rerun(project) == {}
    before = {name: output(project, name) for name in CODE}
    record = rendered(project)
    assert {(entry.status, entry.why) for entry in record.entries} == {("cached", "fresh")}
    assert all(entry.seconds > 0 for entry in record.entries)
    assert {name: output(project, name) for name in CODE} == before


def row_of(table: str, study: str, *, other: bool = False) -> int:
    ids = evidence.load(ROOT / "data").tables[table]["study_id"]
    rows = ids[(ids != study) if other else (ids == study)]
    return int(rows.index[0]) + 2


def replaced(path: Path, old: str, new: str) -> None:
    content = path.read_text(encoding="utf-8")
    assert content.count(old) == 1
    path.write_text(content.replace(old, new), encoding="utf-8")


CHANGES: dict[str, tuple[Callable[[Path], object], dict[str, str]]] = {
    "a row of a table that one reads": (
        lambda root: edit(root / "data", "claims", 2, note="a remark"),
        {"claims": "table claims changed"},
    ),
    "the meaning of a word": (
        lambda root: replaced(
            root / "data" / "datapackage.yaml", "paper before review", "paper not reviewed"
        ),
        dict.fromkeys(
            ("claims", "study", "printed", "levels", "awaited"), "file data/datapackage.yaml changed"
        ),
    ),
    "a row of the study": (
        lambda root: edit(root / "data", "outcomes", row_of("outcomes", "yan2020"), note="a remark"),
        {"study": "study yan2020 changed"},
    ),
    "a row of another study": (
        lambda root: edit(
            root / "data", "outcomes", row_of("outcomes", "yan2020", other=True), note="a remark"
        ),
        {},
    ),
    "text only that is printed": (
        lambda root: edit(root / "data", "pooled", 2, note="a remark"),
        {"printed": "table pooled changed"},
    ),
    "a file": (
        lambda root: (root / "notebooks" / "own.csv").write_text("2"),
        dict.fromkeys(["file", "changed"], "file notebooks/own.csv changed"),
    ),
    "a unit that levels are converted to": (
        lambda root: edit(root / "data", "reference_values", 2, note="a remark"),
        {"levels": "table reference_values changed", "study": "study yan2020 changed"},
    ),
    "a new file in a folder": (
        lambda root: (root / "notebooks" / "inputs" / "new.csv").write_text("1"),
        {"folder": "folder notebooks/inputs changed"},
    ),
    "a hidden file in a folder": (
        lambda root: (root / "notebooks" / "inputs" / ".new.csv").write_text("1"),
        {},
    ),
    "a database": (
        lambda root: (root / "notebooks" / "own.db").write_bytes(b"x"),
        {"base": "file notebooks/own.db changed"},
    ),
    "a file that is gone": (
        lambda root: (root / "notebooks" / "own.csv").unlink(),
        dict.fromkeys(["file", "changed"], "file notebooks/own.csv changed"),
    ),
    "a module beside the notebook": (
        lambda root: (root / "notebooks" / "beside.py").write_text("ANSWER = 43\n"),
        {"module": "file notebooks/beside.py changed"},
    ),
    "what a notebook itself wrote": (lambda root: (root / "notebooks" / "made.txt").unlink(), {}),
    "the settings of matplotlib": (
        lambda root: (root / "notebooks" / "matplotlibrc").write_text("lines.linewidth: 3\n"),
        dict.fromkeys(CODE, "the settings of matplotlib changed"),
    ),
    "code": (
        lambda root: add(root, "nothing", "1 + 2", parameters=PARAMETERS),
        {"nothing": "the code changed"},
    ),
    "prose": (lambda root: reworded(root, "nothing"), {}),
}


def reworded(root: Path, name: str) -> None:
    path = root / "notebooks" / f"{name}.ipynb"
    made = notebooks.read(path)
    made.cells[0].source = "# Why not?"
    # Below the parameters: what is injected comes between.
    made.cells.insert(2, nbformat.v4.new_markdown_cell("More.", id="more"))  # type: ignore[no-untyped-call]
    path.write_text(notebooks.text(made), encoding="utf-8")


@pytest.mark.parametrize("change", CHANGES)
def test_only_what_read_it_runs_again(project: Path, change: str) -> None:
    make, expected = CHANGES[change]
    make(project)
    assert rerun(project) == expected


def test_what_ran_again_is_what_was_said_to(project: Path) -> None:
    edit(project / "data", "claims", 2, note="a remark")
    again = rendered(project)
    assert {name for name, status in statuses(again).items() if status == "ok"} == {"claims"}
    assert again.entries[0].why == "stale: table claims changed"
    # And back: that version is in the cache already.
    shutil.copy(ROOT / "data" / "claims.csv", project / "data")
    assert reasons(project)["claims"].startswith(
        "will not run: an earlier complete run is restored from the cache"
    )
    assert set(statuses(rendered(project)).values()) == {"cached"}


def test_new_prose_is_put_around_what_was_computed(project: Path) -> None:
    asked = Request("nothing", {"level": 0.9})
    rendered(project, asked)
    reworded(project, "nothing")
    (entry,) = rendered(project, asked).entries
    assert entry.status == "cached"
    refreshed = output(project, entry.output_name)
    assert b"# Why not?" in refreshed
    assert statuses(rendered(project, asked, force=True)) == {entry.output_name: "ok"}
    assert output(project, entry.output_name) == refreshed


@pytest.mark.parametrize(
    "spoil", [lambda _: b"", lambda content: content[:-20], lambda content: content + b" "]
)
@pytest.mark.parametrize("files", ["notebooks/*.ipynb", "*/*.json"])
def test_a_damaged_entry_is_made_again(project: Path, spoil: Callable[[bytes], bytes], files: str) -> None:
    for path in (project / "build" / "cache").glob(files):
        path.write_bytes(spoil(path.read_bytes()))
    assert rerun(project) == dict.fromkeys(CODE, "no finished run of it is in the cache")
    before = output(project, "nothing")
    asked = Request("nothing")
    assert statuses(rendered(project, asked)) == {"nothing": "ok"}
    assert statuses(rendered(project, asked)) == {"nothing": "cached"}
    assert output(project, "nothing") == before


def test_an_output_that_was_altered_is_put_right(project: Path) -> None:
    before = output(project, "claims")
    (project / "build" / "notebooks" / "claims.ipynb").write_bytes(before.replace(b"118", b"119") + b" ")
    (entry,) = rendered(project, Request("claims")).entries
    assert (entry.status, entry.why) == ("cached", "fresh: taken from the cache")
    assert output(project, "claims") == before


def test_a_forced_run_is_not_undone_by_what_was_kept_before(project: Path) -> None:
    add(project, "nothing", "import secrets\nsecrets.token_hex(8)")
    asked = Request("nothing")
    rendered(project, asked)
    before = output(project, "nothing")
    for _ in range(3):
        rendered(project, asked, force=True)
        forced = output(project, "nothing")
        assert statuses(rendered(project, asked)) == {"nothing": "cached"}
        assert output(project, "nothing") == forced != before


def test_a_module_of_this_package_behind_one_beside_the_notebook_counts(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = Modules().digests | {"helpers.cli.messages": "other"}
    monkeypatch.setattr(Modules, "digests", changed)
    assert rerun(project) == {"indirect": "module helpers.cli.messages changed"}


def test_what_was_changed_while_it_ran_is_not_kept(project: Path) -> None:
    itself = "from pathlib import Path\nown = Path('own.csv')\nown.read_text(), own.write_text('3')"
    add(project, "nothing", itself)
    asked = Request("nothing")
    assert statuses(rendered(project, asked)) == {"nothing": "ok"}
    assert statuses(rendered(project, asked)) == {"nothing": "ok"}
    assert statuses(rendered(project, asked)) == {"nothing": "cached"}


def test_a_notebook_that_was_changed_after_the_plan_does_not_run(project: Path) -> None:
    found = evidence.load(project / "data")
    runs = make_runs(Project(project), found, [Request("nothing")])
    add(project, "nothing", "1 + 3")
    record = render(Project(project), found, runs, command=["test"], force=True)
    assert record.entries[0].status == "failed"
    assert record.entries[0].error == "the notebook was changed after this render had begun; render it again"
    assert statuses(rendered(project, Request("nothing"))) == {"nothing": "ok"}


def test_where_the_cache_cannot_be_written_new_prose_is_shown_all_the_same(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    reworded(project, "nothing")
    monkeypatch.setattr("helpers.rendering.cache.write_atomically", read_only)
    assert reasons(project)["nothing"].startswith("will not run")
    assert statuses(rendered(project, Request("nothing"))) == {"nothing": "cached"}
    assert b"# Why not?" in output(project, "nothing")


def test_projects_can_share_a_cache(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REANALYSIS_CACHE", str(finished / "build" / "cache"))
    other = tmp_path / "other"
    for part in ("data", "notebooks"):
        shutil.copytree(finished / part, other / part)
    assert set(statuses(rendered(other)).values()) == {"cached"}
    assert not (other / "build" / "cache").exists()
    assert output(other, "claims") == output(finished, "claims")


def test_what_was_not_used_for_the_longest_time_goes_first(project: Path) -> None:
    cache = Cache(Project(project).cache)
    found = evidence.load(project / "data")
    runs = make_runs(Project(project), found, [Request(name) for name in CODE])
    versions = Versions(Project(project), found)
    cache.tidy(10**9)
    assert all(cache.find(run, versions) for run in runs)
    for path in (project / "build" / "cache" / "notebooks").iterdir():
        os.utime(path, (0, 0))
    used = runs[0]
    kept = cache.find(used, versions)
    assert kept is not None
    cache.tidy(len(kept[1]))
    assert [cache.find(run, versions) is not None for run in runs] == [True, *[False] * (len(runs) - 1)]
    assert len(list((project / "build" / "cache").glob("*/*.json"))) == 1
    cache.tidy(0)
    assert cache.find(used, versions) is None


def parsed_imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("helpers"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers"):
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_the_imports_of_each_module_are_those_that_python_sees() -> None:
    sources = Modules().sources
    assert len(sources) > 100
    for name, text in sources.items():
        assert imports(text) == set(parsed_imports(text)), name


@pytest.mark.parametrize(
    "line", ["%matplotlib inline", "import helpers", "from helpers import *", "import importlib"]
)
def test_where_imports_cannot_be_seen_every_module_counts(line: str) -> None:
    modules = Modules()
    assert set(modules.used_by(line)) == set(modules.sources)
    assert set(modules.used_by("x = 1")) < set(modules.used_by("from helpers.questions.safety import rows"))


def test_a_changed_module_changes_only_what_imports_it(tmp_path: Path) -> None:
    package = tmp_path / "helpers"
    (package / "far").mkdir(parents=True)
    for name, text in {
        "__init__": "", "a": "from helpers.b import (\n    one,\n    two,\n)\n", "b": "from helpers.far import c\n",
        "far/__init__": "", "far/c": "x = 1\n", "d": "import helpers.far.c\n", "e": "",
    }.items():  # fmt: skip
        (package / f"{name}.py").write_text(text)
    codes = ["from helpers import a", "from helpers import d, e", "from helpers.e import x", "y = 1"]
    before = [Modules(package).used_by(code) for code in codes]
    assert list(before[0]) == ["helpers", "helpers.a", "helpers.b", "helpers.far", "helpers.far.c"]
    (package / "far" / "c.py").write_text("x = 2\n")
    after = [Modules(package).used_by(code) for code in codes]
    assert [one != other for one, other in zip(before, after, strict=True)] == [True, True, False, False]
    changes = changed_inputs(
        {"modules": before[0], "code": "", "settings": "", "packages": {}},
        {"modules": after[0], "code": "", "settings": "", "packages": {"numpy": "3"}},
    )
    assert changes == ["helpers.far.c changed", "numpy absent is now 3"]
