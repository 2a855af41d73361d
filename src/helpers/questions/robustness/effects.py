"""What the specifications answer, and how far each choice moves the answer."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.one_count import arm_names
from helpers.evidence.provenance import ORIGINS
from helpers.questions.robustness.rows import ABOVE, ANSWERS, BELOW, DIGITS, UNCLEAR, Multiverse

#: The most counts that are named one by one.
_NAMED = 5
_SCORES = {BELOW: -1, UNCLEAR: 0, ABOVE: 1}
#: What is recorded of a specification.
_RECORDED = [
    "women", "background", "background_high", "least", "detectable", "aim", "power", "powered", "estimate", "low", "high",
]  # fmt: skip


def multiverse_values(multiverse: Multiverse) -> dict[str, Any]:
    """Sum a multiverse up in the numbers that are recorded as its result.

    specifications, powered (how many could have detected a doubling), own_paper (how many rest on the studies' own papers or
    registers alone), single_study (how many have one treated study), data_sets and comparator_sets. By kind of comparator:
    the same two counts, the answers of the powered and of the rest, the median, lowest and highest difference, the
    comparator's lowest and highest rate, the lowest, median and highest detectable rate (None where no rate is), undetectable (how many would have declared no rate), and the lowest and
    highest power. Nothing is averaged over kinds: they answer different questions.
    """
    rows = multiverse.specifications
    return {
        "specifications": len(rows),
        "powered": int(rows["powered"].sum()),
        "own_paper": int(rows["treated_set"].isin(own_paper_sets(multiverse)).sum()),
        "single_study": int((rows["k"] == 1).sum()),
        "data_sets": int(rows["treated_set"].nunique()),
        "comparator_sets": int(rows["background_set"].nunique()),
        "kinds": {kind: _of_kind(rows[rows["kind"] == kind]) for kind in multiverse.kinds},
    }


def own_paper_sets(multiverse: Multiverse) -> list[int]:
    """List the treated data sets of which every count is from the study's own paper or register."""
    return [place for place, rows in enumerate(multiverse.sets) if rows["origin"].eq(ORIGINS[0]).all()]


def _of_kind(rows: pd.DataFrame) -> dict[str, Any]:
    powered = rows["powered"]
    return {
        "specifications": len(rows),
        "powered": int(powered.sum()),
        "powered_answers": _answers(rows[powered]),
        "other_answers": _answers(rows[~powered]),
        **_spread(rows["estimate"], ""),
        "comparator_lowest": float(rows["background"].min()),
        "comparator_highest": float(rows["background"].max()),
        **_spread(rows["detectable"], "detectable_"),
        "undetectable": int(rows["detectable"].isna().sum()),
        "power_lowest": float(rows["power"].min()),
        "power_highest": float(rows["power"].max()),
    }


def _answers(rows: pd.DataFrame) -> dict[str, int]:
    return {answer: int((rows["answer"] == answer).sum()) for answer in ANSWERS}


def _spread(values: pd.Series[float], prefix: str) -> dict[str, float | None]:
    known = values.dropna()
    return {
        prefix + name: float(getattr(known, how)()) if len(known) else None
        for name, how in (("lowest", "min"), ("median", "median"), ("highest", "max"))
    }


def specification_powers(multiverse: Multiverse) -> pd.DataFrame:
    """Name every specification by its counts and choices, with the numbers from which its power follows.

    name is "treated events/women (studies) v comparator events/women (cohort), model, bias"; the rest is as in
    `Multiverse.specifications`, with the missing as None.
    """
    rows = multiverse.specifications
    treated = {place: _named(multiverse.sets[place]) for place in rows["treated_set"].unique()}
    others = {place: _named(multiverse.comparators[place]) for place in rows["background_set"].unique()}
    name = rows["treated_set"].map(treated) + " v " + rows["background_set"].map(others)
    name += ", " + rows["model"].astype("str") + ", bias " + rows["bias"].astype("str")
    known = rows["detectable"].astype(object).where(rows["detectable"].notna(), None)
    return rows.assign(name=name, detectable=known)


def power_values(row: pd.Series[Any]) -> dict[str, Any]:
    """Give the values of a row of `specification_powers` that are recorded as its result."""
    return {name: row[name] for name in _RECORDED}


def _named(rows: pd.DataFrame) -> str:
    if len(rows) > _NAMED:
        studies = ", ".join(dict.fromkeys(rows["study_id"]))
        return f"{int(rows['events'].sum())}/{int(rows['total'].sum())} ({studies})"
    counts = rows["events"].astype("str") + "/" + rows["total"].astype("str")
    return " + ".join(counts + " " + arm_names(rows))


def option_effects(multiverse: Multiverse) -> pd.DataFrame:
    """Describe the specifications that each option leads to; the choice that explains most of the estimates comes first.

    A specification that several options of a choice lead to counts with each of them. specifications, powered, median,
    lowest and highest are those of the option; explained is eta squared of the estimates for the choice,
    explained_answer that of the answers (scored -1, 0 and 1), over the kinds of comparators that leave the choice open.
    """
    rows = multiverse.taken.merge(multiverse.specifications, on="id", suffixes=("", "_own"))
    rows["score"] = rows["answer"].map(_SCORES)
    frames: list[pd.DataFrame] = []
    for choice, options in multiverse.choices.items():
        own = rows[rows["choice"] == choice]
        open_here = own.groupby("kind")["option"].transform("nunique") > 1
        asked = own if choice == "comparator" else own[open_here]
        groups = own.groupby("option")
        frame = groups["estimate"].agg(specifications="size", median="median", lowest="min", highest="max")
        frame = frame.assign(powered=groups["powered"].sum()).reindex(options)
        frame = frame.assign(
            choice=choice,
            explained=_explained(asked["estimate"], asked["option"]),
            explained_answer=_explained(asked["score"], asked["option"]),
        )
        frames.append(frame.rename_axis("option").reset_index())
    effects: pd.DataFrame = pd.concat(frames, ignore_index=True)
    return effects.sort_values("explained", ascending=False, kind="stable", ignore_index=True)


def _explained(values: pd.Series[Any], taken: pd.Series[Any]) -> float:
    return round(stats.variance_explained(values, taken.astype("str")), DIGITS) if len(values) else 0.0


def choice_effects(options: pd.DataFrame) -> pd.DataFrame:
    """Keep one row per choice of `option_effects`, in its order."""
    return options.drop_duplicates("choice")[["choice", "explained", "explained_answer"]]
