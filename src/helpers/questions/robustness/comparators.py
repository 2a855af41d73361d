"""What the treated of each data set are compared with, and what is no comparator by rule."""

from __future__ import annotations

import pandas as pd

from helpers.counts.one_count import OTHER_TREATMENT, OWN_CONTROL, TREATED, UNTREATED, with_women
from helpers.evidence.vocabulary import FAMILY_OF, phrase
from helpers.questions.background.rows import EXPERIMENTAL
from helpers.questions.robustness.choices import Question
from helpers.questions.robustness.distinct import Excluded

#: What the treated are compared with: three questions, which no proportion may mix.
COMPARATOR_KINDS = {
    OWN_CONTROL: "their own randomised control",
    UNTREATED: "untreated women",
    OTHER_TREATMENT: "women who received another treatment",
}
_POOLS = {UNTREATED: "untreated cohorts, pooled", OTHER_TREATMENT: "cohorts with another treatment, pooled"}
Pair = tuple[pd.DataFrame, pd.DataFrame]


def without_unproven(frames: list[pd.DataFrame]) -> tuple[list[pd.DataFrame], Excluded]:
    """Drop the arms of an experimental treatment from every data set, and list them."""
    arms = pd.concat(frames)
    names = arms.loc[arms["experimental"], "study_label"].unique()
    excluded = [(f"comparator: {name}", 1, EXPERIMENTAL) for name in names]
    return [rows[~rows["experimental"]] for rows in frames], excluded


def comparators_of(
    frames: list[pd.DataFrame], question: Question
) -> tuple[dict[str, list[str]], list[dict[str, Pair]], Excluded]:
    """Name the comparators of each kind that any data set has, find those of each with the treated, and list what is none.

    Each cohort is a comparator once, of women of its own condition, one of the first set. All cohorts of one kind together are
    another, if they are of two studies or more and include each condition of the treated.
    """
    others = pd.concat([rows[rows["side"] != TREATED] for rows in frames])
    arms = others.drop_duplicates(["study_id", "arm_id"])
    arms = arms[arms["condition"].isin(question.asked_for)].sort_values("study_label")
    several = arms["study_id"].duplicated(keep=False)
    label = arms["study_label"] + (": " + arms["arm_label"]).where(several, "")
    label += (arms["side"] == OWN_CONTROL).map({True: ": own control", False: ""})
    label = with_women(label, arms["population"])
    named = dict(zip(arms[["study_id", "arm_id"]].itertuples(index=False, name=None), label, strict=True))
    narrower: dict[tuple[str, int, str], None] = {}
    pairs = [_of_set(rows, named, narrower) for rows in frames]
    known = {name for sets in pairs for name in sets}
    kinds = {
        words: [name for name in (_POOLS.get(kind), *label[arms["kind"] == kind]) if name in known]
        for kind, words in COMPARATOR_KINDS.items()
    }
    return {words: names for words, names in kinds.items() if names}, pairs, list(narrower)


def _of_set(
    rows: pd.DataFrame, named: dict[tuple[str, str], str], narrower: dict[tuple[str, int, str], None]
) -> dict[str, Pair]:
    treated, others = rows[rows["side"] == TREATED], rows[rows["side"] != TREATED]
    conditions = set(treated["condition"])
    if not conditions:
        return {}
    pairs = {}
    for kind, name in _POOLS.items():
        pool = others[others["kind"] == kind]
        if pool["study_id"].nunique() > 1 and conditions <= set(pool["condition"]):
            pairs[name] = (treated, pool)
    for place, row in enumerate(others.itertuples()):
        name = named.get((str(row.study_id), str(row.arm_id)), "")
        own_control = row.side == OWN_CONTROL
        if not name or not (own_control or conditions == {row.condition}):
            continue
        same_trial = treated[treated["study_id"] == row.study_id] if own_control else treated
        words = list(same_trial["outcome"].unique())
        if row.outcome in words or any(row.outcome in FAMILY_OF.get(word, ()) for word in words):
            pairs[name] = (same_trial, others.iloc[[place]])
        else:
            why = f"counts {phrase(str(row.outcome))}, the treated {' and '.join(map(phrase, words))}"
            narrower[f"comparator alone: {row.study_label}", 1, why] = None
    return pairs
