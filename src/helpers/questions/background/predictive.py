"""What a new cohort without cells would show, by outcome and condition, and where each treated cohort lies against it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.one_count import OTHER_TREATMENT, OWN_CONTROL, TREATED, UNTREATED
from helpers.counts.outcomes import counted_among
from helpers.evidence import Evidence
from helpers.questions.background.matching import ASPECTS, candidates
from helpers.questions.background.rows import Comparable, comparable
from helpers.show.numbers import points
from helpers.stats.background import HIGH, LOW

#: From the birth of a child down to menses: what matters most to a patient comes first.
STEPS = ("live-birth", "ongoing-pregnancy", "pregnancy", "menses-resumed")
#: Where a treated cohort lies against a new cohort without cells.
ABOVE, BELOW, BETWEEN, NOT_COMPARED = "above", "below", "not apart", "not compared"
#: Marks the count of a control that was randomised.
RANDOMISED = " (randomised)"
#: Why a treated cohort is not compared, where no rule on pairs says so.
NO_COHORT, ONE_COHORT, ONE_LIKE = (
    "no usable count of women without cells from another study",
    "one usable count only of women without cells from other studies",
    "fewer than two like studies without cells",
)
_PREDICTED = [
    "estimate", "low", "high", "mean", "prediction_low", "prediction_high", "tau", "tau_low", "tau_high",
]  # fmt: skip
_COMPARED = [
    "probability", "posterior_low", "posterior_high", "bias_to_high", "bias_to_half", "bias_to_low",
]  # fmt: skip
_LINE = [
    "name", "outcome", "tissue", "stratum", "kind", "k", "events", "total", "cohorts", "counts", "citations", *_PREDICTED,
]  # fmt: skip
_ROW = [
    "name", "study_id", "tissue", "who", "who_women", "role", "events", "total", "proportion", "low", "high", "count_text",
    "origin", "cell_source", "arm_kind", "months", "citation", "evidence_row", "among",
]  # fmt: skip
_TREATED = [
    *_ROW, "line", "outcome", "stratum", "background", "control", "control_gap", "gap_low", "gap_high", "k", *_COMPARED, "position", "why", "mismatch", "unknown",
]  # fmt: skip
#: The fields of the difference from the own control where it was not randomised.
_NO_GAP = {"control_gap": "", "gap_low": np.nan, "gap_high": np.nan}


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions from cohorts without cells, and the treated cohorts compared with them.

    Attributes
    ----------
    lines : pandas.DataFrame
        One row per outcome and stratum with treated women, of all its background, and one more for each further set of cohorts
        with which a treated cohort is compared: name, outcome, tissue, stratum, kind (of the background: untreated women
        where any are counted, else women with another treatment), k (studies), events and total of the set, cohorts (their names),
        and the fields of `stats.PredictiveBackground`, missing where fewer than two studies are counted.
    treated : pandas.DataFrame
        One row per treated cohort: name, line (the name of the line of the cohorts compared with it), who, events, total, proportion,
        low, high, among (per protocol or completers, where its note says so), control (the count of its own control) and control_gap (the difference from it, where randomised, with gap_low and gap_high), k (studies like
        enough to be compared), the fields of `stats.BackgroundComparison`, position (`ABOVE`, `BELOW`,
        `BETWEEN` or `NOT_COMPARED`), why (it is not compared), mismatch and unknown (aspects in which women differ, or cannot be
        compared). Where fewer than two studies are like enough, the line and the probability are those of all the background, whatever
        differs.
    """

    lines: pd.DataFrame
    treated: pd.DataFrame


def predictions(
    ev: Evidence,
    outcomes: Iterable[str] = STEPS,
    *,
    condition: Iterable[str] = ("all",),
    tau_scale: float = stats.TAU_SCALE,
    bias_sd: float = 0.0,
    level: float = 0.95,
) -> Predictions:
    """Predict a new cohort without cells for each outcome and condition, and compare every treated cohort with it.

    The background of a condition is its untreated cohorts, or, where none is counted, the cohorts with another treatment. A treated
    cohort is compared with those of them that `matching` allows; the arms of one study are one cohort. `tau_scale` and `bias_sd` are those of
    `stats.predictive_background` and `stats.compare_with_background`.
    """
    lines, treated, conditions = [], [], tuple(condition)
    for outcome in outcomes:
        strata, named = _compared(ev, outcome, conditions, level)
        for line in strata:
            treated += line.treated(tau_scale, bias_sd)
            lines += line.lines(tau_scale)
        treated += named
    ordered, rows = _ordered(pd.DataFrame(lines, columns=_LINE)), pd.DataFrame(treated, columns=_TREATED)
    places = {name: place for place, name in enumerate(ordered["name"])}
    rows = rows.sort_values("line", key=lambda line: line.map(places), kind="stable", ignore_index=True)
    return Predictions(ordered, rows)


