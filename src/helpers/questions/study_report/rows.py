"""All that was extracted of one study, gathered for its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.counts.changes import change_texts
from helpers.counts.harms import harm_mentions
from helpers.counts.levels import measurement_rows
from helpers.counts.outcomes import AFTER, outcome_rows
from helpers.counts.scaffolds import scaffolds_with_cells_only
from helpers.evidence import Evidence
from helpers.evidence.provenance import LINK, gaps

_CARD = {
    "condition": "condition",
    "tissue": "tissue treated",
    "design": "design",
    "country": "country",
    "n_enrolled": "women enrolled",
    "follow_up_months": "follow-up, months",
    "registry_id": "registry number",
    "note": "remark",
}
_ARM = {
    "cell_source": "source of the cells",
    "donor": "donor",
    "route": "route",
    "dose_cells": "dose, cells",
    "dose_text": "dose in words",
    "scaffold": "scaffold",
    "co_treatment": "given beside the cells",
}
_WOMEN = {
    "n": "women",
    "age_mean": "age, mean",
    "age_sd": "age, standard deviation",
    "age_median": "age, median",
    "age_q1": "age, first quartile",
    "age_q3": "age, third quartile",
    "age_min": "age, youngest",
    "age_max": "age, oldest",
}


@dataclass(frozen=True, eq=False)
class StudyRows:
    """The rows of one study, joined and ready for figure, table and sentence; frames may be empty.

    gap says why its main document lacks what only others report, silence the same of harm: how far it was read. conceived is how
    the women with cells conceived, a word of `conception`; empty where it is not known, or not the same in each arm. card has the
    study and its arms at a glance, with what the link to the row needs. harm is None where no woman received cells.
    """

    label: str
    gap: str
    silence: str
    scaffolds: dict[str, str]
    conceived: str
    card: pd.DataFrame
    sources: pd.DataFrame
    outcomes: pd.DataFrame
    baseline: pd.DataFrame
    measurements: pd.DataFrame
    changes: pd.DataFrame
    statements: pd.DataFrame
    discrepancies: pd.DataFrame
    harm: pd.DataFrame | None

    @property
    def silent(self) -> bool:
        """Whether it reports no count, no level and no change."""
        return self.outcomes.empty and self.measurements.empty and self.changes.empty

    @property
    def before(self) -> pd.DataFrame:
        """The levels before treatment."""
        return self.measurements[self.measurements["timepoint_months"] <= 0]

    @property
    def after(self) -> pd.DataFrame:
        """The levels after treatment, also those without a printed month."""
        rows = self.measurements
        later = rows["timepoint_months"] > 0
        return rows[later | (rows["timepoint_months"].isna() & rows["subgroup"].eq(AFTER))]

    @property
    def untimed(self) -> pd.DataFrame:
        """The levels of which no source says whether they are before or after treatment."""
        timed = [*self.before.index, *self.after.index]
        return self.measurements.drop(index=timed)


def study_rows(ev: Evidence, study_id: str, *, level: float) -> StudyRows:
    """Gather all that was extracted of one study; raises ValueError if there is no such study."""
    studies = ev.select("studies", study_id=study_id)
    study = studies.iloc[0]

    tables = ["arms", "baseline", "outcomes", "measurements", "changes", "statements"]
    whole = {table: ev.select(table) for table in (*tables, "discrepancies")}
    of_study = {table: rows[rows["study_id"] == study_id] for table, rows in whole.items()}
    arms = of_study["arms"]
    card = [_item(words, study[column], study) for column, words in _CARD.items()]
    for _, arm in arms.iterrows():
        name = f"arm {arm['arm_id']}"
        card.append(_item(name, f"{arm['label']} ({arm['citation']}; {arm['locator']})", arm))
        wanted = {**(_ARM if arm["kind"] == "cells" else {}), **_WOMEN}
        card += [
            _item(f"{name}: {words}", arm[column], arm)
            for column, words in wanted.items()
            if pd.notna(arm[column]) or not column.startswith("age")
        ]
    used = {study["source_id"], *(source for table in tables for source in of_study[table]["source_id"])}
    sources = ev.select("sources")
    ways = arms.loc[arms["kind"] == "cells", "conception"].unique()
    return StudyRows(
        label=str(study["label"]),
        gap=gaps(ev.studies, ev.sources, "them").get(study_id, ""),
        silence=gaps(ev.studies, ev.sources, "anything on harm").get(study_id, ""),
        scaffolds=scaffolds_with_cells_only(ev),
        conceived=str(ways[0]) if len(ways) == 1 and pd.notna(ways[0]) else "",
        card=pd.DataFrame(card),
        sources=sources[sources["source_id"].isin(used)],
        outcomes=outcome_rows(ev, of_study["outcomes"], interval="clopper-pearson", level=level),
        baseline=of_study["baseline"],
        measurements=measurement_rows(of_study["measurements"]),
        changes=change_texts(of_study["changes"]),
        statements=of_study["statements"].sort_values("item", kind="stable"),
        discrepancies=of_study["discrepancies"],
        harm=harm_mentions(ev, studies) if (arms["kind"] == "cells").any() else None,
    )


def _item(item: str, value: Any, row: pd.Series[Any]) -> dict[str, Any]:
    return {"item": item, "value": value, **row.reindex(LINK)}
