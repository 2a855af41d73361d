"""The tables of reported gains on biological time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.durability.clock import PROCESS, Due
from helpers.show.numbers import number
from helpers.show.table import Table, table


def times_table(times: pd.DataFrame) -> Table:
    """List the biological times and where they come from."""
    listed = times.assign(
        what=times["process"].map(PROCESS), time=[f"{number(months, 1)} months" for months in times["months"]]
    )
    columns = {
        "what": "process",
        "time": "shortest time on record",
        "citation": "source",
        "evidence": "evidence rows",
    }
    note = (
        "The growth of follicles rests on one model of the human ovary, whose authors call it preliminary. Growth from a resting follicle "
        "to the antral stage ends with the pre-antral growth. Birth at term: the start of term, less the average time between the last "
        "menstrual period and ovulation. Only a preterm birth can come sooner."
    )
    return table(listed, columns, title="How long the body takes", note=note)


def too_early_table(placed: pd.DataFrame) -> Table:
    """List the gains that the clock rules out, study by study, with the article's claims that rest on them."""
    early = placed[placed["due"].isin([Due.TOO_EARLY, Due.NOT_NEW])]
    listed = early.assign(
        section=early["tissue"].map(ORGAN).map(capital) + ": " + early["group"],
        women=[number(n) if pd.notna(n) else "not printed" for n in early["n"]],
        result=[", ".join(filter(None, [phrase(word), part])) for word, part in zip(early["word"], early["part"], strict=True)],
        months=[number(months) for months in early["months"]],
        needs=[number(months, 1) for months in early["needed"]],
        claims=early["claims"].fillna("none"),
    ).sort_values(["section", "due", "study_label", "result"], ascending=[True, False, True, True], kind="stable")  # fmt: skip
    columns = {
        "study_label": "study", "women": "women", "result": "result", "months": "reported at month", "needs": "months needed",
        "due": "verdict", "reason": "reason", "origin": "according to", "claims": "claims of the article that this row bears on",
        "evidence": "evidence rows",
    }  # fmt: skip
    note = (
        "Too early to be new reserve: the treatment may have acted on follicles that were already growing, but a resting follicle that it "
        "activated cannot have grown this far. Each month that was reported has a row, so that a marker can have several. This does not show that the treatment had no effect."
    )
    return table(listed, columns, title="Results that came too early, and why", group="section", note=note)


def due_table(counts: pd.DataFrame) -> Table:
    """Count the gains by what the clock says of them."""
    columns = {
        "group": "treatment", "studies": "studies", "gains": "reported gains", **{str(due): str(due) for due in Due},
    }  # fmt: skip
    listed = counts.assign(organ=counts["tissue"].map(ORGAN).map(capital))
    note = (
        "One gain is one marker of one arm, by its first report in the document nearest to the study. We have no source with a biological time for hormones, for the lining of the uterus, "
        "or for pregnancies of any mode of conception."
    )
    return table(listed, columns, title="Which gains came too early?", group="organ", note=note)


def due_values(row: pd.Series[Any]) -> dict[str, int]:
    """Take the recorded counts of a row of `clock.due_counts`."""
    return {name: int(row[name]) for name in ("gains", "studies", *map(str, Due))}
