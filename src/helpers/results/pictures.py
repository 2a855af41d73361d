"""What differs between two drawings of a figure, named by what is written at it: a row, a series, a panel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from helpers.results.parts import differing, distinguished, where_they_part

#: A name in a figure: the panel and what is written at the row or series, both empty where there is none.
Key = tuple[str, str]
#: What is drawn under a name: words, or the kind and the places of a mark.
Item = tuple[str, Any]
#: How far from its words a mark of a row may lie, in distances between rows.
_NEAR = 0.35
#: What has no name of its own in a figure.
UNNAMED = "words or marks without a name"
#: Changes of a figure that are named in its line.
_FEW = 3


@dataclass(frozen=True)
class PictureChange:
    """What became of one thing that a figure shows.

    Attributes
    ----------
    word : str
        ``"added"``, ``"gone"`` or ``"changed"``.
    name : str
        What is written at it, with the panel where there are several; empty for what has no name of its own.
    details : tuple of str
        What it shows, or what it showed and shows now.
    """

    word: str
    name: str
    details: tuple[str, ...]

    def __str__(self) -> str:
        """Say it in a line."""
        who = self.name or UNNAMED
        details = [detail for detail in self.details if detail != self.name]
        return f"{self.word}: {who}" + (f": {'; '.join(details)}" if details else "")


def picture_changes(old: dict[str, Any], new: dict[str, Any], tolerance: float) -> list[PictureChange]:
    """Name what differs between two figures, each made by `drawn_data`.

    Parameters
    ----------
    old, new : dict
        The accepted figure and the current one.
    tolerance : float
        How far numbers may lie apart.

    Returns
    -------
    list of PictureChange
        What was added, then what is gone, then what changed, what has no name last. Rows that only moved for another
        row are none of them.
    """
    before, after = _named(old), _named(new)
    several = len({panel for panel, _ in {**before, **after}} - {""}) > 1
    found: list[PictureChange] = []
    unnamed: list[PictureChange] = []
    for key in [*after, *(key for key in before if key not in after)]:
        lost, come = _unmatched(before.get(key, []), after.get(key, []), tolerance)
        known = key[1] != ""
        if not lost and not come and (not known or (key in before) == (key in after)):
            continue
        word = "added" if known and key not in before else "gone" if known and key not in after else "changed"
        name = " / ".join(filter(None, [key[0] if several else "", key[1]]))
        change = PictureChange(word, name.replace("\n", " "), tuple(_details(word, lost, come)))
        (found if known else unnamed).append(change)
    order = ("added", "gone", "changed")
    return [*sorted(found, key=lambda change: order.index(change.word)), *unnamed]


def headline(changes: list[PictureChange]) -> str:
    """Say in a line what changed in a figure: the first few by name."""
    if not changes:
        return "the same is drawn, in other places"
    named = [f"{change.name or UNNAMED} {change.word}" for change in changes]
    more = f"; and {len(named) - _FEW} more" if len(named) > _FEW else ""
    return "; ".join(named[:_FEW]) + more


def _named(figure: dict[str, Any]) -> dict[Key, list[Item]]:
    """Gather what a figure shows under the words that stand at it."""
    found: dict[Key, list[Item]] = {}
    for words in figure["texts"]:
        found.setdefault(("", ""), []).append(("words", words))
    panel = ""
    for place, axes in enumerate(figure["axes"]):
        # A panel without a title goes on with the one before it.
        panel = axes["title"] or panel
        rows = _rows(axes) or _rows_beside(figure["axes"], place)
        for words in (axes["x_label"], axes["y_label"], *axes["x_ticks"]):
            found.setdefault((panel, ""), []).append(("words", words))
        for words in axes["y_ticks"]:
            found.setdefault((panel, words), [])
        for artist in axes["artists"]:
            for name, item in _items(artist, rows):
                found.setdefault((panel, name), []).append(item)
    return found


def _rows(axes: dict[str, Any]) -> dict[float, str]:
    """Tell what is written at each height of a panel of rows: the first words there, or the tick."""
    rows: dict[float, str] = {}
    for artist in axes["artists"]:
        if artist["kind"] == "text" and artist["data"][0] is None and artist["data"][1] is not None:
            rows.setdefault(artist["data"][1], artist["label"])
    # Named ticks stand at 0, 1, 2 and so on, those of a heatmap in the middle of its fields.
    first = 0.5 if any(artist["kind"] == "fields" for artist in axes["artists"]) else 0.0
    return rows or {first + place: words for place, words in enumerate(axes["y_ticks"]) if words}


def _rows_beside(panels: list[dict[str, Any]], place: int) -> dict[float, str]:
    """Tell the rows of the panel to the right, which has no title and names the marks of this one."""
    beside = panels[place + 1] if place + 1 < len(panels) else None
    return _rows(beside) if beside and not beside["title"] else {}


def _items(artist: dict[str, Any], rows: dict[float, str]) -> Iterator[tuple[str, Item]]:
    kind, label, data = artist["kind"], artist["label"], artist["data"]
    if kind == "text":
        x, y = data
        name = _at([y], rows)
        if name is None:
            # Words at the end of a line: the series, and what it shows.
            series, colon, rest = label.partition(": ")
            yield (
                (series, ("words", rest if colon else label))
                if x is None and y is None
                else (label, ("text", data))
            )
        elif label != name:
            yield name, ("words", label) if x is None else ("text", [label, x])
        else:
            yield name, ("name", "")
        return
    if kind == "fields":
        yield from ((rows.get(place + 0.5, label), (kind, row)) for place, row in enumerate(data))
        return
    pieces = data if kind in {"points", "segments", "areas"} else [data]
    for piece in pieces:
        if kind == "rectangle":
            x, y, wide, tall = piece
            across, heights = [x, wide], [] if y is None or tall is None else [y + tall / 2]
        elif kind == "points":
            across, heights = [piece[0]], [piece[1]]
        else:
            across, heights = [point[0] for point in piece], [point[1] for point in piece]
        name = _at(heights, rows)
        if name is None:
            yield label, (kind, piece)
        else:
            # The height of a row is layout: it moves when a row is added above.
            yield name, (label or kind, across)


def _at(heights: list[float | None], rows: dict[float, str]) -> str | None:
    """Name the row at which all of something lies."""
    if not rows or not heights or None in heights:
        return None
    known = [height for height in heights if height is not None]
    low, high = min(known), max(known)
    places = sorted(rows)
    step = min((b - a for a, b in pairwise(places)), default=1.0)
    nearest = min(places, key=lambda place: abs(place - low))
    near = max(abs(nearest - low), abs(nearest - high)) <= _NEAR * step
    return rows[nearest] if near else None


def _unmatched(old: list[Item], new: list[Item], tolerance: float) -> tuple[list[Item], list[Item]]:
    """Take out of two lists what is in both, whatever its place."""
    lost, come = [], list(new)
    for item in old:
        same = next(
            (n for n, other in enumerate(come) if not any(differing("", list(item), list(other), tolerance))),
            None,
        )
        if same is None:
            lost.append(item)
        else:
            come.pop(same)
    return lost, come


def _details(word: str, lost: list[Item], come: list[Item]) -> Iterator[str]:
    """Say what is shown, words first; of what changed, what was shown and is shown now."""
    shown = come if word == "added" else lost
    if word != "changed":
        yield from (words for kind, words in shown if kind == "words")
        return
    kinds = list(dict.fromkeys(kind for kind, _ in [*lost, *come]))
    for kind in ["words"] if "words" in kinds else kinds:
        was, now = ([what for k, what in items if k == kind] for items in (lost, come))
        for number in range(max(len(was), len(now))):
            old, new = (items[number] if number < len(items) else None for items in (was, now))
            if isinstance(old, str) and isinstance(new, str):
                yield " → ".join(where_they_part(old, new))
            else:
                quoted = [
                    "nothing" if what is None else quote
                    for what, quote in zip((old, new), distinguished(old, new), strict=True)
                ]
                yield ("" if kind == "words" else f"{kind} ") + " → ".join(quoted)
