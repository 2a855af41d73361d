"""What is on record of births without treatment and with donor eggs, where no count of women with a child is."""

from __future__ import annotations

from typing import Any

from helpers.evidence import Evidence
from helpers.evidence.vocabulary import BIRTHS
from helpers.questions.summary.fields import CONDITION

#: Arms of women who received the eggs of another woman; those who wait for them are not meant.
_DONOR_EGGS = r"^donor (?:oocytes|eggs)\b"


def births_untreated(ev: Evidence) -> dict[str, Any]:
    """Give the births that were counted among the pregnancies of untreated women, of the study with most pregnancies; empty if there is none.

    study_label, citation, births, pregnancies, women (of the study), and pregnant (how many of the women, 0 where no row counts them).
    """
    rows = ev.select("outcomes")
    rows = rows[
        rows["condition"].eq(CONDITION) & rows["arm_kind"].eq("untreated") & rows["retracted"].isna()
        & rows["extraction"].ne("model") & rows["events"].notna()
    ]  # fmt: skip
    births = rows[rows["outcome"].isin(BIRTHS) & rows["total_unit"].eq("pregnancies") & rows["arm_n"].notna()]
    if births.empty:
        return {}
    first = births.sort_values("total", ascending=False, kind="stable").iloc[0]
    same = rows[(rows["study_id"] == first["study_id"]) & (rows["arm_id"] == first["arm_id"])]
    pregnant = same[same["outcome"].isin(["natural-pregnancy", "pregnancy"]) & same["total_unit"].eq("women")]
    return {
        "study_label": str(first["study_label"]), "citation": str(first["citation"]), "births": int(first["events"]),
        "pregnancies": int(first["total"]), "women": int(first["arm_n"]), "pregnant": int(pregnant["events"].max()) if len(pregnant) else 0,
    }  # fmt: skip


def donor_eggs(ev: Evidence) -> dict[str, Any]:
    """Count the studies and the women with donor eggs in our tables, whether or not anything was counted; empty if there are none."""
    arms = ev.select("arms")
    arms = arms[arms["condition"].eq(CONDITION) & arms["label"].str.contains(_DONOR_EGGS, case=False)]
    if arms.empty:
        return {}
    return {
        "study_labels": list(dict.fromkeys(arms["study_label"])),
        "women": int(arms["n"].fillna(0).sum()),
    }
