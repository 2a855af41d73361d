"""Tidy rows made once from evidence: figure, table and sentence of a notebook are drawn from the same frame."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from helpers import stats
from helpers.counts.horizons import EARLY, LONG, SHORT, UNKNOWN, horizon
from helpers.counts.rates import no_rate
from helpers.evidence.provenance import NEAREST, NOT_AS_PRINTED, ORIGINS, origin
from helpers.evidence.units import known_units
from helpers.evidence.vocabulary import (
    BASELINE_CHARACTERISTIC,
    CHANGE_KIND,
    DIRECTION,
    ORGAN,
    OUTCOME,
    ROLE,
    TISSUE,
    capital,
    in_use,
    phrase,
)

_NOT_PRINTED = "not printed"
_LONGEST_LABEL = 150
#: What names the women of a level or change. A walk over all columns takes longer than what is done in it.
_WOMEN = ["study_id", "arm_id", "subject", "subgroup"]
#: Stands for a time that was not printed.
_UNTIMED = math.inf
_CROSSED = re.compile("cross-?over", flags=re.IGNORECASE)
#: A subgroup that says no more than when its level was taken.
AFTER = "after-treatment"
_NUMBER = re.compile(r"[<>≤≥ ]*\d+(\.\d+)?")
_UNLABELLED = re.compile(r"without a label|unlabelled|taken as S[DE]\b", flags=re.IGNORECASE)
_UNIT_ASSUMED = re.compile(r"unit not printed|unit assumed|prints no unit", flags=re.IGNORECASE)


def percent(proportion: float) -> str:
    """Write a proportion in percent with one decimal, halves up, as papers do: 13/16 is 81.3."""
    exact = Decimal(str(round(100 * proportion, 9)))
    return str(exact.quantize(Decimal("0.1"), ROUND_HALF_UP))


def points(share: float) -> str:
    """Write a difference of proportions in percentage points, with its sign: ``+1.3``."""
    sign = "−" if share < 0 else "+"
    return sign + percent(abs(share))


def outcome_rows(
    outcomes: pd.DataFrame, criteria: pd.DataFrame, *, interval: str, level: float
) -> pd.DataFrame:
    """Add proportion, interval and display labels to the selected outcomes.

    Parameters
    ----------
    outcomes : pandas.DataFrame
        Rows of ``Evidence.select("outcomes", ...)``.
    criteria : pandas.DataFrame
        The table `criteria`, for the windows of short and long term.
    interval : {"clopper-pearson", "wilson", "jeffreys"}
        Method of the interval.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        The rows sorted by tissue, outcome, horizon, role (cited first), time, study and arm (cells first), with horizon,
        section (organ, outcome and horizon), label, origin, no_rate, proportion, low, high, count_text and interval_text. A count
        that is no rate has no proportion and says why; one without a total, or a percentage without counts, has no interval.
    """
    rows = outcomes.copy()
    rows["horizon"] = horizon(rows["timepoint_months"], criteria)
    rows["origin"] = origin(rows["source_kind"])
    rows["no_rate"] = no_rate(rows)
    rate = rows["no_rate"] == ""
    counted = rows["events"].notna() & rows["total"].notna() & rate
    shares = (rows["events"] / rows["total"]).astype("float64").fillna(rows["percent_reported"] / 100)
    rows["proportion"] = shares.where(rate)
    rows["low"] = rows["high"] = float("nan")
    if counted.any():
        events, total = rows.loc[counted, "events"].astype(int), rows.loc[counted, "total"].astype(int)
        low, high = stats.proportion_interval(events, total, method=interval, level=level)
        rows.loc[counted, "low"], rows.loc[counted, "high"] = low, high
    organ = rows["tissue"].map(ORGAN).map(capital)
    rows["section"] = organ + ": " + rows["outcome"].map(phrase) + ", " + rows["horizon"]
    each = list(rows.itertuples())
    for name, told in (("label", _label), ("count_text", _count_text), ("interval_text", _interval_text)):
        rows[name] = [told(row) for row in each]
    rows["name"] = _names(rows, "outcome")
    rows["_tissue"] = rows["tissue"].map(list(TISSUE).index)
    rows["_outcome"] = rows["outcome"].map(list(OUTCOME).index)
    rows["_horizon"] = rows["horizon"].map([EARLY, SHORT, LONG, UNKNOWN].index)
    rows["_origin"] = rows["origin"].map(ORIGINS.index)
    rows["_role"] = rows["role"].map(list(ROLE).index)
    rows["_beside"] = rows["arm_kind"] != "cells"
    by = ["_tissue", "_outcome", "_horizon", "_role", "timepoint_months", "study_label", "_beside", "_origin"]
    return rows.sort_values(by, kind="stable").drop(columns=[column for column in by if column[0] == "_"])


def count_values(row: Mapping[str, Any] | pd.Series[Any]) -> dict[str, float | int | None]:
    """Take from an outcome row the numbers that are recorded as its result.

    Parameters
    ----------
    row : pandas.Series or mapping
        A row made by `outcome_rows`.

    Returns
    -------
    dict
        events, total, proportion, low and high; None for what was not reported.
    """
    counts = {name: None if pd.isna(row[name]) else int(row[name]) for name in ("events", "total")}
    shares = {
        name: None if pd.isna(row[name]) else float(row[name]) for name in ("proportion", "low", "high")
    }
    return {**counts, **shares}


def _names(rows: pd.DataFrame, what: str) -> list[str]:
    """Name each row by its key, as short as it stays unique within the rows."""
    base = rows["study_id"] + "/" + rows["arm_id"] + "/" + rows[what] + "/" + rows["source_id"]
    months = [f"/month {month:g}" if pd.notna(month) else "" for month in rows["timepoint_months"]]
    names = base + ("/" + rows["subgroup"]).fillna("") + pd.Series(months, index=rows.index, dtype="str")
    for more in ("locator", "total_unit"):
        if more in rows:
            names = names.where(~names.duplicated(keep=False), names + "/" + rows[more].fillna("no total"))
    return list(names)


def measurement_rows(measurements: pd.DataFrame) -> pd.DataFrame:
    """Add to selected measurements the centre, the spreads and the words for both.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", ...)``.

    Returns
    -------
    pandas.DataFrame
        All rows, with statistic (``median``, ``mean``, ``geometric mean``, ``value`` of one patient, ``not stated``, ``range`` without
        a centre, or ``words``), centre (missing for the last two), sd_low, sd_high, se_low and se_high (the centre less and plus the
        spread), line (the same for levels that are one course: same women, same statistic), label, series, origin, signs (of
        `NOT_AS_PRINTED`), centre_text, level_text (without unit and n), text and name. Neither of median and mean is turned into the other.
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
    several = rows.groupby("study_id")["arm_id"].transform("nunique") > 1
    rows["series"] = rows["study_label"].where(~several, rows["study_label"] + ", " + rows["arm_label"])
    rows["origin"] = origin(rows["source_kind"])
    # Each may rest on those before it; one walk over the rows, for a walk costs more than what is done in it.
    said: dict[str, Callable[[Any], str]] = {
        "statistic": _statistic,
        "line": _line,
        "label": lambda row: ", ".join(_whose(row)),
        "signs": _signs,
        "centre_text": _centre_text,
        "level_text": _level_text,
        "text": _full_text,
    }
    walked: list[Any] = [
        SimpleNamespace(**{str(name): cell for name, cell in row.items()}) for row in rows.to_dict("records")
    ]
    for column, words in said.items():
        for row in walked:
            setattr(row, column, words(row))
        rows[column] = pd.Series([getattr(row, column) for row in walked], index=rows.index, dtype="str")
    rows["name"] = pd.Series(_names(rows, "measure"), index=rows.index, dtype="str") + "/" + rows["subject"]
    return rows


