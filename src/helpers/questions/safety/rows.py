"""What studies of women treated with cells report of harm, and what proportion or rate of one harm their counts leave possible."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from helpers import stats
from helpers.counts.cohorts import larger_cohorts, overlap_lists, sum_arms
from helpers.counts.harms import REPORTED, harm_mentions
from helpers.counts.one_count import case_report, no_rate
from helpers.counts.one_row import Rule, first_broken, reason_for, standing
from helpers.counts.outcomes import no_rate as why_no_rate
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.evidence.faults import meant
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import HARMS, ORGAN, TISSUE
from helpers.questions.safety.pregnancies import open_pregnancies, pregnancy_fates
from helpers.questions.safety.reports import study_reports
from helpers.show.numbers import count_of

#: What the studies can be grouped by.
GROUPINGS = {"route": "route", "donor": "donor", "cell_source": "source of the cells"}
#: Rates are given per this many women-months.
PER = 1000
_TREATED = ("cited", "treatment")
#: How notes say that only events that the source judged to be related to treatment were counted.
_RELATED = "treatment-related"
_LIMITS = ["proportion", "low", "high", "bound"]
_UNIT = ["study_id", "arm_id", "total_unit"]
#: Women, pregnancies and births are counted apart.
_ONE_COUNT = {
    "sum": ["study_id", "total_unit"], "nearest": _UNIT, "whole": _UNIT, "latest": _UNIT, "largest": _UNIT,
}  # fmt: skip


def _retracted(rows: pd.DataFrame) -> pd.Series[str]:
    return reason_for(rows, rows["retracted"].notna(), "retracted")


#: Why a count enters no sum.
_LEFT_OUT: tuple[Rule, ...] = (
    _retracted, no_rate, case_report, partial(larger_cohorts, within=["total_unit"]),
)  # fmt: skip


@dataclass(frozen=True)
class Safety:
    """What is known of harm, and of one harm, `event`, what its counts leave possible, grouped by `grouping`.

    Attributes
    ----------
    studies
        One row per study of women treated with cells. women: missing where not reported. state: of all harms together, a word
        of `STATES`. registered: no count, level or change known, registered only or cut off in our copy, and no harm mentioned.
        article_only: only the article reports on its women. counted: has a count of the harm. said: what it reports of any
        harm. text: how much of it was available to us. evidence: rows of the study, its arms with cells and its harms.
    mentions, open_pregnancies, fates
        Made by `harm_mentions`, `open_pregnancies` and `pregnancy_fates`.
    rows
        One row per study, arm and unit with a count, from the source nearest to the study: proportion, low, high (exact
        two-sided) and bound (exact one-sided), all missing for a count published because of its event; related (only events
        that the source judged to be related to treatment); left_out (why it enters no sum; empty if it does).
    together
        Crude sums of two or more studies, by treated tissue and unit; scope is ``"all"``, ``"first-hand"`` or ``"group"``.
    exposure
        One row per count of women with a known follow-up, and the sum of each tissue with two or more studies (scope
        ``"study"`` or ``"all"``): women_months, and rate, low, high and bound per `PER` women-months.
    published
        Rows of `pooled` about any harm in women, as published syntheses print them.
    """

    event: str
    grouping: str
    level: float
    studies: pd.DataFrame
    mentions: pd.DataFrame
    rows: pd.DataFrame
    together: pd.DataFrame
    exposure: pd.DataFrame
    published: pd.DataFrame
    open_pregnancies: pd.DataFrame
    fates: pd.DataFrame

    @property
    def words(self) -> str:
        """Name the harm as in a sentence."""
        return HARMS[self.event]

    @property
    def results(self) -> pd.DataFrame:
        """The studies with results."""
        return self.studies[~self.studies["registered"]]

    @property
    def reported(self) -> pd.DataFrame:
        """The mentions that report a harm."""
        return self.mentions[self.mentions["state"] == REPORTED]

    @property
    def summed(self) -> pd.DataFrame:
        """The counts that enter a sum."""
        return self.rows[self.rows["left_out"] == ""]

    @property
    def related(self) -> str:
        """Say in how many studies only events related to treatment were counted, as the end of a title; empty if in none."""
        related = self.rows.loc[self.rows["related"], "study_id"].nunique()
        if not related:
            return ""
        studies = count_of(related, self.rows["study_id"].nunique())
        return f", in {studies} studies only those judged to be related to treatment"


def safety(
    ev: Evidence, *, event: str, grouping: str = "route", tissue: str = "all", level: float = 0.95
) -> Safety:
    """Gather what studies of women treated with cells report of harm, and what the counts of one harm leave possible.

    A study that does not mention harm is never a study without events. Counts of women, pregnancies and births are
    never added to each other, nor ovary to uterus. Rows of retracted documents, case reports, counts published
    because of their event, and the smaller of cohorts that may share women, enter no sum. `event` is a word of
    `HARMS`, `grouping` of `GROUPINGS`, `tissue` of `TISSUE` or ``"all"``; any other raises ValueError.
    """
    choices = {
        "event": (event, [*HARMS]),
        "grouping": (grouping, [*GROUPINGS]),
        "tissue": (tissue, ["all", *TISSUE]),
    }
    for name, (word, known) in choices.items():
        if word not in known:
            raise ChoiceError(f"{name} must be a known word, not {word!r}; {meant(word, known)}")
    studies = ev.select("studies", role=list(_TREATED), tissue=tissue)
    mentions = harm_mentions(ev, studies)
    rows = _counted(ev, event, studies, grouping, level)
    unexplained = open_pregnancies(ev)
    fates = pregnancy_fates(ev, unexplained)
    pooled = ev.select("pooled")
    pooled = pooled[(pooled["species"] == "human") & pooled["outcome"].isin(HARMS)]
    return Safety(
        event=event,
        grouping=grouping,
        level=level,
        studies=study_reports(ev, studies, mentions, rows),
        mentions=mentions,
        rows=rows,
        together=_together(rows, level),
        exposure=_exposure(rows, level),
        published=pooled[pooled["tissue"].isin([*TISSUE] if tissue == "all" else [tissue])],
        open_pregnancies=unexplained[unexplained.index.isin(studies["study_id"])],
        fates=fates[fates["study_id"].isin(studies["study_id"])],
    )


def harm_counts(ev: Evidence, *, event: str, level: float = 0.95) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give only the counts of one harm and their crude sums: `Safety.rows` and `Safety.together`."""
    rows = _counted(ev, event, ev.select("studies", role=list(_TREATED)), "route", level)
    return rows, _together(rows, level)


