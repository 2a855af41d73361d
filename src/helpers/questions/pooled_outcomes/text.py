"""What studies report together, with what uncertainty, and why no pooled rate can tell whether the cells work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import ASYMMETRY_STUDIES
from helpers.questions.pooled_outcomes.estimates import BAYES
from helpers.questions.pooled_outcomes.ladder import ABOVE, BIRTH, EVERY, PREGNANCY, SAME
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.questions.pooled_outcomes.trials_text import doubts_told
from helpers.show.numbers import in_percent, interval_words, percent
from helpers.show.words import counted, listed, plain

#: Pools that are reported one by one.
_TOLD = 8
_NO_CONTROL = "No pooled rate has a control group, so none can tell whether the cells work."


def pools_subtitle(found: PooledOutcomes) -> str:
    """Say what a picture of pooled outcomes shows; one line for below a title."""
    return f"Women treated with cells, each study with its {interval_words('clopper-pearson', found.level)}. {_NO_CONTROL}"


def pools_conclusion(found: PooledOutcomes, *, doubts: Mapping[str, str]) -> str:
    """Report every pool, tissue by tissue: women, studies, rate, intervals and how many counts are from the studies themselves.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `rows.pooled_outcomes`.
    doubts : mapping of str to str
        Made by `helpers.questions.reported_numbers.rows.doubted_counts`: a pool names those of its counts that a check of reported numbers doubts.

    Returns
    -------
    str
        Markdown. Pools beyond the first few are counted.
    """
    told = found.estimates[found.estimates["lead"]]
    if told.empty:
        return _nothing(found)
    shown = told.head(_TOLD)
    parts = []
    for tissue, own in shown.groupby("tissue", sort=False):
        parts += [
            f"**{capital(ORGAN[str(tissue)])}**",
            "\n".join(_pool(pool, found, doubts) for pool in own.itertuples()),
            _births_above(own, found.rows),
        ]
    more = len(told) - len(shown)
    beyond = f"{counted(more, 'more pool')} {'is' if more == 1 else 'are'} in the table." if more else ""
    return "\n\n".join(filter(None, [_NO_CONTROL, *parts, beyond, _apart(found), _closing(found)]))


def _nothing(found: PooledOutcomes) -> str:
    studies = found.rows["study_id"].nunique()
    stand = (
        f"{counted(studies, 'study is', 'studies are')} shown alone, each count with its exact CI. "
        if studies
        else "No count of treated women is left to be shown. "
    )
    return (
        f"Of {listed(map(phrase, found.outcomes))} nothing is pooled: no two independent studies of one kind counted the same. {stand}"
        f"{counted(len(found.left_out), 'count')} {'is' if len(found.left_out) == 1 else 'are'} excluded, with reasons."
    )


def _pool(pool: Any, found: PooledOutcomes, doubts: Mapping[str, str]) -> str:
    rows = found.rows
    pooled = rows[(rows["outcome"] == pool.outcome) & (rows["section"] == pool.section)]
    kind = "CrI" if pool.estimate_name == BAYES else "CI"
    limits = f"{in_percent(found.level)} {kind} {percent(pool.low)} to {percent(pool.high)} %"
    return (
        f"- {capital(phrase(pool.outcome))}, {plain(pool.section)}: {pool.events} of {pool.women} women in {pool.k} studies, pooled "
        f"{percent(pool.estimate)} % ({limits}). "
        + " ".join(filter(None, [f"{_own(pooled)}.", _article_only(pooled), doubts_told(pooled, doubts)]))
    )


def _article_only(rows: pd.DataFrame) -> str:
    """Say how many of the women with the event only the article under review reports."""
    every = int(rows["events"].sum())
    alone = int(rows.loc[rows["origin"] == ORIGINS[1], "events"].sum())
    return f"Only the article under review reports {alone} of these {every}." if alone else ""


def _own(rows: pd.DataFrame, what: str = "counts") -> str:
    """Say how many counts the studies themselves report, in their paper or registration."""
    own = int((rows["origin"] == ORIGINS[0]).sum())
    if own == len(rows):
        return f"All {own} {what} come from the study's own paper"
    number = "None" if own == 0 else str(own)
    return f"{number} of the {len(rows)} {what} {'comes' if own < 2 else 'come'} from the study's own paper"


def _births_above(told: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Remark on conditions whose pooled rate of live births, in other studies, is above that of pregnancies."""
    rates = told.pivot_table("estimate", "section", "outcome")
    counted_by = {key: set(studies) for key, studies in rows.groupby(["section", "outcome"])["study_id"]}
    if not {BIRTH, PREGNANCY} <= set(rates.columns):
        return ""
    return " ".join(
        f"In {plain(section)} the pooled rate of live births ({percent(rate[BIRTH])} %) is above that of pregnancies "
        f"({percent(rate[PREGNANCY])} %), because different studies counted them."
        for section, rate in rates.iterrows()
        if rate[BIRTH] > rate[PREGNANCY]
        and counted_by[(str(section), BIRTH)] != counted_by[(str(section), PREGNANCY)]
    )


