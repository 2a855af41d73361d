"""One direction to each study, marker and period, after cells and after PRP or G-CSF, with its control where one was measured."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.counts.changes import after_treatment, change_texts, level_moves, way_of, without_levels
from helpers.counts.levels import measurement_rows
from helpers.counts.one_count import withdrawn
from helpers.counts.one_row import UNCLEAR, nearness, standing
from helpers.counts.outcomes import AFTER, horizon
from helpers.errors import ChoiceError
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS, text_name
from helpers.evidence.vocabulary import TISSUE
from helpers.show.numbers import number

CELLS, NO_CELLS = "cells", "PRP or G-CSF, no cells"
#: What a direction compares: treated women with themselves before, those of the control arm with themselves, or both arms.
COURSE, CONTROL = "after compared with before", "control arm, after compared with before"
AGAINST = "compared with a concurrent control"
MIXED = "mixed"
#: Women of whom a source says neither how many nor which: no direction of their cohort.
SOME = "some women"
#: Markers of the uterus alone, which say nothing of a treated ovary.
_UTERINE = ("endometrial-thickness", "adhesion-score")
_PLATELETS = re.compile(r"\bPRP\b|\bG-CSF\b|platelet-rich plasma")
_COMPARED = {
    "baseline": COURSE, "not-stated": COURSE, "control-arm": AGAINST, "contralateral-ovary": AGAINST,
}  # fmt: skip
#: Rows of one study, marker, comparison and period, of which one stands.
PERIOD = ["received", "tissue", "study_id", "measure", "comparison", "period"]
#: What directions in one row of the table have in common.
TIME = ["received", "tissue", "study_id", "measure", "period", "month"]


def wanted_directions(ev: Evidence) -> dict[str, str]:
    """Give for each marker of the descriptor the direction that is hoped for, ``"up"`` or ``"down"``."""
    words = ev.schema.vocabularies
    return {measure: way for way in ("up", "down") for measure in words[f"wanted-{way}"]}


def wanted_rows(ev: Evidence, markers: Sequence[str]) -> pd.DataFrame:
    """List the markers chosen with the direction that is hoped for, and why, as the descriptor says."""
    words, wanted = ev.schema.vocabularies, wanted_directions(ev)
    known = [{"measure": name, "wanted": wanted[name], "why": words[f"wanted-{wanted[name]}"][name]} for name in markers]  # fmt: skip
    return pd.DataFrame(known, columns=["measure", "wanted", "why"])


def directions(ev: Evidence, markers: Sequence[str]) -> pd.DataFrame:
    """Gather one direction to each study, marker, comparison and period of women treated with cells, or with PRP or G-CSF alone.

    The row nearest to the study stands; of those, the whole cohort and the whole arm, and the latest time of the period, with an
    earlier one if it went another way; month is -1 where no time was printed. comparison
    is `COURSE`, `CONTROL` or `AGAINST`, direction ``"up"``, ``"down"``, ``"none"``, `MIXED` or `UNCLEAR`. Where the courses of treated
    women and of their control went opposite ways, `AGAINST` is worked out from both; that one changed and the other did not is no
    comparison. A direction in `SOME` women is `UNCLEAR`. with_platelets marks arms that received both. Retracted papers, women compared
    with other patients, and markers of the uterus where the ovary was treated are excluded. Without a marker ValueError is raised.
    """
    if not markers:
        raise ChoiceError("measure names no marker: choose at least one")
    rows = _of_the_treated(ev, _reported(ev, list(markers)))
    rows = rows.assign(
        direction=rows["direction"].mask(
            rows["compared_with"].eq("not-stated") | rows["subgroup"].eq(SOME), UNCLEAR
        ),
        with_platelets=_with_platelets(ev, rows),
        period=horizon(rows["to_months"], ev.criteria),
        month=rows["to_months"].astype("float64").fillna(-1),
        reporter=[_reporter(row) for row in rows.to_dict("records")],
    )
    kept = _new_only(_one_of_a_period(rows))
    kept = pd.concat([kept, _opposite(kept)], ignore_index=True)
    return _in_order(kept, list(markers)).drop(columns="in_words")


def _with_platelets(ev: Evidence, rows: pd.DataFrame) -> pd.Series[bool]:
    arms = ev.arms[ev.arms["kind"] == "cells"]
    both = (arms["label"] + " " + arms["co_treatment"].fillna("")).str.contains(_PLATELETS)
    named = set(zip(arms.loc[both, "study_id"], arms.loc[both, "arm_id"], strict=True))
    return pd.Series(
        [key in named for key in zip(rows["study_id"], rows["arm_id"], strict=True)], rows.index, dtype=bool
    )


def _reported(ev: Evidence, markers: list[str]) -> pd.DataFrame:
    """Gather the directions of each marker as reported, then those between two of its levels."""
    measurements, changes = ev.select("measurements"), ev.select("changes")
    levels = measurement_rows(measurements[measurements["measure"].isin(markers)])
    # A direction needs no unit.
    levels["centre"] = levels["centre"].fillna(pd.to_numeric(levels["text_value"], errors="coerce"))
    changes = change_texts(without_levels(changes[changes["measure"].isin(markers)], levels))
    moved = pd.concat([level_moves(levels), _beside_control(levels)])
    texts = [
        f"{number(before)} to {number(after)}"
        for before, after in zip(moved["before"], moved["centre"], strict=True)
    ]
    both = [
        changes.assign(women=math.nan, in_words=True),
        moved.assign(text=texts, women=moved["n"], in_words=False),
    ]
    columns = [
        "study_id", "study_label", "role", "tissue", "condition", "design", "arm_id", "arm_label", "arm_kind", "cell_source", "arm_n",
        "women", "subject", "subgroup", "measure", "to_months", "compared_with", "direction", "text", "origin", "source_kind", "access",
        "retracted", "citation", "evidence_row", "note", "in_words",
    ]  # fmt: skip
    rows = pd.concat([frame[columns].astype({"women": "Float64"}) for frame in both])
    rows = rows[rows["direction"].isin(["up", "down", "none"])]
    return rows.sort_values(
        "measure", key=lambda names: names.map(markers.index), kind="stable", ignore_index=True
    )


def _beside_control(levels: pd.DataFrame) -> pd.DataFrame:
    """Take the direction from the level of the control arm to that of the treated one, where both were measured after treatment."""
    after = levels[after_treatment(levels) & levels["centre"].notna() & (levels["subject"] == "cohort")]
    same = ["study_id", "measure", "statistic", "timepoint_months"]
    control = after[after["arm_kind"] == "untreated"].drop_duplicates(same, keep=False)
    treated = after[after["arm_kind"] != "untreated"]
    before = control.set_index(same)["centre"].reindex(pd.MultiIndex.from_frame(treated[same])).to_numpy()
    beside = treated.assign(before=before, subgroup=treated["subgroup"].where(treated["subgroup"] != AFTER))
    beside = beside[beside["before"].notna()]
    return beside.assign(
        direction=way_of(beside["centre"] - beside["before"]),
        to_months=beside["timepoint_months"],
        compared_with="control-arm",
    )


def _of_the_treated(ev: Evidence, rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the arms with cells, or with PRP or G-CSF alone, and the control arms of their studies."""
    cells = rows["arm_kind"].eq("cells") & rows["role"].isin(["cited", "treatment"])
    platelets = (
        rows["arm_kind"].eq("comparator")
        & rows["role"].eq("background")
        & rows["arm_label"].str.contains(_PLATELETS)
    )
    received = np.select([cells, platelets], [CELLS, NO_CELLS], "")
    by_study = dict(zip(rows.loc[received != "", "study_id"], received[received != ""], strict=True))
    control = (received == "") & rows["arm_kind"].isin(["untreated", "comparator"])
    rows = rows.assign(
        received=rows["study_id"].map(by_study).astype("str"),
        comparison=rows["compared_with"].map(_COMPARED).mask(control & rows["compared_with"].eq("baseline"), CONTROL),
        women=rows["women"].fillna(rows["arm_n"].astype("Float64")),
        control=_control_words(ev, rows),
    )  # fmt: skip
    part_of_it = ((received != "") | (rows["comparison"] == CONTROL)) & rows["study_id"].isin(by_study)
    other_organ = rows["tissue"].eq("ovary") & rows["measure"].isin(_UTERINE)
    kept: pd.DataFrame = rows[part_of_it & rows["comparison"].notna() & ~other_organ & ~withdrawn(ev, rows)]
    return kept


