"""One vote to each study and marker, and the sign test over the votes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.cohorts import larger_cohorts, overlap_lists
from helpers.counts.one_row import UNCLEAR, first_broken, reason_for, standing
from helpers.counts.selection import with_results
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import phrase
from helpers.questions.directions.rows import AGAINST, CONTROL, COURSE, MIXED

#: Of fewer studies with a direction, only the counts are given.
LEAST = 5
ALL, OWN = "whoever reports it", "reported by the study itself"
BETTER, WORSE, UNCHANGED, NO_SIGN = "hoped-for direction", "other direction", "unchanged", "mixed or unclear"
CASE = "a case report, published because of what happened"
BOTH = "cells together with PRP or G-CSF: the direction can come from either"
_VOTE = ["received", "tissue", "study_id", "measure", "comparison"]


def votes(ev: Evidence, rows: pd.DataFrame, wanted: Mapping[str, str]) -> pd.DataFrame:
    """Keep one direction of each study, marker and comparison: of the report nearest to the study the latest; control arms have none.

    `rows` are made by `rows.directions`. vote is `BETTER`, `WORSE`, `UNCHANGED` or `NO_SIGN`; lost marks a move in the hoped-for
    direction that had gone by the latest time; control_followed marks that the course of the control arm was reported too. why says why a direction does not vote, or is blank: case reports, women who
    received PRP or G-CSF with the cells, and the smaller of two cohorts that may share women. A direction that is not clear gives way to an earlier one that is.
    """
    beside = pd.MultiIndex.from_frame(rows.loc[rows["comparison"] == CONTROL, ["study_id", "measure"]])
    rows = rows[rows["comparison"].isin([COURSE, AGAINST])]
    rows = rows.assign(
        control_followed=pd.MultiIndex.from_frame(rows[["study_id", "measure"]]).isin(beside),
        hoped=rows["direction"] == rows["measure"].map(wanted),
    )
    before = rows.groupby([*_VOTE, "origin"], sort=False)["hoped"].transform("max")
    last = standing(rows, clear=_VOTE, nearest=_VOTE, timed=_VOTE, latest=_VOTE)
    last = last.assign(
        vote=[_vote(row) for row in last.itertuples()], lost=before[last.index] & ~last["hoped"]
    )
    return last.assign(why=_not_voting(ev, last))


def _vote(row: Any) -> str:
    if row.direction in (MIXED, UNCLEAR):
        return NO_SIGN
    if row.direction == "none":
        return UNCHANGED
    return BETTER if row.hoped else WORSE


def _not_voting(ev: Evidence, rows: pd.DataFrame) -> pd.Series[str]:
    shared = ev.studies.set_index("study_id")
    rows = rows.assign(total=rows["women"], overlaps=rows["study_id"].map(overlap_lists(shared)))
    rules = (
        lambda rows: reason_for(rows, rows["design"] == "case-report", CASE),
        lambda rows: reason_for(rows, rows["with_platelets"], BOTH),
        partial(larger_cohorts, within=[name for name in _VOTE if name != "study_id"]),
    )
    return first_broken(rows, rules)


def sign_tests(voted: pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
    """Count the votes of each treatment, tissue, comparison and marker, for all reporters and for the studies themselves, and test them.

    Comparisons with a concurrent control come first. estimate, low, high and p are missing where fewer than `LEAST` studies have a
    direction; k counts those that have one.
    """
    frames = []
    key = ["received", "tissue", "comparison", "measure"]
    for group, same in voted[[*key, "origin", "why", "vote"]].groupby(key, sort=False):
        for reporter, part in ((ALL, same), (OWN, same[same["origin"] == ORIGINS[0]])):
            frames.append(
                {**dict(zip(key, group, strict=True)), "reporter": reporter, **_tested(part, level)}
            )
    tests = pd.DataFrame(frames, columns=None if frames else [*key, "reporter", "better", "k", "p", "name"])
    if not frames:
        return tests
    order = [
        list(dict.fromkeys(voted["received"])).index, list(dict.fromkeys(voted["tissue"])).index, [AGAINST, COURSE].index,
        list(dict.fromkeys(voted.sort_values("marker_order")["measure"])).index,
    ]  # fmt: skip
    keys = pd.DataFrame({name: tests[name].map(place) for name, place in zip(key, order, strict=True)})
    tests = tests.loc[keys.sort_values(key, kind="stable").index].reset_index(drop=True)
    names = tests[[*key, "reporter"]].agg("/".join, axis=1)
    return tests.assign(name=names, marker=tests["measure"].map(phrase))


def _tested(votes: pd.DataFrame, level: float) -> dict[str, float]:
    counted = votes[votes["why"] == ""]
    number = counted["vote"].value_counts()
    better, worse = int(number.get(BETTER, 0)), int(number.get(WORSE, 0))
    counts: dict[str, float] = {
        "better": better,
        "worse": worse,
        "unchanged": int(number.get(UNCHANGED, 0)),
        "no_sign": int(number.get(NO_SIGN, 0)),
        "not_voting": len(votes) - len(counted),
        "k": better + worse,
    }
    if better + worse < LEAST:
        return counts | dict.fromkeys(("estimate", "low", "high", "p"), math.nan)
    test = stats.sign_test(better, better + worse, level=level)
    return counts | {"estimate": test.estimate, "low": test.low, "high": test.high, "p": test.p}


def values_of(row: Mapping[str, Any]) -> dict[str, float | None]:
    """Take the recorded numbers of a row of `sign_tests`; None where too few studies have a direction."""
    counts = {name: int(row[name]) for name in ("better", "worse", "unchanged", "no_sign", "not_voting")}
    shares = {
        name: None if pd.isna(row[name]) else float(row[name]) for name in ("estimate", "low", "high", "p")
    }
    return {**counts, **shares}


def reporting(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Count by tissue the studies with cells and any result, and those of them with a direction of any marker in `rows`."""
    with_cells = ev.arms.loc[ev.arms["kind"] == "cells", "study_id"]
    studies = ev.studies[
        ev.studies["role"].isin(["cited", "treatment"])
        & ev.studies["study_id"].isin(with_results(ev) & set(with_cells))
    ]
    known = studies["study_id"].isin(rows["study_id"])
    return known.groupby(studies["tissue"]).agg(studies="size", with_direction="sum").reset_index()
