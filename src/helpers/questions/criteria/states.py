"""Whether a study meets a criterion: a state by rule over what its rows report of it."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Any

from helpers.evidence.provenance import ORIGINS, nearest
from helpers.questions.criteria.criterion_evidence import Report


class State(StrEnum):
    """Whether a study meets a criterion, from the firmest to nothing."""

    #: The study's own document says so: a direction as asked for, whatever its size or p-value, a level inside every reference
    #: range, or at least one event ("some patients"); what must stay in the normal range is inside it at two time points.
    MET = "met"
    #: The study's own documents do not report it.
    ON_WORD = "met according to others only"
    #: Rows or reference ranges disagree, or the row shows only part of what is asked for.
    IN_PART = "met in part"
    #: A later row of the same women, compared with the same, says otherwise, within the window or after it.
    LOST = "gained, then lost"
    NOT_MET = "not met"
    #: Rows in the window say nothing either way: a level in words, a direction where a normal level is asked for, or a count
    #: where a rate must have risen.
    UNJUDGED = "reported, cannot be judged"
    #: No row in the window, and one without a time.
    UNDATED = "reported without time"
    ELSEWHEN = "reported at another time only"
    NOT_REPORTED = "not in the text available"


#: States in which a criterion counts as reported.
REPORTED = (
    State.MET, State.ON_WORD, State.IN_PART, State.LOST, State.NOT_MET, State.UNJUDGED, State.UNDATED,
)  # fmt: skip
#: What else is said of a judgement: a row has a time in the window; all that is reported was published because it had happened;
#: only a time in the window is missing for it to be met.
FLAGS = ("in_window", "event_only", "but_for_time")
FIRST_HAND, _ARTICLE, _OTHERS = ORIGINS


def judge(reports: list[Report], begin: float, end: float, missing: str, *, lasting: bool) -> dict[str, Any]:
    """Judge a criterion of a study by its reports: state, told_by, flags, reason, and the rows and sources that decided first.

    Of the rows in the window that say something either way, those nearest to the study count. `missing` says why the study's own
    document has no more; of what is `lasting` two times are needed.
    """
    rows = [row for row in reports if not row.lacks]
    if reports and not rows:
        return _judgement(State.NOT_REPORTED, reports, told_by=None, reason=_lacking(reports, missing))
    inside = [row for row in rows if _within(row.months, begin, end)]
    undated = [row for row in rows if math.isnan(row.months)]
    decisive = [row for row in inside if row.agreement is not None]
    used = _nearest(decisive or inside or undated or rows)
    others = [row for row in rows if row not in used]
    # What happened to women is taken from one kind of document, also outside of the window.
    undone = undone_gains([row for row in rows if row.origin == used[0].origin]) if used else []
    state = _state(used, undone, (decisive, inside, undated), lasting=lasting)
    return _judgement(
        state,
        [*used, *others],
        told_by=used[0].origin if used else None,
        reason=_reason(used, [row for row in others if row not in inside], undone, missing),
        in_window=bool(inside),
        event_only=bool(rows) and all(row.chosen for row in rows),
        but_for_time=state == State.UNDATED and _weigh(used, lasting=lasting) == State.MET,
    )


def _judgement(
    state: State, rows: list[Report], *, told_by: str | None, reason: str, **flags: bool
) -> dict[str, Any]:
    return {
        "state": str(state),
        "told_by": told_by,
        **dict.fromkeys(FLAGS, False),
        **flags,
        "reason": reason,
        "evidence": list(dict.fromkeys(row.row for row in rows)),
        "sources": list(dict.fromkeys(row.source_id for row in rows)),
    }


def _state(
    used: list[Report],
    undone: list[tuple[Report, Report]],
    groups: tuple[list[Report], ...],
    *,
    lasting: bool,
) -> State:
    """Give the state by the rows used, which are of the first of the groups decisive, inside and undated that is not empty."""
    decisive, inside, undated = groups
    if not used:
        return State.NOT_REPORTED
    if not (inside or undated):
        return State.ELSEWHEN
    gains = [gain for gain, _ in undone]
    if any(gain in used for gain in gains):
        kept = [row for row in _standing(used) if row.agreement == 1 and row not in gains]
        return State.IN_PART if kept else State.LOST
    if decisive:
        return _weigh(used if lasting else _standing(used), lasting=lasting)
    return State.UNJUDGED if inside else State.UNDATED


def _lacking(reports: list[Report], missing: str) -> str:
    """Name rows that are no report of a criterion, and what they do not report of it."""
    used = _nearest(reports)
    lacks = ", ".join(dict.fromkeys(row.lacks for row in used))
    words = f"{_words(used)} ({lacks}; according to {used[0].origin})"
    return "; ".join(filter(None, [words, missing]))


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


def undone_gains(rows: list[Report]) -> list[tuple[Report, Report]]:
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
    return State.MET if whole[0].origin == FIRST_HAND else State.ON_WORD


def _reason(
    used: list[Report], elsewhen: list[Report], undone: list[tuple[Report, Report]], missing: str
) -> str:
    if not used:
        return missing
    text = account(used, undone)
    if used[0].origin == FIRST_HAND:
        return text
    by = "the article only" if used[0].origin == _ARTICLE else "a review or the press"
    own = [row for row in elsewhen if row.origin == FIRST_HAND]
    itself = f"the study itself reports: {_words(own)}" if own else missing
    return "; ".join(filter(None, [text, f"according to {by}", itself]))


def account(rows: list[Report], undone: list[tuple[Report, Report]], *, caveats: bool = True) -> str:
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
