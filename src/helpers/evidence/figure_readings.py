"""What a row says of having been read off a figure, and by how much that can be off."""

from __future__ import annotations

import re

#: What a figure shows of a cohort.
STATISTICS = ("mean", "median")

COHORT, PER_DATA_SET = "cohort", "per-dataset"

#: The word of `extraction` for what was read off a figure.
READ_OFF = "digitised"

_ERROR = re.compile(r"±\s*(\d+\.?\d*(?:e[+-]?\d+)?)(?![\d.])\s*(%?)", re.ASCII)


def reading_error(note: str, unit: str) -> float | None:
    """Read from a note as ``±0.35 pg/mL`` how far a value read off a figure can be off, in its unit.

    None where it does not say. Of several errors the last counts, for the name of a data set may hold one; a
    twentieth is added, for two digits are written.
    """
    found = _ERROR.findall(note)
    if not found or (found[-1][1] and unit != "%"):
        return None
    return 1.05 * float(found[-1][0])
