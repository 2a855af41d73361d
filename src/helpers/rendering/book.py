"""The book: executed notebooks, evidence tables and references as a static site that needs no network.

Sphinx keeps what it has made, and makes again only the pages that changed. Whatever is not certain, after a fault, a
process that was killed or a clock that was set back, is made from nothing.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import os
import shutil
import time
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import helpers
from helpers.errors import UserError
from helpers.files import write_atomically
from helpers.rendering import notebooks
from helpers.rendering.known import Known, loaded
from helpers.rendering.project import Project
from helpers.rendering.records import GOOD, Entry, Record

if TYPE_CHECKING:
    from helpers.evidence import Evidence

_SITE = Path(__file__).parent / "site"
#: Packages that say how a page looks, besides those that results depend on.
_PACKAGES = (
    "docutils", "jinja2", "markdown-it-py", "mdit-py-plugins", "myst-nb", "myst-parser", "pydata-sphinx-theme",
    "pygments", "snowballstemmer", "sphinx",
)  # fmt: skip
#: Files in the site that are none of its pages.
INDEX_OF_RUNS = ("runs.html", "runs.json")
#: What the template of the foot leaves for the line that differs from commit to commit: no page is made again for it.
_PROVENANCE = b"<!-- provenance -->"


class BookError(UserError):
    """The site cannot be built."""


def build(project: Project, evidence: Evidence | Known, record: Record) -> Path:
    """Bring the site at ``build/book`` up to date and return its home page.

    Notebooks without an output get no page, and the home page says so. Raises BookError if Sphinx fails or warns of
    anything; the site is then as it was.
    """
    work, site = project.build / "book-sphinx", project.build / "book"
    state = work / "made.json"
    last = _read(state)
    now = {"inputs": _inputs(project, record), "provenance": _provenance(record)}
    if last and last == {**last, **now, "site": _digest(_pages(site))}:
        return site / "index.html"
    # Until all is done nothing counts as made: the next call starts from nothing.
    state.unlink(missing_ok=True)
    now["sphinx"] = _digest(
        {**_files(_SITE), "book.py": Path(__file__).read_bytes(), "versions": _versions(record)}
    )
    trusted = bool(last) and last["at"] <= time.time() and last["html"] == _digest(_files(work / "html"))
    if not trusted or last["inputs"] != now["inputs"]:
        _make(project, evidence, record, anew=not trusted or last["sphinx"] != now["sphinx"])
    made = _files(work / "html")
    pages = _with_provenance(made, now["provenance"])
    _publish(pages, site, work)
    now |= {"html": _digest(made), "site": _digest(pages)}
    write_atomically(state, json.dumps({**now, "at": time.time()}))
    return site / "index.html"


def _read(state: Path) -> dict[str, Any]:
    """Read what the last build left, which is nothing where it did not end well."""
    try:
        last: dict[str, Any] = json.loads(state.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return last


def _make(project: Project, evidence: Evidence | Known, record: Record, *, anew: bool) -> None:
    """Make the pages that are to be made: all of them where asked, or where a file of the source is gone."""
    from helpers.rendering.book_source import make  # takes two seconds to import, as Sphinx does

    source = make(project, loaded(evidence), record)
    changed, gone = _fill(project.build / "book-source", source.files)
    if anew or gone:
        for folder in ("doctrees", "html"):
            shutil.rmtree(project.build / "book-sphinx" / folder, ignore_errors=True)
    if anew or gone or changed:
        _sphinx(project, source.contents)


def _inputs(project: Project, record: Record) -> str:
    """Identify everything that the pages are made of; whether a notebook was rendered just now does not matter."""
    paths = [project.root / entry.output for entry in record.entries if entry.output]
    paths += {project.notebooks / f"{entry.notebook}.ipynb" for entry in record.entries}
    files = {str(path): path.read_bytes() for path in paths}
    for folder in (project.data, Path(helpers.__file__).parent):
        files |= {f"{folder}/{name}": content for name, content in _files(folder).items()}
    shown = json.dumps([_shown(entry) for entry in record.entries], sort_keys=True, default=str)
    return _digest({**files, "entries": shown.encode(), "versions": _versions(record)})


def _shown(entry: Entry) -> list[Any]:
    status = "good" if entry.status in GOOD else entry.status
    return [entry.notebook, entry.output_name, entry.parameters, entry.output, status, entry.error]


def _versions(record: Record) -> bytes:
    versions = {**record.header["packages"], **{name: metadata.version(name) for name in _PACKAGES}}
    return json.dumps(versions, sort_keys=True).encode()


def _files(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder, which may be missing."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def _pages(site: Path) -> dict[str, bytes]:
    """Read every file of the site but the index of runs, which is written after it."""
    return {name: content for name, content in _files(site).items() if name not in INDEX_OF_RUNS}


def _digest(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name} {len(files[name])}\n".encode())
        total.update(files[name])
    return total.hexdigest()


def _fill(folder: Path, files: Mapping[str, bytes]) -> tuple[set[str], set[str]]:
    """Make a folder hold these files and no others, and name those that were changed and those that are gone.

    What stays the same is not touched: Sphinx goes by the time of a file, and taking files away is slow.
    """
    before = _files(folder)
    changed = {name for name, content in files.items() if before.get(name) != content}
    gone = before.keys() - files.keys()
    for name in gone:
        (folder / name).unlink()
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name])
    return changed, gone


def _with_provenance(pages: Mapping[str, bytes], provenance: str) -> dict[str, bytes]:
    """Put the provenance into every page, and leave out what Sphinx notes for itself."""
    from helpers.rendering import summary_page

    lines = {
        f"{page}.html": html.escape(summary_page.of_the_book(provenance, language)).encode()
        for language, page in summary_page.PAGES.items()
    }
    line = lines["index.html"]
    return {
        name: content.replace(_PROVENANCE, lines.get(name, line)) if name.endswith(".html") else content
        for name, content in pages.items()
        if not name.startswith(".")
    }


def _provenance(record: Record) -> str:
    packages = record.header["packages"]
    return f"Data version {record.header['data'][:12]}, commit {record.header['commit']}, Python {packages['python']}, pandas {packages['pandas']}."


def _publish(pages: Mapping[str, bytes], site: Path, work: Path) -> None:
    """Put the new site, whole, in the place of the old one, of which the next new one is made."""
    new, old = work / "new", work / "old"
    _fill(new, pages)
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.rename(old)
    new.rename(site)
    if old.exists():
        old.rename(new)


def _sphinx(project: Project, contents: Mapping[str, list[tuple[str, str]]]) -> None:
    """Let Sphinx make the pages whose source is new."""
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    from helpers.rendering.evidence_pages import FILES, STATIC

    source, work = project.build / "book-source", project.build / "book-sphinx"
    output = io.StringIO()
    try:
        with patch_docutils(str(_SITE)), docutils_namespace():
            app = Sphinx(
                srcdir=source, confdir=_SITE, outdir=work / "html", doctreedir=work / "doctrees",
                buildername="html",
                confoverrides={
                    "html_context": {"contents": contents, "default_mode": "auto"},
                    "html_extra_path": [str(source / FILES)],
                    "html_static_path": ["_static", str(source / STATIC)],
                },
                status=None, warning=output, parallel=os.cpu_count() or 1,
            )  # fmt: skip
            app.build()
    except SphinxError as error:
        raise BookError(f"the book was not built: {error}\n{output.getvalue()}") from error
    warnings = output.getvalue().strip()
    if warnings or app.statuscode:
        raise BookError(f"the book has faults:\n{notebooks.scrubbed(warnings, project.root)}")
