"""The book on paper: a PDF of its home page and one of all its questions, printed by Chromium."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from helpers.errors import UserError
from helpers.files import write_atomically
from helpers.rendering.project import Project

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
#: What a browser needs to work without a network, a screen or a profile of its user.
OFFLINE = (
    "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run",
)  # fmt: skip
_SECONDS = 300
_ARTICLE = re.compile(r'<article class="bd-article">(.*)</article>', re.DOTALL)
_SHEETS = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
_LINK = re.compile(r'<a\b[^>]*? href="(?P<address>[^"]*)"[^>]*>(?P<words>.*?)</a>', re.DOTALL)
#: Links that paper has no use for: to a heading from itself, and to a file.
_OF_THE_SCREEN = re.compile(
    r'<a class="headerlink".*?</a>|<(?P<tag>p|span) class="[^"]*\bdownload".*?</(?P=tag)>', re.DOTALL
)


class PdfError(UserError):
    """The book cannot be printed."""


def browser() -> str | None:
    """Find Chromium, or a browser of its family."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


def write(project: Project) -> list[Path]:
    """Print the home page to ``build/pdf/summary.pdf``, in Chinese to ``summary-zh.pdf``, and all questions to ``book.pdf``; return their paths.

    Raises PdfError where there is no book or no browser, or where the browser fails.
    """
    book = project.build / "book"
    questions = sorted(path.stem for path in book.glob("[0-9][0-9]_*.html"))
    if not questions:
        raise PdfError("there is no book to print yet; begin with `reanalysis book`")
    chromium = browser()
    if not chromium:
        raise PdfError(
            "no Chromium was found to print with; install it, for instance with `apt install chromium`"
        )
    folder = project.build / "pdf"
    folder.mkdir(exist_ok=True)
    return [
        _print(chromium, book, names, folder / f"{name}.pdf")
        for name, names in (("summary", ["index"]), ("summary-zh", ["index-zh"]), ("book", questions))
        if (book / f"{names[0]}.html").is_file()
    ]


def sheet(book: Path, names: Sequence[str]) -> str:
    """Put the text of pages of the book on one page to print, without scripts; links between them stay."""
    pages = {name: (book / f"{name}.html").read_text(encoding="utf-8") for name in names}
    sheets = "\n".join(_SHEETS.findall(pages[names[0]]))
    title = re.search(r"<title>(?:[^<]*&#8212; )?([^<]*)</title>", pages[names[0]])
    articles = "\n".join(_article(name, page, names) for name, page in pages.items())
    return f"""<!DOCTYPE html>
<html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{title[1] if title else ""}</title>
<base href="{html.escape(book.resolve().as_uri())}/">{sheets}</head>
<body><main>{articles}</main></body></html>
"""


def _article(name: str, page: str, names: Sequence[str]) -> str:
    """Take the text of a page, opened, with its anchors told apart from those of other pages."""
    found = _ARTICLE.search(page)
    text = _OF_THE_SCREEN.sub("", found[1] if found else "")
    text = re.sub(r"<details\b(?! open)", "<details open", text)
    text = re.sub(r'(?<= )id="([^"]*)"', rf'id="{name}--\1"', text)
    text = _LINK.sub(lambda link: _on_paper(link, name, names), text)
    return f'<article class="bd-article" id="{name}--">{text}</article>'


def _on_paper(link: re.Match[str], name: str, names: Sequence[str]) -> str:
    """Keep a link to a page that is printed too, or to the web; of others only the words stay."""
    target, _, anchor = link["address"].partition("#")
    page = target.removesuffix(".html") or name
    if re.match(r"https?:", target):
        return link[0]
    return f'<a href="#{page}--{anchor}">{link["words"]}</a>' if page in names else link["words"]


def _print(chromium: str, book: Path, names: Sequence[str], path: Path) -> Path:
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "sheet.html", Path(folder) / "sheet.pdf"
        source.write_text(sheet(book, names), encoding="utf-8")
        as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command = [
            chromium, "--headless", *OFFLINE, *as_root, f"--user-data-dir={folder}/profile", "--no-pdf-header-footer",
            "--generate-pdf-document-outline",
            f"--print-to-pdf={made}", source.as_uri(),
        ]  # fmt: skip
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise PdfError(f"{path.name}: the browser did not finish in {_SECONDS} s") from error
        if done.returncode or not made.is_file():
            said = done.stderr.strip().rpartition("\n")[2] or "no reason given"
            raise PdfError(f"{path.name}: the browser did not print it: {said}")
        write_atomically(path, made.read_bytes())
    return path
