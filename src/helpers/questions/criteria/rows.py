"""Whether the studies meet the article's own criteria: a state by rule over the evidence rows.

Nothing here knows a single study or criterion: change the evidence, or the list of criteria, and the states
change.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.errors import ChoiceError
from helpers.evidence.package import Evidence
from helpers.evidence.provenance import ORIGINS, gaps, nearest
from helpers.questions.criteria.criterion_evidence import Report, criterion_reports

_OF_STUDY = ["study_id", "study_label", "role", "tissue", "design", "n_enrolled"]


class State(StrEnum):
    """Whether a study meets a criterion, from the firmest to nothing."""

    MET = "met"
    ON_WORD = "met according to others only"
    IN_PART = "met in part"
    LOST = "gained, then lost"
    NOT_MET = "not met"
    UNJUDGED = "reported, cannot be judged"
    UNDATED = "reported without time"
    ELSEWHEN = "reported at another time only"
    NOT_REPORTED = "not in the text available"


#: States in which a criterion counts as reported.
REPORTED = (
    State.MET, State.ON_WORD, State.IN_PART, State.LOST, State.NOT_MET, State.UNJUDGED, State.UNDATED,
)  # fmt: skip
_FIRST_HAND, _ARTICLE, _OTHERS = ORIGINS


def criteria_judged(
    ev: Evidence, studies: pd.DataFrame | None = None, criteria: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Judge every study by every criterion about the tissue that it treated.

    The article lists its criteria as those of ovarian failure, fertility included: a study of the uterine lining is judged by
    none of them (`not_judged` gives what it reports), for a scarred cavity is another disease than a failed ovary.

    The rows that report a criterion are those of arms that received cells, by the words of
    `helpers.questions.criteria.criterion_evidence.INDICATORS`. Rows of retracted documents do not count. A row lies in the
    window of the criterion if its time does; the limits belong to a closed window, the start does not belong to an open one ("more
    than six months"). Of the rows in the window that say something either way, those nearest to the study count:
    its paper or registry record, else reviews, press and web pages, else the article. Then the criterion is

    - *met* where the study's own document says so: a direction as asked for, whatever its size or p-value, a level inside
      every reference range, or at least one event, for the article asks for "some patients"; what must stay in the
      normal range must be inside it at two time points;
    - *met according to others only* where the study's own documents do not report it;
    - *met in part* where rows disagree, reference ranges disagree, or the row shows only part of what is asked for;
    - *gained, then lost* where a row shows it and a later row of the same women, compared with the same, says otherwise, within the
      window or after it. Of several times the latest decides; a row without a time is taken as the earliest;
    - *not met* where the rows say otherwise: another direction, a level outside, no event;
    - *reported, cannot be judged* where rows in the window say nothing either way, as a level in words, a direction
      where a normal level is asked for, or a count where a rate must have risen.

    A row that leaves out what the criterion turns on is no report of it, as a birth without the way of conception is none of
    natural conception; the reason names the row. A birth that was published with a natural pregnancy of the same woman is one.

    Without a row in the window it is *reported without time* where a row prints no time, *reported at another time only*
    where all rows lie outside the window, and otherwise *not in the text available*, with the reason: our copy ends before it, or
    the text, read to its end, does not report it.

    `studies` are by default those of women treated with cells, cited or not; `criteria` all of them. The result has one row
    per study and criterion of its tissue, cited studies first, criteria in their order: n_cells (women who received cells),
    gap (why the study's own document has no more for us), state, told_by (who reports it, missing where nothing is reported), in_window
    (a row has a time in the window), event_only (all that is reported was published because it had happened), but_for_time
    (only a time in the window is missing for it to be met), reason, evidence (rows as ``table row n``, those that decided
    first) and sources. It is empty where the studies chosen treated another tissue than the criteria are about, and raises
    `ValueError` if no study or no criterion is left.
    """
    studies, criteria = _chosen(ev, studies, criteria)
    reports = criterion_reports(ev, criteria)
    missing = gaps(ev.studies, ev.sources)
    pairs = studies[_OF_STUDY].merge(
        criteria.drop(columns=["note", "evidence_row"], errors="ignore"), on="tissue"
    )
    judged = [
        _judge(
            reports.get((pair["study_id"], pair["criterion_id"]), []), pair["from_months"], pair["to_months"],
            missing.get(pair["study_id"], ""), lasting=pair["direction"] == "stable",
        )
        for pair in pairs.to_dict("records")
    ]  # fmt: skip
    flags = ["in_window", "event_only", "but_for_time"]
    columns = ["state", "told_by", *flags, "reason", "evidence", "sources"]
    judgements = pd.DataFrame(judged, columns=columns, index=pairs.index)
    pairs["n_cells"] = pairs["study_id"].map(studies.set_index("study_id")["n_cells"])
    pairs["gap"] = pairs["study_id"].map(missing).fillna("")
    return pairs.drop(columns=["from_months", "to_months"]).join(
        judgements.astype(dict.fromkeys(flags, bool))
    )


