"""What a multiverse says as a whole: how many specifications answer what, and which choices move the answer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence.vocabulary import phrase
from helpers.tables.multiverse import ABOVE, ANSWERS, BELOW, POSSIBLE, UNCLEAR, Multiverse
from helpers.tables.publication import Table, table
from helpers.tables.rows import percent, points

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
        specifications, of them each answer (counts); data_sets, comparator_sets and results (distinct ones); share_above and
        share_below of the possible specifications, and share_above_results of the distinct results; single_study (share of
        the possible); median, lowest and highest estimate (treated minus background).
    """
    rows = told.possible
    counts = told.specifications["answer"].value_counts()
    distinct = rows[["estimate", "low", "high"]].round(_DIGITS).assign(answer=rows["answer"].astype(str))
    distinct = distinct.drop_duplicates()
    return {
        "specifications": len(told.specifications),
        "possible": len(rows),
        "answers": {word: int(counts[word]) for word in ANSWERS},
        "data_sets": int(rows["treated_set"].nunique()),
        "comparator_sets": int(rows["background_set"].nunique()),
        "results": len(distinct),
        "share_above": float((rows["answer"] == ABOVE).mean()),
        "share_below": float((rows["answer"] == BELOW).mean()),
        "share_above_results": float((distinct["answer"] == ABOVE).mean()),
        "single_study": float((rows["k"] == 1).mean()),
        "median": float(rows["estimate"].median()),
        "lowest": float(rows["estimate"].min()),
        "highest": float(rows["estimate"].max()),
    }


def option_effects(told: Multiverse) -> pd.DataFrame:
    """Tell for each option of each choice what the specifications that take it answer.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    pandas.DataFrame
        choice, option, possible and impossible (counts), median, mean, lowest and highest estimate, share_above and
        share_below of the possible (missing where none is), and for the choice explained (eta squared of the estimates),
        explained_answer (eta squared of the answers, scored -1, 0 and 1) and swing (between the largest and the smallest
        share_above of its options). The choice that explains most of the estimates comes first.
    """
    rows = told.possible
    scores = rows["answer"].astype(str).map(_SCORES).to_numpy()
    answers = rows.assign(above=rows["answer"] == ABOVE, below=rows["answer"] == BELOW)
    frames = []
    for choice, options in told.choices.items():
        all_of = told.specifications[choice].value_counts().reindex(options)
        groups = answers.groupby(choice, observed=False)
        frame = groups["estimate"].agg(["median", "mean", "min", "max"]).reindex(options)
        frame.columns = pd.Index(["median", "mean", "lowest", "highest"])
        possible = groups.size().reindex(options)
        above, below = (groups[name].mean().reindex(options) for name in ("above", "below"))
        taken = rows[choice].cat.codes.to_numpy()
        frame = frame.assign(
            choice=choice, option=options, possible=possible, impossible=all_of - possible, share_above=above, share_below=below,
            explained=round(stats.variance_explained(rows["estimate"].to_numpy(), taken), _DIGITS),
            explained_answer=round(stats.variance_explained(scores, taken), _DIGITS),
            swing=above.max() - above.min(),
        )  # fmt: skip
        frames.append(frame)
    effects = pd.concat(frames, ignore_index=True)
    return effects.sort_values("explained", ascending=False, kind="stable", ignore_index=True)


def choice_effects(options: pd.DataFrame) -> pd.DataFrame:
    """Keep one row per choice.

    Parameters
    ----------
    options : pandas.DataFrame
        Made by `option_effects`.

    Returns
    -------
    pandas.DataFrame
        choice, explained, explained_answer and swing, in the order of `options`.
    """
    return options.drop_duplicates("choice")[["choice", "explained", "explained_answer", "swing"]]


def answer_table(told: Multiverse) -> Table:
    """Build the table of what the specifications answer.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    Table
        One row per answer, with its specifications, their share of those possible, and the distinct results.
    """
    rows = told.possible
    distinct = rows.assign(result=_results(rows)).drop_duplicates(["result", "answer"])
    counts = told.specifications["answer"].value_counts()
    lines = [
        {
            "answer": word,
            "specifications": int(counts[word]),
            "share": f"{percent(counts[word] / max(len(rows), 1))} %" if word in POSSIBLE else "impossible",
            "results": int((distinct["answer"] == word).sum()),
        }
        for word in ANSWERS
    ]
    columns = {
        "answer": "treated women lie", "specifications": "specifications", "share": "share of those possible",
        "results": "distinct results",
    }  # fmt: skip
    note = f"Above or below: the {100 * told.level:g} % interval of treated minus background lies wholly on that side of zero."
    return table(pd.DataFrame(lines), columns, title="What the specifications answer", note=note)


def set_table(told: Multiverse) -> Table:
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
            "studies": "; ".join(f"{row.study_label} {row.events}/{row.total}" for row in rows.itertuples()),
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


def comparator_table(told: Multiverse) -> Table:
    """Build the table of the cohorts without cells that any specification compares with.

    Parameters
    ----------
    told : Multiverse
        Made by `multiverse`.

    Returns
    -------
    Table
        One row per count, the lowest rate first.
    """
    used = sorted(told.possible["background_set"].unique())
    rows = pd.concat([told.comparators[place] for place in used])
    rows = rows.drop_duplicates(["evidence_row", "total"]).sort_values(["proportion", "total"], kind="stable")
    lines = rows.assign(
        who=rows["study_label"] + ": " + rows["arm_label"],
        outcome=rows["outcome"].map(phrase),
        counts=rows["events"].astype(str) + "/" + rows["total"].astype(str),
        share=[f"{percent(share)} %" for share in rows["proportion"]],
        evidence=rows["evidence_row"],
    ).drop(columns="evidence_row")
    columns = {
        "who": "cohort", "condition": "condition", "kind": "comparator", "outcome": "outcome", "counts": "events/women",
        "share": "rate", "evidence": "evidence row",
    }  # fmt: skip
    return table(lines, columns, title="Cohorts of women without cells")


def effect_table(options: pd.DataFrame) -> Table:
    """Build the table of choices and options, the choice that explains most first.

    Parameters
    ----------
    options : pandas.DataFrame
        Made by `option_effects`.

    Returns
    -------
    Table
        One row per option.
    """
    rows = options.assign(
        head=options["choice"] + ": " + (100 * options["explained"]).map("{:.1f}".format) + " % of the estimates, "
        + (100 * options["explained_answer"]).map("{:.1f}".format) + " % of the answers",
        middle=options["median"].map(_points),
        span=(options["lowest"].map(_points) + " to " + options["highest"].map(_points)).where(options["possible"] > 0, "none"),
        above=[_share(share) for share in options["share_above"]],
        below=[_share(share) for share in options["share_below"]],
    )  # fmt: skip
    columns = {
        "option": "option", "possible": "possible", "impossible": "impossible", "middle": "median difference",
        "span": "lowest to highest", "above": "above the background", "below": "below it",
    }  # fmt: skip
    note = (
        "Differences in percentage points, treated minus background. The heads tell the share of the variance between specifications "
        "that goes with the choice alone (eta squared): shares of choices that act together do not add up."
    )
    return table(rows, columns, title="Options of each choice and what they answer", group="head", note=note)


def _results(rows: pd.DataFrame) -> pd.Series[str]:
    limits = rows[["estimate", "low", "high"]].round(_DIGITS).astype(str)
    return limits["estimate"] + " " + limits["low"] + " " + limits["high"]


def _points(difference: float) -> str:
    return "none possible" if pd.isna(difference) else points(difference)


def _share(share: float) -> str:
    return "none possible" if pd.isna(share) else f"{percent(share)} %"
