"""A small evidence package of invented studies, valid in every table, for tests that need no shipped study.

`hill2018` treated women with cells, `glen2017` too, of whose births only the article reports; `lake2015` and `dale2016` followed women without cells and share
some of them, `moor2019` is a registered trial. Every table has at least one row.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import damage
from helpers import evidence
from helpers.evidence import bibliography
from shipped import TABLES

ROOT = Path(__file__).parents[1]
_CELLS = {"study_id": "hill2018", "arm_id": "cells", "source_id": "hill2018"}
_UNTREATED = {"study_id": "lake2015", "arm_id": "untreated", "source_id": "lake2015"}
_PAPER = {"kind": "journal-article", "journal": "J Invent", "access": "full-text", "read": "complete"}
_WOMEN = {"total_unit": "women", "total_basis": "reported", "extraction": "reported"}

#: Its rows, in the order of the file; a column that a row does not name is blank.
ROWS: dict[str, list[dict[str, str]]] = {
    "sources": [
        {"source_id": "hill2018", **_PAPER, "first_author": "Hill A", "year": "2018", "title_short": "Cells in POI",
         "doi": "10.5555/hill.2018", "pmid": "90000001"},
        {"source_id": "glen2017", **_PAPER, "first_author": "Glen E", "year": "2017", "title_short": "Cells again",
         "doi": "10.5555/glen.2017", "access": "abstract", "read": ""},
        {"source_id": "article2026", "kind": "article-under-review", "title_short": "The article", "year": "2026",
         "url": "https://example.org/article", "access": "full-text", "read": "complete"},
        {"source_id": "lake2015", **_PAPER, "first_author": "Lake B", "year": "2015", "title_short": "POI without treatment",
         "doi": "10.5555/lake.2015", "access": "abstract", "read": ""},
        {"source_id": "dale2016", **_PAPER, "first_author": "Dale C", "year": "2016", "title_short": "POI, a second look",
         "doi": "10.5555/dale.2016"},
        {"source_id": "reg-moor2019", "kind": "trial-registry", "title_short": "A trial of cells", "registry_id": "NCT90000001",
         "url": "https://example.org/NCT90000001", "access": "registry-record"},
        {"source_id": "review2021", "kind": "meta-analysis", "first_author": "Ford D", "year": "2021",
         "title_short": "Pooled results of cells", "journal": "J Invent", "doi": "10.5555/ford.2021", "access": "abstract"},
        {"source_id": "guide2020", "kind": "guideline", "title_short": "Guideline on POI", "year": "2020",
         "url": "https://example.org/guide", "access": "full-text", "read": "complete"},
    ],
    "studies": [
        {"study_id": "hill2018", "label": "Hill 2018", "role": "treatment", "tissue": "ovary", "condition": "POI",
         "design": "single-arm", "country": "Spain", "n_enrolled": "30", "follow_up_months": "24", "source_id": "hill2018"},
        {"study_id": "glen2017", "label": "Glen 2017", "role": "cited", "tissue": "ovary", "condition": "POI",
         "design": "single-arm", "n_enrolled": "40", "follow_up_months": "12", "source_id": "glen2017"},
        {"study_id": "lake2015", "label": "Lake 2015", "role": "background", "tissue": "ovary", "condition": "POI",
         "design": "cohort", "n_enrolled": "100", "follow_up_months": "60", "overlaps_with": "dale2016",
         "source_id": "lake2015"},
        {"study_id": "dale2016", "label": "Dale 2016", "role": "background", "tissue": "ovary", "condition": "POI",
         "design": "cohort", "n_enrolled": "40", "overlaps_with": "lake2015", "source_id": "dale2016"},
        {"study_id": "moor2019", "label": "Moor 2019", "role": "treatment", "tissue": "ovary", "condition": "POI",
         "design": "registered-only", "registry_id": "NCT90000001", "source_id": "reg-moor2019"},
    ],
    "arms": [
        {**_CELLS, "label": "UC-MSC, 10 million", "kind": "cells", "cell_source": "UC-MSC", "dose_cells": "10000000",
         "route": "intra-ovarian", "n": "30", "age_mean": "33.4", "age_sd": "4.1", "locator": "Table 1"},
        {"study_id": "glen2017", "arm_id": "cells", "label": "BM-MSC", "kind": "cells", "cell_source": "BM-MSC", "n": "40",
         "source_id": "glen2017", "locator": "Abstract"},
        {**_UNTREATED, "label": "untreated", "kind": "untreated", "n": "100", "locator": "Abstract"},
        {"study_id": "dale2016", "arm_id": "untreated", "label": "untreated", "kind": "untreated", "n": "40",
         "source_id": "dale2016", "locator": "Table 1"},
        {"study_id": "moor2019", "arm_id": "cells", "label": "UC-MSC", "kind": "cells", "cell_source": "UC-MSC",
         "source_id": "reg-moor2019", "locator": "Arms"},
    ],
    "baseline": [
        {**_CELLS, "characteristic": "AMH-class", "category": "below 0.06", "n": "18", "total": "30",
         "percent_reported": "60.0", "locator": "Table 1"},
        {**_CELLS, "characteristic": "AMH-class", "category": "0.06 or more", "n": "12", "total": "30",
         "percent_reported": "40.0", "locator": "Table 1"},
    ],
    "outcomes": [
        {**_CELLS, "outcome": "pregnancy", "timepoint_months": "12", "events": "6", "total": "30", **_WOMEN,
         "percent_reported": "20.0", "locator": "Table 2"},
        {**_CELLS, "outcome": "live-birth", "timepoint_months": "24", "events": "4", "total": "30", **_WOMEN,
         "percent_reported": "13.3", "locator": "Table 2"},
        {"study_id": "glen2017", "arm_id": "cells", "outcome": "live-birth", "timepoint_months": "12", "events": "4",
         "total": "40", "total_unit": "women", "total_basis": "reported", "percent_reported": "10.0",
         "source_id": "article2026", "locator": "case 2", "extraction": "reported"},
        {**_UNTREATED, "outcome": "natural-pregnancy", "timepoint_months": "60", "events": "5", "total": "100", **_WOMEN,
         "percent_reported": "5.0", "locator": "Abstract"},
    ],
    "measurements": [
        {**_CELLS, "subject": "cohort", "measure": "FSH", "unit": "IU/L", "timepoint_months": "0", "n": "30",
         "mean": "62.5", "sd": "14.0", "locator": "Table 3", "extraction": "reported"},
        {**_CELLS, "subject": "cohort", "measure": "FSH", "unit": "IU/L", "timepoint_months": "6", "n": "30",
         "mean": "51.0", "sd": "13.5", "locator": "Table 3", "extraction": "reported"},
        {**_CELLS, "subject": "cohort", "measure": "E2", "unit": "pmol/L", "timepoint_months": "0", "n": "30",
         "median": "40", "q1": "37", "q3": "102", "locator": "Table 3", "extraction": "reported"},
    ],
    "changes": [
        {**_CELLS, "subject": "cohort", "measure": "AFC", "from_months": "0", "to_months": "6", "compared_with": "baseline",
         "direction": "up", "change": "1.2", "change_kind": "absolute", "low": "0.4", "high": "2.0", "p_value": "0.004",
         "locator": "Table 4"},
    ],
    "statements": [
        {"study_id": "hill2018", "item": "follow-up", "value": "24", "unit": "months", "source_id": "hill2018",
         "locator": "Methods"},
    ],
    "risk_of_bias": [
        {"study_id": "hill2018", "tool": "JBI-case-series", "domain": "inclusion-criteria", "judgement": "yes",
         "reason": "listed", "source_id": "hill2018", "locator": "Methods"},
    ],
    "pooled": [
        {"source_id": "review2021", "species": "human", "tissue": "ovary", "arm_kind": "cells", "outcome": "FSH",
         "effect": "SMD", "model": "random", "k": "4", "estimate": "0.50", "low": "0.10", "high": "0.90",
         "p_value": "0.014", "locator": "Abstract"},
    ],
    "secretion": [
        {"source_id": "hill2018", "mediator": "VEGF", "cell_source": "UC-MSC", "compared_with": "BM-MSC", "ratio": "1.5",
         "direction": "higher", "measure": "protein-secretion", "n_donors": "3", "locator": "Fig 5"},
    ],
    "mechanisms": [
        {"mechanism": "paracrine", "mediator": "VEGF", "expected": "secreted", "source_id": "hill2018", "level": "in-vitro",
         "found": "supports", "locator": "Fig 5"},
    ],
    "factors": [
        {"category": "cells", "factor": "dose", "level_text": "10 million", "expected": "more is better",
         "source_id": "hill2018", "evidence_level": "human", "found": "mixed", "locator": "Discussion"},
    ],
    "claims": [
        {"claim_id": "c001", "section": "cases", "claim": "After cells one woman in five conceives.", "kind": "quantity",
         "quantity": "pregnancies", "value": "20", "unit": "percent", "study_id": "hill2018"},
    ],
    "claim_evidence": [
        {"claim_id": "c001", "part": "one in five conceives", "table": "outcomes",
         "match": "study_id=hill2018; outcome=pregnancy", "field": "percent_reported", "expected": "20"},
    ],
    "criteria": [
        {"criterion_id": "s-fsh", "horizon": "short", "domain": "hormones", "criterion": "FSH falls", "tissue": "ovary",
         "measure": "FSH", "direction": "down", "from_months": "1", "to_months": "6"},
    ],
    "reference_values": [
        {"measure": "FSH", "kind": "diagnostic-threshold", "population": "POI", "low": "25", "unit": "IU/L",
         "source_id": "guide2020", "locator": "Table 1"},
        {"measure": "E2", "kind": "unit-factor", "population": "conversion", "value": "3.671", "unit": "pmol/L per pg/mL",
         "source_id": "guide2020", "locator": "Appendix"},
    ],
    "double_extraction": [
        {"study_id": "hill2018", "item": "number of women", "value_a": "30", "value_b": "30", "agree": "yes",
         "resolved": "30", "source_id": "hill2018"},
    ],
    "discrepancies": [
        {"study_id": "moor2019", "what": "number of women", "value_1": "20", "source_1": "reg-moor2019", "value_2": "24",
         "source_2": "review2021"},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Package:
    """The package in a folder, to change; rows are counted as a spreadsheet counts them."""

    folder: Path

    def row(self, table: str, /, **cells: str) -> int:
        """Find the first row with these cells."""
        return damage.row_where(self.folder, table, **cells)

    def change(self, table: str, row: int, /, **cells: str) -> None:
        damage.edit(self.folder, table, row, **cells)

    def add(self, table: str, /, **cells: str) -> int:
        """Add a copy of the first row with other cells; tell its row."""
        return damage.append(self.folder, table, **cells)

    def load(self) -> evidence.Evidence:
        return evidence.load(self.folder)


def written(folder: Path) -> Package:
    """Write the package into a folder that is not there, with its descriptor and its bibliography."""
    folder.mkdir()
    shutil.copy(ROOT / "data" / "datapackage.yaml", folder)
    for name, table in TABLES.items():
        blank = dict.fromkeys(table.columns, "")
        damage.save(folder / f"{name}.csv", [blank | row for row in ROWS[name]])
    bibliography.write(folder)
    return Package(folder)
