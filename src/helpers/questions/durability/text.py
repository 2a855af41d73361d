"""What the page says of gains at a short and at a long time."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.counts.outcomes import LONG
from helpers.evidence.vocabulary import ORGAN, capital
from helpers.questions.durability.reports import CELLS, PLATELETS
from helpers.questions.durability.rows import AT_TWO_TIMES, FATES, Verdict
from helpers.show.numbers import proportion_words
from helpers.show.words import counted, listed, plain

#: What a treatment is called within a sentence.
_AFTER = {CELLS: "cells", PLATELETS: "platelet-rich plasma"}


def durability_answer(rows: pd.DataFrame, tissue: str, *, group: str = CELLS) -> str:
    """Answer in one sentence whether a short-term gain lasts, for one tissue and one kind of treatment."""
    gains, long = _gains(rows, tissue, group), _beyond(rows, tissue, group)
    organ = ORGAN[tissue]
    if gains.empty:
        return f"No short-term gain of the {organ} with a printed month was reported after {_AFTER[group]}, so that none can be followed."
    total = counted(len(gains), "gain") + f" after {_AFTER[group]}"
    whether = f"whether a short-term gain of the {organ} lasts"
    if long.empty:
        return f"It is not known {whether}: of {total}, none was followed beyond six months."
    fates = f"and was {long['verdict'].iloc[0]}" if len(long) == 1 else f"({_fates(long)})"
    known = "mostly not known" if 2 * len(long) < len(gains) else "known in part"
    return f"It is {known} {whether}: of {total}, {counted(len(long), 'was', 'were')} followed beyond six months {fates}."


def other_gains(rows: pd.DataFrame) -> str:
    """Answer for platelet-rich plasma, then list what became of the gains that were not followed beyond six months."""
    of = (("ovary", CELLS), ("ovary", PLATELETS), ("endometrium", CELLS))
    lines = [f"- {line}" for line in (_others(rows, *each) for each in of) if line]
    blocks = [durability_answer(rows, "ovary", group=PLATELETS)]
    if lines:
        blocks += ["Of the gains not followed beyond six months:", "\n".join(lines)]
    return "\n\n".join(blocks)


def may_overlap(rows: pd.DataFrame, tissue: str) -> str:
    """Name the studies whose followed gains may be of the same women; empty where there are none."""
    gains = _gains(rows, tissue, CELLS)
    followed = gains[gains["verdict"].isin(AT_TWO_TIMES)]
    names = set(followed["study_label"])
    common = [bool(names & set(str(other).split("; "))) for other in followed["overlap"]]
    if not any(common):
        return ""
    whose = listed(plain(label) for label in followed.loc[common, "study_label"])
    return f" Some women may count twice ({whose})."


def without_cells(lost: pd.DataFrame, *, level: float = 0.95) -> str:
    """Report how often ovarian function came back without treatment and stopped again."""
    if lost.empty:
        return "No untreated study reports how often ovarian function came back and stopped again."
    each: list[Any] = list(lost.itertuples())
    sentences = [
        "Without treatment, ovarian function came back in "
        f"{proportion_words(row.resumed, row.women, row.back_low, row.back_high, level)}; among these it stopped again in "
        f"{proportion_words(row.stopped, row.resumed, row.again_low, row.again_high, level)} ({plain(row.study_label)})."
        for row in each
    ]
    return " ".join(sentences)


def durability_conclusion(rows: pd.DataFrame, lost: pd.DataFrame, *, level: float = 0.95) -> str:
    """Answer for the ovary, then for the uterus; then report what happened without treatment."""
    parts = [
        durability_answer(rows, "ovary") + may_overlap(rows, "ovary"),
        durability_answer(rows, "endometrium") + may_overlap(rows, "endometrium"),
        without_cells(lost, level=level),
    ]
    return "\n\n".join(parts)


def _gains(rows: pd.DataFrame, tissue: str, group: str) -> pd.DataFrame:
    part = rows[(rows["tissue"] == tissue) & (rows["group"] == group)]
    return part[part["verdict"].isin(FATES)]


def _beyond(rows: pd.DataFrame, tissue: str, group: str) -> pd.DataFrame:
    gains = _gains(rows, tissue, group)
    return gains[gains["verdict"].isin(AT_TWO_TIMES) & gains["horizon"].eq(LONG)]


def _others(rows: pd.DataFrame, tissue: str, group: str) -> str:
    gains = _gains(rows, tissue, group)
    rest = gains[~gains.index.isin(_beyond(rows, tissue, group).index)]
    if rest.empty:
        return ""
    short = rest[rest["verdict"].isin(AT_TWO_TIMES)]
    unclear, silent = (rest[rest["verdict"] == fate] for fate in (Verdict.UNJUDGED, Verdict.NOT_LATER))
    whose = counted(silent["study_id"].nunique(), "study", "studies")
    clauses = [
        (short, f"{counted(len(short), 'was', 'were')} reported twice within six months ({_fates(short)})"),
        (unclear, f"{counted(len(unclear), 'was', 'were')} reported again in a way that cannot be judged"),
        (silent, f"{len(silent)}, in {whose}, {'was' if len(silent) == 1 else 'were'} not reported again"),
    ]
    said = listed(words for gains_of, words in clauses if len(gains_of))
    return f"**{capital(ORGAN[tissue])}, after {_AFTER[group]}:** {said}."


def _fates(rows: pd.DataFrame) -> str:
    counts = rows["verdict"].value_counts()
    return listed(f"{counts[verdict]} {verdict}" for verdict in AT_TWO_TIMES if verdict in counts)
