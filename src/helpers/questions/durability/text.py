"""What the page says of gains at a short and at a long time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.horizons import LONG
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.durability.reports import CELLS, PLATELETS
from helpers.questions.durability.rows import AT_TWO_TIMES, FATES, Verdict
from helpers.show.numbers import proportion_words
from helpers.show.words import counted, listed, plain

_NAMED = 4


def durability_answer(rows: pd.DataFrame, tissue: str, *, group: str = CELLS) -> str:
    """Answer in one sentence whether a short-term gain lasts, for one tissue and one kind of treatment; then name what was followed."""
    part = rows[(rows["tissue"] == tissue) & (rows["group"] == group)]
    gains = part[part["verdict"].isin(FATES)]
    head = f"**{capital(ORGAN[tissue])}, after {group}.** "
    if gains.empty:
        return head + "No short-term gain with a printed month is reported, so that none can be followed."
    followed = gains[gains["verdict"].isin(AT_TWO_TIMES)]
    long = followed[followed["horizon"] == LONG]
    short = followed[followed["horizon"] != LONG]
    total = counted(len(gains), "short-term gain")
    if long.empty:
        answer = (
            f"It is not known whether a short-term gain lasts: none of {total} is followed beyond six months."
        )
    else:
        known = "mostly not known" if 2 * len(long) < len(gains) else "known in part"
        answer = (
            f"Whether a short-term gain lasts is {known}: of {total}, {len(long)} {_verb(long)} followed beyond six months "
            f"({_fates(long)})."
        )
    sentences = [answer]
    if 0 < len(long) <= _NAMED:
        sentences.append(f"{capital('; '.join(_named(row) for row in long.itertuples()))}.")
    if len(short):
        sentences.append(
            f"Within six months {len(short)} more {_verb(short)} reported twice: {_fates(short)}."
        )
    unclear = gains[gains["verdict"] == Verdict.UNJUDGED]
    if len(unclear):
        sentences.append(f"{len(unclear)} {_verb(unclear)} reported again in a way that cannot be judged.")
    silent = gains[gains["verdict"] == Verdict.NOT_LATER]
    if len(silent):
        whose = counted(silent["study_id"].nunique(), "study", "studies")
        sentences.append(f"The remaining {len(silent)}, in {whose}, {_verb(silent)} not reported again.")
    names = set(followed["study_label"])
    shared = [bool(names & set(str(other).split("; "))) for other in followed["overlap"]]
    if any(shared):
        whose = listed(plain(label) for label in followed.loc[shared, "study_label"])
        sentences.append(f"{whose} may share women, so that some may count twice.")
    return head + " ".join(sentences)


def without_cells(lost: pd.DataFrame, *, level: float = 0.95) -> str:
    """Report how often ovarian function came back without treatment and stopped again."""
    if lost.empty:
        return "No untreated study reports how often ovarian function came back and stopped again."
    each: list[Any] = list(lost.itertuples())
    sentences = [
        "Ovarian function also comes back without treatment, and often stops again. It came back in "
        f"{proportion_words(row.resumed, row.women, row.back_low, row.back_high, level)}, and in these women it stopped again in "
        f"{proportion_words(row.stopped, row.resumed, row.again_low, row.again_high, level)} ({plain(row.study_label)})."
        for row in each
    ]
    return (
        "**Ovary, no treatment.** "
        + " ".join(sentences)
        + " A return alone, with or without cells, is no lasting one."
    )


def durability_conclusion(rows: pd.DataFrame, lost: pd.DataFrame, *, level: float = 0.95) -> str:
    """Answer for the ovary and the uterus apart, cells first, then platelet-rich plasma and no treatment."""
    parts = [durability_answer(rows, tissue) for tissue in ("ovary", "endometrium")]
    parts.append(durability_answer(rows, "ovary", group=PLATELETS))
    return "\n\n".join([*parts, without_cells(lost, level=level)])


def _fates(rows: pd.DataFrame) -> str:
    words = [
        f"{number} {verdict}"
        for verdict in AT_TWO_TIMES
        if (number := int(rows["verdict"].eq(verdict).sum()))
    ]
    return listed(words)


def _verb(rows: pd.DataFrame) -> str:
    return "is" if len(rows) == 1 else "are"


def _named(row: Any) -> str:
    women = f"{row.n:g} women" if pd.notna(row.n) else "number of women not printed"
    early = "a month that is not printed" if pd.isna(row.early_months) else f"month {row.early_months:g}"
    told = "" if row.origin == "paper or registry" else f", according to {row.origin}"
    return f"{row.verdict}: {phrase(row.word)} in {plain(row.study_label)} ({women}, from {early} to month {row.late_months:g}{told})"
