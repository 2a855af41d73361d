"""Levels of markers as tidy rows, and the words for them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from helpers.counts.outcomes import AFTER, names_of, whose_words
from helpers.evidence.provenance import NOT_AS_PRINTED
from helpers.evidence.units import known_units
from helpers.evidence.vocabulary import BASELINE_CHARACTERISTIC
from helpers.show.numbers import number, significant

#: What the words for a level are made of, and who was measured.
_SAID = [
    "study_id", "study_label", "arm_id", "arm_label", "subject", "subgroup", "measure", "centre", "median", "mean", "sd",
    "se", "q1", "q3", "minimum", "maximum", "n", "unit", "unit_reported", "unit_factor", "text_value", "extraction", "note",
]  # fmt: skip
_CROSSED = re.compile("cross-?over", flags=re.IGNORECASE)
_NUMBER = re.compile(r"[<>≤≥ ]*\d+(\.\d+)?")
_UNLABELLED = re.compile(r"without a label|unlabelled|taken as S[DE]\b", flags=re.IGNORECASE)
_UNIT_ASSUMED = re.compile(r"unit not printed|unit assumed|prints no unit", flags=re.IGNORECASE)


def measurement_rows(measurements: pd.DataFrame) -> pd.DataFrame:
    """Add to selected measurements the centre, the spreads and the words for both; no row is dropped.

    statistic is ``median``, ``mean``, ``geometric mean``, ``value`` of one patient, ``not stated``, ``range`` without
    a centre, or ``words``; centre is missing for the last two. sd_low to se_high are the centre less and plus the
    spread. line is the same for levels of one course: same women, same statistic. signs are those of
    `NOT_AS_PRINTED`; level_text has no unit and no n. Median and mean are never converted into each other.
    """
    rows = measurements.copy()
    numbers = pd.to_numeric(rows["text_value"], errors="coerce").replace([np.inf, -np.inf], np.nan)
    # A number without its unit is no level.
    with_unit = [
        unit in known_units(measure) for measure, unit in zip(rows["measure"], rows["unit"], strict=True)
    ]
    stated = (numbers * rows["unit_factor"]).where(pd.Series(with_unit, index=rows.index, dtype="bool"))
    rows["centre"] = rows["median"].fillna(rows["mean"]).fillna(stated)
    for spread in ("sd", "se"):
        rows[f"{spread}_low"] = rows["centre"] - rows[spread]
        rows[f"{spread}_high"] = rows["centre"] + rows[spread]
    # Each may rest on those before it; one walk over the rows, for a walk costs more than what is done in it.
    column_words: dict[str, Callable[[Any], str]] = {
        "statistic": _statistic,
        "line": _line,
        "label": lambda row: ", ".join(whose_words(row)),
        "signs": _signs,
        "centre_text": _centre_text,
        "level_text": _level_text,
        "text": _full_text,
    }
    cells = zip(*(rows[name].tolist() for name in _SAID), strict=True)
    walked: list[Any] = [SimpleNamespace(**dict(zip(_SAID, row, strict=True))) for row in cells]
    for column, words in column_words.items():
        for row in walked:
            setattr(row, column, words(row))
        rows[column] = pd.Series([getattr(row, column) for row in walked], index=rows.index, dtype="str")
    rows["name"] = pd.Series(names_of(rows, "measure"), index=rows.index, dtype="str") + "/" + rows["subject"]
    return rows


def level_rows(measurements: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Part selected measurements, those of one measure in one unit: what can be drawn, with or without a printed time, and what is in words.

    Rows as made by `measurement_rows`. A row with both a median and a mean becomes two: quartiles go with the median,
    standard deviation and standard error with the mean.
    """
    both = measurements["median"].notna() & measurements["mean"].notna()
    if both.any():
        first, second = measurements.copy(), measurements[both].copy()
        first.loc[both, ["mean", "sd", "se"]] = np.nan
        second[["median", "q1", "q3"]] = np.nan
        rows, means = measurement_rows(first), measurement_rows(second)
        rows = pd.concat([rows, means.assign(name=means["name"] + "/mean")]).sort_index(kind="stable")
    else:
        rows = measurement_rows(measurements)
    in_words = rows["statistic"] == "words"
    return rows[~in_words], rows[in_words]


