"""What the counts of women say, and what they cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from helpers.counts.one_count import MIXED
from helpers.evidence.provenance import NEAREST, ORIGINS
from helpers.evidence.vocabulary import (
    CONDITION,
    KINDS_OF,
    ORGAN,
    TOTAL_UNIT,
    capital,
    phrase,
)
from helpers.questions.background.rows import WELL
from helpers.questions.pooled_outcomes.trials_text import doubts_told, fewer_told
from helpers.show.numbers import percent, proportion_words
from helpers.show.words import counted, listed, plain

_UNCOMPARED = "no difference is computed here"
NOTHING = "No count with its denominator is in the text available to us."
#: Counts of a tissue that are all told one by one; of more, only those of the studies that the article cites.
_FEW = 8
#: Studies with counts that are no proportion, for one reason, that are named one by one.
_NAMED = 3
#: What follows the name of the women, by what their arm received.
_GIVEN = {"cells": "", "mixed": " with cells and without, not reported apart", "none": " without cells"}
#: The same within one study, where the name of the arm follows: that no cells were given may be its very treatment.
_GIVEN_HERE = {**_GIVEN, "none": " in another arm"}
#: What matters most to a woman comes first; the other outcomes follow in their own order.
_FIRST = ("live-birth", "ongoing-pregnancy", "pregnancy")


def outcomes_conclusion(rows: pd.DataFrame, *, level: float, doubts: Mapping[str, str] | None = None) -> str:
    """Report, tissue by tissue and outcome by outcome, the range of the counts of each condition, and cited studies in full.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `helpers.counts.outcomes.outcome_rows`.
    level : float
        Confidence level of the intervals, between 0 and 1.
    doubts : mapping of str to str, optional
        Made by `helpers.questions.reported_numbers.rows.doubted_counts`: a tissue names those of its counts that a check of reported numbers doubts.

    Returns
    -------
    str
        Markdown. Of several sources on one count the one nearest to the study speaks; the source is named where
        it is not the study itself. A few counts are all reported in full; of many, ranges take from each study the counts among
        most women, and kinds of an outcome are left to the table. A count that is no rate is in no range, and is named with the
        reason. Nothing is pooled.
    """
    parts = [
        of_tissue(str(tissue), own, level, len(nearest(own[own["low"].notna()])) <= _FEW, doubts=doubts)
        for tissue, own in usable(rows).groupby("tissue", sort=False)
    ]
    return "\n\n".join(parts) or NOTHING


def usable(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the counts with an interval, and those that are no rate."""
    return rows[rows["low"].notna() | rows["no_rate"].ne("")]


def of_tissue(
    tissue: str,
    rows: pd.DataFrame,
    level: float,
    in_full: bool,
    *,
    doubts: Mapping[str, str] | None = None,
    own_comparison: bool | None = None,
) -> str:
    """Report the counts of a tissue: outcome by outcome, those that are no rate, then who reports them.

    Of one study, `own_comparison` says whether it compares its arms itself; of several it is None.
    """
    best = nearest(rows[rows["low"].notna()])
    first = best["outcome"].map(lambda outcome: _FIRST.index(outcome) if outcome in _FIRST else len(_FIRST))
    best = best.assign(_first=first).sort_values("_first", kind="stable")
    told = (_each if own_comparison is None else _each_of_study) if in_full else _ranges
    kinds = set() if in_full else {kind for whole in set(best["outcome"]) for kind in KINDS_OF.get(whole, ())}
    best = best[~best["outcome"].isin(kinds)]
    lines = [
        f"- {capital(phrase(str(outcome)))}. {told(group, level)}"
        for outcome, group in best.groupby("outcome", sort=False)
    ]
    lines += _without_rate(nearest(rows[rows["no_rate"].ne("")]))
    head = f"**{capital(ORGAN[tissue])}**"
    return "\n\n".join(filter(None, [head, "\n".join(lines), _closing(best, doubts or {}, own_comparison)]))


