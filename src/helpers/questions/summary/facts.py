"""The numbers behind the messages and the answers of the summary, each taken from the rows of the question that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.counts.harms import REPORTED as HARM_REPORTED
from helpers.counts.harms import SILENT
from helpers.counts.outcomes import LONG
from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.evidence.vocabulary import ORGAN
from helpers.questions.cell_sources.published_effects import women_effects
from helpers.questions.claims.rows import Verdict, verdicts
from helpers.questions.criteria.rows import criteria_judged, foremost
from helpers.questions.criteria.states import REPORTED, State
from helpers.questions.durability.reports import CELLS
from helpers.questions.durability.rows import AT_TWO_TIMES, FATES, gains, lost_without_cells
from helpers.questions.durability.rows import Verdict as Fate
from helpers.questions.evidence.registrations import DUE, UNKNOWN, registered_rows
from helpers.questions.evidence.registrations import FATES as TRIAL_FATES
from helpers.questions.evidence.rows import women_rows
from helpers.questions.mechanisms_and_factors.rows import NOT_SEEN, RETRACTED, factor_map
from helpers.questions.pooled_outcomes.pool_grades import AS_OF
from helpers.questions.safety.rows import Safety, harm_counts
from helpers.questions.summary.fields import DONOR_EGGS, NOTHING, fields
from helpers.questions.summary.other_ways import births_untreated, donor_eggs

#: Complaints and signs that a woman with ovarian failure feels or fears, by the measures that report on them.
COMPLAINTS = {"flushes": ("hot-flushes", "menopausal-symptoms", "insomnia"), "bones": ("bone-density",)}
#: Columns that are recorded of a row of a hundred women, and of a field.
_RECORDED = [
    "how", "studies", "events", "women", "estimate", "low", "high", "own", "others", "without_kind", "without_studies", "without_events",
    "without_women", "without_estimate", "without_low", "without_high", "trial_study_label", "trial_difference", "trial_difference_low",
    "trial_difference_high", "article_events", "early_events", "early_months", "without_cohorts", "without_unlike", "rate", "effect",
]  # fmt: skip
#: What a sentence needs and a result does not: it follows from other numbers.
_DERIVED = ("missing", "part", "not_recruiting")
Numbers = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Facts:
    """All that the summary says, as numbers and names.

    Attributes
    ----------
    of_hundred, fields : pandas.DataFrame
        Made by `rows.of_a_hundred` and `fields.fields`.
    lasting, harm, child, benefit, donor, complaints, trials, article, ways, sources : dict
        What the sentence of that name needs; made by the function of that name.
    level : float
        Level of all intervals.
    """

    of_hundred: pd.DataFrame
    fields: pd.DataFrame
    lasting: Numbers
    harm: dict[str, Numbers]
    child: Numbers
    benefit: Numbers
    donor: Numbers
    complaints: Numbers
    trials: Numbers
    article: Numbers
    ways: dict[str, Numbers]
    sources: Numbers
    level: float

    def row(self, condition: str, outcome: str) -> Numbers:
        """Take the row of a condition and an outcome."""
        rows = self.of_hundred
        found = rows[(rows["condition"] == condition) & (rows["outcome"] == outcome)]
        return {str(name): value for name, value in found.iloc[0].items()}


def facts(ev: Evidence, of_hundred: pd.DataFrame, serious: Safety, *, level: float = 0.95) -> Facts:
    """Gather all numbers of the summary, beside those of a hundred women and the counts of `HARM`."""
    return Facts(
        of_hundred=of_hundred,
        fields=fields(of_hundred),
        lasting=lasting(ev),
        harm={tissue: harm(ev, serious, tissue) for tissue in ORGAN},
        child=child(*harm_counts(ev, event="birth-defect", level=level)),
        benefit=benefit(ev),
        donor=donor(ev),
        complaints=complaints(ev),
        trials=trials(ev),
        article=article(ev),
        ways={NOTHING: births_untreated(ev), DONOR_EGGS: donor_eggs(ev)},
        sources={"sources": len(ev.sources), "date": AS_OF},
        level=level,
    )


def lasting(ev: Evidence) -> Numbers:
    """Count long-term criteria reported and met by the cited studies of the ovary, and early gains with cells that were seen again."""
    judged = foremost(criteria_judged(ev))
    long = judged[judged["horizon"] == "long"]
    criteria, reported, met, part = (
        rows["criterion_id"].nunique()
        for rows in (
            long,
            long[long["state"].isin(REPORTED)],
            long[long["state"] == State.MET],
            long[long["state"].isin([State.IN_PART, State.ON_WORD])],
        )
    )
    rows = gains(ev, studies=["all"])
    early = rows[(rows["tissue"] == "ovary") & (rows["group"] == CELLS) & rows["verdict"].isin(FATES)]
    seen = early[early["verdict"].isin(AT_TWO_TIMES) & (early["horizon"] == LONG)]
    alone = lost_without_cells(ev)
    back = {} if alone.empty else alone.iloc[0][["study_label", "resumed", "women", "stopped"]].to_dict()
    short = ev.criteria[ev.criteria["horizon"] == "short"]
    return {
        "studies": judged["study_id"].nunique(),
        "criteria": criteria,
        "reported": reported,
        "missing": criteria - reported,
        "met": met,
        "part": part,
        "gains": len(early),
        "followed": len(seen),
        "kept": int(seen["verdict"].eq(Fate.KEPT).sum()),
        "women": int(seen["n"].fillna(0).sum()),
        "months": int(short["to_months"].max()),
        "back": back,
        "only": _only(ev, seen) if len(seen) == 1 else {},
    }


def _only(ev: Evidence, seen: pd.DataFrame) -> Numbers:
    """Describe the one gain that was followed: its marker, the design of its study, who reports it, and what became of it."""
    row = seen.iloc[0]
    design = ev.studies.set_index("study_id")["design"].get(row["study_id"])
    fate = (
        "raised" if row["verdict"] == Fate.KEPT and "higher" in str(row["late_text"]) else str(row["verdict"])
    )
    return {"marker": str(row["word"]), "design": str(design), "origin": str(row["origin"]), "fate": fate}


def harm(ev: Evidence, found: Safety, tissue: str) -> Numbers:
    """Give the women of an organ in whom serious harm was counted, the bound, and how many studies report or do not mention any harm."""
    rows = found.rows[found.rows["tissue"].eq(tissue) & found.rows["total_unit"].eq("women")]
    rows = rows[rows["left_out"] == ""]
    both = found.together
    both = both[(both["tissue"] == tissue) & (both["scope"] == "all") & (both["total_unit"] == "women")]
    counted = both if len(both) else rows
    studies = found.studies[(found.studies["tissue"] == tissue) & ~found.studies["registered"]]
    return {
        "counts": rows["study_id"].nunique(),
        "women": int(rows["total"].sum()),
        "events": int(rows["events"].sum()),
        "bound": float(counted["bound"].iloc[0]) if len(counted) else float("nan"),
        "own": int(rows["origin"].eq(ORIGINS[0]).sum()),
        "article": int(rows["origin"].eq(ORIGINS[1]).sum()),
        "studies": len(studies),
        "reporting": int(studies["state"].eq(HARM_REPORTED).sum()),
        "silent": int(studies["state"].eq(SILENT).sum()),
        "trials": _harm_of_trials(ev, found.mentions[found.mentions["tissue"] == tissue]),
    }


def _harm_of_trials(ev: Evidence, mentions: pd.DataFrame) -> list[Numbers]:
    """List the harms that randomised trials report more often with cells."""
    more = mentions["said"].str.contains("more often with cells", regex=False)
    named = mentions[mentions["design"].eq("rct") & mentions["state"].eq(HARM_REPORTED) & more]
    conditions = ev.studies.set_index("study_id")["condition"]
    return [
        {
            "harm": str(one["harm"]),
            "study_label": str(one["study_label"]),
            "mild": str(one["note"]).startswith("mild"),
            "counted": "no count" not in one["said"],
            "condition": conditions[one["study_id"]],
        }
        for one in named.to_dict("records")
    ]


def child(defects: pd.DataFrame, together: pd.DataFrame) -> Numbers:
    """Count the births that were looked at for birth defects, given the rows of `harm_counts`."""
    rows = defects[(defects["left_out"] == "") & (defects["total_unit"] == "births")]
    article = bool(len(rows) and rows["origin"].eq(ORIGINS[1]).all())
    if rows["study_id"].nunique() > 1:
        rows = together[(together["scope"] == "all") & (together["total_unit"] == "births")]
    largest = rows.sort_values("total").tail(1)
    if largest.empty:
        return {"births": 0, "events": 0, "bound": float("nan"), "tissue": "", "article": False}
    row = largest.iloc[0]
    return {
        "births": int(row["total"]), "events": int(row["events"]), "bound": float(row["bound"]),
        "tissue": str(row["tissue"]), "article": article,
    }  # fmt: skip


def benefit(ev: Evidence) -> Numbers:
    """Count the factors on which an effect may depend, and those with a result in women."""
    mapped = factor_map(ev, factor=["all"], level=["all"])
    women = mapped.voices[
        mapped.voices["level"].eq("human") & ~mapped.voices["state"].isin([NOT_SEEN, RETRACTED])
    ]
    subjects = dict(
        zip(zip(mapped.rows["section"], mapped.rows["row"], strict=True), mapped.rows["subject"], strict=True)
    )
    heard = {subjects[key] for key in zip(women["section"], women["row"], strict=True) if key in subjects}
    return {"factors": mapped.rows["subject"].nunique(), "women": len(heard)}


def donor(ev: Evidence) -> Numbers:
    """Count the studies of the ovary with a woman's own cells, with those of a donor and with both, and published estimates on it."""
    arms = ev.select("arms", tissue=["ovary"], role=["cited", "treatment"])
    arms = arms[arms["kind"] == "cells"]
    own, other = (set(arms.loc[arms["donor"] == word, "study_id"]) for word in ("autologous", "allogeneic"))
    published = women_effects(ev)
    published = published[published["drawn"].astype(bool) & published["subgroup_variable"].eq("donor")]
    return {
        "own": len(own), "other": len(other), "both": len(own & other), "published": len(published),
        "tissues": sorted(set(published["tissue"])),
    }  # fmt: skip


