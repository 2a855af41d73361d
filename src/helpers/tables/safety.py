"""What was said of a harm, of how many women and for how long, and what share or rate of it that leaves possible."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.evidence.faults import meant
from helpers.evidence.provenance import NEAREST, ORIGINS, origin
from helpers.evidence.vocabulary import TISSUE
from helpers.tables.cohorts import gives_way, overlap_lists, sharing, sum_arms, women_treated

#: The harms that can be asked for, and their names in a sentence.
HARMS = {
    "serious-adverse-event": "serious adverse events",
    "adverse-event": "adverse events of any kind",
    "birth-defect": "birth defects",
    "placental-complication": "complications of the placenta",
    "placenta-accreta": "placenta accreta",
    "adherent-placenta": "adherent placenta",
    "postpartum-haemorrhage": "bleeding after birth",
    "miscarriage": "miscarriages",
    "preterm-birth": "preterm births",
    "death": "deaths",
}
#: What the studies can be grouped by.
GROUPINGS = {"route": "route", "donor": "donor", "cell_source": "source of the cells"}
COUNTED = "a count of it, with a total"
UNCOUNTED = "it, but no count with a total"
OTHER_HARM = "other harms only"
SILENT = "nothing of harm in what was read"
REGISTERED = "registered only, no result read"
RETRACTED = "retracted"
#: What a study says, from a count to nothing.
SAID = [COUNTED, UNCOUNTED, OTHER_HARM, SILENT, REGISTERED, RETRACTED]
#: Rates are told per this many women-months.
PER = 1000
_TREATED = ("cited", "treatment")


@dataclass(frozen=True)
class Safety:
    """What is known of one harm.

    Attributes
    ----------
    event, grouping : str
        The harm, and what the studies are grouped by.
    level : float
        Confidence level of bounds and intervals.
    studies : pandas.DataFrame
        One row per study of women treated with cells: study_id, study_label, tissue, design, access, citation, women
        (treated with cells; missing where not told), overlaps, said (a word of `SAID`), other (the other harms it
        tells of) and evidence (the rows of the study, its arms with cells and its other harms).
    rows : pandas.DataFrame
        One row per study, arm and unit with a count, from the source nearest to the study: events, total, total_unit,
        total_basis, proportion, low, high (exact two-sided), bound (exact one-sided), group, origin, months,
        months_origin, months_row and left_out (why it enters no sum; empty if it does).
    together : pandas.DataFrame
        Crude sums of two or more studies, by unit: scope (``"all"``, ``"first-hand"`` or ``"group"``), group,
        studies (their number), events, total, proportion, low, high and bound.
    exposure : pandas.DataFrame
        One row per count of women with a known follow-up, and their sum if there are two or more studies: scope
        (``"study"`` or ``"all"``), women_months, rate, low, high and bound per `PER` women-months, and evidence (the
        rows of the count and of the follow-up).
    """

    event: str
    grouping: str
    level: float
    studies: pd.DataFrame
    rows: pd.DataFrame
    together: pd.DataFrame
    exposure: pd.DataFrame

    @property
    def words(self) -> str:
        """Name the harm as in a sentence."""
        return HARMS[self.event]


def safety(
    ev: Evidence, *, event: str, grouping: str = "route", tissue: str = "all", level: float = 0.95
) -> Safety:
    """Gather what studies of women treated with cells say of a harm, and what that leaves possible.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    event : str
        The harm, a word of `HARMS`.
    grouping : str
        What the studies are grouped by, a word of `GROUPINGS`.
    tissue : str
        The treated tissue, or ``"all"``.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Safety
        A study that does not say is never a study without events. Counts of women, pregnancies and births are never
        added to each other. Rows of retracted documents, case reports (told because of what happened), and the smaller
        of cohorts that may share women, enter no sum.

    Raises
    ------
    ValueError
        If event, grouping or tissue is unknown, or the level is not between 0 and 1.
    """
    for name, given, known in (
        ("event", event, [*HARMS]),
        ("grouping", grouping, [*GROUPINGS]),
        ("tissue", tissue, ["all", *TISSUE]),
    ):
        if given not in known:
            raise ValueError(f"{name} must be a known word, not {given!r}; {meant(given, known)}")
    studies = ev.select("studies", role=list(_TREATED), tissue=tissue)
    told = ev.select("outcomes")
    told = told[
        told["study_id"].isin(studies["study_id"])
        & told["outcome"].isin(HARMS)
        & (told["arm_kind"] == "cells")
    ]
    rows = _counted(ev, told[told["outcome"] == event], studies, grouping, level)
    said = _said(ev, studies, told, rows, event)
    return Safety(event, grouping, level, said, rows, _together(rows, level), _exposure(rows, level))


def _said(
    ev: Evidence, studies: pd.DataFrame, told: pd.DataFrame, rows: pd.DataFrame, event: str
) -> pd.DataFrame:
    told = told[told["retracted"].isna()]
    of_it = set(told.loc[told["outcome"] == event, "study_id"])
    others = told[told["outcome"] != event].drop_duplicates(["study_id", "outcome"])
    other = others.groupby("study_id")["outcome"].agg(lambda words: ", ".join(HARMS[word] for word in words))
    counted = set(rows.loc[rows["retracted"].isna(), "study_id"])
    arms = ev.select("arms")
    parts = [studies, arms[arms["kind"] == "cells"], others]
    behind = pd.concat(parts).groupby("study_id")["evidence_row"].agg("; ".join)

    def said(study: str, design: str, retracted: bool) -> str:
        if retracted:
            return RETRACTED
        if study in counted:
            return COUNTED
        if study in of_it:
            return UNCOUNTED
        if study in other.index:
            return OTHER_HARM
        return REGISTERED if design == "registered-only" else SILENT

    among = rows[rows["total_unit"] == "women"].groupby("study_id")["total"].sum()
    women = studies["study_id"].map(women_treated(ev)).astype("Int64")
    frame = studies.rename(columns={"label": "study_label"}).assign(
        women=studies["study_id"].map(among).astype("Int64").fillna(women),
        overlaps=overlap_lists(studies),
        other=studies["study_id"].map(other).astype("str"),
        evidence=studies["study_id"].map(behind),
        said=[
            said(study, design, retracted)
            for study, design, retracted in zip(
                studies["study_id"], studies["design"], studies["retracted"].notna(), strict=True
            )
        ],
    )
    columns = [
        "study_id",
        "study_label",
        "tissue",
        "design",
        "access",
        "citation",
        "women",
        "overlaps",
        "said",
        "other",
        "evidence",
    ]
    by = frame["said"].map(SAID.index)
    return frame.assign(_by=by).sort_values(["_by", "tissue", "study_label"], ignore_index=True)[columns]


def _counted(
    ev: Evidence, told: pd.DataFrame, studies: pd.DataFrame, grouping: str, level: float
) -> pd.DataFrame:
    rows = told[told["events"].notna() & told["total"].notna()].copy()
    rows["origin"] = origin(rows["source_kind"])
    summed = set(ev.arms.loc[sum_arms(ev), ["study_id", "arm_id"]].itertuples(index=False, name=None))
    rows["sums"] = [arm in summed for arm in zip(rows["study_id"], rows["arm_id"], strict=True)]
    rows = _nearest(rows)
    rows["proportion"] = rows["low"] = rows["high"] = rows["bound"] = float("nan")
    rows["group"] = rows[grouping].fillna(f"{GROUPINGS[grouping]} not told")
    rows = _with_limits(rows, level)
    months = _follow_up(ev)
    rows = rows.join(months, on="study_id")
    main = studies.set_index("study_id")
    rows["retracted"] = rows["retracted"].fillna(rows["study_id"].map(main["retracted"]))
    rows["left_out"] = _left_out(rows, overlap_lists(main))
    return rows.sort_values(
        ["total_unit", "group", "total", "study_label"], ascending=[False, True, False, True]
    )


def _nearest(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep one count per study, arm and unit: nearest to the study, of the whole arm, the latest, of the most women.

    Arms that a sum of the arms already holds are dropped.
    """
    rows = rows.assign(_origin=rows["origin"].map(NEAREST.index), _part=rows["subgroup"].notna())
    by = ["_origin", "_part", "timepoint_months", "total"]
    rows = rows.sort_values(by, ascending=[True, True, False, False], na_position="last", kind="stable")
    rows = rows.drop_duplicates(["study_id", "arm_id", "total_unit"]).drop(columns=["_origin", "_part"])
    has_sum = rows["sums"].groupby([rows["study_id"], rows["total_unit"]]).transform("any")
    return rows[rows["sums"] | ~has_sum]


