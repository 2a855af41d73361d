"""Tables whose cells know their heading, so that a phone can show each row as a card."""

from __future__ import annotations

import html
import re

_HEADING = re.compile(r"<th\b[^>]*>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr>.*?</tr>", re.DOTALL)


def labelled(table: str) -> str:
    """Write the heading of its column into every cell of an HTML table that has one line of headings."""
    head, end, body = table.partition("</thead>")
    labels = [html.escape(html.unescape(name)) for name in _HEADING.findall(head)]

    def label(row: re.Match[str]) -> str:
        rest = iter(labels)
        return re.sub(r"<td(?=[ >])", lambda _: f'<td data-label="{next(rest)}"', row[0])

    return head + end + _ROW.sub(label, body)
