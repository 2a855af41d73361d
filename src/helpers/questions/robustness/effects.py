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

#: Differences are told apart to this many digits: beyond it they are the rounding of the machine.
DIGITS = 10

_SCORES = {BELOW: -1, UNCLEAR: 0, ABOVE: 1}


def multiverse_values(told: Multiverse) -> dict[str, Any]:
    """Sum a multiverse up in the numbers that are recorded as its result.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    dict
        specifications, of them each answer (counts); data_sets, comparator_sets and results (distinct ones); single_study
        (share of the possible); and by kind of comparator its possible specifications, share_above, share_below and
        share_zero (the interval includes zero) of them, share_too_small (of the last, those whose groups could not detect a
        doubling; None where there is none), median, lowest and highest estimate (treated minus comparator), results, and share_above_results and
        share_below_results of the distinct ones. No share is taken over kinds: they answer different questions.
    """
    rows = told.possible
    counts = told.specifications["answer"].value_counts()
    distinct = distinct_results(rows)
    return {
        "specifications": len(told.specifications),
        "possible": len(rows),
        "answers": {word: int(counts[word]) for word in ANSWERS},
        "data_sets": int(rows["treated_set"].nunique()),
        "comparator_sets": int(rows["background_set"].nunique()),
        "results": len(distinct),
        "single_study": float((rows["k"] == 1).mean()),
        "kinds": {
            kind: {
                "possible": len(part),
                **_shares(part, ""),
                "share_zero": float((part["answer"] == UNCLEAR).mean()),
                "share_too_small": _too_small(part),
                "median": float(part["estimate"].median()),
                "lowest": float(part["estimate"].min()),
                "highest": float(part["estimate"].max()),
                "results": int((distinct["kind"] == kind).sum()),
                **_shares(distinct[distinct["kind"] == kind], "_results"),
            }
            for kind in told.kinds
            for part in [rows[rows["kind"] == kind]]
            if len(part)
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


def option_effects(told: Multiverse) -> pd.DataFrame:
    """Tell for each option of each choice how the estimates of the specifications that take it lie.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    pandas.DataFrame
        choice, option, possible and impossible (counts), median, mean, lowest and highest estimate, and for the choice
        explained (eta squared of the estimates) and explained_answer (eta squared of the answers, scored -1, 0 and 1), both
        over the kinds of comparators that leave the choice open: an own control takes no discount, and what sets it apart
        must not count as the discount's. The choice that explains most of the estimates comes first.
    """
    rows = told.possible
    frames = []
    for choice, options in told.choices.items():
        all_of = told.specifications[choice].value_counts().reindex(options)
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


def option_answers(told: Multiverse) -> pd.DataFrame:
    """Tell what the specifications that take an option answer, each kind of comparator by itself.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    pandas.DataFrame
        kind, choice, option, possible (count), share_above and share_below of the possible; only what is possible has a
        row.
    """
    rows = told.possible.assign(
        above=told.possible["answer"] == ABOVE, below=told.possible["answer"] == BELOW
    )
    frames = [
        rows.groupby(["kind", choice], observed=True)
        .agg(possible=("above", "size"), share_above=("above", "mean"), share_below=("below", "mean"))
        .rename_axis(["kind", "option"])
        .reset_index()
        .assign(choice=choice)
        .astype({"kind": str, "option": str})
        for choice in told.choices
    ]
    return pd.concat(frames, ignore_index=True)


def choice_effects(options: pd.DataFrame) -> pd.DataFrame:
    """Keep one row per choice.

    Parameters
    ----------
    options : pandas.DataFrame
        Made by `option_effects`.

    Returns
    -------
    pandas.DataFrame
        choice, explained and explained_answer, in the order of `options`.
    """
    return options.drop_duplicates("choice")[["choice", "explained", "explained_answer"]]
