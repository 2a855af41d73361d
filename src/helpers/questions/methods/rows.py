"""The functions that compute, with their sources; the simulations; what was measured of rendering."""

from __future__ import annotations

import inspect
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import stats
from helpers.checks import check_numbers
from helpers.checks.means import possible_totals, sd_possible
from helpers.checks.percentages import possible_counts
from helpers.questions.claims.rows import verdicts
from helpers.questions.criteria.rows import criteria_judged
from helpers.questions.hormone_trajectories import reference_change, variation
from helpers.questions.pooled_outcomes import certainty, mean_changes, risk_of_bias
from helpers.stats import effects_pooling

#: What the limits in the simulations promise.
LEVEL = 0.95
#: What the columns of the simulation call the intervals, and their headings.
INTERVALS = {"wald": "Wald", "t": "t", "bayes": "Bayes", "crude": "naive"}
#: The same of a pooled mean change.
EFFECT_INTERVALS = effects_pooling.INTERVALS | {"bayes": "Bayes"}

#: The functions behind each heading of the page.
FUNCTIONS: dict[str, tuple[Callable[..., Any], ...]] = {
    "The confidence interval of a single study": (
        stats.proportion_interval,
        stats.zero_event_upper_bound,
        stats.rate_interval,
    ),
    "Pooling": (
        stats.pool_proportions,
        stats.pool_effects,
        stats.pool_effects_bayes,
        stats.odds_ratio,
        stats.pool_odds_ratios,
    ),
    "Few studies": (stats.effects_side_by_side,),
    "Prediction intervals": (stats.pool_proportions, stats.pool_effects),
    "Change in the same women": (stats.before_after, stats.change_interval, mean_changes.mean_changes),
    "What each study does to a pool": (stats.leave_one_out,),
    "Compared with women without cells": (
        stats.predictive_background,
        stats.compare_with_background,
        stats.difference_limits,
        stats.can_detect,
        stats.patients_needed,
        stats.patients_to_see,
    ),
    "Reference change values": (
        stats.reference_change,
        stats.largest_unchanged,
        reference_change.noise_bands,
        variation.judged_changes,
    ),
    "Verdicts, criteria and checks of numbers": (
        verdicts,
        criteria_judged,
        check_numbers,
        possible_counts,
        possible_totals,
        sd_possible,
    ),
    "Risk of bias and certainty": (risk_of_bias.judgement_rows, certainty.grade),
}


@dataclass(frozen=True)
class Simulations:
    """Simulated intervals: `rows` as the benchmark `made_by` wrote them to `file`; none where there is no such file."""

    file: str
    rows: pd.DataFrame
    made_by: str


def functions() -> pd.DataFrame:
    """List the functions behind the page: heading, function (its import path) and sources."""
    listed = [
        {"heading": heading, "function": _address(function), "sources": " ".join(references(function))}
        for heading, several in FUNCTIONS.items()
        for function in several
    ]
    return pd.DataFrame(listed)


def references(function: Callable[..., Any]) -> list[str]:
    """Take the references out of a docstring in numpydoc's form, one entry each; empty where it names none."""
    _, heading, rest = (inspect.getdoc(function) or "").partition("References\n----------\n")
    words = " ".join(rest.partition("\n\n")[0].split())
    # A reference ends where a full stop comes before the family name and initials of the next author.
    parts = re.split(r"(?<=[\d)*])\.\s+(?=[^\W\d_])", words.rstrip("."))
    return [f"{reference}." for reference in parts] if heading else []


def _address(function: Callable[..., Any]) -> str:
    """Name a function by where it is imported from: `stats` exports its own."""
    place = "helpers.stats" if function.__module__.startswith("helpers.stats.") else function.__module__
    return f"{place}.{function.__name__}"


def simulations(path: str | Path, *, most_studies: int) -> Simulations:
    """Read what a benchmark simulated, of sets of at most so many studies."""
    first, _, table = _text(path).partition("\n")
    rows = pd.read_csv(io.StringIO(table)) if table else pd.DataFrame(columns=["k", "interval"])
    name = "/".join(Path(path).parts[-2:])
    return Simulations(name, rows[rows["k"] <= most_studies], first.removeprefix("#").strip())


def measured(path: str | Path) -> dict[str, Any]:
    """Read what `benchmarks/rendering.py` measured; nothing where there is no such file."""
    found: dict[str, Any] = json.loads(_text(path) or "{}")
    return found


def growth(measured: Mapping[str, Any]) -> pd.DataFrame:
    """Take the rows of growth: way, reports, workers and seconds."""
    return pd.DataFrame(measured["growth"])


def most_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """Take of each way and number of reports the row with most workers, in rising order."""
    return rows.sort_values(["way", "reports", "workers"]).drop_duplicates(["way", "reports"], keep="last")


def with_workers(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the rows of the largest number of reports that was rendered with several numbers of workers."""
    own = rows[rows["way"] == "reanalysis"]
    several = own[own.groupby("reports")["workers"].transform("nunique") > 1]
    largest: pd.DataFrame = several[several["reports"] == several["reports"].max()]
    return largest.sort_values("workers")


def _text(path: str | Path) -> str:
    # Tried rather than asked for: so the renderer notes that the page depends on a file that is missing.
    try:
        return Path(path).read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def coverage_values(rows: pd.DataFrame) -> Iterator[tuple[str, dict[str, float]]]:
    """Give the lowest and highest coverage and the mean width of each simulated interval."""
    for interval, group in rows.groupby("interval", sort=True):
        covered, width = group["coverage"], group["width"]
        yield str(interval), {"lowest": covered.min(), "highest": covered.max(), "width": width.mean()}
