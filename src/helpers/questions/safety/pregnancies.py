"""Pregnancies of women treated with cells of which no end is reported."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Evidence

#: Kinds of pregnancy that births are compared with, the widest first.
_PREGNANT = ["pregnancy", "ongoing-pregnancy", "art-pregnancy"]

#: What is read of a count.
_READ = [
    "study_id", "study_label", "arm_id", "arm_label", "arm_kind", "subgroup", "outcome", "events", "total", "total_unit", "origin",
    "source_id", "reporting",
]  # fmt: skip


def open_pregnancies(ev: Evidence) -> pd.DataFrame:
    """Count the pregnancies with cells whose end is not reported, where one source counts births and ongoing pregnancies.

    One row per study in which some are left, by study_id: pregnancies, births, ongoing and unexplained.
    """
    names = {"pregnancy": "pregnancies", "live-birth": "births", "ongoing-pregnancy": "ongoing"}
    rows = ev.select("outcomes")[_READ]
    rows = rows[(rows["arm_kind"] == "cells") & rows["events"].notna()]
    whole = rows[rows["outcome"].isin(names) & rows["subgroup"].isna() & (rows["total_unit"] == "women")]
    same = ["study_id", "arm_id", "source_id", "total", "origin"]
    counts = whole.pivot_table(index=same, columns="outcome", values="events", aggfunc="max")
    counts = counts.reindex(columns=[*names]).rename(columns=names).dropna().astype(int)
    counts = counts.reset_index().drop_duplicates("study_id").set_index("study_id")
    counts = counts[["origin", *names.values()]]
    lost = rows[rows["outcome"] == "miscarriage"].groupby("study_id")["events"].max()
    ended = counts["births"] + counts["ongoing"] + lost.reindex(counts.index).fillna(0).astype(int)
    counts = counts.assign(unexplained=counts["pregnancies"] - ended)
    return counts[counts["unexplained"] > 0]


def pregnancy_fates(ev: Evidence, unexplained: pd.DataFrame) -> pd.DataFrame:
    """Compare births with pregnancies in one source, where more women with cells were pregnant than births and losses explain.

    One row per arm, those with cells first; outcome is the kind of pregnancy. Studies that are `unexplained`, by
    `open_pregnancies`, are excluded.
    """
    rows = ev.select("outcomes")[_READ]
    usual = rows["reporting"].ne("event-triggered").fillna(True)
    rows = rows[usual & rows["events"].notna() & rows["total_unit"].eq("women")]
    same = ["study_id", "arm_id", "source_id"]
    born = rows[rows["outcome"].eq("live-birth") & rows["subgroup"].isna()]
    born = born.groupby(same)["events"].max().rename("births").reset_index()
    pregnant = rows[rows["outcome"].isin(_PREGNANT)]
    kind = pregnant["outcome"].map(_PREGNANT.index)
    pregnant = pregnant.assign(_part=pregnant["subgroup"].notna(), _kind=kind)
    pregnant = pregnant.sort_values(["_part", "_kind"], kind="stable").drop_duplicates(same)
    both = pregnant.merge(born, on=same).rename(columns={"events": "pregnant"})
    losses = ev.outcomes[ev.outcomes["outcome"] == "miscarriage"].groupby("study_id")["events"].max()
    ended = both["births"] + both["study_id"].map(losses).fillna(0).astype(int)
    unclear = both.loc[both["arm_kind"].eq("cells") & (both["pregnant"] > ended), "study_id"]
    named = both["study_id"].isin(unclear) & ~both["study_id"].isin(unexplained.index)
    both = both[named].assign(_control=both["arm_kind"] != "cells")
    columns = ["study_id", "study_label", "arm_label", "arm_kind", "outcome", "origin", "pregnant", "births"]
    fates: pd.DataFrame = both.sort_values(["study_label", "_control"])[columns]
    return fates.astype({"pregnant": int, "births": int})
