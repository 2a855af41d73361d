"""The tables of what became of early gains."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital
from helpers.questions.durability.reports import marker_words
from helpers.questions.durability.rows import AT_TWO_TIMES, Verdict
from helpers.show.numbers import number, percent, proportion_words
from helpers.show.table import Table, table


def ledger_table(rows: pd.DataFrame) -> Table:
    """List the gains reported at two times, with what is left of each."""
    listed = _worded(rows[rows["verdict"].isin([*AT_TWO_TIMES, Verdict.UNJUDGED])])
    columns = {
        "study_label": "study", "women": "women", "marker": "marker", "early": "early", "late": "late", "verdict": "gain",
        "left": "late gain in percent of the early gain", "origin": "according to",
        "common": "may have women in common with", "evidence": "evidence rows",
    }  # fmt: skip
    note = (
        "Late: the last report that can be judged; a later report that cannot be judged is named after it. The percentage is given for mean "
        "changes in one document, for one woman, and for counts of the same women, never for medians or percent changes, nor where the early gain is so small that variation alone can give it. Above 100 percent, "
        "the late gain is larger than the early gain. Lost: the late report says no change, or a change for the worse."
    )
    return table(listed, columns, title="Gains reported at two times", group="section", note=note)


def once_table(rows: pd.DataFrame) -> Table:
    """List the gains that are reported at one time only."""
    once = [Verdict.NOT_LATER, Verdict.LATE_ONLY]
    columns = {
        "study_label": "study", "women": "women", "marker": "marker", "when": "reported", "verdict": "gain",
        "origin": "according to", "evidence": "evidence rows",
    }  # fmt: skip
    note = "A gain that is not reported later may have been kept or lost. Gains without a printed month are not listed."
    listed = _worded(rows[rows["verdict"].isin(once)])
    listed["when"] = listed["early"].where(listed["verdict"].eq(Verdict.NOT_LATER), listed["late"])
    return table(listed, columns, title="Gains reported at one time only", group="section", note=note)


def count_table(counts: pd.DataFrame) -> Table:
    """Count the gains by what became of them."""
    columns = {
        "treated": "treatment", "studies": "studies", "gains": "early gains", "beyond": "of these, followed beyond the short term",
        **{str(verdict): str(verdict) for verdict in Verdict},
    }  # fmt: skip
    listed = counts.assign(treated=counts["group"], organ=_organs(counts))
    note = (
        "One gain is one marker of one arm, or of a part of its women. Early gains exclude the last two columns: reported at a late time only, "
        "and no early gain."
    )
    return table(listed, columns, title="What became of early gains", group="organ", note=note)


def without_cells_table(lost: pd.DataFrame, *, level: float = 0.95) -> Table:
    """List how often ovarian function came back without treatment, and stopped again."""
    each: list[Any] = list(lost.itertuples())
    listed = lost.assign(
        back=[proportion_words(row.resumed, row.women, row.back_low, row.back_high, level) for row in each],
        again=[proportion_words(row.stopped, row.resumed, row.again_low, row.again_high, level) for row in each],
    )  # fmt: skip
    columns = {
        "study_label": "study",
        "back": "function came back",
        "again": "of these, stopped again",
        "citation": "source",
        "evidence": "evidence rows",
    }
    return table(
        listed, columns, title="How often ovarian function came back without treatment, and stopped again"
    )


def count_values(row: pd.Series[Any]) -> dict[str, int]:
    """Take the recorded counts of a row of `rows.verdict_counts`."""
    return {name: int(row[name]) for name in ("studies", "gains", "beyond", *map(str, Verdict))}


def ledger_values(row: pd.Series[Any]) -> dict[str, float | str | None]:
    """Take what is recorded of a row of `rows.ledger`: its verdict, its two months and what is left; None for what there is not."""
    numbers = {
        name: None if pd.isna(row[name]) else float(row[name])
        for name in ("early_months", "late_months", "share_left")
    }
    return {"verdict": str(row["verdict"]), **numbers}


def lost_values(row: pd.Series[Any]) -> dict[str, int]:
    """Take the recorded counts of a row of `rows.lost_without_cells`."""
    return {name: int(row[name]) for name in ("women", "resumed", "stopped")}


def _organs(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["tissue"].map(ORGAN).map(capital)


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    each: list[Any] = list(rows.itertuples())
    return rows.assign(
        section=_organs(rows) + ": " + rows["group"],
        common=[other or "none here" for other in rows["overlap"]],
        women=[number(n) if pd.notna(n) else "not printed" for n in rows["n"]],
        marker=[marker_words(row) for row in each],
        early=pd.Series([_report(row.early_months, row.early_text) for row in each], rows.index, dtype="str"),
        late=pd.Series([_late(row) for row in each], rows.index, dtype="str"),
        left=[_left(row) for row in each],
    )


def _left(row: Any) -> str:
    if pd.notna(row.share_left):
        return f"{percent(row.share_left)} %"
    return f"cannot be computed: {row.no_share}" if row.no_share else "cannot be computed"


def _late(row: Any) -> str | None:
    text = _report(row.late_months, row.late_text)
    if pd.isna(row.later_unjudged):
        return text
    if text is None:
        return str(row.later_unjudged) if row.verdict == Verdict.UNJUDGED else None
    return f"{text}; later, not to be judged: {row.later_unjudged}"


def _report(months: float, text: str | None) -> str | None:
    if pd.isna(text):
        return None
    return f"month not printed: {text}" if pd.isna(months) else f"month {number(months)}: {text}"
