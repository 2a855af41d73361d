"""How far a marker moves in an unchanged woman: reference change values from printed variation."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from helpers import stats
from helpers.evidence import Evidence
from helpers.evidence.units import CANONICAL, EQUAL
from helpers.show.numbers import number, significant

#: Proportion of unchanged pairs within a band.
LEVEL = 0.95
COEFFICIENTS, AGREEMENT = "coefficients of variation", "limits of agreement"
LIMITS = ["narrow_low", "narrow_high", "low", "high"]
#: Variation that two measurements of one woman in one laboratory do not have, or that is no part but a sum.
_OTHER = re.compile(r"inter-laboratory|between subjects|\btotal\b")
_CV = re.compile(r"%.*\bCV\b")
#: Unit of a row that gives the range of limits of agreement by the mean level of the women in whom they were measured.
_RANGE_BY_MEAN = "range, times the mean"
_NO_MEAN = "the mean level of the women in whom the variation was measured was not printed"
_BAND = [
    "measure", "kind", *LIMITS, "narrow_mean", "mean", "assay_alone", "missing", "inputs", "level", "citation", "evidence",
]  # fmt: skip


def noise_bands(ev: Evidence, measures: Iterable[str]) -> pd.DataFrame:
    """Work out how far analytical and within-person variation move each marker in one unchanged woman.

    One row per marker and kind of band; a marker without any printed variation has none. All limits are times the level before:
    narrow_low to narrow_high from the smallest printed variation, low to high from the largest. Coefficients of variation go into
    `stats.reference_change`; their limits hold 95 % of unchanged pairs. A standard deviation within a woman becomes a coefficient
    by the mean level of the women in whom it was measured: at least, where only an upper limit of that mean was printed; at most,
    where only a lower one was. Limits of agreement are printed in the unit of the marker for their own proportion of pairs, and
    are divided by the mean of their women: narrow_mean and mean, in the canonical unit. missing says why a printed variation gives
    no limits, inputs what went in, assay_alone that no figure for the biology was found.
    """
    every = ev.select("reference_values")
    every = every[~every["population"].str.contains(_OTHER, na=False)]
    bands = [
        {"measure": measure, "level": LEVEL, **band}
        for measure in measures
        for rows in [every[every["measure"] == measure]]
        for band in (*_from_coefficients(rows), *_from_agreement(rows, measure))
    ]
    return pd.DataFrame(bands, columns=_BAND)


def _from_coefficients(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    printed = pd.DataFrame(
        [coefficient for _, row in rows.iterrows() for coefficient in _coefficient(row, rows)],
        columns=["kind", "least", "most", "words", "citation", "evidence"],
    )
    if printed.empty:
        return
    used = printed[printed[["least", "most"]].notna().any(axis=1)]
    assay, biology = (used[used["kind"] == kind] for kind in ("cv-analytical", "cv-biological"))
    if used.empty or (len(biology) and biology[["least", "most"]].isna().all().any()):
        yield {
            "kind": COEFFICIENTS, "assay_alone": False, "missing": _NO_MEAN, "inputs": "; ".join(printed["words"]),
            "citation": _joined(printed["citation"]), "evidence": "; ".join(printed["evidence"]),
        }  # fmt: skip
        return
    narrow = stats.reference_change(_or_none(assay["least"].min()), _or_none(biology["least"].min()), LEVEL)
    wide = stats.reference_change(_or_none(assay["most"].max()), _or_none(biology["most"].max()), LEVEL)
    spreads = "; ".join(filter(None, used["words"]))
    inputs = [
        f"{name} {_percents(coefficients)}" if len(coefficients) else f"{name} not printed"
        for name, coefficients in (("assay", assay), ("within a woman", biology))
        # A standard deviation within a woman holds that of the assay.
        if len(coefficients) or not spreads
    ]
    yield {
        "kind": COEFFICIENTS,
        **dict(zip(LIMITS, (narrow.low, narrow.high, wide.low, wide.high), strict=True)),
        "assay_alone": biology.empty,
        "missing": "",
        "inputs": f"{COEFFICIENTS}: {'; '.join(inputs)}" + (f" ({spreads})" if spreads else ""),
        "citation": _joined(used["citation"]),
        "evidence": "; ".join(used["evidence"]),
    }


def _coefficient(row: pd.Series[Any], rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Yield the coefficient of variation of a row, or its limits if the row is a standard deviation to be divided by a mean."""
    unit, value = str(row["unit"]), float(row["value"])
    source = {name: row[name] for name in ("kind", "citation")} | {
        "evidence": row["evidence_row"],
        "words": "",
    }
    if _CV.search(unit):
        # Of a printed upper figure ("below 9 %") the figure itself is taken; `value` holds a mean.
        cv = float(row["high"]) / 100 if math.isnan(value) else value / 100
        if not math.isnan(cv):
            yield source | {"least": cv, "most": cv}
    elif unit.endswith(" SD") and not math.isnan(value):
        low, high, evidence = _mean(row, rows)
        yield source | {
            "least": value / high,
            "most": value / low,
            "words": f"standard deviation {number(value)} {_at(low, high)} {unit.removesuffix(' SD')}",
            "evidence": "; ".join(filter(None, [row["evidence_row"], evidence])),
        }


