"""Answer organ by organ whether cells raise the chance of a child, and how many women were reported pregnant or with a birth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.counts.harms import REPORTED
from helpers.counts.scaffolds import cells_given
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import LEVELS, Grade
from helpers.questions.pooled_outcomes.certainty_text import effect_statement
from helpers.questions.pooled_outcomes.estimates import BAYES
from helpers.questions.pooled_outcomes.ladder import BIRTH, PREGNANCY
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.questions.pooled_outcomes.text import NO_CONTROL, first_hand
from helpers.show.numbers import in_percent, per_hundred, points
from helpers.show.words import counted, plain

#: How women with the outcome are named.
_WITH = {BIRTH: "with a live birth", PREGNANCY: "pregnant"}


def answer(
    pools: PooledOutcomes,
    trials: pd.DataFrame,
    grades: Iterable[Grade],
    *,
    scaffolds: dict[str, str],
    harm: pd.DataFrame,
) -> str:
    """Answer in one sentence, then give for each organ the rates of the condition with most women and the certainty, in Markdown.

    `trials` are rows of `trials_together.trial_rows`, `grades` of `pool_grades.pool_grades`, `scaffolds` of
    `scaffolds.scaffolds_with_cells_only` and `harm` of `safety.mentions.harm_mentions`.
    """
    graded = list(grades)
    organs = [tissue for tissue in ORGAN if pools.rows["tissue"].eq(tissue).any()]
    if not organs:
        return "No count of women treated with cells is in the selection."
    effects = [
        f"{ORGAN[tissue]}: {_effect(tissue, trials, graded, scaffolds, pools.level)}" for tissue in organs
    ]
    chosen = {tissue: _chosen(tissue, pools) for tissue in organs}
    parts = [
        _organ(
            tissue,
            chosen[tissue],
            pools,
            _certainty(_best(tissue, graded), scaffolds, harm) if graded else "",
        )
        for tissue in organs
    ]
    limit = NO_CONTROL if any(map(len, chosen.values())) else ""
    return "\n\n".join(filter(None, [f"{capital('; '.join(effects))}.", *parts, limit]))


def _effect(
    tissue: str, trials: pd.DataFrame, grades: list[Grade], scaffolds: dict[str, str], level: float
) -> str:
    """Say what the most certain trial of an organ shows, or that there is none."""
    best = _best(tissue, grades)
    if best is None:
        number = trials.loc[trials["tissue"] == tissue, "study_id"].nunique()
        why = f"{counted(number, 'randomised trial')}, not graded" if number else "no usable randomised count"
        return f"unknown whether cells bring a child ({why})"
    limits = f"{in_percent(level)} CI {points(best.low)} to {points(best.high)}"
    return f"{effect_statement(best, cells_given(best.trial, scaffolds))} ({plain(best.trial)}, {points(best.estimate)} points, {limits})"


def _best(tissue: str, grades: list[Grade]) -> Grade | None:
    """Take the trial of an organ with the most certain effect."""
    trials = [one for one in grades if one.trial and one.tissue == tissue]
    return max(trials, key=lambda one: LEVELS.index(one.effect.level), default=None)


def _chosen(tissue: str, pools: PooledOutcomes) -> pd.DataFrame:
    """Take the pools of births and pregnancies, else of any outcome, of the condition of an organ with most women."""
    leads = pools.estimates[pools.estimates["lead"] & pools.estimates["tissue"].eq(tissue)]
    steps = leads[leads["outcome"].isin([*_WITH])]
    leads = steps if len(steps) else leads
    largest = leads.groupby("section", sort=False)["women"].sum()
    if leads.empty:
        return leads
    first = {BIRTH: 0, PREGNANCY: 1}
    chosen = leads[leads["section"] == largest.idxmax()]
    return chosen.sort_values("outcome", key=lambda names: names.map(first), kind="stable")


def _organ(tissue: str, leads: pd.DataFrame, pools: PooledOutcomes, certain: str) -> str:
    """Give the rates of women treated with cells, who reports the counts, and how certain an effect is."""
    if leads.empty:
        return f"**{capital(ORGAN[tissue])}.** No two studies could be pooled. {certain}".strip()
    section = plain(str(leads["section"].iloc[0]))
    first, *others = (_rate(pool, pools, again=place > 0) for place, (_, pool) in enumerate(leads.iterrows()))
    head, _, tail = first.partition(" ")
    rates = f"{head} in 100 women with {section} were reported {tail}"
    more = "".join(f", about {other}" for other in others)
    counts = pools.rows[
        (pools.rows["section"] == leads["section"].iloc[0]) & pools.rows["outcome"].isin(leads["outcome"])
    ]
    said = f"After treatment about {rates}{more}. {first_hand(counts)}."
    return " ".join(filter(None, [f"**{capital(ORGAN[tissue])}.**", said, certain]))


def _rate(pool: pd.Series[Any], pools: PooledOutcomes, *, again: bool) -> str:
    """Write a pooled rate as women per 100 with its limits: ``8 with a live birth (2 studies, 71 women; 95 % CrI 2 to 31)``."""
    kind = "CrI" if pool["estimate_name"] == BAYES else "CI"
    estimate, low, high = (per_hundred(float(pool[name])) for name in ("estimate", "low", "high"))
    who = _WITH.get(str(pool["outcome"]), f"with {phrase(str(pool['outcome']))}")
    name = "" if again else f"{in_percent(pools.level)} {kind} "
    return f"{estimate} {who} ({pool['k']} studies, {pool['women']} women; {name}{low} to {high})"


def _certainty(best: Grade | None, scaffolds: dict[str, str], harm: pd.DataFrame) -> str:
    """Say, in the words of GRADE, how certain the effect is, what could change it, and the harm that the trial reports."""
    if best is None:
        return "The evidence is very uncertain about any effect of cells."
    lost = any(reason.levels for reason in best.effect.reasons if reason.domain == "risk of bias")
    change = "; the women lost could change it" if lost else ""
    apart = "; cells and scaffold cannot be separated" if best.trial in scaffolds else ""
    reported = harm[harm["study_label"].eq(best.trial) & harm["state"].eq(REPORTED)]
    each = [
        f"{row.harm} {'' if row.table == 'changes' else 'in '}{row.said}" for row in reported.itertuples()
    ]
    harms = f" {plain(best.trial)} reports {plain('; '.join(each))}." if each else ""
    return f"Certainty of the effect on {phrase(best.outcome)}: {best.effect.level}{change}{apart}.{harms}"
