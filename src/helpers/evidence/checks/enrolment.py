"""Events and totals against the women enrolled, and births against pregnancies."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.evidence.checks.findings import Confidence, Finding, finding, rows_of
from helpers.evidence.package import Evidence


def women_against_enrolled(ev: Evidence) -> Iterator[Finding]:
    """Find counts of women above the number enrolled in the study, or in the arm where the study gives none."""
    frame = ev.select("outcomes")
    enrolled = frame["n_enrolled"].fillna(frame["arm_n"])
    women = frame["total_unit"].eq("women") & enrolled.notna()
    for column in ("total", "events"):
        above = women & (frame[column] > enrolled).fillna(False)
        if column == "events":
            above &= ~(frame["total"] > enrolled).fillna(False)
        for row, cells in rows_of(frame[above.astype(bool)]):
            n = int(enrolled[row])
            printed = f"{column} {cells[column]}, women enrolled {n}"
            possible = f"at most {n}, unless the source counts other women or events than women"
            yield finding(
                ev, "women-against-enrolled", "outcomes", [row], printed, possible, Confidence.LIKELY
            )


def births_against_pregnancies(ev: Evidence) -> Iterator[Finding]:
    """Find more women with a live birth than women with a pregnancy, in the same rows of the same source."""
    same = ["study_id", "arm_id", "subgroup", "timepoint_months", "total_unit", "total", "source_id"]
    frame = ev.outcomes[
        ev.outcomes["events"].notna() & ev.outcomes["outcome"].isin(["pregnancy", "live-birth"])
    ]
    for _, rows in frame.groupby(same, dropna=False, sort=False):
        counts = rows.groupby("outcome")["events"].max()
        if len(counts) == 2 and counts["live-birth"] > counts["pregnancy"]:
            printed = f"{counts['live-birth']} live births of {counts['pregnancy']} pregnancies"
            possible = "not more women with a birth than with a pregnancy; twins count once"
            index = rows.sort_values("outcome").index
            yield finding(
                ev, "births-against-pregnancies", "outcomes", index, printed, possible, Confidence.LIKELY
            )
