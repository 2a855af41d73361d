"""Whether the studies meet the article's own criteria: a state by rule over the evidence rows.

Nothing here knows a single study or criterion: change the evidence, or the list of criteria, and the states change.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.errors import ChoiceError
from helpers.evidence.package import Evidence
from helpers.evidence.provenance import gaps
from helpers.questions.criteria.criterion_evidence import Report, criterion_reports
from helpers.questions.criteria.states import FIRST_HAND, FLAGS, REPORTED, State, account, judge, undone_gains

_OF_STUDY = ["study_id", "study_label", "role", "tissue", "design", "n_enrolled"]


def criteria_judged(
    ev: Evidence, studies: pd.DataFrame | None = None, criteria: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Judge every study of women treated with cells by every criterion about the tissue that it treated, as `states.judge` does.

    The criteria are those of ovarian failure: a study of the uterine lining is judged by none (`not_judged` gives what it reports).
    Cited studies come first, criteria in their order. n_cells: women who received cells; gap: why the study's own document has no
    more for us; told_by: who reports it, missing where nothing is reported. Raises ChoiceError if no study or criterion is left.
    """
    studies, criteria = _chosen(ev, studies, criteria)
    reports = criterion_reports(ev, criteria)
    missing = gaps(ev.studies, ev.sources)
    pairs = studies[[*_OF_STUDY, "n_cells"]].merge(
        criteria.drop(columns=["note", "evidence_row"], errors="ignore"), on="tissue"
    )
    judged = [
        judge(
            reports.get((pair["study_id"], pair["criterion_id"]), []),
            pair["from_months"],
            pair["to_months"],
            missing.get(pair["study_id"], ""),
            lasting=pair["direction"] == "stable",
        )
        for pair in pairs.to_dict("records")
    ]
    columns = ["state", "told_by", *FLAGS, "reason", "evidence", "sources"]
    judgements = pd.DataFrame(judged, columns=columns, index=pairs.index).astype(dict.fromkeys(FLAGS, bool))
    pairs = pairs.drop(columns=["from_months", "to_months"])
    return pairs.assign(gap=pairs["study_id"].map(missing).fillna("")).join(judgements)


def not_judged(
    ev: Evidence, studies: pd.DataFrame | None = None, criteria: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Gather what studies report that treated another tissue than the criteria are about.

    One row per study and kind of document, cited studies first: told_by, and reported, what was gained and lost of what the
    criteria name, else why nothing is reported. Raises ChoiceError if no study or no criterion is left.
    """
    studies, criteria = _chosen(ev, studies, criteria)
    reports = criterion_reports(ev, criteria)
    missing = gaps(ev.studies, ev.sources)
    accounts: list[dict[Any, Any]] = []
    for study in studies.loc[~studies["tissue"].isin(criteria["tissue"]), _OF_STUDY].to_dict("records"):
        name = str(study["study_id"])
        each = [row for criterion in criteria["criterion_id"] for row in reports.get((name, criterion), [])]
        # A row that reports several criteria is given once.
        each = list({(row.row, row.text): row for row in each}.values())
        for origin in dict.fromkeys(row.origin for row in each) or [None]:
            rows = [row for row in each if row.origin == origin]
            accounts.append({**study, "told_by": origin, **_accounted(rows, missing.get(name, ""))})
    return pd.DataFrame(accounts, columns=[*_OF_STUDY, "told_by", "reported", "evidence", "sources"])


def _accounted(rows: list[Report], missing: str) -> dict[str, object]:
    own = any(row.origin == FIRST_HAND for row in rows)
    words = [account(rows, undone_gains(rows), caveats=False), "" if own else missing]
    return {
        "reported": "; ".join(filter(None, words)),
        "evidence": list(dict.fromkeys(row.row for row in rows)),
        "sources": list(dict.fromkeys(row.source_id for row in rows)),
    }


def _chosen(
    ev: Evidence, studies: pd.DataFrame | None, criteria: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Take the studies of women treated with cells, cited ones first, and the criteria."""
    studies = ev.studies if studies is None else studies
    studies = studies[studies["role"].isin(["cited", "treatment"])].rename(columns={"label": "study_label"})
    criteria = ev.criteria if criteria is None else criteria
    if studies.empty or criteria.empty:
        message = (
            "no study of women treated with cells is left after the selection: choose other studies or roles"
        )
        raise ChoiceError(message if studies.empty else "no criterion is left after the selection")
    studies = studies.assign(n_cells=_given_cells(ev, studies))
    return studies.sort_values("role", key=lambda role: role != "cited", kind="stable"), criteria


def _given_cells(ev: Evidence, studies: pd.DataFrame) -> pd.Series[int]:
    """Count the women who received cells: all enrolled unless there was another arm, else those of the arms with cells."""
    cells = ev.arms["kind"] == "cells"
    others = set(ev.arms.loc[~cells, "study_id"])
    women = ev.arms[cells].groupby("study_id")["n"].agg(lambda n: n.sum(skipna=False))
    of_arms = studies["study_id"].map(women).astype("Int64")
    enrolled = studies["n_enrolled"].astype("Int64")
    return enrolled.where(
        ~studies["study_id"].isin(others), of_arms.where(~(of_arms > enrolled).fillna(False))
    )


def foremost(judged: pd.DataFrame) -> pd.DataFrame:
    """Keep the studies that the article cites, or all where none of them is among those judged."""
    cited = judged["role"] == "cited"
    return judged[cited] if cited.any() else judged


def report_shares(judged: pd.DataFrame) -> pd.DataFrame:
    """Count for each study the criteria that it reports, short and long term apart.

    reported counts reports by anyone, in the window or without time; by_study those of the study's own documents; in_window those
    with a time in the window; met those met by the study's own documents; share is reported / criteria.
    """
    reported = judged["state"].isin(REPORTED)
    marked = judged.assign(
        reported=reported,
        by_study=reported & (judged["told_by"] == FIRST_HAND),
        met=judged["state"] == State.MET,
        lost=judged["state"] == State.LOST,
    )
    groups = marked.groupby(["study_id", "study_label", "role", "horizon"], sort=False)
    counts = groups[["reported", "by_study", "in_window", "met", "lost"]].sum().astype(int)
    counts.insert(0, "criteria", groups.size())
    counts = counts.assign(share=counts["reported"] / counts["criteria"]).reset_index()
    return counts.assign(name=counts["study_id"] + "/" + counts["horizon"])


def state_counts(judged: pd.DataFrame) -> pd.DataFrame:
    """Count for each criterion, in their order, the studies judged, those that report it, and those in each `State`."""
    of = judged[["criterion_id", "horizon", "domain", "criterion"]].drop_duplicates()
    counts = pd.crosstab(judged["criterion_id"], judged["state"])
    counts = counts.reindex(index=of["criterion_id"], columns=[*map(str, State)], fill_value=0)
    counts.insert(0, "studies", counts.sum(axis=1))
    counts.insert(1, "reported", counts[[*map(str, REPORTED)]].sum(axis=1))
    merged = of.merge(counts.rename_axis(columns=None).reset_index(), on="criterion_id")
    return merged.assign(name=merged["criterion_id"])
