"""The book built again: what changed is made anew, the rest stays, and neither fault nor kill leaves anything wrong."""

from __future__ import annotations

import base64
import json
import multiprocessing
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import nbformat
import pytest

from damage import edit
from helpers import evidence
from helpers.rendering import book
from helpers.rendering.project import Project
from helpers.rendering.records import Entry, Record
from test_book import write

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*Check CHANGES for Sphinx API modifications"),
    pytest.mark.filterwarnings("ignore:.*is multi-threaded, use of fork"),
]

STUDIES, ADDED = ("glen2017", "hill2018"), "moor2019"
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass
class Shelf:
    """A project whose notebooks were executed by hand, and its book."""

    project: Project
    answers: dict[str, str] = field(
        default_factory=lambda: {"01_first": "Yes, **one**.", "02_second": "Hardly."}
    )
    studies: tuple[str, ...] = STUDIES
    commit: str = "c0ffee"

    @property
    def site(self) -> Path:
        return self.project.build / "book"

    @property
    def home(self) -> str:
        return (self.site / "index.html").read_text(encoding="utf-8")

    def page(self, name: str) -> str:
        return (self.site / f"{name}.html").read_text(encoding="utf-8")

    def build(self) -> dict[str, bytes]:
        """Build the book, and read every file of it."""
        entries = [self._executed(name, {}, answer) for name, answer in self.answers.items()]
        entries += [
            self._executed("study_report", {"study_id": study}, f"Of {study}.") for study in self.studies
        ]
        packages = {"python": "3", "pandas": "3"}
        header = {"data": "d" * 64, "commit": self.commit, "packages": packages}
        book.build(self.project, evidence.load(self.project.data), Record(Path("none"), header, entries))
        return files(self.site)

    def build_anew(self) -> dict[str, bytes]:
        """Build the book as a fresh clone does."""
        for folder in ("book", "book-source", "book-sphinx"):
            shutil.rmtree(self.project.build / folder)
        return self.build()

    def _executed(self, name: str, parameters: Mapping[str, Any], answer: str) -> Entry:
        output = "--".join([name, *parameters.values()])
        new = nbformat.v4
        notebook = nbformat.read(self.project.notebooks / f"{name}.ipynb", as_version=4)  # type: ignore[no-untyped-call]
        shown = {"text/html": f"<table><tr><td>{output}</td></tr></table>", "text/csv": f"a\n{answer}\n"}
        drawn = {
            "image/png": base64.b64encode(_PNG + answer.encode()).decode(),
            "text/plain": f"Figure of {output}",
        }
        answer_data = {"text/markdown": answer}
        notebook.cells[-1].outputs = [
            new.new_output("display_data", data=data)  # type: ignore[no-untyped-call]
            for data in (shown, drawn, answer_data)
        ]
        path = self.project.output(output)
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        where = path.relative_to(self.project.root).as_posix()
        return Entry(name, output, "ok", dict(parameters), "key", "requested", output=where)


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def built(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with few rows and its book, which tests use in turn: Sphinx makes everything anew in a folder of another name."""
    root = tmp_path_factory.mktemp("shelf") / "project"
    shutil.copytree(small, root / "data")
    (root / "data" / "README.md").write_text("# The evidence tables\n\nWhat they hold.\n", encoding="utf-8")
    for name in ("01_first", "02_second", "study_report"):
        write(root, name, "x")
    Shelf(Project(root)).build()
    shutil.copytree(root, root.with_name("kept"))
    return root


@pytest.fixture
def shelf(built: Path) -> Shelf:
    """The project as it was, with its book built."""
    shutil.rmtree(built)
    shutil.copytree(built.with_name("kept"), built)
    return Shelf(Project(built))


def retitled(shelf: Shelf) -> None:
    path = shelf.project.notebooks / "02_second.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("Is 02_second good?", "Is it `better`?"), encoding="utf-8"
    )


#: What changes, and the pages that are then written again, besides the home page; where a title or the contents changed, all are.
CHANGES: dict[str, tuple[Callable[[Shelf], object], set[str] | None]] = {
    "an answer": (lambda shelf: shelf.answers.update({"01_first": "No."}), {"01_first"}),
    "a row": (
        lambda shelf: edit(shelf.project.data, "studies", 2, note="Another <remark>."),
        {"evidence-studies"},
    ),
    "the provenance": (lambda shelf: setattr(shelf, "commit", "<beef>"), set()),
    "a title": (retitled, None),
    "a study added": (lambda shelf: setattr(shelf, "studies", (*STUDIES, ADDED)), None),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_built_again_is_what_a_fresh_clone_builds(shelf: Shelf, change: str) -> None:
    before = files(shelf.site)
    written = times(shelf)
    make, pages = CHANGES[change]
    make(shelf)
    again = shelf.build()
    assert again != before
    now = times(shelf)
    if pages is not None:
        assert {name for name in now if now[name] != written.get(name)} - {"index"} == pages
    assert_same(again, shelf.build_anew())


def assert_same(again: Mapping[str, bytes], anew: Mapping[str, bytes]) -> None:
    """Compare two sites file by file; of the search, Sphinx keeps words that are on no page any more."""
    assert differing(again, anew) == []


def differing(one: Mapping[str, bytes], other: Mapping[str, bytes]) -> list[str]:
    """Name the files in which two sites differ, and the words that only one of them finds."""
    files = [
        name
        for name in sorted({*one, *other})
        if one.get(name) != other.get(name) and name != "searchindex.js"
    ]
    return [*files, *(["search"] if found_by_search(one) != found_by_search(other) else [])]


def found_by_search(site: Mapping[str, bytes]) -> dict[str, Any]:
    index = json.loads(site["searchindex.js"].decode().removeprefix("Search.setIndex(").removesuffix(")"))
    for words in ("terms", "titleterms"):
        index[words] = {word: pages for word, pages in index[words].items() if pages != []}
    return dict(index)


def times(shelf: Shelf) -> dict[str, int]:
    """When each page was made, before the provenance came into it."""
    made = (shelf.project.build / "book-sphinx" / "html").glob("*.html")
    return {path.stem: path.stat().st_mtime_ns for path in made if path.stem not in {"genindex", "search"}}


def test_a_study_that_is_gone_leaves_nothing_behind(shelf: Shelf) -> None:
    before = files(shelf.site)
    assert "study_report-hill2018.html" in before
    assert "study_report-hill2018" in before["searchindex.js"].decode()
    shelf.studies = STUDIES[:1]
    again = shelf.build()
    assert [name for name in again if "hill2018" in name] == []
    linked = [
        name for name, page in again.items() if name.endswith((".html", ".js")) and b"report-hill2018" in page
    ]
    assert linked == []
    assert [name for name in files(shelf.project.build / "book-source") if "hill2018" in name] == []
    assert_same(again, shelf.build_anew())


def test_nothing_is_made_where_nothing_changed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files(shelf.site)
    made = times(shelf), {path: path.stat().st_mtime_ns for path in shelf.site.rglob("*")}
    for module in ("sphinx.application", "helpers.rendering.book_source"):
        monkeypatch.setitem(sys.modules, module, None)
    assert shelf.build() == before
    assert (times(shelf), {path: path.stat().st_mtime_ns for path in shelf.site.rglob("*")}) == made


def test_provenance_alone_needs_no_sphinx_and_is_on_every_page(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sphinx.application", None)
    shelf.commit = "<beef>"
    pages = {
        name: page.decode() for name, page in shelf.build().items() if re.fullmatch(r"[^/]+\.html", name)
    }
    assert len(pages) > 20
    assert [name for name, page in pages.items() if "commit &lt;beef&gt;, Python 3" not in page] == []


@pytest.mark.parametrize(
    "harm",
    [
        {"book/01_first.html": "mine"},
        {"book/_static/book.css": None},
        {"book/stray.html": "mine"},
        {"book/index.html": None, "book-sphinx/html/index.html": None},
        {"book-sphinx/made.json": "{"},
    ],
    ids=["altered", "removed", "added", "removed twice", "no state"],
)
def test_harm_done_by_hand_is_mended(shelf: Shelf, harm: Mapping[str, str | None]) -> None:
    before = files(shelf.site)
    for name, text in harm.items():
        if text is None:
            (shelf.project.build / name).unlink()
        else:
            (shelf.project.build / name).write_text(text)
    assert shelf.build() == before


def test_a_change_of_the_look_reaches_every_page(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    look = shutil.copytree(book._SITE, tmp_path / "look")
    foot = look / "_templates" / "provenance.html"
    foot.write_text(foot.read_text() + "<p>A new foot.</p>")
    monkeypatch.setattr(book, "_SITE", look)
    monkeypatch.setattr(book, "_inputs", lambda *_: "others")
    pages = {name: page for name, page in shelf.build().items() if re.fullmatch(r"[^/]+\.html", name)}
    assert [name for name, page in pages.items() if b"A new foot." not in page] == []


def test_another_version_of_a_package_makes_every_page_anew(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = times(shelf)
    monkeypatch.setattr(metadata, "version", lambda _name: "0.0")
    shelf.build()
    now = times(shelf)
    assert [name for name in before if now[name] == before[name]] == []


def test_a_fault_is_told_again_until_it_is_mended_and_the_last_good_site_stays(shelf: Shelf) -> None:
    before = files(shelf.site)
    readme = shelf.project.data / "README.md"
    good = readme.read_text(encoding="utf-8")
    readme.write_text(f"{good}\n[nowhere](nothing.md)\n", encoding="utf-8")
    for _ in range(2):
        with pytest.raises(book.BookError, match="the book has faults"):
            shelf.build()
        assert files(shelf.site) == before
    readme.write_text(good, encoding="utf-8")
    assert shelf.build() == before


def test_a_clock_set_back_hides_no_change(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    fill, day = book._fill, 86400

    def filled_yesterday(folder: Path, content: Mapping[str, bytes]) -> tuple[set[str], set[str]]:
        changed, gone = fill(folder, content)
        for name in changed:
            moment = (folder / name).stat().st_mtime - day
            os.utime(folder / name, (moment, moment))
        return changed, gone

    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - day)
    monkeypatch.setattr(book, "_fill", filled_yesterday)
    shelf.answers["01_first"] = "Only now."
    shelf.build()
    assert "Only now." in shelf.page("01_first")


def die(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


#: Steps of a build at which it is killed: a function, at which call of it, before or after it does its work.
STEPS = [
    (book, "_fill", 1, "after"),
    (book, "_sphinx", 1, "after"),
    (Path, "rename", 1, "before"),
    (Path, "rename", 2, "after"),
    (book, "write_atomically", 1, "before"),
]


@pytest.mark.parametrize(("owner", "step", "call", "when"), STEPS)
def test_a_killed_build_leaves_a_whole_site_and_the_next_one_mends_the_rest(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, owner: object, step: str, call: int, when: str
) -> None:
    before = files(shelf.site)
    real, calls = getattr(owner, step), []

    def deadly(*given: Any, **named: Any) -> Any:
        calls.append(step)
        if len(calls) == call and when == "before":
            die()
        done = real(*given, **named)
        if len(calls) == call:
            die()
        return done

    shelf.answers["01_first"] = "No."
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, deadly)
        process = multiprocessing.get_context("fork").Process(target=shelf.build)
        process.start()
        process.join(120)
    assert process.exitcode == -signal.SIGKILL
    left = files(shelf.site)
    again = shelf.build()
    assert not differing(left, before) or not differing(left, again)
    assert "No." in shelf.page("01_first")
