"""Randomised trials whose cells came on a scaffold that no control arm is reported to have: they cannot separate the two."""

from __future__ import annotations

from helpers.evidence import Evidence
from helpers.show.words import plain


def scaffolds_with_cells_only(ev: Evidence) -> dict[str, str]:
    """Map the label of each such trial to its scaffold, as printed: every arm with cells has one, no other arm has."""
    trials = ev.studies[ev.studies["design"] == "rct"].set_index("study_id")["label"]
    found = {}
    for study, arms in ev.arms[ev.arms["study_id"].isin(trials.index)].groupby("study_id"):
        cells = arms["kind"] == "cells"
        with_cells, others = arms.loc[cells, "scaffold"], arms.loc[~cells, "scaffold"]
        if len(with_cells) and len(others) and with_cells.notna().all() and others.isna().all():
            found[str(trials[str(study)])] = " or ".join(with_cells.unique())
    return found


def cells_given(label: str, scaffolds: dict[str, str]) -> str:
    """Name what the arm with cells of a trial received: ``"cells on a collagen scaffold"``, else ``"cells"``."""
    return f"cells on a {plain(scaffolds[label])} scaffold" if label in scaffolds else "cells"
