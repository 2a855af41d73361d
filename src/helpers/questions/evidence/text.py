"""What was extracted, how deep, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.questions.evidence.agreement import ALL
from helpers.questions.evidence.completeness import CUT, READ, SEEN, state_counts
from helpers.questions.evidence.flow import Step
from helpers.questions.evidence.registrations import DUE, REPORTED, RUNNING, UNKNOWN
from helpers.show.numbers import percent
from helpers.show.words import counted, listed, plain


def evidence_conclusion(
    kinds: pd.DataFrame,
    cells: pd.DataFrame,
    following: pd.DataFrame,
    depth: pd.DataFrame,
    agreement: pd.DataFrame,
    registered: pd.DataFrame,
    steps: Sequence[Step],
) -> str:
    """Sum up what was extracted, how deep it was read, and what is missing, a point for each question.

    `following` is of `completeness.extract_next`, `agreement` of `agreement.agreement_rows` by study,
    `registered` of `registrations.registered_counts`. An empty selection says so.
    """
    if kinds.empty:
        return "No study belongs to the selection, so nothing is shown of it. This says nothing about the literature: there was no systematic search."
    points = [
        _studies(kinds, cells),
        _measures(cells),
        _depth(depth),
        _agreement(agreement),
        _registered(registered),
        _flow(steps),
        _next(following),
    ]
    return "\n".join(f"- {point}" for point in points if point)


def _studies(kinds: pd.DataFrame, cells: pd.DataFrame) -> str:
    with_rows = cells["study_id"].nunique()
    randomised = int((kinds["design"] == "rct").sum())
    only = int((kinds["design"] == "registered-only").sum())
    return (
        f"Of {counted(len(kinds), 'selected study', 'selected studies')}, {only} {'is' if only == 1 else 'are'} known only from registration and {randomised} {'is' if randomised == 1 else 'are'} randomised; "
        f"of {with_rows} anything about their women was read."
    )


def _measures(cells: pd.DataFrame) -> str:
    if cells.empty:
        return "No figure about women was read at the depth chosen, so the map is empty."
    counts = state_counts(cells).set_index("measured")
    numbers = listed(
        f"{group} in {counts.loc[group, READ]} of {counts.loc[group, 'studies']}"
        for group in counts.index
        if counts.loc[group, "studies"]
    )
    seen, cut = cells["state"].isin(SEEN), cells["state"] == CUT
    return (
        f"A number after treatment, or without a time, from the study's own document was read for {numbers} studies asked. "
        f"Of {len(cells):,} places of the map {int(seen.sum())} hold anything; {int(cut.sum())} are empty where our copy of the main document ends early."
    )


def _depth(depth: pd.DataFrame) -> str:
    total = int(depth["numbers"].sum())
    if not total:
        return ""
    first = depth[depth["origin"] == ORIGINS[0]]
    paper, full = int(first["numbers"].sum()), int(first.loc[first["access"] == "full-text", "numbers"].sum())
    abstracts = int(first.loc[first["access"] == "abstract", "numbers"].sum())
    return (
        f"Of {counted(total, 'number')}, {paper} ({percent(paper / total)} %) come from the study's own document: {abstracts} from an abstract and "
        f"{full} from a full text. Reviews, the press or the article tell {total - paper}."
    )


def _agreement(agreement: pd.DataFrame) -> str:
    if agreement.empty:
        return "No item of the selected studies was extracted twice from a document read as chosen."
    whole = agreement[agreement["group"] == ALL].iloc[0]
    alone = int(whole["a_only"] + whole["b_only"])
    text = f"Two extractors both read {whole['both']} of {counted(int(whole['items']), 'item')}; {alone} were read by one alone."
    if whole["both"]:
        text += (
            f" Of what both read, {whole['agree']} agree ({percent(whole['percent'])} %, 95 % interval {percent(whole['low'])} to "
            f"{percent(whole['high'])} %), {_kappa(whole['value_kappa'])}. On whether a document tells a thing of some type at all: {_kappa(whole['found_kappa'])}."
        )
    groups = agreement[agreement["group"] != ALL]
    unread = groups.loc[groups["both"] == 0, "group"]
    if len(unread):
        text += f" Of {listed(map(plain, unread))} no listed item was read by both, so the agreement says nothing about it."
    return text


def _kappa(kappa: object) -> str:
    estimate = getattr(kappa, "estimate", None)
    return "kappa is not defined" if estimate is None else f"kappa {estimate:.2f}"


def _registered(registered: pd.DataFrame) -> str:
    counts = registered.set_index("fate")
    trials = int(counts["trials"].sum())
    if not trials:
        return "No selected study is a registered trial."
    without = counts.loc[[DUE, RUNNING, UNKNOWN]]
    due, running, unknown = without["trials"]
    return (
        f"Of {counted(trials, 'registered trial')}, {counts['trials'][REPORTED]} reported a result in a document of their own. Of "
        f"{without['trials'].sum()} no result was seen: {due} {'is' if due == 1 else 'are'} due, for the record says completed; {running} "
        f"{'is' if running == 1 else 'are'} not due; of {unknown} the status is not known. Where stated, these planned {without['planned'].sum()} women "
        f"({without['with_plan'].sum()} trials)."
    )


def _flow(steps: Sequence[Step]) -> str:
    documents = steps[0].count
    last = steps[-1]
    return (
        f"From {documents} documents found, {last.count} {last.words} are left. This was no systematic search: what was looked at and "
        "left aside was not recorded, so PRISMA does not apply, and no count here is an estimate of what exists."
    )


def _next(following: pd.DataFrame) -> str:
    if following.empty:
        return "By the rule of the table, no selected study of treated women is left to extract."
    first = listed(map(plain, following["study_label"].head(5)))
    return f"Of {counted(len(following), 'study', 'studies')} a document is still to be read in full, first of {first}."
