"""Which counts may stand beside each other: women with cells, and women without, of the same condition.

Every rule is about what a row says of itself. No study is named here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.tables.rows import outcome_rows

TREATED, OWN_CONTROL, BACKGROUND = "treated with cells", "own control", "background"
UNTREATED, OTHER_TREATMENT = "untreated", "treated otherwise"
#: Kinds of comparators, the one told first at the front.
KINDS = [OWN_CONTROL, UNTREATED, OTHER_TREATMENT]
#: Sets of comparators by rule.
COMPARATORS = {
    "any": "every arm without cells",
    "untreated": "cohorts that received nothing",
    "other-treatment": "cohorts that received something else",
    "own-control": "the control arm of the treated study itself",
}
#: Arms of a background study whose women do not have the condition of the study are known by their label only.
_WELL = re.compile(r"^controls\b|\bnormal\b|(?<!or )\bwithout\b", flags=re.IGNORECASE)
_SUM = re.compile(r"\bsum of\b", flags=re.IGNORECASE)
#: Why a background is left out that has nobody treated beside it.
NOBODY_TREATED = "no women with cells to compare with"
_ARM = ["study_id", "arm_id"]


@dataclass(frozen=True, eq=False)
class Comparable:
    """The counts of one outcome that may be compared, and those that may not.

    Attributes
    ----------
    outcome : str
        The outcome.
    rows : pandas.DataFrame
        One row per arm, as made by `outcome_rows`, with side (`TREATED`, `OWN_CONTROL` or `BACKGROUND`), kind (`TREATED` or one of `KINDS`), stratum
        (condition, with the tissue where it is of several), who (study, arm and part), months (of the count, else of the study) and follow_up (in
        words). Treated rows without a comparator stand here too.
    left_out : pandas.DataFrame
        The other counts of the outcome, with side and why.
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
    level: float = 0.95,
) -> Comparable:
    """Find the counts of an outcome that may be compared, by rule.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    outcome : str
        One outcome.
    condition : iterable of str
        Conditions of the studies, or ``"all"``.
    comparators : iterable of str
        Words of `COMPARATORS` or keys of studies: which arms without cells are asked for.
    level : float
        Confidence level of the exact intervals, between 0 and 1.

    Returns
    -------
    Comparable
        A count that breaks a rule is listed with the first rule that it breaks. What the parameters do not ask for is
        not listed.

    Raises
    ------
    ValueError
        If the outcome, a condition or a comparator is not known.
    """
    wanted = _known(comparators, {*COMPARATORS, *ev.studies["study_id"]}, "comparator")
    conditions = _known(condition, {"all", *ev.studies["condition"]}, "condition")
    rows = outcome_rows(
        ev.select("outcomes", outcome=outcome), ev.criteria, interval="clopper-pearson", level=level
    )
    rows = described(ev, rows)
    if "all" not in conditions:
        rows = rows[rows["condition"].isin(conditions)]
    rows = rows[(rows["side"] == TREATED) | _asked_for(rows, wanted)]
    why = left_out_because(rows)
    good, left_out = rows[why == ""], rows.assign(why=why)[why != ""]
    good = good.assign(_side=good["kind"].map([TREATED, *KINDS].index))
    good = good.sort_values(["stratum", "_side", "total"], ascending=[True, True, False], kind="stable")
    good = good.drop(columns="_side").assign(follow_up=good["months"].map(months_text))
    return Comparable(outcome, good.assign(who=_names(good)), left_out.assign(who=_names(left_out)))


def months_text(months: float) -> str:
    """Write a time of follow-up: ``30 months`` or ``not printed``."""
    return "not printed" if pd.isna(months) else f"{months:g} months"


def _known(given: Iterable[str], known: set[str], what: str) -> set[str]:
    asked = {given} if isinstance(given, str) else set(given)
    strange = sorted(asked - known)
    if strange or not asked:
        found = repr(strange[0]) if strange else "none"
        raise ValueError(f"{what}: {found} given; choose from {', '.join(sorted(known))}")
    return asked


