"""Means and spreads of whole numbers against the number of women: GRIM, GRIMMER, DEBIT, the range and the standard error."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, all_given, rows_of
from helpers.checks.percentages import half_unit
from helpers.evidence.figure_readings import COHORT, READ_OFF
from helpers.evidence.package import Evidence

#: Measures that are whole numbers in every woman.
WHOLE = ("AFC", "oocytes", "mature-oocytes", "blastocysts", "prior-pregnancies", "prior-deliveries",
         "follicle-number-day-11", "stimulable-antral-follicles")  # fmt: skip
_WITH_N = "; they fit if the SD was computed with n in place of n - 1"
#: Spreads of one measure that are further apart than so many times are not alike.
_NEAR = 1.25
#: The unit of a measure that is 0 or 1 in every woman.
_BINARY_UNIT = "proportion"
#: Columns with a standard deviation and the limits of the same values.
_RANGES = {"measurements": ("sd", "minimum", "maximum"), "arms": ("age_sd", "age_min", "age_max")}


def possible_totals(mean: str, n: int) -> list[int]:
    """List the sums of `n` whole numbers whose mean would be printed so (GRIM); both ways of rounding a half count.

    Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci 2017;8:363-369.
    """
    printed, half = Decimal(mean), half_unit(mean)
    low, high = (printed - half) * n, (printed + half) * n
    return [total for total in range(math.floor(low), math.ceil(high) + 1) if low <= total <= high]


def sd_possible(mean: str, sd: str, n: int, ddof: int = 1) -> bool:
    """Tell whether two or more whole numbers can have this mean and standard deviation (GRIMMER).

    Their sum of squares must be whole, and as odd or even as their sum. `ddof` is 1 for the SD of a sample, else 0.
    Anaya J. The GRIMMER test. PeerJ Preprints 2016;4:e2400v1; Allard A. Analytic-GRIMMER, 2018.
    """
    low = max(Decimal(0), Decimal(sd) - half_unit(sd))
    high = Decimal(sd) + half_unit(sd)
    for total in possible_totals(mean, n):
        centre = Decimal(total) ** 2 / n
        least, most = low**2 * (n - ddof) + centre, high**2 * (n - ddof) + centre
        slack = Decimal("1e-12")
        squares = range(math.ceil(least - slack), math.floor(most + slack) + 1)
        if any(square % 2 == total % 2 for square in squares):
            return True
    return False


def binary_sd_possible(mean: str, sd: str, n: int, ddof: int = 1) -> bool:
    """Say whether `n` values of 0 and 1 can have this mean and standard deviation (DEBIT).

    `ddof` is 1 for that of a sample. Heathers JAJ, Brown NJL. DEBIT: a simple consistency test for binary
    data. OSF 2019, osf.io/5vb3u.
    """
    slack = half_unit(sd) + Decimal("1e-12")
    for count in possible_totals(mean, n):
        share = Decimal(count) / n
        if 0 <= count <= n and abs((share * (1 - share) * n / (n - ddof)).sqrt() - Decimal(sd)) <= slack:
            return True
    return False


def _levels(ev: Evidence, *columns: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Go through the levels as printed that have all these cells, but those read off a figure."""
    text = ev.printed["measurements"]
    return rows_of(text[all_given(text, *columns) & text["extraction"].ne(READ_OFF)])


def mean_of_whole_numbers(ev: Evidence) -> Iterator[Misfit]:
    """Find means, and means with standard deviations, that whole numbers of so many women cannot have."""
    for row, cells in _levels(ev, "mean", "n"):
        if (measure := cells["measure"]) not in WHOLE:
            continue
        mean, sd, n = cells["mean"], cells["sd"], int(cells["n"])
        printed, confidence = f"{measure} {mean}{f' ± {sd}' if sd else ''}, n = {n}", Confidence.LIKELY
        if not possible_totals(mean, n):
            below = math.floor(Decimal(mean) * n)
            near = " and ".join(f"{total}/{n} = {total / n:.4g}" for total in (below, below + 1))
            possible = f"no sum of {n} whole numbers; the nearest are {near}"
        elif sd and n > 1 and not sd_possible(mean, sd, n):
            possible = f"no {n} whole numbers have this mean and standard deviation together"
            if sd_possible(mean, sd, n, ddof=0):
                possible, confidence = f"{possible}{_WITH_N}", Confidence.POSSIBLE
        else:
            continue
        yield Misfit("measurements", [row], printed, possible, confidence)


def spread_of_shares(ev: Evidence) -> Iterator[Misfit]:
    """Find standard deviations of shares that values of 0 and 1 cannot have."""
    for row, cells in _levels(ev, "mean", "sd", "n"):
        mean, sd, n = cells["mean"], cells["sd"], int(cells["n"])
        if cells["unit"] == _BINARY_UNIT and n > 1 and not binary_sd_possible(mean, sd, n):
            possible, confidence = f"no count of {n} gives both", Confidence.CERTAIN
            if binary_sd_possible(mean, sd, n, ddof=0):
                possible, confidence = f"{possible}{_WITH_N}", Confidence.POSSIBLE
            yield Misfit("measurements", [row], f"{mean} ± {sd}, n = {n}", possible, confidence)


