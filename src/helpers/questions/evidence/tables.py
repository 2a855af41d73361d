"""Tables of what was extracted, how completely, and what registered trials became."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import phrase
from helpers.questions.evidence.completeness import STATES, state_counts
from helpers.questions.evidence.flow import Step
from helpers.questions.evidence.registrations import ELSEWHERE
from helpers.questions.evidence.rows import vocabulary_order
from helpers.show.table import Table, table


def study_count_table(kinds: pd.DataFrame) -> Table:
    """Count studies by condition, source of the cells and design, one row per combination that occurs."""
    by = ["condition", "cell_source", "design"]
    counts = kinds.groupby(by, sort=False).agg(
        studies=("study_id", "size"),
        women=("n_enrolled", lambda numbers: numbers.sum(min_count=1)),
        names=("study_label", ", ".join),
    )
    rows = counts.reset_index().sort_values(by, key=vocabulary_order)
    rows = rows.assign(design=rows["design"].map(phrase))
    columns = {
        "cell_source": "cells", "design": "design", "studies": "studies", "women": "women enrolled",
        "names": "names of the studies",
    }  # fmt: skip
    note = "Women enrolled are added up over the studies that report them. Studies that may include the same women are counted separately."
    return table(rows, columns, title="Studies by condition, cells and design", group="condition", note=note)


def depth_count_table(counts: pd.DataFrame) -> Table:
    """List how deep each number was read, from `rows.depth_counts`."""
    columns = {
        "origin": "who reports it", "access": "text available to us", "baseline": "classes before",
        "outcomes": "counts", "measurements": "levels", "changes": "changes", "numbers": "numbers in all",
        "words": "directions or descriptions",
    }  # fmt: skip
    note = "One row of evidence counts once. The article under review was read in full, but what it says about a study is second-hand."
    return table(counts, columns, title="Numbers by source and text available", note=note)


def state_table(cells: pd.DataFrame) -> Table:
    """Count for each measure of the map the studies that report it after treatment, by state.

    Each study counts once for each measure, by the best of its windows after treatment.
    """
    columns = {
        "measured": "measure", "studies": "studies it applies to", **dict(zip(STATES, STATES, strict=True)),
    }  # fmt: skip
    note = (
        "Each study counts once for each measure, in the best state of its windows after treatment or without a time. Our copy ends "
        "early where only a part of the main document, or what others report of it, was available to us."
    )
    return table(state_counts(cells), columns, title="Who reports each measure after treatment", note=note)


def extract_next_table(rows: pd.DataFrame) -> Table:
    """List what to read next, from `completeness.extract_next`."""
    columns = {
        "rank": "rank", "study_label": "study", "role": "role", "access": "text available to us",
        "missing": "no number for", "n_enrolled": "women enrolled", "document": "document to read in full",
    }  # fmt: skip
    note = (
        "Rule: studies of women treated with cells that are more than a registration, whose main document was not read in full and is not retracted, and "
        "whose own documents lack a number of the map. Cited studies first, then those without live birth, those that miss "
        "more, those of more women. A text read at any depth counts as read. A marker after treatment counts only with a printed time."
    )
    return table(rows, columns, title="What to extract next", note=note)


def flow_table(steps: list[Step]) -> Table:
    """List the steps of the flow and what does not reach the next one."""
    left = ["; ".join(f"{number}: {why}" for why, number in step.left if number) for step in steps]
    rows = pd.DataFrame(steps).assign(left=left).replace({"left": {"": "none"}})
    columns = {"words": "step", "count": "number", "left": "do not reach the next step"}
    note = "This was no systematic search: documents seen but not used were not recorded, so PRISMA does not apply."
    return table(rows, columns, title="From found to used", note=note)


def registered_count_table(counts: pd.DataFrame) -> Table:
    """Count the registered trials that reported, from `registrations.registered_counts`."""
    columns = {
        "fate": "result", "trials": "registered trials", "with_plan": "trials that state the women planned",
        "planned": "women planned", "enrolled": "women enrolled, where reported",
    }  # fmt: skip
    note = (
        "A result is due where a registry record says that the trial was completed. For most trials no record available to us gives a "
        "status: they may still be running. Women planned are not women treated."
    )
    return table(_reworded(counts), columns, title="Registered trials by result", note=note)


def registered_table(rows: pd.DataFrame) -> Table:
    """List the registered trials of `registrations.registered_rows` by what became of them."""
    shown = _reworded(rows).assign(
        design=rows["design"].map(phrase),
        linked=rows["linked"].replace("", "none named"),
        status=rows["status"].replace("", "none noted"),
    )
    columns = {
        "study_label": "trial", "condition": "condition", "design": "design", "registry_id": "number",
        "planned": "women planned", "n_enrolled": "women enrolled", "linked": "may overlap with",
        "status": "status in the record", "citation": "source", "note": "remark", "evidence": "evidence",
    }  # fmt: skip
    return table(shown, columns, title="Registered trials", group="fate")


def _reworded(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(fate=rows["fate"].replace(ELSEWHERE, "a result reported by others only"))