def level_rows(measurements: pd.DataFrame) -> pd.DataFrame:
    """Keep of selected measurements those that can be drawn: a number in the unit wanted, whether or not its time was printed.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", measure=...)``, in the unit wanted.

    Returns
    -------
    pandas.DataFrame
        What `measurement_rows` makes of them. A row with both a median and a mean becomes two; quartiles go with the median,
        standard deviation and standard error with the mean.
    """
    both = measurements["median"].notna() & measurements["mean"].notna()
    first, second = measurements.copy(), measurements[both].copy()
    first.loc[both, ["mean", "sd", "se"]] = np.nan
    second[["median", "q1", "q3"]] = np.nan
    rows = measurement_rows(first)
    if both.any():
        means = measurement_rows(second)
        rows = pd.concat([rows, means.assign(name=means["name"] + "/mean")]).sort_index(kind="stable")
    return rows[rows["statistic"] != "words"]


def period_rows(levels: pd.DataFrame) -> pd.DataFrame:
    """Keep of what `level_rows` makes the levels in the periods of a cross-over that no time was printed for."""
    crossed = levels["note"].str.contains(_CROSSED, na=False)
    return levels[crossed & levels["centre"].notna() & levels["timepoint_months"].isna()]


def described_rows(measurements: pd.DataFrame, baseline: pd.DataFrame) -> pd.DataFrame:
    """Gather what was reported of a marker in words, as a limit or class, or as a number without its unit.

    Parameters
    ----------
    measurements : pandas.DataFrame
        Rows of ``Evidence.select("measurements", measure=...)``, in the unit wanted.
    baseline : pandas.DataFrame
        Rows of ``Evidence.select("baseline", ...)`` about the same marker.

    Returns
    -------
    pandas.DataFrame
        The arm (study_label, population, arm_label, arm_kind), tissue, text, origin, citation and evidence (the evidence rows), one
        row per level in words and one per set of classes.
    """
    rows = measurement_rows(measurements[measurements[["mean", "median"]].isna().all(axis=1)])
    told = rows[rows["statistic"] == "words"]
    when = [
        "before" if month == 0 else f"month {month:g}" if pd.notna(month) else "time not printed"
        for month in told["timepoint_months"]
    ]
    told = told.assign(evidence=told["evidence_row"])
    arm = ["study_label", "population", "arm_label", "arm_kind", "tissue"]
    columns = [*arm, "text", "origin", "citation", "evidence"]
    # The study has a column of its own.
    whose = told[["study_label", "arm_label", "arm_id", "subject", "subgroup"]]
    whom = [", ".join([*_whose(row)[1:], at]) for row, at in zip(whose.itertuples(), when, strict=True)]
    words = told.assign(text=pd.Series(whom, index=told.index, dtype="str") + ": " + told["text"])[columns]
    classes = [
        {
            **group.iloc[0][arm],
            "text": f"{_when_of_class(group)}: "
            + "; ".join(f"{row.category} in {row.n}/{row.total}" for row in group.itertuples()),
            "origin": origin(group["source_kind"]).iloc[0],
            "citation": group["citation"].iloc[0],
            "evidence": "; ".join(group["evidence_row"]),
        }
        for _, group in baseline.groupby(["study_id", "arm_id", "characteristic"], sort=False)
    ]
    return pd.concat([words, pd.DataFrame(classes, columns=columns, dtype="str")], ignore_index=True)