def spread_in_range(ev: Evidence) -> Iterator[Misfit]:
    """Find standard deviations above that of half the values at either limit.

    Half the range times sqrt(n / (n - 1)).
    """
    for table, (sd, low, high) in _RANGES.items():
        text = ev.printed[table]
        for row, cells in rows_of(text[all_given(text, sd, low, high, "n")]):
            n, ends = int(cells["n"]), (cells[low], cells[high])
            if n < 2:
                continue
            width = Decimal(ends[1]) - Decimal(ends[0]) + sum(map(half_unit, ends))
            most = width / 2 * (Decimal(n) / (n - 1)).sqrt()
            if Decimal(cells[sd]) - half_unit(cells[sd]) > most:
                printed = f"SD {cells[sd]}, range {ends[0]} to {ends[1]}, n = {n}"
                yield Misfit(table, [row], printed, f"an SD of at most {most:.4g}", Confidence.CERTAIN)


def standard_error_of_mean(ev: Evidence) -> Iterator[Misfit]:
    """Find standard errors that are not the standard deviation by the root of the number of women.

    Rounding of both is allowed for; figures read off are passed over. Of one alone see
    `_one_taken_for_the_other`.
    """
    yield from _both_printed(ev)
    yield from _one_taken_for_the_other(ev)


def _both_printed(ev: Evidence) -> Iterator[Misfit]:
    for row, cells in _levels(ev, "sd", "se", "n"):
        sd, se, n = cells["sd"], cells["se"], int(cells["n"])
        # An SD with n in place of n - 1 gives the same SE when it is divided by the root of n - 1.
        own, other = (
            abs(Decimal(se) * root - Decimal(sd)) <= half_unit(se) * root + half_unit(sd)
            for root in (Decimal(n).sqrt(), Decimal(n - 1).sqrt())
        )
        if not own:
            printed = f"{cells['measure']} SD {sd}, SE {se}, n = {n}"
            possible = f"an SE of {Decimal(sd) / Decimal(n).sqrt():.3g}" + (_WITH_N if other else "")
            confidence = Confidence.POSSIBLE if other else Confidence.CERTAIN
            yield Misfit("measurements", [row], printed, possible, confidence)


def _one_taken_for_the_other(ev: Evidence) -> Iterator[Misfit]:
    """Find a standard deviation that only as a standard error is like the others of its study, and the other way round.

    It is below half of each of two others or more, or above twice, also as a share of its mean; turned into
    the other kind it fits.
    """
    text = ev.printed["measurements"]
    for column, other, power in (("sd", "se", 0.5), ("se", "sd", -0.5)):
        rows = text[all_given(text, "mean", column) & text[other].eq("") & text["subject"].eq(COHORT)]
        alike = ["study_id", "measure", "unit", "source_id"]
        rows = rows[rows.groupby(alike)[column].transform("size") > 2]
        for (_, measure, *_), group in rows.groupby(alike, sort=False):
            spreads = group[column].astype(float)
            shares = spreads / group["mean"].astype(float).abs()
            for row in group.index:
                near = spreads.drop(row)
                alone = all(_apart(figures, row, below=column == "sd") for figures in (spreads, shares))
                if not alone or not 0 < near.max() <= 2 * near.min():
                    continue
                women = _women(ev, row)
                made = spreads[row] * women**power if women > 1 else 0
                if near.min() / _NEAR < made < near.max() * _NEAR:
                    own, others = str(group.at[row, column]), ", ".join(group[column].drop(row))
                    printed = f"{measure} {column.upper()} {own}, n = {women}, beside {others}"
                    possible = f"an {other.upper()} of {own}, and so an {column.upper()} of about {made:.3g}"
                    yield Misfit("measurements", [row], printed, possible, Confidence.LIKELY)


def _apart(figures: pd.Series[float], row: int, *, below: bool) -> bool:
    """Tell whether a figure is below half of each of the others, or above twice."""
    others = figures.drop(row)
    return bool(2 * figures[row] < others.min() if below else figures[row] > 2 * others.max())


def _women(ev: Evidence, row: int) -> int:
    """Count the women of a level: those of the row, else of its arm; 0 where neither is known."""
    study, arm = ev.measurements.at[row, "study_id"], ev.measurements.at[row, "arm_id"]
    own = ev.arms["study_id"].eq(str(study)) & ev.arms["arm_id"].eq(str(arm))
    return int([*ev.measurements.loc[[row], "n"].dropna(), *ev.arms.loc[own, "n"].dropna(), 0][0])
