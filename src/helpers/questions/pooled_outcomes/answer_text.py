"""Answer organ by organ whether cells raise the chance of a child, and how many women were reported pregnant or with a birth."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers.counts.harms import REPORTED
from helpers.counts.scaffolds import cells_given
from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.certainty import Grade, most_certain
from helpers.questions.pooled_outcomes.certainty_text import effect_statement
from helpers.questions.pooled_outcomes.ladder import BIRTH, PREGNANCY
from helpers.questions.pooled_outcomes.rows import PooledOutcomes
from helpers.questions.pooled_outcomes.text import NO_CONTROL, first_hand, interval_kind
from helpers.show.numbers import in_percent, per_hundred, points
from helpers.show.words import counted, plain

#: How women with the outcome are named; births come first.
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
    `scaffolds.scaffolds_with_cells_only` and `harm` of `counts.harms.harm_mentions`.
    """
    graded = list(grades)
    organs = [tissue for tissue in ORGAN if pools.rows["tissue"].eq(tissue).any()]
    if not organs:
        return "No count of women treated with cells is in the selection."
    effects, parts, limit = [], [], ""
    for tissue in organs:
        best, leads = most_certain(graded, tissue), _leads(tissue, pools)
        number = trials.loc[trials["tissue"] == tissue, "study_id"].nunique()
        effects.append(f"{ORGAN[tissue]}: {_effect(best, number, scaffolds, pools.level)}")
        said = [f"**{capital(ORGAN[tissue])}.**", _rates(leads, pools)]
        parts.append(" ".join([*said, *([_certainty(best, scaffolds, harm)] if graded else [])]))
        limit = limit or (NO_CONTROL if len(leads) else "")
    return "\n\n".join(filter(None, [f"{capital('; '.join(effects))}.", *parts, limit]))


def _effect(best: Grade | None, trials: int, scaffolds: dict[str, str], level: float) -> str:
    """Say what the most certain trial of an organ shows, or that there is none."""
    if best is None:
        why = f"{counted(trials, 'randomised trial')}, not graded" if trials else "no usable randomised count"
        return f"unknown whether cells bring a child ({why})"
    limits = f"{in_percent(level)} CI {points(best.low)} to {points(best.high)}"
    statement = effect_statement(best, cells_given(best.trial, scaffolds))
    return f"{statement} ({plain(best.trial)}, {points(best.estimate)} points, {limits})"


def _leads(tissue: str, pools: PooledOutcomes) -> pd.DataFrame:
    """Take the pools of births and pregnancies, else of any outcome, of the condition of an organ with most women."""
    leads = pools.estimates[pools.estimates["lead"] & pools.estimates["tissue"].eq(tissue)]
    steps = leads[leads["outcome"].isin([*_WITH])]
    leads = steps if len(steps) else leads
    if leads.empty:
        return leads
    largest = leads.groupby("section", sort=False)["women"].sum().idxmax()
    order = {outcome: place for place, outcome in enumerate(_WITH)}
    return leads[leads["section"] == largest].sort_values(
        "outcome", key=lambda names: names.map(order), kind="stable"
    )


def _rates(leads: pd.DataFrame, pools: PooledOutcomes) -> str:
    """Give the rates of women treated with cells, and who reports the counts."""
    if leads.empty:
        return "No two studies could be pooled."
    section = leads["section"].iloc[0]
    kind = f"{in_percent(pools.level)} {interval_kind(leads['estimate_name'].iloc[0])} "
    (number, first), *others = (
        _rate(pool, "" if place else kind) for place, pool in enumerate(leads.to_dict("records"))
    )
    more = "".join(f", about {rate} {whose}" for rate, whose in others)
    of_section = (pools.rows["section"] == section) & pools.rows["outcome"].isin(leads["outcome"])
    return (
        f"After treatment about {number} in 100 women with {plain(section)} were reported {first}{more}. "
        f"{first_hand(pools.rows[of_section])}."
    )


def _rate(pool: dict[Any, Any], kind: str) -> tuple[str, str]:
    """Write a pooled rate as women per 100, and whose it is: ``with a live birth (2 studies, 71 women; 95 % CrI 2 to 31)``."""
    rate, low, high = (per_hundred(float(pool[name])) for name in ("estimate", "low", "high"))
    who = _WITH.get(pool["outcome"], f"with {phrase(pool['outcome'])}")
    return rate, f"{who} ({pool['k']} studies, {pool['women']} women; {kind}{low} to {high})"


def _certainty(best: Grade | None, scaffolds: dict[str, str], harm: pd.DataFrame) -> str:
    """Say, in the words of GRADE, how certain the effect is, what could change it, and the harm that the trial reports."""
    if best is None:
        return "The evidence is very uncertain about any effect of cells."
    change = "; the women lost could change it" if best.lost_decide else ""
    apart = "; cells and scaffold cannot be separated" if best.trial in scaffolds else ""
    reported = harm[harm["study_label"].eq(best.trial) & harm["state"].eq(REPORTED)]
    each = [
        f"{row.harm} {'' if row.table == 'changes' else 'in '}{row.said}" for row in reported.itertuples()
    ]
    harms = f" {plain(best.trial)} reports {plain('; '.join(each))}." if each else ""
    return f"Certainty of the effect on {phrase(best.outcome)}: {best.effect.level}{change}{apart}.{harms}"
