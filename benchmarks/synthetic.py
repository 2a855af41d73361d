"""Write synthetic evidence: a folder with every table, valid under the rules, with no figure of a real study.

Columns, words, ids and ranges are those of the schema, so that a new table, column or word is used at once. Only what
two columns must fulfil together is written down here. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers.evidence.columns import Column
from helpers.evidence.datapackage import describe
from helpers.evidence.descriptor import FILE, schema_of
from helpers.evidence.relations import TIMES
from helpers.evidence.units import FACTORED, known_units
from helpers.evidence.vocabulary import DATE_ITEMS, MASKING, TRIAL_STATUS
from helpers.evidence.within_rows import COUNTED, NEEDED, OF_CELLS, RATIOS, RISING

#: The shipped evidence, whose form the synthetic one has.
DATA = Path(__file__).parents[1] / "data"
SCHEMA = schema_of(DATA)
_IDENTIFIER = SCHEMA.tables["studies"].columns["study_id"].pattern

#: The cells of a column: numbers with NaN for blank, or text with "" for blank.
Cells = np.ndarray[Any, Any]
Table = dict[str, Cells]

#: Rows per study, in about the proportions of the shipped tables; tables not named have `FIXED_ROWS`.
ROWS_PER_STUDY = {
    "sources": 1.7, "studies": 1.0, "arms": 1.2, "baseline": 0.3, "outcomes": 1.8, "measurements": 0.6, "changes": 0.8,
    "statements": 0.3, "pooled": 0.4, "secretion": 0.4, "mechanisms": 0.3, "factors": 0.3, "claims": 0.2,
    "claim_evidence": 0.4, "risk_of_bias": 1.0, "double_extraction": 0.6, "discrepancies": 0.4,
}  # fmt: skip
FIXED_ROWS = 40
#: Share of the cells left blank where they may be.
BLANK = 0.3

#: Text of a set form, by column.
_FORMS: dict[str, Callable[[int], str]] = {
    "claim_id": lambda n: f"c{n:07}",
    "doi": lambda n: f"10.{1000 + n % 9000}/synthetic.{n}",
    "language": lambda n: ("en", "zh")[n % 2],
    "locator": lambda n: f"Table {1 + n % 5}, row {n}",
    "overlaps_with": lambda _: "",
    "p_value": lambda n: f"0.{1 + n % 999:03}" if n % 5 else "<0.001",
    "pmcid": lambda n: f"PMC{1 + n}",
    "pmid": lambda n: f"{1 + n}",
    "registry_id": lambda n: f"NCT{n:08}",
    "retracted": lambda n: f"20{10 + n % 16}-{1 + n % 12:02}-{1 + n % 28:02}" if n % 50 == 0 else "",
    "source_1": lambda _: "computed",
    "subject": lambda n: "cohort" if n % 5 else "patient-1",
    "url": lambda n: f"https://example.org/synthetic/{n}",
}


def tables(studies: int, seed: int = 1) -> dict[str, Table]:
    """Make all tables.

    Parameters
    ----------
    studies : int
        Number of studies, 1 or more.
    seed : int, optional
        Seed of the random numbers.

    Returns
    -------
    dict of dict of numpy.ndarray
        By table and column.
    """
    rng = np.random.default_rng(seed)
    made: dict[str, Table] = {}
    for name, schema in SCHEMA.tables.items():
        rows = max(1, round(studies * ROWS_PER_STUDY[name])) if name in ROWS_PER_STUDY else FIXED_ROWS
        made[name] = {
            column: _cells(rng, made, column, rules, rows) for column, rules in schema.columns.items()
        }
        _relate(rng, made, name)
        for column, rules in schema.columns.items():
            if not rules.required and column not in _KEPT:
                _empty(made[name], column, rng.random(rows) < BLANK)
        # Twice, for what is needed may itself need something.
        for needed, others in 2 * list(NEEDED.get(name, {}).items()):
            for other in others:
                _empty(made[name], other, pd.isna(made[name][needed]) | (made[name][needed] == ""))
    return made


def write(folder: Path, studies: int, seed: int = 1) -> int:
    """Write all tables as CSV files, and the data package that describes them.

    Parameters
    ----------
    folder : pathlib.Path
        Where to write; made if it is not there.
    studies : int
        Number of studies, 1 or more.
    seed : int, optional
        Seed of the random numbers.

    Returns
    -------
    int
        Rows written, over all tables.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE).write_bytes((DATA / FILE).read_bytes())
    (folder / "datapackage.json").write_text(json.dumps(describe(SCHEMA)), encoding="utf-8")
    rows = 0
    for name, table in tables(studies, seed).items():
        frame = pd.DataFrame(table)
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format="%.10g")
        rows += len(frame)
    return rows