def _counted(ev: Evidence, event: str, studies: pd.DataFrame, grouping: str, level: float) -> pd.DataFrame:
    rows = ev.select("outcomes")
    rows = rows[(rows["outcome"] == event) & (rows["arm_kind"] == "cells")]
    rows = rows[rows["study_id"].isin(studies["study_id"]) & rows[["events", "total"]].notna().all(axis=1)]
    rows = rows.assign(sums=sum_arms(ev, rows), no_rate=why_no_rate(rows))
    rows = standing(rows, **_ONE_COUNT)
    rows["group"] = rows[grouping].fillna(f"{GROUPINGS[grouping]} not stated")
    rows = _with_limits(rows, level)
    # A count that was published because of its event has no proportion.
    rows.loc[rows["no_rate"] != "", _LIMITS] = float("nan")
    rows = rows.join(_follow_up(ev), on="study_id")
    main = studies.set_index("study_id")
    rows["retracted"] = rows["retracted"].fillna(rows["study_id"].map(main["retracted"]))
    rows["related"] = rows["note"].astype("str").str.contains(_RELATED, regex=False, na=False)
    rows["overlaps"] = rows["study_id"].map(overlap_lists(main))
    rows["left_out"] = first_broken(rows, _LEFT_OUT)
    return rows.sort_values(
        ["tissue", "total_unit", "group", "total", "study_label"], ascending=[False, False, True, False, True]
    )