def _by_condition(group: pd.DataFrame, given: dict[str, str] = _GIVEN) -> Iterator[tuple[str, pd.DataFrame]]:
    """Part the counts of an outcome by women and unit, women with cells before those without; name each part."""
    ranks = {
        "_well": (group["role"] == "background") & group["arm_label"].str.contains(WELL, na=False),
        "_kind": group["arm_kind"].where(group["arm_kind"].isin(["cells", "mixed"]), "none"),
        "_condition": group["condition"].map(list(CONDITION).index),
        "_unit": group["total_unit"].map(list(TOTAL_UNIT).index),
    }
    ordered = group.assign(**ranks).sort_values([*ranks], kind="stable")
    for (well, kind, *_), part in ordered.groupby([*ranks], sort=False):
        condition, unit = phrase(str(part["condition"].iloc[0])), part["total_unit"].iloc[0]
        women = f"women without {condition}" if well else condition + given[str(kind)]
        yield women + (f", of {unit}" if unit != "women" else ""), part


def _each(group: pd.DataFrame, level: float, given: dict[str, str] = _GIVEN) -> str:
    return " ".join(
        f"{capital(name)}: {'; '.join(_told(row, level) for row in part.itertuples())}."
        for name, part in _by_condition(group, given)
    )


def _each_of_study(group: pd.DataFrame, level: float) -> str:
    return _each(group, level, _GIVEN_HERE)


def _ranges(group: pd.DataFrame, level: float) -> str:
    """Report the range of each condition, and in full single counts and those of the cited studies."""
    told = []
    for name, part in _by_condition(group):
        most = part["total"].groupby(part["study_id"]).transform("max")
        several = part[(part["total"] == most) & (most > 1)].sort_values("proportion", kind="stable")
        own = part if len(several) < 2 else part[part["role"] == "cited"]
        full = "; ".join(_told(row, level) for row in own.itertuples())
        if len(several) < 2:
            told.append(f"{capital(name)}: {full}.")
            continue
        low, high = several.iloc[0], several.iloc[-1]
        limits = dict.fromkeys(f"{row['events']} of {row['total']}" for row in (low, high))
        shares = dict.fromkeys(percent(row["proportion"]) for row in (low, high))
        number = several["study_id"].nunique()
        counts = f"{counted(len(several), 'count')} in " if len(several) > number else ""
        cited = f"; cited: {full}" if full else ""
        told.append(
            f"{capital(name)}: {' to '.join(limits)} ({' to '.join(shares)} %) in {counts}"
            f"{counted(number, 'study', 'studies')}{cited}."
        )
    return " ".join(told)


def _without_rate(rows: pd.DataFrame) -> list[str]:
    """Name the counts that are no rate, with the reason; many of one reason are counted."""
    parts = []
    for why, own in rows.groupby("no_rate", sort=False):
        studies = own.groupby("study_id", sort=False)
        named = [
            f"{_who(next(part.itertuples()))}, "
            + ", ".join(f"{phrase(str(row.outcome))} {_count(row)}" for row in part.itertuples())
            for _, part in studies
        ]
        if len(studies) > _NAMED:
            named = [f"{len(own)} counts in {len(studies)} studies"]
        parts.append(f"{'; '.join(named)} ({why})")
    return [f"- No proportion: {'; '.join(parts)}."] if parts else []


def _closing(best: pd.DataFrame, doubts: Mapping[str, str], own_comparison: bool | None) -> str:
    if best.empty:
        return ""
    by = best["origin"].value_counts()
    sources = listed(f"{by[origin]} {origin}" for origin in ORIGINS if origin in by)
    first = best["origin"].iloc[0]
    told = [
        f"Sources of the {len(best)} counts: {sources}."
        if len(by) > 1
        else f"{'This count is' if len(best) == 1 else f'All {len(best)} counts are'} from {first}.",
        _births_above(best),
        doubts_told(best, doubts),
        fewer_told(best) if own_comparison is None else "",
    ]
    with_cells = best["arm_kind"] == "cells"
    beside = best.loc[~with_cells & best["study_id"].isin(best.loc[with_cells, "study_id"]), "study_label"]
    if not with_cells.any():
        told.append("No women treated with cells are among them.")
    elif with_cells.all():
        told.append("No women without cells were counted, so the counts cannot tell what cells change.")
    elif own_comparison is not None:
        arms = listed(plain(label) for label in best.loc[~with_cells, "arm_label"])
        own = "the comparison below is the study's own" if own_comparison else _UNCOMPARED
        told += [f"Also counted: {arms}; {own}.", _of_enrolled(best)]
    elif beside.empty:
        told.append(f"The women without cells are of other studies; {_UNCOMPARED}.")
    else:
        told.append(f"Women without cells were counted in {listed(map(plain, beside))}; {_UNCOMPARED}.")
    return " ".join(filter(None, told))


