"""Report how many changes go further than a marker varies by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, TISSUE, capital, phrase
from helpers.questions.hormone_trajectories.rows import Course
from helpers.questions.hormone_trajectories.variation import women_text
from helpers.show.words import counted, listed, plain
from helpers.stats.variation import BETWEEN, OUTSIDE, UNKNOWN, WITHIN

#: Changes that a sentence names; more are in the table.
_NAMED = 4
_GLOSS = (
    "A reference change value is how far two measurements of one unchanged woman may differ by the assay and by her own biology: "
    "the smallest comes from the smallest variation that was printed, the largest from the largest."
)


def variation_answer(judged: pd.DataFrame, courses: Iterable[Course]) -> str:
    """Answer for the ovary, then for the uterus, how many changes after cells go further than a marker varies by itself.

    As `judged_sentences`, in one paragraph each; then women without cells, and what the answer cannot show.
    """
    silent = _without_size(courses)
    with_cells = judged[judged["arm_kind"] == "cells"]
    others = judged[~judged["arm_kind"].isin(["cells", "mixed"]) & judged["tissue"].eq("ovary")]
    treated = {*with_cells["tissue"], *silent["tissue"]}
    blocks = [
        _answer(with_cells[with_cells["tissue"] == tissue], int((silent["tissue"] == tissue).sum()), tissue)
        for tissue in ("ovary", "endometrium")
        if tissue in treated
    ]
    beyond = int((others["verdict"] == OUTSIDE).sum())
    without = (
        f"In women without cells, {beyond or 'none'} of {counted(len(others), 'change')} of the ovary "
        f"{'was' if beyond < 2 else 'were'} beyond the limit."
    )
    limit = (
        "A change beyond the limit does not show an effect of the cells: it may be the course of the disease or regression to the mean. The "
        "variation was measured in women without ovarian insufficiency."
    )
    return "\n\n".join([*blocks, without, limit])


def _answer(judged: pd.DataFrame, directions: int, tissue: str) -> str:
    place = f"After cells given to the {ORGAN[tissue]}"
    more = f" {counted(directions, 'more change')} {'was' if directions == 1 else 'were'} reported as a direction only."
    if judged.empty:
        return f"{place}, no study reports by how much a marker changed." + more
    unknown, beyond = (judged[judged["verdict"] == verdict] for verdict in (UNKNOWN, OUTSIDE))
    number = f"{counted(len(judged), 'change')} with a printed size"
    if len(unknown) == len(judged):
        return f"{place}, none of {number} can be judged: {listed(_reasons(unknown))}." + (
            more if directions else ""
        )
    first = f"{place}, {len(beyond) or 'none'} of {number} went further than the marker varies by itself{_themselves(beyond)}."
    named = listed(f"{phrase(str(row.measure))} in {plain(row.label)}" for row in beyond.itertuples())
    sentences = [
        f"Beyond the limit: {named}." if 0 < len(beyond) <= _NAMED else "",
        "The limit is the largest reference change value: how far two measurements of one unchanged woman may differ by the assay and by her "
        "biology.",
        _others(judged["verdict"]),
        more if directions else "",
    ]
    return f"{first}\n\n{' '.join(filter(None, map(str.strip, sentences)))}"


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
    counts = {verdict: int(verdicts.eq(verdict).sum()) for verdict in words}
    clauses = [f"{number} {words[verdict]}" for verdict, number in counts.items() if number]
    return f"The others: {', '.join(clauses)}." if clauses else ""


def judged_sentences(judged: pd.DataFrame, courses: Iterable[Course]) -> str:
    """Count by tissue treated which changes can be judged, and which are beyond their reference change value, in Markdown.

    `judged` is made by `variation.judged_changes`; `courses` are of women with cells, and add the changes reported without a size.
    Women with cells come first; a tissue of which no change can be judged comes before the others.
    """
    silent = _without_size(courses)
    with_cells = judged[judged["arm_kind"] == "cells"]
    others = judged[~judged["arm_kind"].isin(["cells", "mixed"])]
    blocks = _tissues(with_cells, "women treated with cells", silent)
    if judged["verdict"].ne(UNKNOWN).any():
        blocks.append(_GLOSS)
    blocks += _tissues(others, "women without cells", _NONE)
    dated = others["before"].notna() & others["months"].notna() & (others["arm_kind"] == "untreated")
    if not dated.any():
        blocks[-1] += (
            " No course of untreated women was found: a level at the start and another at a printed later time."
        )
    return (
        "\n\n".join(blocks)
        + "\n\n"
        + (
            "The reference change values were measured in women without ovarian insufficiency and carried to other levels in proportion. A change "
            "beyond them does not show an effect of the cells: without untreated women measured at the same times, it may be the course of the disease or regression "
            "to the mean."
        )
    )


def _without_size(courses: Iterable[Course]) -> pd.DataFrame:
    """Gather the changes after cells that were reported without a size."""
    changes = [course.changes for course in courses]
    return pd.concat(
        [rows[rows["change"].isna() & (rows["arm_kind"] == "cells")] for rows in changes or [_NONE]]
    )


#: No change at all.
_NONE = pd.DataFrame({name: pd.Series(dtype="str") for name in ("tissue", "change", "arm_kind")})


def _tissues(judged: pd.DataFrame, women: str, silent: pd.DataFrame) -> list[str]:
    """Write a paragraph per tissue treated; absence is no finding, so tissues that cannot be judged come first."""
    if judged.empty and silent.empty:
        return [f"No change with a size was reported in {women}."]
    known = set(judged.loc[judged["verdict"] != UNKNOWN, "tissue"])
    tissues = {*judged["tissue"], *silent["tissue"]}
    blocks = []
    for tissue in sorted((name for name in TISSUE if name in tissues), key=lambda name: name in known):
        text = _verdicts(judged[judged["tissue"] == tissue])
        directions = int((silent["tissue"] == tissue).sum())
        if directions:
            text += f" {counted(directions, 'other change')} {'was' if directions == 1 else 'were'} reported as a direction only."
        blocks.append(f"**{capital(TISSUE[tissue])}, {women}.** {text}")
    return blocks


def _verdicts(judged: pd.DataFrame) -> str:
    """Count the verdicts on changes that the studies report themselves, then on those that only others report; name those beyond."""
    first = judged[judged["origin"] == ORIGINS[0]]
    rest = judged.drop(first.index)
    sentences = ["The studies themselves report no change with a size."]
    if len(first):
        sentences = [
            _counts(
                first, f"the {counted(len(first), 'change')} with a size that the studies themselves report"
            )
        ]
    if len(rest):
        sentences.append(_counts(rest, f"the {len(rest)} that others report"))
    beyond = judged[judged["verdict"] == OUTSIDE]
    if len(beyond):
        sentences.append(f"Beyond the largest: {'; '.join(_change(row) for row in beyond.itertuples())}.")
    single = int((beyond["subject"] != "cohort").sum())
    if single:
        sentences.append(
            f"Of these {single} {_be(single)} of a single patient, one of many who might have been reported."
        )
    return " ".join(sentences)


def _counts(judged: pd.DataFrame, which: str) -> str:
    """Count the verdicts; if nothing can be judged, say only that, and why."""
    counts = judged["verdict"].value_counts()
    unknown = judged[judged["verdict"] == UNKNOWN]
    reasons = _reasons(unknown)
    if len(unknown) == len(judged):
        none = f"{capital(which)} cannot" if len(judged) == 1 else f"None of {which} can"
        return f"{none} be judged: {listed(reasons)}."
    verdicts = [
        f"{counts[verdict]} {_be(counts[verdict])} {verdict}"
        for verdict in (OUTSIDE, BETWEEN, WITHIN)
        if verdict in counts
    ]
    if reasons:
        verdicts.append(f"{len(reasons)} {UNKNOWN}")
    text = f"Of {which}, {listed(verdicts)}"
    number = pd.Series(reasons, dtype="str").value_counts(sort=False)
    if len(number) == 1:
        return f"{text}: {number.index[0]}."
    return (
        f"{text}: {'; '.join(f'{n} because {why}' for why, n in number.items())}."
        if len(number)
        else f"{text}."
    )


def _reasons(unknown: pd.DataFrame) -> list[str]:
    """Give the reason of each change that cannot be judged, with its marker and without the details that the table has."""
    return [
        why.partition(":")[0].replace("this marker", phrase(measure))
        for why, measure in zip(unknown["why"], unknown["measure"], strict=True)
    ]


def _be(number: int) -> str:
    return "is" if number == 1 else "are"


def _change(row: Any) -> str:
    """Name a change with its women, its time and who reports it."""
    women = "" if row.subject != "cohort" else f"women measured twice: {women_text(row)}"
    if row.design == "case-report" and row.subject == "cohort" and pd.notna(row.at_most):
        women = f"a case report of at most {row.at_most:g} women"
    when = "time not printed" if pd.isna(row.months) else f"month {row.months:g}"
    details = ", ".join(filter(None, [plain(row.text), when, women]))
    # The evidence row alone knows that a page is the blog of a clinic.
    who = "a clinic's blog" if "clinic blog" in str(row.note) else row.origin
    return f"{phrase(str(row.measure))} in {plain(row.label)} ({details}; reported by {who}: {plain(row.citation)})"
