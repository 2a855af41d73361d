"""Rows on harm for figures and tables: studies by what they report, bounds, sizes, women needed, published rates."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.cohorts import women_once
from helpers.counts.harms import STATES
from helpers.evidence.vocabulary import HARMS, ORGAN, TISSUE
from helpers.questions.safety.rows import Safety
from helpers.show.numbers import count_of, number, percent, significant

#: Proportions of women with a harm, from frequent to rare, for which the women needed are given.
SHARES = (0.1, 0.01, 0.001)
#: The women of a published synthesis, by `pooled.arm_kind`.
_WHO = {
    "cells": "women treated with cells", "comparator": "women treated without cells", "untreated": "untreated women",
    "mixed": "women with cells and women without", "": "women treated in several ways",
}  # fmt: skip


def harm_states(harm: Safety) -> pd.DataFrame:
    """Count studies and women by treated tissue and by what the studies report of harm; one row per tissue and state.

    studies, names and women are of studies with results, `registered` counts those without. article: studies that
    only the article under review reports on (their names come last). women counts cohorts that may share women once;
    unknown: studies that do not report a number of women.
    """
    rows = []
    for tissue in [word for word in TISSUE if (harm.studies["tissue"] == word).any()]:
        for state in STATES:
            studies = harm.studies[(harm.studies["tissue"] == tissue) & (harm.studies["state"] == state)]
            results = studies[~studies["registered"]].sort_values("article_only", kind="stable")
            names, article = ", ".join(results["study_label"]), int(results["article_only"].sum())
            registered = len(studies) - len(results)
            rows.append((tissue, state, len(results), names, article, *women_once(results), registered))
    columns = ["tissue", "state", "studies", "names", "article", "women", "unknown", "registered"]
    return pd.DataFrame(rows, columns=columns)


def uncounted(harm: Safety) -> pd.DataFrame:
    """Take the studies with results that give no count of the harm `event` with its total."""
    return harm.results[~harm.results["counted"] & ~harm.results["retracted"]]


def bound_rows(harm: Safety) -> pd.DataFrame:
    """Order counts and crude sums as they are drawn; origin, cell_source and citation are missing for a sum.

    The counts of each tissue, unit and group come before their sum; the sums over all groups of a tissue and unit
    come last. scope is ``"study"`` for a count, else that of `Safety.together`.
    """
    rows = harm.rows.assign(scope="study")
    rows["label"] = rows["study_label"].where(rows["left_out"] == "", rows["study_label"] + " (in no sum)")
    labels = [f"{row.studies} studies, {scope_words(str(row.scope))}" for row in harm.together.itertuples()]
    sums = harm.together.assign(label=labels, group=harm.together["group"].replace("", "all groups"))
    parts = []
    for (_, unit), same in rows.groupby(["tissue", "total_unit"], sort=False):
        for group in [*same["group"].unique(), "all groups"]:
            below = sums[(sums["group"] == group) & (sums["total_unit"] == unit)]
            parts += [same[same["group"] == group], below[below["tissue"].isin(same["tissue"])]]
    frame: pd.DataFrame = pd.concat([rows.iloc[:0], *parts], ignore_index=True)
    return frame.assign(
        section=frame["tissue"].map(ORGAN) + ": " + frame["group"] + ", " + frame["total_unit"],
        count_text=[f"{int(n)}/{int(of)}" for n, of in zip(frame["events"], frame["total"], strict=True)],
        bound_text=still(frame),
    )


def still(rows: pd.DataFrame) -> list[str]:
    """Write up to which proportion each count or sum is compatible; a count published because of its event has none."""
    return [f"up to {percent(bound)} %" if pd.notna(bound) else "no proportion" for bound in rows["bound"]]


def scope_words(scope: str) -> str:
    """Say what a crude sum is of, for a scope of `Safety.together`."""
    return {"all": "crude sum", "group": "crude sum", "first-hand": "paper or registry"}[scope]


def size_rows(harm: Safety) -> pd.DataFrame:
    """Give for each number of women the smallest proportion with a harm that shows at least once, at the level of `harm`.

    scope is ``"study"`` for a count, ``"all"`` for the crude sum of a tissue, and ``"no-count"`` for the women of a
    study with results that gives no count. origin and citation are missing for the last two.
    """
    columns = ["label", "total", "total_unit", "scope", "share", "origin", "citation"]
    rows = harm.rows[harm.rows["bound"].notna()]
    rows = rows.assign(label=rows["study_label"], scope="study")
    overall = harm.together[harm.together["scope"] == "all"]
    overall = overall.assign(label="crude sum, " + overall["tissue"].map(ORGAN).astype("str"))
    # The document of a study that gives no count is no source of the figure.
    others = (
        uncounted(harm).rename(columns={"study_label": "label", "women": "total"}).drop(columns="citation")
    )
    others = others[others["total"] > 0].assign(scope="no-count", total_unit="women")
    parts = [part for part in (rows, overall, others) if len(part)]
    frame = pd.concat(parts or [rows], ignore_index=True).reindex(columns=columns)
    if len(frame):
        frame["share"] = stats.zero_event_upper_bound(frame["total"].astype(int), level=harm.level)
    return frame


def needed_rows(level: float) -> pd.DataFrame:
    """Give how many women must be followed to see a harm of each of `SHARES` at least once, with the probability `level`."""
    return pd.DataFrame({"share": SHARES, "women": stats.patients_to_see(SHARES, probability=level)})


def published_rows(harm: Safety) -> pd.DataFrame:
    """Write the rates of harm of published syntheses as they are printed; women with cells come first.

    who: tissue and what the women had received. women: the part of the synthesis, where it is a part.
    """
    rows = harm.published
    kinds = rows["arm_kind"].astype("str").fillna("")
    rows = rows.assign(
        who=rows["tissue"].map(ORGAN).astype("str") + ": " + kinds.map(_WHO),
        harm=rows["outcome"].map(HARMS),
        rate=[_rate(row) for row in rows.itertuples()],
        women=rows["subgroup"].astype("str").fillna("all women of the synthesis"),
        _kind=kinds.map([*_WHO].index),
    )
    return rows.sort_values(["_kind", "tissue"], kind="stable")


def _rate(row: Any) -> str:
    """Write an estimate: ``3.57 % (3 events)``, ``7 % (4 to 11 %)``, ``0 events``, ``OR 3.27 (1.28 to 8.36)``."""
    if pd.isna(row.estimate):
        return f"{row.effect}, not printed"
    if row.effect == "count":
        return f"{number(row.estimate)} events"
    details = []
    if pd.notna(row.events):
        details.append(count_of(row.events, row.total) if pd.notna(row.total) else f"{row.events} events")
    share = row.effect == "proportion"
    estimate, low, high = (100 * value if share else value for value in (row.estimate, row.low, row.high))
    if pd.notna(low):
        details.append(f"{significant(low, 4)} to {significant(high, 4)}{' %' if share else ''}")
    text = f"{significant(estimate, 4)} %" if share else f"{row.effect} {number(estimate)}"
    return f"{text} ({'; '.join(details)})" if details else text


def harm_results(harm: Safety) -> list[tuple[str, dict[str, float | int | None], int | None]]:
    """List the recorded results of a harm: name, values and index in `outcomes` (None for a sum) of each count, sum and rate."""
    shares = ["events", "total", "proportion", "low", "high", "bound"]
    rates = ["women_months", "rate", "low", "high", "bound"]
    results: list[tuple[str, dict[str, float | int | None], int | None]] = []
    for index, row in harm.rows.iterrows():
        name = f"count/{row['study_id']}/{row['arm_id']}/{row['total_unit']}"
        results.append((name, _numbers(row[shares]), int(str(index))))
    for _, row in harm.together.iterrows():
        name = "/".join(filter(None, ("sum", row["tissue"], row["total_unit"], row["scope"], row["group"])))
        results.append((name, _numbers(row[shares]), None))
    for _, row in harm.exposure.iterrows():
        results.append((f"rate/{row['study_label']}", _numbers(row[rates]), None))
    return results


def _numbers(row: pd.Series[Any]) -> dict[str, float | int | None]:
    """Turn the cells of a row into plain numbers: counts are whole, and a blank is None."""
    kinds = {"events": int, "total": int}
    return {
        str(name): None if pd.isna(cell) else kinds.get(str(name), float)(cell) for name, cell in row.items()
    }
