"""Evidence-gap map: a mark per document for what it found in whom, and what the article says."""

from __future__ import annotations

import textwrap
from collections import defaultdict
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from helpers.evidence.vocabulary import SEEN_IN
from helpers.questions.claims.figures import VERDICT_COLOURS
from helpers.questions.claims.rows import VERDICT_WORDS, Verdict
from helpers.show import style
from helpers.show.frame import framed
from helpers.show.page import check_made

#: The sign in a mark says the same as its colour.
SIGNS = {"supports": "+", "mixed": "±", "none": "0", "contradicts": "−", "not seen": "?", "retracted": "×"}
_MEANINGS = {
    "supports": "found as the article expects",
    "mixed": "mixed",
    "none": "not found, or unrelated to it",
    "contradicts": "found the opposite",
    "not seen": "result not seen",
    "retracted": "retracted: does not count",
}
_DARK = {"supports", "contradicts", "retracted"}
#: Inches: names of rows, a column of marks, a mark, a line of a name and of a statement, and the air around a row.
_NAMES, _CELL, _MARK, _LINE, _STATEMENT, _AIR = 2.3, 0.98, 0.165, 0.15, 0.138, 0.06
_PER_LINE = 5
#: Size of the name of a row, in points.
_NAME = 8.3
_NO_STATEMENT = ("", "no statement on these alone", "")