def complaints(ev: Evidence) -> Numbers:
    """Count the studies of the ovary that report complaints or bones after cells, and the women in them."""
    changes = ev.select("changes", tissue=["ovary"], role=["cited", "treatment"])
    changes = changes[changes["arm_kind"].eq("cells") & changes["retracted"].isna()]
    found = {}
    for name, measures in COMPLAINTS.items():
        rows = changes[changes["measure"].isin(measures)]
        better = rows["direction"] == ("up" if name == "bones" else "down")
        found[name] = {
            "studies": rows["study_id"].nunique(),
            "better": rows.loc[better, "study_id"].nunique(),
            "women": int(rows.drop_duplicates("study_id")["n_enrolled"].fillna(0).sum()),
        }
    return found


def trials(ev: Evidence) -> Numbers:
    """Count the registered trials of cells for the ovary by what became of them, and name those that recruit."""
    studies = ev.select("studies", role=["cited", "treatment"], tissue=["ovary"])
    registered = registered_rows(ev, studies, women_rows(ev, studies))
    recruits = registered["status"].str.contains(r"(?<!not yet )\brecruiting", regex=True)
    recruiting, others = registered[recruits], registered.loc[~recruits, "fate"].value_counts()
    return {
        "registered": len(registered),
        "recruiting": len(recruiting),
        "planned": int(recruiting["planned"].fillna(0).sum()),
        "names": list(recruiting["registry_id"]),
        "due": int(registered["fate"].eq(DUE).sum()),
        "unknown": int(registered["fate"].eq(UNKNOWN).sum()),
        "date": AS_OF,
        "not_recruiting": {fate: int(others[fate]) for fate in TRIAL_FATES if fate in others},
    }


