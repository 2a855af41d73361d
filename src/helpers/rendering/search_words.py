"""How often the home page and each question say a word, by which the search orders them."""

from __future__ import annotations

import html
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping

from helpers.rendering.cell_texts import HTML, MARKDOWN, texts

#: Words said once say little of a page, and would make the file long.
_SAID_OFTEN = 2


def script(names: Iterable[str], files: Mapping[str, bytes]) -> bytes:
    """Write the counts of the pages of these names, of those in `files`, for the search to read."""
    said = {name: _often(files[f"{name}.ipynb"]) for name in names if f"{name}.ipynb" in files}
    return f"const WORDS_SAID = {json.dumps(said, ensure_ascii=False, sort_keys=True)};\n".encode()


def _often(page: bytes) -> dict[str, int]:
    cells = json.loads(page)["cells"]
    text = " ".join(holder[key] for holder, key in texts(cells, MARKDOWN, HTML))
    plain = html.unescape(re.sub(r"<[^>]+>", " ", text)).lower()
    counted = Counter(re.findall(r"[^\W\d_]+|\d{4}", plain))
    return {word: number for word, number in counted.items() if number >= _SAID_OFTEN}
