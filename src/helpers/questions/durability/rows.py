"""The same women at a short and at a long time: whether what they gained was still there.

Nothing here knows a single study: a study with the same marker at two times after treatment is found by rule.
"""

from __future__ import annotations

import math
from collections import defaultdict
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.cohorts import overlapping_labels
from helpers.counts.one_row import standing
from helpers.counts.outcomes import LONG, UNKNOWN, horizon
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS, nearest
from helpers.questions.durability.early_size import too_small
from helpers.questions.durability.reports import CELLS, EVENTS, OTHERS, PLATELETS, reports
from helpers.show.numbers import number

GROUPS = (CELLS, PLATELETS, OTHERS)
_COURSE = ["study_id", "arm_id", "subject", "part", "word", "basis"]
_OF_STUDY = ["study_label", "tissue", "condition", "group", "arm_label", "arm_kind", "cell_source"]
#: Ovarian function that came back without cells, and what became of it.
_RESUMED, _STOPPED = ("ovarian-function-improved", "menses-resumed", "ovulation"), "arrest-of-resumption"


class Verdict(StrEnum):
    """What became of an early gain: the first that a later report can be compared with."""

    #: The last report that says either way shows it, no smaller where both sizes may be divided.
    KEPT = "kept"
    PARTLY = "partly kept"
    LOST = "lost"
    #: No later row says what it is compared with, a count is of other women, or another document of the study reports the marker
    #: again without a single month.
    UNJUDGED = "reported again, cannot be judged"
    #: Reported once, inside the article's short-term window or before.
    NOT_LATER = "not reported later"
    #: Its only time, or its first gain, comes after the window or after a report of no gain.
    LATE_ONLY = "reported at a late time only"
    NO_GAIN = "no early gain"


#: A row of `reports` by its columns, or several joined.
_Report = dict[Any, Any]
#: A report without a month is taken as earlier than any other.
_FIRST = -1.0
#: Verdicts that need the same women at two times.
AT_TWO_TIMES = (Verdict.KEPT, Verdict.PARTLY, Verdict.LOST, Verdict.NO_GAIN)
#: What an early gain can have become.
FATES = (Verdict.KEPT, Verdict.PARTLY, Verdict.LOST, Verdict.UNJUDGED, Verdict.NOT_LATER)


def ledger(ev: Evidence, *, studies: list[str]) -> pd.DataFrame:
    """Follow every gain of treated women from the first time at which it is reported to the last; by tissue, group and study.

    One row per study, arm, part of its women, marker and what it is compared with; horizon is that of the late report. A report
    without a printed month counts as the earliest where the same document reports the marker again later, and only there. A
    marker whose only report has no month, or is no gain, has no row.

    share_left is late size / early size: of mean changes in one document, of one woman, or of counts of the same women; never of
    medians or percent changes, nor by an early gain that is too small (no_share says why). overlap names the other studies here
    that may share women. `studies` are keys, or ``["all"]``.
    """
    rows = gains(ev, studies=studies)
    divided = rows[rows["share_left"].notna()]
    rows["no_share"] = too_small(ev, divided).reindex(rows.index, fill_value="")
    rows["share_left"] = rows["share_left"].where(rows["no_share"] == "")
    rows["overlap"] = overlapping_labels(ev, rows)
    rows["name"] = ["/".join(filter(None, map(str, cells))) for cells in rows[_COURSE].values]
    order = pd.DataFrame(
        {
            "uterus": rows["tissue"].ne("ovary"),
            "group": rows["group"].map(GROUPS.index),
            "study": rows["study_label"],
        }
    )
    return rows.loc[order.sort_values([*order], kind="stable").index].reset_index(drop=True)


def gains(ev: Evidence, *, studies: list[str]) -> pd.DataFrame:
    """Judge every gain of a `ledger`, also where its share is not to be shown; not sorted."""
    lasting = reports(ev, studies)
    lasting = lasting[~lasting["word"].isin(EVENTS)]
    counts = lasting["basis"] == "count"
    lasting = lasting[~counts | lasting.index.isin(_one_document(lasting[counts]).index)]
    lasting["when"] = horizon(lasting["months"], ev.criteria)
    courses: dict[tuple[Any, ...], list[_Report]] = defaultdict(list)
    for report in lasting.to_dict("records"):
        courses[tuple(report[name] for name in _COURSE)].append(report)
    found = [
        {name: course[0][name] for name in [*_COURSE, *_OF_STUDY]} | row
        for course in courses.values()
        if (row := _judged(course)) is not None
    ]
    columns = [
        *_COURSE, *_OF_STUDY, "n", "early_months", "early_text", "late_months", "late_text", "verdict", "share_left",
        "horizon", "origin", "evidence", "early_evidence", "citation", "sources", "later_unjudged",
    ]  # fmt: skip
    return pd.DataFrame(found, columns=columns)