def left_out_because(rows: pd.DataFrame, *, case_reports: bool = False) -> pd.Series[str]:
    """Tell the first rule that each row breaks.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `described`.
    case_reports : bool
        Whether case reports may stand among the others.

    Returns
    -------
    pandas.Series of str
        Why a row is left out; empty where it is not.
    """
    why = pd.Series("", index=rows.index, dtype="str")
    for rule in _RULES:
        left = rows[why == ""]
        if len(left) and not (case_reports and rule is _case_report):
            why.update(rule(left))
    return why


def described(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what the rules ask of each row, made by `outcome_rows`; rows of neither side are dropped."""
    arms = ev.arms.assign(
        sums=(ev.arms["arm_id"] == "all") | ev.arms["note"].str.contains(_SUM, na=False)
    ).set_index(_ARM)
    studies = ev.studies.set_index("study_id")
    withdrawn = set(ev.sources.loc[ev.sources["retracted"].notna(), "source_id"])
    kinds = ev.arms[ev.arms["arm_id"] != "all"].groupby("study_id")["kind"].nunique()
    tissues = ev.studies.groupby("condition")["tissue"].nunique()
    several = tissues.index[tissues > 1]
    study, arm = rows["study_id"], pd.MultiIndex.from_frame(rows[_ARM])
    ours = rows["study_role"].isin(["cited", "treatment"])
    cells = rows["arm_kind"] == "cells"
    side = np.select(
        [ours & cells, ours, rows["study_role"] == "background"], [TREATED, OWN_CONTROL, BACKGROUND], ""
    )
    described = rows.assign(
        side=side,
        kind=np.select(
            [side != BACKGROUND, rows["arm_kind"] == "untreated"], [side, UNTREATED], OTHER_TREATMENT
        ),
        stratum=rows["condition"].map(phrase)
        + (" (" + rows["tissue"] + ")").where(rows["condition"].isin(several), ""),
        months=rows["timepoint_months"].fillna(rows["follow_up_months"]),
        sums=arms["sums"].reindex(arm).to_numpy(),
        mixes=(rows["arm_id"] == "all") & (study.map(kinds) > 1),
        withdrawn=rows["retracted"].notna() | study.map(studies["source_id"]).isin(withdrawn),
        overlaps=study.map(studies["overlaps_with"]).fillna("").str.split("; "),
    )
    return described[described["side"] != ""]


def _asked_for(rows: pd.DataFrame, wanted: set[str]) -> pd.Series[bool]:
    own, other = rows["side"] == OWN_CONTROL, rows["side"] == BACKGROUND
    asked = rows["study_id"].isin(wanted) & (own | other)
    sets = {
        "any": own | other,
        "untreated": rows["kind"] == UNTREATED,
        "other-treatment": rows["kind"] == OTHER_TREATMENT,
        "own-control": own,
    }
    for word in wanted & sets.keys():
        asked |= sets[word]
    return asked


def _names(rows: pd.DataFrame) -> pd.Series[str]:
    """Name each arm, a treated arm by its study alone where it is the only one; a randomised control is marked."""
    several = rows.groupby(["study_id", "side"])["arm_id"].transform("nunique") > 1
    alone = (rows["side"] == TREATED) & ~(several & rows["sums"].eq(False))
    part = (", " + rows["subgroup"]).fillna("")
    drawn = (rows["side"] == OWN_CONTROL) & (rows["design"] == "rct")
    arm = (": " + rows["arm_label"]).where(~alone, "")
    return rows["study_label"] + part + arm + drawn.map({True: " (randomised)", False: ""})


def _said(rows: pd.DataFrame, broken: pd.Series[bool], words: str) -> pd.Series[str]:
    return pd.Series(words, index=rows.index, dtype="str")[broken.to_numpy(dtype=bool)]


def _retracted(rows: pd.DataFrame) -> pd.Series[str]:
    return _said(rows, rows["withdrawn"], "the paper is retracted")


def _modelled(rows: pd.DataFrame) -> pd.Series[str]:
    return _said(
        rows, rows["extraction"] == "model", "a cumulative or modelled rate, no plain share of its total"
    )


def _uncounted(rows: pd.DataFrame) -> pd.Series[str]:
    return _said(rows, rows["low"].isna(), "no count with its total was printed")


def _not_women(rows: pd.DataFrame) -> pd.Series[str]:
    broken = rows["total_unit"] != "women"
    return ("counted among " + rows["total_unit"].fillna("an unnamed unit") + ", not women")[broken]


def _case_report(rows: pd.DataFrame) -> pd.Series[str]:
    return _said(
        rows, rows["design"] == "case-report", "a case report, told because of what happened: no rate"
    )


def _well(rows: pd.DataFrame) -> pd.Series[str]:
    broken = (rows["side"] == BACKGROUND) & rows["arm_label"].str.contains(_WELL, na=False)
    return _said(rows, broken, "women without the condition")


def _mixed_arms(rows: pd.DataFrame) -> pd.Series[str]:
    return _said(rows, rows["mixes"], "a sum of arms that were treated differently")


def _told_nearer(rows: pd.DataFrame) -> pd.Series[str]:
    rank = rows["origin"].map(ORIGINS.index)
    best = rank.groupby([rows[column] for column in (*_ARM, "subgroup")], dropna=False).transform("min")
    return _said(rows, rank > best, "told by a source nearer to the study")


def _in_a_sum(rows: pd.DataFrame) -> pd.Series[str]:
    summed = rows["sums"].groupby([rows["study_id"], rows["side"]]).transform("any")
    return _said(rows, summed & ~rows["sums"], "these women are in the sum of the arms")


def _part(rows: pd.DataFrame) -> pd.Series[str]:
    by = [rows[column] for column in _ARM]
    part = rows["subgroup"].notna()
    whole, parts = (
        (~part).groupby(by).transform("any"),
        rows["subgroup"].groupby(by).transform("nunique"),
    )
    told = _said(
        rows, part & ~whole & (parts > 1), "one of several parts of an arm that was not counted as a whole"
    )
    return pd.concat([told, _said(rows, part & whole, "part of an arm that is counted as a whole")])


def _earlier(rows: pd.DataFrame) -> pd.Series[str]:
    # A count without a time point is that of the end of the study.
    month = rows["timepoint_months"].fillna(np.inf)
    last = month.groupby([rows[column] for column in _ARM]).transform("max")
    return _said(rows, month < last, "an earlier time point of the same arm")


def _again(rows: pd.DataFrame) -> pd.Series[str]:
    ordered = rows.sort_values("total", ascending=False, kind="stable")
    again = ordered.duplicated(_ARM).reindex(rows.index)
    return _said(rows, again, "the same arm, told again or among fewer women")


def _shared(rows: pd.DataFrame) -> pd.Series[str]:
    """Keep of cohorts that may share women the larger; treated and background apart, condition by condition."""
    sizes = rows.groupby(["side", "stratum", "study_id"], sort=False)["total"].max()
    overlaps = rows.drop_duplicates("study_id").set_index("study_id")
    dropped = {}
    kept: dict[Any, list[str]] = {}
    for side, stratum, study in sizes.sort_values(ascending=False, kind="stable").index:
        rivals = set(overlaps.loc[study, "overlaps"]) & set(kept.setdefault((side, stratum), []))
        if rivals:
            dropped[side, stratum, study] = overlaps.loc[sorted(rivals)[0], "study_label"]
        else:
            kept[side, stratum].append(study)
    keys = [tuple(key) for key in rows[["side", "stratum", "study_id"]].to_numpy()]
    told = [f"may share women with {dropped[key]}, which is larger" if key in dropped else "" for key in keys]
    reasons = pd.Series(told, index=rows.index, dtype="str")
    return reasons[reasons != ""]


def _alone(rows: pd.DataFrame) -> pd.Series[str]:
    treated = rows[rows["side"] == TREATED]
    lone = (rows["side"] == BACKGROUND) & ~rows["stratum"].isin(treated["stratum"])
    lone |= (rows["side"] == OWN_CONTROL) & ~rows["study_id"].isin(treated["study_id"])
    words = NOBODY_TREATED + ": none of " + rows["condition"].map(phrase) + " is counted"
    return words.where(rows["side"] == BACKGROUND, "its arm with cells is not counted")[lone]


#: In this order; a count is left out for the first that it breaks.
_RULES: tuple[Callable[[pd.DataFrame], pd.Series[str]], ...] = (
    _retracted, _modelled, _uncounted, _not_women, _case_report, _well, _mixed_arms, _told_nearer, _in_a_sum,
    _part, _earlier, _again, _shared, _alone,
)  # fmt: skip