def article(ev: Evidence) -> Numbers:
    """Count the claims of the article by verdict."""
    judged = verdicts(ev)["verdict"].value_counts()
    return {
        "claims": int(judged.sum()),
        **{verdict.name.lower(): int(judged.get(verdict, 0)) for verdict in Verdict},
    }


def named(found: Facts) -> list[tuple[str, Numbers]]:
    """Name the numbers for the results: the rows of a hundred women, the fields, and what each sentence needs."""
    rows = [
        (str(row["name"]), {name: row[name] for name in _RECORDED if name in row})
        for frame in (found.of_hundred, found.fields.assign(name="births/" + found.fields["field"]))
        for row in frame.to_dict("records")
    ]
    sentences = ("lasting", "child", "benefit", "donor", "complaints", "trials", "article", "sources")
    harms = [(f"harm/{tissue}", numbers) for tissue, numbers in found.harm.items()]
    return [
        (name, {key: _plain(value) for key, value in numbers.items() if key not in _DERIVED})
        for name, numbers in [*rows, *harms, *((name, getattr(found, name)) for name in sentences)]
    ]


def _plain(value: Any) -> Any:
    """Write a missing number as nothing, which a file of results knows, and others as those of Python."""
    if isinstance(value, list | dict | str):
        return value
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value