def not_judged(
    ev: Evidence, studies: pd.DataFrame | None = None, criteria: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Gather what studies report that treated another tissue than the criteria are about.

    One row per study and kind of document, cited studies first: who reports it (told_by, missing where
    nothing is reported), the measures and events that the criteria name, with what was gained and lost,
    else why nothing is (reported), evidence and sources. If no study or no criterion is left, it raises
    `ValueError`.
    """
    studies, criteria = _chosen(ev, studies, criteria)
    reports = criterion_reports(ev, criteria)
    missing = gaps(ev.studies, ev.sources)
    accounts = []
    for study in studies.loc[~studies["tissue"].isin(criteria["tissue"]), _OF_STUDY].to_dict("records"):
        name = str(study["study_id"])
        of_study = [
            row for criterion in criteria["criterion_id"] for row in reports.get((name, criterion), [])
        ]
        # A row that reports several criteria is given once.
        of_study = list({(row.row, row.text): row for row in of_study}.values())
        if not of_study:
            accounts.append(
                {**study, "told_by": None, "reported": missing.get(name, ""), "evidence": [], "sources": []}
            )
        for origin in dict.fromkeys(row.origin for row in of_study):
            rows = [row for row in of_study if row.origin == origin]
            words = _account(rows, _undone(rows), caveats=False)
            elsewhere = "" if origin == _FIRST_HAND else missing.get(name, "")
            accounts.append(
                {
                    **study,
                    "told_by": origin,
                    "reported": "; ".join(filter(None, [words, elsewhere])),
                    "evidence": list(dict.fromkeys(row.row for row in rows)),
                    "sources": list(dict.fromkeys(row.source_id for row in rows)),
                }
            )
    return pd.DataFrame(accounts, columns=[*_OF_STUDY, "told_by", "reported", "evidence", "sources"])


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

    criteria is how many there are; reported counts reports by anyone, in the window or without time;
    by_study those of the study's own documents; in_window those with a time in the window; met those met by
    the study's own documents; lost what was gained, then lost; share is reported / criteria.
    """
    marked = judged.assign(
        reported=judged["state"].isin(REPORTED),
        by_study=judged["state"].isin(REPORTED) & (judged["told_by"] == _FIRST_HAND),
        met=judged["state"] == State.MET,
        lost=judged["state"] == State.LOST,
    )
    keys = ["study_id", "study_label", "role", "horizon"]
    groups = marked.groupby(keys, sort=False)
    counts = groups[["reported", "by_study", "in_window", "met", "lost"]].sum().astype(int)
    counts.insert(0, "criteria", groups.size())
    return counts.assign(share=counts["reported"] / counts["criteria"]).reset_index()


def state_counts(judged: pd.DataFrame) -> pd.DataFrame:
    """Count for each criterion, in their order, the studies judged, those that report it, and those in each `State`."""
    keys = ["criterion_id", "horizon", "domain", "criterion"]
    of = judged[keys].drop_duplicates().reset_index(drop=True)
    counts = pd.crosstab(judged["criterion_id"], judged["state"])
    counts = counts.reindex(index=of["criterion_id"], columns=[str(state) for state in State], fill_value=0)
    counts.insert(0, "studies", counts.sum(axis=1))
    counts.insert(1, "reported", counts[[str(state) for state in REPORTED]].sum(axis=1))
    return of.merge(counts.rename_axis(columns=None).reset_index(), on="criterion_id")


def _judge(reports: list[Report], begin: float, end: float, missing: str, *, lasting: bool) -> dict[str, Any]:
    rows = [row for row in reports if not row.lacks]
    if reports and not rows:
        return _no_report(reports, missing)
    inside = [row for row in rows if _within(row.months, begin, end)]
    undated = [row for row in rows if math.isnan(row.months)]
    elsewhen = [row for row in rows if row not in inside and row not in undated]
    decisive = [row for row in inside if row.agreement is not None]
    used = _nearest(decisive or inside or undated or elsewhen)
    # What happened to women is taken from one kind of document, also outside of the window.
    undone = _undone([row for row in rows if row.origin == used[0].origin]) if used else []
    lost = any(gain in used for gain, _ in undone)
    if decisive:
        state = _weigh(used if lasting else _standing(used), lasting=lasting)
    elif inside:
        state = State.UNJUDGED
    elif undated:
        state = State.UNDATED
    else:
        state = State.ELSEWHEN if elsewhen else State.NOT_REPORTED
    if lost and state != State.ELSEWHEN:
        gains = [gain for gain, _ in undone]
        others = [row for row in _standing(used) if row.agreement == 1 and row not in gains]
        state = State.IN_PART if others else State.LOST
    ordered = [*used, *(row for row in rows if row not in used)]
    return {
        "state": str(state),
        "told_by": used[0].origin if used else None,
        "in_window": bool(inside),
        "event_only": bool(rows) and all(row.chosen for row in rows),
        "but_for_time": state == State.UNDATED and _weigh(used, lasting=lasting) == State.MET,
        "reason": _reason(used, [row for row in rows if row not in used], inside, undone, missing),
        "evidence": list(dict.fromkeys(row.row for row in ordered)),
        "sources": list(dict.fromkeys(row.source_id for row in ordered)),
    }


def _no_report(reports: list[Report], missing: str) -> dict[str, Any]:
    """Name rows that are no report of a criterion, and what they do not report of it."""
    used = _nearest(reports)
    lacks = ", ".join(dict.fromkeys(row.lacks for row in used))
    words = f"{_words(used)} ({lacks}; according to {used[0].origin})"
    return {
        "state": str(State.NOT_REPORTED),
        "told_by": None,
        "in_window": False,
        "event_only": False,
        "but_for_time": False,
        "reason": "; ".join(filter(None, [words, missing])),
        "evidence": list(dict.fromkeys(row.row for row in reports)),
        "sources": list(dict.fromkeys(row.source_id for row in reports)),
    }


def _courses(rows: list[Report]) -> list[list[Report]]:
    """Group the rows that say something of the course of the same women, from the first to the last time."""
    courses: dict[tuple[str, ...], list[Report]] = {}
    for row in rows:
        if not row.counted and row.agreement is not None:
            courses.setdefault(row.course, []).append(row)
    return [sorted(course, key=_time) for course in courses.values()]


def _time(row: Report) -> float:
    return -1.0 if math.isnan(row.months) else row.months


def _standing(rows: list[Report]) -> list[Report]:
    """Keep of every course the rows that its latest time does not contradict."""
    gone = []
    for course in _courses(rows):
        latest = {row.agreement for row in course if _time(row) == _time(course[-1])}
        if len(latest) == 1:
            gone += [row for row in course if row.agreement not in latest]
    return [row for row in rows if row not in gone]


def _undone(rows: list[Report]) -> list[tuple[Report, Report]]:
    """Pair every gain with the latest row of its course, where all rows of that time say that it is gone."""
    pairs = []
    for course in _courses(rows):
        last = course[-1]
        if all(row.agreement == 0 for row in course if _time(row) == _time(last)):
            pairs += [(row, last) for row in course if row.agreement == 1]
    return pairs


def _within(months: float, begin: float, end: float) -> bool:
    if math.isnan(end):
        return months > begin
    return begin <= months <= end


def _nearest(rows: list[Report]) -> list[Report]:
    origins = "; ".join(row.origin for row in rows)
    return [row for row in rows if row.origin == nearest(origins)]


def _weigh(rows: list[Report], *, lasting: bool) -> State:
    """Weigh rows of one origin, all in the window and each saying something."""
    happened = any(row.counted and row.agreement for row in rows)
    # One event suffices: that others counted none, elsewhere or earlier, does not undo it.
    rows = [row for row in rows if not (happened and row.counted and row.agreement == 0)]
    agree = [row for row in rows if row.agreement == 1]
    deny = [row for row in rows if row.agreement == 0]
    if len(agree) + len(deny) < len(rows) or (agree and deny):
        return State.IN_PART
    if not agree:
        return State.UNJUDGED if all(row.caveat for row in deny) else State.NOT_MET
    whole = [row for row in agree if not row.caveat]
    if not whole or (lasting and len({row.months for row in whole}) == 1):
        return State.IN_PART
    return State.MET if whole[0].origin == _FIRST_HAND else State.ON_WORD


def _reason(
    used: list[Report],
    others: list[Report],
    inside: list[Report],
    undone: list[tuple[Report, Report]],
    missing: str,
) -> str:
    if not used:
        return missing
    text = _account(used, undone)
    if used[0].origin != _FIRST_HAND:
        text += (
            f"; according to {'the article only' if used[0].origin == _ARTICLE else 'a review or the press'}"
        )
        rows = [row for row in others if row.origin == _FIRST_HAND and row not in inside]
        text += f"; the study itself reports: {_words(rows)}" if rows else f"; {missing}" if missing else ""
    return text


def _account(rows: list[Report], undone: list[tuple[Report, Report]], *, caveats: bool = True) -> str:
    """Write what rows say, and of every gain that was lost that it was."""
    pairs = [row for pair in undone for row in pair]
    lost = [f"gained, then lost: {gain.text}, but later {last.text}" for gain, last in undone]
    return "; ".join(
        filter(None, [_words([row for row in rows if row not in pairs], caveats=caveats), *lost])
    )


def _words(rows: list[Report], *, caveats: bool = True) -> str:
    texts, remarks = ({getattr(row, field): None for row in rows} for field in ("text", "caveat"))
    remarks_text = ", ".join(remark for remark in remarks if remark) if caveats else ""
    return "; ".join(texts) + (f" ({remarks_text})" if remarks_text else "")
