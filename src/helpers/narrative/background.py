"""Would it have happened anyway? What the comparison with women without cells says, and what it cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.narrative.wording import counted, listed, plain
from helpers.tables.background import HIGH_DISCOUNT, NO_DISCOUNT, POWERS, UNCLEAR
from helpers.tables.cohorts import SHARED
from helpers.tables.comparators import NOBODY_TREATED, Comparable
from helpers.tables.independent import TREATED, UNTREATED
from helpers.tables.rows import points

#: Treated arms that are told one by one.
_TOLD = 3


def background_conclusion(counts: Comparable, pairs: pd.DataFrame, *, level: float) -> str:
    """Tell how the treated arms stand beside their comparators, the cited studies first, and what a trial would need.

    Parameters
    ----------
    counts : Comparable
        Made by `helpers.tables.comparable`.
    pairs : pandas.DataFrame
        Made by `helpers.tables.background_pairs` of it.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    str
        Markdown, of at most two hundred and forty words. Nothing is said of causes; of randomised pairs each is told, of a treated arm
        that is told each untreated cohort, and which untreated cohorts gave way to a larger one.
    """
    name = phrase(counts.outcome)
    treated = counts.rows[counts.rows["side"] == TREATED]
    if treated.empty:
        others = int((counts.left_out["side"] != TREATED).sum())
        return (
            f"For {name}, 0 treated cohorts have a plain count of women that may be compared. "
            f"{counted(len(counts.left_out) - others, 'count')} with cells and {others} without stand in the list of what was "
            "left out. Whether it would have happened anyway cannot be told from what was read."
        )
    beside = pairs.drop_duplicates(["study_id", "treated"])
    alone = treated[~treated["who"].isin(beside["treated"])]
    text = f"Treated cohorts with a count of {name}: {len(treated)}, of which {len(beside)} with a comparator of the same condition"
    text += f" and {len(alone)} with none. " if len(alone) else ". "
    if pairs.empty:
        return (
            text
            + _others(counts)
            + "Whether it would have happened anyway cannot be told from what was read."
        )
    trials, unlike = pairs[pairs["randomised"]], pairs[~pairs["randomised"]]
    parts = [
        text + _tally(pairs, level),
        _lines(unlike),
        _aside(counts),
        _trials(trials),
        _closing(pairs, counts),
    ]
    return "\n\n".join(part for part in parts if part)


def _others(counts: Comparable) -> str:
    """Name the conditions that have a background but nobody treated."""
    unmet = counts.left_out[counts.left_out["why"].str.startswith(NOBODY_TREATED)]
    if unmet.empty:
        return ""
    return f"The counts of {listed(unmet['stratum'])} without cells are of other women and do not stand in for them. "


def pairs_subtitle(*, discount: float, level: float) -> str:
    """Say what the picture of the differences shows.

    Parameters
    ----------
    discount : float
        Share of the comparator's weight that is taken away.
    level : float
        Level of the intervals, between 0 and 1.

    Returns
    -------
    str
        One line for below a title.
    """
    return (
        f"Left: difference with its {100 * level:g} % interval, from the exact ones of both rates. Right: probability that the treated rate is higher, with a "
        f"discount of {discount:g} on what is not randomised; the line runs over discounts {NO_DISCOUNT:g} to {HIGH_DISCOUNT:g}."
    )


def _tally(pairs: pd.DataFrame, level: float) -> str:
    """Count the treated arms by what their intervals say."""
    unclear = (pairs["interval"] == UNCLEAR).groupby([pairs["study_id"], pairs["treated"]], sort=False)
    every, some = unclear.all(), unclear.any()
    numbers = {
        "against every comparator": int(every.sum()),
        "against some only": int((some & ~every).sum()),
        "against not one": int((~some).sum()),
    }
    told = listed(f"{words} for {number}" for words, number in numbers.items() if number)
    alone = pairs.loc[pairs["comparator_kind"] == UNTREATED, "interval"]
    untreated = (
        f"Against untreated women it does so in {int((alone == UNCLEAR).sum())} of {counted(len(alone), 'comparison')}."
        if len(alone)
        else "No comparator is an untreated cohort."
    )
    return f"The {100 * level:g} % interval of the difference includes no difference {told}. {untreated}"


def _lines(pairs: pd.DataFrame) -> str:
    """Tell of the largest treated arms, the cited ones first, the comparator that is told first."""
    if pairs.empty:
        return ""
    first = pairs.drop_duplicates(["study_id", "treated"])
    cited = first[first["study_role"] == "cited"]
    told = (cited if len(cited) else first).sort_values("total", ascending=False, kind="stable").head(_TOLD)
    head = (
        f"P: probability that the treated rate is higher, at discount {told['discount'].iloc[0]:g}. "
        f"Trial: women per arm to show it higher (or lower), {100 * POWERS[0]:g} % power."
    )
    return "\n".join([head, "", *(_told(row, pairs) for row in told.itertuples())])


def _told(row: Any, pairs: pd.DataFrame) -> str:
    """Tell a treated arm against the comparator told first, with the counts of the other untreated cohorts."""
    same = (
        (pairs["study_id"] == row.study_id) & (pairs["treated"] == row.treated) & (pairs["rank"] > row.rank)
    )
    others = pairs[same & (pairs["comparator_kind"] == UNTREATED)]
    also = "; ".join(
        f"{plain(other.comparator_label)} {other.background_events}/{other.background_total}, {points(other.difference)}"
        for other in others.itertuples()
    )
    teller = "" if row.origin == ORIGINS[0] else f" ({row.origin})"
    return (
        f"- {plain(row.treated)} {row.events}/{row.total}{teller} against {plain(row.comparator_label)} "
        f"{row.background_events}/{row.background_total}, {row.comparator_kind}: {row.gap_text} points; "
        f"P {plain(row.chance_text)}; {_trial(row)}." + (f" Also untreated: {also}." if also else "")
    )


def _trial(row: Any) -> str:
    """Size the trial, and say so where it would show that the treated rate is the lower."""
    if pd.isna(row.needed_80):
        return "trial none, the rates are equal"
    return f"trial{' (lower)' if row.difference < 0 else ''} {row.needed_80:,}"


def _trials(pairs: pd.DataFrame) -> str:
    """Tell each randomised pair: few as they are, they alone compare like with like."""
    if pairs.empty:
        return ""
    told = (
        f"{plain(row.treated)} {row.events}/{row.total} against {row.background_events}/{row.background_total}, "
        f"{row.gap_text}, {_trial(row)}"
        for row in pairs.itertuples()
    )
    return f"Randomised, one small trial each (points): {'; '.join(told)}."


def _aside(counts: Comparable) -> str:
    """Name the untreated cohorts that gave way to a larger one: their women are not compared twice."""
    rows = counts.left_out
    rows = rows[rows["why"].str.startswith(SHARED) & (rows["kind"] == UNTREATED)]
    named = listed(f"{plain(row.study_label)} {row.count_text}" for row in rows.itertuples())
    return "" if rows.empty else f"Not compared, as they may share women with a larger cohort: {named}."


def _closing(pairs: pd.DataFrame, counts: Comparable) -> str:
    silent = int(pairs["window"].str.contains("printed").sum())
    text = f"{counted(len(pairs), 'comparison')}, without a printed follow-up: {silent}"
    unlike = int((~pairs["same_word"]).sum())
    if unlike:
        words = listed(phrase(word) for word in counts.rows["outcome"])
        text += f"; counted by different words ({words}): {unlike}, and one kind leaves the other kinds out"
    text += ". "
    if pairs["randomised"].all():
        return text + "Nothing is adjusted, and each trial stands by itself."
    subject = "Where not randomised, the women differ" if pairs["randomised"].any() else "The women differ"
    return text + f"{subject}, and no difference shows an effect of the cells, or its absence."
