"""What a multiverse says as a whole: how many specifications answer what, and which choices move the answer."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from helpers import stats
from helpers.counts.one_count import months_text, with_women
from helpers.counts.outcomes import percent, points
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.background.pairs import POWERS
from helpers.questions.robustness.rows import (
    ABOVE,
    ANSWERS,
    BELOW,
    COMPARATOR_KINDS,
    POSSIBLE,
    UNCLEAR,
    Multiverse,
)
from helpers.show.table import Table, table

#: Differences are told apart to this many digits: beyond it they are the rounding of the machine.
_DIGITS = 10
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
    distinct = _distinct(rows)
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


def _distinct(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep each result once by kind of comparator."""
    limits = rows[["estimate", "low", "high"]].round(_DIGITS)
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
    return round(stats.variance_explained(values, taken), _DIGITS) if np.size(values) else 0.0


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


def answer_table(told: Multiverse) -> Table:
    """Build the table of what the specifications answer.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    Table
        One row per answer and kind of comparator, with its specifications, their share of those possible with that kind,
        and the distinct results; then the reasons for which specifications are impossible.
    """
    rows = told.possible
    distinct = _distinct(rows)
    lines = []
    for kind in told.kinds:
        of_kind = rows[rows["kind"] == kind]
        own, small = (
            of_kind["answer"].value_counts(),
            of_kind.groupby("answer", observed=False)["too_small"].sum(),
        )
        results = distinct.loc[distinct["kind"] == kind, "answer"].value_counts()
        lines += [
            {
                "head": f"Compared with {kind}",
                "answer": word,
                "specifications": int(own[word]),
                "share": _share(own[word] / own.sum() if own.sum() else float("nan")),
                "small": f"{int(small[word]):,}",
                "results": int(results[word]),
            }
            for word in POSSIBLE
        ]
    counts = told.specifications["answer"].value_counts()
    lines += [
        {
            "head": "Impossible",
            "answer": word,
            "specifications": int(counts[word]),
            "share": "",
            "small": "",
            "results": 0,
        }
        for word in ANSWERS
        if word not in POSSIBLE
    ]
    columns = {
        "answer": f"{100 * told.level:g} % CI of the difference", "specifications": "specifications",
        "share": "percent of those possible with this kind", "small": "of them too small to detect a doubling",
        "results": "distinct results",
    }  # fmt: skip
    note = (
        "Difference: treated minus comparator. A CI that includes zero shows neither a difference nor its absence. Doubling: of the "
        f"comparator's rate, with a power of {100 * POWERS[0]:g} %, if each group were one study of its size."
    )
    return table(
        pd.DataFrame(lines), columns, title="What the specifications answer", note=note, group="head"
    )


def treated_set_table(told: Multiverse) -> Table:
    """Build the table of the distinct data sets of treated women.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    Table
        One row per set that any specification uses, the one most used first.
    """
    used = told.possible["treated_set"].value_counts()
    lines = [
        {
            "studies": "; ".join(
                f"{name} {count}"
                for name, count in zip(
                    with_women(rows["study_label"], rows["population"]), _counts(rows), strict=True
                )
            ),
            "k": len(rows),
            "counts": f"{int(rows['events'].sum())}/{int(rows['total'].sum())}",
            "specifications": int(used[place]),
            "evidence": "; ".join(rows["evidence_row"]),
        }
        for place in used.index
        for rows in [told.sets[int(place)]]
    ]
    columns = {
        "studies": "studies and their counts", "k": "studies", "counts": "events/women", "specifications": "specifications",
        "evidence": "evidence rows",
    }  # fmt: skip
    rows = pd.DataFrame(lines, columns=list(columns))
    note = "Sums are shown for orientation; how they are pooled is a choice of its own."
    return table(rows, columns, title="Data sets of women with cells", note=note)


def comparator_cohort_table(told: Multiverse) -> Table:
    """Build the table of the cohorts without cells that any specification compares with.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    Table
        One row per count, by kind, the lowest rate first.
    """
    used = sorted(told.possible["background_set"].unique())
    rows = pd.concat([told.comparators[place] for place in used])
    rows = rows.drop_duplicates(["evidence_row", "total"]).sort_values(["proportion", "total"], kind="stable")
    rows = rows.sort_values("kind", key=lambda kind: kind.map(list(COMPARATOR_KINDS).index), kind="stable")
    lines = rows.assign(
        head=rows["kind"].map(COMPARATOR_KINDS).map(capital),
        who=rows["study_label"] + ": " + rows["arm_label"],
        women=rows["condition"] + (": " + rows["population"]).fillna(""),
        follow_up=rows["months"].map(months_text),
        outcome=rows["outcome"].map(phrase),
        counts=_counts(rows),
        share=[f"{percent(share)} %" for share in rows["proportion"]],
        evidence=rows["evidence_row"],
    ).drop(columns="evidence_row")
    columns = {
        "who": "cohort", "women": "women", "outcome": "outcome", "counts": "events/women", "share": "rate",
        "follow_up": "follow-up", "evidence": "evidence row",
    }  # fmt: skip
    return table(lines, columns, title="Women without cells", group="head")


def _counts(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["events"].astype(str) + "/" + rows["total"].astype(str)


def option_table(told: Multiverse, options: pd.DataFrame) -> Table:
    """Build the table of choices and options, the choice that explains most first.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.
    options : pandas.DataFrame
        Made by `option_effects`.

    Returns
    -------
    Table
        One row per option, with the shares of each kind of comparator in a column of its own.
    """
    answers = option_answers(told).set_index(["kind", "choice", "option"])
    texts = {
        key: f"{_share(above)} / {_share(below)}"
        for key, above, below in zip(
            answers.index, answers["share_above"], answers["share_below"], strict=True
        )
    }
    shares = {
        kind: [
            texts.get((kind, *pair), "–") for pair in zip(options["choice"], options["option"], strict=True)
        ]
        for kind in told.kinds
    }
    rows = options.assign(
        head=options["choice"] + ": " + (100 * options["explained"]).map("{:.1f}".format) + " % of the estimates, "
        + (100 * options["explained_answer"]).map("{:.1f}".format) + " % of the answers",
        middle=options["median"].map(_points),
        span=(options["lowest"].map(_points) + " to " + options["highest"].map(_points)).where(options["possible"] > 0, "none"),
        **shares,
    )  # fmt: skip
    columns = {
        "option": "option", "possible": "possible", "impossible": "impossible", "middle": "median difference",
        "span": "lowest to highest", **{kind: f"CI above / below zero: {kind}" for kind in told.kinds},
    }  # fmt: skip
    note = (
        "Differences in percentage points, treated minus comparator. The heads give the percentage of the variance between specifications "
        "that goes with the choice alone (eta squared): percentages of choices that act together do not add up. Above and below are "
        "percentages of the specifications that are possible with the option and that kind of comparator; in the rest the CI includes zero."
    )
    return table(rows, columns, title="Options of each choice and what they answer", group="head", note=note)


def _points(difference: float) -> str:
    return "none possible" if pd.isna(difference) else points(difference)


def _share(share: float) -> str:
    return "none possible" if pd.isna(share) else f"{percent(share)} %"
