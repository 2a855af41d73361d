"""Say what the risk of bias and the certainty of the evidence allow to be concluded."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, RISK_TOOLS, capital, phrase
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.questions.pooled_outcomes.risk_of_bias import NOT_ASSESSABLE, domain_counts
from helpers.show.numbers import percent
from helpers.show.words import counted, listed, plain

#: Name of each tool in a sentence, and the judgement that speaks against a study.
_TOOLS = {
    "JBI-case-series": ("JBI checklist for case series", "no"),
    "ROBINS-I": ("ROBINS-I", "serious or critical"),
}


def risk_of_bias_conclusion(rows: pd.DataFrame) -> str:
    """Report how many judgements could be made at all, then which domain of each tool is worst, in Markdown."""
    if rows.empty:
        return "No study of the selection has a judgement on the risk of bias."
    applicable = rows[rows["judgement"] != "not-applicable"]
    if applicable.empty:
        return "None of the questions applies to the studies of the selection."
    made = int((applicable["judgement"] != NOT_ASSESSABLE).sum())
    text = (
        f"Of {counted(len(applicable), 'judgement')} on {counted(rows['study_id'].nunique(), 'study', 'studies')}, {made} "
        f"({percent(made / len(applicable))} %) could be made from what was read; the rest could not, which tells of the reading and "
        "not of the studies."
    )
    counts = domain_counts(rows)
    sentences = [_worst(tool, counts[counts["tool"] == tool]) for tool in RISK_TOOLS]
    return "\n\n".join([text, *filter(None, sentences)])


def _worst(tool: str, counts: pd.DataFrame) -> str:
    if counts.empty:
        return ""
    name, against = _TOOLS[tool]
    unread = counts[counts["assessable"] == 0]
    nowhere = f" No study could be judged on {_names(unread)}." if len(unread) else ""
    most = int(counts["against"].max())
    if not most:
        return f"{name}: no judgement speaks against a study.{nowhere}"
    worst = counts[counts["against"] == most]
    of = int(worst["studies"].iloc[0])
    return f"{name}: worst is {_names(worst)}, {against} in {most} of {counted(of, 'study', 'studies')}.{nowhere}"


def _names(counts: pd.DataFrame) -> str:
    return listed(phrase(domain) for domain in counts["domain"])


def certainty_conclusion(grades: Iterable[Grade]) -> str:
    """Report, tissue by tissue, how many outcomes have which certainty, and what rates them down most often, in Markdown."""
    graded = list(grades)
    paragraphs = [
        f"**{capital(organ)}.** {_certainty(of_organ)}"
        for tissue, organ in ORGAN.items()
        if (of_organ := [grade for grade in graded if grade.tissue == tissue])
    ]
    return "\n\n".join(paragraphs) or "No estimate was graded."


def _certainty(graded: list[Grade]) -> str:
    certain = [grade.certainty for grade in graded]
    levels = listed(f"{level} for {certain.count(level)}" for level in reversed(LEVELS) if level in certain)
    down = [reason.domain for grade in graded for reason in grade.reasons if reason.levels]
    often = listed(
        f"{domain} ({down.count(domain)})"
        for domain in sorted(dict.fromkeys(down), key=lambda name: -down.count(name))
    )
    return (
        f"Certainty of the evidence that the cells bring it about, of {counted(len(graded), 'estimate')}: {levels}. "
        f"Rated down for: {often}.{_trials(graded)}"
    )


def _trials(graded: list[Grade]) -> str:
    """Name the estimates that compare the arms of a randomised trial."""
    comparisons = listed(
        f"{phrase(grade.outcome)} in {plain(grade.trial)} ({grade.against}: {grade.certainty})"
        for grade in graded
        if grade.trial
    )
    return (
        f" Compared with the trial's own randomised control: {comparisons}."
        if any(grade.trial for grade in graded)
        else ""
    )