def _with_limits(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    if rows.empty:
        return rows.assign(**dict.fromkeys(_LIMITS, float("nan")))
    events, total = rows["events"].astype(int), rows["total"].astype(int)
    low, high = stats.proportion_interval(events, total, level=level)
    bound = stats.proportion_upper_bound(events, total, level=level)
    return rows.assign(proportion=(events / total).astype("float64"), low=low, high=high, bound=bound)


def _follow_up(ev: Evidence) -> pd.DataFrame:
    """Give the longest follow-up of each study, by its own document, else by the nearest statement, with its source and row."""
    studies = ev.select("studies").rename(columns={"follow_up_months": "months"})
    stated = ev.select("statements")
    stated = stated[(stated["item"] == "follow-up") & (stated["unit"] == "months")]
    stated = stated.assign(months=pd.to_numeric(stated["value"], errors="coerce"))
    read = ["study_id", "months", "origin", "evidence_row"]
    both = pd.concat([studies[read], stated[read]]).dropna(subset="months")
    longest = standing(both, nearest=["study_id"], first=["study_id"]).set_index("study_id")
    return longest.set_axis(["months", "months_origin", "months_row"], axis=1)


def _together(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    entering = rows[rows["left_out"] == ""]
    sums = []
    for (tissue, unit), same in entering.groupby(["tissue", "total_unit"], sort=False):
        first_hand = same[same["origin"] == ORIGINS[0]]
        parts = [("all", "", same)]
        parts += [("first-hand", "", first_hand)] if len(first_hand) < len(same) else []
        groups = same.groupby("group", sort=False)
        parts += [("group", str(group), members) for group, members in groups if len(members) < len(same)]
        sums += [
            {"tissue": tissue, "scope": scope, "group": group, "total_unit": unit, **_sum(members)}
            for scope, group, members in parts
            if members["study_id"].nunique() > 1
        ]
    columns = ["tissue", "scope", "group", "total_unit", "studies", "events", "total", *_LIMITS]
    return _with_limits(pd.DataFrame(sums), level).reindex(columns=columns)


def _sum(rows: pd.DataFrame) -> dict[str, int]:
    return {
        "studies": int(rows["study_id"].nunique()),
        "events": int(rows["events"].sum()),
        "total": int(rows["total"].sum()),
    }


def _exposure(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    known = rows[(rows["left_out"] == "") & (rows["total_unit"] == "women") & (rows["months"] > 0)]
    known = known.assign(
        scope="study",
        women_months=known["total"].astype("float64") * known["months"],
        evidence=known["evidence_row"] + "; " + known["months_row"],
    )
    parts: list[pd.DataFrame] = []
    for tissue, same in known.groupby("tissue", sort=False):
        parts.append(same)
        if same["study_id"].nunique() > 1:
            whole = {"tissue": tissue, "scope": "all", "study_label": f"{ORGAN[str(tissue)]}, together"}
            sums = {**_sum(same), "women_months": same["women_months"].sum()}
            parts.append(pd.DataFrame([{**whole, **sums, "evidence": "; ".join(same["evidence"])}]))
    columns = [
        "tissue", "scope", "study_label", "events", "total", "months", "months_origin", "women_months", "evidence",
    ]  # fmt: skip
    frame = pd.concat(parts or [known], ignore_index=True)[columns]
    if frame.empty:
        return frame.assign(**dict.fromkeys(("rate", "low", "high", "bound"), float("nan")))
    events, time = frame["events"].astype(int), frame["women_months"].astype(float) / PER
    low, high = stats.rate_interval(events, time, level=level)
    bound = stats.rate_upper_bound(events, time, level=level)
    return frame.assign(rate=events / time, low=low, high=high, bound=bound)
