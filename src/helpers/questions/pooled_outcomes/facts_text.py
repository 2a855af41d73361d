"""Say how many studies have each of the five facts, organ by organ."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital
from helpers.questions.pooled_outcomes.facts import FACTS, YES, fact_counts
from helpers.show.words import counted, listed, plain


def facts_sentences(rows: pd.DataFrame) -> str:
    """Report per organ how many studies have all five facts and each of them, as far as could be assessed, in Markdown."""
    if rows.empty:
        return "No study is left after the selection."
    return "\n\n".join(
        f"**{capital(organ)}.** {_sentence(rows[rows['tissue'] == tissue])}"
        for tissue, organ in ORGAN.items()
        if rows["tissue"].eq(tissue).any()
    )


def _sentence(rows: pd.DataFrame) -> str:
    met = rows[rows["answer"] == YES].groupby(["study_id", "study_label"]).size()
    studies, whole = rows["study_id"].nunique(), int((met == len(FACTS)).sum())
    every = f"{whole or 'None'} of {counted(studies, 'study', 'studies')} {'is' if whole < 2 else 'are'} known to have all five facts."
    counts = fact_counts(rows).set_index("fact")
    yes = counts["yes"].to_dict()
    each = "; ".join(f"{words}: {yes[fact]}" for fact, words in FACTS.items())
    unseen = f"{int(counts['unseen'].sum())} of {counted(len(rows), 'answer')} could not be assessed from the text available to us."
    return " ".join(filter(None, [every, f"{capital(each)}.", _nearest(met), unseen]))


def _nearest(met: pd.Series) -> str:
    """Name the studies with most of the facts, unless none has any or one has all."""
    if met.empty or int(met.max()) == len(FACTS):
        return ""
    most = int(met.max())
    names = listed(plain(label) for _, label in met[met == most].index)
    return f"The most, {most} of {len(FACTS)}: {names}."
