"""Say what studies report together, with what uncertainty, and why no pooled rate can show whether the cells work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty_domains import ASYMMETRY_STUDIES
from helpers.questions.pooled_outcomes.estimates import BAYES
from helpers.questions.pooled_outcomes.ladder import ABOVE, BIRTH, EVERY, PREGNANCY, SAME
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.questions.pooled_outcomes.trials_text import doubts_sentence
from helpers.show.numbers import count_of, in_percent, interval_words, percent
from helpers.show.words import counted, listed, plain

#: Pools that are reported one by one.
_LISTED = 8
NO_CONTROL = "No pooled rate has a control group, so none can show whether the cells work."


def pools_subtitle(pools: PooledOutcomes) -> str:
    """Say in one line what a figure of pooled outcomes shows."""
    return f"Women treated with cells, each study with its {interval_words('clopper-pearson', pools.level)}. {NO_CONTROL}"


def pools_conclusion(pools: PooledOutcomes, *, doubts: Mapping[str, str]) -> str:
    """Report every pool, tissue by tissue: women, studies, rate, intervals, and how many counts are from the studies themselves.

    In Markdown; pools beyond the first few are only counted. `doubts`, made by
    `helpers.questions.reported_numbers.rows.doubted_counts`, adds the counts that a check of reported numbers doubts.
    """
    leads = pools.estimates[pools.estimates["lead"]]
    if leads.empty:
        return _nothing(pools)
    shown = leads.head(_LISTED)
    paragraphs = []
    for tissue, of_tissue in shown.groupby("tissue", sort=False):
        paragraphs += [
            f"**{capital(ORGAN[str(tissue)])}**",
            "\n".join(_pool(pool, pools, doubts) for pool in of_tissue.itertuples()),
            _births_above(of_tissue, pools.rows),
        ]
    more = len(leads) - len(shown)
    beyond = f"{counted(more, 'more pool')} {'is' if more == 1 else 'are'} in the table." if more else ""
    return "\n\n".join(filter(None, [NO_CONTROL, *paragraphs, beyond, _apart(pools), _closing(pools)]))


def _nothing(pools: PooledOutcomes) -> str:
    studies = pools.rows["study_id"].nunique()
    alone = (
        f"{counted(studies, 'study is', 'studies are')} shown alone, each count with its exact CI. "
        if studies
        else "No count of treated women is in the selection. "
    )
    return (
        f"Of {listed(map(phrase, pools.outcomes))} nothing is pooled: no two independent studies of one kind counted the same. {alone}"
        f"{counted(len(pools.left_out), 'count')} {'is' if len(pools.left_out) == 1 else 'are'} excluded, with reasons."
    )


def _pool(pool: Any, pools: PooledOutcomes, doubts: Mapping[str, str]) -> str:
    rows = pools.rows
    pooled = rows[(rows["outcome"] == pool.outcome) & (rows["section"] == pool.section)]
    kind = "CrI" if pool.estimate_name == BAYES else "CI"
    limits = f"{in_percent(pools.level)} {kind} {percent(pool.low)} to {percent(pool.high)} %"
    return (
        f"- {capital(phrase(pool.outcome))}, {plain(pool.section)}: {count_of(pool.events, pool.women)} women in {pool.k} studies, pooled "
        f"{percent(pool.estimate)} % ({limits}). "
        + " ".join(
            filter(None, [f"{first_hand(pooled)}.", _article_only(pooled), doubts_sentence(pooled, doubts)])
        )
    )


def _article_only(rows: pd.DataFrame) -> str:
    """Say how many of the women with the event are reported by the article under review alone."""
    every = int(rows["events"].sum())
    alone = int(rows.loc[rows["origin"] == ORIGINS[1], "events"].sum())
    return f"Only the article under review reports {alone} of these {every}." if alone else ""


def first_hand(rows: pd.DataFrame, what: str = "counts") -> str:
    """Say how many counts the studies report themselves, in their paper or registration."""
    first_hand = int((rows["origin"] == ORIGINS[0]).sum())
    if first_hand == len(rows):
        return f"All {first_hand} {what} come from the study's own paper"
    number = "None" if first_hand == 0 else str(first_hand)
    return f"{number} of the {len(rows)} {what} {'comes' if first_hand < 2 else 'come'} from the study's own paper"


def more_births(leads: pd.DataFrame, rows: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Give the pooled rates of births and pregnancies where that of births is above, because other studies counted them."""
    rates = leads.pivot_table("estimate", "section", "outcome")
    counted_by = {key: set(studies) for key, studies in rows.groupby(["section", "outcome"])["study_id"]}
    if not {BIRTH, PREGNANCY} <= set(rates.columns):
        return {}
    return {
        str(section): (float(rate[BIRTH]), float(rate[PREGNANCY]))
        for section, rate in rates.iterrows()
        if rate[BIRTH] > rate[PREGNANCY]
        and counted_by[(str(section), BIRTH)] != counted_by[(str(section), PREGNANCY)]
    }


