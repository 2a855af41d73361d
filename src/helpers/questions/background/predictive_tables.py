"""The tables of the predicted cohorts without cells, and of the treated cohorts compared with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from helpers.evidence.vocabulary import capital, phrase
from helpers.questions.background.pairs import chance
from helpers.questions.background.predictive import (
    ABOVE,
    BELOW,
    BETWEEN,
    NO_COHORT,
    NOT_COMPARED,
    Predictions,
)
from helpers.show.numbers import count, in_percent, number, percent, percent_ci, points
from helpers.show.table import Table, table

_NONE = "none"


def prediction_table(made: Predictions, *, level: float) -> Table:
    """List what a new cohort without cells would show, one row per outcome and condition, with what the treated cohorts show."""
    lines, treated = list(made.lines.itertuples()), made.treated
    rows = made.lines.assign(
        what=list(map(_head, lines)),
        women=list(map(_women, lines)),
        rate=list(map(_rate, lines)),
        new=list(map(_new, lines)),
        shown=[_shown(treated.loc[treated["line"] == line.name, "position"]) for line in lines],
        names=made.lines["cohorts"].map("; ".join),
    )
    columns = {
        "what": "outcome, condition", "kind": "women without cells", "women": "studies: events/total",
        "rate": f"typical cohort, % ({in_percent(level)} CrI)", "new": f"new cohort, % ({in_percent(level)} PI)",
        "shown": "treated cohorts: above / neither / below / not compared", "names": "cohorts without cells",
    }  # fmt: skip
    note = (
        "A treated cohort that is like some of the cohorts only has a row for these. Untreated women where any cohort of them is counted, "
        "else women with another treatment. Typical cohort: posterior median and credible interval (CrI). New cohort: prediction interval (PI) of "
        "its true rate, posterior predictive. Two studies are needed for either, and the arms of one study count together; of a single one, its "
        "count and exact confidence interval are given. Above and below: the probability that the treated rate is the "
        "higher is 0.95 or more, or 0.05 or less."
    )
    return table(rows, columns, title="What a new cohort without cells would show", note=note)


def treated_table(made: Predictions, *, level: float) -> Table:
    """List the treated cohorts with the probability that each exceeds a new cohort, and the bias that would tip it."""
    heads = {line.name: f"{_head(line)}: {_against(line)}" for line in made.lines.itertuples()}
    treated = made.treated
    rows = treated.assign(
        head=treated["line"].map(heads),
        count_text=treated["count_text"] + (", " + treated["among"]).where(treated["among"] != "", ""),
        rate=[_own_rate(row) for row in treated.itertuples()],
        chance=[_chance(row) for row in treated.itertuples()],
        bias=[_bias(row) for row in treated.itertuples()],
        control=treated["control"].replace("", _NONE),
        differ=treated["mismatch"].replace("", _NONE),
        silent=treated["unknown"].replace("", _NONE),
    )
    columns = {
        "who_women": "treated cohort", "count_text": "events/total", "rate": f"% ({in_percent(level)} CI)", "control": "control of the same study",
        "chance": "P(treated rate above a new cohort)", "bias": "bias, points, for P 0.95 / 0.5 / 0.05", "differ": "differs in",
        "silent": "not reported for all", "evidence_row": "evidence",
    }  # fmt: skip
    note = (
        "Naive indirect comparison; exact confidence intervals. Bias: by how many percentage points the treated rate would have to be too "
        "high, or the background too low, for P to be so; a minus is a bias in the other direction. Where fewer than two like studies are "
        "counted, P against all cohorts is given with the reason that forbids the comparison. No P where the treated and as many women of a typical "
        "cohort would have fewer than five events, or the count was published because the event had happened."
    )
    title = "Treated cohorts against a new cohort without cells"
    return table(rows, columns, title=title, note=note, group="head")


def sensitivity_table(by_scale: Mapping[float, Predictions], *, level: float) -> Table:
    """List how prediction and probability depend on the prior of the spread between cohorts, one row per treated cohort."""
    first = next(iter(by_scale.values()))
    known = first.lines[first.lines["k"] > 1]
    heads = {line.name: _head(line) for line in known.itertuples()}
    rows = first.treated[first.treated["line"].isin(heads) & first.treated["probability"].notna()]
    rows = rows.assign(head=rows["line"].map(heads))
    columns = {"who": "treated cohort", "count_text": "events/total"}
    for scale, made in by_scale.items():
        name, lines = number(scale), {line.name: _new(line) for line in made.lines.itertuples()}
        treated = made.treated.set_index(["line", "name"])["probability"].map(chance)
        rows[f"new_{name}"] = rows["line"].map(lines)
        rows[f"p_{name}"] = [treated[row] for row in zip(rows["line"], rows["name"], strict=True)]
        columns |= {f"new_{name}": f"scale {name}: new cohort, % (PI)", f"p_{name}": f"scale {name}: P"}
    note = (
        f"Scale: that of the half-normal prior of the standard deviation between cohorts, in logits. {in_percent(level)} prediction "
        "intervals (PI). The larger the scale, the more a new cohort may differ. Where cohorts differ more than the prior expects, the PI is "
        "too narrow: simulations show by how much (benchmarks/README.md)."
    )
    return table(rows, columns, title="How much the prior of the spread decides", note=note, group="head")


def _head(line: Any) -> str:
    return f"{capital(phrase(line.outcome))}, {line.stratum}"


def _against(line: Any) -> str:
    if not line.k:
        return NO_COHORT
    new = f"a new cohort {_new(line)} %" if line.k > 1 else "one study"
    return f"against {line.kind}, {_women(line)}, {new}"


def _women(row: Any) -> str:
    return f"{row.k}: {count(row.events)}/{count(row.total)}" if row.k else _NONE


def _rate(row: Any) -> str:
    if not row.k:
        return _NONE
    words = percent_ci(row.estimate, row.low, row.high, unit="")
    return words if row.k > 1 else f"one study, not pooled: {words}, exact CI"


def _new(row: Any) -> str:
    if row.k < 2:
        return "no prediction"
    return f"{percent(row.prediction_low)} to {percent(row.prediction_high)}"


def _shown(position: pd.Series[str]) -> str:
    return " / ".join(str(position.eq(place).sum()) for place in (ABOVE, BETWEEN, BELOW, NOT_COMPARED))


def _own_rate(row: Any) -> str:
    if pd.isna(row.proportion):
        return "no proportion"
    return percent_ci(row.proportion, row.low, row.high, unit="")


def _chance(row: Any) -> str:
    if not row.why:
        return chance(row.probability)
    if pd.isna(row.probability):
        return f"none: {row.why}"
    return f"{chance(row.probability)}, not a comparison: {row.why}"


def _bias(row: Any) -> str:
    if pd.isna(row.probability):
        return _NONE
    return " / ".join(points(bias) for bias in (row.bias_to_high, row.bias_to_half, row.bias_to_low))
