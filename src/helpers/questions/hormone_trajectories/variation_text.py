"""Report how many changes go further than a marker varies by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, TISSUE, capital, phrase
from helpers.questions.hormone_trajectories.rows import Course
from helpers.questions.hormone_trajectories.variation import women_text
from helpers.show.numbers import number
from helpers.show.words import counted, listed, plain
from helpers.stats.variation import BETWEEN, OUTSIDE, UNKNOWN, WITHIN

#: Changes that a sentence names; more are in the table.
_NAMED = 4
_GLOSS = (
    "A reference change value is how far two measurements of one unchanged woman may differ by the assay and by her own biology: "
    "the smallest comes from the smallest variation that was printed, the largest from the largest."
)
_LIMIT = (
    "The limit is the largest reference change value: how far two measurements of one unchanged woman may differ by the assay and by her "
    "biology."
)
_NO_EFFECT = (
    "A change beyond the limit does not show an effect of the cells: it may be the course of the disease or regression to the mean. The "
    "variation was measured in women without ovarian insufficiency."
)
_CARRIED = (
    "The reference change values were measured in women without ovarian insufficiency and carried to other levels in proportion. A change "
    "beyond them does not show an effect of the cells: without untreated women measured at the same times, it may be the course of the disease or regression "
    "to the mean."
)


def variation_answer(judged: pd.DataFrame, courses: Iterable[Course]) -> str:
    """Answer for the ovary, then for the uterus, how many changes after cells go further than a marker varies by itself.

    As `judged_sentences`, in one paragraph each; then women without cells, and what the answer cannot show.
    """
    directions = _without_size(courses)
    with_cells = judged[judged["arm_kind"] == "cells"]
    others = judged[~judged["arm_kind"].isin(["cells", "mixed"]) & judged["tissue"].eq("ovary")]
    blocks = [
        _answer(with_cells[with_cells["tissue"] == tissue], directions[tissue], tissue)
        for tissue in ("ovary", "endometrium")
        if tissue in {*with_cells["tissue"], *directions}
    ]
    beyond = int((others["verdict"] == OUTSIDE).sum())
    without = (
        f"In women without cells, {beyond or 'none'} of {counted(len(others), 'change')} of the ovary "
        f"{'was' if beyond < 2 else 'were'} beyond the limit."
    )
    return "\n\n".join([*blocks, without, _NO_EFFECT])


def _answer(judged: pd.DataFrame, directions: int, tissue: str) -> str:
    place = f"After cells given to the {ORGAN[tissue]}"
    more = _directions_only(directions, "more change")
    if judged.empty:
        return f"{place}, no study reports by how much a marker changed.{more}"
    unknown, beyond = (judged[judged["verdict"] == verdict] for verdict in (UNKNOWN, OUTSIDE))
    sized = f"{counted(len(judged), 'change')} with a printed size"
    if len(unknown) == len(judged):
        return f"{place}, none of {sized} can be judged: {listed(_reasons(unknown))}.{more}"
    first = f"{place}, {len(beyond) or 'none'} of {sized} went further than the marker varies by itself{_themselves(beyond)}."
    named = listed(f"{phrase(str(row.measure))} in {plain(row.label)}" for row in beyond.itertuples())
    named = f"Beyond the limit: {named}." if 0 < len(beyond) <= _NAMED else ""
    rest = " ".join(filter(None, [named, _LIMIT, _others(judged["verdict"])]))
    return f"{first}\n\n{rest}{more}"


def _directions_only(directions: int, kind: str) -> str:
    """Count the changes that were reported without a size."""
    be = "was" if directions == 1 else "were"
    return f" {counted(directions, kind)} {be} reported as a direction only." if directions else ""


def _themselves(beyond: pd.DataFrame) -> str:
    """Say how many of the changes beyond the limit the studies themselves report."""
    itself = int((beyond["origin"] == ORIGINS[0]).sum())
    if len(beyond) < 2:
        return f"; the study itself {'reported it' if itself else 'did not report it'}" if len(beyond) else ""
    return f"; the studies themselves reported {itself or 'none'} of these {len(beyond)}"


def _others(verdicts: pd.Series[str]) -> str:
    """Count the changes that are not beyond the limit."""
    words = {
        WITHIN: "within the smallest limit",
        BETWEEN: "beyond the smallest limit only",
        UNKNOWN: "not judged",
    }
    counts = Counter(verdicts)
    clauses = [f"{counts[verdict]} {what}" for verdict, what in words.items() if counts[verdict]]
    return f"The others: {', '.join(clauses)}." if clauses else ""


def judged_sentences(judged: pd.DataFrame, courses: Iterable[Course]) -> str:
    """Count by tissue treated which changes can be judged, and which are beyond their reference change value, in Markdown.

    `judged` is made by `variation.judged_changes`; `courses` are of women with cells, and add the changes reported without a size.
    Women with cells come first; a tissue of which no change can be judged comes before the others.
    """
    with_cells = judged[judged["arm_kind"] == "cells"]
    others = judged[~judged["arm_kind"].isin(["cells", "mixed"])]
    blocks = _tissues(with_cells, "women treated with cells", _without_size(courses))
    if judged["verdict"].ne(UNKNOWN).any():
        blocks.append(_GLOSS)
    blocks += _tissues(others, "women without cells", Counter())
    dated = others["before"].notna() & others["months"].notna() & (others["arm_kind"] == "untreated")
    if not dated.any():
        blocks[-1] += (
            " No course of untreated women was found: a level at the start and another at a printed later time."
        )
    return "\n\n".join([*blocks, _CARRIED])


def _without_size(courses: Iterable[Course]) -> Counter[str]:
    """Count by tissue treated the changes after cells that were reported without a size."""
    directions: Counter[str] = Counter()
    for changes in (course.changes for course in courses):
        directions.update(changes.loc[changes["change"].isna() & (changes["arm_kind"] == "cells"), "tissue"])
    return directions


def _tissues(judged: pd.DataFrame, women: str, directions: Counter[str]) -> list[str]:
    """Write a paragraph per tissue treated; absence is no finding, so tissues that cannot be judged come first."""
    known = set(judged.loc[judged["verdict"] != UNKNOWN, "tissue"])
    tissues = [tissue for tissue in TISSUE if tissue in {*judged["tissue"], *directions}]
    blocks = [
        f"**{capital(TISSUE[tissue])}, {women}.** {_verdicts(judged[judged['tissue'] == tissue])}"
        + _directions_only(directions[tissue], "other change")
        for tissue in sorted(tissues, key=lambda tissue: tissue in known)
    ]
    return blocks or [f"No change with a size was reported in {women}."]


def _verdicts(judged: pd.DataFrame) -> str:
    """Count the verdicts on changes that the studies report themselves, then on those that only others report; name those beyond."""
    first = judged[judged["origin"] == ORIGINS[0]]
    rest = judged.drop(first.index)
    sentences = ["The studies themselves report no change with a size."]
    if len(first):
        which = f"the {counted(len(first), 'change')} with a size that the studies themselves report"
        sentences = [_counts(first, which)]
    if len(rest):
        sentences.append(_counts(rest, f"the {len(rest)} that others report"))
    beyond = judged[judged["verdict"] == OUTSIDE]
    if len(beyond):
        sentences.append(f"Beyond the largest: {'; '.join(_change(row) for row in beyond.itertuples())}.")
    single = int((beyond["subject"] != "cohort").sum())
    if single:
        sentences.append(
            f"Of these {counted(single, 'is', 'are')} of a single patient, one of many who might have been reported."
        )
    return " ".join(sentences)


def _counts(judged: pd.DataFrame, which: str) -> str:
    """Count the verdicts; if nothing can be judged, say only that, and why."""
    counts = Counter(judged["verdict"])
    reasons = _reasons(judged[judged["verdict"] == UNKNOWN])
    if len(reasons) == len(judged):
        none = f"{capital(which)} cannot" if len(judged) == 1 else f"None of {which} can"
        return f"{none} be judged: {listed(reasons)}."
    verdicts = [
        f"{counted(counts[verdict], 'is', 'are')} {verdict}"
        for verdict in (OUTSIDE, BETWEEN, WITHIN)
        if counts[verdict]
    ]
    if not reasons:
        return f"Of {which}, {listed(verdicts)}."
    text = f"Of {which}, {listed([*verdicts, f'{len(reasons)} {UNKNOWN}'])}"
    why = Counter(reasons)
    each = [*why] if len(why) == 1 else [f"{n} because {reason}" for reason, n in why.items()]
    return f"{text}: {'; '.join(each)}."


def _reasons(unknown: pd.DataFrame) -> list[str]:
    """Give the reason of each change that cannot be judged, with its marker and without the details that the table has."""
    return [
        why.partition(":")[0].replace("this marker", phrase(measure))
        for why, measure in zip(unknown["why"], unknown["measure"], strict=True)
    ]


def _change(row: Any) -> str:
    """Name a change with its women, its time and who reports it."""
    women = "" if row.subject != "cohort" else f"women measured twice: {women_text(row)}"
    if row.design == "case-report" and row.subject == "cohort" and pd.notna(row.at_most):
        women = f"a case report of at most {number(row.at_most)} women"
    when = "time not printed" if pd.isna(row.months) else f"month {number(row.months)}"
    details = ", ".join(filter(None, [plain(row.text), when, women]))
    # The evidence row alone knows that a page is the blog of a clinic.
    who = "a clinic's blog" if "clinic blog" in str(row.note) else row.origin
    return f"{phrase(str(row.measure))} in {plain(row.label)} ({details}; reported by {who}: {plain(row.citation)})"
