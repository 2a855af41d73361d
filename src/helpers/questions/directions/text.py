"""Report how many markers moved as hoped, and how few of them were compared with a control."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.directions.rows import AGAINST, CELLS, COURSE, NO_CELLS
from helpers.questions.directions.signs import ALL, BETTER, LEAST, OWN, UNCHANGED, WORSE
from helpers.show.numbers import in_percent, p_equals, percent, significant
from helpers.show.words import counted, listed, plain

_NOTHING = "No direction of the markers chosen was reported."


def answer(voted: pd.DataFrame, studies: pd.DataFrame, *, level: float) -> str:
    """Answer for the ovary, then for the uterus, how often a marker moved as hoped and was compared with a control, in Markdown.

    `voted` is made by `signs.votes`, `studies` by `signs.reporting`.
    """
    if voted.empty:
        return _NOTHING
    blocks = [_answer(voted, tissue) for tissue in ORGAN if tissue in set(voted["tissue"])]
    each: list[Any] = list(studies[studies["tissue"].isin(set(voted["tissue"]))].itertuples())
    each.sort(key=lambda row: list(ORGAN).index(row.tissue))
    having = "; ".join(f"of {row.studies} of the {ORGAN[row.tissue]}, {row.with_direction}" for row in each)
    reports = f"A report is the direction of one marker in one study. Studies with one after cells: {having}."
    return "\n\n".join([*blocks, reports, _rule(level)])


def details(voted: pd.DataFrame, tests: pd.DataFrame, studies: pd.DataFrame, *, level: float) -> str:
    """Count for each tissue: comparisons with a control first, then before and after, then PRP or G-CSF without cells, in Markdown.

    `voted` is made by `signs.votes`, `tests` by `signs.sign_tests`, `studies` by `signs.reporting`.
    """
    blocks = [
        _tissue(voted, tests, studies, tissue, level) for tissue in ORGAN if tissue in set(voted["tissue"])
    ]
    return "\n\n".join(blocks) or _NOTHING


def _rule(level: float) -> str:
    """State what neither a sign test nor a direction can show."""
    return (
        "Without a control, a change does not show an effect: it may be the course of the disease, regression to the mean, or selective "
        f"reporting. A sign test cannot reach p < {significant(1 - level, 2)} with fewer than {stats.signs_needed(level=level)} studies."
    )


def _answer(voted: pd.DataFrame, tissue: str) -> str:
    """Answer for one tissue: after cells, then after PRP or G-CSF, each in one sentence."""
    counted_in = voted[voted["tissue"].eq(tissue) & voted["why"].eq("")]
    organ, sentences = ORGAN[tissue], []
    for received, what in ((CELLS, "cells"), (NO_CELLS, "PRP or G-CSF without cells")):
        pairs = _pairs(counted_in[counted_in["received"] == received])
        place = f"After {what} in the {organ}"
        if pairs.empty:
            sentences += [f"{place}, no direction of a marker was reported."] if received == CELLS else []
            continue
        hoped = int((pairs["vote"] == BETTER).sum())
        against = pairs[pairs["comparison"] == AGAINST]
        control = "none was compared with controls"
        if len(against):
            only = "" if len(against) == len(pairs) else "only "
            whose, were = listed(map(plain, against["study_label"])), "was" if len(against) == 1 else "were"
            control = f"{only}{len(against)}, in {whose}, {were} compared with controls"
        cases = _compared_cases(voted[voted["tissue"].eq(tissue) & voted["received"].eq(received)])
        other = " with the other ovary" if tissue == "ovary" else ""
        also = "but" if against.empty else "and"
        also = f" ({also} {counted(len(cases), 'case report')}{other})" if cases else ""
        reports = counted(len(pairs), "report")
        sentences.append(f"{place}, the marker moved as hoped in {hoped} of {reports}; {control}{also}.")
    return "\n\n".join(sentences)


def _compared_cases(voted: pd.DataFrame) -> set[str]:
    """Find the case reports that compare a marker with a concurrent control; they are shown and not counted."""
    return set(voted.loc[voted["comparison"].eq(AGAINST) & voted["design"].eq("case-report"), "study_id"])


def _pairs(counted_in: pd.DataFrame) -> pd.DataFrame:
    """Keep one direction of each study and marker: a comparison with a control goes before that of women with themselves."""
    pairs = counted_in.sort_values("comparison", key=lambda names: names != AGAINST, kind="stable")
    return pairs.drop_duplicates(["study_id", "measure"])


def plot_titles(rows: pd.DataFrame, voted: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Say for each treatment and tissue how many studies have a concurrent comparison: the titles of the figures."""
    key = ["received", "tissue"]
    groups = {
        (str(received), str(tissue)): same for (received, tissue), same in rows.groupby(key, sort=False)
    }
    return {
        group: _title(same, voted[(voted["received"] == group[0]) & (voted["tissue"] == group[1])])
        for group, same in groups.items()
    }


