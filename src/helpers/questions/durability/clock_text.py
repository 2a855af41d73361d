"""What the page says of reported gains on biological time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.durability.clock import FOLLOW_UP, PROCESS, Due
from helpers.questions.durability.reports import CELLS
from helpers.show.words import counted, listed, plain


def clock_conclusion(placed: pd.DataFrame, times: pd.DataFrame) -> str:
    """Report for each tissue which gains after cells came too early, to follow from the treatment or to be new reserve."""
    cells = placed[placed["group"] == CELLS]
    parts = [_of_tissue(cells[cells["tissue"] == tissue], tissue) for tissue in ("ovary", "endometrium")]
    missing = [words for process, words in PROCESS.items() if process not in set(times["process"])]
    if missing:
        parts.append(f"Without a source, and so without a verdict: {listed(missing)}.")
    return "\n\n".join(parts)


def clock_notes(times: pd.DataFrame) -> tuple[str, ...]:
    """Name the biological times for the foot of the figure."""
    each: list[Any] = list(times.itertuples())
    words = listed(f"{PROCESS[row.process]} {row.months:.1f} months" for row in each)
    return (f"Shortest times on record: {words}. The growth of follicles rests on one model.",)


def _of_tissue(rows: pd.DataFrame, tissue: str) -> str:
    head = f"**{capital(ORGAN[tissue])}, by the clock.** "
    if rows.empty:
        return head + "No gain after cells is reported."
    timed = rows[rows["due"] != Due.NO_TIME]
    early, growing = (rows[rows["due"] == due] for due in (Due.TOO_EARLY, Due.NOT_NEW))
    of = f"of {counted(len(timed), 'gain')} with a month"
    sentences = [
        f"{len(early) or 'None'} {of} {'is' if len(early) < 2 else 'are'} too early to follow from the treatment"
        + (f": {'; '.join(_named(row) for row in early.itertuples())}." if len(early) else ".")
    ]
    if len(growing):
        whose = listed(plain(label) for label in growing["study_label"])
        sentences.append(
            f"{len(growing)} {'is' if len(growing) == 1 else 'are'} too early to be new reserve, because a resting follicle needs longer: {whose}. "
            "They can only show follicles that were growing before the treatment."
        )
    untimed = len(rows) - len(timed)
    if untimed:
        sentences.append(
            f"{untimed} more {'has' if untimed == 1 else 'have'} no month, so that the clock cannot judge {'it' if untimed == 1 else 'them'}."
        )
    return head + " ".join(sentences)


def _named(row: Any) -> str:
    when = (
        f"within a follow-up of {row.months:g} months"
        if row.time_from == FOLLOW_UP
        else f"at month {row.months:g}"
    )
    told = "" if row.origin == "paper or registry" else f", according to {row.origin}"
    return f"{phrase(row.word)} in {plain(row.study_label)} ({row.text}) {when}{told}, where {PROCESS[row.process]} takes {row.needed:.1f} months"
