"""Say how far means moved after treatment, what the assumed correlation changes, and why that shows no effect of the cells."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.pooled_outcomes.mean_changes import ESTIMATES, MeanChanges
from helpers.show.numbers import in_percent, limits_text, number, signed
from helpers.show.words import counted, listed, plain


def mean_changes_subtitle(changes: MeanChanges) -> str:
    """Say in one line what a figure of mean changes shows."""
    return (
        f"Women treated with cells, before and after. Bars: {in_percent(changes.level)} CI, one per assumed correlation (r), "
        "because no paper prints it."
    )


def mean_changes_sentences(changes: MeanChanges) -> str:
    """Report the mean changes, their pools over all assumed correlations, and the limits, in Markdown."""
    lines = [_line(changes, name) for name in changes.measures]
    return "\n\n".join(["\n".join(lines), _limits(changes)])


def _line(changes: MeanChanges, measure: str) -> str:
    rows = changes.rows[changes.rows["measure"] == measure]
    left = int((changes.left_out["measure"] == measure).sum())
    name = capital(phrase(measure))
    without = f"{counted(left, 'more arm')} reported it without a mean and its SD before and after."
    if rows.empty:
        return f"- {name}: 0 mean changes; {without}"
    pools = changes.estimates[changes.estimates["measure"] == measure]
    pooled = "; ".join(_pool(pool) for _, pool in pools.groupby("section", sort=False)) or (
        "nothing is pooled: no two independent studies of one condition printed means, SDs and how many women"
    )
    moved = f"{_span(rows['effect'])} {rows['unit'].iloc[0]} in {counted(len(rows), 'study', 'studies')}"
    return f"- {name}: the mean moved by {moved}; {pooled}. {without}"


def _pool(pool: pd.DataFrame) -> str:
    first = pool.iloc[0]
    estimates = listed(_estimate(str(name), fits) for name, fits in pool.groupby("estimate_name", sort=False))
    return f"{plain(first['section'])}, {first['k']} studies of {first['women']} women together: {estimates}"


def _estimate(name: str, fits: pd.DataFrame) -> str:
    """Report an estimate with its widest limits over all correlations, and how far the correlation moves it."""
    kind = "CrI" if name == ESTIMATES[-1] else "CI"
    limits = limits_text(fits["low"].min(), fits["high"].max())
    return f"{_span(fits['estimate'])} {fits['unit'].iloc[0]} by {name} ({kind} within {limits})"


def _span(values: pd.Series[float]) -> str:
    low, high = signed(values.min()), signed(values.max())
    return low if low == high else f"{low} to {high}"


def _limits(changes: MeanChanges) -> str:
    r = f"{number(changes.correlations[0])} to {number(changes.correlations[-1])}"
    unlabelled = int(changes.rows["unlabelled"].eq(True).sum())
    spread = (
        f" In {unlabelled} of {counted(len(changes.rows), 'row')} the ± is printed without a label and read as an SD; if it were a standard "
        "error, the limits would be far too narrow."
    )
    return (
        f"No paper prints the correlation of before and after: r from {r} is assumed, and the limits cover all of it."
        f"{spread if unlabelled else ''} No "
        "change here is compared with that of a control group, and women are treated because a level is low: some of any rise is regression "
        "to the mean, and some may come from other treatment. It is a change, not an effect of the cells."
    )
