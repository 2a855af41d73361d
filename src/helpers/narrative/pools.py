"""What studies show together, how sure that is, and why it is no effect."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import capital, phrase
from helpers.narrative.wording import counted, interval_words, listed, plain
from helpers.stats.regression import ASYMMETRY_STUDIES
from helpers.tables import PooledOutcomes
from helpers.tables.rows import percent

#: Pools that are told one by one.
_TOLD = 8


def pools_subtitle(found: PooledOutcomes) -> str:
    """Say what a picture of pooled outcomes shows; one line for below a title."""
    return (
        f"Women treated with cells, each study with its {interval_words('clopper-pearson', found.level)}. No control group stands "
        "beside them: a pooled rate is no effect."
    )


def pools_conclusion(found: PooledOutcomes) -> str:
    """Tell every pool: studies, women, rate, intervals and how many counts the studies tell themselves.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `helpers.tables.pooled_outcomes`.

    Returns
    -------
    str
        Markdown, below 185 words. Pools beyond the first few are counted.
    """
    told = found.estimates[found.estimates["lead"]]
    if told.empty:
        return _nothing(found)
    lines = [_line(name, found.rows, told.head(_TOLD)) for name in found.outcomes]
    more = len(told) - _TOLD
    beyond = f" {counted(more, 'more pool')} in the table." if more > 0 else ""
    head = (
        f"Rates by {listed(told['estimate_name'])} ({100 * found.level:g} % interval; prediction interval of a new study; "
        f"own: counts told by the study itself):{beyond}"
    )
    return "\n\n".join([head, "\n".join(filter(None, lines)), _apart(found), _closing(found)])


def _nothing(found: PooledOutcomes) -> str:
    studies = found.rows["study_id"].nunique()
    stand = (
        f"{counted(studies, 'study stands', 'studies stand')} alone with the exact interval of each count. "
        if studies
        else "0 counts of treated women are left to be shown. "
    )
    return (
        f"Of {listed(map(phrase, found.outcomes))} nothing is pooled: no two independent studies of one kind counted the same. {stand}"
        f"{counted(len(found.left_out), 'count')} {'is' if len(found.left_out) == 1 else 'are'} left out, with reasons."
    )


def _line(outcome: str, rows: pd.DataFrame, told: pd.DataFrame) -> str:
    name = capital(phrase(outcome))
    pools = told[told["outcome"] == outcome]
    if len(pools):
        return f"- {name}: {'; '.join(_pool(pool, rows) for pool in pools.itertuples())}."
    if outcome in set(told["outcome"]) or (rows["outcome"] == outcome).any():
        single = rows[(rows["outcome"] == outcome) & (rows["alone"] != "")]
        return f"- {name}: nothing to pool." if len(single) else ""
    return f"- {name}: no count."


def _pool(pool: Any, rows: pd.DataFrame) -> str:
    same = (rows["outcome"] == pool.outcome) & (rows["section"] == pool.section) & (rows["alone"] == "")
    pooled = rows[same]
    limits = f"{percent(pool.low)}–{percent(pool.high)}"
    ahead = (
        "none"
        if pd.isna(pool.prediction_low)
        else f"{percent(pool.prediction_low)}–{percent(pool.prediction_high)}"
    )
    return (
        f"{plain(pool.section)}, {pool.k} studies, {pool.women} women: {percent(pool.estimate)} % ({limits}; {ahead}), "
        f"own {_own(pooled)}/{len(pooled)}"
    )


def _own(rows: pd.DataFrame) -> int:
    """Count what the study itself tells, in its paper or registration."""
    return int((rows["origin"] == ORIGINS[0]).sum())


def _apart(found: PooledOutcomes) -> str:
    """Tell how far the limits of the other methods lie from those told, where they are furthest."""
    told = found.estimates[found.estimates["lead"]].set_index(["outcome", "section"])
    beside = found.estimates[~found.estimates["lead"]].set_index(["outcome", "section"])
    if beside.empty:
        return ""
    gaps = (beside[["low", "high"]] - told.loc[beside.index, ["low", "high"]]).abs().max(axis=1)
    place = int(gaps.to_numpy().argmax())
    outcome, section = beside.index[place]
    return (
        f"With {stats.FEW_STUDIES} studies or fewer the methods stand side by side. Their limits lie up to "
        f"{percent(gaps.iloc[place])} points from those told ({phrase(outcome)}, {plain(section)}: "
        f"{beside['estimate_name'].iloc[place]})."
    )


def _closing(found: PooledOutcomes) -> str:
    pooled = found.rows[found.rows["alone"] == ""]
    single = found.rows[found.rows["alone"] != ""]
    alone = f"{counted(len(single), 'count')} not pooled; " if len(single) else ""
    return (
        f"All pools: own {_own(pooled)}/{len(pooled)}; {alone}{len(found.left_out)} left out. All are arms with cells, taken without any "
        "control group: no rate here is an effect of the cells."
    )


def asymmetry_words(found: PooledOutcomes) -> str:
    """Say whether small studies could be compared with large ones.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `helpers.tables.pooled_outcomes`.

    Returns
    -------
    str
        Markdown. No test is made: below ten studies it cannot tell asymmetry from chance, and from ten on the standard error
        of a proportion depends on the proportion itself, so that a test on it misleads (Hunter JP et al. J Clin Epidemiol
        2014;67:897-903).
    """
    largest = int(found.estimates["k"].max()) if len(found.estimates) else 0
    if largest < ASYMMETRY_STUDIES:
        return (
            f"Whether small studies report higher rates than large ones is not tested: that needs at least {ASYMMETRY_STUDIES} studies, "
            f"and the largest pool has {largest}. Unpublished studies cannot be ruled out."
        )
    return (
        f"The largest pool has {largest} studies. Still no test of asymmetry is made: the standard error of a proportion depends on the "
        "proportion itself, so that the usual tests mislead."
    )
