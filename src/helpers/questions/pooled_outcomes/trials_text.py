"""What randomised arms show beside each other, whom they did not count, and the harm that studies report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import Grade
from helpers.questions.pooled_outcomes.trials import fewer_counted
from helpers.questions.safety.mentions import REPORTED
from helpers.show.numbers import in_percent, points
from helpers.show.words import listed, plain


def trials_told(grades: Iterable[Grade], counts: pd.DataFrame, *, level: float) -> str:
    """Report what randomised arms show beside each other, and how many of the women enrolled are counted.

    Parameters
    ----------
    grades : iterable of Grade
        Made by `pool_grades.pool_grades`.
    counts : pandas.DataFrame
        Rows of ``Evidence.select("outcomes", ...)`` of the studies and outcomes shown.
    level : float
        Level of the intervals, as for `rows.pooled_outcomes`.

    Returns
    -------
    str
        Markdown: each trial with its counts, its risk difference with its interval, and its certainty.
    """
    shown = [one for one in grades if one.trial]
    if not shown:
        return "No trial counted one of these outcomes in its own randomised control."
    lines = [
        f"- {capital(phrase(one.outcome))}, {plain(one.trial)} ({plain(one.condition)}, {ORGAN[one.tissue]}; randomised): {one.against}, "
        f"{points(one.estimate)} points ({in_percent(level)} CI {points(one.low)} to {points(one.high)}), certainty {one.certainty}."
        for one in shown
    ]
    head = "Beside a randomised control, with cells against without:"
    missing = fewer_told(counts[counts["study_label"].isin({one.trial for one in shown})])
    return "\n\n".join(filter(None, [head, "\n".join(lines), missing]))


def other_trials_told(outcome: str, trials: pd.DataFrame, counts: pd.DataFrame) -> str:
    """Name the randomised trials that a comparison lacks because they counted another step from pregnancy to birth.

    Parameters
    ----------
    outcome : str
        The outcome compared.
    trials : pandas.DataFrame
        Made by `trials.other_trials`.
    counts : pandas.DataFrame
        Rows of ``Evidence.select("outcomes", ...)`` of these trials.

    Returns
    -------
    str
        Markdown; empty where there is no such trial.
    """
    told = []
    for label, own in trials.groupby("treated_women", sort=False):
        found = listed(
            f"{phrase(str(row.outcome))} {row.events}/{row.total} against {row.background_events}/{row.background_total}, "
            f"{row.gap_text} points"
            for row in own.itertuples()
        )
        told.append(f"{plain(label)}, {plain(own['stratum'].iloc[0])}, {found}")
    if not told:
        return ""
    head = f"Randomised, but not compared above, as no count of {phrase(outcome)} can be compared"
    return " ".join(filter(None, [f"{head}: {'; '.join(told)}.", fewer_told(counts)]))


def fewer_told(counts: pd.DataFrame) -> str:
    """Say of each randomised trial that counts fewer women than it enrolled how many are counted, and whether per protocol."""
    found = fewer_counted(counts)
    if found.empty:
        return ""
    told = listed(
        f"{plain(row.study_label)} {row.counted} of {row.enrolled}{' (per protocol)' if row.per_protocol else ''}"
        for row in found.itertuples()
    )
    unseen = listed(map(plain, found.loc[found["arms_unseen"], "study_label"]))
    sizes = f" The arm sizes of {unseen} as randomised are not in the text available to us."
    return f"Women counted of those enrolled: {told}." + (sizes if found["arms_unseen"].any() else "")


def harm_told(harm: pd.DataFrame) -> str:
    """Report every harm that the studies shown report, and where the rest is.

    Parameters
    ----------
    harm : pandas.DataFrame
        Made by `helpers.questions.safety.mentions.harm_mentions`, of the studies shown.

    Returns
    -------
    str
        Markdown.
    """
    reported = harm[harm["state"] == REPORTED]
    told = "; ".join(f"{plain(row.study_label)}, {plain(row.text)}" for row in reported.itertuples())
    said = (
        f"Harm that studies shown here report: {told}."
        if told
        else "No study shown here reports a harm of women treated with cells."
    )
    return f"{said} `10_safety` has what every study says of harm."


def doubts_told(rows: pd.DataFrame, doubts: Mapping[str, str]) -> str:
    """Name the counts among rows that a check of reported numbers doubts, with the rule; empty where there is none."""
    doubted = rows[rows["evidence_row"].isin(doubts)].drop_duplicates("evidence_row")
    told = "; ".join(
        f"{plain(row.study_label)}, {phrase(str(row.outcome))} {row.events}/{row.total} ({plain(doubts[str(row.evidence_row)])})"
        for row in doubted.itertuples()
    )
    return f"Doubted by a check of `03_reported_numbers`: {told}." if told else ""
