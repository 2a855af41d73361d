"""What became of registered trials: those that reported, those whose result is due, and those whose outcome is not known."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.cohorts import overlap_lists
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import TRIAL_STATUS, phrase
from helpers.questions.evidence.rows import results_of

REPORTED = "a result in a document of its own"
ELSEWHERE = "a result told by others only"
LINKED = "registered only; may be part of a study that reported"
UNREAD = "published, result not read"
DUE = "completed, no result seen"
RUNNING = "not due: not yet recruiting, recruiting or suspended"
UNKNOWN = "no result seen, status not known"
#: What became of a registered trial, from the best to nothing.
FATES = [REPORTED, ELSEWHERE, UNREAD, LINKED, DUE, RUNNING, UNKNOWN]


def registered_rows(ev: Evidence, studies: pd.DataFrame, women_rows: pd.DataFrame) -> pd.DataFrame:
    """Find out what became of each registered trial: studies with a registry number or of design ``registered-only``.

    planned is the largest number of women stated, linked names studies that the trial may overlap with, fate
    is one of `FATES`; a result is due where a registry record says completed or terminated.
    """
    trials = studies[studies["registry_id"].notna() | (studies["design"] == "registered-only")]
    results = results_of(women_rows)
    first_hand = set(results.loc[results["origin"] == ORIGINS[0], "study_id"])
    others = set(results["study_id"]) - first_hand
    with_rows = {*ev.outcomes["study_id"], *ev.measurements["study_id"], *ev.changes["study_id"]}
    stated = ev.select("statements")
    planned = stated[stated["item"] == "n-planned"]
    records = stated[stated["item"].eq("status") & stated["source_kind"].eq("trial-registry")]
    status = records.groupby("study_id")["value"].agg(list).to_dict()
    behind = pd.concat([trials, planned, records]).groupby("study_id")["evidence_row"].agg("; ".join)
    women = pd.to_numeric(planned["value"], errors="coerce").groupby(planned["study_id"]).max()
    labels = ev.studies.set_index("study_id")["label"]
    overlaps = overlap_lists(trials)
    rows = trials.rename(columns={"label": "study_label"}).assign(
        planned=trials["study_id"].map(women),
        evidence=trials["study_id"].map(behind),
        linked=[", ".join(labels[other] for other in named if other) for named in overlaps],
        fate=[
            _fate(trial, first_hand, others, bool(with_rows & set(named)), status.get(trial.study_id, []))
            for trial, named in zip(trials.itertuples(), overlaps, strict=True)
        ],
        status=[", ".join(map(phrase, status.get(study, []))) for study in trials["study_id"]],
    )
    # The rows behind a trial are several: those of evidence.
    rows = rows.assign(_fate=rows["fate"].map(FATES.index)).drop(columns="evidence_row")
    return rows.sort_values(["_fate", "study_label"], ignore_index=True)


def _fate(trial: Any, first_hand: set[str], others: set[str], overlaps: bool, status: list[str]) -> str:
    if trial.study_id in first_hand:
        return REPORTED
    if trial.study_id in others:
        return ELSEWHERE
    if trial.design != "registered-only":
        return UNREAD
    if overlaps:
        return LINKED
    due = {TRIAL_STATUS[word] for word in status}
    return DUE if True in due else RUNNING if False in due else UNKNOWN


def registered_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count registered trials by what became of them, one row per word of `FATES`.

    with_plan counts the trials of which the women planned are stated, planned sums these; enrolled those
    enrolled where reported.
    """
    counts = rows.groupby("fate").agg(
        trials=("study_id", "size"),
        with_plan=("planned", "count"),
        planned=("planned", "sum"),
        enrolled=("n_enrolled", "sum"),
    )
    return counts.reindex(FATES).fillna(0).astype("int64").rename_axis("fate").reset_index()
