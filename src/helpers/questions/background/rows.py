"""Which counts may be compared: women with cells, and women without, of the same condition.

The rules that count each woman once are in `helpers.counts.one_count`. No study is named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import pandas as pd

from helpers.counts.one_count import (
    BACKGROUND,
    OTHER_TREATMENT,
    OWN_CONTROL,
    PLAIN_COUNT,
    TREATED,
    UNTREATED,
    arm_counts,
    arm_names,
    counted_once,
    first_word,
    known_words,
    with_women,
)
from helpers.counts.one_row import Rule, first_broken, reason_for
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import FAMILY_OF, KINDS_OF, phrase
from helpers.show.numbers import months_text

#: Kinds of comparators, in the order in which they are reported.
KINDS = [OWN_CONTROL, UNTREATED, OTHER_TREATMENT]
#: The word that asks for a kind of comparators.
_SETS = {OWN_CONTROL: "own-control", UNTREATED: "untreated", OTHER_TREATMENT: "other-treatment"}
#: Arms of a background study whose women do not have the condition of the study are known by their label only.
WELL = re.compile(r"^controls\b|\bnormal\b|(?<!or )\bwithout\b", flags=re.IGNORECASE)
#: Arms and parts of arms that women enter by what came of the treatment, or with the eggs of another woman.
_REACHED = re.compile(
    r"\bfet\b|\btransfer\b|\bretrieved\b|\bresumed\b|\bdonor-oocytes\b|\bwith (?:a )?follicle",
    flags=re.IGNORECASE,
)
#: What the rules read: they pick rows many times, and the fewer columns the faster.
_READ = [
    "study_id", "arm_id", "subgroup", "outcome", "total", "total_unit", "timepoint_months", "extraction", "study_label", "arm_label",
    "condition", "design", "origin", "no_rate", "low", "side", "kind", "stratum", "sums", "same_as", "mixes", "withdrawn",
    "experimental", "overlaps", "conceived",
]  # fmt: skip
#: Why an arm without cells is excluded whose treatment is on trial.
EXPERIMENTAL = "the treatment is itself experimental: no comparator"
#: Why a background is excluded whose condition has nobody treated, where other conditions have.
NOBODY_TREATED = "no women with cells to compare with"


@dataclass(frozen=True, eq=False)
class Comparable:
    """The counts of one outcome that may be compared, and those that may not, with why.

    rows has one row per arm, as made by `outcome_rows`, with its side, kind, stratum, name (who) and
    follow-up; treated ones without a comparator too. Where no treated count can be compared, all counts
    without cells are there.
    """

    outcome: str
    rows: pd.DataFrame
    left_out: pd.DataFrame


def comparable(
    ev: Evidence,
    *,
    outcome: str,
    condition: Iterable[str] = ("all",),
    comparators: Iterable[str] = ("any",),
    kinds: bool = False,
    level: float = 0.95,
) -> Comparable:
    """Sort the counts of an outcome into those that may be compared, and those that may not, with the first rule that each breaks.

    `comparators` are words of `_SETS`, ``"any"`` or keys of studies. With `kinds`, untreated women of a study
    that does not count the outcome may be compared by one kind of it (`KINDS_OF`) or a word of its family
    (`FAMILY_OF`): for treated women one kind misses too much, unless their own control is counted by it too.
    """
    wanted = known_words(comparators, {"any", *_SETS.values(), *ev.studies["study_id"]}, "comparator")
    conditions = known_words(condition, {"all", *ev.studies["condition"]}, "condition")
    known = set(ev.outcomes["outcome"])
    further = [word for word in other_words(outcome) if kinds and word in known]
    rows = arm_counts(ev, [outcome, *further], level=level)
    # The women with assisted reproduction are a better comparator for some treated arms than all women, for others not.
    rows = rows.assign(conceived=rows["conception"].where(rows["side"] == BACKGROUND))
    if "all" not in conditions:
        rows = rows[rows["condition"].isin(conditions)]
    asked = rows["kind"].map(_SETS).isin(wanted) | rows["study_id"].isin(wanted) | ("any" in wanted)
    rows = rows[(rows["side"] == TREATED) | asked]
    words: list[Rule] = [partial(rule, outcome=outcome) for rule in (_other_word, _one_kind)]
    why = first_broken(rows[_READ], [*PLAIN, _experimental, *words, *_ONCE])
    # Only now: the reasons name a study by its label alone.
    word = (" (" + rows["outcome"].map(phrase) + ")").where(rows["outcome"] != outcome, "")
    rows = rows.assign(study_label=rows["study_label"] + word)
    good, left_out = rows[why == ""], rows.assign(why=why)[why != ""]
    good = good.assign(_side=good["kind"].map([TREATED, *KINDS].index))
    good = good.sort_values(["stratum", "_side", "total"], ascending=[True, True, False], kind="stable")
    good = good.assign(who=arm_names(good), follow_up=good["months"].map(months_text))
    good = good.assign(who_women=with_women(good["who"], good["population"]))
    return Comparable(outcome, good, left_out.assign(who=arm_names(left_out)))


def other_words(outcome: str) -> tuple[str, ...]:
    """List the further words by which untreated women may be counted for an outcome: its kinds, then its family."""
    return (*KINDS_OF.get(outcome, ()), *FAMILY_OF.get(outcome, ()))


def _well(rows: pd.DataFrame) -> pd.Series[str]:
    broken = (rows["side"] == BACKGROUND) & rows["arm_label"].str.contains(WELL, na=False)
    return reason_for(rows, broken, "women without the condition")


def _reached(rows: pd.DataFrame) -> pd.Series[str]:
    """Exclude women counted because they reached a transfer, say: no proportion of those who set out, treated or not."""
    named = (rows["arm_id"] + " " + rows["subgroup"].fillna("")).str.contains(_REACHED, na=False)
    return reason_for(rows, named, "counted among women who reached a transfer, or the like")


def _experimental(rows: pd.DataFrame) -> pd.Series[str]:
    """Exclude arms of a treatment whose effect is not known: they say nothing of outcomes without cells."""
    return reason_for(rows, rows["experimental"], EXPERIMENTAL)


def _other_word(rows: pd.DataFrame, outcome: str) -> pd.Series[str]:
    """Keep one word per study, the outcome itself before its kinds."""
    first = first_word(rows, [outcome, *other_words(outcome)])
    return ("its study is compared by its count of " + first.map(phrase))[rows["outcome"] != first]


def _one_kind(rows: pd.DataFrame, outcome: str) -> pd.Series[str]:
    """Accept another word in place of the outcome for untreated women, and for a trial that counts both its arms by it."""
    sides = rows.groupby(["study_id", "outcome"])["side"]
    controlled = sides.transform(lambda side: {TREATED, OWN_CONTROL} <= set(side)).astype(bool)
    broken = (rows["outcome"] != outcome) & (rows["kind"] != UNTREATED) & ~controlled
    return ("counts only " + rows["outcome"].map(phrase) + ", and is not an untreated cohort")[broken]


def alone(rows: pd.DataFrame) -> pd.Series[str]:
    """Exclude what has nothing to be compared with; the last rule, since the others decide what is left."""
    treated = rows[rows["side"] == TREATED]
    # Where nobody treated is left, the counts without cells are all that is known, and are shown.
    lone = (rows["side"] == BACKGROUND) & ~rows["stratum"].isin(treated["stratum"]) & bool(len(treated))
    lone |= (rows["side"] == OWN_CONTROL) & ~rows["study_id"].isin(treated["study_id"])
    words = NOBODY_TREATED + ": none of " + rows["condition"].map(phrase) + " is counted"
    return words.where(rows["side"] == BACKGROUND, "its arm with cells is not counted")[lone]


#: In this order, the rules on words between them; a count is excluded by the first that it breaks. The plain ones look at
#: a row alone, the others at further rows too.
PLAIN: tuple[Rule, ...] = (*PLAIN_COUNT, _well, _reached)
_ONCE: tuple[Rule, ...] = (*counted_once(apart=["conceived"]), alone)