def period_rows(levels: pd.DataFrame) -> pd.DataFrame:
    """Keep of `level_rows` the levels in the periods of a cross-over whose time was not printed."""
    crossed = levels["note"].str.contains(_CROSSED, na=False)
    return levels[crossed & levels["centre"].notna() & levels["timepoint_months"].isna()]


def described_rows(in_words: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """Gather what was reported of a marker in words, as a limit or class, or as a number without its unit.

    `in_words` are those of `level_rows`, `baseline` selected rows about the same marker. One row per level in words and one
    per set of classes; evidence names the evidence rows.
    """
    arm = ["study_label", "population", "arm_label", "arm_kind", "tissue"]
    known = [*arm, "origin", "citation"]
    rows = [
        {
            **{name: getattr(row, name) for name in known},
            # The study has a column of its own.
            "text": ", ".join([*whose_words(row)[1:], _when(row.timepoint_months)]) + f": {row.text}",
            "evidence": row.evidence_row,
        }
        for row in in_words[
            [*known, "arm_id", "subject", "subgroup", "timepoint_months", "text", "evidence_row"]
        ].itertuples()
    ]
    rows += [
        {
            **group.iloc[0][arm],
            "text": f"{_when_of_class(group)}: "
            + "; ".join(f"{row.category} in {row.n}/{row.total}" for row in group.itertuples()),
            "origin": group["origin"].iloc[0],
            "citation": group["citation"].iloc[0],
            "evidence": "; ".join(group["evidence_row"]),
        }
        for _, group in baseline.groupby(["study_id", "arm_id", "characteristic"], sort=False)
    ]
    return pd.DataFrame(rows, columns=[*arm, "text", "origin", "citation", "evidence"], dtype="str")


def _when(month: Any) -> str:
    if pd.isna(month):
        return "time not printed"
    return "before" if month == 0 else f"month {number(month)}"


def _when_of_class(group: pd.DataFrame) -> str:
    """Say when, and in which unit or ovary: the end of a characteristic's description."""
    return f"before, {BASELINE_CHARACTERISTIC[group['characteristic'].iloc[0]].rpartition(', ')[2]}"


def threshold_rows(reference_values: pd.DataFrame) -> pd.DataFrame:
    """Make one row per value of diagnostic thresholds, sorted by value and named by whom it defines.

    Where any threshold is about POI or POF, the others are excluded. A threshold with one limit is a line (`upper` is
    missing); one whose cut-off ranges is a band from `value` to `upper`.
    """
    shown = reference_values[["low", "high", "unit_factor", "population", "citation", "evidence_row"]]
    given = shown[shown["low"].notna() | shown["high"].notna()]
    ovarian = given["population"].str.match("PO[IF]")
    rows = given[ovarian] if ovarian.any() else given
    lines = []
    for _, group in rows.groupby(["low", "high"], sort=True, dropna=False):
        low, high = float(group["low"].iloc[0]), float(group["high"].iloc[0])
        words = f"{significant(low, 3)} to {significant(high, 3)}"
        if math.isnan(high):
            words = f"above {significant(low, 3)}"
        elif math.isnan(low):
            words = f"below {significant(high, 3)}"
        if not math.isclose(group["unit_factor"].iloc[0], 1):
            words += " (converted)"
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        lines.append(
            {
                "value": high if math.isnan(low) else low,
                "upper": math.nan if math.isnan(low) else high,
                "label": f"{words}: {group['population'].iloc[0]}{more}",
                "citation": "; ".join(dict.fromkeys(group["citation"])),
                "evidence": "; ".join(group["evidence_row"]),
            }
        )
    columns = ["value", "upper", "label", "citation", "evidence"]
    return pd.DataFrame(lines, columns=columns).sort_values("value", ignore_index=True)


def _statistic(row: Any) -> str:
    if pd.isna(row.centre):
        return "words" if pd.isna(row.minimum) or pd.isna(row.maximum) else "range"
    if row.subject != "cohort":
        return "value"
    if pd.notna(row.median):
        return "median"
    if pd.isna(row.mean):
        return "not stated"
    return "geometric mean" if "geometric mean" in str(row.note) else "mean"


def _line(row: Any) -> str:
    """Name the course that a level belongs to: its women, and its statistic."""
    part = "" if pd.isna(row.subgroup) or row.subgroup == AFTER else str(row.subgroup)
    return "/".join([row.study_id, row.arm_id, row.subject, part, row.statistic])


def _signs(row: Any) -> str:
    """Give the signs of what is not as printed, in the order of `NOT_AS_PRINTED`."""
    note, spreads = str(row.note), (row.sd, row.se, row.q1, row.q3)
    holds = {
        "†": not math.isclose(row.unit_factor, 1),
        "‡": row.extraction == "digitised",
        "§": row.extraction == "derived",
        "*": any(pd.notna(spread) for spread in spreads) and bool(_UNLABELLED.search(note)),
        "¶": bool(_UNIT_ASSUMED.search(note)),
    }
    return "" if row.statistic == "words" else "".join(sign for sign in NOT_AS_PRINTED if holds[sign])


def _number(row: Any, value: float) -> str:
    # Six digits give back what was printed; a factor between units has three or four.
    digits = 6 if math.isclose(row.unit_factor, 1) else 3
    return significant(value, digits) if abs(value) < 10**digits else number(value, 0)


def _limits(row: Any, name: str, low: float, high: float) -> list[str]:
    if pd.isna(low) or pd.isna(high):
        return []
    return [f"{name} {_number(row, low)} to {_number(row, high)}"]


def _centre_text(row: Any) -> str:
    if pd.notna(row.centre):
        return _number(row, row.centre)
    return "" if row.statistic == "words" else f"{_number(row, row.minimum)} to {_number(row, row.maximum)}"


def _level_text(row: Any, unit: str = "") -> str:
    """Write a level with its statistic and its spreads, each by its name: ``mean 50 ± 10 (SD), range 31 to 72``."""
    if row.statistic == "words":
        return _words(row)
    if pd.notna(row.median) and pd.notna(row.mean):
        of_median = dict.fromkeys(("median", "q1", "q3", "minimum", "maximum"), math.nan)
        cells = vars(row)
        median = SimpleNamespace(**cells | {"mean": math.nan, "sd": math.nan, "se": math.nan})
        mean = SimpleNamespace(**cells | of_median | {"centre": row.mean, "statistic": "mean"})
        return f"{_level_text(median, unit)}; {_level_text(mean, unit)}"
    ranges = [
        *_limits(row, "quartiles", row.q1, row.q3),
        *_limits(row, "range", row.minimum, row.maximum),
    ]
    if row.statistic == "range":
        return ", ".join(ranges) + unit
    spreads = [
        (kind, _number(row, value)) for kind, value in (("SD", row.sd), ("SE", row.se)) if pd.notna(value)
    ]
    spread = f" ± {spreads[0][1]}{unit} ({spreads[0][0]})" if spreads else unit
    name = "" if row.statistic in {"value", "not stated"} else f"{row.statistic} "
    parts = [f"{name}{_number(row, row.centre)}{spread}"]
    parts += [f"{kind} {value}" for kind, value in spreads[1:]] + ranges
    return ", ".join([*parts, *(["statistic not stated"] if row.statistic == "not stated" else [])])


def _full_text(row: Any) -> str:
    """Write a level with its unit, the number of women, and what of it is not as printed."""
    if row.statistic == "words":
        return _words(row)
    unit = "follicle" if row.unit == "follicles" and row.centre == 1 else row.unit
    text = _level_text(row, "" if pd.isna(unit) else f" {unit}")
    if row.subject == "cohort":
        text += f", n = {row.n}" if pd.notna(row.n) else ", n not printed"
    else:
        text = f"one patient: {text}"
    remarks = {sign: NOT_AS_PRINTED[sign] for sign in row.signs}
    if "†" in remarks:
        remarks["†"] = f"converted from {row.unit_reported}"
    if pd.notna(row.text_value) and row.statistic != "not stated":
        remarks["printed"] = f"printed as {row.text_value}"
    return "; ".join([text, *remarks.values()])


def _words(row: Any) -> str:
    """Give the words of what is no level: a number by itself has no unit, or is a limit."""
    if pd.isna(row.text_value):
        ends = (("minimum", row.minimum), ("maximum", row.maximum))
        return ", ".join(f"{name} {number(value)}" for name, value in ends if pd.notna(value))
    if not known_units(row.measure) or not _NUMBER.fullmatch(row.text_value):
        return str(row.text_value)
    return (
        f"{row.text_value}, unit not printed"
        if pd.isna(row.unit)
        else f"{row.text_value} {row.unit_reported}"
    )
