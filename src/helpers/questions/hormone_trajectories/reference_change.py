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

#: Share of unchanged pairs within a band.
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
    "measure", "kind", *LIMITS, "narrow_mean", "mean", "assay_alone", "missing", "told", "level", "citation", "evidence",
]  # fmt: skip


def noise_bands(ev: Evidence, measures: Iterable[str]) -> pd.DataFrame:
    """Work out for each marker how far analytical and within-person variation move it in one unchanged woman.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence; the variation is in `reference_values`.
    measures : iterable of str
        Markers with a canonical unit.

    Returns
    -------
    pandas.DataFrame
        One row per marker and kind of band. All limits are times the level before: narrow_low to narrow_high from the smallest
        printed variation, low to high from the largest. ``coefficients of variation`` go into `stats.reference_change`. A
        standard deviation within a woman becomes one by the mean level of the women in whom it was measured: at least, where
        only an upper limit of that mean was printed; at most, where only a lower one was. ``limits of agreement`` are printed in
        the unit of the marker and divided by the mean of their women: narrow_mean and mean, in the canonical unit. missing says why a
        printed variation gives no limits, told what went in, assay_alone that no figure for the biology was found, evidence which
        rows went in. A marker without any printed variation has no row. Limits from coefficients hold 95 % of unchanged pairs,
        printed limits of agreement what they were printed for.
    """
    every = ev.select("reference_values")
    every = every[~every["population"].str.contains(_OTHER, na=False)]
    found = [
        {"measure": measure, "level": LEVEL, **band}
        for measure in measures
        for rows in [every[every["measure"] == measure]]
        for band in (*_from_coefficients(rows), *_from_agreement(rows, measure))
    ]
    return pd.DataFrame(found, columns=_BAND)


def _from_coefficients(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    parts = pd.DataFrame(
        [part for _, row in rows.iterrows() for part in _coefficient(row, rows)],
        columns=["kind", "least", "most", "words", "citation", "evidence"],
    )
    if parts.empty:
        return
    used = parts[parts[["least", "most"]].notna().any(axis=1)]
    assay, biology = (used[used["kind"] == kind] for kind in ("cv-analytical", "cv-biological"))
    if used.empty or (len(biology) and biology[["least", "most"]].isna().all().any()):
        yield {
            "kind": COEFFICIENTS, "assay_alone": False, "missing": _NO_MEAN, "told": "; ".join(parts["words"]),
            "citation": _joined(parts["citation"]), "evidence": "; ".join(parts["evidence"]),
        }  # fmt: skip
        return
    narrow = stats.reference_change(_or_none(assay["least"].min()), _or_none(biology["least"].min()), LEVEL)
    wide = stats.reference_change(_or_none(assay["most"].max()), _or_none(biology["most"].max()), LEVEL)
    spreads = "; ".join(filter(None, used["words"]))
    told = [
        f"{name} {_percents(part)}" if len(part) else f"{name} not printed"
        for name, part in (("assay", assay), ("within a woman", biology))
        # A standard deviation within a woman holds that of the assay.
        if len(part) or not spreads
    ]
    yield {
        "kind": COEFFICIENTS,
        **dict(zip(LIMITS, (narrow.low, narrow.high, wide.low, wide.high), strict=True)),
        "assay_alone": biology.empty,
        "missing": "",
        "told": f"{COEFFICIENTS}: {'; '.join(told)}" + (f" ({spreads})" if spreads else ""),
        "citation": _joined(used["citation"]),
        "evidence": "; ".join(used["evidence"]),
    }


def _coefficient(row: pd.Series[Any], rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Take the coefficient of variation of a row, or its limits where it is a standard deviation by a mean."""
    unit, value = str(row["unit"]), float(row["value"])
    part = {name: row[name] for name in ("kind", "citation")} | {"evidence": row["evidence_row"], "words": ""}
    if _CV.search(unit):
        # Of a printed upper figure ("below 9 %") the figure itself is taken; in `value` stands a mean.
        cv = float(row["high"]) / 100 if math.isnan(value) else value / 100
        if not math.isnan(cv):
            yield part | {"least": cv, "most": cv}
    elif unit.endswith(" SD") and not math.isnan(value):
        low, high, evidence = _mean(row, rows)
        yield part | {
            "least": value / high,
            "most": value / low,
            "words": f"standard deviation {value:g} {_at(low, high)} {unit.removesuffix(' SD')}",
            "evidence": "; ".join(filter(None, [row["evidence_row"], evidence])),
        }


def _mean(row: pd.Series[Any], rows: pd.DataFrame) -> tuple[float, float, str]:
    """Look up the limits of the mean level of the women in whom the variation of a row was measured, and its row."""
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
        return f"at a mean of {low:.3g}"
    if math.isnan(high):
        return "at an unknown mean in" if math.isnan(low) else f"at a mean of at least {low:g}"
    return f"at a mean below {high:g}" if math.isnan(low) else f"at a mean of {low:g} to {high:g}"


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
    found = []
    for _, row in agreement.iterrows():
        least, most, evidence = _mean(row, rows)
        mean = least if least == most else math.nan
        found.append(
            {
                "low": 1 + row["low"] / mean, "high": 1 + row["high"] / mean, "mean": mean, "citation": row["citation"],
                "told": f"{AGREEMENT} {row['low']:g} to {row['high']:g} {_at(least, most)} {unit}",
                "evidence": "; ".join(filter(None, [row["evidence_row"], evidence])),
            }
        )  # fmt: skip
    parts = pd.DataFrame(found)
    known = parts[parts["mean"].notna()]
    used = known if len(known) else parts
    used = used.assign(width=used["high"] - used["low"]).sort_values("width")
    narrow, wide = used.iloc[0], used.iloc[-1]
    yield {
        "kind": AGREEMENT,
        **dict(zip(LIMITS, (narrow["low"], narrow["high"], wide["low"], wide["high"]), strict=True)),
        "narrow_mean": narrow["mean"],
        "mean": wide["mean"],
        "assay_alone": False,
        "missing": "" if len(known) else _NO_MEAN,
        "told": "; ".join(used["told"]),
        "citation": _joined(used["citation"]),
        "evidence": "; ".join(used["evidence"]),
    }


def _or_none(cv: float) -> float:
    return 0.0 if pd.isna(cv) else float(cv)


def _percents(part: pd.DataFrame) -> str:
    low, high = 100 * part["least"].min(), 100 * part["most"].max()
    return f"{low:.3g} %" if low == high else f"{low:.3g} to {high:.3g} %"


def _joined(citations: pd.Series[str]) -> str:
    return "; ".join(dict.fromkeys(citations))