def _when_of_class(group: pd.DataFrame) -> str:
    """Say when, and in which unit or ovary, which is how the description of a characteristic ends."""
    return f"before, {BASELINE_CHARACTERISTIC[group['characteristic'].iloc[0]].rpartition(', ')[2]}"


def change_texts(changes: pd.DataFrame) -> pd.DataFrame:
    """Add to selected changes whose they are, who tells them and the words that tell them.

    Parameters
    ----------
    changes : pandas.DataFrame
        Rows of ``Evidence.select("changes", ...)``.

    Returns
    -------
    pandas.DataFrame
        All rows, with label, origin and text.
    """
    rows = changes.copy()
    each = list(rows.itertuples())
    rows["label"] = pd.Series([", ".join(_whose(row)) for row in each], index=rows.index, dtype="str")
    rows["origin"] = origin(rows["source_kind"])
    rows["text"] = pd.Series([_change_text(row) for row in each], index=rows.index, dtype="str")
    return rows


def change_rows(changes: pd.DataFrame) -> pd.DataFrame:
    """Join the sources that tell the same change.

    Parameters
    ----------
    changes : pandas.DataFrame
        Rows of ``Evidence.select("changes", ...)``.

    Returns
    -------
    pandas.DataFrame
        What `change_texts` makes, one row per change: the origin is the one nearest to the study, the
        citations are joined, and evidence names the rows of all of them.
    """
    rows = change_texts(changes)
    rows = rows.sort_values("origin", key=lambda column: column.map(NEAREST.index), kind="stable")
    same = [
        *(column for column in in_use().key("changes") if column not in {"source_id", "locator"}),
        "direction",
        "text",
    ]
    told_by = rows.groupby(same, dropna=False, sort=False)
    for column, name in (("citation", "citation"), ("evidence_row", "evidence")):
        rows[name] = told_by[column].transform(lambda told: "; ".join(dict.fromkeys(told)))
    return rows.drop_duplicates(subset=same).sort_index()