def _title(rows: pd.DataFrame, voted: pd.DataFrame) -> str:
    first = rows.iloc[0]
    cases = set(rows.loc[rows["design"] == "case-report", "study_id"])
    compared = set(voted.loc[voted["comparison"] == AGAINST, "study_id"])
    what = "with cells" if first["received"] == CELLS else "with PRP or G-CSF, without cells"
    whole = counted(len(set(rows["study_id"]) - cases), "study", "studies")
    reports = counted(len(cases & compared), "case report")
    also = f" (and {reports})" if cases & compared else ""
    return f"{capital(ORGAN[first['tissue']])} treated {what}: {len(compared - cases)} of {whole}{also} compared a marker with a concurrent control"


def _tissue(
    voted: pd.DataFrame, tests: pd.DataFrame, studies: pd.DataFrame, tissue: str, level: float
) -> str:
    blocks = []
    here = voted[voted["tissue"] == tissue]
    for received, what in ((CELLS, "after cells"), (NO_CELLS, "after PRP or G-CSF without cells")):
        same = here[here["received"] == received]
        head = f"**{capital(ORGAN[tissue])}, {what}.**"
        if len(same):
            test = tests[(tests["tissue"] == tissue) & (tests["received"] == received)]
            lines = _received(same, test, studies, received, level)
            blocks.append(f"{head}\n\n" + "\n".join(f"- {line}" for line in lines))
        elif received == CELLS:
            blocks.append(f"{head} No direction was reported.")
    return "\n\n".join(blocks)


def _received(
    voted: pd.DataFrame, tests: pd.DataFrame, studies: pd.DataFrame, received: str, level: float
) -> list[str]:
    """Answer for one treatment: how many directions, how many against a control, which of them, then after compared with before."""
    counted_in = voted[voted["why"] == ""]
    against = counted_in[counted_in["comparison"] == AGAINST]
    pairs = _pairs(counted_in)
    hoped = int((pairs["vote"] == BETTER).sum())
    are = "is" if hoped == 1 else "are"
    sentences = [
        f"{hoped} of {counted(len(pairs), 'direction')} of a marker in a study {are} the hoped-for one.",
        *_controlled(against, pairs),
        _courses(tests, level),
    ]
    lost = counted_in[counted_in["lost"]]
    if len(lost):
        names = listed(f"{phrase(str(row.measure))} in {plain(row.study_label)}" for row in lost.itertuples())
        sentences.append(f"A move in the hoped-for direction had gone by the latest time: {names}.")
    if received == CELLS:
        row: Any = next(studies[studies["tissue"] == voted["tissue"].iloc[0]].itertuples())
        sentences.append(
            f"{row.with_direction} of {counted(row.studies, 'study', 'studies')} of women treated with cells report a direction at all."
        )
    return sentences


def _controlled(against: pd.DataFrame, pairs: pd.DataFrame) -> list[str]:
    """Name every comparison with a concurrent control."""
    apart = int((pairs["control_followed"] & (pairs["comparison"] != AGAINST)).sum())
    beside = (
        [f"For {apart}, the change of each arm was reported without comparing the arms."] if apart else []
    )
    if against.empty:
        return ["None was compared with a concurrent control.", *beside]
    each = "; ".join(
        f"{phrase(str(measure))}: {_named(same)}" for measure, same in against.groupby("measure", sort=False)
    )
    trials = against.loc[against["design"] == "rct", "study_id"].nunique()
    studies = counted(against["study_id"].nunique(), "study", "studies")
    chance = f"{trials} of them randomised" if trials else "not randomised"
    compared = (
        f"{counted(len(against), 'was', 'were')} compared with a concurrent control, in {studies}, "
        f"{chance} ({each})."
    )
    return [compared, *beside]


def _named(same: pd.DataFrame) -> str:
    words = {BETTER: "as hoped", WORSE: "the other way", UNCHANGED: "no difference detected"}
    return ", ".join(
        f"{words.get(str(vote), str(vote))} in {listed(map(plain, group['study_label']))}"
        for vote, group in same.groupby("vote", sort=False)
    )


def _courses(tests: pd.DataFrame, level: float) -> str:
    """Give the sign test of each marker that has enough studies, after compared with before, with the part that the studies themselves report."""
    own = tests[(tests["comparison"] == COURSE) & (tests["reporter"] == OWN)].set_index("measure")
    every = tests[(tests["comparison"] == COURSE) & (tests["reporter"] == ALL) & tests["p"].notna()]
    if every.empty:
        return f"After compared with before, no marker has {LEAST} studies with a direction, the fewest for which this page makes a sign test."
    return "After compared with before, with or without a control: " + "; ".join(_sign(row, own.loc[str(row.measure)], level) for row in every.itertuples()) + "."  # fmt: skip


def _sign(row: Any, own: Any, level: float) -> str:
    return (
        f"{row.marker} as hoped in {row.better} of {row.k} studies with a direction ({in_percent(level)} CI {percent(row.low)} to "
        f"{percent(row.high)} %, sign test {p_equals(row.p)}), in {own['better']} of {own['k']} by the reports of the studies themselves"
    )
