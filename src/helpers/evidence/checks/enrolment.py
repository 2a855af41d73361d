"""Events and totals against the women enrolled, and the registry against the paper."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.evidence.checks.findings import Confidence, Finding, finding, rows_of
from helpers.evidence.package import Evidence

_NUMBERS = ("n-enrolled", "n-treated", "n-planned")


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


def registry_against_paper(ev: Evidence) -> Iterator[Finding]:
    """Find numbers of women in a registry record that are not those of the paper.

    A plan that was not reached has ordinary reasons, which the finding names as ``possible``; an actual enrolment
    that the paper does not have is ``likely`` to need a word.
    """
    frame = ev.select("statements")
    paper = ev.sources.set_index("source_id")["kind"].ne("trial-registry")
    main = frame["study_id"].map(ev.studies.set_index("study_id")["source_id"])
    numbers = frame[frame["item"].isin(_NUMBERS) & frame["value"].str.fullmatch(r"\d+")]
    main = main[numbers.index]
    registered = numbers["source_kind"].eq("trial-registry") & main.map(paper).fillna(False).astype(bool)
    by_document = numbers.groupby(["study_id", "source_id"], sort=False).groups
    for row, cells in rows_of(numbers[registered]):
        printed_in_paper = list(by_document.get((cells["study_id"], main[row]), ()))
        given = {int(value) for value in numbers.loc[printed_in_paper, "value"]}
        if not given and pd.notna(cells["n_enrolled"]):
            given = {int(cells["n_enrolled"])}
        if not given or int(cells["value"]) in given:
            continue
        planned = cells["item"] == "n-planned"
        told = " or ".join(map(str, sorted(given)))
        printed = f"{cells['item']} {cells['value']} in the registry, {told} in the paper"
        possible = "a plan that was not reached" if planned else "women who are not in the paper"
        confidence = Confidence.POSSIBLE if planned else Confidence.LIKELY
        index = [row, *printed_in_paper]
        yield finding(ev, "registry-against-paper", "statements", index, printed, possible, confidence)
