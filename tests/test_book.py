"""The book when things go wrong, and with hostile text in the tables. The whole book is tested in test_standard_book."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result

from commands import reanalysis
from damage import edit
from helpers.cli import main
from helpers.rendering.markdown import escaped
from small import Package

ROOT = Path(__file__).parents[1]
pytestmark = [
    pytest.mark.usefixtures("warm"),
    pytest.mark.filterwarnings("ignore:.*Check CHANGES for Sphinx API modifications"),
    pytest.mark.filterwarnings("ignore:.*is multi-threaded, use of fork"),
]
PARAMETERS = "x: int = 1  # a number; allowed: 1 to 9"


def write(root: Path, name: str, *cells: str) -> None:
    """Write a tiny notebook in the house form; the last cell is the answer."""
    new = nbformat.v4
    notebook = new.new_notebook()  # type: ignore[no-untyped-call]
    title = new.new_markdown_cell(f"# Is {name} good?\n\nA question.", id="title")  # type: ignore[no-untyped-call]
    parameters = new.new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})  # type: ignore[no-untyped-call]
    code = [new.new_code_cell(source, id=f"c{n}") for n, source in enumerate(cells)]  # type: ignore[no-untyped-call]
    code[-1].metadata["tags"] = ["answer"]
    notebook.cells = [title, parameters, *code]
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    (root / "notebooks").mkdir(exist_ok=True)
    nbformat.write(notebook, root / "notebooks" / f"{name}.ipynb")  # type: ignore[no-untyped-call]


@pytest.fixture
def project(package: Package) -> Path:
    """A project of a few invented studies, whose one notebook shows text of a table."""
    shutil.copy(ROOT / "data" / "README.md", package.folder)
    root = package.folder.parent
    write(
        root,
        "01_good",
        'from IPython.display import Markdown\nfrom helpers import evidence\nfrom helpers.show import table, words\nev = evidence.load("../data")',
        'table.table(ev.studies, {"label": "study", "note": "remark"}, title="Studies").show()',
        'Markdown(words.plain(ev.studies["note"].iloc[0]))',
    )
    return root


def book_of(project: Path) -> Result:
    """Run the command in this process, which spares its start; the notebooks still have processes of their own."""
    with contextlib.chdir(project):
        return CliRunner().invoke(main, ["book"])


def test_a_failed_notebook_leaves_the_book_standing_and_is_told(project: Path) -> None:
    write(project, "02_bad", 'print("so far")', 'raise ValueError("no <b>luck</b>")')
    done = book_of(project)
    assert done.exit_code == 1
    assert "book: build/book/index.html" in done.stdout
    home = (project / "build" / "book" / "index.html").read_text(encoding="utf-8")
    assert "These notebooks did not finish: 02_bad" in home
    assert "ValueError: no &lt;b&gt;luck&lt;/b&gt;" in home
    page = (project / "build" / "book" / "02_bad.html").read_text(encoding="utf-8")
    assert "This notebook did not finish (failed)" in page
    assert "so far" in page
    assert (project / "build" / "book" / "01_good.html").is_file()


def test_markup_and_formulas_in_a_cell_stay_text(project: Path) -> None:
    hostile = '=HYPERLINK("http://x") <script>alert(1)</script> **b** [c](d) {download}`e`'
    edit(project / "data", "studies", 2, note=hostile)
    edit(project / "data", "sources", 2, title_short=hostile)
    done = book_of(project)
    assert done.exit_code == 0, done.stdout + done.stderr
    book = project / "build" / "book"
    for name in ("index", "01_good", "references", "evidence-studies", "evidence-sources"):
        page = (book / f"{name}.html").read_text(encoding="utf-8")
        assert "<script>alert" not in page, name
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page, name
        assert "**b**" in page, name
    for path in book.rglob("*.csv"):
        assert "\n=" not in path.read_text(encoding="utf-8"), path
        assert ",=" not in path.read_text(encoding="utf-8"), path
    exported = next(path for path in book.rglob("studies.csv")).read_text(encoding="utf-8")
    assert "'=HYPERLINK(" in exported


def test_bad_data_stops_the_book_before_anything_is_rendered(project: Path) -> None:
    edit(project / "data", "outcomes", 2, events="999")
    done = reanalysis("book", folder=project)
    assert done.returncode == 1
    assert "outcomes.csv, row 2, column events: '999': is above its total" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (project / "build").exists()


def test_a_warning_of_the_site_builder_fails_the_book(project: Path) -> None:
    old = project / "build" / "book" / "index.html"
    old.parent.mkdir(parents=True)
    old.write_text("the last good book")
    readme = project / "data" / "README.md"
    readme.write_text(readme.read_text(encoding="utf-8") + "\n[nowhere](nothing.md)\n", encoding="utf-8")
    done = book_of(project)
    assert done.exit_code == 1
    assert "the book has faults" in done.stderr
    assert old.read_text() == "the last good book"
    assert str(project) not in done.stderr


def test_text_is_escaped_for_markdown() -> None:
    assert escaped("a *b* <c>\nd") == r"a \*b\* \<c\> d"
