"""Levels that a unit does not allow, outcomes that cannot be measured in women, and figures that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from helpers.checks.findings import Confidence, Misfit, all_given, rows_of
from helpers.evidence.package import Evidence
from helpers.evidence.units import CANONICAL, LEVELS

#: The least and the most that a woman can have, in canonical units, with room: a level outside has the wrong unit or
#: a slip of the point. Far wider than any reference range in `reference_values`; no judgement of health.
BOUNDS = {
    "FSH": (0.0, 300.0),
    "LH": (0.0, 300.0),
    "E2": (0.0, 30000.0),
    "AMH": (0.0, 50.0),
    "AFC": (0.0, 150.0),
    "ovarian-volume": (0.01, 200.0),
    "endometrial-thickness": (0.1, 40.0),
}
#: Outcomes that need the whole ovary or a laboratory animal.
ONLY_IN_ANIMALS = (
    "ovarian-weight", "oestrous-cycle", "oestrous-cycle-improved", "oestrous-cycle-length", "follicles-primordial",
    "follicles-primary", "follicles-secondary", "follicles-atretic", "corpus-luteum", "births-count",
)  # fmt: skip


def unit_plausibility(ev: Evidence) -> Iterator[Misfit]:
    """Find levels that no woman can have in the unit given."""
    frame = ev.measurements
    centres = [level for level in LEVELS if level not in ("sd", "se")]
    for measure, (least, most) in BOUNDS.items():
        rows = frame[frame["measure"].eq(measure)]
        outside = rows[centres].lt(least) | rows[centres].gt(most)
        text = ev.printed["measurements"]
        for row, cells in rows_of(text.loc[rows.index[outside.any(axis=1)]]):
            which = next(level for level in centres if outside[level][row])
            printed = f"{measure} {which} {cells[which]} {cells['unit']}".rstrip()
            possible = f"{least:g} to {most:g} {CANONICAL[measure]}; another unit, or a slip of the point"
            yield Misfit("measurements", [row], printed, possible, Confidence.LIKELY)


def measurable_in_women(ev: Evidence) -> Iterator[Misfit]:
    """Find pooled results of women for what can only be had of an animal."""
    frame = ev.pooled[ev.pooled["species"].eq("human") & ev.pooled["outcome"].isin(ONLY_IN_ANIMALS)]
    for row, cells in rows_of(frame):
        printed = f"{cells['outcome']} pooled of women"
        possible = "needs an animal, or the ovary out of the body; perhaps a volume was meant, or animals are among the studies"
        yield Misfit("pooled", [row], printed, possible, Confidence.LIKELY)


def identical_figures(ev: Evidence) -> Iterator[Misfit]:
    """Find two different measures of one group with the same figures, which one of them was probably copied from.

    Held together are centre and spread of the levels of one arm at one time, and estimate and interval of the pooled
    results of one subgroup: two or three figures that agree by chance are rare.
    """
    text = ev.printed["measurements"]
    same = ["study_id", "arm_id", "subject", "subgroup", "timepoint_months", "source_id"]
    for spread in ("sd", "se"):
        yield from _identical(
            "measurements", text[all_given(text, "mean", spread)], same, "measure", ["mean", spread]
        )
    text = ev.printed["pooled"]
    same = ["source_id", "species", "subgroup_variable", "subgroup", "effect", "model"]
    figures = ["estimate", "low", "high"]
    yield from _identical("pooled", text[all_given(text, *figures)], same, "outcome", figures)


def _identical(
    table: str, rows: pd.DataFrame, same: list[str], what: str, figures: list[str]
) -> Iterator[Misfit]:
    # Single digits agree by chance too often.
    digits = rows[figures].apply(lambda column: column.str.replace(r"[-.]|^0+", "", regex=True).str.len())
    rows = rows[digits.sum(axis=1) > 3]
    rows = rows[rows.duplicated([*same, *figures], keep=False)]
    for _, group in rows.groupby([*same, *figures], sort=False):
        names = list(dict.fromkeys(group[what]))
        if len(names) < 2:
            continue
        printed = f"{' and '.join(names)}: {', '.join(f'{name} {group[name].iloc[0]}' for name in figures)}"
        possible = "two measures rarely agree in every digit; one was probably copied from the other"
        yield Misfit(table, group.index, printed, possible, Confidence.LIKELY)
