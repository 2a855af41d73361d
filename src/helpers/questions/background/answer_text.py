"""Answer in one sentence whether it would have happened anyway, then give one comparison for each organ."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.one_count import UNTREATED
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.background.predictive import ABOVE, NOT_COMPARED, RANDOMISED, Predictions
from helpers.show.numbers import in_percent, percent
from helpers.show.words import counted, listed, plain
from helpers.stats.background import HIGH

#: Treated cohorts of an organ that the answer names.
_NAMED = 2
_LIMITS = (
    "Outside of randomised trials nobody was assigned by chance, so no difference, and no absence of one, can be attributed to the cells. "
    "Harm is on the page `10_safety`."
)


def answer(made: Predictions, *, level: float) -> str:
    """Answer for each organ whether treated cohorts show more than a new cohort without cells would, in Markdown."""
    organs = list(made.lines["tissue"].unique())
    if not organs:
        return "No cohort treated with cells is counted for these outcomes."
    parts = [_organ(made, str(tissue), level) for tissue in organs]
    return "\n\n".join([_first(made, organs), *parts, _LIMITS])


def _first(made: Predictions, organs: list[str]) -> str:
    """Count the treated cohorts above a new cohort without cells, organ by organ."""
    clauses: list[str] = []
    silent: list[str] = []
    any_above = False
    for tissue in organs:
        treated = made.treated[
            made.treated["line"].isin(made.lines.loc[made.lines["tissue"] == tissue, "name"])
        ]
        compared = treated[treated["position"] != NOT_COMPARED]
        above = int((compared["position"] == ABOVE).sum())
        any_above = any_above or above > 0
        if compared.empty:
            silent.append(f"for the {ORGAN[tissue]} no count can be compared")
        else:
            noun = " treated counts" if not clauses else ""
            clauses.append(f"for the {ORGAN[tissue]} {above or 'none'} of {len(compared)}{noun}")
    if not clauses:
        return "It is not known: no count of women with cells can be compared with women of other studies."
    head = "Not always" if any_above else "Possibly"
    show = (
        "lies above what a new cohort without cells would show"
        if not any_above
        else "lie above what a new cohort without cells would show"
    )
    return (
        "; ".join([f"{head}: {listed(clauses)} {show} (probability at least {in_percent(HIGH)})", *silent])
        + "."
    )


def _organ(made: Predictions, tissue: str, level: float) -> str:
    """Give the randomised trials of an organ, and the first outcome for which a new cohort could be predicted."""
    lines = made.lines[made.lines["tissue"] == tissue]
    treated = made.treated[made.treated["line"].isin(lines["name"])]
    trials = treated[treated["control_gap"] != ""].drop_duplicates("study_id")
    head = (
        "No treated cohort has a randomised control."
        if trials.empty
        else f"Randomised: {'; '.join(_trial(row, level) for row in _rows(trials))}."
    )
    compared = treated[treated["position"] != NOT_COMPARED]
    shown = compared if len(compared) else treated
    known = lines[(lines["k"] > 1) & lines["name"].isin(shown["line"])]
    line = next(_rows(known), None)
    new = _new(line, treated[treated["line"] == line.name], level) if line else ""
    return " ".join(filter(None, [f"**{capital(ORGAN[tissue])}.**", head, new]))


def _reporter(row: Any) -> str:
    return "" if row.origin == ORIGINS[0] else f", {row.origin}"


def _differs(row: Any) -> str:
    return f", differs in {row.mismatch}" if row.mismatch else ""


def _rows(frame: pd.DataFrame) -> Any:
    return frame.itertuples()


def _trial(row: Any, level: float) -> str:
    gap = row.control_gap.replace("(", f"({in_percent(level)} CI ", 1)
    control = row.control.removesuffix(RANDOMISED)
    return f"{plain(row.who)}, {phrase(row.outcome)} {row.events}/{row.total} with cells, {control} without, {gap} as reported"


def _new(line: Any, treated: pd.DataFrame, level: float) -> str:
    """Compare the percentage that a new cohort without cells would show with the treated counts."""
    received = "untreated women" if line.kind == UNTREATED else "women with another treatment"
    shown = treated[treated["proportion"].notna()]
    cells = listed(
        f"{row.events} of {row.total} ({plain(row.who)}{_reporter(row)}{'' if row.why else _differs(row)})"
        for row in _rows(shown.head(_NAMED))
    )
    more = f"; {counted(len(shown) - _NAMED, 'more count')} below" if len(shown) > _NAMED else ""
    return (
        f"{capital(phrase(line.outcome))}, {plain(line.stratum)}: a new cohort of {received} would show {percent(line.prediction_low)} to "
        f"{percent(line.prediction_high)} % ({in_percent(level)} PI; {line.k} studies, {line.total:,} women); with cells {cells}{more}."
    )