@lru_cache(maxsize=2 * len(STEPS))
def _compared(
    ev: Evidence, outcome: str, condition: tuple[str, ...], level: float
) -> tuple[list[_Line], list[dict[str, Any]]]:
    """Sort the counts of an outcome and pair them, once for all priors; and list what is named only, see `_told_because`."""
    counts = comparable(ev, outcome=outcome, condition=condition, kinds=True, level=level)
    pairs = candidates(counts)
    lines = [
        _Line(counts, pairs, str(stratum), level)
        for stratum, rows in counts.rows.groupby("stratum", sort=False)
        if (rows["side"] == TREATED).any()
    ]
    return lines, _told_because(counts, {line.name for line in lines})


def _ordered(lines: pd.DataFrame) -> pd.DataFrame:
    """Put the ovary first, and within it outcomes as asked for; uterus and ovary are never mixed."""
    return lines.sort_values("tissue", ascending=False, kind="stable", ignore_index=True)


class _Line:
    """One outcome in one stratum: its background, and its treated cohorts; only the fit depends on a prior."""

    def __init__(self, counts: Comparable, pairs: pd.DataFrame, stratum: str, level: float) -> None:
        self.rows = counts.rows[counts.rows["stratum"] == stratum]
        self.name, self.outcome, self.stratum = f"{counts.outcome}/{stratum}", counts.outcome, stratum
        untreated = (self.rows["kind"] == UNTREATED).any()
        self.kind = UNTREATED if untreated else OTHER_TREATMENT
        self.background = _whole(self.rows[self.rows["kind"] == self.kind])
        self.pairs = pairs[(pairs["stratum"] == stratum) & (pairs["kind_b"] == self.kind)]
        self.level = level
        #: The sets of cohorts that are compared with a treated one, and their names; the first is all the background.
        self.sets = {frozenset(self.background["name"]): self.name}
        #: The set of each treated cohort, with all that no prior changes.
        self.placed = [self._placed(row) for row in self.rows[self.rows["side"] == TREATED].itertuples()]
        self.cohorts = {names: _by_study(self.rows[self.rows["name"].isin(names)]) for names in self.sets}
        self.lines, self.treated = cache(self._lines), cache(self._treated)

    def _predicted(self, names: frozenset[str], tau_scale: float) -> stats.PredictiveBackground | None:
        rows = self.cohorts[names]
        if len(rows) < 2:
            return None
        return stats.predictive_background(
            rows["events"], rows["total"], tau_scale=tau_scale, level=self.level
        )

    def _lines(self, tau_scale: float) -> list[dict[str, Any]]:
        """Describe all the background, and each further set that a treated cohort is compared with."""
        return [self._line(name, names, tau_scale) for names, name in self.sets.items()]

    def _line(self, name: str, names: frozenset[str], tau_scale: float) -> dict[str, Any]:
        rows = self.cohorts[names]
        fields: dict[str, Any] = dict.fromkeys(_PREDICTED, np.nan)
        if found := self._predicted(names, tau_scale):
            fields = {field: getattr(found, field) for field in _PREDICTED}
        elif len(rows):
            # One study is no pool: its own count and exact interval.
            events, total = int(rows["events"].iloc[0]), int(rows["total"].iloc[0])
            low, high = stats.proportion_interval(events, total, level=self.level)
            fields |= {"estimate": events / total, "low": float(low), "high": float(high)}
        return {
            "name": name, "outcome": self.outcome, "tissue": self.rows["tissue"].iloc[0], "stratum": self.stratum,
            "kind": self.kind, "k": len(rows), "events": int(rows["events"].sum()), "total": int(rows["total"].sum()),
            "cohorts": list(rows["who"]), "counts": list(rows["count_text"]), "citations": list(rows["citation"]), **fields,
        }  # fmt: skip

    def _treated(self, tau_scale: float, bias_sd: float) -> list[dict[str, Any]]:
        return [self._one(*placed, tau_scale, bias_sd) for placed in self.placed]

    def _one(
        self, names: frozenset[str], row: dict[str, Any], tau_scale: float, bias_sd: float
    ) -> dict[str, Any]:
        fields, reason = dict.fromkeys(_COMPARED, np.nan), ""
        if new := self._predicted(names, tau_scale):
            found = stats.compare_with_background(
                int(row["events"]), int(row["total"]), new, bias_sd=bias_sd, level=self.level
            )
            fields, reason = {name: getattr(found, name) for name in _COMPARED}, found.reason
        why = row["why"] or reason
        position = _position(fields["probability"], why)
        return {**row, "line": self.sets[names], **fields, "position": position, "why": why}

    def _placed(self, row: Any) -> tuple[frozenset[str], dict[str, Any]]:
        mine = self.pairs[self.pairs["name"] == row.name]
        like = _whole(mine[mine["why"] == ""], "_b")
        k = like["study_id_b"].nunique()
        names = frozenset(like["name_b"] if k > 1 else self.background["name"])
        self.sets.setdefault(names, f"{self.name}, like {row.study_id}/{row.arm_id}")
        return names, {
            **_count(row), "outcome": self.outcome, "stratum": self.stratum, "background": self.kind, **self._control(row),
            "k": k if k > 1 else 0, "why": self._why(mine, k), **_differing(like if k > 1 else mine),
        }  # fmt: skip

    def _why(self, mine: pd.DataFrame, k: int) -> str:
        if k > 1:
            return ""
        studies = self.background["study_id"].nunique()
        if studies < 2:
            return ONE_COHORT if studies else NO_COHORT
        reasons = mine.loc[mine["why"] != "", "why"]
        return str(reasons.iloc[0]) if len(reasons) and not k else ONE_LIKE

    def _control(self, row: Any) -> dict[str, Any]:
        """Give the count of the treated cohort's own control, and the difference from it where it was randomised."""
        own = self.rows[(self.rows["side"] == OWN_CONTROL) & (self.rows["study_id"] == row.study_id)]
        if len(own) != 1 or own["design"].iloc[0] != "rct":
            return {"control": "; ".join(own["count_text"]), **_NO_GAP}
        against = int(own["events"].iloc[0]), int(own["total"].iloc[0])
        gap = stats.compare_with_background(int(row.events), int(row.total), *against, level=self.level)
        words = f"{points(gap.difference)} points ({points(gap.low)} to {points(gap.high)})"
        limits = {"gap_low": float(gap.low), "gap_high": float(gap.high)}
        return {"control": f"{own['count_text'].iloc[0]}{RANDOMISED}", "control_gap": words, **limits}


