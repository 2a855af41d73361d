"""Answer in one sentence whether it would have happened anyway, then give one comparison for each organ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.scaffolds import cells_given
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.background.predictive import ABOVE, NOT_COMPARED, RANDOMISED, Predictions
from helpers.questions.background.predictive_text import reporter, would_show
from helpers.show.numbers import count, count_of, in_percent
from helpers.show.words import plain
from helpers.stats.background import HIGH

_LIMITS = (
    f"Higher: with a probability of {in_percent(HIGH)}. Outside of randomised trials no difference, and no absence of one, can be "
    "attributed to the cells. Harm: `10_safety`."
)


def answer(made: Predictions, *, scaffolds: dict[str, str], level: float) -> str:
    """Answer for each organ whether treated cohorts show more than women without cells would, in Markdown.

    `scaffolds` is made by `helpers.counts.scaffolds.scaffolds_with_cells_only`.
    """
    organs = {
        str(tissue): (lines, made.treated[made.treated["tissue"] == tissue])
        for tissue, lines in made.lines.groupby("tissue", sort=False)
    }
    if not organs:
        return "No cohort treated with cells is counted for these outcomes."
    first = "It is not known: no count of women with cells can be compared with women of other studies"
    if made.treated["position"].ne(NOT_COMPARED).any() or made.treated["control_gap"].ne("").any():
        clauses = [
            f"{ORGAN[tissue]}: {_short(treated, scaffolds, level)}" for tissue, (_, treated) in organs.items()
        ]
        first = capital("; ".join(clauses))
    parts = [_organ(tissue, *rows, scaffolds, level) for tissue, rows in organs.items()]
    return "\n\n".join([f"{first}.", *parts, _LIMITS])


def _short(treated: pd.DataFrame, scaffolds: dict[str, str], level: float) -> str:
    """Answer for an organ in a clause: the largest randomised trial, else the counts compared with a new cohort without cells."""
    trials = treated[treated["control_gap"] != ""]
    if len(trials):
        first = trials[trials["outcome"] == trials["outcome"].iloc[0]]
        largest = first.sort_values("total", ascending=False, kind="stable").iloc[0]
        return _larger(largest, scaffolds, level)
    compared = treated[treated["position"] != NOT_COMPARED]
    if compared.empty:
        return "not known, no count can be compared"
    always = "not always" if compared["position"].eq(ABOVE).any() else "possibly"
    return f"{always}, {_higher(compared)} than expected without cells"


def _higher(compared: pd.DataFrame) -> str:
    """Say how many of the counts are above a new cohort without cells: ``neither of 2 counts is higher``."""
    number, above = len(compared), int(compared["position"].eq(ABOVE).sum())
    if number == 1:
        return f"the one count is {'' if above else 'no '}higher"
    none = "neither" if number == 2 else "none"
    return f"{above or none} of {number} counts {'are' if above > 1 else 'is'} higher"


def _larger(row: Any, scaffolds: dict[str, str], level: float) -> str:
    """Say what a randomised trial reports, with its difference."""
    given = "cells on a scaffold" if row.who in scaffolds else "cells"
    found = f"{phrase(row.outcome)} {'more' if row.gap_low > 0 else 'less'} frequent with {given}"
    if row.gap_low <= 0 <= row.gap_high:
        found = f"no difference in {phrase(row.outcome)} detected with {given}"
    gap = row.control_gap.replace(" (", f", {in_percent(level)} CI ").removesuffix(")")
    return f"{found} ({plain(row.who)}, randomised, {gap})"


def _organ(
    tissue: str, lines: pd.DataFrame, treated: pd.DataFrame, scaffolds: dict[str, str], level: float
) -> str:
    """Give the randomised trials of an organ, its counts above a new cohort, and the first outcome for which one could be predicted."""
    trials = treated[treated["control_gap"] != ""].drop_duplicates("study_id")
    compared = treated[treated["position"] != NOT_COMPARED]
    head = "No counted cohort has a randomised control. "
    if len(trials):
        listed = "\n".join(f"- {_trial(row, scaffolds, level)}." for row in trials.itertuples())
        head = f"Randomised, as reported:\n\n{listed}\n\n"
        head += f"{capital(_higher(compared))} than expected without cells. " if len(compared) else ""
    shown = compared if len(compared) else treated
    others = treated[~treated["study_id"].isin(trials["study_id"])]
    known = lines[(lines["k"] > 1) & lines["name"].isin(shown["line"])].head(1)
    new = "".join(_new(line, others[others["line"] == line.name], level) for line in known.itertuples())
    return f"**{capital(ORGAN[tissue])}.** {head}{new}".strip()


def _trial(row: Any, scaffolds: dict[str, str], level: float) -> str:
    gap = row.control_gap.replace("(", f"({in_percent(level)} CI ", 1)
    control = row.control.removesuffix(RANDOMISED)
    without = "without either" if row.who in scaffolds else "without"
    among = f" ({row.among})" if row.among else ""
    return f"{plain(row.who)}, {phrase(row.outcome)}: {row.events}/{row.total} with {cells_given(row.who, scaffolds)}, {control} {without}{among}, {gap}"


def _new(line: Any, treated: pd.DataFrame, level: float) -> str:
    """Compare the percentage that a new cohort without cells would show with the first of the treated counts."""
    shown = treated[treated["proportion"].notna()]
    found = f"; {len(shown) - 1} more below" if len(shown) > 1 else ""
    row: Any = next(shown.itertuples(), None)
    if row is not None:
        differs = f", differs in {row.mismatch}" if row.mismatch and not row.why else ""
        count_text = f"{count_of(row.events, row.total)} ({plain(row.who)}{reporter(row)}{differs})"
        found = f"; with cells {count_text}{found}"
    return (
        f"{capital(phrase(line.outcome))}, {plain(line.stratum)}: {would_show(line)} ({in_percent(level)} PI; {line.k} studies, "
        f"{count(line.total)} women){found}."
    )
