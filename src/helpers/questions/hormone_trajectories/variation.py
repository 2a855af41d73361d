"""Judge which reported changes go further than analytical and within-person variation."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from helpers import stats
from helpers.counts.one_row import MEANS, standing
from helpers.counts.outcomes import AFTER
from helpers.questions.hormone_trajectories.reference_change import LIMITS
from helpers.questions.hormone_trajectories.rows import Course
from helpers.show.arm_blocks import BLOCKS
from helpers.show.numbers import number, significant
from helpers.stats.variation import ASSAY_ALONE, BETWEEN, OUTSIDE, UNCOUNTED, UNKNOWN, WITHIN

#: Limits in the unit of a marker hold for levels up to this factor from the mean of the women in whom they were measured.
NEAR = 1.5
#: No band of a cohort is narrower than by so many women, where how many were measured again is not known.
_MOST_WOMEN = 10_000
#: What a change is made of. A walk over all columns takes longer than what is done in it.
_ARM = ["study_label", "population", "arm_label", "arm_kind", "cell_source"]
_CHANGE = [
    "measure", "label", *_ARM, "tissue", "design", "subject", "statistic", "women", "at_most", "months", "before", "after", "ratio",
    "sd_before", "sd_after", "text", "origin", "citation", "note", "evidence",
]  # fmt: skip
_WHOSE = ["label", *_ARM, "tissue", "design", "subject", "origin", "citation", "note"]
_MOVED = [
    *_WHOSE, "line", "timepoint_months", "subgroup", "extraction", "centre", "statistic", "n", "arm_n", "sd", "se", "evidence_row",
]  # fmt: skip
_VERDICT = [*LIMITS, "basis", "verdict", "why"]


def judged_changes(courses: Iterable[Course], bands: pd.DataFrame) -> pd.DataFrame:
    """Compare every change that has a size with the reference change value of its marker.

    `bands` is made by `reference_change.noise_bands`. One row per change, by marker, women treated with cells first. women were
    measured at both times (missing where not printed), at_most is how many they can be; before and after are levels in the
    canonical unit, missing where only a change was printed; the limits are ratios to the level before. Changes against another
    arm or ovary are not compared.

    Notes
    -----
    Levels of one statistic make a change, never a median and a mean. In a cross-over the level of each treated period is compared
    with that of the untreated one.

    Printed limits of agreement hold in the unit of the marker if the mean of their women lies within a factor `NEAR` of the level
    before; elsewhere, and for coefficients of variation, the band is in proportion to the level before. If the study printed
    standard deviations before and after, no band is wider than they allow (`stats.largest_unchanged`).

    The mean of n women moves less by itself than one woman: its band is narrower by the root of n. n is the smaller of the two
    printed numbers, for no more women can have been measured twice. If one of them was not printed, the smallest band is that of
    as many women as there can be and the largest that of two, so that a verdict holds for any number between; if the number
    decides, the change is not judged, and why says from how many women on it would be beyond. How a band narrows with n is known
    for means only: another statistic is compared with the band of one woman, and is beyond it or not judged.

    A change beyond a band that holds the assay alone is not judged.
    """
    given = list(courses)
    rows = [
        {"measure": course.measure, **change}
        for course in given
        for change in (*_from_levels(course), *_from_periods(course), *_from_changes(course))
    ]
    changes = pd.DataFrame(rows, columns=_CHANGE)
    kinds, markers = list(BLOCKS), [course.measure for course in given]
    changes = changes.sort_values("arm_kind", key=lambda words: words.map(kinds.index), kind="stable")
    changes = changes.sort_values("measure", key=lambda words: words.map(markers.index), kind="stable")
    of = {marker: bands[bands["measure"] == marker].to_dict("records") for marker in markers}
    judged = [_judged(row, of[row["measure"]]) for row in changes.to_dict("records")]
    verdicts = pd.DataFrame(judged, columns=_VERDICT, index=changes.index)
    return pd.concat([changes, verdicts], axis="columns").reset_index(drop=True)


def _from_levels(course: Course) -> Iterator[dict[str, Any]]:
    """Yield the change from the level before to each later one of the same women and statistic, preferring means.

    Of several levels at one time the printed one of the source nearest to the study counts, not one read off a figure.
    """
    levels = course.levels.loc[course.levels["centre"].notna(), _MOVED]
    levels["women"] = levels["line"].str.rsplit("/", n=1).str[0]
    # The study calls a level after treatment so though its time was not printed.
    levels = levels[levels["timepoint_months"].notna() | (levels["subgroup"] == AFTER)]
    one, same = ["line", "timepoint_months"], ["women", "timepoint_months"]
    levels = standing(levels, printed=one, nearest=one, first=one)
    first = {row["line"]: row for row in levels[levels["timepoint_months"] == 0].to_dict("records")}
    later = levels[levels["timepoint_months"].ne(0) & levels["line"].isin(first)]
    for row in standing(later, mean=same, first=same).to_dict("records"):
        yield _moved(first[row["line"]], row, course)


def _from_periods(course: Course) -> Iterator[dict[str, Any]]:
    """Yield the change of a cross-over from the untreated period to each other one: the same women twice."""
    same = ["study_id", "subject", "subgroup", "statistic"]
    for _, rows in course.periods[["study_id", *_MOVED]].groupby(same, sort=False, dropna=False):
        periods = rows.to_dict("records")
        untreated = [row for row in periods if row["arm_kind"] == "untreated"]
        if len(untreated) != 1:
            continue
        for row in periods:
            if row is not untreated[0]:
                yield _moved(untreated[0], row, course, "; between periods of a cross-over")


def _moved(first: dict[Any, Any], row: dict[Any, Any], course: Course, remark: str = "") -> dict[str, Any]:
    """Describe the change between two levels of the same women."""
    before, after, statistic = float(first["centre"]), float(row["centre"]), row["statistic"]
    printed = [float(n) for n in (first["n"], row["n"]) if pd.notna(n)]
    kind = {"value": "", "not stated": "statistic not stated, "}.get(statistic, f"{statistic} ")
    return {
        **_whose(row),
        "statistic": statistic,
        "women": min(printed) if len(printed) == 2 else math.nan,
        "at_most": min(printed) if printed else _number(row["arm_n"]),
        "months": row["timepoint_months"],
        # The bands are in canonical units.
        "before": before * course.to_canonical,
        "after": after * course.to_canonical,
        "ratio": after / before if before > 0 else math.nan,
        **{
            f"sd_{when}": _spread(level) * course.to_canonical
            for when, level in (("before", first), ("after", row))
        },
        "text": f"{kind}{significant(before, 3)} to {significant(after, 3)} {course.unit}{remark}",
        "evidence": f"{first['evidence_row']}; {row['evidence_row']}",
    }


def _spread(level: dict[Any, Any]) -> float:
    """Return the standard deviation of a level, worked out from the standard error if only that was printed."""
    sd, se, n = (_number(level[name]) for name in ("sd", "se", "n"))
    return se * math.sqrt(n) if math.isnan(sd) else sd


def _from_changes(course: Course) -> Iterator[dict[str, Any]]:
    against = course.changes["change"].notna() & (course.changes["compared_with"] == "baseline")
    sized = course.changes.loc[
        against, [*_WHOSE, "change", "change_kind", "arm_n", "to_months", "text", "evidence"]
    ]
    for row in sized.to_dict("records"):
        change = float(row["change"])
        ratio = {"percent": 1 + change / 100, "fold": change}.get(row["change_kind"], math.nan)
        yield {
            **_whose(row),
            "statistic": "mean",
            "women": math.nan,
            "at_most": _number(row["arm_n"]),
            "months": row["to_months"],
            **dict.fromkeys(("before", "after", "sd_before", "sd_after"), math.nan),
            "ratio": ratio,
            "text": row["text"],
            "evidence": row["evidence"],
        }


def _whose(row: dict[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _WHOSE}


def _number(value: Any) -> float:
    return math.nan if pd.isna(value) else float(value)


def _judged(row: dict[Any, Any], bands: list[dict[Any, Any]]) -> tuple[Any, ...]:
    unjudged = (*[math.nan] * 4, "", UNKNOWN)
    if not bands:
        return *unjudged, "no figure of the variation of this marker was found"
    known = [band for band in bands if not band["missing"]]
    if not known:
        return *unjudged, bands[0]["missing"]
    if math.isnan(row["ratio"]):
        return *unjudged, "the level before is 0" if row["before"] == 0 else "no level before was printed"
    band = known[0]
    fewest, most = _women(row)
    limits = (*_limits(band, row, most)[:2], *_limits(band, row, fewest)[2:])
    inside = [limits[0] <= row["ratio"] <= limits[1], limits[2] <= row["ratio"] <= limits[3]]
    verdict = WITHIN if all(inside) else BETWEEN if any(inside) else OUTSIDE
    why = ""
    if verdict != WITHIN and band["assay_alone"]:
        verdict, why = UNKNOWN, ASSAY_ALONE
    elif verdict == BETWEEN and fewest != most:
        verdict, why = UNKNOWN, _undecided(band, row, most)
    return *limits, _basis(band, row), verdict, why


def _women(row: dict[Any, Any]) -> tuple[float, float]:
    """Give the fewest and the most women that the change can be of, for its band."""
    if row["subject"] != "cohort":
        return 1, 1
    if row["statistic"] not in MEANS:
        return 1, math.inf
    if pd.notna(row["women"]):
        return row["women"], row["women"]
    return 2, max(2, row["at_most"]) if pd.notna(row["at_most"]) else math.inf


def _limits(band: dict[Any, Any], row: dict[Any, Any], women: float) -> tuple[float, ...]:
    """Turn the limits of one woman into those of a mean of `women`, in proportion to the level before."""
    root = math.sqrt(women)
    narrow = (band["narrow_low"], band["narrow_high"], band["narrow_mean"])
    wide = (band["low"], band["high"], band["mean"])
    limits = []
    for low, high, mean in (narrow, wide):
        if pd.isna(mean):
            # Coefficients of variation: even on the log scale.
            ends = (low ** (1 / root), high ** (1 / root))
        else:
            scale = mean / row["before"] if _near(mean, row["before"]) else 1
            # The mean difference that limits of agreement lie about is no spread, and stays.
            middle, half = scale * ((low + high) / 2 - 1), scale * (high - low) / 2 / root
            ends = (1 + middle - half, 1 + middle + half)
        widest = _widest(band, row) / root
        limits += [max(ends[0], 1 - widest), min(ends[1], 1 + widest)]
    return tuple(limits)


def _near(mean: float, before: float) -> bool:
    return bool(mean / NEAR <= before <= mean * NEAR)


def _widest(band: dict[Any, Any], row: dict[Any, Any]) -> float:
    """Half the width that the study's own standard deviations allow, by the level before; infinite if they were not printed."""
    spreads = (row["sd_before"], row["sd_after"])
    if row["statistic"] not in MEANS or any(map(math.isnan, spreads)):
        return math.inf
    return float(stats.largest_unchanged(*spreads, band["level"])) / float(row["before"])


