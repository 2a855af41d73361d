"""The dates of a trial against each other, against its paper, and against the times that the paper tells of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, rows_of
from helpers.checks.trial_registry import REGISTRY
from helpers.evidence.dates import DAYS_PER_MONTH, days_of
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import DATE_ITEMS, FIRST_HAND

#: Documents of a study itself that are no registry record.
_PAPERS = tuple(kind for kind in FIRST_HAND if kind != REGISTRY)
#: A record is shown some days after it was sent in, later where the registry asks back.
POSTING = timedelta(days=31)
#: Columns with the time after treatment of what was told.
_TIMES = {"outcomes": "timepoint_months", "measurements": "timepoint_months", "changes": "to_months"}
#: The ends of a trial, each with the time reported that it cannot precede, what else may be, and how sure that is.
_ENDS = (
    ("primary-completion", "first", "the main outcome is of an earlier time", Confidence.POSSIBLE),
    ("completion", "last", "women were followed beyond the end of the trial", Confidence.LIKELY),
)


@dataclass(frozen=True)
class PrintedDate:
    """A date as printed, the days that it can mean, and its row in `statements`; no row for the year of a document."""

    text: str
    first: date
    last: date
    row: int | None = None


def registered_after_start(ev: Evidence) -> Iterator[Misfit]:
    """Find trials whose record was first shown after they began, or after their paper appeared.

    A record is sent in before it is shown: up to `POSTING` after the start it is only ``possible`` that the trial
    began unregistered.
    """
    years = _years(ev)
    for study, dates in trial_dates(ev, "first-posted").items():
        posted, start = dates["first-posted"], dates.get("start")
        published = dates.get("published", years.get(study))
        if start and posted.first > start.last:
            late = posted.first - start.last
            printed = f"started {start.text}, first posted {posted.text}"
            possible = f"registered in time only if the record was sent in {late.days} or more days before it was posted"
            sure = Confidence.POSSIBLE if late <= POSTING else Confidence.LIKELY
            yield _misfit([posted, start], printed, possible, sure)
        if published and posted.first > published.last:
            printed = f"published {published.text}, first posted {posted.text}"
            possible = "registered when the results were known, unless the record is of a later trial"
            yield _misfit([posted, published], printed, possible, Confidence.LIKELY)


def published_before_completion(ev: Evidence) -> Iterator[Misfit]:
    """Find papers that appeared before the last examination for the main outcome, else before the end of the trial.

    A paper may tell of the first women, or of a first follow-up, and say so: it is ``possible`` that it does not.
    """
    years = _years(ev)
    for study, dates in trial_dates(ev, "primary-completion", "completion").items():
        item = "primary-completion" if "primary-completion" in dates else "completion"
        published, end = dates.get("published", years.get(study)), dates[item]
        if published and published.last < end.first:
            printed = f"published {published.text}, {item.replace('-', ' ')} {end.text}"
            possible = "a paper on a part of the women or of the follow-up"
            yield _misfit([end, published], printed, possible, Confidence.POSSIBLE)


def completed_before_assessment(ev: Evidence) -> Iterator[Misfit]:
    """Find trials that ended before any woman can have reached the times that the study's own documents report.

    Primary completion before the first time is ``possible``: the outcome may be of an earlier one; the end
    before the last ``likely``.
    """
    dated = trial_dates(ev, "start")
    times = _times_reported(ev, list(dated))
    for study, dates in dated.items():
        for (item, which, otherwise, sure), months in zip(_ENDS, times.get(study, ()), strict=False):
            start, end = dates["start"], dates.get(item)
            if end is None:
                continue
            span = ((end.last - start.first).days + 1) / DAYS_PER_MONTH
            # A time as printed is rounded: a visit at 3 months may be one at 12 weeks.
            if span < 0.9 * months:
                ended = f"start {start.text}, {item.replace('-', ' ')} {end.text}"
                printed = f"{ended}; {which} time reported {months:g} months"
                possible = f"at most {span:.1f} months in the trial, unless {otherwise}"
                yield _misfit([end, start], printed, possible, sure)


def _misfit(dates: list[PrintedDate], printed: str, possible: str, confidence: Confidence) -> Misfit:
    rows = [date.row for date in dates if date.row is not None]
    return Misfit("statements", rows, printed, possible, confidence)


def trial_dates(ev: Evidence, *needed: str) -> dict[str, dict[str, PrintedDate]]:
    """Read the dates of every study that has one of those needed; of several on one thing the earliest counts."""
    frame = ev.statements[ev.statements["item"].isin(DATE_ITEMS)]
    frame = frame[frame["study_id"].isin(frame.loc[frame["item"].isin(needed), "study_id"])]
    found: dict[str, dict[str, PrintedDate]] = defaultdict(dict)
    for row, cells in rows_of(frame):
        text, item = str(cells["value"]), str(cells["item"])
        if days := days_of(text):
            dates, printed = found[str(cells["study_id"])], PrintedDate(text, *days, row)
            dates[item] = min(dates.get(item, printed), printed, key=lambda date: date.last)
    return {study: dates for study, dates in found.items() if dates.keys() & set(needed)}


def _years(ev: Evidence) -> dict[str, PrintedDate]:
    """Give the year of the paper of each study, if its main document is one."""
    papers = ev.sources[ev.sources["kind"].isin(_PAPERS)]
    years = papers.set_index("source_id")["year"].dropna().astype(int)
    of_study = ev.studies.set_index("study_id")["source_id"].map(years).dropna().astype(int)
    return {
        str(study): PrintedDate(str(year), date(year, 1, 1), date(year, 12, 31))
        for study, year in of_study.items()
    }


def _times_reported(ev: Evidence, studies: list[str]) -> dict[str, tuple[float, float]]:
    """Tell the first and the last time after treatment of each study, in its own documents that are no registry."""
    kinds = ev.sources.set_index("source_id")["kind"]
    parts = []
    for table, column in _TIMES.items():
        frame = ev.tables[table]
        own = frame["study_id"].isin(studies) & frame["source_id"].map(kinds).isin(_PAPERS)
        parts.append(
            frame.loc[own & frame[column].gt(0), ["study_id", column]].set_axis(["study", "months"], axis=1)
        )
    months = pd.concat(parts).groupby("study")["months"].agg(["min", "max"])
    return {str(study): (float(first), float(last)) for study, first, last in months.itertuples()}
