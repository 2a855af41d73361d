"""Five facts on each study whose counts are shown: what its design and its reporting allow, by rule from the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd

from helpers.checks.calendar import POSTING, PrintedDate, trial_dates
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import DESIGN, MASKING, ORGAN, ROLE, phrase
from helpers.show.numbers import count_of
from helpers.show.words import counted, listed

YES, NO, UNSEEN = "yes", "no", "could not be assessed"
ANSWERS = (YES, NO, UNSEEN)
#: Each fact as the head of a column.
FACTS = {
    "registered": "registered before the start",
    "denominator": "denominator printed with the count",
    "control": "control group in the same study",
    "assessment": "outcome assessed independently",
    "report": "reported by the study itself",
}
#: Designs that have no control group.
_NO_CONTROL = ("single-arm", "uncontrolled-two-arm", "case-series", "case-report")
#: Who reports a count, by the kind of document, and whether that is the study itself.
_REPORTERS = {
    "journal-article": ("own paper", True),
    "preprint": ("own preprint", True),
    "trial-registry": ("registry", True),
    "news": ("press", False),
    "web-page": ("web page", False),
    "review": ("review", False),
    "meta-analysis": ("review", False),
    "guideline": ("guideline", False),
    "article-under-review": ("article", False),
}


@dataclass(frozen=True)
class Fact:
    """A fact on a study: one of `ANSWERS`, its reason, the rows of evidence behind it, and what a small cell says."""

    answer: str
    reason: str
    evidence: str
    cell: str


def fact_rows(ev: Evidence, counts: pd.DataFrame) -> pd.DataFrame:
    """Find the five facts on each study with a count shown; one row per study and fact.

    `counts` are rows of ``Evidence.select("outcomes", ...)``. Studies are in the order of organ, role (cited first) and label;
    section is organ and role, asks the fact in words, name what a result is recorded under.
    """
    dates = trial_dates(ev, "first-posted", "start")
    masking = ev.select("statements", item="masking")
    arms = ev.select("arms")
    printed = ev.select("statements")["evidence_row"]
    records = {str(row["study_id"]): row for _, row in ev.select("studies").iterrows()}
    lines = []
    for study, own in counts.groupby("study_id", sort=False):
        record = records[str(study)]
        facts = {
            "registered": _registered(record, dates.get(str(study), {}), printed),
            "denominator": _denominator(own),
            "control": _control(ev, record, arms[arms["study_id"] == study]),
            "assessment": _assessment(masking[masking["study_id"] == study]),
            "report": _report(own),
        }
        about = {
            "study_id": study,
            "study_label": record["label"],
            "role": record["role"],
            "tissue": record["tissue"],
        }
        lines += [{**about, "fact": name, **asdict(fact)} for name, fact in facts.items()]
    columns = ["study_id", "study_label", "role", "tissue", "fact", "answer", "reason", "evidence", "cell"]
    rows = pd.DataFrame(lines, columns=columns)
    place = pd.DataFrame(
        {
            "tissue": rows["tissue"].map(list(ORGAN).index),
            "role": rows["role"].map(list(ROLE).index),
            "study": rows["study_label"],
        }
    )
    rows = rows.loc[place.sort_values(["tissue", "role", "study"], kind="stable").index]
    who = rows["role"].eq("cited").map({True: "cited by the article", False: "other studies"})
    return rows.assign(
        section=rows["tissue"].map(ORGAN) + ", " + who,
        asks=rows["fact"].map(FACTS),
        name=rows["study_id"] + "/" + rows["fact"],
    ).reset_index(drop=True)


def fact_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the answers of `fact_rows` by tissue and fact: yes, no, unseen and studies."""
    answer = rows["answer"]
    given = rows.assign(yes=answer == YES, no=answer == NO, unseen=answer == UNSEEN, studies=answer.notna())
    groups = given.groupby(["tissue", "fact"], sort=False)
    found = groups[["yes", "no", "unseen", "studies"]].sum().astype(int)
    found = found.reset_index()
    return found.assign(name=found["tissue"].astype(str) + "/" + found["fact"].astype(str))


