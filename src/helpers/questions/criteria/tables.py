"""The tables of the article's criteria: how many studies meet each, and what each study reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import TISSUE, phrase
from helpers.questions.criteria.rows import foremost, report_shares, state_counts
from helpers.questions.criteria.states import State
from helpers.show.numbers import percent
from helpers.show.table import Table, table
from helpers.show.words import marked_rows

_NOTE = (
    "Treatment of the ovary only; mostly abstracts were available to us. Met: reported by the study itself, with a "
    "time in the window; a direction is enough, whatever its size, and so is one event. Gained, then lost: at a later time the same "
    "women no longer show it."
)

_COLUMNS = {
    "horizon": "horizon",
    "criterion": "criterion",
    "state": "state",
    "told_by": "reported by",
    "reason": "what is reported",
    "doubt": "impossible or doubtful by our checks",
    "evidence": "evidence rows",
}


def criterion_table(judged: pd.DataFrame) -> Table:
    """Count for each criterion the studies that report it and those in each state, by horizon and domain."""
    counts = state_counts(judged)
    groups = counts["horizon"] + " term, " + counts["domain"].map(phrase)
    states = {str(state): str(state) for state in State if state != State.NOT_REPORTED}
    columns = {"criterion": "criterion", "studies": "studies judged", "reported": "reported by", **states}
    return table(
        counts.assign(group=groups),
        columns,
        title="Studies by criterion and state",
        group="group",
        note=_NOTE,
    )


def share_table(judged: pd.DataFrame) -> Table:
    """Count for each study and horizon the criteria that it reports; cited studies only, if any is judged."""
    shares = report_shares(foremost(judged))
    shares["term"] = shares["horizon"] + " term"
    shares["percent"] = [f"{percent(share)} %" for share in shares["share"]]
    columns = {
        "study_label": "study",
        "term": "horizon",
        "criteria": "criteria",
        "reported": "reported at all",
        "percent": "reported, percent",
        "in_window": "with a time in the window",
        "by_study": "by the study itself",
        "met": "met",
        "lost": "gained, then lost",
    }
    return table(shares, columns, title="How many of the criteria each study reports", note=_NOTE)


def criterion_judgement_table(judged: pd.DataFrame, *, doubts: Mapping[str, str]) -> Table:
    """List the criteria, study by study, each with its state, what is reported, and its evidence rows.

    A criterion of which a study reports nothing is not listed. `doubts` maps evidence rows to why they are marked.
    """
    listed = judged[(judged["state"] != State.NOT_REPORTED) | judged["evidence"].map(bool)]
    listed = listed.assign(doubt=[marked_rows(rows, doubts) for rows in listed["evidence"]])
    note = (
        f"{_NOTE} A row is marked where the result came sooner than the body takes (page 14_durability), or a check of "
        "page 03_reported_numbers doubts the count; the mark changes no state."
    )
    return table(listed, _COLUMNS, title="The criteria, study by study", group="study_label", note=note)


def not_judged_table(apart: pd.DataFrame) -> Table:
    """List without a judgement what studies report that no criterion is about: cited ones, and those that report anything."""
    listed = apart[(apart["role"] == "cited") | apart["told_by"].notna()]
    silent = apart[~apart["study_id"].isin(listed["study_id"])]
    planned = int((silent["design"] == "registered-only").sum())
    treatment = (
        " and ".join(TISSUE[tissue] for tissue in apart["tissue"].unique()) or "none of the studies chosen"
    )
    note = (
        "The article's criteria are those of ovarian failure, fertility included. A scarred uterine cavity is another disease, also "
        "where it stops menstruation. Gained, then lost: at a later time the same women no longer show it. "
        f"Not listed: {len(silent)} studies that report nothing of this in the text available to us; {planned} of them are known "
        "from a registration only."
    )
    columns = {
        "study_label": "study", "n_enrolled": "women enrolled", "told_by": "reported by", "reported": "what is reported",
        "evidence": "evidence rows",
    }  # fmt: skip
    return table(listed, columns, title=f"Not judged: {treatment}", note=note)


def share_values(row: pd.Series[Any]) -> dict[str, int]:
    """Take the recorded counts of a row of `rows.report_shares`."""
    return {name: int(row[name]) for name in ("criteria", "reported", "by_study", "in_window", "met", "lost")}


def state_values(row: pd.Series[Any]) -> dict[str, int]:
    """Take the recorded counts of a row of `rows.state_counts`: the number of studies in each `states.State`."""
    return {str(state): int(row[str(state)]) for state in State}