def _cells(rng: np.random.Generator, made: dict[str, Table], column: str, rules: Column, rows: int) -> Cells:
    if rules.kind != "text":
        low = rules.minimum or 0
        high = min(low + 400, np.inf if rules.maximum is None else rules.maximum)
        return np.round(rng.uniform(low, high, rows), 0 if rules.kind == "integer" else 2)
    if rules.words:
        return _drawn(rng, list(rules.words), rows)
    if rules.references:
        table, key = rules.references.split(".")
        return _drawn(rng, made[table][key], rows)
    stem = column.replace("_", "-") + ("-" if rules.pattern == _IDENTIFIER else " ")
    form: Callable[[int], str] = _FORMS.get(column, lambda n: f"{stem}{n}")
    return np.array([form(n) for n in range(rows)], dtype=object)


def _empty(table: Table, column: str, rows: Cells) -> None:
    cells = table[column]
    table[column] = np.where(rows, np.nan if cells.dtype.kind == "f" else "", cells)


def _drawn(rng: np.random.Generator, words: Any, rows: int) -> Cells:
    drawn: Cells = rng.choice(np.array(words, dtype=object), rows)
    return drawn


#: Columns that a rule needs, and that stay filled therefore.
_KEPT = {
    "overlaps_with", "events", "total_unit", "total_basis", "direction", "unit", "note", "match", "field", "table",
    "median", "value", "expected", "value_a", "value_b", "percent_reported",
    "url", "reporting",
}  # fmt: skip