def _basis(band: dict[Any, Any], row: dict[Any, Any]) -> str:
    """Say how the band was carried to the level of the women."""
    alike = pd.notna(band["mean"]) and _near(band["mean"], row["before"])
    words = "in the unit of the marker" if alike else "in proportion to the level"
    free = {**row, "sd_before": math.nan}
    return (
        words if _limits(band, row, 1) == _limits(band, free, 1) else f"{words}, limited by the study's SDs"
    )


def _undecided(band: dict[Any, Any], row: dict[Any, Any], most: float) -> str:
    """Say from how many women on a change would be beyond its band, where the number decides."""
    if row["statistic"] not in MEANS:
        return "no mean: the band of another statistic of several women is not known"
    many = f" of at most {number(most)} women" if math.isfinite(most) else " women"
    for women in range(3, int(min(most, _MOST_WOMEN)) + 1):
        low, high = _limits(band, row, women)[2:]
        if not low <= row["ratio"] <= high:
            return f"{UNCOUNTED}: beyond the largest band if {women} or more{many}"
    return f"{UNCOUNTED}: not beyond the largest band, however many{many}"


def women_text(row: Any) -> str:
    """Say how many women a judged change is of."""
    if row.subject != "cohort":
        return "1"
    if pd.notna(row.women):
        return number(row.women)
    return "not printed" if pd.isna(row.at_most) else f"not printed, at most {number(row.at_most)}"


def course_rows(courses: Iterable[Course]) -> pd.DataFrame:
    """Put levels, changes and statements in words of several markers below each other, marker by marker.

    what is level, change or in words; evidence names the evidence rows.
    """
    frames = []
    for course in courses:
        levels = course.levels.assign(
            what="level", months=course.levels["timepoint_months"], evidence=course.levels["evidence_row"]
        )
        changes = course.changes.assign(what="change", months=course.changes["to_months"])
        words = course.described.assign(what="in words", months=math.nan)
        frames += [block.assign(measure=course.measure) for block in (levels, changes, words)]
    columns = ["measure", *_ARM[:-1], "what", "months", "text", "origin", "citation", "evidence"]
    kept = [frame[columns] for frame in frames if len(frame)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns, dtype="str")
