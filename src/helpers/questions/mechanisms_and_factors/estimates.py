"""Estimates with intervals that sources print of the levels of a factor, as tidy rows and as a table."""

from __future__ import annotations

import pandas as pd

from helpers.checks import check_numbers
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import ORGAN, SCALE_OF_EFFECT, phrase
from helpers.questions.mechanisms_and_factors.rows import GapMap
from helpers.stats.effects_pooling import NO_EFFECT

#: Subgroups of pooled analyses that are levels of a factor.
_FACTOR_OF = {"cell-source": "cell-source", "donor": "cell-source", "dose": "dose", "route": "route"}
#: Remarks without which an estimate would be misread; they stand in its label.
_WARNINGS = {
    "vesicles": "vesicles",
    "misprint suspected": "misprint suspected",
    "indirect comparison": "indirect",
}
_COLUMNS = [
    "name", "table", "place", "section", "tissue", "level", "effect", "scale", "label", "size", "estimate", "low", "high",
    "excludes_no_effect", "too_narrow", "citation", "doi", "url", "locator", "access", "note", "evidence_row",
]  # fmt: skip


def estimate_rows(ev: Evidence, factors: GapMap) -> pd.DataFrame:
    """Gather the estimates with an interval on a known scale.

    Those on animals and cells stand in `factors`. Of women, where `factors` holds none, pooled analyses by subgroup are
    added whose subgroups are levels of a factor: source or donor of the cells, dose, route.

    Parameters
    ----------
    ev : Evidence
        The loaded evidence.
    factors : GapMap
        Made by `factor_map`; its factors and levels are those asked for.

    Returns
    -------
    pandas.DataFrame
        One row per estimate: name (its own), table and place of its row, section (factor), tissue (of women treated), level, effect (measure and statistic as printed, of women with the organ), scale (``difference``
        or ``ratio``), label (level of the factor), size (blank if not printed), estimate, low, high,
        excludes_no_effect, too_narrow (for the women behind it, by the check of that name) and where it is from. Retracted documents are left out. Nothing is pooled here.
    """
    told = factors.findings
    told = told.assign(
        label=told["level_text"], size=told["note"].str.extract(r"\b(k=\d+)", expand=False), table="factors"
    )
    frames = [told]
    if "human" in factors.levels:
        frames.append(_women(ev, list(factors.rows["subject"])))
    rows = pd.concat(
        [frame.assign(place=frame.index) for frame in frames if len(frame)] or frames, ignore_index=True
    )
    rows["scale"] = [_scale(effect) for effect in rows["effect"].fillna("")]
    complete = rows[["estimate", "low", "high"]].notna().all(axis=1)
    rows = rows[rows["scale"].ne("") & complete & rows["retracted"].isna()].copy()
    no_effect = rows["scale"].map(NO_EFFECT)
    rows["excludes_no_effect"] = (rows["low"] > no_effect) | (rows["high"] < no_effect)
    narrow = {found.evidence[0] for found in check_numbers(ev, ["interval-and-women"])}
    rows["too_narrow"] = rows["evidence_row"].isin(narrow)
    rows["section"] = rows["factor"].map(ev.schema.vocabularies["factor"])
    rows["label"] = [_label(*pair) for pair in zip(rows["label"], rows["note"].fillna(""), strict=True)]
    rows["size"] = rows["size"].fillna("").str.replace("=", " = ")
    rows["name"] = (
        "estimate/" + rows["factor"] + "/" + rows["label"] + "/" + rows["effect"] + "/" + rows["source_id"]
    )
    return rows.reindex(columns=_COLUMNS).reset_index(drop=True)


def _women(ev: Evidence, factors: list[str]) -> pd.DataFrame:
    rows = ev.select("pooled", species="human")
    rows = rows.assign(factor=rows["subgroup_variable"].map(_FACTOR_OF), level="human", table="pooled")
    rows = rows[rows["factor"].isin(factors)]
    return rows.assign(
        label=rows["subgroup"],
        effect=rows["tissue"].map(ORGAN) + ", " + rows["outcome"].map(phrase) + " " + rows["effect"],
        size=("k=" + rows["k"].astype("string")).where(rows["k"].notna()),
    )


def _label(label: str, note: str) -> str:
    own = [word for warning, word in _WARNINGS.items() if warning in note and word not in label]
    return ", ".join([label, *own])


def _scale(effect: str) -> str:
    return next((SCALE_OF_EFFECT[word] for word in effect.split() if word in SCALE_OF_EFFECT), "")
