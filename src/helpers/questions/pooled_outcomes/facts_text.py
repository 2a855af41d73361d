"""Say how many studies have each of the five facts, organ by organ."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital
from helpers.questions.pooled_outcomes.facts import FACTS, UNSEEN, YES, fact_counts
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
    met_by = counts[YES].to_dict()
    each = "; ".join(f"{words}: {met_by[fact]}" for fact, words in FACTS.items())
    unseen = f"{counts[UNSEEN].sum()} of {counted(len(rows), 'answer')} could not be assessed from the text available to us."
    said = [every, f"{capital(each)}.", unseen]
    if 0 < met.max() < len(FACTS):
        names = listed(plain(label) for _, label in met[met == met.max()].index)
        said.insert(2, f"The most, {met.max()} of {len(FACTS)}: {names}.")
    return " ".join(said)
