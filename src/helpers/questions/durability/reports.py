"""What treated women are reported to have gained, and when: one row per report, whichever table it is in."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.counts.levels import level_rows
from helpers.counts.outcomes import AFTER
from helpers.evidence import Evidence
from helpers.evidence.vocabulary import BIRTHS, phrase
from helpers.show.numbers import count_of, number, significant

CELLS, PLATELETS, OTHERS = "cells", "platelet-rich plasma, no cells", "other treatment, no cells"
#: Which way a measure goes when it improves. A measure that is not listed is no gain either way.
BETTER = {
    **dict.fromkeys((
        "E2", "AMH", "AFC", "ovarian-volume", "ovarian-reserve-markers", "ovarian-function",
        "stimulable-antral-follicles", "follicle-development", "follicle-maturity", "follicle-number-day-11",
        "mature-follicle", "oocytes", "mature-oocytes", "oocyte-retrieval-rate", "oocyte-maturation",
        "oocyte-quality", "blastocysts", "endometrial-thickness", "endometrial-blood-flow", "menstrual-duration",
        "menstrual-volume", "quality-of-life", "bone-density",
    ), "up"),
    **dict.fromkeys(("FSH", "LH", "adhesion-score", "menopausal-symptoms", "hot-flushes", "insomnia"), "down"),
}  # fmt: skip
#: Outcomes in which a woman is at one time and may not be at another.
STATES = (
    "menses-resumed", "menses-improved", "menses-normal", "ovarian-function-improved", "AMH-increased", "AFC-increased",
    "E2-increased", "hormones-improved", "endometrial-thickness-increased", "endometrial-thickness-7mm-or-more",
    "cavity-restored", "cavity-improved",
)  # fmt: skip
#: Outcomes that happen once and cannot be lost again.
EVENTS = (
    "pregnancy", "natural-pregnancy", "art-pregnancy", "ongoing-pregnancy", *BIRTHS, "ovulation", "follicle-growth",
    "follicles-on-ultrasound", "oocyte-retrieved", "embryo-obtained", "euploid-embryo",
)  # fmt: skip
#: Changes that are compared with these show a state; with the time point before, or with what is not stated, they do not.
_BASES = ("baseline", "control-arm", "contralateral-ovary")
_AGAINST = {
    "baseline": "before", "control-arm": "the control arm", "contralateral-ovary": "the other ovary",
    "previous-time-point": "the time point before", "not-stated": "what is not stated",
}  # fmt: skip
_PLATELETS = re.compile(r"\bprp\b|platelet", flags=re.IGNORECASE)
_KEPT = [
    "study_id", "study_label", "tissue", "condition", "arm_id", "arm_label", "arm_kind", "cell_source", "arm_n",
    "n_enrolled", "source_id", "origin", "citation", "note", "evidence_row",
]  # fmt: skip


def reports(ev: Evidence, studies: list[str]) -> pd.DataFrame:
    """Gather every report of a gain, or of none, in women who received a treatment; no retracted document. `studies` are keys, or ``["all"]``.

    Beside the columns of study, arm and source: group (`CELLS`, `PLATELETS` or `OTHERS`); subject and part (which of the
    women); word (the outcome or measure); basis (what it is compared with); months (missing where not printed); moved (1
    better, 0 no change, -1 worse, missing where the row does not say); size and size_kind (how much better, and in what: only
    sizes of one kind can be divided); n; total; text; origin.
    """
    found, asked = _every_report(ev), ev.select("studies", study_id=studies)["study_id"]
    return found[found["study_id"].isin(asked)].reset_index(drop=True)


@lru_cache(maxsize=1)
def _every_report(ev: Evidence) -> pd.DataFrame:
    """Gather the reports of all studies once: a summary asks for them, their clock and their course."""
    found = pd.concat([_counts(ev), _levels(ev), _changes(ev)], ignore_index=True)
    named = found["arm_id"] + " " + found["arm_label"].fillna("")
    platelets = named.str.contains(_PLATELETS) & found["arm_kind"].ne("cells")
    found["group"] = OTHERS
    found.loc[platelets, "group"] = PLATELETS
    found.loc[found["arm_kind"] == "cells", "group"] = CELLS
    # The women enrolled are those of the arm where the study has no other; a part of the women is smaller than its arm.
    one_arm = found["study_id"].map(ev.arms[ev.arms["arm_id"] != "all"]["study_id"].value_counts()).eq(1)
    enrolled = found["n_enrolled"].astype("float64").where(one_arm)
    whole = found["arm_n"].astype("float64").fillna(enrolled).where(found["part"] == "")
    found["n"] = found["n"].fillna(whole)
    return found


def marker_words(row: Any) -> str:
    """Name the marker of a row, with the part of the women, and what it is compared with where that is not the level before."""
    against = "" if row.basis in {"baseline", "count"} else f"against {_AGAINST[str(row.basis)]}"
    return ", ".join(filter(None, [phrase(str(row.word)), str(row.part), against]))


def _treated(ev: Evidence, table: str) -> pd.DataFrame:
    rows = ev.select(table)
    return rows[rows["arm_kind"].isin(["cells", "comparator"]) & rows["retracted"].isna()]


def _part(rows: pd.DataFrame) -> pd.Series[str]:
    return rows["subgroup"].astype("str").where(rows["subgroup"].notna() & rows["subgroup"].ne(AFTER), "")


def _counts(ev: Evidence) -> pd.DataFrame:
    rows = _treated(ev, "outcomes")
    rows = rows[rows["outcome"].isin([*STATES, *EVENTS])]
    events = rows["events"].astype("float64")
    each: list[Any] = list(rows[["events", "total"]].itertuples())
    counted = [
        "count not printed" if pd.isna(row.events) else count_of(row.events, row.total) for row in each
    ]
    return rows[_KEPT].assign(
        subject="cohort", part=_part(rows), word=rows["outcome"], basis="count", months=rows["timepoint_months"],
        moved=(events > 0).astype("float64").where(events.notna()), size=events, size_kind="women",
        n=rows["total"].astype("float64"), total=rows["total"].astype("float64"), text=counted,
    )  # fmt: skip


def _levels(ev: Evidence) -> pd.DataFrame:
    rows = _treated(ev, "measurements")
    rows, _ = level_rows(rows[rows["measure"].isin(BETTER)])
    key = ["line", "measure", "source_id"]
    before = rows[rows["timepoint_months"] == 0].drop_duplicates(key).set_index(key)["centre"]
    later = rows[rows["timepoint_months"] != 0]
    start = pd.Series([before.get(tuple(cells)) for cells in later[key].values], later.index, dtype="float64")
    better = later["measure"].map(BETTER).map({"up": 1.0, "down": -1.0}) * (later["centre"] - start)
    units = (" " + later["unit"].astype("str")).where(later["unit"].notna(), "")
    was = ["" if math.isnan(value) else f", {significant(value, 4)} before" for value in start]
    exact = later["statistic"].isin(["mean", "value"]) & ~later["signs"].str.contains("‡")
    return later[_KEPT].assign(
        subject=later["subject"], part=_part(later), word=later["measure"], basis="baseline",
        months=later["timepoint_months"], moved=better.map(_sign), size=better.where(exact),
        size_kind=later["statistic"], n=later["n"].astype("float64"), total=math.nan,
        text=later["statistic"] + " " + later["centre_text"] + units + was,
    )  # fmt: skip


def _changes(ev: Evidence) -> pd.DataFrame:
    rows = _treated(ev, "changes")
    rows = rows[rows["measure"].isin(BETTER) & rows["compared_with"].isin(_AGAINST)]
    way = rows["direction"].map({"up": 1.0, "down": -1.0, "none": 0.0}).astype("float64")
    sign = rows["measure"].map(BETTER).map({"up": 1.0, "down": -1.0}).astype("float64")
    clear = rows["compared_with"].isin(_BASES)
    exact = rows["change_kind"].eq("absolute") & rows["change"].notna() & clear
    return rows[_KEPT].assign(
        subject=rows["subject"], part=_part(rows), word=rows["measure"],
        basis=rows["compared_with"].where(clear, "baseline"), months=rows["to_months"],
        moved=(way * sign + 0.0).where(clear), size=(sign * rows["change"].astype("float64")).where(exact),
        size_kind="absolute change", n=math.nan, total=math.nan, text=[_change_words(row) for row in rows.itertuples()],
    )  # fmt: skip


def _sign(value: float) -> float:
    return math.nan if math.isnan(value) else math.copysign(1.0, value) if value else 0.0


def _change_words(row: Any) -> str:
    against = _AGAINST[str(row.compared_with)]
    words = {
        "up": f"higher than {against}",
        "down": f"lower than {against}",
        "none": f"no change from {against}",
    }
    text = words.get(str(row.direction), "direction not printed")
    if pd.isna(row.change):
        return text
    size = {"percent": f"{number(row.change, sign=True)} %", "fold": f"{number(row.change)}-fold"}.get(
        str(row.change_kind), number(row.change, sign=True)
    )
    return f"{text}, {size}"