def _of_enrolled(best: pd.DataFrame) -> str:
    """Say of a randomised trial that its counts are of fewer women than were enrolled."""
    rows = best[(best["total_unit"] == "women") & best["subgroup"].isna() & (best["arm_kind"] != "mixed")]
    rows = rows[(rows["design"] == "rct") & rows["n_enrolled"].notna()]
    totals = rows.groupby("arm_id")["total"].max()
    if len(totals) < 2 or (women := int(totals.sum())) >= (enrolled := int(rows["n_enrolled"].iloc[0])):
        return ""
    per = " (per protocol)" if rows["note"].astype("str").str.contains("per protocol", na=False).all() else ""
    sizes = rows.groupby("arm_id")["arm_n"].max()
    unseen = ", and no row gives the sizes of the arms as randomised" if sizes.equals(totals) else ""
    return f"The counts are of {women} of the {enrolled} women enrolled{per}{unseen}."


def _births_above(best: pd.DataFrame) -> str:
    """Remark on conditions in which more gave birth, at most, than were pregnant; of whole arms."""
    whole = best["subgroup"].isna() & (best["total_unit"] == "women") & (best["condition"] != MIXED)
    rows = best[whole & (best["arm_kind"] == "cells")]
    highest = rows.sort_values("proportion", ascending=False, kind="stable")
    highest = highest.drop_duplicates(["condition", "outcome"]).set_index(["condition", "outcome"])
    told = []
    for condition in rows["condition"].unique():
        if not {(condition, "live-birth"), (condition, "pregnancy")} <= set(highest.index):
            continue
        born, pregnant = highest.loc[(condition, "live-birth")], highest.loc[(condition, "pregnancy")]
        if born["proportion"] > pregnant["proportion"] and born["study_id"] != pregnant["study_id"]:
            told.append(
                f"In {phrase(condition)} the highest percentage with a live birth ({percent(born['proportion'])} %, "
                f"{plain(born['study_label'])}) is above the highest with a pregnancy ({percent(pregnant['proportion'])} %, "
                f"{plain(pregnant['study_label'])}): different studies counted them."
            )
    return " ".join(told)


def nearest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep, of several sources on one outcome of an arm, those nearest to the study; every time point of theirs stays."""
    what = ["study_id", "arm_id", "subgroup", "outcome"]
    rank = rows["origin"].map(NEAREST.index)
    best = rank.groupby([rows[column] for column in what], dropna=False).transform("min")
    return rows[rank == best].drop_duplicates(subset=[*what, "timepoint_months", "events", "total"])


def arm_words(row: Any) -> str:
    """Name the arm of a count, unless it is the arm with cells."""
    return "" if row.arm_kind == "cells" else f", {plain(row.arm_label)}"


def _who(row: Any) -> str:
    """Name the study of a count, with who its women were and its arm where they need saying."""
    women = "" if pd.isna(row.population) else f" ({plain(row.population)})"
    return f"{plain(row.study_label)}{women}{arm_words(row)}"


def _count(row: Any) -> str:
    return f"{row.events} of {row.total}" if pd.notna(row.total) else f"{row.events}, total not printed"


def _told(row: Any, level: float) -> str:
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    when = f" by month {row.timepoint_months:g}" if pd.notna(row.timepoint_months) else ""
    part = "" if pd.isna(row.subgroup) else f", {plain(row.subgroup)},"
    teller = "" if row.origin == ORIGINS[0] else f", {row.origin}"
    derived = ", count worked out" if row.extraction == "derived" else ""
    return f"{_who(row)}{part} {count}{when}{teller}{derived}"
