"""What the studies report of the article's own criteria."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import TISSUE
from helpers.questions.criteria.criterion_evidence import INDICATORS
from helpers.questions.criteria.rows import REPORTED, State, foremost, report_shares, state_counts
from helpers.show.numbers import percent
from helpers.show.words import counted, listed, plain

#: Criteria that are named one by one in a sentence about several studies.
_FEW = 3


def criteria_conclusion(judged: pd.DataFrame, apart: pd.DataFrame) -> str:
    """Report how many criteria the cited studies meet and report, what nobody reports, and who is not judged.

    Long term comes first, and each tissue is by itself. Where no cited study is among those judged, it is
    about all of them.
    """
    parts = [text for _, rows in judged.groupby("tissue", sort=False) for text in _of_one_tissue(rows)]
    parts.append(_not_judged(apart))
    if len(judged):
        parts.append(
            "A criterion that is not in the text available to us may be in a full text that we could not read. A direction, whatever "
            "its size, or one event counts as met; neither shows that the cells brought it about."
        )
    return "\n\n".join(paragraph for paragraph in parts if paragraph)


def _of_one_tissue(judged: pd.DataFrame) -> list[str]:
    foremost_rows = foremost(judged)
    others = judged[~judged["study_id"].isin(foremost_rows["study_id"])]
    cited = (foremost_rows["role"] == "cited").all()
    halves = sorted(foremost_rows["horizon"].unique())
    reporting = foremost_rows.loc[foremost_rows["state"].isin(REPORTED), "study_id"]
    listed_rows = foremost_rows if cited else foremost_rows[foremost_rows["study_id"].isin(reporting)]
    parts = [_together(foremost_rows, name, "cited" if cited else "not cited") for name in halves]
    parts += [
        "\n".join(_line(rows) for _, rows in listed_rows.groupby("study_id", sort=False)),
        _on_the_article(foremost_rows),
    ]
    if len(others):
        parts += [_together(others, name, "not cited") for name in halves]
    silent = [text for name in halves for text in (_because_it_happened(judged, name), _silent(judged, name))]
    return [*parts, *silent, _without_any(judged)]


def _studies(rows: pd.DataFrame) -> str:
    return counted(rows["study_id"].nunique(), "study", "studies")


def _together(judged: pd.DataFrame, horizon: str, role: str) -> str:
    """Report how many criteria at least one of several studies meets and reports."""
    rows = judged[judged["horizon"] == horizon]
    total = rows["criterion_id"].nunique()
    reported = rows[rows["state"].isin(REPORTED)]
    some = reported["criterion_id"].nunique()
    first_hand = reported.loc[reported["told_by"] == ORIGINS[0], "criterion_id"].nunique()
    inside = reported.loc[reported["in_window"], "criterion_id"].nunique()
    met = reported.loc[reported["state"] == State.MET, "criterion_id"].nunique()
    lost = reported[reported["state"] == State.LOST]
    lacking = _but_for_time(reported[reported["but_for_time"]])
    text = (
        f"**{horizon.capitalize()} term, {_studies(judged)} of the {judged['tissue'].iloc[0]}, {role} by the article.** {met or 'None'} of "
        f"{counted(total, 'criterion', 'criteria')} {'is' if met <= 1 else 'are'} met by a study's own documents{lacking}. {some} of {total} "
        f"({percent(some / total)} %) {'is' if some == 1 else 'are'} reported at all: {first_hand or 'none'} by a study's own documents, {inside or 'none'} with a "
        f"time in the article's window."
    )
    if len(lost):
        names = listed(f"{plain(row.criterion)} ({plain(row.study_label)})" for row in lost.itertuples())
        text += f" Gained, then lost: {names}."
    return text


def _but_for_time(undated: pd.DataFrame) -> str:
    """Name the reports that would meet their criterion if only their time were printed."""
    if undated.empty:
        return ""
    names = [
        f"{'; '.join(map(plain, rows['criterion']))} ({plain(label)})"
        for label, rows in undated.groupby("study_label", sort=False)
    ]
    named = f": {'; '.join(names)}" if len(undated) <= _FEW else ""
    verb = "lacks" if len(undated) == 1 else "lack"
    return f"; {counted(len(undated), 'report')} {verb} only a time in the window{named}"


def criteria_notes(judged: pd.DataFrame, apart: pd.DataFrame) -> tuple[str, ...]:
    """Write for the foot of the map which studies are not judged, and why the article alone reports something."""
    notes = (_left_alone(apart), _article_alone(judged), _no_reports(judged))
    return tuple(note for note in notes if note)


def _no_reports(judged: pd.DataFrame) -> str:
    """Name the studies of which a row is no report of a criterion, so that an empty place is not read as no event."""
    rows = judged[(judged["state"] == State.NOT_REPORTED) & judged["evidence"].map(bool)]
    return " ".join(
        f"Reported, but not drawn as {criterion} ({_lacks(str(measure))}): {listed(same['study_label'])}."
        for (criterion, measure), same in rows.groupby(["criterion", "measure"], sort=False)
    )


def _lacks(measure: str) -> str:
    return ", ".join(indicator.lacks for indicator in INDICATORS[measure] if indicator.lacks)


def _left_alone(apart: pd.DataFrame) -> str:
    """Name the studies of another tissue, which no criterion is about."""
    texts = []
    for tissue, rows in apart.drop_duplicates("study_id").groupby("tissue", sort=False):
        cited = listed(rows.loc[rows["role"] == "cited", "study_label"])
        named = f" (cited by the article: {cited})" if cited != "none" else ""
        texts.append(f"Not judged: {_studies(rows)} of {TISSUE[str(tissue)]}{named}.")
    return " ".join(texts)


def _not_judged(apart: pd.DataFrame) -> str:
    if apart.empty:
        return ""
    return (
        f"{plain(_left_alone(apart))} The article's criteria are those of ovarian failure. What the studies of another tissue report is "
        "in a table of its own."
    )


def _line(rows: pd.DataFrame) -> str:
    """Report of one study how many criteria it reports, and which, long term first."""
    sentences = []
    shares: Any = report_shares(rows).sort_values("horizon")
    for share in shares.itertuples():
        which = rows[(rows["horizon"] == share.horizon) & rows["state"].isin(REPORTED)]
        names = "; ".join(
            f"{plain(row.criterion)} ({row.state}; {row.told_by})" for row in which.itertuples()
        )
        count = f"{share.horizon} term {share.reported} of {share.criteria} ({percent(share.share)} %)"
        sentences.append(f"{count}: {names}." if names else f"{count}.")
    apart = rows[(rows["state"] == State.NOT_REPORTED) & rows["evidence"].map(bool)]
    gap = rows["gap"].iloc[0]
    sentences += [
        f"Not counted as {plain(row.criterion)}: {plain(str(row.reason).removesuffix(f'; {gap}'))}."
        for row in apart.itertuples()
    ]
    rest = f" Each criterion not listed: {gap}." if gap else ""
    return f"- {plain(rows['study_label'].iloc[0])}: {' '.join(sentences)}{rest}"


def _on_the_article(rows: pd.DataFrame) -> str:
    """Report what rests on the word of the article, or of others, alone."""
    reported = rows[rows["state"].isin(REPORTED)]
    if reported.empty:
        return ""
    by = reported["told_by"].value_counts()
    resting = listed(f"{by[name]} on {_RESTS[name]}" for name in ORIGINS if name in by)
    met = reported[reported["state"].isin([State.ON_WORD, State.IN_PART])]
    article = int((met["told_by"] == ORIGINS[1]).sum())
    return (
        f"Counted study by study these are {counted(len(reported), 'report')}: {resting}. Met, or met in part, according to the "
        f"article only: {article or 'none'}. {plain(_article_alone(rows))}".rstrip()
    )


def _article_alone(judged: pd.DataFrame) -> str:
    """Give, for every study of which the article alone reports something, the reason why no other text has it."""
    alone = judged[(judged["told_by"] == ORIGINS[1]) & judged["gap"].ne("")].drop_duplicates("study_id")
    return " ".join(
        f"Where only the article reports something of {study}, {gap}."
        for study, gap in zip(alone["study_label"], alone["gap"], strict=True)
    )


_RESTS = {
    ORIGINS[0]: "a study's own documents",
    ORIGINS[1]: "the article alone",
    ORIGINS[2]: "reviews, press or web pages",
}


def _because_it_happened(judged: pd.DataFrame, horizon: str) -> str:
    """Name the criteria that are reported only by what was published because it had happened."""
    rows = judged[(judged["horizon"] == horizon) & judged["state"].isin(REPORTED)]
    only = rows[rows.groupby("criterion_id")["event_only"].transform("all").astype(bool)]
    reasons = [
        f"{plain(criterion)}, by {_kind(reports)} ({'; '.join(map(plain, reports['study_label']))})"
        + (", without a usable time" if reports["state"].eq(State.UNDATED).all() else "")
        for criterion, reports in only.groupby("criterion", sort=False)
    ]
    if not reasons:
        return ""
    return (
        f"Reported, {horizon} term, but published because it had happened, so no rate: {'; '.join(reasons)}."
    )


def _kind(rows: pd.DataFrame) -> str:
    if rows["design"].eq("case-report").all():
        return counted(len(rows), "case report")
    return _studies(rows)


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
    count = silent["study_id"].nunique()
    planned = silent.loc[silent["design"] == "registered-only", "study_id"].nunique()
    return (
        f"Of {_studies(judged)} judged, {count} {'reports' if count == 1 else 'report'} none of these criteria; {planned or 'none'} of "
        f"them {'is' if planned <= 1 else 'are'} known from a registration only."
    )
