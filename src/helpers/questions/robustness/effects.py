"""How far each choice moves the answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.questions.robustness.rows import (
    ABOVE,
    ANSWERS,
    BELOW,
    UNCLEAR,
    Multiverse,
)

#: Differences are distinct to this many digits: beyond it they are the rounding of the machine.
DIGITS = 10
_SCORES = {BELOW: -1, UNCLEAR: 0, ABOVE: 1}


def multiverse_values(multiverse: Multiverse) -> dict[str, Any]:
    """Sum a multiverse up in the numbers that are recorded as its result.

    Counts: specifications, possible, answers, data_sets, comparator_sets and distinct results; single_study is a
    proportion of the possible. By kind of comparator: proportions of its possible specifications above, below and
    including zero, share_too_small (of those including zero, how many could not detect a doubling; None where none
    includes zero), median, lowest and highest difference, and the proportions of its distinct results. Nothing is
    averaged over kinds: they answer different questions.
    """
    rows = multiverse.possible
    counts = multiverse.specifications["answer"].value_counts()
    distinct = distinct_results(rows)
    return {
        "specifications": len(multiverse.specifications),
        "possible": len(rows),
        "answers": {word: int(counts[word]) for word in ANSWERS},
        "data_sets": int(rows["treated_set"].nunique()),
        "comparator_sets": int(rows["background_set"].nunique()),
        "results": len(distinct),
        "single_study": float((rows["k"] == 1).mean()),
        "kinds": {
            kind: {
                "possible": len(of_kind),
                **_shares(of_kind, ""),
                "share_zero": float((of_kind["answer"] == UNCLEAR).mean()),
                "share_too_small": _too_small(of_kind),
                "median": float(of_kind["estimate"].median()),
                "lowest": float(of_kind["estimate"].min()),
                "highest": float(of_kind["estimate"].max()),
                "results": int((distinct["kind"] == kind).sum()),
                **_shares(distinct[distinct["kind"] == kind], "_results"),
            }
            for kind in multiverse.kinds
            for of_kind in [rows[rows["kind"] == kind]]
            if len(of_kind)
        },
    }


def distinct_results(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep each result once by kind of comparator."""
    limits = rows[["estimate", "low", "high"]].round(DIGITS)
    return limits.assign(kind=rows["kind"], answer=rows["answer"]).drop_duplicates()


def _shares(rows: pd.DataFrame, end: str) -> dict[str, float]:
    names = {"share_above": ABOVE, "share_below": BELOW}
    return {name + end: float((rows["answer"] == answer).mean()) for name, answer in names.items()}


def _too_small(rows: pd.DataFrame) -> float | None:
    zero = rows["answer"] == UNCLEAR
    return float(rows.loc[zero, "too_small"].mean()) if zero.any() else None


def option_effects(multiverse: Multiverse) -> pd.DataFrame:
    """Describe the estimates of the specifications that take each option; the choice that explains most of them comes first.

    explained is eta squared of the estimates, explained_answer that of the answers (scored -1, 0 and 1). Both are
    over the kinds of comparators that leave the choice open: an own control takes no discount, and what sets it apart
    must not count as the discount's.
    """
    rows = multiverse.possible
    frames = []
    for choice, options in multiverse.choices.items():
        all_of = multiverse.specifications[choice].value_counts().reindex(options)
        groups = rows.groupby(choice, observed=False)["estimate"]
        frame = groups.agg(["median", "mean", "min", "max"]).reindex(options)
        frame.columns = pd.Index(["median", "mean", "lowest", "highest"])
        possible = groups.size().reindex(options)
        left_open = rows.groupby("kind", observed=True)[choice].transform("nunique") > 1
        asked = rows if choice == "comparator" else rows[left_open]
        taken, scores = (
            asked[choice].cat.codes.to_numpy(),
            asked["answer"].astype(str).map(_SCORES).to_numpy(),
        )
        frame = frame.assign(
            choice=choice, option=options, possible=possible, impossible=all_of - possible,
            explained=_explained(asked["estimate"].to_numpy(), taken), explained_answer=_explained(scores, taken),
        )  # fmt: skip
        frames.append(frame)
    effects = pd.concat(frames, ignore_index=True)
    return effects.sort_values("explained", ascending=False, kind="stable", ignore_index=True)


def _explained(values: npt.ArrayLike, taken: npt.ArrayLike) -> float:
    return round(stats.variance_explained(values, taken), DIGITS) if np.size(values) else 0.0


def option_answers(multiverse: Multiverse) -> pd.DataFrame:
    """Count what the specifications that take an option answer, each kind of comparator by itself; impossible ones have no row."""
    rows = multiverse.possible.assign(
        above=multiverse.possible["answer"] == ABOVE, below=multiverse.possible["answer"] == BELOW
    )
    frames = [
        rows.groupby(["kind", choice], observed=True)
        .agg(possible=("above", "size"), share_above=("above", "mean"), share_below=("below", "mean"))
        .rename_axis(["kind", "option"])
        .reset_index()
        .assign(choice=choice)
        .astype({"kind": str, "option": str})
        for choice in multiverse.choices
    ]
    return pd.concat(frames, ignore_index=True)


def choice_effects(options: pd.DataFrame) -> pd.DataFrame:
    """Keep one row per choice of `option_effects`, in its order."""
    return options.drop_duplicates("choice")[["choice", "explained", "explained_answer"]]
