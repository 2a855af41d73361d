"""Do the studies meet the article's own criteria: a state by rule over the evidence rows.

Nothing here knows a single study or criterion: change the evidence, or the list of criteria, and the states change.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.evidence.bearing import Telling, tellings
from helpers.evidence.package import Evidence
from helpers.evidence.provenance import NEAREST, ORIGINS


class State(StrEnum):
    """How a study stands to a criterion, from the firmest to nothing."""

    MET = "met"
    ON_WORD = "met by the word of others only"
    IN_PART = "met in part"
    NOT_MET = "not met"
    UNJUDGED = "reported, cannot be judged"
    UNDATED = "reported without time"
    ELSEWHEN = "reported at another time only"
    NOT_REPORTED = "not reported"


#: States in which a criterion counts as reported.
REPORTED = (State.MET, State.ON_WORD, State.IN_PART, State.NOT_MET, State.UNJUDGED, State.UNDATED)
#: States in which it counts as reported within its window.
IN_WINDOW = (State.MET, State.ON_WORD, State.IN_PART, State.NOT_MET, State.UNJUDGED)
_FIRST_HAND, _ARTICLE, _OTHERS = ORIGINS


def criteria_judged(
    ev: Evidence, studies: pd.DataFrame | None = None, criteria: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Judge every study by every criterion.

    The rows that bear on a criterion are those of arms that received cells, by the words of
    `helpers.evidence.bearing.BEARING`. Rows of retracted documents do not count. A row lies in the window of the
    criterion if its time does; the limits belong to a closed window, the start does not belong to an open one ("more
    than six months"). Of the rows in the window that say something either way, those nearest to the study are heard:
    its paper or registry record, else reviews, press and web pages, else the article. Then the criterion is

    - *met* where the study's own document says so: a direction as asked for, whatever its size or p-value, a level inside
      every reference range, or at least one event, for the article asks for "some patients"; what must stay in the
      normal range must be inside it at two time points;
    - *met by the word of others only* where the study's own documents do not tell it;
    - *met in part* where rows disagree, reference ranges disagree, or the row shows only part of what is asked for;
    - *not met* where the rows say otherwise: another direction, a level outside, no event;
    - *reported, cannot be judged* where rows in the window say nothing either way, as a level in words, a direction
      where a normal level is asked for, or a count where a rate must have risen.

    Without a row in the window it is *reported without time* where a row prints no time, *reported at another time only*
    where all rows lie outside the window, and otherwise *not reported*: in what was read.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    studies : pandas.DataFrame, optional
        Rows of `studies` to judge; by default those of women treated with cells, cited or not.
    criteria : pandas.DataFrame, optional
        Rows of `criteria` to judge by; all of them if not given.

    Returns
    -------
    pandas.DataFrame
        One row per study and criterion, cited studies first, criteria in their order: study_id, study_label, role, tissue,
        design, n_enrolled, criterion_id, horizon, domain, criterion, measure, direction, state, told_by (a word of
        `helpers.evidence.provenance.ORIGINS`, missing where nothing is told), reason, evidence (rows as ``table row n``,
        those that decided first) and sources (source_ids).

    Raises
    ------
    ValueError
        If no study or no criterion is left.
    """
    studies = ev.studies if studies is None else studies
    studies = studies[studies["role"].isin(["cited", "treatment"])]
    criteria = ev.criteria if criteria is None else criteria
    if studies.empty or criteria.empty:
        message = (
            "no study of women treated with cells is left after the selection: choose other studies or roles"
        )
        raise ValueError(message if studies.empty else "no criterion is left after the selection")
    told = tellings(ev, criteria)
    studies = studies.rename(columns={"label": "study_label"}).sort_values(
        "role", key=lambda role: role != "cited", kind="stable"
    )
    pairs = studies[["study_id", "study_label", "role", "tissue", "design", "n_enrolled"]].merge(
        criteria.drop(columns=["note", "evidence_row"], errors="ignore"), how="cross"
    )
    judged = [
        _judge(
            told.get((pair["study_id"], pair["criterion_id"]), []), pair["from_months"], pair["to_months"],
            lasting=pair["direction"] == "stable",
        )
        for pair in pairs.to_dict("records")
    ]  # fmt: skip
    return pairs.drop(columns=["from_months", "to_months"]).join(pd.DataFrame(judged, index=pairs.index))


