"""Answer in one sentence whether it would have happened anyway, then give one comparison for each organ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.one_count import UNTREATED
from helpers.counts.scaffolds import cells_given
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.background.predictive import ABOVE, NOT_COMPARED, RANDOMISED, Predictions
from helpers.show.numbers import count_of, in_percent, percent
from helpers.show.words import listed, plain
from helpers.stats.background import HIGH

#: Treated cohorts outside of randomised trials that the answer names of an organ.
_NAMED = 1
_LIMITS = (
    f"Higher: with a probability of {in_percent(HIGH)}. Outside of randomised trials no difference, and no absence of one, can be "
    "attributed to the cells. Harm: `10_safety`."
)


def answer(made: Predictions, *, scaffolds: dict[str, str], level: float) -> str:
    """Answer for each organ whether treated cohorts show more than women without cells would, in Markdown.

    `scaffolds` is made by `helpers.counts.scaffolds.scaffolds_with_cells_only`.
    """
    organs = list(made.lines["tissue"].unique())
    if not organs:
        return "No cohort treated with cells is counted for these outcomes."
    parts = [_organ(made, str(tissue), scaffolds, level) for tissue in organs]
    return "\n\n".join([_first(made, organs, scaffolds, level), *parts, _LIMITS])


def _first(made: Predictions, organs: list[str], scaffolds: dict[str, str], level: float) -> str:
    """Answer organ by organ: the randomised trial with most treated women, else the counts compared with a new cohort without cells."""
    if made.treated["position"].eq(NOT_COMPARED).all() and made.treated["control_gap"].eq("").all():
        return "It is not known: no count of women with cells can be compared with women of other studies."
    clauses = [f"{ORGAN[tissue]}: {_short(_treated(made, tissue), scaffolds, level)}" for tissue in organs]
    return f"{capital('; '.join(clauses))}."


def _treated(made: Predictions, tissue: str) -> pd.DataFrame:
    names = made.lines.loc[made.lines["tissue"] == tissue, "name"]
    return made.treated[made.treated["line"].isin(names)]


def _short(treated: pd.DataFrame, scaffolds: dict[str, str], level: float) -> str:
    """Answer for an organ in a clause."""
    trials = treated[treated["control_gap"] != ""]
    if len(trials):
        first = trials[trials["outcome"] == trials["outcome"].iloc[0]]
        return _larger(
            next(_rows(first.sort_values("total", ascending=False, kind="stable"))), scaffolds, level
        )
    if treated["position"].eq(NOT_COMPARED).all():
        return "not known, no count can be compared"
    number, above = _above(treated)
    return f"{'not always' if above else 'possibly'}, {_higher(number, above)} than expected without cells"


def _higher(number: int, above: int) -> str:
    """Say how many of the counts are higher: ``neither of 2 counts is higher``."""
    if number == 1:
        return f"the one count is {'' if above else 'no '}higher"
    none = "neither" if number == 2 else "none"
    return f"{above or none} of {number} counts {'are' if above > 1 else 'is'} higher"


def _above(treated: pd.DataFrame) -> tuple[int, int]:
    """Count the treated cohorts that are compared, and those above a new cohort without cells."""
    compared = treated[treated["position"] != NOT_COMPARED]
    return len(compared), int((compared["position"] == ABOVE).sum())


def _larger(row: Any, scaffolds: dict[str, str], level: float) -> str:
    """Say what a randomised trial reports, with its difference."""
    given = "cells on a scaffold" if row.who in scaffolds else "cells"
    found = f"{phrase(row.outcome)} {'more' if row.gap_low > 0 else 'less'} frequent with {given}"
    if row.gap_low <= 0 <= row.gap_high:
        found = f"no difference in {phrase(row.outcome)} detected with {given}"
    gap = row.control_gap.replace(" (", f", {in_percent(level)} CI ").removesuffix(")")
    return f"{found} ({plain(row.who)}, randomised, {gap})"


def _organ(made: Predictions, tissue: str, scaffolds: dict[str, str], level: float) -> str:
    """Give the randomised trials of an organ, its counts above a new cohort, and the first outcome for which one could be predicted."""
    lines = made.lines[made.lines["tissue"] == tissue]
    treated = _treated(made, tissue)
    trials = treated[treated["control_gap"] != ""].drop_duplicates("study_id")
    head = (
        "No counted cohort has a randomised control. "
        if trials.empty
        else f"Randomised, as reported:\n\n{_trials(trials, scaffolds, level)}\n\n"
    )
    number, above = _above(treated)
    against = (
        f"{capital(_higher(number, above))} than expected without cells." if number and len(trials) else ""
    )
    compared = treated[treated["position"] != NOT_COMPARED]
    shown = compared if len(compared) else treated
    known = lines[(lines["k"] > 1) & lines["name"].isin(shown["line"])]
    line = next(_rows(known), None)
    others = treated[~treated["study_id"].isin(trials["study_id"])]
    new = _new(line, others[others["line"] == line.name], level) if line else ""
    return f"**{capital(ORGAN[tissue])}.** {head}{' '.join(filter(None, [against, new]))}".strip()


def _reporter(row: Any) -> str:
    return "" if row.origin == ORIGINS[0] else f", {row.origin}"


def _differs(row: Any) -> str:
    return f", differs in {row.mismatch}" if row.mismatch else ""


def _rows(frame: pd.DataFrame) -> Any:
    return frame.itertuples()


def _trials(trials: pd.DataFrame, scaffolds: dict[str, str], level: float) -> str:
    """List the counts and the difference of each randomised trial, by outcome."""
    return "\n".join(
        f"- {_trial(row, scaffolds, level)}."
        for _, same in trials.groupby("outcome", sort=False)
        for row in _rows(same)
    )


def _trial(row: Any, scaffolds: dict[str, str], level: float) -> str:
    gap = row.control_gap.replace("(", f"({in_percent(level)} CI ", 1)
    control = row.control.removesuffix(RANDOMISED)
    without = "without either" if row.who in scaffolds else "without"
    among = f" ({row.among})" if row.among else ""
    return f"{plain(row.who)}, {phrase(row.outcome)}: {row.events}/{row.total} with {cells_given(row.who, scaffolds)}, {control} {without}{among}, {gap}"


def _new(line: Any, treated: pd.DataFrame, level: float) -> str:
    """Compare the percentage that a new cohort without cells would show with the treated counts."""
    received = "untreated women" if line.kind == UNTREATED else "women with another treatment"
    shown = treated[treated["proportion"].notna()]
    cells = listed(
        f"{count_of(row.events, row.total)} ({plain(row.who)}{_reporter(row)}{'' if row.why else _differs(row)})"
        for row in _rows(shown.head(_NAMED))
    )
    more = f"; {len(shown) - _NAMED} more below" if len(shown) > _NAMED else ""
    found = f"; with cells {cells}{more}" if len(shown) else ""
    return (
        f"{capital(phrase(line.outcome))}, {plain(line.stratum)}: {received} would show {percent(line.prediction_low)} to "
        f"{percent(line.prediction_high)} % ({in_percent(level)} PI; {line.k} studies, {line.total:,} women){found}."
    )
