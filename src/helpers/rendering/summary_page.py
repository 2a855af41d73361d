"""The summary as the home of the book, in each of its languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from nbformat import NotebookNode

from helpers.questions.summary.catalogue import LANGUAGES, Words, catalogue
from helpers.rendering.cell_texts import HTML, MARKDOWN, rewrite
from helpers.rendering.plan import SUMMARY
from helpers.rendering.records import Entry
from helpers.show import chinese

#: Name of the page in each language, and of the language in itself.
PAGES = {"en": "index", "zh": "index-zh"}
_NAMES = {"en": "English", "zh": "中文"}
#: Title in the list of contents.
SHORT = {"en": "Summary", "zh": "中文摘要"}
#: What the book itself writes on the page of a notebook.
_OF_THE_BOOK = (
    "How this page was made",
    "Parameters, loading and the code of the answer",
    "Download:",
    "Figure",
    "Table",
    "Data version",
    "commit",
    "Later data or code that change nothing this page was made from leave it as it is.",
    "Research software, not medical advice.",
)


def language_of(entry: Entry) -> str:
    """Give the language of a summary; empty for another notebook."""
    return str(entry.parameters.get("language", LANGUAGES[0])) if entry.notebook == SUMMARY else ""


def switch(language: str, entries: Iterable[Entry]) -> str:
    """Write the line that leads to the page in the other languages; empty where there is none."""
    made = {language_of(entry) for entry in entries if entry.output}
    if not made - {"", language}:
        return ""
    links = [
        f'<strong lang="{name}">{words}</strong>'
        if name == language
        else f'<a href="{PAGES[name]}.html" lang="{name}" hreflang="{name}">{words}</a>'
        for name, words in _NAMES.items()
        if name in made
    ]
    return f'<p class="languages">{" | ".join(links)}</p>'


def translate(cells: Iterable[NotebookNode], language: str) -> None:
    """Put the prose of a notebook into a language, paragraph by paragraph; what was computed has it already."""
    words = Words(language)
    for cell in cells:
        if cell.cell_type == "markdown":
            cell.source = "\n\n".join(_paragraph(text, words) for text in cell.source.split("\n\n"))


def around(text: str, language: str) -> str:
    """Put into a language what the theme, `conf.py` and the list of contents write around a page."""
    return Words(language)(text) if text in catalogue() else text


def anchor(title: str) -> str:
    """Give the English of a Chinese title, which its address is made of in both languages."""
    return next((str(message.id) for message in catalogue() if message.string == title), title)


def of_the_book(text: str, language: str) -> str:
    """Put into a language what the book itself wrote in a text."""
    words = Words(language)
    for english in _OF_THE_BOOK:
        text = re.sub(
            rf"(?<=[>\s]){re.escape(english)}(?![\w-])|^{re.escape(english)}(?=\s)", words(english), text
        )
    return text


def _paragraph(text: str, words: Words) -> str:
    marks, prose = re.fullmatch(r"(#* ?)(.*)", text, re.DOTALL).groups()  # type: ignore[union-attr]
    return f"{marks}{words(prose)}"


def for_readers(cells: Sequence[NotebookNode], language: str) -> None:
    """Put into a language what the book wrote around figures and tables, and leave out the code between them."""
    for cell in cells:
        if cell.cell_type == "code":
            cell.metadata["tags"] = ["remove-input"]
    rewrite(cells, lambda text: of_the_book(text, language), MARKDOWN, HTML)


def opened(files: Mapping[str, bytes], home: str) -> dict[str, bytes]:
    """Give the home page: the summary in English followed by `home`, or `home` alone where there is no summary."""
    name = f"{PAGES[LANGUAGES[0]]}.ipynb"
    if name not in files:
        return {f"{PAGES[LANGUAGES[0]]}.md": home.encode()}
    notebook = json.loads(files[name])
    notebook["cells"].append({"cell_type": "markdown", "id": "home", "metadata": {}, "source": home})
    return {name: json.dumps(notebook, ensure_ascii=False).encode()}


def fonts() -> dict[str, bytes]:
    """Give the font of the Chinese page, for readers whose machine has none."""
    return {f"chinese-{font.name}": font.read_bytes() for font in chinese.FONTS}
