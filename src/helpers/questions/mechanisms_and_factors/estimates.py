"""Estimates with intervals that sources print for the levels of a factor."""

from __future__ import annotations

import pandas as pd

from helpers.checks import check_numbers
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import ORGAN, SCALE_OF_EFFECT, SEEN_IN, phrase
from helpers.questions.mechanisms_and_factors.rows import GapMap
from helpers.stats.effects_pooling import NO_EFFECT

#: Subgroups of pooled analyses that are levels of a factor.
_FACTOR_OF = {"cell-source": "cell-source", "donor": "cell-source", "dose": "dose", "route": "route"}
#: Remarks without which an estimate would be misread; its label has them.
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
    """Gather the estimates with an interval on a known scale, as printed, without retracted documents; nothing is pooled here.

    Those on animals and cells are in `factors`; for women, of whom it holds none, pooled analyses by subgroup
    are added if their subgroups are levels of a factor. too_narrow says that the check of reported numbers
    finds the interval too narrow for so few women.
    """
    size = factors.findings["note"].str.extract(r"\b(k=\d+)", expand=False)
    findings = factors.findings.assign(label=factors.findings["level_text"], size=size, table="factors")
    frames = [findings, _women(ev, factors)] if "human" in factors.levels else [findings]
    frames = [frame.assign(place=frame.index) for frame in frames if len(frame)]
    rows = pd.concat(frames or [findings], ignore_index=True)
    rows["scale"] = [_scale(effect) for effect in rows["effect"].fillna("")]
    complete = rows[["estimate", "low", "high"]].notna().all(axis=1)
    rows = rows[rows["scale"].ne("") & complete & rows["retracted"].isna()].copy()
    no_effect = rows["scale"].map(NO_EFFECT)
    rows["excludes_no_effect"] = (rows["low"] > no_effect) | (rows["high"] < no_effect)
    narrow = {finding.evidence[0] for finding in check_numbers(ev, ["interval-and-women"])}
    rows["too_narrow"] = rows["evidence_row"].isin(narrow)
    rows["section"] = rows["factor"].map(ev.schema.vocabularies["factor"])
    rows["label"] = [_label(*pair) for pair in zip(rows["label"], rows["note"].fillna(""), strict=True)]
    rows["size"] = rows["size"].fillna("").str.replace("=", " = ")
    named = rows[["factor", "label", "effect", "source_id"]].itertuples(index=False)
    rows["name"] = ["/".join(["estimate", *words]) for words in named]
    return rows.reindex(columns=_COLUMNS).reset_index(drop=True)


def by_marker(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split the estimates by where they were seen and by marker, women by organ, for a figure each; ``"none printed"`` if there are none."""
    named = rows.assign(marker=rows["effect"].str.extract(r"^([^ ,]+)", expand=False))
    groups = named.groupby(["level", "marker"], sort=False)
    parts = {f"{SEEN_IN[str(level)]}: {name}": part for (level, name), part in groups}
    return parts or {"none printed": rows}


def _women(ev: Evidence, factors: GapMap) -> pd.DataFrame:
    rows = ev.select("pooled", species="human")
    rows = rows.assign(factor=rows["subgroup_variable"].map(_FACTOR_OF), level="human", table="pooled")
    rows = rows[rows["factor"].isin(factors.rows["subject"])]
    return rows.assign(
        label=rows["subgroup"],
        effect=rows["tissue"].map(ORGAN) + ", " + rows["outcome"].map(phrase) + " " + rows["effect"],
        size=("k=" + rows["k"].astype("string")).where(rows["k"].notna()),
    )


def _label(label: str, note: str) -> str:
    warnings = [word for warning, word in _WARNINGS.items() if warning in note and word not in label]
    return ", ".join([label, *warnings])


def _scale(effect: str) -> str:
    return next((SCALE_OF_EFFECT[word] for word in effect.split() if word in SCALE_OF_EFFECT), "")
