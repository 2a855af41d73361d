"""Blocks of a table by what the women received: treated women and women without cells never share one."""

from __future__ import annotations

import pandas as pd

from helpers.evidence.vocabulary import TISSUE, capital, phrase

#: Heading of a block, by the kind of its arms; in this order.
BLOCKS = {
    "cells": "women treated with cells",
    "mixed": "women with cells and women without, not reported apart",
    "untreated": "women without cells: untreated",
    "comparator": "women without cells: another treatment, placebo or comparison",
}


def in_blocks(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the block of each row, its study with who the women were, and its arm, and sort the rows by block.

    `rows` have study_label, population, arm_label and arm_kind, as ``Evidence.select`` joins them, in the order wanted
    within a block.
    """
    rows = rows.assign(
        block=rows["arm_kind"].map(BLOCKS),
        study=rows["study_label"] + (", " + rows["population"].astype("str")).fillna(""),
        arm=rows["arm_label"],
    )
    return rows.sort_values("arm_kind", key=lambda kinds: kinds.map(list(BLOCKS).index), kind="stable")


def in_tissue_blocks(rows: pd.DataFrame) -> pd.DataFrame:
    """Do the same tissue by tissue where the rows are of several, with the tissue treated before the name of the block."""
    rows = in_blocks(rows)
    if rows["tissue"].nunique() < 2:
        return rows
    rows = rows.sort_values("tissue", key=lambda names: names.map(list(TISSUE).index), kind="stable")
    return rows.assign(block=rows["tissue"].map(TISSUE).map(capital) + ", " + rows["block"])


def in_marker_blocks(rows: pd.DataFrame) -> pd.DataFrame:
    """Do the same marker by marker, in their order, with the marker before the name of the block; rows have a measure too."""
    markers = list(dict.fromkeys(rows["measure"]))
    rows = in_blocks(rows).sort_values("measure", key=lambda names: names.map(markers.index), kind="stable")
    return rows.assign(block=rows["measure"].map(phrase).map(capital) + ", " + rows["block"])
