"""Times that cannot be: births within a follow-up shorter than a pregnancy, and changes against levels and direction."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, key_of, rows_of
from helpers.checks.percentages import half_unit
from helpers.evidence.package import Evidence
from helpers.evidence.vocabulary import BIRTHS, phrase
from helpers.evidence.within_rows import RATIOS

#: Months from conception to a birth at term (37 weeks of gestation are 35 from conception) and to the earliest birth
#: that a child survives (22 weeks are 20 from conception).
TERM_MONTHS, VIABLE_MONTHS = 8.0, 4.6
#: Each direction and the other.
_OTHER_WAY = {"up": "down", "down": "up", "higher": "lower"}
_SAME_LEVEL = ["study_id", "arm_id", "subject", "subgroup", "measure"]


def births_within_follow_up(ev: Evidence) -> Iterator[Misfit]:
    """Find births within a time after treatment that is too short for conception and pregnancy.

    The time is that of the row, else the longest follow-up that its source states, else, for the study's own document,
    the follow-up of the study. Only arms
    with cells count: a pregnancy of another cohort need not begin with the treatment. A birth before term needs only
    the time in which a child can live.
    """
    frame = ev.select("outcomes")
    births = frame[
        frame["outcome"].isin(BIRTHS) & frame["arm_kind"].eq("cells") & (frame["events"] > 0).fillna(False)
    ]
    stated = follow_up_stated(ev)
    main = ev.studies.set_index("study_id")["source_id"]
    for row, cells in rows_of(births):
        study, source = cells["study_id"], cells["source_id"]
        ends = [(cells["timepoint_months"], ""), *stated.get((study, source), [])]
        ends += [(cells["follow_up_months"], "")] * (main[study] == source)
        months, where = next((end for end in ends if pd.notna(end[0])), (TERM_MONTHS, ""))
        early = cells["outcome"] == "preterm-birth"
        least, born = (VIABLE_MONTHS, "alive") if early else (TERM_MONTHS, "at term")
        if months >= least:
            continue
        counted = f"{cells['events']} {phrase(cells['outcome'])}{'s' * (cells['events'] != 1)}"
        printed = f"{counted} within {months:g} months of follow-up{where}"
        possible = (
            f"a child conceived after treatment is born {born} after {least:g} months or more; "
            "the births lie beyond the follow-up, or the pregnancies began before"
        )
        sure = Confidence.CERTAIN if months < VIABLE_MONTHS else Confidence.LIKELY
        yield Misfit("outcomes", [row], printed, possible, sure)


def change_against_levels(ev: Evidence) -> Iterator[Misfit]:
    """Find changes since baseline that the levels at the same two times do not show.

    A mean change is the change of the means; the ratio of means is a mean ratio only about, so that a percentage is
    held to the levels loosely.
    """
    levels = ev.measurements[ev.measurements["mean"].notna() | ev.measurements["median"].notna()]
    frame = ev.changes[ev.changes["compared_with"].eq("baseline")]
    by_key: dict[tuple[Any, ...], dict[int, dict[str, Any]]] = {}
    for row, level in rows_of(levels):
        by_key.setdefault(key_of(level, _SAME_LEVEL), {})[row] = level
    for row, cells in rows_of(frame):
        rows = by_key.get(key_of(cells, _SAME_LEVEL), {})
        start = 0.0 if pd.isna(cells["from_months"]) else cells["from_months"]
        befores, afters = (
            [index for index, level in rows.items() if level["timepoint_months"] == months]
            for months in (start, cells["to_months"])
        )
        for before, after in product(befores, afters):
            if before != after:
                yield from _held(ev, row, cells, before, after)


def _held(ev: Evidence, row: int, cells: dict[str, Any], before: int, after: int) -> Iterator[Misfit]:
    """Hold one change against the levels of two rows; a change without direction has its sign, others their size."""
    text = dict(rows_of(ev.printed["measurements"].loc[[before, after]]))
    centre = "mean" if text[before]["mean"] and text[after]["mean"] else "median"
    shown = [text[index][centre] for index in (before, after)]
    if not all(shown) or text[before]["unit"] != text[after]["unit"]:
        return
    first, last = map(float, shown)
    steps = [float(half_unit(level)) for level in shown]
    levels = f"{centre} {shown[0]} to {shown[1]} {text[after]['unit']}".rstrip()
    direction = "up" if last - first > sum(steps) else "down" if first - last > sum(steps) else "none"
    if {cells["direction"], direction} == {"up", "down"}:
        printed, possible = f"{cells['measure']} {cells['direction']}", f"the levels go {direction}: {levels}"
        yield Misfit("changes", [row], printed, possible, Confidence.LIKELY)
        return
    change = ev.printed["changes"].loc[row].to_dict()["change"]
    # So many times lower: the ratio is that of the first level to the last.
    if change and cells["direction"] == "down" and cells["change_kind"] == "fold" and float(change) > 1:
        first, last, steps = last, first, steps[::-1]
    expected = _expected(first, last).get(str(cells["change_kind"]))
    if not change or expected is None:
        return
    slack = float(half_unit(change)) + _slack(first, last, steps, cells["change_kind"])
    signed = cells["direction"] not in _OTHER_WAY
    size = (lambda figure: figure) if signed else abs
    if abs(size(float(change)) - size(expected)) > slack:
        printed = f"{cells['measure']} changed by {change} ({cells['change_kind']})"
        possible = f"{expected:.4g} from the levels: {levels}"
        yield Misfit("changes", [row], printed, possible, Confidence.POSSIBLE)


def change_against_direction(ev: Evidence) -> Iterator[Misfit]:
    """Find changes and ratios of secretion that point another way than the direction printed with them.

    A decrease may be told by its size without a sign, and '4-fold lower' is a quarter: neither is questioned.
    """
    text = ev.printed["changes"]
    frame = ev.changes
    # Of a size the sign tells the direction, of a ratio whether it lies above 1.
    _, kinds, _ = RATIOS["changes"]
    ratio = frame["change_kind"].isin(kinds)
    turned = frame["direction"].eq("up") & (frame["change"] < ratio.astype(float))
    turned |= frame["direction"].eq("down") & frame["change_kind"].isin(["rr", "or"]) & (frame["change"] > 1)
    for row, cells in rows_of(text[turned & frame["change"].notna()]):
        printed = f"{cells['measure']} {cells['direction']}, {cells['change']} ({cells['change_kind']})"
        yield _turned("changes", row, printed, cells["direction"])
    text = ev.printed["secretion"]
    ratios = pd.to_numeric(text["ratio"].astype("str"), errors="coerce")
    for row, cells in rows_of(text[text["direction"].eq("higher") & (ratios < 1)]):
        printed = f"{cells['mediator']} {cells['direction']}, ratio {cells['ratio']}"
        yield _turned("secretion", row, printed, cells["direction"])


def _turned(table: str, row: int, printed: str, direction: str) -> Misfit:
    possible = f"the figure says {_OTHER_WAY[direction]}; the direction, the sign or what is compared with what is turned"
    return Misfit(table, [row], printed, possible, Confidence.LIKELY)


def _expected(first: float, last: float) -> dict[str, float]:
    if first == 0:
        return {"absolute": last - first}
    return {"absolute": last - first, "percent": 100 * (last / first - 1), "fold": last / first}


def _slack(first: float, last: float, steps: list[float], kind: str) -> float:
    """Tell how far rounding of the levels can move the change."""
    if kind == "absolute":
        return sum(steps)
    relative = (steps[0] / abs(first) + (steps[1] / abs(last) if last else 1)) * abs(last / first)
    return 100 * relative if kind == "percent" else relative


def follow_up_stated(ev: Evidence) -> dict[tuple[str, str], list[tuple[float, str]]]:
    """Read the longest follow-up that each source states of a study, and the row that says so."""
    rows = ev.statements[ev.statements["item"].eq("follow-up") & ev.statements["unit"].eq("months")]
    stated: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for index, cells in rows_of(rows):
        numbers = [float(part) for part in re.findall(r"\d+(?:\.\d+)?", str(cells["value"]))]
        if numbers:
            key = (cells["study_id"], cells["source_id"])
            stated.setdefault(key, []).append((max(numbers), f" (statements row {index + 2})"))
    return {key: sorted(ends, reverse=True) for key, ends in stated.items()}