def _births_above(leads: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Remark on conditions whose pooled rate of live births, in other studies, is above the rate of pregnancies."""
    return " ".join(
        f"In {plain(section)} the pooled rate of live births ({percent(births)} %) is above that of pregnancies ({percent(pregnancies)} %): "
        "different studies counted them."
        for section, (births, pregnancies) in more_births(leads, rows).items()
    )


def ladder_sentences(rows: pd.DataFrame) -> str:
    """Report, in Markdown, the conditions with more births than pregnancies pooled, and the studies that counted both."""
    if rows.empty:
        return "In no condition were both pregnancy and live birth counted."
    above = rows[rows["remark"] == ABOVE]
    lines = [
        f"- {capital(plain(row['section']))}, {ORGAN[row['tissue']]}: live birth {percent(row[f'{BIRTH} estimate'])} %, pregnancy "
        f"{percent(row[f'{PREGNANCY} estimate'])} %; different studies counted them. "
        f"{_same(rows[(rows['section'] == row['section']) & (rows['who'] == SAME)])}"
        for _, row in above.iterrows()
    ]
    number = int((rows["who"] == EVERY).sum())
    head = (
        f"In {len(above)} of {counted(number, 'condition')} with counts of both, the rate of live births over all studies is above the "
        "rate of pregnancies."
    )
    return "\n\n".join(filter(None, [head, "\n".join(lines)]))


def _same(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No study counted both."
    (row,) = rows.to_dict("records")
    studies = counted(int(row[f"{BIRTH} studies"]), "study", "studies")
    return (
        f"In the {studies} that counted both, {count_of(row[f'{PREGNANCY} events'], row[f'{PREGNANCY} women'])} women were pregnant "
        f"and {count_of(row[f'{BIRTH} events'], row[f'{BIRTH} women'])} gave birth."
    )


def _apart(pools: PooledOutcomes) -> str:
    """Say by how much the limits of the other methods differ from those reported, at most."""
    leads = pools.estimates[pools.estimates["lead"]].set_index(["outcome", "section"])
    others = pools.estimates[~pools.estimates["lead"]].set_index(["outcome", "section"])
    if others.empty:
        return ""
    gaps = (others[["low", "high"]] - leads.loc[others.index, ["low", "high"]]).abs().max(axis=1)
    place = int(gaps.to_numpy().argmax())
    outcome, section = others.index[place]
    return (
        f"With {stats.FEW_STUDIES} studies or fewer several methods are compared. Their limits differ by up to "
        f"{percent(gaps.iloc[place])} points from those above ({phrase(outcome)}, {plain(section)}: "
        f"{others['estimate_name'].iloc[place]})."
    )


def _closing(pools: PooledOutcomes) -> str:
    pooled = pools.rows[pools.rows["alone"] == ""]
    single, excluded = len(pools.rows) - len(pooled), len(pools.left_out)
    alone = (
        f"{counted(single, 'count')} {'is' if single == 1 else 'are'} shown and not pooled" if single else ""
    )
    left = (
        f"{counted(excluded, 'count')} {'is' if excluded == 1 else 'are'} excluded, with reasons"
        if excluded
        else ""
    )
    return (
        ". ".join(filter(None, [f"{first_hand(pooled, 'pooled counts')} or registration", alone, left])) + "."
    )


def asymmetry_words(pools: PooledOutcomes) -> str:
    """Say that no test compares small studies with large ones, and why.

    Below ten studies no test can distinguish asymmetry from chance, and from ten on the standard error of a proportion depends on the
    proportion itself, so that a test on it misleads (Hunter JP et al. J Clin Epidemiol 2014;67:897-903).
    """
    largest = int(pools.estimates["k"].max()) if len(pools.estimates) else 0
    if largest < ASYMMETRY_STUDIES:
        return (
            f"Whether small studies report higher rates than large ones is not tested: that needs at least {ASYMMETRY_STUDIES} studies, "
            f"and the largest pool has {largest}. Unpublished studies cannot be ruled out."
        )
    return (
        f"The largest pool has {largest} studies. Still no test of asymmetry is made: the standard error of a proportion depends on the "
        "proportion itself, so that the usual tests mislead."
    )
