"""Events and totals against the women enrolled, and parts against their whole, as births against pregnancies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, rows_of
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import BIRTHS

#: Outcomes that are part of others: no more women can have the first than any of the others.
PARTS = {
    "natural-pregnancy": ("pregnancy",),
    "art-pregnancy": ("pregnancy",),
    "ongoing-pregnancy": ("pregnancy",),
    "miscarriage": ("pregnancy",),
    "birth": ("pregnancy",),
    "live-birth": ("pregnancy", "birth"),
    "natural-live-birth": ("natural-pregnancy", "pregnancy", "live-birth"),
    "term-birth": ("pregnancy", "birth", "live-birth"),
    "preterm-birth": ("pregnancy", "birth"),
}
#: What rows have in common whose counts can be held against each other.
_SAME = ["study_id", "arm_id", "subgroup", "timepoint_months", "total_unit", "total", "source_id"]


def women_against_enrolled(ev: Evidence) -> Iterator[Misfit]:
    """Find counts of women above the number enrolled in the study, or in the arm where the study gives none."""
    frame = ev.select("outcomes")
    women = frame[frame["total_unit"] == "women"]
    enrolled = women["n_enrolled"].fillna(women["arm_n"])
    totals, events = ((women[column] > enrolled).fillna(False).astype(bool) for column in ("total", "events"))
    for column, above in (("total", totals), ("events", events & ~totals)):
        for row, cells in rows_of(women[above]):
            n = int(enrolled[row])
            printed = f"{column} {cells[column]}, women enrolled {n}"
            possible = f"at most {n}, unless the source counts other women or events than women"
            yield Misfit("outcomes", [row], printed, possible, Confidence.LIKELY)


def part_above_whole(ev: Evidence) -> Iterator[Misfit]:
    """Find more of a part than of its whole, as births of pregnancies, in the same rows of the same source.

    Only where each woman, cycle or transfer counts once: of children, twins are two. A woman may conceive in
    both ways.
    """
    known = {*PARTS, *(whole for wholes in PARTS.values() for whole in wholes)}
    frame = ev.outcomes[ev.outcomes["events"].notna() & ev.outcomes["outcome"].isin(known)]
    group = frame.groupby(_SAME, dropna=False, sort=False).ngroup()
    most = frame.assign(group=group, row=frame.index, events=frame["events"].astype(float))
    most = most.sort_values("events", ascending=False, kind="stable").drop_duplicates(["group", "outcome"])
    counts = most.pivot_table("events", "group", "outcome", "first").reindex(columns=sorted(known))
    rows = most.pivot_table("row", "group", "outcome", "first")
    units = most.drop_duplicates("group").set_index("group")["total_unit"].reindex(counts.index)
    once = units.isin(["women", "cycles", "transfers"])
    for part, wholes in PARTS.items():
        for whole in wholes:
            asked = once if part in BIRTHS and whole not in BIRTHS else True
            for own in counts.index[(counts[part] > counts[whole]) & asked]:
                yield _too_many(counts.loc[own], rows.loc[own], [part], whole, Confidence.LIKELY)
    ways, whole = ["natural-pregnancy", "art-pregnancy"], "pregnancy"
    fits = counts[ways].le(counts[whole], axis=0).all(axis=1)
    for own in counts.index[fits & (counts[ways].sum(axis=1) > counts[whole])]:
        yield _too_many(counts.loc[own], rows.loc[own], ways, whole, Confidence.POSSIBLE)


def _too_many(
    counts: pd.Series[Any], rows: pd.Series[Any], parts: list[str], whole: str, sure: Confidence
) -> Misfit:
    printed = " + ".join(f"{part} {counts[part]:.0f}" for part in parts) + f", {whole} {counts[whole]:.0f}"
    possible = (
        f"not more than the {counts[whole]:.0f} with {whole}; twins count once"
        if len(parts) == 1
        else f"together {counts[parts].sum():.0f}, unless a woman had both"
    )
    index = rows[[*parts, whole]]
    return Misfit("outcomes", index, printed, possible, sure)
