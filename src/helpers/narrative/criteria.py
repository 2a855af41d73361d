"""What the studies report of the article's own criteria."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence import State, foremost, report_shares, state_counts
from helpers.evidence.criteria import IN_WINDOW, REPORTED
from helpers.evidence.provenance import ORIGINS
from helpers.narrative.wording import counted, listed, plain
from helpers.tables.rows import percent


def criteria_conclusion(judged: pd.DataFrame) -> str:
    """Tell what share of the criteria the cited studies report, study by study, and what nobody reports.

    Parameters
    ----------
    judged : pandas.DataFrame
        Made by `helpers.evidence.criteria_judged`, or a part of it.

    Returns
    -------
    str
        Markdown. Long term stands first. Where no cited study is among those judged, it tells of all of them.
    """
    own = foremost(judged)
    others = judged[~judged["study_id"].isin(own["study_id"])]
    cited = (own["role"] == "cited").all()
    who = (
        f"{_studies(own)} {'that the article cites' if cited else 'chosen, none of which the article cites'}"
    )
    halves = sorted(own["horizon"].unique())
    reporting = own.loc[own["state"].isin(REPORTED), "study_id"]
    told = own if cited else own[own["study_id"].isin(reporting)]
    parts = [_together(own, name, who) for name in halves]
    parts += [
        "\n".join(_line(rows) for _, rows in told.groupby("study_id", sort=False)),
        _on_the_article(own),
    ]
    if len(others):
        parts += [_together(others, name, f"the {_studies(others)} not cited") for name in halves]
    parts += [_silent(judged, name) for name in halves]
    parts.append(_without_any(judged))
    parts.append(
        "Not reported means: not in what was read; a full text that was not read may tell it. A criterion counts as met by a "
        "direction, whatever its size, or by one event; neither shows that the cells brought it about."
    )
    return "\n\n".join(part for part in parts if part)


def _studies(rows: pd.DataFrame) -> str:
    return counted(rows["study_id"].nunique(), "study", "studies")


def _together(judged: pd.DataFrame, horizon: str, who: str) -> str:
    """Tell how many criteria at least one of several studies reports."""
    rows = judged[judged["horizon"] == horizon]
    total = rows["criterion_id"].nunique()
    reported = rows[rows["state"].isin(REPORTED)]
    some = reported["criterion_id"].nunique()
    own = reported.loc[reported["told_by"] == ORIGINS[0], "criterion_id"].nunique()
    inside = reported.loc[reported["state"].isin(IN_WINDOW), "criterion_id"].nunique()
    met = reported.loc[reported["state"] == State.MET, "criterion_id"].nunique()
    return (
        f"**{horizon.capitalize()} term, {who}.** Of {counted(total, 'criterion', 'criteria')} of the article, {some} "
        f"({percent(some / total)} %) {'is' if some == 1 else 'are'} reported at all: {own} by a study's own documents, {inside} with a "
        f"time in the article's window. Met there by a study's own documents: {met or 'none'}."
    )


def _line(rows: pd.DataFrame) -> str:
    """Tell of one study how many criteria it reports, and which, long term first."""
    told = []
    shares: Any = report_shares(rows).sort_values("horizon")
    for share in shares.itertuples():
        which = rows[(rows["horizon"] == share.horizon) & rows["state"].isin(REPORTED)]
        names = "; ".join(
            f"{plain(row.criterion)} ({row.state}; {row.told_by})" for row in which.itertuples()
        )
        count = f"{share.horizon} term {share.reported} of {share.criteria} ({percent(share.share)} %)"
        told.append(f"{count}: {names}." if names else f"{count}.")
    where = "" if rows["tissue"].iloc[0] == "ovary" else ", the lining of the uterus"
    return f"- {plain(rows['study_label'].iloc[0])}{where}: {' '.join(told)}"


def _on_the_article(rows: pd.DataFrame) -> str:
    """Tell what rests on the word of the article, or of others, alone."""
    reported = rows[rows["state"].isin(REPORTED)]
    if reported.empty:
        return ""
    by = reported["told_by"].value_counts()
    told = listed(f"{by[name]} on {_RESTS[name]}" for name in ORIGINS if name in by)
    met = reported[reported["state"].isin([State.ON_WORD, State.IN_PART])]
    article = int((met["told_by"] == ORIGINS[1]).sum())
    return (
        f"Counted study by study these are {counted(len(reported), 'report')}: {told}. Met, or met in part, by the "
        f"article's word only: {article or 'none'}."
    )


_RESTS = {
    ORIGINS[0]: "a study's own documents",
    ORIGINS[1]: "the article alone",
    ORIGINS[2]: "reviews, press or web pages",
}


def _silent(judged: pd.DataFrame, horizon: str) -> str:
    """Name the criteria that no study reports."""
    counts = state_counts(judged[judged["horizon"] == horizon])
    silent = counts[counts["reported"] == 0]
    names = "; ".join(plain(name) for name in silent["criterion"])
    what = f"Reported by none ({_studies(judged)} judged), {horizon} term: {len(silent)} of {len(counts)}"
    return f"{what}: {names}." if names else f"{what}."


def _without_any(judged: pd.DataFrame) -> str:
    """Count the studies that report no criterion, and those of them that are registered only."""
    silent = judged[~judged["study_id"].isin(judged.loc[judged["state"].isin(REPORTED), "study_id"])]
    if silent.empty:
        return ""
    planned = silent.loc[silent["design"] == "registered-only", "study_id"].nunique()
    return (
        f"Of the {_studies(judged)} judged, {silent['study_id'].nunique()} {'reports' if silent['study_id'].nunique() == 1 else 'report'} none of these criteria; {planned or 'none'} of those "
        f"{'is' if planned == 1 else 'are'} known from a registration only."
    )
