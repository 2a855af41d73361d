"""The numbers of the summary that lead to no evidence row: they lead to the page that computes them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nbformat import NotebookNode

from helpers.rendering.cell_texts import HTML, MARKDOWN, rewrite
from helpers.rendering.prose_links import KEPT

_TREATED, _UNTREATED, _HARM = "08_pooled_outcomes", "09_background", "10_safety"
#: The page of each column of a table, of which the last row is on harm.
_OF_COLUMN = ("", _TREATED, _UNTREATED, *(_TREATED,) * 4)
_PAGE = re.compile(r"\]\((?P<page>\d\d_\w+)\.ipynb\)")
#: A number, or a count or a range of them; neither a year nor a level, and no part of a name.
_NUMBER = (
    r"(?<![\w.,/-])(?!(?:19|20)\d\d\b)[+−]?\d+(?:[.,]\d+)*(?: (?:of|in|to|至) [+−]?\d+(?:[.,]\d+)*)*"
    r"(?![\w/-]|[.,]\d| ?%)"
)
#: What is left as it is: the number of a message, and a name that ends in a number.
_KEPT = rf"^\d+\. |{KEPT}|\b(?!(?:Of|In|Up|At|CI|CrI|PI)\b)[A-Z][A-Za-z]+ \d+\b"
_WITHOUT_CELLS = ("Without cells", "不用干细胞")
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)
_CELL = re.compile(r"(<td[^>]*>)(.*?)(</td>)", re.DOTALL)


def link_numbers(cells: Sequence[NotebookNode]) -> None:
    """Lead from each number of a paragraph to the page that it names first, and from those of a table to the page of the column."""
    rewrite(cells, _paragraphs, MARKDOWN)
    rewrite(cells, _table, HTML)


def _paragraphs(text: str) -> str:
    return "\n".join(
        _linked(line, named["page"]) if (named := _PAGE.search(line)) else line for line in text.split("\n")
    )


def _table(table: str) -> str:
    head, found, body = table.partition("<tbody>")
    rows = _ROW.findall(body)
    pages = iter([_OF_COLUMN] * (len(rows) - 1) + [("", *(_HARM,) * (len(_OF_COLUMN) - 1))])
    return head + found + _ROW.sub(lambda row: _row(row[0], next(pages)), body)


def _row(row: str, pages: tuple[str, ...]) -> str:
    left = iter(pages)

    def cell(found: re.Match[str]) -> str:
        page = next(left)
        return found[1] + (_linked(found[2], page) if page else found[2]) + found[3]

    return _CELL.sub(cell, row)


def _linked(text: str, page: str) -> str:
    """Link the numbers of a text to a page, those of a sentence on women without cells to the page of these."""

    def link(found: re.Match[str]) -> str:
        if not found["number"]:
            return found[0]
        *_, sentence = re.split(r"(?<=\. )|(?<=。)", re.sub(r"<[^>]+>", "", text[: found.start()]))
        of = _UNTREATED if sentence.startswith(_WITHOUT_CELLS) else page
        return f'<a href="{of}.html">{found[0]}</a>'

    return re.sub(rf"(?P<kept>{_KEPT})|(?P<number>{_NUMBER})", link, text, flags=re.MULTILINE)
