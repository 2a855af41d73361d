"""Percentages against their denominators: GRIM for percentages."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, all_given, rows_of
from helpers.evidence.package import Evidence

#: Count, total and percentage of each table; a pooled proportion lies between 0 and 1.
_SHARES = {
    "outcomes": ("events", "total", "percent_reported"),
    "baseline": ("n", "total", "percent_reported"),
    "pooled": ("events", "total", "estimate"),
}
#: At most so many fractions are told.
_FRACTIONS_SHOWN = 6


def possible_counts(percent: str, total: int) -> list[int]:
    """List the counts of a total that could have been printed as a percentage; both ways of rounding a half count.

    Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369, for percentages.
    """
    printed, half = Decimal(percent), half_unit(percent)
    nearby = _nearby(printed, half, total)
    return [k for k in nearby if abs(Decimal(k) * 100 - printed * total) <= half * total]


def truncated_counts(percent: str, total: int) -> list[int]:
    """List the counts of a total whose exact percentage begins with the printed digits: cut off, not rounded."""
    printed, unit = Decimal(percent), 2 * half_unit(percent)
    nearby = _nearby(printed, unit, total)
    return [k for k in nearby if 0 <= Decimal(k) * 100 - printed * total < unit * total]


def possible_denominators(percent: str, most: int) -> list[tuple[int, int]]:
    """List the fractions, by rising total up to `most`, that could have been printed as a percentage."""
    return [(k, total) for total in range(1, most + 1) for k in possible_counts(percent, total)]


def totals_of(events: int, percent: str, end: int) -> range:
    """List the totals below `end` of which a count of 1 or more gives the percentage; both ways of rounding a half count."""
    low, high = Decimal(percent) - half_unit(percent), Decimal(percent) + half_unit(percent)
    least = max(events, math.ceil(100 * events / high))
    return range(least, end if low <= 0 else min(end, math.floor(100 * events / low) + 1))


def half_unit(printed: str) -> Decimal:
    """Give half a unit of the last digit of a printed figure: how far rounding can have moved it."""
    exponent = Decimal(printed).as_tuple().exponent
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2


def percentage_of_total(ev: Evidence) -> Iterator[Misfit]:
    """Find percentages that their own total, or their own count, does not allow.

    Rates of a model (cumulative incidence, a prediction) are no fraction and are passed over. Whatever the count, a
    percentage that no count of the total gives is wrong by arithmetic; where the fraction could have been cut off
    instead of rounded, the finding is ``possible``, since both are in use. So is that of a pooled proportion with an
    interval, which may come of a model that weighs the studies.
    """
    for table, (count, total, percent) in _SHARES.items():
        text = ev.printed[table]
        bases = ev.tables[table].get("total_basis", pd.Series("reported", index=text.index))
        for row, cells in rows_of(text[all_given(text, total, percent) & _is_share(ev, table)]):
            n, events = int(cells[total]), cells[count]
            share = _as_percent(cells[percent]) if table == "pooled" else cells[percent]
            counts, cut = possible_counts(share, n), truncated_counts(share, n)
            if counts if events == "" else int(events) in counts:
                continue
            if cut if events == "" else int(events) in cut:
                whole = cut[0] if events == "" else int(events)
                possible = f"{whole}/{n} = {_percent(whole, n)}; cut off, not rounded"
                confidence = Confidence.POSSIBLE
            else:
                possible = _fit(share, counts, n, events)
                confidence = Confidence.CERTAIN if bases[row] == "reported" else Confidence.LIKELY
            if cells.get("low"):
                possible += "; unless a model weighed the studies"
                confidence = Confidence.POSSIBLE
            printed = f"{share} % for {events}/{n}" if events else f"{share} % of {n}"
            yield Misfit(table, [row], printed, possible, confidence)


def percentage_of_enrolled(ev: Evidence) -> Iterator[Misfit]:
    """Find percentages of women, printed without a total, that the women of the arm do not allow.

    The women of the arm are those enrolled where the arm gives no number of its own. The finding tells which
    denominators up to that number would do. A percentage of women who completed is sound: where the row has a
    count and total that fit, and that the percentage alone does not give away, nothing is told; where the document
    prints a smaller total that fits, the finding is ``possible``.
    """
    text = ev.printed["outcomes"]
    frame = ev.select("outcomes")
    women = frame["arm_n"].fillna(frame["n_enrolled"])
    bare = (text["total"] == "") | frame["total_basis"].eq("inferred")
    whole = bare & (text["subgroup"] == "") & frame["total_unit"].eq("women") & women.notna()
    others = _printed_totals(frame)
    for row, cells in rows_of(text[whole & all_given(text, "percent_reported") & _is_share(ev, "outcomes")]):
        share, n = cells["percent_reported"], int(women[row])
        if possible_counts(share, n) or truncated_counts(share, n):
            continue
        fractions = possible_denominators(share, n)
        own = (int(cells["events"]), int(cells["total"])) if cells["events"] and cells["total"] else None
        # The one fraction that fits may have been worked out from the percentage; then it explains nothing.
        if own in fractions and len(fractions) > 1:
            continue
        fitting = ", ".join(f"{k}/{total}" for k, total in fractions[-_FRACTIONS_SHOWN:]) or "no fraction"
        possible = f"no count of {n} gives it; of smaller totals {fitting} would be printed so"
        confidence = Confidence.LIKELY if fractions else Confidence.CERTAIN
        if {total for _, total in fractions} & others.get((cells["study_id"], cells["source_id"]), set()):
            confidence = Confidence.POSSIBLE
        printed = f"{share} % of {n} women"
        yield Misfit("outcomes", [row], printed, possible, confidence)


def _printed_totals(outcomes: pd.DataFrame) -> dict[tuple[str, str], set[int]]:
    """Take the totals of women that each document prints with the outcomes of a study."""
    women = outcomes["total_unit"].eq("women") & outcomes["total_basis"].eq("reported")
    printed = outcomes.loc[women, ["study_id", "source_id", "total"]].dropna()
    totals: dict[tuple[str, str], set[int]] = defaultdict(set)
    for study, source, total in printed.itertuples(index=False):
        totals[study, source].add(int(total))
    return totals


def _is_share(ev: Evidence, table: str) -> pd.Series[bool]:
    frame = ev.tables[table]
    if table == "pooled":
        # An estimate with an interval comes of a model; a crude share can have one too, where its count is printed.
        return frame["effect"].eq("proportion") & (frame["low"].isna() | frame["events"].notna())
    return frame["extraction"].ne("model") if table == "outcomes" else frame["total"].notna()


def _as_percent(proportion: str) -> str:
    """Move the point of a proportion, with the decimals that were printed and no zero after them."""
    digits = Decimal(proportion).scaleb(2)
    shown = f"{digits:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _nearby(printed: Decimal, slack: Decimal, total: int) -> range:
    low, high = (printed - slack) * total / 100, (printed + slack) * total / 100
    return range(max(0, int(low) - 1), min(total, int(high) + 1) + 1)


def _fit(percent: str, counts: list[int], total: int, events: str) -> str:
    """Tell what the figures would have to be."""
    own = [f"{events}/{total} = {_percent(int(events), total)}"] if events else []
    parts = list(own)
    if counts:
        parts.append(f"{percent} % of {total} would be " + " or ".join(map(str, counts)))
    else:
        below = int(Decimal(percent) * total / 100)
        near = [f"{k}/{total} = {_percent(k, total)}" for k in (below, below + 1) if k <= total]
        parts = [one for one in own if one not in near]
        parts.append(f"no count of {total} gives it; the nearest are " + " and ".join(near))
    others = totals_of(int(events), percent, 2 * total + 50) if events and int(events) else range(0)
    if others:
        parts.append(f"{events} would need a total of " + _range(others))
    return "; ".join(parts)


def _range(numbers: range) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.4g} %"
