"""What the studies report of the article's own criteria."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import TISSUE
from helpers.questions.criteria.indicators import indicators
from helpers.questions.criteria.rows import foremost
from helpers.questions.criteria.states import REPORTED, State
from helpers.show.words import counted, listed, plain


def criteria_conclusion(judged: pd.DataFrame, apart: pd.DataFrame) -> str:
    """Report how many criteria the cited studies meet and report, then the others, what nobody reports, and who is not judged.

    Long term comes first, and each tissue is by itself. Where no cited study is among those judged, it is
    about all of them.
    """
    parts = [text for _, rows in judged.groupby("tissue", sort=False) for text in _of_one_tissue(rows)]
    parts.append(_not_judged(apart))
    if len(judged):
        parts.append(
            "A direction, whatever its size, or one event counts as met; neither shows that the cells caused it. A missing "
            "criterion may be in a full text that was not available to us."
        )
    return "\n\n".join(paragraph for paragraph in parts if paragraph)


def _of_one_tissue(judged: pd.DataFrame) -> list[str]:
    """Write the first half for the studies named first as a sentence of its own, and the rest after it."""
    first = foremost(judged)
    others = judged[~judged["study_id"].isin(first["study_id"])]
    halves = sorted(first["horizon"].unique())
    cited = bool((first["role"] == "cited").all())
    who = f"the {_studies(first)} of the {first['tissue'].iloc[0]}" + (
        " that it cites" if cited else " chosen"
    )
    main = _together(first, halves[0], who, main=True)
    rest = [_together(first, name, "the same studies") for name in halves[1:]]
    details = [
        " ".join(filter(None, [*rest, _by_itself(first), _but_for_time(first)])),
        _lost(first),
        _others(others),
        _silent(judged),
    ]
    return [main, *details]


def _others(others: pd.DataFrame) -> str:
    """Count the criteria that the other studies with results meet, by a document of their own; those registered only are named apart."""
    seen = others[~_registered_only(others)]
    if seen.empty:
        return ""
    met = []
    for name, rows in seen.groupby("horizon"):
        number = rows.loc[rows["state"] == State.MET, "criterion_id"].nunique()
        met.append(f"{number or 'none'} of the {rows['criterion_id'].nunique()} {name}-term criteria")
    verb = "meets" if seen["study_id"].nunique() == 1 else "meet"
    return f"The other {_studies(seen)} of the {others['tissue'].iloc[0]} with results {verb} {listed(met)}."


def _registered_only(rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark the studies of which a registration is known and no report of a criterion."""
    reporting = rows.loc[rows["state"].isin(REPORTED), "study_id"]
    return rows["design"].eq("registered-only") & ~rows["study_id"].isin(reporting)


def _studies(rows: pd.DataFrame) -> str:
    return counted(rows["study_id"].nunique(), "study", "studies")


def _together(judged: pd.DataFrame, horizon: str, who: str, *, main: bool = False) -> str:
    """Report how many criteria at least one of several studies meets, and how many none of them reports."""
    rows = judged[judged["horizon"] == horizon]
    total = rows["criterion_id"].nunique()
    reported = rows[rows["state"].isin(REPORTED)]
    some = reported["criterion_id"].nunique()
    met, *less = _best_states(reported)
    of_article = "article's " if main else ""
    partly = "".join(f", {words}" for words in less if words)
    return (
        f"Of the {of_article}{total} {horizon}-term {'criterion' if total == 1 else 'criteria'}, {met or 'none'} {'is' if met <= 1 else 'are'} fully met by "
        f"{who}{partly}; {total - some or 'none'} {'is' if total - some <= 1 else 'are'} not reported."
    )


def _best_states(reported: pd.DataFrame) -> tuple[int, str, str]:
    """Count the criteria by the firmest state that a study gives them: met, then in words those met in part, and by others only."""
    order = [State.MET, State.ON_WORD, State.IN_PART]
    rows = reported[reported["state"].isin(order)]
    best = rows.sort_values("state", key=lambda states: states.map(order.index), kind="stable")
    number = best.drop_duplicates("criterion_id")["state"].value_counts()
    met, by_others, in_part = (int(number.get(state, 0)) for state in order)
    return (
        met,
        f"{in_part} in part" if in_part else "",
        f"{by_others} according to others only" if by_others else "",
    )


