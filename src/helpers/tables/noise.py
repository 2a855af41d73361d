"""How far a marker moves by itself, and which reported changes go further."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd
from scipy import special

from helpers import stats
from helpers.evidence import Evidence
from helpers.evidence.provenance import NEAREST
from helpers.evidence.units import CANONICAL, spellings
from helpers.evidence.vocabulary import phrase
from helpers.tables.courses import Course
from helpers.tables.publication import Table, table

RATIO, DIFFERENCE = "ratio", "difference"
OUTSIDE, BETWEEN, WITHIN, UNKNOWN = (
    "beyond the widest band",
    "beyond the narrowest band only",
    "within what noise gives",
    "cannot be judged",
)
#: Variation that two measurements of one woman in one laboratory do not have, or that is no part but a sum.
_OTHER = re.compile(r"inter-laboratory|between subjects|\btotal\b")
_LIMITS = ["narrow_low", "narrow_high", "low", "high"]
_NO_LIMITS = (math.nan,) * 4
_BAND = [
    "measure",
    "kind",
    "unit",
    "narrow_low",
    "narrow_high",
    "low",
    "high",
    "assay_alone",
    "told",
    "citation",
    "evidence",
]


def noise_bands(ev: Evidence, measures: Iterable[str], *, level: float = 0.95) -> pd.DataFrame:
    """Work out for each marker the change that assay and biology alone give in one woman.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence; the variation stands in `reference_values`.
    measures : iterable of str
        Markers with a canonical unit.
    level : float
        Share of unchanged pairs within the band, between 0 and 1. Printed limits of agreement keep their own.

    Returns
    -------
    pandas.DataFrame
        One row per marker and kind of band. ``ratio``: from coefficients of variation (see `stats.reference_change`).
        ``difference``: from printed limits of agreement or standard deviations within a woman, in the canonical unit.
        narrow_low to narrow_high comes from the smallest printed variation, low to high from the largest; told says what went
        in, assay_alone that no figure for the biology was read, evidence the rows that went in. A marker without any figure has no row.
    """
    rows = ev.select("reference_values")
    rows = rows[~rows["population"].str.contains(_OTHER, na=False)]
    found = [
        band
        for measure in measures
        for band in (
            *_ratio(rows[rows["measure"] == measure], level),
            *_difference(rows[rows["measure"] == measure], measure, level),
        )
    ]
    return pd.DataFrame(found, columns=_BAND)


def _ratio(rows: pd.DataFrame, level: float) -> Iterator[dict[str, Any]]:
    # Of a printed upper figure ("below 9 %") the figure itself is taken; in `value` stands a mean.
    rows = rows[rows["unit"].str.contains(r"%.*\bCV\b", na=False)]
    rows = rows.assign(cv=rows["value"].fillna(rows["high"]) / 100)
    rows = rows[rows["cv"].notna()]
    assay, biology = (rows[rows["kind"] == kind] for kind in ("cv-analytical", "cv-biological"))
    if rows.empty:
        return
    narrow, wide = (
        stats.reference_change(_or_none(pick(assay["cv"])), _or_none(pick(biology["cv"])), level)
        for pick in (pd.Series.min, pd.Series.max)
    )
    parts = [
        f"{name} {_percents(part['cv'])}" if len(part) else f"{name} not printed"
        for name, part in (("assay", assay), ("within a woman", biology))
    ]
    yield {
        "measure": rows["measure"].iloc[0],
        "kind": RATIO,
        "unit": "times the level before",
        "narrow_low": narrow.low,
        "narrow_high": narrow.high,
        "low": wide.low,
        "high": wide.high,
        "assay_alone": biology.empty,
        "told": f"coefficients of variation: {'; '.join(parts)}",
        "citation": _cited(rows),
        "evidence": "; ".join(rows["evidence_row"]),
    }


def _difference(rows: pd.DataFrame, measure: str, level: float) -> Iterator[dict[str, Any]]:
    half = float(special.ndtri((1 + level) / 2)) * math.sqrt(2)
    units = rows["unit"].fillna("")
    agreement = rows[
        (rows["kind"] == "limits-of-agreement")
        & units.isin(spellings(measure))
        & (rows["low"] < 0)
        & (rows["high"] > 0)
    ]
    spread = rows[units.isin([f"{unit} SD" for unit in _equal_units(measure)]) & rows["value"].notna()]
    limits = [
        *zip(agreement["low"], agreement["high"], strict=True),
        *((-half * sd, half * sd) for sd in spread["value"]),
    ]
    if not limits:
        return
    used = pd.concat([agreement, spread])
    limits.sort(key=lambda pair: pair[1] - pair[0])
    told = [
        f"limits of agreement {low:g} to {high:g}"
        for low, high in zip(agreement["low"], agreement["high"], strict=True)
    ]
    told += [f"standard deviation within a woman {sd:g}" for sd in spread["value"]]
    yield {
        "measure": measure,
        "kind": DIFFERENCE,
        "unit": CANONICAL[measure],
        "narrow_low": limits[0][0],
        "narrow_high": limits[0][1],
        "low": limits[-1][0],
        "high": limits[-1][1],
        "assay_alone": False,
        "told": "; ".join(told),
        "citation": _cited(used),
        "evidence": "; ".join(used["evidence_row"]),
    }


def _equal_units(measure: str) -> list[str]:
    """List the units whose spread needs no factor."""
    return [
        unit for unit in spellings(measure) if unit not in {"pg/mL", "pmol/L"} or unit == CANONICAL[measure]
    ]


def _or_none(cv: float) -> float:
    return 0.0 if pd.isna(cv) else float(cv)


def _percents(cvs: pd.Series[float]) -> str:
    low, high = 100 * cvs.min(), 100 * cvs.max()
    return f"{low:.3g} %" if low == high else f"{low:.3g} to {high:.3g} %"


def _cited(rows: pd.DataFrame) -> str:
    return "; ".join(dict.fromkeys(rows["citation"]))


def judged_changes(courses: Iterable[Course], bands: pd.DataFrame) -> pd.DataFrame:
    """Hold every change that has a size against the band of its marker.

    Parameters
    ----------
    courses : iterable of Course
        Made by `course`, in canonical units.
    bands : pandas.DataFrame
        Made by `noise_bands`.

    Returns
    -------
    pandas.DataFrame
        One row per change: measure, label, arm_kind, cell_source, subject, women, months, before and after (levels, missing
        where only a change was printed), kind, size (ratio or difference), limits of the bands, text, verdict, why, origin,
        citation and evidence (the evidence rows). The mean of n women moves less by itself than one woman: its band is narrower by the
        root of n about its middle, on the log scale for ratios. Of a cross-over the level in each treated period is held against that
        in the untreated one. A change beyond a band that holds the assay alone, or of a mean of unknown n, is not judged. Changes
        against another arm or ovary have no band.
    """
    rows = [
        {"measure": course.measure, **change}
        for course in courses
        for change in (*_from_levels(course), *_from_periods(course), *_from_changes(course))
    ]
    columns = [
        "measure",
        "label",
        "arm_kind",
        "cell_source",
        "subject",
        "women",
        "months",
        "before",
        "after",
        "ratio",
        "difference",
        "text",
        "origin",
        "citation",
        "evidence",
    ]
    told = pd.DataFrame(rows, columns=columns)
    judged = [_judged(row, bands[bands["measure"] == row["measure"]]) for row in told.to_dict("records")]
    verdicts = pd.DataFrame(judged, columns=["kind", "size", *_LIMITS, "verdict", "why"], index=told.index)
    return pd.concat([told, verdicts], axis="columns")


def _from_levels(course: Course) -> Iterator[dict[str, Any]]:
    """Take the change from the level before to each later level of the same women.

    Of several levels at one time the printed one of the source nearest to the study counts, not one read off a figure.
    """
    levels = course.levels.assign(
        _read=course.levels["extraction"] == "digitised", _rank=course.levels["origin"].map(NEAREST.index)
    )
    levels = levels.sort_values(["timepoint_months", "_read", "_rank"], kind="stable")
    levels = levels.drop_duplicates(["series", "subject", "subgroup", "timepoint_months"])
    for _, rows in levels.groupby(["series", "subject", "subgroup"], sort=False, dropna=False):
        first = rows.iloc[0]
        for _, row in rows[rows["timepoint_months"] > 0].iterrows():
            if first["timepoint_months"] != 0:
                continue
            yield _moved(first, row, course.unit)


def _from_periods(course: Course) -> Iterator[dict[str, Any]]:
    """Take of a cross-over the change from the period without treatment to each other one: the same women twice."""
    for _, rows in course.periods.groupby(["study_id", "subject", "subgroup"], sort=False, dropna=False):
        untreated = rows[rows["arm_kind"] == "untreated"]
        if len(untreated) != 1:
            continue
        first = untreated.iloc[0]
        for _, row in rows.drop(untreated.index).iterrows():
            yield _moved(first, row, course.unit, f"; {_period(row)}")


def _period(row: pd.Series[Any]) -> str:
    """Say what kind of change it is: a difference of geometric means is not the mean difference."""
    means = ", geometric means" if "geometric mean" in row["note"] else ""
    return f"between periods of a cross-over{means}"


def _moved(first: pd.Series[Any], row: pd.Series[Any], unit: str, remark: str = "") -> dict[str, Any]:
    """Tell the change between two levels of the same women."""
    before, after = float(first["centre"]), float(row["centre"])
    return {
        **_whose(row),
        "women": first["n"] if pd.notna(first["n"]) else row["arm_n"],
        "months": row["timepoint_months"],
        "before": before,
        "after": after,
        "ratio": after / before if before > 0 else math.nan,
        "difference": after - before,
        "text": f"{before:.3g} to {after:.3g} {unit}{remark}",
        "evidence": f"{first['evidence_row']}; {row['evidence_row']}",
    }


def _from_changes(course: Course) -> Iterator[dict[str, Any]]:
    sized = course.changes[course.changes["change"].notna() & (course.changes["compared_with"] == "baseline")]
    for _, row in sized.iterrows():
        kind, change = row["change_kind"], float(row["change"])
        ratio = {"percent": 1 + change / 100, "fold": change}.get(kind, math.nan)
        yield {
            **_whose(row),
            "women": row["arm_n"],
            "months": row["to_months"],
            "before": math.nan,
            "after": math.nan,
            "ratio": ratio,
            "difference": change if kind in {"absolute", "md"} else math.nan,
            "text": row["text"],
            "evidence": row["evidence"],
        }


def _whose(row: pd.Series[Any]) -> dict[str, Any]:
    names = ("label", "arm_kind", "cell_source", "subject", "origin", "citation")
    return {name: row[name] for name in names}


def _judged(row: dict[Any, Any], bands: pd.DataFrame) -> tuple[Any, ...]:
    for band in bands.to_dict("records"):
        size = float(row[band["kind"]])
        if math.isnan(size):
            continue
        single = row["subject"] != "cohort"
        if not single and pd.isna(row["women"]):
            return (
                str(band["kind"]),
                size,
                *_NO_LIMITS,
                UNKNOWN,
                "how many women it is a mean of was not printed",
            )
        limits = _narrowed(band, 1.0 if single else math.sqrt(row["women"]))
        narrow_low, narrow_high, low, high = limits
        inside = [low <= size <= high, narrow_low <= size <= narrow_high]
        verdict = WITHIN if all(inside) else BETWEEN if any(inside) else OUTSIDE
        if verdict != WITHIN and band["assay_alone"]:
            return str(band["kind"]), size, *limits, UNKNOWN, "only the noise of the assay was read"
        return str(band["kind"]), size, *limits, verdict, ""
    kind = RATIO if not math.isnan(float(row["ratio"])) else DIFFERENCE
    why = "no level before was printed" if len(bands) else "no figure of the noise was read"
    return kind, float(row[kind]), *_NO_LIMITS, UNKNOWN, why


def _narrowed(band: dict[Any, Any], root: float) -> tuple[float, ...]:
    """Turn the limits of one woman into those of a mean, given the root of the number of women."""
    low, high, wide_low, wide_high = (float(band[name]) for name in _LIMITS)
    if band["kind"] == RATIO:
        return tuple(limit ** (1 / root) for limit in (low, high, wide_low, wide_high))
    return (*_about_middle(low, high, root), *_about_middle(wide_low, wide_high, root))


def _about_middle(low: float, high: float, root: float) -> tuple[float, float]:
    """Narrow limits of agreement: the mean difference that they lie about is no spread, and stays."""
    middle, half = (low + high) / 2, (high - low) / 2
    return middle - half / root, middle + half / root


def band_table(bands: pd.DataFrame) -> Table:
    """Build the table of the bands; made of `noise_bands`."""
    rows = bands.assign(
        marker=[phrase(measure) for measure in bands["measure"]],
        narrow=[_limits(row, "narrow_low", "narrow_high") for row in bands.to_dict("records")],
        wide=[_limits(row, "low", "high") for row in bands.to_dict("records")],
    )
    columns = {
        "marker": "marker", "kind": "kind", "unit": "unit", "narrow": "narrowest band", "wide": "widest band",
        "told": "from", "citation": "sources", "evidence": "evidence",
    }  # fmt: skip
    note = (
        "Bands of change in one unchanged woman, from averages or upper figures as printed; single women vary more. Measured in "
        "healthy, cycling, subfertile or IVF women, none with ovarian insufficiency. Ratios are even on the log scale."
    )
    return table(rows, columns, title="The change that noise alone gives", note=note)


def judged_table(judged: pd.DataFrame) -> Table:
    """Build the table of changes held against the noise; made of `judged_changes`."""
    rows = judged.assign(
        marker=[phrase(measure) for measure in judged["measure"]],
        whom=[phrase(subject) for subject in judged["subject"]],
        judged=(judged["verdict"] + (": " + judged["why"]).where(judged["why"] != "", "")),
    )
    columns = {
        "label": "study and arm", "whom": "subject", "women": "women", "months": "months", "text": "change", "judged": "against the noise",
        "origin": "who tells it", "citation": "source", "evidence": "evidence",
    }  # fmt: skip
    return table(rows, columns, title="Changes held against the noise", group="marker")


def _limits(row: dict[Any, Any], low: str, high: str) -> str:
    return f"{row[low]:.2f} to {row[high]:.2f}"


def course_told(courses: Iterable[Course]) -> pd.DataFrame:
    """Put all that is told of several markers below each other: levels, changes, and what stands in words.

    Parameters
    ----------
    courses : iterable of Course
        Made by `course`.

    Returns
    -------
    pandas.DataFrame
        measure, label, what (level, change or in words), months, text, origin, citation and evidence (the evidence rows).
    """
    frames = []
    for course in courses:
        levels = course.levels.assign(what="level", months=course.levels["timepoint_months"])
        levels["text"] = levels["text"] + f" {course.unit}"
        levels["evidence"] = levels["evidence_row"]
        changes = course.changes.assign(what="change", months=course.changes["to_months"])
        words = course.described.assign(
            what="in words", months=math.nan, label=course.described["study_label"]
        )
        frames += [part.assign(measure=course.measure) for part in (levels, changes, words)]
    columns = ["measure", "label", "what", "months", "text", "origin", "citation", "evidence"]
    told = [frame[columns] for frame in frames if len(frame)]
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=columns, dtype="str")


def without_cells_table(told: pd.DataFrame) -> Table:
    """Build the table of what the markers do in women without cells; made of `course_told`."""
    rows = told.assign(marker=[phrase(measure) for measure in told["measure"]])
    columns = {
        "label": "study and arm", "what": "kind", "months": "months", "text": "as told", "origin": "who tells it",
        "citation": "source", "evidence": "evidence",
    }  # fmt: skip
    return table(rows, columns, title="The markers in women without cells", group="marker")
