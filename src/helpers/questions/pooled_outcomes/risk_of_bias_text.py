"""Say what the risk of bias allows to be concluded."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import RISK_TOOLS, phrase
from helpers.questions.pooled_outcomes.risk_of_bias import NOT_ASSESSABLE, domain_counts
from helpers.show.numbers import percent
from helpers.show.words import counted, listed

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
        f"({percent(made / len(applicable))} %) could be made from the text available to us; the others describe that text, not the "
        "studies."
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