def gap_map(
    rows: pd.DataFrame, voices: pd.DataFrame, statements: pd.DataFrame, *, levels: list[str], title: str, subtitle: str,
    notes: tuple[str, ...] = (),
) -> Figure:  # fmt: skip
    """Draw which documents found what in women, in animals and in the laboratory, from the frames of `rows.GapMap`.

    `levels` are the columns, of ``human``, ``animal`` and ``in-vitro``. A cell without a mark says that no study was seen.
    """
    made = "helpers.questions.mechanisms_and_factors.rows"
    check_made(rows.columns, f"{made}.mechanism_map or {made}.factor_map", "block", "row")
    cited = list(voices["citation"].unique())
    if len(cited) > style.MOST_SOURCES:
        cited, notes = [], (*notes, f"Sources: the {len(cited)} documents in the table of findings.")
    lines = style.footer_lines(cited, notes)
    cells: dict[Any, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for voice in voices.itertuples():
        cells[voice.row][str(voice.level)].append(voice)
    blocks = [_Block(list(group["row"]), cells, statements[statements["block"] == name], len(levels))
              for name, group in rows.groupby("block", sort=False)]  # fmt: skip
    body = sum(block.height for block in blocks) + 0.1
    with framed(title, subtitle, lines, body=max(body, 0.8), above=0.3, below=0.62) as page:
        axes = page.inches()
        _heads(axes, levels)
        y = 0.0
        for block in blocks:
            _draw(axes, block, y, levels)
            y += block.height
        _legend(page.figure, (page.bottom - 0.1) / page.height)
    return page.figure


class _Block:
    """Rows that share their statements, with the height of each."""

    def __init__(
        self, rows: list[str], cells: dict[Any, dict[str, list[Any]]], statements: pd.DataFrame, columns: int
    ) -> None:
        self.names = ["\n".join(style.wrapped(name, _NAMES - 0.15, _NAME)) for name in rows]
        self.cells = [cells[name] for name in rows]
        width = int((style.WIDTH - _NAMES - _CELL * columns - 0.25) / 0.064)
        self.statements = [_statement(row, width) for row in statements.itertuples()] or [_NO_STATEMENT]
        self.heights = [self._height(name, cells) for name, cells in zip(self.names, self.cells, strict=True)]
        lines = [text.count("\n") + 2 + bool(here) for _, text, here in self.statements]
        tall = sum(_STATEMENT * number + 0.05 for number in lines)
        self.height = max(sum(self.heights), tall + _AIR)

    @staticmethod
    def _height(name: str, cells: dict[str, list[Any]]) -> float:
        marks = max((-(-len(cell) // _PER_LINE) for cell in cells.values()), default=1)
        return max(_LINE * (name.count("\n") + 1), _MARK * marks) + _AIR


def _statement(row: Any, width: int) -> tuple[str, str, str]:
    """Give verdict and wrapped text of a statement, and the state of its part on these rows if that differs."""
    state = str(row.part).rpartition(": ")[2]
    here = f"of this part: {state}" if state and state != row.verdict else ""
    return str(row.verdict), "\n".join(textwrap.wrap(f"{row.claim} ({row.claim_id})", width)), here


def _heads(axes: Axes, levels: list[str]) -> None:
    bold: dict[str, Any] = {"fontsize": 9, "fontweight": "bold"}
    for column, level in enumerate(levels):
        axes.text(_NAMES + _CELL * (column + 0.5), -0.08, SEEN_IN[level], ha="center", **bold)
    axes.text(_NAMES + _CELL * len(levels) + 0.12, -0.08, "the article says, and our verdict", **bold)
    axes.text(0.1, -0.08, "subject, and expected direction", **bold)


def _draw(axes: Axes, block: _Block, y: float, levels: list[str]) -> None:
    axes.plot([0.1, style.WIDTH - 0.1], [y, y], color=style.MUTED, lw=0.7, zorder=1)
    _say(axes, block.statements, y + _AIR / 2, _NAMES + _CELL * len(levels) + 0.12)
    for name, cells, height in zip(block.names, block.cells, block.heights, strict=True):
        axes.text(0.1, y + height / 2, name, va="center", fontsize=_NAME, linespacing=1.15)
        for column, level in enumerate(levels):
            _cell(axes, cells.get(level, []), _NAMES + _CELL * column, y + height / 2)
        y += height
        if name != block.names[-1]:
            axes.plot([0.1, _NAMES + _CELL * len(levels)], [y, y], color=style.FAINT, lw=0.5, zorder=1)


def _say(axes: Axes, statements: list[tuple[str, str, str]], y: float, x: float) -> None:
    line: dict[str, Any] = {"va": "center", "fontsize": 8}
    for verdict, text, here in statements:
        if not verdict:
            axes.text(x, y + _STATEMENT / 2, text, **line, color=style.MUTED, style="italic")
            continue
        axes.text(x, y, text, va="top", fontsize=8, linespacing=1.2)
        y += _STATEMENT * (text.count("\n") + 1)
        colour = VERDICT_COLOURS[Verdict(verdict)]
        axes.plot([x + 0.05], [y + _STATEMENT / 2], "s", ms=6, mfc=colour, mec=style.MUTED, mew=0.5)
        axes.text(x + 0.14, y + _STATEMENT / 2, VERDICT_WORDS[Verdict(verdict)], **line, fontweight="bold")
        if here:
            y += _STATEMENT
            axes.text(x + 0.14, y + _STATEMENT / 2, here, **line)
        y += _STATEMENT + 0.05


def _cell(axes: Axes, voices: list[Any], x: float, y: float) -> None:
    if not voices:
        middle: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 8, "style": "italic"}
        axes.text(x + _CELL / 2, y, "no study seen", **middle, color=style.MUTED)
        return
    voices = sorted(voices, key=lambda voice: (list(SIGNS).index(voice.state), not voice.first_hand))
    lines = -(-len(voices) // _PER_LINE)
    for place, voice in enumerate(voices):
        line, column = divmod(place, _PER_LINE)
        on_line = min(_PER_LINE, len(voices) - line * _PER_LINE)
        at = x + _CELL / 2 + (column - (on_line - 1) / 2) * _MARK
        _mark(axes, at, y + (line - (lines - 1) / 2) * _MARK, str(voice.state), bool(voice.first_hand))


def _mark(axes: Axes, x: float, y: float, state: str, first_hand: bool) -> None:
    axes.plot([x], [y], **_look(state, first_hand), ls="", zorder=3)
    ink = "white" if state in _DARK and first_hand else style.INK
    look: dict[str, Any] = {"ha": "center", "va": "center_baseline", "fontsize": 8, "fontweight": "bold"}
    axes.text(x, y, SIGNS[state], **look, color=ink, zorder=4)


def _look(state: str, first_hand: bool) -> dict[str, Any]:
    colour = style.FOUND_COLOURS[state]
    edge = style.MUTED if state == "not seen" else colour
    if state == "retracted":
        return {"marker": "s", "ms": 9, "mfc": colour, "mec": colour}
    return {"marker": "o" if first_hand else "D", "ms": 9.5 if first_hand else 8, "mew": 1.4,
            "mfc": colour if first_hand else "white", "mec": edge}  # fmt: skip


def _legend(figure: Figure, y: float) -> None:
    handles = [
        Line2D([], [], ls="", **_look(state, True), label=f"{SIGNS[state]}  {words}")
        for state, words in _MEANINGS.items()
    ]
    hollow = "hollow: not reported by the study itself"
    handles.append(Line2D([], [], ls="", **_look("supports", False), label=hollow))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.0, y), ncols=4, handletextpad=0.3,
                  columnspacing=1.2, fontsize=8, title="One mark is one document", alignment="left",
                  title_fontsize=8.3, borderaxespad=0.0)  # fmt: skip
