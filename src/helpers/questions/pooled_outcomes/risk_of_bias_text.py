"""What the risk of bias and the certainty of the evidence allow to be said."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, RISK_TOOLS, capital, phrase
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.questions.pooled_outcomes.risk_of_bias import NOT_ASSESSABLE, domain_counts
from helpers.show.numbers import percent
from helpers.show.words import counted, listed, plain

#: The tools as they are called in a sentence, and the judgement that speaks against a study.
_TOOLS = {
    "JBI-case-series": ("JBI checklist for case series", "no"),
    "ROBINS-I": ("ROBINS-I", "serious or critical"),
}


def risk_of_bias_conclusion(rows: pd.DataFrame) -> str:
    """Tell how many judgements could be made at all, and which domain is worst.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `risk_of_bias.judgement_rows`.

    Returns
    -------
    str
        Markdown: how many judgements are assessable, then a sentence per tool.
    """
    if rows.empty:
        return "No study of the selection has a judgement on the risk of bias."
    asked = rows[rows["judgement"] != "not-applicable"]
    if asked.empty:
        return "None of the questions applies to the studies of the selection."
    told = int((asked["judgement"] != NOT_ASSESSABLE).sum())
    text = (
        f"Of {counted(len(asked), 'judgement')} on {counted(rows['study_id'].nunique(), 'study', 'studies')}, {told} "
        f"({percent(told / len(asked))} %) could be made from what was read; the rest could not, which tells of the reading and "
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
    """Report how certain the evidence is, tissue by tissue.

    Parameters
    ----------
    grades : iterable of Grade
        Made by `certainty.grade`.

    Returns
    -------
    str
        Markdown: how many outcomes have which certainty, and what rates it down most often.
    """
    graded = list(grades)
    parts = [
        f"**{capital(organ)}.** {_certainty(own)}"
        for tissue, organ in ORGAN.items()
        if (own := [one for one in graded if one.tissue == tissue])
    ]
    return "\n\n".join(parts) or "No estimate was graded."


def _certainty(graded: list[Grade]) -> str:
    certain = [one.certainty for one in graded]
    shares = listed(f"{level} for {certain.count(level)}" for level in reversed(LEVELS) if level in certain)
    down = [reason.domain for one in graded for reason in one.reasons if reason.levels]
    often = listed(
        f"{domain} ({down.count(domain)})"
        for domain in sorted(dict.fromkeys(down), key=lambda name: -down.count(name))
    )
    return (
        f"Certainty of the evidence that the cells bring it about, of {counted(len(graded), 'estimate')}: {shares}. "
        f"Rated down for: {often}.{_trials(graded)}"
    )


def _trials(graded: list[Grade]) -> str:
    """Name the estimates that compare the arms of a randomised trial."""
    told = listed(
        f"{phrase(one.outcome)} in {plain(one.trial)} ({one.against}: {one.certainty})"
        for one in graded
        if one.trial
    )
    return (
        f" Compared with the trial's own randomised control: {told}."
        if any(one.trial for one in graded)
        else ""
    )
