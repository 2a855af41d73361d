"""Tables of mean changes in the same women."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.units import known_units
from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.pooled_outcomes.mean_changes import ESTIMATES, TAU_SCALE, MeanChanges
from helpers.show.numbers import in_percent, limits_text, number, signed
from helpers.show.table import Table, table


def mean_change_table(changes: MeanChanges) -> Table:
    """List the mean change of each marker and arm, with the interval at each correlation assumed."""
    rows = changes.rows
    rows = rows.assign(
        head=_heads(rows),
        women=["not printed" if pd.isna(n) else number(n) for n in rows["n"]],
        month=["not printed" if pd.isna(months) else number(months) for months in rows["months"]],
        change=rows["effect"].map(signed),
        pooled=rows["alone"].replace("", "yes"),
    )
    limits = changes.intervals
    texts = limits.assign(
        r=[f"r {number(r)}" for r in limits["r"]],
        text=[limits_text(*ends) for ends in limits[["low", "high"]].to_numpy()],
    )
    of_r = [f"r {number(r)}" for r in changes.correlations]
    wide = texts.pivot_table("text", "name", "r", aggfunc="first").reindex(columns=of_r)
    rows = rows.join(wide, on="name").fillna(dict.fromkeys(of_r, "none"))
    columns = {
        "study_label": "study", "arm_label": "arm", "women": "women", "before_text": "before", "after_text": "after", "month": "month after",
        "change": "mean change", **dict(zip(of_r, of_r, strict=True)), "pooled": "pooled",
        "evidence": "evidence",
    }  # fmt: skip
    note = (
        f"Means ± SD as printed; below r the {in_percent(changes.level)} confidence interval (CI; t, women less one degrees of freedom) if before and after "
        "correlate as assumed. No paper prints that correlation."
    )
    return table(rows, columns, title="Mean changes, study by study", note=note, group="head")


def mean_change_pool_table(changes: MeanChanges) -> Table:
    """List the pooled mean changes: the three estimates side by side, a row per correlation assumed."""
    lines = []
    for _, fits in changes.estimates.groupby(["measure", "section", "r"], sort=False):
        first, bayes = fits.iloc[0], fits.iloc[-1]
        lines.append({
            "head": f"{_heads(fits).iloc[0]}, {first['unit']}; {first['k']} studies, {first['women']} women",
            "r": number(first["r"]),
            **dict(zip(fits["estimate_name"], fits["effect_text"], strict=True)),
            "ahead": limits_text(*bayes[["prediction_low", "prediction_high"]]),
            "tau": number(bayes["tau"], 2),
        })  # fmt: skip
    columns = {
        "r": "r assumed", **dict(zip(ESTIMATES, ESTIMATES, strict=True)), "ahead": "a new study (PI, Bayes)", "tau": "tau (Bayes)",
    }  # fmt: skip
    scales = "; ".join(
        f"{number(TAU_SCALE[name])} {known_units(name)[0]} for {phrase(name)}" for name in changes.measures
    )
    note = (
        f"Random effects with {in_percent(changes.level)} CI (Bayes: CrI); prior of tau: half-normal of scale {scales}. No control group: "
        "the change cannot be attributed to the cells."
    )
    rows = pd.DataFrame(lines, columns=["head", *columns])
    return table(rows, columns, title="Pooled mean changes", note=note, group="head")


def mean_change_left_out_table(changes: MeanChanges) -> Table:
    """List the arms with a level or change of a marker and no mean change, by reason."""
    left = changes.left_out
    rows = left.assign(why=left["why"].map(capital), measure=left["measure"].map(phrase))
    columns = {
        "measure": "marker",
        "study_label": "study",
        "arm_label": "arm",
        "section": "women",
        "evidence": "evidence",
    }
    title = "Arms without a mean change, and why"
    return table(rows, columns, title=title, group="why")


def _heads(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["measure"].map(lambda name: capital(phrase(name))) + ": " + rows["section"]
