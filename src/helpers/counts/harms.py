"""Every row of evidence that reports on harm in women treated with cells, counted or not, in any direction."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.provenance import LINK, ORIGINS, extent, origin, text_name
from helpers.evidence.vocabulary import CHANGE_KIND, HARM_ITEMS, HARMS, phrase

REPORTED = "harm reported"
NONE = "none reported, as the source says"
SILENT = "not mentioned in the text available to us"
#: What a study reports of harm.
STATES = [REPORTED, NONE, SILENT]
#: Harms of children, and words by which a statement is about children, not about the women.
_CHILDREN = ("birth-defect",)
_CHILDREN_WORDS = r"\b(?:infant|child|newborn|bab(?:y|ies))"
#: How notes say that only events that the source judged to be related to treatment were counted.
_RELATED = "treatment-related"
#: Kinds of pregnancy that births are compared with, the widest first.
_PREGNANT = ["pregnancy", "ongoing-pregnancy", "art-pregnancy"]
CONTROLLED = ("rct", "non-randomised-controlled")
_COLUMNS = [
    "study_id", "tissue", "design", "n_enrolled", "table", "state", "harm", "children", "said", "against", "text", "origin", "retracted", "note",
    *LINK,
]  # fmt: skip


def harm_mentions(ev: Evidence, studies: pd.DataFrame) -> pd.DataFrame:
    """Collect what studies of women treated with cells report of harm, one row per row of outcomes, changes or statements.

    state is `REPORTED` or `NONE`; harm is worded as in a sentence; children: harm to the children, not to the women;
    said is the count, or what is reported instead; against says compared with whom; text joins the three. A change is
    a harm reported, whatever its direction: what never happened has no frequency. Harms reported come first, of these
    the randomised, and of these what was compared.
    """
    ours = studies["study_id"]
    parts = [_counts(ev, ours), _changes(ev, ours), _statements(ev, ours)]
    mentions = pd.concat([frame for frame in parts if len(frame)] or parts[:1])
    mentions = mentions.assign(
        origin=origin(mentions["source_kind"]),
        _by=mentions["state"].map(STATES.index),
        _uncontrolled=mentions["design"] != "rct",
        _uncompared=mentions["table"] != "changes",
    )
    by = ["_by", "_uncontrolled", "_uncompared", "harm", "study_label"]
    return mentions.sort_values(by, kind="stable", ignore_index=True)[_COLUMNS]


def state_of(mentions: pd.DataFrame) -> dict[str, str]:
    """Give the state of each study that mentions harm: reported, where any of its rows says so."""
    first = mentions.drop_duplicates("study_id")
    return dict(zip(first["study_id"], first["state"], strict=True))


def article_only(mentions: pd.DataFrame) -> set[str]:
    """Name the studies of which only the article under review reports on harm to the women (else, where nobody does, to the children)."""
    of_women = ~mentions["children"].astype("bool")
    any_of_women = of_women.groupby(mentions["study_id"]).transform("any")
    spoken = mentions[of_women | ~any_of_women]
    alone = spoken["origin"].eq(ORIGINS[1]).groupby(spoken["study_id"]).all()
    return set(alone.index[alone])


def related_only(rows: pd.DataFrame) -> pd.Series[bool]:
    """Mark the counts of only those events that the source judged to be related to treatment, by their notes."""
    return rows["note"].astype("str").str.contains(_RELATED, regex=False, na=False)


def open_pregnancies(ev: Evidence) -> pd.DataFrame:
    """Count the pregnancies with cells whose end is not reported, where one source counts births and ongoing pregnancies.

    One row per study in which some are left, by study_id: pregnancies, births, ongoing and unexplained.
    """
    names = {"pregnancy": "pregnancies", "live-birth": "births", "ongoing-pregnancy": "ongoing"}
    rows = ev.select("outcomes")
    rows = rows[(rows["arm_kind"] == "cells") & rows["events"].notna()]
    whole = rows[rows["outcome"].isin(names) & rows["subgroup"].isna() & (rows["total_unit"] == "women")]
    whole = whole.assign(origin=origin(whole["source_kind"]))
    same = ["study_id", "arm_id", "source_id", "total", "origin"]
    counts = whole.pivot_table(index=same, columns="outcome", values="events", aggfunc="max")
    counts = counts.reindex(columns=[*names]).rename(columns=names).dropna().astype(int)
    counts = (
        counts.reset_index().drop_duplicates("study_id").set_index("study_id")[["origin", *names.values()]]
    )
    lost = rows[rows["outcome"] == "miscarriage"].groupby("study_id")["events"].max()
    ended = counts["births"] + counts["ongoing"] + lost.reindex(counts.index).fillna(0).astype(int)
    counts = counts.assign(unexplained=counts["pregnancies"] - ended)
    return counts[counts["unexplained"] > 0]


def pregnancy_fates(ev: Evidence) -> pd.DataFrame:
    """Compare births with pregnancies in one source, where more women with cells were pregnant than births and losses explain.

    One row per arm, those with cells first; outcome is the kind of pregnancy. Studies of `open_pregnancies` are
    excluded.
    """
    rows = ev.select("outcomes")
    usual = rows["reporting"].ne("event-triggered").fillna(True)
    rows = rows[usual & rows["events"].notna() & rows["total_unit"].eq("women")]
    same = ["study_id", "arm_id", "source_id"]
    born = rows[rows["outcome"].eq("live-birth") & rows["subgroup"].isna()]
    born = born.groupby(same)["events"].max().rename("births").reset_index()
    pregnant = rows[rows["outcome"].isin(_PREGNANT)]
    pregnant = pregnant.assign(
        _part=pregnant["subgroup"].notna(), _kind=pregnant["outcome"].map(_PREGNANT.index)
    )
    pregnant = pregnant.sort_values(["_part", "_kind"], kind="stable").drop_duplicates(same)
    both = pregnant.merge(born, on=same).rename(columns={"events": "pregnant"})
    losses = ev.outcomes[ev.outcomes["outcome"] == "miscarriage"].groupby("study_id")["events"].max()
    ended = both["births"] + both["study_id"].map(losses).fillna(0).astype(int)
    unclear = both.loc[both["arm_kind"].eq("cells") & (both["pregnant"] > ended), "study_id"]
    named = both["study_id"].isin(unclear) & ~both["study_id"].isin(open_pregnancies(ev).index)
    both = both[named].assign(origin=origin(both["source_kind"]), _control=both["arm_kind"] != "cells")
    columns = ["study_id", "study_label", "arm_label", "arm_kind", "outcome", "origin", "pregnant", "births"]
    fates: pd.DataFrame = both.sort_values(["study_label", "_control"])[columns]
    return fates.astype({"pregnant": int, "births": int})


def available_text(kind: str, access: str, read: str | None) -> str:
    """Say how much of the main document of a study was available to us, by cells of `sources`."""
    text = text_name(kind, access)
    if read == "cut":
        return f"our copy of the {text} ends before its end"
    if access == "title":
        return "its title"
    if access == "secondary":
        return "pages of others"
    if access in {"table", "body-excerpt"}:
        return f"part of the {text}"
    return text + (", to its end" if extent(access, read) == "to its end" else "")


def _counts(ev: Evidence, ours: pd.Series[str]) -> pd.DataFrame:
    rows = ev.select("outcomes")
    rows = rows[rows["outcome"].isin(HARMS) & rows["study_id"].isin(ours)]
    cells = rows["arm_kind"].isin(["cells", "mixed"])
    beside: dict[Any, list[str]] = {}
    for row in rows[~cells].itertuples():
        beside.setdefault((row.study_id, row.outcome), []).append(f"{row.arm_label}: {_count(row)}")
    rows = rows[cells]
    none = (
        rows["design"]
        .isin(CONTROLLED)
        .map({True: "no count for the control arm", False: "no comparison group"})
    )
    happened = rows["events"].astype("float64").fillna(rows["percent_reported"])
    against = [
        "; ".join(beside.get((row.study_id, row.outcome), [without]))
        for row, without in zip(rows.itertuples(), none, strict=True)
    ]
    rows = rows.assign(
        table="outcomes",
        state=happened.eq(0).map({True: NONE, False: REPORTED}),
        harm=rows["outcome"].map(HARMS),
        children=rows["outcome"].isin(_CHILDREN),
        said=[_count(row) for row in rows.itertuples()],
        against=against,
    )
    text = [f"{row.harm} in {row.said}, {row.against}" for row in rows.itertuples()]
    return rows.assign(text=text)


def _count(row: Any) -> str:
    if pd.notna(row.events):
        return f"{row.events} " + (
            f"of {row.total} {row.total_unit}" if pd.notna(row.total) else "cases, total not printed"
        )
    return (
        f"{row.percent_reported:g} %, no count" if pd.notna(row.percent_reported) else "a number not printed"
    )


def _changes(ev: Evidence, ours: pd.Series[str]) -> pd.DataFrame:
    rows = ev.select("changes")
    rows = rows[rows["measure"].isin(HARMS) & rows["study_id"].isin(ours)]
    # A control compared with the arm that received cells reports on the cells too.
    rows = rows[rows["arm_kind"].isin(["cells", "mixed"]) | (rows["compared_with"] == "control-arm")]
    each = list(rows.itertuples())
    often, size = [_often(row) for row in each], [_size(row) for row in each]
    against = [_compared(ev, row) for row in each]
    harms = rows["measure"].map(HARMS)
    return rows.assign(
        table="changes",
        state=REPORTED,
        harm=harms,
        children=rows["measure"].isin(_CHILDREN),
        said=[f"{words}, {figure}" for words, figure in zip(often, size, strict=True)],
        against=against,
        text=[
            f"{harm} {words} than {whom}, {figure}"
            for harm, words, whom, figure in zip(harms, often, against, size, strict=True)
        ],
    )


def _often(row: Any) -> str:
    often = {"up": "more often", "down": "less often", "none": "neither more nor less often"}
    who = "with cells" if row.arm_kind == "cells" else f"in the arm {row.arm_label}"
    return f"{often.get(str(row.direction), 'more or less often (direction not stated)')} {who}"


def _size(row: Any) -> str:
    if pd.isna(row.change):
        return "no count"
    limits = f" ({row.low:g} to {row.high:g})" if pd.notna(row.low) and pd.notna(row.high) else ""
    return f"{CHANGE_KIND[row.change_kind]} {row.change:g}{limits}"


def _compared(ev: Evidence, row: Any) -> str:
    if row.compared_with == "control-arm":
        others = ev.arms[(ev.arms["study_id"] == row.study_id) & (ev.arms["arm_id"] != row.arm_id)]
        named = " or ".join(others["label"])
        return f"in the control arm ({named})" if named else "in the control arm"
    whom = {
        "baseline": "before treatment",
        "previous-time-point": "before",
        "not-stated": "a comparison not stated",
    }
    return whom.get(str(row.compared_with), f"in {phrase(str(row.compared_with))}")


def _statements(ev: Evidence, ours: pd.Series[str]) -> pd.DataFrame:
    rows = ev.select("statements")
    rows = rows[rows["item"].isin(HARM_ITEMS) & rows["study_id"].isin(ours)]
    rows = rows[rows["arm_kind"].isna() | rows["arm_kind"].isin(["cells", "mixed"])]
    return rows.assign(
        table="statements",
        state=rows["item"].map(HARM_ITEMS).map({True: REPORTED, False: NONE}),
        harm="in words",
        children=rows["value"].str.contains(_CHILDREN_WORDS, case=False, na=False),
        said=rows["value"],
        against="no comparison stated",
        text="in words, without a count: " + rows["value"],
    )
