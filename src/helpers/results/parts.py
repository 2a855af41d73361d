"""The parts of two values that differ."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from helpers.results.drawn import is_drawn


def differing(path: str, old: Any, new: Any, tolerance: float) -> Iterator[tuple[str, Any, Any]]:
    """Give each part that differs, with what it is in both values; numbers may lie apart by the tolerance."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(key for key in new if key not in old)]:
            if key in old and key in new:
                yield from differing(f"{path}.{key}", old[key], new[key], tolerance)
            else:
                yield f"{path}.{key}", old.get(key), new.get(key)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{path} (number of entries)", len(old), len(new)
        for index, (a, b) in enumerate(zip(old, new, strict=False)):
            yield from differing(f"{path}[{index}]", a, b, tolerance)
    elif is_number(old) and is_number(new):
        if not math.isclose(old, new, rel_tol=tolerance, abs_tol=tolerance):
            yield path, old, new
    elif type(old) is not type(new) or old != new:
        yield path, old, new


def is_number(value: Any) -> bool:
    """Tell numbers from true and false, which Python counts among them."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def shortened(value: Any) -> str:
    """Quote a value in a line."""
    if is_drawn(value):
        return "a figure"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."


def distinguished(old: Any, new: Any) -> list[str]:
    """Quote two values in a line; numbers to six digits, or to as many as tell them apart."""
    if is_number(old) and is_number(new):
        for digits in range(6, 17):
            rounded = [
                value if isinstance(value, int) else float(f"{value:.{digits}g}") for value in (old, new)
            ]
            if rounded[0] != rounded[1]:
                return list(map(shortened, rounded))
    return [shortened(old), shortened(new)]


def where_they_part(old: str, new: str) -> list[str]:
    """Quote texts from shortly before the place where they begin to differ."""
    shared = min(len(old), len(new))
    same = next((index for index in range(shared) if old[index] != new[index]), shared)
    start = 0
    if max(len(old), len(new)) > 100 and same > 30:
        # From the beginning of a word, where one begins there.
        start = old.find(" ", same - 30, same) + 1 or same - 30
    quoted = []
    for text in (old, new):
        end = start + 100
        piece = ("..." if start else "") + text[start:end] + ("..." if len(text) > end else "")
        quoted.append(json.dumps(piece, ensure_ascii=False))
    return quoted
