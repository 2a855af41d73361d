"""From the documents found to the studies that count live births: how many remain at each step, and why."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.evidence import Evidence
from helpers.evidence.provenance import ORIGINS
from helpers.questions.evidence.rows import results_of

#: Of studies that are not selected, what they are of.
_ROLE_WORDS = {
    "cited": "cited by the article",
    "treatment": "other studies of cells",
    "background": "studies without cells",
}


@dataclass(frozen=True)
class Step:
    """A step of the flow: what is counted, in ``"documents"`` or ``"studies"``, and how many.

    left names why some do not reach the next step, with how many; they add up to the difference of two steps
    of one unit.
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
    tables = {name: frame for name, frame in ev.tables.items() if name != "sources" and "source_id" in frame}
    compared = pd.concat([ev.discrepancies["source_1"], ev.discrepancies["source_2"]])
    named = {
        *compared.str.split("; ").explode(),
        *pd.concat([frame["source_id"] for frame in tables.values()]),
    }
    of_women = {
        source
        for name, frame in tables.items()
        if "study_id" in frame and name != "discrepancies"
        for source in frame.loc[frame["study_id"].notna(), "source_id"].dropna()
    }
    used = named & set(sources.index)
    other = sources.loc[sorted(used - of_women), "kind"]
    reviews = int(other.isin(["review", "meta-analysis", "guideline"]).sum())
    not_on_women = {
        "reviews, meta-analyses and guidelines": reviews,
        "others on animals, cells or reference values": len(other) - reviews,
    }
    return _steps(
        "documents",
        [
            ("documents found", len(sources), {"no row of any table is from them": len(sources) - len(used)}),
            ("documents of which something was extracted", len(used), not_on_women),
            ("documents that report on a study of women", len(of_women & used), {}),
        ],
    )


def _studies(ev: Evidence, studies: pd.DataFrame, women_rows: pd.DataFrame) -> list[Step]:
    results = results_of(women_rows)
    counts = results[results["women"]]
    own_counts = counts[counts["origin"] == ORIGINS[0]]
    retracted = set(studies.loc[studies["retracted"].notna(), "study_id"])

    chosen, seen = set(studies["study_id"]), set(results["study_id"])
    numbered = set(results.loc[results["number"], "study_id"])
    counted, first_hand = set(counts["study_id"]), set(own_counts["study_id"]) - retracted
    births = set(own_counts.loc[own_counts["what"] == "live-birth", "study_id"]) & first_hand
    outside = ev.studies.loc[~ev.studies["study_id"].isin(chosen), "role"].value_counts()
    silent = studies.loc[~studies["study_id"].isin(seen), "design"].eq("registered-only")
    others, without_births = counted - first_hand, {"no count of live births": len(first_hand - births)}
    words_only = {"a direction or words only": len(seen - numbered)}
    not_selected = {
        f"not selected: {_ROLE_WORDS.get(role, role)}": int(outside[role])
        for role in ev.schema.vocabularies["role"]
        if role in outside
    }
    without_result = {
        "registered, no result seen": int(silent.sum()),
        "no result at the depth chosen": int((~silent).sum()),
    }
    not_own = {
        "counts reported by article, review or press only": len(others - retracted),
        "paper retracted": len(others & retracted),
    }
    no_count = {"levels, changes or percentages, no count of women": len(numbered - counted)}
    return _steps(
        "studies",
        [
            ("studies of women in the tables", len(ev.studies), not_selected),
            ("studies selected", len(chosen), without_result),
            ("studies with any result after treatment", len(seen), words_only),
            ("studies with a number after treatment", len(numbered), no_count),
            ("studies with a count of women after treatment", len(counted), not_own),
            ("studies whose own document reports the count", len(first_hand), without_births),
            ("studies whose own document counts live births", len(births), {}),
        ],
    )


def _steps(unit: str, steps: list[tuple[str, int, dict[str, int]]]) -> list[Step]:
    return [Step(words, unit, count, tuple(left.items())) for words, count, left in steps]
