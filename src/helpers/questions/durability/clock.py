"""Reported gains on biological time: what can, by the clock alone, have come from the treatment.

Nothing here knows a single study. Times of the body are rows of `reference_values`; without a row there is no verdict.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from helpers.checks.times import follow_up_stated
from helpers.counts.one_row import standing
from helpers.evidence import Evidence
from helpers.evidence.claim_links import Lookup
from helpers.evidence.dates import MONTHS
from helpers.evidence.vocabulary import BIRTHS, phrase
from helpers.questions.durability.reports import CELLS, PLATELETS, reports
from helpers.show.numbers import number

ANTRAL, OVULATION, CYCLE, BIRTH = (
    "resting-follicle-to-antral",
    "resting-follicle-to-ovulation",
    "menstrual-cycle",
    "birth",
)
#: From the stage before the antral one: a result sooner than this came from follicles already past it.
_PAST = {ANTRAL: "pre-antral-follicle-to-antral", OVULATION: "pre-antral-follicle-to-ovulation"}
_GESTATION, _FROM_OVULATION = "gestation", "gestation-from-ovulation"
PRINTED, FOLLOW_UP = "printed with it", "follow-up that the same source states"


class Due(StrEnum):
    """What the clock says of a reported gain."""

    TOO_EARLY = "too early to follow from the treatment"
    NOT_NEW = "too early to be new reserve"
    POSSIBLE = "possible by the clock"
    NO_CLOCK = "no biological time on record"
    NO_TIME = "time not reported"


@dataclass(frozen=True)
class Clock:
    """What has to pass before a word can be reported: least before it at all, new before it can show new reserve."""

    least: str = ""
    new: str = ""


#: Words without an entry have no biological time on record: hormones, the lining of the uterus, pregnancies by any means.
CLOCKS: dict[str, Clock] = {
    **dict.fromkeys(("AFC", "AFC-increased", "stimulable-antral-follicles"), Clock(new=ANTRAL)),
    **dict.fromkeys(
        ("ovulation", "oocytes", "mature-oocytes", "mature-follicle", "oocyte-retrieved", "embryo-obtained",
         "euploid-embryo", "natural-pregnancy"), Clock(new=OVULATION)
    ),
    **dict.fromkeys(("menses-resumed", "menses-improved", "menses-normal"), Clock(least=CYCLE, new=ANTRAL)),
    **dict.fromkeys(("menstrual-volume", "menstrual-duration"), Clock(least=CYCLE)),
    **dict.fromkeys([word for word in BIRTHS if word != "preterm-birth"], Clock(least=BIRTH)),
}  # fmt: skip
#: What all reports of one gain at one time have in common.
_OF_LINE = [
    "study_id", "arm_id", "subject", "part", "word", "months", "study_label", "tissue", "group", "arm_label", "arm_kind",
    "cell_source", "n", "time_from",
]  # fmt: skip
#: What a process is, for a reader.
PROCESS = {
    CYCLE: "one menstrual cycle",
    _PAST[ANTRAL]: "growth of a pre-antral follicle to the antral stage",
    _PAST[OVULATION]: "growth of a pre-antral follicle to ovulation",
    ANTRAL: "growth of a resting follicle to the antral stage",
    OVULATION: "growth of a resting follicle to ovulation",
    BIRTH: "pregnancy from conception to birth at term",
}


def biological_times(ev: Evidence) -> pd.DataFrame:
    """Give the shortest time of each process of `PROCESS` on record, in months: process, months, evidence, citation.

    The shortest limit or value of any source, so that the clock calls as little as possible too early. Birth is the start of term,
    less the days between the last menstrual period and ovulation: the average gestation counted from the one less that
    counted from the other. A process without the rows that it needs is missing.
    """
    rows = ev.select("reference_values")
    rows = rows[rows["kind"].eq("biological-time") & rows["retracted"].isna()]
    rows = rows.assign(months=rows["low"].fillna(rows["value"]) * rows["unit"].map(MONTHS))
    rows["average"] = rows["value"] * rows["unit"].map(MONTHS)
    lines = []
    for process in PROCESS:
        needed = (_GESTATION, _FROM_OVULATION) if process == BIRTH else (process,)
        used = rows[rows["measure"].isin(needed)]
        months = _birth(used) if process == BIRTH else used["months"].min()
        if pd.notna(months):
            cited = used if process == BIRTH else used[used["months"] == months]
            lines.append(
                {
                    "process": process, "months": float(months), "evidence": "; ".join(cited["evidence_row"]),
                    "citation": "; ".join(dict.fromkeys(cited["citation"])),
                }
            )  # fmt: skip
    return pd.DataFrame(lines, columns=["process", "months", "evidence", "citation"])


def _birth(rows: pd.DataFrame) -> float:
    from_period = rows[rows["measure"] == _GESTATION]
    term = from_period["months"].where(from_period["low"].notna()).min()
    before = from_period["average"].min() - rows.loc[rows["measure"] == _FROM_OVULATION, "average"].min()
    return float(term - before)


def placed(ev: Evidence, *, studies: list[str]) -> pd.DataFrame:
    """Place every gain reported after cells or platelet-rich plasma on biological time.

    One row per study, arm, part of its women, word and month, whoever reports it. A birth without a month lies within the
    follow-up that its source states (time_from is `FOLLOW_UP`). due is a word of `Due`; reason says it in words; process and
    needed are the time that decided; least_needed and new_needed are the times below which a result cannot follow from the treatment, or
    show new reserve, where one is known; first marks one row of each marker of an arm: of the document nearest to the study with a
    month, the earliest month; claims are the article's claims whose evidence includes one of the rows. The growth of
    follicles applies to the ovary alone: the uterus has none. `studies` are keys, or ``["all"]``.
    """
    gained = reports(ev, studies)
    gained = gained[gained["group"].isin([CELLS, PLATELETS]) & (gained["moved"] > 0)]
    stated = follow_up_stated(ev)
    ends = [
        stated.get((study, source), [(math.nan, "")])[0][0] if word in BIRTHS else math.nan
        for study, source, word in gained[["study_id", "source_id", "word"]].itertuples(index=False)
    ]
    within = gained["months"].isna() & pd.Series(ends, gained.index).notna()
    gained = gained.assign(
        months=gained["months"].fillna(pd.Series(ends, gained.index)),
        time_from=within.map({True: FOLLOW_UP, False: PRINTED}).where(gained["months"].notna() | within),
    )
    body = biological_times(ev)
    times = {
        str(process): float(months) for process, months in zip(body["process"], body["months"], strict=True)
    }
    claims = _claims_of_rows(ev)
    keys = ["study_id", "arm_id", "subject", "part", "word", "months"]
    # A time that was not printed is a group too.
    # A frame for each group would take longer than what is done in it.
    each = gained[[*_OF_LINE, "text", "origin", "evidence_row", "citation"]].to_dict("records")
    groups: dict[int, list[Any]] = defaultdict(list)
    for group, row in zip(gained.groupby(keys, sort=False, dropna=False).ngroup(), each, strict=True):
        groups[group].append(row)
    lines = [_line(same, times, claims) for same in groups.values()]
    columns = [
        *keys, "study_label", "tissue", "group", "arm_label", "arm_kind", "cell_source", "n", "time_from", "text", "origin", "due",
        "reason", "process", "needed", "least_needed", "new_needed", "claims", "evidence", "citation",
    ]  # fmt: skip
    rows = pd.DataFrame(lines, columns=columns)
    rows["name"] = ["/".join(filter(None, map(str, cells))) for cells in rows[keys[:-1]].values]
    rows["name"] += [f"/month {month:g}" if pd.notna(month) else "" for month in rows["months"]]
    marker = keys[:-1]
    first = standing(rows, timed=marker, nearest=marker, earliest=marker, first=marker)
    return rows.assign(first=rows.index.isin(first.index))


def too_early(rows: pd.DataFrame) -> dict[str, str]:
    """Map the evidence rows of `placed` that came too early (as ``outcomes row 14``) to what the clock says of them, in words."""
    early = rows[rows["due"].isin([Due.TOO_EARLY, Due.NOT_NEW])]
    said: dict[str, list[str]] = {}
    each: list[Any] = list(early.itertuples())
    for row in each:
        when = f"{'within' if row.time_from == FOLLOW_UP else 'at'} {number(row.months)} months"
        for place in str(row.evidence).split("; "):
            said.setdefault(place, []).append(f"{phrase(str(row.word))} {when}, {row.due}")
    return {place: "; ".join(dict.fromkeys(words)) for place, words in said.items()}


def due_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the gains and the studies of `placed` by tissue, group and word of `Due`; of each marker of an arm its first report."""
    rows = rows[rows["first"]]
    lines = [
        {
            "name": f"clock/{tissue}/{group}", "tissue": tissue, "group": group, "gains": len(part),
            "studies": part["study_id"].nunique(), **{str(due): int(part["due"].eq(due).sum()) for due in Due},
        }
        for (tissue, group), part in rows.groupby(["tissue", "group"], sort=False)
    ]  # fmt: skip
    return pd.DataFrame(lines, columns=["name", "tissue", "group", "gains", "studies", *map(str, Due)])