def fact_values(row: pd.Series) -> dict[str, int]:
    """Take the recorded values from a row of `fact_counts`."""
    return {YES: int(row["yes"]), NO: int(row["no"]), UNSEEN: int(row["unseen"])}


def _registered(study: pd.Series, dates: dict[str, PrintedDate], printed: pd.Series) -> Fact:
    """Compare the day a registry first showed the record with the start; a record is shown up to `POSTING` after it was sent in."""
    number = study["registry_id"]
    if pd.isna(number):
        return _unseen("no registry number in the text available to us", [study["evidence_row"]])
    posted, start = dates.get("first-posted"), dates.get("start")
    rows = [
        study["evidence_row"],
        *printed[printed.index.isin([date.row for date in (posted, start) if date])],
    ]
    if not posted or not start:
        missing = listed(word for word, date in (("first posting", posted), ("start", start)) if not date)
        return _unseen(f"{number}: date of {missing} not seen", rows)
    when = f"{number}: first posted {posted.text}, start {start.text}"
    if posted.last <= start.first:
        return _fact(YES, when, rows)
    if posted.first - start.last > POSTING:
        return _fact(NO, when, rows)
    unknown = (
        "the date of submission was not seen"
        if posted.first > start.last
        else "the day of the start is not printed"
    )
    return _unseen(f"{when}; {unknown}", rows)


def _denominator(own: pd.DataFrame) -> Fact:
    """Whether every count shown is printed with the number of women it is counted among."""
    printed = own["total_basis"].eq("reported")
    reasons = [
        f"{phrase(str(row.outcome))} {count_of(row.events, row.total)}"
        + {"reported": "", "enrolled": " (the number enrolled)"}.get(str(row.total_basis), " (worked out)")
        for row in own.itertuples()
    ]
    cell = f"{int(printed.sum())} of {len(own)} counts" if printed.any() and not printed.all() else ""
    return _fact(YES if printed.all() else NO, "; ".join(reasons), own["evidence_row"], cell)


def _control(ev: Evidence, study: pd.Series, arms: pd.DataFrame) -> Fact:
    """Whether women of the same study received no cells; the other ovary of the same women is no control for what women have."""
    controls = arms[arms["kind"].isin(["comparator", "untreated"])]
    design = str(study["design"])
    same_women = ev.statements["study_id"].eq(study["study_id"]) & ev.statements["item"].eq("control-ovary")
    if len(controls) and same_women.any():
        return _fact(NO, f"{listed(controls['label'])} of the same women only", controls["evidence_row"])
    if len(controls):
        return _fact(YES, f"{listed(controls['label'])} ({DESIGN[design]})", controls["evidence_row"])
    if design in _NO_CONTROL:
        return _fact(NO, DESIGN[design], [study["evidence_row"]])
    return _unseen(f"{DESIGN[design]}; no other arm in the text available to us", [study["evidence_row"]])


def _assessment(masking: pd.DataFrame) -> Fact:
    """Whether the outcome was assessed by someone who did not know the treatment."""
    words = sorted({str(word) for word in masking["value"]})
    if not words:
        return _unseen("not reported in the text available to us", [])
    known = {MASKING[word] for word in words}
    answer = YES if known == {True} else NO if known == {False} else UNSEEN
    return _fact(answer, f"masking: {listed(map(phrase, words))}", masking["evidence_row"])


def _report(own: pd.DataFrame) -> Fact:
    """Who reports the counts that are shown."""
    reporters = own["source_kind"].map(lambda kind: _REPORTERS[str(kind)])
    names = list(dict.fromkeys(name for name, _ in reporters))
    reasons = [f"{name} ({counted(int((reporters.str[0] == name).sum()), 'count')})" for name in names]
    itself = all(own for _, own in reporters)
    return _fact(YES if itself else NO, "; ".join(reasons), own["evidence_row"], ", ".join(names))


def _fact(answer: str, reason: str, evidence: Iterable[str], cell: str = "") -> Fact:
    return Fact(answer, reason, "; ".join(dict.fromkeys(evidence)), cell or answer)


def _unseen(reason: str, evidence: Iterable[str]) -> Fact:
    return _fact(UNSEEN, reason, evidence)
