"""Parts against their whole: subgroups, classes, arms and the studies behind subgroup analyses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from helpers.checks.findings import Confidence, Misfit
from helpers.evidence.package import Evidence

#: What the rows of one whole and its subgroups have in common.
_WHOLE = ["study_id", "arm_id", "outcome", "timepoint_months", "total_unit", "source_id"]
#: What the subgroup analyses of one pooled result have in common.
_ANALYSIS = ["source_id", "outcome", "effect", "model"]


def sums_of_subgroups(ev: Evidence) -> Iterator[Misfit]:
    """Find subgroups that do not add up to their arm.

    Whether subgroups share women is not known. They are held to the whole only where events or totals add up to it,
    which tells that they divide it: then the other must add up too.
    """
    frame = ev.outcomes[ev.outcomes[["events", "total"]].notna().all(axis=1)]
    frame = frame[frame.groupby(_WHOLE, dropna=False)["total"].transform("size") > 2]
    for _, rows in frame.groupby(_WHOLE, dropna=False, sort=False):
        whole, parts = rows[rows["subgroup"].isna()], rows[rows["subgroup"].notna()]
        if len(whole) != 1 or len(parts) < 2:
            continue
        events, total = int(whole["events"].iloc[0]), int(whole["total"].iloc[0])
        added, added_total = int(parts["events"].sum()), int(parts["total"].sum())
        alike, alike_total = added == events, added_total == total
        if alike_total == (alike and events > 0) or not (alike or alike_total):
            continue
        listed = " + ".join(f"{row.events}/{row.total}" for row in parts.itertuples())
        printed, possible = f"{listed} against {events}/{total}", f"together {added}/{added_total}"
        yield Misfit("outcomes", [whole.index[0], *parts.index], printed, possible, Confidence.LIKELY)


def sums_of_classes(ev: Evidence) -> Iterator[Misfit]:
    """Find classes of women before treatment that hold more women than were classed."""
    frame = ev.baseline[ev.baseline[["n", "total"]].notna().all(axis=1)]
    for _, rows in frame.groupby(["study_id", "arm_id", "characteristic", "source_id"], sort=False):
        counted, total = int(rows["n"].sum()), int(rows["total"].max())
        if counted > total:
            printed = " + ".join(map(str, rows["n"])) + f" of {total}"
            possible = f"together {counted}; at most {total}"
            yield Misfit("baseline", rows.index, printed, possible, Confidence.CERTAIN)


def studies_behind_subgroups(ev: Evidence) -> Iterator[Misfit]:
    """Find subgroup analyses of one pooled result that rest on different numbers of studies.

    Each way of dividing the studies must give the same number, unless a study fits two classes or none.
    """
    frame = ev.pooled[ev.pooled["k"].notna()]
    frame = frame[frame.duplicated(_ANALYSIS, keep=False)]
    for _, rows in frame.groupby(_ANALYSIS, sort=False):
        ways = {
            str(name): (_divided(part), part.index)
            for name, part in rows.groupby("subgroup_variable", sort=False)
            if len(part) > 1
        }
        whole = rows[rows["subgroup_variable"].isna()]
        if len(whole) == 1:
            ways["all studies"] = (int(whole["k"].iloc[0]), whole.index)
        counts = {count for count, _ in ways.values()}
        # Over 1.2 times as many means that a study stands in several classes, which is no error.
        if len(counts) > 1 and max(counts) <= 1.2 * min(counts):
            printed = "; ".join(f"k = {count} by {name}" for name, (count, _) in ways.items())
            indices = [index for _, found in ways.values() for index in found]
            possible = "the same number each way, unless a study fits two classes or none"
            yield Misfit("pooled", indices, printed, possible, Confidence.POSSIBLE)


def _divided(part: pd.DataFrame) -> int:
    """Add the studies of the classes, without a class that is two or more others taken together."""
    sizes = list(map(int, part["k"]))
    for place, size in enumerate(sizes):
        others = sizes[:place] + sizes[place + 1 :]
        # Left out only where it is named as several taken together: else 3 = 2 + 1 would drop a plain class.
        if "and" in str(part["subgroup"].iloc[place]) and any(
            added == size and 2 <= taken < len(others) for taken, added in sums_reached(others, size)
        ):
            return sum(others)
    return sum(sizes)


def sums_reached(numbers: Iterable[int], most: int) -> set[tuple[int, int]]:
    """Add up every choice of numbers, up to `most`: how many were taken and what they add up to.

    These pairs are far fewer than the ways to take them.
    """
    reached = {(0, 0)}
    for number in numbers:
        reached |= {(taken + 1, added + number) for taken, added in reached if added + number <= most}
    return reached