def _line(
    same: list[dict[str, Any]], times: dict[str, float], claims: dict[str, list[str]]
) -> dict[str, Any]:
    first, evidence = same[0], list(dict.fromkeys(row["evidence_row"] for row in same))
    due, process = _due(str(first["word"]), float(first["months"]), str(first["tissue"]), times)
    joined = {
        name: "; ".join(dict.fromkeys(row[name] for row in same)) for name in ("text", "origin", "citation")
    }
    return {
        **{name: first[name] for name in _OF_LINE}, **joined,
        **_limits(str(first["word"]), str(first["tissue"]), times), "due": str(due), "reason": _reason(due, first, process, times), "process": process or None,
        "needed": times.get(process, math.nan),
        "claims": "; ".join(dict.fromkeys(claim for row in evidence for claim in claims.get(row, []))) or None,
        "evidence": "; ".join(evidence),
    }  # fmt: skip


def _limits(word: str, tissue: str, times: dict[str, float]) -> dict[str, float]:
    clock = CLOCKS.get(word, Clock())
    new = times.get(clock.new, math.nan) if tissue == "ovary" else math.nan
    return {"least_needed": times.get(clock.least, math.nan), "new_needed": new}


def _due(word: str, months: float, tissue: str, times: dict[str, float]) -> tuple[Due, str]:
    """Judge one time; the process is the one that decided, empty where none applies."""
    clock = CLOCKS.get(word, Clock())
    asked = [(clock.least, Due.TOO_EARLY), (clock.new if tissue == "ovary" else "", Due.NOT_NEW)]
    known = [(process, due) for process, due in asked if process in times]
    if math.isnan(months):
        return Due.NO_TIME, ""
    for process, due in known:
        if months < times[process]:
            return due, process
    return (Due.POSSIBLE, known[-1][0]) if known else (Due.NO_CLOCK, "")


