"""Tables of evidence-gap maps: findings, gaps, retracted documents, estimates."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import ORGAN, SEEN_IN
from helpers.questions.mechanisms_and_factors.rows import GapMap, gap_counts
from helpers.show.table import Table, table


def mechanism_table(gaps: GapMap) -> Table:
    """List the findings on mechanisms; `gaps` is made by `rows.mechanism_map`."""
    columns = {
        "mediator": "mediator", "expected": "expected", "seen_in": "seen in", "state": "finding",
        "estimate_text": "as reported", "citation": "document", "locator": "where", "note": "remark",
    }  # fmt: skip
    return table(_findings(gaps), columns, title="Findings on mechanisms", note=_NOTE, group="section")


def factor_table(gaps: GapMap) -> Table:
    """List the findings on factors; `gaps` is made by `rows.factor_map`."""
    columns = {
        "level_text": "level, or what is compared", "expected": "expected", "seen_in": "seen in", "state": "finding",
        "effect": "effect", "estimate": "estimate", "low": "CI from", "high": "CI to", "citation": "document",
        "locator": "where", "note": "remark",
    }  # fmt: skip
    return table(_findings(gaps), columns, title="Findings on factors", note=_NOTE, group="subject")


_NOTE = (
    "Finding: as the article expects (supports) or the opposite (contradicts); none: no effect was found, or the finding does not bear "
    "on it; not seen: the result is not in the text available to us. Several rows of one document on one subject count once."
)


def women_compared_table(rows: pd.DataFrame) -> Table:
    """List the comparisons between kinds of women; `rows` is made by `rows.women_compared`."""
    columns = {
        "study_label": "study", "women": "women", "arm_label": "arm", "who": "kind of women", "what": "outcome", "result": "result",
        "origin": "reported by", "citation": "document", "locator": "where", "note": "remark",
    }  # fmt: skip
    note = (
        "Result: of these women, compared with the others of the study; a count is of these women alone. What goes with an outcome of "
        "women without cells is their prognosis, not a finding on cells."
    )
    return table(rows, columns, title="Women compared with other women", note=note, group="group")


def _findings(gaps: GapMap) -> pd.DataFrame:
    return gaps.findings.assign(seen_in=gaps.findings["level"].map(SEEN_IN))


def gap_table(gaps: GapMap, *, title: str) -> Table:
    """List the rows of a map without a result at some level of evidence.

    Each level has its documents by what they found; a retracted document, or one whose result was not seen, fills no gap.
    """
    rows = gap_counts(gaps)
    rows = rows[rows["missing"].map(len) > 0]
    rows = rows.assign(
        **{level: rows[level].map(_states_text) for level in gaps.levels},
        missing=[", ".join(SEEN_IN[level] for level in missing) for missing in rows["missing"]],
        claims=[", ".join(claims) or "none" for claims in rows["claims"]],
    )
    columns = {
        "row": "mediator or factor", **{level: SEEN_IN[level] for level in gaps.levels}, "missing": "no result seen in",
        "claims": "statements",
    }  # fmt: skip
    return table(rows, columns, title=title, group="section", note="Documents by what they found.")


def _states_text(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counts.items()) or "no study seen"


def retracted_table(ev: Evidence, *maps: GapMap) -> Table:
    """List every retracted document of the evidence, with the number of findings that the maps have from it."""
    gone = ev.select("sources").dropna(subset="retracted")
    cited = pd.concat([gaps.findings["source_id"] for gaps in maps]).value_counts()
    rows = gone.assign(findings=gone["source_id"].map(cited).fillna(0).astype(int))
    columns = {
        "citation": "document", "title_short": "title", "retracted": "retracted on", "findings": "findings from it here",
        "note": "remark",
    }  # fmt: skip
    note = "Findings of a retracted document are shown and do not count."
    return table(rows, columns, title="Retracted documents", note=note)


def estimate_table(rows: pd.DataFrame) -> Table:
    """List the estimates by factor, and those in women by organ; `rows` is made by `estimates.estimate_rows`."""
    columns = {
        "label": "level of the factor", "level": "seen in", "effect": "effect", "size": "studies", "estimate": "estimate",
        "low": "CI from", "high": "CI to", "citation": "source", "locator": "where", "note": "remark",
    }  # fmt: skip
    note = "As printed. A CI is about one level of a factor, not about whether the factor matters. Nothing is pooled."
    rows = rows.assign(
        level=rows["level"].map(SEEN_IN),
        size=rows["size"].replace("", "not printed"),
        head=rows["section"] + (", " + rows["tissue"].map(ORGAN)).fillna(""),
    )
    return table(rows, columns, title="Estimates with a CI", group="head", note=note)