def ladder_told(rows: pd.DataFrame) -> str:
    """Say in which conditions more births than pregnancies are pooled, and what the studies that counted both report.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `ladder.ladder_rows`.

    Returns
    -------
    str
        Markdown.
    """
    if rows.empty:
        return "In no condition were both pregnancy and live birth counted."
    above = rows[rows["remark"] == ABOVE]
    told = [
        f"- {capital(plain(row['section']))}, {ORGAN[row['tissue']]}: live birth {percent(row[f'{BIRTH} estimate'])} % against pregnancy "
        f"{percent(row[f'{PREGNANCY} estimate'])} %, because different studies counted them. "
        f"{_same(rows[(rows['section'] == row['section']) & (rows['who'] == SAME)])}"
        for _, row in above.iterrows()
    ]
    number = int((rows["who"] == EVERY).sum())
    head = (
        f"In {len(above)} of {counted(number, 'condition')} with counts of both, the rate of live births over all studies is above the "
        "rate of pregnancies."
    )
    return "\n\n".join(filter(None, [head, "\n".join(told)]))


def _same(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No study counted both."
    (row,) = rows.to_dict("records")
    studies = counted(int(row[f"{BIRTH} studies"]), "study", "studies")
    women = int(row[f"{BIRTH} women"])
    return (
        f"In the {studies} that counted both, {int(row[f'{PREGNANCY} events'])} of {int(row[f'{PREGNANCY} women'])} women were pregnant "
        f"and {int(row[f'{BIRTH} events'])} of {women} gave birth."
    )


def _apart(found: PooledOutcomes) -> str:
    """Say how far the limits of the other methods lie from those reported, where they are furthest."""
    told = found.estimates[found.estimates["lead"]].set_index(["outcome", "section"])
    beside = found.estimates[~found.estimates["lead"]].set_index(["outcome", "section"])
    if beside.empty:
        return ""
    gaps = (beside[["low", "high"]] - told.loc[beside.index, ["low", "high"]]).abs().max(axis=1)
    place = int(gaps.to_numpy().argmax())
    outcome, section = beside.index[place]
    return (
        f"With {stats.FEW_STUDIES} studies or fewer several methods are shown. Their limits differ by up to "
        f"{percent(gaps.iloc[place])} points from those above ({phrase(outcome)}, {plain(section)}: "
        f"{beside['estimate_name'].iloc[place]})."
    )


def _closing(found: PooledOutcomes) -> str:
    pooled = found.rows[found.rows["alone"] == ""]
    single, excluded = len(found.rows) - len(pooled), len(found.left_out)
    alone = (
        f"{counted(single, 'count')} {'is' if single == 1 else 'are'} shown and not pooled" if single else ""
    )
    left = (
        f"{counted(excluded, 'count')} {'is' if excluded == 1 else 'are'} excluded, with reasons"
        if excluded
        else ""
    )
    return ". ".join(filter(None, [f"{_own(pooled, 'pooled counts')} or registration", alone, left])) + "."


def asymmetry_words(found: PooledOutcomes) -> str:
    """Say whether small studies could be compared with large ones.

    Parameters
    ----------
    found : PooledOutcomes
        Made by `rows.pooled_outcomes`.

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