def verdict_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the markers and the studies of a ledger by tissue, group and verdict; every verdict of `Verdict` is a column.

    studies is how many studies there are, gains the early gains (`FATES`), beyond those followed beyond the short-term window.
    """
    lines = []
    for (tissue, group), part in rows.groupby(["tissue", "group"], sort=False):
        early = part[part["verdict"].isin(FATES)]
        known = early["verdict"].isin(AT_TWO_TIMES)
        lines.append(
            {
                "name": f"{tissue}/{group}", "tissue": tissue, "group": group, "studies": part["study_id"].nunique(),
                "gains": len(early), "beyond": int((known & early["horizon"].eq(LONG)).sum()),
                **{str(verdict): int(part["verdict"].eq(verdict).sum()) for verdict in Verdict},
            }
        )  # fmt: skip
    columns = ["name", "tissue", "group", "studies", "gains", "beyond", *map(str, Verdict)]
    return pd.DataFrame(lines, columns=columns)


def lost_without_cells(ev: Evidence, *, level: float = 0.95) -> pd.DataFrame:
    """Pair function that came back without treatment with how often it stopped again in the same women.

    One row per untreated arm that counts both in one document: resumed of women, stopped of resumed, each as a proportion
    with its exact interval.
    """
    rows = ev.select("outcomes", arm_kind="untreated").dropna(subset=["events", "total"])
    rows = rows[rows["retracted"].isna()]
    back = rows[rows["outcome"].isin(_RESUMED) & rows["subgroup"].isna()]
    stopped = rows[rows["outcome"] == _STOPPED]
    both = back.merge(stopped, on=["study_id", "arm_id", "source_id"], suffixes=("", "_stopped"))
    both = both[both["events"] == both["total_stopped"]]
    both = both.rename(columns={"events": "resumed", "total": "women", "events_stopped": "stopped"})
    for name, (events, total) in {"back": ("resumed", "women"), "again": ("stopped", "resumed")}.items():
        counts = both[events].astype(int), both[total].astype(int)
        both[f"{name}_low"], both[f"{name}_high"] = stats.proportion_interval(*counts, level=level)
    both["name"] = both["study_id"] + "/" + both["arm_id"]
    both["evidence"] = both["evidence_row"] + "; " + both["evidence_row_stopped"]
    columns = [
        "name", "study_label", "women", "resumed", "back_low", "back_high", "stopped", "again_low", "again_high", "citation",
        "evidence",
    ]  # fmt: skip
    return both[columns].reset_index(drop=True)


def _judged(course: list[_Report]) -> _Report | None:
    """Judge one course; None where it has neither two times nor a gain at one printed time."""
    dated = {
        row["source_id"] for row in course if not math.isnan(row["months"]) and not math.isnan(row["moved"])
    }
    by_month: dict[float, list[_Report]] = defaultdict(list)
    for row in course:
        if not math.isnan(row["months"]):
            by_month[row["months"]].append(row)
        elif row["source_id"] in dated:
            by_month[_FIRST].append(row)
    times = [_one_time(by_month[month]) for month in sorted(by_month)]
    known = [time for time in times if not math.isnan(time["moved"])]
    if not known:
        return None
    first, last = next((time for time in known if time["moved"] > 0), known[0]), known[-1]
    silent = [time for time in times if math.isnan(time["moved"]) and time["months"] > last["months"]]
    if len(known) == 1 and first["when"] != LONG:
        silent += _without_a_month(course, first)
    share = _share_left(first, last) if last is not first else math.nan
    verdict = _verdict(known, first, share, silent=bool(silent))
    if verdict is None or (len(known) == 1 and math.isnan(first["months"])):
        return None
    late = verdict == Verdict.LATE_ONLY
    once = len(known) == 1 or ((late or verdict == Verdict.UNJUDGED) and first is last)
    used = [first] if once else [first, last]
    return {
        "n": last["n"] if pd.notna(last["n"]) else first["n"],
        "early_months": math.nan if late else first["months"],
        "early_text": None if late else first["text"],
        "late_months": math.nan if once and not late else last["months"],
        "late_text": None if once and not late else last["text"],
        "verdict": str(verdict),
        "share_left": share if verdict in {Verdict.KEPT, Verdict.PARTLY, Verdict.LOST} else math.nan,
        "horizon": UNKNOWN if once and not late else last["when"],
        **{name: "; ".join(dict.fromkeys(time[name] for time in used)) for name in ("origin", "citation")},
        "evidence": "; ".join(dict.fromkeys(time["evidence"] for time in [*used, *silent])),
        "sources": sorted({time["source_id"] for time in [*used, *silent]}),
        "early_evidence": first["evidence"],
        "later_unjudged": "; ".join(map(_unjudged_words, silent)) or None,
    }


def _without_a_month(course: list[_Report], first: _Report) -> list[_Report]:
    """Find what another document of the study itself reports of the marker without a single month."""
    return [
        {**row, "evidence": row["evidence_row"]}
        for row in course
        if math.isnan(row["months"])
        and row["origin"] == ORIGINS[0]
        and row["source_id"] != first["source_id"]
    ]


def _unjudged_words(time: _Report) -> str:
    if not math.isnan(time["months"]):
        return f"month {number(time['months'])}: {time['text']}"
    note: str = f" ({time['note']})" if pd.notna(time["note"]) else ""
    return f"no single month printed: {time['text']}{note}"


def _verdict(known: list[_Report], first: _Report, share: float, *, silent: bool) -> Verdict | None:
    """Judge the times that say either way, of which `first` is the first gain; None where their only one is none."""
    last = known[-1]
    if len(known) == 1:
        if first["moved"] <= 0:
            return None
        if silent:
            return Verdict.UNJUDGED
        return Verdict.LATE_ONLY if last["when"] == LONG else Verdict.NOT_LATER
    if first["moved"] <= 0:
        return Verdict.NO_GAIN
    if first is last or first["when"] == LONG:
        return Verdict.LATE_ONLY
    if last["moved"] <= 0:
        return Verdict.LOST
    if last["total"] != first["total"] and last["size_kind"] == "women" and not last["size"] >= first["size"]:
        return Verdict.UNJUDGED
    return Verdict.PARTLY if share < 1 else Verdict.KEPT


def _one_document(counts: pd.DataFrame) -> pd.DataFrame:
    """Keep of counts the document with most times, nearest to the study: another may give the same count another month."""
    times = counts.groupby([*_COURSE, "source_id"])["months"].transform("nunique")
    kept = standing(counts.assign(times=times), fullest=_COURSE, nearest=_COURSE)
    return kept[kept["source_id"] == kept.groupby(_COURSE)["source_id"].transform("first")]


def _one_time(same: list[_Report]) -> _Report:
    """Join what is reported of one time: the document nearest to the study says which way, its level how much."""
    origin = nearest("; ".join(row["origin"] for row in same))
    near = [row for row in same if row["origin"] == origin]
    said = [row for row in near if not math.isnan(row["moved"])]
    # What a paper calls a change, or none, goes before what its means seem to show.
    first = next((row for row in said if row["size_kind"] == "absolute change"), (said or near)[0])
    sized = next((row for row in near if not math.isnan(row["size"])), {"size": math.nan, "size_kind": ""})
    joined = {
        name: "; ".join(dict.fromkeys(row[cell] for row in said or near))
        for name, cell in {"text": "text", "evidence": "evidence_row", "citation": "citation"}.items()
    }
    kept = {name: near[0][name] for name in ("months", "when", "total", "n", "source_id", "origin")}
    return {**kept, **joined, "moved": first["moved"], "size": sized["size"], "size_kind": sized["size_kind"]}


def _share_left(first: _Report, last: _Report) -> float:
    """Divide the late size by the early one, where both are of one kind, one document and, for counts, one total."""
    alike = all(first[name] == last[name] for name in ("size_kind", "source_id"))
    of_counts = first["size_kind"] == "women" and first["total"] != last["total"]
    if not alike or of_counts or not first["size"] > 0 or math.isnan(last["size"]):
        return math.nan
    return float(last["size"] / first["size"])