def foremost(judged: pd.DataFrame) -> pd.DataFrame:
    """Keep the studies that the article cites, or all where none of them is among those judged.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `criteria_judged`, or a part of it.

    Returns
    -------
    pandas.DataFrame
        Their rows.
    """
    cited = judged["role"] == "cited"
    return judged[cited] if cited.any() else judged


def report_shares(judged: pd.DataFrame) -> pd.DataFrame:
    """Count for each study the criteria that it reports, short and long term apart.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `criteria_judged`, or a part of it.

    Returns
    -------
    pandas.DataFrame
        One row per study and horizon: study_id, study_label, role, horizon, criteria (how many there are), reported (by
        anyone, in the window or without time), by_study (reported by the study's own documents), in_window (reported
        with a time in the window), met (by the study's own documents) and share (reported / criteria).
    """
    marked = judged.assign(
        reported=judged["state"].isin(REPORTED),
        by_study=judged["state"].isin(REPORTED) & (judged["told_by"] == _FIRST_HAND),
        in_window=judged["state"].isin(IN_WINDOW),
        met=judged["state"] == State.MET,
    )
    keys = ["study_id", "study_label", "role", "horizon"]
    groups = marked.groupby(keys, sort=False)
    counts = groups[["reported", "by_study", "in_window", "met"]].sum().astype(int)
    counts.insert(0, "criteria", groups.size())
    return counts.assign(share=counts["reported"] / counts["criteria"]).reset_index()


def state_counts(judged: pd.DataFrame) -> pd.DataFrame:
    """Count for each criterion the studies in each state.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `criteria_judged`, or a part of it.

    Returns
    -------
    pandas.DataFrame
        One row per criterion, in their order: criterion_id, horizon, domain, criterion, studies (how many were judged),
        reported, and one column per `State`.
    """
    keys = ["criterion_id", "horizon", "domain", "criterion"]
    of = judged[keys].drop_duplicates().reset_index(drop=True)
    counts = pd.crosstab(judged["criterion_id"], judged["state"])
    counts = counts.reindex(index=of["criterion_id"], columns=[str(state) for state in State], fill_value=0)
    counts.insert(0, "studies", counts.sum(axis=1))
    counts.insert(1, "reported", counts[[str(state) for state in REPORTED]].sum(axis=1))
    return of.merge(counts.rename_axis(columns=None).reset_index(), on="criterion_id")


def _judge(rows: list[Telling], begin: float, end: float, *, lasting: bool) -> dict[str, Any]:
    inside = [row for row in rows if _within(row.months, begin, end)]
    undated = [row for row in rows if math.isnan(row.months)]
    elsewhen = [row for row in rows if row not in inside and row not in undated]
    telling = [row for row in inside if row.agreement is not None]
    used = _nearest(telling or inside or undated or elsewhen)
    if telling:
        state = _weigh(used, lasting=lasting)
    elif inside:
        state = State.UNJUDGED
    elif undated:
        state = State.UNDATED
    else:
        state = State.ELSEWHEN if elsewhen else State.NOT_REPORTED
    ordered = [*used, *(row for row in rows if row not in used)]
    return {
        "state": str(state),
        "told_by": used[0].origin if used else None,
        "reason": _reason(used, [row for row in rows if row not in used], inside),
        "evidence": list(dict.fromkeys(row.row for row in ordered)),
        "sources": list(dict.fromkeys(row.source_id for row in ordered)),
    }


def _within(months: float, begin: float, end: float) -> bool:
    if math.isnan(end):
        return months > begin
    return begin <= months <= end


def _nearest(rows: list[Telling]) -> list[Telling]:
    heard = min((NEAREST.index(row.origin) for row in rows), default=0)
    return [row for row in rows if NEAREST.index(row.origin) == heard]


def _weigh(rows: list[Telling], *, lasting: bool) -> State:
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


def _reason(used: list[Telling], others: list[Telling], inside: list[Telling]) -> str:
    if not used:
        return "nothing that was read tells it"
    text = _words(used)
    if used[0].origin != _FIRST_HAND:
        text += f"; told by {'the article only' if used[0].origin == _ARTICLE else 'review or press'}"
        own = [row for row in others if row.origin == _FIRST_HAND and row not in inside]
        text += f"; the study itself tells: {_words(own)}" if own else ""
    return text


def _words(rows: list[Telling]) -> str:
    texts, caveats = ({getattr(row, part): None for row in rows} for part in ("text", "caveat"))
    remarks = ", ".join(caveat for caveat in caveats if caveat)
    return "; ".join(texts) + (f" ({remarks})" if remarks else "")
