"""Would it have happened anyway? What the comparison with women without cells says, and what it cannot say."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.narrative.wording import counted, interval_words, listed, plain
from helpers.tables.background import HIGH_DISCOUNT, NO_DISCOUNT, POWERS, UNCLEAR
from helpers.tables.comparators import NOBODY_TREATED, Comparable
from helpers.tables.independent import TREATED, UNTREATED
from helpers.tables.rows import percent

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
        Markdown, below two hundred words. Nothing is said of causes.
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
    who = f" ({listed(map(plain, alone['study_label']))})" if 0 < len(alone) <= _TOLD else ""
    text = f"Treated cohorts with a count of {name}: {len(treated)}, of which {len(beside)} with a comparator of the same condition"
    text += f" and {len(alone)} with none{who}. " if len(alone) else ". "
    if pairs.empty:
        return (
            text
            + _others(counts)
            + "Whether it would have happened anyway cannot be told from what was read."
        )
    return "\n\n".join([text + _tally(pairs, level), _lines(pairs), _closing(pairs)])


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
        f"Left: difference with its {interval_words('newcombe', level)}. Right: probability that the treated rate is higher, with a "
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
        else "None of the comparators is an untreated cohort."
    )
    return f"The {100 * level:g} % interval of the difference includes no difference {told}. {untreated}"


def _lines(pairs: pd.DataFrame) -> str:
    first = pairs[pairs["rank"] == 0]
    cited = first[first["study_role"] == "cited"]
    told = (cited if len(cited) else first).sort_values("total", ascending=False, kind="stable").head(_TOLD)
    lines = [_told(row) for row in told.itertuples()]
    off = told.loc[~told["randomised"], "discount"]
    at = f", at discount {off.iloc[0]:g} unless randomised" if len(off) else ""
    head = f"P: probability that the treated rate is higher{at}. Trial: women per arm, {100 * POWERS[0]:g} % power."
    return "\n".join([head, "", *lines])


def _told(row: Any) -> str:
    treated, other = (
        f"{events}/{total} ({percent(events / total)} %)"
        for events, total in ((row.events, row.total), (row.background_events, row.background_total))
    )
    teller = "" if row.origin == ORIGINS[0] else f" ({row.origin})"
    kind = row.comparator_kind + (", randomised" if row.randomised else "")
    trial = "none, the rates are equal" if pd.isna(row.needed_80) else f"{row.needed_80:,}"
    return (
        f"- {plain(row.treated)} {treated}{teller} against {plain(row.comparator_label)} {other}, {kind}: {row.gap_text} points; "
        f"P {plain(row.chance_text)}; trial {trial}."
    )


def _closing(pairs: pd.DataFrame) -> str:
    randomised = int(pairs["randomised"].sum())
    silent = int(pairs["window"].str.contains("printed").sum())
    text = f"Randomised comparisons: {randomised} of {len(pairs)}; without a printed follow-up: {silent}. "
    if randomised == len(pairs):
        return text + "Nothing is adjusted, and the trials stand by themselves."
    return text + "The women differ, so no difference here shows an effect of the cells, or its absence."