def _relate(rng: np.random.Generator, made: dict[str, Table], name: str) -> None:
    """Make the columns of a table fit each other and the tables before it."""
    table = made[name]
    rows = len(next(iter(table.values())))
    studies = made.get("studies", {})
    if "arm_id" in table and name != "arms":
        arm = rng.integers(len(made["arms"]["arm_id"]), size=rows)
        table |= {column: made["arms"][column][arm] for column in ("study_id", "arm_id")}
        if name == "measurements":
            women = np.fmin(made["arms"]["n"][arm], _of_study(table, studies, "n_enrolled"))
            table["n"] = np.fmin(table["n"], women)
    for chain in RISING.get(name, []):
        table |= zip(chain, np.sort([table[column] for column in chain], axis=0), strict=True)
    if name in COUNTED:
        count, total = COUNTED[name]
        if "study_id" in table:
            table[total] = np.fmin(table[total], _of_study(table, studies, "n_enrolled"))
        table[count] = np.minimum(table[count], table[total])
        if "percent_reported" in table:
            table["percent_reported"] = np.round(100 * table[count] / table[total], 1)
    if name in RATIOS:
        kind, ratios, figures = RATIOS[name]
        for column in figures:
            table[column] = np.where(
                np.isin(table[kind], ratios), np.maximum(table[column], 0.01), table[column]
            )
    for column in (column for of, column in TIMES if of == name):
        end = _of_study(table, studies, "follow_up_months")
        table[column] = np.fmin(table[column], end)
    match name:
        case "sources":
            retracted = pd.to_numeric(pd.Series(table["retracted"]).str[:4]).to_numpy()
            table["year"] = np.fmin(table["year"], retracted)
            table["read"] = np.where(table["access"] == "full-text", "", table["read"]).astype(object)
        case "studies":
            pairs = np.arange(0, rows - rows % 2)[: 2 * (rows // 20)]
            table["overlaps_with"][pairs] = table["study_id"][pairs ^ 1]
        case "arms":
            table["n"] = np.fmin(table["n"], _of_study(table, studies, "n_enrolled"))
            for column in OF_CELLS:
                _empty(table, column, table["kind"] == "untreated")
        case "outcomes":
            case = _of_study(table, studies, "design") == "case-report"
            table["reporting"] = np.where(case & (table["events"] > 0), "event-triggered", "").astype(object)
        case "changes":
            ratio = np.isin(table["change_kind"], ["rr", "or", "fold"])
            ways = np.where(table["change"] < 1, "down", "up")
            table["direction"] = np.where(ratio, ways, table["direction"]).astype(object)
        case "measurements":
            table["n"] = np.where(table["subject"] == "cohort", table["n"], 1)
            table["se"] = np.round(table["sd"] / np.sqrt(table["n"]), 2)
            units = {measure: known_units(measure) or ["unit"] for measure in set(table["measure"])}
            table["unit"] = np.array(
                [rng.choice(units[measure]) for measure in table["measure"]], dtype=object
            )
        case "pooled":
            share = table["effect"] == "proportion"
            for column in ("low", "estimate", "high"):
                table[column] = np.where(share, np.round(table[column] / 400, 4), table[column])
            for variable, words in SCHEMA.tables["pooled"].columns["subgroup"].words_by.items():
                own = table["subgroup_variable"] == variable
                table["subgroup"][own] = _drawn(rng, list(words), int(own.sum()))
        case "statements":
            dates = np.array([f"20{10 + row % 16}-{1 + row % 12:02}" for row in range(rows)], dtype=object)
            items = table["item"].astype(str)
            table["value"] = np.where(np.isin(items, DATE_ITEMS), dates, table["value"])
            for item, known in (("status", TRIAL_STATUS), ("masking", MASKING)):
                table["value"] = np.where(items == item, _drawn(rng, list(known), rows), table["value"])
        case "risk_of_bias":
            table["study_id"] = studies["study_id"].copy()
            for row, tool in enumerate(table["tool"]):
                columns = SCHEMA.tables["risk_of_bias"].columns
                domains, judgements = (list(columns[name].words_by[tool]) for name in ("domain", "judgement"))
                table["domain"][row] = domains[row % len(domains)]
                table["judgement"][row] = judgements[row % len(judgements)]
        case "claim_evidence":
            linked = rng.integers(len(made["outcomes"]["study_id"]), size=rows)
            study, outcome = (made["outcomes"][column][linked] for column in ("study_id", "outcome"))
            table["match"] = "study_id=" + study + "; outcome=" + outcome
            table["expected"] = _drawn(rng, [">0", "<50", "7"], rows)
            table["table"][:] = "outcomes"
            table["field"][:] = "events"
        case "double_extraction":
            _empty(table, "value_a", table["agree"] == "b-only")
            _empty(table, "value_b", table["agree"] == "a-only")
        case "reference_values":
            for row, (measure, (_, factor, _)) in enumerate(FACTORED.items()):
                for column, word in {"measure": measure, "kind": "unit-factor", "unit": factor}.items():
                    table[column][row] = word
        case "discrepancies":
            table["source_2"] = table["source_id"].copy()


def _of_study(table: Table, studies: Table, column: str) -> Cells:
    values: Cells = (
        pd.Series(table["study_id"]).map(pd.Series(studies[column], index=studies["study_id"])).to_numpy()
    )
    return values


def main() -> None:
    """Write synthetic evidence into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--studies", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    print(f"{write(given.folder, given.studies, given.seed)} rows in {given.folder}")


if __name__ == "__main__":
    main()