def without_levels(changes: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Drop the directions of which the size is known, because both of their times have a level.

    Parameters
    ----------
    changes : pandas.DataFrame
        Rows of ``Evidence.select("changes", ...)`` of one measure.
    levels : pandas.DataFrame
        What `level_rows` makes of the measurements of the same measure.

    Returns
    -------
    pandas.DataFrame
        The other rows: changes with a size, changes against other women or the other ovary, and directions without levels. A time
        that was not printed matches a level without one; a direction against no stated time needs any earlier level.
    """
    known: dict[tuple[str, ...], set[float]] = {}
    for level in levels.loc[levels["centre"].notna(), [*_WOMEN, "timepoint_months"]].itertuples():
        known.setdefault(_women(level), set()).add(_month(level.timepoint_months))
    within = changes["compared_with"].isin(["baseline", "previous-time-point", "not-stated"])
    asked = changes[[*_WOMEN, "from_months", "to_months", "compared_with"]]
    told = [_both_known(row, known.get(_women(row), set())) for row in asked.itertuples()]
    return changes[~(changes["change"].isna() & within & pd.Series(told, index=changes.index, dtype="bool"))]


def with_directions(levels: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """Add to the remark of a level the directions that end at it, with their p-values; made of `level_rows` and what `without_levels` drops."""
    ends: dict[tuple[Any, ...], list[str]] = {}
    rows: list[Any] = list(changes.itertuples())
    for row in rows:
        words = [_change_text(row), *([f"p {row.p_value}"] if pd.notna(row.p_value) else [])]
        ends.setdefault((*_women(row), _month(row.to_months)), []).append(
            f"{', '.join(words).replace(', no figure', '')} ({row.evidence_row})"
        )
    notes = []
    told: list[Any] = list(levels[[*_WOMEN, "timepoint_months", "note"]].itertuples())
    for row in told:
        more = ends.get((*_women(row), _month(row.timepoint_months)), [])
        notes.append("; ".join([*([str(row.note)] if pd.notna(row.note) else []), *more]) or None)
    return levels.assign(note=pd.Series(notes, index=levels.index, dtype="str"))


def _both_known(row: Any, months: set[float]) -> bool:
    start, end = _month(row.from_months), _month(row.to_months)
    if start != _UNTIMED:
        return {start, end} <= months
    first = 0.0 if row.compared_with == "baseline" else min(months, default=end)
    return end in months and first in months and first < end


def _women(row: Any) -> tuple[str, ...]:
    """Name the women of a level or change: study, arm, subject and subgroup."""
    part = "" if pd.isna(row.subgroup) or row.subgroup == AFTER else str(row.subgroup)
    return str(row.study_id), str(row.arm_id), str(row.subject), part


def _month(months: Any) -> float:
    """Give a time that was not printed a number that equals itself, later than any other."""
    return _UNTIMED if pd.isna(months) else float(months)


def threshold_rows(reference_values: pd.DataFrame) -> pd.DataFrame:
    """Make of diagnostic thresholds one row per value, named by whom it defines.

    Parameters
    ----------
    reference_values : pandas.DataFrame
        Rows of ``Evidence.select("reference_values", measure=..., kind="diagnostic-threshold")``, in the unit
        wanted. Where any is about POI or POF, the others are left out.

    Returns
    -------
    pandas.DataFrame
        value, upper, label, citation and evidence (the evidence rows), sorted by value. A threshold with one limit is a line (`upper` is
        missing); one whose cut-off ranges is a band from `value` to `upper`.
    """
    given = reference_values[reference_values[["low", "high"]].notna().any(axis=1)]
    ovarian = given["population"].str.match("PO[IF]")
    rows = given[ovarian] if ovarian.any() else given
    lines = []
    for _, group in rows.groupby(["low", "high"], sort=True, dropna=False):
        low, high = float(group["low"].iloc[0]), float(group["high"].iloc[0])
        words = f"{low:.3g} to {high:.3g}"
        if math.isnan(high):
            words = f"above {low:.3g}"
        elif math.isnan(low):
            words = f"below {high:.3g}"
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


def _whose(row: Any) -> list[str]:
    """Name the study of a row, and its arm, patient and subgroup where they need saying."""
    subject = getattr(row, "subject", "cohort")
    return [
        str(row.study_label),
        *([str(row.arm_label)] if row.arm_id != "cells" else []),
        *([subject.replace("-", " ")] if subject != "cohort" else []),
        *([str(row.subgroup)] if pd.notna(row.subgroup) else []),
    ]


def _label(row: Any) -> str:
    study, *parts = _whose(row)
    parts = [study if pd.isna(row.population) else f"{study} ({row.population})", *parts]
    if pd.notna(row.timepoint_months):
        parts.append(f"month {row.timepoint_months:g}")
    if pd.notna(row.total_unit) and row.total_unit != "women":
        parts.append(f"of {row.total_unit}")
    if row.origin == "review or press":
        parts.append(str(row.citation).split(", doi", maxsplit=1)[0])
    return textwrap.shorten(", ".join(parts), _LONGEST_LABEL, placeholder=" …")


def _count_text(row: Any) -> str:
    if pd.isna(row.events):
        return _NOT_PRINTED
    if pd.isna(row.total):
        return f"{row.events}/{_NOT_PRINTED}"
    return f"{row.events}/{row.total}"


def _interval_text(row: Any) -> str:
    if pd.notna(row.low):
        return f"{percent(row.proportion)} % ({percent(row.low)} to {percent(row.high)})"
    if row.no_rate:
        return f"no proportion: {row.no_rate}"
    return f"{row.percent_reported:g} % printed" if pd.notna(row.percent_reported) else "no percentage"


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
    return f"{value:.{digits}g}" if abs(value) < 10**digits else f"{value:.0f}"


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
        own = vars(row)
        median = SimpleNamespace(**own | {"mean": math.nan, "sd": math.nan, "se": math.nan})
        mean = SimpleNamespace(**own | of_median | {"centre": row.mean, "statistic": "mean"})
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
    beside = f" ± {spreads[0][1]}{unit} ({spreads[0][0]})" if spreads else unit
    name = "" if row.statistic in {"value", "not stated"} else f"{row.statistic} "
    parts = [f"{name}{_number(row, row.centre)}{beside}"]
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
        return ", ".join(f"{name} {value:g}" for name, value in ends if pd.notna(value))
    if not known_units(row.measure) or not _NUMBER.fullmatch(row.text_value):
        return str(row.text_value)
    return (
        f"{row.text_value}, unit not printed"
        if pd.isna(row.unit)
        else f"{row.text_value} {row.unit_reported}"
    )


def _change_text(row: Any) -> str:
    direction = DIRECTION.get(str(row.direction), "direction not stated")
    if pd.isna(row.change):
        size = f"{direction}, no figure"
    elif row.change_kind == "percent":
        size = f"{row.change:+g} %"
    elif row.change_kind == "fold":
        size = f"×{row.change:g}"
    elif row.change_kind in {"absolute", "md"}:
        # A change has no column of its own for the unit, so it cannot follow the unit of the page.
        kind = "mean difference " if row.change_kind == "md" else ""
        size = f"{kind}{row.change:+g} in the unit of the source"
    else:
        size = f"{row.change:g} ({CHANGE_KIND.get(str(row.change_kind), 'kind not stated')})"
    if pd.notna(row.low) and pd.notna(row.high):
        size += f", CI {row.low:g} to {row.high:g}"
    return size if row.compared_with == "baseline" else f"{size} (against: {phrase(row.compared_with)})"
