"""Parts against their whole: subgroups, classes, arms and the studies behind subgroup analyses."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.checks.findings import Confidence, Finding, finding
from helpers.evidence.package import Evidence

#: What the rows of one whole and its subgroups have in common.
_WHOLE = ["study_id", "arm_id", "outcome", "timepoint_months", "total_unit", "source_id"]
#: What the subgroup analyses of one pooled result have in common.
_ANALYSIS = ["source_id", "outcome", "effect", "model"]


def sums_of_subgroups(ev: Evidence) -> Iterator[Finding]:
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
        if (added == events and events > 0) == (added_total == total) or not (
            added == events or added_total == total
        ):
            continue
        printed = " + ".join(
            f"{row.events}/{row.total}" for row in parts.itertuples()
        ) + f" against {events}/{total}"  # fmt: skip
        possible = f"together {added}/{added_total}"
        yield finding(
            ev, "sum-of-subgroups", "outcomes", [whole.index[0], *parts.index], printed, possible, Confidence.LIKELY
        )  # fmt: skip


def sums_of_classes(ev: Evidence) -> Iterator[Finding]:
    """Find classes of women before treatment that hold more women than were classed."""
    frame = ev.baseline[ev.baseline[["n", "total"]].notna().all(axis=1)]
    for _, rows in frame.groupby(["study_id", "arm_id", "characteristic", "source_id"], sort=False):
        counted, total = int(rows["n"].sum()), int(rows["total"].max())
        if counted > total:
            printed = " + ".join(map(str, rows["n"])) + f" of {total}"
            possible = f"together {counted}; at most {total}"
            yield finding(ev, "sum-of-classes", "baseline", rows.index, printed, possible, Confidence.CERTAIN)


def studies_behind_subgroups(ev: Evidence) -> Iterator[Finding]:
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
        if len(counts) > 1:
            # Over 1.2 times as many means that a study stands in several classes, which is no error.
            if max(counts) > 1.2 * min(counts):
                continue
            printed = "; ".join(f"k = {count} by {name}" for name, (count, _) in ways.items())
            indices = [index for _, found in ways.values() for index in found]
            possible = "the same number each way, unless a study fits two classes or none"
            yield finding(
                ev, "studies-behind-subgroups", "pooled", indices, printed, possible, Confidence.POSSIBLE
            )


def _divided(part: pd.DataFrame) -> int:
    """Add the studies of the classes, without a class that is two or more others taken together."""
    sizes = list(map(int, part["k"]))
    for place, size in enumerate(sizes):
        others = sizes[:place] + sizes[place + 1 :]
        # Left out only where it is named as several taken together: else 3 = 2 + 1 would drop a plain class.
        if "and" in str(part["subgroup"].iloc[place]) and _several_add_up_to(size, others):
            return sum(others)
    return sum(sizes)


def _several_add_up_to(size: int, others: list[int]) -> bool:
    """Tell whether two or more of the others, but not all, add up to the size."""
    # How many were taken and what they add up to: far fewer pairs than there are ways to take them.
    reached = {(0, 0)}
    for other in others:
        reached |= {(taken + 1, added + other) for taken, added in reached if added + other <= size}
    return any(added == size and 2 <= taken < len(others) for taken, added in reached)
