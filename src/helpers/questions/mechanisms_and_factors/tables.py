"""The tables that stand beside evidence-gap maps: findings, gaps, retracted documents."""

from __future__ import annotations

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import ORGAN, SEEN_IN
from helpers.questions.mechanisms_and_factors.rows import GapMap, gap_counts
from helpers.show.table import Table, table


def mechanism_table(gaps: GapMap) -> Table:
    """Build the table of findings on mechanisms; made of `mechanism_map`."""
    columns = {
        "mediator": "what carries it", "expected": "expected", "seen_in": "seen in", "state": "found",
        "estimate_text": "as told", "citation": "document", "locator": "where", "note": "remark",
    }  # fmt: skip
    return table(_findings(gaps), columns, title="Findings on mechanisms", note=_NOTE, group="section")


def factor_table(gaps: GapMap) -> Table:
    """Build the table of findings on factors; made of `factor_map`."""
    columns = {
        "level_text": "level, or what is compared", "expected": "expected", "seen_in": "seen in", "state": "found",
        "effect": "effect", "estimate": "estimate", "low": "low", "high": "high", "citation": "document",
        "locator": "where", "note": "remark",
    }  # fmt: skip
    return table(_findings(gaps), columns, title="Findings on factors", note=_NOTE, group="subject")


_NOTE = (
    "Found: as the article lets expect (supports) or otherwise (contradicts); none: no effect was found, or the finding does not bear "
    "on it; not seen: the result was not read. Several rows of one document on one subject are one voice."
)


def women_compared_table(rows: pd.DataFrame) -> Table:
    """Build the table of comparisons between kinds of women; made of `women_compared`."""
    columns = {
        "study_label": "study", "women": "women", "arm_label": "arm", "who": "kind of women", "what": "outcome", "result": "result",
        "origin": "reported by", "citation": "document", "locator": "where", "note": "remark",
    }  # fmt: skip
    note = (
        "Result: of these women, compared with the others of the study; a count is of these women alone. What goes with an outcome of "
        "women without cells is their prognosis, no finding on cells."
    )
    return table(rows, columns, title="Which women fared otherwise", note=note, group="group")


def _findings(gaps: GapMap) -> pd.DataFrame:
    return gaps.findings.assign(seen_in=gaps.findings["level"].map(SEEN_IN))


def gap_table(gaps: GapMap, *, title: str) -> Table:
    """Build the table of rows without a result at some level of evidence.

    Parameters
    ----------
    gaps : GapMap
        The map.
    title : str
        What the table shows.

    Returns
    -------
    Table
        One row per row of the map with a gap: the documents at each level by what they found, and the levels at which
        no document was seen that stands and tells a result.
    """
    rows = gap_counts(gaps)
    rows = rows[rows["missing"].map(len) > 0].copy()
    for level in gaps.levels:
        rows[level] = [_told(counts) for counts in rows[level]]
    rows["missing"] = [", ".join(SEEN_IN[level] for level in missing) for missing in rows["missing"]]
    rows["claims"] = [", ".join(claims) or "none" for claims in rows["claims"]]
    columns = {
        "row": "what", **{level: SEEN_IN[level] for level in gaps.levels}, "missing": "no result seen in",
        "claims": "statements",
    }  # fmt: skip
    return table(rows, columns, title=title, group="section", note="Documents by what they found.")


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in counts.items()) or "no study seen"


def retracted_table(ev: Evidence, *maps: GapMap) -> Table:
    """Build the table of retracted documents, with the findings that come from each.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    *maps : GapMap
        The maps whose findings are counted.

    Returns
    -------
    Table
        One row per retracted document of the evidence, whether a finding comes from it or not.
    """
    gone = ev.select("sources").dropna(subset="retracted")
    cited = pd.concat([gaps.findings["source_id"] for gaps in maps]).value_counts()
    rows = gone.assign(findings=gone["source_id"].map(cited).fillna(0).astype(int))
    columns = {
        "citation": "document", "title_short": "title", "retracted": "retracted on", "findings": "findings from it here",
        "note": "remark",
    }  # fmt: skip
    note = "Findings of a retracted document are shown and count for nothing."
    return table(rows, columns, title="Retracted documents", note=note)


def estimate_table(rows: pd.DataFrame) -> Table:
    """Build the table of estimates, grouped by factor, and in women by organ.

    Parameters
    ----------
    rows : pandas.DataFrame
        Made by `estimate_rows`.

    Returns
    -------
    Table
        One row per estimate.
    """
    columns = {
        "label": "level of the factor", "level": "seen in", "effect": "effect", "size": "studies", "estimate": "estimate",
        "low": "low", "high": "high", "citation": "source", "locator": "where", "note": "remark",
    }  # fmt: skip
    note = "As printed. An interval is about one level of a factor, not about whether the factor matters. Nothing is pooled."
    rows = rows.assign(
        level=rows["level"].map(SEEN_IN),
        size=rows["size"].replace("", "not printed"),
        head=rows["section"] + (", " + rows["tissue"].map(ORGAN)).fillna(""),
    )
    return table(rows, columns, title="Estimates with an interval", group="head", note=note)
