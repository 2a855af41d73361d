"""Pooled effects that published meta-analyses print by source of the cells: women and animals, never together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from helpers.checks import check_numbers
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import EFFECT, MODEL, SCALE_OF_EFFECT, phrase
from helpers.show.numbers import number

#: Subgroups by the source of what was given, and what was given.
_GIVEN = {"cell-source": "cells", "EV-source": "cell-free vesicles"}
#: Of women also donor, and donor with scaffold.
_GIVEN_TO_WOMEN = _GIVEN | {"cells": "cells", "donor": "cells"}
#: Remarks without which an estimate would be misread; they are in its label.
_WARNINGS = ("misprint suspected", "indirect comparison")
_NARROW = "interval too narrow for so few women"
_DRAWN = "yes"


def animal_effects(ev: Evidence, outcomes: Sequence[str] = ("all",)) -> pd.DataFrame:
    """Take the estimates that meta-analyses of animals print by source of the cells, or of vesicles of cells; nothing is pooled.

    chosen is ``yes``, or why the estimate is not drawn: a fixed-effect one is not where the same document
    prints random effects.
    """
    rows = ev.select("pooled")
    rows = rows[rows["species"].ne("human") & rows["subgroup_variable"].isin(_GIVEN)]
    if "all" not in outcomes:
        rows = rows[rows["outcome"].isin(outcomes)]
    return _prepared(rows, "animal", _GIVEN)


def women_effects(ev: Evidence) -> pd.DataFrame:
    """Take the estimates that meta-analyses of women print by source or donor of the cells, as `animal_effects` does.

    too_narrow marks the intervals that the check of reported numbers finds too narrow for the women behind
    them.
    """
    rows = ev.select("pooled", species="human")
    effects = _prepared(rows[rows["subgroup_variable"].isin(_GIVEN_TO_WOMEN)], "human", _GIVEN_TO_WOMEN)
    narrow = {finding.evidence[0] for finding in check_numbers(ev, ["interval-and-women"])}
    too_narrow = effects["evidence_row"].isin(narrow)
    section = effects["section"].mask(too_narrow, effects["section"] + f"; {_NARROW}")
    return effects.assign(too_narrow=too_narrow, section=section)


def _prepared(rows: pd.DataFrame, level: str, given: dict[str, str]) -> pd.DataFrame:
    same = ["source_id", "species", "outcome", "subgroup_variable", "subgroup", "effect"]
    # The measure and its name stay as printed; the label names donor and source.
    frame = rows.assign(
        level=level,
        given=rows["subgroup_variable"].map(given),
        scale=rows["effect"].map(SCALE_OF_EFFECT),
        what=rows["outcome"].map(phrase),
        effect_name=rows["effect"],
    )
    has_random = frame["model"].eq("random").groupby([frame[column] for column in same]).transform("any")
    why = pd.Series(_DRAWN, index=frame.index, dtype="str")
    why[frame["model"].eq("fixed") & has_random] = "no: random effects are drawn"
    why[frame[["estimate", "low", "high"]].isna().any(axis=1)] = "no: no interval printed"
    why[frame["scale"].isna()] = "no: " + frame["effect"].map(EFFECT)
    why[frame["retracted"].notna()] = "no: retracted document"
    order = {"given": list(_GIVEN.values()), "model": list(MODEL)}
    named = ["outcome", "effect", "model", "subgroup_variable", "subgroup", "source_id"]
    frame = frame.assign(
        chosen=why,
        drawn=why == _DRAWN,
        section="model: " + frame["model"].map(MODEL),
        label=[_label(row) for row in frame.itertuples()],
        size=[_size(row) for row in frame.itertuples()],
        scale=frame["scale"].fillna(""),
        effect=[_effect(row) for row in frame.itertuples()],
        name=["/".join(words) for words in frame[named].itertuples(index=False)],
    )
    return frame.sort_values(
        ["outcome", "given", "effect_name", "model"],
        key=lambda column: column.map(order[column.name].index) if column.name in order else column,
        kind="stable",
    )


def _effect(row: Any) -> str:
    """Name what an axis shows; a mean difference has a unit, which meta-analyses leave to their text."""
    unit = "; unit in the table's remark" if row.effect == "MD" else ""
    return f"{row.what} {row.effect}, {row.given}{unit}"


def _label(row: Any) -> str:
    one = ["one study"] if pd.notna(row.k) and row.k == 1 else []
    return ", ".join([row.subgroup, *one, *(warning for warning in _WARNINGS if warning in str(row.note))])


def _size(row: Any) -> str:
    """Write the number of studies and the heterogeneity, as far as printed; of one study the label says so."""
    studies = f"k {row.k}" if pd.notna(row.k) and row.k > 1 else ""
    heterogeneity = f"I² {number(row.i2)} %" if pd.notna(row.i2) else ""
    return ", ".join(filter(None, (studies, heterogeneity)))


def by_outcome(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split the rows by outcome, for a figure each; ``"none"`` with no rows if there are none."""
    parts = {str(outcome): effects for outcome, effects in rows.groupby("outcome", sort=False)}
    return parts or {"none": rows}


def effect_values(row: Mapping[str, Any] | pd.Series[Any]) -> dict[str, float | None]:
    """Take the numbers of a row that are recorded as its result; None for what was not printed."""
    names = ("estimate", "low", "high", "k", "i2")
    return {name: None if pd.isna(row[name]) else float(row[name]) for name in names}