def _mean(row: pd.Series[Any], rows: pd.DataFrame) -> tuple[float, float, str]:
    """Look up the limits of the mean level of the women in whom the variation of a row was measured, and the evidence row."""
    same = rows[
        (rows[["kind", "population", "source_id"]] == row[["kind", "population", "source_id"]]).all(axis=1)
    ]
    unit = same["unit"].fillna("")
    for _, other in same[unit == f"{str(row['unit']).removesuffix(' SD')} mean"].iterrows():
        value, low, high = (float(other[name]) for name in ("value", "low", "high"))
        ends = (low, high) if math.isnan(value) else (value, value)
        return *ends, str(other["evidence_row"])
    for _, other in same[unit == _RANGE_BY_MEAN].iterrows():
        mean = (float(row["high"]) - float(row["low"])) / float(other["value"])
        return mean, mean, str(other["evidence_row"])
    return math.nan, math.nan, ""


def _at(low: float, high: float) -> str:
    if low == high:
        return f"at a mean of {significant(low, 3)}"
    if math.isnan(high):
        return "at an unknown mean in" if math.isnan(low) else f"at a mean of at least {number(low)}"
    least = "below" if math.isnan(low) else f"of {number(low)} to"
    return f"at a mean {least} {number(high)}"


def _from_agreement(rows: pd.DataFrame, measure: str) -> Iterator[dict[str, Any]]:
    unit = CANONICAL[measure]
    agreement = rows[
        (rows["kind"] == "limits-of-agreement")
        & rows["unit"].fillna("").isin([unit, *EQUAL[unit]])
        & (rows["low"] < 0)
        & (rows["high"] > 0)
    ]
    if agreement.empty:
        return
    limits = []
    for _, row in agreement.iterrows():
        least, most, evidence = _mean(row, rows)
        mean = least if least == most else math.nan
        limits.append(
            {
                "low": 1 + row["low"] / mean, "high": 1 + row["high"] / mean, "mean": mean, "citation": row["citation"],
                "inputs": f"{AGREEMENT} {number(row['low'])} to {number(row['high'])} {_at(least, most)} {unit}",
                "evidence": "; ".join(filter(None, [row["evidence_row"], evidence])),
            }
        )  # fmt: skip
    printed = pd.DataFrame(limits)
    known = printed[printed["mean"].notna()]
    used = known if len(known) else printed
    used = used.assign(width=used["high"] - used["low"]).sort_values("width")
    narrow, wide = used.iloc[0], used.iloc[-1]
    yield {
        "kind": AGREEMENT,
        **dict(zip(LIMITS, (narrow["low"], narrow["high"], wide["low"], wide["high"]), strict=True)),
        "narrow_mean": narrow["mean"],
        "mean": wide["mean"],
        "assay_alone": False,
        "missing": "" if len(known) else _NO_MEAN,
        "inputs": "; ".join(used["inputs"]),
        "citation": _joined(used["citation"]),
        "evidence": "; ".join(used["evidence"]),
    }


def _or_none(cv: float) -> float:
    return 0.0 if pd.isna(cv) else float(cv)


def _percents(coefficients: pd.DataFrame) -> str:
    ends = (100 * coefficients["least"].min(), 100 * coefficients["most"].max())
    return f"{' to '.join(dict.fromkeys(significant(end, 3) for end in ends))} %"


def _joined(citations: pd.Series[str]) -> str:
    return "; ".join(dict.fromkeys(citations))
