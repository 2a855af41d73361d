"""Table of the randomised trials: each analysis of each trial, the pooled odds ratios and the published ones."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import ORGAN, capital, phrase
from helpers.questions.pooled_outcomes.trials_together import ANALYSES, ASSUMED
from helpers.show.numbers import in_percent, points
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
        same = (pools["tissue"] == tissue) & (pools["outcome"] == outcome)
        for analysis in ANALYSES:
            lines += [head | _trial(row) for row in trials[trials["analysis"] == analysis].itertuples()]
            lines += [head | _pool(row) for row in pools[same & (pools["analysis"] == analysis)].itertuples()]
        printed = published[(published["tissue"] == tissue) & (published["outcome"] == outcome)]
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
    return table(
        pd.DataFrame(lines, columns=["head", *columns]), columns, title="The randomised trials together", note=note, group="head",
    )  # fmt: skip


def _trial(row: Any) -> dict[str, str]:
    sizes = f" ({row.total} + {row.control_total} here)" if row.sizes == ASSUMED else ""
    return {
        "analysis": row.analysis,
        "who": f"{row.study_label} ({row.condition})",
        "with_cells": f"{row.events}/{row.total}",
        "without": f"{row.control_events}/{row.control_total}",
        "odds": row.why or odds_text(row.estimate, row.low, row.high),
        "gap": f"{points(row.difference)} ({points(row.difference_low)} to {points(row.difference_high)})",
        "remark": "–" if row.analysis == ANALYSES[0] else f"{row.sizes}{sizes}",
        "evidence": row.evidence,
        "citation": row.citation,
    }


def _pool(row: Any) -> dict[str, str]:
    return {
        "analysis": row.analysis,
        "who": f"{row.k} trials together ({row.conditions}): {METHOD[row.method]}",
        "with_cells": f"{row.events}/{row.total}",
        "without": f"{row.control_events}/{row.control_total}",
        "odds": odds_text(row.estimate, row.low, row.high),
        "gap": "–", "remark": "–", "evidence": "–", "citation": "–",
    }  # fmt: skip


def _published(row: Any) -> dict[str, str]:
    limits = (
        f"{row.estimate:.2f} (limits not in the text available to us)"
        if pd.isna(row.low)
        else odds_text(row.estimate, row.low, row.high)
    )
    return {
        "analysis": "published",
        "who": f"{row.citation.partition(', doi')[0]}: {'' if pd.isna(row.subgroup) else f'{row.subgroup}, '}model {row.model}",
        "with_cells": "not reported", "without": "not reported", "odds": limits, "gap": "–", "remark": "–",
        "evidence": row.evidence_row, "citation": row.citation,
    }  # fmt: skip


def odds_text(estimate: float, low: float, high: float) -> str:
    """Write an odds ratio with its limits: ``2.14 (1.03 to 4.44)``."""
    ends = [f"{end:.2f}" if math.isfinite(end) else "no upper limit" for end in (estimate, low, high)]
    return f"{ends[0]} ({ends[1]} to {ends[2]})"
