"""Report what the counts of women show, and what they cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any

import pandas as pd

from helpers.counts.one_count import MIXED
from helpers.counts.one_row import standing
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import CONDITION, KINDS_OF, ORGAN, TOTAL_UNIT, capital, phrase
from helpers.questions.background.rows import WELL
from helpers.questions.pooled_outcomes.trials_text import doubts_sentence, fewer_sentence
from helpers.show.numbers import count_of, number, percent, proportion_words
from helpers.show.words import counted, listed, plain

_UNCOMPARED = "no difference is computed here"
NOTHING = "No count with its denominator is in the text available to us."
#: Counts of a tissue that are all reported one by one; of more, only those of the studies that the article cites.
_FEW = 8
#: Studies with counts that are no proportion, for one reason, that are named one by one.
_NAMED = 3
#: What follows the name of the women, by what their arm received.
_GIVEN = {"cells": "", "mixed": " with cells and without, not reported apart", "none": " without cells"}
#: The same within one study, where the name of the arm follows: that no cells were given may be its very treatment.
_GIVEN_HERE = {**_GIVEN, "none": " in another arm"}
#: What is said of a count; rows that are narrower are faster to choose from.
_SAID = [
    "study_id", "study_label", "arm_id", "arm_label", "arm_kind", "arm_n", "role", "condition", "tissue", "design", "population",
    "n_enrolled", "subgroup", "outcome", "timepoint_months", "events", "total", "total_unit", "proportion", "low", "high", "no_rate",
    "origin", "source_id", "extraction", "note", "evidence_row",
]  # fmt: skip
#: What matters most to a woman comes first; the other outcomes follow in their own order.
FIRST = ("live-birth", "ongoing-pregnancy", "pregnancy")


def outcomes_conclusion(rows: pd.DataFrame, *, level: float, doubts: Mapping[str, str] | None = None) -> str:
    """Report, tissue by tissue and outcome by outcome, the range of the counts of each condition, and cited studies in full.

    `rows` is made by `helpers.counts.outcomes.outcome_rows`. Of several sources on one count the nearest to the study is used, and
    named if it is not the study itself. A few counts are all reported in full; of many, ranges take from each study the counts among
    most women, and kinds of an outcome are left to the table. A count that is no rate is in no range, and is named with the reason.
    `doubts`, made by `helpers.questions.reported_numbers.rows.doubted_counts`, adds the counts that a check of reported numbers
    doubts. Nothing is pooled.
    """
    paragraphs = [
        of_tissue(str(tissue), group, level, len(nearest(group[group["low"].notna()])) <= _FEW, doubts=doubts)
        for tissue, group in usable(rows[_SAID]).groupby("tissue", sort=False)
    ]
    return "\n\n".join(paragraphs) or NOTHING


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

    Give `own_comparison` for the counts of one study only: whether it compares its arms itself.
    """
    best = nearest(rows[rows["low"].notna()])
    first = best["outcome"].map(lambda outcome: FIRST.index(outcome) if outcome in FIRST else len(FIRST))
    best = best.assign(_first=first).sort_values("_first", kind="stable")
    given = _GIVEN if own_comparison is None else _GIVEN_HERE
    report = partial(_each, given=given) if in_full else _ranges
    kinds = set() if in_full else {kind for whole in set(best["outcome"]) for kind in KINDS_OF.get(whole, ())}
    best = best[~best["outcome"].isin(kinds)]
    lines = [
        f"- {capital(phrase(str(outcome)))}. {report(list(group.itertuples()), level)}"
        for outcome, group in best.groupby("outcome", sort=False)
    ]
    lines += _without_rate(nearest(rows[rows["no_rate"].ne("")]))
    head = f"**{capital(ORGAN[tissue])}**"
    return "\n\n".join(filter(None, [head, "\n".join(lines), _closing(best, doubts or {}, own_comparison)]))


def _by_condition(rows: list[Any], given: dict[str, str] = _GIVEN) -> Iterator[tuple[str, list[Any]]]:
    """Group the counts of an outcome by women and unit, women with cells before those without, and name each group."""
    conditions, units = list(CONDITION), list(TOTAL_UNIT)

    def rank(row: Any) -> tuple[bool, str, int, int]:
        well = row.role == "background" and WELL.search(str(row.arm_label)) is not None
        kind = row.arm_kind if row.arm_kind in {"cells", "mixed"} else "none"
        return well, kind, conditions.index(row.condition), units.index(row.total_unit)

    for (well, kind, *_), same in groupby(sorted(rows, key=rank), rank):
        counts = list(same)
        condition, unit = phrase(counts[0].condition), counts[0].total_unit
        women = f"women without {condition}" if well else condition + given[kind]
        yield women + (f", of {unit}" if unit != "women" else ""), counts


def _each(rows: list[Any], level: float, given: dict[str, str]) -> str:
    return " ".join(
        f"{capital(name)}: {'; '.join(_in_full(row, level) for row in counts)}."
        for name, counts in _by_condition(rows, given)
    )


