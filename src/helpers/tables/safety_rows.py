"""Rows on a harm as figures and tables show them: studies by what they say, bounds, sizes, women needed."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers import stats
from helpers.tables.cohorts import women_once
from helpers.tables.rows import percent
from helpers.tables.safety import OTHER_HARM, SAID, SILENT, UNCOUNTED, Safety

#: Shares of women with a harm, from frequent to rare, for which the women needed are told.
SHARES = (0.1, 0.01, 0.001)
#: What studies with results say that do not count the harm.
UNTOLD = [UNCOUNTED, OTHER_HARM, SILENT]


def said_counts(harm: Safety) -> pd.DataFrame:
    """Count studies and women by what the studies say of a harm.

    Parameters
    ----------
    harm : Safety
        Made by `helpers.tables.safety`.

    Returns
    -------
    pandas.DataFrame
        said, studies, women (those of cohorts that may share women once) and unknown (studies that do not tell theirs);
        one row per word of `helpers.tables.safety.SAID`.
    """
    rows = []
    for word in SAID:
        studies = harm.studies[harm.studies["said"] == word]
        women, unknown = women_once(studies)
        rows.append({"said": word, "studies": len(studies), "women": women, "unknown": unknown})
    return pd.DataFrame(rows)


def bound_rows(harm: Safety) -> pd.DataFrame:
    """Put counts and crude sums into the order in which they are drawn.

    Parameters
    ----------
    harm : Safety
        Made by `helpers.tables.safety`.

    Returns
    -------
    pandas.DataFrame
        section, label, scope (``"study"`` or what `Safety.together` has), events, total, proportion, bound, count_text,
        bound_text, origin, cell_source and citation (all three missing for a sum). The counts of each unit and group are
        followed by their sum; the sums over all groups of a unit stand at its end.
    """
    rows = harm.rows.assign(scope="study", section=harm.rows["group"] + ", " + harm.rows["total_unit"])
    rows["label"] = rows["study_label"].where(rows["left_out"] == "", rows["study_label"] + " (in no sum)")
    sums = harm.together.assign(
        label=[f"{row.studies} studies, {scope_words(str(row.scope))}" for row in harm.together.itertuples()],
        section=[f"{str(row.group) or 'all groups'}, {row.total_unit}" for row in harm.together.itertuples()],
    )
    parts = []
    for unit, same in rows.groupby("total_unit", sort=False):
        for section in [*same["section"].unique(), f"all groups, {unit}"]:
            parts += [same[same["section"] == section], sums[sums["section"] == section]]
    frame = pd.concat([rows.iloc[:0], *parts], ignore_index=True)
    columns = [
        "section",
        "label",
        "scope",
        "events",
        "total",
        "proportion",
        "bound",
        "origin",
        "cell_source",
        "citation",
    ]
    shown: pd.DataFrame = frame[columns]
    return shown.assign(
        count_text=[f"{int(row.events)}/{int(row.total)}" for row in frame.itertuples()],
        bound_text=[f"up to {percent(bound)} %" for bound in frame["bound"]],
    )


def scope_words(scope: str) -> str:
    """Tell what a crude sum is of, for a scope of `Safety.together`."""
    return {"all": "crude sum", "group": "crude sum", "first-hand": "paper or registry"}[scope]


def size_rows(harm: Safety) -> pd.DataFrame:
    """Tell for each size which share of a harm it shows.

    Parameters
    ----------
    harm : Safety
        Made by `helpers.tables.safety`.

    Returns
    -------
    pandas.DataFrame
        label, total, total_unit, scope (``"study"`` for a count, ``"all"`` for the crude sum, ``"untold"`` for the women of
        a study with results that gives no count), share (the smallest that shows at least once with the probability of
        the level), origin and citation.
    """
    columns = ["label", "total", "total_unit", "scope", "share", "origin", "citation"]
    rows = harm.rows.assign(label=harm.rows["study_label"], scope="study")
    overall = harm.together[harm.together["scope"] == "all"].assign(label="crude sum")
    untold = harm.studies[harm.studies["said"].isin(UNTOLD) & (harm.studies["women"] > 0)].assign(
        label=lambda found: found["study_label"],
        scope="untold",
        total_unit="women",
        total=lambda found: found["women"],
    )
    # The document of a study that gives no count is no source of the figure.
    parts = [rows, overall, untold.drop(columns="citation")]
    frame = pd.concat(
        [part.reindex(columns=columns) for part in parts if len(part)] or [rows.reindex(columns=columns)]
    )
    frame = frame.reset_index(drop=True)
    if len(frame):
        frame["share"] = stats.zero_event_upper_bound(frame["total"].astype(int), level=harm.level)
    return frame


def needed_rows(level: float) -> pd.DataFrame:
    """Tell how many women must be followed to see a harm at least once.

    Parameters
    ----------
    level : float
        Probability of seeing one or more, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        share (of women with the harm, `SHARES`) and women.
    """
    return pd.DataFrame({"share": SHARES, "women": stats.patients_to_see(SHARES, probability=level)})


def harm_results(harm: Safety) -> list[tuple[str, dict[str, float | int], int | None]]:
    """List what is recorded as results of a harm.

    Parameters
    ----------
    harm : Safety
        Made by `helpers.tables.safety`.

    Returns
    -------
    list of tuple
        Name, values and index of the row in `outcomes` (None for a sum) of each count, crude sum and rate.
    """
    shares = ["events", "total", "proportion", "low", "high", "bound"]
    rates = ["women_months", "rate", "low", "high", "bound"]
    found: list[tuple[str, dict[str, float | int], int | None]] = []
    for index, row in harm.rows.iterrows():
        name = f"count/{row['study_id']}/{row['arm_id']}/{row['total_unit']}"
        found.append((name, _numbers(row, shares), int(str(index))))
    for _, row in harm.together.iterrows():
        name = "/".join(filter(None, ("sum", row["total_unit"], row["scope"], row["group"])))
        found.append((name, _numbers(row, shares), None))
    for _, row in harm.exposure.iterrows():
        found.append((f"rate/{row['study_label']}", _numbers(row, rates), None))
    return found


def _numbers(row: pd.Series[Any], names: list[str]) -> dict[str, float | int]:
    return {name: int(row[name]) if name in ("events", "total") else float(row[name]) for name in names}