def _reason(due: Due, row: Any, process: str, times: dict[str, float]) -> str:
    if due in {Due.NO_TIME, Due.NO_CLOCK}:
        return ""
    needed = f"{PROCESS[process]} takes at least {number(times[process], 1)} months"
    if due == Due.POSSIBLE:
        return needed
    within = "within " if row["time_from"] == FOLLOW_UP else "at "
    what = f"{phrase(str(row['word']))} reported {within}{number(row['months'])} months; {needed}"
    if process == BIRTH:
        return f"{what}, so that the pregnancy began before the treatment, the birth was preterm, or it came after the follow-up"
    if due == Due.TOO_EARLY:
        return what
    past = row["months"] < times.get(_PAST[process], 0)
    stage = "past the pre-antral stage" if past else "growing"
    return f"{what}, so that the follicles were {stage} before the treatment"


def _claims_of_rows(ev: Evidence) -> dict[str, list[str]]:
    """Say which claims of the article each evidence row bears on."""
    found: dict[str, list[str]] = {}
    for table in ("outcomes", "measurements", "changes"):
        lookup = Lookup(ev.tables[table])
        for link in ev.claim_evidence[ev.claim_evidence["table"] == table].itertuples():
            for place in lookup.rows(link.match):
                found.setdefault(f"{table} row {place + 2}", []).append(str(link.claim_id))
    return found
