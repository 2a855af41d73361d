"""What the page says of reported gains on biological time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.durability.clock import BIRTH, FOLLOW_UP, PROCESS, Due
from helpers.questions.durability.reports import CELLS
from helpers.show.numbers import number
from helpers.show.words import counted, listed, plain


def clock_conclusion(placed: pd.DataFrame, times: pd.DataFrame) -> str:
    """Report for each tissue how many gains after cells came too early to follow from the treatment, or to be new reserve."""
    cells = placed[placed["group"] == CELLS]
    parts = [_of_tissue(cells[cells["tissue"] == tissue], tissue) for tissue in ("ovary", "endometrium")]
    missing = [words for process, words in PROCESS.items() if process not in set(times["process"])]
    if missing:
        parts.append(
            f"No source gives a time for the {listed(missing)}, so that the gains that need one are not judged."
        )
    return "\n\n".join(parts)


def clock_details(placed: pd.DataFrame) -> str:
    """List for each tissue the studies whose gains after cells cannot be new reserve, and how many gains have no month."""
    cells = placed[placed["group"] == CELLS]
    parts = [_details(cells[cells["tissue"] == tissue], tissue) for tissue in ("ovary", "endometrium")]
    return "\n".join(f"- {part}" for part in parts if part)


def clock_notes(times: pd.DataFrame) -> tuple[str, ...]:
    """Name the biological times for the foot of the figure."""
    each: list[Any] = list(times.itertuples())
    words = listed(f"{PROCESS[row.process]} {number(row.months, 1)} months" for row in each)
    return (
        f"Shortest times on record: {words}. The growth of follicles rests on one model. A birth in the band "
        "may have been preterm, or after the follow-up of its source.",
    )


def _of_tissue(rows: pd.DataFrame, tissue: str) -> str:
    organ = ORGAN[tissue]
    if rows.empty:
        return f"No gain of the {organ} after cells was reported."
    timed = rows[rows["first"] & (rows["due"] != Due.NO_TIME)]
    early, growing = (timed[timed["due"] == due] for due in (Due.TOO_EARLY, Due.NOT_NEW))
    named = "; ".join(_named(row) for row in early.itertuples())
    which = f" to follow from the treatment: {named}" if named else ""
    gains = f"Of {counted(len(timed), 'gain')} of the {organ} with a printed month"
    sentences = [f"{gains}, {len(early) or 'none'} came too early{which}."]
    if len(growing):
        came = "1 more came" if len(growing) == 1 else f"{len(growing)} more came"
        sentences.append(f"{came} too early to be new reserve: a resting follicle takes longer to grow.")
    return " ".join(sentences)


def _named(row: Any) -> str:
    within = "within" if row.time_from == FOLLOW_UP else "at"
    reported = "" if row.origin == "paper or registry" else f", according to {row.origin}"
    when = f"{within} {number(row.months)} months{reported}; {PROCESS[row.process]} takes {number(row.needed, 1)} months"
    return f"{phrase(row.word)} in {plain(row.study_label)} ({row.text}, {when}){_unless(row)}"


def _unless(row: Any) -> str:
    if row.process != BIRTH:
        return ""
    after = " or after the follow-up" if row.time_from == FOLLOW_UP else ""
    return f", unless preterm{after}"


def _details(rows: pd.DataFrame, tissue: str) -> str:
    rows = rows[rows["first"]]
    growing, untimed = (rows[rows["due"] == due] for due in (Due.NOT_NEW, Due.NO_TIME))
    whose = counted(growing["study_id"].nunique(), "study", "studies")
    have = "has" if len(untimed) == 1 else "have"
    clauses = [
        (growing, f"{counted(len(growing), 'gain')}, in {whose}, came too early to be new reserve"),
        (
            untimed,
            f"{len(untimed)} of {counted(len(rows), 'gain')} {have} no printed month and cannot be judged",
        ),
    ]
    words = "; ".join(clause for gains, clause in clauses if len(gains))
    return f"**{capital(ORGAN[tissue])}, after cells:** {words}." if words else ""