def _by_itself(judged: pd.DataFrame) -> str:
    """Count the criteria that a study itself reports, of those reported."""
    reported = judged[judged["state"].isin(REPORTED)]
    some = reported["criterion_id"].nunique()
    itself = reported.loc[reported["told_by"] == ORIGINS[0], "criterion_id"].nunique()
    return f"A study itself reports {itself or 'none'} of the {some} reported." if some else ""


def _but_for_time(judged: pd.DataFrame) -> str:
    """Count the reports that would meet their criterion if only their time were printed."""
    undated = judged[judged["but_for_time"]]
    if undated.empty:
        return ""
    return f"{counted(len(undated), 'report')} of these studies would meet a criterion if a time in its window were printed."


def _lost(judged: pd.DataFrame) -> str:
    lost = judged[judged["state"] == State.LOST]
    names = [f"{plain(row.criterion)} ({plain(row.study_label)})" for row in lost.itertuples()]
    return f"Gained, then lost: {listed(names)}." if names else ""


def criteria_notes(judged: pd.DataFrame, apart: pd.DataFrame) -> tuple[str, ...]:
    """Write for the foot of the map which studies are not judged, and why the article alone reports something."""
    return tuple(filter(None, (_left_alone(apart), _article_alone(judged), _no_reports(judged))))


def _no_reports(judged: pd.DataFrame) -> str:
    """Name the studies of which a row is no report of a criterion, so that an empty place is not read as no event."""
    rows = judged[(judged["state"] == State.NOT_REPORTED) & judged["evidence"].map(bool)]
    return " ".join(
        f"Reported, but not drawn as {criterion} ({_lacks(str(measure))}): {listed(same['study_label'])}."
        for (criterion, measure), same in rows.groupby(["criterion", "measure"], sort=False)
    )


def _lacks(measure: str) -> str:
    return ", ".join(indicator.lacks for indicator in indicators(measure) if indicator.lacks)


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
    return f"{plain(_left_alone(apart))} The article's criteria are about ovarian failure."


def reports_summary(judged: pd.DataFrame) -> str:
    """Count the reports of the cited studies by who makes them, and name what was published because it had happened."""
    texts = [_on_the_article(foremost(judged))] if len(judged) else []
    texts += [_because_it_happened(judged, name) for name in sorted(judged["horizon"].unique())]
    texts.append(_without_any(judged))
    return "\n\n".join(text for text in texts if text) or "No chosen study reports a criterion."


def gap_reasons(judged: pd.DataFrame) -> str:
    """Give for each cited study the reason why criteria are not listed."""
    first = foremost(judged).drop_duplicates("study_id") if len(judged) else judged
    reasons = [f"{plain(row.study_label)}: {plain(row.gap)}" for row in first.itertuples() if row.gap]
    return f"Why a criterion is not listed. {'. '.join(reasons)}." if reasons else ""


def _on_the_article(rows: pd.DataFrame) -> str:
    """Report what rests on the article, or on others, alone."""
    reported = rows[rows["state"].isin(REPORTED)]
    if reported.empty:
        return ""
    by = reported["told_by"].value_counts()
    resting = listed(f"{by[name]} on {_RESTS[name]}" for name in ORIGINS if name in by)
    met = reported[reported["state"].isin([State.ON_WORD, State.IN_PART])]
    article = int((met["told_by"] == ORIGINS[1]).sum())
    return (
        f"Counted study by study, these studies have {counted(len(reported), 'report')} of a criterion: {resting}. Met, or met in part, according to the "
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
    return f"Reported, {horizon} term, but published because it had happened, and therefore no rate: {'; '.join(reasons)}."


def _kind(rows: pd.DataFrame) -> str:
    if rows["design"].eq("case-report").all():
        return counted(len(rows), "case report")
    return _studies(rows)


def _silent(judged: pd.DataFrame) -> str:
    """Count the criteria that no study reports."""
    found = []
    for name, rows in judged.groupby("horizon"):
        total = rows["criterion_id"].nunique()
        reported = rows.loc[rows["state"].isin(REPORTED), "criterion_id"].nunique()
        found.append(f"{total - reported or 'none'} of the {total} {name}-term")
    planned = _registered_only(judged)
    with_results, number = _studies(judged[~planned]), judged.loc[planned, "study_id"].nunique()
    registered = f"; {number} more are registered only" if number else ""
    return f"No study reports {listed(found)} criteria ({with_results} with results{registered})."


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