def _whole(rows: pd.DataFrame, end: str = "") -> pd.DataFrame:
    """Drop the parts of studies that are also there as a sum: each woman once. `end` ends the names of the columns."""
    sums, study = rows[f"sums{end}"].astype(bool), rows[f"study_id{end}"]
    return rows[sums | ~study.isin(study[sums])]


def _by_study(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum the arms of each study, whose women are not the same: arms of one study do not show how much studies differ."""
    arms: dict[Any, list[Any]] = defaultdict(list)
    for arm in rows.itertuples():
        arms[arm.study_id].append(arm)
    sums = [
        [sum(int(getattr(arm, name)) for arm in of) for name in ("events", "total")] for of in arms.values()
    ]
    named = [("; ".join(arm.who_women for arm in of), of[0].citation) for of in arms.values()]
    made = [(*two, *words, "/".join(map(str, two))) for two, words in zip(sums, named, strict=True)]
    return pd.DataFrame(made, columns=["events", "total", "who", "citation", "count_text"])


def _count(row: Any) -> dict[str, Any]:
    among = counted_among(row.note)
    return {**{name: getattr(row, name) for name in _ROW if name != "among"}, "among": among}


def _position(probability: float, why: str) -> str:
    if why:
        return NOT_COMPARED
    return ABOVE if probability >= HIGH else BELOW if probability <= LOW else BETWEEN


def _differing(pairs: pd.DataFrame) -> dict[str, str]:
    """Name the aspects in which the treated differ from any of the cohorts, and those that cannot be compared with all."""
    unlike = [aspect for aspect in ASPECTS if pairs["mismatch"].str.contains(rf"(?:^|; ){aspect} \(").any()]
    unknown = [
        aspect
        for aspect in ASPECTS
        if aspect not in unlike
        and pairs["unknown"].str.split(", ").map(lambda names, a=aspect: a in names).any()
    ]
    return {"mismatch": ", ".join(unlike), "unknown": ", ".join(unknown)}


def _told_because(counts: Comparable, lines: set[str]) -> list[dict[str, Any]]:
    """List treated cohorts whose count is no rate: they are named, and neither drawn nor compared."""
    rows = counts.left_out
    rows = rows[(rows["side"] == TREATED) & (rows["no_rate"] != "") & (rows["total"] > 1).fillna(value=False)]
    rows = rows.drop_duplicates("study_id").assign(
        name_of_line=counts.outcome + "/" + rows["stratum"], who_women=rows["who"]
    )
    return [
        {
            **_count(row), "line": row.name_of_line, "outcome": counts.outcome, "stratum": row.stratum, "background": "",
            "control": "", **_NO_GAP, "k": 0, **dict.fromkeys(_COMPARED, np.nan), "position": NOT_COMPARED, "why": row.no_rate,
            "mismatch": "", "unknown": "",
        }
        for row in rows.itertuples()
        if row.name_of_line in lines
    ]  # fmt: skip


def line_values(line: pd.Series[Any]) -> dict[str, float | int | None]:
    """Take from a line the numbers that are recorded as its result; None where fewer than two studies are counted."""
    whole = {name: int(line[name]) for name in ("k", "events", "total")}
    return {**whole, **{name: None if pd.isna(line[name]) else float(line[name]) for name in _PREDICTED}}


def treated_values(row: pd.Series[Any]) -> dict[str, float | int | str | None]:
    """Take from a treated cohort the numbers that are recorded as its result, and where it lies."""
    whole = {name: int(row[name]) for name in ("events", "total", "k")}
    found = {name: None if pd.isna(row[name]) else float(row[name]) for name in _COMPARED}
    return {**whole, **found, "position": str(row["position"])}


def named(made: Predictions) -> pd.DataFrame:
    """Name the treated cohorts for their results: by count, and by outcome and condition."""
    rows = made.treated
    return rows.assign(
        name=rows["name"] + " against a new cohort, " + rows["outcome"] + "/" + rows["stratum"]
    )