def _ranges(rows: list[Any], level: float) -> str:
    """Report the range of each condition, with single counts and those of cited studies in full."""
    sentences = []
    for name, counts in _by_condition(rows):
        most: dict[str, int] = {}
        for row in counts:
            most[row.study_id] = max(most.get(row.study_id, 0), row.total)
        several = [row for row in counts if row.total == most[row.study_id] and row.total > 1]
        several.sort(key=attrgetter("proportion"))
        selected = counts if len(several) < 2 else [row for row in counts if row.role == "cited"]
        full = "; ".join(_in_full(row, level) for row in selected)
        if len(several) < 2:
            sentences.append(f"{capital(name)}: {full}.")
            continue
        ends = several[0], several[-1]
        limits = dict.fromkeys(count_of(row.events, row.total) for row in ends)
        percents = dict.fromkeys(percent(row.proportion) for row in ends)
        number = len({row.study_id for row in several})
        in_studies = f"{counted(len(several), 'count')} in " if len(several) > number else ""
        cited = f"; cited: {full}" if full else ""
        sentences.append(
            f"{capital(name)}: {' to '.join(limits)} ({' to '.join(percents)} %) in {in_studies}"
            f"{counted(number, 'study', 'studies')}{cited}."
        )
    return " ".join(sentences)


def _without_rate(rows: pd.DataFrame) -> list[str]:
    """Name the counts that are no rate, with the reason; if a reason has many, only count them."""
    reasons = []
    for why, counts in rows.groupby("no_rate", sort=False):
        studies = counts.groupby("study_id", sort=False)
        named = [
            f"{_who(next(of_study.itertuples()))}, "
            + ", ".join(
                f"{phrase(str(row.outcome))} {count_of(row.events, row.total)}"
                for row in of_study.itertuples()
            )
            for _, of_study in studies
        ]
        if len(studies) > _NAMED:
            named = [f"{len(counts)} counts in {len(studies)} studies"]
        reasons.append(f"{'; '.join(named)} ({why})")
    return [f"- No proportion: {'; '.join(reasons)}."] if reasons else []


def _closing(best: pd.DataFrame, doubts: Mapping[str, str], own_comparison: bool | None) -> str:
    if best.empty:
        return ""
    by = best["origin"].value_counts()
    sources = listed(f"{by[origin]} {origin}" for origin in ORIGINS if origin in by)
    first = best["origin"].iloc[0]
    sentences = [
        f"Sources of the {len(best)} counts: {sources}."
        if len(by) > 1
        else f"{'This count is' if len(best) == 1 else f'All {len(best)} counts are'} from {first}.",
        _births_above(best),
        doubts_sentence(best, doubts),
        fewer_sentence(best) if own_comparison is None else "",
    ]
    with_cells = best["arm_kind"] == "cells"
    beside = best.loc[~with_cells & best["study_id"].isin(best.loc[with_cells, "study_id"]), "study_label"]
    if not with_cells.any():
        sentences.append("No women treated with cells are among them.")
    elif with_cells.all():
        sentences.append("No women without cells were counted, so the counts cannot show what cells change.")
    elif own_comparison is not None:
        arms = listed(plain(label) for label in best.loc[~with_cells, "arm_label"])
        comparison = "the study itself compares the arms, as listed below" if own_comparison else _UNCOMPARED
        sentences += [f"Also counted: {arms}; {comparison}.", _of_enrolled(best)]
    elif beside.empty:
        sentences.append(f"The women without cells are of other studies; {_UNCOMPARED}.")
    else:
        sentences.append(f"Women without cells were counted in {listed(map(plain, beside))}; {_UNCOMPARED}.")
    return " ".join(filter(None, sentences))


def _of_enrolled(best: pd.DataFrame) -> str:
    """Say that the counts of a randomised trial are of fewer women than it enrolled; blank if they are not."""
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
    """Remark on conditions whose highest percentage with a live birth is above that with a pregnancy, in whole arms."""
    whole = best["subgroup"].isna() & (best["total_unit"] == "women") & (best["condition"] != MIXED)
    rows = best[whole & (best["arm_kind"] == "cells")]
    highest = rows.sort_values("proportion", ascending=False, kind="stable")
    highest = highest.drop_duplicates(["condition", "outcome"]).set_index(["condition", "outcome"])
    sentences = []
    for condition in rows["condition"].unique():
        if not {(condition, "live-birth"), (condition, "pregnancy")} <= set(highest.index):
            continue
        born, pregnant = highest.loc[(condition, "live-birth")], highest.loc[(condition, "pregnancy")]
        if born["proportion"] > pregnant["proportion"] and born["study_id"] != pregnant["study_id"]:
            sentences.append(
                f"In {phrase(condition)} the highest percentage with a live birth ({percent(born['proportion'])} %, "
                f"{plain(born['study_label'])}) is above the highest with a pregnancy ({percent(pregnant['proportion'])} %, "
                f"{plain(pregnant['study_label'])}): different studies counted them."
            )
    return " ".join(sentences)


def nearest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep, of several sources on one outcome of an arm, the nearest to the study, with all its time points."""
    what = ["study_id", "arm_id", "subgroup", "outcome"]
    return standing(rows, nearest=what, largest=[*what, "timepoint_months", "events", "total"])


def arm_words(row: Any) -> str:
    """Name the arm of a count; blank for the arm with cells."""
    return "" if row.arm_kind == "cells" else f", {plain(row.arm_label)}"


def _who(row: Any) -> str:
    """Name the study of a count, with its women and its arm if they need saying."""
    women = "" if pd.isna(row.population) else f" ({plain(row.population)})"
    return f"{plain(row.study_label)}{women}{arm_words(row)}"


def _in_full(row: Any, level: float) -> str:
    count = proportion_words(int(row.events), int(row.total), row.low, row.high, level)
    when = f" by month {number(row.timepoint_months)}" if pd.notna(row.timepoint_months) else ""
    subgroup = "" if pd.isna(row.subgroup) else f", {plain(row.subgroup)},"
    reporter = "" if row.origin == ORIGINS[0] else f", {row.origin}"
    derived = ", count worked out" if row.extraction == "derived" else ""
    return f"{_who(row)}{subgroup} {count}{when}{reporter}{derived}"
