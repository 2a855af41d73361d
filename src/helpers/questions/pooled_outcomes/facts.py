"""Five facts on each study whose counts are shown: what its design and its reporting allow, by rule from the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import pandas as pd

from helpers.checks.calendar import POSTING, PrintedDate, trial_dates
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import DESIGN, MASKING, ORGAN, ROLE, phrase
from helpers.questions.pooled_outcomes.rows import in_order
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


class Fact(NamedTuple):
    """A fact on a study: one of `ANSWERS`, its reason, the rows of evidence behind it, and what a small cell says."""

    answer: str
    reason: str
    evidence: str
    cell: str


def fact_rows(ev: Evidence, counts: pd.DataFrame) -> pd.DataFrame:
    """Find the five facts on each study with a count shown; one row per study and fact.

    `counts` are rows of ``Evidence.select("outcomes", ...)``. Studies are in the order of organ, role (cited first) and label;
    section is organ and role, name what a result is recorded under.
    """
    dates = trial_dates(ev, "first-posted", "start")
    masking = ev.select("statements", item="masking")
    arms = ev.select("arms")
    printed = ev.select("statements")["evidence_row"]
    records = ev.select("studies").set_index("study_id", drop=False)
    lines = []
    for study, own in counts.groupby("study_id", sort=False):
        record: Any = records.loc[str(study)]
        found = (
            _registered(record, dates.get(str(study), {}), printed),
            _denominator(own),
            _control(ev, record, arms[arms["study_id"] == study]),
            _assessment(masking[masking["study_id"] == study]),
            _report(own),
        )
        about = [study, record["label"], record["role"], record["tissue"]]
        lines += [(*about, name, *fact) for name, fact in zip(FACTS, found, strict=True)]
    columns = ["study_id", "study_label", "role", "tissue", "fact", *Fact._fields]
    rows = in_order(
        pd.DataFrame(lines, columns=columns), {"tissue": ORGAN, "role": ROLE, "study_label": None}
    )
    who = rows["role"].eq("cited").map({True: "cited by the article", False: "other studies"})
    return rows.assign(
        section=rows["tissue"].map(ORGAN) + ", " + who, name=rows["study_id"] + "/" + rows["fact"]
    )


def fact_counts(rows: pd.DataFrame) -> pd.DataFrame:
    """Count the answers of `fact_rows` by tissue and fact, a column to each of `ANSWERS`."""
    answers = pd.get_dummies(rows["answer"], dtype=int).reindex(columns=list(ANSWERS), fill_value=0)
    found = answers.groupby([rows["tissue"], rows["fact"]], sort=False).sum().reset_index()
    return found.assign(name=found["tissue"].astype(str) + "/" + found["fact"].astype(str))


def fact_values(row: pd.Series) -> dict[str, int]:
    """Take the recorded values from a row of `fact_counts`."""
    return {answer: int(row[answer]) for answer in ANSWERS}


def _registered(study: pd.Series, dates: dict[str, PrintedDate], printed: pd.Series) -> Fact:
    """Compare the day a registry first showed the record with the start; a record is shown up to `POSTING` after it was sent in."""
    number = study["registry_id"]
    if pd.isna(number):
        return _unseen("no registry number in the text available to us", [study["evidence_row"]])
    posted, start = dates.get("first-posted"), dates.get("start")
    seen = [date.row for date in (posted, start) if date]
    rows = [study["evidence_row"], *printed[printed.index.isin(seen)]]
    if not posted or not start:
        missing = listed(word for word, date in (("first posting", posted), ("start", start)) if not date)
        return _unseen(f"{number}: date of {missing} not seen", rows)
    when = f"{number}: first posted {posted.text}, start {start.text}"
    if posted.last <= start.first:
        return _fact(YES, when, rows)
    if posted.first - start.last > POSTING:
        return _fact(NO, when, rows)
    if posted.first > start.last:
        return _unseen(f"{when}; the date of submission was not seen", rows)
    return _unseen(f"{when}; the day of the start is not printed", rows)


def _denominator(own: pd.DataFrame) -> Fact:
    """Whether every count shown is printed with the number of women it is counted among."""
    printed = own["total_basis"].eq("reported")
    basis = (
        own["total_basis"].map({"reported": "", "enrolled": " (the number enrolled)"}).fillna(" (worked out)")
    )
    reasons = [
        f"{phrase(outcome)} {count_of(events, total)}{words}"
        for outcome, events, total, words in zip(
            own["outcome"], own["events"], own["total"], basis, strict=True
        )
    ]
    cell = f"{int(printed.sum())} of {len(own)} counts" if printed.nunique() > 1 else ""
    return _fact(YES if printed.all() else NO, "; ".join(reasons), own["evidence_row"], cell)


def _control(ev: Evidence, study: pd.Series, arms: pd.DataFrame) -> Fact:
    """Whether women of the same study received no cells; the other ovary of the same women is no control for what women have."""
    controls = arms[arms["kind"].isin(["comparator", "untreated"])]
    names, rows = listed(controls["label"]), list(controls["evidence_row"])
    design = DESIGN[str(study["design"])]
    same_women = ev.statements["study_id"].eq(study["study_id"]) & ev.statements["item"].eq("control-ovary")
    if rows and same_women.any():
        return _fact(NO, f"{names} of the same women only", rows)
    if rows:
        return _fact(YES, f"{names} ({design})", rows)
    if study["design"] in _NO_CONTROL:
        return _fact(NO, design, [study["evidence_row"]])
    return _unseen(f"{design}; no other arm in the text available to us", [study["evidence_row"]])


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
    reporters = own["source_kind"].map(_REPORTERS)
    counts = reporters.str[0].value_counts(sort=False)
    reasons = "; ".join(f"{name} ({counted(number, 'count')})" for name, number in counts.items())
    return _fact(YES if reporters.str[1].all() else NO, reasons, own["evidence_row"], ", ".join(counts.index))


def _fact(answer: str, reason: str, evidence: Iterable[str], cell: str = "") -> Fact:
    return Fact(answer, reason, "; ".join(dict.fromkeys(evidence)), cell or answer)


def _unseen(reason: str, evidence: Iterable[str]) -> Fact:
    return _fact(UNSEEN, reason, evidence)
