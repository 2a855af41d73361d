"""Table of the randomised trials: each analysis of each trial, the pooled odds ratios and the published ones."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.trials_together import ANALYSES, ASSUMED, REPORTED, odds_text
from helpers.show.numbers import in_percent, number, points
from helpers.show.table import Table, table

#: Methods of a pooled odds ratio as the page names them.
METHOD = {
    "mantel-haenszel": "Mantel-Haenszel (CI)",
    "peto": "Peto (CI)",
    "bayes": "Bayes, common odds ratio (CrI)",
}


def trial_table(rows: pd.DataFrame, pools: pd.DataFrame, published: pd.DataFrame, *, level: float) -> Table:
    """List the rows of `trials_together.trial_rows`, then the pooled and the published odds ratios, outcome by outcome."""
    lines = []
    for (tissue, outcome), trials in rows.groupby(["tissue", "outcome"], sort=False):
        head = {"head": f"{capital(ORGAN[str(tissue)])}: {phrase(str(outcome))}"}
        together, printed = (
            frame[(frame["tissue"] == tissue) & (frame["outcome"] == outcome)] for frame in (pools, published)
        )
        for analysis in ANALYSES:
            lines += [head | _trial(row) for row in trials[trials["analysis"] == analysis].itertuples()]
            lines += [head | _pool(row) for row in together[together["analysis"] == analysis].itertuples()]
        lines += [head | _published(row) for row in printed.itertuples()]
    columns = {
        "analysis": "analysis", "who": "trial or method", "with_cells": "with cells", "without": "without", "odds": f"odds ratio ({in_percent(level)} CI or CrI)",
        "gap": f"risk difference, points ({in_percent(level)} CI)", "remark": "women randomised", "evidence": "evidence", "citation": "source",
    }  # fmt: skip
    note = (
        "As randomised: every woman randomised is in the denominator, and a woman who was not counted did not have the event. Worst case: "
        "every woman lost to the control arm had the event and none lost to the arm with cells; best case: the reverse. A trial has exact "
        "limits. Trials of several conditions are together as a sensitivity analysis only; each trial is of one condition. Two trials cannot show whether their odds ratios are the same, which all three methods assume."
    )
    shown = pd.DataFrame(lines, columns=["head", *columns]).fillna("–")
    return table(shown, columns, title="The randomised trials together", note=note, group="head")


def _counts(row: Any) -> dict[str, str]:
    counts = {
        "with_cells": f"{row.events}/{row.total}",
        "without": f"{row.control_events}/{row.control_total}",
    }
    return {**counts, "analysis": row.analysis, "odds": odds_text(row.estimate, row.low, row.high)}


def _trial(row: Any) -> dict[str, str]:
    sizes = f" ({row.total} + {row.control_total} here)" if row.sizes == ASSUMED else ""
    return {
        **_counts(row),
        "who": f"{row.study_label} ({row.condition})",
        **({"odds": row.why} if row.why else {}),
        "gap": f"{points(row.difference)} ({points(row.difference_low)} to {points(row.difference_high)})",
        "remark": "–" if row.analysis == REPORTED else f"{row.sizes}{sizes}",
        "evidence": row.evidence,
        "citation": row.citation,
    }


def _pool(row: Any) -> dict[str, str]:
    return {**_counts(row), "who": f"{row.k} trials together ({row.conditions}): {METHOD[row.method]}"}


def _published(row: Any) -> dict[str, str]:
    alone = f"{number(row.estimate, 2)} (limits not in the text available to us)"
    trials = "" if pd.isna(row.subgroup) else f"{row.subgroup}, "
    return {
        "analysis": "published",
        "who": f"{row.citation.partition(', doi')[0]}: {trials}model {row.model}",
        "with_cells": "not reported",
        "without": "not reported",
        "odds": alone if pd.isna(row.low) else odds_text(row.estimate, row.low, row.high),
        "evidence": row.evidence_row,
        "citation": row.citation,
    }