def _with_limits(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    if rows.empty:
        return rows
    events, total = rows["events"].astype(int), rows["total"].astype(int)
    low, high = stats.proportion_interval(events, total, level=level)
    bound = stats.proportion_upper_bound(events, total, level=level)
    return rows.assign(proportion=events / total, low=low, high=high, bound=bound)


def _follow_up(ev: Evidence) -> pd.DataFrame:
    """Tell the longest follow-up of each study, who tells it and in which row: its own document, else the nearest statement."""
    own = ev.select("studies").rename(columns={"follow_up_months": "months"})
    stated = ev.select("statements")
    stated = stated[(stated["item"] == "follow-up") & (stated["unit"] == "months")]
    stated = stated.assign(months=pd.to_numeric(stated["value"], errors="coerce"))
    both = pd.concat([own, stated]).dropna(subset="months")
    both = both.assign(months_origin=origin(both["source_kind"]))
    both = both.sort_values("months_origin", key=lambda column: column.map(NEAREST.index), kind="stable")
    both = both.drop_duplicates("study_id").rename(columns={"evidence_row": "months_row"})
    return both.set_index("study_id")[["months", "months_origin", "months_row"]]


def _left_out(rows: pd.DataFrame, overlaps: pd.Series) -> pd.Series:
    """Say why a count enters no sum: retracted, a case report, or of a cohort that may share women with a larger one."""
    reasons = pd.Series("", index=rows.index, dtype="str")
    reasons[rows["design"] == "case-report"] = "a case report, told because of what happened"
    reasons[rows["retracted"].notna()] = "retracted"
    for _, same in rows[reasons == ""].groupby("total_unit"):
        sizes = same.groupby("study_id")["total"].sum().sort_values(ascending=False, kind="stable")
        dropped = sharing(list(sizes.index), {str(study): named for study, named in overlaps.items()})
        names = same.drop_duplicates("study_id").set_index("study_id")["study_label"]
        for study, rival in dropped.items():
            reasons[same.index[same["study_id"] == study]] = gives_way(names[rival])
    return reasons


def _together(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    entering = rows[rows["left_out"] == ""]
    sums = []
    for unit, same in entering.groupby("total_unit", sort=False):
        own = same[same["origin"] == ORIGINS[0]]
        parts = [("all", "", same)]
        parts += [("first-hand", "", own)] if len(own) < len(same) else []
        parts += [("group", str(group), part) for group, part in same.groupby("group", sort=False)]
        sums += [
            {"scope": scope, "group": group, "total_unit": unit, **_sum(part)}
            for scope, group, part in parts
            if part["study_id"].nunique() > 1
        ]
    columns = [
        "scope",
        "group",
        "total_unit",
        "studies",
        "events",
        "total",
        "proportion",
        "low",
        "high",
        "bound",
    ]
    return _with_limits(pd.DataFrame(sums), level).reindex(columns=columns)


def _sum(part: pd.DataFrame) -> dict[str, int]:
    return {
        "studies": int(part["study_id"].nunique()),
        "events": int(part["events"].sum()),
        "total": int(part["total"].sum()),
    }


def _exposure(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    known = rows[(rows["left_out"] == "") & (rows["total_unit"] == "women") & (rows["months"] > 0)]
    frame = known.assign(
        scope="study",
        women_months=known["total"].astype("float64") * known["months"],
        evidence=known["evidence_row"] + "; " + known["months_row"],
    )
    columns = [
        "scope",
        "study_label",
        "events",
        "total",
        "months",
        "months_origin",
        "women_months",
        "evidence",
    ]
    frame = frame[columns]
    if known["study_id"].nunique() > 1:
        evidence = "; ".join(frame["evidence"])
        sums = {"women_months": float(frame["women_months"].sum()), "evidence": evidence, **_sum(known)}
        row = pd.DataFrame([{"scope": "all", "study_label": "together", **sums}])
        frame = pd.concat([frame, row[row.columns.intersection(columns)]], ignore_index=True)
    frame = frame.assign(rate=float("nan"), low=float("nan"), high=float("nan"), bound=float("nan"))
    if len(frame):
        events, time = frame["events"].astype(int), frame["women_months"].astype(float) / PER
        low, high = stats.rate_interval(events, time, level=level)
        bound = stats.rate_upper_bound(events, time, level=level)
        frame = frame.assign(rate=events / time, low=low, high=high, bound=bound)
    return frame
