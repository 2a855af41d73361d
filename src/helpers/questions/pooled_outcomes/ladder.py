"""Pregnancy, ongoing pregnancy and live birth, condition by condition: over all studies, and again on the same studies.

A birth follows a pregnancy, so in the same women no more can give birth than were pregnant. In pools of different studies more can.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.one_count import MIXED
from helpers.counts.poolable import poolable
from helpers.evidence import Evidence
from helpers.questions.pooled_outcomes.estimates import WALD, side_by_side, study_counts
from helpers.questions.pooled_outcomes.rows import pooled_outcomes
from helpers.show.numbers import percent, percent_ci

#: From the first step to the last. Ongoing pregnancies are those not ended when a study stopped looking: studies stopped at
#: different times, so that they are listed and never pooled.
PREGNANCY, ONGOING, BIRTH = LADDER = ("pregnancy", "ongoing-pregnancy", "live-birth")
EVERY, SAME = "all studies that counted it", "studies that counted pregnancy and live birth"
#: The remark on more births than pregnancies.
ABOVE = "more births than pregnancies: different studies counted them"
#: What is read of the counts, here and by `poolable`.
_READ = [
    "tissue", "section", "outcome", "study_id", "study_label", "arm_id", "events", "total", "condition", "role", "design", "arm_kind",
    "retracted", "evidence_row",
]  # fmt: skip
_STEP = ["studies", "women", "events", "estimate", "low", "high", "text"]


def ladder_rows(
    ev: Evidence,
    *,
    condition: Iterable[str] = ("all",),
    tissue: Iterable[str] = ("all",),
    access: Iterable[str] = ("all",),
    method: str = "bayes",
    level: float = 0.95,
) -> pd.DataFrame:
    """Give pregnancy, ongoing pregnancy and live birth of women treated with cells side by side, condition by condition.

    Of each condition that may be pooled and in which both pregnancy and live birth were counted: a row of `EVERY` study, one of the
    studies that counted both (`SAME`), and one of each study that counted two of the three. Two studies or more are pooled by the
    rules of `rows.pooled_outcomes`; one has its proportion with the exact interval. Ongoing pregnancies are never pooled.
    """
    choices: dict[str, Any] = {"condition": condition, "tissue": tissue, "access": access}
    pools = pooled_outcomes(ev, outcome=LADDER, method=method, level=level, **choices)
    lines = []
    for (_, section), rows in pools.rows[_READ].groupby(["tissue", "section"], sort=False):
        counted = {step: set(rows.loc[rows["outcome"] == step, "study_id"]) for step in LADDER}
        if rows["condition"].iloc[0] == MIXED or not (counted[PREGNANCY] and counted[BIRTH]):
            continue
        same = rows[rows["study_id"].isin(counted[PREGNANCY] & counted[BIRTH])]
        single = [own for _, own in rows.groupby("study_id", sort=False) if own["outcome"].nunique() > 1]
        groups = [(EVERY, rows), *([(SAME, same)] if len(same) else [])]
        groups += [(str(own["study_label"].iloc[0]), own) for own in single]
        made = [_line(ev, own, who, str(section), method, level) for who, own in groups]
        if (
            made[0][f"{BIRTH} estimate"] > made[0][f"{PREGNANCY} estimate"]
            and counted[BIRTH] != counted[PREGNANCY]
        ):
            made[0]["remark"] = ABOVE
        lines += made
    steps = [f"{step} {what}" for step in LADDER for what in _STEP]
    return pd.DataFrame(lines, columns=["tissue", "section", "who", "name", "remark", "evidence", *steps])


def _line(
    ev: Evidence, rows: pd.DataFrame, who: str, section: str, method: str, level: float
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "tissue": rows["tissue"].iloc[0],
        "section": section,
        "who": who,
        "name": f"ladder/{section}/{who}",
        "remark": "",
        "evidence": "; ".join(rows["evidence_row"]),
    }
    for step in LADDER:
        counts = rows[rows["outcome"] == step]
        numbers: dict[str, Any] = {"text": "not pooled" if len(counts) else "not counted"}
        if len(counts) and not (who in (EVERY, SAME) and step == ONGOING):
            numbers = _step(ev, counts, method, level)
        line |= {f"{step} {what}": value for what, value in numbers.items()}
    return line


def _step(ev: Evidence, rows: pd.DataFrame, method: str, level: float) -> dict[str, Any]:
    events, totals = study_counts(rows)
    counts = {"studies": len(events), "women": int(totals.sum()), "events": int(events.sum())}
    among = f"{counts['events']}/{counts['women']}"
    if len(events) == 1:
        low, high = map(float, stats.proportion_interval(counts["events"], counts["women"], level=level))
        estimate = counts["events"] / counts["women"]
        text = f"{among}: {percent(estimate)} % (CI {percent(low)} to {percent(high)})"
        return {**counts, "estimate": estimate, "low": low, "high": high, "text": text}
    fits = side_by_side(*study_counts(poolable(ev, rows)), method, level)
    *others, lead = fits
    # Of the two intervals by maximum likelihood the one that allows for few studies is enough here.
    estimates = "; ".join(
        f"{name} {percent_ci(fits[name].estimate, fits[name].low, fits[name].high)}"
        for name in (lead, *(name for name in others if name != WALD))
    )
    limits = {name: float(getattr(fits[lead], name)) for name in ("estimate", "low", "high")}
    return {**counts, **limits, "text": f"{among} in {len(events)} studies: {estimates}"}


def ladder_values(row: Any) -> dict[str, Any]:
    """Take the recorded numbers from a row of `ladder_rows`."""
    values = {f"{step} {what}": row[f"{step} {what}"] for step in LADDER for what in _STEP if what != "text"}
    return {name: None if pd.isna(value) else float(value) for name, value in values.items()}
