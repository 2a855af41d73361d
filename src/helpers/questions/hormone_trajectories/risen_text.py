"""How often markers rise and ovaries work again without cells, in words."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.one_count import OTHER_TREATMENT, TREATED, UNTREATED
from helpers.evidence.vocabulary import phrase
from helpers.questions.hormone_trajectories.risen import LEVEL
from helpers.show.numbers import proportion_words
from helpers.show.words import counted, listed, plain

#: The most studies that a sentence names.
_NAMED = 5


def risen_sentences(rows: pd.DataFrame, changes: pd.DataFrame) -> str:
    """Compare how often a marker rose without cells and with them, in a Markdown line per marker of `risen.risen_counts`.

    Of several counts the lowest and the highest are given; the table has them all. `changes` are rows of ``Evidence.select("changes")``: studies that report a rise without counting the women are named.
    """
    cells = rows["received"] == TREATED
    lines = []
    for measure in rows["measure"].unique():
        of_marker = rows["measure"] == measure
        without, treated = (_counts(rows[of_marker & group]) for group in (~cells, cells))
        counts = f"Without cells **{phrase(measure)}** rose in {without or 'no counted woman'}"
        counts += f"; with cells in {treated}. " if treated else ". "
        lines.append("- " + counts + _risen_with_cells(changes, measure))
    return "\n".join(lines) or "No count of women whose marker rose was reported for the markers chosen."


def resumed_sentences(rows: pd.DataFrame) -> str:
    """Say how often the ovaries of untreated women worked again, in a Markdown line per outcome of `risen.resumed_counts`.

    Of several untreated cohorts the lowest and the highest count are given; counts of other women are only numbered.
    """
    lines = []
    for outcome, cohorts in rows.groupby("outcome", sort=False):
        untreated = cohorts[cohorts["received"] == UNTREATED]
        counts = _counts(untreated) or "no counted cohort"
        others = cohorts["received"].value_counts()
        lines.append(
            f"- Without any treatment, **{phrase(str(outcome))}**: {counts}. The table also has "
            f"{counted(int(others.get(OTHER_TREATMENT, 0)), 'count')} after another treatment and "
            f"{int(others.get(TREATED, 0))} with cells."
        )
    return "\n".join(lines)


def _counts(rows: pd.DataFrame) -> str:
    """Give the count, or of several the lowest and the highest, how many there are, and whether they may have women in common."""
    if len(rows) < 2:
        return "".join(_risen(row) for row in rows.itertuples())
    ordered = rows.sort_values("proportion", kind="stable")
    low, high = (_risen(row) for row in ordered.iloc[[0, -1]].itertuples())
    common = int(rows["overlap"].ne("").sum())
    shared = f", {common} of which may have women in common" if common else ""
    return f"{low} to {high}, in {len(rows)} counts (table above){shared}"


def _risen(row: Any) -> str:
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, LEVEL)
    # The note begins with the limit, where the study set one.
    limit = str(row.note).split(";")[0]
    details = [row.received, *([plain(limit)] if limit.startswith(row.measure) else [])]
    return f"{count} of {plain(row.study_label)} ({'; '.join(details)})"


def _risen_with_cells(changes: pd.DataFrame, measure: str) -> str:
    """Name the studies that report a rise after cells without counting the women in whom it rose."""
    rows = changes[changes["measure"].eq(measure) & changes["direction"].eq("up")]
    rows = rows[rows["arm_kind"].eq("cells") & rows["compared_with"].eq("baseline")].drop_duplicates(
        "study_id"
    )
    if rows.empty:
        return "No other rise after cells was reported."
    names = counted(len(rows), "study", "studies")
    if len(rows) <= _NAMED:
        names = listed(_riser(row) for row in rows.itertuples())
    return f"A rise after cells, without a count of the women who had it, was reported by {names}."


def _riser(row: Any) -> str:
    women = "number of women not reported"
    if pd.notna(row.arm_n):
        women = counted(int(row.arm_n), "woman", "women")
    case = "; a case report, published because it had happened" if row.design == "case-report" else ""
    return f"{plain(row.study_label)} ({women}{case})"
