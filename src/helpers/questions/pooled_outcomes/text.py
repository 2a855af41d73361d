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
    paragraphs = [NO_CONTROL]
    for tissue, of_tissue in leads.head(_LISTED).groupby("tissue", sort=False):
        listed_pools = "\n".join(_pool(pool, pools, doubts) for pool in of_tissue.itertuples())
        paragraphs += [
            f"**{capital(ORGAN[str(tissue)])}**",
            listed_pools,
            _births_above(of_tissue, pools.rows),
        ]
    if (more := len(leads) - _LISTED) > 0:
        paragraphs.append(f"{counted(more, 'more pool is', 'more pools are')} in the table.")
    return "\n\n".join(filter(None, [*paragraphs, _apart(pools), _closing(pools)]))


def _nothing(pools: PooledOutcomes) -> str:
    studies = pools.rows["study_id"].nunique()
    alone = f"{counted(studies, 'study is', 'studies are')} shown alone, each count with its exact CI."
    return (
        f"Of {listed(map(phrase, pools.outcomes))} nothing is pooled: no two independent studies of one kind counted the same. "
        f"{alone if studies else 'No count of treated women is in the selection.'} "
        f"{counted(len(pools.left_out), 'count is', 'counts are')} excluded, with reasons."
    )


def _pool(pool: Any, pools: PooledOutcomes, doubts: Mapping[str, str]) -> str:
    rows = pools.rows
    pooled = rows[(rows["outcome"] == pool.outcome) & (rows["section"] == pool.section)]
    kind = f"{in_percent(pools.level)} {interval_kind(pool.estimate_name)}"
    rate = f"{percent(pool.estimate)} % ({kind} {percent(pool.low)} to {percent(pool.high)} %)"
    by_article = int(pooled.loc[pooled["origin"] == ORIGINS[1], "events"].sum())
    only = f"Only the article under review reports {by_article} of these {pooled['events'].sum()}."
    remarks = [f"{first_hand(pooled)}.", only if by_article else "", doubts_sentence(pooled, doubts)]
    return (
        f"- {capital(phrase(pool.outcome))}, {plain(pool.section)}: {count_of(pool.events, pool.women)} women in {pool.k} studies, "
        f"pooled {rate}. {' '.join(filter(None, remarks))}"
    )


def interval_kind(estimate_name: str) -> str:
    """Name the kind of interval of an estimate: credible by Bayes, else of confidence."""
    return "CrI" if estimate_name == BAYES else "CI"


def first_hand(rows: pd.DataFrame, what: str = "counts") -> str:
    """Say how many counts the studies report themselves, in their paper or registration."""
    own = int((rows["origin"] == ORIGINS[0]).sum())
    if own == len(rows):
        return f"All {own} {what} come from the study's own paper"
    return f"{own or 'None'} of the {len(rows)} {what} {'comes' if own < 2 else 'come'} from the study's own paper"


def _births_above(leads: pd.DataFrame, rows: pd.DataFrame) -> str:
    """Remark on conditions whose pooled rate of live births is above that of pregnancies, because other studies counted them."""
    rates = leads.pivot_table("estimate", "section", "outcome").reindex(columns=[BIRTH, PREGNANCY])
    studies = rows.groupby(["section", "outcome"])["study_id"].agg(set)
    return " ".join(
        f"In {plain(section)} the pooled rate of live births ({percent(births)} %) is above that of pregnancies ({percent(pregnancies)} %): "
        "different studies counted them."
        for section, births, pregnancies in rates.itertuples(name=None)
        if births > pregnancies and studies[section, BIRTH] != studies[section, PREGNANCY]
    )


def ladder_sentences(rows: pd.DataFrame) -> str:
    """Report, in Markdown, the conditions with more births than pregnancies pooled, and the studies that counted both."""
    if rows.empty:
        return "In no condition were both pregnancy and live birth counted."
    above = rows[rows["remark"] == ABOVE].to_dict("records")
    lines = [
        f"- {capital(plain(row['section']))}, {ORGAN[row['tissue']]}: live birth {percent(row[f'{BIRTH} estimate'])} %, pregnancy "
        f"{percent(row[f'{PREGNANCY} estimate'])} %; different studies counted them. "
        f"{_same(rows[(rows['section'] == row['section']) & (rows['who'] == SAME)])}"
        for row in above
    ]
    conditions = counted(int((rows["who"] == EVERY).sum()), "condition")
    head = f"In {len(above)} of {conditions} with counts of both, the rate of live births over all studies is above the rate of pregnancies."
    return "\n\n".join(filter(None, [head, "\n".join(lines)]))


def _same(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "No study counted both."
    (row,) = rows.to_dict("records")
    pregnant, born = (count_of(row[f"{step} events"], row[f"{step} women"]) for step in (PREGNANCY, BIRTH))
    studies = counted(int(row[f"{BIRTH} studies"]), "study", "studies")
    return f"In the {studies} that counted both, {pregnant} women were pregnant and {born} gave birth."


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
    said = [
        f"{first_hand(pooled, 'pooled counts')} or registration.",
        f"{counted(single, 'count is', 'counts are')} shown and not pooled." if single else "",
        f"{counted(excluded, 'count is', 'counts are')} excluded, with reasons." if excluded else "",
    ]
    return " ".join(filter(None, said))


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
