"""From the documents found to the studies that count live births: how many remain at each step, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.questions.evidence.rows import results_of


@dataclass(frozen=True)
class Step:
    """A step of the flow.

    Attributes
    ----------
    words : str
        What is counted.
    unit : str
        ``"documents"`` or ``"studies"``.
    left : tuple of tuple of str and int
        Why some do not reach the next step, and how many; they add up to the difference of two steps of one unit.
    """

    words: str
    unit: str
    count: int
    left: tuple[tuple[str, int], ...] = ()


def flow(ev: Evidence, studies: pd.DataFrame, women_rows: pd.DataFrame) -> list[Step]:
    """Count what remains from step to step, first documents, then the studies selected; `women_rows` are theirs.

    A study belongs to each step whose condition it and all earlier ones fulfil.
    """
    return _documents(ev) + _studies(ev, studies, women_rows)


def _documents(ev: Evidence) -> list[Step]:
    sources = ev.sources.set_index("source_id")
    tables = {name: frame for name, frame in ev.tables.items() if name != "sources"}
    used = {
        source for frame in tables.values() if "source_id" in frame for source in frame["source_id"].dropna()
    }
    used |= {
        source
        for column in ("source_1", "source_2")
        for named in ev.discrepancies[column].dropna().str.split("; ")
        for source in named
    }
    of_women = {
        source
        for name, frame in tables.items()
        if {"study_id", "source_id"} <= set(frame.columns) and name != "discrepancies"
        for source in frame.loc[frame["study_id"].notna(), "source_id"].dropna()
    }
    used &= set(sources.index)
    unused = [source for source in sources.index if source not in used]
    other = sources.loc[sorted(used - of_women), "kind"]
    reviews = int(other.isin(["review", "meta-analysis", "guideline"]).sum())
    return [
        Step(
            "documents found", "documents", len(sources), (("no row of any table is from them", len(unused)),)
        ),
        Step(
            "documents of which something was extracted",
            "documents",
            len(used),
            (
                ("reviews, meta-analyses and guidelines", reviews),
                ("others on animals, cells or reference values", len(other) - reviews),
            ),
        ),
        Step("documents that report on a study of women", "documents", len(of_women & used)),
    ]


def _studies(ev: Evidence, studies: pd.DataFrame, women_rows: pd.DataFrame) -> list[Step]:
    chosen, results = set(studies["study_id"]), results_of(women_rows)
    outside = ev.studies.loc[~ev.studies["study_id"].isin(chosen), "role"].value_counts()
    designs = studies.set_index("study_id")["design"]
    retracted = set(studies.loc[studies["retracted"].notna(), "study_id"])
    counts = results[results["women"]]
    first_hand_counts = counts[counts["origin"] == ORIGINS[0]]

    seen = set(results["study_id"])
    numbered = set(results.loc[results["number"], "study_id"])
    counted, first_hand = set(counts["study_id"]), set(first_hand_counts["study_id"]) - retracted
    births = set(first_hand_counts.loc[first_hand_counts["what"] == "live-birth", "study_id"]) & first_hand
    silent = [designs[study] for study in chosen - seen]
    only_registered = silent.count("registered-only")
    others = counted - first_hand
    return [
        Step(
            "studies of women in the tables",
            "studies",
            len(ev.studies),
            tuple(
                (f"not selected: {_ROLE_WORDS.get(role, role)}", int(outside[role]))
                for role in ev.schema.vocabularies["role"]
                if role in outside
            ),
        ),
        Step(
            "studies selected",
            "studies",
            len(chosen),
            (
                ("registered, no result seen", only_registered),
                (
                    "no result at the depth chosen",
                    len(silent) - only_registered,
                ),
            ),
        ),
        Step(
            "studies with any result after treatment",
            "studies",
            len(seen),
            (("a direction or words only", len(seen - numbered)),),
        ),
        Step(
            "studies with a number after treatment",
            "studies",
            len(numbered),
            (("levels, changes or percentages, no count of women", len(numbered - counted)),),
        ),
        Step(
            "studies with a count of women after treatment",
            "studies",
            len(counted),
            (
                ("counts reported by article, review or press only", len(others - retracted)),
                ("paper retracted", len(others & retracted)),
            ),
        ),
        Step(
            "studies whose own document reports the count",
            "studies",
            len(first_hand),
            (("no count of live births", len(first_hand - births)),),
        ),
        Step("studies whose own document counts live births", "studies", len(births)),
    ]


_ROLE_WORDS = {
    "cited": "cited by the article",
    "treatment": "other studies of cells",
    "background": "studies without cells",
}
