"""What was extracted, from which texts, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.questions.evidence.agreement import ALL
from helpers.questions.evidence.completeness import CUT, READ, state_counts
from helpers.questions.evidence.flow import Step
from helpers.questions.evidence.registrations import DUE, REPORTED, RUNNING, UNKNOWN
from helpers.show.numbers import count, number, percent
from helpers.show.words import counted, listed, plain


def evidence_conclusion(
    kinds: pd.DataFrame,
    cells: pd.DataFrame,
    following: pd.DataFrame,
    depth: pd.DataFrame,
    steps: Sequence[Step],
) -> str:
    """Sum up what was extracted, from which texts, and what is missing.

    `following` is of `completeness.extract_next`. An empty selection says so.
    """
    if kinds.empty:
        return "No study belongs to the selection, so nothing is shown of it. This says nothing about the literature: there was no systematic search."
    passages = [
        _studies(kinds, cells, steps),
        _measures(cells),
        _depth(depth),
        _search(steps),
        _next(following),
    ]
    return "\n\n".join(filter(None, passages))


def _studies(kinds: pd.DataFrame, cells: pd.DataFrame, steps: Sequence[Step]) -> str:
    randomised = int((kinds["design"] == "rct").sum())
    reporting, births = cells["study_id"].nunique(), steps[-1].count
    return (
        f"Of {counted(len(kinds), 'selected study', 'selected studies')}, {reporting or 'none'} {'reports' if reporting == 1 else 'report'} "
        f"anything about women in the text available to us, {randomised or 'none'} {'is' if randomised == 1 else 'are'} randomised, and "
        f"{births or 'none'} {'counts' if births == 1 else 'count'} live births in a document of the study itself."
    )


def _measures(cells: pd.DataFrame) -> str:
    """Name the measures of which no study's own document gives a number after treatment."""
    if cells.empty:
        return "No figure about women is in a text of the depth chosen, so the map is empty."
    counts = state_counts(cells).set_index("measured")
    missing = counts[(counts[READ] == 0) & (counts["studies"] > 0)]
    by_number = [
        f"{listed(map(str, group.index))} ({counted(int(str(number)), 'study', 'studies')}{' each' if len(group) > 1 else ''})"
        for number, group in missing.groupby("studies", sort=False)
    ]
    named = f"No study reports a number after treatment, in a document of its own, for {listed(by_number)}."
    if missing.empty:
        named = "Every measure has a number after treatment that some study itself reports."
    cut = int((cells["state"] == CUT).sum())
    return (
        f"{named} Much may be missing only from our copies: {cut} of {count(len(cells))} places of the completeness map are empty where "
        "our copy of the main document ends early."
    )


def _depth(depth: pd.DataFrame) -> str:
    total = int(depth["numbers"].sum())
    if not total:
        return ""
    first = depth[depth["origin"] == ORIGINS[0]].set_index("access")["numbers"]
    paper, full, abstracts = int(first.sum()), first.get("full-text", 0), first.get("abstract", 0)
    return (
        f"Of {counted(total, 'number')}, {paper} ({percent(paper / total)} %) come from the study itself: {abstracts} from an abstract, "
        f"{full or 'none'} from a full text. The other {total - paper} come from reviews, the press or the article."
    )


def _search(steps: Sequence[Step]) -> str:
    return (
        f"This was no systematic search of the literature: the {steps[0].count} documents are those that were found, PRISMA does not apply, "
        "and no count is an estimate of what exists."
    )


def _next(following: pd.DataFrame) -> str:
    if following.empty:
        return "By the rule of the table, no selected study of treated women is left to extract."
    first = listed(map(plain, following["study_label"].head(5)))
    return f"{counted(len(following), 'study', 'studies')} should still be read in full, first {first}."


def agreement_conclusion(agreement: pd.DataFrame) -> str:
    """Sum up how far two extractors agreed; made of `agreement.agreement_rows` by study."""
    if agreement.empty:
        return "No item of the selected studies was extracted twice from a document read as chosen."
    whole = agreement[agreement["group"] == ALL].iloc[0]
    alone = int(whole["a_only"] + whole["b_only"])
    text = f"Two extractors both read {whole['both']} of {counted(int(whole['items']), 'item')}; {alone} were read by one alone."
    if whole["both"]:
        text += (
            f" Of the items that both read, {whole['agree']} agree ({percent(whole['percent'])} %, 95 % CI {percent(whole['low'])} to "
            f"{percent(whole['high'])} %), {_kappa(whole['value_kappa'])}. On whether a document reports any item of a type: {_kappa(whole['found_kappa'])}."
        )
    groups = agreement[agreement["group"] != ALL]
    unread = groups.loc[groups["both"] == 0, "group"]
    if len(unread):
        text += f" No listed item of {listed(map(plain, unread))} was read by both, so agreement on it is unknown."
    return text


def _kappa(kappa: object) -> str:
    estimate = getattr(kappa, "estimate", None)
    return "kappa is not defined" if estimate is None else f"kappa {number(estimate, 2)}"


def registered_conclusion(registered: pd.DataFrame) -> str:
    """Sum up how many registered trials reported; made of `registrations.registered_counts`."""
    counts = registered.set_index("fate")
    trials = int(counts["trials"].sum())
    if not trials:
        return "No selected study is a registered trial."
    without = counts.loc[[DUE, RUNNING, UNKNOWN]]
    due, running, unknown = without["trials"]
    return (
        f"Of {counted(trials, 'registered trial')}, {counts['trials'][REPORTED]} reported a result in a document of their own. For "
        f"{without['trials'].sum()} no result is in the text available to us: {counted(due, 'is', 'are')} due, because the record says "
        f"completed; {counted(running, 'is', 'are')} not due; the status of {unknown} is not known. Where stated, these trials "
        f"planned {count(without['planned'].sum())} women ({counted(int(without['with_plan'].sum()), 'trial')})."
    )
