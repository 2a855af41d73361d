"""Which rows are impossible or doubtful: by the clock of the body, or by a check of what was printed."""

from __future__ import annotations

from helpers.evidence import Evidence
from helpers.questions.durability import clock
from helpers.questions.reported_numbers.rows import doubted_counts


def doubted_rows(ev: Evidence) -> dict[str, str]:
    """Map evidence rows (as ``outcomes row 14``) to why they are marked; the clock has the last word."""
    return {**doubted_counts(ev), **clock.too_early(clock.placed(ev, studies=["all"]))}