def _control_words(ev: Evidence, rows: pd.DataFrame) -> list[str]:
    """Name the arms of a study that can be its control, and say whether chance chose their women."""
    arms = ev.arms[ev.arms["kind"].isin(["untreated", "comparator"]) & (ev.arms["arm_id"] != "all")]
    arms = arms[~arms["label"].str.contains(_PLATELETS) | arms["kind"].eq("untreated")]
    labels = arms.groupby("study_id")["label"].agg("; ".join).to_dict()
    chance = {"rct": " (randomised)", "non-randomised-controlled": " (not randomised)"}
    return [
        labels[study] + chance.get(design, "") if study in labels else ""
        for study, design in zip(rows["study_id"], rows["design"], strict=True)
    ]


def _reporter(row: Mapping[Any, Any]) -> str:
    """Name the document that reports a direction: ``"the study's abstract"``, ``"press"``, ``"the article only"``."""
    if row["origin"] == ORIGINS[0]:
        return f"the study's {text_name(str(row['source_kind']), str(row['access']))}"
    if row["origin"] == ORIGINS[1]:
        return ORIGINS[1]
    return {"news": "press", "meta-analysis": "review", "web-page": "web page"}.get(
        str(row["source_kind"]), str(row["source_kind"])
    )


def _one_of_a_period(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the direction that stands for a period, and an earlier one of the same women and source that was another.

    Where two at one time are not the same, the direction is mixed.
    """
    time = [*PERIOD, "month"]
    rows = standing(rows, nearest=PERIOD, cohort=PERIOD, whole=PERIOD, clear=PERIOD, levels=time)
    same = rows.groupby(time, sort=False)
    rows = rows.assign(
        evidence=same["evidence_row"].transform(lambda names: "; ".join(dict.fromkeys(names))),
        direction=rows["direction"].where(same["direction"].transform("nunique") == 1, MIXED),
    )
    latest_first = standing(rows, first=time).sort_values("month", ascending=False, kind="stable")
    return standing(latest_first, first=[*PERIOD, "direction"])


def _new_only(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop a direction without a time that one with a time, from as near a source, repeats."""
    key = [name for name in PERIOD if name != "period"] + ["direction"]
    near = nearness(rows["origin"])
    timed = near.where(rows["to_months"].notna()).groupby([rows[name] for name in key]).transform("min")
    return rows[rows["to_months"].notna() | ~(timed <= near)]


def _opposite(rows: pd.DataFrame) -> pd.DataFrame:
    """Make the comparison with the control where both courses were reported and went opposite ways."""
    known = rows[rows["direction"].isin(["up", "down"])]
    control = known[known["comparison"] == CONTROL].set_index(TIME)
    treated = known[known["comparison"] == COURSE]
    beside = pd.MultiIndex.from_frame(treated[TIME])
    other = control["direction"].reindex(beside).to_numpy()
    compared = pd.MultiIndex.from_frame(rows.loc[rows["comparison"] == AGAINST, TIME])
    apart = pd.notna(other) & (treated["direction"].to_numpy() != other) & ~beside.isin(compared)
    made: pd.DataFrame = treated[apart]
    rows_of_control = control["evidence"].reindex(pd.MultiIndex.from_frame(made[TIME])).to_numpy()
    return made.assign(
        comparison=AGAINST,
        text="treated and control women went opposite ways",
        evidence=made["evidence"] + "; " + rows_of_control,
    )


def _in_order(rows: pd.DataFrame, markers: list[str]) -> pd.DataFrame:
    """Sort by what was received, tissue, studies with a concurrent control first, then study, marker, comparison and time."""
    rows = rows.assign(
        controlled=rows["study_id"].isin(rows.loc[rows["comparison"].isin([CONTROL, AGAINST]), "study_id"]),
        marker_order=rows["measure"].map(markers.index),
    )
    keys = pd.DataFrame(
        {
            "received": rows["received"] != CELLS,
            "tissue": rows["tissue"].map(list(TISSUE).index),
            "uncontrolled": ~rows["controlled"],
            "study": rows["study_label"].str.casefold(),
            "marker": rows["marker_order"],
            "comparison": rows["comparison"].map([COURSE, CONTROL, AGAINST].index),
            "months": rows["to_months"].astype("float64").fillna(-1),
        }
    )
    return rows.loc[keys.sort_values(keys.columns.tolist(), kind="stable").index].reset_index(drop=True)
